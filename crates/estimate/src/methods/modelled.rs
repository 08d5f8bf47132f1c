//! What methods model that take a binary outcome or the time to an event, whichever the plan names.

use super::cox::{Cause, CoxOptions, Ties};
use super::models::check_list;
use crate::design::Term;
use study::{
    Analysis, ColumnRequest, ColumnSource, Convention, Endpoint, MissingValues, Plan, Problem, Step,
};

/// The keys of the options that say what is modelled.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) outcome: Option<&'a str>,
    pub(super) event: Option<&'a str>,
    pub(super) endpoint: Option<&'a str>,
    pub(super) terms: &'a [String],
    pub(super) keep: &'a [String],
    pub(super) ties: Option<Ties>,
    pub(super) strata: &'a [String],
    pub(super) cause: Option<Cause>,
    pub(super) landmark: Option<f64>,
}

/// Declares the options of a method that chooses among terms, of a binary outcome or the time to an event: what is
/// modelled and the terms, then its own. A macro, because serde's `flatten` would let unknown keys pass.
macro_rules! options_of_choice {
    ($(#[$about:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// A variable of two levels: logistic regression. Either this or `endpoint` is needed.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub outcome: Option<String>,
            /// The level whose odds are modelled: `yes`, `true` or `1` where absent.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub event: Option<String>,
            /// An endpoint of `[endpoints]`, in the place of an outcome: Cox regression.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub endpoint: Option<String>,
            /// The terms among which is chosen: variables, interactions and splines, in the order of the table.
            #[serde(deserialize_with = "crate::design::term::term_list")]
            #[schemars(with = "Vec<crate::design::term::WrittenTerm>")]
            pub terms: Vec<String>,
            /// Those of `terms` that are in every model, whatever is chosen.
            #[serde(
                default,
                deserialize_with = "crate::design::term::term_list",
                skip_serializing_if = "Vec::is_empty"
            )]
            #[schemars(with = "Vec<crate::design::term::WrittenTerm>")]
            pub keep: Vec<String>,
            /// How tied events are handled, by dialect as in `cox` where absent; `exact` is not available here.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub ties: Option<$crate::methods::cox::Ties>,
            /// Variables whose combinations of levels have a baseline hazard each.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub strata: Vec<String>,
            /// Of an endpoint with `competing`: whose hazard is modelled; `event` where absent.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub cause: Option<$crate::methods::cox::Cause>,
            /// Time at which follow-up starts anew, in the endpoint's unit, as in `cox`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub landmark: Option<f64>,
            $($own)*
        }

        impl $name {
            pub(super) fn question(&self) -> $crate::methods::modelled::Question<'_> {
                $crate::methods::modelled::Question {
                    outcome: self.outcome.as_deref(),
                    event: self.event.as_deref(),
                    endpoint: self.endpoint.as_deref(),
                    terms: &self.terms,
                    keep: &self.keep,
                    ties: self.ties,
                    strata: &self.strata,
                    cause: self.cause,
                    landmark: self.landmark,
                }
            }
        }
    };
}
pub(super) use options_of_choice;

/// What they say.
#[derive(Clone)]
pub(super) enum Modelled<'a> {
    /// A variable of two levels: logistic regression.
    Outcome(&'a str),
    /// The time to an event: the Cox regression of that endpoint.
    Endpoint(&'a Endpoint, CoxOptions),
}

impl<'a> Question<'a> {
    /// Exactly one of outcome and endpoint; what belongs to the other is refused.
    pub(super) fn modelled(&self, analysis: &Analysis, plan: &'a Plan) -> Result<Modelled<'a>, Problem> {
        let refuse = |key: &str, message: &str, help: &str| {
            Err(analysis.refuse(&[key.into()], message).help(help.to_string()))
        };
        match (self.outcome, self.endpoint) {
            (None, None) => Err(analysis
                .refuse(&["method".into()], "nothing says what is modelled")
                .help("name a variable of two levels as `outcome`, or an `endpoint` of the plan")),
            (Some(_), Some(_)) => {
                let message = "both an outcome and an endpoint are named";
                refuse("endpoint", message, "remove `outcome` or `endpoint`")
            }
            (Some(_), None) if self.ties.is_some() => {
                refuse("ties", "`ties` are those of times, and no endpoint is named", "remove it")
            }
            (Some(_), None) if !self.strata.is_empty() => {
                let message = "`strata` belong to an endpoint, and none is named";
                refuse("strata", message, "name the variable among the terms instead")
            }
            (Some(_), None) if self.cause.is_some() => {
                let message = "`cause` is that of an endpoint, and none is named";
                refuse("cause", message, "remove it; `event` says which level is modelled")
            }
            (Some(_), None) if self.landmark.is_some() => {
                let message = "follow-up starts anew at a landmark, and no endpoint is named";
                refuse("landmark", message, "remove it, or name an `endpoint` in the place of the outcome")
            }
            (Some(outcome), None) => Ok(Modelled::Outcome(outcome)),
            (None, Some(_)) if self.event.is_some() => {
                let message = "`event` belongs to an outcome; an endpoint has its own";
                refuse("event", message, "remove it")
            }
            (None, Some(_)) if self.ties == Some(Ties::Exact) => {
                refuse("ties", "exact ties are not available here", "use `efron` or `breslow`")
            }
            (None, Some(name)) => {
                let ties = self.ties.unwrap_or(Ties::of(plan.dialect(Convention::CoxTies)));
                let endpoint = plan.endpoint(name, analysis, "endpoint")?;
                let options = CoxOptions {
                    strata: self.strata.to_vec(),
                    cause: self.cause,
                    landmark: self.landmark,
                    ..CoxOptions::of_terms(name, &[], Some(ties))
                };
                options.check_cause(analysis, endpoint)?;
                options.landmark(endpoint).check(analysis)?;
                Ok(Modelled::Endpoint(endpoint, options))
            }
        }
    }

    /// Each term with its place.
    pub(super) fn placed(&self) -> Vec<(&'a str, Vec<Step>)> {
        let terms = self.terms.iter().enumerate();
        terms.map(|(index, term)| (term.as_str(), vec!["terms".into(), index.into()])).collect()
    }

    /// Refuses terms, and a choice of those that are kept, that cannot be meant: `left` is what is done to the
    /// others.
    pub(super) fn check_terms(&self, left: &str, analysis: &Analysis, plan: &Plan) -> Vec<Problem> {
        let outcome = self.outcome.unwrap_or_default();
        let mut problems = check_list(&["terms".into()], self.terms, analysis, plan, outcome);
        for (index, term) in self.keep.iter().enumerate().filter(|(_, term)| !self.terms.contains(term)) {
            let place = ["keep".into(), index.into()];
            let message = format!("`{term}` is to be kept and is none of `terms`");
            let help = "name it among the terms, written the same way";
            problems.push(analysis.refuse(&place, message).help(help));
        }
        if !self.terms.is_empty() && self.terms.iter().all(|term| self.keep.contains(term)) {
            let message = format!("every term is kept, and none is left to be {left}");
            let help = "use `logistic` or `cox`, or keep fewer terms";
            problems.push(analysis.refuse(&["keep".into()], message).help(help));
        }
        problems
    }

    /// Refuses imputed data, in each set of which other terms may be chosen.
    pub(super) fn check_missing(&self, what: &str, analysis: &Analysis) -> Option<Problem> {
        if analysis.heading.missing != MissingValues::Impute {
            return None;
        }
        let message = format!("{what} is not pooled over imputed data sets: each may choose other terms");
        let help = "analyse the complete patients, without missing = \"impute\"";
        Some(analysis.refuse(&["missing".into()], message).help(help))
    }

    /// Refuses strata that are terms too.
    pub(super) fn check_strata(&self, analysis: &Analysis) -> Result<(), Problem> {
        for (index, name) in self.strata.iter().enumerate() {
            let place = ["strata".into(), index.into()];
            if self.strata[..index].contains(name) {
                let message = format!("the stratum `{name}` stands twice");
                return Err(analysis.refuse(&place, message).help("remove one"));
            }
            if self.terms.iter().any(|term| Term::of(term).variables().contains(&name.as_str())) {
                let help = "a stratum has no hazard ratio: remove it from one of them";
                return Err(analysis.refuse(&place, format!("`{name}` is a stratum and a term")).help(help));
            }
        }
        Ok(())
    }
}

impl Modelled<'_> {
    /// The columns to be counted, time first: the rows then come in its order.
    pub(super) fn columns(&self) -> Vec<ColumnRequest> {
        match self {
            Self::Outcome(name) => vec![ColumnRequest::variable(name, ["outcome".into()])],
            Self::Endpoint(endpoint, cox) => {
                let mut columns = cox.columns(endpoint);
                // What is drawn or held out is a row, which must be a whole patient.
                columns.retain(|column| !matches!(column.source, ColumnSource::Patient(_)));
                columns
            }
        }
    }
}

/// Adds columns, each source once.
pub(super) fn with_columns(
    mut columns: Vec<ColumnRequest>,
    further: impl IntoIterator<Item = ColumnRequest>,
) -> Vec<ColumnRequest> {
    for column in further {
        if !columns.iter().any(|known| known.source == column.source) {
            columns.push(column);
        }
    }
    columns
}
