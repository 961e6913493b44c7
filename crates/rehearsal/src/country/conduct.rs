//! What the commission's people and machines do around an honest night: programs are authorised and named, somebody works on a
//! machine under a ticket, kits and books pass from hand to hand, an observer doubts and is answered, a court asks.
//!
//! A few dozen records however large the country. One small thing is as it is in life: a supplier's session was entered four
//! minutes after the login, so that no session covers it (F501); it is doubted, and the answer says why.

use super::calendar::HOUR;
use super::events::admitted;
use super::plan::{Act, Event, Officer, StationPlan};
use super::random::Random;
use super::{Country, Shown};

/// Machines that observe themselves.
pub const HOSTS: u32 = 2;
/// Administrators and storekeepers.
pub const ADMINISTRATORS: u32 = 2;
/// The store of the printer's books, and the van.
pub const STOREKEEPERS: u32 = 2;
/// Stations whose kit, box, seal and form book are followed.
const FOLLOWED: usize = 3;
/// The serials in the reserve book: no paper has one of them.
const RESERVE: (&str, &str) = ("R0000001", "R0000050");
const MINUTE: i64 = 60;

/// Whose key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Of the commission's staff with privileged access, by number from 1.
    Administrator(u32),
    /// A commissioner, by number from 1.
    Commissioner(u32),
    /// The observer.
    Observer,
    /// The first presiding officer of a station (place in `Country::stations`).
    Presiding(usize),
    /// The returning officer of an area (place in `Country::areas`).
    Returning(usize),
    /// Who keeps a store, by number from 1.
    Storekeeper(u32),
    /// The supplier's engineer.
    Vendor,
}

/// A program that runs on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// What it is called in records.
    pub component: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// What a machine notes of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// It started.
    Boot,
    /// Its clock was moved ahead by so many seconds.
    ClockAhead(u32),
    /// Which program runs, by its bytes.
    Program(Program),
    /// With which configuration.
    Configuration(Program),
    /// Made of which libraries.
    Dependencies(Program),
    /// A service started.
    Started(&'static str),
    /// A service stopped.
    Stopped(&'static str),
    /// Somebody logged in from inside.
    Login(Hand),
    /// Somebody acted with the rights of the system.
    Sudo(Hand),
    /// Somebody logged out.
    Logout(Hand),
}

/// Something that passes from hand to hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A ballot box.
    Box,
    /// A book of forms.
    FormBook,
    /// A station's device.
    Kit,
    /// A seal.
    Seal,
}

/// A hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// What: kinds and codes.
    pub items: Vec<(Thing, String)>,
    /// The serials in the one form book.
    pub serials: Option<(String, String)>,
    /// For which station (place in `Country::stations`).
    pub station: Option<usize>,
    /// Who gives; the same as `to` where it is new.
    pub from: Hand,
    /// Who takes.
    pub to: Hand,
    /// Why, as a code.
    pub reason: &'static str,
}

/// What people and machines do. Where one thing follows another, that is named by its place in the same list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// The quorum authorises a program.
    Authorise(Program),
    /// A session begins.
    Begin {
        /// Whose.
        person: Hand,
        /// On which machine, from 1.
        host: u32,
        /// Under which ticket.
        ticket: &'static str,
        /// Who countersigns.
        before: Hand,
        /// Why, as a code.
        reason: &'static str,
    },
    /// A session ends.
    End {
        /// Which.
        begun: usize,
    },
    /// A machine notes something.
    Noted {
        /// Which machine, from 1.
        host: u32,
        /// Number of the note, from 1.
        sequence: u32,
        /// The note before it.
        previous: Option<usize>,
        /// What.
        note: Note,
    },
    /// Things pass from hand to hand.
    HandOver(Box<HandOver>),
    /// The observer doubts a record.
    Doubt {
        /// Which.
        of: usize,
        /// Why, as a code.
        reason: &'static str,
        /// Why, in words.
        words: &'static str,
    },
    /// A doubt is answered.
    Answer {
        /// Which.
        doubt: usize,
        /// By whom.
        by: Hand,
        /// What, as a code.
        reason: &'static str,
        /// What, in words.
        words: &'static str,
    },
    /// A court's registrar asks a numbered question.
    Ask {
        /// Which of the 62.
        number: u32,
        /// What is asked, as a code.
        reason: &'static str,
    },
    /// The registrar notes the answer, or the refusal.
    Reply {
        /// To which question.
        question: usize,
        /// Whether it was refused.
        is_refused: bool,
        /// What or why, as a code.
        reason: &'static str,
        /// What or why, in words.
        words: &'static str,
    },
}

/// A list of deeds on the way.
#[derive(Default)]
struct Desk(Vec<Event>);

impl Desk {
    fn add(&mut self, at_seconds: i64, deed: Deed) -> usize {
        self.0.push(admitted(at_seconds, Act::Deed(Box::new(deed))));
        self.0.len() - 1
    }
}

/// A machine's desk: everything that is said by it and about it.
struct Machine {
    desk: Desk,
    host: u32,
    sequence: u32,
    last: Option<usize>,
}

impl Machine {
    /// It starts in the morning, with a program that the quorum authorised the day before.
    fn new(host: u32, program: Program) -> Self {
        let mut machine = Self { desk: Desk::default(), host, sequence: 0, last: None };
        machine.desk.add(-30 * HOUR, Deed::Authorise(program));
        let morning = -12 * HOUR + i64::from(host) * MINUTE;
        let notes = [
            Note::Boot,
            Note::Program(program),
            Note::Configuration(program),
            Note::Dependencies(program),
            Note::Started(program.component),
        ];
        for (at, note) in (morning..).step_by(7).zip(notes) {
            machine.note(at, note);
        }
        machine
    }

    fn note(&mut self, at_seconds: i64, note: Note) -> usize {
        self.sequence += 1;
        let (host, sequence, previous) = (self.host, self.sequence, self.last);
        let index = self.desk.add(at_seconds, Deed::Noted { host, sequence, previous, note });
        self.last = Some(index);
        index
    }
}

/// Who works on which machine: an administrator restarts a service under a ticket.
fn intake(random: &mut Random) -> Vec<Event> {
    let program = Program { component: "intake-service", version: "2.4.1" };
    let mut machine = Machine::new(1, program);
    let (person, before) = (Hand::Administrator(1), Hand::Observer);
    let at = 2 * HOUR + random.seconds(0, 2_400);
    let begin = Deed::Begin { person, host: 1, ticket: "T-2031-114", before, reason: "certificate-renewal" };
    let begun = machine.desk.add(at, begin);
    for (after, note) in [
        (65, Note::Login(person)),
        (140, Note::Sudo(person)),
        (150, Note::Stopped(program.component)),
        (171, Note::Program(program)),
        (172, Note::Started(program.component)),
        (600, Note::Logout(person)),
    ] {
        machine.note(at + after, note);
    }
    machine.desk.add(at + 640, Deed::End { begun });
    machine.desk.0
}

/// A supplier's engineer logs in; the session is entered four minutes later.
fn results(random: &mut Random) -> Vec<Event> {
    let program = Program { component: "results-service", version: "1.9.0" };
    let mut machine = Machine::new(2, program);
    machine.note(-3 * HOUR, Note::ClockAhead(2));
    let (person, before) = (Hand::Vendor, Hand::Administrator(2));
    let at = 4 * HOUR + random.seconds(0, 2_400);
    let login = machine.note(at, Note::Login(person));
    let begin = Deed::Begin { person, host: 2, ticket: "T-2031-121", before, reason: "disk-replaced" };
    let begun = machine.desk.add(at + 4 * MINUTE, begin);
    machine.note(at + 32 * MINUTE, Note::Logout(person));
    machine.desk.add(at + 33 * MINUTE, Deed::End { begun });
    let doubt = Deed::Doubt {
        of: login,
        reason: "login-before-session",
        words: "the machine notes a login, and the session was entered only after it; who let the engineer in?",
    };
    let doubt = machine.desk.add(at + 2 * HOUR, doubt);
    let answer = Deed::Answer {
        doubt,
        by: Hand::Commissioner(1),
        reason: "entered-late",
        words: "the ticket was given at the door; the administrator who countersigns had to be called, and the session \
                was entered four minutes after the login. The same person, machine and ticket; nothing was changed before",
    };
    machine.desk.add(at + 5 * HOUR, answer);
    machine.desk.0
}

/// Two questions of a court, days after the night.
fn court() -> Vec<Event> {
    let mut desk = Desk::default();
    let petition = 90 * HOUR;
    let who = desk.add(petition, Deed::Ask { number: 9, reason: "petition-of-the-night" });
    let rules = desk.add(petition + 10 * MINUTE, Deed::Ask { number: 6, reason: "petition-of-the-night" });
    let reply = |question, is_refused, reason, words| Deed::Reply { question, is_refused, reason, words };
    let words = "the report of the archive at the held head was handed to the parties";
    desk.add(petition + 3 * HOUR, reply(who, false, "report-handed-over", words));
    let words = "the rules of the network were not put on the log; the expert is to ask for them on paper";
    desk.add(petition + 4 * HOUR, reply(rules, true, "not-on-the-log", words));
    desk.0
}

/// The way of a station's things: store, returning officer, presiding officer, and back.
fn way(country: &Country, place: usize, random: &mut Random) -> Vec<Event> {
    let station = &country.stations[place];
    let (store, van) = (Hand::Storekeeper(1), Hand::Storekeeper(2));
    let (returning, presiding) = (Hand::Returning(country.returning_area(place)), Hand::Presiding(place));
    let hardware = vec![
        (Thing::Box, format!("box-{}", station.code)),
        (Thing::Kit, station.kit.clone()),
        (Thing::Seal, format!("seal-{}", random.between(100_000, 999_999))),
    ];
    let book = vec![(Thing::FormBook, format!("book-{}", station.serial))];
    let all: Vec<_> = hardware.iter().chain(&book).cloned().collect();
    let serials = Some((station.serial.clone(), station.serial.clone()));
    let mut desk = Desk::default();
    let mut pass = |at, items: &Vec<(Thing, String)>, from, to, reason, for_station: bool| {
        let is_book = for_station && *items == book;
        let handed = HandOver {
            items: items.clone(),
            serials: serials.clone().filter(|_| is_book),
            station: for_station.then_some(place),
            from,
            to,
            reason,
        };
        desk.add(at, Deed::HandOver(Box::new(handed)));
    };
    let late = random.seconds(0, 1_200);
    pass(-75 * HOUR + late, &all, store, store, "from-the-printer", false);
    pass(-50 * HOUR + late, &all, store, van, "transport", false);
    pass(-27 * HOUR + late, &all, van, returning, "delivery", false);
    pass(-13 * HOUR + late, &hardware, returning, presiding, "polling", true);
    pass(-13 * HOUR + late + 90, &book, returning, presiding, "polling", true);
    pass(20 * HOUR + late, &all, presiding, returning, "return", false);
    desk.0
}

/// The reserve book goes out unopened, and comes back so.
fn reserve(area: usize) -> Vec<Event> {
    let mut desk = Desk::default();
    let (store, returning) = (Hand::Storekeeper(1), Hand::Returning(area));
    let ways = [
        (-74 * HOUR, store, store, "from-the-printer"),
        (-26 * HOUR, store, returning, "reserve"),
        (22 * HOUR, returning, store, "returned-unopened"),
    ];
    for (at, from, to, reason) in ways {
        let serials = (from == to).then(|| (RESERVE.0.to_owned(), RESERVE.1.to_owned()));
        let items = vec![(Thing::FormBook, "reserve-1".to_owned())];
        let handed = HandOver { items, serials, station: None, from, to, reason };
        desk.add(at, Deed::HandOver(Box::new(handed)));
    }
    desk.0
}

/// Stations without a fault whose form comes from the first officer.
fn quiet(stations: &[StationPlan]) -> Vec<usize> {
    let is_quiet = |plan: &StationPlan| {
        let mut forms = plan.events.iter().filter(|event| matches!(event.act, Act::Form { .. }));
        let is_first = |event: &Event| matches!(event.act, Act::Form { officer: Officer::First, .. });
        plan.faults.is_empty() && forms.next().is_some_and(is_first) && forms.next().is_none()
    };
    (0..stations.len()).filter(|place| is_quiet(&stations[*place])).collect()
}

/// Everything that happens at the servers and in the stores: lists that follow one another nowhere, each in order of time.
pub(super) fn desks(country: &Country, stations: &[StationPlan]) -> Vec<Vec<Event>> {
    let mut random = Random::new(&country.seed, "conduct");
    let mut desks = vec![intake(&mut random), results(&mut random), court()];
    let mut places = quiet(stations);
    random.shuffle(&mut places);
    places.truncate(FOLLOWED);
    if let Some(place) = places.first() {
        desks.push(reserve(country.returning_area(*place)));
    }
    desks.extend(places.iter().map(|place| way(country, *place, &mut random)));
    desks
}

/// On one photograph a voter can be seen: a court orders hours later that it is not shown any more.
pub(super) fn withhold(stations: &mut [StationPlan]) {
    let is_photograph = |event: &&Event| matches!(event.act, Act::Image { shown: Shown::Original, .. });
    let places = quiet(stations);
    let photographed = places.into_iter().rev().find_map(|place| {
        let images: Vec<i64> =
            stations[place].events.iter().filter(is_photograph).map(|event| event.at_seconds).collect();
        match images[..] {
            [at] => Some((place, at)),
            _ => None,
        }
    });
    if let Some((place, at)) = photographed {
        let events = &mut stations[place].events;
        events.push(admitted(at + 6 * HOUR, Act::Withhold));
        events.sort_by_key(|event| event.at_seconds);
    }
}
