//! The network of all tables with given margins: what can be left of the groups after each level.

use super::bounds::bounds;
use super::nodes::{Nodes, Packing};
use super::ways::{Filling, how_many};
use crate::methods::tests::CrossTable;
use crate::numerics::factorial::LnFactorial;

/// Arcs beyond which the network is out of reach: some seconds, 120 MB.
const MOST_ARCS: usize = 30_000_000;

/// Cells looked at for bounds of lengths: half a second. Beyond, more arcs take their place.
const MOST_BOUNDED: usize = 20_000_000;

/// Smallest and largest Σ ln cells! of the ways to or from a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Range {
    /// By how much a decision must be clear of rounding.
    const CLEAR: f64 = 1e-9;

    const NONE: Self = Self { least: f64::INFINITY, most: f64::NEG_INFINITY };

    pub(super) fn at(length: f64) -> Self {
        Self { least: length, most: length }
    }

    /// Whether all lengths of this range and one of `rest` together reach the target; nothing where some do.
    pub(super) fn decided(self, rest: Self, target: f64) -> Option<bool> {
        let least = self.least + rest.least >= target + Self::CLEAR;
        let most = self.most + rest.most < target - Self::CLEAR;
        (least || most).then_some(least)
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
    pub(super) child: usize,
    /// Σ ln cells! of the level.
    pub(super) length: f64,
    /// Probability given the node.
    pub(super) probability: f64,
}

/// The nodes that are left after some levels.
#[derive(Debug, Default)]
pub(super) struct Stage {
    nodes: Nodes,
    /// Σ ln remainders! of each node.
    whole: Vec<f64>,
    /// Nodes through which every table is rare enough, or none: they have no arcs.
    decided: Vec<Option<bool>>,
    /// Where the arcs of each node end.
    ends: Vec<usize>,
    /// The node of the next stage that each arc leads to; its length and probability follow from the cells.
    children: Vec<u32>,
    /// Lengths from the start to each node.
    pub(super) past: Vec<Range>,
    /// Lengths from each node to the end.
    pub(super) future: Vec<Range>,
}

impl Stage {
    /// Number of nodes.
    pub(super) fn len(&self) -> usize {
        self.whole.len()
    }

    /// Whether every table through this node is rare enough, or none is; nothing where it has arcs.
    pub(super) fn decided(&self, node: usize) -> Option<bool> {
        self.decided.get(node).copied().flatten()
    }

    /// Number of arcs.
    pub(super) fn arcs(&self) -> usize {
        self.children.len()
    }
}

/// All stages: one before each level; what is left at the last is the last level.
#[derive(Debug)]
pub(super) struct Network<'a> {
    pub(super) stages: Vec<Stage>,
    /// All but the largest, ascending.
    levels: Vec<u64>,
    last: u64,
    packing: Packing,
    factorial: &'a LnFactorial,
    target: f64,
}

impl<'a> Network<'a> {
    /// The part of the network in which tables on both sides of the target length lie; nothing where it has too many arcs.
    pub(super) fn of(table: &CrossTable, factorial: &'a LnFactorial, target: f64) -> Option<Self> {
        let packing = Packing::new(&table.group_totals())?;
        let mut levels = table.level_totals();
        levels.sort_unstable();
        let last = levels.pop()?;
        let mut network = Self { stages: Vec::new(), levels, last, packing, factorial, target };
        let mut root = Stage::default();
        network.add(&mut root, &mut table.group_totals(), Range::at(0.0));
        network.stages.push(root);
        let (mut room, mut bounded) = (MOST_ARCS, MOST_BOUNDED);
        for index in 0..network.levels.len() {
            bounded = network.decide(index, bounded);
            room = room.checked_sub(network.count(index)?)?;
            network.fill(index);
        }
        network.look_back();
        Some(network)
    }

    /// The node of these remainders, which are sorted, and a range of lengths to it.
    fn add(&self, stage: &mut Stage, remainders: &mut [u64], past: Range) -> usize {
        let (node, new) = stage.nodes.find(self.packing.key(remainders));
        if new {
            stage.whole.push(remainders.iter().map(|n| self.factorial.of(*n)).sum());
            stage.past.push(Range::NONE);
        }
        stage.past[node].include(past, 0.0);
        node
    }

    /// Finds the nodes that need no arcs, as far as that many cells allow, and gives how many cells are left.
    fn decide(&mut self, index: usize, cells: usize) -> usize {
        let levels = [&self.levels[index..], &[self.last]].concat();
        let stage = &mut self.stages[index];
        let needed = stage.len().saturating_mul(levels.len()).saturating_mul(self.packing.groups());
        let Some(left) = cells.checked_sub(needed) else {
            stage.decided = vec![None; stage.len()];
            stage.future = vec![Range::NONE; stage.len()];
            return 0;
        };
        for (key, past) in stage.nodes.keys().iter().zip(&stage.past) {
            let rest = bounds(&levels, &self.packing.remainders(*key), self.factorial);
            stage.decided.push(past.decided(rest, self.target));
            stage.future.push(rest);
        }
        left
    }

    /// How many arcs a stage has; nothing where they are too many.
    fn count(&self, index: usize) -> Option<usize> {
        let mut arcs = 0.0;
        let stage = &self.stages[index];
        for (key, _) in stage.nodes.keys().iter().zip(&stage.decided).filter(|(_, decided)| decided.is_none())
        {
            arcs += how_many(&self.packing.remainders(*key), self.levels[index], MOST_ARCS)?;
            if arcs > MOST_ARCS as f64 {
                return None;
            }
        }
        Some(arcs as usize)
    }

    /// Adds the ways to fill in a level, and the nodes after it.
    fn fill(&mut self, index: usize) {
        let mut stage = std::mem::take(&mut self.stages[index]);
        let mut next = Stage::default();
        let mut left = Vec::new();
        for node in 0..stage.len() {
            if stage.decided[node].is_some() {
                stage.ends.push(stage.children.len());
                continue;
            }
            let mut filling =
                Filling::first(self.packing.remainders(stage.nodes.keys()[node]), self.levels[index]);
            loop {
                left.clear();
                left.extend(filling.left());
                let length: f64 = filling.cells.iter().map(|cell| self.factorial.of(*cell)).sum();
                let past = stage.past[node];
                let past = Range { least: past.least + length, most: past.most + length };
                stage.children.push(self.add(&mut next, &mut left, past) as u32);
                if !filling.advance() {
                    break;
                }
            }
            stage.ends.push(stage.children.len());
        }
        self.stages[index] = stage;
        self.stages.push(next);
    }

    /// The ranges of lengths to the end, sharper than their bounds.
    fn look_back(&mut self) {
        let last = self.levels.len();
        self.stages[last].future = self.stages[last].whole.iter().map(|whole| Range::at(*whole)).collect();
        for index in (0..last).rev() {
            let mut future = std::mem::take(&mut self.stages[index].future);
            for (node, bound) in future.iter_mut().enumerate() {
                if self.stages[index].decided(node).is_none() {
                    let mut range = Range::NONE;
                    let after = &self.stages[index + 1].future;
                    self.each_arc(index, node, |arc| range.include(after[arc.child], arc.length));
                    *bound = range;
                }
            }
            self.stages[index].future = future;
        }
    }

    /// Goes through the arcs of a node.
    pub(super) fn each_arc(&self, index: usize, node: usize, mut visit: impl FnMut(Arc)) {
        let (stage, next) = (&self.stages[index], &self.stages[index + 1]);
        let level = self.levels[index];
        if stage.decided(node).is_some() {
            return;
        }
        let mut filling = Filling::first(self.packing.remainders(stage.nodes.keys()[node]), level);
        let total: u64 = filling.capacity.iter().sum();
        let ln = |n| self.factorial.of(n);
        // ∏ C(remainder, cell) / C(total, level): what is left of the groups stands in the child.
        let all = stage.whole[node] - (ln(total) - ln(level) - ln(total - level));
        let start = if node == 0 { 0 } else { stage.ends[node - 1] };
        for child in &stage.children[start..stage.ends[node]] {
            let length: f64 = filling.cells.iter().map(|cell| ln(*cell)).sum();
            let child = *child as usize;
            visit(Arc { child, length, probability: (all - next.whole[child] - length).exp() });
            filling.advance();
        }
    }

    /// The arcs of a node on which lists of lengths must decide, by child, and the probability of those on which every
    /// table is rare enough. Groups with equal remainders have equal arcs, which become one.
    pub(super) fn undecided_arcs(&self, index: usize, node: usize, arcs: &mut Vec<Arc>) -> f64 {
        let (past, after) = (self.stages[index].past[node], &self.stages[index + 1].future);
        let mut counted = 0.0;
        arcs.clear();
        self.each_arc(index, node, |arc| {
            let rest = after[arc.child];
            match past
                .decided(Range { least: rest.least + arc.length, most: rest.most + arc.length }, self.target)
            {
                Some(true) => counted += arc.probability,
                Some(false) => {}
                None => arcs.push(arc),
            }
        });
        arcs.sort_unstable_by(|a, b| a.child.cmp(&b.child).then(a.length.total_cmp(&b.length)));
        arcs.dedup_by(|next, kept| {
            let same = next.child == kept.child && next.length == kept.length;
            if same {
                kept.probability += next.probability;
            }
            same
        });
        counted
    }
}
