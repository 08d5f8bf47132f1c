//! Calendar days as they are written.

use super::serial::Epoch;
use study::calendar::day_of;

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Day,
    Month,
    MonthName,
    Year,
    Hour,
    Minute,
    Second,
    Letter(char),
    /// The whole date as one number.
    Serial(Epoch),
}

/// How dates are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateFormat {
    parts: Vec<Part>,
    text: String,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl DateFormat {
    /// `2019-01-31`.
    pub(crate) fn iso() -> Self {
        use Part::{Day, Letter, Month, Year};
        Self { parts: vec![Year, Letter('-'), Month, Letter('-'), Day], text: "%Y-%m-%d".into() }
    }

    /// Reads a format; `None` unless it tells day, month and year once each, or is one of Excel's.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(epoch) = Epoch::named(text) {
            return Some(Self { parts: vec![Part::Serial(epoch)], text: text.into() });
        }
        let mut parts = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            parts.push(match c {
                '%' => match chars.next()? {
                    'd' => Part::Day,
                    'm' => Part::Month,
                    'b' => Part::MonthName,
                    'Y' => Part::Year,
                    'H' => Part::Hour,
                    'M' => Part::Minute,
                    'S' => Part::Second,
                    '%' => Part::Letter('%'),
                    _ => return None,
                },
                letter => Part::Letter(letter),
            });
        }
        let count = |wanted: &[Part]| parts.iter().filter(|part| wanted.contains(part)).count();
        let whole = count(&[Part::Day]) == 1
            && count(&[Part::Year]) == 1
            && count(&[Part::Month, Part::MonthName]) == 1;
        whole.then(|| Self { parts, text: text.into() })
    }

    /// Days since 1970-01-01. A time of day behind it is accepted where it is midnight.
    pub(crate) fn read(&self, text: &str) -> Result<i32, String> {
        let refused = || format!("`{text}` is not a date written {}", self.words());
        let (mut year, mut month, mut day) = (0, 0, 0);
        let mut rest = text;
        let below = |number: Option<i32>, limit| number.filter(|number| *number < limit).ok_or_else(refused);
        for part in &self.parts {
            match part {
                Part::Year => year = digits(&mut rest, 4, 4).ok_or_else(refused)?,
                Part::Month => month = digits(&mut rest, 1, 2).ok_or_else(refused)?,
                Part::Day => day = digits(&mut rest, 1, 2).ok_or_else(refused)?,
                Part::MonthName => {
                    let name = rest.get(..3).ok_or_else(refused)?.to_ascii_lowercase();
                    let index = MONTHS.iter().position(|month| *month == name).ok_or_else(refused)?;
                    month = index as i32 + 1;
                    rest = &rest[3..];
                }
                Part::Serial(epoch) => return epoch.read(text),
                Part::Hour => drop(below(digits(&mut rest, 1, 2), 24)?),
                Part::Minute | Part::Second => drop(below(digits(&mut rest, 1, 2), 60)?),
                Part::Letter(letter) => rest = rest.strip_prefix(*letter).ok_or_else(refused)?,
            }
        }
        let midnight =
            ["", "T00:00:00", " 00:00:00", "T00:00:00Z", " 00:00", "T00:00:00.000", " 00:00:00.000"];
        if !midnight.contains(&rest) {
            return Err(refused());
        }
        day_of(year, month, day).ok_or_else(|| format!("`{text}` is not a day of the calendar"))
    }

    /// The day, and whether a time of day was left out: one that the format has, or behind an ISO date one of the place
    /// itself. One of a time zone is refused, where the day may be another.
    pub(crate) fn day(&self, text: &str) -> Result<(i32, bool), String> {
        let refused = match self.read(text) {
            Ok(day) => return Ok((day, self.has_time())),
            Err(refused) => refused,
        };
        let (date, time) = text.split_at_checked(10).unwrap_or((text, ""));
        let day = Self::iso().read(date).ok().filter(|_| *self == Self::iso());
        match (day, time.strip_prefix(['T', ' '])) {
            (Some(day), Some(clock)) if is_clock(clock) => Ok((day, true)),
            (Some(_), Some(clock))
                if is_clock(clock.trim_end_matches('Z').split(['+', '-']).next().unwrap_or("")) =>
            {
                Err(format!("{refused}: with a time of another time zone it may be another day"))
            }
            _ => Err(refused),
        }
    }

    /// Whether the format has a time of day, which is then left out of the value.
    pub(crate) fn has_time(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Hour | Part::Minute | Part::Second))
    }

    /// An ISO date, with or without a time of day, as this format writes it; a time for which it has no place stays
    /// behind it. Any other text as it is.
    pub(crate) fn written(&self, iso: &str) -> String {
        let (date, time) = iso.split_at_checked(10).unwrap_or((iso, ""));
        let days = Self::iso().read(date);
        let (Ok(days), Some((year, rest))) = (days, date.split_once('-')) else { return iso.into() };
        let (month, day) = rest.split_once('-').unwrap_or((rest, ""));
        let clock = time.trim_start_matches(['T', ' ']);
        let mut clock_parts = clock.split([':', '.']);
        let mut part = || clock_parts.next().filter(|part| !part.is_empty()).unwrap_or("00");
        let (hour, minute, second) = (part(), part(), part());
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Year => text += year,
                Part::Month => text += month,
                Part::Day => text += day,
                Part::MonthName => {
                    let name = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month - 1));
                    text += name.copied().unwrap_or(month);
                }
                Part::Hour => text += hour,
                Part::Minute => text += minute,
                Part::Second => text += second,
                Part::Letter(letter) => text.push(*letter),
                Part::Serial(epoch) => text += &epoch.written(days).to_string(),
            }
        }
        if self.has_time() { text } else { text + time }
    }

    fn words(&self) -> String {
        let named = [
            ("%Y", "YYYY"),
            ("%m", "MM"),
            ("%d", "DD"),
            ("%b", "Mon"),
            ("%H", "HH"),
            ("%M", "MM"),
            ("%S", "SS"),
        ];
        named.iter().fold(self.text.clone(), |text, (part, word)| text.replace(part, word))
    }
}

/// Hours and minutes, and seconds where they are said.
fn is_clock(text: &str) -> bool {
    let below = |part: &str, limit: u32| {
        part.len() == 2
            && part.bytes().all(|b| b.is_ascii_digit())
            && part.parse().is_ok_and(|n: u32| n < limit)
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = whole.split(':').collect();
    let rest = parts.iter().skip(1).all(|part| below(part, 60));
    matches!(parts.len(), 2 | 3)
        && below(parts[0], 24)
        && rest
        && fraction.bytes().all(|b| b.is_ascii_digit())
}

fn digits(rest: &mut &str, least: usize, most: usize) -> Option<i32> {
    let n = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, behind) = rest.split_at_checked(n)?;
    *rest = behind;
    if n < least { None } else { number.parse().ok() }
}
