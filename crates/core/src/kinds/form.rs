//! `form`: one station's results form for one contest, sent by its kit.

use super::RecordKind;
use super::figures::{FIGURES, Figures};
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Class, Context, Ledger, NewEntry, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Date, Field, Lines, Time, Writer};
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// What the officer states about ink on the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ink {
    /// Not there when the form was signed.
    Absent,
    /// Refused to sign.
    Refused,
    /// Signed in ink.
    Signed,
    /// The officer states nothing: W104.
    Unstated,
}

const INK: &[(&str, Ink)] = &[
    ("absent", Ink::Absent),
    ("refused", Ink::Refused),
    ("signed", Ink::Signed),
    ("unstated", Ink::Unstated),
];

/// The officer's statement about one party's agent, and the date written beside the ink. Never to be taken for an agent's
/// own act, which is an `attest` record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnPaper {
    /// The statement.
    pub ink: Ink,
    /// The date written beside it.
    pub date: Option<Date>,
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Contest.
    pub contest: String,
    /// Station.
    pub station: String,
    /// The paper's serial number.
    pub serial: Option<String>,
    /// The kit, as labelled.
    pub kit: String,
    /// When the poll was closed, by the kit's clock.
    pub closed: Time,
    /// When the form was sealed, by the kit's clock.
    pub sealed: Time,
    /// Size of the newest head that the kit knew: bounds its time from below.
    pub seen_head: u64,
    /// The boxes.
    pub figures: Figures,
    /// By party or candidate.
    pub on_paper: BTreeMap<String, OnPaper>,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const HEAD: &[Field] = &[
    Field::one("contest", &[A::Code], "contest"),
    Field::one("station", &[A::Code], "station"),
    Field::optional("serial", &[A::Code], "the paper's serial number"),
    Field::one("kit", &[A::Code], "the kit, as labelled"),
    Field::one("closed", &[A::Time], "when the poll was closed, by the kit's clock"),
    Field::one("sealed", &[A::Time], "when the form was sealed, by the kit's clock"),
    Field::one("seen-head", &[A::Place], "size of the newest head that the kit knew"),
];

/// What an officer states about ink; shared with `intake`.
pub(super) const ON_PAPER: &[Field] = &[
    Field::many(
        "on-paper",
        &[A::Code, A::Word(&["absent", "refused", "signed", "unstated"])],
        "the officer's statement about a party's agent and ink; the date written beside it",
    )
    .with_extra(&[A::Date]),
    Field::optional("words", &[A::Blob], "reasons and comments"),
];

/// Reads the statements about ink.
pub(super) fn read_on_paper(lines: &Lines) -> Result<BTreeMap<String, OnPaper>, Refusal> {
    let mut on_paper = BTreeMap::new();
    for mut a in lines.all("on-paper") {
        let (party, word) = (a.word()?.to_owned(), a.word()?);
        let ink = INK.iter().find(|(name, _)| *name == word).map_or(Ink::Unstated, |(_, ink)| *ink);
        let date = if a.is_empty() { None } else { Some(a.date()?) };
        on_paper.insert(party, OnPaper { ink, date });
    }
    Ok(on_paper)
}

/// Writes the statements about ink.
pub(super) fn write_on_paper(on_paper: &BTreeMap<String, OnPaper>, w: &mut Writer) {
    for (party, statement) in on_paper {
        let word = INK.iter().find(|(_, ink)| *ink == statement.ink).map_or("unstated", |(word, _)| word);
        let date = statement.date.map(|date| format!(" {date}")).unwrap_or_default();
        w.line("on-paper", format_args!("{party} {word}{date}"));
    }
}

/// What every record with a station's figures must be: a contest, a station with a ballot, the paper's boxes, after zero.
pub(super) fn check_figures(
    context: &Context<'_>,
    contest: &str,
    station: &str,
    figures: &Figures,
) -> Result<(u16, u32), Refusal> {
    context.after_zero()?;
    let contest_index = context.contest(contest)?;
    let station_index = context.station(station)?;
    // What somebody transcribes from a published table may lack boxes that the paper has.
    let may_lack = context.ledger.election().authority.is_none();
    figures.check_boxes(&context.ledger.election().contests[usize::from(contest_index)], may_lack)?;
    if figures.votes.is_empty() {
        return refuse(RefusalCode::R105, "a form has votes lines");
    }
    Ok((contest_index, station_index))
}

impl RecordKind for Form {
    const NAME: &'static str = "form";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[HEAD, FIGURES, ON_PAPER];
    const SIGNED_BY: &'static str = "the kit's key and the presiding officer's, both enrolled for that station; the deputy's and agents' if they are there";
    const EFFECT: &'static str = "the station's figures; a second form with other boxes contests; held if a signer's key was revoked before";
    const LAW: &'static str =
        "Form 34A; Elections Act s. 39; the station's form is final (Court of Appeal 105/2017)";
    const ASKS: &'static [&'static str] = &[
        "`zero` stands: R303; the contest exists: R302; the station is in the register: R306; the boxes are those of the contest's paper, and at least one `votes` line stands: R105. Which numbers the `votes` lines name is not asked (F203), nor whether the station is closed or has no ballot (F201)",
        "`seen-head` is at most the place of this record: R304",
        "The signers at the station: exactly one `kit`, exactly one `presiding`, any number of `deputy` and `agent`: R202, R203, R204. If one of them is revoked, the form is held",
    ];
    type Prepared = (u16, u32);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        Ok(Self {
            contest: lines.one("contest").word()?.to_owned(),
            station: lines.one("station").word()?.to_owned(),
            serial: lines.optional("serial").map(|mut a| a.word().map(str::to_owned)).transpose()?,
            kit: lines.one("kit").word()?.to_owned(),
            closed: lines.one("closed").time()?,
            sealed: lines.one("sealed").time()?,
            seen_head: lines.one("seen-head").place()?,
            figures: Figures::read(lines)?,
            on_paper: read_on_paper(lines)?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("contest", &self.contest).line("station", &self.station);
        w.optional("serial", self.serial.as_ref()).line("kit", &self.kit);
        w.line("closed", self.closed).line("sealed", self.sealed).line("seen-head", self.seen_head);
        self.figures.write(w);
        write_on_paper(&self.on_paper, w);
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<(u16, u32)>, Refusal> {
        let (contest, station) = check_figures(context, &self.contest, &self.station, &self.figures)?;
        if self.seen_head > context.place {
            let (seen, place) = (self.seen_head, context.place);
            return refuse(
                RefusalCode::R304,
                format!("seen-head {seen} is larger than this log, which has {place}"),
            );
        }
        let signers =
            context.station_signers(station, &[Role::Kit, Role::Presiding], &[Role::Deputy, Role::Agent])?;
        Ok(signers.verdict((contest, station)))
    }

    fn apply(self, (contest, station): (u16, u32), applied: &Applied, ledger: &mut Ledger) {
        let entry = NewEntry {
            contest,
            station,
            class: Class::Kit,
            figures: self.figures,
            serial: self.serial,
            closed: Some(self.closed),
            sealed: Some(self.sealed),
            seen_head: self.seen_head,
            on_paper: Some(self.on_paper),
        };
        ledger.add_entry(entry, applied);
    }
}
