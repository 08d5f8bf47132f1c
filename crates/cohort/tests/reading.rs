//! What files may look like, and what is refused.

mod folder;

use folder::{Folder, count, folder, plan, rows};
use study::{Place, Plan, Problem};

const PLAN: &str = "[population]\ntable = \"patients\"\nid = \"id\"\n\
                    [[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n";

fn patients(content: &[u8]) -> (Folder, Plan) {
    (folder(&[("registry/patients.csv", content)]), plan(PLAN))
}

fn refusal(content: &[u8]) -> String {
    let (folder, plan) = patients(content);
    folder.refusal(&plan)
}

fn with_dictionary(content: &str, dictionary: &str) -> (Folder, Plan) {
    let files =
        [("registry/patients.csv", content.as_bytes()), ("registry/registry.toml", dictionary.as_bytes())];
    (folder(&files), plan(PLAN))
}

fn counted(folder: &Folder, plan: &Plan, names: &[&str]) -> Vec<String> {
    let cohort = folder.open(plan).unwrap_or_else(|problem| panic!("{problem}"));
    rows(&count(&cohort, plan, names).unwrap_or_else(|problem| panic!("{problem}")))
}

#[test]
fn what_exports_look_like_is_read() {
    for content in [
        "id,sex,size\n1,m,2.5\n2,f,\n",
        "\u{feff}id,sex,size\r\n1,m,2.5\r\n2,f,\r\n",
        "\u{feff}\"id\",\"sex\",\"size\"\n\"1\",\"m\",\"2.5\"\n2,f,",
        "id;sex;size\n1;m;2.5\n2;f;\n;;\n",
        "id\tsex\tsize\n1\tm\t2.5\n\n2\tf\t \n",
    ] {
        let (folder, plan) = patients(content.as_bytes());
        assert_eq!(counted(&folder, &plan, &["sex", "size"]), ["f - × 1", "m 2.5 × 1"], "{content:?}");
    }
    let (folder, plan) = patients(b"id,\"\"\"so\"\" called \"\"x\"\"\"\n1,a\n");
    assert_eq!(counted(&folder, &plan, &["\"so\" called \"x\""]), ["a × 1"]);
    let (folder, plan) = patients(b"id,note\n1,\"a \"\"b\"\",\nc\"\n");
    assert_eq!(counted(&folder, &plan, &["note"]), ["a \"b\",\nc × 1"]);
}

#[test]
fn what_is_no_table_is_refused_with_its_line() {
    assert!(refusal(b"").starts_with("registry/patients.csv: the file is empty"));
    assert!(refusal(b"\n\n").starts_with("registry/patients.csv: the file is empty"));
    let ragged = refusal(b"id,a\n1,2\n3\n\"4\n5\",6\n7,8,9\n");
    assert!(
        ragged.starts_with("registry/patients.csv:3: the row has 1 fields, the header has 2"),
        "{ragged}"
    );
    assert!(ragged.contains("registry/patients.csv:6: the row has 3 fields"), "{ragged}");
    let double = refusal(b"id,a,a\n1,2,3\n");
    assert!(double.contains(":1:1: columns 2 and 3 are both called `a`"), "{double}");
    assert!(refusal(b"id,,a\n1,2,3\n").contains("column 2 has no name"));
    // The letter ü of DOS, and a file half UTF-8 and half not.
    let dos = refusal(b"id,name\n1,a\n2,M\x81ller\n");
    assert!(dos.starts_with("registry/patients.csv:3: column `name` is not UTF-8"), "{dos}");
    assert!(dos.contains("`encoding` in registry.toml"), "{dos}");
    assert!(refusal(b"id,gr\x94\xe1e\n1,2\n").contains("the header is not UTF-8"));
    let mixed = ["id,name\n1,Müller\n2,M".as_bytes(), b"\xfcller\n"].concat();
    assert!(refusal(&mixed).contains(":3: column `name` is not UTF-8"));
    assert!(refusal(b"id,a\n1,x\0y\n").contains(":2: column `a` contains a zero byte"));
    // Half a character at the end of UTF-16, and half a pair in it.
    assert!(refusal(b"\xff\xfei\0d\0\n").contains("line 1 is not text in the encoding UTF-16LE"));
    assert!(refusal(b"\xff\xfei\0\n\x00\x00\xd8a\0").contains("line 2 is not text in the encoding UTF-16LE"));
}

#[test]
fn quotation_marks_that_do_not_match_lose_no_row() {
    // Read without a check each of these has one patient less.
    let unclosed = refusal(b"id,note\n1,\"abc\n2,def\n3,ghi\n");
    assert!(
        unclosed.contains("the field that begins in line 2 with a quotation mark has no closing one"),
        "{unclosed}"
    );
    let closed_later = refusal(b"id,note\n1,\"abc\n2,\"def\"\n3,ghi\n");
    assert!(closed_later.contains("in line 3, text follows the closing quotation mark"), "{closed_later}");
    let within = refusal(b"id,note\n1,\"the \"old\" one\"\n");
    assert!(within.contains("in line 2, text follows"), "{within}");
    let (folder, plan) = patients(b"id,note\n1,5\" tumour\n2,\"5\"\" tumour\"\n");
    assert_eq!(counted(&folder, &plan, &["note"]), ["5\" tumour × 2"]);
}

#[test]
fn empty_columns_without_a_name_behind_the_others_are_left_out() {
    let (folder, plan) = patients(b"id,a,,\n1,x,,\n2,y, ,\n,,,\n");
    assert_eq!(counted(&folder, &plan, &["a"]), ["x × 1", "y × 1"]);
    let notes: Vec<String> = folder.open(&plan).unwrap().cleaning().iter().map(ToString::to_string).collect();
    assert!(
        notes.iter().any(|note| note.contains("left out: 2 columns without name and values")),
        "{notes:?}"
    );
    let value = refusal(b"id,a,,\n1,x,,\n2,y,,z\n");
    assert!(value.contains(":3: the row has a value in a column that has no name"), "{value}");
    let rows = refusal(b"\"\",\"id\"\n\"1\",\"P1\"\n");
    assert!(rows.contains("column 1 has no name") && rows.contains("row.names = FALSE"), "{rows}");
}

#[test]
fn a_heading_of_several_lines_is_one_name() {
    let (folder, plan) = patients(b"id,\"CEA\n(ug/l)\"\n1,x\n");
    assert_eq!(counted(&folder, &plan, &["CEA (ug/l)"]), ["x × 1"]);
}

#[test]
fn an_unclosed_quote_does_not_fill_the_memory() {
    let mut content = b"id,a\n1,\"x\n".to_vec();
    content.resize(40 << 20, b'y');
    let refused = refusal(&content);
    assert!(refused.contains("the row that begins in line 2 has more than 16 MB"), "{refused}");
    assert!(refused.contains("closing quote"));
}

#[test]
fn a_header_alone_is_a_table_without_patients() {
    let problem = refusal(b"id,a\n");
    assert!(problem.contains("the table `patients` has no rows: there is nobody to study"), "{problem}");
}

#[test]
fn a_registry_that_is_not_there_is_refused() {
    let folder = folder(&[("study.toml", b"")]);
    assert!(folder.refusal(&plan(PLAN)).contains("there is no registry at"));
    let elsewhere = plan(&PLAN.replace("[population]", "[registry]\npath = \"data.csv\"\n[population]"));
    assert!(folder.refusal(&elsewhere).starts_with("study.toml:4:8: there is no registry"));
}

#[test]
fn what_programs_leave_beside_a_table_is_no_table() {
    let mark = b"\x00\x05\x16\x07\x00\x02".as_slice();
    let folder = folder(&[
        ("registry/patients.csv", b"id,a\n1,x\n"),
        ("registry/._patients.csv", mark),
        ("registry/~$patients.xlsx", mark),
    ]);
    assert_eq!(counted(&folder, &plan_of(PLAN), &["a"]), ["x × 1"]);
}

#[test]
fn a_single_file_is_a_registry() {
    let folder = folder(&[("data.csv", b"id,a\n1,x\n2,x\n")]);
    let text = PLAN.replace("[population]", "[registry]\npath = \"data.csv\"\n[population]");
    let plan = plan(&text.replace("\"patients\"", "\"data\""));
    assert_eq!(counted(&folder, &plan, &["a"]), ["x × 2"]);
    let unknown = plan_of(&text.replace("\"patients\"", "\"date\""));
    assert!(folder.refusal(&unknown).contains("the registry has no table `date` (did you mean `data`?)"));
}

fn plan_of(text: &str) -> Plan {
    plan(text)
}

#[test]
fn every_cell_that_a_column_cannot_hold_is_told() {
    let dictionary = "[tables.patients.columns.age]\ntype = \"integer\"\nrange = [0, 120]\n\
                      [tables.patients.columns.born]\ntype = \"date\"\nrequired = true\n\
                      [tables.patients.columns.sex]\ncodes = [{ value = \"male\", aliases = [\"m\"] }]\n";
    let content = "id,age,born,sex\n1,30,1980-01-01,male\n2,x,1980-02-30, M\n3,130,,mal\n";
    let (folder, plan) = with_dictionary(content, dictionary);
    let Err(problem) = folder.open(&plan) else { panic!("not refused") };
    let told: Vec<(u64, &str)> = problem
        .all()
        .map(|problem: &Problem| match &problem.place {
            Some(Place::Cell { row: Some(row), column: Some(column), .. }) => (*row, column.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [(2, "age"), (2, "born"), (3, "age"), (3, "born"), (3, "sex")]);
    assert!(problem.help.is_some());
    // A check goes on and tells the same.
    assert_eq!(folder.check(&plan).problems.len(), 5);
}

#[test]
fn a_day_of_birth_that_cannot_be_read_is_not_repeated() {
    let content = "id,born,seen\n1,1950-02-31,2020-02-31\n";
    let dictionary = "[tables.patients.columns]\nborn = { type = \"date\", role = \"birth_date\" }\nseen = { type = \"date\" }\n";
    let (folder, plan) = with_dictionary(content, dictionary);
    let told = folder.refusal(&plan);
    assert!(told.contains("2020-02-31") && told.contains("born") && !told.contains("1950"), "{told}");
}

#[test]
fn what_the_dictionary_changes_is_counted() {
    let dictionary = "[tables.patients]\nduplicates = \"drop\"\nkey = [\"id\"]\n\
                      [tables.patients.columns.sex]\ncodes = [{ value = \"male\", aliases = [\"M\"] }]\n\
                      [tables.patients.columns.cea]\ntype = \"number\"\nunit = \"ng/mL\"\nunit_column = \"unit\"\n\
                      units = { \"ng/mL\" = 1, \"ug/L\" = 1, \"mg/L\" = 1000 }\ndecimal = \"either\"\n\
                      below_detection = \"half\"\nmissing = [\"-999\"]\nrange = [0, 5000]\n";
    let content = "id,sex,cea,unit\n1,M,2.5,ng/mL\n2,male,\"2,5\",\u{b5}g/L\n3, male,<1,UG/l\n\
                   4,male,0.5,mg/L\n5,male,-999,\n5,male,-999,\n,,,\n6,male,3,ng/mL\n6,male,4,ng/mL\n";
    let (folder, _) = with_dictionary(content, dictionary);
    let plan = plan(&PLAN.replace("id = \"id\"\n", ""));
    let table = ["male 0.5 × 1", "male 2.5 × 2", "male 3 × 1", "male 4 × 1", "male 500 × 1", "male - × 1"];
    assert_eq!(counted(&folder, &plan, &["sex", "cea"]), table);
    let notes: Vec<String> =
        folder.open(&plan).unwrap().cleaning().iter().map(|note| note.to_string()).collect();
    assert_eq!(
        notes,
        [
            "patients: equal to an earlier row in every column, left out (1 row)",
            "patients: left out: every field is empty (1 row)",
            "patients: the key (id) of an earlier row with other values, kept; for example rows 8 and 9 (1 row)",
            "patients.cea: `-999` read as missing (2 values)",
            "patients.cea: `<1` read as half the limit of detection (1 value)",
            "patients.cea: decimal comma read as a point (1 value)",
            "patients.cea: given in `UG/l`: multiplied by 1 (1 value)",
            "patients.cea: given in `mg/L`: multiplied by 1000 (1 value)",
            "patients.cea: given in `\u{b5}g/L`: multiplied by 1 (1 value)",
            "patients.sex: `M` read as `male` (1 value)",
            "patients.sex: surrounding blanks removed (1 value)",
        ]
    );
    let (folder, _) = with_dictionary(&content.replace("4,male,0.5,mg/L", "4,male,6,mg/L"), dictionary);
    assert!(
        folder.refusal(&plan).starts_with("table patients, row 4, column cea: 6000 is outside 0 to 5000")
    );
    let (folder, _) = with_dictionary(&content.replace("4,male,0.5,mg/L", "4,male,6,mol"), dictionary);
    assert!(folder.refusal(&plan).contains("row 4, column cea: the unit `mol` is not among `units`"));
}

#[test]
fn duplicates_may_be_refused() {
    let dictionary = "[tables.patients]\nduplicates = \"refuse\"\n";
    let (folder, plan) = with_dictionary("id,a\n1,x\n2,\n2,\n", dictionary);
    assert!(folder.refusal(&plan).starts_with("table patients, row 3: the row equals row 2 in every column"));
}

#[test]
fn a_dictionary_that_does_not_fit_the_file_is_refused() {
    let dictionary = "[tables.patients]\nkey = [\"idd\"]\n[tables.patients.columns.sec]\ntype = \"text\"\n";
    let (folder, plan) = with_dictionary("id,sex\n1,m\n", dictionary);
    let refusal = folder.refusal(&plan);
    assert!(
        refusal.contains("registry/registry.toml:3:") && refusal.contains("`sec` (did you mean `sex`?)"),
        "{refusal}"
    );
    assert!(refusal.contains("registry/registry.toml:2:") && refusal.contains("`idd`"), "{refusal}");
    let (folder, plan) = with_dictionary("id\n1\n", "[tables.patient]\nlabel = \"x\"\n");
    assert!(folder.refusal(&plan).contains("no file for the table `patient` (did you mean `patients`?)"));
}

#[test]
fn columns_are_reported_with_their_types() {
    let dictionary = "[tables.patients.columns.born]\ntype = \"date\"\nformat = \"%d.%m.%Y\"\n";
    let (folder, plan) = with_dictionary("id,born,a,empty\n1,31.12.1999,1,\n2,,2.5,\n", dictionary);
    let cohort = folder.open(&plan).unwrap();
    let columns: Vec<(String, String, bool, Option<u64>)> =
        cohort.columns().into_iter().map(|c| (c.column, c.kind, c.declared, c.missing)).collect();
    let column =
        |name: &str, kind: &str, declared, missing| (name.into(), kind.into(), declared, Some(missing));
    assert_eq!(
        columns,
        [
            column("id", "integer", false, 0),
            column("born", "date", true, 1),
            column("a", "number", false, 0),
            column("empty", "text", false, 2),
        ]
    );
    assert_eq!(rows(&count(&cohort, &plan, &["born"]).unwrap()), ["10956 × 1", "- × 1"]);
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn encodings_are_found_out_or_said() {
    let text = "id;größe\n1;Müller “µg”\n2;ß\n";
    let expected = ["Müller “µg” × 1", "ß × 1"];
    let western: Vec<u8> = text
        .chars()
        .map(|c| match c {
            '“' => 0x93,
            '”' => 0x94,
            other => u8::try_from(u32::from(other)).unwrap(),
        })
        .collect();
    let marked = format!("\u{feff}{text}");
    // Quotation marks of Windows-1252 are letters in other code pages, and so it must be said which it is.
    assert!(refusal(&western).contains("`encoding` in registry.toml"));
    for bytes in [
        text.as_bytes().to_vec(),
        marked.as_bytes().to_vec(),
        utf16(&marked, u16::to_le_bytes),
        utf16(&marked, u16::to_be_bytes),
        utf16(text, u16::to_le_bytes),
        utf16(text, u16::to_be_bytes),
    ] {
        let (folder, plan) = patients(&bytes);
        assert_eq!(counted(&folder, &plan, &["größe"]), expected);
        let cleaning = folder.open(&plan).unwrap().cleaning();
        assert!(cleaning.is_empty(), "{cleaning:?}");
    }
    let said = |encoding: &str, bytes: &[u8]| {
        let dictionary = format!("[tables.patients]\nencoding = \"{encoding}\"\n");
        (
            folder(&[("registry/patients.csv", bytes), ("registry/registry.toml", dictionary.as_bytes())]),
            plan(PLAN),
        )
    };
    let (folder, plan) = patients(b"id,name\n1,M\xfcller\n2,\xb5g/\xdf\n");
    assert_eq!(counted(&folder, &plan, &["name"]), ["Müller × 1", "µg/ß × 1"]);
    let notes = folder.open(&plan).unwrap().cleaning();
    assert!(notes.len() == 1 && notes[0].what.contains("read as Windows-1252"), "{notes:?}");
    let (folder, plan) = said("latin1", &western);
    assert_eq!(counted(&folder, &plan, &["größe"]), expected);
    assert!(folder.open(&plan).unwrap().cleaning().is_empty());
    let (folder, plan) = said("macintosh", b"id,name\n1,M\x9fller\n");
    assert_eq!(counted(&folder, &plan, &["name"]), ["Müller × 1"]);
    let (folder, plan) = said("utf-8", &western);
    assert!(folder.refusal(&plan).contains("the header is not UTF-8"));
    let (folder, plan) = said("utf-7", b"id\n1\n");
    assert!(folder.refusal(&plan).starts_with("registry/registry.toml:2:12: `utf-7` is no known encoding"));
    // A character that the end of a buffer cuts in two.
    for length in [32_766, 32_767, 65_534, 65_535, 65_536] {
        let row = "x".repeat(length - 7);
        let text = format!("id,a\n1,{row}ü\n2,é\n");
        for bytes in [text.as_bytes().to_vec(), utf16(&format!("\u{feff}{text}"), u16::to_le_bytes)] {
            let (folder, plan) = patients(&bytes);
            assert_eq!(counted(&folder, &plan, &["a"]), [format!("{row}ü × 1"), "é × 1".into()]);
        }
        let western: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let (folder, plan) = patients(&western);
        assert_eq!(counted(&folder, &plan, &["a"]), [format!("{row}ü × 1"), "é × 1".into()]);
    }
}

#[test]
fn decimal_commas_are_read_where_the_comma_is_no_delimiter() {
    let (folder, plan) = patients(b"id;a;b;c;d\n1;1,5;1,234;0,912;1,5\n2;-2;2,345;1,2;1.5\n3;;;;\n");
    let kinds: Vec<String> = folder.open(&plan).unwrap().columns().into_iter().map(|c| c.kind).collect();
    assert_eq!(kinds, ["integer", "number", "text", "number", "text"]);
    assert_eq!(counted(&folder, &plan, &["a"]), ["-2 × 1", "1.5 × 1", "- × 1"]);
    let notes: Vec<String> =
        folder.open(&plan).unwrap().cleaning().iter().map(|note| note.to_string()).collect();
    assert_eq!(
        notes,
        [
            "patients.a: decimal comma read as a point (1 value)",
            "patients.b: the comma may be of decimals or of thousands: read as text; say `decimal` in registry.toml \
             (2 values)",
            "patients.c: decimal comma read as a point (2 values)",
        ]
    );
    let dictionary = "[tables.patients]\ndecimal = \"comma\"\ndelimiter = \"|\"\n\
                      [tables.patients.columns.b]\ndecimal = \"point\"\n";
    let (folder, plan) = with_dictionary("id|a|b|x;y\n1|1,234|1.5|2\n", dictionary);
    assert_eq!(counted(&folder, &plan, &["a", "b"]), ["1.234 1.5 × 1"]);
    let (folder, plan) = patients(b"sep=;\r\nid;a,b,c\r\n1;x\r\n");
    assert_eq!(counted(&folder, &plan, &["a,b,c"]), ["x × 1"]);
}
