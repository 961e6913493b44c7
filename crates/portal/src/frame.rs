//! The frame of every page: bands, the strip about the head, navigation, footer with what is not checked here.

use crate::asset::{live_href, style_href};
use crate::reading::Reading;
use crate::snapshot::Standing;
use crate::{Page, address};
use hakiki_core::kinds::Mode;
use hakiki_messages::{Language, Message};
use maud::{DOCTYPE, Markup, html};

/// MIME type of pages.
const HTML: &str = "text/html; charset=utf-8";

/// What a page is, besides its main part.
pub(crate) struct Frame {
    /// For the title of the window.
    pub title: String,
    /// The address behind the language, with its query: the same page in the other language.
    pub here: String,
    /// HTTP status.
    pub status: u16,
}

impl Frame {
    pub fn new(title: impl Into<String>, here: impl Into<String>) -> Self {
        Self { title: title.into(), here: here.into(), status: 200 }
    }

    /// The whole page around its main part.
    pub fn page(&self, reading: Reading<'_>, main: &Markup) -> Page {
        let election = reading.ledger().election();
        let markup = html! {
            (DOCTYPE)
            html lang=(reading.language) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · " (election.title) }
                    link rel="stylesheet" href=(style_href());
                    @for other in Language::ALL {
                        link rel="alternate" hreflang=(other) href={ "/" (other) "/" (self.here) };
                    }
                    script src=(live_href()) defer {}
                }
                body {
                    a.skip href="#main" { (reading.t("portal.skip")) }
                    (bands(reading))
                    (strip(reading))
                    (self.masthead(reading))
                    main #main { (main) }
                    (footer(reading))
                }
            }
        };
        Page {
            status: self.status,
            content_type: HTML,
            body: markup.into_string().into_bytes(),
            immutable: false,
        }
    }

    fn masthead(&self, reading: Reading<'_>) -> Markup {
        let nav = [
            ("", "results"),
            ("search", "find_station"),
            ("findings", "findings"),
            ("log", "log"),
            ("about", "about"),
        ];
        html! {
            header.masthead {
                a.name href=(reading.href("")) { (reading.t("portal.name")) " · " bdi { (reading.ledger().election().title) } }
                nav aria-label=(reading.t("page.nav_label")) {
                    @for (rest, word) in nav {
                        a href=(reading.href(rest)) { (reading.t(&format!("portal.nav.{word}"))) }
                    }
                }
                p.languages {
                    @for language in Language::ALL {
                        @if language == reading.language {
                            b lang=(language) { (language.own_name()) }
                        } @else {
                            a lang=(language) hreflang=(language) href={ "/" (language) "/" (self.here) } { (language.own_name()) }
                        }
                    }
                }
            }
        }
    }
}

fn bands(reading: Reading<'_>) -> Markup {
    let election = reading.ledger().election();
    html! {
        @if election.mode == Mode::Rehearsal {
            p.band.rehearsal { b { (reading.t("portal.band.rehearsal")) } }
        }
        @if election.authority.is_none() {
            p.band { b { (reading.t("portal.band.compilation")) } }
        }
    }
}

/// Date and time first; who stands behind the head; the place in the log behind a link.
fn strip(reading: Reading<'_>) -> Markup {
    let head = &reading.site.snapshot.head;
    let state = match head.standing() {
        Standing::Held => held_by(reading),
        Standing::Cosigned => cosigned_by(reading),
        Standing::Signed if head.quorum == 0 => reading.t("page.strip.no_witness").to_owned(),
        Standing::Signed => {
            let so_far = Message::new("page.strip.so_far").with("count", head.cosigned_by.len());
            reading.m(&so_far.with("needed", head.quorum))
        }
    };
    let when =
        head.unix_seconds.map_or_else(|| reading.t("page.strip.no_time").to_owned(), |at| reading.moment(at));
    html! {
        div.strip #strip data-head=(head.size) {
            p {
                b { (when) }
                span { (state) }
                a href=(reading.href("log")) { (reading.t("page.strip.place")) }
            }
        }
    }
}

/// How many of the witnesses cosigned the head, and their names.
pub(crate) fn cosigned_by(reading: Reading<'_>) -> String {
    let names = &reading.site.snapshot.head.cosigned_by;
    let total = reading.ledger().witness_policy().witnesses.len().max(names.len());
    let message = Message::new("page.strip.cosigned").with("count", names.len()).with("total", total);
    reading.m(&message.with("names", names.join(", ")))
}

/// The mirrors that hold every byte up to the head, each with the class of its organisation.
pub(crate) fn held_by(reading: Reading<'_>) -> String {
    let policy = reading.ledger().witness_policy();
    let class = |name: &str| {
        let mirror = policy.mirrors.iter().find(|mirror| mirror.key.name().as_str() == name)?;
        policy.class_of(&mirror.organisation)
    };
    let shown = |name: &String| match class(name) {
        Some(class) => format!("{name} ({})", reading.t(&format!("log.class_of.{class}"))),
        None => name.clone(),
    };
    let names: Vec<String> = reading.site.snapshot.head.held_by.iter().map(shown).collect();
    reading.m(&Message::new("portal.strip.holds").with("names", names.join(", ")))
}

fn footer(reading: Reading<'_>) -> Markup {
    html! {
        footer {
            p { (reading.t("page.foot.computed")) " " a href=(reading.href("log")) { (reading.t("log.verify.title")) } }
            p { (reading.t("page.foot.not_checked")) }
        }
    }
}

/// The sentence that stands wherever a total stands, until a declaration names a head.
pub(crate) fn provisional(reading: Reading<'_>) -> Markup {
    html! { p.provisional { (reading.t("portal.band.provisional")) } }
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
