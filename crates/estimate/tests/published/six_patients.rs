//! The small data sets by which R's survival package is proved: Therneau & Grambsch 2000 (doi:10.1007/978-1-4757-3294-8),
//! appendix E, and the vignette "Software validation" that goes on with it, sections 3 to 5.

use crate::modelling::{endpoint, ratio, run, value};
use crate::printed::Printed;
use study::{Column, Estimate, Model, Quantity, ResidualKind, ResidualUnit, Results};

const SOURCE: &str = "Therneau & Grambsch 2000, appendix E; vignette \"Software validation\"";

/// Six patients with a 0/1 covariate, two of whom have the event together.
fn six() -> Vec<Column> {
    let events = [true, false, true, true, false, true];
    let [time, event] = endpoint(&[1.0, 1.0, 6.0, 6.0, 8.0, 9.0], &events);
    vec![time, event, Column::number("x", vec![1.0, 1.0, 1.0, 0.0, 0.0, 0.0])]
}

/// Ten intervals of follow-up.
fn ten() -> Vec<Column> {
    let stop = [2.0, 3.0, 6.0, 7.0, 8.0, 9.0, 9.0, 9.0, 14.0, 17.0];
    let [time, event] = endpoint(&stop, &std::array::from_fn::<bool, 10, _>(|row| row < 7));
    let start = vec![1.0, 2.0, 5.0, 2.0, 1.0, 7.0, 3.0, 4.0, 8.0, 8.0];
    let x = vec![1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0];
    vec![time, event, Column::number("os.entry", start), Column::number("x", x)]
}

/// Nine patients with weights.
fn nine() -> Vec<Column> {
    let events = [true, false, true, true, true, false, false, true, false];
    let [time, event] = endpoint(&[1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 4.0, 5.0], &events);
    let x = vec![2.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0];
    let weight = vec![1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0, 2.0, 1.0];
    vec![time, event, Column::number("x", x), Column::number("weight", weight)]
}

const WEIGHTED: &str = "weights = \"weight\"\nweight_kind = \"sampling\"\nvariance = \"model\"";

fn options(ties: &str, more: &str) -> String {
    format!("endpoint = \"os\"\nterms = [\"x\"]\nties = \"{ties}\"\n{more}")
}

/// Coefficient, its information, and the log-likelihoods at 0 and at it, as far as they are told.
fn model(printed: &mut Printed, results: &Results, figures: &[&str]) {
    let ours = ratio(results, Model::Multivariable, "x", None);
    let likelihood = |quantity| Some(value(results, Model::Multivariable, None, quantity));
    let ours = [
        ("coefficient", ours.value.map(f64::ln)),
        ("information", ours.std_error.map(|error| error.powi(-2))),
        ("log-likelihood at 0", likelihood(Quantity::NullLogLikelihood)),
        ("log-likelihood", likelihood(Quantity::LogLikelihood)),
    ];
    for ((what, ours), theirs) in ours.into_iter().zip(figures) {
        printed.figure(what, ours, theirs);
    }
}

/// The last log-likelihood of the first data under Efron is left out: the vignette has −3.358979, and its formula, as farr,
/// −3.358975.
#[test]
fn models() {
    for (data, columns, more, figures) in [
        (
            "six patients",
            six(),
            "",
            [
                ("breslow", ["1.475285", "0.6341681", "-4.564348", "-3.824750"].as_slice()),
                ("efron", &["1.676857", "0.612632", "-4.276666"]),
            ]
            .as_slice(),
        ),
        (
            "ten intervals",
            ten(),
            "",
            &[("breslow", ["-0.08452608", "1.586934", "-9.392662", "-9.387015"].as_slice())],
        ),
        (
            "nine weighted patients",
            nine(),
            WEIGHTED,
            &[
                ("breslow", ["0.8595574", "1.966555", "-32.867551", "-32.021046"].as_slice()),
                ("efron", &["0.87260425", "1.969447", "-30.29218", "-29.41678"]),
            ],
        ),
    ] {
        let mut printed = Printed::of("cox", data, SOURCE);
        for (ties, figures) in figures {
            model(&mut printed, &run("cox", &options(ties, more), &columns), figures);
        }
        printed.finish();
    }
}

/// Martingale residuals, compared in ascending order: patients who are alike have one.
#[test]
fn martingale_residuals() {
    let six_of = ["0.728714", "-0.271286", "-0.457427", "0.666667", "-0.333333", "-0.333333"];
    let ten_of = [
        "0.521119",
        "0.657411",
        "0.789777",
        "0.247388",
        "-0.606293",
        "0.369025",
        "-0.068766",
        "-1.068766",
        "-0.420447",
        "-0.420447",
    ];
    let nine_of = [
        "0.85531", "-0.02593", "0.17636", "0.17636", "0.65131", "-0.82364", "-0.34869", "-0.64894",
        "-0.69808",
    ];
    for (data, columns, more, mut theirs) in [
        ("six patients", six(), "", six_of.to_vec()),
        ("ten intervals", ten(), "", ten_of.to_vec()),
        ("nine weighted patients", nine(), WEIGHTED, nine_of.to_vec()),
    ] {
        let results = run("cox_residuals", &options("breslow", more), &columns);
        let rows = results.residuals.iter().find(|found| found.unit == ResidualUnit::CountedRow).unwrap();
        let found = rows.column(ResidualKind::Martingale, None, None).unwrap().iter().zip(&rows.n);
        let mut ours: Vec<f64> =
            found.flat_map(|(value, n)| std::iter::repeat_n(value.unwrap(), *n as usize)).collect();
        ours.sort_by(f64::total_cmp);
        let number = |printed: &&str| printed.parse::<f64>().unwrap();
        theirs.sort_by(|a, b| number(a).total_cmp(&number(b)));
        assert_eq!(ours.len(), theirs.len());
        let mut printed = Printed::of("cox_residuals", data, SOURCE);
        for (ours, theirs) in ours.into_iter().zip(theirs) {
            printed.figure("martingale", Some(ours), theirs);
        }
        printed.finish();
    }
}

/// The variance of the cumulative hazard of somebody with x = 0 after each of the event times.
#[test]
fn variance_of_the_predicted_hazard() {
    let mut printed = Printed::of("predicted_survival", "six patients", SOURCE);
    for (ties, variances) in
        [("breslow", ["0.007871", "0.111111", "1.111111"]), ("efron", ["0.0059505", "0.134075", "1.134075"])]
    {
        let more = "profiles = [{ label = \"none\", x = 0 }]\nat = [1, 6, 9]";
        let results = run("predicted_survival", &options(ties, more), &six());
        let of_hazard = |row: &&Estimate| row.quantity == Quantity::CumulativeHazard;
        let hazards: Vec<&Estimate> = results.estimates.iter().filter(of_hazard).collect();
        assert_eq!(hazards.len(), variances.len());
        for (ours, variance) in hazards.iter().zip(variances) {
            // The vignette adds rounded parts: 0.05445330 + 0.0796212 is 0.1340745.
            printed.within(ties, ours.std_error.map(|error| error.powi(2)), variance, 1.0);
        }
    }
    printed.finish();
}
