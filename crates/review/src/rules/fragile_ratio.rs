//! A ratio whose limits lie so far apart that it says nothing about size.

use super::number;
use crate::Rule;
use study::{Finding, IntervalMethod, Severity, StudyResults};

/// Upper over lower limit from which a ratio is called fragile: a fiftyfold range covers "hardly" to "decisive".
const WIDEST: f64 = 50.0;

pub(super) const RULE: Rule = Rule {
    name: "fragile-ratio",
    about: "An odds or hazard ratio has limits that lie fifty times apart or more.",
    source: "Greenland, Mansournia & Altman 2016, doi:10.1136/bmj.i1981 (sparse-data bias)",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        for estimate in &results.estimates {
            let is_ratio = estimate.quantity.is_ratio();
            let Some(interval) = estimate.interval.filter(|_| is_ratio) else { continue };
            let (Some(value), Some(lower), Some(upper)) = (estimate.value, interval.lower, interval.upper)
            else {
                continue;
            };
            if lower <= 0.0 || upper / lower < WIDEST {
                continue;
            }
            let term = estimate.term.as_deref().unwrap_or("the term");
            let level = estimate.level.as_deref().map(|level| results.level_label(term, level));
            let model = estimate.model.map_or(String::new(), |model| format!("{} ", model.text()));
            let what = level.map_or(String::new(), |level| format!(", {level}"));
            let ratio = format!(
                "{}{what}: the {model}ratio {} has limits {} to {}.",
                results.label(term),
                number(value),
                number(lower),
                number(upper)
            );
            // A penalized ratio is what would be advised.
            let (bias, advice) = if interval.method == IntervalMethod::PenalizedProfileLikelihood {
                ("", "Report the counts behind it.")
            } else {
                (
                    ", is biased away from 1,",
                    "Report the counts behind it and a penalized (Firth) or exact estimate with a profile interval.",
                )
            };
            // Only a ratio that is told from 1 tempts anybody to quote its size.
            findings.push(if lower > 1.0 || upper < 1.0 {
                rule.finding(
                    Severity::Serious,
                    results,
                    format!(
                        "{ratio} It rests on a handful of patients{bias} and its size must not be quoted."
                    ),
                    advice,
                )
            } else {
                rule.finding(
                    Severity::Remark,
                    results,
                    format!("{ratio} That is compatible with a large effect either way."),
                    "Do not read it as the absence of an association: say that these patients cannot tell.",
                )
            });
        }
    }
    findings
}
