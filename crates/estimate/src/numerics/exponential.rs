//! The exponential function of many numbers at once.
//!
//! # Formula
//! x = k ln 2 + r with |r| ≤ ½ ln 2, and eˣ = 2ᵏ eʳ (Cody & Waite 1980, ISBN 978-0-13-822064-8): ln 2 is taken off in two
//! parts, of which the first has so few digits that k times it is exact, and eʳ is its Taylor polynomial of degree 13,
//! whose remainder is less than a tenth of a unit in the last place. No step has a branch, so that the processor takes
//! several numbers at a time; the result, within one unit in the last place, is the same however many it takes.

use super::vector::widest;

/// What rounds a number below 2⁵¹ to a whole one when it is added; the whole number then stands in the last bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// ln 2 to 33 digits of base 2, and what is missing of it.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// What is added to whole numbers to make them positive.
const ABOVE: u64 = 1024;
/// 1/0!, 1/1!, …, 1/13!.
const FACTORS: [f64; 14] = {
    let mut factors = [1.0; 14];
    let (mut k, mut factorial) = (0, 1.0);
    while k < 14 {
        factors[k] = 1.0 / factorial;
        k += 1;
        factorial *= k as f64;
    }
    factors
};

/// e to the power of each number less `shift`, which none of them exceeds.
pub fn of_shifted(numbers: &[f64], shift: f64, into: &mut [f64]) {
    widest(
        #[inline(always)]
        || each(numbers, shift, into),
    );
}

#[inline(always)]
fn each(numbers: &[f64], shift: f64, into: &mut [f64]) {
    for (into, x) in into.iter_mut().zip(numbers) {
        *into = of_negative(x - shift);
    }
}

/// eˣ of a number that is not above 0; what is smaller than the smallest number is 0.
#[inline(always)]
pub fn of_negative(x: f64) -> f64 {
    // Far enough for 0; what is no number stays none.
    let x = if x < -1000.0 { -1000.0 } else { x };
    let rounded = x * std::f64::consts::LOG2_E + ROUND;
    let k = rounded - ROUND;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    let power = polynomial(r);
    // Two steps, of which neither leaves the range of numbers before the last; above 0, for want of a signed shift, and wrapping, which needs no
    // branch for what cannot be.
    let k = rounded.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(2 * ABOVE);
    let half = k >> 1;
    power * power_of_two(half) * power_of_two(k.wrapping_sub(half))
}

#[inline(always)]
fn power_of_two(k: u64) -> f64 {
    f64::from_bits(k.wrapping_sub(ABOVE - 1023) << 52)
}

/// 1 + (r + r²·…): what is rounded last is largest. The further terms are added in pairs of pairs, which do not wait for
/// each other.
#[inline(always)]
fn polynomial(r: f64) -> f64 {
    let f = &FACTORS;
    let (r2, pair) = (r * r, |k: usize| f[k] + f[k + 1] * r);
    let (r4, four) = (r2 * r2, |k: usize| pair(k) + pair(k + 2) * r2);
    let further = four(2) + (four(6) + four(10) * r4) * r4;
    1.0 + (r + r2 * further)
}

#[cfg(test)]
mod tests {
    use super::{of_negative, of_shifted};
    use crate::numerics::random::Random;

    #[test]
    fn it_is_the_exponential_to_the_last_place() {
        let mut random = Random::new(7);
        let numbers = (0..200_000).map(|i| -random.uniform() * [1e-9, 0.3, 1.0, 40.0, 708.0][i % 5]);
        for x in numbers {
            let (found, known) = (of_negative(x), libm::exp(x));
            assert!(found.to_bits().abs_diff(known.to_bits()) <= 1, "{x}: {found} and {known}");
        }
    }

    #[test]
    fn the_ends_of_its_range() {
        assert_eq!([0.0, -0.0, -746.0, -1e5, f64::NEG_INFINITY].map(of_negative), [1.0, 1.0, 0.0, 0.0, 0.0]);
        for x in [-708.5, -720.0, -740.0, -745.0] {
            // Less than the smallest number with all its digits: to the last place of those that are left.
            assert!((of_negative(x) - libm::exp(x)).abs() <= 5e-324, "{x}");
        }
        assert!(of_negative(f64::NAN).is_nan());
        let mut three = [0.0; 3];
        of_shifted(&[2.0, 1.0, f64::NEG_INFINITY], 2.0, &mut three);
        assert_eq!(three, [1.0, of_negative(-1.0), 0.0]);
    }
}
