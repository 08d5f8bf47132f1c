//! Patients who have several rows.

use crate::methods::models::Count;

/// The patients behind the rows of a table: some have several rows, one after the other in time.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Units {
    /// The patient of each row, or the group of alike patients.
    pub(in crate::methods) of_row: Vec<u32>,
    /// How many there are.
    pub(in crate::methods) count: usize,
}

impl Units {
    /// Patients of some rows, each once, and those of them with an event in any of these rows.
    pub(super) fn count(
        &self,
        n: &[u64],
        rows: &mut dyn Iterator<Item = u32>,
        is_event: &dyn Fn(usize) -> bool,
    ) -> Count {
        let mut seen = vec![[false; 2]; self.count];
        let mut count = Count::default();
        for row in rows {
            let row = row as usize;
            let [counted, with] = &mut seen[self.of_row[row] as usize];
            if !std::mem::replace(counted, true) {
                count.of += n[row];
            }
            if is_event(row) && !std::mem::replace(with, true) {
                count.events += n[row];
            }
        }
        count
    }

    /// How many patients are not followed between the end of one row and the beginning of the next. Positions of times
    /// are those of the rows: a row is at risk from `from` to `times`, both included.
    pub(super) fn gaps(&self, n: &[u64], times: &[u32], from: &[u32], timed: &[bool]) -> u64 {
        let mut order: Vec<usize> = (0..times.len()).filter(|row| timed[*row]).collect();
        let first = |row: usize| from.get(row).copied().unwrap_or(0);
        order.sort_by_key(|row| (self.of_row[*row], first(*row)));
        let mut with = vec![0; self.count];
        for pair in order.windows(2).filter(|pair| self.of_row[pair[0]] == self.of_row[pair[1]]) {
            if first(pair[1]) > times[pair[0]] + 1 {
                with[self.of_row[pair[0]] as usize] = n[pair[0]];
            }
        }
        with.iter().sum()
    }

    /// How many patients have more than one event, and how many events there are.
    pub(super) fn repeated(&self, n: &[u64], is_event: &dyn Fn(usize) -> bool) -> (u64, u64) {
        let (mut events, mut all) = (vec![0u64; self.count], 0);
        let mut patients = vec![0u64; self.count];
        for row in (0..n.len()).filter(|row| is_event(*row)) {
            events[self.of_row[row] as usize] += 1;
            patients[self.of_row[row] as usize] = n[row];
            all += n[row];
        }
        let repeated = events.iter().zip(patients).filter(|(events, _)| **events > 1);
        (repeated.map(|(_, patients)| patients).sum(), all)
    }
}
