//! Who moves the coefficients most: counted rows, patients with all their rows, or whole clusters.

use super::columns::{Column, change, deviance, displacement, plain};
use crate::methods::fitted_cox::{Entry, FittedCox, entries};
use std::collections::{BTreeMap, BTreeSet};
use study::results::finite;
use study::{CountTable, Problem, ResidualColumn, ResidualKind, ResidualUnit, Residuals, Results, Values};

/// Which rows are left out together.
pub(super) enum Influence {
    /// Each row alone, or all rows of a patient.
    Patients,
    /// Those of one value of a variable: its name, and its value in each row of the model.
    Clusters(String, Vec<f64>),
}

impl Influence {
    /// As the options have it.
    pub(super) fn of(
        fitted: &FittedCox<'_>,
        table: &CountTable,
        cluster: Option<&str>,
    ) -> Result<Self, Problem> {
        let Some(name) = cluster else { return Ok(Self::Patients) };
        let column = table.column(name)?;
        let value = |row: &u32| match &column.values {
            Values::Category { codes, .. } => f64::from(codes[*row as usize]),
            Values::Number(values) => values[*row as usize],
        };
        Ok(Self::Clusters(name.into(), fitted.of_table.iter().map(value).collect()))
    }

    /// To which of them each row belongs, and how many there are.
    fn units(&self, fitted: &FittedCox<'_>) -> (Vec<usize>, usize) {
        let mut known: BTreeMap<u64, usize> = BTreeMap::new();
        let mut numbered = |keys: &mut dyn Iterator<Item = u64>| -> Vec<usize> {
            keys.map(|key| {
                let next = known.len();
                *known.entry(key).or_insert(next)
            })
            .collect()
        };
        let of_row = match (self, &fitted.patients) {
            (Self::Clusters(_, values), _) => numbered(&mut values.iter().map(|value| value.to_bits())),
            (Self::Patients, Some(patients)) => numbered(&mut patients.iter().map(|p| u64::from(*p))),
            (Self::Patients, None) => return ((0..fitted.rows.len()).collect(), fitted.rows.len()),
        };
        (of_row, known.len())
    }

    /// The most influential of them, at most so many.
    pub(super) fn most(
        &self,
        fitted: &FittedCox<'_>,
        every: &[ResidualColumn],
        martingale: &[f64],
        score: &[Column],
        most: usize,
        results: &mut Results,
    ) -> Residuals {
        let (of_row, count) = self.units(fitted);
        let summed = |values: &dyn Fn(usize) -> f64| -> Column {
            let mut sums = vec![0.0; count];
            of_row.iter().enumerate().for_each(|(row, unit)| sums[*unit] += values(row));
            sums
        };
        // Patients of one row are alike: each of them alone is left out. Of a cluster all are.
        let times = |row: usize| match self {
            Self::Clusters(..) => fitted.rows[row].n as f64,
            Self::Patients => 1.0,
        };
        let score: Vec<Column> = score.iter().map(|score| summed(&|row| times(row) * score[row])).collect();
        let change = change(fitted, &score);
        let displacements: Column = (0..count).map(|unit| displacement(&score, &change, unit)).collect();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|a, b| displacements[*b].total_cmp(&displacements[*a]).then(a.cmp(b)));
        order.truncate(most);
        let chosen =
            |values: &[f64]| -> Vec<Option<f64>> { order.iter().map(|unit| finite(values[*unit])).collect() };

        let mut last = vec![0; count];
        of_row.iter().enumerate().for_each(|(row, unit)| last[*unit] = row);
        let events = summed(&|row| times(row) * f64::from(u8::from(fitted.rows[row].event)));
        let martingale = summed(&|row| times(row) * martingale[row]);
        let columns = every.iter().filter_map(|column| {
            let of_last = || order.iter().map(|unit| column.values[last[*unit]]).collect();
            let values = match (column.kind, self) {
                (ResidualKind::Value | ResidualKind::LinearPredictor, Self::Clusters(..)) => return None,
                (ResidualKind::Value | ResidualKind::LinearPredictor, Self::Patients) => of_last(),
                (ResidualKind::Deviance, _) => {
                    let values: Column =
                        events.iter().zip(&martingale).map(|(d, m)| deviance(*d, *m)).collect();
                    chosen(&values)
                }
                (ResidualKind::Displacement, _) => chosen(&displacements),
                _ => chosen(&summed(&|row| times(row) * column.values[row].unwrap_or(f64::NAN))),
            };
            Some(ResidualColumn { values, ..column.clone() })
        });
        let mut columns: Vec<ResidualColumn> = columns.collect();
        if let Self::Clusters(name, values) = self {
            let value = |unit: &usize| finite(values[last[*unit]]);
            let values = order.iter().map(value).collect();
            columns.insert(
                0,
                ResidualColumn { term: Some(name.clone()), values, ..plain(ResidualKind::Value, Vec::new()) },
            );
        }
        let patients = self.patients(fitted, &of_row, count);
        let found = order.iter().map(|unit| Entry {
            event: events[*unit] > 0.0,
            n: patients[*unit],
            ..fitted.entry(last[*unit])
        });
        let found: Vec<Entry> = found.collect();
        entries(&found, ResidualUnit::MostInfluential, columns, results)
    }

    /// Patients of each of them.
    fn patients(&self, fitted: &FittedCox<'_>, of_row: &[usize], count: usize) -> Vec<u64> {
        let mut patients = vec![0; count];
        let mut seen = BTreeSet::new();
        for (row, unit) in of_row.iter().enumerate() {
            let first = fitted.patients.as_ref().is_none_or(|patients| seen.insert((*unit, patients[row])));
            patients[*unit] += if first { fitted.rows[row].n } else { 0 };
        }
        patients
    }
}
