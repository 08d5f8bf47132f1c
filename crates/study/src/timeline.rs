//! The course of a patient, day by day, and the courses of many, bar by bar: what time lines are drawn from.
//!
//! Days are counted from 1970-01-01.

use serde::Serialize;

/// The day that a time line counts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ZeroDay {
    /// The day.
    pub day: i32,
    /// What happened on it, as words within a sentence: `the operation`.
    pub label: String,
}

/// Something that happened on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happening {
    /// The day.
    pub day: i32,
    /// What it was.
    pub label: String,
}

/// A lesion at an exam.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LesionSize {
    /// The day of the exam.
    pub day: i32,
    /// The diameter; absent where it was not measured.
    pub mm: Option<f64>,
    /// What is said of it beside the diameter, such as `absent`; empty where nothing is.
    pub state: String,
}

/// A lesion through all exams.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LesionCourse {
    /// Its name.
    pub name: String,
    /// Where it is, and whether it is a target.
    pub about: String,
    /// When it was first seen.
    pub first_seen: Option<i32>,
    /// At each exam, in the order of days.
    pub sizes: Vec<LesionSize>,
}

/// An exam.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exam {
    /// The day.
    pub day: i32,
    /// How the images were made; empty where it is not said.
    pub modality: String,
}

/// The response at an exam by RECIST 1.1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExamResponse {
    /// The day.
    pub day: i32,
    /// The sum of the diameters of target lesions, where every target was measured.
    pub target_sum_mm: Option<f64>,
    /// The overall response; absent at the baseline.
    pub response: Option<String>,
    /// Whether a new lesion had been seen by then.
    pub new_lesion: bool,
    /// What made the response.
    pub trace: String,
}

/// The responses of one course of treatment, as one reader saw them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResponseCourse {
    /// The course; absent where there is but one.
    pub course: Option<String>,
    /// The reader; absent where there is but one.
    pub reader: Option<String>,
    /// The baseline and the exams after it, in the order of days.
    pub exams: Vec<ExamResponse>,
    /// The best overall response, without confirmation.
    pub best: Option<String>,
    /// The best overall response, with confirmation.
    pub confirmed: Option<String>,
}

/// Cycles of one regimen in one line of treatment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TreatmentCourse {
    /// The line; absent where lines are not told apart.
    pub line: Option<i64>,
    /// The regimen.
    pub regimen: String,
    /// The drugs, by name.
    pub drugs: Vec<String>,
    /// The first days of the cycles, in order.
    pub cycles: Vec<i32>,
}

/// Results of one laboratory test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LaboratoryCourse {
    /// What was measured.
    pub analyte: String,
    /// In which unit; absent where it is not said.
    pub unit: Option<String>,
    /// Day and value, in the order of days.
    pub values: Vec<(i32, f64)>,
}

/// What the pathologist found in a resected tumour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TumourFinding {
    /// The day of the operation.
    pub day: i32,
    /// The tumour.
    pub tumour: String,
    /// Residual viable tumour cells in percent, where they were assessed.
    pub residual_percent: Option<f64>,
    /// The response, where it is known.
    pub response: Option<String>,
}

/// The last that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LastContact {
    /// The day.
    pub day: i32,
    /// Whether it is the day of death.
    pub died: bool,
}

/// The course of one patient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PatientTimeline {
    /// The patient.
    pub patient: String,
    /// Who it is: sex, age on the day that is counted from.
    pub about: Vec<String>,
    /// The day that is counted from.
    pub zero: ZeroDay,
    /// Diagnoses.
    pub diagnoses: Vec<Happening>,
    /// Exams, in the order of days.
    pub exams: Vec<Exam>,
    /// Responses by RECIST 1.1, for each course and reader.
    pub responses: Vec<ResponseCourse>,
    /// Lesions.
    pub lesions: Vec<LesionCourse>,
    /// Treatments, in the order of their first days.
    pub treatments: Vec<TreatmentCourse>,
    /// Laboratory tests.
    pub laboratory: Vec<LaboratoryCourse>,
    /// Operations, in the order of days.
    pub operations: Vec<Happening>,
    /// Resected tumours.
    pub pathology: Vec<TumourFinding>,
    /// Days of follow-up visits.
    pub visits: Vec<i32>,
    /// The first recurrence after the first operation.
    pub recurrence: Option<Happening>,
    /// Death, or the last visit.
    pub end: Option<LastContact>,
    /// What could not be given, and why.
    pub remarks: Vec<String>,
}

impl PatientTimeline {
    /// Every day on which something is known, in order, each once.
    pub fn days(&self) -> Vec<i32> {
        let happenings = self.diagnoses.iter().chain(&self.operations).chain(&self.recurrence);
        let mut days: Vec<i32> = happenings.map(|happening| happening.day).collect();
        days.extend(self.exams.iter().map(|exam| exam.day));
        days.extend(self.responses.iter().flat_map(|course| course.exams.iter().map(|exam| exam.day)));
        days.extend(self.lesions.iter().flat_map(|lesion| lesion.sizes.iter().map(|size| size.day)));
        days.extend(self.lesions.iter().filter_map(|lesion| lesion.first_seen));
        days.extend(self.treatments.iter().flat_map(|treatment| treatment.cycles.iter().copied()));
        days.extend(self.laboratory.iter().flat_map(|test| test.values.iter().map(|(day, _)| *day)));
        days.extend(self.pathology.iter().map(|finding| finding.day));
        days.extend(&self.visits);
        days.extend(self.end.map(|end| end.day));
        days.sort_unstable();
        days.dedup();
        days
    }
}
