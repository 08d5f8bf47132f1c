//! Interactions and splines in tables and figures.

mod sample;

use report::{Content, displays_of, formats};
use sample::models::ratio_row;
use sample::xml::elements;
use sample::{STYLE, empty, label, test};
use serde_json::json;
use study::*;

fn tested(quantity: Quantity, model: Model, term: &str, p: f64) -> Estimate {
    Estimate {
        model: Some(model),
        term: Some(term.into()),
        test: Some(test(TestName::LikelihoodRatio, Some(9.0), &[2.0], p)),
        ..Estimate::new(quantity, f64::NAN)
    }
}

fn curve(term: &str, wide: f64) -> EffectCurve {
    let x: Vec<f64> = (0..=200).map(|at| 30.0 + 0.25 * f64::from(at)).collect();
    let ratio: Vec<f64> = x.iter().map(|x| ((x - 55.0) * (x - 55.0) / 400.0).exp()).collect();
    EffectCurve {
        model: Model::Multivariable,
        term: term.into(),
        held: Vec::new(),
        quantity: Quantity::OddsRatio,
        reference: 55.0,
        knots: vec![35.0, 50.0, 60.0, 75.0],
        lower: ratio.iter().map(|ratio| Some(ratio / wide)).collect(),
        upper: ratio.iter().enumerate().map(|(at, ratio)| (at < 190).then_some(ratio * wide)).collect(),
        ratio: ratio.into_iter().map(Some).collect(),
        x,
        edges: (0..=10).map(|bar| 30.0 + 5.0 * f64::from(bar)).collect(),
        patients: vec![1, 4, 9, 20, 40, 30, 0, 20, 9, 2],
    }
}

fn results() -> Results {
    let mut results = empty("model", "Predictors", "logistic");
    results.outcome = Some("pcr".into());
    results.options = json!({"event": "yes"});
    let sexes: &[(&str, &str)] = &[("f", "Women"), ("m", "Men")];
    results.variables.push(label("sex", "Sex", Kind::Category, sexes));
    results
        .variables
        .push(VariableLabel { unit: Some("years".into()), ..label("age", "Age", Kind::Number, &[]) });
    results.variables.push(label(
        "t_category",
        "t_category",
        Kind::Category,
        &[("t12", "T1–2"), ("t3", "T3"), ("t4", "T4")],
    ));
    let cells: &[(&str, &str)] = &[("m:t3", "Men × T3"), ("m:t4", "Men × T4")];
    results.variables.push(label("sex:t_category", "sex:t_category", Kind::Category, cells));
    for model in [Model::Univariable, Model::Multivariable] {
        let row = |term: &str, level: &str, reference: &str| Estimate {
            reference: Some(reference.into()),
            n: Some(10),
            of: Some(40),
            ..ratio_row(Quantity::OddsRatio, model, term, Some(level), [1.5, 1.1, 2.0, 0.01])
        };
        results.estimates.extend([
            row("age", "66.25", "48"),
            tested(Quantity::Nonlinearity, model, "age", 0.032),
            tested(Quantity::GlobalTest, model, "age", 0.0021),
            row("sex:t_category", "m:t3", "f:t12"),
            row("sex:t_category", "m:t4", "f:t12"),
            tested(Quantity::GlobalTest, model, "sex:t_category", 0.44),
        ]);
    }
    results.notices.push(Notice::Separation {
        term: "sex:t_category".into(),
        level: Some("m:t4".into()),
        kind: study::notice::SeparationKind::Quasi,
        toward: None,
    });
    results.effects.push(curve("age", 1.5));
    results
}

#[test]
fn rows_are_named_by_what_is_compared() {
    let displays = displays_of(&results(), &STYLE);
    let Content::Table(table) = &displays[0].content else { panic!("no table") };
    let text = formats::text::render(table, 140);
    for expected in [
        "Age (spline)",
        "66.25 vs 48 years",
        "Non-linearity",
        "0.002",
        "0.032",
        "Sex × T category",
        "Men × T3",
        "0.44",
        "the ratio of two odds ratios",
        "Sex × T category: Men × T4: quasi-complete",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(!text.contains("m:t4") && !text.contains("sex:t"), "{text}");
}

#[test]
fn an_infinite_ratio_stands_with_the_limit_that_it_has() {
    for (way, limits, expected) in [
        (notice::Toward::Infinity, (Some(2.5), None), "∞ (2.50–∞)"),
        (notice::Toward::Zero, (None, Some(0.4)), "0 (0–0.40)"),
    ] {
        let mut results = results();
        for row in results.estimates.iter_mut().filter(|row| row.level.as_deref() == Some("m:t4")) {
            (row.value, row.test) = (None, None);
            let interval = row.interval.as_mut().unwrap();
            (interval.lower, interval.upper) = limits;
        }
        for notice in &mut results.notices {
            if let Notice::Separation { toward, .. } = notice {
                *toward = Some(way);
            }
        }
        let displays = displays_of(&results, &STYLE);
        let text = formats::text::render(displays[0].table().unwrap(), 140);
        assert!(text.contains(expected), "{expected}\n{text}");
        assert!(text.contains("`exact_logistic` gives exact limits"), "{text}");
        let forest = displays.iter().find(|display| display.id == "model-forest").unwrap();
        let Content::Figure(forest) = &forest.content else { panic!("no figure") };
        assert!(forest.svg.contains(expected) && forest.svg.contains("arrow"), "{expected}");
    }
}

#[test]
fn where_all_belong_to_one_cluster_no_level_needs_a_word_of_its_own() {
    let mut results = results();
    let (term, level) = ("sex".to_string(), "m".to_string());
    results.notices.push(Notice::OneCluster { term: term.clone(), level: level.clone() });
    results.notices.push(Notice::NoRobustVariance { term, level: Some(level) });
    let told = |results: &Results| {
        let displays = displays_of(results, &STYLE);
        formats::text::render(displays[0].table().unwrap(), 140).matches("cluster").count()
    };
    assert!(told(&results) > 1);
    results.notices.push(Notice::FewClusters { variable: "hospital".into(), clusters: 1 });
    assert_eq!(told(&results), 1);
}

#[test]
fn tests_of_several_terms_have_a_table_of_their_own() {
    let mut results = results();
    let none = displays_of(&results, &STYLE);
    assert!(none.iter().all(|display| display.id != "model-joint-tests"));
    let whole = |quantity| Estimate { term: None, ..tested(quantity, Model::Multivariable, "", 0.6) };
    results.estimates.extend([
        tested(Quantity::TotalEffect, Model::Multivariable, "sex", 0.0009),
        tested(Quantity::TotalNonlinearity, Model::Multivariable, "age", 0.031),
        whole(Quantity::TotalInteraction),
        whole(Quantity::LinearAdditive),
    ]);
    // Of two tests the likelihood ratio is told.
    let mut wald = tested(Quantity::TotalEffect, Model::Multivariable, "sex", 0.7);
    wald.test.as_mut().unwrap().name = TestName::Wald;
    results.estimates.push(wald);
    let displays = displays_of(&results, &STYLE);
    let joint = displays.iter().find(|display| display.id == "model-joint-tests").unwrap();
    let text = formats::text::render(joint.table().unwrap(), 140);
    for expected in [
        "Sex, with its interactions",
        "<0.001",
        "Age, non-linearity with that of its interactions",
        "All interactions",
        "All non-linearity and interactions",
        "Likelihood-ratio test.",
        "χ² = 9.00",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert_eq!(joint.table().unwrap().rows.len(), 4);
}

#[test]
fn the_curve_is_drawn_with_its_band_reference_and_patients() {
    let mut results = results();
    for (curves, height) in [(1, 300.0), (3, 500.0)] {
        results.effects = (0..curves).map(|at| curve(["age", "bmi", "psa"][at], 1e4)).collect();
        let displays = displays_of(&results, &STYLE);
        let figure = displays.iter().find(|display| display.id == "model-curves").unwrap().figure().unwrap();
        assert!(figure.height > height && !figure.svg.contains("NaN") && !figure.svg.contains("inf"));
        assert!(figure.caption.contains("55 years"), "{}", figure.caption);
        let elements = elements(&figure.svg);
        // Each panel has its own clip.
        let mut clips: Vec<&str> = elements
            .iter()
            .filter(|element| element.name == "clipPath")
            .filter_map(|element| element.attributes.get("id").map(String::as_str))
            .collect();
        clips.sort_unstable();
        clips.dedup();
        assert_eq!(clips.len(), curves);
        let texts: String = elements.iter().map(|element| format!("{}|", element.text)).collect();
        assert!(
            texts.contains("Non-linearity: P = 0.032") || texts.contains("non-linearity: P = 0.032"),
            "{texts}"
        );
        assert!(texts.contains("Odds ratio (95% CI)") && texts.contains("Age, years"));
    }
}

/// The same with an interaction of the spline, and one of it with a number.
fn crossed() -> Results {
    let mut results = results();
    results
        .variables
        .push(VariableLabel { unit: Some("kg/m²".into()), ..label("bmi", "BMI", Kind::Number, &[]) });
    let cells: &[(&str, &str)] = &[("f", "Women"), ("m", "Men")];
    results.variables.push(label("age:sex", "age:sex", Kind::Number, cells));
    results.variables.push(label("age:bmi", "age:bmi", Kind::Number, &[]));
    let model = Model::Multivariable;
    let row = |term: &str, level: &str, reference: &str| Estimate {
        reference: Some(reference.into()),
        ..ratio_row(Quantity::OddsRatio, model, term, Some(level), [1.5, 1.1, 2.0, 0.01])
    };
    results.estimates.extend([
        row("age:sex", "age=66.25:f", "age=48:f"),
        row("age:sex", "age=66.25:m", "age=48:m"),
        tested(Quantity::Nonlinearity, model, "age:sex", 0.061),
        tested(Quantity::GlobalTest, model, "age:sex", 0.0072),
        row("age:bmi", "age=66.25:bmi=22.5", "age=48:bmi=22.5"),
        row("age:bmi", "age=66.25:bmi=31", "age=48:bmi=31"),
        tested(Quantity::GlobalTest, model, "age:bmi", 0.55),
    ]);
    let held = |variable: &str, level: &str| vec![Held { variable: variable.into(), level: level.into() }];
    let with = |held: Vec<Held>| EffectCurve { held, ..curve("age", 1.5) };
    results.effects = vec![EffectCurve { model: Model::Univariable, ..curve("age", 1.5) }];
    results.effects.extend([held("sex", "f"), held("sex", "m"), held("bmi", "22.5")].map(with));
    results
}

#[test]
fn an_interaction_with_a_spline_is_told_within_levels() {
    let results = crossed();
    let displays = displays_of(&results, &STYLE);
    let Content::Table(table) = &displays[0].content else { panic!("no table") };
    let text = formats::text::render(table, 160);
    for expected in [
        "Age (spline) × Sex",
        "Women: age 66.25 vs 48 years",
        "Men: age 66.25 vs 48 years",
        "BMI 22.5 kg/m²: age 66.25 vs 48 years",
        "BMI 31 kg/m²: age",
        "0.007",
        "0.061",
        "Whole interaction",
        "at the median of a spline",
        "Sex × T category",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(!text.contains("age=") && !text.contains(":f"), "{text}");
    let figure = displays.iter().find(|display| display.id == "model-curves").unwrap().figure().unwrap();
    let texts: String = elements(&figure.svg).iter().map(|element| format!("{}|", element.text)).collect();
    for expected in ["Age, Sex: Women|", "Age, Sex: Men|", "Age, BMI 22.5 kg/m²|", "Interaction: P = 0.007"]
    {
        assert!(texts.contains(expected), "{expected} {texts}");
    }
    // The curve of the number alone is not that of the model with all terms; the reference is told once.
    assert!(!texts.contains("Association"), "{texts}");
    assert_eq!(figure.caption.matches("55 years").count(), 1, "{}", figure.caption);
}

#[test]
fn collinear_terms_have_a_table_where_a_reader_must_know() {
    let with = |method: &str, factor: f64| {
        let mut results = results();
        results.method = method.into();
        for (quantity, value) in
            [(Quantity::VarianceInflation, factor.powi(4)), (Quantity::ErrorInflation, factor)]
        {
            results.estimates.push(Estimate {
                model: Some(Model::Multivariable),
                term: Some("t_category".into()),
                n: Some(2),
                ..Estimate::new(quantity, value)
            });
        }
        let displays = displays_of(&results, &STYLE);
        let found = displays.iter().find(|display| display.id == "model-collinearity");
        found.map(|display| match &display.content {
            Content::Table(table) => formats::text::render(table, 120),
            Content::Figure(_) => panic!("no table"),
        })
    };
    assert_eq!(with("logistic", 2.2), None);
    let text = with("cox", 2.5).unwrap();
    for expected in ["T category", "39.06", "×2.50", "Fox and Monette"] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(with("logistic_performance", 1.01).is_some());
}
