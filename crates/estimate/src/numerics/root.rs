//! Where a function of one number is 0.
//!
//! # References
//! Brent 1971, doi:10.1093/comjnl/14.4.422 (bracketing with inverse quadratic interpolation).

/// More steps than halving needs between any two doubles.
const LIMIT: u32 = 2200;

/// The root between two numbers at which the function has opposite signs, to the last digits of a double; none where
/// the signs agree or a value is not a number. Infinite values have their sign.
pub fn between(f: impl Fn(f64) -> f64, low: f64, high: f64) -> Option<f64> {
    let (mut a, mut b) = (low, high);
    let (mut fa, mut fb) = (f(a), f(b));
    if fa == 0.0 {
        return Some(a);
    }
    if fb == 0.0 {
        return Some(b);
    }
    if fa.is_nan() || fb.is_nan() || (fa > 0.0) == (fb > 0.0) {
        return None;
    }
    let (mut c, mut fc) = (a, fa);
    let mut step = b - a;
    let mut before = step;
    for _ in 0..LIMIT {
        if (fb > 0.0) == (fc > 0.0) {
            (c, fc) = (a, fa);
            step = b - a;
            before = step;
        }
        if fc.abs() < fb.abs() {
            (a, b, c) = (b, c, b);
            (fa, fb, fc) = (fb, fc, fb);
        }
        let tolerance = 2.0 * f64::EPSILON * b.abs() + 1e-305;
        let half = 0.5 * (c - b);
        if half.abs() <= tolerance || fb == 0.0 {
            return Some(b);
        }
        match interpolated((a, fa), (b, fb), (c, fc), half) {
            Some(next)
                if before.abs() >= tolerance
                    && fa.abs() > fb.abs()
                    && 2.0 * next.abs() < (3.0 * half.abs() - tolerance).min(before.abs()) =>
            {
                (before, step) = (step, next);
            }
            _ => (before, step) = (half, half),
        }
        (a, fa) = (b, fb);
        b += if step.abs() > tolerance { step } else { tolerance.copysign(half) };
        fb = f(b);
        if fb.is_nan() {
            return None;
        }
    }
    Some(b)
}

/// The step that the line or parabola through the last points proposes, if it goes towards the other end.
fn interpolated(a: (f64, f64), b: (f64, f64), c: (f64, f64), half: f64) -> Option<f64> {
    let s = b.1 / a.1;
    let (p, q) = if a.0 == c.0 {
        (2.0 * half * s, 1.0 - s)
    } else {
        let (r, t) = (b.1 / c.1, a.1 / c.1);
        (s * (2.0 * half * t * (t - r) - (b.0 - a.0) * (r - 1.0)), (t - 1.0) * (r - 1.0) * (s - 1.0))
    };
    let step = if a.0 == c.0 { p / q } else { -p / q };
    (step.is_finite() && step * half > 0.0).then_some(step)
}

/// The root of a falling function, sought outwards from a start; none within `reach` of it.
pub fn of_falling(f: impl Fn(f64) -> f64, start: f64, reach: f64) -> Option<f64> {
    let first = f(start);
    if first == 0.0 {
        return Some(start);
    }
    let direction = if first > 0.0 { 1.0 } else { -1.0 };
    let (mut near, mut step) = (start, 0.25);
    while (near - start).abs() < reach {
        let far = near + direction * step;
        let value = f(far);
        if value.is_nan() {
            return None;
        }
        if value == 0.0 || (value > 0.0) != (first > 0.0) {
            return between(&f, near, far);
        }
        near = far;
        step *= 2.0;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_to_the_last_digit() {
        let close = |ours: Option<f64>, exact: f64| {
            assert!((ours.unwrap() / exact - 1.0).abs() < 4e-16, "{ours:?} {exact}");
        };
        close(between(|x| x * x - 2.0, 0.0, 2.0), 2.0_f64.sqrt());
        close(between(|x| 1.0 / x - 1e9, 0.0, 1.0), 1e-9);
        close(between(|x| (x - 3.0).powi(3), 0.0, 10.0), 3.0);
        close(of_falling(|x| 7.0 - x.exp(), -40.0, 1e3), 7.0_f64.ln());
        close(of_falling(|x| -50.0 - x.powi(5), 30.0, 1e3), -(50.0_f64.powf(0.2)));
    }

    #[test]
    fn no_root_is_none() {
        assert_eq!(between(|x| x * x + 1.0, -1.0, 1.0), None);
        assert_eq!(between(|_| f64::NAN, -1.0, 1.0), None);
        assert_eq!(of_falling(|x| (-x).exp(), 0.0, 50.0), None);
    }
}
