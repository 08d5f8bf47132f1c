//! Tables that Newcombe made limits of: of one proportion, and of the difference of two.

use crate::modelling::{try_run, two_by_two};
use crate::printed::Printed;
use crate::rows::{limits, of_term};
use study::{Estimate, Quantity};

/// Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), table I: methods 3 (Wilson), 4 (the same
/// corrected for continuity) and 5 (Clopper and Pearson).
#[test]
fn one_proportion() {
    let mut printed = Printed::of("two_by_two", "proportions of Newcombe", "Newcombe 1998 (857), table I");
    for ((x, n), methods) in [
        ((81, 263), [["0.2553", "0.3662"], ["0.2535", "0.3682"], ["0.2527", "0.3676"]]),
        ((15, 148), [["0.0624", "0.1605"], ["0.0598", "0.1644"], ["0.0578", "0.1617"]]),
        ((0, 20), [["0.0000", "0.1611"], ["0.0000", "0.2005"], ["0.0000", "0.1684"]]),
        ((1, 29), [["0.0061", "0.1718"], ["0.0018", "0.1963"], ["0.0009", "0.1776"]]),
    ] {
        let (columns, counts) = two_by_two([x, n - x, 1, 1]);
        for (method, figures) in ["wilson", "wilson_corrected", "clopper_pearson"].into_iter().zip(methods) {
            let options = format!("outcome = \"y\"\nexposure = \"x\"\nrisk_interval = \"{method}\"");
            let results = try_run("farr", "two_by_two", &options, &columns, &counts).unwrap();
            let own = |row: &&Estimate| row.quantity == Quantity::Risk && row.level.as_deref() == Some("yes");
            let ours = results.estimates.iter().find(own).unwrap();
            for (ours, figure) in limits(ours).into_iter().zip(figures) {
                printed.figure(&format!("{method} of {x}/{n}"), ours, figure);
            }
        }
    }
    printed.finish();
}

/// Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I), table II: methods 10 (from Wilson's
/// limits) and 6 (Miettinen and Nurminen's, of 56/70 − 48/80).
#[test]
fn the_difference_of_two() {
    let mut printed = Printed::of("two_by_two", "differences of Newcombe", "Newcombe 1998 (873), table II");
    for (method, cells, figures) in [
        ("newcombe", [56, 14, 48, 32], ["0.0524", "0.3339"]),
        ("newcombe", [9, 1, 3, 7], ["0.1705", "0.8090"]),
        ("newcombe", [5, 51, 0, 29], ["-0.0381", "0.1926"]),
        ("newcombe", [0, 10, 0, 20], ["-0.1611", "0.2775"]),
        ("newcombe", [10, 0, 0, 10], ["0.6075", "1.0000"]),
        ("miettinen_nurminen", [56, 14, 48, 32], ["0.0528", "0.3382"]),
    ] {
        let (columns, n) = two_by_two(cells);
        let options = format!("outcome = \"y\"\nexposure = \"x\"\ndifference_interval = \"{method}\"");
        let results = try_run("farr", "two_by_two", &options, &columns, &n).unwrap();
        let ours = limits(of_term(&results, Quantity::RiskDifference, "x"));
        for (ours, figure) in ours.into_iter().zip(figures) {
            printed.figure(&format!("{method} of {cells:?}"), ours, figure);
        }
    }
    printed.finish();
}
