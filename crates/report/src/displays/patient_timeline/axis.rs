//! The time axis, and the lines that run through all lanes.

use super::lane::{Canvas, LEFT, RIGHT, WIDTH};
use crate::drawing::{Anchor, Drawing, Stroke, Words, typeface};
use study::PatientTimeline;

const SIZE: f64 = 11.5;

/// Draws the axis below the lanes, and behind them the zero and the places where the scale changes.
pub(super) fn draw(canvas: &mut Canvas<'_>, timeline: &PatientTimeline, top: f64) {
    let bottom = canvas.y + 4.0;
    let mut behind = Drawing::new("timeline-behind");
    behind.line((LEFT, top), (LEFT, bottom), Stroke::pale(1.0));
    let zero = canvas.x(timeline.zero.day);
    let days = timeline.days();
    let inside = days.first() <= Some(&timeline.zero.day) && Some(&timeline.zero.day) <= days.last();
    if canvas.scale.counts() && inside {
        behind.line((zero, top), (zero, bottom), Stroke { dash: "3 3", ..Stroke::ink(0.8) });
    }
    let mut breaks = Vec::new();
    for x in canvas.scale.breaks() {
        behind.line((x, top), (x, bottom), Stroke { dash: "1 4", ..Stroke::ink(1.2) });
        breaks.push(x);
    }
    canvas.drawing.beneath(behind);
    line(canvas, bottom, &breaks);
    for tick in canvas.scale.ticks(SIZE) {
        canvas.drawing.line((tick.x, bottom), (tick.x, bottom + 5.0), Stroke::ink(1.0));
        let words = Words::at(tick.x, bottom + 17.0, SIZE).anchor(Anchor::Middle);
        canvas.drawing.words(words, &tick.label);
    }
    let title = canvas.scale.title(&timeline.zero.label);
    let words = Words::at((LEFT + RIGHT) / 2.0, bottom + 35.0, 12.0).anchor(Anchor::Middle);
    for line in typeface::wrap(&title, 12.0, WIDTH - LEFT).iter().take(1) {
        canvas.drawing.words(words, line);
    }
    if !breaks.is_empty() {
        canvas.note("The scale of time changes at the dotted lines.");
    }
    canvas.y = bottom + 44.0;
}

/// The axis with two strokes where the scale changes.
fn line(canvas: &mut Canvas<'_>, y: f64, breaks: &[f64]) {
    let mut from = LEFT;
    for x in breaks {
        canvas.drawing.line((from, y), (x - 2.5, y), Stroke::ink(1.0));
        for side in [-2.5, 2.5] {
            canvas.drawing.line((x + side - 2.5, y + 5.0), (x + side + 2.5, y - 5.0), Stroke::ink(1.0));
        }
        from = x + 2.5;
    }
    canvas.drawing.line((from, y), (RIGHT, y), Stroke::ink(1.0));
}
