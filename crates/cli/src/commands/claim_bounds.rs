//! `claim bounds`: the least number of forms that must be wrong for a claimed figure to hold, who answers for them, and how
//! many boxes, drawn at random, would show one.

use super::claim_sets::LogArguments;
use super::print;
use crate::terminal::Terminal;
use anyhow::{Context, Result};
use clap::{ArgGroup, Args};
use hakiki_claims::answering::{By, forms};
use hakiki_claims::bounds::{Bound, Condition, Forms, bound, bound_answered, bound_of_totals};
use hakiki_claims::draw::boxes_to_draw;
use hakiki_core::register::Candidate;
use hakiki_messages::{Message, signed, text};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Instant;

/// Arguments.
#[derive(Args)]
#[command(group = ArgGroup::new("figure").required(true).args(["total", "lead", "totals"]))]
pub struct BoundsArguments {
    #[command(flatten)]
    log: LogArguments,
    /// The candidate's number on the ballot
    #[arg(long, value_name = "NUMBER")]
    candidate: Option<u32>,
    /// The claimed total of the candidate
    #[arg(long, requires = "candidate")]
    total: Option<u64>,
    /// The claimed lead of the candidate over the one of --over
    #[arg(long, requires_all = ["candidate", "over"], allow_negative_numbers = true)]
    lead: Option<i64>,
    /// The number of the candidate who is behind
    #[arg(long, value_name = "NUMBER")]
    over: Option<u32>,
    /// The claimed totals of all candidates, as number=total
    #[arg(long, value_name = "NUMBER=TOTAL", value_delimiter = ',')]
    totals: Vec<String>,
    /// The party whose agents are asked after; that of the candidate if not given
    #[arg(long)]
    party: Option<String>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

/// What is claimed.
enum Figure {
    One(Condition),
    Table(Vec<u64>),
}

impl Figure {
    fn bound(&self, forms: &Forms, answered: bool) -> Result<(Condition, Bound)> {
        match self {
            Self::One(condition) if answered => Ok((condition.clone(), bound_answered(forms, condition))),
            Self::One(condition) => Ok((condition.clone(), bound(forms, condition))),
            Self::Table(totals) => {
                bound_of_totals(forms, totals, answered).context("a ballot has candidates")
            }
        }
    }
}

/// Reads the log, bounds, says.
pub fn run(arguments: &BoundsArguments, terminal: Terminal) -> Result<ExitCode> {
    let Some(log) = arguments.log.open(terminal)? else { return Ok(ExitCode::from(2)) };
    let started = Instant::now();
    let scope = log.scope()?;
    let candidates = &scope.ballot().candidates;
    let figure = figure(arguments, candidates, terminal)?;
    let plain = forms(&log.ledger, &log.view, scope, By::Nobody);
    let (condition, bound) = figure.bound(&plain, false)?;
    let of_candidate = arguments.candidate.and_then(|number| {
        candidates.iter().find(|candidate| candidate.number == number)?.party.as_deref().map(str::to_owned)
    });
    let party = arguments.party.clone().or(of_candidate);
    let mut answering = Vec::new();
    if let Some(party) = &party {
        for (word, by) in [("keys", By::Keys(party)), ("ink", By::Ink(party))] {
            let marked = forms(&log.ledger, &log.view, scope, by);
            let count = marked.stations.iter().filter(|station| station.answered).count() as u64;
            answering.push((word, count, figure.bound(&marked, true)?.1));
        }
    }
    let draw = |one_in| bound.least.and_then(|wrong| boxes_to_draw(bound.forms, wrong, one_in));
    let draws = [draw(20), draw(100)];
    if arguments.json {
        let value = as_json(&condition, &bound, &plain, &answering, draws);
        print(&format!("{value:#}"))?;
    } else {
        let table = matches!(figure, Figure::Table(_));
        for message in said(&condition, &bound, &plain, table, party.as_deref(), &answering, draws) {
            print(&message.text(terminal.language))?;
        }
    }
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    terminal.say(&Message::new("claims.tool.took").with("ms", elapsed_ms));
    Ok(ExitCode::from(u8::from(bound.least != Some(0))))
}

fn figure(arguments: &BoundsArguments, candidates: &[Candidate], terminal: Terminal) -> Result<Figure> {
    let index = |number: u32| {
        let found = candidates.iter().position(|candidate| candidate.number == number);
        let numbers: Vec<String> =
            candidates.iter().map(|candidate| format!("{} {}", candidate.number, candidate.name)).collect();
        let message = Message::new("claims.tool.no_candidate").with("number", u64::from(number));
        found.with_context(|| message.with("candidates", numbers.join(", ")).text(terminal.language))
    };
    let count = candidates.len();
    if let (Some(candidate), Some(total)) = (arguments.candidate, arguments.total) {
        return Ok(Figure::One(Condition::total(count, index(candidate)?, total)));
    }
    if let (Some(candidate), Some(over), Some(lead)) = (arguments.candidate, arguments.over, arguments.lead) {
        let (ahead, behind) = (index(candidate)?, index(over)?);
        return Ok(Figure::One(Condition::lead(count, ahead, behind, i128::from(lead))));
    }
    let mut totals = vec![None; count];
    let malformed = || text(terminal.language, "claims.tool.totals");
    for pair in &arguments.totals {
        let (number, total) = pair.split_once('=').with_context(malformed)?;
        let place = index(number.trim().parse().with_context(malformed)?)?;
        totals[place] = Some(total.trim().parse().with_context(malformed)?);
    }
    let totals: Option<Vec<u64>> = totals.into_iter().collect();
    Ok(Figure::Table(totals.with_context(malformed)?))
}

fn least(key: &str, bound: &Bound) -> Message {
    match bound.least {
        Some(count) => Message::new(format!("claims.bounds.{key}")).with("count", count),
        None => Message::new(format!("claims.bounds.{key}_never")),
    }
}

fn said(
    condition: &Condition,
    bound: &Bound,
    plain: &Forms,
    table: bool,
    party: Option<&str>,
    answering: &[(&str, u64, Bound)],
    draws: [Option<u64>; 2],
) -> Vec<Message> {
    let message = |key: &str| Message::new(format!("claims.bounds.{key}"));
    let number = |number: i128| signed(number).trim_start_matches('+').to_owned();
    let said = message("figure").with("claimed", number(condition.total));
    let mut lines = vec![said.with("forms_say", number(bound.forms_say))];
    lines.push(message("open").with("count", plain.open.len()));
    if bound.unlimited > 0 {
        lines.push(message("unlimited").with("count", bound.unlimited));
    }
    lines.push(least("least", bound).with("forms", bound.forms));
    if table {
        lines.push(message("table"));
    }
    for (word, count, bound) in answering {
        let party = party.unwrap_or_default().to_owned();
        let said = message(word).with("count", *count).with("party", party);
        lines.push(said.with("least", least("among", bound)));
    }
    if let [Some(likely), Some(almost)] = draws {
        lines.push(message("draw").with("likely", likely).with("almost", almost).with("forms", bound.forms));
    }
    lines.push(message("assumptions"));
    lines
}

fn as_json(
    condition: &Condition,
    bound: &Bound,
    plain: &Forms,
    answering: &[(&str, u64, Bound)],
    draws: [Option<u64>; 2],
) -> Value {
    let of = |(word, count, bound): &(&str, u64, Bound)| {
        ((*word).to_owned(), json!({ "forms": count, "least_wrong": bound.least }))
    };
    json!({
        "weights": condition.weights, "claimed": condition.total.to_string(), "forms_say": bound.forms_say.to_string(),
        "forms": bound.forms, "open_stations": plain.open.len(), "stations_without_ceiling": bound.unlimited,
        "least_wrong": bound.least, "can_hold": bound.least.is_some(),
        "answered": answering.iter().map(of).collect::<serde_json::Map<_, _>>(),
        "boxes_to_draw": { "95": draws[0], "99": draws[1] },
    })
}
