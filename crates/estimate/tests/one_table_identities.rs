//! One fourfold table, through every method that takes one: they tell the same.

mod modelling;

use modelling::{global, ratio, try_run, two_by_two};
use proptest::prelude::*;
use study::{Column, Estimate, Interval, Model, Quantity, Results, Test, TestName};

fn run(method: &str, options: &str, counts: [u64; 4]) -> Results {
    let (columns, n) = two_by_two(counts);
    try_run("farr", method, options, &columns, &n).unwrap()
}

fn baseline(test: &str, counts: [u64; 4]) -> Results {
    run(
        "baseline",
        &format!("by = \"x\"\nvariables = [\"y\"]\ntests = {{ categorical = \"{test}\" }}"),
        counts,
    )
}

fn crossed(options: &str, counts: [u64; 4]) -> Results {
    run("two_by_two", &format!("outcome = \"y\"\nexposure = \"x\"\n{options}"), counts)
}

fn tested(results: &Results, name: TestName) -> &Test {
    results.estimates.iter().filter_map(|row| row.test.as_ref()).find(|test| test.name == name).unwrap()
}

fn odds_ratio(results: &Results) -> &Estimate {
    results.estimates.iter().find(|row| row.quantity == Quantity::OddsRatio).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-8 * a.abs().max(b.abs()).max(1e-6)
}

fn alike(a: Interval, b: Interval) -> bool {
    let both = |a: Option<f64>, b: Option<f64>| a.zip(b).is_some_and(|(a, b)| close(a, b));
    both(a.lower, b.lower) && both(a.upper, b.upper)
}

const MODEL: &str = "outcome = \"y\"\nterms = [\"x\"]\n";
const WHOLE: Model = Model::Multivariable;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Identity, `baseline`, `two_by_two`, `trend`, `logistic`: of one fourfold table Pearson’s χ², the trend over two
    /// levels and the score test of a logistic model are one test.
    #[test]
    fn four_methods_make_pearsons_test(counts in proptest::array::uniform4(1..60u64)) {
        let table = crossed("tests = [\"pearson\"]", counts);
        let pearson = tested(&table, TestName::PearsonChiSquared).statistic.unwrap();
        let shown = baseline("pearson", counts);
        prop_assert!(close(tested(&shown, TestName::PearsonChiSquared).statistic.unwrap(), pearson));
        let trend = run("trend", "outcome = \"y\"\nexposure = \"x\"", counts);
        let z = trend.estimates.iter().find_map(|row| row.test.as_ref()).unwrap().statistic.unwrap();
        prop_assert!(close(z * z, pearson), "{} {}", z * z, pearson);
        let fitted = run("logistic", &format!("{MODEL}interval = \"score\""), counts);
        let score = global(&fitted, WHOLE, Some("x"), TestName::Score).unwrap();
        prop_assert!(close(score.0, pearson), "{} {}", score.0, pearson);
    }

    /// Identity, `baseline`, `two_by_two`, `exact_logistic`: of one fourfold table Fisher’s P is that of exact logistic
    /// regression by probability, whose ratio and limits are the conditional ones of the table.
    #[test]
    fn three_methods_make_fishers_test(counts in proptest::array::uniform4(1..20u64)) {
        let table = crossed("tests = [\"fisher\"]\nodds_interval = \"exact\"", counts);
        let fisher = tested(&table, TestName::FisherExact).p_value.unwrap();
        prop_assert!(close(tested(&baseline("fisher", counts), TestName::FisherExact).p_value.unwrap(), fisher));
        let exact = run("exact_logistic", &format!("{MODEL}p_value = \"probability\""), counts);
        let row = ratio(&exact, WHOLE, "x", Some("yes"));
        prop_assert!(close(row.test.as_ref().unwrap().p_value.unwrap(), fisher));
        let odds = odds_ratio(&table);
        prop_assert!(close(row.value.unwrap(), odds.value.unwrap()), "{row:?} {odds:?}");
        prop_assert!(alike(row.interval.unwrap(), odds.interval.unwrap()), "{row:?} {odds:?}");
    }

    /// Identity, `two_by_two`, `logistic`: the odds ratio of a fourfold table and Wald’s limits are those of a logistic
    /// model.
    #[test]
    fn two_methods_have_one_odds_ratio(counts in proptest::array::uniform4(1..60u64)) {
        let table = crossed("odds_interval = \"wald\"", counts);
        let (fitted, odds) = (run("logistic", MODEL, counts), odds_ratio(&table));
        let row = ratio(&fitted, WHOLE, "x", Some("yes"));
        prop_assert!(close(row.value.unwrap(), odds.value.unwrap()));
        prop_assert!(close(row.std_error.unwrap(), odds.std_error.unwrap()));
        prop_assert!(alike(row.interval.unwrap(), odds.interval.unwrap()), "{row:?} {odds:?}");
    }

    /// Identity, `trend`, `logistic`: the trend over doses is the score test of a logistic model of the dose.
    #[test]
    fn the_trend_is_the_score_test_of_the_dose(counts in proptest::array::uniform6(1..40u64)) {
        let y = Column::flag("y", &[true, true, true, false, false, false].map(Some));
        let columns = [y, Column::number("x", [0.0, 1.0, 4.0].repeat(2))];
        let trend = try_run("farr", "trend", "outcome = \"y\"\nexposure = \"x\"", &columns, &counts).unwrap();
        let z = trend.estimates.iter().find_map(|row| row.test.as_ref()).unwrap().statistic.unwrap();
        let options = format!("{MODEL}interval = \"score\"");
        let fitted = try_run("farr", "logistic", &options, &columns, &counts).unwrap();
        let score = global(&fitted, WHOLE, Some("x"), TestName::Score).unwrap();
        prop_assert!(close(score.0, z * z), "{} {}", score.0, z * z);
    }
}
