//! Loops over the rows of a tall matrix, compiled for the widest vector instructions that the processor has.
//!
//! Whatever it has, the same sums are made in the same order.
//!
//! All that such a loop calls must be inlined into it: the closure of a `for_each` or a `fold` often is not, and then takes
//! one number after the other. So does a loop with a place where it may end early: an index that is checked, a sum of whole
//! numbers that may overflow.

use pulp::Arch;
use std::ops::Range;

/// Runs a loop, which must be inlined, with the widest instructions.
pub fn widest<T>(work: impl FnOnce() -> T) -> T {
    Arch::new().dispatch(work)
}

/// Σ term(aᵢ, bᵢ), in four sums that do not wait for each other.
#[inline(always)]
pub fn in_four_sums(a: &[f64], b: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    let (mut fours, mut others) = (a.chunks_exact(4), b.chunks_exact(4));
    let mut sums = [0.0; 4];
    for (x, y) in fours.by_ref().zip(others.by_ref()) {
        for lane in 0..4 {
            sums[lane] += term(x[lane], y[lane]);
        }
    }
    let mut last = 0.0;
    for (x, y) in fours.remainder().iter().zip(others.remainder()) {
        last += term(*x, *y);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + last
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
                *sum += in_four_sums(x, beta, |x, b| x * b);
            }
        },
    );
}

/// Columns whose sums stay in registers.
const STRIP: usize = 8;

/// Σ fᵢ xᵢ over rows of so many columns.
pub fn combination(rows: &[f64], columns: usize, factors: &[f64]) -> Vec<f64> {
    let mut sums = Vec::with_capacity(columns);
    for first in (0..columns).step_by(STRIP) {
        let width = STRIP.min(columns - first);
        let strip = widest(
            #[inline(always)]
            || match width {
                // Compiled for that very width.
                STRIP => combine(rows, columns, first..first + STRIP, factors),
                _ => combine(rows, columns, first..first + width, factors),
            },
        );
        sums.extend_from_slice(&strip[..width]);
    }
    sums
}

/// The sums of a strip of columns: two of each, that do not wait for each other.
#[inline(always)]
fn combine(rows: &[f64], columns: usize, strip: Range<usize>, factors: &[f64]) -> [f64; STRIP] {
    let (mut even, mut odd) = ([0.0; STRIP], [0.0; STRIP]);
    let mut pairs = rows.chunks_exact(2 * columns);
    let mut twos = factors.chunks_exact(2);
    for (x, f) in pairs.by_ref().zip(twos.by_ref()) {
        let (a, b) = x.split_at(columns);
        add_multiple(&mut even, f[0], &a[strip.clone()]);
        add_multiple(&mut odd, f[1], &b[strip.clone()]);
    }
    for (x, f) in pairs.remainder().chunks_exact(columns).zip(twos.remainder()) {
        add_multiple(&mut even, *f, &x[strip.clone()]);
    }
    add_multiple(&mut even, 1.0, &odd);
    even
}

#[inline(always)]
fn add_multiple(sums: &mut [f64; STRIP], factor: f64, x: &[f64]) {
    for (sum, x) in sums.iter_mut().zip(x) {
        *sum += factor * x;
    }
}

/// The sum of some numbers, in eight sums that do not wait for each other.
pub fn total(numbers: &[f64]) -> f64 {
    let mut eights = numbers.chunks_exact(8);
    let mut sums = [0.0; 8];
    for eight in eights.by_ref() {
        sums.iter_mut().zip(eight).for_each(|(sum, number)| *sum += number);
    }
    sums.iter().sum::<f64>() + eights.remainder().iter().sum::<f64>()
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
        for (rows, columns) in [(0, 3), (1, 1), (7, 5), (9, 8), (6, 0), (7, 19), (4, 16)] {
            let x: Vec<f64> = (0..rows * columns).map(|i| (i % 7) as f64 - 2.0).collect();
            let row = |i: usize| &x[i * columns..(i + 1) * columns];
            let beta: Vec<f64> = (0..columns).map(|k| k as f64 - 1.0).collect();
            let factors: Vec<f64> = (0..rows).map(|i| (i % 3) as f64).collect();
            let mut products = vec![10.0; rows];
            add_products(&x, &beta, &mut products);
            let product = |i: usize| 10.0 + row(i).iter().zip(&beta).map(|(x, b)| x * b).sum::<f64>();
            // Small whole numbers: exact in any order.
            assert_eq!(products, (0..rows).map(product).collect::<Vec<_>>());
            assert_eq!(total(&factors), factors.iter().sum::<f64>());
            let sum = |k: usize| (0..rows).map(|i| factors[i] * row(i)[k]).sum::<f64>();
            assert_eq!(combination(&x, columns, &factors), (0..columns).map(sum).collect::<Vec<_>>());
        }
    }
}
