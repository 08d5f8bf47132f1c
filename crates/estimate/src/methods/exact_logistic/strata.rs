//! From the rows of a count table to strata of patterns whose covariates are whole numbers.

use super::shift::{Pattern, Stratum};
use crate::design::{Covariate, DesignColumn, Scale};
use crate::numerics::lattice::Lattice;
use std::collections::BTreeMap;

/// The model: its strata, and what one step of each column is worth.
#[derive(Debug, Clone)]
pub(super) struct Lattices {
    pub(super) strata: Vec<Stratum>,
    /// The unit of each column.
    pub(super) units: Vec<f64>,
    /// The observed statistic of each column, in steps.
    pub(super) observed: Vec<u64>,
}

/// One row that enters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) at: usize,
    pub(super) n: u64,
    pub(super) event: bool,
    pub(super) stratum: u32,
}

/// Reads the columns of the model; an error names the covariate that has too many digits.
pub(super) fn lattices(
    covariates: &[&Covariate],
    columns: &[DesignColumn],
    rows: &[Row],
) -> Result<Lattices, usize> {
    let mut units = Vec::with_capacity(columns.len());
    // For each column the steps of each code.
    let mut steps: Vec<Vec<u64>> = Vec::with_capacity(columns.len());
    for column in columns {
        let covariate = covariates[column.covariate];
        match &covariate.scale {
            Scale::Factor { levels, .. } => {
                units.push(1.0);
                steps.push(
                    (0..levels.len()).map(|code| u64::from(column.level == Some(code as u32))).collect(),
                );
            }
            Scale::Number(values) => {
                // Of the values that occur among the rows: another one may have more digits.
                let mut occurs = vec![false; values.len()];
                rows.iter().for_each(|row| occurs[covariate.codes[row.at] as usize] = true);
                let codes: Vec<usize> = (0..values.len()).filter(|code| occurs[*code]).collect();
                let occurring: Vec<f64> = codes.iter().map(|code| values[*code]).collect();
                let lattice = Lattice::of(&occurring).ok_or(column.covariate)?;
                let mut of_code = vec![0; values.len()];
                codes.iter().zip(&lattice.steps).for_each(|(code, steps)| of_code[*code] = *steps);
                units.push(lattice.unit);
                steps.push(of_code);
            }
            // The options refuse such terms.
            Scale::Spline(_) | Scale::Interaction(_) => return Err(column.covariate),
        }
    }
    let mut strata: BTreeMap<u32, (BTreeMap<Vec<u64>, u64>, u64)> = BTreeMap::new();
    let mut observed = vec![0u64; columns.len()];
    for row in rows {
        let x: Vec<u64> = columns
            .iter()
            .zip(&steps)
            .map(|(column, steps)| steps[covariates[column.covariate].codes[row.at] as usize])
            .collect();
        let (patterns, events) = strata.entry(row.stratum).or_default();
        if row.event {
            *events += row.n;
            for (at, (sum, x)) in observed.iter_mut().zip(&x).enumerate() {
                let more = x.checked_mul(row.n).and_then(|more| sum.checked_add(more));
                *sum = more.ok_or(columns[at].covariate)?;
            }
        }
        *patterns.entry(x).or_default() += row.n;
    }
    let strata = strata.into_values().map(|(patterns, events)| Stratum {
        patterns: patterns.into_iter().map(|(x, n)| Pattern { x, n }).collect(),
        events,
    });
    Ok(Lattices { strata: strata.collect(), units, observed })
}
