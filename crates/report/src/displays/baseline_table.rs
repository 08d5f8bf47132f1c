//! Table 1: what the patients were like, by group.

mod statistics;

use super::cells::{Caveats, group_size};
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use statistics::{Statistic, statistics};
use std::collections::BTreeSet;
use study::{Estimate, Kind, Quantity, Results, Test, VariableLabel};

/// How the figures of the groups become the texts of cells.
type Cells = fn(Statistic, &[Vec<Option<f64>>]) -> Vec<String>;

/// Which columns there are.
#[derive(Clone, Copy)]
struct Columns {
    p: bool,
    adjusted: bool,
    smd: bool,
}

impl Columns {
    /// Columns behind those of the groups.
    fn after_groups(self) -> usize {
        usize::from(self.p) + usize::from(self.adjusted) + usize::from(self.smd)
    }
}

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let variables = variables(results);
    if variables.is_empty() || results.groups.is_empty() {
        return None;
    }
    let columns = Columns {
        p: wording::rows(results, Quantity::Association).next().is_some(),
        adjusted: wording::rows(results, Quantity::AdjustedP).next().is_some(),
        smd: wording::rows(results, Quantity::StandardizedMeanDifference).next().is_some(),
    };
    let mut table = Table::with_columns(results.groups.len() + columns.after_groups());
    header(&mut table, results, columns);
    let mut block = Block {
        results,
        style,
        columns,
        tests: Tests::of(results),
        caveats: Caveats::new(results),
        used: Vec::new(),
    };
    for variable in &variables {
        block.variable(&mut table, variable);
    }
    table.caption = Some(block.caption());
    let Block { tests, caveats, .. } = block;
    tests.remark(&mut table);
    if columns.adjusted {
        let method = results.options.get("adjust").and_then(|value| value.as_str()).unwrap_or_default();
        let method = if method == "benjamini_hochberg" {
            "Benjamini and Hochberg’s false discovery rate".into()
        } else {
            wording::capitalised(method)
        };
        let tests = wording::rows(results, Quantity::AdjustedP).count();
        table.remark(format!("Adjusted P: for {tests} tests, {method}."));
    }
    if columns.smd {
        table.remark(if results.groups.iter().filter(|group| group.level.is_some()).count() > 2 {
            "SMD: standardized mean difference, the largest of the pairs of groups."
        } else {
            "SMD: standardized mean difference."
        });
    }
    caveats.rest(&mut table);
    Some(Content::Table(table.finish()))
}

/// The variables in the order of the rows.
fn variables(results: &Results) -> Vec<VariableLabel> {
    let shown = |quantity| {
        matches!(
            quantity,
            Quantity::Proportion
                | Quantity::Missing
                | Quantity::Mean
                | Quantity::Quantile
                | Quantity::Minimum
                | Quantity::Association
        )
    };
    let mut variables: Vec<VariableLabel> = Vec::new();
    for row in results.estimates.iter().filter(|row| shown(row.quantity)) {
        let Some(term) = &row.term else { continue };
        if variables.iter().any(|variable| variable.name == *term) {
            continue;
        }
        variables.push(wording::known(results, term).cloned().unwrap_or_else(|| VariableLabel {
            name: term.clone(),
            label: term.clone(),
            unit: None,
            kind: if row.level.is_some() { Kind::Category } else { Kind::Number },
            levels: Vec::new(),
        }));
    }
    variables
}

fn header(table: &mut Table, results: &Results, columns: Columns) {
    let by_level = results.groups.iter().filter(|group| group.level.is_some()).count();
    let after = results.groups.len() - by_level + columns.after_groups();
    if let Some(by) = results.by.as_deref().filter(|_| by_level > 0) {
        let mut top = vec![HeaderCell::new(""), HeaderCell::over(wording::heading(results, by), by_level)];
        top.extend(std::iter::repeat_n(HeaderCell::new(""), after));
        table.header.push(top);
    }
    let mut bottom = vec![HeaderCell::new("Characteristic")];
    for group in &results.groups {
        let label = if group.level.is_none() && by_level > 0 && group.label.is_empty() {
            "Overall"
        } else {
            wording::group_label(group)
        };
        let effective = wording::rows(results, Quantity::EffectivePatients)
            .find(|row| row.group == group.level)
            .and_then(|row| row.value);
        let effective = effective.map_or(String::new(), |n| format!(" (effective {})", style::number(n, 0)));
        bottom.push(HeaderCell::new(label).detail(group_size(group.n) + &effective));
    }
    if columns.p {
        bottom.push(HeaderCell::new("P value"));
    }
    if columns.adjusted {
        bottom.push(HeaderCell::new("Adjusted P"));
    }
    if columns.smd {
        bottom.push(HeaderCell::new("SMD"));
    }
    table.header.push(bottom);
}

struct Block<'a> {
    results: &'a Results,
    style: &'a Style,
    columns: Columns,
    tests: Tests,
    caveats: Caveats<'a>,
    used: Vec<&'static str>,
}

impl Block<'_> {
    fn find(
        &self,
        quantity: Quantity,
        term: &str,
        level: Option<&str>,
        group: Option<&str>,
    ) -> Option<&Estimate> {
        wording::rows(self.results, quantity).find(|row| {
            row.term.as_deref() == Some(term)
                && row.level.as_deref() == level
                && row.group.as_deref() == group
        })
    }

    fn groups(&self) -> impl Iterator<Item = Option<&str>> {
        self.results.groups.iter().map(|group| group.level.as_deref())
    }

    fn variable(&mut self, table: &mut Table, variable: &VariableLabel) {
        let name = variable.name.as_str();
        let notes = self.caveats.of_row(table, name, None);
        let mut label = Cell { text: wording::with_unit(self.results, name), notes };
        match variable.kind {
            Kind::Number => self.number(table, name, label, Statistic::cells),
            Kind::Date => self.number(table, name, label, Statistic::days),
            Kind::Category | Kind::Flag => {
                let levels = self.levels(variable);
                let yes = levels.iter().find(|level| wording::is_yes(level));
                // Yes and no are complements: the row of “no” would say nothing that “yes” has not said.
                match yes.filter(|_| variable.kind == Kind::Flag) {
                    Some(yes) => {
                        label.text = wording::heading(self.results, name);
                        let figures = self.proportions(name, yes);
                        self.push(table, RowKind::Single, label, figures, name);
                    }
                    None => {
                        label.text = wording::heading(self.results, name);
                        self.push(table, RowKind::Heading, label, Vec::new(), name);
                        for level in levels {
                            let notes = self.caveats.of_row(table, name, Some(&level));
                            let text = self.results.level_label(name, &level).to_string();
                            let figures = self.proportions(name, &level);
                            let cells = std::iter::once(Cell { text, notes }).chain(figures);
                            table.push(RowKind::Level, cells.collect::<Vec<_>>());
                        }
                    }
                }
                self.uses("n (%)");
            }
        }
        self.missing(table, name);
    }

    /// The levels in their order, then any that only the estimates know.
    fn levels(&self, variable: &VariableLabel) -> Vec<String> {
        let mut levels: Vec<String> = variable.levels.iter().map(|level| level.value.clone()).collect();
        for row in wording::rows(self.results, Quantity::Proportion) {
            if row.term.as_deref() == Some(variable.name.as_str())
                && let Some(level) = &row.level
                && !levels.contains(level)
            {
                levels.push(level.clone());
            }
        }
        levels
    }

    fn proportions(&self, term: &str, level: &str) -> Vec<Cell> {
        let cell = |group: Option<&str>| match self.find(Quantity::Proportion, term, Some(level), group) {
            // A count of patients beside a share of weights would look like a slip.
            Some(row) if is_sampled(self.results) => row.value.map_or(style::ABSENT.into(), style::percent),
            Some(row) => {
                row.n.map_or(style::ABSENT.into(), |n| style::count_percent(n, row.value)) + &limits(row)
            }
            None => style::ABSENT.to_string(),
        };
        self.groups().map(cell).map(Cell::from).collect()
    }

    fn number(&mut self, table: &mut Table, name: &str, mut label: Cell, cells: Cells) {
        let statistics = statistics(&self.results.options, name);
        let single = statistics.len() == 1;
        for (index, statistic) in statistics.iter().enumerate() {
            let figures = self.summaries(name, *statistic, cells);
            if single {
                label.text = format!("{}, {}", label.text, statistic.text());
                self.push(table, RowKind::Single, label.clone(), figures, name);
            } else {
                if index == 0 {
                    self.push(table, RowKind::Heading, label.clone(), Vec::new(), name);
                }
                let text = Cell::from(wording::capitalised(statistic.text()));
                table.push(RowKind::Level, std::iter::once(text).chain(figures).collect::<Vec<_>>());
            }
            self.uses(statistic.text());
        }
    }

    fn summaries(&self, name: &str, statistic: Statistic, cells: Cells) -> Vec<Cell> {
        let value = |quantity: Quantity, at: Option<f64>, group: Option<&str>| {
            wording::rows(self.results, quantity)
                .find(|row| {
                    row.term.as_deref() == Some(name)
                        && row.group.as_deref() == group
                        && (at.is_none() || row.at == at)
                })
                .and_then(|row| row.value)
        };
        let groups: Vec<Vec<Option<f64>>> = self
            .groups()
            .map(|group| {
                statistic.parts().iter().map(|(quantity, at)| value(*quantity, *at, group)).collect()
            })
            .collect();
        cells(statistic, &groups).into_iter().map(Cell::from).collect()
    }

    /// A row with the figures of its variable as a whole: P and standardized difference.
    fn push(&mut self, table: &mut Table, kind: RowKind, label: Cell, figures: Vec<Cell>, name: &str) {
        let mut cells = vec![label];
        let groups = self.results.groups.len();
        cells.extend(figures);
        cells.resize(groups + 1, Cell::default());
        if self.columns.p {
            let test = self.find(Quantity::Association, name, None, None).and_then(|row| row.test.as_ref());
            cells.push(match test {
                Some(test) => {
                    Cell::from(self.style.p_value(test.p_value)).note(self.tests.marker(table, test))
                }
                None => style::ABSENT.into(),
            });
        }
        if self.columns.adjusted {
            let row = self.find(Quantity::AdjustedP, name, None, None);
            cells.push(row.map_or(style::ABSENT.into(), |row| self.style.p_value(row.value)).into());
        }
        if self.columns.smd {
            let row = self.find(Quantity::StandardizedMeanDifference, name, None, None);
            let value = row.and_then(|row| row.value);
            cells.push(value.map_or(style::ABSENT.into(), |value| style::number(value, 2)).into());
        }
        table.push(kind, cells);
    }

    fn missing(&self, table: &mut Table, name: &str) {
        let rows = wording::rows(self.results, Quantity::Missing);
        if !rows.filter(|row| row.term.as_deref() == Some(name)).any(|row| row.n.unwrap_or(0) > 0) {
            return;
        }
        let cell = |group| {
            let row = self.find(Quantity::Missing, name, None, group);
            row.and_then(|row| row.n.map(|n| style::count_percent(n, row.value)))
        };
        let figures = self.groups().map(|group| cell(group).map_or(Cell::from(style::ABSENT), Cell::from));
        table.push(
            RowKind::Missing,
            std::iter::once(Cell::from("Missing")).chain(figures).collect::<Vec<_>>(),
        );
    }

    fn uses(&mut self, statistic: &'static str) {
        if !self.used.contains(&statistic) {
            self.used.push(statistic);
        }
    }

    fn caption(&self) -> String {
        let of_row = self.results.options.get("percent").and_then(|value| value.as_str()) == Some("row");
        let weighted = is_sampled(self.results);
        let percent = match (weighted, of_row) {
            (false, true) => "n (% of the row)",
            (false, false) => "n (%)",
            (true, true) => "% of the row",
            (true, false) => "%",
        };
        let limits = wording::rows(self.results, Quantity::Proportion).any(|row| row.interval.is_some());
        let limits = if limits { format!(" [{}]", self.style.interval_name()) } else { String::new() };
        let percent = format!("{percent}{limits}");
        let used: Vec<&str> =
            self.used.iter().map(|text| if *text == "n (%)" { percent.as_str() } else { text }).collect();
        let missing = if wording::rows(self.results, Quantity::Missing).any(|row| row.n.unwrap_or(0) > 0) {
            " Percentages are of patients with a value, except in rows of missing values."
        } else {
            ""
        };
        let values = if weighted { "Values are weighted" } else { "Values are" };
        format!("{values} {}.{missing}", used.join("; "))
    }
}

/// Whether patients have sampling weights.
fn is_sampled(results: &Results) -> bool {
    results.options.get("weight_kind").and_then(|value| value.as_str()) == Some("sampling")
}

/// The limits of a share in per cent, in brackets, where it has them.
fn limits(row: &Estimate) -> String {
    let limits = row.interval.and_then(|limits| limits.lower.zip(limits.upper));
    limits.map_or_else(String::new, |(lower, upper)| {
        format!(" [{}]", style::range(&style::percent(lower), &style::percent(upper)))
    })
}

/// The tests of the table: one is named below it; several, or one chosen for several reasons, are marked.
struct Tests {
    sentences: BTreeSet<String>,
}

impl Tests {
    fn of(results: &Results) -> Self {
        let tests = wording::rows(results, Quantity::Association).filter_map(|row| row.test.as_ref());
        Self { sentences: tests.filter(|test| test.p_value.is_some()).map(sentence).collect() }
    }

    fn marker(&self, table: &mut Table, test: &Test) -> Option<usize> {
        (self.sentences.len() > 1 && test.p_value.is_some()).then(|| table.note(sentence(test)))
    }

    fn remark(&self, table: &mut Table) {
        if let (1, Some(sentence)) = (self.sentences.len(), self.sentences.first()) {
            table.remark(format!("P values: {sentence}"));
        }
    }
}

/// The name of a test and the reason for it.
fn sentence(test: &Test) -> String {
    let name = wording::capitalised(test.name.text());
    match &test.reason {
        Some(reason) => format!("{name} ({}).", reason.trim_end_matches('.')),
        None => format!("{name}."),
    }
}
