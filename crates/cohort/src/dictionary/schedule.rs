//! When patients are to be seen after treatment, and where it stands that they were.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::Step;

/// A stretch of the schedule with visits at equal distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleStretch {
    /// Months from one visit to the next.
    pub months: u32,
    /// The last month of the stretch, counted from the start of follow-up.
    pub until_month: u32,
}

/// `[follow_up]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpEntry {
    /// The day that visits are counted from, as TABLE.COLUMN; the first of a patient where there are several.
    pub start: String,
    /// The days of visits, as TABLE.COLUMN.
    pub visits: String,
    /// SQL condition over the table of visits that holds in the row that reports death; its day is the day of death.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub death: Option<String>,
    /// SQL condition over the table of visits from which on a patient has another schedule, for example recurrence = 'yes'.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    /// A visit counts so many days before and after its day.
    pub tolerance_days: u32,
    /// The visits: every so many months until a month, stretch after stretch.
    pub every: Vec<ScheduleStretch>,
}

/// Path within `[follow_up]`, message and help.
type Contradiction = (Vec<Step>, String, &'static str);

/// The shortest month.
const SHORTEST_MONTH: u32 = 28;
/// No schedule is longer.
const LONGEST: u32 = 1200;

impl FollowUpEntry {
    /// The table and the column of `start` or `visits`.
    pub fn column(text: &str) -> Option<(&str, &str)> {
        text.split_once('.').filter(|(table, column)| !table.is_empty() && !column.is_empty())
    }

    /// The months of all visits, in order.
    pub fn months(&self) -> Vec<u32> {
        let mut from = 0;
        let mut months = Vec::new();
        for stretch in &self.every {
            let step = stretch.months.max(1) as usize;
            months.extend((from + stretch.months..=stretch.until_month).step_by(step));
            from = stretch.until_month;
        }
        months
    }

    pub(super) fn contradictions(&self) -> Vec<Contradiction> {
        let mut found: Vec<Contradiction> = Vec::new();
        for (key, text) in [("start", &self.start), ("visits", &self.visits)] {
            if Self::column(text).is_none() {
                let message = format!("`{text}` names no column of a table");
                found.push((
                    vec![key.into()],
                    message,
                    "write TABLE.COLUMN, for example \"operations.operation_date\"",
                ));
            }
        }
        if self.every.is_empty() {
            let help =
                "for example every = [{ months = 3, until_month = 24 }, { months = 6, until_month = 60 }]";
            found.push((vec!["every".into()], "the schedule has no visit".into(), help));
        }
        let mut from = 0;
        for (index, stretch) in self.every.iter().enumerate() {
            let path = |key: &str| vec!["every".into(), index.into(), key.into()];
            let ScheduleStretch { months, until_month } = *stretch;
            if months == 0 {
                let help = "write how many months lie between two visits";
                found.push((path("months"), "visits cannot be 0 months apart".into(), help));
            } else if until_month <= from {
                let message =
                    format!("the stretch ends in month {until_month}, and the one before it in month {from}");
                found.push((path("until_month"), message, "months are counted from the start of follow-up"));
            } else if until_month > LONGEST {
                let message = format!("a schedule of {until_month} months is longer than a life");
                found.push((path("until_month"), message, "count months, not days"));
            } else if !(until_month - from).is_multiple_of(months) {
                let message = format!(
                    "visits every {months} months from month {from} on do not meet month {until_month}"
                );
                found.push((path("until_month"), message, "end the stretch with a visit"));
            }
            from = from.max(until_month);
        }
        let nearest = self.every.iter().map(|stretch| stretch.months).filter(|months| *months > 0).min();
        if nearest
            .is_some_and(|months| 2 * u64::from(self.tolerance_days) >= u64::from(months * SHORTEST_MONTH))
        {
            let message = format!("windows of {} days on both sides of visits overlap", self.tolerance_days);
            let help = "less than half of the shortest distance between two visits";
            found.push((vec!["tolerance_days".into()], message, help));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use crate::Dictionary;
    use study::SourceText;

    const SCHEDULE: &str = "[follow_up]\nstart = \"operations.operation_date\"\nvisits = \"follow_up.visit_date\"\n\
        tolerance_days = 30\nevery = [{ months = 3, until_month = 24 }, { months = 6, until_month = 60 }]\n";

    fn read(text: &str) -> Result<Dictionary, Vec<String>> {
        Dictionary::parse(SourceText::new("registry.toml", text))
            .map_err(|problem| problem.all().map(|one| one.to_string()).collect())
    }

    #[test]
    fn every_three_months_for_two_years_then_every_six() {
        let schedule = read(SCHEDULE).unwrap().follow_up.unwrap();
        assert_eq!(schedule.months(), [3, 6, 9, 12, 15, 18, 21, 24, 30, 36, 42, 48, 54, 60]);
    }

    #[test]
    fn contradictions_have_their_places() {
        let wrong = SCHEDULE
            .replace("operations.operation_date", "operation_date")
            .replace("tolerance_days = 30", "tolerance_days = 42")
            .replace("until_month = 60", "until_month = 61");
        let problems = read(&wrong).unwrap_err();
        assert_eq!(problems.len(), 3, "{problems:#?}");
        assert!(
            problems[0].starts_with("registry.toml:2:") && problems[0].contains("TABLE.COLUMN"),
            "{problems:#?}"
        );
        assert!(
            problems[1].starts_with("registry.toml:5:") && problems[1].contains("month 61"),
            "{problems:#?}"
        );
        assert!(
            problems[2].starts_with("registry.toml:4:") && problems[2].contains("overlap"),
            "{problems:#?}"
        );
        let problems = read(&SCHEDULE.replace("until_month = 24", "until_month = 0")).unwrap_err();
        assert!(problems[0].contains("month 0"), "{problems:#?}");
        let problems = read(&SCHEDULE.replace("months = 3", "months = 0")).unwrap_err();
        assert!(problems[0].contains("0 months apart"), "{problems:#?}");
        assert!(
            read(&SCHEDULE.replace("tolerance_days", "tolerance")).unwrap_err()[0].contains("tolerance_days")
        );
    }
}
