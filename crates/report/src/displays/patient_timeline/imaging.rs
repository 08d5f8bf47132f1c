//! The lanes of exams and lesions.

use super::labels::{Wish, centred};
use super::lane::{Canvas, LEFT, MARK, RIGHT};
use crate::drawing::glyph::Glyph;
use crate::drawing::{Anchor, Stroke, Words, palette, point, typeface};
use crate::style;
use study::{LesionCourse, LesionSize, PatientTimeline};

/// Marks of modalities, in the order in which they first occur.
const MODALITIES: [Glyph; 5] = [Glyph::Disc, Glyph::Ring, Glyph::Square, Glyph::OpenSquare, Glyph::Diamond];
/// Size of numbers at bars.
const NUMBER: f64 = 10.5;
/// From one row of numbers to the next.
const ROW: f64 = 12.0;

pub(super) fn exams(canvas: &mut Canvas<'_>, timeline: &PatientTimeline) {
    if timeline.exams.is_empty() {
        return;
    }
    let mut modalities: Vec<&str> = Vec::new();
    for exam in &timeline.exams {
        if !modalities.contains(&exam.modality.as_str()) {
            modalities.push(&exam.modality);
        }
    }
    let glyph = |modality: &str| {
        let at = modalities.iter().position(|known| *known == modality).unwrap_or(0);
        MODALITIES[at.min(MODALITIES.len() - 1)]
    };
    canvas.lane("Scans", "", |canvas, top| {
        for exam in &timeline.exams {
            let x = canvas.x(exam.day);
            glyph(&exam.modality).draw(&mut canvas.drawing, (x, top + 7.0), MARK - 0.8);
        }
        14.0
    });
    for modality in &modalities {
        let words = if modality.is_empty() { "scan" } else { modality };
        canvas.explain(1, glyph(modality), words);
    }
}

/// One lane a lesion: a bar at each exam, as high as the lesion is broad.
pub(super) fn lesions(canvas: &mut Canvas<'_>, timeline: &PatientTimeline) {
    let sizes = timeline.lesions.iter().flat_map(|lesion| &lesion.sizes);
    let largest = sizes.filter_map(|size| size.mm).fold(0.0, f64::max);
    let tallest = if timeline.lesions.len() > 6 { 15.0 } else { 24.0 };
    for lesion in &timeline.lesions {
        canvas.lane(&lesion.name, &lesion.about, |canvas, top| {
            if lesion.sizes.is_empty() {
                return unmeasured(canvas, lesion, top);
            }
            bars(canvas, lesion, top, if largest > 0.0 { tallest / largest } else { 0.0 })
        });
        if lesion.sizes.iter().any(|size| size.mm.is_some()) {
            canvas.note("The height of a lesion’s bar is its diameter in mm, which is printed above it.");
        }
        if lesion.sizes.iter().any(|size| text(size) == "+") {
            canvas.note("+: present, not measured.");
        }
        if lesion.sizes.iter().any(|size| size.state == "progressed") {
            canvas.note("PD: unequivocal progression.");
        }
        if lesion.sizes.iter().any(|size| size.state == "not evaluable") {
            canvas.note("NE: not evaluable.");
        }
    }
}

/// What is printed at an exam.
pub(super) fn text(size: &LesionSize) -> String {
    let state = match size.state.as_str() {
        "" | "absent" => "",
        "progressed" => "PD",
        "not evaluable" => "NE",
        "too small" => "too small",
        "equivocal" => "?",
        other => other,
    };
    match (size.mm, state) {
        (Some(mm), "") => style::value(mm),
        (Some(mm), state) => format!("{} {state}", style::value(mm)),
        (None, "") => "+".into(),
        (None, state) => state.into(),
    }
}

fn bars(canvas: &mut Canvas<'_>, lesion: &LesionCourse, top: f64, per_mm: f64) -> f64 {
    let places: Vec<f64> = lesion.sizes.iter().map(|size| canvas.x(size.day)).collect();
    let wishes: Vec<Wish> =
        lesion.sizes.iter().zip(&places).map(|(size, x)| Wish { x: *x, text: text(size) }).collect();
    let numbers = centred(&wishes, (LEFT, RIGHT), NUMBER);
    let rows = numbers.iter().map(|place| place.0 + 1).max().unwrap_or(0);
    let tallest = lesion.sizes.iter().filter_map(|size| size.mm).fold(0.0, f64::max) * per_mm;
    let base = top + rows as f64 * ROW + tallest + 2.0;
    let nearest = places.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0.0);
    let width = (0.8 * nearest.fold(f64::INFINITY, f64::min)).clamp(1.5, 9.0);
    if let (Some(first), Some(last)) = (places.first(), places.last()) {
        canvas.drawing.line((first - 8.0, base), (last + 8.0, base), Stroke::ink(0.7));
    }
    for (((size, x), wish), (row, left)) in lesion.sizes.iter().zip(&places).zip(&wishes).zip(&numbers) {
        let height = size.mm.unwrap_or(0.0) * per_mm;
        if height > 0.0 {
            let (from, to) = (x - width / 2.0, x + width / 2.0);
            let corners = [(from, base), (from, base - height), (to, base - height), (to, base)];
            let d = corners.map(point).join("L");
            canvas.drawing.area(&format!("M{d}Z"), &palette::series_class(0), palette::series(0).light, 1.0);
        }
        let wide = typeface::width(&wish.text, NUMBER);
        // Numbers of the lowest row stand on their bars and on those beside that they would cover; the others stand over
        // the tallest.
        let beneath = lesion
            .sizes
            .iter()
            .zip(&places)
            .filter(|(_, x)| **x + width / 2.0 > left - 1.0 && **x - width / 2.0 < left + wide + 1.0);
        let beneath = beneath.filter_map(|(size, _)| size.mm).fold(0.0, f64::max) * per_mm;
        let y = match row {
            0 => base - beneath - 3.0,
            row => base - tallest - 3.0 - *row as f64 * ROW,
        };
        let x = left + wide / 2.0;
        canvas.blank(*left + 1.0, wide - 2.0, y, NUMBER - 1.0);
        canvas.drawing.words(Words::at(x, y, NUMBER).anchor(Anchor::Middle), &wish.text);
    }
    base - top + 2.0
}

/// A lesion that no exam measured has the day on which it was first seen, where that is known.
fn unmeasured(canvas: &mut Canvas<'_>, lesion: &LesionCourse, top: f64) -> f64 {
    match lesion.first_seen {
        Some(day) => canvas.events(top, &[(day, Glyph::Ring, "first seen, not measured".into())], 0),
        None => 0.0,
    }
}
