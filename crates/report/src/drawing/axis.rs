//! Ticks of an axis.

/// Ticks of a time axis from 0 that leave at least so much room between them, and where the axis ends.
///
/// The steps are those that clinicians read: years in months, quarters in weeks, and round numbers of days.
pub(crate) fn time(longest: f64, unit: Option<&str>, length: f64, room: f64) -> (Vec<f64>, f64) {
    let steps: &[f64] = match unit {
        Some("months") => &[1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 36.0, 60.0, 120.0, 240.0, 360.0, 600.0, 1200.0],
        Some("weeks") => &[1.0, 2.0, 4.0, 13.0, 26.0, 52.0, 104.0, 260.0, 520.0, 1040.0, 2600.0],
        Some("days") => &[
            1.0, 2.0, 5.0, 7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0, 730.0, 1095.0, 1825.0, 3650.0, 7300.0,
            18250.0,
        ],
        _ => &[],
    };
    // What is shorter has no steps that a number holds.
    let longest = if longest.is_finite() && longest > 1e-290 { longest } else { 1.0 };
    let fits = |step: &f64| length * step / ends(longest, *step) >= room;
    let step = steps.iter().copied().find(fits).unwrap_or_else(|| round_step(longest, length, room));
    let end = ends(longest, step);
    let count = (end / step + 1e-9).floor() as usize;
    ((0..=count).map(|index| index as f64 * step).collect(), end)
}

/// The axis runs to the next tick where that is near, else to the longest time.
fn ends(longest: f64, step: f64) -> f64 {
    let next = (longest / step - 1e-9).ceil() * step;
    if next - longest <= 0.4 * step { next } else { longest }
}

/// The smallest 1, 2 or 5 times a power of ten that leaves room.
fn round_step(longest: f64, length: f64, room: f64) -> f64 {
    let mut power = 10f64.powi(longest.log10().floor() as i32 - 3);
    loop {
        for factor in [1.0, 2.0, 5.0] {
            let step = factor * power;
            if length * step / ends(longest, step) >= room || step >= longest {
                return step;
            }
        }
        power *= 10.0;
    }
}

/// Ticks of a logarithmic axis that holds both ends: 1, 2 and 5 times powers of ten, thinned where they would crowd.
pub(crate) fn logarithmic(lowest: f64, highest: f64) -> Vec<f64> {
    let first = lowest.log10().floor() as i32;
    let last = highest.log10().ceil() as i32;
    // Over more than three decades the 2s and 5s would touch each other.
    let factors: &[f64] = if highest / lowest > 2000.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let all: Vec<f64> =
        (first..=last).flat_map(|power| factors.iter().map(move |factor| decimal(*factor, power))).collect();
    let low = all.iter().rposition(|tick| *tick <= lowest * (1.0 + 1e-9)).unwrap_or(0);
    let high = all.iter().position(|tick| *tick >= highest * (1.0 - 1e-9)).unwrap_or(all.len() - 1);
    all[low..=high].to_vec()
}

/// About so many ticks of an axis from `lowest` to `highest`, at 1, 2 or 5 times a power of ten, inside the two.
pub(crate) fn linear(lowest: f64, highest: f64, about: usize) -> Vec<f64> {
    let wanted = (highest - lowest) / about.max(1) as f64;
    if !(wanted > 0.0 && wanted.is_finite()) {
        return vec![lowest];
    }
    let power = wanted.log10().floor() as i32;
    let steps = (power..power + 2).flat_map(|power| [1.0, 2.0, 5.0].map(|factor| decimal(factor, power)));
    let step = steps.into_iter().find(|step| *step >= wanted * 0.999).unwrap_or(wanted);
    let (first, last) = ((lowest / step - 1e-9).ceil() as i64, (highest / step + 1e-9).floor() as i64);
    (first..=last).map(|index| index as f64 * step).collect()
}

/// `factor` × 10^`power`, as the nearest double to that decimal.
fn decimal(factor: f64, power: i32) -> f64 {
    format!("{factor}e{power}").parse().unwrap_or(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_in_years() {
        let (ticks, end) = time(149.0, Some("months"), 560.0, 40.0);
        assert_eq!((ticks.len(), ticks[1], end), (13, 12.0, 149.0));
        let (ticks, end) = time(142.0, Some("months"), 560.0, 40.0);
        assert_eq!((ticks.len(), end), (13, 144.0));
        assert_eq!(time(10.0, Some("months"), 560.0, 40.0).0[1], 1.0);
    }

    #[test]
    fn other_axes_have_round_steps_with_room() {
        for (longest, unit) in [(7.3, Some("years")), (0.02, None), (98_765.0, None), (2556.0, Some("days"))]
        {
            let (ticks, end) = time(longest, unit, 500.0, 40.0);
            let step = ticks[1] - ticks[0];
            assert!(500.0 * step / end >= 40.0 && ticks.len() >= 4, "{longest}: {ticks:?}");
            assert!(*ticks.last().unwrap() <= end * (1.0 + 1e-9));
        }
        assert_eq!(time(f64::NAN, None, 500.0, 40.0).1, 1.0);
        assert_eq!(time(0.0, Some("months"), 500.0, 40.0).0, [0.0, 1.0]);
        for shortest in [5e-324, 4e-321, 1e-308] {
            assert_eq!(time(shortest, None, 500.0, 40.0).1, 1.0, "{shortest}");
        }
        assert!(time(1e-280, None, 500.0, 40.0).0.len() >= 4);
        assert!(time(f64::MAX, None, 500.0, 40.0).0.len() >= 4);
    }

    #[test]
    fn linear_ticks_are_round_and_inside() {
        assert_eq!(linear(1.3, 7.9, 3), [5.0]);
        assert_eq!(linear(0.0, 10.0, 4), [0.0, 5.0, 10.0]);
        assert_eq!(linear(-0.9, 1.1, 4), [-0.5, 0.0, 0.5, 1.0]);
        assert_eq!(linear(3.0, 3.0, 3), [3.0]);
    }

    #[test]
    fn logarithmic_ticks_hold_both_ends() {
        assert_eq!(logarithmic(0.4, 88.0), [0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]);
        assert_eq!(logarithmic(1.0, 1.0), [1.0]);
        assert_eq!(logarithmic(0.01, 1000.0), [0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]);
    }
}
