//! Observed against predicted risk in groups of predicted risk, with the line on which both are equal.

use super::square_plot::Square;
use crate::display::{Content, Figure};
use crate::drawing::{Drawing, Stroke, palette, point};
use crate::style::{self, Style};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let rows: Vec<(&Estimate, f64, f64)> = wording::rows(results, Quantity::ObservedRisk)
        .filter_map(|row| Some((row, row.at?, row.value?)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let highest = rows.iter().fold(0.0_f64, |highest, (row, predicted, observed)| {
        let upper = row.interval.and_then(|limits| limits.upper).unwrap_or(*observed);
        highest.max(*predicted).max(upper)
    });
    // Rare outcomes fill the square too.
    let end =
        [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0].into_iter().find(|end| highest <= *end);
    let square = Square::new(10.0, end.unwrap_or(1.0));
    let mut drawing = Drawing::new(id);
    square.ground(&mut drawing, "Predicted risk, %", "Observed risk, %");
    let class = palette::series_class(0);
    let colour = palette::series(0).light;
    for (row, predicted, observed) in &rows {
        let x = square.x(*predicted);
        if let Some((lower, upper)) = row.interval.and_then(|limits| limits.lower.zip(limits.upper)) {
            let stroke = Stroke { colour, class: &class, width: 1.3, dash: "" };
            drawing.line((x, square.y(lower)), (x, square.y(upper)), stroke);
        }
        let y = square.y(*observed);
        let d = format!("M{}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z", point((x - 4.5, y)));
        drawing.area(&d, &class, colour, 1.0);
    }
    let told: Vec<String> = rows
        .iter()
        .map(|(_, predicted, observed)| {
            format!("predicted {}%, observed {}%", style::percent(*predicted), style::percent(*observed))
        })
        .collect();
    let figure = Figure {
        svg: drawing.finish(Square::width(), square.height(), &results.title, &told.join("; ")),
        caption: format!(
            "Calibration in {} groups of predicted risk, cut at its quantiles: share with the outcome with {}% confidence \
             interval (Wilson) against mean prediction. Dashed diagonal: perfect calibration.",
            rows.len(),
            style.confidence_percent()
        ),
        width: Square::width(),
        height: square.height(),
    };
    Some(Content::Figure(figure))
}
