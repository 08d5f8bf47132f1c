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
fn unknown_names_are_refused() {
    let text = why("1' or '1' = '1", "size").unwrap_err();
    assert!(text.contains("has no patient `1' or '1' = '1`"), "{text}");
    let text = why("1", "siez").unwrap_err();
    assert!(
        text.contains("no variable, endpoint or column is called `siez`") && text.contains("`size`"),
        "{text}"
    );
}
