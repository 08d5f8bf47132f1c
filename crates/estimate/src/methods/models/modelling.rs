//! What is modelled, and the course of one fit.

use super::constancy::Changing;
use super::contrast::Contrast;
use super::rows::Fitted;
use super::void_variance;
use crate::design::{ABSENT, Covariate, Design};
use crate::interval::IntervalChoice;
use crate::likelihood::{Evaluation, Maximum};
use crate::numerics::parallel::in_order;
use crate::regression::{Fit, NotConverged, Regression, fit};
use faer::Mat;
use study::notice::SeparationKind;
use study::{CountTable, Estimate, MissingCount, Model, Notice, Quantity, Results};

/// What is modelled: a binary outcome or a time to an event.
pub(in crate::methods) trait Outcome: Sync {
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
    /// Whether the outcome itself is there, whatever else the model needs of a row.
    fn is_observed(&self, row: usize) -> bool {
        self.is_known(row)
    }
    /// The cluster of a row, where the variance is by clusters.
    fn cluster(&self, _row: usize) -> Option<u32> {
        None
    }
    /// What else is missing, beside outcome and terms: strata, clusters, weights.
    fn lacking(&self) -> &[MissingCount] {
        &[]
    }
    /// Patients of some rows, and those of them with the event, from the frequencies of all rows.
    fn count(&self, n: &[u64], rows: &mut dyn Iterator<Item = u32>) -> Count {
        Count::of_rows(n, rows, &|row| self.is_event(row))
    }
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
    /// Whether the likelihood has a penalty, which keeps every estimate finite.
    const PENALIZED: bool = false;
    /// Parameters that only the penalty keeps finite.
    fn kept_finite(_model: &Self::Model, _beta: &[f64]) -> Vec<(usize, SeparationKind)> {
        Vec::new()
    }
    /// The same, where it depends on the options.
    fn is_likelihood(&self) -> bool {
        Self::LIKELIHOOD
    }
    /// The variance of the score where all coefficients are 0, where it is not the information.
    fn score_variance(_model: &Self::Model) -> Option<Mat<f64>> {
        None
    }
    /// Coefficients that may change with time, of which it is told whether they do.
    fn changing(&self) -> &[Changing] {
        &[]
    }
    /// The n of Schwarz' criterion, where the model is told with it.
    fn bayesian(_events: u64) -> Option<u64> {
        None
    }
    /// How well the model of all terms predicts, where that is asked for.
    fn performance(&self, _model: &Predicting<'_>) -> Vec<Estimate> {
        Vec::new()
    }
    /// Parameters beside the coefficients and the intercept.
    fn ancillary(_model: &Self::Model) -> usize {
        0
    }
    /// The fit in the parameters in which it is reported, where it was made in others.
    fn reported(fit: Fit<'_, Self::Model>) -> Fit<'_, Self::Model> {
        fit
    }
    /// The covariance of the parameters, where it is not the inverse of the information.
    fn covariance(_model: &Self::Model, _maximum: &Maximum, _inverse: &Mat<f64>) -> Option<Mat<f64>> {
        None
    }
}

/// A fitted model that is asked how well it predicts.
pub(in crate::methods) struct Predicting<'a> {
    pub(in crate::methods) covariates: &'a [&'a Covariate<'a>],
    pub(in crate::methods) design: &'a Design,
    /// The rows of the count table.
    pub(in crate::methods) rows: &'a [u32],
    /// Its coefficients; none where one of them is infinite.
    pub(in crate::methods) beta: Option<&'a [f64]>,
    /// Its log-likelihood and that without terms; none where a difference of them is no test.
    pub(in crate::methods) log_likelihoods: Option<[f64; 2]>,
    pub(in crate::methods) patients: u64,
    pub(in crate::methods) confidence_level: f64,
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
    /// Where the intercept stands.
    pub(in crate::methods) contrast: Contrast,
    /// Its normal quantile.
    pub(in crate::methods) z: f64,
    /// Where the rows go.
    pub(in crate::methods) results: &'a mut Results,
}

/// Patients, and those of them with the event.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::methods) struct Count {
    pub(in crate::methods) of: u64,
    pub(in crate::methods) events: u64,
}

impl Count {
    /// Of rows that stand for different patients.
    pub(in crate::methods) fn of_rows(
        n: &[u64],
        rows: &mut dyn Iterator<Item = u32>,
        is_event: &dyn Fn(usize) -> bool,
    ) -> Self {
        let mut count = Self::default();
        for row in rows {
            let row = row as usize;
            count.of += n[row];
            count.events += if is_event(row) { n[row] } else { 0 };
        }
        count
    }
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
        let Count { of, events } = self.outcome.count(self.table.n(), &mut rows.iter().copied());
        (events, of)
    }

    /// Fits the model of some terms; returns each term's joint Wald P value. A univariable model is about the last of
    /// them: the others are there because that is an interaction, and are not told of.
    pub(in crate::methods) fn fit(&mut self, kind: Model, terms: &[usize]) -> Vec<Option<f64>> {
        let rows = self.complete(terms);
        let (events, of) = self.count(&rows);
        let all = self.covariates;
        let covariates: Vec<&Covariate> = terms.iter().map(|term| &all[*term]).collect();
        let first = if kind == Model::Univariable { terms.len() - 1 } else { 0 };
        let counts = in_order(covariates.len(), |at| self.counts(covariates[at], &rows));
        if let Some(notice) = self.outcome.constant(events, of) {
            self.note(notice);
            self.without_estimates(kind, &covariates[first..], &counts[first..]);
            return vec![None; terms.len()];
        }
        self.note_few(&covariates[first..], &counts[first..]);
        self.note_one_cluster(&covariates[first..], &counts[first..], &rows);
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
            self.without_estimates(kind, &covariates[first..], &counts[first..]);
            return vec![None; terms.len()];
        }
        let null = O::null(&model);
        let start = null.evaluation.clone().map(|at| (vec![0.0; at.score.len()], at));
        let mut fitted = match fit(&model, start) {
            Ok(fitted) => O::reported(fitted),
            Err(NotConverged(iterations)) => {
                self.note(not_found(&model, name_of(kind, &covariates), iterations));
                self.without_estimates(kind, &covariates[first..], &counts[first..]);
                return vec![None; terms.len()];
            }
        };
        if let Some(mut covariance) =
            O::covariance(fitted.model.as_ref(), &fitted.maximum, &fitted.covariance)
        {
            let void = void_variance::withhold(&mut covariance, &fitted.covariance);
            let parameter = |at: usize| fitted.position(at + usize::from(O::INTERCEPT));
            for notice in void_variance::notices(&void, &design, &covariates, parameter) {
                self.note(notice);
            }
            fitted.covariance = covariance;
        }
        let kept_finite = O::kept_finite(&model, &fitted.maximum.beta);
        let report = Fitted {
            kind,
            kept_finite: &kept_finite,
            rows: &rows,
            covariates: &covariates,
            counts: &counts,
            design: &design,
            fit: &fitted,
            null: &null,
        };
        let p_values = (first..terms.len()).map(|index| self.write_term(&report, &model, index)).collect();
        if kind == Model::Multivariable {
            self.write_joint_tests(&report, &model);
        }
        self.write_constancy(&report);
        self.write_whole(&report, &model, events);
        if kind == Model::Multivariable {
            let likelihood = self.outcome.is_likelihood() && !O::PENALIZED;
            let found = self.outcome.performance(&Predicting {
                covariates: &covariates,
                design: &design,
                rows: &rows,
                beta: fitted.separation.is_none().then_some(&fitted.maximum.beta[..]),
                log_likelihoods: likelihood.then(|| [fitted.log_likelihood(), null.log_likelihood]),
                patients: of,
                confidence_level: self.confidence_level,
            });
            let found = found.into_iter().map(|row| Estimate { model: Some(kind), ..row });
            self.results.estimates.extend(found);
        }
        p_values
    }

    /// Adds a caveat, unless it is there already.
    pub(in crate::methods) fn note(&mut self, notice: Notice) {
        let same = |known: &Notice| match (known, &notice) {
            (
                Notice::FewOutcomes { term: a, level: b, .. },
                Notice::FewOutcomes { term: c, level: d, .. },
            ) => (a, b) == (c, d),
            (
                Notice::Separation { term: a, level: b, toward: e, .. },
                Notice::Separation { term: c, level: d, toward: f, .. },
            ) => (a, b, e) == (c, d, f),
            (
                Notice::PenalizedSeparation { term: a, level: b, .. },
                Notice::PenalizedSeparation { term: c, level: d, .. },
            ) => (a, b) == (c, d),
            _ => known == &notice,
        };
        if !self.results.notices.iter().any(same) {
            self.results.notices.push(notice);
        }
    }

    fn counts(&self, covariate: &Covariate, rows: &[u32]) -> Vec<Count> {
        let count = |rows: &[u32]| self.outcome.count(self.table.n(), &mut rows.iter().copied());
        if !covariate.has_levels() {
            return vec![count(rows)];
        }
        let mut of_level = vec![Vec::new(); covariate.levels()];
        let level = |row: u32| covariate.level_of(covariate.codes[row as usize]);
        rows.iter().for_each(|row| of_level[level(*row) as usize].push(*row));
        of_level.iter().map(|rows| count(rows)).collect()
    }

    /// Levels whose patients all belong to one cluster: the score of a cluster by itself is 0 there, whatever its spread.
    fn note_one_cluster(&mut self, covariates: &[&Covariate], counts: &[Vec<Count>], rows: &[u32]) {
        let clustered: Vec<(u32, u32)> =
            rows.iter().filter_map(|row| Some((*row, self.outcome.cluster(*row as usize)?))).collect();
        for (covariate, counts) in covariates.iter().zip(counts).filter(|(one, _)| one.has_levels()) {
            let mut seen: Vec<Option<(u32, bool)>> = vec![None; covariate.levels()];
            for (row, cluster) in &clustered {
                let known = &mut seen[covariate.level_of(covariate.codes[*row as usize]) as usize];
                *known =
                    Some(known.map_or((*cluster, true), |(first, one)| (first, one && first == *cluster)));
            }
            for level in covariate.told(reference_of(covariate, counts)) {
                if seen[level as usize].is_some_and(|(_, one)| one) {
                    let (term, level) = (covariate.name.clone(), covariate.level(level).to_string());
                    self.note(Notice::OneCluster { term, level });
                }
            }
        }
    }

    fn note_few(&mut self, covariates: &[&Covariate], counts: &[Vec<Count>]) {
        for (covariate, counts) in covariates.iter().zip(counts) {
            if !covariate.has_levels() {
                continue;
            }
            for level in covariate.told(reference_of(covariate, counts)) {
                let count = counts[level as usize];
                if count.of == 0 {
                    continue;
                }
                let least = O::informative(count.events, count.of);
                if least < 5 {
                    let level = covariate.level(level).to_string();
                    self.note(Notice::FewOutcomes { term: covariate.name.clone(), level, least });
                }
            }
        }
    }
}

/// The reference level among those that somebody has.
pub(super) fn reference_of(covariate: &Covariate, counts: &[Count]) -> Option<u32> {
    let occurring: Vec<u32> =
        (0..counts.len() as u32).filter(|level| counts[*level as usize].of > 0).collect();
    covariate.reference_among(&occurring)
}

fn name_of(kind: Model, covariates: &[&Covariate]) -> String {
    match (kind, covariates) {
        (Model::Univariable, [.., covariate]) => format!("Univariable model of {}", covariate.name),
        _ => "Multivariable model".into(),
    }
}

/// What is said of a model without an estimate.
pub(in crate::methods) fn not_found<M: Regression>(model: &M, name: String, iterations: u32) -> Notice {
    match model.is_unbounded() {
        true => Notice::NoSpread { model: name },
        false => Notice::NotConverged { model: name, iterations },
    }
}
