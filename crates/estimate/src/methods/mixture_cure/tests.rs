//! Proofs by hand, limits and identities, and what is refused.

use super::follow_up::End;
use super::likelihood::{Mixture, Part};
use super::outcome::{Terms, build};
use super::search::search;
use crate::life_table::LifeTable;
use crate::likelihood::Likelihood;
use crate::methods::find;
use crate::methods::parametric_survival::Reading;
use crate::methods::parametric_survival::times::LogTimes;
use crate::time_law::Distribution;
use study::{
    Column, CountTable, Estimate, Model, Notice, Plan, Problem, Quantity, Results, SourceText, TestName,
};

/// Patients: time, whether the event happened, a group (0 or 1), how many.
type Patients<'a> = &'a [(f64, bool, u32, u64)];

const LAWS: [Distribution; 4] =
    [Distribution::Exponential, Distribution::Weibull, Distribution::Lognormal, Distribution::Loglogistic];

fn columns(patients: Patients<'_>) -> Vec<Column> {
    vec![
        Column::number("os.time", patients.iter().map(|row| row.0).collect()),
        Column::flag("os.event", &patients.iter().map(|row| Some(row.1)).collect::<Vec<_>>()),
        Column::category("arm", &["a", "b"], patients.iter().map(|row| row.2).collect()),
    ]
}

fn run_method(method: &str, options: &str, patients: Patients<'_>) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.os]\ntime = \"t\"\nevent = \"e\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"{method}\"\nendpoint = \"os\"\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let (analysis, entry) = (&plan.analyses[0], find(&plan.analyses[0]).unwrap());
    (entry.requests)(analysis, &plan)?;
    let n = patients.iter().map(|row| row.3).collect();
    (entry.estimate)(analysis, &plan, &[CountTable::new(columns(patients), n).unwrap()])
}

fn run(options: &str, patients: Patients<'_>) -> Results {
    let results = run_method("mixture_cure", options, patients).unwrap();
    for row in &results.estimates {
        let limits = row.interval.iter().flat_map(|limits| [limits.lower, limits.upper]);
        let test = row.test.iter().flat_map(|test| [test.statistic, test.p_value]);
        for number in limits.chain(test).chain([row.value, row.std_error]).flatten() {
            assert!(number.is_finite(), "{row:?}");
        }
    }
    results
}

fn row(results: &Results, quantity: Quantity) -> Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == quantity);
    rows.find(|row| row.group.is_none() && row.term.is_none())
        .unwrap_or_else(|| panic!("{quantity:?}"))
        .clone()
}

fn of_group(results: &Results, quantity: Quantity, group: &str) -> Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == quantity);
    rows.find(|row| row.group.as_deref() == Some(group)).unwrap().clone()
}

fn of_level(results: &Results, quantity: Quantity, level: &str) -> Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == quantity);
    rows.find(|row| row.level.as_deref() == Some(level)).unwrap().clone()
}

#[track_caller]
fn close(ours: Option<f64>, exact: f64) {
    let ours = ours.unwrap();
    assert!((ours - exact).abs() <= 1e-9 * exact.abs().max(1e-3), "{ours} against {exact}");
}

/// A stream of numbers in (0, 1), the same on every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }
}

/// Patients of two arms of whom `share` are cured, with Weibull times (shape 1.5, scale 10) and follow-up of 5 to 60.
fn simulated(n: u64, share: [f64; 2]) -> Vec<(f64, bool, u32, u64)> {
    let mut chance = Chance(20_241_126);
    (0..n)
        .map(|index| {
            let arm = (index % 2) as u32;
            let follow_up = 5.0 + 55.0 * chance.next();
            let cured = chance.next() < share[arm as usize];
            let time = 10.0 * (-chance.next().ln()).powf(1.0 / 1.5);
            let event = !cured && time < follow_up;
            (if event { time } else { follow_up }, event, arm, 1)
        })
        .collect()
}

/// By hand, `mixture_cure`: six events at 1 and four followed for ever: cured share 4/10 with its error, criteria, test
/// and survival.
#[test]
fn who_outlived_the_law_by_far_is_cured() {
    // Six events at 1, four followed a million times as long: 4/10 are cured, the rate of the others is 1.
    for patients in [
        &[(1.0, true, 0, 6), (1e6, false, 0, 4)][..],
        &[(1.0, true, 0, 2), (1e6, false, 0, 3), (1.0, true, 0, 4), (1e6, false, 0, 1)],
    ] {
        let results = run("distribution = \"exponential\"\nat = [1, 2]", patients);
        let share = row(&results, Quantity::CuredShare);
        close(share.value, 0.4);
        let error = (1.0f64 / 6.0 + 0.25).sqrt();
        close(share.std_error, 0.24 * error);
        let interval = share.interval.unwrap();
        let limit = |sign: f64| 1.0 / (1.0 + 1.5 * (sign * 1.959_963_984_540_054 * error).exp());
        close(interval.lower, limit(1.0));
        close(interval.upper, limit(-1.0));
        // 6 log 0.6 + 4 log 0.4 − 6, against six events in 4,000,006.
        let value = 6.0 * 0.6f64.ln() + 4.0 * 0.4f64.ln() - 6.0;
        close(row(&results, Quantity::LogLikelihood).value, value);
        close(row(&results, Quantity::Aic).value, 4.0 - 2.0 * value);
        close(row(&results, Quantity::Bic).value, 2.0 * 10f64.ln() - 2.0 * value);
        let test = share.test.unwrap();
        assert_eq!(test.name, TestName::BoundaryLikelihoodRatio);
        close(test.statistic, 2.0 * (value - 6.0 * (6.0f64 / 4_000_006.0).ln() + 6.0));
        close(of_level(&results, Quantity::UncuredQuantile, "All patients").value, 2f64.ln());
        close(of_level(&results, Quantity::UncuredQuantile, "All patients").std_error, 1.0 / 6f64.sqrt());
        // S(1) = 0.4 + 0.6/e; its variance 0.24/10 (1 − 1/e)² + (0.6/e)²/6.
        let survival = of_level(&results, Quantity::PredictedSurvival, "All patients");
        let e = (-1f64).exp();
        close(survival.value, 0.4 + 0.6 * e);
        let variance = 0.024 * (1.0 - e).powi(2) + (0.6 * e).powi(2) / 6.0;
        close(survival.std_error, variance.sqrt());
        assert_eq!(row(&results, Quantity::UncuredRatio).value, Some(0.0));
        assert_eq!(results.notices, []);
    }
}

/// By hand, `mixture_cure`: two groups of cured have the odds ratio of their counts and the time ratio of their rates,
/// with both tests.
#[test]
fn two_groups_of_cured_have_the_odds_ratio_of_their_counts() {
    // Cured 4 of 10 and 6 of 8: odds 2/3 and 3. The event comes at a rate of 1 and of 1/2.
    let patients = [(1.0, true, 0, 6), (1e6, false, 0, 4), (2.0, true, 1, 2), (1e6, false, 1, 6)];
    let options = "distribution = \"exponential\"\ncured_terms = [\"arm\"]\nterms = [\"arm\"]\n";
    for interval in ["wald", "profile"] {
        let results = run(&format!("{options}interval = \"{interval}\""), &patients);
        let odds = of_level(&results, Quantity::OddsRatio, "b");
        assert_eq!((odds.model, odds.n, odds.of), (Some(Model::Incidence), Some(2), Some(8)));
        close(odds.value, 4.5);
        close(odds.std_error, (1.0f64 / 6.0 + 0.25 + 0.5 + 1.0 / 6.0).sqrt());
        let time = of_level(&results, Quantity::TimeRatio, "b");
        close(time.value, 2.0);
        close(time.std_error, (1.0f64 / 6.0 + 0.5).sqrt());
        close(of_level(&results, Quantity::HazardRatio, "b").value, 0.5);
        close(of_group(&results, Quantity::CuredShare, "a").value, 0.4);
        close(of_group(&results, Quantity::CuredShare, "b").value, 0.75);
        // Of all: 10 of 18; the variance is that of the mean of two independent shares.
        let all = row(&results, Quantity::CuredShare);
        close(all.value, 10.0 / 18.0);
        close(all.std_error, ((10.0f64 * 0.24 + 8.0 * 0.1875) / 324.0).sqrt());
        assert!(all.test.is_none(), "no test of the share where it depends on terms");
        // Its two parts share nothing: the tests are those of the table and of the rates.
        let tests: Vec<_> = results
            .estimates
            .iter()
            .filter(|row| row.quantity == Quantity::GlobalTest && row.term.is_some())
            .filter(|row| row.test.as_ref().is_some_and(|test| test.name == TestName::LikelihoodRatio))
            .map(|row| (row.model.unwrap(), row.test.as_ref().unwrap().statistic))
            .collect();
        assert_eq!(tests.iter().map(|test| test.0).collect::<Vec<_>>(), [Model::Incidence, Model::Latency]);
        let h = |p: f64| p * p.ln() + (1.0 - p) * (1.0 - p).ln();
        close(tests[0].1, 2.0 * (10.0 * h(0.4) + 8.0 * h(0.75) - 18.0 * h(10.0 / 18.0)));
        close(tests[1].1, 2.0 * (2.0 * 0.5f64.ln() - 8.0 * 0.8f64.ln()));
    }
}

/// Identity, `mixture_cure`: score and information are the derivatives of the log-likelihood, for every law.
#[test]
fn derivatives_are_those_of_the_value() {
    let patients = simulated(60, [0.3, 0.6]);
    let columns = columns(&patients);
    let n = vec![1; patients.len()];
    let times = LogTimes::of("os", (&columns[0], &columns[1], None), &n, 1.0).unwrap();
    let arm = crate::design::Covariate::read(&columns[2]).unwrap();
    let terms = Terms { incidence: &[&arm], latency: &[&arm] };
    let rows: Vec<u32> = (0..60).collect();
    for law in LAWS {
        for part in [Part::Incidence, Part::Latency] {
            let hazards = build(&times, law, terms, &rows, (part, Reading::Hazards)).model;
            let at = hazards.joined(&[0.3, -0.4], &[0.2, 0.1, 1.3][..hazards.latency.parameters()]);
            let (times, at_times) = hazards.in_times(&at);
            for (model, at) in [(hazards, at), (times, at_times)] {
                check_derivatives(&model, &at);
            }
        }
    }
}

fn check_derivatives(model: &Mixture, at: &[f64]) {
    let step = 1e-5;
    let here = model.evaluate(at);
    for i in 0..at.len() {
        let moved = |by: f64| {
            let mut beta = at.to_vec();
            beta[i] += by;
            model.evaluate(&beta)
        };
        let (before, after) = (moved(-step), moved(step));
        let slope = (after.value - before.value) / (2.0 * step);
        assert!((slope - here.score[i]).abs() < 1e-5 * (1.0 + slope.abs()), "{slope} {}", here.score[i]);
        for j in 0..at.len() {
            let bend = -(after.score[j] - before.score[j]) / (2.0 * step);
            let ours = here.information[(i, j)];
            assert!((bend - ours).abs() < 1e-5 * (1.0 + bend.abs()), "{i} {j}: {bend} {ours}");
        }
    }
}

/// Identity, `mixture_cure`: where nobody is cured it is the law alone, with its likelihood, ratios and errors.
#[test]
fn where_nobody_is_cured_it_is_the_law_alone() {
    // Times of a Weibull law, followed to 12 at most.
    let mut chance = Chance(7);
    let patients: Vec<_> = (0..300)
        .map(|index| {
            let (time, end) = (10.0 * (-chance.next().ln()).powf(0.7), 12.0 * chance.next().sqrt());
            (time.min(end), time < end, index % 2, 1)
        })
        .collect();
    let mut bounded = 0;
    for law in LAWS {
        let options = format!("distribution = \"{}\"\nterms = [\"arm\"]", law.name());
        let mixture = run(&options, &patients);
        let alone = run_method("parametric_survival", &options, &patients).unwrap();
        let value = |results: &Results| of_level(results, Quantity::LogLikelihood, law.name()).value.unwrap();
        assert!(value(&mixture) >= value(&alone) - 1e-9, "{law:?}");
        let share = row(&mixture, Quantity::CuredShare);
        let test = share.test.unwrap();
        close(test.statistic, 2.0 * (value(&mixture) - value(&alone)));
        if share.value != Some(0.0) {
            close(
                test.p_value,
                0.5 * crate::numerics::distributions::chi_squared_upper(test.statistic.unwrap(), 1.0),
            );
            continue;
        }
        bounded += 1;
        assert!(mixture.notices.contains(&Notice::NobodyCured { group: None }), "{law:?}");
        assert_eq!((share.std_error, test.p_value), (None, Some(1.0)));
        assert_eq!(share.interval.unwrap().lower, Some(0.0));
        close(Some(value(&mixture)), value(&alone));
        for quantity in [Quantity::TimeRatio, Quantity::UncuredQuantile] {
            let other = if quantity == Quantity::TimeRatio { quantity } else { Quantity::PredictedQuantile };
            let (ours, theirs) = (of_level(&mixture, quantity, "b"), of_level(&alone, other, "b"));
            close(ours.value, theirs.value.unwrap());
            close(ours.std_error, theirs.std_error.unwrap());
        }
    }
    assert!(bounded >= 1, "one of the laws at least leaves nobody");
}

#[test]
fn the_share_that_was_simulated_comes_back() {
    let patients = simulated(20_000, [0.3, 0.6]);
    let one = run("", &patients);
    let all = row(&one, Quantity::CuredShare);
    assert!((all.value.unwrap() - 0.45).abs() < 3.0 * all.std_error.unwrap());
    assert!(all.test.unwrap().p_value.unwrap() < 1e-10);
    let options = "cured_terms = [\"arm\"]\nterms = [\"arm\"]";
    let results = run(options, &patients);
    for (arm, share) in [("a", 0.3), ("b", 0.6)] {
        let found = of_group(&results, Quantity::CuredShare, arm);
        assert!((found.value.unwrap() - share).abs() < 3.0 * found.std_error.unwrap(), "{found:?}");
    }
    let odds = of_level(&results, Quantity::OddsRatio, "b");
    let exact = (0.6f64 / 0.4) / (0.3 / 0.7);
    assert!((odds.value.unwrap().ln() - exact.ln()).abs() < 3.0 * odds.std_error.unwrap());
    let ratio = of_level(&results, Quantity::TimeRatio, "b");
    assert!(ratio.value.unwrap().ln().abs() < 3.0 * ratio.std_error.unwrap());
    assert!((row(&results, Quantity::Shape).value.unwrap() - 1.5).abs() < 0.05);
    assert_eq!(results.notices, [], "followed for far longer than the others need");
}

#[test]
fn every_search_of_plain_data_ends_at_one_maximum() {
    let patients = simulated(400, [0.3, 0.6]);
    let columns = columns(&patients);
    let n = vec![1; patients.len()];
    let times = LogTimes::of("os", (&columns[0], &columns[1], None), &n, 1.0).unwrap();
    let rows: Vec<u32> = (0..400).collect();
    let none = Terms { incidence: &[], latency: &[] };
    for law in LAWS {
        let model = build(&times, law, none, &rows, (Part::Latency, Reading::Hazards)).model;
        let found = search(&model);
        assert!(found.best.converged && found.agreed == found.starts, "{law:?} {found:?}");
    }
}

/// Identity, `mixture_cure`: the unit of time, the order of patients and the labels change nothing.
#[test]
fn units_order_and_labels_change_nothing() {
    let mut patients = simulated(300, [0.3, 0.6]);
    let options = "cured_terms = [\"arm\"]\nterms = [\"arm\"]";
    let usual = run(options, &patients);
    for unit in [1e-9, 1e9] {
        let scaled: Vec<_> = patients.iter().map(|p| (p.0 * unit, p.1, p.2, p.3)).collect();
        let other = run(options, &scaled);
        for quantity in [Quantity::OddsRatio, Quantity::TimeRatio, Quantity::HazardRatio] {
            let (ours, theirs) = (of_level(&other, quantity, "b"), of_level(&usual, quantity, "b"));
            close(ours.value, theirs.value.unwrap());
            close(ours.std_error, theirs.std_error.unwrap());
        }
        close(row(&other, Quantity::CuredShare).value, row(&usual, Quantity::CuredShare).value.unwrap());
        let median = |results: &Results| of_level(results, Quantity::UncuredQuantile, "a").value.unwrap();
        close(Some(median(&other) / unit), median(&usual));
        let alpha = |results: &Results| row(results, Quantity::SufficientFollowUp).test.unwrap().p_value;
        assert_eq!(alpha(&other), alpha(&usual));
    }
    patients.reverse();
    let swapped: Vec<_> = patients.iter().map(|p| (p.0, p.1, 1 - p.2, p.3)).collect();
    let other = run(options, &swapped);
    for quantity in [Quantity::OddsRatio, Quantity::TimeRatio] {
        let value = of_level(&usual, quantity, "b").value.unwrap();
        close(of_level(&other, quantity, "b").value, 1.0 / value);
    }
}

#[test]
fn a_level_of_which_everybody_had_the_event_has_a_share_of_0_and_no_odds_ratio() {
    let mut patients = simulated(200, [0.4, 0.4]);
    patients.retain(|row| row.2 == 0 || row.1);
    for interval in ["wald", "profile"] {
        let options = format!("cured_terms = [\"arm\"]\ninterval = \"{interval}\"");
        let results = run(&options, &patients);
        assert_eq!(of_level(&results, Quantity::OddsRatio, "b").value, None);
        let named =
            |notice: &Notice| matches!(notice, Notice::Separation { level: Some(level), .. } if level == "b");
        assert!(results.notices.iter().any(named), "{:?}", results.notices);
        let share = of_group(&results, Quantity::CuredShare, "b");
        assert_eq!((share.value, share.std_error), (Some(0.0), None));
        assert_eq!(share.interval.unwrap().lower, Some(0.0));
        assert!(results.notices.contains(&Notice::NobodyCured { group: Some("b".into()) }));
        let other = of_group(&results, Quantity::CuredShare, "a");
        assert!((0.2..0.6).contains(&other.value.unwrap()) && other.interval.is_some());
        assert!(row(&results, Quantity::Shape).value.is_some(), "the law is that of both");
        if interval == "profile" {
            let limits = of_level(&results, Quantity::OddsRatio, "b").interval.unwrap();
            assert!(limits.upper.unwrap() > 0.0 && limits.lower.is_none(), "{limits:?}");
        }
    }
}

#[test]
fn a_level_without_events_is_cured_and_says_so() {
    let mut patients = simulated(200, [0.4, 0.4]);
    patients.retain(|row| row.2 == 0 || !row.1);
    for options in ["cured_terms = [\"arm\"]", "cured_terms = [\"arm\"]\nterms = [\"arm\"]"] {
        let results = run(options, &patients);
        assert_eq!(of_level(&results, Quantity::OddsRatio, "b").value, None);
        assert!(results.notices.iter().any(|notice| matches!(notice, Notice::Separation { .. })));
        assert_eq!(of_group(&results, Quantity::CuredShare, "b").value, Some(1.0));
        let share = of_group(&results, Quantity::CuredShare, "a");
        let alone: Vec<_> = patients.iter().copied().filter(|row| row.2 == 0).collect();
        close(share.value, row(&run("", &alone), Quantity::CuredShare).value.unwrap());
    }
}

#[test]
fn hard_cases_give_a_notice_and_no_number() {
    for law in LAWS {
        let options =
            format!("distribution = \"{}\"\ncured_terms = [\"arm\"]\nterms = [\"arm\"]", law.name());
        let none = run(&options, &[(1.0, false, 0, 3), (2.0, false, 1, 3)]);
        assert!(none.notices.contains(&Notice::NoEvents { group: None }));
        assert!(none.estimates.iter().all(|row| row.quantity != Quantity::CuredShare));
        let constant = run(&options, &[(1.0, true, 0, 3), (2.0, false, 0, 3), (4.0, true, 0, 1)]);
        assert!(constant.notices.contains(&Notice::SingleLevel { variable: "arm".into() }));
        for patients in [
            // One event; all events at one time; everybody has the event; one patient.
            &[(2.0, true, 0, 1), (5.0, false, 0, 9), (4.0, false, 1, 5)][..],
            &[(2.0, true, 0, 5), (1.0, false, 1, 2), (9.0, false, 0, 2)],
            &[(2.0, true, 0, 5), (1.0, true, 1, 2), (9.0, true, 0, 2), (3.0, true, 1, 1)],
            &[(2.0, true, 0, 1)],
        ] {
            run(&format!("distribution = \"{}\"", law.name()), patients);
            run(&options, patients);
        }
    }
}

#[test]
fn sufficient_follow_up_is_counted_in_the_window_before_the_last_event() {
    // t = 12, t* = 9: events in (6, 9].
    let table = |patients: &[(f64, bool, u64)]| LifeTable::new(patients.iter().copied()).unwrap();
    let end =
        End::of(&table(&[(3.0, true, 4), (6.0, true, 2), (8.0, true, 1), (9.0, true, 2), (12.0, false, 11)]));
    let end = end.unwrap();
    assert_eq!((end.event, end.longest, end.n, end.of), (9.0, 12.0, 3, 20));
    assert!((end.alpha() - 0.85f64.powi(20)).abs() < 1e-15);
    // A last event with the longest follow-up: nothing in the window, whoever is censored with it.
    let end = End::of(&table(&[(3.0, true, 4), (9.0, true, 2), (9.0, false, 11)])).unwrap();
    assert_eq!((end.n, end.alpha()), (0, 1.0));
    assert!(End::of(&table(&[(3.0, false, 4)])).is_none());
    // Where more time passed after the last event than before, every event is in the window.
    assert_eq!(End::of(&table(&[(3.0, true, 4), (5.0, true, 1), (20.0, false, 3)])).unwrap().n, 5);
}

#[test]
fn a_curve_that_falls_to_its_end_has_no_plateau() {
    let mut patients = simulated(200, [0.0, 0.0]);
    patients.push((80.0, true, 0, 1));
    let results = run("", &patients);
    assert!(results.notices.contains(&Notice::NoPlateau { group: None, at: 80.0 }));
    let short: Vec<_> = simulated(300, [0.3, 0.3])
        .into_iter()
        .map(|p| if p.0 > 8.0 { (8.0, false, p.2, 1) } else { p })
        .collect();
    let results = run("", &short);
    let told = |notice: &Notice| matches!(notice, Notice::UncuredRemain { .. });
    assert!(results.notices.iter().any(told), "{:?}", results.notices);
}

#[test]
fn curves_end_where_the_model_says() {
    let results = run("cured_terms = [\"arm\"]\nterms = [\"arm\"]", &simulated(300, [0.3, 0.6]));
    for arm in ["a", "b"] {
        let own = |fitted: bool| {
            let mut curves = results.curves.iter();
            curves.find(|c| c.group.as_deref() == Some(arm) && c.fitted.is_some() == fitted).unwrap()
        };
        let share = of_group(&results, Quantity::CuredShare, arm).value.unwrap();
        let last = *own(true).estimate.last().unwrap();
        assert!(last >= share && last < share + 1e-3, "{last} {share}");
        // Observed times are rounded to nine digits.
        close(own(false).time.last().copied(), *own(true).time.last().unwrap());
    }
}

#[test]
fn options_that_make_no_sense_are_refused_with_their_place() {
    for (options, message) in [
        ("distribution = [\"weibull\", \"weibull\"]", "each law must be named, and none twice"),
        ("quantiles = [0.0]", "the quantile 0 is not between 0 and 1"),
        ("cured_terms = [\"arm\", \"arm\"]", "the term `arm` stands twice"),
        ("cured_terms = [\"arm\"]\nprofiles = [{ label = \"x\" }]", "the profile “x” does not say: arm"),
    ] {
        let patients = [(1.0, true, 0, 1), (2.0, true, 1, 1), (3.0, true, 0, 1)];
        let problem = run_method("mixture_cure", options, &patients).unwrap_err();
        assert_eq!(problem.message, message);
        assert!(problem.place.is_some(), "{message}");
    }
}
