//! The patients of a time-to-event analysis, by group: who has values, and the life table of each group.

use crate::life_table::{LifeTable, tied};
use study::{
    Analysis, Column, CountRequest, CountTable, Endpoint, Group, Kind, Notice, Participants, Plan, Problem,
    Results, VariableLabel,
};
use study::{ColumnRequest, ColumnSource};

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

/// The patients of a time-to-event analysis.
#[derive(Debug, Clone)]
pub(crate) struct FollowUp {
    /// The levels of the grouping variable in their order; none without one.
    pub(crate) groups: Vec<GroupFollowUp>,
    /// All patients together.
    pub(crate) overall: GroupFollowUp,
    /// How many stored time units make one shown unit.
    pub(crate) scale: f64,
    participants: Participants,
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

/// The one count table of time × event × group.
pub(crate) fn requests(
    analysis: &Analysis,
    plan: &Plan,
    endpoint: &str,
    by: Option<&str>,
) -> Result<Vec<CountRequest>, Problem> {
    plan.endpoint(endpoint, analysis, "endpoint")?;
    let mut columns = ColumnRequest::endpoint(endpoint, ["endpoint".into()]).to_vec();
    columns.extend(by.map(|by| ColumnRequest::variable(by, ["by".into()])));
    Ok(vec![CountRequest { columns }])
}

/// The one count table of time × event × competing event × group.
pub(crate) fn competing_requests(
    analysis: &Analysis,
    plan: &Plan,
    endpoint: &str,
    by: Option<&str>,
) -> Result<Vec<CountRequest>, Problem> {
    with_competing(analysis, plan, endpoint)?;
    let mut requests = requests(analysis, plan, endpoint, by)?;
    for request in &mut requests {
        request.columns.push(ColumnRequest::competing(endpoint, ["endpoint".into()]));
    }
    Ok(requests)
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
    /// Reads the count table of [`requests`]; patients without time, event or group are left out.
    pub(crate) fn read(
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
        endpoint: &str,
        by: Option<&str>,
    ) -> Result<Self, Problem> {
        Self::of_columns(analysis, plan, tables, endpoint, by, false)
    }

    /// Reads the count table of [`competing_requests`]; patients without any of its values are left out.
    pub(crate) fn read_competing(
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
        endpoint: &str,
        by: Option<&str>,
    ) -> Result<Self, Problem> {
        Self::of_columns(analysis, plan, tables, endpoint, by, true)
    }

    fn of_columns(
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
        endpoint: &str,
        by: Option<&str>,
        competing: bool,
    ) -> Result<Self, Problem> {
        let endpoint = plan.endpoint(endpoint, analysis, "endpoint")?;
        let [table] = tables else {
            return Err(Problem::internal("a time-to-event analysis was not given its one count table"));
        };
        let time = ColumnSource::Time(endpoint.name.clone()).column();
        let event = ColumnSource::Event(endpoint.name.clone()).column();
        let other = competing.then(|| ColumnSource::Competing(endpoint.name.clone()).column());
        let names: Vec<&str> =
            [time.as_str(), &event].into_iter().chain(by).chain(other.as_deref()).collect();
        let (complete, missing) = table.complete(&names)?;

        let times = complete.column(&time)?.numbers()?;
        let happened = happened(complete.column(&event)?)?;
        let other = match &other {
            Some(other) => Some(exclusive(&happened, complete.column(other)?)?),
            None => None,
        };
        let patients = |level: Option<String>, label: String, keep: &dyn Fn(usize) -> bool| {
            let life = |event: &[bool]| {
                let rows = (0..complete.rows()).filter(|row| keep(*row));
                let rows: Vec<_> = rows.map(|row| (times[row], event[row], complete.n()[row])).collect();
                LifeTable::new(rows).map_err(|problem| problem.at(analysis.place(&["endpoint".into()])))
            };
            let competing = other.as_deref().map(life).transpose()?;
            Ok::<_, Problem>(GroupFollowUp { level, label, table: life(&happened)?, competing })
        };
        let mut groups = Vec::new();
        if let Some(by) = by {
            let column = complete.column(by)?;
            let codes = column.codes().map_err(|problem| problem.at(analysis.place(&["by".into()])))?;
            for (code, level) in column.levels().iter().enumerate() {
                let (value, label) = (Some(level.value.clone()), level.text().into());
                groups.push(patients(value, label, &|row| codes[row] as usize == code)?);
            }
        }
        let overall = patients(None, "All patients".into(), &|_| true)?;
        let mut variables: Vec<VariableLabel> = table.columns().iter().map(Column::label).collect();
        variables.push(endpoint_label(endpoint));
        Ok(Self {
            groups,
            overall,
            scale: endpoint.scale(),
            participants: Participants { eligible: table.total(), analysed: complete.total(), missing },
            variables,
        })
    }

    /// Leaves only those who are followed beyond a landmark in shown time, and counts time from it; returns how many had
    /// the event until then, and how many left without it.
    pub(crate) fn start_at(&mut self, landmark: f64) -> (u64, u64) {
        let before = (self.overall.table.n(), self.overall.table.event_count());
        for group in self.groups.iter_mut().chain(std::iter::once(&mut self.overall)) {
            group.table = group.table.after(tied(landmark * self.scale));
        }
        let events = before.1 - self.overall.table.event_count();
        self.participants.analysed = self.overall.table.n();
        (events, before.0 - self.overall.table.n() - events)
    }

    /// Writes who was analysed into the results: labels, groups, participants, and what was left out.
    pub(crate) fn describe(
        &self,
        results: &mut Results,
        plan: &Plan,
        endpoint: &str,
        by: Option<&str>,
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
        let missing = self.participants.missing.iter().filter(|missing| missing.n > 0);
        results.notices.extend(
            missing
                .map(|missing| Notice::MissingExcluded { variable: missing.variable.clone(), n: missing.n }),
        );
        results.participants = self.participants.clone();
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
