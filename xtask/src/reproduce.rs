//! Builds the released program twice, in two directories of different names, and compares the bytes.
//!
//! What a build puts into a program besides its source is named here and nowhere else: paths (mapped away), the compiler, the
//! lock file. No time, user or host goes in. The same command gives a stranger the hash that a `software` record authorises,
//! if compiler and source are the same.

use anyhow::{Context as _, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is built.
const PACKAGE: &str = "hakiki";
/// What paths of the source become inside the program.
const SOURCE: &str = "/hakiki";
/// What paths of packages from outside become.
const PACKAGES: &str = "/packages";
/// What paths of the compiler's own library become.
const COMPILER: &str = "/rust";

/// What came of it.
#[derive(Debug)]
pub struct Reproduced {
    /// The version of the compiler.
    pub compiler: String,
    /// SHA-256 of each program, and where it lies.
    pub programs: Vec<(String, PathBuf)>,
}

impl Reproduced {
    /// Whether both are the same bytes.
    pub fn is_same(&self) -> bool {
        self.programs.windows(2).all(|pair| pair[0].0 == pair[1].0)
    }
}

/// What of the repository is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The newest commit: what everybody else can have, too.
    Commit,
    /// The files as they lie there, ignored ones left out: while something is being made.
    AsItIs,
}

/// Builds twice below `place` and compares.
pub fn run(root: &Path, place: &Path, source: Source) -> Result<Reproduced> {
    let compiler = said(Command::new("rustc").arg("-vV"))?;
    let sysroot = said(Command::new("rustc").args(["--print", "sysroot"]))?;
    let mut programs = Vec::new();
    // Two names of different length: a path that is left in shows.
    for name in ["one", "another-directory"] {
        let directory = place.join(name);
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).with_context(|| format!("making {}", directory.display()))?;
        unpack(root, &directory, source)?;
        eprintln!("building in {}", directory.display());
        let program = build(&directory, sysroot.trim())?;
        let hash = said(Command::new("sha256sum").arg(&program))?;
        programs.push((hash.split(' ').next().unwrap_or_default().to_owned(), program));
    }
    Ok(Reproduced { compiler, programs })
}

/// The files of the source, without anything that git does not track.
fn unpack(root: &Path, directory: &Path, source: Source) -> Result<()> {
    let mut git = Command::new("git");
    let git = git.current_dir(root);
    let script = match source {
        Source::Commit => git.args(["archive", "--format=tar", "HEAD"]).stdout(Stdio::piped()),
        Source::AsItIs => {
            let list = said(git.args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
            for file in list.lines().map(Path::new).filter(|file| root.join(file).is_file()) {
                let to = directory.join(file);
                std::fs::create_dir_all(to.parent().unwrap_or(directory))?;
                std::fs::copy(root.join(file), to)?;
            }
            return Ok(());
        }
    };
    let mut archive = script.spawn().context("running git")?;
    let tar = archive.stdout.take().context("git gives no archive")?;
    let unpacked = Command::new("tar").arg("-x").current_dir(directory).stdin(tar).status()?;
    ensure!(archive.wait()?.success() && unpacked.success(), "the source could not be unpacked");
    Ok(())
}

/// Builds the program in a directory with everything mapped away that is this machine's.
fn build(directory: &Path, sysroot: &str) -> Result<PathBuf> {
    let directory = directory.canonicalize()?;
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let home = home.context("no CARGO_HOME and no home directory")?;
    let maps = [(directory.as_path(), SOURCE), (home.as_path(), PACKAGES), (Path::new(sysroot), COMPILER)];
    let rust: Vec<String> =
        maps.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect();
    let c: Vec<String> =
        maps.iter().map(|(from, to)| format!("-ffile-prefix-map={}={to}", from.display())).collect();
    let target = directory.join("target");
    let mut cargo = Command::new("cargo");
    cargo.current_dir(&directory).args(["build", "--release", "--locked", "--package", PACKAGE]);
    // Only these settings count: a builder's own would be part of the program.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PROFILE_") || text.starts_with("CARGO_BUILD_") || text.ends_with("FLAGS") {
            cargo.env_remove(&name);
        }
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rust.join("\u{1f}"));
    cargo.env("CFLAGS", c.join(" ")).env("CARGO_INCREMENTAL", "0").env("CARGO_TARGET_DIR", &target);
    cargo.env("SOURCE_DATE_EPOCH", "0").env("LC_ALL", "C").env("TZ", "UTC");
    ensure!(cargo.status().context("running cargo")?.success(), "the build failed");
    Ok(target.join("release").join(PACKAGE))
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("running {command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
