//! Operations, pathology, and what came after.

use super::imaging::natural;
use super::model::Records;
use study::{Happening, LastContact, Problem, TumourFinding};

/// Operations with what was done and the margin.
pub(super) fn operations(of: &Records<'_>) -> Result<Vec<Happening>, Problem> {
    let mut found = Vec::new();
    for row in of.rows("operations", &["operation_date"], &["procedure", "margin"])? {
        let Some(day) = row.day(0).transpose()? else { continue };
        let procedure = row.text(1).map(|procedure| of.label("operations", "procedure", procedure));
        let margin = row.text(2).map(str::to_string);
        let mut label = procedure.unwrap_or_else(|| "Operation".into());
        if let Some(margin) = margin {
            label = format!("{label} ({margin})");
        }
        found.push(Happening { day, label });
    }
    Ok(found)
}

/// Resected tumours, with the response by the clinical view where it could be run.
pub(super) fn pathology(of: &Records<'_>) -> Result<Vec<TumourFinding>, Problem> {
    let table = if of.model.has("blazer_tumour", &[]) { "blazer_tumour" } else { "pathology" };
    let mut found = Vec::new();
    for row in of.rows(table, &["operation_date", "tumor"], &["residual_percent", "pathological_response"])? {
        let Some(day) = row.day(0).transpose()? else { continue };
        found.push(TumourFinding {
            day,
            tumour: row.text(1).unwrap_or_default().into(),
            residual_percent: row.number(2),
            response: row.text(3).map(str::to_string),
        });
    }
    found.sort_by_key(|finding| (finding.day, natural(&finding.tumour)));
    Ok(found)
}

/// Visits, the first recurrence after the operation, and the last that is known.
type FollowUp = (Vec<i32>, Option<Happening>, Option<LastContact>);

/// Visits without the day of death. What is known up to the operation is no recurrence after it.
pub(super) fn follow_up(of: &Records<'_>, operation: Option<i32>) -> Result<FollowUp, Problem> {
    let (mut visits, mut recurrence) = (Vec::new(), None);
    let (mut death, mut last): (Option<i32>, Option<i32>) = (None, None);
    for row in of.rows("follow_up", &["visit_date"], &["status", "recurrence", "recurrence_site"])? {
        let Some(day) = row.day(0).transpose()? else { continue };
        if row.text(1) == Some("dead") {
            death = death.or(Some(day));
        } else {
            visits.push(day);
        }
        last = Some(day);
        let after = operation.is_none_or(|operation| day > operation);
        if row.text(2) == Some("yes") && after && recurrence.is_none() {
            let site = row.text(3).map(|site| of.label("follow_up", "recurrence_site", site).to_lowercase());
            let label = site.map_or("Recurrence".into(), |site| format!("Recurrence: {site}"));
            recurrence = Some(Happening { day, label });
        }
    }
    visits.dedup();
    let end = death.or(last).map(|day| LastContact { day, died: death.is_some() });
    Ok((visits, recurrence, end))
}
