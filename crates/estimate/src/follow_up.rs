//! The patients of a time-to-event analysis, by group: who has values, and the life table of each group.

mod landmark;
mod question;

pub(crate) use landmark::{Events, Landmark};
pub(crate) use question::Question;

use crate::life_table::{LifeTable, tied};
use crate::missing::excluded;
use study::{
    Analysis, Column, Endpoint, Group, Kind, Notice, Participants, Plan, Problem, Results, VariableLabel,
};

/// A group of patients and its life table.
#[derive(Debug, Clone)]
pub(crate) struct GroupFollowUp {
    /// The level of the grouping variable; absent for all patients together.
    pub(crate) level: Option<String>,
    /// What the report prints.
    pub(crate) label: String,
    /// Its life table, in stored times.
    pub(crate) table: LifeTable,
    /// The life table of the competing event, where it was asked for: the same times and patients at risk.
    pub(crate) competing: Option<LifeTable>,
}

impl GroupFollowUp {
    /// What is to be said of a group as a whole: nobody is in it, or nobody has the event.
    pub(crate) fn note_whole(&self, results: &mut Results) {
        if self.table.n() == 0 {
            let message = match &self.level {
                Some(_) => format!("No patients in the group “{}”.", self.label),
                None => "No patients.".into(),
            };
            results.notices.push(Notice::Other { message });
        } else if self.table.event_count() == 0 {
            results.notices.push(Notice::NoEvents { group: self.level.clone() });
        }
    }

    /// What is to be said of a time `at` of report, once: nobody was followed so long, or few are at risk. `known` says
    /// whether there is an estimate.
    pub(crate) fn note_time(&self, results: &mut Results, at: f64, known: bool, scale: f64) {
        let stored = tied(at * scale);
        let at_risk = self.table.at_risk_at(stored);
        let group = self.level.clone();
        let notice = match (known, self.table.last()) {
            (false, Some(last)) if stored > last => Notice::BeyondFollowUp { group, at, last: last / scale },
            (true, _) if (1..10).contains(&at_risk) => Notice::FewAtRisk { group, at, at_risk },
            _ => return,
        };
        if !results.notices.contains(&notice) {
            results.notices.push(notice);
        }
    }
}

/// The patients of a time-to-event analysis.
#[derive(Debug, Clone)]
pub(crate) struct FollowUp {
    /// The levels of the grouping variable in their order; none without one.
    pub(crate) groups: Vec<GroupFollowUp>,
    /// The groups within each stratum; none without strata.
    pub(crate) strata: Vec<Vec<LifeTable>>,
    /// The same of the competing event, where it was asked for.
    pub(crate) competing_strata: Vec<Vec<LifeTable>>,
    /// All patients together.
    pub(crate) overall: GroupFollowUp,
    /// How many stored time units make one shown unit.
    pub(crate) scale: f64,
    participants: Participants,
    never_at_risk: u64,
    weightless: u64,
    /// Who is left out at the landmark, and what the methods say of it, where there is one.
    left_out: Option<(Notice, String)>,
    variables: Vec<VariableLabel>,
}

/// Refuses times of report that are not after 0; `what` would be reported.
pub(crate) fn check_times(analysis: &Analysis, at: &[f64], what: &str) -> Result<(), Problem> {
    for (index, at) in at.iter().enumerate() {
        if !(*at > 0.0 && at.is_finite()) {
            return Err(analysis
                .refuse(&["at".into(), index.into()], format!("no {what} can be reported at time {at}"))
                .help("give times after 0, in the endpoint's unit"));
        }
    }
    Ok(())
}

/// Refuses survival probabilities whose times are to be reported and that are none; `median` is what 0.5 gives.
pub(crate) fn check_quantiles(analysis: &Analysis, quantiles: &[f64], median: &str) -> Result<(), Problem> {
    for (index, probability) in quantiles.iter().enumerate() {
        if !(*probability > 0.0 && *probability < 1.0) {
            let message = format!("the quantile {probability} is not between 0 and 1");
            let path = ["quantiles".into(), index.into()];
            return Err(analysis.refuse(&path, message).help(format!("write 0.5 for the {median}")));
        }
    }
    Ok(())
}

/// The endpoint, refused where it names no competing event.
pub(crate) fn with_competing<'a>(
    analysis: &Analysis,
    plan: &'a Plan,
    endpoint: &str,
) -> Result<&'a Endpoint, Problem> {
    let endpoint = plan.endpoint(endpoint, analysis, "endpoint")?;
    if endpoint.competing.is_none() {
        let message = format!("the endpoint `{}` names no competing event", endpoint.name);
        return Err(analysis
            .refuse(&["endpoint".into()], message)
            .help("give the endpoint `competing`, for example competing = \"status = 'died before'\""));
    }
    Ok(endpoint)
}

impl FollowUp {
    /// The groups, and all patients together where that is asked for; the results say who they are.
    pub(crate) fn shown(
        &self,
        results: &mut Results,
        plan: &Plan,
        (endpoint, by): (&str, Option<&str>),
        overall: bool,
    ) -> Vec<&GroupFollowUp> {
        let shown = self.groups.iter().chain(overall.then_some(&self.overall)).collect::<Vec<_>>();
        self.describe(results, plan, (endpoint, by), &shown);
        shown
    }

    /// Writes who was analysed into the results: labels, groups, participants, and what was left out.
    fn describe(
        &self,
        results: &mut Results,
        plan: &Plan,
        (endpoint, by): (&str, Option<&str>),
        shown: &[&GroupFollowUp],
    ) {
        results.outcome = Some(endpoint.into());
        results.by = by.map(Into::into);
        let endpoint = plan.endpoints.iter().find(|known| known.name == endpoint);
        results.time_unit = endpoint.map(|endpoint| endpoint.unit.name().into());
        results.variables = self.variables.clone();
        results.groups = shown
            .iter()
            .map(|group| Group {
                level: group.level.clone(),
                label: group.label.clone(),
                n: group.table.n(),
                events: Some(group.table.event_count()),
            })
            .collect();
        if let Some((notice, sentence)) = &self.left_out {
            results.notices.push(notice.clone());
            results.methods_text.push(sentence.clone());
        }
        results.notices.extend(excluded(&self.participants.missing));
        if self.never_at_risk > 0 {
            let endpoint = results.outcome.clone().unwrap_or_default();
            results.notices.push(Notice::NeverAtRisk { endpoint, n: self.never_at_risk });
        }
        if self.weightless > 0 {
            let message = format!("{} left out, because their weight is 0.", self.weightless);
            results.notices.push(Notice::Other { message });
        }
        results.participants = self.participants.clone();
        for group in shown {
            results.notices.extend(group.table.entry_notices(
                group.competing.as_ref(),
                group.level.as_ref(),
                self.scale,
            ));
        }
    }
}

/// Whether the competing event ended the follow-up of each row; it cannot where the event itself did.
pub(crate) fn exclusive(event: &[bool], competing: &Column) -> Result<Vec<bool>, Problem> {
    let competing = happened(competing)?;
    if event.iter().zip(&competing).any(|(event, competing)| *event && *competing) {
        return Err(Problem::input("a patient has the event and a competing one")
            .help("one of them ended follow-up: say which in `event` and `competing` of the endpoint"));
    }
    Ok(competing)
}

pub(crate) fn endpoint_label(endpoint: &Endpoint) -> VariableLabel {
    VariableLabel {
        name: endpoint.name.clone(),
        label: endpoint.text().into(),
        unit: Some(endpoint.unit.name().into()),
        kind: Kind::Number,
        levels: Vec::new(),
    }
}

/// Whether each row has the event.
pub(crate) fn happened(event: &Column) -> Result<Vec<bool>, Problem> {
    let yes = event.levels().iter().position(|level| level.value == "yes");
    Ok(event.codes()?.iter().map(|code| Some(*code as usize) == yes).collect())
}
