//! Displays of a mixture cure model.

mod sample;

use report::displays_of;
use sample::{STYLE, empty, group, interval, label, notes, rows, test};
use study::*;

fn in_group(quantity: Quantity, level: Option<&str>, value: f64) -> Estimate {
    Estimate { group: level.map(Into::into), ..Estimate::new(quantity, value) }
}

fn with(limits: (f64, f64), row: Estimate) -> Estimate {
    Estimate { interval: Some(interval(limits.0, limits.1, IntervalMethod::Wald)), ..row }
}

fn of_term(quantity: Quantity, model: Model, level: &str, value: f64) -> Estimate {
    Estimate {
        model: Some(model),
        term: Some("arm".into()),
        level: Some(level.into()),
        reference: Some("o".into()),
        n: Some(12),
        of: Some(41),
        ..Estimate::new(quantity, value)
    }
}

fn curve(level: Option<&str>, fitted: bool) -> Curve {
    let time = vec![0.0, 12.0, 60.0];
    let observed = |values: &[u64]| if fitted { Vec::new() } else { values.to_vec() };
    Curve {
        group: level.map(Into::into),
        fitted: fitted.then(|| "weibull".into()),
        at_risk: observed(&[41, 41, 20]),
        events: observed(&[0, 12, 0]),
        censored: observed(&[0, 0, 29]),
        time,
        estimate: vec![1.0, 0.7, 0.6],
        ..Curve::default()
    }
}

fn results() -> Results {
    let mut results = empty("a", "Cure", "mixture_cure");
    results.by = Some("arm".into());
    results.outcome = Some("relapse".into());
    results.time_unit = Some("months".into());
    results.variables = vec![
        label("arm", "Arm", Kind::Category, &[("o", "Observed"), ("t", "Treated")]),
        label("relapse", "Relapse", Kind::Number, &[]),
    ];
    results.groups = vec![
        group(Some("o"), "Observed", 40, Some(20)),
        group(Some("t"), "Treated", 41, Some(12)),
        group(None, "All patients", 81, Some(32)),
    ];
    for (level, share) in [(Some("o"), 0.0), (Some("t"), 0.6123), (None, 0.45)] {
        let row = in_group(Quantity::CuredShare, level, share);
        results.estimates.push(if share > 0.0 { with((share - 0.1, share + 0.1), row) } else { row });
        let end = in_group(Quantity::Survival, level, share + 0.01);
        results.estimates.push(with((share, share + 0.2), Estimate { at: Some(60.0), ..end }));
        results.estimates.push(in_group(Quantity::LastEvent, level, 55.0));
        results.estimates.push(in_group(Quantity::LongestFollowUp, level, 60.0));
        let alpha = Some(test(TestName::MallerZhou, Some(0.05), &[], 0.128));
        let late = in_group(Quantity::SufficientFollowUp, level, 0.05);
        results.estimates.push(Estimate { test: alpha, n: Some(2), of: Some(40), ..late });
        results.estimates.push(in_group(Quantity::UncuredRatio, level, 0.0312));
    }
    let odds = of_term(Quantity::OddsRatio, Model::Incidence, "t", 2.5);
    let time = of_term(Quantity::TimeRatio, Model::Latency, "t", 1.25);
    let hazard = of_term(Quantity::HazardRatio, Model::Latency, "t", 0.8);
    for row in [odds, time, hazard] {
        results.estimates.push(Estimate { level: Some("o".into()), value: Some(1.0), ..row.clone() });
        results.estimates.push(with((0.5, 9.0), row));
    }
    let profile = |quantity, at, value, limits| {
        let row = Estimate { reference: None, at, ..of_term(quantity, Model::Latency, "t", value) };
        with(limits, row)
    };
    results.estimates.push(profile(Quantity::CuredShare, None, 0.6123, (0.5, 0.7)));
    results.estimates.push(profile(Quantity::UncuredQuantile, Some(0.5), 14.25, (10.0, 20.0)));
    results.notices.push(Notice::NobodyCured { group: Some("o".into()) });
    results.notices.push(Notice::InsufficientFollowUp { group: None, alpha: 0.128, at: 55.0, last: 60.0 });
    for level in ["o", "t"] {
        results.curves.push(curve(Some(level), false));
        results.curves.push(curve(Some(level), true));
    }
    results
}

#[test]
fn shares_stand_beside_what_is_left_of_the_curve() {
    let displays = displays_of(&results(), &STYLE);
    let shares = &displays[0];
    assert_eq!(
        rows(shares),
        [
            ["Observed", "20/40", "0.0", "1.0 (0.0–20.0)"],
            ["Treated", "12/41", "61.2 (51.2–71.2)", "62.2 (61.2–81.2)"],
            ["All patients", "32/81", "45.0 (35.0–55.0)", "46.0 (45.0–65.0)"],
        ]
    );
    assert!(notes(shares).contains("nobody in the group “Observed” is cured"), "{}", notes(shares));
    let follow_up = &displays[1];
    assert_eq!(rows(follow_up)[2], ["All patients", "55.0", "60.0", "2/40", "0.128", "3.1"]);
    let sentence = "Follow-up does not suffice to speak of cure: it ends at 60.0 months, and the last event was at 55.0 \
                    months (Maller and Zhou, α = 0.128).";
    assert!(notes(follow_up).contains(sentence), "{}", notes(follow_up));
}

#[test]
fn where_patients_entered_late_there_is_no_alpha() {
    let mut results = results();
    for row in results.estimates.iter_mut().filter(|row| row.quantity == Quantity::SufficientFollowUp) {
        row.test = None;
    }
    results.notices = vec![Notice::NoFollowUpTest { late: 7 }];
    let displays = displays_of(&results, &STYLE);
    let follow_up = &displays[1];
    assert_eq!(rows(follow_up)[2], ["All patients", "55.0", "60.0", "2/40", "—", "3.1"]);
    assert!(
        notes(follow_up).contains("7 patients came under observation after time 0"),
        "{}",
        notes(follow_up)
    );
}

#[test]
fn ratios_say_of_what_they_are() {
    let displays = displays_of(&results(), &STYLE);
    let find = |suffix: &str| displays.iter().find(|display| display.id == format!("a{suffix}")).unwrap();
    let caption = |suffix: &str| find(suffix).table().unwrap().caption.clone().unwrap();
    assert_eq!(caption("-cured"), "Odds ratios of being cured, that is of never having the event: Relapse.");
    assert_eq!(caption("-times"), "Time ratios for relapse of those who are not cured.");
    assert_eq!(caption("-hazards"), "Hazard ratios for relapse of those who are not cured.");
    // Events of patients, and not those who are cured, whom nobody knows.
    assert_eq!(rows(find("-cured"))[2], ["Treated", "12/41", "2.50 (0.50–9.00)", "—"]);
    assert!(notes(find("-cured")).contains("odds ratio (above 1: more often cured)"));
    assert_eq!(rows(find("-predictions")), [["Treated", "61.2 (50.0–70.0)", "14.3 (10.0–20.0)"]]);
}

#[test]
fn the_figure_has_a_line_at_each_cured_share() {
    let displays = displays_of(&results(), &STYLE);
    let figure = displays.iter().find(|display| display.id == "a-curve").unwrap();
    let report::Content::Figure(figure) = &figure.content else { panic!("a figure") };
    assert_eq!(figure.svg.matches(" cured\"").count(), 2);
    assert!(figure.svg.contains("Treated, 12 events in 41 patients, 61.2% cured"), "{}", figure.svg);
    assert!(figure.caption.contains("Dashed: cured shares."));
    // A single curve has no legend: the share stands at its line.
    let mut single = results();
    single.by = None;
    single.groups.retain(|group| group.level.is_none());
    single.curves = vec![curve(None, false), curve(None, true)];
    let displays = displays_of(&single, &STYLE);
    let figure = displays.iter().find(|display| display.id == "a-curve").unwrap();
    let report::Content::Figure(figure) = &figure.content else { panic!("a figure") };
    assert!(figure.svg.contains(">Cured: 45.0%<"), "{}", figure.svg);
}
