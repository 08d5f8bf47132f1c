//! What an endpoint tells about covariates: its event, and the cumulative hazard up to each patient's own time.
//!
//! # Formula
//! Ĥ(t) = Σ over event times tᵢ ≤ t of dᵢ/nᵢ; of a patient who came under observation at e, Ĥ(t) − Ĥ(e). An imputation model that holds the event and Ĥ of the patient's own time is,
//! to good approximation, the one that a Cox model implies; the time itself, or its logarithm, is not.
//! # References
//! White & Royston 2009, doi:10.1002/sim.3618; Nelson 1972, doi:10.1080/00401706.1972.10488991; Aalen 1978,
//! doi:10.1214/aos/1176344247.

use crate::life_table::{Course, LifeTable, Weighing, tied};
use study::Problem;

/// The cumulative hazard of each patient's own time under observation, 0 where there was none; NaN where time, entry or event
/// is unknown.
pub(super) fn hazards(
    time: &[f64],
    entry: Option<&[f64]>,
    event: &[Option<bool>],
    n: &[u64],
) -> Result<Vec<f64>, Problem> {
    let entered = |row: usize| entry.map_or(0.0, |entry| tied(entry[row]));
    let is_known = |row: &usize| !time[*row].is_nan() && !entered(*row).is_nan();
    let at_risk = |row: &usize| entry.is_none() || entered(*row) < tied(time[*row]);
    let known = (0..time.len()).filter(|row| is_known(row) && at_risk(row));
    let courses = known.filter_map(|row| {
        Some(Course { entry: entered(row), time: time[row], event: event[row]?, n: n[row], weight: 1.0 })
    });
    let table = LifeTable::of(courses, Weighing::Counted)?;
    let mut hazard = 0.0;
    let cumulative: Vec<f64> = table
        .events
        .iter()
        .zip(&table.at_risk)
        .map(|(events, at_risk)| {
            hazard += *events as f64 / *at_risk as f64;
            hazard
        })
        .collect();
    let until = |time: f64| {
        let passed = table.time.partition_point(|earlier| *earlier <= tied(time));
        passed.checked_sub(1).map_or(0.0, |index| cumulative[index])
    };
    let own = |row: usize| match event[row] {
        Some(_) if is_known(&row) => (until(time[row]) - until(entered(row))).max(0.0),
        _ => f64::NAN,
    };
    Ok((0..time.len()).map(own).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hazard_up_to_each_time_by_hand() {
        // Five at risk at 1, of whom one has the event; three at 2, of whom two.
        let time = [1.0, 1.0, 2.0, 3.0, f64::NAN, 5.0];
        let event = [Some(true), Some(false), Some(true), Some(false), Some(true), None];
        let found = hazards(&time, None, &event, &[1, 1, 2, 1, 7, 7]).unwrap();
        let (first, second) = (0.2, 0.2 + 2.0 / 3.0);
        for (ours, exact) in found.iter().zip([first, first, second, second]) {
            assert!((ours - exact).abs() < 1e-15);
        }
        assert!(found[4].is_nan() && found[5].is_nan());
    }

    #[test]
    fn who_enters_late_has_the_hazard_from_then_on() {
        // At 1 two are at risk, at 2 three, the third having entered at 1; the fourth left before he entered.
        let (time, entry) = ([1.0, 3.0, 2.0, 4.0, 3.0, 3.0], [0.0, 0.0, 1.0, 5.0, f64::NAN, 1.5]);
        let event = [Some(true), Some(false), Some(true), Some(true), Some(true), Some(true)];
        let found = hazards(&time, Some(&entry), &event, &[1; 6]).unwrap();
        let (first, second, third) = (0.5, 1.0 / 3.0, 0.5);
        for (row, exact) in
            [first, first + second + third, second, 0.0, f64::NAN, second + third].into_iter().enumerate()
        {
            assert!(
                (found[row] - exact).abs() < 1e-15 || (found[row].is_nan() && exact.is_nan()),
                "{row} {found:?}"
            );
        }
    }
}
