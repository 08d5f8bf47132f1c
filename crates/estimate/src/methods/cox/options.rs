//! What may be asked of Cox regression.

use super::Ties;
use super::time_dependent::{self, TimeDependent};
use crate::design::term::{Term, WrittenTerm, term_list};
use crate::follow_up::{Events, Landmark};
use crate::interval::IntervalChoice;
use crate::methods::logistic::Penalty;
use crate::methods::models::{
    ModelOptions, Multivariable, WeightKind, check_terms, check_weights, term_requests,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, ColumnRequest, Convention, CountTable, Endpoint, Plan, Problem, Results};

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoxOptions {
    /// An endpoint of `[endpoints]`.
    pub endpoint: String,
    /// Variables, interactions and splines, in the order of the table.
    #[serde(deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub terms: Vec<String>,
    /// Whether each term is also examined alone.
    #[serde(default)]
    pub univariable: bool,
    /// Which terms are examined together: all, none (`false`), those that a rule lets in (`enter`), or others
    /// (`terms`).
    #[serde(default)]
    pub multivariable: Multivariable,
    /// How tied events are handled; Efron's way where absent, Breslow's in the dialects of SPSS, SAS and Stata.
    pub ties: Option<Ties>,
    /// How intervals are made; Wald's where absent, profile likelihood with `penalty`.
    pub interval: Option<IntervalChoice>,
    /// Variables whose combinations of levels have a baseline hazard each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strata: Vec<String>,
    /// A variable that says how much each patient counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// What the weights stand for; needed beside `weights`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_kind: Option<WeightKind>,
    /// Where the variance comes from; `model` where absent, `robust` with clusters or sampling weights.
    pub variance: Option<Variance>,
    /// A variable of which patients of one level, for example of one hospital, are alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Terms whose coefficient changes with time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub time_dependent: Vec<TimeDependent>,
    /// What is added to the likelihood; nothing where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub penalty: Option<Penalty>,
    /// Whether the model of all terms is also told how well it predicts: concordance and R².
    #[serde(default, skip_serializing_if = "is_no")]
    pub performance: bool,
    /// Of an endpoint with `competing`: whose hazard is modelled; `event` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Time at which follow-up starts anew, in the endpoint's unit: of those who are followed beyond it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
}

fn is_no(performance: &bool) -> bool {
    !performance
}

/// Where the variance of the coefficients comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Variance {
    /// The inverse of the information.
    Model,
    /// The sandwich of the score residuals, by patient or by cluster.
    Robust,
}

/// Which of two competing events is modelled; the other censors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The endpoint's event.
    Event,
    /// The event that competes with it.
    Competing,
}

impl CoxOptions {
    /// One model of all terms, in the plainest circumstances.
    pub(in crate::methods) fn of_terms(endpoint: &str, terms: &[String], ties: Option<Ties>) -> Self {
        Self {
            endpoint: endpoint.into(),
            terms: terms.to_vec(),
            univariable: false,
            multivariable: Multivariable::Switch(true),
            ties,
            interval: None,
            strata: Vec::new(),
            weights: None,
            weight_kind: None,
            variance: None,
            cluster: None,
            time_dependent: Vec::new(),
            penalty: None,
            performance: false,
            cause: None,
            landmark: None,
        }
    }

    pub(in crate::methods) fn models(&self) -> ModelOptions<'_> {
        ModelOptions { terms: &self.terms, univariable: self.univariable, multivariable: &self.multivariable }
    }

    /// How ties are handled, if it is not said by dialect.
    pub(in crate::methods) fn ties(&self, plan: &Plan) -> Ties {
        self.ties.unwrap_or(Ties::of(plan.dialect(Convention::CoxTies)))
    }

    /// Where the variance comes from, if it is not said too.
    pub(in crate::methods) fn variance(&self) -> Variance {
        let implied = self.cluster.is_some() || self.weight_kind == Some(WeightKind::Sampling);
        self.variance.unwrap_or(if implied { Variance::Robust } else { Variance::Model })
    }

    /// Whether the robust variance may take the place of a variance that nobody asked for.
    pub(super) fn may_be_robust(&self) -> bool {
        let profile = self.interval == Some(IntervalChoice::Profile);
        self.variance.is_none() && self.penalty.is_none() && self.ties != Some(Ties::Exact) && !profile
    }

    /// Refuses what cannot be meant, with its place.
    pub(in crate::methods) fn check(
        &self,
        analysis: &Analysis,
        plan: &Plan,
        endpoint: &Endpoint,
    ) -> Result<(), Problem> {
        check_terms(&self.models(), analysis, plan, "")?;
        check_weights(analysis, self.weights.as_deref(), self.weight_kind)?;
        let mut problems = time_dependent::check(&self.time_dependent, &self.terms, analysis);
        let mut refuse = |key: &str, message: String, help: &str| {
            problems.push(analysis.refuse(&[key.into()], message).help(help));
        };
        for (index, name) in self.strata.iter().enumerate() {
            if self.strata[..index].contains(name) {
                refuse("strata", format!("the stratum `{name}` stands twice"), "remove one");
            }
            if self
                .models()
                .all_terms()
                .iter()
                .any(|(term, _)| Term::of(term).variables().contains(&name.as_str()))
            {
                let message = format!("`{name}` is a stratum and a term");
                refuse("strata", message, "a stratum has no hazard ratio: remove it from one of them");
            }
        }
        let robust = self.variance() == Variance::Robust;
        if self.cluster.is_some() && !robust {
            refuse(
                "variance",
                "the variance of clusters is robust".into(),
                "remove `variance`, or `cluster`",
            );
        }
        if robust && self.interval == Some(IntervalChoice::Profile) {
            let message = "a profile likelihood knows nothing of the robust variance".to_string();
            refuse("interval", message, "use `wald` intervals, or variance = \"model\"");
        }
        if self.ties == Some(Ties::Exact) {
            if robust {
                let message = "the robust variance of exact ties is not known".to_string();
                refuse("ties", message, "use `efron` or `breslow`");
            }
            if self.weight_kind == Some(WeightKind::Sampling) {
                let message =
                    "exact ties are choices of patients, who cannot have sampling weights".to_string();
                refuse("ties", message, "use `efron` or `breslow`");
            }
        }
        let together = matches!(self.multivariable, Multivariable::Switch(true)) && !self.univariable;
        if !self.time_dependent.is_empty() && !together {
            let message = "coefficients that change with time are those of one model".to_string();
            refuse(
                "time_dependent",
                message,
                "remove `univariable` and `multivariable`, or make it an analysis of its own",
            );
        }
        if self.performance && !self.time_dependent.is_empty() {
            let message =
                "with coefficients that change with time patients have no one order of risk".to_string();
            refuse("performance", message, "remove `performance`, or `time_dependent`");
        }
        if self.performance && matches!(self.multivariable, Multivariable::Switch(false)) {
            let message = "`performance` is that of the multivariable model, and there is none".to_string();
            refuse("performance", message, "remove it, or `multivariable = false`");
        }
        if self.penalty.is_some() {
            if robust || self.weight_kind == Some(WeightKind::Sampling) {
                let message =
                    "a penalized likelihood has neither robust variance nor sampling weights".to_string();
                refuse("penalty", message, "remove `penalty`, or `variance`, `cluster` and `weights`");
            }
            if self.ties == Some(Ties::Exact) {
                let message = "the penalized likelihood of exact ties is not known".to_string();
                refuse("ties", message, "use `efron` or `breslow`");
            }
        }
        problems.extend(self.check_cause(analysis, endpoint).err());
        problems.extend(self.landmark(endpoint).check(analysis).err());
        Problem::collect(problems)
    }

    /// When follow-up starts anew, where it does.
    pub(in crate::methods) fn landmark<'e>(&self, endpoint: &'e Endpoint) -> Landmark<'e> {
        let events = match self.cause {
            Some(Cause::Competing) => Events::Competing,
            Some(Cause::Event) | None => Events::Event,
        };
        Landmark { at: self.landmark, endpoint, events }
    }

    /// Refuses a cause where there is one event only.
    pub(in crate::methods) fn check_cause(
        &self,
        analysis: &Analysis,
        endpoint: &Endpoint,
    ) -> Result<(), Problem> {
        if self.cause.is_none() || endpoint.competing.is_some() {
            return Ok(());
        }
        let message = format!("the endpoint `{}` names no competing event", endpoint.name);
        let help = "give the endpoint `competing`, or remove `cause`";
        Err(analysis.refuse(&["cause".into()], message).help(help))
    }

    /// The columns to be counted, time first: the rows then come in its order.
    pub(in crate::methods) fn columns(&self, endpoint: &Endpoint) -> Vec<ColumnRequest> {
        let (name, at) = (endpoint.name.as_str(), || ["endpoint".into()]);
        let [time, event] = ColumnRequest::endpoint(name, at());
        let event = match self.cause {
            Some(Cause::Competing) => ColumnRequest::competing(name, at()),
            Some(Cause::Event) | None => event,
        };
        let mut columns = vec![time, event];
        columns.extend(endpoint.entry.as_ref().map(|_| ColumnRequest::entry(name, at())));
        columns.extend(endpoint.view.as_ref().map(|_| ColumnRequest::patient(name, at())));
        columns.extend(self.landmark(endpoint).requests());
        let strata = self.strata.iter().enumerate();
        let strata = strata.map(|(index, name)| (name, vec!["strata".into(), index.into()]));
        let further = [(&self.cluster, "cluster"), (&self.weights, "weights")];
        let further = further.into_iter().filter_map(|(name, key)| Some((name.as_ref()?, vec![key.into()])));
        let further: Vec<ColumnRequest> =
            strata.chain(further).map(|(name, path)| ColumnRequest::variable(name, path)).collect();
        for column in further.into_iter().chain(term_requests(&self.models())) {
            if !columns.iter().any(|known| known.source == column.source) {
                columns.push(column);
            }
        }
        columns
    }

    /// Gives the results the labels of variables that are no terms.
    pub(in crate::methods) fn label(
        &self,
        tables: &[CountTable],
        results: &mut Results,
    ) -> Result<(), Problem> {
        for name in self.strata.iter().chain(&self.cluster).chain(&self.weights) {
            let Some(table) = tables.first() else { continue };
            let label = table.column(name)?.label();
            if !results.variables.iter().any(|known| known.name == *name) && !self.terms.contains(name) {
                results.variables.push(label);
            }
        }
        Ok(())
    }
}
