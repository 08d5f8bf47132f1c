//! Ratios and their intervals on a logarithmic axis, beside their figures.

mod layout;

use super::infinite_ratio;
use super::model_rows::{ModelRows, is_reference};
use crate::display::{Content, Figure};
use crate::drawing::{Anchor, Drawing, Stroke, Words, axis, palette, point, typeface};
use crate::style::{self, Style};
use crate::wording;
use layout::{LINE, Layout, SIZE, lines};
use study::{Estimate, Interval, Model, Results};

/// One row of the plot.
struct Row<'a> {
    lines: Vec<String>,
    indent: f64,
    counts: String,
    figures: String,
    p: String,
    estimate: Option<&'a Estimate>,
    /// Every second term has a shaded ground.
    shaded: bool,
}

/// The rows of the model with all terms; of the single ones where there is no such model.
pub(super) fn make(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let model_rows = ModelRows::of(results)?;
    let model = *model_rows.models.last()?;
    let rows = rows(results, style, &model_rows, model);
    if !rows.iter().any(|row| row.estimate.is_some_and(|estimate| estimate.value.is_some())) {
        return None;
    }
    let mut drawing = Drawing::new(id);
    let heading = format!("{} ({})", model_rows.heading(), style.interval_name());
    let counts = if model_rows.of_times() { "Events/N" } else { "n/N" };
    let (lowest, highest) = reach(&rows);
    let ticks = axis::logarithmic(lowest, highest);
    let layout = Layout::of(
        rows.iter().flat_map(|row| row.lines.iter().map(|line| (line.as_str(), row.indent))),
        rows.iter().map(|row| row.counts.as_str()).chain([counts]),
        rows.iter().map(|row| row.figures.as_str()).chain([heading.as_str()]),
        rows.iter().map(|row| row.p.as_str()).chain(["P value"]),
        &ticks,
    );

    head(&mut drawing, &layout, counts, &heading);
    let bottom = layout.top + rows.iter().map(height).sum::<f64>();
    let mut y = layout.top;
    for row in &rows {
        if row.shaded {
            drawing.shade(0.0, y, layout.width, height(row));
        }
        y += height(row);
    }
    drawing.line(
        (layout.x(1.0), layout.top),
        (layout.x(1.0), bottom),
        Stroke { dash: "3 2", ..Stroke::ink(0.8) },
    );
    let mut y = layout.top;
    for row in &rows {
        draw(&mut drawing, &layout, row, y);
        y += height(row);
    }
    let end = foot(&mut drawing, &layout, &model_rows, &ticks, bottom);
    let title = format!("{}: {} {}s", results.title, model.text(), model_rows.ratio_name());
    let figure = Figure {
        svg: drawing.finish(layout.width, end, &title, &description(&rows)),
        caption: caption(results, style, &model_rows, model, &rows, &layout),
        width: layout.width,
        height: end,
    };
    Some(Content::Figure(figure))
}

fn rows<'a>(results: &'a Results, style: &Style, model_rows: &ModelRows<'a>, model: Model) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut shaded = false;
    let row = |text: &str, indent: f64, estimate: Option<&'a Estimate>, shaded: bool| {
        let text_of = |f: &dyn Fn(&Estimate) -> String| estimate.map_or(String::new(), f);
        Row {
            lines: lines(text, indent),
            indent,
            counts: text_of(&counts),
            figures: text_of(&|row| match row.value {
                Some(_) if is_reference(row) => "1 (reference)".into(),
                Some(value) => style.ratio_interval(value, row.interval.as_ref()),
                None => infinite_ratio::text(results, style, row),
            }),
            p: text_of(&|row| {
                let p = row.test.as_ref().and_then(|test| test.p_value);
                if is_reference(row) { String::new() } else { style.p_value(p) }
            }),
            estimate: estimate.filter(|row| !is_reference(row)),
            shaded,
        }
    };
    for term in model_rows.terms.iter().filter(|term| model_rows.holds(model, &term.name)) {
        let heading = model_rows.heading_of(&term.name);
        let label = |level: &str| model_rows.level_text(&term.name, level);
        let compared: Vec<&Estimate> = term
            .levels
            .iter()
            .filter_map(|level| model_rows.find(model, &term.name, Some(level)))
            .filter(|row| !is_reference(row))
            .collect();
        match compared.as_slice() {
            [] => {
                let estimate = model_rows.find(model, &term.name, None);
                rows.push(row(&model_rows.number_heading(&term.name), 0.0, estimate, shaded));
            }
            // Two levels make one comparison: one row says it all.
            [only] => {
                let value = only.level.as_deref().unwrap_or_default();
                let against =
                    only.reference.as_deref().map_or(String::new(), |value| format!(" vs {}", label(value)));
                let text = if wording::is_flag(results, &term.name) && wording::is_yes(value) {
                    heading
                } else if wording::is_interaction(&term.name) || model_rows.bends(&term.name) {
                    // The name says with what it is compared, or there is no single level to compare with.
                    format!("{heading}: {}", label(value))
                } else {
                    format!("{heading}: {}{against}", label(value))
                };
                rows.push(row(&text, 0.0, Some(only), shaded));
            }
            _ => {
                rows.push(row(&heading, 0.0, None, shaded));
                for level in &term.levels {
                    let estimate = model_rows.find(model, &term.name, Some(level));
                    rows.push(row(&label(level), 14.0, estimate, shaded));
                }
            }
        }
        shaded = !shaded;
    }
    rows
}

fn counts(row: &Estimate) -> String {
    match (row.n, row.of) {
        (Some(n), Some(of)) => format!("{}/{}", style::count(n), style::count(of)),
        _ => String::new(),
    }
}

/// What the axis holds: 1, every estimate, and limits up to three times beyond the furthest estimate. Limits further
/// out, which would press everything else together, become arrowheads.
fn reach(rows: &[Row<'_>]) -> (f64, f64) {
    let estimates = || rows.iter().filter_map(|row| row.estimate).filter(|row| row.value.is_some());
    let values = || estimates().filter_map(|row| row.value).filter(|value| *value > 0.0).chain([1.0]);
    let (least, most) = (values().fold(1.0, f64::min), values().fold(1.0, f64::max));
    let intervals = || estimates().filter_map(|row| row.interval.as_ref());
    let lower = intervals().filter_map(|interval| interval.lower).fold(least, f64::min);
    let upper = intervals().filter_map(|interval| interval.upper).fold(most, f64::max);
    let lowest = lower.max(least / 3.0).clamp(1e-3, 0.8);
    let highest = upper.min(most * 3.0).clamp(1.25, 1e3);
    (lowest, highest)
}

fn height(row: &Row<'_>) -> f64 {
    row.lines.len() as f64 * LINE + 8.0
}

fn head(drawing: &mut Drawing, layout: &Layout, counts: &str, heading: &str) {
    let y = layout.top - 10.0;
    drawing.words(Words::at(layout.label, y, SIZE).bold(), "Characteristic");
    drawing.words(Words::at(layout.counts, y, SIZE).bold().anchor(Anchor::End), counts);
    drawing.words(Words::at(layout.figures, y, SIZE).bold().anchor(Anchor::End), heading);
    drawing.words(Words::at(layout.p, y, SIZE).bold().anchor(Anchor::End), "P value");
    drawing.line((0.0, layout.top), (layout.width, layout.top), Stroke::ink(1.0));
}

fn draw(drawing: &mut Drawing, layout: &Layout, row: &Row<'_>, y: f64) {
    let baseline = y + 4.0 + 0.5 * LINE + 0.36 * SIZE;
    for (index, line) in row.lines.iter().enumerate() {
        let x = layout.label + row.indent;
        drawing.words(Words::at(x, baseline + index as f64 * LINE, SIZE), line);
    }
    // Figures stand at the middle of a label of several lines.
    let middle = y + height(row) / 2.0;
    let baseline = middle + 0.36 * SIZE;
    for (x, text) in [(layout.counts, &row.counts), (layout.figures, &row.figures), (layout.p, &row.p)] {
        if !text.is_empty() {
            drawing.words(Words::at(x, baseline, SIZE).anchor(Anchor::End), text);
        }
    }
    let Some(estimate) = row.estimate else { return };
    let known = |interval: &&Interval| interval.lower.is_some() || interval.upper.is_some();
    if let Some(interval) = estimate.interval.as_ref().filter(known) {
        let lower = interval.lower.filter(|limit| *limit >= layout.lowest);
        let upper = interval.upper.filter(|limit| *limit <= layout.highest);
        // Of an infinite ratio the limit itself may lie beyond the axis.
        let on_axis = |limit: f64| layout.x(limit.clamp(layout.lowest, layout.highest));
        let from = lower.map_or(layout.plot, on_axis);
        let to = upper.map_or(layout.plot + layout.plot_width, on_axis);
        drawing.line((from, middle), (to, middle), Stroke { class: "ink-line interval", ..Stroke::ink(1.3) });
        if lower.is_none() {
            head_of_arrow(drawing, from, middle, 1.0);
        }
        if upper.is_none() {
            head_of_arrow(drawing, to, middle, -1.0);
        }
    }
    if let Some(value) = estimate.value.filter(|value| (layout.lowest..=layout.highest).contains(value)) {
        let (x, half) = (layout.x(value), 4.5);
        let corners = [
            (x - half, middle - half),
            (x + half, middle - half),
            (x + half, middle + half),
            (x - half, middle + half),
        ];
        let d = format!(
            "M{}L{}L{}L{}Z",
            point(corners[0]),
            point(corners[1]),
            point(corners[2]),
            point(corners[3])
        );
        drawing.area(&d, "series-1", palette::series(0).light, 1.0);
    }
}

/// The interval goes on beyond the axis.
fn head_of_arrow(drawing: &mut Drawing, x: f64, y: f64, inwards: f64) {
    let back = x + 8.0 * inwards;
    let d = format!("M{}L{}L{}Z", point((x, y)), point((back, y - 4.5)), point((back, y + 4.5)));
    drawing.area(&d, "ink arrow", palette::INK, 1.0);
}

fn foot(drawing: &mut Drawing, layout: &Layout, rows: &ModelRows<'_>, ticks: &[f64], bottom: f64) -> f64 {
    drawing.line((0.0, bottom), (layout.width, bottom), Stroke::ink(1.0));
    let mut free_from = f64::NEG_INFINITY;
    for tick in ticks {
        let x = layout.x(*tick);
        drawing.line((x, bottom), (x, bottom + 5.0), Stroke::ink(1.0));
        let text = style::named_time(*tick);
        let half = typeface::width(&text, SIZE - 1.0) / 2.0;
        // A label that would touch its neighbour is left out; its tick stays.
        if x - half >= free_from + 5.0 {
            drawing.words(Words::at(x, bottom + 18.0, SIZE - 1.0).anchor(Anchor::Middle), &text);
            free_from = x + half;
        }
    }
    let (left, right) = rows.sides();
    let one = layout.x(1.0);
    let y = bottom + 37.0;
    for (text, x, anchor, room) in [
        (format!("← {left}"), one - 7.0, Anchor::End, one - layout.label),
        (format!("{right} →"), one + 7.0, Anchor::Start, layout.figures - one),
    ] {
        if typeface::width(&text, SIZE - 1.0) + 12.0 <= room {
            drawing.words(Words::at(x, y, SIZE - 1.0).anchor(anchor), &text);
        }
    }
    y + 10.0
}

fn caption(
    results: &Results,
    style: &Style,
    model_rows: &ModelRows<'_>,
    model: Model,
    rows: &[Row<'_>],
    layout: &Layout,
) -> String {
    let of = wording::event_inside(results).map_or(String::new(), |event| format!(" for {event}"));
    let beyond = rows.iter().filter_map(|row| row.estimate?.interval.as_ref()).any(|interval| {
        interval.lower.is_none_or(|limit| limit < layout.lowest)
            || interval.upper.is_none_or(|limit| limit > layout.highest)
    });
    format!(
        "{} {}s{of}{} with {}% confidence intervals, on a logarithmic axis.{}{}",
        wording::capitalised(model.text()),
        model_rows.ratio_name(),
        if model_rows.is_firth() { ", by Firth’s penalized likelihood," } else { "" },
        style.confidence_percent(),
        if beyond { " Arrowheads: the interval goes on beyond the axis." } else { "" },
        wording::chosen(results)
    )
}

fn description(rows: &[Row<'_>]) -> String {
    let told = rows.iter().filter(|row| row.estimate.is_some());
    let sentences = told.map(|row| format!("{}: {}, P {}.", row.lines.join(" "), row.figures, row.p));
    sentences.collect::<Vec<_>>().join(" ")
}
