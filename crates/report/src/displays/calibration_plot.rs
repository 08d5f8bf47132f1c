//! Observed against predicted risk in groups of predicted risk, with the line on which both are equal; by each time where
//! risks are by times.

use super::square_plot::{SMALL, Square};
use crate::display::{Content, Figure};
use crate::drawing::{Drawing, Stroke, Words, palette, point};
use crate::style::{self, Style};
use crate::wording;
use study::{Estimate, Quantity, Results};

const LINE: f64 = 18.0;

/// Row, mean prediction, share observed.
type Shown<'a> = (&'a Estimate, f64, f64);

/// Of a binary outcome.
pub(super) fn make(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let rows = shown(results);
    let caption = format!(
        "Calibration in {} groups of predicted risk, cut at its quantiles: share with the outcome with {}% confidence \
         interval (Wilson) against mean prediction. Dashed diagonal: perfect calibration.",
        rows.len(),
        style.confidence_percent()
    );
    draw(results, &[(None, rows)], id, caption)
}

/// Of a time to an event, by each time.
pub(super) fn by_times(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let mut times: Vec<(Option<String>, Vec<Shown<'_>>)> = Vec::new();
    for row in shown(results) {
        let group = results.groups.iter().find(|group| group.level.is_some() && group.level == row.0.group);
        let name = group.map(|group| group.label.clone());
        match times.last_mut().filter(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push(row),
            None => times.push((name, vec![row])),
        }
    }
    let caption = format!(
        "Calibration in groups of predicted risk, cut at its quantiles: 1 less the Kaplan–Meier estimate with {}% \
         confidence interval against mean prediction. Dashed diagonal: perfect calibration.",
        style.confidence_percent()
    );
    draw(results, &times, id, caption)
}

fn shown(results: &Results) -> Vec<Shown<'_>> {
    wording::rows(results, Quantity::ObservedRisk)
        .filter_map(|row| Some((row, row.at?, row.value?)))
        .collect()
}

fn draw(
    results: &Results,
    series: &[(Option<String>, Vec<Shown<'_>>)],
    id: &str,
    caption: String,
) -> Option<Content> {
    let rows = || series.iter().flat_map(|(_, rows)| rows);
    rows().next()?;
    let highest = rows().fold(0.0_f64, |highest, (row, predicted, observed)| {
        let upper = row.interval.and_then(|limits| limits.upper).unwrap_or(*observed);
        highest.max(*predicted).max(upper)
    });
    // Rare outcomes fill the square too.
    let end =
        [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0].into_iter().find(|end| highest <= *end);
    let mut drawing = Drawing::new(id);
    let mut top = 10.0;
    for (index, name) in
        series.iter().enumerate().filter_map(|(index, (name, _))| Some((index, name.as_ref()?)))
    {
        mark(&mut drawing, index, (Square::left() + 4.5, top + 1.5));
        drawing.words(Words::at(Square::left() + 18.0, top + 6.0, SMALL), name);
        top += LINE;
    }
    let square = Square::new(top, end.unwrap_or(1.0));
    square.ground(&mut drawing, "Predicted risk, %", "Observed risk, %");
    for (index, (_, rows)) in series.iter().enumerate() {
        let class = palette::series_class(index);
        let colour = palette::series(index).light;
        if series.len() > 1 {
            let (x, y): (Vec<f64>, Vec<f64>) =
                rows.iter().map(|(_, predicted, observed)| (*predicted, *observed)).unzip();
            let stroke = Stroke { colour, class: &class, width: 0.9, dash: palette::dash(index) };
            drawing.path(&square.path(&x, &y), stroke);
        }
        for (row, predicted, observed) in rows {
            let x = square.x(*predicted);
            if let Some((lower, upper)) = row.interval.and_then(|limits| limits.lower.zip(limits.upper)) {
                let stroke = Stroke { colour, class: &class, width: 1.3, dash: "" };
                drawing.line((x, square.y(lower)), (x, square.y(upper)), stroke);
            }
            mark(&mut drawing, index, (x, square.y(*observed)));
        }
    }
    let told: Vec<String> = series
        .iter()
        .flat_map(|(name, rows)| rows.iter().map(move |row| (name, row)))
        .map(|(name, (_, predicted, observed))| {
            let name = name.as_ref().map_or(String::new(), |name| format!("{name}: "));
            let (predicted, observed) = (style::percent(*predicted), style::percent(*observed));
            format!("{name}predicted {predicted}%, observed {observed}%")
        })
        .collect();
    let figure = Figure {
        svg: drawing.finish(Square::width(), square.height(), &results.title, &told.join("; ")),
        caption,
        width: Square::width(),
        height: square.height(),
    };
    Some(Content::Figure(figure))
}

/// A round mark.
fn mark(drawing: &mut Drawing, index: usize, (x, y): (f64, f64)) {
    let d = format!("M{}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z", point((x - 4.5, y)));
    drawing.area(&d, &palette::series_class(index), palette::series(index).light, 1.0);
}
