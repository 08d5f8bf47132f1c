//! Sedimentation above 20 mm/h and proteins of the blood plasma of 32 people (Collett & Jemain 1985), as R's package HSAUR3 has
//! them.

use crate::modelling::{ratio, try_run, value};
use crate::printed::Printed;
use crate::rows::{limits, log_ratio, row};
use study::{Column, Model, Quantity};

/// g/l.
const FIBRINOGEN: [f64; 32] = [
    2.52, 2.56, 2.19, 2.18, 3.41, 2.46, 3.22, 2.21, 3.15, 2.6, 2.29, 2.35, 3.15, 2.68, 2.6, 2.23, 2.88, 2.65,
    2.28, 2.67, 2.29, 2.15, 2.54, 3.34, 2.99, 3.32, 5.06, 3.34, 2.38, 3.53, 2.09, 3.93,
];
/// g/l.
const GLOBULIN: [f64; 32] = [
    38.0, 31.0, 33.0, 31.0, 37.0, 36.0, 38.0, 37.0, 39.0, 41.0, 36.0, 29.0, 36.0, 34.0, 38.0, 37.0, 30.0,
    46.0, 36.0, 39.0, 31.0, 31.0, 28.0, 30.0, 36.0, 35.0, 37.0, 32.0, 37.0, 46.0, 44.0, 32.0,
];

/// Hothorn & Everitt 2014 (doi:10.1201/b17081), chapter 7, figures 7.2 and 7.3: coefficients, deviances, and the odds ratio of
/// fibrinogen alone with profile limits.
#[test]
fn sedimentation() {
    // The last six sediment fast.
    let fast: Vec<_> = (0..32).map(|person| Some(person > 25)).collect();
    let columns = [
        Column::flag("fast", &fast),
        Column::number("fibrinogen", FIBRINOGEN.to_vec()),
        Column::number("globulin", GLOBULIN.to_vec()),
    ];
    let run = |terms: &str| {
        let options = format!("outcome = \"fast\"\nterms = [{terms}]\ninterval = \"profile\"");
        try_run("farr", "logistic", &options, &columns, &[1; 32]).unwrap()
    };
    let mut printed = Printed::of("logistic", "plasma proteins", "Hothorn & Everitt 2014, chapter 7");
    let deviance = |results, quantity| Some(-2.0 * value(results, Model::Multivariable, None, quantity));
    let alone = run("\"fibrinogen\"");
    log_ratio(&mut printed, &alone, ("fibrinogen", None), "1.827", "0.901");
    let ours = ratio(&alone, Model::Multivariable, "fibrinogen", None);
    printed.figure("odds ratio", ours.value, "6.22");
    // R interpolates the limits of the coefficient; the three digits are the same.
    for (ours, [limit, of_ratio]) in limits(ours).into_iter().zip([["0.339", "1.4"], ["3.998", "54.5"]]) {
        printed.figure("limit", ours.map(f64::ln), limit);
        printed.figure("limit of the ratio", ours, of_ratio);
    }
    printed.figure("deviance", deviance(&alone, Quantity::LogLikelihood), "24.840");
    printed.figure("null deviance", deviance(&alone, Quantity::NullLogLikelihood), "30.885");
    printed.figure("criterion", row(&alone, Quantity::Aic, None, None).value, "28.84");
    let both = run("\"fibrinogen\", \"globulin\"");
    log_ratio(&mut printed, &both, ("fibrinogen", None), "1.910", "0.971");
    log_ratio(&mut printed, &both, ("globulin", None), "0.156", "0.120");
    let intercept = row(&both, Quantity::Intercept, None, None);
    printed.figure("intercept", intercept.value, "-12.792");
    printed.figure("intercept", intercept.std_error, "5.796");
    printed.figure("deviance", deviance(&both, Quantity::LogLikelihood), "22.971");
    printed.figure("criterion", row(&both, Quantity::Aic, None, None).value, "28.97");
    printed.finish();
}
