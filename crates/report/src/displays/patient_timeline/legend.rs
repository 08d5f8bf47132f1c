//! What the marks mean, and what else must be said, below the axis.

use super::lane::{Canvas, MARK, RIGHT, WIDTH};
use crate::drawing::{Words, typeface};

const SIZE: f64 = 11.0;
const LINE: f64 = 15.0;

/// Draws marks with their words, then the sentences.
pub(super) fn draw(canvas: &mut Canvas<'_>) {
    let items: Vec<_> = canvas.legend.iter().map(|((_, glyph), words)| (*glyph, words.clone())).collect();
    let mut x = 8.0 + MARK;
    let mut y = canvas.y + 9.0;
    for (glyph, words) in &items {
        let width = typeface::width(words, SIZE);
        if x + 9.0 + width > RIGHT && x > 8.0 + MARK {
            x = 8.0 + MARK;
            y += LINE;
        }
        glyph.draw(&mut canvas.drawing, (x, y), MARK - 1.0);
        canvas.drawing.words(Words::at(x + 9.0, y + 0.35 * SIZE, SIZE), words);
        x += width + 32.0;
    }
    if !items.is_empty() {
        y += LINE;
    }
    for line in typeface::wrap(&canvas.notes.join(" "), SIZE, WIDTH - 20.0) {
        canvas.drawing.words(Words::at(8.0, y + 0.35 * SIZE, SIZE), &line);
        y += LINE;
    }
    canvas.y = y - 4.0;
}

/// The same for who reads the words alone.
pub(super) fn caption(canvas: &Canvas<'_>) -> String {
    canvas.notes.join(" ")
}
