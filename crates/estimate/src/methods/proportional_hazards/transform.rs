//! Functions of time with which a coefficient may change.

use crate::methods::fitted_cox::{FittedCox, Row};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::Problem;

/// A function of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// 1 less the Kaplan–Meier estimate just before the time: events are then spread evenly.
    #[default]
    Km,
    /// The mean rank of the time among all times.
    Rank,
    /// The time itself.
    Identity,
    /// The natural logarithm of the time, which must be above 0.
    Log,
}

impl Transform {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Km => "the Kaplan–Meier transform of time",
            Self::Rank => "the rank of time",
            Self::Identity => "time",
            Self::Log => "the logarithm of time",
        }
    }

    /// Its value at each distinct time.
    pub(super) fn of_times(self, fitted: &FittedCox<'_>) -> Result<Vec<f64>, Problem> {
        match self {
            Self::Identity => Ok(fitted.times.clone()),
            Self::Log => fitted.by_time().map(|rows| logarithm(fitted, rows)).collect(),
            Self::Rank => {
                let mut before = 0.0;
                let rank = |rows: &[Row]| {
                    let n: u64 = rows.iter().map(|row| row.n).sum();
                    let rank = before + (n as f64 + 1.0) / 2.0;
                    before += n as f64;
                    rank
                };
                Ok(fitted.by_time().map(rank).collect())
            }
            Self::Km => {
                let mut survival = 1.0;
                let step = |(rows, at_risk): (&[Row], u64)| {
                    let before = 1.0 - survival;
                    let deaths: u64 = rows.iter().filter(|row| row.event).map(|row| row.n).sum();
                    survival *= (at_risk - deaths) as f64 / at_risk as f64;
                    before
                };
                Ok(fitted.by_time().zip(fitted.at_risk()).map(step).collect())
            }
        }
    }
}

fn logarithm(fitted: &FittedCox<'_>, rows: &[Row]) -> Result<f64, Problem> {
    let time = fitted.times[rows[0].time as usize];
    if time > 0.0 {
        return Ok(libm::log(time));
    }
    // Only event times are looked at.
    if rows.iter().all(|row| !row.event) {
        return Ok(0.0);
    }
    Err(Problem::input("an event happens at time 0, which has no logarithm"))
}
