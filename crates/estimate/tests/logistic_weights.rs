//! Weighted and clustered logistic regression and score intervals, by hand and against R.

mod modelling;
mod oracle;

use modelling::{close, columns, global, ratio, separated, try_run, two_by_two, value};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, IntervalMethod, Model, Notice, Quantity, Results, TestName};

const MULTI: Model = Model::Multivariable;

fn logistic(options: &str, columns: &[Column], n: &[u64]) -> Results {
    try_run("farr", "logistic", &format!("outcome = \"y\"\n{options}"), columns, n).unwrap()
}

fn log_error(results: &Results) -> (f64, f64) {
    let row = ratio(results, MULTI, "x", Some("yes"));
    (row.value.unwrap().ln(), row.std_error.unwrap())
}

/// By hand, `logistic`: the robust variance of a fourfold table is Woolf’s times N/(N − 1).
#[test]
fn of_four_cells_the_sandwich_is_the_usual_variance() {
    // A saturated model: its squared residuals are what it expects, so only the factor N/(N − 1) is left.
    let (columns, n) = two_by_two([15, 10, 20, 40]);
    let results = logistic("terms = [\"x\"]\nvariance = \"robust\"", &columns, &n);
    let (beta, error) = log_error(&results);
    close(beta, (15.0f64 * 40.0 / (10.0 * 20.0)).ln(), 1e-12);
    let usual: f64 = [15.0, 10.0, 20.0, 40.0].iter().map(|n: &f64| 1.0 / n).sum();
    close(error * error, usual * 85.0 / 84.0, 1e-10);
    // A likelihood ratio is no test then.
    assert_eq!(global(&results, MULTI, None, TestName::LikelihoodRatio), None);
    close(global(&results, MULTI, None, TestName::Wald).unwrap().0, (beta / error).powi(2), 1e-10);
    assert!(!results.estimates.iter().any(|row| row.quantity == Quantity::Aic));
}

/// Identity, `logistic`: frequencies are patients listed one by one, and the unit of sampling weights is of no account.
#[test]
fn weights_of_both_kinds() {
    let (mut columns, n) = two_by_two([15, 10, 20, 40]);
    columns.push(Column::number("w", vec![3.0, 1.0, 2.0, 5.0]));
    let options = "terms = [\"x\"]\nweights = \"w\"\nweight_kind = ";
    let counted = logistic(&format!("{options}\"frequency\""), &columns, &n);
    let (plain, more) = two_by_two([45, 10, 40, 200]);
    let listed = logistic("terms = [\"x\"]", &plain, &more);
    assert_eq!(counted.estimates, listed.estimates);
    assert_eq!(counted.participants.analysed, 295);
    let sampled = logistic(&format!("{options}\"sampling\""), &columns, &n);
    let (beta, error) = log_error(&sampled);
    close(beta, log_error(&listed).0, 1e-12);
    // Σ (w Σ of a cell)² would be its square: of each cell w² n / (w n)² = 1 / n.
    let usual: f64 = [15.0, 10.0, 20.0, 40.0].iter().map(|n: &f64| 1.0 / n).sum();
    close(error * error, usual * 85.0 / 84.0, 1e-10);
    assert_eq!((sampled.participants.analysed, sampled.options["variance"].as_str()), (85, Some("robust")));
    // Who has no weight is left out and counted.
    columns[2] = Column::number("w", vec![3.0, 1.0, 2.0, f64::NAN]);
    for (kind, analysed) in [("sampling", 45), ("frequency", 95)] {
        let results = logistic(&format!("{options}\"{kind}\""), &columns, &n);
        assert!(results.notices.contains(&Notice::MissingExcluded { variable: "w".into(), n: 40 }), "{kind}");
        assert_eq!(results.participants.analysed, analysed, "{kind}");
    }
}

/// Identity, `logistic`: in whatever unit sampling weights are given, ratios and errors keep their digits.
/// Identity, `cox`: in whatever unit sampling weights are given, ratios and errors keep their digits.
#[test]
fn the_unit_of_sampling_weights_is_of_no_account() {
    let size = 200_u32;
    let x: Vec<f64> = (0..size).map(|i| f64::from(i * 37 % 101) / 20.0).collect();
    let flag = |of: &dyn Fn(u32) -> bool| (0..size).map(|i| Some(of(i))).collect::<Vec<_>>();
    let y = |i: u32| f64::from(i * 53 % 89) / 89.0 < 1.0 / (1.0 + (3.0 - x[i as usize]).exp());
    let times: Vec<f64> = (0..size).map(|i| f64::from(1 + i * 29 % 97)).collect();
    let events: Vec<bool> = (0..size).map(|i| i % 3 > 0).collect();
    let run = |method: &str, asked: &str, unit: f64| {
        let weights = (0..size).map(|i| unit * f64::from(1 + i % 7)).collect();
        let columns = [
            Column::flag("y", &flag(&y)),
            Column::number("x", x.clone()),
            Column::flag("z", &flag(&|i| i % 5 < 2)),
            Column::number("w", weights),
        ];
        let columns: Vec<Column> = columns.into_iter().chain(modelling::endpoint(&times, &events)).collect();
        let options = format!("{asked}\nterms = [\"x\", \"z\"]\nweights = \"w\"\nweight_kind = \"sampling\"");
        let results = try_run("farr", method, &options, &columns, &vec![1; size as usize]).unwrap();
        let row = ratio(&results, MULTI, "x", None);
        (row.value.unwrap(), row.std_error.unwrap())
    };
    for (method, asked) in [("logistic", "outcome = \"y\""), ("cox", "endpoint = \"os\"")] {
        let (value, error) = run(method, asked, 1.0);
        for unit in [1e-12, 1e-9, 1e-3, 1e6, 1e11] {
            let (other, other_error) = run(method, asked, unit);
            close(other, value, 1e-11);
            close(other_error, error, 1e-11);
        }
    }
}

/// Identity, `logistic`: a cluster of three alike patients has the variance of one patient.
#[test]
fn a_cluster_of_alike_patients_is_one_patient() {
    // Each of 24 patients, seen once alone and once three times in a cluster.
    let flag = |name: &str, times: usize, of: &dyn Fn(usize) -> bool| {
        Column::flag(name, &(0..24 * times).map(|i| Some(of(i / times))).collect::<Vec<_>>())
    };
    let fitted = |times: usize| {
        let cluster = (0..24 * times).map(|i| (i / times) as f64).collect();
        let columns = [
            flag("y", times, &|i| i % 3 == 0 || i % 7 == 1),
            flag("x", times, &|i| i % 2 == 0),
            Column::number("z", (0..24 * times).map(|i| (i / times * 5 % 11) as f64).collect()),
            Column::number("hospital", cluster),
        ];
        logistic("terms = [\"x\", \"z\"]\ncluster = \"hospital\"", &columns, &vec![1; 24 * times])
    };
    let (alone, together) = (fitted(1), fitted(3));
    for (a, b) in alone.estimates.iter().zip(&together.estimates).filter(|(a, _)| a.std_error.is_some()) {
        close(b.value.unwrap(), a.value.unwrap(), 1e-9);
        close(b.std_error.unwrap(), a.std_error.unwrap(), 1e-9);
    }
    let few = Notice::FewClusters { variable: "hospital".into(), clusters: 24 };
    assert!(alone.notices.contains(&few) && together.notices.contains(&few));
}

#[test]
fn a_level_of_one_cluster_and_a_singular_sandwich_are_told() {
    // Two flags, three hospitals: with as many clusters less one as parameters the sandwich has rank 2 of 3.
    let flag = |name: &str, of: &dyn Fn(usize) -> bool| {
        Column::flag(name, &(0..60).map(|i| Some(of(i))).collect::<Vec<_>>())
    };
    let hospital = (0..60).map(|i| (i % 3) as f64).collect();
    let columns = [
        flag("y", &|i| i % 2 == 0 || i % 7 == 1),
        flag("x", &|i| i % 3 == 0 && i % 4 < 2),
        flag("z", &|i| i % 5 < 2),
        flag("u", &|i| i % 11 < 6),
        Column::number("hospital", hospital),
    ];
    let results = logistic("terms = [\"x\", \"z\", \"u\"]\ncluster = \"hospital\"", &columns, &[1; 60]);
    assert_eq!(global(&results, MULTI, None, TestName::Wald), None);
    // Only the first hospital has patients with x.
    let one = |term: &str, level: &str| Notice::OneCluster { term: term.into(), level: level.into() };
    assert!(results.notices.contains(&one("x", "yes")), "{:?}", results.notices);
    assert!(!results.notices.contains(&one("x", "no")) && !results.notices.contains(&one("z", "yes")));
    let whole = results.estimates.iter().filter(|row| row.quantity == Quantity::GlobalTest);
    let tests: Vec<_> = whole.filter_map(|row| row.test.as_ref()).filter(|test| test.df == [3.0]).collect();
    assert!(tests.iter().all(|test| test.statistic.is_none() && test.p_value.is_none()), "{tests:?}");
}

/// Identity, `logistic`: the score test of a fourfold table is Pearson’s, and at the score limits χ² is the quantile.
#[test]
fn of_four_cells_the_score_test_is_pearsons() {
    let [a, b, c, d] = [15.0f64, 10.0, 20.0, 40.0];
    let (columns, n) = two_by_two([15, 10, 20, 40]);
    let results = logistic("terms = [\"x\"]\ninterval = \"score\"", &columns, &n);
    let row = ratio(&results, MULTI, "x", Some("yes"));
    let test = row.test.as_ref().unwrap();
    assert_eq!(test.name, TestName::Score);
    let pearson = 85.0 * (a * d - b * c).powi(2) / ((a + b) * (c + d) * (a + c) * (b + d));
    close(test.statistic.unwrap(), pearson, 1e-10);
    close(global(&results, MULTI, Some("x"), TestName::Score).unwrap().0, pearson, 1e-10);
    let interval = row.interval.unwrap();
    assert_eq!(interval.method, IntervalMethod::Score);
    for limit in [interval.lower.unwrap(), interval.upper.unwrap()] {
        // The cells with these margins and this odds ratio, by bisection: their χ² is the quantile.
        let odds = |e: f64| e * (d - a + e) / ((a + b - e) * (a + c - e));
        let (mut low, mut high) = ((a - d).max(0.0), (a + b).min(a + c));
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if odds(middle) < limit { low = middle } else { high = middle }
        }
        let variance = 1.0 / low + 1.0 / (a + b - low) + 1.0 / (a + c - low) + 1.0 / (d - a + low);
        close((a - low).powi(2) * variance, 1.959_963_984_540_054f64.powi(2), 1e-9);
    }
}

#[test]
fn an_infinite_ratio_has_one_score_limit() {
    let (columns, n) = two_by_two([15, 0, 20, 40]);
    let results = logistic("terms = [\"x\"]\ninterval = \"score\"", &columns, &n);
    assert_eq!(separated(&results), [("x", Some("yes"))]);
    let row = ratio(&results, MULTI, "x", Some("yes"));
    let pearson = 75.0 * (15.0f64 * 40.0).powi(2) / (15.0 * 60.0 * 35.0 * 40.0);
    close(row.test.as_ref().unwrap().statistic.unwrap(), pearson, 1e-9);
    let interval = row.interval.unwrap();
    assert!(interval.lower.unwrap() > 1.0 && interval.upper.is_none());
    // Beside the robust variance a separated level is still named, and the others have finite errors.
    let robust = logistic("terms = [\"x\"]\nvariance = \"robust\"", &columns, &n);
    assert_eq!(separated(&robust), [("x", Some("yes"))]);
}

/// With an intercept the scores of a level add up to 0: where each level is a cluster of its own, none has any spread.
#[test]
fn levels_that_are_the_clusters_have_no_robust_error() {
    let (mut columns, n) = two_by_two([3, 7, 2, 11]);
    columns.push(Column::category("c", &["p", "q"], vec![0, 0, 1, 1]));
    let results = logistic("terms = [\"x\"]\ncluster = \"c\"", &columns, &n);
    let row = ratio(&results, MULTI, "x", Some("yes"));
    assert!(row.value.is_some() && row.std_error.is_none() && row.interval.is_none() && row.test.is_none());
    let told = Notice::NoRobustVariance { term: "x".into(), level: Some("yes".into()) };
    assert!(results.notices.contains(&told), "{:?}", results.notices);
}

#[test]
fn one_event_and_one_cluster() {
    let (mut columns, _) = two_by_two([1, 1, 1, 1]);
    columns.push(Column::category("c", &["only"], vec![0; 4]));
    // One cluster has no variance: nothing that is not a number comes out.
    let results = logistic("terms = [\"x\"]\ncluster = \"c\"", &columns, &[15, 10, 20, 40]);
    let row = ratio(&results, MULTI, "x", Some("yes"));
    assert!(row.value.is_some() && row.std_error.is_none() && row.interval.is_none() && row.test.is_none());
    let few = results.notices.iter().find(|notice| matches!(notice, Notice::FewClusters { clusters: 1, .. }));
    assert!(few.unwrap().to_string().contains("there are no robust standard errors"));
    assert!(!results.notices.iter().any(|notice| matches!(notice, Notice::UnboundedInterval { .. })));
    let score = logistic("terms = [\"x\"]\ninterval = \"score\"", &columns, &[1, 10, 0, 40]);
    assert!(ratio(&score, MULTI, "x", Some("yes")).interval.unwrap().lower.is_some());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (mut columns, n) = two_by_two([15, 10, 20, 40]);
    columns.push(Column::number("w", vec![3.0, 1.0, 2.0, -5.0]));
    for (options, expected) in [
        ("weights = \"w\"", "what the weights stand for"),
        ("weights = \"w\"\nweight_kind = \"sampling\"", "not above 0"),
        ("weights = \"w\"\nweight_kind = \"frequency\"", "no number of patients"),
        ("cluster = \"w\"\nvariance = \"model\"", "is robust"),
        ("cluster = \"w\"\npenalty = \"firth\"", "neither robust variance"),
        ("cluster = \"w\"\ninterval = \"profile\"", "Wald’s"),
        ("cluster = \"w\"\ninterval = \"bootstrap\"", "Wald’s"),
        ("penalty = \"firth\"\ninterval = \"score\"", "score interval of a penalized"),
        ("weights = \"x\"\nweight_kind = \"frequency\"", "cannot be `weights` too"),
    ] {
        let options = format!("outcome = \"y\"\nterms = [\"x\"]\n{options}");
        let problem = try_run("farr", "logistic", &options, &columns, &n).unwrap_err();
        assert!(problem.to_string().contains(expected), "{options}: {problem}");
    }
}

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn compare_test(comparison: &mut Comparison, what: &str, ours: (f64, f64, f64), theirs: &Value) {
    assert_eq!(ours.1, figure(&theirs["df"]), "{what}");
    comparison.figure(&format!("{what} statistic"), ours.0, figure(&theirs["statistic"]));
    comparison.figure(&format!("{what} P"), ours.2, figure(&theirs["p_value"]));
}

fn compare_model(comparison: &mut Comparison, ours: &Results, theirs: &Value) {
    for column in theirs["columns"].as_array().unwrap() {
        let (term, level) = (column["term"].as_str().unwrap(), column["level"].as_str());
        let row = ratio(ours, MULTI, term, level);
        let (beta, error) = (figure(&column["beta"]), figure(&column["std_error"]));
        comparison.figure(&format!("{term} {level:?}"), row.value.unwrap(), beta.exp());
        comparison.figure(&format!("{term} {level:?} error"), row.std_error.unwrap(), error);
        let limit = (beta + 1.959_963_984_540_054 * error).exp();
        comparison.figure(&format!("{term} {level:?} upper"), row.interval.unwrap().upper.unwrap(), limit);
    }
    for test in theirs["tests"].as_array().unwrap().iter().filter(|test| figure(&test["wald"]["df"]) > 1.0) {
        let term = test["term"].as_str();
        compare_test(
            comparison,
            &format!("{term:?}"),
            global(ours, MULTI, term, TestName::Wald).unwrap(),
            &test["wald"],
        );
    }
    comparison.figure(
        "intercept",
        value(ours, MULTI, None, Quantity::Intercept),
        figure(&theirs["intercept"][0]),
    );
}

fn compare_score(comparison: &mut Comparison, ours: &Results, theirs: &Value) {
    for column in theirs["columns"].as_array().unwrap() {
        let (term, level) = (column["term"].as_str().unwrap(), column["level"].as_str());
        let row = ratio(ours, MULTI, term, level);
        let interval = row.interval.unwrap();
        comparison.figure(
            &format!("{term} lower"),
            interval.lower.unwrap(),
            figure(&column["limits"][0]).exp(),
        );
        comparison.figure(
            &format!("{term} upper"),
            interval.upper.unwrap(),
            figure(&column["limits"][1]).exp(),
        );
        let test = row.test.as_ref().unwrap();
        compare_test(
            comparison,
            &format!("{term} {level:?}"),
            (test.statistic.unwrap(), test.df[0], test.p_value.unwrap()),
            &column["test"],
        );
    }
    for test in theirs["tests"].as_array().unwrap() {
        let term = test["term"].as_str();
        let found = global(ours, MULTI, term, TestName::Score).unwrap();
        compare_test(comparison, &format!("{term:?}"), found, &test["score"]);
    }
}

#[test]
fn weights_clusters_and_score_intervals_agree_with_r() {
    let oracle = load("logistic_weights");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 8);
    for case in cases {
        let (name, outcome) = (case["name"].as_str().unwrap(), case["outcome"].as_str().unwrap());
        let columns = columns(&case["data"], &[(outcome, outcome)]);
        let kind = case["kind"].as_str().unwrap();
        let mut options = format!("outcome = \"{outcome}\"\nterms = {}\n", case["terms"]);
        if let Some(weights) = case["weights"].as_str() {
            let kind = if kind == "frequency" { kind } else { "sampling" };
            options.push_str(&format!("weights = \"{weights}\"\nweight_kind = \"{kind}\"\n"));
        }
        match (kind, case["cluster"].as_str()) {
            ("score", _) => options.push_str("interval = \"score\""),
            ("robust", Some(cluster)) => options.push_str(&format!("cluster = \"{cluster}\"")),
            ("robust", None) => options.push_str("variance = \"robust\""),
            _ => {}
        }
        let n = vec![1; columns[0].values.len()];
        let ours = try_run("farr", "logistic", &options, &columns, &n).unwrap();
        let (told, source) = match kind {
            "score" => ("score intervals", "R 4.2.2, base R and anova.glm"),
            "robust" => ("robust variance", "R 4.2.2 survey svyglm, sandwich vcovCL"),
            _ => ("frequency weights", "R 4.2.2 glm"),
        };
        let mut comparison = Comparison::new("logistic", &format!("{name}, {told}"), source);
        if kind == "score" {
            compare_score(&mut comparison, &ours, case);
        } else {
            compare_model(&mut comparison, &ours, &case["model"]);
        }
        match kind {
            "robust" => {
                let whole = global(&ours, MULTI, None, TestName::Wald).unwrap();
                compare_test(&mut comparison, "whole", whole, &case["model"]["whole"]);
            }
            "frequency" => {
                let likelihood = value(&ours, MULTI, None, Quantity::LogLikelihood);
                comparison.figure("log-likelihood", likelihood, figure(&case["log_likelihood"]));
                assert_eq!(ours.participants.analysed as f64, figure(&case["patients"]));
            }
            _ => {}
        }
        comparison.finish();
    }
}
