//! A study folder on its way into the engine: its tables are read and its views run, as far as they are needed.

use crate::CheckReport;
use crate::cleaning::TableReport;
use crate::clinical;
use crate::eligibility::population_place;
use crate::expressions::expressions;
use crate::mistyped::explained;
use crate::optional;
use crate::redcap;
use crate::registry::Registry;
use crate::sources::{TableFile, postgres, source_of};
use crate::sql_text::{enclosed, in_expression, in_file};
use crate::views::{Needs, needs, read};
use engine::postgres::Database;
use engine::{Engine, Local};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use study::nearest::suggest;
use study::{Endpoint, InputTable, Place, Plan, Problem, SourceText, ViewText};

/// The folder.
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
    pub(crate) relations: Vec<InputTable>,
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
