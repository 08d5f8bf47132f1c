//! Who is due and overdue, as a list to work through. It names patients, so it is written only where it is asked for by
//! name.

use crate::table::{Align, HeaderCell, RowKind, Table};
use rust_xlsxwriter::{Format, FormatBorder, Workbook, XlsxError};
use study::calendar::iso_text;
use study::{DuePatient, Problem};

/// The columns, with their width in characters in a workbook.
const COLUMNS: [(&str, f64); 8] = [
    ("patient", 16.0),
    ("standing", 11.0),
    ("month", 8.0),
    ("scheduled", 13.0),
    ("days since", 11.0),
    ("visits missed", 13.0),
    ("last contact", 13.0),
    ("next visit", 13.0),
];

/// The list as a table: the visit, its day, how many days ago that was on the day of the report.
pub fn table(due: &[DuePatient], on: i32) -> Table {
    let mut table = Table::with_columns(COLUMNS.len() - 1);
    table.columns[1] = Align::Left;
    table.header = vec![COLUMNS.iter().map(|(name, _)| HeaderCell::new(*name)).collect()];
    for one in due {
        let day = |day: Option<i32>| day.map_or(String::new(), |day| iso_text(i64::from(day)));
        // A day still to come has a minus of its own, which no spreadsheet takes for a formula.
        let since = on - one.scheduled;
        let since = if since < 0 { format!("−{}", -since) } else { since.to_string() };
        let cells = [
            one.patient.clone(),
            one.standing.name().to_string(),
            one.month.to_string(),
            day(Some(one.scheduled)),
            since,
            one.missed.to_string(),
            day(one.last_contact),
            day(one.next),
        ];
        table.push(RowKind::Single, cells.map(Into::into));
    }
    table
}

/// The list as a workbook. All cells are texts, so that no name of a patient is run as a formula or loses its zeros.
///
/// # Errors
/// More patients than a sheet has rows.
pub fn workbook(table: &Table) -> Result<Vec<u8>, Problem> {
    sheet(table).map_err(|error| Problem::output(format!("the workbook cannot be written: {error}")))
}

fn sheet(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The time of writing would make two workbooks of the same list differ.
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&day));
    let heading = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
    let sheet = book.add_worksheet();
    sheet.set_name("Follow-up")?;
    for (column, (name, width)) in (0u16..).zip(COLUMNS) {
        sheet.write_string_with_format(0, column, name, &heading)?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    for (row, cells) in (1u32..).zip(&table.rows) {
        for (column, cell) in (0u16..).zip(&cells.cells) {
            sheet.write_string(row, column, &cell.text)?;
        }
    }
    let last = u32::try_from(table.rows.len()).unwrap_or(u32::MAX).min(1_048_575);
    sheet.autofilter(0, 0, last, COLUMNS.len() as u16 - 1)?;
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::Standing;

    #[test]
    fn days_since_the_visit_are_counted_from_the_day_of_the_report() {
        let one = DuePatient {
            patient: "=cmd".into(),
            standing: Standing::Overdue,
            month: 6,
            scheduled: 100,
            missed: 2,
            last_contact: None,
            next: Some(365),
        };
        let due = DuePatient { patient: "b".into(), standing: Standing::Due, scheduled: 135, ..one.clone() };
        let csv = crate::formats::csv::render(&table(&[one, due], 130));
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines[1], "'=cmd,overdue,6,1970-04-11,30,2,,1971-01-01");
        assert_eq!(lines[2], "b,due,6,1970-05-16,−5,2,,1971-01-01");
    }
}
