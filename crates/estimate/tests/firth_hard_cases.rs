//! Firth's estimate where maximum likelihood has none or hardly one.

mod modelling;

use modelling::{close, ratio, run, try_run, two_by_two, value};
use study::{Column, Estimate, Model, Notice, Quantity, Results};

const ALONE: &str = "outcome = \"y\"\nterms = [\"x\"]\npenalty = \"firth\"";
const TOGETHER: Model = Model::Multivariable;

fn has_separation(results: &Results) -> bool {
    results.notices.iter().any(|notice| matches!(notice, Notice::PenalizedSeparation { .. }))
}

/// By hand, `logistic`: Firth’s odds ratio of a fourfold table has half a patient more in each cell, also where one is
/// empty.
#[test]
fn two_by_two_tables_have_half_a_patient_more_in_each_cell() {
    for counts in [[7, 0, 12, 30], [0, 5, 9, 2], [5, 0, 0, 5], [1, 0, 0, 1], [3, 400_000_000, 0, 100_000_000]]
    {
        let (columns, n) = two_by_two(counts);
        let results = try_run("farr", "logistic", ALONE, &columns, &n).unwrap();
        let [a, b, c, d] = counts.map(|count| count as f64 + 0.5);
        let row = ratio(&results, TOGETHER, "x", Some("yes"));
        close(row.value.unwrap(), a * d / (b * c), 1e-10);
        // (X′WX)⁻¹ has the patients themselves, m p(1 − p) with p = (y + ½)/(m + 1).
        let variance = |y: f64, o: f64| (y + o) * (y + o) / ((y + o - 1.0) * y * o);
        close(row.std_error.unwrap(), (variance(a, b) + variance(c, d)).sqrt(), 1e-10);
        assert!(has_separation(&results), "{counts:?}: {:?}", results.notices);
        let interval = row.interval.unwrap();
        assert!(interval.lower.unwrap() < row.value.unwrap() && row.value.unwrap() < interval.upper.unwrap());
        assert!(row.test.as_ref().unwrap().p_value.unwrap() > 0.0);
    }
    let (columns, n) = two_by_two([7, 4, 12, 5]);
    assert!(!has_separation(&try_run("farr", "logistic", ALONE, &columns, &n).unwrap()));
}

#[test]
fn numbers_that_separate_completely_are_finite_in_any_unit() {
    let y = Column::flag("y", &[false, false, false, false, true, true, true].map(Some));
    let of = |unit: f64| {
        let x = Column::number("x", [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0].map(|x| x * unit).to_vec());
        run("logistic", ALONE, &[y.clone(), x])
    };
    let plain = of(1.0);
    assert!(has_separation(&plain));
    let row = ratio(&plain, TOGETHER, "x", None);
    let (beta, std_error) = (row.value.unwrap().ln(), row.std_error.unwrap());
    for unit in [1e-3, 1e3, 1e12] {
        let results = of(unit);
        let scaled = ratio(&results, TOGETHER, "x", None);
        close(scaled.std_error.unwrap() * unit, std_error, 1e-9);
        let p = |row: &Estimate| row.test.as_ref().unwrap().p_value.unwrap();
        close(p(scaled), p(row), 1e-9);
        if unit < 1e4 && unit > 1e-2 {
            close(scaled.value.unwrap().ln() * unit, beta, 1e-9);
        }
    }
    // The penalty is told in the units of the variable: half the logarithm of its square.
    let likelihood = |results: &Results| value(results, TOGETHER, None, Quantity::LogLikelihood);
    close(likelihood(&of(1e3)) - likelihood(&plain), 1e3_f64.ln(), 1e-9);
}

#[test]
fn one_event_no_event_and_dependent_columns() {
    let x = Column::number("x", (0..40).map(|i| f64::from(i % 7)).collect());
    let twice = Column::number("twice", (0..40).map(|i| f64::from(i % 7) * 2.0).collect());
    let terms = "outcome = \"y\"\nterms = [\"x\", \"twice\"]\npenalty = \"firth\"";
    let of = |events: i32| {
        let y = Column::flag("y", &(0..40).map(|i| Some(i < events)).collect::<Vec<_>>());
        run("logistic", terms, &[y, x.clone(), twice.clone()])
    };
    let one = of(1);
    let row = ratio(&one, TOGETHER, "x", None);
    assert!(row.value.is_some() && row.interval.unwrap().upper.is_some());
    assert!(one.notices.contains(&Notice::Aliased { term: "twice".into(), level: None }));
    let none = of(0);
    assert!(none.notices.iter().any(|notice| matches!(notice, Notice::OneOutcome { .. })));
    assert_eq!(ratio(&none, TOGETHER, "x", None).value, None);
}

#[test]
fn a_hundred_and_twenty_covariates_for_two_hundred_patients() {
    // More than the tensor is made for; the data separate, as so many columns do.
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from((state >> 33) as u32) / f64::from(1u32 << 31) - 0.5
    };
    let numbers: Vec<Vec<f64>> = (0..120).map(|_| (0..200).map(|_| next()).collect()).collect();
    let y: Vec<Option<bool>> = (0..200).map(|i| Some(numbers[0][i] + next() > 0.0)).collect();
    let mut columns = vec![Column::flag("y", &y)];
    columns.extend(numbers.into_iter().enumerate().map(|(k, x)| Column::number(&format!("x{k}"), x)));
    let terms: Vec<String> = (0..120).map(|k| format!("\"x{k}\"")).collect();
    let options =
        format!("outcome = \"y\"\nterms = [{}]\npenalty = \"firth\"\ninterval = \"wald\"", terms.join(", "));
    let results = run("logistic", &options, &columns);
    for k in 0..120 {
        let row = ratio(&results, TOGETHER, &format!("x{k}"), None);
        assert!(row.value.is_some() && row.std_error.is_some(), "{:?}", results.notices);
    }
}

#[test]
fn bootstrap_limits_of_separated_replicates_do_not_exist_and_firth_loses_none() {
    // One patient with x and the event: a third of the replicates lack it.
    let (columns, n) = two_by_two([1, 20, 15, 20]);
    let options = "outcome = \"y\"\nterms = [\"x\"]\ninterval = \"bootstrap\"\nbootstrap = 400";
    let results = try_run("farr", "logistic", options, &columns, &n).unwrap();
    let interval = ratio(&results, TOGETHER, "x", Some("yes")).interval.unwrap();
    assert!(interval.lower.is_none() && interval.upper.is_some());
    let told: Vec<String> = results.notices.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|text| text.contains("bootstrap replicates are separated")), "{told:?}");
    let options = format!("{options}\npenalty = \"firth\"\nbootstrap_interval = \"bca\"");
    let results = try_run("farr", "logistic", &options, &columns, &n).unwrap();
    let interval = ratio(&results, TOGETHER, "x", Some("yes")).interval.unwrap();
    assert!(interval.lower.is_some() && interval.upper.is_some());
    // Of what is separated already there are none.
    let (columns, n) = two_by_two([0, 20, 15, 20]);
    let options = "outcome = \"y\"\nterms = [\"x\"]\ninterval = \"bootstrap\"";
    let results = try_run("farr", "logistic", options, &columns, &n).unwrap();
    assert_eq!(ratio(&results, TOGETHER, "x", Some("yes")).interval, None);
}

#[test]
fn a_number_of_replicates_without_the_bootstrap_is_refused() {
    let (columns, n) = two_by_two([1, 20, 15, 20]);
    for (options, expected) in [
        ("bootstrap = 1000", "the intervals are not the bootstrap’s"),
        ("interval = \"bootstrap\"\nbootstrap = 3", "not between 50 and 100000"),
        ("penalty = \"ridge\"", "unknown value `ridge`"),
    ] {
        let options = format!("outcome = \"y\"\nterms = [\"x\"]\n{options}");
        let problem = try_run("farr", "logistic", &options, &columns, &n).unwrap_err();
        assert!(problem.message.contains(expected) && problem.place.is_some(), "{}", problem.message);
    }
}
