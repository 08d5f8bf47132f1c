//! The certificate by which a server knows who is connecting.

use super::server::ClientCertificate;
use crate::Fault;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{Error, InconsistentKeys};
use std::fmt::Display;
use std::path::Path;

/// Reads both files.
///
/// # Errors
/// One cannot be read, or holds something else; others than its owner may read the key, or it is encrypted; the two do
/// not belong together.
pub(super) fn read(files: &ClientCertificate, provider: &CryptoProvider) -> Result<SingleCertAndKey, Fault> {
    let path = &files.certificate;
    let chain: Result<Vec<_>, pem::Error> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let chain = chain.map_err(|error| unreadable("certificate `sslcert`", path, &error))?;
    if chain.is_empty() {
        return Err(unreadable("certificate `sslcert`", path, &"it has none"));
    }
    let key = provider
        .key_provider
        .load_private_key(key(&files.key)?)
        .map_err(|error| unreadable("key `sslkey`", &files.key, &error))?;
    let identity = CertifiedKey::new(chain, key);
    // What is not known here, as of a certificate of the first version, is left to the server to judge.
    if let Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) = identity.keys_match() {
        return Err(Fault::plain(format!(
            "the key {} does not go with the certificate",
            files.key.display()
        ))
        .helped("`sslkey` must be the private key for which the certificate `sslcert` was made"));
    }
    Ok(identity.into())
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, Fault> {
    if is_open_to_others(path) {
        return Err(Fault::plain(format!("others than its owner may read the key {}", path.display()))
            .helped("take these rights away: chmod 600 on the file, or 640 where it belongs to root"));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable("key `sslkey`", path, &error))?;
    match PrivateKeyDer::from_pem_slice(&bytes) {
        Ok(key) => Ok(key),
        Err(_) if String::from_utf8_lossy(&bytes).contains("ENCRYPTED") => {
            Err(Fault::plain(format!("the key {} is encrypted", path.display()))
                .helped("decrypt it into a file that only you can read: openssl pkey -in KEY -out PLAIN-KEY"))
        }
        Err(pem::Error::NoItemsFound) => Err(unreadable("key `sslkey`", path, &"it has none")),
        Err(error) => Err(unreadable("key `sslkey`", path, &error)),
    }
}

fn unreadable(what: &str, path: &Path, error: &dyn Display) -> Fault {
    Fault::plain(format!("cannot read the {what}, {}: {error}", path.display()))
        .helped("name a file in PEM, with a path from the folder of registry.toml or from the root")
}

/// Whether others could read a key, as PostgreSQL's own clients see it: what belongs to root may be given to a group.
#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|file| {
        let others = if file.uid() == 0 { 0o037 } else { 0o077 };
        file.mode() & others != 0
    })
}

#[cfg(not(unix))]
fn is_open_to_others(_path: &Path) -> bool {
    false
}
