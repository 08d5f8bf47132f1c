//! The time to an event.

use super::Ties;
use super::likelihood::Partial;
use super::performance;
use super::sandwich::{Clusters, RobustScale, meat, sandwich};
use super::units::Units;
use crate::design::{Covariate, Design, Patterns};
use crate::likelihood::{Likelihood, Maximum};
use crate::methods::models::{Changing, Count, Null, Outcome, Predicting};
use crate::numerics::rank::rank;
use crate::regression::Regression;
use crate::risk_set::{Exit, RiskSets};
use faer::Mat;
use std::sync::Arc;
use study::{Estimate, MissingCount, Notice, Quantity};

/// A time to an event: rows of a count table in ascending order of time.
#[derive(Debug, Clone)]
pub(in crate::methods) struct TimeToEvent<'a> {
    pub(super) name: String,
    /// Position of each row's time among the distinct ones; of missing times, anything.
    pub(in crate::methods) times: Vec<u32>,
    /// Position of the first time at which each row is at risk; empty where observation begins at 0.
    pub(in crate::methods) from: Vec<u32>,
    /// Whether the time, the event and, where there is one, the entry are there.
    pub(super) timed: Vec<bool>,
    /// Whether everything that the model needs beside the terms is there.
    pub(super) known: Vec<bool>,
    /// Code of the level `yes`.
    pub(super) yes: u32,
    pub(super) events: &'a [u32],
    pub(in crate::methods) n: &'a [u64],
    pub(super) ties: Ties,
    /// The stratum of each row, where there are any.
    pub(in crate::methods) strata: Option<Vec<u32>>,
    /// What each patient of a row counts, where not 1.
    pub(in crate::methods) weights: Option<Vec<f64>>,
    /// Whether the variance is robust.
    pub(super) robust: bool,
    /// How a robust variance is scaled.
    pub(in crate::methods) robust_scale: RobustScale,
    /// The cluster of each row and how many there are; without them each patient is one.
    pub(super) clusters: Option<(Vec<u32>, usize)>,
    /// Patients who have several rows.
    pub(in crate::methods) units: Option<Units>,
    /// Whether it is asked how well the model of all terms predicts.
    pub(super) performance: bool,
    /// Coefficients that may change with time.
    pub(super) changing: Vec<Changing>,
    /// What else is missing, of which variable.
    pub(in crate::methods) lacking: Vec<MissingCount>,
}

impl TimeToEvent<'_> {
    /// The cluster of each row, or whose it is where patients have several, and how many of them there are.
    pub(in crate::methods) fn clusters_or_patients(&self) -> (Option<&[u32]>, Option<usize>) {
        let units = self.units.as_ref().map(|units| (&units.of_row[..], units.count));
        self.clusters.as_ref().map(|(of_row, count)| (&of_row[..], *count)).or(units).unzip()
    }

    /// The same rows for other numbers of patients.
    pub(in crate::methods) fn with_counts<'b>(&'b self, n: &'b [u64]) -> TimeToEvent<'b> {
        TimeToEvent { n, ..self.clone() }
    }

    /// The rows of each stratum who are at risk at an event, in ascending order of time. The others are never compared
    /// with anybody.
    fn compared(&self, rows: &[u32]) -> Vec<Vec<u32>> {
        let mut strata = match &self.strata {
            None => vec![rows.to_vec()],
            Some(of_row) => {
                let strata = rows.iter().map(|row| of_row[*row as usize] as usize + 1).max().unwrap_or(0);
                let mut strata = vec![Vec::new(); strata];
                rows.iter().for_each(|row| strata[of_row[*row as usize] as usize].push(*row));
                strata
            }
        };
        for rows in &mut strata {
            let time = |row: u32| self.times[row as usize];
            let first = rows.iter().position(|row| self.is_event(*row as usize));
            let start = first.map_or(rows.len(), |at| {
                let time = time(rows[at]);
                rows.partition_point(|row| self.times[*row as usize] < time)
            });
            rows.drain(..start);
            if self.from.is_empty() {
                continue;
            }
            let mut events = rows.iter().filter(|row| self.is_event(**row as usize)).peekable();
            let mut last = 0;
            let mut kept = Vec::with_capacity(rows.len());
            for row in rows.iter() {
                while events.peek().is_some_and(|event| time(**event) <= time(*row)) {
                    last = events.next().map_or(last, |event| time(*event));
                }
                if self.from[*row as usize] <= last {
                    kept.push(*row);
                }
            }
            *rows = kept;
        }
        strata.retain(|rows| !rows.is_empty());
        strata
    }

    /// The model of a matrix with one row for each pattern, of which so many patients of each row take part; none where
    /// nobody has the event.
    pub(in crate::methods) fn partial(
        &self,
        n: &[u64],
        of_row: &[(u32, u32)],
        x: Vec<f64>,
        patterns: usize,
    ) -> Option<Partial> {
        let there = of_row.iter().filter(|(row, _)| n[*row as usize] > 0);
        let (rows, placed): (Vec<u32>, Vec<u32>) = there.copied().unzip();
        let mut pattern = vec![0; self.n.len()];
        rows.iter().zip(&placed).for_each(|(row, of)| pattern[*row as usize] = *of);
        let exits = self.compared(&rows).into_iter().map(|rows| {
            let exit = |row: &u32| self.exit(*row, pattern[*row as usize], n[*row as usize]);
            rows.iter().map(exit).collect::<Vec<_>>()
        });
        let exits = exits.collect::<Vec<_>>();
        let sets = match self.weights {
            None => RiskSets::new(exits, patterns),
            Some(_) => RiskSets::weighted(exits, patterns),
        };
        if sets.times().is_empty() {
            return None;
        }
        let columns = x.len() / patterns;
        Some(Partial::new(Arc::new(x), columns, patterns, Arc::new(sets), self.ties))
    }

    fn exit(&self, row: u32, pattern: u32, n: u64) -> Exit {
        let row = row as usize;
        Exit {
            time: self.times[row],
            from: self.from.get(row).copied().unwrap_or(0),
            event: self.is_event(row),
            pattern,
            n: n as f64,
            weight: self.weights.as_ref().map_or(1.0, |weights| weights[row]),
        }
    }

    /// The clusters, where the variance needs them, as a code of each row that no pattern may mix.
    fn apart(&self) -> Option<Covariate<'_>> {
        if !self.robust {
            return None;
        }
        match &self.clusters {
            Some((of_row, count)) => Some(Covariate::label(of_row.into(), *count)),
            None => Some(Covariate::label((0..self.n.len() as u32).collect(), self.n.len())),
        }
    }

    fn clusters(&self, rows: &[u32], patterns: &Patterns) -> Clusters {
        match &self.clusters {
            Some((of_row, count)) => {
                let mut of_pattern = vec![0; patterns.len()];
                for (row, pattern) in rows.iter().zip(&patterns.of_row) {
                    of_pattern[*pattern as usize] = of_row[*row as usize];
                }
                Clusters::of(of_pattern, *count, self.robust_scale)
            }
            None => {
                let mut n = vec![0.0; patterns.len()];
                for (row, pattern) in rows.iter().zip(&patterns.of_row) {
                    n[*pattern as usize] += self.n[*row as usize] as f64;
                }
                Clusters::patients(n, self.robust_scale)
            }
        }
    }
}

impl Outcome for TimeToEvent<'_> {
    type Model = Partial;
    const RATIO: Quantity = Quantity::HazardRatio;
    const INTERCEPT: bool = false;

    fn is_known(&self, row: usize) -> bool {
        self.known[row]
    }

    fn is_event(&self, row: usize) -> bool {
        self.events[row] == self.yes
    }

    fn is_observed(&self, row: usize) -> bool {
        self.timed[row]
    }

    fn cluster(&self, row: usize) -> Option<u32> {
        self.clusters.as_ref().map(|(of_row, _)| of_row[row])
    }

    fn lacking(&self) -> &[MissingCount] {
        &self.lacking
    }

    fn count(&self, n: &[u64], rows: &mut dyn Iterator<Item = u32>) -> Count {
        match &self.units {
            Some(units) => units.count(n, rows, &|row| self.is_event(row)),
            None => Count::of_rows(n, rows, &|row| self.is_event(row)),
        }
    }

    fn informative(events: u64, _: u64) -> u64 {
        events
    }

    fn constant(&self, events: u64, of: u64) -> Option<Notice> {
        if of == 0 {
            let message = format!("{}: no patient has all values that the model needs.", self.name);
            return Some(Notice::Other { message });
        }
        (events == 0).then_some(Notice::NoEvents { group: None })
    }

    fn is_likelihood(&self) -> bool {
        !self.robust
    }

    fn model(&self, covariates: &[&Covariate], rows: &[u32]) -> (Design, Partial) {
        let strata = self.compared(rows);
        let whole: Vec<u32>;
        let rows = match &strata[..] {
            [only] => only.as_slice(),
            _ => {
                whole = strata.concat();
                &whole
            }
        };
        let apart = self.apart();
        let told: Vec<&Covariate> = covariates.iter().copied().chain(&apart).collect();
        let patterns = Patterns::new(&told, rows);
        let mut pattern = patterns.of_row.iter();
        let exits: Vec<Vec<Exit>> = strata
            .iter()
            .map(|rows| {
                rows.iter()
                    .zip(pattern.by_ref())
                    .map(|(row, p)| self.exit(*row, *p, self.n[*row as usize]))
                    .collect()
            })
            .collect();
        let sets = match self.weights {
            None => RiskSets::new(exits, patterns.len()),
            Some(_) => RiskSets::weighted(exits, patterns.len()),
        };
        let (at_risk, _) = sets.totals(patterns.len());
        let mut design = Design::new(covariates, &patterns, &at_risk);
        let sets = Arc::new(sets);
        let partial = |design: &Design| {
            let (x, columns) = (Arc::clone(&design.x), design.columns.len());
            Partial::new(x, columns, patterns.len(), Arc::clone(&sets), self.ties)
        };
        let mut model = partial(&design);
        if self.strata.is_some() || sets.is_delayed() || self.ties == Ties::Exact {
            // What varies among all patients need not vary among those who are compared with each other.
            let (rows, weights) = model.contrasts();
            let kept = rank(&rows, model.columns, &weights).kept;
            if kept.len() < model.columns {
                design.keep(covariates, &kept, &|column| {
                    rows.chunks_exact(model.columns).all(|row| row[column].abs() < 1e-12)
                });
                model = partial(&design);
            }
        }
        if self.robust {
            model.clusters = Some(Arc::new(self.clusters(rows, &patterns)));
        }
        (design, model)
    }

    fn smaller(model: &Partial, parameters: &[usize]) -> Option<Partial> {
        model.smaller(parameters)
    }

    fn null(model: &Partial) -> Null {
        let at = model.evaluate(&model.start());
        Null { log_likelihood: at.value, evaluation: Some(at) }
    }

    fn changing(&self) -> &[Changing] {
        &self.changing
    }

    fn bayesian(events: u64) -> Option<u64> {
        Some(events)
    }

    fn performance(&self, model: &Predicting<'_>) -> Vec<Estimate> {
        if self.performance { performance::rows(self, model) } else { Vec::new() }
    }

    fn score_variance(model: &Partial) -> Option<Mat<f64>> {
        let clusters = model.clusters.as_ref()?;
        if !clusters.are_more_than(model.columns) {
            return Some(Mat::zeros(model.columns, model.columns));
        }
        Some(meat(model, clusters, &model.start()))
    }

    fn covariance(model: &Partial, maximum: &Maximum, inverse: &Mat<f64>) -> Option<Mat<f64>> {
        let clusters = model.clusters.as_ref()?;
        Some(sandwich(model, clusters, &maximum.beta, inverse))
    }
}
