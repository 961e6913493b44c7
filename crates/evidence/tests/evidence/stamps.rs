//! Forms that were stamped and are said not to be in the log when the merge delay had passed.

use crate::world::{NOON_S, World, intake, signed, signed_at};
use hakiki_evidence::{Assumption, Claim, EvidenceCode as Code, Grade, OWN_CLASS};
use hakiki_note::{Hash, sha256};
use hakiki_tlog::{Head, Stamp};

/// The fixture's merge delay is ten minutes; this is noon of the witnesses.
const NOON: &str = "2031-02-28T01:06:40+02:00";

fn head() -> Head {
    World::tree(20, 20).head()
}

fn record() -> Hash {
    sha256(b"form")
}

fn of(stamps: Vec<String>, after_s: u64) -> Claim {
    let seen = Some(signed(World::tree(15, 15).head(), &[0, 1, 2]).to_text());
    Claim::Stamp { stamps, seen, head: signed_at(head(), &[0, 1, 3], NOON_S + after_s).to_text() }
}

#[test]
fn noon_is_the_same_for_stamps_and_witnesses() {
    let noon: hakiki_tlog::StampTime = NOON.parse().unwrap();
    assert_eq!(noon.unix_s(), i64::try_from(NOON_S).unwrap());
}

#[test]
fn stamps_of_two_classes_show_more_than_one_and_say_what_they_rest_on() {
    let world = World::new();
    let [a, b] = [0, 1].map(|n| world.stamp(n, record(), 15, NOON));
    let finding = world.shows(of(vec![a.clone(), b], 601));
    assert_eq!(finding.grade, Some(Grade::I));
    for rests_on in [Assumption::Absence, Assumption::Admissible, Assumption::Intakes] {
        assert!(finding.assumptions.contains(&rests_on), "no stamp proves by itself that a log lacks a form");
    }
    assert_eq!(world.shows(of(vec![a], 601)).grade, Some(Grade::II));
}

#[test]
fn an_honest_log_has_its_whole_merge_delay() {
    let world = World::new();
    let stamp = || vec![world.stamp(0, record(), 15, NOON)];
    assert_eq!(world.refuses(of(stamp(), 600)), Code::E304, "the last moment is still in time");
    // A quiet log: the newest head that an intake knew is hours old, and its own clock says when it stamped.
    let quiet = Some(signed_at(World::tree(15, 15).head(), &[0, 1, 2], NOON_S - 9_000).to_text());
    let head = signed_at(head(), &[0, 1, 2], NOON_S + 60).to_text();
    assert_eq!(world.refuses(Claim::Stamp { stamps: stamp(), seen: quiet, head }), Code::E304);
    // An intake whose clock is behind: the head that it knew was cosigned later than it says.
    let behind = vec![world.stamp(0, record(), 15, "2031-02-28T01:00:00+02:00")];
    assert_eq!(world.refuses(of(behind, 599)), Code::E304);
    // Two of three witnesses are no quorum, so there is no witnessed time.
    let head = signed_at(World::tree(20, 20).head(), &[0, 1], NOON_S + 9_000).to_text();
    assert_eq!(world.refuses(Claim::Stamp { stamps: stamp(), seen: None, head }), Code::E304);
}

#[test]
fn stamps_that_do_not_belong_are_refused() {
    let mut world = World::new();
    let good = world.stamp(0, record(), 15, NOON);
    let other = world.stamp(1, sha256(b"another"), 15, NOON);
    assert_eq!(world.refuses(of(vec![good.clone(), other], 601)), Code::E306);
    let later = world.stamp(0, record(), 16, NOON);
    assert_eq!(world.refuses(of(vec![later], 601)), Code::E303, "the head that it knew is another");
    let strange = world.stamp(7, record(), 15, NOON);
    assert_eq!(world.refuses(of(vec![strange.clone()], 601)), Code::E203);
    world.trust.intakes.push(intake(7).verifier().clone());
    let finding = world.shows(of(vec![strange], 601));
    assert_eq!(finding.grade, Some(Grade::II), "an intake of one's own is the class {OWN_CLASS}");
    let elsewhere = Stamp {
        election: sha256(b"another election"),
        record: record(),
        note: sha256(b"sealed"),
        seen_head: 15,
        time: NOON.parse().unwrap(),
    };
    assert_eq!(world.refuses(of(vec![elsewhere.sign(&intake(0))], 601)), Code::E201);
}
