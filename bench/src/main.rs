//! Races of Hakiki against named peers and limits, in the same run on the same machine.
//!
//! `verify`: the stranger's check of a whole log against its signatures alone. `submit`: durable submissions with receipts
//! against a bare HTTP server that verifies the same signatures and keeps nothing. `restart`: from start to first answer.
//! `pages`: hot pages against nginx serving the same bytes, and ten thousand live connections.
//! `scrutiny`: a court's 62 questions over a whole election. `witness`: cosigned heads of many logs that share syncs, against a sync for each. `proofs`: inclusion proofs on one core.
//! `press`: search over a year of statements.
//!
//! Each prints its figures, their limit and what the time goes to. They make an election of their own, with nothing of the
//! demonstration in it. They fail on a wrong answer, never on a slow one: a limit that is missed is printed as missed.
// Figures for people to read.
#![allow(clippy::cast_precision_loss)]

mod child;
mod client;
mod echo;
mod election;
mod figures;
mod mirror;
mod pages;
mod press;
mod press_served;
mod proofs;
mod restart;
mod scrutiny;
mod serve;
mod submit;
mod verify;
mod witness;

use clap::{Parser, Subcommand};
use hakiki_verify::Source;
use std::path::PathBuf;

/// Races of Hakiki against named peers and limits.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    race: Race,
}

#[derive(Subcommand)]
enum Race {
    /// The check of a whole log against its signatures alone.
    Verify(verify::Arguments),
    /// Durable submissions with receipts against a server that only verifies.
    Submit(submit::Arguments),
    /// From the start of a node to its first answers.
    Restart(restart::Arguments),
    /// A report of a scrutiny over a whole election, and questions in a court's own words.
    Scrutiny(scrutiny::Arguments),
    /// A witness that shares syncs among many logs, against a sync for each head, and against disk and cores.
    Witness(witness::Arguments),
    /// A mirror that catches up, against the check of the same address.
    Mirror(mirror::Arguments),
    /// Hot pages against nginx, ten thousand live connections, and what a page costs.
    Pages(pages::Arguments),
    /// Search over a year of statements, and who carried the same words before.
    Press(press::Arguments),
    /// Used by `mirror`: one check of an address in a process of its own.
    #[command(hide = true)]
    VerifyUrl {
        /// The address.
        url: String,
    },
    /// Used by `mirror`: a mirror, until standard input ends.
    #[command(hide = true)]
    MirrorServe {
        /// Where the copy is kept.
        dir: PathBuf,
        /// The log.
        url: String,
    },
    /// Inclusion proofs verified on one core.
    Proofs(proofs::Arguments),
    /// Used by `witness`: a witness, until standard input ends.
    #[command(hide = true)]
    WitnessServe {
        /// Its directory.
        dir: PathBuf,
        /// `group` or `single`.
        commit: String,
        /// How many logs it knows.
        logs: u64,
    },
    /// Used by `verify`: one check in a process of its own.
    #[command(hide = true)]
    VerifyOnce {
        /// The log.
        dir: PathBuf,
    },
    /// Used by `restart`: one start in a process of its own.
    #[command(hide = true)]
    RestartOnce {
        /// The log.
        dir: PathBuf,
    },
    /// Used by `submit`: a node, until standard input ends.
    #[command(hide = true)]
    Serve {
        /// The log.
        dir: PathBuf,
    },
    /// Used by `submit`: the peer, until standard input ends.
    #[command(hide = true)]
    Echo {
        /// The log that has the keys.
        dir: PathBuf,
        /// Bytes of an answer.
        answer_bytes: usize,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().race {
        Race::Verify(arguments) => verify::run(&arguments),
        Race::Submit(arguments) => submit::run(&arguments),
        Race::Restart(arguments) => restart::run(&arguments),
        Race::Scrutiny(arguments) => scrutiny::run(&arguments),
        Race::Witness(arguments) => witness::run(&arguments),
        Race::Mirror(arguments) => mirror::run(&arguments),
        Race::Pages(arguments) => pages::run(&arguments),
        Race::Press(arguments) => press::run(&arguments),
        Race::VerifyUrl { url } => mirror::verify_url(&url),
        Race::MirrorServe { dir, url } => mirror::serve(&dir, &url),
        Race::Proofs(arguments) => proofs::run(&arguments),
        Race::WitnessServe { dir, commit, logs } => witness::serve(&dir, &commit, logs),
        Race::VerifyOnce { dir } => verify::once(Source::Directory(dir)),
        Race::RestartOnce { dir } => restart::once(&dir),
        Race::Serve { dir } => serve::serve(&dir),
        Race::Echo { dir, answer_bytes } => echo::serve(&dir, answer_bytes),
    }
}
