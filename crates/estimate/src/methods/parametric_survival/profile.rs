//! Patients for whom a model predicts: named values of its terms.

use crate::design::{Covariate, Design, Scale, Spline};
use crate::methods::profile::{Profile, ProfileValue, place};
use std::collections::BTreeMap;
use study::nearest::suggest;
use study::{Analysis, Notice, Problem};

/// One profile as a row of the model matrix, its last column 1; where it is known that nobody is like him, a notice.
pub(in crate::methods) fn row(
    profile: &Profile,
    index: usize,
    covariates: &[&Covariate],
    design: &Design,
    analysis: &Analysis,
) -> Result<(Vec<f64>, Vec<Notice>), Problem> {
    let mut notices = Vec::new();
    let mut values: Vec<(&str, f64)> = Vec::new();
    for covariate in covariates {
        if matches!(covariate.scale, Scale::Interaction(_)) {
            continue;
        }
        let Some(value) = profile.values.get(&covariate.name) else {
            return Err(Problem::internal("a profile without a term was not refused"));
        };
        let refuse = |message: String| analysis.refuse(&place(index, &covariate.name), message);
        match (&covariate.scale, value) {
            (
                Scale::Number(known) | Scale::Spline(Spline { values: known, .. }),
                ProfileValue::Number(number),
            ) if number.is_finite() => {
                let outside = known.first().is_some_and(|low| number < low)
                    || known.last().is_some_and(|high| number > high);
                if outside {
                    let message = format!(
                        "{}: nobody’s {} is {number} or beyond; what is predicted there is extrapolated.",
                        profile.label, covariate.name
                    );
                    notices.push(Notice::Other { message });
                }
                values.push((&covariate.name, *number));
            }
            (Scale::Number(_) | Scale::Spline(_), _) => {
                return Err(
                    refuse(format!("`{}` is a number", covariate.name)).help("write it without quotes")
                );
            }
            (Scale::Factor { levels, .. }, value) => {
                let wanted = value.level();
                let found = levels.iter().position(|level| *level == wanted);
                let Some(code) = found else {
                    let message = format!("`{}` has no level `{wanted}`", covariate.name);
                    return Err(refuse(message).help(suggest(&wanted, levels.iter().map(String::as_str))));
                };
                values.push((&covariate.name, code as f64));
            }
            (Scale::Interaction(_), _) => {}
        }
    }
    let value = |column: &crate::design::DesignColumn| {
        let of =
            |name: &str| values.iter().find(|(own, _)| *own == name).map_or(f64::NAN, |(_, value)| *value);
        covariates[column.covariate].standardised_at(column, &of)
    };
    Ok((design.columns.iter().map(value).chain([1.0]).collect(), notices))
}

/// The profiles of the plan; without any, the levels of the only term if it is a factor, or everybody where there is no
/// term. The variable of which they are levels comes with them.
pub(in crate::methods) fn told<'a>(
    profiles: &[Profile],
    covariates: &[&'a Covariate<'_>],
    rows: &[u32],
) -> (Vec<Profile>, &'a str) {
    match covariates {
        _ if !profiles.is_empty() => (profiles.to_vec(), "profile"),
        [] => (vec![Profile { label: "All patients".into(), values: BTreeMap::new() }], "profile"),
        [only] => {
            let mut occurring = vec![false; only.size()];
            rows.iter().for_each(|row| occurring[only.codes[*row as usize] as usize] = true);
            (of_levels(only, &occurring), &only.name)
        }
        _ => (Vec::new(), "profile"),
    }
}

/// The levels of a factor as profiles.
fn of_levels(covariate: &Covariate, occurring: &[bool]) -> Vec<Profile> {
    let Scale::Factor { levels, .. } = &covariate.scale else { return Vec::new() };
    let profile = |level: &String| Profile {
        label: level.clone(),
        values: BTreeMap::from([(covariate.name.clone(), ProfileValue::Level(level.clone()))]),
    };
    levels.iter().zip(occurring).filter(|(_, occurs)| **occurs).map(|(level, _)| profile(level)).collect()
}
