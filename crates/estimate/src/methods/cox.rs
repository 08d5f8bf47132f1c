//! Cox's proportional hazards regression.
//!
//! # Estimand
//! Hazard ratio of the event for each level of a factor against its reference, or for one unit more of a number:
//! alone (univariable) and with all terms of the multivariable model held equal.
//! # Formula
//! h(t | x) = h₀(t) exp(Σ βⱼ xⱼ), h₀ unspecified. β maximises the partial likelihood
//! ∏ over events exp(x′β) / Σ over those at risk exp(x′β).
//! # Ties and censoring
//! Efron: the k-th of d tied events (k = 0 … d − 1) sees the risk set less k/d of those who have the event together.
//! Breslow: each sees the whole risk set. A patient censored at an event time is at risk at it. Times tie where they
//! agree in nine significant digits.
//! # Assumptions
//! Proportional hazards; censoring independent of the event given the terms; independent patients.
//! # Variance
//! Inverse of the observed information. P values of ratios are Wald's; the whole model has the likelihood-ratio, the
//! Wald and the score test. The score test of a single factor without ties is the log-rank test.
//! # Options
//! `endpoint`, `terms`, `univariable`, `multivariable`, `ties` (default `efron`; `breslow` in the dialects `spss`,
//! `sas` and `stata`), `interval` (default `wald`). A univariable model uses every patient with the endpoint and its
//! own term, the multivariable model those with the endpoint and all of its terms. Where the likelihood is monotone
//! the infinite ratios are withheld and named, and the others are those of the limiting model.
//! # References
//! Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x; Breslow 1974, doi:10.2307/2529620; Efron 1977,
//! doi:10.1080/01621459.1977.10480613; Heinze & Schemper 2001, doi:10.1111/j.0006-341X.2001.00114.x.

mod likelihood;
mod outcome;
mod separation;
mod ties;

pub(super) use likelihood::Partial;
pub(super) use outcome::TimeToEvent;
pub use ties::Ties;

use crate::interval::IntervalChoice;
use crate::method::{About, Method, outline};
use crate::methods::models::{
    ModelOptions, Multivariable, Setting, check_terms, interval_sentence, name_endpoint, term_requests,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{
    Analysis, ColumnRequest, ColumnSource, Convention, CountRequest, CountTable, Plan, Problem, Results,
};

/// Cox regression; see the head of this file.
pub struct Cox;

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoxOptions {
    /// An endpoint of the plan.
    pub endpoint: String,
    /// Variables, in the order of the table.
    pub terms: Vec<String>,
    /// Whether each term is also examined alone.
    #[serde(default)]
    pub univariable: bool,
    /// Which terms are examined together.
    #[serde(default)]
    pub multivariable: Multivariable,
    /// How tied events are handled.
    pub ties: Option<Ties>,
    /// How intervals are made.
    pub interval: Option<IntervalChoice>,
}

impl CoxOptions {
    fn models(&self) -> ModelOptions<'_> {
        ModelOptions { terms: &self.terms, univariable: self.univariable, multivariable: &self.multivariable }
    }
}

impl Method for Cox {
    const ABOUT: About = About {
        name: "cox",
        title: "Cox regression",
        summary: "Which variables go with the time to an event, alone and together: hazard ratios.",
        references: &[
            "Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x",
            "Breslow 1974, doi:10.2307/2529620",
            "Efron 1977, doi:10.1080/01621459.1977.10480613",
            "Heinze & Schemper 2001, doi:10.1111/j.0006-341X.2001.00114.x",
        ],
    };
    type Options = CoxOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        check_terms(&options.models(), analysis, plan, "")?;
        // Time first: the rows then come in its order.
        let mut columns = ColumnRequest::endpoint(&options.endpoint, ["endpoint".into()]).to_vec();
        columns.extend(term_requests(&options.models()));
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let [table] = tables else { return Err(Problem::internal("cox needs one count table")) };
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        let ties = options.ties.unwrap_or(Ties::of(plan.dialect(Convention::CoxTies)));
        let time = table.column(&ColumnSource::Time(endpoint.name.clone()).column())?;
        let event = table.column(&ColumnSource::Event(endpoint.name.clone()).column())?;
        let outcome = TimeToEvent::read(&endpoint.name, time, event, table.n(), ties)
            .map_err(|problem| problem.at(analysis.place(&["endpoint".into()])))?;
        let interval = options.interval.unwrap_or(IntervalChoice::Wald);
        let resolved = CoxOptions { ties: Some(ties), interval: Some(interval), ..options.clone() };
        let mut results = outline::<Self>(&resolved, analysis)?;
        name_endpoint(endpoint, &mut results);
        results.methods_text = methods_text(options, endpoint.text(), ties, interval, plan);
        let setting = Setting { analysis, plan, table, options: options.models(), interval };
        setting.model(&outcome, &endpoint.name, &mut results)?;
        Ok(results)
    }
}

fn methods_text(
    options: &CoxOptions,
    endpoint: &str,
    ties: Ties,
    interval: IntervalChoice,
    plan: &Plan,
) -> Vec<String> {
    let models = options.models();
    let ties = match ties {
        Ties::Efron => "Efron’s",
        Ties::Breslow => "Breslow’s",
    };
    let mut text = vec![format!(
        "Hazard ratios for {endpoint} were estimated by {} Cox regression, ties by {ties} method.",
        models.adjective()
    )];
    text.extend(models.entry_sentence());
    text.push(interval_sentence(interval, plan.study.confidence_level));
    text
}
