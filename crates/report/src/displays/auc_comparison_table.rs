//! The AUCs of several models of the same patients.

use super::performance_table::figures;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use serde_json::Value;
use study::{Estimate, Quantity, Results, TestName};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::AucDifference).next()?;
    let of = |quantity, group: Option<&str>| {
        wording::rows(results, quantity).find(move |row| row.group.as_deref() == group && row.level.is_none())
    };
    let likelihood_ratio = |group: Option<&str>| {
        let mut tests =
            wording::rows(results, Quantity::GlobalTest).filter(|row| row.group.as_deref() == group);
        tests.find_map(|row| row.test.as_ref().filter(|test| test.name == TestName::LikelihoodRatio))
    };
    let groups = || results.groups.iter().filter(|group| group.level.is_some());
    let nested = groups().any(|group| likelihood_ratio(group.level.as_deref()).is_some());
    let mut table = Table::with_columns(if nested { 4 } else { 3 });
    let mut header = vec![
        HeaderCell::new("Terms"),
        HeaderCell::new("AUC").detail(style.interval_name()),
        HeaderCell::new("Difference").detail(style.interval_name()),
        HeaderCell::new("P value").detail("DeLong"),
    ];
    if nested {
        header.push(HeaderCell::new("P value").detail("likelihood ratio"));
    }
    table.header = vec![header];
    table.caption = Some("Areas under the ROC curve on the same patients.".into());
    let shown = |row: Option<&Estimate>| row.map_or(style::ABSENT.into(), |row| figures(row, style));
    let sum = |terms: Option<&Value>| {
        let terms = terms.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        terms.map(|term| wording::heading(results, term)).collect::<Vec<_>>().join(" + ")
    };
    table.push(
        RowKind::Single,
        [
            sum(results.options.get("terms")).into(),
            shown(of(Quantity::Auc, None)).into(),
            Cell::from("reference"),
        ],
    );
    let compared = results.options.get("compare").and_then(Value::as_array);
    for (index, group) in groups().enumerate() {
        let level = group.level.as_deref();
        let difference = of(Quantity::AucDifference, level);
        let p = |test: Option<&study::Test>| style.p_value(test.and_then(|test| test.p_value));
        let mut cells: Vec<Cell> = vec![
            compared
                .and_then(|lists| lists.get(index))
                .map_or_else(|| wording::group_label(group).into(), |terms| sum(Some(terms)))
                .into(),
            shown(of(Quantity::Auc, level)).into(),
            shown(difference).into(),
            p(difference.and_then(|row| row.test.as_ref())).into(),
        ];
        if nested {
            cells.push(p(likelihood_ratio(level)).into());
        }
        table.push(RowKind::Single, cells);
    }
    table.remark("Difference: AUC of all terms less that of the row. P values: DeLong’s paired test.");
    Some(Content::Table(table.finish()))
}
