//! The sheet on which lanes are drawn, one below the other.

use super::labels::{Placed, Wish, beside};
use crate::drawing::glyph::Glyph;
use crate::drawing::time_scale::TimeScale;
use crate::drawing::{Anchor, Drawing, Stroke, Words, coordinate, palette, typeface};
use std::collections::BTreeMap;

/// Width of the figure.
pub(super) const WIDTH: f64 = 920.0;
/// Where lanes begin and end.
pub(super) const LEFT: f64 = 176.0;
pub(super) const RIGHT: f64 = WIDTH - 10.0;
/// Size of texts in lanes.
pub(super) const SIZE: f64 = 11.5;
/// From one line of text to the next.
pub(super) const LINE: f64 = 15.0;
/// Radius of a mark.
pub(super) const MARK: f64 = 5.0;
/// The broadest line of a text beside a mark.
const BROADEST: f64 = 330.0;
/// Room above and below what a lane shows.
const PAD: f64 = 7.0;

/// The sheet.
pub(super) struct Canvas<'a> {
    pub(super) drawing: Drawing,
    pub(super) scale: &'a TimeScale,
    /// Where the next lane begins.
    pub(super) y: f64,
    /// What marks mean.
    pub(super) legend: BTreeMap<(u8, Glyph), String>,
    /// What else must be said.
    pub(super) notes: Vec<String>,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(id: &str, scale: &'a TimeScale) -> Self {
        Self { drawing: Drawing::new(id), scale, y: 0.0, legend: BTreeMap::new(), notes: Vec::new() }
    }

    pub(super) fn x(&self, day: i32) -> f64 {
        self.scale.x(f64::from(day))
    }

    /// Says what a mark means, in the order of lanes.
    pub(super) fn explain(&mut self, order: u8, glyph: Glyph, words: &str) {
        self.legend.insert((order, glyph), words.into());
    }

    /// Says something once.
    pub(super) fn note(&mut self, words: &str) {
        if !self.notes.iter().any(|known| known == words) {
            self.notes.push(words.into());
        }
    }

    /// Draws a lane: its name and what is said of it on the left, what it shows from `top` on. `show` gives the height
    /// that it needed.
    pub(super) fn lane(&mut self, name: &str, about: &str, show: impl FnOnce(&mut Self, f64) -> f64) {
        self.lane_beside(name, about, LEFT - 22.0, show);
    }

    /// The same, with so much room for the words on the left.
    pub(super) fn lane_beside(
        &mut self,
        name: &str,
        about: &str,
        room: f64,
        show: impl FnOnce(&mut Self, f64) -> f64,
    ) {
        let top = self.y + PAD;
        let height = show(self, top);
        let mut y = top;
        for (text, size, bold) in [(name, 12.0, true), (about, 10.5, false)] {
            if text.is_empty() {
                continue;
            }
            let room = if bold { room / 1.08 } else { room };
            for line in typeface::wrap(text, size, room) {
                let words = Words::at(8.0, y + 0.76 * size + 1.0, size);
                self.drawing.words(if bold { words.bold() } else { words }, &line);
                y += size + 2.5;
            }
        }
        self.y = top + height.max(y - top) + PAD;
        self.drawing.line((8.0, self.y), (RIGHT, self.y), Stroke::pale(1.0));
    }

    /// Marks with texts beside them, or from a row below on; gives the height.
    pub(super) fn events(&mut self, top: f64, events: &[(i32, Glyph, String)], first_row: usize) -> f64 {
        let wishes: Vec<Wish> =
            events.iter().map(|(day, _, text)| Wish { x: self.x(*day), text: text.clone() }).collect();
        let placed = beside(&wishes, (LEFT, RIGHT), SIZE, BROADEST, first_row);
        let centre = top + 0.5 * LINE;
        let mut rows = 1;
        let right = |text: &Placed| text.left > text.x;
        for text in placed.iter().filter(|text| text.row > 0) {
            let below = centre + text.row as f64 * LINE;
            let end = if right(text) { text.left - 2.0 } else { text.left + text.width + 2.0 };
            self.drawing.line((text.x, centre), (text.x, below), Stroke::ink(0.6));
            self.drawing.line((text.x, below), (end, below), Stroke::ink(0.6));
        }
        for text in &placed {
            rows = rows.max(text.row + text.lines.len());
            for (index, line) in text.lines.iter().enumerate() {
                let baseline = centre + (text.row + index) as f64 * LINE + 0.35 * SIZE;
                let width = typeface::width(line, SIZE);
                // Typefaces are narrower or wider than reckoned: what stands left of its mark ends there.
                let (left, words) = match right(text) {
                    true => (text.left, Words::at(text.left, baseline, SIZE)),
                    false => {
                        let end = text.left + text.width;
                        (end - width, Words::at(end, baseline, SIZE).anchor(Anchor::End))
                    }
                };
                self.blank(left, width, baseline, SIZE);
                self.drawing.words(words, line);
            }
        }
        for (day, glyph, _) in events {
            let x = self.x(*day);
            glyph.draw(&mut self.drawing, (x, centre), MARK);
        }
        rows as f64 * LINE
    }
    /// Paper behind a text, so that the lines through all lanes do not cross it.
    pub(super) fn blank(&mut self, left: f64, width: f64, baseline: f64, size: f64) {
        let (x, y) = (coordinate(left - 1.5), coordinate(baseline - 0.82 * size));
        let (width, height) = (coordinate(width + 3.0), coordinate(1.08 * size));
        self.drawing.area(&format!("M{x} {y}h{width}v{height}h-{width}Z"), "paper", palette::PAPER, 1.0);
    }
}
