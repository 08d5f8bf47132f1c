//! Curves of survival or of cumulative incidence, with confidence bands, censoring marks and the numbers at risk beneath
//! the ticks.
//!
//! A curve ends with the last follow-up of its group: it is never drawn beyond what was observed.
//!
//! # References
//! Pocock et al. 2002, doi:10.1016/S0140-6736(02)08594-X; Morris et al. 2019, doi:10.1136/bmjopen-2019-030215 (the
//! table of numbers at risk, the bands).

pub(super) mod steps;

use crate::display::{Content, Figure};
use crate::drawing::{Anchor, Drawing, Stroke, Words, axis, coordinate, palette, typeface};
use crate::style::{self, Style};
use crate::wording;
use steps::Plane;
use study::{Curve, Estimate, Group, IntervalMethod, Quantity, Results, Test};

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

/// Survival by group.
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

/// The curves of one cause; of survival where there is none.
fn draw(results: &Results, style: &Style, id: &str, cause: Option<&str>) -> Option<Content> {
    let lines: Vec<Line<'_>> = results
        .curves
        .iter()
        .filter(|curve| !curve.time.is_empty() && curve.cause.as_deref() == cause && curve.fitted.is_none())
        .enumerate()
        .map(|(index, curve)| {
            let group = results.groups.iter().find(|group| group.level == curve.group);
            Line { curve, group, index }
        })
        .collect();
    let longest = lines.iter().filter_map(|line| line.curve.time.last().copied()).fold(0.0, f64::max);
    if lines.is_empty() {
        return None;
    }

    let mut drawing = Drawing::new(id);
    let widest_name = lines.iter().map(|line| typeface::bold_width(line.name(), SMALL)).fold(0.0, f64::max);
    let beside = lines.len() > 1 && widest_name <= WIDEST_NAME;
    let widest_count =
        lines.iter().map(|line| line.curve.at_risk.first().copied().unwrap_or(0)).max().unwrap_or(0);
    let count_width = typeface::width(&style::count(widest_count), SMALL);
    let left = if beside { (widest_name + count_width / 2.0 + 14.0).max(68.0) } else { 68.0 };

    let legend_end = legend(&mut drawing, results, &lines, left);
    let length = WIDTH - left - RIGHT;
    let room = (count_width + 10.0).max(36.0);
    let (ticks, end) = axis::time(longest, results.time_unit.as_deref(), length, room);
    let plane = Plane { left, top: legend_end + 12.0, width: length, height: PLOT_HEIGHT, end };

    grid(&mut drawing, &plane);
    drawing.clip(plane.left, plane.top - 2.0, plane.width + 2.0, plane.height + 4.0);
    for line in &lines {
        let band = steps::band(line.curve, &plane);
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
    axes(&mut drawing, &plane, &ticks, results, cause);
    test(&mut drawing, results, style, &lines, &plane);
    let height = at_risk(&mut drawing, &lines, &plane, &ticks, beside);

    let figure = Figure {
        svg: drawing.finish(WIDTH, height, &results.title, &description(results, &lines, style)),
        caption: caption(results, style, cause),
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
            Some(_) => line.group.map(|group| (group.n, line.curve.events.iter().sum())),
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

fn grid(drawing: &mut Drawing, plane: &Plane) {
    for percent in [25.0, 50.0, 75.0, 100.0] {
        let y = plane.y(percent / 100.0);
        drawing.line((plane.left, y), (plane.left + plane.width, y), Stroke::pale(0.7));
    }
}

fn draw_curve(drawing: &mut Drawing, line: &Line<'_>, plane: &Plane) {
    let class = palette::series_class(line.index);
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
    let points = curve.time.iter().zip(&curve.estimate).enumerate();
    let d: String = points
        .map(|(index, (time, estimate))| {
            let letter = if index == 0 { 'M' } else { 'L' };
            format!("{letter}{} {}", coordinate(plane.x(*time)), coordinate(plane.y(*estimate)))
        })
        .collect();
    let class = format!("{} fitted", palette::series_class(line.index));
    let colour = palette::series(line.index).light;
    drawing.path(&d, Stroke { colour, class: &class, width: 1.5, dash: "2 3" });
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

fn axes(drawing: &mut Drawing, plane: &Plane, ticks: &[f64], results: &Results, cause: Option<&str>) {
    let (bottom, right) = (plane.top + plane.height, plane.left + plane.width);
    drawing.line((plane.left, plane.top), (plane.left, bottom), Stroke::ink(1.0));
    drawing.line((plane.left, bottom), (right, bottom), Stroke::ink(1.0));
    for percent in [0_u8, 25, 50, 75, 100] {
        let y = plane.y(f64::from(percent) / 100.0);
        drawing.line((plane.left - 5.0, y), (plane.left, y), Stroke::ink(1.0));
        let words = Words::at(plane.left - 9.0, y + 4.5, SMALL).anchor(Anchor::End);
        drawing.words(words, &percent.to_string());
    }
    for tick in ticks {
        let x = plane.x(*tick);
        drawing.line((x, bottom), (x, bottom + 5.0), Stroke::ink(1.0));
        let words = Words { class: "ink tick", ..Words::at(x, bottom + 19.0, SMALL).anchor(Anchor::Middle) };
        drawing.words(words, &style::named_time(*tick));
    }
    let outcome = match cause {
        Some(cause) => wording::cause(results, cause),
        None => results.outcome.as_deref().map_or("Survival".into(), |name| wording::heading(results, name)),
    };
    let middle = plane.top + plane.height / 2.0;
    let widest =
        typeface::wrap(&format!("{outcome}, %"), SIZE, plane.height).into_iter().next().unwrap_or_default();
    drawing.words_upwards(Words::at(plane.left - 46.0, middle, SIZE), &widest);
    let words = Words::at(plane.left + plane.width / 2.0, bottom + 40.0, SIZE).anchor(Anchor::Middle);
    drawing.words(words, &wording::time_axis(results));
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

/// The numbers at risk, each beneath its tick; returns where they end.
fn at_risk(drawing: &mut Drawing, lines: &[Line<'_>], plane: &Plane, ticks: &[f64], beside: bool) -> f64 {
    let mut y = plane.top + plane.height + 66.0;
    let heading_x = if beside { 4.0 } else { plane.left };
    drawing.words(Words::at(heading_x, y, SMALL).bold(), "Number at risk");
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
            drawing.words(words, &style::count(steps::at_risk(line.curve, *tick)));
        }
    }
    y + 8.0
}

fn interval_method(results: &Results) -> Option<&'static str> {
    let shares = |row: &&Estimate| matches!(row.quantity, Quantity::Survival | Quantity::CumulativeIncidence);
    let method =
        results.estimates.iter().filter(shares).find_map(|row| Some(row.interval.as_ref()?.method))?;
    match method {
        IntervalMethod::LogLog => Some("log(−log) transformation"),
        IntervalMethod::Log => Some("log transformation"),
        IntervalMethod::Plain => Some("untransformed"),
        IntervalMethod::Rubin => Some("Rubin’s rules on the log(−log) scale"),
        _ => None,
    }
}

fn caption(results: &Results, style: &Style, cause: Option<&str>) -> String {
    let method = interval_method(results).map_or(String::new(), |text| format!(" ({text})"));
    let what = cause.map_or("Kaplan–Meier estimates", |_| "Aalen–Johansen estimates of cumulative incidence");
    let law = results.curves.iter().find_map(|curve| curve.fitted.as_deref());
    let fitted = law.map_or(String::new(), |law| format!(" Dotted: fitted {} curves.", wording::law(law)));
    let cured = wording::rows(results, Quantity::CuredShare).next();
    let cured = cured.map_or("", |_| " Dashed: cured shares.");
    format!(
        "{what}.{fitted}{cured} Shaded: pointwise {}% confidence intervals{method}. Vertical ticks: censored patients.",
        style.confidence_percent()
    )
}

fn description(results: &Results, lines: &[Line<'_>], style: &Style) -> String {
    let cause = lines.first().and_then(|line| line.curve.cause.as_deref());
    let (mut text, quantity) = match cause {
        None => (String::from("Kaplan–Meier curves."), Quantity::Survival),
        Some(cause) => (
            format!("Curves of cumulative incidence: {}.", wording::cause(results, cause)),
            Quantity::CumulativeIncidence,
        ),
    };
    for line in lines {
        let n = line.curve.at_risk.first().copied().unwrap_or(0);
        let events: u64 = line.curve.events.iter().sum();
        let (patients, events) = (wording::counted(n, "patient"), wording::counted(events, "event"));
        text.push_str(&format!(" {}: {patients}, {events}", line.name()));
        let own = |row: &&Estimate| row.group == line.curve.group && row.level.as_deref() == cause;
        for row in wording::rows(results, quantity).filter(own) {
            if let (Some(at), Some(value)) = (row.at, row.value) {
                let share = style::number(value * 100.0, 1);
                text.push_str(&format!("; {share}% at {}", wording::at_time(results, at)));
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
