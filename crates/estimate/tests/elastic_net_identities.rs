//! Where the penalty vanishes, so does what it does.

mod modelling;

use modelling::{endpoint, ratio, run};
use study::{Column, Model, SeriesKind};

/// Identity, `elastic_net`, `logistic`, `cox`: under hardly any penalty the coefficients are those of logistic and of Cox
/// regression, with Efron’s and Breslow’s ties.
#[test]
fn without_a_penalty_it_is_the_model_alone() {
    let number = |of: fn(i32) -> i32| (0..60).map(|i| f64::from(of(i))).collect::<Vec<f64>>();
    let events: Vec<bool> = (0..60).map(|i| (i * 37 + i * i) % 11 < 3 + i * 5 % 7).collect();
    let [time, event] = endpoint(&number(|i| 1 + (i * i + 11 * i) % 23), &events);
    let columns = [
        time,
        event,
        Column::flag("y", &events.iter().map(|event| Some(*event)).collect::<Vec<_>>()),
        Column::number("x", number(|i| i * 5 % 7)),
        Column::number("z", number(|i| i * 13 % 41)),
    ];
    for (method, what) in [
        ("logistic", "outcome = \"y\"\n"),
        ("cox", "endpoint = \"os\"\nties = \"efron\"\n"),
        ("cox", "endpoint = \"os\"\nties = \"breslow\"\n"),
    ] {
        let terms = format!("{what}terms = [\"x\", \"z\"]\n");
        let alone = run(method, &terms, &columns);
        for (alpha, standardise) in [(1.0, true), (0.5, true), (1.0, false)] {
            let options = format!(
                "{terms}alpha = {alpha}\nstandardise = {standardise}\nlambda_ratio = 1e-8\nfolds = 3"
            );
            let net = run("elastic_net", &options, &columns);
            for term in ["x", "z"] {
                let mut paths = net.series.iter().filter(|one| one.kind == SeriesKind::CoefficientPath);
                let path = &paths.find(|one| one.term.as_deref() == Some(term)).unwrap().y;
                let exact = ratio(&alone, Model::Multivariable, term, None).value.unwrap().ln();
                // A path is told for a standard deviation.
                let last = path[path.len() - 1] / deviation(&columns, term);
                assert!(
                    (last - exact).abs() < 1e-6 * exact.abs(),
                    "{method} {options} {term} {last} {exact}"
                );
            }
        }
    }
}

/// The standard deviation of a number, about its mean with the divisor n.
fn deviation(columns: &[Column], name: &str) -> f64 {
    let values = columns.iter().find(|column| column.name == name).unwrap().numbers().unwrap();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt()
}
