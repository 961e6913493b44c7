//! What stands on a station's paper form: boxes as written, agents' ink, the officer's comment.
//!
//! It knows no record: how a paper becomes the text of a `form` or `intake` is the rehearsal's business.

use super::PARTIES;
use super::areas::Station;
use super::calendar::{DAY, HOUR, date};
use super::fault::Fault;
use super::random::Random;
use super::votes::{CANDIDATES, StationResult};

/// A box of the form. Blank is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaperBox {
    /// A number.
    Number(u64),
    /// Nothing was written.
    Blank,
    /// A dash was written.
    Dash,
    /// Something was written that nobody can read.
    Illegible,
}

impl PaperBox {
    /// The number, if one is written.
    pub fn number(self) -> Option<u64> {
        match self {
            PaperBox::Number(number) => Some(number),
            _ => None,
        }
    }
}

/// What the agents' table says of one party's agent, as the officer states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentMark {
    /// Signed in ink, with the date written beside it, `YYYY-MM-DD`.
    Signed {
        /// The date as written.
        date: String,
    },
    /// Refused to sign.
    Refused {
        /// The agent's reason, if one is written.
        reason: Option<&'static str>,
    },
    /// Was not there.
    Absent,
}

/// One paper form of the one contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Serial of the form.
    pub serial: String,
    /// Serial printed on the kit.
    pub kit: String,
    /// When the poll was closed here by the kit's clock, in seconds after the close of the polls; see `calendar::moment`.
    pub closed_at_seconds: i64,
    /// When the form was sealed by the kit's clock, in seconds after the close of the polls.
    pub sealed_at_seconds: i64,
    /// Registered voters as written.
    pub registered: PaperBox,
    /// Candidates' votes, in order of the ballot.
    pub votes: [PaperBox; CANDIDATES],
    /// Total valid votes, below the candidates.
    pub valid: PaperBox,
    /// Total valid votes, in the counts box.
    pub valid_counted: PaperBox,
    /// Rejected ballot papers.
    pub rejected: PaperBox,
    /// Rejection-objected-to ballot papers.
    pub objected: PaperBox,
    /// Disputed votes.
    pub disputed: PaperBox,
    /// The agents' table, in order of `Country::parties`.
    pub agents: [AgentMark; PARTIES],
    /// The presiding officer's comment, if one is written.
    pub comment: Option<&'static str>,
}

impl Paper {
    /// A paper that says what was counted, signed by all agents on the day of sealing. The last voters in the queue vote
    /// in the minutes after the close.
    pub(crate) fn of(
        station: &Station,
        result: &StationResult,
        sealed_at_seconds: i64,
        random: &mut Random,
    ) -> Self {
        let signed = AgentMark::Signed { date: date(sealed_at_seconds) };
        Paper {
            serial: station.serial.clone(),
            kit: station.kit.clone(),
            closed_at_seconds: random.seconds(0, 1_200),
            sealed_at_seconds,
            registered: PaperBox::Number(result.registered),
            votes: result.votes.map(PaperBox::Number),
            valid: PaperBox::Number(result.valid),
            valid_counted: PaperBox::Number(result.valid),
            rejected: PaperBox::Number(result.rejected),
            objected: PaperBox::Number(result.objected),
            disputed: PaperBox::Number(result.disputed),
            agents: [signed.clone(), signed.clone(), signed],
            comment: None,
        }
    }

    /// Every box in the order of the paper.
    pub fn boxes(&self) -> [PaperBox; CANDIDATES + 6] {
        let [first, second, third, fourth] = self.votes;
        let counts =
            [self.valid, self.registered, self.rejected, self.objected, self.disputed, self.valid_counted];
        let [one, two, three, four, five, six] = counts;
        [first, second, third, fourth, one, two, three, four, five, six]
    }

    /// Whether every box says the same as on `other`.
    pub fn has_the_boxes_of(&self, other: &Paper) -> bool {
        self.boxes() == other.boxes()
    }

    /// The sum of the candidates' boxes, unless one of them is no number.
    pub fn sum(&self) -> Option<u64> {
        self.votes.iter().map(|votes| votes.number()).sum()
    }

    /// Writes the faults that are made with the pen, on a paper that was right.
    pub(crate) fn spoil(&mut self, fault: Fault, result: &StationResult, random: &mut Random) {
        let (leader, last) = (result.leader(), result.last());
        match fault {
            Fault::SumsDoNotAddUp => {
                let off = random.between(1, 30);
                let place = random.place(CANDIDATES);
                let votes = result.votes[place];
                let less = votes > off && random.chance(1, 2);
                self.votes[place] = PaperBox::Number(if less { votes - off } else { votes + off });
            }
            Fault::TotalsDiffer => {
                self.valid_counted = PaperBox::Number(result.valid + random.between(1, 9));
            }
            Fault::BlankBox => self.votes[random.place(CANDIDATES)] = PaperBox::Blank,
            Fault::DashBox => self.votes[last] = PaperBox::Dash,
            Fault::IllegibleBox => {
                self.votes[random.place(CANDIDATES)] = PaperBox::Illegible;
                // With the total unreadable too, only the register and the cap bound what the box could hold.
                if random.chance(1, 3) {
                    self.valid = PaperBox::Illegible;
                    self.valid_counted = PaperBox::Illegible;
                }
            }
            Fault::BoxOverCap => self.votes[leader] = PaperBox::Number(991),
            Fault::RegisteredDiffers => {
                self.registered = PaperBox::Number(result.registered - random.between(1, 12));
            }
            Fault::InkDateEarly => {
                let early = AgentMark::Signed { date: date(-2 * DAY) };
                if let Some(mark) =
                    self.agents.iter_mut().find(|mark| matches!(mark, AgentMark::Signed { .. }))
                {
                    *mark = early;
                }
            }
            Fault::KitClockWrong => {
                let off = if random.chance(1, 2) { 3 * HOUR } else { -3 * HOUR };
                self.closed_at_seconds += off;
                self.sealed_at_seconds += off;
                self.comment = Some("the kit's clock is wrong, the paper has the time of the wall clock");
            }
            Fault::NoVotes => self.comment = Some("the road was under water, nobody came to vote"),
            _ => {}
        }
    }
}
