//! Days of 137 veterans with lung cancer (Kalbfleisch & Prentice 2002, data set I), as R's survival package has them.

use crate::modelling::table::Table;
use crate::modelling::{endpoint, global, ratio, run};
use crate::printed::Printed;
use crate::rows::{log_ratio, proportional};
use crate::score::linear_predictor;
use study::{Column, Estimate, Model, Quantity, Results, TestName};

const DATA: &str = "veterans with lung cancer";
const TIME_DEPENDENT: &str = "vignette \"Using time dependent covariates\" of R's survival, section 4";
const CONCORDANCE: &str = "vignette \"Concordance\" of R's survival";
const SCIKIT: &str = "user guide of scikit-survival, Introduction";

/// The patients, each followed for so many days more: no likelihood changes, and functions of time are of that time.
fn veterans(longer: f64) -> Vec<Column> {
    let table = Table::read("cox_veteran");
    let days: Vec<f64> = table.numbers("time").iter().map(|day| day + longer).collect();
    let [time, event] = endpoint(&days, &table.ones("event"));
    let celltype = table.levels("celltype", &["squamous", "smallcell", "adeno", "large"]);
    let numbers = ["trt", "karno", "diagtime", "age", "prior"].map(|name| table.number(name));
    [vec![time, event, celltype], numbers.into()].concat()
}

fn cox(columns: &[Column], terms: &[&str], more: &str) -> Results {
    run("cox", &format!("endpoint = \"os\"\nterms = {terms:?}\n{more}"), columns)
}

fn likelihood_ratio(printed: &mut Printed, results: &Results, statistic: &str) {
    let found = global(results, Model::Multivariable, None, TestName::LikelihoodRatio);
    printed.figure("likelihood ratio", found.map(|(statistic, ..)| statistic), statistic);
}

const THREE: [&str; 3] = ["trt", "prior", "karno"];

/// The test of constant coefficients against log(t + 20).
#[test]
fn proportional_hazards() {
    let columns = veterans(20.0);
    let options = format!("endpoint = \"os\"\nterms = {THREE:?}\ntransform = \"log\"");
    let results = run("proportional_hazards", &options, &columns);
    let mut printed = Printed::of("proportional_hazards", DATA, TIME_DEPENDENT);
    proportional(&mut printed, &results, Some("trt"), "0.271", "0.60247");
    proportional(&mut printed, &results, Some("prior"), "2.260", "0.13275");
    proportional(&mut printed, &results, Some("karno"), "10.694", "0.00107");
    proportional(&mut printed, &results, None, "16.881", "0.00075");
    printed.finish();
}

/// Constant coefficients, one of Karnofsky's score that changes after 90 and 180 days, and one that follows log(t + 20).
#[test]
fn coefficients_that_change_with_time() {
    let mut printed = Printed::of("cox", DATA, TIME_DEPENDENT);
    let results = cox(&veterans(0.0), &THREE, "");
    for (term, beta, error) in [
        ("trt", "0.180197", "0.183468"),
        ("prior", "-0.005551", "0.020225"),
        ("karno", "-0.033771", "0.005114"),
    ] {
        log_ratio(&mut printed, &results, (term, None), beta, error);
    }
    likelihood_ratio(&mut printed, &results, "43.04");

    let steps = "time_dependent = [{ term = \"karno\", function = \"steps\", at = [90, 180] }]";
    let results = cox(&veterans(0.0), &THREE, steps);
    for (term, beta, error) in [
        ("trt", "-0.011025", "0.189062"),
        ("prior", "-0.006107", "0.020355"),
        ("karno (0–90)", "-0.048755", "0.006222"),
        ("karno (90–180)", "0.008050", "0.012823"),
        ("karno (from 180)", "-0.008349", "0.014620"),
    ] {
        log_ratio(&mut printed, &results, (term, None), beta, error);
    }
    likelihood_ratio(&mut printed, &results, "63.04");

    let log = "time_dependent = [{ term = \"karno\", function = \"log\" }]";
    let results = cox(&veterans(20.0), &THREE, log);
    for (term, beta, error) in [
        ("trt", "0.016478", "0.190707"),
        ("prior", "-0.009317", "0.020296"),
        ("karno", "-0.124662", "0.028785"),
        ("karno × log(time)", "0.021310", "0.006607"),
    ] {
        log_ratio(&mut printed, &results, (term, None), beta, error);
    }
    likelihood_ratio(&mut printed, &results, "53.84");
    printed.finish();
}

/// Concordance of a score.
fn concordance(columns: &[Column], score: Vec<f64>, more: &str) -> Estimate {
    let columns = [columns, &[Column::number("score", score)]].concat();
    let results = run("concordance", &format!("endpoint = \"os\"\nscore = \"score\"\n{more}"), &columns);
    results.estimates.into_iter().find(|row| row.quantity == Quantity::Concordance).unwrap()
}

/// The linear predictors of three Cox models, and of one within strata.
#[test]
fn concordance_of_models() {
    let columns = veterans(0.0);
    let mut printed = Printed::of("concordance", DATA, CONCORDANCE);
    for (terms, estimate, error) in [
        (["karno", "age", "trt"].as_slice(), "0.7119", "0.0224"),
        (&["karno", "age", "trt", "celltype"], "0.7384", "0.0210"),
        (&["karno", "age", "trt", "celltype", "prior"], "0.7359", "0.0212"),
    ] {
        let ours = concordance(&columns, linear_predictor(&cox(&columns, terms, ""), terms, &columns), "");
        printed.figure("concordance", ours.value, estimate);
        printed.figure("standard error", ours.std_error, error);
    }
    let terms = ["karno", "age", "trt"];
    let score = linear_predictor(&cox(&columns, &terms, "strata = [\"celltype\"]"), &terms, &columns);
    let ours = concordance(&columns, score, "stratum = \"celltype\"");
    printed.figure("within strata", ours.value, "0.6986");
    printed.figure("standard error", ours.std_error, "0.02679");
    printed.finish();
}

/// Of all variables together under Breslow's ties, and of each alone, where those whose coefficient is negative are turned.
#[test]
fn concordance_of_all_and_of_each() {
    let columns = veterans(0.0);
    let mut printed = Printed::of("concordance", DATA, SCIKIT);
    let terms = ["age", "celltype", "karno", "diagtime", "prior", "trt"];
    let score = linear_predictor(&cox(&columns, &terms, "ties = \"breslow\""), &terms, &columns);
    printed.figure("all", concordance(&columns, score, "").value, "0.7362562471603816");
    let table = Table::read("cox_veteran");
    let of_type = |name: &str| -> Vec<f64> {
        table
            .levels("celltype", &[name])
            .codes()
            .unwrap()
            .iter()
            .map(|code| f64::from(u8::from(*code == 0)))
            .collect()
    };
    for (what, values, estimate) in [
        ("prior", table.numbers("prior"), "0.494434"),
        ("diagtime", table.numbers("diagtime"), "0.509030"),
        ("age", table.numbers("age"), "0.515107"),
        ("trt", table.numbers("trt"), "0.525386"),
        ("squamous", of_type("squamous"), "0.550545"),
        ("large", of_type("large"), "0.561620"),
        ("smallcell", of_type("smallcell"), "0.572581"),
        ("karno", table.numbers("karno"), "0.709280"),
    ] {
        let one = [&columns[..2], &[Column::number("x", values.clone())]].concat();
        let results = cox(&one, &["x"], "ties = \"breslow\"");
        let sign = ratio(&results, Model::Multivariable, "x", None).value.unwrap().ln().signum();
        let score = values.iter().map(|value| sign * value).collect();
        printed.figure(what, concordance(&columns, score, "").value, estimate);
    }
    printed.finish();
}
