//! The rows: numbers, dates and strings as texts.

use super::header::{Header, Variable};
use super::units::{Unit, Units};
use crate::sources::Grid;
use crate::sources::binary::{Bytes, Fault, double};
use crate::sources::moment::{day_with_time, time};
use std::io::{Read, Seek};

/// Days from 1582-10-14 to 1970-01-01.
const EPOCH: i64 = 141_428;
/// The greatest negative number stands for system-missing.
const SYSTEM_MISSING: f64 = -f64::MAX;

pub(super) fn read<R: Read + Seek>(bytes: Bytes<R>, header: &Header) -> Result<Grid, Fault> {
    let big_endian = bytes.big_endian;
    let mut units = Units::new(bytes, header)?;
    let mut grid = Grid::with_header(header.variables.iter().map(|variable| variable.name.clone()).collect());
    let early = |row: usize| match header.rows {
        Some(rows) => Fault::damaged(format!("it ends in row {} of {rows}", row + 1)),
        None => Fault::damaged(format!("it ends in the middle of row {}", row + 1)),
    };
    let mut raw = Vec::new();
    while header.rows.is_none_or(|rows| (grid.rows as u64) < rows) {
        for (position, variable) in header.variables.iter().enumerate() {
            if variable.width == 0 {
                let value = match units.next()? {
                    None if position == 0 && header.rows.is_none() => return Ok(grid),
                    None => return Err(early(grid.rows)),
                    Some(Unit::Missing) => None,
                    Some(Unit::Number(value)) => Some(value),
                    Some(Unit::Bytes(bytes)) => Some(double(bytes, big_endian)),
                };
                let value = value.filter(|value| *value != SYSTEM_MISSING);
                if value.is_some_and(|value| !value.is_finite()) {
                    grid.refused.push((grid.rows, position, "the number is not finite".into()));
                }
                let value = value.filter(|value| value.is_finite());
                grid.columns[position]
                    .push(&value.map_or(String::new(), |value| number(value, variable.format)));
                continue;
            }
            raw.clear();
            for segment in &variable.segments {
                let start = raw.len();
                for _ in 0..segment.div_ceil(8) {
                    match units.next()? {
                        Some(Unit::Bytes(bytes)) => raw.extend_from_slice(&bytes),
                        None if position == 0 && raw.is_empty() && header.rows.is_none() => return Ok(grid),
                        None => return Err(early(grid.rows)),
                        Some(_) => return Err(Fault::damaged("a number stands where a string should")),
                    }
                }
                raw.truncate(start + segment);
            }
            raw.truncate(variable.width);
            let (text, wrong) = header.charset.decode(&raw);
            if wrong || text.contains('\0') {
                let message = format!(
                    "the text is not in the encoding {}, which the file says it has: say `encoding` in registry.toml",
                    header.charset.name()
                );
                grid.refused.push((grid.rows, position, message));
            }
            grid.columns[position].push(text.trim_end_matches([' ', '\0']));
        }
        grid.rows += 1;
    }
    if matches!(units.next(), Ok(Some(_))) {
        return Err(Fault::damaged(format!("it has more rows than the {} that it says", grid.rows)));
    }
    Ok(grid)
}

/// Whether a format shows days: DATE, ADATE, JDATE, MOYR, QYR, WKYR, EDATE, SDATE; DATETIME and YMDHMS.
pub(super) fn is_moment(format: u8) -> bool {
    matches!(format, 20 | 22..=24 | 28..=30 | 38 | 39 | 41)
}

/// A number as its format shows what it is: a date, a time, or itself.
pub(super) fn number(value: f64, format: u8) -> String {
    match format {
        format if is_moment(format) => moment(value).unwrap_or_else(|| value.to_string()),
        // TIME, DTIME, MTIME.
        21 | 25 | 40 => time(value).unwrap_or_else(|| value.to_string()),
        _ => value.to_string(),
    }
}

/// Seconds since 1582-10-14 as a day, with a time where it is not midnight.
fn moment(seconds: f64) -> Option<String> {
    let day = (seconds / 86_400.0).floor();
    // Beyond the year 9999 it is no date but a number that was given the format of one.
    if !(0.0..=3_074_324.0).contains(&day) {
        return None;
    }
    day_with_time(day as i64 - EPOCH, seconds - day * 86_400.0)
}

/// Those of some values of a variable that are user-missing; by the texts that [`read`] gives them.
pub(super) fn texts_of_missing<'a>(
    texts: impl Iterator<Item = &'a str>,
    position: usize,
    header: &Header,
) -> Vec<String> {
    let variable: &Variable = &header.variables[position];
    let missing = &variable.missing;
    let stated: Vec<String> = match variable.width {
        0 => missing
            .values
            .iter()
            .map(|value| number(double(*value, header.big_endian), variable.format))
            .collect(),
        _ => {
            let short = missing.values.iter().map(|value| &value[..]);
            let texts = short.chain(missing.texts.iter().map(Vec::as_slice));
            let decoded = texts.map(|text| header.charset.decode(text).0);
            decoded.map(|text| text.trim_end_matches([' ', '\0']).to_string()).collect()
        }
    };
    let in_range = |text: &str| {
        missing
            .range
            .is_some_and(|(low, high)| text.parse::<f64>().is_ok_and(|value| (low..=high).contains(&value)))
    };
    texts
        .filter(|text| !text.is_empty() && (stated.iter().any(|one| one == text) || in_range(text)))
        .map(Into::into)
        .collect()
}
