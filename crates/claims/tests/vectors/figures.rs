//! Bounds, draws and percentages: what is given, and what follows.

use hakiki_claims::bounds::{Bound, Condition, Forms, Station, bound, bound_answered, bound_of_totals};
use hakiki_claims::draw::boxes_to_draw;
use hakiki_claims::share::{Percentage, Rounding};
use serde_json::{Value, json};

/// Numbers that follow from nothing but their order.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn any_forms(numbers: &mut Numbers, candidates: u64) -> Forms {
    let mut forms = Forms::default();
    for _ in 0..=numbers.below(9) {
        let most = if numbers.below(12) == 0 { None } else { Some(numbers.below(40)) };
        if numbers.below(5) == 0 {
            forms.open.push(most);
            continue;
        }
        // Now and then a form exceeds its own ceiling.
        let votes = (0..candidates).map(|_| numbers.below(most.unwrap_or(20) / 2 + 2)).collect();
        forms.stations.push(Station { votes, most, answered: numbers.below(2) == 0 });
    }
    forms
}

fn forms_json(forms: &Forms) -> Value {
    let station = |one: &Station| json!({ "votes": one.votes, "most": one.most, "answered": one.answered });
    json!({ "stations": forms.stations.iter().map(station).collect::<Vec<_>>(), "open": forms.open })
}

fn bound_json(bound: &Bound) -> Value {
    let number = |number: i128| i64::try_from(number).unwrap();
    json!({
        "forms_say": number(bound.forms_say), "beyond": number(bound.beyond), "least": bound.least,
        "forms": bound.forms, "unlimited": bound.unlimited,
    })
}

fn condition_json(condition: &Condition) -> Value {
    json!({ "weights": condition.weights, "total": i64::try_from(condition.total).unwrap() })
}

/// One figure each: a total, or a lead.
pub fn bounds() -> Vec<Value> {
    let mut numbers = Numbers(2031);
    let mut made = Vec::new();
    for case in 0..60u64 {
        let candidates = 2 + numbers.below(3);
        let forms = any_forms(&mut numbers, candidates);
        let count = usize::try_from(candidates).unwrap();
        let condition = if case % 2 == 0 {
            Condition::total(count, 0, numbers.below(160))
        } else {
            Condition::lead(count, 0, 1, i128::from(numbers.below(240)) - 120)
        };
        made.push(json!({
            "forms": forms_json(&forms), "condition": condition_json(&condition),
            "bound": bound_json(&bound(&forms, &condition)),
            "among_answered": bound_json(&bound_answered(&forms, &condition)),
        }));
    }
    made
}

/// Totals of all candidates at once.
pub fn tables() -> Vec<Value> {
    let mut numbers = Numbers(4);
    let mut made = Vec::new();
    for _ in 0..30 {
        let candidates = 2 + numbers.below(4);
        let forms = any_forms(&mut numbers, candidates);
        let totals: Vec<u64> = (0..candidates).map(|_| numbers.below(90)).collect();
        let follows = |answered: bool| {
            let (condition, bound) = bound_of_totals(&forms, &totals, answered).unwrap();
            json!({ "condition": condition_json(&condition), "bound": bound_json(&bound) })
        };
        made.push(json!({ "forms": forms_json(&forms), "totals": totals, "bound": follows(false), "among_answered": follows(true) }));
    }
    made
}

/// Boxes, how many of them are wrong, and how many are to be drawn.
pub fn draws() -> Vec<Value> {
    let given = [
        (1, 1),
        (10, 0),
        (10, 11),
        (10, 10),
        (10, 9),
        (10, 1),
        (30, 4),
        (100, 1),
        (600, 37),
        (46_229, 1),
        (46_229, 2),
        (46_229, 60),
        (46_229, 463),
        (46_229, 1904),
        (46_229, 15_000),
        (46_229, 46_228),
        (101_713, 3),
    ];
    let draw = |(population, wrong): (u64, u64)| {
        let drawn = |one_in| boxes_to_draw(population, wrong, one_in);
        json!({ "boxes": population, "wrong": wrong, "draw": { "95": drawn(20), "99": drawn(100) } })
    };
    given.into_iter().map(draw).collect()
}

/// Printed shares of a part of a whole.
pub fn percentages() -> Vec<Value> {
    let given = [
        ("50.49%", 5049, 10_000),
        (" 50,49 % ", 5049, 10_000),
        ("66.7", 2, 3),
        ("66.6", 2, 3),
        ("66.8", 2, 3),
        ("67", 2, 3),
        ("33.333333", 1, 3),
        ("0", 0, 0),
        ("0.5", 1, 200),
        ("1", 1, 200),
        ("0", 1, 200),
        ("7.", 7, 100),
        ("", 1, 2),
        ("-1", 1, 2),
        ("1e2", 1, 1),
        (".5", 1, 200),
        ("1.1234567", 1, 89),
        ("50.00", 999_999_999_999, 1_999_999_999_998),
    ];
    let checked = |(text, part, whole): (&str, u64, u64)| {
        let percentage = Percentage::parse(text);
        let rounding =
            percentage.and_then(|percentage| percentage.is_of(part, whole)).map(|rounding| match rounding {
                Rounding::Nearest => "nearest",
                Rounding::Cut => "cut",
            });
        json!({ "text": text, "part": part, "whole": whole, "read": percentage.is_some(), "printed_of": rounding })
    };
    given.into_iter().map(checked).collect()
}
