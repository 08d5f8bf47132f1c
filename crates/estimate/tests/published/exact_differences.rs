//! Exact limits given the sizes of the groups: the PROGRESS trial.

use crate::modelling::{try_run, two_by_two};
use crate::printed::Printed;
use crate::rows::{limits, of_term};
use study::Quantity;

/// Garner 2016 (PharmaSUG SP07): SAS' exact limits of 84/101 − 89/105, by the score and by the difference.
#[test]
fn the_difference_of_two_risks() {
    let (columns, n) = two_by_two([84, 17, 89, 16]);
    let mut printed = Printed::of("two_by_two", "PROGRESS trial", "Garner 2016, PharmaSUG SP07");
    for (method, figures) in
        [("exact", ["-0.1227", "0.0869"]), ("exact_unstandardized", ["-0.1514", "0.1219"])]
    {
        let options = format!("outcome = \"y\"\nexposure = \"x\"\ndifference_interval = \"{method}\"");
        let results = try_run("farr", "two_by_two", &options, &columns, &n).unwrap();
        let ours = limits(of_term(&results, Quantity::RiskDifference, "x"));
        for (ours, figure) in ours.into_iter().zip(figures) {
            printed.figure(method, ours, figure);
        }
    }
    printed.finish();
}
