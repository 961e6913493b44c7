//! The indicators as they are asked of a whole invented country.

use crate::country::{REGIONS, Room};
use hakiki_audit::Share;
use hakiki_audit::forensics::adjusted::benjamini_hochberg;
use hakiki_audit::forensics::digits::{LEAST_COUNT, digit_pairs, last_digits, second_digits};
use hakiki_audit::forensics::exchanged::exchanged;
use hakiki_audit::forensics::integer_percentages::{Station, peaks};
use hakiki_audit::forensics::klimek;
use hakiki_audit::forensics::late::{self, Reported};
use hakiki_audit::forensics::late_within::{Placed, latest, within};
use hakiki_audit::forensics::neighbours::{Homogeneity, among_centres, homogeneity, robust_distances};
use hakiki_audit::forensics::spikes::{Counted, Mixture, resample};
use hakiki_audit::forensics::votes_by_turnout::VotesByTurnout;
use hakiki_audit::numeric::{normal, real};
use std::collections::BTreeMap;

/// An indicator with a p value: of several, the least adjusted.
pub struct Test {
    pub name: &'static str,
    pub p: fn(&[Room]) -> f64,
}

pub const TESTS: [Test; 10] = [
    Test { name: "last digits", p: digits_p },
    Test { name: "… by region", p: digits_by_region },
    Test { name: "digit pairs", p: pairs_p },
    Test { name: "second digits", p: second_p },
    Test { name: "whole percents", p: whole_p },
    Test { name: "rooms", p: rooms_p },
    Test { name: "… among centres", p: rooms_among_p },
    Test { name: "exchanged", p: |rooms| least(exchanged_by_station(rooms)) },
    Test { name: "late, line", p: line_p },
    Test { name: "late within", p: late_p },
];

/// Indicators without one, as [`numbers`] gives them.
pub const NUMBERS: [&str; 5] =
    ["beyond 3.5 deviations, %", "surplus by turnout, %", "spikes, F %", "Klimek f_i", "Klimek f_e"];

/// One number for each of [`NUMBERS`].
pub fn numbers(rooms: &[Room]) -> [f64; 5] {
    let stations = stations(rooms);
    let fit = klimek::estimate(&stations).map(|estimate| klimek::fit(&stations, &estimate, 1));
    let [incremental, extreme] = fit.map_or([f64::NAN; 2], |fit| [fit.incremental, fit.extreme]);
    [far_percent(rooms), surplus_percent(rooms), spikes_percent(rooms), incremental, extreme]
}

fn least(values: Vec<f64>) -> f64 {
    values.into_iter().fold(1.0, f64::min)
}

fn counts<'a>(rooms: impl Iterator<Item = &'a Room>) -> Vec<u64> {
    rooms.flat_map(|room| [room.votes[0], room.votes[1]]).collect()
}

fn stations(rooms: &[Room]) -> Vec<Station> {
    rooms.iter().map(Room::station).collect()
}

fn digits_p(rooms: &[Room]) -> f64 {
    last_digits(&counts(rooms.iter()), LEAST_COUNT).p
}

fn digits_by_region(rooms: &[Room]) -> f64 {
    let of = |region| counts(rooms.iter().filter(move |room| room.region == region));
    let p_values: Vec<f64> = (0..REGIONS).map(|region| last_digits(&of(region), LEAST_COUNT).p).collect();
    least(benjamini_hochberg(&p_values))
}

/// Few repeats and many neighbours, adjusted as two.
fn pairs_p(rooms: &[Room]) -> f64 {
    let found = digit_pairs(&counts(rooms.iter()), LEAST_COUNT);
    least(benjamini_hochberg(&[found.p_few_repeated, found.p_many_adjacent]))
}

fn second_p(rooms: &[Room]) -> f64 {
    second_digits(&counts(rooms.iter())).p
}

fn whole_p(rooms: &[Room]) -> f64 {
    normal::share_above(peaks(&stations(rooms)).either.distance())
}

/// Each centre with its region, in the order of regions.
fn centres(rooms: &[Room]) -> Vec<(u64, Homogeneity)> {
    let mut centres: BTreeMap<[u64; 2], Vec<Vec<u64>>> = BTreeMap::new();
    for room in rooms {
        centres.entry([room.region, room.centre]).or_default().push(room.votes[..2].to_vec());
    }
    centres.iter().filter_map(|([region, _], rooms)| Some((*region, homogeneity(rooms)?))).collect()
}

fn rooms_p(rooms: &[Room]) -> f64 {
    let p_values: Vec<f64> = centres(rooms).iter().map(|(_, found)| found.p).collect();
    least(benjamini_hochberg(&p_values))
}

/// Rooms against the other centres of their region.
fn rooms_among_p(rooms: &[Room]) -> f64 {
    let centres = centres(rooms);
    let of = |region| {
        centres.iter().filter(|centre| centre.0 == region).map(|centre| centre.1).collect::<Vec<_>>()
    };
    let p_values: Vec<f64> = (0..REGIONS).flat_map(|region| among_centres(&of(region))).collect();
    least(benjamini_hochberg(&p_values))
}

/// The adjusted p of every station.
pub fn exchanged_by_station(rooms: &[Room]) -> Vec<f64> {
    let mut p_values = Vec::new();
    for region in 0..REGIONS {
        let inside = rooms.iter().filter(|room| room.region == region);
        let area: Vec<[u64; 2]> = inside.map(|room| [room.votes[0], room.votes[1]]).collect();
        p_values.extend(exchanged(&area).into_iter().map(|found| found.map_or(1.0, |found| found.p)));
    }
    benjamini_hochberg(&p_values)
}

/// A line through all stations of the country, whatever their region: as it should not be read.
fn line_p(rooms: &[Room]) -> f64 {
    let reported: Vec<Reported> = rooms
        .iter()
        .map(|room| Reported { time: room.time, votes: room.votes[0], valid: room.valid() })
        .collect();
    late::line(&reported).map_or(1.0, |line| 2.0 * normal::share_above((line.slope / line.slope_error).abs()))
}

fn late_p(rooms: &[Room]) -> f64 {
    let times: Vec<f64> = rooms.iter().map(|room| room.time).collect();
    let is_late = latest(&times, Share::percent(20).unwrap());
    let placed: Vec<Placed> = rooms
        .iter()
        .zip(is_late)
        .map(|(room, is_late)| Placed {
            stratum: room.region,
            is_late,
            votes: room.votes[0],
            valid: room.valid(),
        })
        .collect();
    within(&placed, 499, 1).map_or(1.0, |shift| shift.p)
}

fn far_percent(rooms: &[Room]) -> f64 {
    let mut far = 0;
    for region in 0..REGIONS {
        let inside = rooms.iter().filter(|room| room.region == region && room.valid() > 0);
        let shares: Vec<f64> = inside.map(|room| real(room.votes[0]) / real(room.valid())).collect();
        let found = robust_distances(&shares).map(|found| found.distances).unwrap_or_default();
        far += found.iter().filter(|distance| distance.abs() > 3.5).count();
    }
    100.0 * real(far as u64) / real(rooms.len() as u64)
}

/// The leader's surplus in percent of his votes.
fn surplus_percent(rooms: &[Room]) -> f64 {
    let votes: u64 = rooms.iter().map(|room| room.votes[0]).sum();
    VotesByTurnout::of(&stations(rooms)).surplus().map_or(0.0, |found| 100.0 * found.votes / real(votes))
}

fn spikes_percent(rooms: &[Room]) -> f64 {
    let counted: Vec<Counted> = rooms
        .iter()
        .map(|room| Counted { registered: room.registered, voted: room.valid(), votes: room.votes[0] })
        .collect();
    let pairs = |of: &dyn Fn(&Counted) -> (u64, u64)| counted.iter().map(of).collect::<Vec<_>>();
    let turnout = Mixture::chosen(&pairs(&|station| (station.voted, station.registered)), 4);
    let votes = Mixture::chosen(&pairs(&|station| (station.votes, station.voted)), 6);
    let (Some(turnout), Some(votes)) = (turnout, votes) else { return 0.0 };
    resample(&counted, &turnout, &votes, 500, 1).map_or(0.0, |found| found.excess_percent)
}
