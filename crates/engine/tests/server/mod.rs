//! A PostgreSQL server of the tests' own, on a socket and a free port, with databases that come and go with a test.
//!
//! Where no server is installed a test says so and ends; where `FARR_POSTGRES` is `required` it fails.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

/// A running server; it is stopped with the last test that uses it.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    programs: PathBuf,
    owner: Option<(u32, u32)>,
    pub(crate) port: u16,
}

/// A database of one test.
pub(crate) struct Database {
    pub(crate) server: Arc<Server>,
    pub(crate) name: String,
}

/// The superuser of the tests' server.
pub(crate) const OWNER: &str = "farr_owner";

static CURRENT: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// An empty database; `None` where no server is installed.
pub(crate) fn database() -> Option<Database> {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let server = {
        let mut current = CURRENT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match current.upgrade() {
            Some(server) => server,
            None => {
                let server = Arc::new(Server::start()?);
                *current = Arc::downgrade(&server);
                server
            }
        }
    };
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    server.run("postgres", &format!("create database {name}"));
    Some(Database { server, name })
}

/// The folder of the installed server's programs, the newest first.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            let programs = path.join("bin");
            let whole =
                ["initdb", "postgres", "pg_ctl", "psql"].iter().all(|name| programs.join(name).is_file());
            whole.then_some((version, programs))
        })
        .collect();
    found.sort();
    let newest = found.pop().map(|(_, path)| path);
    if newest.is_none() {
        assert!(
            std::env::var("FARR_POSTGRES").as_deref() != Ok("required"),
            "FARR_POSTGRES is `required`, and no server is installed in /usr/lib/postgresql"
        );
        // Not captured, unlike what is printed, so that it is seen.
        let _ = writeln!(std::io::stderr(), "\n*** NOT TESTED: no PostgreSQL in /usr/lib/postgresql ***");
    }
    newest
}

impl Server {
    fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = tempfile::tempdir().unwrap();
        // A server does not run as root.
        let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
        let owner = is_root.then(|| user("postgres").or_else(|| user("nobody")).unwrap());
        let mut server = Self { folder, programs, owner, port: 0 };
        server.own(server.path());
        let data = server.path().join("data");
        server.must(server.command("initdb").args(["-D", text(&data), "-U", OWNER]).args([
            "--no-sync",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]));
        server.certify();
        let rules = "local all all trust\nhost all login 127.0.0.1/32 scram-sha-256\n\
            hostssl all card 127.0.0.1/32 cert\n\
            hostssl all card_and_word 127.0.0.1/32 scram-sha-256 clientcert=verify-full\n\
            host all all 127.0.0.1/32 trust\n";
        fs::write(data.join("pg_hba.conf"), rules).unwrap();
        let settings = format!(
            "unix_socket_directories = '{}'\nlisten_addresses = '127.0.0.1'\nfsync = off\n\
             log_statement = all\nlog_line_prefix = '%d '\nssl = on\nssl_cert_file = '{}'\nssl_key_file = '{}'\n\
             ssl_ca_file = '{}'\n",
            text(server.path()),
            text(&server.path().join("server.pem")),
            text(&server.path().join("server.key")),
            text(&server.path().join("ca.pem")),
        );
        let mut file = File::options().append(true).open(data.join("postgresql.conf")).unwrap();
        file.write_all(settings.as_bytes()).unwrap();
        let mut refused = String::new();
        for _ in 0..5 {
            match server.begin(&data) {
                Ok(()) => return Some(server),
                Err(said) => refused = said,
            }
        }
        panic!("{refused}");
    }

    /// Begins to serve on a free port, which another program may take before.
    fn begin(&mut self, data: &Path) -> Result<(), String> {
        self.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (log, port) = (self.path().join("log"), format!("-p {}", self.port));
        // It waits until connections are accepted.
        let arguments = ["-D", text(data), "-l", text(&log), "-o", &port, "-w", "start"];
        self.tried(self.command("pg_ctl").args(arguments)).map(drop)
    }

    /// An authority, and certificates of it: for `localhost`, and for the users `card` and `card_and_word`. Another
    /// authority, and one of it for `card`, in the files of `stranger`.
    fn certify(&self) {
        let openssl = |arguments: &str| {
            let arguments = arguments.split(' ').filter(|argument| !argument.is_empty());
            let mut command = Command::new("openssl");
            self.must(command.args(arguments).current_dir(self.path()));
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        openssl(&format!("req -x509 {key} -days 2 -subj /CN=authority -keyout ca.key -out ca.pem"));
        openssl(&format!("req -x509 {key} -days 2 -subj /CN=other -keyout other.key -out other.pem"));
        openssl(&format!("req {key} -subj /CN=localhost -keyout server.key -out server.csr"));
        fs::write(self.path().join("names"), "subjectAltName=DNS:localhost\n").unwrap();
        openssl(
            "x509 -req -days 2 -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -out server.pem",
        );
        fs::write(self.path().join("client"), "extendedKeyUsage=clientAuth\n").unwrap();
        // Without extensions a certificate is of the first version, as many that were made by hand are.
        for (file, user, authority, extensions) in [
            ("card", "card", "ca", ""),
            ("card_and_word", "card_and_word", "ca", "-extfile client"),
            ("stranger", "card", "other", "-extfile client"),
        ] {
            openssl(&format!("req {key} -subj /CN={user} -keyout {file}.key -out {file}.csr"));
            openssl(&format!(
                "x509 -req -days 2 -in {file}.csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial \
                 {extensions} -out {file}.pem"
            ));
            fs::set_permissions(self.path().join(format!("{file}.key")), fs::Permissions::from_mode(0o600))
                .unwrap();
        }
        openssl("pkey -in card.key -aes256 -passout pass:word -out locked.key");
        for name in ["ca.pem", "server.key", "server.pem"] {
            let path = self.path().join(name);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            self.own(&path);
        }
    }

    fn own(&self, path: &Path) {
        if let Some((user, group)) = self.owner {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }

    /// The folder with its socket and certificates.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        // Nothing of the environment is to change what the programs do.
        command.env_clear().env("PATH", "/usr/bin:/bin").current_dir(self.path());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    fn must(&self, command: &mut Command) -> String {
        self.tried(command).unwrap_or_else(|said| panic!("{command:?}: {said}"))
    }

    /// What a program says; an error where it fails.
    fn tried(&self, command: &mut Command) -> Result<String, String> {
        // What a server inherits, it keeps open: it gets nothing of ours.
        let out = tempfile::tempfile().unwrap();
        let status = command
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out.try_clone().unwrap())
            .status()
            .unwrap();
        let said = whole(out);
        if status.success() { Ok(said) } else { Err(said) }
    }

    /// Runs SQL, and `psql`'s own commands, as the superuser; gives what it prints.
    pub(crate) fn run(&self, database: &str, sql: &str) -> String {
        let mut command = self.command("psql");
        let port = self.port.to_string();
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", text(self.path()), "-p", &port]);
        command.args(["-U", OWNER, "-d", database, "-f", "-"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        assert!(status.success(), "{sql}: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap().trim_end().to_string()
    }

    /// The statements that the server was sent for a database.
    fn statements(&self, database: &str) -> Vec<String> {
        let log = fs::read_to_string(self.path().join("log")).unwrap();
        let of_it = log.lines().filter_map(|line| line.strip_prefix(&format!("{database} ")));
        of_it.filter(|line| line.starts_with("LOG:")).map(str::to_string).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.path().join("data");
        let _ = self.command("pg_ctl").args(["-D", text(&data), "-m", "immediate", "-w", "stop"]).output();
    }
}

impl Database {
    /// Runs SQL as the superuser.
    pub(crate) fn run(&self, sql: &str) -> String {
        self.server.run(&self.name, sql)
    }

    /// Statements sent so far that read the rows of a table.
    pub(crate) fn copies(&self) -> Vec<String> {
        self.server.statements(&self.name).into_iter().filter(|line| line.contains("copy (select")).collect()
    }
}

/// User and group of a name.
fn user(name: &str) -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let fields: Vec<&str> =
        users.lines().find(|line| line.starts_with(&format!("{name}:")))?.split(':').collect();
    Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
}

fn whole(mut file: File) -> String {
    let mut said = Vec::new();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_end(&mut said).unwrap();
    String::from_utf8_lossy(&said).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
