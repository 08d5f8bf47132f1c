//! Statistical reference data sets of the National Institute of Standards and Technology, itl.nist.gov/div898/strd.

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::{row, test};
use study::{Column, Quantity, TestName};

/// Michelson's 100 measurements of the speed of light, km/s above 299 000.
const MICHELSO: [u32; 100] = [
    850, 740, 900, 1070, 930, 850, 950, 980, 980, 880, 1000, 980, 930, 650, 760, 810, 1000, 1000, 960, 960,
    960, 940, 960, 940, 880, 800, 850, 880, 900, 840, 830, 790, 810, 880, 880, 830, 800, 790, 760, 800, 880,
    880, 880, 860, 720, 720, 620, 860, 970, 950, 880, 910, 850, 870, 840, 840, 850, 840, 840, 840, 890, 810,
    810, 820, 800, 770, 760, 740, 750, 760, 910, 920, 890, 860, 880, 720, 840, 850, 850, 780, 890, 840, 780,
    810, 760, 810, 790, 810, 820, 850, 870, 870, 810, 740, 810, 940, 950, 800, 810, 870,
];

/// Resistivity of silicon (ohm cm) by five instruments, five times each: ten thousandths above 196.
const SIRSTV: [i32; 25] = [
    3052, 1240, 1890, 2569, 3403, 3042, 3825, 1669, 3257, 422, 1303, 2005, 2889, 343, 1811, 2795, 1748, 1494,
    1485, -115, 2119, 1051, 1850, 52, 2090,
];

/// Michelso: mean 299.8524 and standard deviation 0.0790105478190518 in thousands of km/s. In km/s all values are whole, which
/// a double holds.
#[test]
fn the_speed_of_light() {
    let speeds = MICHELSO.map(|speed| 299_000.0 + f64::from(speed)).to_vec();
    let results = run("baseline", "variables = [\"speed\"]", &[Column::number("speed", speeds)]);
    let mut printed = Printed::of("baseline", "Michelso", "NIST StRD, univariate summary statistics");
    printed.figure("mean", row(&results, Quantity::Mean, None, None).value, "299852.400000000");
    let deviation = row(&results, Quantity::StandardDeviation, None, None);
    printed.figure("standard deviation", deviation.value, "79.0105478190518");
    printed.finish();
}

/// SiRstv: F = 1.18046237440255 with 4 and 20 degrees of freedom, whatever the unit.
#[test]
fn the_resistivity_of_silicon() {
    let columns = [
        Column::number("resistivity", SIRSTV.map(|part| 1_960_000.0 + f64::from(part)).to_vec()),
        Column::category("instrument", &["1", "2", "3", "4", "5"], (0..25).map(|value| value / 5).collect()),
    ];
    let options = "by = \"instrument\"\nvariables = [\"resistivity\"]\ntests = { continuous = \"anova\" }";
    let results = run("baseline", options, &columns);
    let anova = test(&results, TestName::OneWayAnova);
    assert_eq!(anova.df, [4.0, 20.0]);
    let mut printed = Printed::of("baseline", "SiRstv", "NIST StRD, analysis of variance");
    printed.figure("F", anova.statistic, "1.18046237440255");
    printed.finish();
}
