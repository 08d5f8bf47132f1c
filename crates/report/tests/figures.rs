//! Figures: well formed, finite, aligned, legible.

mod sample;

use report::{Content, Display, displays, displays_of};
use sample::STYLE;
use sample::survival::curve;
use sample::xml::{Element, elements};
use study::*;

fn svg(display: &Display) -> &str {
    &display.figure().expect("a figure").svg
}

fn figure(results: &Results) -> Vec<Element> {
    let displays = displays_of(results, &STYLE);
    elements(svg(displays.iter().find(|display| display.figure().is_some()).expect("a figure")))
}

fn texts<'a>(elements: &'a [Element], class: &'a str) -> Vec<&'a Element> {
    elements.iter().filter(|element| element.name == "text" && element.has_class(class)).collect()
}

/// Seven groups with long names over ten years of days, in tens of thousands.
fn crowded() -> Results {
    let mut results = sample::survival::overall();
    results.analysis = "crowded".into();
    results.time_unit = Some("days".into());
    results.by = Some("stage".into());
    results.estimates.retain(|row| row.quantity == Quantity::GlobalTest);
    let names = [
        "I",
        "II",
        "III with a very long description of what the stage means to those who are in it",
        "IVa",
        "IVb",
        "IVc",
        "Unknown & <other>",
    ];
    results.groups = names
        .iter()
        .map(|name| sample::group(Some(name), &format!("Stage {name}"), 12_345, Some(400)))
        .collect();
    results.curves = (0..7)
        .map(|index| {
            let years = 40 + 60 * index;
            let course: Vec<(f64, u64, u64)> =
                vec![(0.0, 0, 0), (1000.0, years, 50), (3653.0, years + 30, 200)];
            let mut curve = curve(names[index as usize], years + 240, Box::leak(course.into_boxed_slice()));
            curve.at_risk.iter_mut().for_each(|n| *n += 12_000);
            curve
        })
        .collect();
    results
}

#[test]
fn every_figure_is_well_formed_and_finite() {
    let mut all = displays(&sample::study());
    all.extend(displays_of(&crowded(), &STYLE));
    let figures: Vec<&Display> = all.iter().filter(|display| display.figure().is_some()).collect();
    assert_eq!(figures.len(), 6);
    for display in figures {
        let text = svg(display);
        assert!(!text.contains("NaN") && !text.contains("inf\"") && !text.contains("infL"), "{}", display.id);
        let elements = elements(text);
        assert_eq!(elements[0].attributes["role"], "img");
        assert_eq!((elements[1].name.as_str(), elements[2].name.as_str()), ("title", "desc"));
        assert!(!elements[1].text.is_empty() && !elements[2].text.is_empty(), "{}", display.id);
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.svg", display.id));
        std::fs::write(path, report::formats::svg::render(display.figure().unwrap())).unwrap();
    }
}

#[test]
fn numbers_at_risk_stand_under_their_ticks() {
    for results in [sample::survival::overall(), sample::survival::disease_free(), crowded()] {
        let elements = figure(&results);
        let ticks: Vec<f64> = texts(&elements, "tick").iter().map(|tick| tick.number("x")).collect();
        let at_risk = texts(&elements, "at-risk");
        assert!(ticks.len() >= 5);
        assert_eq!(at_risk.len(), ticks.len() * results.curves.len());
        for row in at_risk.chunks(ticks.len()) {
            let places: Vec<f64> = row.iter().map(|count| count.number("x")).collect();
            assert_eq!(places, ticks);
            assert!(row.iter().all(|count| count.attributes["text-anchor"] == "middle"
                && count.number("y") == row[0].number("y")));
        }
        // Marks of the axis are where their labels are.
        for tick in &ticks {
            let mark = format!("M{tick} ");
            assert!(
                elements.iter().any(|e| e.name == "path" && e.attributes["d"].starts_with(&mark)),
                "{tick}"
            );
        }
    }
}

#[test]
fn numbers_at_risk_are_those_of_the_registry() {
    let elements = figure(&sample::survival::overall());
    let ticks = texts(&elements, "tick");
    let at_risk = texts(&elements, "at-risk");
    let at = |group: usize, month: &str| {
        let column = ticks.iter().position(|tick| tick.text == month).expect("a tick");
        at_risk[group * ticks.len() + column].text.as_str()
    };
    assert_eq!([at(0, "0"), at(0, "36"), at(0, "120"), at(0, "144")], ["30", "18", "2", "0"]);
    assert_eq!([at(1, "0"), at(1, "12"), at(1, "60"), at(1, "120")], ["464", "346", "80", "17"]);
}

/// The points that a path of M, H, V, L and Z visits.
fn visited(d: &str) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    let (mut x, mut y) = (0.0, 0.0);
    let steps = d.replace(['M', 'L'], "\nP").replace('H', "\nH").replace('V', "\nV").replace('Z', "");
    for part in steps.lines().filter(|step| !step.is_empty()) {
        let (kind, numbers) = part.split_at(1);
        let numbers: Vec<f64> = numbers.split(' ').map(|n| n.parse().expect("a number")).collect();
        match kind {
            "H" => x = numbers[0],
            "V" => y = numbers[0],
            _ => (x, y) = (numbers[0], numbers[1]),
        }
        points.push((x, y));
    }
    points
}

#[test]
fn curves_fall_and_bands_hold_them_without_spilling() {
    let elements = figure(&sample::survival::overall());
    let clip = elements.iter().position(|e| e.name == "clipPath").expect("a clip");
    let plot = &elements[clip + 1];
    let (top, bottom) = (plot.number("y"), plot.number("y") + plot.number("height"));
    let (left, right) = (plot.number("x"), plot.number("x") + plot.number("width"));
    let series = |fill: bool| {
        elements.iter().filter(move |e| {
            e.name == "path"
                && e.attributes["class"].starts_with("series")
                && (e.attributes["fill"] != "none") == fill
        })
    };
    assert_eq!(series(true).count(), 2);
    for band in series(true) {
        for (x, y) in visited(&band.attributes["d"]) {
            assert!((left..=right).contains(&x) && (top..=bottom).contains(&y), "({x}, {y})");
        }
    }
    let curves: Vec<_> = series(false)
        .filter(|e| e.attributes["d"].contains('H') && e.attributes["stroke-width"] == "1.9")
        .collect();
    assert_eq!(curves.len(), 2);
    for curve in &curves {
        let points = visited(&curve.attributes["d"]);
        assert!(points.windows(2).all(|pair| pair[1].0 >= pair[0].0 && pair[1].1 >= pair[0].1));
    }
    // The curve of pCR ends with its last follow-up, 133 months, and not with the axis.
    let ticks = texts(&elements, "tick");
    let month = |text: &str| ticks.iter().find(|tick| tick.text == text).expect("a tick").number("x");
    let last = visited(&curves[0].attributes["d"]).last().unwrap().0;
    assert!(last > month("120") && last < month("144"), "{last}");
}

#[test]
fn the_p_value_beside_the_curves_is_theirs_and_not_that_of_a_term() {
    let mut results = sample::survival::overall();
    let own = texts(&figure(&results), "test").len();
    let mut term = results.estimates.iter().find(|row| row.quantity == Quantity::GlobalTest).unwrap().clone();
    (term.model, term.term) = (Some(Model::Univariable), Some("age".into()));
    results.estimates.retain(|row| row.quantity != Quantity::GlobalTest);
    results.estimates.push(term);
    assert_eq!((own, texts(&figure(&results), "test").len()), (1, 0));
}

#[test]
fn a_single_curve_needs_no_legend() {
    let mut results = sample::survival::overall();
    results.by = None;
    results.estimates.clear();
    results.groups = vec![sample::group(None, "", 464, Some(201))];
    results.curves = vec![Curve { group: None, ..results.curves[1].clone() }];
    let elements = figure(&results);
    assert!(texts(&elements, "series-1-text").is_empty());
    assert!(!texts(&elements, "at-risk").is_empty());
}

#[test]
fn results_with_nothing_to_draw_draw_nothing() {
    let mut results = sample::survival::overall();
    results.curves.clear();
    assert!(displays_of(&results, &STYLE).iter().all(|display| matches!(display.content, Content::Table(_))));
    results.curves = vec![Curve::default()];
    assert!(displays_of(&results, &STYLE).iter().all(|display| matches!(display.content, Content::Table(_))));
    results.curves = vec![Curve {
        time: vec![0.0],
        at_risk: vec![1],
        events: vec![0],
        censored: vec![1],
        estimate: vec![1.0],
        ..Curve::default()
    }];
    let displays = displays_of(&results, &STYLE);
    elements(svg(&displays[0]));
    assert!(displays_of(&sample::empty("x", "X", "unheard_of"), &STYLE).is_empty());
}

#[test]
fn limits_beyond_the_axis_become_arrowheads() {
    let results = sample::models::logistic();
    let displays = displays_of(&results, &STYLE);
    let forest = displays.iter().find(|display| display.id.ends_with("-forest")).expect("a forest plot");
    let elements = elements(svg(forest));
    // Of the four intervals only that of the size, up to 154, leaves an axis that ends at 100.
    assert_eq!(elements.iter().filter(|e| e.has_class("arrow")).count(), 1);
    assert_eq!(elements.iter().filter(|e| e.has_class("interval")).count(), 4);
    assert!(forest.figure().unwrap().caption.contains("beyond the axis"));
}

#[test]
fn the_forest_plot_bears_the_figures_of_its_table() {
    let displays = displays_of(&sample::models::logistic(), &STYLE);
    let table = displays[0].table().expect("a table");
    let forest = elements(svg(&displays[1]));
    let printed: Vec<&str> =
        table.rows.iter().map(|row| row.cells[4].text.as_str()).filter(|t| t.contains('(')).collect();
    assert_eq!(printed.iter().filter(|text| **text != "1 (reference)").count(), 4);
    for text in printed.iter().filter(|text| **text != "1 (reference)") {
        assert!(forest.iter().any(|element| element.text == *text), "{text}");
    }
}

#[test]
fn the_flow_diagram_tells_every_step_and_its_count() {
    let study = sample::study();
    let all = displays(&study);
    let elements = elements(svg(&all[0]));
    let words: String = texts(&elements, "ink").iter().map(|text| format!("{} ", text.text)).collect();
    for step in &study.flow.steps {
        assert!(
            words.contains(&format!("{} (n\u{a0}=\u{a0}{})", step.label, step.excluded)),
            "{}: {words}",
            step.label
        );
    }
    assert!(words.contains("n\u{a0}=\u{a0}494") && words.contains("pCR (n\u{a0}=\u{a0}30)"));
    // Nothing leaves the sheet.
    let (width, height) = (elements[0].number("width"), elements[0].number("height"));
    for frame in elements.iter().filter(|e| e.has_class("box")) {
        assert!(frame.number("x") >= 0.0 && frame.number("x") + frame.number("width") <= width);
        assert!(frame.number("y") >= 0.0 && frame.number("y") + frame.number("height") <= height);
    }
}

#[test]
fn a_flag_in_a_forest_plot_needs_no_yes_and_no() {
    let mut results = sample::models::cox();
    results.variables.push(sample::label(
        "hai",
        "Arterial infusion",
        Kind::Flag,
        &[("no", "No"), ("yes", "Yes")],
    ));
    results.estimates.retain(|row| row.term.as_deref() != Some("hai"));
    let figures = [1.5, 1.1, 2.0, 0.01];
    let row =
        sample::models::ratio_row(Quantity::HazardRatio, Model::Multivariable, "hai", Some("yes"), figures);
    results.estimates.push(Estimate { reference: Some("no".into()), ..row });
    let displays = displays_of(&results, &STYLE);
    let forest = elements(svg(&displays[1]));
    assert!(forest.iter().any(|element| element.text == "Arterial infusion"));
    assert!(!forest.iter().any(|element| element.text.contains("vs")));
}

#[test]
fn the_legend_counts_in_english() {
    let mut results = sample::survival::overall();
    (results.groups[0].n, results.groups[0].events) = (30, Some(1));
    let elements = figure(&results);
    let legend: Vec<&str> = texts(&elements, "series-1-text").iter().map(|text| text.text.as_str()).collect();
    assert!(legend.contains(&"pCR, 1 event in 30 patients"), "{legend:?}");
}
