//! Splines of imputed numbers: what follows from the values of the patients is taken from those observed, once, so that
//! every completed data set has the same columns, the same ratio and the same curve, and their figures can be pooled.
//!
//! # Formula
//! Knots that the plan counts stand at the quantiles of the observed values, the ratio compares their quartiles, and the
//! curve goes from their first to their last percentile. So do those who impute with `mice` or `aregImpute` and fit with
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

/// The analysis with the splines of imputed numbers as the observed values have them. `tables` are the counts with missing
/// values.
pub(super) fn fixed(
    analysis: &Analysis,
    original: &Results,
    tables: &[CountTable],
    imputed: &[ImputedVariable],
) -> Result<Analysis, Problem> {
    let mut fixed = analysis.clone();
    for key in LISTS {
        let Some(list) = original.options.get(key) else { continue };
        let changed = with_observed(list, tables, imputed);
        if changed != *list {
            fixed = fixed.with_option(key, &changed)?;
        }
    }
    Ok(fixed)
}

fn with_observed(value: &Value, tables: &[CountTable], imputed: &[ImputedVariable]) -> Value {
    let inside = |value: &Value| with_observed(value, tables, imputed);
    match value {
        Value::String(text) => observed(text, tables, imputed).map_or(value.clone(), Value::String),
        Value::Array(values) => Value::Array(values.iter().map(inside).collect()),
        Value::Object(keys) => keys.iter().map(|(key, value)| (key.clone(), inside(value))).collect(),
        _ => value.clone(),
    }
}

/// The text of a spline of an imputed number, with what its observed values say.
fn observed(text: &str, tables: &[CountTable], imputed: &[ImputedVariable]) -> Option<String> {
    let Ok(Term::Spline { variable, knots }) = Term::parse(text) else { return None };
    imputed.iter().find(|one| one.variable == variable)?;
    let table = tables.iter().find(|table| table.column(&variable).is_ok())?;
    let Values::Number(values) = &table.column(&variable).ok()?.values else { return None };
    let known = values.iter().zip(table.n()).filter(|(value, _)| !value.is_nan());
    let frequencies = Frequencies::new(known.map(|(value, n)| (*value, *n)));
    let at = match knots {
        Knots::Number(number) => quantile_knots(&frequencies, number),
        Knots::At(at) | Knots::Observed(Observed { at, .. }) => at,
    };
    let observed = Observed {
        at,
        quartiles: quantiles(&frequencies, [0.25, 0.5, 0.75])?,
        ends: quantiles(&frequencies, [0.01, 0.99])?,
    };
    Some(Term::Spline { variable, knots: Knots::Observed(observed) }.to_string())
}
