//! A quick count in words and as JSON.

use super::printable;
use super::quick_count::{Interval, QuickCount};
use super::quick_count_log::{Beside, Pair};
use hakiki_audit::Share;
use hakiki_audit::numeric::real;
use hakiki_audit::quick_count::{Decision, decide};
use hakiki_messages::{Language, Message, number, share};
use hakiki_portal::forensics::figures::{percent, rounded};
use serde_json::{Value, json};

/// Codes in one line.
const LISTED: usize = 10;

fn listed(codes: &[String]) -> String {
    let mut shown = codes.iter().take(LISTED).map(|code| printable(code)).collect::<Vec<_>>().join(", ");
    if codes.len() > LISTED {
        shown.push_str(" …");
    }
    shown
}

fn level(found: &QuickCount) -> String {
    format!("{}\u{a0}%", found.confidence)
}

/// What is said, a line each.
pub fn said(found: &QuickCount, rows: usize, language: Language) -> Vec<String> {
    let sample = &found.sample;
    let missing: Vec<String> = sample.missing().iter().map(|drawn| drawn.station.clone()).collect();
    let mut messages = vec![
        Message::new("quick_count.sample")
            .with("reported", sample.drawn.len() - missing.len())
            .with("drawn", sample.drawn.len())
            .with("strata", sample.sizes.len())
            .with("stations", sample.sizes.values().sum::<u64>()),
    ];
    messages.push(if missing.is_empty() {
        Message::new("quick_count.none_missing")
    } else {
        Message::new("quick_count.missing").with("count", missing.len()).with("list", listed(&missing))
    });
    let of = |message: Message, interval: &Interval| {
        let Interval { estimate, margin } = interval;
        message
            .with("value", percent(estimate.value))
            .with("margin", percent(*margin))
            .with("level", level(found))
            .with("low", percent(estimate.value - margin))
            .with("high", percent(estimate.value + margin))
    };
    for (name, interval) in sample.candidates.iter().zip(&found.shares) {
        messages.push(of(Message::new("quick_count.estimate").with("candidate", printable(name)), interval));
    }
    messages.extend(found.turnout.as_ref().map(|turnout| of(Message::new("quick_count.turnout"), turnout)));
    messages.extend(rule(found));
    if let Some(beside) = &found.beside {
        messages.extend(log(found, beside, rows));
    }
    messages.push(Message::new("quick_count.neutral"));
    messages.iter().map(|message| message.text(language)).collect()
}

fn asked(found: &QuickCount) -> String {
    printable(&found.sample.candidates[found.asked])
}

/// Whether more than half, and what missing stations could do to that.
fn rule(found: &QuickCount) -> Vec<Message> {
    let estimate = found.shares[found.asked].estimate;
    let key = match decide(estimate, Share::HALF.value(), found.z) {
        Decision::Above => "quick_count.above",
        Decision::Below => "quick_count.below",
        Decision::CannotDecide => "quick_count.cannot",
    };
    let mut messages = vec![
        Message::new(key).with("threshold", percent(Share::HALF.value())).with("candidate", asked(found)),
    ];
    let chances = &found.chances;
    messages.push(
        Message::new("quick_count.chance_half")
            .with("resamples", chances.resamples)
            .with("candidate", asked(found))
            .with("share", percent(chances.half)),
    );
    if let Some((spread, areas)) = found.spread {
        messages.push(
            Message::new("quick_count.chance_spread")
                .with("spread", spread.to_string())
                .with("areas", areas)
                .with("of", found.sample.sizes.len())
                .with("share", percent(chances.spread))
                .with("both", percent(chances.both)),
        );
    }
    if !found.sample.missing().is_empty() {
        messages.push(
            Message::new("quick_count.worst")
                .with("candidate", asked(found))
                .with("least", percent(found.worst.least))
                .with("most", percent(found.worst.most)),
        );
    }
    if found.design_effect.is_finite() {
        messages.push(Message::new("quick_count.design").with("times", rounded(found.design_effect)));
    }
    messages
}

fn log(found: &QuickCount, beside: &Beside, rows: usize) -> Vec<Message> {
    let mut messages = Vec::new();
    let differing: Vec<&Pair> = beside.differing().collect();
    let stations = |pairs: &[&Pair]| {
        let mut codes: Vec<&str> = pairs.iter().map(|pair| pair.station.as_str()).collect();
        codes.dedup();
        codes.len()
    };
    if differing.is_empty() {
        messages.push(Message::new("quick_count.log.equal").with("count", beside.stations));
    } else {
        let message = Message::new("quick_count.log.differ").with("count", stations(&differing));
        messages.push(message.with("of", beside.stations));
    }
    for pair in differing.iter().take(rows) {
        messages.push(
            Message::new("quick_count.log.row")
                .with("code", printable(&pair.station))
                .with("name", printable(&pair.name))
                .with("candidate", printable(&found.sample.candidates[pair.candidate]))
                .with("sample", pair.sample)
                .with("log", pair.log),
        );
    }
    if differing.len() > rows {
        messages.push(Message::new("quick_count.log.more").with("count", differing.len() - rows));
    }
    for (key, codes) in [("absent", &beside.absent), ("unknown", &beside.unknown)] {
        if !codes.is_empty() {
            let message = Message::new(format!("quick_count.log.{key}")).with("count", codes.len());
            messages.push(message.with("list", listed(codes)));
        }
    }
    for (candidate, name) in found.sample.candidates.iter().enumerate() {
        let Some((votes, all)) = beside.whole[candidate] else { continue };
        let (sample, log) = beside.sums(candidate);
        messages.push(
            Message::new("quick_count.log.compared")
                .with("candidate", printable(name))
                .with("sample", sample)
                .with("log", log)
                .with("difference", signed(i128::from(sample) - i128::from(log))),
        );
        let Interval { estimate, margin } = found.shares[candidate];
        messages.push(
            Message::new("quick_count.log.whole")
                .with("candidate", printable(name))
                .with("value", share(votes, all))
                .with("low", percent(estimate.value - margin))
                .with("high", percent(estimate.value + margin)),
        );
    }
    messages
}

fn signed(value: i128) -> String {
    let size = number(u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX));
    if value < 0 { format!("−{size}") } else { size }
}

/// Everything, for machines.
pub fn json(found: &QuickCount) -> Value {
    let sample = &found.sample;
    let interval = |interval: &Interval| {
        json!({
            "estimate": interval.estimate.value,
            "standard_error": interval.estimate.standard_error,
            "low": interval.estimate.value - interval.margin,
            "high": interval.estimate.value + interval.margin,
        })
    };
    let shares = sample.candidates.iter().zip(&found.shares).map(|(name, share)| {
        let mut value = interval(share);
        value["candidate"] = json!(name);
        value
    });
    let decision = match decide(found.shares[found.asked].estimate, Share::HALF.value(), found.z) {
        Decision::Above => "above",
        Decision::Below => "below",
        Decision::CannotDecide => "cannot-decide",
    };
    json!({
        "schema": "hakiki/quick-count@v1",
        "stations": sample.sizes.values().sum::<u64>(),
        "strata": sample.sizes,
        "drawn": sample.drawn.len(),
        "missing": sample.missing().iter().map(|drawn| drawn.station.as_str()).collect::<Vec<_>>(),
        "clusters": sample.has_clusters,
        "confidence": found.confidence,
        "shares": shares.collect::<Vec<Value>>(),
        "turnout": found.turnout.as_ref().map(interval),
        "candidate": sample.candidates[found.asked],
        "more_than_half": decision,
        "worst": { "least": found.worst.least, "most": found.worst.most },
        "design_effect": found.design_effect,
        "resamples": {
            "count": found.chances.resamples,
            "half": found.chances.half,
            "spread": found.spread.map(|_| found.chances.spread),
            "both": found.spread.map(|_| found.chances.both),
        },
        "spread": found.spread.map(|(share, areas)| json!({ "share": share.to_string(), "areas": areas })),
        "log": found.beside.as_ref().map(|beside| beside_json(found, beside)),
    })
}

fn beside_json(found: &QuickCount, beside: &Beside) -> Value {
    let names = &found.sample.candidates;
    let pair = |pair: &Pair| {
        json!({
            "station": pair.station,
            "candidate": names[pair.candidate],
            "sample": pair.sample,
            "log": pair.log,
        })
    };
    let totals = names.iter().enumerate().map(|(candidate, name)| {
        let (sample, log) = beside.sums(candidate);
        let whole = beside.whole[candidate].map(
            |(votes, all)| json!({ "votes": votes, "of": all, "share": real(votes) / real(all.max(1)) }),
        );
        json!({ "candidate": name, "sample": sample, "log": log, "standing": whole })
    });
    json!({
        "entries": beside.entries,
        "stations": beside.stations,
        "figures": beside.pairs.iter().map(pair).collect::<Vec<Value>>(),
        "differing": beside.differing().count(),
        "absent": beside.absent,
        "unknown": beside.unknown,
        "totals": totals.collect::<Vec<Value>>(),
    })
}
