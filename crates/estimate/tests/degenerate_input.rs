//! Input that a method cannot use, or of which nothing can be told: withheld and said, never a number of rounding alone.

mod modelling;

use modelling::{endpoint, try_run};
use study::{Column, MISSING, Notice, Quantity, Results};

const EVENTS: [bool; 8] = [true, true, false, true, true, false, true, true];
const TIMES: [f64; 8] = [1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0];

fn columns() -> Vec<Column> {
    let [time, event] = endpoint(&TIMES, &EVENTS);
    vec![
        time,
        event,
        Column::flag("os.competing", &[Some(false); 8]),
        Column::number("x", vec![1.0, 0.5, 0.0, 2.0, 0.3, 1.2, 0.7, 0.1]),
        Column::category("hospital", &["only"], vec![0; 8]),
        Column::category("never", &[], vec![MISSING; 8]),
    ]
}

fn run(method: &str, options: &str) -> Results {
    let options = format!("endpoint = \"os\"\n{options}");
    try_run("farr", method, &options, &columns(), &[1; 8]).unwrap_or_else(|problem| panic!("{problem}"))
}

/// At the maximum the scores of a single cluster sum to 0: what rounding leaves of its variance is none.
#[test]
fn one_cluster_has_no_variance() {
    let one = Notice::FewClusters { variable: "hospital".into(), clusters: 1 };
    for (method, options, quantity) in [
        ("cox", "terms = [\"x\"]\ncluster = \"hospital\"", Quantity::HazardRatio),
        ("concordance", "score = \"x\"\ncluster = \"hospital\"", Quantity::Concordance),
        ("survival_performance", "at = [3]\nterms = [\"x\"]\ncluster = \"hospital\"", Quantity::Auc),
    ] {
        let results = run(method, options);
        let row = results.estimates.iter().find(|row| row.quantity == quantity).unwrap();
        assert!(row.value.is_some() && row.std_error.is_none(), "{method}: {row:?}");
        let limits = row.interval.map(|interval| (interval.lower, interval.upper));
        assert!(limits.is_none_or(|limits| limits == (None, None)), "{method}: {row:?}");
        assert!(row.test.as_ref().is_none_or(|test| test.p_value.is_none()), "{method}: {row:?}");
        if method == "cox" {
            assert!(results.notices.contains(&one), "{:?}", results.notices);
            assert!(one.to_string().contains("no robust standard errors"), "{one}");
        }
    }
}

#[test]
fn a_product_with_a_factor_that_nobody_has_a_value_of_is_no_panic() {
    let results = run("cox", "terms = [\"x\", \"never\", \"x:never\"]");
    assert_eq!(results.participants.analysed, 0);
    assert!(results.estimates.iter().all(|row| row.quantity != Quantity::HazardRatio || row.value.is_none()));
}

#[test]
fn times_that_are_asked_for_twice_are_told_once() {
    let profile = "profiles = [{ label = \"A\", x = 0.5 }]";
    for (method, options, quantity) in [
        ("survival_performance", "at = [3, 3]\nterms = [\"x\"]".into(), Quantity::Brier),
        ("predicted_survival", format!("at = [3, 3]\nterms = [\"x\"]\n{profile}"), Quantity::Survival),
        (
            "parametric_survival",
            format!("at = [3, 3]\nterms = [\"x\"]\n{profile}"),
            Quantity::PredictedSurvival,
        ),
    ] {
        let results = run(method, &options);
        let rows = results
            .estimates
            .iter()
            .filter(|row| row.quantity == quantity && row.level.as_deref() != Some("without_terms"));
        assert_eq!(rows.count(), 1, "{method}");
    }
}

#[test]
fn frequencies_that_no_number_can_count_are_refused() {
    let mut columns = columns();
    columns.push(Column::number("weight", vec![1e6; 8]));
    let frequent = "weights = \"weight\"\nweight_kind = \"frequency\"";
    for (method, options) in
        [("cox", "terms = [\"x\"]"), ("kaplan_meier", ""), ("kaplan_meier", "landmark = 1.5")]
    {
        let options = format!("endpoint = \"os\"\n{options}\n{frequent}");
        assert!(try_run("farr", method, &options, &columns, &[1; 8]).is_ok(), "{method}");
        let problem = try_run("farr", method, &options, &columns, &[10_000; 8]).unwrap_err();
        assert!(problem.message.contains("more patients than can be counted"), "{method}: {problem}");
        assert!(problem.place.is_some() && problem.help.is_some(), "{method}: {problem}");
    }
}

#[test]
fn a_curve_of_events_at_its_beginning_has_each_time_once() {
    let [time, event] = endpoint(&[0.0, 0.0, 1.0, 2.0, 3.0, 3.0], &[true, false, true, true, false, true]);
    let columns = [time, event, Column::number("x", vec![1.0, 0.0, 0.5, 0.2, 0.4, 0.3])];
    let options = "endpoint = \"os\"\nterms = [\"x\"]\nprofiles = [{ label = \"A\", x = 0.5 }]";
    let results = try_run("farr", "predicted_survival", options, &columns, &[1; 6]).unwrap();
    for curve in &results.curves {
        assert!(curve.time.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", curve.time);
        assert!(curve.time[0] == 0.0 && curve.estimate[0] < 1.0, "{curve:?}");
    }
}
