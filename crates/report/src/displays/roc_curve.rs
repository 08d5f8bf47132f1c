//! ROC curves of a model and of those it is compared with.

use super::performance_table::figures;
use super::square_plot::{SMALL, Square};
use crate::display::{Content, Figure};
use crate::drawing::{Drawing, Stroke, Words, palette, typeface};
use crate::style::Style;
use crate::wording;
use study::{Quantity, Results, Series, SeriesKind};

const LINE: f64 = 18.0;

pub(super) fn make(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let curves: Vec<&Series> =
        results.series.iter().filter(|series| series.kind == SeriesKind::Roc && series.x.len() > 1).collect();
    if curves.is_empty() {
        return None;
    }
    let texts: Vec<String> =
        curves.iter().map(|curve| text(results, style, curve, curves.len() > 1)).collect();
    let mut drawing = Drawing::new(id);
    // Fonts that stand in for Helvetica may be wider.
    let widest = 0.88 * (Square::width() - Square::left() - 60.0);
    let mut y = 16.0;
    for (index, text) in texts.iter().enumerate() {
        let class = palette::series_class(index);
        let stroke = Stroke {
            colour: palette::series(index).light,
            class: &class,
            width: 1.9,
            dash: palette::dash(index),
        };
        drawing.line((Square::left(), y - 4.5), (Square::left() + 32.0, y - 4.5), stroke);
        for line in typeface::wrap(text, SMALL, widest) {
            drawing.words(Words::at(Square::left() + 38.0, y, SMALL), &line);
            y += LINE;
        }
    }
    let square = Square::new(y, 1.0);
    square.ground(&mut drawing, "1 − specificity, %", "Sensitivity, %");
    for (index, curve) in curves.iter().enumerate().rev() {
        let class = palette::series_class(index);
        let stroke = Stroke {
            colour: palette::series(index).light,
            class: &class,
            width: 1.9,
            dash: palette::dash(index),
        };
        drawing.path(&square.path(&curve.x, &curve.y), stroke);
    }
    let figure = Figure {
        svg: drawing.finish(Square::width(), square.height(), &results.title, &texts.join(". ")),
        caption: format!(
            "Receiver operating characteristic curve{} of the predicted risk. AUC: area under the curve with {}% \
             confidence interval. Dashed diagonal: no discrimination.",
            if curves.len() > 1 { "s" } else { "" },
            style.confidence_percent()
        ),
        width: Square::width(),
        height: square.height(),
    };
    Some(Content::Figure(figure))
}

fn text(results: &Results, style: &Style, curve: &Series, several: bool) -> String {
    let auc = wording::rows(results, Quantity::Auc)
        .find(|row| row.group == curve.group && row.level.is_none())
        .map_or(String::new(), |row| format!("AUC {}", figures(row, style)));
    if !several {
        return auc;
    }
    let group = results.groups.iter().find(|group| curve.group.is_some() && group.level == curve.group);
    format!("{}: {auc}", group.map_or("All terms", |group| wording::group_label(group)))
}
