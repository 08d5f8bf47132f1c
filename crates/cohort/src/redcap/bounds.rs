//! Where the data do not keep to the data dictionary.

use super::column::{Column, Texts, code, fits};
use super::fields::{Field, FieldKind};
use crate::cells::{DateFormat, Reader};
use crate::dictionary::{ColumnEntry, ColumnKind, Role};

/// Least and greatest value. REDCap warns of a value outside and takes it: where the data have one, the bound is a rule
/// that asks about it, and not a range that refuses it.
pub(super) fn bounds(column: &mut Column, field: &Field, texts: &Texts<'_>) {
    let sql = engine::quoted(&column.name);
    match column.entry.r#type {
        Some(ColumnKind::Number | ColumnKind::Integer) => {
            let number =
                |text: &str| text.replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite());
            let (least, greatest) = match field.kind {
                // A slider without bounds goes from 0 to 100.
                FieldKind::Slider => {
                    (number(&field.least).or(Some(0.0)), number(&field.greatest).or(Some(100.0)))
                }
                _ => (number(&field.least), number(&field.greatest)),
            };
            if least.is_none() && greatest.is_none() {
                return;
            }
            let range = [least.unwrap_or(f64::NEG_INFINITY), greatest.unwrap_or(f64::INFINITY)];
            if range[0] > range[1] {
                return;
            }
            let kind = column.entry.r#type.unwrap_or(ColumnKind::Number);
            let with = ColumnEntry { range: Some(range), ..column.entry.clone() };
            if fits(kind, &with, texts) || !fits(kind, &column.entry, texts) {
                column.entry.range = Some(range);
                return;
            }
            let lower = least.map(|least| format!("{sql} < {least}"));
            let upper = greatest.map(|greatest| format!("{sql} > {greatest}"));
            let condition: Vec<String> = lower.into_iter().chain(upper).collect();
            let words =
                format!("the value lies outside the validation of REDCap ({} to {})", range[0], range[1]);
            column.soft.push(("range", condition.join(" or "), words));
        }
        Some(ColumnKind::Date) => {
            let day = |text: &str| {
                text.get(..10).filter(|day| DateFormat::iso().read(day).is_ok()).map(String::from)
            };
            let lower = day(&field.least).map(|day| format!("{sql} < date '{day}'"));
            let upper = day(&field.greatest).map(|day| format!("{sql} > date '{day}'"));
            let condition: Vec<String> = lower.into_iter().chain(upper).collect();
            if !condition.is_empty() {
                let words = "the day lies outside the validation of REDCap".to_string();
                column.soft.push(("range", condition.join(" or "), words));
            }
        }
        _ => {}
    }
}

/// Where the values are not what the column should hold, it is read as what it is, and this is told.
pub(super) fn doubted(column: &mut Column, texts: &Texts<'_>) {
    let Some(kind) = column.entry.r#type else { return };
    let reader = Reader::new(kind, &column.entry);
    let others: Vec<&str> = texts.iter().copied().filter(|text| reader.read(text).value.is_err()).collect();
    if others.is_empty() {
        return;
    }
    let n = others.len();
    if !column.entry.codes.is_empty() {
        // Choices that have been taken out of the project, whose values are still there.
        let known = ColumnEntry { codes: Vec::new(), ..ColumnEntry::default() };
        if kind == ColumnKind::Category
            && others.iter().all(|text| Reader::new(kind, &known).read(text).value.is_ok())
        {
            column.entry.codes.extend(others.iter().map(|text| code(text, "")));
            column.doubt = Some(format!("{n} values are no choice of the data dictionary, and are kept"));
            return;
        }
    }
    column.entry.r#type = None;
    column.entry.range = None;
    column.entry.format = None;
    column.entry.codes.clear();
    column.entry.decimal = None;
    if matches!(column.entry.role, Some(Role::Date | Role::BirthDate | Role::Age)) {
        column.entry.role = Some(Role::FreeText);
    }
    column.describes = false;
    column.doubt = Some(format!(
        "{n} values are not what the data dictionary says ({}): it is read without a type; if they are missing data codes, name \
         these with --missing",
        kind.name()
    ));
}
