//! A column that should be a number and is text: what people are told, and what makes it one.

#[allow(dead_code)]
mod farr;

use farr::{farr, said, study, text};

const PLAN: &str = "[study]\ntitle = \"T\"\n[population]\nview = \"cohort\"\nid = \"patient_id\"\n\
    [[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nvariables = [\"mm\"]\n";

const LESIONS: &str = "patient_id,born,diameter\nP1,03.05.1960,12\nP2,04.06.1961,NA\nP3,05.07.1962,15\n\
    P4,06.08.1963,n/a\nP5,07.09.1964,22\nP6,08.10.1965,NA\n";

/// What a command says of a view over the lesions, and how it ends.
fn ended(command: &str, expression: &str, registry: &str) -> (String, String, i32) {
    let sql = format!("select patient_id, {expression} as mm from taken");
    let folder = study(
        PLAN,
        &[
            ("registry/lesions.csv", LESIONS),
            ("registry/registry.toml", registry),
            ("sql/taken.sql", "select patient_id, born, diameter as size from lesions"),
            ("sql/cohort.sql", &sql),
        ],
    );
    said(&farr(&[command, text(folder.path())]))
}

#[test]
fn the_column_its_values_and_their_rows_are_named() {
    let text = "`diameter` of the table `lesions` is text: 3 of its 6 values are no numbers: `NA` (row 2), `n/a` (row 4)";
    let help = "write missing = [\"NA\", \"n/a\"] under [tables.lesions.columns.diameter] of registry.toml";
    for (expression, told) in [
        ("size * 10", "`*` does not go with text and a whole number"),
        ("abs(size)", "`abs` does not take text here"),
        ("round(size, 1)", "`round` does not take text here"),
        ("-size", "`-` needs a number"),
        ("cast(size as double)", "`NA` is not a number"),
        ("size > 10", "`NA` is not a whole number"),
    ] {
        for command in ["run", "check"] {
            let (_, errors, code) = ended(command, expression, "");
            assert_eq!(code, 2, "{expression}: {errors}");
            assert!(
                errors.contains(&format!("{told}; {text}")) && errors.contains(help),
                "{expression}: {errors}"
            );
            // The other columns of text are not what is wrong.
            assert!(!errors.contains("1960") && !errors.contains("P1"), "{errors}");
        }
    }
    let (_, errors, _) = ended("run", "age_in_years(born, date '2020-01-01')", "");
    let text =
        "`born` of the table `lesions` is text: none of its 6 values is a number, and most look like dates";
    assert!(errors.contains(text) && errors.contains("`format`") && !errors.contains("1960"), "{errors}");
}

#[test]
fn a_column_that_is_nearly_a_number_is_told_before_it_is_used() {
    let (out, errors, _) = ended("check", "size", "");
    let note =
        "lesions.diameter: no numbers, as all others are, and so the column is text: `NA`, `n/a` (3 values)";
    assert!(out.contains(note), "{out}{errors}");
    assert!(!out.contains("lesions.patient_id:") && !out.contains("1960"), "{out}");
}

#[test]
fn a_declared_number_that_the_file_has_not_is_told_once_a_value() {
    let (_, errors, code) =
        ended("run", "size * 10", "[tables.lesions.columns.diameter]\ntype = \"number\"\n");
    assert_eq!(code, 2);
    assert!(errors.contains("table lesions, column diameter: `NA` is not a number (rows 2, 6)"), "{errors}");
    assert!(errors.contains("table lesions, row 4, column diameter: `n/a` is not a number"), "{errors}");
    assert!(errors.contains("write missing = [\"NA\", \"n/a\"] under"), "{errors}");
}

#[test]
fn values_are_missing_in_a_column_a_table_or_the_whole_registry() {
    for registry in [
        "[tables.lesions.columns.diameter]\nmissing = [\"NA\", \"n/a\"]\n",
        "[tables.lesions]\nmissing = [\"NA\", \"n/a\"]\n",
        "missing = [\"NA\", \"n/a\"]\n",
        "missing = [\"NA\"]\n[tables.lesions]\nmissing = [\"n/a\"]\n",
    ] {
        let (out, errors, code) = ended("check", "size * 10", registry);
        assert_eq!(code, 0, "{registry}: {errors}");
        assert!(out.contains("lesions.diameter: `NA` read as missing (2 values)"), "{registry}: {out}");
        let (_, errors, code) = ended("run", "size * 10", registry);
        assert_eq!(code, 0, "{registry}: {errors}");
    }
}

#[test]
fn numbers_and_dates_that_are_read_as_text_are_told() {
    let checked = |content: &str| {
        let plan = PLAN.replace("view = \"cohort\"", "table = \"t\"");
        let folder = study(&plan, &[("registry/t.csv", content)]);
        said(&farr(&["check", text(folder.path())])).0
    };
    let out = checked(
        "patient_id,mm,day,psa\nA,\"1,234\",03.05.2019,5.2 ng/mL\nB,\"2,500\",04.06.2019,6 ng/mL\nC,900,,7\n",
    );
    for part in [
        "t.mm: read as text, and most look like numbers with separators of thousands",
        "t.day: read as text, and most look like dates",
        "t.psa: read as text, and most look like numbers with their unit",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let out = checked("patient_id;mm\nA;1.234\nB;2.500\nC;9\n");
    assert!(out.contains("t.mm: three digits behind every point: read as decimals"), "{out}");
    let out = checked("patient_id;mm\nA;1.234\nB;2.5\nC;9\n");
    assert!(!out.contains("three digits"), "{out}");
}

#[test]
fn an_expression_of_the_plan_is_told_as_sql_is() {
    let text = "`diameter` of the table `lesions` is text: 3 of its 6 values are no numbers: `NA` (row 2), `n/a` (row 4)";
    let analysis = "[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nvariables = [\"mm\"]\n";
    let population = "[study]\ntitle = \"T\"\n[population]\nview = \"taken\"\nid = \"patient_id\"\n";
    for (plan, told) in [
        (
            format!("[variables.mm]\nsql = \"size * 10\"\n{analysis}"),
            "`*` does not go with text and a whole number",
        ),
        (format!("[variables.mm]\nsql = \"cast(size as double)\"\n{analysis}"), "`NA` is not a number"),
        (
            format!(
                "[[population.exclude]]\nlabel = \"L\"\nwhere = \"abs(size) > 3\"\n{}",
                analysis.replace("mm", "size")
            ),
            "`abs` does not take text here",
        ),
        (
            format!(
                "[[population.exclude]]\nlabel = \"L\"\nwhere = \"size > 3\"\n{}",
                analysis.replace("mm", "size")
            ),
            "`NA` is not a whole number",
        ),
        (
            format!("{}where = \"size * 2 > 3\"\n", analysis.replace("mm", "size")),
            "`*` does not go with text",
        ),
    ] {
        let folder = study(
            &format!("{population}{plan}"),
            &[
                ("registry/lesions.csv", LESIONS),
                ("sql/taken.sql", "select patient_id, born, diameter as size from lesions"),
            ],
        );
        for command in ["run", "check"] {
            let (_, errors, code) = said(&farr(&[command, self::text(folder.path())]));
            assert_eq!(code, 2, "{plan}: {errors}");
            assert!(errors.contains(told) && errors.contains(text), "{plan}: {errors}");
            assert!(
                errors.contains("write missing = [\"NA\", \"n/a\"] under [tables.lesions.columns.diameter]"),
                "{errors}"
            );
        }
    }
}

#[test]
fn a_column_for_which_a_view_and_rules_fail_is_told_once() {
    let rules = "[[rules]]\nname = \"large\"\ntable = \"lesions\"\ncolumns = [\"diameter\"]\nmessage = \"large\"\n\
        where = \"diameter * 2 > 100\"\n[[rules]]\nname = \"small\"\ntable = \"lesions\"\ncolumns = [\"diameter\"]\n\
        message = \"small\"\nwhere = \"diameter * 2 < 1\"\n";
    let (_, errors, _) = ended("check", "size * 10", rules);
    assert_eq!(errors.matches("`diameter` of the table `lesions` is text").count(), 1, "{errors}");
    // Without a view that fails the rules are told, together.
    let (_, errors, _) = ended("check", "size", rules);
    assert_eq!(errors.matches("`diameter` of the table `lesions` is text").count(), 1, "{errors}");
    assert!(
        errors.contains("the rules `large`, `small` cannot be run: `*` does not go with text"),
        "{errors}"
    );
}
