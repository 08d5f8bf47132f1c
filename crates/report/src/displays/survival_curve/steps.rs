//! Step functions on the plane of the figure.

use crate::drawing::coordinate;
use study::{Curve, CurveMeasure};

/// Steps closer than this cannot be told apart in print; curves of many patients are drawn with as many as can.
const FINEST: f64 = 0.2;

/// Censoring marks closer than this would merge into a block; they are drawn once.
const CLOSEST: f64 = 2.5;

/// Where times and probabilities lie.
pub(in crate::displays) struct Plane {
    pub(in crate::displays) left: f64,
    pub(in crate::displays) top: f64,
    pub(in crate::displays) width: f64,
    pub(in crate::displays) height: f64,
    /// The time at the right end.
    pub(in crate::displays) end: f64,
    /// The value at the upper end: 1 of probabilities.
    pub(in crate::displays) high: f64,
}

impl Plane {
    pub(in crate::displays) fn x(&self, time: f64) -> f64 {
        self.left + time / self.end * self.width
    }

    pub(in crate::displays) fn y(&self, value: f64) -> f64 {
        self.top + (1.0 - (value / self.high).clamp(0.0, 1.0)) * self.height
    }
}

/// The curve's path: right, then down, to the last follow-up. It comes from where nobody has had the event, also where
/// somebody has it at the very beginning.
pub(in crate::displays) fn curve(curve: &Curve, plane: &Plane) -> String {
    let survival = curve.measure == CurveMeasure::Probability && curve.cause.is_none();
    let origin = plane.y(if survival { 1.0 } else { 0.0 });
    let mut steps: Vec<(f64, f64)> =
        curve.time.first().map(|begin| (plane.x(*begin), origin)).into_iter().collect();
    let last = curve.time.len().min(curve.estimate.len()).saturating_sub(1);
    for (index, (time, estimate)) in curve.time.iter().zip(&curve.estimate).enumerate() {
        let (x, y) = (plane.x(*time), plane.y(*estimate));
        let count = steps.len();
        match steps.last_mut() {
            Some(previous) if previous.1 == y && index < last => {}
            Some(previous) if count > 1 && x - previous.0 < FINEST => previous.1 = y,
            _ => steps.push((x, y)),
        }
    }
    let mut d = String::new();
    for (index, (x, y)) in steps.into_iter().enumerate() {
        let (x, y) = (coordinate(x), coordinate(y));
        d.push_str(&if index == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") });
    }
    d
}

/// The points of a curve that has no steps, joined.
pub(in crate::displays) fn joined(curve: &Curve, plane: &Plane) -> String {
    let points = curve.time.iter().zip(&curve.estimate).enumerate();
    points
        .map(|(index, (time, estimate))| {
            let letter = if index == 0 { 'M' } else { 'L' };
            format!("{letter}{} {}", coordinate(plane.x(*time)), coordinate(plane.y(*estimate)))
        })
        .collect()
}

/// The closed path of the pointwise intervals around joined points: one area for each run that has both limits.
pub(in crate::displays) fn joined_band(curve: &Curve, plane: &Plane) -> String {
    let limits: Vec<Option<(f64, f64, f64)>> = (0..curve.time.len())
        .map(|index| {
            let (lower, upper) = curve.lower.get(index)?.zip(*curve.upper.get(index)?)?;
            Some((plane.x(curve.time[index]), plane.y(lower), plane.y(upper)))
        })
        .collect();
    let mut d = String::new();
    for run in limits.split(Option::is_none) {
        let there = run.iter().flatten().map(|(x, _, upper)| (*x, *upper));
        let back = run.iter().rev().flatten().map(|(x, lower, _)| (*x, *lower));
        let points: Vec<String> =
            there.chain(back).map(|(x, y)| format!("{} {}", coordinate(x), coordinate(y))).collect();
        if run.len() > 1 {
            d.push_str(&format!("M{}Z", points.join("L")));
        }
    }
    d
}

/// The closed path of the pointwise intervals: one area for each run of times that have both limits.
pub(in crate::displays) fn band(curve: &Curve, plane: &Plane) -> String {
    let mut d = String::new();
    let mut run: Vec<(f64, f64, f64)> = Vec::new();
    for (index, time) in curve.time.iter().enumerate() {
        let x = plane.x(*time);
        let limits = curve.lower.get(index).copied().flatten().zip(curve.upper.get(index).copied().flatten());
        match limits {
            Some((lower, upper)) => {
                let (lower, upper) = (plane.y(lower), plane.y(upper));
                let count = run.len();
                match run.last_mut() {
                    Some(previous)
                        if previous.1 == lower && previous.2 == upper && index + 1 < curve.time.len() => {}
                    Some(previous) if count > 1 && x - previous.0 < FINEST => {
                        (previous.1, previous.2) = (lower, upper);
                    }
                    _ => run.push((x, lower, upper)),
                }
            }
            // Without limits the area ends here: it reaches to this time and not beyond.
            None => close(&mut d, &mut run, x),
        }
    }
    let end = run.last().map_or(0.0, |last| last.0);
    close(&mut d, &mut run, end);
    d
}

fn close(d: &mut String, run: &mut Vec<(f64, f64, f64)>, end: f64) {
    let Some(first) = run.first() else { return };
    d.push_str(&format!("M{} {}", coordinate(first.0), coordinate(first.2)));
    for (x, _, upper) in &run[1..] {
        d.push_str(&format!("H{}V{}", coordinate(*x), coordinate(*upper)));
    }
    d.push_str(&format!("H{}", coordinate(end)));
    for (x, lower, _) in run.iter().rev() {
        d.push_str(&format!("V{}H{}", coordinate(*lower), coordinate(*x)));
    }
    d.push('Z');
    run.clear();
}

/// Where patients were censored; marks that would overlap are drawn once.
pub(in crate::displays) fn censored(curve: &Curve, plane: &Plane) -> Vec<(f64, f64)> {
    let mut marks: Vec<(f64, f64)> = Vec::new();
    for ((time, estimate), censored) in curve.time.iter().zip(&curve.estimate).zip(&curve.censored) {
        let (x, y) = (plane.x(*time), plane.y(*estimate));
        let overlaps =
            marks.last().is_some_and(|(last, level)| x - last < CLOSEST && (*level - y).abs() < CLOSEST);
        if *censored > 0 && !overlaps {
            marks.push((x, y));
        }
    }
    marks
}

/// How many are at risk at a time: as many as just before the first step at or after it.
pub(in crate::displays) fn at_risk(curve: &Curve, time: f64) -> u64 {
    curve.at_risk.get(step_from(curve, time)).copied().unwrap_or(0)
}

/// The sum of the weights of those at risk at a time.
pub(in crate::displays) fn weight_at_risk(curve: &Curve, time: f64) -> f64 {
    curve.weighted_at_risk.get(step_from(curve, time)).copied().unwrap_or(0.0)
}

fn step_from(curve: &Curve, time: f64) -> usize {
    // Ticks and times are both decimals of the same unit: a difference in the last digits is no difference.
    curve.time.partition_point(|step| *step < time * (1.0 - 1e-12))
}

/// The highest and the lowest point that curve or band reach between two horizontal places.
pub(in crate::displays) fn reach(curve: &Curve, plane: &Plane, from: f64, to: f64) -> Option<(f64, f64)> {
    let mut reach: Option<(f64, f64)> = None;
    for (index, (time, estimate)) in curve.time.iter().zip(&curve.estimate).enumerate() {
        let begins = plane.x(*time);
        let ends = curve.time.get(index + 1).map_or(begins, |next| plane.x(*next));
        if ends < from || begins > to {
            continue;
        }
        let limit = |limits: &[Option<f64>]| limits.get(index).copied().flatten().unwrap_or(*estimate);
        // At a step the curve runs from the value before.
        let before = if index > 0 { curve.estimate[index - 1] } else { *estimate };
        let highest = plane.y(limit(&curve.upper).max(before));
        let lowest = plane.y(limit(&curve.lower).min(before));
        reach = Some(reach.map_or((highest, lowest), |(h, l)| (h.min(highest), l.max(lowest))));
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANE: Plane = Plane { left: 0.0, top: 0.0, width: 100.0, height: 100.0, end: 10.0, high: 1.0 };

    /// Five patients: events at 2 and 4, censored at 3, 5 and 8.
    fn five() -> Curve {
        Curve {
            time: vec![0.0, 2.0, 3.0, 4.0, 5.0, 8.0],
            at_risk: vec![5, 5, 4, 3, 2, 1],
            events: vec![0, 1, 0, 1, 0, 0],
            censored: vec![0, 0, 1, 0, 1, 1],
            estimate: vec![1.0, 0.8, 0.8, 0.5, 0.5, 0.5],
            std_error: vec![None; 6],
            lower: vec![None, Some(0.4), Some(0.4), Some(0.1), Some(0.1), Some(0.1)],
            upper: vec![None, Some(0.9), Some(0.9), Some(0.8), Some(0.8), Some(0.8)],
            ..Curve::default()
        }
    }

    #[test]
    fn the_curve_steps_at_events_and_ends_with_follow_up() {
        assert_eq!(curve(&five(), &PLANE), "M0 0H20V20H40V50H80V50");
        let mut at_once = five();
        at_once.estimate[0] = 0.9;
        assert_eq!(curve(&at_once, &PLANE), "M0 0H0V10H20V20H40V50H80V50", "an event at the beginning");
    }

    #[test]
    fn the_band_closes_over_its_own_limits() {
        assert_eq!(band(&five(), &PLANE), "M20 10H40V20H80V20H80V90H80V90H40V60H20Z");
    }

    #[test]
    fn joined_points_and_their_band_have_no_steps() {
        assert_eq!(joined(&five(), &PLANE), "M0 0L20 20L30 20L40 50L50 50L80 50");
        let mut curve = five();
        (curve.lower[3], curve.upper[3]) = (None, None);
        assert_eq!(joined_band(&curve, &PLANE), "M20 10L30 10L30 60L20 60ZM50 20L80 20L80 90L50 90Z");
    }

    #[test]
    fn the_band_ends_where_limits_end() {
        let mut curve = five();
        (curve.lower[3], curve.upper[3]) = (None, None);
        assert_eq!(band(&curve, &PLANE), "M20 10H40V60H20ZM50 20H80V20H80V90H80V90H50Z");
    }

    #[test]
    fn at_risk_counts_those_who_are_still_followed() {
        let curve = five();
        assert_eq!([0.0, 1.0, 2.0, 2.5, 4.0, 8.0, 9.0].map(|t| at_risk(&curve, t)), [5, 5, 5, 4, 3, 1, 0]);
    }

    #[test]
    fn weights_at_risk_belong_to_the_same_steps() {
        let curve = Curve { weighted_at_risk: vec![6.5, 6.5, 5.0, 3.25, 2.0, 0.5], ..five() };
        assert_eq!([0.0, 2.5, 8.0, 9.0].map(|t| weight_at_risk(&curve, t)), [6.5, 5.0, 0.5, 0.0]);
        assert_eq!(weight_at_risk(&five(), 2.5), 0.0, "patients without weights");
    }

    #[test]
    fn censored_patients_are_marked_on_the_curve() {
        let marks: Vec<_> =
            censored(&five(), &PLANE).into_iter().map(|(x, y)| (x.round(), y.round())).collect();
        assert_eq!(marks, [(30.0, 20.0), (50.0, 50.0), (80.0, 50.0)]);
    }

    #[test]
    fn reach_sees_curve_and_band() {
        assert_eq!(reach(&five(), &PLANE, 25.0, 28.0), Some((0.0, 60.0)));
        assert_eq!(reach(&five(), &PLANE, 85.0, 99.0), None);
    }

    #[test]
    fn a_hundred_thousand_steps_are_drawn_in_no_more_than_can_be_seen() {
        let n = 100_000_u32;
        let share = |i: u32| 1.0 - 0.9 * f64::from(i) / f64::from(n);
        let many = Curve {
            time: (0..n).map(|i| 10.0 * f64::from(i) / f64::from(n)).collect(),
            estimate: (0..n).map(share).collect(),
            censored: vec![1; n as usize],
            lower: (0..n).map(|i| Some(share(i) - 0.01)).collect(),
            upper: (0..n).map(|i| Some(share(i) + 0.01)).collect(),
            ..Curve::default()
        };
        let (line, area) = (curve(&many, &PLANE), band(&many, &PLANE));
        assert!(line.matches('H').count() <= 501 && area.matches('H').count() <= 1003);
        assert!(censored(&many, &PLANE).len() <= 41);
        assert!(line.ends_with("V90"), "{}", &line[line.len() - 20..]);
    }
}
