//! The cohort of a study: its tables read, its views run, its patients found.

use crate::cleaning::{Cleaning, ColumnReport};
use crate::count::count;
use crate::dictionary::ColumnEntry;
use crate::eligibility::{Source, flow, population_place};
use crate::intervals::Intervals;
use crate::meaning::{self, Entries};
use crate::mistyped::Explainer;
use crate::patients::Patients;
use crate::sql_text::in_expression;
use crate::study_folder::{Study, new_engine};
use engine::Engine;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use study::{
    Analysis, CountRequest, CountTable, InputTable, ParticipantFlow, Place, Plan, Problem, Variable, ViewText,
};

/// Who is studied, ready to be counted.
pub struct Cohort {
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) plan: Plan,
    pub(crate) patients: Patients,
    /// The endpoints with several rows a patient.
    pub(crate) intervals: Vec<Intervals>,
    flow: ParticipantFlow,
    pub(crate) study: Study,
    /// What the dictionary and the files say of the analysis set, and of the intervals in their order, by column.
    meanings: Vec<BTreeMap<String, ColumnEntry>>,
    /// Endpoints whose follow-up was checked, with the condition under which.
    checked: Mutex<BTreeSet<(String, Option<String>)>>,
}

/// The views whose rows are kept, where tables are large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Those that the plan names.
    Wanted,
    /// All, so that a value can be followed down to the tables.
    Every,
}

/// What is said of the columns of the analysis set, and of the intervals of each endpoint.
fn meanings(
    engine: &dyn Engine,
    study: &Study,
    patients: &Patients,
    intervals: &[Intervals],
) -> Result<Vec<BTreeMap<String, ColumnEntry>>, Problem> {
    let entries: Entries<'_> =
        study.reports.iter().map(|(table, report)| (table.as_str(), &report.entries)).collect();
    if !meaning::is_said(&entries) {
        return Ok(Vec::new());
    }
    let mut chain: Vec<(String, String)> =
        study.run.iter().map(|view| (view.name.clone(), view.sql.clone())).collect();
    chain.extend(patients.chain.iter().cloned());
    let last = chain.len() - 1;
    chain.extend(intervals.iter().map(|intervals| intervals.select.clone()));
    let origins = engine.origins(&chain).map_err(|fault| Problem::internal(fault.message))?;
    Ok(origins[last..].iter().map(|columns| meaning::meanings(columns, &entries)).collect())
}

impl Cohort {
    /// Reads the tables that the plan needs, runs its views and finds its patients. `progress` is told each step.
    ///
    /// # Errors
    /// All that is wrong with the tables at once; else the first view, criterion or variable that is wrong.
    pub fn open(study_dir: &Path, plan: &Plan, progress: &dyn Fn(&str)) -> Result<Self, Problem> {
        Self::open_keeping(study_dir, plan, Keep::Wanted, progress)
    }

    /// The same, with a choice of the views whose rows can be asked for afterwards.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_keeping(
        study_dir: &Path,
        plan: &Plan,
        keep: Keep,
        progress: &dyn Fn(&str),
    ) -> Result<Self, Problem> {
        let engine = new_engine()?;
        let mut study = Study::find(study_dir, plan)?;
        let needs = study.needs(plan, engine.as_ref())?;
        let mut problems = Vec::new();
        for table in &needs.tables {
            progress(&format!("Reading {table}"));
            problems.extend(study.load(table, engine.as_ref()).err());
        }
        Problem::collect(problems)?;
        progress("Running the views");
        let wanted = |name: &str| keep == Keep::Every || needs.roots.contains(name);
        study.materialise_all(&needs.views, &wanted, engine.as_ref())?;
        progress("Finding the patients");
        Self::with(engine, plan, study)
    }

    /// The cohort of a study whose tables and views are in the engine.
    pub(crate) fn with(engine: Box<dyn Engine>, plan: &Plan, study: Study) -> Result<Self, Problem> {
        let name = study.population(plan)?;
        let fields = engine
            .columns(&format!("select * from {}", engine::quoted(name)))
            .map_err(|fault| in_expression(fault, population_place(plan)))?;
        let explainer = Explainer { study: &study, engine: engine.as_ref(), plan, from: name };
        let source = Source { name, fields: &fields, explainer };
        let flow = flow(engine.as_ref(), plan, &source)?;
        let patients = Patients::new(engine.as_ref(), plan, &source)?;
        let endpoints = plan.endpoints.iter().filter(|endpoint| endpoint.view.is_some());
        let intervals = endpoints.map(|endpoint| Intervals::new(&explainer, endpoint));
        let intervals = intervals.collect::<Result<Vec<_>, _>>()?;
        let meanings = meanings(engine.as_ref(), &study, &patients, &intervals)?;
        let (plan, checked) = (plan.clone(), Mutex::default());
        Ok(Self { engine, plan, patients, intervals, flow, study, meanings, checked })
    }

    /// What explains the faults of the plan's expressions.
    pub(crate) fn explainer(&self) -> Result<Explainer<'_>, Problem> {
        let (study, engine, plan) = (&self.study, self.engine.as_ref(), &self.plan);
        Ok(Explainer { study, engine, plan, from: study.population(plan)? })
    }

    /// A fault of a query over the analysis set.
    pub(crate) fn refused(&self, fault: engine::Fault, place: Option<Place>) -> Problem {
        match self.explainer() {
            Ok(explainer) => explainer.of_any(fault, place),
            Err(problem) => problem,
        }
    }

    /// Who was assessed, who left by which criterion, and who is studied.
    pub fn flow(&self) -> &ParticipantFlow {
        &self.flow
    }

    /// The count tables of an analysis, in the order of its requests.
    ///
    /// # Errors
    /// A name that is no variable or endpoint; values that are no level of a variable; follow-up that cannot be true;
    /// a condition that nobody fulfils.
    pub fn count(&self, analysis: &Analysis, requests: &[CountRequest]) -> Result<Vec<CountTable>, Problem> {
        count(self, analysis, requests)
    }

    /// Those of some patients who are in the analysis set, where the population has an identifier.
    pub(crate) fn studied(&self, asked: &BTreeSet<String>) -> Option<BTreeSet<String>> {
        self.patients.among(self.engine.as_ref(), self.plan.population.id.as_deref()?, asked)
    }

    /// The views that were run, in their order.
    pub fn views(&self) -> &[ViewText] {
        &self.study.run
    }

    /// Every file that was read, beside the plan; sorted.
    pub fn inputs(&self) -> Vec<PathBuf> {
        self.study.inputs.iter().cloned().collect()
    }

    /// Every table of a database that was read, sorted.
    pub fn relations(&self) -> Vec<InputTable> {
        let mut relations = self.study.relations.clone();
        relations.sort_by(|a, b| a.table.cmp(&b.table));
        relations
    }

    /// What was changed on reading.
    pub fn cleaning(&self) -> Vec<Cleaning> {
        self.study.reports.values().flat_map(|report| report.cleaning.clone()).collect()
    }

    /// The columns of every table that was read.
    pub fn columns(&self) -> Vec<ColumnReport> {
        self.study.reports.values().flat_map(|report| report.columns.clone()).collect()
    }

    /// Name and version of the query engine.
    pub fn engine_version(&self) -> String {
        self.engine.version()
    }

    /// What the dictionary or the file says of the column of a table of which a variable has the values.
    pub(crate) fn dictionary_column(&self, variable: &Variable) -> Option<&ColumnEntry> {
        let name = &variable.name;
        let (patients, intervals) = self.meanings.split_first()?;
        if variable.view.is_none() && self.patients.columns.contains(name) {
            return patients.get(name);
        }
        let of_view = |intervals: &Intervals| match &variable.view {
            Some(view) => intervals.view == *view,
            None => intervals.has(name),
        };
        let position = self.intervals.iter().position(of_view)?;
        intervals.get(position)?.get(name)
    }

    /// Whether the values of a column of the analysis set, or of an endpoint's intervals, may name somebody.
    pub(crate) fn hides(&self, column: &str) -> bool {
        self.meanings.iter().filter_map(|columns| columns.get(column)).any(ColumnEntry::names_somebody)
    }

    /// Whether the follow-up of an endpoint was found to be possible already.
    pub(crate) fn was_checked(&self, endpoint: &str, condition: Option<&str>) -> bool {
        let key = (endpoint.to_string(), condition.map(Into::into));
        self.checked.lock().is_ok_and(|checked| checked.contains(&key))
    }

    /// Notes that it was.
    pub(crate) fn mark_checked(&self, endpoint: &str, condition: Option<&str>) {
        if let Ok(mut checked) = self.checked.lock() {
            checked.insert((endpoint.to_string(), condition.map(Into::into)));
        }
    }
}
