//! Rules on every text file of the repository: nothing unfinished, nothing skipped, no path of one machine.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use super::Complaint;

/// A text file of the repository.
#[derive(Debug, Clone)]
pub struct TrackedFile {
    /// The path from the root, with forward slashes.
    pub path: String,
    /// What is in it.
    pub text: String,
}

impl TrackedFile {
    /// Whether the file's name ends in a dot and `ending`.
    pub fn has_ending(&self, ending: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == ending)
    }
}

/// Words that may stand in no file, and why. Split, so that this file does not hold them.
const FORBIDDEN: &[(&str, &str)] = &[
    (concat!("TO", "DO"), "unfinished; do it, or write an issue"),
    (concat!("FIX", "ME"), "unfinished; do it, or write an issue"),
    (concat!("todo", "!("), "unfinished; do it, or write an issue"),
    (concat!("unimplemented", "!("), "unfinished; do it, or write an issue"),
    (concat!("#[", "ignore"), "a test that does not run; make it run, or remove it"),
];

/// Folders at the root of one machine that a reader does not have.
const MACHINE_FOLDERS: &[&str] = &[concat!("/", "work"), concat!("/", "home"), concat!("/", "tmp")];

/// Reads every file that git tracks or would track. Files that are not UTF-8 are left out.
///
/// # Errors
/// When git cannot list the files, or one of them cannot be read.
pub fn read(root: &Path) -> anyhow::Result<Vec<TrackedFile>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("git could not be started; tidy reads the list of files from it")?;
    anyhow::ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let list = String::from_utf8(output.stdout).context("a path that is not UTF-8")?;
    let mut files = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        match std::fs::read(root.join(path)) {
            Ok(bytes) => files
                .extend(String::from_utf8(bytes).ok().map(|text| TrackedFile { path: path.into(), text })),
            // Listed and not there: deleted, and the deletion not committed yet.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("{path} cannot be read")),
        }
    }
    anyhow::ensure!(!files.is_empty(), "git lists no files; tidy would check nothing");
    Ok(files)
}

/// All rules of this module.
pub fn check(files: &[TrackedFile]) -> Vec<Complaint> {
    files.iter().filter(|file| !file.path.ends_with("Cargo.lock")).flat_map(check_file).collect()
}

fn check_file(file: &TrackedFile) -> Vec<Complaint> {
    let prose = file.has_ending("md") || file.path.starts_with("docs/");
    let mut complaints = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        for (word, why) in FORBIDDEN.iter().filter(|(word, _)| line.contains(word)) {
            complaints.push(Complaint::at(&file.path, index + 1, format!("found {word}: {why}")));
        }
        for folder in MACHINE_FOLDERS.iter().filter(|folder| prose && has_machine_path(line, folder)) {
            let says = format!(
                "found {folder}, a folder of one machine; write a path from the root of the repository"
            );
            complaints.push(Complaint::at(&file.path, index + 1, says));
        }
    }
    complaints
}

/// Whether `folder` stands in `line` as the beginning of a path, not as a part of a longer one.
fn has_machine_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + folder.len()..].chars().next();
        let begins = before.is_none_or(|c| !(c.is_alphanumeric() || "_-./}>".contains(c)));
        let ends = after.is_none_or(|c| !(c.is_alphanumeric() || "_-".contains(c)));
        begins && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> usize {
        check(&[TrackedFile { path: path.into(), text: text.into() }]).len()
    }

    #[test]
    fn unfinished_and_skipped_work_is_found() {
        for (word, _) in FORBIDDEN {
            assert_eq!(complaints("crates/x/src/x.rs", &format!("a\n// {word}\n")), 1, "{word}");
        }
        assert_eq!(complaints("crates/x/src/x.rs", "to do: nothing"), 0);
    }

    #[test]
    fn paths_of_one_machine_are_found_in_prose() {
        let [work, home, tmp] = MACHINE_FOLDERS else { panic!("three folders") };
        for line in [format!("`{work}/main`"), format!("cd {home}/x"), format!("in {tmp}."), tmp.to_string()]
        {
            assert_eq!(complaints("docs/x.md", &line), 1, "{line}");
            assert_eq!(complaints("crates/x/src/x.rs", &line), 0, "{line}");
        }
        for line in [format!("docs{work}/x"), format!("{tmp}late"), format!("https://mfano.example{home}")] {
            assert_eq!(complaints("README.md", &line), 0, "{line}");
        }
    }
}
