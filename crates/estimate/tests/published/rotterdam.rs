//! Relapse-free survival of 2982 women with breast cancer treated in Rotterdam, and how their model predicts that of the
//! German women (`german_breast_cancer`): McLernon et al. 2023, doi:10.7326/M22-0844, whose figures are printed with those of
//! the steps before them in 03_predsurv_extended.md of github.com/danielegiardiello/Prediction_performance_survival.

use crate::modelling::table::Table;
use crate::modelling::{endpoint, ratio, run};
use crate::printed::Printed;
use crate::rows::{log_ratio, proportional, row};
use crate::score::linear_predictor;
use study::{Column, Estimate, Interval, Model, Quantity, Results};

const DATA: &str = "Rotterdam breast cancer";
const GERMAN: &str = "German breast cancer";
const SOURCE: &str = "McLernon et al. 2023, supplementary code";
const BASIC: &str = "\"size\", \"rcs(nodes, 0, 1, 9)\", \"grade\"";
const EXTENDED: &str = "\"size\", \"rcs(nodes, 0, 1, 9)\", \"grade\", \"rcs(pgr, 0, 41, 486)\"";

/// Years and event, followed for five years where not for all.
fn followed(table: &Table, five: bool) -> [Column; 2] {
    let years: Vec<f64> = table.numbers("time").iter().map(|day| day / 365.25).collect();
    let until = if five { 5.0 } else { f64::INFINITY };
    let events: Vec<bool> =
        table.ones("event").iter().zip(&years).map(|(event, year)| *event && *year <= until).collect();
    endpoint(&years.iter().map(|year| year.min(until)).collect::<Vec<_>>(), &events)
}

fn rotterdam(five: bool) -> Vec<Column> {
    let table = Table::read("published_rotterdam");
    let mut columns = followed(&table, five).to_vec();
    columns.extend([table.levels("size", &["1", "2", "3"]), table.levels("grade", &["2", "3"])]);
    columns.extend([table.number("nodes"), table.number("pgr")]);
    columns
}

/// Tumours of more than 20 and 50 mm are of the second and third size; grades 1 and 2 are one.
fn german() -> Vec<Column> {
    let table = Table::read("cox_gbsg");
    let mut columns = followed(&table, true).to_vec();
    let size = table.numbers("size").iter().map(|mm| u32::from(*mm > 20.0) + u32::from(*mm > 50.0)).collect();
    let grade = table.numbers("grade").iter().map(|grade| u32::from(*grade == 3.0)).collect();
    columns.push(Column::category("size", &["1", "2", "3"], size));
    columns.push(Column::category("grade", &["2", "3"], grade));
    for (name, most) in [("nodes", 19.0), ("pgr", 1360.0)] {
        columns.push(Column::number(name, table.numbers(name).iter().map(|value| value.min(most)).collect()));
    }
    columns
}

/// The change of the coefficients with time, over all of follow-up. That of the size is left out: the page has 19.423, and R
/// with survival 3.5-3, as farr, 19.4224.
#[test]
fn proportional_hazards() {
    let options = format!("endpoint = \"os\"\nterms = [{BASIC}]\ntransform = \"identity\"");
    let results = run("proportional_hazards", &options, &rotterdam(false));
    let mut printed = Printed::of("proportional_hazards", DATA, SOURCE);
    for (term, statistic, p_value) in
        [(Some("nodes"), "22.387", "0.000"), (Some("grade"), "4.144", "0.042"), (None, "32.811", "0.000")]
    {
        proportional(&mut printed, &results, term, statistic, p_value);
    }
    printed.finish();
}

/// The models of the first five years, with restricted cubic splines.
#[test]
fn models() {
    let columns = rotterdam(true);
    let mut printed = Printed::of("cox", DATA, SOURCE);
    for (terms, sizes, grade, splines) in [
        (
            BASIC,
            [["0.3418", "0.0654"], ["0.5736", "0.0925"]],
            ["0.3617", "0.0713"],
            [("nodes", "basis 1", "0.3040", "0.0281"), ("nodes", "basis 2", "-0.8111", "0.1046")].as_slice(),
        ),
        (
            EXTENDED,
            [["0.3204", "0.0655"], ["0.5542", "0.0924"]],
            ["0.3052", "0.0721"],
            &[
                ("nodes", "basis 1", "0.3050", "0.0280"),
                ("nodes", "basis 2", "-0.8198", "0.1044"),
                ("pgr", "basis 1", "-0.0029", "0.0006"),
                ("pgr", "basis 2", "0.0127", "0.0028"),
            ],
        ),
    ] {
        let results = run("cox", &format!("endpoint = \"os\"\nterms = [{terms}]"), &columns);
        for (level, [beta, error]) in ["2", "3"].into_iter().zip(sizes) {
            log_ratio(&mut printed, &results, ("size", Some(level)), beta, error);
        }
        log_ratio(&mut printed, &results, ("grade", Some("3")), grade[0], grade[1]);
        for (term, level, beta, error) in splines {
            let own = |row: &&Estimate| {
                row.quantity == Quantity::Coefficient
                    && (row.term.as_deref(), row.level.as_deref()) == (Some(term), Some(level))
            };
            let ours = results.estimates.iter().find(own).unwrap();
            // The function `cph` of rms stops early: −0.81111, which is −0.81117 when it goes on.
            let units = if *beta == "-0.8111" { 0.7 } else { 0.5 };
            printed.within(term, ours.value, beta, units);
            printed.figure(term, ours.std_error, error);
        }
    }
    printed.finish();
}

fn limits(printed: &mut Printed, what: &str, ours: &Estimate, [estimate, lower, upper]: [&str; 3]) {
    let interval: Interval = ours.interval.unwrap();
    printed.figure(what, ours.value, estimate);
    printed.figure(&format!("{what} lower"), interval.lower, lower);
    printed.figure(&format!("{what} upper"), interval.upper, upper);
}

fn of<'a>(results: &'a Results, quantity: Quantity, level: Option<&str>) -> &'a Estimate {
    let own = |row: &&Estimate| row.quantity == quantity && row.level.as_deref() == level;
    results.estimates.iter().find(own).unwrap_or_else(|| panic!("no {quantity:?} of {level:?}"))
}

/// The performance in the women whose models they are, at 4.99 years, and Somers' D as rms prints it. The page drops the
/// last nought of an upper limit of 0.70.
#[test]
fn apparent_performance() {
    let columns = rotterdam(true);
    let mut printed = Printed::of("survival_performance", DATA, SOURCE);
    for (terms, somers, concordance, auc) in [
        (BASIC, "0.364", ["0.68", "0.67", "0.70"], ["0.72", "0.70", "0.74"]),
        (EXTENDED, "0.377", ["0.69", "0.67", "0.70"], ["0.73", "0.71", "0.75"]),
    ] {
        let options = format!("endpoint = \"os\"\nterms = [{terms}]\nat = [4.99]\nhorizon = 5");
        let results = run("survival_performance", &options, &columns);
        let harrell = of(&results, Quantity::Concordance, None);
        printed.figure("Somers' D", harrell.value.map(|value| 2.0 * value - 1.0), somers);
        limits(&mut printed, "Harrell", harrell, concordance);
        limits(&mut printed, "Uno", of(&results, Quantity::Concordance, Some("uno")), concordance);
        limits(&mut printed, "AUC", row(&results, Quantity::Auc, None, Some(4.99)), auc);
        limits(&mut printed, "Brier", of(&results, Quantity::Brier, None), ["0.21", "0.20", "0.21"]);
        printed.figure("accuracy", of(&results, Quantity::PredictionAccuracy, None).value, "0.16");
    }
    printed.finish();
}

/// The columns of a restricted cubic spline besides the number itself, of three knots.
fn bend(columns: &[Column], name: &str, [first, middle, last]: [f64; 3]) -> Column {
    let column = columns.iter().find(|column| column.name == name).unwrap();
    let cube = |value: f64| value.max(0.0).powi(3);
    let bend = |value: &f64| {
        let tail = cube(value - middle) * (last - first) - cube(value - last) * (middle - first);
        (cube(value - first) - tail / (last - middle)) / (last - first).powi(2)
    };
    Column::number(&format!("{name}_bend"), column.numbers().unwrap().iter().map(bend).collect())
}

/// Concordance of both scores with the survival of the German women, and their calibration slopes: the coefficients of the
/// scores in Cox models. The page makes the limits of the second slope with the standard error of the first.
#[test]
fn performance_in_other_women() {
    let with_bends = |columns: Vec<Column>| {
        let (nodes, pgr) =
            (bend(&columns, "nodes", [0.0, 1.0, 9.0]), bend(&columns, "pgr", [0.0, 41.0, 486.0]));
        [columns, vec![nodes, pgr]].concat()
    };
    let (own, others) = (with_bends(rotterdam(true)), with_bends(german()));
    let mut concordance = Printed::of("concordance", GERMAN, SOURCE);
    let mut slope = Printed::of("cox", GERMAN, SOURCE);
    for (terms, harrell, uno, slopes) in [
        (
            ["size", "nodes", "nodes_bend", "grade"].as_slice(),
            ["0.65", "0.62", "0.69"],
            ["0.64", "0.60", "0.67"],
            ["1.06", "0.82", "1.30"].as_slice(),
        ),
        (
            &["size", "nodes", "nodes_bend", "grade", "pgr", "pgr_bend"],
            ["0.67", "0.64", "0.71"],
            ["0.66", "0.63", "0.69"],
            &["1.14"],
        ),
    ] {
        let model = run("cox", &format!("endpoint = \"os\"\nterms = {terms:?}"), &own);
        let score = Column::number("score", linear_predictor(&model, terms, &others));
        let columns = [&others[..2], &[score]].concat();
        for (weights, figures) in [("harrell", harrell), ("uno", uno)] {
            let options = format!("endpoint = \"os\"\nscore = \"score\"\ntime_weights = \"{weights}\"");
            let results = run("concordance", &options, &columns);
            limits(&mut concordance, weights, row(&results, Quantity::Concordance, None, None), figures);
        }
        let results = run("cox", "endpoint = \"os\"\nterms = [\"score\"]", &columns);
        let ours = ratio(&results, Model::Multivariable, "score", None);
        let interval = ours.interval.unwrap();
        for (ours, theirs) in [ours.value, interval.lower, interval.upper].into_iter().zip(slopes) {
            slope.figure("calibration slope", ours.map(f64::ln), theirs);
        }
    }
    concordance.finish();
    slope.finish();
}
