//! Patients whose survival is predicted: what the plan says of them, and their rows of the model matrix.

use super::PredictedSurvivalOptions;
use crate::methods::fitted_cox::{FittedCox, Row, Stratum};
use crate::methods::profile::{Columns, Profile};
use study::{Analysis, Notice, Problem, Results};

/// With more strata than this nobody could read the curves of each.
const MOST: usize = 20;

/// A profile as a row of the model matrix.
pub(super) struct ProfileRow {
    label: String,
    pub(super) x: Vec<f64>,
    /// The strata whose baseline hazards are meant.
    pub(super) strata: Vec<usize>,
}

impl ProfileRow {
    /// What it is called in one of its strata.
    pub(super) fn label_in(&self, strata: &[Stratum], stratum: usize) -> String {
        match self.strata.len() {
            1 => self.label.clone(),
            _ => format!("{}, {}", self.label, strata[stratum].label),
        }
    }
}

/// The rows of the model matrix: of the mean where it is asked for, then of the profiles.
pub(super) fn read(
    fitted: &FittedCox<'_>,
    options: &PredictedSurvivalOptions,
    analysis: &Analysis,
    results: &mut Results,
) -> Result<Vec<ProfileRow>, Problem> {
    let mut rows = Vec::new();
    if options.with_mean() {
        let strata = all_strata(fitted).map_err(|problem| problem.at(analysis.place(&["strata".into()])))?;
        rows.push(ProfileRow { label: "Mean of the covariates".into(), x: mean(fitted), strata });
        let message =
            "The curve at the mean of the covariates is the baseline of the model, not that of a patient.";
        results.notices.push(Notice::Other { message: message.into() });
    }
    let FittedCox { covariates, design, patterns, .. } = fitted;
    let columns = Columns { covariates, design, patterns };
    for (index, profile) in options.profiles.iter().enumerate() {
        let x = columns.row(profile, index, analysis, results)?;
        let strata = strata_of(fitted, &options.strata, profile);
        let strata =
            strata.map_err(|problem| problem.at(analysis.place(&["profiles".into(), index.into()])))?;
        rows.push(ProfileRow { label: profile.label.clone(), x, strata });
    }
    Ok(rows)
}

fn all_strata(fitted: &FittedCox<'_>) -> Result<Vec<usize>, Problem> {
    let count = fitted.strata.len();
    if count > MOST {
        let message = format!("the model has {count} strata, each of which would have a curve");
        return Err(Problem::input(message).help("give profiles that also name a value of each stratum"));
    }
    Ok((0..count).collect())
}

/// The strata that a profile names; all of them where it names none.
fn strata_of(fitted: &FittedCox<'_>, variables: &[String], profile: &Profile) -> Result<Vec<usize>, Problem> {
    let named =
        variables.iter().enumerate().filter_map(|(at, name)| Some((at, profile.values.get(name)?.level())));
    let named: Vec<(usize, String)> = named.collect();
    if named.is_empty() {
        return all_strata(fitted);
    }
    let meant = |stratum: &Stratum| named.iter().all(|(at, value)| stratum.values[*at] == *value);
    let found: Vec<usize> = (0..fitted.strata.len()).filter(|at| meant(&fitted.strata[*at])).collect();
    if found.is_empty() {
        let message = format!("no patient is in the stratum of the profile “{}”", profile.label);
        let known = fitted.strata.iter().take(MOST).map(|stratum| stratum.values.join(", "));
        let help = format!("the strata are: {}", known.collect::<Vec<_>>().join("; "));
        return Err(Problem::input(message).help(help));
    }
    Ok(found)
}

/// The mean row of all patients analysed.
fn mean(fitted: &FittedCox<'_>) -> Vec<f64> {
    let all: f64 = fitted.rows.iter().map(Row::total).sum();
    let mut mean = vec![0.0; fitted.columns()];
    for row in &fitted.rows {
        let share = row.total() / all;
        mean.iter_mut().zip(fitted.row(row.pattern)).for_each(|(sum, x)| *sum += share * x);
    }
    mean
}
