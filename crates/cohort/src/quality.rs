//! Data queries: questions about rows that cannot be right, or hardly can.
//!
//! Every rule is one SELECT ([`rule`]): those built in ([`rules`]), those that the dictionary's types, ranges, codes and
//! references amount to ([`dictionary_rules`]), and those that the registry declares. Cells that could not be read are
//! queries too ([`unreadable`]), as are rows that stand twice ([`repeats`]). The rows they stand in are found
//! afterwards, in one pass over each table that has any ([`locate`]); what a study would lose by each is told by
//! [`impact`].
//!
//! At most [`SHOWN`] rows of each rule are kept, so that memory does not grow with what is wrong.

pub(crate) mod answers;
mod dictionary_rules;
mod identity;
pub(crate) mod impact;
mod locate;
pub(crate) mod registry;
mod repeats;
mod rule;
mod rules;
pub(crate) mod values;

use crate::mistyped::{explained, told_of};
use crate::sql_text::in_expression;
use crate::study_folder::Study;
use answers::Answers;
pub(crate) use identity::{ROW, numbered};

use arrow::array::RecordBatch;
use engine::{Engine, Fault, quoted};
use rule::{BuiltIn, Rule};
use rules::RULES;
use std::collections::{BTreeMap, BTreeSet};
use study::nearest::suggest;
use study::{DataQueries, DataQuery, Problem, QueryRow, RuleOutcome, SourceText};

/// How many rows of one rule become queries; all are counted.
pub(crate) const SHOWN: usize = 10_000;

/// A query on its way: what identifies it, and where it will be found.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) query: DataQuery,
    /// The patient, where the table names one.
    pub(crate) patient: Option<String>,
}

/// What was asked of all tables.
#[derive(Debug)]
pub(crate) struct Questions<'a> {
    answers: &'a Answers,
    /// Identities of answered queries that were asked again.
    seen: BTreeSet<String>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) rules: Vec<RuleOutcome>,
    pub(crate) not_run: Vec<String>,
    /// Declared rules that are wrong.
    pub(crate) problems: Vec<Problem>,
    /// Rules that could not be run for one reason, with that.
    failed: Vec<(Vec<String>, Problem)>,
}

impl<'a> Questions<'a> {
    fn new(answers: &'a Answers) -> Self {
        Self {
            answers,
            seen: BTreeSet::new(),
            asked: Vec::new(),
            rules: Vec::new(),
            not_run: Vec::new(),
            problems: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Notes that a rule could not be run. Rules that fail for the same columns are told together.
    fn fail(&mut self, rule: &Rule, problem: Problem) {
        let columns = told_of(&problem.message);
        let is_same = |(_, earlier): &&mut (Vec<String>, Problem)| {
            !columns.is_empty() && columns.iter().all(|column| earlier.message.contains(column))
        };
        match self.failed.iter_mut().find(is_same) {
            Some((names, _)) => names.push(rule.name.clone()),
            None => self.failed.push((vec![rule.name.clone()], problem)),
        }
    }

    /// The rules that could not be run, as problems.
    fn failures(&mut self) -> Vec<Problem> {
        let told = |(names, problem): (Vec<String>, Problem)| {
            let rules = if names.len() == 1 { "rule" } else { "rules" };
            let message = format!("the {rules} `{}` cannot be run: {}", names.join("`, `"), problem.message);
            Problem { message, ..problem }
        };
        std::mem::take(&mut self.failed).into_iter().map(told).collect()
    }

    /// Notes that a query was asked, whether or not it will be kept.
    fn note(&mut self, asked: &Asked) {
        if self.answers.contains_key(&asked.query.id) {
            self.seen.insert(asked.query.id.clone());
        }
    }

    /// Numbers queries of one identity, in the order of their rows: rows that agree in key and value are still several.
    fn tell_apart(&mut self) {
        let mut times: BTreeMap<String, u32> = BTreeMap::new();
        for asked in &mut self.asked {
            let id = &mut asked.query.id;
            let n = times.entry(id.clone()).or_default();
            *n += 1;
            if *n > 1 {
                *id = format!("{id}-{n}");
                if self.answers.contains_key(id.as_str()) {
                    self.seen.insert(id.clone());
                }
            }
        }
    }

    /// Keeps the first queries of a rule by their key; those that are closed give way to open ones.
    fn keep_first(&self, asked: &mut Vec<Asked>) {
        let closed = |one: &Asked| self.answers.get(&one.query.id).is_some_and(|one| one.verdict.closes());
        asked.sort_by(|a, b| {
            (closed(a), &a.query.row, &a.query.id).cmp(&(closed(b), &b.query.row, &b.query.id))
        });
        asked.truncate(SHOWN);
    }
}

/// A table of the registry, or a view in its place, as rules see it.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    /// The columns that tell a row: the key, or all where none is declared.
    pub(crate) key: Vec<String>,
    /// Whether a key is declared.
    pub(crate) keyed: bool,
    /// The column that names the patient.
    pub(crate) patient: Option<String>,
    /// Whether it is a view of the study's.
    pub(crate) view: bool,
}

/// The tables that the built-in rules are about: views of these names stand for them.
pub(crate) fn asked_of() -> BTreeSet<&'static str> {
    let needs = |rule: &BuiltIn| rule.needs.iter().filter_map(|need| Some(need.split_once('.')?.0));
    RULES.iter().flat_map(|rules| rules.iter()).flat_map(|rule| needs(rule).chain([rule.table])).collect()
}

/// The tables that are in the engine, and the views that stand for one and have been run.
pub(crate) fn tables(study: &Study, engine: &dyn Engine, id: Option<&str>) -> BTreeMap<String, Table> {
    let dictionary = &study.registry.dictionary;
    let mut tables = BTreeMap::new();
    let run = engine.tables();
    let stands = |view: &&String| {
        asked_of().contains(view.as_str()) && !study.registry.tables.contains_key(*view) && run.contains(view)
    };
    for name in study.registry.tables.keys().chain(study.views.keys().filter(stands)) {
        let Ok(fields) = engine.columns(&format!("select * from {}", quoted(name))) else { continue };
        let columns: Vec<String> = fields.into_iter().map(|field| field.name).collect();
        let declared = dictionary.tables.get(name).map(|entry| entry.key.clone()).unwrap_or_default();
        let whole = !declared.is_empty() && declared.iter().all(|column| columns.contains(column));
        let key = if whole { declared } else { columns.clone() };
        let patient = dictionary.patient_column(name, id, &columns);
        let view = !study.registry.tables.contains_key(name);
        tables.insert(name.clone(), Table { name: name.clone(), columns, key, keyed: whole, patient, view });
    }
    tables
}

/// The built-in rules: name, table, certainty, and what is wrong where they find something.
pub fn built_in_rules() -> Vec<(&'static str, &'static str, study::Certainty, &'static str)> {
    let rules = RULES.iter().flat_map(|rules| rules.iter());
    rules.map(|rule| (rule.name, rule.table, rule.certainty, rule.message)).collect()
}

/// Asks everything of every table.
pub(crate) fn ask<'a>(
    study: &Study,
    engine: &dyn Engine,
    tables: &BTreeMap<String, Table>,
    unread: &[Problem],
    answers: &'a Answers,
    progress: &dyn Fn(&str),
) -> Result<Questions<'a>, Problem> {
    let mut questions = Questions::new(answers);
    identity::unreadable(unread, tables, engine, &mut questions);
    let mut not_run: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for rule in every_rule(study, tables, &mut questions) {
        progress(&format!("Checking {}", rule.name));
        let table = &tables[&rule.table];
        if rule.place.is_none()
            && let Err(fault) = engine.columns(&rule.select(&wanted(table, &rule.columns)))
        {
            // A column of a built-in rule's name may hold something else: then the rule does not apply.
            let fault = of_rule(fault, &rule, study, engine);
            not_run.entry(fault.message).or_default().push(rule.name.clone());
            continue;
        }
        if let Err(fault) = run(&rule, table, engine, &mut questions) {
            let fault = of_rule(fault, &rule, study, engine);
            questions.fail(&rule, in_expression(fault, rule.place.clone()));
        }
    }
    questions.not_run.extend(not_run.iter().map(|(why, rules)| format!("{}: {why}", rules.join(", "))));
    let failures = questions.failures();
    questions.problems.extend(failures);
    // Rows of a view may well agree: those that it is made of are looked at.
    for table in tables.values().filter(|table| !table.view) {
        progress(&format!("Looking for repeated rows in {}", table.name));
        repeats::ask(table, engine, &mut questions)?;
    }
    locate::locate(study, engine, tables, &mut questions.asked)?;
    questions.asked.sort_by(|a, b| order(&a.query).cmp(&order(&b.query)));
    questions.tell_apart();
    Ok(questions)
}

/// The fault of a rule, with the columns that it comes from.
fn of_rule(fault: Fault, rule: &Rule, study: &Study, engine: &dyn Engine) -> Fault {
    let sql = SourceText::new("registry.toml", rule.select(&rule.columns));
    explained(study, Fault { line_column: None, ..fault }, &sql, rule.place.is_some(), engine)
}

/// What is wrong with rules beside other problems: where these name every column that a rule fails for, it has been said.
pub(crate) fn not_told(problems: Vec<Problem>, others: &[Problem]) -> Vec<Problem> {
    let is_told = |problem: &Problem| {
        let columns = told_of(&problem.message);
        let told = |column: &str| others.iter().any(|other| other.message.contains(column));
        !columns.is_empty() && columns.into_iter().all(told)
    };
    problems.into_iter().filter(|problem| !is_told(problem)).collect()
}

fn order(query: &DataQuery) -> (&str, &str, &[u64], &[String], &str) {
    (&query.rule, &query.table, &query.rows, &query.columns, &query.id)
}

fn every_rule(study: &Study, tables: &BTreeMap<String, Table>, questions: &mut Questions<'_>) -> Vec<Rule> {
    let has = |table: &str, column: &str| {
        tables.get(table).is_some_and(|table| table.columns.iter().any(|known| known == column))
    };
    let applies = |rule: &&BuiltIn| {
        rule.columns.iter().all(|column| has(rule.table, column))
            && rule
                .needs
                .iter()
                .all(|need| need.split_once('.').is_some_and(|(table, column)| has(table, column)))
    };
    let dictionary = &study.registry.dictionary;
    let mut found = dictionary_rules::rules(study, tables);
    found.extend(RULES.iter().flat_map(|rules| rules.iter()).filter(applies).map(Rule::built_in));
    for (index, entry) in dictionary.rules.iter().enumerate() {
        let place = |key: &str| dictionary.place(&["rules".into(), index.into(), key.into()]);
        let known = |name: &str| found.iter().any(|rule: &Rule| rule.name == name);
        let Some(table) = tables.get(&entry.table) else {
            let names = tables.keys().map(String::as_str);
            questions.problems.push(
                Problem::input(format!("the registry has no table `{}`", entry.table))
                    .at(place("table"))
                    .help(suggest(&entry.table, names)),
            );
            continue;
        };
        if known(&entry.name) {
            questions.problems.push(
                Problem::input(format!("a rule built in is called `{}` too", entry.name))
                    .at(place("name"))
                    .help("give it another name"),
            );
            continue;
        }
        let missing = entry.columns.iter().find(|column| !table.columns.contains(column));
        if let Some(column) = missing {
            questions.problems.push(
                Problem::input(format!("the table `{}` has no column `{column}`", entry.table))
                    .at(place("columns"))
                    .help(suggest(column, table.columns.iter().map(String::as_str))),
            );
            continue;
        }
        let sql = if entry.sql.is_some() { "sql" } else { "where" };
        found.push(Rule::declared(entry, place(sql)));
    }
    found
}

/// Runs one rule and keeps what it finds.
fn run(rule: &Rule, table: &Table, engine: &dyn Engine, questions: &mut Questions<'_>) -> Result<(), Fault> {
    let columns = wanted(table, &rule.columns);
    let mut outcome = RuleOutcome {
        rule: rule.name.clone(),
        table: rule.table.clone(),
        columns: rule.columns.clone(),
        certainty: rule.certainty,
        message: rule.message.clone(),
        found: 0,
        patients: None,
        studied: None,
        impact: None,
    };
    let mut asked: Vec<Asked> = Vec::new();
    let mut take = |batch: &RecordBatch| {
        outcome.found += batch.num_rows() as u64;
        for row in 0..batch.num_rows() {
            let cells = values::Cells::new(batch, &columns, row);
            let detail = values::text(batch.column(columns.len()), row);
            let (query, patient) = cells.split(table, &rule.columns, detail);
            let one = table.asked(&outcome, query, patient);
            questions.note(&one);
            asked.push(one);
        }
        // The first in the order of their keys are kept, so that the same data give the same queries.
        if asked.len() >= 4 * SHOWN {
            questions.keep_first(&mut asked);
        }
    };
    engine.stream(&rule.select(&columns), &mut take)?;
    questions.keep_first(&mut asked);
    questions.asked.append(&mut asked);
    questions.rules.push(outcome);
    Ok(())
}

/// The columns that a query of a table needs: key, patient, and those in doubt.
pub(crate) fn wanted(table: &Table, doubted: &[String]) -> Vec<String> {
    let mut columns = table.key.clone();
    for column in table.patient.iter().chain(doubted) {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    columns
}

impl Table {
    /// A query about one of its rows.
    pub(crate) fn asked(&self, rule: &RuleOutcome, row: QueryRow, patient: Option<String>) -> Asked {
        Asked {
            patient,
            query: DataQuery {
                id: identity::id(&rule.rule, &self.name, &row),
                rule: rule.rule.clone(),
                certainty: rule.certainty,
                table: self.name.clone(),
                rows: Vec::new(),
                columns: rule.columns.clone(),
                message: rule.message.clone(),
                studied: None,
                answer: None,
                row: Some(row),
            },
        }
    }
}

/// Counts patients, sets answers, and gives what was asked its final form.
pub(crate) fn finish(
    mut questions: Questions<'_>,
    studied: Option<&BTreeSet<String>>,
) -> (DataQueries, Vec<Problem>) {
    for rule in &mut questions.rules {
        let of_rule = questions.asked.iter().filter(|asked| {
            asked.query.rule == rule.rule
                && asked.query.table == rule.table
                && asked.query.columns == rule.columns
        });
        let patients: BTreeSet<&String> = of_rule.filter_map(|asked| asked.patient.as_ref()).collect();
        if rule.found == 0 || !patients.is_empty() {
            rule.patients = Some(patients.len() as u64);
            rule.studied =
                studied.map(|set| patients.iter().filter(|one| set.contains(**one)).count() as u64);
        }
    }
    for asked in &mut questions.asked {
        asked.query.studied = studied.zip(asked.patient.as_ref()).map(|(set, patient)| set.contains(patient));
        asked.query.answer = questions.answers.get(&asked.query.id).cloned();
    }
    let settled = (questions.answers.len() - questions.seen.len()) as u64;
    let queries = questions.asked.into_iter().map(|asked| asked.query).collect();
    let data = DataQueries { rules: questions.rules, not_run: questions.not_run, queries, settled };
    (data, questions.problems)
}
