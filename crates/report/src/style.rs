//! How numbers are printed, in journal style. The only place where a number becomes text.
//!
//! - P values: `<0.001`; three decimals below 0.2; two above; `>0.99`. Under the SPSS dialect three decimals throughout.
//! - Percentages: one decimal, without the sign where the heading has it.
//! - Ratios: two decimals (three under SPSS), more where that would print 0.00 or hide on which side of 1 a limit lies.
//! - Minus is U+2212, ranges have an en dash, an absent number is an em dash, five digits and more are grouped by
//!   narrow no-break spaces.
//!
//! Rounding is half away from zero on the decimal representation; why, is written above [`decimal`].

mod decimal;

pub use decimal::Rounding;
pub(crate) use decimal::rounded;

use study::calendar::iso_text;
use study::{Convention, Dialect, Interval, StudyResults};

/// What stands where there is no number.
pub const ABSENT: &str = "—";

/// The conventions of printing that a study chooses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Whose number of decimals is followed.
    pub dialect: Dialect,
    /// Confidence level of the study's intervals.
    pub confidence_level: f64,
}

impl Style {
    /// The style of a study.
    pub fn of(study: &StudyResults) -> Self {
        Self { dialect: study.convention(Convention::Decimals), confidence_level: study.confidence_level }
    }

    /// A P value without the letter: `0.034`, `<0.001`, `>0.99`; under SPSS always three decimals.
    pub fn p_value(&self, p: Option<f64>) -> String {
        let Some(p) = p else { return ABSENT.into() };
        if p < 0.001 {
            return "<0.001".into();
        }
        if self.dialect == Dialect::Spss {
            return decimal::round(p, 0, 3);
        }
        let three = decimal::round(p, 0, 3);
        // A P value that rounding would carry over the usual border is given one digit more.
        if p < 0.05 && three == "0.050" {
            let four = decimal::round(p, 0, 4);
            return if four == "0.0500" { "<0.05".into() } else { four };
        }
        if three.as_str() < "0.200" {
            return three;
        }
        let two = decimal::round(p, 0, 2);
        if two == "1.00" { ">0.99".into() } else { two }
    }

    /// A P value in a sentence: `P = 0.034`, `P < 0.001`.
    pub fn p_sentence(&self, p: Option<f64>) -> String {
        let text = self.p_value(p);
        match text.chars().next() {
            Some(sign @ ('<' | '>')) => format!("P {sign} {}", &text[1..]),
            _ => format!("P = {text}"),
        }
    }

    /// An odds or hazard ratio, or a limit of one.
    pub fn ratio(&self, ratio: f64) -> String {
        let usual = if self.dialect == Dialect::Spss { 3 } else { 2 };
        if ratio > 0.0 && ratio < 0.001 {
            return "<0.001".into();
        }
        if ratio >= 1e6 {
            return ">999 999".replace(' ', THIN);
        }
        let decimals = match ratio {
            r if r >= 1000.0 => 0,
            r if r >= 0.1 => usual,
            r if r >= 0.01 => 3,
            _ => 4,
        };
        // 0.998 must not print as 1.00: a reader would ask whether the interval holds 1.
        let crosses = decimal::round(ratio, 0, decimals) == decimal::round(1.0, 0, decimals) && ratio != 1.0;
        number(ratio, if crosses { decimals + 1 } else { decimals })
    }

    /// A ratio and its interval: `1.60 (0.76–3.38)`. An absent upper limit is infinite, an absent lower one 0.
    pub fn ratio_interval(&self, ratio: f64, interval: Option<&Interval>) -> String {
        let Some(interval) = interval else { return self.ratio(ratio) };
        let lower = interval.lower.map_or("0".into(), |limit| self.ratio(limit));
        let upper = interval.upper.map_or("∞".into(), |limit| self.ratio(limit));
        format!("{} ({lower}–{upper})", self.ratio(ratio))
    }

    /// `95% CI`, for headings.
    pub fn interval_name(&self) -> String {
        format!("{}% CI", self.confidence_percent())
    }

    /// `95`, or `97.5`.
    pub fn confidence_percent(&self) -> String {
        let decimals = decimal::needed(self.confidence_level * 100.0, 3);
        decimal::round(self.confidence_level, 2, decimals)
    }
}

const THIN: &str = "\u{202f}";

/// A value of a variable, with four digits at least and no trailing zeros.
pub fn value(value: f64) -> String {
    let decimals =
        if value == 0.0 { 0 } else { (3.0 - value.abs().log10().floor()).clamp(0.0, 12.0) as usize };
    let text = number(value, decimals);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').into(),
        false => text,
    }
}

/// More decimals than these are written as a power of ten.
const MOST_DECIMALS: usize = 8;

/// So large a number is written as a power of ten too.
const LARGEST_WRITTEN_OUT: f64 = 1e15;

/// Three digits and a power of ten: `7.54 × 10⁻¹⁴`.
fn scientific(value: f64) -> String {
    let text = format!("{:.2e}", value.abs());
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let raised = |sign: char| match sign {
        '-' => '⁻',
        digit => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹']
            .get(digit.to_digit(10).unwrap_or(0) as usize)
            .copied()
            .unwrap_or(digit),
    };
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{digits} × 10{}", exponent.chars().map(raised).collect::<String>())
}

/// A number with so many decimals.
pub fn number(value: f64, decimals: usize) -> String {
    if (decimals > MOST_DECIMALS || value.abs() >= LARGEST_WRITTEN_OUT) && value != 0.0 {
        return scientific(value);
    }
    let decimals = if value == 0.0 { decimals.min(MOST_DECIMALS) } else { decimals };
    let digits = decimal::round(value, 0, decimals);
    let (whole, fraction) = digits.split_once('.').map_or((digits.as_str(), None), |(w, f)| (w, Some(f)));
    let mut text = String::new();
    if value < 0.0 && digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        text.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len() > 4 && (whole.len() - index).is_multiple_of(3) {
            text.push_str(THIN);
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A whole number.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len() > 4 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(THIN);
        }
        text.push(digit);
    }
    text
}

/// A share as a percentage with one decimal, without the sign; never `0.0` or `100.0` when it is not.
pub fn percent(share: f64) -> String {
    let text = decimal::round(share, 2, 1);
    match text.as_str() {
        "0.0" if share > 0.0 => "<0.1".into(),
        "100.0" if share < 1.0 => ">99.9".into(),
        _ => text,
    }
}

/// A count and its share: `13 (43.3)`.
pub fn count_percent(n: u64, share: Option<f64>) -> String {
    share.map_or_else(|| count(n), |share| format!("{} ({})", count(n), percent(share)))
}

/// A day, counted from 1970-01-01; what lies between two days is of the nearer one.
pub fn day(days: f64) -> String {
    iso_text(days.round() as i64)
}

/// Limits of a range: an en dash, or “to” where a limit is negative.
pub fn range(lower: &str, upper: &str) -> String {
    if lower.starts_with('−') || upper.starts_with('−') {
        format!("{lower} to {upper}")
    } else {
        format!("{lower}–{upper}")
    }
}

/// Decimals for order statistics of one variable: as many as the values have, at most as many as their size bears.
pub fn order_decimals(values: &[f64]) -> usize {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let most = match largest {
        x if x >= 1000.0 => 0,
        x if x >= 10.0 => 1,
        x if x >= 1.0 => 2,
        x if x >= 0.1 => 3,
        x if x >= 0.01 || x == 0.0 => 4,
        // Three digits of the largest, so that no small unit prints as 0.
        x => (2.0 - x.log10().floor()) as usize,
    };
    values.iter().map(|value| decimal::needed(*value, most)).max().unwrap_or(0)
}

/// Decimals for a mean and its standard deviation: two digits of the deviation, at least one decimal below 1000.
pub fn spread_decimals(deviation: f64) -> usize {
    match deviation.abs() {
        d if d >= 1000.0 => 0,
        d if d >= 1.0 => 1,
        d if d >= 0.1 => 2,
        d if d >= 0.01 => 3,
        0.0 => 4,
        d => (1.0 - d.log10().floor()) as usize,
    }
}

/// Decimals for an estimate with limits: two digits of half their distance, and at least as many as asked for.
pub fn limit_decimals(limits: Option<(f64, f64)>, at_least: usize) -> usize {
    let half = limits.map_or(0.0, |(lower, upper)| 0.5 * (upper - lower));
    if half > 0.0 { spread_decimals(half).max(at_least) } else { at_least }
}

/// A time in the endpoint's unit: one decimal, none from 1000 on.
pub fn time(value: f64) -> String {
    number(value, if value >= 1000.0 { 0 } else { 1 })
}

/// A time that the plan names, as short as it can be: `12`, `0.5`.
pub fn named_time(value: f64) -> String {
    number(value, decimal::needed(value, 3))
}

#[cfg(test)]
mod tests;
