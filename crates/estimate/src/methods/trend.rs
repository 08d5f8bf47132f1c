//! Cochran–Armitage test: does a risk rise or fall over ordered levels?
//!
//! # Estimand
//! None; the hypothesis tested is that the risk is the same at all levels, against one that is linear in their
//! scores.
//! # Formula
//! z = Σ sᵢ(xᵢ − nᵢp̄) / √(p̄(1 − p̄)(Σ nᵢsᵢ² − (Σ nᵢsᵢ)²/N)) with xᵢ events among nᵢ patients of score sᵢ and p̄ the
//! risk of all; two-sided. z² is the chi-squared statistic that other programs print; z is positive where the risk
//! rises. Exact: of all ways in which the events could have fallen to the patients, the share whose Σ sᵢxᵢ is at least as
//! far from its expectation.
//! # Ties and censoring
//! Patients without a value of one of the variables are left out, and their number is a notice.
//! # Assumptions
//! Independent patients; counts that are not small, or the exact test. Only the distances between scores matter.
//! # Variance
//! Binomial under the hypothesis, with one risk for all levels: the denominator of z.
//! # Options
//! Where `scores` are absent they are 0, 1, 2, …, or the values themselves where the exposure is a number. The exact test
//! counts some hundred events among a thousand patients; beyond, the normal distribution stands in, with a notice.
//! # References
//! Cochran 1954, doi:10.2307/3001616. Armitage 1955, doi:10.2307/3001775. Cox & Snell 1989, Analysis of Binary Data,
//! section 2.5 (exact).
//! # Worked example
//! Risks 1/4, 2/4 and 3/4 with the scores −1, 0 and 1: the sum is 2 and its variance ¼ · 8, z = √2.

mod exact;
mod statistic;

pub use exact::exact_p;
pub use statistic::{Dose, cochran_armitage};

use super::dichotomy::{Dichotomy, Keys};
use super::two_by_two::{RiskInterval, one_risk, risk_interval};
use crate::method::{About, Method, one_table, outline};
use crate::missing::excluded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{
    Analysis, Column, ColumnRequest, Convention, CountRequest, CountTable, Estimate, MISSING, Notice,
    Participants, Plan, Problem, Quantity, Results, Values,
};

/// Levels beyond which their risks are not shown.
const MOST_SHOWN: usize = 50;

/// What may be asked of [`Trend`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrendOptions {
    /// The outcome, a variable of two levels.
    pub outcome: String,
    /// The level of the outcome that is the event; `yes`, `true` or `1` where absent.
    pub event: Option<String>,
    /// The exposure: a variable with ordered levels, or a number.
    pub exposure: String,
    /// One score a level, in the order of the levels; 0, 1, 2, … or the values of a number where absent.
    pub scores: Option<Vec<f64>>,
    /// The interval of each risk; Wilson's where absent, corrected for continuity in R's dialect, exact in SAS' and
    /// Stata's.
    pub risk_interval: Option<RiskInterval>,
    /// How the P value is found.
    #[serde(default)]
    pub distribution: TrendDistribution,
}

/// How the P value of a test for trend is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrendDistribution {
    /// By the normal distribution.
    #[default]
    Normal,
    /// By counting all ways in which the events could have fallen to the patients.
    Exact,
}

/// Cochran–Armitage test.
#[derive(Debug, Clone, Copy)]
pub struct Trend;

impl Method for Trend {
    const ABOUT: About = About {
        name: "trend",
        title: "Trend of risk",
        summary: "Does the risk of an outcome rise or fall over the ordered levels of an exposure?",
        documentation: include_str!("trend.rs"),
        references: &["Cochran 1954, doi:10.2307/3001616", "Armitage 1955, doi:10.2307/3001775"],
    };
    type Options = TrendOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        _: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        if options.exposure == options.outcome {
            let message = format!("`{}` is both exposure and outcome", options.outcome);
            return Err(analysis.refuse(&["exposure".into()], message).help("name another variable"));
        }
        let columns = [("exposure", &options.exposure), ("outcome", &options.outcome)]
            .map(|(key, name)| ColumnRequest::variable(name, [key.into()]));
        Ok(vec![CountRequest { columns: columns.into() }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let all = one_table(tables)?;
        let (table, missing) = all.complete(&[&options.exposure, &options.outcome])?;
        let column = all.column(&options.exposure)?;
        let keys = Keys { variable: "outcome", level: "event", other_than_reference: false };
        let outcome =
            Dichotomy::read(all.column(&options.outcome)?, options.event.as_deref(), &keys, analysis)?;
        let (mut doses, of_row) = doses(column, options, analysis)?;
        for (row, n) in all.n().iter().enumerate() {
            if let (Some(dose), Some(event)) = (of_row[row], outcome.has[row]) {
                doses[dose].1.n += n;
                doses[dose].1.events += if event { *n } else { 0 };
            }
        }
        let interval = options.risk_interval.unwrap_or(risk_interval(plan.dialect(Convention::RiskInterval)));
        let applied = TrendOptions {
            event: Some(outcome.level.clone()),
            scores: matches!(column.values, Values::Category { .. })
                .then(|| doses.iter().map(|(_, dose)| dose.score).collect()),
            risk_interval: Some(interval),
            ..options.clone()
        };
        let mut results = outline::<Self>(&applied, analysis)?;
        results.outcome = Some(options.outcome.clone());
        results.participants = Participants { eligible: all.total(), analysed: table.total(), missing };
        results.variables = vec![column.label(), all.column(&options.outcome)?.label()];
        results.notices.extend(excluded(&results.participants.missing));
        let term = || Some(options.exposure.clone());
        if doses.len() <= MOST_SHOWN {
            for (level, dose) in &doses {
                results.estimates.push(Estimate {
                    term: term(),
                    level: Some(level.clone()),
                    at: Some(dose.score),
                    n: Some(dose.events),
                    of: Some(dose.n),
                    interval: one_risk(dose.events, dose.n, interval, plan.study.confidence_level),
                    ..Estimate::new(Quantity::Risk, dose.events as f64 / dose.n as f64)
                });
            }
        } else {
            let message = format!("{}: {} values are too many to be shown.", column.name, doses.len());
            results.notices.push(Notice::Other { message });
        }
        let counted: Vec<Dose> = doses.iter().map(|(_, dose)| *dose).collect();
        let mut test = cochran_armitage(&counted);
        if test.p_value.is_none() {
            results.notices.push(no_test(options, &outcome, &counted));
        } else if options.distribution == TrendDistribution::Exact {
            match exact_p(&counted) {
                Some(p) => {
                    test.p_value = Some(p);
                    test.reason = Some("P exact, from all ways in which the events could have fallen".into());
                }
                None => {
                    let message = format!(
                        "{}: too many patients, or too many digits in the scores, for the exact test; the normal \
                         distribution stands in its place.",
                        options.exposure
                    );
                    results.notices.push(Notice::Other { message });
                }
            }
        }
        results.estimates.push(Estimate {
            term: term(),
            test: Some(test),
            ..Estimate::new(Quantity::Association, f64::NAN)
        });
        results.methods_text.push("Trends of risk were tested with the Cochran–Armitage test.".into());
        Ok(results)
    }
}

/// Why there is no test.
fn no_test(options: &TrendOptions, outcome: &Dichotomy, doses: &[Dose]) -> Notice {
    let events: u64 = doses.iter().map(|dose| dose.events).sum();
    let n: u64 = doses.iter().map(|dose| dose.n).sum();
    if n == 0 {
        let message = format!("{}: no patient has all values that the test needs.", options.outcome);
        return Notice::Other { message };
    }
    if events == 0 || events == n {
        let level = if events > 0 { &outcome.level } else { &outcome.other };
        return Notice::OneOutcome { outcome: options.outcome.clone(), level: level.clone() };
    }
    Notice::SingleLevel { variable: options.exposure.clone() }
}

type Doses = (Vec<(String, Dose)>, Vec<Option<usize>>);

/// The levels with their scores, nobody counted yet, and the level of each row.
fn doses(column: &Column, options: &TrendOptions, analysis: &Analysis) -> Result<Doses, Problem> {
    let empty = |score: f64| Dose { score, events: 0, n: 0 };
    match &column.values {
        Values::Category { levels, codes } => {
            let scores = match &options.scores {
                None => (0..levels.len()).map(|index| index as f64).collect(),
                Some(scores) if scores.len() == levels.len() => scores.clone(),
                Some(scores) => {
                    let message = format!("{} scores for {} levels", scores.len(), levels.len());
                    let help = "give one score for each level, in the order of the levels";
                    return Err(analysis.refuse(&["scores".into()], message).help(help));
                }
            };
            if let Some(index) = scores.iter().position(|score| !score.is_finite()) {
                let place = ["scores".into(), index.into()];
                return Err(analysis
                    .refuse(&place, "a score must be a finite number")
                    .help("write a number"));
            }
            let doses = levels.iter().zip(scores).map(|(level, score)| (level.value.clone(), empty(score)));
            let of_row = codes.iter().map(|code| (*code != MISSING).then_some(*code as usize));
            Ok((doses.collect(), of_row.collect()))
        }
        Values::Number(values) => {
            if options.scores.is_some() {
                let message = format!("`{}` is a number, which is its own score", column.name);
                return Err(analysis.refuse(&["scores".into()], message).help("remove `scores`"));
            }
            let mut distinct: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
            distinct.sort_by(f64::total_cmp);
            distinct.dedup();
            let of_row = values.iter().map(|value| {
                if value.is_nan() { None } else { distinct.iter().position(|known| known == value) }
            });
            let of_row = of_row.collect();
            Ok((distinct.iter().map(|score| (score.to_string(), empty(*score))).collect(), of_row))
        }
    }
}

#[cfg(test)]
mod tests;
