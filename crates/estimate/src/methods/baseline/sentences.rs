//! What was computed, in sentences for the methods paragraph.

use super::{NumberStatistic, Percent, Setting};
use crate::methods::kaplan_meier::percent;
use crate::methods::models::weights_text;
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::methods::two_by_two::RiskInterval;
use std::collections::BTreeSet;
use study::{Convention, Kind, Quantity, Results, TestName};

/// The sentences for what the results contain.
pub(super) fn methods(setting: &Setting<'_>, results: &Results) -> Vec<String> {
    let by = setting.options.by.as_deref();
    let rows = results.variables.iter().filter(|label| Some(label.name.as_str()) != by);
    let levelled = |kind: Kind| matches!(kind, Kind::Category | Kind::Flag);
    let (levels, numbers): (Vec<_>, Vec<_>) = rows.partition(|label| levelled(label.kind));
    let mut sentences = Vec::new();
    if !levels.is_empty() {
        let share = match setting.options.percent {
            Percent::Column => "share of the patients with a value",
            Percent::Row => "share of the patients of all groups with that level",
        };
        let interval = setting.options.share_interval.map(|method| {
            let name = match method {
                RiskInterval::Wilson => "Wilson’s",
                RiskInterval::WilsonCorrected => "Wilson’s (corrected for continuity)",
                RiskInterval::ClopperPearson => "Clopper and Pearson’s exact",
            };
            let level = percent(setting.plan.study.confidence_level);
            format!(" with {name} {level}% interval")
        });
        let interval = interval.unwrap_or_default();
        sentences.push(format!("Categorical variables are given as number and {share}{interval}."));
        let tested = |term: &str, name| levels.iter().any(|label| label.name == term) && name_of_levels(name);
        sentences.extend(compared("Categorical variables", results, tested));
        let ranked =
            |term: &str, name| levels.iter().any(|label| label.name == term) && !name_of_levels(name);
        sentences.extend(compared("Variables with ordered levels", results, ranked));
    }
    if !numbers.is_empty() {
        let shown: BTreeSet<NumberStatistic> =
            numbers.iter().map(|label| setting.options.statistic(&label.name)).collect();
        let shown: Vec<&str> = shown.into_iter().map(words).collect();
        sentences.push(format!("Continuous variables are given as {}.", list(&shown, "or")));
        if shown.iter().any(|words| words.contains("quartiles")) {
            let definition = QuantileDefinition::of(setting.plan.dialect(Convention::Quantile)).number();
            sentences.push(if setting.options.is_sampled() {
                "Quartiles are those of the weighted distribution.".into()
            } else {
                format!("Quartiles follow definition {definition} of Hyndman and Fan.")
            });
        }
        let tested = |term: &str, _| numbers.iter().any(|label| label.name == term);
        sentences.extend(compared("Continuous variables", results, tested));
    }
    let adjusted = results.estimates.iter().filter(|row| row.quantity == Quantity::AdjustedP).count();
    if let Some(adjustment) = setting.options.adjust.filter(|_| adjusted > 0) {
        let tests = if adjusted == 1 { "test".into() } else { format!("{adjusted} tests") };
        sentences.push(format!(
            "P values were adjusted for the {tests} of the table by the method of {}.",
            adjustment.text()
        ));
    }
    sentences.extend(weights_text(
        setting.options.weights.as_ref(),
        setting.options.weight_kind,
        setting.plan,
    ));
    if results.estimates.iter().any(|row| row.quantity == Quantity::StandardizedMeanDifference) {
        let between =
            if setting.columns.occupied() > 2 { ", the largest between any two groups" } else { "" };
        sentences
            .push(format!("Standardized mean differences are given in pooled standard deviations{between}."));
    }
    if results
        .participants
        .missing
        .iter()
        .any(|missing| missing.n > 0 && Some(missing.variable.as_str()) != by)
    {
        sentences.push("Patients without a value of a variable were left out of its comparison only.".into());
    }
    sentences
}

fn name_of_levels(name: TestName) -> bool {
    matches!(name, TestName::PearsonChiSquared | TestName::YatesChiSquared | TestName::FisherExact)
}

/// The tests that were made, each once.
fn compared(what: &str, results: &Results, ours: impl Fn(&str, TestName) -> bool) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    let mut rule = "";
    let made = results.estimates.iter().filter_map(|row| Some((row.term.as_deref()?, row.test.as_ref()?)));
    for (_, test) in made.filter(|(term, test)| test.p_value.is_some() && ours(term, test.name)) {
        if !names.contains(&test.name.text()) {
            names.push(test.name.text());
        }
        if test.reason.as_deref() == Some("an expected count is below 5") {
            rule = " (Fisher’s where an expected count was below 5)";
        }
    }
    if names.len() < 2 {
        rule = "";
    }
    names.sort_by_key(|name| name.contains("Fisher"));
    (!names.is_empty()).then(|| format!("{what} were compared with {}{rule}.", list(&names, "or")))
}

fn words(statistic: NumberStatistic) -> &'static str {
    match statistic {
        NumberStatistic::MedianQuartiles => "median and quartiles",
        NumberStatistic::MedianRange => "median and range",
        NumberStatistic::MedianQuartilesRange => "median, quartiles and range",
        NumberStatistic::MeanSd => "mean and standard deviation",
        NumberStatistic::MeanSdMedianQuartiles => "mean, standard deviation, median and quartiles",
        NumberStatistic::MeanSdMedianRange => "mean, standard deviation, median and range",
    }
}

fn list(words: &[&str], conjunction: &str) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).into(),
        [rest @ .., last] => format!("{} {conjunction} {last}", rest.join(", ")),
    }
}
