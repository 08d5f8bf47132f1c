//! Where the schedule's days stand.

use crate::dictionary::{ColumnKind, FollowUpEntry};
use crate::sql_text::{expression, in_expression};
use crate::study_folder::Study;
use engine::{Engine, Type, quoted};
use study::nearest::suggest;
use study::{Place, Problem};

/// A column of days, and the column of its table that names the patient.
#[derive(Debug)]
pub(super) struct Days {
    pub(super) table: String,
    pub(super) column: String,
    pub(super) patient: String,
}

/// Both columns of a schedule.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) start: Days,
    pub(super) visits: Days,
}

impl Places {
    /// Finds the columns in tables and views that are in the engine, and plans the conditions.
    pub(super) fn find(
        study: &Study,
        engine: &dyn Engine,
        entry: &FollowUpEntry,
        id: Option<&str>,
    ) -> Result<Self, Problem> {
        let place = |key: &str| study.registry.dictionary.place(&["follow_up".into(), key.into()]);
        let start = days(study, engine, &entry.start, id, place("start"));
        let visits = days(study, engine, &entry.visits, id, place("visits"));
        let mut problems = Vec::new();
        if let Ok(visits) = &visits {
            for (key, sql) in [("death", &entry.death), ("ends", &entry.ends)] {
                let Some(sql) = sql else { continue };
                let found = expression(engine, sql, &quoted(&visits.table));
                match found.map_err(|fault| in_expression(fault, place(key))) {
                    Ok(field) if field.r#type == Type::Flag => {}
                    Ok(field) => problems.push(
                        Problem::input(format!("`{key}` gives {}, not true or false", field.r#type))
                            .at(place(key))
                            .help("write a condition, for example status = 'dead'"),
                    ),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        match (start, visits) {
            (Ok(start), Ok(visits)) => Problem::collect(problems).map(|()| Self { start, visits }),
            (start, visits) => {
                problems.splice(0..0, [start.err(), visits.err()].into_iter().flatten());
                Problem::collect(problems)?;
                Err(Problem::internal("a schedule without columns"))
            }
        }
    }
}

fn days(
    study: &Study,
    engine: &dyn Engine,
    text: &str,
    id: Option<&str>,
    place: Option<Place>,
) -> Result<Days, Problem> {
    let refuse = |message: String, help: String| Problem::input(message).at(place.clone()).help(help);
    let (table, column) = FollowUpEntry::column(text)
        .ok_or_else(|| refuse(format!("`{text}` names no column of a table"), "write TABLE.COLUMN".into()))?;
    let tables = engine.tables();
    if !tables.iter().any(|known| known == table) {
        let known = study.registry.tables.keys().map(String::as_str);
        return Err(refuse(format!("the registry has no table `{table}`"), suggest(table, known)));
    }
    let fields = engine
        .columns(&format!("select * from {}", quoted(table)))
        .map_err(|fault| in_expression(fault, place.clone()))?;
    let columns: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    let Some(field) = fields.iter().find(|field| field.name == column) else {
        let help = suggest(column, columns.iter().map(String::as_str));
        return Err(refuse(format!("the table `{table}` has no column `{column}`"), help));
    };
    if !matches!(field.r#type, Type::Date | Type::Moment) {
        let help = format!("give the column `type = \"{}\"` in registry.toml", ColumnKind::Date.name());
        return Err(refuse(format!("`{text}` holds {}, not days", field.r#type), help));
    }
    let patient = study.registry.dictionary.patient_column(table, id, &columns).ok_or_else(|| {
        let help = "say with `patient` in registry.toml which column names patients".to_string();
        refuse(format!("the rows of `{table}` belong to no patient"), help)
    })?;
    Ok(Days { table: table.into(), column: column.into(), patient })
}

/// What is wrong with the schedule of a registry whose tables have been read. Nothing is said of tables that could not be
/// read, or of views, which a check of the registry does not run.
pub(crate) fn check(study: &Study, engine: &dyn Engine, id: Option<&str>) -> Vec<Problem> {
    let Some(entry) = &study.registry.dictionary.follow_up else { return Vec::new() };
    let unread = |text: &str| {
        FollowUpEntry::column(text).is_some_and(|(table, _)| {
            !study.reports.contains_key(table)
                && (study.registry.tables.contains_key(table) || study.views.contains_key(table))
        })
    };
    if unread(&entry.start) || unread(&entry.visits) {
        return Vec::new();
    }
    Places::find(study, engine, entry, id).err().map(crate::check::single).unwrap_or_default()
}
