//! Proofs by hand, and what is refused.

use crate::methods::find;
use study::{Column, CountTable, Estimate, Notice, Plan, Problem, Quantity, Results, SourceText};

/// Patients: time, whether the event happened, a group (0 or 1), how many.
type Patients<'a> = &'a [(f64, bool, u32, u64)];

fn run(options: &str, patients: Patients<'_>) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.os]\ntime = \"t\"\nevent = \"e\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"parametric_survival\"\nendpoint = \"os\"\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let (analysis, entry) = (&plan.analyses[0], find(&plan.analyses[0]).unwrap());
    (entry.requests)(analysis, &plan)?;
    let table = CountTable::new(
        vec![
            Column::number("os.time", patients.iter().map(|row| row.0).collect()),
            Column::flag("os.event", &patients.iter().map(|row| Some(row.1)).collect::<Vec<_>>()),
            Column::category("arm", &["a", "b"], patients.iter().map(|row| row.2).collect()),
        ],
        patients.iter().map(|row| row.3).collect(),
    )
    .unwrap();
    (entry.estimate)(analysis, &plan, &[table])
}

fn row(results: &Results, quantity: Quantity, level: Option<&str>) -> Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == quantity);
    rows.find(|row| row.level.as_deref() == level).unwrap().clone()
}

fn close(ours: Option<f64>, exact: f64) {
    let ours = ours.unwrap();
    assert!((ours - exact).abs() <= 1e-11 * exact.abs(), "{ours} against {exact}");
}

/// By hand, `parametric_survival`: an exponential law of 3 events in 30 months: likelihood, criteria, median and
/// survival with their errors.
#[test]
fn an_exponential_law_is_events_over_time() {
    // 3 events in 30 months, counted in one row or in several.
    for patients in [
        &[(2.0, true, 0, 1), (5.0, true, 0, 1), (8.0, true, 0, 1), (5.0, false, 0, 3)][..],
        &[(2.0, true, 0, 1), (5.0, true, 0, 1), (5.0, false, 0, 2), (5.0, false, 0, 1), (8.0, true, 0, 1)],
    ] {
        let results = run("distribution = \"exponential\"\nat = [10, 20]", patients).unwrap();
        let value = 3.0 * 0.1f64.ln() - 3.0;
        close(row(&results, Quantity::LogLikelihood, Some("exponential")).value, value);
        close(row(&results, Quantity::Aic, Some("exponential")).value, 2.0 - 2.0 * value);
        close(row(&results, Quantity::Bic, Some("exponential")).value, 6f64.ln() - 2.0 * value);
        let median = row(&results, Quantity::PredictedQuantile, Some("All patients"));
        close(median.value, 10.0 * 2f64.ln());
        close(median.std_error, 1.0 / 3f64.sqrt());
        let survival = row(&results, Quantity::PredictedSurvival, Some("All patients"));
        close(survival.value, (-1f64).exp());
        // se(S) = S · t · se(rate) = e⁻¹ · 10 · (1/10)/√3.
        close(survival.std_error, (-1f64).exp() / 3f64.sqrt());
        let told = results.notices.iter().filter(|notice| matches!(notice, Notice::Extrapolated { .. }));
        assert_eq!(told.count(), 2, "follow-up ends at 8");
    }
}

/// By hand, `parametric_survival`: two groups of an exponential law have the ratio of their rates, with variance 1/2 +
/// 1/3.
#[test]
fn two_groups_of_an_exponential_law_have_the_ratio_of_their_rates() {
    // Rates 2/10 and 3/30: half the hazard, twice the time.
    let patients = [(4.0, true, 0, 2), (2.0, false, 0, 1), (10.0, true, 1, 3)];
    let options = "distribution = \"exponential\"\nterms = [\"arm\"]\n";
    let results = run(options, &patients).unwrap();
    let error = (0.5f64 + 1.0 / 3.0).sqrt();
    for (quantity, ratio) in [(Quantity::TimeRatio, 2.0), (Quantity::HazardRatio, 0.5)] {
        let found = row(&results, quantity, Some("b"));
        close(found.value, ratio);
        close(found.std_error, error);
        assert_eq!((found.n, found.of), (Some(3), Some(3)));
        assert_eq!(row(&results, quantity, Some("a")).value, Some(1.0));
    }
    // The curves are by the only factor.
    let fitted: Vec<_> = results.curves.iter().filter(|curve| curve.fitted.is_some()).collect();
    assert_eq!(fitted.len(), 2);
    close(fitted[1].estimate.last().copied(), (-1f64).exp());
    // Profile limits of both ratios mirror each other.
    let profile = run(&format!("{options}interval = \"profile\""), &patients).unwrap();
    let limits = |quantity| row(&profile, quantity, Some("b")).interval.unwrap();
    let (times, hazards) = (limits(Quantity::TimeRatio), limits(Quantity::HazardRatio));
    let mirrored = (times.lower.unwrap() * hazards.upper.unwrap()).ln();
    assert!(mirrored.abs() < 1e-9, "{mirrored}");
}

/// By hand, `parametric_survival`: a log-normal law without censoring has the mean and the variance of the logarithms
/// of time.
#[test]
fn a_log_normal_law_without_censoring_has_the_moments_of_log_time() {
    // Logs −1, 0, 1: mean 0, variance 2/3.
    let patients = [((-1f64).exp(), true, 0, 1), (1.0, true, 0, 1), (1f64.exp(), true, 0, 1)];
    let results = run("distribution = \"lognormal\"", &patients).unwrap();
    close(row(&results, Quantity::Scale, None).value, (2.0f64 / 3.0).sqrt());
    close(row(&results, Quantity::Scale, None).std_error, 1.0 / 6f64.sqrt());
    assert!(row(&results, Quantity::Intercept, None).value.unwrap().abs() < 1e-12);
    close(row(&results, Quantity::PredictedQuantile, Some("All patients")).value, 1.0);
}

#[test]
fn a_group_without_events_has_an_infinite_time_and_says_so() {
    let patients = [(1.0, true, 0, 2), (3.0, true, 0, 1), (4.0, false, 0, 1), (5.0, false, 1, 4)];
    for interval in ["wald", "profile"] {
        for law in ["exponential", "weibull", "lognormal", "loglogistic"] {
            let options = format!("distribution = \"{law}\"\nterms = [\"arm\"]\ninterval = \"{interval}\"");
            let results = run(&options, &patients).unwrap();
            let found = row(&results, Quantity::TimeRatio, Some("b"));
            assert_eq!(found.value, None);
            let infinite = |notice: &Notice| matches!(notice, Notice::Separation { .. });
            assert!(results.notices.iter().any(infinite), "{law} {:?}", results.notices);
            if interval == "profile" {
                let limits = found.interval.unwrap();
                assert!(limits.lower.unwrap() > 0.0 && limits.upper.is_none(), "{law} {limits:?}");
                if law == "exponential" {
                    let limits = row(&results, Quantity::HazardRatio, Some("b")).interval.unwrap();
                    assert!(limits.upper.unwrap() > 0.0 && limits.lower.is_none(), "{limits:?}");
                }
            }
        }
    }
}

#[test]
fn hard_cases_give_a_notice_and_no_number() {
    let all = ["exponential", "weibull", "lognormal", "loglogistic"];
    for law in all {
        let options = format!("distribution = \"{law}\"\nterms = [\"arm\"]");
        let none = run(&options, &[(1.0, false, 0, 3), (2.0, false, 1, 3)]).unwrap();
        assert_eq!(none.notices, [Notice::NoEvents { group: None }]);
        let constant = run(&options, &[(1.0, true, 0, 3), (2.0, false, 0, 3), (4.0, true, 0, 1)]).unwrap();
        assert!(constant.notices.contains(&Notice::SingleLevel { variable: "arm".into() }));
        // All events at one time and nobody followed longer: only a law without a spread can be fitted.
        let tied =
            run(&format!("distribution = \"{law}\""), &[(2.0, true, 0, 5), (1.0, false, 0, 2)]).unwrap();
        let median = tied.estimates.iter().find(|row| row.quantity == Quantity::PredictedQuantile);
        assert_eq!(median.is_some(), law == "exponential", "{law} {:?}", tied.notices);
        assert_eq!(tied.notices.is_empty(), law == "exponential", "{law} {:?}", tied.notices);
        // One event, and others followed longer.
        let one =
            run(&format!("distribution = \"{law}\""), &[(2.0, true, 0, 1), (5.0, false, 0, 9)]).unwrap();
        assert!(one.estimates.iter().all(|row| row.value.is_none_or(f64::is_finite)));
    }
}

/// Identity, `parametric_survival`: the unit of time leaves time ratios and their errors.
#[test]
fn units_and_order_change_nothing() {
    let patients =
        [(1.0, true, 0, 2), (3.0, true, 1, 1), (4.0, false, 0, 1), (5.0, true, 1, 4), (7.0, false, 1, 2)];
    for law in ["weibull", "lognormal", "loglogistic"] {
        let options = format!("distribution = \"{law}\"\nterms = [\"arm\"]");
        let usual = row(&run(&options, &patients).unwrap(), Quantity::TimeRatio, Some("b"));
        for unit in [1e-12, 1e12] {
            let scaled: Vec<_> =
                patients.iter().map(|(time, event, arm, n)| (time * unit, *event, *arm, *n)).collect();
            let other = row(&run(&options, &scaled).unwrap(), Quantity::TimeRatio, Some("b"));
            close(other.value, usual.value.unwrap());
            close(other.std_error, usual.std_error.unwrap());
        }
    }
}

#[test]
fn an_event_at_time_0_is_refused_and_a_censoring_there_tells_nothing() {
    let problem = run("", &[(0.0, true, 0, 2), (1.0, true, 0, 1)]).unwrap_err();
    assert!(
        problem.message.starts_with("2 patients have the event of `os` at time 0"),
        "{}",
        problem.message
    );
    let with = run("", &[(0.0, false, 0, 9), (1.0, true, 0, 1), (3.0, true, 0, 1)]).unwrap();
    let without = run("", &[(1.0, true, 0, 1), (3.0, true, 0, 1)]).unwrap();
    let value = |results| row(results, Quantity::LogLikelihood, Some("weibull")).value.unwrap();
    close(Some(value(&with)), value(&without));
    assert_eq!(with.participants.analysed, 11);
}

#[test]
fn options_that_make_no_sense_are_refused_with_their_place() {
    for (options, message) in [
        ("distribution = [\"weibull\", \"weibull\"]", "each law must be named, and none twice"),
        ("univariable = true", "models are asked for, and no term is named"),
        ("quantiles = [1.5]", "the quantile 1.5 is not between 0 and 1"),
        ("terms = [\"arm\"]\nprofiles = [{ label = \"x\" }]", "the profile “x” does not say: arm"),
        ("terms = [\"arm\"]\nprofiles = [{ label = \"x\", arm = \"c\" }]", "`arm` has no level `c`"),
    ] {
        let problem = run(options, &[(1.0, true, 0, 1), (2.0, true, 1, 1), (3.0, true, 0, 1)]).unwrap_err();
        assert_eq!(problem.message, message);
        assert!(problem.place.is_some(), "{message}");
    }
}

/// Identity, `parametric_survival`: under a Weibull law the hazard ratio is the time ratio to the power of minus the
/// shape, and under an exponential one its inverse.
#[test]
fn the_hazard_ratio_is_a_power_of_the_time_ratio() {
    let patients =
        [(1.0, true, 0, 2), (3.0, true, 1, 1), (4.0, false, 0, 1), (5.0, true, 1, 4), (7.0, false, 1, 2)];
    for law in ["exponential", "weibull"] {
        let results = run(&format!("distribution = \"{law}\"\nterms = [\"arm\"]"), &patients).unwrap();
        let of = |quantity, level| row(&results, quantity, level).value.unwrap();
        let shape = if law == "weibull" { of(Quantity::Shape, None) } else { 1.0 };
        let time = of(Quantity::TimeRatio, Some("b"));
        assert!((time - 1.0).abs() > 0.1 && (law == "exponential" || (shape - 1.0).abs() > 0.1));
        close(Some(of(Quantity::HazardRatio, Some("b"))), libm::pow(time, -shape));
    }
}
