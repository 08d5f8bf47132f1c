//! Positive numbers of any size: counts of arrangements that no double can hold.

use std::ops::{Add, Mul};

/// One step of the exponent, and its inverse.
const STEP: f64 = f64::from_bits((1023 + 512) << 52);
const BACK: f64 = f64::from_bits((1023 - 512) << 52);
/// Mantissas lie between these, so that neither a sum nor a product of two leaves the range of a double.
const MOST: f64 = f64::from_bits((1023 + 256) << 52);
const LEAST: f64 = f64::from_bits((1023 - 256) << 52);

/// `mantissa` · 2^(512 · `exponent`), with all digits of a double.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaled {
    mantissa: f64,
    exponent: i32,
}

impl Scaled {
    /// One.
    pub const ONE: Self = Self { mantissa: 1.0, exponent: 0 };

    /// A positive finite number.
    pub fn new(value: f64) -> Self {
        Self { mantissa: value, exponent: 0 }.normal()
    }

    fn normal(mut self) -> Self {
        if self.mantissa >= MOST {
            self.mantissa *= BACK;
            self.exponent += 1;
        } else if self.mantissa < LEAST {
            self.mantissa *= STEP;
            self.exponent -= 1;
        }
        self
    }

    /// Its natural logarithm.
    pub fn ln(self) -> f64 {
        libm::log(self.mantissa) + f64::from(self.exponent) * 512.0 * std::f64::consts::LN_2
    }
}

impl Mul for Scaled {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let (mantissa, exponent) = (self.mantissa * other.mantissa, self.exponent + other.exponent);
        Self { mantissa, exponent }.normal()
    }
}

impl Add for Scaled {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        match large.exponent - small.exponent {
            0 => Self { mantissa: large.mantissa + small.mantissa, ..large }.normal(),
            1 => Self { mantissa: large.mantissa + small.mantissa * BACK, ..large }.normal(),
            _ => large,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_doubles_keep_their_digits() {
        // 3^10000 twice, added: ln = 10000 ln 3 + ln 2.
        let power = (0..10_000).fold(Scaled::ONE, |product, _| product * Scaled::new(3.0));
        let expected = 10_000.0 * 3.0_f64.ln() + 2.0_f64.ln();
        assert!(((power + power).ln() / expected - 1.0).abs() < 1e-15);
        let small = (0..10_000).fold(Scaled::ONE, |product, _| product * Scaled::new(1.0 / 3.0));
        assert!(((power * small).ln()).abs() < 1e-11);
        assert_eq!(power + small, power);
    }

    #[test]
    fn sums_across_a_step_of_the_exponent() {
        let (one, tiny) = (Scaled::new(MOST * 0.75), Scaled::new(LEAST * 1.5));
        let sum = (0..2).fold(one, |sum, _| sum + one);
        assert!((sum.ln() - (MOST.ln() + 2.25_f64.ln())).abs() < 1e-13);
        assert!(((sum + tiny).ln() - sum.ln()).abs() < 1e-15);
        // 1 + 2^-40 across the border: 2^256 at exponent 0 is 2^-256 at exponent 1.
        let border = Scaled { mantissa: LEAST, exponent: 1 };
        let added = border + Scaled { mantissa: MOST * 0.5, exponent: 0 };
        assert!((added.ln() - (MOST.ln() + 1.5_f64.ln())).abs() < 1e-13);
    }
}
