//! Guesses of the width of a lecture room by Australian students, 69 in feet and 44 in metres (Hand et al. 1994), as R's package HSAUR3 has them.

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::{limits, of_term};
use study::{Column, Quantity};

const FEET: [f64; 69] = [
    24.0, 25.0, 27.0, 30.0, 30.0, 30.0, 30.0, 30.0, 30.0, 32.0, 32.0, 33.0, 34.0, 34.0, 34.0, 35.0, 35.0,
    36.0, 36.0, 36.0, 37.0, 37.0, 40.0, 40.0, 40.0, 40.0, 40.0, 40.0, 40.0, 40.0, 40.0, 41.0, 41.0, 42.0,
    42.0, 42.0, 42.0, 43.0, 43.0, 44.0, 44.0, 44.0, 45.0, 45.0, 45.0, 45.0, 45.0, 45.0, 46.0, 46.0, 47.0,
    48.0, 48.0, 50.0, 50.0, 50.0, 51.0, 54.0, 54.0, 54.0, 55.0, 55.0, 60.0, 60.0, 63.0, 70.0, 75.0, 80.0,
    94.0,
];
const METRES: [f64; 44] = [
    8.0, 9.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 11.0, 11.0, 11.0, 11.0, 12.0, 12.0, 13.0, 13.0, 13.0, 14.0,
    14.0, 14.0, 15.0, 15.0, 15.0, 15.0, 15.0, 15.0, 15.0, 15.0, 16.0, 16.0, 16.0, 17.0, 17.0, 17.0, 17.0,
    18.0, 18.0, 20.0, 22.0, 25.0, 27.0, 35.0, 38.0, 40.0,
];

/// Hothorn & Everitt 2014 (doi:10.1201/b17081), chapter 3: feet against metres, which are 3.28 feet each.
#[test]
fn feet_and_metres() {
    let columns = [
        Column::number("width", FEET.into_iter().chain(METRES.map(|metres| 3.28 * metres)).collect()),
        Column::category("unit", &["metres", "feet"], (0..113).map(|guess| u32::from(guess < 69)).collect()),
    ];
    let mut printed = Printed::of("location", "width of a room", "Hothorn & Everitt 2014, chapter 3");
    for (means, figures) in [("student", ["-15.57", "-2.15"]), ("welch", ["-16.54", "-1.17"])] {
        let options = format!("variable = \"width\"\nby = \"unit\"\nmeans = \"{means}\"");
        let results = run("location", &options, &columns);
        let difference = of_term(&results, Quantity::MeanDifference, "width");
        printed.figure("difference of means", difference.value, "-8.86");
        for (ours, limit) in limits(difference).into_iter().zip(figures) {
            printed.figure(means, ours, limit);
        }
        let test = difference.test.as_ref().unwrap();
        printed.figure("degrees of freedom", Some(test.df[0]), if means == "welch" { "59" } else { "111" });
        let shift = of_term(&results, Quantity::LocationShift, "width");
        printed.figure("shift", shift.value, "-5.28");
        for (ours, limit) in limits(shift).into_iter().zip(["-9.36", "-0.80"]) {
            printed.figure("its limit", ours, limit);
        }
        printed.figure("P of the ranks", shift.test.as_ref().unwrap().p_value, "0.03");
    }
    printed.finish();
}
