//! `GET /health`, `/metrics`, `/evidence`: what an operator watches.

use super::answer::{self, TEXT};
use crate::alarm::{Alarm, AlarmKind};
use crate::clock::unix_seconds;
use crate::published::State as HeadState;
use crate::shared::{Ending, Shared, read};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The type of Prometheus text.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";
/// After so long without an answer the log counts as gone.
const GONE_S: u64 = 60;

/// How it stands: with the copy, with the log, with alarms. 503 only where the copy cannot be written.
pub(super) async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let origin = shared.origin();
    let held = shared.held.tree().size();
    let size = |state| shared.head_of(state).map(|head| head.size());
    let published = size(HeadState::Signed).unwrap_or(0);
    let is_gone = origin.answered_unix_s.is_none_or(|at| unix_seconds().saturating_sub(at) > GONE_S);
    let (status, state) = match &*shared.ending.borrow() {
        Some(Ending::Failed(_)) => (StatusCode::SERVICE_UNAVAILABLE, "failed"),
        Some(Ending::Asked) => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        None if is_gone => (StatusCode::OK, "alone"),
        None if origin.size > published => (StatusCode::OK, "fetching"),
        None => (StatusCode::OK, "following"),
    };
    let alarms = shared.alarms.all();
    let shown = |alarm: Alarm| {
        json!({
            "kind": alarm.kind.as_str(),
            "about": alarm.about,
            "found": alarm.found,
            "evidence": alarm.evidence,
            "unix_seconds": alarm.unix_s,
        })
    };
    let waiting = shared.queue.length();
    let about = json!({
        "state": state,
        "size": published,
        "entries_held": held,
        "entries_checked": read(&shared.ledger).size(),
        "cosigned_size": size(HeadState::Cosigned),
        "held_by_rivals_size": size(HeadState::Held),
        "blobs_missing": shared.images.missing(),
        "submissions_waiting": waiting,
        "log": {
            "address": shared.settings.source,
            "size": origin.size,
            "answered_unix_seconds": origin.answered_unix_s,
            "problem": origin.problem,
        },
        "alarm": !alarms.is_empty(),
        "alarms": alarms.into_iter().map(shown).collect::<Vec<_>>(),
    });
    let mut response = answer::text(status, format!("{about}\n"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer::open(response)
}

/// The counters.
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let (origin, counters) = (shared.origin(), &shared.counters);
    let alarms = shared.alarms.all();
    let forks = alarms.iter().filter(|alarm| alarm.kind == AlarmKind::Fork).count() as u64;
    let age = |at: Option<u64>| at.map_or(u64::MAX, |at| unix_seconds().saturating_sub(at));
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let mut text = String::new();
    for (name, kind, value) in [
        ("hakiki_mirror_alarms", "gauge", alarms.len() as u64),
        ("hakiki_mirror_forks", "gauge", forks),
        ("hakiki_mirror_size", "gauge", shared.head().map_or(0, |head| head.size())),
        ("hakiki_mirror_log_size", "gauge", origin.size),
        ("hakiki_mirror_entries_held", "gauge", shared.held.tree().size()),
        ("hakiki_mirror_log_silent_seconds", "gauge", age(origin.answered_unix_s)),
        ("hakiki_mirror_blobs_missing", "gauge", shared.images.missing()),
        ("hakiki_mirror_submissions_waiting", "gauge", shared.queue.length()),
        ("hakiki_mirror_connections", "gauge", count(&counters.connections)),
        ("hakiki_mirror_requests_total", "counter", count(&counters.requests)),
        ("hakiki_mirror_submissions_total", "counter", count(&counters.submissions)),
        ("hakiki_mirror_relayed_total", "counter", count(&counters.relayed)),
        ("hakiki_mirror_stamped_total", "counter", count(&counters.stamped)),
        ("hakiki_mirror_cosigned_total", "counter", count(&counters.cosigned)),
    ] {
        // Writing into a string does not fail.
        let _ = writeln!(text, "# TYPE {name} {kind}\n{name} {value}");
    }
    text += &shared.pages.searching().map(|searching| searching.counts().to_text()).unwrap_or_default();
    ([(CONTENT_TYPE, PROMETHEUS)], text).into_response()
}

/// The names of the files of evidence, one a line.
pub(super) async fn evidence_list(State(shared): State<Arc<Shared>>) -> Response {
    let kept = shared.alarms.all().into_iter().filter(|alarm| alarm.evidence.is_some());
    answer::open(answer::text(StatusCode::OK, kept.map(|alarm| alarm.about + "\n").collect::<String>()))
}

/// A file of evidence: everybody's to read.
pub(super) async fn evidence(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Response {
    let read = tokio::task::spawn_blocking(move || shared.alarms.evidence(&name)).await;
    match read.ok().flatten() {
        Some(bytes) => {
            answer::open(([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-cache")], bytes).into_response())
        }
        None => answer::not_found("no such file of evidence"),
    }
}
