use super::patient::{COVARIATES, Patient};
use super::random::Random;
use super::{simulate, study_file, table};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::cell::Cell;
use std::path::PathBuf;
use study::{Plan, SourceText};

fn bytes(patients: u64, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    table::write(patients, seed, &mut bytes, &|_| ()).unwrap();
    bytes
}

/// A folder of its own for a test, without anything in it.
fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("farr-simulate-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    path
}

#[test]
fn a_seed_decides_every_byte() {
    assert_eq!(bytes(70_000, 7), bytes(70_000, 7));
    assert_ne!(bytes(1000, 7), bytes(1000, 8));
}

#[test]
fn a_folder_is_filled_once_and_whole() {
    let folder = folder("whole");
    let told = Cell::new(0);
    let study = simulate(100, 1, &folder, &|done| told.set(done)).unwrap();
    assert_eq!(told.get(), 100);
    let plan = Plan::parse(SourceText::read(&study).unwrap()).unwrap();
    let methods: Vec<&str> = plan.analyses.iter().map(|analysis| analysis.heading.method.as_str()).collect();
    assert_eq!(methods, ["baseline", "kaplan_meier", "logistic", "cox"]);
    let mut names: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["patients.parquet", "study.toml"], "nothing partial is left");
    let problem = simulate(100, 1, &folder, &|_| ()).unwrap_err();
    assert_eq!(problem.message, "the file exists already and is not overwritten");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn no_patients_are_refused() {
    let folder = folder("nobody");
    assert!(simulate(0, 1, &folder, &|_| ()).is_err());
    assert!(!folder.exists());
}

#[test]
fn the_table_has_a_row_group_a_block_and_its_columns() {
    let folder = folder("columns");
    simulate(table::BLOCK + 5, 1, &folder, &|_| ()).unwrap();
    let file = std::fs::File::open(folder.join("patients.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let groups: Vec<i64> = reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(groups, [table::BLOCK as i64, 5]);
    let schema = reader.metadata().file_metadata().schema_descr();
    let names: Vec<&str> = schema.columns().iter().map(|column| column.name()).collect();
    let mut expected = vec!["patient_id"];
    expected.extend(COVARIATES.iter().map(|covariate| covariate.name));
    expected.extend(["cea", "response", "time_days", "died"]);
    assert_eq!(names, expected);
    // The last five rows are the first five of the second block's own stream.
    let last: Vec<String> = reader
        .get_row_iter(None)
        .unwrap()
        .skip(table::BLOCK as usize)
        .map(|row| row.unwrap().to_string())
        .collect();
    let mut stream = Random::new(1, 1);
    assert_eq!(last.len(), 5);
    for (row, id) in last.iter().zip(table::BLOCK + 1..) {
        let patient = Patient::draw(&mut stream);
        assert!(row.contains(&format!("patient_id: {id},")), "{row}");
        assert!(row.contains(&format!("time_days: {}, died: {}", patient.time_days, patient.died)), "{row}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn patients_are_possible_and_some_values_are_missing() {
    let mut stream = Random::new(3, 0);
    let n = 50_000;
    let (mut missing, mut deaths, mut responses) = (0, 0, 0);
    for _ in 0..n {
        let patient = Patient::draw(&mut stream);
        assert!((1..=3650).contains(&patient.time_days));
        for (code, covariate) in patient.codes.iter().zip(&COVARIATES) {
            assert!(code.is_none_or(|code| usize::from(code) < covariate.levels.len()));
            missing += u32::from(code.is_none());
        }
        let tenths = patient.cea.unwrap_or(0.1) * 10.0;
        assert!(tenths >= 1.0 && (tenths - tenths.round()).abs() < 1e-9);
        missing += u32::from(patient.cea.is_none());
        deaths += u32::from(patient.died);
        responses += u32::from(patient.response);
    }
    assert!((800..1200).contains(&missing), "about one in a hundred, in two columns: {missing}");
    assert!((n / 4..n * 3 / 4).contains(&deaths) && (n / 10..n / 2).contains(&responses));
}

#[test]
fn the_study_says_how_it_was_made() {
    let text = study_file::text(1000, 42);
    assert!(text.contains("1000 patients") && text.contains("seed 42") && text.contains("Simulated data"));
}
