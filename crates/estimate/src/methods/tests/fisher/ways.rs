//! The ways to give the patients of one level to the groups.

/// One way.
#[derive(Debug, Clone)]
pub(super) struct Filling {
    /// Patients of each group who have no level yet.
    pub(super) capacity: Vec<u64>,
    /// Patients of each group with this level.
    pub(super) cells: Vec<u64>,
}

impl Filling {
    /// The first groups get as many as they can take.
    pub(super) fn first(capacity: Vec<u64>, patients: u64) -> Self {
        let cells = vec![0; capacity.len()];
        let mut filling = Self { capacity, cells };
        filling.distribute(patients, 0);
        filling
    }

    /// What is left of the groups.
    pub(super) fn left(&self) -> impl Iterator<Item = u64> {
        self.capacity.iter().zip(&self.cells).map(|(n, cell)| n - cell)
    }

    /// Gives the patients to the groups from `first` on, each as many as it can take.
    fn distribute(&mut self, mut patients: u64, first: usize) {
        for (cell, capacity) in self.cells[first..].iter_mut().zip(&self.capacity[first..]) {
            *cell = patients.min(*capacity);
            patients -= *cell;
        }
    }

    /// The next way, like an odometer; false after the last.
    pub(super) fn advance(&mut self) -> bool {
        let (mut behind, mut room) = (0, 0);
        for index in (0..self.cells.len()).rev() {
            if self.cells[index] > 0 && room > 0 {
                self.cells[index] -= 1;
                self.distribute(behind + 1, index + 1);
                return true;
            }
            behind += self.cells[index];
            room += self.capacity[index] - self.cells[index];
        }
        false
    }
}

/// How many ways there are; nothing where even to count them takes more than `most` steps.
pub(super) fn how_many(capacity: &[u64], patients: u64, most: usize) -> Option<f64> {
    // The largest group takes what the others leave.
    let mut others = capacity.to_vec();
    others.sort_unstable();
    let largest = others.pop()?;
    let mut ways = vec![1.0];
    for capacity in others {
        let capacity = usize::try_from(capacity.min(patients)).ok()?;
        let length = ways.len() + capacity;
        if length > most {
            return None;
        }
        let mut sum = 0.0;
        ways = (0..length)
            .map(|taken| {
                sum += ways.get(taken).unwrap_or(&0.0);
                sum -= taken.checked_sub(capacity + 1).and_then(|gone| ways.get(gone)).unwrap_or(&0.0);
                sum
            })
            .collect();
    }
    let least = usize::try_from(patients.saturating_sub(largest)).ok()?;
    let most = usize::try_from(patients).unwrap_or(usize::MAX).min(ways.len() - 1);
    Some(ways.get(least..=most).unwrap_or_default().iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_once() {
        for (capacity, patients) in [(vec![2, 0, 3, 1], 3), (vec![1, 1, 1], 3), (vec![4, 5], 6), (vec![7], 2)]
        {
            let mut filling = Filling::first(capacity.clone(), patients);
            let mut seen = vec![filling.cells.clone()];
            while filling.advance() {
                seen.push(filling.cells.clone());
            }
            let mut all = vec![Vec::new()];
            for most in &capacity {
                all = all
                    .iter()
                    .flat_map(|cells: &Vec<u64>| (0..=*most).map(|cell| [cells.as_slice(), &[cell]].concat()))
                    .collect();
            }
            all.retain(|cells| cells.iter().sum::<u64>() == patients);
            assert_eq!(how_many(&capacity, patients, 100), Some(all.len() as f64));
            seen.sort();
            assert_eq!(seen, all);
        }
        assert_eq!(how_many(&[1_000_000, 2_000_000], 500_000, 1000), None);
        assert_eq!(how_many(&[3, 4_000_000_000], 2_000_000_000, 1000), Some(4.0));
    }
}
