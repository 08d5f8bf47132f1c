//! Follow-up on a day, by the schedule of the dictionary: visits made and missed, who is due, how long patients were seen.
//!
//! Patients pass one by one, in the order of their names; beside counts only those who are due or overdue are kept.

mod patient;
mod place;

use crate::cohort::Cohort;
use crate::dictionary::FollowUpEntry;
use crate::patients::INCLUDED;
use crate::sql_text::{enclosed, in_expression};
use crate::study_folder::{Study, new_engine};
use crate::timeline::complete;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Date32Type;
use engine::quoted;
use patient::{Course, Ledger};
use place::Places;
use std::path::Path;
use study::calendar::iso_text;
use study::{FollowUpState, Plan, Problem};

pub(crate) use place::check;

/// Who is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// Every patient of the registry whose follow-up has begun.
    Registry,
    /// Those of the analysis set of the plan.
    AnalysisSet,
}

/// Follow-up on a day.
///
/// # Errors
/// Whatever is wrong with the tables; a dictionary without a schedule, or one that names what is not there.
pub fn follow_up(
    folder: &Path,
    plan: &Plan,
    followed: Followed,
    on: i32,
    progress: &dyn Fn(&str),
) -> Result<FollowUpState, Problem> {
    let (engine, mut study) = match followed {
        Followed::Registry => (new_engine()?, Study::find(folder, plan)?),
        Followed::AnalysisSet => {
            let cohort = Cohort::open(folder, plan, progress)?;
            (cohort.engine, cohort.study)
        }
    };
    let entry = schedule(&study)?;
    let tables = [&entry.start, &entry.visits].into_iter().filter_map(|text| FollowUpEntry::column(text));
    let tables: Vec<&str> = tables.map(|(table, _)| table).collect();
    let known = |name: &&str| study.registry.tables.contains_key(*name) || study.views.contains_key(*name);
    let known: Vec<&str> = tables.into_iter().filter(known).collect();
    complete(&mut study, engine.as_ref(), &known, progress)?;
    let id = plan.population.id.as_deref();
    let places = Places::find(&study, engine.as_ref(), &entry, id)?;
    let members = match (followed, id) {
        (Followed::Registry, _) => None,
        (Followed::AnalysisSet, Some(id)) => {
            Some(format!("select cast({} as varchar) from {}", quoted(id), quoted(INCLUDED)))
        }
        (Followed::AnalysisSet, None) => {
            return Err(Problem::input("the population has no `id`, so that no visit belongs to a patient")
                .at(plan.place(&["population".into()]))
                .help("name the column with `id` in [population]"));
        }
    };
    progress("Following the patients");
    let mut ledger = Ledger::new(entry.months(), entry.tolerance_days as i32, on);
    let mut walk = Walk { ledger: &mut ledger, current: None };
    let place = study.registry.dictionary.place(&["follow_up".into()]);
    engine
        .stream(&sql(&places, &entry, members.as_deref(), on), &mut |batch| walk.take(batch))
        .map_err(|fault| in_expression(fault, place))?;
    walk.finish();
    Ok(ledger.state())
}

/// The schedule of the registry.
fn schedule(study: &Study) -> Result<FollowUpEntry, Problem> {
    let dictionary = &study.registry.dictionary;
    dictionary.follow_up.clone().ok_or_else(|| {
        let place = dictionary.source.as_ref().map(|source| study::Place::Path(source.path.to_path_buf()));
        Problem::input("the dictionary of the registry has no schedule of follow-up").at(place).help(
            "write a section [follow_up] with start, visits, death, tolerance_days and every: docs/follow-up.md",
        )
    })
}

/// Each patient's start with every later visit up to the day, in the order of patients and days. The starts after the
/// day come without visits, to be counted.
fn sql(places: &Places, entry: &FollowUpEntry, members: Option<&str>, on: i32) -> String {
    let condition = |sql: &Option<String>| match sql {
        Some(sql) => format!("coalesce(cast({} as boolean), false)", enclosed(sql)),
        None => "false".into(),
    };
    let day = format!("date '{}'", iso_text(i64::from(on)));
    let members = members.map_or(String::new(), |members| format!(" and p in ({members})"));
    format!(
        "select s.p, s.start, v.visit, v.died, v.ended from (\
           select p, min(d) as start from (select cast({patient} as varchar) as p, cast({start} as date) as d from {starts}) \
           where p is not null and d is not null{members} group by p) s \
         left join (select cast({visitor} as varchar) as p, cast({visit} as date) as visit, {died} as died, {ended} as ended \
           from {visits}) v on v.p = s.p and v.visit > s.start and v.visit <= {day} \
         order by s.p, v.visit",
        patient = quoted(&places.start.patient),
        start = quoted(&places.start.column),
        starts = quoted(&places.start.table),
        visitor = quoted(&places.visits.patient),
        visit = quoted(&places.visits.column),
        died = condition(&entry.death),
        ended = condition(&entry.ends),
        visits = quoted(&places.visits.table),
    )
}

/// Gathers the rows of a patient, which come one after another.
struct Walk<'a> {
    ledger: &'a mut Ledger,
    current: Option<Course>,
}

impl Walk<'_> {
    fn take(&mut self, batch: &RecordBatch) {
        let (Some(names), Some(starts), Some(visits), Some(died), Some(ended)) = (
            batch.column(0).as_string_view_opt(),
            batch.column(1).as_primitive_opt::<Date32Type>(),
            batch.column(2).as_primitive_opt::<Date32Type>(),
            batch.column(3).as_boolean_opt(),
            batch.column(4).as_boolean_opt(),
        ) else {
            return;
        };
        for row in 0..batch.num_rows() {
            let name = names.value(row);
            if self.current.as_ref().is_none_or(|current| current.patient != name) {
                self.finish();
                self.current = Some(Course::new(name, starts.value(row)));
            }
            let Some(current) = self.current.as_mut().filter(|_| visits.is_valid(row)) else { continue };
            let holds = |column: &arrow::array::BooleanArray| column.is_valid(row) && column.value(row);
            current.visit(visits.value(row), holds(died), holds(ended));
        }
    }

    fn finish(&mut self) {
        if let Some(course) = self.current.take() {
            self.ledger.add(&course);
        }
    }
}
