//! Tasks of the repository itself: `cargo run -p xtask -- tidy`, `… docs`, `… mutants`, `… reproduce`.
//!
//! It knows nothing of elections. The same checks run as a test of this package, so that they hold without being asked.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use xtask::reproduce::Source;

/// Logs that each mutant writes: enough that every one of them shows.
const MUTANT_LOGS: u64 = 40;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["tidy"] => tidy(&root),
        ["docs"] => xtask::docs::run(&root, false).map(|_| ExitCode::SUCCESS),
        ["docs", "--check"] => {
            let stands = xtask::docs::run(&root, true)?;
            if !stands {
                eprintln!(
                    "{} is not what the code makes\nhint: cargo run -p xtask -- docs",
                    xtask::docs::REFERENCE
                );
            }
            Ok(if stands { ExitCode::SUCCESS } else { ExitCode::from(1) })
        }
        ["mutants"] => {
            let caught = xtask::mutants::run(&root, MUTANT_LOGS)?;
            Ok(if caught { ExitCode::SUCCESS } else { ExitCode::from(1) })
        }
        ["reproduce", ref rest @ ..] => reproduce(&root, rest),
        _ => {
            eprintln!(
                "found arguments {arguments:?}, expected `tidy`, `docs`, `docs --check`, `mutants` or `reproduce`"
            );
            Ok(ExitCode::from(2))
        }
    }
}

/// `reproduce [--as-is] [DIRECTORY]`.
fn reproduce(root: &Path, rest: &[&str]) -> anyhow::Result<ExitCode> {
    let (source, rest) = match rest {
        ["--as-is", rest @ ..] => (Source::AsItIs, rest),
        rest => (Source::Commit, rest),
    };
    let place = match *rest {
        [] => root.join("target/reproduce"),
        [place] if !place.starts_with('-') => PathBuf::from(place),
        _ => {
            eprintln!("found arguments {rest:?}, expected `reproduce [--as-is] [DIRECTORY]`");
            return Ok(ExitCode::from(2));
        }
    };
    let made = xtask::reproduce::run(root, &place, source)?;
    print!("{}", made.compiler);
    for (hash, program) in &made.programs {
        println!("{hash}  {}", program.display());
    }
    let verdict = if made.is_same() { "the same bytes" } else { "DIFFERENT bytes" };
    eprintln!("reproduce: {verdict}");
    Ok(if made.is_same() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tidy(root: &Path) -> anyhow::Result<ExitCode> {
    let complaints = xtask::tidy::run(root)?;
    for complaint in &complaints {
        println!("{complaint}");
    }
    eprintln!("tidy: {} complaints", complaints.len());
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
