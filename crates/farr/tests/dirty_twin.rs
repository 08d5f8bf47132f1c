//! The dirty twin: every kind of fault that is planted is found, nothing is asked of anybody else, and docs/data-quality.md
//! says how many of each.

// Studies of its own are not written here.
#[allow(dead_code)]
mod farr;

use farr::{farr, root, said, text};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use study::{DataQueries, DataQuery};

const PATIENTS: &str = "4000";

/// A row of `faults.csv`.
struct Planted {
    kind: String,
    rule: String,
    table: String,
    row: u64,
    patient: String,
}

fn planted(folder: &Path) -> Vec<Planted> {
    let text = fs::read_to_string(folder.join("faults.csv")).unwrap();
    let mut faults = Vec::new();
    for line in csv(&text) {
        let [kind, rule, table, row, _, patient] = &line[..] else { panic!("{line:?}") };
        let row = row.parse().unwrap();
        let [kind, rule, table, patient] = [kind, rule, table, patient].map(Clone::clone);
        faults.push(Planted { kind, rule, table, row, patient });
    }
    faults
}

/// The cells of each line but the first; a kind may have a comma, and is then quoted.
fn csv(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let (mut cells, mut quoted) = (vec![String::new()], false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                _ => cells.last_mut().unwrap().push(c),
            }
        }
        cells
    };
    text.lines().skip(1).map(cells).collect()
}

fn simulated(arguments: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let all = [&["simulate", "--patients", PATIENTS, "-q", "-o", text(folder.path())], arguments].concat();
    let (_, errors, code) = said(&farr(&all));
    assert_eq!(code, 0, "{errors}");
    folder
}

fn checked(folder: &Path) -> DataQueries {
    let (out, ..) = said(&farr(&["check", text(folder), "--json", "--identify"]));
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    serde_json::from_value(value["queries"].clone()).unwrap()
}

fn patient(query: &DataQuery) -> String {
    let row = query.row.as_ref().unwrap();
    let cell = row.key.iter().find(|cell| cell.column == "patient_id");
    cell.and_then(|cell| cell.value.clone()).unwrap_or_default()
}

#[test]
fn every_kind_of_fault_is_found_and_nobody_else_is_asked_about() {
    let twin = simulated(&["--dirty"]);
    let (faults, data) = (planted(twin.path()), checked(twin.path()));
    // A rule that the engine cannot run on the registry model finds nothing and is only listed.
    assert!(data.not_run.is_empty(), "{:?}", data.not_run);
    let with_fault: BTreeSet<&str> = faults.iter().map(|fault| fault.patient.as_str()).collect();
    let mut kinds: BTreeMap<&str, (&str, u64, u64)> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for fault in &faults {
        let found = data.queries.iter().any(|query| {
            query.rule == fault.rule && query.table == fault.table && query.rows.contains(&fault.row)
        });
        let entry = kinds.entry(&fault.kind).or_insert((&fault.rule, 0, 0));
        entry.1 += 1;
        entry.2 += u64::from(found);
        if !order.contains(&fault.kind.as_str()) {
            order.push(&fault.kind);
        }
    }
    let never: Vec<&&str> =
        kinds.iter().filter(|(_, (_, _, found))| *found == 0).map(|(kind, _)| kind).collect();
    assert!(never.is_empty(), "never found: {never:?}");
    assert!(kinds.len() >= 42, "{} kinds are planted", kinds.len());
    // A slip of an identifier, or a patient under two, is asked about under the name that the fault gave.
    let false_alarms: Vec<&DataQuery> = data
        .queries
        .iter()
        .filter(|query| {
            let name = patient(query).replace('p', "P");
            !with_fault.contains(name.trim_end_matches('B'))
        })
        .collect();
    let patients: u64 = PATIENTS.parse().unwrap();
    let mut page = format!(
        "# How many planted faults are found\n\nWritten by the test `dirty_twin`; `cargo xtask golden` writes it anew.\n\n\
         `farr simulate --dirty --patients {PATIENTS}` makes a registry of nine tables and plants one known fault in \
         every tenth patient. `farr check` has found one where a query of the rule that is meant for it names the row. \
         Some faults look like truth: a specimen in centimetres is doubted only where imaging gives about ten times its \
         size, and a laboratory value only where those before and after it agree with each other.\n\n\
         | fault | rule | planted | found |\n|---|---|--:|--:|\n"
    );
    for kind in order {
        let (rule, planted, found) = kinds[kind];
        page.push_str(&format!("| {kind} | `{rule}` | {planted} | {found} |\n"));
    }
    let (planted, found) = kinds.values().fold((0, 0), |sum, kind| (sum.0 + kind.1, sum.1 + kind.2));
    page.push_str(&format!(
        "| all | | {planted} | {found} |\n\nFalse alarms: {} queries about the {} patients without a fault.\n",
        false_alarms.len(),
        patients - with_fault.len() as u64
    ));
    let path = root().join("docs/data-quality.md");
    if std::env::var_os("FARR_UPDATE_GOLDEN").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert!(false_alarms.is_empty(), "{false_alarms:#?}");
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/data-quality.md differs: review the change, then `cargo xtask golden`\n{page}"
    );
}

#[test]
fn the_clean_twin_has_nothing_to_ask_and_differs_in_the_faults_alone() {
    let (clean, twin) = (simulated(&["--model", "registry"]), simulated(&["--dirty"]));
    let (out, errors, code) = said(&farr(&["check", text(clean.path())]));
    assert_eq!(code, 0, "{errors}{out}");
    let faults = planted(twin.path());
    let mut changed = BTreeSet::new();
    for entry in fs::read_dir(clean.path().join("registry")).unwrap() {
        let path = entry.unwrap().path();
        let lines = |path: &Path| -> BTreeMap<String, Vec<String>> {
            let mut of_patient: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for line in fs::read_to_string(path).unwrap().lines() {
                let patient = line.split(',').next().unwrap_or_default().to_string();
                of_patient.entry(patient).or_default().push(line.into());
            }
            of_patient
        };
        let (own, other) =
            (lines(&path), lines(&twin.path().join("registry").join(path.file_name().unwrap())));
        changed.extend(
            own.iter().filter(|(patient, rows)| other.get(*patient) != Some(rows)).map(|one| one.0.clone()),
        );
    }
    changed.retain(|patient| patient.starts_with('P'));
    let with_fault: BTreeSet<String> = faults.iter().map(|fault| fault.patient.clone()).collect();
    let unchanged: Vec<&Planted> = faults.iter().filter(|fault| !changed.contains(&fault.patient)).collect();
    assert!(changed.is_subset(&with_fault));
    // A second patient stands under another identifier.
    assert!(unchanged.iter().all(|fault| fault.kind.contains("two identifiers")), "{}", unchanged.len());
}

#[test]
fn a_registry_of_parquet_files_is_checked_by_row() {
    let folder = simulated(&["--model", "registry", "--format", "parquet"]);
    let (out, errors, code) = said(&farr(&["check", text(folder.path())]));
    assert_eq!(code, 0, "{errors}{out}");
    // A narrower range, another reference and another rule ask about rows that are known.
    let path = folder.path().join("registry/registry.toml");
    let dictionary = fs::read_to_string(&path).unwrap();
    let narrow = "[[rules]]\nname = \"first-lesion\"\ntable = \"measurements\"\ncolumns = [\"diameter_mm\"]\n\
                  message = \"m\"\nwhere = \"patient_id = 'P0000002' and lesion_id = 'L1'\"\n";
    fs::write(&path, format!("{dictionary}\n{narrow}")).unwrap();
    let data = checked(folder.path());
    let rows: BTreeSet<u64> = data.queries.iter().flat_map(|query| query.rows.clone()).collect();
    assert_eq!((data.queries.len(), rows.len()), (5, 5), "{data:?}");
    // The exams of the second patient follow those of the first.
    let first = rows.iter().next().unwrap();
    assert_eq!(rows, (*first..first + 5).collect());
    let other = folder.path().join("x");
    let refused = ["simulate", "--dirty", "--format", "parquet", "-o", text(&other)];
    let (_, errors, code) = said(&farr(&refused));
    assert!(code == 2 && errors.contains("cannot hold the faults"), "{errors}");
}
