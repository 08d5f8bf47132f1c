//! The rows of the results: counts, ratios, tests of terms.

use super::conditional::Conditional;
use super::joint::joint;
use super::shift::{OutOfReach, Point, Reach, distribution};
use super::strata::{Lattices, Row, lattices};
use super::{ExactLogisticOptions, TermTest};
use crate::design::{ABSENT, Covariate, Design, Patterns, Scale};
use crate::methods::dichotomy::Dichotomy;
use study::results::finite;
use study::{
    CountTable, Estimate, Group, Interval, Model, Notice, Problem, Quantity, Results, Test, TestName,
};

/// Additions for each state that may be kept: the bound of the time.
const WORK: u64 = 300;

/// One analysis under way.
pub(super) struct Exact<'a> {
    pub(super) options: &'a ExactLogisticOptions,
    pub(super) table: &'a CountTable,
    pub(super) outcome: &'a Dichotomy,
    pub(super) covariates: &'a [Covariate<'a>],
    pub(super) strata: Option<&'a Covariate<'a>>,
    pub(super) confidence_level: f64,
    pub(super) results: &'a mut Results,
}

/// A model that is examined.
struct Examined<'a> {
    kind: Model,
    covariates: Vec<&'a Covariate<'a>>,
    rows: Vec<Row>,
    design: Design,
    lattices: Option<Lattices>,
}

impl<'a> Exact<'a> {
    /// Examines some terms together and writes their rows; returns the patients in the model.
    pub(super) fn model(&mut self, kind: Model, terms: &[usize]) -> Result<u64, Problem> {
        let all = self.covariates;
        let covariates: Vec<&'a Covariate<'a>> = terms.iter().map(|term| &all[*term]).collect();
        let rows = self.rows(&covariates);
        let n: u64 = rows.iter().map(|row| row.n).sum();
        let events: u64 = rows.iter().filter(|row| row.event).map(|row| row.n).sum();
        if kind == Model::Multivariable || self.results.groups.is_empty() {
            let label = "All patients".into();
            self.results.groups = vec![Group { level: None, label, n, events: Some(events) }];
        }
        let places: Vec<u32> = rows.iter().map(|row| row.at as u32).collect();
        let patterns = Patterns::new(&covariates, &places);
        let mut weights = vec![0.0; patterns.len()];
        rows.iter().zip(&patterns.of_row).for_each(|(row, at)| weights[*at as usize] += row.n as f64);
        let design = Design::new(&covariates, &patterns, &weights);
        for notice in design.notices.clone() {
            self.note(notice);
        }
        let varies = events > 0 && events < n;
        if n == 0 {
            let message =
                format!("{}: no patient has all values that the model needs.", self.options.outcome);
            self.note(Notice::Other { message });
        } else if !varies {
            let level = if events > 0 { &self.outcome.level } else { &self.outcome.other };
            let outcome = self.options.outcome.clone();
            self.note(Notice::OneOutcome { outcome, level: level.clone() });
        }
        let found = if varies { lattices(&covariates, &design.columns, &rows).map(Some) } else { Ok(None) };
        let lattices = found.unwrap_or_else(|covariate| {
            self.out_of_reach(covariates[covariate], None, OutOfReach::Digits);
            None
        });
        let examined = Examined { kind, covariates, rows, design, lattices };
        for term in 0..terms.len() {
            self.term(&examined, term);
        }
        Ok(n)
    }

    fn rows(&self, covariates: &[&Covariate]) -> Vec<Row> {
        let n = self.table.n();
        (0..n.len())
            .filter_map(|at| {
                let event = self.outcome.has[at]?;
                let stratum = self.strata.map_or(0, |strata| strata.codes[at]);
                let known = stratum != ABSENT && covariates.iter().all(|c| c.codes[at] != ABSENT);
                known.then_some(Row { at, n: n[at], event, stratum })
            })
            .collect()
    }

    /// The rows of one term.
    fn term(&mut self, examined: &Examined<'_>, term: usize) {
        let Examined { kind, covariates, design, lattices, .. } = examined;
        let (kind, covariate) = (*kind, covariates[term]);
        let own = design.columns_of(term);
        // One distribution of all columns of the term serves each of them, where it is within reach.
        let together = lattices.as_ref().map(|lattices| self.points(lattices, &own));
        for mut row in self.counts(examined, term) {
            let code = row.level.as_ref().and_then(|level| position(covariate, level));
            let column =
                own.iter().copied().find(|at| design.columns[*at].level.is_none_or(|l| Some(l) == code));
            if row.level.is_some() && row.level == row.reference {
                row.value = Some(1.0);
            } else if let (Some(column), Some(lattices), Some(together)) = (column, lattices, &together) {
                match self.one(lattices, &own, column, together) {
                    Ok(points) => self.read(&mut row, &points, lattices, column),
                    Err(reason) => self.out_of_reach(covariate, row.level.clone(), reason),
                }
            }
            self.results.estimates.push(row);
        }
        let (Some(lattices), Some(together)) = (lattices, together) else { return };
        if own.len() < 2 {
            return;
        }
        match together {
            Ok(points) => {
                let observed: Vec<u64> = own.iter().map(|column| lattices.observed[*column]).collect();
                if let Some(test) = joint(&points, &observed).map(|joint| self.term_test(&joint)) {
                    self.results.estimates.push(Estimate {
                        model: Some(kind),
                        term: Some(covariate.name.clone()),
                        test: Some(test),
                        ..Estimate::new(Quantity::GlobalTest, f64::NAN)
                    });
                }
            }
            Err(reason) => self.out_of_reach(covariate, None, reason),
        }
    }

    fn term_test(&self, joint: &super::joint::Joint) -> Test {
        let (name, statistic, p_value) = match (self.options.test, joint.score_p) {
            (TermTest::Score, Some(p)) => (TestName::ExactScore, joint.score.and_then(finite), p),
            _ => (TestName::ExactProbability, None, joint.probability_p),
        };
        Test { name, statistic, df: Vec::new(), p_value: finite(p_value), reason: None }
    }

    /// The points of the statistics of some columns, given those of all others.
    fn points(&self, lattices: &Lattices, free: &[usize]) -> Result<Vec<Point>, OutOfReach> {
        let held: Vec<(usize, u64)> = (0..lattices.units.len())
            .filter(|column| !free.contains(column))
            .map(|column| (column, lattices.observed[column]))
            .collect();
        let states = self.options.states;
        distribution(&lattices.strata, free, &held, Reach { states, work: WORK * states as u64 })
    }

    /// The points of one column, from those of the whole term where they are known.
    fn one(
        &self,
        lattices: &Lattices,
        own: &[usize],
        column: usize,
        together: &Result<Vec<Point>, OutOfReach>,
    ) -> Result<Vec<Point>, OutOfReach> {
        let Ok(points) = together else { return self.points(lattices, &[column]) };
        let held = |point: &&Point| {
            let others = own.iter().zip(&point.sums).filter(|(other, _)| **other != column);
            others.into_iter().all(|(other, sum)| lattices.observed[*other] == *sum)
        };
        let at = own.iter().position(|other| *other == column).unwrap_or(0);
        let mut found: Vec<Point> = points
            .iter()
            .filter(held)
            .map(|point| Point { sums: vec![point.sums[at]], ways: point.ways })
            .collect();
        found.sort_by_key(|point| point.sums[0]);
        Ok(found)
    }

    /// What the distribution of a column says, into its row.
    fn read(&mut self, row: &mut Estimate, points: &[Point], lattices: &Lattices, column: usize) {
        let (term, level) = (row.term.clone().unwrap_or_default(), row.level.clone());
        let Some(conditional) = Conditional::new(points, lattices.observed[column]) else {
            self.note(Notice::Uninformative { term, level });
            return;
        };
        let unit = lattices.units[column];
        let ratio = |beta: f64| finite(libm::exp(beta / unit)).filter(|value| *value > 0.0);
        let tail = self.options.interval.tail();
        if let Some(found) = conditional.estimate() {
            row.value = ratio(found.value);
            row.std_error = found.std_error.and_then(|error| finite(error / unit));
            if row.value.is_none() {
                let message = format!(
                    "{term}: the ratio per unit is too far from 1 to be written; give it in a smaller unit."
                );
                self.note(Notice::Other { message });
            } else if found.std_error.is_none() {
                self.note(Notice::MedianUnbiased { term, level });
            }
        }
        let (lower, upper) = conditional.limits(self.confidence_level, tail);
        row.interval = Some(Interval {
            lower: lower.and_then(ratio),
            upper: upper.and_then(ratio),
            confidence_level: self.confidence_level,
            method: self.options.interval.into(),
        });
        let p_value = conditional.p_value(self.options.p_value.extreme(), tail);
        let name = self.options.p_value.name();
        row.test =
            Some(Test { name, statistic: None, df: Vec::new(), p_value: finite(p_value), reason: None });
    }

    /// The rows of a term with its counts, the reference among them.
    fn counts(&self, examined: &Examined<'_>, term: usize) -> Vec<Estimate> {
        let covariate = examined.covariates[term];
        let factor = matches!(covariate.scale, Scale::Factor { .. });
        let mut counts = vec![(0u64, 0u64); if factor { covariate.size() } else { 1 }];
        for row in &examined.rows {
            let (events, of) = &mut counts[if factor { covariate.codes[row.at] as usize } else { 0 }];
            *of += row.n;
            *events += if row.event { row.n } else { 0 };
        }
        let reference = examined.design.references.get(term).copied().flatten();
        let level = |code: u32| Some(covariate.level(code).to_string()).filter(|_| factor);
        (0..)
            .zip(counts)
            .map(|(code, (events, of))| Estimate {
                model: Some(examined.kind),
                term: Some(covariate.name.clone()),
                level: level(code),
                reference: reference.and_then(level),
                n: Some(events),
                of: Some(of),
                ..Estimate::new(Quantity::OddsRatio, f64::NAN)
            })
            .collect()
    }

    fn out_of_reach(&mut self, covariate: &Covariate, level: Option<String>, reason: OutOfReach) {
        let states = (reason == OutOfReach::States).then_some(self.options.states as u64);
        self.note(Notice::ExactOutOfReach { term: covariate.name.clone(), level, states });
    }

    fn note(&mut self, notice: Notice) {
        if !self.results.notices.contains(&notice) {
            self.results.notices.push(notice);
        }
    }
}

fn position(covariate: &Covariate, level: &str) -> Option<u32> {
    (0..covariate.size() as u32).find(|code| covariate.level(*code) == level)
}
