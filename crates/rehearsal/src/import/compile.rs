//! From a checked table to the records of a compilation: an election with `authority none`, its register, the zero
//! report, and one `transcript` a form, all signed by the compiler's keys. Nobody who did not sign is shown as signer.

use super::cell::Cell;
use super::output::{Field, ImportedTable, ResultRow, Rule};
use anyhow::{Context, Result, anyhow};
use hakiki_core::establish::{
    AreaRow, CandidateRow, KeyRow, ScopeCode, StationRow, custodian, key_tables, register_tables,
};
use hakiki_core::kinds::{
    Body, BoxName, Contest, Election, Figures, Kind, Mode, Poll, PollState, RegisterRecord, RuleName, Spread,
    Transcript, Zero, rules_vectors,
};
use hakiki_core::record::Record;
use hakiki_core::roster::Role;
use hakiki_core::table::{Table, write_table};
use hakiki_core::text::lines::is_code;
use hakiki_core::text::{BoxValue, Date, Time};
use hakiki_note::{Hash, KeyName, SigningKey, sha256};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The keys of a compilation, all the compiler's own.
pub struct Keys {
    /// Signs heads; its name is the origin.
    pub log: SigningKey,
    /// The one custodian.
    pub custodian: SigningKey,
    /// Signs transcripts.
    pub compiler: SigningKey,
}

impl Keys {
    /// Keys from three seeds, for a log of this name.
    pub fn new(origin: &str, seeds: &[[u8; 32]; 3]) -> Result<Self> {
        let key = |suffix: &str, seed| {
            let name = KeyName::new(&format!("{origin}{suffix}"))?;
            Ok::<_, anyhow::Error>(SigningKey::from_seed(name, seed))
        };
        Ok(Self {
            log: key("", &seeds[0])?,
            custodian: key("/k/custodian", &seeds[1])?,
            compiler: key("/k/compiler", &seeds[2])?,
        })
    }
}

/// A compilation, ready to be put into a log.
pub struct Compilation {
    /// Election, registers, zero report, poll, transcripts, in their order.
    pub records: Vec<Record>,
    /// Table blobs and words.
    pub tables: BTreeMap<Hash, Vec<u8>>,
}

/// The whole's level and code, above the table's own areas.
const WHOLE: &str = "whole";

fn contest(table: &ImportedTable) -> Result<Option<Contest>> {
    let Some(summary) = &table.mapping.contest else { return Ok(None) };
    let small = |number: u64| u32::try_from(number).context("a number of the rule has more than nine digits");
    let (rule, spread) = match &summary.rule {
        Rule::None => (RuleName::TotalsOnly, None),
        Rule::Plurality => (RuleName::Plurality, None),
        Rule::Majority => {
            // No spread: a share in none of the areas.
            let spread = Spread { majority: (1, 2), share: (1, 2), areas_at_least: 0, level: WHOLE.into() };
            (RuleName::MajorityWithSpread, Some(spread))
        }
        Rule::MajorityWithSpread { level, share, at_least } => {
            let (share, areas_at_least) = ((small(share.0)?, small(share.1)?), small(*at_least)?);
            let spread = Spread { majority: (1, 2), share, areas_at_least, level: level.clone() };
            (RuleName::MajorityWithSpread, Some(spread))
        }
    };
    let mut boxes = BTreeSet::new();
    for (name, has) in [
        (BoxName::Valid, table.rows.iter().any(|row| row.valid.is_some())),
        (BoxName::Rejected, table.rows.iter().any(|row| row.rejected.is_some())),
        (BoxName::Registered, table.rows.iter().any(|row| row.registered.is_some())),
    ] {
        if has {
            boxes.insert(name);
        }
    }
    let cap = summary.cap.map(small).transpose()?;
    let (code, title) = (summary.id.clone(), summary.title.clone());
    Ok(Some(Contest { code, rule, title, spread, boxes, cap, declared_at: None }))
}

fn election(table: &ImportedTable, keys: &Keys) -> Result<Election> {
    let day =
        Date::parse(&table.mapping.date).ok_or_else(|| anyhow!("{:?} is no date", table.mapping.date))?;
    let start = format!("{day}T00:00:00+00:00");
    let counting_from = Time::parse(&start).ok_or_else(|| anyhow!("{start:?} is no time"))?;
    let origin = keys.log.name().as_str();
    let levels = std::iter::once(WHOLE).chain(table.mapping.levels.iter().map(String::as_str));
    let quorums =
        ["amend", "election", "key", "notice", "poll", "register", "ruling", "software", "withhold", "zero"];
    Ok(Election {
        title: table.mapping.title.clone(),
        mode: Mode::Live,
        authority: None,
        log_key: keys.log.verifier().clone(),
        polling_day: day,
        counting_from,
        merge_delay_seconds: 86_400,
        head_age_seconds: 86_400,
        rules: (1, rules_vectors()),
        follows: None,
        // What others say stands in a log of its own.
        admits: Kind::of_elections().map(Kind::name_and_version).collect(),
        levels: (0..).zip(levels.map(str::to_owned)).collect(),
        contests: contest(table)?.into_iter().collect(),
        custodians: vec![custodian(origin, &keys.custodian, "compiler")],
        quorums: quorums.iter().map(|kind| ((*kind).to_owned(), 1)).collect(),
        parties: Vec::new(),
        organisations: Vec::new(),
        witnesses: Vec::new(),
        witness_quorum: 0,
        mirrors: Vec::new(),
        intakes: Vec::new(),
    })
}

struct Rows {
    areas: Vec<AreaRow>,
    stations: Vec<StationRow>,
    candidates: Vec<CandidateRow>,
}

fn count(number: Option<u64>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}

fn rows(table: &ImportedTable) -> Rows {
    let whole = |stated| AreaRow {
        code: WHOLE.into(),
        level: WHOLE.into(),
        parent: None,
        name: table.mapping.title.clone(),
        voters: stated,
    };
    let tops: Vec<_> = table.areas.iter().filter(|area| area.parent.is_none()).collect();
    let stated = if let [only] = tops[..] { count(only.registered) } else { None };
    let mut areas = vec![whole(stated)];
    areas.extend(table.areas.iter().map(|area| AreaRow {
        code: area.code.clone(),
        level: area.level.clone(),
        parent: Some(area.parent.clone().unwrap_or_else(|| WHOLE.into())),
        name: area.name.clone(),
        voters: count(area.registered),
    }));
    let stations = table.stations.iter().map(|station| StationRow {
        code: station.code.clone(),
        area: station.area.clone().unwrap_or_else(|| WHOLE.into()),
        registered: count(station.registered),
        name: station.name.clone(),
    });
    let contest = table.mapping.contest.as_ref().map(|contest| contest.id.clone()).unwrap_or_default();
    let candidates = table.candidates.iter().map(|candidate| CandidateRow {
        contest: contest.clone(),
        area: WHOLE.into(),
        number: candidate.id,
        party: candidate.party.clone().filter(|party| is_code(party)),
        name: candidate.name.clone(),
    });
    Rows { areas, stations: stations.collect(), candidates: candidates.collect() }
}

fn boxed(cell: Cell) -> BoxValue {
    match cell {
        // The import has bounded every count to nine digits.
        Cell::Number(number) => u32::try_from(number).map_or(BoxValue::Illegible, BoxValue::Number),
        Cell::Blank => BoxValue::Blank,
        Cell::Dash => BoxValue::Dash,
        Cell::Illegible => BoxValue::Illegible,
    }
}

fn transcript(table: &ImportedTable, row: &ResultRow) -> Result<Transcript> {
    let contest = table.mapping.contest.as_ref().context("a table with forms has a contest")?;
    let votes = table.candidates.iter().zip(&row.votes).map(|(candidate, cell)| (candidate.id, boxed(*cell)));
    let mut figures = Figures { votes: votes.collect(), ..Figures::default() };
    let mut derived = BTreeSet::new();
    for (name, field, cell) in [
        (BoxName::Valid, Field::Valid, row.valid),
        (BoxName::Rejected, Field::Rejected, row.rejected),
        (BoxName::Registered, Field::Registered, row.registered),
    ] {
        if let Some(cell) = cell {
            figures = figures.with(name, boxed(cell));
            if table.derived.contains(&field) {
                derived.insert(name);
            }
        }
    }
    Ok(Transcript {
        contest: contest.id.clone(),
        station: table.stations[row.station].code.clone(),
        source: table.source_sha256,
        line: Some(row.line),
        serial: row.serial.clone().filter(|serial| is_code(serial)),
        time: row.time.as_deref().and_then(Time::parse),
        figures,
        derived,
    })
}

/// Where the table comes from and what its reader must be told, as a words table.
fn provenance(table: &ImportedTable) -> Vec<u8> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rows = vec![
        format!("file {}", one_line(&table.source_name)),
        format!("licence {}", one_line(&table.mapping.licence)),
        format!("source {}", one_line(&table.mapping.source)),
    ];
    rows.extend((1..).zip(&table.notes).map(|(n, note)| format!("note-{n:03} {}", one_line(note))));
    rows.extend(table.codes_made.iter().map(|level| format!("codes-made-{level} by the importer")));
    rows.extend(
        (1..)
            .zip(&table.companions)
            .map(|(n, (name, hash))| format!("companion-{n} {} sha256:{hash}", one_line(name))),
    );
    write_table(Table::WordsOfRecord, "words", rows)
}

/// Makes all records of a compilation. Transcripts are signed on all cores; their order is that of the table.
pub fn compile(table: &ImportedTable, keys: &Keys) -> Result<Compilation> {
    let quorum = [&keys.custodian];
    let first = Record::sign(&election(table, keys)?.into(), None, &quorum)?;
    let fingerprint = *first.id();
    let sign = |body: Body| Record::sign(&body, Some(&fingerprint), &quorum);
    let Rows { areas, stations, candidates } = rows(table);
    let shard_level = table.mapping.levels.first().map_or(WHOLE, String::as_str);
    let mut tables = register_tables(&areas, &stations, &candidates, shard_level);
    let words = provenance(table);
    let words_hash = sha256(&words);
    tables.blobs.insert(words_hash, words);
    let scope = ScopeCode::Area(WHOLE.into());
    let compiler = KeyRow::new(&fingerprint, &keys.compiler, Role::Compiler, scope, None);
    let of_keys = key_tables(&areas, &stations, &[compiler], shard_level);
    tables.blobs.extend(of_keys.blobs);
    let register =
        RegisterRecord { tables: tables.indexes, words: Some(words_hash), ..RegisterRecord::default() };
    let register = sign(register.into())?;
    let enrolled = sign(RegisterRecord { tables: of_keys.indexes, ..RegisterRecord::default() }.into())?;
    let registers = BTreeSet::from([*register.id(), *enrolled.id()]);
    let sum: u64 = stations.iter().filter_map(|station| station.registered).map(u64::from).sum();
    let stated = areas[0].voters.map_or(0, u64::from);
    let voters = if stations.iter().all(|station| station.registered.is_none()) { stated } else { sum };
    let zero = sign(Zero { registers, stations: stations.len() as u64, voters }.into())?;
    let mut records = vec![first, register, enrolled, zero];
    if let Some(contest) = &table.mapping.contest {
        let poll = Poll {
            state: PollState::Opened,
            contests: BTreeSet::from([contest.id.clone()]),
            areas: BTreeSet::from([WHOLE.to_owned()]),
            stations: BTreeSet::new(),
            reason: None,
            words: None,
        };
        records.push(sign(poll.into())?);
    }
    let transcripts: Vec<Record> = table
        .rows
        .par_iter()
        .map(|row| {
            let body = transcript(table, row)?.into();
            let signed = Record::sign(&body, Some(&fingerprint), &[&keys.compiler]);
            signed.with_context(|| format!("line {} of {}", row.line, table.source_name))
        })
        .collect::<Result<_>>()?;
    records.extend(transcripts);
    Ok(Compilation { records, tables: tables.blobs })
}
