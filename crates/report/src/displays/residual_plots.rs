//! Residuals of a Cox model as figures: against time, a number, the linear predictor, and one by one.

use super::panels::{Spec, figure};
use crate::display::Content;
use crate::drawing::axis;
use crate::style::{self, Style};
use crate::wording;
use study::{Estimate, Quantity, ResidualColumn, ResidualKind, ResidualUnit, Residuals, Results, Smooth};

/// More panels than this are no figure; the rest is in results.json.
const MOST: usize = 16;

fn of(results: &Results, unit: ResidualUnit) -> Option<&Residuals> {
    results.residuals.iter().find(|residuals| residuals.unit == unit)
}

fn smooth<'a>(
    results: &'a Results,
    of: ResidualKind,
    term: Option<&str>,
    level: Option<&str>,
) -> Option<&'a Smooth> {
    let same = |smooth: &&Smooth| {
        smooth.of == of && smooth.term.as_deref() == term && smooth.level.as_deref() == level
    };
    results.smooths.iter().find(same)
}

/// `Karnofsky score`, or `Cell type: adeno`.
pub(super) fn name(results: &Results, term: &str, level: Option<&str>) -> String {
    let heading = wording::heading(results, term);
    match level {
        Some(level) if wording::is_flag(results, term) && wording::is_yes(level) => heading,
        Some(level) => format!("{heading}: {}", wording::column(results, term, level)),
        None => heading,
    }
}

fn column_name(results: &Results, column: &ResidualColumn) -> String {
    name(results, column.term.as_deref().unwrap_or_default(), column.level.as_deref())
}

fn paired(x: &[Option<f64>], y: &[Option<f64>]) -> Vec<(f64, f64)> {
    x.iter().zip(y).filter_map(|(x, y)| Some(((*x)?, (*y)?))).collect()
}

/// The coefficient over time: scaled Schoenfeld residuals and their line.
pub(super) fn schoenfeld(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let events = of(results, ResidualUnit::Event)?;
    let x = events.column(ResidualKind::TransformedTime, None, None)?;
    let ticks = time_ticks(results, events, x);
    let specs: Vec<Spec> = events
        .of_kind(ResidualKind::ScaledSchoenfeld)
        .take(MOST)
        .map(|column| {
            let (term, level) = (column.term.as_deref(), column.level.as_deref());
            let same = |row: &&Estimate| row.term.as_deref() == term && row.level.as_deref() == level;
            let coefficient =
                wording::rows(results, Quantity::Coefficient).find(same).and_then(|row| row.value);
            Spec {
                title: column_name(results, column),
                x_title: wording::time_axis(results),
                y_title: "Log hazard ratio".into(),
                points: paired(x, &column.values),
                spikes: false,
                smooth: smooth(results, ResidualKind::ScaledSchoenfeld, term, level).cloned(),
                levels: coefficient.into_iter().collect(),
                ticks: Some(ticks.clone()),
            }
        })
        .collect();
    let caption = format!(
        "Log hazard ratio over time: scaled Schoenfeld residuals of the events, smoothed, with pointwise {}% confidence \
         band. Dashed: the log hazard ratio of the model, which holds if the line is flat.{}",
        style.confidence_percent(),
        transform_words(results)
    );
    figure(&specs, id, &results.title, caption)
}

fn transform_words(results: &Results) -> &'static str {
    match results.options.get("transform").and_then(serde_json::Value::as_str) {
        Some("km") => " The time axis is spaced so that events are spread evenly (Kaplan–Meier transform).",
        Some("rank") => " The time axis is spaced by rank.",
        Some("log") => " The time axis is logarithmic.",
        _ => "",
    }
}

/// Where round times lie on the transformed axis.
fn time_ticks(results: &Results, events: &Residuals, x: &[Option<f64>]) -> Vec<(f64, String)> {
    let known: Vec<(f64, f64)> =
        events.time.iter().zip(x).filter_map(|(time, x)| Some((*time, (*x)?))).collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else { return Vec::new() };
    let (ticks, _) = axis::time(last.0, results.time_unit.as_deref(), 270.0, 6.0);
    let place = |tick: f64| {
        let after = known.partition_point(|(time, _)| *time < tick);
        let (high, low) = (known[after.min(known.len() - 1)], known[after.saturating_sub(1)]);
        let share = if high.0 > low.0 { (tick - low.0) / (high.0 - low.0) } else { 0.0 };
        low.1 + share.clamp(0.0, 1.0) * (high.1 - low.1)
    };
    let within = |tick: &f64| *tick >= first.0 && *tick <= last.0;
    let mut ticks: Vec<f64> = ticks.into_iter().filter(within).collect();
    if ticks.len() < 2 {
        ticks = vec![first.0, last.0];
    }
    ticks.into_iter().map(|tick| (place(tick), style::named_time(tick))).collect()
}

/// The shape of each number: martingale residuals of the model without terms.
pub(super) fn functional_form(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let rows = of(results, ResidualUnit::CountedRow)?;
    let y = rows.column(ResidualKind::NullMartingale, None, None)?;
    let specs: Vec<Spec> = rows
        .of_kind(ResidualKind::Value)
        .filter_map(|column| {
            let term = column.term.as_deref()?;
            let smooth = smooth(results, ResidualKind::NullMartingale, Some(term), None)?;
            Some(Spec {
                title: column_name(results, column),
                x_title: wording::with_unit(results, term),
                y_title: "Martingale residual".into(),
                points: paired(&column.values, y),
                spikes: false,
                smooth: Some(smooth.clone()),
                levels: vec![0.0],
                ticks: None,
            })
        })
        .take(MOST)
        .collect();
    let caption = format!(
        "Martingale residuals of the model without terms against each number, smoothed, with pointwise {}% confidence band: \
         a straight line supports the number as it stands, a bend asks for another form.",
        style.confidence_percent()
    );
    figure(&specs, id, &results.title, caption)
}

/// Deviance residuals against the linear predictor.
pub(super) fn deviance(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let rows = of(results, ResidualUnit::CountedRow)?;
    let x = rows.column(ResidualKind::LinearPredictor, None, None)?;
    let y = rows.column(ResidualKind::Deviance, None, None)?;
    let spec = Spec {
        title: "Deviance residuals".into(),
        x_title: "Linear predictor".into(),
        y_title: "Deviance residual".into(),
        points: paired(x, y),
        spikes: false,
        smooth: smooth(results, ResidualKind::Deviance, None, None).cloned(),
        levels: vec![0.0],
        ticks: None,
    };
    let caption = format!(
        "Deviance residuals against the linear predictor, smoothed, with pointwise {}% confidence band. Above: patients with \
         the event sooner than predicted; below: without it for longer.",
        style.confidence_percent()
    );
    figure(&[spec], id, &results.title, caption)
}

/// The change of each coefficient when a patient is left out, one stroke each.
pub(super) fn dfbetas(results: &Results, _style: &Style, id: &str) -> Option<Content> {
    let rows = of(results, ResidualUnit::CountedRow)?;
    let specs: Vec<Spec> = rows
        .of_kind(ResidualKind::Dfbetas)
        .take(MOST)
        .map(|column| Spec {
            title: column_name(results, column),
            x_title: "Patients in the order of follow-up".into(),
            y_title: "Change, standard errors".into(),
            points: (1..).map(f64::from).zip(&column.values).filter_map(|(x, y)| Some((x, (*y)?))).collect(),
            spikes: true,
            smooth: None,
            levels: vec![0.0],
            ticks: None,
        })
        .collect();
    let caption = "Change of each log hazard ratio when one patient is left out, in standard errors (dfbetas), by \
                   order of follow-up.";
    figure(&specs, id, &results.title, caption.into())
}
