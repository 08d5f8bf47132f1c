//! Which statistics of a number are printed, and how.

use crate::style;
use serde_json::Value;
use study::Quantity;

/// One way to sum up a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistic {
    MeanDeviation,
    MedianQuartiles,
    MedianRange,
}

impl Statistic {
    /// For headings.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::MeanDeviation => "mean (SD)",
            Self::MedianQuartiles => "median (IQR)",
            Self::MedianRange => "median (range)",
        }
    }

    /// The estimates it is made of.
    pub(super) fn parts(self) -> &'static [(Quantity, Option<f64>)] {
        match self {
            Self::MeanDeviation => &[(Quantity::Mean, None), (Quantity::StandardDeviation, None)],
            Self::MedianQuartiles => &[
                (Quantity::Quantile, Some(0.5)),
                (Quantity::Quantile, Some(0.25)),
                (Quantity::Quantile, Some(0.75)),
            ],
            Self::MedianRange => {
                &[(Quantity::Quantile, Some(0.5)), (Quantity::Minimum, None), (Quantity::Maximum, None)]
            }
        }
    }

    /// One cell a group, with the same decimals in all.
    pub(super) fn cells(self, groups: &[Vec<Option<f64>>]) -> Vec<String> {
        let known: Vec<f64> = groups.iter().flatten().flatten().copied().collect();
        let decimals = match self {
            Self::MeanDeviation => {
                let widest =
                    groups.iter().filter_map(|parts| parts.get(1).copied().flatten()).fold(0.0, f64::max);
                style::spread_decimals(if widest > 0.0 { widest } else { 1.0 })
            }
            Self::MedianQuartiles | Self::MedianRange => style::order_decimals(&known),
        };
        groups.iter().map(|parts| cell(parts, decimals)).collect()
    }

    /// The cells of a date, which is counted in days since 1970-01-01.
    pub(super) fn days(self, groups: &[Vec<Option<f64>>]) -> Vec<String> {
        let spread = |days: f64| format!("{} days", style::number(days, 0));
        let range = |first: &str, last: &str| format!("{first} to {last}");
        groups.iter().map(|parts| written(parts, &style::day, &spread, &range)).collect()
    }
}

fn cell(parts: &[Option<f64>], decimals: usize) -> String {
    let number = |value| style::number(value, decimals);
    written(parts, &number, &number, &style::range)
}

/// A middle with its spread or its limits.
fn written(
    parts: &[Option<f64>],
    text: &dyn Fn(f64) -> String,
    spread: &dyn Fn(f64) -> String,
    range: &dyn Fn(&str, &str) -> String,
) -> String {
    let known = |value: &Option<f64>, text: &dyn Fn(f64) -> String| value.map_or(style::ABSENT.into(), text);
    match parts {
        [None, ..] => style::ABSENT.into(),
        [middle, width] => format!("{} ({})", known(middle, text), known(width, spread)),
        [middle, lower, upper] => {
            let range = range(&known(lower, text), &known(upper, text));
            format!("{} ({range})", known(middle, text))
        }
        _ => style::ABSENT.into(),
    }
}

/// What the options ask for this variable: its own choice, else that of the table, else median and quartiles.
pub(super) fn statistics(options: &Value, variable: &str) -> Vec<Statistic> {
    let own = options.get("each").and_then(|each| each.get(variable)).and_then(|each| each.get("statistic"));
    let asked =
        own.or_else(|| options.get("continuous")).and_then(Value::as_str).unwrap_or("median_quartiles");
    let mut statistics = Vec::new();
    if asked.contains("mean") {
        statistics.push(Statistic::MeanDeviation);
    }
    if asked.contains("quartiles") || asked.contains("iqr") {
        statistics.push(Statistic::MedianQuartiles);
    }
    if asked.contains("range") {
        statistics.push(Statistic::MedianRange);
    }
    if statistics.is_empty() {
        statistics.push(Statistic::MedianQuartiles);
    }
    statistics
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_variables_own_choice_comes_first() {
        let options =
            json!({"continuous": "mean_sd", "each": {"cycles": {"statistic": "mean_sd_median_range"}}});
        assert_eq!(statistics(&options, "age"), [Statistic::MeanDeviation]);
        assert_eq!(statistics(&options, "cycles"), [Statistic::MeanDeviation, Statistic::MedianRange]);
        assert_eq!(statistics(&json!({}), "age"), [Statistic::MedianQuartiles]);
    }

    #[test]
    fn dates_are_printed_as_dates() {
        let groups = [vec![Some(17_657.0), Some(17_622.75), Some(17_687.5)], vec![None, None, None]];
        assert_eq!(Statistic::MedianQuartiles.days(&groups), ["2018-05-06 (2018-04-02 to 2018-06-06)", "—"]);
        assert_eq!(
            Statistic::MeanDeviation.days(&[vec![Some(17_657.0), Some(31.6)]]),
            ["2018-05-06 (32 days)"]
        );
    }

    #[test]
    fn a_group_without_values_has_a_dash() {
        let groups = [vec![Some(4.0), Some(2.0), Some(10.0)], vec![None, None, None]];
        assert_eq!(Statistic::MedianRange.cells(&groups), ["4 (2–10)", "—"]);
        assert_eq!(Statistic::MeanDeviation.cells(&[vec![Some(56.026), Some(8.967)]]), ["56.0 (9.0)"]);
    }
}
