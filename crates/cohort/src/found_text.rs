//! Columns of which nothing is said and that are text because of some of their values, such as an undeclared "NA".

use crate::cells::{as_serial, number};
use crate::dictionary::{ColumnEntry, Role};
use crate::sources::{Grid, TextColumn};
use std::collections::{BTreeMap, BTreeSet};

/// How many values are named.
const NAMED: usize = 3;

/// What makes a column text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FoundText {
    /// Rows with a number.
    n_numbers: u64,
    /// Rows with another value.
    n_others: u64,
    /// The first of the other values, each with the first row that has it.
    first: Vec<(String, u64)>,
    /// How many other values there are.
    distinct: usize,
    /// The values that look like codes of missing ones.
    missing: BTreeSet<String>,
    /// Rows with a value that looks like something else than text, by what that is.
    looks: BTreeMap<&'static str, u64>,
}

impl FoundText {
    /// Looks at the texts of a column.
    pub(crate) fn new(grid: &Grid, position: usize, entry: &ColumnEntry) -> Self {
        let TextColumn { codes, texts } = &grid.columns[position];
        let mut found = Self::default();
        let is_missing = |text: &str| text.is_empty() || entry.missing.iter().any(|code| code.trim() == text);
        // `Some(true)` for a number.
        let kinds: Vec<Option<bool>> = texts
            .iter()
            .map(str::trim)
            .map(|text| (!is_missing(text)).then(|| number(text, entry, &mut Vec::new()).is_ok()))
            .collect();
        let looks: Vec<Option<&'static str>> = texts.iter().map(|text| looks_like(text.trim())).collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (row, code) in codes.iter().enumerate() {
            match kinds[*code as usize] {
                Some(true) => found.n_numbers += 1,
                Some(false) => {
                    found.n_others += 1;
                    let text = texts.text(*code).trim();
                    if let Some(look) = looks[*code as usize] {
                        *found.looks.entry(look).or_default() += 1;
                    }
                    if found.first.len() < NAMED && seen.insert(text) {
                        found.first.push((text.into(), grid.file_row(row)));
                    }
                }
                None => {}
            }
        }
        let others =
            || texts.iter().zip(&kinds).filter(|(_, kind)| **kind == Some(false)).map(|(text, _)| text);
        found.distinct = others().map(str::trim).collect::<BTreeSet<_>>().len();
        found.missing = others().map(str::trim).filter(|text| may_be_missing(text)).map(Into::into).collect();
        found
    }

    /// Rows with a value that is no number.
    pub(crate) fn n_others(&self) -> u64 {
        self.n_others
    }

    /// Whether most of its values are numbers.
    pub(crate) fn is_nearly_a_number(&self) -> bool {
        self.n_numbers > 1 && self.n_numbers >= self.n_others
    }

    /// Whether it has a value among the first that are no numbers.
    pub(crate) fn has(&self, value: &str) -> bool {
        self.first.iter().any(|(text, _)| text == value) || self.missing.contains(value)
    }

    /// What is told of the table on reading, where the column looks like numbers or dates.
    pub(crate) fn note(&self) -> Option<String> {
        let named = || listed(self.first.iter().map(|(text, _)| format!("`{text}`")), self.distinct);
        let (look, n) = self.looks.iter().max_by_key(|(_, n)| **n).unwrap_or((&"", &0));
        if *n > 1 && 2 * n > self.n_others && n + self.n_numbers >= self.n_others {
            // Days of birth are nobody's business.
            let values = if look.starts_with("dates") { String::new() } else { format!(": {}", named()) };
            return Some(format!("read as text, and most look like {look}{values}"));
        }
        let told = || format!("no numbers, as all others are, and so the column is text: {}", named());
        self.is_nearly_a_number().then(told)
    }

    /// What is wrong with a column that is to be numbers, and what to do about it.
    pub(crate) fn told(&self, table: &str, column: &str) -> (String, String) {
        let named = self.first.iter().map(|(text, row)| format!("`{text}` (row {row})"));
        let all = self.n_numbers + self.n_others;
        let none = match self.n_numbers {
            0 => format!("none of its {all} values is a number"),
            _ => format!("{} of its {all} values are no numbers", self.n_others),
        };
        // What stands among texts may be a name or a day of birth.
        let what = match (self.is_nearly_a_number(), self.looks.iter().max_by_key(|(_, n)| **n)) {
            (true, _) => format!("{none}: {}", listed(named, self.distinct)),
            (false, Some((look, n))) if 2 * n > self.n_others => format!("{none}, and most look like {look}"),
            (false, _) => none,
        };
        let missing = self.missing.iter().map(String::as_str).filter(|_| self.is_nearly_a_number());
        let help = missing_help(missing, table, column);
        let general = match self.is_nearly_a_number() {
            true => {
                "say in registry.toml how its numbers are written (`decimal`, `below_detection`), or mend the file"
            }
            false => {
                "say its `type` in registry.toml, of dates with their `format` (such as \"%d.%m.%Y\"), or mend the file"
            }
        };
        (what, help.unwrap_or_else(|| general.into()))
    }
}

/// What to declare where some of the values of a column look like codes of missing ones.
pub(crate) fn missing_help<'a>(
    values: impl Iterator<Item = &'a str>,
    table: &str,
    column: &str,
) -> Option<String> {
    let values: BTreeSet<&str> = values.map(str::trim).filter(|text| may_be_missing(text)).collect();
    let listed: Vec<String> = values.iter().take(2 * NAMED).map(|text| format!("{text:?}")).collect();
    (!values.is_empty()).then(|| {
        format!(
            "write missing = [{}] under [tables.{}.columns.{}] of registry.toml if that is what they mean, or mend \
             the file",
            listed.join(", "),
            key(table),
            key(column)
        )
    })
}

/// What is said of numbers that look like days as Excel counts them.
pub(crate) const SERIAL_DATES: &str = "read as numbers, and look like dates as Excel counts them (say type = \"date\" and \
                                       format = \"excel-1900\", or \"excel-1904\"; else type = \"integer\")";

/// Whether all numbers of a column would be days of our time if Excel had counted them: of 1990 to 2050; of any since 1900
/// where its name says so.
pub(crate) fn may_be_serial_dates<'a>(name: &str, texts: impl Iterator<Item = &'a str>) -> bool {
    let name = name.to_lowercase();
    let says = ["date", "datum", "birth", "geburt", "naissance"].iter().any(|word| name.contains(word))
        || name
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| ["dob", "dod", "day", "tag"].contains(&word));
    let from = if says { "1900" } else { "1990" };
    let mut n = 0;
    let all = texts.map(str::trim).filter(|text| !text.is_empty()).all(|text| {
        n += 1;
        // Below this it is a number of days since something else, or a year.
        text.len() >= 5 && as_serial(text).is_some_and(|day| *day >= *from)
    });
    all && n >= if says { 1 } else { SERIALS }
}

/// So many different numbers are needed where the name of their column says nothing.
const SERIALS: usize = 5;

/// What to declare where dates were refused that are numbers, as Excel counts days.
pub(crate) fn serial_help<'a>(
    mut texts: impl Iterator<Item = &'a str>,
    entry: &ColumnEntry,
    table: &str,
    column: &str,
) -> Option<String> {
    let (text, day) = texts.find_map(|text| Some((text.trim(), as_serial(text)?)))?;
    let example = match entry.role() {
        Some(Role::BirthDate) => "a number here is a day as Excel counts them".into(),
        _ => format!("`{text}` would be {day} as Excel counts days"),
    };
    Some(format!(
        "{example}: write format = \"excel-1900\", or \"excel-1904\" where the workbook counts from 1904, under \
         [tables.{}.columns.{}] of registry.toml",
        key(table),
        key(column)
    ))
}

/// What to declare where values are no codes.
pub(crate) fn codes_help(table: &str, column: &str) -> String {
    format!(
        "add what is right to `codes` (or to the `aliases` of a code) under [tables.{}.columns.{}] of registry.toml, or \
         mend the file",
        key(table),
        key(column)
    )
}

/// What a text looks like that is no number as it stands, and what to do about it.
fn looks_like(text: &str) -> Option<&'static str> {
    let is_plain = |text: &str| text.parse::<f64>().is_ok() && text.starts_with(|c: char| c.is_ascii_digit());
    if text.strip_prefix(['<', '>', '≤', '≥']).is_some_and(|limit| is_plain(limit.trim())) {
        return Some("values beyond a limit of detection (say `below_detection`)");
    }
    if has_thousands(text) {
        return Some("numbers with separators of thousands (export them without)");
    }
    let parts: Vec<&str> = text.split(['.', '/', '-']).collect();
    let digits =
        |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    if parts.len() == 3 && parts.iter().all(digits) {
        return Some("dates (say type = \"date\" and their `format`, such as \"%d.%m.%Y\")");
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let is_unit = unit.starts_with([' ', '\u{a0}', '%']) || unit.contains('/') || UNITS.contains(&unit);
    (is_unit && is_plain(&number.replacen(',', ".", 1)) && !unit.contains(|c: char| c.is_ascii_digit())).then_some(
        "numbers with their unit (say it as `unit` where it is one, else put it into a column for `unit_column`)",
    )
}

/// Units that stand right behind a number.
const UNITS: [&str; 9] = ["mm", "cm", "ml", "mL", "mg", "kg", "g", "l", "L"];

/// Whether a number has its digits in groups of three: `1,234`, `1'234.5`, `1.234.567,8`.
pub(crate) fn has_thousands(text: &str) -> bool {
    let text = text.trim_start_matches(['-', '+']);
    [',', '.', '\'', '’', ' ', '\u{a0}', '\u{202f}'].into_iter().any(|separator| {
        let mut groups: Vec<&str> = text.split(separator).collect();
        // The last group may have decimals behind another mark.
        let last = groups.pop().unwrap_or_default();
        let (whole, decimals) = last.split_once(['.', ',']).unwrap_or((last, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let first = groups.first().copied().unwrap_or_default();
        digits(first)
            && first.len() <= 3
            && !first.starts_with('0')
            && groups.iter().skip(1).chain([&whole]).all(|group| group.len() == 3 && digits(group))
            && digits(decimals)
    })
}

/// A short word without digits: nothing of it is lost where it means that there is no value.
fn may_be_missing(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 15 && !text.contains(|c: char| c.is_ascii_digit())
}

/// A name as a key of TOML.
fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { name.into() } else { format!("{name:?}") }
}

fn listed(named: impl Iterator<Item = String>, distinct: usize) -> String {
    let named: Vec<String> = named.collect();
    let more = distinct.saturating_sub(named.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_are_known_in_their_disguises() {
        for (text, part) in [
            ("<0.5", "limit of detection"),
            ("1,234", "thousands"),
            ("1'234", "thousands"),
            ("12 345,6", "thousands"),
            ("1.234.567,8", "thousands"),
            ("03.05.2019", "dates"),
            ("5/3/19", "dates"),
            ("5.2 ng/mL", "unit"),
            ("5,2ng/mL", "unit"),
            ("90%", "unit"),
            ("12mm", "unit"),
        ] {
            assert!(
                looks_like(text).is_some_and(|look| look.contains(part)),
                "{text}: {:?}",
                looks_like(text)
            );
        }
        for text in ["4a", "T2", "NA", "1st", "12-B", "0,123", "1,23", "S 12", "", "1,2345", "3 x 4"] {
            assert_eq!(looks_like(text), None, "{text}");
        }
    }
}
