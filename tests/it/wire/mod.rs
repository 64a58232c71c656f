//! The wire: clients that are slow, too many, too large or not who they should be, over real sockets.

mod names;
mod rates;
mod slow;
mod tls;

use reqwest::Url;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::support::{PATIENCE, http::Server};

/// A connection on which anything can be sent.
struct Raw(TcpStream);

impl Raw {
    async fn connect(server: &Server) -> Self {
        let url = Url::parse(&server.url).unwrap();
        let address = (url.host_str().unwrap(), url.port().unwrap());
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// Sends; the other side may have ended the connection by then.
    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        drop(self.0.write_all(bytes.as_ref()).await);
    }

    /// Everything that comes until the other side ends the connection.
    async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        // A reset is an end as well.
        drop(timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await.unwrap_or_else(|_| panic!("no end")));
        String::from_utf8(bytes).unwrap()
    }

    /// What comes first, up to the end of a JSON text.
    async fn answer(&mut self) -> String {
        let mut bytes = Vec::new();
        let answered = async {
            while !bytes.ends_with(b"}") {
                assert!(self.0.read_buf(&mut bytes).await.unwrap() > 0, "{}", String::from_utf8_lossy(&bytes));
            }
        };
        timeout(PATIENCE, answered).await.unwrap_or_else(|_| panic!("no answer"));
        String::from_utf8(bytes).unwrap()
    }
}

/// The message of the JSON-RPC error in a response as it came.
fn message(response: &str) -> String {
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no response: {response:?}"));
    assert!(head.contains("content-type: application/json"), "{head}");
    error_of(body)
}

fn error_of(body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("not JSON: {body}"));
    assert_eq!((&body["jsonrpc"], &body["id"]), (&"2.0".into(), &Value::Null));
    body["error"]["message"].as_str().unwrap().to_owned()
}
