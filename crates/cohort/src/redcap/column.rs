//! What the data dictionary says of a column, as an entry of the registry's own.

use super::bounds::{bounds, doubted};
use super::choices::unit;
use super::export::{Content, EVENT, GROUP, INSTANCE, SURVEY};
use super::fields::{Field, FieldKind};
use crate::cells::{DateFormat, Reader, infer};
use crate::dictionary::{Code, ColumnEntry, ColumnKind, Decimal, Role};
use std::collections::BTreeSet;

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) entry: ColumnEntry,
    /// What else is known, for whoever reads the dictionary.
    pub(super) comments: Vec<String>,
    /// What REDCap only warns of, and the data do not keep: condition of the rows that do not, and words.
    pub(super) soft: Vec<(&'static str, String, String)>,
    /// Where the data are not what the data dictionary says.
    pub(super) doubt: Option<String>,
    /// Whether it can describe a patient.
    pub(super) describes: bool,
}

/// The distinct texts of a column that are values.
pub(super) type Texts<'a> = BTreeSet<&'a str>;

/// Whether every text can be read as a kind.
pub(super) fn fits(kind: ColumnKind, entry: &ColumnEntry, texts: &Texts<'_>) -> bool {
    let reader = Reader::new(kind, entry);
    texts.iter().all(|text| reader.read(text).value.is_ok())
}

/// What stands for the time of a survey that was begun and not sent.
const NOT_COMPLETED: &str = "[not completed]";

/// The entry of a column.
pub(super) fn column(name: &str, content: &Content, fields: &[Field], texts: &Texts<'_>) -> Column {
    let mut column = Column {
        name: name.into(),
        entry: ColumnEntry::default(),
        comments: Vec::new(),
        soft: Vec::new(),
        doubt: None,
        describes: false,
    };
    let entry = &mut column.entry;
    let mut set = |kind, label: &str, role| {
        (entry.r#type, entry.label, entry.role) = (Some(kind), Some(label.to_string()), Some(role));
    };
    match content {
        Content::Added => match name {
            EVENT => set(ColumnKind::Category, "Event", Role::Value),
            INSTANCE => set(ColumnKind::Integer, "Instance", Role::Value),
            GROUP => {
                set(ColumnKind::Category, "Data access group", Role::Quasi);
                column.describes = true;
            }
            SURVEY => set(ColumnKind::Text, "Survey identifier", Role::Identifier),
            _ => set(ColumnKind::Category, "Repeating instrument", Role::Value),
        },
        Content::Complete(form) => {
            set(ColumnKind::Category, &format!("{form}: complete?"), Role::Value);
            let states = [("0", "Incomplete"), ("1", "Unverified"), ("2", "Complete")];
            entry.codes = states.map(|(value, label)| code(value, label)).into();
            aliases(entry, texts);
        }
        Content::Timestamp(form) => {
            set(ColumnKind::Date, &format!("{form}: filled in"), Role::Date);
            entry.format = Some("%Y-%m-%d %H:%M:%S".into());
            entry.missing = vec![NOT_COMPLETED.into()];
        }
        Content::Check(index, value, label) => {
            let field = &fields[*index];
            set(ColumnKind::Flag, &format!("{}: {label}", field.label), Role::Value);
            if field.identifies {
                entry.role = Some(Role::Quasi);
            }
            let own = [("1", vec!["Checked", label.as_str()]), ("0", vec!["Unchecked"])];
            if texts.iter().any(|text| own.iter().any(|(_, spellings)| spellings.contains(text))) {
                let code = |(value, spellings): (&str, Vec<&str>)| Code {
                    value: value.into(),
                    aliases: spellings.into_iter().filter(|text| *text != value).map(Into::into).collect(),
                    ..Code::default()
                };
                entry.codes = own.map(code).into();
            }
            column.comments.push(format!("Choice {value} of {}", field.name));
            about(&mut column, field);
            column.describes = true;
        }
        Content::Field(index) => {
            let field = &fields[*index];
            entry.label = Some(field.label.clone()).filter(|label| !label.is_empty());
            of_field(&mut column, field, texts);
            about(&mut column, field);
            bounds(&mut column, field, texts);
        }
    }
    doubted(&mut column, texts);
    column
}

/// A code with its label.
pub(super) fn code(value: &str, label: &str) -> Code {
    Code { value: value.into(), label: label.into(), aliases: Vec::new() }
}

/// Lets labels stand for their codes where the data have them.
fn aliases(entry: &mut ColumnEntry, texts: &Texts<'_>) {
    let folded = |text: &str| text.to_lowercase();
    let values: Vec<String> = entry.codes.iter().map(|code| folded(&code.value)).collect();
    entry.ignore_case = values.iter().collect::<BTreeSet<_>>().len() == values.len();
    let is_labelled = texts.iter().any(|text| !values.contains(&folded(text)));
    let labels: Vec<String> = entry.codes.iter().map(|code| folded(&code.label)).collect();
    for (index, code) in entry.codes.iter_mut().enumerate().filter(|_| is_labelled) {
        let is_alone = labels.iter().filter(|label| **label == labels[index]).count() == 1;
        if is_alone && !values.contains(&labels[index]) && !code.label.is_empty() {
            code.aliases.push(code.label.clone());
        }
    }
}

/// Type, codes and role of a field.
fn of_field(column: &mut Column, field: &Field, texts: &Texts<'_>) {
    let entry = &mut column.entry;
    let mut set = |kind, role| (entry.r#type, entry.role) = (Some(kind), Some(role));
    match field.kind {
        FieldKind::Choice => {
            set(ColumnKind::Category, if field.identifies { Role::Quasi } else { Role::Value });
            for (value, label) in &field.choices {
                if entry.codes.iter().all(|code| code.value != *value) {
                    entry.codes.push(code(value, label));
                }
            }
            aliases(entry, texts);
            column.describes = true;
        }
        FieldKind::Flag => {
            set(ColumnKind::Flag, if field.identifies { Role::Quasi } else { Role::Value });
            column.describes = true;
        }
        FieldKind::Notes | FieldKind::File | FieldKind::Descriptive | FieldKind::Checkbox => {
            set(ColumnKind::Text, Role::FreeText)
        }
        FieldKind::Sql => {
            set(ColumnKind::Text, if field.identifies { Role::Identifier } else { Role::FreeText })
        }
        FieldKind::Slider => set(ColumnKind::Number, Role::Value),
        FieldKind::Calculated | FieldKind::Text => text_field(entry, field, texts),
    }
    let is_number = matches!(entry.r#type, Some(ColumnKind::Number | ColumnKind::Integer));
    column.describes |= is_number;
    if is_number && entry.role != Some(Role::Identifier) {
        if let Some((label, unit)) = unit(&field.label) {
            (entry.label, entry.unit) = (Some(label.into()), Some(unit.into()));
        }
        if field.name.split('_').any(|word| word == "age") || field.label.to_lowercase().starts_with("age ") {
            entry.role = Some(Role::Age);
        }
    }
}

/// A box for text, by its validation; where it has none, by what stands in it.
fn text_field(entry: &mut ColumnEntry, field: &Field, texts: &Texts<'_>) {
    let validation = field.validation.as_str();
    let is_birth = ["birth", "dob"]
        .iter()
        .any(|word| field.name.contains(word) || field.label.to_lowercase().contains(word));
    let day = if is_birth { Role::BirthDate } else { Role::Date };
    let (kind, role) = match validation {
        _ if validation.starts_with("date_") => (ColumnKind::Date, day),
        _ if validation.starts_with("datetime_") => (ColumnKind::Date, day),
        "integer" => (ColumnKind::Integer, Role::Value),
        _ if validation.starts_with("number") => (ColumnKind::Number, Role::Value),
        _ if validation.starts_with("time") => (ColumnKind::Text, Role::Value),
        "email" | "ssn" | "vmrn" => (ColumnKind::Text, Role::Identifier),
        _ if validation.starts_with("phone") || validation.starts_with("mrn") => {
            (ColumnKind::Text, Role::Identifier)
        }
        _ if validation.starts_with("zip") || validation.starts_with("postal") => {
            (ColumnKind::Text, Role::Quasi)
        }
        "" if !texts.is_empty() => match infer(texts.iter().copied(), entry) {
            ColumnKind::Text | ColumnKind::Category | ColumnKind::Flag => (ColumnKind::Text, Role::FreeText),
            ColumnKind::Date => (ColumnKind::Date, day),
            kind => (kind, Role::Value),
        },
        "" if field.kind == FieldKind::Calculated => (ColumnKind::Number, Role::Value),
        _ => (ColumnKind::Text, Role::FreeText),
    };
    (entry.r#type, entry.role) = (Some(kind), Some(role));
    if field.identifies && kind != ColumnKind::Date {
        (entry.r#type, entry.role) = (Some(ColumnKind::Text), Some(Role::Identifier));
        return;
    }
    if kind == ColumnKind::Number {
        let (comma, point) =
            (texts.iter().any(|text| text.contains(',')), texts.iter().any(|text| text.contains('.')));
        entry.decimal = match (comma, point) {
            (true, true) => Some(Decimal::Either),
            (true, false) => Some(Decimal::Comma),
            (false, false) if validation.ends_with("comma_decimal") => Some(Decimal::Comma),
            _ => None,
        };
    }
    if kind == ColumnKind::Date {
        entry.format = date_format(validation, entry, texts);
    }
}

/// The way in which the days are written: ISO, as REDCap exports them, or what a spreadsheet has made of it.
fn date_format(validation: &str, entry: &ColumnEntry, texts: &Texts<'_>) -> Option<String> {
    let time = match validation {
        _ if validation.starts_with("datetime_seconds") => " %H:%M:%S",
        _ if validation.starts_with("datetime") => " %H:%M",
        _ => "",
    };
    let orders: &[&str] = match validation.rsplit('_').next() {
        Some("dmy") => &["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"],
        Some("mdy") => &["%m-%d-%Y", "%m/%d/%Y", "%m.%d.%Y"],
        _ => &["%Y/%m/%d"],
    };
    let iso = format!("%Y-%m-%d{time}");
    let is = |format: &String| {
        let entry = ColumnEntry { format: Some(format.clone()), ..entry.clone() };
        DateFormat::parse(format).is_some() && fits(ColumnKind::Date, &entry, texts)
    };
    let formats = std::iter::once(iso.clone()).chain(orders.iter().map(|order| format!("{order}{time}")));
    let found = formats.into_iter().find(is).unwrap_or(iso);
    (found != "%Y-%m-%d").then_some(found)
}

/// What there is to tell of a field beside its type.
fn about(column: &mut Column, field: &Field) {
    let mut tell = |what: &str, text: &str| {
        if !text.is_empty() {
            column.comments.push(format!("{what}{text}"));
        }
    };
    tell("Shown only if ", &field.branching);
    tell(if field.kind == FieldKind::Slider { "Slider: " } else { "Calculated: " }, &field.formula);
    tell("Note: ", &field.note);
    tell("Annotation: ", &field.annotation);
}
