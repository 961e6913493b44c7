//! The report as one page that prints: no script, nothing from elsewhere. Whatever comes from the log is escaped by `maud`.

use crate::annex::{ANNEX_CSV, annex_table};
use crate::answer::{Answer, Cell, Group, Status, Table};
use crate::inquiry::{Checked, Verdict};
use crate::report::Report;
use crate::table::{Places, has_places, headings, record_fields};
use crate::{RESTS_SHOWN, ROWS_SHOWN};
use hakiki_messages::{Language, Message, keys, number, text};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeSet;

const STYLE: &str = include_str!("style.css");

struct Page<'a> {
    report: &'a Report,
    language: Language,
}

/// The page.
pub fn html(report: &Report, language: Language) -> String {
    let page = Page { report, language };
    page.whole().into_string()
}

/// A page of its own, with the same look.
pub(crate) fn document(title: &str, language: Language, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    }
}

impl Page<'_> {
    fn word(&self, key: &str) -> &'static str {
        text(self.language, &format!("scrutiny.{key}"))
    }

    fn whole(&self) -> Markup {
        let title = format!("{} · {}", self.word("page.title"), self.report.title);
        let body = html! {
            @if self.report.is_rehearsal { p.rehearsal { (self.word("page.rehearsal")) } }
            header { h1 { (self.word("page.title")) } p.election { (self.report.title) } }
            main {
                (self.about())
                (self.counts())
                (self.checks())
                (self.annex())
                (self.contents())
                @for (group, _) in Group::ALL { (self.group(group)) }
                (self.terms())
            }
            footer { p { (self.word("page.neutral")) } }
        };
        document(&title, self.language, &body)
    }

    fn about(&self) -> Markup {
        let report = self.report;
        let made = &report.made;
        let rows = [
            ("origin", Some(report.origin.clone())),
            ("authority", report.authority.clone()),
            ("fingerprint", Some(report.fingerprint.to_string())),
            ("entries", Some(number(report.as_of))),
            ("root", made.root.map(|root| root.to_string())),
            ("source", report.address().map(str::to_owned)),
            ("source_hash", made.source_hash.map(|hash| hash.to_string())),
            ("core_hash", made.core_hash.map(|hash| hash.to_string())),
            ("program", Some(made.program.clone())),
            ("program_hash", made.program_hash.map(|hash| hash.to_string())),
        ];
        html! {
            section.about {
                p { (self.word("page.lead")) }
                dl {
                    @for (key, value) in rows {
                        @if let Some(value) = value {
                            dt { (self.word(&format!("page.{key}"))) } dd { (value) }
                        }
                    }
                }
                p.clocks { (self.word("page.clocks")) }
            }
        }
    }

    fn counts(&self) -> Markup {
        html! {
            section #counts {
                h2 { (self.word("page.counts")) }
                table.counts {
                    thead { tr {
                        th { (self.word("page.group")) }
                        @for status in Status::ALL { th.number { (self.status(status)) } }
                    } }
                    tbody {
                        @for (group, _) in Group::ALL {
                            tr {
                                th { a href={ "#" (group.as_str()) } { (self.word(&format!("group.{}", group.as_str()))) } }
                                @for status in Status::ALL { td.number { (self.report.count(Some(group), status)) } }
                            }
                        }
                        tr.total {
                            th { (self.word("page.all")) }
                            @for status in Status::ALL { td.number { (self.report.count(None, status)) } }
                        }
                    }
                }
            }
        }
    }

    fn status(&self, status: Status) -> &'static str {
        self.word(&format!("status.{}", status.as_str()))
    }

    fn checks(&self) -> Markup {
        let row = |check: &Checked| {
            let title = text(self.language, &format!("code.{}.title", check.code));
            let verdict = match check.verdict {
                Verdict::Passed => "passed",
                Verdict::Failed => "failed",
                Verdict::NotChecked => "not_checked",
            };
            html! {
                tr {
                    td { (check.code) }
                    td { (title) }
                    td.verdict { (self.word(&format!("cell.{verdict}"))) }
                    td { (check.detail.text(self.language)) }
                }
            }
        };
        html! {
            section #checks {
                h2 { (self.word("page.checks")) }
                p { (self.word("page.checks_lead")) }
                div.wide { table {
                    thead { tr {
                        th { (self.word("column.check")) }
                        th { (self.word("page.check_says")) }
                        th { (self.word("column.verdict")) }
                        th { (self.word("column.details")) }
                    } }
                    tbody { @for check in &self.report.checks { (row(check)) } }
                } }
            }
        }
    }

    /// Who was asked for a head of the log when the archive was made, and what they gave.
    fn annex(&self) -> Markup {
        let Some(annex) = &self.report.made.annex else {
            return html! { section #annex { h2 { (self.word("page.annex")) } p { (self.word("page.no_annex")) } } };
        };
        let made = self.report.time(Some(annex.made_s)).map(|time| time.to_string());
        html! {
            section #annex {
                h2 { (self.word("page.annex")) }
                p { (self.word("page.annex_lead")) }
                dl {
                    dt { (self.word("page.annex_made")) } dd { (made.unwrap_or_default()) }
                    dt { (self.word("page.annex_maker")) }
                    dd { @if let Some(maker) = &annex.maker { code { (maker) } } @else { (self.word("page.annex_unsigned")) } }
                }
                (self.rows(&annex_table(self.report), ANNEX_CSV))
                p { (self.word("page.annex_stamps")) }
            }
        }
    }

    fn contents(&self) -> Markup {
        html! {
            nav #contents {
                h2 { (self.word("page.contents")) }
                @for (group, _) in Group::ALL {
                    h3 { (self.word(&format!("group.{}", group.as_str()))) }
                    ol {
                        @for answer in self.of(group) {
                            li value=(answer.number) {
                                a href={ "#q" (answer.number) } { (Report::question(answer.number, self.language)) }
                                " " span.status { (self.status(answer.status)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn of(&self, group: Group) -> impl Iterator<Item = &Answer> {
        self.report.answers.iter().filter(move |answer| Group::of(answer.number) == group)
    }

    fn group(&self, group: Group) -> Markup {
        html! {
            section.group id=(group.as_str()) {
                h2 { (self.word(&format!("group.{}", group.as_str()))) }
                @for answer in self.of(group) { (self.answer(answer)) }
            }
        }
    }

    fn answer(&self, answer: &Answer) -> Markup {
        let said = |all: &[Message]| {
            let all: Vec<String> = all.iter().map(|message| message.text(self.language)).collect();
            html! { @for text in all { p { (text) } } }
        };
        html! {
            article id={ "q" (answer.number) } {
                h3 { span.n { (answer.number) } " " (Report::question(answer.number, self.language)) }
                p.status { (self.status(answer.status)) }
                div.says { (said(&answer.says)) }
                @if !answer.limits.is_empty() {
                    div.limits { h4 { (self.word("page.cannot")) } (said(&answer.limits)) }
                }
                (self.rests(answer))
                (self.rows(&answer.table, &crate::csv_name(answer.number)))
            }
        }
    }

    fn rests(&self, answer: &Answer) -> Markup {
        let all = answer.rests_on();
        if all.is_empty() {
            return html! { p.rests { (self.word("page.rests_on_none")) } };
        }
        let of_table: BTreeSet<u64> = answer.table.rows.iter().filter_map(|row| row.place).collect();
        let others: Vec<u64> = all.iter().copied().filter(|place| !of_table.contains(place)).collect();
        let shown = others.iter().take(RESTS_SHOWN).filter_map(|place| self.report.rests.get(place));
        let count = Message::new("scrutiny.page.rests_on").with("count", all.len()).text(self.language);
        html! {
            div.rests {
                p { (count) @if others.is_empty() { " " (self.word("page.rests_in_table")) } }
                @if !others.is_empty() {
                    ul {
                        @for rest in shown {
                            li {
                                (self.word("column.place")) " " (rest.place) ": "
                                code { @if let Some(id) = rest.id { (id.to_string()) } @else { (self.word("cell.no_record")) } }
                            }
                        }
                    }
                }
                @if others.len() > RESTS_SHOWN {
                    p { (Message::new("scrutiny.page.more_records").with("count", others.len() - RESTS_SHOWN).text(self.language)) }
                }
            }
        }
    }

    /// A table's first rows; `file` has all of them.
    fn rows(&self, table: &Table, file: &str) -> Markup {
        if table.is_empty() {
            return html! {};
        }
        let places: &dyn Places = self.report;
        let rests = table.rows.iter().filter_map(|row| self.report.rests.get(&row.place?));
        let has_times = rests.clone().any(|rest| rest.from_s.is_some() || rest.by_s.is_some());
        // Columns of witnessed times that are empty throughout would only take paper.
        let of_record = if has_places(table) { 2 + 2 * usize::from(has_times) } else { 0 };
        html! {
            div.wide { table {
                thead { tr { @for heading in headings(table, self.language).iter().take(table.columns.len() + of_record) { th { (heading) } } } }
                tbody {
                    @for row in table.rows.iter().take(ROWS_SHOWN) {
                        tr {
                            @for cell in &row.cells {
                                td.number[matches!(cell, Cell::Number(_))].id[matches!(cell, Cell::Hash(_))] { (cell.shown(self.language)) }
                            }
                            @for (at, field) in record_fields(row, places).iter().take(of_record).enumerate() {
                                td.id[at == 1] { (field) }
                            }
                        }
                    }
                }
            } }
            @if table.rows.len() > ROWS_SHOWN {
                p.more {
                    (Message::new("scrutiny.page.more_rows")
                        .with("count", table.rows.len() - ROWS_SHOWN)
                        .with("file", file)
                        .text(self.language))
                }
            }
        }
    }

    /// The words of this report, in plain words.
    fn terms(&self) -> Markup {
        let terms: Vec<&str> = keys(self.language)
            .filter_map(|key| key.strip_prefix("scrutiny.term."))
            .filter_map(|rest| rest.strip_suffix(".name"))
            .collect();
        html! {
            section #terms {
                h2 { (self.word("page.terms")) }
                dl {
                    @for term in terms {
                        dt { (self.word(&format!("term.{term}.name"))) }
                        dd { (self.word(&format!("term.{term}.means"))) }
                    }
                }
            }
        }
    }
}
