//! Performance and influence: what holds of any data, and data of which nothing can be said.

mod modelling;

use modelling::{plan, run, try_run, two_by_two};
use proptest::prelude::*;
use study::{Column, CountTable, Estimate, Notice, Quantity, Results};

/// Outcome, level of g, number.
type Patient = (bool, u32, i8);

fn columns(patients: &[Patient]) -> Vec<Column> {
    vec![
        Column::flag("y", &patients.iter().map(|patient| Some(patient.0)).collect::<Vec<_>>()),
        Column::category("g", &["a", "b", "c"], patients.iter().map(|patient| patient.1).collect()),
        Column::number("x", patients.iter().map(|patient| f64::from(patient.2)).collect()),
    ]
}

fn single(results: &Results, quantity: Quantity) -> Option<f64> {
    let row = results
        .estimates
        .iter()
        .find(|row| row.quantity == quantity && row.level.is_none() && row.group.is_none());
    row.and_then(|row| row.value)
}

/// One row says that there is nothing, and its notices why.
fn without_figures(results: &Results) -> bool {
    results.estimates.len() == 1 && results.estimates[0].value.is_none() && !results.notices.is_empty()
}

const PERFORMANCE: &str = "outcome = \"y\"\nterms = [\"g\", \"x\"]\npenalty = \"firth\"";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    /// Identity, `logistic_performance`, `logistic_influence`: the order of patients, splitting counted rows and
    /// pooling halves change nothing.
    #[test]
    fn order_splitting_and_pooling_change_nothing(
        patients in proptest::collection::vec((any::<bool>(), 0..3u32, -3..4i8), 6..30),
        cut in 0..30usize,
    ) {
        let cut = cut.min(patients.len());
        let options = format!("{PERFORMANCE}\ncompare = [[\"x\"]]\nbootstrap = 50");
        for (method, options) in [("logistic_performance", options.as_str()), ("logistic_influence", PERFORMANCE)] {
            let plan = plan("farr", method, options);
            let entry = estimate::find(&plan.analyses[0]).unwrap();
            let counted = |patients: &[Patient], times: u64| {
                CountTable::new(columns(patients), vec![times; patients.len()]).unwrap()
            };
            let estimate = |table: &CountTable| {
                (entry.estimate)(&plan.analyses[0], &plan, std::slice::from_ref(table)).unwrap()
            };
            let whole = estimate(&counted(&patients, 2));
            let backwards: Vec<Patient> = patients.iter().rev().copied().collect();
            let pooled = counted(&backwards, 1)
                .add(&counted(&patients[cut..], 1)).unwrap()
                .add(&counted(&patients[..cut], 1)).unwrap();
            prop_assert_eq!(&estimate(&pooled), &whole);
        }
    }

    /// Identity, `logistic_performance`: the AUC of one number is the share of ordered pairs, and the other outcome as
    /// event changes nothing.
    #[test]
    fn the_auc_is_the_share_of_pairs_and_the_event_may_be_exchanged(
        patients in proptest::collection::vec((any::<bool>(), 0..3u32, -3..4i8), 6..40),
    ) {
        prop_assume!(patients.iter().any(|p| p.0) && !patients.iter().all(|p| p.0));
        let alone = "outcome = \"y\"\nterms = [\"x\"]\npenalty = \"firth\"";
        let results = run("logistic_performance", alone, &columns(&patients));
        let Some(auc) = single(&results, Quantity::Auc) else { return Ok(()) };
        let (mut higher, mut pairs) = (0.0, 0.0);
        for with in patients.iter().filter(|patient| patient.0) {
            for without in patients.iter().filter(|patient| !patient.0) {
                pairs += 1.0;
                higher += if with.2 > without.2 { 1.0 } else if with.2 == without.2 { 0.5 } else { 0.0 };
            }
        }
        // One number orders the risks by itself, upwards or downwards; a slope of 0 gives everybody one risk.
        let share: f64 = higher / pairs;
        prop_assert!(auc == 0.5 || (auc - share).abs() < 1e-12 || (auc - (1.0 - share)).abs() < 1e-12, "{} {}", auc, share);
        let exchanged = run("logistic_performance", &format!("{alone}\nevent = \"no\""), &columns(&patients));
        for quantity in [Quantity::Auc, Quantity::Brier, Quantity::NagelkerkeR2, Quantity::CalibrationSlope] {
            let (a, b) = (single(&results, quantity), single(&exchanged, quantity));
            prop_assert!(a.zip(b).is_none_or(|(a, b)| (a - b).abs() < 1e-8), "{:?} {:?} {:?}", quantity, a, b);
        }
    }

    /// Identity, `logistic_influence`: leverages add up to the number of parameters.
    #[test]
    fn leverages_add_up_to_the_parameters(
        patients in proptest::collection::vec((any::<bool>(), 0..3u32, -3..4i8), 12..60),
    ) {
        let options = format!("{PERFORMANCE}\nshow = 100");
        let results = run("logistic_influence", &options, &columns(&patients));
        let of = |quantity| results.estimates.iter().filter(move |row: &&Estimate| row.quantity == quantity);
        let leverages: Vec<f64> = of(Quantity::Leverage).filter_map(|row| row.value).collect();
        prop_assume!(!leverages.is_empty());
        let first = results.groups[0].level.clone();
        let parameters = 1 + of(Quantity::DfBetas).filter(|row| row.group == first).count();
        prop_assert!((leverages.iter().sum::<f64>() - parameters as f64).abs() < 1e-8);
        let listed: u64 = results.groups.iter().filter(|group| group.level.is_some()).map(|group| group.n).sum();
        prop_assert_eq!(listed, patients.len() as u64);
    }
}

#[test]
fn a_separated_model_has_no_figures_and_a_penalized_one_has() {
    let (columns, n) = two_by_two([7, 0, 12, 30]);
    for method in ["logistic_performance", "logistic_influence"] {
        let plain = "outcome = \"y\"\nterms = [\"x\"]";
        let results = try_run("farr", method, plain, &columns, &n).unwrap();
        assert!(without_figures(&results), "{method}");
        assert!(results.notices.iter().any(|notice| matches!(notice, Notice::Separation { .. })));
        let firth = format!("{plain}\npenalty = \"firth\"");
        let results = try_run("farr", method, &firth, &columns, &n).unwrap();
        assert!(!without_figures(&results), "{method}");
    }
}

#[test]
fn one_outcome_constant_terms_and_missing_values_are_told() {
    let y = |events: usize| Column::flag("y", &(0..30).map(|i| Some(i < events)).collect::<Vec<_>>());
    let number = |f: fn(usize) -> f64| Column::number("x", (0..30).map(f).collect());
    for (columns, expected) in [
        ([y(0), number(|i| i as f64)], "y is “no” in every patient: nothing to explain."),
        ([y(5), number(|_| 3.0)], "x: one level only, nothing to compare."),
        ([y(5), number(|_| f64::NAN)], "x: 30 left out for missing values."),
    ] {
        for method in ["logistic_performance", "logistic_influence"] {
            let results = run(method, "outcome = \"y\"\nterms = [\"x\"]", &columns);
            let told: Vec<String> = results.notices.iter().map(ToString::to_string).collect();
            assert!(told.iter().any(|text| text == expected), "{method}: {told:?}");
            assert!(without_figures(&results), "{method}");
        }
    }
}

#[test]
fn one_event_has_an_auc_without_an_error() {
    let y = Column::flag("y", &(0..30).map(|i| Some(i == 17)).collect::<Vec<_>>());
    let x = Column::number("x", (0..30).map(|i| f64::from(i * i % 11) * 1e12).collect());
    let options = "outcome = \"y\"\nterms = [\"x\"]\npenalty = \"firth\"\nbootstrap = 50";
    let results = run("logistic_performance", options, &[y, x]);
    let auc = results.estimates.iter().find(|row| row.quantity == Quantity::Auc).unwrap();
    assert!(auc.value.is_some() && auc.std_error.is_none() && auc.interval.is_none());
}

#[test]
fn options_that_make_no_sense_are_refused_at_their_place() {
    let (columns, n) = two_by_two([7, 3, 12, 30]);
    for (method, options, expected) in [
        ("logistic_performance", "groups = 2", "2 groups of predicted risk"),
        ("logistic_performance", "compare = [[]]", "no term is named"),
        ("logistic_performance", "compare = [[\"x\"]]", "the terms of the model itself"),
        ("logistic_performance", "compare = [[\"y\"]]", "is the outcome"),
        ("logistic_performance", "bootstrap = 10", "10 bootstrap replicates"),
        ("logistic_influence", "show = 0", "0 patterns"),
    ] {
        let options = format!("outcome = \"y\"\nterms = [\"x\"]\n{options}");
        let problem = try_run("farr", method, &options, &columns, &n).unwrap_err();
        assert!(problem.message.contains(expected), "{}", problem.message);
        assert!(problem.place.is_some() && problem.help.is_some(), "{options}");
    }
}
