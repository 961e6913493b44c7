//! ONEAudit and assorters against the reference program, single ballots and whole stations.
#![allow(clippy::unwrap_used)]

mod common;

use common::{close, list, number, vectors, whole};
use hakiki_audit::martingale::{Bet, Martingale};
use hakiki_audit::one_audit::{OneAudit, Read};
use hakiki_audit::{Claim, Share, Tally};

#[test]
fn single_ballots_of_six_stations() {
    let Some(vectors) = vectors("misc_oneaudit_suite_ppeb") else { return };
    for (name, share) in [("oneaudit_f=0.5", Share::HALF), ("oneaudit_f=0.25", Share::QUARTER)] {
        let case = &vectors["cases"][name];
        let stations = case["stations(w,o,invalid)"].as_object().unwrap();
        let parts = |code: &str| [0, 1, 2].map(|part| whole(&stations[code][part]));
        let mut all = Tally::of_votes(vec![0, 0]);
        for code in stations.keys() {
            let [winner, others, _] = parts(code);
            all = Tally::of_votes(vec![all.votes[0] + winner, all.votes[1] + others]);
        }
        let claim = Claim::MoreThan { candidate: 0, share };
        let audit = OneAudit::new(claim, &all, whole(&case["cards"])).unwrap();
        close(audit.margin(), number(&case["margin_v"]), "margin");
        close(audit.most(), number(&case["u"]), "upper bound of the assorter");
        close(audit.upper(), number(&case["test_upper_bound"]), "upper bound");
        close(audit.station_mean(&all, whole(&case["cards"])), number(&case["assorter_mean"]), "mean");
        for code in stations.keys() {
            let [winner, others, invalid] = parts(code);
            let mean = audit.station_mean(&Tally::of_votes(vec![winner, others]), winner + others + invalid);
            close(mean, number(&case["pool_means"][code]), code);
            for (read, column) in [
                (Read::Vote(0), "mvr_w"),
                (Read::Vote(1), "mvr_o"),
                (Read::Invalid, "mvr_invalid"),
                (Read::Missing, "mvr_missing_phantom"),
            ] {
                close(audit.ballot_value(mean, read), number(&case["B"][code][column]), column);
            }
        }
    }
}

#[test]
fn whole_stations_drawn_in_proportion_to_their_ballots() {
    let Some(vectors) = vectors("batch_alpha_kenya") else { return };
    let case = &vectors["cases"]["oneaudit_batch_pps"];
    let tally = |value: &serde_json::Value| Tally::of_votes(vec![whole(&value["w"]), whole(&value["o"])]);
    let stations = list(&case["batches"]);
    let (mut winner, mut others, mut cards) = (0, 0, 0);
    for station in stations {
        winner += whole(&station["w"]);
        others += whole(&station["o"]);
        cards += whole(&station["ballots"]);
    }
    let claim = Claim::MoreThan { candidate: 0, share: Share::HALF };
    let audit = OneAudit::new(claim, &Tally::of_votes(vec![winner, others]), cards).unwrap();
    close(audit.margin(), number(&case["assorter_margin_v"]), "margin");
    let upper = audit.upper();
    // The second: nineteen twentieths of the way from one half to the upper bound.
    let nearly = 0.5 + 0.95 * (upper - 0.5);
    let bets =
        [(Bet::Mean(upper), "alpha_p_history_eta=ub"), (Bet::Mean(nearly), "alpha_p_history_eta=.95ub")];
    for (bet, column) in bets {
        let mut test = Martingale::new(audit.population(true), bet);
        for (draw, code) in list(&case["draws_pps_by_ballots"]).iter().enumerate() {
            let station = stations.iter().find(|station| station["id"] == *code).unwrap();
            let counted = tally(&case["audited"][code.as_str().unwrap()]);
            let value = audit.station_value(&tally(station), &counted, whole(&station["ballots"]));
            close(value, number(&case["X"][draw]), "value");
            close(test.observe(value), number(&case[column][draw]), column);
        }
    }
}

#[test]
fn super_majorities_where_the_reference_divides_by_the_wrong_number() {
    let Some(vectors) = vectors("supermajority_shangrla") else { return };
    let mut wrong = 0;
    for case in list(&vectors["cases"]) {
        let share = match number(&case["f"]) {
            half if (half - 0.5).abs() < 1e-9 => Share::HALF,
            quarter if (quarter - 0.25).abs() < 1e-9 => Share::QUARTER,
            _ => Share::new(2, 3).unwrap(),
        };
        let tally = Tally::of_votes(vec![whole(&case["winner"]), whole(&case["others"])]);
        let claim = Claim::MoreThan { candidate: 0, share };
        let audit = OneAudit::new(claim, &tally, whole(&case["cards"])).unwrap();
        close(audit.margin(), number(&case["assorter_margin_2mean_minus_1"]), "margin");
        close(audit.station_mean(&tally, whole(&case["cards"])), number(&case["assorter_mean"]), "mean");
        close(audit.most(), number(&case["upper_bound"]), "upper bound");
        // The reference takes the winner's share of all cards where the paper (section 2.3) has the share of valid votes. With
        // invalid ballots that is too small: for Kenya's half by a factor of five, for two thirds of one case to nothing.
        let theirs = number(&case["shangrla_find_margin_from_tally"]);
        if whole(&case["invalid"]) > 0 {
            assert!(theirs < audit.margin() * 0.99, "{case}");
            wrong += 1;
        }
    }
    assert!(wrong >= 3);
}

#[test]
fn a_pair_needs_few_ballots_where_totals_are_right() {
    let Some(vectors) = vectors("batch_alpha_kenya") else { return };
    let rows = list(&vectors["cases"]["kenya_2022_national"]["rows"]);
    let tally = Tally::of_votes(vec![7_176_141, 6_942_930, 61_969, 31_987]);
    let claims = [Claim::MoreThan { candidate: 0, share: Share::HALF }, Claim::Beats { winner: 0, loser: 1 }];
    for (row, claim) in rows.iter().zip(claims) {
        let audit = OneAudit::new(claim, &tally, whole(&row["cards"])).unwrap();
        close(audit.margin(), number(&row["diluted_margin"]), "diluted margin");
        // If every ballot were known, without error: ln α / ln(1 − v/2).
        let ballots = (0.05_f64.ln() / (-audit.margin() / 2.0).ln_1p()).ceil();
        close(ballots, number(&row["oneaudit_errorfree_ballots_alpha=.05 [ln a/ln(1-v/2)]"]), "ballots");
        assert!(OneAudit::new(Claim::Beats { winner: 1, loser: 0 }, &tally, 14_326_641).is_err());
    }
}

#[test]
fn a_missing_ballot_is_the_worst_for_each_kind_of_claim() {
    let tally = Tally::of_votes(vec![300, 500, 200]);
    for claim in [
        Claim::Beats { winner: 1, loser: 0 },
        Claim::MoreThan { candidate: 1, share: Share::QUARTER },
        Claim::LessThan { candidate: 0, share: Share::HALF },
    ] {
        let audit = OneAudit::new(claim, &tally, 1_050).unwrap();
        let value = |read| audit.ballot_value(0.5, read);
        let reads = [Read::Vote(0), Read::Vote(1), Read::Vote(2), Read::Invalid];
        let values = reads.map(value);
        assert!(values.iter().all(|one| *one >= value(Read::Missing) - 1e-12), "{claim:?} {values:?}");
        assert!(values.iter().any(|one| (*one - value(Read::Missing)).abs() < 1e-12), "{claim:?}");
        // The mean over all ballots is what the tally says: one half and half the margin.
        let sum: f64 = [300.0, 500.0, 200.0, 50.0].iter().zip(values).map(|(n, value)| n * value).sum();
        let none = audit.ballot_value(0.5, Read::Invalid);
        close(
            sum / 1_050.0,
            none + (audit.margin() / 2.0 / audit.most()) / (2.0 - audit.margin() / audit.most()),
            "mean",
        );
    }
}
