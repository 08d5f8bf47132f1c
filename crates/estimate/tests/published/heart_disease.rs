//! Heart disease by blood pressure in 1329 men of Framingham (Cornfield 1962, Fed Proc 21:58–61).

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::{log_ratio, row};
use study::{Column, Estimate, Quantity, Results};

const DATA: &str = "heart disease by blood pressure";

/// Blood pressure (mmHg; middle of the class), men, and those with heart disease.
const MEN: [(f64, u64, u64); 8] = [
    (111.5, 156, 3),
    (121.5, 252, 17),
    (131.5, 284, 12),
    (141.5, 271, 16),
    (151.5, 139, 12),
    (161.5, 85, 8),
    (176.5, 99, 16),
    (191.5, 43, 8),
];

fn men(method: &str, options: &str) -> Results {
    let twice = |of: &dyn Fn(&(f64, u64, u64)) -> f64| MEN.iter().chain(&MEN).map(of).collect::<Vec<_>>();
    let diseased: Vec<_> = (0..16).map(|row| Some(row < 8)).collect();
    let columns = [
        Column::flag("diseased", &diseased),
        Column::number("pressure", twice(&|(pressure, _, _)| *pressure)),
    ];
    let n: Vec<u64> =
        MEN.iter().map(|(_, _, ill)| *ill).chain(MEN.iter().map(|(_, all, ill)| all - ill)).collect();
    let options = format!("outcome = \"diseased\"\nterms = [\"pressure\"]\n{options}");
    try_run("farr", method, &options, &columns, &n).unwrap()
}

/// Agresti 2007 (doi:10.1002/0470114754), section 5.2.7: logit π = −6.082 + 0.0243 x.
#[test]
fn the_model() {
    let results = men("logistic", "");
    let mut printed = Printed::of("logistic", DATA, "Agresti 2007, section 5.2.7");
    log_ratio(&mut printed, &results, ("pressure", None), "0.0243", "0.0048");
    printed.figure("intercept", row(&results, Quantity::Intercept, None, None).value, "-6.082");
    printed.finish();
}

/// Agresti 2007, table 5.6: standardized residual, Dfbeta, c (Cook's distance times the two parameters) and the change of
/// the deviance when a class of blood pressure is left out; X² = 6.3 and G² = 5.9 of the model.
#[test]
fn the_diagnostics() {
    let results = men("logistic_influence", "show = 8");
    let mut printed = Printed::of("logistic_influence", DATA, "Agresti 2007, table 5.6");
    let (mut pearson, mut deviance) = (0.0, 0.0);
    for (class, figures) in [
        (1, ["-1.11", "0.49", "0.34", "1.39"]),
        (2, ["2.37", "-1.14", "2.26", "5.04"]),
        (3, ["-0.95", "0.33", "0.31", "0.94"]),
        (4, ["-0.57", "0.08", "0.09", "0.34"]),
        (5, ["0.13", "0.01", "0.00", "0.02"]),
        (6, ["-0.33", "-0.07", "0.02", "0.11"]),
        (7, ["0.65", "0.40", "0.26", "0.42"]),
        (8, ["-0.18", "-0.12", "0.02", "0.03"]),
    ] {
        let of = |quantity: Quantity| {
            // Patterns are numbered by blood pressure.
            let own = |row: &&Estimate| {
                row.quantity == quantity && row.group.as_deref() == Some(&class.to_string())
            };
            results.estimates.iter().find(own).unwrap().value.unwrap()
        };
        assert_eq!(of(Quantity::PatternValue), MEN[class - 1].0);
        let c = 2.0 * of(Quantity::CooksDistance);
        let residual = of(Quantity::DevianceResidual);
        let change = residual.powi(2) + c * (1.0 - of(Quantity::Leverage));
        let ours = [of(Quantity::StandardizedResidual), of(Quantity::DfBetas), c, change];
        for (ours, figure) in ours.into_iter().zip(figures) {
            printed.figure(&format!("class {class}"), Some(ours), figure);
        }
        pearson += of(Quantity::PearsonResidual).powi(2);
        deviance += residual.powi(2);
    }
    printed.figure("X²", Some(pearson), "6.3");
    printed.figure("G²", Some(deviance), "5.9");
    printed.finish();
}
