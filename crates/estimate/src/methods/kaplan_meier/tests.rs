//! Proofs by hand, and what is said where there is nothing to estimate.

use crate::methods::find;
use study::{
    Column, Convention, CountTable, Dialect, Estimate, IntervalMethod, Notice, Plan, Quantity, Results,
    SourceText,
};

/// Remission in weeks of leukaemia patients: Freireich et al. 1963, as printed by Kleinbaum & Klein, Survival
/// Analysis, table 1.1.
const TREATED: [(f64, bool); 21] = [
    (6.0, true),
    (6.0, true),
    (6.0, true),
    (7.0, true),
    (10.0, true),
    (13.0, true),
    (16.0, true),
    (22.0, true),
    (23.0, true),
    (6.0, false),
    (9.0, false),
    (10.0, false),
    (11.0, false),
    (17.0, false),
    (19.0, false),
    (20.0, false),
    (25.0, false),
    (32.0, false),
    (32.0, false),
    (34.0, false),
    (35.0, false),
];
const PLACEBO: [f64; 21] = [
    1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 5.0, 8.0, 8.0, 8.0, 8.0, 11.0, 11.0, 12.0, 12.0, 15.0, 17.0,
    22.0, 23.0,
];

fn plan(options: &str) -> Plan {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"patients\"\n[endpoints.relapse]\ntime = \"weeks\"\n\
         event = \"relapsed\"\nunit = \"weeks\"\n[[analyses]]\nid = \"a\"\nmethod = \"kaplan_meier\"\n\
         endpoint = \"relapse\"\n{options}\n"
    );
    Plan::parse(SourceText::new("study.toml", text)).unwrap()
}

fn run(options: &str, table: CountTable) -> Results {
    let plan = plan(options);
    let entry = find(&plan.analyses[0]).unwrap();
    assert_eq!((entry.requests)(&plan.analyses[0], &plan).unwrap().len(), 1);
    (entry.estimate)(&plan.analyses[0], &plan, &[table]).unwrap()
}

fn table(patients: &[(f64, Option<bool>, u32)], levels: &[&str]) -> CountTable {
    let column = |values: Vec<f64>| Column::number("relapse.time", values);
    CountTable::new(
        vec![
            column(patients.iter().map(|row| row.0).collect()),
            Column::flag("relapse.event", &patients.iter().map(|row| row.1).collect::<Vec<_>>()),
            Column::category("arm", levels, patients.iter().map(|row| row.2).collect()),
        ],
        vec![1; patients.len()],
    )
    .unwrap()
}

fn leukaemia() -> CountTable {
    let treated = TREATED.iter().map(|(time, event)| (*time, Some(*event), 0));
    let placebo = PLACEBO.iter().map(|time| (*time, Some(true), 1));
    table(&treated.chain(placebo).collect::<Vec<_>>(), &["6-MP", "placebo"])
}

fn one_group(patients: &[(f64, bool)]) -> CountTable {
    table(&patients.iter().map(|row| (row.0, Some(row.1), 0)).collect::<Vec<_>>(), &["all"])
}

fn row<'a>(results: &'a Results, quantity: Quantity, group: Option<&str>, at: Option<f64>) -> &'a Estimate {
    let mut rows = results.estimates.iter().filter(|row| {
        row.quantity == quantity && row.group.as_deref() == group && (at.is_none() || row.at == at)
    });
    let found = rows.next().unwrap();
    assert!(rows.next().is_none(), "one row is meant");
    found
}

fn close(ours: Option<f64>, exact: f64) {
    let ours = ours.unwrap();
    assert!((ours - exact).abs() <= 1e-14 * exact.abs().max(1.0), "{ours:e} is not {exact:e}");
}

/// By hand, `kaplan_meier`: four patients: survival 3/8, Greenwood’s error, median and median follow-up.
#[test]
fn four_patients_by_hand() {
    let results = run(
        "at = [4]\ninterval = \"plain\"",
        one_group(&[(1.0, true), (2.0, false), (3.0, true), (5.0, false)]),
    );
    let survival = row(&results, Quantity::Survival, None, Some(4.0));
    close(survival.value, 3.0 / 8.0);
    close(survival.std_error, 3.0 / 8.0 * (1.0f64 / 12.0 + 0.5).sqrt());
    close(row(&results, Quantity::SurvivalQuantile, None, Some(0.5)).value, 3.0);
    close(row(&results, Quantity::FollowUpMedian, None, None).value, 5.0);
}

/// By hand, `kaplan_meier`: the product of the fractions of 21 treated patients, and Greenwood’s error at six weeks.
#[test]
fn the_leukaemia_trial_as_printed() {
    let results = run("by = \"arm\"\nat = [6, 7, 10, 13, 16, 22, 23]\ninterval = \"plain\"", leukaemia());
    // Kleinbaum & Klein, table 2.2: the product-limit estimate of the treated, to four decimals, and the fractions
    // behind it.
    let mut exact = 1.0;
    for (at, at_risk, events, printed) in [
        (6.0, 21, 3.0, 0.8571),
        (7.0, 17, 1.0, 0.8067),
        (10.0, 15, 1.0, 0.7529),
        (13.0, 12, 1.0, 0.6902),
        (16.0, 11, 1.0, 0.6275),
        (22.0, 7, 1.0, 0.5378),
        (23.0, 6, 1.0, 0.4482),
    ] {
        let survival = row(&results, Quantity::Survival, Some("6-MP"), Some(at));
        exact *= 1.0 - events / f64::from(at_risk);
        close(survival.value, exact);
        assert!((survival.value.unwrap() - printed).abs() < 0.5e-4);
        assert_eq!(survival.n, Some(u64::from(at_risk as u32)));
    }
    // Greenwood at six weeks: 6/7 · √(3 / (21 · 18)) = 0.0764.
    let first = row(&results, Quantity::Survival, Some("6-MP"), Some(6.0));
    close(first.std_error, 6.0 / 7.0 * (1.0f64 / 126.0).sqrt());
    assert!((first.std_error.unwrap() - 0.0764).abs() < 0.5e-4);
    let limits = first.interval.unwrap();
    close(limits.lower, 6.0 / 7.0 - 1.959963984540054 * first.std_error.unwrap());
    assert_eq!(limits.upper, Some(1.0), "cut to 1");
    // Medians 23 and 8 weeks; log-rank 16.79 on one degree of freedom.
    assert_eq!(row(&results, Quantity::SurvivalQuantile, Some("6-MP"), None).value, Some(23.0));
    assert_eq!(row(&results, Quantity::SurvivalQuantile, Some("placebo"), None).value, Some(8.0));
    let test = row(&results, Quantity::GlobalTest, None, None).test.clone().unwrap();
    assert!((test.statistic.unwrap() - 16.79).abs() < 0.005);
    assert_eq!(test.df, [1.0]);
    assert_eq!(results.curves.len(), 2);
    let curve = &results.curves[0];
    assert_eq!((curve.time[0], curve.at_risk[0], curve.estimate[0]), (0.0, 21, 1.0));
    assert_eq!((curve.time[1], curve.events[1], curve.censored[1]), (6.0, 3, 1));
    assert_eq!(curve.time.len(), 1 + 16);
}

#[test]
fn a_curve_that_comes_down_to_zero_stays_there_and_one_that_does_not_ends() {
    let results = run("by = \"arm\"\nat = [23, 35, 36]", leukaemia());
    for at in [23.0, 36.0] {
        let zero = row(&results, Quantity::Survival, Some("placebo"), Some(at));
        assert_eq!((zero.value, zero.std_error, zero.interval), (Some(0.0), None, None));
    }
    let last = row(&results, Quantity::Survival, Some("6-MP"), Some(35.0));
    assert!(last.value.is_some() && last.n == Some(1), "the last time itself is within follow-up");
    assert_eq!(row(&results, Quantity::Survival, Some("6-MP"), Some(36.0)).value, None);
    let of = |notice: &Notice| results.notices.contains(notice);
    assert!(of(&Notice::BeyondFollowUp { group: Some("6-MP".into()), at: 36.0, last: 35.0 }));
    assert!(of(&Notice::FewAtRisk { group: Some("6-MP".into()), at: 35.0, at_risk: 1 }));
    assert!(!results.notices.iter().any(
        |notice| matches!(notice, Notice::BeyondFollowUp { group, .. } if group.as_deref() == Some("placebo"))
    ));
}

#[test]
fn times_of_dates_are_days_and_shown_in_months() {
    let text = "[study]\ntitle = \"T\"\nconfidence_level = 0.9\ndialect = \"r\"\n[population]\ntable = \"p\"\n\
                [endpoints.relapse]\nlabel = \"Relapse\"\nstart = \"a\"\nend = \"b\"\nevent = \"c\"\n\
                [[analyses]]\nid = \"a\"\nmethod = \"kaplan_meier\"\nendpoint = \"relapse\"\nat = [12]\n";
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let table = one_group(&[(365.0, true), (366.0, true), (487.0, false), (487.0, true)]);
    let analysis = &plan.analyses[0];
    let results = (find(analysis).unwrap().estimate)(analysis, &plan, &[table]).unwrap();
    // 12 months are 365.25 days: between the first two events.
    let year = row(&results, Quantity::Survival, None, Some(12.0));
    assert_eq!((year.value, year.n), (Some(0.75), Some(3)));
    assert_eq!(year.interval.unwrap().confidence_level, 0.9);
    assert_eq!(row(&results, Quantity::ObservedTimeMedian, None, None).value, Some(426.5 / 30.4375));
    // At 366 days half survive, until one of the last two dies on day 487.
    assert_eq!(row(&results, Quantity::SurvivalQuantile, None, None).value, Some(426.5 / 30.4375));
    assert_eq!(row(&results, Quantity::FollowUpMedian, None, None).value, Some(16.0));
    assert_eq!(results.curves[0].time.last(), Some(&16.0));
    assert_eq!(results.options["interval"], "log");
    assert_eq!(results.label("relapse"), "Relapse");
    assert_eq!(results.time_unit.as_deref(), Some("months"));
}

/// By hand, `kaplan_meier`: the median of a curve that is level at one half: its middle or its beginning.
#[test]
fn the_median_of_a_level_curve_follows_the_dialect() {
    // Four patients with the event in weeks 1, 2, 6 and 9: survival is 1/2 from week 2 to week 6. Reversed, the censored
    // of weeks 3, 4, 7 and 8 leave 1/2 from week 4 to week 7.
    let events = one_group(&[(1.0, true), (2.0, true), (6.0, true), (9.0, true)]);
    let censored = one_group(&[(3.0, false), (4.0, false), (7.0, false), (8.0, false)]);
    for dialect in Dialect::ALL {
        let (median, follow_up) = match dialect {
            Dialect::Farr | Dialect::R | Dialect::Sas => (4.0, 5.5),
            Dialect::Spss | Dialect::Stata => (2.0, 4.0),
        };
        let of = |table: &CountTable, quantity| {
            let mut plan = plan("");
            plan.study.conventions.insert(Convention::SurvivalQuantile, dialect);
            let entry = find(&plan.analyses[0]).unwrap();
            let results = (entry.estimate)(&plan.analyses[0], &plan, std::slice::from_ref(table)).unwrap();
            row(&results, quantity, None, None).value
        };
        assert_eq!(of(&events, Quantity::SurvivalQuantile), Some(median), "{dialect:?}");
        assert_eq!(of(&censored, Quantity::FollowUpMedian), Some(follow_up), "{dialect:?}");
    }
}

#[test]
fn the_interval_of_a_median_by_the_slope_of_the_curve() {
    // Weeks until an intrauterine device is given up (Collett 2015, example 2.8): median 93, standard error 17.13, 95%
    // limits 59 and 127.
    let weeks = [10_i32, -13, -18, 19, -23, 30, 36, -38, -54, -56, 59, 75, 93, 97, -104, 107, -107, -107];
    let patients: Vec<(f64, bool)> = weeks.iter().map(|week| (f64::from(week.abs()), *week > 0)).collect();
    let table = one_group(&patients);
    let of = |dialect: Dialect| {
        let mut plan = plan("");
        plan.study.conventions.insert(Convention::SurvivalQuantileInterval, dialect);
        let entry = find(&plan.analyses[0]).unwrap();
        let results = (entry.estimate)(&plan.analyses[0], &plan, std::slice::from_ref(&table)).unwrap();
        row(&results, Quantity::SurvivalQuantile, None, None).clone()
    };
    let spss = of(Dialect::Spss);
    let limits = spss.interval.unwrap();
    assert_eq!((spss.value, limits.method), (Some(93.0), IntervalMethod::CurveSlope));
    let half = 1.959_963_984_540_054 * 17.13;
    assert!((limits.upper.unwrap() - 93.0 - half).abs() < 0.01, "{limits:?}");
    assert!((limits.lower.unwrap() - 93.0 + half).abs() < 0.01, "{limits:?}");
    assert_eq!(of(Dialect::R).interval.unwrap().method, IntervalMethod::BrookmeyerCrowley);
    // A curve that never falls to 0.45 has no slope there, and so no limits.
    let level = one_group(&[(1.0, true), (2.0, true), (3.0, false), (4.0, false)]);
    let mut plan = plan("");
    plan.study.conventions.insert(Convention::SurvivalQuantileInterval, Dialect::Spss);
    let entry = find(&plan.analyses[0]).unwrap();
    let results = (entry.estimate)(&plan.analyses[0], &plan, std::slice::from_ref(&level)).unwrap();
    let interval = row(&results, Quantity::SurvivalQuantile, None, None).interval.unwrap();
    assert_eq!((interval.lower, interval.upper), (None, None));
}

/// The row of a further time `at` for those free of the event at `given`.
fn conditional<'a>(results: &'a Results, given: &str, at: f64) -> &'a Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == Quantity::ConditionalSurvival);
    rows.find(|row| row.level.as_deref() == Some(given) && row.at == Some(at)).unwrap()
}

/// By hand, `kaplan_meier`: survival of those free of the event at two weeks is 2/3 and then 1/3, with its error and
/// limits.
#[test]
fn conditional_survival_by_hand() {
    let patients = [(1.0, true), (2.0, true), (3.0, true), (4.0, true), (5.0, false)];
    let results =
        run("at = [1, 2, 4]\nconditional = [2, 0.5, 5, 6]\ninterval = \"log\"", one_group(&patients));
    // Of the five three are left after week 2, of whom two of three and then one of two pass.
    let two = conditional(&results, "2", 2.0);
    close(two.value, 1.0 / 3.0);
    close(two.std_error, (2.0f64 / 3.0).sqrt() / 3.0);
    let half = 1.959963984540054 * (2.0f64 / 3.0).sqrt();
    close(two.interval.unwrap().lower, (-half).exp() / 3.0);
    assert_eq!((two.interval.unwrap().upper, two.n), (Some(1.0), Some(2)));
    close(conditional(&results, "2", 1.0).value, 2.0 / 3.0);
    close(conditional(&results, "0.5", 1.0).value, 4.0 / 5.0);
    // Six weeks are beyond the follow-up of all; after five nobody is followed.
    for (given, at) in [("2", 4.0), ("5", 1.0), ("6", 1.0)] {
        let row = conditional(&results, given, at);
        assert_eq!((row.value, row.std_error, row.interval), (None, None, None), "{given} and {at}");
        let at = given.parse::<f64>().unwrap() + at;
        let told = Notice::BeyondFollowUp { group: None, at, last: 5.0 };
        assert_eq!(results.notices.iter().filter(|notice| **notice == told).count(), 1);
    }
    // Nothing is known of those who would have outlived everybody.
    let results = run("at = [1]\nconditional = [2]", one_group(&[(1.0, true), (2.0, true)]));
    assert_eq!(conditional(&results, "2", 1.0).value, None);
    for options in ["conditional = [2]", "at = [1]\nconditional = [0]", "at = [1]\nconditional = [inf]"] {
        let plan = plan(options);
        assert!((find(&plan.analyses[0]).unwrap().requests)(&plan.analyses[0], &plan).is_err(), "{options}");
    }
}

/// Identity, `kaplan_meier`: conditional survival is the survival after a landmark, with its error and limits.
#[test]
fn conditional_survival_is_that_of_a_landmark() {
    for interval in ["plain", "log", "log_log", "logit", "arcsine"] {
        let with = |options: &str| {
            let options = format!("by = \"arm\"\nat = [4, 9]\ninterval = \"{interval}\"\n{options}");
            run(&options, leukaemia())
        };
        let (ours, landmark) = (with("conditional = [6]"), with("landmark = 6"));
        let mut compared = 0;
        let rows = ours.estimates.iter().filter(|row| row.quantity == Quantity::ConditionalSurvival);
        for row in rows {
            let other = self::row(&landmark, Quantity::Survival, row.group.as_deref(), row.at);
            assert_eq!(
                (row.value, row.std_error, row.interval, row.n),
                (other.value, other.std_error, other.interval, other.n)
            );
            compared += 1;
        }
        assert_eq!(compared, 4);
    }
}

/// By hand, `kaplan_meier`: the reverse curve where a death and a censoring share a day.
#[test]
fn deaths_stay_at_risk_for_the_censorings_of_their_day() {
    // The reverse curve is 3/4 on day 1 and 3/4 · 2/3 on day 2. Were the dead removed first, it would be 3/4 · 1/2 there
    // and the median 2.
    let results = run("", one_group(&[(1.0, false), (2.0, true), (2.0, false), (4.0, false)]));
    let follow_up = row(&results, Quantity::FollowUpMedian, None, None);
    assert_eq!(follow_up.value, Some(3.0), "one half from day 2 to day 4");
    // 2/3 on day 2 and 0 on day 4; were the dead removed first, 1/2 from day 2 to day 4.
    let results = run("", one_group(&[(2.0, true), (2.0, false), (4.0, false)]));
    assert_eq!(row(&results, Quantity::FollowUpMedian, None, None).value, Some(4.0));
}

#[test]
fn an_event_on_the_first_day_lowers_the_curve_at_once() {
    let results = run("at = [1]", one_group(&[(0.0, true), (0.0, false), (5.0, true), (5.0, false)]));
    let curve = &results.curves[0];
    assert_eq!((curve.time[0], curve.at_risk[0], curve.events[0], curve.censored[0]), (0.0, 4, 1, 1));
    assert_eq!((curve.estimate[0], curve.time.len()), (0.75, 2));
    assert_eq!(row(&results, Quantity::Survival, None, Some(1.0)).value, Some(0.75));
}

#[test]
fn nobody_and_no_events_are_said() {
    let patients = [(3.0, Some(false), 0), (4.0, Some(false), 0), (2.0, Some(true), 1), (5.0, None, 1)];
    let results = run("by = \"arm\"\nat = [3]\noverall = true", table(&patients, &["a", "b", "empty"]));
    let levels: Vec<_> = results.groups.iter().map(|group| group.level.as_deref()).collect();
    assert_eq!(levels, [Some("a"), Some("b"), Some("empty"), None]);
    assert_eq!(results.curves.len(), 3, "no curve of nobody");
    assert!(results.notices.contains(&Notice::NoEvents { group: Some("a".into()) }));
    assert!(results.notices.contains(&Notice::Other { message: "No patients in the group “empty”.".into() }));
    assert!(results.notices.contains(&Notice::MissingExcluded { variable: "relapse.event".into(), n: 1 }));
    assert_eq!((results.participants.eligible, results.participants.analysed), (4, 3));
    assert_eq!(row(&results, Quantity::Survival, Some("empty"), None).value, None);
    let untouched = row(&results, Quantity::Survival, Some("a"), None);
    assert_eq!((untouched.value, untouched.interval), (Some(1.0), None), "no interval before any event");
    assert_eq!(row(&results, Quantity::SurvivalQuantile, Some("a"), None).value, None);
    assert_eq!(row(&results, Quantity::GlobalTest, None, None).test.as_ref().unwrap().df, [1.0]);
}

#[test]
fn a_median_not_reached_is_said() {
    let results = run("quantiles = [0.75, 0.5]", one_group(&[(1.0, true), (2.0, false), (3.0, false)]));
    assert_eq!(results.notices.first(), Some(&Notice::QuantileNotReached { group: None, probability: 0.5 }));
    assert_eq!(row(&results, Quantity::SurvivalQuantile, None, Some(0.75)).value, Some(1.0));
}

#[test]
fn options_out_of_range_are_refused_with_their_place() {
    for (options, message, column) in [
        ("at = [12, -1]", "no survival can be reported at time -1", 11),
        ("at = [inf]", "no survival can be reported at time inf", 7),
        ("quantiles = [1]", "the quantile 1 is not between 0 and 1", 14),
    ] {
        let plan = plan(options);
        let entry = find(&plan.analyses[0]).unwrap();
        let problem = (entry.requests)(&plan.analyses[0], &plan).unwrap_err();
        assert_eq!(problem.message, message);
        let Some(study::Place::Text { line, column: place, .. }) = problem.place else { panic!() };
        assert_eq!((line, place), (13, column), "{options}");
    }
    let plan = plan("by = \"arm\"");
    let numeric = CountTable::new(
        vec![
            Column::number("relapse.time", vec![1.0]),
            Column::flag("relapse.event", &[Some(true)]),
            Column::number("arm", vec![2.0]),
        ],
        vec![1],
    );
    let analysis = &plan.analyses[0];
    let problem = (find(analysis).unwrap().estimate)(analysis, &plan, &[numeric.unwrap()]).unwrap_err();
    assert!(problem.place.is_some() && problem.message.contains("levels are needed"), "{problem}");
}

#[test]
fn a_landmark_starts_follow_up_anew() {
    // Until week 6: three events and one censoring among the treated; nine events among the others, leaving 12.
    let results = run("by = \"arm\"\nlandmark = 6\nat = [4]", leukaemia());
    assert_eq!(results.groups.iter().map(|group| group.n).collect::<Vec<_>>(), [17, 12]);
    assert_eq!((results.participants.eligible, results.participants.analysed), (29, 29));
    let told = "Left out at the landmark (6 weeks): 12 with the event by then, 1 censored by then.";
    assert!(results.notices.iter().any(|notice| notice.to_string() == told), "{:?}", results.notices);
    // Weeks 7 and 10 are 1 and 4 of the new clock: 16/17 · 14/15.
    let found = row(&results, Quantity::Survival, Some("6-MP"), Some(4.0));
    assert!((found.value.unwrap() - 16.0 / 17.0 * 14.0 / 15.0).abs() < 1e-14);
    let plan = plan("landmark = 0");
    assert!((find(&plan.analyses[0]).unwrap().requests)(&plan.analyses[0], &plan).is_err());
}
