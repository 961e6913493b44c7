//! The quick count against R's `survey` on one thousand stations, and against published handbooks and counts.
#![allow(clippy::unwrap_used)]

mod common;

use common::{close, column, list, near, number, shared, table, vectors, whole};
use hakiki_audit::Share;
use hakiki_audit::numeric::whole_above;

use hakiki_audit::quick_count::estimate::{Estimate, EstimateError, Sampled, Stratum};
use hakiki_audit::quick_count::{
    Decision, chances, cluster_ratio, combined_ratio, decide, planning, total, without_missing,
};
use hakiki_audit::rule::SpreadRule;
use std::collections::BTreeMap;

/// The sample by county, for one candidate.
fn sample(candidate: &str) -> Option<Vec<Stratum>> {
    let vectors = vectors("pvt_survey_R")?;
    let bytes = std::fs::read(shared("vectors/audit/pvt_sample_1000.csv")?).unwrap();
    let (header, rows) = table(&bytes);
    let [code, votes, valid, county] =
        ["code", candidate, "valid", "county"].map(|name| column(&header, name));
    let mut strata: BTreeMap<String, Vec<Sampled>> = BTreeMap::new();
    for row in &rows {
        strata.entry(row[county].to_owned()).or_default().push(Sampled {
            votes: row[votes].parse().unwrap(),
            valid: row[valid].parse().unwrap(),
            cluster: row[code][..6].to_owned(),
        });
    }
    let stratum = |(name, reported): (String, Vec<Sampled>)| {
        assert_eq!(reported.len() as u64, whole(&vectors["nh"][&name]));
        Stratum { stations: whole(&vectors["Nh"][&name]), drawn: reported.len() as u64, name, reported }
    };
    Some(strata.into_iter().map(stratum).collect())
}

#[test]
fn equals_the_survey_package() {
    let Some(vectors) = vectors("pvt_survey_R") else { return };
    for (place, candidate) in ["ruto", "odinga"].iter().enumerate() {
        let Some(strata) = sample(candidate) else { return };
        let found = combined_ratio(&strata).unwrap();
        close(found.value, number(&vectors["combined_ratio"][candidate]["est"]), candidate);
        close(found.standard_error, number(&vectors["combined_ratio"][candidate]["se"]), candidate);
        let votes = total(&strata, |station| station.votes).unwrap();
        close(votes.value, number(&vectors["totals"]["est"][place]), "total");
        close(votes.standard_error, number(&vectors["totals"]["se"][place]), "total");
    }
    let Some(strata) = sample("ruto") else { return };
    let valid = total(&strata, |station| station.valid).unwrap();
    close(valid.value, number(&vectors["totals"]["est"][2]), "valid");
    close(valid.standard_error, number(&vectors["totals"]["se"][2]), "valid");

    let groups = cluster_ratio(&strata).unwrap();
    close(groups.value, number(&vectors["cluster_by_constituency"]["est"]), "by constituency");
    close(groups.standard_error, number(&vectors["cluster_by_constituency"]["se"]), "by constituency");

    let reported: Vec<Sampled> = strata.iter().flat_map(|stratum| stratum.reported.clone()).collect();
    let drawn = reported.len() as u64;
    let one = [Stratum { name: String::new(), stations: whole(&vectors["N"]), drawn, reported }];
    let simple = combined_ratio(&one).unwrap();
    close(simple.value, number(&vectors["srs_ratio"]["est"]), "without strata");
    close(simple.standard_error, number(&vectors["srs_ratio"]["se"]), "without strata");

    let ratio = combined_ratio(&strata).unwrap();
    let voters: u64 = one[0].reported.iter().map(|station| station.valid).sum();
    let naive = planning::margin_of_error(ratio.value, voters, 1.0);
    close(naive, number(&vectors["naive_individual_se"]), "as if voters had been drawn");
    let effect = (ratio.standard_error / naive).powi(2);
    close(effect, number(&vectors["deff_vs_individual"]), "design effect");
    near(1.96 * ratio.standard_error, number(&vectors["moe95_ruto"]), 1e-4, "margin of error");
    let truth = number(&vectors["population_true_ruto"]);
    assert!((ratio.value - truth).abs() < 1.96 * ratio.standard_error);
}

#[test]
fn what_the_handbook_prints_and_what_its_formula_gives() {
    let Some(vectors) = vectors("pvt") else { return };
    let cases = &vectors["cases"];
    let peru = &cases["ndi_formula"]["peru_2001"];
    let exact =
        planning::voters(number(&peru["P"]), number(&peru["E"]), number(&peru["z"]), whole(&peru["N"]));
    close(exact, number(&peru["exact_n"]), "Peru 2001");
    // The handbook rounds the error squared before it divides; its sample is larger than needed, by chance and not by design.
    assert!(exact < number(&peru["published_n"]) - 2_000.0);
    for row in list(&cases["ndi_formula"]["computed_moe"]) {
        let found = planning::margin_of_error(0.5, whole(&row["n"]), number(&row["z"]));
        close(100.0 * found, number(&row["moe_pct"]), "margin of error");
    }
    for row in list(&cases["implied"]) {
        let found = planning::implied_deviation(number(&row["moe_pct"]), whole(&row["n"]), number(&row["z"]));
        close(found, number(&row["implied_sd_between_stations_pct"]), "implied deviation");
        let error = number(&row["moe_pct"]);
        let back = planning::stations_for_error(found, error, number(&row["z"]), 1_000_000_000);
        assert!(back.abs_diff(whole(&row["n"])) <= 1, "{row}");
    }
    let published = &cases["ndi_formula"]["published_figure_5_5 (sample size 163,185 voters)"]["stations"];
    assert_eq!(planning::stations_for_voters(163_185.0, 160), whole(&published["160 voters"]));
    let turnout = &cases["turnout_correction_published"];
    assert_eq!(whole(&turnout["stations"]) * whole(&turnout["votes_at_turnout"]), whole(&turnout["total"]));
}

#[test]
fn two_counts_that_could_not_decide_and_one_that_could() {
    let Some(vectors) = vectors("pvt") else { return };
    let said: Vec<(u64, Decision)> = list(&vectors["cases"]["elog"])
        .iter()
        .map(|count| {
            let leader = if count["Kenyatta"].is_null() { "Ruto" } else { "Kenyatta" };
            let (value, error) = (number(&count[leader][0]), number(&count[leader][1]));
            let estimate = Estimate { value: value / 100.0, standard_error: error / 196.0 };
            (whole(&count["year"]), decide(estimate, 0.5, 1.96))
        })
        .collect();
    let expected = [(2013, Decision::CannotDecide), (2017, Decision::Above), (2022, Decision::CannotDecide)];
    assert_eq!(said, expected);
    let low = Estimate { value: 0.45, standard_error: 0.01 };
    assert_eq!(decide(low, 0.5, 1.96), Decision::Below);
}

#[test]
fn chances_follow_from_the_seed_and_scatter_as_the_formula_says() {
    let Some(strata) = sample("ruto") else { return };
    let rule = SpreadRule { half: Share::HALF, spread: Share::QUARTER, areas: 24 };
    let found = chances(&strata, rule, "20220809", 300).unwrap();
    assert_eq!(found, chances(&strata, rule, "20220809", 300).unwrap());
    assert!(found.half > 0.999, "{found:?} of an estimate of 60 % with an error of 0.7 %");
    assert!(found.both <= found.half.min(found.spread));
    // A threshold at the estimate is passed about half the time; one standard error above it, in about one of six.
    let ratio = combined_ratio(&strata).unwrap();
    let at = |value: f64| {
        let half = Share::new(whole_above(value * 1e6) as u32, 1_000_000).unwrap();
        chances(&strata, SpreadRule { half, ..rule }, "7", 1_500).unwrap().half
    };
    assert!((0.44..0.56).contains(&at(ratio.value)), "{}", at(ratio.value));
    let above = at(ratio.value + ratio.standard_error);
    assert!((0.12..0.21).contains(&above), "{above}");
}

#[test]
fn missing_stations_are_reweighted_and_bounded() {
    let station = |votes, valid| Sampled { votes, valid, cluster: String::new() };
    let stratum = |drawn, reported: &[(u64, u64)]| Stratum {
        name: "a".to_owned(),
        stations: 40,
        drawn,
        reported: reported.iter().map(|(votes, valid)| station(*votes, *valid)).collect(),
    };
    let whole_sample = [stratum(2, &[(60, 100), (40, 100)])];
    let range = without_missing(&whole_sample).unwrap();
    close(range.least, 0.5, "nothing is missing");
    close(range.most, 0.5, "nothing is missing");
    let half_missing = [stratum(4, &[(60, 100), (40, 100)])];
    let range = without_missing(&half_missing).unwrap();
    close(range.least, 0.25, "missing stations gave nothing");
    close(range.most, 0.75, "missing stations gave all");
    close(combined_ratio(&half_missing).unwrap().value, 0.5, "the others stand for them");

    let few = [stratum(4, &[(60, 100)])];
    assert_eq!(combined_ratio(&few).unwrap_err(), EstimateError::TooFew { name: "a".into(), reported: 1 });
    let many = [stratum(1, &[(1, 2), (1, 2)])];
    assert!(matches!(combined_ratio(&many).unwrap_err(), EstimateError::TooMany { .. }));
    let empty = [stratum(2, &[(0, 0), (0, 0)])];
    assert_eq!(combined_ratio(&empty).unwrap_err(), EstimateError::NoVotes);
    assert_eq!(planning::proportional(&[100, 900, 1], 100, 2), [10, 90, 1]);
}
