//! The kinds of records, one file each: fields, text form, who signs, effect, law.
//!
//! To add a kind: write its file, add it to the list below, and add its tests.

mod amend;
mod answer;
mod attest;
mod audit_count;
mod audit_plan;
mod audit_seed;
mod challenge;
mod claim;
mod claim_ruling;
mod claim_test;
mod collation;
mod contest;
mod custody;
mod declaration;
mod election;
pub mod figures;
mod form;
mod head;
mod image;
mod intake;
mod key;
mod missing;
mod notice;
mod observed;
mod poll;
mod refusal;
mod register;
mod ruling;
mod scrutiny;
mod session;
mod software;
mod statement;
mod transcript;
mod turnout;
mod withhold;
mod word;
mod zero;

pub use crate::witness_policy::Witness;
pub use amend::{Amend, Change, rules_vectors};
pub use answer::Answer;
pub use attest::{Attest, Says};
pub use audit_count::AuditCount;
pub use audit_plan::{AuditMethod, AuditOutcome, AuditPlan, batch_row};
pub use audit_seed::AuditSeed;
pub use challenge::Challenge;
pub use claim::Claim;
pub use claim_ruling::{ClaimRuling, Held};
pub use claim_test::{ClaimTest, TestOutcome};
pub use collation::{Collation, child_row};
pub use contest::{Contest, RuleName, Spread};
pub(crate) use custody::PreparedCustody;
pub use custody::{Custody, ITEMS_MAX, ItemKind};
pub use declaration::Declaration;
pub use election::{
    Custodian, Election, LevelName, Mode, Organisation, Party, Quorum, acceptance_text,
    pinned_possession_text,
};
pub use figures::{BOX_NAMES, BoxName, Figures};
pub use form::{Form, Ink, OnPaper};
pub use head::HeadRecord;
pub use image::{Image, Shows};
pub use intake::Intake;
pub use key::{KeyAction, KeyRecord, NewKey, possession_text};
pub use missing::MissingReason;
pub use notice::{Notice, NoticeAbout};
pub use observed::{Event, Moved, Observed, Origin, UNREGISTERED};
pub use poll::{Poll, PollState};
pub use refusal::RefusalRecord;
pub use register::{RegisterRecord, TableName};
pub use ruling::{Decision, Rank, Ruling};
pub use scrutiny::{QUESTIONS, Scrutiny, ScrutinySays};
pub use session::{Session, SessionAction};
pub use software::Software;
pub use statement::Statement;
pub use transcript::Transcript;
pub use turnout::Turnout;
pub use withhold::Withhold;
pub use word::Granularity;
pub use zero::Zero;

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::record::{ELECTION_LINE, SIGNER_LINES};
use crate::text::value::parse_number;
use crate::text::{Field, Lines, Writer};
use hakiki_note::Hash;

/// What one kind of record is.
pub trait RecordKind: Sized {
    /// Its name in the header line.
    const NAME: &'static str;
    /// Its version. A version never changes its meaning.
    const VERSION: u32;
    /// Its lines, between `election` and `signer`.
    const SHAPE: &'static [&'static [Field]];
    /// Who signs, for the reference.
    const SIGNED_BY: &'static str;
    /// What it does to the ledger, for the reference.
    const EFFECT: &'static str;
    /// The law that it carries out, for the reference; empty if none.
    const LAW: &'static str;
    /// What reading and admission ask beyond the table of lines, in the order in which it is judged, each with its code:
    /// for the reference.
    const ASKS: &'static [&'static str];
    /// What admission learned and the application needs, so that no table is read twice.
    type Prepared;

    /// Takes the values out of lines that fit the shape.
    fn read(lines: &Lines) -> Result<Self, Refusal>;
    /// Writes the lines of the shape.
    fn write(&self, writer: &mut Writer);
    /// The table blobs that must be durable before this record is admitted.
    fn tables(&self) -> Vec<Hash> {
        Vec::new()
    }
    /// The other blobs that it names: images and words. Not here yet is a state, not an error.
    fn blobs(&self) -> Vec<Hash> {
        Vec::new()
    }
    /// Whether its signers may say this, here.
    fn admit(&self, context: &Context<'_>) -> Result<Verdict<Self::Prepared>, Refusal>;
    /// Its effect.
    fn apply(self, prepared: Self::Prepared, applied: &Applied, ledger: &mut Ledger);
}

macro_rules! kinds {
    ($($kind:ident,)+) => {
        /// The admitted kinds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $(#[doc = stringify!($kind)] $kind,)+ }

        /// What a record says.
        #[derive(Debug, Clone)]
        pub enum Body { $(#[doc = stringify!($kind)] $kind($kind),)+ }

        /// What an admission prepared, by kind.
        pub enum Prepared { $(#[doc = stringify!($kind)] $kind(<$kind as RecordKind>::Prepared),)+ }

        impl Kind {
            /// Every kind, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => <$kind as RecordKind>::NAME,)+ }
            }

            /// Its version.
            pub fn version(self) -> u32 {
                match self { $(Self::$kind => <$kind as RecordKind>::VERSION,)+ }
            }

            /// Its own lines.
            pub fn shape(self) -> &'static [&'static [Field]] {
                match self { $(Self::$kind => <$kind as RecordKind>::SHAPE,)+ }
            }

            /// Who signs, its effect, its law: for the reference.
            pub fn reference(self) -> [&'static str; 3] {
                match self {
                    $(Self::$kind => [
                        <$kind as RecordKind>::SIGNED_BY,
                        <$kind as RecordKind>::EFFECT,
                        <$kind as RecordKind>::LAW,
                    ],)+
                }
            }

            /// What is asked beyond its lines, in order: for the reference.
            pub fn asks(self) -> &'static [&'static str] {
                match self { $(Self::$kind => <$kind as RecordKind>::ASKS,)+ }
            }

            pub(crate) fn read(self, lines: &Lines) -> Result<Body, Refusal> {
                match self { $(Self::$kind => <$kind as RecordKind>::read(lines).map(Body::$kind),)+ }
            }
        }

        impl Body {
            /// Its kind.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind,)+ }
            }

            pub(crate) fn write(&self, writer: &mut Writer) {
                match self { $(Self::$kind(body) => body.write(writer),)+ }
            }

            /// The table blobs that must be durable before admission.
            pub fn tables(&self) -> Vec<Hash> {
                match self { $(Self::$kind(body) => body.tables(),)+ }
            }

            /// The other blobs that it names.
            pub fn blobs(&self) -> Vec<Hash> {
                match self { $(Self::$kind(body) => body.blobs(),)+ }
            }

            pub(crate) fn admit(&self, context: &Context<'_>) -> Result<Verdict<Prepared>, Refusal> {
                match self { $(Self::$kind(body) => Ok(body.admit(context)?.map(Prepared::$kind)),)+ }
            }

            /// Applies a body with what its own admission prepared. Another kind's cannot come here: both stem from
            /// one admission.
            pub(crate) fn apply(self, prepared: Prepared, applied: &Applied, ledger: &mut Ledger) {
                match (self, prepared) {
                    $((Self::$kind(body), Prepared::$kind(prepared)) => body.apply(prepared, applied, ledger),)+
                    _ => {}
                }
            }
        }

        $(impl From<$kind> for Body {
            fn from(body: $kind) -> Self {
                Self::$kind(body)
            }
        })+
    };
}

kinds! {
    Election, RegisterRecord, Amend, KeyRecord, Poll, Zero, HeadRecord, Form, Image, Intake, Transcript, Attest,
    Turnout, MissingReason, Ruling, Collation, Declaration, RefusalRecord, Notice,
    Session, Observed, Software, Custody, Challenge, Answer, Scrutiny, Withhold,
    AuditPlan, AuditSeed, AuditCount,
    Claim, Statement, ClaimTest, ClaimRuling,
}

impl Kind {
    /// The kinds that say what people and machines did around the election.
    pub const CONDUCT: &'static [Self] = &[
        Self::Session,
        Self::Observed,
        Self::Software,
        Self::Custody,
        Self::Challenge,
        Self::Answer,
        Self::Scrutiny,
        Self::Withhold,
    ];

    /// The kinds of audits of the paper.
    pub const AUDIT: &'static [Self] = &[Self::AuditPlan, Self::AuditSeed, Self::AuditCount];

    /// The kinds of a log of what others say of an election.
    pub const SAID: &'static [Self] = &[Self::Claim, Self::Statement, Self::ClaimTest, Self::ClaimRuling];

    /// Every kind that a log of an election admits: all but those of what others say, which stand in a log of their own.
    pub fn of_elections() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|kind| !Self::SAID.contains(kind))
    }

    /// `hakiki/<kind>@v<n>`.
    pub fn header(self) -> String {
        format!("hakiki/{}@v{}", self.name(), self.version())
    }

    /// `<kind>@v<n>`, as the election record admits it.
    pub fn name_and_version(self) -> String {
        format!("{}@v{}", self.name(), self.version())
    }

    fn is_header(self, header: &str) -> bool {
        let version = header.strip_prefix("hakiki/").and_then(|rest| rest.strip_prefix(self.name()));
        version
            .and_then(|rest| rest.strip_prefix("@v"))
            .is_some_and(|v| parse_number(v) == Some(self.version()))
    }

    /// The kind of a header line.
    pub fn of_header(header: &str) -> Result<Self, Refusal> {
        let Some(kind) = Self::ALL.iter().find(|kind| kind.is_header(header)) else {
            let shown: String = header.chars().take(60).collect();
            return refuse(
                RefusalCode::R106,
                format!("{shown:?} is no kind and version that this program knows"),
            );
        };
        Ok(*kind)
    }

    /// Every line of the kind, the common ones included.
    pub fn shapes(self) -> Vec<&'static [Field]> {
        let first: &[&'static [Field]] = if self == Self::Election { &[] } else { &[ELECTION_LINE] };
        first.iter().chain(self.shape()).chain(&[SIGNER_LINES]).copied().collect()
    }
}
