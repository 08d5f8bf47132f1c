//! Encryption of the connection, and whose certificate is accepted.

use super::client_certificate;
use super::server::{Server, Tls};
use crate::Fault;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How a server is connected to with encryption; `None` where none is wanted.
///
/// # Errors
/// The certificates of the authorities, or the client's own with its key, cannot be read.
pub(super) fn connector(server: &Server) -> Result<Option<MakeRustlsConnect>, Fault> {
    if server.tls == Tls::Disable || server.is_socket() {
        return Ok(None);
    }
    let provider = Arc::new(ring::default_provider());
    let asks_authority = match server.tls {
        Tls::Disable | Tls::Prefer => false,
        Tls::Require => server.root_certificate.is_some(),
        Tls::VerifyCa | Tls::VerifyFull => true,
    };
    let chain = match asks_authority {
        false => None,
        true => Some(
            WebPkiServerVerifier::builder_with_provider(Arc::new(authorities(server)?), provider.clone())
                .build()
                .map_err(|error| Fault::plain(format!("no certificate can be verified: {error}")))?,
        ),
    };
    let verifier =
        Verifier { chain, asks_name: server.tls == Tls::VerifyFull, provider: Arc::clone(&provider) };
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::plain(format!("no encryption: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let configuration = match &server.client {
        None => configuration.with_no_client_auth(),
        Some(files) => {
            let identity = client_certificate::read(files, configuration.crypto_provider())?;
            configuration.with_client_cert_resolver(Arc::new(identity))
        }
    };
    Ok(Some(MakeRustlsConnect::new(configuration)))
}

/// The authorities that are named, or those that this machine trusts.
fn authorities(server: &Server) -> Result<RootCertStore, Fault> {
    let mut roots = RootCertStore::empty();
    let Some(path) = &server.root_certificate else {
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        return match roots.is_empty() {
            true => Err(Fault::plain("this machine trusts no authority for certificates")
                .helped("name the file with the authority's certificate with `root_certificate`")),
            false => Ok(roots),
        };
    };
    let unreadable = |error: &dyn std::fmt::Display| {
        Fault::plain(format!("cannot read the certificate {}: {error}", path.display()))
    };
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))? {
        let certificate = certificate.map_err(|error| unreadable(&error))?;
        roots.add(certificate).map_err(|error| unreadable(&error))?;
    }
    match roots.is_empty() {
        true => Err(unreadable(&"it has none")),
        false => Ok(roots),
    }
}

/// Asks of a certificate what the mode asks: nothing, its authority, or its authority and its name.
#[derive(Debug)]
struct Verifier {
    chain: Option<Arc<WebPkiServerVerifier>>,
    asks_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is looked at last, when everything else has been found in order.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.asks_name => Ok(ServerCertVerified::assertion()),
            answer => answer,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
