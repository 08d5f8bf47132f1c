//! Regression models: ratios by level, univariable and multivariable side by side.

use super::cells::Caveats;
use super::design_remarks::design_remarks;
use super::infinite_ratio;
use super::model_rows::{ModelRows, Term, is_reference};
use super::whole_model;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, IntervalMethod, Model, Notice, Quantity, Results};

const NOT_ENTERED: &str = "—: not in the multivariable model.";

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    table(results, style, &ModelRows::of(results)?)
}

/// The hazard ratios of a model that also has ratios of another kind.
pub(super) fn hazards(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    table(results, style, &ModelRows::of_quantity(results, Quantity::HazardRatio)?)
}

/// The odds ratios of being cured.
pub(super) fn cured(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    table(results, style, &ModelRows::of_quantity(results, Quantity::OddsRatio)?)
}

/// The time ratios of those who are not cured.
pub(super) fn times(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    table(results, style, &ModelRows::of_quantity(results, Quantity::TimeRatio)?)
}

fn table(results: &Results, style: &Style, rows: &ModelRows<'_>) -> Option<Content> {
    let mut table = Table::with_columns(1 + 2 * rows.models.len());
    header(&mut table, results, style, rows);
    table.caption = Some(caption(results, rows));
    let mut caveats = Caveats::new(results);
    for term in &rows.terms {
        let notes = caveats.of_row(&mut table, &term.name, None);
        if term.levels.is_empty() {
            let label = Cell { text: rows.number_heading(&term.name), notes };
            let cells = figures(&mut table, results, style, rows, &term.name, None);
            table.push(RowKind::Single, std::iter::once(label).chain(cells));
            continue;
        }
        let label = Cell { text: rows.heading_of(&term.name), notes };
        let cells = heading_figures(&mut table, style, rows, term);
        table.push(RowKind::Heading, std::iter::once(label).chain(cells));
        for level in &term.levels {
            let notes = caveats.of_row(&mut table, &term.name, Some(level));
            let label = Cell { text: rows.level_text(&term.name, level), notes };
            let cells = figures(&mut table, results, style, rows, &term.name, Some(level));
            table.push(RowKind::Level, std::iter::once(label).chain(cells));
        }
        if rows.bends(&term.name) {
            let cells = bend_figures(&mut table, style, rows, &term.name);
            table.push(RowKind::Level, std::iter::once(Cell::from("Non-linearity")).chain(cells));
        }
    }
    remarks(&mut table, results, style, rows);
    caveats.rest(&mut table);
    Some(Content::Table(table.finish()))
}

fn header(table: &mut Table, results: &Results, style: &Style, rows: &ModelRows<'_>) {
    let counts = if rows.of_times() {
        HeaderCell::new("Events/patients")
    } else {
        let event = wording::event(results).unwrap_or_else(|| "Outcome".into());
        HeaderCell::new(event).detail("n/N (%)")
    };
    if rows.models.len() > 1 {
        let mut top = vec![HeaderCell::new(""), HeaderCell::new("")];
        top.extend(rows.models.iter().map(|model| HeaderCell::over(wording::capitalised(model.text()), 2)));
        table.header.push(top);
    }
    let mut bottom = vec![HeaderCell::new("Characteristic"), counts];
    for _ in &rows.models {
        bottom.push(HeaderCell::new(format!("{} ({})", rows.heading(), style.interval_name())));
        bottom.push(HeaderCell::new("P value"));
    }
    table.header.push(bottom);
}

/// What the ratios are of, and what the counts are.
fn caption(results: &Results, rows: &ModelRows<'_>) -> String {
    let of = wording::event_inside(results).map_or(String::new(), |event| format!(" for {event}"));
    let ratios = wording::capitalised(rows.ratio_name());
    if rows.is_incidence() {
        let outcome =
            results.outcome.as_deref().map_or("survival".into(), |name| wording::heading(results, name));
        return format!("{ratios}s of being cured, that is of never having the event: {outcome}.");
    }
    if rows.models.contains(&Model::Latency) {
        return format!("{ratios}s{of} of those who are not cured.");
    }
    let selected = wording::chosen(results);
    match rows.of_times() {
        true => format!("{ratios}s{of}.{selected}"),
        false => {
            format!("{ratios}s{of}.{selected} n: patients with the outcome; N: patients with the level.")
        }
    }
}

/// The P value of a bend in each model.
fn bend_figures(table: &mut Table, style: &Style, rows: &ModelRows<'_>, term: &str) -> Vec<Cell> {
    let mut cells = vec![Cell::default()];
    for model in &rows.models {
        cells.push(Cell::default());
        cells.push(match rows.bend(*model, term) {
            Some(test) => {
                let what = match rows.is_spline(term) {
                    true => "Columns of the spline beyond the straight line",
                    false => "Columns of the interaction beyond those of straight lines",
                };
                let note = table.note(format!("{what}: {}.", test.name.text()));
                Cell::from(style.p_value(test.p_value)).note(Some(note))
            }
            None => style::ABSENT.into(),
        });
    }
    cells
}

/// A heading bears the test of all its rows together, where there are several: of a factor more than two, of which one
/// is the reference.
fn heading_figures(table: &mut Table, style: &Style, rows: &ModelRows<'_>, term: &Term) -> Vec<Cell> {
    let mut cells = vec![Cell::default()];
    for model in &rows.models {
        cells.push(Cell::default());
        // One that is infinite has no test of its own.
        let lacks = |level: &String| {
            let row = rows.find(*model, &term.name, Some(level));
            row.is_some_and(|row| row.value.is_none() && row.test.is_none())
        };
        let several = match wording::is_interaction(&term.name) {
            true => term.levels.len() > 1 || rows.is_within(&term.name),
            false => term.levels.len() > 2 || rows.is_spline(&term.name),
        } || term.levels.iter().any(lacks);
        let global = rows.global_test(*model, Some(&term.name)).filter(|_| several);
        cells.push(match global {
            Some(test) => {
                let what = match (rows.is_spline(&term.name), rows.is_within(&term.name)) {
                    (true, _) => "Whole spline",
                    (false, true) => "Whole interaction",
                    (false, false) => "All levels together",
                };
                let note = table.note(format!("{what}: {}.", test.name.text()));
                Cell::from(style.p_value(test.p_value)).note(Some(note))
            }
            None => Cell::default(),
        });
    }
    cells
}

fn figures(
    table: &mut Table,
    results: &Results,
    style: &Style,
    rows: &ModelRows<'_>,
    term: &str,
    level: Option<&str>,
) -> Vec<Cell> {
    let counted = rows.models.iter().find_map(|model| rows.find(*model, term, level));
    let mut cells = vec![counted.map_or(Cell::default(), |row| counts(row, rows.of_times()).into())];
    for model in &rows.models {
        let pair = match rows.find(*model, term, level) {
            Some(row) if is_reference(row) => ["1 (reference)".into(), Cell::default()],
            Some(row) if row.value.is_none() => infinite(table, results, style, rows, row),
            Some(row) => ratio(style, row),
            None if rows.holds(*model, term) => [style::ABSENT.into(), style::ABSENT.into()],
            None => {
                // Only the level that would carry a ratio says that it is absent.
                let reference = counted.is_some_and(is_reference);
                if !reference && *model == Model::Multivariable && nothing_aliased(results, term) {
                    table.remark(NOT_ENTERED);
                }
                let text = if reference { "" } else { style::ABSENT };
                [text.into(), text.into()]
            }
        };
        cells.extend(pair);
    }
    cells
}

/// Whether the term's absence is the plan's choice and not a fault that a notice explains.
fn nothing_aliased(results: &Results, term: &str) -> bool {
    !results.notices.iter().any(
        |notice| matches!(notice, study::Notice::Aliased { term: aliased, level: None } if aliased == term),
    )
}

fn ratio(style: &Style, row: &Estimate) -> [Cell; 2] {
    let p = row.test.as_ref().and_then(|test| test.p_value);
    [
        style.ratio_interval(row.value.unwrap_or(f64::NAN), row.interval.as_ref()).into(),
        style.p_value(p).into(),
    ]
}

/// A ratio that has no finite value above 0. In place of Wald's P value, which it lacks, stands that of the term where this is
/// its only ratio.
fn infinite(
    table: &mut Table,
    results: &Results,
    style: &Style,
    rows: &ModelRows<'_>,
    row: &Estimate,
) -> [Cell; 2] {
    let text = infinite_ratio::text(results, style, row);
    if text.starts_with(infinite_ratio::NOT_ESTIMABLE) {
        table.remark("NE: not estimable.");
    }
    let own = row.test.as_ref().and_then(|test| test.p_value);
    let global = rows.global_test(row.model.unwrap_or(Model::Multivariable), row.term.as_deref());
    let global = global.filter(|test| own.is_none() && row.level.is_none() && test.df == [1.0]);
    let note = global.map(|test| table.note(format!("{}.", wording::capitalised(test.name.text()))));
    let p = own.or_else(|| global.and_then(|test| test.p_value));
    [text.into(), Cell::from(style.p_value(p)).note(note)]
}

fn counts(row: &Estimate, of_times: bool) -> String {
    match (row.n, row.of) {
        (Some(n), Some(of)) if !of_times && of > 0 => {
            format!("{}/{} ({})", style::count(n), style::count(of), style::percent(n as f64 / of as f64))
        }
        (Some(n), Some(of)) => format!("{}/{}", style::count(n), style::count(of)),
        (Some(n), None) => style::count(n),
        _ => String::new(),
    }
}

fn remarks(table: &mut Table, results: &Results, style: &Style, rows: &ModelRows<'_>) {
    table.remark(format!(
        "{}: {}{}; CI: confidence interval{}.",
        rows.abbreviation(),
        rows.ratio_name(),
        direction(rows),
        interval_words(results, rows)
    ));
    if rows.is_firth() {
        table.remark("Firth: penalized likelihood, under which every ratio is finite.");
    }
    let crossed = || rows.terms.iter().filter(|term| wording::is_interaction(&term.name));
    if crossed().next().is_some() {
        let plain = crossed().any(|term| !rows.is_within(&term.name));
        let bent = crossed().any(|term| rows.is_within(&term.name));
        if bent {
            table.remark(
                "×: interaction; of a spline the ratios between its quartiles are told within each level of the other part, \
                 or at the quartiles of a number, and the P value of the interaction says whether they differ.",
            );
        }
        let what = match (plain, bent) {
            (true, false) => format!("×: interaction, the ratio of two {}s; the", rows.ratio_name()),
            (true, true) => {
                format!("Without a spline an interaction is the ratio of two {}s. The", rows.ratio_name())
            }
            (false, _) => "The".into(),
        };
        let median = if bent { ", at the median of a spline" } else { "" };
        let of = if plain && !bent { "its parts" } else { "the parts of an interaction" };
        table.remark(format!(
            "{what} ratios of {of} hold at the reference level{median}, or at 0, of the other part."
        ));
        if rows.models.contains(&Model::Univariable) {
            table.remark("Alone an interaction has its parts beside it in the model.");
        }
    }
    remedy(table, results, rows);
    let option = |key: &str| results.options.get(key);
    design_remarks(table, results);
    if option("variance").and_then(serde_json::Value::as_str) == Some("robust") {
        let cluster = option("cluster").and_then(serde_json::Value::as_str);
        let by = cluster.map_or("patient".into(), |name| wording::inside(&wording::heading(results, name)));
        table.remark(format!("Standard errors are robust, by {by}."));
    }
    let people = &results.participants;
    if people.analysed < people.eligible {
        table.remark(format!(
            "{} of {} patients are in the analysis.",
            style::count(people.analysed),
            style::count(people.eligible)
        ));
    }
    whole_model::remarks(table, results, style, rows);
}

/// What gives a ratio a finite value that has none.
fn remedy(table: &mut Table, results: &Results, rows: &ModelRows<'_>) {
    let infinite = results.notices.iter().any(|notice| matches!(notice, Notice::Separation { .. }));
    let penalty = "with `penalty = \"firth\"` every ratio is finite and has limits";
    match results.method.as_str() {
        "logistic" if infinite && !rows.is_firth() => {
            table.remark(format!("Separation: {penalty}; `exact_logistic` gives exact limits."));
        }
        "cox" if infinite && !rows.is_firth() => table.remark(format!("Separation: {penalty}.")),
        _ => {}
    }
}

/// What a ratio above 1 means, where that is easily mistaken.
fn direction(rows: &ModelRows<'_>) -> &'static str {
    match rows.quantity {
        Quantity::TimeRatio => " (above 1: longer time to the event)",
        _ if rows.is_incidence() => " (above 1: more often cured)",
        _ => "",
    }
}

/// How the limits were made, where that is not the usual way.
fn interval_words(results: &Results, rows: &ModelRows<'_>) -> &'static str {
    let made = |method| {
        let intervals = || wording::rows(results, rows.quantity).filter_map(|row| row.interval.as_ref());
        intervals().any(|interval| interval.method == method)
    };
    if made(IntervalMethod::Score) {
        " from the score test, from which P values are too"
    } else if made(IntervalMethod::ProfileLikelihood) {
        " from the profile likelihood"
    } else if made(IntervalMethod::PenalizedProfileLikelihood) {
        " from the penalized profile likelihood; P values from penalized likelihood-ratio tests"
    } else if made(IntervalMethod::BootstrapPercentile) {
        " from the percentiles of bootstrap replicates"
    } else if made(IntervalMethod::Exact) {
        " from the exact conditional distribution"
    } else if made(IntervalMethod::MidP) {
        " from the exact conditional distribution, the observed outcome counted by half (mid-P)"
    } else if made(IntervalMethod::BootstrapBca) {
        " from bootstrap replicates (BCa)"
    } else {
        ""
    }
}
