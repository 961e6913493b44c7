//! The queue to the log. A record is sent until its receipt proves that it stands there; the receipt is written to a file and
//! synced; only then is it noted. A crash before that sends the same bytes again, which the log knows by their id, so nothing stands
//! twice. The text follows as a blob: the log takes it once its record stands.

use crate::desk::Desk;
use crate::error::PressError;
use crate::state::{Stage, Waiting};
use hakiki_note::{Hash, Note, VerifierKey, sha256};
use hakiki_tlog::Receipt;
use hakiki_tlog::receipt::RECEIPT_MAX_BYTES;
use std::fs::{DirBuilder, File};
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::Duration;
use ureq::Agent;

/// Time for a record or a text, and its answer.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// Rest where the log says "too many at once".
const FULL_REST: Duration = Duration::from_secs(3);
/// So often in a row; then the next run goes on. A minute's limit of a key passes within.
const FULL_RESTS_MAX: u32 = 25;
/// What a refused sender gets from a log, by its first line.
const REFUSED_HEADER: &str = "hakiki/refused@v1";
/// The folder of receipts.
const RECEIPTS: &str = "receipts";

/// A record that the log refused for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its id.
    pub record: Hash,
    /// The code of the rule, such as `R202`.
    pub code: String,
    /// What the log found.
    pub found: String,
}

/// Why a run did not send all that waits. The next one goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// Nobody answered, or nothing that proves anything.
    Silent(String),
    /// The log refuses now, and may take it later.
    NotYet(String),
}

/// What a run sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// Records with their places in the log, in their order.
    pub placed: Vec<(Hash, u64)>,
    /// Records that the log refused for good.
    pub refused: Vec<Refused>,
    /// Texts that the log does not take, and why; their records stand.
    pub without_text: Vec<(Hash, String)>,
    /// Why it ended early.
    pub stopped: Option<Stopped>,
}

enum Answer {
    Placed(Vec<u8>, u64),
    Refused(String, String),
    Full(String),
    NotYet(String),
    Silent(String),
}

impl Desk {
    /// Sends what waits, in its order, as far as the log takes it.
    pub fn send(&mut self) -> Result<Sent, PressError> {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let agent: Agent =
            config.timeout_global(Some(SEND_TIMEOUT)).user_agent("hakiki-press").build().into();
        let mut sent = Sent::default();
        let mut rests = 0;
        while let Some(waiting) = self.state.next_waiting()? {
            let answer = if waiting.is_placed {
                self.send_text(&agent, &waiting, &mut sent)?
            } else {
                self.send_record(&agent, &waiting, &mut sent)?
            };
            match answer {
                None => rests = 0,
                Some(Stopped::NotYet(_)) if rests < FULL_RESTS_MAX => {
                    rests += 1;
                    std::thread::sleep(FULL_REST);
                }
                stopped => {
                    sent.stopped = stopped;
                    break;
                }
            }
        }
        Ok(sent)
    }

    /// Sends a record. None if it is done with; `NotYet` only where it is worth while to wait.
    fn send_record(
        &self,
        agent: &Agent,
        waiting: &Waiting,
        sent: &mut Sent,
    ) -> Result<Option<Stopped>, PressError> {
        let (note, key) = (waiting.note.as_bytes(), &self.configuration.log_key);
        let answer = agent.post(format!("{}/submit", self.configuration.log)).send(note).and_then(read);
        let answer = answer.map_or_else(
            |error| Answer::Silent(error.to_string()),
            |(status, body)| judged(status, body, note, key),
        );
        Ok(match answer {
            Answer::Placed(receipt, place) => {
                let name = format!("{}.tlog-proof", waiting.record);
                write_durably(&self.configuration.dir.join(RECEIPTS), &name, &receipt)?;
                self.state.advance(waiting.number, Stage::Placed, None)?;
                sent.placed.push((waiting.record, place));
                None
            }
            Answer::Refused(code, found) => {
                self.state.advance(waiting.number, Stage::Refused, Some(&found))?;
                sent.refused.push(Refused { record: waiting.record, code, found });
                None
            }
            Answer::Full(found) => Some(Stopped::NotYet(found)),
            Answer::NotYet(found) | Answer::Silent(found) => Some(Stopped::Silent(found)),
        })
    }

    fn send_text(
        &self,
        agent: &Agent,
        waiting: &Waiting,
        sent: &mut Sent,
    ) -> Result<Option<Stopped>, PressError> {
        let url = format!("{}/blob/{}", self.configuration.log, waiting.text_hash);
        let (status, body) = match agent.put(url).send(waiting.text.as_bytes()).and_then(read) {
            Ok(answer) => answer,
            Err(error) => return Ok(Some(Stopped::Silent(error.to_string()))),
        };
        let found = said(&body);
        match status {
            200..=299 => self.state.advance(waiting.number, Stage::Sent, None)?,
            429 | 503 => return Ok(Some(Stopped::NotYet(found))),
            400..=499 => {
                // Withheld by an order, as a text that stood before: sent again it is refused again.
                self.state.advance(waiting.number, Stage::Sent, Some(&found))?;
                sent.without_text.push((waiting.record, found));
            }
            _ => return Ok(Some(Stopped::Silent(format!("status {status}")))),
        }
        Ok(None)
    }
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Result<(u16, Vec<u8>), ureq::Error> {
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(RECEIPT_MAX_BYTES as u64).read_to_vec()?;
    Ok((status, body))
}

fn judged(status: u16, body: Vec<u8>, note: &[u8], key: &VerifierKey) -> Answer {
    if status == 200 {
        let place = Receipt::parse(&body).and_then(|receipt| {
            receipt.verify_entry(note, key)?;
            Ok(receipt.index())
        });
        return match place {
            Ok(place) => Answer::Placed(body, place),
            Err(error) => Answer::Silent(format!("what came is no receipt for it: {error}")),
        };
    }
    let Some(code) = refusal(&body, &sha256(note), key) else {
        return Answer::Silent(format!("status {status}, and nothing that the log signed"));
    };
    let found = said(&body);
    match code.as_str() {
        "R401" | "R403" => Answer::Full(found),
        // A key that is not enrolled yet, a node that stops: each try leaves a trace, so this run tries no more.
        "R201" | "R404" | "R405" => Answer::NotYet(found),
        _ => Answer::Refused(code, found),
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

/// What a refusal says: its `code` and `detail`, or the beginning of whatever came.
fn said(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let of =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
    let (code, detail) = (of("code "), of("detail "));
    if code.is_empty() { text.chars().take(300).collect() } else { format!("{code}: {detail}") }
}

/// Writes a file so that it is whole or not there, also after a loss of power.
fn write_durably(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), PressError> {
    let write = || {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let (new, path) = (folder.join("new"), folder.join(name));
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, &path)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(PressError::system(format!("writing {}", folder.join(name).display())))
}
