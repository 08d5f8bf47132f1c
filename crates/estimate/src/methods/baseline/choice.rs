//! Which test compares the groups, and why.
//!
//! The automatic choice looks at the design (kind of variable, number of groups, what is shown) and at the expected
//! counts, which depend on the margins only: never at the difference or at P, so that it cannot be steered.
//!
//! - Levels: Pearson's test without correction where every expected count is at least 5, else Fisher's. Yates'
//!   correction makes the test too cautious (Campbell 2007) and is used on request, and in R's dialect.
//! - Numbers shown as medians: ranks (Wilcoxon, Kruskal–Wallis), which ask the question that medians suggest.
//! - Numbers shown as means: Welch's test, which costs nothing where variances are equal and holds where they are
//!   not (Delacre 2017, doi:10.5334/irsp.82); analysis of variance for more groups.
//! - Levels that have an order, on request: by ranks, which see a shift to higher levels that tests of counts spread over
//!   all the ways in which shares can differ.
//! - SPSS, SAS and Stata print Pearson's and Student's test first, whatever the counts: so do their dialects.

use super::options::{CategoryTest, NumberStatistic, NumberTest};
use crate::methods::tests::CrossTable;
use crate::methods::tests::wilcoxon::Distribution;
use study::{Dialect, Notice, TestName};

/// Cells up to which the automatic choice uses Fisher's test, simulated if need be.
const FISHER_CELLS: usize = 10_000;

/// A choice.
pub(in crate::methods) struct Choice {
    pub(in crate::methods) test: TestName,
    pub(in crate::methods) reason: String,
    pub(in crate::methods) notice: Option<Notice>,
}

const ASKED: &str = "asked for in the plan";

impl Choice {
    fn new(test: TestName, reason: impl Into<String>) -> Self {
        Self { test, reason: reason.into(), notice: None }
    }

    fn instead(variable: &str, test: TestName, reason: String) -> Self {
        let notice = Notice::TestReplaced {
            variable: variable.into(),
            used: test.text().into(),
            reason: reason.clone(),
        };
        Self { notice: Some(notice), ..Self::new(test, reason) }
    }
}

/// How a program chooses the test of a table when not told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CategoryRule {
    /// Pearson's, or Fisher's where an expected count is below 5.
    ExactWhereSparse,
    /// The same, with Yates' correction for two levels and two groups.
    CorrectedOrExact,
    /// Pearson's, whatever the counts.
    Pearson,
}

impl CategoryRule {
    pub(crate) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr => Self::ExactWhereSparse,
            Dialect::R => Self::CorrectedOrExact,
            Dialect::Spss | Dialect::Sas | Dialect::Stata => Self::Pearson,
        }
    }
}

/// The test of two means of a program when not told otherwise.
pub(crate) fn mean_test(dialect: Dialect) -> TestName {
    match dialect {
        Dialect::Spss | Dialect::Sas | Dialect::Stata => TestName::Student,
        Dialect::Farr | Dialect::R => TestName::Welch,
    }
}

/// For a variable with levels; the table has no empty margin.
pub(in crate::methods) fn for_levels(
    variable: &str,
    asked: CategoryTest,
    dialect: Dialect,
    table: &CrossTable,
) -> Choice {
    let least = table.least_expected().unwrap_or(0.0);
    let fourfold = (table.levels(), table.groups()) == (2, 2);
    match asked {
        CategoryTest::Pearson => Choice::new(TestName::PearsonChiSquared, ASKED),
        CategoryTest::Fisher => Choice::new(TestName::FisherExact, ASKED),
        CategoryTest::Yates if fourfold => Choice::new(TestName::YatesChiSquared, ASKED),
        CategoryTest::Yates => Choice::instead(
            variable,
            TestName::PearsonChiSquared,
            "Yates’ correction is defined for two levels and two groups only".into(),
        ),
        CategoryTest::Auto | CategoryTest::Ranks => match CategoryRule::of(dialect) {
            CategoryRule::Pearson => {
                Choice::new(TestName::PearsonChiSquared, format!("the default of {}", dialect.name()))
            }
            CategoryRule::CorrectedOrExact if least >= 5.0 && fourfold => {
                Choice::new(TestName::YatesChiSquared, "the default of R for two levels and two groups")
            }
            _ if least >= 5.0 => {
                Choice::new(TestName::PearsonChiSquared, "every expected count is at least 5")
            }
            _ if table.levels() * table.groups() > FISHER_CELLS => Choice::instead(
                variable,
                TestName::PearsonChiSquared,
                format!("a table of {} levels is too large for an exact test", table.levels()),
            ),
            _ => Choice::new(TestName::FisherExact, "an expected count is below 5"),
        },
    }
}

/// For a variable whose levels are compared by their order, with values in so many groups.
pub(super) fn for_order(variable: &str, asked: NumberTest, groups: usize) -> Choice {
    const ORDER: &str = "the levels have an order";
    match (asked, groups) {
        (NumberTest::Wilcoxon | NumberTest::KruskalWallis, _) => {
            for_numbers(variable, asked, NumberStatistic::MedianQuartiles, Dialect::Farr, groups)
        }
        (_, 2) => Choice::new(TestName::WilcoxonRankSum, ORDER),
        _ => Choice::new(TestName::KruskalWallis, format!("{ORDER}, and there are {groups} groups")),
    }
}

/// For a number with values in so many groups.
pub(super) fn for_numbers(
    variable: &str,
    asked: NumberTest,
    statistic: NumberStatistic,
    dialect: Dialect,
    groups: usize,
) -> Choice {
    let several = || format!("there are {groups} groups");
    match asked {
        NumberTest::Anova => Choice::new(TestName::OneWayAnova, ASKED),
        NumberTest::KruskalWallis => Choice::new(TestName::KruskalWallis, ASKED),
        NumberTest::Student if groups == 2 => Choice::new(TestName::Student, ASKED),
        NumberTest::Welch if groups == 2 => Choice::new(TestName::Welch, ASKED),
        NumberTest::Wilcoxon if groups == 2 => Choice::new(TestName::WilcoxonRankSum, ASKED),
        NumberTest::Welch => Choice::new(TestName::WelchAnova, format!("{ASKED}, and {}", several())),
        NumberTest::Student => Choice::instead(variable, TestName::OneWayAnova, several()),
        NumberTest::Wilcoxon => Choice::instead(variable, TestName::KruskalWallis, several()),
        NumberTest::Auto => match (statistic.is_mean(), groups) {
            (true, 2) if mean_test(dialect) == TestName::Student => {
                let reason = format!("means are shown; the default of {}", dialect.name());
                Choice::new(TestName::Student, reason)
            }
            (true, 2) => {
                Choice::new(TestName::Welch, "means are shown, and equal variances need not be assumed")
            }
            (true, _) => Choice::new(TestName::OneWayAnova, format!("means are shown, and {}", several())),
            (false, 2) => Choice::new(TestName::WilcoxonRankSum, "medians are shown"),
            (false, _) => {
                Choice::new(TestName::KruskalWallis, format!("medians are shown, and {}", several()))
            }
        },
    }
}

/// How a program finds the P value of the rank-sum test.
pub(crate) fn rank_sum_distribution(dialect: Dialect) -> Distribution {
    match dialect {
        Dialect::Farr | Dialect::R => Distribution::ExactWhereSmall,
        Dialect::Sas => Distribution::Corrected,
        Dialect::Spss | Dialect::Stata => Distribution::Uncorrected,
    }
}
