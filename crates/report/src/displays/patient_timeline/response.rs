//! The lanes of responses by RECIST 1.1, below the scans of which they are told.

use super::labels::{Wish, centred};
use super::lane::{Canvas, LEFT, RIGHT};
use crate::drawing::{Anchor, Words, typeface};
use crate::style;
use study::{ExamResponse, PatientTimeline, ResponseCourse};

const SIZE: f64 = 10.5;
/// Height of an answer with its sum.
const ROW: f64 = 25.0;

/// What the answers of RECIST 1.1 mean.
const ANSWERS: [(&str, &str); 6] = [
    ("CR", "complete response"),
    ("PR", "partial response"),
    ("SD", "stable disease"),
    ("NON-CR/NON-PD", "neither complete response nor progression"),
    ("PD", "progressive disease"),
    ("NE", "not evaluable"),
];

/// One lane a course and reader: at each scan the overall response, and below it the sum of diameters.
pub(super) fn responses(canvas: &mut Canvas<'_>, timeline: &PatientTimeline) {
    for course in &timeline.responses {
        canvas.lane("RECIST 1.1", &about(course), |canvas, top| answers(canvas, course, top));
    }
    let exams = || timeline.responses.iter().flat_map(|course| &course.exams);
    let given = |answer: &str| exams().any(|exam| exam.response.as_deref() == Some(answer));
    let baseline = exams().any(|exam| exam.response.is_none()).then_some(("BL", "baseline"));
    let words: Vec<String> = baseline
        .into_iter()
        .chain(ANSWERS.into_iter().filter(|(answer, _)| given(answer)))
        .map(|(answer, meaning)| format!("{answer}: {meaning}"))
        .collect();
    if !words.is_empty() {
        canvas.note(&format!("{}.", words.join("; ")));
    }
    if exams().any(|exam| exam.response.is_some() && exam.target_sum_mm.is_some()) {
        canvas.note("A response depends on non-target and new lesions too, not on the sum alone.");
    }
    if exams().any(|exam| exam.new_lesion && exam.response.is_some()) {
        canvas.note("+ new: with a new lesion.");
    }
}

/// `course 2, reader A; best response: PR (confirmed: SD); sum of targets in mm`.
fn about(course: &ResponseCourse) -> String {
    let which = [("course", &course.course), ("reader", &course.reader)]
        .into_iter()
        .filter_map(|(word, which)| which.as_ref().map(|which| format!("{word} {which}")))
        .collect::<Vec<_>>()
        .join(", ");
    let best = match (course.best.as_deref(), course.confirmed.as_deref()) {
        (None | Some("MISSING"), _) => String::new(),
        (Some(best), Some(confirmed)) if confirmed != best => {
            format!("best response: {best} (confirmed: {confirmed})")
        }
        (Some(best), _) => format!("best response: {best}"),
    };
    let sums = course.exams.iter().any(|exam| exam.target_sum_mm.is_some());
    let sums = if sums { "sum of targets in mm" } else { "" };
    [which.as_str(), &best, sums].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// The answer at an exam.
pub(super) fn answer(exam: &ExamResponse) -> String {
    match &exam.response {
        None => "BL".into(),
        Some(response) if exam.new_lesion => format!("{response} + new"),
        Some(response) => response.clone(),
    }
}

fn answers(canvas: &mut Canvas<'_>, course: &ResponseCourse, top: f64) -> f64 {
    let texts: Vec<(f64, [String; 2])> = course
        .exams
        .iter()
        .map(|exam| {
            let sum = exam.target_sum_mm.map_or(String::new(), style::value);
            (canvas.x(exam.day), [answer(exam), sum])
        })
        .collect();
    let broader = |texts: &[String; 2]| {
        let sum = typeface::width(&texts[1], SIZE) > typeface::bold_width(&texts[0], SIZE);
        texts[usize::from(sum)].clone()
    };
    let wishes: Vec<Wish> = texts.iter().map(|(x, texts)| Wish { x: *x, text: broader(texts) }).collect();
    // Bold letters are broader than those that are reckoned with.
    let places = centred(&wishes, (LEFT, RIGHT), SIZE * 1.08);
    for (((_, texts), wish), (row, left)) in texts.iter().zip(&wishes).zip(&places) {
        let centre = left + typeface::bold_width(&wish.text, SIZE) / 2.0;
        for (line, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let y = top + 9.0 + *row as f64 * ROW + line as f64 * 12.0;
            let width = typeface::width(text, SIZE);
            canvas.blank(centre - width / 2.0, width, y, SIZE - 1.0);
            let words = Words::at(centre, y, SIZE).anchor(Anchor::Middle);
            canvas.drawing.words(if line == 0 { words.bold() } else { words }, text);
        }
    }
    places.iter().map(|place| place.0 + 1).max().unwrap_or(0) as f64 * ROW
}
