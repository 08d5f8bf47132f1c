//! Workbooks of Excel 97 to 2003 (.xls), a stream of records in a compound file (MS-XLS, BIFF8).
//!
//! Written here and not taken from the library that reads .xlsx, because that believes the numbers of a damaged file.

mod format;
mod record;

use super::compound::{Compound, u16_at, u32_at};
use calamine::{CellErrorType, DataRef, Dimensions, ExcelDateTime, ExcelDateTimeType};
use record::Record;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use study::{Place, Problem};

/// Begin and end of a part of the stream.
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;

/// A sheet: its name, where it begins, whether it is one of cells that is shown.
struct Sheet {
    name: String,
    at: usize,
    is_shown: bool,
}

/// A workbook.
pub(super) struct Book {
    stream: Vec<u8>,
    sheets: Vec<Sheet>,
    strings: Vec<String>,
    /// What each cell format shows, where it shows dates.
    formats: Vec<Option<ExcelDateTimeType>>,
    since_1904: bool,
}

/// The cells of a sheet by row and column, those that are merged, and the rows that are hidden.
pub(super) type Cells<'a> = (BTreeMap<(u32, u32), DataRef<'a>>, Vec<Dimensions>, BTreeSet<u32>);

fn damaged(path: &Path) -> Problem {
    Problem::input("the workbook is cut off or damaged")
        .at(Place::Path(path.into()))
        .help("copy or download it again, and see that its size is right")
}

impl Book {
    /// Opens a workbook.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let refused =
            |message: &str, help: &str| Problem::input(message).at(Place::Path(path.into())).help(help);
        let file = Compound::read(path).map_err(|error| {
            Problem::input(format!("cannot read the file: {error}")).at(Place::Path(path.into()))
        })?;
        let file = file.ok_or_else(|| damaged(path))?;
        let with_password = || {
            let help = "open it in Excel and save it without one (File, Info, Protect Workbook), where that is allowed";
            refused("the workbook has a password", help)
        };
        if file.has("EncryptedPackage") {
            return Err(with_password());
        }
        let Some(stream) = file.stream("Workbook") else {
            return Err(match file.has("Book") {
                true => refused(
                    "this is a workbook of Excel 95 or earlier",
                    "open it in Excel or LibreOffice and save it as .xlsx",
                ),
                false if file.has("Workbook") => damaged(path),
                false => refused("this is not an Excel workbook", "is it another kind of document?"),
            });
        };
        Self::parse(stream).ok_or_else(|| damaged(path))?.ok_or_else(with_password)
    }

    /// Reads what stands before the sheets; none where it is damaged, none within where it is encrypted.
    fn parse(stream: Vec<u8>) -> Option<Option<Self>> {
        let (mut sheets, mut strings, mut since_1904) = (Vec::new(), Vec::new(), false);
        let mut own: BTreeMap<u16, Option<ExcelDateTimeType>> = BTreeMap::new();
        let mut numbers: Vec<u16> = Vec::new();
        let mut at = 0;
        loop {
            let (record, end) = Record::read(&stream, at)?;
            let data = record.data();
            match record.kind {
                BEGIN if at == 0 && u16_at(data, 0)? != 0x0600 => return None,
                _ if at == 0 && record.kind != BEGIN => return None,
                END => break,
                0x002F => return Some(None),
                0x0022 => since_1904 = u16_at(data, 0)? == 1,
                0x041E => drop(own.insert(u16_at(data, 0)?, format::custom(&record.fields(2).string()?))),
                0x00E0 => numbers.push(u16_at(data, 2)?),
                0x0085 => {
                    let [state, kind] = [*data.get(4)?, *data.get(5)?];
                    let name = record.fields(6).short_string()?;
                    let is_shown = state & 3 == 0 && kind == 0;
                    sheets.push(Sheet { name, at: u32_at(data, 0)? as usize, is_shown });
                }
                0x00FC => {
                    let mut fields = record.fields(4);
                    for _ in 0..fields.long()? {
                        strings.push(fields.string()?);
                    }
                }
                _ => {}
            }
            at = end;
        }
        let format = |number: &u16| own.get(number).copied().unwrap_or_else(|| format::built_in(*number));
        let formats = numbers.iter().map(format).collect();
        Some(Some(Self { stream, sheets, strings, formats, since_1904 }))
    }

    /// The names of the sheets that are shown and have a value.
    pub(super) fn shown(&self, path: &Path) -> Result<Vec<String>, Problem> {
        let mut names = Vec::new();
        for sheet in self.sheets.iter().filter(|sheet| sheet.is_shown) {
            if !self.cells(sheet).ok_or_else(|| damaged(path))?.0.is_empty() {
                names.push(sheet.name.clone());
            }
        }
        Ok(names)
    }

    /// The names of all sheets.
    pub(super) fn names(&self) -> Vec<String> {
        self.sheets.iter().map(|sheet| sheet.name.clone()).collect()
    }

    /// The cells of a sheet.
    pub(super) fn sheet(&self, path: &Path, name: &str) -> Result<Cells<'_>, Problem> {
        let sheet = self.sheets.iter().find(|sheet| sheet.name == name);
        sheet.and_then(|sheet| self.cells(sheet)).ok_or_else(|| damaged(path))
    }

    fn cells(&self, sheet: &Sheet) -> Option<Cells<'_>> {
        let (mut cells, mut merged, mut hidden) = (BTreeMap::new(), Vec::new(), BTreeSet::new());
        let mut put = |row: u16, column: u16, value: DataRef<'static>| {
            cells.insert((row.into(), column.into()), value);
        };
        let mut at = sheet.at;
        // Charts stand within sheets, and have begin, end and cells of their own.
        let mut depth = 0;
        let mut awaiting: Option<(u16, u16)> = None;
        let mut shared: Vec<((u32, u32), usize)> = Vec::new();
        loop {
            let (record, end) = Record::read(&self.stream, at)?;
            let data = record.data();
            match record.kind {
                BEGIN => depth += 1,
                _ if depth == 0 => return None,
                END if depth == 1 => break,
                END => depth -= 1,
                _ if depth > 1 => {}
                0x0208 if u16_at(data, 12).is_some_and(|flags| flags & 0x20 != 0) => {
                    hidden.insert(u16_at(data, 0)?.into());
                }
                0x00E5 => {
                    for index in 0..usize::from(u16_at(data, 0)?) {
                        let [top, bottom, left, right] =
                            [0, 2, 4, 6].map(|place| u16_at(data, 2 + 8 * index + place).map(u32::from));
                        merged.push(Dimensions { start: (top?, left?), end: (bottom?, right?) });
                    }
                }
                0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x027E | 0x00FD | 0x00BD | 0x0006 => {
                    let (row, column, cell_format) = (u16_at(data, 0)?, u16_at(data, 2)?, u16_at(data, 4)?);
                    match record.kind {
                        0x0203 => put(row, column, self.number(f64_at(data, 6)?, cell_format)),
                        0x0204 | 0x00D6 => put(row, column, DataRef::String(record.fields(6).string()?)),
                        0x0205 => put(row, column, logical(*data.get(6)?, *data.get(7)? != 0)),
                        0x027E => put(row, column, self.number(packed(u32_at(data, 6)?), cell_format)),
                        0x00FD => shared.push(((row.into(), column.into()), u32_at(data, 6)? as usize)),
                        0x00BD => {
                            let n = data.len().checked_sub(6)? / 6;
                            for index in 0..n {
                                let column = column.checked_add(u16::try_from(index).ok()?)?;
                                let number = packed(u32_at(data, 6 + 6 * index)?);
                                put(row, column, self.number(number, u16_at(data, 4 + 6 * index)?));
                            }
                        }
                        _ => {
                            awaiting = None;
                            match (u16_at(data, 12)?, *data.get(6)?) {
                                (0xFFFF, 0) => awaiting = Some((row, column)),
                                (0xFFFF, kind @ (1 | 2)) => {
                                    put(row, column, logical(*data.get(8)?, kind == 2))
                                }
                                (0xFFFF, _) => {}
                                _ => put(row, column, self.number(f64_at(data, 6)?, cell_format)),
                            }
                        }
                    }
                }
                // The text that a formula gives stands behind it.
                0x0207 => {
                    if let Some((row, column)) = awaiting.take() {
                        put(row, column, DataRef::String(record.fields(0).string()?));
                    }
                }
                _ => {}
            }
            at = end;
        }
        let mut cells: BTreeMap<(u32, u32), DataRef<'_>> = cells;
        for (place, index) in shared {
            cells.insert(place, DataRef::SharedString(self.strings.get(index)?));
        }
        cells.retain(|_, value| !matches!(value, DataRef::String(text) if text.is_empty()));
        cells.retain(|_, value| !matches!(value, DataRef::SharedString("")));
        Some((cells, merged, hidden))
    }

    /// A number, or a date where its format shows one.
    fn number(&self, number: f64, cell_format: u16) -> DataRef<'static> {
        match self.formats.get(usize::from(cell_format)).copied().flatten() {
            Some(kind) => DataRef::DateTime(ExcelDateTime::new(number, kind, self.since_1904)),
            None => DataRef::Float(number),
        }
    }
}

fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// A number in four bytes: the upper half of a double, or a whole number; times a hundredth where the first bit says so.
fn packed(bits: u32) -> f64 {
    let number = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from((bits as i32) >> 2),
    };
    if bits & 1 == 0 { number } else { number / 100.0 }
}

/// True or false, or an error.
fn logical(code: u8, is_error: bool) -> DataRef<'static> {
    if !is_error {
        return DataRef::Bool(code != 0);
    }
    DataRef::Error(match code {
        0x00 => CellErrorType::Null,
        0x07 => CellErrorType::Div0,
        0x0F => CellErrorType::Value,
        0x17 => CellErrorType::Ref,
        0x1D => CellErrorType::Name,
        0x24 => CellErrorType::Num,
        _ => CellErrorType::NA,
    })
}
