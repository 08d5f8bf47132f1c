//! Workbooks of Excel 97 to 2003, written here record by record.

mod folder;
#[path = "xls/writer.rs"]
#[allow(unreachable_pub)]
mod writer;

use folder::{Folder, count, folder, plan, rows};
use writer::{Cell, Sheet, cell, compound, merged, record, shared, stream};

const PLAN: &str = "[population]\ntable = \"patients\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n";

fn patients() -> Vec<u8> {
    use Cell::{Date, Formula, Logical, Number, Packed, Row, Shared, Text, TextFormula};
    [
        cell(1, 1, Shared(0)),
        cell(1, 2, Shared(1)),
        cell(1, 3, Shared(2)),
        cell(1, 4, Shared(3)),
        cell(1, 5, Text("score")),
        cell(2, 1, Shared(4)),
        cell(2, 2, Date(43_496.0)),
        cell(2, 3, Number(2.5)),
        cell(2, 4, Logical(true)),
        cell(2, 5, Formula(7.25)),
        cell(4, 1, TextFormula("P2")),
        cell(4, 2, Date(1.0)),
        // 3 as a whole number, 12.34 as 1234 hundredths.
        cell(4, 3, Packed(3 << 2 | 2)),
        cell(4, 4, Logical(false)),
        cell(4, 5, Packed(1234 << 2 | 3)),
        cell(5, 1, Shared(5)),
        cell(5, 2, Date(43_497.0)),
        cell(5, 4, Logical(false)),
        // 0.5, the upper half of a double.
        cell(5, 3, Row(vec![(0.5f64.to_bits() >> 32) as u32])),
    ]
    .concat()
}

const STRINGS: [&str; 6] = ["patient_id", "born", "n", "ill", "P1", "P3"];

fn workbook(sheets: &[Sheet]) -> Vec<u8> {
    compound("Workbook", &stream(&[], &shared(&STRINGS), sheets))
}

fn study(bytes: &[u8]) -> Folder {
    folder(&[("registry/patients.xls", bytes)])
}

fn found(folder: &Folder) -> Vec<String> {
    let plan = plan(PLAN);
    let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    let names = ["patient_id", "born", "n", "ill", "score"];
    let mut found = rows(&count(&cohort, &plan, &names).unwrap());
    found.sort();
    found
}

const EXPECTED: [&str; 3] =
    ["P1 17927 2.5 yes 7.25 × 1", "P2 -25567 3 no 12.34 × 1", "P3 17928 0.5 no - × 1"];

#[test]
fn numbers_dates_texts_and_flags_of_every_record_are_read() {
    let short = workbook(&[("Data", true, patients())]);
    assert_eq!(found(&study(&short)), EXPECTED);
    let mut records = patients();
    records.extend(record(0x01B6, &[0; 4200]));
    let long = workbook(&[("Data", true, records)]);
    assert!(long.len() > 4096 + 512);
    assert_eq!(found(&study(&long)), EXPECTED);
    // By its first bytes it is a workbook, whatever it is called.
    assert_eq!(found(&folder(&[("registry/patients.csv", &short)])), EXPECTED);
}

#[test]
fn rows_that_a_sheet_hides_are_read_and_told() {
    // Row 2, hidden; row 4, shown.
    let hidden = record(0x0208, &[2, 0, 1, 0, 6, 0, 255, 0, 0, 0, 0, 0, 0x60, 1, 15, 0]);
    let shown = record(0x0208, &[4, 0, 1, 0, 6, 0, 255, 0, 0, 0, 0, 0, 0x40, 1, 15, 0]);
    let folder = study(&workbook(&[("Data", true, [hidden, shown, patients()].concat())]));
    assert_eq!(found(&folder), EXPECTED);
    let cohort = folder.open(&plan(PLAN)).unwrap();
    let notes: Vec<String> = cohort.cleaning().iter().map(|note| note.to_string()).collect();
    assert!(
        notes.iter().any(|note| note.contains("hidden in the sheet") && note.ends_with("(1 row)")),
        "{notes:?}"
    );
}

#[test]
fn dates_count_from_1904_where_the_workbook_says_so() {
    let bytes = compound(
        "Workbook",
        &stream(&record(0x0022, &[1, 0]), &shared(&STRINGS), &[("D", true, patients())]),
    );
    assert_eq!(found(&study(&bytes))[0], "P1 19389 2.5 yes 7.25 × 1");
}

#[test]
fn each_sheet_that_is_shown_is_a_table_and_charts_within_are_passed_over() {
    let chart =
        [record(0x0809, &[0, 6, 0x20, 0]), cell(9, 1, Cell::Text("axis")), record(0x000A, &[])].concat();
    let with_chart = [patients(), chart].concat();
    let bytes = workbook(&[
        ("patients", true, with_chart),
        ("notes", true, cell(0, 0, Cell::Text("note"))),
        ("hidden", false, cell(0, 0, Cell::Text("note"))),
        ("empty", true, Vec::new()),
    ]);
    let folder = folder(&[("registry/export.xls", &bytes)]);
    assert_eq!(found(&folder), EXPECTED);
    let refused = folder.refusal(&plan(&PLAN.replace("patients", "hidden")));
    assert!(refused.contains("no table `hidden`"), "{refused}");
}

#[test]
fn strings_that_go_on_in_another_record_are_put_together() {
    // The second string has wide characters, and goes on narrow in the record behind.
    let mut first = [2u32.to_le_bytes(), 2u32.to_le_bytes()].concat();
    first.extend([10, 0, 0]);
    first.extend(b"patient_id");
    first.extend([5, 0, 1]);
    first.extend("größ".encode_utf16().flat_map(u16::to_le_bytes));
    let strings = [record(0x00FC, &first), record(0x003C, &[0, b'e'])].concat();
    let cells = [
        cell(0, 0, Cell::Shared(0)),
        cell(0, 1, Cell::Shared(1)),
        cell(1, 0, Cell::Text("P1")),
        cell(1, 1, Cell::Number(3.0)),
    ];
    let folder = study(&compound("Workbook", &stream(&[], &strings, &[("D", true, cells.concat())])));
    let plan = plan(PLAN);
    let cohort = folder.open(&plan).unwrap();
    assert_eq!(rows(&count(&cohort, &plan, &["größe"]).unwrap()), ["3 × 1"]);
}

#[test]
fn what_is_no_table_is_refused_with_its_address() {
    let refusal = |cells: &[Vec<u8>]| {
        let cells = [patients(), cells.concat()].concat();
        study(&workbook(&[("Data", true, cells)])).refusal(&plan(PLAN))
    };
    let said = refusal(&[merged([1, 1, 2, 3])]);
    assert!(said.contains("the cells C2:D2 of the header are merged"), "{said}");
    let said = refusal(&[cell(7, 9, Cell::Number(1.0))]);
    assert!(said.contains("the cell J8 has a value"), "{said}");
    let said = refusal(&[cell(6, 3, Cell::Error(0x07))]);
    assert!(said.contains("the cell D7 has the error #DIV/0!"), "{said}");
    let said = refusal(&[cell(6, 3, Cell::Length(0.5))]);
    assert!(said.contains("the cell D7 is a length of time"), "{said}");
}

#[test]
fn passwords_and_older_workbooks_are_told() {
    let refusal = |bytes: &[u8]| study(bytes).refusal(&plan(PLAN));
    let locked = stream(&record(0x002F, &[1, 0]), &shared(&STRINGS), &[("D", true, patients())]);
    assert!(refusal(&compound("Workbook", &locked)).contains("has a password"));
    assert!(refusal(&compound("EncryptedPackage", &[0; 5000])).contains("has a password"));
    assert!(refusal(&compound("Book", &[0; 5000])).contains("Excel 95"));
    assert!(refusal(&compound("WordDocument", &[0; 5000])).contains("not an Excel workbook"));
}

#[test]
fn damaged_files_are_refused_and_never_panic() {
    let plan = plan(PLAN);
    for (bytes, step) in [
        (workbook(&[("Data", true, patients())]), 5),
        (workbook(&[("Data", true, [patients(), vec![0; 3600]].concat())]), 23),
    ] {
        let filled = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        for length in (8..filled).step_by(step) {
            let refused = study(&bytes[..length]).refusal(&plan);
            assert!(refused.contains("cut off or damaged"), "{length}: {refused}");
        }
        for at in (0..bytes.len()).step_by(step) {
            let mut bytes = bytes.clone();
            bytes[at] ^= [0x01, 0x80, 0xFF][at / step % 3];
            drop(study(&bytes).open(&plan));
        }
    }
}
