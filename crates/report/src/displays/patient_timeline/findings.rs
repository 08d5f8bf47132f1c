//! The lanes of diagnoses, treatments, laboratory, surgery, pathology and follow-up.

use super::lane::{Canvas, LEFT, LINE, MARK, RIGHT};
use super::words::{cycles, response};
use crate::drawing::glyph::Glyph;
use crate::drawing::{Anchor, Stroke, Words, axis as ticks, palette, point};
use crate::style;
use study::{LaboratoryCourse, PatientTimeline, TreatmentCourse};

pub(super) fn diagnoses(canvas: &mut Canvas<'_>, timeline: &PatientTimeline) {
    if timeline.diagnoses.is_empty() {
        return;
    }
    let events: Vec<_> =
        timeline.diagnoses.iter().map(|one| (one.day, Glyph::Diamond, one.label.clone())).collect();
    canvas.lane("Diagnosis", "", |canvas, top| canvas.events(top, &events, 0));
}

/// One lane a line and regimen.
pub(super) fn treatments(canvas: &mut Canvas<'_>, timeline: &PatientTimeline) {
    let mut lines: Vec<Option<i64>> = Vec::new();
    for course in &timeline.treatments {
        if !lines.contains(&course.line) {
            lines.push(course.line);
        }
        let colour = 1 + lines.iter().position(|line| *line == course.line).unwrap_or(0);
        let name = match course.line {
            Some(line) => format!("Line {line}: {}", course.regimen),
            None => course.regimen.clone(),
        };
        let mut about = cycles(course.cycles.len());
        if !course.drugs.is_empty() {
            about = format!("{about}: {}", course.drugs.join(", ").to_lowercase());
        }
        canvas.lane(&name, &about, |canvas, top| bar(canvas, top, course, colour));
        canvas.note("A bar of treatment runs from the first day of the first cycle to that of the last; each line in it is the first day of a cycle.");
    }
}

fn bar(canvas: &mut Canvas<'_>, top: f64, course: &TreatmentCourse, colour: usize) -> f64 {
    let (Some(first), Some(last)) = (course.cycles.first(), course.cycles.last()) else { return 0.0 };
    let (left, right) = (canvas.x(*first) - 1.5, canvas.x(*last) + 1.5);
    let (above, below) = (top + 1.0, top + 13.0);
    let d = format!(
        "M{}L{}L{}L{}Z",
        point((left, above)),
        point((right, above)),
        point((right, below)),
        point((left, below))
    );
    canvas.drawing.area(&d, &palette::series_class(colour), palette::series(colour).light, 0.3);
    let class = palette::series_class(colour);
    for day in &course.cycles {
        let x = canvas.x(*day);
        let stroke = Stroke { colour: palette::series(colour).light, class: &class, width: 2.0, dash: "" };
        canvas.drawing.line((x, above), (x, below), stroke);
    }
    14.0
}

pub(super) fn laboratory(canvas: &mut Canvas<'_>, timeline: &PatientTimeline) {
    for course in timeline.laboratory.iter().filter(|course| !course.values.is_empty()) {
        let unit = course.unit.clone().unwrap_or_default();
        // The numbers of its axis stand between.
        let room = LEFT - 66.0;
        canvas.lane_beside(&course.analyte, &unit, room, |canvas, top| series(canvas, top, course));
    }
}

/// A line through the values, on a logarithmic axis where they differ much.
fn series(canvas: &mut Canvas<'_>, top: f64, course: &LaboratoryCourse) -> f64 {
    const HEIGHT: f64 = 56.0;
    let low = course.values.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    let high = course.values.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
    let logarithmic = low > 0.0 && high / low >= 20.0;
    let marks = match logarithmic {
        true => {
            let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
            (first..=last).map(|power| 10f64.powi(power)).collect()
        }
        false => {
            let top = if high > 0.0 { high * 1.02 } else { 1.0 };
            let mut marks = ticks::linear(low.min(0.0), top, 3);
            if marks.last().is_none_or(|last| *last < high) {
                let step = marks.windows(2).next().map_or(top, |pair| pair[1] - pair[0]);
                marks.push(marks.last().map_or(top, |last| last + step));
            }
            marks
        }
    };
    let (least, most) = (marks.first().copied().unwrap_or(0.0), marks.last().copied().unwrap_or(1.0));
    let up = |value: f64| {
        let share = match logarithmic {
            true => (value / least).log10() / (most / least).log10(),
            false => (value - least) / (most - least),
        };
        top + 5.0 + (1.0 - share) * (HEIGHT - 10.0)
    };
    let mut free = f64::INFINITY;
    for mark in &marks {
        let y = up(*mark);
        canvas.drawing.line((LEFT, y), (RIGHT, y), Stroke::pale(0.8));
        if y <= free - 12.0 {
            let words = Words::at(LEFT - 5.0, y + 3.6, 10.5).anchor(Anchor::End);
            canvas.drawing.words(words, &style::value(*mark));
            free = y;
        }
    }
    let class = palette::series_class(0);
    let places: Vec<(f64, f64)> =
        course.values.iter().map(|(day, value)| (canvas.x(*day), up(*value))).collect();
    let d: Vec<String> = places.iter().map(|place| point(*place)).collect();
    let stroke = Stroke { colour: palette::series(0).light, class: &class, width: 1.2, dash: "" };
    canvas.drawing.path(&format!("M{}", d.join("L")), stroke);
    for place in places {
        Glyph::Disc.draw(&mut canvas.drawing, place, 2.4);
    }
    if logarithmic {
        canvas.note("Laboratory values that differ twentyfold and more have a logarithmic axis.");
    }
    HEIGHT
}

pub(super) fn operations(canvas: &mut Canvas<'_>, timeline: &PatientTimeline) {
    if timeline.operations.is_empty() {
        return;
    }
    let events: Vec<_> =
        timeline.operations.iter().map(|one| (one.day, Glyph::Triangle, one.label.clone())).collect();
    canvas.lane("Surgery", "", |canvas, top| canvas.events(top, &events, 0));
}

/// Tumours of one operation with the same finding stand together.
pub(super) fn pathology(canvas: &mut Canvas<'_>, timeline: &PatientTimeline) {
    let mut groups: Vec<(i32, String, Vec<&str>)> = Vec::new();
    for finding in &timeline.pathology {
        let found = response(finding);
        match groups.iter_mut().find(|(day, known, _)| *day == finding.day && *known == found) {
            Some((_, _, tumours)) => tumours.push(&finding.tumour),
            None => groups.push((finding.day, found, vec![&finding.tumour])),
        }
    }
    if groups.is_empty() {
        return;
    }
    // What was found in one operation stands together.
    let mut events: Vec<(i32, Glyph, String)> = Vec::new();
    for (day, found, tumours) in groups {
        let line = format!("{}: {found}", tumours.join(", "));
        match events.iter_mut().find(|event| event.0 == day) {
            Some((_, _, text)) => text.push_str(&format!("\n{line}")),
            None => events.push((day, Glyph::Square, line)),
        }
    }
    canvas.lane("Pathology", "residual viable tumour cells", |canvas, top| canvas.events(top, &events, 0));
}

/// Visits on a line, recurrence, and the last that is known.
pub(super) fn follow_up(canvas: &mut Canvas<'_>, timeline: &PatientTimeline) {
    if timeline.visits.is_empty() && timeline.end.is_none() {
        return;
    }
    let mut events = Vec::new();
    if let Some(recurrence) = &timeline.recurrence {
        events.push((recurrence.day, Glyph::Cross, recurrence.label.clone()));
    }
    if let Some(end) = timeline.end {
        let (glyph, text) = match end.died {
            true => (Glyph::Square, "Died"),
            false => (Glyph::Ring, "Last seen alive"),
        };
        events.push((end.day, glyph, text.to_string()));
    }
    let days = timeline.visits.iter().copied().chain(timeline.end.map(|end| end.day));
    let (first, last) = (days.clone().min(), days.max());
    canvas.lane("Follow-up", &visits(timeline.visits.len()), |canvas, top| {
        let y = top + 0.5 * LINE;
        if let (Some(first), Some(last)) = (first, last) {
            let (from, until) = (canvas.x(first), canvas.x(last));
            canvas.drawing.line((from, y), (until, y), Stroke::ink(1.0));
        }
        for day in &timeline.visits {
            let x = canvas.x(*day);
            Glyph::Tick.draw(&mut canvas.drawing, (x, y), MARK);
        }
        // Texts stand below the line of visits, where no tick crosses them.
        canvas.events(top, &events, 1)
    });
    if !timeline.visits.is_empty() {
        canvas.explain(9, Glyph::Tick, "visit");
    }
}

fn visits(n: usize) -> String {
    if n == 1 { "1 visit".into() } else { format!("{n} visits") }
}
