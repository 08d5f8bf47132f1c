//! Grade of the tumour of 79 patients with endometrial cancer, separated by neovasculization (Heinze & Schemper 2002,
//! doi:10.1002/sim.1047).

use crate::modelling::table::Table;
use crate::modelling::{ratio, run};
use crate::printed::Printed;
use crate::rows::{limits, log_ratio, row};
use study::{Model, Quantity, Results};

const DATA: &str = "endometrial cancer";

fn firth() -> Results {
    let table = Table::read("firth_endometrial");
    let columns = [table.flag("HG"), table.flag("NV"), table.number("PI"), table.number("EH")];
    run("logistic", "outcome = \"HG\"\nterms = [\"NV\", \"PI\", \"EH\"]\npenalty = \"firth\"", &columns)
}

/// Agresti 2015, Foundations of Linear and Generalized Linear Models, section 5.7: the logarithm of the odds ratio 2.93, its
/// profile limits 0.61 and 7.85.
#[test]
fn neovasculization() {
    let results = firth();
    let mut printed = Printed::of("logistic", DATA, "Agresti 2015, section 5.7");
    let ours = ratio(&results, Model::Multivariable, "NV", Some("yes"));
    printed.figure("coefficient", ours.value.map(f64::ln), "2.93");
    for (ours, limit) in limits(ours).into_iter().zip(["0.61", "7.85"]) {
        printed.figure("its limit", ours.map(f64::ln), limit);
    }
    printed.finish();
    let told: Vec<String> = results.notices.iter().map(ToString::to_string).collect();
    let separated =
        "NV: yes: quasi-complete separation; the maximum-likelihood estimate is infinite, Firth’s is finite.";
    assert!(told.iter().any(|notice| notice == separated), "{told:?}");
}

/// Kosmidis, Kenne Pagui & Sartori 2020 (doi:10.1007/s11222-019-09860-6): all coefficients, whose standard errors are
/// from the information without the penalty, as ours.
#[test]
fn all_coefficients() {
    let results = firth();
    let mut printed = Printed::of("logistic", DATA, "Kosmidis, Kenne Pagui & Sartori 2020");
    log_ratio(&mut printed, &results, ("NV", Some("yes")), "2.929", "1.551");
    log_ratio(&mut printed, &results, ("PI", None), "-0.035", "0.040");
    log_ratio(&mut printed, &results, ("EH", None), "-2.604", "0.776");
    let intercept = row(&results, Quantity::Intercept, None, None);
    printed.figure("intercept", intercept.value, "3.775");
    printed.figure("intercept", intercept.std_error, "1.489");
    printed.finish();
}
