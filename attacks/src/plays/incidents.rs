//! What happened in disputes of other years, as a court would ask of it: X09, X21, X23, X24.

use super::Ground;
use super::admission::accepted;
use super::receipts::stamped;
use crate::arena::PATIENCE;
use crate::outcome::{Seen, Verdict};
use crate::process::wait_for;
use crate::staff::{by_quorum, enrolled, placed, put, put_table};
use crate::web;
use anyhow::{Context as _, Result, ensure};
use hakiki_core::kinds::{BoxName, Declaration, Event, Figures, Notice, NoticeAbout, Observed, Origin};
use hakiki_core::roster::Role;
use hakiki_core::table::{Table, write_table};
use hakiki_core::text::{BoxValue, Time};
use hakiki_note::{Hash, SigningKey, sha256};
use hakiki_rehearsal::country::CONTEST;
use hakiki_rehearsal::founding::time;
use hakiki_rehearsal::rivals::WITNESS_CLASSES;
use std::time::{SystemTime, UNIX_EPOCH};

/// How often the official's key is used from each of two machines: 9,000 times in all.
const LOGINS_EACH: u32 = 4_500;
/// Forms that wait while publication is paused.
const WAITING: usize = 3;
/// Commissioners who declare, and who dissent.
const COMMISSIONERS: (u32, u32) = (3, 4);

/// X09: the same serial is printed on the kits of two stations. Their keys say that they are two devices.
pub fn x09(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    for station in 0..2 {
        accepted(&arena.submit(&arena.form_with_kit(station, [9, 8, 7, 6], 1, "KIT-0042")?)?)?;
    }
    accepted(&arena.submit(&arena.form_with_kit(2, [9, 8, 7, 6], 1, "KIT-0043")?)?)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    // Hints of papers (W) are of these plays' small figures.
    let found: Vec<&String> = verdicts.findings.keys().filter(|code| code.starts_with('F')).collect();
    ensure!(found.is_empty(), "a label is no finding: {found:?}");
    let scrutinised = arena.scrutinise(&[])?;
    let rows = scrutinised.rows(25)?;
    let [row] = &rows[..] else { anyhow::bail!("one label stands on forms of two stations: {rows:?}") };
    ensure!(row.contains(&"KIT-0042".to_owned()), "{row:?}");
    let says = scrutinised.says(25)?;
    ensure!(says.contains("with a key of its own for each station: 1"), "{says}");
    Ok(Seen::new(Verdict::Detected).by("scrutiny", "question 25"))
}

fn login(
    at_seconds: i64,
    person: &SigningKey,
    origin: Origin,
    sequence: u32,
    previous: Hash,
) -> Result<Observed> {
    Ok(Observed {
        sequence,
        previous,
        at: time(at_seconds)?,
        event: Event::Login,
        subject: Some(person.name().clone()),
        value: None,
        origin: Some(origin),
        moved: None,
        details: None,
    })
}

/// X21: one official's key is used from two places, 9,000 times. The machines' own notes show it.
pub fn x21(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.new_arena()?;
    for class in WITNESS_CLASSES {
        arena.start_witness(class)?;
    }
    // A night's notes in a minute: the limit of a key stands above what one key signs in a night.
    let rate = ["key_rate_per_minute", "key_burst"].map(|key| format!("{key}={}", 4 * LOGINS_EACH));
    arena.start_node_with(&[&rate[0], &rate[1]])?;
    let (official, honest) =
        (enrolled(&arena, Role::Administrator, "official")?, enrolled(&arena, Role::Administrator, "clerk")?);
    let hosts = [
        (enrolled(&arena, Role::Host, "host 1")?, Origin::Inside),
        (enrolled(&arena, Role::Host, "host 2")?, Origin::Elsewhere),
    ];
    let mut last = [Hash([0; 32]); 2];
    for number in 0..LOGINS_EACH {
        for (offset_seconds, ((key, origin), previous)) in [0, 2].into_iter().zip(hosts.iter().zip(&mut last))
        {
            let at_seconds = i64::from(number) * 4 + offset_seconds;
            let record = arena.sign(login(at_seconds, &official, *origin, number + 1, *previous)?, &[key])?;
            accepted(&arena.submit(&record)?)?;
            *previous = *record.id();
        }
    }
    let [(key, origin), _] = &hosts;
    let record = arena.sign(login(90_000, &honest, *origin, LOGINS_EACH + 1, last[0])?, &[key])?;
    accepted(&arena.submit(&record)?)?;
    arena.verify(&arena.url(), &[])?.nothing_failed()?;
    let rows = arena.scrutinise(&[])?.rows(15)?;
    let of = |person: &SigningKey| {
        let name = person.name().to_string();
        rows.iter().find(|row| row.contains(&name)).with_context(|| format!("{name} stands in {rows:?}"))
    };
    let (uses, pairs) = ((2 * LOGINS_EACH).to_string(), (2 * LOGINS_EACH - 1).to_string());
    let official = of(&official)?;
    ensure!(official.contains(&uses), "{uses} uses: {official:?}");
    ensure!(
        official.iter().filter(|cell| **cell == pairs).count() == 2,
        "each next to one elsewhere: {official:?}"
    );
    ensure!(!of(&honest)?.contains(&pairs), "nothing is said of one who was in once");
    Ok(Seen::new(Verdict::Detected).by("scrutiny", "question 15"))
}

fn now(after_seconds: i64) -> Result<Time> {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    Ok(Time { unix_seconds: now + after_seconds, offset_minutes: 180 })
}

/// X23: publication is paused while forms arrive. The pause stands in the log with its length; what waited is as long as mirrors'
/// stamps show.
pub fn x23(ground: &Ground) -> Result<Seen> {
    let arena = ground.full()?;
    arena.send_forms(0..3)?;
    let notice = |about, from| Notice { about, from, reason: "review".into(), words: None };
    let paused = placed(&arena, &by_quorum(&arena, notice(NoticeAbout::Pause, now(-2)?))?)?;
    arena.wait_held(paused + 1)?;
    let node = arena.node.as_ref().context("the node runs")?;
    node.freeze()?;
    let mut stamps = Vec::new();
    for station in 10..10 + WAITING {
        stamps.extend(stamped(&arena, &arena.form(station, [4, 3, 2, 1], 1)?)?);
    }
    node.thaw()?;
    let grown = || arena.head().ok().filter(|head| head.size > paused + WAITING as u64);
    wait_for("the mirrors to bring what they stamped", PATIENCE, grown)?;
    placed(&arena, &by_quorum(&arena, notice(NoticeAbout::Resume, now(2)?))?)?;
    let stamps: Vec<String> =
        stamps.iter().flat_map(|file| ["--stamp".to_owned(), file.display().to_string()]).collect();
    let stamps: Vec<&str> = stamps.iter().map(String::as_str).collect();
    let at = (paused + 1).to_string();
    let waiting = format!("mirrors stamped {WAITING} during a pause");
    // As of the pause none of them was in the log; later all are.
    for (at, absent) in [(&["--at", &at][..], WAITING), (&[], 0)] {
        let says = arena.scrutinise(&[&stamps[..], at].concat())?.says(56)?;
        ensure!(says.contains(&waiting), "{says}");
        ensure!(says.contains(&format!("{absent} of these are not in the log")), "{says}");
    }
    let says = arena.scrutinise(&[])?.says(56)?;
    ensure!(says.contains("Pauses of publication: 1") && !says.contains("stamped"), "{says}");
    Ok(Seen::new(Verdict::Detected)
        .by("scrutiny", "question 56")
        .by("mirrors' stamps show the backlog", "stamps"))
}

/// X24: four of seven commissioners dissent. Each stands with its figures or with its reasons, under its own key; what a majority
/// of dissents means in law nobody says.
pub fn x24(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    arena.send_forms(0..3)?;
    let (declaring, dissenting) = COMMISSIONERS;
    let keys = (1..=declaring + dissenting)
        .map(|number| enrolled(&arena, Role::Commissioner, &format!("commissioner {number} of seven")));
    let keys = keys.collect::<Result<Vec<_>>>()?;
    let reasons =
        write_table(Table::WordsOfRecord, "words", ["The verification was not shown to us.".to_owned()]);
    let missing: Vec<String> =
        arena.country.stations.iter().skip(3).map(|station| station.code.clone()).collect();
    let missing = put_table(&arena, &write_table(Table::MissingSet, "station", missing), &keys[0])?;
    let votes =
        (1..).zip([40, 30, 20, 10]).map(|(candidate, votes)| (candidate, BoxValue::Number(3 * votes)));
    let figures = Figures { votes: votes.collect(), ..Figures::default() };
    let figures =
        figures.with(BoxName::Valid, BoxValue::Number(300)).with(BoxName::Rejected, BoxValue::Number(3));
    let head = arena.head()?;
    let mut dissents = Vec::new();
    for (key, number) in keys.iter().zip(1..) {
        let dissents_from_it = number > declaring;
        let declaration = Declaration {
            contest: CONTEST.into(),
            area: arena.country.areas[0].id.clone(),
            head,
            dissents: dissents_from_it,
            figures: if dissents_from_it { Figures::default() } else { figures.clone() },
            missing: (!dissents_from_it).then_some(missing),
            words: dissents_from_it.then(|| sha256(&reasons)),
        };
        let place = placed(&arena, &arena.sign(declaration, &[key])?)?;
        if dissents_from_it {
            dissents.push((key, place));
        }
    }
    put(&arena, &reasons)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    let found: Vec<&String> = verdicts.findings.keys().filter(|code| code.starts_with('F')).collect();
    ensure!(found.is_empty(), "what four against three means is not said: {found:?}");
    let rows = arena.scrutinise(&[])?.rows(55)?;
    let says = |word: &str| rows.iter().filter(|row| row.iter().any(|cell| cell == word)).count();
    ensure!((says("declares"), says("dissents")) == (3, 4), "each alone: {rows:?}");
    let page = format!("{}/en/area/{CONTEST}/{}/", arena.url(), arena.country.areas[0].id);
    let stands = |page: &str| {
        dissents.iter().all(|(key, place)| {
            page.contains(key.name().as_str()) && page.contains(&format!("record/{place}/"))
        })
    };
    let shown = || web::get(&page).ok().filter(|page| stands(&page.text()));
    wait_for("the page of the nation to name each who dissents", PATIENCE, shown)?;
    for (_, place) in dissents {
        let record = web::get(&format!("{}/en/record/{place}/", arena.url()))?.text();
        ensure!(record.contains(&sha256(&reasons).to_string()), "the record at {place} shows its reasons");
    }
    Ok(Seen::new(Verdict::Detected)
        .by("scrutiny", "question 55")
        .by("page of the nation", "each with its record"))
}
