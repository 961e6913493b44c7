//! Sending, in order, each to its own pace: the log, and rivals' collectors.
//!
//! The queue is the journal: how far a receiver has come is a number in a file. An answer that is lost makes one observation
//! be sent twice, which both know. What a receiver refuses for good is passed over, told, and shows there as a gap.

use crate::chain::Chain;
use crate::quote;
use crate::recorder::Stopping;
use hakiki_core::Record;
use hakiki_core::kinds::{Body, Event, Observed};
use hakiki_note::{Hash, Note, VerifierKey, sha256};
use hakiki_tlog::Receipt;
use hakiki_tlog::receipt::RECEIPT_MAX_BYTES;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use ureq::Agent;

/// Time for a submission and its answer.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a sender waits at once for something new.
const WAIT: Duration = Duration::from_millis(250);
/// Rest after a refusal that may pass, as of a key that is not enrolled yet: each leaves a trace in the log.
const REFUSED_REST: Duration = Duration::from_secs(60);
/// The longest rest where nobody answers.
const SILENT_REST_MAX: Duration = Duration::from_secs(30);
/// What a refused sender gets from a log, by its first line.
const REFUSED_HEADER: &str = "hakiki/refused@v1";

/// Who gets observations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The log, whose receipts and refusals are checked with its key.
    Log {
        /// Its address.
        url: String,
        /// Its key.
        key: VerifierKey,
    },
    /// A collector of a mirror.
    Collector {
        /// The mirror's address.
        url: String,
    },
}

/// How far a receiver has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetState {
    /// Its address.
    pub url: String,
    /// The last sequence that it has or has refused for good.
    pub sent: u32,
    /// How many it refused for good.
    pub refused: u64,
    /// Why the last try failed.
    pub problem: Option<String>,
}

enum Answer {
    Taken,
    /// Refused for good, and why.
    Refused(String),
    /// Refused now; it may pass.
    NotYet(String),
    Silent(String),
}

impl Target {
    /// Its address.
    pub fn url(&self) -> &str {
        let (Self::Log { url, .. } | Self::Collector { url }) = self;
        url.trim_end_matches('/')
    }

    fn submit_url(&self) -> String {
        match self {
            Self::Log { .. } => format!("{}/submit", self.url()),
            Self::Collector { .. } => format!("{}/collect", self.url()),
        }
    }

    fn file(&self, dir: &Path) -> PathBuf {
        let name = sha256(self.submit_url().as_bytes()).to_string();
        dir.join(format!("sent-{}", &name[..16]))
    }

    /// How far it has come by its file.
    pub(crate) fn sent(&self, dir: &Path) -> u32 {
        let text = std::fs::read_to_string(self.file(dir)).unwrap_or_default();
        text.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    fn send(&self, agent: &Agent, note: &[u8]) -> Answer {
        let read = |mut response: ureq::http::Response<ureq::Body>| {
            let status = response.status().as_u16();
            let body = response.body_mut().with_config().limit(RECEIPT_MAX_BYTES as u64).read_to_vec()?;
            Ok::<_, ureq::Error>((status, body))
        };
        match agent.post(self.submit_url()).send(note).and_then(read) {
            Ok((status, body)) => match self {
                Self::Log { key, .. } => of_log(status, &body, note, key),
                Self::Collector { .. } => of_collector(status, &body),
            },
            Err(error) => Answer::Silent(error.to_string()),
        }
    }
}

fn of_log(status: u16, body: &[u8], note: &[u8], key: &VerifierKey) -> Answer {
    if status == 200 {
        let receipt = Receipt::parse(body).map_err(|error| error.to_string());
        let proved =
            receipt.and_then(|receipt| receipt.verify_entry(note, key).map_err(|error| error.to_string()));
        return match proved {
            Ok(_) => Answer::Taken,
            Err(error) => Answer::Silent(format!("what came is no receipt for it: {error}")),
        };
    }
    match refusal(body, &sha256(note), key) {
        Some(code) => judge(&code, body),
        None => Answer::Silent(format!("status {status}, and nothing that the log signed")),
    }
}

/// The code of a refusal that the log signed for these bytes.
fn refusal(body: &[u8], note: &Hash, key: &VerifierKey) -> Option<String> {
    let signed = Note::parse(body).ok()?;
    if signed.verified_by(&[key]).ok()?.is_empty() {
        return None;
    }
    let mut lines = signed.text.lines();
    let is_of = lines.next() == Some(REFUSED_HEADER) && lines.next() == Some(&*format!("note {note}"));
    lines.next()?.strip_prefix("code ").filter(|_| is_of).map(str::to_owned)
}

fn of_collector(status: u16, body: &[u8]) -> Answer {
    if status == 200 {
        return Answer::Taken;
    }
    let code = body.get(..4).and_then(|code| std::str::from_utf8(code).ok());
    match code.filter(|code| code.starts_with('R')) {
        Some(code) => judge(code, body),
        None => Answer::Silent(format!("status {status}")),
    }
}

/// The same bytes are refused again for their form, their signature, or the place in the chain. All else may pass.
fn judge(code: &str, body: &[u8]) -> Answer {
    let text: String = String::from_utf8_lossy(body).chars().take(400).collect();
    let is_final = code.starts_with("R1") || (code.starts_with("R2") && code != "R201") || code == "R308";
    if is_final { Answer::Refused(text) } else { Answer::NotYet(text) }
}

/// Sends to one receiver until it is to stop.
pub(crate) struct Sender {
    pub target: Target,
    pub dir: PathBuf,
    pub chain: Arc<Chain>,
    pub state: Arc<Mutex<TargetState>>,
    /// The first rest where nobody answers.
    pub rest: Duration,
}

impl Sender {
    pub fn run(self, stopping: &Stopping) {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let agent: Agent =
            config.timeout_global(Some(SEND_TIMEOUT)).user_agent("hakiki-recorder").build().into();
        let mut rest = self.rest;
        while !stopping.is_set() {
            let sent = self.state().sent;
            let (sequence, note) = match self.chain.next_after(sent) {
                Ok(Some(next)) => next,
                Ok(None) => {
                    self.chain.wait_beyond(sent, WAIT);
                    continue;
                }
                Err(error) => {
                    tracing::error!(%error, "the journal cannot be read");
                    self.state().problem = Some(error.to_string());
                    stopping.wait(SILENT_REST_MAX);
                    continue;
                }
            };
            let pause = match self.target.send(&agent, &note) {
                Answer::Taken => match self.send_quote(&agent, &note) {
                    None => {
                        self.advance(sequence, false);
                        rest = self.rest;
                        continue;
                    }
                    Some(found) => {
                        self.fail(found);
                        let pause = rest;
                        rest = rest.saturating_mul(2).min(SILENT_REST_MAX);
                        pause
                    }
                },
                Answer::Refused(found) => {
                    tracing::error!(
                        sequence,
                        url = self.target.url(),
                        found,
                        "an observation is refused for good"
                    );
                    self.advance(sequence, true);
                    continue;
                }
                Answer::NotYet(found) => {
                    self.fail(found);
                    REFUSED_REST
                }
                Answer::Silent(found) => {
                    self.fail(found);
                    let pause = rest;
                    rest = rest.saturating_mul(2).min(SILENT_REST_MAX);
                    pause
                }
            };
            stopping.wait(pause);
        }
    }

    /// The text of a quote goes behind its observation, as a blob; says why not, where it is to be tried again.
    fn send_quote(&self, agent: &Agent, note: &[u8]) -> Option<String> {
        let Target::Log { .. } = self.target else { return None };
        let record = Record::parse(note).ok()?;
        let Body::Observed(Observed { event: Event::Quote, value: Some(hash), .. }) = record.body() else {
            return None;
        };
        let Some(text) = quote::find(&self.dir, hash) else {
            tracing::warn!(%hash, "the text of a quote is not in the directory any more, and is not sent");
            return None;
        };
        match agent.put(format!("{}/blob/{hash}", self.target.url())).send(&text) {
            Ok(answer) if answer.status().is_success() => None,
            // Withheld meanwhile, or too large: sent again it is refused again. The observation stands.
            Ok(answer) if answer.status().is_client_error() && answer.status().as_u16() != 429 => {
                tracing::warn!(%hash, status = answer.status().as_u16(), "the log does not take the text of a quote");
                None
            }
            Ok(answer) => Some(format!("the text of a quote: status {}", answer.status().as_u16())),
            Err(error) => Some(format!("the text of a quote: {error}")),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, TargetState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, found: String) {
        let mut state = self.state();
        if state.problem.as_ref() != Some(&found) {
            tracing::warn!(url = self.target.url(), sent = state.sent, found, "observations wait");
        }
        state.problem = Some(found);
    }

    fn advance(&self, sequence: u32, is_refused: bool) {
        let mut state = self.state();
        state.sent = sequence;
        state.refused += u64::from(is_refused);
        state.problem = None;
        let (path, text) =
            (self.target.file(&self.dir), format!("{sequence} {}\n", self.target.submit_url()));
        let new = path.with_extension("new");
        // Not synced: after a loss of power some are sent twice, which the receiver knows.
        if let Err(error) = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &path)) {
            tracing::warn!(%error, "how far a receiver has come could not be written");
        }
    }
}

/// A receiver's state to begin with.
pub(crate) fn begin(target: &Target, dir: &Path) -> TargetState {
    TargetState { url: target.url().to_owned(), sent: target.sent(dir), ..TargetState::default() }
}
