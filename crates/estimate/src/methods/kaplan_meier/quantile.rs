//! The time at which a falling step function reaches a probability.

use study::{Convention, Dialect, Plan};

/// Probabilities nearer than this are equal: products of fractions seldom meet 0.5 exactly.
const SAME: f64 = 1.5e-8;

/// Which time is meant where the steps equal the probability over a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LevelStretch {
    /// Its middle.
    Middle,
    /// Its beginning.
    Beginning,
}

impl LevelStretch {
    /// What each program reads off a curve.
    pub(crate) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr | Dialect::Sas | Dialect::R => Self::Middle,
            Dialect::Spss | Dialect::Stata => Self::Beginning,
        }
    }
}

/// How the interval of a quantile is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuantileLimits {
    /// Where the limits of the curve fall to the probability (Brookmeyer & Crowley 1982, doi:10.2307/2530286).
    Curve,
    /// Time ± z × standard error, the standard error of the curve there divided by its slope between the last event time
    /// with survival of at least 0.05 more and the first with at least 0.05 less (Collett 2015,
    /// doi:10.1201/b18041, section 2.4).
    Slope,
}

impl QuantileLimits {
    /// What each program computes.
    pub(crate) fn of(dialect: Dialect) -> Self {
        if dialect == Dialect::Spss { Self::Slope } else { Self::Curve }
    }
}

/// How a quantile and its interval are read off a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) stretch: LevelStretch,
    pub(crate) limits: QuantileLimits,
}

impl Reading {
    /// As the plan's dialect has it.
    pub(crate) fn of(plan: &Plan) -> Self {
        Self {
            stretch: LevelStretch::of(plan.dialect(Convention::SurvivalQuantile)),
            limits: QuantileLimits::of(plan.dialect(Convention::SurvivalQuantileInterval)),
        }
    }
}

/// The first time at which the steps have fallen to `probability`; where they equal it over a stretch of time, what
/// `stretch` says of it, which ends at the last time if no further fall does. Undefined steps are passed over.
pub(crate) fn crossing(
    time: &[f64],
    steps: &[Option<f64>],
    probability: f64,
    stretch: LevelStretch,
) -> Option<f64> {
    let first = |limit: f64| {
        let found = time.iter().zip(steps).find(|(_, step)| step.is_some_and(|step| step <= limit));
        found.map(|(time, _)| *time)
    };
    let reached = first(probability + SAME)?;
    if stretch == LevelStretch::Beginning {
        return Some(reached);
    }
    if let Some(below) = first(probability - SAME) {
        return Some((reached + below) / 2.0);
    }
    match (steps.last(), time.last()) {
        (Some(Some(step)), Some(last)) if (step - probability).abs() < SAME => Some((reached + last) / 2.0),
        _ => None,
    }
}

/// The median of values in ascending order with frequencies: the middle value, or the mean of the middle two.
pub(super) fn median(values: &[f64], frequencies: impl Iterator<Item = u64> + Clone) -> Option<f64> {
    let n: u64 = frequencies.clone().sum();
    let nth = |rank: u64| {
        let mut passed = 0;
        let found = values.iter().zip(frequencies.clone()).find(|(_, frequency)| {
            passed += frequency;
            passed >= rank
        });
        found.map(|(value, _)| *value)
    };
    Some((nth(n.div_ceil(2).max(1))? + nth(n / 2 + 1)?) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: [f64; 5] = [0.0, 1.0, 2.0, 3.0, 4.0];

    fn at(steps: [f64; 5], probability: f64) -> Option<f64> {
        crossing(&TIME, &steps.map(Some), probability, LevelStretch::Middle)
    }

    /// By hand, `kaplan_meier`: where curves of five steps reach one half.
    #[test]
    fn quantiles_of_steps() {
        assert_eq!(at([1.0, 0.8, 0.6, 0.4, 0.4], 0.5), Some(3.0));
        assert_eq!(at([1.0, 0.8, 0.5, 0.4, 0.4], 0.5), Some(2.5), "the middle of the flat stretch");
        assert_eq!(at([1.0, 0.5, 0.5, 0.5, 0.4], 0.5), Some(2.5));
        assert_eq!(at([1.0, 0.8, 0.5, 0.5, 0.5], 0.5), Some(3.0), "flat until the end of follow-up");
        assert_eq!(at([1.0, 0.8, 0.6, 0.6, 0.6], 0.5), None);
        assert_eq!(at([1.0, 0.8, 1.0 - 0.2 - 0.3, 0.4, 0.4], 0.5), Some(2.5), "rounding does not move it");
    }

    #[test]
    fn the_beginning_of_a_level_stretch() {
        let at = |steps: [f64; 5]| crossing(&TIME, &steps.map(Some), 0.5, LevelStretch::Beginning);
        assert_eq!(at([1.0, 0.8, 0.5, 0.5, 0.4]), Some(2.0));
        assert_eq!(at([1.0, 0.8, 0.5, 0.5, 0.5]), Some(2.0));
        assert_eq!(at([1.0, 0.8, 1.0 - 0.2 - 0.3, 0.4, 0.4]), Some(2.0));
        assert_eq!(at([1.0, 0.8, 0.6, 0.4, 0.4]), Some(3.0), "no stretch is level at one half");
        assert_eq!(at([1.0, 0.8, 0.6, 0.6, 0.6]), None);
    }

    #[test]
    fn undefined_steps_are_passed_over() {
        let steps = [None, Some(0.7), Some(0.4), None, None];
        assert_eq!(crossing(&TIME, &steps, 0.5, LevelStretch::Middle), Some(2.0));
        assert_eq!(crossing(&TIME, &steps, 0.3, LevelStretch::Middle), None);
    }

    #[test]
    fn the_median_of_counted_values() {
        let median = |counts: [u64; 3]| median(&[1.0, 2.0, 5.0], counts.into_iter());
        assert_eq!(median([1, 1, 1]), Some(2.0));
        assert_eq!(median([1, 1, 2]), Some(3.5));
        assert_eq!(median([3, 1, 1]), Some(1.0));
        assert_eq!(median([0, 0, 1]), Some(5.0));
        assert_eq!(median([0, 0, 0]), None);
    }
}
