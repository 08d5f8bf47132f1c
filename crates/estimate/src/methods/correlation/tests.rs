//! Proofs by hand, the method from a plan, and what must hold of all pairs.

use super::*;
use crate::methods::find;
use proptest::prelude::*;
use study::{Column, SourceText, TestName};

fn pairs(list: &[(f64, f64)]) -> Pairs {
    Pairs::new(list.iter().map(|(x, y)| (*x, *y, 1)))
}

/// By hand, `correlation`: r = ρ = 0.8 of four patients, with P = 1 − r of two degrees of freedom and 8 of 24 orders.
#[test]
fn four_patients_by_hand() {
    // x 1, 2, 3, 4; y 1, 3, 2, 4: Sxy = 4, Sxx = Syy = 5: r = 0.8, t = 0.8 √(2/0.36), P = 0.2 (two degrees of freedom:
    // P = 1 − |r|). Σd² = 2: of 24 orders 4 have at most 2, P = 8/24.
    let four = pairs(&[(1.0, 1.0), (2.0, 3.0), (3.0, 2.0), (4.0, 4.0)]);
    let pearson = four.pearson();
    assert!((pearson.value.unwrap() - 0.8).abs() < 1e-15);
    assert!((pearson.test.statistic.unwrap() - 0.8 * (2.0_f64 / 0.36).sqrt()).abs() < 1e-14);
    assert!((pearson.test.p_value.unwrap() - 0.2).abs() < 1e-14);
    let spearman = four.spearman(SpearmanDistribution::ExactWhereSmall);
    assert!((spearman.value.unwrap() - 0.8).abs() < 1e-15);
    assert!((spearman.test.p_value.unwrap() - 8.0 / 24.0).abs() < 1e-15);
    assert!(spearman.test.reason.unwrap().contains("exact"));
    assert!(four.spearman(SpearmanDistribution::T).test.reason.unwrap().contains("t distribution"));
}

#[test]
fn perfect_and_impossible_correlations() {
    let line = pairs(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0), (4.0, 8.0)]).pearson();
    assert_eq!((line.value, line.test.statistic, line.test.p_value), (Some(1.0), None, Some(0.0)));
    assert_eq!(line.limits(0.95), None);
    let constant = pairs(&[(1.0, 2.0), (1.0, 4.0), (1.0, 6.0)]);
    assert_eq!((constant.pearson().value, constant.pearson().test.p_value), (None, None));
    let constant = constant.spearman(SpearmanDistribution::ExactWhereSmall);
    assert_eq!((constant.value, constant.test.p_value), (None, None));
    let two = pairs(&[(1.0, 2.0), (2.0, 1.0)]);
    assert_eq!((two.pearson().value, two.pearson().test.p_value), (Some(-1.0), None));
    assert_eq!(pairs(&[(1.0, f64::NAN)]).pearson().value, None);
    let three = pairs(&[(1.0, 2.0), (2.0, 1.0), (3.0, 5.0)]).pearson();
    assert!(three.value.is_some() && three.limits(0.95).is_none());
}

fn run(options: &str, columns: &[Column]) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[[analyses]]\nid = \"a\"\nmethod = \"correlation\"\n{options}"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let (analysis, method) = (&plan.analyses[0], find(&plan.analyses[0]).unwrap());
    let requests = (method.requests)(analysis, &plan)?;
    let tables: Vec<CountTable> = requests
        .iter()
        .map(|request| {
            let names = request.columns.iter().map(|column| column.source.column());
            let chosen = names.map(|name| columns.iter().find(|column| column.name == name).unwrap().clone());
            CountTable::new(chosen.collect(), vec![1; columns[0].values.len()]).unwrap()
        })
        .collect();
    (method.estimate)(analysis, &plan, &tables)
}

#[test]
fn the_method_takes_every_two_variables() {
    let columns = [
        Column::number("a", vec![1.0, 2.0, 3.0, 4.0, f64::NAN]),
        Column::number("b", vec![1.0, 3.0, 2.0, 4.0, 9.0]),
        Column::number("c", vec![7.0; 5]),
        Column::flag("d", &[Some(true); 5]),
    ];
    let results = run("variables = [\"a\", \"b\", \"c\"]", &columns).unwrap();
    let found: Vec<_> = results
        .estimates
        .iter()
        .map(|row| (row.term.as_deref().unwrap(), row.level.as_deref().unwrap(), row.n.unwrap(), row.value))
        .collect();
    assert_eq!((found[0].0, found[0].1, found[0].2), ("a", "b", 4));
    assert!((found[0].3.unwrap() - 0.8).abs() < 1e-15);
    assert_eq!((found[1].3, found[2], found.len()), (None, ("b", "c", 5, None), 3));
    assert!(results.notices.contains(&Notice::MissingExcluded { variable: "a".into(), n: 1 }));
    assert_eq!((results.participants.eligible, results.participants.analysed), (5, 5));
    assert_eq!(results.variables.len(), 3);
    let spearman = run("variables = [\"a\", \"b\"]\ncoefficient = \"spearman\"", &columns).unwrap();
    let test = spearman.estimates[0].test.as_ref().unwrap();
    assert_eq!(
        (test.name, spearman.options["distribution"].as_str()),
        (TestName::SpearmanCorrelation, Some("exact_where_small"))
    );
    for (options, message) in [
        ("variables = [\"a\"]", "a correlation needs two variables"),
        ("variables = [\"a\", \"a\"]", "`a` stands twice"),
        ("variables = [\"a\", \"d\"]", "`d` has levels, and a number is needed"),
        ("variables = [\"a\", \"b\"]\ndistribution = \"t\"", "`distribution` is of Spearman’s coefficient"),
    ] {
        let problem = run(options, &columns).unwrap_err();
        assert_eq!(problem.message, message);
        assert!(problem.place.is_some());
    }
}

fn list() -> impl Strategy<Value = Vec<(f64, f64, u64)>> {
    let number = || (-30..30i32).prop_map(|x| f64::from(x) / 8.0);
    proptest::collection::vec((number(), number(), 1..4u64), 3..20)
}

proptest! {
    /// Identity, `correlation`: order, exchange, counting and units change nothing, and ranks see the order only.
    #[test]
    fn scale_order_and_counting_change_nothing(list in list()) {
        let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-12,
            (a, b) => a == b,
        };
        let both = |pairs: &Pairs| [pairs.pearson().value, pairs.spearman(SpearmanDistribution::T).value];
        let plain = both(&Pairs::new(list.clone()));
        let turned = both(&Pairs::new(list.iter().rev().map(|(x, y, n)| (*y, *x, *n))));
        let single = both(&Pairs::new(
            list.iter().flat_map(|(x, y, n)| std::iter::repeat_n((*x, *y, 1), *n as usize)),
        ));
        let scaled = both(&Pairs::new(list.iter().map(|(x, y, n)| (4.0 * x - 1024.0, -y, *n))));
        for index in 0..2 {
            prop_assert!(near(plain[index], turned[index]) && near(plain[index], single[index]));
            prop_assert!(near(plain[index], scaled[index].map(|r| -r)));
        }
        // Ranks know nothing of a scale that only keeps the order.
        let cubed = Pairs::new(list.iter().map(|(x, y, n)| (x.powi(3), *y, *n)));
        prop_assert!(near(plain[1], cubed.spearman(SpearmanDistribution::T).value));
    }
}
