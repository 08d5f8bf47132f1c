//! Displays of the performance of a logistic model, of influence on it, and of penalized ratios.

mod sample;

use report::displays_of;
use sample::{STYLE, empty, group, interval, label, notes, rows, test};
use serde_json::json;
use study::*;

fn outline(method: &str) -> Results {
    let mut results = empty("a", "A model", method);
    results.outcome = Some("pcr".into());
    results.options =
        json!({ "event": "yes", "terms": ["size", "cea"], "bootstrap": 1000, "penalty": "firth" });
    results.variables = vec![
        label("pcr", "Pathological response", Kind::Category, &[("yes", "pCR"), ("no", "Non-pCR")]),
        label("size", "Size", Kind::Category, &[("lt3", "<3 cm"), ("ge3", "≥3 cm")]),
        label("cea", "CEA", Kind::Number, &[]),
    ];
    results.groups = vec![group(None, "All patients", 494, Some(30))];
    results
}

fn performance() -> Results {
    let mut results = outline("logistic_performance");
    let level = |quantity, level: &str, value| Estimate {
        level: Some(level.into()),
        ..Estimate::new(quantity, value)
    };
    let risk = |name: &str, at, n, of| Estimate {
        at: Some(at),
        n: Some(n),
        of: Some(of),
        interval: Some(interval(0.0, 0.2, IntervalMethod::Score)),
        ..level(Quantity::ObservedRisk, name, n as f64 / of as f64)
    };
    results.groups.insert(0, group(Some("2"), "Size", 494, Some(30)));
    results.estimates = vec![
        Estimate::new(Quantity::NagelkerkeR2, 0.2134),
        Estimate {
            interval: Some(interval(0.7129, 0.8713, IntervalMethod::DeLong)),
            ..Estimate::new(Quantity::Auc, 0.7921)
        },
        Estimate::new(Quantity::CalibrationIntercept, -4e-15),
        level(Quantity::Auc, "optimism", 0.0213),
        level(Quantity::Auc, "corrected", 0.7708),
        risk("1", 0.02, 1, 49),
        risk("2", 0.11, 6, 50),
        Estimate {
            test: Some(test(TestName::HosmerLemeshow, Some(5.2), &[8.0], 0.74)),
            ..Estimate::new(Quantity::GlobalTest, f64::NAN)
        },
        Estimate {
            group: Some("2".into()),
            interval: Some(interval(0.61, 0.79, IntervalMethod::DeLong)),
            ..Estimate::new(Quantity::Auc, 0.7)
        },
        Estimate {
            group: Some("2".into()),
            interval: Some(interval(-0.01, 0.19, IntervalMethod::Wald)),
            test: Some(test(TestName::DeLong, Some(1.8), &[], 0.072)),
            ..Estimate::new(Quantity::AucDifference, 0.0921)
        },
    ];
    let roc = |group: Option<&str>| Series {
        group: group.map(String::from),
        x: vec![0.0, 0.25, 1.0],
        y: vec![0.0, 0.75, 1.0],
        ..Series::new(SeriesKind::Roc)
    };
    results.series = vec![roc(None), roc(Some("2"))];
    results
}

#[test]
fn apparent_figures_stand_beside_corrected_ones() {
    let displays = displays_of(&performance(), &STYLE);
    let ids: Vec<&str> = displays.iter().map(|display| display.id.as_str()).collect();
    assert_eq!(ids, ["a", "a-comparison", "a-roc", "a-calibration", "a-risk-groups"]);
    assert_eq!(
        rows(&displays[0]),
        [
            ["Nagelkerke’s R²", "0.213", "—", "—"],
            ["Area under the ROC curve (AUC)", "0.792 (0.713–0.871)", "0.021", "0.771"],
            // Rounding is not told as a negative nothing.
            ["Calibration intercept", "0.000", "—", "—"],
        ]
    );
    let caption = displays[0].table().unwrap().caption.clone().unwrap();
    assert_eq!(
        caption,
        "Logistic model of pCR (pathological response) with Size, CEA, fitted by Firth’s penalized likelihood."
    );
    assert!(notes(&displays[0]).contains("Hosmer–Lemeshow test: χ² = 5.20, 8 degrees of freedom, P = 0.74"));
    assert_eq!(
        rows(&displays[1]),
        [
            ["Size + CEA", "0.792 (0.713–0.871)", "reference", ""],
            ["Size", "0.700 (0.610–0.790)", "0.092 (−0.010 to 0.190)", "0.072"],
        ]
    );
    assert_eq!(rows(&displays[4])[1], ["2", "50", "5.5", "6", "11.0", "12.0 (0.0–20.0)"]);
}

#[test]
fn curves_and_groups_are_drawn() {
    let displays = displays_of(&performance(), &STYLE);
    let roc = displays[2].figure().unwrap();
    assert!(!sample::xml::elements(&roc.svg).is_empty());
    assert!(roc.svg.contains("All terms: AUC 0.792 (0.713–0.871)") && roc.svg.contains("Size: AUC 0.700"));
    let calibration = displays[3].figure().unwrap();
    assert!(!sample::xml::elements(&calibration.svg).is_empty());
    assert!(calibration.caption.starts_with("Calibration in 2 groups of predicted risk"));
    // Limits up to 20 %: the axes end there.
    assert!(calibration.svg.contains(">20</text>") && !calibration.svg.contains(">40</text>"));
}

/// A smooth curve with its band, and bars that know how wide they are.
#[test]
fn smooth_calibration_is_drawn_and_told() {
    let mut results = performance();
    results.options["terms"] = json!(["size", "rcs(cea, 4)"]);
    let plain = displays_of(&results, &STYLE);
    assert!(!plain[3].figure().unwrap().svg.contains("ICI"));
    results.estimates.extend([
        Estimate::new(Quantity::CalibrationIndex, 0.0123),
        Estimate::new(Quantity::CalibrationE50, 0.0101),
        Estimate::new(Quantity::CalibrationE90, 0.0204),
    ]);
    results.series.extend([
        Series {
            x: vec![0.01, 0.05, 0.14],
            y: vec![0.02, 0.04, 0.12],
            lower: vec![0.0, 0.03, 0.06],
            upper: vec![0.05, 0.06, 0.9],
            ..Series::new(SeriesKind::Calibration)
        },
        Series { x: vec![0.05, 0.15], y: vec![0.75, 0.25], ..Series::new(SeriesKind::PredictedRisk) },
    ]);
    let displays = displays_of(&results, &STYLE);
    let (svg, caption) = displays[3].figure().map(|figure| (&figure.svg, &figure.caption)).unwrap();
    assert!(!sample::xml::elements(svg).is_empty());
    assert!(svg.contains("ICI 0.012, E50 0.010, E90 0.020"));
    // The band may leave the square, which the groups and the line decide.
    assert!(svg.contains(">20</text>") && !svg.contains(">40</text>") && svg.contains("<clipPath"));
    let areas = |svg: &str| {
        svg.matches(r#"fill-opacity="0.16""#).count() + svg.matches(r#"fill-opacity="0.28""#).count()
    };
    assert_eq!((areas(svg), areas(&plain[3].figure().unwrap().svg)), (2, 0));
    assert!(
        caption.contains("smooth calibration by logistic regression")
            && caption.contains("95% confidence band")
    );
    let told = rows(&displays[0]);
    assert!(told.contains(&vec!["Integrated calibration index (ICI)", "0.012", "—", "—"]), "{told:?}");
    assert!(
        displays[0].table().unwrap().caption.as_ref().unwrap().contains("with Size, CEA (spline), fitted")
    );
}

#[test]
fn influential_patterns_are_listed_by_what_patients_share() {
    let mut results = outline("logistic_influence");
    results.groups.insert(0, group(Some("17"), "Pattern 17", 2, Some(1)));
    let of = |quantity, value| Estimate { group: Some("17".into()), ..Estimate::new(quantity, value) };
    results.estimates = vec![
        Estimate {
            term: Some("size".into()),
            level: Some("ge3".into()),
            ..of(Quantity::PatternValue, f64::NAN)
        },
        Estimate { term: Some("cea".into()), ..of(Quantity::PatternValue, 5.904_484) },
        of(Quantity::Leverage, 0.1234),
        of(Quantity::StandardizedResidual, 3.355),
        of(Quantity::DevianceResidual, 2.21),
        of(Quantity::CooksDistance, 0.5),
        Estimate { term: Some("size".into()), level: Some("ge3".into()), ..of(Quantity::DfBetas, -1.1334) },
        Estimate { term: Some("cea".into()), ..of(Quantity::DfBetas, 0.2) },
    ];
    results.series = vec![Series {
        x: vec![1.0, 16.0, 17.0],
        y: vec![0.01, 0.49, 0.5],
        ..Series::new(SeriesKind::CooksDistance)
    }];
    let displays = displays_of(&results, &STYLE);
    assert_eq!(
        rows(&displays[0]),
        [
            ["17. ≥3 cm; 5.904", "1/2", "0.123", "3.36", "2.21", "0.500", ""],
            ["Size: ≥3 cm", "", "", "", "", "", "−1.13"]
        ]
    );
    let caption = displays[0].table().unwrap().caption.clone().unwrap();
    assert!(caption.contains("Patterns: Size; CEA."), "{caption}");
    let plot = displays[1].figure().unwrap();
    assert!(!sample::xml::elements(&plot.svg).is_empty());
    assert!(plot.svg.contains("Largest: patterns 17, 16, 1."));
}

#[test]
fn penalized_ratios_say_firth() {
    let mut results = outline("logistic");
    results.estimates = vec![Estimate {
        model: Some(Model::Multivariable),
        term: Some("cea".into()),
        interval: Some(interval(0.8, 2.0, IntervalMethod::PenalizedProfileLikelihood)),
        test: Some(test(TestName::PenalizedLikelihoodRatio, Some(2.0), &[1.0], 0.16)),
        n: Some(30),
        of: Some(494),
        ..Estimate::new(Quantity::OddsRatio, 1.3)
    }];
    let displays = displays_of(&results, &STYLE);
    let table = displays[0].table().unwrap();
    assert_eq!(table.header[0][2].text, "Firth OR (95% CI)");
    let notes = notes(&displays[0]);
    assert!(notes.contains("from the penalized profile likelihood; P values from penalized"), "{notes}");
    assert!(displays[1].figure().unwrap().caption.contains("Firth’s penalized likelihood"));
}
