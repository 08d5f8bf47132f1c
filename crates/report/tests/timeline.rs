//! Time lines: nothing over anything else, nothing beyond the edge.

mod sample;

use report::Display;
use report::displays::patient_timeline::{self, TimeAxis, TimelineOptions};
use report::displays::swimmer_plot;
use sample::xml::{Element, elements};
use study::*;

/// A patient with much: twelve lesions over seven years, four lines of treatment, three operations.
fn crowded() -> PatientTimeline {
    let happening = |day, label: &str| Happening { day, label: label.into() };
    let exams = [-200, -195, -120, -60, -10, 90, 180, 400, 420, 900, 1400, 2000];
    let lesions = (1..=12).map(|n| LesionCourse {
        name: format!("L{n}"),
        about: "liver segment 4a, target".into(),
        first_seen: Some(-200),
        sizes: exams
            .iter()
            .map(|day| LesionSize {
                day: *day,
                mm: (n % 5 != 0).then(|| f64::from(n) * 7.5 + f64::from(*day % 7)),
                state: if n % 4 == 0 { "progressed".into() } else { String::new() },
            })
            .collect(),
    });
    let mut lesions: Vec<LesionCourse> = lesions.collect();
    lesions.push(LesionCourse {
        name: "L13".into(),
        about: "liver, new".into(),
        first_seen: Some(2000),
        sizes: Vec::new(),
    });
    let cycles = |from: i32, n: i32| (0..n).map(|cycle| from + 14 * cycle).collect();
    let course = |line, regimen: &str, from, n| TreatmentCourse {
        line: Some(line),
        regimen: regimen.into(),
        drugs: vec!["oxaliplatin".into(), "leucovorin".into(), "fluorouracil".into(), "bevacizumab".into()],
        cycles: cycles(from, n),
    };
    PatientTimeline {
        patient: "P<&>1".into(),
        about: vec!["female".into(), "71 years old on the day of the operation".into()],
        zero: ZeroDay { day: 0, label: "the operation".into() },
        diagnoses: vec![
            happening(
                -2100,
                "Primary tumour: rectosigmoid junction with a long description of where it was, T4 N2",
            ),
            happening(-202, "Liver metastases"),
        ],
        exams: exams
            .iter()
            .map(|day| Exam { day: *day, modality: if day % 20 == 0 { "CT" } else { "MRI" }.into() })
            .collect(),
        responses: ["1", "12"].map(|course| responses(course, &exams)).into(),
        lesions,
        treatments: vec![
            course(1, "mFOLFOX6 with bevacizumab", -190, 5),
            course(2, "FOLFIRI", -110, 6),
            course(3, "HAI-FOLFOX", 40, 8),
            course(4, "A regimen-with-a-name-that-has-no-blank-in-it-at-all", 1500, 3),
        ],
        laboratory: vec![LaboratoryCourse {
            analyte: "CEA".into(),
            unit: Some("ng/mL".into()),
            values: exams.iter().map(|day| (*day, f64::from(day.abs()) * 3.0 + 1.0)).collect(),
        }],
        operations: vec![
            happening(0, "Right hepatectomy, multiple wedge resections, right hemicolectomy (R1)"),
            happening(35, "Repeat hepatectomy (R0)"),
            happening(2050, "Repeat wedge resection of everything that was left in the liver (R0)"),
        ],
        pathology: (1..=9)
            .map(|n| TumourFinding {
                day: if n > 6 { 2050 } else { 0 },
                tumour: format!("L{n}"),
                residual_percent: (n != 3).then(|| f64::from(n) * 5.0),
                response: (n != 3).then(|| "major".to_string()),
            })
            .collect(),
        visits: (1..28).map(|n| n * 75).collect(),
        recurrence: Some(happening(2000, "Recurrence: liver, lung, peritoneum")),
        end: Some(LastContact { day: 2070, died: true }),
        remarks: vec!["Something could not be given, since a column is not there.".into()],
    }
}

/// An answer of every kind.
fn responses(course: &str, exams: &[i32]) -> ResponseCourse {
    let answers = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"];
    let exam = |(n, day): (usize, &i32)| ExamResponse {
        day: *day,
        target_sum_mm: (n % 5 != 4).then_some(333.5 - n as f64),
        response: (n > 0).then(|| answers[n % answers.len()].into()),
        new_lesion: n > 8,
        trace: String::new(),
    };
    ResponseCourse {
        course: Some(course.into()),
        reader: Some("A".into()),
        exams: exams.iter().enumerate().map(exam).collect(),
        best: Some("CR".into()),
        confirmed: Some("PR".into()),
    }
}

fn bare() -> PatientTimeline {
    let mut timeline = crowded();
    timeline.diagnoses = vec![Happening { day: 5, label: "Liver metastases".into() }];
    timeline.zero = ZeroDay { day: 5, label: "the diagnosis of metastases".into() };
    timeline.about.clear();
    timeline.exams.clear();
    timeline.responses.clear();
    timeline.remarks.clear();
    timeline.lesions.clear();
    timeline.treatments.clear();
    timeline.laboratory.clear();
    timeline.operations.clear();
    timeline.pathology.clear();
    timeline.visits.clear();
    timeline.recurrence = None;
    timeline.end = None;
    timeline
}

/// How broad a letter of Helvetica is, about.
fn breadth(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '|' => 0.22,
        ' ' | '.' | ',' | ':' | ';' | 'f' | 'r' | 't' | '-' | '(' | ')' => 0.3,
        'm' | 'M' | 'W' | 'w' | '%' => 0.83,
        letter if letter.is_uppercase() => 0.7,
        _ => 0.55,
    }
}

/// Left, top, right and bottom of a text.
fn extent(text: &Element) -> (f64, f64, f64, f64) {
    let size = text.number("font-size");
    let letters =
        text.text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'");
    let width: f64 = letters.chars().map(|letter| size * breadth(letter)).sum();
    let x = text.number("x");
    let left = match text.attributes.get("text-anchor").map(String::as_str) {
        Some("middle") => x - width / 2.0,
        Some("end") => x - width,
        _ => x,
    };
    let y = text.number("y");
    (left, y - 0.7 * size, left + width, y + 0.1 * size)
}

fn is_legible(display: &Display) {
    let figure = display.figure().expect("a figure");
    let elements = elements(&figure.svg);
    let texts: Vec<&Element> = elements.iter().filter(|element| element.name == "text").collect();
    for (index, text) in texts.iter().enumerate() {
        let (left, top, right, bottom) = extent(text);
        assert!(left >= 0.0 && top >= 0.0, "{text:?}");
        assert!(right <= figure.width && bottom <= figure.height, "{text:?}");
        for other in &texts[..index] {
            let (l, t, r, b) = extent(other);
            let apart = left >= r || l >= right || top >= b || t >= bottom;
            assert!(apart, "“{}” and “{}”", text.text, other.text);
        }
    }
}

fn options(axis: TimeAxis, one_scale: bool) -> TimelineOptions {
    TimelineOptions { axis, title: None, one_scale }
}

#[test]
fn texts_are_apart_and_whole_on_every_axis() {
    for timeline in [crowded(), bare()] {
        for axis in [TimeAxis::Months, TimeAxis::Days, TimeAxis::Dates] {
            for one_scale in [false, true] {
                is_legible(&patient_timeline::display(&timeline, &options(axis, one_scale)));
            }
        }
    }
}

#[test]
fn the_picture_says_what_was_found() {
    let display = patient_timeline::display(&crowded(), &options(TimeAxis::Months, false));
    let figure = display.figure().unwrap();
    let elements = elements(&figure.svg);
    let has = |wanted: &str| elements.iter().any(|element| element.name == "text" && element.text == wanted);
    assert!(has("Patient P&lt;&amp;&gt;1") && has("Months from the operation") && has("Died"));
    // Tumours with the same finding stand together, those of another operation by themselves.
    assert!(has("L3: response not assessed") && has("L9: 45%, major response"), "{}", figure.svg);
    assert!(elements[2].text.contains("Died on 1975-09-02."), "{}", elements[2].text);
    // Each scan has its answer and sum of diameters; the baseline has a sum alone.
    assert!(has("BL") && has("PD + new") && has("NON-CR/NON-PD") && has("332.5"), "{}", figure.svg);
    let caption = &figure.caption;
    assert!(caption.contains("BL: baseline; CR: complete response;"), "{caption}");
    assert!(caption.contains("PD: progressive disease; NE: not evaluable."), "{caption}");
    assert!(caption.ends_with("since a column is not there."), "{caption}");
    let titled = TimelineOptions { title: Some("A patient".into()), ..options(TimeAxis::Dates, false) };
    let display = patient_timeline::display(&crowded(), &titled);
    assert!(!display.figure().unwrap().svg.contains("P&lt;"), "the title stands for the name");
    assert!(display.figure().unwrap().svg.contains(">Date<"));
}

fn bar(n: i32, patient: Option<String>) -> SwimmerBar {
    SwimmerBar {
        patient,
        from: -30 - n % 90,
        until: 2000 - 9 * n,
        treatments: (1..=1 + i64::from(n % 4))
            .map(|line| SwimmerTreatment {
                line: Some(line),
                from: -30 - n % 90 + 20 * line as i32,
                until: 40 * line as i32,
            })
            .collect(),
        operations: if n % 3 == 0 { vec![0, 300] } else { vec![0] },
        recurrence: (n % 2 == 0).then_some(250),
        died: n % 5 == 0,
        best_response: Some(["PR", "NON-CR/NON-PD, PD", "MISSING"][n as usize % 3].into()),
    }
}

#[test]
fn swimmers_are_legible_with_and_without_names() {
    for (n, named) in [(1, true), (40, true), (40, false), (150, true), (220, false)] {
        let bars: Vec<SwimmerBar> = (0..n).map(|n| bar(n, named.then(|| format!("Patient {n}")))).collect();
        let swimmers = Swimmers {
            zero: "the operation".into(),
            bars,
            asked: 494,
            without_zero: 3,
            seed: Some(494),
            remarks: Vec::new(),
        };
        let display = swimmer_plot::display(&swimmers, TimeAxis::Months, None);
        is_legible(&display);
        let figure = display.figure().unwrap();
        assert_eq!(figure.svg.contains("Patient 0"), named);
        assert_eq!(figure.svg.contains(">NON-CR/NON-PD, PD<"), (named || n <= 60) && n > 1);
        assert!(figure.caption.starts_with(&format!("{n} of 491 patients, drawn at random (seed 494)")));
    }
}
