//! Who must have the largest x′β where the risk sets are not nested (delayed entry) or ties are exact.
//!
//! A monotone likelihood rises in a direction in which everybody who has an event dominates those at risk who do not
//! (and, but for exact ties, equals those who have it with him). Walking back in time, a patient who is dominated by
//! another need not be compared again as long as that other stays at risk: the patterns at risk form a forest, and
//! whoever has an event is compared with its roots alone. When a pattern is no longer at risk, those below it become
//! roots again. So the conditions are few, and no direction that fulfils them is excluded or let in.

use super::likelihood::Partial;
use super::ties::Ties;
use crate::separation::Cone;
use std::collections::BTreeSet;

/// Patients at risk of each pattern, and which pattern dominates which.
struct Forest {
    at_risk: Vec<f64>,
    /// The pattern above; itself for a root.
    above: Vec<u32>,
    /// Patterns that are or were directly below.
    below: Vec<Vec<u32>>,
    roots: BTreeSet<u32>,
}

/// The directions along which a partial likelihood does not fall.
pub(super) fn dominance(model: &Partial) -> Cone {
    let patterns = model.events.len();
    let mut cone = Cone { parameters: model.columns, ..Cone::default() };
    let mut forest = Forest {
        at_risk: vec![0.0; patterns],
        above: (0..patterns as u32).collect(),
        below: vec![Vec::new(); patterns],
        roots: BTreeSet::new(),
    };
    let difference = |rows: &mut Vec<f64>, high: u32, low: u32| {
        let (high, low) = (model.row(high as usize), model.row(low as usize));
        rows.extend(high.iter().zip(low).map(|(a, b)| a - b));
    };
    for stratum in model.sets.strata() {
        for time in stratum.iter().rev() {
            for leaving in model.sets.all_leaving(time) {
                forest.join(leaving.pattern, leaving.n);
            }
            let dying = model.sets.dying(time);
            let Some(first) = dying.first().map(|leaving| leaving.pattern) else { continue };
            let survives = |pattern: u32| {
                let events: f64 =
                    dying.iter().filter(|leaving| leaving.pattern == pattern).map(|leaving| leaving.n).sum();
                forest.at_risk[pattern as usize] > events * (1.0 + 1e-12)
            };
            let mut all: Vec<u32> = dying.iter().map(|leaving| leaving.pattern).collect();
            all.sort_unstable();
            all.dedup();
            let rivals: Vec<u32> = match model.ties {
                Ties::Exact => {
                    // Of those whose patients all have the event, only who is below them is compared.
                    let mut open: Vec<u32> = forest.roots.iter().copied().collect();
                    let mut rivals = Vec::new();
                    while let Some(pattern) = open.pop() {
                        if all.contains(&pattern) && !survives(pattern) {
                            open.extend(forest.children(pattern));
                        } else {
                            rivals.push(pattern);
                        }
                    }
                    rivals
                }
                Ties::Efron | Ties::Breslow => forest.roots.iter().copied().collect(),
            };
            if model.ties != Ties::Exact {
                for other in all.iter().filter(|pattern| **pattern != first) {
                    difference(&mut cone.equalities, first, *other);
                }
                all = vec![first];
                let root = forest.root(first);
                if root != first {
                    difference(&mut cone.equalities, first, root);
                }
            }
            for high in &all {
                for low in rivals.iter().filter(|low| *low != high) {
                    difference(&mut cone.inequalities, *high, *low);
                }
            }
            forest.raise(first);
            rivals
                .into_iter()
                .filter(|pattern| *pattern != first)
                .for_each(|low| forest.put_below(low, first));
            for leaving in model.sets.entering(time) {
                forest.part(leaving.pattern, leaving.n);
            }
        }
        forest.clear();
    }
    cone
}

impl Forest {
    fn join(&mut self, pattern: u32, n: f64) {
        if self.at_risk[pattern as usize] == 0.0 {
            self.roots.insert(pattern);
        }
        self.at_risk[pattern as usize] += n;
    }

    fn part(&mut self, pattern: u32, n: f64) {
        let at_risk = &mut self.at_risk[pattern as usize];
        // Sums of weights need not come back to 0 exactly.
        let left = *at_risk - n;
        *at_risk = if left <= 1e-12 * n { 0.0 } else { left };
        if *at_risk > 0.0 {
            return;
        }
        self.raise(pattern);
        self.roots.remove(&pattern);
        let children: Vec<u32> = self.children(pattern).collect();
        children.into_iter().for_each(|child| self.raise(child));
        self.below[pattern as usize].clear();
    }

    fn children(&self, pattern: u32) -> impl Iterator<Item = u32> + '_ {
        let own = move |child: &&u32| self.above[**child as usize] == pattern && **child != pattern;
        self.below[pattern as usize].iter().filter(own).copied()
    }

    fn root(&self, mut pattern: u32) -> u32 {
        while self.above[pattern as usize] != pattern {
            pattern = self.above[pattern as usize];
        }
        pattern
    }

    /// Makes a pattern a root.
    fn raise(&mut self, pattern: u32) {
        self.above[pattern as usize] = pattern;
        self.roots.insert(pattern);
    }

    fn put_below(&mut self, low: u32, high: u32) {
        self.above[low as usize] = high;
        self.below[high as usize].push(low);
        self.roots.remove(&low);
    }

    /// The end of a stratum.
    fn clear(&mut self) {
        let mut open: Vec<u32> = self.roots.iter().copied().collect();
        while let Some(pattern) = open.pop() {
            open.extend(self.children(pattern));
            self.below[pattern as usize].clear();
            self.above[pattern as usize] = pattern;
            self.at_risk[pattern as usize] = 0.0;
        }
        self.roots.clear();
    }
}
