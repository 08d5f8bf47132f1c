//! The time line in words.

use super::{imaging, response as recist};
use crate::style;
use study::calendar::iso_text;
use study::{PatientTimeline, TumourFinding};

/// `1 cycle`, `8 cycles`.
pub(super) fn cycles(n: usize) -> String {
    if n == 1 { "1 cycle".into() } else { format!("{n} cycles") }
}

/// What was found in a tumour: `0%, complete response`.
pub(super) fn response(finding: &TumourFinding) -> String {
    match (finding.residual_percent, &finding.response) {
        (None, None) => "response not assessed".into(),
        (None, Some(response)) => format!("{response} response"),
        (Some(percent), None) => format!("{}%", style::value(percent)),
        (Some(percent), Some(response)) => format!("{}%, {response} response", style::value(percent)),
    }
}

/// Everything that the picture shows, for who does not see it.
pub(super) fn description(timeline: &PatientTimeline) -> String {
    let day = |day: i32| iso_text(i64::from(day));
    let mut sentences =
        vec![format!("Days are counted from {} ({}).", timeline.zero.label, day(timeline.zero.day))];
    for one in timeline.diagnoses.iter().chain(&timeline.operations).chain(&timeline.recurrence) {
        sentences.push(format!("{}: {}.", day(one.day), one.label));
    }
    for course in &timeline.responses {
        let answers: Vec<String> = course
            .exams
            .iter()
            .map(|exam| format!("{} on {}", recist::answer(exam), day(exam.day)))
            .collect();
        sentences.push(format!("Response by RECIST 1.1: {}.", answers.join(", ")));
    }
    for lesion in &timeline.lesions {
        let sizes: Vec<String> =
            lesion.sizes.iter().map(|size| format!("{} on {}", imaging::text(size), day(size.day))).collect();
        if !sizes.is_empty() {
            sentences.push(format!("Lesion {} ({}), mm: {}.", lesion.name, lesion.about, sizes.join(", ")));
        }
    }
    for course in &timeline.treatments {
        if let (Some(first), Some(last)) = (course.cycles.first(), course.cycles.last()) {
            let n = cycles(course.cycles.len());
            sentences.push(format!("{}: {n} from {} to {}.", course.regimen, day(*first), day(*last)));
        }
    }
    for course in &timeline.laboratory {
        let values: Vec<String> = course
            .values
            .iter()
            .map(|(on, value)| format!("{} on {}", style::value(*value), day(*on)))
            .collect();
        sentences.push(format!("{}: {}.", course.analyte, values.join(", ")));
    }
    for finding in &timeline.pathology {
        sentences.push(format!("Pathology of {}: {}.", finding.tumour, response(finding)));
    }
    if let Some(end) = timeline.end {
        let what = if end.died { "Died" } else { "Last seen alive" };
        sentences.push(format!("{what} on {}.", day(end.day)));
    }
    sentences.join(" ")
}
