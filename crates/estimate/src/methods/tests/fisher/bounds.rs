//! Between which lengths all completions of a partial table lie, without going through them.
//!
//! # Formula
//! Shortest: for any a of the levels and b of the groups, Σ aᵢrᵢ + Σ bⱼuⱼ + Σ minₓ (ln x! − (aᵢ + bⱼ) x) is no more than Σ ln xᵢⱼ!
//! of a table with margins r and u (weak duality); the minimum is at x = ⌊exp(aᵢ + bⱼ)⌋, and a and b are those of
//! independence. Longest: each level, or each group, filled as unevenly as the other margin allows.
//! # References
//! Mehta & Patel 1986, doi:10.1145/6497.214326 (bounds of the paths).

use super::network::Range;
use crate::numerics::factorial::LnFactorial;

/// The bounds for the levels and what is left of the groups.
pub(super) fn bounds(levels: &[u64], left: &[u64], factorial: &LnFactorial) -> Range {
    let most = longest(levels, left, factorial).min(longest(left, levels, factorial));
    Range { least: shortest(levels, left, factorial).max(0.0), most }
}

fn shortest(levels: &[u64], left: &[u64], factorial: &LnFactorial) -> f64 {
    let total: u64 = levels.iter().sum();
    let total = total as f64;
    let mut least = 0.0;
    for level in levels {
        for group in left.iter().filter(|group| **group > 0) {
            let expected = *level as f64 * (*group as f64 / total);
            let theta = expected.ln();
            let at = expected as u64;
            least += factorial.of(at) - theta * at as f64;
        }
    }
    // Σ aᵢrᵢ + Σ bⱼuⱼ with aᵢ + bⱼ = ln(rᵢuⱼ/total).
    let entropy = |margin: &[u64]| -> f64 {
        margin.iter().filter(|n| **n > 0).map(|n| *n as f64 * (*n as f64).ln()).sum()
    };
    least + entropy(levels) + entropy(left) - total * total.ln()
}

/// Each of `margin` filled from the largest of `other` on.
fn longest(margin: &[u64], other: &[u64], factorial: &LnFactorial) -> f64 {
    let mut other = other.to_vec();
    other.sort_unstable_by(|a, b| b.cmp(a));
    margin
        .iter()
        .map(|n| {
            let mut patients = *n;
            let filled = other.iter().map(|most| {
                let cell = patients.min(*most);
                patients -= cell;
                factorial.of(cell)
            });
            filled.sum::<f64>()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::fisher::ways::Filling;
    use proptest::prelude::*;

    fn range(levels: &[u64], left: &[u64], factorial: &LnFactorial) -> (f64, f64) {
        let [level, rest @ ..] = levels else { return (0.0, 0.0) };
        let mut filling = Filling::first(left.to_vec(), *level);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        loop {
            let here: f64 = filling.cells.iter().map(|cell| factorial.of(*cell)).sum();
            let after: Vec<u64> = filling.left().collect();
            let (low, high) = range(rest, &after, factorial);
            (least, most) = (least.min(here + low), most.max(here + high));
            if !filling.advance() {
                return (least, most);
            }
        }
    }

    proptest! {
        #[test]
        fn no_table_lies_outside(cells in prop::collection::vec(0..6u64, 9)) {
            let levels: Vec<u64> = cells.chunks(3).map(|row| row.iter().sum()).collect();
            let left: Vec<u64> = (0..3).map(|group| cells.iter().skip(group).step_by(3).sum()).collect();
            prop_assume!(levels.iter().all(|n| *n > 0));
            let factorial = LnFactorial::up_to(60);
            let (least, most) = range(&levels, &left, &factorial);
            let bound = bounds(&levels, &left, &factorial);
            prop_assert!(bound.least <= least + 1e-9 && bound.most >= most - 1e-9, "{bound:?} {least} {most}");
            // Not far off: in one ln for each cell.
            prop_assert!(bound.least > least - 9.0);
        }
    }
}
