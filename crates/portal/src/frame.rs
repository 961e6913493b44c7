//! The frame of every page: bands, the strip about the head, navigation, footer with what is not checked here.

use crate::asset::asset_path;
use crate::reading::Reading;
use crate::snapshot::Standing;
use crate::{Page, address, audits, said, servers_frame};
use hakiki_core::kinds::Mode;
use hakiki_core::witness_policy::Witness;
use hakiki_messages::{Language, Message};
use hakiki_note::Hash;
use maud::{DOCTYPE, Markup, html};

/// MIME type of pages.
const HTML: &str = "text/html; charset=utf-8";
/// A hall's screen without script reads its page anew so often, in seconds.
const HALL_SECONDS: u32 = 30;

/// How much of the site stands around a page's main part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// All of it.
    Whole,
    /// Bands and strip only: the big screen of a hall.
    Hall,
    /// Bands only: in a frame on another site.
    Embed,
}

/// What a page is, besides its main part.
pub(crate) struct Frame {
    /// For the title of the window.
    pub title: String,
    /// The address behind the language: the same page in the other language.
    pub here: String,
    /// HTTP status.
    pub status: u16,
    /// What stands around it.
    pub layout: Layout,
    /// The record that "Check this page" hands to the checker, for pages of one record or of one station.
    pub record: Option<Hash>,
    /// More for the head: feeds, data for search engines.
    pub head: Markup,
}

impl Frame {
    pub fn new(title: impl Into<String>, here: impl Into<String>) -> Self {
        let (title, here) = (title.into(), here.into());
        Self { title, here, status: 200, layout: Layout::Whole, record: None, head: html! {} }
    }

    /// With less around it.
    pub fn laid(self, layout: Layout) -> Self {
        Self { layout, ..self }
    }

    /// "Check this page" begins with this record, if it is one.
    pub fn checking(self, record: Option<Hash>) -> Self {
        Self { record, ..self }
    }

    /// With more in its head.
    pub fn with_head(self, head: Markup) -> Self {
        Self { head, ..self }
    }

    /// The whole page around its main part.
    pub fn page(&self, reading: Reading<'_>, main: &Markup) -> Page {
        let election = reading.ledger().election();
        let class = match self.layout {
            Layout::Whole => None,
            Layout::Hall => Some("hall"),
            Layout::Embed => Some("embed"),
        };
        let markup = html! {
            (DOCTYPE)
            html lang=(reading.language) class=[class] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · " (election.title) }
                    link rel="stylesheet" href=(reading.to(&asset_path("style.css")));
                    @for other in Language::ALL {
                        link rel="alternate" hreflang=(other) href=(reading.to(&format!("{other}/{}", self.here)));
                    }
                    link rel="alternate" type="application/atom+xml" title=(reading.t("site.corrections.title")) href=(reading.to(&format!("{}/corrections.atom", reading.language)));
                    (self.head)
                    script src=(reading.to(&asset_path("live.js"))) defer data-feed=(reading.to("feed")) {}
                    @if self.layout == Layout::Hall {
                        noscript { meta http-equiv="refresh" content=(HALL_SECONDS); }
                    }
                }
                body {
                    @if self.layout == Layout::Whole { a.skip href="#main" { (reading.t("portal.skip")) } }
                    (bands(reading))
                    @if self.layout != Layout::Embed { (self.strip(reading)) }
                    @if self.layout == Layout::Whole { (self.masthead(reading)) }
                    main #main tabindex="-1" { (main) }
                    @if self.layout == Layout::Whole { (footer(reading)) }
                }
            }
        };
        Page { status: self.status, ..Page::file(HTML, markup.into_string().into_bytes()) }
    }

    fn masthead(&self, reading: Reading<'_>) -> Markup {
        let nav = [
            ("", "results"),
            ("search/", "find_station"),
            ("findings/", "findings"),
            ("timeline/", "timeline"),
            ("log/", "log"),
            ("data/", "data"),
            ("about/", "about"),
        ];
        // The results are the home of every contest and area.
        let is_here = |rest: &str| match rest {
            "" => ["contest/", "area/", "station/"].iter().any(|part| self.here.starts_with(part)),
            // What people and machines did is reached from the log.
            "log/" => self.here.starts_with(rest) || servers_frame::is_here(&self.here),
            _ => self.here.starts_with(rest),
        };
        html! {
            header.masthead {
                a.name href=(reading.href("")) { (reading.t("portal.name")) " · " bdi { (reading.ledger().election().title) } }
                nav aria-label=(reading.t("page.nav_label")) {
                    @for (rest, word) in nav {
                        a href=(reading.href(rest)) aria-current=[current(rest == self.here, is_here(rest))] { (reading.t(&format!("portal.nav.{word}"))) }
                    }
                }
                p.languages {
                    @for language in Language::ALL {
                        @if language == reading.language {
                            b lang=(language) { (language.own_name()) }
                        } @else {
                            a lang=(language) hreflang=(language) href=(reading.to(&format!("{language}/{}", self.here))) { (language.own_name()) }
                        }
                    }
                }
            }
        }
    }

    /// Date and time first, which lead to the place in the log; who stands behind the head, by name; when this browser last
    /// checked, and from whose copy, which only its own script can say; the way to check.
    fn strip(&self, reading: Reading<'_>) -> Markup {
        let head = &reading.site.snapshot.head;
        let when = head
            .unix_seconds
            .map_or_else(|| reading.t("page.strip.no_time").to_owned(), |at| reading.moment(at));
        let words =
            |key: &str, name: &'static str| reading.m(&Message::new(key).with(name, format!("{{{name}}}")));
        let checked =
            Message::new("portal.strip.checked_from").with("whose", "{whose}").with("when", "{when}");
        let record = self.record.map(|record| format!("&record={record}")).unwrap_or_default();
        html! {
            div.strip #strip role="region" aria-label=(reading.t("site.strip.label"))
                data-head=(head.size) data-at=[head.unix_seconds] data-age=(reading.ledger().election().head_age_seconds)
                data-log=(reading.ledger().fingerprint())
                data-checked=(reading.m(&checked)) data-failed=(reading.t("portal.band.failed"))
                data-stale=(words("portal.band.stale", "minutes")) data-older=(words("portal.band.older_head", "place")) {
                p {
                    a.when href=(reading.href("log/")) title=(reading.t("page.strip.place")) { b { (when) } }
                    (self::state(reading))
                    // The script puts another sentence in their place.
                    span #checked {
                        span.long { (reading.t("portal.strip.never_checked")) }
                        span.short { (reading.t("strip.short.never_checked")) }
                    }
                    a.button href=(reading.to(&format!("checker.html#from=.{record}"))) { (reading.t("portal.check_page")) }
                }
                p.alarm #alarm role="status" hidden {}
            }
        }
    }
}

fn current(is_page: bool, is_part: bool) -> Option<&'static str> {
    if is_page { Some("page") } else { is_part.then_some("true") }
}

fn bands(reading: Reading<'_>) -> Markup {
    let election = reading.ledger().election();
    let (is_rehearsal, by_others) = (election.mode == Mode::Rehearsal, election.authority.is_none());
    html! {
        @if is_rehearsal || by_others {
            section aria-label=(reading.t("site.bands")) {
                @if is_rehearsal { p.band.rehearsal { b { (reading.t("portal.band.rehearsal")) } } }
                @if by_others { p.band { b { (reading.t("portal.band.compilation")) } } }
            }
        }
    }
}

/// Who stands behind the head, by name. A phone has room for their classes only; the date beside leads to the names.
fn state(reading: Reading<'_>) -> Markup {
    let head = &reading.site.snapshot.head;
    let so_far = |key: &str| {
        let so_far = Message::new(key).with("count", head.cosigned_by.len());
        reading.m(&so_far.with("needed", head.quorum))
    };
    let (long, short) = match head.standing() {
        Standing::Held => {
            let short = Message::new("strip.short.holds");
            (held_by(reading), reading.m(&short.with("names", classes(reading, &head.held_by))))
        }
        Standing::Cosigned => {
            let by = classes(reading, &head.cosigned_by);
            (cosigned_by(reading), cosigned(reading, "strip.short.cosigned", by))
        }
        Standing::Signed if head.quorum == 0 => {
            (reading.t("page.strip.no_witness").to_owned(), reading.t("strip.short.no_witness").to_owned())
        }
        Standing::Signed => (so_far("page.strip.so_far"), so_far("strip.short.so_far")),
    };
    html! { span.long { (long) } span.short { (short) } }
}

/// The classes of those who swore to the head, in words, each once.
fn classes(reading: Reading<'_>, names: &[String]) -> String {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        let shown = class_of(reading, name).unwrap_or_else(|| name.clone());
        if !found.contains(&shown) {
            found.push(shown);
        }
    }
    found.join(", ")
}

/// The class of the organisation behind a witness or a mirror, in words.
fn class_of(reading: Reading<'_>, name: &str) -> Option<String> {
    let policy = reading.ledger().witness_policy();
    let is_it = |one: &&Witness| one.key.name().as_str() == name;
    let one = policy.witnesses.iter().chain(&policy.mirrors).find(is_it)?;
    let class = policy.class_of(&one.organisation)?;
    Some(reading.t(&format!("log.class_of.{class}")).to_owned())
}

/// How many of the witnesses cosigned the head, and their names.
pub(crate) fn cosigned_by(reading: Reading<'_>) -> String {
    cosigned(reading, "page.strip.cosigned", reading.site.snapshot.head.cosigned_by.join(", "))
}

fn cosigned(reading: Reading<'_>, key: &str, names: String) -> String {
    let count = reading.site.snapshot.head.cosigned_by.len();
    let total = reading.ledger().witness_policy().witnesses.len().max(count);
    reading.m(&Message::new(key).with("count", count).with("total", total).with("names", names))
}

/// The mirrors that hold every byte up to the head, each with the class of its organisation.
pub(crate) fn held_by(reading: Reading<'_>) -> String {
    let shown = |name: &String| match class_of(reading, name) {
        Some(class) => format!("{name} ({class})"),
        None => name.clone(),
    };
    let names: Vec<String> = reading.site.snapshot.head.held_by.iter().map(shown).collect();
    reading.m(&Message::new("portal.strip.holds").with("names", names.join(", ")))
}

fn footer(reading: Reading<'_>) -> Markup {
    let more = [
        ("rulings/", "site.rulings.title"),
        ("declarations/", "site.declarations.title"),
        ("changes/", "page.changes.title"),
        ("servers/", "servers.title"),
    ];
    html! {
        footer {
            nav aria-label=(reading.t("site.foot.label")) {
                @if let (Some(contest), Some(root)) = (reading.ledger().election().contests.first(), reading.register().root()) {
                    a href=(reading.href(&address::places(&contest.code, "missing", &reading.area(root).code))) { (reading.t("site.foot.missing")) }
                }
                @if said::is_of_claims(&reading.site) { a href=(reading.href("claims/")) { (reading.t("said.claims")) } a href=(reading.href("statements/")) { (reading.t("said.statements")) } a href=(reading.href("publishers/")) { (reading.t("said.publishers")) } }
                @if audits::has_audits(&reading.site) { a href=(reading.href(audits::LIST)) { (reading.t("audits.title")) } }
                @for (rest, word) in more { a href=(reading.href(rest)) { (reading.t(word)) } }
                a href=(reading.href("log/#verify")) { (reading.t("log.verify.title")) }
            }
            p { (reading.t("page.foot.computed")) }
            p { (reading.t("page.foot.not_checked")) }
            p #live data-live=(reading.t("site.foot.live")) { (reading.t("site.foot.reload")) }
        }
    }
}

/// The sentence that stands wherever a total stands, until a declaration names a head.
pub(crate) fn provisional(reading: Reading<'_>) -> Markup {
    html! { p.band.provisional { (reading.t("portal.band.provisional")) } }
}

/// From the whole down to an area: links in a contest.
pub(crate) fn crumbs(reading: Reading<'_>, contest: u16, area: u32, with_itself: bool) -> Markup {
    let code = &reading.contest(contest).code;
    let mut path: Vec<u32> = reading.register().path(area).collect();
    path.reverse();
    if !with_itself {
        path.pop();
    }
    html! {
        @if !path.is_empty() {
            nav.crumbs aria-label=(reading.t("page.crumbs_label")) {
                ol {
                    @for area in path {
                        @let it = reading.area(area);
                        li {
                            @if it.parent.is_none() {
                                (reading.link(&address::contest(code), &it.name))
                            } @else {
                                (reading.link(&address::area(code, &it.code), &it.name))
                            }
                        }
                    }
                }
            }
        }
    }
}
