//! Trust in the certificates of a `ca_file` and in no others: as authorities, and, because many an ArangoDB runs with a
//! certificate signed by itself, as that of the server itself.

use std::{path::Path, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};

/// TLS that trusts the certificates in a PEM file only.
///
/// # Errors
/// What is wrong with the file, in words.
pub(super) fn config(file: &Path) -> Result<ClientConfig, String> {
    let pem = std::fs::read(file).map_err(|error| error.to_string())?;
    let verifier = Pinned::new(&pem)?;
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

#[derive(Debug)]
struct Pinned {
    authorities: Arc<WebPkiServerVerifier>,
    certificates: Vec<CertificateDer<'static>>,
}

impl Pinned {
    fn new(pem: &[u8]) -> Result<Self, String> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let certificates = certificates.map_err(|error| format!("not a PEM file: {error}"))?;
        if certificates.is_empty() {
            return Err("there is no certificate in it".to_owned());
        }
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone()).map_err(|error| error.to_string())?;
        }
        let provider = Arc::new(ring::default_provider());
        let authorities = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
        Ok(Self { authorities: authorities.map_err(|error| error.to_string())?, certificates })
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let checked = self.authorities.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match checked {
            // A certificate of an authority is refused as a server's own, which is what a self-signed one mostly is.
            // Its dates have been checked by then; its name has not.
            Err(Error::InvalidCertificate(CertificateError::Other(_) | CertificateError::UnknownIssuer))
                if self.certificates.contains(end_entity) =>
            {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Signed by itself for localhost and 127.0.0.1; also marked as an authority, as `openssl req -x509` does.
    const SELF_SIGNED: &str = "\
-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUW7lYShnPcddRyrVgYrSt/7GzOLQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjIyMjMxMVoYDzIxMjYxMDI5
MjIyMzExWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASTsGelshtMU2JmSTEDsXIIs3V1YStzf8C3d+N4iJ1zuc3cemk5vhb2
2YXlpCYGi1gDrrE6UdQDOk2HInG1bdFCo28wbTAdBgNVHQ4EFgQUpOVXcH7peRgQ
ibiwm3wTlc2TpeMwHwYDVR0jBBgwFoAUpOVXcH7peRgQibiwm3wTlc2TpeMwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgAeqyVuX4LC9sX69Eem2/xcKQzJrrLG3fC2K6DZjJV/oCIEra
KxDB/3LjZOzqtChBEc70L2xFLcjwJidfbsGOESEf
-----END CERTIFICATE-----
";
    /// The same made with another key.
    const STRANGER: &str = "\
-----BEGIN CERTIFICATE-----
MIIBlDCCATugAwIBAgIUbqfXbAZun1w0ePVF1pBGBrPVZ7YwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjIyMjMxMVoYDzIxMjYxMDI5
MjIyMzExWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQdWbO/KbCpoPTyVRSdP7gqNtn/aWLKySuk8Rw05FeXX6k+dyswvFVp
dX3YxYAD5eMR+TEDSNMcYsB8sVAEXz8Oo2kwZzAdBgNVHQ4EFgQUYlYT+y1YbGEp
IUwNsNqKRKPIJrAwHwYDVR0jBBgwFoAUYlYT+y1YbGEpIUwNsNqKRKPIJrAwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
RwAwRAIgcsrZvh8OhVTuR0ozxOcP+V39wn9+4+gkWNmh9zofN4YCICkGTjCJzuil
bDiRY7k3bcds8xMGVeZWTBsYY2LE4g6a
-----END CERTIFICATE-----
";
    /// A day in both certificates' lives, in seconds since 1970.
    const TODAY: u64 = 1_800_000_000;

    fn check(trusted: &str, shown: &str, name: &str, seconds: u64) -> Result<(), Error> {
        let verifier = Pinned::new(trusted.as_bytes()).unwrap();
        let shown = CertificateDer::from_pem_slice(shown.as_bytes()).unwrap();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let name = ServerName::try_from(name).unwrap();
        verifier.verify_server_cert(&shown, &[], &name, &[], now).map(drop)
    }

    #[test]
    fn a_certificate_signed_by_itself_is_trusted_when_the_file_holds_it() {
        assert_eq!(check(SELF_SIGNED, SELF_SIGNED, "localhost", TODAY), Ok(()));
        assert_eq!(check(SELF_SIGNED, SELF_SIGNED, "127.0.0.1", TODAY), Ok(()));
        let both = format!("{STRANGER}{SELF_SIGNED}");
        assert_eq!(check(&both, SELF_SIGNED, "localhost", TODAY), Ok(()));
    }

    #[test]
    fn it_is_not_trusted_for_another_name_at_another_time_or_in_another_ones_place() {
        assert!(check(SELF_SIGNED, SELF_SIGNED, "example.com", TODAY).is_err());
        assert!(check(SELF_SIGNED, SELF_SIGNED, "localhost", 1_000_000_000).is_err());
        assert!(check(SELF_SIGNED, SELF_SIGNED, "localhost", 9_000_000_000).is_err());
        assert!(check(SELF_SIGNED, STRANGER, "localhost", TODAY).is_err());
    }

    #[test]
    fn a_file_that_is_no_certificate_is_refused() {
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
            assert!(Pinned::new(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
