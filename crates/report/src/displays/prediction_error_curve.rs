//! Brier score over time, of a model and without its terms.

use super::square_plot::{SIZE, SMALL};
use crate::display::{Content, Figure};
use crate::drawing::{Anchor, Drawing, Stroke, Words, axis, coordinate, palette};
use crate::style::{self, Style};
use crate::wording;
use study::{Results, Series, SeriesKind};

const WIDTH: f64 = 620.0;
const LEFT: f64 = 68.0;
const RIGHT: f64 = 22.0;
const TOP: f64 = 34.0;
const HEIGHT: f64 = 260.0;

pub(super) fn make(results: &Results, _: &Style, id: &str) -> Option<Content> {
    let is_error = |series: &&Series| series.kind == SeriesKind::PredictionError;
    let curves: Vec<&Series> = results.series.iter().filter(is_error).collect();
    let longest = curves.iter().filter_map(|curve| curve.x.last().copied()).fold(0.0, f64::max);
    let highest = curves.iter().flat_map(|curve| &curve.y).copied().fold(0.0, f64::max);
    if longest <= 0.0 || highest <= 0.0 {
        return None;
    }
    let mut drawing = Drawing::new(id);
    let length = WIDTH - LEFT - RIGHT;
    let (ticks, end) = axis::time(longest, results.time_unit.as_deref(), length, 40.0);
    let heights = axis::linear(0.0, highest, 5);
    let ceiling = heights.last().copied().unwrap_or(highest).max(highest);
    let (x, y) =
        (|time: f64| LEFT + time / end * length, |error: f64| TOP + (1.0 - error / ceiling) * HEIGHT);
    for height in &heights {
        drawing.line((LEFT, y(*height)), (LEFT + length, y(*height)), Stroke::pale(0.7));
        let text = style::number(*height, 2);
        drawing.words(Words::at(LEFT - 9.0, y(*height) + 4.5, SMALL).anchor(Anchor::End), &text);
    }
    let mut across = LEFT;
    for (index, curve) in curves.iter().enumerate() {
        let class = palette::series_class(index);
        let colour = palette::series(index).light;
        let stroke = || Stroke { colour, class: &class, width: 1.9, dash: palette::dash(index) };
        drawing.path(&steps(curve, x, y), stroke());
        drawing.line((across, 11.5), (across + 32.0, 11.5), stroke());
        drawing.words(Words::at(across + 38.0, 16.0, SMALL), name(curve));
        across += 150.0;
    }
    let bottom = TOP + HEIGHT;
    drawing.line((LEFT, TOP), (LEFT, bottom), Stroke::ink(1.0));
    drawing.line((LEFT, bottom), (LEFT + length, bottom), Stroke::ink(1.0));
    for tick in ticks {
        drawing.line((x(tick), bottom), (x(tick), bottom + 5.0), Stroke::ink(1.0));
        let words = Words::at(x(tick), bottom + 19.0, SMALL).anchor(Anchor::Middle);
        drawing.words(words, &style::named_time(tick));
    }
    drawing.words_upwards(Words::at(LEFT - 50.0, TOP + HEIGHT / 2.0, SIZE), "Brier score");
    let words = Words::at(LEFT + length / 2.0, bottom + 40.0, SIZE).anchor(Anchor::Middle);
    drawing.words(words, &wording::time_axis(results));
    let caption = "Prediction error over time: Brier score of the Cox model and of the Kaplan–Meier estimate, each patient \
                   weighing by the inverse probability of not being censored. The lower, the better."
        .to_string();
    let height = bottom + 52.0;
    let svg = drawing.finish(WIDTH, height, &results.title, &caption);
    Some(Content::Figure(Figure { svg, caption, width: WIDTH, height }))
}

fn name(curve: &Series) -> &'static str {
    if curve.group.is_some() { "Kaplan–Meier" } else { "Cox model" }
}

fn steps(curve: &Series, x: impl Fn(f64) -> f64, y: impl Fn(f64) -> f64) -> String {
    let mut d = String::new();
    for (index, (time, error)) in curve.x.iter().zip(&curve.y).enumerate() {
        let (x, y) = (coordinate(x(*time)), coordinate(y(*error)));
        d.push_str(&if index == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") });
    }
    d
}
