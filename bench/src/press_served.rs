//! The same search as readers have it: a node over a log of these statements, and pages over one connection.

use crate::client::Client;
use crate::election::{custodians, election, key, log_key, refused};
use crate::figures::{kept, milliseconds, percentile};
use anyhow::{Context as _, Result, ensure};
use hakiki_core::Record;
use hakiki_core::establish::{AreaRow, KeyRow, ScopeCode, key_tables, register_tables};
use hakiki_core::kinds::{Election, RegisterRecord, Statement, TableName};
use hakiki_core::roster::Role;
use hakiki_node::{Configuration, Node, found_log};
use hakiki_note::{Hash, SigningKey, sha256};
use hakiki_search::Query;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often it is looked whether the index is there.
const LOOK: Duration = Duration::from_millis(250);

/// Founds a log of statements with their texts.
fn found(dir: &Path, said: &[Statement], texts: &[String]) -> Result<()> {
    let custodians = custodians()?;
    let quorum: Vec<&SigningKey> = custodians.iter().take(2).collect();
    let election = Election {
        authority: None,
        contests: Vec::new(),
        parties: Vec::new(),
        levels: [(0, "nation".into())].into(),
        ..election(0)?
    };
    let first = Record::sign(&election.into(), None, &quorum).map_err(|refusal| refused(&refusal))?;
    let fingerprint = *first.id();
    let sign = |body: &hakiki_core::kinds::Body, keys: &[&SigningKey]| {
        Record::sign(body, Some(&fingerprint), keys).map_err(|refusal| refused(&refusal))
    };
    let nation = AreaRow {
        code: "N".into(),
        level: "nation".into(),
        parent: None,
        name: "Nation".into(),
        voters: None,
    };
    let desk = key("desk")?;
    let row = KeyRow::new(&fingerprint, &desk, Role::PressDesk, ScopeCode::Area("N".into()), None);
    let mut areas = register_tables(std::slice::from_ref(&nation), &[], &[], "nation");
    // A log of statements has no stations, and says nothing of them.
    areas.indexes.remove(&TableName::Stations);
    let keys = key_tables(&[nation], &[], &[row], "nation");
    let register = |tables| RegisterRecord { tables, ..RegisterRecord::default() }.into();
    let registers = [sign(&register(areas.indexes), &quorum)?, sign(&register(keys.indexes), &quorum)?];
    let records: Vec<Record> =
        said.par_iter().map(|said| sign(&said.clone().into(), &[&desk])).collect::<Result<_>>()?;
    let mut blobs: BTreeMap<Hash, Vec<u8>> = areas.blobs;
    blobs.extend(keys.blobs);
    blobs.extend(texts.iter().map(|text| (sha256(text.as_bytes()), text.clone().into_bytes())));
    found_log(dir, &log_key()?, std::iter::once(first).chain(registers).chain(records), &blobs)?;
    Ok(())
}

/// The address of a query.
fn address(query: &Query) -> String {
    let mut address = "/en/statements/search/?".to_owned();
    let mut add = |name: &str, value: String| {
        let letter = |byte: u8| match byte {
            b if b.is_ascii_alphanumeric() || b == b'-' => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        };
        address.extend([name, "="]);
        address.extend(value.bytes().map(letter));
        address.push('&');
    };
    add("q", query.words.clone());
    for (name, value) in [
        ("publisher", query.publisher.clone()),
        ("area", query.area.clone()),
        ("language", query.language.clone()),
        ("record", query.record.map(|id| id.to_string())),
        ("from", query.from.map(|day| day.to_string())),
        ("to", query.to.map(|day| day.to_string())),
        ("before", query.before.map(|place| place.to_string())),
    ] {
        if let Some(value) = value {
            add(name, value);
        }
    }
    address
}

/// Serves and asks.
pub fn run(dir: &Path, said: &[Statement], texts: &[String], queries: &[Query], limit_ms: f64) -> Result<()> {
    let dir = dir.join("log");
    let began = Instant::now();
    found(&dir, said, texts)?;
    println!("a log of them founded in {:.0} s", began.elapsed().as_secs_f64());
    let flags = [("dir", dir.display().to_string()), ("listen", "127.0.0.1:0".to_owned())];
    let flags = flags.map(|(key, value)| (key.to_owned(), value));
    let configuration = Configuration::load(None, [], &flags)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let began = Instant::now();
        let running = Node::start(configuration, log_key()?).await?;
        let mut client = Client::connect(running.address).await?;
        println!("a node serves after {:.1} s", began.elapsed().as_secs_f64());
        while !String::from_utf8_lossy(&client.fetch("/metrics").await?).contains("hakiki_search_ready 1\n") {
            tokio::time::sleep(LOOK).await;
        }
        println!("its index is made after {:.1} s, beside everything else", began.elapsed().as_secs_f64());
        // The snapshot of the pages is made by who comes first.
        client.fetch("/en/statements/search/").await?;
        let (mut times, mut found) = (Vec::new(), 0);
        for query in queries {
            let asked = Instant::now();
            let page = client.fetch(&address(query)).await.with_context(|| format!("{query:?}"))?;
            times.push(milliseconds(asked.elapsed()));
            found += page.windows(b"<article".len()).filter(|window| window == b"<article").count();
        }
        ensure!(found > 0, "nothing was found at all");
        let (half, most) = (percentile(&mut times, 50), percentile(&mut times, 99));
        println!(
            "{} pages of the same queries over HTTP, {found} statements shown: p50 {half:.2} ms, p99 {most:.2} ms; limit {limit_ms} ms: {}",
            queries.len(),
            kept(most < limit_ms)
        );
        running.stop().await?;
        Ok(())
    })
}
