//! What follows a Cox model with strata, delayed entry, intervals, weights and clusters, against R's survival package.

mod modelling;
mod oracle;
mod residuals;

use modelling::{columns, try_run};
use oracle::{Comparison, load};
use residuals::{compare_residuals, numbers};
use serde_json::Value;
use study::{Column, Estimate, Quantity, ResidualKind, ResidualUnit, Results};

const SOURCE: &str = "R 4.2.2 survival 3.5-3";

struct Case {
    frozen: Value,
    columns: Vec<Column>,
}

impl Case {
    fn text(&self, key: &str) -> &str {
        self.frozen[key].as_str().unwrap()
    }

    fn model(&self) -> String {
        let (terms, ties, options) = (&self.frozen["terms"], self.text("ties"), self.text("options"));
        format!("endpoint = \"os\"\nterms = {terms}\nties = \"{ties}\"\n{options}\n")
    }

    fn try_with(&self, columns: &[Column], method: &str, options: &str) -> Results {
        let found = try_run("farr", method, options, columns, &vec![1; columns[0].values.len()]);
        found.unwrap_or_else(|problem| panic!("{} {method}: {problem}", self.text("name")))
    }

    fn run(&self, method: &str, more: &str) -> Results {
        self.try_with(&self.columns, method, &format!("{}{more}", self.model()))
    }

    /// The columns where the rows are known to be intervals of patients; none where a patient has one row.
    fn of_patients(&self) -> Option<Vec<Column>> {
        let mut columns = self.columns.clone();
        columns.iter_mut().find(|column| column.name == "patient")?.name = "os.patient".into();
        Some(columns)
    }

    fn comparison(&self, method: &str, what: &str) -> Comparison {
        Comparison::new(method, self.text("name"), &format!("{SOURCE} {what}"))
    }
}

fn cases() -> Vec<Case> {
    let frozen = load("cox_after");
    let cases = frozen["cases"].as_array().unwrap();
    assert!(cases.len() >= 24);
    let case = |case: &Value| Case {
        columns: columns(&case["data"], &[("event", "os.event")]),
        frozen: case.clone(),
    };
    cases.iter().map(case).collect()
}

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn proportional_hazards_agree_with_cox_zph() {
    for case in cases() {
        let mut comparison = case.comparison("proportional_hazards", "cox.zph");
        for theirs in case.frozen["proportional"].as_array().unwrap() {
            let transform = theirs["transform"].as_str().unwrap();
            let ours = case.run("proportional_hazards", &format!("transform = \"{transform}\""));
            let whole =
                |row: &&Estimate| row.quantity == Quantity::ProportionalHazards && row.level.is_none();
            let whole: Vec<&Estimate> = ours.estimates.iter().filter(whole).collect();
            let (statistic, p_value) = (numbers(&theirs["statistic"]), numbers(&theirs["p_value"]));
            assert_eq!(whole.len(), statistic.len());
            for (row, (statistic, p_value)) in whole.iter().zip(statistic.iter().zip(&p_value)) {
                let test = row.test.as_ref().unwrap();
                let what = format!("{transform} {:?}", row.term);
                comparison.figure(&what, test.statistic.unwrap(), *statistic);
                comparison.figure(&format!("{what} P"), test.p_value.unwrap(), *p_value);
            }
        }
        comparison.finish();
    }
}

#[test]
fn residuals_agree_with_residuals_coxph() {
    for case in cases() {
        let ours = case.run("cox_residuals", "");
        let theirs = &case.frozen["residuals"];
        let mut comparison = case.comparison("cox_residuals", "residuals.coxph");
        let of = |unit| ours.residuals.iter().find(|residuals| residuals.unit == unit).unwrap();
        let (rows, events) = (of(ResidualUnit::CountedRow), of(ResidualUnit::Event));
        for (residuals, kind, key) in [
            (rows, ResidualKind::Martingale, "martingale"),
            (rows, ResidualKind::Deviance, "deviance"),
            (rows, ResidualKind::NullMartingale, "null"),
            (rows, ResidualKind::Displacement, "displacement"),
            (rows, ResidualKind::Score, "score"),
            (rows, ResidualKind::Dfbeta, "dfbeta"),
            (rows, ResidualKind::Dfbetas, "dfbetas"),
            (events, ResidualKind::Schoenfeld, "schoenfeld"),
            (events, ResidualKind::ScaledSchoenfeld, "scaled_schoenfeld"),
        ] {
            let columns: Vec<_> = residuals.of_kind(kind).collect();
            let one = std::slice::from_ref(&theirs[key]);
            let theirs = theirs[key].as_array().map_or(one, Vec::as_slice);
            assert_eq!(columns.len(), theirs.len(), "{key}");
            for (column, theirs) in columns.iter().zip(theirs) {
                let what = format!("{key} {:?} {:?}", column.term, column.level);
                compare_residuals(&mut comparison, &what, residuals, &column.values, theirs);
            }
        }
        comparison.finish();
    }
}

/// A patient of several rows, and a cluster, is left out as a whole.
#[test]
fn those_left_out_together_agree_with_collapsed_residuals() {
    let mut compared = [0, 0];
    for case in cases() {
        let (patients, cluster) =
            (&case.frozen["collapsed"]["patient"], &case.frozen["collapsed"]["cluster"]);
        let without = case.model().replace("cluster = \"patient\"", "variance = \"robust\"");
        let by_patient = case.of_patients().map(|columns| (columns, without, patients));
        let by_cluster = (!cluster.is_null()).then(|| (case.columns.clone(), case.model(), cluster));
        for (at, (columns, options, theirs)) in [by_patient, by_cluster].into_iter().flatten().enumerate() {
            compared[at] += 1;
            let ours = case.try_with(&columns, "cox_residuals", &options);
            let most = |found: &&study::Residuals| found.unit == ResidualUnit::MostInfluential;
            let most = ours.residuals.iter().find(most).unwrap();
            let mut comparison = case.comparison("cox_residuals", "residuals.coxph, collapsed");
            for (kind, key) in [
                (ResidualKind::Displacement, "displacement"),
                (ResidualKind::Deviance, "deviance"),
                (ResidualKind::Martingale, "martingale"),
            ] {
                let found = most.column(kind, None, None).unwrap();
                let theirs = numbers(&theirs[key]);
                assert_eq!(found.len(), theirs.len());
                for (ours, theirs) in found.iter().zip(theirs) {
                    comparison.figure(key, ours.unwrap() + 2.0, theirs + 2.0);
                }
            }
            comparison.finish();
        }
    }
    assert!(compared[0] >= 8 && compared[1] >= 2, "{compared:?}");
}

#[test]
fn concordance_agrees_with_concordance() {
    for case in cases() {
        let options: Vec<&str> =
            case.text("options").lines().filter(|line| !line.starts_with("variance")).collect();
        let strata = options.iter().find_map(|line| line.strip_prefix("strata = "));
        if strata.is_some_and(|strata| strata.contains(',')) {
            continue;
        }
        let named = format!("{} {}", case.frozen["terms"], options.join(" "));
        let complete = |row: usize| {
            let needed = |column: &&Column| named.contains(&format!("\"{}\"", column.name));
            case.columns.iter().filter(needed).all(|column| !column.is_missing(row))
        };
        let n: Vec<u64> = (0..case.columns[0].values.len()).map(|row| u64::from(complete(row))).collect();
        let options = options.join("\n").replace("strata = [", "stratum = ").replace(']', "");
        let without: Vec<&str> = options.lines().filter(|line| !line.starts_with("cluster")).collect();
        let mut comparison = case.comparison("concordance", "concordance");
        let mut check = |columns: &[Column], more: &str, theirs: &Value| {
            let options = format!("endpoint = \"os\"\nscore = \"{}\"\n{more}", case.text("number"));
            let ours = try_run("farr", "concordance", &options, columns, &n).unwrap();
            let row = ours.estimates.iter().find(|row| row.quantity == Quantity::Concordance).unwrap();
            comparison.figure(&options, row.value.unwrap(), figure(&theirs["value"]));
            let error = figure(&theirs["variance"]).sqrt();
            comparison.figure(&format!("{options} error"), row.std_error.unwrap(), error);
        };
        for (weights, theirs) in case.frozen["concordance"].as_object().unwrap() {
            let more = format!("time_weights = \"{weights}\"\n{}", without.join("\n"));
            check(&case.columns, &more, theirs);
        }
        if !case.frozen["clustered"].is_null() {
            match case.of_patients() {
                Some(columns) => check(&columns, &without.join("\n"), &case.frozen["clustered"]),
                None => check(&case.columns, &options, &case.frozen["clustered"]),
            }
        }
        comparison.finish();
    }
}

#[test]
fn predicted_survival_agrees_with_survfit() {
    for case in cases() {
        let mut comparison = case.comparison("predicted_survival", "survfit.coxph");
        for theirs in case.frozen["profiles"].as_array().unwrap() {
            let values = theirs["values"].as_object().unwrap().iter();
            let values: Vec<String> = values.map(|(term, value)| format!("{term} = {value}")).collect();
            let at = numbers(&theirs["at"]);
            let more = format!(
                "at = {at:?}\ninterval = \"log_log\"\nprofiles = [{{ label = \"P\", {} }}]",
                values.join(", ")
            );
            let ours = case.run("predicted_survival", &more);
            assert_eq!(ours.curves.len(), 1, "the profile names its stratum");
            for (k, at) in at.iter().enumerate() {
                let find = |quantity| {
                    let own = |row: &&Estimate| row.quantity == quantity && row.at == Some(*at);
                    ours.estimates.iter().find(own).unwrap()
                };
                let (row, hazard) = (find(Quantity::Survival), find(Quantity::CumulativeHazard));
                let of = |key: &str| numbers(&theirs[key])[k];
                comparison.figure("survival", row.value.unwrap(), of("survival"));
                comparison.figure("error", row.std_error.unwrap(), of("std_error"));
                comparison.figure("hazard", hazard.value.unwrap(), of("hazard"));
                let interval = row.interval.unwrap();
                comparison.figure("lower", interval.lower.unwrap(), of("lower"));
                comparison.figure("upper", interval.upper.unwrap(), of("upper"));
            }
        }
        let at = numbers(&case.frozen["at"]);
        for (at, theirs) in at.iter().zip(case.frozen["adjusted"].as_array().unwrap()) {
            let more = format!("at = [{at}]\nadjusted_by = \"{}\"", case.text("factor"));
            let ours = case.run("predicted_survival", &more);
            let of = |quantity| -> Vec<&Estimate> {
                ours.estimates.iter().filter(|row| row.quantity == quantity).collect()
            };
            let (survival, differences) = (of(Quantity::Survival), of(Quantity::SurvivalDifference));
            let theirs = theirs.as_array().unwrap();
            assert_eq!((survival.len(), differences.len()), (theirs.len(), theirs.len() - 1));
            for (row, theirs) in survival.iter().zip(theirs) {
                comparison.figure("adjusted", row.value.unwrap(), figure(&theirs["value"]));
                comparison.figure("adjusted error", row.std_error.unwrap(), figure(&theirs["std_error"]));
            }
            for (row, theirs) in differences.iter().zip(&theirs[1..]) {
                let (value, error) = (row.value.unwrap(), row.std_error.unwrap());
                comparison.figure("difference", value + 1.0, figure(&theirs["difference"]) + 1.0);
                comparison.figure("difference error", error, figure(&theirs["difference_error"]));
            }
        }
        comparison.finish();
    }
}
