//! The patients of one count table as the weights have them.

use super::weighted::{Weighted, WeightedRow};
use super::{BaselineOptions, Setting};
use crate::methods::models::{multiplied, sampled};
use std::borrow::Cow;
use study::{Analysis, CountTable, Estimate, MissingCount, Problem, Quantity};

/// A count table, without the patients who lack a weight where there are weights.
pub(super) struct Counted<'a> {
    /// The rows; with frequencies as weights they stand for as many patients as these say.
    pub(super) table: Cow<'a, CountTable>,
    /// What each patient of a row weighs, where weights are sampling weights.
    pub(super) weights: Option<Vec<f64>>,
    /// Patients before anybody was left out.
    pub(super) eligible: u64,
    /// How many lack a weight, where there are weights.
    pub(super) lacking: Option<MissingCount>,
}

impl<'a> Counted<'a> {
    pub(super) fn of(
        options: &BaselineOptions,
        analysis: &Analysis,
        table: &'a CountTable,
    ) -> Result<Self, Problem> {
        let (name, kind) = (options.weights.as_deref(), options.weight_kind);
        if let Some((name, weights)) = sampled(name, kind, analysis, table)? {
            let known: Vec<f64> = weights.iter().copied().filter(|weight| !weight.is_nan()).collect();
            let kept = table.filter(|row| !weights[row].is_nan());
            let n = table.total() - kept.total();
            return Ok(Self {
                eligible: table.total(),
                lacking: Some(MissingCount { variable: name.into(), n }),
                table: Cow::Owned(kept),
                weights: Some(known),
            });
        }
        let multiplied = multiplied(name, kind, analysis, table)?;
        let lacking = multiplied.lacking.into_iter().next();
        let eligible = multiplied.table.total() + lacking.as_ref().map_or(0, |lacking| lacking.n);
        Ok(Self { table: multiplied.table, weights: None, eligible, lacking })
    }

    /// The rows of each group as they weigh, with a number each; nothing where patients count alike.
    pub(super) fn weighted(
        &self,
        setting: &Setting<'_>,
        value: impl Fn(usize) -> Option<f64>,
    ) -> Result<Option<Vec<Vec<WeightedRow>>>, Problem> {
        let Some(weights) = &self.weights else { return Ok(None) };
        let mut groups = vec![Vec::new(); setting.columns.count()];
        for (row, group, n) in setting.columns.rows(&self.table)? {
            if let Some(value) = value(row) {
                groups[group].push((value, n, weights[row]));
            }
        }
        Ok(Some(groups))
    }

    /// The effective number of patients of each column, where they have sampling weights.
    pub(super) fn effective(&self, setting: &Setting<'_>) -> Result<Vec<Estimate>, Problem> {
        let Some(groups) = self.weighted(setting, |_| Some(0.0))? else { return Ok(Vec::new()) };
        let rows = setting.columns.shown().into_iter().map(|(group, range)| {
            let patients = Weighted::of(groups[range.clone()].iter().flatten().copied());
            Estimate {
                group: group.map(Into::into),
                value: patients.effective(),
                n: Some(setting.columns.patients(range)),
                ..Estimate::new(Quantity::EffectivePatients, f64::NAN)
            }
        });
        Ok(rows.collect())
    }
}
