//! `key`: enrols, replaces or revokes one key after the registers, from its place.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::{Claim, KeyIndex, Role, Scope, record_key};
use crate::text::{Argument as A, Field, Lines, Writer};
use base64::Engine as _;
use hakiki_note::{BASE64, DecodedKey, Hash, KeyName, KeyType, PublicKey};

/// What a key proves its possession with: a signature over this text. The same text for every enrolled key.
pub fn possession_text(fingerprint: &Hash, name: &KeyName, key_hash: &Hash) -> String {
    format!("hakiki/possession@v1\nelection {fingerprint}\nname {name}\nkey {key_hash}\n")
}

/// What happens to the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyAction {
    /// A new key.
    Enrol(NewKey),
    /// A new key instead of the one named.
    Replace(NewKey),
    /// The key named signs nothing from here on.
    Revoke,
}

/// A key to enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its name.
    pub name: KeyName,
    /// Its role.
    pub role: Role,
    /// Whether the scope's code is a station's.
    pub of_station: bool,
    /// Code of the station or area.
    pub scope: String,
    /// The party of an agent.
    pub party: Option<String>,
    /// Ed25519 public key.
    pub public: [u8; 32],
    /// Proof of possession.
    pub possession: [u8; 64],
}

/// A key record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// The action.
    pub action: KeyAction,
    /// The key that is replaced or revoked.
    pub old: Option<KeyName>,
    /// Why, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("action", &[A::Word(&["enrol", "replace", "revoke"])], "what happens"),
    Field::optional("old", &[A::KeyName], "the key that is replaced or revoked"),
    Field::optional(
        "new",
        &[
            A::KeyName,
            A::Word(Role::ENROLLED),
            A::Word(&["area", "station"]),
            A::Code,
            A::PublicKey,
            A::Signature,
        ],
        "name, role, scope, key, proof of possession; party of an agent",
    )
    .with_extra(&[A::Code]),
    Field::one("reason", &[A::Code], "why"),
    Field::optional("words", &[A::Blob], "free text"),
];

/// What admission made of it.
pub struct PreparedKey {
    old: Option<KeyIndex>,
    new: Option<(Claim, Hash, Option<DecodedKey>)>,
}

impl RecordKind for KeyRecord {
    const NAME: &'static str = "key";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "quorum; a returning officer for stations of its own area; a party's root for its agents, and only it";
    const EFFECT: &'static str = "behind its place. Each form that a key enrolled after `zero` signs is W116, and totals are also shown without late keys";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read: the key of `new` is of type 0x01: R207. `enrol` has `new` and no `old`, `revoke` has `old` and no `new`, `replace` has both: R105",
        "`old` is the name of a key in the roster: R201. For `revoke`, it is not revoked already: R308. `replace` may name a revoked key: the new key comes, and the old one stays revoked from its first place",
        "The station or area of `new` is in the register: R306; its name and its key are new, ever: R209; its bytes, torsion and proof of possession are right: R208",
        "Who may change such a key, asked of the role, scope and party of `old` and then again of those of `new`, which may differ:",
        "— an `agent`: it names a party of the election record, and the only signer is that party's root: R202",
        "— a custodian, party root, organisation or the log: nobody, R202; they change by `amend`, or not at all",
        "— a `kit`, `presiding` or `deputy`: the quorum for `key`. If that says R204, R204. If it says anything else, then every signer (one or more) must be a returning officer in force who is enrolled for an area, and that area holds the key's area or the area of its station: R202",
        "— every other role: the quorum for `key`: R202, R201, R204",
        "A party behind the key of a role other than `agent` is allowed; it counts for F403 alone. `zero` need not stand",
    ];
    type Prepared = PreparedKey;

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let new = lines.optional("new").map(|mut a| {
            let (name, role) = (a.key_name()?, Role::parse(a.word()?)?);
            let (of_station, scope) = (a.word()? == "station", a.word()?.to_owned());
            let (public, possession) = (record_key(&a.public_key()?)?, a.signature()?);
            let party = if a.is_empty() { None } else { Some(a.word()?.to_owned()) };
            Ok(NewKey { name, role, of_station, scope, party, public, possession })
        });
        let new = new.transpose()?;
        let old = lines.optional("old").map(|mut a| a.key_name()).transpose()?;
        let action = match (lines.one("action").word()?, new, old.is_some()) {
            ("enrol", Some(new), false) => KeyAction::Enrol(new),
            ("replace", Some(new), true) => KeyAction::Replace(new),
            ("revoke", None, true) => KeyAction::Revoke,
            (action, ..) => {
                return refuse(
                    RefusalCode::R105,
                    format!("{action}: enrol has `new`, revoke has `old`, replace has both"),
                );
            }
        };
        let words = lines.optional("words").map(|mut a| a.blob()).transpose()?;
        Ok(Self { action, old, reason: lines.one("reason").word()?.to_owned(), words })
    }

    fn write(&self, w: &mut Writer) {
        let (word, new) = match &self.action {
            KeyAction::Enrol(new) => ("enrol", Some(new)),
            KeyAction::Replace(new) => ("replace", Some(new)),
            KeyAction::Revoke => ("revoke", None),
        };
        w.line("action", word);
        w.optional("old", self.old.as_ref());
        if let Some(new) = new {
            let scope = if new.of_station { "station" } else { "area" };
            // 32 bytes are the length of this type.
            let key =
                PublicKey::new(KeyType::Ed25519, &new.public).map(|key| key.to_base64()).unwrap_or_default();
            let party = new.party.as_ref().map(|party| format!(" {party}")).unwrap_or_default();
            let (role, proof) = (new.role.as_str(), BASE64.encode(new.possession));
            w.line("new", format_args!("{} {role} {scope} {} {key} {proof}{party}", new.name, new.scope));
        }
        w.line("reason", &self.reason);
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<PreparedKey>, Refusal> {
        let old = self.old.as_ref().map(|name| {
            let found = context.ledger.roster().by_name(name.as_str());
            found.ok_or_else(|| Refusal::new(RefusalCode::R201, format!("{name} was never enrolled")))
        });
        let old = old.transpose()?;
        if let (KeyAction::Revoke, Some(index)) = (&self.action, old) {
            let key = context.ledger.roster().key(index);
            // Only the first revocation counts: a second would say nothing, or be taken for a later one.
            if let Some(place) = key.revoked_at {
                return refuse(RefusalCode::R308, format!("{} is revoked since place {place}", key.name));
            }
        }
        let new = match &self.action {
            KeyAction::Enrol(new) | KeyAction::Replace(new) => Some(new.claim(context)?),
            KeyAction::Revoke => None,
        };
        for (role, scope, party) in affected(context, old, new.as_ref().map(|(claim, ..)| claim)) {
            authorise(context, role, scope, party.as_deref())?;
        }
        Ok(Verdict::Admitted(PreparedKey { old, new }))
    }

    fn apply(self, prepared: PreparedKey, applied: &Applied, ledger: &mut Ledger) {
        if let Some(old) = prepared.old {
            ledger.roster_mut().revoke(old, applied.place());
        }
        let new = prepared
            .new
            .map(|(claim, hash, decoded)| ledger.roster_mut().enrol(claim, hash, decoded, applied.place()));
        ledger.note_key_change(applied.place(), prepared.old, new, self.reason);
    }
}

impl NewKey {
    fn claim(&self, context: &Context<'_>) -> Result<(Claim, Hash, Option<DecodedKey>), Refusal> {
        let scope = if self.of_station {
            Scope::Station(context.station(&self.scope)?)
        } else {
            Scope::Area(context.area(&self.scope)?)
        };
        let claim = Claim {
            name: self.name.clone(),
            public: self.public,
            role: self.role,
            scope,
            party: self.party.as_deref().map(Into::into),
            possession: self.possession,
        };
        let hash = claim.public_key()?.hash();
        context.ledger.roster().check_new(&claim.name, &hash)?;
        let checked = context.checker.check(std::slice::from_ref(&claim), context.ledger.fingerprint());
        let decoded = match checked.into_iter().next() {
            Some(Ok(decoded)) => decoded,
            Some(Err(error)) => return refuse(RefusalCode::R208, format!("{}: {error}", claim.name)),
            None => return refuse(RefusalCode::R208, format!("{}: possession was not checked", claim.name)),
        };
        Ok((claim, hash, decoded))
    }
}

type Affected = (Role, Scope, Option<Box<str>>);

fn affected(context: &Context<'_>, old: Option<KeyIndex>, new: Option<&Claim>) -> Vec<Affected> {
    let old = old.map(|index| context.ledger.roster().key(index));
    let old = old.map(|key| (key.role, key.scope, key.party.clone()));
    let new = new.map(|claim| (claim.role, claim.scope, claim.party.clone()));
    old.into_iter().chain(new).collect()
}

/// Who may enrol or revoke a key of this role, scope and party.
fn authorise(context: &Context<'_>, role: Role, scope: Scope, party: Option<&str>) -> Result<(), Refusal> {
    match (role, party) {
        (Role::Agent, party) => context.party_root(context.party_of_agent(party)?),
        (Role::Custodian | Role::PartyRoot | Role::Organisation | Role::Log, _) => {
            refuse(RefusalCode::R202, "keys that stand in the election record change only by `amend`")
        }
        (Role::Kit | Role::Presiding | Role::Deputy, _) => {
            context.quorum(KeyRecord::NAME).or_else(|refusal| match refusal.code {
                // Custodians sign, and are too few: that is what the sender must be told.
                RefusalCode::R204 => Err(refusal),
                _ => context.returning_officer_of(scope),
            })
        }
        _ => context.quorum(KeyRecord::NAME),
    }
}
