//! The log-rank family and survival at one time by hand, identities of weights and late entries, and hard cases.

use estimate::find;
use study::{Column, CountTable, Estimate, Plan, Quantity, Results, SourceText};

/// Time, event, group, weight.
type Row = (f64, bool, u32, f64);

fn run(method: &str, options: &str, rows: &[Row]) -> Results {
    let columns = vec![
        Column::number("death.time", rows.iter().map(|row| row.0).collect()),
        Column::flag("death.event", &rows.iter().map(|row| Some(row.1)).collect::<Vec<_>>()),
        Column::category("arm", &["a", "b"], rows.iter().map(|row| row.2).collect()),
        Column::number("weight", rows.iter().map(|row| row.3).collect()),
    ];
    let table = CountTable::new(columns, vec![1; rows.len()]).unwrap();
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.death]\ntime = \"t\"\nevent = \"e\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"{method}\"\nendpoint = \"death\"\nby = \"arm\"\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    (find(&plan.analyses[0]).unwrap().estimate)(&plan.analyses[0], &plan, &[table]).unwrap()
}

fn row(results: &Results, quantity: Quantity) -> Option<&Estimate> {
    results.estimates.iter().find(|row| row.quantity == quantity)
}

fn statistic(results: &Results, quantity: Quantity) -> f64 {
    row(results, quantity).unwrap().test.as_ref().unwrap().statistic.unwrap()
}

fn close(ours: f64, by_hand: f64) {
    assert!((ours / by_hand - 1.0).abs() < 1e-13, "{ours} {by_hand}");
}

/// Events at 1 (2 of 4 at risk are of the first group), 2 (1 of 3) and 3 (1 of 2): U = W₁/2 − W₂/3 + W₃/2,
/// V = W₁²/4 + 2 W₂²/9 + W₃²/4.
const FOUR: [Row; 4] = [(1.0, true, 0, 1.0), (2.0, true, 1, 1.0), (3.0, true, 0, 1.0), (4.0, false, 1, 1.0)];

/// By hand, `log_rank`: each member of the family of four patients from its three weights, and the trend of two groups
/// as their difference.
#[test]
fn each_member_by_hand() {
    let by_hand = |w: [f64; 3]| {
        let u = w[0] / 2.0 - w[1] / 3.0 + w[2] / 2.0;
        u * u / (w[0] * w[0] / 4.0 + 2.0 * w[1] * w[1] / 9.0 + w[2] * w[2] / 4.0)
    };
    let members = [
        ("log_rank", 8.0 / 13.0),
        ("gehan_breslow", 4.0 / 7.0),
        ("tarone_ware", by_hand([2.0, 3f64.sqrt(), 2f64.sqrt()])),
        // S̃ is 4/5, 3/5 and 2/5.
        ("peto_peto", 4.0 / 7.0),
        ("modified_peto_peto", by_hand([0.64, 0.45, 4.0 / 15.0])),
        // The pooled curve before each is 1, 3/4 and 1/2.
        ("fleming_harrington\"\nrho = 1\n#\"", 4.0 / 7.0),
        ("fleming_harrington\"\ngamma = 1\n#\"", 4.0 / 11.0),
    ];
    for (member, chi_squared) in members {
        let results = run("log_rank", &format!("trend = true\ntest = \"{member}\""), &FOUR);
        close(statistic(&results, Quantity::GlobalTest), chi_squared);
        // Of two groups the trend is the difference.
        close(statistic(&results, Quantity::TrendTest), chi_squared);
    }
}

/// By hand, `kaplan_meier`: survival of 1/2 against 3/4 compared on five scales, in closed form.
#[test]
fn survival_at_a_time_by_hand() {
    // S is 1/2 and 3/4, Greenwood's sum 1/4 and 1/12.
    let rows: Vec<Row> = [(1.0, true, 0), (2.0, true, 0), (3.0, false, 0), (4.0, false, 0), (1.0, true, 1)]
        .into_iter()
        .chain([(5.0, false, 1); 3])
        .map(|(time, event, group)| (time, event, group, 1.0))
        .collect();
    let (half, three) = (0.5f64.ln(), 0.75f64.ln());
    let scales = [
        ("plain", 4.0 / 7.0),
        ("log", 3.0 * 1.5f64.ln().powi(2)),
        ("log_log", (three / half).ln().powi(2) / (0.25 / (half * half) + 1.0 / (12.0 * three * three))),
        ("logit", 3f64.ln().powi(2) / (1.0 + 4.0 / 3.0)),
        ("arcsine", (60f64.to_radians() - 45f64.to_radians()).powi(2) / (1.0 / 16.0 + 1.0 / 16.0)),
    ];
    for (scale, chi_squared) in scales {
        let results = run("kaplan_meier", &format!("at = [2.5]\ndifference = \"{scale}\""), &rows);
        let ours = row(&results, Quantity::SurvivalDifference).unwrap();
        close(ours.value.unwrap(), 0.25);
        close(ours.std_error.unwrap(), (7f64 / 64.0).sqrt());
        close(ours.test.as_ref().unwrap().statistic.unwrap(), chi_squared);
    }
}

/// Twelve patients with ties and unequal weights.
fn twelve(weight: impl Fn(usize) -> f64) -> Vec<Row> {
    (0..12).map(|i| ((1 + i * 5 % 7) as f64, i % 3 > 0, (i % 2) as u32, weight(i))).collect()
}

/// Identity, `log_rank`, `kaplan_meier`: frequencies are patients listed one by one, and the unit of sampling weights
/// is of no account.
#[test]
fn weights_keep_their_identities() {
    let sampling = "weights = \"weight\"\nweight_kind = \"sampling\"\n";
    let frequency = "weights = \"weight\"\nweight_kind = \"frequency\"\n";
    let test = |options: &str, rows: &[Row]| statistic(&run("log_rank", options, rows), Quantity::GlobalTest);
    let weight = |i: usize| (1 + i % 4) as f64;
    // The unit of sampling weights does not matter, at any scale.
    for scale in [1e-12, 1e12] {
        let scaled = test(sampling, &twelve(|i| scale * weight(i)));
        assert!((scaled / test(sampling, &twelve(weight)) - 1.0).abs() < 1e-9);
    }
    // Frequencies are patients listed one by one.
    let listed: Vec<Row> = twelve(weight)
        .into_iter()
        .flat_map(|row| std::iter::repeat_n((row.0, row.1, row.2, 1.0), row.3 as usize))
        .collect();
    assert_eq!(test(frequency, &twelve(weight)), test("", &listed));
    let error = |options: &str, rows: &[Row]| {
        let results = run("kaplan_meier", &format!("at = [4]\n{options}"), rows);
        row(&results, Quantity::Survival).unwrap().std_error.unwrap()
    };
    assert_eq!(error(frequency, &twelve(weight)), error("", &listed));
    // Equal weights say nothing: without censoring before, the robust variance is Greenwood's.
    let plain: Vec<Row> = (0..6).map(|i| (f64::from(i + 1), true, 0, 3.0)).collect();
    close(error(sampling, &plain), error("", &plain));
}

#[test]
fn hard_cases_have_a_result_or_a_reason() {
    let tested = |options: &str, rows: &[Row]| {
        let results = run("log_rank", options, rows);
        let test = row(&results, Quantity::GlobalTest).map(|row| row.test.as_ref().unwrap().clone());
        assert!(test.is_some() || !results.notices.is_empty(), "{options}");
        test.is_some()
    };
    let one = [(1.0, true, 0, 1.0), (2.0, false, 0, 1.0), (3.0, false, 1, 1.0)];
    let none = [(1.0, false, 0, 1.0), (2.0, false, 1, 1.0)];
    let tied = [(1.0, true, 0, 1.0), (1.0, true, 1, 1.0), (1.0, true, 1, 1.0)];
    let partly = [(1.0, true, 0, 1.0), (1.0, false, 1, 1.0), (1.0, true, 1, 1.0)];
    assert!(tested("", &one));
    // The first event has no weight, and there is no other.
    assert!(!tested("test = \"fleming_harrington\"\ngamma = 1", &one));
    assert!(!tested("", &none));
    // All at risk have the event at once: nothing varies.
    assert!(!tested("", &tied));
    assert!(tested("pairwise = \"holm\"", &partly));
    // Everybody or nobody with the event by then: a difference, and a reason why there is no test.
    let results = run("kaplan_meier", "at = [0.5]\ndifference = \"log_log\"", &one);
    assert_eq!(row(&results, Quantity::SurvivalDifference).unwrap().test, None);
    assert!(results.notices.iter().any(|notice| matches!(notice, study::Notice::NoDifferenceTest { .. })));
}

/// Strata are the combinations that occur: of three variables with 100,000 levels each there are more than memory, and
/// no patient has but a few of them.
#[test]
fn strata_of_many_levels_are_those_that_occur() {
    let many: Vec<String> = (0..100_000).map(|level| format!("{level:06}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let statistic_of = |strata: &str, of: &[(&str, &[&str], Vec<u32>)]| {
        let mut columns = vec![
            Column::number("death.time", vec![1.0, 2.0, 3.0, 4.0, 1.5, 2.5]),
            Column::flag("death.event", &[true, true, true, false, true, true].map(Some)),
            Column::category("arm", &["a", "b"], vec![0, 1, 0, 1, 1, 0]),
        ];
        columns.extend(of.iter().map(|(name, levels, codes)| Column::category(name, levels, codes.clone())));
        let table = CountTable::new(columns, vec![1; 6]).unwrap();
        let text = format!(
            "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.death]\ntime = \"t\"\nevent = \"e\"\n\
             [[analyses]]\nid = \"a\"\nmethod = \"log_rank\"\nendpoint = \"death\"\nby = \"arm\"\nstrata = {strata}\n"
        );
        let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
        let results =
            (find(&plan.analyses[0]).unwrap().estimate)(&plan.analyses[0], &plan, &[table]).unwrap();
        statistic(&results, Quantity::GlobalTest)
    };
    let one = statistic_of(r#"["s"]"#, &[("s", &["x", "y"], vec![0, 0, 0, 0, 1, 1])]);
    let sparse = |far: u32| vec![7, 7, 7, 7, far, far];
    let of = [
        ("s", many.as_slice(), sparse(7)),
        ("t", many.as_slice(), sparse(99_999)),
        ("u", many.as_slice(), sparse(7)),
    ];
    assert_eq!(statistic_of(r#"["s", "t", "u"]"#, &of), one);
}
