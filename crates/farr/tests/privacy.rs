//! What a registry knows of people stays in it: no message, report or results file repeats a name, a birth date or a remark.

#[allow(dead_code)]
mod farr;

use farr::{farr, said, study, text};

const SECRETS: [&str; 5] = ["Quimby", "1950", "allergic", "KM-7", "Zorn"];

const PEOPLE: &str = "patient_id,name,born,birthday,remark,size,status\n\
    KM-71,Quimby,03.05.1950,1950-05-03,allergic to Zorn,12,alive\n\
    KM-72,Zorn,04.06.1950,1950-06-04,allergic,15,dead of Zorn\n\
    KM-73,Quimby,05.07.1950,1950-07-05,,20,alive\n";

const DICTIONARY: &str = "[tables.people]\nkey = [\"patient_id\"]\n[tables.people.columns.name]\ntype = \"text\"\n\
    role = \"identifier\"\n[tables.people.columns.birthday]\ntype = \"date\"\nrole = \"birth_date\"\n\
    [tables.people.columns.remark]\ntype = \"text\"\nrole = \"free_text\"\n\
    [tables.people.columns.status]\ntype = \"text\"\nrole = \"free_text\"\n";

const PLAN: &str = "[study]\ntitle = \"T\"\n[population]\nview = \"cohort\"\nid = \"patient_id\"\n";
const SIZES: &str = "[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nvariables = [\"size\"]\n";

/// Runs and checks a study that is wrong somewhere; gives what was said, in which no secret may stand.
fn refused(people: &str, dictionary: &str, view: &str, plan: &str) -> String {
    let folder = study(
        &format!("{PLAN}{plan}"),
        &[("registry/people.csv", people), ("registry/registry.toml", dictionary), ("sql/cohort.sql", view)],
    );
    let mut all = String::new();
    for command in ["run", "check"] {
        let (out, errors, code) = said(&farr(&[command, text(folder.path())]));
        assert_eq!(code, 2, "{view} {plan}: {out}{errors}");
        all.push_str(&(out + &errors));
    }
    for secret in SECRETS {
        assert!(!all.contains(secret), "{secret} of {view} {plan}: {all}");
    }
    all
}

#[test]
fn files_that_cannot_be_read_are_not_quoted() {
    let view = "select * from people";
    let ragged = refused(&PEOPLE.replace("Quimby,03", "Quimby,Anna,03"), DICTIONARY, view, SIZES);
    assert!(ragged.contains("registry/people.csv:2: the row has 8 fields, the header has 7"), "{ragged}");
    let number = format!("{DICTIONARY}[tables.people.columns.patient_id]\ntype = \"integer\"\n");
    let keys = refused(PEOPLE, &number, view, SIZES);
    assert!(keys.contains("is not shown because of the column's role, is no integer"), "{keys}");
    let date = "[tables.people.columns.born]\ntype = \"date\"\nrole = \"birth_date\"\n";
    refused(PEOPLE, &format!("{DICTIONARY}{date}"), view, SIZES);
    let units = "[tables.people.columns.size]\ntype = \"number\"\nunit = \"mm\"\nunit_column = \"remark\"\nunits = { cm = 10 }\n";
    let unit = refused(PEOPLE, &format!("{DICTIONARY}{units}"), view, SIZES);
    assert!(unit.contains("the unit, which is not shown"), "{unit}");
}

#[test]
fn texts_that_sql_cannot_take_are_not_quoted() {
    for expression in [
        "cast(name as double)",
        "cast(born as date)",
        "to_date(born)",
        "to_date(remark, '%Y-%m-%d')",
        "to_timestamp(born)",
        "cast(remark as bigint)",
        "cast(name as interval)",
        "cast(born as boolean)",
        "arrow_cast(name, 'Int8')",
        "arrow_cast(cast(cast(birthday as text) as date), 'Int8')",
        "cast(replace(cast(birthday as text), '-', '') as smallint)",
        "date_part(name, birthday)",
        "make_date(1950, 13, 3)",
        "born * 2",
        "name - 1",
    ] {
        let view = format!("select *, {expression} as made from people");
        refused(PEOPLE, DICTIONARY, &view, SIZES);
        // The same in the plan.
        let plan = format!(
            "[variables.made]\nkind = \"number\"\nsql = \"{expression}\"\n{}",
            SIZES.replace("size", "made")
        );
        refused(PEOPLE, DICTIONARY, "select * from people", &plan);
        let plan =
            format!("[[population.exclude]]\nlabel = \"L\"\nwhere = \"({expression}) is null\"\n{SIZES}");
        let folder = study(
            &format!("{PLAN}{plan}"),
            &[
                ("registry/people.csv", PEOPLE),
                ("registry/registry.toml", DICTIONARY),
                ("sql/cohort.sql", "select * from people"),
            ],
        );
        let (out, errors, _) = said(&farr(&["run", text(folder.path())]));
        assert!(
            SECRETS.iter().all(|secret| !out.contains(secret) && !errors.contains(secret)),
            "{out}{errors}"
        );
    }
}

#[test]
fn values_that_a_variable_cannot_have_are_not_quoted() {
    let view = "select *, name as who, remark as what from people";
    for (plan, part) in [
        (
            "[variables.who]\nlevels = [{ value = \"x\" }]\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nvariables = [\"who\"]\n",
            "not among its levels: 2 different, which are not shown",
        ),
        (
            "[variables.what]\nkind = \"number\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nvariables = [\"what\"]\n",
            "are not numbers: 2 different, which are not shown",
        ),
        (
            "[variables.what]\nkind = \"flag\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nvariables = [\"what\"]\n",
            "neither yes nor no: 2 different",
        ),
        (
            "[endpoints.os]\ntime = \"size\"\nevent = \"status\"\n[[analyses]]\nid = \"a\"\nmethod = \"kaplan_meier\"\n\
             endpoint = \"os\"\n",
            "its values are 2 different, which are not shown",
        ),
    ] {
        let told = refused(PEOPLE, DICTIONARY, view, plan);
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn what_is_written_names_nobody() {
    let folder = study(
        &format!("{PLAN}{SIZES}"),
        &[
            ("registry/people.csv", PEOPLE),
            ("registry/registry.toml", DICTIONARY),
            ("sql/cohort.sql", "select * from people"),
        ],
    );
    let (out, errors, code) = said(&farr(&["run", text(folder.path())]));
    assert_eq!(code, 0, "{errors}");
    let mut written = out + &errors;
    let mut folders = vec![folder.path().join("results")];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => written.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap())),
            }
        }
    }
    assert!(written.contains("report.html") && written.len() > 5_000, "{}", written.len());
    for secret in SECRETS {
        // A part of a number or of a style is no year.
        let found: Vec<&str> = written.lines().filter(|line| line.contains(secret)).collect();
        assert!(secret == "1950" || found.is_empty(), "{secret}: {found:?}");
    }
    assert!(!written.contains("1950-0") && !written.contains(".1950"));
}
