//! One finding in words, wherever it stands: code, title, its numbers, and that it is a difference.

use crate::address;
use crate::reading::Reading;
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::BoxName;
use hakiki_core::view::Finding;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// The address of what a code means and where it was found.
pub(crate) fn code_href(code: FindingCode) -> String {
    address::findings(code.as_str(), None, None)
}

/// A code's title.
pub(crate) fn title(reading: Reading<'_>, code: FindingCode) -> &'static str {
    reading.t(&format!("code.{code}.title"))
}

/// A box of the paper, by name.
pub(crate) fn box_word(reading: Reading<'_>, name: BoxName) -> &'static str {
    reading.t(&format!("form.box.{}", name.as_str().replace('-', "_")))
}

/// The numbers of a finding: `sum 301 · total valid votes 300`.
pub(crate) fn values(reading: Reading<'_>, finding: &Finding) -> String {
    // A note that stands at its box need not count it.
    let shown = finding.values.iter().filter(|(name, _)| *name != "boxes" || finding.at_box.is_none());
    let written = shown.map(|(name, value)| {
        let name = reading.t(&format!("page.value.{}", name.replace('-', "_")));
        let value = match value.parse::<u64>() {
            Ok(count) => number(count),
            Err(_) => match reading.find(&format!("page.value_word.{}", value.replace('-', "_"))) {
                Some(word) => word.to_owned(),
                None => value.clone(),
            },
        };
        format!("{name}: {value}")
    });
    written.collect::<Vec<_>>().join(" · ")
}

/// A note beside what it concerns.
pub(crate) fn note(reading: Reading<'_>, finding: &Finding) -> Markup {
    note_saying(reading, finding, &values(reading, finding))
}

/// The same with a sentence in place of its numbers.
pub(crate) fn note_saying(reading: Reading<'_>, finding: &Finding, values: &str) -> Markup {
    html! {
        div.note {
            p {
                a.code href=(reading.href(&code_href(finding.code))) { (finding.code) }
                " " b { (title(reading, finding.code)) "." }
                @if !values.is_empty() { " " span.values { (values) } }
            }
            p.small { (reading.t("portal.difference")) ". " (reading.t(&format!("code.{}.does_not_mean", finding.code))) }
        }
    }
}

/// What a code means and what nobody may read into it, folded up where many stand together.
fn meaning(reading: Reading<'_>, code: FindingCode) -> Markup {
    html! {
        details.meaning {
            summary { (reading.t("sheet.code_means.title")) span.away { ": " (code) } }
            p { (reading.t(&format!("code.{code}.means"))) }
            p { (reading.t(&format!("code.{code}.does_not_mean"))) }
        }
    }
}

/// How many of each code there are, each a door to the list.
pub(crate) fn summary(reading: Reading<'_>, counts: &[(FindingCode, u64)], filter: &str) -> Markup {
    html! {
        @if counts.is_empty() {
            p { (reading.t("portal.findings_page.none")) }
        } @else {
            ul.findings {
                @for (code, count) in counts {
                    li {
                        a.code href=(reading.href(&format!("{}{filter}", code_href(*code)))) { (code) }
                        " " (title(reading, *code)) ": "
                        b { (reading.m(&Message::new("portal.findings").with("count", *count))) }
                        (meaning(reading, *code))
                    }
                }
            }
        }
        p.small {
            (reading.t("portal.difference")) ". "
            a href=(reading.href("about/#codes")) { (reading.t("page.what_codes_mean")) }
        }
    }
}
