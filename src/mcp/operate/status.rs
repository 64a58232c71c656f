//! The status page: one file for a browser, without anything from elsewhere, and the data it shows. A visitor sees the
//! databases it may use, and never what was in a call.

use std::sync::{Arc, LazyLock};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::{About, health::state, json_response, text_response};
use crate::{
    clock::{Clock as _, SystemClock, rfc3339},
    config::{Config, Rights},
    mcp::{SERVER_NAME, VERSION},
    observability::recent::{Notable, Recent, Summary},
};

const PAGE: &str = include_str!("status.html");
const STYLE: &str = include_str!("status.css");
const SCRIPT: &str = include_str!("status.js");

/// The page with everything in it.
static WHOLE: LazyLock<String> = LazyLock::new(|| PAGE.replace("/*STYLE*/", STYLE).replace("/*SCRIPT*/", SCRIPT));

/// What the browser may do: nothing but show this page and ask this server.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    HeaderValue::from_str(&policy).ok()
});

pub(super) async fn page(State(about): State<Arc<About>>, request: Request) -> Response {
    let (Some(_), Some(policy)) = (about.rights(&request), POLICY.as_ref()) else { return refused() };
    let mut response = text_response(StatusCode::OK, "text/html; charset=utf-8", WHOLE.as_str());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Said to those who may not look: nothing about the server.
fn refused() -> Response {
    let body = json!({ "error": "the status is shown to callers who have authenticated, and on the machine itself \
                                 under the name of the server" });
    json_response(StatusCode::FORBIDDEN, &body)
}

pub(super) async fn data(State(about): State<Arc<About>>, request: Request) -> Response {
    let Some(rights) = about.rights(&request) else { return refused() };
    let said = about.probes.said().await;
    let (services, operation) = (&about.services, about.services.operation());
    let now = SystemClock.monotonic();
    let config = services.config();
    // What concerns no database is for those who may see all.
    let all = rights.databases.is_none();
    let may_see = |database: Option<&str>| database.map_or(all, |name| reaches(&rights, &config, name));
    let summary = |recent: &Recent, passes: &dyn Fn(Option<&str>) -> bool| summary(recent.summary(now, passes));
    let databases: Vec<Value> = said
        .iter()
        .filter(|(key, _)| rights.reach(key))
        .map(|(key, said)| {
            let mut shown = state(said);
            if let Some(shown) = shown.as_object_mut() {
                shown.insert("key".to_owned(), key.as_str().into());
                shown.insert("default".to_owned(), (config.default_database() == Some(key)).into());
                shown.insert("read_only".to_owned(), config.entry(key).is_some_and(|entry| entry.read_only).into());
                let calls = operation.recent().map(|recent| summary(recent, &|name| name == Some(key.as_str())));
                shown.insert("calls".to_owned(), calls.into());
            }
            shown
        })
        .collect();
    let notable = |calls: Vec<Notable>| calls.iter().map(|call| told(call, now)).collect::<Vec<_>>();
    let body = json!({
        "name": SERVER_NAME,
        "version": VERSION,
        "status": if operation.is_draining() { "draining" } else { "ready" },
        "uptime_seconds": operation.uptime().as_secs(),
        "sessions": all.then(|| operation.sessions()),
        "calls_in_flight": all.then(|| services.calls_in_flight()),
        "calls": operation.recent().map(|recent| summary(recent, &may_see)),
        "databases": databases,
        "slowest": operation.recent().map(|recent| notable(recent.slowest(now, may_see))),
        "failed": operation.recent().map(|recent| notable(recent.failed(may_see))),
        "configuration": all.then(|| configuration(&about)),
    });
    json_response(StatusCode::OK, &body)
}

fn reaches(rights: &Rights, config: &Config, name: &str) -> bool {
    config.databases().keys().any(|key| key.as_str() == name && rights.reach(key))
}

fn summary(summary: Summary) -> Value {
    let milliseconds = |seconds: Option<f64>| seconds.map(|seconds| (seconds * 1e5).round() / 100.0);
    json!({
        "per_second": (summary.per_second * 100.0).round() / 100.0,
        "count": summary.calls,
        "failed": summary.failed,
        "p50_ms": milliseconds(summary.p50),
        "p95_ms": milliseconds(summary.p95),
    })
}

fn told(call: &Notable, now: std::time::Duration) -> Value {
    json!({
        "tool": call.tool,
        "database": call.database,
        "outcome": call.outcome.name(),
        "milliseconds": (call.took.as_secs_f64() * 1e5).round() / 100.0,
        "seconds_ago": now.saturating_sub(call.at).as_secs(),
    })
}

/// Where the configuration comes from and what became of its last change.
fn configuration(about: &About) -> Value {
    let reloads = about.services.operation().reloads();
    json!({
        "reloads": reloads.succeeded,
        "last_reload": reloads.last.map(rfc3339),
        "problem": reloads.problem,
    })
}

#[cfg(test)]
mod tests {
    use std::{path::Path, time::Duration};

    use axum::body::{Body, to_bytes};

    use super::*;
    use crate::{
        config::{DatabaseKey, file::parse},
        mcp::{operate::health, session_id::Authenticated},
        observability::{
            Operation,
            calls::{CallEnd, Outcome},
        },
        tenancy::session::Principal,
        tools::test_services,
    };

    /// A server over two databases, with a failed call on each and one on none. Nobody may look without saying who they are.
    fn about() -> Arc<About> {
        let services = test_services();
        let config = "databases:\n  ours:\n    url: \"embedded:\"\n  theirs:\n    url: \"embedded:\"\n";
        services.reconfigure(Arc::new(parse(config, Path::new("/c.yaml")).unwrap()));
        services.operate(Operation::default().remembering());
        for database in [Some("ours"), Some("theirs"), None] {
            drop(services.operation().call_ended(&CallEnd {
                who: "ann",
                session: None,
                trace: None,
                namespace: None,
                tool: "arango_query",
                database,
                level: None,
                arguments: None,
                rows: None,
                cut: false,
                outcome: Outcome::Failed("QueryError"),
                took: Duration::from_millis(1),
            }));
        }
        About::new(&services, false)
    }

    fn request(rights: Option<Rights>) -> Request {
        let mut request = Request::builder().header("host", "localhost").body(Body::empty()).unwrap();
        if let Some(rights) = rights {
            let rights = Arc::new(rights);
            request.extensions_mut().insert(Authenticated { principal: Principal::new("ann"), rights });
        }
        request
    }

    async fn body(response: Response) -> Value {
        serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn who_may_use_one_database_sees_nothing_of_another() {
        let (about, ours) = (about(), Rights::pinned_to(DatabaseKey::parse("ours").unwrap()));
        let seen = body(data(State(Arc::clone(&about)), request(Some(ours.clone()))).await).await;
        assert_eq!((&seen["calls"]["count"], seen["failed"].as_array().unwrap().len()), (&json!(1), 1), "{seen}");
        assert_eq!((&seen["sessions"], &seen["configuration"]), (&Value::Null, &Value::Null));
        let ready = body(health::ready(State(Arc::clone(&about)), request(Some(ours))).await).await;
        assert!(!seen.to_string().contains("theirs") && !ready.to_string().contains("theirs"), "{seen} {ready}");
        let all = body(data(State(about), request(Some(Rights::all()))).await).await;
        assert_eq!(all["calls"]["count"], 3);
        assert!(all.to_string().contains("theirs"));
    }

    #[tokio::test]
    async fn who_has_to_authenticate_and_has_not_learns_no_names() {
        let about = about();
        assert_eq!(data(State(Arc::clone(&about)), request(None)).await.status(), StatusCode::FORBIDDEN);
        assert_eq!(page(State(Arc::clone(&about)), request(None)).await.status(), StatusCode::FORBIDDEN);
        let ready = body(health::ready(State(about), request(None)).await).await;
        assert_eq!(ready, json!({"status": "ready", "databases_up": 2, "databases_down": 0}));
    }
}
