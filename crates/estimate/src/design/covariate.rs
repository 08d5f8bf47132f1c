//! One term of a model: a factor or a number, each value a code.

use super::{ABSENT, DesignColumn, Interaction, Spline};
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
    /// The same, whose effect may bend.
    Spline(Spline),
    /// Combinations of several variables.
    Interaction(Interaction),
}

impl Scale {
    /// How many codes there are.
    pub fn size(&self) -> usize {
        match self {
            Self::Factor { levels, .. } => levels.len(),
            Self::Number(values) => values.len(),
            Self::Spline(spline) => spline.values.len(),
            Self::Interaction(interaction) => interaction.size(),
        }
    }

    /// How many functions of the values there are for each level: of a spline its columns.
    pub fn bases(&self) -> usize {
        match self {
            Self::Factor { .. } | Self::Number(_) => 1,
            Self::Spline(spline) => spline.columns(),
            Self::Interaction(interaction) => interaction.bases(),
        }
    }

    /// How much of a function as the formula has it a column of the model matrix has.
    pub fn share(&self, plain: usize, basis: usize) -> f64 {
        match self {
            Self::Factor { .. } | Self::Number(_) => f64::from(plain == basis),
            Self::Spline(spline) => spline.share(plain, basis),
            Self::Interaction(interaction) => interaction.share(plain, basis),
        }
    }

    /// The number that a code stands for; of a level its code.
    pub fn value(&self, code: u32) -> f64 {
        match self {
            Self::Number(values) | Self::Spline(Spline { values, .. }) => values[code as usize],
            Self::Factor { .. } | Self::Interaction(_) => f64::from(code),
        }
    }

    /// Where the ratios of other variables stand that interact with it: its reference level, 0, or the median of a spline.
    pub fn origin(&self, reference: Option<u32>) -> f64 {
        match self {
            Self::Factor { .. } => reference.map_or(0.0, f64::from),
            Self::Spline(spline) => spline.quartiles[1],
            Self::Number(_) | Self::Interaction(_) => 0.0,
        }
    }

    /// The level with which the plan compares.
    pub(super) fn declared_reference(&self) -> Option<u32> {
        match self {
            Self::Factor { reference, .. } => Some(*reference),
            _ => None,
        }
    }
}

/// A term of a model. Numbers are coded too, by their position among their distinct values.
#[derive(Debug, Clone)]
pub struct Covariate<'a> {
    /// Name of the column.
    pub name: String,
    /// The variable of which the column was made, where it is not one itself.
    pub of: Option<String>,
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
        Ok(Self { name: column.name.clone(), of: column.of.clone(), scale, codes })
    }

    /// The distinct values of a column without a name.
    pub fn number(values: &[f64]) -> Self {
        let (distinct, codes) = code_numbers(values);
        Self { name: String::new(), of: None, scale: Scale::Number(distinct), codes: Cow::Owned(codes) }
    }

    /// Codes without meaning, that only tell rows apart.
    pub fn label(codes: Cow<'a, [u32]>, size: usize) -> Self {
        Self { name: String::new(), of: None, scale: Scale::Number(vec![0.0; size]), codes }
    }

    /// The variable that a patient without a value lacks.
    pub fn variable(&self) -> &str {
        self.of.as_deref().unwrap_or(&self.name)
    }

    /// How many codes there are.
    pub fn size(&self) -> usize {
        self.scale.size()
    }

    /// Whether its rows are named by levels.
    pub fn has_levels(&self) -> bool {
        match &self.scale {
            Scale::Factor { .. } => true,
            Scale::Number(_) | Scale::Spline(_) => false,
            Scale::Interaction(interaction) => interaction.has_levels(),
        }
    }

    /// How many levels it has, each a row of the result; a number has one row.
    pub fn levels(&self) -> usize {
        match &self.scale {
            Scale::Factor { levels, .. } => levels.len(),
            Scale::Number(_) | Scale::Spline(_) => 1,
            Scale::Interaction(interaction) => interaction.cells(),
        }
    }

    /// The level that a code belongs to.
    pub fn level_of(&self, code: u32) -> u32 {
        match &self.scale {
            Scale::Factor { .. } => code,
            Scale::Number(_) | Scale::Spline(_) => 0,
            Scale::Interaction(interaction) => interaction.cell(code),
        }
    }

    /// The value of a level; empty for numbers.
    pub fn level(&self, level: u32) -> &str {
        match &self.scale {
            Scale::Factor { levels, .. } => levels.get(level as usize).map_or("", String::as_str),
            Scale::Number(_) | Scale::Spline(_) => "",
            Scale::Interaction(interaction) => interaction.level(level),
        }
    }

    /// What tells a column from the others of the covariate: the level, which function of a spline it is, or both.
    pub fn column_name(&self, column: &DesignColumn) -> Option<String> {
        let level = column.level.map(|level| self.level(level).to_string());
        let basis = match &self.scale {
            Scale::Spline(_) => (column.basis + 1).to_string(),
            Scale::Interaction(interaction) if interaction.bends() => interaction.basis_name(column.basis),
            Scale::Factor { .. } | Scale::Number(_) | Scale::Interaction(_) => return level,
        };
        let level = level.map_or(String::new(), |level| format!("{level}:"));
        Some(format!("{level}basis {basis}"))
    }

    /// How many columns the model matrix would have of it if all were independent; `occurs` says who has a level.
    pub fn expected_columns(&self, reference: Option<u32>, occurs: &dyn Fn(u32) -> bool) -> usize {
        let levels = match &self.scale {
            Scale::Factor { .. } => {
                (0..self.levels() as u32).filter(|level| Some(*level) != reference).collect()
            }
            Scale::Number(_) | Scale::Spline(_) => vec![0],
            Scale::Interaction(interaction) => interaction.compared(reference),
        };
        levels.into_iter().filter(|level| occurs(*level)).count() * self.scale.bases()
    }

    /// The levels that are told of: of a factor all, of an interaction those without a reference level.
    pub fn told(&self, reference: Option<u32>) -> Vec<u32> {
        match &self.scale {
            Scale::Interaction(interaction) => interaction.compared(reference),
            _ => (0..self.levels() as u32).collect(),
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
        match &self.scale {
            Scale::Factor { reference, .. } => {
                if occurring.contains(reference) {
                    Some(*reference)
                } else {
                    occurring.first().copied()
                }
            }
            Scale::Number(_) | Scale::Spline(_) => None,
            Scale::Interaction(interaction) => interaction.reference(occurring),
        }
    }

    /// Its columns: one for each level that occurs, the reference left out, or one for a number.
    pub(super) fn columns(
        &self,
        covariate: usize,
        counts: &[f64],
        reference: Option<u32>,
    ) -> Vec<DesignColumn> {
        let total: f64 = counts.iter().sum();
        let plain = |level, basis| {
            let values = (0..counts.len() as u32).map(|code| self.value(code, level, basis));
            let (centre, scale) = standard(&values.collect::<Vec<_>>(), counts)?;
            Some(DesignColumn { covariate, level, basis, centre, scale })
        };
        match &self.scale {
            Scale::Factor { .. } => (0..counts.len() as u32)
                .filter(|code| Some(*code) != reference && counts[*code as usize] > 0.0)
                .map(|code| {
                    let share = counts[code as usize] / total;
                    let others = (total - counts[code as usize]) / total;
                    let scale = (share * others).sqrt();
                    DesignColumn { covariate, level: Some(code), basis: 0, centre: share, scale }
                })
                .collect(),
            Scale::Number(_) => plain(None, 0).into_iter().collect(),
            Scale::Spline(spline) => (0..spline.columns()).filter_map(|basis| plain(None, basis)).collect(),
            Scale::Interaction(interaction) => {
                let cells = interaction.compared(reference).into_iter();
                let level = |cell| interaction.has_levels().then_some(cell);
                cells
                    .flat_map(|cell| (0..interaction.bases()).map(move |basis| (cell, basis)))
                    .filter_map(|(cell, basis)| plain(level(cell), basis))
                    .collect()
            }
        }
    }

    fn value(&self, code: u32, level: Option<u32>, basis: usize) -> f64 {
        match &self.scale {
            Scale::Number(values) => values[code as usize],
            Scale::Factor { .. } => f64::from(level == Some(code)),
            Scale::Spline(spline) => spline.basis(spline.values[code as usize], basis),
            Scale::Interaction(interaction) => interaction.value(code, level, basis),
        }
    }

    /// The value of a code in a column.
    pub fn standardised(&self, code: u32, column: &DesignColumn) -> f64 {
        column.standardise(self.value(code, column.level, column.basis))
    }

    /// The value in a column of a patient who need not be one of those counted; `value` gives the number, or the code
    /// of the level, of each variable.
    pub fn standardised_at(&self, column: &DesignColumn, value: &dyn Fn(&str) -> f64) -> f64 {
        column.standardise(match &self.scale {
            Scale::Number(_) => value(&self.name),
            Scale::Factor { .. } => f64::from(column.level.map(f64::from) == Some(value(&self.name))),
            Scale::Spline(spline) => spline.basis(value(&self.name), column.basis),
            Scale::Interaction(interaction) => {
                interaction.product(column.level, column.basis, &|at| value(&interaction.parts[at].name))
            }
        })
    }
}

/// Mean and standard deviation of values that so many patients have; none where they do not vary, or too much.
fn standard(values: &[f64], counts: &[f64]) -> Option<(f64, f64)> {
    let total: f64 = counts.iter().sum();
    let occurring = || values.iter().zip(counts).filter(|(_, count)| **count > 0.0);
    let (low, high) = occurring()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (v, _)| (low.min(*v), high.max(*v)));
    // Within [0, 1] first: squares of 1e-200 would vanish.
    let spread = high - low;
    if !(spread > 0.0 && spread.is_finite()) {
        return None;
    }
    let mean: f64 = occurring().map(|(v, n)| n / total * ((v - low) / spread)).sum();
    let square = |v: f64| ((v - low) / spread - mean) * ((v - low) / spread - mean);
    let variance: f64 = occurring().map(|(v, n)| n / total * square(*v)).sum();
    Some((low + mean * spread, variance.sqrt() * spread))
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
