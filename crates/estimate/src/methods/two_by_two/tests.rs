//! The method from a plan and counts, and what must hold of every table.

use super::*;
use crate::methods::find;
use crate::methods::tests::{CrossTable, pearson};
use proptest::prelude::*;
use study::Notice;
use study::{Column, Estimate, IntervalMethod, Model, Place, Quantity, SourceText, TestName};

fn plan(dialect: &str, options: &str) -> Plan {
    let text = format!(
        "[study]\ntitle = \"T\"\ndialect = \"{dialect}\"\n[population]\ntable = \"p\"\n[[analyses]]\nid = \"a\"\n\
         method = \"two_by_two\"\noutcome = \"y\"\nexposure = \"x\"\n{options}"
    );
    Plan::parse(SourceText::new("study.toml", text)).unwrap()
}

fn try_run(dialect: &str, options: &str, columns: Vec<Column>, n: &[u64]) -> Result<Results, Problem> {
    let plan = plan(dialect, options);
    let analysis = &plan.analyses[0];
    let method = find(analysis).unwrap();
    (method.requests)(analysis, &plan)?;
    (method.estimate)(analysis, &plan, &[CountTable::new(columns, n.to_vec()).unwrap()])
}

/// Cells a, b, c, d of each stratum as counted rows.
fn columns(strata: &[[u64; 4]]) -> (Vec<Column>, Vec<u64>) {
    let rows = strata.len();
    let repeat = |values: [bool; 4]| (0..4 * rows).map(|row| Some(values[row % 4])).collect::<Vec<_>>();
    let names: Vec<String> = (0..rows).map(|stratum| format!("s{stratum}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let columns = vec![
        Column::flag("x", &repeat([true, true, false, false])),
        Column::flag("y", &repeat([true, false, true, false])),
        Column::category("s", &names, (0..4 * rows).map(|row| (row / 4) as u32).collect()),
    ];
    (columns, strata.concat())
}

fn run(dialect: &str, options: &str, strata: &[[u64; 4]]) -> Results {
    let (columns, n) = columns(strata);
    try_run(dialect, options, columns, &n).unwrap()
}

fn row(results: &Results, quantity: Quantity, model: Option<Model>, group: Option<&str>) -> Estimate {
    let same =
        |row: &&Estimate| row.quantity == quantity && row.model == model && row.group.as_deref() == group;
    results.estimates.iter().rfind(same).unwrap().clone()
}

const ONE: [u64; 4] = [15, 5, 10, 30];

/// By hand, `two_by_two`: 15 of 20 against 10 of 40: difference 1/2, risk ratio 3, odds ratio 9 and Pearson’s χ².
#[test]
fn risks_and_effects_by_hand() {
    let results = run("farr", "", &[ONE]);
    let risks: Vec<_> = results
        .estimates
        .iter()
        .filter(|row| row.quantity == Quantity::Risk)
        .map(|row| (row.level.as_deref().unwrap(), row.n.unwrap(), row.of.unwrap(), row.value.unwrap()))
        .collect();
    assert_eq!(risks, [("no", 10, 40, 0.25), ("yes", 15, 20, 0.75)]);
    for (quantity, value, method) in [
        (Quantity::RiskDifference, 0.5, IntervalMethod::Newcombe),
        (Quantity::RiskRatio, 3.0, IntervalMethod::MiettinenNurminen),
        (Quantity::OddsRatio, 9.0, IntervalMethod::MiettinenNurminen),
    ] {
        let row = row(&results, quantity, None, None);
        assert!((row.value.unwrap() - value).abs() < 1e-14);
        assert_eq!((row.level.as_deref(), row.reference.as_deref()), (Some("yes"), Some("no")));
        assert_eq!(row.interval.unwrap().method, method);
    }
    let test = row(&results, Quantity::Association, None, None).test.unwrap();
    assert_eq!(test.name, TestName::PearsonChiSquared);
    assert!((test.statistic.unwrap() - 9.6e6 / 7e5).abs() < 1e-12);
    assert_eq!((results.groups.len(), results.groups[0].events), (1, Some(25)));
    assert_eq!(results.options["event"], "yes");
    assert!(results.notices.is_empty());
}

#[test]
fn intervals_and_tests_are_as_asked_and_follow_the_dialect() {
    let methods = |dialect: &str, options: &str| {
        let results = run(dialect, options, &[ONE]);
        [Quantity::Risk, Quantity::RiskDifference, Quantity::RiskRatio, Quantity::OddsRatio]
            .map(|quantity| row(&results, quantity, None, None).interval.unwrap().method)
    };
    use IntervalMethod::{Exact, MiettinenNurminen, Newcombe, Score, ScoreCorrected, Wald, WaldCorrected};
    assert_eq!(methods("farr", ""), [Score, Newcombe, MiettinenNurminen, MiettinenNurminen]);
    assert_eq!(methods("r", ""), [ScoreCorrected, WaldCorrected, Wald, Exact]);
    assert_eq!(methods("spss", ""), [Score, Newcombe, Wald, Wald]);
    assert_eq!(methods("stata", ""), [Exact, Wald, Wald, Exact]);
    assert_eq!(methods("sas", ""), [Exact, Wald, Wald, Wald]);
    let options = "risk_interval = \"clopper_pearson\"\ndifference_interval = \"miettinen_nurminen\"\n\
                   ratio_interval = \"wald\"\nodds_interval = \"exact\"\n\
                   tests = [\"pearson\", \"yates\", \"fisher\", \"mid_p\"]";
    assert_eq!(methods("farr", options), [Exact, MiettinenNurminen, Wald, Exact]);
    let results = run("farr", options, &[ONE]);
    let p: Vec<f64> = results.estimates.iter().filter_map(|row| row.test.as_ref()?.p_value).collect();
    // Pearson's P is smallest here; mid-P lies below Fisher's.
    assert!(p.len() == 4 && p[0] < p[1] && p[3] < p[2], "{p:?}");
    let options = "difference_interval = \"exact\"\nratio_interval = \"exact\"";
    assert_eq!(methods("sas", options)[1..3], [IntervalMethod::ExactUnconditional; 2]);
    let options = "difference_interval = \"exact_unstandardized\"";
    assert_eq!(methods("sas", options)[1..3], [IntervalMethod::ExactUnstandardized, Wald]);
    // The conditional estimate is nearer to 1 than ad/bc.
    let odds = row(&results, Quantity::OddsRatio, None, None).value.unwrap();
    assert!(odds < 9.0 && odds > 8.0, "{odds}");
}

#[test]
fn exact_limits_are_withheld_with_a_word_where_they_would_take_too_long() {
    let exact = "strata = \"s\"\ndifference_interval = \"exact\"";
    let results = run("farr", exact, &[[300, 500, 400, 100], [300, 500, 400, 100]]);
    let told = Notice::ExactIntervalOutOfReach { variable: "x".into(), group: None, n: 2600, most: 2000 };
    assert_eq!(results.notices, [told]);
    let all = row(&results, Quantity::RiskDifference, None, None);
    assert_eq!((all.interval, all.value), (None, Some(0.375 - 0.8)));
    let stratum = row(&results, Quantity::RiskDifference, None, Some("s1")).interval.unwrap();
    let [lower, upper] = [stratum.lower.unwrap(), stratum.upper.unwrap()];
    assert!(lower > -0.48 && lower < -0.46 && upper > -0.38 && upper < -0.36, "{stratum:?}");
    let ratio = row(&results, Quantity::RiskRatio, None, None).interval.unwrap();
    assert_eq!(ratio.method, IntervalMethod::MiettinenNurminen);
}

/// By hand, `two_by_two`: Mantel and Haenszel’s odds ratio, risk ratio and difference of two strata.
#[test]
fn strata_are_shown_pooled_and_tested() {
    // By hand in `stratified`: ψ = 2.8, θ = 1.75, δ = 1/4.
    let results = run("farr", "strata = \"s\"", &[[2, 1, 1, 2], [1, 1, 2, 4]]);
    for (quantity, value) in
        [(Quantity::OddsRatio, 2.8), (Quantity::RiskRatio, 1.75), (Quantity::RiskDifference, 0.25)]
    {
        let pooled = row(&results, quantity, Some(Model::Stratified), None).value.unwrap();
        assert!((pooled - value).abs() < 1e-14);
    }
    assert!((row(&results, Quantity::OddsRatio, None, Some("s0")).value.unwrap() - 4.0).abs() < 1e-14);
    assert!((row(&results, Quantity::OddsRatio, None, None).value.unwrap() - 3.0).abs() < 1e-14);
    let groups: Vec<_> = results.groups.iter().map(|group| (group.level.as_deref(), group.n)).collect();
    assert_eq!(groups, [(Some("s0"), 6), (Some("s1"), 8), (None, 14)]);
    let name = |results: &Results, quantity| {
        row(results, quantity, Some(Model::Stratified), None).test.unwrap().name
    };
    assert_eq!(name(&results, Quantity::Association), TestName::CochranMantelHaenszel);
    assert_eq!(name(&results, Quantity::Homogeneity), TestName::BreslowDayTarone);
    let r = run("r", "strata = \"s\"\nhomogeneity = \"breslow_day\"", &[ONE, ONE]);
    assert_eq!(name(&r, Quantity::Association), TestName::CochranMantelHaenszelCorrected);
    assert_eq!(name(&r, Quantity::Homogeneity), TestName::BreslowDay);
    assert_eq!(results.by.as_deref(), Some("s"));
}

#[test]
fn missing_values_are_left_out_and_said() {
    let (mut given, mut n) = columns(&[ONE]);
    given.pop();
    let x = Column::flag("x", &[Some(true), Some(true), Some(false), Some(false), None, Some(true)]);
    let y = Column::flag("y", &[Some(true), Some(false), Some(true), Some(false), Some(true), None]);
    n.extend([3, 4]);
    let results = try_run("farr", "", vec![x, y], &n).unwrap();
    assert_eq!((results.participants.eligible, results.participants.analysed), (67, 60));
    let missing = |variable: &str, n| Notice::MissingExcluded { variable: variable.into(), n };
    assert_eq!(results.notices, [missing("x", 3), missing("y", 4)]);
    assert!((row(&results, Quantity::OddsRatio, None, None).value.unwrap() - 9.0).abs() < 1e-14);
}

#[test]
fn empty_cells_and_margins_are_said_and_leave_no_figure() {
    let said = |cells: [u64; 4]| run("sas", "strata = \"s\"", &[cells]).notices;
    assert!(said([0, 5, 4, 6]).contains(&Notice::EmptyCell { variable: "x".into(), group: None }));
    assert!(said([0, 0, 4, 6]).contains(&Notice::SingleLevel { variable: "x".into() }));
    assert!(said([0, 3, 0, 6]).contains(&Notice::OneOutcome { outcome: "y".into(), level: "no".into() }));
    assert!(said([3, 0, 6, 0]).contains(&Notice::OneOutcome { outcome: "y".into(), level: "yes".into() }));
    let nobody = said([0, 0, 0, 0]);
    assert!(
        nobody.iter().any(|notice| notice.to_string().contains("no patient has all values")),
        "{nobody:?}"
    );
    // A notice each for two strata and all patients, none each for twenty.
    let empty = |strata: usize| {
        let notices = run("farr", "strata = \"s\"", &vec![[0, 5, 4, 6]; strata]).notices;
        notices.iter().filter(|notice| matches!(notice, Notice::EmptyCell { .. })).count()
    };
    assert_eq!((empty(2), empty(20)), (3, 1));
    let wald = row(&run("sas", "", &[[0, 5, 4, 6]]), Quantity::OddsRatio, None, None);
    assert_eq!((wald.value, wald.interval), (Some(0.0), None));
    let infinite = row(&run("farr", "", &[[4, 6, 0, 5]]), Quantity::OddsRatio, None, None);
    assert_eq!((infinite.value, infinite.interval.unwrap().upper), (None, None));
    assert!(infinite.interval.unwrap().lower.unwrap() > 0.0);
}

#[test]
fn a_billion_patients_and_the_smallest_p_values_keep_their_figures() {
    let n = 1_000_000_000;
    for options in ["", "odds_interval = \"exact\"\ntests = [\"fisher\", \"mid_p\"]"] {
        let results = run("farr", options, &[[n, 2 * n, n + 100_000, 2 * n]]);
        for row in &results.estimates {
            assert!(row.test.is_some() || row.value.is_some_and(f64::is_finite), "{row:?}");
            if let Some(test) = &row.test {
                assert!(test.p_value.is_some_and(|p| (0.06..0.07).contains(&p)), "{test:?}");
            }
        }
        let odds = row(&results, Quantity::OddsRatio, None, None);
        let limits = odds.interval.unwrap();
        // ln ψ ± 1.96 √3e-9, of an odds ratio of 1/1.0001.
        let half = risk::z_of(0.95) * 3e-9_f64.sqrt();
        for (limit, sign) in [(limits.lower, -1.0), (limits.upper, 1.0)] {
            assert!((limit.unwrap().ln() + 1.0001_f64.ln() - sign * half).abs() < 1e-8, "{odds:?}");
        }
    }
    // Powers of ten of both P values by R's pchisq and phyper: tails so small must not become 0.
    let table = run("farr", "tests = [\"pearson\", \"fisher\"]", &[[1110, 890, 106, 1894]]);
    let tests = table.estimates.iter().filter_map(|row| row.test.as_ref());
    for (test, power) in tests.zip([-260.2664, -291.4508 + 2.0_f64.log10()]) {
        assert!((test.p_value.unwrap().log10() - power).abs() < 1e-3, "{test:?}");
        assert!(serde_json::to_string(test).unwrap().contains("e-2"), "{test:?}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_place() {
    let three = Column::category("x", &["a", "b", "c"], vec![0, 1, 2]);
    let ab = Column::category("x", &["a", "b"], vec![0, 1, 0]);
    let y = || Column::flag("y", &[Some(true), Some(false), Some(true)]);
    let s = || Column::number("s", vec![1.0, 2.0, 3.0]);
    let unclear = Column::category("y", &["good", "bad"], vec![0, 1, 0]);
    for (columns, options, message) in [
        (vec![three, y(), s()], "", "`x` has more than two levels: `a`, `b`, `c`…"),
        (vec![ab.clone(), unclear, s()], "", "it is not clear which level of `y` counts"),
        (vec![ab.clone(), y(), s()], "exposed = \"bb\"", "`bb` is not a level of `x`"),
        (vec![ab.clone(), y(), s()], "strata = \"s\"", "`s` is a number, and levels are needed"),
        (vec![ab.clone(), y(), s()], "strata = \"x\"", "`x` cannot be stratified by itself"),
        (vec![ab.clone(), y(), s()], "correction = true", "`correction` is of strata, and there are none"),
        (vec![ab.clone(), y(), s()], "tests = [\"fisher\", \"fisher\"]", "this test stands twice"),
    ] {
        let problem = try_run("farr", options, columns, &[1, 1, 1]).unwrap_err();
        assert_eq!(problem.message, message);
        assert!(matches!(problem.place, Some(Place::Text { .. })), "{message}");
        assert!(problem.help.is_some(), "{message}");
    }
    // The level that is not the reference is the exposed one.
    let results = try_run("farr", "", vec![ab, y(), s()], &[1, 1, 1]).unwrap();
    assert_eq!(results.options["exposed"], "b");
}

fn fourfold() -> impl Strategy<Value = [u64; 4]> {
    [0..12u64, 0..12u64, 0..40u64, 0..40u64]
}

type By = fn(&Fourfold, f64) -> Effect;

const DIFFERENCES: [By; 3] = [difference::wald, difference::newcombe, difference::miettinen_nurminen];
const RATIOS: [By; 2] = [ratio::wald, ratio::miettinen_nurminen];
const ODDS: [By; 3] = [odds::wald, odds::miettinen_nurminen, conditional::exact];

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-3),
        (a, b) => a == b,
    }
}

/// 1 over everything, 0 and infinite exchanged.
fn inverted(effect: Effect) -> Effect {
    let inverse = |value: Option<f64>| match value {
        None => Some(0.0),
        Some(0.0) => None,
        Some(value) => Some(1.0 / value),
    };
    let Effect { value, std_error, lower, upper } = effect;
    Effect { value: inverse(value), std_error, lower: inverse(upper), upper: inverse(lower) }
}

fn agree(a: Effect, b: Effect) -> bool {
    near(a.value, b.value) && near(a.lower, b.lower) && near(a.upper, b.upper)
}

proptest! {
    /// Identity, `two_by_two`: the other group as reference, or the other outcome, negates differences and inverts
    /// ratios with their limits.
    #[test]
    fn the_other_group_as_reference_inverts_everything([a, b, c, d] in fourfold()) {
        let (table, swapped) = (Fourfold::of_cells([a, b, c, d]), Fourfold::of_cells([c, d, a, b]));
        prop_assume!(table.is_informative());
        for by in DIFFERENCES {
            prop_assert!(agree(by(&table, 0.95).negated(), by(&swapped, 0.95)));
        }
        for by in RATIOS.into_iter().chain(ODDS) {
            let (ours, theirs) = (by(&table, 0.95), by(&swapped, 0.95));
            // Wald has no limits at all where a cell is empty.
            if ours.lower.is_some() || ours.upper.is_some() {
                prop_assert!(agree(inverted(ours), theirs), "{:?} {:?}", ours, theirs);
            }
        }
        for by in DIFFERENCES {
            prop_assert!(agree(by(&table, 0.95).negated(), by(&table.complement(), 0.95)));
        }
        for by in ODDS {
            let (ours, theirs) = (by(&table, 0.95), by(&table.complement(), 0.95));
            if ours.lower.is_some() || ours.upper.is_some() {
                prop_assert!(agree(inverted(ours), theirs));
            }
        }
    }

    /// Identity, `two_by_two`: the score limits of difference, risk ratio and odds ratio exclude no effect exactly
    /// where the score test rejects.
    #[test]
    fn the_three_score_intervals_exclude_the_null_with_the_score_test([a, b, c, d] in fourfold()) {
        let table = Fourfold::of_cells([a, b, c, d]);
        prop_assume!(table.is_informative());
        let pearson = pearson::pearson(&CrossTable::of(&[[a, c], [b, d]]), pearson::Correction::None);
        let n = table.total() as f64;
        let rejects = pearson.statistic.unwrap() * (n - 1.0) / n > risk::z_of(0.95).powi(2);
        let excludes = |effect: Effect, null: f64| {
            effect.lower.is_some_and(|lower| lower > null) || effect.upper.is_some_and(|upper| upper < null)
        };
        prop_assert_eq!(excludes(difference::miettinen_nurminen(&table, 0.95), 0.0), rejects);
        prop_assert_eq!(excludes(ratio::miettinen_nurminen(&table, 0.95), 1.0), rejects);
        prop_assert_eq!(excludes(odds::miettinen_nurminen(&table, 0.95), 1.0), rejects);
    }

    #[test]
    fn every_interval_holds_its_estimate_and_every_figure_is_finite(strata in proptest::collection::vec(fourfold(), 1..4)) {
        for (dialect, more) in [("farr", ""), ("r", "difference_interval = \"miettinen_nurminen\"\n"), ("sas", "")] {
            let results = run(dialect, &format!("strata = \"s\"\n{more}"), &strata);
            for row in &results.estimates {
                let limits = row.interval.map(|interval| [interval.lower, interval.upper]);
                for value in limits.into_iter().flatten().chain([row.value, row.std_error]).flatten() {
                    prop_assert!(value.is_finite());
                }
                if let (Some(value), Some([lower, upper])) = (row.value, limits) {
                    prop_assert!(lower.is_none_or(|lower| lower <= value + 1e-9), "{:?}", row);
                    prop_assert!(upper.is_none_or(|upper| upper >= value - 1e-9), "{:?}", row);
                }
                if let Some(p) = row.test.as_ref().and_then(|test| test.p_value) {
                    prop_assert!((0.0..=1.0).contains(&p));
                }
            }
        }
    }

    /// Identity, `two_by_two`: a stratum seen twice has the pooled effect of once, which of one stratum is the plain
    /// effect.
    #[test]
    fn doubling_a_stratum_keeps_the_pooled_effect(cells in fourfold()) {
        let table = Fourfold::of_cells(cells);
        prop_assume!(table.is_informative());
        for by in [stratified::odds_ratio, stratified::risk_ratio, stratified::risk_difference] {
            prop_assert!(near(by(&[table], 0.95).value, by(&[table, table], 0.95).value));
        }
        let plain = super::odds::wald(&table, 0.95);
        prop_assert!(near(plain.value, stratified::odds_ratio(&[table], 0.95).value));
    }
}
