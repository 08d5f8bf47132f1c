//! Views, and from the population to the analysis set.

mod folder;

use folder::{Folder, folder, plan};
use study::Plan;

const PATIENTS: &[u8] = b"id,margin,size,kind\n1,R0,10,a\n2,R2,20,a\n3,R2,30,b\n4,R1,,b\n5,,50,b\n";

fn study(views: &[(&str, &str)]) -> Folder {
    let names: Vec<String> = views.iter().map(|(name, _)| format!("sql/{name}.sql")).collect();
    let mut files: Vec<(&str, &[u8])> =
        names.iter().zip(views).map(|(name, (_, sql))| (name.as_str(), sql.as_bytes())).collect();
    files.push(("registry/patients.csv", PATIENTS));
    files.push(("registry/unused.csv", b"broken\n\x81\n"));
    folder(&files)
}

fn view(more: &str) -> Plan {
    plan(&format!("[population]\nview = \"v\"\nid = \"id\"\n{more}"))
}

fn table(more: &str) -> Plan {
    plan(&format!("[population]\ntable = \"patients\"\nid = \"id\"\n{more}"))
}

#[test]
fn views_run_in_the_order_of_their_use_and_only_where_needed() {
    let folder = study(&[
        ("a", "select * from b where size > 10;"),
        ("b", "-- all\nselect * from patients"),
        ("v", "\u{feff}select a.* from a left join b on a.id = b.id"),
        ("other", "select nothing from nowhere"),
    ]);
    let cohort = folder.open(&view("")).unwrap_or_else(|problem| panic!("{problem}"));
    let run: Vec<(&str, u64)> = cohort.views().iter().map(|view| (view.name.as_str(), view.rows)).collect();
    assert_eq!(run, [("b", 5), ("a", 3), ("v", 3)]);
    let inputs: Vec<String> = cohort
        .inputs()
        .iter()
        .map(|path| path.strip_prefix(folder.path()).unwrap().display().to_string())
        .collect();
    assert_eq!(inputs, ["registry/patients.csv", "sql/a.sql", "sql/b.sql", "sql/v.sql"]);
    assert!(cohort.engine_version().starts_with("DataFusion "));
}

#[test]
fn a_variable_may_ask_a_view_that_the_population_does_not_use() {
    let folder = study(&[("v", "select * from patients"), ("mean", "select avg(size) as m from patients")]);
    let plan = view("[variables.large]\nsql = \"size > (select m from mean)\"\n");
    let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(cohort.views().len(), 2);
}

#[test]
fn wrong_views_are_refused_with_their_place() {
    let refusal = |views: &[(&str, &str)]| study(views).refusal(&view(""));
    let circle = refusal(&[("v", "select * from a"), ("a", "select *\nfrom b"), ("b", "select * from a")]);
    assert!(circle.starts_with("sql/b.sql:1:15: views use each other in a circle: a → b → a"), "{circle}");
    assert!(refusal(&[("v", "select * from v")]).contains("circle: v → v"));
    let column = refusal(&[("v", "select id,\n  sise from patients")]);
    assert!(
        column.starts_with("sql/v.sql:2:3: no column is called `sise` (did you mean `size`?)"),
        "{column}"
    );
    let table = refusal(&[("v", "select id\nfrom patient")]);
    assert!(
        table.starts_with("sql/v.sql:2:6: no table or view is called `patient` (did you mean `patients`?)"),
        "{table}"
    );
    assert!(refusal(&[("v", "selec id from patients")]).starts_with("sql/v.sql:1:1: not SQL"));
    for sql in ["delete from patients", "create table x as select 1", "copy patients to 'x.csv'", ""] {
        assert!(refusal(&[("v", sql)]).starts_with("sql/v.sql: "), "{sql}");
    }
    assert!(
        refusal(&[("w", "select 1")]).contains("there is no view `v` in the folder `sql` (known are `w`)")
    );
    assert!(refusal(&[("v", "select 1"), ("patients", "select 1")]).contains("both a view and a table"));
    assert!(refusal(&[("v", "select 1"), ("a-b", "select 1")]).contains("`a-b` cannot name a view"));
    let twice = refusal(&[("v", "select *, size from patients")]);
    assert!(twice.contains("two columns are called"), "{twice}");
    let cast = refusal(&[("v", "select cast(margin as double) as id from patients")]);
    assert!(
        cast.starts_with("sql/v.sql: a text is not a number; `margin` of the table `patients`"),
        "{cast}"
    );
    assert!(!cast.contains("R0"), "{cast}");
}

#[test]
fn every_patient_leaves_once_by_the_first_criterion() {
    let criteria = "[[population.exclude]]\nlabel = \"R2\"\nwhere = \"margin = 'R2' -- not radical\"\n\
                    [[population.exclude]]\nlabel = \"Large\"\nwhere = \"size >= 30\"\n\
                    [[population.exclude]]\nlabel = \"Nobody\"\nwhere = \"id > 99\"\n";
    for plan in [table(criteria), view(criteria)] {
        let folder = study(&[("v", "select * from patients")]);
        let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
        let flow = cohort.flow();
        let steps: Vec<(&str, u64, u64)> =
            flow.steps.iter().map(|step| (step.label.as_str(), step.excluded, step.remaining)).collect();
        assert_eq!((flow.assessed, flow.included), (5, 2));
        assert_eq!(steps, [("R2", 2, 3), ("Large", 1, 2), ("Nobody", 0, 2)]);
    }
}

#[test]
fn the_flow_equals_that_of_patients_taken_one_by_one() {
    // A small generator of its own, so that the patients are the same in every run.
    let mut state = 7u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let (mut data, mut left) = (String::from("id,a,b,c\n"), [0u64; 4]);
    for id in 0..20_000 {
        let values: Vec<Option<u64>> = (0..3).map(|_| Some(draw(12)).filter(|value| *value < 10)).collect();
        let first = values.iter().position(|value| value.is_some_and(|value| value < 2));
        left[first.map_or(0, |first| first + 1)] += 1;
        let texts = values.iter().map(|value| value.map_or(String::new(), |value| value.to_string()));
        data.push_str(&format!("{id},{}\n", texts.collect::<Vec<_>>().join(",")));
    }
    let criterion =
        |name: &str| format!("[[population.exclude]]\nlabel = \"{name}\"\nwhere = \"not ({name} >= 2)\"\n");
    let folder = folder(&[("registry/patients.csv", data.as_bytes())]);
    let plan = table(&["a", "b", "c"].map(criterion).concat());
    let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    let excluded: Vec<u64> = cohort.flow().steps.iter().map(|step| step.excluded).collect();
    assert_eq!((excluded.as_slice(), cohort.flow().included), (&left[1..], left[0]));
}

#[test]
fn a_population_without_patients_is_refused() {
    let folder = study(&[("v", "select * from patients where size > 999")]);
    let problem = folder.refusal(&view(""));
    assert!(problem.starts_with("study.toml:4:8: the view `v` has no rows"), "{problem}");
    let folder = study(&[("v", "select * from patients")]);
    let criteria = "[[population.exclude]]\nlabel = \"First\"\nwhere = \"margin = 'R2'\"\n\
                    [[population.exclude]]\nlabel = \"Rest\"\nwhere = \"id > 0\"\n";
    let problem = folder.refusal(&view(criteria));
    assert!(
        problem.starts_with("study.toml:11:9: nobody is left: the criterion “Rest” takes the last 3 of 5"),
        "{problem}"
    );
}

#[test]
fn wrong_criteria_are_refused_together() {
    let folder = study(&[("v", "select * from patients")]);
    let criteria = "[[population.exclude]]\nlabel = \"A\"\nwhere = \"sise > 3\"\n\
                    [[population.exclude]]\nlabel = \"B\"\nwhere = \"size\"\n\
                    [[population.exclude]]\nlabel = \"C\"\nwhere = \"max(size) > 3\"\n";
    let problem = folder.refusal(&view(criteria));
    assert!(
        problem.starts_with("study.toml:8:10: no column is called `sise` (did you mean `size`?)"),
        "{problem}"
    );
    assert!(
        problem.contains("study.toml:11:9: the criterion gives whole numbers, not true or false"),
        "{problem}"
    );
    assert!(problem.contains("study.toml:14:9: "), "{problem}");
}

#[test]
fn a_patient_has_one_row() {
    let folder = study(&[("v", "select case when id = 5 then null else id % 2 end as id from patients")]);
    let problem = folder.refusal(&view(""));
    assert!(
        problem.contains("1 rows of `v` have no \"id\"") || problem.contains("1 row of `v` has no `id`"),
        "{problem}"
    );
    assert!(problem.contains("2 patients stand in more than one row of `v`, 2 rows at most"), "{problem}");
    let unknown = study(&[("v", "select 1 as idd")]).refusal(&view(""));
    assert!(unknown.starts_with("study.toml:5:6: `v` has no column `id` (did you mean `idd`?)"), "{unknown}");
}

#[test]
fn a_check_tells_everything_that_is_wrong_at_once() {
    let folder = study(&[
        ("v", "select * from patients"),
        ("a", "select sise from patients"),
        ("b", "select * from a"),
        ("c", "select * from d"),
        ("d", "select * from c"),
    ]);
    let report = folder.check(&view(""));
    let told: Vec<String> = report.problems.iter().map(|problem| folder.shown(problem)).collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told[0].contains("registry/unused.csv:2: "), "{told:#?}");
    assert!(told.iter().any(|problem| problem.contains("circle")), "{told:#?}");
    assert!(
        told.iter().any(|problem| problem.starts_with("sql/a.sql:1:8: no column is called `sise`")),
        "{told:#?}"
    );
    assert_eq!(report.flow.unwrap().included, 5);
}

#[test]
fn a_check_finds_rows_that_refer_to_nobody() {
    let dictionary = "[tables.labs.columns.patient]\nreferences = \"patients.id\"\n\
                      [tables.patients.columns.kind]\nreferences = \"kinds.kind\"\n";
    let folder = folder(&[
        ("registry/patients.csv", PATIENTS),
        ("registry/labs.csv", b"patient,value\n1,2\n7,3\n7,4\n9,5\n,6\n"),
        ("registry/registry.toml", dictionary.as_bytes()),
    ]);
    let told: Vec<String> =
        folder.check(&table("")).problems.iter().map(|problem| folder.shown(problem)).collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    let orphans =
        "table labs, column patient: 3 rows have a value that no row of `patients` has (2 different) ";
    assert!(told[0].starts_with(orphans), "{told:#?}");
    assert!(told[1].contains("the registry has no table `kinds`"), "{told:#?}");
}
