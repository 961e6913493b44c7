//! Counters of the process, written as Prometheus text. Labels name logs, which are public, and never who asked.

use crate::recorded::Recorded;
use hakiki_tlog::Origin;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the histogram of batches.
const BATCH_BOUNDS: [u64; 6] = [1, 4, 16, 64, 256, 1024];

/// What the writer counts.
#[derive(Debug, Default)]
pub(crate) struct WriterCounters {
    in_bounds: [AtomicU64; BATCH_BOUNDS.len()],
    batches: AtomicU64,
    heads: AtomicU64,
    micros: AtomicU64,
    rewrites: AtomicU64,
}

impl WriterCounters {
    /// Counts a batch of so many heads, and how long its append and sync took.
    pub fn count_batch(&self, heads: u64, took: Duration) {
        for (bound, count) in BATCH_BOUNDS.iter().zip(&self.in_bounds) {
            count.fetch_add(u64::from(heads <= *bound), Ordering::Relaxed);
        }
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.heads.fetch_add(heads, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub fn count_rewrite(&self) {
        self.rewrites.fetch_add(1, Ordering::Relaxed);
    }
}

/// What the server counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    pub connections: AtomicU64,
}

/// What is shown beside the counters.
pub(crate) struct Shown<'a> {
    pub writer: &'a WriterCounters,
    pub heads: Vec<(Origin, Option<Arc<Recorded>>)>,
    pub refused_kept: u64,
    pub refused_dropped: u64,
    pub refused_forks: u64,
    pub now_s: u64,
}

impl Metrics {
    pub fn count_request(&self, class: &'static str, status: u16) {
        *self.requests.lock().unwrap_or_else(PoisonError::into_inner).entry((class, status)).or_default() +=
            1;
    }

    pub fn to_text(&self, shown: &Shown<'_>) -> String {
        let mut out = Text::default();
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        out.family("hakiki_witness_requests_total", "counter", "Requests by class of route and status.");
        for ((class, status), count) in &*self.requests.lock().unwrap_or_else(PoisonError::into_inner) {
            let labels = [("route", *class), ("status", &*status.to_string())];
            out.sample("hakiki_witness_requests_total", &labels, count);
        }
        out.single("hakiki_witness_connections", "gauge", "Open connections.", load(&self.connections));
        out.family("hakiki_witness_head_size", "gauge", "Size of the head that was cosigned last.");
        for (origin, head) in &shown.heads {
            let size = head.as_ref().map_or(0, |head| head.head().size);
            out.sample("hakiki_witness_head_size", &[("origin", origin.as_str())], size);
        }
        out.family(
            "hakiki_witness_head_age_seconds",
            "gauge",
            "Seconds since a head of the log was cosigned.",
        );
        for (origin, head) in &shown.heads {
            let Some(head) = head else { continue };
            let age = shown.now_s.saturating_sub(head.time_s());
            out.sample("hakiki_witness_head_age_seconds", &[("origin", origin.as_str())], age);
        }
        out.single(
            "hakiki_witness_refused_heads",
            "gauge",
            "Signed heads that were refused and are kept.",
            shown.refused_kept,
        );
        let about = "Of those, heads that prove by themselves that their log forked. Tell somebody.";
        out.single("hakiki_witness_forks", "gauge", about, shown.refused_forks);
        let about = "Refused heads that were not kept, because the folder is full.";
        out.single("hakiki_witness_refused_heads_dropped_total", "counter", about, shown.refused_dropped);
        write_batches(&mut out, shown.writer);
        out.0
    }
}

fn write_batches(out: &mut Text, writer: &WriterCounters) {
    let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
    out.family("hakiki_witness_batch_heads", "histogram", "Heads that share one append and its sync.");
    for (bound, in_bound) in BATCH_BOUNDS.iter().zip(&writer.in_bounds) {
        out.sample("hakiki_witness_batch_heads_bucket", &[("le", &bound.to_string())], load(in_bound));
    }
    let batches = load(&writer.batches);
    out.sample("hakiki_witness_batch_heads_bucket", &[("le", "+Inf")], batches);
    out.sample("hakiki_witness_batch_heads_sum", &[], load(&writer.heads));
    out.sample("hakiki_witness_batch_heads_count", &[], batches);
    let micros = load(&writer.micros);
    out.family("hakiki_witness_append_seconds", "summary", "Time of appends and their syncs.");
    let seconds = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    out.sample("hakiki_witness_append_seconds_sum", &[], seconds);
    out.sample("hakiki_witness_append_seconds_count", &[], batches);
    out.single(
        "hakiki_witness_rewrites_total",
        "counter",
        "Rewrites of the journal.",
        load(&writer.rewrites),
    );
}

/// Prometheus text. Writing to a `String` does not fail.
#[derive(Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, about: &str) {
        let _ = writeln!(self.0, "# HELP {name} {about}\n# TYPE {name} {kind}");
    }

    fn single(&mut self, name: &str, kind: &str, about: &str, value: u64) {
        self.family(name, kind, about);
        self.sample(name, &[], value);
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        // An origin holds no line breaks, but may hold these two.
        let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"");
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}
