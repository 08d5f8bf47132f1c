//! The Fine–Gray estimate against one with 40 digits, of data on which cmprsk stops early.

mod modelling;
mod oracle;

use modelling::run;
use oracle::{Comparison, load};
use study::{Column, ColumnSource, Estimate, Quantity};

#[test]
fn the_estimate_is_that_with_forty_digits() {
    let frozen = load("fine_gray_exact");
    let rows = frozen["rows"].as_array().unwrap();
    let number = |at: usize| rows.iter().map(|row| row[at].as_f64().unwrap()).collect::<Vec<_>>();
    let is = |cause: f64| number(1).iter().map(|found| Some(*found == cause)).collect::<Vec<_>>();
    let name = |source: fn(String) -> ColumnSource| source("os".into()).column();
    let columns = [
        Column::number(&name(ColumnSource::Time), number(0)),
        Column::flag(&name(ColumnSource::Event), &is(1.0)),
        Column::flag(&name(ColumnSource::Competing), &is(2.0)),
        Column::number("x", number(2)),
        Column::category("g", &["a", "b"], number(3).iter().map(|level| *level as u32).collect()),
    ];
    let results = run("fine_gray", "endpoint = \"os\"\nterms = [\"x\", \"g\"]", &columns);
    let ratios: Vec<&Estimate> = results
        .estimates
        .iter()
        .filter(|row| row.quantity == Quantity::SubdistributionHazardRatio && row.std_error.is_some())
        .collect();
    let mut comparison = Comparison::new("fine_gray", "random study 157", "mpmath, 40 digits");
    for (at, row) in ratios.iter().enumerate() {
        let (exact, theirs) = (frozen["beta"][at].as_f64().unwrap(), frozen["crr"][at].as_f64().unwrap());
        let ours = row.value.unwrap().ln();
        comparison.figure(&format!("coefficient {at}"), ours, exact);
        // Ours is nearer to it than that of cmprsk, which is not far.
        assert!((theirs / exact - 1.0).abs() < 1e-7);
        assert!((ours - exact).abs() < (theirs - exact).abs());
    }
    assert_eq!(ratios.len(), 2);
    comparison.finish();
}
