//! The displays of a multiple imputation.

mod sample;

use report::displays;
use report::formats::html;
use study::{Chain, ImputationMethod, ImputationRun, Imputed, ImputedVariable, Notice};

fn imputed() -> study::StudyResults {
    let mut study = sample::study();
    let chain = Chain {
        variable: sample::label("cea", "Preoperative CEA", study::Kind::Number, &[]),
        method: ImputationMethod::Pmm,
        n: 47,
        of: 494,
        r_hat: Some(1.0234),
        mean: vec![vec![10.0, 12.0, 11.0], vec![14.0, 11.5, 12.25]],
        standard_deviation: vec![vec![3.0; 3], vec![3.0; 3]],
    };
    study.imputations = vec![ImputationRun {
        analyses: vec![study.analyses[0].analysis.clone()],
        r#where: None,
        sets: 2,
        iterations: 3,
        donors: 5,
        predictors: vec!["Sex".into(), "Overall survival".into()],
        chains: vec![chain],
        notices: vec![Notice::ChainsNotMixed { variable: "cea".into(), r_hat: 1.3 }],
    }];
    let variables = vec![ImputedVariable { variable: "cea".into(), n: 47, method: ImputationMethod::Pmm }];
    study.analyses[0].imputed = Some(Imputed { sets: 2, variables });
    study
}

#[test]
fn the_imputation_has_a_table_and_traces_and_stands_beneath_its_analyses() {
    let study = imputed();
    let all = displays(&study);
    let find = |id: &str| all.iter().find(|display| display.id == id).unwrap_or_else(|| panic!("no {id}"));
    let table = find("imputation").table().unwrap();
    let cells: Vec<&str> = table.rows[0].cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(cells[..4], ["Preoperative CEA", "47/494 (9.5)", "Predictive mean matching", "1.02"]);
    assert!(
        table.remarks().contains("Preoperative CEA: the chains of the imputation did not mix (R-hat 1.30)")
    );
    let figure = find("imputation-trace").figure().unwrap();
    // Two lines in each of two panels.
    assert_eq!(figure.svg.matches(r#"stroke-width="0.8""#).count(), 4);
    assert!(!figure.svg.contains("NaN"));
    let first = find(&study.analyses[0].analysis).table().unwrap();
    assert!(first.remarks().contains("Pooled over 2 imputed data sets"), "{}", first.remarks());
    assert!(!html::render(&study, &all).is_empty());
}
