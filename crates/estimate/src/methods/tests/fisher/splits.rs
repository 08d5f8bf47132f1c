//! The ways to split groups of patients in two, from the shortest on.

use crate::numerics::factorial::LnFactorial;

/// Tables of two rows: so many patients of groups of these sizes in the first, the others in the second.
#[derive(Debug)]
pub(super) struct Splits {
    /// ln x! + ln (size − x)! for each x of each group: convex.
    terms: Vec<Vec<f64>>,
    patients: usize,
}

impl Splits {
    pub(super) fn new(sizes: &[u64], patients: u64, factorial: &LnFactorial) -> Self {
        let terms = sizes
            .iter()
            .map(|size| (0..=*size).map(|x| factorial.of(x) + factorial.of(size - x)).collect())
            .collect();
        Self { terms, patients: patients as usize }
    }

    /// Goes through all whose Σ ln cells! is no more than a limit. There are two groups or more.
    pub(super) fn each(&self, limit: f64, mut visit: impl FnMut(f64, &[u64])) {
        let mut cells = vec![0; self.terms.len()];
        self.walk(0, self.patients, 0.0, limit, &mut cells, &mut visit);
    }

    fn walk(
        &self,
        group: usize,
        left: usize,
        length: f64,
        limit: f64,
        cells: &mut [u64],
        visit: &mut impl FnMut(f64, &[u64]),
    ) {
        if group + 2 == self.terms.len() {
            return self.last_two(left, length, limit, cells, visit);
        }
        let room: usize = self.terms[group + 1..].iter().map(|terms| terms.len() - 1).sum();
        let terms = &self.terms[group];
        let (least, most) = (left.saturating_sub(room), left.min(terms.len() - 1));
        for (x, term) in terms.iter().enumerate().take(most + 1).skip(least) {
            cells[group] = x as u64;
            self.walk(group + 1, left - x, length + term, limit, cells, visit);
        }
    }

    /// Down to the shortest, and from there to both sides as far as the limit: lengths are convex.
    fn last_two(
        &self,
        left: usize,
        length: f64,
        limit: f64,
        cells: &mut [u64],
        visit: &mut impl FnMut(f64, &[u64]),
    ) {
        let [.., first, second] = self.terms.as_slice() else { return };
        let (least, most) = (left.saturating_sub(second.len() - 1), left.min(first.len() - 1));
        if least > most {
            return;
        }
        let at = |x: usize| length + first[x] + second[left - x];
        let share = (first.len() - 1) as f64 / (first.len() + second.len()).saturating_sub(2).max(1) as f64;
        let mut best = ((left as f64 * share) as usize).clamp(least, most);
        while best < most && at(best + 1) < at(best) {
            best += 1;
        }
        while best > least && at(best - 1) < at(best) {
            best -= 1;
        }
        let place = cells.len() - 2;
        let mut reaches = |x: usize| {
            let length = at(x);
            if length > limit {
                return false;
            }
            (cells[place], cells[place + 1]) = (x as u64, (left - x) as u64);
            visit(length, cells);
            true
        };
        for x in best..=most {
            if !reaches(x) {
                break;
            }
        }
        for x in (least..best).rev() {
            if !reaches(x) {
                break;
            }
        }
    }
}

/// What is split, by length, so that the probability of all from a length on is found at once: lists of short
/// stretches of lengths, and the probability beyond each.
#[derive(Debug, Default)]
pub(super) struct Tail {
    start: f64,
    scale: f64,
    /// Where the list of each stretch ends.
    ends: Vec<usize>,
    /// Lengths and probabilities, stretch by stretch.
    sorted: Vec<(f64, f64)>,
    /// Probability of each stretch and all after it.
    beyond: Vec<f64>,
}

impl Tail {
    /// Of lengths and probabilities in any order.
    pub(super) fn fill(&mut self, items: &[(f64, f64)]) {
        let (least, most) = items.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), item| {
            (least.min(item.0), most.max(item.0))
        });
        let stretches = (items.len() / 2).next_power_of_two().min(4096);
        self.start = least;
        self.scale = if most > least { stretches as f64 / (most - least) } else { 0.0 };
        self.ends.clear();
        self.ends.resize(stretches + 1, 0);
        self.beyond.clear();
        self.beyond.resize(stretches + 1, 0.0);
        for (length, p) in items {
            let stretch = self.stretch(*length);
            self.ends[stretch + 1] += 1;
            self.beyond[stretch] += p;
        }
        for stretch in 0..stretches {
            self.ends[stretch + 1] += self.ends[stretch];
        }
        for stretch in (0..stretches).rev() {
            self.beyond[stretch] += self.beyond[stretch + 1];
        }
        // Each list is filled from where the one before it ends, which moves its own start to its end.
        self.sorted.clear();
        self.sorted.resize(items.len(), (0.0, 0.0));
        for item in items {
            let stretch = self.stretch(item.0);
            self.sorted[self.ends[stretch]] = *item;
            self.ends[stretch] += 1;
        }
    }

    fn stretch(&self, length: f64) -> usize {
        // The last stretch holds its end; what is before the first counts as in it.
        (((length - self.start) * self.scale) as usize).min(self.ends.len() - 2)
    }

    /// Probability of this length or more.
    pub(super) fn reach(&self, length: f64) -> f64 {
        let stretch = self.stretch(length);
        let from = if stretch == 0 { 0 } else { self.ends[stretch - 1] };
        let here = self.sorted[from..self.ends[stretch]].iter().filter(|item| item.0 >= length);
        self.beyond[stretch + 1] + here.map(|item| item.1).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_split_up_to_the_limit_once(
            sizes in prop::collection::vec(0..7u64, 2..5), share in 0.0..1.0, limit in 0.0..30.0
        ) {
            let patients = (sizes.iter().sum::<u64>() as f64 * share) as u64;
            let factorial = LnFactorial::up_to(50);
            let mut seen = Vec::new();
            Splits::new(&sizes, patients, &factorial).each(limit, |length, cells| {
                assert!(length <= limit);
                seen.push(cells.to_vec());
            });
            let mut all = vec![Vec::new()];
            for size in &sizes {
                let longer = |cells: &Vec<u64>| (0..=*size).map(|x| [cells.as_slice(), &[x]].concat()).collect::<Vec<_>>();
                all = all.iter().flat_map(longer).collect();
            }
            let length = |cells: &Vec<u64>| -> f64 {
                cells.iter().zip(&sizes).map(|(x, size)| factorial.of(*x) + factorial.of(size - x)).sum()
            };
            all.retain(|cells| cells.iter().sum::<u64>() == patients && length(cells) <= limit);
            seen.sort();
            prop_assert_eq!(seen, all);
        }

        #[test]
        fn tails_are_sums(items in prop::collection::vec((0..40u32, 0.0..1.0), 1..200), at in -2.0..45.0) {
            let items: Vec<(f64, f64)> = items.into_iter().map(|(length, p)| (f64::from(length), p)).collect();
            let mut tail = Tail::default();
            for list in [&items[..], &items[..1], &items[..]] {
                tail.fill(list);
                for at in [at, f64::from(at as i32)] {
                    let sum: f64 = list.iter().filter(|item| item.0 >= at).map(|item| item.1).sum();
                    prop_assert!((tail.reach(at) - sum).abs() < 1e-12);
                }
            }
        }
    }
}
