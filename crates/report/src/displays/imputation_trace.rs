//! Traces of the chains: mean and standard deviation of the imputed values after each iteration, a line a data set. Where
//! the lines mingle without trend, the chains have mixed.
//!
//! # References
//! van Buuren 2018, Flexible Imputation of Missing Data, 6.5.2.

use super::imputation_table::{id, title};
use crate::display::{Content, Display, Figure};
use crate::drawing::{Anchor, Drawing, Stroke, Words, axis, palette, point, typeface};
use crate::style;
use study::{Chain, ImputationRun, StudyResults};

const WIDTH: f64 = 620.0;
const LEFT: f64 = 58.0;
const PANEL: f64 = 236.0;
const GAP: f64 = 66.0;
const HEIGHT: f64 = 92.0;
const TOP: f64 = 46.0;
const STEP: f64 = 168.0;
const SIZE: f64 = 13.0;
const SMALL: f64 = 12.0;

/// One figure for each imputation.
pub(super) fn displays(study: &StudyResults) -> Vec<Display> {
    let several = study.imputations.len() > 1;
    let runs = study.imputations.iter().enumerate().filter(|(_, run)| run.iterations > 1);
    runs.map(|(index, run)| Display {
        id: id(index, "-trace"),
        analysis: None,
        number: String::new(),
        title: title(run, several, "Multiple imputation: traces of the chains"),
        content: Content::Figure(figure(run, &id(index, "-trace"))),
    })
    .collect()
}

fn figure(run: &ImputationRun, id: &str) -> Figure {
    let mut drawing = Drawing::new(id);
    let mut y = 0.0;
    for chain in &run.chains {
        for row in typeface::wrap(&chain.variable.label, SIZE, WIDTH - 20.0).into_iter().take(1) {
            drawing.words(Words::at(LEFT, y + 18.0, SIZE).bold(), &row);
        }
        let parts = [("Mean", &chain.mean), ("Standard deviation", &chain.standard_deviation)];
        for (place, (name, lines)) in parts.into_iter().enumerate() {
            panel(&mut drawing, LEFT + place as f64 * (PANEL + GAP), y + TOP, name, lines);
        }
        y += STEP;
    }
    let height = y + 16.0;
    for place in [0.0, 1.0] {
        let x = LEFT + place * (PANEL + GAP) + 0.5 * PANEL;
        drawing.words(Words::at(x, y + 6.0, SMALL).anchor(Anchor::Middle), "Iteration");
    }
    let words = format!(
        "Traces of {} chains over {} iterations for {}.",
        run.sets,
        run.iterations,
        run.chains.iter().map(described).collect::<Vec<_>>().join("; ")
    );
    Figure {
        svg: drawing.finish(WIDTH, height, "Traces of the chains", &words),
        caption: "Mean and standard deviation of the imputed values after each iteration, a line for each data set; of \
                  levels, their positions in the order of the table, from 0."
            .into(),
        width: WIDTH,
        height,
    }
}

fn described(chain: &Chain) -> String {
    let r_hat = chain.r_hat.map_or(String::new(), |r_hat| format!(" (R-hat {})", style::number(r_hat, 2)));
    format!("{}{r_hat}", chain.variable.label)
}

/// One panel: its frame, three labels on each axis at most, and the lines.
fn panel(drawing: &mut Drawing, left: f64, top: f64, name: &str, lines: &[Vec<f64>]) {
    let all = || lines.iter().flatten().copied();
    let (mut low, mut high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    if high <= low {
        (low, high) = (low - 0.5, low + 0.5);
    }
    let ticks = axis::linear(low, high, 4);
    if let (Some(first), Some(last)) = (ticks.first(), ticks.last()) {
        (low, high) = (low.min(*first), high.max(*last));
    }
    let length = lines.iter().map(Vec::len).max().unwrap_or(1).max(2);
    let x = |iteration: usize| left + PANEL * iteration as f64 / (length - 1) as f64;
    let y = |value: f64| top + HEIGHT * (high - value) / (high - low);
    drawing.words(Words::at(left, top - 8.0, SMALL), name);
    let decimals = style::order_decimals(&ticks);
    for tick in &ticks {
        drawing.line((left, y(*tick)), (left + PANEL, y(*tick)), Stroke::pale(0.7));
        let words = Words::at(left - 6.0, y(*tick) + 4.0, SMALL).anchor(Anchor::End);
        drawing.words(words, &style::number(*tick, decimals));
    }
    for (index, line) in lines.iter().enumerate() {
        let points = line.iter().enumerate().map(|(iteration, value)| point((x(iteration), y(*value))));
        let path = format!("M{}", points.collect::<Vec<_>>().join("L"));
        let (class, colour) = (palette::series_class(index), palette::series(index).light);
        drawing.path(&path, Stroke { colour, class: &class, width: 0.8, dash: "" });
    }
    drawing.line((left, top), (left, top + HEIGHT), Stroke::ink(1.0));
    drawing.line((left, top + HEIGHT), (left + PANEL, top + HEIGHT), Stroke::ink(1.0));
    let every = length.div_ceil(10);
    for iteration in (0..length).filter(|iteration| (iteration + 1) % every == 0 || *iteration == 0) {
        let words = Words::at(x(iteration), top + HEIGHT + 15.0, SMALL).anchor(Anchor::Middle);
        drawing.words(words, &(iteration + 1).to_string());
    }
}
