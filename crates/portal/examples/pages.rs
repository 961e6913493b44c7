//! Writes every page of an invented night to a directory, to be looked at in a browser:
//! `cargo run -p hakiki-portal --example pages -- DIRECTORY`.
#![allow(clippy::unwrap_used)]

#[path = "../tests/night/mod.rs"]
mod night;

use std::fs;
use std::path::Path;

/// The name of the file for an address.
fn file_of(address: &str) -> String {
    let name: String = address
        .trim_matches('/')
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .collect();
    format!("{}.html", if name.is_empty() { "index" } else { &name })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args().nth(1).ok_or("name a directory for the pages")?;
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    let night = night::night();
    let snapshot = night.snapshot();
    for asset in ["style.css", "live.js"] {
        fs::write(directory.join(asset), night.page(&snapshot, &format!("/{asset}")).body)?;
    }
    let pages = night::crawl(&night, &snapshot);
    for (address, page) in &pages {
        let mut html = String::from_utf8(page.body.clone())?;
        html = html
            .replace("href=\"/style.css?", "href=\"style.css?")
            .replace("src=\"/live.js?", "src=\"live.js?");
        for link in night::links(&html) {
            let written = link.replace('&', "&amp;");
            html = html.replace(&format!("href=\"{written}\""), &format!("href=\"{}\"", file_of(&link)));
        }
        fs::write(directory.join(file_of(address)), html)?;
    }
    eprintln!("{} pages in {}", pages.len(), directory.display());
    Ok(())
}
