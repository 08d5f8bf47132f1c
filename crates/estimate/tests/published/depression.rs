//! Depression of nine patients before and after a tranquilizer (Hollander & Wolfe 1973).

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::{limits, of_term, test};
use study::{Column, Quantity, TestName};

const BEFORE: [f64; 9] = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
#[expect(clippy::approx_constant, reason = "3.14 was measured")]
const AFTER: [f64; 9] = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];

/// Hollander & Wolfe 1973, Nonparametric Statistical Methods, pages 29 to 43: P = 0.0195 of one side (both together are 0.039),
/// centre −0.46, limits −0.786 and −0.010 at 96.1%.
#[test]
fn after_less_before() {
    let columns = [Column::number("after", AFTER.to_vec()), Column::number("before", BEFORE.to_vec())];
    let options = "first = \"after\"\nsecond = \"before\"\ntest = \"wilcoxon_exact\"";
    let results = run("paired", options, &columns);
    let mut printed = Printed::of("paired", "depression", "Hollander & Wolfe 1973, pages 29 to 43");
    let p_value = test(&results, TestName::WilcoxonSignedRank).p_value;
    printed.figure("P of one side", p_value.map(|p| 0.5 * p), "0.0195");
    let centre = of_term(&results, Quantity::LocationShift, "after");
    printed.figure("centre", centre.value, "-0.46");
    for (ours, limit) in limits(centre).into_iter().zip(["-0.786", "-0.010"]) {
        printed.figure("its limit", ours, limit);
    }
    printed.finish();
}
