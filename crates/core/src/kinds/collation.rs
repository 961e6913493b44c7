//! `collation`: the tally of an area from named forms (34B): its children by id, as a blob, and its totals.

use super::RecordKind;
use super::figures::{BoxName, FIGURES, Figures};
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, CollationEntry, CollationRow, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::table::{Table, TableText, write_table};
use crate::text::{Argument as A, BoxValue, Field, Lines, Writer};
use hakiki_note::Hash;

/// A collation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collation {
    /// Contest.
    pub contest: String,
    /// The area collated.
    pub area: String,
    /// The table of children.
    pub children: Hash,
    /// Forms submitted to the officer.
    pub submitted: u32,
    /// Forms received by the officer.
    pub received: u32,
    /// Totals.
    pub figures: Figures,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const HEAD: &[Field] = &[
    Field::one("contest", &[A::Code], "contest"),
    Field::one("area", &[A::Code], "the area collated"),
    Field::one("children", &[A::Blob], "the table of its forms, each with its figures as collated"),
    Field::one("submitted", &[A::Number], "forms submitted to the officer"),
    Field::one("received", &[A::Number], "forms received by the officer"),
];
const TAIL: &[Field] = &[Field::optional("words", &[A::Blob], "free text")];

/// One row of a children table: station, form, votes in the order of the ballot, then valid and rejected (`dash` where the
/// paper has no such box).
pub fn child_row(
    station: &str,
    id: &Hash,
    votes: &[BoxValue],
    valid: BoxValue,
    rejected: BoxValue,
) -> String {
    let boxes: Vec<String> = votes.iter().chain([&valid, &rejected]).map(ToString::to_string).collect();
    format!("{station} {id} {}", boxes.join(" "))
}

impl Collation {
    /// The children table of rows made by [`child_row`].
    pub fn children_table(rows: impl IntoIterator<Item = String>) -> Vec<u8> {
        write_table(Table::Children, "child", rows)
    }
}

impl RecordKind for Collation {
    const NAME: &'static str = "collation";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[HEAD, FIGURES, TAIL];
    const SIGNED_BY: &'static str = "a returning officer of that area, and a second officer if there is one";
    const EFFECT: &'static str = "compared with its forms and with its own sum: F301, F302, F303; totals of the ledger never come from it";
    const LAW: &'static str = "Form 34B; every later form only tallies (Court of Appeal 105/2017)";
    const ASKS: &'static [&'static str] = &[
        "`zero` stands: R303; the contest exists: R302; the area is in the register: R306",
        "The officers of the area: exactly one `returning` or `commissioner`, any number of `second`: R202, R203, R204; then none is revoked: R201",
        "The children's table is here and canonical: R305; then each row in order: R306, R305 (see Tables). Whether its forms are in the log is not asked (F301), nor which boxes stand",
    ];
    type Prepared = (u16, u32, Vec<CollationRow>);

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        Ok(Self {
            contest: lines.one("contest").word()?.to_owned(),
            area: lines.one("area").word()?.to_owned(),
            children: lines.one("children").blob()?,
            submitted: lines.one("submitted").number()?,
            received: lines.one("received").number()?,
            figures: Figures::read(lines)?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("contest", &self.contest).line("area", &self.area).blob("children", &self.children);
        w.line("submitted", self.submitted).line("received", self.received);
        self.figures.write(w);
        w.optional_blob("words", self.words.as_ref());
    }

    fn tables(&self) -> Vec<Hash> {
        vec![self.children]
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<Self::Prepared>, Refusal> {
        context.after_zero()?;
        let (contest, area) = (context.contest(&self.contest)?, context.area(&self.area)?);
        context.officers_of_area(area, &[Role::Returning, Role::Commissioner], &[Role::Second])?;
        let children = TableText::load(context.tables, Table::Children, &self.children)?;
        let mut rows = Vec::new();
        for mut row in children.lines()?.all("child") {
            let (station, id) = (context.station(row.word()?)?, row.id()?);
            let mut boxes = Vec::new();
            for word in row.words().split(' ').filter(|word| !word.is_empty()) {
                let parsed = BoxValue::parse(word);
                boxes.push(
                    parsed.ok_or_else(|| Refusal::new(RefusalCode::R305, format!("{word:?} is no box")))?,
                );
            }
            let (Some(rejected), Some(valid)) = (boxes.pop(), boxes.pop()) else {
                return refuse(RefusalCode::R305, "a child has its votes, then valid and rejected");
            };
            rows.push(CollationRow { station, id, votes: boxes, valid, rejected });
        }
        Ok(Verdict::Admitted((contest, area, rows)))
    }

    fn apply(self, (contest, area, rows): Self::Prepared, applied: &Applied, ledger: &mut Ledger) {
        ledger.note_collation(CollationEntry {
            place: applied.place(),
            id: *applied.id(),
            contest,
            area,
            submitted: self.submitted,
            received: self.received,
            votes: self.figures.votes.clone(),
            valid: self.figures.boxed(BoxName::Valid),
            rejected: self.figures.boxed(BoxName::Rejected),
            rows,
        });
    }
}
