//! What is audited: outcome, limit, method, areas, the head of the figures, and the records in which all this was fixed.

use super::Shown;
use crate::address;
use crate::servers_frame::key_words;
use hakiki_core::Record;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

pub(super) fn section(shown: Shown<'_>) -> Markup {
    let (reading, names, plan) = (shown.reading, shown.names, &shown.entry.plan);
    let head = Message::new("audits.page.figures_at").with("size", plan.head.size);
    let batches = &plan.batches;
    html! {
        section #subject {
            h2 { (shown.t("page.subject")) }
            dl.facts {
                dt { (shown.t("page.outcome")) } dd { b { bdi { (names.outcome()) } } }
                dt { (shown.t("page.candidates")) }
                dd { @for (at, (number, name)) in names.candidates().into_iter().enumerate() { @if at > 0 { ", " } (number) "\u{a0}" bdi { (name) } } }
                dt { (shown.t("page.limit")) } dd { (names.limit()) }
                dt { (shown.t("page.method")) } dd { (names.method()) (measure(shown)) }
                (areas(shown))
                dt { (shown.t("page.figures")) } dd { (names.m(&head)) " · " code { (plan.head.root) } }
                dt { (shown.t("page.stations")) }
                dd {
                    (number(shown.entry.batches.len() as u64))
                    @if reading.site.source.has_blob(batches) {
                        " · " a href=(reading.to(&format!("blob/{batches}"))) { (shown.t("page.table")) }
                    }
                }
                dt { (shown.t("plan")) } dd { (reading.record_link(shown.entry.place)) " · " code { (shown.entry.id) } }
                (custodians(shown))
            }
        }
    }
}

/// The numbers of the method, as the plan has them.
fn measure(shown: Shown<'_>) -> Markup {
    let plan = &shown.entry.plan;
    html! {
        @if let Some((top, bottom)) = plan.stake { " · " (top) "/" (bottom) }
        @if let Some(((top, bottom), draws)) = plan.expected { " · " (top) "/" (bottom) " · " (number(u64::from(draws))) }
    }
}

/// Areas of the rule's spread, and ballots that lie in no box.
fn areas(shown: Shown<'_>) -> Markup {
    let (names, plan) = (shown.names, &shown.entry.plan);
    let contest = &names.contest().code;
    html! {
        @if !plan.spread_areas.is_empty() {
            dt { (shown.t("page.spread")) }
            dd {
                @for (at, code) in plan.spread_areas.iter().enumerate() {
                    @if at > 0 { ", " }
                    (shown.reading.link(&address::area(contest, code), &names.area_name(code)))
                }
            }
        }
        @if !plan.outside.is_empty() {
            dt { (shown.t("page.outside")) }
            dd {
                @for (at, (code, ballots)) in plan.outside.iter().enumerate() {
                    @if at > 0 { "; " }
                    (names.m(&Message::new("audits.page.outside_of").with("area", names.area_name(code)).with("count", *ballots)))
                }
            }
        }
    }
}

/// Who signed the plan, where its record is here.
fn custodians(shown: Shown<'_>) -> Markup {
    let bytes = shown.reading.site.source.entry(shown.entry.place);
    let record = bytes.and_then(|bytes| Record::parse(&bytes).ok());
    let roster = shown.reading.ledger().roster();
    html! {
        @if let Some(record) = record {
            dt { (shown.t("page.signed")) }
            dd {
                @for (at, signer) in record.signers().iter().enumerate() {
                    @if at > 0 { ", " }
                    @match roster.by_name(signer.name.as_str()) {
                        Some(key) => (key_words(shown.reading, key)),
                        None => code { (signer.name) },
                    }
                }
            }
        }
    }
}
