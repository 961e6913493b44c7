//! Search over a year's archive of statements, and who carried the same words before.
//!
//! The statements are made from a seed: words of invented syllables, of which a few stand everywhere and most almost nowhere, as
//! in a language; publishers of whom a few publish most; quotes that go from text to text. Queries are of every shape that the
//! command takes, with words drawn as they stand in texts.

use crate::figures::{kept, machine, milliseconds, peak_memory_mib, percentile};
use crate::press_served;
use anyhow::{Result, ensure};
use hakiki_core::kinds::Statement;
use hakiki_core::text::Time;
use hakiki_note::{Hash, sha256};
use hakiki_press::near::{Run, Shelf};
use hakiki_search::{Index, Query};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// Most time that the slowest query in a hundred may take, in milliseconds.
const LIMIT_MS: f64 = 50.0;
/// Different words; a year of newspapers in two languages has about as many.
const VOCABULARY: usize = 60_000;
/// Areas and stations that are spoken of.
const AREAS: u64 = 2_000;
/// The first second of the year.
const FIRST_S: i64 = 1_900_000_000;
const YEAR_S: i64 = 365 * 86_400;
/// Statements that go into the index at once.
const CHUNK: u64 = 5_000;
/// Of so many texts one carries a quote of another forward.
const QUOTES: u64 = 10;

/// What to measure.
#[derive(clap::Args)]
pub struct Arguments {
    /// Statements.
    #[arg(long, default_value_t = 150_000)]
    statements: u64,
    /// Publishers.
    #[arg(long, default_value_t = 600)]
    publishers: u64,
    /// Queries.
    #[arg(long, default_value_t = 3_000)]
    queries: u64,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Leave out the search for same words, which takes memory.
    #[arg(long)]
    without_near: bool,
    /// Found a log of the statements, too, serve it, and search over HTTP.
    #[arg(long)]
    served: bool,
}

/// SplitMix64: repeatable from its seed, never for keys.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A rank of so many: the first half of all, the next quarter, and so on, are drawn equally often, as by Zipf's law.
    fn rank(&mut self, end: u64) -> u64 {
        let bits = self.below(u64::from(end.max(1).ilog2()) + 2);
        self.below(end.min(1 << bits))
    }
}

/// The words by how often they stand.
fn vocabulary() -> Vec<String> {
    let (consonants, vowels) = (
        ["b", "ch", "d", "f", "k", "l", "m", "n", "p", "sh", "t", "w", "z", "ng'"],
        ["a", "e", "i", "o", "u"],
    );
    let mut words: BTreeSet<String> = BTreeSet::new();
    let mut chance = Chance(7);
    while words.len() < VOCABULARY {
        let syllables = 1 + chance.below(4);
        let mut word = String::new();
        for _ in 0..=syllables {
            word.push_str(consonants[chance.below(14) as usize]);
            word.push_str(vowels[chance.below(5) as usize]);
        }
        words.insert(word);
    }
    let mut words: Vec<String> = words.into_iter().collect();
    for at in (1..words.len()).rev() {
        words.swap(at, chance.below(at as u64 + 1) as usize);
    }
    words
}

/// A text of 30 to 330 words, with a quote of `carried` where there is one.
fn text(chance: &mut Chance, words: &[String], carried: Option<&str>) -> String {
    let length = 30 + chance.below(100) + chance.below(200);
    let mut text = String::new();
    for number in 0..length {
        text += &words[chance.rank(words.len() as u64) as usize];
        text.push(if number % 12 == 11 { '\n' } else { ' ' });
        if number == length / 2
            && let Some(quote) = carried
        {
            text += quote;
            text.push(' ');
        }
    }
    text
}

fn statement(chance: &mut Chance, arguments: &Arguments, number: u64, text: &str) -> Statement {
    let at = FIRST_S
        + YEAR_S * i64::try_from(number).unwrap_or(0) / i64::try_from(arguments.statements).unwrap_or(1);
    let some_areas = (0..chance.below(5).saturating_sub(2)).map(|_| format!("a{:05}", chance.rank(AREAS)));
    let areas = some_areas.collect();
    let records = if chance.below(20) == 0 { [record(chance.below(500))].into() } else { [].into() };
    Statement {
        of: Hash([1; 32]),
        publisher: format!("publisher-{}", chance.rank(arguments.publishers)),
        said_by: None,
        happened: None,
        published: (chance.below(8) > 0).then(|| Time::new(at, 180)),
        language: if chance.below(3) == 0 { "en" } else { "sw" }.to_owned(),
        text: sha256(text.as_bytes()),
        address: Some(format!("https://publisher.example/{number}")),
        records,
        areas,
        claims: [].into(),
        corrects: None,
    }
}

fn record(number: u64) -> Hash {
    sha256(&number.to_le_bytes())
}

/// Runs it.
pub fn run(arguments: &Arguments) -> Result<()> {
    println!("{}", machine());
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("index");
    let (words, mut chance) = (vocabulary(), Chance(arguments.seed));
    let mut index = Index::open_or_make(&path)?;
    let (mut texts, mut said): (Vec<String>, Vec<Statement>) = Default::default();
    let (mut took, mut bytes) = (std::time::Duration::ZERO, 0);
    for first in (0..arguments.statements).step_by(CHUNK as usize) {
        let mut chunk = Vec::new();
        for number in first..arguments.statements.min(first + CHUNK) {
            let carried = (number > 0 && chance.below(QUOTES) == 0).then(|| {
                let of = &texts[chance.below(texts.len() as u64) as usize];
                of.split_whitespace().skip(5).take(20).collect::<Vec<_>>().join(" ")
            });
            let text = text(&mut chance, &words, carried.as_deref());
            bytes += text.len();
            let statement = statement(&mut chance, arguments, number, &text);
            if arguments.served {
                said.push(statement.clone());
            }
            chunk.push((number, record(number), statement, Some(text.clone())));
            texts.push(text);
        }
        let began = Instant::now();
        index.add(&chunk)?;
        took += began.elapsed();
    }
    let began = Instant::now();
    index.merge()?;
    took += began.elapsed();
    let size = std::fs::metadata(&path)?.len();
    println!(
        "{} statements of {} publishers, {} MiB of text: indexed in {:.1} s, {} MiB",
        arguments.statements,
        arguments.publishers,
        bytes >> 20,
        took.as_secs_f64(),
        size >> 20
    );
    drop(index);
    let queries = search(&Index::open(&path)?, arguments, &words, &texts, &mut chance)?;
    if arguments.served {
        press_served::run(dir.path(), &said, &texts, &queries, LIMIT_MS)?;
    }
    if !arguments.without_near {
        near(&texts)?;
    }
    if let Some(peak) = peak_memory_mib() {
        println!("peak memory {peak:.0} MiB, with all texts in it");
    }
    Ok(())
}

/// The shapes of queries, by name.
fn query(
    shape: u64,
    chance: &mut Chance,
    words: &[String],
    texts: &[String],
    publishers: u64,
) -> (&'static str, Query) {
    let word =
        |end: u64, chance: &mut Chance| words[chance.rank(end.min(words.len() as u64)) as usize].clone();
    let own: Vec<&str> = texts[chance.below(texts.len() as u64) as usize].split_whitespace().collect();
    let at = chance.below(own.len() as u64 - 3) as usize;
    let day = |second: i64| Some(Time::new(second, 180).date());
    let begin = FIRST_S + i64::try_from(chance.below(YEAR_S as u64)).unwrap_or(0);
    let publisher = Some(format!("publisher-{}", chance.rank(publishers)));
    let all = words.len() as u64;
    let query = Query { limit: 20, ..Query::default() };
    match shape {
        0 => ("one of the ten commonest words", Query { words: word(10, chance), ..query }),
        1 => ("a word as it stands in texts", Query { words: word(all, chance), ..query }),
        2 => (
            "three words",
            Query { words: (0..3).map(|_| word(all, chance)).collect::<Vec<_>>().join(" "), ..query },
        ),
        3 => ("a phrase of three", Query { words: format!("\"{}\"", own[at..at + 3].join(" ")), ..query }),
        4 => (
            "a phrase of two common words",
            Query { words: format!("\"{} {}\"", word(30, chance), word(30, chance)), ..query },
        ),
        5 => {
            let beginning: String = word(all, chance).chars().filter(|c| *c != '\'').take(3).collect();
            ("a beginning of three letters", Query { words: format!("{beginning}*"), ..query })
        }
        6 => ("a common word by a publisher", Query { words: word(10, chance), publisher, ..query }),
        7 => (
            "a word by a publisher in a month",
            Query {
                words: word(300, chance),
                publisher,
                from: day(begin),
                to: day(begin + 30 * 86_400),
                ..query
            },
        ),
        8 => ("a word since a day", Query { words: word(300, chance), from: day(begin), ..query }),
        9 => (
            "a word on an area",
            Query { words: word(300, chance), area: Some(format!("a{:05}", chance.rank(AREAS))), ..query },
        ),
        10 => ("all by a publisher on a day", Query { publisher, from: day(begin), to: day(begin), ..query }),
        11 => (
            "a common word without another",
            Query { words: format!("{} -{}", word(10, chance), word(10, chance)), ..query },
        ),
        12 => ("all on a record", Query { record: Some(record(chance.below(500))), ..query }),
        _ => (
            "a word in a language, a later page",
            Query {
                words: word(100, chance),
                language: Some("en".into()),
                before: Some(texts.len() as u64 / 2),
                ..query
            },
        ),
    }
}

const SHAPES: u64 = 14;

fn search(
    index: &Index,
    arguments: &Arguments,
    words: &[String],
    texts: &[String],
    chance: &mut Chance,
) -> Result<Vec<Query>> {
    let mut queries = Vec::new();
    let mut times: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    let (mut all, mut found) = (Vec::new(), 0);
    for number in 0..arguments.queries {
        let (name, query) = query(number % SHAPES, chance, words, texts, arguments.publishers);
        let began = Instant::now();
        let page = index.search(&query)?;
        let took = milliseconds(began.elapsed());
        if number % SHAPES == 3 {
            ensure!(!page.found.is_empty(), "a phrase of a text was not found: {query:?}");
        }
        found += page.found.len();
        times.entry(name).or_default().push(took);
        queries.push(query);
        all.push(took);
    }
    for (name, times) in &mut times {
        let (half, most) = (percentile(times, 50), percentile(times, 99));
        println!("  {name}: p50 {half:.2} ms, p99 {most:.2} ms");
    }
    ensure!(found > 0, "nothing was found at all");
    let (half, most) = (percentile(&mut all, 50), percentile(&mut all, 99));
    println!(
        "{} mixed queries, {found} statements found: p50 {half:.2} ms, p99 {most:.2} ms; limit {LIMIT_MS} ms: {}",
        arguments.queries,
        kept(most < LIMIT_MS)
    );
    Ok(queries)
}

fn near(texts: &[String]) -> Result<()> {
    let began = Instant::now();
    let mut shelf = Shelf::new(Run::default());
    for text in texts {
        shelf.put(text);
    }
    let pairs = shelf.pairs();
    ensure!(!pairs.is_empty(), "no carried quote was found");
    println!(
        "same words: {} pairs among {} statements in {:.1} s",
        pairs.len(),
        texts.len(),
        began.elapsed().as_secs_f64()
    );
    Ok(())
}
