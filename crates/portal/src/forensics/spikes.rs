//! Spikes in shares: more stations at one share than stations that are drawn again by the thousand ever have.

use super::figures::{Cell, Figures};
use super::section::{Asked, Axis, Draw, Measured, Plot, Section, State};
use super::subject::{Station, Subject};
use hakiki_audit::forensics::Indicator;
use hakiki_audit::forensics::spikes::{Counted, Mixture, POINTS, RESAMPLES, Spikes, resample};
use hakiki_audit::numeric::real;
use hakiki_messages::Message;

/// Kinds of stations that the mixtures may have.
const MOST_KINDS: usize = 6;
/// What the draws begin with: any fixed number, so that everybody finds the same.
const SEED: u64 = 20_170_701;

pub(super) fn section(subject: &Subject) -> Section {
    let indicator = Indicator::Spikes;
    let least = indicator.fewest();
    let all = counted(&subject.in_area(None), subject.leader);
    if all.is_empty() {
        return Section::without(indicator, State::Lacks("registered"));
    }
    let n = all.len() as u64;
    let spikes = if all.len() < least { None } else { found(&all) };
    let asked = [Asked {
        of: Cell::Text(subject.candidates[subject.leader].clone()),
        what: Cell::None,
        measure: Box::new(|_| {
            spikes.as_ref().map_or_else(|| Measured::nothing(n), |found| measured(n, found))
        }),
    }];
    // Of the whole alone: it takes seconds.
    let section = Section::asked_of_whole(subject, indicator, least, &asked);
    match &spikes {
        Some(found) => section.with_plot(|| plot(subject, found)).with_table(|| listed(found)),
        None => section,
    }
}

fn measured(n: u64, found: &Spikes) -> Measured {
    Measured {
        n,
        statistic: Cell::Whole(found.spikes.len() as u64),
        // Of so many points, each passes the highest of so many resamples by chance once in one more than these.
        expected: Cell::Real(real(POINTS as u64 - 1) / f64::from(found.resamples + 1)),
        effect: Cell::Share(found.excess_percent / 100.0),
        p: None,
    }
}

fn counted(stations: &[&Station], candidate: usize) -> Vec<Counted> {
    let of = |station: &&Station| {
        let figures = station.turnout(candidate)?;
        let (registered, voted, votes) = (figures.registered, figures.received, figures.leader);
        Some(Counted { registered, voted, votes })
    };
    stations.iter().filter_map(of).filter(Counted::is_included).collect()
}

fn found(counted: &[Counted]) -> Option<Spikes> {
    let turnout: Vec<(u64, u64)> =
        counted.iter().map(|station| (station.voted, station.registered)).collect();
    let votes: Vec<(u64, u64)> = counted.iter().map(|station| (station.votes, station.voted)).collect();
    let turnout = Mixture::chosen(&turnout, MOST_KINDS)?;
    let votes = Mixture::chosen(&votes, MOST_KINDS)?;
    resample(counted, &turnout, &votes, RESAMPLES, SEED)
}

fn plot(subject: &Subject, found: &Spikes) -> Plot {
    let mut figures = Figures::new("spikes-density", &["share", "density", "highest"]);
    let mut most = 0.0_f64;
    for (point, (density, highest)) in (0_u64..).zip(found.density.iter().zip(&found.highest)) {
        most = most.max(*density).max(*highest);
        let share = Cell::Share(real(point) / real(POINTS as u64 - 1));
        figures.rows.push(vec![share, Cell::Real(*density), Cell::Real(*highest)]);
    }
    let who = subject.candidates[subject.leader].as_str();
    Plot {
        title: Message::new("forensics.plot.spikes").with("count", found.stations).with("who", who),
        figures,
        draw: Draw::Lines {
            x: "share",
            series: vec![
                ("density", Cell::Word("forensics.column.density".into())),
                ("highest", Cell::Word("forensics.column.highest".into())),
            ],
            axes: [
                Axis { word: "share", from: 0.0, to: 1.0, is_share: true },
                Axis { word: "density", from: 0.0, to: 1.05 * most, is_share: false },
            ],
        },
    }
}

/// The shares at which no resample has so many stations.
fn listed(found: &Spikes) -> Figures {
    let columns = ["share", "density", "highest", "share_of_stations", "expected_share"];
    let mut figures = Figures::new("spikes-shares", &columns);
    for spike in &found.spikes {
        figures.rows.push(vec![
            Cell::Share(f64::from(spike.thousandths) / 1_000.0),
            Cell::Real(spike.density),
            Cell::Real(spike.highest),
            Cell::Share(spike.share),
            Cell::Share(spike.expected),
        ]);
    }
    figures
}
