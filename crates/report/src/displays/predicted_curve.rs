//! Curves that a model predicts: survival or cumulative incidence of stated patients, and survival averaged by the levels of
//! a term.
//!
//! They have no numbers at risk of their own: every patient of the model stands behind each of them.

use super::predicted_table::adjusted_levels;
use super::survival_curve::steps::{self, Plane};
use crate::display::{Content, Figure};
use crate::drawing::{Anchor, Drawing, Stroke, Words, axis, palette, typeface};
use crate::style::{self, Style};
use crate::wording;
use study::{Curve, Results};

const WIDTH: f64 = 620.0;
const LEFT: f64 = 68.0;
const RIGHT: f64 = 22.0;
const HEIGHT: f64 = 310.0;
const SIZE: f64 = 14.0;
const SMALL: f64 = 13.0;
const LINE: f64 = 19.0;

/// Curves of profiles, and at the mean of the covariates.
pub(super) fn profiles(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let levels = adjusted_levels(results);
    let curves: Vec<&Curve> = results
        .curves
        .iter()
        .filter(|curve| !curve.group.as_ref().is_some_and(|group| levels.contains(group)))
        .collect();
    let caption = format!(
        "Survival predicted by the Cox model. Shaded: pointwise {}% confidence intervals.",
        style.confidence_percent()
    );
    draw(results, &curves, id, caption)
}

/// Cumulative incidence of profiles.
pub(super) fn incidence(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let curves: Vec<&Curve> = results.curves.iter().collect();
    let caption = format!(
        "Cumulative incidence predicted by the Fine–Gray model. Shaded: pointwise {}% confidence intervals.",
        style.confidence_percent()
    );
    draw(results, &curves, id, caption)
}

/// Adjusted curves by the levels of a term.
pub(super) fn adjusted(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let levels = adjusted_levels(results);
    let curves: Vec<&Curve> = results
        .curves
        .iter()
        .filter(|curve| curve.group.as_ref().is_some_and(|group| levels.contains(group)))
        .collect();
    let by = wording::inside(&wording::heading(results, results.by.as_deref()?));
    let caption = format!(
        "Survival by {by}, adjusted: the mean over all patients of the survival predicted by the Cox model with each at that \
         level. Shaded: pointwise {}% confidence intervals.",
        style.confidence_percent()
    );
    draw(results, &curves, id, caption)
}

fn draw(results: &Results, curves: &[&Curve], id: &str, caption: String) -> Option<Content> {
    let longest = curves.iter().filter_map(|curve| curve.time.last().copied()).fold(0.0, f64::max);
    if curves.is_empty() {
        return None;
    }
    let names: Vec<String> = curves.iter().map(|curve| name(results, curve)).collect();
    let mut drawing = Drawing::new(id);
    let top = legend(&mut drawing, &names) + 12.0;
    let length = WIDTH - LEFT - RIGHT;
    let (ticks, end) = axis::time(longest, results.time_unit.as_deref(), length, 40.0);
    let plane = Plane { left: LEFT, top, width: length, height: HEIGHT, end, high: 1.0 };
    for share in [0.25, 0.5, 0.75, 1.0] {
        drawing.line((LEFT, plane.y(share)), (LEFT + length, plane.y(share)), Stroke::pale(0.7));
    }
    drawing.clip(LEFT, top - 2.0, length + 2.0, HEIGHT + 4.0);
    for (index, curve) in curves.iter().enumerate() {
        let band = steps::band(curve, &plane);
        drawing.area(&band, &palette::series_class(index), palette::series(index).light, 0.16);
    }
    for (index, curve) in curves.iter().enumerate() {
        drawing.path(&steps::curve(curve, &plane), stroke(index, &palette::series_class(index)));
    }
    drawing.end_clip();
    axes(&mut drawing, results, &plane, &ticks);
    let height = top + HEIGHT + 52.0;
    let description = format!("{caption} Curves: {}.", names.join("; "));
    let svg = drawing.finish(WIDTH, height, &results.title, &description);
    Some(Content::Figure(Figure { svg, caption, width: WIDTH, height }))
}

fn name(results: &Results, curve: &Curve) -> String {
    let group = results.groups.iter().find(|group| group.level == curve.group);
    group.map_or_else(
        || curve.group.clone().unwrap_or_default(),
        |group| wording::group_label(group).to_string(),
    )
}

fn stroke(index: usize, class: &str) -> Stroke<'_> {
    Stroke { colour: palette::series(index).light, class, width: 1.9, dash: palette::dash(index) }
}

/// Names above the plot; returns where they end.
fn legend(drawing: &mut Drawing, names: &[String]) -> f64 {
    let (mut x, mut y) = (LEFT, 16.0);
    for (index, name) in names.iter().enumerate() {
        let rows = typeface::wrap(name, SMALL, WIDTH - RIGHT - 40.0 - LEFT);
        let wanted = 40.0 + rows.iter().map(|row| typeface::width(row, SMALL)).fold(0.0, f64::max);
        if x > LEFT && x + wanted > WIDTH - RIGHT {
            (x, y) = (LEFT, y + LINE);
        }
        drawing.line((x, y - 4.5), (x + 32.0, y - 4.5), stroke(index, &palette::series_class(index)));
        for (line, row) in rows.iter().enumerate() {
            y += if line > 0 { LINE } else { 0.0 };
            drawing.words(Words::at(x + 38.0, y, SMALL), row);
        }
        x += wanted + 22.0;
    }
    y + 6.0
}

fn axes(drawing: &mut Drawing, results: &Results, plane: &Plane, ticks: &[f64]) {
    let bottom = plane.top + plane.height;
    drawing.line((plane.left, plane.top), (plane.left, bottom), Stroke::ink(1.0));
    drawing.line((plane.left, bottom), (plane.left + plane.width, bottom), Stroke::ink(1.0));
    for percent in [0_u8, 25, 50, 75, 100] {
        let y = plane.y(f64::from(percent) / 100.0);
        drawing.line((plane.left - 5.0, y), (plane.left, y), Stroke::ink(1.0));
        drawing.words(Words::at(plane.left - 9.0, y + 4.5, SMALL).anchor(Anchor::End), &percent.to_string());
    }
    for tick in ticks {
        let x = plane.x(*tick);
        drawing.line((x, bottom), (x, bottom + 5.0), Stroke::ink(1.0));
        drawing.words(Words::at(x, bottom + 19.0, SMALL).anchor(Anchor::Middle), &style::named_time(*tick));
    }
    let outcome =
        results.outcome.as_deref().map_or("Survival".into(), |name| wording::heading(results, name));
    let title =
        typeface::wrap(&format!("{outcome}, %"), SIZE, plane.height).into_iter().next().unwrap_or_default();
    drawing.words_upwards(Words::at(plane.left - 46.0, plane.top + plane.height / 2.0, SIZE), &title);
    let words = Words::at(plane.left + plane.width / 2.0, bottom + 40.0, SIZE).anchor(Anchor::Middle);
    drawing.words(words, &wording::time_axis(results));
}
