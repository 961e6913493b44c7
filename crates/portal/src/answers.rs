//! Who answers for a form: by key, which the log checked, and in ink, which is what the officer states. The two never look
//! alike.

use crate::reading::Reading;
use crate::versions::{Version, role};
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::{Body, Ink, OnPaper, Says};
use hakiki_core::ledger::Attestation;
use hakiki_core::roster::{EnrolledKey, KeyIndex};
use hakiki_core::view::status::has_late_key;
use hakiki_messages::Message;
use hakiki_note::Hash;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Both lists of a version, each with what it is.
pub(crate) fn answers(version: &Version<'_>) -> Markup {
    let reading = version.reading;
    let roster = reading.ledger().roster();
    html! {
        h3 { (reading.t("form.answers.title")) }
        p.small { (reading.t("sheet.key_means")) }
        ul.answers {
            @for index in &version.entry.keys {
                (key_line(reading, roster.key(*index), key_remarks(version, *index), &html! {}))
            }
            @for said in attested(version) {
                (key_line(reading, roster.key(said.key), vec![words_of(version, said)], &reading.record_link(said.place)))
            }
        }
        (in_ink(version))
    }
}

/// What agents, parties and observers said of a version up to the head.
pub(crate) fn attested<'a>(version: &Version<'a>) -> impl Iterator<Item = &'a Attestation> + use<'a> {
    let size = version.reading.site.snapshot.head.size;
    let said = version.reading.ledger().attestations().get(&version.index);
    said.into_iter().flatten().filter(move |said| said.place < size)
}

/// Somebody who signed with an enrolled key.
pub(crate) fn key_line(
    reading: Reading<'_>,
    key: &EnrolledKey,
    remarks: Vec<String>,
    tail: &Markup,
) -> Markup {
    html! {
        li.by-key {
            b { (reading.t("form.answers.key")) }
            span {
                (role(reading, key))
                @for remark in remarks { ": " (remark) }
                " " code { (key.name) } " " (tail)
            }
        }
    }
}

fn key_remarks(version: &Version<'_>, index: KeyIndex) -> Vec<String> {
    let ledger = version.reading.ledger();
    let key = ledger.roster().key(index);
    let zero = ledger.zero().unwrap_or(u64::MAX);
    let mut remarks = Vec::new();
    if has_late_key(ledger, version.entry) && key.enrolled_at > zero {
        remarks.push(version.reading.t("form.answers.late_key").to_owned());
    }
    if key.revoked_at.is_some_and(|place| place < version.reading.site.snapshot.head.size) {
        remarks.push(version.reading.t("form.answers.revoked").to_owned());
    }
    remarks
}

fn words_of(version: &Version<'_>, said: &Attestation) -> String {
    let findings = version.reading.site.snapshot.findings.at(version.entry.contest, version.entry.station);
    let mut findings = findings.filter(|finding| finding.place == said.place);
    let differs = findings.any(|finding| finding.code == FindingCode::F402);
    let key = match said.says {
        Says::OwnCopy if differs => "form.answers.own_copy_differs",
        Says::OwnCopy => "form.answers.own_copy_same",
        Says::Refused => "form.answers.refused",
        Says::Signed => "form.answers.signed",
        Says::Observation => "page.observation",
    };
    version.reading.t(key).to_owned()
}

/// The statements about ink and the file with the officer's words, where the record has such a part.
fn on_paper<'a>(version: &'a Version<'_>) -> Option<(&'a BTreeMap<String, OnPaper>, Option<&'a Hash>)> {
    match version.record()?.body() {
        Body::Form(form) => Some((&form.on_paper, form.words.as_ref())),
        Body::Intake(intake) => Some((&intake.on_paper, intake.words.as_ref())),
        _ => None,
    }
}

fn in_ink(version: &Version<'_>) -> Markup {
    let reading = version.reading;
    let Some((on_paper, words)) = on_paper(version) else { return html! {} };
    html! {
        p.small { (reading.t("sheet.ink_means")) }
        ul.answers {
            @for (party, statement) in on_paper {
                li.by-ink {
                    b { (reading.t("form.answers.ink")) }
                    span {
                        (reading.m(&Message::new("role.agent_of").with("party", party.as_str()))) ": "
                        (reading.t(ink_key(statement.ink)))
                        @if let Some(date) = statement.date { ", " (reading.day(date)) }
                        " " small { (reading.t("page.as_officer_states")) }
                    }
                }
            }
        }
        p.small {
            (reading.t("sheet.officers_words")) " "
            @match words {
                None => (reading.t("sheet.no_words")),
                Some(hash) if reading.site.source.has_blob(hash) => {
                    a href=(reading.to(&format!("blob/{hash}"))) { (reading.t("sheet.read_words")) }
                }
                Some(_) => (reading.t("log.blob_not_here")),
            }
        }
    }
}

fn ink_key(ink: Ink) -> &'static str {
    match ink {
        Ink::Absent => "form.answers.absent",
        Ink::Refused => "form.answers.refused",
        Ink::Signed => "form.answers.signed",
        Ink::Unstated => "form.answers.silent",
    }
}
