//! `completions`: the words of the shell, from the same table as the help.

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints them.
pub fn run<C: CommandFactory>(arguments: &Arguments) -> ExitCode {
    clap_complete::generate(arguments.shell, &mut C::command(), "hakiki", &mut std::io::stdout());
    ExitCode::SUCCESS
}
