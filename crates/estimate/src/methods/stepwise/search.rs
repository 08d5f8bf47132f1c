//! The steps of a selection.

use super::StepwiseOptions;
use super::options::{Criterion, Direction, EntryTest, RemovalTest, Start};
use crate::design::{Covariate, Design, Term};
use crate::interval::score_statistic;
use crate::methods::models::{Outcome, chi_squared, joint_wald, likelihood_ratio};
use crate::regression::fit;
use std::cell::RefCell;
use std::collections::BTreeMap;
use study::{Test, TestName};

/// Terms of a model, one bit each.
pub(super) type Set = u64;

/// What a selection may choose from.
pub(super) struct Candidates<'a> {
    pub(super) options: &'a StepwiseOptions,
    pub(super) covariates: &'a [Covariate<'a>],
    /// Terms that are in every model, with those that they contain.
    kept: Set,
    /// Of each term those that it contains.
    parts: Vec<Set>,
}

/// A step.
pub(super) struct Taken {
    pub(super) term: usize,
    pub(super) entered: bool,
    /// The test of the term; none where it had no column of its own.
    pub(super) test: Option<Test>,
    /// The model after it.
    pub(super) after: Set,
}

/// How well a model fits.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    log_likelihood: f64,
    /// Its coefficients, without the intercept.
    pub(super) parameters: usize,
}

impl<'a> Candidates<'a> {
    pub(super) fn new(options: &'a StepwiseOptions, covariates: &'a [Covariate<'a>]) -> Self {
        let terms: Vec<Term> = covariates.iter().map(|covariate| Term::of(&covariate.name)).collect();
        let parts: Vec<Set> = terms
            .iter()
            .map(|whole| {
                let within = (0..terms.len()).filter(|at| terms[*at].is_within(whole));
                within.map(|at| 1 << at).sum()
            })
            .collect();
        let kept = options.keep.iter().filter_map(|term| {
            let name = Term::of(term).name();
            covariates.iter().position(|covariate| covariate.name == name)
        });
        let kept = kept.fold(0, |kept, at| kept | 1 << at | parts[at]);
        Self { options, covariates, kept, parts }
    }

    /// All of them.
    pub(super) fn all(&self) -> Set {
        (1 << self.covariates.len()) - 1
    }

    fn start(&self) -> Set {
        match self.options.direction {
            Direction::Backward => self.all(),
            Direction::Both if self.options.start == Some(Start::All) => self.all(),
            Direction::Forward | Direction::Both => self.kept,
        }
    }

    /// Terms that may leave a model: no other contains them.
    fn removable(&self, set: Set) -> impl Iterator<Item = usize> + '_ {
        let needed = members(set).fold(self.kept, |needed, term| needed | self.parts[term]);
        members(set & !needed)
    }

    /// Terms that may enter it: all that they contain is there.
    fn enterable(&self, set: Set) -> impl Iterator<Item = usize> + '_ {
        members(self.all() & !set).filter(move |term| self.parts[*term] & !set == 0)
    }
}

/// The positions of the terms of a set.
pub(super) fn members(set: Set) -> impl Iterator<Item = usize> {
    (0..64).filter(move |at| set >> at & 1 == 1)
}

/// A selection on some patients.
pub(super) struct Search<'a, O: Outcome> {
    candidates: &'a Candidates<'a>,
    outcome: &'a O,
    rows: &'a [u32],
    null: f64,
    /// By whose logarithm Schwarz' criterion weighs parameters.
    size: f64,
    known: RefCell<BTreeMap<Set, Option<Standing>>>,
}

impl<'a, O: Outcome> Search<'a, O> {
    /// None where no candidate varies; `size` are the patients or, of times, the events.
    pub(super) fn new(
        candidates: &'a Candidates<'a>,
        outcome: &'a O,
        rows: &'a [u32],
        size: u64,
    ) -> Option<Self> {
        let covariates: Vec<&Covariate> = candidates.covariates.iter().collect();
        let (design, model) = outcome.model(&covariates, rows);
        if design.columns.is_empty() {
            return None;
        }
        let null = O::null(&model).log_likelihood;
        let size = size as f64;
        Some(Self { candidates, outcome, rows, null, size, known: RefCell::new(BTreeMap::new()) })
    }

    fn model(&self, terms: &[usize]) -> (Design, O::Model) {
        let covariates: Vec<&Covariate> =
            terms.iter().map(|term| &self.candidates.covariates[*term]).collect();
        self.outcome.model(&covariates, self.rows)
    }

    /// How well a model fits; none where that is not found out.
    pub(super) fn standing(&self, set: Set) -> Option<Standing> {
        if let Some(known) = self.known.borrow().get(&set) {
            return *known;
        }
        let null = Standing { log_likelihood: self.null, parameters: 0 };
        let found = if set == 0 {
            Some(null)
        } else {
            let (design, model) = self.model(&members(set).collect::<Vec<_>>());
            let parameters = design.columns.len();
            match parameters {
                0 => Some(null),
                _ => fit(&model, None)
                    .ok()
                    .map(|fitted| Standing { log_likelihood: fitted.log_likelihood(), parameters }),
            }
        };
        self.known.borrow_mut().insert(set, found);
        found
    }

    /// −2ℓ + k · parameters: the criterion, Akaike's where P values decide.
    pub(super) fn criterion(&self, set: Set) -> Option<f64> {
        let standing = self.standing(set)?;
        let each =
            if self.candidates.options.criterion == Criterion::Bic { libm::log(self.size) } else { 2.0 };
        let parameters = (standing.parameters + usize::from(O::INTERCEPT)) as f64;
        Some(each * parameters - 2.0 * standing.log_likelihood)
    }

    /// The likelihood ratio of a model against one without a term; none where the term has no column of its own.
    fn ratio(&self, larger: Set, smaller: Set) -> Option<Option<Test>> {
        let (larger, smaller) = (self.standing(larger)?, self.standing(smaller)?);
        let df = larger.parameters - smaller.parameters.min(larger.parameters);
        Some((df > 0).then(|| likelihood_ratio(larger.log_likelihood, smaller.log_likelihood, df)))
    }

    fn wald(&self, set: Set, term: usize) -> Option<Test> {
        let terms: Vec<usize> = members(set).collect();
        let (design, model) = self.model(&terms);
        let columns = design.columns_of(terms.iter().position(|known| *known == term)?);
        let fitted = fit(&model, None).ok().filter(|_| !columns.is_empty())?;
        let parameters: Vec<usize> = columns.iter().map(|at| at + usize::from(O::INTERCEPT)).collect();
        Some(joint_wald(&fitted, &parameters)).filter(|test| test.p_value.is_some())
    }

    fn score(&self, set: Set, term: usize) -> Option<Test> {
        let terms: Vec<usize> = members(set).chain([term]).collect();
        let (design, model) = self.model(&terms);
        let parameters: Vec<usize> =
            design.columns_of(terms.len() - 1).iter().map(|at| at + usize::from(O::INTERCEPT)).collect();
        if !O::INTERCEPT && set == 0 {
            // There is nothing to fit: the score of the null model is known.
            let at = O::null(&model).evaluation?;
            let solved = crate::numerics::symmetric::solve(&at.information, &at.score)?;
            let statistic = solved.iter().zip(&at.score).map(|(a, b)| a * b).sum();
            return Some(chi_squared(TestName::Score, Some(statistic), parameters.len()));
        }
        let statistic = score_statistic(&model, &parameters)?;
        Some(chi_squared(TestName::Score, Some(statistic), parameters.len()))
    }

    /// The step by which a term leaves that has no column of its own beside the others: the last, as it costs nothing.
    fn redundant(&self, set: Set) -> Option<Taken> {
        let without = |term: &usize| set & !(1 << term);
        let terms = self.candidates.removable(set);
        let idle = terms.filter(|term| matches!(self.ratio(set, without(term)), Some(None)));
        idle.last().map(|term| Taken { term, entered: false, test: None, after: without(&term) })
    }

    /// The term that is most dispensable, with its test.
    fn removal(&self, set: Set) -> Option<(usize, Test)> {
        let mut worst: Option<(usize, Test)> = None;
        for term in self.candidates.removable(set) {
            let Some(Some(ratio)) = self.ratio(set, set & !(1 << term)) else { continue };
            let test = match self.candidates.options.removal_test {
                Some(RemovalTest::Wald) => self.wald(set, term).unwrap_or(ratio),
                _ => ratio,
            };
            if worst.as_ref().is_none_or(|(_, known)| is_less(known, &test)) {
                worst = Some((term, test));
            }
        }
        worst
    }

    /// The term that would add most, with its test.
    fn entry(&self, set: Set) -> Option<(usize, Test)> {
        let mut best: Option<(usize, Test)> = None;
        for term in self.candidates.enterable(set) {
            let Some(Some(ratio)) = self.ratio(set | 1 << term, set) else { continue };
            let test = match self.candidates.options.entry_test {
                Some(EntryTest::LikelihoodRatio) => ratio,
                Some(EntryTest::Wald) => self.wald(set | 1 << term, term).unwrap_or(ratio),
                Some(EntryTest::Score) | None => self.score(set, term).unwrap_or(ratio),
            };
            if best.as_ref().is_none_or(|(_, known)| is_less(&test, known)) {
                best = Some((term, test));
            }
        }
        best
    }

    /// The next step by P values.
    fn by_p_value(&self, set: Set) -> Option<Taken> {
        let options = self.candidates.options;
        if options.backward()
            && let Some((term, test)) = self.removal(set)
            && test.p_value.is_some_and(|p| p > options.stays())
        {
            return Some(Taken { term, entered: false, test: Some(test), after: set & !(1 << term) });
        }
        let (term, test) = self.entry(set).filter(|_| options.forward())?;
        let admitted = test.p_value.is_some_and(|p| p < options.enters());
        admitted.then_some(Taken { term, entered: true, test: Some(test), after: set | 1 << term })
    }

    /// The next step by an information criterion.
    fn by_criterion(&self, set: Set) -> Option<Taken> {
        let options = self.candidates.options;
        let leaving = self.candidates.removable(set).filter(|_| options.backward());
        let entering = self.candidates.enterable(set).filter(|_| options.forward());
        let mut lowest = self.criterion(set)?;
        let mut best = None;
        for (term, entered) in leaving.map(|term| (term, false)).chain(entering.map(|term| (term, true))) {
            let after = set ^ 1 << term;
            let ratio = if entered { self.ratio(after, set) } else { self.ratio(set, after) };
            let (Some(Some(test)), Some(value)) = (ratio, self.criterion(after)) else { continue };
            if value < lowest - 1e-9 * (1.0 + lowest.abs()) {
                lowest = value;
                best = Some(Taken { term, entered, test: Some(test), after });
            }
        }
        best
    }

    /// The first model, the steps, and whether they ended because a model came back.
    pub(super) fn steps(&self) -> (Set, Vec<Taken>, bool) {
        let start = self.candidates.start();
        let (mut set, mut seen, mut steps) = (start, vec![start], Vec::new());
        loop {
            let idle = self.redundant(set).filter(|_| self.candidates.options.backward());
            let next = idle.or_else(|| match self.candidates.options.criterion {
                Criterion::PValue => self.by_p_value(set),
                Criterion::Aic | Criterion::Bic => self.by_criterion(set),
            });
            let Some(taken) = next else { return (start, steps, false) };
            // A term that enters by one test may leave by another.
            if seen.contains(&taken.after) {
                return (start, steps, true);
            }
            set = taken.after;
            seen.push(set);
            steps.push(taken);
        }
    }
}

/// Whether a test has the smaller P value; where both are too small to be told apart, the larger statistic.
fn is_less(one: &Test, other: &Test) -> bool {
    let key = |test: &Test| (test.p_value.unwrap_or(1.0), -test.statistic.unwrap_or(0.0));
    key(one) < key(other)
}
