//! Exact logistic regression: worked by hand, what must not matter, and where there is little to say.

mod modelling;

use modelling::{close, ratio, run, try_run, two_by_two};
use study::{Column, Model, Notice, Quantity, Results};

const ALONE: &str = "outcome = \"y\"\nterms = [\"x\"]";
const ALL: Model = Model::Multivariable;

fn flags(values: &[u8]) -> Vec<Option<bool>> {
    values.iter().map(|value| Some(*value == 1)).collect()
}

fn p_value(results: &Results, term: &str, level: Option<&str>) -> f64 {
    ratio(results, ALL, term, level).test.as_ref().unwrap().p_value.unwrap()
}

/// By hand, `exact_logistic`: two of two against none of two: the median unbiased ratio 2 + √5, P = 1/3 and a limit
/// that solves a quadratic equation.
#[test]
fn the_worked_example() {
    let (columns, n) = two_by_two([2, 0, 0, 2]);
    let results = try_run("farr", "exact_logistic", ALONE, &columns, &n).unwrap();
    let row = ratio(&results, ALL, "x", Some("yes"));
    close(row.value.unwrap(), 2.0 + 5.0_f64.sqrt(), 1e-12);
    close(p_value(&results, "x", Some("yes")), 1.0 / 3.0, 1e-14);
    // P(T = 2) = ψ²/(1 + 4ψ + ψ²) is 1/40 at the lower limit: 39ψ² − 4ψ − 1 = 0.
    let limits = row.interval.unwrap();
    close(limits.lower.unwrap(), (4.0 + (16.0_f64 + 4.0 * 39.0).sqrt()) / 78.0, 1e-12);
    assert_eq!((limits.upper, row.std_error), (None, None));
    assert_eq!((row.n, row.of), (Some(2), Some(2)));
    assert_eq!(results.notices, [Notice::MedianUnbiased { term: "x".into(), level: Some("yes".into()) }]);
    let reference = ratio(&results, ALL, "x", Some("no"));
    assert_eq!((reference.value, reference.n, reference.of), (Some(1.0), Some(0), Some(2)));
}

/// By hand, `exact_logistic`: ten matched pairs are a binomial distribution of the seven discordant ones.
#[test]
fn matched_pairs_are_mcnemar() {
    // Seven discordant pairs, the case exposed in six: binomial with p = ψ/(1 + ψ). Ratio 6; P = 2 (1 + 7)/2⁷.
    let (mut y, mut x, mut pair) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..10u32 {
        let (case, control) = match at {
            0..6 => (1, 0),
            6 => (0, 1),
            _ => (1, 1),
        };
        y.extend([1, 0]);
        x.extend([case, control]);
        pair.extend([at, at]);
    }
    let names: Vec<String> = (0..10).map(|at| format!("p{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let columns = [
        Column::flag("y", &flags(&y)),
        Column::flag("x", &flags(&x)),
        Column::category("pair", &names, pair),
    ];
    let results = run("exact_logistic", &format!("{ALONE}\nstrata = \"pair\""), &columns);
    let row = ratio(&results, ALL, "x", Some("yes"));
    close(row.value.unwrap(), 6.0, 1e-12);
    // Variance of a binomial of 7 at 6/7: 6/7.
    close(row.std_error.unwrap(), (7.0_f64 / 6.0).sqrt(), 1e-12);
    close(p_value(&results, "x", Some("yes")), 2.0 * 8.0 / 128.0, 1e-13);
    // Clopper and Pearson's upper limit of 7 in 7 is 1; of 6 in 7: 1 − (1 − p)… P(T ≤ 6) = 1 − p⁷ = 1/40.
    let p = (39.0_f64 / 40.0).powf(1.0 / 7.0);
    close(row.interval.unwrap().upper.unwrap(), p / (1.0 - p), 1e-10);
}

fn small() -> ([Column; 4], Vec<u64>) {
    let y = Column::flag("y", &flags(&[1, 0, 1, 0, 1, 0, 1, 0, 0, 1]));
    let x = Column::flag("x", &flags(&[1, 1, 0, 0, 1, 0, 0, 1, 0, 1]));
    let size = Column::number("size", vec![1.1, 0.4, 2.3, 0.7, 1.1, 0.9, 1.8, 1.2, 0.4, 2.3]);
    let grade = Column::category("grade", &["I", "II", "III"], vec![0, 0, 1, 1, 2, 0, 2, 1, 0, 2]);
    ([y, x, size, grade], vec![1, 2, 1, 3, 2, 1, 1, 2, 1, 1])
}

const THREE: &str = "outcome = \"y\"\nterms = [\"x\", \"size\", \"grade\"]\nunivariable = true";

/// Identity, `exact_logistic`: splitting counted rows and their order change nothing.
#[test]
fn splitting_and_order_change_nothing() {
    let (columns, n) = small();
    let whole = try_run("farr", "exact_logistic", THREE, &columns, &n).unwrap();
    let order: Vec<usize> =
        (0..n.len()).rev().flat_map(|row| std::iter::repeat_n(row, n[row] as usize)).collect();
    let split: Vec<Column> = columns
        .iter()
        .map(|column| {
            let mut column = column.clone();
            column.values = match &column.values {
                study::Values::Category { levels, codes } => study::Values::Category {
                    levels: levels.clone(),
                    codes: order.iter().map(|row| codes[*row]).collect(),
                },
                study::Values::Number(values) => {
                    study::Values::Number(order.iter().map(|row| values[*row]).collect())
                }
            };
            column
        })
        .collect();
    let split = try_run("farr", "exact_logistic", THREE, &split, &vec![1; order.len()]).unwrap();
    assert_eq!(whole.estimates, split.estimates);
    assert_eq!(whole.notices, split.notices);
}

/// Identity, `exact_logistic`: a unit leaves P, and the other outcome as event inverts ratio and limits.
#[test]
fn units_and_the_event_turn_as_they_should() {
    let (columns, n) = small();
    let options = "outcome = \"y\"\nterms = [\"size\", \"x\"]";
    let one = try_run("farr", "exact_logistic", options, &columns, &n).unwrap();
    let beta = |results: &Results| ratio(results, ALL, "size", None).value.unwrap().ln();
    for unit in [1e-12, 1e12, 10.0] {
        let mut scaled = columns.clone();
        scaled[2] = Column::number(
            "size",
            [11, 4, 23, 7, 11, 9, 18, 12, 4, 23].iter().map(|t| f64::from(*t) * (unit / 10.0)).collect(),
        );
        let other = try_run("farr", "exact_logistic", options, &scaled, &n).unwrap();
        let row = ratio(&other, ALL, "size", None);
        if unit == 1e-12 {
            // e to the power of some 10¹² is no double.
            assert_eq!(row.value, None);
            assert!(other.notices.iter().any(|notice| notice.to_string().contains("smaller unit")));
        } else {
            close(row.std_error.unwrap() * unit, ratio(&one, ALL, "size", None).std_error.unwrap(), 1e-10);
        }
        assert_eq!(p_value(&other, "size", None), p_value(&one, "size", None));
    }
    let other =
        try_run("farr", "exact_logistic", &format!("{options}\nevent = \"no\""), &columns, &n).unwrap();
    close(beta(&other), -beta(&one), 1e-10);
    let (ours, theirs) = (ratio(&one, ALL, "x", Some("yes")), ratio(&other, ALL, "x", Some("yes")));
    close(ours.interval.unwrap().lower.unwrap(), 1.0 / theirs.interval.unwrap().upper.unwrap(), 1e-10);
}

/// Identity, `exact_logistic`: the limits exclude 1 exactly where P is below 0.05.
#[test]
fn p_and_limits_agree() {
    for counts in [[9, 2, 3, 8], [8, 2, 3, 8], [7, 2, 3, 7], [5, 0, 4, 6], [4, 4, 4, 4]] {
        let (columns, n) = two_by_two(counts);
        for interval in ["exact", "mid_p"] {
            let options = format!("{ALONE}\ninterval = \"{interval}\"");
            let results = try_run("farr", "exact_logistic", &options, &columns, &n).unwrap();
            let row = ratio(&results, ALL, "x", Some("yes"));
            let limits = row.interval.unwrap();
            let excluded = limits.lower.is_some_and(|l| l > 1.0) || limits.upper.is_some_and(|u| u < 1.0);
            assert_eq!(p_value(&results, "x", Some("yes")) < 0.05, excluded, "{counts:?} {interval}");
        }
    }
}

#[test]
fn nothing_to_compare_is_said() {
    // No event; one outcome only.
    let (columns, n) = two_by_two([0, 5, 0, 6]);
    let results = try_run("farr", "exact_logistic", ALONE, &columns, &n).unwrap();
    assert!(results.notices.contains(&Notice::OneOutcome { outcome: "y".into(), level: "no".into() }));
    assert_eq!(ratio(&results, ALL, "x", Some("yes")).value, None);
    // One event: the other patients are all possible.
    let (columns, n) = two_by_two([1, 5, 0, 6]);
    let results = try_run("farr", "exact_logistic", ALONE, &columns, &n).unwrap();
    close(p_value(&results, "x", Some("yes")), 1.0, 1e-12);
    // Two terms that say the same: each is fixed by the other.
    let (mut columns, n) = two_by_two([7, 4, 2, 5]);
    let mut same = columns[1].clone();
    same.name = "z".into();
    columns.push(same);
    let options = "outcome = \"y\"\nterms = [\"x\", \"z\"]";
    let results = try_run("farr", "exact_logistic", options, &columns, &n).unwrap();
    assert_eq!(results.notices, [Notice::Aliased { term: "z".into(), level: Some("yes".into()) }]);
    assert_eq!(ratio(&results, ALL, "z", Some("yes")).value, None);
    assert!(ratio(&results, ALL, "x", Some("yes")).value.is_some());
    // Two patients of each stratum who are alike: no outcome but the observed one.
    let stratum = Column::category("s", &["a", "b"], vec![0, 0, 1, 1]);
    let apart = [Column::flag("y", &flags(&[1, 0, 1, 0])), Column::flag("x", &flags(&[1, 1, 0, 0])), stratum];
    let results = run("exact_logistic", &format!("{ALONE}\nstrata = \"s\""), &apart);
    let told = Notice::Uninformative { term: "x".into(), level: Some("yes".into()) };
    assert!(results.notices.contains(&told), "{:?}", results.notices);
    assert_eq!(ratio(&results, ALL, "x", Some("yes")).value, None);
    // A term that does not vary.
    let constant = [Column::flag("y", &flags(&[1, 0, 1])), Column::number("x", vec![3.0; 3])];
    let results = run("exact_logistic", ALONE, &constant);
    assert!(!results.notices.is_empty());
    assert_eq!(ratio(&results, ALL, "x", None).value, None);
    // Nobody has a value.
    let absent = [Column::flag("y", &flags(&[1, 0, 1])), Column::number("x", vec![f64::NAN; 3])];
    let results = run("exact_logistic", ALONE, &absent);
    assert!(results.notices.contains(&Notice::AllMissing { variable: "x".into() }), "{:?}", results.notices);
    assert_eq!(results.participants.analysed, 0);
}

#[test]
fn what_is_out_of_reach_is_withheld_with_the_reason() {
    let n = 60;
    let y: Vec<u8> = (0..n).map(|at| u8::from(at % 3 == 0)).collect();
    let number = |seed: f64| (0..n).map(|at| ((f64::from(at) * seed) % 1.0 * 1e6).round() / 1e3).collect();
    let columns = [
        Column::flag("y", &flags(&y)),
        Column::number("x", number(0.618_033_98)),
        Column::number("z", number(0.754_877_66)),
    ];
    let options = "outcome = \"y\"\nterms = [\"x\", \"z\"]\nstates = 20000";
    let results = run("exact_logistic", options, &columns);
    for term in ["x", "z"] {
        let told = Notice::ExactOutOfReach { term: term.into(), level: None, states: Some(20000) };
        assert!(results.notices.contains(&told), "{:?}", results.notices);
        let row = ratio(&results, ALL, term, None);
        assert_eq!((row.value, row.interval, &row.test), (None, None, &None));
    }
    // Numbers with more digits than whole numbers have.
    let long = Column::number("x", (1..=60).map(|at| [1e-9, 1e9][at % 2] / at as f64).collect());
    let results = run("exact_logistic", ALONE, &[columns[0].clone(), long]);
    assert!(results.notices.contains(&Notice::ExactOutOfReach {
        term: "x".into(),
        level: None,
        states: None
    }));
}

#[test]
fn many_strata_and_missing_values() {
    // A thousand pairs, discordant all, 520 to 480: the ratio is 520/480. A patient without a stratum is left out.
    let pairs = 1000u32;
    let (mut y, mut x, mut pair) = (vec![1u8], vec![0u8], vec![study::MISSING]);
    for at in 0..pairs {
        y.extend([1, 0]);
        x.extend(if at < 520 { [1, 0] } else { [0, 1] });
        pair.extend([at, at]);
    }
    let names: Vec<String> = (0..pairs).map(|at| format!("p{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let columns = [
        Column::flag("y", &flags(&y)),
        Column::flag("x", &flags(&x)),
        Column::category("pair", &names, pair),
    ];
    let results = run("exact_logistic", &format!("{ALONE}\nstrata = \"pair\""), &columns);
    close(ratio(&results, ALL, "x", Some("yes")).value.unwrap(), 520.0 / 480.0, 1e-10);
    assert_eq!((results.participants.eligible, results.participants.analysed), (2001, 2000));
    assert!(results.notices.contains(&Notice::MissingExcluded { variable: "pair".into(), n: 1 }));
    assert!(results.estimates.iter().all(|row| row.quantity != Quantity::GlobalTest));
}

#[test]
fn options_that_cannot_be_meant_are_refused() {
    let (columns, n) = two_by_two([7, 4, 2, 5]);
    let refused =
        |options: &str| try_run("farr", "exact_logistic", options, &columns, &n).unwrap_err().to_string();
    assert!(refused("outcome = \"y\"\nterms = []").contains("no term"));
    assert!(refused("outcome = \"y\"\nterms = [\"y\"]").contains("cannot be a term"));
    assert!(refused("outcome = \"y\"\nterms = [\"x\", \"x\"]").contains("stands twice"));
    assert!(refused("outcome = \"y\"\nterms = [\"x:y\"]").contains("not one variable"));
    assert!(refused("outcome = \"y\"\nterms = [\"x\"]\nstates = 0").contains("states"));
    assert!(refused("outcome = \"y\"\nterms = [\"x\"]\nmultivariable = false").contains("neither"));
    assert!(refused("outcome = \"y\"\nterms = [\"x\"]\nstrata = \"y\"").contains("stratified"));
    assert!(refused("outcome = \"y\"\nterms = [\"x\"]\nties = \"no\"").contains("ties"));
}
