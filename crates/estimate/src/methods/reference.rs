//! The group with which the others are compared.

use crate::follow_up::FollowUp;
use study::nearest::suggest;
use study::{Analysis, CountTable, Problem};

/// Position of the reference among the groups: the one that is wanted, else the one that the variable declares, else the
/// first in which there is anybody.
///
/// # Errors
/// One that is wanted and unknown.
pub(super) fn reference(
    analysis: &Analysis,
    tables: &[CountTable],
    by: &str,
    wanted: Option<&str>,
    patients: &FollowUp,
) -> Result<Option<usize>, Problem> {
    let levels = || patients.groups.iter().filter_map(|group| group.level.as_deref());
    if let Some(wanted) = wanted {
        let known = levels().position(|level| level == wanted);
        return known.map(Some).ok_or_else(|| {
            analysis
                .refuse(&["reference".into()], format!("`{by}` has no level `{wanted}`"))
                .help(suggest(wanted, levels()))
        });
    }
    let declared =
        tables.first().map(|table| table.column(by)).transpose()?.and_then(|column| column.reference);
    let declared = declared.map_or(0, |code| code as usize);
    let occurs = |index: usize| patients.groups.get(index).is_some_and(|group| group.table.n() > 0);
    Ok(if occurs(declared) { Some(declared) } else { (0..patients.groups.len()).find(|at| occurs(*at)) })
}
