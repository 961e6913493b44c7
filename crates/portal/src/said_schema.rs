//! Claims and statements for search engines: schema.org as JSON-LD, in a block of data that no browser runs.
//!
//! A `ClaimReview` is made of a record of a test, by its tester; its rating is the record's word and no number.

use crate::reading::Reading;
use crate::said::{self, claim_address};
use crate::said_feeds::{link, urn};
use crate::said_index::Said;
use crate::said_pieces::{IN_LIST, corrected, corrections, excerpt, is_web, statement_address};
use crate::said_statements;
use crate::said_status;
use hakiki_core::ledger::{ClaimEntry, StatementEntry};
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A claim: who claims it, when and where it appeared.
pub(crate) fn claim(reading: Reading<'_>, entry: &ClaimEntry) -> Markup {
    let (claim, said) = (&entry.claim, Said::Claim(entry));
    let mut value = begin(reading, said, "Claim", &claim_address(entry));
    value["name"] = said::claim_title(reading, claim).into();
    value["author"] = json!({ "name": claim.claimant });
    put(&mut value, "datePublished", claim.published.map(|time| time.to_string()));
    if let Some(at) = claim.address.as_deref().filter(|at| is_web(at)) {
        value["appearance"] = json!({ "@type": "CreativeWork", "url": at });
    }
    let reviews = said_status::tests(reading, entry).into_iter().map(|test| {
        let of = &test.said;
        let mut review = json!({
            "@context": "https://schema.org",
            "@type": "ClaimReview",
            "itemReviewed": { "@type": "Claim", "@id": urn(reading, said), "name": said::claim_title(reading, claim) },
            "author": { "name": of.tester },
            "identifier": test.id.to_string(),
            "reviewRating": { "@type": "Rating", "alternateName": of.found.as_str() },
        });
        put(&mut review, "datePublished", of.published.map(|time| time.to_string()));
        put(&mut review, "url", of.address.clone().filter(|at| is_web(at)));
        block(&review)
    });
    let reviews: Vec<Markup> = reviews.collect();
    html! { (block(&value)) @for review in &reviews { (review) } }
}

/// A statement: a quotation where another said it, else an article.
pub(crate) fn statement(reading: Reading<'_>, entry: &StatementEntry) -> Markup {
    let (statement, said) = (&entry.statement, Said::Statement(entry));
    let of_record = |other: &StatementEntry| json!({ "@id": urn(reading, Said::Statement(other)) });
    let text = excerpt(reading, &statement.text, IN_LIST).map(|found| found.text);
    let published = statement.published.map(|time| time.to_string());
    let web = statement.address.clone().filter(|at| is_web(at));
    let publisher = json!({ "name": statement.publisher });
    let kind = if statement.said_by.is_some() { "Quotation" } else { "NewsArticle" };
    let mut value = begin(reading, said, kind, &statement_address(entry.place));
    value["name"] = said_statements::title(reading, entry).into();
    value["inLanguage"] = statement.language.clone().into();
    value["publisher"] = publisher.clone();
    put(&mut value, "datePublished", published.clone());
    if let Some(said_by) = &statement.said_by {
        let mut article = json!({ "@type": "NewsArticle", "publisher": publisher });
        put(&mut article, "datePublished", published);
        put(&mut article, "url", web);
        value["spokenByCharacter"] = json!({ "name": said_by });
        value["isPartOf"] = article;
        put(&mut value, "dateCreated", statement.happened.map(|time| time.to_string()));
        put(&mut value, "text", text);
    } else {
        put(&mut value, "headline", text.as_deref().and_then(|text| text.lines().next()).map(str::to_owned));
        put(&mut value, "articleBody", text);
        put(&mut value, "sameAs", web);
    }
    let about: Vec<Value> =
        statement.areas.iter().map(|area| json!({ "@type": "Place", "identifier": area })).collect();
    if !about.is_empty() {
        value["about"] = about.into();
    }
    let later: Vec<Value> = corrections(reading, entry).map(of_record).collect();
    if !later.is_empty() {
        value["correction"] = later.into();
    }
    if let Some(earlier) = corrected(reading, entry) {
        value["isBasedOn"] = of_record(earlier);
    }
    block(&value)
}

fn begin(reading: Reading<'_>, said: Said<'_>, kind: &str, rest: &str) -> Value {
    let mut value = json!({
        "@context": "https://schema.org",
        "@type": kind,
        "@id": urn(reading, said),
        "identifier": said.id().to_string(),
    });
    // A relative address would be taken for one of wherever the block was copied to.
    if reading.site.source.own_url().is_some() {
        value["url"] = link(reading, rest).into();
    }
    value
}

fn put(value: &mut Value, name: &str, text: Option<String>) {
    if let Some(text) = text {
        value[name] = text.into();
    }
}

/// JSON inside of HTML: no letter stands as it is that could end the block or begin a comment (HTML, "Restrictions for contents of
/// script elements").
fn block(value: &Value) -> Markup {
    let mut safe = String::new();
    for letter in value.to_string().chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing into a text does not fail.
                let _ = write!(safe, "\\u{:04x}", u32::from(letter));
            }
            letter => safe.push(letter),
        }
    }
    html! { script type="application/ld+json" { (PreEscaped(safe)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_block() {
        let hostile = "</script><script>alert(1)</script><!-- &lt; \u{2028}\"\\";
        let written = block(&json!({ "text": hostile })).into_string();
        let inner = written
            .strip_prefix("<script type=\"application/ld+json\">")
            .and_then(|rest| rest.strip_suffix("</script>"))
            .unwrap();
        assert!(!inner.contains(['<', '>', '&', '\u{2028}']), "{inner}");
        let read: Value = serde_json::from_str(inner).unwrap();
        assert_eq!(read["text"], hostile);
    }
}
