//! Rubin's rules and the models of imputation against R.

mod modelling;
mod oracle;

use estimate::imputation::multinomial::Multinomial;
use estimate::imputation::ordinal::ProportionalOdds;
use estimate::imputation::{Pooling, pool, rubin};
use estimate::likelihood::{Likelihood, maximise};
use estimate::numerics::distributions::t_quantile;
use estimate::numerics::symmetric::inverse;
use modelling::table::Table;
use modelling::{endpoint, ratio, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, Estimate, Model, Quantity, Results, Test, TestName};

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// The columns of each completed data set.
fn sets(file: &str) -> Vec<Vec<Column>> {
    let all = Table::at(file);
    let set = |number: &str| -> Vec<Column> {
        let own = all.only("set", number);
        let [time, event] = endpoint(&own.numbers("time"), &own.ones("died"));
        let mut columns = vec![
            time,
            event,
            own.flag("died"),
            own.levels("stage", &["2", "3", "4"]),
            own.levels("hepato", &["0", "1"]),
            own.levels("sex", &["m", "f"]),
        ];
        columns.extend(["age", "lbili", "albumin", "chol"].map(|name| own.number(name)));
        columns
    };
    (1..=7).map(|number| set(&number.to_string())).collect()
}

fn pooled(sets: &[Vec<Column>], method: &str, options: &str) -> Results {
    let one = |columns: &Vec<Column>| {
        try_run("farr", method, options, columns, &vec![1; columns[0].values.len()]).unwrap()
    };
    let results: Vec<Results> = sets.iter().map(one).collect();
    pool(&results, &results[0], Pooling::new(0.95))
}

/// The row of R's coefficient `name`.
fn row<'a>(results: &'a Results, name: &str) -> Option<&'a Estimate> {
    let (term, level) = match name {
        "(Intercept)" => return None,
        _ if name.starts_with("stage") => ("stage", Some(&name[5..])),
        "hepato1" => ("hepato", Some("1")),
        _ => (name, None),
    };
    Some(ratio(results, Model::Multivariable, term, level))
}

fn compare_rows(comparison: &mut Comparison, results: &Results, theirs: &Value) {
    for theirs in theirs.as_array().unwrap() {
        let name = theirs["name"].as_str().unwrap();
        let Some(row) = row(results, name) else { continue };
        let pooled = row.pooled.unwrap();
        let limits = row.interval.unwrap();
        let mut figure =
            |what: &str, ours: f64| comparison.figure(&format!("{name} {what}"), ours, number(&theirs[what]));
        // Of the ratio as of its logarithm: near 1 the logarithm has lost the digits.
        figure("within", pooled.within);
        figure("between", pooled.between);
        figure("total", row.std_error.unwrap().powi(2));
        figure("df", pooled.df.unwrap());
        figure("fmi", pooled.fraction_missing);
        figure("lower", limits.lower.unwrap());
        figure("upper", limits.upper.unwrap());
        figure("p", row.test.as_ref().unwrap().p_value.unwrap());
        comparison.figure(&format!("{name} estimate"), row.value.unwrap(), number(&theirs["estimate"]).exp());
    }
}

/// The intercept has the degrees of freedom of its model too.
fn compare_intercept(comparison: &mut Comparison, results: &Results, theirs: &Value) {
    let row = results.estimates.iter().find(|row| row.quantity == Quantity::Intercept).unwrap();
    let pooled = row.pooled.unwrap();
    comparison.figure("intercept", row.value.unwrap(), number(&theirs["estimate"]));
    comparison.figure("intercept df", pooled.df.unwrap(), number(&theirs["df"]));
    comparison.figure("intercept P", row.test.as_ref().unwrap().p_value.unwrap(), number(&theirs["p"]));
}

fn compare_test(comparison: &mut Comparison, what: &str, ours: &Test, theirs: &Value) {
    comparison.figure(&format!("{what} F"), ours.statistic.unwrap(), number(&theirs["f"]).max(0.0));
    comparison.figure(&format!("{what} numerator"), ours.df[0], number(&theirs["df1"]));
    comparison.figure(&format!("{what} denominator"), ours.df[1], number(&theirs["df2"]));
    comparison.figure(&format!("{what} P"), ours.p_value.unwrap(), number(&theirs["p"]));
}

fn global<'a>(results: &'a Results, term: Option<&str>, name: TestName) -> &'a Test {
    let found = results
        .estimates
        .iter()
        .filter(|row| row.quantity == Quantity::GlobalTest && row.term.as_deref() == term);
    found.filter_map(|row| row.test.as_ref()).find(|test| test.name == name).unwrap()
}

const TERMS: &str = "terms = [\"age\", \"lbili\", \"albumin\", \"chol\", \"stage\", \"hepato\"]";

#[test]
fn logistic_models_are_pooled_as_mice_pools_them() {
    let rubin = &load("imputation")["rubin"][0];
    let sets = sets(rubin["data"].as_str().unwrap());
    let results = pooled(&sets, "logistic", &format!("outcome = \"died\"\n{TERMS}"));
    let mut comparison =
        Comparison::new("Rubin’s rules: logistic", "pbc, 7 completed sets", "R 4.2.2, mice 3.15.0");
    compare_rows(&mut comparison, &results, &rubin["logistic"]);
    compare_intercept(&mut comparison, &results, &rubin["logistic"][0]);
    compare_test(
        &mut comparison,
        "D1",
        global(&results, Some("stage"), TestName::Wald),
        &rubin["logistic_d1"],
    );
    compare_test(
        &mut comparison,
        "D2",
        global(&results, Some("stage"), TestName::LikelihoodRatio),
        &rubin["logistic_d2"],
    );
    comparison.finish();
}

#[test]
fn cox_models_are_pooled_as_mice_pools_them() {
    let rubin = &load("imputation")["rubin"][0];
    let sets = sets(rubin["data"].as_str().unwrap());
    let results = pooled(&sets, "cox", &format!("endpoint = \"os\"\n{TERMS}"));
    let mut comparison =
        Comparison::new("Rubin’s rules: Cox", "pbc, 7 completed sets", "R 4.2.2, mice 3.15.0, survival");
    compare_rows(&mut comparison, &results, &rubin["cox"]);
    compare_test(&mut comparison, "D1", global(&results, Some("stage"), TestName::Wald), &rubin["cox_d1"]);
    compare_test(&mut comparison, "D1 of all", global(&results, None, TestName::Wald), &rubin["cox_all_d1"]);
    compare_test(
        &mut comparison,
        "D2",
        global(&results, Some("stage"), TestName::LikelihoodRatio),
        &rubin["cox_d2"],
    );
    comparison.finish();
}

#[test]
fn means_and_tests_of_table_one_are_pooled() {
    let rubin = &load("imputation")["rubin"][0];
    let sets = sets(rubin["data"].as_str().unwrap());
    let options = "by = \"sex\"\nvariables = [\"stage\", \"chol\"]\ntests = { categorical = \"pearson\" }";
    let results = pooled(&sets, "baseline", options);
    let mut comparison =
        Comparison::new("Rubin’s rules: means, χ²", "pbc, 7 completed sets", "R 4.2.2, mice 3.15.0");
    let find = |quantity: Quantity, term: &str, group: Option<&str>| {
        let same = |row: &&Estimate| {
            row.quantity == quantity && row.term.as_deref() == Some(term) && row.group.as_deref() == group
        };
        results.estimates.iter().find(same).unwrap()
    };
    let (mean, theirs) = (find(Quantity::Mean, "chol", None), &rubin["mean_albumin"]);
    comparison.figure("mean", mean.value.unwrap(), number(&theirs["estimate"]));
    comparison.figure("df", mean.pooled.unwrap().df.unwrap(), number(&theirs["df"]));
    comparison.figure("fmi", mean.pooled.unwrap().fraction_missing, number(&theirs["fmi"]));
    let test = find(Quantity::Association, "stage", None).test.as_ref().unwrap();
    compare_test(&mut comparison, "Pearson D2", test, &rubin["pearson_d2"]);
    comparison.finish();
}

#[test]
fn tests_of_means_follow_rubins_rules() {
    let rubin = &load("imputation")["rubin"][0];
    let sets = sets(rubin["data"].as_str().unwrap());
    let mut comparison =
        Comparison::new("Rubin’s rules: tests of means", "pbc, 7 completed sets", "R 4.2.2, mice 3.15.0");
    let test = |test: &str, by: &str| {
        let options = format!(
            "by = \"{by}\"\nvariables = [\"chol\"]\ncontinuous = \"mean_sd\"\ntests = {{ continuous = \"{test}\" }}"
        );
        let results = pooled(&sets, "baseline", &options);
        let row = results.estimates.into_iter().find(|row| row.quantity == Quantity::Association);
        row.and_then(|row| row.test).unwrap()
    };
    for name in ["student", "welch"] {
        let theirs = &rubin[name];
        let ours = test(name, "sex");
        comparison.figure(&format!("{name} t"), ours.statistic.unwrap(), number(&theirs["statistic"]));
        comparison.figure(&format!("{name} df"), ours.df[0], number(&theirs["df"]));
        comparison.figure(&format!("{name} P"), ours.p_value.unwrap(), number(&theirs["p"]));
        // The difference itself has the same test, and an interval by it.
        let options = format!("variable = \"chol\"\nby = \"sex\"\nmeans = \"{name}\"");
        let results = pooled(&sets, "location", &options);
        let row = results.estimates.iter().find(|row| row.quantity == Quantity::MeanDifference).unwrap();
        let own = row.test.as_ref().unwrap();
        comparison.figure(&format!("{name} P of the difference"), own.p_value.unwrap(), number(&theirs["p"]));
        let (value, upper) = (row.value.unwrap(), row.interval.unwrap().upper.unwrap());
        let half = t_quantile(0.975, number(&theirs["df"])) * value / number(&theirs["statistic"]);
        comparison.figure("limit", upper - value, half.abs());
    }
    compare_test(&mut comparison, "analysis of variance", &test("anova", "stage"), &rubin["anova_d1"]);
    comparison.finish();
}

#[test]
fn likelihood_ratios_are_pooled_by_d3() {
    let frozen = &load("imputation")["rubin"][0];
    let ours = rubin::d3(&numbers(&frozen["own"]), &numbers(&frozen["at"]), 2.0).unwrap();
    let theirs = &frozen["logistic_d3"];
    let mut comparison = Comparison::new("D₃", "pbc, 7 completed sets", "R 4.2.2");
    comparison.figure("F", ours.f, number(&theirs["f"]));
    comparison.figure("denominator", ours.df2, number(&theirs["df2"]));
    comparison.figure("increase", ours.increase, number(&theirs["r"]));
    comparison.figure("P", ours.p_value, number(&theirs["p"]));
    comparison.finish();
}

#[test]
fn models_of_levels_are_those_of_polr_and_multinom() {
    for case in load("imputation")["models"].as_array().unwrap() {
        let (x, weight) = (numbers(&case["x"]), numbers(&case["weight"]));
        let (columns, levels) = (number(&case["columns"]) as usize, number(&case["levels"]) as usize);
        let level: Vec<usize> = numbers(&case["level"]).iter().map(|level| *level as usize).collect();
        let kind = case["kind"].as_str().unwrap();
        let maximum = match kind {
            "ordinal" => {
                let model = ProportionalOdds { x: &x, columns, level: &level, levels, weight: &weight };
                maximise(&model, model.start(), &[], 100)
            }
            _ => {
                let model = Multinomial { x: &x, columns, level: &level, levels, weight: &weight };
                maximise(&model, model.start(), &[], 100)
            }
        };
        assert!(maximum.converged);
        let source =
            if kind == "ordinal" { "R 4.2.2 MASS::polr + Newton" } else { "R 4.2.2 nnet::multinom + Newton" };
        let mut comparison =
            Comparison::new(&format!("Imputation model: {kind}"), case["name"].as_str().unwrap(), source);
        let covariance = inverse(&maximum.at.information).unwrap();
        let (theirs, p) = (numbers(&case["covariance"]), maximum.beta.len());
        comparison.figure("log-likelihood", maximum.at.value, number(&case["value"]));
        for (index, beta) in numbers(&case["beta"]).into_iter().enumerate() {
            comparison.figure(&format!("coefficient {index}"), maximum.beta[index], beta);
            comparison.figure(
                &format!("variance {index}"),
                covariance[(index, index)],
                theirs[index * p + index],
            );
        }
        comparison.finish();
    }
}
