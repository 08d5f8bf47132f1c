//! Follow-up on a day.

mod folder;

use cohort::{Followed, follow_up};
use folder::{Folder, folder, plan};
use study::calendar::read_iso;
use study::{FollowUpState, FollowedTime, Standing};

const PLAN: &str = "[population]\ntable = \"patients\"\nid = \"patient_id\"\n\
    [[population.exclude]]\nlabel = \"Other\"\nwhere = \"patient_id = 'b'\"\n";

const SCHEDULE: &str = "[follow_up]\nstart = \"operations.operation_date\"\nvisits = \"follow_up.visit_date\"\n\
    death = \"status = 'dead'\"\ntolerance_days = 20\n\
    every = [{ months = 3, until_month = 6 }, { months = 6, until_month = 12 }]\n";

fn registry(schedule: &str) -> Folder {
    folder(&[
        ("registry/patients.csv", b"patient_id\na\nb\nc\nd\ne\n"),
        // The first operation counts; that of e lies after the day of the report.
        (
            "registry/operations.csv",
            b"patient_id,operation_date\na,2020-01-10\na,2020-09-01\nb,2020-01-10\n\
            c,2020-01-10\nd,2020-10-01\ne,2021-02-01\n",
        ),
        // a: month 3 made, month 6 missed, seen later. b: dead after 100 days. c: not seen but before the operation.
        // d: seen after the day of the report only.
        (
            "registry/follow_up.csv",
            b"patient_id,visit_date,status\na,2020-04-01,alive\na,2020-10-01,alive\n\
            b,2020-04-19,dead\nb,2020-04-20,alive\nc,2020-01-05,alive\nd,2021-01-05,alive\n",
        ),
        ("registry/registry.toml", schedule.as_bytes()),
    ])
}

fn state(followed: Followed) -> FollowUpState {
    let on = read_iso("2021-01-01").unwrap();
    follow_up(registry(SCHEDULE).path(), &plan(PLAN), followed, on, &|_| {})
        .unwrap_or_else(|problem| panic!("{problem}"))
}

#[test]
fn visits_times_and_lists_by_hand() {
    let state = state(Followed::Registry);
    assert_eq!((state.patients, state.not_started, state.dead, state.never_seen), (4, 1, 1, 2));
    let counts: Vec<_> = state
        .visits
        .iter()
        .map(|visit| (visit.month, visit.expected, visit.made, visit.missed, visit.open))
        .collect();
    // Month 3: a made it on 2020-04-01 (due 2020-04-10), b died within its window, c missed it, that of d is open.
    // Month 6: a and c missed it. Month 12 is due on 2021-01-10, its window opens on 2020-12-21: open for a and c.
    assert_eq!(counts, [(3, 2, 1, 1, 1), (6, 2, 0, 2, 0), (12, 0, 0, 0, 2)]);
    let list: Vec<_> =
        state.due.iter().map(|one| (one.patient.as_str(), one.standing, one.month, one.missed)).collect();
    assert_eq!(
        list,
        [("c", Standing::Overdue, 3, 2), ("d", Standing::Due, 3, 0), ("a", Standing::Due, 12, 0)]
    );
    let time = |observed, potential, died, observed_of_schedule, potential_of_schedule| FollowedTime {
        observed,
        potential,
        died,
        observed_of_schedule,
        potential_of_schedule,
        n: 1,
    };
    // 2020-01-10 to 2021-01-01 are 357 days, to 2020-04-19 100, to 2020-07-10 (month 6) 182, to 2020-10-01 265;
    // 2020-10-01 to 2021-01-01 are 92.
    assert_eq!(
        state.times,
        [
            time(0, 92, false, 0, 0),
            time(0, 357, false, 0, 182),
            time(100, 357, true, 100, 100),
            time(265, 357, false, 182, 182)
        ]
    );
}

#[test]
fn of_a_study_the_analysis_set_is_followed() {
    let state = state(Followed::AnalysisSet);
    assert_eq!((state.patients, state.not_started, state.dead), (3, 1, 0));
}

#[test]
fn what_the_schedule_names_must_be_there() {
    let refusal = |schedule: &str| {
        let folder = registry(schedule);
        let problem = follow_up(folder.path(), &plan(PLAN), Followed::Registry, 0, &|_| {}).unwrap_err();
        (folder.shown(&problem), problem.help.clone().unwrap_or_default())
    };
    let (text, help) = refusal(&SCHEDULE.replace("operations.operation_date", "operation.operation_date"));
    assert!(text.starts_with("registry/registry.toml:2:9: the registry has no table `operation`"), "{text}");
    assert_eq!(help, "did you mean `operations`?");
    let (text, help) = refusal(&SCHEDULE.replace("visit_date", "visit_day"));
    assert!(text.starts_with("registry/registry.toml:3:"), "{text}");
    assert_eq!(help, "did you mean `visit_date`?");
    let (text, _) = refusal(&SCHEDULE.replace("visit_date", "status"));
    assert!(text.contains("holds text, not days"), "{text}");
    let (text, _) = refusal(&SCHEDULE.replace("status = 'dead'", "statut = 'dead'"));
    assert!(text.starts_with("registry/registry.toml:4:"), "{text}");
    let (text, _) = refusal(&SCHEDULE.replace("status = 'dead'", "status"));
    assert!(text.contains("`death` gives text, not true or false"), "{text}");
    let (text, _) = refusal("");
    assert!(text.contains("has no schedule of follow-up"), "{text}");
}

#[test]
fn a_check_finds_what_is_wrong_with_the_schedule() {
    let folder = registry(&SCHEDULE.replace("visit_date", "visit_day"));
    let report = folder.check(&plan(PLAN));
    let texts: Vec<String> = report.problems.iter().map(|problem| folder.shown(problem)).collect();
    assert_eq!(texts.len(), 1, "{texts:#?}");
    assert!(texts[0].contains("has no column `visit_day`"), "{texts:#?}");
    assert!(registry(SCHEDULE).check(&plan(PLAN)).problems.is_empty());
}
