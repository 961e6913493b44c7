//! Claims of a log of what others say: their list, and a stable page for each with its status and what is said of it.
//!
//! It judges nothing: whether a claim can be compared and what of it is the same is asked beside the log of the election
//! (`hakiki claim check`). It says whose words each is, and who answers for them.

use crate::Page;
use crate::children::box_state;
use crate::frame::Frame;
use crate::pager::{Pager, pages_by};
use crate::reading::Reading;
use crate::said_index::Said;
use crate::said_pieces::{attributed, blob, claim_link, items_of, outside, said_address, time};
use crate::servers_frame::{ROWS, line_word, table};
use crate::{Site, address, said_feeds, said_lists, said_schema, said_search, said_statements, said_status};
use hakiki_core::kinds::{BOX_NAMES, Claim};
use hakiki_core::ledger::{ClaimEntry, StatementEntry};
use hakiki_core::text::BoxValue;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// Whether this is a log of claims: nobody's authority, and without a contest of its own or with a claim or statement in it.
pub(crate) fn is_of_claims(site: &Site<'_>) -> bool {
    let election = site.ledger.election();
    let says = !site.ledger.claims().is_empty() || !site.ledger.statements().is_empty();
    election.authority.is_none() && (election.contests.is_empty() || says)
}

/// How many claims and statements the head knows.
pub(crate) fn counts(site: &Site<'_>) -> (usize, usize) {
    let size = site.snapshot.head.size;
    let claims = site.ledger.claims().partition_point(|claim| claim.place < size);
    (claims, site.ledger.statements().partition_point(|statement| statement.place < size))
}

/// The claims that the head knows.
pub(crate) fn claims<'a>(site: &Site<'a>) -> &'a [ClaimEntry] {
    &site.ledger.claims()[..counts(site).0]
}

/// Where a claim's page is.
pub(crate) fn claim_address(claim: &ClaimEntry) -> String {
    format!("claims/{}/", claim.place)
}

/// The links between the lists, for each of them.
pub(crate) fn lists(reading: Reading<'_>, here: &str) -> Markup {
    let lists = [
        ("claims/", "said.claims"),
        ("statements/", "said.statements"),
        ("said/", "said.places"),
        ("publishers/", "said.publishers"),
    ];
    let search = said_search::is_served(&reading.site);
    let search = search.then_some((said_search::ADDRESS, "said.search.title"));
    html! {
        nav.contests aria-label=(reading.t("said.lists")) {
            ul {
                @for (rest, word) in lists.into_iter().chain(search) {
                    li { a href=(reading.href(rest)) aria-current=[(here == rest).then_some("page")] { (reading.t(word)) } }
                }
            }
        }
    }
}

/// The list of claims, newest first.
pub(crate) fn claims_page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let all = claims(&reading.site);
    let pager = Pager::by(ROWS, asked_page, all.len());
    let rows: Vec<Vec<Markup>> =
        all.iter().rev().skip(pager.skip()).take(ROWS).map(|claim| claim_row(reading, claim)).collect();
    let heads = [
        "said.claim",
        "said.who",
        "said.status.title",
        "said.of_area",
        "said.figures",
        "said.published",
        "said.statements",
    ];
    let main = html! {
        (lists(reading, "claims/"))
        h1 { (reading.t("said.claims")) }
        p.lede { (reading.t("said.claims_intro")) }
        @if rows.is_empty() { p { (reading.t("said.no_claims")) } }
        @else { (table(reading, reading.t("said.claims_caption"), &heads, &rows)) }
        (pager.links(reading, "claims/"))
        (said_feeds::links(reading, said_feeds::ALL))
    };
    let head = said_feeds::discovery(reading, said_feeds::ALL);
    Frame::new(reading.t("said.claims"), here).with_head(head).page(reading, &main)
}

fn claim_row(reading: Reading<'_>, entry: &ClaimEntry) -> Vec<Markup> {
    let claim = &entry.claim;
    vec![
        html! { (claim_link(reading, entry)) (replaced(reading, entry)) },
        attributed(reading, entry.key, &claim.claimant),
        html! { (said_status::short(reading, entry)) },
        of_area(reading, claim),
        html! { (figures_count(reading, entry)) " · " (line_word(reading, claim.granularity.as_str())) },
        time(reading, claim.published),
        html! { (number(statements_of(reading, entry).count() as u64)) },
    ]
}

fn of_area(reading: Reading<'_>, claim: &Claim) -> Markup {
    html! { (claim.contest) " · " a href=(reading.href(&said_address(&claim.area))) { code { (claim.area) } } }
}

fn figures_count(reading: Reading<'_>, entry: &ClaimEntry) -> String {
    reading.m(&Message::new("said.figures_count").with("count", entry.claim.figures.votes.len()))
}

/// What a claim's page is called.
pub(crate) fn claim_title(reading: Reading<'_>, claim: &Claim) -> String {
    reading.m(&Message::new("said.claim_by").with("claimant", claim.claimant.as_str()))
}

/// A claim with its figures, its files, its status and how to compare it, and what is said of it.
pub(crate) fn claim_page(reading: Reading<'_>, place: &str, here: &str) -> Option<Page> {
    let place: u64 = place.parse().ok()?;
    let entry = claims(&reading.site).iter().find(|claim| claim.place == place)?;
    let claim = &entry.claim;
    let heading = claim_title(reading, claim);
    let facts = [
        ("said.who", attributed(reading, entry.key, &claim.claimant)),
        ("said.of_election", html! { code { (claim.of) } }),
        ("said.of_area", of_area(reading, claim)),
        ("said.granularity", html! { (line_word(reading, claim.granularity.as_str())) }),
        ("said.published", time(reading, claim.published)),
        ("said.address", outside(reading, claim.address.as_deref())),
        ("said.words", blob(reading, claim.words.as_ref())),
        ("said.table", blob(reading, claim.table.as_ref())),
        ("said.mapping", blob(reading, claim.mapping.as_ref())),
        ("said.record", reading.record_link(entry.place)),
    ];
    let said: Vec<&StatementEntry> = statements_of(reading, entry).collect();
    let main = html! {
        (lists(reading, here))
        h1 { bdi { (heading) } }
        p.lede { (reading.t("said.claim_lede")) (replaced(reading, entry)) }
        dl.facts { @for (word, value) in &facts { dt { (reading.t(word)) } dd { (value) } } }
        h2 { (reading.t("said.figures")) }
        (figures(reading, claim))
        (said_status::section(reading, entry))
        h2 { (reading.t("said.said_of_it")) }
        @if said.is_empty() { p { (reading.t("said.nothing_said")) } }
        (items_of(reading, said.iter().take(ROWS).map(|entry| Said::Statement(entry))))
        (crate::servers_frame::more_of(reading, said.len(), ROWS))
    };
    let head = said_schema::claim(reading, entry);
    Some(Frame::new(&heading, here).with_head(head).checking(Some(entry.id)).page(reading, &main))
}

fn figures(reading: Reading<'_>, claim: &Claim) -> Markup {
    let figures = &claim.figures;
    let boxes = BOX_NAMES.into_iter().filter_map(|name| Some((name, figures.boxed(name)?)));
    html! {
        @if figures.votes.is_empty() { p { (reading.t("said.only_a_table")) } }
        @else {
            div.wide tabindex="0" {
                table {
                    caption { (reading.t("said.figures_caption")) }
                    thead { tr { th scope="col" { (reading.t("said.number")) } th.n scope="col" { (reading.t("said.votes")) } } }
                    tbody {
                        @for (number, value) in &figures.votes { tr { th scope="row" { (number) } td.n { (written(reading, *value)) } } }
                        @for (name, value) in boxes {
                            tr { th scope="row" { (line_word(reading, name.as_str())) } td.n { (written(reading, value)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A box as it stands: its digits in groups, or what stands in place of a number.
fn written(reading: Reading<'_>, value: BoxValue) -> String {
    value.number().map_or_else(|| box_state(reading, value).to_owned(), number)
}

fn statements_of<'a>(
    reading: Reading<'a>,
    claim: &'a ClaimEntry,
) -> impl Iterator<Item = &'a StatementEntry> {
    let size = reading.site.snapshot.head.size;
    reading.ledger().statements_of_claim(&claim.id).take_while(move |statement| statement.place < size)
}

/// That a later claim by the same key took its place.
fn replaced(reading: Reading<'_>, entry: &ClaimEntry) -> Markup {
    let later = entry.replaced_by.map(|index| &reading.ledger().claims()[index as usize]);
    let later = later.filter(|later| later.place < reading.site.snapshot.head.size);
    html! {
        @if let Some(later) = later {
            " " small { (reading.t("said.replaced_by")) " " a href=(reading.href(&claim_address(later))) { (later.place) } }
        }
    }
}

/// In the portal of an election: the way to what others say of an area, a station or a record, where its operator names a log
/// of claims. Nothing otherwise.
pub(crate) fn others(reading: Reading<'_>, code: &str) -> Markup {
    let url = reading.site.source.said_url().unwrap_or_default();
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    let word =
        if reading.ledger().election().authority.is_some() { "said.others" } else { "said.others_by_others" };
    html! {
        @if !host.is_empty() {
            p.small {
                a href={ (url) "/" (reading.language) "/" (said_address(code)) } { (reading.m(&Message::new(word).with("host", host))) }
            }
        }
    }
}

/// The pages of a log of claims, those of later parts of lists too, for copies.
pub(crate) fn addresses(site: Site<'_>) -> impl Iterator<Item = String> + use<'_> {
    let shown = is_of_claims(&site).then_some(site);
    shown.into_iter().flat_map(|site| {
        let paged = |(list, rows): (String, usize)| {
            (1..=pages_by(ROWS, rows)).map(move |page| address::paged(&list, page))
        };
        let own = claims(&site).iter().map(claim_address);
        let lists = std::iter::once(("claims/".to_owned(), counts(&site).0));
        let lists = lists.chain(said_statements::lists_of(site)).chain(said_lists::lists_of(site));
        lists.flat_map(paged).chain(own).chain(said_statements::addresses(site))
    })
}
