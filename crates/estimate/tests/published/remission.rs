//! Weeks in remission of 42 children with leukaemia (Freireich et al. 1963, Blood 21:699–716).

use crate::modelling::{endpoint, ratio, run, value};
use crate::printed::Printed;
use crate::rows::row;
use study::{Column, Estimate, Model, Quantity};

const DATA: &str = "remission of leukaemia";
const KLEIN: &str = "Klein & Moeschberger 2003, tables 4.1 and 4.2, section 4.5";

/// On placebo.
const PLACEBO: [f64; 21] = [
    1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 5.0, 8.0, 8.0, 8.0, 8.0, 11.0, 11.0, 12.0, 12.0, 15.0, 17.0,
    22.0, 23.0,
];
/// On 6-mercaptopurine, negative where censored.
const MERCAPTOPURINE: [f64; 21] = [
    6.0, 6.0, 6.0, -6.0, 7.0, -9.0, 10.0, -10.0, -11.0, 13.0, 16.0, -17.0, -19.0, -20.0, 22.0, 23.0, -25.0,
    -32.0, -32.0, -34.0, -35.0,
];

fn remission() -> Vec<Column> {
    let weeks: Vec<f64> = PLACEBO.iter().chain(&MERCAPTOPURINE).copied().collect();
    let times: Vec<f64> = weeks.iter().map(|week| week.abs()).collect();
    let [time, event] = endpoint(&times, &weeks.iter().map(|week| *week > 0.0).collect::<Vec<_>>());
    let arm = (0..42).map(|patient| u32::from(patient < 21)).collect();
    vec![time, event, Column::category("arm", &["6-MP", "placebo"], arm)]
}

/// Klein & Moeschberger 2003 (doi:10.1007/b97377), table 4.1 (product limit) and table 4.2 (Nelson–Aalen, with
/// variances), and section 4.5: the mean up to 35 weeks is 23.29 with a standard error of 2.83.
#[test]
fn curves() {
    let columns = remission();
    let at = "at = [6, 7, 10, 13, 16, 22, 23]";
    let curve = run("kaplan_meier", &format!("endpoint = \"os\"\nby = \"arm\"\n{at}"), &columns);
    let hazard = run("cumulative_hazard", &format!("endpoint = \"os\"\nby = \"arm\"\n{at}"), &columns);
    let mut product_limit = Printed::of("kaplan_meier", DATA, KLEIN);
    let mut nelson_aalen = Printed::of("cumulative_hazard", DATA, KLEIN);
    for (week, survival, error, cumulative, variance) in [
        (6.0, "0.857", "0.076", "0.1428", "0.0068"),
        (7.0, "0.807", "0.087", "0.2017", "0.0103"),
        (10.0, "0.753", "0.096", "0.2683", "0.0147"),
        (13.0, "0.690", "0.107", "0.3517", "0.0217"),
        (16.0, "0.627", "0.114", "0.4426", "0.0299"),
        (22.0, "0.538", "0.128", "0.5854", "0.0503"),
        (23.0, "0.448", "0.135", "0.7521", "0.0781"),
    ] {
        let ours = row(&curve, Quantity::Survival, Some("6-MP"), Some(week));
        product_limit.figure("survival", ours.value, survival);
        product_limit.figure("standard error", ours.std_error, error);
        let ours = row(&hazard, Quantity::CumulativeHazard, Some("6-MP"), Some(week));
        // The book adds up rounded parts.
        nelson_aalen.within("cumulative hazard", ours.value, cumulative, 1.0);
        nelson_aalen.figure("variance", ours.std_error.map(|error| error.powi(2)), variance);
    }
    for (arm, median) in [("6-MP", "23"), ("placebo", "8")] {
        let ours = row(&curve, Quantity::SurvivalQuantile, Some(arm), Some(0.5));
        product_limit.figure("median", ours.value, median);
    }
    product_limit.finish();
    nelson_aalen.finish();
    let results = run("restricted_mean", "endpoint = \"os\"\nby = \"arm\"\nhorizon = 35", &columns);
    // Nobody on placebo is left after week 23: the area under the rest of that curve is 0.
    let ours = row(&results, Quantity::RestrictedMean, Some("6-MP"), None);
    let mut mean = Printed::of("restricted_mean", DATA, KLEIN);
    mean.figure("mean", ours.value, "23.29");
    mean.figure("standard error", ours.std_error, "2.83");
    mean.finish();
}

/// Kleinbaum & Klein 2012 (doi:10.1007/978-1-4419-6646-9), chapter 2: the tests of the log-rank family.
#[test]
fn the_log_rank_family() {
    let columns = remission();
    let mut printed = Printed::of("log_rank", DATA, "Kleinbaum & Klein 2012, chapter 2");
    for (test, statistic) in
        [("log_rank", "16.79"), ("gehan_breslow", "13.46"), ("tarone_ware", "15.12"), ("peto_peto", "14.08")]
    {
        let options = format!("endpoint = \"os\"\nby = \"arm\"\ntest = \"{test}\"");
        let results = run("log_rank", &options, &columns);
        let ours = results.estimates.iter().find_map(|row| row.test.as_ref()).unwrap();
        printed.figure(test, ours.statistic, statistic);
    }
    printed.finish();
}

/// Kalbfleisch & Prentice 2002 (doi:10.1002/9781118032985) and Venables & Ripley 2002 (doi:10.1007/978-0-387-21706-2,
/// section 13.2): Cox models by the three treatments of ties, and the Weibull and the exponential model, whose
/// coefficients are those of log time.
#[test]
fn models() {
    let columns = remission();
    let source = "Kalbfleisch & Prentice 2002; Venables & Ripley 2002, section 13.2";
    let mut cox = Printed::of("cox", DATA, source);
    for (ties, beta, error) in
        [("breslow", "1.509", "0.410"), ("efron", "1.572", "0.412"), ("exact", "1.628", "0.433")]
    {
        let options = format!("endpoint = \"os\"\nterms = [\"arm\"]\nties = \"{ties}\"");
        let results = run("cox", &options, &columns);
        let ours = ratio(&results, Model::Multivariable, "arm", Some("placebo"));
        cox.figure(ties, ours.value.map(f64::ln), beta);
        cox.figure(ties, ours.std_error, error);
    }
    cox.finish();
    let mut parametric = Printed::of("parametric_survival", DATA, source);
    for (law, beta, error) in [("weibull", "-1.267", "0.311"), ("exponential", "-1.527", "0.398")] {
        let options = format!("endpoint = \"os\"\nterms = [\"arm\"]\ndistribution = \"{law}\"");
        let results = run("parametric_survival", &options, &columns);
        let own =
            |row: &&Estimate| row.quantity == Quantity::TimeRatio && row.level.as_deref() == Some("placebo");
        let ours = results.estimates.iter().find(own).unwrap();
        parametric.figure(law, ours.value.map(f64::ln), beta);
        parametric.figure(law, ours.std_error, error);
        if law == "weibull" {
            let likelihood = value(&results, Model::Multivariable, None, Quantity::LogLikelihood);
            parametric.figure("log-likelihood", Some(likelihood), "-106.6");
            parametric.figure("scale", row(&results, Quantity::Scale, None, None).value, "0.732");
        }
    }
    parametric.finish();
}

/// Logarithm of the white blood cell count and whether a boy, placebo first: the data set `anderson` of Kleinbaum & Klein
/// 2012.
const WHITE_CELLS: [f64; 42] = [
    2.80, 5.00, 4.91, 4.48, 4.01, 4.36, 2.42, 3.49, 3.97, 3.52, 3.05, 2.32, 3.26, 3.49, 2.12, 1.50, 3.06,
    2.30, 2.95, 2.73, 1.97, 2.31, 4.06, 3.28, 3.20, 4.43, 2.80, 2.96, 2.70, 2.60, 2.88, 3.60, 2.16, 2.05,
    2.01, 2.32, 2.57, 1.78, 2.20, 2.53, 1.47, 1.45,
];
const BOY: [u32; 42] = [
    1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1,
    1, 1, 1, 1, 1, 1, 1,
];

/// Kleinbaum & Klein 2012, chapters 3 and 5: models with the white blood cell count, with its interaction with the arm, and
/// with strata of sex, all with Breslow's ties.
#[test]
fn models_of_white_cells_and_strata() {
    let mut columns = remission();
    columns.push(Column::number("white_cells", WHITE_CELLS.into()));
    columns.push(Column::category("sex", &["girls", "boys"], BOY.into()));
    let mut printed = Printed::of("cox", DATA, "Kleinbaum & Klein 2012, chapters 3 and 5");
    for (terms, more, likelihood, figures) in [
        (
            "\"arm\", \"white_cells\"",
            "",
            "144.559",
            [
                ("arm", Some("placebo"), ["1.294", "0.422", "3.648", "1.595", "8.343"].as_slice()),
                ("white_cells", None, &["1.604", "0.329", "4.975", "2.609", "9.486"]),
            ]
            .as_slice(),
        ),
        (
            "\"arm\", \"white_cells\", \"arm:white_cells\"",
            "",
            "144.131",
            &[
                ("arm", Some("placebo"), &["2.355", "1.681", "10.537", "0.391", "284.201"]),
                ("white_cells", None, &["1.803", "0.447", "6.067", "2.528", "14.561"]),
                ("arm:white_cells", Some("placebo"), &["-0.342", "0.520", "0.710", "0.256", "1.967"]),
            ],
        ),
        (
            "\"arm\", \"white_cells\"",
            "strata = [\"sex\"]",
            "115.120",
            &[
                ("arm", Some("placebo"), ["0.931", "0.472", "2.537"].as_slice()),
                ("white_cells", None, &["1.390", "0.338", "4.016"]),
            ],
        ),
    ] {
        let options = format!("endpoint = \"os\"\nties = \"breslow\"\nterms = [{terms}]\n{more}");
        let results = run("cox", &options, &columns);
        for (term, level, theirs) in figures {
            let ours = ratio(&results, Model::Multivariable, term, *level);
            let limits = ours.interval.unwrap();
            let beta = ours.value.map(f64::ln);
            // The limits of the model with strata are not told.
            let ours = [beta, ours.std_error, ours.value, limits.lower, limits.upper];
            for (ours, theirs) in ours.into_iter().zip(*theirs) {
                printed.figure(term, ours, theirs);
            }
        }
        let found = value(&results, Model::Multivariable, None, Quantity::LogLikelihood);
        printed.figure("-2 log-likelihood", Some(-2.0 * found), likelihood);
    }
    printed.finish();
}
