//! A server as the command starts it, for the tests of commands that need one.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, Command, Stdio};

/// A server; dropping it kills it.
pub struct Serving {
    child: Child,
    /// Kept open: the server says things until it ends.
    words: BufReader<ChildStderr>,
    pub url: String,
}

impl Serving {
    /// Starts `hakiki serve` with these arguments on a free port, and waits until it serves.
    pub fn start(arguments: &[&str]) -> Self {
        let more = ["--listen", "127.0.0.1:0", "--set", "log_level=warn"];
        let mut child = Command::new(env!("CARGO_BIN_EXE_hakiki"))
            .args([&["serve"], arguments, &more].concat())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut words = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        let url = loop {
            line.clear();
            assert_ne!(words.read_line(&mut line).unwrap(), 0, "the server ended before it served");
            if let Some(url) = line.strip_prefix("Serving at ") {
                break url.trim().to_owned();
            }
        };
        Self { child, words, url }
    }

    /// Asks it to stop, as an operator does, and gives its last words.
    #[allow(dead_code, reason = "each test program takes what it needs")]
    pub fn stop(mut self) -> String {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        let mut rest = String::new();
        self.words.read_to_string(&mut rest).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{rest}");
        rest
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
