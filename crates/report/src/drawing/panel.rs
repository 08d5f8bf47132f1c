//! A plane with two linear axes: points, lines, steps and bands.

use super::{Anchor, Drawing, Stroke, Words, axis, coordinate, palette, point, typeface};
use crate::style;

/// Size of text.
const SIZE: f64 = 13.0;
/// More points than this are drawn without their fill's full strength.
const CROWDED: usize = 400;

/// One panel of a figure.
pub(crate) struct Panel {
    /// Left and top of the plane.
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// What the axes hold.
    x: (f64, f64),
    y: (f64, f64),
    /// Ticks of the vertical axis where it is not linear in what is printed.
    y_labels: Option<Vec<(f64, String)>>,
}

impl Panel {
    /// A plane at a place that holds these ranges, each with a little room at its ends.
    pub(crate) fn new(place: (f64, f64), size: (f64, f64), x: (f64, f64), y: (f64, f64)) -> Self {
        let room = |(low, high): (f64, f64), share: f64| {
            let spread = if high > low { high - low } else { high.abs().max(1.0) };
            (low - share * spread, high + share * spread)
        };
        Self {
            left: place.0,
            top: place.1,
            width: size.0,
            height: size.1,
            x: room(x, 0.02),
            y: room(y, 0.05),
            y_labels: None,
        }
    }

    /// With ticks of the vertical axis that are not linear in what is printed.
    pub(crate) fn with_y_labels(mut self, labels: Vec<(f64, String)>) -> Self {
        self.y_labels = Some(labels);
        self
    }

    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let across = (x - self.x.0) / (self.x.1 - self.x.0);
        let up = (y - self.y.0) / (self.y.1 - self.y.0);
        (self.left + across * self.width, self.top + (1.0 - up) * self.height)
    }

    /// Axes with ticks and titles. `labels` are ticks of the horizontal axis where it is not linear in what is printed.
    pub(crate) fn axes(
        &self,
        drawing: &mut Drawing,
        x_title: &str,
        y_title: &str,
        labels: Option<&[(f64, String)]>,
    ) {
        let (bottom, right) = (self.top + self.height, self.left + self.width);
        drawing.line((self.left, self.top), (self.left, bottom), Stroke::ink(1.0));
        drawing.line((self.left, bottom), (right, bottom), Stroke::ink(1.0));
        let own: Vec<(f64, String)>;
        let labels = match labels {
            Some(labels) => labels,
            None => {
                own = ticks(self.x, self.width / 60.0);
                &own
            }
        };
        let mut free = f64::NEG_INFINITY;
        for (value, text) in labels {
            let x = self.at(*value, 0.0).0;
            if x < self.left - 0.01 || x > right + 0.01 {
                continue;
            }
            let half = typeface::width(text, SIZE) / 2.0;
            // A tick whose label would touch its neighbour is left out.
            if x - half >= free + 6.0 {
                drawing.line((x, bottom), (x, bottom + 5.0), Stroke::ink(1.0));
                drawing.words(Words::at(x, bottom + 18.0, SIZE).anchor(Anchor::Middle), text);
                free = x + half;
            }
        }
        let mut widest = 0.0_f64;
        let labels = self.y_labels.clone().unwrap_or_else(|| ticks(self.y, self.height / 40.0));
        for (value, text) in labels {
            let y = self.at(0.0, value).1;
            drawing.line((self.left - 5.0, y), (self.left, y), Stroke::ink(1.0));
            drawing.words(Words::at(self.left - 8.0, y + 4.5, SIZE).anchor(Anchor::End), &text);
            widest = widest.max(typeface::width(&text, SIZE));
        }
        let fitting =
            |text: &str, room: f64| typeface::wrap(text, SIZE, room).into_iter().next().unwrap_or_default();
        let middle = self.left + self.width / 2.0;
        let words = Words::at(middle, bottom + 37.0, SIZE).anchor(Anchor::Middle);
        drawing.words(words, &fitting(x_title, self.width + 40.0));
        let words = Words::at((self.left - widest - 20.0).max(12.0), self.top + self.height / 2.0, SIZE);
        drawing.words_upwards(words, &fitting(y_title, self.height + 20.0));
    }

    /// Small circles; of very many, those that would hide each other are drawn once.
    pub(crate) fn points(&self, drawing: &mut Drawing, points: &[(f64, f64)], series: usize) {
        let mut places: Vec<(i64, i64)> = points
            .iter()
            .map(|(x, y)| self.at(*x, *y))
            .map(|(x, y)| ((x / 0.7).round() as i64, (y / 0.7).round() as i64))
            .collect();
        places.sort_unstable();
        places.dedup();
        let (radius, opacity) = if places.len() > CROWDED { (1.3, 0.45) } else { (1.9, 0.6) };
        let mut d = String::new();
        for (x, y) in places {
            let (x, y) = (x as f64 * 0.7, y as f64 * 0.7);
            let (r, across) = (coordinate(radius), coordinate(2.0 * radius));
            d.push_str(&format!(
                "M{} {}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0",
                coordinate(x - radius),
                coordinate(y)
            ));
        }
        if !d.is_empty() {
            drawing.area(&d, &palette::series_class(series), palette::series(series).light, opacity);
        }
    }

    /// A line through points.
    pub(crate) fn line(&self, drawing: &mut Drawing, points: &[(f64, f64)], stroke: Stroke<'_>) {
        let d: Vec<String> = points.iter().map(|(x, y)| point(self.at(*x, *y))).collect();
        if d.len() > 1 {
            drawing.path(&format!("M{}", d.join("L")), stroke);
        }
    }

    /// The area between two lines over the same points.
    pub(crate) fn band(&self, drawing: &mut Drawing, x: &[f64], lower: &[f64], upper: &[f64], series: usize) {
        let up = x.iter().zip(upper).map(|(x, y)| point(self.at(*x, *y)));
        let back = x.iter().zip(lower).rev().map(|(x, y)| point(self.at(*x, *y)));
        let d: Vec<String> = up.chain(back).collect();
        if d.len() > 3 {
            let class = palette::series_class(series);
            drawing.area(&format!("M{}Z", d.join("L")), &class, palette::series(series).light, 0.18);
        }
    }

    /// A horizontal line over the whole width.
    pub(crate) fn level(&self, drawing: &mut Drawing, y: f64, stroke: Stroke<'_>) {
        let y = self.at(0.0, y).1;
        if (self.top..=self.top + self.height).contains(&y) {
            drawing.line((self.left, y), (self.left + self.width, y), stroke);
        }
    }
}

/// Round ticks within a range, as many as fit.
fn ticks((low, high): (f64, f64), most: f64) -> Vec<(f64, String)> {
    let ticks = axis::linear(low, high, most.max(1.0) as usize);
    let step = ticks.windows(2).next().map_or(1.0, |pair| pair[1] - pair[0]);
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    let largest = low.abs().max(high.abs());
    let text = |tick: f64| {
        if decimals > 6 || largest >= 1e7 {
            format!("{tick:.1e}").replace('-', "−")
        } else {
            style::number(tick, decimals)
        }
    };
    ticks.into_iter().map(|tick| (tick, text(tick))).collect()
}
