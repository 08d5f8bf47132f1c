//! Monotone partial likelihoods: the directions along which they rise for ever, and what is left in their limit.

use super::dominance::dominance;
use super::likelihood::Partial;
use super::ties::Ties;
use crate::design::select_columns;
use crate::numerics::rank::norm;
use crate::regression::Regression;
use crate::separation::{Cone, Recession};
use std::sync::Arc;

impl Regression for Partial {
    fn cone(&self) -> Cone {
        if self.sets.is_delayed() || self.ties == Ties::Exact {
            return dominance(self);
        }
        let patterns = self.events.len();
        let mut cone = Cone { parameters: self.columns, ..Cone::default() };
        // Patterns that must have the same linear predictor.
        let mut equal: Vec<u32> = (0..patterns as u32).collect();
        let mut entered = vec![false; patterns];
        let difference = |rows: &mut Vec<f64>, high: u32, low: u32| {
            let (high, low) = (self.row(high as usize), self.row(low as usize));
            rows.extend(high.iter().zip(low).map(|(a, b)| a - b));
        };
        for stratum in self.sets.strata() {
            // The pattern that dominates everybody at risk at the events so far, and who has entered since.
            let mut top: Option<u32> = None;
            let mut pending: Vec<u32> = Vec::new();
            for time in stratum.iter().rev() {
                let dying = self.sets.dying(time);
                let Some(first) = dying.first().map(|leaving| leaving.pattern) else { continue };
                let before = entered[first as usize];
                for leaving in dying.iter().chain(self.sets.censored(time)) {
                    if !std::mem::replace(&mut entered[leaving.pattern as usize], true) {
                        pending.push(leaving.pattern);
                    }
                }
                let mut same: Vec<u32> = dying[1..].iter().map(|leaving| leaving.pattern).collect();
                if let Some(top) = top {
                    if before { same.push(top) } else { difference(&mut cone.inequalities, first, top) }
                }
                for pattern in same {
                    let (a, b) = (root(&mut equal, first), root(&mut equal, pattern));
                    if a != b {
                        equal[a as usize] = b;
                        difference(&mut cone.equalities, first, pattern);
                    }
                }
                for pattern in pending.drain(..).filter(|pattern| *pattern != first) {
                    difference(&mut cone.inequalities, first, pattern);
                }
                top = Some(first);
            }
        }
        cone
    }

    /// A column, or its opposite, that is largest among those at risk in everybody who has the event.
    fn candidate(&self) -> Option<Vec<f64>> {
        if self.sets.is_delayed() || self.ties == Ties::Exact {
            return None;
        }
        let mut direction = vec![0.0; self.columns];
        for sign in [1.0, -1.0] {
            let mut possible = vec![true; self.columns];
            for stratum in self.sets.strata() {
                let mut highest = vec![f64::NEG_INFINITY; self.columns];
                for time in stratum.iter().rev() {
                    for leaving in self.sets.dying(time).iter().chain(self.sets.censored(time)) {
                        let row = self.row(leaving.pattern as usize);
                        highest.iter_mut().zip(row).for_each(|(h, x)| *h = h.max(sign * x));
                    }
                    for leaving in self.sets.dying(time) {
                        let row = self.row(leaving.pattern as usize).iter().zip(&highest);
                        possible.iter_mut().zip(row).for_each(|(p, (x, h))| *p &= sign * x == *h);
                    }
                }
            }
            direction.iter_mut().zip(possible).filter(|(_, p)| *p).for_each(|(d, _)| *d += sign);
        }
        direction.iter().any(|d| *d != 0.0).then_some(direction)
    }

    fn reach(&self) -> f64 {
        let longest = (0..self.events.len()).map(|pattern| norm(self.row(pattern))).fold(0.0, f64::max);
        // Of exact ties whole choices are compared.
        let chosen = match self.ties {
            Ties::Exact => self.sets.times().iter().map(|time| time.events).fold(1.0, f64::max),
            Ties::Efron | Ties::Breslow => 1.0,
        };
        2.0 * chosen * longest
    }

    /// In the limit each patient competes only with those of equal x′β in the direction of separation: a stratified
    /// model.
    fn limit(&self, recession: &Recession) -> Self {
        let patterns = self.events.len();
        let (group, _) = recession.strata(&self.x, patterns);
        let own: Vec<u32> = (0..patterns as u32).collect();
        let sets = self.sets.regroup(&own, patterns, Some(&group));
        Self { sets: Arc::new(sets), ..self.clone() }
    }

    fn contrasts(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut rows, mut weights) = (Vec::new(), Vec::new());
        let mut total = vec![0.0; self.events.len()];
        let mut members = Vec::new();
        let mut contrast = |members: &mut Vec<usize>, total: &mut [f64], chosen: bool| {
            if !chosen {
                members.drain(..).for_each(|pattern| total[pattern] = 0.0);
            }
            let Some(first) = members.first().copied() else { return };
            // From the first member: what is constant among them is then exactly 0, without rounding.
            let differences =
                |pattern: usize| self.row(pattern).iter().zip(self.row(first)).map(|(x, first)| x - first);
            let n: f64 = members.iter().map(|pattern| total[*pattern]).sum();
            let mut mean = vec![0.0; self.columns];
            for pattern in members.iter() {
                let share = total[*pattern] / n;
                mean.iter_mut().zip(differences(*pattern)).for_each(|(sum, x)| *sum += share * x);
            }
            for pattern in members.drain(..) {
                rows.extend(differences(pattern).zip(&mean).map(|(x, mean)| x - mean));
                weights.push(std::mem::take(&mut total[pattern]));
            }
        };
        for stratum in self.sets.strata() {
            let (mut at_risk, mut entered) = (0.0, 0.0);
            // Of exact ties, whether not all of those at risk had the event together: else there was no choice.
            let mut chosen = self.ties != Ties::Exact;
            for time in stratum.iter().rev() {
                // Nobody who was at risk later is at risk any more: what follows is compared with nothing before.
                if entered > 0.0 && entered >= at_risk * (1.0 - 1e-12) {
                    contrast(&mut members, &mut total, chosen);
                    (at_risk, chosen) = (0.0, self.ties != Ties::Exact);
                } else {
                    at_risk -= entered;
                }
                for leaving in self.sets.all_leaving(time) {
                    let total = &mut total[leaving.pattern as usize];
                    if *total == 0.0 {
                        members.push(leaving.pattern as usize);
                    }
                    *total += leaving.n;
                    at_risk += leaving.n;
                }
                chosen |= time.events < at_risk * (1.0 - 1e-12);
                entered = self.sets.entering(time).iter().map(|leaving| leaving.n).sum();
            }
            contrast(&mut members, &mut total, chosen);
        }
        (rows, weights)
    }

    fn select(&self, columns: &[usize]) -> Self {
        let x = Arc::new(select_columns(&self.x, self.columns, columns));
        Self { columns: columns.len(), x, ..self.clone() }
    }

    fn hold(&self, column: usize, value: f64) -> Self {
        let others: Vec<usize> = (0..self.columns).filter(|k| *k != column).collect();
        let mut held = self.select(&others);
        for (pattern, offset) in held.offset.iter_mut().enumerate() {
            *offset += value * self.row(pattern)[column];
        }
        held
    }
}

fn root(equal: &mut [u32], mut pattern: u32) -> u32 {
    while equal[pattern as usize] != pattern {
        let above = equal[equal[pattern as usize] as usize];
        equal[pattern as usize] = above;
        pattern = above;
    }
    pattern
}
