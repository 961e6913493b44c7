//! Policies: the text, which sets suffice, and how far two of them must meet, by brute force.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Numbers, log_key, name, signed, tree};
use hakiki_note::{KeyName, MlDsaSigningKey, SigningKey};
use hakiki_tlog::cosignature::add_cosignatures;
use hakiki_tlog::policy::{PolicyProblem, Threshold, WitnessedError};
use hakiki_tlog::quorum::{HOLDERS_MAX, Quorum, TooManyHolders};
use hakiki_tlog::{CheckpointError, CosigningKey, Policy};
use std::collections::BTreeSet;

const ORIGIN: &str = "log.example.org/test";

fn witness_key(number: u8) -> SigningKey {
    SigningKey::cosigner_from_seed(name(&format!("w{number}.example")), &[number + 100; 32])
}

fn parse(text: &str) -> Result<Policy, PolicyProblem> {
    Policy::parse(text.as_bytes()).map_err(|error| error.problem)
}

/// Replaces `<n>` by witness `n`'s verifier key.
fn with_keys(text: &str) -> String {
    let text = text.replace("<log>", &log_key(ORIGIN).verifier().to_string());
    (0..10).fold(text, |text, n| text.replace(&format!("<{n}>"), &witness_key(n).verifier().to_string()))
}

#[test]
fn reads_and_prints() {
    let text = with_keys(concat!(
        "# The example of the specification.\n",
        "log <log> https://log.example.org/test\n",
        "\n",
        "\twitness X1 <1>\n",
        "witness X2  <2> https://x2.example\n",
        "witness X3 <3>\t\n",
        "group X-witnesses 2 X1 X2 X3\n",
        "   # comment\n",
        "witness Y1 <4>\n",
        "witness Y2 <5>\n",
        "group Y-witnesses any Y1 Y2\n",
        "group X-and-Y all X-witnesses Y-witnesses\n",
        "quorum X-and-Y\n",
    ));
    let policy = parse(&text).unwrap();
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://log.example.org/test"));
    assert_eq!(policy.witnesses().len(), 5);
    assert_eq!(policy.groups()[0].threshold, Threshold::Count(2));
    let printed = policy.to_string();
    let again = parse(&printed).unwrap();
    assert_eq!(again, policy);
    assert_eq!(again.to_string(), printed);
    let suffices = |names: &[&str]| policy.satisfied_by(&names.iter().map(|n| (*n).to_owned()).collect());
    assert!(suffices(&["X1", "X3", "Y2"]));
    assert!(suffices(&["X1", "X2", "X3", "Y1", "Y2"]));
    for lacking in [&["X1", "X3"][..], &["X1", "Y1", "Y2"], &["Y1"], &[], &["X1", "X3", "Z"]] {
        assert!(!suffices(lacking), "{lacking:?}");
    }
    assert_eq!(policy.smallest_intersection(), 1);
    assert!(!policy.needs_no_witness());
    let none = parse("quorum none\n").unwrap();
    assert!(none.needs_no_witness() && none.satisfied_by(&BTreeSet::new()));
    assert_eq!(none.smallest_intersection(), 0);
}

#[test]
fn refuses_what_is_no_policy() {
    let refused = |text: &str| parse(&with_keys(text)).unwrap_err();
    let text = |text: &str| text.to_owned();
    assert_eq!(refused(""), PolicyProblem::NoQuorum);
    assert_eq!(refused("quorum none"), PolicyProblem::Unterminated);
    assert_eq!(refused("quorum none\r\n"), PolicyProblem::Characters);
    assert_eq!(refused("# \u{7f}\nquorum none\n"), PolicyProblem::Characters);
    assert_eq!(refused("quorum none\nquorum none\n"), PolicyProblem::SecondQuorum);
    assert_eq!(refused("quorum w\n"), PolicyProblem::UnknownName(text("w")));
    assert_eq!(refused("quorum w\nwitness w <1>\n"), PolicyProblem::UnknownName(text("w")));
    assert_eq!(refused("witnes w <1>\n"), PolicyProblem::Keyword(text("witnes")));
    assert!(matches!(refused("quorum\n"), PolicyProblem::Words(_)));
    assert!(matches!(refused("witness w\n"), PolicyProblem::Words(_)));
    assert!(matches!(refused("log <log> url more\n"), PolicyProblem::Words(_)));
    assert!(matches!(refused("group g any\n"), PolicyProblem::Words(_)));
    assert!(matches!(refused("witness w key\n"), PolicyProblem::Key(_)));
    assert!(matches!(refused("log <1>\n"), PolicyProblem::LogKeyType(_)));
    assert!(matches!(refused("witness w <log>\n"), PolicyProblem::WitnessKeyType(_)));
    assert_eq!(refused("log <log>\nlog <log>\n"), PolicyProblem::DuplicateKey);
    assert_eq!(refused("witness a <1>\nwitness b <1>\n"), PolicyProblem::DuplicateKey);
    assert_eq!(refused("witness a <1>\nwitness a <2>\n"), PolicyProblem::DuplicateName(text("a")));
    assert_eq!(refused("witness none <1>\n"), PolicyProblem::DuplicateName(text("none")));
    assert_eq!(refused("witness a <1>\ngroup a any a\n"), PolicyProblem::DuplicateName(text("a")));
    assert_eq!(refused("group g any none\n"), PolicyProblem::UnknownName(text("none")));
    assert_eq!(refused("group g any g\n"), PolicyProblem::UnknownName(text("g")));
    let member = PolicyProblem::SecondMembership(text("a"));
    assert_eq!(refused("witness a <1>\ngroup g any a a\n"), member);
    assert_eq!(refused("witness a <1>\ngroup g any a\ngroup h any a\n"), member);
    for count in ["0", "3", "01", "some", "-1"] {
        let found = refused(&format!("witness a <1>\nwitness b <2>\ngroup g {count} a b\n"));
        assert_eq!(found, PolicyProblem::Threshold { members: 2, found: text(count) });
    }
    let many: Vec<_> = (0..65)
        .map(|n| {
            let key = SigningKey::cosigner_from_seed(name("w"), &[n; 32]);
            format!("witness w{n} {}\n", key.verifier())
        })
        .collect();
    assert_eq!(refused(&many.concat()), PolicyProblem::TooMany);
    assert_eq!(Policy::parse(b"# \xff\nquorum none\n").unwrap_err().problem, PolicyProblem::Characters);
    let error = Policy::parse(b"quorum none\nquorum none\n").unwrap_err();
    assert_eq!(error.to_string(), "policy line 2: a policy has one quorum line; this is the second");
}

/// A random quorum over the witnesses `first..first + count`, each used once.
fn random_quorum(numbers: &mut Numbers, first: usize, count: usize) -> Quorum {
    if count == 1 {
        return Quorum::Witness(first);
    }
    let (mut members, mut used) = (Vec::new(), 0);
    while used < count {
        let most = if members.is_empty() { count - 1 } else { count - used };
        let part = 1 + numbers.below(most as u64) as usize;
        members.push(random_quorum(numbers, first + used, part));
        used += part;
    }
    Quorum::Group { needed: 1 + numbers.below(members.len() as u64), members }
}

/// Over all pairs of sets that suffice, the smallest number of holders that both have.
fn by_brute_force(quorum: &Quorum, witnesses: usize, holder: impl Fn(usize) -> usize) -> u64 {
    let suffices = |set: &u32| quorum.satisfied_by(&|witness| set >> witness & 1 == 1);
    let holders =
        |set: u32| (0..witnesses).filter(|w| set >> w & 1 == 1).fold(0u32, |all, w| all | 1 << holder(w));
    let sets: BTreeSet<u32> = (0..1u32 << witnesses).filter(suffices).map(holders).collect();
    let pairs = sets.iter().flat_map(|a| sets.iter().map(move |b| (a & b).count_ones()));
    u64::from(pairs.min().unwrap())
}

#[test]
fn smallest_intersections_agree_with_brute_force() {
    for seed in 0..400 {
        let mut numbers = Numbers(seed);
        let witnesses = 1 + numbers.below(8) as usize;
        let quorum = random_quorum(&mut numbers, 0, witnesses);
        let expected = by_brute_force(&quorum, witnesses, |witness| witness);
        assert_eq!(quorum.smallest_intersection(), expected, "seed {seed}: {quorum:?}");
        assert_eq!(quorum.smallest_intersection_of(|witness| witness), Ok(expected), "seed {seed}");
        let organisations = 1 + numbers.below(witnesses as u64) as usize;
        let of: Vec<_> = (0..witnesses).map(|_| numbers.below(organisations as u64) as usize).collect();
        let expected = by_brute_force(&quorum, witnesses, |witness| of[witness]);
        assert_eq!(
            quorum.smallest_intersection_of(|w| of[w]),
            Ok(expected),
            "seed {seed}: {quorum:?} {of:?}"
        );
    }
}

#[test]
fn large_flat_quorums() {
    let flat = |needed, count| Quorum::Group { needed, members: (0..count).map(Quorum::Witness).collect() };
    for (needed, count, expected) in [(3, 4, 2), (2, 4, 0), (14, 20, 8), (20, 20, 20)] {
        assert_eq!(flat(needed, count).smallest_intersection(), expected);
        assert_eq!(flat(needed, count).smallest_intersection_of(|w| w), Ok(expected));
    }
    assert_eq!(flat(40, 64).smallest_intersection(), 16);
    assert_eq!(flat(11, 21).smallest_intersection_of(|w| w), Err(TooManyHolders(HOLDERS_MAX + 1)));
    assert_eq!(flat(11, 21).smallest_intersection_of(|w| w / 2), Ok(1));
    assert_eq!(Quorum::None.smallest_intersection_of(|w| w), Ok(0));
}

#[test]
fn a_witness_with_two_keys_is_one_holder() {
    let text = with_keys(concat!(
        "witness a-old <1>\nwitness a-new <2>\nwitness b <3>\nwitness c <4>\n",
        "group a any a-old a-new\ngroup q 2 a b c\nquorum q\n",
    ));
    let policy = parse(&text).unwrap();
    // By lines the two keys of `a` do not meet; by holders they do.
    assert_eq!(policy.smallest_intersection(), 0);
    let organisation = |place: usize| policy.witnesses()[place].name.chars().next().unwrap();
    assert_eq!(policy.quorum().smallest_intersection_of(organisation), Ok(1));
}

#[test]
fn counts_good_cosignatures_only() {
    let mldsa = MlDsaSigningKey::from_seed(KeyName::new("w9.example").unwrap(), &[9; 32]);
    let text = with_keys(&format!(
        "log <log>\nwitness a <1>\nwitness b <2>\nwitness c {}\ngroup q 2 a b c\nquorum q\n",
        mldsa.verifier()
    ));
    let policy = parse(&text).unwrap();
    let keys: Vec<_> = policy.witnesses().iter().map(|witness| witness.key.clone()).collect();
    let bare = signed(ORIGIN, tree(5).head());
    let (a, c) = (CosigningKey::Ed25519(witness_key(1)), CosigningKey::MlDsa44(mldsa));
    let stranger = CosigningKey::Ed25519(witness_key(8));
    let lines = [
        a.cosign(&bare, 2000).unwrap(),
        a.cosign(&bare, 1000).unwrap(),
        stranger.cosign(&bare, 1000).unwrap(),
        c.cosign(&bare, 3000).unwrap(),
    ];
    let cosigned = |lines: &[_]| {
        let mut checkpoint = bare.clone();
        add_cosignatures(&mut checkpoint, lines, &keys);
        checkpoint
    };
    let one = cosigned(&lines[..3]);
    assert_eq!(one.note().signatures.len(), 3);
    let witnessed = policy.witnessed(&one).unwrap();
    assert!(!witnessed.quorum_reached);
    assert_eq!(witnessed.times_s, [("a".to_owned(), 1000)].into());
    let two = cosigned(&lines);
    let (opened, witnessed) = policy.open(two.to_text().as_bytes()).unwrap();
    assert!(witnessed.quorum_reached);
    assert_eq!(opened, two);
    assert_eq!(witnessed.times_s, [("a".to_owned(), 1000), ("c".to_owned(), 3000)].into());

    // A good cosignature of another head, moved here.
    let other = signed(ORIGIN, tree(6).head());
    let moved = a.cosign(&other, 1000).unwrap();
    assert_eq!(cosigned(std::slice::from_ref(&moved)).note().signatures.len(), 1);
    let forged = format!("{}{}", bare.to_text(), moved.to_line());
    assert!(matches!(policy.open(forged.as_bytes()), Err(WitnessedError::Cosignature(_))));
    // A stranger's bad line says nothing.
    let strange = format!("{}{}", bare.to_text(), stranger.cosign(&other, 1).unwrap().to_line());
    assert!(!policy.open(strange.as_bytes()).unwrap().1.quorum_reached);
    // Another log's checkpoint.
    let foreign = signed("log.example.org/other", tree(5).head());
    let found = policy.open(foreign.to_text().as_bytes());
    assert!(matches!(found, Err(WitnessedError::Checkpoint(CheckpointError::Unsigned(_)))));
}

#[test]
fn cosignatures_have_a_time_and_a_cosigners_key() {
    let bare = signed(ORIGIN, tree(5).head());
    let key = CosigningKey::Ed25519(witness_key(1));
    assert!(key.cosign(&bare, 0).is_err());
    assert!(key.cosign(&bare, 1 << 63).is_err());
    assert!(key.cosign(&bare, (1 << 63) - 1).is_ok());
    assert!(CosigningKey::Ed25519(log_key(ORIGIN)).cosign(&bare, 1).is_err());
}
