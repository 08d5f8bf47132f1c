//! The way from a method's options to its rows, which all models share.

use super::sentences::term_sentences;
use super::terms::{ReadTerms, read_terms};
use super::{Contrast, ModelOptions, Modelling, Outcome, run_models};
use crate::follow_up::endpoint_label;
use crate::interval::IntervalChoice;
use crate::numerics::distributions::normal_quantile;
use study::{Analysis, Convention, CountTable, Endpoint, Plan, Problem, Results};

/// What a method knows before it models.
pub(in crate::methods) struct Setting<'a> {
    /// The analysis, for places.
    pub(in crate::methods) analysis: &'a Analysis,
    /// The plan, for the confidence level.
    pub(in crate::methods) plan: &'a Plan,
    /// The counts.
    pub(in crate::methods) table: &'a CountTable,
    /// Terms and models.
    pub(in crate::methods) options: ModelOptions<'a>,
    /// How intervals are made.
    pub(in crate::methods) interval: IntervalChoice,
}

impl Setting<'_> {
    /// Reads the terms, fits every model that was asked for, and writes its rows; `name` is the outcome's.
    pub(in crate::methods) fn model<O: Outcome>(
        &self,
        outcome: &O,
        name: &str,
        results: &mut Results,
    ) -> Result<(), Problem> {
        let all = self.options.all_terms();
        let ReadTerms { covariates, labels } = read_terms(self.table, self.analysis, &all)?;
        results.variables.extend(labels);
        results.methods_text.extend(term_sentences(&covariates, results));
        let confidence_level = self.plan.study.confidence_level;
        let mut modelling = Modelling {
            outcome,
            table: self.table,
            covariates: &covariates,
            interval: self.interval,
            confidence_level,
            contrast: Contrast::of(self.plan.dialect(Convention::Contrast)),
            z: normal_quantile(0.5 + 0.5 * confidence_level),
            results,
        };
        run_models(&mut modelling, &self.options, name);
        Ok(())
    }
}

/// Names a time-to-event outcome in the results.
pub(in crate::methods) fn name_endpoint(endpoint: &Endpoint, results: &mut Results) {
    results.outcome = Some(endpoint.name.clone());
    results.time_unit = Some(endpoint.unit.name().into());
    results.variables.push(endpoint_label(endpoint));
}
