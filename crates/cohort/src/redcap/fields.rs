//! The data dictionary: one row a field.

use super::choices::{choices, one_line, plain};
use crate::Dictionary;
use crate::sources::{Grid, TableFile, read_text};
use std::path::Path;
use study::{Place, Problem};

/// What kind of field it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    Text,
    Notes,
    /// Radio buttons or a list: one choice.
    Choice,
    Checkbox,
    /// Yes and no, or true and false.
    Flag,
    Calculated,
    Slider,
    File,
    /// A choice by a query of the project's own.
    Sql,
    /// Words for whoever fills the form in.
    Descriptive,
}

/// A field.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) form: String,
    pub(super) kind: FieldKind,
    pub(super) label: String,
    /// Code and label.
    pub(super) choices: Vec<(String, String)>,
    /// The formula of a calculated field, or the words along a slider.
    pub(super) formula: String,
    pub(super) note: String,
    pub(super) validation: String,
    pub(super) least: String,
    pub(super) greatest: String,
    pub(super) identifies: bool,
    pub(super) branching: String,
    pub(super) required: bool,
    pub(super) annotation: String,
}

/// The columns that are read, each by its heading in the file and its name in the interface for programs; letters
/// alone, in lower case.
const COLUMNS: [[&str; 2]; 13] = [
    ["variablefieldname", "fieldname"],
    ["formname", "formname"],
    ["fieldtype", "fieldtype"],
    ["fieldlabel", "fieldlabel"],
    ["choicescalculationsorsliderlabels", "selectchoicesorcalculations"],
    ["fieldnote", "fieldnote"],
    ["textvalidationtypeorshowslidernumber", "textvalidationtypeorshowslidernumber"],
    ["textvalidationmin", "textvalidationmin"],
    ["textvalidationmax", "textvalidationmax"],
    ["identifier", "identifier"],
    ["branchinglogicshowfieldonlyif", "branchinglogic"],
    ["requiredfield", "requiredfield"],
    ["fieldannotation", "fieldannotation"],
];

/// Where the columns stand; none where a file is no data dictionary. The first four must be there.
fn positions(header: &[String]) -> Option<[Option<usize>; 13]> {
    let letters = |name: &String| {
        let letters = name.chars().filter(char::is_ascii_alphabetic);
        letters.map(|letter| letter.to_ascii_lowercase()).collect::<String>()
    };
    let names: Vec<String> = header.iter().map(letters).collect();
    let found = COLUMNS.map(|known| names.iter().position(|name| known.contains(&name.as_str())));
    found[..4].iter().all(Option::is_some).then_some(found)
}

/// A text file as it stands.
pub(super) fn grid(path: &Path, dictionary: &Dictionary) -> Result<Grid, Problem> {
    let table = TableFile { name: TABLE, path: path.into(), sheet: None, dictionary, numbered: false };
    read_text(&table)
}

/// The name under which a file is read here.
pub(super) const TABLE: &str = "export";

/// Whether a file is a data dictionary.
pub(super) fn is_dictionary(path: &Path) -> bool {
    grid(path, &Dictionary::default()).is_ok_and(|grid| positions(&grid.names).is_some())
}

/// Reads a data dictionary.
pub(super) fn read(path: &Path) -> Result<Vec<Field>, Problem> {
    let refused = |message: String| Problem::input(message).at(Place::Path(path.into()));
    let grid = grid(path, &Dictionary::default())?;
    let positions = positions(&grid.names).ok_or_else(|| {
        refused("this is not a REDCap data dictionary".into()).help(
            "download it in REDCap under Project Setup, “Download the current Data Dictionary”, and leave it as it is",
        )
    })?;
    let mut fields: Vec<Field> = Vec::new();
    let mut problems = Vec::new();
    for row in 0..grid.rows {
        let text = |index: usize| match positions[index] {
            Some(position) => {
                let column = &grid.columns[position];
                column.texts.text(column.codes[row]).trim()
            }
            None => "",
        };
        let yes = |index: usize| text(index).eq_ignore_ascii_case("y");
        let place = |message: String| refused(format!("row {}: {message}", grid.file_row(row)));
        let name = text(0).to_string();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            problems.push(place(format!("`{name}` cannot be the name of a field")));
            continue;
        }
        if fields.iter().any(|field| field.name == name) {
            problems.push(place(format!("the field `{name}` stands twice")));
            continue;
        }
        let kind = match text(2).to_ascii_lowercase().as_str() {
            "text" => FieldKind::Text,
            "notes" | "textarea" => FieldKind::Notes,
            "radio" | "dropdown" | "select" => FieldKind::Choice,
            "checkbox" => FieldKind::Checkbox,
            "yesno" | "truefalse" => FieldKind::Flag,
            "calc" => FieldKind::Calculated,
            "slider" => FieldKind::Slider,
            "file" => FieldKind::File,
            "sql" => FieldKind::Sql,
            "descriptive" => FieldKind::Descriptive,
            other => {
                problems.push(place(format!("the field `{name}` has the unknown type `{other}`")));
                continue;
            }
        };
        let has_choices = matches!(kind, FieldKind::Choice | FieldKind::Checkbox);
        fields.push(Field {
            form: text(1).into(),
            kind,
            label: plain(text(3)),
            choices: if has_choices { choices(text(4)) } else { Vec::new() },
            formula: if has_choices { String::new() } else { one_line(text(4)) },
            note: plain(text(5)),
            validation: text(6).to_ascii_lowercase(),
            least: text(7).into(),
            greatest: text(8).into(),
            identifies: yes(9),
            branching: one_line(text(10)),
            required: yes(11),
            annotation: one_line(text(12)),
            name,
        });
    }
    Problem::collect(problems)?;
    if fields.is_empty() {
        return Err(refused("the data dictionary has no field".into()));
    }
    Ok(fields)
}
