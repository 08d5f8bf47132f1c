//! What methods model that take a binary outcome or the time to an event, whichever the plan names.

use super::cox::{Ties, TimeToEvent};
use crate::design::Term;
use study::{Analysis, ColumnRequest, ColumnSource, Convention, CountTable, Endpoint, Notice, Plan, Problem};

/// The keys of the options that say what is modelled.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) outcome: Option<&'a str>,
    pub(super) event: Option<&'a str>,
    pub(super) endpoint: Option<&'a str>,
    pub(super) ties: Option<Ties>,
    pub(super) strata: &'a [String],
}

/// What they say.
#[derive(Clone, Copy)]
pub(super) enum Modelled<'a> {
    /// A variable of two levels: logistic regression.
    Outcome(&'a str),
    /// The time to an event: Cox regression.
    Endpoint(&'a Endpoint, Ties),
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
                Ok(Modelled::Endpoint(plan.endpoint(name, analysis, "endpoint")?, ties))
            }
        }
    }

    /// Refuses strata that are terms too.
    pub(super) fn check_strata(&self, terms: &[String], analysis: &Analysis) -> Result<(), Problem> {
        for (index, name) in self.strata.iter().enumerate() {
            let place = ["strata".into(), index.into()];
            if self.strata[..index].contains(name) {
                let message = format!("the stratum `{name}` stands twice");
                return Err(analysis.refuse(&place, message).help("remove one"));
            }
            if terms.iter().any(|term| Term::of(term).variables().contains(&name.as_str())) {
                let help = "a stratum has no hazard ratio: remove it from one of them";
                return Err(analysis.refuse(&place, format!("`{name}` is a stratum and a term")).help(help));
            }
        }
        Ok(())
    }
}

impl Modelled<'_> {
    /// The columns to be counted, time first: the rows then come in its order.
    pub(super) fn columns(&self, strata: &[String]) -> Vec<ColumnRequest> {
        match self {
            Self::Outcome(name) => vec![ColumnRequest::variable(name, ["outcome".into()])],
            Self::Endpoint(endpoint, _) => {
                let at = || ["endpoint".into()];
                let mut columns = ColumnRequest::endpoint(&endpoint.name, at()).to_vec();
                columns.extend(endpoint.entry.as_ref().map(|_| ColumnRequest::entry(&endpoint.name, at())));
                let strata = strata.iter().enumerate();
                columns.extend(
                    strata
                        .map(|(index, name)| ColumnRequest::variable(name, ["strata".into(), index.into()])),
                );
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

/// The times to the event of an endpoint, with delayed entry and strata.
pub(super) fn read_times<'a>(
    endpoint: &Endpoint,
    ties: Ties,
    strata: &[String],
    table: &'a CountTable,
    analysis: &Analysis,
    notices: &mut Vec<Notice>,
) -> Result<TimeToEvent<'a>, Problem> {
    let name = &endpoint.name;
    let column = |source: ColumnSource| table.column(&source.column());
    let place = |problem: Problem| problem.at(analysis.place(&["endpoint".into()]));
    let time = column(ColumnSource::Time(name.clone()))?;
    let event = column(ColumnSource::Event(name.clone()))?;
    let mut times = TimeToEvent::read(name, time, event, table.n(), ties).map_err(place)?;
    if let Ok(entry) = column(ColumnSource::Entry(name.clone())) {
        notices.extend(times.delayed(time, entry).map_err(place)?);
    }
    if !strata.is_empty() {
        let columns: Result<Vec<_>, _> = strata.iter().map(|name| table.column(name)).collect();
        times.stratify(&columns?);
    }
    Ok(times)
}
