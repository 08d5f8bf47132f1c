//! Loops over the rows of a tall matrix, compiled for the widest vector instructions that the processor has.
//!
//! Whatever it has, the same sums are made in the same order.

use super::rank::in_four_sums;
use pulp::Arch;

/// Runs a loop, which must be inlined, with the widest instructions.
pub fn widest<T>(work: impl FnOnce() -> T) -> T {
    Arch::new().dispatch(work)
}

/// Adds xᵢ′β to each number of `into`; `rows` holds one row x after the other, each as long as β.
pub fn add_products(rows: &[f64], beta: &[f64], into: &mut [f64]) {
    if beta.is_empty() {
        return;
    }
    widest(
        #[inline(always)]
        || {
            for (x, sum) in rows.chunks_exact(beta.len()).zip(into) {
                *sum += in_four_sums(x, beta);
            }
        },
    );
}

/// Σ fᵢ xᵢ over rows of so many columns.
pub fn combination(rows: &[f64], columns: usize, factors: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; columns];
    if columns == 0 {
        return sums;
    }
    widest(
        #[inline(always)]
        || {
            let mut fours = rows.chunks_exact(4 * columns);
            let mut factors = factors.chunks_exact(4);
            for (x, f) in fours.by_ref().zip(factors.by_ref()) {
                let (a, x) = x.split_at(columns);
                let (b, x) = x.split_at(columns);
                let (c, d) = x.split_at(columns);
                for (k, sum) in sums.iter_mut().enumerate() {
                    *sum += (f[0] * a[k] + f[1] * b[k]) + (f[2] * c[k] + f[3] * d[k]);
                }
            }
            for (x, f) in fours.remainder().chunks_exact(columns).zip(factors.remainder()) {
                sums.iter_mut().zip(x).for_each(|(sum, x)| *sum += f * x);
            }
        },
    );
    sums
}

/// The sum of vectors of so many numbers.
pub fn total_of<'a>(parts: impl IntoIterator<Item = &'a Vec<f64>>, size: usize) -> Vec<f64> {
    parts.into_iter().fold(vec![0.0; size], |mut sum, part| {
        sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_combinations_by_hand() {
        for (rows, columns) in [(0, 3), (1, 1), (7, 5), (9, 4), (6, 0)] {
            let x: Vec<f64> = (0..rows * columns).map(|i| (i % 7) as f64 - 2.0).collect();
            let row = |i: usize| &x[i * columns..(i + 1) * columns];
            let beta: Vec<f64> = (0..columns).map(|k| k as f64 - 1.0).collect();
            let factors: Vec<f64> = (0..rows).map(|i| (i % 3) as f64).collect();
            let mut products = vec![10.0; rows];
            add_products(&x, &beta, &mut products);
            let product = |i: usize| 10.0 + row(i).iter().zip(&beta).map(|(x, b)| x * b).sum::<f64>();
            // Small whole numbers: exact in any order.
            assert_eq!(products, (0..rows).map(product).collect::<Vec<_>>());
            let sum = |k: usize| (0..rows).map(|i| factors[i] * row(i)[k]).sum::<f64>();
            assert_eq!(combination(&x, columns, &factors), (0..columns).map(sum).collect::<Vec<_>>());
        }
    }
}
