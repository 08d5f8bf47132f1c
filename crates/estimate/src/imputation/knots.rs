//! Splines of imputed numbers: what follows from the values of the patients is taken from those observed, once, so that
//! every completed data set has the same columns, the same ratio and the same curve, and their figures can be pooled.
//!
//! # Formula
//! Knots that the plan counts stand at the quantiles of the observed values, the ratio compares their quartiles, and the
//! curve goes from their first to their last percentile. A number beside a spline in an interaction is held at the quartiles of
//! its observed values. So do those who impute with `mice` or `aregImpute` and fit with
//! `rms`: `datadist` and `rcspline.eval` leave missing values out, and knots that are found anew in each data set are those
//! of another model each time.
//! # References
//! Harrell 2015, Regression Modeling Strategies, §2.4.6 and §3.8, doi:10.1007/978-3-319-19425-7. White, Royston & Wood 2011,
//! doi:10.1002/sim.4067 (models must be the same in every data set).

use crate::design::Term;
use crate::design::term::{Knots, Observed};
use crate::methods::models::{quantile_knots, quantiles};
use crate::methods::tests::Frequencies;
use serde_json::Value;
use study::{Analysis, CountTable, ImputedVariable, Problem, Results, Values};

/// What is said of it in the methods.
pub(super) const SENTENCE: &str = "Knots, quartiles and ends of the splines of imputed numbers are those of the observed \
                                   values, the same in every data set.";

/// The options that hold terms.
const LISTS: [&str; 4] = ["terms", "cured_terms", "multivariable", "compare"];

/// The analysis with the splines of imputed numbers as the observed values have them, and with those that interact with an
/// imputed variable. `tables` are the counts with missing values.
pub(super) fn fixed(
    analysis: &Analysis,
    original: &Results,
    tables: &[CountTable],
    imputed: &[ImputedVariable],
) -> Result<Analysis, Problem> {
    let mut fixed = analysis.clone();
    let options = LISTS.iter().filter_map(|key| original.options.get(key));
    let mut names: Vec<String> = imputed.iter().map(|one| one.variable.clone()).collect();
    names.extend(options.flat_map(|list| beside(list, imputed)));
    for key in LISTS {
        let Some(list) = original.options.get(key) else { continue };
        let changed = with_observed(list, tables, &names);
        if changed != *list {
            fixed = fixed.with_option(key, &changed)?;
        }
    }
    Ok(fixed)
}

/// The variables of interactions of which an imputed one is a part, where one of them is a spline: the patients of a level
/// are others in each data set, and the curve must go over the same values.
fn beside(value: &Value, imputed: &[ImputedVariable]) -> Vec<String> {
    match value {
        Value::String(text) => match Term::parse(text) {
            Ok(term @ Term::Interaction(_)) if term.bends() => {
                let names: Vec<String> = term.variables().into_iter().map(String::from).collect();
                let any = imputed.iter().any(|one| names.contains(&one.variable));
                if any { names } else { Vec::new() }
            }
            _ => Vec::new(),
        },
        Value::Array(values) => values.iter().flat_map(|value| beside(value, imputed)).collect(),
        Value::Object(keys) => keys.values().flat_map(|value| beside(value, imputed)).collect(),
        _ => Vec::new(),
    }
}

fn with_observed(value: &Value, tables: &[CountTable], names: &[String]) -> Value {
    let inside = |value: &Value| with_observed(value, tables, names);
    match value {
        Value::String(text) => observed(text, tables, names).map_or(value.clone(), Value::String),
        Value::Array(values) => Value::Array(values.iter().map(inside).collect()),
        Value::Object(keys) => keys.iter().map(|(key, value)| (key.clone(), inside(value))).collect(),
        _ => value.clone(),
    }
}

/// The text of a spline, or of an interaction with one, with what the observed values of some variables say.
fn observed(text: &str, tables: &[CountTable], names: &[String]) -> Option<String> {
    let term = match Term::parse(text).ok()? {
        Term::Interaction(parts) if parts.iter().any(Term::bends) => {
            let part = |part: Term| part_observed(&part, tables, names).unwrap_or(part);
            Term::Interaction(parts.into_iter().map(part).collect())
        }
        term @ Term::Spline { .. } => part_observed(&term, tables, names)?,
        Term::Variable(_) | Term::Interaction(_) | Term::Quartiles { .. } => return None,
    };
    Some(term.to_string())
}

/// A spline with its knots, quartiles and ends, or a number beside one with its quartiles.
fn part_observed(part: &Term, tables: &[CountTable], names: &[String]) -> Option<Term> {
    let variable = part.name();
    names.iter().find(|name| **name == variable)?;
    let table = tables.iter().find(|table| table.column(&variable).is_ok())?;
    let Values::Number(values) = &table.column(&variable).ok()?.values else { return None };
    let known = values.iter().zip(table.n()).filter(|(value, _)| !value.is_nan());
    let frequencies = Frequencies::new(known.map(|(value, n)| (*value, *n)));
    let quartiles = quantiles(&frequencies, [0.25, 0.5, 0.75])?;
    let at = match part {
        Term::Spline { knots: Knots::Number(number), .. } => quantile_knots(&frequencies, *number),
        Term::Spline { knots: Knots::At(at) | Knots::Observed(Observed { at, .. }), .. } => at.clone(),
        Term::Variable(_) | Term::Interaction(_) | Term::Quartiles { .. } => {
            return Some(Term::Quartiles { variable, at: quartiles });
        }
    };
    let observed = Observed { at, quartiles, ends: quantiles(&frequencies, [0.01, 0.99])? };
    Some(Term::Spline { variable, knots: Knots::Observed(observed) })
}
