//! Displays of elastic nets and of stepwise selections.

mod sample;

use report::{Display, displays_of};
use sample::xml::elements;
use sample::{STYLE, empty, group, interval, label, notes, rows, test};
use serde_json::json;
use study::*;

fn outline(method: &str) -> Results {
    let mut results = empty("a", "Predictors", method);
    results.outcome = Some("pcr".into());
    results.options = json!({ "event": "yes", "terms": ["size", "cea", "sex"], "criterion": "bic" });
    results.variables = vec![
        label("pcr", "Pathological response", Kind::Category, &[("yes", "pCR"), ("no", "Non-pCR")]),
        label("size", "Size", Kind::Category, &[("lt3", "<3 cm"), ("ge3", "≥3 cm")]),
        label("cea", "CEA", Kind::Number, &[]),
        label("sex", "Sex", Kind::Category, &[("f", "Women"), ("m", "Men")]),
    ];
    results
}

fn net() -> Results {
    let mut results = outline("elastic_net");
    results.groups = vec![
        group(Some("lambda_min"), "Best cross-validation", 494, Some(30)),
        group(Some("lambda_1se"), "Within one standard error", 494, Some(30)),
        group(None, "All patients", 494, Some(30)),
    ];
    let ratio = |rule: &str, term: &str, level: Option<(&str, &str)>, value: f64| Estimate {
        model: Some(Model::Multivariable),
        group: Some(rule.into()),
        term: Some(term.into()),
        level: level.map(|(level, _)| level.into()),
        reference: level.map(|(_, reference)| reference.into()),
        n: Some(20),
        of: Some(200),
        ..Estimate::new(Quantity::OddsRatio, value)
    };
    for (rule, lambda, kept, size, cea) in
        [("lambda_min", 0.012_345, 2, 2.2, 0.98), ("lambda_1se", 0.045_61, 1, 1.4, 1.0)]
    {
        results.estimates.push(Estimate {
            group: Some(rule.into()),
            n: Some(kept),
            of: Some(3),
            ..Estimate::new(Quantity::Penalty, lambda)
        });
        results.estimates.extend([
            ratio(rule, "size", Some(("lt3", "ge3")), size),
            ratio(rule, "size", Some(("ge3", "ge3")), 1.0),
            ratio(rule, "cea", None, cea),
            ratio(rule, "sex", Some(("m", "f")), 1.0),
            ratio(rule, "sex", Some(("f", "f")), 1.0),
        ]);
    }
    let lambdas: Vec<f64> = (0..20).map(|k| 0.08 * (-0.3 * f64::from(k)).exp()).collect();
    for (at, lambda) in lambdas.iter().enumerate() {
        results.estimates.push(Estimate {
            at: Some(*lambda),
            std_error: Some(0.03),
            n: Some([0, 1, 1, 2, 2, 2, 3][at.min(6)]),
            ..Estimate::new(Quantity::CrossValidatedDeviance, 0.45 + 0.002 * (at as f64 - 8.0).powi(2))
        });
    }
    for (term, level, slope) in [("size", Some("lt3"), 0.04), ("cea", None, -0.02), ("sex", Some("m"), 0.0)] {
        results.series.push(Series {
            term: Some(term.into()),
            level: level.map(String::from),
            y: (0..20).map(|k| slope * f64::from(k)).collect(),
            x: lambdas.clone(),
            ..Series::new(SeriesKind::CoefficientPath)
        });
    }
    results.notices = vec![Notice::PenalizedEstimates { selected: true }];
    results
}

#[test]
fn an_elastic_net_shows_both_rules_its_validation_and_its_path() {
    let displays = displays_of(&net(), &STYLE);
    let ids: Vec<&str> = displays.iter().map(|display| display.id.as_str()).collect();
    assert_eq!(ids, ["a", "a-cross-validation", "a-path"]);
    assert_eq!(
        rows(&displays[0]),
        [
            vec!["Size", "", "", ""],
            vec!["<3 cm", "20/200", "2.20", "1.40"],
            vec!["≥3 cm", "20/200", "1 (reference)", "1 (reference)"],
            vec!["CEA, per unit", "20/200", "0.98", "—"],
            vec!["Sex", "", "", ""],
            vec!["Women", "20/200", "1 (reference)", "1 (reference)"],
            vec!["Men", "20/200", "—", "—"],
        ]
    );
    let header: Vec<String> = displays[0].table().unwrap().header[0]
        .iter()
        .map(|cell| format!("{} {}", cell.text, cell.detail.clone().unwrap_or_default()))
        .collect();
    assert_eq!(header[2], "OR, best cross-validation λ = 0.0123");
    let told = notes(&displays[0]);
    assert!(told.contains("best cross-validation 2 of 3; within one standard error 1 of 3"), "{told}");
    assert!(told.contains("Ratios are shrunken towards 1 on purpose, and the same patients chose"), "{told}");
    let curve = displays[1].figure().unwrap();
    assert!(curve.caption.contains("within one standard error (λ = 0.0456)"), "{}", curve.caption);
    let path = displays[2].figure().unwrap();
    // What is never in the model has no line and no name.
    assert!(path.svg.contains("Size: &lt;3 cm") && path.svg.contains(">CEA<") && !path.svg.contains("Sex"));
    for figure in [curve, path] {
        assert!(!elements(&figure.svg).is_empty() && !figure.svg.contains("NaN"));
    }
}

#[test]
fn a_net_of_areas_has_a_curve_too_and_one_without_rules_no_table() {
    let mut areas = net();
    for row in areas.estimates.iter_mut().filter(|row| row.quantity == Quantity::CrossValidatedDeviance) {
        row.quantity = Quantity::CrossValidatedAuc;
    }
    assert!(displays_of(&areas, &STYLE)[1].figure().unwrap().caption.starts_with("Cross-validated AUC"));
    let mut bare = net();
    bare.estimates.clear();
    let ids: Vec<String> = displays_of(&bare, &STYLE).into_iter().map(|display| display.id).collect();
    assert_eq!(ids, ["a-path"]);
}

#[test]
fn a_selection_shows_its_warning_its_steps_and_its_stability() {
    let mut results = outline("stepwise");
    results.groups = vec![group(None, "All patients", 494, Some(30))];
    let step = |at: f64, level: &str, term: Option<&str>, n, value: f64, p: Option<f64>| Estimate {
        at: Some(at),
        level: Some(level.into()),
        term: term.map(String::from),
        n: Some(n),
        test: p.map(|p| test(TestName::Score, Some(7.891), &[1.0], p)),
        ..Estimate::new(Quantity::SelectionStep, value)
    };
    let share = |term: Option<&str>, level: &str, n: u64| Estimate {
        term: term.map(String::from),
        level: term.map(|_| level.into()),
        n: Some(n),
        of: Some(200),
        ..Estimate::new(Quantity::SelectionFrequency, n as f64 / 200.0)
    };
    results.estimates = vec![
        Estimate {
            model: Some(Model::Multivariable),
            term: Some("cea".into()),
            interval: Some(interval(0.97, 0.99, IntervalMethod::Wald)),
            n: Some(30),
            of: Some(494),
            ..Estimate::new(Quantity::OddsRatio, 0.98)
        },
        step(0.0, "start", None, 0, 226.31, None),
        step(1.0, "entered", Some("cea"), 1, 220.04, Some(0.005)),
        step(2.0, "removed", Some("size"), 0, 219.9, None),
        share(Some("size"), "left_out", 44),
        share(Some("cea"), "chosen", 171),
        share(None, "", 31),
    ];
    results.notices =
        vec![Notice::StepwiseSelection { rule: "forward selection (P < 0.05 to enter)".into() }];
    let displays = displays_of(&results, &STYLE);
    let find = |id: &str| displays.iter().find(|display| display.id == id).unwrap();
    let caption = find("a").table().unwrap().caption.clone().unwrap();
    assert!(caption.contains("P values and intervals are too optimistic"), "{caption}");
    assert!(find("a-forest").figure().is_some());
    assert!(
        displays.iter().filter_map(Display::figure).all(|figure| figure.caption.contains("too optimistic"))
    );
    assert!(notes(find("a")).contains("Terms were chosen by forward selection (P < 0.05 to enter)"));
    assert_eq!(
        rows(find("a-steps")),
        [
            ["First model", "0", "—", "—", "—", "226.3"],
            ["1. CEA entered", "1", "7.89", "1", "0.005", "220.0"],
            ["2. Size removed", "0", "—", "—", "—", "219.9"],
        ]
    );
    assert!(notes(find("a-steps")).contains("BIC: Schwarz"));
    assert_eq!(rows(find("a-stability")), [["Size", "—", "22.0"], ["CEA", "yes", "85.5"]]);
    assert!(notes(find("a-stability")).contains("Just the terms of the model shown were chosen in 15.5%."));
}
