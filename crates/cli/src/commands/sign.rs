//! `sign`: a text that names its signers is signed in any order, on any machine; shows what is signed before it asks.
//!
//! With `--status` it says who has signed, with `--merge` it puts copies of one text together, with `--pending` it works with
//! the texts that wait at a node. What `record sign` does without asking is done by the same code.

use super::record::{tell_kind, tell_missing};
use super::unfinished::{add, read, write};
use super::{key, print, sign_pending};
use crate::terminal::Terminal;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use hakiki_core::Record;
use hakiki_core::Unfinished;
use hakiki_core::fingerprint::words;
use hakiki_core::kinds::{Body, Election};
use hakiki_keyring::{Key, KeyPlace};
use hakiki_messages::{Message, text};
use hakiki_note::Hash;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// File of the text, or of the partly signed record; several with --merge
    files: Vec<PathBuf>,
    /// A signer's key: a file, plain or under a passphrase, or pkcs11:token=…?module-path=…; may be given several times
    #[arg(long)]
    key: Vec<KeyPlace>,
    /// New file for the result; the file itself is replaced if not given
    #[arg(long)]
    out: Option<PathBuf>,
    /// Sign without asking
    #[arg(long)]
    pub yes: bool,
    /// Only say who has signed and who is missing; exit 1 while somebody is
    #[arg(long, conflicts_with_all = ["key", "merge"])]
    status: bool,
    /// Put the signatures of several copies of one text together, into the first file or --out
    #[arg(long, conflicts_with = "key")]
    merge: bool,
    /// The election record: refuses texts of another election, knows the quorum, checks the custodians' signatures
    #[arg(long)]
    election: Option<PathBuf>,
    /// Address of a log: sign what waits there for these keys; with a file, send it there
    #[arg(long)]
    pending: Option<String>,
    /// With --pending: only the text of this id
    #[arg(long, requires = "pending")]
    pub id: Option<Hash>,
}

/// Runs it. What the rules refuse is explained, and is a check that failed.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    super::explained(start(arguments, terminal), terminal)
}

fn start(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let election = arguments.election.as_deref().map(Pinned::read).transpose()?;
    if arguments.merge {
        return merge(arguments, election.as_ref(), terminal);
    }
    match (&arguments.files[..], &arguments.pending) {
        ([], Some(url)) if arguments.status => sign_pending::list(url, arguments.id.as_ref()),
        ([], Some(url)) => {
            let keys = open_all(&arguments.key, terminal)?;
            sign_pending::sign(url, &keys, arguments, election.as_ref(), terminal)
        }
        ([file], None) if arguments.status => {
            let found = read(file)?;
            check_election(&found, election.as_ref())?;
            tell(&found, election.as_ref(), terminal)
        }
        ([file], url) => sign(file, url.as_deref(), arguments, election.as_ref(), terminal),
        ([], None) => bail!("name a file, or --pending with the address of a log"),
        _ => bail!("one file at a time; --merge takes several copies of one text"),
    }
}

fn open_all(places: &[KeyPlace], terminal: Terminal) -> Result<Vec<Key>> {
    ensure!(!places.is_empty(), "name a key with --key");
    places.iter().map(|place| key::open(place, terminal)).collect()
}

fn sign(
    path: &Path,
    url: Option<&str>,
    arguments: &Arguments,
    election: Option<&Pinned>,
    terminal: Terminal,
) -> Result<ExitCode> {
    let mut found = read(path)?;
    check_election(&found, election)?;
    // A file that is signed already may be sent without signing again.
    let keys = if url.is_some() && arguments.key.is_empty() {
        Vec::new()
    } else {
        open_all(&arguments.key, terminal)?
    };
    if !sign_with(&mut found, &keys, arguments.yes, terminal)? {
        return Ok(ExitCode::from(1));
    }
    let out = arguments.out.as_deref().unwrap_or(path);
    if !keys.is_empty() || out != path {
        write_to(&found, path, arguments.out.as_deref())?;
    }
    if let Some(url) = url {
        return sign_pending::send(url, &found, terminal);
    }
    let _ = tell(&found, election, terminal)?;
    Ok(ExitCode::SUCCESS)
}

/// Shows the text, asks, and adds the signatures that are missing. Says whether it may go on.
pub fn sign_with(found: &mut Unfinished, keys: &[Key], yes: bool, terminal: Terminal) -> Result<bool> {
    for key in keys {
        ensure!(found.names(key.verifier()), "{} is not among the signers that the text names", key.name());
    }
    let mut wanted = Vec::new();
    for key in keys {
        // Made by the same key over the same text, it verifies; then there is nothing to do.
        let line = found.lines().iter().find(|line| line.is_by(key.verifier()));
        let decoded = key.verifier().key().decode()?;
        if line.is_some_and(|line| decoded.verify(found.text().as_bytes(), &line.signature).is_ok()) {
            terminal.say(&Message::new("sign.already").with("name", key.name().to_string()));
        } else {
            wanted.push(key);
        }
    }
    if wanted.is_empty() {
        return Ok(true);
    }
    show(found, terminal)?;
    let names: Vec<&str> = wanted.iter().map(|key| key.name().as_str()).collect();
    if !(yes || agreed(&names.join(", "), terminal)?) {
        terminal.say(&Message::new("sign.declined"));
        return Ok(false);
    }
    for key in wanted {
        add(found, key)?;
    }
    Ok(true)
}

/// What is signed: the text as it is, its kind in words, its election as six words.
fn show(found: &Unfinished, terminal: Terminal) -> Result<()> {
    print(found.text().trim_end())?;
    tell_kind(found, terminal);
    let election = found.record().election().unwrap_or(found.record().id());
    terminal.say(&Message::new("sign.election").with("words", words(election)));
    Ok(())
}

/// Asks at the terminal. Where nobody is there, nothing is signed.
fn agreed(names: &str, terminal: Terminal) -> Result<bool> {
    let input = std::io::stdin();
    ensure!(input.is_terminal(), "nobody is at the terminal to ask; read the text, then say --yes");
    terminal.say(&Message::new("sign.ask").with("names", names));
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case(text(terminal.language, "sign.yes")))
}

fn merge(arguments: &Arguments, election: Option<&Pinned>, terminal: Terminal) -> Result<ExitCode> {
    let [first, others @ ..] = &arguments.files[..] else { bail!("name the copies to be merged") };
    ensure!(!others.is_empty(), "name at least two copies to be merged");
    let mut found = read(first)?;
    check_election(&found, election)?;
    for path in others {
        let other = read(path)?;
        let differing = found.differing(&other);
        ensure!(
            differing.is_empty(),
            "{} and {} hold different signatures of {}; ask the signer which one is good",
            first.display(),
            path.display(),
            differing.join(", ")
        );
        found.merge(&other).with_context(|| path.display().to_string())?;
    }
    write_to(&found, first, arguments.out.as_deref())?;
    let _ = tell(&found, election, terminal)?;
    Ok(ExitCode::SUCCESS)
}

fn write_to(found: &Unfinished, path: &Path, out: Option<&Path>) -> Result<()> {
    if let Some(out) = out {
        ensure!(!out.exists(), "{} exists already; name a new file", out.display());
    }
    write(found, out.unwrap_or(path))
}

/// Prints who has signed; says who is missing and how the quorum stands. Fails while it is not whole.
fn tell(found: &Unfinished, election: Option<&Pinned>, terminal: Terminal) -> Result<ExitCode> {
    let (record, kind) = (found.record(), found.body().kind());
    print(&format!("kind {}\nid {}", kind.name_and_version(), record.id()))?;
    let mut bad = 0;
    for signer in record.signers() {
        let state = match election.and_then(|election| election.is_good(found, signer.name.as_str())) {
            Some(false) => "bad",
            _ if found.has_signed(signer) => "signed",
            _ => "missing",
        };
        bad += u64::from(state == "bad");
        print(&format!("signer {} {state}", signer.name))?;
    }
    tell_missing(found, terminal);
    let is_reachable = if let Some(election) = election {
        election.tell_quorum(found, terminal)
    } else {
        terminal.say(&Message::new("tool.signatures_elsewhere"));
        true
    };
    if bad > 0 {
        terminal.say(&Message::new("sign.bad").with("count", bad));
    }
    let is_whole = found.missing().is_empty() && bad == 0 && is_reachable;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Refuses a text of another election than the one at hand.
pub fn check_election(found: &Unfinished, election: Option<&Pinned>) -> Result<()> {
    let (Some(election), Some(named)) = (election, found.record().election()) else { return Ok(()) };
    ensure!(
        *named == election.fingerprint,
        "the text is of the election {} ({}), not of {} ({})",
        named,
        words(named),
        election.fingerprint,
        words(&election.fingerprint)
    );
    Ok(())
}

/// What an election record says of quorums and custodians. Amendments are in the log alone.
pub struct Pinned {
    fingerprint: Hash,
    election: Election,
}

impl Pinned {
    fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let record = Record::parse(&bytes).with_context(|| path.display().to_string())?;
        match record.body() {
            Body::Election(election) => Ok(Self { fingerprint: *record.id(), election: election.clone() }),
            _ => bail!("{} is no election record", path.display()),
        }
    }

    /// Whether the signature of a custodian whom the election record names is good; none if there is none.
    fn is_good(&self, found: &Unfinished, name: &str) -> Option<bool> {
        let line = found.lines().iter().find(|line| line.name.as_str() == name)?;
        let custodian = self.election.custodians.iter().find(|custodian| custodian.name == line.name)?;
        let key = custodian.key.decode().ok()?;
        Some(key.verify(found.text().as_bytes(), &line.signature).is_ok())
    }

    /// Says how many custodians have signed and how many must. False if the text names too few for ever.
    fn tell_quorum(&self, found: &Unfinished, terminal: Terminal) -> bool {
        let kind = found.body().kind();
        let Some(needs) = self.election.quorums.get(kind.name()) else {
            terminal.say(&Message::new("sign.no_quorum"));
            return true;
        };
        let is_custodian =
            |name: &str| self.election.custodians.iter().any(|custodian| custodian.name.as_str() == name);
        let named = found.record().signers().iter().filter(|signer| is_custodian(signer.name.as_str()));
        let named = named.count() as u64;
        let signed =
            found.lines().iter().filter(|line| self.is_good(found, line.name.as_str()) == Some(true));
        let signed = signed.count() as u64;
        let needs = u64::from(*needs);
        let key = match (signed >= needs, named >= needs) {
            (true, _) => "sign.quorum_reached",
            (false, true) => "sign.quorum_missing",
            (false, false) => "sign.quorum_never",
        };
        let message = Message::new(key).with("needs", needs);
        terminal.say(&if key == "sign.quorum_never" {
            message.with("named", named)
        } else {
            message.with("signed", signed)
        });
        named >= needs
    }
}
