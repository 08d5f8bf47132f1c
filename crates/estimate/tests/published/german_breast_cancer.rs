//! Relapse-free survival of 686 women of the German Breast Cancer Study Group (Schumacher et al. 1994,
//! doi:10.1200/JCO.1994.12.10.2086), as R's survival package has it.

use crate::modelling::table::Table;
use crate::modelling::{endpoint, ratio, run};
use crate::printed::Printed;
use crate::rows::{log_ratio, proportional, row};
use study::{Column, Model, Quantity};

const DATA: &str = "German breast cancer";
const HANDBOOK: &str = "Hothorn & Everitt 2014, chapter 11 (package HSAUR3 1.0-13)";
const TERMS: &str = "endpoint = \"os\"\nterms = [\"hormon\", \"age\", \"meno\", \"size\", \"grade\", \"nodes\", \"pgr\", \"er\"]";

fn women() -> Vec<Column> {
    let table = Table::read("cox_gbsg");
    let grade = table.levels("grade", &["1", "2", "3"]);
    let numbers = ["hormon", "age", "meno", "size", "nodes", "pgr", "er"].map(|name| table.number(name));
    [endpoint(&table.numbers("time"), &table.ones("event")).to_vec(), vec![grade], numbers.into()].concat()
}

/// The model of all variables. Of the grade the handbook has orthogonal polynomials: the linear one is that of grade 3
/// against 1 divided by √2.
#[test]
fn the_model() {
    let results = run("cox", TERMS, &women());
    let mut printed = Printed::of("cox", DATA, HANDBOOK);
    for (term, beta, error, [lower, upper]) in [
        ("hormon", "-0.346278", "0.129075", ["0.549", "0.911"]),
        ("age", "-0.009459", "0.009301", ["0.973", "1.009"]),
        ("meno", "0.258445", "0.183476", ["0.904", "1.855"]),
        ("size", "0.007796", "0.003939", ["1.000", "1.016"]),
        ("nodes", "0.048789", "0.007447", ["1.035", "1.065"]),
        ("pgr", "-0.002217", "0.000574", ["0.997", "0.999"]),
        ("er", "0.000197", "0.000450", ["0.999", "1.001"]),
    ] {
        log_ratio(&mut printed, &results, (term, None), beta, error);
        let limits = ratio(&results, Model::Multivariable, term, None).interval.unwrap();
        printed.figure("lower", limits.lower, lower);
        printed.figure("upper", limits.upper, upper);
    }
    let third = ratio(&results, Model::Multivariable, "grade", Some("3"));
    let linear = |value: Option<f64>| value.map(|value| value * std::f64::consts::FRAC_1_SQRT_2);
    printed.figure("grade", linear(third.value.map(f64::ln)), "0.551299");
    printed.figure("grade", linear(third.std_error), "0.189844");
    printed.finish();
}

/// The test of proportional hazards.
#[test]
fn proportional_hazards() {
    let results = run("proportional_hazards", TERMS, &women());
    let mut printed = Printed::of("proportional_hazards", DATA, HANDBOOK);
    for (term, statistic, p_value) in [
        (Some("hormon"), "0.239", "0.6253"),
        (Some("age"), "10.438", "0.0012"),
        (Some("meno"), "5.406", "0.0201"),
        (Some("size"), "0.191", "0.6620"),
        (Some("grade"), "10.712", "0.0047"),
        (Some("nodes"), "0.808", "0.3688"),
        (Some("pgr"), "4.386", "0.0362"),
        (Some("er"), "5.893", "0.0152"),
        (None, "24.421", "0.0037"),
    ] {
        proportional(&mut printed, &results, term, statistic, p_value);
    }
    printed.finish();
}

/// In years, as the documentation of R's cureAssess prints it (CRAN, 2026): AIC of the Weibull and the log-logistic
/// mixture, the log-normal cured share with the ratio of Selukar and Othus, and Maller and Zhou's statistic.
#[test]
fn a_cured_share() {
    let table = Table::read("cox_gbsg");
    let years: Vec<f64> = table.numbers("time").iter().map(|day| day / 365.25).collect();
    let laws = "endpoint = \"os\"\ndistribution = [\"lognormal\", \"weibull\", \"loglogistic\"]";
    let results = run("mixture_cure", laws, &endpoint(&years, &table.ones("event")));
    let mut printed = Printed::of("mixture_cure", DATA, "documentation of R's cureAssess");
    for (law, aic) in [("loglogistic", "1719.696"), ("weibull", "1733.922")] {
        let of_law = results
            .estimates
            .iter()
            .find(|row| row.quantity == Quantity::Aic && row.level.as_deref() == Some(law));
        printed.figure(law, of_law.unwrap().value, aic);
    }
    for (quantity, figure) in [
        (Quantity::CuredShare, "0.2775"),
        (Quantity::UncuredRatio, "0.4083"),
        (Quantity::LongestFollowUp, "7.2799"),
    ] {
        printed.figure(&format!("{quantity:?}"), row(&results, quantity, None, None).value, figure);
    }
    let follow_up = row(&results, Quantity::SufficientFollowUp, None, None).test.as_ref().unwrap();
    printed.figure("Maller and Zhou", follow_up.p_value, "0.0494606");
    printed.finish();
}
