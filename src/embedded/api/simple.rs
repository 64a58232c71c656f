//! `/_api/simple`: the old query endpoints that 3.12 still has and drivers still call, as AQL with everything bound.

use crate::wire::ErrorNum;

use super::{
    super::{
        store::WriteOptions,
        value::{Object, Value},
    },
    LOCK_WAIT,
    access::{self, Right},
    call::{Call, find_collection},
    cursor,
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Put, "all", Right::Read, all),
    route(Verb::Put, "all-keys", Right::Read, all_keys),
    route(Verb::Put, "any", Right::Read, any),
    route(Verb::Put, "by-example", Right::Read, by_example),
    route(Verb::Put, "first-example", Right::Read, first_example),
    route(Verb::Put, "remove-by-example", Right::Read, remove_by_example),
    route(Verb::Put, "update-by-example", Right::Read, update_by_example),
    route(Verb::Put, "replace-by-example", Right::Read, replace_by_example),
    route(Verb::Put, "lookup-by-keys", Right::Read, lookup_by_keys),
    route(Verb::Put, "remove-by-keys", Right::Read, remove_by_keys),
];

/// A query about one collection, in the making.
struct Question {
    text: String,
    bind_vars: Object,
}

impl Question {
    /// Over all documents of the collection the body (or the parameter `collection`) names.
    fn new(call: &Call<'_>, body: &Value) -> Result<Self, Failure> {
        let name = body.get("collection").as_str().or_else(|| call.parameter("collection")).unwrap_or("");
        if name.is_empty() {
            return Err(Failure::new(ErrorNum::TYPE_ERROR, "expecting string for <collection>"));
        }
        let name = find_collection(&call.snapshot(), name)?.name().clone();
        let bind_vars = fields([("@collection", Value::from(name.as_str()))]);
        Ok(Self { text: "FOR doc IN @@collection".into(), bind_vars })
    }

    /// Only those that are like the example: each of its attributes (a path with dots) equal.
    fn like(mut self, body: &Value) -> Result<Self, Failure> {
        let example = body.get("example").as_object();
        let example = example.ok_or_else(|| Failure::new(ErrorNum::TYPE_ERROR, "expecting object for <example>"))?;
        for (index, (path, value)) in example.iter().enumerate() {
            let steps: Vec<Value> = path.split('.').map(Value::from).collect();
            self.text = format!("{} FILTER doc.@p{index} == @v{index}", self.text);
            self.bind(&format!("p{index}"), steps.into());
            self.bind(&format!("v{index}"), value.clone());
        }
        Ok(self)
    }

    /// Only some of them, as `skip` and `limit` of the body say.
    fn limited(mut self, body: &Value) -> Self {
        let (skip, limit) = (body.get("skip"), body.get("limit"));
        if !skip.is_null() || !limit.is_null() {
            self.text.push_str(" LIMIT @skip, @limit");
            let or = |value: &Value, default: i64| if value.is_null() { Value::Int(default) } else { value.clone() };
            self.bind("skip", or(skip, 0));
            self.bind("limit", or(limit, i64::from(i32::MAX)));
        }
        self
    }

    fn then(mut self, clause: &str) -> Self {
        self.text.push_str(clause);
        self
    }

    fn bind(&mut self, name: &str, value: Value) {
        self.bind_vars.insert(name.into(), value);
    }

    fn into_body(self, body: &Value) -> Value {
        let mut question = fields([("query", Value::from(self.text.as_str())), ("bindVars", self.bind_vars.into())]);
        for name in ["batchSize", "ttl"] {
            question.insert(name.into(), body.get(name).clone());
        }
        question.insert("count".into(), Value::Bool(true));
        question.into()
    }

    fn rows(self, call: &Call<'_>) -> Result<(Vec<Value>, u64), Failure> {
        let request = cursor::request(&self.into_body(&Value::Null))?;
        let outcome = cursor::run(call, &request)?;
        Ok((outcome.rows, outcome.stats.writes_executed))
    }
}

fn all(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let question = Question::new(call, &body)?.limited(&body).then(" RETURN doc");
    cursor::answer(call, &question.into_body(&body))
}

fn all_keys(call: &Call<'_>) -> Answer {
    let body = call.json()?;
    let form = match body.get("type").as_str().unwrap_or("path") {
        "key" => " RETURN doc._key",
        "id" => " RETURN doc._id",
        _ => " RETURN CONCAT('/_db/', CURRENT_DATABASE(), '/_api/document/', doc._id)",
    };
    let question = Question::new(call, &body)?.then(form);
    cursor::answer(call, &question.into_body(&body))
}

fn by_example(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let question = Question::new(call, &body)?.like(&body)?.limited(&body).then(" RETURN doc");
    cursor::answer(call, &question.into_body(&body))
}

fn one(call: &Call<'_>, question: Question) -> Answer {
    let document = question.rows(call)?.0.pop();
    let document = document.ok_or_else(|| Failure::new(ErrorNum::HTTP_NOT_FOUND, "no match"))?;
    Ok(Reply::ok(200, fields([("document", document)])))
}

fn any(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let (mut rows, _) = Question::new(call, &body)?.then(" SORT RAND() LIMIT 1 RETURN doc").rows(call)?;
    Ok(Reply::ok(200, fields([("document", rows.pop().unwrap_or_default())])))
}

fn first_example(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    one(call, Question::new(call, &body)?.like(&body)?.then(" LIMIT 1 RETURN doc"))
}

/// Changes all documents like the example; answers how many under a name that tells what happened to them.
fn change(call: &Call<'_>, counted: &str, value_name: &str, clause: &str) -> Answer {
    let body = call.json_object()?;
    let options = body.get("options");
    let limit = if body.get("limit").is_null() { options } else { &body };
    let mut question = Question::new(call, &body)?.like(&body)?.limited(limit).then(clause);
    if !value_name.is_empty() {
        let value = body.get(value_name);
        if value.as_object().is_none() {
            return Err(Failure::new(ErrorNum::TYPE_ERROR, format!("expecting object for <{value_name}>")));
        }
        question.bind("value", value.clone());
    }
    if clause.contains("@keepNull") {
        let given = |name: &str, default: bool| match (options.get(name), body.get(name)) {
            (Value::Bool(flag), _) | (_, Value::Bool(flag)) => Value::Bool(*flag),
            _ => Value::Bool(default),
        };
        question.bind("keepNull", given("keepNull", true));
        question.bind("mergeObjects", given("mergeObjects", true));
    }
    let (_, written) = question.rows(call)?;
    Ok(Reply::ok(200, fields([(counted, Value::Int(i64::try_from(written).unwrap_or(i64::MAX)))])))
}

fn remove_by_example(call: &Call<'_>) -> Answer {
    change(call, "deleted", "", " REMOVE doc IN @@collection")
}

fn update_by_example(call: &Call<'_>) -> Answer {
    let clause = " UPDATE doc WITH @value IN @@collection OPTIONS { keepNull: @keepNull, mergeObjects: @mergeObjects }";
    change(call, "updated", "newValue", clause)
}

fn replace_by_example(call: &Call<'_>) -> Answer {
    change(call, "replaced", "newValue", " REPLACE doc WITH @value IN @@collection")
}

fn keys(body: &Value) -> Result<Vec<&str>, Failure> {
    let keys = body.get("keys").as_array();
    let keys = keys.ok_or_else(|| Failure::new(ErrorNum::TYPE_ERROR, "expecting array for <keys>"))?;
    if keys.iter().any(|key| key.as_str().is_none()) {
        return Err(Failure::new(ErrorNum::TYPE_ERROR, "expecting array of strings for <keys>"));
    }
    // An id is as good as a key, as in ArangoDB.
    Ok(keys.iter().filter_map(Value::as_str).map(|text| text.rsplit('/').next().unwrap_or(text)).collect())
}

fn lookup_by_keys(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let snapshot = call.snapshot();
    let collection = find_collection(&snapshot, body.get("collection").as_str().unwrap_or(""))?;
    access::readable(call, collection.name().as_str())?;
    let documents: Vec<Value> = keys(&body)?.into_iter().filter_map(|key| collection.get(key)).cloned().collect();
    Ok(Reply::ok(200, fields([("documents", documents.into())])))
}

fn remove_by_keys(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let name = find_collection(&call.snapshot(), body.get("collection").as_str().unwrap_or(""))?.name().clone();
    access::writable(call, name.as_str())?;
    let want_old = matches!(body.get("options").get("returnOld"), Value::Bool(true));
    let silent = matches!(body.get("options").get("silent"), Value::Bool(true));
    let mut transaction = call.database.begin(std::slice::from_ref(&name), LOCK_WAIT)?;
    let (mut old, mut removed, mut ignored) = (Vec::new(), 0, 0);
    for key in keys(&body)? {
        match transaction.remove(name.as_str(), key, &WriteOptions::default()) {
            Ok(written) => {
                removed += 1;
                old.push(written.old.unwrap_or_default());
            }
            Err(error) if error.num == ErrorNum::DOCUMENT_NOT_FOUND => ignored += 1,
            Err(error) => return Err(error.into()),
        }
    }
    transaction.commit()?;
    let mut reply = fields([("removed", Value::Int(removed)), ("ignored", Value::Int(ignored))]);
    if want_old && !silent {
        reply.insert("old".into(), old.into());
    }
    Ok(Reply::ok(200, reply))
}
