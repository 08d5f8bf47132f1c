//! Excel workbooks.

mod folder;

use folder::{Folder, count, folder, plan, rows};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

const PLAN: &str = "[population]\ntable = \"patients\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n";
const VARIABLES: &str = "[variables.born]\nlabel = \"B\"\nkind = \"number\"\nsql = \"date_part('year', born)\"\n\
                         [variables.n]\nlabel = \"N\"\nkind = \"number\"\n[variables.ill]\nlabel = \"I\"\nkind = \"flag\"\n";

type Write<'a> = &'a dyn Fn(&mut Worksheet);

fn workbook(sheets: &[(&str, Write<'_>)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, write) in sheets {
        write(workbook.add_worksheet().set_name(*name).unwrap());
    }
    workbook.save_to_buffer().unwrap()
}

fn patients(sheet: &mut Worksheet) {
    for (column, name) in ["patient_id", "born", "n", "ill"].into_iter().enumerate() {
        sheet.write(0, column as u16, name).unwrap();
    }
    let date = Format::new().set_num_format("dd.mm.yyyy");
    for (row, year, n, ill) in [(1, 1950, 3.0, true), (2, 1961, 4.5, false), (4, 1972, 5.0, false)] {
        sheet.write(row, 0, format!("P{row}")).unwrap();
        let born = ExcelDateTime::from_ymd(year, 2, 3).unwrap();
        sheet.write_with_format(row, 1, &born, &date).unwrap();
        sheet.write(row, 2, n).unwrap();
        sheet.write(row, 3, ill).unwrap();
    }
}

fn only(write: impl Fn(&mut Worksheet)) -> Folder {
    let write = |sheet: &mut Worksheet| {
        patients(sheet);
        write(sheet);
    };
    folder(&[("registry/patients.xlsx", &workbook(&[("Data", &write)]))])
}

fn read(folder: &Folder) -> Vec<String> {
    let plan = plan(&format!("{PLAN}{VARIABLES}"));
    let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    rows(&count(&cohort, &plan, &["born", "n", "ill"]).unwrap())
}

fn refusal(bytes: &[u8]) -> String {
    folder(&[("registry/patients.xlsx", bytes)]).refusal(&plan(PLAN))
}

#[track_caller]
fn refused(folder: &Folder, words: &str) {
    let said = folder.refusal(&plan(&format!("{PLAN}{VARIABLES}")));
    assert!(said.contains(words), "{said}");
}

#[test]
fn dates_numbers_and_flags_are_read_and_an_empty_row_is_left_out() {
    let found = read(&only(|_| {}));
    assert_eq!(found.len(), 3, "{found:?}");
    for row in ["1950 3 yes × 1", "1961 4.5 no × 1", "1972 5 no × 1"] {
        assert!(found.iter().any(|found| found == row), "{found:?}");
    }
}

#[test]
fn a_date_proper_is_read_whatever_the_format_says_and_a_typed_one_by_it() {
    let typed = |sheet: &mut Worksheet| {
        patients(sheet);
        sheet.write(5, 0, "P5").unwrap();
        sheet.write(5, 1, "3/2/1983").unwrap();
    };
    // Written in this order, 1950-02-03 would be the second of March.
    for (format, year) in [("%d/%m/%Y", Some("1983")), ("%Y-%d-%m", None), ("%d/%m/%Y %H:%M", None)] {
        let toml = format!("[tables.patients.columns.born]\ntype = \"date\"\nformat = \"{format}\"\n");
        let write: Write<'_> = if year.is_some() { &typed } else { &patients };
        let bytes = workbook(&[("Data", write)]);
        let folder =
            folder(&[("registry/patients.xlsx", &bytes), ("registry/registry.toml", toml.as_bytes())]);
        let plan = plan(&format!(
            "{PLAN}[variables.day]\nlabel = \"D\"\nkind = \"number\"\nsql = \"date_part('doy', born)\"\n"
        ));
        let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{format}: {problem}"));
        let n = if year.is_some() { 4 } else { 3 };
        assert_eq!(rows(&count(&cohort, &plan, &["day"]).unwrap()), [format!("34 × {n}")]);
    }
}

#[test]
fn each_sheet_is_a_table_and_the_dictionary_names_one() {
    let notes = |sheet: &mut Worksheet| {
        sheet.write(0, 0, "note").unwrap();
    };
    let empty = |_: &mut Worksheet| {};
    let bytes = workbook(&[("notes", &notes), ("patients", &patients), ("Sheet3", &empty)]);
    assert_eq!(read(&folder(&[("registry/export.xlsx", &bytes)])).len(), 3);
    let bytes = workbook(&[("notes", &notes), ("Main #1", &patients)]);
    let toml = b"[tables.patients]\nfile = \"export.xlsx#Main #1\"\n";
    assert_eq!(read(&folder(&[("registry/export.xlsx", &bytes), ("registry/registry.toml", toml)])).len(), 3);
    let toml = b"[tables.patients]\nfile = \"export.xlsx#Main\"\n";
    let folder = folder(&[("registry/export.xlsx", &bytes), ("registry/registry.toml", toml)]);
    refused(&folder, "no sheet `Main`");
}

#[test]
fn a_workbook_is_known_by_its_first_bytes() {
    assert_eq!(read(&folder(&[("registry/patients.csv", &workbook(&[("Data", &patients)]))])).len(), 3);
    let said = refusal(b"patient_id,n\nP1,2\n");
    assert!(said.contains("not an Excel workbook"), "{said}");
}

#[test]
fn errors_merged_cells_and_cells_beside_the_table_are_refused_with_their_address() {
    let error = only(|sheet| {
        sheet.write_formula(2, 2, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    });
    refused(&error, "the cell C3 has the error #DIV/0!");
    let far = only(|sheet| {
        sheet.write(1_048_575, 16_383, 1).unwrap();
    });
    refused(&far, "the cell XFD1048576 has a value");
    let header = only(|sheet| {
        sheet.merge_range(0, 2, 0, 3, "both", &Format::new()).unwrap();
    });
    refused(&header, "the cells C1:D1 of the header are merged");
    let below = only(|sheet| {
        sheet.merge_range(1, 2, 2, 2, "3", &Format::new()).unwrap();
    });
    refused(&below, "the cells C2:C3 are merged");
    let twice = only(|sheet| {
        sheet.write(0, 3, "n").unwrap();
    });
    refused(&twice, "C1 and D1 are both called `n`");
    let gap = only(|sheet| {
        sheet.write(0, 5, "more").unwrap();
    });
    refused(&gap, "the cell E1 of the header is empty");
}

#[test]
fn damaged_and_locked_files_are_refused_with_what_to_do() {
    let whole = workbook(&[("Data", &patients)]);
    for length in (0..whole.len()).step_by(97) {
        let said = refusal(&whole[..length]);
        assert!(said.contains("registry/patients.xlsx"), "{said}");
    }
}

#[test]
fn a_file_made_to_fill_the_memory_is_refused() {
    use std::io::{Cursor, Write};
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..65 {
        archive.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let said = refusal(&archive.finish().unwrap().into_inner());
    assert!(said.contains("made to fill the memory"), "{said}");
}
