//! Endpoints with several rows a patient.

mod folder;

use folder::{Folder, count, folder, plan, rows};
use study::Plan;

const PATIENTS: &str = "id,sex,age\n7,m,50\n8,f,60\n9,f,70\n10,m,80\n";
const INTERVALS: &str =
    "id,begins,ends,died,drug\n7,0,5,0,no\n7,5,9,1,yes\n8,0,3,0,no\n9,0,4,1,yes\n11,0,99,1,yes\n";
const ENDPOINT: &str =
    "[endpoints.os]\nview = \"follow_up\"\nentry = \"begins\"\ntime = \"ends\"\nevent = \"died\"\n";
const COLUMNS: [&str; 4] = ["os.time", "os.event", "os.entry", "os.patient"];

fn study(intervals: &str, more: &str) -> (Folder, Plan) {
    let text = format!(
        "[population]\ntable = \"patients\"\nid = \"id\"\n[[population.exclude]]\nlabel = \"Old\"\n\
         where = \"age > 65\"\n{more}[[analyses]]\nid = \"a\"\nmethod = \"cox\"\nendpoint = \"os\"\nterms = [\"drug\"]\n"
    );
    let files = [
        ("registry/patients.csv", PATIENTS.as_bytes()),
        ("registry/visits.csv", intervals.as_bytes()),
        ("sql/follow_up.sql", b"select * from visits"),
    ];
    (folder(&files), plan(&text))
}

fn counted(intervals: &str, more: &str, names: &[&str]) -> Vec<String> {
    let (folder, plan) = study(intervals, more);
    let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    rows(&count(&cohort, &plan, names).unwrap_or_else(|problem| panic!("{problem}")))
}

fn refused(intervals: &str, more: &str, names: &[&str]) -> String {
    let (folder, plan) = study(intervals, more);
    match folder.open(&plan).and_then(|cohort| count(&cohort, &plan, names)) {
        Ok(table) => panic!("not refused: {:?}", rows(&table)),
        Err(problem) => folder.shown(&problem),
    }
}

#[test]
fn intervals_of_the_analysis_set_are_counted() {
    // Patient 9 is excluded, 10 too; 11 is nobody; identifiers become numbers.
    let all = ["3 no 0 2 no f × 1", "5 no 0 1 no m × 1", "9 yes 5 1 yes m × 1"];
    assert_eq!(counted(INTERVALS, ENDPOINT, &[&COLUMNS[..], &["drug", "sex"]].concat()), all);
    // A patient without intervals has no follow-up.
    let alone = INTERVALS.replace("8,0,3,0,no\n", "");
    assert_eq!(counted(&alone, ENDPOINT, &COLUMNS), ["5 no 0 1 × 1", "9 yes 5 1 × 1", "- - - 2 × 1"]);
    let named = INTERVALS.replace("id,begins", "who,begins");
    let id = format!("{ENDPOINT}id = \"who\"\n");
    assert_eq!(counted(&named, &id, &COLUMNS).len(), 3);
}

#[test]
fn a_variable_of_the_intervals_may_have_labels_and_sql() {
    let more = format!(
        "{ENDPOINT}[variables.drug]\nview = \"follow_up\"\nlevels = [{{ value = \"yes\" }}, {{ value = \"no\" }}]\n\
         [variables.late]\nview = \"follow_up\"\nsql = \"begins > 2\"\n"
    );
    assert_eq!(
        counted(INTERVALS, &more, &["os.time", "drug", "late"]),
        ["3 no no × 1", "5 no no × 1", "9 yes yes × 1"]
    );
    let (folder, plan) = study(INTERVALS, &more);
    let cohort = folder.open(&plan).unwrap();
    let problem = count(&cohort, &plan, &["late"]).unwrap_err();
    assert!(
        folder.shown(&problem).contains("`late` has a value for each interval of `follow_up`"),
        "{problem}"
    );
}

#[test]
fn what_is_in_both_is_asked_for() {
    let both = INTERVALS.replace("drug", "sex");
    let problem = refused(&both, ENDPOINT, &["os.time", "sex"]);
    assert!(problem.contains("`sex` is a column of the population and of the intervals"), "{problem}");
    let declared = format!("{ENDPOINT}[variables.sex]\nview = \"follow_up\"\n");
    assert_eq!(counted(&both, &declared, &["os.time", "sex"]), ["3 no × 1", "5 no × 1", "9 yes × 1"]);
}

#[test]
fn intervals_that_cannot_be_are_refused_without_naming_patients() {
    for (from, to, told) in [
        ("7,5,9", "7,4,9", "1 patient has overlapping intervals"),
        ("7,5,9", "7,9,9", "1 interval of 1 patient end when they begin, or before"),
        ("7,0,5", "7,-1,5", "1 interval of 1 patient begin before time 0"),
        ("7,0,5", "7,,5", "1 interval of 1 patient lack their beginning or end"),
        ("11,0,99", ",0,99", "1 rows of `follow_up` have no patient"),
    ] {
        let problem = refused(&INTERVALS.replace(from, to), ENDPOINT, &COLUMNS);
        assert!(problem.contains("endpoint `os`: ") && problem.contains(told), "{problem}");
        assert!(problem.starts_with("study.toml:"), "{problem}");
    }
    // Of a patient who is not studied nothing is asked.
    assert_eq!(counted(&INTERVALS.replace("9,0,4", "9,8,4"), ENDPOINT, &COLUMNS).len(), 3);
    let problem = refused(INTERVALS, &ENDPOINT.replace("follow_up", "folow_up"), &COLUMNS);
    assert!(
        problem.contains("there is no view or table `folow_up` (did you mean `follow_up`?)"),
        "{problem}"
    );
    let problem = refused(INTERVALS, &ENDPOINT.replace("begins", "begin"), &COLUMNS);
    assert!(problem.contains("no column is called `begin` (did you mean `begins`?)"), "{problem}");
}

#[test]
fn days_are_counted_from_the_start() {
    let data =
        "id,start,a,b,died\n7,2020-01-01,2020-01-01,2020-01-11,0\n7,2020-01-01,2020-01-11,2020-02-01,1\n";
    let endpoint = "[endpoints.os]\nview = \"follow_up\"\nstart = \"start\"\nentry = \"a\"\nend = \"b\"\nevent = \"died\"\n";
    assert_eq!(counted(data, endpoint, &COLUMNS), ["10 no 0 1 × 1", "31 yes 10 1 × 1", "- - - 2 × 1"]);
}
