//! Laws of time compared: how well each fits, and the parameters of the one that is reported.

use super::model_rows::ModelRows;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Notice, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let fits = || wording::rows(results, Quantity::LogLikelihood).filter(|row| row.level.is_some());
    let reported = fits().next()?.level.as_deref()?;
    let mut table = Table::with_columns(4);
    let heads = ["Law", "Parameters", "Log-likelihood", "AIC", "BIC"];
    table.header = vec![heads.into_iter().map(HeaderCell::new).collect()];
    for fit in fits() {
        let level = fit.level.as_deref()?;
        let value = |quantity| {
            let mut rows = wording::rows(results, quantity).filter(|row| row.level.as_deref() == Some(level));
            rows.next()
                .and_then(|row| row.value)
                .map_or(style::ABSENT.into(), |value| style::number(value, 1))
        };
        let name = wording::capitalised(wording::law(level));
        let cells = [
            if fits().count() > 1 && level == reported { format!("{name} (reported)") } else { name },
            fit.n.map_or(style::ABSENT.into(), style::count),
            fit.value.map_or(style::ABSENT.into(), |value| style::number(value, 1)),
            value(Quantity::Aic),
            value(Quantity::Bic),
        ];
        table.push(RowKind::Single, cells.map(Into::into));
    }
    if fits().count() > 1 {
        table.remark(
            "AIC, BIC: Akaike’s and Schwarz’ criteria; the lower, the better the fit for its parameters.",
        );
    }
    table.remark(parameters(results, style, reported));
    // Where there are ratios the notices stand beneath them, and those of predictions beneath these.
    if results.method == "parametric_survival" && ModelRows::of(results).is_none() {
        let of_predictions = |notice: &&Notice| matches!(notice, Notice::Extrapolated { .. });
        wording::remarks(
            &mut table,
            results,
            results.notices.iter().filter(|notice| !of_predictions(notice)),
        );
    }
    Some(Content::Table(table.finish()))
}

/// The parameters of the reported law in one sentence.
fn parameters(results: &Results, style: &Style, law: &str) -> String {
    let interval = style.interval_name();
    let part = |name: &str, row: &Estimate| {
        let value = row.value.map(|value| style::number(value, 3))?;
        let limits = row.interval.and_then(|interval| interval.lower.zip(interval.upper));
        let limits = limits.map_or(String::new(), |(lower, upper)| {
            let range = style::range(&style::number(lower, 3), &style::number(upper, 3));
            format!(" ({interval} {range})")
        });
        Some(format!("{name} {value}{limits}"))
    };
    let parts: Vec<String> = [
        (Quantity::Intercept, "mean of log time where all covariates are 0 or at their reference"),
        (Quantity::Scale, "scale of log time"),
        (Quantity::Shape, "shape"),
    ]
    .into_iter()
    .filter_map(|(quantity, name)| part(name, wording::rows(results, quantity).next()?))
    .collect();
    if parts.is_empty() {
        return String::new();
    }
    format!("{}: {}.", wording::capitalised(wording::law(law)), parts.join("; "))
}
