//! The clinical views beside response on imaging: scores, pathology, tumour, treatment, laboratory, end points.

mod folder;

use folder::{Folder, count, folder, plan, rows};

const PATIENTS: &str = "patient_id,birth_date,primary_site,primary_t,primary_n,primary_diagnosis_date,\
    liver_metastasis_date,kras,nras\n\
    a,1950-01-01,sigmoid,T3,N1,2019-01-31,2020-01-31,mutated,wild\n\
    b,1950-01-01,C18.4,pT4a,n0,2019-01-31,2020-01-30,wild,wild\n\
    c,1950-01-01,C18.9,T2,,2019-01-31,2019-02-01,wild,\n\
    d,1950-01-01,,T1,N2b,2019-01-31,2019-07-31,wild,wild\n";
const OPERATIONS: &str = "patient_id,operation_date,margin,extrahepatic\na,2020-06-01,R0,none\na,2021-06-01,R0,none\n\
    b,2020-06-01,R1,resected\nc,2020-06-01,R0,none\nd,2020-06-01,R0,none\n";
const LESIONS: &str = "patient_id,lesion_id,organ,role,first_seen,segment\na,L1,liver,target,2020-01-31,S4a\n\
    a,L2,liver,target,2020-01-31, S8 \na,L3,liver,new,2021-01-01,S1\nb,L1,liver,target,2020-01-30,\n\
    c,L1,liver,target,2019-02-01,\nd,L1,liver,target,2019-07-31,S6\n";
const MEASUREMENTS: &str = "patient_id,lesion_id,exam_date,diameter_mm,state\na,L1,2020-02-01,90,present\n\
    a,L1,2020-05-01,50,present\na,L2,2020-05-01,20,present\na,L3,2021-01-01,70,present\nb,L1,2020-05-01,80,present\n\
    c,L1,2020-05-01,51,present\nd,L1,2020-05-01,0,absent\n";
const LABS: &str = "patient_id,sample_date,analyte,value,unit\na,2020-01-01,CEA,900,ng/mL\na,2020-05-01,CEA,200,ug/L\n\
    a,2020-06-01,CEA,300,ng/mL\na,2020-06-20,CEA,4,ng/mL\na,2020-05-20,CEA,,ng/mL\nb,2020-05-01,CEA,201,ng/mL\n\
    c,2020-05-01,CEA,5,ng/mL\nd,2020-05-01,bilirubin,1,mg/dL\nd,2020-05-01,CEA,7,furlong\n";
const PATHOLOGY: &str = "patient_id,operation_date,tumor,residual_percent,trg\na,2020-06-01,L1,0,1\n\
    a,2020-06-01,L2,70,3\nb,2020-06-01,L1,0,1\nb,2020-06-01,L2,0.5,\nc,2020-06-01,L1,,5\nc,2020-06-01,L2,60,\n\
    d,2020-06-01,L1,0,1\n";
const TREATMENTS: &str = "patient_id,cycle,line,start_date,regimen,drugs,route\n\
    a,1,1,2020-02-10,FOLFOX,oxaliplatin; fluorouracil,systemic\na,2,1,2020-02-24,FOLFOX,oxaliplatin;fluorouracil,systemic\n\
    a,3,2,2020-04-01,FOLFIRI,irinotecan,systemic\na,3,2,2020-04-01,HAI,oxaliplatin,hai\n";
const FOLLOW_UP: &str = "patient_id,visit_date,status,recurrence\na,2020-05-01,alive,yes\na,2020-12-01,alive,no\n\
    a,2021-01-01,alive,yes\na,2021-06-01,dead,yes\nb,2020-12-01,dead,no\nb,2021-03-01,alive,yes\nc,2020-12-01,alive,no\n\
    c,2020-06-01,alive,yes\nd,2020-06-01,dead,no\n";

fn registry() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("registry/patients.csv", PATIENTS.as_bytes()),
        ("registry/operations.csv", OPERATIONS.as_bytes()),
        ("registry/lesions.csv", LESIONS.as_bytes()),
        ("registry/measurements.csv", MEASUREMENTS.as_bytes()),
        ("registry/labs.csv", LABS.as_bytes()),
        ("registry/pathology.csv", PATHOLOGY.as_bytes()),
        ("registry/treatments.csv", TREATMENTS.as_bytes()),
        ("registry/follow_up.csv", FOLLOW_UP.as_bytes()),
    ]
}

/// Key and value of each row of a SELECT over clinical views.
fn answers(key: &str, value: &str, from: &str, more: &str) -> Vec<String> {
    let sql = format!("select {key} as key, coalesce(cast({value} as text), '-') as value from {from}");
    let mut files = registry();
    files.push(("sql/v.sql", sql.as_bytes()));
    let study: Folder = folder(&files);
    let plan = plan(&format!(
        "[population]\nview = \"v\"\nid = \"key\"\n{more}\n[variables.key]\nkind = \"category\"\n\
         [variables.value]\nkind = \"category\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n"
    ));
    let cohort = study.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    let table = count(&cohort, &plan, &["key", "value"]).unwrap_or_else(|problem| panic!("{problem}"));
    rows(&table).iter().map(|row| row.trim_end_matches(" × 1").to_string()).collect()
}

fn by_patient(value: &str, view: &str) -> Vec<String> {
    answers("patient_id", value, view, "")
}

#[test]
fn fong_at_its_borders_and_with_a_missing_input() {
    // a: node 1, exactly 12 months 0, two lesions 1, exactly 50 mm 0, CEA exactly 200 0. b: a day less than 12 months,
    // 80 mm, CEA 201. c has no nodal status, d no CEA in a known unit (here taken as it is: 7).
    assert_eq!(by_patient("fong_score", "fong_score"), ["a 2", "b 3", "c -", "d 2"]);
    assert_eq!(by_patient("fong_score_group", "fong_score"), ["a low", "b high", "c -", "d low"]);
    let reasons = by_patient("fong_score_reason", "fong_score");
    assert_eq!(reasons[2], "c not computable: unknown nodal status;");
    assert_eq!(reasons[0], "a -");
}

#[test]
fn other_scores_by_hand() {
    // a: √(5² + 2²); d: a lesion that has disappeared: √(0² + 1²).
    let burden = answers(
        "patient_id",
        "round(tumour_burden_score * tumour_burden_score, 6)",
        "tumour_burden_score",
        "",
    );
    assert_eq!(burden, ["a 29.0", "b 65.0", "c 27.01", "d 1.0"]);
    // a: KRAS 1, CEA 1, node 1, burden 5.4: 1. b: CEA 1, burden 8.06: 1, extrahepatic 2. d: node 1.
    assert_eq!(by_patient("game_score", "game_score"), ["a 4", "b 4", "c -", "d 1"]);
    // c is short of NRAS and nodes; wild type needs both genes.
    assert_eq!(
        by_patient("modified_clinical_score", "modified_clinical_score"),
        ["a 2", "b 1", "c -", "d 1"]
    );
    let reasons = by_patient("modified_clinical_score_reason", "modified_clinical_score");
    assert_eq!(reasons[2], "c not computable: unknown RAS; nodal status;");
    assert_eq!(by_patient("nordlinger_score", "nordlinger_score"), ["a -", "b -", "c -", "d -"]);
    let reasons = by_patient("nordlinger_score_reason", "nordlinger_score");
    assert_eq!(reasons[0], "a not computable: unknown margin in mm;");
    assert_eq!(by_patient("basingstoke_score", "basingstoke_score"), ["a -", "b -", "c -", "d -"]);
    // a: both lobes and a year: 2 points. b: positive margin, whatever else. c: no segment. d: half a year, one lobe.
    assert_eq!(by_patient("iwatsuki_grade", "iwatsuki_grade"), ["a 3", "b 6", "c -", "d 2"]);
    assert_eq!(by_patient("iwatsuki_grade_reason", "iwatsuki_grade")[2], "c not computable: unknown lobes;");
    let short = "[clinical.iwatsuki_grade]\nnumber_from = 2\nsize_from_mm = 49\ninterval_months = 11\n";
    assert_eq!(answers("patient_id", "iwatsuki_grade", "iwatsuki_grade", short)[0], "a 4");
}

#[test]
fn scores_take_what_a_study_adds() {
    let mut files = registry();
    let input = "select patient_id, true as node_positive, 3 as primary_t, 61 as age, date '2019-01-01' as \
        primary_diagnosis_date, date '2020-12-31' as liver_metastasis_date, 4 as liver_lesions, 60.0 as largest_mm, \
        6.0 as cea_ng_ml, false as extrahepatic, true as margin_positive, 9.0 as margin_mm, 'poor' as differentiation \
        from patients where patient_id = 'a'";
    files.push(("sql/score_input.sql", input.as_bytes()));
    files.push((
        "sql/v.sql",
        b"select n.patient_id, n.nordlinger_score || '/' || b.basingstoke_score as value from nordlinger_score as n \
          join basingstoke_score as b on b.patient_id = n.patient_id",
    ));
    let study = folder(&files);
    let plan = plan(
        "[population]\nview = \"v\"\nid = \"patient_id\"\n[variables.value]\n\
                     [[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n",
    );
    let cohort = study.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    // Node, interval, number, size, margin, age: 6; node 2, poor 4, CEA 1, size 2, margin 11: 20.
    assert_eq!(rows(&count(&cohort, &plan, &["value"]).unwrap()), ["6/20 × 1"]);
}

#[test]
fn pathology_by_tumour_and_patient() {
    let blazer = by_patient("pathological_response", "blazer_response");
    assert_eq!(blazer, ["a major", "b major", "c -", "d complete"]);
    let worst = by_patient("pathological_response", "worst_tumour_response");
    assert_eq!(worst, ["a minor", "b major", "c minor", "d complete"]);
    // a has one of two without a cell; of c one was not assessed.
    let ratio = by_patient(
        "complete_response_ratio || ' ' || complete_response_ratio_group",
        "complete_response_ratio",
    );
    assert_eq!(ratio, ["a 0.5 high", "b 0.5 high", "c -", "d 1.0 high"]);
    let all = "[clinical.complete_response_ratio]\nhigh_from = 1";
    let group = answers("patient_id", "complete_response_ratio_group", "complete_response_ratio", all);
    assert_eq!(group, ["a low", "b low", "c -", "d high"]);
    let tumours = answers("patient_id || tumor", "pathological_response", "blazer_tumour", "");
    assert_eq!(tumours[..5], ["aL1 complete", "aL2 minor", "bL1 complete", "bL2 major", "cL1 -"]);
    assert_eq!(by_patient("regression", "regression_grade"), ["a partial", "b -", "c none", "d major"]);
    let reason = by_patient("regression_reason", "regression_grade");
    assert_eq!(reason[1], "b not computable: 1 of 2 tumours without a grade");
    let strict = answers(
        "patient_id",
        "pathological_response",
        "worst_tumour_response",
        "[clinical.worst_tumour_response]\nminor_percent = 75",
    );
    assert_eq!(strict[0], "a major");
}

#[test]
fn side_timing_and_stage() {
    assert_eq!(by_patient("primary_side", "primary_side"), ["a left", "b right", "c -", "d -"]);
    let other =
        answers("patient_id", "primary_side", "primary_side", "[clinical.primary_side]\ntransverse = 'left'");
    assert_eq!(other[1], "b left");
    // Six months from the last day of January is the last day of July, and it counts.
    assert_eq!(
        by_patient("metastasis_timing", "metastasis_timing"),
        ["a metachronous", "b metachronous", "c synchronous", "d synchronous"]
    );
    assert_eq!(by_patient("metastasis_period", "metastasis_timing")[0], "a early metachronous");
    let none = "[clinical.metastasis_timing]\nsynchronous_months = 0";
    assert_eq!(answers("patient_id", "metastasis_timing", "metastasis_timing", none)[2], "c metachronous");
    assert_eq!(by_patient("stage_group", "tnm_stage"), ["a IIIB", "b IIB", "c IV", "d IV"]);
    assert_eq!(answers("patient_id", "stage_group", "tnm_stage", none)[2..], ["c -", "d IIIB"]);
    assert_eq!(by_patient("ras_status", "ras_status"), ["a mutated", "b wild", "c -", "d wild"]);
}

#[test]
fn stages_are_read_in_any_spelling_and_say_why_they_are_none() {
    let stage = |t: &str, n: &str| {
        let patients = format!(
            "patient_id,primary_t,primary_n,primary_diagnosis_date,liver_metastasis_date\na,{t},{n},2019-01-31,2020-01-31\n"
        );
        let sql = "select patient_id, coalesce(stage_group, stage_reason) as value from tnm_stage";
        let study = folder(&[("registry/patients.csv", patients.as_bytes()), ("sql/v.sql", sql.as_bytes())]);
        let plan = plan(
            "[population]\nview = \"v\"\nid = \"patient_id\"\n[variables.value]\nkind = \"category\"\n\
             [[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n",
        );
        let cohort = study.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
        rows(&count(&cohort, &plan, &["value"]).unwrap()).join("").replace(" × 1", "")
    };
    for (t, n, answer) in [
        ("PT3", "PN0", "IIA"),
        ("ypt4B", "ypN1c", "IIIC"),
        ("T1a", "N1", "IIIA"),
        ("rT2", "n2b", "IIIB"),
        ("Tis", "N0", "0"),
        ("TX", "N1", "not computable: unknown T"),
        ("T3", "", "not computable: unknown N"),
        ("T0", "N1b", "not computable: no group has T0 N1B"),
        ("T5", "N0", "not computable: no group has T5 N0"),
    ] {
        assert_eq!(stage(t, n), answer, "{t} {n}");
    }
}

/// A target is among the largest lesions: without its size none is known. Another lesion was not chosen as one, being small.
#[test]
fn a_target_that_was_not_measured_leaves_the_size_unknown() {
    for (role, state, size) in [
        ("target", "not_evaluable", "-"),
        ("target", "", "-"),
        ("target", "absent", "80.0"),
        ("target", "too_small", "80.0"),
        ("non_target", "not_evaluable", "80.0"),
    ] {
        let lesions = format!("{LESIONS}b,L2,liver,{role},2020-01-30,\n");
        let measurements = format!("{MEASUREMENTS}b,L2,2020-05-01,,{state}\n");
        let sql =
            "select patient_id, coalesce(cast(size_cm * 10 as text), '-') as value from tumour_burden_score";
        let mut files = registry();
        files.retain(|(name, _)| !name.ends_with("lesions.csv") && !name.ends_with("measurements.csv"));
        files.push(("registry/lesions.csv", lesions.as_bytes()));
        files.push(("registry/measurements.csv", measurements.as_bytes()));
        files.push(("sql/v.sql", sql.as_bytes()));
        let study: Folder = folder(&files);
        let plan = plan(
            "[population]\nview = \"v\"\nid = \"patient_id\"\n[[population.exclude]]\nlabel = \"others\"\n\
             where = \"patient_id <> 'b'\"\n[variables.value]\nkind = \"category\"\n\
             [[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n",
        );
        let cohort = study.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
        let found = rows(&count(&cohort, &plan, &["value"]).unwrap()).join("");
        assert_eq!(found, format!("{size} × 1"), "{role} {state}");
    }
}

#[test]
fn text_where_the_model_has_numbers_is_told_with_its_column() {
    let measurements = format!("{MEASUREMENTS}b,L1,2020-05-20,NA,present\n");
    let mut files = registry();
    files.retain(|(name, _)| !name.ends_with("measurements.csv"));
    files.push(("registry/measurements.csv", measurements.as_bytes()));
    files.push(("sql/v.sql", b"select patient_id, best_response from recist_best"));
    let study = folder(&files);
    let plan = plan("[population]\nview = \"v\"\nid = \"patient_id\"\n");
    let problem = study.open(&plan).err().unwrap();
    assert_eq!(
        problem.message,
        "the column `diameter_mm` of the table `measurements` holds text, where a number is needed"
    );
    let help = problem.help.as_deref().unwrap_or_default();
    assert!(help.contains("[tables.measurements.columns.diameter_mm]") && help.contains("missing"), "{help}");
    let report = study.check(&plan);
    assert!(
        report.problems.iter().chain([&problem]).all(|one| one.message.contains("holds text")),
        "{:?}",
        report.problems
    );
    let told = &report.queries.not_run;
    assert!(
        told.iter()
            .any(|one| one.contains("size-jumps") && one.contains(": the column `diameter_mm` of the table")),
        "{told:?}"
    );
}

#[test]
fn lines_drugs_and_laboratory_values() {
    let lines = answers("line", "cycles || ' ' || regimens", "treatment_line", "");
    assert_eq!(lines, ["1 2 FOLFOX", "2 1 FOLFIRI + HAI"]);
    let drugs = answers("line || route || drug", "cycles", "treatment_drug", "");
    assert_eq!(
        drugs,
        ["1systemicfluorouracil 2", "1systemicoxaliplatin 2", "2haioxaliplatin 1", "2systemicirinotecan 1"]
    );
    let before = answers("patient_id || analyte", "value", "laboratory_before", "");
    assert_eq!(before, ["aCEA 200.0", "bCEA 201.0", "cCEA 5.0", "dCEA 7.0", "dbilirubin 1.0"]);
    let same_day = "[clinical.laboratory_before]\nsame_day = true";
    assert_eq!(answers("patient_id || analyte", "value", "laboratory_before", same_day)[0], "aCEA 300.0");
    let window =
        "[clinical.laboratory_before]\nwindow_days = 31\n[clinical.laboratory_value]\nconverted = false";
    let within = answers("patient_id || analyte", "value", "laboratory_before", window);
    assert_eq!(within.len(), 4, "{within:?}");
}

#[test]
fn laboratory_units_and_first_value_after() {
    assert_eq!(answers("patient_id", "value", "laboratory_after", ""), ["a 4.0"]);
    let raw = "[clinical.laboratory_value]\nconverted = false";
    let before = answers("patient_id || analyte", "value", "laboratory_before", raw);
    assert_eq!(before, ["aCEA 200.0", "bCEA 201.0", "cCEA 5.0", "dbilirubin 17.104"]);
    let reasons = answers("patient_id || analyte || sample_date", "value_reason", "laboratory_value", raw);
    assert!(
        reasons.contains(&"dCEA2020-05-01 not computable: unit furlong of CEA".to_string()),
        "{reasons:?}"
    );
}

#[test]
fn units_are_known_by_either_letter_for_micro() {
    // One chain of haemoglobin, 16 114.5 g/mol; 8 mmol/L are 128.9 g/L.
    let labs = "patient_id,sample_date,analyte,value,unit\na,2020-05-01,haemoglobin,8,mmol/L\n\
        a,2020-05-01,creatinine,90,\u{b5}mol/L\nb,2020-05-01,creatinine,91,\u{3bc}mol/l\nb,2020-05-01,CEA,5,\u{3bc}g/L\n";
    let sql = "select patient_id || ' ' || analyte as key, coalesce(cast(value as text), value_reason) as value from laboratory_value";
    let study = folder(&[("registry/labs.csv", labs.as_bytes()), ("sql/v.sql", sql.as_bytes())]);
    let plan = plan(
        "[population]\nview = \"v\"\nid = \"key\"\n[clinical.laboratory_value]\nconverted = false\n\
         [variables.key]\nkind = \"category\"\n[variables.value]\nkind = \"category\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n",
    );
    let cohort = study.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    let table = count(&cohort, &plan, &["key", "value"]).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(
        rows(&table),
        ["a creatinine 90.0 × 1", "a haemoglobin 128.916 × 1", "b CEA 5.0 × 1", "b creatinine 91.0 × 1"]
    );
}

#[test]
fn end_points_from_visits() {
    let value = "overall_survival_days || ' ' || died || ' ' || disease_free_survival_days || ' ' || recurred_or_died";
    // What is said of b after death changes nothing; c had a recurrence on the day of the operation, which treats it; d died
    // on it.
    assert_eq!(
        by_patient(value, "survival_endpoint"),
        ["a 365 true 214 true", "b 183 true 183 true", "c 183 false 183 false", "d 0 true 0 true"]
    );
}

#[test]
fn wrong_parameters_are_refused_with_their_place() {
    let refusal = |more: &str| {
        let mut files = registry();
        files.push(("sql/v.sql", b"select patient_id from primary_side"));
        folder(&files).refusal(&plan(&format!("[population]\nview = \"v\"\nid = \"patient_id\"\n{more}")))
    };
    let text = refusal("[clinical.recist_exams]\npd_mm = 5\n");
    assert!(
        text.contains("study.toml:6:") && text.contains("no clinical view is called `recist_exams`"),
        "{text}"
    );
    let text = refusal("[clinical.recist_exam]\npdmm = 5\n");
    assert!(text.contains("study.toml:7:") && text.contains("no parameter `pdmm`"), "{text}");
    assert!(refusal("[clinical.recist_exam]\npd_mm = 'x'\n").contains("`pd_mm` is a number"));
    assert!(refusal("[clinical.recist_exam]\npd_mm = -5\n").contains("cannot be negative"));
    assert!(refusal("[clinical.primary_side]\ntransverse = \"a\\nb\"\n").contains("line break"));
    let quote = "[clinical.primary_side]\ntransverse = \"x' or '1\"\n";
    assert_eq!(answers("patient_id", "primary_side", "primary_side", quote)[1], "b x' or '1");
}
