//! The everyday faults of an election night, how many of each there are, and which stations have them.
//!
//! Each station has at most one fault of its own, so that each can be looked for alone; agents' marks come on top. What
//! a fault does to count and paper is in `paper` and `events`. Codes named here are those of the list of checks.

use super::Country;
use super::areas::{FULL_COUNTIES_FROM, STATION_CAP};
use super::random::Random;
use std::collections::BTreeMap;

/// Something that goes wrong, or looks as if it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// No form comes at all.
    Never,
    /// The form comes after more than a day.
    Late,
    /// No kit could send it; taken in from paper at the constituency.
    PaperIntake,
    /// One candidate's box is blank, and the written total implies it (W101).
    BlankBox,
    /// One candidate's box is wrong (F101).
    SumsDoNotAddUp,
    /// A second form comes later, and differs (F205); some are ruled on.
    SecondDiffering,
    /// The officer fell ill and was replaced in the morning (W116).
    OfficerReplaced,
    /// A second form comes later, and says the same (W110).
    SecondIdentical,
    /// A dash for no votes (W101).
    DashBox,
    /// The same form is submitted again; the answer is the same.
    SubmittedTwice,
    /// A box, sometimes the totals too, cannot be read (W101).
    IllegibleBox,
    /// The two boxes of valid votes differ (F102).
    TotalsDiffer,
    /// The kit's clock is three hours off (W106, some W105).
    KitClockWrong,
    /// An agent's ink date is two days before polling (W105; X11).
    InkDateEarly,
    /// The kit was stolen and its key revoked before the form came: held (F207); taken from paper later.
    KitStolen,
    /// The officer's key was revoked before the form came: held (F207); taken from paper later.
    OfficerRevoked,
    /// The register's figure is copied wrong (F202).
    RegisteredDiffers,
    /// More valid votes than registered voters (F103); one is ruled on.
    ValidExceedsRegistered,
    /// 100 more valid votes than verified voters (F104; X03); one is ruled on.
    ValidExceedsVerified,
    /// 991 in a box, the written total 285 (F101, F105; X01).
    BoxOverCap,
    /// Every registered voter voted (W112).
    FullTurnout,
    /// All votes for one candidate (W114).
    AllForOne,
    /// No votes at all (W113).
    NoVotes,
    /// Form serial of another station (F206, F208); counted at both.
    SameSerial,
    /// Printed kit serial of another station, but another key (X09); counted at both.
    SameKitSerial,
    /// Somebody whose key was never enrolled sends a form too: refused.
    UnenrolledKey,
    /// An agent refused to sign and gave a reason; on top of other faults.
    AgentRefusedWithReason,
    /// An agent refused to sign and gave none (X26); on top of other faults.
    AgentRefusedWithoutReason,
    /// An agent was absent; on top of other faults.
    AgentAbsent,
    /// A form for a station that was never in the register: refused (X17). Counted by form, not by station.
    UnknownStation,
    /// An agent's own copy has other figures than the form (F402, and F403 as the paper says "signed").
    OwnCopyDiffers,
    /// A photograph shows other figures than the form: no check reads photographs.
    ImageDiffers,
    /// A collation has other figures for a form than the form has (F301; X02).
    CollationRow,
    /// A collation's total is not the sum of its rows (F302; T14).
    CollationSum,
    /// A collation is made although a form is missing (F303).
    CollationIncomplete,
}

/// Stations of a full country, for which the counts below are written.
pub const FULL_STATIONS: u64 = 46_229;

/// How many stations of a full country have a fault of their own, and the least of any country from
/// [`FULL_COUNTIES_FROM`] stations on. Smaller ones have one of each in this order, up to a fifth of their stations.
const SHARES: [(Fault, u64, u64); 26] = [
    (Fault::BlankBox, 58, 1),
    (Fault::SumsDoNotAddUp, 46, 1),
    (Fault::SecondDiffering, 77, 3),
    (Fault::PaperIntake, 690, 1),
    (Fault::OfficerReplaced, 60, 1),
    (Fault::Late, 693, 1),
    (Fault::Never, 28, 1),
    (Fault::SubmittedTwice, 12, 1),
    (Fault::UnenrolledKey, 3, 1),
    (Fault::KitStolen, 4, 1),
    (Fault::IllegibleBox, 9, 1),
    (Fault::OfficerRevoked, 3, 1),
    (Fault::BoxOverCap, 1, 1),
    (Fault::ValidExceedsRegistered, 2, 1),
    (Fault::ValidExceedsVerified, 2, 1),
    (Fault::SecondIdentical, 31, 1),
    (Fault::DashBox, 12, 1),
    (Fault::TotalsDiffer, 15, 1),
    (Fault::KitClockWrong, 6, 1),
    (Fault::InkDateEarly, 5, 1),
    (Fault::RegisteredDiffers, 4, 1),
    (Fault::FullTurnout, 5, 1),
    (Fault::AllForOne, 4, 1),
    (Fault::NoVotes, 3, 1),
    (Fault::SameSerial, 2, 2),
    (Fault::SameKitSerial, 2, 2),
];

/// How many stations of a country of `stations` stations have `fault`; for marks of agents and strays too.
pub fn quota(fault: Fault, stations: u64) -> u64 {
    let full = stations >= FULL_COUNTIES_FROM;
    match fault {
        Fault::AgentAbsent => stations / 10,
        Fault::AgentRefusedWithReason => (stations / 400).max(u64::from(stations >= 20)),
        Fault::AgentRefusedWithoutReason => (stations / 500).max(u64::from(stations >= 20)),
        Fault::UnknownStation => 2 * u64::from(stations >= 5),
        Fault::Never if !full => u64::from(stations >= 47),
        Fault::Never => (stations * 28 / FULL_STATIONS).max(1),
        Fault::SameSerial | Fault::SameKitSerial => 2,
        Fault::OwnCopyDiffers => 3 * u64::from(stations >= 47),
        Fault::ImageDiffers | Fault::CollationRow | Fault::CollationSum | Fault::CollationIncomplete => {
            u64::from(stations >= 47)
        }
        _ if !full => 1,
        _ => SHARES.iter().find(|share| share.0 == fault).map_or(0, |(_, of_full, least)| {
            ((stations * of_full + FULL_STATIONS / 2) / FULL_STATIONS).max(*least)
        }),
    }
}

/// Which stations have which fault of their own.
pub(crate) struct Assignment {
    /// By station, with the ordinal among those that share the fault.
    pub(crate) own: BTreeMap<usize, (Fault, usize)>,
    /// The second station of a pair, and the first, whose serial it carries.
    pub(crate) twins: BTreeMap<usize, usize>,
}

impl Assignment {
    pub(crate) fn new(country: &Country) -> Self {
        let stations = country.stations.len() as u64;
        let mut pool: Vec<usize> =
            (0..country.stations.len()).filter(|place| may_have_faults(country, *place)).collect();
        Random::new(&country.seed, "faults").shuffle(&mut pool);
        let full = stations >= FULL_COUNTIES_FROM;
        let mut budget = if full { u64::MAX } else { stations / 5 };
        let mut assignment = Assignment { own: BTreeMap::new(), twins: BTreeMap::new() };
        for (fault, _, _) in SHARES {
            let wanted = quota(fault, stations);
            if wanted > budget {
                continue;
            }
            let mut first = None;
            for ordinal in 0..wanted as usize {
                let Some(at) = pool.iter().position(|place| suits(country, *place, fault)) else { break };
                let place = pool.swap_remove(at);
                assignment.own.insert(place, (fault, ordinal));
                budget -= 1;
                if matches!(fault, Fault::SameSerial | Fault::SameKitSerial) {
                    match first {
                        None => first = Some(place),
                        Some(first) => drop(assignment.twins.insert(place, first)),
                    }
                }
            }
        }
        assignment
    }

    pub(crate) fn fault(&self, station: usize) -> Option<Fault> {
        self.own.get(&station).map(|(fault, _)| *fault)
    }
}

/// Faults are kept out of the smallest registers and of the stations abroad, where they would hide one another.
pub(super) fn may_have_faults(country: &Country, place: usize) -> bool {
    let station = &country.stations[place];
    station.county.is_some() && station.registered >= 120
}

/// Whether the figures of the station leave room for the fault.
fn suits(country: &Country, place: usize, fault: Fault) -> bool {
    let result = &country.results[place];
    match fault {
        Fault::BoxOverCap => {
            (400..=600).contains(&result.registered) && result.votes.iter().all(|votes| *votes > 0)
        }
        Fault::ValidExceedsRegistered => result.registered + 50 <= STATION_CAP,
        Fault::ValidExceedsVerified => result.valid > 110,
        _ => true,
    }
}
