//! Times single models on patients no two of whom are alike: from their counts to the results, without reading a file.
//!
//! `cargo run --package farr-estimate --example time_models -- [PATIENTS] [MODEL]`

mod timed;

use estimate::numerics::random::Random;
use study::{Column, Problem, Quantity};
use timed::{Timed, timed};

/// What is timed: its name, its analysis, and the share of the patients.
const MODELS: [(&str, &str, f64); 5] = [
    ("cox", "method = \"cox\"\nendpoint = \"os\"\nties = \"efron\"", 1.0),
    ("logistic", "method = \"logistic\"\noutcome = \"y\"\ninterval = \"wald\"", 1.0),
    ("firth", "method = \"logistic\"\noutcome = \"y\"\npenalty = \"firth\"", 1.0),
    ("profile", "method = \"logistic\"\noutcome = \"y\"\ninterval = \"profile\"", 1.0),
    ("fine_gray", "method = \"fine_gray\"\nendpoint = \"os\"", 0.5),
];

/// Levels of the seven factors.
const LEVELS: [usize; 7] = [2, 2, 2, 3, 3, 4, 4];

/// Seven factors, three numbers, a yes-or-no outcome, and a time in days with its event and its competing one.
fn patients(n: usize) -> Vec<Column> {
    let mut random = Random::new(1);
    let mut risk = vec![-1.5; n];
    let mut columns = Vec::new();
    for (at, levels) in LEVELS.into_iter().enumerate() {
        let codes: Vec<u32> = (0..n).map(|_| random.below(levels as u64) as u32).collect();
        risk.iter_mut().zip(&codes).for_each(|(risk, code)| *risk += 0.15 * f64::from(*code));
        columns.push(Column::category(&format!("c{}", at + 1), &["a", "b", "c", "d"][..levels], codes));
    }
    for at in 1..=3 {
        let values: Vec<f64> = (0..n).map(|_| (random.normal() * 1e4).round() / 1e4).collect();
        risk.iter_mut().zip(&values).for_each(|(risk, value)| *risk += 0.2 * value);
        columns.push(Column::number(&format!("x{at}"), values));
    }
    let mut waiting = |rate: f64| -(-random.uniform()).ln_1p() / rate;
    let mut times = Vec::with_capacity(n);
    let (mut events, mut others, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for risk in &risk {
        let event = waiting(risk.exp() / 1500.0).ceil();
        let other = waiting(1.0 / 4000.0).ceil();
        let censored = (200.0 + 400.0 * waiting(1.0)).min(3650.0).ceil();
        let time = event.min(other).min(censored);
        times.push(time);
        events.push(Some(time == event));
        others.push(Some(time == other && time != event));
        outcomes.push(Some(waiting(1.0) < risk.exp()));
    }
    columns.push(Column::number("os.time", times));
    columns.push(Column::flag("os.event", &events));
    columns.push(Column::flag("os.competing", &others));
    columns.push(Column::flag("y", &outcomes));
    columns
}

#[allow(clippy::print_stdout, reason = "that is what it is for")]
fn main() -> Result<(), Problem> {
    let mut arguments = std::env::args().skip(1);
    let n: usize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let only = arguments.next();
    let terms: Vec<String> =
        (1..=7).map(|at| format!("c{at}")).chain((1..=3).map(|at| format!("x{at}"))).collect();
    for (name, analysis, share) in MODELS {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let columns = patients((n as f64 * share) as usize);
        let Timed { results, seconds } = timed(analysis, &terms, &columns)?;
        let rows = columns[0].values.len();
        let ratio = results.estimates.iter().find(|row| {
            row.term.as_deref() == Some("x1") && row.quantity != Quantity::GlobalTest && row.value.is_some()
        });
        let beta = ratio.and_then(|row| row.value).map_or(f64::NAN, f64::ln);
        println!("{name:>10}  {rows:>9} rows  {seconds:6.2} s  ln ratio of x1 {beta:.15}");
    }
    Ok(())
}
