//! Sentences of the methods paragraph that all models share.

use super::{EntryRule, ModelOptions, Multivariable};
use crate::interval::IntervalChoice;
use crate::methods::kaplan_meier::percent;

impl ModelOptions<'_> {
    /// Which models there are, as an adjective of the regression.
    pub(in crate::methods) fn adjective(&self) -> &'static str {
        match (self.univariable, self.multivariable) {
            (true, Multivariable::Switch(false)) => "univariable",
            (true, _) => "univariable and multivariable",
            (false, _) => "multivariable",
        }
    }

    /// By which rule terms entered the multivariable model, where there is one.
    pub(in crate::methods) fn entry_sentence(&self) -> Option<String> {
        let Multivariable::Enter(rule) = self.multivariable else { return None };
        let rule = EntryRule::parse(&rule.enter).ok()?;
        Some(format!("Terms with {rule} entered the multivariable model."))
    }
}

/// How P values and intervals of ratios were made.
pub(in crate::methods) fn interval_sentence(interval: IntervalChoice, confidence_level: f64) -> String {
    let percent = percent(confidence_level);
    match interval {
        IntervalChoice::Wald => {
            format!("P values and {percent}% confidence intervals of ratios are Wald’s.")
        }
        IntervalChoice::Profile => format!(
            "P values of ratios are Wald’s; {percent}% confidence intervals are from the profile likelihood."
        ),
    }
}
