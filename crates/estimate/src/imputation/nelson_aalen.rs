//! What an endpoint tells about covariates: its event, and the cumulative hazard up to each patient's own time.
//!
//! # Formula
//! Ĥ(t) = Σ over event times tᵢ ≤ t of dᵢ/nᵢ. An imputation model that holds the event and Ĥ of the patient's own time is,
//! to good approximation, the one that a Cox model implies; the time itself, or its logarithm, is not.
//! # References
//! White & Royston 2009, doi:10.1002/sim.3618; Nelson 1972, doi:10.1080/00401706.1972.10488991; Aalen 1978,
//! doi:10.1214/aos/1176344247.

use crate::life_table::{LifeTable, tied};
use study::Problem;

/// The cumulative hazard of each patient's own time; NaN where time or event is unknown.
pub(super) fn hazards(time: &[f64], event: &[Option<bool>], n: &[u64]) -> Result<Vec<f64>, Problem> {
    let known = (0..time.len()).filter(|row| !time[*row].is_nan());
    let table = LifeTable::new(known.filter_map(|row| Some((time[row], event[row]?, n[row]))))?;
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
    let own = |(time, event): (&f64, &Option<bool>)| {
        if time.is_nan() || event.is_none() {
            return f64::NAN;
        }
        let passed = table.time.partition_point(|earlier| *earlier <= tied(*time));
        passed.checked_sub(1).map_or(0.0, |index| cumulative[index])
    };
    Ok(time.iter().zip(event).map(own).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hazard_up_to_each_time_by_hand() {
        // Five at risk at 1, of whom one has the event; three at 2, of whom two.
        let time = [1.0, 1.0, 2.0, 3.0, f64::NAN, 5.0];
        let event = [Some(true), Some(false), Some(true), Some(false), Some(true), None];
        let found = hazards(&time, &event, &[1, 1, 2, 1, 7, 7]).unwrap();
        let (first, second) = (0.2, 0.2 + 2.0 / 3.0);
        for (ours, exact) in found.iter().zip([first, first, second, second]) {
            assert!((ours - exact).abs() < 1e-15);
        }
        assert!(found[4].is_nan() && found[5].is_nan());
    }
}
