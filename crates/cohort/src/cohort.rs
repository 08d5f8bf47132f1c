//! The cohort of a study: its tables read, its views run, its patients found.

use crate::CheckReport;
use crate::cleaning::{Cleaning, ColumnReport, TableReport};
use crate::clinical;
use crate::count::count;
use crate::dictionary::ColumnEntry;
use crate::eligibility::{Source, flow, population_place};
use crate::expressions::expressions;
use crate::intervals::Intervals;
use crate::meaning::{self, Entries};
use crate::mistyped::{Explainer, explained};
use crate::optional;
use crate::patients::Patients;
use crate::redcap;
use crate::registry::Registry;
use crate::sources::{TableFile, postgres, source_of};
use crate::sql_text::{enclosed, in_expression, in_file};
use crate::views::{Needs, needs, read};
use engine::postgres::Database;
use engine::{Engine, Local};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use study::nearest::suggest;
use study::{
    Analysis, CountRequest, CountTable, Endpoint, InputTable, ParticipantFlow, Place, Plan, Problem,
    SourceText, Variable, ViewText,
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

/// A study folder on its way into the engine.
#[derive(Debug)]
pub(crate) struct Study {
    pub(crate) registry: Registry,
    pub(crate) views: BTreeMap<String, SourceText>,
    /// Which of the views are clinical ones, which come with the program.
    pub(crate) clinical: BTreeSet<String>,
    /// Why some of them cannot be used.
    unset: BTreeMap<String, Problem>,
    /// What was read of each table.
    pub(crate) reports: BTreeMap<String, TableReport>,
    /// Views that were run, in their order.
    pub(crate) run: Vec<ViewText>,
    pub(crate) inputs: BTreeSet<PathBuf>,
    /// The databases that are connected to, each at one moment.
    databases: BTreeMap<String, Database>,
    /// The tables of databases that were read.
    relations: Vec<InputTable>,
    /// Whether tables are also read with the numbers of their rows.
    numbered: bool,
}

impl Study {
    /// Looks at the folder. Nothing is read yet but the dictionary and the texts of views.
    pub(crate) fn find(study_dir: &Path, plan: &Plan) -> Result<Self, Problem> {
        let registry = Registry::find(study_dir, plan)?;
        let mut views = read(study_dir)?;
        let both = views.iter().filter(|(name, _)| registry.tables.contains_key(*name));
        let problems = both.map(|(name, source)| {
            Problem::input(format!("`{name}` is both a view and a table of the registry"))
                .at(Place::Path(source.path.to_path_buf()))
                .help("give the view another name")
        });
        Problem::collect(problems.collect())?;
        let own: BTreeSet<String> = views.keys().chain(registry.tables.keys()).cloned().collect();
        let library = clinical::read(plan, &own)?;
        let clinical = library.texts.keys().cloned().collect();
        views.extend(library.texts);
        let mut inputs = BTreeSet::new();
        inputs.extend(registry.dictionary.source.iter().map(|source| source.path.to_path_buf()));
        Ok(Self {
            registry,
            views,
            clinical,
            unset: library.unset,
            reports: BTreeMap::new(),
            run: Vec::new(),
            inputs,
            databases: BTreeMap::new(),
            relations: Vec::new(),
            numbered: false,
        })
    }

    /// The same, for tables whose rows must be named.
    pub(crate) fn find_numbered(study_dir: &Path, plan: &Plan) -> Result<Self, Problem> {
        Ok(Self { numbered: true, ..Self::find(study_dir, plan)? })
    }

    /// What the plan needs of views and tables: the population, and what its expressions ask.
    pub(crate) fn needs(&self, plan: &Plan, engine: &dyn Engine) -> Result<Needs, Problem> {
        let mut roots: Vec<String> = vec![self.population(plan)?.to_string()];
        for endpoint in &plan.endpoints {
            roots.extend(self.interval_view(plan, endpoint)?.map(String::from));
        }
        let mut problems = Vec::new();
        for (sql, path) in expressions(plan) {
            match engine.references(&format!("select {}", enclosed(sql))) {
                Ok(names) => roots.extend(names),
                Err(fault) => problems.push(in_expression(fault, plan.place(&path))),
            }
        }
        Problem::collect(problems)?;
        let tables = self.registry.tables.keys().cloned().collect();
        needs(roots.iter().map(String::as_str), &self.views, &tables, engine)
    }

    /// The view or table of the population.
    pub(crate) fn population<'a>(&self, plan: &'a Plan) -> Result<&'a str, Problem> {
        let population = &plan.population;
        let (what, name, known): (_, _, Vec<&String>) = match (&population.view, &population.table) {
            (Some(view), _) if self.clinical.contains(view) => return Ok(view),
            (Some(view), _) => {
                let own = self.views.keys().filter(|name| !self.clinical.contains(*name));
                ("view", view, own.collect())
            }
            (None, Some(table)) => ("table", table, self.registry.tables.keys().collect()),
            (None, None) => return Err(Problem::internal("the plan has no population")),
        };
        if known.contains(&name) {
            return Ok(name);
        }
        let place = match what {
            "view" => format!("there is no view `{name}` in the folder `sql`"),
            _ => format!("the registry has no table `{name}`"),
        };
        Err(Problem::input(place)
            .at(population_place(plan))
            .help(suggest(name, known.iter().map(|name| name.as_str()))))
    }

    /// The view or table with the intervals of an endpoint, where it has one.
    fn interval_view<'a>(&self, plan: &Plan, endpoint: &'a Endpoint) -> Result<Option<&'a str>, Problem> {
        let Some(view) = &endpoint.view else { return Ok(None) };
        let known = || self.views.keys().chain(self.registry.tables.keys()).map(String::as_str);
        if known().any(|name| name == view) {
            return Ok(Some(view));
        }
        let path = ["endpoints".into(), endpoint.name.as_str().into(), "view".into()];
        Err(Problem::input(format!("there is no view or table `{view}`"))
            .at(plan.place(&path))
            .help(suggest(view, known())))
    }

    /// Reads a table of the registry.
    pub(crate) fn load(&mut self, name: &str, engine: &dyn Engine) -> Result<(), Problem> {
        let path = self.registry.tables[name].clone();
        let database = self.registry.dictionary.tables.get(name).and_then(|entry| entry.database.clone());
        if let Some(database) = database {
            return self.load_relation(name, path, &database, engine);
        }
        let source = source_of(&path).ok_or_else(|| Problem::internal("a table is of no known format"))?;
        let sheet = self.registry.sheets.get(name).map(String::as_str);
        let dictionary = &self.registry.dictionary;
        let file = TableFile { name, path, sheet, dictionary, numbered: self.numbered };
        self.inputs.insert(file.path.clone());
        let report = source.load(&file, engine)?;
        self.reports.insert(name.into(), report);
        Ok(())
    }

    /// Reads a table of a database; the first connects to it.
    fn load_relation(
        &mut self,
        name: &str,
        path: PathBuf,
        database: &str,
        engine: &dyn Engine,
    ) -> Result<(), Problem> {
        let dictionary = &self.registry.dictionary;
        if !self.databases.contains_key(database) {
            let connected = postgres::connect(database, dictionary, engine)?;
            self.databases.insert(database.into(), connected);
        }
        let table = TableFile { name, path, sheet: None, dictionary, numbered: self.numbered };
        let (report, origin) = postgres::load(&table, &self.databases[database], engine)?;
        self.reports.insert(name.into(), report);
        self.relations.push(origin);
        Ok(())
    }

    /// Reads every table, goes on after those that are wrong, and gives what is wrong with them.
    pub(crate) fn load_all(
        &mut self,
        engine: &dyn Engine,
        progress: &dyn Fn(&str),
        report: &mut CheckReport,
    ) -> Vec<(String, Problem)> {
        let mut unread = Vec::new();
        for table in self.registry.tables.keys().cloned().collect::<Vec<_>>() {
            progress(&format!("Reading {table}"));
            unread.extend(self.load(&table, engine).err().map(|problem| (table, problem)));
        }
        for table in self.reports.values() {
            report.columns.extend(table.columns.iter().cloned());
            report.cleaning.extend(table.cleaning.iter().cloned());
        }
        match redcap::news(&self.registry) {
            Ok(news) => report.cleaning.extend(news),
            Err(problem) => report.problems.push(problem),
        }
        unread
    }

    /// The text of a view that can be used.
    pub(crate) fn view(&self, name: &str) -> Result<SourceText, Problem> {
        match self.unset.get(name) {
            Some(problem) => Err(problem.clone()),
            None => Ok(self.views[name].clone()),
        }
    }

    /// The same, with the columns that it can do without and that are not there; some views will be run before it.
    pub(crate) fn completed(
        &self,
        name: &str,
        before: &[(String, String)],
        engine: &dyn Engine,
    ) -> Result<SourceText, Problem> {
        let source = self.view(name)?;
        let columns = |table: &str| optional::columns(table, before, engine);
        Ok(match optional::completed(&source.text, &columns) {
            Some(text) => SourceText::new(source.path.to_path_buf(), text),
            None => source,
        })
    }

    /// Runs views, each after those it uses; the tables they use have been read. Of large tables only the rows of views
    /// that are wanted are kept.
    pub(crate) fn materialise_all(
        &mut self,
        names: &[String],
        wanted: &dyn Fn(&str) -> bool,
        engine: &dyn Engine,
    ) -> Result<(), Problem> {
        let mut sources = Vec::new();
        let mut before: Vec<(String, String)> = Vec::new();
        for name in names {
            let source = self.completed(name, &before, engine)?;
            before.push((name.clone(), source.text.to_string()));
            sources.push(source);
        }
        let views: Vec<engine::View> =
            before.into_iter().map(|(name, sql)| engine::View { keep: wanted(&name), name, sql }).collect();
        let rows = engine
            .materialise_all(&views)
            .map_err(|(index, fault)| self.fault(fault, &sources[index], engine))?;
        for ((name, source), rows) in names.iter().zip(&sources).zip(rows) {
            self.note(name, source, rows);
        }
        Ok(())
    }

    /// Runs a view whose needs have been met.
    pub(crate) fn materialise(&mut self, name: &str, engine: &dyn Engine) -> Result<(), Problem> {
        let source = self.completed(name, &[], engine)?;
        let rows =
            engine.materialise(name, &source.text).map_err(|fault| self.fault(fault, &source, engine))?;
        self.note(name, &source, rows);
        Ok(())
    }

    /// Notes that a view was run.
    fn note(&mut self, name: &str, source: &SourceText, rows: u64) {
        if !self.clinical.contains(name) {
            self.inputs.insert(source.path.to_path_buf());
        }
        self.views.insert(name.into(), source.clone());
        self.run.push(ViewText { name: name.into(), sql: source.text.trim().to_string(), rows });
    }

    /// A fault in a view: where a table is unknown, those that were not read are candidates too; where types do not fit in
    /// a clinical view, the registry has something else than the model; in another, the column of text is told.
    pub(crate) fn fault(
        &self,
        mut fault: engine::Fault,
        source: &SourceText,
        engine: &dyn Engine,
    ) -> Problem {
        if fault.message.starts_with("no table") {
            fault.known = self.registry.tables.keys().chain(self.views.keys()).cloned().collect();
        }
        let is_own = !source.path.starts_with("clinical");
        in_file(explained(self, fault, source, is_own, engine), source)
    }
}

/// An engine, whose refusal to start is no fault of the input.
pub(crate) fn new_engine() -> Result<Box<dyn Engine>, Problem> {
    let engine = Local::new().map_err(|fault| Problem::internal(fault.message))?;
    Ok(Box::new(engine))
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
