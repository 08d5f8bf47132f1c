//! What a time-to-event analysis asks of its patients, and the way from the count table to their life tables.

use super::{Events, FollowUp, GroupFollowUp, Landmark, endpoint_label, exclusive, happened, with_competing};
use crate::life_table::{Course, LifeTable, Weighing, tied};
use crate::method::one_table;
use crate::methods::models::{LARGEST_WEIGHT, WeightKind, checked_frequencies};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use study::{
    Analysis, Column, ColumnRequest, ColumnSource, CountRequest, CountTable, Endpoint, Level, Participants,
    Plan, Problem, VariableLabel,
};

/// What of the patients a time-to-event analysis needs to know.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Question<'a> {
    /// An endpoint of `[endpoints]`.
    pub(crate) endpoint: &'a str,
    /// The variable whose levels are compared.
    pub(crate) by: Option<&'a str>,
    /// The variables within whose levels they are compared.
    pub(crate) strata: &'a [String],
    /// The variable of weights, and what they mean.
    pub(crate) weights: Option<(&'a str, WeightKind)>,
    /// Whether the competing event is wanted beside the event.
    pub(crate) competing: bool,
    /// When follow-up starts anew, in the endpoint's unit.
    pub(crate) landmark: Option<f64>,
}

impl<'a> Question<'a> {
    /// Time and event of an endpoint, by group where one is named.
    pub(crate) fn of(endpoint: &'a str, by: Option<&'a str>) -> Self {
        Self { endpoint, by, ..Self::default() }
    }

    /// The same of patients with weights, where a variable of them is named.
    pub(crate) fn weighted(
        endpoint: &'a str,
        by: Option<&'a str>,
        weights: Option<&'a String>,
        kind: Option<WeightKind>,
    ) -> Self {
        Self { weights: weights.map(String::as_str).zip(kind), ..Self::of(endpoint, by) }
    }

    /// The landmark of the analysis, where it has one.
    fn landmark<'e>(&self, endpoint: &'e Endpoint) -> Landmark<'e> {
        let events = if self.competing { Events::Both } else { Events::Event };
        Landmark { at: self.landmark, endpoint, events }
    }

    /// The one count table of all that is asked.
    pub(crate) fn requests(&self, analysis: &Analysis, plan: &Plan) -> Result<Vec<CountRequest>, Problem> {
        let endpoint = match self.competing {
            true => with_competing(analysis, plan, self.endpoint)?,
            false => plan.endpoint(self.endpoint, analysis, "endpoint")?,
        };
        self.landmark(endpoint).check(analysis)?;
        let path = || ["endpoint".into()];
        let mut columns = ColumnRequest::endpoint(self.endpoint, path()).to_vec();
        columns.extend(self.by.map(|by| ColumnRequest::variable(by, ["by".into()])));
        for (index, stratum) in self.strata.iter().enumerate() {
            if self.by == Some(stratum) || self.strata[..index].contains(stratum) {
                let message = format!("`{stratum}` cannot be a stratum here, for it stands elsewhere too");
                return Err(analysis
                    .refuse(&["strata".into(), index.into()], message)
                    .help("name variables that are neither compared nor named twice"));
            }
            columns.push(ColumnRequest::variable(stratum, ["strata".into(), index.into()]));
        }
        columns.extend(self.weights.map(|(name, _)| ColumnRequest::variable(name, ["weights".into()])));
        if self.competing {
            columns.push(ColumnRequest::competing(self.endpoint, path()));
        }
        if endpoint.entry.is_some() {
            columns.push(ColumnRequest::entry(self.endpoint, path()));
        }
        columns.extend(self.landmark(endpoint).requests());
        Ok(vec![CountRequest { columns }])
    }

    /// Reads the count table of [`Self::requests`]; patients without one of its values are left out, and so are those
    /// who entered when their follow-up had ended.
    pub(crate) fn read(
        &self,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<FollowUp, Problem> {
        let endpoint = plan.endpoint(self.endpoint, analysis, "endpoint")?;
        let table = one_table(tables)?;
        let frequencies = match self.weights {
            Some((name, WeightKind::Frequency)) => {
                let numbers = checked_frequencies(table, name);
                Some(numbers.map_err(|problem| problem.at(analysis.place(&["weights".into()])))?)
            }
            _ => None,
        };
        // Who has no weight is nobody who could be left out.
        let patients = |row: usize| {
            let of_row = frequencies.map_or(1, |frequencies| frequencies[row] as u64);
            table.n()[row] * of_row
        };
        let landmark = self.landmark(endpoint);
        let (table, left_out) = landmark.begin(Cow::Borrowed(table), &patients, analysis)?;
        let left_out = left_out.zip(landmark.sentence());
        let name = || endpoint.name.clone();
        let time = ColumnSource::Time(name()).column();
        let event = ColumnSource::Event(name()).column();
        let entry = endpoint.entry.is_some().then(|| ColumnSource::Entry(name()).column());
        let other = self.competing.then(|| ColumnSource::Competing(name()).column());
        let strata = self.strata.iter().map(String::as_str);
        let names: Vec<&str> = [time.as_str(), &event]
            .into_iter()
            .chain(self.by)
            .chain(strata)
            .chain(self.weights.map(|(name, _)| name))
            .chain(other.as_deref())
            .chain(entry.as_deref())
            .collect();
        let (complete, missing) = table.complete(&names)?;
        let happened = happened(complete.column(&event)?)?;
        let courses = self.courses(analysis, &complete, &time, &happened, entry.as_deref())?;
        let never: Vec<bool> =
            courses.iter().map(|course| entry.is_some() && course.entry >= course.time).collect();
        let never_at_risk = (0..courses.len()).filter(|row| never[*row]).map(|row| complete.n()[row]).sum();
        let other = match &other {
            Some(other) => Some(exclusive(&happened, complete.column(other)?)?),
            None => None,
        };
        let (of_row, shapes) = self.partition(analysis, &complete)?;
        let weighing = match self.weights {
            Some((_, WeightKind::Sampling)) => Weighing::Sampled,
            _ => Weighing::Counted,
        };
        let life = |event: &dyn Fn(usize) -> bool, keep: &dyn Fn(usize) -> bool| {
            let rows = (0..courses.len()).filter(|row| keep(*row) && !never[*row]);
            let rows = rows.map(|row| Course { event: event(row), ..courses[row] });
            LifeTable::of(rows, weighing).map_err(|problem| problem.at(analysis.place(&["endpoint".into()])))
        };
        let own = |row: usize| happened[row];
        let patients = |level: Option<String>, label: String, keep: &dyn Fn(usize) -> bool| {
            let competing = other.as_ref().map(|other| life(&|row| other[row], keep)).transpose()?;
            Ok::<_, Problem>(GroupFollowUp { level, label, table: life(&own, keep)?, competing })
        };
        let mut groups = Vec::new();
        for (code, level) in shapes.levels.iter().enumerate() {
            let (value, label) = (Some(level.value.clone()), level.text().into());
            groups.push(patients(value, label, &|row| of_row[row].0 == code)?);
        }
        let within = |event: &dyn Fn(usize) -> bool| -> Result<Vec<Vec<LifeTable>>, Problem> {
            let count = if self.strata.is_empty() { 0 } else { shapes.strata };
            let mut rows: Vec<Vec<Vec<Course>>> = vec![vec![Vec::new(); shapes.levels.len()]; count];
            for (row, (group, stratum)) in
                of_row.iter().enumerate().filter(|(row, _)| count > 0 && !never[*row])
            {
                rows[*stratum][*group].push(Course { event: event(row), ..courses[row] });
            }
            let tables = |groups: Vec<Vec<Course>>| {
                groups
                    .into_iter()
                    .map(|courses| LifeTable::of(courses, weighing))
                    .collect::<Result<Vec<_>, Problem>>()
            };
            rows.into_iter().map(tables).collect()
        };
        let strata = within(&own)?;
        let competing_strata = match &other {
            Some(other) => within(&|row| other[row])?,
            None => Vec::new(),
        };
        let overall = patients(None, "All patients".into(), &|_| true)?;
        // Rows of frequency weights are as many patients as their weights say.
        let counted = match self.weights {
            Some((_, WeightKind::Frequency)) => (0..courses.len())
                .filter(|row| !never[*row])
                .map(|row| if courses[row].n == 0 { complete.n()[row] } else { courses[row].n })
                .sum(),
            _ => complete.total() - never_at_risk,
        };
        let analysed = overall.table.n();
        let weightless = counted - analysed;
        let eligible = counted + never_at_risk + table.total() - complete.total();
        let mut variables: Vec<VariableLabel> = table.columns().iter().map(Column::label).collect();
        variables.push(endpoint_label(endpoint));
        Ok(FollowUp {
            groups,
            strata,
            competing_strata,
            scale: endpoint.scale(),
            participants: Participants { eligible, analysed, missing },
            never_at_risk,
            weightless,
            left_out,
            overall,
            variables,
        })
    }

    /// What is known of the patients of each row.
    fn courses(
        &self,
        analysis: &Analysis,
        complete: &CountTable,
        time: &str,
        happened: &[bool],
        entry: Option<&str>,
    ) -> Result<Vec<Course>, Problem> {
        let times = complete.column(time)?.numbers()?;
        let entries = entry.map(|entry| complete.column(entry)?.numbers()).transpose()?;
        let weights = match self.weights {
            Some((name, _)) => {
                let numbers = complete.column(name)?.numbers();
                Some(numbers.map_err(|problem| problem.at(analysis.place(&["weights".into()])))?)
            }
            None => None,
        };
        (0..complete.rows())
            .map(|row| {
                let weight = weights.map_or(1.0, |weights| weights[row]);
                let whole = Course {
                    entry: entries.map_or(0.0, |entries| tied(entries[row])),
                    time: tied(times[row]),
                    event: happened[row],
                    n: complete.n()[row],
                    weight,
                };
                match self.weights {
                    Some((name, kind)) => weigh(whole, kind).map_err(|fault| {
                        analysis
                            .refuse(&["weights".into()], format!("a weight in `{name}` is {weight}, {fault}"))
                            .help("sampling weights are from 0 to 10¹⁵; leave other patients out with a criterion")
                    }),
                    None => Ok(whole),
                }
            })
            .collect()
    }

    /// The group and the stratum of each row, and what they are.
    fn partition(
        &self,
        analysis: &Analysis,
        complete: &CountTable,
    ) -> Result<(Vec<(usize, usize)>, Partition), Problem> {
        let mut of_row = vec![(0, 0); complete.rows()];
        let mut shapes = Partition { levels: Vec::new(), strata: 1 };
        if let Some(by) = self.by {
            let column = complete.column(by)?;
            let codes = column.codes().map_err(|problem| problem.at(analysis.place(&["by".into()])))?;
            of_row.iter_mut().zip(codes).for_each(|(row, code)| row.0 = *code as usize);
            shapes.levels = column.levels().to_vec();
        }
        for (index, name) in self.strata.iter().enumerate() {
            let column = complete.column(name)?;
            let place = || analysis.place(&["strata".into(), index.into()]);
            let codes = column.codes().map_err(|problem| problem.at(place()))?;
            // Only those that occur are numbered: of a few variables with many levels there are more combinations than
            // memory.
            let pairs: Vec<(usize, u32)> =
                of_row.iter().zip(codes).map(|(row, code)| (row.1, *code)).collect();
            let occurring: BTreeSet<(usize, u32)> = pairs.iter().copied().collect();
            let number: BTreeMap<(usize, u32), usize> = occurring.into_iter().zip(0..).collect();
            of_row.iter_mut().zip(&pairs).for_each(|(row, pair)| row.1 = number[pair]);
            shapes.strata = number.len().max(1);
        }
        Ok((of_row, shapes))
    }
}

/// The levels of the groups, and the number of strata.
struct Partition {
    levels: Vec<Level>,
    strata: usize,
}

/// The same patients with their weight; what is wrong with it otherwise. Frequencies have been checked.
fn weigh(whole: Course, kind: WeightKind) -> Result<Course, &'static str> {
    match kind {
        WeightKind::Frequency => Ok(Course { n: whole.n * whole.weight as u64, weight: 1.0, ..whole }),
        WeightKind::Sampling if whole.weight < 0.0 => Err("and none can be negative"),
        WeightKind::Sampling if whole.weight > LARGEST_WEIGHT => Err("too large to stand beside others"),
        WeightKind::Sampling => Ok(whole),
    }
}
