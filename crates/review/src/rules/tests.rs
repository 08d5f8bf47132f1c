use super::rules;
use crate::review;
use study::{Estimate, Interval, IntervalMethod, Model, Notice, Quantity, Results, Severity, StudyResults};

fn study(estimates: Vec<Estimate>, notices: Vec<Notice>) -> StudyResults {
    let results: Results = serde_json::from_value(serde_json::json!({
        "analysis": "table-4", "title": "T", "purpose": "primary", "method": "logistic", "options": {},
        "methods_text": [], "participants": { "eligible": 494, "analysed": 494, "missing": [] },
        "outcome": "pcr", "by": null, "time_unit": null, "groups": [], "variables": [], "estimates": [],
        "curves": [], "notices": []
    }))
    .unwrap();
    StudyResults {
        schema_version: 1,
        title: "T".into(),
        summary: None,
        warning: None,
        dialect: study::Dialect::Farr,
        conventions: Default::default(),
        dialects: None,
        confidence_level: 0.95,
        flow: study::ParticipantFlow::default(),
        analyses: vec![Results { estimates, notices, ..results }],
        imputations: Vec::new(),
        findings: Vec::new(),
        replay: None,
        provenance: study::Provenance::default(),
    }
}

fn ratio(value: f64, lower: f64, upper: f64) -> Estimate {
    let method = IntervalMethod::Wald;
    Estimate {
        model: Some(Model::Univariable),
        term: Some("size".into()),
        interval: Some(Interval { lower: Some(lower), upper: Some(upper), confidence_level: 0.95, method }),
        ..Estimate::new(Quantity::OddsRatio, value)
    }
}

fn found(estimates: Vec<Estimate>, notices: Vec<Notice>) -> Vec<(String, Severity)> {
    review(&study(estimates, notices)).into_iter().map(|f| (f.rule, f.severity)).collect()
}

#[test]
fn the_names_of_rules_are_unique_and_every_rule_has_a_source() {
    let rules = rules();
    for (index, rule) in rules.iter().enumerate() {
        assert!(rules[..index].iter().all(|earlier| earlier.name != rule.name), "{}", rule.name);
        assert!(rule.source.contains("doi:") && !rule.about.is_empty(), "{}", rule.name);
    }
}

#[test]
fn the_odds_ratio_of_29_with_the_limit_of_218_is_questioned() {
    assert_eq!(
        found(vec![ratio(29.504, 3.986, 218.39)], vec![]),
        [("fragile-ratio".into(), Severity::Serious)]
    );
    assert_eq!(found(vec![ratio(2.448, 1.043, 5.748)], vec![]), []);
    assert_eq!(found(vec![ratio(1.98, 0.26, 14.8)], vec![]), [("fragile-ratio".into(), Severity::Remark)]);
}

#[test]
fn an_estimate_outside_its_own_interval_is_serious() {
    assert_eq!(found(vec![ratio(9.0, 1.0, 5.0)], vec![])[0].0, "inconsistent-interval");
    // Limits by percentiles are those of what was drawn, which may lie aside.
    let drawn = |method| {
        let row = ratio(2.83, 2.96, 6.36);
        Estimate { interval: row.interval.map(|interval| Interval { method, ..interval }), ..row }
    };
    for method in [IntervalMethod::BootstrapPercentile, IntervalMethod::BootstrapBca] {
        assert_eq!(found(vec![drawn(method)], vec![]), [], "{method:?}");
    }
}

#[test]
fn five_events_a_parameter_divide_caution_from_serious() {
    let of = |parameters| found(vec![], vec![Notice::EventsPerParameter { events: 30, parameters }])[0].1;
    assert_eq!((of(5), of(7)), (Severity::Caution, Severity::Serious));
}

#[test]
fn patients_left_out_are_counted_against_those_eligible() {
    let mut study = study(vec![], vec![]);
    study.analyses[0].participants.analysed = 469;
    // Patients of weight 0 are left out, who lack nothing.
    assert_eq!(review(&study).len(), 0);
    let missing = ::study::MissingCount { variable: "size".into(), n: 40 };
    study.analyses[0].participants.missing = vec![missing];
    assert_eq!(review(&study)[0].rule, "missing-values");
    study.analyses[0].participants.analysed = 470;
    assert_eq!(review(&study).len(), 0);
    // Who was never under observation lacks no value.
    study.analyses[0].participants.analysed = 469;
    study.analyses[0].notices.push(Notice::NeverAtRisk { endpoint: "os".into(), n: 1 });
    assert_eq!(review(&study).len(), 0);
}

#[test]
fn a_plan_cannot_demand_a_rule_that_does_not_exist() {
    let text = "[study]\ntitle = \"T\"\nmust_pass = [\"fragile-ratios\"]\n[population]\ntable = \"t\"\n";
    let plan = study::Plan::parse(study::SourceText::new("study.toml", text)).unwrap();
    let problem = crate::check_demands(&plan).unwrap_err();
    assert_eq!(problem.help.as_deref(), Some("did you mean `fragile-ratio`?"));
}

#[test]
fn terms_that_tell_nearly_the_same_are_named_and_interactions_excused() {
    let row = |term: &str, factor: f64| Estimate {
        model: Some(Model::Multivariable),
        term: Some(term.into()),
        ..Estimate::new(Quantity::ErrorInflation, factor)
    };
    let rule = |severity| [("collinear-terms".to_string(), severity)];
    // 2.2² = 4.84, 2.3² = 5.29, 3.2² = 10.24.
    assert_eq!(found(vec![row("age", 2.2)], vec![]), []);
    assert_eq!(found(vec![row("age", 2.3), row("meno", 2.2)], vec![]), rule(Severity::Caution));
    assert_eq!(found(vec![row("age", 3.2), row("meno", 3.2)], vec![]), rule(Severity::Serious));
    assert_eq!(found(vec![row("age", 9.0), row("sex", 1.1), row("age:sex", 9.0)], vec![]), []);
    let with_time = |name: &str| {
        let mut study = study(vec![row("age", 9.0), row("age × log(time)", 9.0), row("ages", 1.0)], vec![]);
        study.analyses[0].options =
            serde_json::json!({ "time_dependent": [{ "term": name, "function": "log" }] });
        review(&study).len()
    };
    assert_eq!((with_time("age"), with_time("sex")), (0, 1));
}

#[test]
fn stepwise_models_are_named_and_unstable_ones_are_serious() {
    let notice =
        || vec![Notice::StepwiseSelection { rule: "backward elimination (P > 0.1 to leave)".into() }];
    let share = |level: &str, value| Estimate {
        term: Some("size".into()),
        level: Some(level.into()),
        ..Estimate::new(Quantity::SelectionFrequency, value)
    };
    let rule = |severity| [("stepwise-selection".to_string(), severity)];
    assert_eq!(found(vec![share("chosen", 0.5)], notice()), rule(Severity::Caution));
    assert_eq!(found(vec![share("left_out", 0.1)], notice()), rule(Severity::Caution));
    assert_eq!(found(vec![share("chosen", 0.49)], notice()), rule(Severity::Serious));
    assert_eq!(found(vec![share("chosen", 0.49)], vec![]), []);
}

#[test]
fn nobody_is_called_cured_whose_follow_up_was_short() {
    let short =
        |group: Option<String>| Notice::InsufficientFollowUp { group, alpha: 0.2, at: 50.0, last: 55.0 };
    let doubts = vec![
        short(None),
        Notice::NoPlateau { group: None, at: 60.0 },
        Notice::UncuredRemain { group: None, ratio: 0.4, last: 60.0 },
        Notice::EverybodyCured { group: Some("a".into()) },
    ];
    for notice in doubts.clone() {
        assert_eq!(found(vec![], vec![notice]), [("insufficient-follow-up".into(), Severity::Serious)]);
    }
    assert_eq!(found(vec![], doubts).len(), 1, "one finding of an analysis");
    assert_eq!(found(vec![], vec![Notice::NobodyCured { group: None }]), []);
}
