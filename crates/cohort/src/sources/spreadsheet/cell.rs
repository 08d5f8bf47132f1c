//! The text of a cell.

use calamine::{DataRef, ExcelDateTime};

/// The address of a cell by its row and column from 0, for example `C7`.
pub(super) fn address(row: u32, column: u32) -> String {
    let (mut letters, mut rest) = (Vec::new(), u64::from(column) + 1);
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{}", u64::from(row) + 1)
}

/// The text of a value, empty for an empty cell; or what is wrong with it, to be said behind the cell's address.
pub(super) fn text(value: &DataRef<'_>) -> Result<String, String> {
    Ok(match value {
        DataRef::Empty => String::new(),
        DataRef::Int(value) => value.to_string(),
        // The shortest text that gives the number again; whole numbers without decimals.
        DataRef::Float(value) if value.is_finite() => (value + 0.0).to_string(),
        DataRef::Float(_) => return Err("is no number".into()),
        DataRef::String(text) | DataRef::DateTimeIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).into(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(value) => date(value)?,
        DataRef::DurationIso(_) => return Err(DURATION.into()),
        DataRef::Error(error) => return Err(format!("has the error {error}")),
    })
}

const DURATION: &str = "is a length of time: write it as a number, in a unit that the dictionary says";

/// A date in ISO, with the time of day where it is not midnight; a time of day alone.
fn date(value: &ExcelDateTime) -> Result<String, String> {
    if value.is_duration() {
        return Err(DURATION.into());
    }
    let number = value.as_f64();
    if !(0.0..2_958_466.0).contains(&number) {
        return Err(format!("is formatted as a date, and {number} is none"));
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    if (year, month, day) == (1900, 2, 29) {
        return Err("is 1900-02-29 in Excel, a day that never was".into());
    }
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let date = format!("{year:04}-{month:02}-{day:02}");
    Ok(match number {
        ..1.0 => time,
        _ if (hour, minute, second) == (0, 0, 0) => date,
        _ => format!("{date} {time}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    #[test]
    fn addresses_are_those_of_excel() {
        let shown = [(0, 0), (6, 25), (0, 26), (1_048_575, 16_383)].map(|(row, column)| address(row, column));
        assert_eq!(shown, ["A1", "Z7", "AA1", "XFD1048576"]);
    }

    #[test]
    fn both_epochs_and_times_of_day() {
        let read = |number, since_1904| {
            text(&DataRef::DateTime(ExcelDateTime::new(number, ExcelDateTimeType::DateTime, since_1904)))
        };
        assert_eq!(read(43_496.0, false).as_deref(), Ok("2019-01-31"));
        assert_eq!(read(42_034.0, true).as_deref(), Ok("2019-01-31"));
        assert_eq!(read(43_496.75, false).as_deref(), Ok("2019-01-31 18:00:00"));
        assert_eq!(read(0.5, false).as_deref(), Ok("12:00:00"));
        assert!(read(60.0, false).is_err() && read(-1.0, false).is_err() && read(f64::NAN, false).is_err());
    }

    #[test]
    fn numbers_keep_every_digit_and_whole_ones_get_none() {
        let read = |number| text(&DataRef::Float(number)).unwrap();
        assert_eq!([read(5.0), read(-0.0), read(0.1 + 0.2)], ["5", "0", "0.30000000000000004"]);
        assert!(text(&DataRef::Float(f64::INFINITY)).is_err());
    }
}
