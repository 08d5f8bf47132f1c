//! Figures printed in books and papers, of data that stand there too: to the digits that are printed.

mod modelling;

use modelling::{endpoint, run, try_run, value};
use study::{Column, Estimate, Model, Quantity, Results, TestName};

/// Weeks in remission of 42 children with leukaemia (Freireich et al. 1963, Blood 21:699–716): on placebo, and on
/// 6-mercaptopurine, negative where censored.
const PLACEBO: [f64; 21] = [
    1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 5.0, 8.0, 8.0, 8.0, 8.0, 11.0, 11.0, 12.0, 12.0, 15.0, 17.0,
    22.0, 23.0,
];
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

#[track_caller]
fn printed(ours: f64, theirs: f64, half_a_digit: f64) {
    assert!((ours - theirs).abs() <= half_a_digit * (1.0 + 1e-9), "{ours} against {theirs}");
}

fn row<'a>(results: &'a Results, quantity: Quantity, group: &str, at: Option<f64>) -> &'a Estimate {
    let same = |row: &&Estimate| {
        row.quantity == quantity && row.group.as_deref() == Some(group) && (at.is_none() || row.at == at)
    };
    results.estimates.iter().find(same).unwrap()
}

/// Klein & Moeschberger 2003 (doi:10.1007/b97377), table 4.1 (product limit) and table 4.2 (Nelson–Aalen, with
/// variances), and section 4.5: the mean up to 35 weeks is 23.29 with a standard error of 2.83.
#[test]
fn curves_of_the_remission_data() {
    let columns = remission();
    let at = "at = [6, 7, 10, 13, 16, 22, 23]";
    let curve = run("kaplan_meier", &format!("endpoint = \"os\"\nby = \"arm\"\n{at}"), &columns);
    let hazard = run("cumulative_hazard", &format!("endpoint = \"os\"\nby = \"arm\"\n{at}"), &columns);
    for (week, survival, error, nelson_aalen, variance) in [
        (6.0, 0.857, 0.076, 0.1428, 0.0068),
        (7.0, 0.807, 0.087, 0.2017, 0.0103),
        (10.0, 0.753, 0.096, 0.2683, 0.0147),
        (13.0, 0.690, 0.107, 0.3517, 0.0217),
        (16.0, 0.627, 0.114, 0.4426, 0.0299),
        (22.0, 0.538, 0.128, 0.5854, 0.0503),
        (23.0, 0.448, 0.135, 0.7521, 0.0781),
    ] {
        let ours = row(&curve, Quantity::Survival, "6-MP", Some(week));
        printed(ours.value.unwrap(), survival, 5e-4);
        printed(ours.std_error.unwrap(), error, 5e-4);
        let ours = row(&hazard, Quantity::CumulativeHazard, "6-MP", Some(week));
        // The book adds up rounded parts.
        printed(ours.value.unwrap(), nelson_aalen, 1e-4);
        printed(ours.std_error.unwrap().powi(2), variance, 5e-5);
    }
    let median = |group: &str| row(&curve, Quantity::SurvivalQuantile, group, Some(0.5)).value;
    assert_eq!((median("6-MP"), median("placebo")), (Some(23.0), Some(8.0)));
    let mean = run("restricted_mean", "endpoint = \"os\"\nby = \"arm\"\nhorizon = 35", &columns);
    // Nobody on placebo is left after week 23: the area under the rest of that curve is 0.
    let ours = row(&mean, Quantity::RestrictedMean, "6-MP", None);
    printed(ours.value.unwrap(), 23.29, 5e-3);
    printed(ours.std_error.unwrap(), 2.83, 5e-3);
}

/// Kleinbaum & Klein 2012 (doi:10.1007/978-1-4419-6646-9), chapter 2: the tests of the log-rank family.
#[test]
fn the_log_rank_family_of_the_remission_data() {
    let columns = remission();
    for (test, statistic) in
        [("log_rank\"", 16.79), ("gehan_breslow\"", 13.46), ("tarone_ware\"", 15.12), ("peto_peto\"", 14.08)]
    {
        let options = format!("endpoint = \"os\"\nby = \"arm\"\ntest = \"{test}");
        let results = run("log_rank", &options, &columns);
        let test = results.estimates.iter().find_map(|row| row.test.as_ref()).unwrap();
        printed(test.statistic.unwrap(), statistic, 5e-3);
    }
}

/// Kalbfleisch & Prentice 2002 (doi:10.1002/9781118032985) and Venables & Ripley 2002 (doi:10.1007/978-0-387-21706-2,
/// section 13.2): Cox models of the remission data by the three treatments of ties, and the Weibull and the exponential
/// model, whose coefficients are those of log time.
#[test]
fn models_of_the_remission_data() {
    let columns = remission();
    for (ties, beta, error) in [("breslow", 1.509, 0.410), ("efron", 1.572, 0.412), ("exact", 1.628, 0.433)] {
        let options = format!("endpoint = \"os\"\nterms = [\"arm\"]\nties = \"{ties}\"");
        let results = run("cox", &options, &columns);
        let ours = modelling::ratio(&results, Model::Multivariable, "arm", Some("placebo"));
        printed(ours.value.unwrap().ln(), beta, 5e-4);
        printed(ours.std_error.unwrap(), error, 5e-4);
    }
    for (law, beta, error) in [("weibull", -1.267, 0.311), ("exponential", -1.527, 0.398)] {
        let options = format!("endpoint = \"os\"\nterms = [\"arm\"]\ndistribution = \"{law}\"");
        let results = run("parametric_survival", &options, &columns);
        let own =
            |row: &&Estimate| row.quantity == Quantity::TimeRatio && row.level.as_deref() == Some("placebo");
        let ours = results.estimates.iter().find(own).unwrap();
        printed(ours.value.unwrap().ln(), beta, 5e-4);
        printed(ours.std_error.unwrap(), error, 5e-4);
        if law == "weibull" {
            printed(value(&results, Model::Multivariable, None, Quantity::LogLikelihood), -106.6, 0.05);
            let scale = results.estimates.iter().find(|row| row.quantity == Quantity::Scale).unwrap();
            printed(scale.value.unwrap(), 0.732, 5e-4);
        }
    }
}

/// Low birth weight (Hosmer & Lemeshow; Venables & Ripley 2002, section 7.2): the backward selection by Akaike's criterion,
/// whose path is printed with deviances and criteria.
#[test]
fn the_selection_of_venables_and_ripley() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../oracle/data/birthwt.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let flag = |name: &str, at: usize| {
        Column::flag(name, &rows.iter().map(|row| Some(row[at] > 0.0)).collect::<Vec<_>>())
    };
    let number = |name: &str, at: usize| Column::number(name, rows.iter().map(|row| row[at]).collect());
    let level = |name: &str, levels: &[&str], of: &dyn Fn(&[f64]) -> f64| {
        Column::category(name, levels, rows.iter().map(|row| of(row) as u32).collect())
    };
    let columns = [
        flag("low", 0),
        number("age", 1),
        number("lwt", 2),
        level("race", &["white", "black", "other"], &|row| row[3] - 1.0),
        flag("smoke", 4),
        flag("ptd", 5),
        flag("ht", 6),
        flag("ui", 7),
        level("ftv", &["0", "1", "2+"], &|row| row[8].min(2.0)),
    ];
    let terms = "[\"age\", \"lwt\", \"race\", \"smoke\", \"ptd\", \"ht\", \"ui\", \"ftv\"]";
    let options = format!("outcome = \"low\"\nterms = {terms}\nbootstrap = 0");
    let results = try_run("farr", "stepwise", &options, &columns, &vec![1; rows.len()]).unwrap();
    let steps: Vec<&Estimate> =
        results.estimates.iter().filter(|row| row.quantity == Quantity::SelectionStep).collect();
    let path: Vec<Option<&str>> = steps.iter().map(|row| row.term.as_deref()).collect();
    assert_eq!(path, [None, Some("ftv"), Some("age")]);
    for (step, criterion) in steps.iter().zip([217.48, 214.83, 213.85]) {
        printed(step.value.unwrap(), criterion, 5e-3);
    }
    for (step, deviance) in steps[1..].iter().zip([1.3582, 1.0179]) {
        let test = step.test.as_ref().unwrap();
        assert_eq!(test.name, TestName::LikelihoodRatio);
        printed(test.statistic.unwrap(), deviance, 5e-5);
    }
    printed(-2.0 * value(&results, Model::Multivariable, None, Quantity::LogLikelihood), 197.85, 5e-3);
}
