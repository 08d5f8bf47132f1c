//! What leaves the risk set at each event time.
//!
//! The sums over those who leave at one time know nothing of other times: the processors share the times in blocks
//! that depend on the data alone, and each sum is made in the order of its patients.

use crate::numerics::parallel::in_order;
use crate::numerics::rows::Rows;
use crate::numerics::vector::widest;
use crate::risk_set::{Leaving, RiskSets};

/// Patterns that leave during one block, about.
const BLOCK: usize = 16_384;

/// Of each event time Σ r and Σ r x over those with the event, those censored and those who enter.
pub(super) struct Departures {
    /// Event times of a block; the last may have fewer.
    times: usize,
    /// Numbers of one group: Σ r, then Σ r x.
    width: usize,
    /// Groups of an event time: nobody enters where the risk sets are nested.
    groups: usize,
    blocks: Vec<Vec<f64>>,
}

impl Departures {
    /// `x` holds the row of each pattern, `risk` its r.
    pub(super) fn new(sets: &RiskSets, x: &[f64], risk: &[f64], p: usize) -> Self {
        Self::by(
            sets,
            p,
            #[inline(always)]
            |leaving, sums| add(leaving, x, risk, sums),
        )
    }

    /// The same of rows that need not be stored in full.
    pub(super) fn of_rows(sets: &RiskSets, rows: &Rows, risk: &[f64], p: usize) -> Self {
        Self::by(sets, p, |leaving, sums| {
            let Some((s0, s1)) = sums.split_first_mut() else { return };
            for Leaving { pattern, n, .. } in leaving {
                let r = n * risk[*pattern as usize];
                *s0 += r;
                rows.add(*pattern as usize, r, s1);
            }
        })
    }

    #[inline(always)]
    fn by(sets: &RiskSets, p: usize, add: impl Fn(&[Leaving], &mut [f64]) + Sync) -> Self {
        let all = sets.times();
        let patterns: usize = all.iter().map(|time| sets.all_leaving(time).len()).sum();
        let times = (all.len() * BLOCK).div_ceil(patterns.max(1)).clamp(1, all.len().max(1));
        let (width, groups) = (p + 1, if sets.is_delayed() { 3 } else { 2 });
        let blocks = in_order(all.len().div_ceil(times), |block| {
            let own = &all[block * times..all.len().min((block + 1) * times)];
            let mut sums = vec![0.0; own.len() * groups * width];
            widest(
                #[inline(always)]
                || {
                    for (time, sums) in own.iter().zip(sums.chunks_exact_mut(groups * width)) {
                        let leaving = [sets.dying(time), sets.censored(time), sets.entering(time)];
                        for (leaving, sums) in leaving.iter().zip(sums.chunks_exact_mut(width)) {
                            add(leaving, sums);
                        }
                    }
                },
            );
            sums
        });
        Self { times, width, groups, blocks }
    }

    fn group(&self, time: usize, group: usize) -> (f64, &[f64]) {
        let at = (time % self.times * self.groups + group) * self.width;
        let sums = &self.blocks[time / self.times][at..at + self.width];
        (sums[0], &sums[1..])
    }

    /// Σ r and Σ r x over those with the event at a time, counted through all strata.
    pub(super) fn dying(&self, time: usize) -> (f64, &[f64]) {
        self.group(time, 0)
    }

    /// The same over those censored from then until the next event.
    pub(super) fn censored(&self, time: usize) -> (f64, &[f64]) {
        self.group(time, 1)
    }

    /// The same over those who are at risk for the first time, where anybody is.
    pub(super) fn entering(&self, time: usize) -> Option<(f64, &[f64])> {
        (self.groups > 2).then(|| self.group(time, 2))
    }
}

#[inline(always)]
fn add(leaving: &[Leaving], x: &[f64], risk: &[f64], sums: &mut [f64]) {
    let Some((s0, s1)) = sums.split_first_mut() else { return };
    let p = s1.len();
    for Leaving { pattern, n, .. } in leaving {
        let at = *pattern as usize;
        let r = n * risk[at];
        *s0 += r;
        s1.iter_mut().zip(&x[at * p..(at + 1) * p]).for_each(|(sum, x)| *sum += r * x);
    }
}
