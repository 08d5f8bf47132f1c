//! What cross-validation says of each penalty, with the two that it chose.

use super::elastic_net_table::penalty;
use crate::display::{Content, Figure};
use crate::drawing::panel::Panel;
use crate::drawing::{Anchor, Drawing, Stroke, Words, palette, typeface};
use crate::style::{self, Style};
use crate::wording;
use study::{Estimate, Quantity, Results};

const WIDTH: f64 = 640.0;
const LEFT: f64 = 78.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 46.0;
const HEIGHT: f64 = 290.0;
const SIZE: f64 = 13.0;

pub(super) fn make(results: &Results, _style: &Style, id: &str) -> Option<Content> {
    let (rows, measure) = [
        (Quantity::CrossValidatedDeviance, "Cross-validated deviance"),
        (Quantity::CrossValidatedAuc, "Cross-validated AUC"),
    ]
    .into_iter()
    .map(|(quantity, name)| (wording::rows(results, quantity).collect::<Vec<_>>(), name))
    .find(|(rows, _)| rows.len() > 1)?;
    let points: Vec<(f64, f64, f64)> = rows
        .iter()
        .filter_map(|row| Some((-row.at?.ln(), row.value?, row.std_error.unwrap_or(0.0))))
        .collect();
    let x: Vec<f64> = points.iter().map(|point| point.0).collect();
    let lower: Vec<f64> = points.iter().map(|(_, mean, error)| mean - error).collect();
    let upper: Vec<f64> = points.iter().map(|(_, mean, error)| mean + error).collect();
    let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    let mut drawing = Drawing::new(id);
    let place = ((LEFT, TOP), (WIDTH - LEFT - RIGHT, HEIGHT));
    let panel = Panel::new(place.0, place.1, (least(&x), most(&x)), (least(&lower), most(&upper)));
    panel.band(&mut drawing, &x, &lower, &upper, 0);
    let class = palette::series_class(0);
    let stroke = Stroke { colour: palette::series(0).light, class: &class, width: 2.0, dash: "" };
    let line: Vec<(f64, f64)> = points.iter().map(|(x, mean, _)| (*x, *mean)).collect();
    panel.line(&mut drawing, &line, stroke);
    let told = rules(&mut drawing, &panel, results, &|lambda| -lambda.ln());
    numbers(&mut drawing, &panel, &rows);
    panel.axes(&mut drawing, "−ln λ (a smaller penalty to the right)", measure, None);
    let height = TOP + HEIGHT + 54.0;
    let caption = format!(
        "{measure} over the penalty λ, with one standard error to both sides. Dashed lines: {}. Numbers at the top: \
         coefficients that are not 0.",
        told.join("; ")
    );
    let svg = drawing.finish(WIDTH, height, &results.title, &caption);
    Some(Content::Figure(Figure { svg, caption, width: WIDTH, height }))
}

/// Lines at the two penalties that are reported, each at its place on the axis.
pub(super) fn rules(
    drawing: &mut Drawing,
    panel: &Panel,
    results: &Results,
    across: &dyn Fn(f64) -> f64,
) -> Vec<String> {
    let mut told = Vec::new();
    for row in wording::rows(results, Quantity::Penalty) {
        let Some(lambda) = row.value.filter(|lambda| *lambda > 0.0) else { continue };
        let x = panel.at(across(lambda), 0.0).0;
        let stroke = Stroke { dash: "4 3", ..Stroke::ink(0.9) };
        drawing.line((x, panel.top), (x, panel.top + panel.height), stroke);
        let group = results.groups.iter().find(|group| group.level == row.group);
        let label = group.map_or("chosen", |group| wording::group_label(group));
        told.push(format!("{} (λ = {})", wording::inside(label), penalty(lambda)));
    }
    told
}

/// How many coefficients are not 0, above the curve.
fn numbers(drawing: &mut Drawing, panel: &Panel, rows: &[&Estimate]) {
    let mut free = f64::NEG_INFINITY;
    let mut last = None;
    for row in rows {
        let (Some(lambda), Some(n)) = (row.at, row.n) else { continue };
        let x = panel.at(-lambda.ln(), 0.0).0;
        let text = style::count(n);
        let half = typeface::width(&text, SIZE) / 2.0;
        if x - half < free || last == Some(n) {
            continue;
        }
        drawing.words(Words::at(x, panel.top - 12.0, SIZE).anchor(Anchor::Middle), &text);
        drawing.line((x, panel.top - 6.0), (x, panel.top), Stroke::ink(0.8));
        free = x + half + 14.0;
        last = Some(n);
    }
}
