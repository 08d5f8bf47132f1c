use super::*;
use study::IntervalMethod;

const FARR: Style = Style { dialect: Dialect::Farr, confidence_level: 0.95 };
const SPSS: Style = Style { dialect: Dialect::Spss, confidence_level: 0.95 };

fn interval(lower: Option<f64>, upper: Option<f64>) -> Interval {
    Interval { lower, upper, confidence_level: 0.95, method: IntervalMethod::Wald }
}

#[test]
fn p_values_at_their_borders() {
    let journal = [
        (5.6e-7, "<0.001"),
        (0.000_999_9, "<0.001"),
        (0.001, "0.001"),
        (0.034_321, "0.034"),
        (0.049_43, "0.049"),
        (0.049_6, "0.0496"),
        (0.049_999, "<0.05"),
        (0.05, "0.050"),
        (0.199_4, "0.199"),
        (0.199_5, "0.20"),
        (0.214, "0.21"),
        (0.841, "0.84"),
        (0.994_9, "0.99"),
        (0.995, ">0.99"),
        (1.0, ">0.99"),
    ];
    for (p, text) in journal {
        assert_eq!(FARR.p_value(Some(p)), text, "{p}");
    }
    for (p, text) in
        [(0.0004, "<0.001"), (0.21405, "0.214"), (0.84098, "0.841"), (0.0496, "0.050"), (1.0, "1.000")]
    {
        assert_eq!(SPSS.p_value(Some(p)), text, "{p}");
    }
    assert_eq!(FARR.p_value(None), "—");
    assert_eq!(FARR.p_sentence(Some(1e-9)), "P < 0.001");
    assert_eq!(FARR.p_sentence(Some(0.3)), "P = 0.30");
}

#[test]
fn ratios_with_limits() {
    let gender = interval(Some(0.757_769_738), Some(3.381_647_866));
    assert_eq!(FARR.ratio_interval(1.600_784, Some(&gender)), "1.60 (0.76–3.38)");
    let size = interval(Some(3.985_959_49), Some(218.393_223));
    assert_eq!(FARR.ratio_interval(29.504_347_8, Some(&size)), "29.50 (3.99–218.39)");
    assert_eq!(SPSS.ratio_interval(29.504_347_8, Some(&size)), "29.504 (3.986–218.393)");
    assert_eq!(FARR.ratio_interval(3.0, Some(&interval(None, None))), "3.00 (0–∞)");
}

#[test]
fn a_limit_near_one_stays_on_its_side() {
    assert_eq!(FARR.ratio(0.998), "0.998");
    assert_eq!(FARR.ratio(1.002), "1.002");
    assert_eq!(FARR.ratio(1.005), "1.01");
    assert_eq!(FARR.ratio(1.0), "1.00");
}

#[test]
fn small_and_huge_ratios() {
    assert_eq!(FARR.ratio(0.043), "0.043");
    assert_eq!(FARR.ratio(0.0043), "0.0043");
    assert_eq!(FARR.ratio(0.000_2), "<0.001");
    assert_eq!(FARR.ratio(0.0), "0.0000");
    assert_eq!(FARR.ratio(12_345.6), "12\u{202f}346");
    assert_eq!(FARR.ratio(3e9), ">999\u{202f}999");
}

#[test]
fn counts_percentages_and_numbers() {
    assert_eq!(count_percent(13, Some(13.0 / 30.0)), "13 (43.3)");
    assert_eq!(count_percent(1, Some(1e-5)), "1 (<0.1)");
    assert_eq!(count_percent(99_999, Some(0.999_99)), "99\u{202f}999 (>99.9)");
    assert_eq!(count_percent(0, Some(0.0)), "0 (0.0)");
    assert_eq!(count(1234), "1234");
    assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    assert_eq!(number(-0.04, 1), "0.0");
    assert_eq!(number(-1.25, 1), "−1.3");
    assert_eq!(range("−1.3", "2.0"), "−1.3 to 2.0");
    assert_eq!(range("1.3", "2.0"), "1.3–2.0");
}

#[test]
fn decimals_follow_the_values() {
    assert_eq!(order_decimals(&[55.0, 33.0, 77.0]), 0);
    assert_eq!(order_decimals(&[55.5, 33.0, 77.0]), 1);
    assert_eq!(order_decimals(&[4.4321, 2.0]), 2);
    assert_eq!(order_decimals(&[1234.5]), 0);
    assert_eq!((order_decimals(&[0.0123, 0.05]), order_decimals(&[0.00123])), (4, 5));
    assert_eq!((spread_decimals(0.00123), spread_decimals(0.0)), (4, 4));
    // A small unit is no 0.
    let tiny = [7.535e-14, -5.9e-13];
    let written = tiny.map(|value| number(value, order_decimals(&tiny)));
    assert_eq!(written, ["7.54 × 10⁻¹⁴", "−5.90 × 10⁻¹³"]);
    assert_eq!(number(3e-12, spread_decimals(2e-12)), "3.00 × 10⁻¹²");
    // And a large one no line of zeros.
    assert_eq!(number(-1.5e300, 1), "−1.50 × 10³⁰⁰");
    assert_eq!(number(1e14, 0), ["100", "000", "000", "000", "000"].join(THIN));
    assert_eq!(spread_decimals(8.97), 1);
    assert_eq!(spread_decimals(0.25), 2);
}

#[test]
fn confidence_levels() {
    assert_eq!(FARR.interval_name(), "95% CI");
    assert_eq!(Style { confidence_level: 0.975, ..FARR }.interval_name(), "97.5% CI");
    assert_eq!(Style { confidence_level: 0.999, ..FARR }.confidence_percent(), "99.9");
}
