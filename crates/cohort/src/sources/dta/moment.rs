//! Dates: numbers that the display format says to be counted from 1960-01-01.

use crate::cells::day_number;
use crate::sources::moment::{day_with_time, time};

/// What the numbers of a variable count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Nothing: they are numbers.
    Number,
    /// `%td`: days.
    Days,
    /// `%tc`: milliseconds, every day of 86,400 seconds.
    Milliseconds,
    /// `%tcHH:MM` and its kin, which show no day: milliseconds since midnight.
    TimeOfDay,
    /// `%tC`: milliseconds with leap seconds.
    WithLeapSeconds,
    /// `%tw`, `%tm`, `%tq`, `%th`: so many parts of a year.
    Period { in_a_year: i64, words: &'static str },
}

/// Days from 1970-01-01 to 1960-01-01.
const EPOCH: i64 = -3653;
const DAY: f64 = 86_400_000.0;

/// The half years since 1972 at whose end a leap second was inserted (IERS Bulletin C), from the first half of 1972.
const LEAPS: [i32; 27] =
    [0, 1, 3, 5, 7, 9, 11, 13, 15, 18, 20, 22, 26, 31, 35, 37, 40, 42, 44, 47, 50, 53, 67, 73, 80, 86, 89];

impl Unit {
    /// By the display format.
    pub(super) fn of_format(format: &str) -> Self {
        let format = format.trim_start_matches('%').trim_start_matches('-');
        let mut letters = format.strip_prefix('t').unwrap_or(format).chars();
        let is_t = format.starts_with('t');
        match letters.next() {
            Some('d') => Self::Days,
            Some('c') if is_t && is_clock(letters.as_str()) => Self::TimeOfDay,
            Some('c') if is_t => Self::Milliseconds,
            Some('C') if is_t => Self::WithLeapSeconds,
            Some('w') if is_t => Self::Period { in_a_year: 52, words: "weeks" },
            Some('m') if is_t => Self::Period { in_a_year: 12, words: "months" },
            Some('q') if is_t => Self::Period { in_a_year: 4, words: "quarters" },
            Some('h') if is_t => Self::Period { in_a_year: 2, words: "half years" },
            _ => Self::Number,
        }
    }

    /// A number as a text: a day, with a time where it is not midnight, or itself.
    pub(super) fn text(self, value: f64) -> String {
        self.moment(value).unwrap_or_else(|| (value + 0.0).to_string())
    }

    fn moment(self, value: f64) -> Option<String> {
        let milliseconds = match self {
            Self::Number => return None,
            Self::Days => value * DAY,
            Self::TimeOfDay if (0.0..DAY).contains(&value) => return time(value / 1000.0),
            // A day that is not shown is there all the same.
            Self::TimeOfDay | Self::Milliseconds => value,
            Self::WithLeapSeconds => value - 1000.0 * leap_seconds(value),
            Self::Period { in_a_year, .. } => first_day(value, in_a_year)? * DAY,
        };
        let day = (milliseconds / DAY).floor();
        // Beyond the years 100 to 9999, those of Stata, it is no date but a number that was given the format of one.
        if !(-679_350.0..=2_936_549.0).contains(&day) {
            return None;
        }
        day_with_time(day as i64 + EPOCH, (milliseconds - day * DAY) / 1000.0)
    }
}

/// Whether what stands behind `%tc` shows a time of day alone.
fn is_clock(shown: &str) -> bool {
    !shown.is_empty() && shown.chars().all(|letter| "HhMmSsAaPp:._, !".contains(letter))
}

/// Days from 1960-01-01 to the first of a part of a year. The last week of Stata's years has 8 or 9 days.
fn first_day(value: f64, in_a_year: i64) -> Option<f64> {
    if value.fract() != 0.0 || value.abs() > 1e6 {
        return None;
    }
    let (year, part) = ((value as i64).div_euclid(in_a_year), (value as i64).rem_euclid(in_a_year));
    let year = i32::try_from(1960 + year).ok()?;
    let day = match in_a_year {
        52 => day_number(year, 1, 1)? + 7 * part as i32,
        _ => day_number(year, (part * 12 / in_a_year) as i32 + 1, 1)?,
    };
    Some((i64::from(day) - EPOCH) as f64)
}

/// How many leap seconds have passed. Within one it is already the next day.
fn leap_seconds(value: f64) -> f64 {
    let passed = |(n, half): (usize, &i32)| {
        let (year, month) = (1972 + (half + 1) / 2, if half % 2 == 0 { 7 } else { 1 });
        let midnight = day_number(year, month, 1).map_or(f64::MAX, |day| (i64::from(day) - EPOCH) as f64);
        value >= midnight * DAY + 1000.0 * (n + 1) as f64
    };
    LEAPS.iter().enumerate().take_while(|leap| passed(*leap)).count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(format: &str, value: f64) -> String {
        Unit::of_format(format).text(value)
    }

    #[test]
    fn every_unit_counts_from_1960() {
        for format in ["%td", "%d", "%-td", "%tdDD/NN/CCYY", "%dD_m_Y"] {
            assert_eq!(shown(format, 0.0), "1960-01-01", "{format}");
        }
        let found = [
            shown("%td", 21_310.0),
            shown("%td", -1.0),
            shown("%tc", 1_841_263_415_000.0),
            shown("%tC", 1_841_263_442_000.0),
            shown("%tcHH:MM:SS", 36_610_000.0),
            shown("%tchh:mm_am", 86_400_000.0),
            shown("%tcMon_DD", 0.0),
            shown("%tw", 53.0),
            shown("%tm", 700.0),
            shown("%tm", -1.0),
            shown("%tq", 233.0),
            shown("%th", 117.0),
            shown("%ty", 2018.0),
            shown("%9.0g", 2018.5),
        ];
        let expected = [
            "2018-05-06",
            "1959-12-31",
            "2018-05-06T22:03:35",
            "2018-05-06T22:03:35",
            "10:10:10",
            "1960-01-02",
            "1960-01-01",
            "1961-01-08",
            "2018-05-01",
            "1959-12-01",
            "2018-04-01",
            "2018-07-01",
            "2018",
            "2018.5",
        ];
        assert_eq!(found, expected.map(String::from));
    }

    #[test]
    fn leap_seconds_are_taken_out_from_the_day_after_each() {
        // 1972-06-30 is day 4564; the first second of the next day comes one second late.
        let midnight = 4565.0 * DAY;
        assert_eq!(shown("%tC", midnight - 1000.0), "1972-06-30T23:59:59");
        assert_eq!(shown("%tC", midnight), "1972-07-01");
        assert_eq!(shown("%tC", midnight + 1000.0), "1972-07-01");
        assert_eq!(shown("%tC", midnight + 2000.0), "1972-07-01T00:00:01");
        // 2017-01-01 has the 27th behind it.
        let last = 20_820.0 * DAY + 27_000.0;
        assert_eq!(
            [shown("%tC", last), shown("%tC", last - 1001.0)],
            ["2017-01-01", "2016-12-31T23:59:59.999"]
        );
    }

    #[test]
    fn a_number_that_is_no_date_stays_one() {
        assert_eq!(shown("%td", 1e9), "1000000000");
        assert_eq!(shown("%tm", 1.5), "1.5");
    }
}
