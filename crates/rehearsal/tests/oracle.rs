//! The ledger against the plan: what a whole rehearsal over HTTP comes to is what the plan alone expects.
#![allow(clippy::unwrap_used)]

use hakiki_core::Ledger;
use hakiki_core::codes::FindingCode as Code;
use hakiki_core::view::{ContestView, Selection, findings};
use hakiki_rehearsal::country::conduct::Deed;
use hakiki_rehearsal::country::{Act, Country, Event as CountryEvent, Fault, Plan};
use hakiki_rehearsal::demo::{Event, Settings, Watcher, differences, run};
use hakiki_verify::{Program, Quiet};
use std::sync::Arc;

struct Nobody;

impl Watcher for Nobody {
    fn tell(&self, _: Event<'_>) {}
}

/// X05: an upload failed for a whole ballot because storage was keyed by state, and some areas had none. The country's
/// stations abroad lie in no county, constituency or ward; they work from end to end.
fn x05_stations_without_a_county_count_nationally_and_in_no_county(ledger: &Ledger) {
    let view = ContestView::new(ledger, 0, ledger.size(), Selection::All);
    let register = ledger.register();
    let level = |name: &str| ledger.election().levels.iter().find(|(_, level)| level == name).unwrap().0;
    let sum_of = |name: &str| -> (u64, u64) {
        let areas = register.areas().iter().zip(&view.areas).filter(|(area, _)| area.level == level(name));
        areas.fold((0, 0), |sum, (_, tally)| (sum.0 + tally.standing, sum.1 + tally.votes[0].total))
    };
    let (abroad, counties, nation) = (sum_of("abroad"), sum_of("county"), sum_of("nation"));
    assert!(abroad.0 > 0 && abroad.1 > 0, "somebody voted abroad");
    assert_eq!((abroad.0 + counties.0, abroad.1 + counties.1), nation);
}

/// What copies, collations and declarations differ in is what was planned, and nothing else.
fn what_was_compared_differs_as_planned(ledger: &Ledger, plan: &Plan) {
    let all = findings(ledger, ledger.size());
    let found = |code| all.iter().filter(|finding| finding.code == code).count() as u64;
    let faults = plan.summary().faults;
    let planned = |fault| faults.get(&fault).copied().unwrap_or_default();
    for (code, expected) in [
        (Code::F301, planned(Fault::CollationRow)),
        // The candidate's total, and that of the valid votes.
        (Code::F302, 2 * planned(Fault::CollationSum)),
        (Code::F303, planned(Fault::CollationIncomplete)),
        (Code::F304, 0),
        (Code::F402, planned(Fault::OwnCopyDiffers)),
        (Code::F403, planned(Fault::OwnCopyDiffers)),
        (Code::W108, 0),
    ] {
        assert_eq!(found(code), expected, "{code:?}");
    }
    assert_eq!(ledger.collations().len(), plan.areas.len());
    let heads: Vec<_> =
        ledger.declarations().iter().map(|declared| (declared.dissents, declared.head)).collect();
    let head = heads[0].1;
    assert_eq!(heads, [(false, head), (false, head), (false, head), (true, head)]);
}

/// Machines, sessions, hand-overs, a doubt, a court's questions stand in the log as planned; of all that there is one finding.
fn what_people_and_machines_did_is_there(ledger: &Ledger, plan: &Plan) {
    let all = findings(ledger, ledger.size());
    let found = |code| all.iter().filter(|finding| finding.code == code).count();
    assert_eq!([Code::F208, Code::F501, Code::F502, Code::F503].map(found), [0, 1, 0, 0]);
    assert_eq!((ledger.hosts().len(), ledger.software().len(), ledger.sessions().len()), (2, 2, 2));
    assert!(ledger.hosts().values().all(|host| host.gaps.is_empty()));
    assert!(ledger.sessions().iter().all(|session| session.end.is_some() && session.ticket.is_some()));
    let doubt = &ledger.challenges()[0];
    let finding = all.iter().find(|finding| finding.code == Code::F501).unwrap();
    assert_eq!(
        (finding.place, doubt.answers.len()),
        (doubt.record_place, 1),
        "what was found is doubted and answered"
    );
    assert_eq!(ledger.scrutiny().len(), 4);
    let desks: Vec<_> = plan.desks.iter().flatten().collect();
    let handed =
        |event: &&&CountryEvent| matches!(&event.act, Act::Deed(deed) if matches!(**deed, Deed::HandOver(_)));
    assert_eq!(ledger.handovers().len(), desks.iter().filter(handed).count());
    let withheld = plan.stations.iter().flat_map(|station| &station.events);
    assert_eq!(ledger.withheld().len(), withheld.filter(|event| event.act == Act::Withhold).count());
    assert!((20..=70).contains(&desks.len()), "{}", desks.len());
    assert!(plan.desks.iter().all(|desk| desk.is_sorted_by_key(|event| event.at_seconds)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_night_comes_out_as_planned() {
    for (seed, stations) in [("a", 230), ("b", 47), ("c", 1)] {
        let home = tempfile::tempdir().unwrap();
        let settings = Settings {
            stations,
            minutes: 0,
            seed: seed.to_owned(),
            dir: home.path().join("rehearsal"),
            listen: "127.0.0.1:0".parse().unwrap(),
            program: Program { name: "test".into(), version: "0".into(), sha256: None },
            audit: None,
            rivals: None,
        };
        let rehearsed = run(&settings, Arc::new(Nobody), Arc::new(Quiet)).await.unwrap();
        assert!(rehearsed.is_equal, "seed {seed}: the node and the stranger say the same");
        let plan = Plan::new(&Country::generate(seed, stations).unwrap());
        assert_eq!(differences(&plan, &rehearsed.report).unwrap(), Vec::<String>::new(), "seed {seed}");
        let ledger = rehearsed.report.ledger.as_ref().unwrap();
        what_was_compared_differs_as_planned(ledger, &plan);
        what_people_and_machines_did_is_there(ledger, &plan);
        if stations > 200 {
            x05_stations_without_a_county_count_nationally_and_in_no_county(ledger);
        }
        rehearsed.running.stop().await.unwrap();
        // Begun again when all was sent: nothing is sent twice, and nobody declares anew.
        let again = run(&settings, Arc::new(Nobody), Arc::new(Quiet)).await.unwrap();
        assert_eq!(again.report.ledger.as_ref().unwrap().size(), ledger.size(), "seed {seed}");
        again.running.stop().await.unwrap();
    }
}
