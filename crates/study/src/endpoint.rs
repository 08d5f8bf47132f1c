//! A time-to-event endpoint.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The unit in which times are shown. Times derived from dates are kept in whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Days.
    Days,
    /// Seven days.
    Weeks,
    /// 30.4375 days, a twelfth of a year.
    #[default]
    Months,
    /// 365.25 days.
    Years,
}

impl TimeUnit {
    /// How many days one unit has.
    pub fn days(self) -> f64 {
        match self {
            Self::Days => 1.0,
            Self::Weeks => 7.0,
            Self::Months => 30.4375,
            Self::Years => 365.25,
        }
    }

    /// The name for an axis or a heading.
    pub fn name(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Weeks => "weeks",
            Self::Months => "months",
            Self::Years => "years",
        }
    }
}

/// An endpoint: from when, until when, and whether it happened.
///
/// Either `start` and `end` are dates (the time is then whole days), or `time` is a number in `unit`. Time counts from
/// `start`; who comes under observation only later, at `entry`, is at risk from then on (left truncation). Methods that
/// cannot allow for `entry` (`fine_gray`, `predicted_incidence` and `survival_performance`) refuse it.
///
/// With `view` a patient has several rows, one for each interval of follow-up: `entry` is when the interval begins, `time`
/// or `end` when it ends, `event` whether the event ended it. All expressions are then over that view, whose columns may
/// change from interval to interval and be terms of a model. `cox`, the methods that follow it (but
/// `survival_performance`) and `concordance` take such endpoints; the others refuse them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Its name: the key in `[endpoints]`.
    #[serde(skip)]
    pub name: String,
    /// What the report prints; the name where absent.
    pub label: Option<String>,
    /// A view or table with one row for each interval of follow-up; where absent the expressions are over the population,
    /// which has one row a patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// SQL expression of the patient whose interval a row of `view` is; the `id` of the population where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// SQL expression of the day on which follow-up starts.
    pub start: Option<String>,
    /// SQL expression of the day on which follow-up ends, by the event or without it.
    pub end: Option<String>,
    /// SQL expression of the length of follow-up in `unit`, in the place of `start` and `end`.
    pub time: Option<String>,
    /// SQL expression of when observation begins, where that is after time 0: a day where `start` and `end` are given, a
    /// number in `unit` where `time` is.
    pub entry: Option<String>,
    /// SQL expression that is true, or 1, where the event ended follow-up. Where neither this nor `competing` is, the patient
    /// is censored.
    pub event: String,
    /// SQL expression that is true, or 1, where another event ended follow-up and made this one impossible.
    pub competing: Option<String>,
    /// What the report calls that other event; `Competing event` where absent.
    pub competing_label: Option<String>,
    /// The unit of `time` and of every time that is shown or named in an analysis.
    #[serde(default)]
    pub unit: TimeUnit,
}

impl Endpoint {
    /// What the report prints.
    pub fn text(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }

    /// What the report calls the event that competes.
    pub fn competing_text(&self) -> &str {
        self.competing_label.as_deref().unwrap_or("Competing event")
    }

    /// How many stored time units make one shown unit: days where dates are given, else 1.
    pub fn scale(&self) -> f64 {
        if self.time.is_some() { 1.0 } else { self.unit.days() }
    }
}
