//! Ranks of twelve students by authoritarianism and by striving for status (Siegel 1956).

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::row;
use study::{Column, Quantity};

const AUTHORITARIANISM: [f64; 12] = [2.0, 6.0, 5.0, 1.0, 10.0, 9.0, 8.0, 3.0, 4.0, 12.0, 7.0, 11.0];
const STRIVING: [f64; 12] = [3.0, 4.0, 2.0, 1.0, 8.0, 11.0, 10.0, 6.0, 7.0, 12.0, 5.0, 9.0];

/// Siegel 1956, Nonparametric Statistics for the Behavioral Sciences, chapter 9: Spearman's coefficient 0.82.
#[test]
fn ranks() {
    let columns = [
        Column::number("authoritarianism", AUTHORITARIANISM.to_vec()),
        Column::number("striving", STRIVING.to_vec()),
    ];
    let options = "variables = [\"authoritarianism\", \"striving\"]\ncoefficient = \"spearman\"";
    let results = run("correlation", options, &columns);
    let mut printed = Printed::of("correlation", "authoritarianism", "Siegel 1956, chapter 9");
    printed.figure("Spearman", row(&results, Quantity::Correlation, None, None).value, "0.82");
    printed.finish();
}
