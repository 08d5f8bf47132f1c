use super::*;

fn exit(time: u32, event: bool, pattern: u32, n: f64) -> Exit {
    Exit { time, from: 0, event, pattern, n, weight: 1.0 }
}

/// Patterns and counts.
fn shown(leaving: &[Leaving]) -> Vec<(u32, f64)> {
    leaving.iter().map(|leaving| (leaving.pattern, leaving.n)).collect()
}

#[test]
fn the_censored_are_counted_at_the_event_before_them() {
    let exits = vec![
        exit(0, false, 0, 5.0),
        exit(1, false, 1, 1.0),
        exit(1, true, 0, 2.0),
        exit(2, false, 1, 3.0),
        exit(3, true, 1, 1.0),
        exit(3, true, 1, 1.0),
    ];
    let sets = RiskSets::new([exits], 2);
    let [first, second] = sets.times() else { panic!("{sets:?}") };
    assert_eq!((first.deaths, second.deaths), (2.0, 2.0));
    assert_eq!(shown(sets.censored(first)), [(1, 4.0)]);
    assert_eq!(shown(sets.dying(second)), [(1, 2.0)]);
    assert_eq!(sets.totals(2), (vec![2.0, 6.0], vec![2.0, 2.0]));
    assert!(!sets.is_delayed());
    let split = sets.regroup(&[0, 1], 2, Some(&[0, 1]));
    assert_eq!(split.strata().map(<[EventTime]>::len).collect::<Vec<_>>(), [1, 1]);
    // Of the second stratum, those censored before its event are gone.
    assert_eq!(split.totals(2).0, [2.0, 2.0]);
}

#[test]
fn who_enters_at_an_event_time_is_at_risk_from_the_next() {
    let late = |from, exit: Exit| Exit { from, ..exit };
    let exits = vec![
        exit(1, true, 0, 1.0),
        // In and out between two events: never at risk.
        late(2, exit(2, false, 0, 7.0)),
        // Entry at time 1, an event time: at risk from 2 on, so from the event at 3.
        late(2, exit(3, true, 1, 2.0)),
        late(3, exit(4, false, 0, 4.0)),
        // Entry before the first event: from the start.
        late(1, exit(5, false, 0, 3.0)),
    ];
    let sets = RiskSets::new([exits], 2);
    let [first, second] = sets.times() else { panic!("{sets:?}") };
    assert!(sets.entering(first).is_empty() && sets.is_delayed());
    assert_eq!(shown(sets.entering(second)), [(0, 4.0), (1, 2.0)]);
    assert_eq!(shown(sets.censored(second)), [(0, 3.0), (0, 4.0)]);
    assert_eq!(sets.totals(2).0, [8.0, 2.0]);
    // With the first pattern alone the only event is the first, and nobody who came later is left.
    let alone = sets.regroup(&[0, 1], 2, Some(&[0, 1]));
    let [first, second] = alone.times() else { panic!("{alone:?}") };
    assert_eq!((shown(alone.censored(first)), shown(alone.dying(second))), (vec![(0, 3.0)], vec![(1, 2.0)]));
    assert!(!alone.is_delayed());
}

#[test]
fn weights_are_summed_and_events_counted() {
    let heavy = |weight, exit: Exit| Exit { weight, ..exit };
    let exits = vec![
        heavy(0.5, exit(0, true, 0, 2.0)),
        heavy(3.0, exit(0, true, 0, 1.0)),
        heavy(2.0, exit(1, false, 1, 1.0)),
    ];
    let sets = RiskSets::weighted([exits], 2);
    for sets in [sets.regroup(&[0, 1], 2, None), sets] {
        let [time] = sets.times() else { panic!("{sets:?}") };
        assert_eq!((time.events, time.deaths), (3.0, 4.0));
        assert_eq!(shown(sets.all_leaving(time)), [(0, 4.0), (1, 2.0)]);
    }
}

#[test]
fn decimals_tie_in_nine_digits() {
    assert_eq!(number_times([0.1 + 0.2, 0.3, 0.300_000_1, 1e9, 1e9 + 1.0]), [0, 0, 1, 2, 3]);
}
