//! A figure as a file of its own: black on white, by attributes alone, for any program that reads SVG.

use crate::display::Figure;

/// The file.
pub fn render(figure: &Figure) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", figure.svg)
}
