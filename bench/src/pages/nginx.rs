//! The peer: nginx with the same bytes as files, compressed before, and what makes it fast switched on.

use crate::figures::processor_seconds;
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A path, its bytes, and its compressed bytes where they are sent.
pub type File<'a> = (&'a str, Vec<u8>, Option<Vec<u8>>);

/// A running nginx.
pub struct Nginx {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    _directory: TempDir,
}

impl Nginx {
    /// Whether the program can be started.
    pub fn is_there(program: &Path) -> bool {
        Command::new(program).arg("-v").stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// Starts it over files of its own.
    pub fn start(program: &Path, files: &[File<'_>]) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let root = directory.path().join("root");
        for (path, plain, packed) in files {
            let relative = path.trim_start_matches('/');
            let name =
                if relative.ends_with('/') { format!("{relative}index.html") } else { relative.to_owned() };
            let file = root.join(name);
            fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
            fs::write(&file, plain)?;
            if let Some(packed) = packed {
                let mut name = file.into_os_string();
                name.push(".gz");
                fs::write(name, packed)?;
            }
        }
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let configuration = directory.path().join("nginx.conf");
        fs::write(&configuration, text(directory.path(), &root, address))?;
        readable(directory.path())?;
        let mut command = Command::new(program);
        command.arg("-c").arg(&configuration).arg("-p").arg(directory.path()).arg("-e").arg("stderr");
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let peer = Self { child, address, _directory: directory };
        let until = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(address).is_err() {
            ensure!(Instant::now() < until, "nginx did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(peer)
    }

    /// Seconds of processor time of all its processes.
    pub fn processor_seconds(&self) -> f64 {
        let master = self.child.id();
        let path = format!("/proc/{master}/task/{master}/children");
        let workers = fs::read_to_string(path).unwrap_or_default();
        let workers = workers.split_whitespace().filter_map(|process| process.parse().ok());
        workers.chain([master]).filter_map(processor_seconds).sum()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its master ends its workers when it is told to terminate; a kill would leave them.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Workers that are not root read the files too.
fn readable(directory: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::set_permissions(directory, fs::Permissions::from_mode(0o755))?)
}

fn text(directory: &Path, root: &Path, address: SocketAddr) -> String {
    let (directory, root) = (directory.display(), root.display());
    format!(
        "worker_processes auto;
daemon off;
pid {directory}/pid;
error_log /dev/null crit;
events {{ worker_connections 4096; multi_accept on; }}
http {{
  types {{ text/html html; }}
  default_type text/plain;
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_requests 100000000;
  open_file_cache max=1000 inactive=1h;
  open_file_cache_valid 1h;
  gzip_static on;
  gzip_vary on;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{ listen {address} backlog=1024; root {root}; index index.html; }}
}}
"
    )
}
