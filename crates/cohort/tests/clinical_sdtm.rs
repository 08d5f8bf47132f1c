//! SDTM domains as the registry model, on rows made by hand.

mod folder;

use folder::{Folder, count, folder, plan, rows};

const DM: &str = "USUBJID,SEX,BRTHDTC,ARM,RFPENDTC,DTHDTC\nS1,M,1950-03-09,A,2021-05-05,\nS2,F,1960,B,2020-02-02,2020-01-15\n\
    S3,U,,A,2020-03,\n";
const EX: &str = "USUBJID,EXTRT,EXROUTE,EXSTDTC\nS1,OXALIPLATIN,INTRAVENOUS,2019-03-10\nS1,Fluorouracil,INTRAVENOUS,2019-03-10\n\
    S1,OXALIPLATIN,INTRAVENOUS,2019-03-24T10:00\nS1,OXALIPLATIN,INTRAVENOUS,2019-04\n";
const LB: &str = "USUBJID,LBTESTCD,LBSTRESN,LBSTRESU,LBDTC\nS1,CEA,12.5,ug/L,2019-05-01\nS1,BILI,1,mg/dL,2019-05-01T08:00\n\
    S1,CEA,99,ug/L,2019-05\nS1,ALT,20,U/L,2019-05-01\n";
const PR: &str = "USUBJID,PRTRT,PRSTDTC\nS1,Right Hepatectomy,2019-06-01\nS1,COLONOSCOPY,2019-05-01\nS2,wedge resection ,2019-07-01\n\
    S2,Wedge resection,2019\n";
const DS: &str = "USUBJID,DSDECOD,DSSTDTC\nS1,INFORMED CONSENT OBTAINED,2019-01-01\nS1,DISEASE RELAPSE,2020-06-01\n\
    S2,DEATH,2020-01-15\nS2,COMPLETED,2020-01-20\n";
const NAMES: &str = "[clinical.sdtm_operations]\noperations = \"right hepatectomy; wedge resection\"\n\
    [clinical.sdtm_follow_up]\nrecurrence_terms = \"disease relapse\"\n[clinical.laboratory_value]\nconverted = false\n";
const TEXTS: &[u8] =
    b"[tables.dm.columns.BRTHDTC]\ntype = \"text\"\n[tables.dm.columns.RFPENDTC]\ntype = \"text\"\n\
    [tables.ex.columns.EXSTDTC]\ntype = \"text\"\n[tables.lb.columns.LBDTC]\ntype = \"text\"\n\
    [tables.pr.columns.PRSTDTC]\ntype = \"text\"\n";

fn read(study: &Folder, key: &str, more: &str) -> Vec<String> {
    let plan = plan(&format!(
        "[population]\nview = \"v\"\nid = \"{key}\"\n{more}\n[variables.{key}]\nkind = \"category\"\n\
         [variables.value]\nkind = \"category\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n"
    ));
    let cohort = study.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    let table = count(&cohort, &plan, &[key, "value"]).unwrap_or_else(|problem| panic!("{problem}"));
    rows(&table).iter().map(|row| row.trim_end_matches(" × 1").to_string()).collect()
}

fn answers(key: &str, value: &str, from: &str) -> Vec<String> {
    let sql = format!("select {key} as key, coalesce(cast({value} as text), '-') as value from {from}");
    let study = folder(&[
        ("registry/dm.csv", DM.as_bytes()),
        ("registry/ex.csv", EX.as_bytes()),
        ("registry/lb.csv", LB.as_bytes()),
        ("registry/pr.csv", PR.as_bytes()),
        ("registry/ds.csv", DS.as_bytes()),
        ("registry/registry.toml", TEXTS),
        ("sql/patients.sql", b"select * from sdtm_patients"),
        ("sql/operations.sql", b"select * from sdtm_operations"),
        ("sql/labs.sql", b"select * from sdtm_labs"),
        ("sql/treatments.sql", b"select * from sdtm_treatments"),
        ("sql/follow_up.sql", b"select * from sdtm_follow_up"),
        ("sql/v.sql", sql.as_bytes()),
    ]);
    read(&study, "key", NAMES)
}

#[test]
fn subjects_operations_and_treatments() {
    let patients = answers("patient_id", "concat(sex, ' ', birth_date, ' ', arm)", "patients");
    assert_eq!(patients, ["S1 male 1950-03-09 A", "S2 female  B", "S3   A"]);
    let operations = answers("patient_id", "operation_date || ' ' || procedure", "operations");
    assert_eq!(operations, ["S1 2019-06-01 right hepatectomy", "S2 2019-07-01 wedge resection"]);
    let cycles = answers("coalesce(cycle, 0)", "concat(start_date, ' ', drugs, ' ', route)", "treatments");
    assert_eq!(
        cycles,
        [
            "0  oxaliplatin intravenous",
            "1 2019-03-10 fluorouracil;oxaliplatin intravenous",
            "2 2019-03-24 oxaliplatin intravenous",
        ]
    );
}

#[test]
fn laboratory_and_contacts() {
    let before = answers("patient_id || ' ' || analyte", "value", "laboratory_before");
    assert_eq!(before, ["S1 CEA 12.5", "S1 bilirubin 17.104"]);
    let visits = answers("patient_id || ' ' || visit_date", "status || ' ' || recurrence", "follow_up");
    assert_eq!(
        visits,
        [
            "S1 2019-01-01 alive no",
            "S1 2020-06-01 alive yes",
            "S1 2021-05-05 alive yes",
            "S2 2020-01-15 dead no",
        ]
    );
}

#[test]
fn reported_responses_beside_derived_ones() {
    let tu = "USUBJID,TULNKID,TUTESTCD,TUSTRESC,TULOC,TUEVAL,TUEVALID,VISITNUM\nS1,T01,TUMIDENT,TARGET,LIVER,INVESTIGATOR,,1\n";
    let tr = "USUBJID,TRLNKID,TRTESTCD,TRSTRESC,TRSTRESN,TREVAL,TREVALID,VISITNUM,TRDTC\n\
        S1,T01,LDIAM,30,30,INVESTIGATOR,,1,2020-01-10\nS1,T01,LDIAM,20,20,INVESTIGATOR,,2,2020-02-10\n\
        S1,T01,LDIAM,21,21,INVESTIGATOR,,3,2020-03-10\nS1,T01,LDIAM,40,40,INVESTIGATOR,,4,2020-04-10\n";
    // Stable for partial at visit 2, right at 3, nothing reported at 4, and a visit 5 without measurements.
    let rs = "USUBJID,RSTESTCD,RSSTRESC,RSEVAL,RSEVALID,VISITNUM\nS1,OVRLRESP,SD,INVESTIGATOR,,2\n\
        S1,TRGRESP,PR,INVESTIGATOR,,3\nS1,OVRLRESP,PR,INVESTIGATOR,,3\nS1,OVRLRESP,PD,INVESTIGATOR,,5\n";
    let sql = "select 'visit ' || visit as visit, concat(reported_response, '/', derived_response, ' ', \
               coalesce(cast(agrees as text), 'unknown')) as value from sdtm_response_compared";
    let study = folder(&[
        ("registry/tu.csv", tu.as_bytes()),
        ("registry/tr.csv", tr.as_bytes()),
        ("registry/rs.csv", rs.as_bytes()),
        ("registry/registry.toml", b"[tables.tr.columns.TRSTRESC]\ntype = \"text\"\n"),
        ("sql/recist_reading.sql", b"select * from sdtm_recist_reading"),
        (
            "sql/recist_course.sql",
            b"select distinct patient_id, 1 as course, cast(null as date) as treatment_start, \
              cast(null as date) as course_end from recist_reading",
        ),
        ("sql/v.sql", sql.as_bytes()),
    ]);
    assert_eq!(
        read(&study, "visit", ""),
        ["visit 2 SD/PR false", "visit 3 PR/PR true", "visit 4 /PD unknown", "visit 5 PD/ unknown"]
    );
}

/// Every test and state by which a lesion is measured or judged, at one visit after the baseline.
#[test]
fn lesions_are_read_by_any_of_their_tests() {
    let lesions = [
        ("T1", "TARGET", "LIVER", "DIAMETER,12,12"),
        ("T2", "TARGET", "LIVER", "LDIAM,13,13"),
        ("T3", "TARGET", "LYMPH NODE", "LPERP,9,9"),
        ("T4", "TARGET", "LIVER", "DIAMETER,TOO SMALL TO MEASURE,"),
        ("T5", "TARGET", "LIVER", "DIAMETER,,"),
        ("N1", "NON-TARGET", "LUNG", "TUMSTATE,PRESENT,"),
        ("N2", "NON-TARGET", "LUNG", "TUMSTATE,ABSENT,"),
        ("N3", "NON-TARGET", "LUNG", "TUMSTATE,UNEQUIVOCAL,"),
        ("N4", "NON-TARGET", "LUNG", "TUMSTATE,UNEQUIVOCAL PROGRESSION,"),
        ("N5", "NON-TARGET", "LUNG", "TUMSTATE,INEVALUABLE,"),
        ("N6", "NON-TARGET", "LUNG", "TUMSTATE,,"),
        ("N7", "NON-TARGET", "LYMPH NODE", "LNSTATE,PATHOLOGICAL,"),
        ("N8", "NON-TARGET", "LYMPH NODE", "LNSTATE,NON-PATHOLOGICAL,"),
        ("W1", "NEW", "BONE", "TUMSTATE,EQUIVOCAL,"),
    ];
    let mut tu = "USUBJID,TULNKID,TUTESTCD,TUSTRESC,TULOC,TUEVAL,TUEVALID,VISITNUM\n".to_string();
    let mut tr = "USUBJID,TRLNKID,TRTESTCD,TRSTRESC,TRSTRESN,TREVAL,TREVALID,VISITNUM,TRDTC\n".to_string();
    for (name, role, place, result) in lesions {
        tu += &format!("S1,{name},TUMIDENT,{role},{place},INVESTIGATOR,,1\n");
        tr += &format!("S1,{name},{result},INVESTIGATOR,,2,2020-02-10\n");
    }
    // DIAMETER is what was meant to be summed, where all three are there; a node's state says nothing of its size.
    tr += "S1,T1,LDIAM,14,14,INVESTIGATOR,,2,2020-02-10\nS1,T3,LDIAM,20,20,INVESTIGATOR,,2,2020-02-10\n\
        S1,T3,LNSTATE,NON-PATHOLOGICAL,,INVESTIGATOR,,2,2020-02-10\n";
    let sql = "select lesion_id as lesion, concat(state, ' ', cast(diameter_mm as bigint)) as value from sdtm_recist_reading";
    let study = folder(&[
        ("registry/tu.csv", tu.as_bytes()),
        ("registry/tr.csv", tr.as_bytes()),
        ("sql/v.sql", sql.as_bytes()),
    ]);
    assert_eq!(
        read(&study, "lesion", ""),
        [
            "N1 present ",
            "N2 absent ",
            "N3 progressed ",
            "N4 progressed ",
            "N5 not_evaluable ",
            "N6 not_evaluable ",
            "N7 present ",
            "N8 absent ",
            "T1 present 12",
            "T2 present 13",
            "T3 present 9",
            "T4 too_small ",
            "T5 not_evaluable ",
            "W1 equivocal ",
        ]
    );
}

/// What a trial may leave out: no birth date but an age, no readers, no route; `tr` comes through a view of its own.
#[test]
fn columns_that_a_trial_leaves_out_have_no_value() {
    let dm = "USUBJID,SEX,AGE,AGEU,RFPENDTC,DTHDTC\nS1,M,61,YEARS,2021-05-05,\nS2,F,30,MONTHS,,\n";
    let tu = "USUBJID,TULNKID,TUTESTCD,TUSTRESC,TULOC,VISITNUM\nS1,T01,TUMIDENT,TARGET,LIVER,1\n";
    let tr = "SUBJECT,TRLNKID,TRTESTCD,TRSTRESC,TRSTRESN,VISITNUM,TRDTC\nS1,T01,LDIAM,30,30,1,2020-01-10\n\
        S1,T01,LDIAM,20,20,2,2020-02-10\n";
    let rs = "USUBJID,RSTESTCD,RSSTRESC,VISITNUM\nS1,OVRLRESP,PR,2\n";
    let of = |key: &str, value: &str, from: &str| {
        let sql = format!("select {key} as key, coalesce(cast({value} as text), '-') as value from {from}");
        let study = folder(&[
            ("registry/dm.csv", dm.as_bytes()),
            ("registry/ex.csv", b"USUBJID,EXTRT,EXSTDTC\nS1,OXALIPLATIN,2019-03-10\n"),
            ("registry/tu.csv", tu.as_bytes()),
            ("registry/sent.csv", tr.as_bytes()),
            ("registry/rs.csv", rs.as_bytes()),
            ("registry/registry.toml", b"[tables.sent.columns.TRSTRESC]\ntype = \"text\"\n"),
            ("sql/tr.sql", b"select *, SUBJECT as USUBJID from sent"),
            ("sql/recist_reading.sql", b"select * from sdtm_recist_reading"),
            ("sql/v.sql", sql.as_bytes()),
        ]);
        let found = read(&study, "key", "");
        let text = "[population]\nview = \"v\"\nid = \"key\"\n".to_string();
        assert_eq!(study.check(&plan(&text)).problems, [], "a check reads them in the same way");
        found
    };
    let patients = of("patient_id", "concat(sex, ' ', birth_date, ' ', age, ' ', arm)", "sdtm_patients");
    assert_eq!(patients, ["S1 male  61.0 ", "S2 female  2.5 "]);
    assert_eq!(of("patient_id", "concat(drugs, ' ', route)", "sdtm_treatments"), ["S1 oxaliplatin "]);
    let compared =
        of("reader", "concat(exam_date, ' ', derived_response, ' ', agrees)", "sdtm_response_compared");
    assert_eq!(compared, ["INVESTIGATOR 2020-02-10 PR true"]);
}
