//! What an election does not list, it does not admit; and the new roles sign nothing that is not theirs.

use crate::play::{Play, name, setting};
use crate::sessions::begin;
use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::kinds::Kind;

#[test]
fn an_election_that_does_not_list_them_admits_none_of_them() {
    let mut play = Play::new();
    play.fixture = Fixture::new(&Setting { hosts: 0, ..setting() });
    play.ledger = play.fixture.ledger();
    let hash = "00".repeat(32);
    let lines = [
        ("session", begin("custodian-1", "host-1", "20:00", "")),
        ("observed", format!("sequence 1 / previous {hash} / at 2031-03-04T18:00:00+03:00 / event boot")),
        ("software", format!("component node / version 1 / program {hash} / reason x")),
        ("custody", crate::custody::pass("item kit K-1", "", "observer", "observer", "08:00")),
        ("challenge", format!("record {hash} / reason x")),
        ("answer", format!("challenge {hash} / reason x")),
        ("scrutiny", "says asked / reason x".to_owned()),
        ("withhold", format!("blob sha256:{hash} / by court / reason x")),
    ];
    assert_eq!(lines.len(), Kind::CONDUCT.len());
    for (kind, lines) in lines {
        play.say(kind, &lines, &["custodian-1", "custodian-2"], "R106");
    }
}

#[test]
fn without_a_quorum_in_the_election_record_nobody_authorises_software() {
    let mut play = Play::new();
    play.fixture = Fixture::with(&setting(), |election| {
        election.quorums.remove("software");
    });
    play.ledger = play.fixture.ledger();
    let lines = crate::machines::software("node", "one", "");
    play.say("software", &lines, &["custodian-1", "custodian-2", "custodian-3"], "R202");
}

#[test]
fn a_vendor_opens_sessions_and_signs_nothing_else() {
    let mut play = Play::new();
    let form = play.fixture.signed_form(0, [100, 50, 10], 3);
    let form = play.send(&form, "admitted");
    let hash = "00".repeat(32);
    let vendor = name("vendor-1");
    let others = [
        ("challenge", format!("record {form} / reason x"), "R202"),
        (
            "observed",
            format!("sequence 1 / previous {hash} / at 2031-03-04T18:00:00+03:00 / event boot"),
            "R202",
        ),
        ("scrutiny", "says asked / reason x".to_owned(), "R202"),
        ("custody", crate::custody::pass("item kit K-1", "", "vendor-1", "vendor-1", "08:00"), "R202"),
        ("withhold", format!("blob sha256:{hash} / by court / reason x"), "R202"),
        ("key", format!("action revoke / old {vendor} / reason x"), "R202"),
        ("notice", "about pause / from 2031-03-04T18:00:00+03:00 / reason x".to_owned(), "R202"),
        ("attest", format!("of {form} / says signed"), "R202"),
        (
            "image",
            format!("of {form} / shows original / page sha256:{hash} / taken 2031-03-04T18:00:00+03:00"),
            "R202",
        ),
    ];
    for (kind, lines, expected) in others {
        play.say(kind, &lines, &["vendor-1"], expected);
    }
    play.say("session", &begin("vendor-1", "host-1", "20:00", ""), &["vendor-1"], "admitted");
}
