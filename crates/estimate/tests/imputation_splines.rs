//! Splines of imputed numbers: the same in every data set, by what was observed; their curves pooled.

mod imputing;

use estimate::imputation::rubin::combine;
use estimate::methods::find;
use estimate::numerics::distributions::{normal_quantile, t_quantile};
use imputing::{analysed, completed, patients, plan};
use study::{EffectCurve, Estimate, Quantity, Results, Values};

/// A quantile of type 7.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() - 1) as f64 * share;
    let low = rank.floor() as usize;
    sorted[low] + (rank - low as f64) * (sorted[(low + 1).min(sorted.len() - 1)] - sorted[low])
}

fn observed() -> Vec<f64> {
    let Values::Number(x) = patients(true)[1].values.clone() else { panic!() };
    let mut known: Vec<f64> = x.into_iter().filter(|x| !x.is_nan()).collect();
    known.sort_by(f64::total_cmp);
    known
}

fn with_terms(terms: &str) -> Results {
    let analyses = format!(
        "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\nterms = {terms}\n"
    );
    analysed(&plan("sets = 5\niterations = 3", &analyses), &patients(true))
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} against {b}");
}

/// Knots that are counted stand at quantiles of the values that were observed.
#[test]
fn knots_are_those_of_the_observed_values() {
    let known = observed();
    let knots = [0.1, 0.5, 0.9].map(|share| quantile(&known, share));
    let counted = with_terms("[\"rcs(x, 3)\", \"flag\"]");
    let written = with_terms(&format!("[{{ spline = \"x\", knots = {knots:?} }}, \"flag\"]"));
    assert_eq!(counted.estimates, written.estimates);
    assert_eq!(counted.effects, written.effects);
    assert_eq!(counted.effects[0].knots, knots);
    let own = |row: &&Estimate| row.quantity == Quantity::OddsRatio && row.term.as_deref() == Some("x");
    let row = counted.estimates.iter().find(own).unwrap();
    let [low, high] = [0.25, 0.75].map(|share| quantile(&known, share).to_string());
    assert_eq!((row.reference.as_ref(), row.level.as_ref()), (Some(&low), Some(&high)));
    assert!(row.pooled.is_some());
    assert_eq!(counted.options["terms"][0], "rcs(x, 3)");
    assert!(counted.methods_text.iter().any(|text| text.contains("those of the observed values")));
    // What is known of everybody needs none of that.
    let plain = with_terms("[\"x\", \"flag\"]");
    assert!(plain.methods_text.iter().all(|text| !text.contains("observed values")));
}

/// The pooled curve by hand: the curve of each data set, and Rubin's rules at each point.
#[test]
fn the_curve_is_pooled() {
    let known = observed();
    let pooled = with_terms("[\"rcs(x, 3)\", \"flag\"]");
    let own = |quantity| move |row: &&Estimate| row.quantity == quantity && row.term.as_deref() == Some("x");
    let beta: Vec<f64> =
        pooled.estimates.iter().filter(own(Quantity::Coefficient)).map(|row| row.value.unwrap()).collect();
    assert_eq!(beta.len(), 2);
    let curve = &pooled.effects[0];
    close(curve.reference, quantile(&known, 0.5));
    close(curve.x[0], quantile(&known, 0.01));
    close(curve.x[200], quantile(&known, 0.99));
    let [a, b, c] = [curve.knots[0], curve.knots[1], curve.knots[2]];
    let cube = |x: f64| x.max(0.0).powi(3);
    let bent = |x: f64| {
        (cube(x - a) - cube(x - b) * (c - a) / (c - b) + cube(x - c) * (b - a) / (c - b)) / (c - a).powi(2)
    };

    let text = |share| quantile(&known, share).to_string();
    let [q1, q2, q3, first, last] = [0.25, 0.5, 0.75, 0.01, 0.99].map(text);
    let fixed = format!("rcs(x, {a}, {b}, {c}; {q1}, {q2}, {q3}; {first}, {last})");
    let analyses = format!(
        "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\n\
         terms = [\"{fixed}\", \"flag\"]\n"
    );
    let plan = plan("sets = 5\niterations = 3", &analyses);
    let sets = completed(&plan, &patients(true), 2).unwrap();
    let curves: Vec<EffectCurve> = sets
        .tables
        .iter()
        .map(|table| {
            let table = table.marginal(&["y", "x", "flag"]).unwrap();
            let found = (find(&plan.analyses[0]).unwrap().estimate)(&plan.analyses[0], &plan, &[table]);
            found.unwrap().effects[0].clone()
        })
        .collect();
    let analysed = pooled.participants.analysed as f64;
    let z = normal_quantile(0.975);
    let mut wider = 0;
    for at in [0, 40, 130, 200] {
        let x = curve.x[at];
        let ratio = curve.ratio[at].unwrap().ln();
        close(ratio, beta[0] * (x - curve.reference) + beta[1] * (bent(x) - bent(curve.reference)));
        let log = |values: &[Option<f64>]| values[at].unwrap().ln();
        let q: Vec<f64> = curves.iter().map(|curve| log(&curve.ratio)).collect();
        let u: Vec<f64> = curves
            .iter()
            .map(|curve| ((log(&curve.upper) - log(&curve.lower)) / (2.0 * z)).powi(2))
            .collect();
        // Patients less the intercept, the ratio of the spline and that of the flag.
        let found = combine(&q, &u, analysed - 3.0).unwrap();
        close(ratio, found.estimate);
        let half = t_quantile(0.975, found.df) * found.total.sqrt();
        close(curve.upper[at].unwrap().ln(), found.estimate + half);
        close(curve.lower[at].unwrap().ln(), found.estimate - half);
        wider += u32::from(half > z * u[0].sqrt());
    }
    assert!(wider > 0);
    let patients: u64 = curve.patients.iter().sum();
    assert!(patients > 370 && patients <= 390, "{patients}");
}
