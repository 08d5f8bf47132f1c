//! Separation and extreme numbers: what is told of them, and what they must not take from the other figures.

mod modelling;

use modelling::{close, endpoint, global, ratio, run, separated, try_run, two_by_two};
use study::notice::Toward;
use study::{Column, Model, Notice, Quantity, Results, TestName};

const ALONE: &str = "outcome = \"y\"\nterms = [\"x\"]";

fn flags(values: &[u8]) -> Vec<Option<bool>> {
    values.iter().map(|value| Some(*value == 1)).collect()
}

/// Of every separated term where its ratio goes.
fn toward(results: &Results) -> Vec<(&str, Option<Toward>)> {
    let own = results.notices.iter().filter_map(|notice| match notice {
        Notice::Separation { term, toward, .. } => Some((term.as_str(), *toward)),
        _ => None,
    });
    own.collect()
}

#[test]
fn where_an_infinite_ratio_goes_is_told_if_it_goes_one_way_only() {
    let (columns, n) = two_by_two([7, 0, 12, 30]);
    for (event, way) in [("yes", Toward::Infinity), ("no", Toward::Zero)] {
        let options = format!("{ALONE}\nevent = \"{event}\"");
        let results = try_run("farr", "logistic", &options, &columns, &n).unwrap();
        assert_eq!(toward(&results), [("x", Some(way))]);
    }
    // x alone separates the outcome with room to spare, so that z may go either way.
    let y = Column::flag("y", &flags(&[0, 0, 0, 1, 1, 1]));
    let x = Column::number("x", vec![1.0, 2.0, 1.5, 4.0, 5.0, 4.5]);
    let z = Column::number("z", vec![1.0, 3.0, 2.0, 2.5, 1.0, 3.0]);
    let both = "outcome = \"y\"\nterms = [\"x\", \"z\"]\nunivariable = true";
    let results = run("logistic", both, &[y, x, z]);
    assert_eq!(
        toward(&results),
        [("x", Some(Toward::Infinity)), ("z", None)],
        "alone z separates nothing, and with x it may go either way"
    );
    // Nobody of the second group dies.
    let [time, event] = endpoint(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[true, false, true, false, true, false]);
    let group = Column::category("g", &["a", "b"], vec![0, 1, 0, 1, 0, 1]);
    let results = run("cox", "endpoint = \"os\"\nterms = [\"g\"]", &[time, event, group]);
    assert_eq!(toward(&results), [("g", Some(Toward::Zero))]);
}

/// By hand, `logistic`: five events among a trillion patients, half of whom are exposed: the likelihood ratio is that of
/// the five alone.
#[test]
fn a_likelihood_ratio_of_a_few_among_very_many_keeps_its_digits() {
    let (columns, n) = two_by_two([4, 500_000_000_000, 1, 500_000_000_000]);
    let results = try_run("farr", "logistic", ALONE, &columns, &n).unwrap();
    let (ratio, _, _) = global(&results, Model::Multivariable, None, TestName::LikelihoodRatio).unwrap();
    // Of Poisson counts 4 and 1 with equal expectations; a binomial one differs by some 1e-11.
    close(ratio, 2.0 * (4.0 * (4.0f64 / 2.5).ln() + (1.0f64 / 2.5).ln()), 1e-9);
}

/// A third group has no event: the score tests of the others are those made without it.
#[test]
fn beside_a_separated_level_the_other_score_tests_stand() {
    let y = [1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0];
    let g = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2];
    let z = [1.0, 2.0, 3.0, 2.5, 1.0, 4.0, 2.0, 3.5, 1.5, 2.0, 1.0, 2.0, 3.0, 9.0];
    let fitted = |rows: usize| {
        let columns = [
            Column::flag("y", &flags(&y[..rows])),
            Column::category("g", &["a", "b", "c"], g[..rows].to_vec()),
            Column::number("z", z[..rows].to_vec()),
        ];
        run("logistic", "outcome = \"y\"\nterms = [\"g\", \"z\"]\ninterval = \"score\"", &columns)
    };
    let [all, without] = [fitted(14), fitted(10)];
    assert_eq!(separated(&all), [("g", Some("c"))]);
    let score = |results: &Results, term| {
        global(results, Model::Multivariable, Some(term), TestName::Score).unwrap().0
    };
    close(score(&all, "z"), score(&without, "z"), 1e-9);
    let of_level = |results: &Results| {
        let row = ratio(results, Model::Multivariable, "g", Some("b"));
        row.test.as_ref().and_then(|test| test.statistic).unwrap()
    };
    close(of_level(&all), of_level(&without), 1e-9);
    // The third group itself is tested beside the others.
    assert!(score(&all, "g") > score(&without, "g"));
}

#[test]
fn a_number_far_from_0_that_another_determines_is_found_out() {
    let x: Vec<f64> = (0..60).map(|i| f64::from(i * 37 % 23)).collect();
    let far = x.iter().map(|x| 1e15 + 100.0 * x).collect();
    let y: Vec<Option<bool>> = (0..60).map(|i| Some((i * i + i / 7) % 5 < 2)).collect();
    let columns = [Column::flag("y", &y), Column::number("x", x), Column::number("far", far)];
    let results = run("logistic", "outcome = \"y\"\nterms = [\"x\", \"far\"]", &columns);
    assert!(
        results.notices.contains(&Notice::Aliased { term: "far".into(), level: None }),
        "{:?}",
        results.notices
    );
    assert!(ratio(&results, Model::Multivariable, "x", None).test.is_some());
}

#[test]
fn an_area_under_the_curve_without_variance_has_no_limits() {
    let y = Column::flag("y", &flags(&[0, 0, 0, 0, 1, 1, 1, 1]));
    let x = Column::number("x", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let options = "outcome = \"y\"\nterms = [\"x\"]\npenalty = \"firth\"";
    let results = run("logistic_performance", options, &[y, x]);
    let area = results.estimates.iter().find(|row| row.quantity == Quantity::Auc).unwrap();
    assert_eq!((area.value, area.std_error, area.interval), (Some(1.0), None, None));
    assert!(results.notices.iter().any(|notice| notice.to_string().contains("variance of the AUC is 0")));
}
