//! `head`: an earlier head with the witnesses' cosignatures. Witnessed time enters the log only so.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::text::{Argument as A, Field, Lines, Writer};
use crate::witness_policy::{WitnessPolicy, witnessed_times};
use base64::Engine as _;
use hakiki_note::{BASE64, KeyName};
use hakiki_tlog::tree::Head;

/// A head record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRecord {
    /// The head.
    pub head: Head,
    /// The log's signature over the checkpoint of that head.
    pub log_signature: [u8; 64],
    /// Witness's key name and the bytes of its cosignature (timestamp and signature).
    pub cosignatures: Vec<(KeyName, Vec<u8>)>,
}

const SHAPE: &[Field] = &[
    Field::one("size", &[A::Place], "size of the earlier head"),
    Field::one("root", &[A::Id], "its root"),
    Field::one("log-signature", &[A::Signature], "the log's signature over its checkpoint"),
    Field::many(
        "cosignature",
        &[A::KeyName, A::Token],
        "witness or mirror, base64 of timestamp and signature",
    ),
];

/// The time of a cosignature: its first eight bytes, seconds since 1970.
fn timestamp(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk::<8>().map(|first| u64::from_be_bytes(*first))
}

impl HeadRecord {
    /// The text of the checkpoint that it carries.
    pub fn checkpoint_text(&self, origin: &str) -> String {
        format!("{origin}\n{}\n{}\n", self.head.size, BASE64.encode(self.head.root.0))
    }

    /// Between which times it was witnessed: the k-th latest and the k-th earliest of the cosignatures' times. Fewer than k
    /// wrong clocks can move neither so that it says too much.
    fn witnessed_unix_seconds(&self, policy: &WitnessPolicy) -> Option<(u64, u64)> {
        let is_witness = |name: &KeyName| policy.witnesses.iter().any(|one| one.key.name() == name);
        let by_witnesses = self.cosignatures.iter().filter(|(name, _)| is_witness(name));
        witnessed_times(by_witnesses.filter_map(|(_, bytes)| timestamp(bytes)), policy.quorum)
    }
}

impl RecordKind for HeadRecord {
    const NAME: &'static str = "head";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "the log";
    const EFFECT: &'static str = "bounds from outside when the records before it were in the log; its cosignatures are judged by the policy that the entries under the head that it carries left in force";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read: each cosignature is canonical base64: R105",
        "The only signer is the log: R202",
        "`size` is at most the place of this record: R304. Neither the root nor its age is asked",
        "`log-signature` is the log's over the checkpoint of that head (origin, size, root in base64, each a line): R206, whatever is wrong with it",
        "Each cosignature in its order: by a witness or mirror of the policy of that size: R201; at least eight bytes, the time in big-endian seconds: R105; the rest is its signature over `cosignature/v1`, `time <seconds>` and the checkpoint: R206, whatever is wrong with it, its length included",
    ];
    type Prepared = Option<(u64, u64)>;

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let cosignatures = lines.all("cosignature").map(|mut a| {
            let (name, word) = (a.key_name()?, a.word()?);
            let bytes = BASE64
                .decode(word)
                .map_err(|e| Refusal::new(RefusalCode::R105, format!("cosignature: {e}")))?;
            Ok((name, bytes))
        });
        Ok(Self {
            head: Head { size: lines.one("size").place()?, root: lines.one("root").id()? },
            log_signature: lines.one("log-signature").signature()?,
            cosignatures: cosignatures.collect::<Result<_, Refusal>>()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("size", self.head.size).line("root", self.head.root);
        w.line("log-signature", BASE64.encode(self.log_signature));
        for (name, bytes) in &self.cosignatures {
            w.line("cosignature", format_args!("{name} {}", BASE64.encode(bytes)));
        }
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<Option<(u64, u64)>>, Refusal> {
        context.by_log()?;
        if self.head.size > context.place {
            return refuse(
                RefusalCode::R304,
                format!("a head of {} cannot stand at place {}", self.head.size, context.place),
            );
        }
        let election = context.ledger.election();
        let policy = context.ledger.witness_policies().at(self.head.size);
        let text = self.checkpoint_text(election.origin());
        let bad = |who: &KeyName, why: String| Refusal::new(RefusalCode::R206, format!("{who}: {why}"));
        let log =
            election.log_key.key().decode().and_then(|key| key.verify(text.as_bytes(), &self.log_signature));
        log.map_err(|e| bad(election.log_key.name(), e.to_string()))?;
        for (name, bytes) in &self.cosignatures {
            let mut cosigners = policy.witnesses.iter().chain(&policy.mirrors);
            let Some(witness) = cosigners.find(|one| one.key.name() == name) else {
                return refuse(
                    RefusalCode::R201,
                    format!("{name} is neither witness nor mirror in the policy of that head"),
                );
            };
            let (Some(time), Some(signature)) = (timestamp(bytes), bytes.get(8..)) else {
                return refuse(
                    RefusalCode::R105,
                    format!("{name}: a cosignature is a timestamp and 64 bytes"),
                );
            };
            let message = format!("cosignature/v1\ntime {time}\n{text}");
            let checked =
                witness.key.key().decode().and_then(|key| key.verify(message.as_bytes(), signature));
            checked.map_err(|e| bad(name, e.to_string()))?;
        }
        Ok(Verdict::Admitted(self.witnessed_unix_seconds(policy)))
    }

    fn apply(self, time: Option<(u64, u64)>, applied: &Applied, ledger: &mut Ledger) {
        ledger.note_head(applied.place(), self.head, time);
    }
}
