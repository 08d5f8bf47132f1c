//! Numbers as laboratories write them.

use crate::dictionary::{BelowDetection, ColumnEntry, Decimal};

/// Reads a number: an optional sign, digits with one decimal separator as the column declares it, an optional
/// exponent, and the unit that the column declares. Separators of thousands are refused, since `1.234` would be read two
/// ways.
pub(crate) fn number(text: &str, entry: &ColumnEntry, changes: &mut Vec<String>) -> Result<f64, String> {
    let text = match entry.unit.as_deref().and_then(|unit| without_unit(text, unit)) {
        Some(bare) if entry.unit_column.is_none() => {
            changes.push("the unit behind the number left out".into());
            bare
        }
        _ => text,
    };
    let Some(limit) = text.strip_prefix('<') else {
        return plain(text, entry.decimal.unwrap_or_default(), changes);
    };
    let (factor, word) = match entry.below_detection {
        Some(BelowDetection::Limit) => (1.0, "the limit of detection"),
        Some(BelowDetection::Half) => (0.5, "half the limit of detection"),
        None => {
            return Err(format!("`{text}` is below a limit of detection, and it is not said how to read it"));
        }
    };
    let limit = plain(limit.trim(), entry.decimal.unwrap_or_default(), changes)?;
    changes.push(format!("`{text}` read as {word}"));
    Ok(limit * factor)
}

/// What stands before a unit, where that ends the text.
fn without_unit<'a>(text: &'a str, unit: &str) -> Option<&'a str> {
    let n = unit.trim().chars().count().checked_sub(1)?;
    let (at, _) = text.char_indices().rev().nth(n)?;
    let (number, own) = text.split_at(at);
    (unit_key(own) == unit_key(unit)).then(|| number.trim_end()).filter(|number| !number.is_empty())
}

fn plain(text: &str, decimal: Decimal, changes: &mut Vec<String>) -> Result<f64, String> {
    let refused = || format!("`{text}` is not a number");
    let (points, commas) = (text.matches('.').count(), text.matches(',').count());
    let comma = match (decimal, points, commas) {
        (_, 0, 0) => false,
        (Decimal::Point | Decimal::Either, 1, 0) => false,
        (Decimal::Comma | Decimal::Either, 0, 1) => true,
        (Decimal::Point, _, 1..) => return Err(format!("{} with a decimal point", refused())),
        (Decimal::Comma, 1.., _) => return Err(format!("{} with a decimal comma", refused())),
        _ => return Err(refused()),
    };
    let pointed = if comma { text.replace(',', ".") } else { text.to_string() };
    // The standard parser also takes words such as `inf` and `nan`.
    let digits = pointed.trim_start_matches(['-', '+']);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || !digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
    {
        return Err(refused());
    }
    let value: f64 = pointed.parse().map_err(|_| refused())?;
    if !value.is_finite() {
        return Err(format!("`{text}` is too large a number"));
    }
    // Between 0 and the least number that keeps its digits.
    let is_zero = digits.bytes().take_while(|byte| !b"eE".contains(byte)).all(|byte| b"0.".contains(&byte));
    if value.abs() < f64::MIN_POSITIVE && !is_zero {
        return Err(format!("`{text}` is too small a number to be told from 0"));
    }
    if comma && decimal == Decimal::Either {
        changes.push("decimal comma read as a point".into());
    }
    Ok(value)
}

/// The form in which units are compared: without case and surrounding blanks, the micro sign, the Greek mu and the
/// letter u alike.
pub(crate) fn unit_key(unit: &str) -> String {
    unit.trim().to_lowercase().replace(['\u{b5}', '\u{3bc}'], "u")
}
