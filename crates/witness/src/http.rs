//! The routes: `add-checkpoint` for logs, the last cosigned head and the refused ones for monitors.

use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::heads::{Decided, Heads};
use crate::metrics::{Metrics, Shown};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hakiki_host::Counted;
use hakiki_note::Hash;
use hakiki_tlog::witness::{Answer, REQUEST_MAX_BYTES};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

const TEXT: &str = "text/plain; charset=utf-8";
/// The type of Prometheus text.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How many times the limit is read and thrown away, so that the sender gets to read the answer.
const DRAIN_FACTOR: usize = 4;
/// When to come again where something failed, in seconds.
const RETRY_AFTER_S: u64 = 30;

/// A witness that serves.
pub(crate) struct Serving {
    pub heads: Heads,
    pub clock: Arc<dyn Clock>,
    pub configuration: Configuration,
    pub metrics: Metrics,
}

impl Counted for Serving {
    fn open_connections(&self) -> &AtomicU64 {
        &self.metrics.connections
    }
}

/// Every route of a witness.
pub(crate) fn app(serving: Arc<Serving>) -> Router {
    let at = |path: &str| format!("{}{path}", serving.configuration.prefix);
    Router::new()
        .route(&at("/add-checkpoint"), post(add_checkpoint))
        .route(&at("/{origin}/checkpoint"), get(checkpoint))
        .route(&at("/{origin}/refused"), get(refused_list))
        .route(&at("/{origin}/refused/{hash}"), get(refused))
        .route(&at("/"), get(about))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .layer(from_fn_with_state(serving.clone(), watch))
        .with_state(serving)
}

async fn add_checkpoint(State(serving): State<Arc<Serving>>, body: Body) -> Response {
    let body = match read_body(body, serving.configuration.body_timeout).await {
        Ok(body) => body,
        Err(status) => return text(status, "the request is too large or came too slowly\n"),
    };
    answer(serving.heads.decide(&body, serving.clock.unix_seconds()).await)
}

fn answer(decided: Decided) -> Response {
    match decided {
        Decided::Cosigned(recorded) => text(StatusCode::OK, recorded.answer_body()),
        Decided::Refused(answer) => of_specification(&answer),
        Decided::NotYet(not_yet) => later(format!("{}\n", not_yet.found), not_yet.retry_after_s),
        Decided::ClockBehind { now_s, last_s } => {
            let found = format!("this witness's clock says {now_s}, and it cosigned at {last_s}\n");
            later(found, last_s - now_s)
        }
        // The cause is the operator's, and only in the log.
        Decided::Failed(_) => {
            later("this witness cannot keep its state and cosigns nothing\n".to_owned(), RETRY_AFTER_S)
        }
    }
}

fn of_specification(answer: &Answer) -> Response {
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    typed(status, answer.content_type(), answer.body())
}

fn later(found: String, seconds: u64) -> Response {
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, found);
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}

async fn checkpoint(State(serving): State<Arc<Serving>>, Path(folder): Path<String>) -> Response {
    match serving.heads.recorded_in(&folder) {
        Some(recorded) => open(text(StatusCode::OK, recorded.note_text())),
        None => open(text(StatusCode::NOT_FOUND, "nothing was cosigned for such a log\n")),
    }
}

async fn refused_list(State(serving): State<Arc<Serving>>, Path(folder): Path<String>) -> Response {
    match serving.heads.refused_list(&folder) {
        Some(list) => open(text(StatusCode::OK, list)),
        None => open(text(StatusCode::NOT_FOUND, "this witness does not know such a log\n")),
    }
}

async fn refused(
    State(serving): State<Arc<Serving>>,
    Path((folder, hash)): Path<(String, String)>,
) -> Response {
    let found = hash.parse::<Hash>().ok().and_then(|hash| serving.heads.refused(&folder, hash));
    match found {
        Some(Ok(bytes)) => open(typed(StatusCode::OK, TEXT, bytes)),
        Some(Err(error)) => {
            tracing::error!(%error, "a refused head cannot be read");
            text(StatusCode::INTERNAL_SERVER_ERROR, "the file cannot be read; the operator has been told\n")
        }
        None => open(text(StatusCode::NOT_FOUND, "no such head was refused\n")),
    }
}

/// The witness's keys, for whoever puts them into a policy, and the logs that it knows.
async fn about(State(serving): State<Arc<Serving>>) -> Response {
    let keys = serving.heads.keys().iter().map(|key| format!("key {}\n", key.verifier()));
    let logs = serving.heads.logs().into_iter().map(|(origin, _)| format!("log {origin}\n"));
    open(text(StatusCode::OK, keys.chain(logs).collect::<String>()))
}

async fn health(State(serving): State<Arc<Serving>>) -> Response {
    let (status, state) = match serving.heads.failed() {
        None => (StatusCode::OK, "running"),
        Some(_) => (StatusCode::SERVICE_UNAVAILABLE, "failed"),
    };
    let text = format!("{{\"state\":\"{state}\",\"logs\":{}}}\n", serving.heads.logs().len());
    typed(status, "application/json", text)
}

async fn metrics(State(serving): State<Arc<Serving>>) -> Response {
    let (refused_kept, refused_forks, refused_dropped) = serving.heads.refused_counts();
    let shown = Shown {
        writer: serving.heads.counters(),
        heads: serving.heads.logs(),
        refused_kept,
        refused_dropped,
        refused_forks,
        now_s: serving.clock.unix_seconds(),
    };
    typed(StatusCode::OK, PROMETHEUS, serving.metrics.to_text(&shown))
}

/// Counts requests and puts the header that every answer carries.
async fn watch(State(serving): State<Arc<Serving>>, request: Request, next: Next) -> Response {
    let class = class_of(request.uri().path());
    let mut response = next.run(request).await;
    serving.metrics.count_request(class, response.status().as_u16());
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The class of a route, for counting: few, whatever strangers ask for.
fn class_of(path: &str) -> &'static str {
    let mut segments = path.rsplit('/');
    let (last, before) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    let classes = ["add-checkpoint", "checkpoint", "refused", "health", "metrics"];
    let class = |segment: &str| classes.into_iter().find(|class| *class == segment);
    class(last).or(class(before).filter(|class| *class == "refused")).unwrap_or("other")
}

/// Reads a body within its size and time.
async fn read_body(body: Body, time: Duration) -> Result<Bytes, StatusCode> {
    let limited = Limited::new(body, REQUEST_MAX_BYTES * DRAIN_FACTOR);
    let read = tokio::time::timeout(time, limited.collect()).await;
    match read.map_err(|_| StatusCode::REQUEST_TIMEOUT)? {
        // What is a little too large is refused by its parser, as every other malformed request.
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

fn text(status: StatusCode, body: impl Into<Body>) -> Response {
    typed(status, TEXT, body)
}

fn typed(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
    (status, [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")], body.into()).into_response()
}

/// Lets scripts of every origin read the answer: what a witness says is everybody's.
fn open(mut response: Response) -> Response {
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
