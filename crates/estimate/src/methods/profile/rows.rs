//! Profiles as rows of the model matrix.

use super::{Profile, ProfileValue, place};
use crate::design::{Covariate, Design, Patterns, Scale, Spline};
use study::nearest::suggest;
use study::{Analysis, Notice, Problem, Results};

/// What a model knows of its columns.
#[derive(Clone, Copy)]
pub(in crate::methods) struct Columns<'a> {
    pub(in crate::methods) covariates: &'a [Covariate<'a>],
    pub(in crate::methods) design: &'a Design,
    pub(in crate::methods) patterns: &'a Patterns,
}

impl Columns<'_> {
    /// A profile, given with its position in the plan, as a row of the model matrix.
    pub(in crate::methods) fn row(
        &self,
        profile: &Profile,
        index: usize,
        analysis: &Analysis,
        results: &mut Results,
    ) -> Result<Vec<f64>, Problem> {
        let mut values = Vec::with_capacity(self.covariates.len());
        let plain =
            |(_, covariate): &(usize, &Covariate<'_>)| !matches!(covariate.scale, Scale::Interaction(_));
        for (own, covariate) in self.covariates.iter().enumerate().filter(plain) {
            let value = &profile.values[&covariate.name];
            let read = self.read_value(own, covariate, value, &profile.label, results);
            let read = read.map_err(|problem| problem.at(analysis.place(&place(index, &covariate.name))))?;
            values.push((covariate.name.as_str(), read));
        }
        let x = self.design.columns.iter().map(|column| {
            let value = |name: &str| {
                values.iter().find(|(own, _)| *own == name).map_or(f64::NAN, |(_, value)| *value)
            };
            self.covariates[column.covariate].standardised_at(column, &value)
        });
        Ok(x.collect())
    }

    /// A number, or the code of a level.
    fn read_value(
        &self,
        index: usize,
        covariate: &Covariate<'_>,
        value: &ProfileValue,
        label: &str,
        results: &mut Results,
    ) -> Result<f64, Problem> {
        let name = &covariate.name;
        match (&covariate.scale, value) {
            (
                Scale::Number(known) | Scale::Spline(Spline { values: known, .. }),
                ProfileValue::Number(value),
            ) => {
                if !value.is_finite() {
                    return Err(Problem::input(format!("{value} is no value of `{name}`")));
                }
                let codes = self.patterns.codes(index);
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
                    Problem::input(format!("`{wanted}` is no level of `{name}`"))
                        .help(suggest(&wanted, known))
                })?;
                let occurs = self.design.references[index] == Some(code as u32)
                    || self
                        .design
                        .columns
                        .iter()
                        .any(|c| c.covariate == index && c.level == Some(code as u32));
                if !occurs {
                    let message = format!("the model knows nothing of the level `{wanted}` of `{name}`");
                    return Err(Problem::input(message).help("nobody at risk has it: choose another"));
                }
                Ok(code as f64)
            }
            (Scale::Interaction(_), _) => Err(Problem::internal("an interaction has no value of its own")),
        }
    }
}
