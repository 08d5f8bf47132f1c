//! Patients who count unequally, and levels that have an order.

use super::{plan, rows, run, table};
use crate::methods::find;
use study::{Column, CountTable, MISSING, Notice, Place, Quantity, Results, TestName};

const WEIGHTED: &str = "by = \"arm\"\nvariables = [\"sex\", \"age\"]\nweights = \"w\"\n";

/// Four patients of arm a and three of b, who weigh 1, 1, 2, 4 and 2, 2, 4; the last has neither sex nor age.
fn seven() -> [CountTable; 2] {
    let arm = || Column::category("arm", &["a", "b"], vec![0, 0, 0, 0, 1, 1, 1]);
    let weights = || Column::number("w", vec![1.0, 1.0, 2.0, 4.0, 2.0, 2.0, 4.0]);
    let sex = Column::category("sex", &["f", "m"], vec![0, 1, 0, 1, 0, 1, MISSING]);
    let age = Column::number("age", vec![2.0, 6.0, 8.0, 8.0, 0.0, 4.0, f64::NAN]);
    [table([arm(), sex, weights()], &[1; 7]), table([arm(), age, weights()], &[1; 7])]
}

fn one(results: &Results, quantity: Quantity, group: Option<&str>, place: usize) -> f64 {
    rows(results, quantity, group)[place].value.unwrap()
}

/// By hand, `baseline`: weighted shares, means, standardized differences and effective numbers of seven patients.
#[test]
fn sampling_weights_weigh_all_that_is_described() {
    let options = format!("{WEIGHTED}weight_kind = \"sampling\"\nsmd = true\n");
    let results = run("farr", &options, &seven()).unwrap();
    let close = |ours: f64, exact: f64| assert!((ours - exact).abs() < 1e-14, "{ours} {exact}");
    // Of 8 in arm a 3 are f, of 4 in b 2; of all 5/12.
    close(one(&results, Quantity::Proportion, Some("a"), 0), 0.375);
    close(one(&results, Quantity::Proportion, Some("b"), 0), 0.5);
    close(one(&results, Quantity::Proportion, None, 0), 5.0 / 12.0);
    let counts = rows(&results, Quantity::Proportion, Some("a"))[0];
    assert_eq!((counts.n, counts.of), (Some(2), Some(4)));
    // (2 + 6 + 16 + 32)/8 = 7; Σ w (x − 7)² = 25 + 1 + 2 + 4 = 32, times 8/(64 − 22).
    close(one(&results, Quantity::Mean, Some("a"), 0), 7.0);
    let variance = 256.0 / 42.0_f64;
    close(one(&results, Quantity::StandardDeviation, Some("a"), 0), variance.sqrt());
    // A quarter of the weights of a lies at or below 6.
    close(one(&results, Quantity::Quantile, Some("a"), 0), 7.0);
    close(one(&results, Quantity::EffectivePatients, Some("a"), 0), 64.0 / 22.0);
    close(one(&results, Quantity::EffectivePatients, None, 0), 256.0 / 46.0);
    let smd = rows(&results, Quantity::StandardizedMeanDifference, None);
    close(smd[0].value.unwrap(), 0.125 / ((0.375 * 0.625 + 0.25) / 2.0_f64).sqrt());
    close(smd[1].value.unwrap(), 5.0 / ((variance + 8.0) / 2.0).sqrt());
    assert!(rows(&results, Quantity::Association, None).is_empty());
    assert!(results.methods_text.iter().any(|text| text == "Patients were weighted by w."));
    assert!(results.methods_text.iter().any(|text| text.contains("weighted distribution")));
}

/// Identity, `baseline`: frequencies are as many patients, and equal sampling weights leave shares, means and deviations
/// as they are.
#[test]
fn frequencies_are_patients_and_equal_weights_are_none() {
    let results = run("farr", &format!("{WEIGHTED}weight_kind = \"frequency\"\n"), &seven()).unwrap();
    assert_eq!(results.participants.analysed, 16);
    let listed = |table: &CountTable, name: &str, n: &[u64]| {
        let columns = ["arm", name].map(|name| table.column(name).unwrap().clone());
        CountTable::new(columns.into(), n.to_vec()).unwrap()
    };
    let [sex, age] = seven();
    let n = |table: &CountTable| -> Vec<u64> {
        table.column("w").unwrap().numbers().unwrap().iter().map(|weight| *weight as u64).collect()
    };
    let tables = [listed(&sex, "sex", &n(&sex)), listed(&age, "age", &n(&age))];
    let plain = run("farr", "by = \"arm\"\nvariables = [\"sex\", \"age\"]\n", &tables).unwrap();
    assert_eq!(results.estimates, plain.estimates);

    let equal = [sex, age].map(|table| {
        let mut columns = table.columns().to_vec();
        columns[2] = Column::number("w", vec![0.3; table.rows()]);
        CountTable::new(columns, table.n().to_vec()).unwrap()
    });
    let tables =
        ["sex", "age"].map(|name| equal[usize::from(name == "age")].marginal(&["arm", name]).unwrap());
    let plain = run("farr", "by = \"arm\"\nvariables = [\"sex\", \"age\"]\nsmd = true\n", &tables).unwrap();
    let sampled =
        run("farr", &format!("{WEIGHTED}weight_kind = \"sampling\"\nsmd = true\n"), &equal).unwrap();
    for quantity in [
        Quantity::Proportion,
        Quantity::Missing,
        Quantity::Mean,
        Quantity::StandardDeviation,
        Quantity::StandardizedMeanDifference,
    ] {
        for group in [Some("a"), Some("b"), None] {
            let (ours, theirs) = (rows(&sampled, quantity, group), rows(&plain, quantity, group));
            assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert!((ours.value.unwrap() - theirs.value.unwrap()).abs() < 1e-14, "{ours:?} {theirs:?}");
            }
        }
    }
    assert_eq!(one(&sampled, Quantity::EffectivePatients, Some("a"), 0), 4.0);
}

#[test]
fn patients_without_a_weight_are_left_out_and_counted() {
    let arm = Column::category("arm", &["a", "b"], vec![0, 1, 1]);
    let age = Column::number("age", vec![1.0, 2.0, 50.0]);
    let weights = Column::number("w", vec![2.0, 1.0, f64::NAN]);
    let options = |kind: &str| {
        format!("by = \"arm\"\nvariables = [\"age\"]\nweights = \"w\"\nweight_kind = \"{kind}\"\n")
    };
    for kind in ["sampling", "frequency"] {
        let tables = [table([arm.clone(), age.clone(), weights.clone()], &[3, 4, 5])];
        let results = run("farr", &options(kind), &tables).unwrap();
        assert_eq!(rows(&results, Quantity::Maximum, None)[0].value, Some(2.0));
        assert_eq!(results.notices[0], Notice::MissingExcluded { variable: "w".into(), n: 5 });
        let analysed = if kind == "sampling" { 7 } else { 10 };
        assert_eq!((results.participants.eligible, results.participants.analysed), (analysed + 5, analysed));
    }
    let negative = Column::number("w", vec![2.0, -1.0, 1.0]);
    let problem = run("farr", &options("sampling"), &[table([arm, age, negative], &[3, 4, 5])]).unwrap_err();
    assert!(matches!(problem.place, Some(Place::Text { .. })), "{problem}");
}

#[test]
fn what_cannot_go_with_weights_is_refused() {
    let refusal = |options: &str| {
        let plan = plan("farr", options);
        (find(&plan.analyses[0]).unwrap().requests)(&plan.analyses[0], &plan).unwrap_err().message
    };
    let sampled = format!("{WEIGHTED}weight_kind = \"sampling\"\n");
    for option in [
        "adjust = \"holm\"",
        "share_interval = \"wilson\"",
        "tests = { continuous = \"anova\" }",
        "each = { age = { test = \"welch\" } }",
    ] {
        assert!(refusal(&format!("{sampled}{option}\n")).contains("is for patients who count once each"));
    }
    assert!(refusal(WEIGHTED).contains("stand for is not said"));
    let twice = "by = \"arm\"\nvariables = [\"w\"]\nweights = \"w\"\nweight_kind = \"sampling\"\n";
    assert_eq!(refusal(twice), "`w` is both a weight and described by itself");
}

/// Stages I to III of arms a and b; `stage` is declared as ordered.
fn stages(groups: u32) -> CountTable {
    let arm = (0..3 * groups).map(|row| row / 3).collect();
    let arm = Column::category("arm", &["a", "b", "c"][..groups as usize], arm);
    let stage = Column::category("stage", &["I", "II", "III"], (0..3 * groups).map(|row| row % 3).collect());
    let n = [5, 3, 1, 1, 3, 5, 2, 2, 2];
    table([arm, stage], &n[..3 * groups as usize])
}

/// Identity, `baseline`: ordered levels by ranks are the numbers 0, 1, 2 by ranks.
#[test]
fn ordered_levels_are_compared_by_their_order_on_request() {
    let base = "by = \"arm\"\nvariables = [\"stage\"]\n";
    for (groups, name) in [(2, TestName::WilcoxonRankSum), (3, TestName::KruskalWallis)] {
        let of = |options: &str| {
            let results = run("farr", &format!("{base}{options}"), &[stages(groups)]).unwrap();
            let row = rows(&results, Quantity::Association, None)[0].clone();
            (row.test.unwrap(), results.methods_text)
        };
        let counted = stages(groups);
        let codes = counted.column("stage").unwrap().codes().unwrap().iter().map(|code| f64::from(*code));
        let number = Column::number("stage", codes.collect());
        let number =
            CountTable::new(vec![counted.column("arm").unwrap().clone(), number], counted.n().to_vec());
        let as_number = run("farr", base, &[number.unwrap()]).unwrap();
        let exact = rows(&as_number, Quantity::Association, None)[0].test.clone().unwrap();
        let (test, sentences) = of("tests = { categorical = \"ranks\" }\n");
        assert_eq!((test.name, test.statistic, test.p_value), (name, exact.statistic, exact.p_value));
        assert!(test.reason.unwrap().starts_with("the levels have an order"));
        assert!(sentences.iter().any(|text| text.starts_with("Variables with ordered levels were compared")));
        let (test, _) = of("each = { stage = { test = \"kruskal_wallis\" } }\n");
        assert_eq!(test.name, TestName::KruskalWallis);
        let (test, _) =
            of("each = { stage = { test = \"pearson\" } }\ntests = { categorical = \"ranks\" }\n");
        assert_eq!(test.name, TestName::PearsonChiSquared);
    }
}

#[test]
fn levels_without_an_order_have_no_ranks() {
    let plan =
        plan("farr", "by = \"arm\"\nvariables = [\"sex\"]\neach = { sex = { test = \"wilcoxon\" } }\n");
    let problem = (find(&plan.analyses[0]).unwrap().requests)(&plan.analyses[0], &plan).unwrap_err();
    assert_eq!(problem.message, "the levels of `sex` have no order to rank");
}
