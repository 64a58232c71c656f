//! TLS: the certificate of the server, read again when its files change, and the certificates of clients where those are
//! asked for. rustls on *ring*, as everywhere here. Revocation lists are not looked at: give clients short-lived
//! certificates.

mod certificate;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use parking_lot::RwLock;
use rustls::{
    RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{NoClientAuth, WebPkiClientVerifier, danger::ClientCertVerifier},
};
use tokio_rustls::TlsAcceptor;

pub(crate) use certificate::ClientCertificate;
pub(super) use certificate::identify;

use crate::config::TlsFiles;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Why TLS cannot be served with these files.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file does not hold what it should.
    #[error("{flag} {}: {problem}", path.display())]
    File {
        /// The option that names the file.
        flag: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Together they make no sense.
    #[error("the certificate and the key of TLS cannot be used together: {0}")]
    Pair(#[source] rustls::Error),
}

/// What to serve with at the moment.
#[derive(Debug)]
pub(super) struct Tls {
    files: TlsFiles,
    // Held only to take or to put a pointer.
    current: RwLock<Arc<ServerConfig>>,
    seen: Option<Stamp>,
}

/// By what a change of the files is noticed.
type Stamp = Vec<(Option<SystemTime>, u64)>;

impl Tls {
    /// Reads the files. Blocks.
    pub(super) fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        let seen = stamp(files);
        warn_of_readers(&files.key);
        let current = RwLock::new(Arc::new(read(files)?));
        Ok(Self { files: files.clone(), current, seen })
    }

    /// Serves a new connection.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current.read()))
    }

    /// Reads the files again whenever they have changed, and until it is dropped. What cannot be used is said once, and
    /// what was used before stays in use.
    pub(super) async fn keep_fresh(self: Arc<Self>) {
        let mut loaded = self.seen.clone();
        let mut last = loaded.clone();
        loop {
            tokio::time::sleep(LOOK).await;
            let files = self.files.clone();
            let Ok(now) = tokio::task::spawn_blocking(move || stamp(&files)).await else { return };
            // Whoever replaces two files is given until the next look to replace the second.
            let settled = now == last;
            last.clone_from(&now);
            if settled && now != loaded {
                loaded = now;
                self.renew().await;
            }
        }
    }

    async fn renew(&self) {
        let files = self.files.clone();
        match tokio::task::spawn_blocking(move || read(&files)).await {
            Ok(Ok(config)) => {
                *self.current.write() = Arc::new(config);
                tracing::info!("the files of TLS have changed and are in use");
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "the files of TLS have changed and cannot be used; those before stay in use");
            }
            Err(error) => tracing::error!(%error, "the files of TLS could not be read"),
        }
    }
}

/// The times and sizes of the files; nothing when one cannot be seen, which is a state like any other.
fn stamp(files: &TlsFiles) -> Option<Stamp> {
    let all = [Some(&files.cert), Some(&files.key), files.client_ca.as_ref()];
    let of = |path: &PathBuf| std::fs::metadata(path).ok().map(|found| (found.modified().ok(), found.len()));
    all.into_iter().flatten().map(of).collect()
}

fn read(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let chain = certificates("--tls-cert", &files.cert)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| TlsError::File {
        flag: "--tls-key",
        path: files.key.clone(),
        problem: format!("no private key can be read ({error}); use PEM that is not encrypted"),
    })?;
    let clients = match &files.client_ca {
        Some(path) => verifier(path, &provider)?,
        None => Arc::new(NoClientAuth),
    };
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(TlsError::Pair)?.with_client_cert_verifier(clients);
    let mut config = builder.with_single_cert(chain, key).map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn verifier(path: &Path, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    const FLAG: &str = "--tls-client-ca";
    let fault = |problem: String| TlsError::File { flag: FLAG, path: path.to_owned(), problem };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(FLAG, path)? {
        roots.add(certificate).map_err(|error| fault(error.to_string()))?;
    }
    let built = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    let verifier: Arc<dyn ClientCertVerifier> = built.map_err(|error| fault(error.to_string()))?;
    Ok(verifier)
}

fn certificates(flag: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let fault = |problem: String| TlsError::File { flag, path: path.to_owned(), problem };
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = read.map_err(|error| fault(format!("no certificate can be read ({error}); use PEM")))?;
    if found.is_empty() { Err(fault("there is no certificate in it; use PEM".to_owned())) } else { Ok(found) }
}

#[cfg(unix)]
fn warn_of_readers(key: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(key).map_or(0, |found| found.permissions().mode() & 0o777);
    if mode & 0o077 != 0 {
        let mode = format!("{mode:03o}");
        tracing::warn!(file = %key.display(), mode, "others can read or change the key of TLS; run chmod 600");
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_key: &Path) {}
