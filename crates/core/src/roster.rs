//! The roster: every key ever enrolled, with role, scope and the places at which it came and went.
//!
//! Signatures may be verified against it in parallel; whether a key may sign a thing is judged in order, in the fold.

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::kinds::possession_text;
use crate::ledger::lookup::{Lookup, bits_of_hash, bits_of_text};
use crate::record::{Record, VerifiedRecord};
use hakiki_note::{DecodedKey, Hash, KeyName, KeyType, PublicKey, SignatureError};
use std::sync::OnceLock;

/// A key's place in the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyIndex(pub u32);

macro_rules! roles {
    ($($(#[$about:meta])* $role:ident = $word:literal,)+) => {
        /// What a key is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role { $($(#[$about])* $role,)+ }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$role,)+];

            /// As written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$role => $word,)+ }
            }
        }
    };
}

roles! {
    /// The device of a polling station.
    Kit = "kit",
    /// The presiding officer of a station.
    Presiding = "presiding",
    /// The deputy presiding officer.
    Deputy = "deputy",
    /// A party's or candidate's agent.
    Agent = "agent",
    /// The returning officer of an area.
    Returning = "returning",
    /// The second officer of an area.
    Second = "second",
    /// A commissioner.
    Commissioner = "commissioner",
    /// An accredited observer.
    Observer = "observer",
    /// Who compiles published results.
    Compiler = "compiler",
    /// Who reads figures from published images.
    Reader = "reader",
    /// A host or node that notes what it sees.
    Host = "host",
    /// A court's registrar.
    Registrar = "registrar",
    /// A commission's staff with privileged access.
    Administrator = "administrator",
    /// A supplier's staff: opens and ends sessions, and signs nothing else.
    Vendor = "vendor",
    /// A warehouse, a printer, a transport: holds items.
    Storekeeper = "storekeeper",
    /// A member of a board that counts paper by hand.
    Auditor = "auditor",
    /// Who claims a result, in a log of claims.
    Claimant = "claimant",
    /// Who publishes statements, in a log of claims.
    Publisher = "publisher",
    /// Who enters what others published, in a log of claims.
    PressDesk = "press-desk",
    /// A custodian of the election; stands in the election record.
    Custodian = "custodian",
    /// A party's root; stands in the election record.
    PartyRoot = "party-root",
    /// An organisation that runs witnesses; stands in the election record.
    Organisation = "organisation",
    /// The log itself.
    Log = "log",
}

impl Role {
    /// The roles that a keys table or a `key` record can give.
    pub const ENROLLED: &'static [&'static str] = &[
        "administrator",
        "agent",
        "auditor",
        "claimant",
        "commissioner",
        "compiler",
        "deputy",
        "host",
        "kit",
        "observer",
        "presiding",
        "press-desk",
        "publisher",
        "reader",
        "registrar",
        "returning",
        "second",
        "storekeeper",
        "vendor",
    ];

    /// The role of a word.
    pub fn parse(word: &str) -> Result<Self, Refusal> {
        match Self::ALL.iter().find(|role| role.as_str() == word) {
            Some(role) => Ok(*role),
            None => refuse(RefusalCode::R202, format!("no role is called {word:?}")),
        }
    }
}

/// Where a key may sign. Indexes are those of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The whole election.
    Everywhere,
    /// An area and all below it.
    Area(u32),
    /// One station.
    Station(u32),
}

/// One enrolled key.
#[derive(Debug, Clone)]
pub struct EnrolledKey {
    /// Its name.
    pub name: KeyName,
    /// Ed25519 public key.
    pub public: [u8; 32],
    /// SHA-256 of type byte and public key.
    pub hash: Hash,
    /// What it is for.
    pub role: Role,
    /// Where.
    pub scope: Scope,
    /// The party, for agents and party roots.
    pub party: Option<Box<str>>,
    /// The place of the record that enrolled it.
    pub enrolled_at: u64,
    /// The place of the record that revoked it.
    pub revoked_at: Option<u64>,
    decoded: OnceLock<Box<DecodedKey>>,
}

impl EnrolledKey {
    /// Whether it was revoked by a record before `place`.
    pub fn is_revoked_at(&self, place: u64) -> bool {
        self.revoked_at.is_some_and(|revoked| revoked < place)
    }

    /// The key, decoded once.
    pub fn decoded(&self) -> Result<&DecodedKey, SignatureError> {
        if let Some(key) = self.decoded.get() {
            return Ok(key);
        }
        let key = Box::new(DecodedKey::new(&self.public)?);
        Ok(self.decoded.get_or_init(|| key))
    }
}

/// A key that asks to be enrolled.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its name.
    pub name: KeyName,
    /// Ed25519 public key.
    pub public: [u8; 32],
    /// What it is for.
    pub role: Role,
    /// Where.
    pub scope: Scope,
    /// The party.
    pub party: Option<Box<str>>,
    /// Signature over the possession text.
    pub possession: [u8; 64],
}

impl Claim {
    /// The claimed public key with its type.
    pub fn public_key(&self) -> Result<PublicKey, Refusal> {
        PublicKey::new(KeyType::Ed25519, &self.public)
            .map_err(|e| Refusal::new(RefusalCode::R208, format!("{}: {e}", self.name)))
    }

    /// Checks the key by the signature rule, torsion included, and the proof of its possession over the fingerprint.
    pub fn check(&self, fingerprint: &Hash) -> Result<DecodedKey, SignatureError> {
        let key = DecodedKey::enrol(&self.public)?;
        let hash =
            PublicKey::new(KeyType::Ed25519, &self.public).map_err(|_| SignatureError::KeyLength)?.hash();
        key.verify(possession_text(fingerprint, &self.name, &hash).as_bytes(), &self.possession)?;
        Ok(key)
    }
}

/// Reads an Ed25519 record key; witnesses' keys cannot sign records.
pub fn record_key(key: &PublicKey) -> Result<[u8; 32], Refusal> {
    match (key.key_type(), key.bytes().try_into()) {
        (KeyType::Ed25519, Ok(bytes)) => Ok(bytes),
        _ => refuse(RefusalCode::R207, "records are signed by Ed25519 keys of type 0x01"),
    }
}

/// Checks many claims: in order here, on all cores in the verifier.
pub trait KeyChecker {
    /// For each claim the decoded key, or none where the check is not repeated, or why it is refused.
    fn check(&self, claims: &[Claim], fingerprint: &Hash) -> Vec<Result<Option<DecodedKey>, SignatureError>>;
}

/// Checks claims one after the other.
#[derive(Debug, Clone, Copy)]
pub struct InOrder;

impl KeyChecker for InOrder {
    fn check(&self, claims: &[Claim], fingerprint: &Hash) -> Vec<Result<Option<DecodedKey>, SignatureError>> {
        claims.iter().map(|claim| claim.check(fingerprint).map(Some)).collect()
    }
}

/// Repeats no check: for a node that reads its own log again under a head that it signed.
#[derive(Debug, Clone, Copy)]
pub struct AdmittedBefore;

impl KeyChecker for AdmittedBefore {
    fn check(&self, claims: &[Claim], _: &Hash) -> Vec<Result<Option<DecodedKey>, SignatureError>> {
        claims.iter().map(|_| Ok(None)).collect()
    }
}

/// Every key ever enrolled.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    keys: Vec<EnrolledKey>,
    by_name: Lookup,
    by_hash: Lookup,
}

impl Roster {
    /// Every key, by index.
    pub fn keys(&self) -> &[EnrolledKey] {
        &self.keys
    }

    /// A key by its index, which this roster gave.
    pub fn key(&self, index: KeyIndex) -> &EnrolledKey {
        &self.keys[index.0 as usize]
    }

    /// A key by its name.
    pub fn by_name(&self, name: &str) -> Option<KeyIndex> {
        let is_it = |index: u32| self.keys[index as usize].name.as_str() == name;
        self.by_name.find(bits_of_text(name), is_it).map(KeyIndex)
    }

    fn by_hash(&self, hash: &Hash) -> Option<KeyIndex> {
        let is_it = |index: u32| self.keys[index as usize].hash == *hash;
        self.by_hash.find(bits_of_hash(hash), is_it).map(KeyIndex)
    }

    fn of_signer(&self, signer: &crate::record::Signer) -> Option<KeyIndex> {
        self.by_hash(&signer.key_hash).filter(|index| self.key(*index).name == signer.name)
    }

    /// Refuses a name or a key that stands: one public key under one name, ever.
    pub fn check_new(&self, name: &KeyName, hash: &Hash) -> Result<(), Refusal> {
        if self.by_name(name.as_str()).is_some() {
            return refuse(RefusalCode::R209, format!("the key name {name} stands already"));
        }
        if self.by_hash(hash).is_some() {
            return refuse(RefusalCode::R209, format!("the key of {name} stands already under another name"));
        }
        Ok(())
    }

    /// Enrols a claim whose check is done.
    pub(crate) fn enrol(
        &mut self,
        claim: Claim,
        hash: Hash,
        decoded: Option<DecodedKey>,
        place: u64,
    ) -> KeyIndex {
        let index = KeyIndex(u32::try_from(self.keys.len()).unwrap_or(u32::MAX));
        self.by_name.insert(bits_of_text(claim.name.as_str()), index.0);
        self.by_hash.insert(bits_of_hash(&hash), index.0);
        let cell = OnceLock::new();
        if let Some(key) = decoded {
            let _ = cell.set(Box::new(key));
        }
        self.keys.push(EnrolledKey {
            name: claim.name,
            public: claim.public,
            hash,
            role: claim.role,
            scope: claim.scope,
            party: claim.party,
            enrolled_at: place,
            revoked_at: None,
            decoded: cell,
        });
        index
    }

    /// Room for so many more.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.keys.reserve(count);
        self.by_name.reserve(count);
        self.by_hash.reserve(count);
    }

    pub(crate) fn revoke(&mut self, index: KeyIndex, place: u64) {
        let key = &mut self.keys[index.0 as usize];
        key.revoked_at = key.revoked_at.or(Some(place));
    }

    fn resolve(&self, record: &Record) -> Result<Vec<KeyIndex>, Refusal> {
        let find = |signer: &crate::record::Signer| {
            let never = || Refusal::new(RefusalCode::R201, format!("{} was never enrolled", signer.name));
            self.of_signer(signer).ok_or_else(never)
        };
        record.signers().iter().map(find).collect()
    }

    /// Verifies every signature of a record: R201, R205, R206, R207.
    pub fn verify(&self, record: Record) -> Result<VerifiedRecord, (Box<Record>, Refusal)> {
        self.find_signers(record)?.verify()
    }

    /// Finds the keys that a record says it is signed with, so that it can be verified without this roster: R201,
    /// R205, R207.
    pub fn find_signers(&self, record: Record) -> Result<ClaimedRecord, (Box<Record>, Refusal)> {
        match self.signing_keys(&record) {
            Ok(keys) => Ok(ClaimedRecord { record, keys }),
            Err(refusal) => Err((Box::new(record), refusal)),
        }
    }

    fn signing_keys(&self, record: &Record) -> Result<Vec<(KeyIndex, DecodedKey)>, Refusal> {
        let mut keys = Vec::with_capacity(record.signers().len());
        for (index, (id, _)) in self.resolve(record)?.into_iter().zip(record.signatures()) {
            let key = self.key(index);
            let unusable =
                |e: &dyn std::fmt::Display| Refusal::new(RefusalCode::R207, format!("{}: {e}", key.name));
            let public = PublicKey::new(KeyType::Ed25519, &key.public).map_err(|e| unusable(&e))?;
            if public.id(key.name.as_str()) != *id {
                return refuse(
                    RefusalCode::R205,
                    format!("the signature line of {} has another key id", key.name),
                );
            }
            keys.push((index, key.decoded().map_err(|e| unusable(&e))?.clone()));
        }
        Ok(keys)
    }

    /// Takes the signatures of a record as verified, since they were when this log's own head over it was signed.
    /// Only for a node that reads its own log again.
    pub fn trust(&self, record: Record) -> Result<VerifiedRecord, (Box<Record>, Refusal)> {
        match self.resolve(&record) {
            Ok(keys) => Ok(VerifiedRecord::new(record, keys)),
            Err(refusal) => Err((Box::new(record), refusal)),
        }
    }

    /// Whether an enrolled key made at least one signature of this record: who answers for a refused submission.
    pub fn any_signer_verifies(&self, record: &Record) -> bool {
        record.signers().iter().zip(record.signatures()).any(|(signer, (_, signature))| {
            let decoded = self.of_signer(signer).and_then(|index| self.key(index).decoded().ok());
            decoded.is_some_and(|key| key.verify(record.text().as_bytes(), signature).is_ok())
        })
    }
}

/// A record with the enrolled keys that it names, whose signatures are not verified yet.
#[derive(Debug, Clone)]
pub struct ClaimedRecord {
    record: Record,
    /// One a signer line, in their order.
    keys: Vec<(KeyIndex, DecodedKey)>,
}

impl ClaimedRecord {
    /// Verifies every signature: R206, R207.
    pub fn verify(self) -> Result<VerifiedRecord, (Box<Record>, Refusal)> {
        let Self { record, keys } = self;
        for ((_, key), (signer, (_, signature))) in
            keys.iter().zip(record.signers().iter().zip(record.signatures()))
        {
            if let Err(error) = key.verify(record.text().as_bytes(), signature) {
                let code = match error {
                    SignatureError::Mismatch => RefusalCode::R206,
                    _ => RefusalCode::R207,
                };
                let refusal = Refusal::new(code, format!("{}: {error}", signer.name));
                return Err((Box::new(record), refusal));
            }
        }
        let keys = keys.into_iter().map(|(index, _)| index).collect();
        Ok(VerifiedRecord::new(record, keys))
    }
}
