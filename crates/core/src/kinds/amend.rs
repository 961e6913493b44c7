//! `amend`: replaces a custodian, changes a quorum, the rules, the admitted kinds or the witness policy, from its place.

use super::{RecordKind, pinned_possession_text};
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::{Claim, Role, Scope, record_key};
use crate::text::{Argument as A, Field, Lines, Writer};
use crate::witness_policy::WitnessPolicy;
use base64::Engine as _;
use hakiki_note::{BASE64, DecodedKey, Hash, KeyName, PublicKey, VerifierKey, sha256};
use std::collections::BTreeSet;

/// What changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A custodian goes.
    CustodianOut(KeyName),
    /// A custodian comes: name, key, organisation, proof of possession over the origin.
    CustodianIn(KeyName, PublicKey, String, [u8; 64]),
    /// A witness goes.
    WitnessOut(KeyName),
    /// A witness comes: its key and its organisation's key name.
    WitnessIn(VerifierKey, KeyName),
    /// How many witnesses must cosign.
    WitnessQuorum(u32),
    /// A mirror goes.
    MirrorOut(KeyName),
    /// A mirror comes: its key and its organisation's key name.
    MirrorIn(VerifierKey, KeyName),
    /// An intake goes.
    IntakeOut(KeyName),
    /// An intake comes: its key and its organisation's key name.
    IntakeIn(VerifierKey, KeyName),
    /// A quorum: kind, count.
    Quorum(String, u32),
    /// A kind and version is admitted from here on.
    Admits(String),
    /// Version of the rules, and the hash of its vectors.
    Rules(u32, Hash),
}

/// An amendment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amend {
    /// The changes.
    pub changes: Vec<Change>,
    /// Why, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::many("custodian-out", &[A::KeyName], "a custodian goes"),
    Field::many(
        "custodian-in",
        &[A::KeyName, A::PublicKey, A::Code, A::Signature],
        "a custodian comes: name, key, organisation, proof of possession over the origin",
    ),
    Field::many("witness-out", &[A::KeyName], "a witness goes"),
    Field::many(
        "witness-in",
        &[A::Token, A::KeyName],
        "a witness comes: verifier key, its organisation's key name",
    ),
    Field::optional("witness-quorum", &[A::Number], "how many witnesses must cosign"),
    Field::many("mirror-out", &[A::KeyName], "a mirror goes"),
    Field::many(
        "mirror-in",
        &[A::Token, A::KeyName],
        "a mirror comes: verifier key, its organisation's key name",
    ),
    Field::many("intake-out", &[A::KeyName], "an intake goes"),
    Field::many(
        "intake-in",
        &[A::Token, A::KeyName],
        "an intake comes: verifier key, its organisation's key name",
    ),
    Field::many("quorum", &[A::Code, A::Number], "kind, how many custodians sign it"),
    Field::many("admits", &[A::KindVersion], "a kind and version admitted from here on"),
    Field::optional("rules", &[A::Number, A::Blob], "version of the rules, hash of its vectors"),
    Field::one("reason", &[A::Code], "why"),
    Field::optional("words", &[A::Blob], "free text"),
];

/// The hash of the vectors of the rules' first version, `vectors/ledger.json`: what an election record names.
pub fn rules_vectors() -> Hash {
    sha256(include_bytes!("../../../../vectors/ledger.json"))
}

/// Versions of the admission rules that this program has.
pub(crate) const RULES_KNOWN: &[u32] = &[1];

impl RecordKind for Amend {
    const NAME: &'static str = "amend";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str =
        "the old quorum; for the witness policy more than half of the old witnesses' organisations too";
    const EFFECT: &'static str = "from its place";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read: each `witness-in`, `mirror-in`, `intake-in` is a verifier key: R105",
        "The quorum for `amend`, as it was before: R202, R201, R204",
        "At least one line stands besides `reason` and `words`: R105",
        "If any line is of witnesses, mirrors, intakes or the witness quorum: more than half of the election record's organisations sign too (if it has any): R204",
        "Line by line in the order of the table: `custodian-out` names a custodian in force: R308; `custodian-in` has a name and a key that are new, also among these lines: R209, of type 0x01: R207, whose bytes, torsion and proof over the origin are right: R208; `witness-out`, `mirror-out`, `intake-out` name one of the policy in force: R308; `rules` is 1: R106. `admits` and `quorum` may name what is not known",
        "The witness policy after the changes can be one: R201, R209, R207, R307",
        "Each quorum after the changes is at least 1 and at most the number of custodians then in force: R308",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let mut changes = Vec::new();
        for mut a in lines.all("custodian-out") {
            changes.push(Change::CustodianOut(a.key_name()?));
        }
        for mut a in lines.all("custodian-in") {
            changes.push(Change::CustodianIn(
                a.key_name()?,
                a.public_key()?,
                a.word()?.to_owned(),
                a.signature()?,
            ));
        }
        read_leaving(lines, "witness-out", Change::WitnessOut, &mut changes)?;
        read_coming(lines, "witness-in", Change::WitnessIn, &mut changes)?;
        if let Some(mut a) = lines.optional("witness-quorum") {
            changes.push(Change::WitnessQuorum(a.number()?));
        }
        read_leaving(lines, "mirror-out", Change::MirrorOut, &mut changes)?;
        read_coming(lines, "mirror-in", Change::MirrorIn, &mut changes)?;
        read_leaving(lines, "intake-out", Change::IntakeOut, &mut changes)?;
        read_coming(lines, "intake-in", Change::IntakeIn, &mut changes)?;
        for mut a in lines.all("quorum") {
            changes.push(Change::Quorum(a.word()?.to_owned(), a.number()?));
        }
        for mut a in lines.all("admits") {
            changes.push(Change::Admits(a.word()?.to_owned()));
        }
        if let Some(mut a) = lines.optional("rules") {
            changes.push(Change::Rules(a.number()?, a.blob()?));
        }
        let words = lines.optional("words").map(|mut a| a.blob()).transpose()?;
        Ok(Self { changes, reason: lines.one("reason").word()?.to_owned(), words })
    }

    fn write(&self, w: &mut Writer) {
        for change in &self.changes {
            match change {
                Change::CustodianOut(name) => w.line("custodian-out", name),
                Change::CustodianIn(name, key, organisation, proof) => {
                    let (key, proof) = (key.to_base64(), BASE64.encode(proof));
                    w.line("custodian-in", format_args!("{name} {key} {organisation} {proof}"))
                }
                Change::WitnessOut(name) => w.line("witness-out", name),
                Change::WitnessIn(key, organisation) => {
                    w.line("witness-in", format_args!("{key} {organisation}"))
                }
                Change::WitnessQuorum(count) => w.line("witness-quorum", count),
                Change::MirrorOut(name) => w.line("mirror-out", name),
                Change::MirrorIn(key, organisation) => {
                    w.line("mirror-in", format_args!("{key} {organisation}"))
                }
                Change::IntakeOut(name) => w.line("intake-out", name),
                Change::IntakeIn(key, organisation) => {
                    w.line("intake-in", format_args!("{key} {organisation}"))
                }
                Change::Quorum(kind, count) => w.line("quorum", format_args!("{kind} {count}")),
                Change::Admits(kind) => w.line("admits", kind),
                Change::Rules(version, hash) => w.line("rules", format_args!("{version} sha256:{hash}")),
            };
        }
        w.line("reason", &self.reason);
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<Self::Prepared>, Refusal> {
        context.quorum(Self::NAME)?;
        if self.changes.is_empty() {
            return refuse(RefusalCode::R105, "an amendment changes something");
        }
        if self.changes.iter().any(WitnessPolicy::is_changed_by) {
            context.organisations_majority()?;
        }
        let mut coming = BTreeSet::new();
        for change in &self.changes {
            check_change(context, change)?;
            if let Change::CustodianIn(name, key, ..) = change
                && !coming.insert(key.hash())
            {
                return refuse(RefusalCode::R209, format!("the key of {name} comes under two names"));
            }
        }
        context.ledger.check_amended(&self.changes)?;
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        for change in &self.changes {
            match change {
                Change::CustodianOut(name) => {
                    if let Some(index) = ledger.roster().by_name(name.as_str()) {
                        ledger.roster_mut().revoke(index, applied.place());
                    }
                }
                Change::CustodianIn(name, key, _, possession) => {
                    if let Ok((claim, hash)) = custodian_claim(name, key, *possession) {
                        ledger.roster_mut().enrol(claim, hash, None, applied.place());
                    }
                }
                _ => {}
            }
        }
        ledger.note_amendment(applied.place(), self.changes, self.reason);
    }
}

fn read_leaving(
    lines: &Lines,
    name: &'static str,
    change: impl Fn(KeyName) -> Change,
    changes: &mut Vec<Change>,
) -> Result<(), Refusal> {
    for mut a in lines.all(name) {
        changes.push(change(a.key_name()?));
    }
    Ok(())
}

fn read_coming(
    lines: &Lines,
    name: &'static str,
    change: impl Fn(VerifierKey, KeyName) -> Change,
    changes: &mut Vec<Change>,
) -> Result<(), Refusal> {
    for mut a in lines.all(name) {
        let key = a.word()?.parse().map_err(|e| Refusal::new(RefusalCode::R105, format!("{e}")))?;
        changes.push(change(key, a.key_name()?));
    }
    Ok(())
}

fn custodian_claim(name: &KeyName, key: &PublicKey, possession: [u8; 64]) -> Result<(Claim, Hash), Refusal> {
    let public = record_key(key)?;
    let claim = Claim {
        name: name.clone(),
        public,
        role: Role::Custodian,
        scope: Scope::Everywhere,
        party: None,
        possession,
    };
    Ok((claim, key.hash()))
}

fn check_change(context: &Context<'_>, change: &Change) -> Result<(), Refusal> {
    match change {
        Change::CustodianOut(name) => {
            let index = context.ledger.roster().by_name(name.as_str());
            let key = index.map(|index| context.ledger.roster().key(index));
            match key {
                Some(key) if key.role == Role::Custodian && !key.is_revoked_at(context.place) => Ok(()),
                _ => refuse(RefusalCode::R308, format!("{name} is no custodian here")),
            }
        }
        Change::CustodianIn(name, key, _, possession) => {
            context.ledger.roster().check_new(name, &key.hash())?;
            let text = pinned_possession_text(context.ledger.election().origin(), name, key);
            let public = record_key(key)?;
            let checked = DecodedKey::enrol(&public).and_then(|k| k.verify(text.as_bytes(), possession));
            checked.map_err(|e| Refusal::new(RefusalCode::R208, format!("{name}: {e}")))
        }
        Change::Rules(version, _) if !RULES_KNOWN.contains(version) => {
            refuse(RefusalCode::R106, format!("rules {version} are not known to this program"))
        }
        Change::WitnessOut(name) | Change::MirrorOut(name) | Change::IntakeOut(name) => {
            let policy = context.ledger.witness_policy();
            let all = match change {
                Change::WitnessOut(_) => &policy.witnesses,
                Change::MirrorOut(_) => &policy.mirrors,
                _ => &policy.intakes,
            };
            if all.iter().any(|one| one.key.name() == name) {
                return Ok(());
            }
            refuse(RefusalCode::R308, format!("{name} is not in the policy in force"))
        }
        _ => Ok(()),
    }
}
