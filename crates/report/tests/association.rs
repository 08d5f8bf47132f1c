//! Tables of two by two, trend, correlation, paired comparison, and adjusted P values.

mod sample;

use report::formats::text;
use report::{Display, Table, displays_of};
use sample::{STYLE, empty, interval, label, test};
use serde_json::json;
use study::*;

fn shown(results: &Results) -> Table {
    let displays: Vec<Display> = displays_of(results, &STYLE);
    displays[0].table().expect("a table").clone()
}

fn cells<'a>(table: &'a Table, name: &str) -> Vec<&'a str> {
    let row = table.rows.iter().find(|row| row.cells[0].text == name);
    let row = row.unwrap_or_else(|| panic!("no row {name}: {}", text::render(table, 120)));
    row.cells[1..].iter().map(|cell| cell.text.as_str()).collect()
}

fn notes(table: &Table) -> String {
    table.footnotes.iter().map(|note| format!("{} ", note.text)).collect()
}

fn risk(group: Option<&str>, level: &str, n: u64, of: u64, limits: [f64; 2]) -> Estimate {
    Estimate {
        term: Some("sex".into()),
        level: Some(level.into()),
        group: group.map(Into::into),
        n: Some(n),
        of: Some(of),
        interval: Some(interval(limits[0], limits[1], IntervalMethod::Score)),
        ..Estimate::new(Quantity::Risk, n as f64 / of as f64)
    }
}

fn effect(quantity: Quantity, group: Option<&str>, value: f64, limits: [f64; 2]) -> Estimate {
    Estimate {
        term: Some("sex".into()),
        level: Some("female".into()),
        reference: Some("male".into()),
        group: group.map(Into::into),
        interval: Some(interval(limits[0], limits[1], IntervalMethod::MiettinenNurminen)),
        ..Estimate::new(quantity, value)
    }
}

fn tested(quantity: Quantity, test: Test) -> Estimate {
    Estimate { term: Some("sex".into()), test: Some(test), ..Estimate::new(quantity, f64::NAN) }
}

fn two_by_two() -> Results {
    let mut results = empty("risk", "Response by sex", "two_by_two");
    results.outcome = Some("pcr".into());
    results.options = json!({"event": "yes"});
    results.variables = vec![
        label("sex", "Sex", Kind::Category, &[("male", "Male"), ("female", "Female")]),
        sample::response(),
        label("site", "Site of the tumour", Kind::Category, &[("l", "Left"), ("r", "Right")]),
    ];
    results.groups = vec![Group { level: None, label: "All patients".into(), n: 494, events: Some(30) }];
    results.estimates = vec![
        risk(None, "male", 17, 331, [0.032, 0.0808]),
        risk(None, "female", 13, 163, [0.0472, 0.1317]),
        effect(Quantity::RiskDifference, None, 0.0284, [-0.0142, 0.0812]),
        effect(Quantity::RiskRatio, None, 1.5528, [0.7754, 3.0945]),
        effect(Quantity::OddsRatio, None, 1.6008, [0.7612, 3.3661]),
        tested(Quantity::Association, test(TestName::PearsonChiSquared, Some(1.5438), &[1.0], 0.214)),
    ];
    results
}

#[test]
fn risks_and_their_comparison() {
    let table = shown(&two_by_two());
    assert_eq!(cells(&table, "Male"), ["17/331", "5.1 (3.2–8.1)", "reference", "", ""]);
    assert_eq!(
        cells(&table, "Female"),
        ["13/163", "8.0 (4.7–13.2)", "2.8 (−1.4 to 8.1)", "1.55 (0.78–3.09)", "1.60 (0.76–3.37)"]
    );
    assert!(notes(&table).contains("Pearson’s chi-squared test: χ² = 1.54, 1 degree of freedom, P = 0.21."));
    let how = "Limits: Wilson’s score for risks, Miettinen–Nurminen’s score for risk differences, Miettinen–Nurminen’s \
               score for risk ratios, Miettinen–Nurminen’s score for odds ratios.";
    assert!(notes(&table).contains(how), "{}", notes(&table));
    assert!(table.caption.expect("a caption").contains("pCR"));
    let mut exact = two_by_two();
    for (row, method) in [(2, IntervalMethod::ExactUnconditional), (4, IntervalMethod::Exact)] {
        exact.estimates[row].interval.as_mut().expect("limits").method = method;
    }
    let conditional = "conditional maximum-likelihood estimates.";
    for (odds, is_conditional) in [("exact", true), ("sample_exact", false)] {
        exact.options = json!({"odds_interval": odds});
        let notes = notes(&shown(&exact));
        assert!(notes.contains("exact unconditional (Chan–Zhang) for risk differences"), "{notes}");
        assert_eq!(notes.contains(conditional), is_conditional, "{odds}: {notes}");
    }
}

#[test]
fn strata_and_their_pooled_effect() {
    let mut results = two_by_two();
    results.by = Some("site".into());
    results.groups.insert(0, Group { level: Some("l".into()), label: "Left".into(), n: 90, events: Some(9) });
    let of_stratum = vec![
        risk(Some("l"), "male", 9, 60, [0.08, 0.26]),
        risk(Some("l"), "female", 0, 30, [0.0, 0.114]),
        effect(Quantity::RiskRatio, Some("l"), 0.0, [0.0, 0.83]),
        Estimate {
            interval: Some(Interval { upper: None, ..interval(1.25, 0.0, IntervalMethod::Exact) }),
            ..effect(Quantity::OddsRatio, Some("l"), f64::NAN, [0.0, 0.0])
        },
    ];
    results.estimates.splice(0..0, of_stratum);
    let pooled =
        Estimate { model: Some(Model::Stratified), ..effect(Quantity::OddsRatio, None, 2.8, [1.1, 7.0]) };
    results.estimates.push(pooled);
    let of_strata = |quantity, test| Estimate { model: Some(Model::Stratified), ..tested(quantity, test) };
    results.estimates.push(of_strata(
        Quantity::Association,
        test(TestName::CochranMantelHaenszel, Some(4.5), &[1.0], 0.034),
    ));
    results
        .estimates
        .push(of_strata(Quantity::Homogeneity, test(TestName::BreslowDayTarone, Some(0.2), &[1.0], 0.65)));
    results.notices.push(Notice::EmptyCell { variable: "sex".into(), group: Some("l".into()) });
    let table = shown(&results);
    assert_eq!(table.rows[0].cells[0].text, "Site of the tumour: Left");
    let female = table.rows.iter().find(|row| row.cells[0].text == "Female").expect("a row");
    let female: Vec<&str> = female.cells[1..].iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(female, ["0/30", "0.0 (0.0–11.4)", "—", "0 (0–0.83)", "∞ (1.25–∞)"]);
    assert_eq!(cells(&table, "Pooled over strata (Mantel–Haenszel)"), ["", "", "—", "—", "2.80 (1.10–7.00)"]);
    let notes = notes(&table);
    for part in [
        "Cochran–Mantel–Haenszel test: χ² = 4.50, 1 degree of freedom, P = 0.034.",
        "Breslow–Day test with Tarone’s correction: χ² = 0.20",
        "Sex: a cell of the table is empty in the group “Left”",
    ] {
        assert!(notes.contains(part), "{part} in {notes}");
    }
}

#[test]
fn a_trend() {
    let mut results = two_by_two();
    results.method = "trend".into();
    let at = |row: Estimate, score| Estimate { at: Some(score), interval: None, ..row };
    results.estimates = vec![
        at(risk(None, "male", 1, 4, [0.0; 2]), 0.0),
        at(risk(None, "female", 3, 4, [0.0; 2]), 2.5),
        tested(Quantity::Association, test(TestName::CochranArmitage, Some(-1.413), &[], 0.158)),
    ];
    let table = shown(&results);
    assert_eq!(cells(&table, "Female"), ["2.5", "3/4", "75.0"]);
    assert!(notes(&table).contains("Cochran–Armitage test for trend: z = −1.41, P = 0.158."));
}

#[test]
fn correlations() {
    let mut results = empty("r", "Correlation", "correlation");
    results.variables = vec![
        label("age", "Age", Kind::Number, &[]),
        label("cea", "CEA before the operation", Kind::Number, &[]),
    ];
    let mut by_rank = test(TestName::SpearmanCorrelation, Some(-3.1), &[18.0], 1e-300);
    by_rank.reason = Some("P from the t distribution".into());
    results.estimates = vec![Estimate {
        term: Some("age".into()),
        level: Some("cea".into()),
        n: Some(20),
        interval: Some(interval(-0.83, -0.2, IntervalMethod::FisherZ)),
        test: Some(by_rank),
        ..Estimate::new(Quantity::Correlation, -0.59)
    }];
    let table = shown(&results);
    assert_eq!(cells(&table, "Age and CEA before the operation"), ["20", "−0.59 (−0.83 to −0.20)", "<0.001"]);
    assert!(notes(&table).contains("P from the t distribution."), "{}", notes(&table));
}

#[test]
fn paired_levels_and_numbers() {
    let mut results = empty("paired", "Before and after", "paired");
    let flag = |name, text| label(name, text, Kind::Flag, &[("no", "No"), ("yes", "Yes")]);
    results.variables = vec![flag("before", "Before"), flag("after", "After")];
    let of = |term: &str, row: Estimate| Estimate {
        term: Some(term.into()),
        level: Some("yes".into()),
        reference: Some("after".into()),
        ..row
    };
    results.estimates = vec![
        of("before", risk(None, "yes", 13, 35, [0.23, 0.54])),
        of("after", risk(None, "yes", 7, 35, [0.1, 0.36])),
        Estimate {
            n: Some(10),
            of: Some(35),
            ..of("before", effect(Quantity::RiskDifference, None, 0.1714, [0.0, 0.34]))
        },
        Estimate {
            n: Some(10),
            of: Some(35),
            ..of("before", effect(Quantity::OddsRatio, None, 4.0, [0.8, 38.7]))
        },
        tested(Quantity::Association, test(TestName::McNemarExact, None, &[], 0.109)),
    ];
    let table = shown(&results);
    assert_eq!(cells(&table, "Before: Yes, %"), ["13/35", "37.1 (23.0–54.0)"]);
    assert_eq!(cells(&table, "Difference, %"), ["10/35", "17.1 (0.0–34.0)"]);
    assert_eq!(cells(&table, "Odds ratio of a change"), ["10/35", "4.00 (0.80–38.70)"]);
    assert!(notes(&table).contains("McNemar’s exact test: P = 0.109."));

    let number = |quantity, term: &str, value| Estimate {
        term: Some(term.into()),
        n: Some(2),
        at: (quantity == Quantity::Quantile).then_some(0.5),
        ..Estimate::new(quantity, value)
    };
    results.variables =
        vec![label("before", "Before", Kind::Number, &[]), label("after", "After", Kind::Number, &[])];
    results.estimates = vec![
        number(Quantity::Mean, "before", 6.5),
        number(Quantity::StandardDeviation, "before", 2.12),
        number(Quantity::Quantile, "before", 6.5),
        number(Quantity::Mean, "after", 4.5),
        number(Quantity::StandardDeviation, "after", 0.71),
        number(Quantity::Quantile, "after", 4.5),
        Estimate {
            interval: Some(interval(-10.706, 14.706, IntervalMethod::StudentT)),
            ..number(Quantity::MeanDifference, "before", 2.0)
        },
        number(Quantity::MedianDifference, "before", 2.0),
        Estimate {
            reference: Some("after".into()),
            interval: Some(interval(-1.0, 5.0, IntervalMethod::Exact)),
            ..number(Quantity::LocationShift, "before", 1.75)
        },
        tested(Quantity::Association, test(TestName::PairedT, Some(2.0), &[1.0], 0.295)),
    ];
    let table = shown(&results);
    assert_eq!(cells(&table, "Before"), ["2", "6.50 (2.12)", "6.50", ""]);
    assert_eq!(cells(&table, "Mean difference"), ["2", "", "2.00", "2.00 (−10.71 to 14.71)"]);
    assert_eq!(
        cells(&table, "Centre of the differences (Hodges–Lehmann)"),
        ["2", "", "", "1.75 (−1.00 to 5.00)"]
    );
    assert!(notes(&table).contains("Differences are Before less After;"), "{}", notes(&table));
    assert!(notes(&table).contains("Paired t-test: t = 2.00, 1 degree of freedom, P = 0.30."));
    // What differs by little between two alike values has the decimals of its own limits.
    let mean = results.estimates.iter_mut().find(|row| row.quantity == Quantity::MeanDifference).unwrap();
    (mean.value, mean.interval) = (Some(0.0216), Some(interval(0.0031, 0.0402, IntervalMethod::StudentT)));
    assert_eq!(cells(&shown(&results), "Mean difference")[3], "0.022 (0.003–0.040)");
}

#[test]
fn a_test_that_was_chosen_for_two_reasons_says_both() {
    let mut results = sample::baseline::table_1();
    let mut tests = results.estimates.iter_mut().filter_map(|row| row.test.as_mut());
    tests.next().unwrap().reason = Some("asked for in the plan".into());
    tests.for_each(|test| test.reason = Some("every expected count is at least 5".into()));
    let table = shown(&results);
    let both = notes(&table);
    assert!(both.contains("Pearson’s chi-squared test (asked for in the plan)."), "{both}");
    assert!(both.contains("Pearson’s chi-squared test (every expected count is at least 5)."), "{both}");
    let marks = |name: &str| {
        let row = table.rows.iter().find(|row| row.cells[0].text == name).expect("a row");
        row.cells.iter().flat_map(|cell| cell.notes.clone()).collect::<Vec<_>>()
    };
    assert_eq!(marks("Sex").len(), 1);
    assert_ne!(marks("Sex"), marks("Age"));
    assert_eq!(marks("Age"), marks("RAS"));
}

#[test]
fn weighted_shares_stand_without_the_counts_of_patients() {
    let mut results = sample::baseline::table_1();
    results.options["weights"] = json!("w");
    results.options["weight_kind"] = json!("sampling");
    results.estimates.retain(|row| row.quantity != Quantity::Association);
    results.estimates.push(Estimate {
        group: Some("yes".into()),
        n: Some(30),
        ..Estimate::new(Quantity::EffectivePatients, 21.4)
    });
    let table = shown(&results);
    let female = cells(&table, "Female");
    assert!(female.iter().all(|cell| !cell.contains('(')), "{female:?}");
    assert_eq!(female[0], "43.3");
    assert!(table.caption.as_deref().unwrap().starts_with("Values are weighted %."), "{:?}", table.caption);
    let details: Vec<_> =
        table.header.last().unwrap().iter().filter_map(|cell| cell.detail.as_deref()).collect();
    assert_eq!(details, ["N = 30 (effective 21)", "N = 464", "N = 494"]);
}

#[test]
fn adjusted_p_values_have_their_column() {
    let mut results = sample::baseline::table_1();
    results.options["adjust"] = json!("benjamini_hochberg");
    let first = results.estimates.iter().find(|row| row.quantity == Quantity::Association);
    let term = first.and_then(|row| row.term.clone());
    results.estimates.push(Estimate { term, ..Estimate::new(Quantity::AdjustedP, 0.416) });
    let table = shown(&results);
    let header = table.header.last().expect("a header");
    assert!(header.iter().any(|cell| cell.text == "Adjusted P"));
    assert!(table.rows.iter().all(|row| row.cells.len() == table.columns.len()));
    assert!(table.rows.iter().any(|row| row.cells.iter().any(|cell| cell.text == "0.42")));
    assert!(notes(&table).contains("Benjamini and Hochberg’s false discovery rate"));
}

#[test]
fn an_exact_model_says_what_its_ratios_are() {
    let mut results = empty("exact", "Predictors", "exact_logistic");
    results.options = json!({"strata": "centre"});
    results.variables = vec![
        label("x", "Mutation", Kind::Category, &[("no", "No"), ("yes", "Yes")]),
        label("centre", "Centre", Kind::Category, &[]),
    ];
    let row = |level: &str, value: f64| Estimate {
        model: Some(Model::Multivariable),
        term: Some("x".into()),
        level: Some(level.into()),
        reference: Some("no".into()),
        ..Estimate::new(Quantity::OddsRatio, value)
    };
    let limits = Interval { upper: None, ..interval(0.5, 9.0, IntervalMethod::MidP) };
    let infinite = Estimate {
        interval: Some(limits),
        test: Some(test(TestName::ExactConditional, None, &[], 0.333)),
        ..row("yes", 4.236)
    };
    results.estimates = vec![row("no", 1.0), infinite];
    results.notices = vec![Notice::MedianUnbiased { term: "x".into(), level: Some("yes".into()) }];
    let table = shown(&results);
    assert!(text::render(&table, 120).contains("Exact OR (95% CI)"), "{}", text::render(&table, 120));
    let told = notes(&table);
    assert!(told.contains("counted by half (mid-P)"), "{told}");
    assert!(told.contains("Stratified by centre."), "{told}");
    assert!(told.contains("Mutation: Yes: median unbiased estimate"), "{told}");
    assert!(cells(&table, "Yes").contains(&"4.24 (0.50–∞)"), "{}", text::render(&table, 120));
}

#[test]
fn a_number_in_two_groups() {
    let mut results = empty("size", "Size by response", "location");
    results.by = Some("pcr".into());
    results.variables = vec![
        label("size", "Size", Kind::Number, &[]),
        label("pcr", "Complete response", Kind::Category, &[("no", "No"), ("yes", "Yes")]),
    ];
    let of = |group: &str, quantity, at, value| Estimate {
        term: Some("size".into()),
        group: Some(group.into()),
        n: Some(12),
        at,
        ..Estimate::new(quantity, value)
    };
    for (group, mean) in [("yes", 21.0), ("no", 34.5)] {
        results.estimates.push(of(group, Quantity::Mean, None, mean));
        results.estimates.push(of(group, Quantity::StandardDeviation, None, 8.25));
        for (p, value) in [(0.25, 15.0), (0.5, 20.0), (0.75, 31.0)] {
            results.estimates.push(of(group, Quantity::Quantile, Some(p), value));
        }
    }
    let difference = |quantity, value, method, test: Test| Estimate {
        term: Some("size".into()),
        level: Some("yes".into()),
        reference: Some("no".into()),
        n: Some(24),
        interval: Some(interval(-20.0, -6.5, method)),
        test: Some(test),
        ..Estimate::new(quantity, value)
    };
    let welch = test(TestName::Welch, Some(-4.0), &[21.3], 0.000_6);
    let exact =
        Test { reason: Some("exact".into()), ..test(TestName::WilcoxonRankSum, Some(23.0), &[], 0.012) };
    results.estimates.push(difference(Quantity::MeanDifference, -13.5, IntervalMethod::StudentT, welch));
    results.estimates.push(difference(Quantity::LocationShift, -13.0, IntervalMethod::Exact, exact));
    let table = shown(&results);
    assert_eq!(cells(&table, "Yes")[..3], ["12", "21.0 (8.3)", "20.0 (15.0–31.0)"]);
    let shift = cells(&table, "Shift (Hodges–Lehmann)");
    assert_eq!(shift[3..], ["−13.0 (−20.0 to −6.5)", "0.012"]);
    let told = notes(&table);
    assert!(told.contains("Wilcoxon rank-sum test: W = 23.00, P = 0.012 (exact)."), "{told}");
    assert!(told.contains("Differences are Yes less No"), "{told}");
}

#[test]
fn a_log_rank_test_says_which_and_of_whom() {
    let mut results = empty("test", "Survival by arm", "log_rank");
    results.by = Some("arm".into());
    results.options = json!({
        "test": "fleming_harrington", "rho": 0.0, "gamma": 1.0, "strata": ["centre"], "weights": "w",
        "weight_kind": "sampling"
    });
    results.variables =
        vec![label("arm", "Arm", Kind::Category, &[]), label("centre", "Centre", Kind::Category, &[])];
    results.groups = vec![Group { level: Some("a".into()), label: "A".into(), n: 10, events: Some(4) }];
    let row = |quantity, value| Estimate { group: Some("a".into()), ..Estimate::new(quantity, value) };
    results.estimates = vec![
        row(Quantity::Observed, 4.0),
        row(Quantity::Expected, 5.0),
        Estimate {
            test: Some(test(TestName::FlemingHarrington, Some(3.1), &[1.0], 0.078)),
            ..Estimate::new(Quantity::GlobalTest, f64::NAN)
        },
    ];
    let told = notes(&shown(&results));
    assert!(
        told.contains("Fleming–Harrington test with ρ = 0 (early events) and γ = 1 (late events)."),
        "{told}"
    );
    assert!(told.contains("Stratified by centre. Weighted by W: sampling weights."), "{told}");
}
