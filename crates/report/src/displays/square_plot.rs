//! A square of shares from 0 to 1 on both axes: the ground of ROC curves and calibration plots.

use crate::drawing::{Anchor, Drawing, Stroke, Words, point};
use crate::style;

pub(super) const SIZE: f64 = 14.0;
pub(super) const SMALL: f64 = 13.0;
const LEFT: f64 = 66.0;
const BOTTOM: f64 = 56.0;
const RIGHT: f64 = 22.0;
const SIDE: f64 = 400.0;

/// Where shares lie.
pub(super) struct Square {
    left: f64,
    top: f64,
    side: f64,
    /// The share at the far end of both axes.
    end: f64,
}

impl Square {
    /// Below `top`, up to a share that is a multiple of one tenth or more.
    pub(super) fn new(top: f64, end: f64) -> Self {
        Self::panel((0.0, top), SIDE, end)
    }

    /// One of several, with its axis names right of, and all else below, a place.
    pub(super) fn panel((left, top): (f64, f64), side: f64, end: f64) -> Self {
        Self { left: left + LEFT, top, side, end }
    }

    pub(super) fn x(&self, share: f64) -> f64 {
        self.left + share / self.end * self.side
    }

    pub(super) fn y(&self, share: f64) -> f64 {
        self.top + (1.0 - share / self.end) * self.side
    }

    pub(super) fn width() -> f64 {
        Self::width_of(SIDE)
    }

    /// The width of a panel with its axis names.
    pub(super) fn width_of(side: f64) -> f64 {
        LEFT + side + RIGHT
    }

    pub(super) fn left() -> f64 {
        LEFT
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom() + BOTTOM
    }

    pub(super) fn bottom(&self) -> f64 {
        self.top + self.side
    }

    /// Left edge, top edge and side.
    pub(super) fn place(&self) -> (f64, f64, f64) {
        (self.left, self.top, self.side)
    }

    /// Grid, the line of equality, axes with ticks in per cent, and their names.
    pub(super) fn ground(&self, drawing: &mut Drawing, across: &str, upwards: &str) {
        let step = match self.end {
            end if end <= 0.25 => 0.05,
            end if end <= 0.5 => 0.1,
            _ => 0.2,
        };
        let ticks = (self.end / step).round() as u32;
        for tick in 0..=ticks {
            let share = f64::from(tick) * step;
            if tick > 0 {
                drawing.line(
                    (self.left, self.y(share)),
                    (self.left + self.side, self.y(share)),
                    Stroke::pale(0.7),
                );
                drawing.line((self.x(share), self.top), (self.x(share), self.bottom()), Stroke::pale(0.7));
            }
        }
        let diagonal = Stroke { dash: "4 3", ..Stroke::ink(0.9) };
        drawing.line((self.x(0.0), self.y(0.0)), (self.x(self.end), self.y(self.end)), diagonal);
        drawing.line((self.left, self.top), (self.left, self.bottom()), Stroke::ink(1.0));
        drawing.line((self.left, self.bottom()), (self.left + self.side, self.bottom()), Stroke::ink(1.0));
        for tick in 0..=ticks {
            let share = f64::from(tick) * step;
            let text = style::named_time((share * 100.0).round());
            drawing.line((self.left - 5.0, self.y(share)), (self.left, self.y(share)), Stroke::ink(1.0));
            drawing.words(Words::at(self.left - 9.0, self.y(share) + 4.5, SMALL).anchor(Anchor::End), &text);
            drawing.line(
                (self.x(share), self.bottom()),
                (self.x(share), self.bottom() + 5.0),
                Stroke::ink(1.0),
            );
            let words = Words::at(self.x(share), self.bottom() + 19.0, SMALL).anchor(Anchor::Middle);
            drawing.words(words, &text);
        }
        drawing.words_upwards(Words::at(self.left - 44.0, self.top + self.side / 2.0, SIZE), upwards);
        let words = Words::at(self.left + self.side / 2.0, self.bottom() + 42.0, SIZE).anchor(Anchor::Middle);
        drawing.words(words, across);
    }

    /// An open path through points.
    pub(super) fn path(&self, x: &[f64], y: &[f64]) -> String {
        let mut d = String::new();
        for (index, (x, y)) in x.iter().zip(y).enumerate() {
            d.push(if index == 0 { 'M' } else { 'L' });
            d.push_str(&point((self.x(*x), self.y(*y))));
        }
        d
    }
}
