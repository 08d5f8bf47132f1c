//! Days as spreadsheets count them.
//!
//! Excel counts from 1900 and keeps a 29 February of that year for the sake of an older program, so that its day 61 is
//! 1 March; workbooks of its first Macintosh versions count from 1904 (ECMA-376, part 1, section 18.17.4).

use study::calendar::iso_text;

/// From when days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Epoch {
    /// 1 is 1900-01-01.
    Of1900,
    /// 0 is 1904-01-01.
    Of1904,
}

/// 9999-12-31, the last day of Excel.
const LAST: i32 = 2_958_465;

impl Epoch {
    /// As `format` names it.
    pub(super) fn named(format: &str) -> Option<Self> {
        match format {
            "excel-1900" => Some(Self::Of1900),
            "excel-1904" => Some(Self::Of1904),
            _ => None,
        }
    }

    /// Days since 1970-01-01 of a whole number.
    pub(super) fn read(self, text: &str) -> Result<i32, String> {
        let whole = text.split_once('.').map_or(text, |(whole, zeros)| {
            if !zeros.is_empty() && zeros.bytes().all(|digit| digit == b'0') { whole } else { text }
        });
        let is_number = whole.len() <= 7 && whole.bytes().all(|byte| byte.is_ascii_digit());
        let day: i32 = whole
            .parse()
            .ok()
            .filter(|_| is_number)
            .ok_or_else(|| format!("`{text}` is not a whole number of days, as Excel counts them"))?;
        match (self, day) {
            (Self::Of1900, 60) => Err("`60` is 1900-02-29 in Excel, a day that never was".into()),
            (Self::Of1900, 1..60) => Ok(day - 25_568),
            (Self::Of1900, 61..=LAST) => Ok(day - 25_569),
            (Self::Of1904, 0..=LAST) if day <= LAST - 1_462 => Ok(day - 24_107),
            _ => Err(format!("`{text}` is no day that Excel counts")),
        }
    }

    /// The number of a day since 1970-01-01.
    pub(super) fn written(self, days: i32) -> i32 {
        match self {
            Self::Of1900 if days + 25_568 < 60 => days + 25_568,
            Self::Of1900 => days + 25_569,
            Self::Of1904 => days + 24_107,
        }
    }
}

/// The day that a number would be if Excel had counted it, where that is one on which somebody alive may have been seen:
/// of 1900 to 2050.
pub(crate) fn as_serial(text: &str) -> Option<String> {
    let days = Epoch::Of1900.read(text.trim()).ok()?;
    (-25_567..29_220).contains(&days).then(|| iso_text(i64::from(days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_that_excel_shows() {
        let shown = |epoch: Epoch, text: &str| epoch.read(text).map(|days| iso_text(i64::from(days)));
        for (text, day) in [
            ("1", "1900-01-01"),
            ("59", "1900-02-28"),
            ("61", "1900-03-01"),
            ("25569", "1970-01-01"),
            ("44197", "2021-01-01"),
            ("44197.0", "2021-01-01"),
            ("2958465", "9999-12-31"),
        ] {
            assert_eq!(shown(Epoch::Of1900, text).as_deref(), Ok(day), "{text}");
        }
        assert_eq!(shown(Epoch::Of1904, "0").as_deref(), Ok("1904-01-01"));
        assert_eq!(shown(Epoch::Of1904, "42735").as_deref(), Ok("2021-01-01"));
        for text in ["0", "60", "-1", "2958466", "44197.5", "4e4", "2021-01-01", "", "+5", "44197."] {
            assert!(Epoch::Of1900.read(text).is_err(), "{text}");
        }
        for day in [1, 59, 61, 44_197] {
            assert_eq!(Epoch::Of1900.read(&day.to_string()).map(|days| Epoch::Of1900.written(days)), Ok(day));
        }
        assert_eq!(Epoch::Of1904.written(Epoch::Of1904.read("42735").unwrap()), 42_735);
        assert_eq!(as_serial("44197").as_deref(), Some("2021-01-01"));
        assert_eq!(as_serial("150000"), None);
    }
}
