//! The life table of a group: at each distinct time how many were at risk, had the event, or were censored.
//!
//! # Ties and censoring
//! A patient who is censored at a time is still at risk for the events of that time. Times that agree to nine
//! significant digits are one time: decimals that were computed in different ways tie as they were meant to.

use study::Problem;

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
        let mut rows: Vec<(f64, bool, u64)> =
            patients.into_iter().map(|(time, event, n)| (tied(time), event, n)).collect();
        if let Some((time, ..)) = rows.iter().find(|row| !(row.0 >= 0.0 && row.0.is_finite())) {
            return Err(Problem::input(format!("a follow-up time is {time}, and none can be negative"))
                .help("look for an end of follow-up before its start"));
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut table = Self::default();
        for (time, event, n) in rows.into_iter().filter(|row| row.2 > 0) {
            if table.time.last() != Some(&time) {
                table.time.push(time);
                table.events.push(0);
                table.censored.push(0);
            }
            let counts = if event { &mut table.events } else { &mut table.censored };
            if let Some(count) = counts.last_mut() {
                *count += n;
            }
        }
        table.count_at_risk();
        Ok(table)
    }

    /// The life table of several groups together.
    pub(crate) fn pooled<'a>(groups: impl IntoIterator<Item = &'a Self>) -> Result<Self, Problem> {
        Self::new(groups.into_iter().flat_map(|group| {
            let counts = group.time.iter().zip(group.events.iter().zip(&group.censored));
            counts.flat_map(|(time, (events, censored))| [(*time, true, *events), (*time, false, *censored)])
        }))
    }

    /// Events and censorings exchanged: the table of the time to censoring.
    pub(crate) fn reversed(&self) -> Self {
        Self { events: self.censored.clone(), censored: self.events.clone(), ..self.clone() }
    }

    /// The table of those who are followed beyond a landmark, times counted from it.
    pub(crate) fn after(&self, landmark: f64) -> Self {
        let first = self.time.partition_point(|time| *time <= landmark);
        Self {
            time: self.time[first..].iter().map(|time| tied(time - landmark)).collect(),
            at_risk: self.at_risk[first..].to_vec(),
            events: self.events[first..].to_vec(),
            censored: self.censored[first..].to_vec(),
        }
    }

    /// Patients.
    pub(crate) fn n(&self) -> u64 {
        self.at_risk.first().copied().unwrap_or(0)
    }

    /// Events in all.
    pub(crate) fn event_count(&self) -> u64 {
        self.events.iter().sum()
    }

    /// The last time at which anybody was followed.
    pub(crate) fn last(&self) -> Option<f64> {
        self.time.last().copied()
    }

    /// Patients at risk just before a time: those followed until then or longer.
    pub(crate) fn at_risk_at(&self, time: f64) -> u64 {
        let next = self.time.partition_point(|earlier| *earlier < time);
        self.at_risk.get(next).copied().unwrap_or(0)
    }

    fn count_at_risk(&mut self) {
        let mut remaining = 0;
        self.at_risk = vec![0; self.time.len()];
        for index in (0..self.time.len()).rev() {
            remaining += self.events[index] + self.censored[index];
            self.at_risk[index] = remaining;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_are_one_row_and_the_censored_are_at_risk_for_its_events() {
        let table = LifeTable::new([
            (3.0, false, 2),
            (1.0, true, 1),
            (3.0, true, 1),
            (1.0 + 1e-12, false, 4),
            (2.0, true, 0),
        ])
        .unwrap();
        assert_eq!(table.time, [1.0, 3.0]);
        assert_eq!(table.events, [1, 1]);
        assert_eq!(table.censored, [4, 2]);
        assert_eq!(table.at_risk, [8, 3]);
        assert_eq!([0.0, 1.0, 1.5, 3.0, 3.5].map(|time| table.at_risk_at(time)), [8, 8, 3, 3, 0]);
    }

    #[test]
    fn nine_digits_decide_a_tie() {
        assert_eq!(tied(0.1 + 0.2), 0.3);
        assert_eq!(tied(30.0 / 30.4375 * 30.4375), 30.0);
        assert_ne!(tied(1.00000001), tied(1.00000002));
        assert_eq!(tied(-0.0).to_bits(), 0.0f64.to_bits());
    }

    #[test]
    fn a_negative_time_is_refused() {
        let problem = LifeTable::new([(-1.0, true, 1)]).unwrap_err();
        assert_eq!(problem.message, "a follow-up time is -1, and none can be negative");
    }
}
