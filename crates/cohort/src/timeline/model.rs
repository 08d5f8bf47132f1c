//! The tables of the registry model that a registry has, and the rows of a patient in them.

use crate::dictionary::ColumnEntry;
use crate::meaning::{self, Entries, is_said};
use crate::sql_text::{literal, texts};
use crate::study_folder::Study;
use crate::views::needs;
use engine::{Engine, Type, quoted};
use std::collections::{BTreeMap, BTreeSet};
use study::calendar::read_iso;
use study::{Place, Problem};

/// The tables of the registry model.
const TABLES: [&str; 8] =
    ["patients", "lesions", "measurements", "treatments", "operations", "pathology", "labs", "follow_up"];

/// A table or view of the model that is there.
#[derive(Debug)]
struct Known {
    columns: BTreeMap<String, Type>,
    /// The column that names the patient.
    patient: String,
}

/// The tables of the model that are there.
pub(crate) struct Model<'a> {
    pub(crate) engine: &'a dyn Engine,
    known: BTreeMap<String, Known>,
    /// What the dictionary and the files say of the columns of views, whose values are those of tables.
    meanings: BTreeMap<String, BTreeMap<String, ColumnEntry>>,
}

impl<'a> Model<'a> {
    /// Reads the tables of the model, and runs the study's views that stand for one.
    pub(crate) fn open(
        study: &mut Study,
        engine: &'a dyn Engine,
        id: Option<&str>,
        progress: &dyn Fn(&str),
    ) -> Result<Self, Problem> {
        let there =
            |name: &&str| study.views.contains_key(*name) || study.registry.tables.contains_key(*name);
        let roots: Vec<&str> = TABLES.into_iter().filter(there).collect();
        if roots.is_empty() && !has_readings(study) {
            return Err(Problem::input("the registry has none of the tables of the registry model").help(
                format!(
                    "these are `{}`; a study with other names brings views of these names in sql/",
                    TABLES.join("`, `")
                ),
            ));
        }
        complete(study, engine, &roots, progress)?;
        let mut model = Self { engine, known: BTreeMap::new(), meanings: BTreeMap::new() };
        for name in roots {
            model.learn(study, name, id)?;
        }
        // Who responded is said by the clinical view, with the parameter of the plan.
        if model.has("pathology", &["operation_date", "tumor", "residual_percent"])
            && study.views.contains_key("blazer_tumour")
        {
            complete(study, engine, &["blazer_tumour"], progress)?;
            model.learn(study, "blazer_tumour", id)?;
        }
        model.meanings = meanings(study, engine);
        Ok(model)
    }

    /// Makes a table or view that the engine has known as one of the model.
    pub(super) fn learn(&mut self, study: &Study, name: &str, id: Option<&str>) -> Result<(), Problem> {
        let fields = self.engine.columns(&format!("select * from {}", quoted(name)));
        let fields = fields.map_err(|fault| Problem::internal(fault.message))?;
        let columns: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        if let Some(patient) = study.registry.dictionary.patient_column(name, id, &columns) {
            let columns = fields.into_iter().map(|field| (field.name, field.r#type)).collect();
            self.known.insert(name.into(), Known { columns, patient });
        }
        Ok(())
    }

    /// Whether a table is there with some columns.
    pub(crate) fn has(&self, table: &str, columns: &[&str]) -> bool {
        let known = self.known.get(table);
        known.is_some_and(|known| columns.iter().all(|column| known.columns.contains_key(*column)))
    }

    /// The column that names the patient, as SQL.
    pub(crate) fn patient(&self, table: &str) -> Option<String> {
        self.known.get(table).map(|known| format!("cast({} as text)", quoted(&known.patient)))
    }

    /// The columns by which patients are told apart, for a sentence.
    pub(super) fn identifiers(&self) -> String {
        let names: BTreeSet<&str> = self.known.values().map(|known| known.patient.as_str()).collect();
        format!("`{}`", names.into_iter().collect::<Vec<_>>().join("`, `"))
    }

    /// A column as SQL text: days in ISO form, `null` where there is no such column.
    pub(crate) fn cell(&self, table: &str, column: &str) -> String {
        match self.known.get(table).and_then(|known| known.columns.get(column)) {
            None => "cast(null as text)".into(),
            Some(Type::Date | Type::Moment) => format!("cast(cast({} as date) as text)", quoted(column)),
            Some(_) => format!("cast({} as text)", quoted(column)),
        }
    }
}

/// Whether the registry itself has the readings of RECIST 1.1, as a table or by a view of its own.
pub(super) fn has_readings(study: &Study) -> bool {
    let name = "recist_reading";
    study.registry.tables.contains_key(name)
        || study.views.contains_key(name) && !study.clinical.contains(name)
}

/// What is said of the columns of the views that were run, by view.
fn meanings(study: &Study, engine: &dyn Engine) -> BTreeMap<String, BTreeMap<String, ColumnEntry>> {
    let entries: Entries<'_> =
        study.reports.iter().map(|(table, report)| (table.as_str(), &report.entries)).collect();
    let chain: Vec<(String, String)> =
        study.run.iter().map(|view| (view.name.clone(), view.sql.clone())).collect();
    if chain.is_empty() || !is_said(&entries) {
        return BTreeMap::new();
    }
    // Labels are no reason to have no time line.
    let origins = engine.origins(&chain).unwrap_or_default();
    let said = chain.into_iter().zip(origins);
    said.map(|((view, _), columns)| (view, meaning::meanings(&columns, &entries))).collect()
}

/// Reads the tables and runs the views that some names need and that are not in the engine yet.
pub(crate) fn complete(
    study: &mut Study,
    engine: &dyn Engine,
    names: &[&str],
    progress: &dyn Fn(&str),
) -> Result<(), Problem> {
    let tables = study.registry.tables.keys().cloned().collect();
    let needs = needs(names.iter().copied(), &study.views, &tables, engine)?;
    let mut problems = Vec::new();
    for table in
        needs.tables.iter().filter(|table| !study.reports.contains_key(*table)).cloned().collect::<Vec<_>>()
    {
        progress(&format!("Reading {table}"));
        problems.extend(study.load(&table, engine).err());
    }
    Problem::collect(problems)?;
    // Of large tables the rows of a view that nobody wanted so far are not there any more.
    for view in &needs.views {
        if !engine.tables().contains(view) {
            progress(&format!("Running {view}"));
            study.materialise(view, engine)?;
        }
    }
    Ok(())
}

/// One row, as texts.
#[derive(Debug)]
pub(super) struct Record {
    table: String,
    columns: Vec<String>,
    cells: Vec<Option<String>>,
}

impl Record {
    pub(super) fn text(&self, at: usize) -> Option<&str> {
        self.cells.get(at)?.as_deref()
    }

    /// A day; an error where the column holds something else.
    pub(super) fn day(&self, at: usize) -> Option<Result<i32, Problem>> {
        let text = self.text(at)?;
        Some(read_iso(text).ok_or_else(|| {
            Problem::input("a day is needed here, and this column holds something else")
                .at(Place::Cell {
                    table: self.table.clone(),
                    row: None,
                    column: self.columns.get(at).cloned(),
                })
                .help("give the column `type = \"date\"` in registry.toml")
        }))
    }

    /// A number; `None` where the text is none.
    pub(super) fn number(&self, at: usize) -> Option<f64> {
        self.text(at)?.parse().ok().filter(|number: &f64| number.is_finite())
    }
}

/// The rows of one patient.
pub(super) struct Records<'a> {
    pub(super) model: &'a Model<'a>,
    pub(super) study: &'a Study,
    pub(super) patient: &'a str,
}

impl Records<'_> {
    /// Whether any table has the patient.
    pub(super) fn exists(&self) -> Result<bool, Problem> {
        for (name, known) in &self.model.known {
            let sql = format!(
                "select cast(1 as text) from {} where {} limit 1",
                quoted(name),
                self.condition(&known.patient)
            );
            if !self.query(&sql)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn condition(&self, column: &str) -> String {
        format!("cast({} as text) = {}", quoted(column), literal(self.patient))
    }

    fn query(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Problem> {
        texts(self.model.engine, sql).map_err(|fault| Problem::internal(fault.message))
    }

    /// The rows of a table: the columns that it must have, then those that it may have. Rows that lack a value of one
    /// that it must have are left out; they are in the order of these, and none are there without such a column.
    pub(super) fn rows(&self, table: &str, must: &[&str], may: &[&str]) -> Result<Vec<Record>, Problem> {
        let Some(known) = self.model.known.get(table).filter(|_| self.model.has(table, must)) else {
            return Ok(Vec::new());
        };
        let columns: Vec<&str> = must.iter().chain(may).copied().collect();
        let cells: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(n, column)| format!("{} as \"farr:{n}\"", self.model.cell(table, column)))
            .collect();
        let present: Vec<String> =
            must.iter().map(|column| format!(" and {} is not null", quoted(column))).collect();
        let order: Vec<String> = (1..=columns.len()).map(|n| n.to_string()).collect();
        let sql = format!(
            "select {} from {} where {}{} order by {}",
            cells.join(", "),
            quoted(table),
            self.condition(&known.patient),
            present.concat(),
            order.join(", ")
        );
        let columns: Vec<String> = columns.into_iter().map(str::to_string).collect();
        let record = |cells| Record { table: table.into(), columns: columns.clone(), cells };
        Ok(self.query(&sql)?.into_iter().map(record).collect())
    }

    /// The first row.
    pub(super) fn first(&self, table: &str, must: &[&str], may: &[&str]) -> Result<Option<Record>, Problem> {
        Ok(self.rows(table, must, may)?.into_iter().next())
    }

    /// A value as the dictionary labels it; each element of a list by itself.
    pub(super) fn label(&self, table: &str, column: &str, value: &str) -> String {
        let entry = match self.study.reports.get(table) {
            Some(report) => report.entries.get(column),
            None => self.model.meanings.get(table).and_then(|columns| columns.get(column)),
        };
        let label = |value: &str| {
            let code = entry.and_then(|entry| entry.codes.iter().find(|code| code.value == value));
            match code {
                Some(code) if !code.label.is_empty() => code.label.clone(),
                _ => value.replace('_', " "),
            }
        };
        match entry.and_then(|entry| entry.separator.as_deref()) {
            Some(separator) if !separator.is_empty() => {
                let labels = value.split(separator).map(|one| label(one.trim()));
                let labels =
                    labels.enumerate().map(|(n, label)| if n == 0 { label } else { within_a_list(&label) });
                labels.collect::<Vec<_>>().join(", ")
            }
            _ => label(value),
        }
    }
}

/// A label behind a comma: with a small letter, unless it is an abbreviation.
fn within_a_list(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), label.chars().nth(1)) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => label.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::within_a_list;

    #[test]
    fn labels_in_a_list_have_small_letters() {
        assert_eq!(within_a_list("Right hemicolectomy"), "right hemicolectomy");
        assert_eq!(within_a_list("MRI"), "MRI");
        assert_eq!(within_a_list(""), "");
    }
}
