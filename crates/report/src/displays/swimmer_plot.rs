//! Swimmer plot: one bar a patient, the longest first, with treatment, surgery, recurrence, death and who is still followed.
//!
//! Bars have the names of patients only where the data do. Even without, each is a patient's course: the picture is drawn
//! for whoever may see the rows of the registry, and is no display of a study.

use super::patient_timeline::TimeAxis;
use crate::display::{Content, Display, Figure};
use crate::drawing::glyph::Glyph;
use crate::drawing::time_scale::TimeScale;
use crate::drawing::{Anchor, Drawing, Stroke, Words, coordinate, palette, typeface};
use crate::style;
use std::fmt::Write;
use study::{SwimmerBar, Swimmers};

const WIDTH: f64 = 760.0;
const TOP: f64 = 12.0;
const SIZE: f64 = 11.5;
/// The least height of a row with words in it.
const LEGIBLE: f64 = 11.0;
/// Room on the right for the arrow of who is still followed.
const RIGHT: f64 = 26.0;

/// What a stretch of a bar means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Followed,
    Recurred,
    Line(usize),
}

impl Phase {
    /// Class, colour and opacity.
    fn paint(self) -> (String, &'static str, f64) {
        match self {
            Self::Followed => (String::new(), palette::PALE, 1.0),
            Self::Recurred => (palette::series_class(1), palette::series(1).light, 0.45),
            Self::Line(index) => {
                let index = if index == 0 { 0 } else { index + 1 };
                (palette::series_class(index), palette::series(index).light, 1.0)
            }
        }
    }
}

/// The figure.
pub fn display(swimmers: &Swimmers, axis: TimeAxis, title: Option<&str>) -> Display {
    let bars = &swimmers.bars;
    let heading = title.map_or(Vec::new(), |title| typeface::wrap(title, 15.0, (WIDTH - 24.0) / 1.08));
    let top = TOP + 20.0 * heading.len() as f64;
    let title = title.unwrap_or("Courses of patients").to_string();
    let names = bars.iter().filter_map(|bar| bar.patient.as_deref());
    let row = match bars.len() {
        0..=60 => 14.0,
        61..=120 => 8.0,
        121..=200 => 5.5,
        _ => 4.0,
    };
    let named = names.clone().next().is_some();
    let row: f64 = if named { f64::max(row, LEGIBLE) } else { row };
    let small = (row - 1.5).min(10.5);
    let responses: Vec<String> =
        if row >= LEGIBLE { bars.iter().map(response).collect() } else { Vec::new() };
    let answers = responses.iter().map(|text| typeface::width(text, small)).fold(0.0, f64::max);
    let answers = if answers > 0.0 { answers + 8.0 } else { 0.0 };
    let left = 12.0 + names.map(|name| typeface::width(name, small)).fold(0.0, f64::max) + answers;
    let days = [
        bars.iter().map(|bar| bar.from).min().unwrap_or(0).min(0),
        bars.iter().map(|bar| bar.until).max().unwrap_or(1).max(1),
    ];
    let scale = TimeScale::new(axis, 0, &days, None, (left, WIDTH - RIGHT));
    let mut drawing = Drawing::new("swimmer");
    for (index, line) in heading.iter().enumerate() {
        drawing.words(Words::at(12.0, 18.0 + 20.0 * index as f64, 15.0).bold(), line);
    }
    let bottom = top + bars.len() as f64 * row + 4.0;
    let zero = scale.x(0.0);
    drawing.line((zero, top - 4.0), (zero, bottom), Stroke { dash: "3 3", ..Stroke::ink(0.8) });
    let lines = lines(bars);
    for (index, bar) in bars.iter().enumerate() {
        let y = top + (index as f64 + 0.5) * row;
        draw_bar(&mut drawing, bar, &scale, &lines, y, row);
        if let Some(name) = &bar.patient {
            let x = left - 6.0 - answers;
            drawing.words(Words::at(x, y + 0.35 * small, small).anchor(Anchor::End), name);
        }
        if let Some(text) = responses.get(index).filter(|text| !text.is_empty()) {
            drawing.words(Words::at(left - 6.0, y + 0.35 * small, small).anchor(Anchor::End), text);
        }
    }
    drawing.line((left, bottom), (WIDTH - RIGHT + 8.0, bottom), Stroke::ink(1.0));
    for tick in scale.ticks(SIZE) {
        drawing.line((tick.x, bottom), (tick.x, bottom + 5.0), Stroke::ink(1.0));
        drawing.words(Words::at(tick.x, bottom + 17.0, SIZE).anchor(Anchor::Middle), &tick.label);
    }
    let words = Words::at((left + WIDTH - RIGHT) / 2.0, bottom + 35.0, 12.0).anchor(Anchor::Middle);
    drawing.words(words, &scale.title(&swimmers.zero));
    let mut caption = caption(swimmers);
    if answers > 0.0 {
        caption.push_str(
            " Left of a bar: best overall response by RECIST 1.1, without confirmation, of each course of treatment.",
        );
    }
    for remark in &swimmers.remarks {
        let _ = write!(caption, " {remark}");
    }
    let height = legend(&mut drawing, swimmers, &lines, &caption, bottom + 52.0);
    let svg = drawing.finish(WIDTH, height, &title, &description(swimmers));
    let figure = Figure { svg, caption, width: WIDTH, height };
    Display {
        id: "swimmer".into(),
        analysis: None,
        number: String::new(),
        title,
        content: Content::Figure(figure),
    }
}

/// The best response; a dash where none was assessed in a course.
fn response(bar: &SwimmerBar) -> String {
    bar.best_response.as_deref().unwrap_or_default().replace("MISSING", "–")
}

/// The lines of treatment that occur, in order.
fn lines(bars: &[SwimmerBar]) -> Vec<Option<i64>> {
    let mut lines: Vec<Option<i64>> =
        bars.iter().flat_map(|bar| &bar.treatments).map(|one| one.line).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn draw_bar(
    drawing: &mut Drawing,
    bar: &SwimmerBar,
    scale: &TimeScale,
    lines: &[Option<i64>],
    y: f64,
    row: f64,
) {
    let thick = 0.62 * row;
    let x = |day: i32| scale.x(f64::from(day));
    let mut stretch = |from: f64, until: f64, phase: Phase, thick: f64| {
        let (class, colour, opacity) = phase.paint();
        let mut d = String::new();
        let (left, width) = (coordinate(from), coordinate((until - from).max(1.5)));
        let _ = write!(d, "M{left} {}h{width}v{}h-{width}Z", coordinate(y - thick / 2.0), coordinate(thick));
        drawing.area(&d, &class, colour, opacity);
    };
    let recurred = bar.recurrence.map_or(bar.until, |day| day.min(bar.until));
    stretch(x(bar.from), x(recurred), Phase::Followed, thick);
    if recurred < bar.until {
        stretch(x(recurred), x(bar.until), Phase::Recurred, thick);
    }
    for one in &bar.treatments {
        let index = lines.iter().position(|line| *line == one.line).unwrap_or(0);
        stretch(x(one.from), x(one.until), Phase::Line(index), thick);
    }
    let radius = (0.32 * row).clamp(1.6, 4.2);
    for day in bar.operations.iter().filter(|day| **day != 0) {
        Glyph::Triangle.draw(drawing, (x(*day), y), radius);
    }
    if let Some(day) = bar.recurrence {
        Glyph::Cross.draw(drawing, (x(day), y), radius);
    }
    let end = if bar.died { Glyph::Square } else { Glyph::Arrow };
    end.draw(drawing, (x(bar.until), y), radius);
}

/// What is shown, and of whom.
fn caption(swimmers: &Swimmers) -> String {
    let n = swimmers.bars.len() as u64;
    let mut text = match swimmers.seed {
        Some(seed) => format!(
            "{} of {} patients, drawn at random (seed {seed}); the longest course first.",
            style::count(n),
            style::count(swimmers.asked - swimmers.without_zero)
        ),
        None => format!("{} patients; the longest course first.", style::count(n)),
    };
    if swimmers.without_zero > 0 {
        let _ = write!(
            text,
            " {} more are not shown, since the day of {} is not known.",
            style::count(swimmers.without_zero),
            swimmers.zero
        );
    }
    text
}

/// Swatches and marks with their words, then the caption; gives the height of the figure.
fn legend(
    drawing: &mut Drawing,
    swimmers: &Swimmers,
    lines: &[Option<i64>],
    caption: &str,
    from: f64,
) -> f64 {
    enum Sign {
        Swatch(Phase),
        Mark(Glyph),
    }
    let bars = &swimmers.bars;
    let treated = |index: usize, line: &Option<i64>| {
        let words = line.map_or("treatment".into(), |line| format!("treatment, line {line}"));
        (Sign::Swatch(Phase::Line(index)), words)
    };
    let mut items: Vec<(Sign, String)> =
        lines.iter().enumerate().map(|(index, line)| treated(index, line)).collect();
    items.push((Sign::Swatch(Phase::Followed), "no treatment".into()));
    if bars.iter().any(|bar| bar.recurrence.is_some()) {
        items.push((Sign::Swatch(Phase::Recurred), "after recurrence".into()));
    }
    if bars.iter().any(|bar| bar.operations.iter().any(|day| *day != 0)) {
        let words = if swimmers.zero == "the operation" { "further operation" } else { "operation" };
        items.push((Sign::Mark(Glyph::Triangle), words.into()));
    }
    if bars.iter().any(|bar| bar.recurrence.is_some()) {
        items.push((Sign::Mark(Glyph::Cross), "recurrence".into()));
    }
    if bars.iter().any(|bar| bar.died) {
        items.push((Sign::Mark(Glyph::Square), "death".into()));
    }
    if bars.iter().any(|bar| !bar.died) {
        items.push((Sign::Mark(Glyph::Arrow), "alive when last seen".into()));
    }
    let (mut x, mut y) = (12.0, from);
    for (sign, words) in items {
        let width = 22.0 + typeface::width(&words, 11.0);
        if x + width > WIDTH - 8.0 && x > 12.0 {
            (x, y) = (12.0, y + 16.0);
        }
        match sign {
            Sign::Swatch(phase) => {
                let (class, colour, opacity) = phase.paint();
                let d = format!("M{} {}h14v9h-14Z", coordinate(x), coordinate(y - 4.5));
                drawing.area(&d, &class, colour, opacity);
            }
            Sign::Mark(Glyph::Arrow) => Glyph::Arrow.draw(drawing, (x, y), 4.0),
            Sign::Mark(glyph) => glyph.draw(drawing, (x + 7.0, y), 4.0),
        }
        drawing.words(Words::at(x + 20.0, y + 3.9, 11.0), &words);
        x += width + 18.0;
    }
    y += 18.0;
    for line in typeface::wrap(caption, 11.0, WIDTH - 24.0) {
        drawing.words(Words::at(12.0, y + 3.9, 11.0), &line);
        y += 15.0;
    }
    y
}

/// Counts of what is shown, for who does not see it.
fn description(swimmers: &Swimmers) -> String {
    let bars = &swimmers.bars;
    let count = |holds: &dyn Fn(&SwimmerBar) -> bool| bars.iter().filter(|bar| holds(bar)).count();
    format!(
        "{} bars, one a patient, counted from {}. Recurrence: {}. Dead: {}. Alive when last seen: {}.",
        bars.len(),
        swimmers.zero,
        count(&|bar| bar.recurrence.is_some()),
        count(&|bar| bar.died),
        count(&|bar| !bar.died)
    )
}
