//! Several panels in one figure, two beside each other.

use crate::display::{Content, Figure};
use crate::drawing::panel::Panel;
use crate::drawing::{Drawing, Stroke, Words, palette, typeface};
use study::Smooth;

const WIDTH: f64 = 700.0;
const SIZE: f64 = 13.0;

/// What one panel shows.
pub(super) struct Spec {
    pub(super) title: String,
    pub(super) x_title: String,
    pub(super) y_title: String,
    pub(super) points: Vec<(f64, f64)>,
    /// Points as strokes from 0 rather than as circles.
    pub(super) spikes: bool,
    pub(super) smooth: Option<Smooth>,
    /// Heights of dashed lines over the whole width.
    pub(super) levels: Vec<f64>,
    /// Ticks of the horizontal axis where it is not linear in what is printed.
    pub(super) ticks: Option<Vec<(f64, String)>>,
}

/// The figure of some panels; `None` without any.
pub(super) fn figure(specs: &[Spec], id: &str, title: &str, caption: String) -> Option<Content> {
    if specs.is_empty() {
        return None;
    }
    let across = if specs.len() == 1 { 1.0 } else { 2.0 };
    let (left, right, below) = (66.0, 14.0, 56.0);
    let width = WIDTH / across - left - right;
    let height = if across == 1.0 { 310.0 } else { 200.0 };
    let lines: Vec<Vec<String>> =
        specs.iter().map(|spec| typeface::wrap(&spec.title, SIZE * 1.08, width)).collect();
    let mut drawing = Drawing::new(id);
    let mut y = 6.0;
    for (pair, lines) in specs.chunks(across as usize).zip(lines.chunks(across as usize)) {
        let head = lines.iter().map(Vec::len).max().unwrap_or(1) as f64 * 17.0 + 8.0;
        for (column, (spec, lines)) in pair.iter().zip(lines).enumerate() {
            let x = column as f64 * WIDTH / across + left;
            for (index, line) in lines.iter().enumerate() {
                drawing.words(Words::at(x, y + 13.0 + 17.0 * index as f64, SIZE).bold(), line);
            }
            draw(&mut drawing, spec, (x, y + head), (width, height));
        }
        y += head + height + below;
    }
    let description = specs.iter().map(|spec| format!("{}.", spec.title)).collect::<Vec<_>>().join(" ");
    let svg = drawing.finish(WIDTH, y, title, &format!("{caption} {description}"));
    Some(Content::Figure(Figure { svg, caption, width: WIDTH, height: y }))
}

fn draw(drawing: &mut Drawing, spec: &Spec, place: (f64, f64), size: (f64, f64)) {
    let limits = || spec.smooth.iter().flat_map(|smooth| smooth.lower.iter().chain(&smooth.upper).copied());
    let y = range(spec.points.iter().map(|(_, y)| *y).chain(limits()).chain(spec.levels.iter().copied()));
    let over = || spec.smooth.iter().flat_map(|smooth| smooth.x.iter().copied());
    let x = range(spec.points.iter().map(|(x, _)| *x).chain(over()));
    let panel = Panel::new(place, size, x, y);
    for level in &spec.levels {
        panel.level(drawing, *level, Stroke { dash: "4 3", ..Stroke::ink(0.8) });
    }
    if spec.spikes {
        let (colour, class) = (palette::series(0).light, palette::series_class(0));
        let stroke = Stroke { colour, class: &class, width: 1.0, dash: "" };
        for (x, y) in &spec.points {
            panel.line(drawing, &[(*x, 0.0), (*x, *y)], stroke);
        }
    } else {
        panel.points(drawing, &spec.points, 0);
    }
    if let Some(smooth) = &spec.smooth {
        panel.band(drawing, &smooth.x, &smooth.lower, &smooth.upper, 1);
        let (colour, class) = (palette::series(1).light, palette::series_class(1));
        let line: Vec<(f64, f64)> = smooth.x.iter().copied().zip(smooth.estimate.iter().copied()).collect();
        panel.line(drawing, &line, Stroke { colour, class: &class, width: 2.0, dash: "" });
    }
    panel.axes(drawing, &spec.x_title, &spec.y_title, spec.ticks.as_deref());
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low <= high { (low, high) } else { (0.0, 1.0) }
}
