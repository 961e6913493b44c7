//! The list of findings: every code with its count, and one code with all places where it was found.

use crate::finding::{code_href, title, values};
use crate::frame::Frame;
use crate::pager::{Pager, ROWS};
use crate::reading::Reading;
use crate::snapshot::area_of;
use crate::{Page, address};
use hakiki_core::codes::FindingCode;
use hakiki_core::view::Finding;
use hakiki_messages::Message;
use maud::{Markup, html};

/// Which findings are asked for.
#[derive(Default)]
pub(crate) struct Asked<'a> {
    pub code: Option<FindingCode>,
    pub contest: Option<u16>,
    pub area: Option<u32>,
    pub page: Option<&'a str>,
}

/// The page.
pub(crate) fn page(reading: Reading<'_>, asked: &Asked<'_>, here: &str) -> Page {
    match asked.code {
        Some(code) => of_code(reading, code, asked, here),
        None => overview(reading, here),
    }
}

fn overview(reading: Reading<'_>, here: &str) -> Page {
    let by_code = &reading.site.snapshot.findings.by_code;
    let heading = reading.t("portal.findings_page.title");
    let group = |letter: char| by_code.iter().filter(move |(code, _)| code.as_str().starts_with(letter));
    let main = html! {
        h1 { (heading) }
        p.lede { (reading.t("portal.findings_page.intro")) " " (reading.t("portal.difference")) "." }
        @for (letter, key) in [('F', "portal.findings_page.f_group"), ('W', "portal.findings_page.w_group")] {
            section {
                h2 { (reading.t(key)) }
                @if group(letter).next().is_none() { p { (reading.t("portal.findings_page.none")) } }
                ul.findings {
                    @for (code, found) in group(letter) {
                        li {
                            a.code href=(reading.href(&code_href(*code))) { (code) } " "
                            (title(reading, *code)) ": "
                            b { (reading.m(&Message::new("portal.findings").with("count", found.len()))) }
                        }
                    }
                }
            }
        }
        p { a href=(reading.href("about/#codes")) { (reading.t("page.what_codes_mean")) } }
    };
    Frame::new(heading, here).page(reading, &main)
}

fn of_code(reading: Reading<'_>, code: FindingCode, asked: &Asked<'_>, here: &str) -> Page {
    let findings = &reading.site.snapshot.findings;
    let found = findings.by_code.get(&code).into_iter().flatten().map(|index| &findings.all[*index as usize]);
    let found: Vec<&Finding> = found.filter(|finding| is_asked(reading, finding, asked)).collect();
    let pager = Pager::new(asked.page, found.len());
    let heading = format!("{code}: {}", title(reading, code));
    let contest = asked.contest.map(|contest| reading.contest(contest).code.as_str());
    let rest = address::findings(code.as_str(), contest, asked.area.map(|area| &*reading.area(area).code));
    let main = html! {
        p.crumbs { a href=(reading.href("findings/")) { (reading.t("portal.findings_page.title")) } }
        h1 { (heading) }
        p.lede {
            (reading.m(&Message::new("portal.findings").with("count", found.len()))) ". "
            @if let Some(area) = asked.area { bdi { (reading.area(area).name) } ". " }
            (reading.t("portal.difference")) "."
        }
        h2 { (reading.t("portal.findings_page.means")) }
        p { (reading.t(&format!("code.{code}.means"))) }
        h2 { (reading.t("portal.findings_page.does_not_mean")) }
        p { (reading.t(&format!("code.{code}.does_not_mean"))) }
        h2 { (reading.t("portal.findings_page.where")) }
        @if found.is_empty() { p { (reading.t("portal.findings_page.none")) } }
        @else { (table(reading, code, &found[pager.skip()..found.len().min(pager.skip() + ROWS)])) }
        (pager.links(reading, &rest))
    };
    Frame::new(heading, here).page(reading, &main)
}

fn is_asked(reading: Reading<'_>, finding: &Finding, asked: &Asked<'_>) -> bool {
    let in_contest = asked.contest.is_none_or(|contest| finding.contest.is_none_or(|of| of == contest));
    let register = reading.register();
    let area = area_of(reading.ledger(), finding).or_else(|| register.root());
    let in_area = asked.area.is_none_or(|outer| area.is_some_and(|area| register.is_within(area, outer)));
    in_contest && in_area
}

fn table(reading: Reading<'_>, code: FindingCode, found: &[&Finding]) -> Markup {
    html! {
        div.wide tabindex="0" {
            table {
                caption { (title(reading, code)) }
                thead { tr {
                    th scope="col" { (reading.t("portal.findings_page.where")) }
                    th scope="col" { (reading.t("portal.what")) }
                    th scope="col" { (reading.t("portal.place")) }
                } }
                tbody {
                    @for finding in found {
                        tr {
                            th scope="row" { (place_of(reading, finding)) }
                            td { (values(reading, finding)) }
                            td { (reading.record_link(finding.place)) }
                        }
                    }
                }
            }
        }
    }
}

fn place_of(reading: Reading<'_>, finding: &Finding) -> Markup {
    let contest = &reading.contest(finding.contest.unwrap_or(0)).code;
    html! {
        @match (finding.station, finding.area) {
            (Some(station), _) => {
                @let it = reading.station(station);
                (reading.link(&address::station(contest, &it.code), &it.name)) " " small.code-of { (it.code) }
            }
            (None, Some(area)) => (reading.link(&address::area(contest, &reading.area(area).code), &reading.area(area).name)),
            (None, None) => (reading.t("portal.findings_page.against_operator")),
        }
    }
}
