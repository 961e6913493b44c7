//! Challenges and answers, a court's questions, and what is withheld.

use crate::play::{Play, name};
use hakiki_core::kinds::{Collation, Figures, child_row};
use hakiki_core::text::BoxValue;
use hakiki_note::{Hash, sha256};

const QUORUM: &[&str] = &["custodian-1", "custodian-2"];

pub fn act(play: &mut Play) {
    challenges(play);
    scrutiny(play);
    withholding(play);
}

fn challenges(play: &mut Play) {
    let form = play.fixture.signed_form(0, [100, 50, 10], 3);
    let form = play.send(&form, "admitted");
    let doubt = |of: &Hash, more: &str| format!("record {of}{more} / reason figures");
    let good = doubt(&form, " / box valid");
    play.say("challenge", &doubt(&form, " / box votes"), &["observer"], "R105");
    play.say("challenge", &doubt(&Hash([3; 32]), ""), &["observer"], "R304");
    play.say("challenge", &good, &["observer", "root-bridge"], "R202");
    play.say("challenge", &good, &["commissioner-1"], "R202");
    play.say("challenge", &good, &["vendor-1"], "R202");
    let challenge = play.say("challenge", &good, &["observer"], "admitted");
    play.say("challenge", &doubt(&form, ""), &["root-circle"], "admitted");
    let fingerprint = play.fixture.fingerprint;
    play.say("challenge", &doubt(&fingerprint, ""), &["agent-bridge-s000000"], "admitted");
    play.say("challenge", &doubt(&challenge, ""), &["agent-bridge-s000000"], "admitted");
    // What the rules refused is not in the ledger, whatever stands in the log.
    let refused = play.say("challenge", &doubt(&form, " / words sha256:00"), &["observer"], "R105");
    play.say("challenge", &doubt(&refused, ""), &["observer"], "R304");
    let reply = |to: &Hash, what: &str| format!("challenge {to} / reason {what}");
    play.say("answer", &reply(&form, "checked"), &["commissioner-1"], "R304");
    play.say("answer", &reply(&challenge, "checked"), &["observer"], "R202");
    play.say("answer", &reply(&challenge, "checked"), &["commissioner-1", "commissioner-2"], "R202");
    let answer = play.say("answer", &reply(&challenge, "checked"), &["commissioner-1"], "admitted");
    play.say("answer", &reply(&challenge, "paper-seen"), &["returning-c02-1"], "admitted");
    play.say("answer", &reply(&answer, "checked"), &["commissioner-1"], "R304");
    play.revoke("commissioner-3");
    play.say("answer", &reply(&challenge, "late"), &["commissioner-3"], "R201");
}

fn scrutiny(play: &mut Play) {
    let hash = sha256(b"report");
    let refused = [
        "says asked / number 0 / reason logs".to_owned(),
        "says asked / number 63 / reason logs".into(),
        format!("says asked / question {hash} / reason logs"),
        format!("says asked / report {hash} / reason logs"),
        "says answered / reason logs".into(),
        format!("says answered / number 4 / question {hash} / reason logs"),
        "says refused / reason logs".into(),
        format!("says refused / question {hash} / report {hash} / reason logs"),
        "says denied / reason logs".into(),
    ];
    for lines in refused {
        play.say("scrutiny", &lines, &["registrar"], "R105");
    }
    let good = "says asked / number 62 / reason logs";
    play.say("scrutiny", good, &["commissioner-1"], "R202");
    play.say("scrutiny", good, &["registrar", "observer"], "R202");
    let asked = play.say("scrutiny", good, &["registrar"], "admitted");
    let own = play.say("scrutiny", "says asked / reason own-question", &["registrar"], "admitted");
    let reply =
        |says: &str, to: &Hash, more: &str| format!("says {says} / question {to}{more} / reason logs");
    play.say("scrutiny", &reply("answered", &hash, ""), &["registrar"], "R304");
    let form = play.ledger.entries()[0].id;
    play.say("scrutiny", &reply("refused", &form, ""), &["registrar"], "R304");
    let report = format!(" / report {hash}");
    let answered = play.say("scrutiny", &reply("answered", &asked, &report), &["registrar"], "admitted");
    play.say("scrutiny", &reply("refused", &own, ""), &["registrar"], "admitted");
    play.say("scrutiny", &reply("refused", &answered, ""), &["registrar"], "R304");
    play.say("scrutiny", &reply("answered", &own, ""), &["registrar"], "admitted");
}

fn withholding(play: &mut Play) {
    let hide = |blob: &Hash| {
        format!("blob sha256:{blob} / by high-court / order sha256:{} / reason privacy", sha256(b"order"))
    };
    let page = sha256(b"a page");
    play.say("withhold", &hide(&page), &["custodian-1"], "R204");
    play.say("withhold", &hide(&page), &["custodian-1", "registrar"], "R202");
    play.say("withhold", &hide(&page).replace("blob sha256:", "blob "), QUORUM, "R105");
    play.say("withhold", &hide(&page), QUORUM, "admitted");
    play.say("withhold", &hide(&page).replace("privacy", "again"), QUORUM, "R308");
    // Every index and shard of the registers.
    let tables: Vec<Hash> = play.fixture.tables.keys().copied().collect();
    for table in tables.iter().filter(|table| play.ledger.is_table(table)).copied().collect::<Vec<_>>() {
        play.say("withhold", &hide(&table), QUORUM, "R308");
    }
    // A collation's table before it is one: then no record can name it; another's, after: it stays.
    let form = play.ledger.entries().iter().find(|entry| entry.station == 0).unwrap().clone();
    let station = play.ledger.register().stations()[form.station as usize].code.to_string();
    let collation = |play: &mut Play, valid: u32| {
        let votes = [100, 50, valid - 150].map(BoxValue::Number);
        let row = child_row(&station, &form.id, &votes, BoxValue::Number(valid), BoxValue::Number(3));
        let children = play.bring(Collation::children_table(vec![row]));
        let figures = Figures { votes: (1..).zip(votes).collect(), ..Figures::default() };
        let (contest, area) = ("president".to_owned(), "c01-1".to_owned());
        let body = Collation { contest, area, children, submitted: 1, received: 1, figures, words: None };
        let keys = [hakiki_core::fixture::key("returning-c01-1"), hakiki_core::fixture::key("second-c01-1")];
        (play.fixture.sign(body, &[&keys[0], &keys[1]]), children)
    };
    let (early, table) = collation(play, 160);
    play.say("withhold", &hide(&table), QUORUM, "admitted");
    play.send(&early, "R305");
    let (late, table) = collation(play, 161);
    play.send(&late, "admitted");
    play.say("withhold", &hide(&table), QUORUM, "R308");
}

#[test]
fn a_challenge_stands_beside_its_record_with_its_answers() {
    let mut play = Play::new();
    challenges(&mut play);
    let all = play.ledger.challenges();
    assert_eq!(all.len(), 4);
    let first = &all[0];
    assert_eq!(play.ledger.roster().key(first.key).name.as_str(), name("observer"));
    let answers: Vec<&str> = first.answers.iter().map(|answer| answer.answer.reason.as_str()).collect();
    assert_eq!(answers, ["checked", "paper-seen"]);
    assert_eq!(play.ledger.challenges_of_record(first.record_place).count(), 2);
    assert_eq!(play.ledger.challenges_of_record(0).count(), 1);
    assert_eq!(play.ledger.challenges_of_record(first.place).count(), 1);
}

#[test]
fn a_question_has_its_answers_and_refusals() {
    let mut play = Play::new();
    let form = play.fixture.signed_form(0, [100, 50, 10], 3);
    play.send(&form, "admitted");
    scrutiny(&mut play);
    let size = play.size();
    let asked: Vec<(Option<u32>, Vec<&str>)> = play
        .ledger
        .questions_asked(size)
        .map(|question| {
            let replies = question.replies.iter().map(|index| &play.ledger.scrutiny()[*index as usize]);
            (question.scrutiny.number, replies.map(|reply| reply.scrutiny.says.as_str()).collect())
        })
        .collect();
    assert_eq!(asked, [(Some(62), vec!["answered"]), (None, vec!["refused", "answered"])]);
}

#[test]
fn what_the_log_is_computed_from_is_never_withheld() {
    let mut play = Play::new();
    let form = play.fixture.signed_form(0, [100, 50, 10], 3);
    play.send(&form, "admitted");
    withholding(&mut play);
    // Six tables or more of the fixture's registers: areas, stations, candidates, keys, with their shards.
    assert!(play.fixture.tables.keys().filter(|table| play.ledger.is_table(table)).count() >= 8);
    let withheld = play.ledger.withheld();
    assert_eq!(withheld.len(), 2);
    let by = play.ledger.withheld_by(&sha256(b"a page")).unwrap();
    assert_eq!((by.withhold.by.as_str(), by.keys.len()), ("high-court", 2));
    assert!(play.ledger.withheld_by(&sha256(b"another")).is_none());
}
