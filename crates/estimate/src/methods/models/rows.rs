//! The rows of the result: ratios, tests, the model as a whole.

use super::contrast::Contrast;
use super::modelling::{Count, Modelling, Null, Outcome, reference_of};
use super::ratio::{
    Coefficient, chi_squared, coefficient, covariance, exponential, joint_wald, likelihood_ratio, one_sided,
    score_test,
};
use crate::design::{Covariate, Design, DesignColumn, Scale};
use crate::interval::{
    IntervalChoice, profile_of_infinite, score_of_infinite, score_statistic_in_limit, wald, wald_test,
};
use crate::regression::{Fit, Regression, nested_log_likelihood, toward};
use study::notice::SeparationKind;
use study::results::finite;
use study::{Covariance, Estimate, Interval, IntervalMethod, Model, Notice, Quantity, Test, TestName};

/// A model that has been fitted, and what it was fitted to.
pub(super) struct Fitted<'a, M: Clone> {
    pub(super) kind: Model,
    pub(super) rows: &'a [u32],
    pub(super) covariates: &'a [&'a Covariate<'a>],
    pub(super) counts: &'a [Vec<Count>],
    pub(super) design: &'a Design,
    pub(super) fit: &'a Fit<'a, M>,
    pub(super) null: &'a Null,
    pub(super) kept_finite: &'a [(usize, SeparationKind)],
}

impl<O: Outcome> Modelling<'_, O> {
    /// The counts alone.
    pub(super) fn without_estimates(
        &mut self,
        kind: Model,
        covariates: &[&Covariate],
        counts: &[Vec<Count>],
    ) {
        for (covariate, counts) in covariates.iter().zip(counts) {
            if let Scale::Interaction(interaction) = &covariate.scale
                && interaction.bends()
            {
                self.without_ratios_within(kind, covariate, interaction, counts);
                continue;
            }
            let reference = reference_of(covariate, counts);
            for level in covariate.told(reference) {
                let row = ratio_row::<O>(kind, covariate, level, reference, &counts[level as usize]);
                self.results.estimates.push(row);
            }
        }
    }

    /// The rows of one term; returns its joint Wald P value.
    pub(super) fn write_term(
        &mut self,
        report: &Fitted<'_, O::Model>,
        model: &O::Model,
        index: usize,
    ) -> Option<f64> {
        let Fitted { kind, covariates, design, fit: fitted, .. } = *report;
        let covariate = covariates[index];
        let columns = design.columns_of(index);
        let mut p_value = None;
        let crossed = matches!(&covariate.scale, Scale::Interaction(interaction) if interaction.bends());
        match covariate.scale {
            _ if crossed => self.write_within(report, model, index),
            Scale::Spline(_) => self.write_spline(report, model, index),
            _ => {
                for code in covariate.told(design.references[index]) {
                    let (row, wald) = self.level_row(report, model, index, code);
                    p_value = wald.or(p_value);
                    self.results.estimates.push(row);
                }
            }
        }
        if columns.is_empty() {
            return None;
        }
        let parameters: Vec<usize> = columns.iter().map(|at| at + usize::from(O::INTERCEPT)).collect();
        let (whole, term) = (Quantity::GlobalTest, Some(covariate.name.as_str()));
        if self.outcome.is_likelihood() {
            // A ratio that stands alone may have brought the test with it.
            let own = self.results.estimates.last().and_then(|row| row.test.clone());
            let own =
                own.filter(|test| test.name == TestName::PenalizedLikelihoodRatio && parameters.len() == 1);
            let ratio = own.or_else(|| self.without_term(report, model, &parameters));
            self.write_test(kind, whole, term, ratio);
        }
        if self.interval == IntervalChoice::Score {
            self.write_test(kind, whole, term, Some(score_of(model, fitted, &parameters)));
        }
        // Of an interaction with a spline no row is that of a single column.
        if columns.len() > 1 || crossed {
            self.keep_covariance(report, whole, term, &columns);
            let wald = joint_wald(fitted, &parameters);
            p_value = wald.p_value;
            self.write_test(kind, whole, term, Some(wald));
        }
        p_value
    }

    /// The row of a level, or of a number; beside it the P value of Wald's test, where there is one.
    fn level_row(
        &mut self,
        report: &Fitted<'_, O::Model>,
        model: &O::Model,
        index: usize,
        code: u32,
    ) -> (Estimate, Option<f64>) {
        let Fitted { kind, covariates, counts, design, fit: fitted, .. } = *report;
        let (covariate, count) = (covariates[index], &counts[index][code as usize]);
        let reference = design.references[index];
        let mut row = ratio_row::<O>(kind, covariate, code, reference, count);
        let columns = design.columns_of(index);
        let own = columns.into_iter().find(|at| design.columns[*at].level.is_none_or(|l| l == code));
        let mut wald = None;
        if reference == Some(code) {
            row.value = Some(1.0);
        } else if let Some(at) = own {
            let parameter = at + usize::from(O::INTERCEPT);
            match coefficient(fitted, parameter, &design.columns[at], self.interval, self.z) {
                Some(found) => {
                    row.value = exponential(found.beta);
                    row.std_error = finite(found.std_error);
                    // A single cluster has no variance.
                    if row.std_error.is_some() {
                        row.interval = Some(found.ratio_interval(self.interval, self.confidence_level));
                        row.test = Some(found.test());
                    }
                    wald = row.test.as_ref().and_then(|test| test.p_value);
                    if O::PENALIZED {
                        self.penalize(&mut row, report, model, parameter);
                    }
                    self.note_extremes(&row, &found, &design.columns[at], covariate);
                }
                None => self.write_infinite(&mut row, report, model, at),
            }
        } else if count.of > 0 && design.columns.iter().any(|column| column.covariate == index) {
            self.note_uninformative(covariate, code, design);
        }
        if let (IntervalChoice::Score, Some(at)) = (self.interval, own) {
            row.test = Some(score_of(model, fitted, &[at + usize::from(O::INTERCEPT)]));
        }
        (row, wald)
    }

    /// Says where a ratio is too large or too small to be read, or a limit of it is infinite.
    fn note_extremes(
        &mut self,
        row: &Estimate,
        found: &Coefficient,
        column: &DesignColumn,
        covariate: &Covariate,
    ) {
        let term = covariate.name.clone();
        if row.value.is_none() {
            let message = format!(
                "{term}: the ratio per unit is too far from 1 to be written; give it in a smaller unit."
            );
            self.note(Notice::Other { message });
        } else if column.level.is_none() && found.is_too_near_one() {
            let message = format!(
                "{term}: the ratio per unit is too near 1 for anything to be seen; give it in a larger unit."
            );
            self.note(Notice::Other { message });
        } else if row.std_error.is_some() && (found.lower.is_none() || found.upper.is_none()) {
            self.note(Notice::UnboundedInterval { term, level: row.level.clone() });
        }
    }

    /// What is told of a ratio that separation makes infinite: a limit on one side, where the interval has one.
    fn write_infinite(
        &mut self,
        row: &mut Estimate,
        report: &Fitted<'_, O::Model>,
        model: &O::Model,
        at: usize,
    ) {
        let Fitted { covariates, design, fit: fitted, .. } = *report;
        let Some(kind) = fitted.separation else { return };
        let (column, parameter) = (&design.columns[at], at + usize::from(O::INTERCEPT));
        let (term, level) = (covariates[column.covariate].name.clone(), row.level.clone());
        let toward = toward(model, fitted, parameter);
        self.note(Notice::Separation { term: term.clone(), level: level.clone(), kind, toward });
        let limits = match self.interval {
            IntervalChoice::Wald => return,
            IntervalChoice::Profile => profile_of_infinite(model, fitted, parameter, self.z),
            IntervalChoice::Score => score_of_infinite(model, fitted, parameter, self.z),
        };
        row.interval = one_sided(limits, self.interval, column.scale, self.confidence_level);
        if row.interval.is_some() {
            self.note(Notice::UnboundedInterval { term, level });
        }
    }

    /// Keeps what a joint test over several data sets needs.
    pub(super) fn keep_covariance(
        &mut self,
        report: &Fitted<'_, O::Model>,
        quantity: Quantity,
        term: Option<&str>,
        columns: &[usize],
    ) {
        let first = usize::from(O::INTERCEPT);
        if let Some((beta, matrix)) = covariance(report.fit, report.design, columns, first) {
            let term = term.map(Into::into);
            self.results.covariances.push(Covariance {
                model: Some(report.kind),
                quantity,
                term,
                beta,
                matrix,
            });
        }
    }

    /// The likelihood-ratio test of a term, from the model without its parameters.
    pub(super) fn without_term(
        &self,
        report: &Fitted<'_, O::Model>,
        model: &O::Model,
        parameters: &[usize],
    ) -> Option<Test> {
        let Fitted { design, fit: fitted, null, .. } = *report;
        let others: Vec<usize> = (0..design.columns.len() + usize::from(O::INTERCEPT))
            .filter(|k| !parameters.contains(k))
            .collect();
        let reduced = if others.len() == usize::from(O::INTERCEPT) {
            Some(null.log_likelihood)
        } else {
            nested_log_likelihood(model, fitted, parameters, || O::smaller(model, &others))
        };
        reduced.map(|reduced| ratio_test::<O>(fitted.log_likelihood(), reduced, parameters.len()))
    }

    /// What is told otherwise of a ratio whose likelihood has a penalty: with profile limits goes the test of the
    /// same likelihood.
    fn penalize(
        &mut self,
        row: &mut Estimate,
        report: &Fitted<'_, O::Model>,
        model: &O::Model,
        parameter: usize,
    ) {
        if self.interval == IntervalChoice::Profile {
            let reduced = nested_log_likelihood(model, report.fit, &[parameter], || None);
            row.test = reduced.map(|reduced| ratio_test::<O>(report.fit.log_likelihood(), reduced, 1));
            if let Some(interval) = &mut row.interval {
                interval.method = IntervalMethod::PenalizedProfileLikelihood;
            }
        }
        if let Some((_, kind)) = report.kept_finite.iter().find(|(kept, _)| *kept == parameter)
            && let Some(term) = row.term.clone()
        {
            self.note(Notice::PenalizedSeparation { term, level: row.level.clone(), kind: *kind });
        }
    }

    /// A level whose patients all left before the first event has no column.
    fn note_uninformative(&mut self, covariate: &Covariate, code: u32, design: &Design) {
        let level = covariate.level(code);
        let aliased = |notice: &Notice| matches!(notice, Notice::Aliased { term, level: Some(l) } if *term == covariate.name && l == level);
        if !design.notices.iter().any(aliased) {
            let message = format!(
                "{}: {level}: nobody is at risk when an event occurs; there is no estimate.",
                covariate.name
            );
            self.note(Notice::Other { message });
        }
    }

    pub(super) fn write_test(
        &mut self,
        kind: Model,
        quantity: Quantity,
        term: Option<&str>,
        test: Option<Test>,
    ) {
        self.results.estimates.push(Estimate {
            model: Some(kind),
            term: term.map(Into::into),
            test,
            ..Estimate::new(quantity, f64::NAN)
        });
    }

    /// The rows of the model as a whole.
    pub(super) fn write_whole(&mut self, report: &Fitted<'_, O::Model>, model: &O::Model, events: u64) {
        let Fitted { kind, covariates, design, fit: fitted, null, .. } = *report;
        let term = covariates.last().filter(|_| kind == Model::Univariable).map(|last| last.name.clone());
        let (value, p) = (fitted.log_likelihood(), design.columns.len());
        let (first, whole) = (usize::from(O::INTERCEPT), Quantity::GlobalTest);
        if kind == Model::Multivariable && self.outcome.is_likelihood() {
            self.write_test(kind, whole, None, Some(ratio_test::<O>(value, null.log_likelihood, p)));
        }
        if kind == Model::Multivariable && (!O::INTERCEPT || !self.outcome.is_likelihood()) {
            let all: Vec<usize> = (0..p).collect();
            self.keep_covariance(report, whole, None, &all);
            let parameters: Vec<usize> = (first..p + first).collect();
            self.write_test(kind, whole, None, Some(joint_wald(fitted, &parameters)));
        }
        if let Some(at_null) = &null.evaluation {
            let variance = O::score_variance(model).unwrap_or_else(|| at_null.information.clone());
            self.write_test(kind, whole, term.as_deref(), Some(score_test(&at_null.score, &variance)));
        }
        if O::INTERCEPT {
            let mut row = Estimate {
                model: Some(kind),
                term: term.clone(),
                ..intercept(fitted, design, covariates, self.contrast)
            };
            if let (Some(beta), Some(std_error)) = (row.value, row.std_error) {
                let (lower, upper) = wald(beta, std_error, self.z);
                row.interval = Some(Interval {
                    lower: finite(lower),
                    upper: finite(upper),
                    confidence_level: self.confidence_level,
                    method: IntervalMethod::Wald,
                });
            }
            self.results.estimates.push(row);
        }
        self.write_inflation(report);
        let parameters = (p + first + O::ancillary(fitted.model.as_ref())) as f64;
        let bayesian = O::bayesian(events).map(|n| parameters * libm::log(n as f64) - 2.0 * value);
        let criteria = [
            Some((Quantity::Aic, 2.0 * (parameters - value))),
            bayesian.map(|number| (Quantity::Bic, number)),
        ];
        let criteria =
            criteria.into_iter().flatten().filter(|_| self.outcome.is_likelihood() && !O::PENALIZED);
        let likelihoods =
            [(Quantity::LogLikelihood, value), (Quantity::NullLogLikelihood, null.log_likelihood)];
        for (quantity, number) in likelihoods.into_iter().chain(criteria) {
            let row = Estimate { model: Some(kind), term: term.clone(), ..Estimate::new(quantity, number) };
            self.results.estimates.push(row);
        }
    }
}

/// The score test of some parameters being 0.
pub(super) fn score_of<M: Regression>(model: &M, fit: &Fit<'_, M>, parameters: &[usize]) -> Test {
    chi_squared(TestName::Score, score_statistic_in_limit(model, fit, parameters), parameters.len())
}

/// The likelihood-ratio test, by its name.
fn ratio_test<O: Outcome>(full: f64, reduced: f64, df: usize) -> Test {
    let test = likelihood_ratio(full, reduced, df);
    if O::PENALIZED { Test { name: TestName::PenalizedLikelihoodRatio, ..test } } else { test }
}

pub(super) fn ratio_row<O: Outcome>(
    kind: Model,
    covariate: &Covariate,
    code: u32,
    reference: Option<u32>,
    count: &Count,
) -> Estimate {
    let factor = covariate.has_levels();
    Estimate {
        model: Some(kind),
        term: Some(covariate.name.clone()),
        level: factor.then(|| covariate.level(code).to_string()),
        reference: reference.map(|code| covariate.level(code).to_string()),
        n: Some(count.events),
        of: Some(count.of),
        ..Estimate::new(O::RATIO, f64::NAN)
    }
}

/// The intercept where every number, and every column of a spline, is 0 and every factor at its reference, or at the
/// mean of its levels.
fn intercept<M: Regression>(
    fit: &Fit<'_, M>,
    design: &Design,
    covariates: &[&Covariate],
    contrast: Contrast,
) -> Estimate {
    let share = |covariate: usize| match contrast {
        Contrast::Effect => 1.0 / (1.0 + design.columns_of(covariate).len() as f64),
        Contrast::Treatment => 0.0,
    };
    let of = |name: &str| covariates.iter().position(|covariate| covariate.name == name);
    let at = |column: &DesignColumn| match &covariates[column.covariate].scale {
        Scale::Factor { .. } => share(column.covariate),
        Scale::Number(_) | Scale::Spline(_) => 0.0,
        Scale::Interaction(interaction) => {
            interaction.at_origin(column.basis, &|part| of(&part.name).map_or(0.0, share))
        }
    };
    let back: Vec<f64> = std::iter::once(1.0)
        .chain(design.columns.iter().map(|column| (at(column) - column.centre) / column.scale))
        .collect();
    let found = fit.combination(&back);
    let mut row = Estimate::new(Quantity::Intercept, found.map_or(f64::NAN, |(value, _)| value));
    row.std_error = found.and_then(|(_, variance)| finite(variance.sqrt()));
    if let (Some(value), Some(std_error)) = (row.value, row.std_error) {
        let z = value / std_error;
        row.test = Some(wald_test(z));
    }
    row
}
