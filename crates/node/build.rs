//! Puts the list of dependencies into the library: every package of `Cargo.lock` that the program `hakiki` can be made of.
//!
//! The list is what the lock file says, with development and build dependencies of the workspace and other systems' packages
//! among them, since the lock does not tell those apart: it is what the builder let in, and never less than what is inside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The package that the list begins at.
const PROGRAM: &str = "hakiki";

fn main() {
    let lock = Path::new("../../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    println!("cargo::rerun-if-changed=build.rs");
    let text = std::fs::read_to_string(lock).expect("the workspace has a Cargo.lock beside Cargo.toml");
    let out = std::env::var_os("OUT_DIR").expect("cargo names a directory for what is made");
    let made = Path::new(&out).join("dependencies.txt");
    std::fs::write(made, list(&text)).expect("the directory for what is made can be written");
}

/// `<name> <version> <sha256 of the package, or workspace>` a line, ascending.
fn list(lock: &str) -> String {
    let lock: toml::Table = lock.parse().expect("Cargo.lock is TOML");
    let packages = lock["package"].as_array().expect("Cargo.lock has packages");
    let field = |package: &toml::Value, key: &str| {
        package.get(key).and_then(|value| value.as_str()).map(str::to_owned)
    };
    let mut named: BTreeMap<String, Vec<(String, &toml::Value)>> = BTreeMap::new();
    for package in packages {
        let name = field(package, "name").expect("a package has a name");
        let version = field(package, "version").expect("a package has a version");
        named.entry(name).or_default().push((version, package));
    }
    let mut lines = BTreeSet::new();
    let mut waiting = vec![PROGRAM.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(dependency) = waiting.pop() {
        if !seen.insert(dependency.clone()) {
            continue;
        }
        // `name`, or `name version` where there are several.
        let mut words = dependency.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        let found = named.get(name).expect("the lock names every package");
        for (own, package) in found.iter().filter(|(own, _)| version.is_none_or(|version| version == own)) {
            let origin = field(package, "checksum").unwrap_or_else(|| "workspace".to_owned());
            lines.insert(format!("{name} {own} {origin}\n"));
            let dependencies = package.get("dependencies").and_then(|list| list.as_array());
            waiting
                .extend(dependencies.into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)));
        }
    }
    lines.into_iter().collect()
}
