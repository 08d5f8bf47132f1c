//! The network of all tables with given margins: what can be left of the groups after each level.

use crate::methods::tests::CrossTable;
use crate::numerics::factorial::LnFactorial;
use std::collections::BTreeMap;

/// Arcs before giving up: half a second, 72 MB.
const MOST_ARCS: usize = 3_000_000;

/// Smallest and largest Σ ln cells! of the ways to or from a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Range {
    const NONE: Self = Self { least: f64::INFINITY, most: f64::NEG_INFINITY };

    fn at(length: f64) -> Self {
        Self { least: length, most: length }
    }

    fn include(&mut self, other: Self, length: f64) {
        self.least = self.least.min(other.least + length);
        self.most = self.most.max(other.most + length);
    }
}

/// One way to fill in a level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    /// The node of the next stage that it leads to.
    pub(super) child: u32,
    /// Σ ln cells! of the level.
    pub(super) length: f64,
    /// Probability given the node.
    pub(super) probability: f64,
}

/// The nodes that are left after some levels.
#[derive(Debug, Default)]
pub(super) struct Stage {
    keys: Vec<u128>,
    ends: Vec<usize>,
    arcs: Vec<Arc>,
    /// Lengths from the start to each node.
    pub(super) past: Vec<Range>,
    /// Lengths from each node to the end.
    pub(super) future: Vec<Range>,
}

impl Stage {
    /// Number of nodes.
    pub(super) fn nodes(&self) -> usize {
        self.keys.len()
    }

    /// The ways to fill in the next level.
    pub(super) fn arcs(&self, node: usize) -> &[Arc] {
        let start = if node == 0 { 0 } else { self.ends[node - 1] };
        &self.arcs[start..self.ends[node]]
    }

    /// Mean number of ways of a node.
    pub(super) fn branching(&self) -> f64 {
        self.arcs.len() as f64 / self.keys.len() as f64
    }
}

/// All stages: one before each level. What is left at the last must be the last level.
pub(super) fn stages(table: &CrossTable, factorial: &LnFactorial) -> Option<Vec<Stage>> {
    let packing = Packing::new(table)?;
    let mut levels = table.level_totals();
    levels.sort_unstable();
    let last = levels.pop()?;
    let root = Stage {
        keys: vec![packing.key(table.group_totals())],
        past: vec![Range::at(0.0)],
        ..Stage::default()
    };
    let (mut stages, mut arcs) = (vec![root], 0);
    for level in levels {
        let next = fill(stages.last_mut()?, level, &packing, factorial, MOST_ARCS - arcs)?;
        arcs += stages.last()?.arcs.len();
        stages.push(next);
    }
    let end = stages.last_mut()?;
    let whole = |key: &u128| packing.remainders(*key).into_iter().map(|n| factorial.of(n)).sum();
    debug_assert!(end.keys.iter().all(|key| packing.remainders(*key).iter().sum::<u64>() == last));
    end.future = end.keys.iter().map(|key| Range::at(whole(key))).collect();
    for index in (0..stages.len() - 1).rev() {
        let (before, after) = stages.split_at_mut(index + 1);
        let stage = &mut before[index];
        let range = |node| {
            let mut range = Range::NONE;
            for arc in stage.arcs(node) {
                range.include(after[0].future[arc.child as usize], arc.length);
            }
            range
        };
        stage.future = (0..stage.nodes()).map(range).collect();
    }
    Some(stages)
}

/// Adds the ways to fill in a level, and gives the nodes after it.
fn fill(
    stage: &mut Stage,
    level: u64,
    packing: &Packing,
    factorial: &LnFactorial,
    room: usize,
) -> Option<Stage> {
    let mut next = Stage::default();
    let mut known: BTreeMap<u128, u32> = BTreeMap::new();
    for node in 0..stage.keys.len() {
        let remainders = packing.remainders(stage.keys[node]);
        let left: u64 = remainders.iter().sum();
        let all = factorial.of(left) - factorial.of(level) - factorial.of(left - level);
        let mut cells = vec![0u64; remainders.len()];
        distribute(&remainders, level, &mut cells, 0);
        loop {
            let (mut length, mut ways) = (0.0, -all);
            for (cell, remainder) in cells.iter().zip(&remainders) {
                let ln = factorial.of(*cell);
                length += ln;
                ways += factorial.of(*remainder) - ln - factorial.of(remainder - cell);
            }
            let key = packing.key(remainders.iter().zip(&cells).map(|(n, cell)| n - cell).collect());
            let child = *known.entry(key).or_insert_with(|| {
                next.keys.push(key);
                next.past.push(Range::NONE);
                next.keys.len() as u32 - 1
            });
            next.past[child as usize].include(stage.past[node], length);
            stage.arcs.push(Arc { child, length, probability: ways.exp() });
            if stage.arcs.len() > room {
                return None;
            }
            if !advance(&remainders, &mut cells) {
                break;
            }
        }
        stage.ends.push(stage.arcs.len());
    }
    Some(next)
}

/// How the remainders of the groups are packed into one number. Groups with equal remainders can be exchanged, so
/// they are kept sorted.
struct Packing {
    groups: u32,
    bits: u32,
}

impl Packing {
    fn new(table: &CrossTable) -> Option<Self> {
        let bits = u64::BITS - table.group_totals().into_iter().max()?.leading_zeros();
        let groups = u32::try_from(table.groups()).ok()?;
        (groups.checked_mul(bits)? <= 128).then_some(Self { groups, bits })
    }

    fn key(&self, mut remainders: Vec<u64>) -> u128 {
        remainders.sort_unstable();
        remainders.iter().fold(0, |key, n| (key << self.bits) | u128::from(*n))
    }

    fn remainders(&self, key: u128) -> Vec<u64> {
        let mask = (1u128 << self.bits) - 1;
        (0..self.groups).map(|group| (key >> (group * self.bits) & mask) as u64).collect()
    }
}

/// Gives the patients to the groups from `first` on, each as many as it can take.
fn distribute(capacity: &[u64], mut patients: u64, cells: &mut [u64], first: usize) {
    for (cell, capacity) in cells[first..].iter_mut().zip(&capacity[first..]) {
        *cell = patients.min(*capacity);
        patients -= *cell;
    }
}

/// The next filling of the same total, like an odometer; false after the last.
fn advance(capacity: &[u64], cells: &mut [u64]) -> bool {
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
