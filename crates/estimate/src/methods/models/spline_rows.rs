//! The rows and the curve of a number that entered as a spline.
//!
//! # Formula
//! Ratio of a value x against another r: exp Σ βⱼ (Bⱼ(x) − Bⱼ(r)), with the variance d′Vd of that combination; intervals
//! are Wald's. The test of non-linearity is that of all columns but the first.

use super::modelling::{Modelling, Outcome};
use super::ratio::{exponential, joint_wald};
use super::rows::{Fitted, ratio_row};
use crate::design::{Covariate, DesignColumn, Scale, Spline};
use crate::interval::{wald, wald_test};
use crate::methods::tests::{Frequencies, frequencies::QuantileDefinition};
use crate::numerics::sums::at_least_zero;
use study::results::finite;
use study::{EffectCurve, Estimate, Held, Interval, IntervalMethod, Quantity};

/// Points of the curve.
const POINTS: u32 = 200;
/// Bars below it.
const BARS: u32 = 30;

/// A combination of coefficients with its limits, on the model's linear scale.
pub(super) struct Contrast {
    value: f64,
    std_error: f64,
    limits: (f64, f64),
}

/// What a curve is about.
pub(super) struct Drawn<'a> {
    /// The number.
    pub(super) name: &'a str,
    /// Its spline.
    pub(super) spline: &'a Spline,
    /// Values and how many patients have them.
    pub(super) known: Frequencies,
    /// Where the variables with which it interacts are held.
    pub(super) held: Vec<Held>,
}

impl<O: Outcome> Modelling<'_, O> {
    /// The rows of a spline: the ratio between the quartiles, the coefficients, the test of non-linearity; and its curve.
    pub(super) fn write_spline(&mut self, report: &Fitted<'_, O::Model>, model: &O::Model, index: usize) {
        let covariate = report.covariates[index];
        let Scale::Spline(spline) = &covariate.scale else { return };
        let [low, median, high] = spline.quartiles;
        let columns = report.design.columns_of(index);
        let first = usize::from(O::INTERCEPT);
        let contrast = |x: f64, from: f64| -> Option<Contrast> {
            let mut factors = vec![0.0; report.design.columns.len() + first];
            for at in &columns {
                let column = &report.design.columns[*at];
                let step = spline.basis(x, column.basis) - spline.basis(from, column.basis);
                factors[at + first] = step / column.scale;
            }
            self.contrast(report, &factors).filter(|_| !columns.is_empty())
        };
        let mut row = ratio_row::<O>(report.kind, covariate, 0, None, &report.counts[index][0]);
        row.level = Some(high.to_string());
        row.reference = Some(low.to_string());
        if low < high
            && let Some(found) = contrast(high, low)
        {
            self.fill_ratio(&mut row, &found);
        }
        // Where it interacts in the model its curves are those of the interaction.
        let interacts = |other: &&Covariate| matches!(&other.scale, Scale::Interaction(interaction) if interaction.bends() && interaction.parts.iter().any(|part| part.name == covariate.name));
        let n = self.table.n();
        let value = |row: &u32| spline.values[covariate.codes[*row as usize] as usize];
        let known = Frequencies::new(report.rows.iter().map(|row| (value(row), n[*row as usize])));
        let drawn = Drawn { name: &covariate.name, spline, known, held: Vec::new() };
        let curve = match report.covariates.iter().any(interacts) {
            true => None,
            false => self.curve(report, drawn, &|x| contrast(x, median)),
        };
        self.results.estimates.push(row);
        if let Some(kind) = report.fit.separation
            && columns.iter().any(|at| report.fit.position(at + first).is_none())
        {
            let term = covariate.name.clone();
            self.note(study::Notice::Separation { term, level: None, kind, toward: None });
        }
        self.write_basis(report, index, None);
        self.write_bends(report, model, index);
        self.results.effects.extend(curve);
    }

    /// A combination of all parameters, where it is finite and has one value.
    pub(super) fn contrast(&self, report: &Fitted<'_, O::Model>, factors: &[f64]) -> Option<Contrast> {
        let (value, variance) = report.fit.combination(factors)?;
        let std_error = at_least_zero(variance).sqrt();
        Some(Contrast { value, std_error, limits: wald(value, std_error, self.z) })
    }

    /// The ratio of a contrast with its interval and test.
    pub(super) fn fill_ratio(&self, row: &mut Estimate, found: &Contrast) {
        let z = found.value / found.std_error;
        row.value = exponential(found.value);
        row.std_error = finite(found.std_error);
        if row.std_error.is_none() {
            return;
        }
        row.interval = Some(Interval {
            lower: exponential(found.limits.0),
            upper: exponential(found.limits.1),
            confidence_level: self.confidence_level,
            method: IntervalMethod::Wald,
        });
        row.test = Some(wald_test(z));
    }

    /// The coefficients of the columns of the formula: of a term, or of one level of an interaction.
    pub(super) fn write_basis(&mut self, report: &Fitted<'_, O::Model>, index: usize, level: Option<u32>) {
        let covariate = report.covariates[index];
        let first = usize::from(O::INTERCEPT);
        let of_level = |at: &usize| report.design.columns[*at].level == level;
        let columns: Vec<usize> = report.design.columns_of(index).into_iter().filter(of_level).collect();
        let bases = covariate.scale.bases();
        for plain in 0..bases {
            let mut factors = vec![0.0; report.design.columns.len() + first];
            for at in &columns {
                let column = &report.design.columns[*at];
                factors[at + first] = covariate.scale.share(plain, column.basis) / column.scale;
            }
            let found = report.fit.combination(&factors).filter(|_| columns.len() == bases);
            let named = DesignColumn { covariate: index, level, basis: plain, centre: 0.0, scale: 1.0 };
            self.results.estimates.push(Estimate {
                model: Some(report.kind),
                term: Some(covariate.name.clone()),
                level: covariate.column_name(&named),
                std_error: found.and_then(|(_, variance)| finite(variance.sqrt())),
                ..Estimate::new(Quantity::Coefficient, found.map_or(f64::NAN, |(beta, _)| beta))
            });
        }
    }

    /// The tests of the columns beyond the straight line, or beyond the product of the numbers themselves.
    pub(super) fn write_bends(&mut self, report: &Fitted<'_, O::Model>, model: &O::Model, index: usize) {
        let covariate = report.covariates[index];
        let first = usize::from(O::INTERCEPT);
        let columns = report.design.columns_of(index);
        let bent: Vec<usize> =
            columns.iter().copied().filter(|at| report.design.columns[*at].basis > 0).collect();
        if !bent.is_empty() && bent.len() < columns.len() {
            let parameters: Vec<usize> = bent.iter().map(|at| at + first).collect();
            let (bend, term) = (Quantity::Nonlinearity, Some(covariate.name.as_str()));
            if self.outcome.is_likelihood() {
                let ratio = self.without_term(report, model, &parameters);
                self.write_test(report.kind, bend, term, ratio);
            }
            self.keep_covariance(report, bend, term, &bent);
            self.write_test(report.kind, bend, term, Some(joint_wald(report.fit, &parameters)));
        }
    }

    /// The ratio against the median over the values of the patients.
    pub(super) fn curve(
        &self,
        report: &Fitted<'_, O::Model>,
        drawn: Drawn<'_>,
        contrast: &dyn Fn(f64) -> Option<Contrast>,
    ) -> Option<EffectCurve> {
        let Drawn { name, spline, known, held } = drawn;
        let own = || known.quantiles([0.01, 0.99], QuantileDefinition::Interpolated);
        let [from, to] = spline.ends.or_else(own)?;
        let spread = to - from;
        if !(spread > 0.0 && spread.is_finite()) {
            return None;
        }
        let mut curve = EffectCurve {
            model: report.kind,
            term: name.into(),
            held,
            quantity: O::RATIO,
            reference: spline.quartiles[1],
            knots: spline.knots.clone(),
            x: Vec::new(),
            ratio: Vec::new(),
            lower: Vec::new(),
            upper: Vec::new(),
            edges: (0..=BARS).map(|bar| from + spread * f64::from(bar) / f64::from(BARS)).collect(),
            patients: vec![0; BARS as usize],
        };
        for point in 0..=POINTS {
            let x = from + spread * f64::from(point) / f64::from(POINTS);
            let found = contrast(x)?;
            curve.x.push(x);
            curve.ratio.push(exponential(found.value));
            curve.lower.push(exponential(found.limits.0));
            curve.upper.push(exponential(found.limits.1));
        }
        for (value, n) in known.pairs().filter(|(value, _)| (from..=to).contains(value)) {
            let bar = ((value - from) / spread * f64::from(BARS)) as usize;
            curve.patients[bar.min(BARS as usize - 1)] += n;
        }
        Some(curve)
    }
}
