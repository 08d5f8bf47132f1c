//! Displays of hazards, of weights at risk, and of what a Fine–Gray model predicts.

mod sample;

use report::{Display, displays_of};
use sample::{STYLE, empty, group, interval, label, rows};
use study::*;

fn outline(method: &str) -> Results {
    let mut results = empty("a", "An analysis", method);
    results.by = Some("arm".into());
    results.outcome = Some("relapse".into());
    results.time_unit = Some("months".into());
    results.variables = vec![
        label("arm", "Arm", Kind::Category, &[("o", "Observed"), ("t", "Treated")]),
        label("relapse", "Relapse", Kind::Number, &[]),
    ];
    results.groups =
        vec![group(Some("o"), "Observed", 40, Some(20)), group(Some("t"), "Treated", 41, Some(12))];
    results
}

/// Steps of a cumulative hazard.
fn steps(level: &str, height: f64) -> Curve {
    Curve {
        group: Some(level.into()),
        measure: CurveMeasure::CumulativeHazard,
        time: vec![0.0, 12.0, 60.0],
        at_risk: vec![40, 38, 10],
        events: vec![0, 4, 2],
        censored: vec![0, 0, 8],
        estimate: vec![0.0, height / 2.0, height],
        std_error: vec![None, Some(0.05), Some(0.1)],
        lower: vec![None, Some(height / 4.0), Some(height / 2.0)],
        upper: vec![None, Some(height), Some(height * 1.4)],
        ..Curve::default()
    }
}

fn at(quantity: Quantity, level: &str, at: f64, value: f64, limits: (f64, f64)) -> Estimate {
    Estimate {
        group: Some(level.into()),
        at: Some(at),
        n: Some(31),
        interval: Some(interval(limits.0, limits.1, IntervalMethod::Log)),
        ..Estimate::new(quantity, value)
    }
}

fn svg(display: &Display) -> &str {
    &display.figure().expect("a figure").svg
}

/// The vertical places at which a path turns.
fn heights(d: &str) -> Vec<f64> {
    let places = d.split(['M', 'H', 'V', 'L']).skip(1).zip(d.chars().filter(char::is_ascii_alphabetic));
    places
        .filter(|(_, letter)| *letter != 'H')
        .map(|(place, _)| place.split_whitespace().last().unwrap().parse().unwrap())
        .collect()
}

/// What is drawn within the axes: curves and bands.
fn inside(svg: &str) -> &str {
    svg.split("<g clip-path").nth(1).unwrap().split("</g>").next().unwrap()
}

/// The path of the first curve of a figure.
fn first_path(svg: &str) -> &str {
    let path = inside(svg).split("<path").find(|path| path.contains("fill=\"none\"")).expect("a curve");
    path.split("d=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[test]
fn a_cumulative_hazard_rises_on_an_axis_of_its_own() {
    let mut results = outline("cumulative_hazard");
    results.curves = vec![steps("o", 1.7), steps("t", 0.6)];
    results.estimates = vec![
        at(Quantity::CumulativeHazard, "o", 12.0, 0.85, (0.425, 1.7)),
        at(Quantity::CumulativeHazard, "t", 12.0, 0.3, (0.15, 0.6)),
    ];
    let displays = displays_of(&results, &STYLE);
    assert_eq!(displays.len(), 2);
    let figure = svg(&displays[0]);
    assert!(figure.contains(">Cumulative hazard<") && !figure.contains(", %"), "{figure}");
    // Above 1, so that no curve is cut at it.
    assert!(figure.contains(">1.5<") && figure.contains(">2<"), "{figure}");
    let turns = heights(first_path(figure));
    assert!(turns.windows(2).all(|pair| pair[1] <= pair[0]) && turns[2] < turns[0], "{turns:?}");
    assert!(figure.contains("Number at risk") && !figure.contains("Weights at risk"));
    let caption = &displays[0].figure().unwrap().caption;
    assert!(
        caption.starts_with("Nelson–Aalen estimates") && caption.contains("(log transformation)"),
        "{caption}"
    );
    assert_eq!(
        rows(&displays[1]),
        [
            ["Events", "", "20", "", "12"],
            ["Cumulative hazard", "", "", "", ""],
            ["12 months", "31", "0.850 (0.425–1.700)", "31", "0.300 (0.150–0.600)"],
        ]
    );
}

#[test]
fn a_smooth_hazard_is_drawn_through_points_over_the_numbers_of_the_steps() {
    let mut results = outline("smooth_hazard");
    let smooth = Curve {
        group: Some("o".into()),
        measure: CurveMeasure::Hazard,
        time: vec![0.0, 20.0, 48.0],
        estimate: vec![0.01, 0.03, 0.02],
        std_error: vec![Some(0.005); 3],
        lower: vec![Some(0.005), Some(0.02), None],
        upper: vec![Some(0.02), Some(0.045), None],
        ..Curve::default()
    };
    results.groups.truncate(1);
    results.curves = vec![smooth, steps("o", 1.7)];
    results.estimates = vec![
        Estimate { group: Some("o".into()), ..Estimate::new(Quantity::Bandwidth, 9.5) },
        at(Quantity::Hazard, "o", 12.0, 0.0214, (0.012, 0.038)),
    ];
    let displays = displays_of(&results, &STYLE);
    let figure = svg(&displays[0]);
    assert!(figure.contains(">Hazard, events per 100 patient-months<"), "{figure}");
    assert!(first_path(figure).contains('L') && !first_path(figure).contains('H'));
    // One curve, though the results hold the steps too; the numbers at risk are those of the steps.
    assert_eq!(inside(figure).matches("fill=\"none\"").count(), 1, "{figure}");
    assert!(figure.contains(">40<") && figure.contains(">38<"), "{figure}");
    assert_eq!(
        rows(&displays[1]),
        [
            ["Events", "", "20"],
            ["Bandwidth, months", "", "9.5"],
            ["Hazard, events per 100 patient-months", "", ""],
            ["12 months", "31", "2.14 (1.20–3.80)"],
        ]
    );
}

#[test]
fn weights_at_risk_stand_beneath_the_numbers() {
    let mut results = outline("kaplan_meier");
    let weighted = |level: &str| Curve {
        measure: CurveMeasure::Probability,
        estimate: vec![1.0, 0.8, 0.5],
        weighted_at_risk: vec![1234.0, 900.125, 12.345],
        ..steps(level, 0.6)
    };
    results.curves = vec![weighted("o"), weighted("t")];
    let displays = displays_of(&results, &STYLE);
    let figure = svg(&displays[0]);
    let places: Vec<usize> =
        ["Number at risk", "Weights at risk"].map(|text| figure.find(text).unwrap()).into();
    assert!(places[0] < places[1]);
    for text in [">1234<", ">900<", ">12.3<", ">40<"] {
        assert!(figure.contains(text), "{text} in {figure}");
    }
}

#[test]
fn medians_of_profiles_stand_beside_their_survival() {
    let mut results = outline("predicted_survival");
    results.by = None;
    results.groups = ["old", "young"].map(|name| group(Some(name), name, 0, None)).to_vec();
    results.groups.push(group(None, "All patients", 80, Some(20)));
    let never = Estimate {
        value: None,
        interval: Some(Interval {
            upper: None,
            ..at(Quantity::SurvivalQuantile, "young", 0.5, 0.0, (31.0, 0.0)).interval.unwrap()
        }),
        ..at(Quantity::SurvivalQuantile, "young", 0.5, 0.0, (31.0, 0.0))
    };
    results.estimates = vec![
        at(Quantity::Survival, "old", 12.0, 0.4, (0.3, 0.5)),
        at(Quantity::SurvivalQuantile, "old", 0.5, 9.5, (7.0, 14.0)),
        at(Quantity::Survival, "young", 12.0, 0.8, (0.7, 0.9)),
        never,
    ];
    let displays = displays_of(&results, &STYLE);
    let shown = displays.iter().find(|display| display.table().is_some()).unwrap();
    assert_eq!(
        rows(shown),
        [["old", "40.0 (30.0–50.0)", "9.5 (7.0–14.0)"], ["young", "80.0 (70.0–90.0)", "NR (31.0–NR)"]]
    );
    let table = shown.table().unwrap();
    assert_eq!(table.header[0][2].text, "Median, months");
    assert!(table.footnotes.iter().any(|note| note.text == "NR: not reached."));
}

#[test]
fn a_fine_gray_model_predicts_curves_and_a_table() {
    let mut results = outline("predicted_incidence");
    results.by = None;
    results.groups = vec![group(Some("old"), "old", 0, None), group(None, "All patients", 80, Some(20))];
    let curve = Curve {
        group: Some("old".into()),
        cause: Some("event".into()),
        measure: CurveMeasure::Probability,
        estimate: vec![0.0, 0.1, 0.3],
        ..steps("old", 0.3)
    };
    results.curves = vec![curve];
    let row = at(Quantity::CumulativeIncidence, "old", 12.0, 0.1, (0.05, 0.2));
    results.estimates = vec![Estimate { level: Some("event".into()), n: None, ..row }];
    let displays = displays_of(&results, &STYLE);
    let figure = displays[0].figure().unwrap();
    assert!(figure.caption.starts_with("Cumulative incidence predicted by the Fine–Gray model."));
    assert!(figure.svg.contains(">Relapse, %<"));
    assert_eq!(rows(&displays[1]), [["old", "10.0 (5.0–20.0)"]]);
    let header = &displays[1].table().unwrap().header[0];
    assert_eq!(header[0].text, "Cumulative incidence, %");
}
