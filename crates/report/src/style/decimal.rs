//! Rounding, half away from zero, on the decimal representation.
//!
//! Two rules of rounding meet in medical papers. Halves to the even digit (what C's `printf` does to the exact binary
//! value) print 0.145 as 0.14, because the nearest double lies a little below it; a reader who checks the table with
//! a pocket calculator finds 0.15. SPSS and SAS round halves away from zero, as schools teach, and most tables in
//! print were made so. Hence: the number is written with 13 significant decimal digits, which is more than any of
//! our figures is known to and less than the noise of arithmetic reaches, and is then rounded as decimal digits,
//! halves away from zero. In the dialects of R and Stata numbers are printed as C's `printf` does.

use std::cell::Cell;
use study::Dialect;

/// What becomes of a number half way between two printed ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Away from zero, judged on the decimal digits.
    HalfAway,
    /// To the even digit, judged on the exact binary value: C's `printf`.
    HalfEven,
}

impl Rounding {
    /// What each program does when it prints.
    pub fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr | Dialect::Spss | Dialect::Sas => Self::HalfAway,
            Dialect::Stata | Dialect::R => Self::HalfEven,
        }
    }

    /// The rule in words.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::HalfAway => "halves away from zero, in decimal",
            Self::HalfEven => "halves to even, on the binary value",
        }
    }
}

thread_local! {
    // Hundreds of cells are rounded on the way to one page, and all by one rule.
    static RULE: Cell<Rounding> = const { Cell::new(Rounding::HalfAway) };
}

/// Prints by a rule of rounding; the rule that held before holds again afterwards.
pub(crate) fn rounded<T>(rule: Rounding, print: impl FnOnce() -> T) -> T {
    struct Restore(Rounding);
    impl Drop for Restore {
        fn drop(&mut self) {
            RULE.set(self.0);
        }
    }
    let _restore = Restore(RULE.replace(rule));
    print()
}

/// Significant digits in which a tie is judged.
const DIGITS: usize = 13;

/// The absolute value, multiplied by ten to the `shift`, with so many decimals; plain digits and a point.
pub(super) fn round(value: f64, shift: i32, decimals: usize) -> String {
    if RULE.get() == Rounding::HalfEven {
        return format!("{:.*}", decimals, value.abs() * 10f64.powi(shift));
    }
    let (digits, exponent) = significant(value.abs());
    let point = exponent + 1 + shift;
    let keep = i64::from(point) + decimals as i64;
    let kept: Vec<u8> = if keep < 0 {
        Vec::new()
    } else {
        let keep = keep as usize;
        let mut kept: Vec<u8> = digits.iter().copied().chain(std::iter::repeat(0)).take(keep).collect();
        if digits.get(keep).is_some_and(|digit| *digit >= 5) {
            increment(&mut kept);
        }
        kept
    };
    // Right-aligned: the last kept digit is the last decimal, whatever carry has put in front.
    let width = kept.len().max(decimals + 1);
    let mut text: String = std::iter::repeat_n(0, width - kept.len())
        .chain(kept)
        .map(|digit| char::from(b'0' + digit))
        .collect();
    if decimals > 0 {
        text.insert(width - decimals, '.');
    }
    let whole = text.find('.').unwrap_or(text.len());
    let zeros = text[..whole].bytes().take_while(|byte| *byte == b'0').count().min(whole - 1);
    text.split_off(zeros)
}

/// How many decimals a number needs to be written in full, at most `most`.
pub(super) fn needed(value: f64, most: usize) -> usize {
    let written = round(value, 0, most);
    written.find('.').map_or(0, |point| written[point + 1..].trim_end_matches('0').len())
}

/// Thirteen digits and the exponent of the first.
fn significant(value: f64) -> (Vec<u8>, i32) {
    let written = format!("{value:.*e}", DIGITS - 1);
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect();
    (digits, exponent.parse().unwrap_or(0))
}

fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero_in_decimal() {
        // The doubles nearest to 0.145, 1.005 and 2.675 lie below them: binary rounding would go down.
        assert_eq!(round(0.145, 0, 2), "0.15");
        assert_eq!(round(1.005, 0, 2), "1.01");
        assert_eq!(round(2.675, 0, 2), "2.68");
        assert_eq!(round(0.5, 0, 0), "1");
        assert_eq!(round(2.5, 0, 0), "3");
        assert_eq!(round(-2.5, 0, 0), "3");
        assert_eq!(round(12.5, 0, 0), "13");
        assert_eq!(round(0.25, 0, 1), "0.3");
    }

    #[test]
    fn noise_of_arithmetic_does_not_decide_a_tie() {
        assert_eq!(round(0.1 + 0.2 - 0.155, 0, 2), round(0.145, 0, 2));
        assert_eq!(round(1.0 - 0.855, 0, 2), "0.15");
    }

    #[test]
    fn the_binary_rule_rounds_the_exact_value_to_even() {
        let binary = |value: f64, decimals: usize| rounded(Rounding::HalfEven, || round(value, 0, decimals));
        assert_eq!(binary(12.5, 0), "12");
        assert_eq!(binary(13.5, 0), "14");
        assert_eq!(binary(0.145, 2), "0.14");
        assert_eq!(rounded(Rounding::HalfEven, || round(0.125, 2, 0)), "12");
        assert_eq!(round(12.5, 0, 0), "13");
    }

    #[test]
    fn just_below_a_half_goes_down() {
        assert_eq!(round(0.1449, 0, 2), "0.14");
        assert_eq!(round(0.144_999_999, 0, 2), "0.14");
        assert_eq!(round(0.049_999, 0, 1), "0.0");
        assert_eq!(round(0.05, 0, 1), "0.1");
    }

    #[test]
    fn carries_and_magnitudes() {
        assert_eq!(round(9.995, 0, 2), "10.00");
        assert_eq!(round(0.999_6, 0, 3), "1.000");
        assert_eq!(round(99.96, 0, 1), "100.0");
        assert_eq!(round(0.0, 0, 2), "0.00");
        assert_eq!(round(0.0004, 0, 2), "0.00");
        assert_eq!(round(0.005, 0, 2), "0.01");
        assert_eq!(round(0.0049, 0, 2), "0.00");
        assert_eq!(round(1_234_567.25, 0, 1), "1234567.3");
        assert_eq!(round(1e15, 0, 0), "1000000000000000");
        assert_eq!(round(5e-324, 0, 3), "0.000");
    }

    #[test]
    fn a_share_becomes_a_percentage_without_multiplying() {
        // In floating point 0.2845 × 100 is 28.449999999999996.
        assert_eq!(round(569.0 / 2000.0, 2, 1), "28.5");
        assert_eq!(round(13.0 / 30.0, 2, 1), "43.3");
        assert_eq!(round(1.0, 2, 1), "100.0");
        assert_eq!(round(0.0005, 2, 1), "0.1");
        assert_eq!(round(0.000_49, 2, 1), "0.0");
    }

    #[test]
    fn decimals_that_are_needed() {
        assert_eq!(needed(55.0, 3), 0);
        assert_eq!(needed(55.5, 3), 1);
        assert_eq!(needed(0.1 + 0.2, 3), 1);
        assert_eq!(needed(1.0 / 3.0, 2), 2);
    }
}
