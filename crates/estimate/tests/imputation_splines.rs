//! Splines of imputed numbers: the same in every data set, by what was observed; their curves pooled.

mod imputing;

use estimate::design::Spline;
use estimate::imputation::rubin::pool_estimates;
use estimate::methods::find;
use estimate::numerics::distributions::{normal_quantile, t_quantile};
use imputing::{analysed, completed, patients, plan};
use study::{Analysis, Column, EffectCurve, Estimate, Model, Plan, Quantity, Results, Values};

/// A quantile of type 7.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() - 1) as f64 * share;
    let low = rank.floor() as usize;
    sorted[low] + (rank - low as f64) * (sorted[(low + 1).min(sorted.len() - 1)] - sorted[low])
}

fn observed() -> Vec<f64> {
    let Values::Number(x) = patients(true)[1].values.clone() else { panic!() };
    let mut known: Vec<f64> = x.into_iter().filter(|x| !x.is_nan()).collect();
    known.sort_by(f64::total_cmp);
    known
}

fn asked(terms: &str) -> Plan {
    let analyses = format!(
        "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\nterms = {terms}\n"
    );
    plan("sets = 5\niterations = 3", &analyses)
}

fn with_terms(terms: &str) -> Results {
    analysed(&asked(terms), &patients(true))
}

/// The method on each completed data set, told the observed values of `x`.
fn in_each_set(terms: &str) -> Vec<Results> {
    let plan = asked(terms);
    let values = observed().into_iter().map(|x| (x, 1)).collect();
    let analysis = Analysis { observed: [("x".to_string(), values)].into(), ..plan.analyses[0].clone() };
    let sets = completed(&plan, &patients(true), 2).unwrap();
    let estimated = sets.tables.iter().map(|table| {
        let table = table.marginal(&["y", "x", "flag"]).unwrap();
        (find(&analysis).unwrap().estimate)(&analysis, &plan, &[table]).unwrap()
    });
    estimated.collect()
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} against {b}");
}

/// Knots that are counted stand at quantiles of the values that were observed.
#[test]
fn knots_are_those_of_the_observed_values() {
    let known = observed();
    let knots = [0.1, 0.5, 0.9].map(|share| quantile(&known, share));
    let counted = with_terms("[\"rcs(x, 3)\", \"flag\"]");
    let written = with_terms(&format!("[{{ spline = \"x\", knots = {knots:?} }}, \"flag\"]"));
    assert_eq!(counted.estimates, written.estimates);
    assert_eq!(counted.effects, written.effects);
    assert_eq!(counted.effects[0].knots, knots);
    let own = |row: &&Estimate| row.quantity == Quantity::OddsRatio && row.term.as_deref() == Some("x");
    let row = counted.estimates.iter().find(own).unwrap();
    let [low, high] = [0.25, 0.75].map(|share| quantile(&known, share).to_string());
    assert_eq!((row.reference.as_ref(), row.level.as_ref()), (Some(&low), Some(&high)));
    assert!(row.pooled.is_some());
    assert_eq!(counted.options["terms"][0], "rcs(x, 3)");
    assert!(counted.methods_text.iter().any(|text| text.contains("those of the observed values")));
    // What is known of everybody needs none of that.
    let plain = with_terms("[\"x\", \"flag\"]");
    assert!(plain.methods_text.iter().all(|text| !text.contains("observed values")));
}

/// The pooled curve by hand: the curve of each data set, and Rubin's rules at each point.
#[test]
fn the_curve_is_pooled() {
    let known = observed();
    let pooled = with_terms("[\"rcs(x, 3)\", \"flag\"]");
    let own = |quantity| move |row: &&Estimate| row.quantity == quantity && row.term.as_deref() == Some("x");
    let beta: Vec<f64> =
        pooled.estimates.iter().filter(own(Quantity::Coefficient)).map(|row| row.value.unwrap()).collect();
    assert_eq!(beta.len(), 2);
    let curve = &pooled.effects[0];
    close(curve.reference, quantile(&known, 0.5));
    close(curve.x[0], quantile(&known, 0.01));
    close(curve.x[200], quantile(&known, 0.99));
    let [a, b, c] = [curve.knots[0], curve.knots[1], curve.knots[2]];
    let cube = |x: f64| x.max(0.0).powi(3);
    let bent = |x: f64| {
        (cube(x - a) - cube(x - b) * (c - a) / (c - b) + cube(x - c) * (b - a) / (c - b)) / (c - a).powi(2)
    };

    let curves: Vec<EffectCurve> =
        in_each_set("[\"rcs(x, 3)\", \"flag\"]").iter().map(|set| set.effects[0].clone()).collect();
    let analysed = pooled.participants.analysed as f64;
    let z = normal_quantile(0.975);
    let mut wider = 0;
    for at in [0, 40, 130, 200] {
        let x = curve.x[at];
        let ratio = curve.ratio[at].unwrap().ln();
        close(ratio, beta[0] * (x - curve.reference) + beta[1] * (bent(x) - bent(curve.reference)));
        let log = |values: &[Option<f64>]| values[at].unwrap().ln();
        let q: Vec<f64> = curves.iter().map(|curve| log(&curve.ratio)).collect();
        let u: Vec<f64> = curves
            .iter()
            .map(|curve| ((log(&curve.upper) - log(&curve.lower)) / (2.0 * z)).powi(2))
            .collect();
        // Patients less the intercept, the two columns of the spline and that of the flag.
        let found = pool_estimates(&q, &u, analysed - 4.0).unwrap();
        close(ratio, found.estimate);
        let half = t_quantile(0.975, found.df) * found.total.sqrt();
        close(curve.upper[at].unwrap().ln(), found.estimate + half);
        close(curve.lower[at].unwrap().ln(), found.estimate - half);
        wider += u32::from(half > z * u[0].sqrt());
    }
    assert!(wider > 0);
    let patients: u64 = curve.patients.iter().sum();
    assert!(patients > 370 && patients <= 390, "{patients}");
}

/// An interaction of two imputed variables, the one a spline: rows and curves within levels by Rubin's rules, and the same
/// columns in every data set, so that the coefficients of its joint test are of one kind.
#[test]
fn an_interaction_is_pooled_within_levels() {
    let known = observed();
    let terms = "[\"rcs(x, 3)\", \"flag\", \"rcs(x, 3):flag\"]";
    let pooled = with_terms(terms);
    assert_eq!(pooled.options["terms"][2], "rcs(x, 3):flag");
    let knots = [0.1, 0.5, 0.9].map(|share| quantile(&known, share));
    let [q1, q2, q3, first, last] = [0.25, 0.5, 0.75, 0.01, 0.99].map(|share| quantile(&known, share));
    let sets = in_each_set(terms);
    let row = |results: &Results, level: &str| -> Estimate {
        let text = format!("x={q3}:{level}");
        let own = |row: &&Estimate| {
            row.quantity == Quantity::OddsRatio && row.level.as_deref() == Some(text.as_str())
        };
        results.estimates.iter().find(own).unwrap().clone()
    };
    let spline = Spline::observed(Vec::new(), knots.to_vec(), [q1, q2, q3], [first, last]);
    for level in ["no", "yes"] {
        let own = row(&pooled, level);
        let logs: Vec<f64> = sets.iter().map(|set| row(set, level).value.unwrap().ln()).collect();
        close(own.value.unwrap().ln(), logs.iter().sum::<f64>() / 5.0);
        assert!(own.pooled.is_some() && own.reference.unwrap() == format!("x={q1}:{level}"));
        let held = |curve: &&EffectCurve| curve.held.len() == 1 && curve.held[0].level == level;
        let curve = pooled.effects.iter().find(held).unwrap();
        assert_eq!((curve.x[0], curve.reference, curve.x[200]), (first, q2, last));
        let mean = sets.iter().map(|set| set.effects.iter().find(held).unwrap().ratio[30].unwrap().ln());
        close(curve.ratio[30].unwrap().ln(), mean.sum::<f64>() / 5.0);
    }
    assert_eq!(pooled.effects.len(), 2);
    for set in &sets {
        let whole = |own: &&study::Covariance| {
            own.quantity == Quantity::GlobalTest && own.term.as_deref() == Some("x:flag")
        };
        let own = set.covariances.iter().find(whole).unwrap();
        let log = |level: usize| set.effects[level].ratio[30].unwrap().ln();
        let at = set.effects[0].x[30];
        let sum: f64 = (0..2).map(|k| own.beta[k] * (spline.basis(at, k) - spline.basis(q2, k))).sum();
        close(log(1) - log(0), sum);
    }
    // Every test of several coefficients has their own covariance in every data set.
    for (quantity, term, df) in [
        (Quantity::GlobalTest, Some("x:flag"), 2.0),
        (Quantity::Nonlinearity, Some("x:flag"), 1.0),
        (Quantity::Nonlinearity, Some("x"), 1.0),
        (Quantity::TotalEffect, Some("x"), 4.0),
        (Quantity::TotalEffect, Some("flag"), 3.0),
        (Quantity::TotalNonlinearity, Some("x"), 2.0),
        (Quantity::LinearAdditive, None, 3.0),
    ] {
        let own = |row: &&Estimate| row.quantity == quantity && row.term.as_deref() == term;
        let tests = pooled.estimates.iter().filter(own).filter_map(|row| row.test.as_ref());
        let found: Vec<f64> = tests
            .filter(|test| test.reason.as_ref().is_some_and(|text| text.contains("D₁")))
            .map(|test| test.df[0])
            .collect();
        assert_eq!(found, [df], "{quantity:?} {term:?}");
    }
}

/// A number beside a spline is held at the quartiles of its observed values, and a spline whose own values are all known has
/// the same knots and curve in every data set.
#[test]
fn a_number_is_held_at_the_quartiles_of_its_observed_values() {
    let mut columns = patients(true);
    let age: Vec<f64> = (0..400).map(|row| f64::from(30 + row * 7 % 51)).collect();
    columns.push(Column::number("age", age));
    let with = |other: &str| {
        let analyses = format!(
            "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\n\
             terms = [\"rcs(age, 3)\", \"{other}\", \"rcs(age, 3):{other}\"]\n"
        );
        analysed(&plan("sets = 4\niterations = 2", &analyses), &columns)
    };
    // Of an imputed factor the patients of each level are others in every data set; the curves go over the same values.
    assert_eq!(with("flag").effects.len(), 2);
    let pooled = with("x");
    let rows = pooled.estimates.iter().filter(|row| row.term.as_deref() == Some("age:x"));
    let rows: Vec<&Estimate> = rows.filter(|row| row.quantity == Quantity::OddsRatio).collect();
    let known = observed();
    let levels = [0.25, 0.5, 0.75].map(|share| quantile(&known, share));
    assert_eq!(rows.len(), 3);
    for (row, held) in rows.iter().zip(levels) {
        assert!(row.level.as_ref().unwrap().ends_with(&format!(":x={held}")), "{:?}", row.level);
        assert!(row.value.is_some() && row.pooled.is_some());
        // No row has patients of its own: the degrees of freedom are from all.
        assert!(row.pooled.unwrap().df.unwrap_or(1e9) > 20.0, "{:?}", row.pooled);
    }
    assert_eq!(pooled.effects.len(), 3);
}

/// A term that enters by its pooled P value stays the spline that it is, and an interaction brings its parts.
#[test]
fn a_spline_that_enters_stays_one() {
    let analyses = "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\n\
                    terms = [\"rcs(x, 3)\", \"flag\", \"rcs(x, 3):flag\"]\n\
                    multivariable = { enter = \"univariable_p < 0.9999\" }\n";
    let entered = analysed(&plan("sets = 5\niterations = 3", analyses), &patients(true));
    let all = with_terms("[\"rcs(x, 3)\", \"flag\", \"rcs(x, 3):flag\"]");
    assert_eq!(entered.estimates, all.estimates);
    assert_eq!(entered.effects, all.effects);
    assert_eq!(entered.participants.missing.len(), 3);
}

/// An interaction that enters by its pooled P value brings its parts, whatever theirs are.
#[test]
fn what_an_interaction_needs_enters_with_it() {
    let mut columns = patients(true);
    let Values::Category { codes, .. } = columns[4].values.clone() else { panic!() };
    let half = |row: usize| row * 7 % 10 < 5;
    // The event goes with one of the two flags and mostly not with both or none: one of them alone says nothing.
    let events: Vec<Option<bool>> =
        (0..400).map(|row| Some(((codes[row] == 1) != half(row)) != (row % 7 == 0))).collect();
    let halves: Vec<Option<bool>> = (0..400).map(|row| Some(half(row))).collect();
    columns[0] = Column::flag("y", &events);
    columns.push(Column::flag("b", &halves));
    let analyses = "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\n\
                    terms = [\"flag\", \"b\", \"colour\", \"flag:b\"]\nunivariable = true\n\
                    multivariable = { enter = \"univariable_p < 0.0001\" }\n";
    let results = analysed(&plan("sets = 4\niterations = 2", analyses), &columns);
    let told = |model, term: &str| {
        let own = |row: &&Estimate| row.model == Some(model) && row.term.as_deref() == Some(term);
        results.estimates.iter().filter(own).filter(|row| row.quantity == Quantity::OddsRatio).count()
    };
    let entered = ["flag", "b", "colour", "flag:b"].map(|term| told(Model::Multivariable, term) > 0);
    assert_eq!(entered, [true, true, false, true]);
    let p = |term: &str| {
        let own =
            |row: &&Estimate| row.model == Some(Model::Univariable) && row.term.as_deref() == Some(term);
        let tests = results.estimates.iter().filter(own).filter_map(|row| row.test.as_ref());
        tests.filter_map(|test| test.p_value).fold(1.0, f64::min)
    };
    assert!(p("flag") > 0.0001 || p("b") > 0.0001);
}
