use super::*;

fn p(table: &CrossTable) -> f64 {
    fisher(table, &mut Random::new(1)).test.p_value.unwrap()
}

/// By hand, `baseline`, `two_by_two`: Fisher’s tea taster: 34/70 and 2/70.
#[test]
fn the_lady_tasting_tea() {
    // Fisher 1935: three of four cups right. Tables 0…4 have 1, 16, 36, 16, 1 of 70 ways: 34/70.
    assert!((p(&CrossTable::of(&[[3, 1], [1, 3]])) - 34.0 / 70.0).abs() < 1e-14);
    assert!((p(&CrossTable::of(&[[4, 0], [0, 4]])) - 2.0 / 70.0).abs() < 1e-15);
    assert_eq!(p(&CrossTable::of(&[[2, 2], [2, 2]])), 1.0);
}

/// By hand, `baseline`, `two_by_two`: Fisher’s P where the margins leave two tables.
#[test]
fn one_sided_supports() {
    // One patient of ten is marked and drawn among two: 2/10. The other table has 8/10.
    assert!((p(&CrossTable::of(&[[1, 0], [1, 8]])) - 0.2).abs() < 1e-15);
    assert_eq!(p(&CrossTable::of(&[[0, 1], [2, 7]])), 1.0);
    // Equal probabilities on both sides of the mode: everything counts.
    assert_eq!(p(&CrossTable::of(&[[1, 0], [1, 2]])), 1.0);
    assert_eq!(p(&CrossTable::of(&[[1, 1], [0, 2]])), 1.0);
}

/// By hand, `baseline`: Fisher’s P of three levels from the six ways to choose two of four patients.
#[test]
fn three_levels_by_enumeration() {
    // Margins 2, 1, 1 against 2, 2. All six ways to choose the first group's two patients are equally likely:
    // (2,0,0) and (0,1,1) one way each, (1,1,0) and (1,0,1) two each. The rarest: 2/6.
    assert!((p(&CrossTable::of(&[[2, 0], [0, 1], [0, 1]])) - 1.0 / 3.0).abs() < 1e-15);
    assert!((p(&CrossTable::of(&[[1, 1], [1, 0], [0, 1]])) - 1.0).abs() < 1e-15);
}

/// Identity, `baseline`: the network algorithm gives Fisher’s P of the hypergeometric distribution.
#[test]
fn the_network_agrees_with_the_closed_form() {
    for rows in [[[3, 1], [1, 3]], [[10, 2], [3, 15]], [[0, 9], [4, 11]], [[29, 1], [230, 234]]] {
        let table = CrossTable::of(&rows);
        let (closed, network) = (p(&table), exact::network(&smaller_across(&table)).unwrap());
        assert!((closed / network - 1.0).abs() < 1e-11, "{rows:?}: {closed} {network}");
    }
}

/// Identity, `baseline`: splitting the table into halves and the network algorithm give one P.
#[test]
fn halves_agree_with_the_network_and_the_closed_form() {
    // By hand in `three_levels_by_enumeration`.
    let third = halves::halves(&CrossTable::of(&[[2, 0], [0, 1], [0, 1]])).unwrap();
    assert!((third - 1.0 / 3.0).abs() < 1e-15);
    for rows in [
        vec![[3, 1, 2], [4, 0, 5], [2, 2, 1]],
        vec![[13, 4, 2], [4, 10, 5], [2, 2, 21]],
        vec![[3, 1, 2], [4, 0, 5], [2, 2, 1], [6, 7, 2]],
        vec![[30, 22, 24], [25, 26, 27], [20, 31, 23], [28, 19, 22]],
        vec![[90, 2, 4], [5, 60, 7], [20, 1, 3], [8, 9, 2]],
        vec![[40, 0, 0], [0, 40, 0], [0, 0, 40]],
    ] {
        let mut table = CrossTable::new(rows.len(), 3);
        for (level, row) in rows.iter().enumerate() {
            row.iter().enumerate().for_each(|(group, n)| table.add(level, group, *n));
        }
        let (halves, network) = (halves::halves(&table).unwrap(), exact::network(&table).unwrap());
        assert!((halves / network - 1.0).abs() < 1e-11, "{rows:?}: {halves:e} {network:e}");
    }
    // What would take too long is known beforehand.
    let large = CrossTable::of(&[
        [1100, 1200, 1000, 900],
        [900, 1000, 1100, 1000],
        [990, 980, 970, 900],
        [1, 2, 3, 4],
    ]);
    assert_eq!(halves::halves(&large), None);
}

#[test]
fn a_simulation_covers_the_exact_value() {
    let table = smaller_across(&CrossTable::of(&[[3, 0, 2], [1, 4, 2], [6, 1, 1], [0, 2, 5]]));
    let exact = exact::network(&table).unwrap();
    let simulated = simulation::simulate(&table, &mut Random::new(1));
    assert_eq!(simulated.tables, 100_000);
    assert!(simulated.lower < exact && exact < simulated.upper, "{exact} {simulated:?}");
    assert!(simulated.upper - simulated.lower < 0.01);
}

#[test]
fn large_tables_never_fail() {
    let half = 250_000_000;
    let large = CrossTable::of(&[[half, half], [half, half + 40_000]]);
    let small = p(&large);
    // z² = 40000²/(4 · 250 million) = 1.6: P of the chi-squared test is 0.206.
    let asymptotic = crate::numerics::distributions::chi_squared_upper(1.6, 1.0);
    assert!((small - asymptotic).abs() < 1e-4, "{small} {asymptotic}");
    let rows: Vec<[u64; 3]> = (0..3000).map(|i| [i % 3, (i / 3) % 2, (i / 7) % 3]).collect();
    let result = fisher(&CrossTable::of(&rows), &mut Random::new(1));
    assert!(result.simulation.is_some() && result.test.p_value.is_some());
}

#[test]
fn margins_that_say_everything_have_no_test() {
    assert_eq!(fisher(&CrossTable::of(&[[3, 4], [0, 0]]), &mut Random::new(1)).test.p_value, None);
    assert_eq!(fisher(&CrossTable::new(0, 0), &mut Random::new(1)).test.p_value, None);
}

#[test]
fn what_margins_decide_needs_no_arcs() {
    // The observed table is the most probable: every table counts.
    let even = CrossTable::of(&[[40, 40, 40], [40, 40, 40], [40, 40, 40], [40, 40, 40]]);
    assert!((p(&even) - 1.0).abs() < 1e-12);
    // The least probable with these margins: ∏ margins! / 120! ∏ cells!, for each of 3! ways to put the groups.
    let uneven = CrossTable::of(&[[40, 0, 0], [0, 40, 0], [0, 0, 40]]);
    let ln = crate::numerics::factorial::LnFactorial::up_to(120);
    let exact = 6.0 * (3.0 * ln.of(40) - ln.of(120)).exp();
    assert!((p(&uneven) / exact - 1.0).abs() < 1e-11);
}
