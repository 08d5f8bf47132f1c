//! Observed against predicted risk: a smooth curve, groups of predicted risk, and the line on which both are equal; a panel
//! for each time where risks are by times.

use super::performance_table::figures;
use super::square_plot::{SMALL, Square};
use crate::display::{Content, Figure};
use crate::drawing::{Drawing, Stroke, Words, palette, point};
use crate::style::{self, Style};
use crate::wording;
use study::{Estimate, Quantity, Results, Series, SeriesKind};

/// Room for the name of a panel.
const NAME: f64 = 26.0;
/// Side of one of several panels, of which two stand side by side.
const SIDE: f64 = 300.0;
/// How much of a panel the highest bar takes.
const BARS: f64 = 0.14;

/// Row, mean prediction, share observed.
type Shown<'a> = (&'a Estimate, f64, f64);

/// What one panel shows.
struct Panel<'a> {
    name: Option<String>,
    rows: Vec<Shown<'a>>,
    curve: Option<&'a Series>,
    bars: Option<&'a Series>,
    /// The calibration index and its companions.
    told: String,
}

/// Of a binary outcome.
pub(super) fn make(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let rows = shown(results);
    let caption = format!(
        "Calibration in {} groups of predicted risk, cut at its quantiles: share with the outcome with {percent}% confidence \
         interval (Wilson) against mean prediction{}. Dashed diagonal: perfect calibration.",
        rows.len(),
        smooth(results, "logistic regression", style),
        percent = style.confidence_percent()
    );
    let panel = Panel { rows, ..Panel::of(results, style, None, None) };
    draw(results, &[panel], id, caption)
}

/// Of a time to an event, by each time.
pub(super) fn by_times(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let mut panels: Vec<(Option<&str>, Panel<'_>)> = Vec::new();
    for row in shown(results) {
        let level = row.0.group.as_deref();
        match panels.last_mut().filter(|(known, _)| *known == level) {
            Some((_, panel)) => panel.rows.push(row),
            None => {
                let group =
                    results.groups.iter().find(|group| level.is_some() && group.level.as_deref() == level);
                let name = group.map(|group| group.label.clone());
                let panel = Panel::of(results, style, level, name);
                panels.push((level, Panel { rows: vec![row], ..panel }));
            }
        }
    }
    let caption = format!(
        "Calibration in groups of predicted risk, cut at its quantiles: 1 less the Kaplan–Meier estimate with {}% confidence \
         interval against mean prediction{}. Dashed diagonal: perfect calibration.",
        style.confidence_percent(),
        smooth(results, "Cox regression", style)
    );
    let panels: Vec<Panel<'_>> = panels.into_iter().map(|(_, panel)| panel).collect();
    draw(results, &panels, id, caption)
}

/// What the caption says of the curves.
fn smooth(results: &Results, model: &str, style: &Style) -> String {
    if results.series.iter().all(|series| series.kind != SeriesKind::Calibration) {
        return String::new();
    }
    format!(
        " (points). Line: smooth calibration by {model} with a restricted cubic spline of the predicted risk, from its 1st to \
         its 99th percentile, with {}% confidence band. Bars: distribution of the predicted risk. ICI, E50, E90: mean, median \
         and 90th percentile of the distance of the line from the diagonal over the patients",
        style.confidence_percent()
    )
}

fn shown(results: &Results) -> Vec<Shown<'_>> {
    wording::rows(results, Quantity::ObservedRisk)
        .filter_map(|row| Some((row, row.at?, row.value?)))
        .collect()
}

impl<'a> Panel<'a> {
    /// Without groups yet.
    fn of(results: &'a Results, style: &Style, level: Option<&str>, name: Option<String>) -> Self {
        let find = |kind| {
            results.series.iter().find(|series| series.kind == kind && series.group.as_deref() == level)
        };
        let at = level.and_then(|level| level.parse::<f64>().ok());
        let figure = |(quantity, name): (Quantity, &str)| {
            let own = |row: &&Estimate| row.level.is_none() && row.at == at;
            let row = wording::rows(results, quantity).find(own)?;
            let row = Estimate { interval: None, ..row.clone() };
            Some(format!("{name} {}", figures(&row, style)))
        };
        let told = [
            (Quantity::CalibrationIndex, "ICI"),
            (Quantity::CalibrationE50, "E50"),
            (Quantity::CalibrationE90, "E90"),
        ];
        let told = told.into_iter().filter_map(figure).collect::<Vec<_>>().join(", ");
        let (curve, bars) = (find(SeriesKind::Calibration), find(SeriesKind::PredictedRisk));
        Self { name, rows: Vec::new(), curve, bars, told }
    }

    /// The end of both axes: rare outcomes fill the square too.
    fn end(&self) -> f64 {
        let groups = self.rows.iter().map(|(row, predicted, observed)| {
            row.interval.and_then(|limits| limits.upper).unwrap_or(*observed).max(*predicted)
        });
        let curve = self.curve.into_iter().flat_map(|curve| curve.x.iter().chain(&curve.y).copied());
        let highest = groups.chain(curve).fold(0.0, f64::max);
        [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8]
            .into_iter()
            .find(|end| highest <= *end)
            .unwrap_or(1.0)
    }

    fn draw(&self, drawing: &mut Drawing, square: &Square) {
        let (left, top, side) = square.place();
        if let Some(name) = &self.name {
            drawing.words(Words::at(left, top - 11.0, SMALL).bold(), name);
        }
        square.ground(drawing, "Predicted risk, %", "Observed risk, %");
        drawing.clip(left, top, side, side);
        if let Some(bars) = self.bars {
            let highest = bars.y.iter().copied().fold(0.0, f64::max);
            let width = side.min(square.x(2.0 * bars.x.first().copied().unwrap_or(0.0)) - square.x(0.0));
            let mut d = String::new();
            for (x, share) in bars.x.iter().zip(&bars.y).filter(|(_, share)| **share > 0.0) {
                let (x, bottom) = (square.x(*x) - 0.45 * width, square.bottom());
                let (right, up) = (x + 0.9 * width, bottom - BARS * side * share / highest);
                let corners = [(x, bottom), (x, up), (right, up), (right, bottom)];
                d.push_str(&format!("M{}Z", corners.map(point).join("L")));
            }
            drawing.area(&d, &palette::series_class(5), palette::series(5).light, 0.28);
        }
        let (class, colour) = (palette::series_class(0), palette::series(0).light);
        if let Some(curve) = self.curve {
            let back = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
            let there = square.path(&curve.x, &curve.lower);
            let again = square.path(&back(&curve.x), &back(&curve.upper)).replacen('M', "L", 1);
            if !there.is_empty() {
                drawing.area(&format!("{there}{again}Z"), &class, colour, 0.16);
            }
            let stroke = Stroke { colour, class: &class, width: 2.2, dash: "" };
            drawing.path(&square.path(&curve.x, &curve.y), stroke);
        }
        drawing.end_clip();
        for (row, predicted, observed) in &self.rows {
            let x = square.x(*predicted);
            if let Some((lower, upper)) = row.interval.and_then(|limits| limits.lower.zip(limits.upper)) {
                drawing.line((x, square.y(lower)), (x, square.y(upper)), Stroke::ink(1.1));
            }
            let start = (x - 3.6, square.y(*observed));
            let d = format!("M{}a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0Z", point(start));
            drawing.area(&d, "ink", palette::INK, 1.0);
        }
        if !self.told.is_empty() {
            drawing.words(Words::at(left + 10.0, top + 17.0, SMALL), &self.told);
        }
    }

    fn described(&self) -> String {
        let rows = self.rows.iter().map(|(_, predicted, observed)| {
            format!("predicted {}%, observed {}%", style::percent(*predicted), style::percent(*observed))
        });
        let told = Some(self.told.clone()).filter(|told| !told.is_empty());
        let told = told.into_iter().chain(rows).collect::<Vec<_>>().join("; ");
        match &self.name {
            Some(name) => format!("{name}: {told}"),
            None => told,
        }
    }
}

fn draw(results: &Results, panels: &[Panel<'_>], id: &str, caption: String) -> Option<Content> {
    panels.iter().flat_map(|panel| &panel.rows).next()?;
    let mut drawing = Drawing::new(id);
    let named = panels.iter().any(|panel| panel.name.is_some());
    let room = if named { NAME } else { 10.0 };
    let (mut top, mut height) = (0.0, 0.0);
    for pair in panels.chunks(2) {
        for (at, panel) in pair.iter().enumerate() {
            let square = match panels.len() {
                1 => Square::new(room, panel.end()),
                _ => Square::panel((at as f64 * Square::width_of(SIDE), top + room), SIDE, panel.end()),
            };
            panel.draw(&mut drawing, &square);
            height = square.height();
        }
        top = height;
    }
    let width = if panels.len() == 1 { Square::width() } else { 2.0 * Square::width_of(SIDE) };
    let told = panels.iter().map(Panel::described).collect::<Vec<_>>().join(". ");
    let svg = drawing.finish(width, height, &results.title, &told);
    Some(Content::Figure(Figure { svg, caption, width, height }))
}
