//! Profile-likelihood limits of a cured share.
//!
//! # Formula
//! The shares c at which the log-likelihood, maximised over all other parameters, is below its maximum by no more than z²/2.
//! The columns of the incidence are counted from the values of those whose share it is, so that its constant is their logit
//! of c and a parameter of its own: so it is of one share for all and of the levels of a factor. Where c = 0 or c = 1 is not
//! rejected, the limit is that border.

use super::boundary::Found;
use super::likelihood::Mixture;
use crate::interval::{profile_of_infinite, profile_side};
use crate::methods::parametric_survival::likelihood::Told;
use crate::regression;
use crate::time_law::expit;
use std::sync::Arc;

/// The limits of the share of those with the values `z`, which end with 1 and which no other kind of patients share a
/// parameter with; `width` is the normal quantile. None where they were not found.
pub(super) fn limits(model: &Mixture, found: &Found<'_>, z: &[f64], width: f64) -> Option<(f64, f64)> {
    let moved = model.counted_from(z);
    let own: Vec<bool> = (0..moved.uncured.len())
        .map(|pattern| moved.z(pattern)[..z.len() - 1].iter().all(|value| value.abs() < 1e-9))
        .collect();
    let within = |border: &Mixture| {
        let there = border.find().ok().map(|found| found.fit.log_likelihood());
        there.is_some_and(|there| 2.0 * (found.fit.log_likelihood() - there) <= width * width)
    };
    let logit = |sign: f64| {
        let fitted = regression::fit(&moved, None).ok()?;
        let k = moved.incidence_at() + moved.incidence - 1;
        let Some(at) = fitted.position(k) else {
            let (lower, upper) = profile_of_infinite(&moved, &fitted, k, width);
            return if sign < 0.0 { lower } else { upper };
        };
        let column = fitted.covariance.col_as_slice(at);
        profile_side(fitted.model.as_ref(), &fitted.maximum, at, column, (width, sign))
    };
    let lower = if within(&moved.without_cured(&own)) { 0.0 } else { expit(logit(-1.0)?) };
    let everybody = moved.with_cured_only(&own);
    let upper = if everybody.is_some_and(|border| within(&border)) { 1.0 } else { expit(logit(1.0)?) };
    Some((lower, upper))
}

impl Mixture {
    /// The same with the columns of the incidence counted from some values.
    fn counted_from(&self, z: &[f64]) -> Self {
        let last = z.len() - 1;
        let moved = self.z.chunks_exact(z.len()).flat_map(|row| {
            row.iter()
                .zip(z)
                .enumerate()
                .map(move |(at, (own, from))| if at < last { own - from } else { *own })
        });
        Self { z: Arc::new(moved.collect()), ..self.clone() }
    }

    /// Nobody of some patterns is cured.
    fn without_cured(&self, patterns: &[bool]) -> Self {
        let uncured = self.uncured.iter().zip(patterns).map(|(known, own)| *known || *own);
        Self { uncured: uncured.collect(), ..self.clone() }
    }

    /// Everybody of some patterns is cured, who then tell nothing; none where one of them has the event.
    fn with_cured_only(&self, patterns: &[bool]) -> Option<Self> {
        let own = |pattern: u32| patterns[pattern as usize];
        let mut cured = self.clone();
        let rows = &self.latency.rows;
        if rows.iter().any(|row| own(row.pattern) && row.told == Told::Event) {
            return None;
        }
        cured.latency.rows = Arc::new(rows.iter().filter(|row| !own(row.pattern)).copied().collect());
        Some(cured)
    }
}
