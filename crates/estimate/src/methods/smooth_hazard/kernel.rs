//! Epanechnikov's kernel, and what takes its place near an end of the time looked at.

use crate::life_table::LifeTable;
use std::ops::Range;

/// The boundary kernel K₊(q, z) of Müller & Wang; at q = 1 it is Epanechnikov's.
fn boundary(q: f64, z: f64) -> f64 {
    if !(-1.0..=q).contains(&z) {
        return 0.0;
    }
    let fourth = (1.0 + q).powi(4);
    12.0 / fourth * (z + 1.0) * (z * (1.0 - 2.0 * q) + (3.0 * q * q - 2.0 * q + 1.0) / 2.0)
}

/// The time looked at, and the bandwidth: at most half of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) start: f64,
    pub(super) until: f64,
    pub(super) bandwidth: f64,
}

impl Window {
    /// The share of the kernel that lies within the time looked at, and whether it is the end that cuts it.
    fn shape(&self, time: f64) -> (f64, bool) {
        let left = (time - self.start) / self.bandwidth;
        let right = (self.until - time) / self.bandwidth;
        if left < 1.0 { (left, false) } else { (right.min(1.0), right < 1.0) }
    }

    /// K((time − event)/b)/b.
    pub(super) fn weight(&self, time: f64, event: f64) -> f64 {
        let z = (time - event) / self.bandwidth;
        let (q, end) = self.shape(time);
        boundary(q, if end { -z } else { z }) / self.bandwidth
    }

    /// Coefficients of 1, event and event² in that weight, for events counted from the start.
    pub(super) fn polynomial(&self, time: f64) -> [f64; 3] {
        let (b, (q, end)) = (self.bandwidth, self.shape(time));
        // (z + 1)(a z + c) with z = ±(time − event)/b = p + m·event.
        let sign = if end { -1.0 } else { 1.0 };
        let (p, m) = (sign * (time - self.start) / b, -sign / b);
        let (a, c) = (1.0 - 2.0 * q, (3.0 * q * q - 2.0 * q + 1.0) / 2.0);
        let factor = 12.0 / ((1.0 + q).powi(4) * b);
        [(p + 1.0) * (a * p + c), m * (2.0 * a * p + a + c), a * m * m].map(|part| factor * part)
    }

    /// Positions of the distinct times that the kernel at a time reaches.
    pub(super) fn reach(&self, table: &LifeTable, time: f64) -> Range<usize> {
        let from = table.time.partition_point(|known| *known < time - self.bandwidth);
        let last = (time + self.bandwidth).min(self.until);
        from..table.time.partition_point(|known| *known <= last)
    }

    /// Times evenly spaced over the time looked at: so many intervals between them.
    pub(super) fn grid(&self, intervals: usize) -> impl Iterator<Item = f64> {
        let Self { start, until, .. } = *self;
        (0..=intervals).map(move |index| match index {
            last if last == intervals => until,
            _ => start + (until - start) * index as f64 / intervals as f64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Simpson's rule, exact for the cubics that moments of the kernel are.
    fn integral(f: impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
        (to - from) / 6.0 * (f(from) + 4.0 * f((from + to) / 2.0) + f(to))
    }

    /// Identity, `smooth_hazard`: every boundary kernel has the integral 1 and the mean 0.
    #[test]
    fn every_boundary_kernel_has_the_integral_1_and_the_mean_0() {
        for q in [0.0, 0.1, 0.3, 0.5, 0.77, 1.0] {
            assert!((integral(|z| boundary(q, z), -1.0, q) - 1.0).abs() < 1e-14, "{q}");
            assert!(integral(|z| z * boundary(q, z), -1.0, q).abs() < 1e-14, "{q}");
            assert_eq!(boundary(q, -1.0), 0.0);
            assert_eq!(boundary(q, q + 0.01), 0.0);
        }
        for z in [-0.9, -0.2, 0.0, 0.4] {
            assert!((boundary(1.0, z) - 0.75 * (1.0 - z * z)).abs() < 1e-15, "Epanechnikov’s inside");
        }
    }

    /// Identity, `smooth_hazard`: the kernel at the end is the mirror image of that at the start.
    #[test]
    fn both_ends_are_mirror_images() {
        let window = Window { start: 2.0, until: 12.0, bandwidth: 4.0 };
        for (time, event) in [(2.0, 3.0), (3.5, 2.5), (5.0, 8.5), (7.0, 4.5)] {
            let mirrored = window.weight(14.0 - time, 14.0 - event);
            assert!((window.weight(time, event) - mirrored).abs() < 1e-15);
        }
        assert_eq!(window.weight(2.0, 6.5), 0.0, "beyond the bandwidth");
    }

    #[test]
    fn the_polynomial_is_the_weight() {
        let window = Window { start: 2.0, until: 12.0, bandwidth: 4.0 };
        for (time, event) in [(2.5, 3.0), (7.0, 4.5), (11.0, 9.5)] {
            let [one, first, second] = window.polynomial(time);
            let own = event - 2.0;
            let found = one + own * (first + own * second);
            assert!((found - window.weight(time, event)).abs() < 1e-14, "{time} {event}");
        }
    }
}
