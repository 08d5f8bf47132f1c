//! Proofs by hand and by simulation, and what is said.

use crate::methods::find;
use study::{Column, CountTable, CurveMeasure, Estimate, Plan, Problem, Quantity, Results, SourceText};

type Patients = Vec<(f64, bool)>;

fn try_run(options: &str, patients: &Patients) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.relapse]\ntime = \"t\"\nevent = \"e\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"smooth_hazard\"\nendpoint = \"relapse\"\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let columns = vec![
        Column::number("relapse.time", patients.iter().map(|row| row.0).collect()),
        Column::flag("relapse.event", &patients.iter().map(|row| Some(row.1)).collect::<Vec<_>>()),
    ];
    let table = CountTable::new(columns, vec![1; patients.len()]).unwrap();
    let found = find(&plan.analyses[0]).unwrap();
    (found.requests)(&plan.analyses[0], &plan)?;
    (found.estimate)(&plan.analyses[0], &plan, &[table])
}

fn run(options: &str, patients: &Patients) -> Results {
    try_run(options, patients).unwrap()
}

fn row(results: &Results, quantity: Quantity) -> &Estimate {
    results.estimates.iter().find(|row| row.quantity == quantity).unwrap()
}

fn said(results: &Results) -> String {
    results.notices.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Quantiles of an exponential law of rate 1/10, every fourth of them a censoring.
fn constant(n: u32) -> Patients {
    let time = |index: u32| -10.0 * (1.0 - (f64::from(index) + 0.5) / f64::from(n)).ln();
    (0..n).map(|index| (time(index), index % 4 != 3)).collect()
}

/// By hand, `smooth_hazard`: two events under the kernel of Epanechnikov, inside and at the start, with errors and
/// limits.
#[test]
fn two_rises_by_hand() {
    let patients = vec![(1.0, true), (3.0, true), (4.0, false), (4.0, false)];
    let results = run("at = [2, 0.5]\nbandwidth = 2\nuntil = 4", &patients);
    let rows: Vec<&Estimate> =
        results.estimates.iter().filter(|row| row.quantity == Quantity::Hazard).collect();
    let close =
        |ours: Option<f64>, exact: f64| assert!((ours.unwrap() - exact).abs() < 1e-15, "{ours:?} {exact}");
    // Near the start q = ¼, and of the two rises only the first is within reach: z = −¼.
    let q: f64 = 0.25;
    let kernel = 12.0 / (1.0 + q).powi(4) * 0.75 * (-0.25 * 0.5 + (3.0 * q * q - 2.0 * q + 1.0) / 2.0) / 2.0;
    close(rows[0].value, kernel / 4.0);
    close(rows[0].std_error, kernel / 4.0);
    let inside = 0.375 * 0.75;
    close(rows[1].value, inside * (1.0 / 4.0 + 1.0 / 3.0));
    let error = inside * (1.0f64 / 16.0 + 1.0 / 9.0).sqrt();
    close(rows[1].std_error, error);
    let limits = rows[1].interval.unwrap();
    let ratio = (1.959963984540054 * error / rows[1].value.unwrap()).exp();
    assert!((limits.upper.unwrap() / rows[1].value.unwrap() - ratio).abs() < 1e-12);
    assert_eq!(rows[1].n, Some(3));
    assert_eq!(row(&results, Quantity::Bandwidth).value, Some(2.0));
}

/// Identity, `smooth_hazard`: the area under the hazard of 400 patients is their cumulative hazard, to one in a
/// hundred.
#[test]
fn the_integral_is_the_cumulative_hazard() {
    let results = run("bandwidth = 3\nuntil = 20", &constant(400));
    let smooth = results.curves.iter().find(|curve| curve.measure == CurveMeasure::Hazard).unwrap();
    let steps = results.curves.iter().find(|curve| curve.measure == CurveMeasure::CumulativeHazard).unwrap();
    let pairs = smooth.time.windows(2).zip(smooth.estimate.windows(2));
    let integral: f64 = pairs.map(|(t, y)| (t[1] - t[0]) * (y[0] + y[1]) / 2.0).sum();
    let reached = steps.estimate[steps.time.partition_point(|time| *time <= 20.0) - 1];
    assert!((integral / reached - 1.0).abs() < 0.01, "{integral} of {reached}");
}

#[test]
fn a_constant_hazard_is_found_constant() {
    // Three quarters of 1/10 at every time, the ends included.
    for options in ["bandwidth = 4\nuntil = 15", "until = 15"] {
        let results = run(options, &constant(4000));
        let smooth = results.curves.iter().find(|curve| curve.measure == CurveMeasure::Hazard).unwrap();
        for (time, hazard) in smooth.time.iter().zip(&smooth.estimate) {
            assert!((hazard - 0.075).abs() < 0.0035, "{hazard} at {time} with {options}");
        }
        assert_eq!((smooth.time[0], smooth.time[smooth.time.len() - 1]), (0.0, 15.0));
    }
}

#[test]
fn it_ends_where_ten_are_at_risk() {
    let patients = constant(60);
    let results = run("at = [1, 30]", &patients);
    let smooth = &results.curves[0];
    let mut times: Vec<f64> = patients.iter().map(|row| row.0).collect();
    times.sort_by(f64::total_cmp);
    assert!((smooth.time[smooth.time.len() - 1] / times[50] - 1.0).abs() < 1e-8);
    let rows: Vec<&Estimate> =
        results.estimates.iter().filter(|row| row.quantity == Quantity::Hazard).collect();
    assert!(rows[0].value.is_some() && rows[1].value.is_none());
    assert!(said(&results).contains("No hazard at 30: it is estimated from 0.0 to"), "{}", said(&results));
}

#[test]
fn too_wide_a_bandwidth_is_cut_and_that_is_said() {
    let results = run("bandwidth = 50\nuntil = 20", &constant(60));
    assert_eq!(row(&results, Quantity::Bandwidth).value, Some(10.0));
    assert!(said(&results).contains("it was cut to 10.0"));
    for wrong in ["bandwidth = 0", "bandwidth = -3", "until = 0", "bandwidth = \"best\"", "at = [0]"] {
        let problem = try_run(wrong, &constant(60)).unwrap_err();
        assert!(problem.place.is_some(), "{wrong}: {problem}");
    }
}

#[test]
fn where_there_is_nothing_to_smooth() {
    let none = run("at = [1]", &vec![(2.0, false), (3.0, false)]);
    assert!(none.curves.is_empty() && said(&none).contains("No event"), "{}", said(&none));
    let at_once = run("", &vec![(0.0, true), (0.0, true)]);
    assert!(at_once.curves.is_empty() && said(&at_once).contains("all leave at one time"));
    let empty = run("", &Vec::new());
    assert!(empty.curves.is_empty());
}

/// Identity, `smooth_hazard`: away from the ends the area under the hazard is the rise of the cumulative hazard.
#[test]
fn away_from_the_ends_the_area_is_the_rise() {
    let patients =
        vec![(1.0, false), (5.0, true), (6.5, false), (7.0, true), (7.0, true), (16.0, false), (16.0, false)];
    let at = "at = [3, 4, 5, 6, 7, 8, 9]\nbandwidth = 2\nuntil = 16";
    let results = run(at, &patients);
    let y: Vec<f64> = results
        .estimates
        .iter()
        .filter(|row| row.quantity == Quantity::Hazard)
        .map(|row| row.value.unwrap())
        .collect();
    assert_eq!(y.len(), 7);
    // Between 3, 5, 7 and 9 the hazard is a parabola, of which Simpson’s rule is exact.
    let area: f64 = [0, 2, 4].iter().map(|from| (y[*from] + 4.0 * y[from + 1] + y[from + 2]) / 3.0).sum();
    let steps = results.curves.iter().find(|curve| curve.measure == CurveMeasure::CumulativeHazard).unwrap();
    let reached = steps.estimate[steps.estimate.len() - 1];
    assert!((area - reached).abs() < 1e-14 && reached > 0.5, "{area} {reached}");
}

/// Identity, `smooth_hazard`: the order of patients changes nothing, and with time in another unit the hazard is in that
/// unit, for a given bandwidth as for one by cross-validation.
#[test]
fn order_changes_nothing_and_the_unit_of_time_the_unit_of_the_hazard() {
    // Times are told apart in nine digits: these have fewer in either unit.
    let patients: Patients =
        constant(80).iter().map(|row| ((row.0 * 1000.0).round() / 1000.0, row.1)).collect();
    for (bandwidth, scaled) in [("bandwidth = 3\n", "bandwidth = 36\n"), ("", "")] {
        let plain = run(&format!("{bandwidth}at = [1, 6, 14]\nuntil = 15"), &patients);
        let turned: Patients = patients.iter().rev().map(|row| (12.0 * row.0, row.1)).collect();
        let turned = run(&format!("{scaled}at = [12, 72, 168]\nuntil = 180"), &turned);
        let width = |results: &Results| row(results, Quantity::Bandwidth).value.unwrap();
        assert!((width(&turned) / width(&plain) - 12.0).abs() < 1e-9);
        let hazards = |results: &Results| -> Vec<(f64, f64)> {
            let own = results.estimates.iter().filter(|row| row.quantity == Quantity::Hazard);
            own.map(|row| (row.value.unwrap(), row.std_error.unwrap())).collect()
        };
        let (plain, turned) = (hazards(&plain), hazards(&turned));
        assert_eq!((plain.len(), turned.len()), (3, 3));
        for (one, other) in plain.iter().zip(&turned) {
            assert!((one.0 / other.0 - 12.0).abs() < 1e-9 && (one.1 / other.1 - 12.0).abs() < 1e-9);
        }
    }
}
