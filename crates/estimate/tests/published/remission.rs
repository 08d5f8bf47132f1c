//! Weeks in remission of 42 children with leukaemia (Freireich et al. 1963, Blood 21:699–716).

use crate::modelling::{endpoint, ratio, run, value};
use crate::printed::Printed;
use crate::row;
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
