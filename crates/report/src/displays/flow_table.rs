//! The flow of participants in figures, for those who do not see the diagram.

use crate::display::{Content, Display};
use crate::style;
use crate::table::{Cell, HeaderCell, RowKind, Table};
use study::StudyResults;

pub(super) const ID: &str = "flow-table";

pub(super) fn display(study: &StudyResults) -> Display {
    let flow = &study.flow;
    let mut table = Table::with_columns(2);
    table.header =
        vec![vec![HeaderCell::new("Step"), HeaderCell::new("Excluded"), HeaderCell::new("Remaining")]];
    table.push(
        RowKind::Single,
        [Cell::from(flow.label.as_str()), Cell::default(), style::count(flow.assessed).into()],
    );
    for step in &flow.steps {
        table.push(
            RowKind::Single,
            [
                Cell::from(step.label.as_str()),
                style::count(step.excluded).into(),
                style::count(step.remaining).into(),
            ],
        );
    }
    table.push(
        RowKind::Single,
        [Cell::from("Included in the analyses"), Cell::default(), style::count(flow.included).into()],
    );
    if !flow.steps.is_empty() {
        table.remark("Each patient is counted at the first criterion that holds.");
    }
    Display {
        id: ID.into(),
        analysis: None,
        number: String::new(),
        title: "Flow of participants, in figures".into(),
        content: Content::Table(table.finish()),
    }
}
