//! `version`: what this program is, as it would observe itself.

use super::print;
use anyhow::Result;
use clap::Args;
use hakiki_node::{Configuration, dependencies_hash, dependency_list, program_hash};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Print the list of everything that this program can be made of, and its hash
    #[arg(long)]
    sbom: bool,
    /// Print what a node would observe of itself: program, configuration and dependencies
    #[arg(long)]
    hashes: bool,
    /// With --hashes: the node's configuration file; `HAKIKI_…` variables override it, as for serve
    #[arg(long, requires = "hashes")]
    config: Option<PathBuf>,
    /// With --hashes: a key of the configuration, as key=value, as for serve
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "hashes")]
    set: Vec<String>,
    /// With --hashes: also print the text of the configuration that is hashed
    #[arg(long, requires = "hashes")]
    text: bool,
}

/// Prints it.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.sbom {
        print(dependency_list().trim_end())?;
        print(&format!("# sha256 {}", dependencies_hash()))?;
    }
    if arguments.hashes {
        let flags = arguments.set.iter().map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key.to_owned(), value.to_owned())
        });
        let flags: Vec<_> = flags.collect();
        let configuration = Configuration::load(arguments.config.as_deref(), std::env::vars(), &flags)?;
        if arguments.text {
            print(configuration.observed_text().trim_end())?;
        }
        let component = &configuration.component;
        print(&format!("component {component}"))?;
        // In the order of a `software` record, so that the lines can stand in it as they are.
        print(&format!("version {}", env!("CARGO_PKG_VERSION")))?;
        print(&format!("program {}", program_hash()?))?;
        print(&format!("configuration {}", configuration.observed_hash()))?;
        print(&format!("dependencies {}", dependencies_hash()))?;
    }
    if !arguments.sbom && !arguments.hashes {
        print(&format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")))?;
    }
    Ok(ExitCode::SUCCESS)
}
