//! One text of a cell to its value. Each distinct text of a column is read once, however often it stands.

mod category;
mod date;
mod number;
mod serial;

pub(crate) use category::Codes;
pub(crate) use date::DateFormat;
pub(crate) use number::{number, unit_key};
pub(crate) use serial::as_serial;
pub(crate) use study::calendar::{day_of as day_number, iso_text};

use crate::dictionary::{ColumnEntry, ColumnKind};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Text or category.
    Text(String),
    /// Number.
    Number(f64),
    /// Whole number.
    Integer(i64),
    /// Days since 1970-01-01.
    Date(i32),
    /// Yes or no.
    Flag(bool),
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    /// The value; `None` for missing, or why it was refused.
    pub(crate) value: Result<Option<Value>, String>,
    /// What the dictionary changed, for the cleaning notes.
    pub(crate) changes: Vec<String>,
}

/// Reads the texts of one column.
pub(crate) struct Reader<'a> {
    kind: ColumnKind,
    entry: &'a ColumnEntry,
    codes: Codes<'a>,
    format: DateFormat,
}

impl<'a> Reader<'a> {
    /// A reader of a column of that kind.
    pub(crate) fn new(kind: ColumnKind, entry: &'a ColumnEntry) -> Self {
        let format = entry.format.as_deref().and_then(DateFormat::parse).unwrap_or(DateFormat::iso());
        Self { kind, entry, codes: Codes::new(entry), format }
    }

    /// What the dictionary says of the column.
    pub(crate) fn entry(&self) -> &'a ColumnEntry {
        self.entry
    }

    /// Reads a text.
    pub(crate) fn read(&self, raw: &str) -> Cell {
        let text = raw.trim();
        let mut changes = Vec::new();
        if text.is_empty() {
            return Cell { value: Ok(None), changes };
        }
        if text.len() != raw.len() {
            changes.push("surrounding blanks removed".into());
        }
        if self.entry.missing.iter().any(|missing| missing.trim() == text) {
            let reason = self.entry.reasons.get(text).map_or(String::new(), |reason| format!(" ({reason})"));
            changes.push(format!("`{text}`{reason} read as missing"));
            return Cell { value: Ok(None), changes };
        }
        let value = self.value(text, &mut changes);
        Cell { value: value.map(Some), changes }
    }

    fn value(&self, text: &str, changes: &mut Vec<String>) -> Result<Value, String> {
        let text = &self.codes.apply(text, changes)?;
        let value = match self.kind {
            ColumnKind::Text | ColumnKind::Category => Value::Text(text.clone()),
            ColumnKind::Number => Value::Number(number(text, self.entry, changes)?),
            ColumnKind::Integer => {
                let value = number(text, self.entry, changes)?;
                if value.fract() != 0.0 {
                    return Err(format!("`{text}` is not a whole number"));
                }
                if value.abs() > 9_007_199_254_740_992.0 {
                    return Err(format!(
                        "`{text}` is too large to keep its last digits: is it an identifier, a text?"
                    ));
                }
                // Beyond 2^53 a number read with decimals would have lost digits, hence the test above.
                Value::Integer(text.parse().unwrap_or(value as i64))
            }
            ColumnKind::Date => {
                let (day, has_time) = self.format.day(text)?;
                if has_time {
                    changes.push("time of day left out".into());
                }
                Value::Date(day)
            }
            ColumnKind::Flag => {
                Value::Flag(flag(text).ok_or_else(|| format!("`{text}` is neither yes nor no"))?)
            }
        };
        // A converted value is compared with the range after the conversion.
        if self.entry.unit_column.is_none() {
            self.in_range(&value)?;
        }
        Ok(value)
    }

    /// Refuses a number outside its range.
    pub(crate) fn in_range(&self, value: &Value) -> Result<(), String> {
        let number = match value {
            Value::Number(number) => *number,
            Value::Integer(number) => *number as f64,
            _ => return Ok(()),
        };
        match self.entry.range {
            Some([least, greatest]) if !(least..=greatest).contains(&number) => {
                Err(format!("{number} is outside {least} to {greatest}"))
            }
            _ => Ok(()),
        }
    }
}

/// Yes or no in the spellings of exports.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" => Some(true),
        "no" | "n" | "false" | "f" | "0" => Some(false),
        _ => None,
    }
}

/// The kind of a column that the dictionary does not declare: the narrowest that holds every text.
///
/// Conservative: digits with a leading zero are text, since they are an identifier; `0`/`1` are numbers; only
/// `true` and `false` are flags; a column without any value is text.
pub(crate) fn infer<'a>(texts: impl Iterator<Item = &'a str> + Clone, entry: &ColumnEntry) -> ColumnKind {
    let missing = |text: &&str| !text.is_empty() && !entry.missing.iter().any(|code| code.trim() == *text);
    let texts = texts.map(str::trim).filter(missing);
    if !entry.codes.is_empty() {
        return ColumnKind::Category;
    }
    if texts.clone().next().is_none() {
        return ColumnKind::Text;
    }
    let identifier = |text: &str| {
        let digits = text.trim_start_matches(['-', '+']);
        digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.") && !digits.starts_with("0,")
    };
    // Digits that a number would lose make two identifiers the same.
    let loses_digits = |text: &str| {
        let digits = text.trim_start_matches(['-', '+']);
        digits.len() > 15
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.parse::<f64>().is_ok_and(|value| value.to_string() != digits)
    };
    let plain =
        |text: &str| !identifier(text) && !loses_digits(text) && number(text, entry, &mut Vec::new()).is_ok();
    if texts.clone().all(|text| !identifier(text) && text.parse::<i64>().is_ok()) {
        ColumnKind::Integer
    } else if texts.clone().all(plain) {
        ColumnKind::Number
    } else if texts.clone().all(|text| DateFormat::iso().read(text).is_ok()) {
        ColumnKind::Date
    } else if texts.clone().all(|text| matches!(text.to_ascii_lowercase().as_str(), "true" | "false")) {
        ColumnKind::Flag
    } else {
        ColumnKind::Text
    }
}

#[cfg(test)]
mod tests;
