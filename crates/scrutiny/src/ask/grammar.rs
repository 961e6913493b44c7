//! The grammar of questions. Words are parted by blanks; times may leave out seconds and offset, which is then the election's.

use crate::inquiry::Inquiry;
use hakiki_core::kinds::ItemKind;
use hakiki_core::roster::Role;
use hakiki_core::text::Time;
use hakiki_messages::{Language, Message};
use hakiki_note::Hash;

/// Every form of a question, as it is shown to whoever asks another.
pub const FORMS: &[&str] = &[
    "in at TIME",
    "role ROLE from TIME to TIME",
    "key NAME",
    "machine NAME from TIME to TIME",
    "station CODE",
    "after declaration CONTEST",
    "record ID-OR-PLACE",
    "item KIND CODE",
    "serials FIRST LAST",
];

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Who was in during this minute.
    InAt(Time),
    /// Everything by keys of a role between two times.
    Role(Role, Time, Time),
    /// Everything about a key.
    Key(String),
    /// Everything about a machine between two times.
    Machine(String, Time, Time),
    /// Every record about a station.
    Station(String),
    /// What came after a contest's first declaration.
    AfterDeclaration(String),
    /// A record by its id.
    Record(Hash),
    /// A record by its place.
    Place(u64),
    /// The way of an item.
    Item(ItemKind, String),
    /// Books and forms with serials in a range.
    Serials(String, String),
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.text(Language::English))]
pub struct QuestionError(pub Message);

pub(super) fn unknown<T>(what: &'static str, found: &str) -> Result<T, QuestionError> {
    let found: String = found.chars().take(80).collect();
    Err(QuestionError(Message::new(format!("scrutiny.ask.no_{what}")).with("found", found)))
}

impl Question {
    /// Reads a question. The inquiry gives the election's offset.
    pub fn parse(text: &str, inquiry: &Inquiry<'_>) -> Result<Self, QuestionError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let time = |text: &str| parse_time(text, inquiry);
        match words[..] {
            ["in", "at", at] => Ok(Self::InAt(time(at)?)),
            ["role", role, "from", from, "to", to] => {
                let Ok(known) = Role::parse(role) else { return unknown("role", role) };
                Ok(Self::Role(known, time(from)?, time(to)?))
            }
            ["key", name] => Ok(Self::Key(name.to_owned())),
            ["machine", name, "from", from, "to", to] => {
                Ok(Self::Machine(name.to_owned(), time(from)?, time(to)?))
            }
            ["station", code] => Ok(Self::Station(code.to_owned())),
            ["after", "declaration", contest] => Ok(Self::AfterDeclaration(contest.to_owned())),
            ["record", record] => match (record.parse::<u64>(), record.parse::<Hash>()) {
                (_, Ok(id)) => Ok(Self::Record(id)),
                (Ok(place), _) => Ok(Self::Place(place)),
                _ => unknown("record", record),
            },
            ["item", kind, code] => match ItemKind::parse(kind) {
                Ok(kind) => Ok(Self::Item(kind, code.to_owned())),
                Err(_) => unknown("item_kind", kind),
            },
            ["serials", first, last] => Ok(Self::Serials(first.to_owned(), last.to_owned())),
            _ => {
                let found: String = text.trim().chars().take(80).collect();
                let message = Message::new("scrutiny.ask.no_question").with("found", found);
                Err(QuestionError(message.with("forms", FORMS.join("; "))))
            }
        }
    }

    /// Whether it is about one minute.
    pub fn minute(&self) -> Option<Time> {
        if let Self::InAt(time) = self { Some(*time) } else { None }
    }
}

/// `2031-03-05`, `2031-03-05T00:01`, `2031-03-05T00:01:30`, each with or without an offset such as `+03:00` or `Z`.
fn parse_time(text: &str, inquiry: &Inquiry<'_>) -> Result<Time, QuestionError> {
    let minutes = inquiry.ledger.election().counting_from.offset_minutes;
    let sign = if minutes < 0 { '-' } else { '+' };
    let own = format!("{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60);
    let (clock, offset) = match text.strip_suffix('Z') {
        Some(clock) => (clock, "+00:00".to_owned()),
        None => match text.get(10..).and_then(|rest| rest.find(['+', '-'])) {
            Some(at) => (&text[..10 + at], text[10 + at..].to_owned()),
            None => (text, own),
        },
    };
    let whole = match clock.len() {
        10 => format!("{clock}T00:00:00{offset}"),
        16 => format!("{clock}:00{offset}"),
        _ => format!("{clock}{offset}"),
    };
    Time::parse(&whole).map_or_else(|| unknown("time", text), Ok)
}
