//! Last digits, pairs of last digits, and second digits where somebody asks for them.

use super::figures::{Cell, Figures};
use super::section::{Asked, Axis, Draw, Measured, Plot, Section, State};
use super::subject::{Station, Subject};
use hakiki_audit::forensics::Indicator;
use hakiki_audit::forensics::digits::{
    Digits, LEAST_COUNT, digit_pairs, last_digits, second_digit_law, second_digits,
};
use hakiki_audit::numeric::{binomial, real};
use hakiki_messages::Message;

/// Both kinds of digits that are usual, and the third.
pub(super) fn sections(subject: &Subject) -> Vec<Section> {
    let second = if subject.second_digits {
        single(subject, Indicator::SecondDigits, second_digits, second_digit_law())
    } else {
        Section::without(Indicator::SecondDigits, State::Off)
    };
    let last = single(subject, Indicator::LastDigits, |votes| last_digits(votes, LEAST_COUNT), [0.1; 10]);
    vec![last, pairs(subject), second]
}

fn counts(stations: &[&Station], candidate: usize) -> Vec<u64> {
    stations.iter().filter_map(|station| station.of(candidate)).collect()
}

fn single(
    subject: &Subject,
    indicator: Indicator,
    digits: impl Fn(&[u64]) -> Digits + Copy,
    law: [f64; 10],
) -> Section {
    let ask = |candidate: usize| Asked {
        of: Cell::Text(subject.candidates[candidate].clone()),
        what: Cell::None,
        measure: Box::new(move |stations| {
            let found = digits(&counts(stations, candidate));
            let n = found.sample();
            Measured {
                n,
                statistic: Cell::Real(found.chi_square),
                // The mean of chi-square with nine degrees of freedom.
                expected: Cell::Real(9.0),
                effect: Cell::Real((found.chi_square / real(n.max(1))).sqrt()),
                p: Some(found.p),
            }
        }),
    };
    let asked = subject.leading().map(ask);
    let mut section = Section::asked(subject, indicator, indicator.fewest(), &asked);
    for (place, candidate) in subject.leading().into_iter().enumerate() {
        let found = digits(&counts(&subject.in_area(None), candidate));
        if found.sample() >= indicator.fewest() as u64 {
            section = section.with_plot(|| plot(subject, indicator, (place, candidate), &found, &law));
        }
    }
    section
}

fn plot(
    subject: &Subject,
    indicator: Indicator,
    (place, candidate): (usize, usize),
    found: &Digits,
    law: &[f64; 10],
) -> Plot {
    let n = found.sample();
    let columns = ["digit", "count", "share", "expected_share", "low", "high"];
    let mut figures = Figures::new(format!("{}-{}", indicator.key(), place + 1), &columns);
    for (digit, (count, law)) in (0_u64..).zip(found.counts.iter().zip(law)) {
        let share = |count: u64| Cell::Share(real(count) / real(n.max(1)));
        let (low, high) = (binomial::quantile(0.025, n, *law), binomial::quantile(0.975, n, *law));
        let cells = [Cell::Whole(digit), Cell::Whole(*count), share(*count), Cell::Share(*law)];
        figures.rows.push(cells.into_iter().chain([share(low), share(high)]).collect());
    }
    let who = subject.candidates[candidate].as_str();
    let highest = figures.points("digit", "share").into_iter().chain(figures.points("digit", "high"));
    let highest = highest.map(|(_, y)| y).fold(0.0, f64::max);
    Plot {
        title: Message::new(format!("forensics.plot.{}", indicator.key())).with("who", who).with("count", n),
        figures,
        draw: Draw::Bars {
            x: "digit",
            width: 1.0,
            is_centred: true,
            y: "share",
            expected: Some("expected_share"),
            band: Some(("low", "high")),
            axes: [
                Axis { word: "digit", from: -0.5, to: 9.5, is_share: false },
                Axis { word: "share_of_counts", from: 0.0, to: 1.15 * highest, is_share: true },
            ],
        },
    }
}

fn pairs(subject: &Subject) -> Section {
    let indicator = Indicator::DigitPairs;
    let ask = |candidate: usize, repeated: bool| Asked {
        of: Cell::Text(subject.candidates[candidate].clone()),
        what: Cell::Word(format!("forensics.word.{}", if repeated { "repeated" } else { "adjacent" })),
        measure: Box::new(move |stations| {
            let found = digit_pairs(&counts(stations, candidate), LEAST_COUNT);
            let n = found.repeated + found.adjacent + found.distant;
            let (count, chance, p) = if repeated {
                (found.repeated, 0.1, found.p_repeated)
            } else {
                (found.adjacent, 0.2, found.p_adjacent)
            };
            Measured {
                n,
                statistic: Cell::Whole(count),
                expected: Cell::Real(chance * real(n)),
                effect: Cell::Share(real(count) / real(n.max(1)) - chance),
                p: Some(p),
            }
        }),
    };
    let asked: Vec<Asked<'_>> = subject
        .leading()
        .into_iter()
        .flat_map(|candidate| [ask(candidate, true), ask(candidate, false)])
        .collect();
    Section::asked(subject, indicator, indicator.fewest(), &asked)
}
