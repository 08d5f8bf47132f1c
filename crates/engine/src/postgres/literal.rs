//! Values as text of a statement; `None` where the server has no such value.

use arrow::temporal_conversions::{date32_to_datetime, timestamp_us_to_datetime};

/// A text. `standard_conforming_strings` is on, so that a quote is all that must be doubled; a text of the server has
/// no NUL.
pub fn text(value: &str) -> Option<String> {
    (!value.contains('\0')).then(|| format!("'{}'", value.replace('\'', "''")))
}

/// A number; the shortest digits that are this number and no other.
pub fn number(value: f64) -> Option<String> {
    value.is_finite().then(|| format!("float8 '{value:e}'"))
}

/// A whole number.
pub(super) fn integer(value: i64) -> String {
    format!("int8 '{value}'")
}

/// A day, from 1970-01-01, in a year of four digits.
pub(super) fn date(days: i32) -> Option<String> {
    let day = date32_to_datetime(days)?.date().to_string();
    (day.len() == 10 && !day.starts_with(['-', '+'])).then(|| format!("date '{day}'"))
}

/// A moment, in microseconds from 1970-01-01, in a year of four digits.
pub(super) fn moment(microseconds: i64) -> Option<String> {
    let moment = timestamp_us_to_datetime(microseconds)?.to_string();
    (moment.find(' ') == Some(10) && !moment.starts_with(['-', '+'])).then(|| format!("timestamp '{moment}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_ends_no_text() {
        assert_eq!(text("O'Brien\\'; drop table x; --").unwrap(), "'O''Brien\\''; drop table x; --'");
        assert_eq!(text("a\0b"), None);
    }

    #[test]
    fn values_are_written_whole_or_not_at_all() {
        assert_eq!(number(0.1).unwrap(), "float8 '1e-1'");
        assert_eq!((number(f64::NAN), number(f64::INFINITY)), (None, None));
        assert_eq!(integer(-5), "int8 '-5'");
        assert_eq!(date(11_016).unwrap(), "date '2000-02-29'");
        assert_eq!((date(4_000_000), date(-1_000_000)), (None, None));
        assert_eq!(moment(951_782_400_000_001).unwrap(), "timestamp '2000-02-29 00:00:00.000001'");
    }
}
