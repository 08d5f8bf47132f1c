//! Two numbers of each patient.

use super::paired_t::paired_t;
use super::rule::{Reckon, Reckoning, SignedRankRule, Zeros};

use super::signed_rank::signed_rank;
use super::{Found, PairedOptions, PairedTest, Setting, centre, differences};
use crate::methods::kaplan_meier::percent;
use crate::methods::tests::Frequencies;
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::methods::two_by_two::{Effect, with_effect};
use study::results::finite;
use study::{Column, Convention, Estimate, IntervalMethod, Notice, Problem, Quantity};

pub(super) fn compare(setting: &Setting<'_>, columns: [&Column; 2], n: &[u64]) -> Result<Found, Problem> {
    let Setting { options, analysis, plan } = *setting;
    let numbers = |column: &'_ Column, key: &'static str| {
        let values = column.numbers().map_err(|problem| problem.at(analysis.place(&[key.into()])))?;
        Ok::<Vec<f64>, Problem>(values.to_vec())
    };
    let (first, second) = (numbers(columns[0], "first")?, numbers(columns[1], "second")?);
    let complete = |row: usize| !first[row].is_nan() && !second[row].is_nan();
    let rows: Vec<usize> = (0..n.len()).filter(|row| complete(*row)).collect();
    let of = |value: &dyn Fn(usize) -> f64| Frequencies::new(rows.iter().map(|row| (value(*row), n[*row])));
    let differences = differences::of(&first, &second, n, &rows);
    let level = plan.study.confidence_level;
    let definition = QuantileDefinition::of(plan.dialect(Convention::Quantile));
    let median = |values: &Frequencies| values.quantiles([0.5], definition).map(|[median]| median);

    let mut estimates = Vec::new();
    for (name, values) in [(&options.first, of(&|row| first[row])), (&options.second, of(&|row| second[row]))]
    {
        let moments = values.moments();
        for (quantity, at, value) in [
            (Quantity::Mean, None, moments.mean()),
            (Quantity::StandardDeviation, None, moments.standard_deviation()),
            (Quantity::Quantile, Some(0.5), median(&values)),
        ] {
            estimates.push(Estimate {
                term: Some(name.clone()),
                n: Some(moments.n),
                at,
                value,
                ..Estimate::new(quantity, f64::NAN)
            });
        }
    }
    let row = |quantity| Estimate {
        term: Some(options.first.clone()),
        reference: Some(options.second.clone()),
        n: Some(differences.total()),
        ..Estimate::new(quantity, f64::NAN)
    };
    let (by_t, mean) = paired_t(&differences, level);
    estimates.push(with_effect(row(Quantity::MeanDifference), &mean, IntervalMethod::StudentT, level));
    estimates.push(Estimate { value: median(&differences), ..row(Quantity::MedianDifference) });
    let asked = options.test.unwrap_or(PairedTest::T);
    let rule = SignedRankRule::of(plan.dialect(Convention::SignedRank));
    let rule = SignedRankRule {
        reckon: asked.reckon().unwrap_or(rule.reckon),
        zeros: options.zeros.unwrap_or(rule.zeros),
    };
    let (by_ranks, reckoning) = signed_rank(&differences, rule);
    let remark = |what: &str| Notice::Other { message: format!("{}: {what}.", options.first) };
    let mut notices = Vec::new();
    if let Some((shift, method)) = centre::of(&differences, reckoning, level) {
        if shift.limits.is_none() {
            notices.push(remark(
                "too few patients for limits of the centre of the differences at this confidence level",
            ));
        }
        let (lower, upper) = shift.limits.unzip();
        let effect = Effect { value: finite(shift.value), std_error: None, lower, upper };
        estimates.push(with_effect(row(Quantity::LocationShift), &effect, method, level));
    }
    let mut test = if asked == PairedTest::T { by_t } else { by_ranks };
    test.reason = Some(reason(options.test, &rule, reckoning));
    if asked != PairedTest::T && rule.reckon == Reckon::Exact && reckoning != Reckoning::Exact {
        notices.push(remark(
            "too many patients for the exact signed-rank test; the normal approximation stands in its place",
        ));
    }
    if test.p_value.is_none() && differences.total() > 0 {
        notices.push(remark(
            "the differences have no spread, or there is a single patient, so that there is no test",
        ));
    }
    let sentence = format!(
        "Paired numbers were compared with the {}; the centre of their differences is the Hodges–Lehmann estimate, \
         with the {}% limits of the signed-rank test.",
        test.name.text(),
        percent(level)
    );
    estimates.push(Estimate { test: Some(test), ..row(Quantity::Association) });
    let applied = PairedOptions { test: Some(asked), zeros: Some(rule.zeros), ..options.clone() };
    Ok(Found { applied, estimates, notices, sentences: vec![sentence] })
}

fn reason(asked: Option<PairedTest>, rule: &SignedRankRule, reckoning: Reckoning) -> String {
    match asked {
        None => "the interval is that of the mean difference".into(),
        Some(PairedTest::T) => "asked for in the plan".into(),
        Some(_) => {
            let zeros = if rule.zeros == Zeros::Ranked { ", differences of 0 ranked" } else { "" };
            format!("{}{zeros}", reckoning.text())
        }
    }
}
