//! Cox's proportional hazards regression.
//!
//! # Estimand
//! Hazard ratio of the event for each level of a factor against its reference, or for one unit more of a number:
//! alone (univariable) and with all terms of the multivariable model held equal.
//! # Formula
//! h(t | x) = h₀(t) exp(Σ βⱼ xⱼ), h₀ unspecified. β maximises the partial likelihood ∏ over events exp(x′β) / Σ over
//! those at risk exp(x′β).
//! # Ties and censoring
//! Risk sets hold those of one stratum who have entered and not left. Efron: the k-th of d tied events, k from 0
//! to d − 1, sees the risk set less k/d of those who have the event together. Breslow: each sees the whole risk set. Exact:
//! time is discrete, and the probability is that just these d of those at risk have the event, given d. A patient
//! censored at an event time is at risk at it, one who enters at it is not (left truncation). Times tie where they
//! agree in nine significant digits. Where an endpoint has a competing event the hazard is cause-specific: the other
//! event censors.
//! # Assumptions
//! Proportional hazards; censoring independent of the event given the terms; independent patients, or clusters where
//! the variance is robust.
//! # Variance
//! Inverse of the observed information I, or the sandwich of score residuals (`variance = "robust"`): I⁻¹ (Σ U U′)
//! I⁻¹, U being the sum over the patients of a cluster of w (∫ (x − x̄) dN − ∫ (x − x̄) exp(x′β) dΛ), with w the
//! weight, x̄ the mean of x over the risk set and Λ the baseline hazard; without clusters each patient is one. P
//! values of ratios are Wald's; the whole model has the likelihood-ratio, the Wald and the score test. The score test
//! of a single factor without ties is the log-rank test.
//! # Options
//! A univariable model uses every patient with the endpoint and its own term, the multivariable model those with the
//! endpoint and all of its terms. Where the likelihood is monotone the ratios that are 0 or infinite are named, with
//! the limit that they have, and the others are those of the limiting model. Terms and splines are written, and tested
//! together, as in `logistic`.
//!
//! Sampling weights and `cluster` imply the robust variance, as does an endpoint of which patients have the event
//! several times. With it the tests are Wald's and the robust score test, since a likelihood ratio then has no χ²
//! distribution; exact ties and profile likelihood do not go with it.
//!
//! `penalty = "firth"` maximises ℓ + ½ ln |I|, ℓ being the partial log-likelihood and I its information: ratios are
//! finite under separation, and intervals and tests are those of the penalized profile likelihood unless `interval =
//! "wald"`.
//!
//! `time_dependent`: β(t) = β + γ g(t), g the time or its logarithm in the endpoint's unit; with `steps` β is
//! constant between the times of `at`, and an event at such a time belongs to the period before it. Wald's test that
//! all γ of a term are 0, or that its β of all periods are equal, says whether the ratio changes. It is for one model
//! of all terms.
//!
//! `landmark`: only those who are free of the event and followed beyond that time are analysed, and time counts from
//! it. `performance` tells Harrell's concordance of the linear predictor and, with ℓ and ℓ₀ the partial
//! log-likelihoods of the model and of none, R² of Cox and Snell, 1 − exp(2(ℓ₀ − ℓ)/n), and of Nagelkerke, the same
//! over 1 − exp(2ℓ₀/n); both fall when more patients are censored.
//!
//! The model's log-likelihood, AIC and BIC are told with every model; the n of the BIC is the number of events
//! (Volinsky & Raftery 2000, doi:10.1111/j.0006-341X.2000.00256.x).
//! # References
//! Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x; Breslow 1974, doi:10.2307/2529620; Efron 1977,
//! doi:10.1080/01621459.1977.10480613; Gail, Lubin & Rubinstein 1981, doi:10.1093/biomet/68.3.703 (exact ties); Lin &
//! Wei 1989, doi:10.1080/01621459.1989.10478874 (robust variance); Binder 1992, doi:10.1093/biomet/79.1.139
//! (weights); Prentice et al. 1978, doi:10.2307/2530374 (cause-specific hazards); Heinze & Schemper 2001,
//! doi:10.1111/j.0006-341X.2001.00114.x.
//! # Worked example
//! Six patients with ties at two times (Therneau & Grambsch 2000, appendix E): with Breslow's method e^β solves r² −
//! 3r − 6 = 0, so that the ratio is (3 + √33)/2, and the score test is 1.6; with Efron's r³ − 23r − 30 = 0.

mod departures;
mod dominance;
mod exact;
mod firth;
mod likelihood;
mod options;
mod outcome;
mod penalized;
mod performance;
mod reading;
mod sandwich;
mod separation;
mod ties;
mod time_dependent;
mod units;
mod wording;

pub(super) use firth::Firth;
pub(super) use likelihood::Partial;
pub use options::{Cause, CoxOptions, Variance};
pub(super) use outcome::TimeToEvent;
pub(super) use penalized::Penalized;
pub(crate) use sandwich::RobustScale;
pub(super) use sandwich::{Clusters, all_alike};
pub use ties::Ties;
pub use time_dependent::{TimeDependent, TimeFunction};

use crate::interval::IntervalChoice;
use crate::method::{About, Method, one_table, outline};
use crate::methods::logistic::Penalty;
pub(super) use crate::methods::models::Multiplied;
use crate::methods::models::{self, ModelOptions, Setting, name_endpoint, sampled};
use study::{
    Analysis, ColumnSource, Convention, CountRequest, CountTable, Endpoint, Notice, Plan, Problem, Results,
};
use time_dependent::{Expanded, expand};

/// Cox regression; see the head of this file.
pub struct Cox;

impl Method for Cox {
    const ABOUT: About = About {
        name: "cox",
        title: "Cox regression",
        summary: "Which variables go with the time to an event, alone and together: hazard ratios.",
        documentation: include_str!("cox.rs"),
        references: &[
            "Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x",
            "Breslow 1974, doi:10.2307/2529620",
            "Efron 1977, doi:10.1080/01621459.1977.10480613",
            "Gail, Lubin & Rubinstein 1981, doi:10.1093/biomet/68.3.703",
            "Lin & Wei 1989, doi:10.1080/01621459.1989.10478874",
            "Heinze & Schemper 2001, doi:10.1111/j.0006-341X.2001.00114.x",
        ],
    };
    type Options = CoxOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        options.check(analysis, plan, endpoint)?;
        Ok(vec![CountRequest { columns: options.columns(endpoint) }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let table = one_table(tables)?;
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        let mut options = CoxOptions { ties: Some(options.ties(plan)), ..options.clone() };
        let Multiplied { table: counted, lacking, notices: left_out, .. } =
            multiplied(&options, analysis, plan, table)?;
        let mut table: &CountTable = &counted;
        let expanded: Expanded;
        let mut changing = Vec::new();
        let mut models = options.terms.clone();
        if !options.time_dependent.is_empty() {
            let (changes, event) = (&options.time_dependent, event_source(&options, endpoint));
            expanded = expand(changes, &options.terms, analysis, endpoint, &event, table)?;
            (table, models) = (&expanded.table, expanded.terms.clone());
            changing.clone_from(&expanded.changing);
        }
        let mut notices = left_out;
        let mut outcome = read(&mut options, analysis, endpoint, table, &mut notices)?;
        outcome.robust_scale = RobustScale::of(plan.dialect(Convention::RobustVariance));
        outcome.lacking.extend(lacking);
        outcome.performance = options.performance;
        outcome.changing = changing;

        let options = resolved(options);
        let mut results = outline::<Self>(&options, analysis)?;
        name_outcome(&options, endpoint, &mut results);
        options.label(tables, &mut results)?;
        results.methods_text = options.methods_text(endpoint, plan);
        results.notices = notices;
        let interval = options.interval.unwrap_or(IntervalChoice::Wald);
        let setting = Setting {
            analysis,
            plan,
            table,
            options: ModelOptions { terms: &models, ..options.models() },
            interval,
        };
        match options.penalty {
            None => setting.model(&outcome, &endpoint.name, &mut results)?,
            Some(Penalty::Firth) => setting.model(&Penalized(&outcome), &endpoint.name, &mut results)?,
        }
        Ok(results)
    }
}

/// Names the event whose hazard is modelled in the results.
pub(super) fn name_outcome(options: &CoxOptions, endpoint: &Endpoint, results: &mut Results) {
    name_endpoint(endpoint, results);
    if let Some(outcome) = results.variables.last_mut() {
        outcome.label = options.event_text(endpoint).into();
    }
}

/// The table as the weights and the landmark have it.
pub(super) fn multiplied<'a>(
    options: &CoxOptions,
    analysis: &Analysis,
    plan: &Plan,
    table: &'a CountTable,
) -> Result<Multiplied<'a>, Problem> {
    let mut found = models::multiplied(options.weights.as_deref(), options.weight_kind, analysis, table)?;
    let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
    let n = found.table.n().to_vec();
    let (table, left_out) = options.landmark(endpoint).begin(found.table, &|row| n[row], analysis)?;
    found.table = table;
    found.notices.extend(left_out);
    Ok(found)
}

/// The event whose hazard is modelled.
fn event_source(options: &CoxOptions, endpoint: &Endpoint) -> ColumnSource {
    match options.cause {
        Some(Cause::Competing) => ColumnSource::Competing(endpoint.name.clone()),
        Some(Cause::Event) | None => ColumnSource::Event(endpoint.name.clone()),
    }
}

/// The options with what follows from each other.
fn resolved(options: CoxOptions) -> CoxOptions {
    let interval = options.interval.unwrap_or(match options.penalty {
        Some(Penalty::Firth) => IntervalChoice::Profile,
        None => IntervalChoice::Wald,
    });
    CoxOptions { interval: Some(interval), variance: Some(options.variance()), ..options }
}

/// The times to the event with all that the options ask for.
pub(super) fn read<'a>(
    options: &mut CoxOptions,
    analysis: &Analysis,
    endpoint: &Endpoint,
    table: &'a CountTable,
    notices: &mut Vec<Notice>,
) -> Result<TimeToEvent<'a>, Problem> {
    let name = &endpoint.name;
    let column = |source: ColumnSource| table.column(&source.column());
    let time = column(ColumnSource::Time(name.clone()))?;
    let event = column(event_source(options, endpoint))?;
    let place = |key: &'static str| move |problem: Problem| problem.at(analysis.place(&[key.into()]));
    let ties = options.ties.unwrap_or(Ties::Efron);
    let mut outcome = TimeToEvent::read(name, time, event, table.n(), ties).map_err(place("endpoint"))?;
    if let Ok(entry) = column(ColumnSource::Entry(name.clone())) {
        notices.extend(outcome.delayed(time, entry).map_err(place("endpoint"))?);
    }
    if let Ok(patient) = column(ColumnSource::Patient(name.clone())) {
        let course = outcome.of_patients(patient);
        // Events of one patient are not independent of each other.
        let repeated = course.iter().any(|notice| matches!(notice, Notice::RepeatedEvents { .. }));
        if repeated && options.may_be_robust() {
            options.variance = Some(Variance::Robust);
        }
        notices.extend(course);
    }
    if !options.strata.is_empty() {
        let columns: Result<Vec<_>, _> = options.strata.iter().map(|name| table.column(name)).collect();
        outcome.stratify(&columns?);
    }
    let sampled = sampled(options.weights.as_deref(), options.weight_kind, analysis, table)?;
    if let Some((weights, of_rows)) = sampled {
        outcome.weigh(weights, of_rows);
    }
    if options.variance() == Variance::Robust {
        let cluster = options.cluster.as_deref().map(|cluster| table.column(cluster)).transpose()?;
        outcome.robust(cluster);
        notices.extend(options.cluster.as_deref().and_then(|name| outcome.few_clusters(name)));
    }
    if ties == Ties::Exact {
        outcome.check_exact(options.terms.len()).map_err(place("ties"))?;
    }
    Ok(outcome)
}
