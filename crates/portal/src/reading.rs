//! A reader of the site: in which language, and the words and addresses that follow from it.

use crate::{Site, address};
use hakiki_core::kinds::Contest;
use hakiki_core::ledger::Ledger;
use hakiki_core::register::{Area, Ballot, Register, Station};
use hakiki_core::text::{Date, Time};
use hakiki_core::view::{ContestView, Tally};
use hakiki_messages::{Language, Message, Word, date, find, text};
use maud::{Markup, html};
use std::sync::LazyLock;

static EMPTY: LazyLock<Tally> = LazyLock::new(Tally::default);

/// A site as read in one language.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub site: Site<'a>,
    pub language: Language,
    /// How many folders the page lies below the site's root: links are relative, so that a copy of the site works
    /// below any prefix.
    pub depth: usize,
}

impl<'a> Reading<'a> {
    /// A word.
    pub fn t(self, key: &str) -> &'static str {
        text(self.language, key)
    }

    /// A sentence with its figures.
    pub fn m(self, message: &Message) -> String {
        message.text(self.language)
    }

    /// A word that may not exist, such as the name of a level that the election brings along.
    pub fn find(self, key: &str) -> Option<&'static str> {
        find(self.language, key).map(Word::other)
    }

    /// The way from this page to a page in this language: `station/president/047/`, or with a `#part` behind it. Pages
    /// end with `/`; it is added where it lacks.
    pub fn href(self, rest: &str) -> String {
        let (path, part) = rest.split_at(rest.find('#').unwrap_or(rest.len()));
        let slash = if path.is_empty() || path.ends_with('/') { "" } else { "/" };
        self.to(&format!("{}/{path}{slash}{part}", self.language))
    }

    /// The way from this page to anything below the site's root that is no page in a language: `receipt/…`, `blob/…`.
    pub fn to(self, rest: &str) -> String {
        let up = "../".repeat(self.depth);
        if up.is_empty() && rest.is_empty() { "./".to_owned() } else { format!("{up}{rest}") }
    }

    pub fn ledger(self) -> &'a Ledger {
        self.site.ledger
    }

    pub fn register(self) -> &'a Register {
        self.site.ledger.register()
    }

    pub fn view(self, contest: u16) -> &'a ContestView {
        &self.site.snapshot.contests[usize::from(contest)].view
    }

    /// An area's tally; empty where the register came after this head.
    pub fn tally(self, contest: u16, area: u32) -> &'a Tally {
        self.view(contest).areas.get(area as usize).unwrap_or(&EMPTY)
    }

    pub fn contest(self, contest: u16) -> &'a Contest {
        &self.site.ledger.election().contests[usize::from(contest)]
    }

    pub fn area(self, area: u32) -> &'a Area {
        &self.register().areas()[area as usize]
    }

    pub fn station(self, station: u32) -> &'a Station {
        &self.register().stations()[station as usize]
    }

    pub fn ballot(self, contest: u16, area: u32) -> Option<&'a Ballot> {
        self.register().ballot_for_area(contest, area)
    }

    /// The name of a level in words, or its code where no word is known.
    pub fn level(self, level: u32) -> String {
        let levels = &self.ledger().election().levels;
        let code = levels.iter().find(|(place, _)| *place == level).map_or("", |(_, code)| code);
        self.find(&format!("portal.level.{code}")).map_or_else(|| code.to_owned(), str::to_owned)
    }

    /// A link with a name of the registers in it.
    pub fn link(self, rest: &str, name: &str) -> Markup {
        html! { a href=(self.href(rest)) { bdi { (name) } } }
    }

    /// A link to a record by its place.
    pub fn record_link(self, place: u64) -> Markup {
        let words = self.m(&Message::new("page.at_place").with("place", place));
        html! { a href=(self.href(&address::record(place))) { (words) } }
    }

    /// A moment in the election's own zone: `4 March 2031, 23:40`.
    pub fn moment(self, unix_seconds: i64) -> String {
        let zone = self.ledger().election().counting_from.offset_minutes;
        self.clock(Time::new(unix_seconds, zone))
    }

    /// A moment as its own clock shows it.
    pub fn clock(self, time: Time) -> String {
        let written = time.to_string();
        let hour_and_minute = written.get(11..16).unwrap_or_default();
        format!("{}, {hour_and_minute}", self.day(time.date()))
    }

    /// A day in words.
    pub fn day(self, day: Date) -> String {
        let written = day.to_string();
        let mut parts = written.split('-').map(|part| part.parse::<u16>().unwrap_or_default());
        let (year, month, day) = (parts.next(), parts.next(), parts.next());
        let small = |part: Option<u16>| u8::try_from(part.unwrap_or_default()).unwrap_or_default();
        date(self.language, year.unwrap_or_default(), small(month), small(day))
    }
}
