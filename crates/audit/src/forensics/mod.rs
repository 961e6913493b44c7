//! Indicators over tables of results, each with its null hypothesis; none of them is evidence of anything by itself.
//!
//! Every indicator says how many stations it rests on, its statistic, what was expected and how far chance reaches. Honest elections give
//! unusual numbers for many reasons; the words for these stand in the message files, one text for each [`Indicator`], and no page shows
//! a number without its text. Sums that cannot be are another matter and not here: those are findings of the ledger.
//! `docs/reference/forensics.md` has every null hypothesis, and how often each points at something where nothing was done.

pub mod adjusted;
pub mod ballots;
pub mod digits;
pub mod exchanged;
pub mod fingerprint;
pub mod integer_percentages;
pub mod klimek;
pub mod late;
pub mod late_within;
pub mod neighbours;
pub mod spikes;
pub mod votes_by_turnout;

/// What can be computed of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Indicator {
    /// Last digits of counts of three digits and more ([`digits::last_digits`]).
    LastDigits,
    /// Last two digits that repeat or stand side by side ([`digits::digit_pairs`]).
    DigitPairs,
    /// Second digits against Benford's law ([`digits::second_digits`]). Off unless asked for: it rejects clean elections.
    SecondDigits,
    /// Turnout and shares at whole percentages ([`integer_percentages::peaks`]).
    IntegerPercentages,
    /// Stations far from others of their area ([`neighbours::robust_distances`]).
    Neighbours,
    /// Rooms of one centre that differ ([`neighbours::homogeneity`], and against other centres [`neighbours::among_centres`]).
    Rooms,
    /// The leader's votes beyond the proportion at usual turnout ([`votes_by_turnout`]).
    VotesByTurnout,
    /// Shares of stations by when they reported ([`late::line`]), and against others of their stratum ([`late_within::within`]).
    Late,
    /// Two candidates' figures in each other's place ([`exchanged`]).
    Exchanged,
    /// Ballots of contests held together ([`ballots`]).
    Ballots,
    /// Stations by turnout and share ([`fingerprint`]).
    Fingerprint,
    /// A model of added votes for a country of one kind ([`klimek`]). Off unless asked for: regions that differ look like added votes.
    Klimek,
    /// More stations at a share than a smooth electorate gives ([`spikes`]).
    Spikes,
}

impl Indicator {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
        Self::LastDigits,
        Self::DigitPairs,
        Self::SecondDigits,
        Self::IntegerPercentages,
        Self::Neighbours,
        Self::Rooms,
        Self::VotesByTurnout,
        Self::Late,
        Self::Exchanged,
        Self::Ballots,
        Self::Fingerprint,
        Self::Klimek,
        Self::Spikes,
    ];

    /// Its key in the message files, where its innocent explanations stand.
    pub fn key(self) -> &'static str {
        match self {
            Self::LastDigits => "last-digits",
            Self::DigitPairs => "digit-pairs",
            Self::SecondDigits => "second-digits",
            Self::IntegerPercentages => "integer-percentages",
            Self::Neighbours => "neighbours",
            Self::Rooms => "rooms",
            Self::VotesByTurnout => "votes-by-turnout",
            Self::Late => "late",
            Self::Exchanged => "exchanged",
            Self::Ballots => "ballots",
            Self::Fingerprint => "fingerprint",
            Self::Klimek => "klimek",
            Self::Spikes => "spikes",
        }
    }

    /// Whether it is computed unless somebody asks for it.
    pub fn is_usual(self) -> bool {
        !matches!(self, Self::SecondDigits | Self::Klimek)
    }

    /// The fewest counts from which it is shown: below, chance alone gives almost anything.
    pub fn fewest(self) -> usize {
        match self {
            // Ten classes of digits with ten expected in each, twice what the chi-square approximation asks for; as many stations
            // for the scatter about a line; and a picture of fewer stations shows single stations.
            Self::LastDigits | Self::SecondDigits | Self::Late | Self::Fingerprint => 100,
            // Thirty expected repeats.
            Self::DigitPairs => 300,
            // A tenth of all percentages lie so near to whole ones, about a hundred expected; ten stations for each class of turnout
            // or share; a mixture has up to a dozen parameters.
            Self::IntegerPercentages | Self::VotesByTurnout | Self::Klimek | Self::Spikes => 1_000,
            // A median of fewer says little.
            Self::Neighbours => 20,
            // A station and the neighbours that it needs.
            Self::Exchanged => exchanged::LEAST_NEIGHBOURS + 1,
            Self::Rooms => 2,
            // Whole numbers of one station.
            Self::Ballots => 1,
        }
    }
}
