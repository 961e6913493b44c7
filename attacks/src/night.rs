//! Honest nights: forms arrive while the node, witnesses and mirrors crash, hang, have wrong clocks and come back, by a seed.
//! Nobody may raise an alarm, nothing may be said against anybody, and nothing may be lost.

use crate::arena::{Arena, PATIENCE, submit_to};
use crate::clock;
use crate::forms::Kit;
use crate::plays::Ground;
use crate::process::{Process, wait_for};
use crate::web::{self, Answer};
use anyhow::{Context as _, Result, bail, ensure};
use hakiki_core::Record;
use hakiki_core::text::Time;
use hakiki_note::{VerifierKey, sha256};
use hakiki_rehearsal::founding::Founded;
use hakiki_rehearsal::rivals::{MIRROR_CLASSES, WITNESS_CLASSES};
use hakiki_tlog::cosignature::verify_cosignature;
use hakiki_tlog::witness::monitoring_path;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

/// Steps of a night, with three forms each, one a station.
const STEPS: usize = 10;
/// How long a step takes at least: head records come once a second.
const STEP: Duration = Duration::from_millis(400);
/// How wrong a clock is, in seconds.
const WRONG_S: [i64; 4] = [37 * 60, -12 * 60, 3 * 3600, -3600];
/// So few that every station has as many voters.
const VOTES: [u32; 4] = [4, 3, 2, 1];
/// Clocks of the kits: the country's offset, in minutes.
const OFFSET_MINUTES: i16 = 180;
/// Between two clocks that show the same time, on a busy machine.
const CLOCK_DIFFERENCE_S: i64 = 240;
/// A restart is no broken promise.
const FOUNDED: Founded = Founded { with_rivals: true, merge_delay_seconds: 60, head_age_seconds: 240 };

/// Plays one night and gives its clocks; the error says what alarm was raised, or what was lost.
pub fn play(ground: &Ground, number: u64) -> Result<String> {
    let mut night = Night::begin(ground, number)?;
    for step in 0..STEPS {
        for station in step * 3..step * 3 + 3 {
            night.send(station)?;
        }
        std::thread::sleep(STEP);
        night.mishap(step)?;
        night.keep_head()?;
        night.no_alarm().with_context(|| format!("in step {step}; {}", night.clocks()))?;
    }
    night.end().with_context(|| night.clocks())
}

struct Night {
    name: String,
    arena: Arena,
    /// The witness whose clock is another one after each restart.
    stepping: &'static str,
    follower: Process,
    /// Mirrors and witnesses that hang.
    frozen: BTreeSet<String>,
    receipts: Vec<String>,
    /// Forms that were given to mirrors.
    relayed: Vec<Record>,
    /// Files of stamps and of heads.
    known: Vec<(&'static str, PathBuf)>,
    /// Kits with a wrong clock.
    wrong_kits: u64,
}

impl Night {
    fn begin(ground: &Ground, number: u64) -> Result<Self> {
        let name = format!("{} night {number}", ground.seed);
        let mut arena = ground.founded(FOUNDED)?;
        let any = |what: &str, of: usize| usize::from(draw(&name, what)) % of;
        let stepping = WITNESS_CLASSES[any("stepping", WITNESS_CLASSES.len())];
        let witnesses = ["first", "second"].map(|which| {
            let class = WITNESS_CLASSES[any(which, WITNESS_CLASSES.len())];
            (format!("witness {class}"), which)
        });
        let mirrors = MIRROR_CLASSES.map(|class| (format!("mirror {class}"), class));
        for (who, what) in witnesses.into_iter().chain(mirrors).chain([("node".to_owned(), "node")]) {
            if any(&format!("{what} is wrong"), 2) == 0 {
                arena.clocks.insert(who, WRONG_S[any(&format!("{what} by"), WRONG_S.len())]);
            }
        }
        arena.start()?;
        let follower = arena.start_follower()?;
        let (frozen, receipts) = (BTreeSet::new(), Vec::new());
        let (relayed, known) = (Vec::new(), Vec::new());
        Ok(Self { name, arena, stepping, follower, frozen, receipts, relayed, known, wrong_kits: 0 })
    }

    fn draw(&self, what: &str, of: usize) -> usize {
        usize::from(draw(&self.name, what)) % of
    }

    fn clocks(&self) -> String {
        let clocks = self.arena.clocks.iter().map(|(who, offset_s)| format!("{who} {offset_s:+} s"));
        let clocks: Vec<String> = clocks.collect();
        if clocks.is_empty() { "all clocks right".to_owned() } else { clocks.join(", ") }
    }

    /// One form of a station: to the log, or every third one to both mirrors.
    fn send(&mut self, station: usize) -> Result<()> {
        let is_wrong = self.draw(&format!("kit {station}"), 8) == 0;
        self.wrong_kits += u64::from(is_wrong);
        let offset_s = if is_wrong { WRONG_S[station % WRONG_S.len()] } else { 0 };
        let sealed = Time::new(clock::now_s()? + offset_s, OFFSET_MINUTES);
        let seen = self.arena.checkpoint_at(&self.arena.url(), "cosigned");
        let seen_head = seen.map_or(0, |seen| seen.head().size);
        let form = self.arena.form_of(station, VOTES, Kit { number: 1, seen_head, sealed: Some(sealed) })?;
        if station % 3 == 2 && self.relay(&form)? {
            return Ok(());
        }
        let answer = self.arena.submit(&form)?;
        ensure!(answer.status == 200, "station {station}: {} {}", answer.status, answer.text());
        self.receipts.push(answer.text());
        Ok(())
    }

    /// Gives a form to all mirrors at the same time, and keeps their stamps. False if none is there.
    fn relay(&mut self, form: &Record) -> Result<bool> {
        let present = MIRROR_CLASSES.into_iter().filter(|class| {
            self.arena.mirrors.contains_key(class) && !self.frozen.contains(&format!("mirror {class}"))
        });
        let urls: Vec<String> = present.map(|class| self.arena.url_of(&format!("mirror {class}"))).collect();
        let answers: Vec<Result<Answer>> = std::thread::scope(|scope| {
            let asked: Vec<_> = urls.iter().map(|url| scope.spawn(move || give(url, form))).collect();
            asked.into_iter().map(|asked| asked.join().unwrap_or_else(|_| bail!("asking panicked"))).collect()
        });
        for (url, answer) in urls.iter().zip(answers) {
            let answer = answer?;
            ensure!(matches!(answer.status, 200 | 202), "{url}: {} {}", answer.status, answer.text());
            // One that saw it in the log first has nothing to stamp.
            let stamp = web::get(&format!("{url}/stamp/{}", form.id()))?;
            if stamp.is_good() {
                self.keep("--stamp", &stamp.text())?;
            }
        }
        if !urls.is_empty() {
            self.relayed.push(form.clone());
        }
        Ok(!urls.is_empty())
    }

    fn keep(&mut self, flag: &'static str, text: &str) -> Result<()> {
        let path = self.arena.path(&format!("known-{}", self.known.len()));
        std::fs::write(&path, text)?;
        self.known.push((flag, path));
        Ok(())
    }

    fn keep_head(&mut self) -> Result<()> {
        match web::get(&format!("{}/cosigned", self.arena.url()))? {
            head if head.is_good() => self.keep("--head", &head.text()),
            _ => Ok(()),
        }
    }

    /// What goes wrong in a step, and who comes back.
    fn mishap(&mut self, step: usize) -> Result<()> {
        let witness = WITNESS_CLASSES[self.draw(&format!("{step} witness"), WITNESS_CLASSES.len())];
        let mirror = MIRROR_CLASSES[self.draw(&format!("{step} mirror"), MIRROR_CLASSES.len())];
        match self.draw(&format!("{step} mishap"), 10) {
            0 => {
                self.arena.node.take().context("the node runs")?.kill()?;
                // The kits go on, as far as there are mirrors.
                let sealed = Some(Time::new(clock::now_s()?, OFFSET_MINUTES));
                let late = self.arena.form_of(30 + step, VOTES, Kit { sealed, ..Kit::new(1) })?;
                self.relay(&late)?;
                self.arena.start_node()?;
            }
            1 => {
                self.arena.node.take().context("the node runs")?.stop()?;
                self.arena.start_node()?;
            }
            2 | 3 => {
                if let Some(fallen) = self.arena.witnesses.remove(witness) {
                    fallen.kill()?;
                }
            }
            4 => {
                if let Some(fallen) = self.arena.mirrors.remove(mirror) {
                    fallen.kill()?;
                }
            }
            5 => {
                if let Some(hanging) = self.arena.witnesses.get(witness) {
                    hanging.freeze()?;
                    self.frozen.insert(format!("witness {witness}"));
                }
            }
            6 => {
                if let Some(hanging) = self.arena.mirrors.get(mirror) {
                    hanging.freeze()?;
                    self.frozen.insert(format!("mirror {mirror}"));
                }
            }
            _ => {}
        }
        // Whoever fell or hangs comes back after a while.
        if self.draw(&format!("{step} back"), 2) == 0 { self.all_back(step) } else { Ok(()) }
    }

    fn all_back(&mut self, step: usize) -> Result<()> {
        for process in self.arena.witnesses.values().chain(self.arena.mirrors.values()) {
            process.thaw()?;
        }
        self.frozen.clear();
        if !self.arena.witnesses.contains_key(self.stepping) {
            let offset_s = WRONG_S[self.draw(&format!("{step} step"), WRONG_S.len())];
            self.arena.clocks.insert(format!("witness {}", self.stepping), offset_s);
        }
        self.arena.start_the_fallen()
    }

    /// Nobody who watches has an alarm.
    fn no_alarm(&mut self) -> Result<()> {
        for class in MIRROR_CLASSES {
            let who = format!("mirror {class}");
            if !self.arena.mirrors.contains_key(class) || self.frozen.contains(&who) {
                continue;
            }
            let health: Value =
                serde_json::from_slice(&web::get(&format!("{}/health", self.arena.url_of(&who)))?.body)?;
            let alarms = health["alarms"].as_array().context("a mirror tells its alarms")?;
            ensure!(alarms.is_empty(), "an alarm of {who}: {alarms:?}");
        }
        let health = web::get(&format!("{}/health", self.arena.url()))?;
        ensure!(health.is_good(), "the node: {}", health.text());
        if let Some(status) = self.follower.wait(Duration::ZERO)? {
            bail!("the follower ended with {status}: {}", self.follower.said());
        }
        Ok(())
    }

    fn end(&mut self) -> Result<String> {
        self.all_back(STEPS)?;
        for form in &self.relayed {
            let receipt = format!("{}/receipt/{}", self.arena.url(), form.id());
            let receipt = wait_for("a relayed form in the log", PATIENCE, || {
                web::get(&receipt).ok().filter(Answer::is_good)
            });
            self.receipts.push(receipt?.text());
        }
        let size = self.arena.head()?.size;
        self.arena.wait_held(size)?;
        self.no_alarm()?;
        self.clocks_were_wrong()?;
        let mut arguments = self.arena.receipt_arguments(&self.receipts)?;
        for (flag, path) in &self.known {
            arguments.extend([(*flag).to_owned(), path.display().to_string()]);
        }
        arguments.push("--now".to_owned());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let arena = &self.arena;
        for source in [arena.url(), arena.url_of("mirror observers"), arena.url_of("mirror party")] {
            let verdicts = arena.verify(&source, &arguments)?;
            verdicts.nothing_failed().with_context(|| format!("at {source}"))?;
            ensure!(verdicts.evidence.is_empty(), "evidence was made of an honest night at {source}");
            let excluded = verdicts.findings.get("W106").copied().unwrap_or(0);
            ensure!(
                excluded <= self.wrong_kits,
                "W106: {excluded} kits' clocks are doubted, {} are wrong",
                self.wrong_kits
            );
            let against = verdicts.findings.keys().find(|code| code.starts_with('F'));
            ensure!(against.is_none(), "a finding in an honest night: {:?}", verdicts.findings);
        }
        Ok(self.clocks())
    }

    /// The clocks that were set wrong were wrong: cosignatures carry their times.
    fn clocks_were_wrong(&self) -> Result<()> {
        for (who, offset_s) in &self.arena.clocks {
            let (kind, class) = who.split_once(' ').unwrap_or((who, ""));
            let key = match kind {
                "witness" if class != self.stepping => self.arena.rivals().witness(class),
                "mirror" => self.arena.rivals().mirror(class),
                _ => continue,
            };
            let shown_s = self.cosigned_s(who, key.verifier())? - clock::now_s()?;
            ensure!(
                (shown_s - offset_s).abs() < CLOCK_DIFFERENCE_S,
                "the clock of {who} shows {shown_s:+} s, it was set to {offset_s:+} s"
            );
        }
        Ok(())
    }

    /// When somebody cosigned last, by the own clock.
    fn cosigned_s(&self, who: &str, key: &VerifierKey) -> Result<i64> {
        let origin = self.arena.head_text()?.origin().clone();
        let head = self.arena.checkpoint_at(&self.arena.url_of(who), &monitoring_path(&origin));
        let head = head.with_context(|| format!("{who} cosigned nothing"))?;
        let line = head.note().signatures.iter().find(|line| line.is_by(key)).context("its line")?;
        Ok(i64::try_from(verify_cosignature(head.checkpoint(), line, key)?)?)
    }
}

/// Gives a form to a mirror as a kit does: again, while the mirror says that it may be behind.
fn give(url: &str, form: &Record) -> Result<Answer> {
    wait_for("a mirror that takes the form", PATIENCE, || match submit_to(url, form) {
        Ok(answer) if answer.status == 503 => None,
        other => Some(other),
    })?
}

fn draw(night: &str, what: &str) -> u8 {
    sha256(format!("{night} {what}").as_bytes()).0[0]
}
