//! Writes every page of two invented nights to a directory, to be looked at in a browser: `night`, with one of everything, and
//! `deep`, with five levels of areas and witnessed heads. `cargo run -p hakiki-portal --example pages -- DIRECTORY`.
#![allow(clippy::unwrap_used)]

#[path = "../tests/deep/mod.rs"]
mod deep;
#[path = "../tests/night/mod.rs"]
mod night;

use night::Night;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args().nth(1).ok_or("name a directory for the pages")?;
    write(&night::night(), &Path::new(&directory).join("night"))?;
    write(&deep::deep_night(), &Path::new(&directory).join("deep"))
}

fn write(night: &Night, directory: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let snapshot = night.snapshot();
    let mut count = 0;
    for address in hakiki_portal::every_page(&night.site(&snapshot)) {
        let mut file = directory.join(address.trim_start_matches('/'));
        if address.ends_with('/') {
            file.push("index.html");
        }
        fs::create_dir_all(file.parent().ok_or("an address without a folder")?)?;
        fs::write(file, night.page(&snapshot, &address).body)?;
        count += 1;
    }
    for (path, bytes) in hakiki_portal::search_index(&night.site(&snapshot)) {
        fs::create_dir_all(directory.join(&path).parent().ok_or("a file without a folder")?)?;
        fs::write(directory.join(path), bytes)?;
    }
    eprintln!("{count} files in {}", directory.display());
    Ok(())
}
