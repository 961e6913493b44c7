//! Mutants of the fold: each is one wrong line, built apart, and must be caught by the second implementation.
//!
//! The logs are those of `hakiki-fuzz`, the judge is `web/test/differential.mjs`. A mutant that nobody catches fails the run; so
//! does one whose line is not there any more, and so does the unchanged program if the judge finds anything.

use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A line that is changed, and to what.
struct Mutant {
    name: &'static str,
    path: &'static str,
    from: &'static str,
    to: &'static str,
}

const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "rejected papers are counted eight times",
        path: "crates/core/src/view/results.rs",
        from: "name.as_str(), sum.total, sum.written",
        to: "name.as_str(), if name.as_str() == \"rejected\" { sum.total * 8 } else { sum.total }, sum.written",
    },
    Mutant {
        name: "a county is dropped from the whole",
        path: "crates/core/src/view/tally.rs",
        from: "        if let Some(parent) = register.areas()[area as usize].parent {",
        to: "        if &register.areas()[area as usize].code[..] == \"c01\" { continue; }\n        if let Some(parent) = register.areas()[area as usize].parent {",
    },
    Mutant {
        name: "exactly a quarter is not enough",
        path: "crates/core/src/outcome/standing.rs",
        from: "share.margin(votes.into(), area.valid.into()) >= 0",
        to: "share.margin(votes.into(), area.valid.into()) > 0",
    },
    Mutant {
        name: "exactly half is enough",
        path: "crates/core/src/outcome/standing.rs",
        from: "majority.margin(votes.into(), valid.into()) > 0",
        to: "majority.margin(votes.into(), valid.into()) >= 0",
    },
    Mutant {
        name: "the first signature is not verified",
        path: "crates/core/src/roster.rs",
        from: "keys.iter().zip(record.signers().iter().zip(record.signatures()))\n        {",
        to: "keys.iter().zip(record.signers().iter().zip(record.signatures())).skip(1)\n        {",
    },
    Mutant {
        name: "a held form is counted",
        path: "crates/core/src/view/status.rs",
        from: "!entry.held && (selection",
        to: "(selection",
    },
];

/// What the mutants are built from, besides the files at the root.
const PARTS: &[&str] = &["crates/note", "crates/tlog", "crates/core", "fuzz", "vectors"];

/// Builds and judges every mutant; false if one is not caught. `logs` is how many logs each writes.
pub fn run(root: &Path, logs: u64) -> Result<bool> {
    let tree = root.join("target/mutants/tree");
    lay(root, &tree)?;
    let unchanged = judged(root, &tree, logs)?;
    ensure!(unchanged.is_none(), "without any change the two part: {}", unchanged.unwrap_or_default());
    println!("unchanged: {logs} logs, the same");
    let mut caught = 0;
    for mutant in MUTANTS {
        let path = tree.join(mutant.path);
        let before = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let places = before.matches(mutant.from).count();
        ensure!(
            places == 1,
            "{}: found its line {places} times in {}, expected once",
            mutant.name,
            mutant.path
        );
        fs::write(&path, before.replacen(mutant.from, mutant.to, 1))?;
        let found = judged(root, &tree, logs);
        fs::write(&path, before)?;
        match found.with_context(|| mutant.name)? {
            Some(part) => {
                caught += 1;
                println!("caught: {}: {part}", mutant.name);
            }
            None => println!("NOT CAUGHT: {}", mutant.name),
        }
    }
    println!("{caught} of {} mutants caught", MUTANTS.len());
    Ok(caught == MUTANTS.len())
}

/// Lays out a workspace of the parts alone.
fn lay(root: &Path, tree: &Path) -> Result<()> {
    if tree.exists() {
        fs::remove_dir_all(tree)?;
    }
    for part in PARTS {
        copy(&root.join(part), &tree.join(part))?;
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let lines = manifest.lines().map(|line| match line.split_once(" = ") {
        Some(("members", _)) => "members = [\"crates/*\", \"fuzz\"]",
        Some(("default-members", _)) => "",
        _ => line,
    });
    fs::write(tree.join("Cargo.toml"), lines.collect::<Vec<_>>().join("\n"))?;
    fs::copy(root.join("Cargo.lock"), tree.join("Cargo.lock"))?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Where the two part, in the judge's words; none if they are the same.
fn judged(root: &Path, tree: &Path, logs: u64) -> Result<Option<String>> {
    let program = build(tree)?;
    let mut writing = Command::new(program)
        .args(["--seed", "mutants", "--count", &logs.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .context("starting hakiki-fuzz")?;
    let logs = writing.stdout.take().context("no pipe from hakiki-fuzz")?;
    let judge = Command::new("node")
        .arg(root.join("web/test/differential.mjs"))
        .stdin(logs)
        .output()
        .context("starting node; install Node.js 20 or later")?;
    // The judge may stop reading at the first difference.
    let _ = writing.wait()?;
    let said = String::from_utf8_lossy(&judge.stdout).trim().to_owned();
    match judge.status.code() {
        Some(0) => Ok(None),
        Some(1) => Ok(Some(said.lines().next().unwrap_or("no words").to_owned())),
        code => bail!("the judge ended with {code:?}: {said} {}", String::from_utf8_lossy(&judge.stderr)),
    }
}

fn build(tree: &Path) -> Result<PathBuf> {
    let target = tree.join("../built");
    let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "-p", "hakiki-fuzz"])
        .current_dir(tree)
        .env("CARGO_TARGET_DIR", &target)
        .output()?;
    ensure!(built.status.success(), "it does not build:\n{}", String::from_utf8_lossy(&built.stderr));
    Ok(target.join("debug/hakiki-fuzz"))
}
