//! The export: which column is what.

use super::RedcapProject;
use super::choices::{checkbox, one_line, plain};
use super::fields::{Field, FieldKind, TABLE, grid, is_dictionary};
use crate::Dictionary;
use crate::dictionary::TableEntry;
use crate::sources::Grid;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use study::{Place, Problem};

pub(super) const EVENT: &str = "redcap_event_name";
pub(super) const INSTRUMENT: &str = "redcap_repeat_instrument";
pub(super) const INSTANCE: &str = "redcap_repeat_instance";
pub(super) const GROUP: &str = "redcap_data_access_group";
pub(super) const SURVEY: &str = "redcap_survey_identifier";

/// What a column of the export is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// One of the columns that REDCap adds to every row.
    Added,
    /// A field, by its index.
    Field(usize),
    /// A choice of a checkbox: index of the field, and code and label of the choice.
    Check(usize, String, String),
    /// When the form was filled in as a survey.
    Timestamp(String),
    /// Whether the form is complete.
    Complete(String),
}

/// The export, with the names of the columns that REDCap uses itself.
pub(super) struct Export {
    pub(super) grid: Grid,
    /// The columns that are known, with their position.
    pub(super) columns: Vec<(usize, String, Content)>,
    /// Whether the file has labels in place of names.
    pub(super) is_relabelled: bool,
    /// Columns that are no field.
    pub(super) unknown: Vec<String>,
    /// Fields that have no column.
    pub(super) absent: Vec<String>,
    /// The form of each text in the column of repeating instruments.
    pub(super) instruments: BTreeMap<String, String>,
}

/// A column that can be there: its name, its heading in an export of labels, what it is.
type Expected = (String, String, Content);

fn expected(fields: &[Field], missing: &[(String, String)]) -> Vec<Expected> {
    let mut expected: Vec<Expected> = Vec::new();
    let mut form = None;
    let complete = |form: &str| {
        let name = format!("{form}_complete");
        (name, "complete?".into(), Content::Complete(form.into()))
    };
    for (index, field) in fields.iter().enumerate() {
        if form.is_some_and(|form| form != &field.form) {
            expected.extend(form.map(|form: &String| complete(form)));
        }
        if form != Some(&field.form) {
            let timestamp = || Content::Timestamp(field.form.clone());
            let column = (format!("{}_timestamp", field.form), "survey timestamp".into(), timestamp());
            // The name of the record stands before everything else.
            if index > 0 {
                expected.push(column);
                form = Some(&field.form);
                add(&mut expected, index, field, missing);
                continue;
            }
            add(&mut expected, index, field, missing);
            let added = [
                (EVENT, "event name"),
                (INSTRUMENT, "repeat instrument"),
                (INSTANCE, "repeat instance"),
                (GROUP, "data access group"),
                (SURVEY, "survey identifier"),
            ];
            expected.extend(added.map(|(name, label)| (name.into(), label.into(), Content::Added)));
            expected.push(column);
            form = Some(&field.form);
            continue;
        }
        add(&mut expected, index, field, missing);
    }
    expected.extend(form.map(|form| complete(form)));
    expected
}

fn add(expected: &mut Vec<Expected>, index: usize, field: &Field, missing: &[(String, String)]) {
    match field.kind {
        FieldKind::Descriptive => {}
        FieldKind::Checkbox => {
            for (code, label) in field.choices.iter().chain(missing) {
                let heading = folded(&format!("{} (choice={label})", field.label));
                let content = Content::Check(index, code.clone(), label.clone());
                expected.push((checkbox(&field.name, code), heading, content));
            }
        }
        _ => expected.push((field.name.clone(), folded(&field.label), Content::Field(index))),
    }
}

/// A heading as it is compared.
fn folded(text: &str) -> String {
    plain(text).to_lowercase()
}

impl Export {
    /// Reads an export, and finds what its columns are.
    pub(super) fn read(path: &Path, fields: &[Field], missing: &[(String, String)]) -> Result<Self, Problem> {
        // Headings of labels need not differ: they are taken as they are.
        let lenient = TableEntry { names: vec![String::new()], ..TableEntry::default() };
        let dictionary =
            Dictionary { tables: BTreeMap::from([(TABLE.into(), lenient)]), ..Dictionary::default() };
        let grid = grid(path, &dictionary)?;
        let refused = |message: String| Problem::input(message).at(Place::Path(path.into()));
        let expected = expected(fields, missing);
        let first = grid.names[0].clone();
        let is_relabelled = first != fields[0].name;
        if is_relabelled && folded(&first) != folded(&fields[0].label) {
            let name = &fields[0].name;
            return Err(refused(format!(
                "the first column is `{first}`, and the first field of the data dictionary is `{name}`"
            ))
            .help(
                "give the export of the records with all fields, and the data dictionary of the same project",
            ));
        }
        let mut export = Self {
            grid,
            columns: Vec::new(),
            is_relabelled,
            unknown: Vec::new(),
            absent: Vec::new(),
            instruments: BTreeMap::new(),
        };
        let mut next = 0;
        for position in 0..export.grid.names.len() {
            let heading = export.grid.names[position].clone();
            let found = if is_relabelled {
                // Headings may stand more than once; the columns stand in the order of the fields.
                let rest = expected.iter().enumerate().skip(next);
                rest.into_iter().find(|(_, known)| known.1 == folded(&heading))
            } else {
                expected.iter().enumerate().find(|(_, known)| known.0 == heading)
            };
            match found {
                Some((index, (name, _, content))) => {
                    next = index + 1;
                    if export.columns.iter().any(|(_, known, _)| known == name) {
                        return Err(refused(format!("two columns are called `{heading}`")));
                    }
                    export.columns.push((position, name.clone(), content.clone()));
                    export.grid.names[position].clone_from(name);
                }
                None if is_relabelled => {
                    return Err(refused(format!(
                        "the column `{heading}` is no label of the data dictionary"
                    ))
                    .help("export the raw data in place of the labels: farr puts the labels in"));
                }
                None => export.unknown.push(heading),
            }
        }
        let has_column = |index: usize| {
            export.columns.iter().any(|(_, _, content)| match content {
                Content::Field(own) | Content::Check(own, _, _) => *own == index,
                _ => false,
            })
        };
        let lacking = fields.iter().enumerate().filter(|(index, _)| !has_column(*index));
        let lacking = lacking.filter(|(_, field)| field.kind != FieldKind::Descriptive);
        export.absent = lacking.map(|(_, field)| field.name.clone()).collect();
        export.instruments = export.find_instruments(fields);
        Ok(export)
    }

    /// The column that names a record.
    pub(super) fn id(&self) -> &str {
        &self.grid.names[0]
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().find(|(_, known, _)| known == name).map(|(position, _, _)| *position)
    }

    /// The text of a cell.
    pub(super) fn text(&self, position: usize, row: usize) -> &str {
        let column = &self.grid.columns[position];
        column.texts.text(column.codes[row]).trim()
    }

    /// Whether the project is longitudinal.
    pub(super) fn has_events(&self) -> bool {
        self.position(EVENT).is_some()
    }

    /// The form of a column.
    pub(super) fn form<'a>(&'a self, content: &'a Content, fields: &'a [Field]) -> Option<&'a str> {
        match content {
            Content::Added => None,
            // The name of the record belongs to every form.
            Content::Field(0) => None,
            Content::Field(index) | Content::Check(index, _, _) => Some(&fields[*index].form),
            Content::Timestamp(form) | Content::Complete(form) => Some(form),
        }
    }

    /// The form of each repeating instrument: of that name, or the one that is filled in on its rows.
    fn find_instruments(&self, fields: &[Field]) -> BTreeMap<String, String> {
        let Some(position) = self.position(INSTRUMENT) else { return BTreeMap::new() };
        let mut found = BTreeMap::new();
        for (code, text) in self.grid.columns[position].texts.iter().enumerate() {
            if text.trim().is_empty() {
                continue;
            }
            let words = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
            let name: String = one_line(text).chars().map(words).collect();
            if fields.iter().any(|field| field.form == name) {
                found.insert(text.trim().to_string(), name);
                continue;
            }
            let mut filled: BTreeMap<&str, usize> = BTreeMap::new();
            let rows = self.grid.columns[position].codes.iter().enumerate();
            for (row, _) in rows.filter(|(_, own)| **own as usize == code) {
                for (position, _, content) in &self.columns {
                    if let Some(form) = self.form(content, fields)
                        && !self.text(*position, row).is_empty()
                    {
                        *filled.entry(form).or_default() += 1;
                    }
                }
            }
            let most = filled.into_iter().max_by_key(|(_, n)| *n);
            found.extend(most.map(|(form, _)| (text.trim().to_string(), form.to_string())));
        }
        found
    }
}

/// The files of a project: as they are named, or those of a folder.
pub(super) fn files(project: RedcapProject<'_>) -> Result<(PathBuf, PathBuf), Problem> {
    let refused =
        |message: String, help: &str| Problem::input(message).at(Place::Path(project.data.into())).help(help);
    if let Some(dictionary) = project.dictionary {
        for path in [project.data, dictionary] {
            if !path.is_file() {
                return Err(Problem::input("there is no such file").at(Place::Path(path.into())));
            }
        }
        return Ok((project.data.into(), dictionary.into()));
    }
    let name_both = "name them with --data EXPORT.csv --dictionary DICTIONARY.csv";
    let entries = std::fs::read_dir(project.data)
        .map_err(|_| refused("this is no folder, and no data dictionary is named".into(), name_both))?;
    let is_text = |path: &PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let mut texts: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_text).collect();
    texts.sort();
    let (dictionaries, others): (Vec<PathBuf>, Vec<PathBuf>) =
        texts.into_iter().partition(|path| is_dictionary(path));
    let [dictionary] = dictionaries.as_slice() else {
        let n = dictionaries.len();
        return Err(refused(
            format!("the folder has {n} REDCap data dictionaries, and one is needed"),
            name_both,
        ));
    };
    let fields = super::fields::read(dictionary)?;
    let exports: Vec<&PathBuf> =
        others.iter().filter(|path| Export::read(path, &fields, &[]).is_ok()).collect();
    match exports.as_slice() {
        [export] => Ok(((*export).clone(), dictionary.clone())),
        [] => match others.as_slice() {
            // What is wrong with the only candidate is better said when it is read.
            [only] => Ok((only.clone(), dictionary.clone())),
            _ => Err(refused("the folder has no export of the records".into(), name_both)),
        },
        _ => Err(refused("the folder has several exports of the records".into(), name_both)),
    }
}
