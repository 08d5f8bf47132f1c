//! Follow-up on a day: who was seen when a visit was due, who is due, and how complete it is.
//!
//! Days are counted from 1970-01-01.

use crate::Interval;
use serde::Serialize;

/// For how long patients who are alike were followed, and could have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FollowedTime {
    /// Days from the start to death or the last visit.
    pub observed: u32,
    /// Days from the start to the day of the report.
    pub potential: u32,
    /// Whether death ended it.
    pub died: bool,
    /// Days of `observed` up to the last scheduled visit whose window is closed.
    pub observed_of_schedule: u32,
    /// Days to that visit, or to death where it came before.
    pub potential_of_schedule: u32,
    /// How many patients.
    pub n: u64,
}

/// A visit of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ScheduledVisit {
    /// Months after the start.
    pub month: u32,
    /// Patients who were to make it: it was made, or its window is closed and they were alive and followed.
    pub expected: u64,
    /// Of these, those who made it.
    pub made: u64,
    /// And those who did not.
    pub missed: u64,
    /// Patients whose window is open and who have not made it yet.
    pub open: u64,
}

/// Why a patient is on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A visit was missed, and the patient has not been seen since its window opened.
    Overdue,
    /// The window of a visit is open.
    Due,
}

impl Standing {
    /// As a list prints it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Due => "due",
        }
    }
}

/// A patient who is due or overdue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuePatient {
    /// The patient.
    pub patient: String,
    /// Which of the two.
    pub standing: Standing,
    /// The visit: months after the start. Of several that were missed, the first.
    pub month: u32,
    /// Its day.
    pub scheduled: i32,
    /// How many visits were missed since the patient was last seen.
    pub missed: u32,
    /// The last day of contact; absent where there was none since the start.
    pub last_contact: Option<i32>,
    /// The next scheduled day after that of the report; absent after the end of the schedule.
    pub next: Option<i32>,
}

/// Follow-up on a day, as counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FollowUpState {
    /// The day of the report. What happened after it is not known yet.
    pub on: i32,
    /// Patients whose follow-up has begun.
    pub patients: u64,
    /// Patients whose follow-up begins after that day.
    pub not_started: u64,
    /// Of those followed: dead.
    pub dead: u64,
    /// Alive, and the schedule was ended by something else.
    pub ended: u64,
    /// Alive, and the last scheduled visit is past.
    pub past_schedule: u64,
    /// Without any visit since the start.
    pub never_seen: u64,
    /// The visits of the schedule.
    pub visits: Vec<ScheduledVisit>,
    /// Who is overdue, then who is due; each by the day of the visit.
    pub due: Vec<DuePatient>,
    /// For how long patients were followed.
    pub times: Vec<FollowedTime>,
}

impl FollowUpState {
    /// How many stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.due.iter().filter(|one| one.standing == standing).count()
    }
}

/// How complete follow-up is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Completeness {
    /// Patients.
    pub n: u64,
    /// Days that patients were followed, in all.
    pub observed_days: u64,
    /// Days that they could have been followed: to death, else to the day of the report.
    pub potential_days: u64,
    /// The first divided by the second: Clark's C. Absent where nobody could be followed.
    pub clark: Option<f64>,
    /// The simplified person-time rate.
    pub simplified: Option<f64>,
    /// Clark's C up to each patient's last scheduled visit.
    pub clark_of_schedule: Option<f64>,
    /// Median follow-up in days, by the reverse Kaplan–Meier method; absent where it is not reached.
    pub median_days: Option<f64>,
    /// Its interval.
    pub interval: Interval,
}
