//! The SQL that stands in a plan.

use crate::patients::parts;
use study::{Plan, Step};

/// Every SQL expression of the plan, with its path.
pub(crate) fn expressions(plan: &Plan) -> Vec<(&str, Vec<Step>)> {
    let mut expressions: Vec<(&str, Vec<Step>)> = Vec::new();
    for (index, criterion) in plan.population.exclude.iter().enumerate() {
        let path = vec!["population".into(), "exclude".into(), index.into(), "where".into()];
        expressions.push((&criterion.r#where, path));
    }
    for variable in &plan.variables {
        if let Some(sql) = &variable.sql {
            expressions.push((sql, vec!["variables".into(), variable.name.as_str().into(), "sql".into()]));
        }
    }
    for endpoint in &plan.endpoints {
        for (key, sql) in parts(endpoint) {
            expressions.push((sql, vec!["endpoints".into(), endpoint.name.as_str().into(), key.into()]));
        }
    }
    for analysis in &plan.analyses {
        if let Some(sql) = &analysis.heading.r#where {
            expressions.push((sql, vec!["analyses".into(), analysis.index.into(), "where".into()]));
        }
    }
    expressions
}
