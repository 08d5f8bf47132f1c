//! Survival averaged over all patients, as if all were at one level of a term.

use super::PredictedSurvivalOptions;
use super::baseline::{Baseline, Sums, quadratic};
use super::rows::{curve, interval};
use crate::design::Scale;
use crate::methods::fitted_cox::FittedCox;
use crate::methods::kaplan_meier::CurveInterval;
use crate::numerics::distributions::{normal_quantile, normal_two_sided};
use study::results::finite;
use study::{
    Analysis, Estimate, Group, Interval, IntervalMethod, Problem, Quantity, Results, Test, TestName,
};

/// A level with the rows of all patterns as if they had it.
struct Level {
    value: String,
    x: Vec<f64>,
    risk: Vec<f64>,
}

/// Mean survival and its derivatives by the baseline hazard and by each coefficient.
struct Mean {
    value: f64,
    by_hazard: f64,
    by_beta: Vec<f64>,
}

impl Mean {
    fn less(&self, other: &Self) -> Self {
        Self {
            value: self.value - other.value,
            by_hazard: self.by_hazard - other.by_hazard,
            by_beta: self.by_beta.iter().zip(&other.by_beta).map(|(a, b)| a - b).collect(),
        }
    }

    fn variance(&self, fitted: &FittedCox<'_>, sums: Sums<'_>) -> f64 {
        self.by_hazard * self.by_hazard * sums.variance + quadratic(fitted, &self.by_beta)
    }
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
    let baseline = Baseline::of(fitted);
    let weights = weights(fitted);
    let mut groups = Vec::new();
    for level in &levels {
        let points = |moments| {
            let sums = baseline.after(moments);
            let mean = mean(fitted, level, &weights, sums);
            (mean.value, mean.variance(fitted, sums) / (mean.value * mean.value))
        };
        results.curves.push(curve(fitted, &baseline, level.value.clone(), points, scale, z));
        let label = results.level_label(by, &level.value).to_string();
        groups.push(Group { level: Some(level.value.clone()), label, n: 0, events: None });
    }
    for time in &options.at {
        let Some(moments) = baseline.passed(fitted, *time) else { continue };
        let sums = baseline.after(moments);
        let means: Vec<Mean> = levels.iter().map(|level| mean(fitted, level, &weights, sums)).collect();
        for (level, mean) in levels.iter().zip(&means) {
            let variance = mean.variance(fitted, sums);
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
            let std_error = difference.variance(fitted, sums).sqrt();
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

/// Share of each pattern among all patients.
fn weights(fitted: &FittedCox<'_>) -> Vec<f64> {
    let (n, _) = fitted.counts();
    let mut weights = vec![0.0; fitted.patterns.len()];
    for row in &fitted.rows {
        weights[row.pattern as usize] += row.n as f64 / n as f64;
    }
    weights
}

fn mean(fitted: &FittedCox<'_>, level: &Level, weights: &[f64], sums: Sums<'_>) -> Mean {
    let p = fitted.columns();
    let mut mean = Mean { value: 0.0, by_hazard: 0.0, by_beta: vec![0.0; p] };
    for ((weight, risk), x) in weights.iter().zip(&level.risk).zip(level.x.chunks_exact(p)) {
        let survival = libm::exp(-sums.hazard * risk);
        let density = weight * risk * survival;
        mean.value += weight * survival;
        mean.by_hazard -= density;
        for (sum, (x, drift)) in mean.by_beta.iter_mut().zip(x.iter().zip(sums.drift)) {
            *sum -= density * (x * sums.hazard - drift);
        }
    }
    mean
}
