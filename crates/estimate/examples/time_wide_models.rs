//! Times models of many columns: a factor of 39 levels, or 200 covariates.
//!
//! `cargo run --package farr-estimate --example time_wide_models -- [CASE [PATIENTS [FIGURES.json]]]`
//!
//! The figures, where a file is named, are there to be compared with those of another version.

mod timed;

use estimate::numerics::random::Random;
use study::{Column, Problem};
use timed::{Timed, timed};

/// What is timed.
struct Case {
    name: &'static str,
    analysis: &'static str,
    patients: usize,
    /// Share of the patients who have the event, about.
    events: f64,
    covariates: Covariates,
}

#[derive(Clone, Copy)]
enum Covariates {
    /// One factor of so many levels, the later the rarer, and two numbers.
    Levels(usize),
    /// So many, every other one a number and yes or no.
    Many(usize),
}

const COX_FIRTH: &str = "method = \"cox\"\nendpoint = \"os\"\npenalty = \"firth\"";
const LOGISTIC_FIRTH: &str = "method = \"logistic\"\noutcome = \"y\"\npenalty = \"firth\"";
const STRATIFIED: &str = "method = \"cox\"\nendpoint = \"os\"\nstrata = [\"s\"]";
const FINE_GRAY: &str = "method = \"fine_gray\"\nendpoint = \"os\"";

#[rustfmt::skip]
const CASES: [Case; 8] = [
    Case { name: "cox_firth_small", analysis: COX_FIRTH, patients: 400, events: 0.2, covariates: Covariates::Levels(39) },
    Case { name: "cox_firth", analysis: COX_FIRTH, patients: 2_000, events: 0.05, covariates: Covariates::Levels(39) },
    Case { name: "cox_firth_large", analysis: COX_FIRTH, patients: 20_000, events: 0.02, covariates: Covariates::Levels(39) },
    Case { name: "logistic_firth", analysis: LOGISTIC_FIRTH, patients: 2_000, events: 0.05, covariates: Covariates::Levels(39) },
    Case { name: "logistic_firth_large", analysis: LOGISTIC_FIRTH, patients: 20_000, events: 0.02, covariates: Covariates::Levels(39) },
    Case { name: "logistic_firth_200", analysis: LOGISTIC_FIRTH, patients: 1_000, events: 0.3, covariates: Covariates::Many(200) },
    Case { name: "cox_strata_200", analysis: STRATIFIED, patients: 20_000, events: 0.3, covariates: Covariates::Many(200) },
    Case { name: "fine_gray", analysis: FINE_GRAY, patients: 20_000, events: 0.02, covariates: Covariates::Levels(39) },
];

/// Numbers with four decimals.
fn numbers(n: usize, random: &mut Random) -> Vec<f64> {
    (0..n).map(|_| (random.normal() * 1e4).round() / 1e4).collect()
}

/// The columns of some patients and the names of those that are terms.
fn patients(n: usize, case: &Case) -> (Vec<Column>, Vec<String>) {
    let mut random = Random::new(1);
    let mut risk = vec![0.0; n];
    let (mut columns, mut terms) = (Vec::new(), Vec::new());
    let add_number = |name: String, effect: f64, random: &mut Random, risk: &mut [f64]| {
        let values = numbers(n, random);
        risk.iter_mut().zip(&values).for_each(|(risk, value)| *risk += effect * value);
        Column::number(&name, values)
    };
    match case.covariates {
        Covariates::Levels(levels) => {
            let shares: Vec<f64> = (0..levels).map(|level| 1.0 / (4.0 + level as f64)).collect();
            let whole: f64 = shares.iter().sum();
            let draw = |random: &mut Random| {
                let mut left = random.uniform() * whole;
                let mut at = 0;
                while at + 1 < levels && left >= shares[at] {
                    left -= shares[at];
                    at += 1;
                }
                at as u32
            };
            let codes: Vec<u32> = (0..n).map(|_| draw(&mut random)).collect();
            risk.iter_mut()
                .zip(&codes)
                .for_each(|(risk, code)| *risk += 0.5 * f64::from(*code * 7 % 11) / 5.0 - 0.5);
            let names: Vec<String> = (0..levels).map(|level| format!("site {level:02}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            columns.push(Column::category("site", &names, codes));
            terms.push("site".into());
            for name in ["age", "size"] {
                columns.push(add_number(name.into(), 0.3, &mut random, &mut risk));
                terms.push(name.into());
            }
        }
        Covariates::Many(many) => {
            for at in 0..many {
                let name = format!("x{at:03}");
                let effect = if at % 10 == 0 { 0.1 } else { 0.0 };
                columns.push(if at % 2 == 0 {
                    add_number(name.clone(), effect, &mut random, &mut risk)
                } else {
                    let share = 0.1 + 0.4 * random.uniform();
                    let values: Vec<Option<bool>> = (0..n).map(|_| Some(random.uniform() < share)).collect();
                    Column::flag(&name, &values)
                });
                terms.push(name);
            }
        }
    }
    let mut waiting = |rate: f64| -(-random.uniform()).ln_1p() / rate;
    let (mut times, mut events, mut others, mut outcomes) = (vec![], vec![], vec![], vec![]);
    for risk in &risk {
        let hazard = -(-case.events).ln_1p() * risk.exp();
        let event = (1500.0 * waiting(hazard)).ceil();
        let other = (1500.0 * waiting(0.3)).ceil();
        let censored = (500.0 + 2000.0 * waiting(2.0)).min(3650.0).ceil();
        let time = event.min(other).min(censored);
        times.push(time);
        events.push(Some(time == event));
        others.push(Some(time == other && time != event));
        outcomes.push(Some(waiting(1.0) < hazard));
    }
    let strata: Vec<u32> = (0..n).map(|at| (at % 1000) as u32).collect();
    let names: Vec<String> = (0..1000).map(|stratum| format!("{stratum:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    columns.push(Column::category("s", &names, strata));
    columns.push(Column::number("os.time", times));
    columns.push(Column::flag("os.event", &events));
    columns.push(Column::flag("os.competing", &others));
    columns.push(Column::flag("y", &outcomes));
    (columns, terms)
}

#[allow(clippy::print_stdout, reason = "that is what it is for")]
fn main() -> Result<(), Problem> {
    let mut arguments = std::env::args().skip(1);
    let only = arguments.next();
    let patients_wanted: Option<usize> = arguments.next().and_then(|n| n.parse().ok());
    let figures = arguments.next();
    for case in CASES.iter().filter(|case| only.as_ref().is_none_or(|only| only == case.name)) {
        let n = patients_wanted.unwrap_or(case.patients);
        let (columns, terms) = patients(n, case);
        let Timed { results, seconds } = timed(case.analysis, &terms, &columns)?;
        let events = results.groups.iter().filter_map(|group| group.events).sum::<u64>();
        println!("{:>20}  {n:>6} patients  {events:>5} events  {seconds:8.2} s", case.name);
        if let Some(path) = &figures {
            let text = serde_json::to_string_pretty(&results.estimates)
                .map_err(|error| Problem::internal(error.to_string()))?;
            std::fs::write(path, text).map_err(|error| Problem::internal(error.to_string()))?;
        }
    }
    Ok(())
}
