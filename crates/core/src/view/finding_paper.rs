//! What one paper's own boxes, the register and the verified voters say: F101–F106, F201–F203, W101–W105, W112–W116.

use super::finding::Finding;
use super::interval::votes_of;
use super::status::{has_late_key, is_closed};
use crate::codes::FindingCode as Code;
use crate::kinds::{BOX_NAMES, BoxName};
use crate::ledger::{Entry, Ledger};
use crate::text::BoxValue;

/// Turnout above 95 % is silent below so many registered voters: at 50, one voter is 2 %.
const SMALL_STATION_VOTERS: u64 = 50;

/// A number that is on the paper: what a compiler derived is checked by nothing.
fn stated(entry: &Entry, name: BoxName) -> Option<u64> {
    entry.boxed(name).filter(|_| !entry.is_derived(name)).and_then(BoxValue::number)
}

/// Registered voters by the register, or by the paper where the register does not say.
fn registered_of(ledger: &Ledger, entry: &Entry) -> Option<u64> {
    let register = ledger.register().stations()[entry.station as usize].registered;
    register.map(u64::from).or_else(|| stated(entry, BoxName::Registered))
}

/// Verified voters, once a final turnout record is in.
fn verified_of(ledger: &Ledger, station: u32, as_of: u64) -> Option<u64> {
    let mut turnouts =
        ledger.turnouts_of(station).iter().filter(|turnout| turnout.place < as_of && turnout.is_final);
    turnouts.next_back().map(|turnout| turnout.verified)
}

/// F103 or F104: *valid* exceeds registered or verified voters (reg. 83(1)(b), (c)). Rejected ones are not added.
pub fn exceeds_voters(ledger: &Ledger, entry: &Entry, as_of: u64) -> bool {
    let Some(valid) = stated(entry, BoxName::Valid) else { return false };
    registered_of(ledger, entry).is_some_and(|registered| valid > registered)
        || verified_of(ledger, entry.station, as_of).is_some_and(|verified| valid > verified)
}

/// Every finding on one paper.
pub(super) fn paper_findings(
    ledger: &Ledger,
    index: u32,
    entry: &Entry,
    as_of: u64,
    found: &mut Vec<Finding>,
) {
    let make = |code| Finding::of_entry(code, index, entry);
    sums(entry, &make, found);
    limits(ledger, entry, &make, found);
    ballot(ledger, entry, as_of, &make, found);
    unread(ledger, entry, &make, found);
    shares(ledger, entry, as_of, &make, found);
    if entry.ink_unstated {
        found.push(make(Code::W104));
    }
    if entry.early_time {
        found.push(make(Code::W105));
    }
    if has_late_key(ledger, entry) {
        found.push(make(Code::W116));
    }
}

fn sums(entry: &Entry, make: &dyn Fn(Code) -> Finding, found: &mut Vec<Finding>) {
    let (sum, unread) = entry.vote_sum();
    let valid = stated(entry, BoxName::Valid);
    if let Some(valid) = valid {
        // With an unreadable box the sum can only be too large.
        if (unread == 0 && sum != valid) || sum > valid {
            found.push(make(Code::F101).at(BoxName::Valid).with("sum", sum).with("valid", valid));
        }
    }
    if let (Some(valid), Some(counted)) = (valid, stated(entry, BoxName::ValidCounted))
        && valid != counted
    {
        found.push(make(Code::F102).at(BoxName::ValidCounted).with("valid", valid).with("counted", counted));
    }
    if let (Some(objected), Some(rejected)) =
        (stated(entry, BoxName::Objected), stated(entry, BoxName::Rejected))
        && objected > rejected
    {
        found.push(make(Code::F106).at(BoxName::Objected).with("part", objected).with("whole", rejected));
    }
    if let (Some(disputed), Some(valid)) = (stated(entry, BoxName::Disputed), valid)
        && disputed > valid
    {
        found.push(make(Code::F106).at(BoxName::Disputed).with("part", disputed).with("whole", valid));
    }
}

fn limits(ledger: &Ledger, entry: &Entry, make: &dyn Fn(Code) -> Finding, found: &mut Vec<Finding>) {
    let (sum, _) = entry.vote_sum();
    if let (Some(valid), Some(registered)) = (stated(entry, BoxName::Valid), registered_of(ledger, entry))
        && valid > registered
    {
        found.push(make(Code::F103).at(BoxName::Valid).with("valid", valid).with("registered", registered));
    }
    let Some(cap) = ledger.election().contests[usize::from(entry.contest)].cap.map(u64::from) else { return };
    let boxes = BOX_NAMES.into_iter().filter_map(|name| stated(entry, name));
    let votes = entry.votes.iter().flatten().filter_map(|value| value.number());
    let largest = boxes.chain(votes).max().unwrap_or(0);
    if largest > cap || sum > cap {
        found.push(make(Code::F105).with("largest", largest).with("sum", sum).with("cap", cap));
    }
}

fn ballot(
    ledger: &Ledger,
    entry: &Entry,
    as_of: u64,
    make: &dyn Fn(Code) -> Finding,
    found: &mut Vec<Finding>,
) {
    let register = ledger.register();
    let no_ballot = register.ballot(entry.contest, entry.station).is_none();
    if no_ballot || is_closed(register, entry.station, as_of) {
        found.push(make(Code::F201));
    }
    let station = &register.stations()[entry.station as usize];
    if let (Some(on_form), Some(registered)) = (stated(entry, BoxName::Registered), station.registered)
        && on_form != u64::from(registered)
    {
        let finding = make(Code::F202).at(BoxName::Registered);
        found.push(finding.with("form", on_form).with("registered", registered));
    }
    if !no_ballot && (entry.has_off_ballot || entry.votes.iter().any(Option::is_none)) {
        found.push(make(Code::F203));
    }
}

fn unread(ledger: &Ledger, entry: &Entry, make: &dyn Fn(Code) -> Finding, found: &mut Vec<Finding>) {
    let (_, unread) = entry.vote_sum();
    if unread > 0 {
        let could = votes_of(ledger, entry);
        let open = could.each.iter().zip(&entry.votes);
        let open = open.filter(|(_, value)| value.is_some_and(|value| value.number().is_none()));
        let (least, most) =
            open.fold((0, 0), |(least, most), (span, _)| (least + span.least, most.max(span.most)));
        let implied = if could.fixed_by_total { "total" } else { "limit" };
        found.push(
            make(Code::W101)
                .with("boxes", unread)
                .with("least", least)
                .with("most", most)
                .with("by", implied),
        );
    }
    for name in BOX_NAMES {
        if entry.boxed(name).is_some_and(|value| value.number().is_none()) {
            found.push(make(Code::W101).at(name).with("boxes", 1));
        }
    }
}

fn shares(
    ledger: &Ledger,
    entry: &Entry,
    as_of: u64,
    make: &dyn Fn(Code) -> Finding,
    found: &mut Vec<Finding>,
) {
    let (sum, unread) = entry.vote_sum();
    // Nothing is inferred from a total that nobody wrote: the sum of the boxes stands in where there is no `valid`.
    let valid = stated(entry, BoxName::Valid).or((unread == 0).then_some(sum));
    let Some(valid) = valid else { return };
    if valid == 0 && sum == 0 {
        found.push(make(Code::W113));
    }
    let one_has_all = entry.votes.len() > 1 && entry.votes.iter().flatten().any(|v| v.number() == Some(sum));
    if sum > 0 && unread == 0 && one_has_all {
        found.push(make(Code::W114).with("votes", sum));
    }
    let Some(rejected) = stated(entry, BoxName::Rejected) else { return };
    let cast = valid + rejected;
    if rejected * 100 > cast * 3 {
        found.push(make(Code::W102).at(BoxName::Rejected).with("rejected", rejected).with("cast", cast));
    }
    if let Some(registered) = registered_of(ledger, entry) {
        if cast * 100 > registered * 95 && registered >= SMALL_STATION_VOTERS {
            found.push(make(Code::W103).with("cast", cast).with("registered", registered));
        }
        if cast == registered && registered > 0 {
            found.push(make(Code::W112).with("cast", cast));
        }
    }
    if let Some(verified) = verified_of(ledger, entry.station, as_of) {
        if valid > verified {
            found.push(make(Code::F104).at(BoxName::Valid).with("valid", valid).with("verified", verified));
        }
        if cast > verified {
            found.push(make(Code::W115).with("cast", cast).with("verified", verified));
        }
    }
}
