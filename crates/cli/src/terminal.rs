//! What the commands say to the person at the terminal: words in their language, progress where there is a terminal.

use hakiki_messages::{Language, Message, text};
use hakiki_verify::{Phase, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;

/// Standard error, in one language.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// The language.
    pub language: Language,
}

impl Terminal {
    /// A terminal in a language.
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// Says a message.
    pub fn say(self, message: &Message) {
        eprintln!("{}", message.text(self.language));
    }

    /// Says an error with all its causes.
    pub fn error(self, error: &anyhow::Error) {
        eprintln!("{}: {error:#}", text(self.language, "cli.error"));
    }
}

/// Ctrl-C or a termination signal: whoever waits for this ends what it started.
pub struct Stop(tokio::signal::unix::Signal);

impl Stop {
    /// Listens from now on. Within a runtime.
    pub fn listen() -> std::io::Result<Self> {
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map(Self)
    }

    /// Until one of the two comes.
    pub async fn told(&mut self) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.0.recv() => {}
        }
    }
}

/// A bar for what takes longer than two seconds; silent where there is no terminal.
pub fn bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} {per_sec} {msg}");
    let bar = ProgressBar::new(length);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// How a bar looks whose end nobody knows before.
pub fn counter() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {human_pos} {per_sec}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The verifier's progress as a bar.
pub struct VerifyBar {
    bar: Mutex<Option<(Phase, ProgressBar)>>,
}

impl VerifyBar {
    /// No bar yet.
    pub fn new() -> Self {
        Self { bar: Mutex::new(None) }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Ok(mut bar) = self.bar.lock()
            && let Some((_, bar)) = bar.take()
        {
            bar.finish_and_clear();
        }
    }
}

impl Progress for VerifyBar {
    fn step(&self, what: Phase, done: u64, of: u64) {
        let Ok(mut slot) = self.bar.lock() else { return };
        if slot.as_ref().is_none_or(|(phase, _)| *phase != what) {
            if let Some((_, old)) = slot.take() {
                old.finish_and_clear();
            }
            *slot = Some((what, bar(of)));
        }
        if let Some((_, bar)) = slot.as_ref() {
            bar.set_length(of);
            bar.set_position(done);
        }
    }
}
