//! `election`: entry 0, small enough to print. Its id is the fingerprint.
//!
//! Keys that stand in it prove their possession over the log's origin, as the fingerprint is not there yet; the keys of
//! the registers prove it over the fingerprint.

use super::RecordKind;
use super::contest::{Contest, read_contests, write_contests};
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::text::{Argument as A, Date, Field, Lines, Time, Writer};
use crate::witness_policy::{Witness, WitnessPolicy};
use base64::Engine as _;
use hakiki_note::{BASE64, Hash, KeyName, PublicKey, VerifierKey};
use std::collections::{BTreeMap, BTreeSet};

/// Whether the election is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A real election, or a compilation of one.
    Live,
    /// A rehearsal; said on every page.
    Rehearsal,
}

/// A custodian of the election.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custodian {
    /// Key name.
    pub name: KeyName,
    /// Public key.
    pub key: PublicKey,
    /// Organisation.
    pub organisation: String,
    /// Proof of possession over the origin.
    pub possession: [u8; 64],
}

/// A party with its root key, which alone enrols and revokes the party's and its agents' keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The party's code.
    pub code: String,
    /// Root key name.
    pub name: KeyName,
    /// Root public key.
    pub key: PublicKey,
    /// Proof of possession over the origin.
    pub possession: [u8; 64],
}

/// An organisation that runs witnesses or mirrors, and its own key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// The organisation's key name.
    pub name: KeyName,
    /// Its key.
    pub key: PublicKey,
    /// Its class: commission, party, observers, court, press.
    pub class: String,
    /// Its signed acceptance.
    pub acceptance: [u8; 64],
}

/// How many custodians a kind of record needs.
pub type Quorum = BTreeMap<String, u32>;
/// A level's place from the top and its code.
pub type LevelName = (u32, String);

/// The election record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Election {
    /// Title in words.
    pub title: String,
    /// Live or rehearsal.
    pub mode: Mode,
    /// A commission's name in a code; none for a compilation by others (written `none`).
    pub authority: Option<String>,
    /// The log's key; its name is the log's origin.
    pub log_key: VerifierKey,
    /// Polling day.
    pub polling_day: Date,
    /// The first moment at which counting is possible.
    pub counting_from: Time,
    /// In how many seconds a stamped form must be in the log.
    pub merge_delay_seconds: u32,
    /// Greatest age of a head, in seconds.
    pub head_age_seconds: u32,
    /// Version of the admission rules and findings, with the hash of their vectors.
    pub rules: (u32, Hash),
    /// The election that this one follows.
    pub follows: Option<Hash>,
    /// The kinds and versions admitted.
    pub admits: BTreeSet<String>,
    /// Levels of areas from the top.
    pub levels: Vec<LevelName>,
    /// Contests.
    pub contests: Vec<Contest>,
    /// Custodians.
    pub custodians: Vec<Custodian>,
    /// Quorums by kind.
    pub quorums: Quorum,
    /// Parties.
    pub parties: Vec<Party>,
    /// Organisations that run witnesses.
    pub organisations: Vec<Organisation>,
    /// Witnesses.
    pub witnesses: Vec<Witness>,
    /// How many of them must cosign; 0 is "no witness".
    pub witness_quorum: u32,
    /// Mirrors, which cosign only what they store.
    pub mirrors: Vec<Witness>,
    /// Intakes, which stamp sealed forms.
    pub intakes: Vec<Witness>,
}

const CLASSES: &[&str] = &["commission", "court", "observers", "party", "press"];
const SHAPE: &[Field] = &[
    Field::one("title", &[A::Words], "the election's title"),
    Field::one("mode", &[A::Word(&["live", "rehearsal"])], "rehearsal keys can sign nothing live"),
    Field::one("authority", &[A::Code], "the commission; `none` for a compilation by others"),
    Field::one("log", &[A::Token], "verifier key of the log; its name is the log's origin"),
    Field::one("polling-day", &[A::Date], "polling day"),
    Field::one("counting-from", &[A::Time], "counting is not possible before"),
    Field::one("merge-delay", &[A::Number], "seconds in which a stamped form must be in the log"),
    Field::one("head-age", &[A::Number], "greatest age of a head, in seconds"),
    Field::one(
        "rules",
        &[A::Number, A::Blob],
        "version of the admission rules, and the hash of their vectors",
    ),
    Field::optional("follows", &[A::Id], "fingerprint of the election that this one follows"),
    Field::some("admits", &[A::KindVersion], "a kind and version that the log admits"),
    Field::some("level", &[A::Number, A::Code], "levels of areas, 0 is the whole"),
    Field::many(
        "contest",
        &[A::Code, A::Word(&["majority-with-spread", "plurality", "totals-only"]), A::Words],
        "a contest, its rule and its title",
    ),
    Field::many(
        "spread",
        &[A::Code, A::Fraction, A::Fraction, A::Number, A::Code],
        "contest; more than this share of all valid votes; at least this share; in at least so many areas; of this level",
    ),
    Field::many(
        "box",
        &[A::Code, A::Word(&["disputed", "objected", "registered", "rejected", "valid", "valid-counted"])],
        "contest; a box of its paper besides the candidates'",
    )
    .keyed_by(2),
    Field::many("cap", &[A::Code, A::Number], "contest; most votes that one station can have"),
    Field::many("declared-at", &[A::Code, A::Code], "contest; the level whose officers declare it"),
    Field::some(
        "custodian",
        &[A::KeyName, A::PublicKey, A::Code, A::Signature],
        "key name, key, organisation, proof of possession over the origin",
    ),
    Field::some("quorum", &[A::Code, A::Number], "kind; how many custodians sign it"),
    Field::many(
        "party",
        &[A::Code, A::KeyName, A::PublicKey, A::Signature],
        "code, root key name, root key, proof of possession over the origin",
    ),
    Field::many(
        "organisation",
        &[A::KeyName, A::PublicKey, A::Word(CLASSES), A::Signature],
        "key name, key, class, signed acceptance over the origin",
    ),
    Field::many(
        "witness",
        &[A::Token, A::KeyName],
        "verifier key of a witness, key name of its organisation",
    ),
    Field::one("witness-quorum", &[A::Number], "how many witnesses must cosign; 0 is \"no witness\""),
    Field::many(
        "mirror",
        &[A::Token, A::KeyName],
        "verifier key of a mirror, which cosigns only what it stores; key name of its organisation",
    ),
    Field::many(
        "intake",
        &[A::Token, A::KeyName],
        "verifier key of an intake, which stamps sealed forms; key name of its organisation",
    ),
];

/// What a key that stands in the election record signs to prove its possession.
pub fn pinned_possession_text(origin: &str, name: &KeyName, key: &PublicKey) -> String {
    format!("hakiki/possession@v1\norigin {origin}\nname {name}\nkey {}\n", key.hash())
}

/// What an organisation signs to accept its part.
pub fn acceptance_text(origin: &str, name: &KeyName, key: &PublicKey, class: &str) -> String {
    format!("hakiki/acceptance@v1\norigin {origin}\nname {name}\nkey {}\nclass {class}\n", key.hash())
}

impl Election {
    /// The log's origin.
    pub fn origin(&self) -> &str {
        self.log_key.name().as_str()
    }

    /// A contest's place in the list.
    pub fn contest_index(&self, code: &str) -> Option<u16> {
        let at = self.contests.iter().position(|contest| contest.code == code)?;
        u16::try_from(at).ok()
    }

    /// The smallest number of witnesses in which two quorums can meet.
    pub fn smallest_intersection(&self) -> u64 {
        WitnessPolicy::of(self).smallest_intersection()
    }
}

fn vkey(word: &str) -> Result<VerifierKey, Refusal> {
    word.parse().map_err(|e| Refusal::new(RefusalCode::R105, format!("{e}")))
}

fn read_witnesses(lines: &Lines, name: &'static str) -> Result<Vec<Witness>, Refusal> {
    let read =
        lines.all(name).map(|mut a| Ok(Witness { key: vkey(a.word()?)?, organisation: a.key_name()? }));
    read.collect()
}

impl RecordKind for Election {
    const NAME: &'static str = "election";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "as many custodians as `quorum election` says";
    const EFFECT: &'static str = "begins the log; its id is the election's fingerprint";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read: `log` is a verifier key: R105. Each `spread`, `box`, `cap` and `declared-at` names a contest of this record: R302. A contest has a `spread` if and only if its rule is `majority-with-spread`: R105. Each `witness`, `mirror` and `intake` is a verifier key: R105",
        "It is entry 0: an entry 0 of another kind is R106; a later `election` record is R308, behind its signatures, whatever else is wrong with it",
        "The origin does not begin with `hakiki/`: R308. Each `admits` is a kind and version of this reference: R106. The version of the `rules` is 1: R106",
        "The numbers of the levels are 0, 1, 2 …: R308. The level of each `spread` is one of them: R308",
        "Each quorum is at least 1 and at most the number of custodians: R308. There is one for `election`: R308",
        "The witness policy (see there) can be one: R201, R209, R207, R307",
        "The log's key, then the custodians', the parties' and the organisations', each in the order of its lines: the type is 0x01: R207; its bytes keep (1) and (2) of the signature rule and are a point: R207; it has no torsion: R208; the proof or acceptance (the log has none) verifies: R208, or R207 if its bytes break (1) to (3); name and key are new: R209",
        "Its signatures by those keys: R201, R205, R206, R207; then the quorum for `election`: R202, R204",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let mut rules = lines.one("rules");
        let mut custodians = Vec::new();
        for mut a in lines.all("custodian") {
            let (name, key, organisation) = (a.key_name()?, a.public_key()?, a.word()?.to_owned());
            custodians.push(Custodian { name, key, organisation, possession: a.signature()? });
        }
        let mut parties = Vec::new();
        for mut a in lines.all("party") {
            let (code, name, key) = (a.word()?.to_owned(), a.key_name()?, a.public_key()?);
            parties.push(Party { code, name, key, possession: a.signature()? });
        }
        let mut organisations = Vec::new();
        for mut a in lines.all("organisation") {
            let (name, key, class) = (a.key_name()?, a.public_key()?, a.word()?.to_owned());
            organisations.push(Organisation { name, key, class, acceptance: a.signature()? });
        }
        let authority = lines.one("authority").word()?;
        Ok(Self {
            title: lines.one("title").words().to_owned(),
            mode: if lines.one("mode").word()? == "live" { Mode::Live } else { Mode::Rehearsal },
            authority: (authority != "none").then(|| authority.to_owned()),
            log_key: vkey(lines.one("log").word()?)?,
            polling_day: lines.one("polling-day").date()?,
            counting_from: lines.one("counting-from").time()?,
            merge_delay_seconds: lines.one("merge-delay").number()?,
            head_age_seconds: lines.one("head-age").number()?,
            rules: (rules.number()?, rules.blob()?),
            follows: lines.optional("follows").map(|mut a| a.id()).transpose()?,
            admits: lines.all("admits").map(|mut a| a.word().map(str::to_owned)).collect::<Result<_, _>>()?,
            levels: lines
                .all("level")
                .map(|mut a| Ok((a.number()?, a.word()?.to_owned())))
                .collect::<Result<_, Refusal>>()?,
            contests: read_contests(lines)?,
            custodians,
            quorums: lines
                .all("quorum")
                .map(|mut a| Ok((a.word()?.to_owned(), a.number()?)))
                .collect::<Result<_, Refusal>>()?,
            parties,
            organisations,
            witnesses: read_witnesses(lines, "witness")?,
            witness_quorum: lines.one("witness-quorum").number()?,
            mirrors: read_witnesses(lines, "mirror")?,
            intakes: read_witnesses(lines, "intake")?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("title", &self.title);
        w.line("mode", if self.mode == Mode::Live { "live" } else { "rehearsal" });
        w.line("authority", self.authority.as_deref().unwrap_or("none"));
        w.line("log", &self.log_key)
            .line("polling-day", self.polling_day)
            .line("counting-from", self.counting_from);
        w.line("merge-delay", self.merge_delay_seconds).line("head-age", self.head_age_seconds);
        w.line("rules", format_args!("{} sha256:{}", self.rules.0, self.rules.1));
        w.optional("follows", self.follows.as_ref());
        for admitted in &self.admits {
            w.line("admits", admitted);
        }
        for (place, level) in &self.levels {
            w.line("level", format_args!("{place} {level}"));
        }
        write_contests(&self.contests, w);
        let encode = |signature: &[u8; 64]| BASE64.encode(signature);
        for c in &self.custodians {
            let (key, proof) = (c.key.to_base64(), encode(&c.possession));
            w.line("custodian", format_args!("{} {key} {} {proof}", c.name, c.organisation));
        }
        for (kind, count) in &self.quorums {
            w.line("quorum", format_args!("{kind} {count}"));
        }
        for p in &self.parties {
            let (key, proof) = (p.key.to_base64(), encode(&p.possession));
            w.line("party", format_args!("{} {} {key} {proof}", p.code, p.name));
        }
        for o in &self.organisations {
            let (key, proof) = (o.key.to_base64(), encode(&o.acceptance));
            w.line("organisation", format_args!("{} {key} {} {proof}", o.name, o.class));
        }
        for (name, all) in
            [("witness", &self.witnesses), ("mirror", &self.mirrors), ("intake", &self.intakes)]
        {
            for one in all {
                w.line(name, format_args!("{} {}", one.key, one.organisation));
            }
            if name == "witness" {
                w.line("witness-quorum", self.witness_quorum);
            }
        }
    }

    fn admit(&self, _: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        refuse(RefusalCode::R308, "an election record is entry 0 and stands once")
    }

    fn apply(self, (): (), _: &Applied, _: &mut Ledger) {}
}
