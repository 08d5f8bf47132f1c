//! Stem cell transplants of 177 patients with acute leukaemia (Scrucca et al. 2010), in months.

use crate::causes::ended;
use crate::modelling::{ratio, run};
use crate::printed::Printed;
use study::{Column, Model};

/// Months, relapse (1), death from the transplant (2) or neither (0), years of age, and a letter each for sex, disease
/// (lymphoblastic, myeloid), phase (remission 1 to 3, relapse) and source of the cells (with bone marrow, peripheral blood).
const PATIENTS: &str = "\
    0.67 2 48 MLRB, 9.5 1 23 FM2B, 131.77 0 7 ML3B, 24.03 2 26 FL2B, 1.47 2 36 FL2B, 2.23 2 17 MLRB, \
    124.83 0 7 ML1B, 10.53 2 17 FL1B, 123.9 0 26 ML1B, 2 1 8 FLRB, 1.7 2 29 MLRB, 6.33 2 13 MMRB, \
    2.3 2 29 FM2B, 3.57 1 7 MLRB, 0.4 2 40 MLRB, 0.87 2 20 FL2B, 121.1 0 18 ML3B, 5.27 2 29 MM1B, \
    7.5 2 6 ML1B, 6.3 2 33 MM2B, 6.13 1 27 FL3B, 2.8 2 22 FL2P, 5.37 1 15 ML3P, 2.87 1 8 ML2P, 10.9 2 46 MM2P, \
    3.07 1 21 MLRP, 1.7 1 21 FLRP, 114.7 0 7 MMRP, 1.8 1 4 MLRP, 114.1 0 53 FMRP, 35 1 27 MM2P, \
    112.93 0 28 MMRP, 3.63 2 23 FL2P, 112.23 0 17 MLRP, 1.67 1 19 FLRP, 7.63 2 39 MMRP, 7.53 1 15 ML2P, \
    110.37 0 47 MM2P, 20.93 2 16 FMRP, 6.03 2 17 FL1P, 2.83 2 26 MM3P, 9.63 2 44 MM2P, 3.17 2 30 FMRP, \
    9.97 2 32 MMRP, 5.7 1 20 MM1P, 106.13 0 38 MM1P, 2.53 1 17 MLRP, 4.2 1 38 MMRP, 9.17 2 36 MM2P, \
    8.73 2 34 MM2P, 85.1 0 42 FM2P, 4.8 2 58 FMRP, 3.57 2 30 FMRP, 8 2 37 FL1P, 82.6 0 25 ML1P, \
    81.67 0 47 FM1P, 6 2 46 FL1P, 6.2 1 21 MM2P, 3.47 2 17 FMRP, 4.23 1 25 MLRP, 1 2 45 FM2P, 7.47 2 17 ML1P, \
    6.1 2 44 MMRP, 77 0 20 FM1P, 76.03 0 18 MM2P, 28.53 1 46 FM2P, 1.97 2 49 FMRP, 13.07 1 17 MLRP, \
    1.43 2 36 FLRP, 72.93 0 14 ML2P, 71.83 0 22 MLRP, 67.8 0 38 MM3P, 8.17 2 20 FL2P, 7.57 1 26 FLRP, \
    2.4 1 20 MLRP, 70.2 0 28 MM1P, 3.03 1 45 FMRP, 5.87 1 17 MMRP, 68.83 0 40 MM2P, 1.1 2 9 FLRP, \
    9.13 1 18 MMRP, 6.07 1 33 FMRP, 3.3 2 33 ML1P, 59.17 0 17 FM2P, 1.23 1 17 FLRP, 58.23 0 28 MM2P, \
    58 0 26 FM1P, 56.6 0 32 ML2P, 3.6 2 62 MMRP, 1.6 1 46 MMRP, 5.63 1 20 FM1P, 4.4 2 50 FM2P, 13.8 2 40 MMRP, \
    49.27 0 43 MM1P, 9.2 2 31 FM3P, 8.63 1 46 FL1P, 6.7 2 51 MMRP, 1.1 1 39 MLRP, 5.43 2 19 FLRP, \
    45.3 0 33 FL1P, 12.57 1 23 FMRP, 43.67 0 50 FL1P, 11.8 2 36 FM1P, 43.2 0 36 MM2P, 4.17 2 35 ML1P, \
    6.63 1 41 FMRP, 42.5 0 28 FM1P, 1.87 1 30 MM1P, 1.23 2 39 FM1P, 41.3 0 52 MM1P, 3.9 2 38 MM1P, \
    4.57 2 35 MM1P, 4.4 2 27 FM3P, 3.7 2 38 MM1P, 3.4 2 22 FMRP, 20.83 1 26 ML1P, 8.6 2 47 FM2P, \
    1.3 1 17 MMRP, 0.37 2 21 MLRP, 0.27 2 28 ML1P, 35.5 0 24 ML2P, 35.5 0 35 FM1P, 4.07 1 19 FL3P, \
    7.93 1 23 ML1P, 17.23 1 33 ML2P, 3.43 2 38 FL3P, 2 2 36 MM1P, 8.8 2 48 MMRP, 32.63 0 25 FMRP, \
    12.17 2 22 ML2P, 7.2 2 37 FMRP, 9 2 52 MM2P, 6 1 53 FM1P, 29.9 0 22 MM2P, 29.2 0 20 ML2P, 28.7 0 51 MM1P, \
    42.17 1 33 MMRP, 0.13 2 33 FM3P, 3.63 1 20 ML1P, 12.27 1 37 MMRP, 26.13 0 14 FM1P, 4.73 1 33 MM1P, \
    3.93 2 55 FMRP, 24.77 0 16 FL2P, 2.03 1 52 FMRP, 6.6 2 43 ML1P, 9.43 1 18 MLRP, 5 1 39 MM2P, \
    1.87 1 14 FLRP, 5.6 1 28 FMRP, 19.9 0 13 MLRP, 1.2 1 34 FMRP, 5.23 2 58 MMRP, 3.5 2 14 FM2P, \
    2.8 2 16 MMRP, 1.47 2 52 MMRP, 7.63 1 48 MLRP, 2.23 1 45 FL2P, 0.87 2 41 FMRP, 7.2 2 45 MMRP, \
    3.23 2 25 FLRP, 3.57 2 34 FM2P, 4.57 2 37 MM1P, 1.77 2 41 FMRP, 16.83 0 32 FL2P, 16.6 0 28 MM1P, \
    16.13 0 51 FL1P, 2.7 2 11 ML2P, 10.3 1 20 MLRP, 15.17 0 54 FM1P, 7 1 17 FM2P, 2.53 1 44 MMRP, \
    14.5 0 21 MM2P, 2.3 1 44 FMRP, 10.2 0 23 MM1P, 9.97 0 27 FM3P, 7.63 1 48 MMRP";

fn transplants() -> Vec<Column> {
    let patients: Vec<Vec<&str>> = PATIENTS.split(", ").map(|patient| patient.split(' ').collect()).collect();
    assert_eq!(patients.len(), 177);
    let number = |at: usize| patients.iter().map(|row| row[at].parse().unwrap()).collect::<Vec<f64>>();
    let letter = |name: &str, at: usize, letters: &str, levels: &[&str]| {
        let code = |row: &Vec<&str>| letters.find(&row[3][at..=at]).unwrap() as u32;
        Column::category(name, levels, patients.iter().map(code).collect())
    };
    let mut columns = ended(&number(0), &number(1), 1.0);
    columns.push(Column::number("age", number(2)));
    columns.push(letter("sex", 0, "MF", &["male", "female"]));
    columns.push(letter("disease", 1, "LM", &["ALL", "AML"]));
    columns.push(letter("phase", 2, "R123", &["relapse", "CR1", "CR2", "CR3"]));
    columns.push(letter("source", 3, "BP", &["BM+PB", "PB"]));
    columns
}

/// Scrucca, Santucci & Aversa 2010 (doi:10.1038/bmt.2009.359): the first model, of all terms, and the model of the phase
/// alone, of whose third remission the interval is told.
#[test]
fn regression_of_relapse() {
    let columns = transplants();
    let terms = "[\"age\", \"sex\", \"disease\", \"phase\", \"source\"]";
    let results = run("fine_gray", &format!("endpoint = \"os\"\nterms = {terms}"), &columns);
    let mut printed = Printed::of("fine_gray", "transplants for acute leukaemia", "Scrucca et al. 2010");
    for (term, level, beta, error) in [
        ("age", None, "-0.0185", "0.0119"),
        ("sex", Some("female"), "-0.0352", "0.2900"),
        ("disease", Some("AML"), "-0.4723", "0.3054"),
        ("phase", Some("CR1"), "-1.1018", "0.3764"),
        ("phase", Some("CR2"), "-1.0200", "0.3558"),
        ("phase", Some("CR3"), "-0.7314", "0.5766"),
        ("source", Some("PB"), "0.9211", "0.5530"),
    ] {
        let ours = ratio(&results, Model::Multivariable, term, level);
        printed.figure(term, ours.value.map(f64::ln), beta);
        printed.figure("standard error", ours.std_error, error);
    }
    let results = run("fine_gray", "endpoint = \"os\"\nterms = [\"phase\"]", &columns);
    let limits = ratio(&results, Model::Multivariable, "phase", Some("CR3")).interval.unwrap();
    printed.figure("lower limit", limits.lower, "0.14");
    printed.figure("upper limit", limits.upper, "1.48");
    printed.finish();
}
