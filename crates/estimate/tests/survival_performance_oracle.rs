//! How well a Cox model predicts, against riskRegression, pec and survival.

mod modelling;
mod oracle;

use modelling::{columns, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Estimate, Quantity, Results};

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn row<'a>(ours: &'a Results, quantity: Quantity, level: Option<&str>, at: Option<f64>) -> &'a Estimate {
    let same = |row: &&Estimate| row.quantity == quantity && row.level.as_deref() == level && row.at == at;
    ours.estimates.iter().find(same).unwrap_or_else(|| panic!("no {quantity:?} {level:?} {at:?}"))
}

#[test]
fn figures_agree_with_those_of_r() {
    compare("survival_performance", 6, "riskRegression, pec, survival 3.5-3");
}

#[test]
fn figures_of_weights_and_clusters_agree_with_those_of_r() {
    compare("survival_performance_weights", 4, "by hand, survival 3.5-3");
}

fn compare(oracle: &str, least: usize, source: &str) {
    let frozen = load(oracle);
    let cases = frozen["cases"].as_array().unwrap();
    assert!(cases.len() >= least);
    for case in cases {
        let columns = columns(&case["data"], &[("event", "os.event")]);
        let at = numbers(&case["at"]);
        let more = case["options"].as_str().map_or(String::new(), |options| {
            let performance = options.lines().filter(|line| !line.starts_with("variance"));
            format!("groups = 5\n{}", performance.collect::<Vec<_>>().join("\n"))
        });
        let options =
            format!("endpoint = \"os\"\nterms = {}\nat = {at:?}\nties = \"efron\"\n{more}", case["terms"]);
        let n = vec![1; columns[0].values.len()];
        let ours = try_run("farr", "survival_performance", &options, &columns, &n).unwrap();
        let name = case["name"].as_str().unwrap();
        let mut comparison = Comparison::new("survival_performance", name, &format!("R 4.2.2 {source}"));
        let figure = |value: &Value| value.as_f64().unwrap();
        for (k, t) in at.iter().enumerate() {
            let of = |key: &str| numbers(&case[key])[k];
            let auc = row(&ours, Quantity::Auc, None, Some(*t));
            let brier = row(&ours, Quantity::Brier, None, Some(*t));
            let without = row(&ours, Quantity::Brier, Some("without_terms"), Some(*t));
            comparison.figure("AUC", auc.value.unwrap(), of("auc"));
            comparison.figure("Brier", brier.value.unwrap(), of("brier"));
            comparison.figure("Brier without terms", without.value.unwrap(), of("null"));
            let accuracy = row(&ours, Quantity::PredictionAccuracy, None, Some(*t)).value.unwrap();
            comparison.figure("accuracy", accuracy, 1.0 - of("brier") / of("null"));
            if !case["auc_error"].is_null() {
                comparison.figure("AUC error", auc.std_error.unwrap(), of("auc_error"));
                comparison.figure("Brier error", brier.std_error.unwrap(), of("brier_error"));
            }
            let own = |row: &&Estimate| {
                row.quantity == Quantity::ObservedRisk && row.group.as_deref() == Some(t.to_string().as_str())
            };
            let groups: Vec<&Estimate> = ours.estimates.iter().filter(own).collect();
            let theirs = case["groups"][k].as_array().unwrap();
            assert_eq!(groups.len(), theirs.len(), "{name} {t}");
            for (ours, theirs) in groups.iter().zip(theirs) {
                assert_eq!(ours.of.unwrap() as f64, figure(&theirs["patients"]), "{name} {t}");
                comparison.figure("predicted", ours.at.unwrap(), figure(&theirs["predicted"]));
                assert_eq!(ours.value.is_none(), theirs["observed"].is_null(), "{name} {t}");
                let Some(value) = ours.value else { continue };
                assert_eq!(ours.n.unwrap() as f64, figure(&theirs["events"]), "{name} {t}");
                comparison.figure("observed", value, figure(&theirs["observed"]));
                let Some(interval) = ours.interval.filter(|_| !theirs["lower"].is_null()) else { continue };
                comparison.figure("error", ours.std_error.unwrap(), figure(&theirs["std_error"]));
                comparison.figure("lower", interval.lower.unwrap() + 1.0, figure(&theirs["lower"]) + 1.0);
                comparison.figure("upper", interval.upper.unwrap(), figure(&theirs["upper"]));
            }
        }
        let horizon = Some(at[2]);
        let integrated = |level| row(&ours, Quantity::IntegratedBrier, level, horizon).value.unwrap();
        comparison.figure("integrated", integrated(None), figure(&case["integrated"]));
        comparison.figure(
            "without terms",
            integrated(Some("without_terms")),
            figure(&case["integrated_null"]),
        );
        for (key, level, at) in [("harrell", None, None), ("uno", Some("uno"), horizon)] {
            let found = row(&ours, Quantity::Concordance, level, at);
            if case[key].is_null() {
                continue;
            }
            let theirs = numbers(&case[key]);
            comparison.figure(key, found.value.unwrap(), theirs[0]);
            comparison.figure(&format!("{key} error"), found.std_error.unwrap(), theirs[1]);
        }
        comparison.finish();
    }
}
