//! SPSS system files: .sav, and .zsav with its compressed blocks.
//!
//! Written from the description of the format in the PSPP project's documentation. A value that SPSS shows by a label
//! keeps its code and becomes a code of the dictionary with that label; a user-missing value is read as missing, and
//! counted. Dates are days of the Gregorian calendar, counted in seconds since 1582-10-14.

mod cases;
mod extension;
mod header;
mod labels;
mod units;

use super::binary::{Bytes, Fault};
use super::{Grid, Source, TableFile};
use crate::cleaning::TableReport;
use crate::dictionary::TableEntry;
use crate::typed;
use engine::Engine;
use header::Header;
use study::Problem;

/// SPSS.
pub(super) struct Sav;

impl Source for Sav {
    fn endings(&self) -> &'static [&'static str] {
        &["sav", "zsav"]
    }

    fn load(&self, table: &TableFile<'_>, engine: &dyn Engine) -> Result<TableReport, Problem> {
        let grid = read(table).map_err(|fault| table.problem(fault.message).help(fault.help))?;
        typed::load(grid, table, engine)
    }
}

fn read(table: &TableFile<'_>) -> Result<Grid, Fault> {
    let mut bytes = Bytes::open(&table.path)?;
    let stated = table.entry().and_then(TableEntry::encoding);
    let header = Header::read(&mut bytes, stated)?;
    let mut grid = cases::read(bytes, &header)?;
    labels::describe(&mut grid, &header);
    header.charset.tell(&mut grid);
    if let Some(weight) = &header.weight {
        let note = format!("the file is weighted by `{weight}`: every row counts once here");
        grid.notes.push((None, note, grid.rows as u64));
    }
    Ok(grid)
}
