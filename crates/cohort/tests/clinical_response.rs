//! The clinical views of response on imaging, against answers worked by hand and published ones.

mod folder;

use folder::{Folder, count, folder, plan, rows};

const PATIENTS: &str = "patient_id\n1\n2\n3\n4\n5\n6\n7\n8\n9\n";

fn cohort_rows(study: &Folder, text: &str, names: &[&str]) -> Vec<String> {
    let plan = plan(text);
    let cohort = study.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    rows(&count(&cohort, &plan, names).unwrap_or_else(|problem| panic!("{problem}")))
}

/// Exams as `PATIENT:DAY`, and what `recist_exam` says of each.
fn responses(lesions: &str, measurements: &str, more: &str, course: Option<&str>) -> Vec<String> {
    let lesions = format!("patient_id,lesion_id,organ,role,first_seen\n{lesions}");
    let measurements = format!("patient_id,lesion_id,exam_date,diameter_mm,state\n{measurements}");
    let mut files: Vec<(&str, &[u8])> = vec![
        ("registry/lesions.csv", lesions.as_bytes()),
        ("registry/measurements.csv", measurements.as_bytes()),
        (
            "sql/v.sql",
            b"select patient_id || ':' || substr(cast(exam_date as text), 6) as exam, \
              coalesce(response, 'baseline') as response from recist_exam",
        ),
    ];
    files.extend(course.map(|sql| ("sql/recist_course.sql", sql.as_bytes())));
    let text = format!(
        "[population]\nview = \"v\"\nid = \"exam\"\n{more}\n[variables.exam]\n[variables.response]\n\
         [[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n"
    );
    let rows = cohort_rows(&folder(&files), &text, &["exam", "response"]);
    rows.into_iter().map(|row| row.trim_end_matches(" × 1").to_string()).collect()
}

#[test]
fn twenty_percent_five_millimetres_and_the_nadir_decide() {
    // 1: 100, 70 (PR at exactly −30 %), 80 (not 20 % above 70: neither, hence SD), 84 (exactly +20 % of 70: PD).
    // 2: 20, 10 (PR), 14 (+40 % but 4 mm only), 15 (5 mm: PD). 3: sizes with decimals at the borders.
    let lesions =
        "p1,T1,liver,target,2020-01-01\np2,T1,liver,target,2020-01-01\np3,T1,liver,target,2020-01-01\n";
    let sizes: [(&str, &[f64]); 3] = [
        ("p1", &[100.0, 70.0, 80.0, 84.0]),
        ("p2", &[20.0, 10.0, 14.0, 15.0]),
        ("p3", &[33.3, 23.31, 28.31]),
    ];
    let mut measurements = String::new();
    for (patient, sizes) in sizes {
        for (month, size) in sizes.iter().enumerate() {
            measurements.push_str(&format!("{patient},T1,2020-{:02}-01,{size},present\n", month + 1));
        }
    }
    assert_eq!(
        responses(lesions, &measurements, "", None),
        [
            "p1:01-01 baseline",
            "p1:02-01 PR",
            "p1:03-01 SD",
            "p1:04-01 PD",
            "p2:01-01 baseline",
            "p2:02-01 PR",
            "p2:03-01 PR",
            "p2:04-01 PD",
            "p3:01-01 baseline",
            "p3:02-01 PR",
            "p3:03-01 PD",
        ]
    );
    let kept = responses(lesions, &measurements, "[clinical.recist_exam]\nkeep_partial = true", None);
    assert_eq!(kept[2], "p1:03-01 PR");
    let stricter = responses(lesions, &measurements, "[clinical.recist_exam]\npd_mm = 6", None);
    assert_eq!(stricter[7], "p2:04-01 SD");
}

#[test]
fn nodes_small_lesions_and_unmeasured_ones() {
    // 1: a node below 10 mm and a lesion gone are complete, although the sum is 9 mm; the node alone at 10 mm is not.
    // 2: too small to measure counts 5 mm: 20 → 5 is partial, then not measured, then back to 12 mm (7 mm above).
    // 3: of two targets one is not measured; what is measured proves progression in March.
    // 4: gone and back with 3 mm, less than any progression. 5: the exam in February lacks a target altogether.
    let lesions = "p1,N,node,target,2020-01-01\np1,T,liver,target,2020-01-01\np2,T,liver,target,2020-01-01\n\
                   p3,A,liver,target,2020-01-01\np3,B,liver,target,2020-01-01\np4,T,lung,target,2020-01-01\n\
                   p5,A,liver,target,2020-01-01\np5,B,liver,target,2020-01-01\n";
    let measurements = "p1,N,2020-01-01,20,present\np1,T,2020-01-01,20,present\n\
        p1,N,2020-02-01,10,present\np1,T,2020-02-01,0,absent\n\
        p1,N,2020-03-01,9,present\np1,T,2020-03-01,,absent\n\
        p2,T,2020-01-01,20,present\np2,T,2020-02-01,,too_small\np2,T,2020-03-01,,present\np2,T,2020-04-01,12,present\n\
        p3,A,2020-01-01,20,present\np3,B,2020-01-01,20,present\n\
        p3,A,2020-02-01,30,present\np3,B,2020-02-01,,not_evaluable\n\
        p3,A,2020-03-01,48,present\np3,B,2020-03-01,,not_evaluable\n\
        p4,T,2020-01-01,20,present\np4,T,2020-02-01,,absent\np4,T,2020-03-01,3,present\n\
        p5,A,2020-01-01,20,present\np5,B,2020-01-01,20,present\np5,A,2020-02-01,5,present\n";
    assert_eq!(
        responses(lesions, measurements, "", None),
        [
            "p1:01-01 baseline",
            "p1:02-01 PR",
            "p1:03-01 CR",
            "p2:01-01 baseline",
            "p2:02-01 PR",
            "p2:03-01 NE",
            "p2:04-01 PD",
            "p3:01-01 baseline",
            "p3:02-01 NE",
            "p3:03-01 PD",
            "p4:01-01 baseline",
            "p4:02-01 CR",
            "p4:03-01 PR",
            "p5:01-01 baseline",
            "p5:02-01 NE",
        ]
    );
}

#[test]
fn non_target_and_new_lesions() {
    // 1: target gone, other lesion persists: PR; gone too: CR. 2: the other not judged: PR. 3: the other progresses.
    // 4: no target: NON-CR/NON-PD, then CR. 5: an equivocal new lesion in February, confirmed in March, is PD from
    // February on. 6: an equivocal lesion that is gone again is none. 7: an exam of a new lesion alone.
    let lesions = "p1,T,liver,target,2020-01-01\np1,O,liver,non_target,2020-01-01\n\
        p2,T,liver,target,2020-01-01\np2,O,liver,non_target,2020-01-01\n\
        p3,T,liver,target,2020-01-01\np3,O,liver,non_target,2020-01-01\np4,O,liver,non_target,2020-01-01\n\
        p5,T,liver,target,2020-01-01\np5,R,liver,new,2020-02-01\np6,T,liver,target,2020-01-01\n\
        p6,R,liver,new,2020-02-01\np7,T,liver,target,2020-01-01\np7,R,lung,new,2020-02-01\n";
    let measurements = "p1,T,2020-01-01,20,present\np1,O,2020-01-01,,present\np1,T,2020-02-01,0,absent\n\
        p1,O,2020-02-01,,present\np1,T,2020-03-01,0,absent\np1,O,2020-03-01,,absent\n\
        p2,T,2020-01-01,20,present\np2,O,2020-01-01,,present\np2,T,2020-02-01,0,absent\n\
        p3,T,2020-01-01,20,present\np3,O,2020-01-01,,present\np3,T,2020-02-01,10,present\np3,O,2020-02-01,,progressed\n\
        p4,O,2020-01-01,,present\np4,O,2020-02-01,,present\np4,O,2020-03-01,,absent\n\
        p5,T,2020-01-01,20,present\np5,T,2020-02-01,20,present\np5,R,2020-02-01,,equivocal\n\
        p5,T,2020-03-01,20,present\np5,R,2020-03-01,8,present\n\
        p6,T,2020-01-01,20,present\np6,T,2020-02-01,20,present\np6,R,2020-02-01,,equivocal\n\
        p6,T,2020-03-01,20,present\np6,R,2020-03-01,,absent\n\
        p7,T,2020-01-01,20,present\np7,R,2020-02-01,9,present\n";
    assert_eq!(
        responses(lesions, measurements, "", None),
        [
            "p1:01-01 baseline",
            "p1:02-01 PR",
            "p1:03-01 CR",
            "p2:01-01 baseline",
            "p2:02-01 PR",
            "p3:01-01 baseline",
            "p3:02-01 PD",
            "p4:01-01 baseline",
            "p4:02-01 NON-CR/NON-PD",
            "p4:03-01 CR",
            "p5:01-01 baseline",
            "p5:02-01 PD",
            "p5:03-01 PD",
            "p6:01-01 baseline",
            "p6:02-01 SD",
            "p6:03-01 SD",
            "p7:01-01 baseline",
            "p7:02-01 PD",
        ]
    );
}

#[test]
fn a_return_below_five_millimetres_and_a_lesion_new_under_an_earlier_course() {
    let measurements = "p1,T,2020-01-01,20,present\np1,T,2020-02-01,,absent\np1,T,2020-03-01,4.95,present\n";
    let lesions = "p1,T,liver,target,2020-01-01\n";
    let last = |measurements: &str, lesions: &str, parameter: &str| {
        let parameters = format!("[clinical.recist_exam]\n{parameter}");
        responses(lesions, measurements, &parameters, None).pop().unwrap()
    };
    assert_eq!(last(measurements, lesions, ""), "p1:03-01 PR");
    assert_eq!(last(measurements, lesions, "return_mm = 0"), "p1:03-01 PD");
    assert_eq!(last(measurements, lesions, "return_mm = 0\nreturn_is_progression = false"), "p1:03-01 PR");
    assert_eq!(last(&measurements.replace("4.95", "5"), lesions, ""), "p1:03-01 PD");
    // A node that shrinks meanwhile hides the return in the sum, not in the rule; unless another lesion was still there.
    let node = "p1,N,node,target,2020-01-01\n";
    let shrinking = "p1,T,2020-01-01,20,present\np1,N,2020-01-01,16,present\np1,T,2020-02-01,,absent\n\
        p1,N,2020-02-01,9,present\np1,T,2020-03-01,6,present\np1,N,2020-03-01,2,present\n";
    assert_eq!(last(shrinking, &format!("{lesions}{node}"), ""), "p1:03-01 PD");
    assert_eq!(last(shrinking, &format!("{lesions}{node}"), "return_is_progression = false"), "p1:03-01 PR");
    let persisting =
        format!("{shrinking}p1,O,2020-01-01,,present\np1,O,2020-02-01,,present\np1,O,2020-03-01,,present\n");
    let other = format!("{lesions}{node}p1,O,lung,non_target,2020-01-01\n");
    assert_eq!(last(&persisting, &other, ""), "p1:03-01 PR");
    assert_eq!(last(&persisting.replace("02-01,,present", "02-01,,absent"), &other, ""), "p1:03-01 PD");
    // The lesion that was new in February belongs to the baseline of the course that begins then.
    let lesions = "p1,T,liver,target,2020-01-01\np1,R,liver,new,2020-02-01\n";
    let measurements = "p1,T,2020-01-01,20,present\np1,T,2020-02-01,20,present\np1,R,2020-02-01,9,present\n\
        p1,T,2020-03-01,10,present\np1,R,2020-03-01,5,present\n";
    assert_eq!(responses(lesions, measurements, "", None)[1], "p1:02-01 PD");
    let course = "select 'p1' as patient_id, 2 as course, date '2020-02-10' as treatment_start, \
                  cast(null as date) as course_end";
    assert_eq!(responses(lesions, measurements, "", Some(course)), ["p1:02-01 baseline", "p1:03-01 PR"]);
}

#[test]
fn a_course_has_its_own_baseline_and_end() {
    let lesions = "p1,T1,liver,target,2020-01-01\n";
    let measurements = "p1,T1,2020-01-01,60,present\np1,T1,2020-02-01,40,present\np1,T1,2020-03-01,36,present\n\
                        p1,T1,2020-04-01,10,present\n";
    let course = "select 'p1' as patient_id, 2 as course, date '2020-02-10' as treatment_start, \
                  date '2020-04-01' as course_end";
    assert_eq!(responses(lesions, measurements, "", Some(course)), ["p1:02-01 baseline", "p1:03-01 SD"]);
}

/// Start of treatment, and responses of each subject; the cases of admiralonco's tests, as facts.
const STARTS: [&str; 9] = [
    "2020-01-01",
    "2019-12-12",
    "2019-11-11",
    "2019-12-30",
    "2020-01-01",
    "2020-02-02",
    "2020-02-02",
    "2020-04-01",
    "2020-02-01",
];
const RESPONSES: &str = "1 2020-01-01 PR,1 2020-02-01 CR,1 2020-02-16 NE,1 2020-03-01 CR,1 2020-04-01 SD,\
    2 2020-01-01 SD,2 2020-02-01 PR,2 2020-03-01 SD,2 2020-03-13 CR,\
    3 2019-11-12 CR,3 2019-12-02 CR,3 2020-01-01 SD,\
    4 2020-01-01 PR,4 2020-03-01 SD,4 2020-04-01 SD,4 2020-05-01 PR,4 2020-05-15 NON-CR/NON-PD,\
    5 2020-01-01 PR,5 2020-01-10 SD,5 2020-01-20 PR,5 2020-05-15 NON-CR/NON-PD,\
    6 2020-02-06 PR,6 2020-02-16 CR,6 2020-03-30 PR,9 2020-02-16 PD,9 2020-03-06 SD,";

fn best(last: &str, parameters: &str, column: &str) -> Vec<String> {
    let mut exams = String::from("patient_id,reader,course,reference_date,exam_date,response\n");
    for row in format!("{RESPONSES}{last}").split(',') {
        let parts: Vec<&str> = row.split(' ').collect();
        let start = STARTS[parts[0].parse::<usize>().unwrap() - 1];
        exams.push_str(&format!("{},all,1,{start},{},{}\n", parts[0], parts[1], parts[2]));
    }
    let value = match column {
        "reason" => "best_reason".to_string(),
        _ => format!("{column}_response || ' ' || coalesce(cast({column}_response_date as text), '')"),
    };
    let view = format!("select patient_id, {value} as best from recist_best");
    let study = folder(&[
        ("registry/recist_exam.csv", exams.as_bytes()),
        ("registry/patients.csv", PATIENTS.as_bytes()),
        ("sql/v.sql", view.as_bytes()),
        (
            "sql/recist_course.sql",
            b"select patient_id, 1 as course, cast(null as date) as treatment_start from patients",
        ),
    ]);
    let text = format!(
        "[population]\nview = \"v\"\nid = \"patient_id\"\n[clinical.recist_best]\n{parameters}\n\
         [variables.patient_id]\nkind = \"category\"\n[variables.best]\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n"
    );
    let rows = cohort_rows(&study, &text, &["patient_id", "best"]);
    rows.iter().map(|row| row.trim_end_matches(" × 1").trim().to_string()).collect()
}

#[test]
fn best_response_as_published_cases_have_it() {
    let seven = "7 2020-02-06 PR,7 2020-02-16 CR,7 2020-04-01 NE";
    assert_eq!(
        best(seven, "sd_min_days = 28", "confirmed"),
        [
            "1 CR 2020-02-01",
            "2 SD 2020-02-01",
            "3 SD 2020-01-01",
            "4 SD 2020-03-01",
            "5 NON-CR/NON-PD 2020-05-15",
            "6 SD 2020-03-30",
            "7 NE 2020-02-06",
            "8 MISSING",
            "9 PD 2020-02-16",
        ]
    );
    let parameters = "sd_min_days = 28\nconfirm_days = 14\nmax_not_evaluable = 0\naccept_stable = true\n\
                      missing_as_not_evaluable = true";
    assert_eq!(
        best("7 2020-04-02 ND", parameters, "confirmed"),
        [
            "1 PR 2020-01-01",
            "2 PR 2020-02-01",
            "3 CR 2019-11-12",
            "4 SD 2020-03-01",
            "5 PR 2020-01-01",
            "6 SD 2020-03-30",
            "7 ND 2020-04-02",
            "8 NE",
            "9 PD 2020-02-16",
        ]
    );
    assert_eq!(
        best(seven, "sd_min_days = 28", "best"),
        [
            "1 CR 2020-02-01",
            "2 CR 2020-03-13",
            "3 CR 2019-11-12",
            "4 PR 2020-01-01",
            "5 PR 2020-01-01",
            "6 CR 2020-02-16",
            "7 CR 2020-02-16",
            "8 MISSING",
            "9 PD 2020-02-16",
        ]
    );
    // Stable disease before the least duration is no stable disease.
    let early = best("7 2020-02-03 SD", "sd_min_days = 28", "best");
    assert_eq!(early[6], "7 NE 2020-02-03");
}

#[test]
fn the_best_response_says_how_it_came_about() {
    let seven = "7 2020-02-06 PR,7 2020-02-16 CR,7 2020-04-01 NE";
    let told = best(seven, "sd_min_days = 28", "reason");
    for (row, reason) in [
        (0, "1 best of 5 exams up to 2020-04-01; CR confirmed on 2020-03-01"),
        (
            1,
            "2 best of 4 exams up to 2020-03-13; 1 stable before day 28, which counts as NE; CR not confirmed 28 days later",
        ),
        (
            4,
            "5 best of 4 exams up to 2020-05-15; 1 stable before day 28, which counts as NE; PR not confirmed 28 days later",
        ),
        (7, "8 no exam after the baseline"),
        (8, "9 best of 1 exam up to the progression of 2020-02-16"),
    ] {
        assert_eq!(told[row], reason, "{told:#?}");
    }
}

#[test]
fn sdtm_readings_have_short_axes_readers_and_days() {
    let tu = "USUBJID,TULNKID,TUTESTCD,TUSTRESC,TULOC,TUEVAL,TUEVALID,VISITNUM\n\
              S1,T01,TUMIDENT,TARGET,LIVER,INVESTIGATOR,,1\nS1,T02,TUMIDENT,TARGET,LYMPH NODE,INVESTIGATOR,,1\n\
              S1,T01,TUMIDENT,TARGET,LIVER,INDEPENDENT ASSESSOR,READER 1,1\nS1,N01,TUMIDENT,NEW,LUNG,INVESTIGATOR,,3\n";
    let mut tr = String::from("USUBJID,TRLNKID,TRTESTCD,TRSTRESC,TRSTRESN,TREVAL,TREVALID,VISITNUM,TRDTC\n");
    let investigator = [
        ("T01", "LDIAM", "30", 1, "2020-01-10"),
        ("T02", "LDIAM", "25", 1, "2020-01-10"),
        ("T02", "LPERP", "16", 1, "2020-01-10"),
        ("T01", "LDIAM", "10", 2, "2020-01"),
        ("T02", "LDIAM", "20", 2, "2020-01"),
        ("T02", "LPERP", "9", 2, "2020-01"),
        ("T01", "LDIAM", "10", 3, "2020-03-10"),
        ("T02", "LPERP", "9", 3, "2020-03-10"),
    ];
    for (lesion, test, value, visit, day) in investigator {
        tr.push_str(&format!("S1,{lesion},{test},{value},{value},INVESTIGATOR,,{visit},{day}\n"));
    }
    tr.push_str("S1,N01,TUMSTATE,PRESENT,,INVESTIGATOR,,3,2020-03-10\n");
    tr.push_str("S1,T01,LDIAM,30,30,INDEPENDENT ASSESSOR,READER 1,1,2020-01-12\n");
    tr.push_str("S1,T01,LDIAM,28,28,INDEPENDENT ASSESSOR,READER 1,2,2020-02-12\n");
    let study = folder(&[
        ("registry/tu.csv", tu.as_bytes()),
        ("registry/tr.csv", tr.as_bytes()),
        (
            "registry/registry.toml",
            b"[tables.tr.columns.TRDTC]\ntype = \"text\"\n[tables.tr.columns.TRSTRESN]\ntype = \"number\"\n\
              [tables.tr.columns.TRSTRESC]\ntype = \"text\"\n",
        ),
        ("sql/recist_reading.sql", b"select * from sdtm_recist_reading"),
        (
            "sql/recist_course.sql",
            b"select distinct patient_id, 1 as course, cast(null as date) as treatment_start, \
              cast(null as date) as course_end from recist_reading",
        ),
        (
            "sql/v.sql",
            b"select reader || ' ' || exam_date as exam, \
              coalesce(response, 'baseline') || ' ' || coalesce(cast(target_sum_mm as text), '') as response \
              from recist_exam",
        ),
    ]);
    let text = "[population]\nview = \"v\"\nid = \"exam\"\n[variables.exam]\n[variables.response]\n\
                [[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n";
    assert_eq!(
        cohort_rows(&study, text, &["exam", "response"]),
        [
            "INVESTIGATOR 2020-01-10 baseline 46.0 × 1",
            "INVESTIGATOR 2020-01-11 PR 19.0 × 1",
            "INVESTIGATOR 2020-03-10 PD 19.0 × 1",
            "READER 1 2020-01-12 baseline 30.0 × 1",
            "READER 1 2020-02-12 SD 28.0 × 1",
        ]
    );
}
