//! `custody`: kits, boxes, form books, seals and parcels pass from one hand to another, signed by both.

use super::RecordKind;
use super::word::word_enum;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::{KeyIndex, Role};
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::{Hash, KeyName};
use std::collections::BTreeSet;

word_enum! {
    /// What is handed over.
    ItemKind {
        /// A ballot box.
        Box = "box",
        /// A book of numbered forms.
        FormBook = "form-book",
        /// A station's device.
        Kit = "kit",
        /// A parcel.
        Parcel = "parcel",
        /// A seal.
        Seal = "seal",
    }
}

/// Most items of one record.
pub const ITEMS_MAX: usize = 64;

/// A hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custody {
    /// What: kind and code.
    pub items: BTreeSet<(ItemKind, String)>,
    /// The serials in a form book: first and last.
    pub serials: Option<(String, String)>,
    /// For which station, from here on.
    pub station: Option<String>,
    /// Who gives it.
    pub from: KeyName,
    /// Who takes it.
    pub to: KeyName,
    /// When, by the signers' clocks.
    pub at: Time,
    /// Why, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::some("item", &[A::Word(ItemKind::WORDS), A::Code], "what is handed over; at most 64 lines")
        .keyed_by(2),
    Field::optional("serials", &[A::Code, A::Code], "the first and the last serial in a form book"),
    Field::optional("station", &[A::Code], "for which station, from here on"),
    Field::one("from", &[A::KeyName], "who gives; the same as `to` where it is made, or comes from outside"),
    Field::one("to", &[A::KeyName], "who takes"),
    Field::one("at", &[A::Time], "when, by the signers' clocks"),
    Field::one("reason", &[A::Code], "why"),
    Field::optional("words", &[A::Blob], "free text"),
];

/// What admission found out: who gives, who takes, for which station.
pub struct PreparedCustody {
    pub(crate) from: KeyIndex,
    pub(crate) to: KeyIndex,
    pub(crate) station: Option<u32>,
}

impl RecordKind for Custody {
    const NAME: &'static str = "custody";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "who gives and who takes: any key but a vendor's and the log's";
    const EFFECT: &'static str = "who takes holds the items, behind its place; F503 where who gives did not hold one; a form's serial is compared with the books: F208";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read, each R105: at most 64 `item` lines; `serials` stands only where there is exactly one item and it is a `form-book`; its two serials are of one length, and the first is not behind the last, compared as bytes",
        "`from`, then `to`, is the name of a key in the roster: R201; the role of `from`, then of `to`, is not `vendor` and not `log`: R202",
        "Every signer is `from` or `to`: R202; `from` signs: R204; `to` signs: R204. Where `from` and `to` are the same there is one signer. Then no signer is revoked: R201",
        "`station` is in the register: R306",
        "Who holds an item is not asked (F503); `at` is compared with nothing; `zero` need not stand",
    ];
    type Prepared = PreparedCustody;

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let items = lines.all("item").map(|mut a| Ok((ItemKind::parse(a.word()?)?, a.word()?.to_owned())));
        let items: BTreeSet<(ItemKind, String)> = items.collect::<Result<_, Refusal>>()?;
        if items.len() > ITEMS_MAX {
            return refuse(RefusalCode::R105, format!("{} items, at most {ITEMS_MAX}", items.len()));
        }
        let serials = lines.optional("serials").map(|mut a| Ok((a.word()?.to_owned(), a.word()?.to_owned())));
        let serials: Option<(String, String)> = serials.transpose()?;
        if let Some((first, last)) = &serials {
            if items.len() != 1 || items.iter().any(|(kind, _)| *kind != ItemKind::FormBook) {
                return refuse(RefusalCode::R105, "`serials` stands for one form book and nothing else");
            }
            if first.len() != last.len() || first > last {
                return refuse(RefusalCode::R105, format!("{first} and {last} are no range of serials"));
            }
        }
        Ok(Self {
            items,
            serials,
            station: lines.optional("station").map(|mut a| a.word().map(str::to_owned)).transpose()?,
            from: lines.one("from").key_name()?,
            to: lines.one("to").key_name()?,
            at: lines.one("at").time()?,
            reason: lines.one("reason").word()?.to_owned(),
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        for (kind, code) in &self.items {
            w.line("item", format_args!("{} {code}", kind.as_str()));
        }
        w.optional("serials", self.serials.as_ref().map(|(first, last)| format!("{first} {last}")));
        w.optional("station", self.station.as_ref()).line("from", &self.from).line("to", &self.to);
        w.line("at", self.at).line("reason", &self.reason).optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<PreparedCustody>, Refusal> {
        let (from, to) = (context.key_named(&self.from)?, context.key_named(&self.to)?);
        for key in [from, to].map(|index| context.ledger.roster().key(index)) {
            if matches!(key.role, Role::Vendor | Role::Log) {
                let role = key.role.as_str();
                return refuse(
                    RefusalCode::R202,
                    format!("{} is enrolled as {role}, which holds no items", key.name),
                );
            }
        }
        if context.keys.iter().any(|key| ![from, to].contains(key)) {
            return refuse(RefusalCode::R202, "who gives and who takes sign, and nobody else");
        }
        for (index, name) in [(from, &self.from), (to, &self.to)] {
            if !context.keys.contains(&index) {
                return refuse(RefusalCode::R204, format!("{name} does not sign"));
            }
        }
        context.all_in_force()?;
        let station = self.station.as_deref().map(|code| context.station(code)).transpose()?;
        Ok(Verdict::Admitted(PreparedCustody { from, to, station }))
    }

    fn apply(self, prepared: PreparedCustody, applied: &Applied, ledger: &mut Ledger) {
        ledger.note_custody(applied, self, &prepared);
    }
}
