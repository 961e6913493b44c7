//! The model of added votes of Klimek and others, where somebody asks for it: its parameters, without a null hypothesis.

use super::figures::{Cell, Figures};
use super::section::{Section, State};
use super::subject::Subject;
use super::turnout::with_turnout;
use hakiki_audit::forensics::Indicator;
use hakiki_audit::forensics::klimek::{estimate, fit};

/// What the model's draws begin with: any fixed number, so that everybody finds the same.
const SEED: u64 = 20_120_923;

pub(super) fn section(subject: &Subject) -> Section {
    let indicator = Indicator::Klimek;
    if !subject.klimek {
        return Section::without(indicator, State::Off);
    }
    let least = indicator.fewest() as u64;
    let found = with_turnout(&subject.in_area(None), subject.leader).len() as u64;
    if found == 0 {
        return Section::without(indicator, State::Lacks("registered"));
    }
    if found < least {
        return Section::without(indicator, State::TooFew { found, least });
    }
    Section::without(indicator, State::Shown).with_table(|| fits(subject, least))
}

/// The areas that have enough stations; the whole last, as the module of the model warns of it.
fn fits(subject: &Subject, least: u64) -> Figures {
    let columns = [
        "code",
        "area",
        "n",
        "turnout_peak",
        "share_peak",
        "turnout_deviation",
        "share_deviation",
        "reach",
        "incremental",
        "extreme",
        "exponent",
        "distance_left",
    ];
    let mut figures = Figures::new("klimek-fit", &columns);
    for area in (0..subject.areas.len()).map(Some).chain([None]) {
        let stations = with_turnout(&subject.in_area(area), subject.leader);
        if (stations.len() as u64) < least {
            continue;
        }
        let Some(peak) = estimate(&stations) else { continue };
        let found = fit(&stations, &peak, SEED);
        let named = match area {
            Some(area) => {
                let area = &subject.areas[area];
                [Cell::Text(area.code.clone()), Cell::Text(area.name.clone())]
            }
            None => [Cell::None, Cell::Word("forensics.word.whole".into())],
        };
        let shape = [peak.turnout, peak.share, peak.turnout_deviation, peak.share_deviation, peak.reach];
        let shape = shape.into_iter().map(Cell::Share);
        let fitted = [
            Cell::Share(found.incremental),
            Cell::Share(found.extreme),
            Cell::Real(found.exponent),
            Cell::Real(found.distance),
        ];
        let n = Cell::Whole(peak.stations as u64);
        figures.rows.push(named.into_iter().chain([n]).chain(shape).chain(fitted).collect());
    }
    figures
}
