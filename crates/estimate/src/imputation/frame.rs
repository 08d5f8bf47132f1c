//! The patients of an imputation: those with equal and complete values stay one row, all others are rows of their own,
//! because each draws its own values.

use super::derived::{Follows, find};
use super::nelson_aalen::hazards;
use super::scope::Scope;
use std::collections::BTreeSet;
use study::{
    Column, ColumnSource, CountTable, ImputationMethod, Kind, MISSING, Notice, Plan, Problem, Values,
    VariableLabel,
};

/// More parameters than an imputation model of levels can have.
const MOST_PARAMETERS: usize = 1500;
/// More levels than a predictor can have.
const MOST_LEVELS: usize = 50;

/// One variable of the chain.
#[derive(Debug, Clone)]
pub(super) struct Link {
    /// For the report.
    pub(super) label: VariableLabel,
    /// For levels: the column's code of each level that occurs; a value of the chain is a position in it.
    pub(super) codes: Option<Vec<u32>>,
    /// One value a row; NaN where missing.
    pub(super) values: Vec<f64>,
    /// The rows without a value.
    pub(super) missing: Vec<usize>,
    /// How it is imputed.
    pub(super) method: ImputationMethod,
    /// The column of the table to which imputed values go back.
    pub(super) returns: Option<usize>,
    /// Added to what is imputed.
    pub(super) delta: f64,
    /// Whether it predicts others.
    pub(super) predicts: bool,
    /// The variable from which it takes its values, where both come from one column.
    pub(super) follows: Option<Follows>,
}

/// The patients and their variables.
#[derive(Debug)]
pub(super) struct Frame {
    /// The table as it was counted.
    pub(super) columns: Vec<Column>,
    /// For each row of the frame the row of the table.
    pub(super) row: Vec<usize>,
    /// Patients of each row.
    pub(super) n: Vec<u64>,
    /// The variables.
    pub(super) links: Vec<Link>,
}

impl Frame {
    pub(super) fn new(plan: &Plan, scope: &Scope, table: &CountTable) -> Result<Self, Problem> {
        let columns = table.columns().to_vec();
        let mut links = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            let request = scope.request.columns.get(index);
            match request.map(|request| &request.source) {
                Some(ColumnSource::Variable(name)) => {
                    let returns = scope.imputed.contains(name).then_some(index);
                    links.push(Link::of_column(plan, column, returns)?);
                }
                Some(ColumnSource::Time(endpoint)) => links.extend(of_endpoint(endpoint, table)?),
                _ => {}
            }
        }
        // What nobody has, or everybody alike, neither can be imputed nor predicts anything.
        links.retain(|link| link.missing.len() < link.values.len());
        for link in &mut links {
            let first = link.values.iter().find(|value| !value.is_nan()).copied();
            let constant = link.values.iter().all(|value| value.is_nan() || Some(*value) == first);
            let many = link.codes.as_ref().is_some_and(|codes| codes.len() > MOST_LEVELS);
            link.predicts = !constant && !many;
        }
        let incomplete: BTreeSet<usize> =
            links.iter().flat_map(|link| link.missing.iter().copied()).collect();
        let (mut row, mut n) = (Vec::new(), Vec::new());
        for (index, count) in table.n().iter().enumerate() {
            if incomplete.contains(&index) {
                row.extend(std::iter::repeat_n(index, *count as usize));
                n.extend(std::iter::repeat_n(1, *count as usize));
            } else {
                row.push(index);
                n.push(*count);
            }
        }
        for link in &mut links {
            link.values = row.iter().map(|row| link.values[*row]).collect();
            link.missing = (0..row.len()).filter(|at| link.values[*at].is_nan()).collect();
        }
        find(&mut links, plan);
        let frame = Self { columns, row, n, links };
        frame.check_size(plan)?;
        Ok(frame)
    }

    /// The links with missing values, those that lack fewest first: their models then rest on most. Those that follow
    /// another come after it.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> =
            (0..self.links.len()).filter(|at| !self.links[*at].missing.is_empty()).collect();
        order.sort_by_key(|at| {
            let link = &self.links[*at];
            (link.missing.len(), self.leader(*at), link.follows.is_some(), *at)
        });
        order
    }

    /// Which link leads another: itself where it follows none.
    fn leader(&self, link: usize) -> usize {
        self.links[link].follows.as_ref().map_or(link, |follows| follows.leader)
    }

    /// A link and those that come from the same column, none of which may predict another.
    pub(super) fn family(&self, link: usize) -> Vec<usize> {
        (0..self.links.len()).filter(|other| self.leader(*other) == self.leader(link)).collect()
    }

    /// Whether any value is to be imputed.
    pub(super) fn is_incomplete(&self) -> bool {
        self.links.iter().any(|link| link.returns.is_some() && !link.missing.is_empty())
    }

    /// A caveat for each variable that has too many levels to predict any other.
    pub(super) fn with_too_many_levels(&self) -> Vec<Notice> {
        let caveat = |link: &Link| {
            let levels = link.codes.as_ref().map(Vec::len).filter(|levels| *levels > MOST_LEVELS)?;
            let name = &link.label.name;
            let message =
                format!("{name}: with its {levels} levels it predicts no other variable in the imputation.");
            Some(Notice::Other { message })
        };
        self.links.iter().filter_map(caveat).collect()
    }

    /// Whether another predictor says the same of everybody, as an outcome that is the event of an endpoint too.
    pub(super) fn stands_twice(&self, link: usize) -> bool {
        let own = &self.links[link];
        let same = |other: &Link| {
            let equal = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
            own.codes.is_some() == other.codes.is_some() && own.values.iter().zip(&other.values).all(equal)
        };
        self.links.iter().enumerate().any(|(at, other)| at != link && other.predicts && same(other))
    }

    fn check_size(&self, plan: &Plan) -> Result<(), Problem> {
        let width = |link: &Link| {
            if link.predicts { link.codes.as_ref().map_or(1, |codes| codes.len() - 1) } else { 0 }
        };
        let all: usize = self.links.iter().map(width).sum();
        for link in self.links.iter().filter(|link| !link.missing.is_empty()) {
            let others = 1 + all - width(link);
            let parameters = match (link.method, &link.codes) {
                (ImputationMethod::Pmm, _) | (_, None) => others,
                (ImputationMethod::Ordinal, Some(codes)) => codes.len() + others,
                (_, Some(codes)) => (codes.len() - 1) * others,
            };
            if parameters > MOST_PARAMETERS {
                let levels = link.codes.as_ref().map_or(0, Vec::len);
                let message = format!(
                    "`{}` has too many levels to be imputed: a model of {levels} levels would have {parameters} parameters",
                    link.label.name
                );
                return Err(Problem::input(message)
                    .at(plan.place(&["variables".into(), link.label.name.as_str().into()]))
                    .help("group its levels, or leave it out of the analyses with `missing = \"impute\"`"));
            }
        }
        Ok(())
    }

    /// The table with the values of one data set: `values` holds, for each link, what its missing rows were given.
    pub(super) fn complete(&self, values: &[Vec<f64>]) -> Result<CountTable, Problem> {
        let mut columns: Vec<Column> = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let values = match &column.values {
                Values::Category { levels, codes } => Values::Category {
                    levels: levels.clone(),
                    codes: self.row.iter().map(|row| codes[*row]).collect(),
                },
                Values::Number(numbers) => Values::Number(self.row.iter().map(|row| numbers[*row]).collect()),
            };
            let label = column.label();
            columns.push(Column {
                name: label.name,
                label: label.label,
                unit: label.unit,
                of: column.of.clone(),
                values,
                ..*column
            });
        }
        for (link, given) in self.links.iter().zip(values) {
            let Some(column) = link.returns.and_then(|index| columns.get_mut(index)) else { continue };
            for (row, value) in link.missing.iter().zip(given) {
                match (&mut column.values, &link.codes) {
                    (Values::Category { codes, .. }, Some(known)) => codes[*row] = known[*value as usize],
                    (Values::Number(numbers), None) => numbers[*row] = *value,
                    _ => {
                        return Err(Problem::internal("an imputed value is of another kind than its column"));
                    }
                }
            }
        }
        CountTable::new(columns, self.n.clone())
    }
}

impl Link {
    fn of_column(plan: &Plan, column: &Column, returns: Option<usize>) -> Result<Self, Problem> {
        let (codes, values) = match &column.values {
            Values::Number(values) => (None, values.clone()),
            Values::Category { levels, codes } => {
                let mut occurs = vec![false; levels.len()];
                codes.iter().filter(|code| **code != MISSING).for_each(|code| occurs[*code as usize] = true);
                let known: Vec<u32> =
                    (0..levels.len() as u32).filter(|code| occurs[*code as usize]).collect();
                let position = |code: &u32| known.binary_search(code).map_or(f64::NAN, |at| at as f64);
                let values = codes.iter().map(position).collect();
                (Some(known), values)
            }
        };
        let levels = codes.as_ref().map(Vec::len);
        let ordered = plan.variable(&column.name).is_some_and(|variable| variable.ordered);
        let method = match levels {
            None => ImputationMethod::Pmm,
            Some(0..=2) => ImputationMethod::Logistic,
            Some(_) if ordered => ImputationMethod::Ordinal,
            Some(_) => ImputationMethod::Polytomous,
        };
        let method = asked_method(plan, &column.name, levels, method)?;
        let delta = plan.imputation.delta.get(&column.name).copied().unwrap_or(0.0);
        if delta != 0.0 && levels.is_some_and(|levels| levels > 2) {
            let message =
                format!("`{}` has more than two levels, and no shift is defined for them", column.name);
            return Err(Problem::input(message)
                .at(plan.place(&["imputation".into(), "delta".into(), column.name.as_str().into()]))
                .help("`delta` is for numbers and for two levels"));
        }
        let mut link = Self::new(column.label(), codes, values, method);
        (link.returns, link.delta) = (returns, delta);
        Ok(link)
    }

    fn new(
        label: VariableLabel,
        codes: Option<Vec<u32>>,
        values: Vec<f64>,
        method: ImputationMethod,
    ) -> Self {
        let missing = (0..values.len()).filter(|row| values[*row].is_nan()).collect();
        Self {
            label,
            codes,
            values,
            missing,
            method,
            returns: None,
            delta: 0.0,
            predicts: true,
            follows: None,
        }
    }
}

/// The method that the plan names, where it suits the variable.
fn asked_method(
    plan: &Plan,
    name: &str,
    levels: Option<usize>,
    usual: ImputationMethod,
) -> Result<ImputationMethod, Problem> {
    let Some(asked) = plan.imputation.methods.get(name).copied() else { return Ok(usual) };
    let suits = match (asked, levels) {
        (ImputationMethod::Pmm, None) => true,
        (ImputationMethod::Logistic, Some(levels)) => levels <= 2,
        (ImputationMethod::Ordinal | ImputationMethod::Polytomous, Some(_)) => true,
        _ => false,
    };
    if !suits {
        let what = levels.map_or("is a number".into(), |levels| format!("has {levels} levels"));
        return Err(Problem::input(format!("`{name}` {what} and cannot be imputed by {}", asked.text()))
            .at(plan.place(&["imputation".into(), "methods".into(), name.into()]))
            .help(format!("write \"{}\", or leave it out", usual.name())));
    }
    // With two levels all three are logistic regression.
    Ok(if levels.is_some_and(|levels| levels <= 2) { ImputationMethod::Logistic } else { asked })
}

/// Event and cumulative hazard of an endpoint, and of the event that competes with it where that was counted.
fn of_endpoint(endpoint: &str, table: &CountTable) -> Result<Vec<Link>, Problem> {
    let time = table.column(&ColumnSource::Time(endpoint.into()).column())?.numbers()?;
    let entry = table.column(&ColumnSource::Entry(endpoint.into()).column()).ok();
    let entry = entry.map(Column::numbers).transpose()?;
    let mut links = Vec::new();
    for source in [ColumnSource::Event(endpoint.into()), ColumnSource::Competing(endpoint.into())] {
        let Ok(column) = table.column(&source.column()) else { continue };
        let yes = column.levels().iter().position(|level| level.value == "yes");
        let event: Vec<Option<bool>> = column
            .codes()?
            .iter()
            .map(|code| (*code != MISSING).then(|| Some(*code as usize) == yes))
            .collect();
        let values =
            event.iter().map(|event| event.map_or(f64::NAN, |event| f64::from(u8::from(event)))).collect();
        links.push(Link::new(column.label(), Some(vec![0, 1]), values, ImputationMethod::Logistic));
        let label = VariableLabel {
            name: format!("{}.hazard", column.name),
            label: format!("{} (cumulative hazard)", column.label),
            unit: None,
            kind: Kind::Number,
            levels: Vec::new(),
        };
        let hazards = hazards(time, entry, &event, table.n())?;
        links.push(Link::new(label, None, hazards, ImputationMethod::Pmm));
    }
    Ok(links)
}
