//! A software TPM as a process, with what the tools need to find it. Needs `swtpm` and `tpm2-tools`; `HAKIKI_REQUIRE_SWTPM`
//! demands them. Tests of other packages take this file too.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A software TPM as a process. It ends with the test.
pub struct Chip {
    process: Child,
    pub tcti: String,
}

impl Drop for Chip {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Chip {
    pub fn start(dir: &Path) -> Self {
        std::fs::create_dir_all(dir).unwrap();
        for _ in 0..20 {
            if let Some(chip) = Self::try_start(dir) {
                return chip;
            }
        }
        panic!("swtpm does not answer");
    }

    /// The programs of tpm2-tools want its two ports side by side. Where one is taken meanwhile it is tried again.
    fn try_start(dir: &Path) -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let next = port.checked_add(1).filter(|next| TcpListener::bind(("127.0.0.1", *next)).is_ok())?;
        let at = |port: u16| format!("type=tcp,port={port},bindaddr=127.0.0.1");
        let mut command = Command::new("swtpm");
        command.args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear", "--tpmstate"]);
        command.arg(format!("dir={}", dir.display())).args(["--server", &at(port), "--ctrl", &at(next)]);
        let process =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut chip = Self { process, tcti: format!("swtpm:host=127.0.0.1,port={port}") };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", next)).is_err() {
            if began.elapsed() > Duration::from_secs(20) || chip.process.try_wait().ok()?.is_some() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(chip)
    }

    #[allow(dead_code, reason = "each test program takes what it needs")]
    pub fn tool(&self, program: &str, arguments: &[&str]) {
        let output =
            Command::new(program).args(arguments).env("TPM2TOOLS_TCTI", &self.tcti).output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Whether the programs are here.
pub fn is_there() -> bool {
    let runs = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let is_there = ["swtpm", "tpm2_quote", "tpm2_createprimary", "tpm2_flushcontext"].into_iter().all(runs);
    let is_demanded = std::env::var_os("HAKIKI_REQUIRE_SWTPM").is_some();
    assert!(is_there || !is_demanded, "HAKIKI_REQUIRE_SWTPM is set, and swtpm or tpm2-tools is missing");
    if !is_there {
        println!("skipped: a quote by a TPM; install swtpm and tpm2-tools (so Debian's packages are called)");
    }
    is_there
}
