//! Comparison of a number between two groups: by hand, and against the other methods that compare one.

mod modelling;

use modelling::{close, try_run};
use proptest::prelude::*;
use study::{Column, Estimate, Quantity, Results, Test};

/// The values of `x`, then those of `y`; `w` is 1 for the first and 0 for the second.
fn columns(x: &[f64], y: &[f64]) -> [Column; 3] {
    let first: Vec<bool> = (0..x.len() + y.len()).map(|row| row < x.len()).collect();
    [
        Column::number("v", [x, y].concat()),
        Column::category("g", &["y", "x"], first.iter().map(|first| u32::from(*first)).collect()),
        Column::number("w", first.iter().map(|first| f64::from(u8::from(*first))).collect()),
    ]
}

fn run(method: &str, options: &str, x: &[f64], y: &[f64]) -> Results {
    try_run("farr", method, options, &columns(x, y), &vec![1; x.len() + y.len()]).unwrap()
}

fn location(more: &str, x: &[f64], y: &[f64]) -> Results {
    run("location", &format!("variable = \"v\"\nby = \"g\"\ngroup = \"x\"\n{more}"), x, y)
}

fn row(results: &Results, quantity: Quantity) -> &Estimate {
    results.estimates.iter().find(|row| row.quantity == quantity).unwrap()
}

fn test(results: &Results, quantity: Quantity) -> &Test {
    row(results, quantity).test.as_ref().unwrap()
}

/// By hand, `location`: 2, 4 and 9 against 1 and 3: difference 3 with Student’s and Welch’s error, t and degrees of
/// freedom, the shift 2 of the six differences, and the exact P 4/10.
#[test]
fn three_against_two_by_hand() {
    let (x, y) = ([2.0, 4.0, 9.0], [1.0, 3.0]);
    // Squares about the means 5 and 2: 26 and 2; pooled 28/3 with three degrees of freedom, times 1/3 + 1/2.
    let students = location("means = \"student\"", &x, &y);
    let found = row(&students, Quantity::MeanDifference);
    close(found.value.unwrap(), 3.0, 1e-14);
    close(found.std_error.unwrap(), (70.0f64 / 9.0).sqrt(), 1e-14);
    let student = found.test.as_ref().unwrap();
    close(student.statistic.unwrap(), 9.0 / 70f64.sqrt(), 1e-14);
    assert_eq!(student.df, [3.0]);
    // With three degrees of freedom P = 1 − (2/π)(θ + sin θ cos θ), tan θ = t/√3.
    let tangent = (27.0f64 / 70.0).sqrt();
    let p = 1.0 - 2.0 / std::f64::consts::PI * (tangent.atan() + tangent / (1.0 + tangent * tangent));
    close(student.p_value.unwrap(), p, 1e-12);
    // Welch: 13/3 + 1 = 16/3, (16/3)² / ((13/3)²/2 + 1) = 512/187.
    let welchs = location("means = \"welch\"", &x, &y);
    let found = row(&welchs, Quantity::MeanDifference);
    close(found.std_error.unwrap(), 4.0 / 3f64.sqrt(), 1e-14);
    let welch = found.test.as_ref().unwrap();
    close(welch.statistic.unwrap(), 0.75 * 3f64.sqrt(), 1e-14);
    close(welch.df[0], 512.0 / 187.0, 1e-14);
    // Differences −1, 1, 1, 3, 6, 8, five above 0; of ten rankings four are as far from three.
    for ranks in ["exact", "exact_where_small"] {
        let results = location(&format!("ranks = \"{ranks}\""), &x, &y);
        let shift = row(&results, Quantity::LocationShift);
        close(shift.value.unwrap(), 2.0, 1e-14);
        let test = shift.test.as_ref().unwrap();
        assert_eq!((test.statistic, test.p_value), (Some(5.0), Some(0.4)));
    }
}

fn same(a: Option<f64>, b: Option<f64>) -> bool {
    a.zip(b).is_some_and(|(a, b)| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Identity, `location`, `baseline`, `correlation`: Student’s, Welch’s and the rank-sum test are those of a baseline
    /// table, and the t of the correlation with belonging to the group is Student’s.
    #[test]
    fn three_methods_make_one_comparison(
        x in proptest::collection::vec((-20..20i32).prop_map(f64::from), 2..9),
        y in proptest::collection::vec((-20..20i32).prop_map(f64::from), 2..9),
    ) {
        prop_assume!([&x, &y].iter().any(|values| values.iter().any(|value| *value != values[0])));
        let table = |test: &str| {
            let options = format!(
                "by = \"g\"\nvariables = [\"v\"]\neach = {{ v = {{ statistic = \"mean_sd\", test = \"{test}\" }} }}"
            );
            test_of_baseline(&run("baseline", &options, &x, &y))
        };
        let student = location("means = \"student\"", &x, &y);
        let welch = location("means = \"welch\"", &x, &y);
        for (results, name) in [(&student, "student"), (&welch, "welch")] {
            let (ours, other) = (test(results, Quantity::MeanDifference), table(name));
            // The first level of a baseline table is the other group.
            prop_assert!(same(ours.statistic, other.statistic.map(|t| -t)), "{ours:?} {other:?}");
            prop_assert!(same(ours.p_value, other.p_value) && same(Some(ours.df[0]), Some(other.df[0])));
        }
        prop_assert!(same(test(&student, Quantity::LocationShift).p_value, table("wilcoxon").p_value));
        let related = run("correlation", "variables = [\"v\", \"w\"]", &x, &y);
        let (ours, other) =
            (related.estimates[0].test.as_ref().unwrap(), test(&student, Quantity::MeanDifference));
        if ours.statistic.is_some() {
            prop_assert!(same(ours.statistic, other.statistic), "{ours:?} {other:?}");
            prop_assert!(same(ours.p_value, other.p_value));
        }
    }
}

fn test_of_baseline(results: &Results) -> Test {
    test(results, Quantity::Association).clone()
}
