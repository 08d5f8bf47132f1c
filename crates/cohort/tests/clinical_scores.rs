//! The scores of liver metastases that need what a study adds to the registry, at their borders.

mod folder;

use folder::{count, folder, plan, rows};

/// The value of a SELECT over one row of `score_input`.
fn scored(input: &str, value: &str, view: &str, more: &str) -> String {
    let input = format!("select patient_id, {input} from patients");
    let view = format!("select patient_id, coalesce(cast({value} as text), '-') as value from {view}");
    let study = folder(&[
        ("registry/patients.csv", b"patient_id\na\n"),
        ("sql/score_input.sql", input.as_bytes()),
        ("sql/v.sql", view.as_bytes()),
    ]);
    let plan = plan(&format!(
        "[population]\nview = \"v\"\nid = \"patient_id\"\n{more}\n[variables.value]\nkind = \"category\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n"
    ));
    let cohort = study.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    let table = count(&cohort, &plan, &["value"]).unwrap_or_else(|problem| panic!("{problem}"));
    rows(&table)[0].trim_end_matches(" × 1").to_string()
}

fn konopke(metastasis: &str, lesions: i64, cea: &str, value: &str) -> String {
    let input = format!(
        "date '2020-01-31' as primary_diagnosis_date, date '{metastasis}' as liver_metastasis_date, \
         {lesions} as liver_lesions, {cea} as cea_ng_ml"
    );
    scored(&input, value, "konopke_score", "")
}

#[test]
fn konopke_counts_synchronous_four_lesions_and_200() {
    // On the day of the primary tumour, four lesions, exactly 200: all three.
    assert_eq!(konopke("2020-01-31", 4, "200.0", "konopke_score"), "3");
    assert_eq!(konopke("2020-01-31", 4, "200.0", "konopke_score_group"), "high");
    // A day later, three lesions, just below 200: none.
    assert_eq!(konopke("2020-02-01", 3, "199.9", "konopke_score"), "0");
    assert_eq!(konopke("2020-02-01", 3, "199.9", "konopke_score_group"), "low");
    assert_eq!(konopke("2020-02-01", 4, "199.9", "konopke_score_group"), "intermediate");
    let unknown = "cast(null as double)";
    assert_eq!(konopke("2020-01-31", 4, unknown, "konopke_score"), "-");
    assert_eq!(konopke("2020-01-31", 4, unknown, "konopke_score_reason"), "not computable: unknown CEA;");
    // With six months, the last day of July is still synchronous.
    let input = "date '2020-01-31' as primary_diagnosis_date, date '2020-07-31' as liver_metastasis_date, \
                 1 as liver_lesions, 1.0 as cea_ng_ml";
    let months = "[clinical.konopke_score]\nsynchronous_months = 6";
    assert_eq!(scored(input, "konopke_score", "konopke_score", months), "1");
}

fn nagashima(
    node: &str,
    metastasis: &str,
    t: i64,
    lesions: i64,
    size: f64,
    other: &str,
    value: &str,
) -> String {
    let input = format!(
        "{node} as node_positive, date '2019-01-31' as primary_diagnosis_date, \
         date '{metastasis}' as liver_metastasis_date, {t} as primary_t, {lesions} as liver_lesions, \
         {size:?} as largest_mm, {other} as extrahepatic"
    );
    scored(&input, value, "nagashima_score", "")
}

#[test]
fn nagashima_adds_the_weights_exactly() {
    // 0.60034 + 0.67838 + 0.54877 + 0.85412 + 1.35657 + 1.19430.
    assert_eq!(nagashima("true", "2020-01-30", 4, 2, 50.1, "true", "nagashima_score"), "5.23248");
    assert_eq!(nagashima("true", "2020-01-30", 4, 2, 50.1, "true", "nagashima_score_group"), "C");
    // At the borders nothing counts: twelve months, T3, one lesion, 50 mm.
    assert_eq!(nagashima("false", "2020-01-31", 3, 1, 50.0, "false", "nagashima_score"), "0.0");
    assert_eq!(nagashima("false", "2020-01-31", 3, 1, 50.0, "false", "nagashima_score_group"), "A");
    // 0.60034 + 1.35657 + 1.19430 = 3.15121.
    assert_eq!(nagashima("true", "2020-01-31", 3, 1, 51.0, "true", "nagashima_score"), "3.15121");
    assert_eq!(nagashima("true", "2020-01-31", 3, 1, 51.0, "true", "nagashima_score_group"), "B");
    let unknown = "cast(null as boolean)";
    let reason = nagashima(unknown, "2020-01-31", 3, 1, 51.0, unknown, "nagashima_score_reason");
    assert_eq!(reason, "not computable: unknown nodal status; extrahepatic disease;");
}

fn helsinki(t: i64, lesions: i64, size: f64, margin: f64, viable: f64, vessels: &str, value: &str) -> String {
    let input = format!(
        "true as node_positive, {t} as primary_t, {lesions} as liver_lesions, {size:?} as largest_mm, \
         {margin:?} as margin_mm, {viable:?} as viable_percent, {vessels} as vascular_invasion, \
         {vessels} as biliary_invasion"
    );
    scored(&input, value, "helsinki_score", "")
}

#[test]
fn helsinki_counts_eight_points() {
    assert_eq!(helsinki(3, 2, 50.1, 4.9, 30.1, "true", "helsinki_score"), "8");
    assert_eq!(helsinki(3, 2, 50.1, 4.9, 30.1, "true", "helsinki_score_group"), "high");
    // At every border only the nodes count.
    assert_eq!(helsinki(2, 1, 50.0, 5.0, 30.0, "false", "helsinki_score"), "1");
    assert_eq!(helsinki(2, 1, 50.0, 5.0, 30.0, "false", "helsinki_score_group"), "low");
    assert_eq!(helsinki(4, 2, 50.0, 5.0, 30.0, "false", "helsinki_score_group"), "medium");
    let unknown = "cast(null as boolean)";
    assert_eq!(helsinki(3, 2, 50.1, 4.9, 30.1, unknown, "helsinki_score"), "-");
    assert_eq!(
        helsinki(3, 2, 50.1, 4.9, 30.1, unknown, "helsinki_score_reason"),
        "not computable: unknown vascular invasion; biliary invasion;"
    );
}
