//! What may be asked of a baseline table.

use crate::methods::adjust::Adjustment;
use crate::methods::models::{WeightKind, check_weights};
use crate::methods::two_by_two::RiskInterval;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use study::nearest::suggest;
use study::{Analysis, Kind, Plan, Problem, Step};

/// Options of `method = "baseline"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineOptions {
    /// The variable whose levels are the columns; one column of all patients where absent.
    pub by: Option<String>,
    /// The rows, in order; all variables that the plan declares, except `by` and `weights`, where absent.
    pub variables: Option<Vec<String>>,
    /// Whether a last column has all patients together.
    #[serde(default = "yes")]
    pub overall: bool,
    /// Whether the groups are compared by tests.
    #[serde(default = "yes")]
    pub p_values: bool,
    /// Whether standardized mean differences are given: between two groups, or the largest between any two.
    #[serde(default)]
    pub smd: bool,
    /// What the shares are shares of.
    #[serde(default)]
    pub percent: Percent,
    /// The interval of each share of a variable with levels; none where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_interval: Option<RiskInterval>,
    /// How numbers are summarized.
    #[serde(default)]
    pub continuous: NumberStatistic,
    /// Which tests compare the groups.
    #[serde(default)]
    pub tests: TestOptions,
    /// How P values are adjusted for the number of tests in the table; not at all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjust: Option<Adjustment>,
    /// Exceptions for single variables, by their names.
    #[serde(default)]
    pub each: BTreeMap<String, Each>,
    /// A variable that says how much each patient counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// What the weights stand for; needed beside `weights`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_kind: Option<WeightKind>,
}

fn yes() -> bool {
    true
}

/// What the shares are shares of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Percent {
    /// Of the patients of the group who have a value.
    #[default]
    Column,
    /// Of the patients of all groups who have the level.
    Row,
}

/// How a number is summarized. All quantities are computed; this one is printed, and decides the automatic test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberStatistic {
    /// Median and quartiles.
    #[default]
    MedianQuartiles,
    /// Median, smallest and largest value.
    MedianRange,
    /// Median, quartiles, smallest and largest value.
    MedianQuartilesRange,
    /// Mean and standard deviation.
    MeanSd,
    /// Mean, standard deviation, median and quartiles.
    MeanSdMedianQuartiles,
    /// Mean, standard deviation, median, smallest and largest value.
    MeanSdMedianRange,
}

impl NumberStatistic {
    /// Whether the mean comes first, so that means are what is compared.
    pub fn is_mean(self) -> bool {
        matches!(self, Self::MeanSd | Self::MeanSdMedianQuartiles | Self::MeanSdMedianRange)
    }
}

/// Which tests compare the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestOptions {
    /// For variables with levels.
    #[serde(default)]
    pub categorical: CategoryTest,
    /// For numbers.
    #[serde(default)]
    pub continuous: NumberTest,
}

/// A test for variables with levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CategoryTest {
    /// Pearson's where every expected count is at least 5, else Fisher's; in the dialects of SPSS, SAS and Stata
    /// Pearson's always, in R's with Yates' correction two by two.
    #[default]
    Auto,
    /// Pearson's chi-squared test without correction.
    Pearson,
    /// Pearson's chi-squared test with Yates' correction (two by two only).
    Yates,
    /// Fisher's exact test.
    Fisher,
    /// A rank test of the order of the levels, where the plan says that they are `ordered`: Wilcoxon's, in more than two
    /// groups Kruskal and Wallis'; other variables as with `auto`.
    Ranks,
}

/// A test for numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberTest {
    /// A rank test where medians are shown; where means are, Welch's test (Student's in the dialects of SPSS, SAS and
    /// Stata) or, for more than two groups, analysis of variance.
    #[default]
    Auto,
    /// Student's t-test (two groups).
    Student,
    /// Welch's t-test; in more than two groups Welch's analysis of variance.
    Welch,
    /// Wilcoxon rank-sum test (two groups).
    Wilcoxon,
    /// One-way analysis of variance.
    Anova,
    /// Kruskal–Wallis test.
    KruskalWallis,
}

/// The test of one variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariableTest {
    /// As for the other variables.
    Auto,
    /// Pearson's chi-squared test without correction.
    Pearson,
    /// Pearson's chi-squared test with Yates' correction (two by two only).
    Yates,
    /// Fisher's exact test.
    Fisher,
    /// Student's t-test (two groups).
    Student,
    /// Welch's t-test; in more than two groups Welch's analysis of variance.
    Welch,
    /// Wilcoxon rank-sum test (two groups); of levels their order is ranked.
    Wilcoxon,
    /// One-way analysis of variance.
    Anova,
    /// Kruskal–Wallis test; of levels their order is ranked.
    KruskalWallis,
}

/// How the levels of a variable are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LevelTest {
    /// By how many patients have each.
    Counts(CategoryTest),
    /// By their order.
    Order(NumberTest),
}

impl VariableTest {
    fn of_category(self) -> Option<LevelTest> {
        match self {
            Self::Auto => Some(LevelTest::Counts(CategoryTest::Auto)),
            Self::Pearson => Some(LevelTest::Counts(CategoryTest::Pearson)),
            Self::Yates => Some(LevelTest::Counts(CategoryTest::Yates)),
            Self::Fisher => Some(LevelTest::Counts(CategoryTest::Fisher)),
            Self::Wilcoxon => Some(LevelTest::Order(NumberTest::Wilcoxon)),
            Self::KruskalWallis => Some(LevelTest::Order(NumberTest::KruskalWallis)),
            Self::Student | Self::Welch | Self::Anova => None,
        }
    }

    fn of_number(self) -> Option<NumberTest> {
        match self {
            Self::Auto => Some(NumberTest::Auto),
            Self::Student => Some(NumberTest::Student),
            Self::Welch => Some(NumberTest::Welch),
            Self::Wilcoxon => Some(NumberTest::Wilcoxon),
            Self::Anova => Some(NumberTest::Anova),
            Self::KruskalWallis => Some(NumberTest::KruskalWallis),
            _ => None,
        }
    }
}

/// Exceptions for one variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// How the number is summarized.
    pub statistic: Option<NumberStatistic>,
    /// Which test compares the groups.
    pub test: Option<VariableTest>,
}

impl BaselineOptions {
    /// The rows in order.
    pub fn variables(&self, plan: &Plan) -> Vec<String> {
        self.variables.clone().unwrap_or_else(|| {
            let declared = plan.variables.iter().map(|variable| variable.name.clone());
            let apart = [self.by.as_ref(), self.weights.as_ref()];
            declared.filter(|name| !apart.contains(&Some(name))).collect()
        })
    }

    /// Whether patients have sampling weights, under which they are described and not tested.
    pub(super) fn is_sampled(&self) -> bool {
        self.weights.is_some() && self.weight_kind == Some(WeightKind::Sampling)
    }

    /// How a number is summarized.
    pub fn statistic(&self, variable: &str) -> NumberStatistic {
        self.each.get(variable).and_then(|each| each.statistic).unwrap_or(self.continuous)
    }

    /// The test asked for a variable with levels.
    pub(super) fn level_test(
        &self,
        variable: &str,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<LevelTest, Problem> {
        let ordered = plan.variable(variable).is_some_and(|variable| variable.ordered);
        let of_all = match self.tests.categorical {
            CategoryTest::Ranks if ordered => LevelTest::Order(NumberTest::Auto),
            CategoryTest::Ranks => LevelTest::Counts(CategoryTest::Auto),
            test => LevelTest::Counts(test),
        };
        let Some(each) = self.each.get(variable) else { return Ok(of_all) };
        if each.statistic.is_some() {
            return Err(analysis
                .refuse(&path(variable, "statistic"), format!("`{variable}` has levels: they are counted"))
                .help("remove `statistic`, which is for numbers"));
        }
        let Some(test) = each.test else { return Ok(of_all) };
        let place = path(variable, "test");
        match test.of_category() {
            Some(LevelTest::Order(_)) if !ordered => {
                Err(analysis.refuse(&place, format!("the levels of `{variable}` have no order to rank")).help(
                    format!(
                        "write `ordered = true` in [variables.{variable}], or use `pearson`, `yates` or `fisher`"
                    ),
                ))
            }
            Some(test) => Ok(test),
            None => Err(analysis
                .refuse(&place, format!("`{variable}` has levels, and this test is for numbers"))
                .help("use `pearson`, `yates` or `fisher`, or `wilcoxon` or `kruskal_wallis` for ordered levels")),
        }
    }

    /// The test asked for a number.
    pub fn number_test(&self, variable: &str, analysis: &Analysis) -> Result<NumberTest, Problem> {
        let test = self.each.get(variable).and_then(|each| each.test);
        let Some(test) = test else { return Ok(self.tests.continuous) };
        test.of_number().ok_or_else(|| {
            analysis
                .refuse(
                    &path(variable, "test"),
                    format!("`{variable}` is a number, and this test is for levels"),
                )
                .help("use `student`, `welch`, `wilcoxon`, `anova` or `kruskal_wallis`")
        })
    }

    /// Refuses what cannot be meant, as far as the plan alone shows it.
    pub(super) fn check(&self, analysis: &Analysis, plan: &Plan) -> Result<(), Problem> {
        let mut problems = Vec::new();
        let names = self.variables(plan);
        if names.is_empty() {
            let problem = analysis.refuse(&["variables".into()], "a baseline table without variables");
            problems.push(problem.help("name them: variables = [\"age\", \"sex\"]"));
        }
        for (index, name) in names.iter().enumerate() {
            let place = ["variables".into(), index.into()];
            if names[..index].contains(name) {
                problems.push(analysis.refuse(&place, format!("`{name}` stands twice")).help("remove one"));
            }
            if Some(name) == self.by.as_ref() {
                problems.push(
                    analysis
                        .refuse(
                            &place,
                            format!("`{name}` is both `by` and a row: it differs between its own levels"),
                        )
                        .help("remove it from `variables`"),
                );
            }
        }
        for name in self.each.keys().filter(|name| !names.contains(name)) {
            problems.push(
                analysis
                    .refuse(
                        &["each".into(), name.as_str().into()],
                        format!("`{name}` is not a row of this table"),
                    )
                    .help(suggest(name, names.iter().map(String::as_str))),
            );
        }
        if self.by.is_none() {
            for (key, asked, what) in [
                ("smd", self.smd, "a standardized difference needs groups"),
                ("percent", self.percent == Percent::Row, "shares of a row need groups"),
            ] {
                if asked {
                    problems.push(analysis.refuse(&[key.into()], what).help("name the groups with `by`"));
                }
            }
        }
        if self.adjust.is_some() && (self.by.is_none() || !self.p_values) {
            problems.push(
                analysis
                    .refuse(&["adjust".into()], "there is no P value to be adjusted")
                    .help("name groups with `by` and leave `p_values` on, or remove `adjust`"),
            );
        }
        problems.extend(self.check_weights(analysis, &names));
        let declared = |name: &str| plan.variable(name).and_then(|variable| variable.kind);
        if let Some(by) = &self.by
            && matches!(declared(by), Some(Kind::Number | Kind::Date))
        {
            problems.push(
                analysis
                    .refuse(&["by".into()], format!("`{by}` is a number or date and cannot be columns"))
                    .help("derive a variable with levels from it, for example with `case when`"),
            );
        }
        for name in &names {
            let fault = match declared(name) {
                Some(Kind::Category | Kind::Flag) => self.level_test(name, analysis, plan).err(),
                Some(Kind::Number | Kind::Date) => self.number_test(name, analysis).err(),
                None => None,
            };
            problems.extend(fault);
        }
        Problem::collect(problems)
    }

    /// What cannot go with weights.
    fn check_weights(&self, analysis: &Analysis, names: &[String]) -> Vec<Problem> {
        let mut problems: Vec<Problem> =
            check_weights(analysis, self.weights.as_deref(), self.weight_kind).err().into_iter().collect();
        if let Some(weights) = &self.weights
            && (names.contains(weights) || self.by.as_ref() == Some(weights))
        {
            let message = format!("`{weights}` is both a weight and described by itself");
            problems.push(
                analysis.refuse(&["weights".into()], message).help("remove it from `variables` and `by`"),
            );
        }
        let tested = self.each.values().any(|each| !matches!(each.test, None | Some(VariableTest::Auto)));
        for (key, asked) in [
            ("share_interval", self.share_interval.is_some()),
            ("adjust", self.adjust.is_some()),
            ("tests", self.tests != TestOptions::default()),
            ("each", tested),
        ] {
            if asked && self.is_sampled() {
                let message = format!("`{key}` is for patients who count once each");
                problems.push(analysis.refuse(&[key.into()], message).help(
                    "remove it; under sampling weights `smd = true` says how far the groups are apart, and a \
                     weighted model tests it",
                ));
            }
        }
        problems
    }
}

fn path(variable: &str, key: &str) -> [Step; 3] {
    ["each".into(), variable.into(), key.into()]
}
