//! Texts beside their marks, none over another and none beyond the edge.

use crate::drawing::typeface;

/// Distance between a mark and its text, and between two texts.
const GAP: f64 = 7.0;

/// A text that wants to stand beside a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wish {
    /// The place.
    pub(super) x: f64,
    /// The text; its lines where it has several.
    pub(super) text: String,
}

/// Where a text stands: lines from `left` on, the first in a row counted from 0 downwards.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) x: f64,
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) row: usize,
    pub(super) lines: Vec<String>,
}

impl Placed {
    fn rows(&self) -> std::ops::Range<usize> {
        self.row..self.row + self.lines.len()
    }

    fn covers(&self, x: f64) -> bool {
        x > self.left - 2.0 && x < self.left + self.width + 2.0
    }
}

/// Places the texts between two edges, each to the right of its mark or, where that has no room, to the left. A text in a
/// lower row is joined to its mark by a line, so that no text stands where such a line passes, unless there is no other
/// place for it. No text stands above `first_row`, and none touches another.
///
/// From right to left a text finds its own column free, since those placed before begin to the right of it; where many
/// stand to the left of their marks, the other way round may be better.
pub(super) fn beside(
    wishes: &[Wish],
    edges: (f64, f64),
    size: f64,
    broadest: f64,
    first_row: usize,
) -> Vec<Placed> {
    let mut order: Vec<&Wish> = wishes.iter().collect();
    order.sort_by(|a, b| b.x.total_cmp(&a.x));
    let (placed, crossed) = in_order(&order, edges, size, broadest, first_row);
    if crossed == 0 {
        return placed;
    }
    order.reverse();
    let (other, fewer) = in_order(&order, edges, size, broadest, first_row);
    if fewer < crossed { other } else { placed }
}

/// The texts placed one after another, and how many of them stand where a line passes.
fn in_order(
    order: &[&Wish],
    edges: (f64, f64),
    size: f64,
    broadest: f64,
    first_row: usize,
) -> (Vec<Placed>, usize) {
    let mut placed: Vec<Placed> = Vec::new();
    let mut crossed = 0;
    for wish in order {
        let room = (edges.1 - wish.x - GAP).max(wish.x - GAP - edges.0).clamp(1.0, broadest);
        let lines: Vec<String> =
            wish.text.split('\n').flat_map(|line| typeface::wrap(line, size, room)).collect();
        let width = lines.iter().map(|line| typeface::width(line, size)).fold(0.0, f64::max);
        let sides = [wish.x + GAP, wish.x - GAP - width];
        let inside = |left: &f64| *left >= edges.0 - 0.5 && left + width <= edges.1 + 0.5;
        let deepest = placed.iter().map(|one| one.rows().end).max().unwrap_or(first_row);
        let place = |left: f64, row: usize| Placed { x: wish.x, left, width, row, lines: lines.clone() };
        let mut candidates = (first_row..=deepest)
            .flat_map(|row| sides.into_iter().filter(inside).map(move |left| (row, left)))
            .map(|(row, left)| place(left, row));
        let found = candidates.find(|one| placed.iter().all(|other| clear(one, other)));
        placed.push(found.unwrap_or_else(|| {
            crossed += 1;
            place((wish.x + GAP).min(edges.1 - width).max(edges.0), deepest)
        }));
    }
    (placed, crossed)
}

/// Whether two texts do not touch.
fn apart(one: &Placed, other: &Placed) -> bool {
    let rows_meet = one.rows().start < other.rows().end && other.rows().start < one.rows().end;
    let columns_meet = one.left < other.left + other.width + GAP && other.left < one.left + one.width + GAP;
    !(rows_meet && columns_meet)
}

/// Whether two texts do not touch, and neither stands where the other's line passes.
fn clear(one: &Placed, other: &Placed) -> bool {
    let line_passes = |text: &Placed, line: &Placed| text.row <= line.row && text.covers(line.x);
    apart(one, other) && !line_passes(one, other) && !line_passes(other, one)
}

/// Places short texts above or below their places, in as many rows as they need; the row of each, in their order, and the
/// left end.
pub(super) fn centred(wishes: &[Wish], edges: (f64, f64), size: f64) -> Vec<(usize, f64)> {
    let mut ends: Vec<f64> = Vec::new();
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by(|a, b| wishes[*a].x.total_cmp(&wishes[*b].x));
    let mut places = vec![(0, 0.0); wishes.len()];
    for index in order {
        let width = typeface::width(&wishes[index].text, size);
        let left = (wishes[index].x - width / 2.0).min(edges.1 - width).max(edges.0);
        let row = ends.iter().position(|end| left >= end + 3.0).unwrap_or_else(|| {
            ends.push(f64::NEG_INFINITY);
            ends.len() - 1
        });
        ends[row] = left + width;
        places[index] = (row, left);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(texts: &[(f64, &str)]) -> Vec<Wish> {
        texts.iter().map(|(x, text)| Wish { x: *x, text: (*text).into() }).collect()
    }

    #[test]
    fn texts_neither_touch_nor_leave_the_edges() {
        let many = wishes(&[
            (10.0, "Primary tumour: sigmoid colon, T4 N1"),
            (14.0, "Liver metastases"),
            (14.0, "Second finding on the same day"),
            (300.0, "Wedge resection (R0)"),
            (420.0, "Right hepatectomy, right hemicolectomy (R1)"),
            (495.0, "Recurrence: liver, lung"),
            (500.0, "Died"),
        ]);
        let placed = beside(&many, (0.0, 500.0), 12.0, 250.0, 0);
        assert_eq!(placed.len(), many.len());
        for (index, one) in placed.iter().enumerate() {
            assert!(one.left >= 0.0 && one.left + one.width <= 500.5, "{one:?}");
            for other in &placed[..index] {
                assert!(apart(one, other), "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn lines_pass_beside_texts_where_they_can() {
        let few = wishes(&[
            (10.0, "Primary tumour"),
            (14.0, "Liver metastases"),
            (490.0, "Recurrence"),
            (495.0, "Died"),
        ]);
        let placed = beside(&few, (0.0, 500.0), 12.0, 250.0, 0);
        for (index, one) in placed.iter().enumerate() {
            assert!(placed[..index].iter().all(|other| clear(one, other)), "{one:?}");
        }
        let several = beside(&wishes(&[(100.0, "L1: 0%\nL2, L3: 40%")]), (0.0, 500.0), 12.0, 250.0, 0);
        assert_eq!(several[0].lines, ["L1: 0%", "L2, L3: 40%"]);
    }

    #[test]
    fn numbers_that_would_touch_stand_in_rows() {
        let places =
            centred(&wishes(&[(50.0, "42"), (54.0, "31"), (100.0, "8"), (0.0, "120")]), (0.0, 200.0), 10.0);
        assert_eq!(places.iter().map(|place| place.0).collect::<Vec<_>>(), [0, 1, 0, 0]);
        assert!(places[3].1 >= 0.0);
    }
}
