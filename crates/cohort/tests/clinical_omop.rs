//! OMOP CDM tables as the registry model, on rows made by hand.

mod folder;

use folder::{count, folder, plan, rows};

const PERSON: &str = "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime\n\
    1,8507,1950,3,9,\n2,8532,1960,,,\n3,0,1970,12,31,\n4,8507,1980,1,1,\n";
// 4 has neither of the two conditions; 2 has no metastasis; codes without a point are ICD-10 too.
const CONDITION: &str = "condition_occurrence_id,person_id,condition_concept_id,condition_start_date,\
    condition_source_value\n1,1,11,2019-05-02,ICD10: C18.7\n2,1,11,2019-01-31,C18.7\n3,1,21,2019-03-01,C78.7\n\
    4,1,21,2019-02-01,C78.7\n5,2,12,2018-01-01,C187\n6,3,11,2017-01-01,colon\n7,3,21,2017-01-01,\n\
    8,4,0,2020-01-01,C18.0\n9,1,31,2021-01-01,C78.7\n10,3,31,2019-06-01,\n";
const PROCEDURE: &str = "procedure_occurrence_id,person_id,procedure_concept_id,procedure_date,procedure_source_value\n\
    1,1,41,2019-06-01,5-501\n2,1,42,2019-06-01,5-502\n3,3,41,2017-06-01,5-501\n4,1,77,2019-01-01,x\n";
const MEASUREMENT: &str = "measurement_id,person_id,measurement_concept_id,measurement_date,operator_concept_id,\
    value_as_number,unit_concept_id,unit_source_value\n1,1,51,2019-05-01,,12.5,8842,ng/ml\n2,1,51,2019-05-20,,0.5,,ug/mL\n\
    3,1,3024128,2019-05-20,,1,8840,\n4,3,51,2017-05-01,4171756,5,8748,\n5,1,77,2019-05-01,,9,,\n6,3,51,2017-05-02,,,8842,\n";
const DRUG: &str = "drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date\n\
    1,1,801,2019-03-10,2019-03-10\n2,1,802,2019-03-10,2019-03-12\n3,1,801,2019-03-24,2019-03-24\n4,1,803,2019-03-24,2019-03-24\n\
    5,3,955632,2017-02-01,2017-02-01\n";
const ANCESTOR: &str = "ancestor_concept_id,descendant_concept_id,min_levels_of_separation,max_levels_of_separation\n\
    1318011,801,1,1\n955632,802,2,2\n955632,955632,0,0\n1,803,1,1\n";
const PERIOD: &str = "observation_period_id,person_id,observation_period_start_date,observation_period_end_date\n\
    1,1,2018-01-01,2022-01-01\n2,2,2018-01-01,2020-05-05\n3,3,2015-01-01,2020-01-01\n";
const DEATH: &str = "person_id,death_date\n3,2019-12-01\n";

const CONCEPTS: &str = "[clinical.omop_patients]\nprimary_concepts = \"11, 12\"\nmetastasis_concepts = \"21\"\n\
    [clinical.omop_operations]\noperation_concepts = \"41,42\"\n[clinical.omop_labs]\ncea_concepts = \"51\"\n\
    [clinical.omop_follow_up]\nrecurrence_concepts = \"31\"\n[clinical.laboratory_value]\nconverted = false\n";

fn study(sql: &str) -> folder::Folder {
    folder(&[
        ("registry/person.csv", PERSON.as_bytes()),
        ("registry/condition_occurrence.csv", CONDITION.as_bytes()),
        ("registry/procedure_occurrence.csv", PROCEDURE.as_bytes()),
        ("registry/measurement.csv", MEASUREMENT.as_bytes()),
        ("registry/drug_exposure.csv", DRUG.as_bytes()),
        ("registry/concept_ancestor.csv", ANCESTOR.as_bytes()),
        ("registry/observation_period.csv", PERIOD.as_bytes()),
        ("registry/death.csv", DEATH.as_bytes()),
        ("sql/patients.sql", b"select * from omop_patients"),
        ("sql/operations.sql", b"select * from omop_operations"),
        ("sql/labs.sql", b"select * from omop_labs"),
        ("sql/treatments.sql", b"select * from omop_treatments"),
        ("sql/follow_up.sql", b"select * from omop_follow_up"),
        ("sql/v.sql", sql.as_bytes()),
    ])
}

/// Key and value of each row of a SELECT.
fn answers(key: &str, value: &str, from: &str, more: &str) -> Vec<String> {
    let sql = format!("select {key} as key, coalesce(cast({value} as text), '-') as value from {from}");
    let plan = plan(&format!(
        "[population]\nview = \"v\"\nid = \"key\"\n{more}\n[variables.key]\nkind = \"category\"\n\
         [variables.value]\nkind = \"category\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n"
    ));
    let cohort = study(&sql).open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    let table = count(&cohort, &plan, &["key", "value"]).unwrap_or_else(|problem| panic!("{problem}"));
    rows(&table).iter().map(|row| row.trim_end_matches(" × 1").to_string()).collect()
}

#[test]
fn patients_with_first_days_and_sites() {
    let by = |value: &str| answers("patient_id", value, "patients", CONCEPTS);
    assert_eq!(by("primary_diagnosis_date"), ["1 2019-01-31", "2 2018-01-01", "3 2017-01-01"]);
    assert_eq!(by("liver_metastasis_date"), ["1 2019-02-01", "2 -", "3 2017-01-01"]);
    assert_eq!(by("sex"), ["1 male", "2 female", "3 -"]);
    assert_eq!(by("birth_date"), ["1 1950-03-09", "2 -", "3 1970-12-31"]);
    assert_eq!(by("primary_site"), ["1 C18.7", "2 C18.7", "3 -"]);
    let side = answers("patient_id", "primary_side", "primary_side", CONCEPTS);
    assert_eq!(side, ["1 left", "2 left", "3 -"]);
    let half = CONCEPTS.replace("[clinical.omop_patients]", "[clinical.omop_patients]\nmid_year = true");
    assert_eq!(answers("patient_id", "birth_date", "patients", &half)[1], "2 1960-07-01");
}

#[test]
fn operations_treatments_and_laboratory() {
    let operations = answers("patient_id", "operation_date || ' ' || procedure", "operations", CONCEPTS);
    assert_eq!(operations, ["1 2019-06-01 5-501 + 5-502", "3 2017-06-01 5-501"]);
    let cycles = answers("patient_id || '/' || cycle", "start_date || ' ' || drugs", "treatments", CONCEPTS);
    assert_eq!(
        cycles,
        [
            "1/1 2019-03-10 fluorouracil;oxaliplatin",
            "1/2 2019-03-24 oxaliplatin",
            "3/1 2017-02-01 fluorouracil"
        ]
    );
    // 0.5 µg/mL are 500 ng/mL; 1 mg/dL of bilirubin is 17.104 µmol/L; below 5 stands as 5.
    let before = answers("patient_id || ' ' || analyte", "value", "laboratory_before", CONCEPTS);
    assert_eq!(before, ["1 CEA 500.0", "1 bilirubin 17.104", "3 CEA 5.0"]);
}

#[test]
fn contacts_end_with_death() {
    let visits =
        answers("patient_id || ' ' || visit_date", "status || ' ' || recurrence", "follow_up", CONCEPTS);
    assert_eq!(
        visits,
        [
            "1 2021-01-01 alive yes",
            "1 2022-01-01 alive yes",
            "2 2020-05-05 alive no",
            "3 2019-06-01 alive yes",
            "3 2019-12-01 dead yes",
        ]
    );
    let value = "overall_survival_days || ' ' || died || ' ' || disease_free_survival_days";
    assert_eq!(
        answers("patient_id", value, "survival_endpoint", CONCEPTS),
        ["1 945 false 580", "3 913 true 730"]
    );
}

/// Id 0 is what the vocabularies have no concept for, such as the condition of patient 4: it is no concept to look for.
#[test]
fn a_list_of_none_finds_nothing() {
    for none in ["", "0", " 0,"] {
        let concepts =
            CONCEPTS.replace("\"21\"", &format!("\"{none}\"")).replace("\"31\"", &format!("\"{none}\""));
        let by = |value: &str| answers("patient_id", value, "patients", &concepts);
        assert_eq!(by("liver_metastasis_date"), ["1 -", "2 -", "3 -"]);
        let recurrences = answers("patient_id || ' ' || visit_date", "recurrence", "follow_up", &concepts);
        assert!(
            recurrences.len() == 3 && recurrences.iter().all(|row| row.ends_with("no")),
            "{recurrences:?}"
        );
    }
    let wrong = CONCEPTS.replace("\"21\"", "\"C78.7\"");
    let plan = plan(&format!("[population]\nview = \"v\"\nid = \"patient_id\"\n{wrong}"));
    let text = study("select patient_id from patients").refusal(&plan);
    assert!(text.contains("`C78.7` is no concept id"), "{text}");
}

#[test]
fn a_parameter_without_a_default_is_asked_for() {
    let plan = plan("[population]\nview = \"v\"\nid = \"patient_id\"\n");
    let text = study("select patient_id from operations").refusal(&plan);
    assert!(text.contains("`omop_operations` needs the parameter `operation_concepts`"), "{text}");
    assert!(text.contains("[clinical.omop_operations]") && text.contains("liver resections"), "{text}");
    // What does not use the view is not asked; `farr check` asks for all that its own views use.
    let plan = folder::plan("[population]\nview = \"v\"\nid = \"patient_id\"\n");
    assert!(study("select distinct patient_id from treatments").open(&plan).is_ok());
    let problems = study("select distinct patient_id from treatments").check(&plan).problems;
    assert_eq!(problems.len(), 5, "{problems:?}");
    let plan = folder::plan(
        "[population]\nview = \"v\"\nid = \"patient_id\"\n[clinical.omop_labs]\ncea_concepts = 51\n",
    );
    let text = study("select distinct patient_id from treatments").refusal(&plan);
    assert!(text.contains("study.toml:7:") && text.contains("`cea_concepts` is a text"), "{text}");
}
