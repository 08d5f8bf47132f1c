//! Sentences of the methods paragraph that all models share.

use super::{EntryRule, ModelOptions, Multivariable};
use crate::design::{Covariate, Interaction, Part, Scale};
use crate::interval::IntervalChoice;
use crate::methods::kaplan_meier::percent;
use study::{Endpoint, Results};

impl ModelOptions<'_> {
    /// Which models there are, as an adjective of the regression.
    pub(in crate::methods) fn adjective(&self) -> &'static str {
        match (self.univariable, self.multivariable) {
            (true, Multivariable::Switch(false)) => "univariable",
            (true, _) => "univariable and multivariable",
            (false, _) => "multivariable",
        }
    }

    /// By which rule terms entered the multivariable model, where there is one.
    pub(in crate::methods) fn entry_sentence(&self) -> Option<String> {
        let Multivariable::Enter(rule) = self.multivariable else { return None };
        let rule = EntryRule::parse(&rule.enter).ok()?;
        Some(format!("Terms with {rule} entered the multivariable model."))
    }
}

/// How terms that are no plain variables entered.
pub(in crate::methods) fn term_sentences(covariates: &[Covariate<'_>], results: &Results) -> Vec<String> {
    let mut text = Vec::new();
    for covariate in covariates {
        let label = results.label(&covariate.name);
        let mut letters = label.chars();
        let heading: String =
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        match &covariate.scale {
            Scale::Spline(spline) => {
                let at: Vec<String> = spline.knots.iter().map(f64::to_string).collect();
                let fewer = match spline.asked - spline.knots.len() {
                    0 => String::new(),
                    _ => format!(" ({} were asked for, but some fall together)", spline.asked),
                };
                text.push(format!(
                    "{heading} entered as a restricted cubic spline with {} knots{fewer}, at {}.",
                    at.len(),
                    at.join(", ")
                ));
            }
            Scale::Interaction(interaction) => {
                let names: Vec<&str> =
                    interaction.parts.iter().map(|part| results.label(&part.name)).collect();
                text.push(format!("The interaction of {} was examined.", names.join(" and ")));
                text.extend(bent_sentence(interaction, results));
            }
            Scale::Factor { .. } | Scale::Number(_) => {}
        }
    }
    text
}

/// Where the ratios of an interaction with a spline stand.
fn bent_sentence(interaction: &Interaction, results: &Results) -> Option<String> {
    let label = |part: &Part| results.label(&part.name).to_string();
    let splines = || interaction.parts.iter().filter(|part| matches!(part.scale, Scale::Spline(_)));
    let at = |part: &Part, values: &[f64]| {
        let values: Vec<String> = values.iter().map(f64::to_string).collect();
        format!("{} {}", label(part), values.join(", "))
    };
    let held: Vec<String> = interaction
        .parts
        .iter()
        .filter_map(|part| match &part.scale {
            Scale::Factor { .. } => Some(format!("within each level of {}", label(part))),
            Scale::Number(_) => Some(format!("at the quartiles of {}", at(part, &part.held_at))),
            Scale::Spline(spline) => (splines().count() > 1)
                .then(|| format!("at the quartiles of {}", at(part, &spline.quartiles))),
            Scale::Interaction(_) => None,
        })
        .collect();
    let medians: Vec<String> = splines()
        .filter_map(|part| match &part.scale {
            Scale::Spline(spline) => Some(at(part, &spline.quartiles[1..2])),
            Scale::Factor { .. } | Scale::Number(_) | Scale::Interaction(_) => None,
        })
        .collect();
    let names: Vec<String> = splines().map(label).collect();
    (!names.is_empty()).then(|| {
        format!(
            "All columns of the spline were multiplied; ratios of {} are told {}, and those of the variables beside a \
             spline stand at its median ({}).",
            names.join(" and "),
            held.join(" and "),
            medians.join(", ")
        )
    })
}

/// How P values and intervals of ratios were made.
pub(in crate::methods) fn interval_sentence(interval: IntervalChoice, confidence_level: f64) -> String {
    let percent = percent(confidence_level);
    match interval {
        IntervalChoice::Wald => {
            format!("P values and {percent}% confidence intervals of ratios are Wald’s.")
        }
        IntervalChoice::Score => format!(
            "P values of ratios are from score tests, {percent}% confidence intervals are the values that these do not \
             reject."
        ),
        IntervalChoice::Profile => format!(
            "P values of ratios are Wald’s; {percent}% confidence intervals are from the profile likelihood."
        ),
    }
}

/// What is said of an endpoint whose patients come under observation late.
pub(in crate::methods) fn entry_sentence(endpoint: &Endpoint) -> Option<String> {
    endpoint
        .entry
        .as_ref()
        .map(|_| "Patients were at risk from when observation of them began (left truncation).".into())
}
