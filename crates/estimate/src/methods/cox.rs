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

use crate::design::Covariate;
use crate::interval::IntervalChoice;
use crate::method::{About, Method, outline};
use crate::methods::models::{
    EntryRule, ModelOptions, Modelling, Multivariable, check_terms, run_models, term_requests,
};
use crate::numerics::distributions::normal_quantile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{
    Analysis, ColumnRequest, ColumnSource, CountRequest, CountTable, Dialect, Kind, Plan, Problem, Results,
    VariableLabel,
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
        let ties = options.ties.unwrap_or(match plan.study.dialect {
            Dialect::Farr | Dialect::R => Ties::Efron,
            Dialect::Spss | Dialect::Sas | Dialect::Stata => Ties::Breslow,
        });
        let time = table.column(&ColumnSource::Time(endpoint.name.clone()).column())?;
        let event = table.column(&ColumnSource::Event(endpoint.name.clone()).column())?;
        let outcome = TimeToEvent::read(&endpoint.name, time, event, table.n(), ties)
            .map_err(|problem| problem.at(analysis.place(&["endpoint".into()])))?;
        let interval = options.interval.unwrap_or(IntervalChoice::Wald);
        let resolved = CoxOptions { ties: Some(ties), interval: Some(interval), ..options.clone() };
        let mut results = outline::<Self>(&resolved, analysis)?;
        results.outcome = Some(endpoint.name.clone());
        results.time_unit = Some(endpoint.unit.name().into());
        results.variables.push(VariableLabel {
            name: endpoint.name.clone(),
            label: endpoint.text().into(),
            unit: Some(endpoint.unit.name().into()),
            kind: Kind::Number,
            levels: Vec::new(),
        });
        let all = options.models().all_terms();
        let mut covariates = Vec::with_capacity(all.len());
        for (term, path) in &all {
            let column = table.column(term)?;
            covariates.push(Covariate::read(column).map_err(|problem| problem.at(analysis.place(path)))?);
            results.variables.push(column.label());
        }
        results.methods_text = methods_text(options, endpoint.text(), ties, interval, plan);
        let level = plan.study.confidence_level;
        let mut modelling = Modelling {
            outcome: &outcome,
            table,
            covariates: &covariates,
            interval,
            confidence_level: level,
            z: normal_quantile(0.5 + 0.5 * level),
            results: &mut results,
        };
        run_models(&mut modelling, &options.models(), &endpoint.name);
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
    let models = match (options.univariable, &options.multivariable) {
        (true, Multivariable::Switch(false)) => "univariable",
        (true, _) => "univariable and multivariable",
        (false, _) => "multivariable",
    };
    let ties = match ties {
        Ties::Efron => "Efron’s",
        Ties::Breslow => "Breslow’s",
    };
    let mut text = vec![format!(
        "Hazard ratios for {endpoint} were estimated by {models} Cox regression, ties by {ties} method."
    )];
    if let Multivariable::Enter(rule) = &options.multivariable
        && let Ok(rule) = EntryRule::parse(&rule.enter)
    {
        text.push(format!("Terms with {rule} entered the multivariable model."));
    }
    let percent = 100.0 * plan.study.confidence_level;
    text.push(match interval {
        IntervalChoice::Wald => {
            format!("P values and {percent} % confidence intervals of ratios are Wald’s.")
        }
        IntervalChoice::Profile => format!(
            "P values of ratios are Wald’s; {percent} % confidence intervals are from the profile likelihood."
        ),
    });
    text
}
