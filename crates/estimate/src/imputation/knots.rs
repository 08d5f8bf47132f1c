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
use crate::methods::tests::Frequencies;
use serde_json::Value;
use study::{CountTable, ImputedVariable, ObservedValues, Results, Values};

/// What is said of it in the methods.
pub(super) const SENTENCE: &str = "Knots, quartiles and ends of the splines of imputed numbers are those of the observed \
                                   values, the same in every data set.";

/// The options that hold terms.
const LISTS: [&str; 4] = ["terms", "cured_terms", "multivariable", "compare"];

/// The observed values of the numbers of which splines must be the same in every data set: those that were imputed, and
/// those in an interaction with an imputed variable. The patients of a level of that are others in each data set, and the
/// curve must go over the same values. `tables` are the counts with missing values.
pub(super) fn observed(
    original: &Results,
    tables: &[CountTable],
    imputed: &[ImputedVariable],
) -> ObservedValues {
    let mut bent = Vec::new();
    LISTS.iter().filter_map(|key| original.options.get(key)).for_each(|list| collect(list, &mut bent));
    let is_imputed = |name: &str| imputed.iter().any(|one| one.variable == name);
    let any_imputed = |term: &&Term| term.variables().into_iter().any(is_imputed);
    let names = bent.iter().filter(any_imputed).flat_map(Term::variables);
    names.filter_map(|name| Some((name.to_string(), known(name, tables)?))).collect()
}

/// The splines, and the interactions with one, among the texts of a value.
fn collect(value: &Value, bent: &mut Vec<Term>) {
    match value {
        Value::String(text) => bent.extend(Term::parse(text).ok().filter(Term::bends)),
        Value::Array(values) => values.iter().for_each(|value| collect(value, bent)),
        Value::Object(keys) => keys.values().for_each(|value| collect(value, bent)),
        _ => {}
    }
}

/// The known values of a number, each with its patients.
fn known(name: &str, tables: &[CountTable]) -> Option<Vec<(f64, u64)>> {
    let table = tables.iter().find(|table| table.column(name).is_ok())?;
    let Values::Number(values) = &table.column(name).ok()?.values else { return None };
    let known = values.iter().zip(table.n()).filter(|(value, _)| !value.is_nan());
    Some(Frequencies::new(known.map(|(value, n)| (*value, *n))).pairs().collect())
}
