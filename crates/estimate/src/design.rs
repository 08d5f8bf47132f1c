//! From terms to the columns of a model matrix.
//!
//! Factors have treatment contrasts: one column for each level but the reference. Numbers have one. Every column is
//! centred and scaled to unit standard deviation, so that units from 1e-12 to 1e12 cost no digits; coefficients are
//! scaled back when they are read. Splines and interactions are covariates too, whose columns are functions of their
//! codes. The matrix has one row for each distinct covariate pattern, not for each patient.

mod covariate;
mod interaction;
mod patterns;
mod spline;
pub mod term;
mod within;

pub use covariate::{Covariate, Scale};
pub use interaction::{Interaction, Part};
pub use patterns::{ABSENT, Patterns};
pub use spline::{Spline, default_knots};
pub use term::Term;
pub use within::Within;

use crate::numerics::parallel::fill;
use crate::numerics::rank::rank;
use std::sync::Arc;
use study::Notice;

/// Rows of the matrix that are made in one go.
const ROWS: usize = 1024;

/// One column of the model matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignColumn {
    /// Position of its covariate.
    pub covariate: usize,
    /// Code of its level; numbers have none.
    pub level: Option<u32>,
    /// Which of several functions of the values it is; 0 for all that have but one.
    pub basis: usize,
    /// Subtracted from the value.
    pub centre: f64,
    /// Divides the difference.
    pub scale: f64,
}

impl DesignColumn {
    /// A value of the column as the matrix holds it.
    pub fn standardise(&self, value: f64) -> f64 {
        (value - self.centre) / self.scale
    }
}

/// A model matrix: one row for each pattern, one after the other.
#[derive(Debug, Clone, Default)]
pub struct Design {
    /// Its columns, linearly independent of each other and of a constant.
    pub columns: Vec<DesignColumn>,
    /// Its values.
    pub x: Arc<Vec<f64>>,
    /// For each covariate the code of its reference level: the declared one, or the first that occurs.
    pub references: Vec<Option<u32>>,
    /// Columns that were left out, and why.
    pub notices: Vec<Notice>,
}

impl Design {
    /// The matrix of some covariates over their patterns, each standing for `weights` patients (> 0).
    pub fn new(covariates: &[&Covariate], patterns: &Patterns, weights: &[f64]) -> Self {
        let mut design = Self::whole(covariates, patterns, weights);
        design.drop_aliased(covariates, weights);
        design
    }

    /// The same with columns that are linear combinations of others, which a penalty can tell apart.
    pub fn whole(covariates: &[&Covariate], patterns: &Patterns, weights: &[f64]) -> Self {
        let mut design = Self::default();
        for (index, covariate) in covariates.iter().enumerate() {
            let codes = patterns.codes(index);
            let counts = covariate.counts(codes, weights);
            let occurring: Vec<u32> =
                (0..counts.len() as u32).filter(|code| counts[*code as usize] > 0.0).collect();
            let levels: Vec<u32> = occurring.iter().map(|code| covariate.level_of(*code)).collect();
            let reference = covariate.reference_among(&levels);
            design.references.push(reference);
            if occurring.len() < 2 {
                // Of an interaction the main effects say so.
                if !counts.is_empty() && !matches!(covariate.scale, Scale::Interaction(_)) {
                    design.notices.push(Notice::SingleLevel { variable: covariate.name.clone() });
                }
                continue;
            }
            design.note_reference(covariate, reference);
            let columns = covariate.columns(index, &counts, reference);
            if columns.is_empty() {
                let term = covariate.name.clone();
                design.notices.push(Notice::Aliased { term, level: None });
            }
            design.columns.extend(columns);
        }
        design.fill(covariates, patterns);
        design
    }

    fn note_reference(&mut self, covariate: &Covariate, reference: Option<u32>) {
        let Scale::Factor { levels, reference: declared } = &covariate.scale else { return };
        if let Some(reference) = reference.filter(|reference| reference != declared) {
            let message = format!(
                "{}: no patient of the model has the reference level “{}”; “{}” took its place.",
                covariate.name, levels[*declared as usize], levels[reference as usize],
            );
            self.notices.push(Notice::Other { message });
        }
    }

    fn fill(&mut self, covariates: &[&Covariate], patterns: &Patterns) {
        self.x = Arc::new(self.rows_of(covariates, patterns));
    }

    /// The values of its columns in other patterns of the same covariates, one row for each.
    pub fn rows_of(&self, covariates: &[&Covariate], patterns: &Patterns) -> Vec<f64> {
        let p = self.columns.len();
        let mut x = vec![0.0; patterns.len() * p];
        // So many rows stay in the processor's cache while one column after the other is written.
        fill(&mut x, ROWS * p, |first, block| {
            for (at, column) in self.columns.iter().enumerate() {
                let (covariate, codes) = (covariates[column.covariate], patterns.codes(column.covariate));
                for (row, code) in block.chunks_exact_mut(p).zip(&codes[first / p..]) {
                    row[at] = covariate.standardised(*code, column);
                }
            }
        });
        x
    }

    /// Leaves only some columns; `constant` says of those that go whether nothing varies within the strata.
    pub fn keep(&mut self, covariates: &[&Covariate], kept: &[usize], constant: &dyn Fn(usize) -> bool) {
        for (at, column) in self.columns.iter().enumerate().filter(|(at, _)| !kept.contains(at)) {
            let covariate = covariates[column.covariate];
            let term = covariate.name.clone();
            let level = column.level.map(|code| covariate.level(code).to_string());
            self.notices.push(match constant(at) {
                true => Notice::ConstantWithinStrata { term, level },
                false => Notice::Aliased { term, level },
            });
        }
        self.x = Arc::new(select_columns(&self.x, self.columns.len(), kept));
        self.columns = kept.iter().map(|at| self.columns[*at].clone()).collect();
    }

    fn drop_aliased(&mut self, covariates: &[&Covariate], weights: &[f64]) {
        let p = self.columns.len();
        let kept = if self.is_centred(weights) {
            rank(&self.x, p, weights).kept
        } else {
            // What a column has in common with a constant says nothing: only what it has beyond that counts.
            let row = |row: &[f64]| std::iter::once(1.0).chain(row.to_vec());
            let x: Vec<f64> = self.x.chunks_exact(p).flat_map(row).collect();
            rank(&x, p + 1, weights).kept.into_iter().filter_map(|at| at.checked_sub(1)).collect()
        };
        if kept.len() < p {
            self.keep(covariates, &kept, &|_| false);
        }
    }

    /// Whether every column has the mean 0; of values as large as 1e15 rounding leaves it off.
    fn is_centred(&self, weights: &[f64]) -> bool {
        let p = self.columns.len();
        let total: f64 = weights.iter().sum();
        let mean = |column: usize| -> f64 {
            let values = self.x.iter().skip(column).step_by(p);
            values.zip(weights).map(|(x, n)| n / total * x).sum()
        };
        (0..p).all(|column| mean(column).abs() < 1e-8)
    }

    /// Positions of the columns of one covariate.
    pub fn columns_of(&self, covariate: usize) -> Vec<usize> {
        (0..self.columns.len()).filter(|at| self.columns[*at].covariate == covariate).collect()
    }
}

/// Some columns of a matrix that is stored row by row.
pub fn select_columns(x: &[f64], columns: usize, kept: &[usize]) -> Vec<f64> {
    if columns == 0 {
        return Vec::new();
    }
    x.chunks_exact(columns).flat_map(|row| kept.iter().map(|at| row[*at])).collect()
}

#[cfg(test)]
mod tests;
