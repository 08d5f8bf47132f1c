//! Numbers and dates.

use super::category::{hides, listed};
use super::{Raw, Wanted};
use crate::cells::DateFormat;
use crate::dictionary::ColumnEntry;
use study::{Column, Kind, MISSING, Problem, Values};

impl Wanted<'_> {
    /// A number.
    pub(super) fn number(&self, raw: Raw, n: &[u64], known: Option<&ColumnEntry>) -> Result<Column, Problem> {
        let name = &self.variable.name;
        let mut values = match raw {
            Raw::Number(values) => values,
            Raw::Flag(codes) => {
                codes.iter().map(|code| if *code == MISSING { f64::NAN } else { f64::from(*code) }).collect()
            }
            Raw::Text { .. } => self.parsed(raw, n, known, |text| text.parse().ok())?,
            Raw::Date(_) => {
                return Err(self
                    .problem(&["kind"], format!("`{name}` is a date, and a number is needed"))
                    .help("subtract two dates in `sql`, which gives days"));
            }
        };
        let missing: Vec<f64> =
            self.variable.missing.iter().filter_map(|text| text.trim().parse().ok()).collect();
        values.iter_mut().filter(|value| missing.contains(value)).for_each(|value| *value = f64::NAN);
        self.finite(&values, n)?;
        Ok(self.heading(Kind::Number, None, Values::Number(values), known))
    }

    /// A date, as days since 1970-01-01.
    pub(super) fn date(&self, raw: Raw, n: &[u64], known: Option<&ColumnEntry>) -> Result<Column, Problem> {
        let values = match raw {
            Raw::Date(values) => values,
            Raw::Text { .. } => {
                self.parsed(raw, n, known, |text| DateFormat::iso().read(text).ok().map(f64::from))?
            }
            Raw::Number(_) | Raw::Flag(_) => {
                return Err(self.problem(&["kind"], format!("`{}` is no date", self.variable.name)));
            }
        };
        Ok(self.heading(Kind::Date, None, Values::Number(values), known))
    }

    /// Texts as numbers; those that are none are refused.
    fn parsed(
        &self,
        raw: Raw,
        n: &[u64],
        known: Option<&ColumnEntry>,
        read: impl Fn(&str) -> Option<f64>,
    ) -> Result<Vec<f64>, Problem> {
        let (codes, texts) = raw.texts(["no", "yes"]);
        let used = super::category::used(&codes, n, texts.len());
        let mut unexpected = Vec::new();
        let mut numbers = Vec::with_capacity(texts.len());
        for (code, text) in texts.iter().enumerate() {
            let text = text.trim();
            let missing =
                text.is_empty() || self.variable.missing.iter().any(|missing| missing.trim() == text);
            let number = if missing { Some(f64::NAN) } else { read(text).filter(|number| !number.is_nan()) };
            if number.is_none() {
                unexpected.push((text, used[code]));
            }
            numbers.push(number.unwrap_or(f64::NAN));
        }
        if !unexpected.is_empty() {
            let what = if self.variable.kind == Some(Kind::Date) { "dates (YYYY-MM-DD)" } else { "numbers" };
            let message = format!(
                "values of `{}` are not {what}: {}",
                self.variable.name,
                listed(unexpected, hides(known))
            );
            return Err(self
                .problem(&["kind"], message)
                .help("mend them in `sql`, or name them in `missing`"));
        }
        Ok(codes
            .iter()
            .map(|code| if *code == MISSING { f64::NAN } else { numbers[*code as usize] })
            .collect())
    }

    /// Refuses infinite values.
    pub(super) fn finite(&self, values: &[f64], n: &[u64]) -> Result<(), Problem> {
        let infinite: u64 =
            values.iter().zip(n).filter(|(value, _)| value.is_infinite()).map(|(_, n)| n).sum();
        if infinite > 0 {
            return Err(self
                .problem(&["sql"], format!("`{}` is infinite in {infinite} patients", self.variable.name))
                .help("a division by zero? Use nullif(divisor, 0)"));
        }
        Ok(())
    }
}
