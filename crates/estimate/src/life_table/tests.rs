//! Who is at risk when.

use super::*;

#[test]
fn equal_times_are_one_row_and_the_censored_are_at_risk_for_its_events() {
    let table = LifeTable::new([
        (3.0, false, 2),
        (1.0, true, 1),
        (3.0, true, 1),
        (1.0 + 1e-12, false, 4),
        (2.0, true, 0),
    ])
    .unwrap();
    assert_eq!(table.time, [1.0, 3.0]);
    assert_eq!(table.events, [1, 1]);
    assert_eq!(table.censored, [4, 2]);
    assert_eq!(table.at_risk, [8, 3]);
    assert_eq!([0.0, 1.0, 1.5, 3.0, 3.5].map(|time| table.at_risk_at(time)), [8, 8, 3, 3, 0]);
    assert_eq!(table.courses().iter().map(|course| course.n).collect::<Vec<_>>(), [1, 4, 1, 2]);
}

#[test]
fn nine_digits_decide_a_tie() {
    assert_eq!(tied(0.1 + 0.2), 0.3);
    assert_eq!(tied(30.0 / 30.4375 * 30.4375), 30.0);
    assert_ne!(tied(1.00000001), tied(1.00000002));
    assert_eq!(tied(-0.0).to_bits(), 0.0f64.to_bits());
}

#[test]
fn a_negative_time_is_refused() {
    let problem = LifeTable::new([(-1.0, true, 1)]).unwrap_err();
    assert_eq!(problem.message, "a follow-up time is -1, and none can be negative");
}

fn course(entry: f64, time: f64, event: bool, weight: f64) -> Course {
    Course { entry, time, event, n: 1, weight }
}

#[test]
fn late_entries_are_at_risk_after_they_enter() {
    let courses = [
        course(-3.0, 2.0, true, 1.0),
        course(2.0, 5.0, true, 1.0),
        course(3.0, 6.0, false, 1.0),
        course(0.0, 5.0, false, 1.0),
    ];
    let table = LifeTable::of(courses, Weighing::Counted).unwrap();
    assert_eq!((table.n(), table.first_entry()), (4, None));
    assert_eq!(table.at_risk, [2, 3, 1]);
    // Who enters at 2 is not at risk for the event of 2.
    assert_eq!([0.0, 2.0, 2.5, 3.0, 3.5, 5.5].map(|time| table.at_risk_at(time)), [2, 2, 2, 2, 3, 1]);
}

#[test]
fn breaks_in_observation_are_told() {
    let late = [course(1.0, 2.0, true, 1.0), course(3.0, 5.0, true, 1.0), course(3.0, 6.0, true, 1.0)];
    let table = LifeTable::of(late, Weighing::Counted).unwrap();
    assert_eq!(
        table.entry_notices(None, None, 1.0),
        [Notice::LateStart { group: None, at: 1.0 }, Notice::CurveEmptied { group: None, at: 2.0, n: 1 }]
    );
    let quiet = [course(1.0, 2.0, false, 1.0), course(3.0, 5.0, true, 1.0), course(2.0, 3.0, true, 1.0)];
    let table = LifeTable::of(quiet, Weighing::Counted).unwrap();
    // Who enters at 2 takes the place of who leaves then; so does the next, at 3.
    assert_eq!(table.entry_notices(None, None, 1.0).len(), 1);
    let apart = [course(0.0, 2.0, false, 1.0), course(3.0, 5.0, true, 1.0)];
    let table = LifeTable::of(apart, Weighing::Counted).unwrap();
    assert_eq!(
        table.entry_notices(None, None, 2.0),
        [Notice::NobodyAtRisk { group: None, from: 1.0, until: 1.5 }]
    );
}

#[test]
fn an_entry_that_is_not_before_the_exit_is_refused() {
    let problem = LifeTable::of([course(2.0, 2.0, true, 1.0)], Weighing::Counted).unwrap_err();
    assert_eq!(problem.message, "a patient comes under observation at 2 and leaves at 2");
}

#[test]
fn sampling_weights_are_summed_beside_the_counts() {
    let courses = [
        course(0.0, 1.0, true, 0.3),
        course(0.0, 2.0, false, 0.1),
        course(0.5, 2.0, true, 0.2),
        course(0.0, 9.0, true, 0.0),
    ];
    let table = LifeTable::of(courses, Weighing::Sampled).unwrap();
    assert_eq!((table.n(), table.at_risk.as_slice()), (3, [3, 2].as_slice()));
    assert!((table.weight_at_risk(0) - 0.6).abs() < 1e-15 && (table.event_weight(1) - 0.2).abs() < 1e-15);
    assert!((table.at_risk_before(0.5).1 - 0.4).abs() < 1e-15);
    assert_eq!(table.reversed().event_weight(1), 0.1);
}

/// Who enters later may weigh so much that a double next to the sum could not tell who was there before.
#[test]
fn heavy_late_entries_leave_the_weights_before_them() {
    let courses = [
        course(0.0, 1.0, true, 0.1),
        course(0.0, 3.0, true, 1e-9),
        course(2.0, 5.0, true, 1e12),
        course(4.0, 6.0, false, 0.3),
    ];
    let table = LifeTable::of(courses, Weighing::Sampled).unwrap();
    // Twice the digits of a double: of 10¹² what is left is known to 10¹² · 2⁻¹⁰⁵.
    for (time, expected) in [(0.5, 0.1 + 1e-9), (1.5, 1e-9), (2.0, 1e-9)] {
        let found = table.at_risk_before(time).1;
        assert!((found - expected).abs() <= 1e12 * 2.0_f64.powi(-105) + f64::EPSILON * expected, "{found}");
    }
    assert_eq!(table.weight_at_risk(0), table.at_risk_before(0.5).1);
    assert_eq!(table.at_risk_before(2.5).1, 1e12);
}
