//! Identities of logistic and Cox regression that hold for any data, and separation against exact enumeration.

mod modelling;

use modelling::{endpoint, global, plan, ratio, run, separated, try_run, two_by_two};
use proptest::prelude::*;
use study::{Column, CountTable, MISSING, Model, Notice, Results, TestName};

const LEVELS: [&str; 3] = ["a", "b", "c"];

/// Time, event, level of g (3 is missing) and a number.
type Patient = (u8, bool, u32, i8);

fn patients(least: usize) -> impl Strategy<Value = Vec<Patient>> {
    proptest::collection::vec((1..12u8, any::<bool>(), 0..4u32, -5..6i8), least..40)
}

fn columns(patients: &[Patient], reference: u32) -> Vec<Column> {
    let times: Vec<f64> = patients.iter().map(|patient| f64::from(patient.0)).collect();
    let events: Vec<bool> = patients.iter().map(|patient| patient.1).collect();
    let codes = patients.iter().map(|patient| if patient.2 < 3 { patient.2 } else { MISSING }).collect();
    let g = Column { reference: Some(reference), ..Column::category("g", &LEVELS, codes) };
    let x = Column::number("x", patients.iter().map(|patient| f64::from(patient.3)).collect());
    let y = Column::flag("y", &events.iter().map(|event| Some(*event)).collect::<Vec<_>>());
    let [time, event] = endpoint(&times, &events);
    vec![time, event, y, g, x]
}

const MODELS: [(&str, &str); 4] = [
    ("logistic", "outcome = \"y\"\nterms = [\"g\", \"x\"]\nunivariable = true"),
    ("cox", "endpoint = \"os\"\nterms = [\"g\", \"x\"]\nunivariable = true"),
    ("cox", "endpoint = \"os\"\nterms = [\"g\", \"x\"]\nunivariable = true\nties = \"breslow\""),
    ("logistic", "outcome = \"y\"\nterms = [\"g\", \"x\"]\nunivariable = true\npenalty = \"firth\""),
];

fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs()).max(1e-3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Identity, `logistic`, `cox`: the order of patients, splitting counted rows and pooling halves change nothing.
    #[test]
    fn order_splitting_and_pooling_change_nothing(patients in patients(2), cut in 0..40usize) {
        let cut = cut.min(patients.len());
        for (method, options) in MODELS {
            let plan = plan("farr", method, options);
            let entry = estimate::find(&plan.analyses[0]).unwrap();
            let request = (entry.requests)(&plan.analyses[0], &plan).unwrap();
            let counted = |patients: &[Patient], times: u64| {
                let all = columns(patients, 0);
                let pick = |name: String| all.iter().find(|column| column.name == name).unwrap().clone();
                let chosen = request[0].columns.iter().map(|column| pick(column.source.column())).collect();
                CountTable::new(chosen, vec![times; patients.len()]).unwrap()
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

    /// Identity, `logistic`, `cox`: exchanging the reference inverts the ratio and leaves its error, the other terms
    /// and the test of the factor.
    #[test]
    fn exchanging_the_reference_inverts_the_ratio(patients in patients(12)) {
        for (method, options) in MODELS {
            let of = |reference| run(method, options, &columns(&patients, reference));
            let (first, second) = (of(0), of(1));
            for model in [Model::Univariable, Model::Multivariable] {
                let forth = ratio(&first, model, "g", Some("b"));
                let back = ratio(&second, model, "g", Some("a"));
                // A reference that nobody has is replaced, and said to be.
                if forth.reference.as_deref() != Some("a") || back.reference.as_deref() != Some("b") {
                    continue;
                }
                prop_assert_eq!(forth.value.is_some(), back.value.is_some());
                let (Some(a), Some(b)) = (forth.value, back.value) else { continue };
                prop_assert!(close(a * b, 1.0, 1e-8), "{} {}", a, b);
                prop_assert!(close(forth.std_error.unwrap(), back.std_error.unwrap(), 1e-7));
                // The other terms do not notice.
                let [x, same] = [&first, &second].map(|results| ratio(results, model, "x", None).value);
                prop_assert!(x.zip(same).is_none_or(|(x, same)| close(x, same, 1e-8)));
                let test = |results| global(results, model, Some("g"), TestName::LikelihoodRatio).map(|t| t.0);
                let [x, same] = [&first, &second].map(test);
                prop_assert!(x.zip(same).is_none_or(|(x, same)| (x - same).abs() < 1e-9));
            }
        }
    }

    /// Identity, `logistic`: the odds ratio of any fourfold table is the cross product, its error Woolf’s.
    #[test]
    fn a_two_level_odds_ratio_is_the_cross_product(counts in proptest::array::uniform4(1..2000u64)) {
        let (columns, n) = two_by_two(counts);
        let options = "outcome = \"y\"\nterms = [\"x\"]";
        let results = try_run("farr", "logistic", options, &columns, &n).unwrap();
        let row = ratio(&results, Model::Multivariable, "x", Some("yes"));
        let [a, b, c, d] = counts.map(|count| count as f64);
        prop_assert!(close(row.value.unwrap(), a * d / (b * c), 1e-11));
        let woolf = (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
        prop_assert!(close(row.std_error.unwrap(), woolf, 1e-11));
    }

    /// Identity, `cox`: without ties Efron’s estimate is Breslow’s, and only the order of times matters.
    #[test]
    fn without_ties_efron_is_breslow_and_only_the_order_of_times_matters(patients in patients(5)) {
        let mut distinct = patients.clone();
        distinct.iter_mut().enumerate().for_each(|(index, patient)| patient.0 = index as u8 + 1);
        let estimates = |options: &str, columns: &[Column]| run("cox", options, columns).estimates;
        let own = columns(&distinct, 0);
        prop_assert_eq!(estimates(MODELS[1].1, &own), estimates(MODELS[2].1, &own));
        let mut stretched = columns(&patients, 0);
        let times: Vec<f64> = patients.iter().map(|patient| f64::from(patient.0).powi(3)).collect();
        stretched[0] = Column::number("os.time", times);
        prop_assert_eq!(estimates(MODELS[1].1, &columns(&patients, 0)), estimates(MODELS[1].1, &stretched));
    }

    /// Identity, `cox`: without ties the score test of two groups is the log-rank test.
    #[test]
    fn the_score_test_of_two_groups_without_ties_is_the_log_rank_test(
        patients in proptest::collection::vec((any::<bool>(), any::<bool>()), 6..60),
    ) {
        let times: Vec<f64> = (1..=patients.len()).map(|time| time as f64).collect();
        let events: Vec<bool> = patients.iter().map(|patient| patient.0).collect();
        let groups: Vec<Option<bool>> = patients.iter().map(|patient| Some(patient.1)).collect();
        let (mut difference, mut variance) = (0.0, 0.0);
        for index in (0..patients.len()).filter(|index| events[*index]) {
            let at_risk = &patients[index..];
            let share = at_risk.iter().filter(|patient| patient.1).count() as f64 / at_risk.len() as f64;
            difference += f64::from(u8::from(patients[index].1)) - share;
            variance += share * (1.0 - share);
        }
        prop_assume!(variance > 0.0);
        let [time, event] = endpoint(&times, &events);
        let results = run("cox", "endpoint = \"os\"\nterms = [\"x\"]", &[time, event, Column::flag("x", &groups)]);
        let score = global(&results, Model::Multivariable, None, TestName::Score).unwrap().0;
        prop_assert!((score - difference * difference / variance).abs() < 1e-9 * score.max(1.0), "{}", score);
    }
}

/// Whether `rows` z leave a β ≠ 0 with z′β ≥ 0 for all: then an extreme ray of that cone is orthogonal to all but one
/// dimension's worth of rows, so that trying those is enough. Whole numbers: exact. `None` where the rows do not span
/// the space.
fn separable(rows: &[[i64; 3]], dimension: usize) -> Option<bool> {
    let cross = |a: &[i64; 3], b: &[i64; 3]| {
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    };
    let dot = |a: &[i64; 3], b: &[i64; 3]| a.iter().zip(b).map(|(x, y)| x * y).sum::<i64>();
    let mut rays: Vec<[i64; 3]> = Vec::new();
    for (index, a) in rows.iter().enumerate() {
        if dimension == 2 {
            rays.push(cross(a, &[0, 0, 1]));
        } else {
            rays.extend(rows[..index].iter().map(|b| cross(a, b)));
        }
    }
    rays.retain(|ray| *ray != [0; 3]);
    let spans = rays.iter().any(|ray| rows.iter().any(|row| dot(ray, row) != 0));
    let inside = |ray: &[i64; 3], sign: i64| rows.iter().all(|row| sign * dot(ray, row) >= 0);
    spans.then(|| rays.iter().any(|ray| inside(ray, 1) || inside(ray, -1)))
}

fn withheld(results: &Results) -> bool {
    results.notices.iter().any(|notice| matches!(notice, Notice::NotConverged { .. }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Identity, `logistic`: an infinite ratio is found exactly where a plane parts the outcomes, which is decided in
    /// whole numbers.
    #[test]
    fn separation_of_a_binary_outcome_is_found_exactly_where_it_is(
        patients in proptest::collection::vec((any::<bool>(), -2..3i8, -2..3i8), 4..14),
    ) {
        let rows: Vec<[i64; 3]> = patients.iter().map(|(event, a, b)| {
            let sign = if *event { 1 } else { -1 };
            [sign, sign * i64::from(*a), sign * i64::from(*b)]
        }).collect();
        let Some(expected) = separable(&rows, 3) else { return Ok(()) };
        prop_assume!(patients.iter().any(|p| p.0) && !patients.iter().all(|p| p.0));
        let number = |pick: fn(&(bool, i8, i8)) -> i8| patients.iter().map(|p| f64::from(pick(p))).collect();
        let y = Column::flag("y", &patients.iter().map(|patient| Some(patient.0)).collect::<Vec<_>>());
        let columns = [y, Column::number("a", number(|p| p.1)), Column::number("b", number(|p| p.2))];
        let results = run("logistic", "outcome = \"y\"\nterms = [\"a\", \"b\"]", &columns);
        prop_assert!(!withheld(&results));
        prop_assert_eq!(!separated(&results).is_empty(), expected, "{:?}", results.notices);
    }

    /// Identity, `cox`: an infinite ratio is found exactly where the partial likelihood rises for ever, which is
    /// decided in whole numbers.
    #[test]
    fn a_monotone_partial_likelihood_is_found_exactly_where_it_is(
        patients in proptest::collection::vec((1..6u8, any::<bool>(), -2..3i8, -2..3i8), 3..10),
    ) {
        let mut rows = Vec::new();
        for i in patients.iter().filter(|patient| patient.1) {
            rows.extend(patients.iter().filter(|j| j.0 >= i.0).map(|j| {
                [i64::from(i.2) - i64::from(j.2), i64::from(i.3) - i64::from(j.3), 0]
            }));
        }
        let Some(expected) = separable(&rows, 2) else { return Ok(()) };
        let times: Vec<f64> = patients.iter().map(|patient| f64::from(patient.0)).collect();
        let events: Vec<bool> = patients.iter().map(|patient| patient.1).collect();
        let [time, event] = endpoint(&times, &events);
        let number = |pick: fn(&(u8, bool, i8, i8)) -> i8| patients.iter().map(|p| f64::from(pick(p))).collect();
        let a = Column::number("a", number(|patient| patient.2));
        let b = Column::number("b", number(|patient| patient.3));
        for ties in ["efron", "breslow"] {
            let options = format!("endpoint = \"os\"\nterms = [\"a\", \"b\"]\nties = \"{ties}\"");
            let results = run("cox", &options, &[time.clone(), event.clone(), a.clone(), b.clone()]);
            prop_assert!(!withheld(&results));
            prop_assert_eq!(!separated(&results).is_empty(), expected, "{:?}", results.notices);
        }
    }
}
