//! Terms that enter by their univariable P values: the choice is made once, from the pooled P values, so that every
//! completed data set has the same model.
//!
//! # References
//! Wood, White & Royston 2008, doi:10.1002/sim.3177.

use crate::design::Term;
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

    /// The analysis with the terms whose pooled P value admits them, and with those that an interaction among them needs
    /// beside it; `None` where none is admitted.
    pub(super) fn entered(&self, analysis: &Analysis, pooled: &Results) -> Result<Option<Analysis>, Problem> {
        let written = pooled.options["terms"].as_array().map_or(&[][..], Vec::as_slice);
        let texts: Vec<&str> = written.iter().filter_map(serde_json::Value::as_str).collect();
        let terms: Vec<Term> = texts.iter().map(|text| Term::of(text)).collect();
        let admitted: Vec<&Term> =
            terms.iter().filter(|term| self.rule.admits(p_value(pooled, &term.name()))).collect();
        let needed = |term: &Term| admitted.iter().any(|own| *own == term || term.is_within(own));
        let chosen = texts.iter().zip(&terms).filter(|(_, term)| needed(term));
        let entered: Vec<&str> = chosen.map(|(text, _)| *text).collect();
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
