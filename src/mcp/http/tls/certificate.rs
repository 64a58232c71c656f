//! What the certificate of a client says about it. Whether it may be believed has been decided before, by rustls.

use std::{fmt::Write as _, sync::Arc};

use axum::{extract::Request, response::Response};
use rustls::pki_types::CertificateDer;
use x509_cert::{
    Certificate,
    der::{Decode as _, Error},
    ext::pkix::{SubjectAltName, name::GeneralName},
};

use super::super::super::session_id::Authenticated;
use crate::tenancy::Principal;

/// The certificate of the client of a request, among the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientCertificate {
    /// The common name of its subject.
    pub(crate) common_name: Option<String>,
    /// The host names it is for.
    pub(crate) dns_names: Vec<String>,
    /// The URIs it is for.
    pub(crate) uris: Vec<String>,
    /// Its SHA-256 digest in hexadecimal.
    pub(crate) sha256: String,
}

impl ClientCertificate {
    /// Reads a certificate that rustls has accepted. One that cannot be read here has no names, only its digest.
    pub(crate) fn read(der: &CertificateDer<'_>) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, der);
        let sha256 = digest.as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
            // A text takes whatever is written to it.
            let _ = write!(text, "{byte:02x}");
            text
        });
        let empty = Self { common_name: None, dns_names: Vec::new(), uris: Vec::new(), sha256 };
        let with_names = empty.clone().with_names(der);
        with_names.unwrap_or_else(|error| {
            tracing::warn!(%error, sha256 = empty.sha256, "the names in a client's certificate cannot be read");
            empty
        })
    }

    fn with_names(mut self, der: &[u8]) -> Result<Self, Error> {
        let certificate = Certificate::from_der(der)?;
        let certificate = certificate.tbs_certificate();
        self.common_name = certificate.subject().common_name()?.map(|name| name.value().into_owned());
        let Some((_, SubjectAltName(names))) = certificate.get_extension::<SubjectAltName>()? else { return Ok(self) };
        for name in names {
            match name {
                GeneralName::DnsName(name) => self.dns_names.push(name.as_str().to_owned()),
                GeneralName::UniformResourceIdentifier(uri) => self.uris.push(uri.as_str().to_owned()),
                GeneralName::OtherName(_)
                | GeneralName::Rfc822Name(_)
                | GeneralName::DirectoryName(_)
                | GeneralName::EdiPartyName(_)
                | GeneralName::IpAddress(_)
                | GeneralName::RegisteredId(_) => {}
            }
        }
        Ok(self)
    }

    /// Whom it stands for: its common name, else the first of its other names, else itself.
    pub(crate) fn principal(&self) -> Principal {
        let names = self.common_name.iter().chain(&self.uris).chain(&self.dns_names);
        let name = names.into_iter().find(|name| !name.is_empty());
        Principal::new(format!("cert:{}", name.unwrap_or(&self.sha256)))
    }
}

/// A step: whoever has shown a certificate is who it says.
pub(in crate::mcp::http) async fn identify<F: Future<Output = Response>>(
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    if let Some(certificate) = request.extensions().get::<ClientCertificate>() {
        let authenticated = Authenticated { principal: certificate.principal(), rights: Arc::default() };
        request.extensions_mut().insert(authenticated);
    }
    next(request).await
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair, SanType};

    use super::*;

    fn read(name: Option<&str>, others: &[SanType]) -> ClientCertificate {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        if let Some(name) = name {
            params.distinguished_name.push(DnType::CommonName, name);
        }
        params.subject_alt_names = others.to_vec();
        ClientCertificate::read(params.self_signed(&KeyPair::generate().unwrap()).unwrap().der())
    }

    #[test]
    fn a_certificate_stands_for_its_common_name_or_else_for_another_of_its_names() {
        let host = SanType::DnsName("agent.example".try_into().unwrap());
        let uri = SanType::URI("spiffe://example/agent".try_into().unwrap());
        let full = read(Some("käse"), &[host.clone(), uri.clone()]);
        assert_eq!(full.common_name.as_deref(), Some("käse"));
        assert_eq!(
            (full.dns_names.as_slice(), full.uris.as_slice()),
            (&["agent.example".to_owned()][..], &["spiffe://example/agent".to_owned()][..])
        );
        assert_eq!(full.principal().as_str(), "cert:käse");
        assert_eq!(read(None, &[host.clone(), uri]).principal().as_str(), "cert:spiffe://example/agent");
        assert_eq!(read(None, &[host]).principal().as_str(), "cert:agent.example");
    }

    #[test]
    fn a_certificate_without_names_stands_for_itself() {
        let (one, other) = (read(None, &[]), read(None, &[]));
        assert_eq!((one.sha256.len(), one.principal().as_str()), (64, format!("cert:{}", one.sha256).as_str()));
        assert_ne!(one.principal(), other.principal());
        let garbage = ClientCertificate::read(&CertificateDer::from_slice(b"none"));
        assert_eq!((garbage.common_name, garbage.sha256.len()), (None, 64));
    }
}
