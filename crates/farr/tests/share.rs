//! `farr share`: nothing of a patient's name or days is in the copy, and studies give the same results on it.

mod farr;
#[path = "../../cohort/tests/spss/writer.rs"]
#[allow(dead_code)]
mod spss;

use farr::{farr, root, said, study, text};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PLAN: &str = "[study]\ntitle = \"T\"\n[population]\ntable = \"patients\"\nid = \"patient_id\"\n\
    [variables.sex]\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nvariables = [\"sex\"]\n";

const DICTIONARY: &str = "[tables.patients]\nkey = [\"patient_id\"]\n\
    [tables.patients.columns.patient_id]\nrole = \"identifier\"\n\
    [tables.patients.columns.born]\ntype = \"date\"\nrole = \"birth_date\"\n\
    [tables.patients.columns.age]\ntype = \"integer\"\nrole = \"age\"\n\
    [tables.patients.columns.sex]\ntype = \"category\"\ncodes = [{ value = \"f\", aliases = [\"woman\"] }, { value = \"m\" }]\n\
    [tables.patients.columns.remark]\nrole = \"free_text\"\n\
    [tables.visits.columns.case]\nreferences = \"patients.patient_id\"\nrole = \"identifier\"\n\
    [tables.visits.columns.sample]\nrole = \"identifier\"\n\
    [tables.visits.columns.day]\ntype = \"date\"\nformat = \"%d.%m.%Y\"\n\
    [tables.visits.columns.score]\ntype = \"number\"\nrole = \"value\"\ndecimal = \"comma\"\n\
    [[rules]]\nname = \"r\"\ntable = \"visits\"\ncolumns = [\"score\"]\nmessage = \"m\"\nwhere = \"case = 'MEYER-01'\"\n";

/// Original days further apart than the 364 by which a patient can be moved: one of them in the copy would be a leak,
/// whatever the key.
const PATIENTS: &str = "patient_id,born,age,sex,remark\nMEYER-01,1901-02-03,99,woman,lives next door to the mayor\n\
    SMITH-02,1950-05-06,50,m,\nJONES-03,1930-07-08,75,f,called Mary\n";
const VISITS: &str = "case;sample;day;score\nMEYER-01;LAB-777;03.04.2001;1,5\nMEYER-01;LAB-778;13.05.2002;2,5\n\
    SMITH-02;LAB-779;05.06.2010;3,5\nJONES-03;LAB-780;07.08.2015;4,5\nJONES-03;LAB-781;08.09.2016;5,5\n";

fn registry() -> tempfile::TempDir {
    study(
        PLAN,
        &[
            ("registry/registry.toml", DICTIONARY),
            ("registry/patients.csv", PATIENTS),
            ("registry/visits.csv", VISITS),
        ],
    )
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn lines(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split(',').map(str::to_string).collect()).collect()
}

/// Days since a day long ago, of `YYYY-MM-DD`.
fn day(text: &str) -> i64 {
    let part = |at: usize| text.split('-').nth(at).unwrap().parse::<i64>().unwrap();
    let (year, month, day) = (part(0), part(1), part(2));
    let year = if month <= 2 { year - 1 } else { year };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * ((month + 9) % 12) + 2) / 5 + day
}

#[test]
fn no_identifier_day_or_free_text_is_in_any_byte() {
    let folder = registry();
    let target = folder.path().join("shared");
    let (out, errors, code) =
        said(&farr(&["share", text(&folder.path().join("registry")), "-o", text(&target)]));
    assert_eq!(code, 0, "{errors}");
    let secrets = [
        "MEYER",
        "SMITH",
        "JONES",
        "LAB-",
        "mayor",
        "Mary",
        "woman",
        "1901-",
        "1950-05-06",
        "1930-07-08",
        "2001-04-03",
        "2002-05-13",
        "2010-06-05",
        "2015-08-07",
        "2016-09-08",
        "03.04.2001",
        ",99,",
    ];
    let written = files(&target);
    assert_eq!(written.len(), 3);
    for path in &written {
        let bytes = fs::read(path).unwrap();
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in {}", path.display());
            assert!(!out.contains(secret) && !errors.contains(secret), "{secret} is in what was said");
        }
    }
    assert!(out.contains("left out: remark") && out.contains("1 of them told as 90 years old"), "{out}");
    // Intervals stay; the oldest is 90 on the last day.
    let (patients, visits) = (lines(&target.join("patients.csv")), lines(&target.join("visits.csv")));
    assert_eq!(patients[0], ["patient_id", "born", "age", "sex"]);
    let of =
        |name: &str| visits.iter().filter(|row| row[0] == name).map(|row| day(&row[2])).collect::<Vec<_>>();
    let mut gaps = Vec::new();
    for row in &patients[1..] {
        let days = of(&row[0]);
        gaps.push((row[2].clone(), days[0] - day(&row[1]), days.last().unwrap() - days[0]));
    }
    gaps.sort();
    let born = |born: &str, first: &str| day(first) - day(born);
    let oldest = day("2002-05-13") - day("2001-04-03");
    assert_eq!(
        gaps,
        [
            ("50".into(), born("1950-05-06", "2010-06-05"), 0),
            ("75".into(), born("1930-07-08", "2015-08-07"), day("2016-09-08") - day("2015-08-07")),
            ("90".into(), 32_873 - oldest, oldest),
        ]
    );
}

#[test]
fn a_key_makes_the_same_pseudonyms_and_lies_outside() {
    let folder = registry();
    let (source, first, second) =
        (folder.path().join("registry"), folder.path().join("a"), folder.path().join("b"));
    let key = folder.path().join("my.key");
    for target in [&first, &second] {
        let arguments = ["share", text(&source), "-o", text(target), "--key", text(&key), "-q"];
        assert_eq!(said(&farr(&arguments)).2, 0);
    }
    for (a, b) in files(&first).iter().zip(files(&second)) {
        assert_eq!(fs::read(a).unwrap(), fs::read(b).unwrap());
    }
    let other = folder.path().join("c");
    assert_eq!(said(&farr(&["share", text(&source), "-o", text(&other), "-q"])).2, 0);
    let names = |folder: &Path| -> BTreeSet<String> {
        lines(&folder.join("patients.csv")).into_iter().skip(1).map(|row| row[0].clone()).collect()
    };
    assert!(names(&first).is_disjoint(&names(&other)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&key), mode(&folder.path().join("c.key"))), (0o600, 0o600));
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        let fourth = folder.path().join("d");
        let arguments = ["share", text(&source), "-o", text(&fourth), "--key", text(&key)];
        let (_, errors, code) = said(&farr(&arguments));
        assert!(code == 2 && errors.contains("others can read the key"), "{errors}");
    }
    let inside = folder.path().join("e");
    let within = inside.join("k");
    let arguments = ["share", text(&source), "-o", text(&inside), "--key", text(&within)];
    let (_, errors, code) = said(&farr(&arguments));
    assert!(code == 2 && errors.contains("lies in the folder"), "{errors}");
    let bad = folder.path().join("bad");
    fs::write(&bad, "no key").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&bad, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let (_, errors, code) = said(&farr(&["share", text(&source), "-o", text(&inside), "--key", text(&bad)]));
    assert!(code == 2 && errors.contains("this is no key"), "{errors}");
}

#[test]
fn what_cannot_be_shared_safely_is_refused_and_leaves_nothing() {
    for (from, to, told) in [
        (
            "role = \"free_text\"",
            "label = \"Remark\"",
            "table patients, column remark: the role of the column is unknown",
        ),
        ("role = \"free_text\"", "role = \"value\"", "1 values have the identifier of a patient"),
        ("references = \"patients.patient_id\"\n", "", "names no patient"),
        ("role = \"birth_date\"", "role = \"age\"", "an age is a number"),
        (
            "type = \"integer\"\nrole = \"age\"",
            "type = \"integer\"\nrole = \"date\"",
            "only dates can be shifted",
        ),
    ] {
        assert!(DICTIONARY.contains(from), "{from}");
        let patients = PATIENTS.replace("called Mary", "sister of MEYER-01");
        let folder = study(
            PLAN,
            &[
                ("registry/registry.toml", &DICTIONARY.replacen(from, to, 1)),
                ("registry/patients.csv", &patients),
                ("registry/visits.csv", VISITS),
            ],
        );
        let target = folder.path().join("shared");
        let (_, errors, code) = said(&farr(&["share", text(folder.path()), "-o", text(&target)]));
        assert!(code == 2 && errors.contains(told), "{told}: {errors}");
        assert!(!errors.contains("MEYER"), "{errors}");
        let mut left: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        left.sort();
        assert_eq!(left, ["registry", "study.toml"], "{told}");
    }
    // Three patients of three ages.
    let folder = registry();
    let target = folder.path().join("coarse");
    let arguments = ["share", text(folder.path()), "-o", text(&target), "--smallest-group", "2"];
    let (_, errors, code) = said(&farr(&arguments));
    assert!(
        code == 2 && errors.contains("table patients: 3 patients share age with fewer than 2"),
        "{errors}"
    );
    assert!(!target.exists());
    let (_, errors, code) = said(&farr(&["share", text(folder.path()), "-o", text(folder.path())]));
    assert!(code == 2 && errors.contains("not empty"), "{errors}");
}

#[test]
fn the_schedule_of_follow_up_and_the_labels_of_files_stay() {
    let schedule = |death: &str| {
        format!(
            "[follow_up]\nstart = \"patients.operated\"\nvisits = \"visits.day\"\ndeath = \"{death}\"\n\
             tolerance_days = 30\nevery = [{{ months = 6, until_month = 24 }}]\n\
             [tables.patients.columns.patient_id]\nrole = \"identifier\"\n\
             [tables.patients.columns.sex]\nrole = \"value\"\n[tables.patients.columns.operated]\ntype = \"date\"\n\
             [tables.visits.columns.patient_id]\nrole = \"identifier\"\n[tables.visits.columns.day]\ntype = \"date\"\n\
             [tables.visits.columns.status]\ntype = \"category\"\ncodes = [{{ value = \"alive\" }}, {{ value = \"dead\" }}]\n"
        )
    };
    let shared = |death: &str| {
        let visits = "patient_id,day,status\n1,2021-06-01,alive\n2,2021-07-01,dead\n";
        let folder =
            study(PLAN, &[("registry/registry.toml", &schedule(death)), ("registry/visits.csv", visits)]);
        let sexes: &[(f64, &str)] = &[(1.0, "men"), (2.0, "women")];
        let day = 13_831_430_400.0;
        let patients = spss::with_dates(
            &[("patient_id", "", &[]), ("sex", "Sex at birth", sexes), ("operated", "Day of surgery", &[])],
            &["operated"],
            &[vec![1.0, 1.0, day], vec![2.0, 2.0, day]],
        );
        fs::write(folder.path().join("registry/patients.sav"), patients).unwrap();
        let target = folder.path().join("shared");
        let (out, errors, code) = said(&farr(&["share", text(folder.path()), "-o", text(&target)]));
        assert_eq!(code, 0, "{errors}");
        (out, fs::read_to_string(target.join("registry.toml")).unwrap())
    };
    let (out, copy) = shared("status = 'dead'");
    assert!(copy.contains("death = \"status = 'dead'\"") && copy.contains("until_month = 24"), "{copy}");
    for label in ["Sex at birth", "women", "Day of surgery"] {
        assert!(copy.contains(label), "{label}: {copy}");
    }
    assert!(!out.contains("left out"), "{out}");
    // What could tell of a patient is not handed on, and this is told.
    for death in ["status = 'Meyer'", "patient_id = 2", "status = 'dead' -- Meyer"] {
        let (out, copy) = shared(death);
        assert!(!copy.contains("follow_up") && !copy.contains("Meyer"), "{copy}");
        assert!(out.contains("registry.toml, left out: [follow_up]"), "{out}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { assert!(fs::copy(&path, target).is_ok()) }
    }
}

/// The flagship study without the calendar: it asks for years of surgery, whole years of age and six calendar months,
/// which move with the days. In days, everything must agree.
fn flagship(folder: &Path) {
    let edit = |name: &str, changes: &[(&str, &str)]| {
        let path = folder.join(name);
        let mut text = fs::read_to_string(&path).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{name}: {from}");
            text = text.replace(from, to);
        }
        fs::write(path, text).unwrap();
    };
    edit(
        "sql/hepatectomies.sql",
        &[
            (
                "metastasis_timing.metastasis_timing,",
                "case when metastasis_timing.days_to_metastasis <= 183 then 'synchronous'
                when metastasis_timing.days_to_metastasis > 183 then 'metachronous' end as metastasis_timing,",
            ),
            (
                "age_in_years(patients.birth_date, index_operations.operation_date)",
                "floor(days_between(patients.birth_date, index_operations.operation_date) / 365.25)",
            ),
        ],
    );
    edit(
        "study.toml",
        &[
            ("operation_date < date '2006-01-01' or operation_date > date '2019-01-31'", "false"),
            (
                "case when operation_date < date '2012-01-01' then 'before' else 'after' end",
                "case when cycles < 7 then 'before' else 'after' end",
            ),
            ("published = \"published.toml\"", ""),
        ],
    );
}

#[test]
fn the_flagship_study_gives_the_same_results_on_the_shared_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (original, shared) = (folder.path().join("original"), folder.path().join("shared"));
    copy(&root().join("examples/crlm-pcr"), &original);
    drop(fs::remove_dir_all(original.join("results")));
    flagship(&original);
    copy(&original, &shared);
    fs::remove_dir_all(shared.join("registry")).unwrap();
    let (_, errors, code) =
        said(&farr(&["share", text(&original), "-o", text(&shared.join("registry")), "-q"]));
    assert_eq!(code, 0, "{errors}");
    let results = |study: &Path| -> serde_json::Value {
        let (_, errors, code) = said(&farr(&["run", text(study), "-q"]));
        assert_eq!(code, 0, "{errors}");
        let bytes = fs::read(study.join("results/results.json")).unwrap();
        let mut value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        value.as_object_mut().unwrap().remove("provenance");
        value
    };
    let (own, other) = (results(&original), results(&shared));
    assert!(own["flow"]["included"].as_u64().unwrap() > 500, "{}", own["flow"]);
    assert_eq!(own["flow"], other["flow"]);
    for (a, b) in own["analyses"].as_array().unwrap().iter().zip(other["analyses"].as_array().unwrap()) {
        assert!(a == b, "{} differs", a["analysis"]);
    }
    let schedule = |folder: &Path| {
        let text = fs::read_to_string(folder.join("registry/registry.toml")).unwrap();
        text.parse::<toml::Table>().unwrap().get("follow_up").cloned()
    };
    assert!(schedule(&original).is_some() && schedule(&original) == schedule(&shared));
    // No patient of the registry is named in the copy, nor in any result.
    let names: Vec<String> = lines(&original.join("registry/patients.csv"))
        .into_iter()
        .skip(1)
        .map(|row| row[0].clone())
        .collect();
    let (registry, results) = (files(&shared.join("registry")), files(&original.join("results")));
    assert!(registry.len() == 9 && results.len() > 9);
    for path in registry.into_iter().chain(results) {
        let content = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        let named = names.iter().find(|name| content.contains(name.as_str()));
        assert!(named.is_none(), "{named:?} is in {}", path.display());
    }
}
