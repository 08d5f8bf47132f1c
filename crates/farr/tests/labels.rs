//! Labels of variables and values, from the file through the study's SQL to the report.

#[allow(dead_code)]
mod farr;
#[path = "../../cohort/tests/spss/writer.rs"]
#[allow(dead_code)]
mod spss;

use farr::{farr, said, study, text};
use std::fs;

const PLAN: &str = r#"
[study]
title = "Labels"
[population]
view = "cohort"
id = "id"
[variables.death]
sql = "resp = '2'"
[variables.stage]
sql = "case when size > 0 then stage_0 end"
[variables.loud]
sql = "upper(sex)"
[variables.ecog]
label = "Condition"
levels = [{ value = "1" }, { value = "2" }, { value = "0", label = "Well" }]
[[analyses]]
id = "table-1"
method = "baseline"
variables = ["sex", "stage", "loud", "ecog", "state", "size", "least", "greatest"]
[[analyses]]
id = "table-2"
method = "logistic"
outcome = "death"
terms = ["sex", "stage", "size"]
multivariable = true
"#;

const COHORT: &str = "with latest as (select id, first_value(ecog order by day desc) as ecog, min(height) as least, \
    max(height) as greatest from visits group by id)
select p.id, sex, p.stage as stage_0, p.resp, ecog, coalesce(ecog, 'none') as state, least, greatest, case when p.size > 0 then p.size end as size
from (select * from chosen) p left join latest l on l.id = p.id
order by p.id";

fn folder(plan: &str) -> tempfile::TempDir {
    let patients: Vec<Vec<f64>> = (0..60)
        .map(|n| {
            let of = |divisor: i32, levels: i32| f64::from(n / divisor % levels + 1);
            vec![f64::from(n), of(1, 2), of(2, 3), of(7, 2), f64::from(10 + n * 7 % 31)]
        })
        .collect();
    let patients = spss::numbers(
        &[
            ("id", "Number", &[]),
            ("sex", "Sex at birth", &[(2.0, "women"), (1.0, "men")]),
            ("stage", "Stage of the tumour", &[(1.0, "early"), (2.0, "middle"), (3.0, "late")]),
            ("resp", "Response", &[(1.0, "no response"), (2.0, "response")]),
            ("size", "Largest diameter", &[]),
        ],
        &patients,
    );
    let visits: Vec<Vec<f64>> = (0..100)
        .map(|n| vec![f64::from(n / 2), f64::from(n % 2), f64::from(n % 3), f64::from(150 + n % 40)])
        .collect();
    let visits = spss::numbers(
        &[
            ("id", "Number", &[]),
            ("day", "", &[]),
            ("ecog", "ECOG", &[(0.0, "fit"), (1.0, "restricted"), (2.0, "in bed")]),
            ("height", "Height", &[]),
        ],
        &visits,
    );
    let registry = "[tables.patients.columns.size]\nunit = \"mm\"\n";
    let chosen = "select * from patients where stage is not null";
    let folder = study(
        plan,
        &[("sql/cohort.sql", COHORT), ("sql/chosen.sql", chosen), ("registry/registry.toml", registry)],
    );
    fs::write(folder.path().join("registry/patients.sav"), patients).unwrap();
    fs::write(folder.path().join("registry/visits.sav"), visits).unwrap();
    folder
}

/// The first cell of each row of a table of the results.
fn headings(folder: &tempfile::TempDir, table: &str) -> Vec<String> {
    let table = fs::read_to_string(folder.path().join("results/tables").join(table)).unwrap();
    let cells = table.lines().map(|line| line.split(',').next().unwrap_or_default());
    cells.map(|cell| cell.replace(['"', '\u{feff}'], "").trim().to_string()).collect()
}

#[test]
fn labels_of_a_file_go_through_views_to_tables_and_models() {
    let folder = folder(PLAN);
    let (_, errors, code) = said(&farr(&["run", text(folder.path())]));
    assert_eq!(code, 0, "{errors}");
    // A label comes with the values, in the file's order; what is computed has none; what the study says goes before;
    // two columns that are made of one are told apart by their names.
    let expected = [
        "Characteristic",
        "Sex at birth",
        "women",
        "men",
        "Stage of the tumour",
        "early",
        "middle",
        "late",
        "Loud",
        "1",
        "2",
        "Condition",
        "restricted",
        "in bed",
        "Well",
        "Missing",
        "State",
        "fit",
        "restricted",
        "in bed",
        "none",
        "Largest diameter",
        "Least",
        "Missing",
        "Greatest",
        "Missing",
    ];
    assert_eq!(headings(&folder, "table-1.csv")[..expected.len()], expected);
    let expected = [
        "Characteristic",
        "Sex at birth",
        "women",
        "men",
        "Stage of the tumour",
        "early",
        "middle",
        "late",
        "Largest diameter",
    ];
    assert_eq!(headings(&folder, "table-2.csv")[..expected.len()], expected);
    let table = fs::read_to_string(folder.path().join("results/tables/table-1.csv")).unwrap();
    assert!(table.contains("Largest diameter, mm"), "{table}");
}
