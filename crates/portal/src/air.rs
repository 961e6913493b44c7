//! On air: the figures of a contest in an area for machines, as JSON and CSV, with number, denominator, state and whether to
//! call (`docs/reference/portal-data.md`).

use crate::call::Call;
use crate::candidates::share_of;
use crate::share::hundredths;
use crate::table::Table;
use crate::{Page, Site};
use hakiki_core::kinds::Mode;
use hakiki_core::register::Ballot;
use hakiki_core::view::Tally;
use hakiki_messages::Language;
use serde_json::{Value, json};

/// Version of the schema, in every file.
const SCHEMA: &str = "hakiki/air@v1";

/// The head of the log as every data file names it.
pub(crate) fn head_json(site: &Site<'_>) -> Value {
    let head = &site.snapshot.head;
    json!({
        "size": head.size,
        "root": head.root.to_string(),
        "signed_unix_seconds": head.unix_seconds,
        "state": head.state(),
        "cosigned_by": head.cosigned_by,
        "held_by": head.held_by,
    })
}

/// The election as every data file names it.
pub(crate) fn election_json(site: &Site<'_>) -> Value {
    let election = site.ledger.election();
    json!({
        "title": election.title,
        "fingerprint": site.ledger.fingerprint().to_string(),
        "mode": mode(site),
        "authority": election.authority,
    })
}

/// `live` or `rehearsal`.
pub(crate) fn mode(site: &Site<'_>) -> &'static str {
    match site.ledger.election().mode {
        Mode::Live => "live",
        Mode::Rehearsal => "rehearsal",
    }
}

/// An area's stations by where they stand, and by how the standing came.
pub(crate) fn stations_json(tally: &Tally) -> Value {
    let [kit, intake, transcript] = tally.by_class;
    json!({
        "expected": tally.expected,
        "standing": tally.standing,
        "missing": tally.missing,
        "contested": tally.contested,
        "disregarded": tally.disregarded,
        "standing_by_class": { "kit": kit, "intake": intake, "transcript": transcript },
    })
}

/// A share in per cent with two decimals, as text: `50.49`. None without a whole.
pub(crate) fn percent_text(part: u64, whole: u64) -> Option<String> {
    hundredths(part, whole).map(|share| format!("{}.{:02}", share / 100, share % 100))
}

/// The candidates with votes and share.
pub(crate) fn candidates_json(ballot: &Ballot, tally: &Tally) -> Vec<Value> {
    let candidates = ballot.candidates.iter().enumerate();
    candidates
        .map(|(index, candidate)| {
            let (part, whole) = share_of(tally, index);
            json!({
                "number": candidate.number,
                "name": &*candidate.name,
                "party": candidate.party.as_deref(),
                "votes": tally.votes.get(index).and_then(|sum| sum.stated()),
                "share": { "part": part, "of": whole },
                "percent": percent_text(part, whole),
            })
        })
        .collect()
}

/// The JSON file of a contest in an area.
pub(crate) fn json(site: &Site<'_>, contest: u16, area: u32) -> Page {
    let its = &site.ledger.election().contests[usize::from(contest)];
    let place = &site.ledger.register().areas()[area as usize];
    let tally = tally(site, contest, area);
    let call = Call::of(site, contest, area);
    let ballot = site.ledger.register().ballot_for_area(contest, area);
    let words = |language: Language| call.message().text(language);
    let value = json!({
        "schema": SCHEMA,
        "election": election_json(site),
        "contest": { "code": its.code, "title": its.title, "rule": its.rule.as_str() },
        "area": { "code": &*place.code, "name": &*place.name, "whole": place.parent.is_none() },
        "head": head_json(site),
        "state": call.state(),
        "do_not_call": call.hold,
        "do_not_call_reason": {
            "code": call.reason,
            "en": words(Language::English),
            "sw": words(Language::Swahili),
        },
        "outstanding_votes_most": call.outstanding,
        "stations": stations_json(&tally),
        "valid_votes": tally.valid.least,
        "candidates": ballot.map(|ballot| candidates_json(ballot, &tally)),
    });
    Page::json(&value)
}

/// The CSV file of a contest in an area: a row a candidate.
pub(crate) fn csv(site: &Site<'_>, contest: u16, area: u32) -> Page {
    let its = &site.ledger.election().contests[usize::from(contest)];
    let place = &site.ledger.register().areas()[area as usize];
    let tally = tally(site, contest, area);
    let call = Call::of(site, contest, area);
    let mut table = Table::new(&[
        "election",
        "mode",
        "contest",
        "area",
        "area_name",
        "head_size",
        "head_root",
        "head_state",
        "state",
        "do_not_call",
        "do_not_call_reason",
        "stations_expected",
        "stations_standing",
        "stations_missing",
        "stations_contested",
        "stations_disregarded",
        "valid_votes",
        "number",
        "candidate",
        "party",
        "votes",
        "percent",
    ]);
    let head = &site.snapshot.head;
    let ballot = site.ledger.register().ballot_for_area(contest, area);
    for (index, candidate) in ballot.into_iter().flat_map(|ballot| ballot.candidates.iter().enumerate()) {
        let (part, whole) = share_of(&tally, index);
        table.text(&site.ledger.election().title).text(mode(site)).text(&its.code);
        table.text(&place.code).text(&place.name);
        table.number(head.size).text(&head.root.to_string()).text(head.state()).text(call.state());
        table.text(if call.hold { "yes" } else { "no" }).text(call.reason);
        for count in [tally.expected, tally.standing, tally.missing, tally.contested, tally.disregarded] {
            table.number(count);
        }
        table.number(tally.valid.least).number(u64::from(candidate.number)).text(&candidate.name);
        table.text(candidate.party.as_deref().unwrap_or_default());
        table.maybe(tally.votes.get(index).and_then(|sum| sum.stated()));
        table.text(&percent_text(part, whole).unwrap_or_default()).end();
    }
    table.page()
}

/// An area's tally; empty where the register came after this head.
pub(crate) fn tally(site: &Site<'_>, contest: u16, area: u32) -> Tally {
    let view = &site.snapshot.contests[usize::from(contest)].view;
    view.areas.get(area as usize).cloned().unwrap_or_default()
}
