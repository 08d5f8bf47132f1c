//! Identities of methods for competing events that hold for any data.

mod competing;

use competing::{Patient, counted, run};
use proptest::prelude::*;
use study::{Column, CountTable, Estimate, Plan, Quantity, Results, SourceText};

const LEVELS: [&str; 3] = ["a", "b", "c"];
const OPTIONS: &str = "by = \"arm\"\noverall = true\nat = [3, 7, 11]";

fn patients() -> impl Strategy<Value = Vec<Patient>> {
    let patient = (1..16u8, 0..3u8, proptest::option::weighted(0.95, 0..3u32));
    let patient = patient.prop_map(|(time, cause, group)| (f64::from(time), cause, group));
    proptest::collection::vec(patient, 1..60)
}

fn rows<'a>(results: &'a Results, cause: &'a str) -> impl Iterator<Item = &'a Estimate> {
    results.estimates.iter().filter(move |row| {
        row.quantity == Quantity::CumulativeIncidence && row.level.as_deref() == Some(cause)
    })
}

fn statistic(results: &Results, cause: &str) -> Option<f64> {
    let mut tests = results.estimates.iter().filter(|row| row.quantity == Quantity::GlobalTest);
    tests.find(|row| row.level.as_deref() == Some(cause))?.test.as_ref()?.statistic
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// Kaplan–Meier at the same times, of the event that `happened` says.
fn kaplan_meier(patients: &[Patient], happened: impl Fn(u8) -> bool) -> Results {
    let text = "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.any]\ntime = \"t\"\nevent = \"e\"\n\
                [[analyses]]\nid = \"a\"\nmethod = \"kaplan_meier\"\nendpoint = \"any\"\nat = [3, 7, 11]\nby = \"arm\"\n\
                overall = true\n";
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let columns = vec![
        Column::number("any.time", patients.iter().map(|row| row.0).collect()),
        Column::flag("any.event", &patients.iter().map(|row| Some(happened(row.1))).collect::<Vec<_>>()),
        Column::category("arm", &LEVELS, patients.iter().map(|row| row.2.unwrap_or(u32::MAX)).collect()),
    ];
    let table = CountTable::new(columns, vec![1; patients.len()]).unwrap();
    (estimate::find(&plan.analyses[0]).unwrap().estimate)(&plan.analyses[0], &plan, &[table]).unwrap()
}

proptest! {
    /// Identity, `cumulative_incidence`: the incidences of both causes and freedom from them by Kaplan and Meier add up
    /// to 1.
    #[test]
    fn both_causes_and_freedom_from_them_sum_to_one(patients in patients()) {
        let results = run("cumulative_incidence", OPTIONS, &counted(&patients, &LEVELS));
        let free = kaplan_meier(&patients, |cause| cause > 0);
        let free = free.estimates.iter().filter(|row| row.quantity == Quantity::Survival);
        let both = rows(&results, "event").zip(rows(&results, "competing"));
        for ((event, competing), free) in both.zip(free) {
            prop_assert_eq!((&event.group, event.at), (&free.group, free.at));
            match (event.value, competing.value, free.value) {
                (Some(event), Some(competing), Some(free)) => prop_assert!(close(event + competing + free, 1.0)),
                absent => prop_assert_eq!(absent, (None, None, None)),
            }
        }
    }

    /// Identity, `cumulative_incidence`: without competing events it is 1 − Kaplan–Meier.
    #[test]
    fn without_competing_events_it_is_one_minus_kaplan_meier(patients in patients()) {
        let patients: Vec<Patient> = patients.into_iter().map(|row| (row.0, row.1 % 2, row.2)).collect();
        let results = run("cumulative_incidence", OPTIONS, &counted(&patients, &LEVELS));
        let survival = kaplan_meier(&patients, |cause| cause == 1);
        let survival = survival.estimates.iter().filter(|row| row.quantity == Quantity::Survival);
        for (row, survival) in rows(&results, "event").zip(survival) {
            match (row.value, survival.value) {
                (Some(row), Some(survival)) => prop_assert!(close(row + survival, 1.0)),
                absent => prop_assert_eq!(absent, (None, None)),
            }
        }
    }

    /// Identity, `cumulative_incidence`: curves never fall and stay within their limits.
    #[test]
    fn curves_rise_within_their_limits(patients in patients()) {
        for interval in ["plain", "log", "log_log"] {
            let options = format!("{OPTIONS}\ninterval = \"{interval}\"");
            for curve in run("cumulative_incidence", &options, &counted(&patients, &LEVELS)).curves {
                prop_assert!(curve.estimate.windows(2).all(|pair| pair[1] >= pair[0]));
                for (index, estimate) in curve.estimate.iter().enumerate() {
                    let (lower, upper) = (curve.lower[index].unwrap_or(0.0), curve.upper[index].unwrap_or(1.0));
                    prop_assert!(lower <= estimate + 1e-12 && *estimate <= upper + 1e-12);
                    prop_assert!((0.0..=1.0).contains(&lower) && (0.0..=1.0).contains(&upper));
                }
            }
        }
    }

    /// Identity, `cumulative_incidence`: the order of patients, pooling halves and the unit of time change nothing.
    #[test]
    fn order_pooling_and_time_unit_change_nothing(patients in patients(), cut in 0..60usize, factor in 1..50u8) {
        let (first, second) = patients.split_at(cut.min(patients.len()));
        let whole = run("cumulative_incidence", OPTIONS, &counted(&patients, &LEVELS));
        let halves = counted(second, &LEVELS).add(&counted(first, &LEVELS)).unwrap();
        prop_assert_eq!(&whole, &run("cumulative_incidence", OPTIONS, &halves));
        let scaled: Vec<Patient> =
            patients.iter().map(|row| (row.0 * f64::from(factor) / 7.0, row.1, row.2)).collect();
        let scaled = run("cumulative_incidence", OPTIONS, &counted(&scaled, &LEVELS));
        prop_assert_eq!(statistic(&whole, "event"), statistic(&scaled, "event"));
    }

    /// Identity, `cumulative_incidence`: renaming the groups leaves Gray’s test.
    #[test]
    fn renaming_the_groups_leaves_grays_test(patients in patients(), shift in 1..3u32) {
        let renamed: Vec<Patient> =
            patients.iter().map(|row| (row.0, row.1, row.2.map(|group| (group + shift) % 3))).collect();
        let test = |patients: &[Patient], cause: &str| {
            statistic(&run("cumulative_incidence", "by = \"arm\"", &counted(patients, &LEVELS)), cause)
        };
        for cause in ["event", "competing"] {
            match (test(&patients, cause), test(&renamed, cause)) {
                (Some(before), Some(after)) => {
                    prop_assert!((before - after).abs() <= 1e-7 * before.max(1.0), "{} {}", before, after)
                }
                (before, after) => prop_assert_eq!(before, after),
            }
        }
    }
}
