//! Log-rank test: do the groups share one hazard?
//!
//! # Estimand
//! None; the hypothesis tested is that the hazards of all groups are equal at all times.
//!
//! # Formula
//! At each event time the events are spread over the groups as they are at risk: Eⱼ = Σ dᵢ nᵢⱼ / nᵢ.
//! χ² = (O − E)′ V⁻ (O − E) over the groups with E > 0, with one degree of freedom fewer than such groups.
//!
//! # Ties and censoring
//! Tied events enter through the hypergeometric variance; the censored of a time are at risk for its events.
//!
//! # Assumptions
//! Censoring tells nothing about the event in any group. The test is most powerful where hazards are proportional, and
//! sees little where curves cross.
//!
//! # Variance
//! Vⱼₖ = Σ dᵢ (nᵢ − dᵢ) / (nᵢ − 1) · (nᵢⱼ/nᵢ) (δⱼₖ − nᵢₖ/nᵢ).
//!
//! # References
//! Mantel 1966, Cancer Chemother Rep 50:163–170. Peto & Peto 1972, doi:10.2307/2344317.

mod statistic;

use crate::follow_up::{self, FollowUp, GroupFollowUp};
use crate::method::{About, Method, outline};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statistic::LogRankStatistic;
pub(super) use statistic::quadratic_form;
use study::{Analysis, CountRequest, CountTable, Estimate, Notice, Plan, Problem, Quantity, Results};

/// What may be asked of [`LogRank`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogRankOptions {
    /// The endpoint.
    pub endpoint: String,
    /// The variable whose levels are compared.
    pub by: String,
}

/// Log-rank test.
pub struct LogRank;

impl Method for LogRank {
    const ABOUT: About = About {
        name: "log_rank",
        title: "Log-rank test",
        summary: "Do the groups differ in their times to the event?",
        references: &[
            "Mantel N. Evaluation of survival data and two new rank order statistics arising in its consideration. Cancer Chemother Rep 1966;50:163–170",
            "Peto R, Peto J. Asymptotically efficient rank invariant test procedures. J R Stat Soc A 1972;135:185–207. doi:10.2307/2344317",
        ],
    };
    type Options = LogRankOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        follow_up::requests(analysis, plan, &options.endpoint, Some(&options.by))
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let by = Some(options.by.as_str());
        let patients = FollowUp::read(analysis, plan, tables, &options.endpoint, by)?;
        let mut results = outline::<Self>(options, analysis)?;
        let shown: Vec<&GroupFollowUp> = patients.groups.iter().collect();
        patients.describe(&mut results, plan, &options.endpoint, by, &shown);
        for group in shown.iter().filter(|group| group.table.n() > 0 && group.table.event_count() == 0) {
            results.notices.push(Notice::NoEvents { group: group.level.clone() });
        }
        let statistic = compare(&mut results, &options.by, &patients.groups)?;
        let counts = statistic.observed.iter().zip(&statistic.expected);
        for (group, (observed, expected)) in shown.iter().zip(counts) {
            let row = |quantity, value| Estimate {
                group: group.level.clone(),
                n: Some(group.table.n()),
                ..Estimate::new(quantity, value)
            };
            results.estimates.push(row(Quantity::Observed, *observed as f64));
            results.estimates.push(row(Quantity::Expected, *expected));
        }
        Ok(results)
    }
}

/// Adds the log-rank test of the groups to the results, or the notice that says why there is none.
pub(super) fn compare(
    results: &mut Results,
    by: &str,
    groups: &[GroupFollowUp],
) -> Result<LogRankStatistic, Problem> {
    let tables: Vec<_> = groups.iter().map(|group| &group.table).collect();
    let statistic = LogRankStatistic::new(&tables)?;
    results.methods_text.push("Groups were compared with the log-rank test.".into());
    let present = tables.iter().filter(|table| table.n() > 0).count();
    if let Some(test) = &statistic.test {
        results
            .estimates
            .push(Estimate { test: Some(test.clone()), ..Estimate::new(Quantity::GlobalTest, f64::NAN) });
        for (group, expected) in groups.iter().zip(&statistic.expected) {
            if *expected == 0.0 && group.table.n() > 0 {
                results.notices.push(Notice::Other {
                    message: format!(
                        "The group “{}” was followed up to no event and is not in the log-rank test.",
                        group.label
                    ),
                });
            }
        }
    } else if present < 2 {
        results.notices.push(Notice::SingleLevel { variable: by.into() });
    } else if statistic.observed.iter().sum::<u64>() == 0 {
        let said = Notice::NoEvents { group: None };
        if !results.notices.contains(&said) {
            results.notices.push(said);
        }
    } else {
        results.notices.push(Notice::Other {
            message: format!(
                "{by}: no log-rank test, since no event happened while two groups were at risk."
            ),
        });
    }
    Ok(statistic)
}

#[cfg(test)]
mod tests;
