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
    let two_rows = |sheet: &mut Worksheet| {
        sheet.merge_range(0, 1, 0, 2, "before", &Format::new()).unwrap();
        for (column, name) in ["patient_id", "cea", "size"].into_iter().enumerate() {
            sheet.write(1, column as u16, name).unwrap();
        }
        sheet.write(2, 0, "P1").unwrap();
    };
    let said = refusal(&workbook(&[("Data", &two_rows)]));
    assert!(said.contains("the cells B1:C1 of the header are merged"), "{said}");
    let title = |sheet: &mut Worksheet| {
        sheet.write(0, 0, "Patients of the clinic").unwrap();
        sheet.write(2, 0, "patient_id").unwrap();
        sheet.write(2, 1, "n").unwrap();
    };
    let said = refusal(&workbook(&[("Data", &title)]));
    assert!(
        said.contains("row 1 was taken for the names of the columns: if it is a title, remove it"),
        "{said}"
    );
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
fn zero_among_days_is_no_time_of_day() {
    let date = Format::new().set_num_format("dd.mm.yyyy");
    let zero = only(|sheet| {
        sheet.write_with_format(2, 1, 0, &date).unwrap();
    });
    refused(&zero, "row 2, column born: the cell B3 is a time of day among days");
    let times = |sheet: &mut Worksheet| {
        let clock = Format::new().set_num_format("hh:mm");
        for (row, value) in [(1, 0.0), (2, 0.5)] {
            sheet.write(row, 0, format!("P{row}")).unwrap();
            sheet.write_with_format(row, 1, value, &clock).unwrap();
        }
        sheet.write(0, 0, "patient_id").unwrap();
        sheet.write(0, 1, "knife").unwrap();
    };
    let folder = folder(&[("registry/patients.xlsx", &workbook(&[("Data", &times)]))]);
    let plan = plan(PLAN);
    let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(rows(&count(&cohort, &plan, &["knife"]).unwrap()), ["00:00:00 × 1", "12:00:00 × 1"]);
}

#[test]
fn rows_that_a_sheet_hides_are_read_and_told() {
    let first = |sheet: &mut Worksheet| {
        sheet.write(0, 0, "id").unwrap();
        sheet.write(1, 0, "P9").unwrap();
        sheet.set_row_hidden(1).unwrap();
    };
    let filtered = |sheet: &mut Worksheet| {
        patients(sheet);
        // One of two patients, and a row without any.
        sheet.set_row_hidden(2).unwrap();
        sheet.set_row_hidden(3).unwrap();
    };
    let bytes = workbook(&[("Other & more", &first), ("Data", &filtered)]);
    let dictionary = b"[tables.patients]\nfile = \"w.xlsx#Data\"\n";
    let folder = folder(&[("registry/w.xlsx", &bytes), ("registry/registry.toml", dictionary)]);
    assert_eq!(read(&folder).len(), 3);
    let cohort = folder.open(&plan(&format!("{PLAN}{VARIABLES}"))).unwrap();
    let notes: Vec<String> = cohort.cleaning().iter().map(|note| note.to_string()).collect();
    let expected = "patients: hidden in the sheet, by a filter or by hand, and read like the others (1 row)";
    assert!(notes.iter().any(|note| note == expected), "{notes:?}");
}

/// The workbook with a part of its first sheet replaced.
fn edited(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let (name, mut content) = (entry.name().unwrap().to_string(), String::new());
        entry.read_to_string(&mut content).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            assert!(content.contains(from), "{content}");
            content = content.replace(from, to);
        }
        written.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        written.write_all(content.as_bytes()).unwrap();
    }
    written.finish().unwrap().into_inner()
}

#[test]
fn a_formula_without_its_value_is_no_empty_cell() {
    let sheet = |sheet: &mut Worksheet| {
        patients(sheet);
        sheet.write_formula(2, 2, Formula::new("A1*2").set_result("7")).unwrap();
        sheet.write_formula(4, 2, Formula::new("A1&A1").set_result("none")).unwrap();
    };
    let whole = edited(&workbook(&[("Data", &sheet)]), "<v>none</v>", "<v></v>");
    // The value of a formula is read, and an empty text is an empty cell.
    let found = read(&folder(&[("registry/patients.xlsx", &whole)]));
    assert_eq!(found, ["1950 3 yes × 1", "1961 7 no × 1", "1972 - no × 1"]);
    for without in ["<f>A1*2</f><v></v>", "<f>A1*2</f><v/>", "<f>A1*2</f>"] {
        let said = refusal(&edited(&whole, "<f>A1*2</f><v>7</v>", without));
        assert!(
            said.contains("row 2, column n: the cell C3 has a formula without its value"),
            "{without}: {said}"
        );
    }
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
