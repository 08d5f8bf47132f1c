//! The imputation in figures: what was missing, how it was imputed, and how much information that cost.

use crate::display::{Content, Display};
use crate::style;
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Chain, ImputationRun, Notice, StudyResults};

/// The first of them, and the beginning of all their names.
pub(super) const ID: &str = "imputation";

/// One table for each imputation.
pub(super) fn displays(study: &StudyResults) -> Vec<Display> {
    let several = study.imputations.len() > 1;
    let runs = study.imputations.iter().enumerate();
    runs.map(|(index, run)| Display {
        id: id(index, ""),
        analysis: None,
        number: String::new(),
        title: title(run, several, "Multiple imputation"),
        content: Content::Table(table(study, run)),
    })
    .collect()
}

/// `imputation`, `imputation-2`, with a suffix.
pub(super) fn id(index: usize, suffix: &str) -> String {
    let number = if index == 0 { String::new() } else { format!("-{}", index + 1) };
    format!("{ID}{number}{suffix}")
}

/// With the subgroup, where there are several imputations.
pub(super) fn title(run: &ImputationRun, several: bool, words: &str) -> String {
    match &run.r#where {
        Some(condition) => format!("{words}, subgroup {condition}"),
        None if several => format!("{words}, all patients"),
        None => words.into(),
    }
}

fn table(study: &StudyResults, run: &ImputationRun) -> Table {
    let mut table = Table::with_columns(4);
    table.columns[2] = crate::table::Align::Left;
    table.header = vec![vec![
        HeaderCell::new("Variable"),
        HeaderCell::new("Imputed").detail("n/N (%)"),
        HeaderCell::new("Method"),
        HeaderCell::new("R-hat"),
        HeaderCell::new("Fraction of missing information"),
    ]];
    for chain in &run.chains {
        let share = chain.n as f64 / chain.of.max(1) as f64;
        let counts =
            format!("{}/{} ({})", style::count(chain.n), style::count(chain.of), style::percent(share));
        table.push(
            RowKind::Single,
            [
                Cell::from(chain.variable.label.as_str()),
                counts.into(),
                wording::capitalised(chain.method.text()).into(),
                chain.r_hat.map_or(style::ABSENT.into(), |r_hat| style::number(r_hat, 2)).into(),
                missing_information(study, run, chain).into(),
            ],
        );
    }
    table.caption = Some(format!(
        "{} completed data sets by chained equations, {} iterations each.",
        run.sets, run.iterations
    ));
    table.remark(format!("Predictors: {}.", run.predictors.join("; ")));
    table.remark(
        "R-hat: spread of the means over all chains relative to that within a chain; near 1 where they have mixed. \
         Fraction of missing information: range over the intervals of the variable in all analyses.",
    );
    for notice in &run.notices {
        table.remark(sentence(run, notice));
    }
    table.finish()
}

fn sentence(run: &ImputationRun, notice: &Notice) -> String {
    let chain = |name: &str| run.chains.iter().find(|chain| chain.variable.name == name);
    let label = |name: &str| chain(name).map_or(name, |chain| chain.variable.label.as_str()).to_string();
    notice.relabelled(&label, &|_, level| level.into()).to_string()
}

/// The range of the fractions over every pooled row of the variable.
fn missing_information(study: &StudyResults, run: &ImputationRun, chain: &Chain) -> String {
    let own = study.analyses.iter().filter(|results| run.analyses.contains(&results.analysis));
    let rows = own.flat_map(|results| &results.estimates);
    let fractions: Vec<f64> = rows
        .filter(|row| row.interval.is_some() && row.term.as_deref() == Some(chain.variable.name.as_str()))
        .filter_map(|row| row.pooled)
        .map(|pooled| pooled.fraction_missing)
        .collect();
    if fractions.is_empty() {
        return style::ABSENT.into();
    }
    let least = style::number(fractions.iter().copied().fold(f64::INFINITY, f64::min), 2);
    let most = style::number(fractions.iter().copied().fold(0.0, f64::max), 2);
    if least == most { least } else { style::range(&least, &most) }
}
