//! The study of the public table, on made-up rows of the same shape: the data themselves are not in the repository.

// Studies of other shapes are not written here.
#[allow(dead_code)]
mod farr;

use farr::{farr, root, said, text};
use std::fs;
use std::path::Path;

const HEADER: &str = "Patient-ID,De-identify Scout Name,age,sex,major_comorbidity,body_mass_index,node_positive_primary,\
    synchronous_crlm,multiple_metastases,clinrisk_score,clinrisk_stratified,carcinoembryonic_antigen,max_tumor_size,\
    bilobar_disease,extrahep_disease,chemo_before_liver_resection,preoperative_pve,steatosis_yesno,\
    presence_sinusoidal_dilata,NASH_score,NASH_yesno,NASH_greater_4,total_response_percent,necrosis_percent,\
    fibrosis_percent,fibrosis_greater_40_percent,mucin_percent,overall_survival_months,vital_status,\
    progression_or_recurrence,months_to_DFS_progression,vital_status_DFS,progression_or_recurrence_liveronly,\
    months_to_liver_DFS_progression,vital_status_liver_DFS,relevant_notes";

/// A sound row: of each ten patients one has no chemotherapy and two a complete response.
fn row(index: u32) -> Vec<String> {
    let node = index % 2;
    let several = index / 2 % 2;
    let synchronous = u32::from(!index.is_multiple_of(3));
    let score = node + several + synchronous;
    let chemotherapy = u32::from(index % 10 != 9);
    let (total, necrosis, fibrosis) = match index % 10 {
        0 | 1 => ("1", "0.3", "0.7"),
        2..=5 => ("0.6", "0.4", "0.2"),
        _ => ("0.35", "0.3", "0.05"),
    };
    let fibrous = if fibrosis == "0.7" { "1" } else { "0" };
    let cea = if index % 7 == 6 { "-999".to_string() } else { format!("{}.5", 1 + index * 7 % 60) };
    let size = format!("{}.{}", 1 + index * 3 % 5, index % 10 / 2);
    let size = if size.starts_with('5') { "4.5".to_string() } else { size };
    let recurred = u32::from(!index.is_multiple_of(4));
    let died = u32::from(index.is_multiple_of(3));
    let survival = 20 + index * 11 % 90;
    let free = if recurred == 1 { survival / 2 } else { survival };
    let (known, stratum) = if cea == "-999" {
        ("-999".into(), "-999")
    } else {
        (score.to_string(), if score >= 3 { "1" } else { "0" })
    };
    format!(
        "CRLM-XX-{index:04},{index}_scout,{},{},0,24.5,{node},{synchronous},{several},{known},{stratum},{cea},{size},0,0,\
         {chemotherapy},0,0,0,0,0,0,{total},{necrosis},{fibrosis},{fibrous},0,{survival}.5,{died},{recurred},{free}.5,{},0,\
         {survival}.5,{died},",
        40 + index % 40,
        1 + index % 2,
        recurred.max(died)
    )
    .split(',')
    .map(str::to_string)
    .collect()
}

fn study(folder: &Path, change: impl Fn(u32, &mut Vec<String>)) {
    let example = root().join("examples/tcia-crlm");
    for (name, edit) in
        [("study.toml", false), ("sql/resections.sql", false), ("registry/registry.toml", true)]
    {
        let mut text = fs::read_to_string(example.join(name)).unwrap();
        if edit {
            // The workbook is not here: made-up rows stand in a text file.
            let line = text.lines().find(|line| line.starts_with("file = ")).unwrap().to_string();
            text = text.replace(&line, "file = \"patients.csv\"");
        }
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut text = HEADER.replace(' ', "").replace("De-identifyScoutName", "De-identify Scout Name") + "\n";
    for index in 0..80 {
        let mut row = row(index);
        change(index, &mut row);
        text.push_str(&row.join(","));
        text.push('\n');
    }
    fs::write(folder.join("registry/patients.csv"), text).unwrap();
}

#[test]
fn the_study_runs_on_rows_of_the_tables_shape() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path(), |_, _| ());
    let (out, errors, code) = said(&farr(&["check", text(folder.path())]));
    assert_eq!(code, 0, "{errors}{out}");
    let (_, errors, code) = said(&farr(&["run", text(folder.path()), "-q"]));
    assert_eq!(code, 0, "{errors}");
    let bytes = fs::read(folder.path().join("results/results.json")).unwrap();
    let results: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((&results["flow"]["assessed"], &results["flow"]["included"]), (&80.into(), &72.into()));
    assert_eq!(results["analyses"].as_array().unwrap().len(), 9);
    let html = fs::read_to_string(folder.path().join("results/report.html")).unwrap();
    assert!(!html.contains("CRLM-XX"), "no report names a patient");
}

#[test]
fn every_declared_rule_finds_what_it_is_for() {
    let column = |name: &str| HEADER.replace(' ', "").split(',').position(|column| column == name).unwrap();
    for (rule, name, value) in [
        ("response-against-parts", "total_response_percent", "0.9"),
        ("score-against-components", "clinrisk_score", "5"),
        ("score-without-interval", "synchronous_crlm", "1"),
        ("score-against-stratum", "clinrisk_stratified", "1"),
        ("fibrosis-against-flag", "fibrosis_greater_40_percent", "1"),
        ("steatohepatitis-against-score", "NASH_yesno", "1"),
        ("disease-free-after-the-end", "months_to_DFS_progression", "399"),
        ("event-against-parts", "vital_status_DFS", "0"),
        ("stopped-without-event", "progression_or_recurrence", "0"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        // Row 4: one metastasis, metachronous, recurred and dead.
        study(folder.path(), |index, row| {
            if index == 3 {
                row[column(name)] = value.into()
            }
        });
        let (out, ..) = said(&farr(&["check", text(folder.path()), "--json"]));
        let value: serde_json::Value = serde_json::from_str(&out).unwrap();
        let queries = value["queries"]["queries"].as_array().unwrap();
        let found = queries.iter().any(|query| query["rule"] == rule && query["rows"][0] == 4);
        assert!(found, "{rule}: {queries:?}");
    }
}

#[test]
fn no_data_of_the_public_table_are_in_the_repository() {
    let mut files: Vec<String> = fs::read_dir(root().join("examples/tcia-crlm/registry"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with(".xlsx"))
        .collect();
    files.sort();
    assert_eq!(files, ["registry.toml"]);
    let ignored = fs::read_to_string(root().join(".gitignore")).unwrap();
    assert!(ignored.contains("examples/tcia-crlm/registry/*.xlsx"));
}
