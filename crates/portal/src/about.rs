//! What this is, and what each word, class and code means.

use crate::Page;
use crate::children::PARTITION;
use crate::finding::{code_href, title};
use crate::frame::Frame;
use crate::reading::Reading;
use hakiki_core::codes::FindingCode;
use maud::html;

/// The page.
pub(crate) fn page(reading: Reading<'_>, here: &str) -> Page {
    let heading = reading.t("portal.about.title");
    let classes = [
        ("form.class.kit", "page.about.kit"),
        ("form.class.intake", "page.about.intake"),
        ("form.class.transcript", "page.about.transcript"),
    ];
    let main = html! {
        h1 { (heading) }
        p.lede { (reading.t("portal.about.what")) }
        p { (reading.t("portal.about.cannot")) " " (reading.t("portal.about.match")) " " (reading.t("portal.about.for_people")) }
        section {
            h2 { (reading.t("page.about.states")) }
            dl.facts {
                @for word in PARTITION {
                    dt { (reading.t(&format!("portal.partition_word.{word}"))) }
                    dd { (reading.t(&format!("portal.partition_means.{word}"))) }
                }
            }
        }
        section {
            h2 { (reading.t("page.about.classes")) }
            dl.facts { @for (class, means) in classes { dt { (reading.t(class)) } dd { (reading.t(means)) } } }
            p { (reading.t("form.answers.key_line")) "; " (reading.t("form.answers.ink_line")) "." }
        }
        section #codes {
            h2 { (reading.t("page.what_codes_mean")) }
            p { (reading.t("portal.findings_page.intro")) }
            @for code in FindingCode::ALL {
                h3 id=(code) { a.code href=(reading.href(&code_href(*code))) { (code) } " " (title(reading, *code)) }
                p { (reading.t(&format!("code.{code}.means"))) " " (reading.t(&format!("code.{code}.does_not_mean"))) }
            }
        }
    };
    Frame::new(heading, here).page(reading, &main)
}
