//! Fisher's lady who tasted tea: three of four cups with the milk first told right, and three of four with the tea first.

use crate::modelling::{ratio, try_run, two_by_two};
use crate::printed::Printed;
use crate::rows::{of_term, test};
use study::{Model, Quantity, TestName};

const SOURCE: &str = "Agresti 2002, section 3.5; R 4.2, help of fisher.test";

/// Agresti 2002 (doi:10.1002/0471249688), section 3.5: P = 0.243 of one side and 0.486 of both. R's help of `fisher.test` has the
/// conditional odds ratio 6.408 (its further digits, and its limits, are those of a loose root).
#[test]
fn cups_of_tea() {
    let (columns, n) = two_by_two([3, 1, 1, 3]);
    let options = "outcome = \"y\"\nexposure = \"x\"\nodds_interval = \"exact\"\ntests = [\"fisher\"]";
    let results = try_run("farr", "two_by_two", options, &columns, &n).unwrap();
    let mut printed = Printed::of("two_by_two", "tasting of tea", SOURCE);
    printed.figure("P", test(&results, TestName::FisherExact).p_value, "0.486");
    let odds = of_term(&results, Quantity::OddsRatio, "x");
    printed.figure("odds ratio", odds.value, "6.408");
    printed.finish();
    let results =
        try_run("farr", "exact_logistic", "outcome = \"y\"\nterms = [\"x\"]", &columns, &n).unwrap();
    let mut printed = Printed::of("exact_logistic", "tasting of tea", SOURCE);
    let ours = ratio(&results, Model::Multivariable, "x", Some("yes"));
    printed.figure("odds ratio", ours.value, "6.408");
    // Twice the smaller side.
    printed.figure("P of one side", ours.test.as_ref().unwrap().p_value.map(|p| 0.5 * p), "0.243");
    printed.finish();
}
