//! `audit-seed`: the digits of dice thrown in public after the plan stood in the log, and who was there.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, AuditSeedEntry, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::Hash;
use std::collections::BTreeSet;

/// The fewest digits: 66 bits, so that nobody tries all seeds.
const DIGITS_LEAST: usize = 20;
/// Who acts for the commission.
const COMMISSION: &[Role] = &[Role::Commissioner, Role::Returning, Role::Auditor];
/// Who saw it and is not of the commission.
const OTHERS: &[Role] = &[Role::Agent, Role::Observer, Role::Registrar];

/// A seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditSeed {
    /// The plan that it is for.
    pub plan: Hash,
    /// The digits, in the order in which they fell.
    pub digits: String,
    /// When they were thrown, by the signers' clock.
    pub thrown: Time,
    /// Who was there, as codes.
    pub present: BTreeSet<String>,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("plan", &[A::Id], "the `audit-plan` that it is for"),
    Field::one("digits", &[A::Token], "the digits of ten-sided dice, in the order in which they fell"),
    Field::one("thrown", &[A::Time], "when, by the signers' clock"),
    Field::many("present", &[A::Code], "who was there, beside those who sign"),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for AuditSeed {
    const NAME: &'static str = "audit-seed";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "those who were there: at least one commissioner, returning officer or auditor, and at least one agent, observer or registrar";
    const EFFECT: &'static str = "draws the sample of its plan; a plan has one seed";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read: `digits` are 20 or more of 0 to 9: R105",
        "`plan` is an admitted `audit-plan` in the log: R304",
        "Each signer's role is `commissioner`, `returning`, `auditor`, `agent`, `observer` or `registrar`, whatever its scope: R202; at least one is of the first three and at least one of the last three: R204; then none is revoked: R201",
        "The plan is the newest of its contest and area, and has no seed yet: R308",
    ];
    type Prepared = u32;

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let digits = lines.one("digits").word()?.to_owned();
        if digits.len() < DIGITS_LEAST || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return refuse(RefusalCode::R105, format!("a seed is {DIGITS_LEAST} or more digits in one row"));
        }
        Ok(Self {
            plan: lines.one("plan").id()?,
            digits,
            thrown: lines.one("thrown").time()?,
            present: lines
                .all("present")
                .map(|mut a| a.word().map(str::to_owned))
                .collect::<Result<_, _>>()?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("plan", self.plan).line("digits", &self.digits).line("thrown", self.thrown);
        for code in &self.present {
            w.line("present", code);
        }
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<u32>, Refusal> {
        let (index, plan) = context.audit_plan(&self.plan)?;
        context.some_of_each(&[COMMISSION, OTHERS])?;
        if plan.seed.is_some() {
            return refuse(RefusalCode::R308, "the plan has its seed; dice are thrown once");
        }
        if context.ledger.newest_audit_plan(plan.contest, plan.area) != Some(index) {
            return refuse(RefusalCode::R308, "a newer plan of the contest and area took this one's place");
        }
        Ok(Verdict::Admitted(index))
    }

    fn apply(self, plan: u32, applied: &Applied, ledger: &mut Ledger) {
        let (place, id, keys) = (applied.place(), *applied.id(), applied.keys().into());
        ledger.note_audit_seed(plan, AuditSeedEntry { place, id, keys, seed: self });
    }
}
