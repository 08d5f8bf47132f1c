//! Calendar days as numbers: days since 1970-01-01 in the proleptic Gregorian calendar.

/// The day of a year, month and day of the month; `None` where there is no such day.
pub fn day_of(year: i32, month: i32, day: i32) -> Option<i32> {
    if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    // Years are counted from March, so that the leap day is the last of its year.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(365 * year + leaps + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// How many days a month of 1 to 12 has.
pub fn days_in_month(year: i32, month: i32) -> i32 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i32::from(leap),
        _ => 31,
    }
}

/// Year, month and day of the month.
pub fn parts(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// A day as ISO text: `2019-01-31`.
pub fn iso_text(day: i64) -> String {
    let (year, month, day) = parts(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Reads ISO text of a day, and nothing else.
pub fn read_iso(text: &str) -> Option<i32> {
    let digits = |part: &str, length: usize| -> Option<i32> {
        (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    };
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    day_of(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)
}

/// The same day of the month so many months later; the last day of a month that is too short for it.
pub fn months_later(day: i32, months: u32) -> i32 {
    let (year, month, of_month) = parts(i64::from(day));
    let count = year * 12 + month - 1 + i64::from(months);
    let (year, month) = (count.div_euclid(12) as i32, count.rem_euclid(12) as i32 + 1);
    day_of(year, month, (of_month as i32).min(days_in_month(year, month))).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_their_parts_are_one() {
        assert_eq!((day_of(1970, 1, 1), day_of(2000, 3, 1)), (Some(0), Some(11_017)));
        assert_eq!((day_of(2019, 2, 29), day_of(1900, 2, 29), day_of(2019, 13, 1)), (None, None, None));
        for day in (-800_000..800_000).step_by(97) {
            let (year, month, of_month) = parts(i64::from(day));
            assert_eq!(day_of(year as i32, month as i32, of_month as i32), Some(day));
        }
        assert_eq!(read_iso("2020-02-29").map(|day| iso_text(i64::from(day))).as_deref(), Some("2020-02-29"));
        for wrong in ["2020-2-29", "2021-02-29", "20200229", "2020-01-01-01", "+020-01-01", ""] {
            assert_eq!(read_iso(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn months_end_where_the_month_does() {
        let later = |text: &str, months| {
            read_iso(text).map(|day| iso_text(i64::from(months_later(day, months)))).unwrap_or_default()
        };
        assert_eq!(later("2019-11-30", 3), "2020-02-29");
        assert_eq!(later("2019-01-31", 1), "2019-02-28");
        assert_eq!(later("2019-06-15", 24), "2021-06-15");
        assert_eq!(later("2019-12-31", 0), "2019-12-31");
    }
}
