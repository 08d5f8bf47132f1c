//! The model that is reported as a whole: its law beside the others, its parameters, its predictions, its curves.

use super::likelihood::Accelerated;
use super::outcome::{LogTimes, in_times};
use super::prediction::{Fitted, Width};
use super::profile;
use super::{ParametricSurvivalOptions, Reading};
use crate::design::{ABSENT, Covariate, Design, Scale};
use crate::life_table::LifeTable;
use crate::methods::kaplan_meier::{Band, CurveInterval, ProductLimit};
use crate::methods::profile::Profile;
use crate::regression::{Fit, NotConverged, fit};
use crate::time_law::Distribution;
use study::{Analysis, Column, Curve, Estimate, Group, Model, Notice, Problem, Quantity, Results};

/// Points of a drawn curve.
const POINTS: u32 = 100;

/// One analysis, its terms chosen.
pub(in crate::methods) struct Reported<'a> {
    pub(in crate::methods) options: &'a ParametricSurvivalOptions,
    pub(in crate::methods) analysis: &'a Analysis,
    pub(in crate::methods) times: &'a LogTimes<'a>,
    pub(in crate::methods) covariates: Vec<&'a Covariate<'a>>,
    /// Rows with the endpoint and every term.
    pub(in crate::methods) rows: Vec<u32>,
    /// The variable by which curves are drawn.
    pub(in crate::methods) by: Option<&'a Column>,
    pub(in crate::methods) width: Width,
}

impl Reported<'_> {
    /// Writes everything; nothing where there is no event.
    pub(in crate::methods) fn write(&self, results: &mut Results) -> Result<(), Problem> {
        let n = |rows: &mut dyn Iterator<Item = &u32>| -> u64 {
            rows.map(|row| self.times.n[*row as usize]).sum()
        };
        let patients = n(&mut self.rows.iter());
        let events = n(&mut self.rows.iter().filter(|row| self.times.is_event(**row as usize)));
        if events == 0 {
            return Ok(());
        }
        let laws = self.options.distribution.all();
        for (index, law) in laws.iter().enumerate() {
            let (design, model) = self.times.model(*law, &self.covariates, &self.rows, Reading::Times);
            let fitted = match fit(&model, None) {
                Ok(fitted) => fitted,
                Err(NotConverged(iterations)) => {
                    let model = format!("{} model", law.text());
                    results.notices.push(Notice::NotConverged { model, iterations });
                    continue;
                }
            };
            self.compare(*law, &model, &fitted, patients, results);
            if index == 0 {
                self.describe(&design, &model, fitted, results)?;
            }
        }
        Ok(())
    }

    fn compare(
        &self,
        law: Distribution,
        model: &Accelerated,
        fitted: &Fit<'_, Accelerated>,
        patients: u64,
        results: &mut Results,
    ) {
        let parameters = (model.columns + usize::from(law.has_shape())) as u64;
        let value = fitted.log_likelihood();
        let row = |quantity, number| Estimate {
            model: Some(Model::Multivariable),
            level: Some(law.name().into()),
            n: Some(parameters),
            of: Some(patients),
            ..Estimate::new(quantity, number)
        };
        let k = parameters as f64;
        results.estimates.extend([
            row(Quantity::LogLikelihood, value),
            row(Quantity::Aic, 2.0 * (k - value)),
            row(Quantity::Bic, k * libm::log(patients as f64) - 2.0 * value),
        ]);
    }

    /// Parameters, predictions and curves of the first law.
    fn describe(
        &self,
        design: &Design,
        model: &Accelerated,
        fitted: Fit<'_, Accelerated>,
        results: &mut Results,
    ) -> Result<(), Problem> {
        if fitted.separation.is_some() {
            let message = "A coefficient is infinite: no parameters, predictions and curves are given.";
            results.notices.push(Notice::Other { message: message.into() });
            return Ok(());
        }
        let (hazards, covariance) = (fitted.maximum.beta.clone(), fitted.covariance.clone());
        let times = in_times(fitted);
        let fitted = Fitted {
            model,
            hazards: &hazards,
            hazards_covariance: &covariance,
            times: &times.maximum.beta,
            times_covariance: &times.covariance,
        };
        let zero: Vec<f64> =
            design.columns.iter().map(|column| -column.centre / column.scale).chain([1.0]).collect();
        for row in fitted.parameters(&zero, self.width) {
            results.estimates.push(Estimate { model: Some(Model::Multivariable), ..row });
        }
        self.predict(&fitted, design, results)?;
        self.draw(&fitted, design, results)
    }

    fn last(&self) -> f64 {
        self.rows.iter().map(|row| self.times.times[*row as usize]).fold(0.0, f64::max)
    }

    fn predict(&self, fitted: &Fitted<'_>, design: &Design, results: &mut Results) -> Result<(), Problem> {
        let (profiles, term) = self.profiles();
        let last = self.last();
        for at in self.options.at.iter().filter(|at| **at > last) {
            results.notices.push(Notice::Extrapolated { group: None, at: *at, last });
        }
        for (index, profile) in profiles.iter().enumerate() {
            let (x, notices) = profile::row(profile, index, &self.covariates, design, self.analysis)?;
            results.notices.extend(notices);
            let mut write = |row: Estimate| {
                results.estimates.push(Estimate {
                    model: Some(Model::Multivariable),
                    term: Some(term.into()),
                    level: Some(profile.label.clone()),
                    ..row
                });
            };
            let survivals = self.options.at.iter().map(|at| fitted.survival(&x, *at, self.width));
            survivals.for_each(&mut write);
            let quantiles = self.options.quantiles.iter();
            quantiles.map(|at| fitted.quantile(&x, *at, self.width)).for_each(&mut write);
        }
        Ok(())
    }

    /// The profiles of the plan; without any, the levels of the only term if it is a factor, or everybody where there
    /// is no term. The variable of which they are levels comes with them.
    fn profiles(&self) -> (Vec<Profile>, &str) {
        match self.covariates.as_slice() {
            _ if !self.options.profiles.is_empty() => (self.options.profiles.clone(), "profile"),
            [] => {
                let label = "All patients".into();
                (vec![Profile { label, values: std::collections::BTreeMap::new() }], "profile")
            }
            [only] => {
                let mut occurring = vec![false; only.size()];
                self.rows.iter().for_each(|row| occurring[only.codes[*row as usize] as usize] = true);
                (profile::of_levels(only, &occurring), &only.name)
            }
            _ => (Vec::new(), "profile"),
        }
    }

    /// Each group's Kaplan–Meier curve and the mean of what is predicted for its patients.
    fn draw(&self, fitted: &Fitted<'_>, design: &Design, results: &mut Results) -> Result<(), Problem> {
        let groups = match self.by {
            Some(by) => {
                let codes = by.codes()?;
                let of = |code: usize| -> Vec<u32> {
                    self.rows.iter().copied().filter(|row| codes[*row as usize] as usize == code).collect()
                };
                let level = |(code, level): (usize, &study::Level)| {
                    (Some(level.value.clone()), level.text().to_string(), of(code))
                };
                by.levels().iter().enumerate().map(level).collect()
            }
            None => vec![(None, String::from("All patients"), self.rows.clone())],
        };
        if self.by.is_some() {
            results.groups.clear();
        }
        let band = Band {
            scale: CurveInterval::LogLog,
            z: self.width.z,
            confidence_level: self.width.confidence_level,
        };
        for (level, label, rows) in groups.into_iter().filter(|(_, _, rows)| !rows.is_empty()) {
            let patients = rows.iter().map(|row| {
                let row = *row as usize;
                (self.times.times[row], self.times.is_event(row), self.times.n[row])
            });
            let table = LifeTable::new(patients)?;
            if self.by.is_some() {
                let (n, events) = (table.n(), Some(table.event_count()));
                results.groups.push(Group { level: level.clone(), label, n, events });
            }
            results.curves.push(ProductLimit::new(&table).steps(level.clone(), 1.0, &band));
            results.curves.push(self.fitted_curve(fitted, design, level, &rows));
        }
        Ok(())
    }

    fn fitted_curve(
        &self,
        fitted: &Fitted<'_>,
        design: &Design,
        group: Option<String>,
        rows: &[u32],
    ) -> Curve {
        // Distinct linear predictors, each with its patients.
        let mut known: std::collections::BTreeMap<Vec<u32>, f64> = std::collections::BTreeMap::new();
        for row in rows {
            let codes = self.covariates.iter().map(|covariate| covariate.codes[*row as usize]).collect();
            *known.entry(codes).or_default() += self.times.n[*row as usize] as f64;
        }
        let total: f64 = known.values().sum();
        let predictors: Vec<(f64, f64)> = known
            .iter()
            .map(|(codes, n)| {
                let x: Vec<f64> = design
                    .columns
                    .iter()
                    .map(|column| {
                        self.covariates[column.covariate].standardised(codes[column.covariate], column)
                    })
                    .chain([1.0])
                    .collect();
                (fitted.linear(&x, 0.0), n / total)
            })
            .collect();
        let last = rows.iter().map(|row| self.times.times[*row as usize]).fold(0.0, f64::max);
        let (alpha, _) = fitted.model.slopes(fitted.hazards);
        let mut curve = Curve {
            group,
            fitted: Some(fitted.model.law.name().into()),
            time: vec![0.0],
            estimate: vec![1.0],
            ..Curve::default()
        };
        for point in 1..=POINTS {
            let time = last * f64::from(point) / f64::from(POINTS);
            let u = (libm::log(time) - fitted.model.centre) / fitted.model.spread;
            let survival = |y: f64| libm::exp(fitted.model.law.log_survival(y + alpha * u).value);
            curve.time.push(time);
            curve.estimate.push(predictors.iter().map(|(y, share)| share * survival(*y)).sum());
        }
        curve
    }
}

/// Rows with the endpoint and every one of some terms.
pub(in crate::methods) fn complete(times: &LogTimes<'_>, covariates: &[&Covariate]) -> Vec<u32> {
    let known = |row: &u32| {
        let row = *row as usize;
        times.is_known(row) && covariates.iter().all(|covariate| covariate.codes[row] != ABSENT)
    };
    (0..times.n.len() as u32).filter(known).collect()
}

/// The only factor among some terms: by it curves are drawn where the plan does not say.
pub(in crate::methods) fn only_factor<'a>(covariates: &[&'a Covariate<'a>]) -> Option<&'a str> {
    match covariates {
        [only] if matches!(only.scale, Scale::Factor { .. }) => Some(&only.name),
        _ => None,
    }
}
