//! From the columns of a count table to times to an event.

use super::Ties;
use super::outcome::TimeToEvent;
use super::sandwich::RobustScale;
use super::units::Units;
use crate::risk_set::{nine_digits, number_times};
use std::collections::BTreeMap;
use study::{Column, MISSING, MissingCount, Notice, Problem, Values};

/// With fewer clusters than this the sandwich is noticeably too small (Cameron & Miller 2015,
/// doi:10.3368/jhr.50.2.317).
const FEW: u64 = 30;

impl<'a> TimeToEvent<'a> {
    /// Reads the columns of an endpoint. Times below 0 are refused.
    pub(in crate::methods) fn read(
        name: &str,
        time: &'a Column,
        event: &'a Column,
        n: &'a [u64],
        ties: Ties,
    ) -> Result<Self, Problem> {
        let values = time.numbers()?;
        let events = event.codes()?;
        let negative: u64 = values.iter().zip(n).filter(|(time, _)| **time < 0.0).map(|(_, n)| n).sum();
        if negative > 0 {
            let message = format!("{negative} patients have a negative time of `{name}`");
            return Err(Problem::input(message).help(
                "follow-up cannot end before it starts: correct the dates, or exclude these patients",
            ));
        }
        let present = || values.iter().filter(|time| !time.is_nan());
        if present().zip(present().skip(1)).any(|(a, b)| a > b) {
            return Err(Problem::internal("the count table is not in the order of its times"));
        }
        let numbered = number_times(present().copied());
        let mut numbered = numbered.into_iter();
        let times =
            values.iter().map(|time| if time.is_nan() { 0 } else { numbered.next().unwrap_or(0) }).collect();
        let timed: Vec<bool> =
            values.iter().zip(events).map(|(time, event)| !time.is_nan() && *event != MISSING).collect();
        let yes = event.levels().iter().position(|level| level.value == "yes");
        let yes = yes.ok_or_else(|| Problem::internal("an event column has no level `yes`"))? as u32;
        Ok(Self {
            name: name.into(),
            times,
            from: Vec::new(),
            known: timed.clone(),
            timed,
            yes,
            events,
            n,
            ties,
            strata: None,
            weights: None,
            robust: false,
            robust_scale: RobustScale::One,
            clusters: None,
            units: None,
            performance: false,
            changing: Vec::new(),
            lacking: Vec::new(),
        })
    }

    /// With the times of entry; who enters when follow-up has ended is left out, and counted in the notice.
    pub(in crate::methods) fn delayed(
        &mut self,
        time: &Column,
        entry: &Column,
    ) -> Result<Option<Notice>, Problem> {
        let (times, entries) = (time.numbers()?, entry.numbers()?);
        let mut distinct: Vec<f64> =
            times.iter().chain(entries).copied().filter(|time| !time.is_nan()).map(nine_digits).collect();
        distinct.sort_unstable_by(f64::total_cmp);
        distinct.dedup();
        let position = |time: f64| distinct.partition_point(|known| *known < nine_digits(time)) as u32;
        self.from = vec![0; entries.len()];
        let mut never = vec![false; entries.len()];
        for (row, (time, entry)) in times.iter().zip(entries).enumerate() {
            if entry.is_nan() || !self.timed[row] {
                self.timed[row] = false;
                self.known[row] = false;
                continue;
            }
            self.times[row] = position(*time);
            self.from[row] = position(*entry) + 1;
            never[row] = self.from[row] > self.times[row];
            self.known[row] &= !never[row];
        }
        let n = self.patients(|row| never[row]);
        Ok((n > 0).then(|| Notice::NeverAtRisk { endpoint: self.name.clone(), n }))
    }

    /// Compared only within strata, which are the combinations of the levels of some columns.
    pub(in crate::methods) fn stratify(&mut self, columns: &[&Column]) {
        let mut strata = vec![0; self.n.len()];
        let mut size = 1;
        for column in columns {
            let (codes, _) = coded(column);
            self.require(&column.name, |row| codes[row] != MISSING);
            let mut known: BTreeMap<(u32, u32), u32> = BTreeMap::new();
            for (stratum, code) in strata.iter_mut().zip(&codes) {
                let next = known.len() as u32;
                *stratum = *known.entry((*stratum, *code)).or_insert(next);
            }
            size = known.len();
        }
        self.strata = (size > 0).then_some(strata);
    }

    /// Several rows a patient: `patient` tells whose each row is. The caveats of their course: gaps, repeated events.
    pub(in crate::methods) fn of_patients(&mut self, patient: &Column) -> Vec<Notice> {
        let (of_row, count) = coded(patient);
        let units = Units { of_row, count };
        let endpoint = || self.name.clone();
        let mut notices = Vec::new();
        let gaps = units.gaps(self.n, &self.times, &self.from, &self.timed);
        if gaps > 0 {
            notices.push(Notice::IntervalGaps { endpoint: endpoint(), n: gaps });
        }
        let (n, events) = units.repeated(self.n, &|row| self.timed[row] && self.events[row] == self.yes);
        if n > 0 {
            notices.push(Notice::RepeatedEvents { endpoint: endpoint(), n, events });
        }
        self.units = Some(units);
        notices
    }

    /// The robust variance: by the levels of a column, by patient where those have several rows, or by row.
    pub(in crate::methods) fn robust(&mut self, cluster: Option<&Column>) {
        self.robust = true;
        self.clusters = self.units.as_ref().map(|units| (units.of_row.clone(), units.count));
        if let Some(column) = cluster {
            let (codes, count) = coded(column);
            self.require(&column.name, |row| codes[row] != MISSING);
            self.clusters = Some((codes, count));
        }
    }

    /// Counts each patient of a row as so much.
    pub(in crate::methods) fn weigh(&mut self, variable: &str, weights: Vec<f64>) {
        self.require(variable, |row| !weights[row].is_nan());
        self.weights = Some(weights);
    }

    /// The caveat where the robust variance rests on few clusters.
    pub(in crate::methods) fn few_clusters(&self, variable: &str) -> Option<Notice> {
        let (of_row, count) = self.clusters.as_ref()?;
        let mut seen = vec![false; *count];
        (0..of_row.len()).filter(|row| self.known[*row]).for_each(|row| seen[of_row[row] as usize] = true);
        let clusters = seen.iter().filter(|seen| **seen).count() as u64;
        (clusters < FEW).then(|| Notice::FewClusters { variable: variable.into(), clusters })
    }

    /// Refuses exact ties where their computation would not end.
    pub(in crate::methods) fn check_exact(&self, terms: usize) -> Result<(), Problem> {
        let times = self.times.iter().copied().max().map_or(0, |last| last as usize + 1);
        let (mut tied, mut leaving) = (vec![0u64; times], vec![[0u64; 2]; times]);
        for row in (0..self.n.len()).filter(|row| self.known[*row]) {
            let time = self.times[row] as usize;
            tied[time] += if self.events[row] == self.yes { self.n[row] } else { 0 };
            leaving[time][0] += 1;
            leaving[time][1] += self.n[row];
        }
        // A row of n patients costs the smaller of n and d, times d, for each pair of columns.
        let (mut rows, mut patients, mut steps) = (0.0, 0.0, 0.0);
        for (tied, leaving) in tied.iter().zip(&leaving).rev() {
            rows += leaving[0] as f64;
            patients += leaving[1] as f64;
            let d = *tied as f64;
            if d > 1.0 {
                steps += d * (rows * d).min(patients) * (1.0 + terms as f64).powi(2);
            }
        }
        if steps > 2e11 {
            let message = format!("exact ties would take {steps:.0e} steps for each iteration");
            return Err(Problem::input(message).help(
                "so many tied events are no cause for exact ties: use `efron`, or time in smaller units",
            ));
        }
        Ok(())
    }

    /// Leaves out the rows that lack a value.
    fn require(&mut self, variable: &str, has: impl Fn(usize) -> bool) {
        let n = self.patients(|row| !has(row));
        self.lacking.push(MissingCount { variable: variable.into(), n });
        self.known.iter_mut().enumerate().for_each(|(row, known)| *known &= has(row));
    }

    fn patients(&self, with: impl Fn(usize) -> bool) -> u64 {
        let mut rows = (0..self.n.len()).filter(|row| with(*row)).map(|row| row as u32);
        crate::methods::models::Outcome::count(self, self.n, &mut rows).of
    }
}

/// A code for each row, [`MISSING`] where there is no value, and how many codes there are.
fn coded(column: &Column) -> (Vec<u32>, usize) {
    match &column.values {
        Values::Category { levels, codes } => (codes.clone(), levels.len()),
        Values::Number(values) => {
            let mut known: BTreeMap<u64, u32> = BTreeMap::new();
            let codes = values.iter().map(|value| match value.is_nan() {
                true => MISSING,
                false => {
                    let next = known.len() as u32;
                    // Adding 0 makes −0 and 0 one.
                    *known.entry((value + 0.0).to_bits()).or_insert(next)
                }
            });
            (codes.collect(), known.len())
        }
    }
}
