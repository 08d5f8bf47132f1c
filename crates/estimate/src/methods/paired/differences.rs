//! Differences within patients.

use crate::methods::tests::Frequencies;
use crate::numerics::lattice::Lattice;

/// The first less the second of these rows: of decimals as decimals, so that 0.3 − 0.2 is 0.2 − 0.1.
pub(super) fn of(first: &[f64], second: &[f64], n: &[u64], rows: &[usize]) -> Frequencies {
    let both: Vec<f64> = rows.iter().flat_map(|row| [first[*row], second[*row]]).collect();
    let differences: Vec<f64> = match Lattice::of(&both) {
        Some(Lattice { unit, steps }) => steps
            .chunks_exact(2)
            .map(|pair| (i128::from(pair[0]) - i128::from(pair[1])) as f64 * unit)
            .collect(),
        None => both.chunks_exact(2).map(|pair| pair[0] - pair[1]).collect(),
    };
    Frequencies::new(differences.into_iter().zip(rows).map(|(difference, row)| (difference, n[*row])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_decimals_tie() {
        // As doubles 0.3 − 0.2 and 0.2 − 0.1 differ in the last digit.
        let found = of(&[0.3, 0.2, 1.1], &[0.2, 0.1, 1.1], &[1, 2, 3], &[0, 1, 2]);
        assert_eq!(found.pairs().collect::<Vec<_>>(), [(0.0, 3), (0.1, 3)]);
    }

    #[test]
    fn numbers_without_a_common_step_are_subtracted_as_they_are() {
        let found = of(&[1e300, 1e-300], &[1.0, 0.0], &[1, 1], &[0, 1]);
        assert_eq!(found.pairs().collect::<Vec<_>>(), [(1e-300, 1), (1e300, 1)]);
    }
}
