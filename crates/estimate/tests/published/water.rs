//! Mortality and calcium of the drinking water in 61 towns of England and Wales (Hand et al. 1994), as R's package HSAUR3 has
//! them.

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::{limits, row};
use study::{Column, Quantity};

/// Deaths a year of 100 000 men.
const MORTALITY: [f64; 61] = [
    1247.0, 1668.0, 1466.0, 1800.0, 1609.0, 1558.0, 1807.0, 1299.0, 1637.0, 1359.0, 1392.0, 1755.0, 1519.0,
    1307.0, 1254.0, 1491.0, 1555.0, 1428.0, 1318.0, 1260.0, 1723.0, 1379.0, 1742.0, 1574.0, 1569.0, 1096.0,
    1591.0, 1402.0, 1772.0, 1828.0, 1704.0, 1702.0, 1581.0, 1309.0, 1259.0, 1427.0, 1724.0, 1175.0, 1486.0,
    1456.0, 1696.0, 1236.0, 1711.0, 1444.0, 1591.0, 1987.0, 1495.0, 1369.0, 1257.0, 1587.0, 1713.0, 1557.0,
    1640.0, 1709.0, 1625.0, 1625.0, 1527.0, 1627.0, 1486.0, 1485.0, 1378.0,
];
/// Calcium in parts per million.
const HARDNESS: [f64; 61] = [
    105.0, 17.0, 5.0, 14.0, 18.0, 10.0, 15.0, 78.0, 10.0, 84.0, 73.0, 12.0, 21.0, 78.0, 96.0, 20.0, 39.0,
    39.0, 122.0, 21.0, 44.0, 94.0, 8.0, 9.0, 91.0, 138.0, 16.0, 37.0, 15.0, 8.0, 26.0, 44.0, 14.0, 59.0,
    133.0, 27.0, 6.0, 107.0, 5.0, 90.0, 6.0, 101.0, 13.0, 14.0, 49.0, 8.0, 14.0, 68.0, 50.0, 75.0, 71.0,
    13.0, 57.0, 71.0, 13.0, 20.0, 60.0, 53.0, 122.0, 81.0, 71.0,
];

/// Hothorn & Everitt 2014 (doi:10.1201/b17081), chapter 3, figure 3.9: r = −0.655 with limits −0.778 and −0.483.
#[test]
fn hardness_and_mortality() {
    let columns =
        [Column::number("mortality", MORTALITY.to_vec()), Column::number("hardness", HARDNESS.to_vec())];
    let results = run("correlation", "variables = [\"mortality\", \"hardness\"]", &columns);
    let ours = row(&results, Quantity::Correlation, None, None);
    let mut printed = Printed::of("correlation", "hardness of water", "Hothorn & Everitt 2014, chapter 3");
    printed.figure("r", ours.value, "-0.655");
    for (ours, limit) in limits(ours).into_iter().zip(["-0.778", "-0.483"]) {
        printed.figure("its limit", ours, limit);
    }
    let test = ours.test.as_ref().unwrap();
    printed.figure("t", test.statistic, "-7");
    printed.figure("P", test.p_value, "1e-8");
    printed.finish();
}
