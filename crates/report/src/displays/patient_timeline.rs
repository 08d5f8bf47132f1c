//! The course of one patient on one time axis: diagnosis, scans with responses and the sizes of lesions, treatment, laboratory,
//! surgery, pathology, follow-up.
//!
//! What is known of the patient stands in the picture, so that it is drawn only for whoever asks for the patient by name.

mod axis;
mod findings;
mod imaging;
mod labels;
mod lane;
mod legend;
mod response;
mod words;

pub use crate::drawing::time_scale::TimeAxis;

use crate::display::{Content, Display, Figure};
use crate::drawing::time_scale::TimeScale;
use crate::drawing::{Drawing, Words, typeface};
use lane::{Canvas, LEFT, RIGHT, WIDTH};
use study::PatientTimeline;

/// How a time line is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineOptions {
    /// What the axis counts.
    pub axis: TimeAxis,
    /// What stands above it; the patient's name where absent.
    pub title: Option<String>,
    /// Whether all days have one scale, however little room that leaves the treatment.
    pub one_scale: bool,
}

/// So many days before and after the zero belong to one treatment.
const BEFORE: i32 = 750;
const AFTER: i32 = 400;
/// A diagnosis so long before the first exam or cycle belongs to it.
const WORKUP: i32 = 120;

/// The figure.
pub fn display(timeline: &PatientTimeline, options: &TimelineOptions) -> Display {
    let days = timeline.days();
    let focus = if options.one_scale { None } else { focus(timeline) };
    let scale = TimeScale::new(options.axis, timeline.zero.day, &days, focus, (LEFT + 6.0, RIGHT - 6.0));
    let title = options.title.clone().unwrap_or_else(|| format!("Patient {}", timeline.patient));
    let mut canvas = Canvas::new("timeline", &scale);
    heading(&mut canvas, &title, timeline);
    let top = canvas.y;
    findings::diagnoses(&mut canvas, timeline);
    imaging::exams(&mut canvas, timeline);
    response::responses(&mut canvas, timeline);
    imaging::lesions(&mut canvas, timeline);
    findings::treatments(&mut canvas, timeline);
    findings::laboratory(&mut canvas, timeline);
    findings::operations(&mut canvas, timeline);
    findings::pathology(&mut canvas, timeline);
    findings::follow_up(&mut canvas, timeline);
    axis::draw(&mut canvas, timeline, top);
    for remark in &timeline.remarks {
        canvas.note(remark);
    }
    legend::draw(&mut canvas);
    let height = canvas.y + 4.0;
    let caption = legend::caption(&canvas);
    let description = words::description(timeline);
    let figure = Figure {
        svg: canvas.drawing.finish(WIDTH, height, &title, &description),
        caption,
        width: WIDTH,
        height,
    };
    Display {
        id: "timeline".into(),
        analysis: None,
        number: String::new(),
        title,
        content: Content::Figure(figure),
    }
}

fn heading(canvas: &mut Canvas<'_>, title: &str, timeline: &PatientTimeline) {
    let line = |drawing: &mut Drawing, y: &mut f64, text: &str, size: f64, bold: bool| {
        for line in typeface::wrap(text, size, WIDTH - 24.0) {
            *y += size + 5.0;
            let words = Words::at(8.0, *y, size);
            drawing.words(if bold { words.bold() } else { words }, &line);
        }
    };
    let mut y = 2.0;
    line(&mut canvas.drawing, &mut y, title, 15.0, true);
    if !timeline.about.is_empty() {
        let text = timeline.about.join(", ");
        let mut letters = text.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        line(&mut canvas.drawing, &mut y, &format!("{first}{}", letters.as_str()), 12.0, false);
    }
    canvas.y = y + 10.0;
}

/// The days around the treatment: cycles, operations and the exams before them, and diagnoses that led to it.
fn focus(timeline: &PatientTimeline) -> Option<(i32, i32)> {
    let zero = timeline.zero.day;
    let mut days: Vec<i32> =
        timeline.treatments.iter().flat_map(|course| course.cycles.iter().copied()).collect();
    days.extend(timeline.operations.iter().map(|operation| operation.day));
    days.extend(timeline.exams.iter().map(|exam| exam.day).filter(|day| *day <= zero));
    days.retain(|day| (zero - BEFORE..=zero + AFTER).contains(day));
    let (first, last) = (*days.iter().min()?, *days.iter().max()?);
    let diagnoses = timeline.diagnoses.iter().map(|diagnosis| diagnosis.day);
    let workup = diagnoses.filter(|day| (first - WORKUP..=last).contains(day)).min();
    Some((workup.map_or(first, |day| day.min(first)), last))
}
