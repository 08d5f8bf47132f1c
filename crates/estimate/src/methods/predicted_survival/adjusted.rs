//! Survival averaged over all patients, as if all were at one level of a term.

use super::PredictedSurvivalOptions;
use super::baseline::Baseline;
use super::rows::{curve, interval};
use super::steps::Steps;
use crate::design::Scale;
use crate::methods::fitted_cox::{FittedCox, Row, Sums};
use crate::methods::kaplan_meier::CurveInterval;
use crate::numerics::distributions::{normal_quantile, normal_two_sided};
use study::results::finite;
use study::{
    Analysis, Estimate, Group, Interval, IntervalMethod, Notice, Problem, Quantity, Results, Test, TestName,
};

/// A level with the rows of all patterns as if they had it.
struct Level {
    value: String,
    x: Vec<f64>,
    risk: Vec<f64>,
}

/// Mean survival and its derivatives by the baseline hazard of each stratum and by each coefficient.
struct Mean {
    value: f64,
    by_hazard: Vec<f64>,
    by_beta: Vec<f64>,
}

impl Mean {
    fn less(&self, other: &Self) -> Self {
        Self {
            value: self.value - other.value,
            by_hazard: difference(&self.by_hazard, &other.by_hazard),
            by_beta: difference(&self.by_beta, &other.by_beta),
        }
    }

    fn variance(&self, fitted: &FittedCox<'_>, sums: &[Sums<'_>]) -> f64 {
        let of_hazards = self.by_hazard.iter().zip(sums).map(|(slope, sums)| slope * slope * sums.variance);
        of_hazards.sum::<f64>() + fitted.coefficients().quadratic(&self.by_beta)
    }
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// A curve for each level, its survival at the times that are asked for, and the differences from the reference.
pub(super) fn write(
    fitted: &FittedCox<'_>,
    options: &PredictedSurvivalOptions,
    analysis: &Analysis,
    scale: CurveInterval,
    confidence_level: f64,
    results: &mut Results,
) -> Result<(), Problem> {
    let Some(by) = &options.adjusted_by else { return Ok(()) };
    let place = || analysis.place(&["adjusted_by".into()]);
    if fitted.patients.is_some() {
        let message = "patients whose values change with time are no population to average over";
        return Err(Problem::input(message)
            .at(place())
            .help("name an endpoint without `view`, or give profiles"));
    }
    let index = fitted.covariates.iter().position(|covariate| covariate.name == *by);
    let index = index.ok_or_else(|| Problem::internal("the term of adjusted curves is not in the model"))?;
    if !matches!(fitted.covariates[index].scale, Scale::Factor { .. }) {
        let message = format!("`{by}` is a number, and adjusted curves need levels");
        let help = "give profiles with several values of it, or derive a category";
        return Err(Problem::input(message).at(place()).help(help));
    }
    let (levels, reference) = levels(fitted, index);
    if let Some(clash) =
        options.profiles.iter().find(|profile| levels.iter().any(|l| l.value == profile.label))
    {
        let message = format!("the profile “{}” is called like a level of `{by}`", clash.label);
        return Err(Problem::input(message).at(place()).help("give it another label"));
    }
    let z = normal_quantile(0.5 + 0.5 * confidence_level);
    let baselines = Baseline::all(fitted);
    let shares = shares(fitted);
    let steps = Steps::of_all(fitted, &baselines);
    let mut groups = Vec::new();
    for level in &levels {
        let points = |time| {
            let sums: Vec<Sums<'_>> =
                baselines.iter().map(|baseline| baseline.after(baseline.course.until(time, true))).collect();
            let mean = mean(fitted, level, &shares, &sums);
            (mean.value, mean.variance(fitted, &sums) / (mean.value * mean.value))
        };
        results.curves.push(curve(fitted, &steps, level.value.clone(), points, scale, z));
        let label = results.level_label(by, &level.value).to_string();
        groups.push(Group { level: Some(level.value.clone()), label, n: 0, events: None });
    }
    for time in &options.at {
        let passed = |baseline: &'_ Baseline| baseline.passed(fitted, *time);
        let Some(passed) = baselines.iter().map(passed).collect::<Option<Vec<usize>>>() else {
            let last = fitted.times[steps.end.0 as usize];
            let notice = Notice::BeyondFollowUp { group: None, at: *time, last };
            if !results.notices.contains(&notice) {
                results.notices.push(notice);
            }
            continue;
        };
        let sums: Vec<Sums<'_>> =
            baselines.iter().zip(passed).map(|(baseline, moments)| baseline.after(moments)).collect();
        let means: Vec<Mean> = levels.iter().map(|level| mean(fitted, level, &shares, &sums)).collect();
        for (level, mean) in levels.iter().zip(&means) {
            let variance = mean.variance(fitted, &sums);
            let relative = variance / (mean.value * mean.value);
            results.estimates.push(Estimate {
                std_error: finite(variance.sqrt()),
                interval: interval(mean.value, relative, scale, z, confidence_level),
                ..row(Quantity::Survival, by, level, *time, mean.value)
            });
        }
        for (level, own) in
            levels.iter().zip(&means).filter(|(level, _)| level.value != levels[reference].value)
        {
            let difference = own.less(&means[reference]);
            let std_error = difference.variance(fitted, &sums).sqrt();
            results.estimates.push(Estimate {
                reference: Some(levels[reference].value.clone()),
                ..difference_row(
                    row(Quantity::SurvivalDifference, by, level, *time, difference.value),
                    std_error,
                    z,
                    confidence_level,
                )
            });
        }
    }
    let at = results.groups.len().saturating_sub(1);
    results.groups.splice(at..at, groups);
    Ok(())
}

fn row(quantity: Quantity, by: &str, level: &Level, at: f64, value: f64) -> Estimate {
    Estimate {
        term: Some(by.into()),
        level: Some(level.value.clone()),
        group: Some(level.value.clone()),
        at: Some(at),
        ..Estimate::new(quantity, value)
    }
}

fn difference_row(row: Estimate, std_error: f64, z: f64, confidence_level: f64) -> Estimate {
    let value = row.value.unwrap_or(f64::NAN);
    let wald = value / std_error;
    Estimate {
        std_error: finite(std_error),
        interval: Some(Interval {
            lower: finite(value - z * std_error),
            upper: finite(value + z * std_error),
            confidence_level,
            method: IntervalMethod::Wald,
        }),
        test: Some(Test {
            name: TestName::Wald,
            statistic: finite(wald * wald),
            df: vec![1.0],
            p_value: finite(normal_two_sided(wald)),
            reason: None,
        }),
        ..row
    }
}

/// The levels that the model knows, and the position of the reference among them.
fn levels(fitted: &FittedCox<'_>, index: usize) -> (Vec<Level>, usize) {
    let p = fitted.columns();
    let covariate = &fitted.covariates[index];
    let own = fitted.design.columns_of(index);
    // Interactions change with it.
    let takes_part = |at: &usize| match &fitted.covariates[fitted.design.columns[*at].covariate].scale {
        Scale::Interaction(interaction) => interaction.parts.iter().any(|part| part.name == covariate.name),
        _ => false,
    };
    let with_it: Vec<usize> = (0..p).filter(takes_part).collect();
    let known = |code: &u32| {
        fitted.design.references[index] == Some(*code)
            || own.iter().any(|at| fitted.design.columns[*at].level == Some(*code))
    };
    let codes: Vec<u32> = (0..covariate.size() as u32).filter(known).collect();
    let reference = codes.iter().position(|code| fitted.design.references[index] == Some(*code)).unwrap_or(0);
    let level = |code: &u32| {
        let mut x = fitted.x.clone();
        for (pattern, row) in x.chunks_exact_mut(p).enumerate() {
            // The number, or the code of the level, of a variable in this pattern.
            let value = |name: &str| {
                let at = fitted.covariates.iter().position(|covariate| covariate.name == name);
                at.filter(|at| *at != index).map_or(f64::from(*code), |at| {
                    fitted.covariates[at].scale.value(fitted.patterns.codes(at)[pattern])
                })
            };
            for at in own.iter().chain(&with_it) {
                let column = &fitted.design.columns[*at];
                row[*at] = fitted.covariates[column.covariate].standardised_at(column, &value);
            }
        }
        let eta = |row: &[f64]| row.iter().zip(&fitted.beta).map(|(x, b)| x * b).sum::<f64>();
        let risk = x.chunks_exact(p).map(|row| libm::exp(eta(row) - fitted.shift)).collect();
        Level { value: covariate.level(*code).to_string(), x, risk }
    };
    (codes.iter().map(level).collect(), reference)
}

/// Stratum, pattern, and share of all patients, in the order of the strata.
fn shares(fitted: &FittedCox<'_>) -> Vec<(u32, u32, f64)> {
    let all: f64 = fitted.rows.iter().map(Row::total).sum();
    let mut shares: Vec<(u32, u32, f64)> =
        fitted.rows.iter().map(|row| (row.stratum, row.pattern, row.total() / all)).collect();
    shares.sort_by_key(|(stratum, pattern, _)| (*stratum, *pattern));
    let same = |a: &(u32, u32, f64), b: &(u32, u32, f64)| (a.0, a.1) == (b.0, b.1);
    shares
        .chunk_by(same)
        .map(|same| (same[0].0, same[0].1, same.iter().map(|(_, _, share)| share).sum()))
        .collect()
}

fn mean(fitted: &FittedCox<'_>, level: &Level, shares: &[(u32, u32, f64)], sums: &[Sums<'_>]) -> Mean {
    let p = fitted.columns();
    let mut mean = Mean { value: 0.0, by_hazard: vec![0.0; sums.len()], by_beta: vec![0.0; p] };
    for (stratum, pattern, share) in shares {
        let (stratum, pattern) = (*stratum as usize, *pattern as usize);
        let (sums, risk) = (sums[stratum], level.risk[pattern]);
        let survival = libm::exp(-sums.hazard * risk);
        let density = share * risk * survival;
        mean.value += share * survival;
        mean.by_hazard[stratum] -= density;
        let x = &level.x[pattern * p..(pattern + 1) * p];
        for (sum, (x, drift)) in mean.by_beta.iter_mut().zip(x.iter().zip(sums.drift)) {
            *sum -= density * (x * sums.hazard - drift);
        }
    }
    mean
}
