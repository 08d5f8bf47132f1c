//! What a dialect does to the figures that it decides on.

mod imputing;
mod modelling;

use estimate::imputation::{Pooling, pool};
use estimate::numerics::distributions::normal_quantile;
use modelling::{close, ratio, run, try_run};
use study::{Column, Convention, Dialect, Estimate, Model, Quantity, Results};

fn columns() -> Vec<Column> {
    let event = |row: u32| row.is_multiple_of(3);
    vec![
        Column::number("os.time", (0..60).map(|row| f64::from(1 + (row * 37) % 41)).collect()),
        Column::flag("os.event", &(0..60).map(|row| Some(event(row))).collect::<Vec<_>>()),
        Column::flag(
            "os.competing",
            &(0..60).map(|row| Some(row % 7 == 1 && !event(row))).collect::<Vec<_>>(),
        ),
        Column::number("x", (0..60).map(|row| f64::from(row * 17 % 23)).collect()),
        Column::category(
            "site",
            &["a", "b", "c", "d", "e", "f", "none"],
            (0..60).map(|row| row % 6).collect(),
        ),
    ]
}

fn in_dialect(dialect: &str, method: &str, options: &str) -> Results {
    try_run(dialect, method, options, &columns(), &[1; 60]).unwrap()
}

#[test]
fn stata_multiplies_the_robust_variance_of_a_cox_model() {
    let error = |dialect: &str, cluster: &str| {
        let options =
            format!("endpoint = \"os\"\nterms = [\"x\"]\nties = \"efron\"\nvariance = \"robust\"\n{cluster}");
        ratio(&in_dialect(dialect, "cox", &options), Model::Multivariable, "x", None).std_error.unwrap()
    };
    for (cluster, m) in [("", 60.0_f64), ("cluster = \"site\"", 6.0)] {
        let (farr, stata) = (error("farr", cluster), error("stata", cluster));
        close((stata / farr).powi(2), m / (m - 1.0), 1e-12);
        assert_eq!(error("sas", cluster), farr);
        assert_eq!(error("r", cluster), farr);
    }
}

#[test]
fn r_draws_the_limits_of_an_incidence_on_the_logarithm() {
    let options = "endpoint = \"os\"\nat = [20]";
    let row = |results: &Results| -> Estimate {
        results.estimates.iter().find(|row| row.quantity == Quantity::CumulativeIncidence).unwrap().clone()
    };
    let own = row(&in_dialect("r", "cumulative_incidence", options));
    let (value, error) = (own.value.unwrap(), own.std_error.unwrap());
    let limits = own.interval.unwrap();
    let half = normal_quantile(0.975) * error / value;
    close(limits.lower.unwrap(), value * (-half).exp(), 1e-12);
    close(limits.upper.unwrap(), value * half.exp(), 1e-12);
    let other = row(&in_dialect("sas", "cumulative_incidence", options)).interval.unwrap();
    assert_ne!(other.lower, limits.lower);
    let asked =
        row(&in_dialect("r", "cumulative_incidence", "endpoint = \"os\"\nat = [20]\ninterval = \"log_log\""));
    assert_eq!(asked.interval.unwrap().lower, other.lower);
}

#[test]
fn programs_differ_in_the_degrees_of_freedom_of_pooled_figures() {
    let sets: Vec<Results> = (0..5)
        .map(|set| {
            let mut columns = columns();
            let values =
                (0..60).map(|row| f64::from(row * 17 % 23) + if row % 4 == 0 { f64::from(set) } else { 0.0 });
            columns[3] = Column::number("x", values.collect());
            run("cox", "endpoint = \"os\"\nterms = [\"x\"]", &columns)
        })
        .collect();
    let df = |dialect: Dialect| {
        let mut plan = imputing::plan("", imputing::LOGISTIC);
        plan.study.conventions.insert(Convention::PooledDf, dialect);
        let pooled = pool(&sets, &sets[0], Pooling::of(&plan));
        ratio(&pooled, Model::Multivariable, "x", None).pooled.unwrap().df.unwrap()
    };
    let (within, without) = (df(Dialect::Farr), df(Dialect::Sas));
    // 20 events and one coefficient: at most 19 · 20/22.
    assert!(within < 19.0 * 20.0 / 22.0 && without > within, "{within} {without}");
    assert_eq!((df(Dialect::R), df(Dialect::Spss), df(Dialect::Stata)), (within, without, without));
}
