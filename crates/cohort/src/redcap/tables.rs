//! Which tables there are, and which columns and rows of the export each has.

use super::REDCAP_RECORDS;
use super::column::{Column, Texts, column};
use super::export::{Content, EVENT, Export, GROUP, INSTANCE, INSTRUMENT, SURVEY};
use super::fields::{Field, FieldKind};
use crate::dictionary::{ColumnEntry, ColumnKind, Role};
use std::collections::BTreeMap;

/// The table with the events of each record.
pub(super) const EVENTS: &str = "events";

/// A table.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) label: String,
    /// Only rows of these repeating instruments; `""` for those of none.
    pub(super) instruments: Vec<String>,
    /// Only rows in which one of these columns has a value.
    pub(super) filled: Vec<String>,
    pub(super) key: Vec<String>,
    /// Whether several rows of the export make one.
    pub(super) distinct: bool,
    pub(super) columns: Vec<Column>,
    /// The form whose columns it has, where it is the table of one.
    pub(super) form: Option<String>,
    /// Whether no record has two rows.
    pub(super) is_once: bool,
}

/// The tables, that of the records first.
pub(super) fn tables(export: &Export, fields: &[Field], missing: &[(String, String)]) -> Vec<Table> {
    let make = Make { export, fields, missing };
    let mut forms: Vec<&str> = Vec::new();
    for field in fields {
        if !forms.contains(&field.form.as_str()) {
            forms.push(&field.form);
        }
    }
    let repeating = |form: &str| export.instruments.values().any(|one| one == form);
    let mut tables = Vec::new();
    if export.has_events() {
        tables.push(make.distinct(REDCAP_RECORDS, "The records", &[GROUP, SURVEY]));
        tables.push(make.distinct(EVENTS, "The events of each record", &[EVENT]));
        tables.extend(forms.iter().filter_map(|form| make.form(form, repeating(form))));
    } else {
        let once = |form: Option<&str>| form.is_none_or(|form| !repeating(form));
        tables.push(make.records(once));
        tables.extend(forms.iter().filter(|form| repeating(form)).filter_map(|form| make.form(form, true)));
    }
    tables
}

/// The name of the table of a form.
fn name_of(form: &str) -> String {
    if [REDCAP_RECORDS, EVENTS, "patients"].contains(&form) { format!("{form}_form") } else { form.into() }
}

struct Make<'a> {
    export: &'a Export,
    fields: &'a [Field],
    missing: &'a [(String, String)],
}

impl Make<'_> {
    /// One row a record, of all forms that do not repeat.
    fn records(&self, is_wanted: impl Fn(Option<&str>) -> bool) -> Table {
        let repeats = self.export.position(INSTRUMENT).is_some();
        let instruments = if repeats { vec![String::new()] } else { Vec::new() };
        let rows = self.rows(&instruments, &[]);
        let mut columns = vec![self.id(None)];
        for (position, name, content) in &self.export.columns[1..] {
            let form = self.export.form(content, self.fields);
            let is_own = !matches!(name.as_str(), EVENT | INSTRUMENT | INSTANCE);
            if is_own && is_wanted(form) {
                columns.push(self.column(*position, name, content, &rows));
            }
        }
        Table {
            name: REDCAP_RECORDS.into(),
            label: "The records".into(),
            instruments,
            filled: Vec::new(),
            key: vec![self.export.id().into()],
            distinct: false,
            columns,
            form: None,
            is_once: true,
        }
    }

    /// The records, each with one row, however many the export has of it.
    fn distinct(&self, name: &str, label: &str, added: &[&str]) -> Table {
        let is_records = name == REDCAP_RECORDS;
        let mut columns = vec![self.id((!is_records).then_some(REDCAP_RECORDS))];
        let rows = self.rows(&[], &[]);
        for added in added {
            if let Some(position) = self.export.position(added) {
                columns.push(self.column(position, added, &Content::Added, &rows));
            }
        }
        let key = columns.iter().filter(|column| !is_records || column.name == self.export.id());
        Table {
            name: name.into(),
            label: label.into(),
            instruments: Vec::new(),
            filled: Vec::new(),
            key: key.map(|column| column.name.clone()).collect(),
            distinct: true,
            columns,
            form: None,
            is_once: is_records,
        }
    }

    /// The rows of a form, one an event and repetition in which it is filled in.
    fn form(&self, form: &str, repeats: bool) -> Option<Table> {
        let own: Vec<_> = self
            .export
            .columns
            .iter()
            .filter(|(_, _, content)| self.export.form(content, self.fields) == Some(form))
            .collect();
        if own.is_empty() {
            return None;
        }
        let mut instruments = Vec::new();
        if self.export.position(INSTRUMENT).is_some() {
            let texts = self.export.instruments.iter().filter(|(_, own)| own.as_str() == form);
            instruments.extend(texts.map(|(text, _)| text.clone()));
            if self.export.has_events() {
                instruments.insert(0, String::new());
            }
        }
        let filled: Vec<String> = match self.export.has_events() {
            true => own.iter().map(|(_, name, _)| name.clone()).collect(),
            false => Vec::new(),
        };
        let positions: Vec<usize> = own.iter().map(|(position, _, _)| *position).collect();
        let rows = self.rows(&instruments, if filled.is_empty() { &[] } else { &positions });
        let has_instances = self.export.position(INSTANCE).is_some_and(|position| {
            repeats || rows.iter().any(|row| !self.export.text(position, *row).is_empty())
        });
        let mut columns = vec![self.id(Some(REDCAP_RECORDS))];
        for (name, is_there) in [(EVENT, self.export.has_events()), (INSTANCE, has_instances)] {
            if let Some(position) = self.export.position(name).filter(|_| is_there) {
                columns.push(self.column(position, name, &Content::Added, &rows));
            }
        }
        let key = columns.iter().map(|column| column.name.clone()).collect();
        for (position, name, content) in own {
            columns.push(self.column(*position, name, content, &rows));
        }
        let mut n: BTreeMap<&str, usize> = BTreeMap::new();
        rows.iter().for_each(|row| *n.entry(self.export.text(0, *row)).or_default() += 1);
        Some(Table {
            name: name_of(form),
            label: form.replace('_', " "),
            instruments,
            filled,
            key,
            distinct: false,
            columns,
            form: Some(form.into()),
            is_once: !repeats && n.values().all(|n| *n == 1),
        })
    }

    /// The rows of a table.
    fn rows(&self, instruments: &[String], filled: &[usize]) -> Vec<usize> {
        let instrument = self.export.position(INSTRUMENT);
        let is_wanted = |row: &usize| {
            let own = |position: usize| instruments.iter().any(|one| one == self.export.text(position, *row));
            (instruments.is_empty() || instrument.is_none_or(own))
                && (filled.is_empty()
                    || filled.iter().any(|position| !self.export.text(*position, *row).is_empty()))
        };
        (0..self.export.grid.rows).filter(is_wanted).collect()
    }

    fn id(&self, of: Option<&str>) -> Column {
        let label = Some(self.fields[0].label.clone()).filter(|label| !label.is_empty());
        let name = self.export.id();
        Column {
            name: name.into(),
            entry: ColumnEntry {
                r#type: Some(ColumnKind::Text),
                label,
                role: Some(Role::Identifier),
                required: true,
                references: of.map(|table| format!("{table}.{name}")),
                ..ColumnEntry::default()
            },
            comments: Vec::new(),
            soft: Vec::new(),
            doubt: None,
            describes: false,
        }
    }

    fn column(&self, position: usize, name: &str, content: &Content, rows: &[usize]) -> Column {
        let is_missing = |text: &str| text.is_empty() || self.missing.iter().any(|(code, _)| code == text);
        let texts = rows.iter().map(|row| self.export.text(position, *row));
        let values: Texts<'_> = texts.clone().filter(|text| !is_missing(text)).collect();
        let mut column = column(name, content, self.fields, &values);
        if matches!(content, Content::Field(_)) {
            column.entry.missing = self.missing.iter().map(|(code, _)| code.clone()).collect();
        }
        if let Content::Field(index) = content
            && self.fields[*index].required
        {
            self.require(
                &mut column,
                &self.fields[*index],
                rows.iter().all(|row| !is_missing(self.export.text(position, *row))),
            );
        }
        column
    }

    /// What REDCap asks for may still be missing: where it is, a rule asks about it.
    fn require(&self, column: &mut Column, field: &Field, is_there: bool) {
        if !field.branching.is_empty() || field.kind == FieldKind::Checkbox {
            column.comments.push("Required where it is shown".into());
        } else if is_there {
            column.entry.required = true;
        } else {
            let condition = format!("{} is null", engine::quoted(&column.name));
            column.soft.push(("required", condition, "the value is missing, and REDCap requires it".into()));
        }
    }
}
