//! Data queries in the terminal: what each rule found, and in which rows.

use super::sheet;
use report::formats::query_sheet::changes;
use study::{DataQueries, DataQuery, RuleOutcome};

/// So many rows of a rule, and problems, are printed; a workbook and JSON have all.
pub(super) const SHOWN: usize = 100;

/// What is said where no rule is about the tables.
const NO_RULE: &str = "no rule is about these tables: those built in are about tables of the registry model or views of \
    their names (farr check --rules), others stand in registry.toml\n\n";

/// The rules that are built in.
pub(super) fn rules() -> String {
    let rows = run::built_in_rules().into_iter().map(|(name, table, certainty, message)| {
        vec![name.to_string(), table.to_string(), certainty.to_string(), message.to_string()]
    });
    sheet(&["rule", "table", "", "what is wrong where it finds something"], rows, &[])
}

/// The rules that found something, then their rows. `unread`: something could not be read, so that nothing can be said
/// of it.
pub(super) fn text(data: &DataQueries, unread: bool) -> String {
    if data.rules.is_empty() {
        return match unread {
            true => "no rule could be asked about the data\n\n",
            false => NO_RULE,
        }
        .into();
    }
    let mut text = String::new();
    let found: Vec<&RuleOutcome> = data.rules.iter().filter(|rule| rule.found > 0).collect();
    let open = data.open().count();
    let answered = data.queries.len() - open;
    text.push_str(&format!("{} rules asked about the data", data.rules.len()));
    text.push_str(&match (open, answered) {
        (0, 0) => ", and none found anything\n\n".to_string(),
        (open, 0) => format!(": {open} open queries\n\n"),
        (open, answered) => format!(": {open} open queries, {answered} answered\n\n"),
    });
    if data.settled > 0 {
        text.push_str(&format!("{} answered queries are found no longer\n\n", data.settled));
    }
    for reason in &data.not_run {
        text.push_str(&format!("not asked: {reason}\n"));
    }
    if found.is_empty() {
        return text;
    }
    let count = |n: Option<u64>| n.map_or("—".into(), |n| n.to_string());
    let rows = found.iter().map(|rule| {
        vec![
            rule.rule.clone(),
            rule.table.clone(),
            rule.columns.join(", "),
            rule.certainty.to_string(),
            rule.found.to_string(),
            count(rule.patients),
            count(rule.studied),
        ]
    });
    let header = ["rule", "table", "columns", "", "rows", "patients", "studied"];
    text.push_str(&sheet(&header, rows, &[4, 5, 6]));
    for rule in found {
        let own: Vec<&DataQuery> = data
            .open()
            .filter(|query| {
                query.rule == rule.rule && query.table == rule.table && query.columns == rule.columns
            })
            .collect();
        if own.is_empty() {
            continue;
        }
        text.push_str(&format!(
            "{} ({}.{}): {}\n",
            rule.rule,
            rule.table,
            rule.columns.join(", "),
            rule.message
        ));
        if let Some(impact) = &rule.impact {
            text.push_str(&format!("  would change: {}\n", changes(impact)));
        }
        for query in own.iter().take(SHOWN) {
            text.push_str(&format!("  {}  {}\n", query.id, place(query)));
        }
        let more = own.len().saturating_sub(SHOWN);
        if more > 0 {
            text.push_str(&format!("  … and {more} more: --xlsx FILE or --json has all\n"));
        }
        if rule.found > own.len() as u64 && own.len() >= 10_000 {
            text.push_str(&format!("  {} rows in all; the first 10000 are queries\n", rule.found));
        }
        text.push('\n');
    }
    text
}

fn place(query: &DataQuery) -> String {
    let rows: Vec<String> = query.rows.iter().map(u64::to_string).collect();
    let plural = if rows.len() == 1 { "row" } else { "rows" };
    let mut text = match rows.is_empty() {
        true => format!("table {}, column {}", query.table, query.columns.join(", ")),
        false => {
            format!(
                "table {}, {plural} {}, column {}",
                query.table,
                rows.join(", "),
                query.columns.join(", ")
            )
        }
    };
    if query.answer.is_some() {
        text.push_str(" (said to be corrected, and still there)");
    }
    if let Some(row) = &query.row {
        let cells = row.key.iter().chain(row.values.iter().filter(|cell| !row.key.contains(cell)));
        let cells: Vec<String> = cells
            .map(|cell| format!("{} = {}", cell.column, cell.value.as_deref().unwrap_or("(missing)")))
            .collect();
        text.push_str(&format!(": {}", cells.join(", ")));
        if let Some(detail) = &row.detail {
            text.push_str(&format!(" ({detail})"));
        }
    }
    text
}
