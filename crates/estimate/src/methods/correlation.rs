//! Correlation of numbers: Pearson's, or Spearman's of their ranks.
//!
//! # Estimand
//! Pearson: the linear correlation of two numbers. Spearman: that of their ranks, whether they rise together.
//! # Formula
//! r = Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² Σ(y − ȳ)²), of mid-ranks for Spearman. Interval: tanh(atanh r ± z s) with s² =
//! 1/(n − 3) for Pearson and (1 + r²/2)/(n − 3) for Spearman. Test: t = r √((n − 2)/(1 − r²)) with n − 2 degrees of
//! freedom; that of Spearman's coefficient by the same t, or exactly (see Options). z is the normal quantile of the
//! confidence level.
//! # Ties and censoring
//! Equal values share the mean of their ranks. Each pair of variables uses the patients who have both.
//! # Assumptions
//! Independent patients; Pearson's interval and test ask for numbers that are nearly normal.
//! # Variance
//! On Fisher's scale atanh r, as in the formula: it does not depend on the correlation there.
//! # Options
//! Spearman's P value with `exact_where_small`: where no values tie all orders of up to 9 ranks are counted, and
//! those of up to 1290 approximated by an Edgeworth series, both as R's `cor.test` does; otherwise it comes from the
//! t distribution. With `exact` all orders of up to 12 patients are counted, ties as they are: P is the share of those
//! whose coefficient is at least as far from 0. The reason of each test says which.
//! # References
//! Fisher 1921, Metron 1:3–32. Spearman 1904, doi:10.2307/1412159. Bonett & Wright 2000, doi:10.1007/BF02294183. Best
//! & Roberts 1975, doi:10.2307/2347111 (algorithm AS 89).
//! # Worked example
//! (1, 1), (2, 3), (3, 2), (4, 4): r = 4/5 of values and of ranks alike; t = 0.8 √(2/0.36) and P = 0.2 with two
//! degrees of freedom, while of the 24 orders 8 are as far from none, P = 1/3.

mod coefficient;
mod spearman;

pub use coefficient::{Pairs, Related};
pub use spearman::SpearmanDistribution;

use crate::method::{About, Method, outline};
use crate::missing::excluded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{
    Analysis, ColumnRequest, Convention, CountRequest, CountTable, Estimate, Interval, IntervalMethod, Kind,
    MissingCount, Notice, Participants, Plan, Problem, Quantity, Results,
};

/// What may be asked of [`Correlation`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrelationOptions {
    /// Two numbers or more; every two of them are correlated.
    pub variables: Vec<String>,
    /// Which coefficient.
    #[serde(default)]
    pub coefficient: Coefficient,
    /// How Spearman's P value is found; `exact_where_small` where absent, `t` in the dialects of SPSS, SAS and Stata.
    pub distribution: Option<SpearmanDistribution>,
}

/// A coefficient of correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Coefficient {
    /// Pearson's, of the values.
    #[default]
    Pearson,
    /// Spearman's, of the ranks.
    Spearman,
}

/// Correlation.
#[derive(Debug, Clone, Copy)]
pub struct Correlation;

impl CorrelationOptions {
    /// Every two variables, by their positions.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let count = self.variables.len();
        (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b))).collect()
    }
}

impl Method for Correlation {
    const ABOUT: About = About {
        name: "correlation",
        title: "Correlation",
        summary: "How closely do two numbers, or their ranks, go together?",
        documentation: include_str!("correlation.rs"),
        references: &[
            "Fisher 1921, Metron 1:3–32",
            "Bonett & Wright 2000, doi:10.1007/BF02294183",
            "Best & Roberts 1975, doi:10.2307/2347111",
        ],
    };
    type Options = CorrelationOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        let mut problems = Vec::new();
        if options.variables.len() < 2 {
            let problem = analysis.refuse(&["variables".into()], "a correlation needs two variables");
            problems.push(problem.help("name two: variables = [\"age\", \"cea\"]"));
        }
        for (index, name) in options.variables.iter().enumerate() {
            let place = ["variables".into(), index.into()];
            if options.variables[..index].contains(name) {
                problems.push(analysis.refuse(&place, format!("`{name}` stands twice")).help("remove one"));
            }
            let kind = plan.variable(name).and_then(|variable| variable.kind);
            if matches!(kind, Some(Kind::Category | Kind::Flag)) {
                let message = format!("`{name}` has levels, and a number is needed");
                problems.push(analysis.refuse(&place, message).help("name a number"));
            }
        }
        if options.distribution.is_some() && options.coefficient == Coefficient::Pearson {
            let message = "`distribution` is of Spearman’s coefficient";
            problems.push(
                analysis
                    .refuse(&["distribution".into()], message)
                    .help("add `coefficient = \"spearman\"`, or remove it"),
            );
        }
        Problem::collect(problems)?;
        let column = |index: usize| {
            ColumnRequest::variable(&options.variables[index], ["variables".into(), index.into()])
        };
        Ok(options
            .pairs()
            .into_iter()
            .map(|(a, b)| CountRequest { columns: vec![column(a), column(b)] })
            .collect())
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let distribution = options
            .distribution
            .unwrap_or(SpearmanDistribution::of(plan.dialect(Convention::RankCorrelation)));
        let spearman = options.coefficient == Coefficient::Spearman;
        let applied =
            CorrelationOptions { distribution: spearman.then_some(distribution), ..options.clone() };
        let mut results = outline::<Self>(&applied, analysis)?;
        let mut missing: Vec<Option<MissingCount>> = vec![None; options.variables.len()];
        for ((a, b), table) in options.pairs().into_iter().zip(tables) {
            let names = [options.variables[a].as_str(), options.variables[b].as_str()];
            let mut numbers = Vec::new();
            for (index, name) in [(a, names[0]), (b, names[1])] {
                let column = table.column(name)?;
                let place = || analysis.place(&["variables".into(), index.into()]);
                numbers.push(column.numbers().map_err(|problem| problem.at(place()))?);
                if missing[index].is_none() {
                    results.variables.push(column.label());
                    let n = table.n().iter().zip(numbers[numbers.len() - 1]);
                    let n = n.filter(|(_, value)| value.is_nan()).map(|(n, _)| n).sum();
                    missing[index] = Some(MissingCount { variable: name.into(), n });
                }
            }
            let pairs =
                Pairs::new(numbers[0].iter().zip(numbers[1]).zip(table.n()).map(|((x, y), n)| (*x, *y, *n)));
            let related = if spearman { pairs.spearman(distribution) } else { pairs.pearson() };
            results.participants.eligible = table.total();
            results.participants.analysed = results.participants.analysed.max(pairs.n());
            if related.value.is_none() {
                let message = format!(
                    "{}: no correlation with {}; fewer than two patients have both, or one of them is the same in all.",
                    names[0], names[1]
                );
                results.notices.push(Notice::Other { message });
            }
            results.estimates.push(row(&related, names, pairs.n(), plan.study.confidence_level));
        }
        let found = missing.into_iter().flatten();
        results.participants = Participants { missing: found.collect(), ..results.participants };
        results.notices.extend(excluded(&results.participants.missing));
        results.methods_text.push(if spearman {
            "Correlations are Spearman’s, with intervals on Fisher’s z scale (variance of Bonett and Wright)."
                .into()
        } else {
            "Correlations are Pearson’s, with intervals on Fisher’s z scale.".into()
        });
        Ok(results)
    }
}

fn row(related: &Related, names: [&str; 2], n: u64, level: f64) -> Estimate {
    let limits = related.limits(level);
    Estimate {
        term: Some(names[0].into()),
        level: Some(names[1].into()),
        value: related.value,
        interval: limits.map(|[lower, upper]| Interval {
            lower: Some(lower),
            upper: Some(upper),
            confidence_level: level,
            method: IntervalMethod::FisherZ,
        }),
        test: Some(related.test.clone()),
        n: Some(n),
        ..Estimate::new(Quantity::Correlation, f64::NAN)
    }
}

#[cfg(test)]
mod tests;
