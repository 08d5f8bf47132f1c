//! Terms that enter by their univariable P values: the choice is made once, from the pooled P values, so that every
//! completed data set has the same model.
//!
//! # References
//! Wood, White & Royston 2008, doi:10.1002/sim.3177.

use crate::methods::EntryRule;
use study::{Analysis, Model, Notice, Problem, Quantity, Results, TestName};

/// An entry rule that an analysis asks for.
pub(super) struct Selection {
    rule: EntryRule,
    univariable: bool,
}

/// The rule of an analysis, as its applied options have it.
pub(super) fn asked(original: &Results) -> Option<Selection> {
    let rule = original.options.get("multivariable")?.get("enter")?.as_str()?;
    let univariable =
        original.options.get("univariable").and_then(serde_json::Value::as_bool).unwrap_or(false);
    Some(Selection { rule: EntryRule::parse(rule).ok()?, univariable })
}

impl Selection {
    /// The analysis with the univariable models alone.
    pub(super) fn alone(&self, analysis: &Analysis) -> Result<Analysis, Problem> {
        analysis.with_option("multivariable", &false)?.with_option("univariable", &true)
    }

    /// The analysis with the terms whose pooled P value admits them; `None` where none is admitted.
    pub(super) fn entered(&self, analysis: &Analysis, pooled: &Results) -> Result<Option<Analysis>, Problem> {
        let mut terms: Vec<&str> = Vec::new();
        for row in pooled.estimates.iter().filter(|row| row.model == Some(Model::Univariable)) {
            if let Some(term) = row.term.as_deref().filter(|term| !terms.contains(term)) {
                terms.push(term);
            }
        }
        let entered: Vec<&str> =
            terms.into_iter().filter(|term| self.rule.admits(p_value(pooled, term))).collect();
        if entered.is_empty() {
            return Ok(None);
        }
        let together = analysis.with_option("multivariable", &serde_json::json!({ "terms": entered }))?;
        Ok(Some(together.with_option("univariable", &self.univariable)?))
    }

    /// Says in the results by which rule terms entered, or that none did.
    pub(super) fn note(&self, results: &mut Results, any: bool) {
        let rule = self.rule.to_string();
        results.notices.push(if any {
            Notice::DataDrivenSelection { rule }
        } else {
            Notice::NothingEntered { rule }
        });
        if !any && !self.univariable {
            results.estimates.clear();
        }
    }
}

/// The Wald P value of a term alone: of all its levels together where it has several.
fn p_value(pooled: &Results, term: &str) -> Option<f64> {
    let own = || {
        pooled
            .estimates
            .iter()
            .filter(|row| row.model == Some(Model::Univariable) && row.term.as_deref() == Some(term))
    };
    let wald = |quantity: &dyn Fn(Quantity) -> bool| {
        let test = own().filter(|row| quantity(row.quantity)).filter_map(|row| row.test.as_ref());
        test.filter(|test| test.name == TestName::Wald).find_map(|test| test.p_value)
    };
    let joint = wald(&|quantity| quantity == Quantity::GlobalTest);
    let several = own().filter(|row| row.quantity.is_ratio() && row.value.is_some()).count() > 2;
    if several { joint } else { joint.or_else(|| wald(&Quantity::is_ratio)) }
}
