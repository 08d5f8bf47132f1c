//! The steps of a curve: those of one stratum, or of all of them together.

use super::baseline::Baseline;
use crate::methods::fitted_cox::FittedCox;

/// More steps than this cannot be told apart in print; what is asked for at a time is always exact.
const MOST: usize = 1000;

/// An event time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// Position among the distinct times.
    pub(super) time: u32,
    pub(super) at_risk: u64,
    pub(super) deaths: u64,
}

/// Where a curve steps.
pub(super) struct Steps {
    /// At risk from the beginning.
    pub(super) begin: u64,
    /// All event times, or evenly spaced ones of very many.
    pub(super) kept: Vec<Step>,
    /// The last time of follow-up, and who is still at risk at it.
    pub(super) end: (u32, u64),
}

impl Steps {
    /// Of one stratum.
    pub(super) fn of(fitted: &FittedCox<'_>, stratum: usize, baseline: &Baseline) -> Self {
        let rows = || fitted.strata[stratum].rows.iter().map(|row| &fitted.rows[*row as usize]);
        let begin = rows().filter(|row| row.from == 0).map(|row| row.n).sum();
        let still = rows().filter(|row| row.time == baseline.last).map(|row| row.n).sum();
        let moments = baseline.course.moments.iter();
        let steps = moments.map(|m| Step { time: m.time, at_risk: m.at_risk, deaths: m.deaths }).collect();
        Self { begin, kept: thinned(steps), end: (baseline.last, still) }
    }

    /// Of all strata together, until the first of them is no longer followed.
    pub(super) fn of_all(fitted: &FittedCox<'_>, baselines: &[Baseline]) -> Self {
        let last = baselines.iter().map(|baseline| baseline.last).min().unwrap_or(0);
        let at_risk = fitted.at_risk();
        let deaths = |rows: &[crate::methods::fitted_cox::Row]| -> u64 {
            rows.iter().filter(|row| row.event).map(|row| row.n).sum()
        };
        let steps = fitted.by_time().take(last as usize + 1).enumerate().map(|(time, rows)| Step {
            time: time as u32,
            at_risk: at_risk[time],
            deaths: deaths(rows),
        });
        let begin = fitted.rows.iter().filter(|row| row.from == 0).map(|row| row.n).sum();
        let still = at_risk.get(last as usize).copied().unwrap_or(0);
        Self { begin, kept: thinned(steps.filter(|step| step.deaths > 0).collect()), end: (last, still) }
    }
}

/// All steps, or evenly spaced ones of very many and the last.
fn thinned(steps: Vec<Step>) -> Vec<Step> {
    let every = steps.len().div_ceil(MOST).max(1);
    let mut kept: Vec<Step> = steps.iter().step_by(every).copied().collect();
    if let (Some(last), true) = (steps.last(), every > 1 && !(steps.len() - 1).is_multiple_of(every)) {
        kept.push(*last);
    }
    kept
}
