//! What is computed of turnout: whole percentages, and votes by turnout.

use super::figures::{Cell, Figures};
use super::section::{Asked, Axis, Draw, Measured, Plot, Section, State};
use super::subject::{Station, Subject};
use hakiki_audit::forensics::Indicator;
use hakiki_audit::forensics::integer_percentages::{self, Excess, Peaks, peaks};
use hakiki_audit::forensics::votes_by_turnout::VotesByTurnout;
use hakiki_audit::numeric::{normal, real};
use hakiki_messages::Message;

/// Bars of the histogram of percentages, in a tenth of a percentage point each.
const TENTHS: usize = 1_000;
/// Across every picture by turnout.
pub(super) const TURNOUT: Axis = Axis { word: "turnout", from: 0.0, to: 1.0, is_share: true };

/// Both.
pub(super) fn sections(subject: &Subject) -> Vec<Section> {
    if subject.stations.iter().all(|station| station.turnout(subject.leader).is_none()) {
        let lacks = |indicator| Section::without(indicator, State::Lacks("registered"));
        return [Indicator::VotesByTurnout, Indicator::IntegerPercentages].map(lacks).into();
    }
    vec![by_turnout(subject), whole_percentages(subject)]
}

/// Stations with voters and ballots, as the formulas want them.
pub(super) fn with_turnout(stations: &[&Station], candidate: usize) -> Vec<integer_percentages::Station> {
    stations.iter().filter_map(|station| station.turnout(candidate)).collect()
}

fn whole_percentages(subject: &Subject) -> Section {
    let indicator = Indicator::IntegerPercentages;
    let leader = subject.leader;
    let measured = |found: &Peaks, of: fn(&Peaks) -> Excess| {
        let excess = of(found);
        Measured {
            n: found.stations,
            statistic: Cell::Whole(excess.observed),
            expected: Cell::Real(excess.expected),
            effect: Cell::Share(excess.excess() / real(found.stations.max(1))),
            p: Some(normal::share_above(excess.distance())),
        }
    };
    let ask = |of: Cell, what: &str, pick: fn(&Peaks) -> Excess| Asked {
        of,
        what: Cell::Word(format!("forensics.word.{what}")),
        measure: Box::new(move |stations| measured(&peaks(&with_turnout(stations, leader)), pick)),
    };
    let name = Cell::Text(subject.candidates[leader].clone());
    let asked = [
        ask(Cell::None, "turnout", |found| found.turnout),
        ask(name.clone(), "share", |found| found.leader),
        ask(name, "either", |found| found.either),
    ];
    Section::asked(subject, indicator, indicator.fewest(), &asked)
        .with_plot(|| percentages(subject, "turnout", |station| (station.given, station.registered)))
        .with_plot(|| percentages(subject, "share", |station| (station.leader, station.received)))
}

/// How many stations have which percentage, in tenths of a percentage point.
fn percentages(
    subject: &Subject,
    what: &'static str,
    of: fn(&integer_percentages::Station) -> (u64, u64),
) -> Plot {
    let mut counts = vec![0_u64; TENTHS + 1];
    let stations = with_turnout(&subject.in_area(None), subject.leader);
    let included: Vec<_> = stations.iter().filter(|station| station.is_included()).collect();
    for station in &included {
        let (part, all) = of(station);
        // The nearest tenth, so that a whole percentage lies in the middle of its class.
        let class = (u128::from(part) * 2 * TENTHS as u128 + u128::from(all)) / (2 * u128::from(all));
        counts[(class as usize).min(TENTHS)] += 1;
    }
    let mut figures = Figures::new(format!("integer-percentages-{what}"), &[what, "stations"]);
    let most = counts.iter().copied().max().unwrap_or_default();
    for (class, count) in (0_u64..).zip(counts) {
        figures.rows.push(vec![Cell::Share(real(class) / real(TENTHS as u64)), Cell::Whole(count)]);
    }
    let who = subject.candidates[subject.leader].as_str();
    let title = Message::new(format!("forensics.plot.percentages_{what}")).with("count", included.len());
    Plot {
        title: if what == "share" { title.with("who", who) } else { title },
        figures,
        draw: Draw::Lines {
            x: what,
            series: vec![("stations", Cell::Word("forensics.column.stations".into()))],
            axes: [
                Axis { word: what, from: 0.0, to: 1.0, is_share: true },
                Axis { word: "stations", from: 0.0, to: 1.05 * real(most), is_share: false },
            ],
        },
    }
}

fn by_turnout(subject: &Subject) -> Section {
    let indicator = Indicator::VotesByTurnout;
    let ask = |candidate: usize| Asked {
        of: Cell::Text(subject.candidates[candidate].clone()),
        what: Cell::None,
        measure: Box::new(move |stations| {
            let stations = with_turnout(stations, candidate);
            let n = stations.len() as u64;
            let votes: u64 = stations.iter().map(|station| station.leader).sum();
            let Some(surplus) = VotesByTurnout::of(&stations).surplus() else { return Measured::nothing(n) };
            Measured {
                n,
                statistic: Cell::Real(surplus.votes),
                expected: Cell::None,
                effect: Cell::Share(surplus.votes / real(votes.max(1))),
                p: None,
            }
        }),
    };
    let asked = subject.leading().map(ask);
    Section::asked(subject, indicator, indicator.fewest(), &asked)
        .with_plot(|| votes(subject))
        .with_table(|| surpluses(subject))
}

fn votes(subject: &Subject) -> Plot {
    let of = |candidate| VotesByTurnout::of(&with_turnout(&subject.in_area(None), candidate));
    let [leader, rival] = subject.leading().map(of);
    let mut figures =
        Figures::new("votes-by-turnout-votes", &["turnout", "leader_votes", "rival_votes", "not_leader"]);
    let mut most = 0;
    for class in 0..leader.leader.len() {
        let votes = [leader.leader[class], rival.leader[class], leader.others[class]];
        most = votes.into_iter().fold(most, u64::max);
        let turnout = Cell::Share(real(class as u64) / 100.0);
        figures.rows.push(std::iter::once(turnout).chain(votes.map(Cell::Whole)).collect());
    }
    let name = |candidate: usize| Cell::Text(subject.candidates[candidate].clone());
    Plot {
        title: Message::new("forensics.plot.votes-by-turnout"),
        figures,
        draw: Draw::Lines {
            x: "turnout",
            series: vec![
                ("leader_votes", name(subject.leader)),
                ("rival_votes", name(subject.rival)),
                ("not_leader", Cell::Word("forensics.column.not_leader".into())),
            ],
            axes: [TURNOUT, Axis { word: "votes", from: 0.0, to: 1.05 * real(most), is_share: false }],
        },
    }
}

/// What the surplus is made of.
fn surpluses(subject: &Subject) -> Figures {
    let columns = ["of", "mode", "proportion", "surplus", "share_without"];
    let mut figures = Figures::new("votes-by-turnout-surplus", &columns);
    for candidate in subject.leading() {
        let stations = with_turnout(&subject.in_area(None), candidate);
        let Some(surplus) = VotesByTurnout::of(&stations).surplus() else { continue };
        figures.rows.push(vec![
            Cell::Text(subject.candidates[candidate].clone()),
            Cell::Share(real(surplus.mode as u64) / 100.0),
            Cell::Real(surplus.proportion),
            Cell::Real(surplus.votes),
            Cell::Share(surplus.share_without),
        ]);
    }
    figures
}
