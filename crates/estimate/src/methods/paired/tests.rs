//! The method from a plan and counts, and what must hold of every pair.

use super::mcnemar::{Changes, asymptotic, difference_score, difference_wald, exact, odds_ratio};
use super::*;
use crate::methods::find;
use proptest::prelude::*;
use study::{Column, Estimate, IntervalMethod, Quantity, SourceText, TestName};

fn run(dialect: &str, options: &str, columns: [Column; 2], n: &[u64]) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\ndialect = \"{dialect}\"\n[population]\ntable = \"p\"\n[[analyses]]\nid = \"a\"\n\
         method = \"paired\"\nfirst = \"before\"\nsecond = \"after\"\n{options}"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let (analysis, method) = (&plan.analyses[0], find(&plan.analyses[0]).unwrap());
    (method.requests)(analysis, &plan)?;
    (method.estimate)(analysis, &plan, &[CountTable::new(columns.into(), n.to_vec()).unwrap()])
}

fn flags() -> [Column; 2] {
    [
        Column::flag("before", &[Some(true), Some(true), Some(false), Some(false), None]),
        Column::flag("after", &[Some(true), Some(false), Some(true), Some(false), Some(true)]),
    ]
}

fn find_row(results: &Results, quantity: Quantity) -> Estimate {
    results.estimates.iter().find(|row| row.quantity == quantity).unwrap().clone()
}

/// By hand, `paired`: 8 changed one way and 2 the other of 35: difference 6/35, odds ratio 4, exact P 112/1024.
#[test]
fn two_levels_by_hand() {
    let results = run("farr", "", flags(), &[5, 8, 2, 20, 3]).unwrap();
    let risks: Vec<_> = results.estimates[..2].iter().map(|row| (row.n.unwrap(), row.of.unwrap())).collect();
    assert_eq!(risks, [(13, 35), (7, 35)]);
    let difference = find_row(&results, Quantity::RiskDifference);
    assert!((difference.value.unwrap() - 6.0 / 35.0).abs() < 1e-15);
    assert_eq!(difference.interval.unwrap().method, IntervalMethod::Score);
    assert_eq!(find_row(&results, Quantity::OddsRatio).value, Some(4.0));
    let test = find_row(&results, Quantity::Association).test.unwrap();
    assert_eq!(test.name, TestName::McNemarExact);
    assert!((test.p_value.unwrap() - 112.0 / 1024.0).abs() < 1e-15);
    assert_eq!(results.notices, [Notice::MissingExcluded { variable: "before".into(), n: 3 }]);
    assert_eq!((results.participants.eligible, results.participants.analysed), (38, 35));
}

#[test]
fn the_test_follows_the_counts_the_dialect_and_the_plan() {
    let name = |dialect: &str, options: &str, changed: u64| {
        let results = run(dialect, options, flags(), &[5, changed, 2, 20, 3]).unwrap();
        find_row(&results, Quantity::Association).test.unwrap().name
    };
    assert_eq!(name("farr", "", 22), TestName::McNemarExact);
    assert_eq!(name("farr", "", 23), TestName::McNemar);
    assert_eq!(name("r", "", 8), TestName::McNemarCorrected);
    assert_eq!(name("spss", "", 23), TestName::McNemarExact);
    assert_eq!(name("spss", "", 24), TestName::McNemarCorrected);
    assert_eq!(name("stata", "", 8), TestName::McNemar);
    assert_eq!(name("farr", "test = \"mcnemar_corrected\"", 8), TestName::McNemarCorrected);
}

fn numbers(first: &[f64], second: &[f64]) -> [Column; 2] {
    [Column::number("before", first.to_vec()), Column::number("after", second.to_vec())]
}

/// By hand, `paired`: differences 1 and 3: t = 2, and of four choices of signs two are as far out.
#[test]
fn two_numbers_by_hand() {
    // Differences 1 and 3, and one patient without a second value.
    let columns = || numbers(&[5.0, 8.0, 1.0], &[4.0, 5.0, f64::NAN]);
    let results = run("farr", "", columns(), &[1, 1, 1]).unwrap();
    let mean = find_row(&results, Quantity::MeanDifference);
    assert_eq!((mean.value, mean.n, mean.reference.as_deref()), (Some(2.0), Some(2), Some("after")));
    let test = find_row(&results, Quantity::Association).test.unwrap();
    assert_eq!((test.name, test.statistic, test.df), (TestName::PairedT, Some(2.0), vec![1.0]));
    assert_eq!(find_row(&results, Quantity::MedianDifference).value, Some(2.0));
    let ranks = run("farr", "test = \"wilcoxon\"", columns(), &[1, 1, 1]).unwrap();
    let test = find_row(&ranks, Quantity::Association).test.unwrap();
    assert_eq!((test.statistic, test.p_value), (Some(3.0), Some(0.5)));
    assert_eq!(test.reason.as_deref(), Some("exact"));
    // The means of 1 and 3 are 1, 2, 3; two patients have no limits.
    let centre = find_row(&ranks, Quantity::LocationShift);
    assert_eq!((centre.value, centre.interval), (Some(2.0), None));
    assert!(ranks.notices.iter().any(|notice| notice.to_string().contains("too few patients for limits")));
}

#[test]
fn signed_ranks_follow_the_dialect_and_the_plan() {
    // 24 differences of 1 … 24 tenths, the first six negative, and two of 0.
    let first: Vec<f64> = (0..25)
        .map(|d| 5.0 + 0.1 * f64::from(if d < 7 { -d } else { d }))
        .map(|x| (x * 10.0).round() / 10.0)
        .collect();
    let columns = || numbers(&first, &[5.0; 25]);
    let n: Vec<u64> = (0..25).map(|row| if row == 0 { 2 } else { 1 }).collect();
    let found = |dialect: &str, options: &str| {
        let results = run(dialect, options, columns(), &n).unwrap();
        let test = find_row(&results, Quantity::Association).test.unwrap();
        let method = find_row(&results, Quantity::LocationShift).interval.unwrap().method;
        (test.statistic.unwrap(), test.reason.unwrap(), method)
    };
    let wilcoxon = "test = \"wilcoxon\"";
    let (v, how, method) = found("r", wilcoxon);
    assert_eq!((v, method), (279.0, IntervalMethod::RankTest));
    assert_eq!(how, "normal approximation with continuity correction");
    assert_eq!(found("sas", wilcoxon).1, "by the t distribution");
    assert_eq!(found("spss", wilcoxon).1, "normal approximation without continuity correction");
    // Two zeros beneath add two to each of 18 ranks.
    let (v, how, _) = found("stata", wilcoxon);
    assert_eq!((v, how.ends_with(", differences of 0 ranked")), (315.0, true));
    let (v, how, method) = found("stata", "test = \"wilcoxon_exact\"\nzeros = \"left_out\"");
    assert_eq!((v, how.as_str(), method), (279.0, "exact", IntervalMethod::Exact));
    // Without a wish for ranks the limits of the centre are still the dialect’s.
    assert_eq!(found("farr", "").2, IntervalMethod::RankTest);
    assert!(
        run("farr", "zeros = \"ranked\"", flags(), &[5, 8, 2, 20, 3])
            .unwrap_err()
            .message
            .contains("`zeros`")
    );
}

#[test]
fn too_many_patients_for_a_count_are_told() {
    let columns = numbers(&[1.0, 2.0, 3.0], &[0.5, 2.5, 1.0]);
    let results = run("farr", "test = \"wilcoxon_exact\"", columns, &[400, 300, 300]).unwrap();
    assert!(
        results.notices.iter().any(|notice| notice.to_string().contains("too many patients for the exact"))
    );
    assert!(find_row(&results, Quantity::Association).test.unwrap().p_value.is_some());
}

#[test]
fn numbers_of_two_values_can_be_levels() {
    let columns = numbers(&[1.0, 1.0, 0.0, 0.0], &[1.0, 0.0, 1.0, 0.0]);
    let results = run("farr", "test = \"mcnemar\"", columns, &[5, 8, 2, 20]).unwrap();
    let test = find_row(&results, Quantity::Association).test.unwrap();
    assert!((test.statistic.unwrap() - 3.6).abs() < 1e-14);
}

#[test]
fn no_change_no_pair_and_wrong_options() {
    let same = run("farr", "", flags(), &[5, 0, 0, 20, 0]).unwrap();
    assert_eq!(find_row(&same, Quantity::Association).test.unwrap().p_value, None);
    assert!(same.notices[0].to_string().contains("no patient’s values differ"), "{:?}", same.notices);
    let equal = run("farr", "", numbers(&[1.0, 2.0], &[1.0, 2.0]), &[1, 1]).unwrap();
    assert_eq!(find_row(&equal, Quantity::Association).test.unwrap().p_value, None);
    let none = run("farr", "", numbers(&[1.0, f64::NAN], &[f64::NAN, 2.0]), &[1, 1]).unwrap();
    assert!(none.notices.iter().any(|notice| notice.to_string().contains("no patient has both values")));
    assert!(none.estimates.iter().all(|row| row.value.is_none()));
    for (options, columns, message) in [
        ("test = \"t\"", flags(), "the variables have levels, and this test is for numbers"),
        (
            "event = \"1\"",
            numbers(&[1.0; 5], &[2.0; 5]),
            "`event` is for variables of two levels, and these are numbers",
        ),
    ] {
        let problem = run("farr", options, columns, &[1; 5]).unwrap_err();
        assert_eq!(problem.message, message);
        assert!(problem.place.is_some() && problem.help.is_some());
    }
}

proptest! {
    /// Identity, `paired`: the second value first negates differences, inverts the odds ratio and leaves P; the score
    /// limits exclude 0 exactly where McNemar’s test rejects.
    #[test]
    fn the_other_way_round_inverts_everything(both in 0..9u64, first in 0..30u64, second in 0..30u64, neither in 0..9u64) {
        let (ours, turned) = (
            Changes { both, first, second, neither },
            Changes { both: neither, first: second, second: first, neither: both },
        );
        prop_assume!(ours.discordant() > 0);
        prop_assert_eq!(exact(&ours).p_value, exact(&turned).p_value);
        prop_assert_eq!(asymptotic(&ours, true).p_value, asymptotic(&turned, true).p_value);
        for by in [difference_wald, difference_score] {
            let (a, b) = (by(&ours, 0.95), by(&turned, 0.95));
            prop_assert!((a.value.unwrap() + b.value.unwrap()).abs() < 1e-14);
            prop_assert_eq!(a.lower.is_some(), b.upper.is_some());
            if let (Some(lower), Some(upper)) = (a.lower, b.upper) {
                prop_assert!((lower + upper).abs() < 1e-9, "{:?} {:?}", a, b);
            }
        }
        let (a, b) = (odds_ratio(&ours, 0.95), odds_ratio(&turned, 0.95));
        if let (Some(lower), Some(upper)) = (a.lower.filter(|lower| *lower > 0.0), b.upper) {
            prop_assert!((lower * upper - 1.0).abs() < 1e-9);
        }
        // The score interval excludes 0 exactly where the test without correction rejects at its level.
        let score = difference_score(&ours, 0.95);
        let rejects = asymptotic(&ours, false).p_value.unwrap() < 0.05;
        prop_assert_eq!(score.lower.unwrap() > 0.0 || score.upper.unwrap() < 0.0, rejects);
    }
}
