//! Survival at one time, compared between groups.

use super::KaplanMeierOptions;
use super::curve::{Band, Point, ProductLimit};
use crate::follow_up::FollowUp;
use crate::methods::equality::all_equal;
use study::results::finite;
use study::{Analysis, Estimate, Interval, IntervalMethod, Notice, Problem, Quantity, Results, TestName};

/// Refuses a comparison of nothing.
pub(super) fn check(options: &KaplanMeierOptions, analysis: &Analysis) -> Result<(), Problem> {
    let Some(_) = options.difference else {
        if options.reference.is_some() {
            return Err(analysis
                .refuse(&["reference".into()], "there is a reference, but no survival is compared with it")
                .help("write difference = \"log_log\", or remove `reference`"));
        }
        return Ok(());
    };
    if options.by.is_none() {
        return Err(analysis
            .refuse(&["difference".into()], "no groups are there to be compared")
            .help("name the variable with `by`"));
    }
    if options.at.is_empty() {
        return Err(analysis
            .refuse(&["difference".into()], "no time is given at which survival is compared")
            .help("give the times with `at`, for example at = [12, 36]"));
    }
    Ok(())
}

/// The rows of every time: each group less the reference, and all groups together where there are more than two.
pub(super) fn compare(
    results: &mut Results,
    patients: &FollowUp,
    at: &[f64],
    band: &Band,
    reference: Option<usize>,
) {
    let Some(reference) = reference else { return };
    let groups = &patients.groups;
    for at in at {
        let points: Vec<Option<Point>> =
            groups.iter().map(|group| ProductLimit::new(&group.table).at(at * patients.scale)).collect();
        for index in (0..groups.len()).filter(|index| *index != reference) {
            let pair = points[index].zip(points[reference]);
            let mut row = Estimate {
                group: groups[index].level.clone(),
                reference: groups[reference].level.clone(),
                at: Some(*at),
                ..Estimate::new(
                    Quantity::SurvivalDifference,
                    pair.map_or(f64::NAN, |(own, other)| own.survival - other.survival),
                )
            };
            if let Some(pair) = pair {
                describe(&mut row, pair, band);
                if row.test.is_none() {
                    results.notices.push(Notice::NoDifferenceTest {
                        group: row.group.clone(),
                        reference: row.reference.clone(),
                        at: *at,
                    });
                }
            }
            results.estimates.push(row);
        }
        if groups.len() > 2 {
            all_together(results, &points, *at, band);
        }
    }
    results.methods_text.push(format!(
        "Survival at prespecified times was compared between groups by its difference, with Wald limits, and tested on \
         the {} scale.",
        band.scale.text()
    ));
}

/// Error, limits and test of a difference. A group in which nobody or everybody has had the event by then has no
/// variance, which is not the same as being known exactly: there is then only the difference.
fn describe(row: &mut Estimate, (own, other): (Point, Point), band: &Band) {
    let transformed = |point: Point| band.scale.transformed(point.survival, point.log_variance);
    let Some((ours, theirs)) = transformed(own).zip(transformed(other)) else { return };
    let variance = |point: Point| point.survival * point.survival * point.log_variance;
    let error = (variance(own) + variance(other)).sqrt();
    let value = own.survival - other.survival;
    row.std_error = finite(error);
    row.interval = Some(Interval {
        lower: Some((value - band.z * error).max(-1.0)),
        upper: Some((value + band.z * error).min(1.0)),
        confidence_level: band.confidence_level,
        method: IntervalMethod::Wald,
    });
    row.test = all_equal(TestName::SurvivalAtTime, &[theirs, ours]);
}

/// One test of all groups at one time.
fn all_together(results: &mut Results, points: &[Option<Point>], at: f64, band: &Band) {
    let transformed: Option<Vec<(f64, f64)>> = points
        .iter()
        .map(|point| point.and_then(|point| band.scale.transformed(point.survival, point.log_variance)))
        .collect();
    if let Some(test) = transformed.and_then(|values| all_equal(TestName::SurvivalAtTime, &values)) {
        let row = Estimate { at: Some(at), ..Estimate::new(Quantity::SurvivalDifference, f64::NAN) };
        results.estimates.push(Estimate { test: Some(test), ..row });
    }
}
