//! From an address to a page. The one table of the site's addresses.
//!
//! ```text
//! /  /{lang}/                              the first contest, over all areas
//! /{lang}/contest/{contest}                a contest
//! /{lang}/area/{contest}/{area}[?page=n]   a contest in an area
//! /{lang}/station/{contest}/{station}      a contest at a station
//! /{lang}/record/{place | id}              a record
//! /{lang}/findings[?code=&contest=&area=&page=]
//! /{lang}/missing/{contest}[?state=&area=&page=]
//! /{lang}/log  /{lang}/changes  /{lang}/search?q=  /{lang}/about
//! /style.css  /live.js
//! ```

use crate::reading::Reading;
use crate::{
    Page, Site, about, address, area, asset, changes, failure, findings_page, log, places, record_page,
    search, station,
};
use hakiki_core::codes::FindingCode;
use hakiki_messages::Language;
use hakiki_note::Hash;

/// The page at an address: `path` as it came, `query` decoded. Total: what leads nowhere is a page that says so.
pub fn respond(site: &Site<'_>, path: &str, query: &[(String, String)]) -> Page {
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if let Some(asset) = asset::asset(path, value("v")) {
        return asset;
    }
    let segments: Option<Vec<String>> =
        path.split('/').filter(|segment| !segment.is_empty()).map(address::decoded).collect();
    let segments = segments.unwrap_or_default();
    let (language, rest) = match segments.split_first() {
        None => (Some(Language::default()), &[][..]),
        Some((first, rest)) => (Language::ALL.into_iter().find(|language| language.tag() == first), rest),
    };
    let reading = Reading { site: *site, language: language.unwrap_or_default() };
    let asked = Asked { reading, value: &value, here: here(rest, query) };
    let is_root = path.bytes().all(|byte| byte == b'/');
    let page = language.filter(|_| is_root || !segments.is_empty()).and_then(|_| asked.page(rest));
    page.unwrap_or_else(|| failure::not_found(reading))
}

/// The address behind the language, written anew.
fn here(rest: &[String], query: &[(String, String)]) -> String {
    let path: Vec<String> = rest.iter().map(|segment| address::encoded(segment)).collect();
    let query: Vec<String> = query
        .iter()
        .map(|(key, value)| format!("{}={}", address::encoded(key), address::encoded(value)))
        .collect();
    if query.is_empty() { path.join("/") } else { format!("{}?{}", path.join("/"), query.join("&")) }
}

struct Asked<'a> {
    reading: Reading<'a>,
    value: &'a dyn Fn(&str) -> Option<&'a str>,
    here: String,
}

impl Asked<'_> {
    fn page(&self, rest: &[String]) -> Option<Page> {
        let (reading, here) = (self.reading, self.here.as_str());
        let page = (self.value)("page");
        let words: Vec<&str> = rest.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] => self.whole(0),
            ["contest", contest] => self.whole(self.contest(contest)?),
            ["area", contest, code] => {
                Some(area::page(reading, self.contest(contest)?, reading.register().area(code)?, page, here))
            }
            ["station", contest, code] => {
                Some(station::page(reading, self.contest(contest)?, reading.register().station(code)?, here))
            }
            ["record", record] => record_page::page(reading, self.place(record)?, here),
            ["findings"] => Some(findings_page::page(reading, &self.findings()?, here)),
            ["missing", contest] => {
                let contest = self.contest(contest)?;
                let area = match (self.value)("area") {
                    Some(code) => reading.register().area(code)?,
                    None => reading.register().root()?,
                };
                Some(places::page(
                    reading,
                    contest,
                    area,
                    places::state_of((self.value)("state")),
                    page,
                    here,
                ))
            }
            ["log"] => Some(log::page(reading, here)),
            ["changes"] => Some(changes::page(reading, page, here)),
            ["search"] => Some(search::page(reading, (self.value)("q").unwrap_or_default(), here)),
            ["about"] => Some(about::page(reading, here)),
            _ => None,
        }
    }

    /// Before a register is in force there are no areas, and the log is what there is to see.
    fn whole(&self, contest: u16) -> Option<Page> {
        let reading = self.reading;
        if usize::from(contest) >= reading.site.snapshot.contests.len() {
            return None;
        }
        Some(match reading.register().root() {
            Some(root) => area::page(reading, contest, root, (self.value)("page"), &self.here),
            None => log::page(reading, &self.here),
        })
    }

    fn contest(&self, code: &str) -> Option<u16> {
        self.reading.ledger().election().contest_index(code)
    }

    fn place(&self, record: &str) -> Option<u64> {
        match record.parse::<Hash>() {
            Ok(id) => self.reading.ledger().place_of(&id),
            Err(_) => record.bytes().all(|byte| byte.is_ascii_digit()).then(|| record.parse().ok()).flatten(),
        }
    }

    /// What is asked of the findings; a code, contest or area that is none leads nowhere.
    fn findings(&self) -> Option<findings_page::Asked<'_>> {
        let (reading, value) = (self.reading, self.value);
        Some(findings_page::Asked {
            code: value("code").map(|code| FindingCode::parse(code).ok_or(())).transpose().ok()?,
            contest: value("contest").map(|code| self.contest(code).ok_or(())).transpose().ok()?,
            area: value("area").map(|code| reading.register().area(code).ok_or(())).transpose().ok()?,
            page: value("page"),
        })
    }
}
