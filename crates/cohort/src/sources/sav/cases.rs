//! The rows: numbers, dates and strings as texts.

use super::Fault;
use super::bytes::{Bytes, double};
use super::header::{Header, Variable};
use super::units::{Unit, Units};
use crate::cells::iso_text;
use crate::sources::Grid;
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
            let (text, wrong) = header.encoding.decode_without_bom_handling(&raw);
            if wrong || text.contains('\0') {
                let message = format!(
                    "the text is not in the encoding {}, which the file says it has: say `encoding` in registry.toml",
                    header.encoding.name()
                );
                grid.refused.push((grid.rows, position, message));
            }
            grid.columns[position].push(text.trim_end_matches([' ', '\0']));
        }
        grid.rows += 1;
    }
    Ok(grid)
}

/// A number as its format shows what it is: a date, a time, or itself.
pub(super) fn number(value: f64, format: u8) -> String {
    match format {
        // DATE, ADATE, JDATE, MOYR, QYR, WKYR, EDATE, SDATE; DATETIME and YMDHMS.
        20 | 22..=24 | 28..=30 | 38 | 39 | 41 => moment(value).unwrap_or_else(|| value.to_string()),
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
    let date = iso_text(day as i64 - EPOCH);
    let within = seconds - day * 86_400.0;
    if within == 0.0 { Some(date) } else { Some(format!("{date}T{}", time(within)?)) }
}

/// Seconds as hours, minutes and seconds.
fn time(seconds: f64) -> Option<String> {
    if seconds.abs() > 1e12 {
        return None;
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let micros = (seconds.abs() * 1e6).round() as u64;
    let (whole, part) = (micros / 1_000_000, micros % 1_000_000);
    let text = format!("{sign}{:02}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    Some(if part == 0 { text } else { format!("{text}.{}", format!("{part:06}").trim_end_matches('0')) })
}

/// Whether a value of a variable is user-missing; by the text that [`read`] gave it.
pub(super) fn texts_of_missing(
    grid: &Grid,
    position: usize,
    header: &Header,
    big_endian: bool,
) -> Vec<String> {
    let variable: &Variable = &header.variables[position];
    let missing = &variable.missing;
    let stated: Vec<String> = match variable.width {
        0 => missing.values.iter().map(|value| number(double(*value, big_endian), variable.format)).collect(),
        _ => {
            let short = missing.values.iter().map(|value| &value[..]);
            let texts = short.chain(missing.texts.iter().map(Vec::as_slice));
            let decoded = texts.map(|text| header.encoding.decode_without_bom_handling(text).0);
            decoded.map(|text| text.trim_end_matches([' ', '\0']).to_string()).collect()
        }
    };
    let in_range = |text: &str| {
        missing
            .range
            .is_some_and(|(low, high)| text.parse::<f64>().is_ok_and(|value| (low..=high).contains(&value)))
    };
    let texts = grid.columns[position].texts.iter();
    texts
        .filter(|text| !text.is_empty() && (stated.iter().any(|one| one == text) || in_range(text)))
        .map(Into::into)
        .collect()
}
