//! What follows a Cox model in strata, intervals and clusters: identities and refusals.

mod modelling;

use modelling::{close, endpoint, run, try_run};
use study::{Column, Estimate, Quantity, ResidualKind, ResidualUnit, Results};

/// Thirty patients: time, event and a number.
fn patients() -> Vec<(f64, bool, f64)> {
    (0..30).map(|i| (f64::from(1 + i * 7 % 13), i % 4 != 1, f64::from(i * 5 % 11))).collect()
}

/// Entry, time, event, number and patient.
type Row = (f64, f64, bool, f64, usize);

/// One row a patient, or two for those who are followed beyond 5, with entry and patient.
fn columns(split: bool) -> Vec<Column> {
    let mut rows: Vec<Row> = Vec::new();
    for (id, (time, event, x)) in patients().into_iter().enumerate() {
        let cut = split && time > 5.0;
        if cut {
            rows.push((0.0, 5.0, false, x, id));
        }
        rows.push((if cut { 5.0 } else { 0.0 }, time, event, x, id));
    }
    let of = |value: &dyn Fn(&Row) -> f64| rows.iter().map(value).collect::<Vec<f64>>();
    let events: Vec<bool> = rows.iter().map(|row| row.2).collect();
    let [time, event] = endpoint(&of(&|row| row.1), &events);
    let mut columns = vec![time, event, Column::number("x", of(&|row| row.3))];
    let third = |row: &Row| (row.4 % 3) as u32;
    columns.push(Column::category("site", &["a", "b", "c"], rows.iter().map(third).collect()));
    if split {
        columns.push(Column::number("os.entry", of(&|row| row.0)));
        columns.push(Column::number("os.patient", of(&|row| row.4 as f64)));
    }
    columns
}

fn values(results: &Results, quantity: Quantity) -> Vec<(Option<f64>, Option<f64>)> {
    let own = |row: &&Estimate| row.quantity == quantity;
    let figures = |row: &Estimate| {
        let statistic = row.test.as_ref().and_then(|test| test.statistic);
        (row.value.or(statistic), row.std_error)
    };
    results.estimates.iter().filter(own).map(figures).collect()
}

/// Identity, `proportional_hazards`, `predicted_survival`, `concordance`, `cox_residuals`: cutting the follow-up of
/// patients in two whose covariates do not change changes nothing.
#[test]
fn intervals_of_a_patient_are_the_patient() {
    let (whole, cut) = (columns(false), columns(true));
    for strata in ["", "strata = [\"site\"]\n"] {
        let model = format!("endpoint = \"os\"\nterms = [\"x\"]\nvariance = \"model\"\n{strata}");
        let score = format!(
            "endpoint = \"os\"\nscore = \"x\"\n{}",
            strata.replace("strata = [", "stratum = ").replace(']', "")
        );
        for (method, options, quantity) in [
            ("proportional_hazards", format!("{model}transform = \"km\""), Quantity::ProportionalHazards),
            (
                "predicted_survival",
                format!("{model}at = [3, 8]\nprofiles = [{{ label = \"P\", x = 4 }}]"),
                Quantity::Survival,
            ),
            ("concordance", score.clone(), Quantity::Concordance),
            ("concordance", format!("{score}time_weights = \"survival\""), Quantity::Concordance),
            ("concordance", format!("{score}time_weights = \"at_risk\"\nhorizon = 9"), Quantity::Concordance),
        ] {
            let [one, two] = [&whole, &cut].map(|columns| run(method, &options, columns));
            let [first, second] = [&one, &two].map(|results| values(results, quantity));
            assert!(!first.is_empty() && first.len() == second.len(), "{method} {options}");
            for ((a, error), (b, other)) in first.iter().zip(&second) {
                close(b.unwrap(), a.unwrap(), 1e-10);
                if let (Some(error), Some(other)) = (error, other) {
                    close(*other, *error, 1e-10);
                }
            }
            assert_eq!(one.participants.analysed, two.participants.analysed, "{method}");
            assert_eq!(one.groups.last(), two.groups.last(), "{method}");
        }
        let [one, two] = [&whole, &cut].map(|columns| {
            let results = run("cox_residuals", &model, columns);
            let most =
                results.residuals.iter().find(|found| found.unit == ResidualUnit::MostInfluential).unwrap();
            [ResidualKind::Displacement, ResidualKind::Deviance, ResidualKind::Martingale]
                .map(|kind| most.column(kind, None, None).unwrap().to_vec())
        });
        for (a, b) in one.iter().flatten().zip(two.iter().flatten()) {
            assert!((a.unwrap() - b.unwrap()).abs() < 1e-10, "{a:?} {b:?}");
        }
    }
}

/// Identity, `cox_residuals`: the dfbetas of a cluster are the sums of those of its patients, and all add up to 0.
#[test]
fn the_influence_of_a_cluster_is_that_of_its_patients_together() {
    let options = "endpoint = \"os\"\nterms = [\"x\"]\n";
    let alone = run("cox_residuals", options, &columns(false));
    let together = run("cox_residuals", &format!("{options}cluster = \"site\""), &columns(false));
    let rows = alone.residuals.iter().find(|found| found.unit == ResidualUnit::CountedRow).unwrap();
    let most = together.residuals.iter().find(|found| found.unit == ResidualUnit::MostInfluential).unwrap();
    assert_eq!(most.n.iter().sum::<u64>(), 30);
    let sites = most.column(ResidualKind::Value, Some("site"), None).unwrap();
    let changes = most.column(ResidualKind::Dfbeta, Some("x"), None).unwrap();
    let all = rows.column(ResidualKind::Dfbeta, Some("x"), None).unwrap();
    let sum = |values: &[Option<f64>]| values.iter().map(|value| value.unwrap()).sum::<f64>();
    assert_eq!((sites.len(), changes.len()), (3, 3));
    assert!(sum(changes).abs() < 1e-12 && sum(all).abs() < 1e-12);
    // The site of a row is told apart by the residuals of the clustered run.
    let site = |id: usize| (id % 3) as f64;
    for (cluster, change) in sites.iter().zip(changes) {
        let mut expected = 0.0;
        for (id, (time, event, x)) in patients().into_iter().enumerate() {
            if Some(site(id)) == *cluster {
                let values = rows.column(ResidualKind::Value, Some("x"), None).unwrap();
                let at = (0..all.len())
                    .find(|at| rows.time[*at] == time && rows.event[*at] == event && values[*at] == Some(x));
                expected += all[at.unwrap()].unwrap();
            }
        }
        close(change.unwrap(), expected, 1e-10);
    }
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_place() {
    let model = "endpoint = \"os\"\nterms = [\"x\"]\nstrata = [\"site\"]\n";
    let refused = |method: &str, options: &str, split: bool| {
        let columns = columns(split);
        let n = vec![1; columns[0].values.len()];
        try_run("farr", method, options, &columns, &n).unwrap_err()
    };
    let stranger = format!("{model}profiles = [{{ label = \"P\", x = 3, site = \"d\" }}]");
    let adjusted = "endpoint = \"os\"\nterms = [\"site\", \"x\"]\nadjusted_by = \"site\"";
    for (method, options, split, message) in [
        ("predicted_survival", stranger.as_str(), false, "no patient is in the stratum"),
        ("predicted_survival", adjusted, true, "change with time"),
        ("concordance", "endpoint = \"os\"\nscore = \"x\"\ntime_weights = \"uno\"", true, "delayed entry"),
        (
            "concordance",
            "endpoint = \"os\"\nscore = \"x\"\nweights = \"site\"",
            false,
            "what the weights stand for",
        ),
        ("survival_performance", "endpoint = \"os\"\nterms = [\"x\"]\nat = [3]", true, "delayed entry"),
        (
            "cox_residuals",
            "endpoint = \"os\"\nterms = [\"x\"]\nstrata = [\"x\"]",
            false,
            "a stratum and a term",
        ),
        ("proportional_hazards", "endpoint = \"os\"\nterms = [\"x\"]\nties = \"exact\"", false, "exact ties"),
    ] {
        let problem = refused(method, options, split);
        assert!(problem.message.contains(message), "{method}: {problem}");
        assert!(problem.place.is_some() && problem.help.is_some(), "{method}: {problem}");
    }
}

/// Identity, `proportional_hazards`, `cox_residuals`, `predicted_survival`: a row with a frequency is as many patients
/// listed one by one.
#[test]
fn frequencies_are_as_many_rows() {
    let times: Vec<f64> = (0..30).map(|i| f64::from(1 + i * 7 % 17)).collect();
    let events: Vec<bool> = (0..30).map(|i| i % 3 != 1).collect();
    let [time, event] = endpoint(&times, &events);
    let x = Column::number("x", (0..30).map(|i| f64::from(i * 5 % 11)).collect());
    let n: Vec<u64> = (0..30).map(|i| 1 + i % 3).collect();
    let frequency = Column::number("f", n.iter().map(|n| *n as f64).collect());
    let own = vec![time, event, x];
    let weighted = [&own[..], &[frequency]].concat();
    for (method, more) in
        [("proportional_hazards", ""), ("cox_residuals", ""), ("predicted_survival", "at = [5, 9]\n")]
    {
        let options = format!("endpoint = \"os\"\nterms = [\"x\"]\n{more}");
        let counted = try_run("farr", method, &options, &own, &n).unwrap();
        let weights = format!("{options}weights = \"f\"\nweight_kind = \"frequency\"");
        let found = run(method, &weights, &weighted);
        assert_eq!((found.estimates, found.residuals), (counted.estimates, counted.residuals), "{method}");
        assert!(found.variables.iter().any(|variable| variable.name == "f"), "{method}");
    }
}
