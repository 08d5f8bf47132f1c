//! Myocardial infarction in 22 071 physicians on aspirin or placebo (Steering Committee of the Physicians' Health Study 1988,
//! N Engl J Med 318:262–264).

use crate::modelling::{try_run, two_by_two};
use crate::printed::Printed;
use crate::rows::{limits, of_term};
use study::Quantity;

/// Agresti 2007 (doi:10.1002/0470114754), sections 2.2 and 2.3: 189 of 11 034 on placebo, 104 of 11 037 on aspirin. The
/// odds ratio's logarithm is 0.605 with a standard error of 0.123.
#[test]
fn risk_difference_risk_ratio_and_odds_ratio() {
    let (columns, n) = two_by_two([189, 10_845, 104, 10_933]);
    let options = "outcome = \"y\"\nexposure = \"x\"\ndifference_interval = \"wald\"\nratio_interval = \"wald\"\n\
                   odds_interval = \"wald\"";
    let results = try_run("farr", "two_by_two", options, &columns, &n).unwrap();
    let mut printed =
        Printed::of("two_by_two", "aspirin and infarction", "Agresti 2007, sections 2.2 and 2.3");
    let difference = of_term(&results, Quantity::RiskDifference, "x");
    printed.figure("difference", difference.value, "0.0077");
    printed.figure("its standard error", difference.std_error, "0.0015");
    for (ours, limit) in limits(difference).into_iter().zip(["0.005", "0.011"]) {
        printed.figure("its limit", ours, limit);
    }
    let ratio = of_term(&results, Quantity::RiskRatio, "x");
    printed.figure("ratio", ratio.value, "1.82");
    for (ours, limit) in limits(ratio).into_iter().zip(["1.43", "2.30"]) {
        // The book ends the interval at 2.30; computed without rounding it is 2.306.
        printed.within("its limit", ours, limit, 1.0);
    }
    let odds = of_term(&results, Quantity::OddsRatio, "x");
    printed.figure("odds ratio", odds.value, "1.83");
    printed.figure("its logarithm", odds.value.map(f64::ln), "0.605");
    printed.figure("the standard error of that", odds.std_error, "0.123");
    for (ours, limit) in limits(odds).into_iter().zip(["1.44", "2.33"]) {
        printed.figure("its limit", ours, limit);
    }
    printed.finish();
}
