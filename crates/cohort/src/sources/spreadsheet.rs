//! Excel workbooks (.xlsx, .xlsm, .xls): a sheet is a table, its first row with a value is the header.
//!
//! Cells are read one after the other, so that a cell far away from the others costs nothing. Nothing is guessed: a
//! merged cell, an error, a value beside the columns of the header are refused with their address.

mod cell;
mod compound;
mod package;
mod rows;
mod xls;

use super::{Grid, Source, TableFile};
use crate::cleaning::TableReport;
use crate::typed;
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use cell::text;
use engine::Engine;
use rows::{Content, Rows};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use study::nearest::suggest;
use study::{Place, Problem};
use xls::Book;

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
        if package::is_compound(path) {
            return Ok(Some(Book::open(path)?.shown(path)?));
        }
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
fn sheet_of(table: &TableFile<'_>, names: &[String]) -> Result<String, Problem> {
    match table.sheet {
        Some(sheet) if names.iter().any(|name| name == sheet) => Ok(sheet.into()),
        Some(sheet) => Err(table
            .problem(format!("the workbook has no sheet `{sheet}`"))
            .help(suggest(sheet, names.iter().map(String::as_str)))),
        None => match names {
            [only] => Ok(only.clone()),
            _ => Err(table
                .problem(format!("the workbook has {} sheets: {}", names.len(), names.join(", ")))
                .help("say in registry.toml which one it is: `file = \"NAME.xlsx#SHEET\"`")),
        },
    }
}

/// Reads the sheet into texts.
fn read(table: &TableFile<'_>) -> Result<Grid, Problem> {
    if package::is_compound(&table.path) {
        return read_old(table);
    }
    let mut workbook = package::open(&table.path)?;
    let sheet = sheet_of(table, &workbook.sheet_names())?;
    let fault = |error: calamine::XlsxError| damaged(&table.path, &error);
    let merged = workbook.merge_cells_by_sheet_name(&sheet).map_err(fault)?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(fault)?;
    let mut rows = Rows::new(table);
    while let Some(cell) = cells.next_cell().map_err(fault)? {
        add(&mut rows, cell.get_position(), cell.get_value())?;
    }
    rows.close(&sheet, &merged)
}

/// The same of a workbook before 2007.
fn read_old(table: &TableFile<'_>) -> Result<Grid, Problem> {
    let book = Book::open(&table.path)?;
    let sheet = sheet_of(table, &book.names())?;
    let (cells, merged) = book.sheet(&table.path, &sheet)?;
    let mut rows = Rows::new(table);
    for (position, value) in &cells {
        add(&mut rows, *position, value)?;
    }
    rows.close(&sheet, &merged)
}

fn add(rows: &mut Rows<'_>, (row, column): (u32, u32), value: &DataRef<'_>) -> Result<(), Problem> {
    let text = text(value);
    if text.as_deref() == Ok("") {
        return Ok(());
    }
    let is_date = matches!(value, DataRef::DateTime(_));
    rows.add(row, column, Content { text, is_date })
}
