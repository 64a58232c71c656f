//! Type checks and casts (chapter "Type check and cast functions" of the manual).

use crate::{
    embedded::value::{Value, ops},
    wire::DocumentKey,
};

use super::{Context, Function, Outcome, arg};

/// This category's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("TO_BOOL", 1, 1, |_, args| Ok(ops::truth(arg(args, 0)).into())),
    Function::new("TO_NUMBER", 1, 1, |_, args| Ok(ops::to_number(arg(args, 0)))),
    Function::new("TO_STRING", 1, 1, |_, args| Ok(ops::to_text(arg(args, 0)).into())),
    Function::new("TO_ARRAY", 1, 1, to_array),
    Function::new("TO_LIST", 1, 1, to_array),
    Function::new("IS_NULL", 1, 1, |_, args| Ok(arg(args, 0).is_null().into())),
    Function::new("IS_BOOL", 1, 1, |_, args| Ok(matches!(arg(args, 0), Value::Bool(_)).into())),
    Function::new("IS_NUMBER", 1, 1, |_, args| Ok(matches!(arg(args, 0), Value::Int(_) | Value::Double(_)).into())),
    Function::new("IS_STRING", 1, 1, |_, args| Ok(matches!(arg(args, 0), Value::String(_)).into())),
    Function::new("IS_ARRAY", 1, 1, is_array),
    Function::new("IS_LIST", 1, 1, is_array),
    Function::new("IS_OBJECT", 1, 1, is_object),
    Function::new("IS_DOCUMENT", 1, 1, is_object),
    Function::new("IS_KEY", 1, 1, is_key),
    Function::new("TYPENAME", 1, 1, |_, args| Ok(arg(args, 0).type_name().into())),
];

fn to_array(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    Ok(ops::to_array(arg(args, 0)))
}

fn is_array(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    Ok(matches!(arg(args, 0), Value::Array(_)).into())
}

fn is_object(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    Ok(matches!(arg(args, 0), Value::Object(_)).into())
}

fn is_key(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    Ok(arg(args, 0).as_str().is_some_and(|text| DocumentKey::parse(text).is_ok()).into())
}

#[cfg(test)]
mod tests {
    use crate::embedded::functions::tests::check;

    #[test]
    fn casts_give_what_the_manual_says() {
        check("TO_BOOL", r#"["0"]"#, "true");
        check("TO_BOOL", r#"[""]"#, "false");
        check("TO_BOOL", "[[]]", "true");
        check("TO_NUMBER", r#"["  .5 "]"#, "0.5");
        check("TO_STRING", "[{\"a\":[1.0,null]}]", r#""{\"a\":[1,null]}""#);
        check("TO_LIST", "[null]", "[]");
        check("TO_ARRAY", r#"[{"x":1}]"#, "[1]");
    }

    #[test]
    fn types_are_told_apart() {
        check("TYPENAME", "[1.5]", r#""number""#);
        check("IS_NUMBER", r#"["1"]"#, "false");
        check("IS_DOCUMENT", "[[]]", "false");
        check("IS_LIST", "[[]]", "true");
        check("IS_NULL", "[false]", "false");
    }

    #[test]
    fn keys_follow_the_naming_rules() {
        check("IS_KEY", r#"["a_b:c@d()+,=;$!*'%-."]"#, "true");
        check("IS_KEY", r#"["a/b"]"#, "false");
        check("IS_KEY", r#"[""]"#, "false");
        check("IS_KEY", "[1]", "false");
    }
}
