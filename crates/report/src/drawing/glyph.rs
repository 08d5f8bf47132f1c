//! Marks of events, which differ in shape and not in colour alone.

use super::{Drawing, Stroke, coordinate, palette, point};

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Glyph {
    Disc,
    Ring,
    Square,
    OpenSquare,
    Diamond,
    Triangle,
    Cross,
    Tick,
    Arrow,
}

impl Glyph {
    /// Draws it around a point, in ink.
    pub(crate) fn draw(self, drawing: &mut Drawing, (x, y): (f64, f64), radius: f64) {
        let r = radius;
        let ink = Stroke::ink(1.5);
        let circle = |r: f64| {
            let (across, radius) = (coordinate(2.0 * r), coordinate(r));
            format!(
                "M{}a{radius} {radius} 0 1 0 {across} 0a{radius} {radius} 0 1 0 -{across} 0Z",
                point((x - r, y))
            )
        };
        let closed = |points: &[(f64, f64)]| {
            let points: Vec<String> = points.iter().map(|(dx, dy)| point((x + dx, y + dy))).collect();
            format!("M{}Z", points.join("L"))
        };
        let s = 0.86 * r;
        let square = [(-s, -s), (s, -s), (s, s), (-s, s)];
        let mut filled = |d: &str| drawing.area(d, "ink", palette::INK, 1.0);
        match self {
            Self::Disc => filled(&circle(r)),
            Self::Square => filled(&closed(&square)),
            Self::Diamond => {
                filled(&closed(&[(0.0, -1.2 * r), (1.2 * r, 0.0), (0.0, 1.2 * r), (-1.2 * r, 0.0)]))
            }
            Self::Triangle => filled(&closed(&[(-1.1 * r, -r), (1.1 * r, -r), (0.0, 1.1 * r)])),
            Self::Ring => open(drawing, &circle(r - 0.6), ink),
            Self::OpenSquare => open(drawing, &closed(&square.map(|(dx, dy)| (0.88 * dx, 0.88 * dy))), ink),
            Self::Cross => {
                drawing.line((x - s, y - s), (x + s, y + s), Stroke::ink(2.0));
                drawing.line((x - s, y + s), (x + s, y - s), Stroke::ink(2.0));
            }
            Self::Tick => drawing.line((x, y - r), (x, y + r), Stroke::ink(1.2)),
            Self::Arrow => {
                drawing.line((x, y), (x + 2.0 * r, y), Stroke::ink(1.5));
                let head = [(3.2 * r, 0.0), (1.6 * r, -0.8 * r), (1.6 * r, 0.8 * r)];
                drawing.area(&closed(&head), "ink", palette::INK, 1.0);
            }
        }
    }
}

/// An outline on paper, so that what lies beneath does not show through.
fn open(drawing: &mut Drawing, d: &str, stroke: Stroke<'_>) {
    drawing.area(d, "paper", palette::PAPER, 1.0);
    drawing.path(d, stroke);
}
