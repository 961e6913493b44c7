//! Invented countries: regions that prefer different people, as in a country of two camps, and four ways in which figures may be made.

use hakiki_audit::forensics::integer_percentages::Station;
use hakiki_audit::numeric::draw::{self, Gamma};
use hakiki_audit::numeric::stream::Stream;
use hakiki_audit::numeric::{real, whole_below};

/// Regions of a country, and stations of each.
pub const REGIONS: u64 = 40;
pub const STATIONS_OF_REGION: u64 = 120;
/// Rooms of one centre.
const ROOMS: u64 = 3;
/// How much two ballots of a room go together beyond those of its centre: names, families and streets make rooms differ.
const ROOM_CORRELATION: f64 = 0.005;

/// One station of an invented country.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    pub region: u64,
    pub centre: u64,
    pub registered: u64,
    /// Votes of the first, the second and all others.
    pub votes: [u64; 3],
    pub rejected: u64,
    /// When it reported.
    pub time: f64,
    /// Whether something was done to its figures.
    pub is_touched: bool,
}

/// What is done to the figures of some stations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Nothing,
    /// A part of those who did not vote is given to the first.
    Stuffed,
    /// The first's share of the ballots is made a multiple of five percent, the next above.
    Rounded,
    /// The first's and second's figures are written in each other's place.
    Exchanged,
    /// The last two digits of both are invented: few repeats, many 0 and 5, many neighbours.
    Invented,
}

impl Room {
    pub fn valid(&self) -> u64 {
        self.votes.iter().sum()
    }

    pub fn station(&self) -> Station {
        let cast = self.valid() + self.rejected;
        Station { registered: self.registered, given: cast, received: cast, leader: self.votes[0] }
    }
}

/// A country: a third of its regions prefers the first, a third the second, a third is divided. Strongholds vote more, far regions and small
/// stations report late, rooms of one centre differ a little because names go with families.
///
/// `is_uneven`: how much rooms of a centre differ is another amount in each centre, ten times as much in some as in others, with the same mean.
pub fn country(stream: &mut Stream, is_uneven: bool) -> Vec<Room> {
    let mut rooms = Vec::new();
    for region in 0..REGIONS {
        let (low, high) = [(0.75, 0.95), (0.05, 0.25), (0.35, 0.65)][(region % 3) as usize];
        let mean = low + (high - low) * stream.fraction();
        let turnout = 0.6 + 0.3 * (mean - 0.5).abs() + 0.04 * draw::normal(stream);
        let correlation = 0.01 + 0.05 * stream.fraction();
        let delay = 10.0 * stream.fraction();
        for centre in 0..STATIONS_OF_REGION / ROOMS {
            let share = of_beta(stream, mean, correlation);
            let voters = 200 + stream.below(500);
            let split =
                if is_uneven { -ROOM_CORRELATION * stream.inner_fraction().ln() } else { ROOM_CORRELATION };
            for _ in 0..ROOMS {
                rooms.push(room(stream, [region, centre], [share, turnout, split], voters, delay));
            }
        }
    }
    rooms
}

fn room(
    stream: &mut Stream,
    [region, centre]: [u64; 2],
    [share, turnout, split]: [f64; 3],
    voters: u64,
    delay: f64,
) -> Room {
    let registered = voters + stream.below(3);
    let voted = of_beta(stream, turnout.clamp(0.3, 0.95), 0.01);
    let cast = draw::binomial(stream, registered, voted);
    let rejected = draw::binomial(stream, cast, 0.008);
    let others = draw::binomial(stream, cast - rejected, 0.01);
    let both = cast - rejected - others;
    let here = of_beta(stream, share, split);
    let first = draw::binomial(stream, both, here);
    let time = delay - real(registered) / 400.0 + 2.0 * draw::normal(stream);
    let centre = region * STATIONS_OF_REGION + centre;
    Room {
        region,
        centre,
        registered,
        votes: [first, both - first, others],
        rejected,
        time,
        is_touched: false,
    }
}

/// A number of the beta distribution with this mean, and correlation of two ballots.
fn of_beta(stream: &mut Stream, mean: f64, correlation: f64) -> f64 {
    let scale = 1.0 / correlation.clamp(1e-6, 0.9) - 1.0;
    let mean = mean.clamp(0.001, 0.999);
    draw::beta(stream, &Gamma::new(mean * scale), &Gamma::new((1.0 - mean) * scale))
}

/// Changes the figures of a share of all stations, chosen by lot.
pub fn make(rooms: &mut [Room], made: Made, share: f64, stream: &mut Stream) {
    let mut order: Vec<usize> = (0..rooms.len()).collect();
    stream.shuffle(&mut order);
    let count = whole_below(share * real(rooms.len() as u64) + 0.5) as usize;
    for place in order.into_iter().take(count) {
        let room = &mut rooms[place];
        room.is_touched = true;
        match made {
            Made::Nothing => room.is_touched = false,
            Made::Stuffed => {
                let absent = room.registered - room.valid() - room.rejected;
                let part = 0.3 + 0.5 * stream.fraction();
                room.votes[0] += draw::binomial(stream, absent, part);
            }
            Made::Rounded => {
                // Votes go from the second to the first, as many as are needed and there.
                let cast = room.valid() + room.rejected;
                let twentieths = (20 * room.votes[0]).div_ceil(cast.max(1));
                let wanted = (twentieths * cast + 10) / 20;
                let moved = wanted.saturating_sub(room.votes[0]).min(room.votes[1]);
                room.votes[0] += moved;
                room.votes[1] -= moved;
            }
            Made::Exchanged => room.votes.swap(0, 1),
            Made::Invented => {
                for votes in room.votes.iter_mut().take(2).filter(|votes| **votes >= 10) {
                    *votes = *votes / 100 * 100 + digits(stream);
                }
            }
        }
    }
}

/// Two digits as people invent them: the last is 0 or 5 in a third of cases, repeats are half as many as by chance, neighbours a third more.
fn digits(stream: &mut Stream) -> u64 {
    loop {
        let tens = stream.below(10);
        let ones = if stream.fraction() < 0.167 { 5 * stream.below(2) } else { stream.below(10) };
        let distance = tens.abs_diff(ones);
        let kept = match distance {
            0 => 0.375,
            1 | 9 => 1.0,
            _ => 0.75,
        };
        if stream.fraction() < kept {
            return 10 * tens + ones;
        }
    }
}
