//! The two likelihoods that are penalized, over the covariate patterns of all patients.
//!
//! # Formula
//! Loss of held-out patients: the deviance of a binary outcome; of times to an event what the partial deviance of all
//! patients has more than that of those the model was fitted to, since the patients of one fold alone may be too few to
//! compare (Verweij & van Houwelingen 1993, doi:10.1002/sim.4780122407). The partial deviance is minus twice the log-likelihood
//! less that of the saturated model, in which those with the event at a time could not have been others: of d of them
//! −d ln d by Breslow, −ln d! by Efron; where they have sampling weights with the sum W, −W ln W and
//! −W ln W + W ln d − (W/d) ln d!, since the likelihood is largest where all of them are at the same risk.

use crate::design::{Covariate, Design, Patterns};
use crate::likelihood::Likelihood;
use crate::methods::cox::{Partial, TimeToEvent};
use crate::methods::logistic::likelihood::Binomial;
use crate::methods::logistic::outcome::Binary;
use crate::methods::logistic_performance::Discrimination;
use crate::methods::models::Outcome;
use crate::regression::Regression;

/// Patients and the columns of the model; what is common to both likelihoods.
pub(super) struct Ground {
    pub(super) design: Design,
    /// The complete rows, each with its pattern.
    pub(super) of_row: Vec<(u32, u32)>,
    pub(super) patterns: usize,
    /// What each patient of a row counts; 1 where there are no sampling weights.
    weights: Option<Vec<f64>>,
}

impl Ground {
    /// Every column of some covariates, those too that others determine.
    pub(super) fn new(covariates: &[&Covariate], rows: &[u32], n: &[u64], weights: Option<Vec<f64>>) -> Self {
        let patterns = Patterns::new(covariates, rows);
        let of_row: Vec<(u32, u32)> = rows.iter().copied().zip(patterns.of_row.iter().copied()).collect();
        let mut ground = Self { design: Design::default(), of_row, patterns: patterns.len(), weights };
        let patients = ground.patients(n, &|_| true);
        ground.design = Design::whole(covariates, &patterns, &patients);
        ground
    }

    /// What the patients of a row count together.
    fn weigh(&self, row: u32, n: &[u64]) -> f64 {
        let weight = self.weights.as_ref().map_or(1.0, |weights| weights[row as usize]);
        n[row as usize] as f64 * weight
    }

    /// What all patients count together.
    pub(super) fn total(&self, n: &[u64]) -> f64 {
        self.of_row.iter().map(|(row, _)| self.weigh(*row, n)).sum()
    }

    /// What the patients of each pattern count, of the rows that are asked for.
    fn patients(&self, n: &[u64], which: &dyn Fn(usize) -> bool) -> Vec<f64> {
        let mut patients = vec![0.0; self.patterns];
        for (row, pattern) in self.of_row.iter().filter(|(row, _)| which(*row as usize)) {
            patients[*pattern as usize] += self.weigh(*row, n);
        }
        patients
    }

    /// The standard deviation (with n) of each column among some patients, in those of all.
    pub(super) fn spreads(&self, n: &[u64]) -> Vec<f64> {
        let patients = self.patients(n, &|_| true);
        let total: f64 = patients.iter().sum();
        let p = self.design.columns.len();
        (0..p)
            .map(|column| {
                let mean = |value: &dyn Fn(f64) -> f64| -> f64 {
                    let values = self.design.x.iter().skip(column).step_by(p);
                    patients.iter().zip(values).map(|(n, x)| n / total * value(*x)).sum()
                };
                let centre = mean(&|x| x);
                let spread = mean(&|x| (x - centre) * (x - centre)).sqrt();
                // What rounding leaves of a constant is none.
                if spread > 1e-10 { spread } else { 0.0 }
            })
            .collect()
    }

    /// The matrix with each column times a factor.
    fn scaled(&self, factors: &[f64]) -> Vec<f64> {
        let p = factors.len();
        self.design.x.iter().enumerate().map(|(at, x)| x * factors[at % p]).collect()
    }
}

/// Patients who were held out.
pub(super) struct Held<M> {
    /// Their own model, where they are judged by it.
    model: Option<M>,
    /// By how many their loss is divided.
    pub(super) of: f64,
}

/// The model of the patients who were not held out, and its log-likelihood.
pub(super) type Others<'a, M> = &'a dyn Fn() -> (&'a M, f64);

/// A likelihood that can be penalized.
pub(super) trait Subject: Sync {
    /// It.
    type Model: Regression + Sync;
    /// What is modelled.
    type Outcome: Outcome<Model = Self::Model>;

    /// What is modelled.
    fn outcome(&self) -> &Self::Outcome;
    /// Patients and columns.
    fn ground(&self) -> &Ground;
    /// The model of so many patients of each row, with its columns times factors; none where the outcome does not vary.
    fn model(&self, n: &[u64], factors: &[f64]) -> Option<Self::Model>;
    /// Patients to be judged; `all` is the model of all patients with factors 1.
    fn hold(&self, held: &[u64], all: &Self::Model) -> Held<Self::Model>;
    /// Their loss; `fitted` gives the model of the others and its log-likelihood.
    fn loss(
        &self,
        held: &Held<Self::Model>,
        all: &Self::Model,
        beta: &[f64],
        fitted: Others<'_, Self::Model>,
    ) -> f64;
    /// The area under the ROC curve among them, where both outcomes occur.
    fn auc(&self, _held: &Held<Self::Model>, _beta: &[f64]) -> Option<f64> {
        None
    }
}

/// A binary outcome.
pub(super) struct Logit<'a> {
    pub(super) outcome: &'a Binary,
    pub(super) ground: Ground,
}

impl Logit<'_> {
    fn counts(&self, n: &[u64]) -> (Vec<f64>, Vec<f64>) {
        let of = |with: bool| self.ground.patients(n, &|row| self.outcome.is_event(row) == with);
        (of(true), of(false))
    }
}

impl Subject for Logit<'_> {
    type Model = Binomial;
    type Outcome = Binary;

    fn outcome(&self) -> &Binary {
        self.outcome
    }

    fn ground(&self) -> &Ground {
        &self.ground
    }

    fn model(&self, n: &[u64], factors: &[f64]) -> Option<Binomial> {
        let (events, others) = self.counts(n);
        let varies = [&events, &others].iter().all(|counts| counts.iter().any(|n| *n > 0.0));
        let x = self.ground.scaled(factors);
        varies.then(|| {
            Binomial::new(x, factors.len(), events.clone(), others.clone()).of_counts(&events, &others)
        })
    }

    fn hold(&self, held: &[u64], all: &Binomial) -> Held<Binomial> {
        let (events, others) = self.counts(held);
        let of = events.iter().chain(&others).sum();
        Held { model: Some(all.of_counts(&events, &others)), of }
    }

    fn loss(&self, held: &Held<Binomial>, _: &Binomial, beta: &[f64], _: Others<'_, Binomial>) -> f64 {
        held.model.as_ref().map_or(f64::NAN, |model| -2.0 * model.value(beta))
    }

    fn auc(&self, held: &Held<Binomial>, beta: &[f64]) -> Option<f64> {
        let model = held.model.as_ref()?;
        let (events, others) = (&model.events, &model.others);
        let both = events.iter().sum::<f64>() > 0.0 && others.iter().sum::<f64>() > 0.0;
        both.then(|| Discrimination::new(&model.predictor(beta), events, others).auc)
    }
}

/// A time to an event.
pub(super) struct Hazards<'a> {
    pub(super) outcome: &'a TimeToEvent<'a>,
    pub(super) ground: Ground,
}

impl<'a> Subject for Hazards<'a> {
    type Model = Partial;
    type Outcome = TimeToEvent<'a>;

    fn outcome(&self) -> &TimeToEvent<'a> {
        self.outcome
    }

    fn ground(&self) -> &Ground {
        &self.ground
    }

    fn model(&self, n: &[u64], factors: &[f64]) -> Option<Partial> {
        let x = self.ground.scaled(factors);
        self.outcome.partial(n, &self.ground.of_row, x, self.ground.patterns)
    }

    fn hold(&self, held: &[u64], _: &Partial) -> Held<Partial> {
        let rows = self.ground.of_row.iter().map(|(row, _)| *row);
        let events = rows.filter(|row| self.outcome.is_event(*row as usize));
        Held { model: None, of: events.map(|row| self.ground.weigh(row, held)).sum() }
    }

    fn loss(&self, _: &Held<Partial>, all: &Partial, beta: &[f64], fitted: Others<'_, Partial>) -> f64 {
        let deviance = |model: &Partial, value: f64| -2.0 * (value - model.saturated());
        let (theirs, value) = fitted();
        deviance(all, all.value(beta)) - deviance(theirs, value)
    }
}
