//! A study under the conventions of other programs: one convention at a time, all else as it is, so that every
//! difference has one cause.

use crate::assemble::estimate_counted;
use crate::imputation::Imputations;
use crate::progress::Progress;
use cohort::Cohort;
use estimate::{ConventionEntry, conventions};
use report::Printing;
use study::dialect_comparison::{EstimateField, FigureDifference};
use study::{
    Analysis, Convention, CountRequest, CountTable, Dialect, DialectComparison, DialectDifference, Estimate,
    Plan, Problem, Results, StudyResults,
};

/// Numbers that differ by less are the same computed in another order.
const NOISE: f64 = 1e-11;

/// An analysis with what was counted for it.
pub(crate) struct Counted<'a> {
    pub(crate) analysis: &'a Analysis,
    pub(crate) requests: Vec<CountRequest>,
    pub(crate) tables: Vec<CountTable>,
}

/// One other answer to the question of a convention, and who gives it.
struct Choice {
    text: String,
    dialects: Vec<Dialect>,
}

/// The choices that differ from the one of the plan.
fn others(own: &str, choice: &dyn Fn(Dialect) -> String) -> Vec<Choice> {
    let mut others: Vec<Choice> = Vec::new();
    for dialect in Dialect::ALL {
        let text = choice(dialect);
        if text == own {
            continue;
        }
        match others.iter_mut().find(|other| other.text == text) {
            Some(other) => other.dialects.push(dialect),
            None => others.push(Choice { text, dialects: vec![dialect] }),
        }
    }
    others
}

/// Runs every analysis anew under each other choice that could change it.
///
/// # Errors
/// An analysis that fails under a convention fails here too, with the convention in its message.
pub(crate) fn compare(
    cohort: &Cohort,
    plan: &Plan,
    imputations: &Imputations,
    study: &StudyResults,
    progress: &dyn Progress,
) -> Result<DialectComparison, Problem> {
    let mut counted = Vec::new();
    for analysis in &plan.analyses {
        let requests = (estimate::find(analysis)?.requests)(analysis, plan)?;
        let tables = cohort.count(analysis, &requests)?;
        counted.push(Counted { analysis, requests, tables });
    }
    let printing = Printing::of(study);
    let mut comparison = DialectComparison { differences: Vec::new(), without_difference: Vec::new() };
    for (counted, own) in counted.iter().zip(&study.analyses) {
        progress.stage(&format!("Comparing {} under other conventions", counted.analysis.id()));
        let compared = figures(own).count() as u64;
        let without_difference = |convention, question: &str, here: &str, other: Choice| DialectDifference {
            analysis: own.analysis.clone(),
            convention,
            question: question.into(),
            own: here.into(),
            other: other.text,
            dialects: other.dialects,
            compared,
            figures: Vec::new(),
            curve_points: 0,
            printed: Vec::new(),
        };
        // What pools can differ only where something was imputed.
        let concerns = |entry: &&ConventionEntry| {
            entry.methods.contains(&own.method.as_str())
                && (entry.convention != Convention::PooledDf || own.imputed.is_some())
        };
        for entry in conventions().iter().filter(concerns) {
            let here = (entry.choice)(plan.dialect(entry.convention));
            for other in others(&here, &entry.choice) {
                let mut changed = plan.clone();
                changed.study.conventions.insert(entry.convention, other.dialects[0]);
                let results = estimate_counted(&changed, counted, imputations).map_err(|mut problem| {
                    problem.message = format!("{} (under the convention “{}”)", problem.message, other.text);
                    problem
                })?;
                let found = DialectDifference {
                    figures: differences(own, &results),
                    curve_points: curve_points(own, &results),
                    printed: printing.differences(own, &results, &printing),
                    ..without_difference(entry.convention, entry.question, &here, other)
                };
                note(&mut comparison, found);
            }
        }
        for entry in report::conventions() {
            let here = (entry.choice)(plan.dialect(entry.convention));
            for other in others(&here, &entry.choice) {
                let there = printing.with(entry.convention, other.dialects[0]);
                let found = DialectDifference {
                    printed: printing.differences(own, own, &there),
                    ..without_difference(entry.convention, entry.question, &here, other)
                };
                note(&mut comparison, found);
            }
        }
    }
    let made: Vec<Convention> = comparison.differences.iter().map(|found| found.convention).collect();
    comparison.without_difference.retain(|convention| !made.contains(convention));
    Ok(comparison)
}

fn note(comparison: &mut DialectComparison, found: DialectDifference) {
    if !found.figures.is_empty() || found.curve_points > 0 || !found.printed.is_empty() {
        comparison.differences.push(found);
    } else if !comparison.without_difference.contains(&found.convention) {
        comparison.without_difference.push(found.convention);
    }
}

type Key<'a> = (study::Quantity, Option<study::Model>, [Option<&'a str>; 4], Option<u64>);

fn key(estimate: &Estimate) -> Key<'_> {
    let names = [&estimate.term, &estimate.level, &estimate.reference, &estimate.group];
    (estimate.quantity, estimate.model, names.map(|name| name.as_deref()), estimate.at.map(f64::to_bits))
}

fn fields(estimate: &Estimate) -> [(EstimateField, Option<f64>); 6] {
    let interval = estimate.interval.as_ref();
    let test = estimate.test.as_ref();
    [
        (EstimateField::Value, estimate.value),
        (EstimateField::StdError, estimate.std_error),
        (EstimateField::Lower, interval.and_then(|interval| interval.lower)),
        (EstimateField::Upper, interval.and_then(|interval| interval.upper)),
        (EstimateField::Statistic, test.and_then(|test| test.statistic)),
        (EstimateField::PValue, test.and_then(|test| test.p_value)),
    ]
}

fn figures(results: &Results) -> impl Iterator<Item = (&Estimate, EstimateField, f64)> {
    let each = |estimate| {
        let fields = fields(estimate).into_iter();
        fields.filter_map(move |(field, value)| Some((estimate, field, value?)))
    };
    results.estimates.iter().flat_map(each)
}

/// The numbers that differ, the largest relative difference first. Rows of one key are joined in their order.
fn differences(own: &Results, other: &Results) -> Vec<FigureDifference> {
    let mut left: Vec<Option<&Estimate>> = other.estimates.iter().map(Some).collect();
    let mut found = Vec::new();
    let mut compare = |shown: &Estimate, own: Option<&Estimate>, other: Option<&Estimate>| {
        let of = |estimate: Option<&Estimate>, index: usize| estimate.and_then(|e| fields(e)[index].1);
        for (index, (field, _)) in fields(shown).into_iter().enumerate() {
            let difference = FigureDifference {
                quantity: shown.quantity,
                model: shown.model,
                term: shown.term.clone(),
                level: shown.level.clone(),
                group: shown.group.clone(),
                at: shown.at,
                field,
                own: of(own, index),
                other: of(other, index),
            };
            if difference.relative() > NOISE {
                found.push(difference);
            }
        }
    };
    for estimate in &own.estimates {
        let twin = left.iter_mut().find(|twin| twin.is_some_and(|twin| key(twin) == key(estimate)));
        compare(estimate, Some(estimate), twin.and_then(Option::take));
    }
    for estimate in left.into_iter().flatten() {
        compare(estimate, None, Some(estimate));
    }
    found.sort_by(|a, b| b.relative().total_cmp(&a.relative()));
    found
}

fn curve_points(own: &Results, other: &Results) -> u64 {
    let differ = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() > NOISE,
        (None, None) => false,
        _ => true,
    };
    // The curves of laws have no limits.
    let limit = |limits: &[Option<f64>], at: usize| limits.get(at).copied().flatten();
    let pairs = own.curves.iter().zip(&other.curves);
    pairs
        .map(|(a, b)| {
            let points = 0..a.estimate.len().min(b.estimate.len());
            let changed = |at: usize| {
                differ(Some(a.estimate[at]), Some(b.estimate[at]))
                    || differ(limit(&a.lower, at), limit(&b.lower, at))
                    || differ(limit(&a.upper, at), limit(&b.upper, at))
            };
            points.filter(|at| changed(*at)).count() as u64
        })
        .sum()
}
