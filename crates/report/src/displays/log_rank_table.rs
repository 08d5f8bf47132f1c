//! The log-rank test: events observed in each group, and expected were all groups alike.

use super::cells::{Caveats, test_sentence};
use super::design_remarks::design_remarks;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::Observed).next()?;
    let mut table = Table::with_columns(3);
    let by = results.by.as_deref().map_or("Group".into(), |by| wording::heading(results, by));
    table.header = vec![vec![
        HeaderCell::new(by),
        HeaderCell::new("Patients"),
        HeaderCell::new("Events observed"),
        HeaderCell::new("Events expected"),
    ]];
    for group in results.groups.iter().filter(|group| group.level.is_some()) {
        let value = |quantity| {
            let row = wording::rows(results, quantity).find(|row| row.group == group.level)?;
            row.value
        };
        let observed = value(Quantity::Observed);
        table.push(
            RowKind::Single,
            [
                Cell::from(wording::group_label(group)),
                style::count(group.n).into(),
                observed.map_or(style::ABSENT.into(), events).into(),
                value(Quantity::Expected).map_or(style::ABSENT.into(), |n| style::number(n, 1)).into(),
            ],
        );
    }
    for test in wording::rows(results, Quantity::GlobalTest).filter_map(|row| row.test.as_ref()) {
        table.remark(test_sentence(test, style));
    }
    for test in wording::rows(results, Quantity::TrendTest).filter_map(|row| row.test.as_ref()) {
        table.remark(format!("Trend over the groups: {}", test_sentence(test, style)));
    }
    if let Some(words) = member(results) {
        table.remark(words);
    }
    design_remarks(&mut table, results);
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}

/// Which of Fleming and Harrington's tests it is.
fn member(results: &Results) -> Option<String> {
    let option = |key: &str| results.options.get(key);
    let power = |key: &str| option(key).and_then(serde_json::Value::as_f64).unwrap_or(0.0);
    (option("test").and_then(serde_json::Value::as_str) == Some("fleming_harrington")).then(|| {
        format!(
            "Fleming–Harrington test with ρ = {} (early events) and γ = {} (late events).",
            style::named_time(power("rho")),
            style::named_time(power("gamma"))
        )
    })
}

/// A number of events; sums of weights have a decimal.
fn events(n: f64) -> String {
    style::number(n, if n.fract() == 0.0 { 0 } else { 1 })
}
