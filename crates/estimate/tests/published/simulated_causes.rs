//! 400 patients with two causes of the end of follow-up whom a vignette of R's package mets simulates.

use crate::causes::ended;
use crate::modelling::table::Table;
use crate::modelling::{ratio, run};
use crate::printed::Printed;
use crate::rows::row;
use study::{Column, Model, Quantity};

const DATA: &str = "two simulated causes";
const SOURCE: &str = "Holst & Scheike, mets: vignette Cumulative Incidence Regression";

fn simulated() -> Vec<Column> {
    let table = Table::read("published_simulated");
    let mut columns = ended(&table.numbers("time"), &table.numbers("cause"), 1.0);
    columns.extend(["z1", "z2"].map(|name| table.number(name)));
    columns
}

/// Holst & Scheike, "Cumulative Incidence Regression" (kkholst.github.io/mets/articles/cifreg.html): the coefficients of the
/// Fine–Gray model, and the incidence by time 5 that it predicts for four patients, with errors from influence functions.
#[test]
fn coefficients_and_predictions() {
    let columns = simulated();
    let results = run("fine_gray", "endpoint = \"os\"\nterms = [\"z1\", \"z2\"]", &columns);
    let mut printed = Printed::of("fine_gray", DATA, SOURCE);
    for (term, beta, error) in [("z1", "0.6968603", "0.3876029"), ("z2", "-0.8592892", "0.6245258")] {
        let ours = ratio(&results, Model::Multivariable, term, None);
        printed.figure(term, ours.value.map(f64::ln), beta);
        printed.figure(term, ours.std_error, error);
    }
    printed.finish();

    let profiles = [(-1, 0), (1, 0), (-1, 1), (1, 1)]
        .map(|(z1, z2)| format!("{{ label = \"{z1}, {z2}\", z1 = {z1}, z2 = {z2} }}"))
        .join(", ");
    let options = format!(
        "endpoint = \"os\"\nterms = [\"z1\", \"z2\"]\nprofiles = [{profiles}]\nat = [5]\ninterval = \"log\""
    );
    let results = run("predicted_incidence", &options, &columns);
    let mut printed = Printed::of("predicted_incidence", DATA, SOURCE);
    for (label, [incidence, error, lower, upper]) in [
        ("-1, 0", ["0.04253879", "0.7418354", "0.009938793", "0.1820692"]),
        ("1, 0", ["0.16069100", "0.3946377", "0.074143886", "0.3482633"]),
        ("-1, 1", ["0.01823957", "0.9410399", "0.002884032", "0.1153531"]),
        ("1, 1", ["0.07149610", "0.4611261", "0.028958169", "0.1765199"]),
    ] {
        let ours = row(&results, Quantity::CumulativeIncidence, Some(label), Some(5.0));
        let value = ours.value.unwrap();
        printed.figure("incidence", Some(value), incidence);
        printed.figure("error of its logarithm", ours.std_error.map(|error| error / value), error);
        let limits = ours.interval.unwrap();
        printed.figure("lower limit", limits.lower, lower);
        printed.figure("upper limit", limits.upper, upper);
    }
    printed.finish();
}
