//! Where the likelihood has no maximum, or has it only at the border of what is possible.
//!
//! # Formula
//! Some borders are plain from the counts. A direction of γ in which the log odds of being cured rise where nobody has
//! the event, fall where everybody has, and stay where both occur, raises the likelihood for ever (as with logistic
//! regression: Albert & Anderson 1984, doi:10.1093/biomet/71.1.1); likewise the latency, as without cured patients.
//! Where the times of the events leave the law no spread, there is no supremum either, and nothing is estimated.
//! Others depend on the times: what is left of a level at the end of follow-up may be what the law leaves anyway, so
//! that its cured share is 0. Then the search runs away towards log odds of −∞: patterns beyond [`FAR`] are examined, and
//! where the coefficients are not determined by the others, nobody of theirs is taken to be cured and the search
//! begins anew. In the limit, what stays finite is estimated as ever.

use super::likelihood::Mixture;
use super::search::{Search, search};
use crate::likelihood::Likelihood;
use crate::methods::parametric_survival::likelihood::Told;
use crate::numerics::rank::{dot, norm};
use crate::regression::{Fit, NotConverged, Regression, fit_of_limit, has_maximum, told_apart};
use crate::separation::{Cone, Recession, Separated};
use std::sync::Arc;
use study::notice::SeparationKind;

/// Log odds beyond which a share of cured patients, or of others, cannot be told from 0 by any number of patients.
const FAR: f64 = 16.0;

/// A fit, and how it was found.
pub(super) struct Found<'a> {
    pub(super) fit: Fit<'a, Mixture>,
    pub(super) search: Search,
    /// Directions in which the likelihood rises for ever, each given the limit of those before.
    pub(super) directions: Vec<Vec<f64>>,
}

/// Who is cured in a pattern, as far as its counts tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Occurring {
    events: bool,
    longer: bool,
}

impl Mixture {
    fn occurring(&self) -> Vec<Occurring> {
        let mut occurring = vec![Occurring::default(); self.uncured.len()];
        for row in self.latency.rows.iter() {
            let own = &mut occurring[row.pattern as usize];
            match row.told {
                Told::Event => own.events = true,
                Told::Longer => own.longer = true,
                Told::Entered => {}
            }
        }
        occurring
    }

    /// A row of the cone: a vector of the incidence, and one of the latency.
    fn cone_row(
        &self,
        gamma: impl Iterator<Item = f64>,
        law: impl Iterator<Item = f64>,
    ) -> impl Iterator<Item = f64> {
        let fill = |values: Vec<f64>, size| if values.is_empty() { vec![0.0; size] } else { values };
        let gamma = fill(gamma.collect(), self.incidence);
        let law = fill(law.collect(), self.latency.parameters());
        self.joined(&gamma, &law).into_iter()
    }

    /// Fits the model: its maximum, or its limit.
    pub(super) fn find<'a>(&self) -> Result<Found<'a>, NotConverged> {
        if self.is_unbounded() {
            return Err(NotConverged(0));
        }
        let p = self.parameters();
        let (mut limit, mut directions) = (self.clone(), Vec::new());
        match self.cone().recession() {
            Separated::Unknown => return Err(NotConverged(0)),
            Separated::No => {}
            Separated::Yes(recession) => {
                limit = self.limit(&recession);
                directions.push(recession.direction);
            }
        }
        // Each round takes one pattern at least.
        loop {
            let (reduced, rank) = told_apart(&limit);
            let search = search(&reduced);
            if let Some((away, uncured)) = reduced.running_away(&search.best.beta) {
                let mut direction = vec![0.0; p];
                let own = rank.kept.iter().filter(|k| self.is_incidence(**k));
                own.zip(&away).for_each(|(k, value)| direction[*k] = value / norm(&away));
                directions.push(direction);
                uncured.iter().for_each(|pattern| limit.uncured[*pattern] = true);
                continue;
            }
            // Late entries may leave a law flat far out, along no direction of the cone.
            let late = || reduced.latency.rows.iter().any(|row| row.told == Told::Entered);
            if late() && !has_maximum(&reduced, &search.best) {
                return Err(NotConverged(search.best.iterations));
            }
            let kind = (!directions.is_empty()).then_some(SeparationKind::Quasi);
            let sum = |k: usize| directions.iter().map(|direction| direction[k]).sum();
            let direction = kind.map(|_| (0..p).map(sum).collect());
            let fit = fit_of_limit(reduced, rank, p, search.best.clone(), kind, direction)?;
            return Ok(Found { fit, search, directions });
        }
    }

    fn is_incidence(&self, parameter: usize) -> bool {
        (self.incidence_at()..self.incidence_at() + self.incidence).contains(&parameter)
    }

    /// A direction of γ in which the search went without end, and the patterns of which nobody is cured at that end.
    fn running_away(&self, beta: &[f64]) -> Option<(Vec<f64>, Vec<usize>)> {
        let gamma = self.gamma(beta);
        let log_odds = self.log_odds(gamma);
        let occurring = self.occurring();
        let open = |pattern: &usize| {
            !self.uncured[*pattern] && (occurring[*pattern].events || occurring[*pattern].longer)
        };
        let patterns: Vec<usize> = (0..log_odds.len()).filter(open).collect();
        if patterns.iter().all(|pattern| log_odds[*pattern] >= -FAR) {
            return None;
        }
        // What the patterns that stayed near leave of γ.
        let mut basis: Vec<Vec<f64>> = Vec::new();
        let without = |basis: &[Vec<f64>], vector: &[f64]| {
            let mut rest = vector.to_vec();
            for _ in 0..2 {
                for known in basis {
                    let along = dot(known, &rest);
                    rest.iter_mut().zip(known).for_each(|(value, k)| *value -= along * k);
                }
            }
            rest
        };
        for pattern in patterns.iter().filter(|pattern| log_odds[**pattern] >= -FAR) {
            if basis.len() == self.incidence {
                return None;
            }
            let z = self.z(*pattern);
            let rest = without(&basis, z);
            let length = norm(&rest);
            if length > 1e-7 * norm(z) {
                basis.push(rest.into_iter().map(|value| value / length).collect());
            }
        }
        let away = without(&basis, gamma);
        let falls = |pattern: &usize| {
            let z = self.z(*pattern);
            log_odds[*pattern] < -FAR && dot(z, &away) < -1e-6 * norm(z) * norm(gamma)
        };
        let uncured: Vec<usize> = patterns.into_iter().filter(falls).collect();
        (!uncured.is_empty()).then_some((away, uncured))
    }
}

impl Regression for Mixture {
    fn cone(&self) -> Cone {
        let law = self.latency.cone();
        let own = self.latency.parameters();
        let none = std::iter::empty;
        let (mut equalities, mut inequalities) = (Vec::new(), Vec::new());
        for (pattern, occurring) in self.occurring().into_iter().enumerate() {
            let z = self.z(pattern).iter().copied();
            match occurring {
                _ if self.uncured[pattern] => {}
                Occurring { events: true, longer: true } => equalities.extend(self.cone_row(z, none())),
                Occurring { events: false, longer: true } => inequalities.extend(self.cone_row(z, none())),
                Occurring { events: true, longer: false } => {
                    inequalities.extend(self.cone_row(z.map(|value| -value), none()));
                }
                Occurring { .. } => {}
            }
        }
        for row in law.equalities.chunks_exact(own.max(1)) {
            equalities.extend(self.cone_row(none(), row.iter().copied()));
        }
        for row in law.inequalities.chunks_exact(own.max(1)) {
            inequalities.extend(self.cone_row(none(), row.iter().copied()));
        }
        Cone { parameters: self.parameters(), equalities, inequalities }
    }

    fn candidate(&self) -> Option<Vec<f64>> {
        None
    }

    /// Whoever is censored may be cured: none of them forbids that the spread goes to 0.
    fn is_unbounded(&self) -> bool {
        !self.latency.has_spread()
    }

    fn reach(&self) -> f64 {
        self.latency.reach()
    }

    /// Patterns without events of which everybody is cured, or nobody ever has the event, tell nothing any more.
    fn limit(&self, recession: &Recession) -> Self {
        let mut limit = self.clone();
        let mut strict = recession.strict.iter().copied();
        let mut gone = vec![false; self.uncured.len()];
        for (pattern, occurring) in self.occurring().into_iter().enumerate() {
            if self.uncured[pattern] || occurring.events == occurring.longer {
                continue;
            }
            if strict.next() == Some(true) {
                if occurring.events { limit.uncured[pattern] = true } else { gone[pattern] = true }
            }
        }
        let direction = self.law(&recession.direction).to_vec();
        limit.latency = self.latency.limit(&Recession { direction, strict: strict.collect() });
        let rows = limit.latency.rows.iter().filter(|row| !gone[row.pattern as usize]);
        limit.latency.rows = Arc::new(rows.copied().collect());
        limit
    }

    fn contrasts(&self) -> (Vec<f64>, Vec<f64>) {
        let none = std::iter::empty;
        let (law, _) = self.latency.contrasts();
        let mut rows = Vec::new();
        for (pattern, occurring) in self.occurring().into_iter().enumerate() {
            if !self.uncured[pattern] && (occurring.events || occurring.longer) {
                rows.extend(self.cone_row(self.z(pattern).iter().copied(), none()));
            }
        }
        for row in law.chunks_exact(self.latency.parameters().max(1)) {
            rows.extend(self.cone_row(none(), row.iter().copied()));
        }
        let weights = vec![1.0; rows.len() / self.parameters().max(1)];
        (rows, weights)
    }

    fn select(&self, columns: &[usize]) -> Self {
        let own = |at: usize, size: usize| -> Vec<usize> {
            columns.iter().filter(|k| (at..at + size).contains(k)).map(|k| k - at).collect()
        };
        let gamma = own(self.incidence_at(), self.incidence);
        let law = own(self.latency_at(), self.latency.parameters());
        Self {
            latency: self.latency.select(&law),
            z: Arc::new(crate::design::select_columns(&self.z, self.incidence, &gamma)),
            incidence: gamma.len(),
            ..self.clone()
        }
    }

    fn hold(&self, column: usize, value: f64) -> Self {
        if !self.is_incidence(column) {
            return Self { latency: self.latency.hold(column - self.latency_at(), value), ..self.clone() };
        }
        let own = column - self.incidence_at();
        let all: Vec<usize> = (0..self.parameters()).filter(|at| *at != column).collect();
        let mut held = self.select(&all);
        for (pattern, offset) in held.offset.iter_mut().enumerate() {
            *offset += self.z(pattern)[own] * value;
        }
        held
    }

    fn fitted(&self) -> Option<Result<Fit<'_, Self>, NotConverged>> {
        Some(self.find().map(|found| found.fit))
    }
}
