//! Two levels, twice in each patient.

use super::mcnemar::{
    Changes, asymptotic, difference_corrected, difference_newcombe, difference_score, difference_wald, exact,
    odds_ratio,
};
use super::{Found, PairedDifference, PairedOptions, PairedTest, Setting};
use crate::methods::dichotomy::{Dichotomy, Keys};
use crate::methods::two_by_two::{one_risk, risk_interval, with_effect};
use study::{Column, Convention, CountTable, Dialect, Estimate, IntervalMethod, Notice, Problem, Quantity};

/// Patients whose values differ below which the exact test is the default.
const FEW: u64 = 25;

pub(super) fn compare(
    setting: &Setting<'_>,
    table: &CountTable,
    columns: [&Column; 2],
) -> Result<Found, Problem> {
    let Setting { options, analysis, plan } = *setting;
    options.check_levels(analysis)?;
    let read = |column, variable| {
        let keys = Keys { variable, level: "event", other_than_reference: false };
        Dichotomy::read(column, options.event.as_deref(), &keys, analysis)
    };
    let (first, second) = (read(columns[0], "first")?, read(columns[1], "second")?);
    if first.level != second.level && !first.level.is_empty() && !second.level.is_empty() {
        let message = format!("the events differ: `{}` and `{}`", first.level, second.level);
        return Err(analysis
            .refuse(&["second".into()], message)
            .help("derive two variables with the same two levels"));
    }
    let mut changes = Changes::default();
    for (row, n) in table.n().iter().enumerate() {
        match (first.has[row], second.has[row]) {
            (Some(true), Some(true)) => changes.both += n,
            (Some(true), Some(false)) => changes.first += n,
            (Some(false), Some(true)) => changes.second += n,
            (Some(false), Some(false)) => changes.neither += n,
            _ => {}
        }
    }
    let level = plan.study.confidence_level;
    let (asked, reason) = choose(options, plan.dialect(Convention::PairedTest), &changes);
    let interval = options.risk_interval.unwrap_or(risk_interval(plan.dialect(Convention::RiskInterval)));
    let by_difference = options
        .difference_interval
        .unwrap_or(PairedDifference::of(plan.dialect(Convention::PairedDifference)));
    let applied = PairedOptions {
        event: Some(first.level.clone()),
        test: Some(asked),
        difference_interval: Some(by_difference),
        risk_interval: Some(interval),
        ..options.clone()
    };
    let risk = |name: &str, x: u64| Estimate {
        term: Some(name.into()),
        level: Some(first.level.clone()),
        n: Some(x),
        of: Some(changes.total()),
        interval: one_risk(x, changes.total(), interval, level),
        ..Estimate::new(Quantity::Risk, x as f64 / changes.total() as f64)
    };
    let effect_row = |quantity| Estimate {
        term: Some(options.first.clone()),
        level: Some(first.level.clone()),
        reference: Some(options.second.clone()),
        n: Some(changes.discordant()),
        of: Some(changes.total()),
        ..Estimate::new(quantity, f64::NAN)
    };
    let (difference, method) = match by_difference {
        PairedDifference::Score => (difference_score(&changes, level), IntervalMethod::Score),
        PairedDifference::Wald => (difference_wald(&changes, level), IntervalMethod::Wald),
        PairedDifference::WaldCorrected => {
            (difference_corrected(&changes, level), IntervalMethod::WaldCorrected)
        }
        PairedDifference::Newcombe => (difference_newcombe(&changes, level), IntervalMethod::Newcombe),
    };
    let mut test = match asked {
        PairedTest::McnemarExact => exact(&changes),
        PairedTest::McnemarCorrected => asymptotic(&changes, true),
        _ => asymptotic(&changes, false),
    };
    test.reason = Some(reason);
    let mut notices = Vec::new();
    if changes.total() > 0 && changes.discordant() == 0 {
        let message = format!("{}: no patient’s values differ, so that there is no test.", options.first);
        notices.push(Notice::Other { message });
    } else if changes.discordant() > 0 && (changes.first == 0 || changes.second == 0) {
        notices.push(Notice::EmptyCell { variable: options.first.clone(), group: None });
    }
    let sentence = format!(
        "Paired proportions were compared with {}; the odds ratio is that of a change, with exact limits.",
        test.name.text()
    );
    let ratio = odds_ratio(&changes, level);
    let estimates = vec![
        risk(&options.first, changes.both + changes.first),
        risk(&options.second, changes.both + changes.second),
        with_effect(effect_row(Quantity::RiskDifference), &difference, method, level),
        with_effect(effect_row(Quantity::OddsRatio), &ratio, IntervalMethod::Exact, level),
        Estimate { level: None, test: Some(test), ..effect_row(Quantity::Association) },
    ];
    Ok(Found { applied, estimates, notices, sentences: vec![sentence] })
}

fn choose(options: &PairedOptions, dialect: Dialect, changes: &Changes) -> (PairedTest, String) {
    if let Some(asked) = options.test {
        return (asked, "asked for in the plan".into());
    }
    let default = || format!("the default of {}", dialect.name());
    match PairedRule::of(dialect) {
        PairedRule::ExactBelow25 if changes.discordant() < FEW => {
            (PairedTest::McnemarExact, format!("the values of fewer than {FEW} patients differ"))
        }
        PairedRule::ExactBelow25 => {
            (PairedTest::Mcnemar, format!("the values of {FEW} patients or more differ"))
        }
        PairedRule::ExactUpTo25ElseCorrected if changes.discordant() <= FEW => {
            (PairedTest::McnemarExact, format!("{} up to {FEW} patients whose values differ", default()))
        }
        PairedRule::ExactUpTo25ElseCorrected | PairedRule::Corrected => {
            (PairedTest::McnemarCorrected, default())
        }
        PairedRule::Uncorrected => (PairedTest::Mcnemar, default()),
    }
}

/// How a program compares paired levels when not told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PairedRule {
    /// Exact below 25 changes, else without correction.
    ExactBelow25,
    /// Exact up to 25 changes, else corrected for continuity.
    ExactUpTo25ElseCorrected,
    /// Corrected for continuity.
    Corrected,
    /// Without correction.
    Uncorrected,
}

impl PairedRule {
    pub(crate) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr => Self::ExactBelow25,
            Dialect::Spss => Self::ExactUpTo25ElseCorrected,
            Dialect::R => Self::Corrected,
            Dialect::Sas | Dialect::Stata => Self::Uncorrected,
        }
    }
}
