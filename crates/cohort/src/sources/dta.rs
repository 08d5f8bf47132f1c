//! Stata files: .dta of the releases 113 to 115 and 117 to 119, that is of Stata 8 and later.
//!
//! Written from StataCorp's description of the format (`help dta`). A value that Stata shows by a label keeps its code
//! and becomes a code of the dictionary with that label. The missing values `.a` to `.z` are read as missing and
//! counted, each with its label as the reason. Dates are counted from 1960-01-01, in the unit of their display format.

mod header;
mod labels;
mod legacy;
mod modern;
mod moment;
mod rows;

use super::binary::{Bytes, Fault};
use super::{Grid, Source, TableFile};
use crate::cleaning::TableReport;
use crate::dictionary::TableEntry;
use crate::typed;
use engine::Engine;
use rows::Rows;
use study::Problem;

/// Stata.
pub(super) struct Dta;

impl Source for Dta {
    fn endings(&self) -> &'static [&'static str] {
        &["dta"]
    }

    fn load(&self, table: &TableFile<'_>, engine: &dyn Engine) -> Result<TableReport, Problem> {
        let grid = read(table).map_err(|fault| table.problem(fault.message).help(fault.help))?;
        typed::load(grid, table, engine)
    }
}

fn read(table: &TableFile<'_>) -> Result<Grid, Fault> {
    let mut bytes = Bytes::open(&table.path)?;
    let stated = table.entry().and_then(TableEntry::encoding);
    let is_modern = bytes.array()? == *b"<";
    bytes.seek(0)?;
    let header =
        if is_modern { modern::header(&mut bytes, stated)? } else { legacy::header(&mut bytes, stated)? };
    let mut rows = Rows::read(&mut bytes, &header)?;
    if is_modern {
        modern::strings(&mut bytes, &header, &mut rows)?;
    }
    let mut grid = rows.grid;
    let sets =
        if is_modern { modern::labels(&mut bytes, &header)? } else { legacy::labels(&mut bytes, &header)? };
    labels::describe(&mut grid, &header, &sets)?;
    header.charset.tell(&mut grid);
    Ok(grid)
}
