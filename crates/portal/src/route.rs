//! From an address to a page. The one table of the site's addresses.
//!
//! ```text
//! /  /{lang}/                                     the first contest, over all areas
//! /{lang}/contest/{contest}/…                     a contest
//! /{lang}/area/{contest}/{area}/…                 a contest in an area
//! /{lang}/station/{contest}/{station}/            a contest at a station
//! /{lang}/record/{place | id}/                    a record
//! /{lang}/findings/
//! /{lang}/findings/{code}/[contest/{contest}/][area/{area}/]…
//! /{lang}/missing/{contest}/[{state}/[area/{area}/]]…
//! /{lang}/timeline/…  /{lang}/rulings/…  /{lang}/declarations/…  /{lang}/changes/…
//! /{lang}/log/  /{lang}/data/  /{lang}/search/[?q=]  /{lang}/about/
//! /{lang}/servers/…  /{lang}/servers/{key hash}/…  /{lang}/sessions/…  /{lang}/logins/…  /{lang}/software/…  /{lang}/sign/
//! /{lang}/custody/…  /{lang}/custody/{kind}/{code}/…  /{lang}/doubts/…  /{lang}/scrutiny/…  /{lang}/withheld/…
//! /{lang}/claims/…  /{lang}/claims/{place}/  /{lang}/said/…  /{lang}/said/{code}/…
//! /{lang}/audits/…  /{lang}/audits/{place}/[pull/ | tally/]
//! /{lang}/statements/…  /{lang}/statements/{place}/  /{lang}/statements/language/{code}/…  /{lang}/statements/day/{day}/…
//! /{lang}/statements/search/, where it is served: searched by who serves it
//! /{lang}/statements/days/…  /{lang}/publishers/…  /{lang}/publishers/{key hash}/[{code}/]…
//! /{lang}/hall/{contest}/  /{lang}/embed/{contest}/
//! /style.{mark}.css  /live.{mark}.js  /search.{mark}.js  /sign.{mark}.js
//! ```
//!
//! Files for machines stand in [`files`].
//!
//! `…` is nothing or `page/{n}/`. The address of a page ends with `/`; without it the answer is the way there.

use crate::reading::Reading;
use crate::{
    Page, Site, about, address, area, asset, audits, changes, children, custody, data_page, declarations,
    doubts, embed, failure, files, findings_page, log, machine, places, record_page, said, said_lists,
    said_search, said_statements, search, servers, sessions, sign_page, slip, software, station, timeline,
};
use hakiki_core::codes::FindingCode;
use hakiki_messages::Language;
use hakiki_note::Hash;

/// The page at an address: `path` as it came, `query` decoded. Total: what leads nowhere is a page that says so.
///
/// Only the search reads the query (`q`). A path without its last `/` is answered with status 308 and
/// [`Page::location`].
pub fn respond(site: &Site<'_>, path: &str, query: &[(String, String)]) -> Page {
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let rest = path.strip_prefix('/').unwrap_or(path);
    if let Some(asset) = asset::asset(rest) {
        return asset;
    }
    if let Some(file) = files::file(site, rest) {
        return file;
    }
    let (folder, is_whole) = match rest.strip_suffix('/') {
        Some(folder) => (folder, true),
        None => (rest, rest.is_empty()),
    };
    let segments: Option<Vec<String>> = match rest {
        "" => Some(Vec::new()),
        _ => folder
            .split('/')
            .map(|segment| address::decoded(segment).filter(|text| !text.is_empty()))
            .collect(),
    };
    let depth = rest.bytes().filter(|byte| *byte == b'/').count();
    let language_of = |tag: &str| Language::ALL.into_iter().find(|language| language.tag() == tag);
    let first = segments.as_ref().and_then(|segments| segments.first());
    let language = first.and_then(|tag| language_of(tag)).unwrap_or_default();
    let reading = Reading { site: *site, language, depth };
    let found = segments.as_deref().and_then(|segments| {
        let rest = match segments.split_first() {
            None => segments,
            Some((tag, rest)) => language_of(tag).map(|_| rest)?,
        };
        let asked = Asked { reading, query: value("q"), here: here(rest) };
        asked.page(rest)
    });
    match (found, segments.as_ref().and_then(|segments| segments.last())) {
        (Some(page), Some(last)) if !is_whole && page.status == 200 => moved(last),
        (Some(page), _) => page,
        (None, _) => failure::not_found(reading),
    }
}

/// The address behind the language, written anew.
fn here(rest: &[String]) -> String {
    rest.iter().flat_map(|segment| [address::encoded(segment), "/".to_owned()]).collect()
}

/// The page is where the address ends with a slash.
fn moved(last: &str) -> Page {
    Page {
        status: 308,
        content_type: "text/plain; charset=utf-8",
        body: Vec::new(),
        immutable: false,
        location: Some(format!("./{}/", address::encoded(last))),
    }
}

struct Asked<'a> {
    reading: Reading<'a>,
    query: Option<&'a str>,
    here: String,
}

impl Asked<'_> {
    fn page(&self, rest: &[String]) -> Option<Page> {
        let words: Vec<&str> = rest.iter().map(String::as_str).collect();
        match words.as_slice() {
            [list @ .., "page", number] if is_number(number) => self.list(list, Some(number)),
            words => self.list(words, None).or_else(|| self.single(words)),
        }
    }

    /// Pages that are one of several.
    fn list(&self, words: &[&str], page: Option<&str>) -> Option<Page> {
        let (reading, here) = (self.reading, self.here.as_str());
        match words {
            [] => self.whole(0, page),
            ["contest", contest] => self.whole(self.contest(contest)?, page),
            ["area", contest, code] => {
                Some(area::page(reading, self.contest(contest)?, reading.register().area(code)?, page, here))
            }
            ["findings", code, filter @ ..] => {
                let asked = self.findings(code, filter, page)?;
                Some(findings_page::page(reading, &asked, here))
            }
            ["missing", contest, filter @ ..] => {
                let (state, area) = match filter {
                    [] => ("missing", None),
                    [state] => (*state, None),
                    [state, "area", area] => (*state, Some(*area)),
                    _ => return None,
                };
                let state = children::PARTITION.into_iter().find(|word| *word == state)?;
                let area = match area {
                    Some(code) => reading.register().area(code)?,
                    None => reading.register().root()?,
                };
                Some(places::page(reading, self.contest(contest)?, area, state, page, here))
            }
            ["claims"] => Some(said::claims_page(reading, page, here)),
            ["changes"] => Some(changes::page(reading, page, here)),
            ["timeline"] => Some(timeline::page(reading, page, here)),
            ["rulings"] => Some(timeline::rulings_page(reading, page, here)),
            ["declarations"] => Some(declarations::page(reading, page, here)),
            ["audits"] => Some(audits::list_page(reading, page, here)),
            _ => self.of_what_is_said(words, page).or_else(|| self.at_the_servers(words, page)),
        }
    }

    /// Lists of claims and statements.
    fn of_what_is_said(&self, words: &[&str], page: Option<&str>) -> Option<Page> {
        let (reading, here) = (self.reading, self.here.as_str());
        match words {
            ["said"] => Some(said_lists::codes_page(reading, page, here)),
            ["said", code] => said_lists::code_page(reading, code, page, here),
            ["publishers"] => Some(said_lists::publishers_page(reading, page, here)),
            ["publishers", key] => said_lists::key_page(reading, key, page, here),
            ["publishers", key, code] => said_lists::publisher_page(reading, key, code, page, here),
            ["statements"] => Some(said_statements::page(reading, page, here)),
            ["statements", "days"] => Some(said_statements::days_page(reading, page, here)),
            ["statements", "day", day] => said_statements::day_page(reading, day, page, here),
            ["statements", "language", code] => said_statements::language_page(reading, code, page, here),
            _ => None,
        }
    }

    /// Pages of what people and machines did.
    fn at_the_servers(&self, words: &[&str], page: Option<&str>) -> Option<Page> {
        let (reading, here) = (self.reading, self.here.as_str());
        match words {
            ["servers"] => Some(servers::page(reading, page, here)),
            ["servers", key] => machine::page(reading, key, page, here),
            ["sessions"] => Some(sessions::page(reading, page, here)),
            ["logins"] => Some(sessions::logins_page(reading, page, here)),
            ["software"] => Some(software::page(reading, page, here)),
            ["custody"] => Some(custody::page(reading, page, here)),
            ["custody", kind, code] => custody::item_page(reading, kind, code, page, here),
            ["doubts"] => Some(doubts::page(reading, page, here)),
            ["scrutiny"] => Some(doubts::scrutiny_page(reading, page, here)),
            ["withheld"] => Some(doubts::withheld_page(reading, page, here)),
            _ => None,
        }
    }

    /// Pages that are alone.
    fn single(&self, words: &[&str]) -> Option<Page> {
        let (reading, here) = (self.reading, self.here.as_str());
        match words {
            ["station", contest, code] => {
                Some(station::page(reading, self.contest(contest)?, reading.register().station(code)?, here))
            }
            ["record", record] => record_page::page(reading, self.place(record)?, here),
            ["record", record, "slip"] => slip::page(reading, self.place(record)?, here),
            ["audits", place] => audits::audit_page(reading, place, here),
            ["audits", place, "pull"] => audits::pull_page(reading, place, here),
            ["audits", place, "tally"] => audits::tally_page(reading, place, here),
            ["claims", place] => said::claim_page(reading, place, here),
            ["statements", "search"] => said_search::empty_page(reading),
            ["statements", place] => said_statements::statement_page(reading, place, here),
            ["findings"] => Some(findings_page::page(reading, &findings_page::Asked::default(), here)),
            ["log"] => Some(log::page(reading, here)),
            ["data"] => Some(data_page::page(reading, here)),
            ["hall", contest] => embed::hall(reading, self.contest(contest)?, here),
            ["embed", contest] => embed::page(reading, self.contest(contest)?, here),
            ["search"] => Some(search::page(reading, self.query.unwrap_or_default(), here)),
            ["sign"] => Some(sign_page::page(reading, here)),
            ["about"] => Some(about::page(reading, here)),
            _ => None,
        }
    }

    /// Before a register is in force there are no areas, and the log is what there is to see; a log of claims has no contest.
    fn whole(&self, contest: u16, page: Option<&str>) -> Option<Page> {
        let reading = self.reading;
        if contest == 0
            && said::is_of_claims(&reading.site)
            && reading.ledger().election().contests.is_empty()
        {
            return Some(said::claims_page(reading, page, "claims/"));
        }
        if usize::from(contest) >= reading.site.snapshot.contests.len() {
            return None;
        }
        Some(match reading.register().root() {
            Some(root) => area::page(reading, contest, root, page, &self.here),
            None => log::page(reading, &self.here),
        })
    }

    fn contest(&self, code: &str) -> Option<u16> {
        self.reading.ledger().election().contest_index(code)
    }

    fn place(&self, record: &str) -> Option<u64> {
        match record.parse::<Hash>() {
            Ok(id) => self.reading.ledger().place_of(&id),
            Err(_) => is_number(record).then(|| record.parse().ok()).flatten(),
        }
    }

    /// What is asked of the findings; a code, contest or area that is none leads nowhere.
    fn findings<'b>(
        &self,
        code: &str,
        filter: &[&str],
        page: Option<&'b str>,
    ) -> Option<findings_page::Asked<'b>> {
        let (contest, area) = match filter {
            [] => (None, None),
            ["contest", contest] => (Some(*contest), None),
            ["area", area] => (None, Some(*area)),
            ["contest", contest, "area", area] => (Some(*contest), Some(*area)),
            _ => return None,
        };
        Some(findings_page::Asked {
            code: Some(FindingCode::parse(code)?),
            contest: contest.map(|code| self.contest(code).ok_or(())).transpose().ok()?,
            area: area.map(|code| self.reading.register().area(code).ok_or(())).transpose().ok()?,
            page,
        })
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
