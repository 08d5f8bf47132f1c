//! Where a server is and how it is spoken to.

use std::fmt;
use std::path::PathBuf;

/// What is asked of the connection's encryption: the `sslmode` of PostgreSQL's own clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Never encrypted.
    Disable,
    /// Encrypted where the server can; whose certificate it is, is not asked.
    Prefer,
    /// Always encrypted; whose certificate it is, is asked only where an authority is named.
    Require,
    /// Encrypted, with a certificate of a known authority.
    VerifyCa,
    /// Encrypted, with a certificate of a known authority for this host.
    VerifyFull,
}

/// What shows a server who is connecting: files in PEM, the certificate first with those that lead to its authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// A database and who reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Name or address; a folder with the server's socket where it begins with `/`.
    pub host: String,
    /// Port.
    pub port: u16,
    /// The database.
    pub database: String,
    /// The user.
    pub user: String,
    /// The password, where one is known.
    pub password: Option<String>,
    /// Encryption.
    pub tls: Tls,
    /// The certificates of authorities in place of the system's, in PEM.
    pub root_certificate: Option<PathBuf>,
    /// What shows the server who is connecting, beside the password or instead of it.
    pub client: Option<ClientCertificate>,
}

impl Server {
    /// Whether it is reached by a socket of this machine, which is never encrypted.
    pub fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }
}

/// The password is nobody's to read.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self}, {:?})", self.tls)
    }
}

/// As people are told of it: the database and where it is.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}:{}", self.database, self.host, self.port)
    }
}
