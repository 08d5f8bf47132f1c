//! Tables as they are printed.

mod sample;

use report::formats::{csv, text};
use report::{Display, Table, displays, displays_of};
use sample::STYLE;
use study::*;

fn table<'a>(displays: &'a [Display], id: &str) -> &'a Table {
    displays.iter().find(|display| display.id == id).and_then(Display::table).expect("a table of that id")
}

/// The cells of the first row whose name is so.
fn row<'a>(table: &'a Table, name: &str) -> Vec<&'a str> {
    let row =
        table.rows.iter().find(|row| row.cells[0].text == name).unwrap_or_else(|| panic!("no row {name}"));
    row.cells[1..].iter().map(|cell| cell.text.as_str()).collect()
}

fn notes(table: &Table) -> String {
    table.footnotes.iter().map(|note| format!("{} ", note.text)).collect()
}

#[test]
fn renderings_for_the_terminal() {
    for display in displays(&sample::study()) {
        if let Some(table) = display.table() {
            insta::assert_snapshot!(format!("{}.txt", display.id), text::render(table, 100));
        }
    }
}

#[test]
fn renderings_for_a_spreadsheet() {
    let displays = displays(&sample::study());
    for id in ["table-2", "table-4", "figure-2-estimates"] {
        insta::assert_snapshot!(format!("{id}.csv"), csv::render(table(&displays, id)).replace('\r', ""));
    }
}

#[test]
fn every_row_has_a_cell_for_every_column() {
    for display in displays(&sample::study()) {
        let Some(table) = display.table() else { continue };
        for header in &table.header {
            assert_eq!(
                header.iter().map(|cell| cell.span).sum::<usize>(),
                table.columns.len(),
                "{}",
                display.id
            );
        }
        assert!(table.rows.iter().all(|row| row.cells.len() == table.columns.len()), "{}", display.id);
    }
}

#[test]
fn tables_and_figures_are_numbered_apart() {
    let numbers: Vec<(String, String)> =
        displays(&sample::study()).into_iter().map(|display| (display.id, display.number)).collect();
    let number = |id: &str| numbers.iter().find(|(known, _)| known == id).map(|(_, number)| number.as_str());
    assert_eq!(number("flow"), Some("Figure 1"));
    assert_eq!(number("flow-table"), Some(""));
    assert_eq!(number("table-1"), Some("Table 1"));
    assert_eq!(number("table-4-forest"), Some("Figure 2"));
    assert_eq!(number("figure-2-estimates"), Some("Table 4"));
}

#[test]
fn the_published_figures_are_printed() {
    let displays = displays(&sample::study());
    let first = table(&displays, "table-1");
    assert_eq!(row(first, "Female"), ["13 (43.3)", "150 (32.3)", "163 (33.0)", "", ""]);
    assert_eq!(row(first, "T category")[3], "0.034");
    let fourth = table(&displays, "table-4");
    assert_eq!(row(fourth, "<3 cm")[1..3], ["29.504 (3.986–218.393)", "<0.001"]);
    assert_eq!(row(fourth, "T1–2")[3..], ["3.131 (1.213–8.078)", "0.018"]);
    assert_eq!(row(fourth, "Female")[3..], ["—", "—"]);
    assert_eq!(row(fourth, "Male")[1..], ["1 (reference)", "", "", ""]);
    let survival = table(&displays, "figure-2-estimates");
    assert_eq!(row(survival, "36 months"), ["18", "92.3 (72.1–98.0)", "149", "54.3 (48.7–59.5)"]);
    assert_eq!(row(survival, "Median, months"), ["", "NR", "", "44.3 (36.2–57.9)"]);
}

#[test]
fn rows_of_missing_values_stand_only_where_there_are_any() {
    let displays = displays(&sample::study());
    let names: Vec<&str> =
        table(&displays, "table-1").rows.iter().map(|row| row.cells[0].text.as_str()).collect();
    assert_eq!(names.iter().filter(|name| **name == "Missing").count(), 1);
    assert_eq!(names[names.iter().position(|name| *name == "Missing").unwrap() - 1], "≥20 ng/mL");
}

#[test]
fn a_flag_takes_one_row_and_a_number_as_many_as_its_statistics() {
    let displays = displays(&sample::study());
    let second = table(&displays, "table-2");
    assert_eq!(row(second, "Bevacizumab")[..2], ["9 (30.0)", "153 (33.0)"]);
    assert!(!second.rows.iter().any(|row| row.cells[0].text == "No"));
    assert_eq!(row(second, "Cycles, median (range)")[..2], ["4 (2–10)", "4 (1–25)"]);
    assert_eq!(row(second, "Mean (SD)")[0], "54.9 (9.8)");
    assert_eq!(row(second, "Median (range)")[0], "54.5 (35.0–72.0)");
}

#[test]
fn tests_are_marked_where_they_differ_and_named_once_where_they_do_not() {
    let displays = displays(&sample::study());
    let first = table(&displays, "table-1");
    assert!(first.footnotes.iter().all(|note| note.marker.is_none()));
    assert!(notes(first).contains("P values: Pearson’s chi-squared test."));
    let second = table(&displays, "table-2");
    let marker = |name: &str| {
        let row = second.rows.iter().find(|row| row.cells[0].text == name).expect("a row");
        second.markers(&row.cells[4])
    };
    assert_ne!(marker("Bevacizumab"), marker("Age, years"));
    assert_eq!(marker("Cycles, median (range)"), marker("Age, years"));
}

#[test]
fn caveats_reach_the_footnotes_in_labels() {
    let displays = displays(&sample::study());
    let fourth = table(&displays, "table-4");
    let text = notes(fourth);
    for part in [
        "Largest metastasis, ≥3 cm: the ratio rests on 1 patient",
        "Left out for missing values: CEA before the operation 3; T category 2.",
        "30 events for 4 parameters",
        "univariable P < 0.05",
        "489 of 494 patients are in the analysis.",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("ge3") && !text.contains("t_category"));
    // The row that the caveat is about bears its mark.
    let row = fourth.rows.iter().find(|row| row.cells[0].text == "≥3 cm").expect("a row");
    let marker = fourth.markers(&row.cells[0]);
    let note =
        fourth.footnotes.iter().find(|note| note.marker.as_deref() == Some(&marker)).expect("its footnote");
    assert!(note.text.starts_with("Largest metastasis"));
    let survival = notes(table(&displays, "figure-2-estimates"));
    assert!(survival.contains("Few at risk: pCR, 2 at 120 months."), "{survival}");
    assert!(!survival.contains("Median not reached") && survival.contains("NR: not reached."));
}

#[test]
fn every_kind_of_notice_is_printed_with_labels() {
    let term = || "size".to_string();
    let level = || Some("ge3".to_string());
    let group = || Some("yes".to_string());
    let notices = vec![
        Notice::SparseCell { variable: term(), least_expected: 1.23 },
        Notice::Separation {
            term: term(),
            level: level(),
            kind: notice::SeparationKind::Complete,
            toward: None,
        },
        Notice::Aliased { term: term(), level: level() },
        Notice::SingleLevel { variable: term() },
        Notice::UnboundedInterval { term: term(), level: level() },
        Notice::OneOutcome { outcome: term(), level: "ge3".into() },
        Notice::SinglePatient { variable: term(), group: "yes".into() },
        Notice::BeyondFollowUp { group: group(), at: 120.0, last: 98.76 },
        Notice::NoEvents { group: group() },
        Notice::NotConverged { model: "multivariable".into(), iterations: 25 },
    ];
    for notice in notices {
        let mut results = sample::models::logistic();
        (results.by, results.time_unit) = (Some("pcr".into()), Some("months".into()));
        results.notices = vec![notice.clone()];
        let displays = displays_of(&results, &STYLE);
        let text = notes(table(&displays, "table-4"));
        assert!(
            !text.contains("size") && !text.contains("ge3") && !text.contains("“yes”"),
            "{notice:?}: {text}"
        );
        assert!(
            ["Largest metastasis", "“pCR”", "Multivariable: no convergence"]
                .iter()
                .any(|part| text.contains(part)),
            "{notice:?}: {text}"
        );
    }
}

#[test]
fn what_cannot_be_estimated_is_said_to_be_so() {
    let displays = displays_of(&sample::models::cox(), &STYLE);
    let table = table(&displays, "cox");
    assert_eq!(row(table, "Hai, per unit"), ["0/19", "0", "—"]);
    assert_eq!(row(table, "Right colon"), ["64/144", "1.38 (1.002–1.92)", "0.0496"]);
    assert_eq!(row(table, "Site of the primary tumour")[2], "0.045");
    assert_eq!(row(table, "Age, per year")[1], "1.01 (0.998–1.03)");
    assert!(notes(table).contains("the maximum-likelihood ratio is 0."));
    assert!(notes(table).contains("Separation: with `penalty = \"firth\"` every ratio is finite"));
    // Where it may go either way, nothing is said of where it goes.
    let mut results = sample::models::cox();
    for notice in &mut results.notices {
        if let Notice::Separation { toward, .. } = notice {
            *toward = None;
        }
    }
    let displays = displays_of(&results, &STYLE);
    let table = self::table(&displays, "cox");
    assert_eq!(row(table, "Hai, per unit"), ["0/19", "NE", "—"]);
    assert!(notes(table).contains("NE: not estimable."));
}

#[test]
fn labels_cannot_become_formulas_or_move_the_cursor() {
    let mut results = sample::baseline::table_1();
    for variable in &mut results.variables {
        variable.label = "=cmd|' /C calc'!A0".into();
        for level in &mut variable.levels {
            level.label = "\u{1b}[31m+1\tx".into();
        }
    }
    let displays = displays_of(&results, &STYLE);
    let table = displays[0].table().expect("a table");
    let cells = csv::render(table);
    assert!(cells.contains("'=cmd|"));
    for line in cells.trim_start_matches('\u{feff}').lines() {
        assert!(!line.starts_with('=') && !line.starts_with("\"="), "{line}");
    }
    assert!(!text::render(table, 100).contains('\u{1b}'));
}

#[test]
fn no_group_and_no_test_still_make_a_table() {
    let mut results = sample::baseline::table_1();
    results.by = None;
    results.groups.retain(|group| group.level.is_none());
    results.estimates.retain(|row| row.group.is_none() && row.quantity == Quantity::Proportion);
    let displays = displays_of(&results, &STYLE);
    let table = displays[0].table().expect("a table");
    assert_eq!((table.columns.len(), table.header.len()), (2, 1));
    assert_eq!(row(table, "Female"), ["163 (33.0)"]);
}

#[test]
fn shares_have_their_limits_in_brackets() {
    let mut results = sample::baseline::table_1();
    let female = results.estimates.iter_mut().find(|row| {
        row.quantity == Quantity::Proportion && row.level.as_deref() == Some("female") && row.group.is_none()
    });
    female.unwrap().interval = Some(Interval {
        lower: Some(0.29),
        upper: Some(0.3726),
        confidence_level: 0.95,
        method: IntervalMethod::Score,
    });
    let displays = displays_of(&results, &STYLE);
    let table = displays[0].table().expect("a table");
    assert!(row(table, "Female").contains(&"163 (33.0) [29.0–37.3]"), "{:?}", row(table, "Female"));
    assert!(table.caption.as_deref().unwrap().contains("n (%) [95% CI]"), "{:?}", table.caption);
}

#[test]
fn a_curve_for_the_terminal() {
    let text = text::survival_curve(&sample::survival::overall(), 80).expect("curves");
    assert!(text.lines().all(|line| line.chars().count() <= 80));
    insta::assert_snapshot!("figure-2-curve.txt", text);
    assert!(text::survival_curve(&sample::models::cox(), 80).is_none());
}

#[test]
fn conditional_survival_stands_beneath_the_time_that_was_passed() {
    let mut results = sample::survival::overall();
    for (given, at, value) in [("12", 12.0, 0.98), ("12", 24.0, 0.9), ("24", 12.0, 0.917)] {
        results.estimates.push(Estimate {
            level: Some(given.into()),
            group: Some("yes".into()),
            at: Some(at),
            n: Some(21),
            interval: Some(Interval {
                lower: Some(0.75),
                upper: Some(0.99),
                confidence_level: 0.95,
                method: IntervalMethod::LogLog,
            }),
            ..Estimate::new(Quantity::ConditionalSurvival, value)
        });
    }
    let displays = displays_of(&results, &STYLE);
    let table = displays.iter().find_map(Display::table).unwrap();
    let names: Vec<&str> = table.rows.iter().map(|row| row.cells[0].text.as_str()).collect();
    let start = names.iter().position(|name| name.starts_with("For those")).unwrap();
    assert_eq!(
        names[start..start + 5],
        [
            "For those free of the event at 12 months, %",
            "a further 12 months",
            "a further 24 months",
            "For those free of the event at 24 months, %",
            "a further 12 months",
        ]
    );
    assert_eq!(row(table, "a further 24 months"), ["21", "90.0 (75.0–99.0)", "—", "—"]);
}
