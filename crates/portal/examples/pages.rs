//! Writes every page of invented nights to a directory, to be looked at in a browser: `night`, with one of everything; `deep`, with
//! five levels of areas and witnessed heads; `audit` and `audited`, whose paper is being counted and was; `told`, a log of claims with
//! statements, tests and a ruling. `cargo run -p hakiki-portal --example pages -- DIRECTORY`.
#![allow(clippy::unwrap_used)]

#[path = "../tests/country/mod.rs"]
mod country;
#[path = "../tests/deep/mod.rs"]
mod deep;
#[path = "../tests/night/mod.rs"]
mod night;
#[path = "../tests/told/mod.rs"]
mod told;

use country::{Country, honest};
use hakiki_messages::Language;
use hakiki_portal::{
    FoundStatement, Site, SnippetPiece, StatementQuery, StatementSearch, respond, statement_search_page,
};
use night::Night;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args().nth(1).ok_or("name a directory for the pages")?;
    write(&night::night(), &Path::new(&directory).join("night"))?;
    write(&deep::deep_night(), &Path::new(&directory).join("deep"))?;
    write(&audit(Country::odd(honest), true), &Path::new(&directory).join("audit"))?;
    write(&audit(Country::plain(honest), false), &Path::new(&directory).join("audited"))?;
    write_told(&Path::new(&directory).join("told"))
}

/// The log of claims as a server has it, with a search and what it found.
fn write_told(directory: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut told = told::told_with_all();
    told.has_search = true;
    write_site(&told.site(), directory)?;
    let query = StatementQuery { words: "mstari".into(), ..StatementQuery::default() };
    let pieces =
        [("Kura </script> \u{202e}<b>zilihesabiwa</b> ", false), ("Mstari", true), (" wa pili.", false)];
    let snippet = pieces.map(|(text, is_match)| SnippetPiece { text: text.into(), is_match }).to_vec();
    let found =
        told.statements.iter().rev().map(|place| FoundStatement { place: *place, snippet: snippet.clone() });
    let size = told.night.ledger.size();
    let search =
        StatementSearch::Done { size, found: found.collect(), older: told.statements.first().copied() };
    for language in Language::ALL {
        let folder = directory.join(format!("{language}/statements/search"));
        fs::create_dir_all(&folder)?;
        let page = statement_search_page(&told.site(), language, &query, &search);
        fs::write(folder.join("index.html"), page.body)?;
    }
    Ok(())
}

/// A slip on one form, and paper that waits or has been counted.
fn audit(mut country: Country, waits: bool) -> Night {
    let plan = country.plan();
    country.seed(plan);
    let missing = country.missing(&plan);
    for code in missing.iter().take(3) {
        country.count(plan, code, [228, 138, 30]);
    }
    if !waits {
        country.until_it_ends(plan, honest);
    }
    country.night
}

fn write(night: &Night, directory: &Path) -> Result<(), Box<dyn std::error::Error>> {
    write_site(&night.site(&night.snapshot()), directory)
}

fn write_site(site: &Site<'_>, directory: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut count = 0;
    for address in hakiki_portal::every_page(site) {
        let mut file = directory.join(address.trim_start_matches('/'));
        if address.ends_with('/') {
            file.push("index.html");
        }
        fs::create_dir_all(file.parent().ok_or("an address without a folder")?)?;
        fs::write(file, respond(site, &address, &[]).body)?;
        count += 1;
    }
    for (path, bytes) in hakiki_portal::search_index(site) {
        fs::create_dir_all(directory.join(&path).parent().ok_or("a file without a folder")?)?;
        fs::write(directory.join(path), bytes)?;
    }
    eprintln!("{count} files in {}", directory.display());
    Ok(())
}
