//! Why a patient has a value: the rows and rules from which it came.
//!
//! From the population's view the way goes down only to what the value's columns were read from; below that, to
//! everything that a view uses, since what is left out there decides as well as what is taken.

use crate::cohort::Cohort;
use crate::sql_text::{enclosed, literal, texts};
use engine::quoted;
use serde::Serialize;
use std::collections::BTreeSet;
use study::nearest::suggest;
use study::{Problem, SourceText};

/// What is known of a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// The patient.
    pub patient: String,
    /// The variable, the part of an endpoint, or the column.
    pub variable: String,
    /// What the plan computes it by, where it is not a column as it is.
    pub expression: Option<String>,
    /// The value; absent for a missing one.
    pub value: Option<String>,
    /// The criterion by which the patient left, where that was so.
    pub excluded: Option<String>,
    /// From the population down to the tables of the registry.
    pub steps: Vec<WhyStep>,
}

/// What kind of rows a step has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A table of the registry.
    Table,
    /// A view of the study.
    View,
    /// A view that comes with the program.
    ClinicalView,
}

/// A table or view on the way, with the patient's rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhyStep {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: StepKind,
    /// Where its text or its rows stand, relative to the study where they do.
    pub place: String,
    /// What a view's header says.
    pub rule: String,
    /// The views and tables that a view uses.
    pub uses: Vec<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// The patient's rows, as text; absent for missing values.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether its rows belong to patients at all; those of others are not shown.
    pub of_patients: bool,
}

impl Cohort {
    /// Why a patient has a value.
    ///
    /// # Errors
    /// A variable that is none; a patient that is not in the population; a population without `id`.
    pub fn why(&self, patient: &str, variable: &str) -> Result<Why, Problem> {
        let Some(id) = self.plan.population.id.clone() else {
            return Err(Problem::input(
                "the population has no `id`, so that no patient can be told from another",
            )
            .at(self.plan.place(&["population".into()]))
            .help("name the column with `id` in [population]"));
        };
        let population = self.study.population(&self.plan)?.to_string();
        let expressions = self.expressions_of(variable, &population)?;
        let value_sql: Vec<String> = expressions
            .iter()
            .enumerate()
            .map(|(n, sql)| format!("cast({} as text) as \"farr:{n}\"", enclosed(sql)))
            .collect();
        let from = format!(
            "from {} where cast({} as text) = {}",
            quoted(&population),
            quoted(&id),
            literal(patient)
        );
        let values = self.texts(&format!("select {} {from}", value_sql.join(", ")))?;
        let Some(values) = values.into_iter().next() else {
            let message = format!("`{population}` has no patient `{patient}`");
            return Err(Problem::input(message).help(format!("patients are told apart by `{id}`")));
        };
        let value = match values.as_slice() {
            [one] => one.clone(),
            several => Some(
                several
                    .iter()
                    .map(|one| one.clone().unwrap_or_else(|| "missing".into()))
                    .collect::<Vec<_>>()
                    .join("; "),
            ),
        };
        let expression = expressions.join("; ");
        let mut steps = Vec::new();
        for name in self.way(&population, &id, &expressions)? {
            steps.push(self.step(&name, &id, patient)?);
        }
        Ok(Why {
            patient: patient.into(),
            variable: variable.into(),
            expression: (expression != quoted(variable)).then_some(expression),
            value,
            excluded: self.left_by(&population, &id, patient)?,
            steps,
        })
    }

    /// The SQL of a variable, an endpoint or a column of the population.
    fn expressions_of(&self, name: &str, population: &str) -> Result<Vec<String>, Problem> {
        if let Some(variable) = self.plan.variables.iter().find(|variable| variable.name == name) {
            if variable.view.is_some() {
                return Err(Problem::input(format!("`{name}` has several values a patient"))
                    .help("ask for a variable with one value a patient"));
            }
            return Ok(vec![variable.sql.clone().unwrap_or_else(|| quoted(name))]);
        }
        if let Some(endpoint) = self.plan.endpoints.iter().find(|endpoint| endpoint.name == name)
            && endpoint.view.is_none()
        {
            return Ok(crate::patients::parts(endpoint)
                .into_iter()
                .map(|(_, sql)| sql.to_string())
                .collect());
        }
        let fields = self.engine.columns(&format!("select * from {}", quoted(population)));
        let fields = fields.map_err(|fault| Problem::internal(fault.message))?;
        if fields.iter().any(|field| field.name == name) {
            return Ok(vec![quoted(name)]);
        }
        let known = self.plan.variables.iter().map(|variable| variable.name.as_str());
        let known = known.chain(self.plan.endpoints.iter().map(|endpoint| endpoint.name.as_str()));
        let known = known.chain(fields.iter().map(|field| field.name.as_str()));
        Err(Problem::input(format!("no variable, endpoint or column is called `{name}`"))
            .help(suggest(name, known)))
    }

    /// The views and tables on the way from the population down, each before those it uses.
    fn way(&self, population: &str, id: &str, expressions: &[String]) -> Result<Vec<String>, Problem> {
        let mut order = vec![population.to_string()];
        let Some(source) = self.study.views.get(population) else { return Ok(order) };
        let mut queue = self.read_for(source, population, id, expressions)?;
        while !queue.is_empty() {
            let name = queue.remove(0);
            // A step that several use stands after the last of them.
            order.retain(|earlier| *earlier != name);
            if let Some(source) = self.study.views.get(&name) {
                queue.extend(self.uses(source)?);
            }
            order.push(name);
        }
        Ok(order)
    }

    /// What the value's columns of the population's view were read from.
    fn read_for(
        &self,
        source: &SourceText,
        population: &str,
        id: &str,
        expressions: &[String],
    ) -> Result<Vec<String>, Problem> {
        let all = self.uses(source)?;
        let selected: Vec<String> = expressions
            .iter()
            .enumerate()
            .map(|(n, sql)| format!("{} as \"farr:{n}\"", enclosed(sql)))
            .collect();
        let view = enclosed(source.text.trim_end().trim_end_matches(';'));
        let sql = format!("select {} from {view} as {}", selected.join(", "), quoted(population));
        // The columns are followed through the plan; where that cannot be done, everything may have decided.
        let Ok(sources) = self.engine.sources(&sql) else { return Ok(all) };
        // The identifier alone joins rows and decides nothing.
        let read = sources.into_iter().filter(|(_, column)| column != id);
        let read: BTreeSet<String> = read.map(|(table, _)| table).collect();
        let read: Vec<String> = all.iter().filter(|name| read.contains(*name)).cloned().collect();
        Ok(if read.is_empty() { all } else { read })
    }

    fn uses(&self, source: &SourceText) -> Result<Vec<String>, Problem> {
        self.engine.references(&source.text).map_err(|fault| Problem::internal(fault.message))
    }

    fn step(&self, name: &str, id: &str, patient: &str) -> Result<WhyStep, Problem> {
        let fields = self.engine.columns(&format!("select * from {}", quoted(name)));
        let fields = fields.map_err(|fault| Problem::internal(fault.message))?;
        let columns: Vec<String> = fields.into_iter().map(|field| field.name).collect();
        let named = columns.iter().find(|column| *column == id).cloned();
        let named = named.or_else(|| self.study.registry.dictionary.patient_column(name, Some(id), &columns));
        let of_patients = named.is_some();
        let mut rows = Vec::new();
        if let Some(column) = &named {
            let cells: Vec<String> = columns
                .iter()
                .enumerate()
                .map(|(n, column)| format!("cast({} as text) as \"farr:{n}\"", quoted(column)))
                .collect();
            let order: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
            rows = self.texts(&format!(
                "select {} from {} where cast({} as text) = {} order by {}",
                cells.join(", "),
                quoted(name),
                quoted(column),
                literal(patient),
                order.join(", ")
            ))?;
        }
        let view = self.study.views.get(name);
        let (kind, place) = match view {
            Some(source) if self.study.clinical.contains(name) => {
                (StepKind::ClinicalView, source.path.display().to_string())
            }
            Some(_) => (StepKind::View, format!("sql/{name}.sql")),
            None => (StepKind::Table, self.study.registry.origin(name).unwrap_or_default()),
        };
        Ok(WhyStep {
            name: name.into(),
            kind,
            place,
            rule: view.map_or(String::new(), |source| header(&source.text)),
            uses: view.map_or(Ok(Vec::new()), |source| self.uses(source))?,
            columns,
            rows,
            of_patients,
        })
    }

    /// The label of the first criterion that holds for a patient.
    fn left_by(&self, population: &str, id: &str, patient: &str) -> Result<Option<String>, Problem> {
        for criterion in &self.plan.population.exclude {
            let rows = self.texts(&format!(
                "select cast(1 as text) from {} where cast({} as text) = {} and {}",
                quoted(population),
                quoted(id),
                literal(patient),
                enclosed(&criterion.r#where)
            ))?;
            if !rows.is_empty() {
                return Ok(Some(criterion.label.clone()));
            }
        }
        Ok(None)
    }

    fn texts(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Problem> {
        texts(self.engine.as_ref(), sql).map_err(|fault| Problem::internal(fault.message))
    }
}

/// The comment at the head of a view.
fn header(sql: &str) -> String {
    let lines = sql.lines().map_while(|line| line.strip_prefix("--"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}
