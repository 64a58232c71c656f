//! Names and web pages: which are let in, on every route, and what a browser is told.

use reqwest::{Client, Method, StatusCode, header};

use super::error_of;
use crate::support::http::{Server, plain_client};

/// Everything that answers.
const ROUTES: [(&str, Method); 7] = [
    ("/mcp", Method::POST),
    ("/mcp", Method::GET),
    ("/mcp/", Method::DELETE),
    ("/mcp", Method::OPTIONS),
    ("/health", Method::GET),
    ("/health/live", Method::GET),
    ("/nothing", Method::GET),
];

#[tokio::test]
async fn foreign_names_and_pages_are_refused_on_every_route() {
    let (server, client) = (Server::start(), plain_client());
    for (path, method) in ROUTES {
        for (name, value, flag) in [
            (header::HOST, "evil.example", "--allowed-host"),
            (header::HOST, "localhost.evil.example:80", "--public-url"),
            (header::ORIGIN, "https://evil.example", "--allowed-origin"),
            (header::ORIGIN, "null", "--allowed-origin"),
        ] {
            let request = client.request(method.clone(), server.at(path)).header(name, value);
            // What a proxy would add can be added by anybody.
            let request = request.header("x-forwarded-host", "localhost").header("forwarded", "host=localhost");
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{method} {path} {value}");
            let refused = error_of(&response.text().await.unwrap());
            assert!(refused.contains(flag), "{refused}");
        }
    }
}

#[tokio::test]
async fn the_public_url_is_a_name_of_the_server_and_shown() {
    let server = Server::start_with(&["--embedded", "--public-url", "https://mcp.example.com"]);
    let ask = |origin: &str| {
        let request = plain_client().get(server.at("/health/live")).header(header::HOST, "mcp.example.com");
        request.header(header::ORIGIN, origin).send()
    };
    assert_eq!(ask("https://mcp.example.com").await.unwrap().status(), StatusCode::OK);
    assert_eq!(ask("https://other.example.com").await.unwrap().status(), StatusCode::FORBIDDEN);
    server.until_said("--server https://mcp.example.com/mcp").await;
}

async fn preflight(client: &Client, server: &Server, origin: &str) -> reqwest::Response {
    let request = client.request(Method::OPTIONS, &server.url).header(header::ORIGIN, origin);
    let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
    request.header(header::ACCESS_CONTROL_REQUEST_HEADERS, "mcp-session-id,authorization").send().await.unwrap()
}

#[tokio::test]
async fn an_allowed_page_gets_the_headers_its_browser_asks_for() {
    let (origin, client) = ("https://app.example", plain_client());
    let server = Server::start_with(&["--embedded", "--allowed-origin", origin]);
    let allowed = preflight(&client, &server, origin).await;
    assert_eq!(allowed.status(), StatusCode::OK);
    let headers = allowed.headers();
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], origin);
    assert!(headers[header::VARY].to_str().unwrap().contains("origin"));
    assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    let said = |name| headers[name].to_str().unwrap().to_ascii_lowercase();
    for method in ["get", "post", "delete"] {
        assert!(said(header::ACCESS_CONTROL_ALLOW_METHODS).contains(method), "{method}");
    }
    for name in [
        "authorization",
        "content-type",
        "last-event-id",
        "mcp-method",
        "mcp-name",
        "mcp-protocol-version",
        "mcp-session-id",
    ] {
        assert!(said(header::ACCESS_CONTROL_ALLOW_HEADERS).contains(name), "{name}");
    }
    let answer = client.get(server.at("/health/live")).header(header::ORIGIN, origin).send().await.unwrap();
    assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], origin);
    let exposed = answer.headers()[header::ACCESS_CONTROL_EXPOSE_HEADERS].to_str().unwrap();
    assert!(exposed.contains("mcp-session-id") && exposed.contains("www-authenticate"), "{exposed}");
    assert_eq!(preflight(&client, &server, "https://other.example").await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn without_an_allowed_page_there_is_no_cors() {
    let (server, client) = (Server::start_with(&["--embedded"]), plain_client());
    // Its own pages need none.
    let own = server.at("");
    let refused = preflight(&client, &server, &own).await;
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    let answer = client.get(server.at("/health/live")).header(header::ORIGIN, own).send().await.unwrap();
    for headers in [refused.headers(), answer.headers()] {
        assert!(headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{headers:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_json() {
    let (server, client) = (Server::start_with(&["--embedded"]), plain_client());
    let nowhere = server.get("/mcp/elsewhere").await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    assert!(error_of(&nowhere.text().await.unwrap()).contains("MCP is at /mcp"));
    let wrong = client.post(server.at("/health")).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(error_of(&wrong.text().await.unwrap()).contains("use GET"));
}
