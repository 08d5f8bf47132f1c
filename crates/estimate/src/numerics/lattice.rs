//! Decimal numbers as whole multiples of a common step, so that sums of them tie exactly.
//!
//! A double stands for the shortest decimal that is read back as that double: 0.1 is one tenth, as whoever wrote the
//! table meant it, and 0.1 + 0.2 is 0.3.

/// Numbers as `least` + steps × `unit`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lattice {
    /// The largest step of which all differences are multiples.
    pub unit: f64,
    /// For each number its distance from the smallest, in steps.
    pub steps: Vec<u64>,
}

impl Lattice {
    /// Of finite numbers; none where they have too many digits between them for whole numbers of 64 bits.
    pub fn of(values: &[f64]) -> Option<Self> {
        let decimals: Vec<(i128, i32)> = values.iter().map(|value| decimal(*value)).collect::<Option<_>>()?;
        let exponent = decimals.iter().filter(|(digits, _)| *digits != 0).map(|(_, e)| *e).min().unwrap_or(0);
        let whole = |(digits, own): &(i128, i32)| match digits {
            0 => Some(0),
            _ => digits.checked_mul(10_i128.checked_pow(u32::try_from(own - exponent).ok()?)?),
        };
        let whole: Vec<i128> = decimals.iter().map(whole).collect::<Option<_>>()?;
        let least = whole.iter().copied().min().unwrap_or(0);
        let distances: Vec<i128> =
            whole.iter().map(|value| value.checked_sub(least)).collect::<Option<_>>()?;
        let common = distances.iter().copied().fold(0, divisor).max(1);
        let steps =
            distances.iter().map(|distance| u64::try_from(distance / common).ok()).collect::<Option<_>>()?;
        Some(Self { unit: format!("{common}e{exponent}").parse().ok()?, steps })
    }
}

/// Digits and power of ten of the shortest decimal.
fn decimal(value: f64) -> Option<(i128, i32)> {
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e')?;
    let places = mantissa.split_once('.').map_or(0, |(_, places)| places.len());
    let digits: i128 = mantissa.replace('.', "").parse().ok()?;
    Some((digits, exponent.parse::<i32>().ok()? - places as i32))
}

fn divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_whole_numbers_of_their_common_step() {
        let lattice = Lattice::of(&[0.1, 0.2, 0.3, -0.5]).unwrap();
        assert_eq!((lattice.unit, lattice.steps.as_slice()), (0.1, &[6, 7, 8, 0][..]));
        let lattice = Lattice::of(&[1e12, 4e12, 2.5e12]).unwrap();
        assert_eq!((lattice.unit, lattice.steps.as_slice()), (1.5e12, &[0, 2, 1][..]));
        let lattice = Lattice::of(&[19e-12, 33e-12]).unwrap();
        assert_eq!((lattice.unit, lattice.steps.as_slice()), (14e-12, &[0, 1][..]));
        assert_eq!(Lattice::of(&[7.0, 7.0]).unwrap().steps, [0, 0]);
    }

    #[test]
    fn too_many_digits_are_refused() {
        assert_eq!(Lattice::of(&[1e-300, 1e300]), None);
        assert_eq!(Lattice::of(&[0.0, 0.123_456_789, 1e15 + 0.5]), None);
        assert_eq!(Lattice::of(&[f64::NAN]), None);
    }
}
