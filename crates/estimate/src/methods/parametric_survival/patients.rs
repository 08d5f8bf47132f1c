//! The patients of a fitted law, as they are reported: who they are, in groups, and the curves of each group.

use super::prediction::Width;
use super::times::LogTimes;
use crate::design::{ABSENT, Covariate, Design, DesignColumn, Scale};
use crate::life_table::LifeTable;
use crate::methods::kaplan_meier::{Band, CurveInterval};
use crate::methods::models::{Outcome, missing_values};
use crate::numerics::distributions::normal_quantile;
use crate::time_law::Distribution;
use std::collections::BTreeMap;
use study::{
    Column, CountTable, Curve, Endpoint, Estimate, Notice, Participants, Problem, Quantity, Results,
};

/// Points of a drawn curve.
const POINTS: u32 = 100;

/// Patients with the endpoint and every term.
pub(in crate::methods) struct Patients<'a> {
    pub(in crate::methods) times: &'a LogTimes<'a>,
    /// Their rows.
    pub(in crate::methods) rows: Vec<u32>,
    /// The variable by which curves are drawn.
    pub(in crate::methods) by: Option<&'a Column>,
    pub(in crate::methods) width: Width,
}

/// Patients who are drawn together.
pub(in crate::methods) struct Drawn {
    pub(in crate::methods) level: Option<String>,
    pub(in crate::methods) label: String,
    pub(in crate::methods) rows: Vec<u32>,
}

impl<'a> Patients<'a> {
    /// Reads the variable of the curves, the only factor where the plan names none, and names it in the results.
    pub(in crate::methods) fn new(
        times: &'a LogTimes<'a>,
        covariates: &[&Covariate<'_>],
        by: Option<&str>,
        table: &'a CountTable,
        confidence_level: f64,
        results: &mut Results,
    ) -> Result<Self, Problem> {
        let by = by.or(only_factor(covariates)).map(|by| table.column(by)).transpose()?;
        if let Some(by) = by.filter(|by| !results.variables.iter().any(|known| known.name == by.name)) {
            results.variables.push(by.label());
        }
        results.by = by.map(|by| by.name.clone());
        let width = Width { z: normal_quantile(0.5 + 0.5 * confidence_level), confidence_level };
        Ok(Self { times, rows: complete(times, covariates), by, width })
    }

    /// How many they are.
    pub(in crate::methods) fn n(&self) -> u64 {
        self.rows.iter().map(|row| self.times.n[*row as usize]).sum()
    }

    /// How many of them have the event.
    pub(in crate::methods) fn events(&self) -> u64 {
        let events = self.rows.iter().filter(|row| self.times.is_event(**row as usize));
        events.map(|row| self.times.n[*row as usize]).sum()
    }

    /// How many of them came under observation after time 0.
    pub(in crate::methods) fn late(&self) -> u64 {
        let late = self.rows.iter().filter(|row| self.times.is_late(**row as usize));
        late.map(|row| self.times.n[*row as usize]).sum()
    }

    /// The longest follow-up of some of them.
    pub(in crate::methods) fn last(&self, rows: &[u32]) -> f64 {
        rows.iter().map(|row| self.times.times[*row as usize]).fold(0.0, f64::max)
    }

    /// A notice for each time that nobody was followed for.
    pub(in crate::methods) fn extrapolated(&self, at: &[f64]) -> Vec<Notice> {
        let last = self.last(&self.rows);
        let beyond = at.iter().filter(|at| **at > last);
        beyond.map(|at| Notice::Extrapolated { group: None, at: *at, last }).collect()
    }

    /// Their Kaplan–Meier limits.
    pub(in crate::methods) fn band(&self) -> Band {
        let Width { z, confidence_level } = self.width;
        Band { scale: CurveInterval::LogLog, z, confidence_level }
    }

    pub(in crate::methods) fn life_table(&self, drawn: &Drawn) -> Result<LifeTable, Problem> {
        self.times.life_table(&drawn.rows)
    }

    /// The groups of the curves, and all patients where that is asked for or there are no groups.
    pub(in crate::methods) fn drawn(&self, all: bool) -> Result<Vec<Drawn>, Problem> {
        let mut drawn = Vec::new();
        if let Some(by) = self.by {
            let codes = by.codes()?;
            for (code, level) in by.levels().iter().enumerate() {
                let own = self.rows.iter().copied().filter(|row| codes[*row as usize] as usize == code);
                let (label, rows) = (level.text().into(), own.collect::<Vec<u32>>());
                if !rows.is_empty() {
                    drawn.push(Drawn { level: Some(level.value.clone()), label, rows });
                }
            }
        }
        if all || self.by.is_none() {
            drawn.push(Drawn { level: None, label: "All patients".into(), rows: self.rows.clone() });
        }
        Ok(drawn)
    }

    /// Patients of some rows who are alike, each kind once: their codes, and their share of all.
    pub(in crate::methods) fn kinds(
        &self,
        rows: &[u32],
        covariates: &[&Covariate<'_>],
    ) -> Vec<(Vec<u32>, f64)> {
        let mut known: BTreeMap<Vec<u32>, f64> = BTreeMap::new();
        for row in rows {
            let codes = covariates.iter().map(|covariate| covariate.codes[*row as usize]).collect();
            *known.entry(codes).or_default() += self.times.n[*row as usize] as f64;
        }
        let total: f64 = known.values().sum();
        known.into_iter().map(|(codes, n)| (codes, n / total)).collect()
    }

    /// A fitted curve up to the last follow-up of a group, where its survival is known at every time.
    pub(in crate::methods) fn curve(
        &self,
        law: Distribution,
        drawn: &Drawn,
        survival: impl Fn(f64) -> Option<f64>,
    ) -> Option<Curve> {
        let last = self.last(&drawn.rows);
        let times = (1..=POINTS).map(|point| last * f64::from(point) / f64::from(POINTS));
        let points: Option<Vec<(f64, f64)>> = times.map(|time| Some((time, survival(time)?))).collect();
        let (time, estimate) = std::iter::once((0.0, 1.0)).chain(points?).unzip();
        let (group, fitted) = (drawn.level.clone(), Some(law.name().into()));
        Some(Curve { group, fitted, time, estimate, ..Curve::default() })
    }
}

/// A row of the model matrix, its last column 1.
pub(in crate::methods) fn row_of(design: &Design, covariates: &[&Covariate<'_>], codes: &[u32]) -> Vec<f64> {
    let value =
        |column: &DesignColumn| covariates[column.covariate].standardised(codes[column.covariate], column);
    design.columns.iter().map(value).chain([1.0]).collect()
}

/// What late entries do to an observed curve, and to a law that begins at time 0 all the same.
pub(in crate::methods) fn entry_notices(table: &LifeTable, drawn: &Drawn) -> Vec<Notice> {
    let mut notices = table.entry_notices(None, drawn.level.as_ref(), 1.0);
    for notice in &mut notices {
        if let Notice::LateStart { at, .. } = notice {
            let whose =
                drawn.level.as_ref().map_or(String::new(), |_| format!(" in the group “{}”", drawn.label));
            let message = format!(
                "Nobody is under observation before {at:.1}{whose}: the observed curve is of those free of the event by \
                 then, and what the law says of earlier times rests on its form alone."
            );
            *notice = Notice::Other { message };
        }
    }
    notices
}

/// The log-likelihood of a law and the criteria by which laws are compared.
pub(in crate::methods) fn criteria(
    law: Distribution,
    parameters: usize,
    log_likelihood: f64,
    patients: u64,
) -> [Estimate; 3] {
    let k = parameters as f64;
    let row = |quantity, number| Estimate {
        level: Some(law.name().into()),
        n: Some(parameters as u64),
        of: Some(patients),
        ..Estimate::new(quantity, number)
    };
    [
        row(Quantity::LogLikelihood, log_likelihood),
        row(Quantity::Aic, 2.0 * (k - log_likelihood)),
        row(Quantity::Bic, k * libm::log(patients as f64) - 2.0 * log_likelihood),
    ]
}

/// Who takes part in a model that needs all of its terms, and who lacks what.
pub(in crate::methods) fn participants<O: Outcome>(
    outcome: &O,
    table: &CountTable,
    covariates: &[&Covariate<'_>],
    endpoint: &Endpoint,
) -> Participants {
    let (missing, eligible) = missing_values(outcome, table, covariates.iter().copied(), &endpoint.name);
    let known = |row: &u32| {
        let row = *row as usize;
        outcome.is_known(row) && covariates.iter().all(|covariate| covariate.codes[row] != ABSENT)
    };
    let analysed = outcome.count(table.n(), &mut (0..table.rows() as u32).filter(known)).of;
    Participants { eligible, analysed, missing }
}

/// Rows with the endpoint and every one of some terms.
fn complete(times: &LogTimes<'_>, covariates: &[&Covariate<'_>]) -> Vec<u32> {
    let known = |row: &u32| {
        let row = *row as usize;
        times.is_known(row) && covariates.iter().all(|covariate| covariate.codes[row] != ABSENT)
    };
    (0..times.n.len() as u32).filter(known).collect()
}

/// The only factor among some terms: by it curves are drawn where the plan does not say.
fn only_factor<'a>(covariates: &[&'a Covariate<'_>]) -> Option<&'a str> {
    match covariates {
        [only] if matches!(only.scale, Scale::Factor { .. }) => Some(&only.name),
        _ => None,
    }
}
