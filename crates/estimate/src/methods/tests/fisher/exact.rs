//! The exact P value, by walking the network of all tables from both ends.
//!
//! Through each node go many partial tables, of which only Σ ln cells! (the length) and the probability matter:
//! partial tables of equal length are merged. One whose every completion is rare enough is counted at once, one with
//! no rare completion is dropped (Mehta & Patel's longest and shortest paths). The last levels are walked backwards,
//! the first ones forwards, and each partial table of the first levels looks up how probable the rest of a rare table
//! is among the sorted lengths of its node: the number of whole tables never appears.

use super::TIE;
use super::merging::Merging;
use super::network::{Arc, Network, Range};
use crate::methods::tests::CrossTable;
use crate::numerics::factorial::LnFactorial;
use crate::numerics::sums::Sum;

/// Partial tables looked at before giving up: some seconds.
const WORK: usize = 500_000_000;
/// What an arc costs besides, in partial tables.
const ARC: usize = 8;
/// What it costs to look up the rest of one.
const LOOK_UP: usize = 4;
/// Partial tables that may be kept: 240 MB.
const MOST_KEPT: usize = 10_000_000;
/// By how much what is to be done may exceed that at first sight: the longest and shortest paths decide much at once.
const HOPED: f64 = 100.0;

/// Partial tables, ascending by length, and the probability of those already known to count.
#[derive(Debug, Clone, Default)]
struct Lengths {
    open: Vec<(f64, f64)>,
    /// Probability of the open ones from each position to the end.
    tail: Vec<f64>,
    counted: f64,
}

impl Lengths {
    fn one(length: f64) -> Self {
        let mut list = Self { open: vec![(length, 1.0)], ..Self::default() };
        list.merge();
        list
    }

    /// The open partial tables that are undecided once one arc is added, where the lengths of `rest` can still follow: those
    /// before are never rare enough, those after always are.
    fn undecided(&self, length: f64, rest: Range, target: f64) -> std::ops::Range<usize> {
        let dropped = self.open.partition_point(|(done, _)| done + length + rest.most < target);
        let open = self.open.partition_point(|(done, _)| done + length + rest.least < target);
        dropped..open.max(dropped)
    }

    /// Adds the partial tables of `from`, all longer by one arc, as far as `rest` leaves them undecided.
    fn extend(&mut self, from: &Self, arc: Arc, rest: Range, target: f64) -> usize {
        let kept = from.undecided(arc.length, rest, target);
        self.counted += arc.probability * (from.counted + from.tail[kept.end]);
        let added = kept.len();
        self.open.extend(from.open[kept].iter().map(|(done, p)| (done + arc.length, p * arc.probability)));
        added
    }

    /// Sorts, and merges lengths that differ by rounding only. What is sorted are lists that ascend each.
    fn merge(&mut self) {
        self.open.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.open.dedup_by(|next, kept| {
            let same = next.0 - kept.0 <= 1e-13 * (1.0 + kept.0.abs());
            if same {
                kept.1 += next.1;
            }
            same
        });
        self.open.shrink_to_fit();
        self.add_up();
    }

    /// What is open, which ascends, from each position to the end.
    fn add_up(&mut self) {
        self.tail = vec![0.0; self.open.len() + 1];
        for index in (0..self.open.len()).rev() {
            self.tail[index] = self.tail[index + 1] + self.open[index].1;
        }
    }

    /// Probability that one of the ascending partial tables before, and one of these, together reach a length.
    fn reach(&self, before: &[(f64, f64)], length: f64) -> f64 {
        // What is left to reach falls: its place is sought backwards from the last one, in steps that double.
        let mut place = self.open.len();
        before
            .iter()
            .map(|(done, p)| {
                let (least, mut step) = (length - done, 1);
                while step <= place && self.open[place - step].0 >= least {
                    step *= 2;
                }
                let (from, to) = (place.saturating_sub(step), place - step / 2);
                place = from + self.open[from..to].partition_point(|open| open.0 < least);
                p * (self.counted + self.tail[place])
            })
            .sum()
    }
}

/// What may still be done.
struct Budget {
    work: usize,
    kept: usize,
}

impl Budget {
    fn new() -> Self {
        Self { work: WORK, kept: MOST_KEPT }
    }

    /// Partial tables were looked at.
    fn spend(&mut self, partial_tables: usize) -> Option<()> {
        self.work = self.work.checked_sub(partial_tables + 1)?;
        Some(())
    }

    /// Partial tables are in memory from now on.
    fn keep(&mut self, partial_tables: usize) -> Option<()> {
        self.kept = self.kept.checked_sub(partial_tables)?;
        Some(())
    }
}

/// P, or nothing where the network is out of reach. The table has no empty margin, and groups are the fewer.
pub(super) fn network(table: &CrossTable) -> Option<f64> {
    let factorial = LnFactorial::up_to(table.total());
    let observed: f64 = table.rows().flatten().map(|n| factorial.of(*n)).sum();
    let target = observed - TIE;
    let network = Network::of(table, &factorial, target)?;
    if let Some(all) = network.stages[0].decided(0) {
        return Some(f64::from(u8::from(all)));
    }
    let meeting = meeting(&network)?;
    let future = futures(&network, meeting, target)?;

    let mut budget = Budget::new();
    let mut p = Sum::default();
    let mut past = vec![Lengths::one(0.0)];
    for (index, after) in network.stages.iter().enumerate().take(meeting).skip(1) {
        let mut next = vec![Lengths::default(); after.len()];
        for (node, list) in past.iter().enumerate() {
            let mut done = 0;
            network.each_arc(index - 1, node, |arc| {
                if done <= MOST_KEPT {
                    done += next[arc.child].extend(list, arc, after.future[arc.child], target);
                }
            });
            budget.spend(done)?;
            budget.keep(done)?;
        }
        for list in &mut next {
            list.merge();
            p.add(std::mem::take(&mut list.counted));
        }
        past = next;
    }
    let (after, mut arcs) = (&network.stages[meeting], Vec::new());
    for (node, list) in past.iter().enumerate() {
        p.add_product(network.undecided_arcs(meeting - 1, node, &mut arcs), list.tail[0]);
        for arc in &arcs {
            let rest = list.undecided(arc.length, after.future[arc.child], target);
            let rare = future[arc.child].reach(&list.open[rest.clone()], target - arc.length);
            p.add_product(arc.probability, list.tail[rest.end] + rare);
            budget.spend(ARC + LOOK_UP * rest.len())?;
        }
    }
    Some(p.total())
}

/// The partial tables from each node of a stage to the end.
fn futures(network: &Network<'_>, meeting: usize, target: f64) -> Option<Vec<Lengths>> {
    let (mut budget, mut merging, mut arcs) = (Budget::new(), Merging::new(), Vec::new());
    let last = network.stages.len() - 1;
    let mut future: Vec<Lengths> =
        network.stages[last].future.iter().map(|range| Lengths::one(range.least)).collect();
    for index in (meeting..last).rev() {
        let mut before = Vec::with_capacity(network.stages[index].len());
        for (node, rest) in network.stages[index].past.iter().enumerate() {
            let (mut list, mut done) = (Lengths::default(), 0);
            if network.stages[index].decided(node) == Some(true) {
                list.counted = 1.0;
            }
            list.counted += network.undecided_arcs(index, node, &mut arcs);
            for arc in &arcs {
                let from = &future[arc.child];
                let kept = from.undecided(arc.length, *rest, target);
                list.counted += arc.probability * (from.counted + from.tail[kept.end]);
                done += kept.len();
                for (length, p) in &from.open[kept] {
                    merging.add(length + arc.length, p * arc.probability);
                }
                if done > budget.work {
                    return None;
                }
            }
            budget.spend(done + ARC * arcs.len())?;
            list.open = merging.take();
            list.add_up();
            budget.keep(list.open.len())?;
            before.push(list);
        }
        future = before;
    }
    Some(future)
}

/// Where the walks meet, from 1 on: where there is least to be done. Nothing where that is out of reach even if most of
/// it were decided at once.
fn meeting(network: &Network<'_>) -> Option<usize> {
    let stages = &network.stages;
    let branching: Vec<f64> =
        stages[..stages.len() - 1].iter().map(|stage| stage.arcs() as f64 / stage.len() as f64).collect();
    let work = |k: usize| {
        let looked_up: f64 = branching[..k].iter().product();
        let sorted = stages[k].len() as f64 * branching[k..].iter().product::<f64>();
        looked_up.max(sorted)
    };
    let best = (1..=branching.len()).min_by(|a, b| work(*a).total_cmp(&work(*b)))?;
    (work(best) <= HOPED * WORK as f64).then_some(best)
}
