//! Every method of times to an event, from a landmark on: the same as of the patients followed beyond it, counted anew.

mod modelling;

use modelling::{endpoint, run, try_run};
use study::{Column, Notice, Results};

/// How follow-up ended.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Event,
    Competing,
    Censored,
}

/// Time, how follow-up ended, a number and a factor.
type Patient = (f64, End, f64, u32);

/// Forty patients: time, how it ended, a number and a factor.
fn patients() -> Vec<Patient> {
    let end = |i: i32| match i % 8 {
        1 => End::Competing,
        5 => End::Censored,
        _ => End::Event,
    };
    (0..40).map(|i| (f64::from(1 + i * 2 % 23) / 2.0, end(i), f64::from(i * 5 % 11), i as u32 % 3)).collect()
}

fn columns(patients: &[Patient]) -> Vec<Column> {
    let times: Vec<f64> = patients.iter().map(|one| one.0).collect();
    let ended = |by: End| patients.iter().map(move |one| one.1 == by);
    let events: Vec<bool> = ended(End::Event).collect();
    let [time, event] = endpoint(&times, &events);
    let competing: Vec<Option<bool>> = ended(End::Competing).map(Some).collect();
    let competing = Column::flag("os.competing", &competing);
    let x = Column::number("x", patients.iter().map(|one| one.2).collect());
    let z = Column::category("z", &["a", "b", "c"], patients.iter().map(|one| one.3).collect());
    vec![time, event, competing, x, z]
}

fn left_out(results: &Results) -> Option<&Notice> {
    results.notices.iter().find(|notice| matches!(notice, Notice::LeftOutAtLandmark { .. }))
}

fn left(events: u64, competing: u64, censored: u64, at: f64) -> Notice {
    Notice::LeftOutAtLandmark { at, unit: "months".into(), events, competing: Some(competing), censored }
}

/// Identity, `kaplan_meier`, `log_rank`, `restricted_mean`, `cumulative_hazard`, `smooth_hazard`,
/// `cumulative_incidence`, `fine_gray`, `predicted_incidence`, `concordance`, `parametric_survival`, `mixture_cure`,
/// `elastic_net`, `stepwise`, `cox`, `proportional_hazards`, `cox_residuals`, `predicted_survival`,
/// `survival_performance`: from a landmark on it is the analysis of those followed beyond it, their times counted from
/// it.
#[test]
fn it_is_an_analysis_of_those_followed_beyond_it() {
    let all = patients();
    let beyond: Vec<_> =
        all.iter().filter(|one| one.0 > 2.5).map(|one| (one.0 - 2.5, one.1, one.2, one.3)).collect();
    let by_then = |end: End| all.iter().filter(|one| one.0 <= 2.5 && one.1 == end).count() as u64;
    let (events, competing, censored) =
        (by_then(End::Event), by_then(End::Competing), by_then(End::Censored));
    assert!(events > competing && competing > 0 && censored > 0);
    for (method, more) in [
        ("kaplan_meier", "by = \"z\"\nat = [2, 5]\nconditional = [1]\n"),
        ("log_rank", "by = \"z\"\ntrend = true\npairwise = \"holm\"\n"),
        ("restricted_mean", "by = \"z\"\nhorizon = 5\n"),
        ("cumulative_hazard", "by = \"z\"\nat = [2, 5]\n"),
        ("smooth_hazard", "at = [2, 5]\nbandwidth = 2\n"),
        ("cumulative_incidence", "by = \"z\"\nat = [2, 5]\ndifference = \"log_log\"\n"),
        ("fine_gray", "univariable = true\n"),
        ("predicted_incidence", "at = [2, 5]\nprofiles = [{ label = \"p\", x = 3, z = \"b\" }]\n"),
        ("concordance", "score = \"x\"\nhorizon = 5\n"),
        ("parametric_survival", "at = [2, 5]\n"),
        ("mixture_cure", "at = [2, 5]\nby = \"z\"\n"),
        ("elastic_net", "lambdas = 20\nfolds = 4\n"),
        ("stepwise", "bootstrap = 50\n"),
        ("cox", "univariable = true\n"),
        ("cox", "strata = [\"z\"]\nterms = [\"x\"]\n"),
        ("proportional_hazards", ""),
        ("cox_residuals", ""),
        ("predicted_survival", "at = [2, 5]\n"),
        ("survival_performance", "at = [2, 5]\ngroups = 3\n"),
    ] {
        let own = ["terms", "by =", "score", "bandwidth"].iter().any(|word| more.contains(word));
        let terms = if own { "" } else { "terms = [\"x\", \"z\"]\n" };
        let options = format!("endpoint = \"os\"\n{terms}{more}");
        let plain = run(method, &options, &columns(&beyond));
        let found = run(method, &format!("{options}landmark = 2.5"), &columns(&all));
        assert!(!plain.estimates.is_empty() || !plain.residuals.is_empty(), "{method}");
        assert_eq!(found.estimates, plain.estimates, "{method}");
        assert_eq!((&found.curves, &found.residuals), (&plain.curves, &plain.residuals), "{method}");
        assert_eq!(found.participants, plain.participants, "{method}");
        assert_eq!(found.groups, plain.groups, "{method}");
        assert_eq!(left_out(&found), Some(&left(events, competing, censored, 2.5)), "{method}");
        assert_eq!(found.notices.len(), plain.notices.len() + 1, "{method}");
        let said = |text: &&String| text.contains("beyond the landmark of 2.5 months");
        assert_eq!(found.methods_text.iter().filter(said).count(), 1, "{method}");
    }
}

/// Whose hazard is modelled had the event; the other one is the competing event then.
///
/// Identity, `cox`, `concordance`, `elastic_net`, `stepwise`: of the competing event it is the analysis with both
/// causes exchanged.
#[test]
fn of_either_cause() {
    let turned = |one: &Patient| {
        let end = match one.1 {
            End::Event => End::Competing,
            End::Competing => End::Event,
            End::Censored => End::Censored,
        };
        (one.0, end, one.2, one.3)
    };
    let all = patients();
    let other: Vec<_> = all.iter().map(turned).collect();
    for (method, more) in [
        ("cox", ""),
        ("concordance", "score = \"x\""),
        ("elastic_net", "lambdas = 20\nfolds = 4\nlandmark = 1"),
        ("stepwise", "bootstrap = 50\nlandmark = 1"),
        ("stepwise", "bootstrap = 0\nstrata = [\"z\"]\nterms = [\"x\"]"),
    ] {
        let own = more.contains("terms") || more.contains("score");
        let terms = if own { "" } else { "terms = [\"x\", \"z\"]\n" };
        let options = format!("endpoint = \"os\"\n{terms}{more}\n");
        let plain = run(method, &options, &columns(&other));
        let found = run(method, &format!("{options}cause = \"competing\""), &columns(&all));
        assert!(!plain.estimates.is_empty(), "{method}");
        assert_eq!(found.estimates, plain.estimates, "{method}");
        assert_eq!(left_out(&found), left_out(&plain), "{method}");
        assert!(found.variables.iter().any(|one| one.label == "Competing event"), "{method}");
        let text = found.methods_text.join(" ");
        assert!(text.contains("the competing event (os)") && text.contains("Competing event"), "{text}");
    }
}

#[test]
fn a_cause_needs_a_competing_event_and_an_endpoint() {
    let all = columns(&patients());
    let outcome = Column::flag("y", &[Some(true), Some(false)].repeat(20));
    let all: Vec<Column> = all.into_iter().chain([outcome]).collect();
    for method in ["elastic_net", "stepwise"] {
        for (key, message) in [("cause = \"event\"", "that of an endpoint"), ("landmark = 2", "no endpoint")]
        {
            let options = format!("outcome = \"y\"\nterms = [\"x\"]\n{key}");
            let problem = try_run("farr", method, &options, &all, &[1; 40]).unwrap_err();
            assert!(problem.message.contains(message) && problem.place.is_some(), "{problem}");
        }
    }
}

/// Identity, `kaplan_meier`, `cumulative_hazard`, `cox`: at a landmark a row with a frequency is as many patients
/// listed one by one.
#[test]
fn patients_are_counted_by_their_frequencies() {
    let all = patients();
    let frequencies: Vec<f64> = (0..40).map(|i| f64::from(i % 4)).collect();
    let weighted: Vec<Column> =
        columns(&all).into_iter().chain([Column::number("w", frequencies.clone())]).collect();
    let repeated = all.iter().zip(&frequencies).flat_map(|(one, n)| vec![*one; *n as usize]);
    let listed = columns(&repeated.collect::<Vec<_>>());
    for (method, more) in [
        ("kaplan_meier", "by = \"z\"\nat = [2, 5]\n"),
        ("cumulative_hazard", "by = \"z\"\nat = [2, 5]\n"),
        ("cox", "terms = [\"x\"]\n"),
    ] {
        let options = format!("endpoint = \"os\"\n{more}landmark = 2.5\n");
        let weights = "weights = \"w\"\nweight_kind = \"frequency\"\n";
        let found = run(method, &format!("{options}{weights}"), &weighted);
        let plain = run(method, &options, &listed);
        assert_eq!(left_out(&found), left_out(&plain), "{method}");
        assert_eq!(found.participants.analysed, plain.participants.analysed, "{method}");
        let values = |results: &Results| results.estimates.iter().map(|row| row.value).collect::<Vec<_>>();
        assert_eq!(values(&found), values(&plain), "{method}");
    }
}

/// Who came before the landmark is at risk from it on, who comes later later.
#[test]
fn late_entries_stay_late() {
    let entries: Vec<f64> = (0..40).map(|i| f64::from(i % 3) * 1.5).collect();
    let late: Vec<_> = patients().into_iter().zip(entries).filter(|(one, entry)| one.0 > *entry).collect();
    let with_entries = |patients: &[(Patient, f64)]| {
        let all: Vec<_> = patients.iter().map(|(one, _)| *one).collect();
        let entry = Column::number("os.entry", patients.iter().map(|(_, entry)| *entry).collect());
        let half = all.iter().map(|one| u32::from(one.2 > 5.0)).collect();
        let half = Column::category("half", &["low", "high"], half);
        columns(&all).into_iter().chain([entry, half]).collect::<Vec<_>>()
    };
    let beyond: Vec<_> = late
        .iter()
        .filter(|(one, _)| one.0 > 2.0)
        .map(|(one, entry)| ((one.0 - 2.0, one.1, one.2, one.3), (entry - 2.0).max(0.0)))
        .collect();
    for (method, more) in [
        ("kaplan_meier", "by = \"z\"\nat = [2, 5]\n"),
        ("log_rank", "by = \"z\"\nstrata = [\"half\"]\n"),
        ("parametric_survival", "terms = [\"x\"]\n"),
        ("concordance", "score = \"x\"\n"),
        ("stepwise", "terms = [\"x\", \"z\"]\nbootstrap = 0\n"),
    ] {
        let options = format!("endpoint = \"os\"\n{more}");
        let plain = run(method, &options, &with_entries(&beyond));
        let found = run(method, &format!("{options}landmark = 2"), &with_entries(&late));
        assert_eq!((&found.estimates, &found.curves), (&plain.estimates, &plain.curves), "{method}");
        assert_eq!(found.participants, plain.participants, "{method}");
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
    let competing = Column::flag("os.competing", &[Some(false); 7]);
    let all = vec![time, event, competing, entry([0.0, 2.0, 0.0, 0.0, 6.0, 5.0, 0.0]), whose, x];
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
    assert_eq!(left_out(&found), Some(&left(1, 0, 0, 3.0)));
    assert_eq!(
        left(1, 0, 2, 3.0).to_string(),
        "Left out at the landmark (3 months): 1 with the event by then, 0 with the competing event, 2 censored by then."
    );
}

#[test]
fn what_is_no_later_time_is_refused_and_what_is_missing_stays_so() {
    let all = columns(&patients());
    for (method, more) in [
        ("kaplan_meier", ""),
        ("log_rank", "by = \"z\""),
        ("restricted_mean", "horizon = 3"),
        ("cumulative_hazard", ""),
        ("smooth_hazard", ""),
        ("cumulative_incidence", ""),
        ("fine_gray", "terms = [\"x\"]"),
        ("predicted_incidence", "terms = [\"x\"]\nprofiles = []"),
        ("concordance", "score = \"x\""),
        ("parametric_survival", ""),
        ("mixture_cure", ""),
        ("elastic_net", "terms = [\"x\"]"),
        ("stepwise", "terms = [\"x\"]"),
        ("cox", "terms = [\"x\"]"),
        ("cox_residuals", "terms = [\"x\"]"),
    ] {
        let options = format!("endpoint = \"os\"\n{more}\nlandmark = 0");
        let problem = try_run("farr", method, &options, &all, &[1; 40]).unwrap_err();
        assert!(
            problem.message.contains("cannot start anew at time 0") && problem.place.is_some(),
            "{problem}"
        );
    }
    let with_time = |time: f64| {
        let mut changed = all.clone();
        let mut times = changed[0].numbers().unwrap().to_vec();
        times[7] = time;
        changed[0] = Column::number(&changed[0].name.clone(), times);
        changed
    };
    for (method, more) in [
        ("cox", "terms = [\"x\"]"),
        ("kaplan_meier", ""),
        ("cumulative_incidence", ""),
        ("parametric_survival", ""),
        ("fine_gray", "terms = [\"x\"]"),
    ] {
        let options = format!("endpoint = \"os\"\n{more}\nlandmark = 2.5");
        let found = run(method, &options, &with_time(f64::NAN));
        assert!(found.participants.missing.iter().any(|missing| missing.n == 1), "{method}");
        assert_eq!(found.participants.eligible, found.participants.analysed + 1, "{method}");
        // Nobody disappears at the landmark whose time is impossible.
        let problem = try_run("farr", method, &options, &with_time(-3.0), &[1; 40]).unwrap_err();
        assert!(problem.message.contains("negative"), "{problem}");
    }
}
