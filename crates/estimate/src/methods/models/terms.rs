//! From the terms of a plan to covariates.

use crate::design::term::Knots;
use crate::design::{ABSENT, Covariate, Interaction, Scale, Spline, Term, default_knots};
use crate::methods::tests::Frequencies;
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::numerics::parallel::in_order;
use study::{Analysis, Column, CountTable, Kind, Level, ObservedValues, Problem, Step, VariableLabel};

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
            (spline(column, table.n(), &knots, &analysis.observed).map_err(placed)?, column.label())
        }
        Term::Interaction(parts) => {
            let column = |part: &Term| table.column(&part.name());
            let columns = parts.iter().map(column).collect::<Result<Vec<_>, _>>()?;
            let covariate = interaction(&columns, &parts, table.n(), &analysis.observed).map_err(placed)?;
            (covariate, interaction_label(&columns))
        }
    })
}

fn interaction<'a>(
    columns: &[&'a Column],
    terms: &[Term],
    n: &[u64],
    observed: &ObservedValues,
) -> Result<Covariate<'a>, Problem> {
    let read = columns.iter().zip(terms).map(|(column, term)| match term {
        Term::Spline { knots, .. } => spline(column, n, knots, observed),
        Term::Variable(_) | Term::Interaction(_) => Covariate::read(column),
    });
    let parts = read.collect::<Result<Vec<_>, _>>()?;
    let (mut interaction, codes) = Interaction::new(&parts.iter().collect::<Vec<_>>());
    if interaction.bends() {
        for (part, read) in interaction.parts.iter_mut().zip(&parts) {
            let Scale::Number(values) = &read.scale else { continue };
            let frequencies = match observed.get(&read.name) {
                Some(observed) => Frequencies::new(observed.iter().copied()),
                None => frequencies(&read.codes, values, n),
            };
            let quartiles = quantiles(&frequencies, [0.25, 0.5, 0.75]);
            part.held_at = quartiles.map_or(Vec::new(), |quartiles| quartiles.to_vec());
        }
    }
    let name = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(":");
    Ok(Covariate { name, of: None, scale: Scale::Interaction(interaction), codes: codes.into() })
}

/// The values of a number, each with its patients.
fn frequencies(codes: &[u32], values: &[f64], n: &[u64]) -> Frequencies {
    let known = codes.iter().zip(n).filter(|(code, _)| **code != ABSENT);
    Frequencies::new(known.map(|(code, n)| (values[*code as usize], *n)))
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
        // A factor that no patient has a value of has no levels, and neither has its product.
        levels: if levels.first().is_none_or(|level| level.value.is_empty()) { Vec::new() } else { levels },
    }
}

/// Quantiles of values, of type 7.
fn quantiles<const N: usize>(frequencies: &Frequencies, shares: [f64; N]) -> Option<[f64; N]> {
    frequencies.quantiles(shares, QuantileDefinition::Interpolated)
}

/// Where so many knots lie by default among some values.
pub(in crate::methods) fn quantile_knots(frequencies: &Frequencies, number: usize) -> Vec<f64> {
    let quantile = |p: f64| quantiles(frequencies, [p]).map(|[value]| value);
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

/// A number as a spline; its knots are those of all patients of the table, whatever else they lack.
fn spline<'a>(
    column: &'a Column,
    n: &[u64],
    given: &Knots,
    observed: &ObservedValues,
) -> Result<Covariate<'a>, Problem> {
    let name = &column.name;
    let plain = Covariate::read(column)?;
    let Scale::Number(values) = plain.scale else {
        return Err(Problem::input(format!("`{name}` has levels, and a spline needs a number"))
            .help(format!("write the term as \"{name}\"")));
    };
    let observed = observed.get(name);
    let frequencies = match observed {
        Some(observed) => Frequencies::new(observed.iter().copied()),
        None => frequencies(&plain.codes, &values, n),
    };
    let (asked, knots) = match given {
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
    let quartiles = quantiles(&frequencies, [0.25, 0.5, 0.75]).unwrap_or([f64::NAN; 3]);
    let spline = match observed.and_then(|_| quantiles(&frequencies, [0.01, 0.99])) {
        Some(ends) => Spline::observed(values, knots, quartiles, ends),
        None => {
            let mut patients = vec![0.0; values.len()];
            for (code, n) in plain.codes.iter().zip(n).filter(|(code, _)| **code != ABSENT) {
                patients[*code as usize] += *n as f64;
            }
            Spline::new(values, &patients, knots, asked, quartiles)
        }
    };
    Ok(Covariate { name: name.clone(), of: plain.of, scale: Scale::Spline(spline), codes: plain.codes })
}
