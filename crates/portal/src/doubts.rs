//! Doubts with their answers, a court's questions, and what is withheld: as lists, and as a line at what they concern.

use crate::Page;
use crate::finding::box_word;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::servers_frame::{
    List, ROWS, WITHIN_ROW, key_words, keys_words, line_word, more_of, reason, short,
};
use hakiki_core::ledger::{ChallengeEntry, ScrutinyEntry, WithheldEntry};
use maud::{Markup, html};

/// The page of doubts, newest first.
pub(crate) fn page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let challenges = &reading.ledger().challenges()[..reading.site.snapshot.conduct.challenges];
    let pager = Pager::by(ROWS, asked_page, challenges.len());
    let shown = challenges.iter().rev().skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown.map(|challenge| doubt(reading, challenge)).collect();
    let heads = [
        "servers.doubts.doubt",
        "servers.doubts.doubted",
        "servers.doubts.box",
        "servers.why",
        "servers.signed_by",
        "servers.doubts.answers",
    ];
    let list = List { tab: "doubts", words: "servers.doubts", heads: &heads, rest: "doubts/" };
    list.page(reading, here, &pager, &rows, &html! {})
}

fn doubt(reading: Reading<'_>, entry: &ChallengeEntry) -> Vec<Markup> {
    let challenge = &entry.challenge;
    vec![
        reading.record_link(entry.place),
        reading.record_link(entry.record_place),
        html! { @if let Some(name) = challenge.at_box { (box_word(reading, name)) } },
        reason(reading, &challenge.reason, challenge.words.as_ref()),
        key_words(reading, entry.key),
        answers(reading, entry),
    ]
}

/// The answers to a doubt that the head knows.
fn answers(reading: Reading<'_>, entry: &ChallengeEntry) -> Markup {
    let size = reading.site.snapshot.head.size;
    let count = entry.answers.partition_point(|answer| answer.place < size);
    html! {
        @if count == 0 { (reading.t("servers.doubts.no_answer")) }
        @for (at, answer) in entry.answers.iter().take(count.min(WITHIN_ROW)).enumerate() {
            @if at > 0 { br; }
            (reason(reading, &answer.answer.reason, answer.answer.words.as_ref())) " · "
            (key_words(reading, answer.key)) " · " (reading.record_link(answer.place))
        }
        (more_of(reading, count, WITHIN_ROW))
    }
}

/// A line at the record that is doubted; nothing where nobody doubts it.
pub(crate) fn line(reading: Reading<'_>, place: u64) -> Markup {
    let size = reading.site.snapshot.head.size;
    let doubts = reading.ledger().challenges_of_record(place).take_while(|doubt| doubt.place < size);
    let doubts: Vec<&ChallengeEntry> = doubts.take(WITHIN_ROW).collect();
    html! {
        @if !doubts.is_empty() {
            p.note {
                b { (reading.t("servers.doubts.here")) }
                @for (at, doubt) in doubts.iter().enumerate() {
                    @if at > 0 { ";" }
                    " " (reading.record_link(doubt.place)) " (" (doubt.challenge.reason) "), "
                    @match doubt.answers.first().filter(|answer| answer.place < size) {
                        Some(answer) => { (reading.t("servers.doubts.answered")) " " (reading.record_link(answer.place)) }
                        None => (reading.t("servers.doubts.no_answer")),
                    }
                }
                " · " a href=(reading.href("doubts/")) { (reading.t("servers.tab.doubts")) }
            }
        }
    }
}

/// The page of a court's questions, answers and refusals, newest first.
pub(crate) fn scrutiny_page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let entries = &reading.ledger().scrutiny()[..reading.site.snapshot.conduct.scrutiny];
    let pager = Pager::by(ROWS, asked_page, entries.len());
    let shown = entries.iter().rev().skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown.map(|entry| question(reading, entry)).collect();
    let heads = [
        "servers.record",
        "servers.scrutiny.says",
        "servers.scrutiny.number",
        "servers.why",
        "servers.scrutiny.by",
        "servers.scrutiny.replies",
        "servers.scrutiny.report",
    ];
    let list = List { tab: "scrutiny", words: "servers.scrutiny", heads: &heads, rest: "scrutiny/" };
    list.page(reading, here, &pager, &rows, &html! {})
}

fn question(reading: Reading<'_>, entry: &ScrutinyEntry) -> Vec<Markup> {
    let ledger = reading.ledger();
    let size = reading.site.snapshot.head.size;
    let scrutiny = &entry.scrutiny;
    let of = scrutiny.question.and_then(|question| ledger.place_of(&question));
    let place_of = |index: &u32| ledger.scrutiny()[*index as usize].place;
    let known = entry.replies.partition_point(|reply| place_of(reply) < size);
    vec![
        reading.record_link(entry.place),
        html! { (line_word(reading, scrutiny.says.as_str())) },
        html! { @if let Some(number) = scrutiny.number { (number) } },
        reason(reading, &scrutiny.reason, scrutiny.words.as_ref()),
        key_words(reading, entry.key),
        html! {
            @if let Some(question) = of { (reading.t("servers.scrutiny.question")) ": " (reading.record_link(question)) }
            @for (at, reply) in entry.replies[..known].iter().take(WITHIN_ROW).enumerate() {
                @if at > 0 { ", " }
                (reading.record_link(place_of(reply)))
            }
            (more_of(reading, known, WITHIN_ROW))
        },
        html! { @if let Some(report) = &scrutiny.report { (short(report)) } },
    ]
}

/// The page of what is withheld, newest first.
pub(crate) fn withheld_page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let entries = &reading.ledger().withheld()[..reading.site.snapshot.conduct.withheld];
    let pager = Pager::by(ROWS, asked_page, entries.len());
    let shown = entries.iter().rev().skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown.map(|entry| withheld(reading, entry)).collect();
    let heads = [
        "servers.withheld.file",
        "servers.withheld.by",
        "servers.withheld.order",
        "servers.why",
        "servers.signed_by",
        "servers.record",
    ];
    let list = List { tab: "withheld", words: "servers.withheld", heads: &heads, rest: "withheld/" };
    list.page(reading, here, &pager, &rows, &html! {})
}

fn withheld(reading: Reading<'_>, entry: &WithheldEntry) -> Vec<Markup> {
    let withhold = &entry.withhold;
    let order = withhold.order.filter(|order| reading.site.source.has_blob(order));
    vec![
        short(&withhold.blob),
        html! { (withhold.by) },
        html! {
            @if let Some(order) = order {
                a href=(reading.to(&format!("blob/{order}"))) { (reading.t("log.download")) }
            } @else if let Some(order) = &withhold.order { (short(order)) }
        },
        reason(reading, &withhold.reason, withhold.words.as_ref()),
        keys_words(reading, &entry.keys),
        reading.record_link(entry.place),
    ]
}
