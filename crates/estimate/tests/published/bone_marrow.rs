//! Bone marrow transplants of 137 patients with acute leukaemia (Klein & Moeschberger 2003, section 1.3), in days.

use crate::causes::ended;
use crate::modelling::table::Table;
use crate::modelling::{ratio, run};
use crate::printed::Printed;
use crate::rows::row;
use study::{Column, Model, Quantity};

const DATA: &str = "bone marrow transplants";
const DISEASES: [&str; 3] = ["ALL", "AML low risk", "AML high risk"];

/// With relapse as event and death in remission as competing event.
fn transplants() -> Vec<Column> {
    let table = Table::read("published_bone_marrow");
    let mut columns = ended(&table.numbers("time"), &table.numbers("cause"), 1.0);
    let codes = table.numbers("disease").iter().map(|disease| *disease as u32 - 1).collect();
    columns.push(Column::category("disease", &DISEASES, codes));
    columns
}

/// PSI CAMIS, "Estimating Cumulative Incidence Functions Using R" (psiaims.github.io/CAMIS/R/survival_cif.html): Gray's tests,
/// and the incidence of relapse at half a year to three years with Aalen's errors and log(−log) limits, which are those of
/// SAS's LIFETEST.
#[test]
fn incidence_and_grays_tests() {
    let years = [0.5, 1.0, 1.5, 2.0, 3.0].map(|year: f64| (year * 365.25).to_string()).join(", ");
    let options = format!("endpoint = \"os\"\nby = \"disease\"\nat = [{years}]");
    let results = run("cumulative_incidence", &options, &transplants());
    let mut printed =
        Printed::of("cumulative_incidence", DATA, "PSI CAMIS, cumulative incidence in R and SAS");
    for (year, incidence, rest) in [
        (0.5, "0.0000", None),
        (1.0, "0.0741", Some(["0.0360", "0.0234", "0.1646"])),
        (1.5, "0.1296", Some(["0.0463", "0.0563", "0.2344"])),
        (2.0, "0.1481", Some(["0.0489", "0.0685", "0.2565"])),
        (3.0, "0.1667", Some(["0.0514", "0.0813", "0.2783"])),
    ] {
        let ours = row(&results, Quantity::CumulativeIncidence, Some(DISEASES[1]), Some(year * 365.25));
        printed.figure("incidence", ours.value, incidence);
        let Some([error, lower, upper]) = rest else { continue };
        let limits = ours.interval.unwrap();
        printed.figure("standard error", ours.std_error, error);
        printed.figure("lower limit", limits.lower, lower);
        printed.figure("upper limit", limits.upper, upper);
    }
    for (cause, statistic, p_value) in
        [("event", "11.9228820", "0.0025762"), ("competing", "0.1374108", "0.9336017")]
    {
        let mut tests = results.estimates.iter().filter(|row| row.quantity == Quantity::GlobalTest);
        let ours = tests.find(|row| row.level.as_deref() == Some(cause)).unwrap().test.as_ref().unwrap();
        assert_eq!(ours.df, [2.0]);
        printed.figure(cause, ours.statistic, statistic);
        printed.figure(cause, ours.p_value, p_value);
    }
    printed.finish();
}

/// SAS/STAT User's Guide, the PHREG procedure, example "Analysis of Competing-Risks Data": ratios of AML to ALL. The printed
/// coefficients are those of the third of Newton's steps from 0 (-0.803395 and 0.508494), where SAS stops; at the maximum they
/// are -0.803372 and 0.508515.
#[test]
fn regression_of_relapse() {
    let results = run("fine_gray", "endpoint = \"os\"\nterms = [\"disease\"]", &transplants());
    let source = "SAS/STAT User’s Guide, PHREG, Analysis of Competing-Risks Data";
    let mut printed = Printed::of("fine_gray", DATA, source);
    for (disease, beta, error, p_value, ratio_of) in [
        (DISEASES[1], "-0.80340", "0.42846", "0.0608", "0.448"),
        (DISEASES[2], "0.50849", "0.36618", "0.1649", "1.663"),
    ] {
        let ours = ratio(&results, Model::Multivariable, "disease", Some(disease));
        printed.within(disease, ours.value.map(f64::ln), beta, 3.0);
        printed.figure("standard error", ours.std_error, error);
        printed.figure("P value", ours.test.as_ref().unwrap().p_value, p_value);
        printed.figure("ratio", ours.value, ratio_of);
    }
    printed.finish();
}

/// Klein & Moeschberger 2003 (doi:10.1007/b97377), section 6.2: the hazard of relapse or death of the patients with ALL at 150
/// days, with bandwidth 100. At 50 and at 600 days, nearer than that to an end, the book has another boundary kernel (Gasser &
/// Müller's), and so other figures.
#[test]
fn the_hazard_of_failure() {
    let table = Table::read("published_bone_marrow");
    let failed: Vec<f64> = table.numbers("cause").iter().map(|cause| f64::from(*cause > 0.0)).collect();
    let mut columns = ended(&table.numbers("time"), &failed, 1.0);
    columns.extend(transplants().pop());
    let options = "endpoint = \"os\"\nby = \"disease\"\nat = [150]\nuntil = 662\nbandwidth = 100";
    let results = run("smooth_hazard", options, &columns);
    let ours = row(&results, Quantity::Hazard, Some("ALL"), Some(150.0));
    let mut printed = Printed::of("smooth_hazard", DATA, "Klein & Moeschberger 2003, section 6.2");
    printed.figure("hazard", ours.value, "0.00257");
    printed.figure("standard error", ours.std_error, "0.00073");
    printed.finish();
}
