//! The log-rank test and its family: do the groups share one hazard?
//!
//! # Estimand
//! None; the hypothesis tested is that the hazards of all groups are equal at all times (within each stratum).
//!
//! # Formula
//! At each event time tᵢ the dᵢ events among nᵢ at risk (dᵢⱼ and nᵢⱼ in group j) are spread over the groups as they
//! are at risk: Eⱼ = Σ dᵢ nᵢⱼ / nᵢ are expected in group j. With a weight Wᵢ for each time, Uⱼ = Σ Wᵢ (dᵢⱼ − dᵢ nᵢⱼ /
//! nᵢ) and χ² = U′ V⁻ U (V⁻ a generalised inverse of the covariance of U) over the groups with E > 0, with one degree
//! of freedom fewer than such groups. Wᵢ is 1 (log-rank), nᵢ (Gehan–Breslow), √nᵢ (Tarone–Ware), S̃(tᵢ) with S̃(t) =
//! ∏ (1 − d/(n + 1)) over the event times up to and including t (Peto–Peto; times nᵢ/(nᵢ + 1) the modified one), or
//! Ŝ(tᵢ−)^ρ (1 − Ŝ(tᵢ−))^γ with the Kaplan–Meier curve of all groups just before tᵢ (Fleming–Harrington). R's
//! `survdiff(rho = 1)` is the last with ρ = 1, not the test of Peto and Peto. Strata add up: U and V are sums over
//! them, each with its own curve for the weights. Trend: (Σ aⱼ Uⱼ)² / a′Va with scores a, one degree of freedom.
//! Pairs: each pair is tested as if there were no other group; the P values are then adjusted. Observed and expected
//! events are those of Wᵢ = 1, whatever the test.
//!
//! # Ties and censoring
//! Tied events enter through the hypergeometric variance; the censored of a time are at risk for its events. Late
//! entries are at risk after they enter.
//!
//! # Assumptions
//! Censoring (and the time of entry) tells nothing about the event in any group. The log-rank test is most powerful
//! where hazards are proportional, and sees little where curves cross.
//!
//! # Variance
//! Vⱼₖ = Σ Wᵢ² dᵢ (nᵢ − dᵢ) / (nᵢ − 1) · (nᵢⱼ/nᵢ) (δⱼₖ − nᵢₖ/nᵢ), δⱼₖ being 1 for j = k and 0 otherwise. With
//! sampling weights, counts are sums of weights and V = Σ w² r r′ over the patients, rⱼ = ∫ W (1{in j} − nⱼ/n) (dN −
//! Y d/n) being what each adds to U (N counts his events, Y is 1 while he is at risk; Lin & Wei).
//!
//! # Options
//! `rho` and `gamma` are of `test = "fleming_harrington"`, which needs one of them; `scores` are of `trend`. Trend
//! and pairs are tested by the member of the family that `test` names. `landmark` as in `kaplan_meier`.
//!
//! # References
//! Mantel 1966, Cancer Chemother Rep 50:163–170. Peto & Peto 1972, doi:10.2307/2344317. Gehan 1965,
//! doi:10.2307/2333825. Breslow 1970, doi:10.2307/2334776. Tarone & Ware 1977, doi:10.2307/2335790. Harrington &
//! Fleming 1982, doi:10.2307/2335991. Andersen et al. 1982, doi:10.2307/1402489. Tarone 1975, doi:10.2307/2335402
//! (trend). Klein & Moeschberger 2003, Survival Analysis, sections 7.3 to 7.5. Lin & Wei 1989,
//! doi:10.1080/01621459.1989.10478874.
//!
//! # Worked example
//! Four patients: events at 1 and 3 in one group, at 2 in the other, where one is censored at 4. U = ½ − ⅓ + ½ and V
//! = ¼ + 2/9 + ¼, so that χ² = 8/13; Gehan and Breslow's, with the weights 4, 3 and 2, is 4/7.

mod family;
mod options;
mod statistic;

pub(super) use family::Family;
pub use family::FamilyMember;
pub use options::{LogRankOptions, PairwiseAdjustment};
pub(super) use statistic::{LogRankStatistic, quadratic_form};

use crate::follow_up::{FollowUp, GroupFollowUp, Question};
use crate::life_table::LifeTable;
use crate::method::{About, Method, outline};
use crate::methods::adjust::adjusted;
use crate::methods::models::WeightKind;
use study::{Analysis, CountRequest, CountTable, Estimate, Notice, Plan, Problem, Quantity, Results};

/// Log-rank test and its family.
pub struct LogRank;

impl Method for LogRank {
    const ABOUT: About = About {
        name: "log_rank",
        title: "Log-rank test",
        summary: "Do the groups differ in their times to the event?",
        documentation: include_str!("log_rank.rs"),
        references: &[
            "Mantel N. Evaluation of survival data and two new rank order statistics arising in its consideration. Cancer Chemother Rep 1966;50:163–170",
            "Peto R, Peto J. Asymptotically efficient rank invariant test procedures. J R Stat Soc A 1972;135:185–207. doi:10.2307/2344317",
            "Tarone RE, Ware J. On distribution-free tests for equality of survival distributions. Biometrika 1977;64:156–160. doi:10.2307/2335790",
            "Harrington DP, Fleming TR. A class of rank test procedures for censored survival data. Biometrika 1982;69:553–566. doi:10.2307/2335991",
        ],
    };
    type Options = LogRankOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        options.check(analysis)?;
        question(options).requests(analysis, plan)
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let by = Some(options.by.as_str());
        let patients = question(options).read(analysis, plan, tables)?;
        let scores = options.scores(analysis, patients.groups.len())?;
        let mut results = outline::<Self>(options, analysis)?;
        let shown = patients.shown(&mut results, plan, (&options.endpoint, by), false);
        shown.iter().for_each(|group| group.note_whole(&mut results));
        let strata = strata(&patients);
        let statistic = compare(&mut results, &options.by, &patients.groups, &strata, options.family());
        let counts = statistic.observed.iter().zip(&statistic.expected);
        for (group, (observed, expected)) in shown.iter().zip(counts) {
            let row = |quantity, value| Estimate {
                group: group.level.clone(),
                n: Some(group.table.n()),
                ..Estimate::new(quantity, value)
            };
            results.estimates.push(row(Quantity::Observed, *observed));
            results.estimates.push(row(Quantity::Expected, *expected));
        }
        if options.trend {
            trend(&mut results, &options.by, &statistic, &scores);
        }
        if let Some(pairwise) = options.pairwise {
            pairs(&mut results, &patients.groups, &strata, options.family(), pairwise);
        }
        if !options.strata.is_empty() {
            let names: Vec<&str> = options.strata.iter().map(|name| results.label(name)).collect();
            let text = format!("Tests were stratified by {}.", names.join(" and "));
            results.methods_text.push(text);
        }
        results.methods_text.extend(weights_sentence(options.weights.as_deref(), options.weight_kind));
        Ok(results)
    }
}

fn question(options: &LogRankOptions) -> Question<'_> {
    let LogRankOptions { endpoint, by, weights, weight_kind, strata, landmark, .. } = options;
    Question {
        strata,
        landmark: *landmark,
        ..Question::weighted(endpoint, Some(by), weights.as_ref(), *weight_kind)
    }
}

/// The variance of a curve in words.
pub(super) fn variance_words(kind: Option<WeightKind>) -> &'static str {
    match kind {
        Some(WeightKind::Sampling) => "a robust variance",
        _ => "Greenwood’s variance",
    }
}

/// What is said of weights.
pub(super) fn weights_sentence(weights: Option<&str>, kind: Option<WeightKind>) -> Option<String> {
    let (weights, kind) = weights.zip(kind)?;
    Some(match kind {
        WeightKind::Sampling => {
            format!("Patients were weighted by {weights}; variances are robust (infinitesimal jackknife).")
        }
        WeightKind::Frequency => format!("Each row counts as many patients as {weights} says."),
    })
}

/// The groups of each stratum; all of them as one where there are none.
fn strata(patients: &FollowUp) -> Vec<Vec<&LifeTable>> {
    if patients.strata.is_empty() {
        return vec![tables(&patients.groups)];
    }
    patients.strata.iter().map(|stratum| stratum.iter().collect()).collect()
}

/// The life tables of groups.
pub(super) fn tables(groups: &[GroupFollowUp]) -> Vec<&LifeTable> {
    groups.iter().map(|group| &group.table).collect()
}

/// Adds the test of the groups to the results, or the notice that says why there is none.
pub(super) fn compare(
    results: &mut Results,
    by: &str,
    groups: &[GroupFollowUp],
    strata: &[Vec<&LifeTable>],
    family: Family,
) -> LogRankStatistic {
    let statistic = LogRankStatistic::new(strata, family);
    let name = family.member.name().text();
    results.methods_text.push(format!("Groups were compared with the {name}{}.", parameters(family)));
    let present = groups.iter().filter(|group| group.table.n() > 0).count();
    if let Some(test) = &statistic.test {
        results
            .estimates
            .push(Estimate { test: Some(test.clone()), ..Estimate::new(Quantity::GlobalTest, f64::NAN) });
        for (group, expected) in groups.iter().zip(&statistic.expected) {
            if *expected == 0.0 && group.table.n() > 0 {
                results.notices.push(Notice::Other {
                    message: format!(
                        "The group “{}” was followed up to no event and is not in the {name}.",
                        group.label
                    ),
                });
            }
        }
    } else if present < 2 {
        results.notices.push(Notice::SingleLevel { variable: by.into() });
    } else if groups.iter().all(|group| group.table.event_count() == 0) {
        let said = Notice::NoEvents { group: None };
        if !results.notices.contains(&said) {
            results.notices.push(said);
        }
    } else {
        let whose = if strata.len() > 1 { "two groups of a stratum" } else { "two groups" };
        // Fleming and Harrington's weight is 0 at the first event, and may be so at the last.
        let which = match family.member {
            FamilyMember::FlemingHarrington => "event of a weight above 0",
            _ => "event",
        };
        results.notices.push(Notice::Other {
            message: format!("{by}: no {name}, since no {which} happened while {whose} were at risk."),
        });
    }
    statistic
}

fn parameters(family: Family) -> String {
    match family.member {
        FamilyMember::FlemingHarrington => format!(" (ρ = {}, γ = {})", family.rho, family.gamma),
        _ => String::new(),
    }
}

fn trend(results: &mut Results, by: &str, statistic: &LogRankStatistic, scores: &[f64]) {
    results
        .methods_text
        .push("A trend over the ordered groups was tested with one degree of freedom.".into());
    match statistic.trend(scores) {
        Some(test) => results
            .estimates
            .push(Estimate { test: Some(test), ..Estimate::new(Quantity::TrendTest, f64::NAN) }),
        None if statistic.test.is_some() => results.notices.push(Notice::Other {
            message: format!(
                "{by}: no test for trend, since the scores of the groups compared do not differ."
            ),
        }),
        None => {}
    }
}

/// Each pair of groups that can be compared, as if there were no other, and the adjusted P values.
fn pairs(
    results: &mut Results,
    groups: &[GroupFollowUp],
    strata: &[Vec<&LifeTable>],
    family: Family,
    pairwise: PairwiseAdjustment,
) {
    let mut rows = Vec::new();
    for (second, group) in groups.iter().enumerate() {
        for (first, reference) in groups.iter().enumerate().take(second) {
            let pair: Vec<Vec<&LifeTable>> =
                strata.iter().map(|tables| vec![tables[first], tables[second]]).collect();
            let test = LogRankStatistic::new(&pair, family).test;
            if test.is_none() {
                let message = format!(
                    "The groups “{}” and “{}” are not compared with each other: no event happened while both were at risk.",
                    group.label, reference.label
                );
                results.notices.push(Notice::Other { message });
            }
            rows.push(Estimate {
                group: group.level.clone(),
                reference: reference.level.clone(),
                test,
                ..Estimate::new(Quantity::PairwiseComparison, f64::NAN)
            });
        }
    }
    let tested = |row: &&Estimate| row.test.as_ref().and_then(|test| test.p_value).is_some();
    let adjustment = pairwise.adjustment();
    if let Some(adjustment) = adjustment {
        let tested: Vec<&Estimate> = rows.iter().filter(tested).collect();
        let p: Vec<f64> =
            tested.iter().filter_map(|row| row.test.as_ref().and_then(|test| test.p_value)).collect();
        let corrected: Vec<Estimate> = tested
            .iter()
            .zip(adjusted(&p, adjustment))
            .map(|(row, p)| Estimate {
                group: row.group.clone(),
                reference: row.reference.clone(),
                ..Estimate::new(Quantity::AdjustedP, p)
            })
            .collect();
        rows.extend(corrected);
    }
    results.estimates.extend(rows);
    results.methods_text.push(match adjustment {
        Some(adjustment) => format!(
            "Pairs of groups were compared each by itself, with P values adjusted by the method of {}.",
            adjustment.text()
        ),
        None => "Pairs of groups were compared each by itself, without adjustment of P values.".into(),
    });
}

#[cfg(test)]
mod tests;
