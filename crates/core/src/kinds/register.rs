//! `register`: the areas, stations, candidates and keys; after `zero`, closings by row only.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::register::Register;
use crate::roster::{Claim, Role, Scope, record_key};
use crate::table::{Table, load_shards, shards_of_index};
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::{DecodedKey, Hash};
use std::collections::BTreeMap;

/// The tables of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableName {
    /// Areas.
    Areas,
    /// Candidates.
    Candidates,
    /// Keys.
    Keys,
    /// Stations.
    Stations,
}

const TABLES: &[(&str, TableName)] = &[
    ("areas", TableName::Areas),
    ("candidates", TableName::Candidates),
    ("keys", TableName::Keys),
    ("stations", TableName::Stations),
];

/// A register record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterRecord {
    /// Index blob of each table.
    pub tables: BTreeMap<TableName, Hash>,
    /// Stations that close: code and reason.
    pub close_stations: BTreeMap<String, String>,
    /// Candidates that close: contest, number, reason.
    pub close_candidates: BTreeMap<(String, u32), String>,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

/// What admission made of the tables.
#[derive(Default)]
pub struct PreparedRegister {
    register: Option<Register>,
    keys: Vec<(Claim, Hash, Option<DecodedKey>)>,
    stations: Vec<(u32, String)>,
    candidates: Vec<(usize, u32)>,
}

const SHAPE: &[Field] = &[
    Field::many(
        "table",
        &[A::Word(&["areas", "candidates", "keys", "stations"]), A::Blob],
        "a table's index of shards; before `zero` only",
    ),
    Field::many("close-station", &[A::Code, A::Code], "a station closes: code, reason"),
    Field::many(
        "close-candidate",
        &[A::Code, A::Number, A::Code],
        "a candidate closes: contest, number, reason",
    )
    .keyed_by(2),
    Field::optional("words", &[A::Blob], "free text"),
];

impl RecordKind for RegisterRecord {
    const NAME: &'static str = "register";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "quorum";
    const EFFECT: &'static str =
        "sets the tables; after `zero` they are frozen: rows can only close, and from its place";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "The quorum for `register`: R202, R201, R204",
        "No `table` once `zero` stands: R308",
        "`areas`, then `stations`, then `candidates`, as far as they are named: no earlier register record set the table: R308; then what its table asks (see Tables)",
        "`keys`, of which several register records may each bring more: what its table asks, by the areas and stations that stand with this record",
        "Each `close-station` is a station that stands with this record: R306. One that is closed already stays closed from its first place",
        "Each `close-candidate`: the contest exists: R302; some ballot of the contest has the number: R306. It closes on all of them; closing takes nobody off a ballot and changes no sum",
    ];
    type Prepared = PreparedRegister;

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let mut tables = BTreeMap::new();
        for mut a in lines.all("table") {
            let word = a.word()?;
            let name = TABLES.iter().find(|(name, _)| *name == word).map(|(_, table)| *table);
            tables.insert(
                name.ok_or_else(|| Refusal::new(RefusalCode::R105, format!("no table {word:?}")))?,
                a.blob()?,
            );
        }
        let stations =
            lines.all("close-station").map(|mut a| Ok((a.word()?.to_owned(), a.word()?.to_owned())));
        let candidates = lines
            .all("close-candidate")
            .map(|mut a| Ok(((a.word()?.to_owned(), a.number()?), a.word()?.to_owned())));
        Ok(Self {
            tables,
            close_stations: stations.collect::<Result<_, Refusal>>()?,
            close_candidates: candidates.collect::<Result<_, Refusal>>()?,
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        for (name, table) in TABLES {
            if let Some(hash) = self.tables.get(table) {
                w.line("table", format_args!("{name} sha256:{hash}"));
            }
        }
        for (station, reason) in &self.close_stations {
            w.line("close-station", format_args!("{station} {reason}"));
        }
        for ((contest, number), reason) in &self.close_candidates {
            w.line("close-candidate", format_args!("{contest} {number} {reason}"));
        }
        w.optional_blob("words", self.words.as_ref());
    }

    fn tables(&self) -> Vec<Hash> {
        self.tables.values().copied().collect()
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<PreparedRegister>, Refusal> {
        context.quorum(Self::NAME)?;
        if context.ledger.zero().is_some() && !self.tables.is_empty() {
            return refuse(
                RefusalCode::R308,
                "the register is frozen since the zero report; rows can only close",
            );
        }
        let mut prepared = PreparedRegister::default();
        if !self.tables.is_empty() {
            prepared.register = Some(self.load(context)?);
        }
        let register = prepared.register.as_ref().unwrap_or(context.ledger.register());
        if let Some(index) = self.tables.get(&TableName::Keys) {
            prepared.keys = load_keys(context, register, index)?;
        }
        for (code, reason) in &self.close_stations {
            let Some(station) = register.station(code) else {
                return refuse(RefusalCode::R306, format!("station {code} is in no register"));
            };
            prepared.stations.push((station, reason.clone()));
        }
        for (contest, number) in self.close_candidates.keys() {
            let index = context.contest(contest)?;
            let ballots = register.ballots_with(index, *number);
            if ballots.is_empty() {
                return refuse(RefusalCode::R306, format!("contest {contest} has no candidate {number}"));
            }
            prepared.candidates.extend(ballots.into_iter().map(|ballot| (ballot, *number)));
        }
        Ok(Verdict::Admitted(prepared))
    }

    fn apply(self, prepared: PreparedRegister, applied: &Applied, ledger: &mut Ledger) {
        ledger.note_register(*applied.id());
        if let Some(register) = prepared.register {
            ledger.set_register(register);
        }
        ledger.roster_mut().reserve(prepared.keys.len());
        for (claim, hash, decoded) in prepared.keys {
            ledger.roster_mut().enrol(claim, hash, decoded, applied.place());
        }
        for (station, reason) in prepared.stations {
            ledger.register_mut().close_station(station, applied.place(), &reason);
        }
        for (ballot, number) in prepared.candidates {
            ledger.register_mut().close_candidate(ballot, number, applied.place());
        }
    }
}

impl RegisterRecord {
    fn load(&self, context: &Context<'_>) -> Result<Register, Refusal> {
        let mut register = context.ledger.register().clone();
        let election = context.ledger.election();
        let again = |what: &str| refuse(RefusalCode::R308, format!("the register has its {what} already"));
        if let Some(index) = self.tables.get(&TableName::Areas) {
            if !register.areas().is_empty() {
                return again("areas");
            }
            register.load_areas(context.tables, index, election)?;
            register.note_table(TableName::Areas, context.place);
        }
        if let Some(index) = self.tables.get(&TableName::Stations) {
            if !register.stations().is_empty() {
                return again("stations");
            }
            register.load_stations(context.tables, index)?;
            register.note_table(TableName::Stations, context.place);
        }
        if let Some(index) = self.tables.get(&TableName::Candidates) {
            if !register.ballots().is_empty() {
                return again("candidates");
            }
            register.load_candidates(context.tables, index, election)?;
            register.note_table(TableName::Candidates, context.place);
        }
        Ok(register)
    }

    /// Every shard that this record's index tables name, of those that `tables` has. For who must find blobs.
    pub fn shards(&self, tables: &dyn crate::table::Tables) -> Vec<Hash> {
        let indexes = self.tables.values().filter_map(|hash| tables.table(hash));
        indexes.filter_map(|bytes| shards_of_index(bytes).ok()).flatten().collect()
    }
}

type Enrolment = (Claim, Hash, Option<DecodedKey>);

fn load_keys(context: &Context<'_>, register: &Register, index: &Hash) -> Result<Vec<Enrolment>, Refusal> {
    let mut claims = Vec::new();
    for (_, shard) in load_shards(context.tables, Table::Keys, index)? {
        for mut row in shard.lines()?.all("key") {
            let (name, role) = (row.key_name()?, Role::parse(row.word()?)?);
            let (kind, code) = (row.word()?, row.word()?);
            let scope = match kind {
                "station" => register.station(code).map(Scope::Station),
                _ => register.area(code).map(Scope::Area),
            };
            let Some(scope) = scope else {
                return refuse(
                    RefusalCode::R306,
                    format!("the key {name} is for {kind} {code}, which is in no register"),
                );
            };
            let public = record_key(&row.public_key()?)?;
            let possession = row.signature()?;
            let party = if row.is_empty() { None } else { Some(row.word()?) };
            if role == Role::Agent {
                context.party_of_agent(party)?;
            }
            let party = party.map(Into::into);
            claims.push(Claim { name, public, role, scope, party, possession });
        }
    }
    check_claims(context, claims)
}

/// Checks claims for uniqueness, among themselves too, and their proofs.
fn check_claims(context: &Context<'_>, claims: Vec<Claim>) -> Result<Vec<Enrolment>, Refusal> {
    let roster = context.ledger.roster();
    let checked = context.checker.check(&claims, context.ledger.fingerprint());
    let mut hashes = std::collections::HashSet::with_capacity(claims.len());
    let mut names = std::collections::HashSet::with_capacity(claims.len());
    let mut enrolments = Vec::with_capacity(claims.len());
    for (claim, result) in claims.into_iter().zip(checked) {
        let hash = claim.public_key()?.hash();
        roster.check_new(&claim.name, &hash)?;
        if !hashes.insert(hash) || !names.insert(claim.name.clone()) {
            return refuse(
                RefusalCode::R209,
                format!("{} or its key stands twice in the keys table", claim.name),
            );
        }
        match result {
            Ok(decoded) => enrolments.push((claim, hash, decoded)),
            Err(error) => return refuse(RefusalCode::R208, format!("{}: {error}", claim.name)),
        }
    }
    Ok(enrolments)
}
