//! What may be asked of a paired comparison.

use super::rule::{Reckon, Zeros};
use crate::methods::two_by_two::RiskInterval;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, Dialect, Problem};

/// Options of `method = "paired"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairedOptions {
    /// The first variable: two levels, or a number.
    pub first: String,
    /// The second, of the same kind. Differences are the first less the second.
    pub second: String,
    /// The level of both that is the event; `yes`, `true` or `1` where absent. Not for numbers.
    pub event: Option<String>,
    /// The test; chosen by the kind of the variables and the dialect where absent.
    pub test: Option<PairedTest>,
    /// What becomes of differences of 0 in the signed-rank test; left out where absent, ranked in Stata's dialect.
    /// Not for levels.
    pub zeros: Option<Zeros>,
    /// The interval of the risk difference; Tango's score interval where absent, Newcombe's in SPSS' dialect, Wald's
    /// in SAS' and R's, Wald's corrected for continuity in Stata's.
    pub difference_interval: Option<PairedDifference>,
    /// The interval of each risk; Wilson's where absent, corrected for continuity in R's dialect, exact in SAS' and
    /// Stata's.
    pub risk_interval: Option<RiskInterval>,
}

/// A test of two values of the same patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PairedTest {
    /// McNemar's test without correction.
    Mcnemar,
    /// McNemar's test with continuity correction.
    McnemarCorrected,
    /// McNemar's exact test.
    McnemarExact,
    /// Paired t-test.
    T,
    /// Wilcoxon signed-rank test as the dialect finds it; for farr and R exact below 50 patients without ties and
    /// zeros, else normal with continuity correction.
    Wilcoxon,
    /// Wilcoxon signed-rank test: all choices of signs are counted, ties as they are.
    WilcoxonExact,
    /// Wilcoxon signed-rank test, normal with continuity correction.
    WilcoxonCorrected,
    /// Wilcoxon signed-rank test, normal without continuity correction.
    WilcoxonUncorrected,
}

/// How the interval of the risk difference is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PairedDifference {
    /// Tango's score interval.
    Score,
    /// Difference ± z × standard error.
    Wald,
    /// The same with a correction for continuity.
    WaldCorrected,
    /// Newcombe's, from the Wilson intervals of both risks and their correlation.
    Newcombe,
}

impl PairedDifference {
    /// What each program computes when not told otherwise.
    pub(crate) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr => Self::Score,
            Dialect::Spss => Self::Newcombe,
            Dialect::Stata => Self::WaldCorrected,
            Dialect::Sas | Dialect::R => Self::Wald,
        }
    }
}

impl PairedTest {
    /// How the signed-rank test is asked for; none where it is not, or the dialect decides.
    pub(super) fn reckon(self) -> Option<Reckon> {
        match self {
            Self::WilcoxonExact => Some(Reckon::Exact),
            Self::WilcoxonCorrected => Some(Reckon::Corrected),
            Self::WilcoxonUncorrected => Some(Reckon::Uncorrected),
            _ => None,
        }
    }

    pub(super) fn is_of_levels(self) -> bool {
        matches!(self, Self::Mcnemar | Self::McnemarCorrected | Self::McnemarExact)
    }
}

impl PairedOptions {
    /// Refuses options that numbers cannot have.
    pub(super) fn check_numbers(&self, analysis: &Analysis) -> Result<(), Problem> {
        if self.test.is_some_and(PairedTest::is_of_levels) {
            // Numbers that are two levels, as 0 and 1.
            return Ok(());
        }
        let of_levels = [
            ("event", self.event.is_some()),
            ("difference_interval", self.difference_interval.is_some()),
            ("risk_interval", self.risk_interval.is_some()),
        ];
        let problems = of_levels.into_iter().filter(|(_, asked)| *asked).map(|(key, _)| {
            analysis
                .refuse(
                    &[key.into()],
                    format!("`{key}` is for variables of two levels, and these are numbers"),
                )
                .help("remove it")
        });
        Problem::collect(problems.collect())
    }

    /// Refuses options that levels cannot have.
    pub(super) fn check_levels(&self, analysis: &Analysis) -> Result<(), Problem> {
        match self.test.filter(|test| !test.is_of_levels()) {
            Some(_) => Err(analysis
                .refuse(&["test".into()], "the variables have levels, and this test is for numbers")
                .help("use `mcnemar`, `mcnemar_corrected` or `mcnemar_exact`")),
            None if self.zeros.is_some() => Err(analysis
                .refuse(&["zeros".into()], "`zeros` is for numbers, and these variables have levels")
                .help("remove it")),
            None => Ok(()),
        }
    }
}
