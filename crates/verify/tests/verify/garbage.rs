//! Whatever lies in the directory: no panic, every check named, and no damage passes.

use crate::log::{TestLog, exit, options, small, small_records};
use hakiki_core::fixture::{ORIGIN, log_key};
use hakiki_messages::Language;
use hakiki_note::Hash;
use hakiki_tlog::Head;
use hakiki_verify::{Check, Quiet, Source, verify};
use proptest::prelude::*;
use std::fs;

const FILES: [&str; 5] =
    ["checkpoint", "tile/0/000.p/8", "tile/entries/000.p/8", "results/8", "tile/1/000.p/1"];

#[derive(Debug, Clone)]
enum Damage {
    Remove,
    Truncate(u16),
    Flip(u16, u8),
    Replace(Vec<u8>),
    Append(Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let bytes = || prop::collection::vec(any::<u8>(), 1..300);
    prop_oneof![
        Just(Damage::Remove),
        any::<u16>().prop_map(Damage::Truncate),
        (any::<u16>(), 0..8u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        bytes().prop_map(Damage::Replace),
        bytes().prop_map(Damage::Append),
    ]
}

fn apply(bytes: &[u8], damage: &Damage) -> Option<Vec<u8>> {
    let mut bytes = bytes.to_vec();
    match damage {
        Damage::Remove => return None,
        Damage::Truncate(at) => bytes.truncate(usize::from(*at) % bytes.len().max(1)),
        Damage::Flip(at, bit) => {
            let at = usize::from(*at) % bytes.len();
            bytes[at] ^= 1 << bit;
        }
        Damage::Replace(other) => bytes.clone_from(other),
        Damage::Append(more) => bytes.extend_from_slice(more),
    }
    Some(bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_damage_passes_and_none_panics(which in 0..3usize, damage in damage()) {
        let log = TestLog::of(small(), &small_records(3));
        let path = log.path(FILES[which]);
        let before = fs::read(&path).unwrap();
        match apply(&before, &damage) {
            Some(after) => fs::write(&path, after).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let report = log.verify();
        prop_assert_eq!(report.checks.len(), Check::ALL.len());
        prop_assert_ne!(exit(&report), 0, "{:?}", damage);
        for language in Language::ALL {
            prop_assert!(!report.to_text(language).is_empty());
        }
        prop_assert!(report.to_json().is_object());
    }

    #[test]
    fn random_directories_do_not_panic(
        files in prop::collection::vec((0..FILES.len(), prop::collection::vec(any::<u8>(), 0..600)), 0..5),
        size in prop_oneof![0..10_000u64, any::<u64>()],
        signed in any::<bool>(),
    ) {
        let log = TestLog::of(small(), &[]);
        for (which, bytes) in files {
            crate::log::write(&log.path(FILES[which]), &bytes);
        }
        if signed {
            log.sign_head(ORIGIN, Head { size, root: Hash([3; 32]) }, &log_key());
        }
        let report = verify(&options(Source::Directory(log.directory().to_owned())), &Quiet);
        prop_assert_eq!(report.checks.len(), Check::ALL.len());
        prop_assert_ne!(exit(&report), 0);
        prop_assert!(report.to_json().is_object());
    }
}

#[test]
fn a_directory_that_is_not_there_is_an_input_that_is_missing() {
    let report = verify(&options(Source::of("no/such/directory")), &Quiet);
    assert_eq!(exit(&report), 2);
}
