//! Methods for competing events against frozen figures of cmprsk, through the whole method: counts in, rows out.

mod competing;
mod oracle;

use competing::{read, run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{CountTable, Estimate, Quantity, Results};

const CAUSES: [&str; 2] = ["event", "competing"];

fn row<'a>(results: &'a Results, quantity: Quantity, cause: &str, group: Option<&str>) -> &'a Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == quantity);
    rows.find(|row| row.level.as_deref() == Some(cause) && row.group.as_deref() == group).unwrap()
}

/// Each group less the first, and all together, on one scale.
fn compare_differences(
    comparison: &mut Comparison,
    table: &CountTable,
    cause: &str,
    (at, theirs): (&Value, &Value),
) {
    let options = format!("by = \"arm\"\nat = [{at}]\ntest = false\ndifference = {}", theirs["scale"]);
    let results = run("cumulative_incidence", &options, table);
    let own = |row: &&Estimate| {
        row.quantity == Quantity::IncidenceDifference && row.level.as_deref() == Some(cause)
    };
    let ours: Vec<&Estimate> = results.estimates.iter().filter(own).collect();
    let groups = theirs["rows"].as_array().unwrap();
    let what = |figure: &str| format!("{figure} of {cause} at {at}, {}", theirs["scale"]);
    for (ours, theirs) in ours.iter().zip(groups) {
        let figure = |name: &str| theirs[name].as_f64().unwrap();
        comparison.figure(&what("difference"), ours.value.unwrap(), figure("value"));
        comparison.figure(&what("its error"), ours.std_error.unwrap(), figure("std_error"));
        let statistic = ours.test.as_ref().unwrap().statistic.unwrap();
        comparison.figure(&what("its test"), statistic, figure("statistic"));
        let upper = figure("value") + 1.959963984540054 * figure("std_error");
        comparison.figure(&what("its limit"), ours.interval.unwrap().upper.unwrap(), upper.min(1.0));
    }
    if groups.len() > 1 {
        let test = ours[groups.len()].test.as_ref().unwrap();
        comparison.figure(&what("test of all"), test.statistic.unwrap(), theirs["all"].as_f64().unwrap());
        assert_eq!(test.df, [groups.len() as f64]);
    }
    assert_eq!(ours.len(), groups.len() + usize::from(groups.len() > 1));
}

#[test]
fn curves_variances_and_grays_test_agree_with_cuminc() {
    let figures = load("cumulative_incidence");
    let source = format!("R cmprsk {}, cuminc", figures["versions"]["cmprsk"].as_str().unwrap());
    for case in figures["cases"].as_array().unwrap() {
        let table = read(case);
        let dataset = case["dataset"].as_str().unwrap();
        let mut comparison = Comparison::new("cumulative incidence", dataset, &source);
        for group in case["groups"].as_array().unwrap() {
            let level = group["group"].as_str();
            for (cause, times) in CAUSES.iter().zip(group["causes"].as_array().unwrap()) {
                for theirs in times.as_array().unwrap() {
                    let at = &theirs["at"];
                    let options = format!("by = \"arm\"\ninterval = \"plain\"\nat = [{at}]");
                    let results = run("cumulative_incidence", &options, &table);
                    let ours = row(&results, Quantity::CumulativeIncidence, cause, level);
                    assert_eq!(ours.n, theirs["at_risk"].as_u64(), "{level:?} at {at}");
                    let what = |figure: &str| format!("{figure} of {cause} at {at} in {level:?}");
                    let estimate = theirs["estimate"].as_f64().unwrap();
                    comparison.figure(&what("incidence"), ours.value.unwrap(), estimate);
                    let variance = ours.std_error.unwrap_or(0.0).powi(2);
                    comparison.figure(&what("variance"), variance, theirs["variance"].as_f64().unwrap());
                    for limits in theirs["limits"].as_array().unwrap() {
                        let options = format!("by = \"arm\"\ninterval = {}\nat = [{at}]", limits["interval"]);
                        let results = run("cumulative_incidence", &options, &table);
                        let ours = row(&results, Quantity::CumulativeIncidence, cause, level).interval;
                        let mut compare = |what: &str, ours: Option<f64>, theirs: &Value| {
                            let what =
                                format!("{what} of {cause} at {at} in {level:?}, {}", limits["interval"]);
                            comparison.figure(&what, ours.unwrap_or(f64::NAN), theirs.as_f64().unwrap());
                        };
                        compare("lower", ours.and_then(|limits| limits.lower), &limits["lower"]);
                        compare("upper", ours.and_then(|limits| limits.upper), &limits["upper"]);
                    }
                }
            }
        }
        for (cause, theirs) in CAUSES.iter().zip(case["differences"].as_array().unwrap()) {
            for theirs in theirs["scales"].as_array().unwrap().iter().map(|scale| (&theirs["at"], scale)) {
                compare_differences(&mut comparison, &table, cause, theirs);
            }
        }
        let results = run("cumulative_incidence", "by = \"arm\"", &table);
        for (cause, theirs) in CAUSES.iter().zip(case["tests"].as_array().unwrap()) {
            let test = row(&results, Quantity::GlobalTest, cause, None).test.clone().unwrap();
            let figure = |name: &str| theirs[name].as_f64().unwrap();
            assert_eq!(test.df, [figure("df")]);
            comparison.figure(&format!("Gray {cause}"), test.statistic.unwrap(), figure("statistic"));
            // cmprsk takes P as one minus a probability: of a small one few digits are left.
            if figure("p_value") > 1e-6 {
                comparison.figure(&format!("P of {cause}"), test.p_value.unwrap(), figure("p_value"));
            }
        }
        comparison.finish();
    }
}

/// Both programs are exact where they differ: cmprsk lets the factor of tied events fall below 0, which takes variance
/// away; with that factor the test in fractions is cmprsk's, with it at 0 ours.
#[test]
fn grays_test_with_more_ties_than_patients_left_is_that_in_fractions() {
    let figures = load("gray");
    let mut below = 0;
    for (index, case) in figures["sets"].as_array().unwrap().iter().enumerate() {
        let patients: Vec<competing::Patient> = case["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let cell = |at: usize| row[at].as_u64().unwrap();
                (cell(0) as f64, cell(1) as u8, Some(cell(2) as u32 - 1))
            })
            .collect();
        let results =
            run("cumulative_incidence", "by = \"arm\"", &competing::counted(&patients, &["1", "2"]));
        let ours =
            row(&results, Quantity::GlobalTest, "event", None).test.clone().unwrap().statistic.unwrap();
        let figure = |name: &str| case[name].as_f64().unwrap();
        let mut comparison = Comparison::new(
            "Gray’s test, tied",
            &format!("set {}", index + 1),
            "fractions, without rounding",
        );
        comparison.figure("statistic", ours, figure("statistic"));
        comparison.finish();
        assert!((figure("cmprsk") / figure("cmprsk_exact") - 1.0).abs() < 1e-12);
        if figure("least_factor") < 0.0 {
            below += 1;
            assert!((figure("cmprsk") / figure("statistic") - 1.0).abs() > 1e-3);
        } else {
            assert!((figure("cmprsk") / figure("statistic") - 1.0).abs() < 1e-12);
        }
    }
    assert!(below >= 5);
}
