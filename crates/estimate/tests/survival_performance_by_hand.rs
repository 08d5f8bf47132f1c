//! How well a Cox model predicts: closed forms and identities.

mod modelling;

use modelling::{close, endpoint, run, try_run};
use study::{Column, Estimate, Notice, Quantity, Results};

fn columns(times: &[f64], events: &[bool], x: &[f64]) -> Vec<Column> {
    let [time, event] = endpoint(times, events);
    vec![time, event, Column::number("x", x.to_vec())]
}

fn value(results: &Results, quantity: Quantity, level: Option<&str>, at: f64) -> f64 {
    let same = |row: &&Estimate| {
        row.quantity == quantity && row.level.as_deref() == level && row.group.is_none() && row.at == Some(at)
    };
    results.estimates.iter().find(same).unwrap().value.unwrap()
}

const OPTIONS: &str = "endpoint = \"os\"\nterms = [\"x\"]\n";

/// Six patients who all have the event, x a flag: by 3 three have had it, with x = 1, 1, 0; three are free, x = 1, 0, 0.
///
/// By hand, `survival_performance`: six patients who all have the event: AUC 6/9, Brier scores and groups of risk from
/// the predicted survival.
#[test]
fn six_patients_without_censoring() {
    let columns = columns(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[true; 6], &[1.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
    let results = run("survival_performance", &format!("{OPTIONS}at = [3]\ngroups = 2"), &columns);
    // Pairs won: two of x = 1 win against two of x = 0 and tie with one; one of x = 0 loses one and ties two.
    close(value(&results, Quantity::Auc, None, 3.0), (2.0 * 2.5 + 1.0) / 9.0, 1e-14);
    let profiles = "profiles = [{ label = \"a\", x = 1 }, { label = \"b\", x = 0 }]";
    let predicted = run("predicted_survival", &format!("{OPTIONS}at = [3]\n{profiles}"), &columns);
    let survival: Vec<f64> = predicted
        .estimates
        .iter()
        .filter(|row| row.quantity == Quantity::Survival)
        .map(|row| row.value.unwrap())
        .collect();
    let [s1, s0] = survival[..] else { panic!("{survival:?}") };
    let errors = [s1 * s1, s1 * s1, s0 * s0, (1.0 - s1).powi(2), (1.0 - s0).powi(2), (1.0 - s0).powi(2)];
    let mean = errors.iter().sum::<f64>() / 6.0;
    close(value(&results, Quantity::Brier, None, 3.0), mean, 1e-13);
    // Without terms half are predicted to be free, and half are.
    close(value(&results, Quantity::Brier, Some("without_terms"), 3.0), 0.25, 1e-14);
    close(value(&results, Quantity::PredictionAccuracy, None, 3.0), 1.0 - mean / 0.25, 1e-12);
    let error = errors.iter().map(|error| (error - mean).powi(2)).sum::<f64>().sqrt() / 6.0;
    let brier = results.estimates.iter().find(|row| row.quantity == Quantity::Brier).unwrap();
    close(brier.std_error.unwrap(), error, 1e-12);
    // Without terms B is k(6 − k)/36 after k events: its mean until 3 is that after 1 and 2, from 0.
    let integrated = value(&results, Quantity::IntegratedBrier, Some("without_terms"), 3.0);
    close(integrated, (5.0 / 36.0 + 8.0 / 36.0) / 3.0, 1e-14);
    // Two groups: x = 0, of whom one had the event, and x = 1, of whom two had.
    let groups: Vec<&Estimate> =
        results.estimates.iter().filter(|row| row.quantity == Quantity::ObservedRisk).collect();
    let [low, high] = groups[..] else { panic!("{groups:?}") };
    close(low.at.unwrap(), 1.0 - s0, 1e-12);
    close(low.value.unwrap(), 1.0 / 3.0, 1e-14);
    close(high.value.unwrap(), 2.0 / 3.0, 1e-14);
    assert_eq!((low.n, low.of, high.n, high.of), (Some(1), Some(3), Some(2), Some(3)));
}

/// Identity, `survival_performance`: splitting counted rows and units change nothing, and twice the patients have
/// errors shorter by √2.
#[test]
fn splitting_a_counted_row_and_units_change_nothing() {
    let times: Vec<f64> = (0..24).map(|i| f64::from(1 + i * 7 % 12)).collect();
    let events: Vec<bool> = (0..24).map(|i| i % 3 != 1).collect();
    let x: Vec<f64> = (0..24).map(|i| f64::from(i * 5 % 11)).collect();
    // Under Breslow's ties twice the patients have the same coefficient.
    let options = format!("{OPTIONS}at = [3, 8]\ngroups = 3\nties = \"breslow\"");
    let own = columns(&times, &events, &x);
    let repeated = columns(&times.repeat(2), &events.repeat(2), &x.repeat(2));
    let counted = try_run("farr", "survival_performance", &options, &own, &[2; 24]).unwrap();
    let split = try_run("farr", "survival_performance", &options, &repeated, &[1; 48]).unwrap();
    assert_eq!(counted, split);
    // Twice as many patients: the same figures, and standard errors shorter by √2.
    let once = run("survival_performance", &options, &own);
    // The knots of the calibration curve, and quantiles along it, are those of so many patients.
    let curve = |row: &Estimate| {
        use Quantity::{CalibrationE50, CalibrationE90, CalibrationEmax, CalibrationIndex};
        matches!(row.quantity, CalibrationIndex | CalibrationE50 | CalibrationE90 | CalibrationEmax)
    };
    let pairs = once.estimates.iter().zip(&counted.estimates);
    for (one, two) in pairs.filter(|(one, _)| !curve(one)) {
        let (Some(a), Some(b)) = (one.value, two.value) else { continue };
        close(a, b, 1e-9);
        if let (Some(a), Some(b)) = (one.std_error, two.std_error) {
            close(a, b * 2f64.sqrt(), 1e-9);
        }
    }
    let scaled: Vec<f64> = x.iter().map(|x| x * 1e12).collect();
    let other = run("survival_performance", &options, &columns(&times, &events, &scaled));
    close(value(&other, Quantity::Brier, None, 8.0), value(&once, Quantity::Brier, None, 8.0), 1e-9);
}

#[test]
fn what_cannot_be_computed_is_said() {
    let columns = columns(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[true; 6], &[1.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
    let results = run("survival_performance", &format!("{OPTIONS}at = [0.5, 3, 9]"), &columns);
    // By 0.5 nobody had the event; until 9 nobody was followed.
    assert!(
        results.notices.iter().any(|n| matches!(n, Notice::Other { message } if message.contains("no AUC")))
    );
    assert!(results.notices.contains(&Notice::BeyondFollowUp { group: None, at: 9.0, last: 6.0 }));
    assert_eq!(value(&results, Quantity::Brier, None, 0.5), 0.0);
    assert!(results.estimates.iter().all(|row| row.quantity != Quantity::IntegratedBrier));
    let refused = |options: &str| {
        let options = format!("{OPTIONS}{options}");
        try_run("farr", "survival_performance", &options, &columns, &[1; 6]).unwrap_err()
    };
    for (options, message) in [
        ("at = []", "no time is named"),
        ("at = [-1]", "-1"),
        ("at = [3]\nhorizon = 0", "until time 0"),
        ("at = [3]\ngroups = 1", "not between 2 and 100"),
        ("at = [3]\nties = \"exact\"", "exact ties"),
    ] {
        let problem = refused(options);
        assert!(problem.message.contains(message), "{options}: {problem}");
        assert!(problem.place.is_some(), "{options}");
    }
}

/// Twelve columns of noise seem to predict; the bootstrap takes most of that off again, and the same each time.
#[test]
fn optimism_of_noise_is_taken_off() {
    let mixed = |i: u64, j: u64| {
        let a = (i * 7919 + j * 104_729 + 17) % 1009;
        ((a * a + 31 * i + (i * j) % 97) % 1009) as f64
    };
    let times: Vec<f64> = (1..=150).map(|i| 1.0 + mixed(i, 90)).collect();
    let events: Vec<bool> = (1..=150).map(|i| mixed(i, 91) < 700.0).collect();
    let [time, event] = endpoint(&times, &events);
    let noise = (1..=12).map(|j| Column::number(&format!("x{j}"), (1..=150).map(|i| mixed(i, j)).collect()));
    let columns: Vec<Column> = [time, event].into_iter().chain(noise).collect();
    let terms: Vec<String> = (1..=12).map(|j| format!("\"x{j}\"")).collect();
    let options = format!("endpoint = \"os\"\nterms = [{}]\nat = [300]\nbootstrap = 60", terms.join(", "));
    let results = run("survival_performance", &options, &columns);
    let figure = |quantity, level: Option<&str>, at: Option<f64>| {
        let same = |row: &&Estimate| {
            row.quantity == quantity && row.level.as_deref() == level && row.group.is_none() && row.at == at
        };
        results.estimates.iter().find(same).unwrap_or_else(|| panic!("{quantity:?} {level:?}")).value.unwrap()
    };
    for (quantity, at) in [
        (Quantity::Concordance, None),
        (Quantity::CalibrationSlope, None),
        (Quantity::Auc, Some(300.0)),
        (Quantity::Brier, Some(300.0)),
        (Quantity::CalibrationIndex, Some(300.0)),
        (Quantity::CalibrationE50, Some(300.0)),
        (Quantity::CalibrationE90, Some(300.0)),
        (Quantity::CalibrationEmax, Some(300.0)),
    ] {
        let [apparent, optimism, corrected] =
            [None, Some("optimism"), Some("corrected")].map(|level| figure(quantity, level, at));
        close(apparent - optimism, corrected, 1e-12);
        // The errors along the curve have their limits from the bootstrap alone, and look smaller than they are.
        if matches!(quantity, Quantity::CalibrationIndex | Quantity::CalibrationE90) {
            assert!(optimism < 0.0, "{quantity:?}");
            let rows: Vec<&Estimate> =
                results.estimates.iter().filter(|row| row.quantity == quantity).collect();
            let [apparent, _, corrected] = rows[..] else { panic!("{quantity:?}") };
            assert!(apparent.std_error.unwrap() > 0.0 && apparent.std_error == corrected.std_error);
            let limits = corrected.interval.unwrap();
            assert!(limits.lower.unwrap() < corrected.value.unwrap());
            assert!(limits.upper.unwrap() > corrected.value.unwrap());
        }
    }
    let [apparent, corrected] =
        [None, Some("corrected")].map(|level| figure(Quantity::Concordance, level, None));
    assert!(apparent > 0.55 && (corrected - 0.5).abs() < apparent - 0.5, "{apparent} {corrected}");
    close(figure(Quantity::CalibrationSlope, None, None), 1.0, 1e-9);
    let slope = figure(Quantity::CalibrationSlope, Some("corrected"), None);
    assert!(slope < 0.9, "a model of noise must be shrunk: {slope}");
    assert!(figure(Quantity::Brier, Some("optimism"), Some(300.0)) < 0.0);
    assert_eq!(results, run("survival_performance", &options, &columns));
}

/// Times, events and a number of 40 patients, of whom each has a number from 1 to 3.
fn forty() -> (Vec<Column>, Vec<f64>) {
    let times: Vec<f64> = (0..40).map(|i| f64::from(1 + i * 7 % 23)).collect();
    let events: Vec<bool> = (0..40).map(|i| i % 3 != 1).collect();
    let x: Vec<f64> = (0..40).map(|i| f64::from(i * 5 % 11) + f64::from(i % 7)).collect();
    (columns(&times, &events, &x), (0..40).map(|i| f64::from(1 + i * 3 % 7 % 3)).collect())
}

/// Identity, `survival_performance`: a frequency is as many rows, and equal sampling weights or a cluster for each
/// patient change nothing.
#[test]
fn weights_and_clusters_that_say_nothing_change_nothing() {
    let (own, times) = forty();
    let [a, b] = &own[..2] else { panic!("two columns at least") };
    let with = |name: &str, values: Vec<f64>| {
        vec![a.clone(), b.clone(), own[2].clone(), Column::number(name, values)]
    };
    let options = format!("{OPTIONS}at = [6, 14]\ngroups = 3\nbootstrap = 50\n");
    let n: Vec<u64> = times.iter().map(|n| *n as u64).collect();
    let counted = try_run("farr", "survival_performance", &options, &own, &n).unwrap();
    let frequency = format!("{options}weights = \"f\"\nweight_kind = \"frequency\"");
    let found = run("survival_performance", &frequency, &with("f", times.clone()));
    assert_eq!(found.estimates, counted.estimates);

    let plain = format!("{OPTIONS}at = [6, 14]\ngroups = 3\n");
    let once = run("survival_performance", &plain, &own);
    let same = |other: &Results, errors_of_groups: bool| {
        assert_eq!(once.estimates.len(), other.estimates.len());
        for (one, two) in once.estimates.iter().zip(&other.estimates) {
            let (Some(a), Some(b)) = (one.value, two.value) else { continue };
            close(b, a, 1e-9);
            if let (Some(a), Some(b)) = (one.std_error, two.std_error)
                && (errors_of_groups || one.quantity != Quantity::ObservedRisk)
            {
                close(b, a, 1e-9);
            }
        }
    };
    // The variance of a Kaplan–Meier estimate of weighted patients is the jackknife's, not Greenwood's.
    let sampling = format!("{plain}weights = \"f\"\nweight_kind = \"sampling\"");
    same(&run("survival_performance", &sampling, &with("f", vec![2.5; 40])), false);
    let cluster = format!("{plain}cluster = \"f\"");
    same(&run("survival_performance", &cluster, &with("f", (0..40).map(f64::from).collect())), false);
}

/// Everybody with z has the event last: only the penalized model is finite, and none of its replicates is lost.
#[test]
fn a_separated_model_is_examined_with_its_penalty() {
    let (mut columns, _) = forty();
    let times = columns[0].numbers().unwrap().to_vec();
    let z: Vec<Option<bool>> = times.iter().map(|time| Some(*time >= 20.0)).collect();
    columns.push(Column::flag("z", &z));
    let options = "endpoint = \"os\"\nterms = [\"x\", \"z\"]\nat = [6, 14]\nbootstrap = 50\n";
    let plain = run("survival_performance", options, &columns);
    assert!(plain.estimates.is_empty() && !plain.notices.is_empty());
    let firth = run("survival_performance", &format!("{options}penalty = \"firth\""), &columns);
    assert!(firth.methods_text[0].contains("Firth"));
    assert!(!firth.notices.iter().any(|notice| matches!(notice, Notice::ReplicatesLost { .. })));
    let slope = firth.estimates.iter().find(|row| row.quantity == Quantity::CalibrationSlope).unwrap();
    assert!(slope.value.unwrap() > 1.0, "shrunk predictions are too close together: {slope:?}");
}

/// Identity, `survival_performance`, `logistic_performance`: without censoring the AUC at a time is that of a logistic
/// model of the event by then, as both order the patients by one number.
#[test]
fn without_censoring_the_auc_is_that_of_the_event_by_then() {
    let times: Vec<f64> = (0..24).map(|i| f64::from(1 + i * 7 % 24)).collect();
    let x: Vec<f64> = (0..24).map(|i| f64::from(i * 5 % 11 * 3 - i * 7 % 24)).collect();
    let own = columns(&times, &[true; 24], &x);
    let results = run("survival_performance", &format!("{OPTIONS}at = [6, 12, 18]"), &own);
    for at in [6.0, 12.0, 18.0] {
        let by_then: Vec<Option<bool>> = times.iter().map(|time| Some(*time <= at)).collect();
        let columns = [Column::flag("y", &by_then), own[2].clone()];
        let logistic = run("logistic_performance", "outcome = \"y\"\nterms = [\"x\"]", &columns);
        let auc = logistic.estimates.iter().find(|row| row.quantity == Quantity::Auc).unwrap().value.unwrap();
        assert!(auc > 0.55 && auc < 1.0, "{auc} at {at}");
        close(value(&results, Quantity::Auc, None, at), auc, 1e-13);
    }
}
