//! Identities of Fine–Gray regression that hold for any data.

mod modelling;

use modelling::{separated, try_run};
use proptest::prelude::*;
use study::{Column, Quantity, Results};

/// Patients: time, what ended follow-up (0 nothing, 1 the event, 2 the competing one), group, number.
type Patients = Vec<(f64, u8, u32, f64)>;

const TERMS: &str = "endpoint = \"os\"\nterms = [\"arm\", \"size\"]";

fn patients(causes: std::ops::Range<u8>) -> impl Strategy<Value = Patients> {
    let patient = (1..16u8, causes, 0..3u32, 0..20i8);
    let patient = patient.prop_map(|(time, cause, arm, size)| (f64::from(time), cause, arm, f64::from(size)));
    proptest::collection::vec(patient, 10..60)
}

fn fit(method: &str, options: &str, patients: &Patients, n: u64) -> Results {
    let flag = |cause: u8| patients.iter().map(|row| Some(row.1 == cause)).collect::<Vec<_>>();
    let columns = [
        Column::number("os.time", patients.iter().map(|row| row.0).collect()),
        Column::flag("os.event", &flag(1)),
        Column::flag("os.competing", &flag(2)),
        Column::category("arm", &["a", "b", "c"], patients.iter().map(|row| row.2).collect()),
        Column::number("size", patients.iter().map(|row| row.3).collect()),
    ];
    try_run("farr", method, &format!("{TERMS}\n{options}"), &columns, &vec![n; patients.len()]).unwrap()
}

fn ratios(results: &Results) -> Vec<(Option<f64>, Option<f64>)> {
    let rows = results
        .estimates
        .iter()
        .filter(|row| matches!(row.quantity, Quantity::HazardRatio | Quantity::SubdistributionHazardRatio));
    rows.map(|row| (row.value, row.std_error)).collect()
}

const PROFILES: &str = "profiles = [{ label = \"p\", arm = \"b\", size = 5 }]\nat = [3, 9, 15]";

/// Value and standard error of each prediction.
fn predictions(results: &Results) -> Vec<(Option<f64>, Option<f64>)> {
    let rows = results
        .estimates
        .iter()
        .filter(|row| matches!(row.quantity, Quantity::Survival | Quantity::CumulativeIncidence));
    rows.map(|row| (row.value, row.std_error)).collect()
}

fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a.ln() - b.ln()).abs() <= 1e-6 * a.ln().abs().max(1.0),
        (a, b) => a == b,
    }
}

proptest! {
    /// Identity, `fine_gray`: without competing events the ratios are those of Cox regression.
    #[test]
    fn without_competing_events_it_is_cox(patients in patients(0..2)) {
        let ours = fit("fine_gray", "", &patients, 1);
        let cox = fit("cox", "ties = \"breslow\"", &patients, 1);
        prop_assert_eq!(separated(&ours), separated(&cox));
        for (ours, cox) in ratios(&ours).into_iter().zip(ratios(&cox)) {
            prop_assert!(same(ours.0, cox.0), "{:?} {:?}", ours, cox);
        }
    }

    /// Identity, `fine_gray`: without censoring the ratios are those of Cox regression of patients followed for ever
    /// after the competing event.
    #[test]
    fn without_censoring_it_is_cox_with_competing_events_followed_for_ever(patients in patients(1..3)) {
        let ours = fit("fine_gray", "", &patients, 1);
        let followed = patients.iter().map(|row| match row.1 {
            2 => (99.0, 0, row.2, row.3),
            _ => *row,
        });
        let cox = fit("cox", "ties = \"breslow\"", &followed.collect(), 1);
        prop_assert_eq!(separated(&ours), separated(&cox));
        for (ours, cox) in ratios(&ours).into_iter().zip(ratios(&cox)) {
            prop_assert!(same(ours.0, cox.0), "{:?} {:?}", ours, cox);
        }
    }

    /// Identity, `fine_gray`: four times the patients have the same ratios and half the errors.
    #[test]
    fn four_times_the_patients_halve_the_standard_error(patients in patients(0..3)) {
        let (once, four) = (fit("fine_gray", "", &patients, 1), fit("fine_gray", "", &patients, 4));
        for (once, four) in ratios(&once).into_iter().zip(ratios(&four)) {
            prop_assert!(same(once.0, four.0));
            prop_assert!(same(once.1, four.1.map(|error| 2.0 * error)), "{:?} {:?}", once, four);
        }
    }

    /// Identity, `predicted_incidence`: without competing events it is 1 − the survival that a Cox model predicts.
    #[test]
    fn without_competing_events_the_prediction_is_that_of_cox(patients in patients(0..2)) {
        // A level that nobody at risk has is refused by both.
        prop_assume!(patients.iter().any(|row| row.2 == 1 && row.1 == 1));
        let ours = predictions(&fit("predicted_incidence", PROFILES, &patients, 1));
        let cox = predictions(&fit("predicted_survival", &format!("{PROFILES}\nties = \"breslow\""), &patients, 1));
        prop_assert_eq!(ours.len(), cox.len());
        for (ours, cox) in ours.into_iter().zip(cox) {
            prop_assert!((ours.0.unwrap() + cox.0.unwrap() - 1.0).abs() < 1e-7, "{:?} {:?}", ours, cox);
        }
    }

    /// Identity, `predicted_incidence`: four times the patients have the same incidence and half the error.
    #[test]
    fn four_times_the_patients_halve_the_error_of_a_prediction(patients in patients(0..3)) {
        prop_assume!(patients.iter().any(|row| row.2 == 1 && row.1 == 1));
        let run = |n| predictions(&fit("predicted_incidence", PROFILES, &patients, n));
        for (once, four) in run(1).into_iter().zip(run(4)) {
            prop_assert!((once.0.unwrap() - four.0.unwrap()).abs() < 1e-7);
            if let Some((once, four)) = once.1.zip(four.1) {
                prop_assert!((once - 2.0 * four).abs() < 1e-6 * once.max(1e-3), "{} {}", once, four);
            }
        }
    }

    /// Identity, `fine_gray`: the order of patients and the unit of time change nothing.
    #[test]
    fn order_and_time_unit_change_nothing(patients in patients(0..3), factor in 1..50u8) {
        let scaled: Patients = patients
            .iter()
            .rev()
            .map(|row| (row.0 * f64::from(factor) / 7.0, row.1, row.2, row.3))
            .collect();
        let (plain, scaled) = (fit("fine_gray", "", &patients, 1), fit("fine_gray", "", &scaled, 1));
        for (plain, scaled) in ratios(&plain).into_iter().zip(ratios(&scaled)) {
            prop_assert!(same(plain.0, scaled.0) && same(plain.1, scaled.1));
        }
    }

    /// Identity, `fine_gray`: four times the patients have four times the statistic of a change with time, and the unit of
    /// time has no part in it.
    #[test]
    fn a_change_with_time_grows_with_the_patients_and_has_no_unit(patients in patients(0..3), factor in 1..50u8) {
        let statistics = |options: &str, patients: &Patients, n: u64| -> Vec<Option<f64>> {
            let results = fit("fine_gray", options, patients, n);
            let rows = results.estimates.iter().filter(|row| row.quantity == Quantity::ProportionalHazards);
            rows.map(|row| row.test.as_ref().unwrap().statistic).collect()
        };
        let scaled: Patients =
            patients.iter().rev().map(|row| (row.0 * f64::from(factor) / 7.0, row.1, row.2, row.3)).collect();
        for change in ["identity", "log", "incidence"] {
            let options = format!("proportionality = \"{change}\"");
            let once = statistics(&options, &patients, 1);
            let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-5 * a.max(1.0),
                (a, b) => a == b,
            };
            for (once, four) in once.iter().zip(statistics(&options, &patients, 4)) {
                prop_assert!(close(once.map(|once| 4.0 * once), four), "{} {:?} {:?}", change, once, four);
            }
            for (once, scaled) in once.iter().zip(statistics(&options, &scaled, 1)) {
                prop_assert!(close(*once, scaled), "{} {:?} {:?}", change, once, scaled);
            }
        }
    }
}
