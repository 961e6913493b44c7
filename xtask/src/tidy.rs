//! Tidy: the rules of the house that a compiler does not know.
//!
//! Each rule is one function that returns complaints; a complaint names the place and what to do. Rules read sources as
//! text or `cargo metadata`; none of them formats, rewrites or judges what a program does.

pub mod arrows;
pub mod dependencies;
pub mod glossary;
pub mod licences;
pub mod rust_source;
pub mod sources;
pub mod tracked;
pub mod words;

use std::fmt;
use std::path::Path;

use anyhow::Context as _;
use cargo_metadata::{Metadata, MetadataCommand};

/// One departure from a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// Where: a path from the root of the repository, with a line where there is one, or a package.
    pub place: String,
    /// What was found, what was expected, what to do.
    pub says: String,
}

impl Complaint {
    /// A complaint about a place.
    pub fn new(place: impl Into<String>, says: impl Into<String>) -> Self {
        Self { place: place.into(), says: says.into() }
    }

    /// A complaint about a line of a file, counted from 1.
    pub fn at(path: &str, line: usize, says: impl Into<String>) -> Self {
        Self::new(format!("{path}:{line}"), says)
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.says)
    }
}

/// Runs every rule over the repository at `root`, complaints in order of place.
///
/// # Errors
/// When the repository cannot be read or `cargo metadata` fails.
pub fn run(root: &Path) -> anyhow::Result<Vec<Complaint>> {
    let metadata = metadata(root)?;
    let files = tracked::read(root)?;
    let mut complaints = arrows::check(&metadata);
    complaints.extend(licences::check(&metadata, &text_of(root, "deny.toml")?)?);
    complaints.extend(dependencies::check(
        &metadata,
        &text_of(root, "Cargo.toml")?,
        &text_of(root, "docs/dependencies.md")?,
    )?);
    complaints.extend(glossary::check(&text_of(root, "docs/glossary.md")?));
    complaints.extend(sources::check(&files));
    complaints.extend(tracked::check(&files));
    complaints.extend(words::check(&files));
    complaints.sort();
    Ok(complaints)
}

/// What cargo knows of the workspace and everything that it depends on.
///
/// # Errors
/// When `cargo metadata` fails.
pub fn metadata(root: &Path) -> anyhow::Result<Metadata> {
    MetadataCommand::new().manifest_path(root.join("Cargo.toml")).exec().context("cargo metadata failed")
}

fn text_of(root: &Path, path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(root.join(path)).with_context(|| format!("{path} cannot be read"))
}
