//! Kaplan–Meier and log-rank against frozen figures of R's survival package (`oracle/kaplan_meier.R`,
//! `oracle/log_rank.R`, `oracle/conditional_survival.R`), through the whole method: counts in, rows out.

mod follow_up;
mod oracle;

use follow_up::{read, run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Estimate, Quantity, Results};

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// A figure that may be absent: absent in both, or compared.
fn optional(comparison: &mut Comparison, what: &str, ours: Option<f64>, theirs: &Value) {
    match theirs.as_f64() {
        Some(theirs) => comparison.figure(what, ours.unwrap_or(f64::NAN), theirs),
        None => assert_eq!(ours, None, "{what}: theirs is absent"),
    }
}

fn row<'a>(results: &'a Results, quantity: Quantity, group: Option<&str>, at: Option<f64>) -> &'a Estimate {
    let mut rows = results
        .estimates
        .iter()
        .filter(|row| row.quantity == quantity && row.group.as_deref() == group && row.at == at);
    rows.next().unwrap_or_else(|| panic!("no row {quantity:?} {group:?} {at:?}"))
}

fn compare_curve(comparison: &mut Comparison, results: &Results, group: Option<&str>, curve: &Value) {
    let known = results.groups.iter().find(|known| known.level.as_deref() == group).unwrap();
    assert_eq!(Some(known.n), curve["n"].as_u64());
    assert_eq!(known.events, curve["events"].as_u64());
    for theirs in array(&curve["at"]) {
        let at = number(&theirs["at"]);
        let ours = row(results, Quantity::Survival, group, Some(at));
        assert_eq!(ours.n, theirs["at_risk"].as_u64(), "{group:?} at {at}");
        let what = |figure: &str| format!("{figure} at {at} in {group:?}");
        optional(comparison, &what("survival"), ours.value, &theirs["survival"]);
        optional(comparison, &what("standard error"), ours.std_error, &theirs["std_error"]);
        // Before the first event R prints a log(−log) interval from 1 to 1, though that scale has none.
        if number(&theirs["survival"]) < 1.0 {
            let limits = ours.interval;
            optional(comparison, &what("lower"), limits.and_then(|limits| limits.lower), &theirs["lower"]);
            optional(comparison, &what("upper"), limits.and_then(|limits| limits.upper), &theirs["upper"]);
        }
    }
    for theirs in array(&curve["quantiles"]) {
        let ours = row(results, Quantity::SurvivalQuantile, group, theirs["at"].as_f64());
        compare_time(comparison, ours, theirs);
    }
    compare_time(comparison, row(results, Quantity::FollowUpMedian, group, None), &curve["follow_up"]);
    let observed = row(results, Quantity::ObservedTimeMedian, group, None).value;
    optional(comparison, "observed median", observed, &curve["observed_median"]);
}

fn compare_time(comparison: &mut Comparison, ours: &Estimate, theirs: &Value) {
    let what = |figure: &str| format!("{figure} of {:?} {:?} in {:?}", ours.quantity, ours.at, ours.group);
    let limits = ours.interval.unwrap();
    optional(comparison, &what("value"), ours.value, &theirs["value"]);
    optional(comparison, &what("lower"), limits.lower, &theirs["lower"]);
    optional(comparison, &what("upper"), limits.upper, &theirs["upper"]);
}

#[test]
fn curves_quantiles_and_follow_up_agree_with_survfit() {
    let figures = load("kaplan_meier");
    let source = format!("R survival {}, survfit", figures["versions"]["survival"].as_str().unwrap());
    for case in array(&figures["cases"]) {
        let table = read(case);
        let mut comparison = Comparison::new("Kaplan–Meier", case["dataset"].as_str().unwrap(), &source);
        for interval in array(&case["intervals"]) {
            let mut compare = |group: Option<&str>, curve: &Value| {
                let at: Vec<String> = array(&curve["at"]).iter().map(|at| at["at"].to_string()).collect();
                let options = format!(
                    "by = \"arm\"\noverall = true\nquantiles = [0.25, 0.5, 0.75]\ninterval = {}\nat = [{}]",
                    interval["interval"],
                    at.join(", ")
                );
                compare_curve(&mut comparison, &run("kaplan_meier", &options, &table), group, curve);
            };
            compare(None, &interval["overall"]);
            for group in array(&interval["groups"]) {
                compare(group["group"].as_str(), &group["curve"]);
            }
        }
        comparison.finish();
    }
}

#[test]
fn differences_at_a_time_agree_with_the_contrast_of_all_groups() {
    let figures = load("kaplan_meier");
    let source = format!("R survival {}, base R", figures["versions"]["survival"].as_str().unwrap());
    for case in array(&figures["cases"]) {
        let (table, at) = (read(case), &case["difference"]["at"]);
        let scales = array(&case["difference"]["scales"]);
        if scales.is_empty() {
            continue;
        }
        let dataset = case["dataset"].as_str().unwrap();
        let mut comparison = Comparison::new("difference of survival", dataset, &source);
        for theirs in scales {
            let options =
                format!("by = \"arm\"\ntest = false\nat = [{at}]\ndifference = {}", theirs["scale"]);
            let results = run("kaplan_meier", &options, &table);
            let own = |row: &&Estimate| row.quantity == Quantity::SurvivalDifference;
            let ours: Vec<&Estimate> = results.estimates.iter().filter(own).collect();
            let what = |figure: &str| format!("{figure} at {at}, {}", theirs["scale"]);
            let groups = array(&theirs["rows"]);
            for (ours, theirs) in ours.iter().zip(groups) {
                comparison.figure(&what("difference"), ours.value.unwrap(), number(&theirs["value"]));
                comparison.figure(&what("error"), ours.std_error.unwrap(), number(&theirs["std_error"]));
                let statistic = ours.test.as_ref().unwrap().statistic.unwrap();
                comparison.figure(&what("test"), statistic, number(&theirs["statistic"]));
            }
            assert_eq!(ours.len(), groups.len() + usize::from(groups.len() > 1));
            if let Some(all) = ours.get(groups.len()) {
                let test = all.test.as_ref().unwrap();
                comparison.figure(&what("test of all"), test.statistic.unwrap(), number(&theirs["all"]));
                assert_eq!(test.df, [groups.len() as f64]);
            }
        }
        comparison.finish();
    }
}

#[test]
fn conditional_survival_agrees_with_survfit() {
    let figures = load("conditional_survival");
    let source =
        format!("R survival {}, survfit, start.time", figures["versions"]["survival"].as_str().unwrap());
    for case in array(&figures["cases"]) {
        let table = read(case);
        let mut comparison =
            Comparison::new("conditional survival", case["dataset"].as_str().unwrap(), &source);
        for interval in array(&case["intervals"]) {
            for group in array(&interval["groups"]) {
                for theirs in array(&group["rows"]) {
                    let options = format!(
                        "by = \"arm\"\ntest = false\ninterval = {}\nconditional = [{}]\nat = [{}]",
                        interval["interval"], theirs["given"], theirs["at"]
                    );
                    let results = run("kaplan_meier", &options, &table);
                    let level = group["group"].as_str();
                    let ours = row(&results, Quantity::ConditionalSurvival, level, theirs["at"].as_f64());
                    let what = |figure: &str| {
                        format!("{figure} over {} after {} in {level:?}", theirs["at"], theirs["given"])
                    };
                    assert_eq!(ours.n, theirs["at_risk"].as_u64(), "{}", what("at risk"));
                    optional(&mut comparison, &what("survival"), ours.value, &theirs["survival"]);
                    // Where nobody has the event in between R prints limits of 1 on log(−log), which has none; where
                    // all have, a standard error that is not a number.
                    if number(&theirs["survival"]) < 1.0 {
                        let limits = ours.interval;
                        optional(&mut comparison, &what("error"), ours.std_error, &theirs["std_error"]);
                        let (lower, upper) = (limits.and_then(|l| l.lower), limits.and_then(|l| l.upper));
                        optional(&mut comparison, &what("lower"), lower, &theirs["lower"]);
                        optional(&mut comparison, &what("upper"), upper, &theirs["upper"]);
                    }
                }
            }
        }
        comparison.finish();
    }
}

#[test]
fn log_rank_tests_agree_with_survdiff() {
    let figures = load("log_rank");
    let source = format!("R survival {}, survdiff", figures["versions"]["survival"].as_str().unwrap());
    for case in array(&figures["cases"]) {
        let table = read(case);
        let mut comparison = Comparison::new("log-rank", case["dataset"].as_str().unwrap(), &source);
        let results = run("log_rank", "by = \"arm\"", &table);
        for (index, level) in array(&case["levels"]).iter().enumerate() {
            let value = |quantity| row(&results, quantity, level.as_str(), None).value.unwrap();
            assert_eq!(value(Quantity::Observed), number(&case["observed"][index]));
            comparison.figure("expected", value(Quantity::Expected), number(&case["expected"][index]));
        }
        let test = row(&results, Quantity::GlobalTest, None, None).test.clone().unwrap();
        comparison.figure("statistic", test.statistic.unwrap(), number(&case["statistic"]));
        comparison.figure("P", test.p_value.unwrap(), number(&case["p_value"]));
        assert_eq!(test.df, [number(&case["df"])]);
        let curves = run("kaplan_meier", "by = \"arm\"", &table);
        assert_eq!(
            row(&curves, Quantity::GlobalTest, None, None).test,
            Some(test),
            "one test, two ways to ask"
        );
        comparison.finish();
    }
}
