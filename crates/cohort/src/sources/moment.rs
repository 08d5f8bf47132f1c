//! Days and times of day as texts, from the counts that statistics programs store.

use crate::cells::iso_text;

/// A day, with the seconds since its midnight behind it where there are any.
pub(super) fn day_with_time(days_since_1970: i64, seconds: f64) -> Option<String> {
    let date = iso_text(days_since_1970);
    if seconds == 0.0 { Some(date) } else { Some(format!("{date}T{}", time(seconds)?)) }
}

/// Seconds as hours, minutes and seconds.
pub(super) fn time(seconds: f64) -> Option<String> {
    if seconds.abs() > 1e12 {
        return None;
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let micros = (seconds.abs() * 1e6).round() as u64;
    let (whole, part) = (micros / 1_000_000, micros % 1_000_000);
    let text = format!("{sign}{:02}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    Some(if part == 0 { text } else { format!("{text}.{}", format!("{part:06}").trim_end_matches('0')) })
}
