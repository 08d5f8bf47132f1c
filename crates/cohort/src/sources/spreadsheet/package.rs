//! The file of a workbook: a zip archive, looked through before anything in it is read.

use super::xls::Book;
use super::{Workbook, damaged};
use crate::sources::expansion::Expansion;
use calamine::{Reader, Xlsx};
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use study::{Place, Problem};
use zip::ZipArchive;

const ZIP: &[u8] = b"PK\x03\x04";
/// Workbooks before 2007, and those with a password.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

fn start(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    File::open(path)?.take(8).read_to_end(&mut start)?;
    Ok(start)
}

/// Whether a file is a workbook by its first bytes, whatever it is called.
pub(in crate::sources) fn is_signed(path: &Path) -> bool {
    start(path).is_ok_and(|start| start.starts_with(ZIP) || start == COMPOUND)
}

/// Whether a file is a compound file, as workbooks before 2007 are, and those with a password.
pub(super) fn is_compound(path: &Path) -> bool {
    start(path).is_ok_and(|start| start == COMPOUND)
}

/// Opens a workbook, once it is known to be whole and of a size that tables have.
pub(crate) fn open(path: &Path) -> Result<Workbook, Problem> {
    let refused = |message: &str, help: &str| {
        Problem::input(message).at(Place::Path(path.into())).help(help.to_string())
    };
    let fault = |error: &dyn std::fmt::Display| damaged(path, error);
    let start = start(path).map_err(|error| fault(&error))?;
    if start == COMPOUND {
        Book::open(path)?;
        return Err(refused(
            "this is a workbook of the format before 2007 (.xls)",
            "open it in Excel or LibreOffice and save it as .xlsx",
        ));
    }
    if !start.starts_with(ZIP) {
        return Err(refused(
            "this is not an Excel workbook",
            "it may be text or a web page under another name: open it in Excel and save it as .xlsx, or call it .csv",
        ));
    }
    let mut file = BufReader::new(File::open(path).map_err(|error| fault(&error))?);
    let length = file.get_ref().metadata().map_err(|error| fault(&error))?.len();
    let mut archive = ZipArchive::new(&mut file).map_err(|_| {
        fault(&"the file is cut off or damaged")
            .help("copy or download it again, and see that its size is right")
    })?;
    let mut expansion = Expansion::new(length);
    let mut buffer = vec![0; 1 << 16];
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| fault(&error))?;
        loop {
            match entry.read(&mut buffer).map_err(|error| fault(&error))? {
                0 => break,
                n => expansion.add(n as u64).map_err(|message| {
                    refused(&message, "a workbook of patients is far smaller: ask where the file comes from")
                })?,
            }
        }
    }
    drop(archive);
    file.rewind().map_err(|error| fault(&error))?;
    Xlsx::new(file).map_err(|error| fault(&error))
}
