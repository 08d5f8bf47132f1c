//! Whether 173 female horseshoe crabs had satellites (Brockmann 1996, Ethology 102:1–21), as Agresti 2007 (doi:10.1002/0470114754)
//! has them.

use crate::modelling::{ratio, run, value};
use crate::printed::Printed;
use crate::rows::{limits, log_ratio, row, test};
use study::{Column, Model, Quantity, TestName};

const DATA: &str = "horseshoe crabs";

/// Width of each shell (cm).
const WIDTHS: [f64; 173] = [
    28.3, 22.5, 26.0, 24.8, 26.0, 23.8, 26.5, 24.7, 23.7, 25.6, 24.3, 25.8, 28.2, 21.0, 26.0, 27.1, 25.2,
    29.0, 24.7, 27.4, 23.2, 25.0, 22.5, 26.7, 25.8, 26.2, 28.7, 26.8, 27.5, 24.9, 29.3, 25.8, 25.7, 25.7,
    26.7, 23.7, 26.8, 27.5, 23.4, 27.9, 27.5, 26.1, 27.7, 30.0, 28.5, 28.9, 28.2, 25.0, 28.5, 30.3, 24.7,
    27.7, 27.4, 22.9, 25.7, 28.3, 27.2, 26.2, 27.8, 25.5, 27.1, 24.5, 27.0, 26.0, 28.0, 30.0, 29.0, 26.2,
    26.5, 26.2, 25.6, 23.0, 23.0, 25.4, 24.2, 22.9, 26.0, 25.4, 25.7, 25.1, 24.5, 27.5, 23.1, 25.9, 25.8,
    27.0, 28.5, 25.5, 23.5, 24.0, 29.7, 26.8, 26.7, 28.7, 23.1, 29.0, 25.5, 26.5, 24.5, 28.5, 28.2, 24.5,
    27.5, 24.7, 25.2, 27.3, 26.3, 29.0, 25.3, 26.5, 27.8, 27.0, 25.7, 25.0, 31.9, 23.7, 29.3, 22.0, 25.0,
    27.0, 23.8, 30.2, 26.2, 24.2, 27.4, 25.4, 28.4, 22.5, 26.2, 24.9, 24.5, 25.1, 28.0, 25.8, 27.9, 24.9,
    28.4, 27.2, 25.0, 27.5, 33.5, 30.5, 29.0, 24.3, 25.8, 25.0, 31.7, 29.5, 24.0, 30.0, 27.6, 26.2, 23.1,
    22.9, 24.5, 24.7, 28.3, 23.9, 23.8, 29.8, 26.5, 26.0, 28.2, 25.7, 26.5, 25.8, 24.1, 26.2, 26.1, 29.0,
    28.0, 27.0, 24.5,
];
/// Its colour: 1 medium light, 2 medium, 3 medium dark, 4 dark.
const COLOURS: &str = "231332132332242122422123442242112224224231123322224212222324333222222233323232323433242\
     44222423233332222232222223224432331322234221224222322223224223222224222332224223333142";
/// Whether there was a satellite.
const SATELLITES: &str = "101010000000101111011111101100100110010111111111111111111100011111100111010011010001010\
     00010000101111111111111110110101111011011111011101111111001111110000101011110100111000";

fn crabs() -> Vec<Column> {
    let colours = ["dark", "medium light", "medium", "medium dark"];
    vec![
        Column::flag("satellite", &SATELLITES.chars().map(|one| Some(one == '1')).collect::<Vec<_>>()),
        Column::number("width", WIDTHS.to_vec()),
        Column::category("colour", &colours, COLOURS.bytes().map(|one| u32::from(one - b'0') % 4).collect()),
    ]
}

/// Chapter 4: width alone, with profile limits and the likelihood-ratio test.
#[test]
fn width() {
    let options = "outcome = \"satellite\"\nterms = [\"width\"]\ninterval = \"profile\"";
    let results = run("logistic", options, &crabs());
    let mut printed = Printed::of("logistic", DATA, "Agresti 2007, chapter 4");
    log_ratio(&mut printed, &results, ("width", None), "0.497", "0.102");
    printed.figure("intercept", row(&results, Quantity::Intercept, None, None).value, "-12.351");
    let ours = ratio(&results, Model::Multivariable, "width", None);
    for (ours, limit) in limits(ours).into_iter().zip(["0.308", "0.709"]) {
        printed.figure("limit", ours.map(f64::ln), limit);
    }
    printed.figure("likelihood ratio", test(&results, TestName::LikelihoodRatio).statistic, "31.3");
    for (quantity, deviance) in [(Quantity::LogLikelihood, "194.45"), (Quantity::NullLogLikelihood, "225.76")]
    {
        let likelihood = value(&results, Model::Multivariable, None, quantity);
        printed.figure("deviance", Some(-2.0 * likelihood), deviance);
    }
    printed.finish();
}

/// Chapter 4: width and colour, dark crabs for reference.
#[test]
fn width_and_colour() {
    let results = run("logistic", "outcome = \"satellite\"\nterms = [\"colour\", \"width\"]", &crabs());
    let mut printed = Printed::of("logistic", DATA, "Agresti 2007, chapter 4, width and colour");
    for (term, level, beta, error) in [
        ("colour", Some("medium light"), "1.330", "0.853"),
        ("colour", Some("medium"), "1.402", "0.548"),
        ("colour", Some("medium dark"), "1.106", "0.592"),
        ("width", None, "0.468", "0.106"),
    ] {
        log_ratio(&mut printed, &results, (term, level), beta, error);
    }
    let intercept = row(&results, Quantity::Intercept, None, None);
    printed.figure("intercept", intercept.value, "-12.715");
    printed.figure("intercept", intercept.std_error, "2.762");
    printed.finish();
}

/// Chapter 5: the concordance of both models.
#[test]
fn areas_under_the_curves() {
    let options = "outcome = \"satellite\"\nterms = [\"width\", \"colour\"]\ncompare = [[\"width\"]]";
    let results = run("logistic_performance", options, &crabs());
    let mut printed = Printed::of("logistic_performance", DATA, "Agresti 2007, chapter 5");
    let alone = results.groups.iter().find_map(|group| group.level.as_deref()).unwrap();
    printed.figure("width and colour", row(&results, Quantity::Auc, None, None).value, "0.771");
    printed.figure("width", row(&results, Quantity::Auc, Some(alone), None).value, "0.742");
    printed.finish();
}
