//! Identities of curves and the log-rank test that hold for any data.

mod follow_up;

use follow_up::{Patients, counted, run};
use proptest::prelude::*;
use study::{CountTable, Estimate, Quantity, Results, TestName};

const LEVELS: [&str; 3] = ["a", "b", "c"];
const KAPLAN_MEIER: &str = "by = \"arm\"\noverall = true\nat = [3, 7, 11]\nquantiles = [0.25, 0.5]";

fn patients() -> impl Strategy<Value = Patients> {
    let patient = (1..16u8, any::<bool>(), proptest::option::weighted(0.95, 0..3u32));
    let patient = patient.prop_map(|(time, event, group)| (f64::from(time), event, group));
    proptest::collection::vec(patient, 1..60)
}

fn rows(results: &Results, quantity: Quantity) -> impl Iterator<Item = &Estimate> {
    results.estimates.iter().filter(move |row| row.quantity == quantity)
}

fn log_rank(table: &CountTable) -> Results {
    run("log_rank", "by = \"arm\"", table)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

fn statistic(results: &Results) -> Option<f64> {
    rows(results, Quantity::GlobalTest).next()?.test.as_ref()?.statistic
}

proptest! {
    /// Identity, `kaplan_meier`, `log_rank`: the order of patients and pooling halves change nothing.
    #[test]
    fn the_order_of_patients_and_pooling_of_halves_change_nothing(patients in patients(), cut in 0..60usize) {
        let (first, second) = patients.split_at(cut.min(patients.len()));
        let whole = counted(&patients, &LEVELS);
        let halves = counted(&second.to_vec(), &LEVELS).add(&counted(&first.to_vec(), &LEVELS)).unwrap();
        for (method, options) in [("kaplan_meier", KAPLAN_MEIER), ("log_rank", "by = \"arm\"")] {
            prop_assert_eq!(run(method, options, &whole), run(method, options, &halves));
        }
    }

    /// Identity, `kaplan_meier`: without censoring survival is the proportion, its variance the binomial one.
    #[test]
    fn without_censoring_the_curve_is_the_proportion(times in proptest::collection::vec(1..16u8, 2..60)) {
        let patients: Patients = times.iter().map(|time| (f64::from(*time), true, Some(0))).collect();
        let n = patients.len() as f64;
        let results = run("kaplan_meier", "at = [3, 7, 11]", &counted(&patients, &LEVELS));
        for row in rows(&results, Quantity::Survival) {
            let alive = patients.iter().filter(|patient| patient.0 > row.at.unwrap()).count() as f64;
            let share = alive / n;
            prop_assert!(close(row.value.unwrap(), share));
            // Greenwood's variance is then the binomial one.
            let std_error = (share * (1.0 - share) / n).sqrt();
            match row.std_error {
                Some(ours) => prop_assert!(close(ours, std_error)),
                None => prop_assert_eq!(alive, 0.0),
            }
        }
    }

    /// Identity, `kaplan_meier`: curves never rise, stay within their limits, and everybody leaves once.
    #[test]
    fn curves_fall_within_their_limits(patients in patients()) {
        for interval in ["plain", "log", "log_log"] {
            let options = format!("{KAPLAN_MEIER}\ninterval = \"{interval}\"");
            for curve in run("kaplan_meier", &options, &counted(&patients, &LEVELS)).curves {
                prop_assert!(curve.estimate.windows(2).all(|pair| pair[1] <= pair[0]));
                let left: u64 = curve.events.iter().sum::<u64>() + curve.censored.iter().sum::<u64>();
                prop_assert_eq!(left, curve.at_risk[0], "everybody leaves once");
                for (index, estimate) in curve.estimate.iter().enumerate() {
                    let lower = curve.lower[index].unwrap_or(0.0);
                    let upper = curve.upper[index].unwrap_or(1.0);
                    prop_assert!(lower <= estimate + 1e-12 && *estimate <= upper + 1e-12);
                    prop_assert!((0.0..=1.0).contains(&lower) && (0.0..=1.0).contains(&upper));
                }
            }
        }
    }

    /// Identity, `log_rank`: observed and expected events have one sum.
    #[test]
    fn observed_and_expected_events_have_one_sum(patients in patients()) {
        let results = log_rank(&counted(&patients, &LEVELS));
        let sum = |quantity| rows(&results, quantity).filter_map(|row| row.value).sum::<f64>();
        prop_assert!(close(sum(Quantity::Observed), sum(Quantity::Expected)));
    }

    /// Identity, `log_rank`: renaming the groups leaves the test.
    #[test]
    fn renaming_the_groups_leaves_the_log_rank_test(patients in patients(), shift in 1..3u32) {
        let renamed: Patients = patients
            .iter()
            .map(|(time, event, group)| (*time, *event, group.map(|group| (group + shift) % 3)))
            .collect();
        let (before, after) = (log_rank(&counted(&patients, &LEVELS)), log_rank(&counted(&renamed, &LEVELS)));
        match (statistic(&before), statistic(&after)) {
            (Some(before), Some(after)) => prop_assert!(close(before, after), "{} {}", before, after),
            (before, after) => prop_assert_eq!(before, after),
        }
    }

    /// Identity, `log_rank`: another unit of time leaves the test.
    #[test]
    fn a_change_of_time_unit_leaves_the_log_rank_test(patients in patients(), factor in 1..50u8) {
        let scaled: Patients =
            patients.iter().map(|patient| (patient.0 * f64::from(factor) / 7.0, patient.1, patient.2)).collect();
        prop_assert_eq!(
            statistic(&log_rank(&counted(&patients, &LEVELS))),
            statistic(&log_rank(&counted(&scaled, &LEVELS)))
        );
    }

    /// Identity, `restricted_mean`: means scale with time, the other reference negates the difference and inverts the
    /// ratio.
    #[test]
    fn restricted_means_scale_with_time_and_turn_with_the_reference(patients in patients()) {
        let horizon = 4.5;
        let mean = |patients: &Patients, options: &str| {
            run("restricted_mean", &format!("by = \"arm\"\noverall = true\n{options}"), &counted(patients, &LEVELS))
        };
        let plain = mean(&patients, &format!("horizon = {horizon}"));
        let doubled: Patients = patients.iter().map(|row| (2.0 * row.0, row.1, row.2)).collect();
        let scaled = mean(&doubled, &format!("horizon = {}", 2.0 * horizon));
        for (a, b) in rows(&plain, Quantity::RestrictedMean).zip(rows(&scaled, Quantity::RestrictedMean)) {
            prop_assert_eq!(a.value.is_some(), b.value.is_some());
            if let (Some(a), Some(b)) = (a.value, b.value) {
                prop_assert!(close(2.0 * a, b) && (0.0..=horizon).contains(&a));
            }
        }
        let turned = |reference: &str, group: &str, quantity| {
            let results = mean(&patients, &format!("horizon = {horizon}\nreference = \"{reference}\""));
            rows(&results, quantity).find(|row| row.group.as_deref() == Some(group)).and_then(|row| row.value)
        };
        let difference = Quantity::RestrictedMeanDifference;
        if let (Some(one), Some(other)) = (turned("a", "b", difference), turned("b", "a", difference)) {
            prop_assert!(close(one, -other));
        }
        let ratio = Quantity::RestrictedMeanRatio;
        if let (Some(one), Some(other)) = (turned("a", "b", ratio), turned("b", "a", ratio)) {
            prop_assert!(close(one * other, 1.0));
        }
    }

    /// Identity, `kaplan_meier`, `cumulative_hazard`: survival is the product of 1 less the rises of the cumulative hazard,
    /// and never more than the exponential of minus it.
    #[test]
    fn survival_is_the_product_of_one_less_the_rises_of_the_hazard(patients in patients()) {
        let table = counted(&patients, &LEVELS);
        let survival = run("kaplan_meier", KAPLAN_MEIER, &table);
        let hazard = run("cumulative_hazard", "by = \"arm\"\noverall = true", &table);
        for curve in &hazard.curves {
            for at in [3.0, 7.0, 11.0] {
                let own = |row: &&Estimate| row.group == curve.group && row.at == Some(at);
                let Some(found) = rows(&survival, Quantity::Survival).find(own).and_then(|row| row.value) else {
                    continue;
                };
                let passed = curve.time.partition_point(|time| *time <= at);
                let rises = curve.estimate[..passed].windows(2).map(|pair| pair[1] - pair[0]);
                let product: f64 = rises.map(|rise| 1.0 - rise).product();
                prop_assert!(close(found, product), "{} {}", found, product);
                prop_assert!(found <= (-curve.estimate[passed - 1]).exp() + 1e-12);
            }
        }
    }

    /// Identity, `log_rank`, `cox`: the log-rank test is the score test of a Cox model with exact ties, and without ties of
    /// any.
    #[test]
    fn the_log_rank_test_is_the_score_test_of_a_cox_model(patients in patients(), tied: bool) {
        let mut patients = patients;
        if !tied {
            patients.iter_mut().enumerate().for_each(|(place, patient)| patient.0 = 1.0 + place as f64);
        }
        let table = counted(&patients, &LEVELS);
        let log_rank = statistic(&log_rank(&table));
        for ties in ["exact", "efron", "breslow"] {
            if tied && ties != "exact" {
                continue;
            }
            let cox = run("cox", &format!("terms = [\"arm\"]\nties = \"{ties}\""), &table);
            let mut tests = rows(&cox, Quantity::GlobalTest).filter(|row| row.term.is_none());
            let score = tests.find_map(|row| row.test.as_ref().filter(|test| test.name == TestName::Score));
            if let Some((log_rank, score)) = log_rank.zip(score.and_then(|test| test.statistic)) {
                prop_assert!(close(log_rank, score), "{} {} {}", ties, log_rank, score);
            }
        }
    }
}
