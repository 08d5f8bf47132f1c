//! Data on which a fit must say why it has no answer, or find the answer nevertheless.

mod modelling;

use modelling::{close, endpoint, global, ratio, run, separated, try_run, two_by_two, value};
use study::notice::SeparationKind;
use study::{Column, Model, Notice, Problem, Quantity, Results, TestName};

const ALONE: &str = "outcome = \"y\"\nterms = [\"x\"]";

fn flags(values: &[u8]) -> Vec<Option<bool>> {
    values.iter().map(|value| Some(*value == 1)).collect()
}

fn kind(results: &Results) -> Option<SeparationKind> {
    results.notices.iter().find_map(|notice| match notice {
        Notice::Separation { kind, .. } => Some(*kind),
        _ => None,
    })
}

#[test]
fn an_empty_cell_is_quasi_complete_separation() {
    let (columns, n) = two_by_two([7, 0, 12, 30]);
    let results = try_run("farr", "logistic", ALONE, &columns, &n).unwrap();
    assert_eq!(separated(&results), [("x", Some("yes"))]);
    assert_eq!(kind(&results), Some(SeparationKind::Quasi));
    let row = ratio(&results, Model::Multivariable, "x", Some("yes"));
    assert_eq!((row.value, row.std_error, &row.test), (None, None, &None));
    assert_eq!((row.n, row.of), (Some(7), Some(7)));
    // The supremum: the others at their own proportion, those with x explained perfectly.
    let limit = 12.0 * (12f64 / 42.0).ln() + 30.0 * (30f64 / 42.0).ln();
    close(value(&results, Model::Multivariable, None, Quantity::LogLikelihood), limit, 1e-12);
    // And the intercept stays what it is without them.
    close(value(&results, Model::Multivariable, None, Quantity::Intercept), (12f64 / 30.0).ln(), 1e-11);
    assert!(global(&results, Model::Multivariable, None, TestName::LikelihoodRatio).is_some());
    let few = |level: &str, least| Notice::FewOutcomes { term: "x".into(), level: level.into(), least };
    assert!(results.notices.contains(&few("yes", 0)));
    let (columns, n) = two_by_two([7, 4, 12, 5]);
    let results = try_run("farr", "logistic", ALONE, &columns, &n).unwrap();
    assert_eq!(results.notices, [few("yes", 4), Notice::EventsPerParameter { events: 9, parameters: 1 }]);
}

/// By hand, `logistic`: the one profile limit of an infinite odds ratio lies where the log-likelihood written out has
/// fallen by half of z²; the other outcome as event inverts it.
#[test]
fn an_infinite_ratio_has_one_profile_limit() {
    let (columns, n) = two_by_two([7, 0, 12, 30]);
    let options = format!("{ALONE}\ninterval = \"profile\"");
    let results = try_run("farr", "logistic", &options, &columns, &n).unwrap();
    let row = ratio(&results, Model::Multivariable, "x", Some("yes"));
    let interval = row.interval.unwrap();
    assert_eq!((row.value, interval.upper), (None, None));
    assert!(
        results.notices.contains(&Notice::UnboundedInterval { term: "x".into(), level: Some("yes".into()) })
    );
    // With the ratio held there, the odds of the others solve 7 P₁ + 42 P₀ = 19; bisection needs no derivatives.
    let held = |odds: f64| {
        7.0 * odds * interval.lower.unwrap() / (1.0 + odds * interval.lower.unwrap())
            + 42.0 * odds / (1.0 + odds)
    };
    let (mut low, mut high) = (0.0, 10.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if held(middle) < 19.0 { low = middle } else { high = middle }
    }
    let p0 = low / (1.0 + low);
    let p1 = low * interval.lower.unwrap() / (1.0 + low * interval.lower.unwrap());
    let at = 7.0 * p1.ln() + 12.0 * p0.ln() + 30.0 * (1.0 - p0).ln();
    let supremum = 12.0 * (12f64 / 42.0).ln() + 30.0 * (30f64 / 42.0).ln();
    close(2.0 * (supremum - at), 1.959_963_984_540_054f64.powi(2), 1e-9);
    // With the event and the other outcome exchanged it is the upper limit, and the inverse.
    let exchanged = try_run("farr", "logistic", &format!("{options}\nevent = \"no\""), &columns, &n).unwrap();
    let other = ratio(&exchanged, Model::Multivariable, "x", Some("yes")).interval.unwrap();
    assert_eq!(other.lower, None);
    close(other.upper.unwrap() * interval.lower.unwrap(), 1.0, 1e-9);
}

#[test]
fn a_number_that_orders_the_outcome_is_complete_separation() {
    let y = Column::flag("y", &flags(&[0, 0, 0, 1, 1, 1]));
    for shift in [0.0, 1e-3] {
        let x = Column::number("x", vec![1.0, 2.0, 3.0, 3.0 + shift, 4.0, 5.0]);
        let results = run("logistic", ALONE, &[y.clone(), x]);
        assert_eq!(separated(&results), [("x", None)], "{shift}");
        // Where the groups touch, that one value is undecided.
        let expected = if shift > 0.0 { SeparationKind::Complete } else { SeparationKind::Quasi };
        assert_eq!(kind(&results), Some(expected));
        let supremum = if shift > 0.0 { 0.0 } else { 2.0 * 0.5f64.ln() };
        let found = value(&results, Model::Multivariable, None, Quantity::LogLikelihood);
        assert!((found - supremum).abs() < 1e-12, "{found}");
    }
    // One crossing, however small, and there is an estimate.
    let x = Column::number("x", vec![1.0, 2.0, 3.0 + 1e-3, 3.0, 4.0, 5.0]);
    let results = run("logistic", ALONE, &[y, x]);
    assert_eq!(separated(&results), []);
    assert!(ratio(&results, Model::Multivariable, "x", None).test.is_some());
}

#[test]
fn the_separated_level_is_named_and_the_other_terms_are_those_of_the_limit() {
    // Of g's levels, c has no event; z is not separated.
    let y = [1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0];
    let g = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2];
    let z = [1.0, 2.0, 3.0, 2.5, 1.0, 4.0, 2.0, 3.5, 1.5, 2.0, 1.0, 2.0, 3.0, 9.0];
    let columns = |rows: &[usize]| {
        let pick =
            |values: &[u8]| -> Vec<Option<bool>> { rows.iter().map(|r| Some(values[*r] == 1)).collect() };
        [
            Column::flag("y", &pick(&y)),
            Column::category("g", &["a", "b", "c"], rows.iter().map(|r| g[*r]).collect()),
            Column::number("z", rows.iter().map(|r| z[*r]).collect()),
        ]
    };
    let options = "outcome = \"y\"\nterms = [\"g\", \"z\"]";
    let all: Vec<usize> = (0..14).collect();
    let whole = run("logistic", options, &columns(&all));
    assert_eq!(separated(&whole), [("g", Some("c"))]);
    let without = run("logistic", options, &columns(&all[..10]));
    for (term, level) in [("g", Some("b")), ("z", None)] {
        let [a, b] =
            [&whole, &without].map(|results| ratio(results, Model::Multivariable, term, level).clone());
        close(a.value.unwrap(), b.value.unwrap(), 1e-10);
        close(a.std_error.unwrap(), b.std_error.unwrap(), 1e-10);
    }
    // The tests of the terms, finite and infinite, are differences of suprema.
    let alone = |term: &str| {
        let results = run("logistic", &format!("outcome = \"y\"\nterms = [\"{term}\"]"), &columns(&all));
        value(&results, Model::Multivariable, None, Quantity::LogLikelihood)
    };
    let both = value(&whole, Model::Multivariable, None, Quantity::LogLikelihood);
    for (tested, other) in [("g", "z"), ("z", "g")] {
        let test = global(&whole, Model::Multivariable, Some(tested), TestName::LikelihoodRatio).unwrap();
        close(test.0, 2.0 * (both - alone(other)), 1e-10);
    }
    assert_eq!(global(&whole, Model::Multivariable, Some("g"), TestName::Wald), None);
    // Without events in the reference, no level has a ratio.
    let mut swapped = columns(&all);
    swapped[1].reference = Some(2);
    let results = run("logistic", options, &swapped);
    assert_eq!(separated(&results), [("g", Some("a")), ("g", Some("b"))]);
    close(
        ratio(&results, Model::Multivariable, "z", None).value.unwrap(),
        ratio(&whole, Model::Multivariable, "z", None).value.unwrap(),
        1e-10,
    );
}

#[test]
fn separation_by_two_terms_together_is_found() {
    // Neither term separates alone; their sum does.
    let y = Column::flag("y", &flags(&[0, 0, 0, 1, 1, 1]));
    let a = Column::number("a", vec![0.0, 4.0, 2.0, 1.0, 5.0, 3.0]);
    let b = Column::number("b", vec![4.0, 0.0, 2.0, 4.0, 0.0, 2.0]);
    let results = run("logistic", "outcome = \"y\"\nterms = [\"a\", \"b\"]\nunivariable = true", &[y, a, b]);
    assert!(ratio(&results, Model::Univariable, "a", None).value.is_some());
    assert!(ratio(&results, Model::Univariable, "b", None).value.is_some());
    assert_eq!(separated(&results), [("a", None), ("b", None)]);
}

#[test]
fn a_group_without_deaths_has_an_infinite_hazard_ratio() {
    let times = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
    let [time, event] = endpoint(&times, &[true, false, true, false, true, false, true, true]);
    let x = Column::flag("x", &flags(&[0, 1, 0, 1, 0, 1, 0, 0]));
    let z = Column::number("z", vec![3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]);
    for ties in ["efron", "breslow"] {
        let options = format!("endpoint = \"os\"\nterms = [\"x\", \"z\"]\nties = \"{ties}\"");
        let columns = [time.clone(), event.clone(), x.clone(), z.clone()];
        let results = run("cox", &options, &columns);
        assert_eq!(separated(&results), [("x", Some("yes"))]);
        // What is left is the model of the others.
        let others = [0, 2, 4, 6, 7];
        let [t, e] = endpoint(&others.map(|i| times[i]), &[true; 5]);
        let z = Column::number("z", vec![3.0, 4.0, 5.0, 2.0, 6.0]);
        let limit = run("cox", &format!("endpoint = \"os\"\nterms = [\"z\"]\nties = \"{ties}\""), &[t, e, z]);
        let [a, b] =
            [&results, &limit].map(|results| ratio(results, Model::Multivariable, "z", None).clone());
        close(a.value.unwrap(), b.value.unwrap(), 1e-10);
        close(a.std_error.unwrap(), b.std_error.unwrap(), 1e-10);
        let [a, b] =
            [&results, &limit].map(|r| value(r, Model::Multivariable, None, Quantity::LogLikelihood));
        close(a, b, 1e-12);
    }
}

#[test]
fn a_number_in_the_order_of_the_deaths_is_monotone() {
    let [time, event] = endpoint(&[1.0, 2.0, 2.0, 3.0, 4.0], &[true, true, true, true, false]);
    let x = Column::number("x", vec![9.0, 7.0, 7.0, 5.0, 5.0]);
    let results = run("cox", "endpoint = \"os\"\nterms = [\"x\"]", &[time.clone(), event.clone(), x]);
    assert_eq!(separated(&results), [("x", None)]);
    // Efron's method sees the last of two tied deaths with half of the other in its risk set; then 5 against 5.
    let limit = -(2f64.ln()) - 1f64.ln() - 2f64.ln();
    close(value(&results, Model::Multivariable, None, Quantity::LogLikelihood), limit, 1e-12);
    let tied = Column::number("x", vec![9.0, 7.0, 6.0, 5.0, 5.0]);
    let results = run("cox", "endpoint = \"os\"\nterms = [\"x\"]", &[time, event, tied]);
    assert_eq!(separated(&results), []);
}

/// One column alone is monotone, and in its limit the other is too.
#[test]
fn separation_within_what_separation_leaves_is_found() {
    let [time, event] = endpoint(&[1.0, 3.0, 3.0, 1.0, 5.0, 4.0], &[true, true, false, false, true, true]);
    let a = Column::number("a", vec![-2.0, 2.0, -2.0, -1.0, -2.0, 1.0]);
    let b = Column::number("b", vec![-2.0, -1.0, -1.0, 0.0, -1.0, -1.0]);
    let results = run("cox", "endpoint = \"os\"\nterms = [\"a\", \"b\"]", &[time, event, a, b]);
    assert_eq!(separated(&results), [("a", None), ("b", None)]);
    assert_eq!(value(&results, Model::Multivariable, None, Quantity::LogLikelihood), 0.0);
    assert_eq!(kind(&results), Some(SeparationKind::Complete));
}

#[test]
fn one_event_and_all_events_at_one_time() {
    let x = Column::number("x", vec![1.0, 5.0, 2.0, 4.0]);
    let times = [1.0, 2.0, 3.0, 4.0];
    let [time, event] = endpoint(&times, &[false, true, false, false]);
    // 5 is the largest of those at risk.
    let results = run("cox", "endpoint = \"os\"\nterms = [\"x\"]", &[time, event, x.clone()]);
    assert_eq!(separated(&results), [("x", None)]);
    let [time, event] = endpoint(&times, &[false, false, true, false]);
    // Of 2 and 4, the smaller.
    let results = run("cox", "endpoint = \"os\"\nterms = [\"x\"]", &[time, event, x.clone()]);
    assert_eq!(separated(&results), [("x", None)]);
    let [time, event] = endpoint(&[2.0; 4], &[true; 4]);
    // Everybody dies at once: Breslow's likelihood ∏ rᵢ / (Σ r)⁴ is largest where all r are equal.
    let options = "endpoint = \"os\"\nterms = [\"x\"]\nties = \"breslow\"";
    let results = run("cox", options, &[time, event, x.clone()]);
    close(ratio(&results, Model::Multivariable, "x", None).value.unwrap(), 1.0, 1e-12);
    let [time, event] = endpoint(&times, &[false; 4]);
    let results = run("cox", "endpoint = \"os\"\nterms = [\"x\"]", &[time, event, x]);
    assert!(results.notices.contains(&Notice::NoEvents { group: None }));
    let row = ratio(&results, Model::Multivariable, "x", None);
    assert_eq!((row.value, row.n, row.of), (None, Some(0), Some(4)));
}

#[test]
fn dependent_and_constant_columns_are_left_out_and_named() {
    let y = Column::flag("y", &flags(&[0, 1, 0, 1, 1, 0, 1, 0]));
    let a = Column::number("a", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let twice = Column::number("twice", vec![2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0]);
    let constant = Column::category("k", &["only", "never"], vec![0; 8]);
    let options = "outcome = \"y\"\nterms = [\"a\", \"twice\", \"k\"]";
    let results = run("logistic", options, &[y.clone(), a.clone(), twice, constant]);
    assert!(results.notices.contains(&Notice::Aliased { term: "twice".into(), level: None }));
    assert!(results.notices.contains(&Notice::SingleLevel { variable: "k".into() }));
    let alone = run("logistic", "outcome = \"y\"\nterms = [\"a\"]", &[y, a]);
    close(
        ratio(&results, Model::Multivariable, "a", None).value.unwrap(),
        ratio(&alone, Model::Multivariable, "a", None).value.unwrap(),
        1e-12,
    );
    assert_eq!(ratio(&results, Model::Multivariable, "twice", None).value, None);
    assert_eq!(global(&results, Model::Multivariable, None, TestName::LikelihoodRatio).unwrap().1, 1.0);
}

#[test]
fn a_level_seen_only_before_the_first_event_has_no_estimate() {
    let [time, event] = endpoint(&[1.0, 2.0, 3.0, 4.0, 5.0], &[false, true, true, true, false]);
    let g = Column::category("g", &["a", "b", "c"], vec![2, 0, 1, 0, 1]);
    let results = run("cox", "endpoint = \"os\"\nterms = [\"g\"]", &[time, event, g]);
    let row = ratio(&results, Model::Multivariable, "g", Some("c"));
    assert_eq!((row.value, row.of), (None, Some(1)));
    assert!(results.notices.iter().any(|notice| notice.to_string().contains("nobody is at risk")));
    assert!(ratio(&results, Model::Multivariable, "g", Some("b")).value.is_some());
}

/// Whole numbers that look random.
fn scrambled(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// Identity, `logistic`, `cox`: a number in another unit, or shifted, has the same test, and its error is in that unit.
#[test]
fn units_change_nothing_but_the_unit() {
    let mut next = scrambled(3);
    let n = 200;
    let values: Vec<f64> = (0..n).map(|_| next(100) as f64).collect();
    let events: Vec<u8> = values.iter().map(|v| u8::from(*v + next(100) as f64 > 100.0)).collect();
    let times: Vec<f64> = (0..n).map(|_| 1.0 + next(50) as f64).collect();
    let y = Column::flag("y", &flags(&events));
    let [time, event] = endpoint(&times, &events.iter().map(|e| *e == 1).collect::<Vec<_>>());
    let z = |unit: f64, shift: f64, method: &str, options: &str| {
        let x = Column::number("x", values.iter().map(|v| v * unit + shift).collect());
        let results = run(method, options, &[y.clone(), time.clone(), event.clone(), x]);
        // A ratio that cannot be written, or prints as 1, is told with the unit that would do.
        let told = |words: &str| results.notices.iter().any(|notice| notice.to_string().contains(words));
        assert_eq!((told("smaller unit"), told("larger unit")), (unit < 1e-5, unit > 1e5), "{unit}");
        let row = ratio(&results, Model::Multivariable, "x", None);
        (row.test.clone().unwrap().statistic.unwrap(), row.std_error.unwrap() * unit)
    };
    for (method, options) in [("logistic", ALONE), ("cox", "endpoint = \"os\"\nterms = [\"x\"]")] {
        let (statistic, std_error) = z(1.0, 0.0, method, options);
        for unit in [1e-12, 1e-6, 1e12] {
            for shift in [0.0, 1e3 * unit] {
                let (other, its_error) = z(unit, shift, method, options);
                close(other, statistic, 1e-9);
                close(its_error, std_error, 1e-9);
            }
        }
    }
}

#[test]
fn two_hundred_covariates() {
    let mut next = scrambled(11);
    let (n, p) = (1500, 200);
    let mut columns: Vec<Column> = Vec::new();
    let mut risk = vec![0i64; n];
    for k in 0..p {
        let values: Vec<u8> = (0..n).map(|_| next(2) as u8).collect();
        if k < 5 {
            risk.iter_mut().zip(&values).for_each(|(sum, v)| *sum += i64::from(*v));
        }
        columns.push(Column::flag(&format!("x{k}"), &flags(&values)));
    }
    let events: Vec<u8> = risk.iter().map(|sum| u8::from(next(8) < *sum as u64)).collect();
    let times: Vec<f64> = risk.iter().map(|sum| 1.0 + next(400) as f64 / (1.0 + *sum as f64)).collect();
    columns.push(Column::flag("y", &flags(&events)));
    columns.extend(endpoint(&times, &events.iter().map(|e| *e == 1).collect::<Vec<_>>()));
    let terms: Vec<String> = (0..p).map(|k| format!("\"x{k}\"")).collect();
    for (method, what) in [("logistic", "outcome = \"y\""), ("cox", "endpoint = \"os\"")] {
        let options = format!("{what}\nterms = [{}]", terms.join(", "));
        let results = run(method, &options, &columns);
        assert_eq!(separated(&results), []);
        let first = ratio(&results, Model::Multivariable, "x0", Some("yes"));
        assert!(
            first.value.unwrap() > 1.2 && first.test.as_ref().unwrap().p_value.unwrap() < 0.01,
            "{method}"
        );
        let df = global(&results, Model::Multivariable, None, TestName::LikelihoodRatio).unwrap().1;
        assert_eq!(df, 200.0);
        assert!(matches!(
            results.notices.iter().find(|n| matches!(n, Notice::EventsPerParameter { .. })),
            Some(Notice::EventsPerParameter { parameters: 200, .. })
        ));
    }
}

fn refusal(method: &str, options: &str, columns: &[Column]) -> Problem {
    try_run("farr", method, options, columns, &vec![1; columns[0].values.len()]).unwrap_err()
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_place() {
    let y = Column::category("y", &["a", "b", "c"], vec![0, 1, 2, 0]);
    let x = Column::number("x", vec![1.0, 2.0, 3.0, 4.0]);
    let problem = refusal("logistic", ALONE, &[y, x.clone()]);
    assert!(problem.message.contains("more than two levels") && problem.place.is_some(), "{problem}");
    let y = Column::category("y", &["dead", "alive"], vec![0, 1, 1, 0]);
    let problem = refusal("logistic", ALONE, &[y.clone(), x.clone()]);
    assert!(problem.message.contains("not clear") && problem.help.unwrap().contains("event = \"alive\""));
    let problem =
        refusal("logistic", "outcome = \"y\"\nevent = \"dad\"\nterms = [\"x\"]", &[y.clone(), x.clone()]);
    assert!(problem.help.as_ref().unwrap().contains("dead"), "{problem}");
    for (options, message) in [
        ("outcome = \"y\"\nterms = [\"x\", \"x\"]", "stands twice"),
        ("outcome = \"y\"\nterms = [\"y\"]", "is the outcome"),
        ("outcome = \"y\"\nterms = []", "no term"),
        ("outcome = \"y\"\nterms = [\"x\"]\nmultivariable = false", "neither"),
        ("outcome = \"y\"\nterms = [\"x\"]\nmultivariable = { enter = \"p < 0.05\" }", "not an entry rule"),
        ("outcome = \"y\"\nterms = [\"x\"]\nmultivariable = { entre = 3 }", "`multivariable` is true, false"),
        ("outcome = \"y\"\nterms = [\"x\"]\nties = \"efron\"", "unknown key `ties`"),
    ] {
        let problem = refusal("logistic", options, &[y.clone(), x.clone()]);
        assert!(problem.message.contains(message) && problem.place.is_some(), "{options}: {problem}");
    }
    let [time, event] = endpoint(&[-1.0, 2.0, 3.0, 4.0], &[true; 4]);
    let problem = refusal("cox", "endpoint = \"os\"\nterms = [\"x\"]", &[time, event, x.clone()]);
    assert!(problem.message.contains("negative") && problem.place.is_some(), "{problem}");
    let problem = refusal("cox", "endpoint = \"oss\"\nterms = [\"x\"]", &[x]);
    assert!(problem.help.as_ref().unwrap().contains("os"), "{problem}");
}

#[test]
fn an_outcome_that_does_not_vary_and_a_term_that_is_missing() {
    let y = Column::flag("y", &flags(&[1, 1, 1, 1]));
    let x = Column::number("x", vec![1.0, 2.0, 3.0, 4.0]);
    let results = run("logistic", ALONE, &[y, x]);
    assert_eq!(results.notices, [Notice::OneOutcome { outcome: "y".into(), level: "yes".into() }]);
    assert_eq!(ratio(&results, Model::Multivariable, "x", None).value, None);
    let y = Column::flag("y", &flags(&[1, 0, 1, 0]));
    let x = Column::number("x", vec![f64::NAN; 4]);
    let results = run("logistic", ALONE, &[y, x]);
    assert_eq!(results.notices[0], Notice::AllMissing { variable: "x".into() });
    assert_eq!(results.participants.analysed, 0);
}

#[test]
fn the_entry_rule_chooses_and_says_so() {
    let mut next = scrambled(5);
    let strong: Vec<u8> = (0..400).map(|_| next(2) as u8).collect();
    let weak: Vec<u8> = (0..400).map(|_| next(2) as u8).collect();
    let y: Vec<u8> = strong.iter().map(|s| u8::from(next(10) < 2 + 4 * u64::from(*s))).collect();
    let columns = [
        Column::flag("y", &flags(&y)),
        Column::flag("strong", &flags(&strong)),
        Column::flag("weak", &flags(&weak)),
    ];
    let options = |rule: &str, shown: bool| {
        format!(
            "outcome = \"y\"\nterms = [\"weak\", \"strong\"]\nunivariable = {shown}\n\
             multivariable = {{ enter = \"{rule}\" }}"
        )
    };
    let results = run("logistic", &options("univariable_p < 0.001", true), &columns);
    let has = |results: &Results, model, term: &str| {
        results.estimates.iter().any(|row| row.model == Some(model) && row.term.as_deref() == Some(term))
    };
    assert!(has(&results, Model::Multivariable, "strong") && !has(&results, Model::Multivariable, "weak"));
    assert!(has(&results, Model::Univariable, "weak"));
    let rule = "univariable Wald P < 0.001".to_string();
    assert!(results.notices.contains(&Notice::DataDrivenSelection { rule }));
    assert!(results.methods_text.iter().any(|text| text.contains("univariable Wald P < 0.001")));
    let results = run("logistic", &options("univariable_p < 1e-30", false), &columns);
    assert!(results.notices.iter().any(|notice| matches!(notice, Notice::NothingEntered { .. })));
    assert_eq!(results.estimates, []);
}

#[test]
fn no_p_value_is_0() {
    // Far beyond the range of numbers: χ² is near 10,000.
    let (columns, n) = two_by_two([5000, 10, 10, 5000]);
    let options =
        "outcome = \"y\"\nexposure = \"x\"\ntests = [\"pearson\", \"yates\", \"fisher\", \"mid_p\"]";
    let exact = try_run("farr", "two_by_two", options, &columns, &n).unwrap();
    let model = try_run("farr", "logistic", ALONE, &columns, &n).unwrap();
    for results in [exact, model] {
        let tests: Vec<f64> = results.estimates.iter().filter_map(|row| row.test.as_ref()?.p_value).collect();
        assert!(tests.iter().all(|p| *p > 0.0) && tests.iter().any(|p| *p < 1e-300), "{tests:?}");
    }
    // And a small one is itself: χ² = 1326.9 on one degree of freedom has P near 1.6e-290.
    let (columns, n) = two_by_two([1000, 133, 133, 1000]);
    let results = try_run("farr", "two_by_two", options, &columns, &n).unwrap();
    let pearson = results.estimates.iter().filter_map(|row| row.test.as_ref()).next().unwrap();
    close(pearson.statistic.unwrap(), 2266.0 * (867.0f64 / 1133.0).powi(2), 1e-12);
    let tail = |x: f64| 2.0 * (-x / 2.0).exp() / (2.0 * std::f64::consts::PI * x).sqrt();
    // Mills' ratio is 1 − 1/x + 3/x² …
    let x = pearson.statistic.unwrap();
    close(pearson.p_value.unwrap(), tail(x) * (1.0 - 1.0 / x + 3.0 / (x * x)), 1e-8);
}
