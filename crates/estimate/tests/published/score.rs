//! Scores from the coefficients that a Cox regression reports.

use crate::modelling::ratio;
use study::{Column, Model, Results, Values};

/// The linear predictor of the multivariable model of some terms, for each row of the columns.
pub(crate) fn linear_predictor(results: &Results, terms: &[&str], columns: &[Column]) -> Vec<f64> {
    let beta = |term: &str, level: Option<&str>| {
        ratio(results, Model::Multivariable, term, level).value.unwrap().ln()
    };
    let mut sum = vec![0.0; columns[0].values.len()];
    for term in terms {
        let column = columns.iter().find(|column| column.name == *term).unwrap();
        let shares: Vec<f64> = match &column.values {
            Values::Number(values) => {
                let beta = beta(term, None);
                values.iter().map(|value| beta * value).collect()
            }
            Values::Category { levels, codes } => {
                let of_level = |(at, level): (usize, &study::Level)| {
                    if at == 0 { 0.0 } else { beta(term, Some(&level.value)) }
                };
                let betas: Vec<f64> = levels.iter().enumerate().map(of_level).collect();
                codes.iter().map(|code| betas[*code as usize]).collect()
            }
        };
        sum.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
    }
    sum
}
