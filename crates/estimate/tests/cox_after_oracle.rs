//! What follows a Cox model with strata, delayed entry, intervals, weights, clusters and causes, against R's
//! survival package.

mod after_cox;
mod modelling;
mod oracle;
mod residuals;

use after_cox::{Case, figure};
use modelling::try_run;
use residuals::numbers;
use serde_json::Value;
use study::{Column, Estimate, Notice, Quantity, ResidualKind, ResidualUnit};

fn cases() -> Vec<Case> {
    after_cox::cases("cox_after", 26)
}

/// The columns where the rows are known to be intervals of patients; none where a patient has one row.
fn of_patients(case: &Case) -> Option<Vec<Column>> {
    let mut columns = case.columns.clone();
    columns.iter_mut().find(|column| column.name == "patient")?.name = "os.patient".into();
    Some(columns)
}

#[test]
fn proportional_hazards_agree_with_cox_zph() {
    for case in cases() {
        let mut comparison = case.comparison("proportional_hazards", "cox.zph");
        case.compare_proportional(&mut comparison);
        comparison.finish();
    }
}

#[test]
fn residuals_agree_with_residuals_coxph() {
    for case in cases() {
        let mut comparison = case.comparison("cox_residuals", "residuals.coxph");
        case.compare_residuals(&mut comparison);
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
        let by_patient = of_patients(&case).map(|columns| (columns, without, patients));
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
            match of_patients(&case) {
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
        case.compare_profiles(&mut comparison);
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

/// Whose hazard it is that is followed, and that its survival is no share of patients, is told.
#[test]
fn the_cause_is_told() {
    let case = cases().into_iter().find(|case| case.text("options") == "cause = \"competing\"").unwrap();
    let ours = case.run("predicted_survival", "");
    assert!(ours.methods_text[0].starts_with("A Cox model of Competing event was fitted"));
    assert!(
        ours.methods_text.iter().any(|text| text.contains("with the competing event (os) were censored"))
    );
    let told = |notice: &Notice| matches!(notice, Notice::Other { message } if message.contains("`predicted_incidence`"));
    assert!(ours.notices.iter().any(told));
    let label = &ours.variables.iter().find(|variable| variable.name == "os").unwrap().label;
    assert_eq!(label, "Competing event");
}
