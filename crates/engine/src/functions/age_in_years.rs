//! Completed years of age.

use super::Function;

/// `age_in_years(birth, on)`: how many birthdays have been reached on a day.
///
/// A birthday is reached on the same day of the same month; that of 29 February on 1 March in a common year.
/// Negative before birth.
pub(super) const FUNCTION: Function = Function {
    name: "age_in_years",
    arguments: "two dates: birth, on",
    value: |birth, on| {
        let (birth, on) = (civil(birth), civil(on));
        on.0 - birth.0 - i64::from((on.1, on.2) < (birth.1, birth.2))
    },
};

/// Year, month and day of the proleptic Gregorian calendar, from days since 1970-01-01.
///
/// Years are counted from March, so that the leap day is the last of its year; 400 years have 146 097 days.
fn civil(days: i32) -> (i64, i64, i64) {
    let shifted = i64::from(days) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_have_their_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(18_262), (2020, 1, 1));
    }

    #[test]
    fn a_birthday_counts_on_its_day() {
        // 2000-02-29 to 2001-02-28, 2001-03-01, 2004-02-28, 2004-02-29.
        let years = [11_381, 11_382, 12_476, 12_477].map(|on| (FUNCTION.value)(11_016, on));
        assert_eq!(years, [0, 1, 3, 4]);
    }
}
