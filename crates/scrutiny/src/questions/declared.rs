//! Questions 54 to 57: what was known at the declaration, who signed, what went wrong, what screens showed.

use crate::answer::{Answer, Cell, Status, Table, cells};
use crate::inquiry::Inquiry;
use hakiki_core::codes::RefusalCode;
use hakiki_core::kinds::{Kind, Notice, NoticeAbout};
use hakiki_core::text::Time;
use hakiki_core::view::{ContestView, Selection};
use std::collections::{BTreeMap, BTreeSet};

/// What was known at the moment of declaration.
pub fn q54(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(54, &[Kind::Declaration]) {
        return answer.limited();
    }
    let mut known: BTreeMap<(u16, u64), ContestView> = BTreeMap::new();
    let mut table = Table::new(&[
        "contest",
        "area",
        "head",
        "expected",
        "received",
        "missing",
        "contested",
        "head_witnessed",
    ]);
    let mut after = 0;
    for declaration in i.declarations() {
        let size = declaration.head.size;
        let view = known
            .entry((declaration.contest, size))
            .or_insert_with(|| ContestView::new(i.ledger, declaration.contest, size, Selection::All));
        let tally = &view.areas[declaration.area as usize];
        let by = size.checked_sub(1).and_then(|last| i.ledger.witnessed_interval(last).1);
        let by = by.and_then(|by| i64::try_from(by).ok()).map(|by| i.time(by));
        let cells = cells![
            i.contest(declaration.contest),
            i.area(declaration.area),
            size,
            tally.expected,
            tally.received(),
            tally.missing,
            tally.contested,
            by,
        ];
        table.row(declaration.place, cells);
    }
    for contest in 0..u16::try_from(i.views.len()).unwrap_or(u16::MAX) {
        let Some(first) = i.ledger.first_declaration(contest).filter(|place| *place < i.as_of) else {
            continue;
        };
        after +=
            i.entries().filter(|(_, entry)| entry.contest == contest && entry.place > first).count() as u64;
    }
    let figures = [("declarations", table.len()), ("after", after)];
    Answer::new(54, Status::Answered).says(&figures).limited().with(table)
}

/// Who signed, who dissented.
pub fn q55(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(55, &[Kind::Declaration]) {
        return answer.limited();
    }
    let mut table = Table::new(&["who", "role", "contest", "area", "says", "head"]);
    let mut dissents = 0;
    for declaration in i.declarations() {
        dissents += u64::from(declaration.dissents);
        let key = i.key(declaration.key);
        let says = Cell::Word(if declaration.dissents { "dissents" } else { "declares" });
        let (contest, area) = (i.contest(declaration.contest), i.area(declaration.area));
        let cells = cells![key.name.as_str(), key.role.as_str(), contest, area, says, declaration.head.size];
        table.row(declaration.place, cells);
    }
    let figures = [("declares", table.len() - dissents), ("dissents", dissents)];
    Answer::new(55, Status::Answered).says(&figures).limited().with(table)
}

/// A pause of publication, with what resumed it.
struct Pause<'a> {
    place: u64,
    notice: &'a Notice,
    resumed: Option<(u64, &'a Notice)>,
}

fn pauses<'a>(i: &Inquiry<'a>) -> Vec<Pause<'a>> {
    let mut found: Vec<Pause<'_>> = Vec::new();
    for (place, notice) in i.ledger.notices().iter().filter(|(place, _)| *place < i.as_of) {
        match notice.about {
            NoticeAbout::Pause => found.push(Pause { place: *place, notice, resumed: None }),
            NoticeAbout::Resume => {
                let open = found.iter_mut().rev().find(|pause| pause.resumed.is_none());
                if let Some(pause) = open {
                    pause.resumed = Some((*place, notice));
                }
            }
            NoticeAbout::Incident | NoticeAbout::Outage => {}
        }
    }
    found
}

/// Forms that waited while publication was paused, as far as anybody can tell.
struct Backlog {
    /// Sealed meanwhile by the kits' clocks, and in the log.
    sealed: u64,
    /// Forms with a stamp of that time; none where nobody brought stamps.
    stamped: Option<u64>,
    /// Of these, not in the log.
    absent: Option<u64>,
}

impl Backlog {
    fn of(i: &Inquiry<'_>, pause: &Pause<'_>) -> Self {
        let (from, to) = (pause.notice.from, pause.resumed.map(|(_, notice)| notice.from));
        let within = |at: i64| at >= from.unix_seconds && to.is_none_or(|to| at < to.unix_seconds);
        let sealed = i.entries().filter(|(_, entry)| entry.sealed.is_some_and(within)).count() as u64;
        let stamped: BTreeMap<_, _> = i
            .stamps
            .iter()
            .filter(|stamp| within(stamp.at_s))
            .map(|stamp| (stamp.record, stamp.place))
            .collect();
        let absent =
            stamped.values().filter(|place| place.is_none_or(|place| place >= i.as_of)).count() as u64;
        let brought = |count: u64| (!i.stamps.is_empty()).then_some(count);
        Self { sealed, stamped: brought(stamped.len() as u64), absent: brought(absent) }
    }
}

/// Columns of question 56.
const OF_ERRORS: [&str; 9] = [
    "what",
    "from",
    "to",
    "minutes",
    "sealed_meanwhile",
    "stamped_meanwhile",
    "stamped_absent",
    "reason",
    "count",
];

/// A row of question 56 that is no pause.
fn error_row(what: &'static str, from: Option<Time>, reason: &str, count: Option<u64>) -> Vec<Cell> {
    let none = None::<u64>;
    cells![Cell::Word(what), from, none, none, none, none, none, reason, count]
}

/// Error reports: notices, pauses with their length, refusals.
pub fn q56(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&OF_ERRORS);
    let (mut longest, mut waited, mut absent) = (0, 0, 0);
    let paused = pauses(i);
    for pause in &paused {
        let from = pause.notice.from;
        let to = pause.resumed.map(|(_, notice)| notice.from);
        let minutes =
            to.map(|to| u64::try_from((to.unix_seconds - from.unix_seconds) / 60).unwrap_or_default());
        longest = longest.max(minutes.unwrap_or_default());
        let backlog = Backlog::of(i, pause);
        waited += backlog.stamped.unwrap_or_default();
        absent += backlog.absent.unwrap_or_default();
        let (sealed, stamped, reason) = (backlog.sealed, backlog.stamped, pause.notice.reason.as_str());
        let row = cells![
            Cell::Word("pause"),
            from,
            to,
            minutes,
            sealed,
            stamped,
            backlog.absent,
            reason,
            None::<u64>
        ];
        table.row(pause.place, row);
        if let Some((place, notice)) = pause.resumed {
            table.row(place, error_row("resume", to, notice.reason.as_str(), None));
        }
    }
    let mut others = 0;
    for (place, notice) in i.ledger.notices().iter().filter(|(place, _)| *place < i.as_of) {
        if matches!(notice.about, NoticeAbout::Incident | NoticeAbout::Outage) {
            others += 1;
            table.row(
                *place,
                error_row(notice.about.as_str(), Some(notice.from), notice.reason.as_str(), None),
            );
        }
    }
    let mut refused: BTreeMap<RefusalCode, (u64, u64)> = BTreeMap::new();
    for (place, _, code) in i.ledger.refusals().iter().filter(|(place, ..)| *place < i.as_of) {
        refused.entry(*code).or_insert((*place, 0)).1 += 1;
    }
    for (code, (place, count)) in &refused {
        table.row(*place, error_row("refusals", None, code.as_str(), Some(*count)));
    }
    let open = paused.iter().filter(|pause| pause.resumed.is_none()).count() as u64;
    let figures = [
        ("pauses", paused.len() as u64),
        ("minutes", longest),
        ("open", open),
        ("others", others),
        ("refusals", refused.values().map(|(_, count)| count).sum()),
    ];
    let answer = Answer::new(56, Status::Partly).says(&figures);
    let answer = if i.stamps.is_empty() {
        answer.limited()
    } else {
        let given: BTreeSet<_> = i.stamps.iter().map(|stamp| stamp.record).collect();
        let message = answer.word("stamped").with("given", given.len() as u64).with("count", waited);
        let limit = answer.word("limit_stamped");
        answer.say(message.with("absent", absent)).limit(limit)
    };
    answer.with(table)
}

/// Did screens show what the log held.
pub fn q57(i: &Inquiry<'_>) -> Answer {
    i.of_published(57, &["V10", "V18"])
}
