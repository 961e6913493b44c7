//! Counters of the process, written as Prometheus text. No label tells who.

use hakiki_core::codes::RefusalCode;
use hakiki_note::KeyName;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the batch-size histogram.
const BATCH_BOUNDS: [u64; 7] = [1, 4, 16, 64, 256, 1024, 4096];

/// Classes of routes, for counting: few, whatever strangers ask for. All others are pages.
const CLASSES: [&str; 11] = [
    "submit",
    "checkpoint",
    "cosigned",
    "held",
    "tile",
    "blob",
    "receipt",
    "results",
    "feed",
    "health",
    "metrics",
];
/// The statuses that are counted apart.
const STATUSES: [u16; 18] =
    [200, 201, 206, 304, 308, 400, 403, 404, 405, 408, 409, 413, 416, 429, 431, 500, 502, 503];

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// It stands now.
    Accepted,
    /// It stood already.
    Known,
    /// Refused with this code.
    Refused(RefusalCode),
    /// The node failed.
    Failed,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Known => "known",
            Self::Refused(code) => code.as_str(),
            Self::Failed => "failed",
        }
    }
}

/// Size and age in seconds of the newest head of each state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownHeads {
    pub signed: (u64, u64),
    pub cosigned: Option<(u64, u64)>,
    pub held: Option<(u64, u64)>,
}

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    submissions: Mutex<BTreeMap<Outcome, u64>>,
    requests: [[AtomicU64; STATUSES.len() + 1]; CLASSES.len() + 1],
    cosigners: Mutex<BTreeMap<(KeyName, &'static str), u64>>,
    batches: [AtomicU64; BATCH_BOUNDS.len()],
    batch_count: AtomicU64,
    batch_entries: AtomicU64,
    append_micros: AtomicU64,
    pub queue_length: AtomicU64,
    pub connections: AtomicU64,
    pub refusal_records: AtomicU64,
    pub refusal_records_suppressed: AtomicU64,
}

fn add<K: Ord>(counts: &Mutex<BTreeMap<K, u64>>, key: K) {
    *counts.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
}

impl Metrics {
    pub fn count_submission(&self, outcome: Outcome) {
        add(&self.submissions, outcome);
    }

    /// Counts an answer to a request for a path, without a lock: hot pages come by the ten thousand.
    pub fn count_request(&self, path: &str, status: u16) {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let class = CLASSES.iter().position(|class| *class == first).unwrap_or(CLASSES.len());
        let status = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len());
        self.requests[class][status].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts what a witness or mirror answered.
    pub fn count_cosigner(&self, name: &KeyName, outcome: &'static str) {
        add(&self.cosigners, (name.clone(), outcome));
    }

    /// Counts an append of so many entries.
    pub fn count_append(&self, entries: u64, took: Duration) {
        for (bound, count) in BATCH_BOUNDS.iter().zip(&self.batches) {
            count.fetch_add(u64::from(entries <= *bound), Ordering::Relaxed);
        }
        self.batch_count.fetch_add(1, Ordering::Relaxed);
        self.batch_entries.fetch_add(entries, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.append_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// The text, with the newest heads.
    pub fn to_text(&self, heads: &ShownHeads) -> String {
        let mut out = Text::default();
        out.family("hakiki_submissions_total", "counter", "Submissions by what became of them.");
        for (outcome, count) in &*self.submissions.lock().unwrap_or_else(PoisonError::into_inner) {
            out.sample("hakiki_submissions_total", &[("outcome", outcome.as_str())], count);
        }
        out.family("hakiki_http_requests_total", "counter", "HTTP requests by class of route and status.");
        for (class, counts) in CLASSES.iter().chain(&["page"]).zip(&self.requests) {
            let statuses = STATUSES.iter().map(u16::to_string).chain(["other".to_owned()]);
            for (status, count) in statuses.zip(counts.iter().map(|count| count.load(Ordering::Relaxed))) {
                if count > 0 {
                    let labels = [("route", *class), ("status", &*status)];
                    out.sample("hakiki_http_requests_total", &labels, count);
                }
            }
        }
        self.write_batches(&mut out);
        let single = |out: &mut Text, name: &str, kind: &str, about: &str, value: u64| {
            out.family(name, kind, about);
            out.sample(name, &[], value);
        };
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        single(&mut out, "hakiki_queue_length", "gauge", "Submissions that wait.", load(&self.queue_length));
        single(&mut out, "hakiki_connections", "gauge", "Open connections.", load(&self.connections));
        let (written, kept) = (load(&self.refusal_records), load(&self.refusal_records_suppressed));
        single(&mut out, "hakiki_refusal_records_total", "counter", "Refusal records appended.", written);
        let about = "Refusals by enrolled keys that left no record, because of a limit.";
        single(&mut out, "hakiki_refusal_records_suppressed_total", "counter", about, kept);
        let (size, age) = heads.signed;
        single(&mut out, "hakiki_head_size", "gauge", "Entries under the published head.", size);
        single(&mut out, "hakiki_head_age_seconds", "gauge", "Seconds since it was published.", age);
        self.write_cosigners(&mut out, heads);
        out.0
    }

    fn write_cosigners(&self, out: &mut Text, heads: &ShownHeads) {
        let states = [("cosigned", heads.cosigned), ("held", heads.held)];
        let states = states.into_iter().filter_map(|(state, head)| Some((state, head?)));
        out.family("hakiki_standing_head_size", "gauge", "Entries under the newest cosigned and held head.");
        for (state, (size, _)) in states.clone() {
            out.sample("hakiki_standing_head_size", &[("state", state)], size);
        }
        out.family("hakiki_standing_head_age_seconds", "gauge", "Seconds since it was cosigned or held.");
        for (state, (_, age)) in states {
            out.sample("hakiki_standing_head_age_seconds", &[("state", state)], age);
        }
        out.family(
            "hakiki_cosigner_answers_total",
            "counter",
            "Answers of witnesses and mirrors by outcome.",
        );
        for ((name, outcome), count) in &*self.cosigners.lock().unwrap_or_else(PoisonError::into_inner) {
            let name = name.as_str().replace('\\', "\\\\").replace('"', "\\\"");
            let labels = [("name", &*name), ("outcome", *outcome)];
            out.sample("hakiki_cosigner_answers_total", &labels, count);
        }
    }

    fn write_batches(&self, out: &mut Text) {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let count = load(&self.batch_count);
        out.family("hakiki_batch_entries", "histogram", "Entries that share one append and its syncs.");
        for (bound, in_bound) in BATCH_BOUNDS.iter().zip(&self.batches) {
            out.sample("hakiki_batch_entries_bucket", &[("le", &bound.to_string())], load(in_bound));
        }
        out.sample("hakiki_batch_entries_bucket", &[("le", "+Inf")], count);
        out.sample("hakiki_batch_entries_sum", &[], load(&self.batch_entries));
        out.sample("hakiki_batch_entries_count", &[], count);
        let micros = load(&self.append_micros);
        let seconds = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        out.family(
            "hakiki_append_seconds",
            "summary",
            "Time of appends: staged, locked, synced, signed, published.",
        );
        out.sample("hakiki_append_seconds_sum", &[], seconds);
        out.sample("hakiki_append_seconds_count", &[], count);
    }
}

/// Prometheus text. Writing to a `String` does not fail.
#[derive(Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, about: &str) {
        let _ = writeln!(self.0, "# HELP {name} {about}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_was_counted() {
        let metrics = Metrics::default();
        metrics.count_submission(Outcome::Accepted);
        metrics.count_submission(Outcome::Refused(RefusalCode::R206));
        metrics.count_submission(Outcome::Refused(RefusalCode::R206));
        metrics.count_request("/en/", 200);
        metrics.count_append(5, Duration::from_millis(1500));
        metrics.count_append(300, Duration::from_micros(2));
        let name = KeyName::new("w.example/a").unwrap();
        metrics.count_cosigner(&name, "cosigned");
        let text = metrics.to_text(&ShownHeads { signed: (305, 7), cosigned: Some((300, 8)), held: None });
        for line in [
            "hakiki_submissions_total{outcome=\"accepted\"} 1",
            "hakiki_submissions_total{outcome=\"R206\"} 2",
            "hakiki_http_requests_total{route=\"page\",status=\"200\"} 1",
            "hakiki_batch_entries_bucket{le=\"4\"} 0",
            "hakiki_batch_entries_bucket{le=\"16\"} 1",
            "hakiki_batch_entries_bucket{le=\"1024\"} 2",
            "hakiki_batch_entries_sum 305",
            "hakiki_append_seconds_sum 1.500002",
            "hakiki_head_size 305",
            "hakiki_standing_head_size{state=\"cosigned\"} 300",
            "hakiki_cosigner_answers_total{name=\"w.example/a\",outcome=\"cosigned\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
