//! The coefficients of an elastic net over its penalty.

use super::cross_validation_curve::rules;
use crate::display::{Content, Figure};
use crate::drawing::panel::Panel;
use crate::drawing::{Drawing, Stroke, Words, palette, typeface};
use crate::style::Style;
use crate::wording;
use study::{Results, Series, SeriesKind};

const WIDTH: f64 = 800.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 14.0;
const HEIGHT: f64 = 340.0;
const SIZE: f64 = 12.0;
const LINE: f64 = 15.0;
/// Room for the names at the right, at most.
const NAMES: f64 = 270.0;

pub(super) fn make(results: &Results, _style: &Style, id: &str) -> Option<Content> {
    let series: Vec<&Series> = results
        .series
        .iter()
        .filter(|one| one.kind == SeriesKind::CoefficientPath && one.x.len() > 1)
        .collect();
    // Columns that are never in the model would only hide the axis.
    let shown: Vec<&Series> =
        series.into_iter().filter(|one| one.y.iter().any(|value| *value != 0.0)).collect();
    let first = shown.first()?;
    let names: Vec<String> = shown.iter().map(|one| name(results, one)).collect();
    let widest = names.iter().map(|name| typeface::width(name, SIZE)).fold(0.0, f64::max).min(NAMES);
    let height = HEIGHT.max(names.len() as f64 * LINE);
    let values = || shown.iter().flat_map(|one| one.y.iter().copied());
    let range = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
    // The penalty falls to the right, where the coefficients grow, so that their names stand at their ends.
    let x = |lambda: f64| -lambda.ln();
    let size = (WIDTH - LEFT - widest - 26.0, height);
    let panel = Panel::new((LEFT, TOP), size, (x(first.x[0]), x(first.x[first.x.len() - 1])), range);
    let mut drawing = Drawing::new(id);
    panel.level(&mut drawing, 0.0, Stroke::pale(1.0));
    for (index, one) in shown.iter().enumerate() {
        let class = palette::series_class(index);
        let colour = palette::series(index).light;
        let stroke = Stroke { colour, class: &class, width: 1.7, dash: palette::dash(index) };
        let line: Vec<(f64, f64)> =
            one.x.iter().map(|lambda| x(*lambda)).zip(one.y.iter().copied()).collect();
        panel.line(&mut drawing, &line, stroke);
    }
    let told = rules(&mut drawing, &panel, results, &x);
    label(&mut drawing, &panel, &shown, &names, widest);
    panel.axes(
        &mut drawing,
        "−ln λ (a smaller penalty to the right)",
        "Coefficient per standard deviation",
        None,
    );
    let whole = TOP + height + 54.0;
    let lines = if told.is_empty() { String::new() } else { format!(" Dashed lines: {}.", told.join("; ")) };
    let caption = format!(
        "Coefficients for one standard deviation more of each column over the penalty λ, from nothing in the model at the \
         left.{lines}"
    );
    let svg = drawing.finish(WIDTH, whole, &results.title, &format!("{caption} {}.", names.join("; ")));
    Some(Content::Figure(Figure { svg, caption, width: WIDTH, height: whole }))
}

/// `Race: black`, `Age`.
fn name(results: &Results, series: &Series) -> String {
    let term = series.term.as_deref().unwrap_or_default();
    let heading = wording::heading(results, term);
    match series.level.as_deref() {
        Some(level) if wording::is_flag(results, term) && wording::is_yes(level) => heading,
        Some(level) => format!("{heading}: {}", wording::column(results, term, level)),
        None => heading,
    }
}

/// Names at the ends of the lines, moved apart where they would touch.
fn label(drawing: &mut Drawing, panel: &Panel, shown: &[&Series], names: &[String], widest: f64) {
    let last = |one: &Series| one.y.last().copied().unwrap_or(0.0);
    let mut order: Vec<usize> = (0..shown.len()).collect();
    order.sort_by(|a, b| last(shown[*b]).total_cmp(&last(shown[*a])).then(a.cmp(b)));
    let right = panel.left + panel.width;
    let mut places: Vec<f64> = order.iter().map(|at| panel.at(0.0, last(shown[*at])).1).collect();
    for index in 1..places.len() {
        places[index] = places[index].max(places[index - 1] + LINE);
    }
    // What then hangs over the lower end is pushed back up.
    let mut floor = panel.top + panel.height;
    for place in places.iter_mut().rev() {
        *place = place.min(floor);
        floor = *place - LINE;
    }
    for (at, y) in order.iter().zip(&places) {
        let class = palette::series_class(*at);
        let colour = palette::series(*at).light;
        let from = (right, panel.at(0.0, last(shown[*at])).1);
        let stroke = Stroke { colour, class: &class, width: 0.8, dash: "" };
        drawing.line(from, (right + 12.0, *y), stroke);
        let lines = typeface::wrap(&names[*at], SIZE, widest);
        let text = match lines.as_slice() {
            [only] => only.clone(),
            [first, ..] => format!("{first} …"),
            [] => String::new(),
        };
        let words = Words { fill: colour, class: &class, ..Words::at(right + 15.0, y + 4.0, SIZE) };
        drawing.words(words, &text);
    }
}
