//! The binary outcome: which of its two levels is the event.

use super::likelihood::Binomial;
use super::robust::{Piece, Robust};
use crate::design::{ABSENT, Covariate, Design, Patterns};
use crate::likelihood::Maximum;
use crate::methods::models::{Null, Outcome};
use faer::Mat;
use std::collections::BTreeMap;
use std::sync::Arc;
use study::nearest::suggest;
use study::{Analysis, Column, MissingCount, Notice, Problem, Quantity, Values};

/// With fewer clusters than this the sandwich is noticeably too small (Cameron & Miller 2015,
/// doi:10.3368/jhr.50.2.317).
const FEW: u64 = 30;

/// A binary outcome.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Binary {
    name: String,
    /// 1 with the event, 0 without, [`ABSENT`] where missing.
    codes: Vec<u32>,
    n: Vec<u64>,
    /// The level that is the event, where it is known.
    pub(in crate::methods) event: Option<String>,
    /// The other level that occurs.
    other: Option<String>,
    /// Whether the outcome itself is there, where a row may lack something else.
    observed: Option<Vec<bool>>,
    /// What each patient of a row counts, where not 1.
    weights: Option<Vec<f64>>,
    /// Whether the variance is robust.
    robust: bool,
    /// The cluster of each row and how many codes there are; without them each patient is one.
    clusters: Option<(Vec<u32>, usize)>,
    /// What else is missing, of which variable.
    pub(in crate::methods) lacking: Vec<MissingCount>,
}

/// Levels that need no `event`.
const OBVIOUS: [&str; 3] = ["yes", "true", "1"];

impl Binary {
    /// Reads the outcome; more than two levels, or an event that is not clear, are refused.
    pub(in crate::methods) fn read(
        column: &Column,
        event: Option<&str>,
        n: &[u64],
        analysis: &Analysis,
    ) -> Result<Self, Problem> {
        let (levels, codes) = levels_and_codes(column);
        let mut occurs = vec![false; levels.len()];
        codes.iter().filter(|code| **code != ABSENT).for_each(|code| occurs[*code as usize] = true);
        let occurring: Vec<&str> = levels
            .iter()
            .zip(&occurs)
            .filter(|(_, occurs)| **occurs)
            .map(|(level, _)| level.as_str())
            .collect();
        if occurring.len() > 2 {
            let shown = occurring.iter().take(4).copied().collect::<Vec<_>>().join("`, `");
            let message = format!("the outcome `{}` has more than two levels: `{shown}`…", column.name);
            return Err(analysis.refuse(&["outcome".into()], message).help(
                "derive a variable of two levels from it with `sql`, or restrict the analysis with `where`",
            ));
        }
        let event = match event {
            Some(event) if levels.iter().any(|level| level == event) => Some(event.to_string()),
            Some(event) => {
                let message = format!("`{event}` is not a level of `{}`", column.name);
                let help = suggest(event, levels.iter().map(String::as_str));
                return Err(analysis.refuse(&["event".into()], message).help(help));
            }
            None => obvious(&levels, &occurring),
        };
        if event.is_none() && !occurring.is_empty() {
            let message = format!("it is not clear which level of `{}` is the event", column.name);
            let help = format!("write `event = \"{}\"`, or another level", occurring[occurring.len() - 1]);
            return Err(analysis.refuse(&["outcome".into()], message).help(help));
        }
        let other =
            occurring.iter().find(|level| Some(**level) != event.as_deref()).map(|l| (*l).to_string());
        let position = levels.iter().position(|level| Some(level) == event.as_ref());
        let codes = codes
            .iter()
            .map(|code| if *code == ABSENT { ABSENT } else { u32::from(Some(*code as usize) == position) })
            .collect();
        Ok(Self {
            name: column.name.clone(),
            codes,
            n: n.to_vec(),
            event,
            other,
            observed: None,
            weights: None,
            robust: false,
            clusters: None,
            lacking: Vec::new(),
        })
    }
}

impl Binary {
    /// Counts each patient of a row as so much.
    pub(in crate::methods) fn weigh(&mut self, variable: &str, weights: Vec<f64>) {
        self.require(variable, |row| !weights[row].is_nan());
        self.weights = Some(weights);
    }

    /// The same rows for other numbers of patients.
    pub(in crate::methods) fn with_counts(&self, n: &[u64]) -> Self {
        Self { n: n.to_vec(), ..self.clone() }
    }

    /// The robust variance: by the levels of a column, or by patient; the caveat where there are few clusters.
    pub(super) fn robust(&mut self, cluster: Option<&Column>) -> Option<Notice> {
        self.robust = true;
        let column = cluster?;
        let (levels, codes) = match &column.values {
            Values::Category { levels, codes } => (levels.len(), codes.clone()),
            Values::Number(values) => {
                let covariate = Covariate::number(values);
                (covariate.size(), covariate.codes.into_owned())
            }
        };
        self.require(&column.name, |row| codes[row] != ABSENT);
        let mut seen = vec![false; levels];
        (0..codes.len()).filter(|row| self.is_known(*row)).for_each(|row| seen[codes[row] as usize] = true);
        let clusters = seen.iter().filter(|seen| **seen).count() as u64;
        self.clusters = Some((codes, levels));
        (clusters < FEW).then(|| Notice::FewClusters { variable: column.name.clone(), clusters })
    }

    fn require(&mut self, variable: &str, has: impl Fn(usize) -> bool) {
        self.observed.get_or_insert_with(|| self.codes.iter().map(|code| *code != ABSENT).collect());
        let n = (0..self.n.len()).filter(|row| !has(*row)).map(|row| self.n[row]).sum();
        self.lacking.push(MissingCount { variable: variable.into(), n });
        let lacking = self.codes.iter_mut().enumerate().filter(|(row, _)| !has(*row));
        lacking.for_each(|(_, code)| *code = ABSENT);
    }

    /// What the robust variance of some rows is made from.
    fn scores(&self, rows: &[u32], patterns: &Patterns) -> Robust {
        let weight = |row: usize| self.weights.as_ref().map_or(1.0, |weights| weights[row]);
        let placed = || rows.iter().map(|row| *row as usize).zip(&patterns.of_row);
        let Some((of_row, codes)) = &self.clusters else {
            let (mut events, mut others) = (vec![0.0; patterns.len()], vec![0.0; patterns.len()]);
            let mut patients = 0.0;
            for (row, pattern) in placed() {
                let which = if self.is_event(row) { &mut events } else { &mut others };
                which[*pattern as usize] += self.n[row] as f64 * weight(row) * weight(row);
                patients += self.n[row] as f64;
            }
            return Robust::Patients { events, others, patients };
        };
        let mut known: BTreeMap<(u32, u32), (f64, f64)> = BTreeMap::new();
        for (row, pattern) in placed() {
            let (events, others) = known.entry((of_row[row], *pattern)).or_default();
            let which = if self.is_event(row) { events } else { others };
            *which += self.n[row] as f64 * weight(row);
        }
        let mut clusters = 0.0;
        let mut last = None;
        let piece = |((cluster, pattern), (events, others))| {
            if last != Some(cluster) {
                last = Some(cluster);
                clusters += 1.0;
            }
            Piece { cluster, pattern, events, others }
        };
        let pieces = known.into_iter().map(piece).collect();
        Robust::Clusters { pieces, codes: *codes, clusters }
    }

    /// Patients of some rows, those with the event first.
    pub(in crate::methods) fn count(&self, rows: &[u32]) -> (u64, u64) {
        let of = rows.iter().map(|row| self.n[*row as usize]).sum();
        let with = rows.iter().filter(|row| self.is_event(**row as usize));
        (with.map(|row| self.n[*row as usize]).sum(), of)
    }
}

/// A level that speaks for itself, if exactly one does.
fn obvious(levels: &[String], occurring: &[&str]) -> Option<String> {
    let speaks = |level: &str| OBVIOUS.iter().any(|known| level.eq_ignore_ascii_case(known));
    let mut among: Vec<&str> = occurring.iter().copied().filter(|level| speaks(level)).collect();
    if among.is_empty() && occurring.len() < 2 {
        among = levels.iter().map(String::as_str).filter(|level| speaks(level)).collect();
    }
    match among[..] {
        [only] => Some(only.to_string()),
        _ => None,
    }
}

/// The levels, and each row's; distinct numbers are levels too.
fn levels_and_codes(column: &Column) -> (Vec<String>, Vec<u32>) {
    match &column.values {
        Values::Category { levels, codes } => {
            (levels.iter().map(|level| level.value.clone()).collect(), codes.clone())
        }
        Values::Number(values) => {
            let mut distinct: Vec<f64> = Vec::new();
            let codes = values
                .iter()
                .map(|value| {
                    if value.is_nan() {
                        return ABSENT;
                    }
                    let known = distinct.iter().position(|known| known == value);
                    known.unwrap_or_else(|| {
                        // A quantity is refused after its third value; there is no need to collect all.
                        if distinct.len() < 6 {
                            distinct.push(*value);
                        }
                        distinct.len() - 1
                    }) as u32
                })
                .collect();
            (distinct.iter().map(f64::to_string).collect(), codes)
        }
    }
}

impl Outcome for Binary {
    type Model = Binomial;
    const RATIO: Quantity = Quantity::OddsRatio;
    const INTERCEPT: bool = true;

    fn is_known(&self, row: usize) -> bool {
        self.codes[row] != ABSENT
    }

    fn is_event(&self, row: usize) -> bool {
        self.codes[row] == 1
    }

    fn is_observed(&self, row: usize) -> bool {
        self.observed.as_ref().map_or(self.is_known(row), |observed| observed[row])
    }

    fn cluster(&self, row: usize) -> Option<u32> {
        self.clusters.as_ref().map(|(of_row, _)| of_row[row])
    }

    fn lacking(&self) -> &[MissingCount] {
        &self.lacking
    }

    fn is_likelihood(&self) -> bool {
        !self.robust
    }

    fn informative(events: u64, of: u64) -> u64 {
        events.min(of - events)
    }

    fn constant(&self, events: u64, of: u64) -> Option<Notice> {
        if events > 0 && events < of {
            return None;
        }
        if of == 0 {
            let message = format!("{}: no patient has all values that the model needs.", self.name);
            return Some(Notice::Other { message });
        }
        let level = if events > 0 { &self.event } else { &self.other };
        let level = level.clone().unwrap_or_default();
        Some(Notice::OneOutcome { outcome: self.name.clone(), level })
    }

    fn model(&self, covariates: &[&Covariate], rows: &[u32]) -> (Design, Binomial) {
        let patterns = Patterns::new(covariates, rows);
        let (mut events, mut others) = (vec![0.0; patterns.len()], vec![0.0; patterns.len()]);
        for (row, pattern) in rows.iter().zip(&patterns.of_row) {
            let which = if self.is_event(*row as usize) { &mut events } else { &mut others };
            let weight = self.weights.as_ref().map_or(1.0, |weights| weights[*row as usize]);
            which[*pattern as usize] += weight * self.n[*row as usize] as f64;
        }
        let weights: Vec<f64> = events.iter().zip(&others).map(|(a, b)| a + b).collect();
        let patients: u64 = rows.iter().map(|row| self.n[*row as usize]).sum();
        let design = Design::new(covariates, &patterns, &weights);
        let mut model = Binomial::new(design.x.clone(), design.columns.len(), events, others);
        if self.weights.is_some() {
            model.unit = weights.iter().sum::<f64>() / patients as f64;
        }
        if self.robust {
            model.robust = Some(Arc::new(self.scores(rows, &patterns)));
        }
        (design, model)
    }

    fn smaller(_: &Binomial, _: &[usize]) -> Option<Binomial> {
        None
    }

    fn null(model: &Binomial) -> Null {
        Null { log_likelihood: model.null_log_likelihood(), evaluation: None }
    }

    fn covariance(model: &Binomial, maximum: &Maximum, inverse: &Mat<f64>) -> Option<Mat<f64>> {
        let robust = model.robust.as_ref()?;
        Some(robust.sandwich(model, &maximum.beta, inverse))
    }
}
