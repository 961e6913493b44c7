//! `POST /collect`, `GET /collected`, `GET /collected/{machine}`: what machines observed, as it came here.

use super::answer;
use super::submit::refused;
use crate::clock::unix_seconds;
use crate::collect::{AgainstLog, Collector, Held, Machine, Taken, against_log};
use crate::shared::{Shared, read};
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use hakiki_core::codes::RefusalCode;
use hakiki_core::roster::Role;
use hakiki_note::KeyName;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Observations of one answer.
const PAGE: usize = 500;
/// Numbers that one list of an answer names at most; how many there are is said beside it.
const LISTED: usize = 100;
const NONE: &str = "this mirror collects no observations";

/// The handler of one observation.
pub(super) async fn collect(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    if shared.collector.is_none() {
        return answer::not_found(NONE);
    }
    let most = usize::try_from(shared.settings.submission_max_bytes).unwrap_or(usize::MAX);
    let bytes = match answer::read_body(body, most, shared.settings.request_timeout).await {
        Ok(bytes) => bytes,
        Err(StatusCode::PAYLOAD_TOO_LARGE) => return refused(RefusalCode::R402, "too many bytes"),
        Err(_) => return refused(RefusalCode::R405, "the body did not come in time; send it again"),
    };
    let Ok(_permit) = shared.permits.submissions.try_acquire() else {
        return refused(RefusalCode::R403, "too many submissions wait; the same note is safe to send again");
    };
    let worker = shared.clone();
    let taken = tokio::task::spawn_blocking(move || {
        worker.collector.as_ref().map(|collector| collector.take(&worker, &bytes, unix_seconds()))
    });
    match taken.await {
        Ok(Some(Ok(Taken::Kept { sequence, received_unix_s }))) => {
            answer::text(StatusCode::OK, format!("collected {sequence} {received_unix_s}\n"))
        }
        Ok(Some(Ok(Taken::Refused(refusal)))) => refused(refusal.code, &refusal.detail),
        Ok(Some(Err(error))) => {
            tracing::error!(%error, "an observation could not be kept");
            answer::later("this mirror cannot keep observations; send it elsewhere", 60)
        }
        Ok(None) => answer::not_found(NONE),
        Err(_) => answer::later("stopping", 10),
    }
}

/// How it stands with every machine that was heard, and every host that is enrolled.
pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Response {
    // Its cost grows with what is held: no more of such at a time than of downloads.
    let Ok(_permit) = shared.permits.downloads.clone().try_acquire_owned() else { return busy() };
    let made = tokio::task::spawn_blocking(move || {
        let collector = shared.collector.as_ref()?;
        let mut names: BTreeSet<KeyName> = collector.names().into_iter().collect();
        let ledger = read(&shared.ledger);
        let is_host = |role: Role, revoked: Option<u64>| role == Role::Host && revoked.is_none();
        let hosts = ledger.roster().keys().iter().filter(|key| is_host(key.role, key.revoked_at));
        names.extend(hosts.map(|key| key.name.clone()));
        drop(ledger);
        let states = names.iter().map(|name| {
            let machine = collector.machine(name.as_str()).unwrap_or_default();
            state(name, &machine, &against_log(&shared, name, &machine))
        });
        let machines: Vec<Value> = states.collect();
        Some(json!({ "now_unix_seconds": unix_seconds(), "machines": machines }))
    });
    answer_json(made.await.ok().flatten())
}

/// One machine, with its observations behind the sequence `after`.
pub(super) async fn machine(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let after = query.get("after").map_or(Ok(0), |text| text.parse::<u32>());
    let Ok(after) = after else {
        return answer::text(StatusCode::BAD_REQUEST, "after: expected a sequence\n");
    };
    let Ok(_permit) = shared.permits.downloads.clone().try_acquire_owned() else { return busy() };
    let made = tokio::task::spawn_blocking(move || {
        let collector = shared.collector.as_ref()?;
        let name = KeyName::new(&name).ok()?;
        let machine = collector.machine(name.as_str())?;
        let log = against_log(&shared, &name, &machine);
        let mut about = state(&name, &machine, &log);
        let different: BTreeSet<u32> = log.different.into_iter().collect();
        let lacking: BTreeSet<u32> = log.lacking.into_iter().collect();
        let in_log = |sequence: u32| match sequence {
            at if different.contains(&at) => "another",
            at if lacking.contains(&at) => "no",
            _ => "yes",
        };
        let page: Vec<(u32, &Held)> = machine.held_after(after).take(PAGE).collect();
        let is_cut = machine.held_after(after).nth(PAGE).is_some();
        let shown =
            |(sequence, held): &(u32, &Held)| entry(collector, *sequence, held, Some(in_log(*sequence)));
        about["observations"] = page.iter().filter_map(shown).collect();
        about["next_after"] = page.last().filter(|_| is_cut).map_or(Value::Null, |(last, _)| (*last).into());
        let beside = machine.others().iter();
        about["contradicting"] =
            beside.filter_map(|(sequence, held)| entry(collector, *sequence, held, None)).collect();
        Some(about)
    });
    answer_json(made.await.ok().flatten())
}

fn entry(collector: &Collector, sequence: u32, held: &Held, in_log: Option<&str>) -> Option<Value> {
    let note = String::from_utf8(collector.note(held).ok()?).ok()?;
    let (id, received) = (held.id.to_string(), held.received_unix_s);
    let mut entry =
        json!({ "sequence": sequence, "id": id, "received_unix_seconds": received, "note": note });
    if let Some(in_log) = in_log {
        entry["in_log"] = in_log.into();
    }
    Some(entry)
}

/// How it stands with a machine. Silence is counted from the last receipt; a machine that was never heard has none.
fn state(name: &KeyName, machine: &Machine, log: &AgainstLog) -> Value {
    let now = unix_seconds();
    let last = Some(machine.last_received_unix_s()).filter(|last| *last > 0);
    let listed = |list: &[u32]| json!({ "count": list.len(), "first": list[..list.len().min(LISTED)] });
    let gaps = machine.gaps();
    let shown: Vec<Value> =
        gaps.iter().take(LISTED).map(|(after, before)| json!({ "after": after, "before": before })).collect();
    json!({
        "machine": name.as_str(),
        "held": machine.count(),
        "last_sequence": machine.last(),
        "last_received_unix_seconds": last,
        "silent_seconds": last.map(|last| now.saturating_sub(last)),
        "longest_silence_seconds": last.map(|_| machine.longest_silence_s(now)),
        "gaps": { "count": gaps.len(), "first": shown },
        "contradicting_count": machine.others().len(),
        "log": {
            "last_sequence": log.last,
            "in_both": log.both,
            "not_in_log": listed(&log.lacking),
            "only_in_log": listed(&log.only_there),
            "another_in_log": listed(&log.different),
        },
    })
}

fn busy() -> Response {
    answer::later("many read this mirror; ask again", 1)
}

fn answer_json(made: Option<Value>) -> Response {
    let Some(made) = made else { return answer::not_found("nothing of such a machine was collected here") };
    let mut response = answer::text(StatusCode::OK, format!("{made}\n"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer::open(response)
}
