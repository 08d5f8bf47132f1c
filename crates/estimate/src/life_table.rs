//! The life table of a group: at each distinct time how many were at risk, had the event, or were censored.
//!
//! # Ties and censoring
//! A patient who is censored at a time is still at risk for the events of that time. Times that agree to nine
//! significant digits are one time: decimals that were computed in different ways tie as they were meant to.
//!
//! # Delayed entry
//! A patient who comes under observation late is at risk from after the entry until the exit: for the events of a time
//! t if entry < t ≤ exit. Nobody is late who enters at 0.

use crate::numerics::sums::Sum;
use study::{Notice, Problem};

/// Patients who are alike: from when and until when they were followed, whether with the event, how many they are, and
/// for how many of the population each stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Course {
    /// When observation began; 0 from the start.
    pub(crate) entry: f64,
    /// When it ended.
    pub(crate) time: f64,
    /// Whether the event ended it.
    pub(crate) event: bool,
    /// How many patients.
    pub(crate) n: u64,
    /// The sampling weight of each; 1 where they are only counted.
    pub(crate) weight: f64,
}

/// What patients stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weighing {
    /// Each for himself.
    Counted,
    /// Each for as many as the sampling weight says.
    Sampled,
}

/// Patients who come under observation at one time after 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LateEntry {
    /// When.
    pub(crate) time: f64,
    /// How many.
    pub(crate) n: u64,
    /// The sum of their sampling weights.
    weight: f64,
}

/// The sums of sampling weights that belong to the counts of a life table.
#[derive(Debug, Clone, PartialEq, Default)]
struct Weighted {
    /// With what was rounded away: who enters later is taken from it again, and may weigh much more than who is left.
    at_risk: Vec<Sum>,
    events: Vec<f64>,
    censored: Vec<f64>,
}

/// Distinct times in ascending order, with their counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct LifeTable {
    /// Distinct times at which an event or a censoring happened.
    pub(crate) time: Vec<f64>,
    /// Patients at risk just before each time.
    pub(crate) at_risk: Vec<u64>,
    /// Events at each time.
    pub(crate) events: Vec<u64>,
    /// Patients censored at each time.
    pub(crate) censored: Vec<u64>,
    /// Those who entered after 0, in ascending order of their entry.
    pub(crate) entries: Vec<LateEntry>,
    weighted: Option<Weighted>,
    /// In ascending order of time; only where the counts do not tell them: with late entries or sampling weights.
    courses: Vec<Course>,
}

/// A time rounded to nine significant digits.
pub(crate) fn tied(time: f64) -> f64 {
    if time.fract() == 0.0 && time.abs() < 1e9 {
        return time + 0.0;
    }
    // Reading the decimal back gives the double nearest to it, which no arithmetic on powers of ten ensures.
    format!("{time:.8e}").parse().unwrap_or(time)
}

impl LifeTable {
    /// The life table of patients given as time, whether the event happened, and how many there are.
    ///
    /// # Errors
    /// A negative time: nobody can be followed for less than no time.
    pub(crate) fn new(patients: impl IntoIterator<Item = (f64, bool, u64)>) -> Result<Self, Problem> {
        let courses = patients.into_iter();
        let courses = courses.map(|(time, event, n)| Course { entry: 0.0, time, event, n, weight: 1.0 });
        Self::of(courses, Weighing::Counted)
    }

    /// The life table of courses. An entry before 0 is one at 0; patients of weight 0 stand for nobody and are left out.
    ///
    /// # Errors
    /// A negative time, or one that is not after the entry.
    pub(crate) fn of(courses: impl IntoIterator<Item = Course>, weighing: Weighing) -> Result<Self, Problem> {
        let courses: Vec<Course> = courses
            .into_iter()
            .map(|course| Course { entry: tied(course.entry.max(0.0)), time: tied(course.time), ..course })
            .collect();
        if let Some(course) = courses.iter().find(|course| !(course.time >= 0.0 && course.time.is_finite())) {
            return Err(Problem::input(format!(
                "a follow-up time is {}, and none can be negative",
                course.time
            ))
            .help("look for an end of follow-up before its start"));
        }
        if let Some(course) = courses.iter().find(|course| course.entry > 0.0 && course.entry >= course.time)
        {
            return Err(Problem::input(format!(
                "a patient comes under observation at {} and leaves at {}",
                course.entry, course.time
            ))
            .help("look for an entry that is not before the end of follow-up"));
        }
        Ok(Self::build(courses, weighing))
    }

    fn build(mut courses: Vec<Course>, weighing: Weighing) -> Self {
        courses.retain(|course| course.n > 0 && course.weight > 0.0);
        // Beyond the time the order serves only that equal patients give equal sums.
        courses.sort_by(|a, b| {
            let order = a.time.total_cmp(&b.time).then(b.event.cmp(&a.event));
            order.then(a.entry.total_cmp(&b.entry)).then(a.weight.total_cmp(&b.weight))
        });
        let mut table = Self::default();
        let mut weighted = Weighted::default();
        for course in &courses {
            if table.time.last() != Some(&course.time) {
                table.time.push(course.time);
                table.events.push(0);
                table.censored.push(0);
                weighted.events.push(0.0);
                weighted.censored.push(0.0);
            }
            let (counts, sums) = match course.event {
                true => (&mut table.events, &mut weighted.events),
                false => (&mut table.censored, &mut weighted.censored),
            };
            if let (Some(count), Some(sum)) = (counts.last_mut(), sums.last_mut()) {
                *count += course.n;
                *sum += course.n as f64 * course.weight;
            }
        }
        table.entries = late_entries(&courses);
        table.count_at_risk(&mut weighted);
        if weighing == Weighing::Sampled {
            table.weighted = Some(weighted);
        }
        if weighing == Weighing::Sampled || !table.entries.is_empty() {
            table.courses = courses;
        }
        table
    }

    fn count_at_risk(&mut self, weighted: &mut Weighted) {
        let (mut remaining, mut to_come, mut weight) = (0, 0, Sum::default());
        let mut entries = self.entries.iter().rev().peekable();
        self.at_risk = vec![0; self.time.len()];
        weighted.at_risk = vec![Sum::default(); self.time.len()];
        for index in (0..self.time.len()).rev() {
            remaining += self.events[index] + self.censored[index];
            weight.add(weighted.events[index]);
            weight.add(weighted.censored[index]);
            while let Some(entry) = entries.next_if(|entry| entry.time >= self.time[index]) {
                to_come += entry.n;
                weight.add(-entry.weight);
            }
            self.at_risk[index] = remaining - to_come;
            // Where all have the event the sums are equal, however they were rounded on the way.
            weighted.at_risk[index] = match self.at_risk[index] == self.events[index] {
                true => Sum::from(weighted.events[index]),
                false => weight,
            };
        }
    }

    /// Whether patients stand for themselves or for as many as their sampling weights say.
    pub(crate) fn weighing(&self) -> Weighing {
        if self.weighted.is_some() { Weighing::Sampled } else { Weighing::Counted }
    }

    /// The patients, in ascending order of time.
    pub(crate) fn courses(&self) -> Vec<Course> {
        if !self.courses.is_empty() {
            return self.courses.clone();
        }
        let counts = self.time.iter().zip(self.events.iter().zip(&self.censored));
        let courses = counts.flat_map(|(time, (events, censored))| {
            let course = |event, n| Course { entry: 0.0, time: *time, event, n, weight: 1.0 };
            [course(true, *events), course(false, *censored)]
        });
        courses.filter(|course| course.n > 0).collect()
    }

    /// The life table of several groups together.
    pub(crate) fn pooled<'a>(groups: impl IntoIterator<Item = &'a Self>) -> Result<Self, Problem> {
        let mut weighing = Weighing::Counted;
        let mut courses = Vec::new();
        for group in groups {
            if group.weighing() == Weighing::Sampled {
                weighing = Weighing::Sampled;
            }
            courses.extend(group.courses());
        }
        Ok(Self::build(courses, weighing))
    }

    /// Events and censorings exchanged: the table of the time to censoring.
    pub(crate) fn reversed(&self) -> Self {
        let turned = |course: &Course| Course { event: !course.event, ..*course };
        Self {
            events: self.censored.clone(),
            censored: self.events.clone(),
            weighted: self.weighted.clone().map(|weighted| Weighted {
                events: weighted.censored,
                censored: weighted.events,
                at_risk: weighted.at_risk,
            }),
            courses: self.courses.iter().map(turned).collect(),
            ..self.clone()
        }
    }

    /// Number of patients.
    pub(crate) fn n(&self) -> u64 {
        self.events.iter().chain(&self.censored).sum()
    }

    /// Events in all.
    pub(crate) fn event_count(&self) -> u64 {
        self.events.iter().sum()
    }

    /// The last time at which anybody was followed.
    pub(crate) fn last(&self) -> Option<f64> {
        self.time.last().copied()
    }

    /// The first time at which anybody was followed, where that is after 0.
    pub(crate) fn first_entry(&self) -> Option<f64> {
        let late: u64 = self.entries.iter().map(|entry| entry.n).sum();
        self.entries.first().filter(|_| late == self.n()).map(|entry| entry.time)
    }

    /// Sum of weights at risk just before a distinct time; the patients themselves where they are only counted.
    pub(crate) fn weight_at_risk(&self, index: usize) -> f64 {
        self.weighted.as_ref().map_or(self.at_risk[index] as f64, |weighted| weighted.at_risk[index].total())
    }

    /// Sum of weights of those with the event at a distinct time.
    pub(crate) fn event_weight(&self, index: usize) -> f64 {
        self.weighted.as_ref().map_or(self.events[index] as f64, |weighted| weighted.events[index])
    }

    /// Patients at risk just before a time, and the sum of their weights.
    pub(crate) fn at_risk_before(&self, time: f64) -> (u64, f64) {
        let next = self.time.partition_point(|earlier| *earlier < time);
        if next == self.time.len() {
            return (0, 0.0);
        }
        let from = self.entries.partition_point(|entry| entry.time < time);
        let until = self.entries.partition_point(|entry| entry.time < self.time[next]);
        let between = &self.entries[from.min(until)..until];
        let n = self.at_risk[next] - between.iter().map(|entry| entry.n).sum::<u64>();
        let Some(weighted) = &self.weighted else { return (n, n as f64) };
        let mut weight = weighted.at_risk[next];
        between.iter().for_each(|entry| weight.add(-entry.weight));
        (n, if n == 0 { 0.0 } else { weight.total() })
    }

    /// Patients at risk just before a time.
    pub(crate) fn at_risk_at(&self, time: f64) -> u64 {
        self.at_risk_before(time).0
    }

    /// The sum of weights of those who enter at one time.
    pub(crate) fn entry_weight(&self, entry: &LateEntry) -> f64 {
        if self.weighted.is_some() { entry.weight } else { entry.n as f64 }
    }

    /// The times at which the last of those at risk leaves though others enter later, and when they do: what is
    /// estimated beyond rests on the assumption that nothing happened in between, or is 0 for good.
    fn interruptions(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        (0..self.time.len().saturating_sub(1)).filter_map(|index| {
            let after = self.at_risk[index] - self.events[index] - self.censored[index];
            let here = self.entries.iter().find(|entry| entry.time >= self.time[index]);
            here.filter(|entry| after == 0 && entry.time > self.time[index]).map(|entry| (index, entry.time))
        })
    }

    /// When observation first breaks off though others enter later.
    pub(crate) fn broken_off(&self) -> Option<f64> {
        self.interruptions().next().map(|(index, _)| self.time[index])
    }

    /// What late entries do to a curve: where it begins, where it breaks off. `other` is the table of a competing event,
    /// where the curve is one of both.
    pub(crate) fn entry_notices(
        &self,
        other: Option<&Self>,
        group: Option<&String>,
        scale: f64,
    ) -> Vec<Notice> {
        let group = group.cloned();
        let gone = |index: usize| self.events[index] + other.map_or(0, |other| other.events[index]);
        let mut notices = Vec::new();
        if let Some(first) = self.first_entry() {
            notices.push(Notice::LateStart { group: group.clone(), at: first / scale });
        }
        for (index, until) in self.interruptions() {
            let from = self.time[index] / scale;
            if gone(index) == self.at_risk[index] {
                notices.push(Notice::CurveEmptied { group, at: from, n: gone(index) });
                break;
            }
            notices.push(Notice::NobodyAtRisk { group: group.clone(), from, until: until / scale });
        }
        notices
    }
}

fn late_entries(courses: &[Course]) -> Vec<LateEntry> {
    let late = courses.iter().filter(|course| course.entry > 0.0);
    let mut entries: Vec<LateEntry> = late
        .map(|course| LateEntry { time: course.entry, n: course.n, weight: course.n as f64 * course.weight })
        .collect();
    entries.sort_by(|a, b| a.time.total_cmp(&b.time));
    entries.dedup_by(|next, kept| {
        let same = next.time == kept.time;
        if same {
            kept.n += next.n;
            kept.weight += next.weight;
        }
        same
    });
    entries
}

#[cfg(test)]
mod tests;
