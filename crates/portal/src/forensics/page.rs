//! The report as one page: no script, nothing from elsewhere, on a phone, a screen and A4. Whatever comes from the source is escaped by `maud`.

use super::Report;
use super::figures::{Cell, Figures};
use super::files::{JSON, path};
use super::section::{Draw, Plot, Section, State};
use super::svg;
use crate::document::document;
use hakiki_messages::{Language, Message, keys, text};
use maud::{Markup, html};

const STYLE: &str = include_str!("style.css");
/// Rows of a table on the page; all of them are in its file.
const ROWS_SHOWN: usize = 25;
/// Areas on the page.
const AREA_ROWS_SHOWN: usize = 300;

struct Page<'a> {
    report: &'a Report,
    language: Language,
}

/// The page.
pub(super) fn html(report: &Report, language: Language) -> String {
    let page = Page { report, language };
    page.whole().into_string()
}

/// Whether a plot is many small ones, which need the page's whole width.
fn has_fields(plot: &Plot) -> bool {
    matches!(plot.draw, Draw::Heat { field: Some(_), .. })
}

impl Page<'_> {
    fn word(&self, key: &str) -> &'static str {
        text(self.language, &format!("forensics.{key}"))
    }

    fn say(&self, message: &Message) -> String {
        message.text(self.language)
    }

    /// The words of a numbered list, in their order.
    fn list(&self, key: &str) -> Vec<&'static str> {
        let prefix = format!("forensics.{key}.");
        let mut found: Vec<(u32, &'static str)> = keys(self.language)
            .filter_map(|key| Some((key.strip_prefix(&prefix)?.parse().ok()?, text(self.language, key))))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, text)| text).collect()
    }

    fn whole(&self) -> Markup {
        let title = format!("{} · {}", self.report.title, self.word("page.title"));
        let body = html! {
            header {
                p.kind { (self.word("page.title")) }
                h1 { (self.report.title) }
                p.lead { (self.lead()) }
            }
            main {
                (self.can_say())
                (self.facts())
                (self.about())
                (self.contents())
                @for section in &self.report.sections { (self.section(section)) }
            }
            footer {
                p { (self.word("page.neutral")) }
                p { (self.word("page.measured")) }
                p { (self.word("page.files")) " " a href=(JSON) { (JSON) } }
            }
        };
        document(self.language, &title, STYLE, &body)
    }

    fn lead(&self) -> String {
        let subject = &self.report.subject;
        let lead = Message::new("forensics.page.lead").with("stations", subject.stations.len());
        let lead = lead.with("left_out", subject.left_out).with("areas", subject.areas.len());
        self.say(&lead.with("level", subject.level.as_deref().unwrap_or("–")))
    }

    fn can_say(&self) -> Markup {
        html! {
            section.note #note {
                h2 { (self.word("page.note")) }
                h3 { (self.word("page.can")) }
                ul { @for line in self.list("can") { li { (line) } } }
                h3 { (self.word("page.cannot")) }
                ul { @for line in self.list("cannot") { li { (line) } } }
            }
        }
    }

    fn facts(&self) -> Markup {
        let facts = &self.report.facts;
        html! {
            section.facts #arithmetic {
                h2 { (self.word("page.arithmetic")) }
                p { (self.word("page.arithmetic_lead")) }
                @if facts.rows.is_empty() {
                    p { (self.word("page.no_facts")) }
                    (self.file(facts))
                } @else {
                    p { b { (self.say(&Message::new("forensics.page.facts").with("count", facts.rows.len()))) } }
                    (self.counts(facts))
                    (self.table(facts, 0, ROWS_SHOWN))
                }
            }
        }
    }

    /// How many of each fact there are.
    fn counts(&self, facts: &Figures) -> Markup {
        let mut counts: Vec<(&Cell, u64)> = Vec::new();
        for row in &facts.rows {
            match counts.iter_mut().find(|(fact, _)| **fact == row[0]) {
                Some(known) => known.1 += 1,
                None => counts.push((&row[0], 1)),
            }
        }
        html! {
            ul {
                @for (fact, count) in counts {
                    li { (fact.shown(self.language)) ": " b { (hakiki_messages::number(count)) } }
                }
            }
        }
    }

    fn about(&self) -> Markup {
        let report = self.report;
        html! {
            section #about {
                h2 { (self.word("page.about")) }
                dl {
                    @for (key, value) in &report.made {
                        dt { (self.word(&format!("made.{key}"))) } dd { (value) }
                    }
                }
                (self.table(&report.totals, 0, ROWS_SHOWN))
                @let [leader, rival] = report.subject.leading().map(|at| report.subject.candidates[at].as_str());
                p { (self.say(&Message::new("forensics.page.leading").with("leader", leader).with("rival", rival))) }
                p {
                    (self.word(if report.subject.has_given { "page.given" } else { "page.no_given" }))
                    @if !report.subject.has_rejected { " " (self.word("page.no_rejected")) }
                }
            }
        }
    }

    fn contents(&self) -> Markup {
        html! {
            nav #contents {
                h2 { (self.word("page.contents")) }
                ol {
                    @for section in &self.report.sections {
                        @let key = section.indicator.key();
                        li {
                            a href={ "#" (key) } { (self.word(&format!("{key}.title"))) }
                            @if section.state != State::Shown { span.state { " · " (self.state(section)) } }
                        }
                    }
                }
            }
        }
    }

    fn state(&self, section: &Section) -> String {
        match &section.state {
            State::Shown => self.word("state.shown").to_owned(),
            State::TooFew { found, least } => {
                self.say(&Message::new("forensics.state.too_few").with("found", *found).with("least", *least))
            }
            State::Lacks(what) => self.word(&format!("lacks.{what}")).to_owned(),
            State::Off => self.word(&format!("{}.off", section.indicator.key())).to_owned(),
        }
    }

    fn section(&self, section: &Section) -> Markup {
        let key = section.indicator.key();
        let own = |part: &str| self.word(&format!("{key}.{part}"));
        let shown = section.state == State::Shown;
        html! {
            section.indicator id=(key) {
                h2 { (own("title")) }
                p.asks { (own("asks")) }
                @if !shown { p.absent { (self.state(section)) } }
                dl.terms {
                    @for part in ["statistic", "null", "effect", "blind", "measured"] {
                        dt { (self.word(&format!("term.{part}"))) } dd { (own(part)) }
                    }
                    dt { (self.word("term.least")) } dd { (self.least(section)) }
                }
                @if shown {
                    @if !section.plots.is_empty() {
                        div.plots { @for plot in &section.plots {
                            figure.across[has_fields(plot)] {
                                figcaption { (self.say(&plot.title)) }
                                (svg::drawn(plot, self.language))
                                (self.file(&plot.figures))
                            }
                        } }
                    }
                    (self.tests(section))
                    @for figures in &section.more { (self.extra(figures)) }
                }
                aside.innocent {
                    h3 { (self.word("page.innocent")) }
                    ul { @for line in self.list(&format!("{key}.innocent")) { li { (line) } } }
                }
            }
        }
    }

    fn least(&self, section: &Section) -> String {
        let least = section.indicator.fewest();
        self.say(&Message::new(format!("forensics.{}.least", section.indicator.key())).with("least", least))
    }

    /// The whole's rows in sight, the areas' folded.
    fn tests(&self, section: &Section) -> Markup {
        let whole = section.tests.rows.iter().take_while(|row| row[0] == Cell::None).count();
        let areas = section.tests.rows.len() - whole;
        let (all, below) = section.adjusted();
        if section.tests.rows.is_empty() {
            return html! {};
        }
        html! {
            (self.rows(&section.tests, 0, whole))
            @if areas > 0 {
                @if all > 0 {
                    p { (self.say(&Message::new("forensics.page.adjusted").with("all", all).with("below", below))) }
                }
                details {
                    summary { (self.word("page.areas")) }
                    (self.rows(&section.tests, whole, AREA_ROWS_SHOWN))
                }
            }
            (self.file(&section.tests))
        }
    }

    fn extra(&self, figures: &Figures) -> Markup {
        html! {
            h3 { (self.word(&format!("table.{}", figures.name.replace('-', "_")))) }
            @if figures.rows.is_empty() { p { (self.word("page.none")) } } @else { (self.table(figures, 0, ROWS_SHOWN)) }
        }
    }

    fn table(&self, figures: &Figures, from: usize, most: usize) -> Markup {
        html! { (self.rows(figures, from, most)) (self.file(figures)) }
    }

    /// So many rows. Columns in which nothing stands are left out: they would only take room.
    fn rows(&self, figures: &Figures, from: usize, most: usize) -> Markup {
        let rows: Vec<&Vec<Cell>> = figures.rows.iter().skip(from).take(most).collect();
        let kept: Vec<usize> =
            (0..figures.columns.len()).filter(|at| rows.iter().any(|row| row[*at] != Cell::None)).collect();
        let left = figures.rows.len().saturating_sub(from + most);
        let head = |at: usize| self.word(&format!("column.{}", figures.columns[at]));
        let right = |at: usize| rows.iter().any(|row| row[at].is_number());
        html! {
            div.wide { table {
                thead { tr { @for at in &kept { th.number[right(*at)] { (head(*at)) } } } }
                tbody { @for row in &rows { tr {
                    @for at in &kept { td.number[right(*at)] { (row[*at].shown(self.language)) } }
                } } }
            } }
            @if left > 0 && (from > 0 || most == ROWS_SHOWN) {
                p.more { (self.say(&Message::new("forensics.page.more").with("count", left))) }
            }
        }
    }

    fn file(&self, figures: &Figures) -> Markup {
        let path = path(figures);
        html! { p.file { (self.word("page.file")) " " a href=(path) { (path) } } }
    }
}
