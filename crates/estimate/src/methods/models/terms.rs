//! From the terms of a plan to covariates.

use crate::design::term::Knots;
use crate::design::{ABSENT, Covariate, Interaction, Scale, Spline, Term, default_knots};
use crate::methods::tests::Frequencies;
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::numerics::parallel::in_order;
use study::{Analysis, Column, CountTable, Kind, Level, MissingValues, Problem, Step, VariableLabel};

/// Covariates, and what the report needs to know of them.
pub(in crate::methods) struct ReadTerms<'a> {
    /// One for each term, in their order.
    pub(in crate::methods) covariates: Vec<Covariate<'a>>,
    /// The variables, and the interactions with their cells.
    pub(in crate::methods) labels: Vec<VariableLabel>,
}

/// Reads terms, each with its place in the plan.
pub(in crate::methods) fn read_terms<'a>(
    table: &'a CountTable,
    analysis: &Analysis,
    terms: &[(&str, Vec<Step>)],
) -> Result<ReadTerms<'a>, Problem> {
    let mut read = ReadTerms { covariates: Vec::with_capacity(terms.len()), labels: Vec::new() };
    // The distinct values of a million numbers are sorted: that is shared.
    for found in in_order(terms.len(), |at| read_term(table, analysis, &terms[at])) {
        let (covariate, label) = found?;
        if !read.labels.iter().any(|known| known.name == label.name) {
            read.labels.push(label);
        }
        read.covariates.push(covariate);
    }
    Ok(read)
}

fn read_term<'a>(
    table: &'a CountTable,
    analysis: &Analysis,
    (text, path): &(&str, Vec<Step>),
) -> Result<(Covariate<'a>, VariableLabel), Problem> {
    let placed = |problem: Problem| problem.at(analysis.place(path));
    // A column of that very name may have been derived, with a colon in its name.
    let term = match table.column(text) {
        Ok(column) => Term::Variable(column.name.clone()),
        Err(_) => Term::of(text),
    };
    Ok(match term {
        Term::Variable(name) => {
            let column = table.column(&name)?;
            (Covariate::read(column).map_err(placed)?, column.label())
        }
        Term::Spline { variable, knots } => {
            let column = table.column(&variable)?;
            let imputed = analysis.heading.missing == MissingValues::Impute;
            (spline(column, table.n(), &knots, imputed).map_err(placed)?, column.label())
        }
        Term::Interaction(names) => {
            let columns = names.iter().map(|name| table.column(name)).collect::<Result<Vec<_>, _>>()?;
            let parts = columns.iter().map(|column| Covariate::read(column));
            let parts = parts.collect::<Result<Vec<_>, _>>().map_err(placed)?;
            (interaction(names.join(":"), &parts), interaction_label(&columns))
        }
    })
}

fn interaction<'a>(name: String, parts: &[Covariate<'_>]) -> Covariate<'a> {
    let (interaction, codes) = Interaction::new(&parts.iter().collect::<Vec<_>>());
    Covariate { name, scale: Scale::Interaction(interaction), codes: codes.into() }
}

/// The cells of an interaction, named by the levels of its factors; its unit is the product of those of its numbers.
fn interaction_label(columns: &[&Column]) -> VariableLabel {
    let mut levels = vec![Level { value: String::new(), label: String::new() }];
    for column in columns.iter().filter(|column| column.kind != Kind::Number) {
        let join = |known: &Level, level: &Level| match known.value.as_str() {
            "" => Level { value: level.value.clone(), label: level.text().into() },
            value => Level {
                value: format!("{value}:{}", level.value),
                label: format!("{} × {}", known.label, level.text()),
            },
        };
        levels =
            levels.iter().flat_map(|known| column.levels().iter().map(move |l| join(known, l))).collect();
    }
    let numbers = || columns.iter().filter(|column| column.kind == Kind::Number);
    let units: Option<Vec<&str>> = numbers().map(|column| column.unit.as_deref()).collect();
    let name = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(":");
    VariableLabel {
        label: name.clone(),
        name,
        unit: units.filter(|units| !units.is_empty()).map(|units| units.join(" × ")),
        kind: if numbers().next().is_some() { Kind::Number } else { Kind::Category },
        levels: if levels[0].value.is_empty() { Vec::new() } else { levels },
    }
}

/// Where so many knots lie by default among some values.
pub(in crate::methods) fn quantile_knots(frequencies: &Frequencies, number: usize) -> Vec<f64> {
    let quantile = |p: f64| {
        let [value] = frequencies.quantiles([p], QuantileDefinition::Interpolated)?;
        Some(value)
    };
    let total = frequencies.total();
    let ranked = (10..100).contains(&total).then(|| {
        [5, total - 4].map(|rank| {
            let mut below = 0;
            let reached = |(_, n): &(f64, u64)| {
                below += n;
                below >= rank
            };
            frequencies.pairs().find(reached).map_or(f64::NAN, |(value, _)| value)
        })
    });
    default_knots(number, quantile, ranked).unwrap_or_default()
}

/// A number as a spline; its knots are those of all patients of the table, whatever else they lack. Where its values
/// are imputed, the knots and the values that are compared must be the same in every data set.
fn spline<'a>(column: &'a Column, n: &[u64], knots: &Knots, imputed: bool) -> Result<Covariate<'a>, Problem> {
    let name = &column.name;
    let plain = Covariate::read(column)?;
    let Scale::Number(values) = plain.scale else {
        return Err(Problem::input(format!("`{name}` has levels, and a spline needs a number"))
            .help(format!("write the term as \"{name}\"")));
    };
    let frequencies = Frequencies::new(
        plain
            .codes
            .iter()
            .zip(n)
            .filter(|(code, _)| **code != ABSENT)
            .map(|(c, n)| (values[*c as usize], *n)),
    );
    let quantile = |p: f64| {
        let [value] = frequencies.quantiles([p], QuantileDefinition::Interpolated)?;
        Some(value)
    };
    if imputed && matches!(knots, Knots::Number(_)) && plain.codes.contains(&ABSENT) {
        let message =
            format!("values of `{name}` are imputed, so that its quantiles differ between data sets");
        return Err(Problem::input(message).help(format!(
            "write where the knots are, for example {{ spline = \"{name}\", knots = [1, 2, 5] }}"
        )));
    }
    let given = matches!(knots, Knots::At(_));
    let (asked, knots) = match knots {
        Knots::At(at) => (at.len(), at.clone()),
        Knots::Number(number) => (*number, quantile_knots(&frequencies, *number)),
    };
    if knots.len() < 3 {
        let message =
            format!("the values of `{name}` give fewer than the three different knots that a spline needs");
        return Err(Problem::input(message).help(format!(
            "write where they are, for example {{ spline = \"{name}\", knots = [1, 2, 5] }}, or take the number as it is"
        )));
    }
    let quartiles = match imputed && given {
        true => [knots[0], knots[knots.len() / 2], knots[knots.len() - 1]],
        false => [0.25, 0.5, 0.75].map(|p| quantile(p).unwrap_or(f64::NAN)),
    };
    let mut patients = vec![0.0; values.len()];
    for (code, n) in plain.codes.iter().zip(n).filter(|(code, _)| **code != ABSENT) {
        patients[*code as usize] += *n as f64;
    }
    let scale = Scale::Spline(Spline::new(values, &patients, knots, asked, quartiles));
    Ok(Covariate { name: name.clone(), scale, codes: plain.codes })
}
