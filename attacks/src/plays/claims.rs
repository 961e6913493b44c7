//! What is false on paper or in time, and attempts to frame an honest operator: T06, T11, T39.

use super::Ground;
use crate::forge;
use crate::outcome::{Seen, Verdict};
use crate::stranger::unique;
use anyhow::{Context as _, Result, ensure};
use hakiki_core::kinds::{Attest, Body, BoxName, Says};
use hakiki_core::text::BoxValue;
use hakiki_node::open_ledger;
use hakiki_note::{KeyName, SigningKey};
use hakiki_rehearsal::founding::Keyring;
use hakiki_tlog::Head;
use hakiki_tlog::stamp::Stamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// T06: a form is back-dated by its officer, with the operator's help.
pub fn t06(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    arena.send_forms(0..3)?;
    let early = arena.head()?.size;
    arena.wait_held(early)?;
    std::thread::sleep(Duration::from_secs(2));
    arena.send_forms(3..5)?;
    std::thread::sleep(Duration::from_secs(2));
    // The kit's clock and the head that it says it saw are of the evening; it is sent now.
    let late = arena.form(40, [99, 0, 0, 0], 1)?;
    let answer = arena.submit(&late)?;
    ensure!(answer.status == 200, "{}", answer.text());
    std::thread::sleep(Duration::from_secs(3));
    arena.send_forms(5..7)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    arena.node.take().context("the node runs")?.stop()?;
    let ledger = open_ledger(&arena.path("node"))?;
    let place = ledger.place_of(late.id()).context("the form is in the log")?;
    let (not_before, not_later) = ledger.witnessed_interval(place);
    ensure!(not_later.is_some(), "head records bound a form's time from above");
    ensure!(
        not_before.is_some() && not_before <= not_later,
        "and from below: {not_before:?} to {not_later:?}"
    );
    let verdicts = arena.verify(&arena.path("node").display().to_string(), &[])?;
    ensure!(
        verdicts.evidence.is_empty() && verdicts.checks.get("V13").is_some_and(|status| status != "failed")
    );
    Ok(Seen::new(Verdict::NotDetectable).by("whoever reads the interval", "V13"))
}

/// T11: false figures from the station, and a copy held by an observer.
pub fn t11(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let form = arena.form(0, [90, 5, 3, 2], 1)?;
    arena.submit(&form)?;
    arena.submit(&arena.form(1, [90, 5, 3, 2], 1)?)?;
    let Body::Form(paper) = form.body() else { anyhow::bail!("a form") };
    let mut figures = paper.figures.clone();
    figures.votes = [(1, 5), (2, 90), (3, 3), (4, 2)].map(|(n, votes)| (n, BoxValue::Number(votes))).into();
    let figures = figures.with(BoxName::Rejected, BoxValue::Number(1));
    let attest = Attest {
        of: *form.id(),
        says: Says::OwnCopy,
        observed: BTreeSet::new(),
        figures,
        page: None,
        words: None,
    };
    let observer = Keyring(&arena.country).key("observer 1");
    let answer = arena.submit(&arena.sign(attest, &[&observer])?)?;
    ensure!(answer.status == 200, "{}", answer.text());
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    // The other station's false form has no copy beside it: nothing is said of it.
    ensure!(verdicts.findings.get("F402") == Some(&1), "F402: {:?}", verdicts.findings);
    Ok(Seen::new(Verdict::Detected).by("holder of a copy", "F402"))
}

/// T39: an honest operator is framed: by a stolen log key, by changed evidence, by a form signed afterwards.
pub fn t39(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    let receipts = arena.send_forms(0..6)?;
    let size = arena.head()?.size;
    let held = arena.wait_held(size)?;
    arena.node.take().context("the node runs")?.stop()?;
    // A rival has the log's key and signs a second root for a size that was published.
    let forged = Head { size: held.head().size, root: hakiki_note::sha256(b"framed") };
    let (stolen, dir) = (arena.path("stolen"), arena.path("node"));
    std::fs::write(&stolen, forge::sign(&arena.log_key(), forged)?)?;
    let verdicts = arena.verify(&dir.display().to_string(), &["--head", &stolen.display().to_string()])?;
    verdicts.failed("V06")?;
    let file = verdicts.evidence.first().context("two roots of one size")?;
    let grade = arena.grade_of(file)?;
    ensure!(grade == "III", "by the log's key alone, found grade {grade}");
    let mut framings = 1;
    // The same evidence with one byte changed, or with the grade of a fork that witnesses cosigned.
    let text = std::fs::read_to_string(file)?;
    for (number, (from, to)) in [("grade III", "grade I"), ("A", "B"), ("\n\n", "\n")].into_iter().enumerate()
    {
        let changed = text.replacen(from, to, 1);
        if changed == text {
            continue;
        }
        let path = arena.path(&format!("changed-{number}"));
        std::fs::write(&path, changed)?;
        arena.evidence_is_refused(&path)?;
        framings += 1;
    }
    // A receipt whose record is another form, signed afterwards.
    let other = arena.form(0, [1, 1, 1, 97], 9)?;
    let extra = |text: &str| text.lines().find(|line| line.starts_with("extra ")).map(str::to_owned);
    let (theirs, mine) = (extra(&receipts[0]).context("a receipt carries its record")?, {
        use base64_of as encode;
        format!("extra {}", encode(other.note().as_bytes()))
    });
    let framed = arena.path("framed-receipt");
    std::fs::write(&framed, receipts[0].replace(&theirs, &mine))?;
    let verdicts = arena.verify(&dir.display().to_string(), &["--receipt", &framed.display().to_string()])?;
    ensure!(verdicts.evidence.is_empty(), "a false receipt made evidence: {:?}", verdicts.evidence);
    framings += 1;
    // Stamps of a form that was never sent: by a stranger, and by one intake alone, long after the merge delay.
    let never_sent = arena.form(50, [1, 1, 1, 1], 9)?;
    let stranger = SigningKey::from_seed(KeyName::new("stranger.example/stamps")?, &[5; 32]);
    for key in [stranger, arena.rivals().intake("party")] {
        let stamp = Stamp {
            election: arena.fingerprint,
            record: *never_sent.id(),
            note: hakiki_note::sha256(never_sent.note().as_bytes()),
            seen_head: 5,
            time: "2026-01-01T00:00:00+03:00".parse()?,
        };
        let path = arena.path(&format!("stamp-{}", unique()));
        std::fs::write(&path, stamp.sign(&key))?;
        let verdicts = arena.verify(&dir.display().to_string(), &["--stamp", &path.display().to_string()])?;
        ensure!(verdicts.checks["V17"] != "failed", "V17: {}", verdicts.details["V17"]);
        ensure!(verdicts.evidence.is_empty(), "one word made evidence: {:?}", verdicts.evidence);
        framings += 1;
    }
    Ok(Seen::new(Verdict::Prevented)
        .by("evidence check", "grade III")
        .by("evidence check refuses what was changed", "E1xx E2xx")
        .framings(framings))
}

fn base64_of(bytes: &[u8]) -> String {
    use hakiki_note::BASE64;
    base64::Engine::encode(&BASE64, bytes)
}
