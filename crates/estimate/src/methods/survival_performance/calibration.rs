//! Observed against predicted risk in groups of predicted risk.

use super::predicted::Predictions;
use crate::life_table::LifeTable;
use crate::methods::kaplan_meier::{CurveInterval, ProductLimit};
use crate::methods::tests::Frequencies;
use crate::methods::tests::frequencies::QuantileDefinition;
use study::Problem;

/// Predicted risks that differ by less are equal but for rounding.
const DIGITS: f64 = 1e12;

/// Patients of similar predicted risk.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RiskGroup {
    pub(super) patients: u64,
    /// With the event by the time.
    pub(super) events: u64,
    /// Mean predicted risk.
    pub(super) predicted: f64,
    /// 1 less Kaplan–Meier, its standard error and limits; none where follow-up of the group ends before.
    pub(super) observed: Option<Observed>,
}

/// The risk observed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Observed {
    pub(super) risk: f64,
    pub(super) std_error: Option<f64>,
    pub(super) limits: Option<(f64, f64)>,
}

/// The groups, ascending; fewer than asked for where many patients have the same risk.
pub(super) fn risk_groups(
    predictions: &Predictions<'_>,
    survival: &[f64],
    at: f64,
    groups: u64,
    scale: CurveInterval,
    z: f64,
) -> Result<Vec<RiskGroup>, Problem> {
    let rows = predictions.rows;
    let risk = |row: usize| libm::round((1.0 - survival[row]) * DIGITS) / DIGITS;
    let risks = Frequencies::new((0..rows.len()).map(|row| (risk(row), rows[row].n)));
    let cut = |group: u64| risks.quantiles([group as f64 / groups as f64], QuantileDefinition::Interpolated);
    let cuts: Vec<f64> = (1..groups).filter_map(cut).map(|[cut]| cut).collect();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); groups as usize];
    for row in 0..rows.len() {
        members[cuts.partition_point(|cut| *cut < risk(row))].push(row);
    }
    let passed = predictions.passed(at);
    let group = |members: Vec<usize>| -> Result<RiskGroup, Problem> {
        let patients: u64 = members.iter().map(|row| rows[*row].n).sum();
        let early = members.iter().filter(|row| rows[**row].event && (rows[**row].time as usize) < passed);
        let total: f64 = members.iter().map(|row| rows[*row].n as f64 * (1.0 - survival[*row])).sum();
        let course = members.iter().map(|row| {
            let row = &rows[*row];
            (predictions.fitted.times[row.time as usize], row.event, row.n)
        });
        let table = LifeTable::new(course)?;
        let observed = ProductLimit::new(&table).at(at).map(|point| Observed {
            risk: 1.0 - point.survival,
            std_error: point.std_error(),
            limits: scale
                .limits(point.survival, point.log_variance, z)
                .map(|(low, high)| (1.0 - high, 1.0 - low)),
        });
        let events = early.map(|row| rows[*row].n).sum();
        Ok(RiskGroup { patients, events, predicted: total / patients as f64, observed })
    };
    members.into_iter().filter(|members| !members.is_empty()).map(group).collect()
}
