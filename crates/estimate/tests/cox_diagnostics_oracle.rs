//! What follows a Cox model, against R's survival package.

mod after_cox;
mod modelling;
mod oracle;
mod residuals;

use after_cox::Case;
use modelling::try_run;
use residuals::{compare_residuals, numbers};
use serde_json::Value;
use study::{Estimate, Quantity, ResidualKind, Results};

fn cases() -> Vec<Case> {
    after_cox::cases("cox_diagnostics", 14)
}

fn tests<'a>(
    results: &'a Results,
    with: impl Fn(&&Estimate) -> bool + 'a,
) -> impl Iterator<Item = &'a Estimate> {
    results.estimates.iter().filter(|row| row.quantity == Quantity::ProportionalHazards).filter(with)
}

#[test]
fn proportional_hazards_agree_with_cox_zph() {
    for case in cases() {
        let mut comparison = case.comparison("proportional_hazards", "cox.zph");
        for theirs in case.frozen["proportional"].as_array().unwrap() {
            let transform = theirs["transform"].as_str().unwrap();
            let ours = case.run("proportional_hazards", &format!("transform = \"{transform}\""));
            let (statistic, p_value) = (numbers(&theirs["statistic"]), numbers(&theirs["p_value"]));
            let whole: Vec<&Estimate> = tests(&ours, |row| row.level.is_none()).collect();
            assert_eq!(whole.len(), statistic.len());
            for (row, (statistic, p_value)) in whole.iter().zip(statistic.iter().zip(&p_value)) {
                let test = row.test.as_ref().unwrap();
                let what = format!("{transform} {:?}", row.term);
                comparison.figure(&what, test.statistic.unwrap(), *statistic);
                comparison.figure(&format!("{what} P"), test.p_value.unwrap(), *p_value);
            }
            let single = |row: &&Estimate| {
                let of_term = |other: &&Estimate| other.term == row.term;
                row.term.is_some() && (row.level.is_some() || tests(&ours, of_term).count() == 1)
            };
            let single: Vec<&Estimate> = tests(&ours, single).collect();
            for (row, statistic) in single.iter().zip(numbers(&theirs["columns"])) {
                comparison.figure(
                    &format!("{transform} {:?}", row.level),
                    row.test.as_ref().unwrap().statistic.unwrap(),
                    statistic,
                );
            }
            let residuals = &ours.residuals[0];
            let scaled: Vec<_> = residuals.of_kind(ResidualKind::ScaledSchoenfeld).collect();
            let lines = theirs["lines"].as_array().unwrap();
            assert_eq!((scaled.len(), ours.smooths.len()), (lines.len(), lines.len()));
            for (j, theirs) in lines.iter().enumerate() {
                let what = format!("{transform} {j}");
                compare_residuals(&mut comparison, &what, residuals, &scaled[j].values, &theirs["y"]);
                let smooth = &ours.smooths[j];
                let largest = smooth.estimate.iter().fold(0.0_f64, |largest, y| largest.max(y.abs()));
                for (k, at) in [0, 9, 19, 29, 39].into_iter().enumerate() {
                    let (line, error) = (numbers(&theirs["line"])[k], numbers(&theirs["std_error"])[k]);
                    comparison.figure(
                        &format!("{what} line"),
                        smooth.estimate[at] + 2.0 * largest,
                        line + 2.0 * largest,
                    );
                    let half = (smooth.upper[at] - smooth.lower[at]) / 2.0 / 1.959_963_984_540_054;
                    comparison.figure(&format!("{what} band"), half, error);
                }
            }
        }
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

#[test]
fn concordance_agrees_with_concordance() {
    for case in cases() {
        let mut comparison = case.comparison("concordance", "concordance");
        let n = vec![1; case.columns[0].values.len()];
        let terms: Vec<&str> =
            case.frozen["terms"].as_array().unwrap().iter().map(|t| t.as_str().unwrap()).collect();
        let complete = |row: usize| {
            case.columns
                .iter()
                .filter(|c| terms.contains(&c.name.as_str()))
                .all(|column| !column.is_missing(row))
        };
        let n: Vec<u64> = n.iter().enumerate().map(|(row, n)| if complete(row) { *n } else { 0 }).collect();
        let mut check = |options: &str, theirs: &Value| {
            let options = format!("endpoint = \"os\"\nscore = \"{}\"\n{options}", case.text("number"));
            let ours = try_run("farr", "concordance", &options, &case.columns, &n).unwrap();
            let row = ours.estimates.iter().find(|row| row.quantity == Quantity::Concordance).unwrap();
            comparison.figure(&options, row.value.unwrap(), theirs["value"].as_f64().unwrap());
            let variance = theirs["variance"].as_f64().unwrap();
            comparison.figure(&format!("{options} error"), row.std_error.unwrap(), variance.sqrt());
        };
        let theirs = &case.frozen["number_concordance"];
        for (weights, theirs) in ["harrell", "survival", "schemper", "uno", "at_risk"]
            .iter()
            .zip(theirs["pooled"].as_array().unwrap())
        {
            check(&format!("time_weights = \"{weights}\""), theirs);
        }
        check(&format!("stratum = \"{}\"", case.text("stratum")), &theirs["stratified"]);
        comparison.finish();
    }
}

#[test]
fn predicted_survival_agrees_with_survfit() {
    for case in cases() {
        let at = numbers(&case.frozen["at"]);
        let theirs = case.frozen["profiles"].as_array().unwrap();
        let profile = |(index, theirs): (usize, &Value)| {
            let values = theirs["values"].as_object().unwrap();
            let values =
                values.iter().map(|(term, value)| format!("{term} = {value}")).collect::<Vec<_>>().join(", ");
            format!("{{ label = \"P{index}\", {values} }}")
        };
        let profiles = theirs.iter().enumerate().map(profile).collect::<Vec<_>>().join(", ");
        let mut comparison = case.comparison("predicted_survival", "survfit.coxph");
        for (interval, key) in [("log", "log"), ("log_log", "log_log"), ("plain", "plain")] {
            let options = format!(
                "at = {at:?}\nmean = true\ninterval = \"{interval}\"\nprofiles = [{profiles}]\nadjusted_by = \"{}\"",
                case.text("stratum")
            );
            let ours = case.run("predicted_survival", &options);
            let find = |quantity, group: &str, at: f64| {
                let same = |row: &&Estimate| {
                    row.quantity == quantity && row.group.as_deref() == Some(group) && row.at == Some(at)
                };
                ours.estimates.iter().find(same).unwrap()
            };
            let groups = theirs.iter().enumerate().map(|(index, theirs)| (format!("P{index}"), theirs));
            for (group, theirs) in
                groups.chain([("Mean of the covariates".to_string(), &case.frozen["mean_curve"])])
            {
                for (k, time) in at.iter().enumerate() {
                    let row = find(Quantity::Survival, &group, *time);
                    let hazard = find(Quantity::CumulativeHazard, &group, *time);
                    let survival = row.value.unwrap();
                    comparison.figure("survival", survival, numbers(&theirs["survival"])[k]);
                    comparison.figure("hazard", hazard.value.unwrap(), numbers(&theirs["hazard"])[k]);
                    comparison.figure(
                        "its error",
                        hazard.std_error.unwrap() * survival,
                        numbers(&theirs["std_error"])[k],
                    );
                    comparison.figure("error", row.std_error.unwrap(), numbers(&theirs["std_error"])[k]);
                    if let Some(limits) = theirs.get(key) {
                        let limits = numbers(limits);
                        let interval = row.interval.as_ref().unwrap();
                        comparison.figure("lower", interval.lower.unwrap(), limits[2 * k]);
                        comparison.figure("upper", interval.upper.unwrap(), limits[2 * k + 1]);
                    }
                }
            }
            for (k, theirs) in case.frozen["adjusted"].as_array().unwrap().iter().enumerate() {
                let (theirs, time) = (theirs.as_array().unwrap(), at[k]);
                let of = |quantity| {
                    let own = move |row: &&Estimate| {
                        row.quantity == quantity && row.term.is_some() && row.at == Some(time)
                    };
                    ours.estimates.iter().filter(own).collect::<Vec<_>>()
                };
                let (survival, differences) = (of(Quantity::Survival), of(Quantity::SurvivalDifference));
                assert_eq!((survival.len(), differences.len()), (theirs.len(), theirs.len() - 1));
                for (row, theirs) in survival.iter().zip(theirs) {
                    comparison.figure("adjusted", row.value.unwrap(), theirs["value"].as_f64().unwrap());
                    comparison.figure(
                        "adjusted error",
                        row.std_error.unwrap(),
                        theirs["std_error"].as_f64().unwrap(),
                    );
                }
                for (row, theirs) in differences.iter().zip(&theirs[1..]) {
                    let scale = 1.0;
                    comparison.figure(
                        "difference",
                        row.value.unwrap() + scale,
                        theirs["difference"].as_f64().unwrap() + scale,
                    );
                    comparison.figure(
                        "difference error",
                        row.std_error.unwrap(),
                        theirs["difference_error"].as_f64().unwrap(),
                    );
                }
            }
        }
        comparison.finish();
    }
}
