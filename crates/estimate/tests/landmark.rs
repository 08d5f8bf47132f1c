//! Tests, restricted means, Cox regression and what follows it, from a landmark on: the same as of the patients followed beyond it, counted anew.

mod modelling;

use modelling::{endpoint, run, try_run};
use study::{Column, Notice, Results};

/// Forty patients: time, event, a number and a factor.
fn patients() -> Vec<(f64, bool, f64, u32)> {
    (0..40)
        .map(|i| (f64::from(1 + i * 7 % 23) / 2.0, i % 4 != 1, f64::from(i * 5 % 11), i as u32 % 3))
        .collect()
}

fn columns(patients: &[(f64, bool, f64, u32)]) -> Vec<Column> {
    let times: Vec<f64> = patients.iter().map(|one| one.0).collect();
    let events: Vec<bool> = patients.iter().map(|one| one.1).collect();
    let [time, event] = endpoint(&times, &events);
    let x = Column::number("x", patients.iter().map(|one| one.2).collect());
    let z = Column::category("z", &["a", "b", "c"], patients.iter().map(|one| one.3).collect());
    vec![time, event, x, z]
}

fn left_out(results: &Results) -> Option<&str> {
    results.notices.iter().find_map(|notice| match notice {
        Notice::Other { message } if message.starts_with("Left out at the landmark") => {
            Some(message.as_str())
        }
        _ => None,
    })
}

#[test]
fn it_is_an_analysis_of_those_followed_beyond_it() {
    let all = patients();
    let beyond: Vec<_> =
        all.iter().filter(|one| one.0 > 2.5).map(|one| (one.0 - 2.5, one.1, one.2, one.3)).collect();
    let left = |event: bool| all.iter().filter(|one| one.0 <= 2.5 && one.1 == event).count();
    let (events, others) = (left(true), left(false));
    let expected = format!(
        "Left out at the landmark: {events} with the event by then, {others} without further follow-up."
    );
    assert!(events > 0 && others > 0);
    for (method, more) in [
        ("cox", "univariable = true\n"),
        ("cox", "strata = [\"z\"]\nterms = [\"x\"]\n"),
        ("log_rank", "by = \"z\"\ntrend = true\npairwise = \"holm\"\n"),
        ("restricted_mean", "by = \"z\"\nhorizon = 5\n"),
        ("proportional_hazards", ""),
        ("cox_residuals", ""),
        ("predicted_survival", "at = [2, 5]\n"),
        ("survival_performance", "at = [2, 5]\ngroups = 3\n"),
    ] {
        let terms =
            if more.contains("terms") || more.contains("by =") { "" } else { "terms = [\"x\", \"z\"]\n" };
        let options = format!("endpoint = \"os\"\n{terms}{more}");
        let plain = run(method, &options, &columns(&beyond));
        let found = run(method, &format!("{options}landmark = 2.5"), &columns(&all));
        assert_eq!(found.estimates, plain.estimates, "{method}");
        assert_eq!((&found.curves, &found.residuals), (&plain.curves, &plain.residuals), "{method}");
        assert_eq!(found.participants.analysed, plain.participants.analysed, "{method}");
        assert_eq!(left_out(&found), Some(expected.as_str()), "{method}");
        assert!(found.methods_text.iter().any(|text| text.contains("beyond the landmark of 2.5 months")));
    }
}

/// Of a patient with several rows those until the landmark are left out; he is, where there are no others.
#[test]
fn intervals_begin_at_it() {
    let patient = |values: [f64; 7]| Column::number("os.patient", values.to_vec());
    let entry = |values: [f64; 7]| Column::number("os.entry", values.to_vec());
    let [time, event] =
        endpoint(&[2.0, 4.0, 3.0, 6.0, 9.0, 8.0, 7.0], &[false, true, true, false, true, true, true]);
    let x = Column::number("x", vec![0.0, 1.0, 2.0, 1.0, 3.0, 5.0, 0.0]);
    let whose = patient([1.0, 1.0, 2.0, 3.0, 3.0, 4.0, 5.0]);
    let all = vec![time, event, entry([0.0, 2.0, 0.0, 0.0, 6.0, 5.0, 0.0]), whose, x];
    let options = "endpoint = \"os\"\nterms = [\"x\"]\n";
    let found = run("cox", &format!("{options}landmark = 3"), &all);
    let [time, event] = endpoint(&[1.0, 3.0, 6.0, 5.0, 4.0], &[true, false, true, true, true]);
    let rest = vec![
        time,
        event,
        Column::number("os.entry", vec![0.0, 0.0, 3.0, 2.0, 0.0]),
        Column::number("os.patient", vec![1.0, 3.0, 3.0, 4.0, 5.0]),
        Column::number("x", vec![1.0, 1.0, 3.0, 5.0, 0.0]),
    ];
    assert_eq!(found.estimates, run("cox", options, &rest).estimates);
    assert!(left_out(&found).unwrap().contains("1 with the event by then, 0 without"));
}

#[test]
fn what_is_no_later_time_is_refused_and_what_is_missing_stays_so() {
    let all = columns(&patients());
    for method in ["cox", "cox_residuals"] {
        let options = "endpoint = \"os\"\nterms = [\"x\"]\nlandmark = 0";
        let problem = try_run("farr", method, options, &all, &[1; 40]).unwrap_err();
        assert!(
            problem.message.contains("cannot start anew at time 0") && problem.place.is_some(),
            "{problem}"
        );
    }
    let mut lacking = all;
    let mut times = lacking[0].numbers().unwrap().to_vec();
    times[7] = f64::NAN;
    lacking[0] = Column::number(&lacking[0].name.clone(), times);
    let found = run("cox", "endpoint = \"os\"\nterms = [\"x\"]\nlandmark = 2.5", &lacking);
    assert_eq!(found.participants.missing[0].n, 1);
}
