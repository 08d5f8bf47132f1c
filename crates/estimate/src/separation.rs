//! Separation, found exactly: whether a likelihood has no maximum because some direction raises it for ever.
//!
//! # Formula
//! A logistic likelihood has no finite maximum if and only if some β ≠ 0 has x′β ≥ 0 for every pattern with events
//! only, x′β ≤ 0 for every pattern without events, and x′β = 0 where both occur (Albert & Anderson 1984,
//! doi:10.1093/biomet/71.1.1). A partial likelihood has none if and only if in some direction β ≠ 0 everybody who
//! has the event has the largest x′β of those at risk (Bryson & Johnson 1981,
//! Technometrics 23: 381–383).
//! Both are a [`Cone`]: E β = 0, Z β ≥ 0.
//!
//! Whether the cone holds more than 0, and which rows of Z it can make strictly positive, is decided by Farkas'
//! lemma: the distance from −Σ zⱼ (rows not yet known to be strict) to the cone spanned by all rows of Z is 0 if and
//! only if no direction makes any of them strict; otherwise the residual is such a direction. The distance is an
//! ordinary non-negative least-squares problem, solved by a finite active-set method ([`nnls`]).
//!
//! The union over all rounds is a direction in the relative interior of the cone. In its limit the strict rows are
//! explained perfectly, and the others form the limiting conditional model (Geyer 2009, doi:10.1214/08-EJS349),
//! which has a maximum.

mod nnls;

use crate::numerics::rank::{dot, norm};
use nnls::residual;

/// Rows shorter than this, relative to their length before projection, are zero.
const ZERO: f64 = 1e-9;

/// Directions along which a likelihood does not fall.
#[derive(Debug, Clone, Default)]
pub struct Cone {
    /// Number of parameters.
    pub parameters: usize,
    /// Rows e of which e′β = 0 is required, one after the other.
    pub equalities: Vec<f64>,
    /// Rows z of which z′β ≥ 0 is required, one after the other.
    pub inequalities: Vec<f64>,
}

/// A direction in the relative interior of a cone.
#[derive(Debug, Clone, PartialEq)]
pub struct Recession {
    /// The direction.
    pub direction: Vec<f64>,
    /// Which inequalities it fulfils strictly: those that any direction of the cone does.
    pub strict: Vec<bool>,
}

impl Recession {
    /// Patterns of equal x′β in this direction, numbered from the lowest: in the limit only they compete with each
    /// other. `x` holds one row for each pattern.
    pub fn strata(&self, x: &[f64], patterns: usize) -> (Vec<u32>, usize) {
        let columns = self.direction.len();
        let height = |pattern: usize| dot(&x[pattern * columns..(pattern + 1) * columns], &self.direction);
        let mut order: Vec<(f64, usize)> = (0..patterns).map(|pattern| (height(pattern), pattern)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut stratum = vec![0; patterns];
        let mut last = 0;
        for (index, (value, pattern)) in order.iter().enumerate() {
            if index > 0 && value - order[index - 1].0 > 1e-8 {
                last += 1;
            }
            stratum[*pattern] = last;
        }
        (stratum, last as usize + 1)
    }
}

/// What is known of a cone.
#[derive(Debug, Clone, PartialEq)]
pub enum Separated {
    /// No row can be made strict: the likelihood has a maximum.
    No,
    /// It has none.
    Yes(Recession),
    /// The numbers are too extreme to tell.
    Unknown,
}

impl Cone {
    /// Finds a direction in the relative interior.
    pub fn recession(&self) -> Separated {
        let p = self.parameters;
        if p == 0 || self.inequalities.is_empty() {
            return Separated::No;
        }
        let basis = self.complement();
        if basis.is_empty() {
            return Separated::No;
        }
        let q = basis.len();
        let rows = self.inequalities.len() / p;
        // Rows within the subspace of the equalities, at unit length; zero rows can never be strict.
        let mut projected = vec![0.0; rows * q];
        let mut open = vec![false; rows];
        for (row, z) in self.inequalities.chunks_exact(p).enumerate() {
            let target = &mut projected[row * q..(row + 1) * q];
            target.iter_mut().zip(&basis).for_each(|(value, vector)| *value = dot(z, vector));
            let length = norm(target);
            if length > ZERO * norm(z) {
                target.iter_mut().for_each(|value| *value /= length);
                open[row] = true;
            } else {
                target.fill(0.0);
            }
        }
        let mut strict = vec![false; rows];
        let mut direction = vec![0.0; q];
        while open.iter().any(|open| *open) {
            let count = open.iter().filter(|open| **open).count() as f64;
            let mut mean = vec![0.0; q];
            for (z, _) in projected.chunks_exact(q).zip(&open).filter(|(_, open)| **open) {
                mean.iter_mut().zip(z).for_each(|(sum, value)| *sum += value / count);
            }
            let Some(found) = residual(&projected, q, &mean) else { return Separated::Unknown };
            let length = norm(&found);
            if length <= 1e-11 {
                break;
            }
            let unit: Vec<f64> = found.iter().map(|value| value / length).collect();
            let margins: Vec<f64> = projected.chunks_exact(q).map(|z| dot(z, &unit)).collect();
            if margins.iter().any(|margin| *margin < -1e-6) {
                return Separated::Unknown;
            }
            let mut progress = false;
            for row in (0..rows).filter(|row| margins[*row] > 1e-6) {
                progress |= open[row];
                strict[row] = true;
                open[row] = false;
            }
            if !progress {
                break;
            }
            direction.iter_mut().zip(&unit).for_each(|(sum, value)| *sum += value);
        }
        if !strict.contains(&true) {
            return Separated::No;
        }
        let direction = (0..p).map(|i| basis.iter().zip(&direction).map(|(b, d)| b[i] * d).sum()).collect();
        Separated::Yes(Recession { direction, strict })
    }

    /// Examines one direction: the rows that it makes strict, where it is in the cone and makes any so.
    pub fn along(&self, direction: Vec<f64>) -> Option<Recession> {
        let p = self.parameters;
        let size = norm(&direction);
        let margin = |row: &[f64]| dot(row, &direction) / (norm(row) * size);
        // A row of zeros has no direction to be fulfilled.
        if self.equalities.chunks_exact(p).any(|row| margin(row).abs() > ZERO) {
            return None;
        }
        let margins: Vec<f64> = self.inequalities.chunks_exact(p).map(margin).collect();
        let strict: Vec<bool> = margins.iter().map(|margin| *margin > ZERO).collect();
        let inside = margins.iter().all(|margin| *margin >= -ZERO || margin.is_nan());
        (inside && strict.contains(&true)).then_some(Recession { direction, strict })
    }

    /// Whether its directions lead both ways along one parameter: whether that can become infinite either way. So it is taken
    /// to be where the numbers are too extreme to tell.
    pub fn leads_both_ways(&self, parameter: usize) -> bool {
        [1.0, -1.0].into_iter().all(|way| {
            let mut one_way = self.clone();
            let row = (0..self.parameters).map(|k| if k == parameter { way } else { 0.0 });
            one_way.inequalities.extend(row);
            match one_way.recession() {
                Separated::Yes(recession) => recession.strict.last() == Some(&true),
                Separated::No => false,
                Separated::Unknown => true,
            }
        })
    }

    /// An orthonormal basis of the directions that fulfil the equalities.
    fn complement(&self) -> Vec<Vec<f64>> {
        let p = self.parameters;
        let mut span: Vec<Vec<f64>> = Vec::new();
        for row in self.equalities.chunks_exact(p) {
            if span.len() == p {
                return Vec::new();
            }
            extend(&mut span, row, ZERO);
        }
        let fixed = span.len();
        // The unit vector of which the span leaves most, until the space is full: never a nearly dependent one.
        while span.len() < p {
            let left = |k: usize| 1.0 - span.iter().map(|vector| vector[k] * vector[k]).sum::<f64>();
            let best = (0..p).max_by(|a, b| left(*a).total_cmp(&left(*b))).unwrap_or(0);
            let mut unit = vec![0.0; p];
            unit[best] = 1.0;
            if !extend(&mut span, &unit, 1e-12) {
                break;
            }
        }
        span.split_off(fixed)
    }
}

/// Adds what a vector has beyond the span, at unit length.
fn extend(span: &mut Vec<Vec<f64>>, vector: &[f64], tolerance: f64) -> bool {
    let length = norm(vector);
    if length == 0.0 {
        return false;
    }
    let mut rest: Vec<f64> = vector.iter().map(|value| value / length).collect();
    for _ in 0..2 {
        for known in span.iter() {
            let along = dot(known, &rest);
            rest.iter_mut().zip(known).for_each(|(value, k)| *value -= along * k);
        }
    }
    let left = norm(&rest);
    if left <= tolerance {
        return false;
    }
    rest.iter_mut().for_each(|value| *value /= left);
    span.push(rest);
    true
}

#[cfg(test)]
mod tests;
