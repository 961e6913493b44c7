//! Tasks of the repository itself: `cargo run -p xtask -- tidy`.
//!
//! It knows nothing of elections. The same checks run as a test of this package, so that they hold without being asked.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments != ["tidy"] {
        eprintln!("found arguments {arguments:?}, expected `tidy`\nhint: cargo run -p xtask -- tidy");
        return Ok(ExitCode::from(2));
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let complaints = xtask::tidy::run(&root)?;
    for complaint in &complaints {
        println!("{complaint}");
    }
    eprintln!("tidy: {} complaints", complaints.len());
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
