//! The rows of an interaction with a spline: ratios between two values of a number within a level of the other variable, or
//! at a value of it. Their level and reference are texts as `age=66.25:bmi=24:f`: the number that is compared, those that
//! are held, and the cell of the factors.

use crate::style;
use crate::wording;
use study::Results;

/// A level, read.
struct Read<'a> {
    /// The numbers with their values, the one that is compared first.
    numbers: Vec<(&'a str, f64)>,
    /// The cell of the factors.
    cell: Option<&'a str>,
}

/// Reads a level; none where it is that of another kind of term.
fn read<'a>(term: &'a str, level: &'a str) -> Option<Read<'a>> {
    let number = |text: &str| {
        term.split(':').find_map(|name| {
            let value = text.strip_prefix(name)?.strip_prefix('=')?.parse().ok()?;
            Some((name, value))
        })
    };
    let (mut cell, mut numbers) = (Some(level), Vec::new());
    while let Some(text) = cell {
        let (first, rest) = text.split_once(':').map_or((text, None), |(first, rest)| (first, Some(rest)));
        let Some(found) = number(first) else { break };
        numbers.push(found);
        cell = rest;
    }
    (!numbers.is_empty()).then_some(Read { numbers, cell })
}

/// The words of a row: `Women, BMI 24: age 66.25 vs 48 years`.
pub(super) fn row_text(results: &Results, term: &str, level: &str, reference: &str) -> Option<String> {
    let (own, other) = (read(term, level)?, read(term, reference)?);
    let ((variable, value), (_, from)) = (own.numbers[0], other.numbers[0]);
    let from = wording::value_with_unit(results, variable, from);
    Some(format!("{} {} vs {from}", before(results, term, &own), style::value(value)))
}

/// The words of one level: `Women: age 66.25 years`.
pub(super) fn level_text(results: &Results, term: &str, level: &str) -> Option<String> {
    let own = read(term, level)?;
    let (variable, value) = own.numbers[0];
    let value = wording::value_with_unit(results, variable, value);
    Some(format!("{} {value}", before(results, term, &own)))
}

/// A number that is held: `BMI 24 kg/m²`.
pub(super) fn value_of(results: &Results, variable: &str, value: f64) -> String {
    format!("{} {}", wording::heading(results, variable), wording::value_with_unit(results, variable, value))
}

/// What is held, and the name of the number that is compared.
fn before(results: &Results, term: &str, own: &Read<'_>) -> String {
    let cell = own.cell.map(|cell| results.level_label(term, cell).to_string());
    let numbers = own.numbers[1..].iter().map(|(name, value)| value_of(results, name, *value));
    let held: Vec<String> = cell.into_iter().chain(numbers).collect();
    format!("{}: {}", held.join(", "), wording::inside(&wording::heading(results, own.numbers[0].0)))
}
