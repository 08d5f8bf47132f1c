//! Mid-ranks of counted values, in whole numbers, so that no rank test rounds.

use super::Frequencies;

/// Rank sums of groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranks {
    /// Patients of each group.
    pub n: Vec<u64>,
    /// All patients.
    pub total: u64,
    /// Twice each group's rank sum less its expectation nᵢ(n + 1)/2.
    pub doubled_excess: Vec<i128>,
    /// n³ − n − Σ(t³ − t) over ties of t patients: twelve times the squares of the ranks about their mean.
    pub spread: u128,
    /// Whether two patients share a value.
    pub tied: bool,
}

impl Ranks {
    /// Ranks all groups together; patients of equal value share the mean of their ranks.
    pub fn of(groups: &[&Frequencies]) -> Self {
        let mut values: Vec<(f64, usize, u64)> = groups
            .iter()
            .enumerate()
            .flat_map(|(group, values)| values.pairs().map(move |(value, n)| (value, group, n)))
            .collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let cube = |n: u64| u128::from(n).pow(3) - u128::from(n);
        let n: Vec<u64> = groups.iter().map(|group| group.total()).collect();
        let total: u64 = n.iter().sum();
        let mut doubled_excess = vec![0i128; groups.len()];
        let (mut below, mut spread, mut tied) = (0u64, cube(total), false);
        for ties in values.chunk_by(|a, b| a.0 == b.0) {
            let here: u64 = ties.iter().map(|(_, _, n)| n).sum();
            // Twice the mid-rank is 2·below + here + 1; twice its expectation is total + 1.
            let excess = 2 * i128::from(below) + i128::from(here) - i128::from(total);
            for (_, group, n) in ties {
                doubled_excess[*group] += excess * i128::from(*n);
            }
            spread -= cube(here);
            tied |= here > 1;
            below += here;
        }
        Self { n, total, doubled_excess, spread, tied }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `baseline`, `location`: mid-ranks 1, 2.5, 2.5 and 4 and their sums beside what is expected.
    #[test]
    fn mid_ranks_by_hand() {
        // 1 | 2 2 | 3 with groups a: 1, 2, 2 and b: 3. Ranks 1, 2.5, 2.5 and 4: sums 6 and 4, expected 7.5 and 2.5.
        let a = Frequencies::new([(1.0, 1), (2.0, 2)]);
        let ranks = Ranks::of(&[&a, &Frequencies::new([(3.0, 1)])]);
        assert_eq!(ranks.doubled_excess, [-3, 3]);
        assert_eq!((ranks.spread, ranks.tied), (60 - 6, true));
    }
}
