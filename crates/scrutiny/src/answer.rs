//! An answer: what is said, what it rests on, what it cannot say, and a table.
//!
//! Values only. How they look is `html.rs`, `table.rs` and `json.rs`.

use hakiki_core::text::{BoxValue, Time};
use hakiki_messages::{Language, Message, number, text};
use hakiki_note::Hash;

/// The groups of questions, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// 1 to 8.
    Inventory,
    /// 9 to 22.
    People,
    /// 23 to 36.
    Devices,
    /// 37 to 46.
    Forms,
    /// 47 to 57.
    Tally,
    /// 58 to 62.
    Claims,
}

impl Group {
    /// Every group with its last question.
    pub const ALL: [(Self, u32); 6] = [
        (Self::Inventory, 8),
        (Self::People, 22),
        (Self::Devices, 36),
        (Self::Forms, 46),
        (Self::Tally, 57),
        (Self::Claims, 62),
    ];

    /// The group of a question.
    pub fn of(question: u32) -> Self {
        Self::ALL.iter().find(|(_, last)| question <= *last).map_or(Self::Claims, |(group, _)| *group)
    }

    /// Its name in keys of words, JSON and anchors.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::People => "people",
            Self::Devices => "devices",
            Self::Forms => "forms",
            Self::Tally => "tally",
            Self::Claims => "claims",
        }
    }
}

/// How far the log answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// From the log.
    Answered,
    /// In part; the limits say what is missing.
    Partly,
    /// The log could answer it, and nobody recorded it in this election. This is not "none".
    NotRecorded,
    /// No software can.
    Outside,
}

impl Status {
    /// Every status, in the order of the report.
    pub const ALL: [Self; 4] = [Self::Answered, Self::Partly, Self::NotRecorded, Self::Outside];

    /// Its name in keys of words and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Partly => "partly",
            Self::NotRecorded => "not_recorded",
            Self::Outside => "outside",
        }
    }
}

/// One field of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is recorded.
    None,
    /// As the log writes it.
    Text(String),
    /// A SHA-256.
    Hash(Hash),
    /// A count.
    Number(u64),
    /// A moment that somebody's clock claims.
    Time(Time),
    /// A word of the report, by its key below `scrutiny.cell`.
    Word(&'static str),
}

impl Cell {
    /// For people.
    pub fn shown(&self, language: Language) -> String {
        match self {
            Self::None => "–".to_owned(),
            Self::Number(count) => number(*count),
            other => other.plain(language),
        }
    }

    /// For machines: numbers ungrouped, nothing for nothing.
    pub fn plain(&self, language: Language) -> String {
        match self {
            Self::None => String::new(),
            Self::Text(text) => text.clone(),
            Self::Hash(hash) => hash.to_string(),
            Self::Number(count) => count.to_string(),
            Self::Time(time) => time.to_string(),
            Self::Word(key) => text(language, &format!("scrutiny.cell.{key}")).to_owned(),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Self::Number(count)
    }
}

impl From<u32> for Cell {
    fn from(count: u32) -> Self {
        Self::Number(u64::from(count))
    }
}

impl From<Time> for Cell {
    fn from(time: Time) -> Self {
        Self::Time(time)
    }
}

impl From<Hash> for Cell {
    fn from(hash: Hash) -> Self {
        Self::Hash(hash)
    }
}

impl From<BoxValue> for Cell {
    fn from(value: BoxValue) -> Self {
        value.number().map_or_else(|| Self::Text(value.to_string()), Self::Number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

/// The cells of a row, from whatever they are made of.
macro_rules! cells {
    ($($cell:expr),* $(,)?) => { vec![$($crate::answer::Cell::from($cell)),*] };
}
pub(crate) use cells;

/// A record that something rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Place in the log.
    pub place: u64,
    /// Record id; none where the entry is no record.
    pub id: Option<Hash>,
    /// The head records say that the log did not hold it before; seconds since 1970.
    pub from_s: Option<u64>,
    /// And that it did at this time.
    pub by_s: Option<u64>,
}

/// One row, with the record that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The record.
    pub place: Option<u64>,
    /// One a column.
    pub cells: Vec<Cell>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Keys of the columns' words, below `scrutiny.column`.
    pub columns: Vec<&'static str>,
    /// In the order in which they are shown.
    pub rows: Vec<Row>,
}

impl Table {
    /// An empty table.
    pub fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row that rests on a record.
    pub fn row(&mut self, place: u64, cells: Vec<Cell>) {
        self.rows.push(Row { place: Some(place), cells });
    }

    /// Adds a row that rests on no single record.
    pub fn sum(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row { place: None, cells });
    }

    /// How many rows.
    pub fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which question: 1 to 62.
    pub number: u32,
    /// How far it is answered.
    pub status: Status,
    /// The answer, in one or two sentences.
    pub says: Vec<Message>,
    /// What it cannot say, and why.
    pub limits: Vec<Message>,
    /// Places of records that it rests on besides those of the table.
    pub places: Vec<u64>,
    /// The details.
    pub table: Table,
}

impl Answer {
    /// An answer that says nothing yet.
    pub fn new(number: u32, status: Status) -> Self {
        Self {
            number,
            status,
            says: Vec::new(),
            limits: Vec::new(),
            places: Vec::new(),
            table: Table::default(),
        }
    }

    /// The key of a word of this question.
    pub fn key(&self, word: &str) -> String {
        format!("scrutiny.q{}.{word}", self.number)
    }

    /// A sentence of this question, to be filled.
    pub fn word(&self, word: &str) -> Message {
        Message::new(self.key(word))
    }

    /// Says a sentence.
    #[must_use]
    pub fn say(mut self, message: Message) -> Self {
        self.says.push(message);
        self
    }

    /// Says the sentence `says`, with its figures.
    #[must_use]
    pub fn says(self, figures: &[(&'static str, u64)]) -> Self {
        let message =
            figures.iter().fold(self.word("says"), |message, (name, count)| message.with(name, *count));
        self.say(message)
    }

    /// Says what it cannot say, by the word `limit`.
    #[must_use]
    pub fn limited(mut self) -> Self {
        let message = self.word("limit");
        self.limits.push(message);
        self
    }

    /// Names a limit.
    #[must_use]
    pub fn limit(mut self, message: Message) -> Self {
        self.limits.push(message);
        self
    }

    /// Rests on a record too.
    #[must_use]
    pub fn on(mut self, places: impl IntoIterator<Item = u64>) -> Self {
        self.places.extend(places);
        self
    }

    /// Has this table.
    #[must_use]
    pub fn with(mut self, table: Table) -> Self {
        self.table = table;
        self
    }

    /// The places of all records that it rests on, ascending, each once.
    pub fn rests_on(&self) -> Vec<u64> {
        let of_rows = self.table.rows.iter().filter_map(|row| row.place);
        let mut all: Vec<u64> = self.places.iter().copied().chain(of_rows).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
