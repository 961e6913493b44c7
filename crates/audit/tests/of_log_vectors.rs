//! Audits of logs as text, for whoever writes them a second time: `vectors/audits.json`. Run with `UPDATE_VECTORS=1` to write it anew.
#![allow(clippy::unwrap_used)]

mod common;

use common::country::Country;
use hakiki_audit::batch::Stage;
use hakiki_audit::of_log::{Audit, BatchDifference, audits_text, differences, frame_text};
use hakiki_core::fixture::Fixture;
use hakiki_core::kinds::{AuditMethod, AuditOutcome, AuditPlan, BoxName, RuleName};
use hakiki_core::text::BoxValue;
use hakiki_note::Hash;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const STATIONS: u32 = 16;
const DICE: &str = "31415926535897932384";

/// What the forms say, and where nothing was done wrong the boxes too: candidate 1 has a wide lead.
fn clear(station: usize) -> [u32; 3] {
    [420 + station as u32, 80, 20]
}

/// What the boxes hold where a form was written wrongly: at every third station twenty votes fewer, at every fifth some more.
fn differing(station: usize) -> [u32; 3] {
    let [first, second, third] = clear(station);
    if station.is_multiple_of(3) {
        [first - 20, second + 20, third]
    } else {
        [first + 2 * u32::from(station.is_multiple_of(5)), second, third]
    }
}

/// A log with its audits as of some sizes.
struct Case {
    about: &'static str,
    country: Country,
    sizes: BTreeSet<u64>,
}

impl Case {
    fn new(about: &'static str, country: Country) -> Self {
        Self { about, country, sizes: BTreeSet::new() }
    }

    fn look(&mut self) {
        self.sizes.insert(self.country.ledger.size());
    }

    /// Counts what is drawn, looking every few counts, until the audit ends.
    fn count_all(&mut self, plan: Hash, paper: impl Fn(usize) -> [u32; 3]) -> Stage {
        loop {
            self.look();
            let stage = self.country.stage(&plan);
            let (Stage::Counting { missing } | Stage::FullCount { missing }) = &stage else { return stage };
            for code in missing.iter().take(3) {
                let station = self.country.fixture.stations.iter().position(|other| other == code).unwrap();
                self.country.count(plan, code, paper(station));
            }
        }
    }

    fn value(mut self) -> Value {
        self.look();
        let Country { fixture, ledger, log } = &self.country;
        let text = |bytes: &[u8]| Value::from(String::from_utf8(bytes.to_vec()).unwrap());
        let entries: Vec<Value> = log
            .iter()
            .map(|record| json!({ "note": record.note(), "id": record.id().to_string(), "admission": "admitted" }))
            .collect();
        let tables: Map<String, Value> =
            fixture.tables.iter().map(|(hash, bytes)| (hash.to_string(), text(bytes))).collect();
        let audits: Map<String, Value> =
            self.sizes.iter().map(|size| (size.to_string(), audits_text(ledger, *size).into())).collect();
        let frames = ledger.audit_plans().iter().filter_map(|entry| frame_text(ledger, entry).ok());
        let differing: Map<String, Value> = ledger
            .audit_plans()
            .iter()
            .map(|entry| {
                let stations: BTreeSet<String> =
                    differences(ledger, entry).unwrap().iter().map(|it| station_of(it).to_owned()).collect();
                (entry.id.to_string(), stations.into_iter().collect())
            })
            .collect();
        json!({
            "about": self.about, "fingerprint": fixture.fingerprint.to_string(), "entries": entries, "tables": tables,
            "audits": audits, "frames": frames.collect::<Vec<_>>(), "differing": differing,
        })
    }
}

fn station_of(difference: &BatchDifference) -> &str {
    match difference {
        BatchDifference::Missing(station)
        | BatchDifference::Extra(station)
        | BatchDifference::Figures { station, .. }
        | BatchDifference::Bound { station, .. } => station,
    }
}

/// One plan after another by each method, over paper that differs a little from the forms.
fn methods() -> Case {
    let mut case = Case::new(
        "each method in turn, over paper that differs: taints, risks that rise, samples that grow",
        Country::new(STATIONS, clear),
    );
    case.look();
    let settings = [
        (AuditMethod::KaplanMarkov, None, None),
        (AuditMethod::Betting, Some((9, 10)), None),
        (AuditMethod::Alpha, None, Some(((99, 100), 100))),
    ];
    for (number, (method, stake, expected)) in (0..).zip(settings) {
        let plan = case.country.plan_with(
            |_| {},
            |plan| {
                (plan.method, plan.stake, plan.expected) = (method, stake, expected);
                plan.risk_limit = (1, 10);
            },
        );
        case.look();
        case.country.seed(plan, &format!("{DICE}{number}"));
        let stage = case.count_all(plan, differing);
        assert!(!matches!(stage, Stage::Sized { .. }), "{stage:?}");
    }
    case
}

/// An outcome that the boxes do not bear out: counted in full, and not confirmed.
fn wrong() -> Case {
    let mut case = Case::new(
        "forms say what the boxes do not: the audit goes on to a full count, which does not confirm",
        Country::new(STATIONS, clear),
    );
    let plan = case.country.plan(|_| {});
    case.country.seed(plan, DICE);
    let stage = case.count_all(plan, |_| [200, 220, 20]);
    assert_eq!(stage, Stage::Counted { confirms: false });
    case
}

/// Plans that no sample follows from, one for each word, and tables that are not what stood.
fn refused() -> Case {
    let mut case = Case::new(
        "plans that no sample follows from, and tables that are not what stood",
        Country::new(STATIONS, clear),
    );
    let country = &mut case.country;
    country.plan_with(|_| {}, |plan| plan.outside = BTreeMap::from([("MF".into(), 1)]));
    country.plan_with(|_| {}, |plan| plan.outside = BTreeMap::from([("c01-1".into(), 4)]));
    country.plan_with(|_| {}, |plan| plan.candidates = BTreeSet::from([2]));
    country.plan(|rows| rows.retain(|row| !row.contains(" c01 ")));
    country.plan_with(|_| {}, |plan| plan.outside = BTreeMap::from([("c01".into(), 90_000)]));
    country.plan(|rows| rows[3] = rows[3].replace(" 80 ", " 79 "));
    country.plan(|rows| rows[2] = rows[2].replace(" 600 ", " 700 "));
    country.plan(|rows| rows[2] = rows[2].replace(" c03 ", " c04 "));
    country.plan(|rows| {
        rows.pop();
    });
    case
}

/// Papers as nights bring them: sums that do not add up in either direction, boxes that cannot be read, no form, two that differ, more
/// valid votes than voters.
fn papers() -> Case {
    let forms = |fixture: &Fixture, station: usize| {
        let mut form = fixture.form(station, clear(station), 3);
        let valid: u32 = clear(station).iter().sum();
        let mut set = |name, value| form.figures = form.figures.clone().with(name, value);
        match station {
            0 => set(BoxName::Valid, BoxValue::Number(valid - 30)),
            1 => set(BoxName::Valid, BoxValue::Number(valid + 30)),
            2 => set(BoxName::Valid, BoxValue::Illegible),
            3 => form.figures.votes[1].1 = BoxValue::Blank,
            4 => {
                set(BoxName::Valid, BoxValue::Illegible);
                form.figures.votes[0].1 = BoxValue::Illegible;
            }
            5 => return Vec::new(),
            6 => {
                return vec![
                    fixture.signed_form(station, clear(station), 3),
                    fixture.signed_form(station, clear(7), 3),
                ];
            }
            7 => return vec![fixture.signed_form(station, [620, 30, 10], 3)],
            8 => form.figures.votes[2].1 = BoxValue::Dash,
            _ => {}
        }
        let [kit, officer] = fixture.station_keys(station);
        vec![fixture.sign(form, &[&kit, &officer])]
    };
    let mut case = Case::new("papers as nights bring them", Country::with_forms(STATIONS, |_| {}, forms));
    let plan = case.country.plan(|_| {});
    case.country.seed(plan, DICE);
    case.count_all(plan, clear);
    case
}

/// Boards that find so much wrong that capital is lost: more draws than a risk of 1 asks for, and none where no capital is left. Then all
/// stations are counted, and the paper decides.
fn losing() -> Case {
    let mut case = Case::new("capital is lost, and everything is counted", Country::new(STATIONS, clear));
    let settings = [(AuditMethod::Betting, Some((1, 2)), (1, 2)), (AuditMethod::KaplanMarkov, None, (9, 10))];
    for (number, (method, stake, risk_limit)) in (0..).zip(settings) {
        let plan = case.country.plan_with(
            |_| {},
            |plan| (plan.method, plan.stake, plan.risk_limit) = (method, stake, risk_limit),
        );
        case.country.seed(plan, &format!("{DICE}{number}"));
        for wrong in 0..4 {
            case.look();
            let Stage::Counting { missing } = case.country.stage(&plan) else { break };
            // Everything is the other candidate's, to the bound: no station can be more wrong.
            let paper = if wrong < 3 { [0, 600, 0] } else { clear(0) };
            case.country.count(plan, &missing[0], paper);
        }
        for station in 0..STATIONS as usize {
            let code = case.country.fixture.stations[station].clone();
            let entry = case.country.ledger.audit_plan_of(&plan).unwrap();
            let at = case.country.ledger.register().station(&code).unwrap();
            if entry.count_of(at, u64::MAX).is_none() {
                case.country.count(plan, &code, clear(station));
            }
        }
        assert!(matches!(case.country.stage(&plan), Stage::Counted { .. }));
        case.look();
    }
    case
}

/// A count above the bound, counts of stations that were not drawn, and a count that takes another's place.
fn broken() -> Case {
    let mut case = Case::new(
        "a count that was not drawn, one that takes another's place, and one above the bound",
        Country::new(STATIONS, clear),
    );
    let plan = case.country.plan(|_| {});
    case.country.seed(plan, DICE);
    let Stage::Counting { missing } = case.country.stage(&plan) else { panic!("nothing is drawn") };
    let other = case.country.fixture.stations.iter().find(|it| !missing.contains(it)).unwrap().clone();
    case.country.count(plan, &other, clear(0));
    case.look();
    let first = case.country.count(plan, &missing[0], [300, 190, 20]);
    case.look();
    case.country.count_again(plan, &missing[0], clear(1), Some(first));
    case.look();
    case.country.count(plan, &missing[1], [500, 100, 20]);
    case
}

/// A plan of a run-off of the first two on the ballot.
fn of_two(plan: &mut AuditPlan) {
    plan.outcome = AuditOutcome::RunOff;
    plan.candidates = BTreeSet::from([1, 2]);
    plan.spread_areas = BTreeSet::new();
}

/// A run-off: two who have less than half, each ahead of the third.
fn run_off() -> Case {
    let mut case = Case::new(
        "a run-off of two",
        Country::new(STATIONS, |station| match station % 4 {
            0 => [230, 190, 5],
            1 => [190, 225, 5],
            _ => [210, 205, 15],
        }),
    );
    for limit in [(1, 20), (1, 2)] {
        let plan = case.country.plan_with(
            |_| {},
            |plan| {
                of_two(plan);
                plan.risk_limit = limit;
            },
        );
        case.look();
        case.country.seed(plan, DICE);
        case.count_all(plan, |station| match station % 4 {
            0 => [231, 190, 5],
            1 => [190, 225, 4],
            _ => [210, 205, 15],
        });
    }
    case
}

/// A run-off of one who has more than half, but too little in two counties of four.
fn run_off_for_lack_of_areas() -> Case {
    let reported = |station: usize| match station % 4 {
        0 => [100, 300, 20],
        1 => [90, 290, 20],
        _ => [580, 10, 5],
    };
    let mut case = Case::new("a run-off because who has half lacks areas", Country::new(STATIONS, reported));
    let plan = case.country.plan_with(
        |_| {},
        |plan| {
            of_two(plan);
            plan.risk_limit = (1, 5);
        },
    );
    case.country.seed(plan, DICE);
    case.count_all(plan, reported);
    // A fourth county whose ballots lie in no box of the table may have the share: one more county has to be below it.
    case.country.plan_with(
        |rows| rows.retain(|row| !row.contains(" c04 ")),
        |plan| {
            of_two(plan);
            plan.outside = BTreeMap::from([("c04".into(), 9)]);
        },
    );
    case
}

/// Whoever has most votes is elected; a run-off and a majority are no outcomes.
fn plurality() -> Case {
    let change = |election: &mut hakiki_core::kinds::Election| {
        let contest = &mut election.contests[0];
        (contest.rule, contest.spread) = (RuleName::Plurality, None);
    };
    let mut case = Case::new("most votes elect", Country::with(STATIONS, change, clear));
    case.country.plan_with(
        |_| {},
        |plan| (plan.outcome, plan.candidates) = (AuditOutcome::RunOff, BTreeSet::from([1, 2])),
    );
    let plan = case.country.plan_with(|_| {}, |plan| plan.outside = BTreeMap::from([("MF".into(), 25)]));
    case.country.seed(plan, DICE);
    let stage = case.count_all(plan, clear);
    assert!(matches!(stage, Stage::Confirmed { .. }), "{stage:?}");
    let entry = case.country.ledger.audit_plan_of(&plan).unwrap();
    assert!(Audit::new(&case.country.ledger, entry, entry.place).unwrap().seed.is_none());
    case
}

#[test]
fn the_vectors_of_audits_are_what_this_code_makes() {
    let plays =
        [methods, wrong, refused, papers, losing, broken, run_off, run_off_for_lack_of_areas, plurality];
    let cases: Vec<Value> = plays.into_iter().map(|play: fn() -> Case| play().value()).collect();
    let about = "logs whose paper is audited, every record admitted, tables by SHA-256. `audits`: the text hakiki/audits@v1 as of sizes; taints \
                 and risks may differ in the last decimal. `frames`: of each plan that a sample follows from, in the order of the log. \
                 `differing`: by plan, the stations where its table is not what stood at its head";
    let text = format!("{}\n", serde_json::to_string(&json!({ "about": about, "logs": cases })).unwrap());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/audits.json");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, text).unwrap();
    } else {
        let stands = std::fs::read_to_string(&path).unwrap();
        assert!(stands == text, "vectors/audits.json is not what this code makes; see UPDATE_VECTORS");
    }
}
