//! How the ratio of a model follows a number: a curve with its band, over the distribution of the patients.

use super::model_rows::ModelRows;
use super::within;
use crate::display::{Content, Figure};
use crate::drawing::panel::Panel;
use crate::drawing::{Drawing, Stroke, Words, axis, palette, point, typeface};
use crate::style::{self, Style};
use crate::wording;
use study::{EffectCurve, Held, Model, Quantity, Results, TestName};

const WIDTH: f64 = 700.0;
const SIZE: f64 = 13.0;
/// Share of the height that the bars may take.
const BARS: f64 = 0.2;
/// More panels than this are no figure; the rest is in results.json.
const MOST: usize = 12;

/// One panel for each number that entered as a spline, or for each level or value of what it interacts with: of the model
/// with all terms where there is one.
pub(super) fn make(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let together = |curve: &EffectCurve| curve.model == Model::Multivariable;
    let chosen = |curve: &&EffectCurve| {
        together(curve) || !results.effects.iter().any(|other| other.term == curve.term && together(other))
    };
    let mut curves: Vec<&EffectCurve> = results.effects.iter().filter(chosen).collect();
    curves.truncate(MOST);
    let rows = ModelRows::of_quantity(results, curves.first()?.quantity)?;
    let across = if curves.len() == 1 { 1.0 } else { 2.0 };
    let (left, right, below) = (66.0, 14.0, 60.0);
    let size = (WIDTH / across - left - right, if across == 1.0 { 330.0 } else { 220.0 });
    let mut drawing = Drawing::new(id);
    let mut y = 6.0;
    for pair in curves.chunks(across as usize) {
        let heads: Vec<Vec<String>> = pair.iter().map(|curve| head(results, style, curve, size.0)).collect();
        let room = heads.iter().map(Vec::len).max().unwrap_or(1) as f64 * 17.0 + 8.0;
        for (column, (curve, lines)) in pair.iter().zip(&heads).enumerate() {
            let x = column as f64 * WIDTH / across + left;
            for (index, line) in lines.iter().enumerate() {
                let words = Words::at(x, y + 13.0 + 17.0 * index as f64, SIZE);
                drawing.words(if index == 0 { words.bold() } else { words }, line);
            }
            draw(&mut drawing, results, style, &rows, curve, (x, y + room), size);
        }
        y += room + size.1 + below;
    }
    let caption = caption(results, style, &rows, &curves);
    let description =
        curves.iter().map(|curve| described(results, style, curve)).collect::<Vec<_>>().join(" ");
    let svg = drawing.finish(WIDTH, y, &results.title, &format!("{caption} {description}"));
    Some(Content::Figure(Figure { svg, caption, width: WIDTH, height: y }))
}

/// The name of the number and its tests.
fn head(results: &Results, style: &Style, curve: &EffectCurve, width: f64) -> Vec<String> {
    let p = |quantity: Quantity, term: &str| {
        let rows = wording::rows(results, quantity)
            .filter(|row| row.model == Some(curve.model) && row.term.as_deref() == Some(term));
        let tests: Vec<_> = rows.filter_map(|row| row.test.as_ref()).collect();
        let likely = tests.iter().find(|test| test.name == TestName::LikelihoodRatio).or(tests.first());
        likely.map(|test| style.p_sentence(test.p_value))
    };
    let mut tests = Vec::new();
    let mut lines = typeface::wrap(&wording::heading(results, &curve.term), SIZE, width);
    if curve.held.is_empty() {
        tests.extend(p(Quantity::GlobalTest, &curve.term).map(|p| format!("association: {p}")));
        tests.extend(p(Quantity::Nonlinearity, &curve.term).map(|p| format!("non-linearity: {p}")));
    } else {
        let held = curve.held.iter().map(|held| held_text(results, held)).collect::<Vec<_>>().join(", ");
        lines = typeface::wrap(&format!("{}, {held}", wording::heading(results, &curve.term)), SIZE, width);
        // The tests of the number itself are of those at the reference.
        let crossed = interaction_of(results, curve);
        tests.extend(
            crossed.and_then(|term| p(Quantity::GlobalTest, term)).map(|p| format!("interaction: {p}")),
        );
    }
    let together = wording::capitalised(&tests.join("; "));
    match typeface::width(&together, SIZE) < width {
        true => lines.push(together),
        false => lines.extend(tests.iter().map(|test| wording::capitalised(test))),
    }
    lines
}

/// Where a variable is held: `Sex: Women`, or `BMI 24 kg/m²`.
fn held_text(results: &Results, held: &Held) -> String {
    let number = wording::known(results, &held.variable).is_some_and(|label| label.levels.is_empty());
    match held.level.parse().ok().filter(|_| number) {
        Some(value) => within::value_of(results, &held.variable, value),
        None => {
            let level = results.level_label(&held.variable, &held.level);
            format!("{}: {level}", wording::heading(results, &held.variable))
        }
    }
}

/// The interaction of which a curve is one.
fn interaction_of<'a>(results: &'a Results, curve: &EffectCurve) -> Option<&'a str> {
    let has_all = |term: &&str| {
        let mut variables: Vec<&str> = term.split(':').collect();
        variables.retain(|name| *name != curve.term && curve.held.iter().all(|held| held.variable != *name));
        variables.is_empty() && term.split(':').count() == curve.held.len() + 1
    };
    results.estimates.iter().filter_map(|row| row.term.as_deref()).find(has_all)
}

/// What the vertical axis holds, in logarithms: the curve, and its band as far as three times beyond it.
fn reach(curve: &EffectCurve) -> (f64, f64) {
    let spread = |values: &mut dyn Iterator<Item = f64>, start: (f64, f64)| {
        values.fold(start, |(low, high), value| (low.min(value), high.max(value)))
    };
    let (low, high) = spread(&mut curve.ratio.iter().flatten().copied(), (1.0, 1.0));
    let limits = || curve.lower.iter().chain(&curve.upper).flatten().copied();
    let (least, most) = spread(&mut limits(), (low, high));
    (least.max(low / 3.0).max(1e-6).ln(), most.min(high * 3.0).min(1e6).ln())
}

fn draw(
    drawing: &mut Drawing,
    results: &Results,
    style: &Style,
    rows: &ModelRows<'_>,
    curve: &EffectCurve,
    place: (f64, f64),
    size: (f64, f64),
) {
    let (low, high) = reach(curve);
    // The bars have the lowest part to themselves.
    let floor = low - BARS / (1.0 - BARS) * (high - low);
    let ticks = ticks(low.exp(), high.exp());
    let labels = ticks.iter().map(|tick| (tick.ln(), style::named_time(*tick)));
    let labels = labels.filter(|(at, _)| *at >= low - 1e-9 && *at <= high + 1e-9).collect();
    let x = (curve.x[0], curve.x[curve.x.len() - 1]);
    let panel = Panel::new(place, size, x, (floor, high)).with_y_labels(labels);
    bars(drawing, &panel, curve);
    panel.level(drawing, 0.0, Stroke { dash: "4 3", ..Stroke::ink(0.8) });
    drawing.clip(place.0, place.1, size.0, size.1);
    let known: Vec<usize> = (0..curve.x.len()).filter(|at| curve.ratio[*at].is_some()).collect();
    let of = |values: &[Option<f64>], beyond: f64| -> Vec<f64> {
        known.iter().map(|at| values[*at].map_or(beyond, f64::ln).clamp(low - 2.0, high + 2.0)).collect()
    };
    let at: Vec<f64> = known.iter().map(|at| curve.x[*at]).collect();
    panel.band(drawing, &at, &of(&curve.lower, low - 2.0), &of(&curve.upper, high + 2.0), 0);
    let line: Vec<(f64, f64)> = at.iter().copied().zip(of(&curve.ratio, low)).collect();
    let (colour, class) = (palette::series(0).light, palette::series_class(0));
    panel.line(drawing, &line, Stroke { colour, class: &class, width: 2.2, dash: "" });
    drawing.end_clip();
    let (reference, one) = panel.at(curve.reference, 0.0);
    if (x.0..=x.1).contains(&curve.reference) {
        let dot = format!(
            "M{} {}a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0",
            crate::drawing::coordinate(reference - 3.4),
            crate::drawing::coordinate(one)
        );
        drawing.area(&dot, "ink", palette::INK, 1.0);
    }
    for knot in curve.knots.iter().filter(|knot| (x.0..=x.1).contains(*knot)) {
        let at = panel.at(*knot, floor).0;
        let bottom = place.1 + size.1;
        drawing.line((at, bottom), (at, bottom - 7.0), Stroke::ink(1.6));
    }
    let y_title = format!("{} ({})", wording::capitalised(rows.ratio_name()), style.interval_name());
    panel.axes(drawing, &wording::with_unit(results, &curve.term), &y_title, None);
}

/// Round ratios, more of them where the axis spans less.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let few = axis::logarithmic(low, high);
    if high / low > 12.0 {
        return few;
    }
    let finer = [
        0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0,
        7.0, 10.0,
    ];
    // Labels need room: about one twelfth of the axis each.
    let room = (high / low).ln() / 9.0;
    let mut chosen = vec![1.0f64];
    let inside = |tick: &&f64| (low..=high).contains(*tick);
    for tick in few.iter().filter(inside).chain(finer.iter().filter(inside)) {
        if chosen.iter().all(|known| (known / tick).ln().abs() >= room) {
            chosen.push(*tick);
        }
    }
    chosen.sort_unstable_by(f64::total_cmp);
    chosen
}

/// Patients by value.
fn bars(drawing: &mut Drawing, panel: &Panel, curve: &EffectCurve) {
    let most = curve.patients.iter().copied().max().unwrap_or(0).max(1) as f64;
    let bottom = panel.top + panel.height;
    let mut d = String::new();
    for (edges, n) in curve.edges.windows(2).zip(&curve.patients).filter(|(_, n)| **n > 0) {
        let (from, to) = (panel.at(edges[0], 0.0).0, panel.at(edges[1], 0.0).0);
        let top = bottom - BARS * 0.86 * panel.height * *n as f64 / most;
        let corner = |x, y| point((x, y));
        d.push_str(&format!(
            "M{}L{}L{}L{}Z",
            corner(from, bottom),
            corner(from, top),
            corner(to - 0.6, top),
            corner(to - 0.6, bottom)
        ));
    }
    if !d.is_empty() {
        drawing.area(&d, &palette::series_class(5), palette::series(5).light, 0.28);
    }
}

fn caption(results: &Results, style: &Style, rows: &ModelRows<'_>, curves: &[&EffectCurve]) -> String {
    let of = wording::event_inside(results).map_or(String::new(), |event| format!(" for {event}"));
    let mut references: Vec<String> = Vec::new();
    for curve in curves {
        let value = wording::value_with_unit(results, &curve.term, curve.reference);
        let text = match curves.iter().all(|other| other.term == curve.term) {
            true => value,
            false => format!("{} {value}", wording::heading(results, &curve.term)),
        };
        // The curves of one number within several levels have one reference.
        if !references.contains(&text) {
            references.push(text);
        }
    }
    let adjusted = match (curves[0].model, rows.terms.len()) {
        (Model::Multivariable, 2..) => ", adjusted for the other terms of the model",
        _ => "",
    };
    format!(
        "{}{of} by restricted cubic spline{adjusted}, against {} (dot), with pointwise {}% confidence band, on a \
         logarithmic axis, from the 1st to the 99th percentile. Bars: patients; ticks within the axis: knots.",
        wording::capitalised(rows.ratio_name()),
        references.join("; "),
        style.confidence_percent()
    )
}

/// The curve in words: at both ends.
fn described(results: &Results, style: &Style, curve: &EffectCurve) -> String {
    let told = |at: usize| {
        let ratio = curve.ratio[at].map_or("none".into(), |ratio| style.ratio(ratio));
        format!("{} at {}", ratio, style::value(curve.x[at]))
    };
    let last = curve.x.len() - 1;
    let held: String = curve.held.iter().map(|held| format!(", {}", held_text(results, held))).collect();
    format!(
        "{}{held}: {}, {}, {}.",
        wording::heading(results, &curve.term),
        told(0),
        told(last / 2),
        told(last)
    )
}
