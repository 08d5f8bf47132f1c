//! The exact distribution over all tables with given margins, as a network that is walked from both ends.
//!
//! A node is what is left of the margins of the groups after some levels have been filled in; groups with equal
//! remainders can be exchanged, so the remainders are kept sorted. Through each node go many partial tables, of which
//! only Σ ln cells! and the probability matter, so that partial tables of equal sum are merged. The first half of
//! the levels is walked forwards, the second backwards, and at each node between them both lists are joined in one
//! pass: the number of whole tables never appears.

use super::TIE;
use crate::methods::tests::CrossTable;
use crate::numerics::factorial::LnFactorial;
use std::collections::BTreeMap;

/// Partial tables looked at before giving up: about a second.
const WORK: u64 = 12_000_000;

/// Σ ln cells! of partial tables and their probability, ascending.
type Lengths = Vec<(f64, f64)>;

/// P, or nothing where the network is out of reach. The table has no empty margin, and groups are the fewer.
pub(super) fn network(table: &CrossTable) -> Option<f64> {
    let groups = Groups::new(table)?;
    let mut levels = table.level_totals();
    // The largest level comes last, because what is left over then must be it; the next largest first.
    levels.sort_unstable_by(|a, b| b.cmp(a));
    levels.rotate_left(1);
    let mut walk = Walk { factorial: LnFactorial::up_to(table.total()), groups, work: WORK };
    let observed: f64 = table.rows().flatten().map(|n| walk.factorial.of(*n)).sum();

    let half = levels.len() / 2;
    let mut forwards = BTreeMap::from([(walk.groups.key(table.group_totals()), vec![(0.0, 1.0)])]);
    for level in &levels[..half] {
        forwards = walk.forwards(&forwards, *level)?;
    }
    let backwards = walk.backwards(forwards.keys().copied().collect(), &levels[half..])?;
    let mut p = 0.0;
    for (node, past) in &forwards {
        p += join(past, &backwards[node], observed - TIE);
    }
    Some(p)
}

/// Probability that past and future together reach the length.
fn join(past: &Lengths, future: &Lengths, length: f64) -> f64 {
    let (mut p, mut reached, mut next) = (0.0, 0.0, future.len());
    for (done, probability) in past {
        while next > 0 && future[next - 1].0 + done >= length {
            next -= 1;
            reached += future[next].1;
        }
        p += probability * reached;
    }
    p
}

/// How remainders of the groups are packed into one number.
struct Groups {
    count: usize,
    bits: u32,
}

impl Groups {
    fn new(table: &CrossTable) -> Option<Self> {
        let bits = u64::BITS - table.group_totals().into_iter().max()?.leading_zeros();
        let count = table.groups();
        (count as u64 * u64::from(bits) <= 128).then_some(Self { count, bits })
    }

    fn key(&self, mut remainders: Vec<u64>) -> u128 {
        remainders.sort_unstable();
        remainders.iter().fold(0, |key, n| (key << self.bits) | u128::from(*n))
    }

    fn remainders(&self, key: u128) -> Vec<u64> {
        let mask = (1u128 << self.bits) - 1;
        (0..self.count as u32).map(|group| (key >> (group * self.bits) & mask) as u64).collect()
    }
}

struct Walk {
    factorial: LnFactorial,
    groups: Groups,
    work: u64,
}

impl Walk {
    fn spend(&mut self, work: usize) -> Option<()> {
        self.work = self.work.checked_sub(work as u64)?;
        Some(())
    }

    /// The nodes after one more level.
    fn forwards(&mut self, nodes: &BTreeMap<u128, Lengths>, level: u64) -> Option<BTreeMap<u128, Lengths>> {
        let mut after: BTreeMap<u128, Lengths> = BTreeMap::new();
        for (node, past) in nodes {
            for (child, length, probability) in self.fillings(*node, level)? {
                self.spend(past.len())?;
                let list = after.entry(child).or_default();
                list.extend(past.iter().map(|(done, p)| (done + length, p * probability)));
            }
        }
        after.values_mut().for_each(merge);
        Some(after)
    }

    /// The lists from each of the nodes to the end.
    fn backwards(&mut self, nodes: Vec<u128>, levels: &[u64]) -> Option<BTreeMap<u128, Lengths>> {
        let [level, rest @ ..] = levels else { return Some(BTreeMap::new()) };
        if rest.is_empty() {
            let forced = |node: u128| {
                let cells = self.groups.remainders(node);
                (node, vec![(cells.into_iter().map(|n| self.factorial.of(n)).sum(), 1.0)])
            };
            return Some(nodes.into_iter().map(forced).collect());
        }
        let mut fillings = Vec::with_capacity(nodes.len());
        for node in nodes {
            fillings.push((node, self.fillings(node, *level)?));
        }
        let mut children: Vec<u128> =
            fillings.iter().flat_map(|(_, list)| list.iter().map(|(child, ..)| *child)).collect();
        children.sort_unstable();
        children.dedup();
        let after = self.backwards(children, rest)?;
        let mut before = BTreeMap::new();
        for (node, fillings) in fillings {
            let mut list = Lengths::new();
            for (child, length, probability) in fillings {
                let future = &after[&child];
                self.spend(future.len())?;
                list.extend(future.iter().map(|(left, p)| (left + length, p * probability)));
            }
            merge(&mut list);
            before.insert(node, list);
        }
        Some(before)
    }

    /// Every way to take a level's patients from the groups: the node after it, Σ ln cells!, and its probability.
    fn fillings(&mut self, node: u128, level: u64) -> Option<Vec<(u128, f64, f64)>> {
        let remainders = self.groups.remainders(node);
        let left: u64 = remainders.iter().sum();
        let all = self.factorial.of(left) - self.factorial.of(level) - self.factorial.of(left - level);
        let mut list = Vec::new();
        let mut cells = vec![0u64; remainders.len()];
        // The odometer: the first group takes what it can, the last ones what is left, and so on.
        distribute(&remainders, level, &mut cells, 0);
        loop {
            self.spend(1)?;
            let (mut length, mut ways) = (0.0, -all);
            for (cell, remainder) in cells.iter().zip(&remainders) {
                let ln = self.factorial.of(*cell);
                length += ln;
                ways += self.factorial.of(*remainder) - ln - self.factorial.of(remainder - cell);
            }
            let after = remainders.iter().zip(&cells).map(|(n, cell)| n - cell).collect();
            list.push((self.groups.key(after), length, ways.exp()));
            if !next(&remainders, &mut cells) {
                break;
            }
        }
        Some(list)
    }
}

/// Gives the patients to the groups from `first` on, each as many as it can take.
fn distribute(capacity: &[u64], mut patients: u64, cells: &mut [u64], first: usize) {
    for (cell, capacity) in cells[first..].iter_mut().zip(&capacity[first..]) {
        *cell = patients.min(*capacity);
        patients -= *cell;
    }
}

/// The next filling of the same total; false after the last.
fn next(capacity: &[u64], cells: &mut [u64]) -> bool {
    let (mut behind, mut room) = (0, 0);
    for index in (0..cells.len()).rev() {
        if cells[index] > 0 && room > 0 {
            cells[index] -= 1;
            distribute(capacity, behind + 1, cells, index + 1);
            return true;
        }
        behind += cells[index];
        room += capacity[index] - cells[index];
    }
    false
}

/// Sorts, and merges lengths that differ by rounding only.
fn merge(list: &mut Lengths) {
    list.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    list.dedup_by(|next, kept| {
        let same = next.0 - kept.0 <= 1e-13 * (1.0 + kept.0.abs());
        if same {
            kept.1 += next.1;
        }
        same
    });
    list.shrink_to_fit();
}
