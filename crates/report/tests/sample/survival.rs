//! Figures 2 and 3.

use super::*;

/// Months, events to date, censored to date.
type Course = &'static [(f64, u64, u64)];

const OS_PCR: Course = &[
    (0.0, 0, 0),
    (12.0, 1, 0),
    (24.0, 1, 5),
    (36.0, 2, 10),
    (48.0, 2, 15),
    (60.0, 3, 17),
    (84.0, 3, 21),
    (120.0, 3, 25),
    (133.0, 3, 27),
];
const OS_NON: Course = &[
    (0.0, 0, 0),
    (6.0, 18, 40),
    (12.0, 38, 80),
    (24.0, 107, 130),
    (36.0, 158, 157),
    (48.0, 177, 180),
    (60.0, 188, 196),
    (84.0, 197, 222),
    (120.0, 201, 246),
    (151.0, 201, 263),
];
const DFS_PCR: Course = &[
    (0.0, 0, 0),
    (6.0, 2, 0),
    (12.0, 3, 0),
    (24.0, 6, 5),
    (36.0, 7, 9),
    (48.0, 7, 13),
    (60.0, 7, 14),
    (84.0, 7, 17),
    (120.0, 7, 21),
    (133.0, 7, 23),
];
const DFS_NON: Course = &[
    (0.0, 0, 0),
    (6.0, 153, 35),
    (12.0, 273, 55),
    (24.0, 309, 73),
    (36.0, 325, 81),
    (48.0, 331, 88),
    (60.0, 336, 99),
    (84.0, 336, 106),
    (120.0, 337, 119),
    (151.0, 337, 127),
];

/// The curve of a course whose events and censorings are spread evenly between its times.
pub(crate) fn curve(group: &str, n: u64, course: Course) -> Curve {
    let mut steps: Vec<(f64, bool)> = Vec::new();
    for pair in course.windows(2) {
        let ((from, d0, c0), (to, d1, c1)) = (pair[0], pair[1]);
        for (count, event, offset) in [(d1 - d0, true, 0.3), (c1 - c0, false, 0.7)] {
            steps
                .extend((0..count).map(|i| (from + (to - from) * (i as f64 + offset) / count as f64, event)));
        }
    }
    steps.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut curve = Curve { group: Some(group.into()), ..Curve::default() };
    let (mut at_risk, mut survival, mut variance) = (n, 1.0_f64, 0.0_f64);
    let mut push = |time: f64, at_risk: u64, event: Option<bool>, survival: f64, variance: f64| {
        curve.time.push(time);
        curve.at_risk.push(at_risk);
        curve.events.push(u64::from(event == Some(true)));
        curve.censored.push(u64::from(event == Some(false)));
        curve.estimate.push(survival);
        curve.std_error.push(Some(survival * variance.sqrt()));
        let spread = 1.96 * variance.sqrt() / survival.ln();
        let limit =
            |sign: f64| if survival < 1.0 { Some(survival.powf((sign * spread).exp())) } else { Some(1.0) };
        curve.lower.push(limit(-1.0));
        curve.upper.push(limit(1.0));
    };
    push(0.0, n, None, 1.0, 0.0);
    for (time, event) in steps {
        let before = at_risk;
        if event {
            let r = at_risk as f64;
            survival *= 1.0 - 1.0 / r;
            variance += 1.0 / (r * (r - 1.0));
        }
        push(time, before, Some(event), survival, variance);
        at_risk -= 1;
    }
    curve
}

fn outline(analysis: &str, title: &str, outcome: &str, text: &str, events: [u64; 2]) -> Results {
    let mut results = empty(analysis, title, "kaplan_meier");
    results.by = Some("pcr".into());
    results.outcome = Some(outcome.into());
    results.time_unit = Some("months".into());
    results.groups = vec![
        group(Some("yes"), "pCR", 30, Some(events[0])),
        group(Some("no"), "non-pCR", 464, Some(events[1])),
    ];
    results.variables = vec![response(), label(outcome, text, Kind::Number, &[])];
    results.options =
        json!({"endpoint": outcome, "by": "pcr", "at": [12, 36, 60, 120], "interval": "log_log"});
    results.methods_text = vec![
        "Survival was estimated by the Kaplan–Meier method and compared with the log-rank test".into(),
        "Pointwise intervals are on the log(−log) scale.".into(),
    ];
    results
}

fn at(results: &mut Results, level: &str, rows: &[(f64, u64, f64, f64, f64)]) {
    for (at, n, value, lower, upper) in rows {
        results.estimates.push(Estimate {
            group: Some(level.into()),
            at: Some(*at),
            n: Some(*n),
            interval: Some(interval(*lower, *upper, IntervalMethod::LogLog)),
            ..Estimate::new(Quantity::Survival, *value)
        });
    }
}

fn median(
    results: &mut Results,
    quantity: Quantity,
    level: &str,
    value: Option<f64>,
    limits: Option<(Option<f64>, Option<f64>)>,
) {
    results.estimates.push(Estimate {
        group: Some(level.into()),
        at: (quantity == Quantity::SurvivalQuantile).then_some(0.5),
        value,
        interval: limits.map(|(lower, upper)| Interval {
            lower,
            upper,
            ..interval(0.0, 0.0, IntervalMethod::LogLog)
        }),
        ..Estimate::new(quantity, 0.0)
    });
}

fn log_rank_test(results: &mut Results, statistic: f64, p: f64) {
    results.estimates.push(Estimate {
        value: None,
        test: Some(test(TestName::LogRank, Some(statistic), &[1.0], p)),
        ..Estimate::new(Quantity::GlobalTest, 0.0)
    });
}

pub(crate) fn overall() -> Results {
    let mut results = outline(
        "figure-2",
        "Overall survival by pathological response",
        "overall_survival",
        "Overall survival",
        [3, 201],
    );
    at(
        &mut results,
        "yes",
        &[
            (12.0, 29, 0.966_666_7, 0.786_083_6, 0.995_236_3),
            (36.0, 18, 0.922_727_3, 0.721_015_8, 0.980_421_2),
            (60.0, 10, 0.851_748_3, 0.585_583, 0.953_023_9),
            (120.0, 2, 0.851_748_3, 0.585_583, 0.953_023_9),
        ],
    );
    at(
        &mut results,
        "no",
        &[
            (12.0, 346, 0.909_082_2, 0.877_122_7, 0.933_046_3),
            (36.0, 149, 0.542_885_6, 0.487_209, 0.595_154_6),
            (60.0, 80, 0.415_175_4, 0.357_072_7, 0.472_194_8),
            (120.0, 17, 0.312_979_9, 0.246_118_5, 0.381_941_4),
        ],
    );
    median(&mut results, Quantity::SurvivalQuantile, "yes", None, Some((None, None)));
    median(&mut results, Quantity::SurvivalQuantile, "no", Some(44.320_328), Some((Some(36.2), Some(57.9))));
    median(&mut results, Quantity::FollowUpMedian, "yes", Some(42.381_93), Some((Some(33.0), None)));
    median(&mut results, Quantity::FollowUpMedian, "no", Some(47.244_353), Some((Some(41.1), Some(55.0))));
    median(&mut results, Quantity::ObservedTimeMedian, "yes", Some(37.995_893), None);
    median(&mut results, Quantity::ObservedTimeMedian, "no", Some(23.687_885), None);
    log_rank_test(&mut results, 14.280_941, 0.000_157_451);
    results.curves = vec![curve("yes", 30, OS_PCR), curve("no", 464, OS_NON)];
    results.notices = vec![
        Notice::QuantileNotReached { group: Some("yes".into()), probability: 0.5 },
        Notice::FewAtRisk { group: Some("yes".into()), at: 120.0, at_risk: 2 },
    ];
    results
}

pub(crate) fn disease_free() -> Results {
    let mut results = outline(
        "figure-3",
        "Disease-free survival by pathological response",
        "disease_free_survival",
        "Disease-free survival",
        [7, 337],
    );
    at(
        &mut results,
        "yes",
        &[
            (12.0, 27, 0.9, 0.721_192_9, 0.966_607),
            (36.0, 14, 0.737_004, 0.522_638_7, 0.866_305_1),
            (60.0, 9, 0.737_004, 0.522_638_7, 0.866_305_1),
        ],
    );
    at(
        &mut results,
        "no",
        &[
            (12.0, 136, 0.356_810_8, 0.310_725, 0.403_081_9),
            (36.0, 58, 0.203_821_5, 0.163_987_97, 0.246_791),
            (60.0, 29, 0.159_290_7, 0.121_652_9, 0.201_501_4),
        ],
    );
    median(&mut results, Quantity::SurvivalQuantile, "yes", None, None);
    median(&mut results, Quantity::SurvivalQuantile, "no", Some(8.640_657), Some((Some(7.9), Some(9.5))));
    log_rank_test(&mut results, 29.808_453_7, 4.769e-8);
    results.curves = vec![curve("yes", 30, DFS_PCR), curve("no", 464, DFS_NON)];
    results
}

pub(crate) fn log_rank() -> Results {
    let mut results = empty("log-rank", "Log-rank test of overall survival", "log_rank");
    results.by = Some("pcr".into());
    results.groups = overall().groups;
    results.variables = vec![response()];
    for (level, observed, expected) in [("yes", 3.0, 14.9), ("no", 201.0, 189.1)] {
        for (quantity, value) in [(Quantity::Observed, observed), (Quantity::Expected, expected)] {
            results.estimates.push(Estimate { group: Some(level.into()), ..Estimate::new(quantity, value) });
        }
    }
    log_rank_test(&mut results, 14.280_941, 0.000_157_451);
    results
}
