//! The arrows of the architecture: which package may use which, and what pure packages may use from outside.
//!
//! Only normal dependencies count; a test may use what it needs.

use cargo_metadata::{DependencyKind, Metadata};

use super::Complaint;

/// Package, and the packages of this workspace that it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("hakiki-note", &[]),
    ("hakiki-tlog", &["hakiki-note"]),
    ("hakiki-core", &["hakiki-note", "hakiki-tlog"]),
    ("hakiki-audit", &["hakiki-note", "hakiki-core"]),
    ("hakiki-claims", &["hakiki-core"]),
    ("hakiki-messages", &[]),
    ("hakiki-scrutiny", &["hakiki-note", "hakiki-tlog", "hakiki-core", "hakiki-messages"]),
    (
        "hakiki-portal",
        &["hakiki-note", "hakiki-tlog", "hakiki-core", "hakiki-messages", "hakiki-audit", "hakiki-claims"],
    ),
    ("hakiki-store", &["hakiki-note", "hakiki-tlog"]),
    ("hakiki-archive", &["hakiki-note", "hakiki-tlog", "hakiki-core"]),
    (
        "hakiki-verify",
        &[
            "hakiki-note",
            "hakiki-tlog",
            "hakiki-core",
            "hakiki-messages",
            "hakiki-evidence",
            "hakiki-archive",
            "hakiki-audit",
        ],
    ),
    ("hakiki-fsck", &["hakiki-note", "hakiki-tlog", "hakiki-core", "hakiki-store"]),
    ("hakiki-host", &[]),
    ("hakiki-keyring", &["hakiki-host", "hakiki-note"]),
    (
        "hakiki-site",
        &[
            "hakiki-note",
            "hakiki-tlog",
            "hakiki-core",
            "hakiki-messages",
            "hakiki-portal",
            "hakiki-search",
            "hakiki-host",
        ],
    ),
    ("hakiki-witness", &["hakiki-host", "hakiki-note", "hakiki-tlog"]),
    ("hakiki-evidence", &["hakiki-note", "hakiki-tlog", "hakiki-core", "hakiki-messages"]),
    (
        "hakiki-node",
        &[
            "hakiki-host",
            "hakiki-witness",
            "hakiki-note",
            "hakiki-tlog",
            "hakiki-core",
            "hakiki-store",
            "hakiki-portal",
            "hakiki-site",
            "hakiki-verify",
            "hakiki-messages",
            "hakiki-audit",
            "hakiki-claims",
        ],
    ),
    (
        "hakiki-mirror",
        &[
            "hakiki-host",
            "hakiki-note",
            "hakiki-tlog",
            "hakiki-core",
            "hakiki-messages",
            "hakiki-evidence",
            "hakiki-store",
            "hakiki-witness",
            "hakiki-portal",
            "hakiki-site",
            "hakiki-verify",
            "hakiki-node",
        ],
    ),
    ("hakiki-search", &["hakiki-note", "hakiki-core"]),
    ("hakiki-press", &["hakiki-note", "hakiki-tlog", "hakiki-core", "hakiki-search"]),
    ("hakiki-recorder", &["hakiki-note", "hakiki-tlog", "hakiki-core"]),
    (
        "hakiki-rehearsal",
        &[
            "hakiki-note",
            "hakiki-tlog",
            "hakiki-core",
            "hakiki-audit",
            "hakiki-store",
            "hakiki-node",
            "hakiki-verify",
        ],
    ),
];

/// Packages that stand at the edge and may use everything.
const EDGE: &[&str] = &["hakiki", "xtask", "hakiki-attacks", "hakiki-bench", "hakiki-fuzz"];

/// Packages without clock, disk, network, randomness and threads.
pub const PURE: &[&str] = &[
    "hakiki-note",
    "hakiki-tlog",
    "hakiki-core",
    "hakiki-claims",
    "hakiki-audit",
    "hakiki-messages",
    "hakiki-portal",
    "hakiki-evidence",
    "hakiki-scrutiny",
];

/// The only outside packages that pure packages may use: each of them is pure as it is used here.
const PURE_OUTSIDE: &[&str] = &[
    "base64",
    "curve25519-dalek",
    "ed25519-dalek",
    "fast_qr",
    "hex",
    "maud",
    "miniz_oxide",
    "ml-dsa",
    "serde_json",
    "sha2",
    "thiserror",
    "toml",
    "unicode-normalization",
    "zeroize",
];

/// Every arrow of the workspace that is not in the table.
pub fn check(metadata: &Metadata) -> Vec<Complaint> {
    let members: Vec<&str> =
        metadata.workspace_packages().into_iter().map(|package| package.name.as_str()).collect();
    let mut complaints = Vec::new();
    for package in metadata.workspace_packages() {
        let uses: Vec<&str> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.as_str())
            .collect();
        complaints.extend(judge(package.name.as_str(), &uses, &members));
    }
    complaints
}

fn judge(package: &str, uses: &[&str], members: &[&str]) -> Vec<Complaint> {
    if EDGE.contains(&package) {
        return Vec::new();
    }
    let Some((_, may_use)) = ARROWS.iter().find(|(name, _)| *name == package) else {
        return vec![Complaint::new(
            package,
            "a package that the table of arrows does not name; add its row",
        )];
    };
    let wrong_inside =
        uses.iter().filter(|used| members.contains(used) && !may_use.contains(used)).map(|used| {
            Complaint::new(
                package,
                format!("uses {used}, and may use {may_use:?}; move the code or change the architecture"),
            )
        });
    let wrong_outside = uses
        .iter()
        .filter(|used| PURE.contains(&package) && !members.contains(used) && !PURE_OUTSIDE.contains(used))
        .map(|used| {
            Complaint::new(package, format!("is pure and uses {used}, which is not known to be pure"))
        });
    wrong_inside.chain(wrong_outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBERS: &[&str] =
        &["hakiki-note", "hakiki-tlog", "hakiki-core", "hakiki-store", "hakiki-verify", "hakiki"];

    #[test]
    fn an_arrow_against_the_table_is_found() {
        assert!(judge("hakiki-core", &["hakiki-note", "hakiki-tlog", "hex"], MEMBERS).is_empty());
        assert_eq!(judge("hakiki-note", &["hakiki-tlog"], MEMBERS).len(), 1);
        assert_eq!(judge("hakiki-verify", &["hakiki-store"], MEMBERS).len(), 1);
        assert!(judge("hakiki", MEMBERS, MEMBERS).is_empty());
    }

    #[test]
    fn a_pure_package_with_an_impure_one_is_found() {
        assert_eq!(judge("hakiki-core", &["tokio", "hex"], MEMBERS).len(), 1);
        assert!(judge("hakiki-store", &["tokio"], MEMBERS).is_empty());
    }

    #[test]
    fn a_package_that_the_table_lacks_is_found() {
        assert_eq!(judge("hakiki-new", &[], MEMBERS).len(), 1);
    }

    #[test]
    fn the_table_has_no_circle() {
        let mut left = ARROWS.to_vec();
        while !left.is_empty() {
            let names: Vec<&str> = left.iter().map(|(name, _)| *name).collect();
            let before = left.len();
            left.retain(|(_, uses)| uses.iter().any(|used| names.contains(used)));
            assert!(left.len() < before, "a circle among {names:?}");
        }
    }
}
