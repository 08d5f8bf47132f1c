//! Restricted means against frozen figures of R's survival package (`oracle/restricted_mean.R`, and with delayed entry and
//! sampling weights `oracle/restricted_mean_courses.R`), through the whole method: counts in, rows out.

mod follow_up;
mod oracle;

use follow_up::{SAMPLED, read, read_courses, run, run_courses};
use oracle::{Comparison, load};
use study::{Estimate, Quantity, Results};

fn row<'a>(results: &'a Results, quantity: Quantity, group: Option<&str>) -> &'a Estimate {
    let mut rows = results.estimates.iter();
    rows.find(|row| row.quantity == quantity && row.group.as_deref() == group).unwrap()
}

#[test]
fn means_and_contrasts_agree_with_survmean() {
    let figures = load("restricted_mean");
    let source = format!("R survival {}, survmean", figures["versions"]["survival"].as_str().unwrap());
    for case in figures["cases"].as_array().unwrap() {
        let table = read(case);
        let mut comparison = Comparison::new("restricted mean", case["dataset"].as_str().unwrap(), &source);
        for theirs in case["horizons"].as_array().unwrap() {
            let horizon = &theirs["horizon"];
            let results =
                run("restricted_mean", &format!("by = \"arm\"\noverall = true\nhorizon = {horizon}"), &table);
            let what = |figure: &str| format!("{figure} up to {horizon}");
            let number = |figure: &str| theirs["overall"][figure].as_f64().unwrap();
            let overall = row(&results, Quantity::RestrictedMean, None);
            comparison.figure(&what("mean"), overall.value.unwrap(), number("mean"));
            comparison.figure(&what("standard error"), overall.std_error.unwrap(), number("std_error"));
            let groups = theirs["groups"].as_array().unwrap();
            for (index, theirs) in groups.iter().enumerate() {
                let group = theirs["group"].as_str();
                let what = |figure: &str| format!("{figure} of {group:?} up to {horizon}");
                let number = |figure: &str| theirs[figure].as_f64().unwrap();
                let mean = row(&results, Quantity::RestrictedMean, group);
                comparison.figure(&what("mean"), mean.value.unwrap(), number("mean"));
                // A group in which nobody is left uncertain has no standard error.
                comparison.figure(
                    &what("standard error"),
                    mean.std_error.unwrap_or(0.0),
                    number("std_error"),
                );
                if index == 0 {
                    continue;
                }
                let difference = row(&results, Quantity::RestrictedMeanDifference, group);
                comparison.figure(&what("difference"), difference.value.unwrap(), number("difference"));
                let error = number("difference_std_error");
                comparison.figure(&what("its error"), difference.std_error.unwrap(), error);
                let p = difference.test.as_ref().unwrap().p_value.unwrap();
                comparison.figure(&what("its P"), p, number("difference_p"));
                let ratio = row(&results, Quantity::RestrictedMeanRatio, group);
                comparison.figure(&what("ratio"), ratio.value.unwrap(), number("ratio"));
                comparison.figure(&what("log error"), ratio.std_error.unwrap(), number("log_std_error"));
                let p = ratio.test.as_ref().unwrap().p_value.unwrap();
                comparison.figure(&what("P of the ratio"), p, number("ratio_p"));
            }
            let global = results.estimates.iter().find(|row| row.quantity == Quantity::GlobalTest);
            if let Some(global) = global {
                let statistic = global.test.as_ref().unwrap().statistic.unwrap();
                comparison.figure(&what("global"), statistic, theirs["statistic"].as_f64().unwrap());
            }
        }
        comparison.finish();
    }
}

#[test]
fn late_and_weighted_means_agree_with_survmean_and_the_jackknife() {
    let figures = load("restricted_mean_courses");
    let source =
        format!("R survival {}, survmean and residuals", figures["versions"]["survival"].as_str().unwrap());
    for case in figures["cases"].as_array().unwrap() {
        let table = read_courses(case);
        let dataset = format!("late, weighted, {}", case["dataset"].as_str().unwrap());
        let mut comparison = Comparison::new("restricted mean", &dataset, &source);
        for theirs in case["rows"].as_array().unwrap() {
            let weights = if case["weighted"] == true { SAMPLED } else { "" };
            let options = format!("horizon = {}\n{weights}", theirs["horizon"]);
            let results = run_courses("restricted_mean", &options, &table);
            let ours = row(&results, Quantity::RestrictedMean, theirs["group"].as_str());
            let what = |figure: &str| format!("{figure} of {} up to {}", theirs["group"], theirs["horizon"]);
            comparison.figure(&what("mean"), ours.value.unwrap(), theirs["mean"].as_f64().unwrap());
            let error = theirs["std_error"].as_f64().unwrap();
            comparison.figure(&what("standard error"), ours.std_error.unwrap(), error);
        }
        comparison.finish();
    }
}
