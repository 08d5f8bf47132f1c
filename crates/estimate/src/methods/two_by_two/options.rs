//! What may be asked of a table of two by two.

use super::stratified::Continuity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, Convention, Dialect, IntervalMethod, Plan, Problem};

/// Options of `method = "two_by_two"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoByTwoOptions {
    /// The outcome, a variable of two levels.
    pub outcome: String,
    /// The level of the outcome that is the event; `yes`, `true` or `1` where absent.
    pub event: Option<String>,
    /// The exposure, a variable of two levels.
    pub exposure: String,
    /// The level of the exposed; `yes`, `true` or `1`, or the level that is not the reference, where absent.
    pub exposed: Option<String>,
    /// The variable over whose levels the effects are also pooled; not at all where absent.
    pub strata: Option<String>,
    /// The interval of each risk; Wilson's where absent, corrected for continuity in R's dialect, exact in SAS' and
    /// Stata's.
    pub risk_interval: Option<RiskInterval>,
    /// The interval of the risk difference; Newcombe's where absent, Wald's in SAS' and Stata's dialect, Wald's
    /// corrected for continuity in R's.
    pub difference_interval: Option<DifferenceInterval>,
    /// The interval of the risk ratio; Miettinen and Nurminen's where absent, Wald's in another program's dialect.
    pub ratio_interval: Option<RatioInterval>,
    /// The interval of the odds ratio; Miettinen and Nurminen's where absent, exact in R's dialect, `sample_exact` in
    /// Stata's, Wald's in SPSS' and SAS'.
    pub odds_interval: Option<OddsInterval>,
    /// The tests of association.
    #[serde(default = "automatic")]
    pub tests: Vec<FourfoldTest>,
    /// Whether the test over strata is corrected for continuity; where absent in R's and SPSS' dialect alone.
    pub correction: Option<bool>,
    /// The test of homogeneous odds ratios; Breslow and Day's with Tarone's correction where absent, without in SAS'
    /// dialect.
    pub homogeneity: Option<HomogeneityTest>,
}

fn automatic() -> Vec<FourfoldTest> {
    vec![FourfoldTest::Auto]
}

/// How the interval of a risk is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskInterval {
    /// Wilson's score interval.
    Wilson,
    /// The same with a correction for continuity.
    WilsonCorrected,
    /// Clopper and Pearson's exact interval.
    ClopperPearson,
}

/// How the interval of the risk difference is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceInterval {
    /// Difference ± z × standard error.
    Wald,
    /// The same with a correction for continuity.
    WaldCorrected,
    /// Newcombe's, from the Wilson intervals of both risks.
    Newcombe,
    /// Miettinen and Nurminen's score interval.
    MiettinenNurminen,
    /// Chan and Zhang's exact interval given the group sizes: tables ordered by the score statistic, as by SAS'
    /// `METHOD=SCORE`. Up to 2000 patients.
    Exact,
    /// Santner and Snell's exact interval given the group sizes: tables ordered by the difference itself, as by SAS'
    /// `METHOD=NOSCORE`. Up to 2000 patients.
    ExactUnstandardized,
}

/// How the interval of the risk ratio is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RatioInterval {
    /// Logarithm ± z × standard error (Katz).
    Wald,
    /// Miettinen and Nurminen's score interval.
    MiettinenNurminen,
    /// Chan and Zhang's exact interval given the group sizes: tables ordered by the score statistic, as by SAS'
    /// `METHOD=SCORE`. Up to 2000 patients.
    Exact,
}

/// How the odds ratio and its interval are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OddsInterval {
    /// Logarithm ± z × standard error (Woolf).
    Wald,
    /// Miettinen and Nurminen's score interval.
    MiettinenNurminen,
    /// The conditional maximum-likelihood estimate with its exact interval.
    Exact,
    /// The ratio of the observed odds with the same exact interval.
    SampleExact,
}

/// A test of association.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FourfoldTest {
    /// Pearson's where every expected count is at least 5, else Fisher's; in the dialects of SPSS, SAS and Stata
    /// Pearson's always, in R's Yates' in the place of Pearson's.
    Auto,
    /// Pearson's chi-squared test without correction.
    Pearson,
    /// Pearson's chi-squared test with Yates' correction.
    Yates,
    /// Fisher's exact test.
    Fisher,
    /// Fisher's exact test that counts the observed table by half.
    MidP,
}

/// A test of homogeneous odds ratios.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HomogeneityTest {
    /// Breslow and Day's test.
    BreslowDay,
    /// The same with Tarone's correction.
    BreslowDayTarone,
}

impl From<RiskInterval> for IntervalMethod {
    fn from(choice: RiskInterval) -> Self {
        match choice {
            RiskInterval::Wilson => Self::Score,
            RiskInterval::WilsonCorrected => Self::ScoreCorrected,
            RiskInterval::ClopperPearson => Self::Exact,
        }
    }
}

impl From<DifferenceInterval> for IntervalMethod {
    fn from(choice: DifferenceInterval) -> Self {
        match choice {
            DifferenceInterval::Wald => Self::Wald,
            DifferenceInterval::WaldCorrected => Self::WaldCorrected,
            DifferenceInterval::Newcombe => Self::Newcombe,
            DifferenceInterval::MiettinenNurminen => Self::MiettinenNurminen,
            DifferenceInterval::Exact => Self::ExactUnconditional,
            DifferenceInterval::ExactUnstandardized => Self::ExactUnstandardized,
        }
    }
}

impl From<RatioInterval> for IntervalMethod {
    fn from(choice: RatioInterval) -> Self {
        match choice {
            RatioInterval::Wald => Self::Wald,
            RatioInterval::MiettinenNurminen => Self::MiettinenNurminen,
            RatioInterval::Exact => Self::ExactUnconditional,
        }
    }
}

impl From<OddsInterval> for IntervalMethod {
    fn from(choice: OddsInterval) -> Self {
        match choice {
            OddsInterval::Wald => Self::Wald,
            OddsInterval::MiettinenNurminen => Self::MiettinenNurminen,
            OddsInterval::Exact | OddsInterval::SampleExact => Self::Exact,
        }
    }
}

/// The interval of a risk that a dialect uses by default.
pub(crate) fn risk_interval(dialect: Dialect) -> RiskInterval {
    match dialect {
        Dialect::Farr | Dialect::Spss => RiskInterval::Wilson,
        Dialect::R => RiskInterval::WilsonCorrected,
        Dialect::Sas | Dialect::Stata => RiskInterval::ClopperPearson,
    }
}

/// Whether a program corrects the Mantel–Haenszel test for continuity.
pub(crate) fn is_corrected(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::R | Dialect::Spss)
}

impl Continuity {
    /// How a program corrects where it does.
    pub(super) fn of(dialect: Dialect) -> Self {
        if dialect == Dialect::R { Self::HalfWhereThatLarge } else { Self::Half }
    }
}

impl DifferenceInterval {
    /// What each program computes when not told otherwise.
    pub(crate) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr | Dialect::Spss => Self::Newcombe,
            Dialect::Sas | Dialect::Stata => Self::Wald,
            Dialect::R => Self::WaldCorrected,
        }
    }
}

impl RatioInterval {
    /// What each program computes when not told otherwise.
    pub(crate) fn of(dialect: Dialect) -> Self {
        if dialect == Dialect::Farr { Self::MiettinenNurminen } else { Self::Wald }
    }
}

impl OddsInterval {
    /// What each program computes when not told otherwise.
    pub(crate) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr => Self::MiettinenNurminen,
            Dialect::R => Self::Exact,
            Dialect::Stata => Self::SampleExact,
            Dialect::Spss | Dialect::Sas => Self::Wald,
        }
    }
}

impl HomogeneityTest {
    /// What each program computes when not told otherwise.
    pub(crate) fn of(dialect: Dialect) -> Self {
        if dialect == Dialect::Sas { Self::BreslowDay } else { Self::BreslowDayTarone }
    }
}

impl TwoByTwoOptions {
    /// With every choice made that the plan leaves to the dialect.
    #[must_use]
    pub(super) fn resolved(&self, plan: &Plan) -> Self {
        let strata = self.strata.is_some();
        let risk = risk_interval(plan.dialect(Convention::RiskInterval));
        let difference = DifferenceInterval::of(plan.dialect(Convention::DifferenceInterval));
        let ratio = RatioInterval::of(plan.dialect(Convention::RatioInterval));
        let odds = OddsInterval::of(plan.dialect(Convention::OddsInterval));
        let correction = is_corrected(plan.dialect(Convention::StratifiedCorrection));
        let homogeneity = HomogeneityTest::of(plan.dialect(Convention::Homogeneity));
        Self {
            risk_interval: self.risk_interval.or(Some(risk)),
            difference_interval: self.difference_interval.or(Some(difference)),
            ratio_interval: self.ratio_interval.or(Some(ratio)),
            odds_interval: self.odds_interval.or(Some(odds)),
            correction: self.correction.or(strata.then_some(correction)),
            homogeneity: self.homogeneity.or(strata.then_some(homogeneity)),
            ..self.clone()
        }
    }

    /// Refuses what cannot be meant, as far as the plan alone shows it.
    pub(super) fn check(&self, analysis: &Analysis, _: &Plan) -> Result<(), Problem> {
        let mut problems = Vec::new();
        if self.exposure == self.outcome {
            let message = format!("`{}` is both exposure and outcome", self.outcome);
            problems.push(analysis.refuse(&["exposure".into()], message).help("name another variable"));
        }
        if let Some(strata) = &self.strata {
            if [&self.exposure, &self.outcome].contains(&strata) {
                let message = format!("`{strata}` cannot be stratified by itself");
                problems.push(analysis.refuse(&["strata".into()], message).help("name another variable"));
            }
        } else {
            for (key, asked) in
                [("correction", self.correction.is_some()), ("homogeneity", self.homogeneity.is_some())]
            {
                if asked {
                    let message = format!("`{key}` is of strata, and there are none");
                    problems
                        .push(analysis.refuse(&[key.into()], message).help("name a variable with `strata`"));
                }
            }
        }
        for (index, test) in self.tests.iter().enumerate() {
            if self.tests[..index].contains(test) {
                let place = ["tests".into(), index.into()];
                problems.push(analysis.refuse(&place, "this test stands twice").help("remove one"));
            }
        }
        Problem::collect(problems)
    }
}
