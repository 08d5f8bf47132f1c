//! Crowds that jeered at people who threatened to jump, by season (Mann 1981), as R's package HSAUR3 has them.

use crate::modelling::{try_run, two_by_two};
use crate::printed::Printed;
use crate::rows::{limits, of_term, test};
use study::{Quantity, TestName};

/// Hothorn & Everitt 2014 (doi:10.1201/b17081), chapter 4, figure 4.4: of 12 crowds from June to September 8 baited, of 9 in the
/// other months 2. R's upper limit is that of a loose root, and left out.
#[test]
fn baiting_crowds() {
    let (columns, n) = two_by_two([8, 4, 2, 7]);
    let options = "outcome = \"y\"\nexposure = \"x\"\nodds_interval = \"exact\"\ntests = [\"fisher\"]";
    let results = try_run("farr", "two_by_two", options, &columns, &n).unwrap();
    let mut printed = Printed::of("two_by_two", "baiting crowds", "Hothorn & Everitt 2014, chapter 4");
    printed.figure("P", test(&results, TestName::FisherExact).p_value, "0.08");
    let odds = of_term(&results, Quantity::OddsRatio, "x");
    printed.figure("odds ratio", odds.value, "6.3");
    printed.figure("lower limit", limits(odds)[0], "0.731");
    printed.finish();
}
