//! What the curves of a figure are of: the scale of their axis, and the words around them.

use crate::drawing::axis;
use crate::style::{self, Style};
use crate::wording;
use study::{Curve, CurveMeasure, Estimate, IntervalMethod, Quantity, Results};

/// What the curves of a figure are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject<'a> {
    /// Survival probabilities.
    Survival,
    /// Cumulative incidence of a cause.
    Incidence(&'a str),
    /// A cumulative hazard.
    Cumulative,
    /// A smooth hazard.
    Hazard,
}

/// Patient-time over which events of a hazard are told.
pub(in crate::displays) const PATIENT_TIME: f64 = 100.0;

/// `events per 100 patient-months`.
pub(in crate::displays) fn per_patient_time(results: &Results) -> String {
    let unit = results.time_unit.as_deref().unwrap_or("times");
    format!("events per {} patient-{unit}", style::named_time(PATIENT_TIME))
}

impl<'a> Subject<'a> {
    pub(super) fn of(curve: &'a Curve) -> Self {
        match (curve.measure, curve.cause.as_deref()) {
            (CurveMeasure::Probability, Some(cause)) => Self::Incidence(cause),
            (CurveMeasure::Probability, None) => Self::Survival,
            (CurveMeasure::CumulativeHazard, _) => Self::Cumulative,
            (CurveMeasure::Hazard, _) => Self::Hazard,
        }
    }

    fn is_probability(self) -> bool {
        matches!(self, Self::Survival | Self::Incidence(_))
    }

    /// The quantity of its rows.
    pub(super) fn quantity(self) -> Quantity {
        match self {
            Self::Survival => Quantity::Survival,
            Self::Incidence(_) => Quantity::CumulativeIncidence,
            Self::Cumulative => Quantity::CumulativeHazard,
            Self::Hazard => Quantity::Hazard,
        }
    }

    /// The value at the upper end of the axis. Limits of a hazard are shown as far as they leave the curve readable.
    pub(super) fn high<'b>(self, curves: impl Iterator<Item = &'b Curve>) -> f64 {
        if self.is_probability() {
            return 1.0;
        }
        let (mut highest, mut limit) = (0.0_f64, 0.0_f64);
        for curve in curves {
            highest = curve.estimate.iter().copied().fold(highest, f64::max);
            limit = curve.upper.iter().copied().flatten().fold(limit, f64::max);
        }
        // Steps are wide only where few are at risk; the limits of a smooth hazard are wide over long stretches.
        let most = if self == Self::Hazard { 1.8 } else { 1.3 };
        let high = limit.clamp(1.05 * highest, most * highest);
        if high > 0.0 { high } else { 1.0 }
    }

    /// The values that the axis names.
    pub(super) fn ticks(self, high: f64) -> Vec<f64> {
        match self {
            Self::Survival | Self::Incidence(_) => vec![0.0, 0.25, 0.5, 0.75, 1.0],
            Self::Cumulative | Self::Hazard => axis::linear(0.0, high, 5),
        }
    }

    /// A value on the axis.
    pub(super) fn level(self, value: f64) -> String {
        match self {
            Self::Survival | Self::Incidence(_) => style::number(100.0 * value, 0),
            Self::Cumulative => style::value(value),
            Self::Hazard => style::value(PATIENT_TIME * value),
        }
    }

    /// A value in a sentence.
    pub(super) fn value(self, value: f64) -> String {
        match self {
            Self::Survival | Self::Incidence(_) => format!("{}%", style::number(value * 100.0, 1)),
            Self::Cumulative => style::number(value, 3),
            Self::Hazard => style::value(PATIENT_TIME * value),
        }
    }

    /// What the axis is called.
    pub(super) fn axis(self, results: &Results) -> String {
        match self {
            Self::Cumulative => "Cumulative hazard".into(),
            Self::Hazard => format!("Hazard, {}", per_patient_time(results)),
            Self::Incidence(cause) => format!("{}, %", wording::cause(results, cause)),
            Self::Survival => {
                let outcome = results.outcome.as_deref();
                format!("{}, %", outcome.map_or("Survival".into(), |name| wording::heading(results, name)))
            }
        }
    }

    /// Beneath the figure.
    pub(super) fn caption(self, results: &Results, style: &Style) -> String {
        let method = self.interval_method(results).map_or(String::new(), |text| format!(" ({text})"));
        let what = match self {
            Self::Survival => "Kaplan–Meier estimates",
            Self::Incidence(_) => "Aalen–Johansen estimates of cumulative incidence",
            Self::Cumulative => "Nelson–Aalen estimates of the cumulative hazard",
            Self::Hazard => "Kernel estimates of the hazard",
        };
        let law = results.curves.iter().find_map(|curve| curve.fitted.as_deref());
        let fitted =
            law.map_or(String::new(), |law| format!(" Dotted: fitted {} curves.", wording::law(law)));
        let cured = wording::rows(results, Quantity::CuredShare).next();
        let cured = cured.map_or("", |_| " Dashed: cured shares.");
        let marks = if self == Self::Hazard { "" } else { " Vertical ticks: censored patients." };
        format!(
            "{what}.{fitted}{cured} Shaded: pointwise {}% confidence intervals{method}.{marks}",
            style.confidence_percent()
        )
    }

    /// For who cannot see the figure.
    pub(super) fn description(self, results: &Results) -> String {
        match self {
            Self::Survival => "Kaplan–Meier curves.".into(),
            Self::Incidence(cause) => {
                format!("Curves of cumulative incidence: {}.", wording::cause(results, cause))
            }
            Self::Cumulative => "Curves of the cumulative hazard.".into(),
            Self::Hazard => format!("Curves of the hazard, {}.", per_patient_time(results)),
        }
    }

    fn interval_method(self, results: &Results) -> Option<&'static str> {
        let own = |row: &&Estimate| row.quantity == self.quantity();
        let method =
            results.estimates.iter().filter(own).find_map(|row| Some(row.interval.as_ref()?.method))?;
        match method {
            IntervalMethod::LogLog => Some("log(−log) transformation"),
            IntervalMethod::ComplementaryLogLog => Some("complementary log–log transformation"),
            IntervalMethod::Log => Some("log transformation"),
            IntervalMethod::Logit => Some("logit transformation"),
            IntervalMethod::ArcsineSquareRoot => Some("arcsine transformation"),
            IntervalMethod::Plain => Some("untransformed"),
            IntervalMethod::Rubin if !self.is_probability() => Some("Rubin’s rules on the log scale"),
            IntervalMethod::Rubin => Some("Rubin’s rules on the log(−log) scale"),
            _ => None,
        }
    }
}
