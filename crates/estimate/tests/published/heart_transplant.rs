//! The Stanford heart transplant programme: 103 patients, of whom 69 received a transplant (Crowley & Hu 1977,
//! doi:10.1080/01621459.1977.10479903).

use crate::modelling::table::Table;
use crate::modelling::{endpoint, global, run};
use crate::printed::Printed;
use crate::rows::log_ratio;
use study::{Column, Model, TestName};

const SOURCE: &str = "vignette \"Using time dependent covariates\" of R's survival, section 3.3 (Kalbfleisch & Prentice 2002, table 6.1, model 6)";

/// Intervals before and after the transplant. R's `heart` counts a day more than the vignette, so that those who received
/// it on the first day have an interval before it; who died on the first day was followed for half a day.
fn intervals() -> Vec<Column> {
    let table = Table::read("cox_extensions_heart");
    let (entry, time, event) = (table.numbers("entry"), table.numbers("time"), table.ones("event"));
    let rows: Vec<usize> = (0..time.len()).filter(|row| time[*row] > 1.0 || event[*row]).collect();
    let of = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
    let days: Vec<f64> = of(&time).iter().map(|time| (time - 1.0).max(0.5)).collect();
    let start = of(&entry).iter().map(|entry| (entry - 1.0).max(0.0)).collect();
    let number = |name: &str| Column::number(name, of(&table.numbers(name)));
    let mut columns = endpoint(&days, &rows.iter().map(|row| event[*row]).collect::<Vec<_>>()).to_vec();
    columns.push(Column::number("os.entry", start));
    columns.push(Column { name: "os.patient".into(), ..number("patient") });
    columns.extend(["age", "year", "surgery", "transplant"].map(number));
    columns
}

/// Transplantation as a covariate that changes with time, and its interaction with age.
#[test]
fn a_transplant_and_age() {
    let columns = intervals();
    assert_eq!(columns[0].values.len(), 170);
    let terms = "terms = [\"age\", \"transplant\", \"surgery\", \"year\", \"age:transplant\"]";
    let results = run("cox", &format!("endpoint = \"os\"\nties = \"breslow\"\n{terms}"), &columns);
    let mut printed = Printed::of("cox", "Stanford heart transplants", SOURCE);
    for (term, beta, error) in [
        ("age", "0.01527", "0.01750"),
        ("transplant", "0.04457", "0.32171"),
        ("surgery", "-0.62113", "0.36786"),
        ("year", "-0.13608", "0.07090"),
        ("age:transplant", "0.02703", "0.02714"),
    ] {
        log_ratio(&mut printed, &results, (term, None), beta, error);
    }
    let found = global(&results, Model::Multivariable, None, TestName::LikelihoodRatio).unwrap();
    printed.figure("likelihood ratio", Some(found.0), "16.06");
    printed.figure("P", Some(found.2), "0.006687");
    printed.finish();
}
