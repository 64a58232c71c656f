//! The guard without sockets.

use super::*;

fn guard_of(change: impl FnOnce(&mut HttpOptions)) -> Result<Guard, HttpError> {
    let mut options = HttpOptions::on_loopback(8000);
    change(&mut options);
    Guard::new(&options, 8000)
}

fn verdict(guard: &Guard, pairs: &[(header::HeaderName, &str)]) -> StatusCode {
    let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect();
    let peer = Peer { address: "10.0.0.9:5000".parse().unwrap(), local: "10.0.0.5:8000".parse().unwrap() };
    guard.check(&Uri::from_static("/mcp"), &headers, Some(&peer)).err().map_or(StatusCode::OK, |(status, _)| status)
}

#[test]
fn only_loopback_names_and_the_address_of_the_connection_are_this_server() {
    let guard = guard_of(|_| {}).unwrap();
    for host in ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "10.0.0.5", "10.0.0.5:8000"] {
        assert_eq!(verdict(&guard, &[(header::HOST, host)]), StatusCode::OK, "{host}");
    }
    for host in ["evil.example", "localhost.evil.example", "10.0.0.6", "127.0.0.2", "[::2]"] {
        assert_eq!(verdict(&guard, &[(header::HOST, host)]), StatusCode::FORBIDDEN, "{host}");
    }
    for hosts in [&[][..], &[(header::HOST, "")], &[(header::HOST, "a b")]] {
        assert_eq!(verdict(&guard, hosts), StatusCode::BAD_REQUEST, "{hosts:?}");
    }
}

#[test]
fn two_hosts_or_a_target_that_names_another_are_malformed() {
    let guard = guard_of(|_| {}).unwrap();
    let mut headers = HeaderMap::new();
    headers.append(header::HOST, HeaderValue::from_static("localhost"));
    let elsewhere = Uri::from_static("http://evil.example/mcp");
    assert_eq!(guard.check(&elsewhere, &headers, None).unwrap_err().0, StatusCode::BAD_REQUEST);
    headers.append(header::HOST, HeaderValue::from_static("evil.example"));
    assert_eq!(guard.check(&Uri::from_static("/mcp"), &headers, None).unwrap_err().0, StatusCode::BAD_REQUEST);
}

#[test]
fn a_public_url_allows_its_host_and_its_own_pages() {
    let guard = guard_of(|options| options.public_url = Some("https://mcp.example.com".parse().unwrap())).unwrap();
    let host = (header::HOST, "MCP.example.com");
    assert_eq!(verdict(&guard, &[host.clone(), (header::ORIGIN, "https://mcp.example.com")]), StatusCode::OK);
    assert_eq!(verdict(&guard, &[host.clone(), (header::ORIGIN, "http://mcp.example.com")]), StatusCode::FORBIDDEN);
    assert_eq!(verdict(&guard, &[host, (header::ORIGIN, "https://other.example.com")]), StatusCode::FORBIDDEN);
    assert!(!guard.has_pages(), "its own pages need no CORS");
}

#[test]
fn an_allowed_page_is_compared_with_its_port() {
    let pages = ["https://app.example:443", "http://dev.example:*", "vscode-webview://abc"].map(str::to_owned);
    let guard = guard_of(|options| options.allowed_origins = pages.into()).unwrap();
    let from = |origin: &str| verdict(&guard, &[(header::HOST, "localhost"), (header::ORIGIN, origin)]);
    for origin in ["https://app.example", "https://APP.example:443", "http://dev.example:81", "vscode-webview://abc"] {
        assert_eq!(from(origin), StatusCode::OK, "{origin}");
    }
    for origin in ["http://app.example", "https://app.example:444", "https://dev.example", "null", "", "file://"] {
        assert_eq!(from(origin), StatusCode::FORBIDDEN, "{origin}");
    }
    assert_eq!(from("http://localhost:8000"), StatusCode::OK);
    assert_eq!(from("http://localhost:8001"), StatusCode::FORBIDDEN);
}

#[test]
fn what_names_nothing_or_everything_is_refused_at_the_start() {
    for bad in ["", "*", "a/b", "u@h", "http://h"] {
        let error = guard_of(|options| options.allowed_hosts = vec![bad.to_owned()]).unwrap_err();
        assert!(error.to_string().contains("--allowed-host"), "{error}");
    }
    for bad in ["", "*", "null", "app.example", "https://*.example", "https://h:1:*"] {
        let error = guard_of(|options| options.allowed_origins = vec![bad.to_owned()]).unwrap_err();
        assert!(error.to_string().contains("--allowed-origin"), "{error}");
    }
}
