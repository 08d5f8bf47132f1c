//! The commands as a person types them.

#[allow(dead_code)]
mod farr;

use farr::{farr, said, text};
use std::fs;

#[test]
fn a_started_study_runs_and_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("my study");
    assert_eq!(said(&farr(&["new", text(&study)])).2, 0);
    let (out, errors, code) = said(&farr(&["run", text(&study)]));
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("58 of 60 patients"), "{out}");
    assert!(study.join("results/report.html").is_file());
    let (_, errors, code) = said(&farr(&["new", text(&study)]));
    assert_eq!(code, 2);
    assert!(errors.contains("not empty"), "{errors}");
}

#[test]
fn a_study_from_a_file_checks_and_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("my data.csv");
    fs::write(&data, "patient_id,Grade (1-3),age,died\n1,I,50,true\n2,II,60,false\n3,II,70,true\n").unwrap();
    let study = folder.path().join("study");
    let (_, errors, code) = said(&farr(&["new", text(&study), "--from", text(&data)]));
    assert_eq!(code, 0, "{errors}");
    let (out, errors, code) = said(&farr(&["check", text(&study)]));
    assert_eq!(code, 0, "{errors}{out}");
    assert!(out.contains("inferred") && out.contains("Grade (1-3)"), "{out}");
    assert_eq!(said(&farr(&["run", text(&study), "-q"])).2, 0);
}

fn patients() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    farr(&["new", text(&study)]);
    let mut text = fs::read_to_string(study.join("registry/patients.csv")).unwrap();
    let mut lines = text.lines();
    let header = format!("{},months", lines.next().unwrap());
    let rows: Vec<String> = lines.enumerate().map(|(i, line)| format!("{line},{}", 3 + i * 7 % 50)).collect();
    text = format!("{header}\n{}\n", rows.join("\n"));
    fs::write(folder.path().join("patients.csv"), text).unwrap();
    folder
}

#[test]
fn the_one_shot_commands_print_tables() {
    let folder = patients();
    let data = folder.path().join("patients.csv");
    let data = text(&data);
    for (arguments, wanted) in [
        (vec!["table", data, "--by", "treatment"], "stage"),
        (
            vec![
                "survival",
                data,
                "--time",
                "months",
                "--event",
                "died",
                "--by",
                "treatment",
                "--at",
                "12,24",
            ],
            "12",
        ),
        (vec!["logistic", data, "--outcome", "response", "--terms", "treatment,age"], "age"),
        (vec!["cox", data, "--time", "months", "--event", "died", "--terms", "treatment,age"], "age"),
    ] {
        let (out, errors, code) = said(&farr(&arguments));
        assert_eq!(code, 0, "{arguments:?}: {errors}");
        assert!(out.to_lowercase().contains(wanted), "{arguments:?}: {out}");
        let mut json = arguments.clone();
        json.push("--json");
        let (out, errors, code) = said(&farr(&json));
        assert_eq!(code, 0, "{errors}");
        assert!(serde_json::from_str::<serde_json::Value>(&out).unwrap()[0]["estimates"].is_array());
    }
}

#[test]
fn numbers_that_are_codes_have_levels_where_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data.csv");
    let rows = (0..40).map(|i| format!("{},{},{}\n", 1 + i * 7 % 23, i % 3 % 2, 1 + i % 2));
    fs::write(&data, format!("months,died,sex\n{}", rows.collect::<String>())).unwrap();
    let mut arguments =
        vec!["survival", text(&data), "--time", "months", "--event", "died = 1", "--by", "sex"];
    let (_, errors, code) = said(&farr(&arguments));
    assert_eq!(code, 2);
    assert!(errors.contains("--categories sex"), "{errors}");
    arguments.extend(["--categories", "sex", "--json"]);
    let (out, errors, code) = said(&farr(&arguments));
    assert_eq!(code, 0, "{errors}");
    let results = serde_json::from_str::<serde_json::Value>(&out).unwrap();
    let levels: Vec<&str> =
        results[0]["groups"].as_array().unwrap().iter().filter_map(|group| group["level"].as_str()).collect();
    assert_eq!(levels, ["1", "2"]);
    let (_, errors, code) = said(&farr(&["table", text(&data), "--by", "sex", "--categories", "sexe,sex"]));
    assert_eq!(code, 2);
    assert!(errors.contains("sexe"), "{errors}");
}

#[test]
fn follow_up_starts_anew_at_a_landmark() {
    let folder = patients();
    let data = folder.path().join("patients.csv");
    for command in ["survival", "cox"] {
        let mut arguments = vec![command, text(&data), "--time", "months", "--event", "died"];
        arguments.extend(["--landmark", "12", "--json"]);
        arguments.extend(if command == "cox" { ["--terms", "age"] } else { ["--at", "12"] });
        let (out, errors, code) = said(&farr(&arguments));
        assert_eq!(code, 0, "{errors}");
        let results = serde_json::from_str::<serde_json::Value>(&out).unwrap();
        assert_eq!(results[0]["options"]["landmark"], 12.0, "{out}");
        assert!(out.contains("left_out_at_landmark"), "{out}");
    }
}

#[test]
fn the_one_shot_commands_write_files_by_their_ending() {
    let folder = patients();
    let data = folder.path().join("patients.csv");
    for (ending, start) in [("html", "<!DOCTYPE html>"), ("json", "{"), ("svg", "<svg"), ("csv", "")] {
        let target = folder.path().join(format!("out.{ending}"));
        let arguments = ["survival", text(&data), "--time", "months", "--event", "died", "-o", text(&target)];
        let (_, errors, code) = said(&farr(&arguments));
        assert_eq!(code, 0, "{errors}");
        let written = fs::read_to_string(&target).unwrap();
        assert!(written.starts_with(start), "{}", &written[..80.min(written.len())]);
    }
    let target = folder.path().join("out.docm");
    let (_, errors, code) = said(&farr(&["table", text(&data), "-o", text(&target)]));
    assert_eq!((code, target.exists()), (2, false), "{errors}");
}

#[test]
fn a_finding_that_must_not_be_there_ends_with_code_1_and_the_results() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    farr(&["new", text(&study)]);
    let path = study.join("study.toml");
    let plan = fs::read_to_string(&path).unwrap();
    let plan = plan.replacen("[population]", "must_pass = [\"events-per-parameter\"]\n\n[population]", 1);
    fs::write(&path, plan).unwrap();
    let (_, errors, code) = said(&farr(&["run", text(&study), "-q"]));
    assert_eq!(code, 1, "{errors}");
    assert!(errors.contains("events-per-parameter") && study.join("results/results.json").is_file());
}

#[test]
fn help_shows_every_command_and_examples() {
    let (out, _, code) = said(&farr(&["--help"]));
    assert_eq!(code, 0);
    for word in
        ["new", "check", "run", "table", "survival", "logistic", "cox", "simulate", "Examples", "Exit codes"]
    {
        assert!(out.contains(word), "{word}");
    }
    let (_, errors, code) = said(&farr(&["tabel"]));
    assert_eq!(code, 2);
    assert!(errors.contains("'table'"), "{errors}");
}

#[test]
fn simulated_registries_run_and_equal_seeds_give_equal_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    for target in [&a, &b] {
        let arguments = ["simulate", "--patients", "2000", "--seed", "5", "-o", text(target)];
        assert_eq!(said(&farr(&arguments)).2, 0);
    }
    assert!(fs::read(a.join("patients.parquet")).unwrap() == fs::read(b.join("patients.parquet")).unwrap());
    let (_, errors, code) = said(&farr(&["run", text(&a), "-q"]));
    assert_eq!(code, 0, "{errors}");
}

#[test]
fn clinical_views_are_listed_and_printed() {
    let (out, _, code) = said(&farr(&["views"]));
    assert_eq!(code, 0);
    for part in [
        "game_score\n  One row a patient",
        "sd_min_days = 42: ",
        "cea_concepts (must be set): ",
        "source: Fong",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (out, _, code) = said(&farr(&["views", "recist_sum"]));
    assert_eq!(code, 0);
    assert!(
        out.starts_with("-- One row a patient, reader, course and exam") && out.contains("$too_small_mm"),
        "{out}"
    );
    let (_, errors, code) = said(&farr(&["views", "recist_sums"]));
    assert_eq!(code, 2);
    assert!(errors.contains("recist_sum"), "{errors}");
    let (out, _, _) = said(&farr(&["views", "index_date", "--json"]));
    let view: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(view["name"], "index_date");
}

#[test]
fn methods_are_listed_and_printed_with_what_may_be_asked_of_them() {
    let (out, _, code) = said(&farr(&["methods"]));
    assert_eq!(code, 0);
    assert!(out.lines().count() > 20 && out.contains("\nfine_gray "), "{out}");
    let (out, _, _) = said(&farr(&["methods", "cox"]));
    for part in [
        "Estimand\n",
        "method = \"cox\"",
        "  endpoint (text, needed)",
        "\"efron\": ",
        "doi:10.1111/j.2517-6161",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(out.lines().all(|line| line.chars().count() <= 100 || line.contains("doi:")), "{out}");
    let (_, errors, code) = said(&farr(&["methods", "coxx"]));
    assert_eq!(code, 2);
    assert!(errors.contains("did you mean `cox`?"), "{errors}");
    let (out, _, _) = said(&farr(&["methods", "cox", "--json"]));
    let read: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(read["options"][0]["name"], "endpoint");
}
