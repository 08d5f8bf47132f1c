//! Cycles by line and regimen, and laboratory results.

use super::model::Records;
use std::collections::BTreeMap;
use study::nearest::suggest;
use study::{LaboratoryCourse, Problem, TreatmentCourse};

/// The test that is shown where none is asked for.
const USUAL_TEST: &str = "CEA";

/// Cycles of one regimen in one line, in the order of their first days.
pub(super) fn read(of: &Records<'_>) -> Result<Vec<TreatmentCourse>, Problem> {
    let mut courses: BTreeMap<(Option<i64>, String), TreatmentCourse> = BTreeMap::new();
    let separator = of.study.reports.get("treatments").and_then(|report| report.entries.get("drugs"));
    let separator = separator.and_then(|entry| entry.separator.clone()).unwrap_or_else(|| ";".into());
    for row in of.rows("treatments", &["start_date"], &["line", "regimen", "drugs", "route"])? {
        let Some(day) = row.day(0).transpose()? else { continue };
        let line = row.number(1).map(|line| line as i64);
        let drugs = row.text(3).map(|drugs| drugs.split(separator.as_str()).map(str::trim));
        let drugs = drugs.into_iter().flatten().filter(|drug| !drug.is_empty());
        let drugs: Vec<String> = drugs.map(|drug| of.label("treatments", "drugs", drug)).collect();
        let regimen = row.text(2).map(|regimen| of.label("treatments", "regimen", regimen));
        let regimen = regimen.unwrap_or_else(|| match drugs.is_empty() {
            true => "Treatment".into(),
            false => drugs.join(" and "),
        });
        let course = courses.entry((line, regimen.clone())).or_insert_with(|| TreatmentCourse {
            line,
            regimen,
            drugs: Vec::new(),
            cycles: Vec::new(),
        });
        course.cycles.push(day);
        for drug in drugs {
            let known = course.drugs.iter().any(|known| known.eq_ignore_ascii_case(&drug));
            if !known && !course.regimen.eq_ignore_ascii_case(&drug) {
                course.drugs.push(drug);
            }
        }
    }
    let mut courses: Vec<TreatmentCourse> = courses.into_values().collect();
    for course in &mut courses {
        course.cycles.sort_unstable();
        course.cycles.dedup();
    }
    courses
        .sort_by(|a, b| (a.cycles.first(), a.line, &a.regimen).cmp(&(b.cycles.first(), b.line, &b.regimen)));
    Ok(courses)
}

/// The tests asked for; where none is, the tumour marker, or what was measured most often.
pub(super) fn laboratory(of: &Records<'_>, wanted: &[String]) -> Result<Vec<LaboratoryCourse>, Problem> {
    let mut courses: BTreeMap<String, LaboratoryCourse> = BTreeMap::new();
    for row in of.rows("labs", &["sample_date", "analyte", "value"], &["unit"])? {
        let (Some(day), Some(value)) = (row.day(0).transpose()?, row.number(2)) else { continue };
        let analyte = row.text(1).unwrap_or_default();
        let unit = row.text(3).map(|unit| of.label("labs", "unit", unit));
        let course = courses.entry(analyte.into()).or_insert_with(|| LaboratoryCourse {
            analyte: analyte.into(),
            unit: declared(of, "labs", "value", analyte),
            values: Vec::new(),
        });
        course.unit = course.unit.take().or(unit);
        course.values.push((day, value));
    }
    // Visits may have the marker as a column of their own.
    for row in of.rows("follow_up", &["visit_date", "cea"], &[])? {
        let (Some(day), Some(value)) = (row.day(0).transpose()?, row.number(1)) else { continue };
        let course = courses.entry(USUAL_TEST.into()).or_insert_with(|| LaboratoryCourse {
            analyte: USUAL_TEST.into(),
            unit: declared(of, "follow_up", "cea", USUAL_TEST),
            values: Vec::new(),
        });
        course.values.push((day, value));
    }
    for course in courses.values_mut() {
        course.values.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        course.values.dedup();
    }
    chosen(courses, wanted)
}

/// The unit that the dictionary says. The values of a table with several tests are in it only where the test is the
/// marker: of the others the unit of each row is told.
fn declared(of: &Records<'_>, table: &str, column: &str, analyte: &str) -> Option<String> {
    let entry = of.study.reports.get(table)?.entries.get(column)?;
    (entry.unit_column.is_none() || analyte.eq_ignore_ascii_case(USUAL_TEST))
        .then(|| entry.unit.clone())
        .flatten()
}

fn chosen(
    mut courses: BTreeMap<String, LaboratoryCourse>,
    wanted: &[String],
) -> Result<Vec<LaboratoryCourse>, Problem> {
    let named = |courses: &BTreeMap<String, LaboratoryCourse>, name: &str| {
        courses.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned()
    };
    if wanted.is_empty() {
        let most =
            || courses.values().max_by_key(|course| course.values.len()).map(|course| course.analyte.clone());
        let name = named(&courses, USUAL_TEST).or_else(most);
        return Ok(name.and_then(|name| courses.remove(&name)).into_iter().collect());
    }
    let mut found = Vec::new();
    for name in wanted {
        let Some(known) = named(&courses, name) else {
            return Err(Problem::input(format!("the patient has no result of `{name}`"))
                .help(suggest(name, courses.keys().map(String::as_str))));
        };
        found.extend(courses.get(&known).cloned());
    }
    Ok(found)
}
