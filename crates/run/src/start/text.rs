//! The text of a new study.toml.

use study::{Kind, Problem};
use toml::{Table, Value};

/// Who is studied: a table or a view.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Population<'a> {
    pub(super) table: Option<&'a str>,
    pub(super) view: Option<&'a str>,
    pub(super) id: Option<&'a str>,
}

/// Title and population, and where the registry is unless it is the study's own folder.
pub(super) fn head(title: &str, population: &Population<'_>, path: Option<&str>) -> Result<String, Problem> {
    let text = |value: &str| Value::String(value.into());
    let mut document = Table::new();
    document.insert("study".into(), Value::Table(Table::from_iter([("title".into(), text(title))])));
    if let Some(path) = path {
        document.insert("registry".into(), Value::Table(Table::from_iter([("path".into(), text(path))])));
    }
    let Population { table, view, id } = population;
    let keys = [("table", table), ("view", view), ("id", id)];
    let keys = keys.into_iter().filter_map(|(key, value)| Some((key.to_string(), text(value.as_deref()?))));
    document.insert("population".into(), Value::Table(keys.collect()));
    toml::to_string(&document).map_err(|error| Problem::internal(error.to_string()))
}

/// A variable.
pub(super) fn variable(name: &str, label: &str, kind: Kind) -> String {
    let kind = match kind {
        Kind::Category => "category",
        Kind::Number => "number",
        Kind::Flag => "flag",
        Kind::Date => "date",
    };
    format!("\n[variables.{}]\nlabel = {}\nkind = \"{kind}\"\n", key(name), value(label))
}

/// A table of variables; nothing where there is none.
pub(super) fn baseline<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let list = names.map(value).collect::<Vec<_>>().join(", ");
    if list.is_empty() {
        return String::new();
    }
    format!(
        "\n[[analyses]]\nid = \"table-1\"\ntitle = \"Patients\"\nmethod = \"baseline\"\n\
         # by = \"NAME OF A COLUMN\" # to compare groups\nvariables = [{list}]\n"
    )
}

/// A name as a TOML key.
pub(super) fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if bare { name.into() } else { value(name) }
}

/// A text as a TOML value, on one line whatever is in it, as keys must be.
pub(super) fn value(text: &str) -> String {
    if !text.contains(char::is_control) {
        return Value::String(text.into()).to_string();
    }
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.into(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_a_key_on_one_line() {
        for name in ["cea", "CEA (µg/l)", "a\nb", "tab\t\"quoted\" \\", "it's", "\u{7f}\u{85}"] {
            let text = format!("{} = {}\n", key(name), value(name));
            assert_eq!(text.lines().count(), 1, "{text}");
            let table: Table = text.parse().unwrap();
            assert_eq!(table.iter().next(), Some((&name.to_string(), &Value::String(name.into()))));
        }
    }
}
