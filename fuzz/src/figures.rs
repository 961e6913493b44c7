//! What may stand on a paper, by chance.

use crate::dice::Dice;
use hakiki_core::kinds::{BOX_NAMES, Figures, Ink, OnPaper};
use hakiki_core::text::{BoxValue, Date};
use std::collections::BTreeMap;

fn value(dice: &mut Dice) -> BoxValue {
    match dice.below(12) {
        0 => BoxValue::Blank,
        1 => BoxValue::Dash,
        2 => BoxValue::Illegible,
        _ => BoxValue::Number(dice.count()),
    }
}

/// Boxes by chance: now and then one that the contest does not have, or a candidate who is not on the ballot.
pub fn figures(ballot: &[u32], dice: &mut Dice) -> Figures {
    let mut votes: Vec<(u32, BoxValue)> = ballot.iter().map(|number| (*number, value(dice))).collect();
    if dice.once_in(12) {
        votes.push((8 + u32::try_from(dice.below(5)).unwrap_or(0), value(dice)));
    }
    if dice.once_in(12) {
        votes.remove(dice.below(votes.len()));
    }
    let mut figures = Figures { votes, boxes: [None; 6] };
    for name in BOX_NAMES {
        let is_on_paper = matches!(name.as_str(), "registered" | "valid" | "rejected");
        if (is_on_paper && !dice.once_in(25)) || (!is_on_paper && dice.once_in(40)) {
            figures = figures.with(name, value(dice));
        }
    }
    figures
}

pub fn on_paper(paper: &mut BTreeMap<String, OnPaper>, dice: &mut Dice) {
    for (party, said) in paper.iter_mut() {
        if dice.once_in(8) {
            let ink = dice.of(&[Ink::Absent, Ink::Refused, Ink::Signed, Ink::Unstated]).copied();
            said.ink = ink.unwrap_or(Ink::Signed);
        }
        if dice.once_in(10) {
            said.date = Date::parse("2031-03-02");
        }
        if dice.once_in(10) || party.is_empty() {
            said.date = None;
        }
    }
    if dice.once_in(15) {
        paper.insert("square".into(), OnPaper { ink: Ink::Signed, date: None });
    }
}
