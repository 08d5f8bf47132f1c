//! The course of one patient, from the tables of the registry model.
//!
//! A table or view that is not there, or lacks a column without which its rows say nothing, is left out: a registry
//! without laboratory results has a time line without them.

mod imaging;
mod model;
mod outcome;
mod response;
mod treatment;

pub(crate) use model::{Model, complete};
pub(crate) use response::{assess, best_responses};

use crate::study_folder::{Study, new_engine};
use model::Records;
use std::path::Path;
use study::calendar::{parts, read_iso};
use study::{Happening, PatientTimeline, Plan, Problem, ZeroDay};

/// The day that a time line counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zero {
    /// The first operation; where there is none the first cycle, else the first diagnosis, else the first day known.
    Default,
    /// The first operation.
    Operation,
    /// The first cycle of treatment.
    Treatment,
    /// The diagnosis of the primary tumour.
    Diagnosis,
    /// The diagnosis of metastases.
    Metastasis,
    /// A day of the calendar.
    Day(i32),
}

impl Zero {
    /// Reads the name of an event, or an ISO day.
    pub fn read(text: &str) -> Option<Self> {
        Some(match text {
            "operation" => Self::Operation,
            "treatment" => Self::Treatment,
            "diagnosis" => Self::Diagnosis,
            "metastasis" => Self::Metastasis,
            day => Self::Day(read_iso(day)?),
        })
    }

    /// What happened on it, within a sentence.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Default | Self::Operation => "the operation",
            Self::Treatment => "the first cycle of treatment",
            Self::Diagnosis => "the diagnosis of the primary tumour",
            Self::Metastasis => "the diagnosis of metastases",
            Self::Day(_) => "the day chosen",
        }
    }
}

/// Reads the tables that a time line is drawn from, and gives the course of a patient. `tests` names the laboratory
/// tests; none means the tumour marker, or what was measured most often.
///
/// # Errors
/// Whatever is wrong with the tables; a patient who is in none of them, or of whom no day is known; a zero without day.
pub fn timeline(
    folder: &Path,
    plan: &Plan,
    patient: &str,
    zero: Zero,
    tests: &[String],
    progress: &dyn Fn(&str),
) -> Result<PatientTimeline, Problem> {
    let engine = new_engine()?;
    let mut study = Study::find(folder, plan)?;
    let id = plan.population.id.as_deref();
    let mut model = Model::open(&mut study, engine.as_ref(), id, progress)?;
    let remarks: Vec<String> =
        assess(&mut model, &mut study, id, &[patient.to_string()], progress).into_iter().collect();
    progress("Finding the patient");
    let of = Records { model: &model, study: &study, patient };
    if !of.exists()? {
        return Err(Problem::input(format!("no table of the registry has a patient `{patient}`"))
            .help(format!("patients are told apart by {}", model.identifiers())));
    }
    let person =
        of.first("patients", &[], &["sex", "birth_date", "primary_diagnosis_date", "liver_metastasis_date"])?;
    let day = |at: usize| person.as_ref().and_then(|row| row.day(at)).transpose();
    let (birth, diagnosis, metastasis) = (day(1)?, day(2)?, day(3)?);
    let (exams, lesions) = imaging::read(&of)?;
    let treatments = treatment::read(&of)?;
    let operations = outcome::operations(&of)?;
    let first_operation = operations.first().map(|operation| operation.day);
    let (visits, recurrence, end) = outcome::follow_up(&of, first_operation)?;
    let mut timeline = PatientTimeline {
        patient: patient.into(),
        about: Vec::new(),
        zero: ZeroDay { day: 0, label: String::new() },
        diagnoses: diagnoses(&of, diagnosis, metastasis)?,
        exams,
        responses: response::read(&of)?,
        lesions,
        treatments,
        laboratory: treatment::laboratory(&of, tests)?,
        pathology: outcome::pathology(&of)?,
        operations,
        visits,
        recurrence,
        end,
        remarks,
    };
    let Some(earliest) = timeline.days().first().copied() else {
        return Err(Problem::input(format!(
            "no day is known of anything that happened to patient `{patient}`"
        ))
        .help("a time line is drawn from the dates in the tables of the registry model"));
    };
    let first_cycle =
        timeline.treatments.iter().filter_map(|treatment| treatment.cycles.first().copied()).min();
    let found = |event: Zero| match event {
        Zero::Operation => first_operation,
        Zero::Treatment => first_cycle,
        Zero::Diagnosis => diagnosis,
        Zero::Metastasis => metastasis,
        Zero::Day(day) => Some(day),
        Zero::Default => None,
    };
    timeline.zero = match zero {
        Zero::Default => [Zero::Operation, Zero::Treatment, Zero::Diagnosis, Zero::Metastasis]
            .into_iter()
            .find_map(|event| Some(ZeroDay { day: found(event)?, label: event.words().into() }))
            .unwrap_or(ZeroDay { day: earliest, label: "the first day known".into() }),
        chosen => {
            let day = found(chosen).ok_or_else(|| {
                Problem::input(format!("the day of {} is not known of patient `{patient}`", chosen.words()))
                    .help("count from another event or day with --zero")
            })?;
            ZeroDay { day, label: chosen.words().into() }
        }
    };
    let sex = person
        .as_ref()
        .and_then(|row| row.text(0))
        .map(|sex| of.label("patients", "sex", sex).to_lowercase());
    timeline.about.extend(sex);
    timeline.about.extend(birth.filter(|birth| *birth <= timeline.zero.day).map(|birth| {
        format!("{} years old on the day of {}", age(birth, timeline.zero.day), timeline.zero.label)
    }));
    Ok(timeline)
}

/// Birthdays between two days.
fn age(birth: i32, day: i32) -> i64 {
    let ((born, month, of_month), (year, now, today)) = (parts(i64::from(birth)), parts(i64::from(day)));
    year - born - i64::from((now, today) < (month, of_month))
}

/// The primary tumour with its site and stage, and metastases.
fn diagnoses(
    of: &Records<'_>,
    primary: Option<i32>,
    metastasis: Option<i32>,
) -> Result<Vec<Happening>, Problem> {
    let mut found = Vec::new();
    if let Some(day) = primary {
        let row = of.first("patients", &[], &["primary_site", "primary_t", "primary_n"])?;
        let text = |at: usize| row.as_ref().and_then(|row| row.text(at));
        let site = text(0).map(|site| of.label("patients", "primary_site", site).to_lowercase());
        let stage: Vec<&str> = [text(1), text(2)].into_iter().flatten().collect();
        let mut label = "Primary tumour".to_string();
        let details = [site, (!stage.is_empty()).then(|| stage.join(" "))];
        let details: Vec<String> = details.into_iter().flatten().collect();
        if !details.is_empty() {
            label = format!("{label}: {}", details.join(", "));
        }
        found.push(Happening { day, label });
    }
    found.extend(metastasis.map(|day| Happening { day, label: "Liver metastases".into() }));
    found.sort_by_key(|happening| happening.day);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_change_on_birthdays() {
        let day = |text| read_iso(text).unwrap();
        assert_eq!(age(day("1949-06-03"), day("2006-02-01")), 56);
        assert_eq!(age(day("1949-06-03"), day("2006-06-02")), 56);
        assert_eq!(age(day("1949-06-03"), day("2006-06-03")), 57);
    }

    #[test]
    fn a_zero_is_an_event_or_a_day() {
        assert_eq!(Zero::read("treatment"), Some(Zero::Treatment));
        assert_eq!(Zero::read("1970-01-02"), Some(Zero::Day(1)));
        assert_eq!((Zero::read("surgery"), Zero::read("1970-02-30")), (None, None));
    }
}
