//! Responses by RECIST 1.1, as the clinical views give them.

use super::imaging::natural;
use super::model::{Model, Records, complete, has_readings};
use crate::sql_text::{enclosed, literal, texts};
use crate::study_folder::Study;
use engine::quoted;
use std::collections::{BTreeMap, BTreeSet};
use study::{ExamResponse, Problem, ResponseCourse, SourceText};

/// The views from which responses are taken.
const VIEWS: [&str; 2] = ["recist_exam", "recist_best"];
/// The views below them of which the rows of other patients need not be looked at.
const BELOW: [&str; 2] = ["recist_reading", "recist_course"];

/// Runs the views of RECIST 1.1 for some patients, where the registry has what they read; gives the reason where they
/// cannot be run.
pub(crate) fn assess(
    model: &mut Model<'_>,
    study: &mut Study,
    id: Option<&str>,
    patients: &[String],
    progress: &dyn Fn(&str),
) -> Option<String> {
    let own = |name: &&str| {
        let view = study.views.contains_key(*name) && !study.clinical.contains(*name);
        view || study.registry.tables.contains_key(*name)
    };
    let read = ["recist_reading", "recist_exam"].iter().any(own);
    if !read && !model.has("measurements", &["exam_date", "lesion_id"]) {
        return None;
    }
    restrict(study, patients);
    // Lesions are drawn from these even where no response can be judged.
    let readings = match has_readings(study) {
        true => complete(study, model.engine, &["recist_reading"], progress)
            .and_then(|()| model.learn(study, "recist_reading", id)),
        false => Ok(()),
    };
    let found = readings
        .and_then(|()| complete(study, model.engine, &VIEWS, progress))
        .and_then(|()| VIEWS.iter().try_for_each(|name| model.learn(study, name, id)));
    found.err().map(|problem| refusal(&problem))
}

/// Why there are no responses.
fn refusal(problem: &Problem) -> String {
    format!("No response by RECIST 1.1 is shown, since its views cannot be run: {}.", problem.message)
}

/// Leaves the rows of other patients out, which changes no answer: it spares the work. A view whose statement ends in a
/// semicolon cannot stand in another, and stays whole.
fn restrict(study: &mut Study, patients: &[String]) {
    let list: Vec<String> = patients.iter().map(|patient| literal(patient)).collect();
    let stands_alone =
        |text: &str| text.lines().any(|line| !line.trim_start().starts_with("--") && line.contains(';'));
    for name in BELOW {
        if let Some(source) = study.views.get_mut(name).filter(|source| !stands_alone(&source.text)) {
            let text = format!(
                "select * from {} as everybody where cast(patient_id as text) in ({})",
                enclosed(&source.text),
                list.join(", ")
            );
            *source = SourceText::new(source.path.to_path_buf(), text);
        }
    }
}

/// The responses of one patient, for each course and reader.
pub(super) fn read(of: &Records<'_>) -> Result<Vec<ResponseCourse>, Problem> {
    type Key = (String, String);
    let mut exams: BTreeMap<Key, Vec<ExamResponse>> = BTreeMap::new();
    let columns = ["target_sum_mm", "response", "new_lesion", "trace"];
    for row in of.rows("recist_exam", &["exam_date", "course", "reader"], &columns)? {
        let Some(day) = row.day(0).transpose()? else { continue };
        let text = |at: usize| row.text(at).unwrap_or_default().to_string();
        exams.entry((text(1), text(2))).or_default().push(ExamResponse {
            day,
            target_sum_mm: row.number(3),
            response: row.text(4).map(str::to_string),
            new_lesion: row.text(5) == Some("true"),
            trace: text(6),
        });
    }
    let mut best: BTreeMap<Key, (Option<String>, Option<String>)> = BTreeMap::new();
    for row in of.rows("recist_best", &["course", "reader"], &["best_response", "confirmed_response"])? {
        let text = |at: usize| row.text(at).map(str::to_string);
        best.insert((text(0).unwrap_or_default(), text(1).unwrap_or_default()), (text(2), text(3)));
    }
    let several = |part: fn(&Key) -> &String| exams.keys().map(part).collect::<BTreeSet<_>>().len() > 1;
    let (courses, readers) = (several(|key| &key.0), several(|key| &key.1));
    let mut found: Vec<(Key, Vec<ExamResponse>)> = exams.into_iter().collect();
    found.sort_by_key(|((course, reader), _)| (natural(course), natural(reader)));
    let course = |(key, exams): (Key, Vec<ExamResponse>)| {
        let (best, confirmed) = best.remove(&key).unwrap_or_default();
        let (course, reader) = key;
        ResponseCourse {
            course: courses.then_some(course),
            reader: readers.then_some(reader),
            exams,
            best,
            confirmed,
        }
    };
    Ok(found.into_iter().map(course).collect())
}

/// The best response of some patients, of several courses in their order; nothing where several readers judged, who may
/// differ.
pub(crate) fn best_responses(
    model: &Model<'_>,
    patients: &[String],
) -> Result<BTreeMap<String, String>, Problem> {
    let columns = ["course", "best_response", "reader"];
    let Some(patient) = model.patient("recist_best").filter(|_| model.has("recist_best", &columns)) else {
        return Ok(BTreeMap::new());
    };
    let cells = columns.map(|column| model.cell("recist_best", column));
    let list: Vec<String> = patients.iter().map(|patient| literal(patient)).collect();
    let sql = format!(
        "select {patient} as \"farr:patient\", {} as \"farr:course\", {} as \"farr:best\", {} as \"farr:reader\" \
         from {} where {patient} in ({})",
        cells[0],
        cells[1],
        cells[2],
        quoted("recist_best"),
        list.join(", ")
    );
    let rows = texts(model.engine, &sql).map_err(|fault| Problem::internal(fault.message))?;
    let mut best: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut readers = BTreeSet::new();
    for row in rows {
        let mut cells = row.into_iter();
        let mut next = || cells.next().flatten();
        let (Some(patient), Some(course), Some(response)) = (next(), next(), next()) else { continue };
        readers.extend(next());
        best.entry(patient).or_default().push((course, response));
    }
    if readers.len() > 1 {
        return Ok(BTreeMap::new());
    }
    let joined = |mut courses: Vec<(String, String)>| {
        courses.sort_by_key(|(course, _)| natural(course));
        courses.into_iter().map(|(_, response)| response).collect::<Vec<_>>().join(", ")
    };
    Ok(best.into_iter().map(|(patient, courses)| (patient, joined(courses))).collect())
}
