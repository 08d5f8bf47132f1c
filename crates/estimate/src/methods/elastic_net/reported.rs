//! The rows and figures of an elastic net.

use super::ElasticNetOptions;
use super::cross_validation::CrossValidation;
use super::fitted::{FittedPath, factors, sequence};
use super::folds::deal;
use super::options::Measure;
use super::path::Stopped;
use super::subject::Subject;
use crate::design::{Covariate, Interaction, Scale, Term};
use crate::methods::models::{Count, Outcome, exponential, missing_values};
use crate::missing::excluded_or_all;
use crate::numerics::random::Random;
use study::{
    Analysis, Column, CountTable, Estimate, Group, MissingCount, Model, Notice, Plan, Quantity, Results,
    Series, SeriesKind, Values,
};

/// An analysis under way.
pub(super) struct Reported<'a, S> {
    pub(super) options: &'a ElasticNetOptions,
    pub(super) analysis: &'a Analysis,
    pub(super) plan: &'a Plan,
    pub(super) table: &'a CountTable,
    pub(super) covariates: &'a [&'a Covariate<'a>],
    /// The variable whose levels are the parts.
    pub(super) by: Option<&'a Column>,
    pub(super) subject: &'a S,
}

/// One ratio.
struct Told {
    /// The level, as a code.
    code: Option<u32>,
    level: Option<String>,
    reference: Option<String>,
    /// Its logarithm, where it has one.
    log: Option<f64>,
}

/// The two penalties that are reported, by the value of their group and their heading.
const RULES: [(&str, &str); 2] =
    [("lambda_min", "Best cross-validation"), ("lambda_1se", "Within one standard error")];

/// A positive number with three significant digits.
fn significant(value: f64) -> String {
    let digits = (2.0 - libm::floor(libm::log10(value))).clamp(0.0, 12.0) as usize;
    format!("{value:.digits$}")
}

impl<S: Subject> Reported<'_, S> {
    /// Fits, cross-validates and writes everything; `name` is the outcome's.
    pub(super) fn write(&self, name: &str, results: &mut Results) {
        let n = self.count(name, results);
        let Count { of, events } = self.subject.outcome().count(&n, &mut (0..self.table.rows() as u32));
        if let Some(notice) = self.subject.outcome().constant(events, of) {
            results.notices.push(notice);
            return;
        }
        let ground = self.subject.ground();
        results.notices.extend(ground.design.notices.iter().cloned());
        let kept: Vec<String> = self.options.keep.iter().map(|term| Term::of(term).name()).collect();
        let columns = &ground.design.columns;
        let free: Vec<bool> =
            columns.iter().map(|column| kept.contains(&self.covariates[column.covariate].name)).collect();
        let patients: u64 = n.iter().sum();
        let few = patients < columns.len() as u64;
        let ratio = self.options.lambda_ratio.unwrap_or(if few { 0.01 } else { 1e-4 });
        let alpha = self.options.alpha;
        let lengths = factors(ground, &n, self.options.standardise);
        let penalties = sequence(alpha, self.options.lambdas, ratio);
        let whole = match FittedPath::new(self.subject, alpha, &free, &n, lengths, penalties) {
            Ok(whole) if whole.lambdas[0] > 0.0 => whole,
            Ok(_) => {
                let message = "No penalized term goes with the outcome at all: there is nothing to choose.";
                results.notices.push(Notice::Other { message: message.into() });
                return;
            }
            Err(stopped) => return self.stopped(stopped, results),
        };
        self.write_path(&whole, results);
        let assignments = self.assignments(&n);
        let found = CrossValidation::new(self.subject, self.options, &free, &whole, &n, &assignments);
        let Some(found) = found else {
            let message =
                "No cross-validation: fewer than two of its parts have patients whose outcome can be judged.";
            results.notices.push(Notice::Other { message: message.into() });
            return;
        };
        self.write_validation(&whole, &found, results);
        for ((group, _), at) in RULES.iter().zip([found.min, found.one_se]) {
            self.write_rule(&whole, at, group, results);
        }
        self.write_caveats(&whole, &found, assignments.iter().map(Vec::len).sum(), results);
    }

    /// Participants and groups; returns the patients of each row who take part.
    fn count(&self, name: &str, results: &mut Results) -> Vec<u64> {
        let (table, outcome) = (self.table, self.subject.outcome());
        let (mut missing, eligible) = missing_values(outcome, table, self.covariates.iter().copied(), name);
        if let Some(by) = self.by {
            let absent = (0..table.rows()).filter(|row| by.is_missing(*row));
            let n = absent.map(|row| table.n()[row]).sum();
            missing.push(MissingCount { variable: by.name.clone(), n });
            results.variables.push(by.label());
        }
        results.notices.extend(excluded_or_all(&missing, eligible));
        let mut n = vec![0; table.rows()];
        for (row, _) in &self.subject.ground().of_row {
            n[*row as usize] = table.n()[*row as usize];
        }
        let Count { of, events } = outcome.count(&n, &mut (0..table.rows() as u32));
        results.participants = study::Participants { eligible, analysed: of, missing };
        let group = |level: Option<&str>, label: &str| Group {
            level: level.map(Into::into),
            label: label.into(),
            n: of,
            events: Some(events),
        };
        results.groups = RULES.iter().map(|(level, label)| group(Some(level), label)).collect();
        results.groups.push(group(None, "All patients"));
        n
    }

    fn stopped(&self, stopped: Stopped, results: &mut Results) {
        let columns = &self.subject.ground().design.columns;
        match stopped {
            Stopped::NotConverged(iterations) => {
                let model = "Penalized model".to_string();
                results.notices.push(Notice::NotConverged { model, iterations });
            }
            Stopped::Separated(parameters, kind) => {
                let first = usize::from(S::Outcome::INTERCEPT);
                for column in parameters.iter().filter(|k| **k >= first).map(|k| &columns[k - first]) {
                    let covariate = self.covariates[column.covariate];
                    let level = column.level.map(|code| covariate.level(code).to_string());
                    results.notices.push(Notice::Separation {
                        term: covariate.name.clone(),
                        level,
                        kind,
                        toward: None,
                    });
                }
                let message = "A separated term that is kept has no finite ratio: penalize it too.";
                results.notices.push(Notice::Other { message: message.into() });
            }
        }
    }

    /// The assignments of patients to the parts of the cross-validation, each part the patients of every row.
    fn assignments(&self, n: &[u64]) -> Vec<Vec<Vec<u64>>> {
        let Some(by) = self.by else {
            let mut random = Random::named(self.plan.study.seed, &format!("{} folds", self.analysis.id()));
            let is_event = |row: usize| self.subject.outcome().is_event(row);
            let folds = self.options.folds.unwrap_or(super::FOLDS) as usize;
            let repeats = 0..self.options.repeats.unwrap_or(1);
            return repeats.map(|_| deal(n, &is_event, folds, &mut random)).collect();
        };
        let (codes, levels) = match &by.values {
            Values::Category { levels, codes } => (codes.clone(), levels.len()),
            Values::Number(values) => {
                let covariate = Covariate::number(values);
                (covariate.codes.to_vec(), covariate.size())
            }
        };
        let mut folds = vec![vec![0; n.len()]; levels];
        for row in (0..n.len()).filter(|row| n[*row] > 0) {
            folds[codes[row] as usize][row] = n[row];
        }
        folds.retain(|fold| fold.iter().any(|n| *n > 0));
        vec![folds]
    }

    fn write_path(&self, whole: &FittedPath<S::Model>, results: &mut Results) {
        let first = usize::from(S::Outcome::INTERCEPT);
        let betas: Vec<Vec<f64>> = whole.thetas.iter().map(|theta| whole.beta::<S>(theta)).collect();
        for (at, column) in self.subject.ground().design.columns.iter().enumerate() {
            let covariate = self.covariates[column.covariate];
            results.series.push(Series {
                term: Some(covariate.name.clone()),
                level: covariate.column_name(column),
                x: whole.lambdas.clone(),
                y: betas.iter().map(|beta| beta[at + first]).collect(),
                ..Series::new(SeriesKind::CoefficientPath)
            });
        }
    }

    /// Coefficients that are not 0.
    fn effects(&self, theta: &[f64]) -> u64 {
        theta.iter().skip(usize::from(S::Outcome::INTERCEPT)).filter(|theta| **theta != 0.0).count() as u64
    }

    fn write_validation(&self, whole: &FittedPath<S::Model>, found: &CrossValidation, results: &mut Results) {
        let quantity = match self.options.measure {
            Measure::Deviance => Quantity::CrossValidatedDeviance,
            Measure::Auc => Quantity::CrossValidatedAuc,
        };
        for (at, lambda) in whole.lambdas.iter().enumerate() {
            results.estimates.push(Estimate {
                at: Some(*lambda),
                std_error: Some(found.error[at]),
                n: Some(self.effects(&whole.thetas[at])),
                ..Estimate::new(quantity, found.mean[at])
            });
        }
    }

    /// The model under one penalty.
    fn write_rule(&self, whole: &FittedPath<S::Model>, at: usize, group: &str, results: &mut Results) {
        let design = &self.subject.ground().design;
        let theta = &whole.thetas[at];
        let first = usize::from(S::Outcome::INTERCEPT);
        let beta = whole.beta::<S>(theta);
        // In the units of the variables.
        let plain: Vec<f64> =
            design.columns.iter().zip(&beta[first..]).map(|(column, beta)| beta / column.scale).collect();
        let row = |quantity, value| Estimate {
            model: Some(Model::Multivariable),
            group: Some(group.into()),
            ..Estimate::new(quantity, value)
        };
        results.estimates.push(Estimate {
            n: Some(self.effects(theta)),
            of: Some(design.columns.len() as u64),
            ..row(Quantity::Penalty, whole.lambdas[at])
        });
        for (index, covariate) in self.covariates.iter().enumerate() {
            let own: Vec<usize> = design.columns_of(index);
            let named = |quantity, level: Option<String>, value| Estimate {
                term: Some(covariate.name.clone()),
                level,
                ..row(quantity, value)
            };
            for told in self.told(index, &plain) {
                let Count { of, events } = self.count_level(covariate, told.code);
                let mut ratio = named(S::Outcome::RATIO, told.level, f64::NAN);
                ratio.value = told.log.and_then(exponential);
                (ratio.reference, ratio.n, ratio.of) = (told.reference, Some(events), Some(of));
                results.estimates.push(ratio);
            }
            for at in &own {
                let column = &design.columns[*at];
                let level = covariate.column_name(column);
                // Of the columns of the formula, not of those that are penalized.
                let same = own.iter().filter(|other| design.columns[**other].level == column.level);
                let share = |other: &usize| covariate.scale.share(column.basis, design.columns[*other].basis);
                let value = same.map(|other| plain[*other] * share(other)).sum();
                results.estimates.push(named(Quantity::Coefficient, level, value));
            }
        }
        if S::Outcome::INTERCEPT {
            let back: f64 =
                design.columns.iter().zip(&plain).map(|(column, beta)| column.centre * beta).sum();
            results.estimates.push(row(Quantity::Intercept, beta[0] - back));
        }
    }

    /// The ratios of a term, from the coefficients of all columns in the units of the variables.
    fn told(&self, index: usize, plain: &[f64]) -> Vec<Told> {
        let design = &self.subject.ground().design;
        let covariate = self.covariates[index];
        let (reference, own) = (design.references[index], design.columns_of(index));
        if let Scale::Spline(spline) = &covariate.scale {
            let [low, _, high] = spline.quartiles;
            let step = |at: &usize| {
                let basis = design.columns[*at].basis;
                plain[*at] * (spline.basis(high, basis) - spline.basis(low, basis))
            };
            let log = (low < high).then(|| own.iter().map(step).sum());
            return vec![Told {
                code: None,
                level: Some(high.to_string()),
                reference: Some(low.to_string()),
                log,
            }];
        }
        if let Scale::Interaction(interaction) = &covariate.scale
            && interaction.bends()
        {
            return self.told_within(index, interaction, plain);
        }
        let levels = covariate.told(reference).into_iter().map(|code| {
            let of_level = |at: &&usize| design.columns[**at].level.is_none_or(|level| level == code);
            let column = own.iter().find(of_level);
            Told {
                code: covariate.has_levels().then_some(code),
                level: covariate.has_levels().then(|| covariate.level(code).to_string()),
                reference: reference.map(|code| covariate.level(code).to_string()),
                log: if reference == Some(code) { Some(0.0) } else { column.map(|at| plain[*at]) },
            }
        });
        levels.collect()
    }

    /// The ratios of the splines of an interaction within each level of the other variables.
    fn told_within(&self, index: usize, interaction: &Interaction, plain: &[f64]) -> Vec<Told> {
        let design = &self.subject.ground().design;
        let occurs = |cell| self.count_level(self.covariates[index], Some(cell)).of > 0;
        let told = interaction.within(&occurs).into_iter().filter_map(|within| {
            let Scale::Spline(spline) = &interaction.parts[within.spline].scale else { return None };
            let [low, _, high] = spline.quartiles;
            let at = |x: f64| {
                let within = &within;
                move |name: &str| match interaction.parts.iter().position(|part| part.name == name) {
                    Some(own) if own == within.spline => x,
                    Some(own) => within.held[own],
                    None => self.origin(name),
                }
            };
            let (to, from) = (at(high), at(low));
            let steps = design.columns.iter().zip(plain).map(|(column, beta)| {
                let covariate = self.covariates[column.covariate];
                let step = covariate.standardised_at(column, &to) - covariate.standardised_at(column, &from);
                beta * column.scale * step
            });
            let log = (low < high).then(|| steps.sum());
            let [level, reference] = [high, low].map(|x| Some(interaction.level_within(&within, x)));
            let code = (!interaction.holds_a_number(&within)).then_some(within.cell);
            Some(Told { code, level, reference, log })
        });
        told.collect()
    }

    /// Where a variable stands that has no part in an interaction.
    fn origin(&self, name: &str) -> f64 {
        let references = &self.subject.ground().design.references;
        let own = self.covariates.iter().zip(references).find(|(covariate, _)| covariate.name == name);
        own.map_or(0.0, |(covariate, reference)| covariate.scale.origin(*reference))
    }

    /// Patients with a level among those who take part.
    fn count_level(&self, covariate: &Covariate, code: Option<u32>) -> Count {
        let rows = self.subject.ground().of_row.iter().map(|(row, _)| *row);
        let with =
            |row: &u32| code.is_none_or(|code| covariate.level_of(covariate.codes[*row as usize]) == code);
        self.subject.outcome().count(self.table.n(), &mut rows.filter(with))
    }

    fn write_caveats(
        &self,
        whole: &FittedPath<S::Model>,
        found: &CrossValidation,
        folds: usize,
        results: &mut Results,
    ) {
        results.notices.push(Notice::PenalizedEstimates { selected: self.options.alpha > 0.0 });
        if let (Some(error), Some(least), Some(most)) =
            (found.assigned_error, found.best.iter().max(), found.best.iter().min())
        {
            let message = format!(
                "Cross-validation was repeated {} times: the best mean is known to ± {} (its standard error over the \
                 assignments of patients to folds), and single assignments chose penalties from {} to {}.",
                found.best.len(),
                significant(error),
                significant(whole.lambdas[*least]),
                significant(whole.lambdas[*most])
            );
            results.notices.push(Notice::Other { message });
        }
        if found.lost > 0 {
            let message = format!(
                "{} of {folds} parts of the cross-validation could not be judged and were left out.",
                found.lost
            );
            results.notices.push(Notice::Other { message });
        }
        let last = found.mean.len() - 1;
        if found.min == last {
            let message = "The smallest penalty examined is the best: the penalty hardly matters, or a smaller \
                           `lambda_ratio` would go further.";
            results.notices.push(Notice::Other { message: message.into() });
        }
        if found.min == 0 {
            let message =
                "No penalized term predicts the outcome of patients held out: the best rule has none.";
            results.notices.push(Notice::Other { message: message.into() });
        }
    }
}
