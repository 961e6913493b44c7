//! The sentences that must be true for the outcome to stand, each with its margin and its risk.

use super::names::risk_words;
use super::{Shown, signed};
use hakiki_audit::batch::{AssertionRisk, Measured, Planned};
use hakiki_audit::of_log::Audit;
use hakiki_messages::Message;
use maud::{Markup, html};

pub(super) fn section(shown: Shown<'_>, audit: &Audit) -> Markup {
    let risks = audit.progress.as_ref().ok().map(|progress| (progress.measured, &progress.risks));
    html! {
        section #assertions {
            h2 { (shown.t("assert.title")) }
            p { (shown.t("assert.lead")) }
            div.wide tabindex="0" {
                table {
                    caption { (shown.t("assert.caption")) }
                    thead { tr {
                        th scope="col" { (shown.t("assert.sentence")) }
                        th scope="col" { (shown.t("assert.state")) }
                        th.n scope="col" { (shown.t("assert.least")) }
                        th.n scope="col" { (shown.t("assert.now")) }
                        th.n scope="col" { (shown.t("assert.margin")) }
                    } }
                    tbody {
                        @for (at, planned) in audit.plan.assertions().iter().enumerate() {
                            @let risk = risks.and_then(|(measured, risks)| Some((measured, risks.get(at)?)));
                            (row(shown, audit, at, planned, risk))
                        }
                    }
                }
            }
            p.small { (shown.t("assert.margin_means")) }
        }
    }
}

fn row(
    shown: Shown<'_>,
    audit: &Audit,
    at: usize,
    planned: &Planned,
    risk: Option<(usize, &AssertionRisk)>,
) -> Markup {
    let (now, least) = match risk.map(|(_, risk)| risk.measured) {
        Some(Measured::Sample { now, least }) => (risk_words(now), risk_words(least)),
        Some(Measured::Counted(_)) | None => ("–".to_owned(), "–".to_owned()),
    };
    html! {
        tr {
            th scope="row" { (at + 1) ". " bdi { (shown.names.assertion(&planned.assertion)) } }
            td { (state(shown, audit, risk)) }
            td.n { (least) }
            td.n { (now) }
            td.n { (signed(planned.margin)) }
        }
    }
}

/// In words, whether an assertion is confirmed.
fn state(shown: Shown<'_>, audit: &Audit, risk: Option<(usize, &AssertionRisk)>) -> String {
    let Some((measured, risk)) = risk else { return shown.t("assert.not_measured").to_owned() };
    match risk.measured {
        Measured::Counted(margin) => {
            let key = if margin > 0 { "audits.assert.paper" } else { "audits.assert.paper_not" };
            shown.names.m(&Message::new(key).with("margin", signed(margin)))
        }
        Measured::Sample { .. } if risk.confirms(audit.terms.risk_limit) => {
            shown.t("assert.confirmed").to_owned()
        }
        Measured::Sample { .. } if measured == 0 => shown.t("assert.not_tested").to_owned(),
        Measured::Sample { .. } => shown.t("assert.open").to_owned(),
    }
}
