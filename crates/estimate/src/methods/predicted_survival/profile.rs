//! Patients whose survival is predicted: what the plan says of them, and their rows of the model matrix.

use super::PredictedSurvivalOptions;
use crate::design::{Covariate, Scale, Spline};
use crate::methods::fitted_cox::{FittedCox, Row, Stratum};
use crate::methods::profile::{Profile, ProfileValue, place};
use study::nearest::suggest;
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
    for (index, profile) in options.profiles.iter().enumerate() {
        let mut values = Vec::with_capacity(fitted.covariates.len());
        let plain =
            |(_, covariate): &(usize, &Covariate<'_>)| !matches!(covariate.scale, Scale::Interaction(_));
        for (own, covariate) in fitted.covariates.iter().enumerate().filter(plain) {
            let value = &profile.values[&covariate.name];
            let read = read_value(fitted, own, covariate, value, &profile.label, results);
            let read = read.map_err(|problem| problem.at(analysis.place(&place(index, &covariate.name))))?;
            values.push((covariate.name.as_str(), read));
        }
        let x = fitted.design.columns.iter().map(|column| {
            let value = |name: &str| {
                values.iter().find(|(own, _)| *own == name).map_or(f64::NAN, |(_, value)| *value)
            };
            fitted.covariates[column.covariate].standardised_at(column, &value)
        });
        let strata = strata_of(fitted, &options.strata, profile);
        let strata =
            strata.map_err(|problem| problem.at(analysis.place(&["profiles".into(), index.into()])))?;
        rows.push(ProfileRow { label: profile.label.clone(), x: x.collect(), strata });
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

/// A number, or the code of a level.
fn read_value(
    fitted: &FittedCox<'_>,
    index: usize,
    covariate: &Covariate<'_>,
    value: &ProfileValue,
    label: &str,
    results: &mut Results,
) -> Result<f64, Problem> {
    let name = &covariate.name;
    match (&covariate.scale, value) {
        (Scale::Number(known) | Scale::Spline(Spline { values: known, .. }), ProfileValue::Number(value)) => {
            if !value.is_finite() {
                return Err(Problem::input(format!("{value} is no value of `{name}`")));
            }
            let codes = fitted.patterns.codes(index);
            let range = codes.iter().map(|code| known[*code as usize]);
            let low = range.clone().fold(f64::INFINITY, f64::min);
            let high = range.fold(f64::NEG_INFINITY, f64::max);
            if *value < low || *value > high {
                let message = format!(
                    "{name}: {value} of “{label}” lies outside the values of the patients ({low} to {high}); its curve extrapolates."
                );
                results.notices.push(Notice::Other { message });
            }
            Ok(*value)
        }
        (Scale::Number(_) | Scale::Spline(_), _) => {
            Err(Problem::input(format!("`{name}` is a number")).help("give it as a number"))
        }
        (Scale::Factor { levels, .. }, _) => {
            let wanted = value.level();
            let code = levels.iter().position(|level| *level == wanted).ok_or_else(|| {
                let known = levels.iter().map(String::as_str);
                Problem::input(format!("`{wanted}` is no level of `{name}`")).help(suggest(&wanted, known))
            })?;
            let occurs = fitted.design.references[index] == Some(code as u32)
                || fitted.design.columns.iter().any(|c| c.covariate == index && c.level == Some(code as u32));
            if !occurs {
                let message = format!("the model knows nothing of the level `{wanted}` of `{name}`");
                return Err(Problem::input(message).help("nobody at risk has it: choose another"));
            }
            Ok(code as f64)
        }
        (Scale::Interaction(_), _) => Err(Problem::internal("an interaction has no value of its own")),
    }
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
