//! The text of `registry.toml`.

use super::REDCAP_EXPORT;
use super::column::Column;
use super::export::{Export, INSTRUMENT};
use super::tables::Table;
use crate::dictionary::{Code, ColumnEntry};
use toml::Value;

/// Writes it.
pub(super) fn text(export: &Export, tables: &[Table]) -> String {
    let mut text = format!(
        "# Made from the data dictionary of a REDCap project. The tables are parts of one file, {REDCAP_EXPORT}: a later export of \
         the\n# same fields takes its place as it comes.\n\npatient = {}\n",
        string(export.id())
    );
    for table in tables {
        text += "\n";
        text += &table_text(export, table);
        for column in &table.columns {
            text += "\n";
            text += &column_text(table, column);
        }
    }
    for table in tables {
        for column in &table.columns {
            for (what, condition, message) in &column.soft {
                text += &rule_text(table, column, what, condition, message);
            }
        }
    }
    text
}

fn string(text: &str) -> String {
    Value::String(text.into()).to_string()
}

fn strings<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| string(text)).collect();
    let list = format!("[{}]", texts.join(", "));
    if list.len() <= 100 { list } else { format!("[\n  {},\n]", texts.join(",\n  ")) }
}

/// A name as a key.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if bare { name.into() } else { string(name) }
}

fn table_text(export: &Export, table: &Table) -> String {
    let mut text = format!(
        "[tables.{}]\nfile = \"{REDCAP_EXPORT}\"\nlabel = {}\n",
        key(&table.name),
        string(&table.label)
    );
    if export.is_relabelled {
        text += &format!(
            "# The names of the fields, whose labels the export has.\nnames = {}\n",
            strings(&export.grid.names)
        );
    }
    if !table.instruments.is_empty() {
        text += &format!("rows = {{ {INSTRUMENT} = {} }}\n", strings(&table.instruments));
    }
    if !table.filled.is_empty() {
        text += &format!("filled = {}\n", strings(&table.filled));
    }
    text += &format!("select = {}\n", strings(table.columns.iter().map(|column| &column.name)));
    text += &format!("key = {}\n", strings(&table.key));
    if table.distinct {
        text += "duplicates = \"drop\"\n";
    }
    text
}

fn column_text(table: &Table, column: &Column) -> String {
    let mut text = String::new();
    for comment in column.comments.iter().chain(&column.doubt) {
        text += &format!("# {comment}\n");
    }
    text += &format!("[tables.{}.columns.{}]\n", key(&table.name), key(&column.name));
    let ColumnEntry {
        r#type,
        label,
        unit,
        range,
        missing,
        decimal,
        codes,
        ignore_case,
        required,
        references,
        role,
        format,
        ..
    } = &column.entry;
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            text += &format!("{key} = {value}\n");
        }
    };
    let serde =
        |value: Option<Result<Value, _>>| value.and_then(Result::ok).map(|value: Value| value.to_string());
    add("type", r#type.map(|kind| string(kind.name())));
    add("label", label.as_deref().map(string));
    add("unit", unit.as_deref().map(string));
    add(
        "range",
        range.map(|[least, greatest]| format!("[{}, {}]", Value::Float(least), Value::Float(greatest))),
    );
    add("missing", (!missing.is_empty()).then(|| strings(missing)));
    add("decimal", serde(decimal.map(Value::try_from)));
    add("codes", (!codes.is_empty()).then(|| codes_text(codes)));
    add("ignore_case", (!ignore_case).then(|| "false".into()));
    add("required", required.then(|| "true".into()));
    add("references", references.as_deref().map(string));
    add("role", serde(role.map(Value::try_from)));
    add("format", format.as_deref().map(string));
    text
}

fn codes_text(codes: &[Code]) -> String {
    let code = |code: &Code| {
        let mut text = format!("{{ value = {}", string(&code.value));
        if !code.label.is_empty() {
            text += &format!(", label = {}", string(&code.label));
        }
        if !code.aliases.is_empty() {
            text += &format!(", aliases = {}", strings(&code.aliases).replace('\n', " "));
        }
        text + " }"
    };
    let codes: Vec<String> = codes.iter().map(code).collect();
    format!("[\n  {},\n]", codes.join(",\n  "))
}

fn rule_text(table: &Table, column: &Column, what: &str, condition: &str, message: &str) -> String {
    format!(
        "\n[[rules]]\nname = {}\ntable = {}\ncolumns = {}\nmessage = {}\nwhere = {}\ncertainty = \"implausible\"\n",
        string(&format!("{}-{}-{what}", table.name, column.name)),
        string(&table.name),
        strings([&column.name]),
        string(message),
        string(condition),
    )
}
