//! The contests of an election record: its `contest`, `spread`, `box`, `cap` and `declared-at` lines.

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::text::{Lines, Writer};
use std::collections::BTreeSet;

/// A decision rule's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleName {
    /// Most votes.
    Plurality,
    /// More than a share of the valid votes and a share in a number of areas, else a run-off.
    MajorityWithSpread,
    /// None is applied: totals only, in a compilation whose rule is not known.
    TotalsOnly,
}

const RULES: &[(&str, RuleName)] = &[
    ("majority-with-spread", RuleName::MajorityWithSpread),
    ("plurality", RuleName::Plurality),
    ("totals-only", RuleName::TotalsOnly),
];

impl RuleName {
    /// As written.
    pub fn as_str(self) -> &'static str {
        RULES.iter().find(|(_, rule)| *rule == self).map_or("totals-only", |(word, _)| word)
    }
}

/// The numbers of `majority-with-spread`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// More than this share of all valid votes.
    pub majority: (u32, u32),
    /// At least this share …
    pub share: (u32, u32),
    /// … in at least so many areas …
    pub areas_at_least: u32,
    /// … of this level.
    pub level: String,
}

/// One contest with its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// Its code.
    pub code: String,
    /// Its rule.
    pub rule: RuleName,
    /// Its title in words.
    pub title: String,
    /// The numbers of its rule, for `majority-with-spread`.
    pub spread: Option<Spread>,
    /// The boxes that its paper has besides the candidates'.
    pub boxes: BTreeSet<super::BoxName>,
    /// Most votes that one station can have, if there is such a cap.
    pub cap: Option<u32>,
    /// The level whose officers declare it.
    pub declared_at: Option<String>,
}

pub(super) fn read_contests(lines: &Lines) -> Result<Vec<Contest>, Refusal> {
    let mut contests = Vec::new();
    for mut a in lines.all("contest") {
        let code = a.word()?.to_owned();
        let word = a.word()?;
        let rule =
            RULES.iter().find(|(name, _)| *name == word).map_or(RuleName::TotalsOnly, |(_, rule)| *rule);
        let title = a.words().to_owned();
        contests.push(Contest {
            code,
            rule,
            title,
            spread: None,
            boxes: BTreeSet::new(),
            cap: None,
            declared_at: None,
        });
    }
    let find = |contests: &mut Vec<Contest>, code: &str| -> Result<usize, Refusal> {
        let at = contests.iter().position(|contest| contest.code == code);
        at.ok_or_else(|| Refusal::new(RefusalCode::R302, format!("no contest {code:?} in this record")))
    };
    for mut a in lines.all("spread") {
        let at = find(&mut contests, a.word()?)?;
        let (majority, share) = (a.fraction()?, a.fraction()?);
        let (areas_at_least, level) = (a.number()?, a.word()?.to_owned());
        contests[at].spread = Some(Spread { majority, share, areas_at_least, level });
    }
    for mut a in lines.all("box") {
        let at = find(&mut contests, a.word()?)?;
        contests[at].boxes.insert(super::BoxName::parse(a.word()?)?);
    }
    for mut a in lines.all("cap") {
        let at = find(&mut contests, a.word()?)?;
        contests[at].cap = Some(a.number()?);
    }
    for mut a in lines.all("declared-at") {
        let at = find(&mut contests, a.word()?)?;
        contests[at].declared_at = Some(a.word()?.to_owned());
    }
    for contest in &contests {
        if (contest.rule == RuleName::MajorityWithSpread) != contest.spread.is_some() {
            return refuse(
                RefusalCode::R105,
                format!("contest {}: rule and spread line do not agree", contest.code),
            );
        }
    }
    Ok(contests)
}

pub(super) fn write_contests(contests: &[Contest], w: &mut Writer) {
    for c in contests {
        w.line("contest", format_args!("{} {} {}", c.code, c.rule.as_str(), c.title));
    }
    for (c, s) in contests.iter().filter_map(|c| Some((c, c.spread.as_ref()?))) {
        let (majority, share) = (s.majority, s.share);
        let shares = format!("{}/{} {}/{}", majority.0, majority.1, share.0, share.1);
        w.line("spread", format_args!("{} {shares} {} {}", c.code, s.areas_at_least, s.level));
    }
    for c in contests {
        for name in &c.boxes {
            w.line("box", format_args!("{} {}", c.code, name.as_str()));
        }
    }
    for c in contests {
        w.optional("cap", c.cap.map(|cap| format!("{} {cap}", c.code)));
    }
    for c in contests {
        w.optional("declared-at", c.declared_at.as_ref().map(|level| format!("{} {level}", c.code)));
    }
}
