//! Stata files, written here byte by byte.

mod folder;
#[path = "stata/writer.rs"]
// Each test of a binary uses its own part of it.
#[allow(unreachable_pub)]
mod writer;

use folder::{Folder, count, folder, plan, rows};
use writer::{Value, Writer};

const PLAN: &str = "[population]\ntable = \"patients\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n";

/// The missing value of so many letters behind `.`, as each type stores it.
fn missing_float(letter: u32) -> f32 {
    f32::from_bits(0x7F00_0000 + letter * 0x800)
}

fn missing_double(letter: u64) -> f64 {
    f64::from_bits((0x7FE0 << 48) + (letter << 40))
}

fn writer(release: u16, big_endian: bool) -> Writer {
    use Value::{Binary, Byte, Double, Float, Int, Long, LongText, Text};
    let place: &[u8] = if release < 118 { b"K\xF6ln" } else { "Köln".as_bytes() };
    let mut variables = vec![
        ("Sex", "%8.0g", "sexes", "Sex of the patient"),
        ("size", "%9.0g", "", "Largest size"),
        ("visits", "%8.0g", "why", ""),
        ("born", "%td", "", "Born"),
        ("weight", "%9.0g", "", ""),
        ("seen", "%tc", "", ""),
        ("month", "%tm", "", ""),
        ("place", "%12s", "", "Place"),
    ];
    let mut rows = vec![
        vec![
            Byte(1),
            Double(2.5),
            Int(3),
            Long(21_310),
            Float(70.5),
            Double(1_841_263_415_000.0),
            Int(700),
            Text(place, 12),
        ],
        vec![
            Byte(2),
            Double(-1e-300),
            Int(32_742),
            Long(-3653),
            Float(missing_float(0)),
            Double(missing_double(0)),
            Int(-1),
            Text(b"exactly 12 b", 12),
        ],
        vec![
            Byte(101),
            Double(missing_double(26)),
            Int(32_743),
            Long(2_147_483_647),
            Float(-0.1),
            Double(86_400_000.0),
            Int(32_741),
            Text(b"", 12),
        ],
        vec![
            Byte(2),
            Double(8e307),
            Int(-32_767),
            Long(2_147_483_621),
            Float(missing_float(1)),
            Double(0.0),
            Int(0),
            Text(b"001", 12),
        ],
    ];
    if release >= 117 {
        variables.push(("note", "%9s", "", ""));
        let notes = [LongText(b"a long note"), Binary(b"\x01\0"), LongText(b""), LongText(b"another")];
        rows.iter_mut().zip(notes).for_each(|(row, note)| row.push(note));
    }
    let sets = vec![
        ("sexes", vec![(1, "man"), (2, "woman"), (3, "other"), (2_147_483_622, "refused")]),
        ("why", vec![(2_147_483_622, "not asked"), (2_147_483_624, "no row has it")]),
    ];
    Writer { release, big_endian, variables, rows, sets }
}

fn study(content: &[u8]) -> Folder {
    folder(&[("registry/patients.dta", content)])
}

fn every_layout() -> impl Iterator<Item = (u16, bool)> {
    [113, 114, 115, 117, 118, 119].into_iter().flat_map(|release| [(release, false), (release, true)])
}

#[test]
fn values_labels_and_missing_values_of_every_release_and_byte_order_are_read() {
    let plan = plan(PLAN);
    for (release, big_endian) in every_layout() {
        let folder = study(&writer(release, big_endian).bytes());
        let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{release}: {problem}"));
        let kinds: Vec<String> =
            cohort.columns().into_iter().map(|column| format!("{} {}", column.column, column.kind)).collect();
        let expected = [
            "Sex category",
            "size number",
            "visits integer",
            "born date",
            "weight number",
            "seen text",
            "month date",
            "place text",
            "note text",
        ];
        assert_eq!(kinds, expected[..kinds.len()], "{release}");
        let names = ["Sex", "size", "visits", "born", "weight", "place"];
        let table = count(&cohort, &plan, &names).unwrap();
        let mut found = rows(&table);
        found.sort();
        let float = f64::from(-0.1_f32);
        let expected = [
            format!("- - - - {float} - × 1"),
            "1 2.5 3 17657 70.5 Köln × 1".to_string(),
            format!("2 -{} - -7306 - exactly 12 b × 1", 1e-300),
            format!("2 {} -32767 - - 001 × 1", 8e307),
        ];
        assert_eq!(found, expected, "{release}");
        let study::Values::Category { levels, .. } = &table.columns()[0].values else { panic!() };
        let labels: Vec<&str> = levels.iter().map(|level| level.label.as_str()).collect();
        assert_eq!(labels, ["man", "woman"]);
        let mut found = rows(&count(&cohort, &plan, &["seen", "month"]).unwrap());
        found.sort();
        let expected =
            ["- -3684 × 1", "1960-01-01 -3653 × 1", "1960-01-02 - × 1", "2018-05-06T22:03:35 17652 × 1"];
        assert_eq!(found, expected, "{release}");
        let notes: Vec<String> = cohort.cleaning().iter().map(|note| note.to_string()).collect();
        let mut expected = vec![
            "patients.born: `.z` read as missing (1 value)",
            "patients.month: months read as their first day (4 values)",
            "patients.size: `.z` read as missing (1 value)",
            "patients.visits: `.a` (not asked) read as missing (1 value)",
            "patients.visits: `.b` read as missing (1 value)",
            "patients.weight: `.a` read as missing (1 value)",
        ];
        if release >= 117 {
            expected.insert(2, "patients.note: bytes that are no text read as missing (1 value)");
            let mut found = rows(&count(&cohort, &plan, &["note"]).unwrap());
            found.sort();
            assert_eq!(found, ["- × 2", "a long note × 1", "another × 1"]);
        }
        if release < 118 {
            let what = "patients: the file does not say its encoding: read as windows-1252 or UTF-8; `encoding` in \
                        registry.toml says otherwise (4 rows)";
            expected.insert(0, what);
        }
        assert_eq!(notes, expected, "{release}");
    }
}

#[test]
fn utf_8_in_a_release_that_cannot_say_so_is_read_as_that() {
    let plan = plan(PLAN);
    let file = |release, text| Writer {
        release,
        big_endian: false,
        variables: vec![("place", "%9s", "", "Größe")],
        rows: vec![vec![Value::Text(text, 9)]],
        sets: Vec::new(),
    };
    for release in [114, 117] {
        let folder = study(&file(release, "Köln".as_bytes()).bytes());
        let cohort = folder.open(&plan).unwrap();
        assert_eq!(rows(&count(&cohort, &plan, &["place"]).unwrap()), ["Köln × 1"]);
        assert_eq!(cohort.columns()[0].label.as_deref(), Some("Größe"));
    }
    let refused = study(&file(118, b"K\xF6ln").bytes()).refusal(&plan);
    assert!(refused.contains("row 1, column place: the text is not in the encoding UTF-8"), "{refused}");
}

#[test]
fn references_of_release_118_in_a_file_of_release_119_are_followed() {
    let plan = plan(PLAN);
    let file = Writer {
        release: 119,
        big_endian: false,
        variables: vec![("note", "%9s", "", "")],
        rows: vec![vec![Value::LongText(b"first")], vec![Value::LongText(b"second")]],
        sets: Vec::new(),
    };
    let mut bytes = file.bytes();
    for row in [1, 2] {
        let own = [1, 0, 0, row, 0, 0, 0, 0];
        let at = bytes.windows(8).position(|field| field == own).unwrap();
        bytes[at..at + 8].copy_from_slice(&[1, 0, row, 0, 0, 0, 0, 0]);
    }
    for bytes in [file.bytes(), bytes] {
        let cohort = study(&bytes).open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
        let mut found = rows(&count(&cohort, &plan, &["note"]).unwrap());
        found.sort();
        assert_eq!(found, ["first × 1", "second × 1"]);
    }
}

#[test]
fn the_smallest_and_the_greatest_number_of_each_type_are_numbers() {
    use Value::{Byte, Double, Float, Int, Long};
    let greatest = (f32::from_bits(0x7EFF_FFFF), f64::from_bits(0x7FDF_FFFF_FFFF_FFFF));
    let rows_of = vec![
        vec![Byte(-127), Int(-32_767), Long(-2_147_483_647), Float(-greatest.0), Double(-f64::MAX)],
        vec![Byte(100), Int(32_740), Long(2_147_483_620), Float(greatest.0), Double(greatest.1)],
        vec![
            Byte(127),
            Int(32_767),
            Long(2_147_483_647),
            Float(missing_float(26)),
            Double(missing_double(26)),
        ],
    ];
    let variables = ["a", "b", "c", "d", "e"].map(|name| (name, "%9.0g", "", "")).to_vec();
    for (release, big_endian) in every_layout() {
        let writer = Writer {
            release,
            big_endian,
            variables: variables.clone(),
            rows: rows_of.clone(),
            sets: Vec::new(),
        };
        let plan = plan(PLAN);
        let folder = study(&writer.bytes());
        let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{release}: {problem}"));
        let mut found = rows(&count(&cohort, &plan, &["a", "b", "c", "d", "e"]).unwrap());
        found.sort();
        let expected = [
            "- - - - - × 1".to_string(),
            format!("-127 -32767 -2147483647 {} {} × 1", f64::from(-greatest.0), -f64::MAX),
            format!("100 32740 2147483620 {} {} × 1", f64::from(greatest.0), greatest.1),
        ];
        assert_eq!(found, expected, "{release}");
    }
}

#[test]
fn labels_for_some_values_and_sets_that_are_not_there_are_told() {
    let mut writer = writer(118, false);
    writer.sets[0].1.remove(1);
    writer.sets.remove(1);
    let cohort = study(&writer.bytes()).open(&plan(PLAN)).unwrap();
    let notes: Vec<String> = cohort.cleaning().iter().map(|note| note.to_string()).collect();
    for told in [
        "patients.Sex: some values have labels and others not: read as numbers, without the labels (4 values)",
        "patients.visits: the value labels `why` are not in the file (4 values)",
    ] {
        assert!(notes.iter().any(|note| note == told), "{notes:#?}");
    }
}

#[test]
fn other_files_are_refused_with_what_to_do() {
    let refusal = |bytes: &[u8]| study(bytes).refusal(&plan(PLAN));
    for bytes in [b"id,a\n1,2\n".as_slice(), b"<html></html>                     ", b"PK\x03\x04"] {
        let refused = refusal(bytes);
        assert!(refused.starts_with("registry/patients.dta: this is not a Stata file"), "{refused}");
    }
    let old = [&[110, 2, 1, 0], [0; 200].as_slice()].concat();
    assert!(refusal(&old).contains("Stata 7 or earlier"));
    let mut alias = writer(118, false).bytes();
    alias[28..31].copy_from_slice(b"120");
    assert!(refusal(&alias).contains("alias variables"));
    let mut twice = writer(118, false);
    twice.variables[1].0 = "Sex";
    assert!(refusal(&twice.bytes()).contains("`Sex`"));
}

/// A file of few bytes, with a long string where there are such.
fn small(release: u16, big_endian: bool) -> Writer {
    let whole = writer(release, big_endian);
    let keep = |column: usize| column == 0 || column == 8;
    Writer {
        variables: whole
            .variables
            .iter()
            .enumerate()
            .filter(|(column, _)| keep(*column))
            .map(|pair| *pair.1)
            .collect(),
        rows: whole.rows[..1]
            .iter()
            .map(|row| {
                row.iter().enumerate().filter(|(column, _)| keep(*column)).map(|pair| *pair.1).collect()
            })
            .collect(),
        sets: whole.sets[..1].to_vec(),
        ..whole
    }
}

#[test]
fn damaged_files_are_refused_and_never_panic() {
    let plan = plan(PLAN);
    // The layout of the later two differs in widths alone, which makes them long.
    for (release, big_endian, step) in [(113, true, 1), (117, false, 1), (118, true, 13), (119, false, 17)] {
        let mut writer = small(release, big_endian);
        let whole = writer.bytes();
        // Old files have no mark of their end: without their labels they are whole, and the loss is told above.
        writer.sets.clear();
        let end = writer.bytes().len();
        for length in (0..whole.len()).step_by(step).filter(|length| release >= 117 || *length != end) {
            let refused = study(&whole[..length]).refusal(&plan);
            let told = refused.contains("not a Stata file") || refused.contains("damaged");
            assert!(told, "{release} {length}: {refused}");
        }
        for at in (0..whole.len()).step_by(3 * step) {
            let mut bytes = whole.clone();
            bytes[at] ^= [0x01, 0x80, 0xFF][at / step % 3];
            drop(study(&bytes).open(&plan));
        }
    }
}

#[test]
fn counts_that_the_file_cannot_hold_are_refused_before_they_are_believed() {
    let plan = plan(PLAN);
    let whole = writer(118, false).bytes();
    let at = |tag: &[u8]| whole.windows(tag.len()).position(|window| window == tag).unwrap() + tag.len();
    for (tag, width) in [("<N>", 8), ("<ch>", 4), ("<K>", 2), ("<lbl>", 4)] {
        let mut bytes = whole.clone();
        let from = at(tag.as_bytes());
        bytes[from..from + width].fill(0x7F);
        let refused = study(&bytes).refusal(&plan);
        assert!(refused.contains("damaged"), "{tag}: {refused}");
    }
}

#[test]
fn labels_that_share_one_text_cannot_fill_the_memory() {
    let mut writer = writer(118, false);
    writer.sets = vec![("sexes", (1..=20_000).map(|value| (value, "x")).collect())];
    let mut bytes = writer.bytes();
    let find = |bytes: &[u8], tag: &[u8]| bytes.windows(tag.len()).position(|window| window == tag).unwrap();
    // All labels begin at the first, and no zero byte ends one before the last.
    let table = find(&bytes, b"<lbl>") + 5 + 4 + 129 + 3;
    bytes[table + 8..table + 8 + 80_000].fill(0);
    let texts = table + 8 + 160_000;
    bytes[texts..texts + 39_999].fill(b'x');
    let refused = study(&bytes).refusal(&plan(PLAN));
    assert!(refused.contains("the value labels `sexes` are too long"), "{refused}");
}
