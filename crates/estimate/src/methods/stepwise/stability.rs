//! How often a selection chooses each term when the patients are drawn anew.
//!
//! # References
//! Sauerbrei & Schumacher 1992, doi:10.1002/sim.4780111607; Heinze, Wallisch & Dunkler 2018, doi:10.1002/bimj.201700067.

use super::search::{Candidates, Search, Set};
use crate::methods::cox::TimeToEvent;
use crate::methods::logistic::outcome::Binary;
use crate::methods::logistic::resampling::stream;
use crate::methods::models::{Count, Outcome};
use crate::numerics::multinomial::resample;
use crate::numerics::parallel::in_order;

/// An outcome whose rows may stand for other numbers of patients.
pub(super) trait Recount: Outcome + Sync {
    /// It with others.
    type Of<'b>: Outcome
    where
        Self: 'b;

    /// The same rows for so many patients each.
    fn recount<'b>(&'b self, n: &'b [u64]) -> Self::Of<'b>;
}

impl Recount for Binary {
    type Of<'b> = Binary;

    fn recount<'b>(&'b self, n: &'b [u64]) -> Binary {
        self.with_counts(n)
    }
}

impl<'a> Recount for TimeToEvent<'a> {
    type Of<'b>
        = TimeToEvent<'b>
    where
        'a: 'b;

    fn recount<'b>(&'b self, n: &'b [u64]) -> TimeToEvent<'b> {
        self.with_counts(n)
    }
}

/// By whose logarithm Schwarz' criterion weighs: patients, or the events of times.
pub(super) fn size<O: Outcome>(count: Count) -> u64 {
    if O::INTERCEPT { count.of } else { count.events }
}

/// The model of each replicate; none where its outcome does not vary.
pub(super) fn stability<O: Recount>(
    candidates: &Candidates<'_>,
    outcome: &O,
    n: &[u64],
    replicates: u64,
    seed: u64,
    analysis: &str,
) -> Vec<Option<Set>> {
    in_order(replicates as usize, |replicate| {
        let mut random = stream(seed, analysis, replicate as u64);
        let drawn = resample(n, &mut random);
        let rows: Vec<u32> = (0..drawn.len() as u32).filter(|row| drawn[*row as usize] > 0).collect();
        let outcome = outcome.recount(&drawn);
        let count = outcome.count(&drawn, &mut rows.iter().copied());
        if outcome.constant(count.events, count.of).is_some() {
            return None;
        }
        let search = Search::new(candidates, &outcome, &rows, size::<O>(count))?;
        let (start, steps, _) = search.steps();
        Some(steps.last().map_or(start, |last| last.after))
    })
}
