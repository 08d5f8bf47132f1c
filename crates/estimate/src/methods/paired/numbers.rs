//! Two numbers of each patient.

use super::paired_t::paired_t;
use super::signed_rank::{is_exact, signed_rank};
use super::{Found, PairedOptions, PairedTest, Setting};
use crate::methods::tests::Frequencies;
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::methods::tests::wilcoxon::Distribution;
use crate::methods::two_by_two::with_effect;
use study::{Column, Convention, Dialect, Estimate, IntervalMethod, Notice, Problem, Quantity};

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
    let differences = of(&|row| first[row] - second[row]);
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
    let (mut test, mut reason) = match asked {
        PairedTest::Wilcoxon | PairedTest::WilcoxonUncorrected => {
            ranks(asked, plan.dialect(Convention::RankSum), &differences)
        }
        _ => (by_t, "the interval is that of the mean difference".to_string()),
    };
    if options.test.is_some() && asked == PairedTest::T {
        reason = "asked for in the plan".into();
    }
    test.reason = Some(reason);
    let mut notices = Vec::new();
    if test.p_value.is_none() && differences.total() > 0 {
        let message = format!(
            "{}: the differences have no spread, or there is a single patient, so that there is no test.",
            options.first
        );
        notices.push(Notice::Other { message });
    }
    let sentence = format!("Paired numbers were compared with the {}.", test.name.text());
    estimates.push(Estimate { test: Some(test), ..row(Quantity::Association) });
    let applied = PairedOptions { test: Some(asked), ..options.clone() };
    Ok(Found { applied, estimates, notices, sentences: vec![sentence] })
}

fn ranks(asked: PairedTest, dialect: Dialect, differences: &Frequencies) -> (study::Test, String) {
    let distribution = match (asked, dialect) {
        (PairedTest::WilcoxonUncorrected, _) | (_, Dialect::Spss | Dialect::Stata) => {
            Distribution::Uncorrected
        }
        _ => Distribution::ExactWhereSmall,
    };
    let how = if is_exact(differences, distribution) {
        "exact, as no differences tie or are 0 and fewer than 50 patients have one"
    } else if distribution == Distribution::Uncorrected {
        "normal approximation without continuity correction"
    } else {
        "normal approximation with continuity correction"
    };
    (signed_rank(differences, distribution), format!("asked for in the plan ({how})"))
}
