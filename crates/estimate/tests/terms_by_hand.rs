//! Interactions and splines whose answers can be worked out by hand.

mod modelling;

use modelling::{close, endpoint, global, ratio, run, separated, try_run, value};
use study::{Column, Estimate, IntervalMethod, Model, Notice, Quantity, Results, TestName};

const MULTI: Model = Model::Multivariable;
const UNI: Model = Model::Univariable;

/// Counts of events and others in the four cells of `a` × `b`: neither, b alone, a alone, both.
fn four_cells(events: [u64; 4], others: [u64; 4]) -> (Vec<Column>, Vec<u64>) {
    let flags = |of: &dyn Fn(usize) -> bool| (0..8).map(|i| Some(of(i))).collect::<Vec<_>>();
    let y = Column::flag("y", &flags(&|i| i < 4));
    let a = Column::flag("a", &flags(&|i| i % 4 >= 2));
    let b = Column::flag("b", &flags(&|i| i % 2 == 1));
    (vec![y, a, b], events.into_iter().chain(others).collect())
}

fn logistic(options: &str, columns: &[Column], n: &[u64]) -> Results {
    try_run("farr", "logistic", &format!("outcome = \"y\"\n{options}"), columns, n).unwrap()
}

const CROSSED: &str = "terms = [\"a\", \"b\", { interaction = [\"a\", \"b\"] }]\nunivariable = true";

/// By hand, `logistic`: the interaction of two factors is the ratio of two odds ratios, its variance Σ 1/n over eight
/// counts.
#[test]
fn of_two_factors_the_ratio_of_ratios() {
    let (columns, n) = four_cells([10, 20, 15, 40], [40, 30, 35, 10]);
    let results = logistic(CROSSED, &columns, &n);
    // Odds 10/40, 20/30, 15/35, 40/10: the model is saturated.
    let main = ratio(&results, MULTI, "a", Some("yes"));
    close(main.value.unwrap(), (15.0 / 35.0) / (10.0 / 40.0), 1e-12);
    let row = ratio(&results, MULTI, "a:b", Some("yes:yes"));
    let expected = (40.0 / 10.0) / (20.0 / 30.0) / ((15.0 / 35.0) / (10.0 / 40.0));
    close(row.value.unwrap(), expected, 1e-12);
    let variance: f64 = [10.0, 20.0, 15.0, 40.0, 40.0, 30.0, 35.0, 10.0].iter().map(|n: &f64| 1.0 / n).sum();
    close(row.std_error.unwrap(), variance.sqrt(), 1e-12);
    assert_eq!((row.reference.as_deref(), row.n, row.of), (Some("no:no"), Some(40), Some(50)));
    // Three rows of cells with a reference level say nothing and are not there.
    let rows = results.estimates.iter().filter(|row| row.term.as_deref() == Some("a:b"));
    assert_eq!(rows.filter(|row| row.quantity == Quantity::OddsRatio && row.model == Some(MULTI)).count(), 1);
    // Alone it has its main effects beside it: here that is the whole model.
    let alone = ratio(&results, UNI, "a:b", Some("yes:yes"));
    close(alone.value.unwrap(), expected, 1e-12);
    close(
        value(&results, UNI, Some("a:b"), Quantity::LogLikelihood),
        value(&results, MULTI, None, Quantity::LogLikelihood),
        1e-14,
    );
    let of_interaction = global(&results, UNI, Some("a:b"), TestName::LikelihoodRatio).unwrap();
    close(of_interaction.0, global(&results, MULTI, Some("a:b"), TestName::LikelihoodRatio).unwrap().0, 1e-9);
    // The intercept is that of neither.
    let intercept = |model, term| value(&results, model, term, Quantity::Intercept);
    close(intercept(MULTI, None), (10.0f64 / 40.0).ln(), 1e-12);
    assert_eq!(results.participants.missing.len(), 3);
}

/// By hand, `logistic`: under Firth’s penalty a saturated model has half a patient more in every cell.
#[test]
fn under_firths_penalty_every_cell_has_half_a_patient_more() {
    // Of a saturated model the penalty adds one half to every count (Firth 1993, §3.3).
    let (columns, n) = four_cells([10, 20, 15, 50], [40, 30, 35, 0]);
    let penalized = logistic(&format!("{CROSSED}\npenalty = \"firth\""), &columns, &n);
    let row = ratio(&penalized, MULTI, "a:b", Some("yes:yes"));
    let odds = |events: f64, others: f64| (events + 0.5) / (others + 0.5);
    close(
        row.value.unwrap(),
        odds(50.0, 0.0) / odds(20.0, 30.0) / (odds(15.0, 35.0) / odds(10.0, 40.0)),
        1e-9,
    );
    assert!(row.interval.unwrap().upper.is_some());
    let plain = logistic(CROSSED, &columns, &n);
    // Only the cell itself is infinite, and it is named by both levels.
    assert_eq!(separated(&plain), [("a:b", Some("yes:yes"))]);
    assert_eq!(ratio(&plain, MULTI, "a:b", Some("yes:yes")).value, None);
    close(ratio(&plain, MULTI, "a", Some("yes")).value.unwrap(), (15.0 / 35.0) / (10.0 / 40.0), 1e-10);
    let profile = logistic(&format!("{CROSSED}\ninterval = \"profile\""), &columns, &n);
    let limits = ratio(&profile, MULTI, "a:b", Some("yes:yes")).interval.unwrap();
    assert!(limits.lower.unwrap() > 1.0 && limits.upper.is_none());
}

#[test]
fn a_cell_without_patients_is_told_and_the_others_are_estimated() {
    let (columns, n) = four_cells([10, 20, 15, 0], [40, 30, 35, 0]);
    let results = logistic(CROSSED, &columns, &n);
    assert_eq!(ratio(&results, MULTI, "a:b", Some("yes:yes")).value, None);
    assert!(results.notices.contains(&Notice::Aliased { term: "a:b".into(), level: None }));
    close(ratio(&results, MULTI, "a", Some("yes")).value.unwrap(), (15.0 / 35.0) / (10.0 / 40.0), 1e-12);
}

/// By hand, `logistic`: the interaction of a factor with a number is the difference of two slopes, in any unit.
#[test]
fn with_a_number_the_difference_of_slopes() {
    // Each sex has two ages, so that its slope is the log odds ratio between them over their distance.
    let (mut columns, n) = four_cells([10, 20, 15, 40], [40, 30, 35, 10]);
    for unit in [1e-12, 1.0, 1e12] {
        columns[2] =
            Column::number("b", (0..8).map(|i| if i % 2 == 1 { 70.0 * unit } else { 60.0 * unit }).collect());
        let results = logistic(CROSSED, &columns, &n);
        let slope = |odds: f64| odds.ln() / (10.0 * unit);
        let (with, without) = (slope((40.0 / 10.0) / (15.0 / 35.0)), slope((20.0 / 30.0) / (10.0 / 40.0)));
        let row = ratio(&results, MULTI, "a:b", Some("yes"));
        assert_eq!(row.reference.as_deref(), Some("no"));
        match row.value {
            // A ratio so near 1 has few digits of its logarithm.
            Some(value) => close(value, (with - without).exp(), 1e-9),
            None => assert_eq!(unit, 1e-12),
        }
        let test = row.test.as_ref().unwrap();
        let variance: f64 =
            [10.0, 20.0, 15.0, 40.0, 40.0, 30.0, 35.0, 10.0].iter().map(|n: &f64| 1.0 / n).sum();
        close(test.statistic.unwrap(), ((with - without) * 10.0 * unit).powi(2) / variance, 1e-9);
        // The main effect of the number holds for those without a.
        if let Some(value) = ratio(&results, MULTI, "b", None).value {
            close(value, without.exp(), 1e-9);
        }
    }
}

/// By hand, `logistic`: the interaction of two numbers with two values each, from four odds.
#[test]
fn of_two_numbers_one_row() {
    let (mut columns, n) = four_cells([10, 20, 15, 40], [40, 30, 35, 10]);
    for (at, name) in [(1, "a"), (2, "b")] {
        let high = |i: usize| if at == 1 { i % 4 >= 2 } else { i % 2 == 1 };
        columns[at] = Column::number(name, (0..8).map(|i| if high(i) { 3.0 } else { 1.0 }).collect());
    }
    let results = logistic(CROSSED, &columns, &n);
    let expected = ((40.0 / 10.0) / (20.0 / 30.0) / ((15.0f64 / 35.0) / (10.0 / 40.0))).ln() / 4.0;
    close(ratio(&results, MULTI, "a:b", None).value.unwrap().ln(), expected, 1e-10);
}

/// By hand, `logistic`: two factors that cancel: odds ratio 16 of one where the other is absent, interaction 1/256.
#[test]
fn an_interaction_enters_with_its_main_effects() {
    // a and b alone tell nothing, together much.
    let (columns, n) = four_cells([10, 40, 40, 10], [40, 10, 10, 40]);
    let options = "terms = [\"a\", \"b\", \"a:b\"]\nmultivariable = { enter = \"univariable_p < 0.05\" }";
    let results = logistic(options, &columns, &n);
    close(ratio(&results, MULTI, "a", Some("yes")).value.unwrap(), 16.0, 1e-10);
    close(ratio(&results, MULTI, "a:b", Some("yes:yes")).value.unwrap(), 1.0 / 256.0, 1e-10);
    let told = |notice: &&Notice| matches!(notice, Notice::Other { message } if message.contains("because an interaction did"));
    assert_eq!(results.notices.iter().filter(told).count(), 2);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (mut columns, n) = four_cells([10, 20, 15, 40], [40, 30, 35, 10]);
    columns.push(Column::number("x", (0..8).map(f64::from).collect()));
    for (terms, expected) in [
        ("[\"a\", \"a:b\"]", "`a:b` is an interaction without the term `b`"),
        ("[\"a\", \"b\", \"a:b\", \"b:a\"]", "`b:a` and `a:b` are terms of the same variables"),
        ("[\"a\", \"b\", \"x\", \"a:b\", \"a:x\", \"a:b:x\"]", "without the term `b:x`"),
        ("[\"a\", \"a:y\"]", "`y` is the outcome"),
        ("[\"a\", \"a:\"]", "lacks a variable"),
        ("[{ spline = \"x\", knots = 2 }]", "2 knots are not between 3 and 7"),
        ("[{ spline = \"a\" }]", "a spline needs a number"),
        ("[\"x\", \"rcs(x, 3)\"]", "terms of the same variables"),
        ("[\"a\", \"rcs(x, 3)\", \"a:x\"]", "`a:x` has `x`, whose own term is `rcs(x, 3)`"),
    ] {
        let options = format!("outcome = \"y\"\nterms = {terms}");
        let problem = try_run("farr", "logistic", &options, &columns, &n).unwrap_err();
        assert!(problem.to_string().contains(expected), "{terms}: {problem}");
    }
    // Values that do not allow three knots.
    columns[3] = Column::number("x", (0..8).map(|i| f64::from(i / 7)).collect());
    let problem =
        try_run("farr", "logistic", "outcome = \"y\"\nterms = [\"rcs(x, 3)\"]", &columns, &n).unwrap_err();
    assert!(problem.to_string().contains("fewer than the three different knots"), "{problem}");
}

/// 0, 1, 2 and 3 with the log odds ln(1/4), ln(2/3), ln(3/2) and ln 4 — the spline with the knots 0, 1, 2 has three
/// parameters, so that only three of them are free.
///
/// By hand, `logistic`: a spline through three values has their log odds: coefficients, ratios, errors and curve.
#[test]
fn a_spline_of_three_values_is_saturated() {
    let x = Column::number("x", vec![0.0, 1.0, 3.0, 0.0, 1.0, 3.0]);
    let y = Column::flag("y", &[Some(true), Some(true), Some(true), Some(false), Some(false), Some(false)]);
    let (columns, n) = (vec![y, x], vec![10, 20, 40, 40, 30, 10]);
    let results = logistic("terms = [{ spline = \"x\", knots = [0, 1, 2] }]", &columns, &n);
    let log_odds = [(10.0f64 / 40.0).ln(), (20.0f64 / 30.0).ln(), 4.0f64.ln()];
    // The columns are x and 0, 1/4, 3 at 0, 1, 3.
    let second = (log_odds[2] - log_odds[0] - 3.0 * (log_odds[1] - log_odds[0])) / (3.0 - 0.75);
    let first = log_odds[1] - log_odds[0] - 0.25 * second;
    let coefficient = |level: &str| {
        let same =
            |row: &&Estimate| row.quantity == Quantity::Coefficient && row.level.as_deref() == Some(level);
        results.estimates.iter().find(same).unwrap().value.unwrap()
    };
    close(coefficient("basis 1"), first, 1e-10);
    close(coefficient("basis 2"), second, 1e-10);
    // Quartiles of 50 zeros, 50 ones and 50 threes.
    let row = ratio(&results, MULTI, "x", Some("3"));
    assert_eq!(row.reference.as_deref(), Some("0"));
    close(row.value.unwrap(), 16.0, 1e-10);
    close(row.std_error.unwrap(), (0.1f64 + 0.1 + 0.025 + 0.025).sqrt(), 1e-10);
    assert_eq!(row.interval.unwrap().method, IntervalMethod::Wald);
    let nonlinear = results.estimates.iter().filter(|row| row.quantity == Quantity::Nonlinearity);
    let tests: Vec<_> = nonlinear.filter_map(|row| row.test.as_ref()).collect();
    assert_eq!(
        tests.iter().map(|test| test.name).collect::<Vec<_>>(),
        [TestName::LikelihoodRatio, TestName::Wald]
    );
    let plain = logistic("terms = [\"x\"]", &columns, &n);
    let bend = 2.0
        * (value(&results, MULTI, None, Quantity::LogLikelihood)
            - value(&plain, MULTI, None, Quantity::LogLikelihood));
    close(tests[0].statistic.unwrap(), bend, 1e-9);
    // The curve: 1 at the median, and what the levels say elsewhere.
    let curve = &results.effects[0];
    assert_eq!((curve.reference, curve.x[0], *curve.x.last().unwrap()), (1.0, 0.0, 3.0));
    close(curve.ratio[0].unwrap(), (log_odds[0] - log_odds[1]).exp(), 1e-10);
    close(curve.ratio.last().unwrap().unwrap(), (log_odds[2] - log_odds[1]).exp(), 1e-10);
    assert_eq!((curve.patients.iter().sum::<u64>(), curve.patients[0], curve.patients[10]), (150, 50, 50));
    assert!(results.methods_text.iter().any(|text| text.contains("with 3 knots, at 0, 1, 2")));
}

/// Identity, `logistic`: a number in another unit has the same spline curve and likelihood.
#[test]
fn a_number_in_another_unit_has_the_same_curve() {
    let values: Vec<f64> = (0..120).map(|i| f64::from(i * i % 67)).collect();
    let events: Vec<Option<bool>> = (0..120).map(|i| Some((i * 37 + i * i) % 11 < 4)).collect();
    let curve = |unit: f64| {
        let x = Column::number("x", values.iter().map(|value| value * unit).collect());
        let columns = [Column::flag("y", &events), x];
        let results = run("logistic", "outcome = \"y\"\nterms = [\"rcs(x, 5)\"]", &columns);
        (results.effects[0].clone(), value(&results, MULTI, None, Quantity::LogLikelihood))
    };
    let (plain, likelihood) = curve(1.0);
    for unit in [1e-12, 1e12] {
        let (other, same) = curve(unit);
        close(same, likelihood, 1e-12);
        for (a, b) in plain.upper.iter().zip(&other.upper) {
            close(b.unwrap(), a.unwrap(), 1e-7);
        }
    }
}

/// Identity, `cox`: two factors and their interaction are one factor of four levels.
#[test]
fn a_cox_model_of_an_interaction_is_one_of_the_cells() {
    let times: Vec<f64> = (0..60).map(|i| f64::from(1 + i * 7 % 31)).collect();
    let events: Vec<bool> = (0..60).map(|i| i % 4 != 3).collect();
    let [time, event] = endpoint(&times, &events);
    let flag = |name: &str, of: &dyn Fn(i32) -> bool| {
        Column::flag(name, &(0..60).map(|i| Some(of(i))).collect::<Vec<_>>())
    };
    let (a, b) = (|i: i32| i % 3 == 0, |i: i32| i % 5 < 2);
    let cells: Vec<u32> = (0..60).map(|i| 2 * u32::from(a(i)) + u32::from(b(i))).collect();
    let columns =
        [time, event, flag("a", &a), flag("b", &b), Column::category("cell", &["0", "b", "a", "ab"], cells)];
    let crossed = run("cox", "endpoint = \"os\"\nterms = [\"a\", \"b\", \"a:b\"]", &columns);
    let cells = run("cox", "endpoint = \"os\"\nterms = [\"cell\"]", &columns);
    let of = |level| ratio(&cells, MULTI, "cell", Some(level)).value.unwrap();
    let own = ratio(&crossed, MULTI, "a:b", Some("yes:yes"));
    close(own.value.unwrap(), of("ab") / of("a") / of("b"), 1e-10);
    close(
        value(&crossed, MULTI, None, Quantity::LogLikelihood),
        value(&cells, MULTI, None, Quantity::LogLikelihood),
        1e-13,
    );
}
