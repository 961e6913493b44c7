//! Real incidents, retold with invented names: each becomes a named test (X…), and the attacks that the fold answers (T…).
#![allow(clippy::unwrap_used)]

use hakiki_core::codes::{FindingCode, RefusalCode};
use hakiki_core::fixture::{Fixture, Setting, custodians, election, key, log_key};
use hakiki_core::kinds::{
    Amend, Attest, BoxName, Change, Collation, Decision, Declaration, Figures, Image, Ink, KeyAction,
    KeyRecord, OnPaper, Rank, RegisterRecord, Ruling, Says, Shows, Turnout, child_row,
};
use hakiki_core::ledger::Ledger;
use hakiki_core::record::Record;
use hakiki_core::roster::InOrder;
use hakiki_core::text::{BoxValue, Date, Time};
use hakiki_core::view::{ContestView, Selection, Status, findings};
use hakiki_note::{Hash, KeyName, SigningKey, sha256};
use hakiki_tlog::tree::Head;
use std::collections::{BTreeMap, BTreeSet};

fn codes(ledger: &Ledger) -> Vec<&'static str> {
    findings(ledger, ledger.size()).into_iter().map(|finding| finding.code.as_str()).collect()
}

fn view(ledger: &Ledger) -> ContestView {
    ContestView::new(ledger, 0, ledger.size(), Selection::All)
}

fn two() -> Vec<SigningKey> {
    custodians().into_iter().take(2).collect()
}

fn by_quorum(fixture: &Fixture, body: impl Into<hakiki_core::kinds::Body>) -> Record {
    let keys = two();
    fixture.sign(body, &keys.iter().collect::<Vec<_>>())
}

fn signed(fixture: &Fixture, station: usize, change: impl FnOnce(&mut hakiki_core::kinds::Form)) -> Record {
    let mut form = fixture.form(station, [100, 50, 10], 3);
    change(&mut form);
    let [kit, officer] = fixture.station_keys(station);
    fixture.sign(form, &[&kit, &officer])
}

#[test]
fn x01_991_votes_at_a_station_of_700_with_a_written_total_of_285() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let record = signed(&fixture, 0, |form| {
        form.figures.votes =
            vec![(1, BoxValue::Number(991)), (2, BoxValue::Number(80)), (3, BoxValue::Number(5))];
        form.figures = form.figures.clone().with(BoxName::Valid, BoxValue::Number(285));
    });
    fixture.append(&mut ledger, record).unwrap();
    let found = codes(&ledger);
    assert!(found.contains(&"F101") && found.contains(&"F105"), "{found:?}");
    // Shown as the paper says; it stands.
    assert_eq!(view(&ledger).status(0), Status::Standing(0));
    assert_eq!(view(&ledger).total(&ledger).votes[0].total, 991);
}

fn collation(fixture: &mut Fixture, rows: Vec<String>, votes: [u32; 3], forms: u32) -> Record {
    let children = Collation::children_table(rows);
    let hash = sha256(&children);
    fixture.tables.insert(hash, children);
    let figures = Figures { votes: (1..).zip(votes.map(BoxValue::Number)).collect(), ..Figures::default() };
    let collation = Collation {
        contest: "president".into(),
        area: "c01-1".into(),
        children: hash,
        submitted: forms,
        received: forms,
        figures,
        words: None,
    };
    fixture.sign(collation, &[&key("returning-c01-1"), &key("second-c01-1")])
}

#[test]
fn x02_t14_a_collation_row_of_51050_where_the_form_gives_41050() {
    let mut fixture = Fixture::new(&Setting { stations: 4, ..Setting::default() });
    let mut ledger = fixture.ledger();
    let form = signed(&fixture, 0, |form| {
        form.figures.votes[0].1 = BoxValue::Number(41_050);
        form.figures = form.figures.clone().with(BoxName::Valid, BoxValue::Number(41_110));
    });
    fixture.append(&mut ledger, form.clone()).unwrap();
    let votes = [51_050, 50, 10].map(BoxValue::Number);
    let row = child_row("s000000", form.id(), &votes, BoxValue::Number(41_110), BoxValue::Number(3));
    let honest_sum = collation(&mut fixture, vec![row.clone()], [51_050, 50, 10], 1);
    fixture.append(&mut ledger, honest_sum).unwrap();
    let all = findings(&ledger, ledger.size());
    let row_finding = all.iter().find(|finding| finding.code == FindingCode::F301).unwrap();
    let value = |name| row_finding.values.iter().find(|(key, _)| *key == name).unwrap().1.clone();
    assert_eq!(
        (value("row"), value("on-form"), value("form")),
        ("51050".into(), "41050".into(), form.id().to_string())
    );
    assert!(!all.iter().any(|finding| finding.code == FindingCode::F302));
    // T14: ten thousand more in the total than in the rows.
    let total = collation(&mut fixture, vec![row], [61_050, 50, 10], 1);
    fixture.append(&mut ledger, total).unwrap();
    assert!(codes(&ledger).contains(&"F302"));
    // The ledger's totals never come from a collation.
    assert_eq!(view(&ledger).total(&ledger).votes[0].total, 41_050);
}

#[test]
fn x03_valid_votes_exceed_verified_voters_by_100() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let [kit, officer] = fixture.station_keys(0);
    let turnout = Turnout { station: fixture.stations[0].clone(), device: 50, manual: 10, is_final: true };
    fixture.append(&mut ledger, fixture.sign(turnout, &[&kit, &officer])).unwrap();
    fixture.append(&mut ledger, fixture.signed_form(0, [100, 50, 10], 3)).unwrap();
    fixture.append(&mut ledger, fixture.signed_form(1, [10, 20, 30], 0)).unwrap();
    assert_eq!(codes(&ledger), ["F104", "W115"]);
    assert_eq!(view(&ledger).status(0), Status::Standing(0), "a finding alone removes nothing");
    let without = ContestView::new(&ledger, 0, ledger.size(), Selection::WithoutExcess);
    let votes = |view: &ContestView| view.total(&ledger).votes.iter().map(|v| v.total).sum::<u64>();
    assert_eq!((votes(&view(&ledger)), votes(&without)), (220, 60));
    let ruling = Ruling {
        contest: "president".into(),
        station: fixture.stations[0].clone(),
        rank: Rank::Returning,
        considered: BTreeSet::from([ledger.entries()[0].id]),
        decision: Decision::Disregarded("reg-83-1-c".into()),
        notified: BTreeSet::new(),
        order: None,
        words: None,
    };
    let keys = [key("returning-c01-1"), key("second-c01-1")];
    fixture.append(&mut ledger, fixture.sign(ruling, &[&keys[0], &keys[1]])).unwrap();
    let total = view(&ledger).total(&ledger);
    assert_eq!((total.disregarded, total.standing), (1, 1));
}

#[test]
fn x06_a_fold_that_counts_rejected_eight_times_is_another_text() {
    // An independent recount in plain arithmetic; a mutant of the fold parts from it.
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let forms = [([100, 50, 10], 3), ([10, 20, 30], 7), ([5, 5, 5], 1)];
    for (station, (votes, rejected)) in forms.iter().enumerate() {
        fixture.append(&mut ledger, fixture.signed_form(station, *votes, *rejected)).unwrap();
    }
    let text = hakiki_core::view::results::results_text(&ledger, ledger.size());
    assert!(text.contains("area MF 8 5 3 0 0 4800\n"));
    assert!(text.contains("box rejected 11 3 0\n") && !text.contains("box rejected 88"));
    assert!(text.contains("votes 1 115 115 115\nvotes 2 75 75 75\nvotes 3 45 45 45\n"));
}

#[test]
fn x10_a_second_document_in_the_frame_is_an_observation() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let form = fixture.signed_form(0, [100, 50, 10], 3);
    fixture.append(&mut ledger, form.clone()).unwrap();
    let attest = Attest {
        of: *form.id(),
        says: Says::Observation,
        observed: BTreeSet::from(["second-document".to_owned()]),
        figures: Figures::default(),
        page: None,
        words: None,
    };
    fixture.append(&mut ledger, fixture.sign(attest, &[&key("observer")])).unwrap();
    assert_eq!(view(&ledger).status(0), Status::Standing(0));
    assert_eq!(ledger.attestations()[&0].len(), 1);
    assert!(codes(&ledger).is_empty());
}

#[test]
fn x11_ink_dated_two_days_before_polling() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let early = OnPaper { ink: Ink::Signed, date: Date::parse("2031-03-02") };
    let record = signed(&fixture, 0, |form| {
        form.on_paper.insert("bridge".into(), early);
    });
    fixture.append(&mut ledger, record).unwrap();
    assert_eq!(codes(&ledger), ["W105"]);
}

fn image(fixture: &Fixture, station: usize, of: &Hash, page: &[u8]) -> Record {
    let image = Image {
        of: *of,
        shows: Shows::Original,
        page: sha256(page),
        agents_table: None,
        taken: Time::parse("2031-03-04T19:00:00+03:00").unwrap(),
    };
    let [kit, officer] = fixture.station_keys(station);
    fixture.sign(image, &[&kit, &officer])
}

#[test]
fn x13_the_same_image_for_two_stations_and_x18_a_better_photograph() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    for station in [0, 1] {
        let form = fixture.signed_form(station, [100, 50, 10], 3);
        fixture.append(&mut ledger, form.clone()).unwrap();
        fixture.append(&mut ledger, image(&fixture, station, form.id(), b"page")).unwrap();
    }
    assert_eq!(codes(&ledger), ["F206"]);
    let second = image(&fixture, 0, &ledger.entries()[0].id.clone(), b"a better page");
    fixture.append(&mut ledger, second).unwrap();
    assert_eq!(ledger.images_of(0).len(), 2);
    assert_eq!(view(&ledger).status(0), Status::Standing(0));
    assert_eq!(codes(&ledger), ["F206"]);
}

#[test]
fn x14_a_record_by_an_unlisted_key_that_stands_all_the_same() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let record = fixture.sign(fixture.form(0, [100, 50, 10], 3), &[&key("nobody"), &key("none")]);
    let (_, refusal) = ledger.roster().verify(record).unwrap_err();
    ledger.pass_inadmissible(&refusal);
    assert_eq!(codes(&ledger), ["F204"]);
    assert_eq!(view(&ledger).status(0), Status::Missing);
    fixture.append(&mut ledger, fixture.signed_form(0, [1, 2, 3], 0)).unwrap();
}

#[test]
fn x15_zero_is_zero_and_blank_is_what_the_rest_leaves() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let blank = |form: &mut hakiki_core::kinds::Form, valid: BoxValue| {
        form.figures.votes = vec![(1, BoxValue::Number(100)), (2, BoxValue::Blank), (3, BoxValue::Number(0))];
        form.figures = form.figures.clone().with(BoxName::Valid, valid);
    };
    // The written total leaves exactly 20.
    fixture.append(&mut ledger, signed(&fixture, 0, |form| blank(form, BoxValue::Number(120)))).unwrap();
    let total = view(&ledger).total(&ledger);
    assert_eq!((total.spans[1].least, total.spans[1].most, total.votes[1].unread), (20, 20, 1));
    assert_eq!((total.votes[2].total, total.votes[2].written), (0, 1));
    // No total either: the register's 600 voters bound it.
    fixture.append(&mut ledger, signed(&fixture, 1, |form| blank(form, BoxValue::Illegible))).unwrap();
    let total = view(&ledger).total(&ledger);
    assert_eq!((total.spans[1].least, total.spans[1].most), (20, 20 + 500));
    assert_eq!(codes(&ledger), ["W101", "W101", "W101"]);
}

#[test]
fn x16_missing_at_the_declaration_and_arriving_later() {
    let mut fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    for station in 0..5 {
        fixture.append(&mut ledger, fixture.signed_form(station, [100, 50, 10], 3)).unwrap();
    }
    let missing: Vec<String> = fixture.stations[5..].to_vec();
    let table = hakiki_core::table::write_table(hakiki_core::table::Table::MissingSet, "station", missing);
    let hash = sha256(&table);
    fixture.tables.insert(hash, table);
    let declare = |votes: u32| Declaration {
        contest: "president".into(),
        area: "MF".into(),
        head: Head { size: 10, root: sha256(b"root") },
        dissents: false,
        figures: Figures {
            votes: vec![(1, BoxValue::Number(votes)), (2, BoxValue::Number(250)), (3, BoxValue::Number(50))],
            ..Figures::default()
        },
        missing: Some(hash),
        words: None,
    };
    fixture.append(&mut ledger, fixture.sign(declare(500), &[&key("commissioner-1")])).unwrap();
    assert!(codes(&ledger).is_empty());
    fixture.append(&mut ledger, fixture.sign(declare(501), &[&key("commissioner-2")])).unwrap();
    assert_eq!(codes(&ledger), ["F304"]);
    fixture.append(&mut ledger, fixture.signed_form(5, [100, 50, 10], 3)).unwrap();
    assert_eq!(codes(&ledger), ["F304", "W108"]);
    // Both totals can be shown: as of the declaration's head, and now.
    let then = ContestView::new(&ledger, 0, 10, Selection::All);
    assert_eq!((then.total(&ledger).missing, view(&ledger).total(&ledger).missing), (3, 2));
}

#[test]
fn x17_a_closed_station_and_one_that_never_was() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let mut close = RegisterRecord::default();
    close.close_stations.insert(fixture.stations[0].clone(), "burned".into());
    fixture.append(&mut ledger, by_quorum(&fixture, close)).unwrap();
    fixture.append(&mut ledger, fixture.signed_form(0, [100, 50, 10], 3)).unwrap();
    assert_eq!(codes(&ledger), ["F201"]);
    assert_eq!(view(&ledger).status(0), Status::NotExpected);
    let total = view(&ledger).total(&ledger);
    assert_eq!((total.expected, total.standing, total.votes.iter().map(|v| v.total).sum::<u64>()), (7, 0, 0));
    let record = signed(&fixture, 1, |form| form.station = "s999999".into());
    assert_eq!(fixture.append(&mut ledger, record.clone()).unwrap_err().code, RefusalCode::R306);
    assert!(ledger.roster().any_signer_verifies(&record), "so a refusal record follows");
}

#[test]
fn x26_an_agent_refused_and_gave_no_reason() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let refused = OnPaper { ink: Ink::Refused, date: None };
    let record = signed(&fixture, 0, |form| {
        form.on_paper.insert("bridge".into(), refused);
    });
    assert!(record.text().contains("\non-paper bridge refused\n"));
    fixture.append(&mut ledger, record).unwrap();
    assert!(codes(&ledger).is_empty(), "a refusal voids nothing and is no finding");
    let unstated = OnPaper { ink: Ink::Unstated, date: None };
    let record = signed(&fixture, 1, |form| {
        form.on_paper.insert("bridge".into(), unstated);
    });
    fixture.append(&mut ledger, record).unwrap();
    assert_eq!(codes(&ledger), ["W104"]);
}

#[test]
fn x28_t30_a_key_revoked_just_before_the_form_comes() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let before = fixture.signed_form(0, [100, 50, 10], 3);
    assert!(!fixture.append(&mut ledger, before).unwrap());
    for station in [0, 1] {
        let old = Some(fixture.station_keys(station)[1].name().clone());
        let revoke = KeyRecord { action: KeyAction::Revoke, old, reason: "ill".into(), words: None };
        fixture.append(&mut ledger, by_quorum(&fixture, revoke)).unwrap();
    }
    let held = fixture.append(&mut ledger, fixture.signed_form(1, [10, 20, 30], 0)).unwrap();
    assert!(held, "visible, and counts nowhere");
    assert_eq!(codes(&ledger), ["F207"]);
    assert_eq!(view(&ledger).status(0), Status::Standing(0), "records before stand");
    let one = ledger.register().station(&fixture.stations[1]).unwrap();
    assert_eq!(view(&ledger).status(one), Status::Missing);
    assert_eq!(ledger.changes().len(), 2, "V19 prints both revocations");
    // A ruling may let it stand.
    let ruling = Ruling {
        contest: "president".into(),
        station: fixture.stations[1].clone(),
        rank: Rank::Commission,
        considered: BTreeSet::from([ledger.entries()[1].id]),
        decision: Decision::Stands(ledger.entries()[1].id),
        notified: BTreeSet::new(),
        order: None,
        words: None,
    };
    fixture.append(&mut ledger, by_quorum(&fixture, ruling)).unwrap();
    assert_eq!(view(&ledger).status(one), Status::Standing(1));
}

#[test]
fn an_agents_own_copy_that_differs_is_a_finding_and_does_not_contest() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let form = fixture.signed_form(0, [100, 50, 10], 3);
    fixture.append(&mut ledger, form.clone()).unwrap();
    let agent = key(&format!("agent-bridge-{}", fixture.stations[0]));
    let own = |votes: u32| Attest {
        of: *form.id(),
        says: Says::OwnCopy,
        observed: BTreeSet::new(),
        figures: Figures { votes: vec![(1, BoxValue::Number(votes))], ..Figures::default() },
        page: None,
        words: None,
    };
    fixture.append(&mut ledger, fixture.sign(own(100), &[&agent])).unwrap();
    assert!(codes(&ledger).is_empty());
    fixture.append(&mut ledger, fixture.sign(own(10), &[&agent])).unwrap();
    assert_eq!(codes(&ledger), ["F402", "F403"]);
    assert_eq!(view(&ledger).status(0), Status::Standing(0));
}

#[test]
fn t29_stripping_an_agent_or_moving_a_name_breaks_the_text() {
    let fixture = Fixture::new(&Setting::default());
    let [kit, officer] = fixture.station_keys(0);
    let agent = key(&format!("agent-bridge-{}", fixture.stations[0]));
    let record = fixture.sign(fixture.form(0, [100, 50, 10], 3), &[&kit, &officer, &agent]);
    let line =
        record.note().lines().find(|line| line.starts_with(&format!("\u{2014} {}", agent.name()))).unwrap();
    let stripped = record.note().replace(&format!("{line}\n"), "");
    assert_eq!(Record::parse(stripped.as_bytes()).unwrap_err().code, RefusalCode::R205);
    let signer = format!("signer {} {}\n", agent.name(), agent.verifier().key().hash());
    let both = stripped.replace(&signer, "");
    let record = Record::parse(both.as_bytes()).unwrap();
    let (_, refusal) = fixture.ledger().roster().verify(record).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::R206);
}

#[test]
fn t35_a_policy_whose_quorums_meet_in_one_witness_is_refused_at_set_up() {
    let mut content = election(&Setting::default());
    let names: Vec<KeyName> =
        (0..5).map(|n| KeyName::new(&format!("witness{n}.example/w")).unwrap()).collect();
    let organisation = key("organisation");
    content.organisations =
        vec![hakiki_core::establish::organisation(log_key().name().as_str(), &organisation, "court")];
    content.witnesses = names
        .iter()
        .zip(1..)
        .map(|(name, seed)| hakiki_core::kinds::Witness {
            key: SigningKey::cosigner_from_seed(name.clone(), &[seed; 32]).verifier().clone(),
            organisation: organisation.name().clone(),
        })
        .collect();
    let begin = |quorum| {
        let mut content = content.clone();
        content.witness_quorum = quorum;
        let keys = two();
        Ledger::begin(Record::sign(&content.into(), None, &keys.iter().collect::<Vec<_>>()).unwrap())
    };
    let refusal = begin(3).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::R307);
    assert!(refusal.detail.contains("meet in 1"), "the intersection is printed: {refusal}");
    begin(4).unwrap();
    // A live election of an authority has witnesses at all.
    let live = election(&Setting { is_live: true, ..Setting::default() });
    let keys = two();
    let record = Record::sign(&live.into(), None, &keys.iter().collect::<Vec<_>>()).unwrap();
    assert_eq!(Ledger::begin(record).unwrap_err().code, RefusalCode::R307);
}

#[test]
fn t37_rules_hold_by_place_and_unknown_rules_are_not_guessed() {
    let fixture = Fixture::with(&Setting::default(), |election| {
        election.admits.remove("notice@v1");
    });
    let mut ledger = fixture.ledger();
    let from = Time::parse("2031-03-04T23:00:00+03:00").unwrap();
    let notice = || hakiki_core::kinds::Notice {
        about: hakiki_core::kinds::NoticeAbout::Pause,
        from,
        reason: "power".into(),
        words: None,
    };
    let early = by_quorum(&fixture, notice());
    assert_eq!(fixture.append(&mut ledger, early.clone()).unwrap_err().code, RefusalCode::R106);
    let amend = |changes| Amend { changes, reason: "needed".into(), words: None };
    let unknown = by_quorum(&fixture, amend(vec![Change::Rules(2, sha256(b"vectors of rules 2"))]));
    assert_eq!(fixture.append(&mut ledger, unknown).unwrap_err().code, RefusalCode::R106);
    let admit = by_quorum(&fixture, amend(vec![Change::Admits("notice@v1".into())]));
    fixture.append(&mut ledger, admit).unwrap();
    fixture.append(&mut ledger, early).unwrap();
    // What was refused before the amendment stays refused when the log is read again from its beginning.
    let mut again = fixture.ledger();
    let verified = again.roster().verify(by_quorum(&fixture, notice())).unwrap();
    assert!(again.admit(&verified, &fixture.tables, &InOrder).is_err());
    again.pass_inadmissible(&hakiki_core::Refusal::new(RefusalCode::R106, "as of its place"));
    assert_eq!(codes(&again), ["F204"]);
}

#[test]
fn t38_edge_signatures_are_refused_by_the_bytes() {
    // The vectors of the signature rule are in hakiki-note; here: a record with one is refused, not only a signature.
    let fixture = Fixture::new(&Setting::default());
    let record = fixture.signed_form(0, [100, 50, 10], 3);
    let mut note = hakiki_note::Note::parse(record.note().as_bytes()).unwrap();
    let small: BTreeMap<&str, u8> = [("y = 0", 0), ("y = 1", 1)].into();
    for (what, low) in small {
        note.signatures[0].signature[..32].fill(0);
        note.signatures[0].signature[0] = low;
        let record = Record::parse(note.to_text().as_bytes()).unwrap();
        let (_, refusal) = fixture.ledger().roster().verify(record).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::R207, "{what}");
    }
}
