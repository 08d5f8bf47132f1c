//! One term of a model: a factor or a number, each value a code.

use super::{ABSENT, DesignColumn};
use std::borrow::Cow;
use study::{Column, Kind, Problem, Values};

/// What the codes of a covariate mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// Levels, compared with one of them.
    Factor {
        /// Their values.
        levels: Vec<String>,
        /// Code of the one with which the others are compared.
        reference: u32,
    },
    /// Distinct values of a quantity, ascending.
    Number(Vec<f64>),
}

/// A term of a model. Numbers are coded too, by their position among their distinct values.
#[derive(Debug, Clone)]
pub struct Covariate<'a> {
    /// Name of the variable.
    pub name: String,
    /// What the codes mean.
    pub scale: Scale,
    /// One code a row of the count table; [`ABSENT`] where the value is missing.
    pub codes: Cow<'a, [u32]>,
}

impl<'a> Covariate<'a> {
    /// Reads a column of a count table.
    ///
    /// # Errors
    /// Dates are refused: they are no quantity whose unit means anything to a ratio.
    pub fn read(column: &'a Column) -> Result<Self, Problem> {
        if column.kind == Kind::Date {
            return Err(Problem::input(format!("`{}` is a date and cannot be a term", column.name))
                .help("derive a category or a number of years from it"));
        }
        let (scale, codes) = match &column.values {
            Values::Category { levels, codes } => {
                let levels: Vec<String> = levels.iter().map(|level| level.value.clone()).collect();
                let reference = column.reference.filter(|code| (*code as usize) < levels.len()).unwrap_or(0);
                (Scale::Factor { levels, reference }, Cow::Borrowed(codes.as_slice()))
            }
            Values::Number(values) => {
                let (distinct, codes) = code_numbers(values);
                let spread = distinct.last().zip(distinct.first()).map_or(0.0, |(high, low)| high - low);
                if !spread.is_finite() {
                    let message =
                        format!("the values of `{}` are too far apart to compute with", column.name);
                    return Err(Problem::input(message).help("give it in another unit"));
                }
                (Scale::Number(distinct), Cow::Owned(codes))
            }
        };
        Ok(Self { name: column.name.clone(), scale, codes })
    }

    /// Codes without meaning, that only tell rows apart.
    pub fn label(codes: Cow<'a, [u32]>, size: usize) -> Self {
        Self { name: String::new(), scale: Scale::Number(vec![0.0; size]), codes }
    }

    /// How many codes there are.
    pub fn size(&self) -> usize {
        match &self.scale {
            Scale::Factor { levels, .. } => levels.len(),
            Scale::Number(values) => values.len(),
        }
    }

    /// The value of a level; empty for numbers.
    pub fn level(&self, code: u32) -> &str {
        match &self.scale {
            Scale::Factor { levels, .. } => levels.get(code as usize).map_or("", String::as_str),
            Scale::Number(_) => "",
        }
    }

    /// Patients with each code.
    pub(super) fn counts(&self, codes: &[u32], weights: &[f64]) -> Vec<f64> {
        let mut counts = vec![0.0; self.size()];
        for (code, weight) in codes.iter().zip(weights) {
            if *code != ABSENT {
                counts[*code as usize] += weight;
            }
        }
        counts
    }

    /// The reference level, or the first that occurs where nobody has it.
    pub fn reference_among(&self, occurring: &[u32]) -> Option<u32> {
        let Scale::Factor { reference, .. } = self.scale else { return None };
        if occurring.contains(&reference) { Some(reference) } else { occurring.first().copied() }
    }

    /// Its columns: one for each level that occurs, the reference left out, or one for a number.
    pub(super) fn columns(
        &self,
        covariate: usize,
        counts: &[f64],
        reference: Option<u32>,
    ) -> Vec<DesignColumn> {
        let total: f64 = counts.iter().sum();
        match &self.scale {
            Scale::Factor { .. } => (0..counts.len() as u32)
                .filter(|code| Some(*code) != reference && counts[*code as usize] > 0.0)
                .map(|code| {
                    let share = counts[code as usize] / total;
                    let others = (total - counts[code as usize]) / total;
                    let scale = (share * others).sqrt();
                    DesignColumn { covariate, level: Some(code), centre: share, scale }
                })
                .collect(),
            Scale::Number(values) => {
                let occurring = || values.iter().zip(counts).filter(|(_, count)| **count > 0.0);
                let (low, high) = occurring()
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (v, _)| {
                        (low.min(*v), high.max(*v))
                    });
                // Within [0, 1] first: squares of 1e-200 would vanish.
                let spread = high - low;
                let mean: f64 = occurring().map(|(v, n)| n / total * ((v - low) / spread)).sum();
                let square = |v: f64| ((v - low) / spread - mean) * ((v - low) / spread - mean);
                let variance: f64 = occurring().map(|(v, n)| n / total * square(*v)).sum();
                let centre = low + mean * spread;
                vec![DesignColumn { covariate, level: None, centre, scale: variance.sqrt() * spread }]
            }
        }
    }

    /// The value of a code in a column.
    pub fn standardised(&self, code: u32, column: &DesignColumn) -> f64 {
        let value = match (&self.scale, column.level) {
            (Scale::Number(values), _) => values[code as usize],
            (Scale::Factor { .. }, level) => f64::from(level == Some(code)),
        };
        column.standardise(value)
    }
}

/// Distinct values in ascending order, and the position of each value among them.
fn code_numbers(values: &[f64]) -> (Vec<f64>, Vec<u32>) {
    let known = values.iter().enumerate().filter(|(_, value)| !value.is_nan());
    let mut order: Vec<(f64, u32)> = known.map(|(row, value)| (*value, row as u32)).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut distinct: Vec<f64> = Vec::new();
    let mut codes = vec![ABSENT; values.len()];
    for (value, row) in order {
        // −0 and 0 are one value.
        if distinct.last() != Some(&value) {
            distinct.push(value);
        }
        codes[row as usize] = distinct.len() as u32 - 1;
    }
    (distinct, codes)
}
