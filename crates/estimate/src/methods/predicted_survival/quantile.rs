//! The time by which predicted survival has fallen to a probability, read from every event time: a drawn curve may leave
//! some of very many out.

use super::baseline::Baseline;
use crate::methods::fitted_cox::FittedCox;
use crate::methods::kaplan_meier::{CurveInterval, LevelStretch, crossing};
use study::{Interval, IntervalMethod};

/// Survival after each event, and where follow-up ends.
pub(super) struct Fall {
    time: Vec<f64>,
    survival: Vec<Option<f64>>,
    lower: Vec<Option<f64>>,
    upper: Vec<Option<f64>>,
}

impl Fall {
    /// Of one stratum; `after` gives survival and the variance of its logarithm after so many event times.
    pub(super) fn of(
        fitted: &FittedCox<'_>,
        baseline: &Baseline,
        after: impl Fn(usize) -> (f64, f64),
        scale: CurveInterval,
        z: f64,
    ) -> Self {
        let moments = &baseline.course.moments;
        let mut fall = Self { time: Vec::new(), survival: Vec::new(), lower: Vec::new(), upper: Vec::new() };
        let ends = moments.iter().map(|moment| moment.time).enumerate();
        for (passed, time) in ends.map(|(at, time)| (at + 1, time)).chain([(moments.len(), baseline.last)]) {
            let (survival, variance) = after(passed);
            let limits = scale.limits(survival, variance, z);
            fall.time.push(fitted.times[time as usize]);
            fall.survival.push(Some(survival));
            fall.lower.push(limits.map(|limits| limits.0));
            fall.upper.push(limits.map(|limits| limits.1));
        }
        fall
    }

    /// The time of a probability, and the times at which the limits of the curve come down to it.
    pub(super) fn to(
        &self,
        probability: f64,
        stretch: LevelStretch,
        confidence_level: f64,
    ) -> (Option<f64>, Interval) {
        let at = |steps: &[Option<f64>]| crossing(&self.time, steps, probability, stretch);
        let interval = Interval {
            lower: at(&self.lower),
            upper: at(&self.upper),
            confidence_level,
            method: IntervalMethod::BrookmeyerCrowley,
        };
        (at(&self.survival), interval)
    }
}
