//! Displays of restricted means, of cumulative incidence and of its regression.

mod sample;

use report::displays_of;
use sample::{STYLE, empty, group, interval, label, notes, rows, test};
use study::*;

fn outline(method: &str) -> Results {
    let mut results = empty("a", "An analysis", method);
    results.by = Some("arm".into());
    results.outcome = Some("relapse".into());
    results.time_unit = Some("months".into());
    results.variables = vec![
        label("arm", "Arm", Kind::Category, &[("o", "Observed"), ("t", "Treated")]),
        label("relapse", "Relapse", Kind::Number, &[]),
        label("relapse.cause", "Cause", Kind::Category, &[("event", "Relapse"), ("competing", "Death")]),
    ];
    results.groups =
        vec![group(Some("o"), "Observed", 40, Some(20)), group(Some("t"), "Treated", 41, Some(12))];
    results
}

fn wald(p: f64) -> Option<Test> {
    Some(test(TestName::Wald, Some(4.0), &[1.0], p))
}

fn in_group(quantity: Quantity, level: &str, value: f64, limits: (f64, f64)) -> Estimate {
    Estimate {
        group: Some(level.into()),
        at: Some(60.0),
        interval: Some(interval(limits.0, limits.1, IntervalMethod::Wald)),
        ..Estimate::new(quantity, value)
    }
}

#[test]
fn restricted_means_stand_beside_their_differences() {
    let mut results = outline("restricted_mean");
    results.estimates = vec![
        in_group(Quantity::RestrictedMean, "o", 31.254, (26.0, 36.5)),
        in_group(Quantity::RestrictedMean, "t", 29.5, (24.0, 35.0)),
        Estimate {
            test: wald(0.62),
            ..in_group(Quantity::RestrictedMeanDifference, "t", -1.754, (-8.1, 4.6))
        },
        Estimate { test: wald(0.63), ..in_group(Quantity::RestrictedMeanRatio, "t", 0.944, (0.74, 1.2)) },
    ];
    let displays = displays_of(&results, &STYLE);
    assert_eq!(displays.len(), 1);
    assert_eq!(
        rows(&displays[0]),
        [
            ["Observed", "20/40", "31.25 (26.00–36.50)", "0 (reference)", "", "1 (reference)", ""],
            [
                "Treated",
                "12/41",
                "29.50 (24.00–35.00)",
                "−1.75 (−8.10 to 4.60)",
                "0.62",
                "0.94 (0.74–1.20)",
                "0.63"
            ],
        ]
    );
    let caption = displays[0].table().and_then(|table| table.caption.clone()).unwrap_or_default();
    assert_eq!(caption, "Mean time without the event up to 60 months: Relapse.");
}

#[test]
fn what_is_withheld_is_dashed_and_told() {
    let mut results = outline("restricted_mean");
    let absent = |quantity, level: &str| Estimate {
        interval: None,
        ..in_group(quantity, level, f64::NAN, (0.0, 0.0))
    };
    results.estimates = vec![
        absent(Quantity::RestrictedMean, "o"),
        in_group(Quantity::RestrictedMean, "t", 29.5, (24.0, 35.0)),
        absent(Quantity::RestrictedMeanDifference, "t"),
        absent(Quantity::RestrictedMeanRatio, "t"),
    ];
    results.notices = vec![Notice::BeyondFollowUp { group: Some("o".into()), at: 60.0, last: 48.0 }];
    let displays = displays_of(&results, &STYLE);
    assert_eq!(rows(&displays[0])[0][2], "—");
    assert_eq!(rows(&displays[0])[1][3..], ["—", "—", "—", "—"]);
    assert!(notes(&displays[0]).contains("in the group “Observed”: follow-up ends at 48"));
}

fn curve(level: &str, cause: &str, estimate: [f64; 3]) -> Curve {
    Curve {
        group: Some(level.into()),
        cause: Some(cause.into()),
        time: vec![0.0, 12.0, 60.0],
        at_risk: vec![40, 40, 10],
        events: vec![0, 4, 2],
        censored: vec![0, 0, 8],
        estimate: estimate.to_vec(),
        std_error: vec![None; 3],
        lower: vec![None, Some(estimate[1] / 2.0), Some(estimate[2] / 2.0)],
        upper: vec![None, Some(estimate[1] * 1.5), Some(estimate[2] * 1.5)],
        ..Curve::default()
    }
}

fn incidence() -> Results {
    let mut results = outline("cumulative_incidence");
    for (cause, height) in [("event", 0.2), ("competing", 0.1)] {
        for level in ["o", "t"] {
            results.curves.push(curve(level, cause, [0.0, height, 2.0 * height]));
            results.estimates.push(Estimate {
                term: Some("relapse.cause".into()),
                level: Some(cause.into()),
                n: Some(10),
                ..in_group(Quantity::CumulativeIncidence, level, 2.0 * height, (height, 3.0 * height))
            });
        }
        results.estimates.push(Estimate {
            term: Some("relapse.cause".into()),
            level: Some(cause.into()),
            test: Some(test(TestName::Gray, Some(10.0 * height), &[1.0], height)),
            ..Estimate::new(Quantity::GlobalTest, f64::NAN)
        });
    }
    results
}

#[test]
fn both_causes_have_a_figure_and_stand_in_the_table() {
    let displays = displays_of(&incidence(), &STYLE);
    let ids: Vec<&str> = displays.iter().map(|display| display.id.as_str()).collect();
    assert_eq!(ids, ["a", "a-competing", "a-estimates"]);
    let svg = |index: usize| displays[index].figure().expect("a figure").svg.as_str();
    assert!(svg(0).contains("Relapse, %") && svg(0).contains("Gray’s P = 0.20"), "{}", svg(0));
    assert!(svg(1).contains("Death, %") && svg(1).contains("Gray’s P = 0.10"));
    assert!(svg(0).contains("40.0% at 60 months") && svg(1).contains("20.0% at 60 months"));
    assert!(svg(0).contains("6 events in 40 patients"));
    let caption = &displays[0].figure().expect("a figure").caption;
    assert!(caption.starts_with("Aalen–Johansen estimates of cumulative incidence."), "{caption}");
    assert_eq!(
        rows(&displays[2]),
        [
            ["Relapse, %", "", "", "", ""],
            ["Events", "", "6", "", "6"],
            ["60 months", "10", "40.0 (20.0–60.0)", "10", "40.0 (20.0–60.0)"],
            ["Death, %", "", "", "", ""],
            ["Events", "", "6", "", "6"],
            ["60 months", "10", "20.0 (10.0–30.0)", "10", "20.0 (10.0–30.0)"],
        ]
    );
    let notes = notes(&displays[2]);
    assert!(notes.contains("Relapse: Gray’s test: χ² = 2.00, 1 degree of freedom, P = 0.20."), "{notes}");
}

#[test]
fn the_terminal_shows_the_event_only() {
    let text = report::formats::text::survival_curve(&incidence(), 80).expect("curves");
    assert_eq!(text.matches("Treated").count(), 1);
}

#[test]
fn subdistribution_hazard_ratios_have_table_and_forest() {
    let mut results = sample::models::cox();
    results.method = "fine_gray".into();
    for row in &mut results.estimates {
        if row.quantity == Quantity::HazardRatio {
            row.quantity = Quantity::SubdistributionHazardRatio;
        }
    }
    let displays = displays_of(&results, &STYLE);
    assert_eq!(displays.len(), 2);
    let table = displays[0].table().expect("a table");
    let header: Vec<&str> = table.header.iter().flatten().map(|cell| cell.text.as_str()).collect();
    assert!(header.contains(&"SHR (95% CI)") && header.contains(&"Events/patients"), "{header:?}");
    assert!(notes(&displays[0]).contains("SHR: subdistribution hazard ratio"));
    assert!(displays[1].figure().expect("a figure").svg.contains("higher hazard"));
}

#[test]
fn a_change_with_time_has_a_table_where_it_was_tested() {
    let mut results = outline("fine_gray");
    results.by = None;
    for (term, p) in [(Some("arm"), 0.0321), (None, 0.4)] {
        results.estimates.push(Estimate {
            model: Some(Model::Multivariable),
            term: term.map(Into::into),
            test: Some(test(TestName::Score, Some(4.591), &[1.0], p)),
            ..Estimate::new(Quantity::ProportionalHazards, f64::NAN)
        });
    }
    results.notices.push(Notice::EventsPerParameter { events: 7, parameters: 1 });
    let displays = displays_of(&results, &STYLE);
    let table = displays.iter().find(|display| display.id == "a-proportionality").expect("a table");
    assert_eq!(rows(table), [["Arm", "4.59", "1", "0.032"], ["All terms together", "4.59", "1", "0.40"]]);
    let caption = table.table().and_then(|table| table.caption.clone()).expect("a caption");
    assert!(caption.contains("speaks against proportional subdistribution hazards"), "{caption}");
    // What is said of the model stands beside its ratios.
    assert_eq!(notes(table), "");
}
