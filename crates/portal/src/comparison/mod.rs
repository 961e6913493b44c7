//! A comparison of two result sets as one page that stands for itself: sentences, a map and a table for every level of areas, and
//! the rows that are not identical. No script, nothing from elsewhere, whole in one file: to be sent, printed, and put before a court.
//!
//! It knows no log: two tables have such a page as well. The sentences are the caller's, so that a terminal and the page say the same.

mod map;
mod tables;

pub use tables::{not_identical, verdict_word};

use crate::boundaries::Boundaries;
use crate::document::document;
use hakiki_claims::by_area::{ByArea, by_area, levels};
use hakiki_claims::set::Area;
use hakiki_claims::{Comparison, ResultSet};
use hakiki_messages::{Language, Message, text};
use maud::{Markup, html};
use std::collections::BTreeMap;

const STYLE: &str =
    concat!(include_str!("../../assets/style.css"), include_str!("../../assets/comparison.css"));
/// Areas of a level that is drawn: one says nothing, and more could not be told apart.
const AREAS: std::ops::RangeInclusive<usize> = 2..=400;

/// What is compared, and what is said of it.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    /// The one side.
    pub claim: &'a ResultSet,
    /// The other.
    pub reference: &'a ResultSet,
    /// Both side by side.
    pub comparison: &'a Comparison,
    /// What is said of it, a sentence or more each; the first is its title.
    pub said: &'a [String],
    /// The outlines of areas, where somebody supplied them.
    pub boundaries: Option<&'a Boundaries>,
    /// The language of the page.
    pub language: Language,
}

impl Sheet<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let title = self.t("title");
        let (heading, said) =
            self.said.split_first().map_or(("", self.said), |(first, rest)| (first.as_str(), rest));
        let page = html! {
            main.comparison {
                p.soft { (title) }
                h1 { bdi { (heading) } }
                @for sentence in said { p { bdi { (sentence) } } }
                @for found in self.levels() { (self.level(&found)) }
                (tables::rows(self))
            }
        };
        document(self.language, &format!("{title}: {heading}"), STYLE, &page).into_string()
    }

    /// Who is asked which areas there are: the reference, and the claim where that knows none.
    fn areas(&self) -> &BTreeMap<String, Area> {
        if self.reference.areas.is_empty() { &self.claim.areas } else { &self.reference.areas }
    }

    fn levels(&self) -> Vec<ByArea> {
        let drawn = levels(self.areas()).into_iter().filter(|(_, count)| AREAS.contains(count));
        drawn.filter_map(|(level, _)| by_area(self.comparison, self.areas(), &level)).collect()
    }

    fn level(&self, found: &ByArea) -> Markup {
        let title = Message::new("claims.sheet.by_level").with("level", found.level.clone());
        html! {
            section {
                h2 { (title.text(self.language)) }
                (map::map(self, found))
                (tables::areas(self, found))
            }
        }
    }

    fn t(&self, key: &str) -> &'static str {
        text(self.language, &format!("claims.sheet.{key}"))
    }

    fn m(&self, message: &Message) -> String {
        message.text(self.language)
    }
}
