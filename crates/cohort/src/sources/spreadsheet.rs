//! Excel workbooks (.xlsx, .xlsm, .xls): a sheet is a table, its first row with a value is the header.
//!
//! Cells are read one after the other, so that a cell far away from the others costs nothing. Nothing is guessed: a
//! merged cell, an error, a value beside the columns of the header are refused with their address.

mod cell;
mod clocks;
mod compound;
mod hidden;
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
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        if content(&cell.value, cell.formula.is_some()).is_some() {
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
    let names = workbook.sheet_names();
    let sheet = sheet_of(table, &names)?;
    let hidden = names.iter().position(|name| *name == sheet).map(|at| hidden::rows(&table.path, at));
    let fault = |error: calamine::XlsxError| damaged(&table.path, &error);
    let merged = workbook.merge_cells_by_sheet_name(&sheet).map_err(fault)?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(fault)?;
    let mut rows = Rows::new(table, hidden.unwrap_or_default());
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(fault)? {
        if let Some(content) = content(&cell.value, cell.formula.is_some()) {
            let added = rows.add(cell.pos.0, cell.pos.1, content);
            added.map_err(|problem| rows.explained(problem, &merged))?;
        }
    }
    rows.close(&sheet, &merged)
}

/// The same of a workbook before 2007.
fn read_old(table: &TableFile<'_>) -> Result<Grid, Problem> {
    let book = Book::open(&table.path)?;
    let sheet = sheet_of(table, &book.names())?;
    let (cells, merged, hidden) = book.sheet(&table.path, &sheet)?;
    let mut rows = Rows::new(table, hidden);
    for ((row, column), value) in &cells {
        if let Some(content) = content(value, false) {
            let added = rows.add(*row, *column, content);
            added.map_err(|problem| rows.explained(problem, &merged))?;
        }
    }
    rows.close(&sheet, &merged)
}

/// What stands in a cell, unless it is empty. A formula whose value is not in the file is not an empty cell: a program
/// that does not calculate has written it.
fn content(value: &DataRef<'_>, is_formula: bool) -> Option<Content> {
    let text = match value {
        DataRef::Empty if is_formula => Err(NOT_CALCULATED.into()),
        _ => text(value),
    };
    let is_date = matches!(value, DataRef::DateTime(_));
    (text.as_deref() != Ok("")).then_some(Content { text, is_date })
}

const NOT_CALCULATED: &str = "has a formula without its value: open the workbook in Excel or LibreOffice and save it, which calculates it";
