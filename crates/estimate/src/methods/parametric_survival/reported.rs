//! The model that is reported as a whole: its law beside the others, its parameters, its predictions, its curves.

use super::likelihood::Accelerated;
use super::outcome::in_times;
use super::patients::{Drawn, Patients, criteria, entry_notices, row_of};
use super::prediction::Fitted;
use super::profile;
use super::{ParametricSurvivalOptions, Reading};
use crate::design::{Covariate, Design};
use crate::methods::kaplan_meier::ProductLimit;
use crate::methods::models::not_found;
use crate::regression::{Fit, NotConverged, fit};
use study::{Analysis, Curve, Estimate, Group, Model, Notice, Problem, Results};

/// One analysis, its terms chosen.
pub(in crate::methods) struct Reported<'a> {
    pub(in crate::methods) options: &'a ParametricSurvivalOptions,
    pub(in crate::methods) analysis: &'a Analysis,
    pub(in crate::methods) covariates: Vec<&'a Covariate<'a>>,
    pub(in crate::methods) patients: Patients<'a>,
}

impl Reported<'_> {
    /// Writes everything; of a law without an estimate its name only.
    pub(in crate::methods) fn write(&self, results: &mut Results) -> Result<(), Problem> {
        let Patients { times, rows, .. } = &self.patients;
        let some = self.patients.events() > 0;
        let laws = self.options.distribution.all();
        for (index, law) in laws.iter().enumerate() {
            let (design, model) = times.model(*law, &self.covariates, rows, Reading::Times);
            let fitted = some.then(|| fit(&model, None));
            if let Some(Err(NotConverged(iterations))) = &fitted {
                results.notices.push(not_found(&model, format!("{} model", law.text()), *iterations));
            }
            let fitted = fitted.and_then(Result::ok);
            let parameters = model.columns + usize::from(law.has_shape());
            let log_likelihood = fitted.as_ref().map_or(f64::NAN, |fitted| fitted.log_likelihood());
            let rows = criteria(*law, parameters, log_likelihood, self.patients.n());
            results.estimates.extend(rows.map(|row| Estimate { model: Some(Model::Multivariable), ..row }));
            if let (0, Some(fitted)) = (index, fitted) {
                self.describe(&design, &model, fitted, results)?;
            }
        }
        Ok(())
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
        for row in fitted.parameters(&zero, self.patients.width) {
            results.estimates.push(Estimate { model: Some(Model::Multivariable), ..row });
        }
        self.predict(&fitted, design, results)?;
        self.draw(&fitted, design, results)
    }

    fn predict(&self, fitted: &Fitted<'_>, design: &Design, results: &mut Results) -> Result<(), Problem> {
        let (profiles, term) = profile::told(&self.options.profiles, &self.covariates, &self.patients.rows);
        results.notices.extend(self.patients.extrapolated(&self.options.at));
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
            let survivals = self.options.at.iter().map(|at| fitted.survival(&x, *at, self.patients.width));
            survivals.for_each(&mut write);
            let quantiles = self.options.quantiles.iter();
            quantiles.map(|at| fitted.quantile(&x, *at, self.patients.width)).for_each(&mut write);
        }
        Ok(())
    }

    /// Each group's Kaplan–Meier curve and the mean of what is predicted for its patients.
    fn draw(&self, fitted: &Fitted<'_>, design: &Design, results: &mut Results) -> Result<(), Problem> {
        let grouped = self.patients.by.is_some();
        if grouped {
            results.groups.clear();
        }
        for drawn in self.patients.drawn(false)? {
            let table = self.patients.life_table(&drawn)?;
            results.notices.extend(entry_notices(&table, &drawn));
            let band = self.patients.band();
            results.curves.push(ProductLimit::new(&table).steps(drawn.level.clone(), 1.0, &band));
            results.curves.extend(self.fitted_curve(fitted, design, &drawn));
            if grouped {
                let (n, events) = (table.n(), Some(table.event_count()));
                results.groups.push(Group { level: drawn.level, label: drawn.label, n, events });
            }
        }
        Ok(())
    }

    fn fitted_curve(&self, fitted: &Fitted<'_>, design: &Design, drawn: &Drawn) -> Option<Curve> {
        let kinds = self.patients.kinds(&drawn.rows, &self.covariates);
        let predictor = |codes: &[u32]| fitted.linear(&row_of(design, &self.covariates, codes), 0.0);
        let predictors: Vec<(f64, f64)> =
            kinds.iter().map(|(codes, share)| (predictor(codes), *share)).collect();
        let (alpha, _) = fitted.model.slopes(fitted.hazards);
        self.patients.curve(fitted.model.law, drawn, |time| {
            let u = (libm::log(time) - fitted.model.centre) / fitted.model.spread;
            let survival = |y: f64| libm::exp(fitted.model.law.log_survival(y + alpha * u).value);
            Some(predictors.iter().map(|(y, share)| share * survival(*y)).sum())
        })
    }
}
