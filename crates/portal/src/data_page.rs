//! The page of open data: every file, the feed of corrections, figures to embed, the licence, and how to cite a figure.

use crate::embed::has_figure;
use crate::frame::Frame;
use crate::reading::Reading;
use crate::{Page, address, audits};
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// The page.
pub(crate) fn page(reading: Reading<'_>, here: &str) -> Page {
    let heading = reading.t("data.title");
    let main = html! {
        h1 { (heading) }
        p.lede { (reading.t("data.intro")) }
        (whole(reading))
        (files(reading))
        (feeds(reading))
        (figures(reading))
        (citing(reading))
    };
    Frame::new(heading, here).page(reading, &main)
}

fn whole(reading: Reading<'_>) -> Markup {
    let source = reading.t("page.log.source");
    let size = reading.site.snapshot.head.size;
    html! {
        section {
            h2 { (reading.t("site.data.whole")) }
            p { (reading.t("site.data.whole_how")) }
            pre.command { "hakiki mirror --dir <" (reading.t("site.run.directory")) "> <" (source) ">" }
            ul {
                li { a href=(reading.to("checkpoint")) { (reading.t("site.data.checkpoint")) } }
                li { a href=(reading.to(&format!("results/{size}"))) { (reading.t("data.results")) } " · " (reading.t("site.data.canonical")) }
                li { a href=(reading.to("data/index.json")) { (reading.t("site.data.index")) } " · JSON" }
            }
        }
    }
}

fn files(reading: Reading<'_>) -> Markup {
    let has_areas = reading.register().root().is_some();
    let link = |path: String, name: &str| html! { a href=(reading.to(&path)) { (name) } };
    let rows = [("areas", "site.data.areas"), ("stations", "data.stations")];
    html! {
        section {
            h2 { (reading.t("site.data.files")) }
            div.wide tabindex="0" {
                table {
                    caption { (reading.m(&Message::new("data.as_of").with("size", number(reading.site.snapshot.head.size)))) }
                    thead { tr {
                        th scope="col" { (reading.t("portal.results.contest")) }
                        th scope="col" { (reading.t("portal.what")) }
                        th scope="col" { (reading.t("site.data.formats")) }
                    } }
                    tbody {
                        @for contest in reading.ledger().election().contests.iter().filter(|_| has_areas) {
                            @let code = address::encoded(&contest.code);
                            tr {
                                th scope="row" { bdi { (contest.title) } }
                                td { (reading.t("site.data.air")) }
                                td { (link(format!("air/{code}.json"), "JSON")) " · " (link(format!("air/{code}.csv"), "CSV")) }
                            }
                            @for (file, word) in rows {
                                tr {
                                    th scope="row" { bdi { (contest.title) } }
                                    td { (reading.t(word)) }
                                    td { (link(format!("data/{code}/{file}.json"), "JSON")) " · " (link(format!("data/{code}/{file}.csv"), "CSV")) }
                                }
                            }
                        }
                        tr {
                            th scope="row" { (reading.t("portal.all")) }
                            td { (reading.t("data.findings")) }
                            td { (link("data/findings.csv".to_owned(), "CSV")) }
                        }
                        @if audits::has_audits(&reading.site) {
                            tr {
                                th scope="row" { (reading.t("portal.all")) }
                                td { a href=(reading.href(audits::LIST)) { (reading.t("audits.title")) } }
                                td { (link("audits.txt".to_owned(), "TXT")) }
                            }
                        }
                    }
                }
            }
            p.small { (reading.t("site.data.stable")) }
            p { a href=(reading.to("claim.html")) { (reading.t("site.data.compare")) } }
        }
    }
}

fn feeds(reading: Reading<'_>) -> Markup {
    html! {
        section {
            h2 { (reading.t("site.corrections.title")) }
            p { (reading.t("site.corrections.intro")) }
            ul {
                li { a href=(reading.to(&format!("{}/corrections.atom", reading.language))) { "Atom" } }
                li { a href=(reading.to(&format!("{}/corrections.json", reading.language))) { "JSON Feed" } }
            }
        }
    }
}

fn figures(reading: Reading<'_>) -> Markup {
    let contests = (0u16..).zip(&reading.ledger().election().contests);
    let contests: Vec<_> = contests.filter(|(index, _)| has_figure(reading, *index)).collect();
    html! {
        @if !contests.is_empty() {
            section #embed {
                h2 { (reading.t("site.embed.title")) }
                p { (reading.t("site.embed.how")) }
                @for (_, contest) in contests {
                    @let code = address::encoded(&contest.code);
                    @let frame = format!("{}/embed/{code}/", reading.language);
                    @let image = format!("{}/embed/{code}.svg", reading.language);
                    h3 { bdi { (contest.title) } }
                    ul {
                        li { a href=(reading.to(&frame)) { (reading.t("site.embed.page")) } }
                        li { a href=(reading.to(&image)) { (reading.t("site.embed.image")) } " · SVG" }
                        li { a href=(reading.href(&format!("hall/{code}/"))) { (reading.t("site.hall.title")) } }
                    }
                    pre.command { "<iframe src=\"<" (reading.t("page.log.source")) ">/" (frame) "\" title=\"" (contest.title) "\" width=\"640\" height=\"480\"></iframe>" }
                }
            }
        }
    }
}

fn citing(reading: Reading<'_>) -> Markup {
    let head = &reading.site.snapshot.head;
    let cite = match head.unix_seconds {
        Some(at) => Message::new("site.data.cite").with("time", reading.moment(at)),
        None => Message::new("site.data.cite_without_time"),
    };
    let cite = cite
        .with("election", reading.ledger().election().title.as_str())
        .with("size", head.size)
        .with("root", head.root.to_string());
    html! {
        section {
            h2 { (reading.t("site.data.citing")) }
            p { (reading.t("data.licence")) " " (reading.t("site.data.licence")) }
            pre.command { (reading.m(&cite)) }
            p.small { (reading.t("site.data.citing_how")) }
        }
    }
}
