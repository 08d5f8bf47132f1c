//! Why a patient has a value.

mod folder;

use cohort::{StepKind, Why};
use folder::{Folder, folder, plan};

const PLAN: &str = "[population]\nview = \"v\"\nid = \"patient_id\"\n\
    [[population.exclude]]\nlabel = \"Small\"\nwhere = \"largest < 5\"\n\
    [variables.size]\nkind = \"category\"\nsql = \"case when largest >= 30 then 'large' else 'small' end\"\n\
    [variables.sex]\n";

fn study() -> Folder {
    folder(&[
        ("registry/patients.csv", b"patient_id,sex\n1,f\n2,m\n"),
        ("registry/sizes.csv", b"patient_id,mm\n1,30\n1,10\n2,4\n"),
        ("registry/labs.csv", b"patient_id,value\n1,5\n2,6\n"),
        ("sql/largest_size.sql", b"-- One row a patient: the largest.\nselect patient_id, max(mm) as largest from sizes group by 1"),
        (
            "sql/v.sql",
            b"select p.patient_id, p.sex, s.largest, l.value from patients as p \
              left join largest_size as s on s.patient_id = p.patient_id \
              left join labs as l on l.patient_id = p.patient_id;",
        ),
    ])
}

fn why(patient: &str, variable: &str) -> Result<Why, String> {
    let cohort = study().open(&plan(PLAN)).unwrap_or_else(|problem| panic!("{problem}"));
    cohort
        .why(patient, variable)
        .map_err(|problem| format!("{problem}; {}", problem.help.clone().unwrap_or_default()))
}

#[test]
fn the_way_goes_down_to_the_rows_that_the_value_was_read_from() {
    let why = why("1", "size").unwrap();
    assert_eq!(why.value.as_deref(), Some("large"));
    assert_eq!(why.excluded, None);
    let names: Vec<&str> = why.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["v", "largest_size", "sizes"]);
    assert_eq!(why.steps[1].rule, "One row a patient: the largest.");
    assert_eq!(why.steps[1].kind, StepKind::View);
    assert_eq!(why.steps[2].kind, StepKind::Table);
    let cell = |text: &str| Some(text.to_string());
    assert_eq!(why.steps[2].rows, [[cell("1"), cell("10")], [cell("1"), cell("30")]]);
}

#[test]
fn a_column_of_one_table_and_a_patient_who_left() {
    let why = why("2", "sex").unwrap();
    assert_eq!((why.value.as_deref(), why.expression.as_deref()), (Some("m"), None));
    assert_eq!(why.excluded.as_deref(), Some("Small"));
    assert_eq!(why.steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>(), ["v", "patients"]);
}

#[test]
fn rows_are_found_by_whatever_names_the_patient() {
    let study = folder(&[
        ("registry/patients.csv", b"patient_id,sex\n1,f\n2,m\n"),
        ("registry/visits.csv", b"case_no,seen\n1,3\n2,4\n"),
        ("registry/person.csv", b"person_id,year_of_birth\n1,1950\n2,1960\n"),
        ("registry/concept.csv", b"concept_id\n1\n"),
        ("registry/registry.toml", b"[tables.visits.columns.case_no]\nreferences = \"patients.patient_id\"\n"),
        (
            "sql/v.sql",
            b"select p.patient_id, v.seen + o.year_of_birth + c.concept_id as mixed from patients as p \
              join visits as v on v.case_no = p.patient_id join person as o on o.person_id = p.patient_id cross join concept as c",
        ),
    ]);
    let plan = plan("[population]\nview = \"v\"\nid = \"patient_id\"\n");
    let cohort = study.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    let why = cohort.why("2", "mixed").unwrap_or_else(|problem| panic!("{problem}"));
    let rows = |name: &str| {
        let step = why.steps.iter().find(|step| step.name == name).unwrap_or_else(|| panic!("{name}"));
        step.of_patients.then(|| step.rows.iter().map(|row| row[1].clone().unwrap()).collect::<Vec<_>>())
    };
    assert_eq!(
        (rows("visits"), rows("person"), rows("concept")),
        (Some(vec!["4".into()]), Some(vec!["1960".into()]), None)
    );
}

#[test]
fn unknown_names_are_refused() {
    let text = why("1' or '1' = '1", "size").unwrap_err();
    assert!(text.contains("has no patient `1' or '1' = '1`"), "{text}");
    let text = why("1", "siez").unwrap_err();
    assert!(
        text.contains("no variable, endpoint or column is called `siez`") && text.contains("`size`"),
        "{text}"
    );
}
