//! Tables of a PostgreSQL database, read in place.
//!
//! First the server is asked, in one scan, how many rows there are and whether every value is what the dictionary says.
//! Where it is, the table stays where it is, and queries ask the server for no more than they need. Where something has
//! to be changed or refused, the table is read whole: the columns in doubt as texts, through the reader of text files,
//! so that a value means the same whether it comes from a file or from a database, and each that cannot be read is told
//! with its row.

mod column;
mod password;
mod settings;
mod whole;

use crate::cleaning::{Cleaning, ColumnReport, TableReport};
use crate::dictionary::{Dictionary, Duplicates, TableEntry, relation_parts};
use crate::registry::relation_name;
use crate::sources::TableFile;
use column::{Column, Finding};
use engine::postgres::{Database, ReadColumn, Relation, Stored};
use engine::{Engine, Fault, quoted};
use std::path::Path;
use study::nearest::suggest;
use study::{InputTable, Place, Problem, Step};

/// Connects to the database of a table.
///
/// # Errors
/// The entry is wrong; the server cannot be reached, or lets nobody in.
pub(crate) fn connect(name: &str, dictionary: &Dictionary, engine: &dyn Engine) -> Result<Database, Problem> {
    let entry = &dictionary.databases[name];
    let place = |key: &str| dictionary.place(&["databases".into(), name.into(), key.into()]);
    let folder = dictionary.source.as_ref().and_then(|source| source.path.parent());
    let server =
        settings::server(name, entry, folder.unwrap_or(Path::new(".")), &|name| std::env::var(name).ok());
    let server = server.map_err(|(key, message, help)| Problem::input(message).at(place(key)).help(help))?;
    engine.connect(&server).map_err(|fault| refusal(fault, place("host")))
}

/// A fault of the server as a problem.
fn refusal(fault: Fault, place: Option<Place>) -> Problem {
    let problem = Problem::input(fault.message).at(place);
    match (&fault.name, fault.help) {
        (_, Some(help)) => problem.help(help),
        (Some(name), None) => problem.help(suggest(name, fault.known.iter().map(String::as_str))),
        (None, None) => problem,
    }
}

/// What was asked of a table and what the server answered.
struct Survey<'a> {
    columns: Vec<Column<'a>>,
    /// One a question of each column.
    counts: Vec<Vec<u64>>,
    rows: u64,
    fingerprint: String,
}

impl Survey<'_> {
    fn found(&self, index: usize, which: impl Fn(&Finding) -> bool) -> u64 {
        let questions = self.columns[index].questions.iter().zip(&self.counts[index]);
        questions.filter(|((finding, _), _)| which(finding)).map(|(_, n)| *n).sum()
    }

    /// Whether a column can be read in place.
    fn is_sound(&self, index: usize) -> bool {
        !self.columns[index].texts && self.found(index, |finding| *finding == Finding::Fault) == 0
    }

    /// Whether the server has to change values of a column.
    fn changes(&self, index: usize) -> bool {
        self.found(index, |finding| matches!(finding, Finding::Change(_) | Finding::Empty)) > 0
    }

    /// What was changed in a column that is read in place.
    fn notes(&self, index: usize) -> Vec<(String, u64)> {
        let questions = self.columns[index].questions.iter().zip(&self.counts[index]);
        let told = questions.filter(|(_, n)| **n > 0).filter_map(|((finding, _), n)| match finding {
            Finding::Change(words) => Some((words.clone(), *n)),
            Finding::Loss(words) => Some(((*words).to_string(), *n)),
            _ => None,
        });
        told.collect()
    }

    /// The columns as they are read in place.
    fn in_place(&self) -> impl Iterator<Item = ReadColumn> {
        self.columns.iter().enumerate().map(|(index, column)| column.in_place(self.changes(index)))
    }

    fn missing(&self, index: usize) -> u64 {
        self.found(index, |finding| *finding == Finding::Missing)
    }
}

/// Makes a relation a table of the engine, and tells what it was.
pub(crate) fn load(
    table: &TableFile<'_>,
    database: &Database,
    engine: &dyn Engine,
) -> Result<(TableReport, InputTable), Problem> {
    let place = table.place("relation");
    let entry = table.entry().ok_or_else(|| Problem::internal("a relation has no entry"))?;
    let (schema, name) = relation_of(table, entry)?;
    let relation =
        database.relation(schema.as_deref(), &name).map_err(|fault| refusal(fault, place.clone()))?;
    let columns = columns(table, entry, database, &relation)?;
    let survey = survey(database, &relation, columns).map_err(|fault| refusal(fault, place.clone()))?;
    let in_place = (0..survey.columns.len()).all(|index| survey.is_sound(index))
        && !has_repeated(database, &relation, entry, &survey)
            .map_err(|fault| refusal(fault, place.clone()))?;
    let mut report = match in_place {
        true => reside(table, database, &relation, &survey, engine),
        false => whole::load(table, database, &relation, &survey, engine),
    }
    .map_err(|problem| problem.at(place))?;
    report.cleaning.extend(circumstances(table.name, entry, database, &relation, survey.rows));
    let origin = InputTable {
        table: table.name.into(),
        relation: relation_name(table.name, entry),
        server: database.version().into(),
        rows: survey.rows,
        fingerprint: survey.fingerprint,
    };
    Ok((report, origin))
}

/// Schema and name of the relation.
fn relation_of(table: &TableFile<'_>, entry: &TableEntry) -> Result<(Option<String>, String), Problem> {
    let database = entry.database.as_ref().and_then(|name| table.dictionary.databases.get(name));
    let stated = database.and_then(|database| database.schema.clone());
    match &entry.relation {
        None => Ok((stated, table.name.into())),
        Some(text) => {
            let (schema, name) =
                relation_parts(text).ok_or_else(|| Problem::internal("a relation has no name"))?;
            Ok((schema.or(stated), name))
        }
    }
}

/// The columns that can be read, with what the dictionary says of each.
fn columns<'a>(
    table: &TableFile<'_>,
    entry: &TableEntry,
    database: &Database,
    relation: &'a Relation,
) -> Result<Vec<Column<'a>>, Problem> {
    let names: Vec<String> = relation.columns.iter().map(|column| column.name.clone()).collect();
    let mut problems = table.dictionary.against_header(table.name, &names);
    let mut columns = Vec::new();
    for server in &relation.columns {
        let said = entry.columns.get(&server.name);
        let place = table.dictionary.column_place(table.name, &server.name, None);
        if !server.readable {
            if said.is_some() {
                problems.push(
                    Problem::input(format!("the column `{}` may not be read by this user", server.name))
                        .at(place)
                        .help("ask its owner to grant SELECT on it, or leave it out of registry.toml"),
                );
            }
            continue;
        }
        if said.is_some_and(|said| said.format.is_some()) && server.stored != Stored::Text {
            let place = table.dictionary.column_place(table.name, &server.name, Some("format"));
            problems.push(
                Problem::input(format!("the column holds {}, which has no format", server.type_name))
                    .at(place)
                    .help("remove `format`"),
            );
        }
        let is_unit = entry.columns.values().any(|one| one.unit_column.as_ref() == Some(&server.name));
        let whole = table.dictionary.with_missing(table.name, said.cloned().unwrap_or_default());
        columns.push(Column::new(server, whole, is_unit || !database.is_utf8()));
    }
    Problem::collect(problems)?;
    Ok(columns)
}

/// Asks everything in one scan.
fn survey<'a>(
    database: &Database,
    relation: &Relation,
    columns: Vec<Column<'a>>,
) -> Result<Survey<'a>, Fault> {
    // The server's own text of every value that may be read; the hashes of rows are added up, so that their order is
    // nothing.
    let row: Vec<String> = columns.iter().map(|column| quoted(&column.server.name)).collect();
    let hash = format!("sum(hashtextextended(row({})::text, 0)::numeric)", row.join(", "));
    let mut expressions = vec!["count(*)".to_string(), hash];
    for column in &columns {
        let counted =
            column.questions.iter().map(|(_, condition)| format!("count(*) filter (where {condition})"));
        expressions.extend(counted);
    }
    let mut answers = Vec::new();
    // A SELECT of the server has at most 1664 columns.
    for part in expressions.chunks(1500) {
        answers.extend(database.aggregates(&relation.sql(), part)?);
    }
    let number =
        |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let mut rest = answers[2..].iter();
    let counts = columns
        .iter()
        .map(|column| rest.by_ref().take(column.questions.len()).map(number).collect())
        .collect();
    let sum = answers[1].as_deref().and_then(|text| text.parse::<i128>().ok()).unwrap_or(0);
    // What is left of the sum in 64 bits.
    let fingerprint = format!("{:016x}", sum.rem_euclid(1 << 64));
    Ok(Survey { rows: number(&answers[0]), fingerprint, columns, counts })
}

/// Whether rows stand twice, as they are read, that the dictionary does not let stand.
fn has_repeated(
    database: &Database,
    relation: &Relation,
    entry: &TableEntry,
    survey: &Survey<'_>,
) -> Result<bool, Fault> {
    if entry.duplicates == Duplicates::Report {
        return Ok(false);
    }
    let columns: Vec<String> = survey.in_place().map(|column| format!("({})::text", column.sql)).collect();
    let from = format!(
        "(select 1 from {} group by {} having count(*) > 1 limit 1) as repeated",
        relation.sql(),
        columns.join(", ")
    );
    let found = database.aggregates(&from, &["count(*)".into()])?;
    Ok(found.first().is_some_and(|n| n.as_deref() != Some("0")))
}

/// Leaves the table where it is.
fn reside(
    table: &TableFile<'_>,
    database: &Database,
    relation: &Relation,
    survey: &Survey<'_>,
    engine: &dyn Engine,
) -> Result<TableReport, Problem> {
    let mut report = TableReport { rows: survey.rows, ..TableReport::default() };
    for (index, column) in survey.columns.iter().enumerate() {
        report.columns.push(ColumnReport {
            table: table.name.into(),
            column: column.server.name.clone(),
            label: column.entry.label.clone(),
            kind: column.kind_name(),
            declared: column.entry.r#type.is_some(),
            rows: survey.rows,
            missing: Some(survey.missing(index)),
            distinct: None,
        });
        let note = |(what, n)| Cleaning {
            table: table.name.into(),
            column: Some(column.server.name.clone()),
            what,
            n,
        };
        report.cleaning.extend(survey.notes(index).into_iter().map(note));
        report.entries.insert(column.server.name.clone(), column.entry.clone());
    }
    let columns: Vec<ReadColumn> = survey.in_place().collect();
    engine
        .add_relation(table.name, database, relation, &columns, survey.rows)
        .map_err(|fault| Problem::internal(fault.message))?;
    Ok(report)
}

/// What of the server decides what is read: rules that hide rows, columns that are not granted, the time zone, types that
/// farr knows only as texts.
fn circumstances(
    table: &str,
    entry: &TableEntry,
    database: &Database,
    relation: &Relation,
    rows: u64,
) -> Vec<Cleaning> {
    let mut told = Vec::new();
    let mut note = |column: Option<&str>, what: String| {
        told.push(Cleaning { table: table.into(), column: column.map(Into::into), what, n: rows });
    };
    if relation.row_security {
        note(None, "row security of the server is in force: rows may be hidden".into());
    }
    for column in &relation.columns {
        if !column.readable {
            note(Some(&column.name), "not granted to this user: left out".into());
        } else if column.stored == Stored::MomentWithZone {
            note(Some(&column.name), format!("given in the server's time zone, {}", database.time_zone()));
        } else if column.stored == Stored::Other && !entry.declares(&column.name) {
            note(
                Some(&column.name),
                format!("the type `{}` read as text, as the server prints it", column.type_name),
            );
        }
    }
    told
}

impl TableFile<'_> {
    /// The place of a key of the table in registry.toml.
    fn place(&self, key: &str) -> Option<Place> {
        let path: [Step; 3] = ["tables".into(), self.name.into(), key.into()];
        self.dictionary.place(&path)
    }
}
