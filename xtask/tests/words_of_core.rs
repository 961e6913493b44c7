//! Every code, kind and role that the core knows has its words in each language; the core itself knows no words.

use hakiki_core::{FindingCode, RefusalCode, kinds::Kind, roster::Role};
use hakiki_messages::{Language, find};

fn keys() -> Vec<String> {
    let parts = |prefix: String, parts: [&str; 3]| parts.map(|part| format!("{prefix}.{part}"));
    let findings = FindingCode::ALL
        .iter()
        .flat_map(|code| parts(format!("code.{code}"), ["title", "means", "does_not_mean"]));
    let refusals =
        RefusalCode::ALL.iter().flat_map(|code| parts(format!("code.{code}"), ["title", "means", "next"]));
    let kinds =
        Kind::ALL.iter().flat_map(|kind| ["name", "line"].map(|part| format!("kind.{}.{part}", kind.name())));
    let roles = Role::ALL.iter().map(|role| format!("role.{}", role.as_str()));
    findings.chain(refusals).chain(kinds).chain(roles).collect()
}

#[test]
fn what_the_core_knows_has_words() {
    let keys = keys();
    assert!(keys.len() > 200, "found {} keys; are the lists of the core empty?", keys.len());
    for language in Language::ALL {
        let without: Vec<_> = keys.iter().filter(|key| find(language, key).is_none()).collect();
        assert!(without.is_empty(), "no word in {language} for {without:?}; add it to the message files");
    }
}
