//! The rows of the result.

use super::calibration::{hosmer_lemeshow, risk_groups};
use super::curve::Flexible;
use super::discrimination::Discrimination;
use super::optimism::{brier, cox_snell, figures, nagelkerke, optimism};
use super::{AucInterval, LogisticPerformanceOptions};
use crate::design::Covariate;
use crate::methods::calibration_curve::{self, ERRORS};
use crate::methods::logistic::complete_cases::CompleteCases;
use crate::methods::logistic::fitted::{FittedModel, in_the_large, recalibrate};
use crate::methods::models::{Outcome, write_inflation};
use crate::methods::two_by_two::{RiskInterval, one_risk};
use crate::numerics::distributions::{chi_squared_upper, normal_quantile, normal_two_sided};
use study::results::finite;
use study::{
    Estimate, Group, Interval, IntervalMethod, Notice, Plan, Quantity, Results, Series, SeriesKind, Test,
    TestName,
};

/// The order of what the bootstrap examines, before the errors of calibration.
const EXAMINED: [Quantity; 5] = [
    Quantity::Auc,
    Quantity::NagelkerkeR2,
    Quantity::Brier,
    Quantity::CalibrationIntercept,
    Quantity::CalibrationSlope,
];
/// Points of a ROC curve beyond which neighbours are left out: a figure cannot show more.
const MOST_POINTS: usize = 400;

pub(super) struct Writer<'a> {
    options: &'a LogisticPerformanceOptions,
    plan: &'a Plan,
    analysis: &'a str,
    results: &'a mut Results,
    main: &'a FittedModel,
    predictor: Vec<f64>,
    discrimination: Discrimination,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        options: &'a LogisticPerformanceOptions,
        plan: &'a Plan,
        analysis: &'a str,
        results: &'a mut Results,
        main: &'a FittedModel,
    ) -> Self {
        let predictor = main.predictor(&main.beta);
        let discrimination = Discrimination::new(&predictor, &main.model.events, &main.model.others);
        Self { options, plan, analysis, results, main, predictor, discrimination }
    }

    pub(super) fn label(&self, term: &str) -> String {
        self.results.label(term).to_string()
    }

    pub(super) fn group(&mut self, group: Group) {
        self.results.groups.push(group);
    }

    pub(super) fn notes(&mut self, notices: Vec<Notice>) {
        for notice in notices {
            if !self.results.notices.contains(&notice) {
                self.results.notices.push(notice);
            }
        }
    }

    fn push(&mut self, quantity: Quantity, value: f64) {
        self.results.estimates.push(Estimate::new(quantity, value));
    }

    /// The figures in the patients themselves.
    pub(super) fn apparent(&mut self) {
        let (events, others) = (&self.main.model.events, &self.main.model.others);
        let n = events.iter().sum::<f64>() + others.iter().sum::<f64>();
        let (full, null) = (self.main.log_likelihood, self.main.model.null_log_likelihood());
        let calibration = recalibrate(&self.predictor, events, others);
        let intercept = in_the_large(&self.predictor, events, others).unwrap_or(f64::NAN);
        let brier = brier(&self.predictor, events, others);
        self.push(Quantity::NagelkerkeR2, nagelkerke(full, null, n));
        self.push(Quantity::CoxSnellR2, cox_snell(full, null, n));
        self.push(Quantity::McFaddenR2, 1.0 - full / null);
        let cells = itself(self.main);
        let variance = self.discrimination.covariance(&self.discrimination, cells);
        let row = self.auc_row(&self.discrimination, variance);
        self.results.estimates.push(row);
        self.note_no_variance(variance);
        self.push(Quantity::Brier, brier);
        self.push(Quantity::CalibrationIntercept, intercept);
        self.push(Quantity::CalibrationSlope, calibration.map_or(f64::NAN, |[_, slope, _]| slope));
        let roc = series(&self.discrimination.roc, None);
        self.results.series.push(roc);
    }

    /// How much the terms tell of each other.
    pub(super) fn inflation(&mut self, covariates: &[&Covariate]) {
        write_inflation(self.results, &self.main.covariance, 1, &self.main.design, covariates);
    }

    fn auc_row(&self, discrimination: &Discrimination, variance: Option<f64>) -> Estimate {
        let auc = discrimination.auc;
        let confidence_level = self.plan.study.confidence_level;
        let z = normal_quantile(0.5 + 0.5 * confidence_level);
        let std_error = variance.filter(|variance| *variance > 0.0).map(f64::sqrt);
        let interval = std_error.and_then(|std_error| {
            let (limits, method) = match self.options.auc_interval {
                AucInterval::Delong => ([auc - z * std_error, auc + z * std_error], IntervalMethod::DeLong),
                AucInterval::Logit => {
                    let (logit, width) = (libm::log(auc / (1.0 - auc)), z * std_error / (auc * (1.0 - auc)));
                    (
                        [-1.0, 1.0].map(|sign| 1.0 / (1.0 + libm::exp(-(logit + sign * width)))),
                        IntervalMethod::DeLongLogit,
                    )
                }
            };
            let [lower, upper] = limits.map(|limit| finite(limit).map(|limit| limit.clamp(0.0, 1.0)));
            (lower.is_some() && upper.is_some()).then_some(Interval {
                lower,
                upper,
                confidence_level,
                method,
            })
        });
        Estimate { std_error, interval, ..Estimate::new(Quantity::Auc, auc) }
    }

    /// Where no patient with the event differs from another in how many without it have a lower risk, and conversely.
    fn note_no_variance(&mut self, variance: Option<f64>) {
        if variance == Some(0.0) {
            let message = "DeLong’s variance of the AUC is 0, because the predicted risks order all pairs of patients alike: \
                           there are no limits.";
            self.notes(vec![Notice::Other { message: message.into() }]);
        }
    }

    /// Groups of predicted risk, and the test over them.
    pub(super) fn calibration(&mut self) {
        let model = &self.main.model;
        let groups = risk_groups(&self.predictor, &model.events, &model.others, self.options.groups);
        let confidence_level = self.plan.study.confidence_level;
        for (index, group) in groups.iter().enumerate() {
            let (n, of) = (group.events, group.patients);
            let interval = one_risk(n, of, RiskInterval::Wilson, confidence_level);
            self.results.estimates.push(Estimate {
                level: Some((index + 1).to_string()),
                at: finite(group.expected / of as f64),
                interval,
                n: Some(n),
                of: Some(of),
                ..Estimate::new(Quantity::ObservedRisk, n as f64 / of as f64)
            });
        }
        if (groups.len() as u64) < self.options.groups {
            let message = format!(
                "{} groups of predicted risk instead of {}: many patients have the same risk.",
                groups.len(),
                self.options.groups
            );
            self.notes(vec![Notice::Other { message }]);
        }
        let few =
            groups.iter().filter(|group| group.expected.min(group.patients as f64 - group.expected) < 5.0);
        let few = few.count();
        if few > 0 {
            let message = format!(
                "Hosmer–Lemeshow test: {few} of {} groups are expected to hold fewer than 5 patients with or without \
                 the outcome; its P value is a rough one.",
                groups.len()
            );
            self.notes(vec![Notice::Other { message }]);
        }
        let test = hosmer_lemeshow(&groups);
        self.results.estimates.push(Estimate { test, ..Estimate::new(Quantity::GlobalTest, f64::NAN) });
    }

    /// The smooth curve.
    pub(super) fn curve(&mut self) {
        let model = &self.main.model;
        let Some(flexible) = Flexible::of(&self.predictor, &model.events, &model.others) else {
            let message = "There is no smooth calibration curve: the predicted risks take too few values, or the patients are \
                           too few.";
            self.notes(vec![Notice::Other { message: message.into() }]);
            return;
        };
        let z = normal_quantile(0.5 + 0.5 * self.plan.study.confidence_level);
        calibration_curve::write(&flexible.all, flexible.band(z), None, self.results);
    }

    /// What the bootstrap says, where it is asked.
    pub(super) fn optimism(&mut self) {
        let Some(replicates) = self.options.bootstrap else { return };
        let model = &self.main.model;
        let Some(apparent) = figures(&self.predictor, &model.events, &model.others) else { return };
        let found = optimism(self.main, replicates, self.plan.study.seed, self.analysis);
        let examined: Vec<(Quantity, Option<f64>)> =
            EXAMINED.into_iter().chain(ERRORS).map(|quantity| (quantity, None)).collect();
        found.write(&examined, &apparent, self.plan.study.confidence_level, self.results);
        if found.lost > 0 {
            let model = "Optimism".to_string();
            let mut notices = vec![Notice::ReplicatesLost { model, lost: found.lost, of: replicates }];
            if self.options.penalty.is_none() && found.lost * 50 > replicates {
                let message =
                    "Replicates are lost where they are separated; with `penalty = \"firth\"` none is.";
                notices.push(Notice::Other { message: message.into() });
            }
            self.notes(notices);
        }
    }

    /// Another model beside the main one, on the same patients.
    pub(super) fn comparison(
        &mut self,
        group: &str,
        other: &FittedModel,
        terms: &[String],
        cases: &CompleteCases<'_>,
        n: &[u64],
    ) {
        let predictor = other.predictor(&other.beta);
        let theirs = Discrimination::new(&predictor, &other.model.events, &other.model.others);
        let paired = cases.rows.iter().enumerate().map(|(at, row)| {
            let n = n[*row as usize] as f64;
            let patterns = (self.main.patterns.of_row[at] as usize, other.patterns.of_row[at] as usize);
            let event = cases.outcome.is_event(*row as usize);
            (patterns.0, patterns.1, if event { n } else { 0.0 }, if event { 0.0 } else { n })
        });
        let own = self.discrimination.covariance(&self.discrimination, itself(self.main));
        let other_variance = theirs.covariance(&theirs, itself(other));
        let covariance = self.discrimination.covariance(&theirs, paired);
        let group = Some(group.to_string());
        let auc = Estimate { group: group.clone(), ..self.auc_row(&theirs, other_variance) };
        self.results.estimates.push(auc);
        self.note_no_variance(other_variance);
        let difference = self.discrimination.auc - theirs.auc;
        let variance = own.zip(other_variance).zip(covariance).map(|((a, b), c)| (a, a + b - 2.0 * c));
        // What rounding leaves of a difference of equal rankings is no variance.
        let variance = variance.filter(|(own, both)| *both > 1e-14 * own).map(|(_, both)| both);
        let confidence_level = self.plan.study.confidence_level;
        let z = normal_quantile(0.5 + 0.5 * confidence_level);
        let std_error = variance.map(f64::sqrt);
        self.results.estimates.push(Estimate {
            group: group.clone(),
            std_error,
            interval: std_error.map(|std_error| Interval {
                lower: finite(difference - z * std_error),
                upper: finite(difference + z * std_error),
                confidence_level,
                method: IntervalMethod::Wald,
            }),
            test: std_error.map(|std_error| Test {
                name: TestName::DeLong,
                statistic: finite(difference / std_error),
                df: Vec::new(),
                p_value: finite(normal_two_sided(difference / std_error)),
                reason: None,
            }),
            ..Estimate::new(Quantity::AucDifference, difference)
        });
        self.results.series.push(series(&theirs.roc, group.clone()));
        self.likelihood_ratio(group, other, terms);
    }

    /// The better test of nested models.
    fn likelihood_ratio(&mut self, group: Option<String>, other: &FittedModel, terms: &[String]) {
        let within = |inner: &[String], outer: &[String]| inner.iter().all(|term| outer.contains(term));
        let nested = within(terms, &self.options.terms) || within(&self.options.terms, terms);
        let df = self.main.beta.len().abs_diff(other.beta.len());
        if !nested || df == 0 {
            return;
        }
        let message = "Of nested models made from the same patients, DeLong’s test is too cautious: the \
                       likelihood-ratio test is the one to report.";
        self.notes(vec![Notice::Other { message: message.into() }]);
        if self.options.penalty.is_some() {
            return;
        }
        let statistic = finite((2.0 * (self.main.log_likelihood - other.log_likelihood)).abs());
        let test = Test {
            name: TestName::LikelihoodRatio,
            statistic,
            df: vec![df as f64],
            p_value: statistic.and_then(|statistic| finite(chi_squared_upper(statistic, df as f64))),
            reason: None,
        };
        self.results.estimates.push(Estimate {
            group,
            test: Some(test),
            ..Estimate::new(Quantity::GlobalTest, f64::NAN)
        });
    }
}

/// The patterns of a model, each with itself.
fn itself(fitted: &FittedModel) -> impl Iterator<Item = (usize, usize, f64, f64)> + Clone {
    let counts = fitted.model.events.iter().zip(&fitted.model.others);
    counts.enumerate().map(|(at, (events, others))| (at, at, *events, *others))
}

/// A ROC curve from (0, 0) to (1, 1): its corners, thinned to what can be seen.
fn series(roc: &[(f64, f64)], group: Option<String>) -> Series {
    let mut corners: Vec<(f64, f64)> = Vec::new();
    for point in roc.iter().rev() {
        if let [.., (x, y), (last_x, last_y)] = corners[..]
            && ((x == last_x && last_x == point.0) || (y == last_y && last_y == point.1))
        {
            corners.pop();
        }
        corners.push(*point);
    }
    let mut points: Vec<(f64, f64)> = Vec::new();
    let finest = if corners.len() > MOST_POINTS { 2.0 / MOST_POINTS as f64 } else { 0.0 };
    for (index, point) in corners.iter().enumerate() {
        let far = |last: &(f64, f64)| point.0 - last.0 + point.1 - last.1 >= finest;
        if points.last().is_none_or(far) || index + 1 == corners.len() {
            points.push(*point);
        }
    }
    let (x, y) = points.into_iter().unzip();
    Series { group, x, y, ..Series::new(SeriesKind::Roc) }
}
