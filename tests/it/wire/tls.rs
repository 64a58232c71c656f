//! HTTPS with certificates made on the spot: their change while the server runs, and those of clients.

use std::{fs, path::Path};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, SanType,
};
use reqwest::{Certificate, Client, Identity, StatusCode, tls::TlsInfo};
use serde_json::json;
use tempfile::TempDir;

use super::{Raw, message};
use crate::support::{PATIENCE, failure, http::Server, program, success};

/// An authority for certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate and its key, both as PEM.
    fn issue(&self, params: &CertificateParams) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.0).unwrap().pem(), key.serialize_pem())
    }

    fn server(&self) -> (String, String) {
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        self.issue(&CertificateParams::new(names).unwrap())
    }

    fn client(&self, name: &str) -> Identity {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.subject_alt_names.push(SanType::URI(format!("spiffe://test/{name}").try_into().unwrap()));
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
        let (certificate, key) = self.issue(&params);
        Identity::from_pem((certificate + &key).as_bytes()).unwrap()
    }
}

/// The files of a server.
struct Files {
    folder: TempDir,
    authority: Authority,
}

impl Files {
    fn new() -> Self {
        let files = Self { folder: tempfile::tempdir().unwrap(), authority: Authority::new() };
        files.renew();
        files
    }

    fn renew(&self) {
        let (certificate, key) = self.authority.server();
        self.write("cert.pem", &certificate);
        self.write("key.pem", &key);
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Puts a file in place of another, as tools for certificates do.
    fn write(&self, name: &str, text: &str) {
        let fresh = self.path("fresh");
        fs::write(&fresh, text).unwrap();
        restrict(Path::new(&fresh));
        fs::rename(fresh, self.path(name)).unwrap();
    }

    fn client(&self, identity: Option<Identity>) -> Client {
        drop(rustls::crypto::ring::default_provider().install_default());
        let root = Certificate::from_pem(self.authority.0.pem().as_bytes()).unwrap();
        let client = Client::builder().no_proxy().tls_certs_only([root]).tls_info(true).timeout(PATIENCE);
        // Each request with a handshake of its own.
        let client = client.pool_max_idle_per_host(0);
        identity.into_iter().fold(client, reqwest::ClientBuilder::identity).build().unwrap()
    }

    fn serve(&self, client: Client, more: &[&str]) -> Server {
        let (cert, key) = (self.path("cert.pem"), self.path("key.pem"));
        let tls = ["--embedded", "--sample", "--tls-cert", &cert, "--tls-key", &key];
        Server::start_for(client, &[&tls, more].concat())
    }
}

#[cfg(unix)]
fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn restrict(_path: &Path) {}

/// The certificate the server shows.
async fn shown(client: &Client, server: &Server) -> Vec<u8> {
    let response = client.get(server.at("/health/live")).send().await.unwrap();
    response.extensions().get::<TlsInfo>().unwrap().peer_certificate().unwrap().to_vec()
}

#[tokio::test]
async fn mcp_is_served_over_tls() {
    let files = Files::new();
    let server = files.serve(files.client(None), &[]);
    assert!(server.url.starts_with("https://"), "{}", server.url);
    success(&server.modern_call("arango_query", json!({"query": "RETURN 1"})).await);
    let session = server.session().await;
    success(&session.call("arango_query", json!({"query": "RETURN 1"})).await);
    let mut plain = Raw::connect(&server).await;
    plain.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let refused = plain.answer().await;
    assert!(refused.starts_with("HTTP/1.1 400 ") && message(&refused).contains("https://"), "{refused}");
}

#[tokio::test]
async fn a_new_certificate_is_used_without_a_restart_and_a_bad_one_is_not() {
    let files = Files::new();
    let client = files.client(None);
    let server = files.serve(client.clone(), &[]);
    let first = shown(&client, &server).await;
    files.write("key.pem", "this is no key");
    server.until_said("cannot be used").await;
    assert_eq!(shown(&client, &server).await, first);
    // A key alone that is one, but not that of the certificate, is no better.
    files.write("key.pem", &files.authority.server().1);
    files.renew();
    while shown(&client, &server).await == first {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn where_clients_need_a_certificate_one_of_the_right_authority_lets_in() {
    let files = Files::new();
    files.write("ca.pem", &files.authority.0.pem());
    let ca = files.path("ca.pem");
    let (alice, bob) =
        (files.client(Some(files.authority.client("alice"))), files.client(Some(files.authority.client("bob"))));
    // Everybody has to say who they are, so others may reach it.
    let server = files.serve(alice, &["--tls-client-ca", &ca, "--host", "0.0.0.0", "--allowed-host", "0.0.0.0"]);
    let port = reqwest::Url::parse(&server.url).unwrap().port().unwrap();
    let live = format!("https://localhost:{port}/health/live");
    assert_eq!(bob.get(&live).send().await.unwrap().status(), StatusCode::OK);
    let strangers = [None, Some(Authority::new().client("alice"))];
    for stranger in strangers {
        assert!(files.client(stranger).get(&live).send().await.is_err());
    }
}

#[tokio::test]
async fn a_caller_with_a_certificate_is_who_it_says() {
    let files = Files::new();
    files.write("ca.pem", &files.authority.0.pem());
    let ca = files.path("ca.pem");
    let alice = files.client(Some(files.authority.client("alice")));
    let bob = files.client(Some(files.authority.client("bob")));
    let mut server = files.serve(alice.clone(), &["--tls-client-ca", &ca]);
    let focused = success(&server.modern_call("set_focused_database", json!({"database": "sample"})).await);
    let with = json!({"query": "RETURN 1", "focus": focused["focus"]});
    success(&server.modern_call("arango_query", with.clone()).await);
    // A handle is good for the one it was given to.
    server.client = bob;
    assert_eq!(failure(&server.modern_call("arango_query", with).await)["type"], "FocusError");
}

#[test]
fn files_that_cannot_be_used_are_named_at_the_start() {
    let files = Files::new();
    let run = |arguments: &[&str]| {
        let home = tempfile::tempdir().unwrap();
        let mut command = program(home.path());
        let output =
            command.args(["server", "--transport", "http", "--port", "0", "--embedded"]).args(arguments).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let (cert, key) = (files.path("cert.pem"), files.path("key.pem"));
    files.write("other.pem", &files.authority.server().1);
    let other = files.path("other.pem");
    assert!(run(&["--tls-cert", &cert]).contains("--tls-key"));
    assert!(run(&["--tls-cert", &cert, "--tls-key", &cert]).contains(&format!("--tls-key {cert}: no private key")));
    assert!(
        run(&["--tls-cert", &key, "--tls-key", &key]).contains(&format!("--tls-cert {key}: there is no certificate"))
    );
    assert!(run(&["--tls-cert", &cert, "--tls-key", &other]).contains("cannot be used together"));
    let none = run(&["--tls-cert", &cert, "--tls-key", &key, "--tls-client-ca", "/none"]);
    assert!(none.contains("--tls-client-ca /none: "), "{none}");
}
