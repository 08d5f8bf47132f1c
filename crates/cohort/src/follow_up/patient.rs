//! One patient against the schedule, and the counts over all.
//!
//! A visit of the schedule is made by any visit within its window. It is expected of a patient once it is made, or once its
//! window is closed, unless death or the end of the schedule came first.

use std::collections::BTreeMap;
use study::calendar::months_later;
use study::{DuePatient, FollowUpState, FollowedTime, ScheduledVisit, Standing};

/// What is known of a patient on the day.
#[derive(Debug, Clone)]
pub(super) struct Course {
    pub(super) patient: String,
    start: i32,
    /// Days on which the patient was seen alive, in order.
    visits: Vec<i32>,
    death: Option<i32>,
    /// When something else ended the schedule.
    end: Option<i32>,
}

impl Course {
    pub(super) fn new(patient: &str, start: i32) -> Self {
        Self { patient: patient.into(), start, visits: Vec::new(), death: None, end: None }
    }

    /// Adds a row of the table of visits; rows come in the order of days. After death nothing is believed.
    pub(super) fn visit(&mut self, day: i32, died: bool, ended: bool) {
        if self.death.is_some() {
            return;
        }
        if died {
            self.death = Some(day);
        } else {
            self.visits.push(day);
        }
        if ended && self.end.is_none() {
            self.end = Some(day);
        }
    }

    /// The last day that is known.
    fn last(&self) -> Option<i32> {
        self.death.or(self.visits.last().copied())
    }

    fn seen_within(&self, from: i32, until: i32) -> bool {
        let next = self.visits.partition_point(|day| *day < from);
        self.visits.get(next).is_some_and(|day| *day <= until)
    }
}

/// Counts over all patients.
#[derive(Debug)]
pub(super) struct Ledger {
    tolerance: i32,
    times: BTreeMap<FollowedTime, u64>,
    state: FollowUpState,
}

impl Ledger {
    pub(super) fn new(months: Vec<u32>, tolerance: i32, on: i32) -> Self {
        let visit = |month| ScheduledVisit { month, expected: 0, made: 0, missed: 0, open: 0 };
        let state = FollowUpState {
            on,
            patients: 0,
            not_started: 0,
            dead: 0,
            ended: 0,
            past_schedule: 0,
            never_seen: 0,
            visits: months.into_iter().map(visit).collect(),
            due: Vec::new(),
            times: Vec::new(),
        };
        Self { tolerance, times: BTreeMap::new(), state }
    }

    pub(super) fn add(&mut self, course: &Course) {
        let (on, tolerance) = (self.state.on, self.tolerance);
        if course.start > on {
            self.state.not_started += 1;
            return;
        }
        self.state.patients += 1;
        self.state.never_seen += u64::from(course.last().is_none());
        self.state.dead += u64::from(course.death.is_some());
        self.state.ended += u64::from(course.death.is_none() && course.end.is_some());
        let stop = [course.death, course.end].into_iter().flatten().min();
        let seen = course.visits.last().copied().unwrap_or(course.start);
        let (mut missed, mut due, mut next): (Vec<(u32, i32)>, _, _) = (Vec::new(), None, None);
        // The day of the last visit whose window is closed, and whether it was made.
        let mut last_closed = (course.start, true);
        let mut running = false;
        for visit in &mut self.state.visits {
            let day = months_later(course.start, visit.month);
            let (opens, closes) = (day - tolerance, day + tolerance);
            let made = course.seen_within(opens, closes);
            if closes < on {
                last_closed = (day, made);
            } else {
                running = true;
            }
            if day > on && next.is_none() {
                next = Some(day);
            }
            if made {
                visit.expected += 1;
                visit.made += 1;
            } else if stop.is_some_and(|stop| stop <= closes) {
                // Nothing is expected from here on.
            } else if closes < on {
                visit.expected += 1;
                visit.missed += 1;
                if opens > seen {
                    missed.push((visit.month, day));
                }
            } else if opens <= on {
                visit.open += 1;
                due = Some((visit.month, day));
            }
        }
        self.state.past_schedule += u64::from(stop.is_none() && !running);
        self.count_time(course, last_closed);
        let standing = if missed.is_empty() { Standing::Due } else { Standing::Overdue };
        if let (Some((month, scheduled)), None) = (missed.first().copied().or(due), stop) {
            self.state.due.push(DuePatient {
                patient: course.patient.clone(),
                standing,
                month,
                scheduled,
                missed: missed.len() as u32,
                last_contact: course.last(),
                next,
            });
        }
    }

    fn count_time(&mut self, course: &Course, (last_closed, made): (i32, bool)) {
        let after_start = |day: i32| (day - course.start).max(0).unsigned_abs();
        let observed = course.last().map_or(0, after_start);
        let potential = after_start(self.state.on);
        let potential_of_schedule =
            after_start(last_closed).min(course.death.map_or(u32::MAX, after_start)).min(potential);
        // A visit made a little before its day was made.
        let observed_of_schedule =
            if made { potential_of_schedule } else { observed.min(potential_of_schedule) };
        let time = FollowedTime {
            observed,
            potential,
            died: course.death.is_some(),
            observed_of_schedule,
            potential_of_schedule,
            n: 0,
        };
        *self.times.entry(time).or_default() += 1;
    }

    pub(super) fn state(self) -> FollowUpState {
        let mut state = self.state;
        state.times = self.times.into_iter().map(|(time, n)| FollowedTime { n, ..time }).collect();
        state.due.sort_by(|a, b| {
            (a.standing, a.scheduled, &a.patient).cmp(&(b.standing, b.scheduled, &b.patient))
        });
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::calendar::read_iso;

    fn day(text: &str) -> i32 {
        read_iso(text).unwrap()
    }

    /// The state on 2021-01-20 of patients operated on 2020-01-15, to be seen after 3, 6, 9 and 12 months ± 30 days.
    fn state(courses: &[(&str, &[&str], Option<&str>)]) -> FollowUpState {
        let mut ledger = Ledger::new(vec![3, 6, 9, 12], 30, day("2021-01-20"));
        for (patient, visits, death) in courses {
            let mut course = Course::new(patient, day("2020-01-15"));
            visits.iter().for_each(|visit| course.visit(day(visit), false, false));
            death.iter().for_each(|death| course.visit(day(death), true, false));
            ledger.add(&course);
        }
        ledger.state()
    }

    fn counts(state: &FollowUpState) -> Vec<(u64, u64, u64, u64)> {
        state.visits.iter().map(|visit| (visit.expected, visit.made, visit.missed, visit.open)).collect()
    }

    #[test]
    fn visits_are_made_missed_or_open() {
        // The window of month 3 is 2020-03-16 to 2020-05-15, of month 12 2020-12-16 to 2021-02-14.
        let state = state(&[("a", &["2020-03-16", "2020-07-15", "2020-12-01"], None)]);
        assert_eq!(counts(&state), [(1, 1, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (0, 0, 0, 1)]);
        // Month 9 was missed, but the patient came after its window: due for month 12, not overdue.
        assert_eq!(state.due.len(), 1);
        let due = &state.due[0];
        assert_eq!(
            (due.standing, due.month, due.scheduled, due.missed),
            (Standing::Due, 12, day("2021-01-15"), 0)
        );
        assert_eq!((due.last_contact, due.next), (Some(day("2020-12-01")), None));
    }

    #[test]
    fn overdue_since_the_first_visit_that_was_missed_after_the_last_contact() {
        let state = state(&[("a", &["2020-04-15"], None), ("b", &[], None)]);
        let found: Vec<_> =
            state.due.iter().map(|one| (one.patient.as_str(), one.standing, one.month, one.missed)).collect();
        assert_eq!(found, [("b", Standing::Overdue, 3, 3), ("a", Standing::Overdue, 6, 2)]);
        assert_eq!((state.never_seen, state.count(Standing::Overdue), state.count(Standing::Due)), (1, 2, 0));
    }

    #[test]
    fn nothing_is_expected_of_the_dead() {
        let state = state(&[("a", &["2020-04-15"], Some("2020-08-14")), ("b", &[], Some("2020-08-15"))]);
        // The window of month 6 closes on 2020-08-14: death on that day excuses, the day after does not.
        assert_eq!(counts(&state), [(2, 1, 1, 0), (1, 0, 1, 0), (0, 0, 0, 0), (0, 0, 0, 0)]);
        assert_eq!((state.dead, state.due.len()), (2, 0));
    }

    #[test]
    fn time_runs_to_death_or_the_last_visit() {
        let state = state(&[
            ("a", &["2020-04-14"], None),
            ("b", &[], Some("2020-02-14")),
            ("c", &["2020-10-01"], None),
        ]);
        let times: Vec<_> =
            state.times.iter().map(|time| (time.observed, time.potential, time.died)).collect();
        assert_eq!(times, [(30, 371, true), (90, 371, false), (260, 371, false)]);
        // The last closed window is that of month 9, 2020-10-15, day 274: c made it a little early.
        let of_schedule: Vec<_> =
            state.times.iter().map(|time| (time.observed_of_schedule, time.potential_of_schedule)).collect();
        assert_eq!(of_schedule, [(30, 30), (90, 274), (274, 274)]);
    }

    #[test]
    fn who_starts_later_is_not_followed_yet_and_an_end_stops_the_schedule() {
        let mut ledger = Ledger::new(vec![3, 6], 30, day("2020-12-31"));
        ledger.add(&Course::new("later", day("2021-01-01")));
        let mut recurred = Course::new("recurred", day("2020-01-15"));
        recurred.visit(day("2020-04-20"), false, true);
        ledger.add(&recurred);
        let state = ledger.state();
        assert_eq!((state.patients, state.not_started, state.ended), (1, 1, 1));
        assert_eq!(counts(&state), [(1, 1, 0, 0), (0, 0, 0, 0)]);
        assert!(state.due.is_empty());
    }
}
