//! The course of one patient, and the bars of many.

mod folder;

use cohort::{Followed, SwimmerRequest, Zero, swimmers, timeline};
use folder::{Folder, folder, plan};
use study::calendar::read_iso;
use study::{LastContact, PatientTimeline, Plan, SwimmerTreatment};

const PLAN: &str = "[population]\ntable = \"patients\"\nid = \"patient_id\"\n";

const PATIENTS: &[u8] = b"patient_id,sex,birth_date,primary_site,primary_t,primary_n,primary_diagnosis_date,liver_metastasis_date\n\
    a,male,1950-02-28,sigmoid,T3,N1,2019-11-20,2019-12-01\nb,female,1960-01-01,,,,,\n";

fn whole() -> Folder {
    folder(&[
        ("registry/patients.csv", PATIENTS),
        ("registry/lesions.csv", b"patient_id,lesion_id,organ,role,first_seen\n\
            a,L10,liver,target,2019-12-05\na,L2,liver,target,2019-12-05\na,R1,lung,new,2021-02-01\n"),
        ("registry/measurements.csv", b"patient_id,lesion_id,exam_date,modality,diameter_mm,state\n\
            a,L10,2019-12-05,CT,40,present\na,L2,2019-12-05,CT,22.5,present\n\
            a,L10,2020-02-10,MRI,12,present\na,L2,2020-02-10,MRI,,absent\n\
            a,R1,2021-02-01,CT,9,present\n"),
        ("registry/treatments.csv", b"patient_id,cycle,line,start_date,regimen,drugs,route\n\
            a,1,1,2019-12-15,FOLFOX,oxaliplatin;fluorouracil,systemic\n\
            a,2,1,2019-12-29,FOLFOX,oxaliplatin;fluorouracil,systemic\n\
            a,2,1,2019-12-29,FOLFOX,oxaliplatin,hai\na,3,2,2020-04-01,bevacizumab,bevacizumab,systemic\n"),
        ("registry/operations.csv", b"patient_id,operation_date,procedure,margin\na,2020-02-28,wedge,R0\n"),
        ("registry/pathology.csv", b"patient_id,operation_date,tumor,residual_percent\n\
            a,2020-02-28,L2,0\na,2020-02-28,L10,60\n"),
        ("registry/labs.csv", b"patient_id,sample_date,analyte,value,unit\n\
            a,2019-12-04,CEA,80,ng/mL\na,2020-02-20,CEA,4,ng/mL\na,2020-02-20,CA19-9,30,U/mL\n"),
        ("registry/follow_up.csv", b"patient_id,visit_date,status,recurrence,recurrence_site,cea\n\
            a,2020-02-01,alive,yes,liver,5\na,2020-06-01,alive,no,,2\na,2021-02-01,alive,yes,lung,\n\
            a,2021-08-01,dead,yes,lung,\n"),
        ("registry/registry.toml", b"[tables.patients.columns.primary_site]\ntype = \"category\"\n\
            codes = [{ value = \"sigmoid\", label = \"Sigmoid colon\" }]\n\
            [tables.treatments.columns.drugs]\ntype = \"category\"\nseparator = \";\"\n\
            codes = [{ value = \"oxaliplatin\", label = \"Oxaliplatin\" }, { value = \"fluorouracil\" }, { value = \"bevacizumab\" }]\n"),
    ])
}

fn day(text: &str) -> i32 {
    read_iso(text).unwrap()
}

fn course(folder: &Folder, patient: &str, zero: Zero) -> Result<PatientTimeline, String> {
    timeline(folder.path(), &plan(PLAN), patient, zero, &[], &|_| {})
        .map_err(|problem| folder.shown(&problem))
}

#[test]
fn every_table_of_the_model_has_its_lane() {
    let found = course(&whole(), "a", Zero::Default).unwrap();
    assert_eq!((found.zero.day, found.zero.label.as_str()), (day("2020-02-28"), "the operation"));
    assert_eq!(found.about, ["male", "70 years old on the day of the operation"]);
    let labels: Vec<&str> = found.diagnoses.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(labels, ["Primary tumour: sigmoid colon, T3 N1", "Liver metastases"]);

    let exams: Vec<_> = found.exams.iter().map(|exam| (exam.day, exam.modality.as_str())).collect();
    assert_eq!(exams, [(day("2019-12-05"), "CT"), (day("2020-02-10"), "MRI"), (day("2021-02-01"), "CT")]);

    // Absent counts 0 mm; what is new makes a progression, whatever the targets were.
    let [course] = &found.responses[..] else { panic!("{:?}", found.responses) };
    assert_eq!((&course.course, &course.reader), (&None, &None), "there is but one");
    let responses: Vec<_> = course
        .exams
        .iter()
        .map(|exam| (exam.day, exam.target_sum_mm, exam.response.as_deref(), exam.new_lesion))
        .collect();
    assert_eq!(
        responses,
        [
            (day("2019-12-05"), Some(62.5), None, false),
            (day("2020-02-10"), Some(12.0), Some("PR"), false),
            (day("2021-02-01"), None, Some("PD"), true)
        ]
    );
    assert!(course.exams[1].trace.contains("-80.8 % from baseline"), "{}", course.exams[1].trace);
    // Not confirmed: the second exam is progression.
    assert_eq!((course.best.as_deref(), course.confirmed.as_deref()), (Some("PR"), Some("SD")));
    assert!(found.remarks.is_empty(), "{:?}", found.remarks);
    let lesions: Vec<_> =
        found.lesions.iter().map(|one| (one.name.as_str(), one.about.as_str(), one.sizes.len())).collect();
    assert_eq!(lesions, [("L2", "liver, target", 2), ("L10", "liver, target", 2), ("R1", "lung, new", 1)]);

    // Two routes of one day are one cycle; a drug that names its regimen is not told twice.
    let first = &found.treatments[0];
    assert_eq!((first.line, first.regimen.as_str()), (Some(1), "FOLFOX"));
    assert_eq!(first.drugs, ["Oxaliplatin", "fluorouracil"]);
    assert_eq!(first.cycles, [day("2019-12-15"), day("2019-12-29")]);
    assert!(found.treatments[1].drugs.is_empty());

    let cea = &found.laboratory[0];
    assert_eq!(
        (found.laboratory.len(), cea.analyte.as_str(), cea.unit.as_deref()),
        (1, "CEA", Some("ng/mL"))
    );
    let values: Vec<f64> = cea.values.iter().map(|(_, value)| *value).collect();
    assert_eq!(values, [80.0, 5.0, 4.0, 2.0], "those of visits stand among them");

    let responses: Vec<_> =
        found.pathology.iter().map(|one| (one.tumour.as_str(), one.response.as_deref())).collect();
    assert_eq!(responses, [("L2", Some("complete")), ("L10", Some("minor"))]);
    assert_eq!(found.visits, [day("2020-02-01"), day("2020-06-01"), day("2021-02-01")]);
    let recurrence = found.recurrence.unwrap();
    assert_eq!((recurrence.day, recurrence.label.as_str()), (day("2021-02-01"), "Recurrence: lung"));
    assert_eq!(found.end, Some(LastContact { day: day("2021-08-01"), died: true }));
}

#[test]
fn a_registry_without_a_table_lacks_its_lane() {
    let folder = folder(&[("registry/patients.csv", PATIENTS)]);
    let found = course(&folder, "a", Zero::Default).unwrap();
    assert_eq!(found.zero.label, "the diagnosis of the primary tumour");
    assert!(found.exams.is_empty() && found.operations.is_empty() && found.end.is_none());
    assert_eq!(found.days(), [day("2019-11-20"), day("2019-12-01")]);
}

#[test]
fn a_registry_that_cannot_tell_responses_says_why() {
    let folder = folder(&[
        ("registry/patients.csv", PATIENTS),
        ("registry/measurements.csv", b"patient_id,lesion_id,exam_date,diameter_mm\na,L1,2019-12-05,40\n"),
    ]);
    let found = course(&folder, "a", Zero::Default).unwrap();
    assert_eq!((found.exams.len(), found.lesions.len(), found.responses.len()), (1, 1, 0));
    let remark = found.remarks.join(" ");
    assert!(remark.contains("RECIST 1.1") && remark.contains("lesions"), "{remark}");
}

#[test]
fn readers_and_courses_have_their_own_responses() {
    let folder = folder(&[
        ("registry/patients.csv", PATIENTS),
        (
            "registry/readings.csv",
            b"patient_id,reader,exam_date,mm\n\
            a,A,2020-01-01,40\na,A,2020-03-01,20\na,A,2020-06-01,30\n\
            a,B,2020-01-01,40\na,B,2020-03-01,39\na,B,2020-06-01,52\n\
            b,A,2020-01-01,10\nb,A,2020-03-01,30\n",
        ),
        (
            "sql/recist_reading.sql",
            b"select patient_id, reader, exam_date, 'L1' as lesion_id, 'target' as role, false as nodal,\n\
            mm as diameter_mm, 'present' as state, cast(null as date) as first_seen from readings; -- all",
        ),
        (
            "sql/recist_course.sql",
            b"select distinct patient_id, 1 as course, date '2020-01-02' as treatment_start,\n\
            date '2020-06-02' as course_end from readings\nunion all\n\
            select distinct patient_id, 2, date '2020-03-02', cast(null as date) from readings",
        ),
    ]);
    let found = course(&folder, "a", Zero::Day(day("2020-01-02"))).unwrap();
    assert!(found.remarks.is_empty(), "{:?}", found.remarks);
    let of: Vec<_> = found
        .responses
        .iter()
        .map(|course| {
            let answers = course.exams.iter().map(|exam| exam.response.as_deref().unwrap_or("-"));
            let name = |name: &Option<String>| name.clone().unwrap_or_default();
            (name(&course.course), name(&course.reader), answers.collect::<Vec<_>>().join(" "))
        })
        .collect();
    let row = |course: &str, reader: &str, answers: &str| (course.into(), reader.into(), answers.into());
    assert_eq!(
        of,
        [row("1", "A", "- PR PD"), row("1", "B", "- SD PD"), row("2", "A", "- PD"), row("2", "B", "- PD")]
    );
}

#[test]
fn a_view_stands_for_a_table_of_another_name() {
    let folder = folder(&[
        ("registry/patients.csv", PATIENTS),
        ("registry/surgery.csv", b"nr,on_day\na,2020-02-28\n"),
        ("sql/operations.sql", b"select nr as patient_id, on_day as operation_date from surgery"),
    ]);
    let found = course(&folder, "a", Zero::Default).unwrap();
    assert_eq!(
        (found.operations[0].day, found.operations[0].label.as_str()),
        (day("2020-02-28"), "Operation")
    );
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let whole = whole();
    let text = course(&whole, "c' or '1' = '1", Zero::Default).unwrap_err();
    assert!(text.contains("has a patient `c' or '1' = '1`") && text.contains("`patient_id`"), "{text}");
    let text = course(&whole, "b", Zero::Default).unwrap_err();
    assert!(text.contains("no day is known"), "{text}");
    let bare = folder(&[("registry/patients.csv", PATIENTS)]);
    let text = course(&bare, "a", Zero::Operation).unwrap_err();
    assert!(text.contains("the day of the operation is not known"), "{text}");
    let other = folder(&[("registry/people.csv", b"id,x\n1,2\n")]);
    let text = course(&other, "1", Zero::Default).unwrap_err();
    assert!(text.contains("none of the tables of the registry model"), "{text}");
    let wrong = folder(&[("registry/operations.csv", b"patient_id,operation_date\na,soon\n")]);
    let text = course(&wrong, "a", Zero::Default).unwrap_err();
    assert!(
        text.contains("table operations, column operation_date") && text.contains("a day is needed"),
        "{text}"
    );
    let tests = ["CEAA".to_string()];
    let problem = timeline(whole.path(), &plan(PLAN), "a", Zero::Default, &tests, &|_| {}).unwrap_err();
    assert_eq!(problem.help.as_deref(), Some("did you mean `CEA`?"));
}

fn request(followed: Followed) -> SwimmerRequest {
    SwimmerRequest { followed, condition: None, at_most: None, zero: Zero::Default, named: false }
}

#[test]
fn bars_are_ordered_by_their_length_and_have_no_names() {
    let folder = folder(&[
        ("registry/patients.csv", b"patient_id,sex\na,m\nb,f\nc,f\nd,m\n"),
        ("registry/operations.csv", b"patient_id,operation_date\na,2020-01-31\nb,2020-01-01\nc,2020-01-01\n"),
        (
            "registry/treatments.csv",
            b"patient_id,line,start_date\na,1,2020-01-01\na,1,2020-01-15\na,2,2020-03-01\n",
        ),
        (
            "registry/follow_up.csv",
            b"patient_id,visit_date,status,recurrence\n\
            a,2020-03-31,dead,yes\nb,2021-01-01,alive,no\nb,2020-07-01,alive,yes\n",
        ),
    ]);
    let found = swimmers(folder.path(), &plan(PLAN), &request(Followed::Registry), &|_| {}).unwrap();
    assert!(found.remarks.is_empty() && found.bars.iter().all(|bar| bar.best_response.is_none()));
    assert_eq!(
        (found.zero.as_str(), found.asked, found.without_zero, found.seed),
        ("the operation", 4, 1, None)
    );
    let bars: Vec<_> = found.bars.iter().map(|bar| (bar.from, bar.until, bar.recurrence, bar.died)).collect();
    assert_eq!(bars, [(0, 366, Some(182), false), (-30, 60, Some(60), true), (0, 0, None, false)]);
    assert_eq!(
        found.bars[1].treatments,
        [
            SwimmerTreatment { line: Some(1), from: -30, until: -16 },
            SwimmerTreatment { line: Some(2), from: 30, until: 30 }
        ]
    );
    assert!(found.bars.iter().all(|bar| bar.patient.is_none()));

    let women =
        SwimmerRequest { condition: Some("sex = 'f'".into()), named: true, ..request(Followed::Registry) };
    let found = swimmers(folder.path(), &plan(PLAN), &women, &|_| {}).unwrap();
    let names: Vec<_> = found.bars.iter().map(|bar| bar.patient.as_deref()).collect();
    assert_eq!(names, [Some("b"), Some("c")]);

    // Of a study, those of its analysis set, by its variables.
    let text = format!(
        "{PLAN}[[population.exclude]]\nlabel = \"C\"\nwhere = \"patient_id = 'c'\"\n\
         [variables.woman]\nkind = \"flag\"\nsql = \"sex = 'f'\"\n"
    );
    let set: Plan = plan(&text);
    let women = SwimmerRequest { condition: Some("woman".into()), ..request(Followed::AnalysisSet) };
    let found = swimmers(folder.path(), &set, &women, &|_| {}).unwrap();
    assert_eq!((found.asked, found.bars.len()), (1, 1));

    let nobody = SwimmerRequest { condition: Some("sex = 'x'".into()), ..request(Followed::Registry) };
    let text = swimmers(folder.path(), &plan(PLAN), &nobody, &|_| {}).unwrap_err().to_string();
    assert!(text.contains("nobody is asked for"), "{text}");
    let wrong = SwimmerRequest { condition: Some("sexx = 'x'".into()), ..request(Followed::Registry) };
    let problem = swimmers(folder.path(), &plan(PLAN), &wrong, &|_| {}).unwrap_err();
    assert!(problem.help.is_some_and(|help| help.contains("sex")));
}

#[test]
fn bars_know_the_best_response() {
    let found = swimmers(whole().path(), &plan(PLAN), &request(Followed::Registry), &|_| {}).unwrap();
    let best: Vec<_> = found.bars.iter().map(|bar| bar.best_response.as_deref()).collect();
    assert_eq!(best, [Some("PR")]);
}

#[test]
fn labels_come_through_views() {
    let study = folder(&[
        ("registry/people.csv", b"id,sex,site,day\na,1,S,2020-01-01\n"),
        (
            "registry/registry.toml",
            b"[tables.people.columns.sex]\ntype = \"category\"\ncodes = [{ value = \"1\", label = \"Male\" }]\n\
              [tables.people.columns.site]\ntype = \"category\"\ncodes = [{ value = \"S\", label = \"Sigmoid colon\" }]\n",
        ),
        (
            "sql/patients.sql",
            b"select id as patient_id, sex, site as primary_site, day as primary_diagnosis_date from people",
        ),
    ]);
    let plan = plan("[population]\nview = \"patients\"\nid = \"patient_id\"\n");
    let found = timeline(study.path(), &plan, "a", Zero::Default, &[], &|_| {}).unwrap();
    assert_eq!(found.about, ["male"]);
    assert_eq!(found.diagnoses[0].label, "Primary tumour: sigmoid colon");
}

#[test]
fn readings_alone_have_lanes_of_lesions() {
    let readings = "patient_id,reader,exam_date,lesion_id,role,nodal,diameter_mm,state,first_seen\n\
        a,X,2020-01-01,T1,target,false,40,present,\na,X,2020-03-01,T1,target,false,,absent,\n\
        b,X,2020-01-01,T1,target,false,10,present,\n";
    let lesions = |readings: &str| {
        let study = folder(&[("registry/recist_reading.csv", readings.as_bytes())]);
        let plan = plan("[population]\ntable = \"recist_reading\"\nid = \"patient_id\"\n");
        let found = timeline(study.path(), &plan, "a", Zero::Default, &[], &|_| {})
            .unwrap_or_else(|problem| panic!("{problem}"));
        let exams: Vec<i32> = found.exams.iter().map(|exam| exam.day).collect();
        assert_eq!(exams, [day("2020-01-01"), day("2020-03-01")]);
        let sizes: Vec<_> = found.lesions[0].sizes.iter().map(|size| size.mm).collect();
        assert_eq!(sizes, [Some(40.0), Some(0.0)]);
        let name = |lesion: &study::LesionCourse| format!("{} ({})", lesion.name, lesion.about);
        found.lesions.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(lesions(readings), ["T1 (target)"]);
    let two = format!("{readings}a,Y,2020-01-01,T1,target,false,41,present,\n");
    assert_eq!(lesions(&two), ["T1, X (target)", "T1, Y (target)"]);
}
