//! The page of the log: its head, who stands behind it, and how to check everything with one command.

use crate::Page;
use crate::frame::{Frame, cosigned_by, held_by};
use crate::reading::Reading;
use crate::snapshot::Standing;
use crate::{address, servers};
use hakiki_core::Witness;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// The page.
pub(crate) fn page(reading: Reading<'_>, here: &str) -> Page {
    let heading = reading.t("log.title");
    let head = &reading.site.snapshot.head;
    let main = html! {
        h1 { (heading) }
        p.lede { (reading.t("log.intro")) }
        (states(reading))
        (facts(reading))
        (witnesses(reading))
        (rivals(reading))
        (verify(reading))
        (servers::from_log(reading))
        (run_one(reading))
        (evidence(reading))
        section {
            h2 { (reading.t("log.entries")) }
            ul {
                li { a href=(reading.href(&address::record(0))) { (reading.t("page.log.first")) } }
                @if head.size > 1 {
                    li { a href=(reading.href(&address::record(head.size - 1))) { (reading.t("page.log.newest")) } }
                }
                li { a href=(reading.href("timeline/")) { (reading.t("site.timeline.title")) } }
                li { a href=(reading.href("changes/")) { (reading.t("page.changes.title")) } }
            }
        }
        (refused(reading))
    };
    Frame::new(heading, here).page(reading, &main)
}

/// The three states of a head, the present one marked.
fn states(reading: Reading<'_>) -> Markup {
    let head = &reading.site.snapshot.head;
    let standing = head.standing();
    let states = [(Standing::Signed, "signed"), (Standing::Cosigned, "cosigned"), (Standing::Held, "held")];
    html! {
        section {
            h2 { (reading.t("page.log.states")) }
            ol.states {
                @for (state, word) in states {
                    li.reached[state <= standing] aria-current=[(state == standing).then_some("step")] {
                        b { (reading.t(&format!("log.state.{word}"))) } ". "
                        (reading.t(&format!("log.state.{word}_means")))
                        @if state == standing { " " b { (reading.t("page.log.this_head")) } }
                    }
                }
            }
            @if head.quorum == 0 {
                p.note { b { (reading.t("log.state.no_witness")) } ". " (reading.t("log.state.no_witness_means")) }
            }
        }
    }
}

fn facts(reading: Reading<'_>) -> Markup {
    let head = &reading.site.snapshot.head;
    let election = reading.ledger().election();
    html! {
        section {
            h2 { (reading.t("log.head")) }
            dl.facts {
                dt { (reading.t("log.size")) } dd { (number(head.size)) }
                dt { (reading.t("log.root")) } dd { code { (head.root) } }
                dt { (reading.t("page.log.signed_at")) }
                dd { (head.unix_seconds.map_or_else(|| reading.t("portal.unknown").to_owned(), |at| reading.moment(at))) }
                dt { (reading.t("log.origin")) } dd { code { (election.origin()) } }
                dt { (reading.t("log.key")) } dd { code { (election.log_key) } }
                dt { (reading.t("log.fingerprint")) } dd { code { (reading.ledger().fingerprint()) } }
            }
        }
    }
}

/// Who may cosign, and who has cosigned this head.
fn witnesses(reading: Reading<'_>) -> Markup {
    let head = &reading.site.snapshot.head;
    let policy = reading.ledger().witness_policy();
    let quorum = Message::new("log.quorum").with("needed", head.quorum).with("total", policy.witnesses.len());
    html! {
        section {
            h2 { (reading.t("log.witnesses")) }
            @if head.quorum == 0 { p { (reading.t("log.state.no_witness_means")) } }
            @else { p { (reading.m(&quorum)) } }
            @if !head.cosigned_by.is_empty() { p { (cosigned_by(reading)) } }
            (list(reading, &policy.witnesses, &head.cosigned_by))
        }
        @if !policy.mirrors.is_empty() {
            section {
                h2 { (reading.t("log.mirrors")) }
                @if !head.held_by.is_empty() { p { (held_by(reading)) } }
                (list(reading, &policy.mirrors, &head.held_by))
            }
        }
    }
}

/// The cosigners of one kind, with organisation and class.
fn list(reading: Reading<'_>, all: &[Witness], by: &[String]) -> Markup {
    let policy = reading.ledger().witness_policy();
    let has = |one: &Witness| by.iter().any(|name| name == one.key.name().as_str());
    html! {
        @if !all.is_empty() {
            ul { @for one in all {
                li {
                    code { (one.key.name()) } " · " code { (one.organisation) }
                    @if let Some(class) = policy.class_of(&one.organisation) {
                        " · " (reading.t(&format!("log.class_of.{class}")))
                    }
                    @if !has(one) { " · " (reading.t("log.not_cosigned")) }
                }
            } }
        }
    }
}

/// The names of mirrors as ways to their own copies and their own programs: a check by a program from the same place as the
/// page proves nothing to who doubts that place.
fn rivals(reading: Reading<'_>) -> Markup {
    let policy = reading.ledger().witness_policy();
    // A key's name is by its specification an address without a scheme; one that is none is shown and leads nowhere.
    let address = |name: &str| {
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/' | '_');
        (name.contains('.') && name.chars().all(is_host))
            .then(|| format!("https://{name}/checker.html#from=."))
    };
    html! {
        section #rivals {
            h2 { (reading.t("site.rivals.title")) }
            p { (reading.t("site.rivals.why")) }
            @if policy.mirrors.is_empty() { p { (reading.t("site.rivals.none")) } }
            ul.rivals {
                @for mirror in &policy.mirrors {
                    @let name = mirror.key.name().as_str();
                    li {
                        @match address(name) {
                            Some(address) => { a href=(address) rel="noopener" { (name) } }
                            None => code { (name) },
                        }
                        " · " code { (mirror.organisation) }
                        @if let Some(class) = policy.class_of(&mirror.organisation) {
                            " · " (reading.t(&format!("log.class_of.{class}")))
                        }
                    }
                }
            }
            p { a href=(reading.to("checker.html#from=.")) { (reading.t("site.rivals.from_here")) } ". " (reading.t("site.rivals.not_final")) }
            @if let Some(hash) = reading.site.source.checker() {
                p { (reading.t("site.rivals.program")) " " code { (hash) } }
            }
        }
    }
}

/// How to hold a copy, and how to run a witness.
fn run_one(reading: Reading<'_>) -> Markup {
    let (source, directory) = (reading.t("page.log.source"), reading.t("site.run.directory"));
    html! {
        section {
            h2 { (reading.t("site.run.title")) }
            p { (reading.t("log.verify.mirror")) }
            pre.command { "hakiki mirror --dir <" (directory) "> <" (source) ">" }
            p { (reading.t("log.verify.witness")) }
            pre.command {
                "hakiki witness keygen --out <" (reading.t("site.evidence.file")) "> <" (reading.t("site.run.name")) ">\n"
                "hakiki witness add-log --fingerprint " (reading.ledger().fingerprint()) " <" (source) ">\n"
                "hakiki witness run"
            }
            p { (reading.t("site.run.class")) }
        }
    }
}

/// Where evidence comes from, and what its absence here does not say.
fn evidence(reading: Reading<'_>) -> Markup {
    html! {
        section {
            h2 { (reading.t("site.evidence.title")) }
            p { (reading.t("site.evidence.what")) }
            pre.command {
                "hakiki evidence check --fingerprint " (reading.ledger().fingerprint())
                " --election <" (reading.t("site.evidence.election")) "> <" (reading.t("site.evidence.file")) ">"
            }
            p { (reading.t("site.evidence.not_here")) }
        }
    }
}

fn verify(reading: Reading<'_>) -> Markup {
    let source = reading.t("page.log.source");
    html! {
        section #verify {
            h2 { (reading.t("log.verify.title")) }
            p { (reading.t("log.verify.how")) }
            pre.command { "hakiki verify <" (source) "> --fingerprint " (reading.ledger().fingerprint()) }
            p { (reading.t("log.verify.pin")) " " (reading.t("log.verify.result")) }
        }
    }
}

/// Submissions that the log refused although an enrolled key signed them, and entries that it should have refused.
fn refused(reading: Reading<'_>) -> Markup {
    let size = reading.site.snapshot.head.size;
    let ledger = reading.ledger();
    let refusals: Vec<_> = ledger.refusals().iter().filter(|(place, ..)| *place < size).collect();
    let wrong: Vec<_> = ledger.inadmissible().iter().filter(|refused| refused.place < size).collect();
    html! {
        @if !refusals.is_empty() {
            section {
                h2 { (reading.t("page.log.refusals")) }
                ul { @for (place, _, code) in refusals {
                    li { span.code { (code) } " " (reading.t(&format!("code.{code}.title"))) " · " (reading.record_link(*place)) }
                } }
            }
        }
        @if !wrong.is_empty() {
            section {
                h2 { (reading.t("portal.findings_page.against_operator")) }
                ul { @for refused in wrong {
                    li { span.code { (refused.code) } " " (reading.t("log.inadmissible")) " · " (reading.record_link(refused.place)) }
                } }
            }
        }
    }
}
