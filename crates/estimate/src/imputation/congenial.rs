//! Terms that the imputation models lack: products of variables and curves of numbers.
//!
//! An imputation model in which the effect of a variable is the same for all and along a straight line imputes values for
//! which that is so: interactions and bends of imputed variables are underestimated (Seaman, Bartlett & White 2012,
//! doi:10.1186/1471-2288-12-46).

use crate::design::Term;
use serde_json::Value;
use study::{ImputedVariable, Notice, Results};

/// A notice for each interaction and spline that rests on imputed values.
pub(super) fn notices(original: &Results, imputed: &[ImputedVariable]) -> Vec<Notice> {
    let options = &original.options;
    let lists = [&options["terms"], &options["cured_terms"], &options["multivariable"]["terms"]];
    let texts = lists.into_iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
    let mut notices = Vec::new();
    for term in texts.map(Term::of) {
        let what = match term {
            Term::Variable(_) => continue,
            Term::Interaction(_) => "interaction",
            Term::Spline { .. } => "curvature",
        };
        if !term.variables().iter().any(|name| imputed.iter().any(|one| one.variable == *name)) {
            continue;
        }
        let message = format!(
            "{}: the imputation models hold neither products nor curves, so that this {what} is underestimated as far as \
             its values are imputed.",
            term.name()
        );
        let notice = Notice::Other { message };
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
    notices
}
