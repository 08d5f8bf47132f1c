//! Tests of several terms together: by hand where the model is saturated, and what must not change them.

mod modelling;

use modelling::{close, endpoint, run, try_run};
use study::{Column, Estimate, Model, Quantity, Results, TestName};

/// Events and others of those without and with the exposure, in each of two strata.
const COUNTS: [[[f64; 2]; 2]; 2] = [[[10.0, 40.0], [15.0, 35.0]], [[20.0, 30.0], [40.0, 10.0]]];

fn rows<'a>(results: &'a Results, quantity: Quantity, term: Option<&'a str>) -> Vec<&'a Estimate> {
    let own = |row: &&Estimate| row.quantity == quantity && row.term.as_deref() == term;
    results.estimates.iter().filter(own).collect()
}

/// Statistic and degrees of freedom.
fn test(results: &Results, quantity: Quantity, term: Option<&str>, name: TestName) -> Option<(f64, f64)> {
    let tests: Vec<_> =
        rows(results, quantity, term).into_iter().filter_map(|row| row.test.as_ref()).collect();
    let test = tests.into_iter().find(|test| test.name == name)?;
    Some((test.statistic?, test.df[0]))
}

/// `a` is the exposure and `b` the stratum.
fn columns(counts: [[[f64; 2]; 2]; 2], reference: u32) -> (Vec<Column>, Vec<u64>) {
    let cells: Vec<(usize, usize, usize)> =
        (0..2).flat_map(|b| (0..2).flat_map(move |a| (0..2).map(move |y| (b, a, y)))).collect();
    let flag = |name: &str, of: &dyn Fn(&(usize, usize, usize)) -> bool| {
        Column::flag(name, &cells.iter().map(|cell| Some(of(cell))).collect::<Vec<_>>())
    };
    let mut b = flag("b", &|cell| cell.0 == 1);
    b.reference = Some(reference);
    let n = cells.iter().map(|(b, a, y)| counts[*b][*a][*y] as u64).collect();
    (vec![flag("y", &|cell| cell.2 == 0), flag("a", &|cell| cell.1 == 1), b], n)
}

/// Twice the sum of n ln(n / expected) of a fourfold table.
fn g_squared(table: [[f64; 2]; 2]) -> f64 {
    let total: f64 = table.iter().flatten().sum();
    let cell = |i: usize, j: usize| {
        let expected = (table[i][0] + table[i][1]) * (table[0][j] + table[1][j]) / total;
        if table[i][j] > 0.0 { table[i][j] * (table[i][j] / expected).ln() } else { 0.0 }
    };
    2.0 * (cell(0, 0) + cell(0, 1) + cell(1, 0) + cell(1, 1))
}

const CROSSED: &str = "outcome = \"y\"\nterms = [\"a\", \"b\", \"a:b\"]";

/// By hand, `logistic`: with its interaction an exposure is tested by the sum of both strata’s G², and of the squares of
/// their logarithmic odds ratios over their variances.
#[test]
fn an_exposure_with_its_interaction_is_the_sum_of_its_strata() {
    let ratio: f64 = COUNTS.iter().map(|table| g_squared(*table)).sum();
    let wald: f64 = COUNTS
        .iter()
        .map(|[[a, b], [c, d]]| (b * c / (a * d)).ln().powi(2) / (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d))
        .sum();
    // The tests of the exposure alone depend on the reference level of the stratum; these must not.
    for reference in [0, 1] {
        let (columns, n) = columns(COUNTS, reference);
        let results = try_run("farr", "logistic", CROSSED, &columns, &n).unwrap();
        let found = |name| test(&results, Quantity::TotalEffect, Some("a"), name).unwrap();
        close(found(TestName::LikelihoodRatio).0, ratio, 1e-11);
        close(found(TestName::Wald).0, wald, 1e-11);
        assert_eq!(found(TestName::LikelihoodRatio).1, 2.0);
        // With one interaction its own test is that of all, and nothing bends.
        for quantity in [Quantity::TotalInteraction, Quantity::TotalNonlinearity, Quantity::LinearAdditive] {
            assert!([None, Some("a")].iter().all(|term| rows(&results, quantity, *term).is_empty()));
        }
        assert!(rows(&results, Quantity::TotalEffect, Some("a:b")).is_empty());
    }
    let (columns, n) = columns(COUNTS, 0);
    let plain = "outcome = \"y\"\nterms = [\"a\", \"b\"]\nunivariable = true";
    let plain = try_run("farr", "logistic", plain, &columns, &n).unwrap();
    assert!(plain.estimates.iter().all(|row| row.quantity != Quantity::TotalEffect));
}

/// By hand, `logistic`: where a cell is empty the likelihood ratio of the exposure with its interaction is still the sum
/// of both strata’s G², Wald’s does not exist.
#[test]
fn under_separation_the_likelihood_ratio_stays() {
    let mut counts = COUNTS;
    counts[1][1] = [50.0, 0.0];
    let (columns, n) = columns(counts, 0);
    let results = try_run("farr", "logistic", CROSSED, &columns, &n).unwrap();
    let ratio: f64 = counts.iter().map(|table| g_squared(*table)).sum();
    close(
        test(&results, Quantity::TotalEffect, Some("a"), TestName::LikelihoodRatio).unwrap().0,
        ratio,
        1e-9,
    );
    let wald = rows(&results, Quantity::TotalEffect, Some("a"));
    assert!(wald[1].test.as_ref().is_some_and(|test| test.statistic.is_none() && test.p_value.is_none()));
}

/// 300 patients with a number, two groups and a time.
fn patients(reference: u32) -> Vec<Column> {
    let mut state = 77_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let x: Vec<f64> = (0..300).map(|_| (uniform() * 50.0).round()).collect();
    let times: Vec<f64> = x.iter().map(|x| (1.0 + uniform() * (80.0 - x)).round()).collect();
    let events: Vec<bool> = (0..300).map(|_| uniform() < 0.7).collect();
    let mut group = Column::category("g", &["p", "q", "r"], (0..300).map(|row| row % 3).collect());
    group.reference = Some(reference);
    let flag: Vec<Option<bool>> = (0..300).map(|_| Some(uniform() < 0.5)).collect();
    let columns = vec![Column::number("x", x), group, Column::flag("f", &flag)];
    columns.into_iter().chain(endpoint(&times, &events)).collect()
}

/// Identity, `cox`: tests of several terms together do not depend on reference levels.
#[test]
fn reference_levels_do_not_matter() {
    let terms = "endpoint = \"os\"\nterms = [\"rcs(x, 4)\", \"g\", \"f\", \"rcs(x, 4):g\", \"g:f\"]";
    let [first, last] = [0, 2].map(|reference| run("cox", terms, &patients(reference)));
    let expected = [
        (Quantity::TotalEffect, Some("x"), 9.0),
        (Quantity::TotalNonlinearity, Some("x"), 6.0),
        (Quantity::TotalEffect, Some("g"), 10.0),
        (Quantity::TotalInteraction, Some("g"), 8.0),
        (Quantity::TotalEffect, Some("f"), 3.0),
        (Quantity::TotalInteraction, None, 8.0),
        (Quantity::LinearAdditive, None, 10.0),
    ];
    for (quantity, term, df) in expected {
        for name in [TestName::LikelihoodRatio, TestName::Wald] {
            let [(own, own_df), (other, _)] =
                [&first, &last].map(|results| test(results, quantity, term, name).unwrap());
            assert_eq!(own_df, df, "{quantity:?} {term:?}");
            close(own, other, 1e-8);
        }
    }
    let joint = |row: &&Estimate| expected.iter().any(|(quantity, _, _)| *quantity == row.quantity);
    assert_eq!(first.estimates.iter().filter(joint).count(), 2 * expected.len());
    // The whole effect is that by which the model without the variable is worse.
    let without = run("cox", "endpoint = \"os\"\nterms = [\"g\", \"f\", \"g:f\"]", &patients(0));
    let value =
        |results: &Results| modelling::value(results, Model::Multivariable, None, Quantity::LogLikelihood);
    let (ratio, _) = test(&first, Quantity::TotalEffect, Some("x"), TestName::LikelihoodRatio).unwrap();
    close(ratio, 2.0 * (value(&first) - value(&without)), 1e-8);
}
