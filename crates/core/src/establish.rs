//! Establishing an election: from areas, stations, candidates and keys to table blobs and the pinned parts of an election
//! record. Pure: keys come in as arguments. What is written here is read back by [`crate::register`] and the kinds.

use crate::kinds::{
    Custodian, Organisation, Party, TableName, acceptance_text, pinned_possession_text, possession_text,
};
use crate::roster::Role;
use crate::table::{Table, write_table};
use crate::text::Writer;
use base64::Engine as _;
use hakiki_note::{BASE64, Hash, KeyName, KeyType, PublicKey, SigningKey, sha256};
use std::collections::{BTreeMap, HashMap};

/// A row of the areas table.
#[derive(Debug, Clone)]
pub struct AreaRow {
    /// Code, unique among areas and stations.
    pub code: String,
    /// Level's code.
    pub level: String,
    /// The area that holds it; none for the whole.
    pub parent: Option<String>,
    /// Name.
    pub name: String,
    /// Registered voters that the source states for it as a whole.
    pub voters: Option<u32>,
}

/// A row of the stations table.
#[derive(Debug, Clone)]
pub struct StationRow {
    /// Code.
    pub code: String,
    /// The area that holds it.
    pub area: String,
    /// Registered voters, where they are known.
    pub registered: Option<u32>,
    /// Name.
    pub name: String,
}

/// A row of the candidates table.
#[derive(Debug, Clone)]
pub struct CandidateRow {
    /// Contest.
    pub contest: String,
    /// Area of the ballot.
    pub area: String,
    /// Number on the ballot.
    pub number: u32,
    /// Party.
    pub party: Option<String>,
    /// Name.
    pub name: String,
}

/// Where a key of the keys table may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeCode {
    /// An area and all below it.
    Area(String),
    /// One station.
    Station(String),
}

/// A row of the keys table.
#[derive(Debug, Clone)]
pub struct KeyRow {
    /// Name.
    pub name: KeyName,
    /// Role.
    pub role: Role,
    /// Scope.
    pub scope: ScopeCode,
    /// Party of an agent.
    pub party: Option<String>,
    /// Ed25519 public key.
    pub public: [u8; 32],
    /// Proof of possession over the fingerprint.
    pub possession: [u8; 64],
}

impl KeyRow {
    /// The row of a key that is here to prove its possession.
    pub fn new(
        fingerprint: &Hash,
        key: &SigningKey,
        role: Role,
        scope: ScopeCode,
        party: Option<&str>,
    ) -> Self {
        let mut public = [0u8; 32];
        public.copy_from_slice(key.verifier().key().bytes());
        let party = party.map(str::to_owned);
        Self { name: key.name().clone(), role, scope, party, public, possession: possess(fingerprint, key) }
    }
}

/// A key's proof of possession over the fingerprint.
pub fn possess(fingerprint: &Hash, key: &SigningKey) -> [u8; 64] {
    key.sign(possession_text(fingerprint, key.name(), &key.verifier().key().hash()).as_bytes())
}

/// A custodian's line, with its proof of possession over the origin.
pub fn custodian(origin: &str, key: &SigningKey, organisation: &str) -> Custodian {
    let public = key.verifier().key().clone();
    let possession = key.sign(pinned_possession_text(origin, key.name(), &public).as_bytes());
    Custodian { name: key.name().clone(), key: public, organisation: organisation.to_owned(), possession }
}

/// A party's line, with its root key's proof of possession over the origin.
pub fn party(origin: &str, key: &SigningKey, code: &str) -> Party {
    let public = key.verifier().key().clone();
    let possession = key.sign(pinned_possession_text(origin, key.name(), &public).as_bytes());
    Party { code: code.to_owned(), name: key.name().clone(), key: public, possession }
}

/// An organisation's line, with its signed acceptance.
pub fn organisation(origin: &str, key: &SigningKey, class: &str) -> Organisation {
    let public = key.verifier().key().clone();
    let acceptance = key.sign(acceptance_text(origin, key.name(), &public, class).as_bytes());
    Organisation { name: key.name().clone(), key: public, class: class.to_owned(), acceptance }
}

/// Table blobs by hash, and the index of each table.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// Every blob: indexes and shards.
    pub blobs: BTreeMap<Hash, Vec<u8>>,
    /// Index blob of each table.
    pub indexes: BTreeMap<TableName, Hash>,
}

impl Tables {
    fn add(&mut self, name: TableName, table: Table, key: &str, shards: BTreeMap<String, Vec<String>>) {
        let mut index = Vec::new();
        for (area, rows) in shards {
            let blob = write_table(table, key, rows);
            let hash = sha256(&blob);
            self.blobs.insert(hash, blob);
            index.push(format!("{area} sha256:{hash}"));
        }
        let blob = write_table(Table::Index, "shard", index);
        let hash = sha256(&blob);
        self.blobs.insert(hash, blob);
        self.indexes.insert(name, hash);
    }
}

/// Writes areas, stations and candidates as tables. Stations are sharded by the areas of `shard_level`.
pub fn register_tables(
    areas: &[AreaRow],
    stations: &[StationRow],
    candidates: &[CandidateRow],
    shard_level: &str,
) -> Tables {
    let mut tables = Tables::default();
    let root = areas.iter().find(|area| area.parent.is_none()).map_or("", |area| area.code.as_str());
    let rows = areas.iter().map(|area| {
        let parent = area.parent.as_deref().unwrap_or("-");
        format!("{} {} {parent} {}", area.code, area.level, area.name)
    });
    let mut text = write_table(Table::Areas, "area", rows);
    let mut stated: Vec<_> = areas.iter().filter_map(|area| Some((&area.code, area.voters?))).collect();
    stated.sort();
    for (code, voters) in stated {
        text.extend_from_slice(format!("voters {code} {voters}\n").as_bytes());
    }
    tables.add_whole(TableName::Areas, root, text);
    let shard_of = Shards::new(areas, shard_level);
    let mut shards: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for station in stations {
        let registered = station.registered.map_or_else(|| "blank".to_owned(), |number| number.to_string());
        let row = format!("{} {} {registered} {}", station.code, station.area, station.name);
        shards.entry(shard_of.area(&station.area).to_owned()).or_default().push(row);
    }
    tables.add(TableName::Stations, Table::Stations, "station", shards);
    let mut ordered: Vec<&CandidateRow> = candidates.iter().collect();
    ordered.sort_by(|a, b| (&a.contest, &a.area, a.number).cmp(&(&b.contest, &b.area, b.number)));
    let ordered_is_empty = ordered.is_empty();
    let rows = ordered.into_iter().map(|c| {
        let party = c.party.as_deref().unwrap_or("-");
        format!("{} {} {} {party} {}", c.contest, c.area, c.number, c.name)
    });
    if !ordered_is_empty {
        tables.add_whole(TableName::Candidates, root, in_order(Table::Candidates, "candidate", rows));
    }
    tables
}

impl Tables {
    /// A table of one shard, for the whole.
    fn add_whole(&mut self, name: TableName, root: &str, blob: Vec<u8>) {
        let hash = sha256(&blob);
        self.blobs.insert(hash, blob);
        let index = write_table(Table::Index, "shard", [format!("{root} sha256:{hash}")]);
        let hash = sha256(&index);
        self.blobs.insert(hash, index);
        self.indexes.insert(name, hash);
    }
}

/// A table whose rows are in their order already: numbers ascend as numbers, which is not the order of bytes.
fn in_order(table: Table, key: &str, rows: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = Writer::new(table.header());
    for row in rows {
        writer.line(key, row);
    }
    writer.finish().into_bytes()
}

/// Writes keys as a table, sharded as their stations are.
pub fn key_tables(areas: &[AreaRow], stations: &[StationRow], keys: &[KeyRow], shard_level: &str) -> Tables {
    let shard_of = Shards::new(areas, shard_level);
    let area_of: HashMap<&str, &str> = stations.iter().map(|s| (s.code.as_str(), s.area.as_str())).collect();
    let mut shards: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for key in keys {
        let (kind, code, area) = match &key.scope {
            ScopeCode::Area(code) => ("area", code, code.as_str()),
            ScopeCode::Station(code) => {
                ("station", code, area_of.get(code.as_str()).copied().unwrap_or(code))
            }
        };
        // 32 bytes are the length of this type.
        let public =
            PublicKey::new(KeyType::Ed25519, &key.public).map(|key| key.to_base64()).unwrap_or_default();
        let (role, proof) = (key.role.as_str(), BASE64.encode(key.possession));
        let party = key.party.as_ref().map(|party| format!(" {party}")).unwrap_or_default();
        let row = format!("{} {role} {kind} {code} {public} {proof}{party}", key.name);
        shards.entry(shard_of.area(area).to_owned()).or_default().push(row);
    }
    let mut tables = Tables::default();
    tables.add(TableName::Keys, Table::Keys, "key", shards);
    tables
}

/// Which shard an area belongs to: the area of the shard level that holds it, or itself where none does.
struct Shards<'a> {
    by_code: HashMap<&'a str, &'a AreaRow>,
    level: &'a str,
}

impl<'a> Shards<'a> {
    fn new(areas: &'a [AreaRow], level: &'a str) -> Self {
        Self { by_code: areas.iter().map(|area| (area.code.as_str(), area)).collect(), level }
    }

    fn area(&self, code: &'a str) -> &'a str {
        let start = self.by_code.get(code).copied();
        let mut path =
            std::iter::successors(start, |area| self.by_code.get(area.parent.as_deref()?).copied());
        path.find(|area| area.level == self.level).map_or(code, |area| area.code.as_str())
    }
}
