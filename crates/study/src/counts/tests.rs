use super::*;
use crate::Values;

fn table() -> CountTable {
    let group = Column::category("group", &["a", "b"], vec![1, 0, 1, MISSING, 0]);
    let value = Column::number("value", vec![2.5, 1.0, 2.5, 3.0, f64::NAN]);
    CountTable::new(vec![group, value], vec![2, 1, 3, 1, 4]).unwrap()
}

#[test]
fn equal_rows_merge_and_missing_comes_last() {
    let table = table();
    assert_eq!(table.n(), [1, 4, 5, 1]);
    assert_eq!(table.column("group").unwrap().codes().unwrap(), [0, 0, 1, MISSING]);
    assert!(table.column("value").unwrap().is_missing(1));
}

#[test]
fn the_order_of_rows_and_their_splitting_change_nothing() {
    let whole = table();
    for cut in 0..whole.rows() {
        let first = whole.filter(|row| row < cut);
        let second = whole.filter(|row| row >= cut);
        assert_eq!(second.add(&first).unwrap(), whole);
    }
    let halves: Vec<u64> = whole.n().iter().map(|n| n * 2).collect();
    assert_eq!(whole.add(&whole).unwrap().n(), halves);
}

#[test]
fn pooling_matches_levels_by_value() {
    let a = CountTable::new(vec![Column::category("g", &["x", "y"], vec![0, 1])], vec![1, 2]).unwrap();
    let b = CountTable::new(vec![Column::category("g", &["z", "y"], vec![0, 1])], vec![5, 7]).unwrap();
    let pooled = a.add(&b).unwrap();
    let values: Vec<&str> =
        pooled.column("g").unwrap().levels().iter().map(|level| level.value.as_str()).collect();
    assert_eq!((values, pooled.n()), (vec!["x", "y", "z"], [1, 9, 5].as_slice()));
}

#[test]
fn columns_too_wide_for_one_word_sort_alike() {
    let wide: Vec<Column> =
        (0..3).map(|i| Column::number(&format!("c{i}"), vec![0.5, -0.5, f64::NAN, -1e300, 0.5])).collect();
    let table = CountTable::new(wide, vec![1; 5]).unwrap();
    let Values::Number(values) = &table.columns()[0].values else { panic!() };
    assert_eq!(values[..3], [-1e300, -0.5, 0.5]);
    assert_eq!(table.n(), [1, 1, 2, 1]);
    assert!(values[3].is_nan());
}

#[test]
fn numbers_with_decimals_sort_and_stay_apart() {
    let values = vec![0.3, -2.75, f64::NAN, 0.1 + 0.2, 0.25, 0.3, -0.0, 1e-9, 0.0];
    let table = CountTable::new(vec![Column::number("x", values.clone())], vec![1; 9]).unwrap();
    let Values::Number(sorted) = &table.columns()[0].values else { panic!() };
    assert_eq!(sorted[..6], [-2.75, 0.0, 1e-9, 0.25, 0.3, 0.1 + 0.2]);
    assert_eq!(table.n(), [1, 2, 1, 1, 2, 1, 1]);
    // The same without the two that have too many decimals.
    let few: Vec<f64> = [0, 1, 2, 4, 5, 6, 8].map(|at| values[at]).to_vec();
    let table = CountTable::new(vec![Column::number("x", few)], vec![1; 7]).unwrap();
    let Values::Number(sorted) = &table.columns()[0].values else { panic!() };
    assert_eq!(sorted[..4], [-2.75, 0.0, 0.25, 0.3]);
    assert_eq!(table.n(), [1, 2, 1, 2, 1]);
}

#[test]
fn marginals_and_complete_rows_count_every_patient() {
    let table = table();
    assert_eq!(table.marginal(&["group"]).unwrap().n(), [5, 5, 1]);
    let (complete, missing) = table.complete(&["group", "value"]).unwrap();
    assert_eq!((complete.total(), missing[0].n, missing[1].n), (6, 1, 4));
}
