//! Observed against predicted risk in groups of predicted risk.

use super::censoring::later;
use super::predicted::Predictions;
use crate::life_table::{Course as LifeCourse, LifeTable, Weighing};
use crate::methods::cox::all_alike;
use crate::methods::fitted_cox::Row;
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
    let sampled = rows.iter().any(|row| row.weight != 1.0);
    let weighing = if sampled { Weighing::Sampled } else { Weighing::Counted };
    let group = |members: Vec<usize>| -> Result<RiskGroup, Problem> {
        let patients: u64 = members.iter().map(|row| rows[*row].n).sum();
        let early = members.iter().filter(|row| rows[**row].event && (rows[**row].time as usize) < passed);
        let weight: f64 = members.iter().map(|row| rows[*row].total()).sum();
        let total: f64 = members.iter().map(|row| rows[*row].total() * (1.0 - survival[*row])).sum();
        let course = members.iter().map(|row| {
            let Row { time, event, n, weight, .. } = rows[*row];
            LifeCourse { entry: 0.0, time: predictions.fitted.times[time as usize], event, n, weight }
        });
        let table = LifeTable::of(course, weighing)?;
        let observed = ProductLimit::new(&table).at(at).map(|mut point| {
            if point.survival > 0.0 && point.log_variance > 0.0 {
                point.log_variance = clustered(predictions, &members, passed).unwrap_or(point.log_variance);
            }
            Observed {
                risk: 1.0 - point.survival,
                std_error: point.std_error(),
                limits: scale
                    .limits(point.survival, point.log_variance, z)
                    .map(|(low, high)| (1.0 - high, 1.0 - low)),
            }
        });
        let events = early.map(|row| rows[*row].n).sum();
        Ok(RiskGroup { patients, events, predicted: total / weight, observed })
    };
    members.into_iter().filter(|members| !members.is_empty()).map(group).collect()
}

/// The variance by clusters of the logarithm of the Kaplan–Meier estimate of some rows after so many distinct times: of
/// one patient's weight it has the derivative Σ d/(n (n − d)) over the event times while at risk, and −1/n at an own event.
fn clustered(predictions: &Predictions<'_>, members: &[usize], passed: usize) -> Option<f64> {
    let (of_row, count) = predictions.fitted.clusters.as_ref()?;
    if all_alike(members.iter().map(|member| of_row[*member])) {
        return Some(f64::NAN);
    }
    let (mut events, mut censored) = (vec![0.0; passed], vec![0.0; passed]);
    let (mut beyond, rows) = (0.0, predictions.rows);
    for row in members.iter().map(|row| &rows[*row]) {
        let sums = if row.event { &mut events } else { &mut censored };
        *sums.get_mut(row.time as usize).unwrap_or(&mut beyond) += row.total();
    }
    // Σ d/(n (n − d)) until before each time, and n at it.
    let (mut hazard, mut at_risk) = (vec![0.0], Vec::with_capacity(passed));
    for ((d, censored), later) in events.iter().zip(&censored).zip(later(&events, &censored)) {
        let left = censored + later + beyond;
        at_risk.push(d + left);
        let step = if *d > 0.0 { d / ((d + left) * left) } else { 0.0 };
        hazard.push(hazard[hazard.len() - 1] + step);
    }
    let mut sums = vec![0.0; *count];
    for member in members {
        let row = &rows[*member];
        let time = row.time as usize;
        let derivative = match time < passed {
            true if row.event => hazard[time] - 1.0 / at_risk[time],
            true => hazard[time + 1],
            false => hazard[passed],
        };
        sums[of_row[*member] as usize] += row.total() * derivative;
    }
    Some(sums.iter().map(|sum| sum * sum).sum())
}
