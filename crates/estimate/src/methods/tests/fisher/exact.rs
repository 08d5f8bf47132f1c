//! The exact P value, by walking the network of all tables from both ends.
//!
//! Through each node go many partial tables, of which only Σ ln cells! (the length) and the probability matter:
//! partial tables of equal length are merged. One whose every completion is rare enough is counted at once, one with
//! no rare completion is dropped (Mehta & Patel's longest and shortest paths). The first levels are walked forwards,
//! the last ones backwards, and at each node between them both lists are joined in one pass: the number of whole
//! tables never appears.

use super::TIE;
use super::network::{Range, Stage, stages};
use crate::methods::tests::CrossTable;
use crate::numerics::factorial::LnFactorial;

/// Partial tables looked at before giving up: half a second.
const WORK: usize = 8_000_000;

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

    /// Adds the partial tables of `from`, all longer by one arc. `rest` holds the lengths that can still be added:
    /// where they decide nothing more, the partial table is counted or dropped.
    fn extend(&mut self, from: &Self, length: f64, probability: f64, rest: Range, target: f64) -> usize {
        let dropped = from.open.partition_point(|(done, _)| done + length + rest.most < target);
        let open = from.open.partition_point(|(done, _)| done + length + rest.least < target);
        self.counted += probability * (from.counted + from.tail[open]);
        let kept = &from.open[dropped..open.max(dropped)];
        self.open.extend(kept.iter().map(|(done, p)| (done + length, p * probability)));
        kept.len() + 1
    }

    /// Sorts, and merges lengths that differ by rounding only.
    fn merge(&mut self) {
        self.open.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        self.open.dedup_by(|next, kept| {
            let same = next.0 - kept.0 <= 1e-13 * (1.0 + kept.0.abs());
            if same {
                kept.1 += next.1;
            }
            same
        });
        self.open.shrink_to_fit();
        self.tail = vec![0.0; self.open.len() + 1];
        for index in (0..self.open.len()).rev() {
            self.tail[index] = self.tail[index + 1] + self.open[index].1;
        }
    }
}

/// P, or nothing where the network is out of reach. The table has no empty margin, and groups are the fewer.
pub(super) fn network(table: &CrossTable) -> Option<f64> {
    let factorial = LnFactorial::up_to(table.total());
    let stages = stages(table, &factorial)?;
    let observed: f64 = table.rows().flatten().map(|n| factorial.of(*n)).sum();
    let target = observed - TIE;
    let meeting = meeting(&stages);
    let mut work = WORK;
    let mut spend = |done: usize| {
        work = work.checked_sub(done)?;
        Some(())
    };

    let mut p = 0.0;
    let mut past = vec![Lengths::one(0.0)];
    for (stage, after) in stages[..meeting].iter().zip(&stages[1..]) {
        let mut next = vec![Lengths::default(); after.nodes()];
        for (node, list) in past.iter().enumerate() {
            for arc in stage.arcs(node) {
                let child = arc.child as usize;
                let rest = after.future[child];
                spend(next[child].extend(list, arc.length, arc.probability, rest, target))?;
            }
        }
        for list in &mut next {
            list.merge();
            p += std::mem::take(&mut list.counted);
        }
        past = next;
    }

    let end = stages.last()?;
    let mut future: Vec<Lengths> = end.future.iter().map(|range| Lengths::one(range.least)).collect();
    for stage in stages[meeting..stages.len() - 1].iter().rev() {
        let mut before = Vec::with_capacity(stage.nodes());
        for node in 0..stage.nodes() {
            let mut list = Lengths::default();
            for arc in stage.arcs(node) {
                let child = &future[arc.child as usize];
                spend(list.extend(child, arc.length, arc.probability, stage.past[node], target))?;
            }
            list.merge();
            before.push(list);
        }
        future = before;
    }
    Some(p + past.iter().zip(&future).map(|(past, future)| join(past, future, target)).sum::<f64>())
}

/// Where the walks meet: so that neither has many more partial tables than the other.
fn meeting(stages: &[Stage]) -> usize {
    let levels = &stages[..stages.len() - 1];
    let size = |stages: &[Stage]| stages.iter().map(Stage::branching).product::<f64>();
    let larger = |k: usize| size(&levels[..k]).max(size(&levels[k..]));
    (0..=levels.len()).min_by(|a, b| larger(*a).total_cmp(&larger(*b))).unwrap_or(0)
}

/// Probability that past and future together reach the target.
fn join(past: &Lengths, future: &Lengths, target: f64) -> f64 {
    let (mut p, mut next) = (0.0, future.open.len());
    for (done, probability) in &past.open {
        while next > 0 && future.open[next - 1].0 + done >= target {
            next -= 1;
        }
        p += probability * (future.counted + future.tail[next]);
    }
    p
}
