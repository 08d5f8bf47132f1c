//! SPSS files, written here byte by byte.

mod folder;
#[path = "spss/writer.rs"]
#[allow(dead_code)]
mod writer;

use folder::{Folder, count, folder, plan, rows};
use writer::{double, extension, int, padded, start, value_labels, variable};

const PLAN: &str = "[population]\ntable = \"patients\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n";

/// Four patients; with the codes of compression or without.
fn file(compressed: bool) -> Vec<u8> {
    let mut bytes = start(5, compressed, 4);
    variable(&mut bytes, "SEX", 0, 5, "Sex of the patient", (0, &[]));
    variable(&mut bytes, "SIZE", 0, 5, "", (-3, &[-9.0, -7.0, 99.0]));
    variable(&mut bytes, "BORN", 0, 20, "", (0, &[]));
    variable(&mut bytes, "PLACE", 12, 1, "", (0, &[]));
    int(&mut bytes, 2);
    for value in [-1, 0, 0, 0, 0] {
        int(&mut bytes, value);
    }
    padded(&mut bytes, "", 8);
    value_labels(&mut bytes, 1, &[(1.0, "männlich"), (2.0, "weiblich")]);
    // Labels of missing values; no row has -7.
    value_labels(&mut bytes, 2, &[(99.0, "unknown"), (-7.0, "refused")]);
    extension(&mut bytes, 13, b"SIZE=LargestSize\tPLACE=Place");
    extension(&mut bytes, 20, b"UTF-8");
    int(&mut bytes, 999);
    int(&mut bytes, 0);
    // 2018-05-06 and 1583-01-01 in seconds since 1582-10-14.
    let (late, early) = (159_085.0 * 86_400.0, 79.0 * 86_400.0);
    let missing = -f64::MAX;
    let cases = [
        (1.0, 2.5, late, "Köln      1 "),
        (2.0, -8.0, early, "Z           "),
        (1.0, 99.0, missing, "            "),
        (2.0, 3.0, late, "Z           "),
    ];
    if !compressed {
        for (sex, size, born, place) in cases {
            [sex, size, born].iter().for_each(|value| double(&mut bytes, *value));
            padded(&mut bytes, place.trim_end(), 16);
        }
        return bytes;
    }
    let (mut codes, mut raw): (Vec<u8>, Vec<Vec<u8>>) = Default::default();
    for (sex, size, born, place) in cases {
        for value in [sex, size, born] {
            if value == missing {
                codes.push(255);
            } else if value.fract() == 0.0 && (-99.0..=151.0).contains(&value) {
                codes.push((value + 100.0) as u8);
            } else {
                codes.push(253);
                raw.push(value.to_le_bytes().to_vec());
            }
        }
        let mut text = Vec::new();
        padded(&mut text, place.trim_end(), 16);
        for part in text.chunks(8) {
            if part == b"        " {
                codes.push(254);
            } else {
                codes.push(253);
                raw.push(part.to_vec());
            }
        }
    }
    codes.push(252);
    let mut raw = raw.into_iter();
    for part in codes.chunks(8) {
        let mut part = part.to_vec();
        part.resize(8, 0);
        bytes.extend(&part);
        part.iter().filter(|code| **code == 253).for_each(|_| bytes.extend(raw.next().unwrap()));
    }
    bytes
}

fn study(content: &[u8]) -> Folder {
    folder(&[("registry/patients.sav", content)])
}

#[test]
fn values_labels_and_missing_values_are_read() {
    let plan = plan(PLAN);
    for compressed in [false, true] {
        let folder = study(&file(compressed));
        let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
        let kinds: Vec<(String, String)> =
            cohort.columns().into_iter().map(|column| (column.column, column.kind)).collect();
        let kinds: Vec<(&str, &str)> =
            kinds.iter().map(|(name, kind)| (name.as_str(), kind.as_str())).collect();
        let expected = [("SEX", "category"), ("LargestSize", "number"), ("BORN", "date"), ("Place", "text")];
        assert_eq!(kinds, expected);
        let table = count(&cohort, &plan, &["SEX", "LargestSize", "BORN", "Place"]).unwrap();
        let mut found = rows(&table);
        found.sort();
        assert_eq!(
            found,
            ["1 - - - × 1", "1 2.5 17657 Köln      1 × 1", "2 - -141349 Z × 1", "2 3 17657 Z × 1"]
        );
        let sex = &table.columns()[0];
        let study::Values::Category { levels, .. } = &sex.values else { panic!("{sex:?}") };
        let labels: Vec<&str> = levels.iter().map(|level| level.label.as_str()).collect();
        assert_eq!(labels, ["männlich", "weiblich"]);
        let notes: Vec<String> = cohort.cleaning().iter().map(|note| note.to_string()).collect();
        assert_eq!(
            notes,
            [
                "patients.LargestSize: `-8` read as missing (1 value)",
                "patients.LargestSize: `99` (unknown) read as missing (1 value)",
            ]
        );
    }
}

#[test]
fn a_file_of_more_rows_than_it_says_is_refused() {
    let plan = plan(PLAN);
    for compressed in [false, true] {
        let mut bytes = file(compressed);
        // The number of rows stands behind the compression and the weight.
        bytes[80..84].copy_from_slice(&3i32.to_le_bytes());
        let refused = study(&bytes).refusal(&plan);
        assert!(refused.contains("it has more rows than the 3 that it says"), "{refused}");
    }
}

/// A patient whose place is in some bytes, in a file that does not say its encoding.
fn without_encoding(place: &[u8]) -> Vec<u8> {
    let mut bytes = start(2, false, 1);
    variable(&mut bytes, "PLACE", 8, 1, "", (0, &[]));
    int(&mut bytes, 999);
    int(&mut bytes, 0);
    bytes.extend(place);
    bytes.resize(bytes.len() + 8 - place.len(), b' ');
    bytes
}

#[test]
fn a_file_that_does_not_say_its_encoding_is_windows_1252_or_utf_8_and_is_told() {
    let plan = plan(PLAN);
    for place in [b"K\xF6ln".as_slice(), "Köln".as_bytes()] {
        let folder = study(&without_encoding(place));
        let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(rows(&count(&cohort, &plan, &["PLACE"]).unwrap()), ["Köln × 1"]);
        let notes: Vec<String> = cohort.cleaning().iter().map(|note| note.to_string()).collect();
        assert!(notes[0].contains("does not say its encoding: read as windows-1252 or UTF-8"), "{notes:?}");
    }
    assert!(study(&without_encoding(b"Bonn")).open(&plan).unwrap().cleaning().is_empty());
}

#[test]
fn damaged_files_are_refused_and_never_panic() {
    let plan = plan(PLAN);
    let refused = study(b"id,a\n1,2\n").refusal(&plan);
    assert!(refused.starts_with("registry/patients.sav: this is not an SPSS file"), "{refused}");
    for compressed in [false, true] {
        let whole = file(compressed);
        // Behind the last row the compressed file has the code of its end alone.
        let needed = if compressed { whole.len() - 8 } else { whole.len() };
        for length in 0..needed {
            let refused = study(&whole[..length]).refusal(&plan);
            let told = refused.contains("SPSS") || refused.contains("damaged");
            assert!(told, "{length}: {refused}");
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= [0x01, 0x80, 0xFF][at % 3];
            drop(study(&bytes).open(&plan));
        }
    }
}
