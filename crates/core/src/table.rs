//! Tables: lists that grow with stations, as blobs of the same grammar (`hakiki/<table>@v1`, then rows in byte order).

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Writer, check_canonical};
use hakiki_note::Hash;

/// Where an admission looks up table blobs, which the node or verifier has checked against their hash.
pub trait Tables {
    /// The bytes of a table, if they are here.
    fn table(&self, hash: &Hash) -> Option<Vec<u8>>;
}

/// No tables at all.
#[derive(Debug, Clone, Copy)]
pub struct NoTables;

impl Tables for NoTables {
    fn table(&self, _: &Hash) -> Option<Vec<u8>> {
        None
    }
}

impl Tables for std::collections::BTreeMap<Hash, Vec<u8>> {
    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.get(hash).cloned()
    }
}

/// The kinds of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Shards of a table by area.
    Index,
    /// Areas.
    Areas,
    /// Stations.
    Stations,
    /// Candidates.
    Candidates,
    /// Keys.
    Keys,
    /// The children of a collation.
    Children,
    /// The stations missing from a declaration.
    MissingSet,
    /// The batches of an audit's plan.
    AuditBatches,
    /// Free text of a record.
    WordsOfRecord,
}

impl Table {
    /// Every table.
    pub const ALL: &'static [Self] = &[
        Self::Index,
        Self::Areas,
        Self::Stations,
        Self::Candidates,
        Self::Keys,
        Self::Children,
        Self::MissingSet,
        Self::AuditBatches,
        Self::WordsOfRecord,
    ];

    /// Its header line.
    pub fn header(self) -> &'static str {
        match self {
            Self::Index => "hakiki/index@v1",
            Self::Areas => "hakiki/areas@v1",
            Self::Stations => "hakiki/stations@v1",
            Self::Candidates => "hakiki/candidates@v1",
            Self::Keys => "hakiki/keys@v1",
            Self::Children => "hakiki/children@v1",
            Self::MissingSet => "hakiki/missing-set@v1",
            Self::AuditBatches => "hakiki/audit-batches@v1",
            Self::WordsOfRecord => "hakiki/words@v1",
        }
    }

    /// Its rows.
    pub fn shape(self) -> &'static [Field] {
        match self {
            Self::Index => INDEX,
            Self::Areas => AREAS,
            Self::Stations => STATIONS,
            Self::Candidates => CANDIDATES,
            Self::Keys => KEYS,
            Self::Children => CHILDREN,
            Self::MissingSet => MISSING_SET,
            Self::AuditBatches => AUDIT_BATCHES,
            Self::WordsOfRecord => WORDS,
        }
    }

    /// What is asked of it beyond its rows' form, in the order in which it is judged, each with its code: for the reference.
    pub fn asks(self) -> &'static [&'static str] {
        match self {
            Self::Index => INDEX_ASKS,
            Self::Areas => AREAS_ASKS,
            Self::Stations => STATIONS_ASKS,
            Self::Candidates => CANDIDATES_ASKS,
            Self::Keys => KEYS_ASKS,
            Self::Children => CHILDREN_ASKS,
            Self::MissingSet => MISSING_SET_ASKS,
            Self::AuditBatches => AUDIT_BATCHES_ASKS,
            Self::WordsOfRecord => WORDS_ASKS,
        }
    }
}

const INDEX: &[Field] = &[Field::some("shard", &[A::Code, A::Blob], "area code, the shard for that area")];
const MISSING_SET: &[Field] = &[Field::some("station", &[A::Code], "a station of which no form has come")];
const AREAS: &[Field] = &[
    Field::some(
        "area",
        &[A::Code, A::Code, A::Code, A::Words],
        "code, level, code of the area that holds it (`-` for the whole), name",
    ),
    Field::many(
        "voters",
        &[A::Code, A::Number],
        "area; registered voters that the source states for it as a whole",
    ),
];
const STATIONS: &[Field] = &[Field::some(
    "station",
    &[A::Code, A::Code, A::Box, A::Words],
    "code, area that holds it, registered voters (`blank`: the register does not say), name",
)];
const CANDIDATES: &[Field] = &[Field::some(
    "candidate",
    &[A::Code, A::Code, A::Number, A::Code, A::Words],
    "contest, area of the ballot, number on the ballot, party (`-` for none), name",
)
.keyed_by(3)];
const KEYS: &[Field] = &[Field::some(
    "key",
    &[
        A::KeyName,
        A::Word(Role::ENROLLED),
        A::Word(&["area", "station"]),
        A::Code,
        A::PublicKey,
        A::Signature,
    ],
    "name, role, scope, key, proof of possession over the fingerprint; party of an agent",
)
.with_extra(&[A::Code])];
const CHILDREN: &[Field] = &[Field::some(
    "child",
    &[A::Code, A::Id],
    "station, the record that stands for it; then its figures as the collation has them",
)
.with_extra(&[A::Words])];
const AUDIT_BATCHES: &[Field] = &[Field::some(
    "batch",
    &[A::Code, A::Code, A::Number, A::Number],
    "station, area of the rule's spread (`-` for none), the most ballots that it can hold, valid votes; then the votes",
)
.with_extra(&[A::Words])];
const WORDS: &[Field] = &[Field::some(
    "words",
    &[A::Code, A::Words],
    "what they are about (a party, `comment`, `reason`), the words",
)];

const INDEX_ASKS: &[&str] = &[
    "It and then each of its shards, in order, are here, in UTF-8, canonical, with the right first line: R305. All of that before any row of a shard is read",
    "The code of a shard is asked of a stations table alone. Elsewhere any code may stand: it says how the table is cut and nothing else",
];
const AREAS_ASKS: &[&str] = &[
    "Shard by shard its rows have the form above: R305; then each `area` row: its level is one of the election record's: R305; no row before it has its code: R305; then each `voters` row: its area stands in this or an earlier shard: R305",
    "At the end: the area that holds another stands, and its level has the smaller number: R305; exactly one area is held by none: R305",
];
const STATIONS_ASKS: &[&str] = &[
    "Shard by shard: the shard's code is an area: R305; its rows have the form above: R305; then each row: its area is the shard's or below it: R305; no row before it has its code: R305. A station may have the code of an area. `dash` and `illegible` say as little as `blank`",
];
const CANDIDATES_ASKS: &[&str] = &[
    "Shard by shard its rows have the form above: R305; then each row: its contest exists: R302; its area is in the register: R305; its number is new on that ballot: R305. The rows of one contest and area are one ballot, in the order of the numbers",
];
const KEYS_ASKS: &[&str] = &[
    "Shard by shard its rows have the form above: R305; then each row: its station or area is in the register: R306; its key is of type 0x01: R207; an `agent` names a party of the election record: R202",
    "When all rows are read, in the same order: name and key are new in the roster: R209, and in this table: R209; the key's bytes, torsion and proof are right: R208",
    "Any role may be enrolled for a station or an area: a reserve kit for a ward, a returning officer for one centre. Several keys of one role may have one scope. A party may stand behind any role, and counts for F403 alone",
];
const CHILDREN_ASKS: &[&str] = &[
    "The `<words>` are boxes, one space between: the votes in the order of the area's ballot, as many as there are, then *valid*, then *rejected*, each `dash` where the paper has no such box. So there are at least two",
    "Each row in order: the station is in the register: R306; every word is a box: R305; there are at least two: R305. Neither the number of votes nor the id is asked",
];
const MISSING_SET_ASKS: &[&str] = &["Each row: the station is in the register: R306"];
const AUDIT_BATCHES_ASKS: &[&str] = &[
    "The `<words>` are numbers, one space between: the votes in the order of the ballot of the plan's area, as many as there are",
    "Each row in order: the station is in the register: R306; every word is a number, there are as many as candidates on the ballot, their sum is at most the valid votes, and those are at most the bound: R305. Whether the area exists and holds the station is not asked",
];
const WORDS_ASKS: &[&str] = &["A blob like any other: no admission reads it"];

/// A table's lines, read once and held with their text.
#[derive(Debug)]
pub struct TableText {
    table: Table,
    text: String,
}

impl TableText {
    /// Looks a table up and checks that it is UTF-8 and canonical. R305 says what is wrong.
    pub fn load(tables: &dyn Tables, table: Table, hash: &Hash) -> Result<Self, Refusal> {
        let Some(bytes) = tables.table(hash) else {
            return refuse(RefusalCode::R305, format!("the table sha256:{hash} is not here; send it first"));
        };
        Self::parse(table, bytes)
            .map_err(|e| Refusal::new(RefusalCode::R305, format!("table sha256:{hash}: {e}")))
    }

    /// Takes a table's bytes.
    pub fn parse(table: Table, bytes: Vec<u8>) -> Result<Self, Refusal> {
        let text = String::from_utf8(bytes).map_err(|e| Refusal::new(RefusalCode::R102, format!("{e}")))?;
        let body = check_canonical(&text)?;
        if body.split('\n').next() != Some(table.header()) {
            return refuse(
                RefusalCode::R106,
                format!("a table that begins with {:?} was expected", table.header()),
            );
        }
        Ok(Self { table, text })
    }

    /// Its rows.
    pub fn lines(&self) -> Result<Lines<'_>, Refusal> {
        let body = self.text.trim_end_matches('\n');
        let rows = body.split_once('\n').map_or("", |(_, rows)| rows);
        Lines::read(rows, 2, &[self.table.shape()])
            .map_err(|e| Refusal::new(RefusalCode::R305, format!("{}: {e}", self.table.header())))
    }
}

/// Builds a table from rows, which are put into their order. `rows` are the values behind the row's key.
pub fn write_table(table: Table, key: &str, rows: impl IntoIterator<Item = String>) -> Vec<u8> {
    let mut rows: Vec<String> = rows.into_iter().collect();
    rows.sort();
    let mut writer = Writer::new(table.header());
    for row in rows {
        writer.line(key, row);
    }
    writer.finish().into_bytes()
}

/// Loads an index and all its shards: the shard's area and text, ascending by area.
pub fn load_shards(
    tables: &dyn Tables,
    table: Table,
    index: &Hash,
) -> Result<Vec<(String, TableText)>, Refusal> {
    let index = TableText::load(tables, Table::Index, index)?;
    let mut shards = Vec::new();
    for mut row in index.lines()?.all("shard") {
        let (area, hash) = (row.word()?.to_owned(), row.blob()?);
        shards.push((area, TableText::load(tables, table, &hash)?));
    }
    Ok(shards)
}

/// Every blob that an index table names.
pub fn shards_of_index(bytes: Vec<u8>) -> Result<Vec<Hash>, Refusal> {
    let index = TableText::parse(Table::Index, bytes)?;
    index.lines()?.all("shard").map(|mut row| row.word().and_then(|_| row.blob())).collect()
}
