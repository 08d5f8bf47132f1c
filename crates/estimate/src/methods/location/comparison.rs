//! The rows: each group, the difference of means, the shift.

use super::{LocationOptions, MeanTest, RankTest};
use crate::methods::kaplan_meier::percent;
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::methods::tests::hodges_lehmann::{Critical, critical_value, shift};
use crate::methods::tests::ranks::Ranks;
use crate::methods::tests::student::student;
use crate::methods::tests::welch::welch;
use crate::methods::tests::wilcoxon::{Distribution, counts, is_exact, wilcoxon};
use crate::methods::tests::{Frequencies, done, permutation};
use crate::numerics::distributions::{normal_quantile, t_quantile};
use crate::numerics::sums::{Moments, sum};
use study::results::finite;
use study::{
    Convention, Estimate, Interval, IntervalMethod, Notice, Plan, Quantity, Results, Test, TestName,
};

/// What is compared.
pub(super) struct Comparison<'a> {
    pub(super) options: &'a LocationOptions,
    pub(super) plan: &'a Plan,
    /// The group, and the one that it is compared with.
    pub(super) levels: [&'a String; 2],
    pub(super) values: [&'a Frequencies; 2],
}

impl Comparison<'_> {
    pub(super) fn write(&self, results: &mut Results) {
        for (level, values) in self.levels.iter().zip(self.values) {
            results.estimates.extend(self.group(level, values));
        }
        if self.values.iter().any(|values| values.total() == 0) {
            results.notices.push(self.remark("a group has no patient, nothing to compare"));
        } else {
            self.means(results);
            self.ranks(results);
        }
        let means = if self.is_student() { "Student’s" } else { "Welch’s" };
        results.methods_text = vec![
            format!("Means were compared with {means} t-test."),
            format!(
                "Distributions were compared with the Wilcoxon rank-sum test; their shift is the Hodges–Lehmann \
                 estimate, with the {}% limits of that test.",
                percent(self.plan.study.confidence_level)
            ),
        ];
    }

    fn is_student(&self) -> bool {
        self.options.means == Some(MeanTest::Student)
    }

    fn remark(&self, what: &str) -> Notice {
        Notice::Other { message: format!("{}: {what}.", self.options.variable) }
    }

    fn tail(&self) -> f64 {
        0.5 * (1.0 - self.plan.study.confidence_level)
    }

    fn group(&self, level: &str, values: &Frequencies) -> Vec<Estimate> {
        let moments = values.moments();
        let definition = QuantileDefinition::of(self.plan.dialect(Convention::Quantile));
        let probabilities = [0.25, 0.5, 0.75];
        let quartiles = values.quantiles(probabilities, definition);
        let row = |quantity, at, value| Estimate {
            term: Some(self.options.variable.clone()),
            group: Some(level.into()),
            n: Some(moments.n),
            at,
            value,
            ..Estimate::new(quantity, f64::NAN)
        };
        let mut rows = vec![
            row(Quantity::Mean, None, moments.mean()),
            row(Quantity::StandardDeviation, None, moments.standard_deviation()),
        ];
        rows.extend(probabilities.iter().enumerate().map(|(index, p)| {
            row(Quantity::Quantile, Some(*p), quartiles.map(|quartiles| quartiles[index]))
        }));
        rows
    }

    fn row(&self, quantity: Quantity) -> Estimate {
        Estimate {
            term: Some(self.options.variable.clone()),
            level: Some(self.levels[0].clone()),
            reference: Some(self.levels[1].clone()),
            n: Some(self.values.iter().map(|values| values.total()).sum()),
            ..Estimate::new(quantity, f64::NAN)
        }
    }

    fn interval(&self, limits: Option<(f64, f64)>, method: IntervalMethod) -> Option<Interval> {
        let (lower, upper) = limits.map(|(lower, upper)| (finite(lower), finite(upper)))?;
        Some(Interval { lower, upper, confidence_level: self.plan.study.confidence_level, method })
    }

    fn means(&self, results: &mut Results) {
        let [first, second] = self.values.map(Frequencies::moments);
        let test = if self.is_student() { student(&first, &second) } else { welch(&first, &second) };
        let difference = first.less(&second);
        let std_error = test.p_value.and_then(|_| self.std_error(&first, &second));
        let limits = std_error.zip(test.df.first()).map(|(error, df)| {
            let half = -t_quantile(self.tail(), *df) * error;
            (difference - half, difference + half)
        });
        if test.p_value.is_none() {
            results.notices.push(self.remark("too few patients, or no spread, to compare the means"));
        }
        results.estimates.push(Estimate {
            value: finite(difference),
            std_error,
            interval: self.interval(limits, IntervalMethod::StudentT),
            test: Some(test),
            ..self.row(Quantity::MeanDifference)
        });
    }

    fn std_error(&self, first: &Moments, second: &Moments) -> Option<f64> {
        let (n1, n2) = (first.n as f64, second.n as f64);
        let variance = if self.is_student() {
            (first.squares + second.squares) / (n1 + n2 - 2.0) * (1.0 / n1 + 1.0 / n2)
        } else {
            first.variance()? / n1 + second.variance()? / n2
        };
        finite(variance.sqrt())
    }

    fn ranks(&self, results: &mut Results) {
        let [first, second] = self.values;
        let ranks = Ranks::of(&[first, second]);
        let (test, exact) = self.rank_test(&ranks, results);
        let critical = if exact {
            let ways = counts(ranks.n[0] as usize, ranks.n[1] as usize);
            Critical::Exact(critical_value(&ways, self.tail()))
        } else {
            self.normal_critical()
        };
        let Some(found) = shift(first, second, critical) else { return };
        if found.limits.is_none() {
            results
                .notices
                .push(self.remark("too few patients for limits of the shift at this confidence level"));
        }
        let method = if exact { IntervalMethod::Exact } else { IntervalMethod::RankTest };
        results.estimates.push(Estimate {
            value: finite(found.value),
            interval: self.interval(found.limits, method),
            test: Some(test),
            ..self.row(Quantity::LocationShift)
        });
    }

    /// The test, and whether it was counted.
    fn rank_test(&self, ranks: &Ranks, results: &mut Results) -> (Test, bool) {
        let [first, second] = self.values;
        let distribution = match self.options.ranks {
            Some(RankTest::Uncorrected) => Distribution::Uncorrected,
            Some(RankTest::Corrected | RankTest::Exact) => Distribution::Corrected,
            _ => Distribution::ExactWhereSmall,
        };
        let mut test = wilcoxon(first, second, distribution);
        let mut exact = is_exact(ranks, distribution);
        if self.options.ranks == Some(RankTest::Exact) && test.p_value.is_some() {
            match exact_p(ranks, first, second) {
                Some(p) => {
                    test = done(TestName::WilcoxonRankSum, test.statistic.unwrap_or(f64::NAN), &[], p);
                    exact = true;
                }
                None => results.notices.push(self.remark(
                    "too many patients for the exact rank-sum test; the normal approximation stands in its place",
                )),
            }
        }
        let how = match (exact, self.options.ranks) {
            (true, _) if ranks.tied => "exact, ties as they are",
            (true, _) => "exact",
            (_, Some(RankTest::Uncorrected)) => "normal approximation without continuity correction",
            _ => "normal approximation with continuity correction",
        };
        test.reason = Some(how.into());
        (test, exact)
    }

    fn normal_critical(&self) -> Critical {
        let correction = if self.options.ranks == Some(RankTest::Uncorrected) { 0.0 } else { 0.5 };
        let [n1, n2] = self.values.map(|values| values.total() as f64);
        let n = n1 + n2;
        // Once one group is moved, values tie within groups only.
        let cube = |t: u64| {
            let t = t as f64;
            t * t * t - t
        };
        let ties = sum(self.values.iter().flat_map(|values| values.pairs()).map(|(_, t)| cube(t)));
        let variance = n1 * n2 / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
        Critical::Normal { z: -normal_quantile(self.tail()), variance, correction }
    }
}

/// The exact P value, ties as they are; none where there are too many patients.
fn exact_p(ranks: &Ranks, first: &Frequencies, second: &Frequencies) -> Option<f64> {
    let both = Frequencies::new(first.pairs().chain(second.pairs()));
    if ranks.total > permutation::MOST_PATIENTS {
        return None;
    }
    let mut doubled = Vec::with_capacity(ranks.total as usize);
    let mut below = 0;
    for (_, n) in both.pairs() {
        // Twice the mean of the ranks below + 1 … below + n.
        doubled.extend(std::iter::repeat_n(2 * below + n + 1, n as usize));
        below += n;
    }
    permutation::rank_sum(&doubled, ranks.n[0] as usize, ranks.doubled_excess[0].unsigned_abs())
}
