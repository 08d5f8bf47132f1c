//! Excel workbooks (.xlsx, .xlsm): a sheet is a table, its first row with a value is the header.
//!
//! Cells are read one after the other, so that a cell far away from the others costs nothing. Nothing is guessed: a
//! merged cell, an error, a value beside the columns of the header are refused with their address.

mod cell;
mod package;
mod rows;

use super::{Grid, Source, TableFile};
use crate::cleaning::TableReport;
use crate::typed;
use calamine::{Reader, SheetType, SheetVisible, Xlsx};
use cell::text;
use engine::Engine;
use rows::Rows;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use study::nearest::suggest;
use study::{Place, Problem};

pub(super) use package::is_signed;
pub(crate) use package::open;

/// Excel workbooks.
pub(super) struct Spreadsheet;

pub(crate) type Workbook = Xlsx<BufReader<File>>;

impl Source for Spreadsheet {
    fn endings(&self) -> &'static [&'static str] {
        &["xlsx", "xlsm", "xls"]
    }

    fn sheets(&self, path: &Path) -> Result<Option<Vec<String>>, Problem> {
        let mut workbook = package::open(path)?;
        let shown: Vec<String> = workbook
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
            .map(|sheet| sheet.name.clone())
            .collect();
        let mut sheets = Vec::new();
        for sheet in shown {
            if has_value(&mut workbook, &sheet).map_err(|error| damaged(path, &error))? {
                sheets.push(sheet);
            }
        }
        Ok(Some(sheets))
    }

    fn load(&self, table: &TableFile<'_>, engine: &dyn Engine) -> Result<TableReport, Problem> {
        typed::load(read(table)?, table, engine)
    }
}

fn damaged(path: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::input(format!("the workbook cannot be read: {error}"))
        .at(Place::Path(path.into()))
        .help("open it in Excel and save it again as .xlsx")
}

fn has_value(workbook: &mut Workbook, sheet: &str) -> Result<bool, calamine::XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    while let Some(cell) = cells.next_cell()? {
        if text(cell.get_value()).as_deref() != Ok("") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The sheet that the registry says, or the only one.
fn sheet_of(table: &TableFile<'_>, workbook: &Workbook) -> Result<String, Problem> {
    let names = workbook.sheet_names();
    match table.sheet {
        Some(sheet) if names.iter().any(|name| name == sheet) => Ok(sheet.into()),
        Some(sheet) => Err(table
            .problem(format!("the workbook has no sheet `{sheet}`"))
            .help(suggest(sheet, names.iter().map(String::as_str)))),
        None => match names.as_slice() {
            [only] => Ok(only.clone()),
            _ => Err(table
                .problem(format!("the workbook has {} sheets: {}", names.len(), names.join(", ")))
                .help("say in registry.toml which one it is: `file = \"NAME.xlsx#SHEET\"`")),
        },
    }
}

/// Reads the sheet into texts.
fn read(table: &TableFile<'_>) -> Result<Grid, Problem> {
    let mut workbook = package::open(&table.path)?;
    let sheet = sheet_of(table, &workbook)?;
    let fault = |error: calamine::XlsxError| damaged(&table.path, &error);
    let merged = workbook.merge_cells_by_sheet_name(&sheet).map_err(fault)?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(fault)?;
    let mut rows = Rows::new(table);
    while let Some(cell) = cells.next_cell().map_err(fault)? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.as_deref() != Ok("") {
            rows.add(row, column, text)?;
        }
    }
    rows.close(&sheet, &merged)
}
