//! Limits of cured shares by the profile likelihood, and laws whose likelihood has no bound.

mod modelling;

use modelling::{endpoint, run};
use study::{Column, Estimate, IntervalMethod, Notice, Quantity, Results};

const Z: f64 = 1.959_963_984_540_054;

/// Patients: time, whether the event happened, a group (0 or 1).
type Patients<'a> = &'a [(f64, bool, u32)];

fn of(method: &str, options: &str, patients: Patients<'_>) -> Results {
    let (times, events): (Vec<f64>, Vec<bool>) = patients.iter().map(|row| (row.0, row.1)).unzip();
    let [time, event] = endpoint(&times, &events);
    let arm = Column::category("arm", &["a", "b"], patients.iter().map(|row| row.2).collect());
    run(method, &format!("endpoint = \"os\"\n{options}"), &[time, event, arm])
}

fn share<'a>(results: &'a Results, group: Option<&str>) -> &'a Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == Quantity::CuredShare);
    rows.find(|row| row.group.as_deref() == group && row.term.is_none()).unwrap()
}

#[track_caller]
fn close(ours: f64, exact: f64) {
    assert!((ours - exact).abs() <= 1e-8 * exact.abs().max(1e-3), "{ours} against {exact}");
}

fn limits(row: &Estimate) -> (f64, f64) {
    let interval = row.interval.unwrap();
    assert_eq!(interval.method, IntervalMethod::ProfileLikelihood);
    (interval.lower.unwrap(), interval.upper.unwrap())
}

/// Events at 1, and others followed for so long that an exponential law of those times leaves nobody.
fn apart(events: usize, cured: usize, arm: u32) -> Vec<(f64, bool, u32)> {
    [vec![(1.0, true, arm); events], vec![(1e6, false, arm); cured]].concat()
}

/// By hand, `mixture_cure`: six events and four who outlived the law: the share has the likelihood-ratio limits of a
/// proportion of 4/10; without events its lower limit is exp(−z²/2n), without others its upper one 1 − exp(−z²/2n).
#[test]
fn the_limits_are_those_of_a_proportion() {
    let options = "distribution = \"exponential\"\ninterval = \"profile\"";
    let results = of("mixture_cure", options, &apart(6, 4, 0));
    let all = share(&results, None);
    let (lower, upper) = limits(all);
    let fallen = |c: f64| 2.0 * (4.0 * (0.4 / c).ln() + 6.0 * (0.6 / (1.0 - c)).ln());
    close(fallen(lower), Z * Z);
    close(fallen(upper), Z * Z);
    assert!(lower < 0.4 && 0.4 < upper);
    // The error is what it was, and without the option the limits are Wald's.
    let wald = of("mixture_cure", "distribution = \"exponential\"", &apart(6, 4, 0));
    let wald = share(&wald, None);
    assert_eq!((wald.std_error, wald.interval.unwrap().method), (all.std_error, IntervalMethod::Wald));

    // Two groups: the shares of both are proportions of their own, and one of them is at the border.
    let patients = [apart(6, 4, 0), apart(0, 7, 1)].concat();
    for interval in ["wald", "profile"] {
        let options =
            format!("distribution = \"exponential\"\ncured_terms = [\"arm\"]\ninterval = \"{interval}\"");
        let results = of("mixture_cure", &options, &patients);
        let border = share(&results, Some("b"));
        assert_eq!((border.value, border.std_error), (Some(1.0), None));
        let (lower, upper) = limits(border);
        close(lower, (-Z * Z / 14.0).exp());
        assert_eq!(upper, 1.0);
        assert!(results.notices.contains(&Notice::EverybodyCured { group: Some("b".into()) }));
        if interval == "profile" {
            let (lower, upper) = limits(share(&results, Some("a")));
            close(fallen(lower), Z * Z);
            close(fallen(upper), Z * Z);
        }
    }
    // All of one group have the event, at once.
    let patients = [apart(6, 4, 0), apart(5, 0, 1)].concat();
    let options = "distribution = \"exponential\"\ncured_terms = [\"arm\"]";
    let results = of("mixture_cure", options, &patients);
    let border = share(&results, Some("b"));
    assert_eq!((border.value, border.std_error), (Some(0.0), None));
    let (lower, upper) = limits(border);
    assert_eq!(lower, 0.0);
    close(upper, 1.0 - (-Z * Z / 10.0).exp());
    assert!(results.notices.contains(&Notice::NobodyCured { group: Some("b".into()) }));
}

/// Times of a Weibull law followed for a while: the likelihood is flat near the border.
#[test]
fn near_the_border_the_limit_is_the_border() {
    let patients: Vec<(f64, bool, u32)> = (1..=40)
        .map(|at| {
            let time = 10.0 * (-(f64::from(at) / 41.0).ln()).powf(0.8);
            let end = if at % 3 == 0 { 9.0 } else { 60.0 };
            (time.min(end), time <= end, 0)
        })
        .collect();
    let results = of("mixture_cure", "interval = \"profile\"", &patients);
    let all = share(&results, None);
    let (lower, upper) = limits(all);
    let value = all.value.unwrap();
    assert!(lower == 0.0 && value < upper && upper < 0.3, "{lower} {value} {upper}");
    // Where nobody is cured is not rejected: that is what the border means.
    let test = all.test.as_ref().unwrap();
    assert!(test.statistic.unwrap() < Z * Z);
}

/// The times of all events are one, or follow from the terms: the density there has no bound.
#[test]
fn a_law_without_spread_has_no_likelihood() {
    let tied = [vec![(5.0, true, 0); 3], vec![(5.0, false, 1), (4.0, false, 0)]].concat();
    let one = [vec![(3.0, false, 0), (7.0, true, 1)], vec![(6.0, false, 0); 4]].concat();
    let by_arm = [vec![(5.0, true, 0); 3], vec![(7.0, true, 1); 3]].concat();
    for law in ["weibull", "lognormal", "loglogistic"] {
        for (patients, terms) in [(&tied, ""), (&one, ""), (&by_arm, "terms = [\"arm\"]\nunivariable = true")]
        {
            let options = format!("distribution = [\"{law}\", \"exponential\"]\n{terms}\nat = [3]");
            let results = of("parametric_survival", &options, patients);
            let told = |notice: &&Notice| matches!(notice, Notice::NoSpread { .. });
            assert!(results.notices.iter().filter(told).count() >= 1, "{law} {:?}", results.notices);
            for row in &results.estimates {
                let own = row.level.as_deref() != Some("exponential");
                assert!(!own || row.value.is_none_or(|value| value == 1.0), "{law} {row:?}");
                assert!(!own || row.test.as_ref().is_none_or(|test| test.p_value.is_none()), "{law} {row:?}");
            }
            // The law is named first all the same, and the other has its figures.
            let fits: Vec<_> = results
                .estimates
                .iter()
                .filter(|row| row.quantity == Quantity::LogLikelihood && row.level.is_some())
                .map(|row| (row.level.as_deref(), row.value.is_some()))
                .collect();
            assert_eq!(fits, [(Some(law), false), (Some("exponential"), true)]);
        }
        // Who is censored later may be cured, and forbids nothing.
        let later = [vec![(5.0, true, 0); 3], vec![(9.0, false, 1), (4.0, false, 0)]].concat();
        let results = of("mixture_cure", &format!("distribution = \"{law}\""), &later);
        assert!(results.notices.iter().any(|notice| matches!(notice, Notice::NoSpread { .. })), "{law}");
        assert!(!results.estimates.iter().any(|row| row.quantity == Quantity::CuredShare));
        // Without cure they forbid it.
        let results = of("parametric_survival", &format!("distribution = \"{law}\""), &later);
        let likelihood = results.estimates.iter().find(|row| row.quantity == Quantity::LogLikelihood);
        assert!(likelihood.unwrap().value.is_some(), "{law} {:?}", results.notices);
    }
}
