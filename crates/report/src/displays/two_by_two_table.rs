//! Risk by exposure: events, risks, and how they compare, stratum by stratum and pooled.

use super::cells::{Caveats, effect, named_test, share_interval};
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Model, Quantity, Results};

/// The effects in the order of their columns.
const EFFECTS: [(Quantity, &str); 3] = [
    (Quantity::RiskDifference, "Risk difference, %"),
    (Quantity::RiskRatio, "Risk ratio"),
    (Quantity::OddsRatio, "Odds ratio"),
];

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let first = wording::rows(results, Quantity::Risk).next()?;
    let exposure = first.term.clone()?;
    let mut table = Table::with_columns(2 + EFFECTS.len());
    let mut header =
        vec![HeaderCell::new(wording::heading(results, &exposure)), HeaderCell::new("Events/patients")];
    let limits = style.interval_name();
    header.push(HeaderCell::new("Risk, %").detail(limits.clone()));
    header.extend(EFFECTS.map(|(_, name)| HeaderCell::new(name).detail(limits.clone())));
    table.header = vec![header];
    table.caption = wording::event_inside(results).map(|event| format!("Risk of {event}."));
    let mut caveats = Caveats::new(results);
    let strata = results.groups.iter().any(|group| group.level.is_some());
    for group in &results.groups {
        let level = group.level.as_deref();
        let risks: Vec<&Estimate> =
            wording::rows(results, Quantity::Risk).filter(|row| row.group.as_deref() == level).collect();
        if risks.is_empty() {
            continue;
        }
        if strata {
            let by = results.by.as_deref().map(|by| format!("{}: ", wording::heading(results, by)));
            let label = match level {
                Some(_) => format!("{}{}", by.unwrap_or_default(), wording::group_label(group)),
                None => "All patients, not stratified".into(),
            };
            table.push(RowKind::Heading, [Cell::from(label)]);
        } else {
            let notes = caveats.of_row(&mut table, &exposure, None);
            table.push(RowKind::Heading, [Cell { text: wording::heading(results, &exposure), notes }]);
        }
        for risk in risks {
            table.push(RowKind::Level, risk_row(results, style, risk, level));
        }
    }
    if wording::rows(results, Quantity::OddsRatio).any(|row| row.model == Some(Model::Stratified)) {
        let pooled =
            |quantity| wording::rows(results, quantity).find(|row| row.model == Some(Model::Stratified));
        let cells = EFFECTS.map(|(quantity, _)| effect(style, pooled(quantity)).into());
        let name = Cell::from("Pooled over strata (Mantel–Haenszel)");
        table.push(
            RowKind::Single,
            [name, Cell::default(), Cell::default()].into_iter().chain(cells).collect::<Vec<_>>(),
        );
    }
    for quantity in [Quantity::Association, Quantity::Homogeneity] {
        for test in wording::rows(results, quantity).filter_map(|row| row.test.as_ref()) {
            table.remark(named_test(test, style));
        }
    }
    if let Some(how) = limits_made(results) {
        table.remark(how);
    }
    caveats.rest(&mut table);
    Some(Content::Table(table.finish()))
}

fn risk_row(results: &Results, style: &Style, risk: &Estimate, group: Option<&str>) -> Vec<Cell> {
    let term = risk.term.as_deref().unwrap_or_default();
    let level = risk.level.as_deref().unwrap_or_default();
    let compared = |quantity| {
        wording::rows(results, quantity).find(|row| {
            row.model.is_none() && row.group.as_deref() == group && row.level.as_deref() == Some(level)
        })
    };
    let mut cells: Vec<Cell> =
        vec![results.level_label(term, level).into(), counts(risk).into(), share_interval(risk).into()];
    let is_compared = EFFECTS.iter().any(|(quantity, _)| compared(*quantity).is_some());
    for (index, (quantity, _)) in EFFECTS.into_iter().enumerate() {
        cells.push(match (is_compared, index) {
            (true, _) => effect(style, compared(quantity)).into(),
            (false, 0) => "reference".into(),
            (false, _) => Cell::default(),
        });
    }
    cells
}

/// How the limits were made, and the odds ratio where it is not that of the table.
fn limits_made(results: &Results) -> Option<String> {
    let rows = |quantity| wording::rows(results, quantity).filter(|row| row.model.is_none());
    let method = |quantity| rows(quantity).find_map(|row| row.interval.map(|interval| interval.method));
    let named = [
        (Quantity::Risk, "risks"),
        (Quantity::RiskDifference, "risk differences"),
        (Quantity::RiskRatio, "risk ratios"),
        (Quantity::OddsRatio, "odds ratios"),
    ];
    let made: Vec<String> = named
        .into_iter()
        .filter_map(|(quantity, name)| Some(format!("{} for {name}", method(quantity)?.text())))
        .collect();
    // The ratio of the observed odds can have exact limits too: only the options tell which it is.
    let conditional = match results.options.get("odds_interval").and_then(|value| value.as_str()) {
        Some("exact") => " Odds ratios are conditional maximum-likelihood estimates.",
        _ => "",
    };
    (!made.is_empty()).then(|| format!("Limits: {}.{conditional}", made.join(", ")))
}

/// `13/163`.
pub(super) fn counts(row: &Estimate) -> String {
    match (row.n, row.of) {
        (Some(n), Some(of)) => format!("{}/{}", style::count(n), style::count(of)),
        _ => style::ABSENT.into(),
    }
}
