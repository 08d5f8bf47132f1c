//! Studies whose registry is in a real PostgreSQL database, run by the program itself.

#[allow(dead_code)]
mod farr;
#[allow(dead_code)]
#[path = "../../engine/tests/server/mod.rs"]
mod server;

use farr::{farr, root, said, study, text};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const PLAN: &str = r#"[study]
title = "T"
[population]
table = "patients"
id = "id"
[[analyses]]
id = "table-1"
method = "baseline"
by = "arm"
variables = ["sex", "age"]
"#;

/// Eight patients without anything wrong.
const PATIENTS: &str = "create table patients(id text primary key, arm text, sex text, age int, seen date);
    insert into patients select 'P' || i, case when i % 2 = 0 then 'A' else 'B' end,
      case when i % 3 = 0 then 'female' else 'male' end, 40 + i, date '2020-01-01' + i from generate_series(1, 8) i;";

/// `[databases.hospital]` of a test's database.
fn hospital(test: &server::Database) -> String {
    format!(
        "[databases.hospital]\nhost = \"{}\"\nport = {}\nname = \"{}\"\nuser = \"{}\"\n",
        text(test.server.path()),
        test.server.port,
        test.name,
        server::OWNER
    )
}

/// A study whose table is in the database.
fn folder(test: &server::Database, dictionary: &str) -> TempDir {
    let dictionary =
        format!("{}[tables.patients]\ndatabase = \"hospital\"\nkey = [\"id\"]\n{dictionary}", hospital(test));
    study(PLAN, &[("registry/registry.toml", &dictionary)])
}

/// Runs a study; what was said, and the results if there are any.
fn run(folder: &Path) -> (String, Option<Value>) {
    let (_, errors, code) = said(&farr(&["run", text(folder), "-q"]));
    assert!(!errors.contains("panicked"), "{errors}");
    let results = fs::read(folder.join("results/results.json")).ok();
    assert_eq!(code, if results.is_some() { 0 } else { 2 }, "{errors}");
    (errors, results.map(|bytes| serde_json::from_slice(&bytes).unwrap()))
}

fn accepted(folder: &Path) -> Value {
    let (errors, results) = run(folder);
    results.unwrap_or_else(|| panic!("{errors}"))
}

fn refused(folder: &Path) -> String {
    let (errors, results) = run(folder);
    assert!(results.is_none());
    errors
}

fn cleaning(results: &Value) -> Vec<&str> {
    results["provenance"]["cleaning"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect()
}

/// The tables of the flagship study as texts, and its folder with a dictionary that finds them there.
fn flagship(test: &server::Database) -> TempDir {
    let (from, to) = (root().join("examples/crlm-pcr"), tempfile::tempdir().unwrap());
    for name in ["study.toml", "published.toml"] {
        fs::copy(from.join(name), to.path().join(name)).unwrap();
    }
    for folder in ["sql", "registry"] {
        fs::create_dir(to.path().join(folder)).unwrap();
        for entry in fs::read_dir(from.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "csv") {
                fs::copy(&path, to.path().join(folder).join(path.file_name().unwrap())).unwrap();
                continue;
            }
            let (table, rows) =
                (path.file_stem().unwrap().to_str().unwrap(), fs::read_to_string(&path).unwrap());
            let (header, rows) = rows.split_once('\n').unwrap();
            let columns: Vec<String> = header.trim().split(',').map(|name| format!("{name} text")).collect();
            test.run(&format!(
                "create table {table}({});\ncopy {table} from stdin with (format csv);\n{rows}\\.\n",
                columns.join(", ")
            ));
        }
    }
    let path = to.path().join("registry/registry.toml");
    let dictionary = fs::read_to_string(&path).unwrap();
    let lines =
        dictionary.lines().map(|line| match line.starts_with("[tables.") && !line.contains(".columns") {
            true => format!("{line}\ndatabase = \"hospital\"\n"),
            false => format!("{line}\n"),
        });
    fs::write(&path, hospital(test) + &lines.collect::<String>()).unwrap();
    to
}

/// Gives every column of texts the type of its values, where they have one: days, then numbers.
const TYPED: &str = "do $$ declare c record; t text; begin
    for c in select table_name as r, column_name as n from information_schema.columns where table_schema = 'public' loop
      foreach t in array array['date', 'numeric'] loop
        begin
          execute format('alter table %I alter %I type %s using nullif(btrim(%I), '''')::%s', c.r, c.n, t, c.n, t);
          exit;
        exception when others then null;
        end;
      end loop;
    end loop;
  end $$;";

#[test]
fn the_flagship_study_gives_the_same_numbers_from_a_database() {
    let Some(test) = server::database() else { return };
    let output = tempfile::tempdir().unwrap();
    let example = root().join("examples/crlm-pcr");
    let (_, errors, _) = said(&farr(&["run", text(&example), "-o", text(&output.path().join("r")), "-q"]));
    let file = output.path().join("r/results.json");
    let files: Value =
        serde_json::from_slice(&fs::read(file).unwrap_or_else(|_| panic!("{errors}"))).unwrap();
    let folder = flagship(&test);
    let mut fingerprints = Vec::new();
    for typed in [false, true] {
        if typed {
            test.run(TYPED);
            let days = "select count(*) from information_schema.columns where data_type = 'date'";
            assert!(test.run(days).parse::<u32>().unwrap() >= 10);
        }
        let results = accepted(folder.path());
        for part in ["flow", "analyses", "findings", "replay"] {
            assert_eq!(results[part], files[part], "{part}, typed: {typed}");
        }
        let tables = results["provenance"]["tables"].as_array().unwrap();
        assert!(tables.len() >= 7, "{tables:?}");
        assert!(tables.iter().all(|table| table["server"].as_str().unwrap().starts_with("PostgreSQL ")));
        let again = accepted(folder.path());
        assert_eq!(results["provenance"], again["provenance"]);
        fingerprints.push(results["provenance"]["tables"].clone());
    }
    test.run("update operations set extrahepatic = 'none ' where ctid = '(0,1)'");
    let changed = &accepted(folder.path())["provenance"]["tables"];
    let differing: Vec<&Value> = (changed.as_array().unwrap().iter())
        .filter(|table| !fingerprints[1].as_array().unwrap().contains(table))
        .map(|table| &table["table"])
        .collect();
    assert_eq!(differing, ["operations"]);
}

#[test]
fn a_sound_table_stays_on_the_server() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    test.run("alter table patients add column note text; update patients set note = ' x', sex = sex || ' '");
    test.run("update patients set age = -9 where id = 'P1'; update patients set arm = '' where id = 'P2'");
    let folder = folder(
        &test,
        "[tables.patients.columns.age]\ntype = \"integer\"\nmissing = [\"-9\"]\nrange = [0, 120]\n\
         [tables.patients.columns.sex]\ntype = \"category\"\ncodes = [{ value = \"female\" }, { value = \"male\" }]\n",
    );
    let results = accepted(folder.path());
    assert_eq!(results["flow"]["included"], 8);
    assert_eq!(
        cleaning(&results),
        [
            "patients.sex: surrounding blanks removed (8 values)",
            "patients.age: `-9` read as missing (1 value)",
            "patients.note: surrounding blanks removed (8 values)",
        ]
    );
    let copies = test.copies();
    assert!(!copies.is_empty() && copies.iter().all(|copy| !copy.contains("note")), "{copies:#?}");
}

#[test]
fn what_the_dictionary_changes_is_changed_and_what_it_refuses_is_told_with_its_row() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    let dictionary = "[tables.patients.columns.sex]\ntype = \"category\"\n\
        codes = [{ value = \"female\", aliases = [\"F\"] }, { value = \"male\" }]\n\
        [tables.patients.columns.age]\ntype = \"integer\"\nrange = [18, 120]\nrequired = true\n";
    let folder = folder(&test, dictionary);
    test.run("update patients set sex = 'F' where sex = 'female'; update patients set sex = 'MALE' where id = 'P1'");
    let results = accepted(folder.path());
    assert_eq!(
        cleaning(&results),
        ["patients.sex: `F` read as `female` (2 values)", "patients.sex: `MALE` read as `male` (1 value)"]
    );
    fs::remove_dir_all(folder.path().join("results")).unwrap();
    // Rows are numbered in the order of the key, not as they are stored.
    test.run("update patients set age = 7 where id = 'P3'; update patients set age = null where id = 'P4'");
    test.run("update patients set sex = 'x' where id = 'P5'");
    let errors = refused(folder.path());
    for told in ["row 3, column age", "7 is outside 18 to 120", "row 4, column age", "row 5, column sex"] {
        assert!(errors.contains(told), "{told}: {errors}");
    }
    let (_, errors, code) = said(&farr(&["check", text(folder.path()), "-q"]));
    assert_eq!(code, 2, "{errors}");
}

#[test]
fn a_value_in_its_type_is_held_to_the_dictionary() {
    let Some(test) = server::database() else { return };
    for (change, dictionary, told) in [
        (
            "alter table patients alter age type float8; update patients set age = 'NaN' where id = 'P2'",
            "",
            "`NaN`",
        ),
        ("update patients set seen = 'infinity' where id = 'P2'", "", "`infinity` is not a date"),
        (
            "alter table patients alter age type numeric; update patients set age = 1.5 where id = 'P2'",
            "[tables.patients.columns.age]\ntype = \"integer\"\n",
            "`1.5` is not a whole number",
        ),
    ] {
        test.run(&format!("drop table if exists patients; {PATIENTS} {change}"));
        let errors = refused(folder(&test, dictionary).path());
        assert!(errors.contains(told) && errors.contains("row 2"), "{change}: {errors}");
    }
}

#[test]
fn a_time_of_day_beside_a_date_is_told() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    test.run("alter table patients alter seen type timestamp; update patients set seen = seen + interval '1h' where id = 'P2'");
    let results = accepted(folder(&test, "[tables.patients.columns.seen]\ntype = \"date\"\n").path());
    assert_eq!(cleaning(&results), ["patients.seen: time of day left out (1 value)"]);
}

#[test]
fn numbers_that_lose_digits_are_told() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    test.run("alter table patients alter age type numeric; update patients set age = 1.0000000000000000001 where id = 'P1'");
    let results = accepted(folder(&test, "").path());
    assert_eq!(
        cleaning(&results),
        ["patients.age: more than 15 digits: rounded to the nearest number (1 value)"]
    );
}

#[test]
fn types_that_farr_does_not_know_are_texts_and_told() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    test.run("alter table patients add column scan jsonb; update patients set scan = '{ \"side\": [1,2]}' where id = 'P1'");
    let told = ["patients.scan: the type `jsonb` read as text, as the server prints it (8 values)"];
    assert_eq!(cleaning(&accepted(folder(&test, "").path())), told);
    // Aliases make the table be read whole.
    let whole = "[tables.patients.columns.sex]\ncodes = [{ value = \"f\", aliases = [\"female\"] }, { value = \"male\" }]\n";
    assert!(cleaning(&accepted(folder(&test, whole).path())).contains(&told[0]));
    let declared = "[tables.patients.columns.scan]\ntype = \"text\"\n";
    assert!(cleaning(&accepted(folder(&test, declared).path())).is_empty());
    let code =
        "[tables.patients.columns.scan]\ntype = \"category\"\ncodes = [{ value = '{\"side\": [1, 2]}' }]\n";
    assert!(cleaning(&accepted(folder(&test, code).path())).is_empty());
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    let column = refused(folder(&test, "[tables.patients.columns.agee]\ntype = \"integer\"\n").path());
    assert!(column.contains("no column `agee`") && column.contains("did you mean `age`"), "{column}");
    assert!(column.contains("registry.toml:9:"), "{column}");
    let relation = refused(folder(&test, "relation = \"public.patient\"\n").path());
    assert!(relation.contains("no table or view `public.patient`"), "{relation}");
    assert!(
        relation.contains("did you mean `public.patients`") && relation.contains("registry.toml:9:"),
        "{relation}"
    );
    let format = "[tables.patients.columns.seen]\ntype = \"date\"\nformat = \"%d.%m.%Y\"\n";
    let format = refused(folder(&test, format).path());
    assert!(format.contains("has no format"), "{format}");
}

#[test]
fn a_view_with_odd_names_and_types_is_read() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    test.run(&format!("alter database {} set timezone = 'Asia/Tokyo'", test.name));
    test.run(
        r#"create schema "Zentrum; 1"; create view "Zentrum; 1"."Größe ""A"".b" as select id as "Pat. ""Nr""", arm as "select",
           case when id <> 'P8' then (20 + age / 10.0)::numeric(8, 3) end as "Größe (mm)",
           case when id <> 'P1' then timestamptz '2020-01-01 00:00+09' + age * interval '1 day' end as "Tag'e",
           array[age, 1] as many from patients"#,
    );
    let plan = r#"[study]
title = "T"
[population]
table = "odd"
id = 'Pat. "Nr"'
[variables.size]
kind = "number"
sql = '"Größe (mm)"'
[variables.late]
kind = "flag"
sql = """"Tag'e" > date '2020-02-15'"""
[variables.arm]
kind = "category"
sql = '"select"'
[[analyses]]
id = "table-1"
method = "baseline"
by = "arm"
variables = ["size", "late"]
"#;
    let head = format!("{}[tables.odd]\ndatabase = \"hospital\"\n", hospital(&test));
    let relation = "relation = '\"Zentrum; 1\".\"Größe \"\"A\"\".b\"'\nkey = ['Pat. \"Nr\"']\n";
    let day = "[tables.odd.columns.\"Tag'e\"]\ntype = \"date\"\n";
    let folder = study(plan, &[("registry/registry.toml", &format!("{head}{relation}{day}"))]);
    let results = accepted(folder.path());
    assert_eq!(results["flow"]["included"], 8);
    assert_eq!(
        cleaning(&results),
        [
            "odd.Tag'e: given in the server's time zone, Asia/Tokyo (8 values)",
            "odd.many: the type `integer[]` read as text, as the server prints it (8 values)"
        ]
    );
    let estimates = results["analyses"][0]["estimates"].as_array().unwrap();
    let overall = |term: &str, quantity: &str, level: Option<&str>| {
        let mut found = estimates.iter().filter(|row| row.get("group").is_none() && row["term"] == term);
        let row = found
            .find(|row| row["quantity"] == quantity && row.get("level").and_then(Value::as_str) == level);
        row.unwrap_or_else(|| panic!("{estimates:?}")).clone()
    };
    assert_eq!(
        (&overall("size", "mean", None)["value"], &overall("size", "mean", None)["n"]),
        (&24.4.into(), &7.into())
    );
    // Days are those of the server's clocks: in Greenwich each would begin on the day before.
    let late = overall("late", "proportion", Some("yes"));
    assert_eq!((&late["n"], &late["of"]), (&3.into(), &7.into()));
}

#[test]
fn a_client_certificate_is_named_in_the_dictionary() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    test.run(
        "create role card_and_word login password 'open-sesame'; grant select on patients to card_and_word",
    );
    let folder = folder(&test, "");
    let dictionary = folder.path().join("registry/registry.toml");
    for name in ["ca.pem", "card_and_word.pem", "card_and_word.key"] {
        // Copied with their rights.
        fs::copy(test.server.path().join(name), folder.path().join("registry").join(name)).unwrap();
    }
    let stated = fs::read_to_string(&dictionary)
        .unwrap()
        .replace(text(test.server.path()), "localhost")
        .replace(server::OWNER, "card_and_word")
        .replace("port =", "sslmode = \"verify-full\"\nroot_certificate = \"ca.pem\"\nport =");
    let run = |dictionary_text: &str| {
        fs::write(&dictionary, dictionary_text).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_farr"));
        said(
            &command
                .args(["run", text(folder.path()), "-q"])
                .env("PGPASSWORD", "open-sesame")
                .output()
                .unwrap(),
        )
    };
    let (_, errors, code) = run(&stated);
    assert!(code == 2 && errors.contains("write `sslcert` and `sslkey`"), "{errors}");
    let half = stated.replace("port =", "sslcert = \"card_and_word.pem\"\nport =");
    let (_, errors, code) = run(&half);
    assert!(code == 2 && errors.contains("registry.toml:5:") && errors.contains("`sslkey`"), "{errors}");
    let (_, errors, code) = run(&half.replace("port =", "sslkey = \"card_and_word.key\"\nport ="));
    assert_eq!(code, 0, "{errors}");
    for name in ["results/results.json", "results/report.html"] {
        let written = fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(!written.contains("sesame") && !written.contains("card_and_word"), "{name}");
    }
}

#[test]
fn a_server_that_is_not_there_or_goes_away_leaves_earlier_results_untouched() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    let folder = folder(&test, "");
    accepted(folder.path());
    let results = folder.path().join("results/results.json");
    let before = fs::read(&results).unwrap();
    let fail = |message: &str| {
        let (_, errors, code) = said(&farr(&["run", text(folder.path()), "-q"]));
        assert_eq!(code, 2, "{errors}");
        assert!(errors.contains(message) && errors.contains("help"), "{errors}");
        assert_eq!(fs::read(&results).unwrap(), before);
        errors
    };
    test.run("alter table patients rename to stored");
    // Ended by the server at its last row: as rows are asked about, and as they are read by the query of an analysis.
    test.run("create view patients as select stored.* from stored where id <> 'P8' or pg_terminate_backend(pg_backend_pid())");
    fail("was lost");
    test.run(
        "create or replace view patients as select stored.* from stored where id <> 'P8' or
         current_setting('max_parallel_workers_per_gather') <> '0' or pg_terminate_backend(pg_backend_pid())",
    );
    fail("was lost");
    let dictionary = folder.path().join("registry/registry.toml");
    let text = fs::read_to_string(&dictionary).unwrap();
    fs::write(&dictionary, text.replace("host = \"", "host = \"/nowhere")).unwrap();
    let errors = fail("cannot be reached");
    assert!(errors.contains("registry.toml:2:"), "{errors}");
}

#[test]
fn no_password_is_printed_or_kept() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    test.run("create role login login password 'open-sesame'; grant select on patients to login");
    let folder = folder(&test, "");
    let dictionary = folder.path().join("registry/registry.toml");
    let text_of = fs::read_to_string(&dictionary).unwrap();
    let remote = text_of
        .replace(text(test.server.path()), "127.0.0.1")
        .replace(server::OWNER, "login")
        .replace("port =", "password_env = \"FARR_TEST_PASSWORD\"\nport =");
    fs::write(&dictionary, &remote).unwrap();
    let with = |password: Option<&str>| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_farr"));
        command.args(["run", text(folder.path()), "-q"]);
        password.map(|password| command.env("FARR_TEST_PASSWORD", password));
        said(&command.output().unwrap())
    };
    let (_, errors, code) = with(None);
    assert!(code == 2 && errors.contains("FARR_TEST_PASSWORD is not set"), "{errors}");
    assert!(errors.contains("registry.toml:3:"), "{errors}");
    let (_, errors, code) = with(Some("wrong-sesame"));
    assert!(code == 2 && errors.contains("password authentication failed"), "{errors}");
    assert!(!errors.contains("sesame"), "{errors}");
    assert_eq!(with(Some("open-sesame")).2, 0);
    for name in ["results/results.json", "results/report.html"] {
        let written = fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(!written.contains("sesame") && !written.contains("127.0.0.1"), "{name}");
    }
    let stated = remote.replace("password_env = \"FARR_TEST_PASSWORD\"", "password = \"open-sesame\"");
    fs::write(&dictionary, stated).unwrap();
    let (_, errors, _) = with(None);
    assert!(errors.contains("unknown key `password`") && errors.contains("password_env"), "{errors}");
}
