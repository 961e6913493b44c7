//! A record of any kind in readable lines: each key in words, each value as what it is, with a door to what it names.
//!
//! The shapes come from `core`, so a new kind needs only words for its keys; a test names those that lack.

use crate::address;
use crate::children::box_state;
use crate::reading::Reading;
use hakiki_core::Record;
use hakiki_core::register::Ballot;
use hakiki_core::text::{Argument, BoxValue, Date, Field, Time};
use hakiki_messages::{Message, number};
use hakiki_note::Hash;
use maud::{Markup, html};

/// Most lines shown; all of them stand in the text below.
const LINES: usize = 300;
/// Hex digits of a hash that leads nowhere here.
const SHORT_DIGITS: usize = 16;

/// The lines between the header and the signatures as a table.
pub(crate) fn lines(reading: Reading<'_>, record: &Record) -> Markup {
    let shapes = record.body().kind().shapes();
    let fields: Vec<&Field> = shapes.iter().copied().flatten().collect();
    let body: Vec<(&str, &str)> = record
        .text()
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(' ').or(Some((line, ""))))
        .filter(|(key, _)| !matches!(*key, "signer" | "election"))
        .collect();
    let context = Context::new(reading, &body);
    html! {
        @if !body.is_empty() {
            section {
                h2 { (reading.t("record.says")) }
                div.wide tabindex="0" {
                    table.lines {
                        caption { (reading.t("record.caption")) }
                        thead { tr {
                            th scope="col" { (reading.t("record.line_head")) }
                            th scope="col" { (reading.t("portal.what")) }
                        } }
                        tbody {
                            @for (key, rest) in body.iter().take(LINES) {
                                @let field = fields.iter().copied().find(|field| field.key == *key);
                                tr {
                                    th scope="row" { (label(reading, key)) }
                                    td { (context.values(field, rest)) }
                                }
                            }
                        }
                    }
                }
                @if body.len() > LINES {
                    p.small { (reading.m(&Message::new("record.more").with("count", body.len() - LINES))) }
                }
            }
        }
    }
}

/// A key in words, or as it stands where there are none.
fn label(reading: Reading<'_>, key: &str) -> String {
    let word = reading.find(&format!("record.line.{}", key.replace('-', "_")));
    word.map_or_else(|| key.to_owned(), str::to_owned)
}

struct Context<'a> {
    reading: Reading<'a>,
    contest: Option<u16>,
    ballot: Option<&'a Ballot>,
}

impl<'a> Context<'a> {
    fn new(reading: Reading<'a>, body: &[(&str, &str)]) -> Self {
        let value = |name: &str| body.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let election = reading.ledger().election();
        // What is said of an audit speaks of its plan's contest and area.
        let plan = value("plan").and_then(|id| reading.ledger().audit_plan_of(&id.parse().ok()?));
        let contest = value("contest").and_then(|code| election.contest_index(code));
        let contest = contest.or(plan.map(|plan| plan.contest));
        let station = value("station").and_then(|code| reading.register().station(code));
        let area = value("area").and_then(|code| reading.register().area(code));
        let area = area.or(plan.map(|plan| plan.area));
        let ballot = contest.and_then(|contest| match (station.filter(|_| plan.is_none()), area) {
            (Some(station), _) => reading.register().ballot(contest, station),
            (None, Some(area)) => reading.register().ballot_for_area(contest, area),
            (None, None) => None,
        });
        Self { reading, contest, ballot }
    }

    fn values(&self, field: Option<&Field>, rest: &str) -> Markup {
        let Some(field) = field else { return html! { bdi { (rest) } } };
        let mut words = rest.split(' ');
        let arguments = field.arguments.iter().chain(field.extra);
        let mut values: Vec<Markup> = Vec::new();
        for (at, argument) in arguments.enumerate() {
            if *argument == Argument::Words {
                let text: Vec<&str> = words.by_ref().collect();
                values.push(html! { bdi { (text.join(" ")) } });
                break;
            }
            let Some(word) = words.next().filter(|word| !word.is_empty()) else { break };
            values.push(self.value(field.key, at, *argument, word));
        }
        html! { @for (at, value) in values.iter().enumerate() { @if at > 0 { " · " } (value) } }
    }

    fn value(&self, key: &str, at: usize, argument: Argument, word: &str) -> Markup {
        let reading = self.reading;
        let said = match argument {
            Argument::Number if matches!(key, "candidate" | "votes") && at == 0 => {
                return self.candidate(word);
            }
            Argument::Number | Argument::Place => word.parse::<u64>().ok().map(number),
            Argument::Box => BoxValue::parse(word).map(|value| match value {
                BoxValue::Number(count) => number(u64::from(count)),
                other => box_state(reading, other).to_owned(),
            }),
            Argument::Time => Time::parse(word).map(|time| reading.clock(time)),
            Argument::Date => Date::parse(word).map(|day| reading.day(day)),
            Argument::Word(_) => Some(self.word(word)),
            Argument::Id => return self.record(word),
            Argument::Blob => return self.blob(word),
            Argument::Code => return self.code(key, word).unwrap_or_else(|| html! { code { (word) } }),
            _ => return html! { code { (word) } },
        };
        html! { (said.as_deref().unwrap_or(word)) }
    }

    fn candidate(&self, word: &str) -> Markup {
        let candidates = self.ballot.into_iter().flat_map(|ballot| &ballot.candidates);
        let found = candidates.into_iter().find(|candidate| candidate.number.to_string() == word);
        html! { (word) @if let Some(candidate) = found { " " bdi { (candidate.name) } } }
    }

    fn record(&self, word: &str) -> Markup {
        let place = word.parse::<Hash>().ok().and_then(|id| self.reading.ledger().place_of(&id));
        let place = place.filter(|place| *place < self.reading.site.snapshot.head.size);
        let short = || html! { code title=(word) { (word.get(..SHORT_DIGITS).unwrap_or(word)) "…" } };
        place.map_or_else(short, |place| self.reading.record_link(place))
    }

    fn blob(&self, word: &str) -> Markup {
        let reading = self.reading;
        let Some(hash) = word.strip_prefix("sha256:").and_then(|hex| hex.parse::<Hash>().ok()) else {
            return html! { code { (word) } };
        };
        html! {
            code { (word.get(..SHORT_DIGITS).unwrap_or(word)) "…" } " "
            @if reading.site.source.has_blob(&hash) {
                a href=(reading.to(&format!("blob/{hash}"))) { (reading.t("log.blob")) }
            } @else { (reading.t("log.blob_not_here")) }
        }
    }

    /// What a code names, where it names a thing of the registers.
    fn code(&self, key: &str, word: &str) -> Option<Markup> {
        let reading = self.reading;
        let election = reading.ledger().election();
        let contest = &election.contests.get(usize::from(self.contest.unwrap_or(0)))?.code;
        let door = |rest: &str, name: &str| html! { (reading.link(rest, name)) " " span.code-of { (word) } };
        Some(match key {
            "contest" => {
                let index = election.contest_index(word)?;
                reading.link(&address::contest(word), &reading.contest(index).title)
            }
            "station" | "missing" | "close-station" => {
                let station = reading.station(reading.register().station(word)?);
                door(&address::station(contest, word), &station.name)
            }
            "area" | "outside" | "spread-area" => {
                let area = reading.area(reading.register().area(word)?);
                door(&address::area(contest, word), &area.name)
            }
            "code" => {
                let title = reading.find(&format!("code.{word}.title"))?;
                html! { span.code { (word) } " " (title) }
            }
            _ => return None,
        })
    }

    /// A word of the grammar, in the reader's language where there is one for it.
    fn word(&self, word: &str) -> String {
        let found = word_keys(word).into_iter().find_map(|key| self.reading.find(&key));
        found.map_or_else(|| word.to_owned(), str::to_owned)
    }
}

/// Where a word of the grammar may have words: of its own, or as a box, a role, a class.
fn word_keys(word: &str) -> [String; 4] {
    let plain = word.replace('-', "_");
    [
        format!("record.word.{plain}"),
        format!("form.box.{plain}"),
        format!("role.{word}"),
        format!("log.class_of.{word}"),
    ]
}

#[cfg(test)]
mod tests {
    use hakiki_core::kinds::Kind;
    use hakiki_core::text::Argument;
    use hakiki_messages::{Language, find};

    #[test]
    fn every_key_of_every_kind_has_words() {
        for kind in Kind::ALL {
            for field in kind.shape().iter().copied().flatten() {
                let key = format!("record.line.{}", field.key.replace('-', "_"));
                assert!(find(Language::English, &key).is_some(), "{key}, a line of {}", kind.name());
            }
        }
    }

    #[test]
    fn every_word_of_the_grammar_has_words() {
        let shapes = Kind::ALL.iter().flat_map(|kind| kind.shape().iter().copied().flatten());
        for field in shapes {
            for argument in field.arguments.iter().chain(field.extra) {
                let Argument::Word(words) = argument else { continue };
                for word in *words {
                    let known =
                        super::word_keys(word).iter().any(|key| find(Language::English, key).is_some());
                    assert!(known, "{word}, in the line {}", field.key);
                }
            }
        }
    }
}
