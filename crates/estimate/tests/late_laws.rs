//! Laws of time, alone and beside cured patients, where patients come under observation late.

mod modelling;

use modelling::{close, endpoint, try_run};
use study::{Column, Estimate, Notice, Problem, Quantity, Results, TestName};

const LAWS: [&str; 4] = ["exponential", "weibull", "lognormal", "loglogistic"];

/// A patient: entry, time, whether the event happened, arm, how many.
type Patient = (f64, f64, bool, u32, u64);

fn attempt(method: &str, options: &str, patients: &[Patient], entries: bool) -> Result<Results, Problem> {
    let times: Vec<f64> = patients.iter().map(|row| row.1).collect();
    let events: Vec<bool> = patients.iter().map(|row| row.2).collect();
    let mut columns = endpoint(&times, &events).to_vec();
    columns.push(Column::category("arm", &["a", "b"], patients.iter().map(|row| row.3).collect()));
    if entries {
        columns.push(Column::number("os.entry", patients.iter().map(|row| row.0).collect()));
    }
    let n: Vec<u64> = patients.iter().map(|row| row.4).collect();
    try_run("farr", method, &format!("endpoint = \"os\"\n{options}"), &columns, &n)
}

fn run(method: &str, options: &str, patients: &[Patient]) -> Results {
    let results = attempt(method, options, patients, true).unwrap();
    for row in &results.estimates {
        let limits = row.interval.iter().flat_map(|limits| [limits.lower, limits.upper]);
        for number in limits.chain([row.value, row.std_error]).flatten() {
            assert!(number.is_finite(), "{row:?}");
        }
    }
    results
}

fn row(results: &Results, quantity: Quantity, group: Option<&str>) -> Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == quantity);
    rows.find(|row| row.group.as_deref() == group).unwrap_or_else(|| panic!("{quantity:?}")).clone()
}

/// A stream of numbers in (0, 1), the same on every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }
}

/// Patients of two arms of whom a share are cured, the others with Weibull times (shape 1.5, scale 10). Observation
/// begins between 0 and `late`; who has had the event or left by then is never seen.
fn simulated(n: u64, share: [f64; 2], late: f64) -> Vec<Patient> {
    let mut chance = Chance(20_241_126);
    let mut patients = Vec::new();
    for index in 0..n {
        let arm = (index % 2) as u32;
        let (entry, end) = (late * chance.next(), 5.0 + 55.0 * chance.next());
        let cured = chance.next() < share[arm as usize];
        let time = 10.0 * (-chance.next().ln()).powf(1.0 / 1.5);
        let event = !cured && time < end;
        let left = if event { time } else { end };
        if left > entry {
            patients.push((entry, left, event, arm, 1));
        }
    }
    patients
}

/// Identity, `parametric_survival`, `mixture_cure`: entering at 0 is not to enter late.
#[test]
fn entering_at_0_is_not_to_enter_late() {
    let patients = simulated(200, [0.3, 0.6], 0.0);
    for method in ["parametric_survival", "mixture_cure"] {
        for law in LAWS {
            let mut options = format!("distribution = \"{law}\"\nterms = [\"arm\"]\ninterval = \"profile\"");
            if method == "mixture_cure" {
                options.push_str("\ncured_terms = [\"arm\"]");
            }
            let with = run(method, &options, &patients);
            let without = attempt(method, &options, &patients, false).unwrap();
            assert_eq!(with.estimates, without.estimates, "{method} {law}");
            assert_eq!((with.curves, with.notices), (without.curves, without.notices));
        }
    }
}

/// By hand, `parametric_survival`: an exponential law of late entries is events over the time under observation.
#[test]
fn an_exponential_law_is_events_over_the_time_under_observation() {
    // 3 events in 2 + 5 + 8 + 3·5 = 30 months.
    let patients = [
        (10.0, 12.0, true, 0, 1),
        (0.0, 5.0, true, 0, 1),
        (10.0, 18.0, true, 0, 1),
        (20.0, 25.0, false, 0, 3),
    ];
    let results = run("parametric_survival", "distribution = \"exponential\"", &patients);
    let value = 3.0 * 0.1f64.ln() - 3.0;
    close(row(&results, Quantity::LogLikelihood, None).value.unwrap(), value, 1e-12);
    close(row(&results, Quantity::PredictedQuantile, None).value.unwrap(), 10.0 * 2f64.ln(), 1e-12);
    close(row(&results, Quantity::PredictedQuantile, None).std_error.unwrap(), 1.0 / 3f64.sqrt(), 1e-12);
    // Arms with 2 events in 10 and 1 in 20 months: a fourth of the hazard.
    let arms =
        [(3.0, 8.0, true, 0, 2), (1.0, 11.0, true, 1, 1), (90.0, 100.0, false, 1, 1), (7.0, 7.5, true, 0, 0)];
    let results = run("parametric_survival", "distribution = \"exponential\"\nterms = [\"arm\"]", &arms);
    let found = |quantity| {
        let mut rows = results.estimates.iter().filter(|row| row.quantity == quantity);
        rows.find(|row| row.level.as_deref() == Some("b")).unwrap().clone()
    };
    close(found(Quantity::HazardRatio).value.unwrap(), 0.25, 1e-12);
    close(found(Quantity::TimeRatio).value.unwrap(), 4.0, 1e-12);
    close(found(Quantity::TimeRatio).std_error.unwrap(), 1.5f64.sqrt(), 1e-12);
}

/// By hand, `mixture_cure`: patients who all enter late: from then on 4 of 10 are cured, and at time 0 the odds of cure are
/// smaller by the exponential of the entry.
#[test]
fn a_constant_hazard_forgets_the_time_before_the_entry() {
    // All enter at e. From there on 4 of 10 are cured and the rate is 1; at 0 the odds of cure were e⁻ᵉ times those.
    let entry = 0.5;
    let patients = [(entry, entry + 1.0, true, 0, 6), (entry, entry + 1e6, false, 0, 4)];
    let results = run("mixture_cure", "distribution = \"exponential\"", &patients);
    let value = 6.0 * 0.6f64.ln() + 4.0 * 0.4f64.ln() - 6.0;
    close(row(&results, Quantity::LogLikelihood, None).value.unwrap(), value, 1e-9);
    let share = row(&results, Quantity::CuredShare, None);
    let exact = 1.0 / (1.0 + 1.5 * entry.exp());
    let error = (1.0f64 / 6.0 + 0.25 + entry * entry / 6.0).sqrt();
    close(share.value.unwrap(), exact, 1e-9);
    close(share.std_error.unwrap(), exact * (1.0 - exact) * error, 1e-9);
    let limit = |sign: f64| 1.0 / (1.0 + 1.5 * (entry + sign * 1.959_963_984_540_054 * error).exp());
    close(share.interval.unwrap().lower.unwrap(), limit(1.0), 1e-9);
    close(share.interval.unwrap().upper.unwrap(), limit(-1.0), 1e-9);
    let test = share.test.unwrap();
    assert_eq!(test.name, TestName::BoundaryLikelihoodRatio);
    let alone = 6.0 * (6.0f64 / 4_000_006.0).ln() - 6.0;
    close(test.statistic.unwrap(), 2.0 * (value - alone), 1e-9);
    close(row(&results, Quantity::UncuredQuantile, None).value.unwrap(), 2f64.ln(), 1e-9);
    // Maller and Zhou's α is not defined; the events that it counts are.
    assert!(results.notices.contains(&Notice::NoFollowUpTest { late: 10 }), "{:?}", results.notices);
    let late = row(&results, Quantity::SufficientFollowUp, None);
    assert_eq!((late.test, late.n, late.of), (None, Some(6), Some(10)));
    let said = |notice: &Notice| matches!(notice, Notice::Other { message } if message.starts_with("Nobody is under observation before 0.5"));
    assert!(results.notices.iter().any(said), "{:?}", results.notices);
}

/// Identity, `mixture_cure`: who enters when only the cured are left tells nothing.
#[test]
fn who_enters_when_only_the_cured_are_left_tells_nothing() {
    let mut patients = vec![(0.0, 1.0, true, 0, 6), (0.0, 1e6, false, 0, 4)];
    let options = "distribution = \"exponential\"";
    let without = run("mixture_cure", options, &patients);
    patients.push((5e5, 1e6, false, 0, 70));
    let with = run("mixture_cure", options, &patients);
    for quantity in [Quantity::LogLikelihood, Quantity::CuredShare, Quantity::UncuredQuantile] {
        let (with, without) = (row(&with, quantity, None), row(&without, quantity, None));
        close(with.value.unwrap(), without.value.unwrap(), 1e-9);
        close(with.std_error.unwrap_or(1.0), without.std_error.unwrap_or(1.0), 1e-9);
    }
    close(row(&with, Quantity::CuredShare, None).value.unwrap(), 0.4, 1e-9);
}

#[test]
fn the_shares_of_time_0_come_back_and_without_the_entries_they_do_not() {
    let patients = simulated(30_000, [0.3, 0.6], 15.0);
    let options = "cured_terms = [\"arm\"]\nterms = [\"arm\"]";
    let results = run("mixture_cure", options, &patients);
    let blind = attempt("mixture_cure", options, &patients, false).unwrap();
    for (arm, exact) in [("a", 0.3), ("b", 0.6)] {
        let share = row(&results, Quantity::CuredShare, Some(arm));
        assert!((share.value.unwrap() - exact).abs() < 3.0 * share.std_error.unwrap(), "{share:?}");
        let share = row(&blind, Quantity::CuredShare, Some(arm));
        assert!(share.value.unwrap() - exact > 6.0 * share.std_error.unwrap(), "{share:?}");
    }
    let shape = row(&results, Quantity::Shape, None);
    assert!((shape.value.unwrap().ln() - 1.5f64.ln()).abs() < 3.0 * shape.std_error.unwrap(), "{shape:?}");
    let alone: Vec<Patient> = simulated(30_000, [0.0, 0.0], 15.0);
    let shape = row(&run("parametric_survival", "", &alone), Quantity::Shape, None);
    assert!((shape.value.unwrap().ln() - 1.5f64.ln()).abs() < 3.0 * shape.std_error.unwrap(), "{shape:?}");
}

/// Identity, `mixture_cure`: splitting rows, their order and the unit of time change nothing, and four times the
/// patients have half the error.
#[test]
fn splitting_rows_their_order_and_the_unit_change_nothing() {
    let patients = simulated(300, [0.3, 0.6], 10.0);
    let options = "cured_terms = [\"arm\"]\nterms = [\"arm\"]";
    for law in LAWS {
        let options = format!("{options}\ndistribution = \"{law}\"");
        let usual = run("mixture_cure", &options, &patients);
        let mut other: Vec<Patient> =
            patients.iter().map(|p| (p.0 * 1e6, p.1 * 1e6, p.2, p.3, 2)).rev().collect();
        other.extend(other.clone());
        let other = run("mixture_cure", &options, &other);
        for group in ["a", "b"] {
            let share = |results: &Results| row(results, Quantity::CuredShare, Some(group));
            let (ours, theirs) = (share(&other), share(&usual));
            // Where nobody is cured there is no error.
            assert!((ours.value.unwrap() - theirs.value.unwrap()).abs() < 1e-9, "{law} {ours:?} {theirs:?}");
            let error = |row: Estimate| row.std_error.unwrap_or(0.0);
            assert!((2.0 * error(ours) - error(theirs)).abs() < 1e-9, "{law}");
        }
    }
}

#[test]
fn who_was_never_under_observation_is_left_out_and_counted() {
    let mut patients = simulated(200, [0.3, 0.6], 10.0);
    let options = "cured_terms = [\"arm\"]";
    for method in ["mixture_cure", "parametric_survival"] {
        let options = if method == "mixture_cure" { options } else { "" };
        let usual = run(method, options, &patients);
        let n = patients.len() as u64;
        patients.extend([(7.0, 7.0, true, 0, 2), (9.0, 4.0, false, 1, 3), (f64::NAN, 5.0, true, 0, 4)]);
        let with = run(method, options, &patients);
        patients.truncate(n as usize);
        assert_eq!(with.participants.eligible, n + 9);
        assert_eq!(with.participants.analysed, n);
        assert_eq!(with.participants.missing[0].n, 4);
        assert!(with.notices.contains(&Notice::NeverAtRisk { endpoint: "os".into(), n: 5 }));
        assert!(with.notices.contains(&Notice::MissingExcluded { variable: "os".into(), n: 4 }));
        assert_eq!(with.estimates, usual.estimates, "{method}");
    }
}

#[test]
fn a_law_without_a_maximum_is_told_as_such() {
    // All enter at 1; the hazard falls faster than any power of time allows: each law would be flat for ever.
    let patients: Vec<Patient> = (1..200)
        .map(|index| {
            let u = f64::from(index) / 200.0;
            (1.0, (-u.ln()).powi(2).exp(), true, 0, 1)
        })
        .collect();
    for law in ["weibull", "lognormal", "loglogistic"] {
        for method in ["parametric_survival", "mixture_cure"] {
            let results = run(method, &format!("distribution = \"{law}\""), &patients);
            let told = |notice: &Notice| matches!(notice, Notice::NotConverged { .. });
            assert!(results.notices.iter().any(told), "{law} {method} {:?}", results.notices);
            let of_law = |row: &Estimate| {
                let told = [Quantity::LogLikelihood, Quantity::CuredShare, Quantity::PredictedQuantile];
                row.value.is_some() && told.contains(&row.quantity)
            };
            assert!(!results.estimates.iter().any(of_law), "{law} {method}");
        }
    }
}
