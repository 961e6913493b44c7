//! `hakiki`: one binary, subcommands and their words, nothing else.
//!
//! Data goes to standard output, words to standard error. Exit: 0 done, 1 a check failed, 2 could not do it.

mod commands;
mod terminal;

use clap::{Parser, Subcommand};
use commands::{
    audit, claim, compare, completions, demo, election, evidence, follow, forensics, fsck, import, keygen,
    log, mirror, open, press, publish, quick_count, receipt, record, recorder, scrutiny, serve, show, sign,
    submit, table, verify, version, witness,
};
use hakiki_messages::Language;
use std::process::ExitCode;
use terminal::Terminal;

/// An election results server that is open by construction.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    /// Language of the words on the terminal: en or sw
    #[arg(long, global = true, env = "HAKIKI_LANGUAGE", default_value = "en")]
    language: Language,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Rehearse a national election, from its register to a verified total
    Demo(demo::Arguments),
    /// Turn a published table of results into a compilation: a signed, verifiable log
    Import(import::Arguments),
    /// Make a signing key
    Keygen(keygen::Arguments),
    /// Make, sign and show an election record
    #[command(subcommand)]
    Election(election::Command),
    /// Name the signers of any record, sign it, check how it is written
    #[command(subcommand)]
    Record(record::Command),
    /// Sign a text that names several signers, see who is missing, gather signatures
    Sign(sign::Arguments),
    /// Check the tables that records name, and send them to a log
    #[command(subcommand)]
    Table(table::Command),
    /// Run the results server
    Serve(serve::Arguments),
    /// Run a witness: cosign heads of logs that only grow
    #[command(subcommand)]
    Witness(witness::Command),
    /// Mirror a log: keep a verified copy, serve it, cosign what is held, take in forms
    Mirror(mirror::Arguments),
    /// Write the whole portal and its log as plain files, for any file server
    Publish(publish::Arguments),
    /// Send a signed record and keep its receipt
    Submit(submit::Arguments),
    /// Check a published log as a stranger: every byte, every signature, every total
    Verify(verify::Arguments),
    /// Make one file of a log up to a head, which `verify` checks offline
    Open(open::Arguments),
    /// Compare two logs, archives, reports or tables, and print exactly where they part
    Compare(compare::Arguments),
    /// Hold what somebody presents beside a log: is it of this log, where, altered where
    #[command(subcommand)]
    Log(log::Command),
    /// Compare another result with a log; say what would have to be false
    #[command(subcommand)]
    Claim(claim::Command),
    /// Turn feeds into statements as published by; search statements; find earlier ones with the same words
    #[command(subcommand)]
    Press(press::Command),
    /// Answer a court's questions from a log: 62 numbered ones as a report, others in its own words
    Scrutiny(scrutiny::Arguments),
    /// Plan an audit of the paper; say where every audit of a log stands
    #[command(subcommand)]
    Audit(audit::Command),
    /// Statistics of a table or log: indicators with their null hypotheses and innocent explanations, no verdict
    Forensics(forensics::Arguments),
    /// Estimate a result from a sample of stations, and say what the estimate cannot decide
    QuickCount(quick_count::Arguments),
    /// Follow a log: each new head against a memory, witnesses and mirrors, with alarms
    Follow(follow::Arguments),
    /// Check receipts and stamps without a network
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// Check evidence against a log without a network, and make a page of it
    #[command(subcommand)]
    Evidence(evidence::Command),
    /// Name every damaged file of a log, and which mirror has it
    Fsck(fsck::Arguments),
    /// Take damaged files of a log from a mirror again, verifying each
    Repair(fsck::RepairArguments),
    /// Show one record of a log
    Show(show::Arguments),
    /// Check a log and print its totals alone
    Tally(verify::TallyArguments),
    /// Record what a machine notes of itself; open what stayed sealed
    #[command(subcommand)]
    Recorder(recorder::Command),
    /// Print what this program is: its list of dependencies, its hashes
    Version(version::Arguments),
    /// Print completions for a shell
    Completions(completions::Arguments),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(cli.language);
    let done = match cli.command {
        Command::Demo(arguments) => demo::run(&arguments, terminal),
        Command::Import(arguments) => import::run(&arguments, terminal),
        Command::Keygen(arguments) => keygen::run(&arguments, terminal),
        Command::Election(command) => election::run(&command, terminal),
        Command::Record(command) => record::run(&command, terminal),
        Command::Sign(arguments) => sign::run(&arguments, terminal),
        Command::Table(command) => table::run(&command, terminal),
        Command::Serve(arguments) => serve::run(&arguments, terminal),
        Command::Witness(command) => witness::run(&command, terminal),
        Command::Mirror(arguments) => mirror::run(&arguments, terminal),
        Command::Publish(arguments) => publish::run(&arguments, terminal),
        Command::Submit(arguments) => submit::run(&arguments, terminal),
        Command::Verify(arguments) => verify::run(&arguments, terminal),
        Command::Open(arguments) => open::run(&arguments, terminal),
        Command::Compare(arguments) => compare::run(&arguments, terminal),
        Command::Log(command) => log::run(&command, terminal),
        Command::Claim(command) => claim::run(&command, terminal),
        Command::Press(command) => press::run(&command, terminal),
        Command::Scrutiny(arguments) => scrutiny::run(&arguments, terminal),
        Command::Audit(command) => audit::run(&command, terminal),
        Command::Forensics(arguments) => forensics::run(&arguments, terminal),
        Command::QuickCount(arguments) => quick_count::run(&arguments, terminal),
        Command::Follow(arguments) => follow::run(&arguments, terminal),
        Command::Receipt(command) => receipt::run(&command, terminal),
        Command::Evidence(command) => evidence::run(&command, terminal),
        Command::Fsck(arguments) => fsck::run(&arguments, terminal),
        Command::Repair(arguments) => fsck::run_repair(&arguments, terminal),
        Command::Show(arguments) => show::run(&arguments),
        Command::Tally(arguments) => verify::tally(&arguments, terminal),
        Command::Recorder(command) => recorder::run(&command, terminal),
        Command::Version(arguments) => version::run(&arguments),
        Command::Completions(arguments) => Ok(completions::run::<Cli>(&arguments)),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            terminal.error(&error);
            ExitCode::from(2)
        }
    }
}
