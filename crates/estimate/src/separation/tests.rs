use super::*;

fn cone(equalities: &[[f64; 2]], inequalities: &[[f64; 2]]) -> Cone {
    Cone { parameters: 2, equalities: equalities.concat(), inequalities: inequalities.concat() }
}

fn strict(cone: &Cone) -> Vec<bool> {
    match cone.recession() {
        Separated::Yes(recession) => {
            for (z, strict) in cone.inequalities.chunks(2).zip(&recession.strict) {
                let margin = dot(z, &recession.direction);
                assert!(if *strict { margin > 1e-7 } else { margin.abs() < 1e-9 }, "{recession:?}");
            }
            recession.strict
        }
        Separated::No => vec![],
        Separated::Unknown => panic!("unknown"),
    }
}

#[test]
fn a_wedge_makes_every_row_strict() {
    assert_eq!(strict(&cone(&[], &[[1.0, 0.0], [1.0, 1e-3], [0.0, 1.0]])), [true, true, true]);
}

#[test]
fn opposite_rows_leave_only_what_is_orthogonal_to_them() {
    let rows = [[1.0, 1.0], [-2.0, -2.0], [1.0, -1.0]];
    assert_eq!(strict(&cone(&[], &rows)), [false, false, true]);
}

#[test]
fn rows_that_surround_the_origin_leave_nothing() {
    assert_eq!(strict(&cone(&[], &[[1.0, 0.0], [-1.0, 1.0], [-1.0, -1.0]])), [] as [bool; 0]);
}

#[test]
fn equalities_take_their_directions_away() {
    assert_eq!(strict(&cone(&[[1.0, 1.0]], &[[2.0, 2.0], [1.0, 0.0]])), [false, true]);
    assert_eq!(strict(&cone(&[[1.0, 1.0], [1.0, 2.0]], &[[1.0, 0.0]])), [] as [bool; 0]);
}

#[test]
fn one_separable_row_among_many_is_found() {
    let mut rows = vec![[1.0, 0.0], [-1.0, 0.0]];
    rows.extend((0..100_000).map(|i| [if i % 2 == 0 { 1.0 } else { -1.0 }, 0.0]));
    rows.push([0.3, 1.0]);
    let strict = strict(&cone(&[], &rows));
    assert_eq!(strict.iter().filter(|s| **s).count(), 1);
    assert!(strict[rows.len() - 1]);
}

#[test]
fn a_parameter_may_go_one_way_or_both_ways() {
    // x ≥ 0 and x + y ≥ 0: only y may fall.
    let wedge = cone(&[], &[[1.0, 0.0], [1.0, 1.0]]);
    assert!(!wedge.leads_both_ways(0) && wedge.leads_both_ways(1));
    let ray = cone(&[[1.0, 0.0]], &[[0.0, 1.0]]);
    assert!(!ray.leads_both_ways(0) && !ray.leads_both_ways(1));
    let line = cone(&[[1.0, 1.0]], &[]);
    assert!(line.leads_both_ways(0) && line.leads_both_ways(1));
}
