//! Curves of survival, of cumulative incidence or of a cumulative hazard, with confidence bands, censoring marks and the
//! numbers at risk beneath the ticks; of weighted patients also the weights at risk.
//!
//! A curve ends with the last follow-up of its group: it is never drawn beyond what was observed.
//!
//! # References
//! Pocock et al. 2002, doi:10.1016/S0140-6736(02)08594-X; Morris et al. 2019, doi:10.1136/bmjopen-2019-030215 (the
//! table of numbers at risk, the bands).

pub(super) mod steps;
pub(super) mod subject;

use crate::display::{Content, Figure};
use crate::drawing::{Anchor, Drawing, Stroke, Words, axis, coordinate, palette, typeface};
use crate::style::{self, Style};
use crate::wording;
use steps::Plane;
use study::{Curve, CurveMeasure, Estimate, Group, Quantity, Results, Test};
use subject::Subject;

const WIDTH: f64 = 620.0;
const RIGHT: f64 = 22.0;
const PLOT_HEIGHT: f64 = 310.0;
const SIZE: f64 = 14.0;
const SMALL: f64 = 13.0;
const RISK_LINE: f64 = 19.0;
/// Widest group name that stands left of its numbers at risk; longer ones stand above them.
const WIDEST_NAME: f64 = 130.0;

/// One curve and how it looks.
struct Line<'a> {
    curve: &'a Curve,
    /// The curve with the numbers at risk: itself, or of a smooth hazard the cumulative one.
    counts: &'a Curve,
    group: Option<&'a Group>,
    index: usize,
}

impl Line<'_> {
    fn name(&self) -> &str {
        match (self.group, &self.curve.group) {
            (Some(group), _) => wording::group_label(group),
            (None, Some(level)) => level,
            (None, None) => "All patients",
        }
    }

    fn words(&self, x: f64, y: f64, size: f64) -> Words<'static> {
        let class = [
            "series-1-text",
            "series-2-text",
            "series-3-text",
            "series-4-text",
            "series-5-text",
            "series-6-text",
        ];
        let fill = palette::series(self.index).light;
        Words { fill, class: class[self.index % class.len()], ..Words::at(x, y, size) }
    }
}

/// Survival, or the cumulative hazard, by group.
pub(super) fn make(results: &Results, style: &Style, id: &str) -> Option<Content> {
    draw(results, style, id, None)
}

/// Cumulative incidence of the event by group.
pub(super) fn incidence(results: &Results, style: &Style, id: &str) -> Option<Content> {
    draw(results, style, id, Some("event"))
}

/// Cumulative incidence of the competing event by group.
pub(super) fn competing_incidence(results: &Results, style: &Style, id: &str) -> Option<Content> {
    draw(results, style, id, Some("competing"))
}

/// The curves of one cause; of what the results have curves of where there is none.
fn draw(results: &Results, style: &Style, id: &str, cause: Option<&str>) -> Option<Content> {
    let own =
        |curve: &&Curve| !curve.time.is_empty() && curve.cause.as_deref() == cause && curve.fitted.is_none();
    let known: Vec<&Curve> = results.curves.iter().filter(own).collect();
    let smooth = known.iter().any(|curve| curve.measure == CurveMeasure::Hazard);
    let shown = known.iter().filter(|curve| !smooth || curve.measure == CurveMeasure::Hazard);
    let lines: Vec<Line<'_>> = shown
        .enumerate()
        .map(|(index, curve)| {
            let group = results.groups.iter().find(|group| group.level == curve.group);
            let counted = |other: &&&Curve| other.group == curve.group && !other.at_risk.is_empty();
            Line { curve, counts: known.iter().find(counted).unwrap_or(curve), group, index }
        })
        .collect();
    let longest = lines.iter().filter_map(|line| line.curve.time.last().copied()).fold(0.0, f64::max);
    let subject = Subject::of(lines.first()?.curve);

    let mut drawing = Drawing::new(id);
    let widest_name = lines.iter().map(|line| typeface::bold_width(line.name(), SMALL)).fold(0.0, f64::max);
    let beside = lines.len() > 1 && widest_name <= WIDEST_NAME;
    let widest_count =
        lines.iter().map(|line| line.counts.at_risk.first().copied().unwrap_or(0)).max().unwrap_or(0);
    let count_width = typeface::width(&style::count(widest_count), SMALL);
    let left = if beside { (widest_name + count_width / 2.0 + 14.0).max(68.0) } else { 68.0 };

    let legend_end = legend(&mut drawing, results, &lines, left);
    let length = WIDTH - left - RIGHT;
    let room = (count_width + 10.0).max(36.0);
    let (ticks, end) = axis::time(longest, results.time_unit.as_deref(), length, room);
    let plane = Plane {
        left,
        top: legend_end + 12.0,
        width: length,
        height: PLOT_HEIGHT,
        end,
        high: subject.high(lines.iter().map(|line| line.curve)),
    };
    let levels = subject.ticks(plane.high);

    for level in levels.iter().filter(|level| **level > 0.0) {
        let y = plane.y(*level);
        drawing.line((plane.left, y), (plane.left + plane.width, y), Stroke::pale(0.7));
    }
    drawing.clip(plane.left, plane.top - 2.0, plane.width + 2.0, plane.height + 4.0);
    for line in &lines {
        let band = match line.curve.measure {
            CurveMeasure::Hazard => steps::joined_band(line.curve, &plane),
            _ => steps::band(line.curve, &plane),
        };
        drawing.area(&band, &palette::series_class(line.index), palette::series(line.index).light, 0.16);
    }
    for line in &lines {
        draw_curve(&mut drawing, line, &plane);
    }
    for line in &lines {
        draw_fitted(&mut drawing, results, line, &plane);
    }
    for (line, share) in lines.iter().filter_map(|line| Some((line, cured_share(results, line)?))) {
        draw_cured(&mut drawing, line, share, &plane, lines.len() == 1);
    }
    drawing.end_clip();
    axes(&mut drawing, &plane, &ticks, &levels, subject, &subject.axis(results));
    let below = Words::at(plane.left + plane.width / 2.0, plane.top + plane.height + 40.0, SIZE);
    drawing.words(below.anchor(Anchor::Middle), &wording::time_axis(results));
    test(&mut drawing, results, style, &lines, &plane);
    let mut height = plane.top + plane.height + 66.0;
    let count = |curve: &Curve, time: f64| style::count(steps::at_risk(curve, time));
    height = at_risk(&mut drawing, "Number at risk", &lines, &plane, &ticks, (height, beside), &count);
    if lines.iter().any(|line| !line.counts.weighted_at_risk.is_empty()) {
        let weight = |curve: &Curve, time: f64| weight(steps::weight_at_risk(curve, time));
        let from = (height + 18.0, beside);
        height = at_risk(&mut drawing, "Weights at risk", &lines, &plane, &ticks, from, &weight);
    }

    let figure = Figure {
        svg: drawing.finish(WIDTH, height, &results.title, &description(results, &lines, subject, style)),
        caption: subject.caption(results, style),
        width: WIDTH,
        height,
    };
    Some(Content::Figure(figure))
}

/// Names above the plot, where no curve can run through them; returns where they end.
fn legend(drawing: &mut Drawing, results: &Results, lines: &[Line<'_>], left: f64) -> f64 {
    if lines.len() < 2 {
        return 4.0;
    }
    let (mut x, mut y) = (left, 16.0);
    for line in lines {
        let events = match line.curve.cause {
            None => line.group.and_then(|group| Some((group.n, group.events?))),
            Some(_) => line.group.map(|group| (group.n, line.counts.events.iter().sum())),
        };
        let mut text = match events {
            Some((n, events)) => {
                let (events, patients) = (wording::counted(events, "event"), wording::counted(n, "patient"));
                format!("{}, {events} in {patients}", line.name())
            }
            None => line.name().to_string(),
        };
        if let Some(share) = cured_share(results, line) {
            text.push_str(&format!(", {}% cured", style::percent(share)));
        }
        let fits = WIDTH - RIGHT - 40.0;
        let rows = typeface::wrap(&text, SMALL, fits - left);
        let wanted = 40.0 + rows.iter().map(|row| typeface::width(row, SMALL)).fold(0.0, f64::max);
        if x > left && x + wanted > WIDTH - RIGHT {
            (x, y) = (left, y + RISK_LINE);
        }
        drawing.line(
            (x, y - 4.5),
            (x + 32.0, y - 4.5),
            stroke(line.index, &palette::series_class(line.index)),
        );
        for (index, row) in rows.iter().enumerate() {
            y += if index > 0 { RISK_LINE } else { 0.0 };
            drawing.words(line.words(x + 38.0, y, SMALL), row);
        }
        x += wanted + 22.0;
    }
    y + 6.0
}

fn stroke(index: usize, class: &str) -> Stroke<'_> {
    Stroke { colour: palette::series(index).light, class, width: 1.9, dash: palette::dash(index) }
}

fn draw_curve(drawing: &mut Drawing, line: &Line<'_>, plane: &Plane) {
    let class = palette::series_class(line.index);
    if line.curve.measure == CurveMeasure::Hazard {
        drawing.path(&steps::joined(line.curve, plane), stroke(line.index, &class));
        return;
    }
    drawing.path(&steps::curve(line.curve, plane), stroke(line.index, &class));
    let marks: String = steps::censored(line.curve, plane)
        .into_iter()
        .map(|(x, y)| format!("M{} {}v7", coordinate(x), coordinate(y - 3.5)))
        .collect();
    if !marks.is_empty() {
        let colour = palette::series(line.index).light;
        drawing.path(&marks, Stroke { colour, class: &class, width: 0.8, dash: "" });
    }
}

/// The curve of a model, over the steps of what was observed.
fn draw_fitted(drawing: &mut Drawing, results: &Results, line: &Line<'_>, plane: &Plane) {
    let own = results.curves.iter().find(|curve| curve.fitted.is_some() && curve.group == line.curve.group);
    let Some(curve) = own else { return };
    let class = format!("{} fitted", palette::series_class(line.index));
    let colour = palette::series(line.index).light;
    drawing.path(&steps::joined(curve, plane), Stroke { colour, class: &class, width: 1.5, dash: "2 3" });
}

/// The share of a curve's patients who will never have the event, where a model tells it.
fn cured_share(results: &Results, line: &Line<'_>) -> Option<f64> {
    let own = |row: &&Estimate| row.group == line.curve.group && row.term.is_none();
    wording::rows(results, Quantity::CuredShare).find(own)?.value
}

/// The level to which the curve would fall in the end; of several curves the legend says how high it is.
fn draw_cured(drawing: &mut Drawing, line: &Line<'_>, share: f64, plane: &Plane, alone: bool) {
    let (y, right) = (plane.y(share), plane.left + plane.width);
    let class = format!("{} cured", palette::series_class(line.index));
    let colour = palette::series(line.index).light;
    drawing.line((plane.left, y), (right, y), Stroke { colour, class: &class, width: 1.1, dash: "7 4" });
    if alone {
        // Curves begin far above it; at the foot of the plot there is no room beneath.
        let below = if share > 0.06 { 15.0 } else { -5.0 };
        let words = line.words(plane.left + 8.0, y + below, SMALL);
        drawing.words(words, &format!("Cured: {}%", style::percent(share)));
    }
}

fn axes(
    drawing: &mut Drawing,
    plane: &Plane,
    ticks: &[f64],
    levels: &[f64],
    subject: Subject<'_>,
    title: &str,
) {
    let (bottom, right) = (plane.top + plane.height, plane.left + plane.width);
    drawing.line((plane.left, plane.top), (plane.left, bottom), Stroke::ink(1.0));
    drawing.line((plane.left, bottom), (right, bottom), Stroke::ink(1.0));
    for level in levels {
        let y = plane.y(*level);
        drawing.line((plane.left - 5.0, y), (plane.left, y), Stroke::ink(1.0));
        let words = Words::at(plane.left - 9.0, y + 4.5, SMALL).anchor(Anchor::End);
        drawing.words(words, &subject.level(*level));
    }
    for tick in ticks {
        let x = plane.x(*tick);
        drawing.line((x, bottom), (x, bottom + 5.0), Stroke::ink(1.0));
        let words = Words { class: "ink tick", ..Words::at(x, bottom + 19.0, SMALL).anchor(Anchor::Middle) };
        drawing.words(words, &style::named_time(*tick));
    }
    let middle = plane.top + plane.height / 2.0;
    let widest = typeface::wrap(title, SIZE, plane.height).into_iter().next().unwrap_or_default();
    drawing.words_upwards(Words::at(plane.left - 46.0, middle, SIZE), &widest);
}

/// The tests of the curves, of their cause where they have one; not those of a model's terms.
fn tests<'a>(results: &'a Results, lines: &[Line<'_>]) -> impl Iterator<Item = &'a Test> {
    let cause = lines.first().and_then(|line| line.curve.cause.clone());
    wording::rows(results, Quantity::GlobalTest)
        .filter(move |row| row.level == cause && row.model.is_none())
        .filter_map(|row| row.test.as_ref())
}

/// The P value of the test of the curves, in the first corner that no curve or band touches.
fn test(drawing: &mut Drawing, results: &Results, style: &Style, lines: &[Line<'_>], plane: &Plane) {
    let Some(test) = tests(results, lines).next() else { return };
    let text = format!("{} {}", wording::capitalised(test.name.text()), style.p_sentence(test.p_value));
    let text = text.replacen(" test P", " P", 1);
    let (width, height) = (typeface::width(&text, SIZE) + 4.0, 20.0);
    let (left, right) = (plane.left + 10.0, plane.left + plane.width - width - 6.0);
    let (top, bottom) = (plane.top + 8.0, plane.top + plane.height - height - 8.0);
    let free = |x: f64, y: f64| {
        lines.iter().all(|line| {
            steps::reach(line.curve, plane, x, x + width)
                .is_none_or(|(highest, lowest)| lowest < y - 4.0 || highest > y + height + 4.0)
        })
    };
    let middle =
        (plane.top + plane.height / 2.0 - height / 2.0, plane.left + plane.width / 2.0 - width / 2.0);
    let places = [
        (left, bottom),
        (right, top),
        (right, bottom),
        (left, middle.0),
        (right, middle.0),
        (middle.1, bottom),
        (left, top),
    ];
    // Where no place is free, the lower left is the least evil: curves start at the top.
    let (x, y) = places.into_iter().find(|(x, y)| free(*x, *y)).unwrap_or((left, bottom));
    drawing.words(Words { class: "ink test", ..Words::at(x, y + 15.0, SIZE) }, &text);
}

/// Numbers at risk, each beneath its tick, from a height on; `beside` says where the names stand. Returns where they end.
fn at_risk(
    drawing: &mut Drawing,
    heading: &str,
    lines: &[Line<'_>],
    plane: &Plane,
    ticks: &[f64],
    (mut y, beside): (f64, bool),
    number: &dyn Fn(&Curve, f64) -> String,
) -> f64 {
    let heading_x = if beside { 4.0 } else { plane.left };
    drawing.words(Words::at(heading_x, y, SMALL).bold(), heading);
    for line in lines {
        y += RISK_LINE;
        if beside {
            drawing.words(line.words(4.0, y, SMALL), line.name());
        } else if lines.len() > 1 {
            for row in typeface::wrap(line.name(), SMALL, plane.width) {
                drawing.words(line.words(plane.left, y, SMALL), &row);
                y += RISK_LINE - 2.0;
            }
        }
        for tick in ticks {
            let words =
                Words { class: "ink at-risk", ..Words::at(plane.x(*tick), y, SMALL).anchor(Anchor::Middle) };
            drawing.words(words, &number(line.counts, *tick));
        }
    }
    y + 8.0
}

/// A sum of weights: one decimal where that tells something.
fn weight(sum: f64) -> String {
    style::number(sum, if sum >= 100.0 || sum == 0.0 { 0 } else { 1 })
}

fn description(results: &Results, lines: &[Line<'_>], subject: Subject<'_>, style: &Style) -> String {
    let cause = lines.first().and_then(|line| line.curve.cause.as_deref());
    let (mut text, quantity) = (subject.description(results), subject.quantity());
    for line in lines {
        let n = line.counts.at_risk.first().copied().unwrap_or(0);
        let events: u64 = line.counts.events.iter().sum();
        let (patients, events) = (wording::counted(n, "patient"), wording::counted(events, "event"));
        text.push_str(&format!(" {}: {patients}, {events}", line.name()));
        let own = |row: &&Estimate| row.group == line.curve.group && row.level.as_deref() == cause;
        for row in wording::rows(results, quantity).filter(own) {
            if let (Some(at), Some(value)) = (row.at, row.value) {
                text.push_str(&format!("; {} at {}", subject.value(value), wording::at_time(results, at)));
            }
        }
        if let Some(share) = cured_share(results, line) {
            text.push_str(&format!("; cured share {}%", style::percent(share)));
        }
        text.push('.');
    }
    for test in tests(results, lines) {
        text.push_str(&format!(" {}", super::cells::test_sentence(test, style)));
    }
    text
}
