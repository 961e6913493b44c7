//! The records of an audit on their own pages: names beside codes and numbers, also where a record names only its plan.
#![allow(clippy::unwrap_used)]

mod markup;
mod night;

use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::kinds::{AuditPlan, Kind, batch_row};
use hakiki_core::roster::Role;
use hakiki_messages::{Language, text};
use hakiki_note::{Hash, sha256};
use night::Night;
use std::collections::BTreeSet;

#[track_caller]
fn say(night: &mut Night, kind: &str, lines: &str, signers: &[&str]) -> (Hash, u64) {
    let (note, id) = night.fixture.said(kind, lines, signers);
    night.append(Record::parse(note.as_bytes()).unwrap());
    (id, night.ledger.place_of(&id).unwrap())
}

#[test]
fn plan_seed_and_count_say_what_they_name() {
    let setting = Setting { stations: 2, counties: 2, ..Setting::default() };
    let mut fixture = Fixture::with(&setting, |election| {
        election.admits.extend(Kind::AUDIT.iter().map(|kind| kind.name_and_version()));
        election.quorums.insert("audit-plan".into(), 2);
    });
    let rows = [("s000000", "c01"), ("s000001", "c02")];
    let rows = rows.map(|(station, area)| batch_row(station, Some(area), 600, 330, &[300, 20, 10]));
    let table = AuditPlan::batches_table(rows);
    let batches = sha256(&table);
    fixture.tables.insert(batches, table);
    let ledger = fixture.ledger();
    let entries = fixture.records.iter().map(|record| record.note().as_bytes().to_vec()).collect();
    let mut night = Night { fixture, ledger, entries, blobs: BTreeSet::new(), outlines: None };
    for name in ["auditor-1", "auditor-2"] {
        let record = night.fixture.enrolment(name, Role::Auditor);
        night.append(record);
    }
    let lines = format!(
        "contest president / area MF / head 5 {batches} / outcome elected / candidate 1 / spread-area c01 / spread-area c02 / \
         risk-limit 1/20 / method kaplan-markov / batches sha256:{batches}"
    );
    let (plan, of_plan) = say(&mut night, "audit-plan", &lines, &["custodian-1", "custodian-2"]);
    let lines = format!("plan {plan} / digits 31415926535897932384 / thrown 2031-03-11T10:00:00+03:00");
    let (_, of_seed) = say(&mut night, "audit-seed", &lines, &["commissioner-1", "observer"]);
    let lines = format!(
        "plan {plan} / station s000000 / at 2031-03-12T10:00:00+03:00 / votes 1 300 / votes 2 20 / votes 3 10"
    );
    let (_, of_count) = say(&mut night, "audit-count", &lines, &["auditor-1", "auditor-2"]);
    let snapshot = night.snapshot();
    for language in Language::ALL {
        let page = |place: u64| night.text(&snapshot, &format!("/{language}/record/{place}/"));
        let [plan, seed, count] = [page(of_plan), page(of_seed), page(of_count)];
        for html in [&plan, &seed, &count] {
            assert_eq!(markup::complaint(html), None);
        }
        assert!(plan.contains("County 1") && plan.contains("County 2"), "areas have names");
        assert!(plan.contains("Neema Tofali") && plan.contains(text(language, "record.word.kaplan_markov")));
        assert!(seed.contains("31415926535897932384") && seed.contains(&format!("record/{of_plan}/")));
        for name in ["Neema Tofali", "Kito Rusha", "Sifa Ngazi"] {
            assert!(count.contains(name), "{name} is on the ballot of the plan");
        }
        assert!(count.contains(text(language, "role.auditor")));
    }
}
