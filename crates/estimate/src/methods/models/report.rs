//! Fits one model after the other and writes the rows of the result.

use super::ratio::{coefficient, exponential, joint_wald, likelihood_ratio, one_sided, score_test};
use crate::design::{ABSENT, Covariate, Design, Scale};
use crate::interval::{IntervalChoice, profile_of_infinite, wald};
use crate::likelihood::{Evaluation, Maximum};
use crate::numerics::distributions::normal_two_sided;
use crate::regression::{Fit, NotConverged, Regression, fit, nested_log_likelihood};
use faer::Mat;
use study::results::finite;
use study::{
    CountTable, Estimate, Interval, IntervalMethod, Model, Notice, Quantity, Results, Test, TestName,
};

/// What is modelled: a binary outcome or a time to an event.
pub(in crate::methods) trait Outcome {
    /// Its likelihood.
    type Model: Regression;
    /// What the exponential of a coefficient is.
    const RATIO: Quantity;
    /// Whether the first parameter is an intercept.
    const INTERCEPT: bool;

    /// Whether the outcome of a row is known.
    fn is_known(&self, row: usize) -> bool;
    /// Whether the row has the event.
    fn is_event(&self, row: usize) -> bool;
    /// Patients with the event among the rows on whom the precision rests: those of the rarer outcome.
    fn informative(events: u64, of: u64) -> u64;
    /// The caveat where the outcome does not vary.
    fn constant(&self, events: u64, of: u64) -> Option<Notice>;
    /// The model of some covariates among some rows, all of them complete.
    fn model(&self, covariates: &[&Covariate], rows: &[u32]) -> (Design, Self::Model);
    /// The same model with some of its columns only, where it is smaller in more than its columns.
    fn smaller(model: &Self::Model, parameters: &[usize]) -> Option<Self::Model>;
    /// The model without terms.
    fn null(model: &Self::Model) -> Null;
    /// Whether twice a difference of log-likelihoods is a test; of a pseudo-likelihood it is none.
    const LIKELIHOOD: bool = true;
    /// The covariance of the parameters, where it is not the inverse of the information.
    fn covariance(_model: &Self::Model, _maximum: &Maximum, _inverse: &Mat<f64>) -> Option<Mat<f64>> {
        None
    }
}

/// A model without terms.
pub(in crate::methods) struct Null {
    /// Its log-likelihood.
    pub(in crate::methods) log_likelihood: f64,
    /// Where all coefficients are 0, if that is where the fit starts; there the score test is made.
    pub(in crate::methods) evaluation: Option<Evaluation>,
}

/// One analysis under way.
pub(in crate::methods) struct Modelling<'a, O: Outcome> {
    /// What is modelled.
    pub(in crate::methods) outcome: &'a O,
    /// The counts.
    pub(in crate::methods) table: &'a CountTable,
    /// Every term.
    pub(in crate::methods) covariates: &'a [Covariate<'a>],
    /// Which interval.
    pub(in crate::methods) interval: IntervalChoice,
    /// For example 0.95.
    pub(in crate::methods) confidence_level: f64,
    /// Its normal quantile.
    pub(in crate::methods) z: f64,
    /// Where the rows go.
    pub(in crate::methods) results: &'a mut Results,
}

/// Patients with a code and those of them with the event.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    of: u64,
    events: u64,
}

impl<O: Outcome> Modelling<'_, O> {
    /// The rows without a missing value in the outcome or a term.
    pub(in crate::methods) fn complete(&self, terms: &[usize]) -> Vec<u32> {
        let known = |row: &u32| {
            let row = *row as usize;
            self.outcome.is_known(row) && terms.iter().all(|term| self.covariates[*term].codes[row] != ABSENT)
        };
        (0..self.table.rows() as u32).filter(known).collect()
    }

    /// Patients of some rows, and those of them with the event.
    pub(in crate::methods) fn count(&self, rows: &[u32]) -> (u64, u64) {
        let n = self.table.n();
        let of = rows.iter().map(|row| n[*row as usize]).sum();
        let with = rows.iter().filter(|row| self.outcome.is_event(**row as usize));
        (with.map(|row| n[*row as usize]).sum(), of)
    }

    /// Fits the model of some terms; returns each term's joint Wald P value.
    pub(in crate::methods) fn fit(&mut self, kind: Model, terms: &[usize]) -> Vec<Option<f64>> {
        let rows = self.complete(terms);
        let (events, of) = self.count(&rows);
        let all = self.covariates;
        let covariates: Vec<&Covariate> = terms.iter().map(|term| &all[*term]).collect();
        let counts: Vec<Vec<Count>> = covariates.iter().map(|c| self.counts(c, &rows)).collect();
        if let Some(notice) = self.outcome.constant(events, of) {
            self.note(notice);
            self.without_estimates(kind, &covariates, &counts);
            return vec![None; terms.len()];
        }
        self.note_few(&covariates, &counts);
        let (design, model) = self.outcome.model(&covariates, &rows);
        design.notices.iter().for_each(|notice| self.note(notice.clone()));
        if kind == Model::Multivariable {
            let parameters = design.columns.len() as u64;
            let informative = O::informative(events, of);
            if informative < 10 * parameters {
                self.note(Notice::EventsPerParameter { events: informative, parameters });
            }
        }
        if design.columns.is_empty() {
            self.without_estimates(kind, &covariates, &counts);
            return vec![None; terms.len()];
        }
        let null = O::null(&model);
        let start = null.evaluation.clone().map(|at| (vec![0.0; at.score.len()], at));
        let mut fitted = match fit(&model, start) {
            Ok(fitted) => fitted,
            Err(NotConverged(iterations)) => {
                self.note(Notice::NotConverged { model: name_of(kind, &covariates), iterations });
                self.without_estimates(kind, &covariates, &counts);
                return vec![None; terms.len()];
            }
        };
        if let Some(covariance) = O::covariance(fitted.model.as_ref(), &fitted.maximum, &fitted.covariance) {
            fitted.covariance = covariance;
        }
        let report = Fitted {
            kind,
            covariates: &covariates,
            counts: &counts,
            design: &design,
            fit: &fitted,
            null: &null,
        };
        let p_values = (0..terms.len()).map(|index| self.write_term(&report, &model, index)).collect();
        self.write_whole(&report);
        p_values
    }

    /// Adds a caveat, unless it is there already.
    pub(in crate::methods) fn note(&mut self, notice: Notice) {
        let same = |known: &Notice| match (known, &notice) {
            (
                Notice::FewOutcomes { term: a, level: b, .. },
                Notice::FewOutcomes { term: c, level: d, .. },
            ) => (a, b) == (c, d),
            (Notice::Separation { term: a, level: b, .. }, Notice::Separation { term: c, level: d, .. }) => {
                (a, b) == (c, d)
            }
            _ => known == &notice,
        };
        if !self.results.notices.iter().any(same) {
            self.results.notices.push(notice);
        }
    }

    fn counts(&self, covariate: &Covariate, rows: &[u32]) -> Vec<Count> {
        let factor = matches!(covariate.scale, Scale::Factor { .. });
        let mut counts = vec![Count::default(); if factor { covariate.size() } else { 1 }];
        for row in rows {
            let row = *row as usize;
            let code = if factor { covariate.codes[row] as usize } else { 0 };
            let n = self.table.n()[row];
            counts[code].of += n;
            counts[code].events += if self.outcome.is_event(row) { n } else { 0 };
        }
        counts
    }

    fn note_few(&mut self, covariates: &[&Covariate], counts: &[Vec<Count>]) {
        for (covariate, counts) in covariates.iter().zip(counts) {
            if matches!(covariate.scale, Scale::Number(_)) {
                continue;
            }
            for (code, count) in counts.iter().enumerate().filter(|(_, count)| count.of > 0) {
                let least = O::informative(count.events, count.of);
                if least < 5 {
                    let level = covariate.level(code as u32).to_string();
                    self.note(Notice::FewOutcomes { term: covariate.name.clone(), level, least });
                }
            }
        }
    }

    /// The counts alone.
    fn without_estimates(&mut self, kind: Model, covariates: &[&Covariate], counts: &[Vec<Count>]) {
        for (covariate, counts) in covariates.iter().zip(counts) {
            let occurring: Vec<u32> =
                (0..counts.len() as u32).filter(|code| counts[*code as usize].of > 0).collect();
            let reference = covariate.reference_among(&occurring);
            for (code, count) in counts.iter().enumerate() {
                let row = ratio_row::<O>(kind, covariate, code as u32, reference, count);
                self.results.estimates.push(row);
            }
        }
    }

    /// The rows of one term; returns its joint Wald P value.
    fn write_term(&mut self, report: &Fitted<'_, O::Model>, model: &O::Model, index: usize) -> Option<f64> {
        let Fitted { kind, covariates, counts, design, fit: fitted, .. } = *report;
        let covariate = covariates[index];
        let reference = design.references[index];
        let columns = design.columns_of(index);
        let mut p_value = None;
        for (code, count) in counts[index].iter().enumerate() {
            let code = code as u32;
            let mut row = ratio_row::<O>(kind, covariate, code, reference, count);
            let level = row.level.clone();
            let own = columns.iter().copied().find(|at| design.columns[*at].level.is_none_or(|l| l == code));
            if reference == Some(code) {
                row.value = Some(1.0);
            } else if let Some(at) = own {
                let parameter = at + usize::from(O::INTERCEPT);
                let column = &design.columns[at];
                match coefficient(fitted, parameter, column, self.interval, self.z) {
                    Some(found) => {
                        row.value = exponential(found.beta);
                        row.std_error = finite(found.std_error);
                        row.interval = Some(found.ratio_interval(self.interval, self.confidence_level));
                        row.test = Some(found.test());
                        p_value = row.test.as_ref().and_then(|test| test.p_value);
                        if row.value.is_none() {
                            let message = format!(
                                "{}: the ratio per unit is too far from 1 to be written; give it in a larger unit.",
                                covariate.name
                            );
                            self.note(Notice::Other { message });
                        } else if found.lower.is_none() || found.upper.is_none() {
                            let term = covariate.name.clone();
                            self.note(Notice::UnboundedInterval { term, level });
                        }
                    }
                    None => {
                        if let Some(kind) = fitted.separation {
                            let term = covariate.name.clone();
                            let separated =
                                Notice::Separation { term: term.clone(), level: level.clone(), kind };
                            self.note(separated);
                            if self.interval == IntervalChoice::Profile {
                                let limits = profile_of_infinite(model, fitted, parameter, self.z);
                                row.interval = one_sided(limits, column.scale, self.confidence_level);
                                self.note(Notice::UnboundedInterval { term, level });
                            }
                        }
                    }
                }
            } else if count.of > 0 && design.columns.iter().any(|column| column.covariate == index) {
                self.note_uninformative(covariate, code, design);
            }
            self.results.estimates.push(row);
        }
        if columns.is_empty() {
            return None;
        }
        let parameters: Vec<usize> = columns.iter().map(|at| at + usize::from(O::INTERCEPT)).collect();
        let term = Some(covariate.name.as_str());
        if O::LIKELIHOOD {
            let ratio = self.without_term(report, model, &parameters);
            self.write_test(kind, term, ratio);
        }
        if columns.len() > 1 {
            let wald = joint_wald(fitted, &parameters);
            p_value = wald.p_value;
            self.write_test(kind, term, Some(wald));
        }
        p_value
    }

    /// The likelihood-ratio test of a term, from the model without its parameters.
    fn without_term(
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
        reduced.map(|reduced| likelihood_ratio(fitted.log_likelihood(), reduced, parameters.len()))
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

    fn write_test(&mut self, kind: Model, term: Option<&str>, test: Option<Test>) {
        self.results.estimates.push(Estimate {
            model: Some(kind),
            term: term.map(Into::into),
            value: None,
            test,
            ..Estimate::new(Quantity::GlobalTest, f64::NAN)
        });
    }

    /// The rows of the model as a whole.
    fn write_whole(&mut self, report: &Fitted<'_, O::Model>) {
        let Fitted { kind, covariates, design, fit: fitted, null, .. } = *report;
        let term = (kind == Model::Univariable).then(|| covariates[0].name.clone());
        let (value, p) = (fitted.log_likelihood(), design.columns.len());
        let first = usize::from(O::INTERCEPT);
        if kind == Model::Multivariable && O::LIKELIHOOD {
            self.write_test(kind, None, Some(likelihood_ratio(value, null.log_likelihood, p)));
        }
        if kind == Model::Multivariable && !O::INTERCEPT {
            let all: Vec<usize> = (0..p).collect();
            self.write_test(kind, None, Some(joint_wald(fitted, &all)));
        }
        if let Some(at_null) = &null.evaluation {
            self.write_test(kind, term.as_deref(), Some(score_test(at_null)));
        }
        if O::INTERCEPT {
            let mut row = Estimate { model: Some(kind), term: term.clone(), ..intercept(fitted, design) };
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
        let parameters = (p + first) as f64;
        for (quantity, number) in [
            (Quantity::LogLikelihood, value),
            (Quantity::NullLogLikelihood, null.log_likelihood),
            (Quantity::Aic, 2.0 * (parameters - value)),
        ] {
            if quantity == Quantity::Aic && !O::LIKELIHOOD {
                continue;
            }
            let row = Estimate { model: Some(kind), term: term.clone(), ..Estimate::new(quantity, number) };
            self.results.estimates.push(row);
        }
    }
}

/// A model that has been fitted, and what it was fitted to.
struct Fitted<'a, M: Clone> {
    kind: Model,
    covariates: &'a [&'a Covariate<'a>],
    counts: &'a [Vec<Count>],
    design: &'a Design,
    fit: &'a Fit<'a, M>,
    null: &'a Null,
}

fn name_of(kind: Model, covariates: &[&Covariate]) -> String {
    match (kind, covariates) {
        (Model::Univariable, [covariate]) => format!("Univariable model of {}", covariate.name),
        _ => "Multivariable model".into(),
    }
}

fn ratio_row<O: Outcome>(
    kind: Model,
    covariate: &Covariate,
    code: u32,
    reference: Option<u32>,
    count: &Count,
) -> Estimate {
    let factor = matches!(covariate.scale, Scale::Factor { .. });
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

/// The intercept where every covariate is 0 or at its reference.
fn intercept<M: Regression>(fit: &Fit<'_, M>, design: &Design) -> Estimate {
    let back: Vec<f64> = std::iter::once(1.0)
        .chain(design.columns.iter().map(|column| -column.centre / column.scale))
        .collect();
    let found = fit.combination(&back);
    let mut row = Estimate::new(Quantity::Intercept, found.map_or(f64::NAN, |(value, _)| value));
    row.std_error = found.and_then(|(_, variance)| finite(variance.sqrt()));
    if let (Some(value), Some(std_error)) = (row.value, row.std_error) {
        let z = value / std_error;
        row.test = Some(Test {
            name: TestName::Wald,
            statistic: finite(z * z),
            df: vec![1.0],
            p_value: finite(normal_two_sided(z)),
            reason: None,
        });
    }
    row
}
