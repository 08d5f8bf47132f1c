//! The model matrix of the chain: the columns of every variable, renewed as values are imputed.

use super::frame::{Frame, Link};
use super::target::Target;
use crate::design::select_columns;
use crate::numerics::rank::rank;
use std::ops::Range;

/// One column: a number, or whether the value is a level; centred and scaled.
#[derive(Debug, Clone, Copy)]
struct Part {
    level: Option<f64>,
    centre: f64,
    scale: f64,
}

impl Part {
    fn of(self, value: f64) -> f64 {
        let value = self.level.map_or(value, |level| f64::from(u8::from(value == level)));
        (value - self.centre) / self.scale
    }
}

/// All columns of all variables, an intercept in front.
#[derive(Debug, Clone)]
pub(super) struct Predictors {
    parts: Vec<Part>,
    /// The columns of each variable.
    blocks: Vec<Range<usize>>,
    columns: usize,
    x: Vec<f64>,
    weight: Vec<f64>,
}

impl Predictors {
    /// Of the observed values; those that are missing come with [`Predictors::renew`].
    pub(super) fn new(frame: &Frame) -> Self {
        let weight: Vec<f64> = frame.n.iter().map(|n| *n as f64).collect();
        let (mut parts, mut blocks) = (Vec::new(), Vec::new());
        for link in &frame.links {
            let start = 1 + parts.len();
            if link.predicts {
                parts.extend(parts_of(link, &weight));
            }
            blocks.push(start..1 + parts.len());
        }
        let columns = 1 + parts.len();
        let mut x = vec![1.0; columns * weight.len()];
        for (link, block) in frame.links.iter().zip(&blocks) {
            for (row, value) in link.values.iter().enumerate() {
                for column in block.clone() {
                    x[row * columns + column] = parts[column - 1].of(*value);
                }
            }
        }
        Self { parts, blocks, columns, x, weight }
    }

    /// Writes the values of the missing rows of a variable.
    pub(super) fn renew(&mut self, link: usize, rows: &[usize], values: &[f64]) {
        for (row, value) in rows.iter().zip(values) {
            for column in self.blocks[link].clone() {
                self.x[row * self.columns + column] = self.parts[column - 1].of(*value);
            }
        }
    }

    /// The rows of a variable with all others as predictors, but for those of its family; columns that others determine are
    /// left out, and the variables are named of which nothing is left for that reason.
    pub(super) fn target(&self, family: &[usize], missing: &[usize]) -> (Target, Vec<usize>) {
        let own = |column: &usize| family.iter().any(|link| self.blocks[*link].contains(column));
        let others: Vec<usize> = (0..self.columns).filter(|column| !own(column)).collect();
        let mut lacks = vec![false; self.weight.len()];
        missing.iter().for_each(|row| lacks[*row] = true);
        let rows_where = |wanted: bool| -> Vec<f64> {
            let rows = self.x.chunks_exact(self.columns).zip(&lacks).filter(|(_, lacks)| **lacks == wanted);
            rows.flat_map(|(x, _)| others.iter().map(|column| x[*column])).collect()
        };
        let (observed, missing) = (rows_where(false), rows_where(true));
        let weight: Vec<f64> =
            self.weight.iter().zip(&lacks).filter(|(_, lacks)| !**lacks).map(|(weight, _)| *weight).collect();
        let rank = rank(&observed, others.len(), &weight);
        if rank.kept.len() == others.len() {
            return (Target { columns: others.len(), observed, weight, missing }, Vec::new());
        }
        let kept: Vec<usize> = rank.kept.iter().map(|at| others[*at]).collect();
        let gone = self.blocks.iter().enumerate().filter(|(index, block)| {
            !family.contains(index)
                && !block.is_empty()
                && (*block).clone().all(|column| !kept.contains(&column))
        });
        let gone = gone.map(|(index, _)| index).collect();
        let select = |x: &[f64]| select_columns(x, others.len(), &rank.kept);
        let target =
            Target { columns: kept.len(), observed: select(&observed), weight, missing: select(&missing) };
        (target, gone)
    }
}

/// A number has one column; levels have one each but the most frequent.
fn parts_of(link: &Link, weight: &[f64]) -> Vec<Part> {
    let known = || link.values.iter().zip(weight).filter(|(value, _)| !value.is_nan());
    let total: f64 = known().map(|(_, weight)| weight).sum();
    let Some(codes) = &link.codes else {
        let (centre, scale) = location(link, weight);
        return vec![Part { level: None, centre, scale }];
    };
    let shares: Vec<f64> = (0..codes.len())
        .map(|level| {
            known().filter(|(value, _)| **value == level as f64).map(|(_, weight)| weight).sum::<f64>()
                / total
        })
        .collect();
    let most = shares.iter().copied().fold(0.0, f64::max);
    let base = shares.iter().position(|share| *share == most);
    let levels = (0..codes.len()).filter(|level| Some(*level) != base);
    levels
        .map(|level| {
            let share = shares[level];
            Part { level: Some(level as f64), centre: share, scale: (share * (1.0 - share)).sqrt() }
        })
        .collect()
}

/// Mean and standard deviation of the observed values; a spread of 1 where they do not vary.
pub(super) fn location(link: &Link, weight: &[f64]) -> (f64, f64) {
    let known = || link.values.iter().zip(weight).filter(|(value, _)| !value.is_nan());
    let total: f64 = known().map(|(_, weight)| weight).sum();
    let (low, high) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (value, _)| {
        (low.min(*value), high.max(*value))
    });
    let spread = high - low;
    if !(spread > 0.0 && spread.is_finite()) {
        return (if low.is_finite() { low } else { 0.0 }, 1.0);
    }
    // Within [0, 1] first: squares of 1e-200 would vanish.
    let unit = |value: f64| (value - low) / spread;
    let mean = known().map(|(value, weight)| weight * unit(*value)).sum::<f64>() / total;
    let square = |value: f64| (unit(value) - mean) * (unit(value) - mean);
    let variance = known().map(|(value, weight)| weight * square(*value)).sum::<f64>() / total;
    (low + mean * spread, variance.sqrt() * spread)
}
