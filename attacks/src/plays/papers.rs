//! Attacks by officers with true keys and false papers: T14, T33.

use super::Ground;
use super::admission::{accepted, refused};
use crate::arena::Arena;
use crate::outcome::{Seen, Verdict};
use crate::staff::put_table;
use crate::stranger::Verdicts;
use anyhow::{Context as _, Result, ensure};
use hakiki_core::Record;
use hakiki_core::kinds::{BoxName, Collation, Decision, Figures, Rank, Ruling, Turnout, child_row};
use hakiki_core::text::BoxValue;
use hakiki_rehearsal::country::CONTEST;
use hakiki_rehearsal::founding::{Keyring, returning_area};
use std::collections::{BTreeMap, BTreeSet};

/// The clerk's addition.
const ADDED: u32 = 10_000;
const VOTES: [u32; 4] = [40, 30, 20, 10];

/// The votes of a candidate in the recomputed total.
fn votes_of(verdicts: &Verdicts, candidate: usize) -> Result<u64> {
    verdicts.report["contests"][0]["candidates"][candidate]["votes"].as_u64().context("a candidate has votes")
}

fn counted(verdicts: &Verdicts, code: &str, wanted: u64) -> Result<()> {
    let found = verdicts.findings.get(code).copied().unwrap_or(0);
    ensure!(found == wanted, "{code} is found {found} times, expected {wanted}: {:?}", verdicts.findings);
    Ok(())
}

/// A collation of forms: in each row the first candidate has `in_row` more, in the total `in_total` more than in the rows.
/// Its table is sent first, by the clerk's own program.
fn collation(arena: &Arena, area: usize, forms: &[Record], in_row: u32, in_total: u32) -> Result<Record> {
    let keys = Keyring(&arena.country);
    let mut sums: BTreeMap<u32, u32> = BTreeMap::new();
    let mut rows = Vec::new();
    for (number, form) in forms.iter().enumerate() {
        let hakiki_core::kinds::Body::Form(paper) = form.body() else { anyhow::bail!("a form") };
        let more = if number == 0 { in_row } else { 0 };
        let votes = (1..)
            .zip(VOTES)
            .map(|(candidate, votes)| (candidate, votes + if candidate == 1 { more } else { 0 }));
        let votes: Vec<(u32, u32)> = votes.collect();
        for (candidate, votes) in &votes {
            *sums.entry(*candidate).or_default() += votes;
        }
        let boxes: Vec<BoxValue> = votes.iter().map(|(_, votes)| BoxValue::Number(*votes)).collect();
        let boxed = |name| paper.figures.boxed(name).unwrap_or(BoxValue::Dash);
        let (valid, rejected) = (boxed(BoxName::Valid), boxed(BoxName::Rejected));
        rows.push(child_row(&paper.station, form.id(), &boxes, valid, rejected));
    }
    *sums.entry(1).or_default() += in_total;
    let hash = put_table(arena, &Collation::children_table(rows), &keys.returning(area))?;
    let votes = sums.into_iter().map(|(candidate, votes)| (candidate, BoxValue::Number(votes)));
    let count = u32::try_from(forms.len())?;
    let collation = Collation {
        contest: CONTEST.into(),
        area: arena.country.areas[area].id.clone(),
        children: hash,
        submitted: count,
        received: count,
        figures: Figures { votes: votes.collect(), ..Figures::default() },
        words: None,
    };
    arena.sign(collation, &[&keys.returning(area), &keys.second(area)])
}

/// T14: ten thousand votes are added at the collation, once in the total, once in a form's row.
pub fn t14(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let area = returning_area(&arena.country, 0);
    let stations =
        (0..arena.country.stations.len()).filter(|one| returning_area(&arena.country, *one) == area);
    let stations: Vec<usize> = stations.take(2).collect();
    let forms = stations.iter().map(|one| arena.form(*one, VOTES, 1)).collect::<Result<Vec<_>>>()?;
    for form in &forms {
        accepted(&arena.submit(form)?)?;
    }
    let true_votes = u64::from(VOTES[0]) * forms.len() as u64;
    accepted(&arena.submit(&collation(&arena, area, &forms, 0, 0)?)?)?;
    let honest = arena.verify(&arena.url(), &[])?;
    honest.nothing_failed()?;
    counted(&honest, "F301", 0)?;
    counted(&honest, "F302", 0)?;
    accepted(&arena.submit(&collation(&arena, area, &forms, 0, ADDED)?)?)?;
    let in_total = arena.verify(&arena.url(), &[])?;
    in_total.nothing_failed()?;
    in_total.passed("V11")?;
    counted(&in_total, "F302", 1)?;
    counted(&in_total, "F301", 0)?;
    accepted(&arena.submit(&collation(&arena, area, &forms, ADDED, 0)?)?)?;
    let in_row = arena.verify(&arena.url(), &[])?;
    in_row.nothing_failed()?;
    in_row.passed("V11")?;
    counted(&in_row, "F301", 1)?;
    counted(&in_row, "F302", 1)?;
    // No total is ever taken from a collation.
    let total = votes_of(&in_row, 0)?;
    ensure!(total == true_votes, "the total is {total}, the forms say {true_votes}");
    Ok(Seen::new(Verdict::Detected).by("ledger", "F301").by("ledger", "F302").by("stranger", "V11"))
}

/// T33: a false turnout, so that a good form has more votes than voters and its station is disregarded.
pub fn t33(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let keys = Keyring(&arena.country);
    let (kit, officer) = (keys.kit(0), keys.presiding(0, 0));
    let form = arena.form(0, VOTES, 1)?;
    accepted(&arena.submit(&form)?)?;
    accepted(&arena.submit(&arena.form(1, VOTES, 1)?)?)?;
    let station = arena.country.stations[0].code.clone();
    let turnout = Turnout { station: station.clone(), device: 5, manual: 0, is_final: true };
    // One key is not enough, whichever.
    for key in [&kit, &officer] {
        refused(&arena.submit(&arena.sign(turnout.clone(), &[key])?)?, &["R204"])?;
    }
    let others = arena.sign(turnout.clone(), &[&keys.kit(1), &keys.presiding(1, 0)])?;
    refused(&arena.submit(&others)?, &["R203"])?;
    let before = arena.verify(&arena.url(), &[])?;
    counted(&before, "F104", 0)?;
    // With both it is a finding, and takes nothing from the total.
    accepted(&arena.submit(&arena.sign(turnout, &[&kit, &officer])?)?)?;
    let found = arena.verify(&arena.url(), &[])?;
    found.nothing_failed()?;
    counted(&found, "F104", 1)?;
    ensure!(votes_of(&found, 0)? == votes_of(&before, 0)?, "a finding alone changed a total");
    let area = returning_area(&arena.country, 0);
    let ruling = Ruling {
        contest: CONTEST.into(),
        station,
        rank: Rank::Returning,
        considered: BTreeSet::from([*form.id()]),
        decision: Decision::Disregarded("reg-83-1-c".into()),
        notified: arena.country.parties.iter().map(|party| party.id.to_owned()).collect(),
        order: None,
        words: None,
    };
    let (returning, second) = (keys.returning(area), keys.second(area));
    refused(&arena.submit(&arena.sign(ruling.clone(), &[&returning])?)?, &["R204"])?;
    refused(&arena.submit(&arena.sign(ruling.clone(), &[&returning, &officer])?)?, &["R202"])?;
    let after = arena.verify(&arena.url(), &[])?;
    ensure!(votes_of(&after, 0)? == votes_of(&before, 0)?, "a refused ruling changed a total");
    // Two officers may: then the station is named as disregarded, and what it says stays readable.
    accepted(&arena.submit(&arena.sign(ruling, &[&returning, &second])?)?)?;
    let ruled = arena.verify(&arena.url(), &[])?;
    ruled.nothing_failed()?;
    let disregarded = ruled.report["contests"][0]["partition"]["disregarded"].as_u64();
    ensure!(disregarded == Some(1), "disregarded {disregarded:?}");
    ensure!(votes_of(&before, 0)? - votes_of(&ruled, 0)? == u64::from(VOTES[0]), "the ruling's effect");
    counted(&ruled, "F104", 1)?;
    Ok(Seen::new(Verdict::Prevented).by("admission", "R204").by("ledger", "F104"))
}
