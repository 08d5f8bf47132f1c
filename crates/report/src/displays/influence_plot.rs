//! Cook's distance of every covariate pattern, the largest named by their number.

use crate::display::{Content, Figure};
use crate::drawing::{Anchor, Drawing, Stroke, Words, axis, palette, typeface};
use crate::style::{self, Style};
use study::{Results, SeriesKind};

const WIDTH: f64 = 620.0;
const LEFT: f64 = 74.0;
const RIGHT: f64 = 22.0;
const TOP: f64 = 26.0;
const HEIGHT: f64 = 280.0;
const SIZE: f64 = 14.0;
const SMALL: f64 = 13.0;
/// Patterns that are named.
const NAMED: usize = 5;

pub(super) fn make(results: &Results, _style: &Style, id: &str) -> Option<Content> {
    let series = results.series.iter().find(|series| series.kind == SeriesKind::CooksDistance)?;
    let most = series.y.iter().copied().fold(0.0, f64::max);
    let last = series.x.last().copied()?;
    if most <= 0.0 {
        return None;
    }
    let mut drawing = Drawing::new(id);
    let (across, end_x) = axis::time(last, None, WIDTH - LEFT - RIGHT, 50.0);
    let (upwards, end_y) = axis::time(most, None, HEIGHT, 36.0);
    let x = |value: f64| LEFT + value / end_x * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| TOP + (1.0 - value / end_y) * HEIGHT;
    let bottom = TOP + HEIGHT;
    for tick in upwards.iter().filter(|tick| **tick > 0.0) {
        drawing.line((LEFT, y(*tick)), (WIDTH - RIGHT, y(*tick)), Stroke::pale(0.7));
    }
    let class = palette::series_class(0);
    let stroke = Stroke { colour: palette::series(0).light, class: &class, width: 1.2, dash: "" };
    for (pattern, distance) in series.x.iter().zip(&series.y) {
        // What is lower than half a stroke could not be seen on the axis.
        if distance / end_y * HEIGHT >= 0.3 {
            drawing.line((x(*pattern), bottom), (x(*pattern), y(*distance)), stroke);
        }
    }
    drawing.line((LEFT, TOP), (LEFT, bottom), Stroke::ink(1.0));
    drawing.line((LEFT, bottom), (WIDTH - RIGHT, bottom), Stroke::ink(1.0));
    for tick in &upwards {
        drawing.line((LEFT - 5.0, y(*tick)), (LEFT, y(*tick)), Stroke::ink(1.0));
        let words = Words::at(LEFT - 9.0, y(*tick) + 4.5, SMALL).anchor(Anchor::End);
        drawing.words(words, &style::named_time(*tick));
    }
    for tick in &across {
        drawing.line((x(*tick), bottom), (x(*tick), bottom + 5.0), Stroke::ink(1.0));
        let words = Words::at(x(*tick), bottom + 19.0, SMALL).anchor(Anchor::Middle);
        drawing.words(words, &style::named_time(*tick));
    }
    drawing.words_upwards(Words::at(LEFT - 54.0, TOP + HEIGHT / 2.0, SIZE), "Cook’s distance");
    let middle = LEFT + (WIDTH - LEFT - RIGHT) / 2.0;
    drawing.words(Words::at(middle, bottom + 42.0, SIZE).anchor(Anchor::Middle), "Covariate pattern");
    let named = name_largest(&mut drawing, &series.x, &series.y, x, y);
    let height = bottom + 54.0;
    let figure = Figure {
        svg: drawing.finish(WIDTH, height, &results.title, &format!("Largest: patterns {}.", named.join(", "))),
        caption: "Cook’s distance of each covariate pattern (patients with the same values of all terms); numbers as in the \
                  table, in the order of their values."
            .into(),
        width: WIDTH,
        height,
    };
    Some(Content::Figure(figure))
}

/// Writes the numbers of the largest above their lines, each where no other stands.
fn name_largest(
    drawing: &mut Drawing,
    patterns: &[f64],
    distances: &[f64],
    x: impl Fn(f64) -> f64,
    y: impl Fn(f64) -> f64,
) -> Vec<String> {
    let mut order: Vec<usize> = (0..patterns.len()).collect();
    order.sort_by(|a, b| distances[*b].total_cmp(&distances[*a]).then(a.cmp(b)));
    let mut taken: Vec<(f64, f64, f64)> = Vec::new();
    let mut named = Vec::new();
    for at in order.into_iter().take(NAMED) {
        let text = style::count(patterns[at] as u64);
        let (centre, baseline) = (x(patterns[at]), y(distances[at]) - 5.0);
        let half = typeface::width(&text, SMALL) / 2.0 + 2.0;
        let free = |(from, to, line): &(f64, f64, f64)| {
            centre + half < *from || centre - half > *to || (line - baseline).abs() > SMALL
        };
        if taken.iter().all(free) {
            drawing.words(Words::at(centre, baseline, SMALL).anchor(Anchor::Middle), &text);
            taken.push((centre - half, centre + half, baseline));
        }
        named.push(text);
    }
    named
}
