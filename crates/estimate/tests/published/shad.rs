//! Lengths (mm) of gizzard shad of four places, ten of each (Hollander & Wolfe 1999, table 6.3).

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::test;
use study::{Column, TestName};

const LENGTHS: [f64; 40] = [
    46.0, 28.0, 46.0, 37.0, 32.0, 41.0, 42.0, 45.0, 38.0, 44.0, 42.0, 60.0, 32.0, 42.0, 45.0, 58.0, 27.0,
    51.0, 42.0, 52.0, 38.0, 33.0, 26.0, 25.0, 28.0, 28.0, 26.0, 27.0, 27.0, 27.0, 31.0, 30.0, 27.0, 29.0,
    30.0, 25.0, 25.0, 24.0, 27.0, 30.0,
];

/// Hothorn, Hornik, van de Wiel & Zeileis, the vignette of R’s package coin (doi:10.18637/jss.v028.i08): the
/// Kruskal–Wallis statistic, ties corrected, 22.852 with three degrees of freedom, P = 4.335e-5.
#[test]
fn four_places() {
    let columns = [
        Column::number("length", LENGTHS.to_vec()),
        Column::category("place", &["I", "II", "III", "IV"], (0..40).map(|fish| fish / 10).collect()),
    ];
    let results = run("baseline", "by = \"place\"\nvariables = [\"length\"]", &columns);
    let ours = test(&results, TestName::KruskalWallis);
    assert_eq!(ours.df, [3.0]);
    let mut printed = Printed::of("baseline", "gizzard shad", "Hothorn et al., vignette of R’s package coin");
    printed.figure("statistic", ours.statistic, "22.852");
    printed.figure("P", ours.p_value, "4.335e-5");
    printed.finish();
}
