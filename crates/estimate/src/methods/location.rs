//! A number in two groups: how far apart are they?
//!
//! # Estimand
//! Difference of the means, and the shift between the groups: the median of the difference between a patient of one
//! and a patient of the other. Both are those of the group `group` less the other.
//! # Formula
//! Means: Welch's or Student's test, with limits difference ± t × standard error. Shift: Hodges and Lehmann's
//! estimate, the median of all n₁n₂ differences between a patient of one group and one of the other; its limits are
//! the values that Wilcoxon's rank-sum test does not reject, the k-th smallest and the k-th largest of those
//! differences, with k from the exact or the normal distribution of the test's statistic.
//! # Ties and censoring
//! Equal values share the mean of their ranks, and the variance of the normal distribution allows for that. `ranks =
//! "exact"` counts all ways to divide the patients between the groups, ties as they are: P is the share of those whose
//! rank sum is at least as far from its expectation, and k is that of values without ties, with which closed limits keep
//! their confidence level. Patients without a value are left out, and their number is a notice.
//! # Assumptions
//! Independent patients. The shift is that of every quantile only where the two distributions have the same shape.
//! # Variance
//! Welch: s₁²/n₁ + s₂²/n₂. Student: the pooled variance times 1/n₁ + 1/n₂. The shift has limits, and no standard
//! error.
//! # Options
//! Where `ranks` is absent: `exact_where_small` for farr and R, `corrected` for SAS, `uncorrected` for SPSS and
//! Stata. `exact` counts up to 113 patients in each of two equal groups, and more where one is smaller; beyond, the
//! normal distribution with continuity correction takes its place, and a notice says so. Quartiles of the groups are
//! those of the dialect, as in `baseline`.
//! # References
//! Welch 1947, doi:10.2307/2332510. Student 1908, doi:10.2307/2331554. Mann & Whitney 1947,
//! doi:10.1214/aoms/1177730491. Hodges & Lehmann 1963, doi:10.1214/aoms/1177704172.
//! # Worked example
//! 5, 7, 12 against 1, 4: differences 1, 3, 4, 6, 8, 11; the shift is 5. The means differ by 5.5.

mod comparison;
mod options;

pub use options::{LocationOptions, MeanTest, RankTest};

use crate::method::{About, Method, one_table, outline};
use crate::methods::baseline::choice::{self, rank_sum_distribution};
use crate::methods::dichotomy::{Dichotomy, Keys};
use crate::methods::tests::Frequencies;
use crate::missing::excluded;
use comparison::Comparison;
use study::{
    Analysis, ColumnRequest, Convention, CountRequest, CountTable, Dialect, Group, Kind, Participants, Plan,
    Problem, Results, TestName,
};

/// What a program compares means with when not told otherwise.
fn mean_test(dialect: Dialect) -> MeanTest {
    if choice::mean_test(dialect) == TestName::Student { MeanTest::Student } else { MeanTest::Welch }
}

/// Comparison of a number between two groups.
#[derive(Debug, Clone, Copy)]
pub struct Location;

impl Method for Location {
    const ABOUT: About = About {
        name: "location",
        title: "A number in two groups",
        summary: "By how much does a number differ between two groups: difference of means, and shift by ranks?",
        documentation: include_str!("location.rs"),
        references: &[
            "Welch 1947, doi:10.2307/2332510",
            "Student 1908, doi:10.2307/2331554",
            "Mann & Whitney 1947, doi:10.1214/aoms/1177730491",
            "Hodges & Lehmann 1963, doi:10.1214/aoms/1177704172",
        ],
    };
    type Options = LocationOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        if options.variable == options.by {
            let message = format!("`{}` is both the number and the groups", options.by);
            return Err(analysis.refuse(&["by".into()], message).help("name another variable"));
        }
        if let Some(kind) = plan.variable(&options.variable).and_then(|variable| variable.kind)
            && kind != Kind::Number
        {
            let message = format!("`{}` is no number", options.variable);
            let help = "name a number, or compare levels with `method = \"two_by_two\"` or `baseline`";
            return Err(analysis.refuse(&["variable".into()], message).help(help));
        }
        let columns = [("by", &options.by), ("variable", &options.variable)];
        let columns = columns.map(|(key, name)| ColumnRequest::variable(name, [key.into()]));
        Ok(vec![CountRequest { columns: columns.into() }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let all = one_table(tables)?;
        let (table, missing) = all.complete(&[&options.by, &options.variable])?;
        let by = table.column(&options.by)?;
        let number = table.column(&options.variable)?;
        let values = number.numbers().map_err(|problem| problem.at(analysis.place(&["variable".into()])))?;
        let keys = Keys { variable: "by", level: "group", other_than_reference: true };
        let groups = Dichotomy::read(by, options.group.as_deref(), &keys, analysis)?;
        let applied = LocationOptions {
            group: Some(groups.level.clone()),
            means: Some(options.means.unwrap_or(mean_test(plan.dialect(Convention::MeanTest)))),
            ranks: Some(
                options.ranks.unwrap_or(rank_sum_distribution(plan.dialect(Convention::RankSum)).into()),
            ),
            ..options.clone()
        };
        let mut results = outline::<Self>(&applied, analysis)?;
        results.by = Some(options.by.clone());
        results.variables = vec![number.label(), by.label()];
        results.participants = Participants { eligible: all.total(), analysed: table.total(), missing };
        results.notices.extend(excluded(&results.participants.missing));
        let of = |group: bool| {
            let rows = (0..values.len()).filter(|row| groups.has[*row] == Some(group));
            Frequencies::new(rows.map(|row| (values[row], table.n()[row])))
        };
        let compared = [(&groups.level, of(true)), (&groups.other, of(false))];
        results.groups = compared
            .iter()
            .map(|(level, values)| Group {
                level: Some((*level).clone()),
                label: (*level).clone(),
                n: values.total(),
                events: None,
            })
            .collect();
        let [(level, first), (other, second)] = &compared;
        Comparison { options: &applied, plan, levels: [level, other], values: [first, second] }
            .write(&mut results);
        Ok(results)
    }
}
