//! Claims and statements of a log of what others say: lists, and a page for each claim with what is said of it.
//!
//! It judges nothing: whether a claim can be compared and what of it is the same is asked beside the log of the election
//! (`hakiki claim check`). It says whose words each is, and who answers for them.

use crate::Page;
use crate::frame::Frame;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::servers_frame::{ROWS, WITHIN_ROW, key_words, line_word, more_of, short, table};
use crate::{Site, address};
use hakiki_core::kinds::BOX_NAMES;
use hakiki_core::ledger::{ClaimEntry, StatementEntry};
use hakiki_core::roster::Role;
use hakiki_core::text::Time;
use hakiki_messages::Message;
use hakiki_note::Hash;
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

/// The list of claims, newest first.
pub(crate) fn claims_page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let all = claims(&reading.site);
    let pager = Pager::by(ROWS, asked_page, all.len());
    let rows: Vec<Vec<Markup>> =
        all.iter().rev().skip(pager.skip()).take(ROWS).map(|claim| claim_row(reading, claim)).collect();
    let heads =
        ["said.claim", "said.who", "said.of_area", "said.figures", "said.published", "said.statements"];
    let main = html! {
        h1 { (reading.t("said.claims")) }
        p.lede { (reading.t("said.claims_intro")) }
        @if rows.is_empty() { p { (reading.t("said.no_claims")) } }
        @else { (table(reading, reading.t("said.claims_caption"), &heads, &rows)) }
        (pager.links(reading, "claims/"))
        p { a href=(reading.href("statements/")) { (reading.t("said.statements")) } }
    };
    Frame::new(reading.t("said.claims"), here).page(reading, &main)
}

fn claim_row(reading: Reading<'_>, entry: &ClaimEntry) -> Vec<Markup> {
    let claim = &entry.claim;
    vec![
        html! { a href=(reading.href(&claim_address(entry))) { (reading.t("said.claim")) " " (entry.place) } (replaced(reading, entry)) },
        attributed(reading, entry.key, &claim.claimant),
        html! { (claim.contest) " · " (claim.area) },
        html! { (figures_count(reading, entry)) " · " (line_word(reading, claim.granularity.as_str())) },
        time(reading, claim.published),
        html! { (statements_of(reading, entry).count()) },
    ]
}

fn figures_count(reading: Reading<'_>, entry: &ClaimEntry) -> String {
    reading.m(&Message::new("said.figures_count").with("count", entry.claim.figures.votes.len()))
}

/// A claim with its figures, its files, how to compare it, and what is said of it.
pub(crate) fn claim_page(reading: Reading<'_>, place: &str, here: &str) -> Option<Page> {
    let place: u64 = place.parse().ok()?;
    let entry = claims(&reading.site).iter().find(|claim| claim.place == place)?;
    let claim = &entry.claim;
    let heading = reading.m(&Message::new("said.claim_by").with("claimant", claim.claimant.as_str()));
    let facts = [
        ("said.who", attributed(reading, entry.key, &claim.claimant)),
        ("said.of_election", html! { code { (claim.of) } }),
        ("said.of_area", html! { (claim.contest) " · " (claim.area) }),
        ("said.granularity", html! { (line_word(reading, claim.granularity.as_str())) }),
        ("said.published", time(reading, claim.published)),
        (
            "said.address",
            html! { @if let Some(at) = &claim.address { code { (at) } } @else { (reading.t("said.not_stated")) } },
        ),
        ("said.words", blob(reading, claim.words.as_ref())),
        ("said.table", blob(reading, claim.table.as_ref())),
        ("said.mapping", blob(reading, claim.mapping.as_ref())),
        ("said.record", reading.record_link(entry.place)),
    ];
    let said: Vec<Vec<Markup>> =
        statements_of(reading, entry).take(ROWS).map(|statement| statement_row(reading, statement)).collect();
    let main = html! {
        h1 { (heading) }
        p.lede { (reading.t("said.claim_lede")) (replaced(reading, entry)) }
        dl.facts { @for (word, value) in &facts { dt { (reading.t(word)) } dd { (value) } } }
        h2 { (reading.t("said.figures")) }
        (figures(reading, entry))
        h2 { (reading.t("said.compare")) }
        p { (reading.t("said.compare_how")) }
        pre.command { "hakiki claim check TABLE --mapping MAPPING --log DIR\nhakiki claim bounds --log DIR --contest " (claim.contest) " --candidate NUMBER --total TOTAL" }
        p { (reading.t("said.not_compared_here")) }
        h2 { (reading.t("said.said_of_it")) }
        @if said.is_empty() { p { (reading.t("said.nothing_said")) } }
        @else { (table(reading, reading.t("said.statements_caption"), &STATEMENT_HEADS, &said)) }
        p { a href=(reading.href("claims/")) { (reading.t("said.claims")) } }
    };
    Some(Frame::new(&heading, here).page(reading, &main))
}

fn figures(reading: Reading<'_>, entry: &ClaimEntry) -> Markup {
    let figures = &entry.claim.figures;
    let boxes = BOX_NAMES.into_iter().filter_map(|name| Some((name, figures.boxed(name)?)));
    html! {
        @if figures.votes.is_empty() { p { (reading.t("said.only_a_table")) } }
        @else {
            div.wide tabindex="0" {
                table {
                    caption { (reading.t("said.figures_caption")) }
                    thead { tr { th scope="col" { (reading.t("said.number")) } th scope="col" { (reading.t("said.votes")) } } }
                    tbody {
                        @for (number, value) in &figures.votes { tr { th scope="row" { (number) } td.number { (value) } } }
                        @for (name, value) in boxes {
                            tr { th scope="row" { (line_word(reading, name.as_str())) } td.number { (value) } }
                        }
                    }
                }
            }
        }
    }
}

const STATEMENT_HEADS: [&str; 5] =
    ["said.statement", "said.who", "said.published", "said.text", "said.speaks_of"];

/// The list of statements, newest first.
pub(crate) fn statements_page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let all = &reading.ledger().statements()[..counts(&reading.site).1];
    let pager = Pager::by(ROWS, asked_page, all.len());
    let shown = all.iter().rev().skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown.map(|statement| statement_row(reading, statement)).collect();
    let main = html! {
        h1 { (reading.t("said.statements")) }
        p.lede { (reading.t("said.statements_intro")) }
        @if rows.is_empty() { p { (reading.t("said.no_statements")) } }
        @else { (table(reading, reading.t("said.statements_caption"), &STATEMENT_HEADS, &rows)) }
        (pager.links(reading, "statements/"))
        p { a href=(reading.href("claims/")) { (reading.t("said.claims")) } }
    };
    Frame::new(reading.t("said.statements"), here).page(reading, &main)
}

fn statement_row(reading: Reading<'_>, entry: &StatementEntry) -> Vec<Markup> {
    let statement = &entry.statement;
    let size = reading.site.snapshot.head.size;
    let ledger = reading.ledger();
    let corrects = statement.corrects.and_then(|earlier| ledger.place_of(&earlier));
    let place_of = |index: &u32| ledger.statements()[*index as usize].place;
    let corrections = entry.corrected_by.iter().map(place_of).filter(|place| *place < size);
    vec![
        html! {
            (reading.record_link(entry.place))
            @if let Some(earlier) = corrects { br; small { (reading.t("said.corrects")) " " (reading.record_link(earlier)) } }
            @for later in corrections { br; small { (reading.t("said.corrected_by")) " " (reading.record_link(later)) } }
        },
        html! {
            (attributed(reading, entry.key, &statement.publisher))
            @if let Some(said_by) = &statement.said_by { br; small { (reading.t("said.said_by")) " " (said_by) } }
        },
        time(reading, statement.published),
        html! { (blob(reading, Some(&statement.text))) " " small { (statement.language) } },
        html! {
            @for (at, claim) in statement.claims.iter().filter_map(|id| ledger.claim_of(id)).enumerate() {
                @if at > 0 { ", " }
                a href=(reading.href(&claim_address(claim))) { (reading.t("said.claim")) " " (claim.place) }
            }
            @for area in statement.areas.iter().take(WITHIN_ROW) { " " code { (area) } }
            @for record in statement.records.iter().take(WITHIN_ROW) { " " (short(record)) }
            (more_of(reading, statement.areas.len().max(statement.records.len()), WITHIN_ROW))
        },
    ]
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

/// Whose words they are: by the signer's own key, or as a press desk found them published.
fn attributed(reading: Reading<'_>, key: hakiki_core::roster::KeyIndex, code: &str) -> Markup {
    let entered = reading.ledger().roster().key(key).role == Role::PressDesk;
    let word = if entered { "said.as_published_by" } else { "said.by_own_key" };
    html! { (reading.m(&Message::new(word).with("who", code))) br; small { (key_words(reading, key)) } }
}

fn time(reading: Reading<'_>, time: Option<Time>) -> Markup {
    html! { @match time { Some(time) => (time), None => (reading.t("said.undated")) } }
}

fn blob(reading: Reading<'_>, hash: Option<&Hash>) -> Markup {
    html! {
        @match hash {
            Some(hash) if reading.site.source.has_blob(hash) => {
                a href=(reading.to(&format!("blob/{hash}"))) { (reading.t("log.download")) } " " (short(hash))
            }
            Some(hash) => { (short(hash)) " " small { (reading.t("said.not_here")) } }
            None => (reading.t("said.not_stated")),
        }
    }
}

/// The lists' later pages and the claims' own, for copies.
pub(crate) fn addresses(site: Site<'_>) -> impl Iterator<Item = String> + use<'_> {
    let (claims_count, statements) = if is_of_claims(&site) { counts(&site) } else { (0, 0) };
    let is_shown = is_of_claims(&site);
    let lists = [("claims/", claims_count), ("statements/", statements)];
    let lists = lists.into_iter().filter(move |_| is_shown).flat_map(|(list, rows)| {
        (1..=crate::pager::pages_by(ROWS, rows)).map(move |page| address::paged(list, page))
    });
    lists.chain(claims(&site)[..claims_count].iter().map(claim_address))
}
