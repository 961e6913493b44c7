//! The licence and the origin of everything that is built in, held to the lists of `deny.toml`.
//!
//! This stands in for cargo-deny where it is not installed. Expressions are SPDX with `AND`, `OR`, `WITH` and
//! parentheses, and the old `/` for `OR`.

use std::collections::BTreeSet;

use anyhow::Context as _;
use cargo_metadata::Metadata;

use super::Complaint;

/// The one registry that packages come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Packages whose licence is not allowed, that come from elsewhere, or that `deny.toml` bans.
///
/// # Errors
/// When `deny.toml` cannot be read.
pub fn check(metadata: &Metadata, deny: &str) -> anyhow::Result<Vec<Complaint>> {
    let deny: toml::Table = deny.parse().context("deny.toml")?;
    let allowed = allowed_licences(&deny)?;
    let banned = banned_packages(&deny);
    let mut complaints = Vec::new();
    for package in &metadata.packages {
        let place = format!("{} {}", package.name, package.version);
        let allowed = with_exceptions(&deny, package.name.as_str(), &allowed);
        match package.license.as_deref().map(|licence| is_allowed(licence, &allowed)) {
            Some(Some(true)) => {}
            Some(Some(false)) => {
                let licence = package.license.as_deref().unwrap_or_default();
                complaints.push(Complaint::new(
                    &place,
                    format!("licence {licence} is not in the list of deny.toml"),
                ));
            }
            Some(None) => complaints.push(Complaint::new(&place, "its licence expression cannot be read")),
            None => complaints.push(Complaint::new(&place, "it states no licence")),
        }
        if package.source.as_ref().is_some_and(|source| source.repr != REGISTRY) {
            complaints.push(Complaint::new(&place, "it comes from another place than the one registry"));
        }
        if banned.contains(package.name.as_str()) {
            complaints.push(Complaint::new(&place, "it is banned by deny.toml"));
        }
    }
    Ok(complaints)
}

fn allowed_licences(deny: &toml::Table) -> anyhow::Result<BTreeSet<String>> {
    let list = deny.get("licenses").and_then(|table| table.get("allow")).and_then(toml::Value::as_array);
    let list = list.context("deny.toml has no [licenses] allow")?;
    Ok(list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
}

/// The allowed licences, and those that `[licenses] exceptions` adds for this one package.
fn with_exceptions(deny: &toml::Table, package: &str, allowed: &BTreeSet<String>) -> BTreeSet<String> {
    let exceptions =
        deny.get("licenses").and_then(|table| table.get("exceptions")).and_then(toml::Value::as_array);
    let of_package = exceptions
        .into_iter()
        .flatten()
        .filter(|entry| entry.get("crate").and_then(toml::Value::as_str) == Some(package));
    let added = of_package.filter_map(|entry| entry.get("allow")?.as_array()).flatten();
    allowed.iter().cloned().chain(added.filter_map(toml::Value::as_str).map(str::to_owned)).collect()
}

fn banned_packages(deny: &toml::Table) -> BTreeSet<&str> {
    let list = deny.get("bans").and_then(|table| table.get("deny")).and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(|entry| entry.get("crate").and_then(toml::Value::as_str)).collect()
}

/// Whether the expression can be met with allowed licences alone; none if it cannot be read.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    let value = any_of(&mut rest, allowed)?;
    rest.is_empty().then_some(value)
}

fn any_of(rest: &mut &[&str], allowed: &BTreeSet<String>) -> Option<bool> {
    let mut value = all_of(rest, allowed)?;
    while take(rest, "OR") {
        value |= all_of(rest, allowed)?;
    }
    Some(value)
}

fn all_of(rest: &mut &[&str], allowed: &BTreeSet<String>) -> Option<bool> {
    let mut value = one(rest, allowed)?;
    while take(rest, "AND") {
        value &= one(rest, allowed)?;
    }
    Some(value)
}

fn one(rest: &mut &[&str], allowed: &BTreeSet<String>) -> Option<bool> {
    if take(rest, "(") {
        let value = any_of(rest, allowed)?;
        return take(rest, ")").then_some(value);
    }
    let (licence, after) = rest.split_first()?;
    if ["AND", "OR", "WITH", ")"].contains(licence) {
        return None;
    }
    *rest = after;
    if take(rest, "WITH") {
        let (exception, after) = rest.split_first()?;
        *rest = after;
        return Some(allowed.contains(&format!("{licence} WITH {exception}")));
    }
    Some(allowed.contains(*licence))
}

fn take(rest: &mut &[&str], word: &str) -> bool {
    let found = rest.first() == Some(&word);
    if found {
        *rest = &rest[1..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_is_for_its_package_alone() {
        let deny = "[licenses]\nallow = ['MIT']\nexceptions = [{ crate = 'a', allow = ['X'] }]";
        let deny: toml::Table = deny.parse().expect("the example is TOML");
        let allowed = allowed_licences(&deny).expect("the example has a list");
        assert_eq!(is_allowed("X", &with_exceptions(&deny, "a", &allowed)), Some(true));
        assert_eq!(is_allowed("X", &with_exceptions(&deny, "b", &allowed)), Some(false));
    }

    #[test]
    fn expressions_are_judged() {
        let allowed = ["MIT", "Apache-2.0", "BSD-3-Clause"].map(str::to_owned).into();
        for (expression, expected) in [
            ("MIT", Some(true)),
            ("MPL-2.0", Some(false)),
            ("MPL-2.0 OR MIT", Some(true)),
            ("MPL-2.0/MIT", Some(true)),
            ("MPL-2.0 AND MIT", Some(false)),
            ("MIT OR GPL-3.0 AND MPL-2.0", Some(true)),
            ("(MIT OR GPL-3.0) AND MPL-2.0", Some(false)),
            ("(MIT OR Apache-2.0) AND BSD-3-Clause", Some(true)),
            ("Apache-2.0 WITH LLVM-exception", Some(false)),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", Some(true)),
            ("MIT OR", None),
            ("(MIT", None),
            ("MIT MIT", None),
            ("", None),
        ] {
            assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
        }
    }
}
