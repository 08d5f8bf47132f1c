use super::*;
use study::{Column, CountTable};

fn design(columns: &[Column]) -> (Design, Patterns) {
    let covariates: Vec<Covariate> = columns.iter().map(|c| Covariate::read(c).unwrap()).collect();
    let references: Vec<&Covariate> = covariates.iter().collect();
    let rows: Vec<u32> = (0..columns[0].values.len() as u32).collect();
    let patterns = Patterns::new(&references, &rows);
    let mut weights = vec![0.0; patterns.len()];
    patterns.of_row.iter().for_each(|pattern| weights[*pattern as usize] += 1.0);
    (Design::new(&references, &patterns, &weights), patterns)
}

#[test]
fn equal_rows_share_a_pattern_and_columns_are_standardised() {
    let factor = Column::category("g", &["a", "b", "c"], vec![0, 1, 2, 1]);
    let number = Column::number("x", vec![1e12, 1e12 + 3.0, 1e12, 1e12 + 3.0]);
    let (design, patterns) = design(&[factor, number]);
    assert_eq!(patterns.of_row, [0, 1, 2, 1]);
    assert_eq!(design.columns.iter().map(|c| c.level).collect::<Vec<_>>(), [Some(1), Some(2)]);
    // x is 3 where g is b: it says nothing that g does not.
    assert_eq!(design.notices, [Notice::Aliased { term: "x".into(), level: None }]);
    let b: Vec<f64> = design.x.chunks(2).map(|row| row[0]).collect();
    assert_eq!(b, [-1.0, 1.0, -1.0]);
}

#[test]
fn levels_that_nobody_has_and_constants_give_no_column() {
    let gone = Column::category("g", &["a", "b", "c"], vec![2, 1, 2, 1]);
    let constant = Column::number("k", vec![7.0; 4]);
    let (design, _) = design(&[gone, constant]);
    assert_eq!((design.columns.len(), design.references[0]), (1, Some(1)));
    assert!(
        matches!(&design.notices[0], Notice::Other { message } if message.contains("“b” took its place"))
    );
    assert_eq!(design.notices[1], Notice::SingleLevel { variable: "k".into() });
}

#[test]
fn numbers_of_any_size_have_unit_spread() {
    for size in [1e-300, 1e-12, 1.0, 1e12, 1e300] {
        let (design, _) = design(&[Column::number("x", vec![-size, size, -size, size])]);
        assert!((design.columns[0].scale / size - 1.0).abs() < 1e-15, "{size}");
        assert!(design.x.iter().all(|x| (x.abs() - 1.0).abs() < 1e-15));
    }
}

#[test]
fn both_ways_of_finding_patterns_agree() {
    let rows = 70_000;
    let wide: Vec<f64> = (0..rows).map(|i| f64::from(i * 7919 % 40_000)).collect();
    let narrow: Vec<u32> = (0..rows).map(|i| (i % 3) as u32).collect();
    let columns = [Column::number("x", wide), Column::category("g", &["a", "b", "c"], narrow)];
    let table = CountTable::new(columns.to_vec(), vec![1; rows as usize]).unwrap();
    let expected = table.rows();
    let covariates: Vec<Covariate> = columns.iter().map(|c| Covariate::read(c).unwrap()).collect();
    let all: Vec<u32> = (0..rows as u32).collect();
    for order in [[0, 1], [1, 0]] {
        let chosen = [&covariates[order[0]], &covariates[order[1]]];
        assert_eq!(Patterns::new(&chosen, &all).len(), expected);
        let few: Vec<u32> = (0..1000).collect();
        // 40 000 × 3 cells for 1000 rows: by sorting.
        assert_eq!(Patterns::new(&chosen, &few).len(), 1000);
    }
}
