//! Interactions with splines: identities with models of each level, and what follows from the coefficients by hand.

mod modelling;

use modelling::fixed_spline::{FIXED, run, try_run};
use modelling::{close, endpoint, global, ratio, separated, value};
use study::{Column, EffectCurve, Estimate, Model, Notice, Quantity, Results, TestName};

const MULTI: Model = Model::Multivariable;
const GROUPS: [&str; 3] = ["a", "b", "c"];

struct Patients {
    x: Vec<f64>,
    z: Vec<f64>,
    group: Vec<u32>,
    event: Vec<bool>,
    time: Vec<f64>,
}

/// 400 patients whose risk follows x upwards in a, downwards in b and hardly in c.
fn patients() -> Patients {
    let mut state = 20_240_601_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let mut found = Patients { x: vec![], z: vec![], group: vec![], event: vec![], time: vec![] };
    for row in 0..400u32 {
        let (x, group) = ((uniform() * 24.0).round(), row % 3);
        let risk = match group {
            0 => 0.1 + x / 40.0,
            1 => 0.8 - x / 50.0,
            _ => 0.4 + if x > 12.0 { 0.1 } else { 0.0 },
        };
        found.x.push(x);
        found.z.push((uniform() * 9.0).round() - 3.0);
        found.group.push(group);
        found.event.push(uniform() < risk);
        found.time.push((1.0 + uniform() * 40.0 * (1.2 - risk)).round());
    }
    found
}

impl Patients {
    fn kept(&self, keep: &dyn Fn(usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.x.len()).filter(|row| keep(*row)).collect();
        Self {
            x: rows.iter().map(|row| self.x[*row]).collect(),
            z: rows.iter().map(|row| self.z[*row]).collect(),
            group: rows.iter().map(|row| self.group[*row]).collect(),
            event: rows.iter().map(|row| self.event[*row]).collect(),
            time: rows.iter().map(|row| self.time[*row]).collect(),
        }
    }

    fn columns(&self, reference: u32) -> Vec<Column> {
        let mut group = Column::category("g", &GROUPS, self.group.clone());
        group.reference = Some(reference);
        let events: Vec<Option<bool>> = self.event.iter().map(|event| Some(*event)).collect();
        let mut columns = vec![
            Column::flag("y", &events),
            Column::number("x", self.x.clone()),
            Column::number("z", self.z.clone()),
            group,
        ];
        columns.extend(endpoint(&self.time, &self.event));
        columns
    }
}

fn crossed() -> String {
    format!("terms = [\"{FIXED}\", \"g\", \"{FIXED}:g\"]")
}

fn logistic(terms: &str, columns: &[Column]) -> Results {
    run("logistic", &format!("outcome = \"y\"\n{terms}"), columns)
}

fn coefficient(results: &Results, term: &str, level: &str) -> f64 {
    let own = |row: &&Estimate| {
        row.quantity == Quantity::Coefficient
            && (row.term.as_deref(), row.level.as_deref()) == (Some(term), Some(level))
    };
    results.estimates.iter().find(own).unwrap_or_else(|| panic!("{term} {level}")).value.unwrap()
}

fn within<'a>(results: &'a Results, level: &str) -> &'a Estimate {
    ratio(results, MULTI, "x:g", Some(&format!("x=16:{level}")))
}

fn curve<'a>(results: &'a Results, level: &str) -> &'a EffectCurve {
    results.effects.iter().find(|curve| curve.held.iter().any(|held| held.level == level)).unwrap()
}

fn same_curve(a: &EffectCurve, b: &EffectCurve) {
    assert_eq!((&a.x, &a.patients, &a.knots), (&b.x, &b.patients, &b.knots));
    for (a, b) in [(&a.ratio, &b.ratio), (&a.lower, &b.lower), (&a.upper, &b.upper)] {
        a.iter().zip(b).for_each(|(a, b)| close(a.unwrap(), b.unwrap(), 1e-10));
    }
}

/// With a factor and all products the model is one for each level.
#[test]
fn all_products_with_a_factor_are_a_model_of_each_level() {
    let patients = patients();
    let whole = logistic(&crossed(), &patients.columns(0));
    let (mut likelihood, mut intercepts) = (0.0, 0.0);
    let intercept = |results: &Results| value(results, MULTI, None, Quantity::Intercept);
    for (code, level) in GROUPS.iter().enumerate() {
        let own = patients.kept(&|row| patients.group[row] == code as u32).columns(0);
        let alone = logistic(&format!("terms = [\"{FIXED}\"]"), &own);
        for basis in ["basis 1", "basis 2", "basis 3"] {
            let further =
                if code == 0 { 0.0 } else { coefficient(&whole, "x:g", &format!("{level}:{basis}")) };
            close(coefficient(&whole, "x", basis) + further, coefficient(&alone, "x", basis), 1e-10);
        }
        same_curve(curve(&whole, level), &alone.effects[0]);
        let (row, single) = (within(&whole, level), ratio(&alone, MULTI, "x", Some("16")));
        assert_eq!(row.reference.as_deref(), Some(format!("x=6:{level}").as_str()));
        assert_eq!((row.n, row.of), (single.n, single.of));
        close(row.value.unwrap(), single.value.unwrap(), 1e-10);
        close(row.std_error.unwrap(), single.std_error.unwrap(), 1e-10);
        close(row.interval.unwrap().upper.unwrap(), single.interval.unwrap().upper.unwrap(), 1e-10);
        likelihood += value(&alone, MULTI, None, Quantity::LogLikelihood);
        intercepts += intercept(&alone);
        if code == 0 {
            close(intercept(&whole), intercept(&alone), 1e-9);
        }
    }
    close(value(&whole, MULTI, None, Quantity::LogLikelihood), likelihood, 1e-12);
    // The test of the interaction is that of the models with and without it.
    let plain = logistic(&format!("terms = [\"{FIXED}\", \"g\"]"), &patients.columns(0));
    let without = value(&plain, MULTI, None, Quantity::LogLikelihood);
    let (statistic, df, _) = global(&whole, MULTI, Some("x:g"), TestName::LikelihoodRatio).unwrap();
    assert_eq!(df, 6.0);
    close(statistic, 2.0 * (likelihood - without), 1e-9);
    // SAS has the intercept at the mean of the levels.
    let columns = patients.columns(0);
    let options = format!("outcome = \"y\"\n{}", crossed());
    let sas = try_run("sas", "logistic", &options, &columns, &vec![1; columns[0].values.len()]).unwrap();
    close(intercept(&sas), intercepts / 3.0, 1e-9);
    // No curve of everybody stands beside those of the levels, and no column is told as a ratio.
    assert_eq!(whole.effects.len(), 3);
    let ratios = whole.estimates.iter().filter(|row| row.quantity == Quantity::OddsRatio);
    assert_eq!(ratios.filter(|row| row.term.as_deref() == Some("x:g")).count(), 3);
    // The number alone is that of the reference level.
    close(ratio(&whole, MULTI, "x", Some("16")).value.unwrap(), within(&whole, "a").value.unwrap(), 1e-10);
    let text = whole.methods_text.concat();
    assert!(text.contains("within each level of g") && text.contains("at its median (x 11)"), "{text}");
}

#[test]
fn with_an_exponential_law_too() {
    let patients = patients();
    let options = |terms: &str| format!("endpoint = \"os\"\ndistribution = \"exponential\"\n{terms}");
    let whole = run("parametric_survival", &options(&crossed()), &patients.columns(0));
    for (code, level) in GROUPS.iter().enumerate() {
        let own = patients.kept(&|row| patients.group[row] == code as u32).columns(0);
        let alone = run("parametric_survival", &options(&format!("terms = [\"{FIXED}\"]")), &own);
        let of = |quantity, results: &Results, term: &str, text: &str| {
            let same = |row: &&Estimate| {
                row.quantity == quantity
                    && (row.term.as_deref(), row.level.as_deref()) == (Some(term), Some(text))
            };
            results.estimates.iter().find(same).unwrap().value.unwrap()
        };
        for quantity in [Quantity::TimeRatio, Quantity::HazardRatio] {
            close(
                of(quantity, &whole, "x:g", &format!("x=16:{level}")),
                of(quantity, &alone, "x", "16"),
                1e-9,
            );
        }
    }
}

/// Another reference moves what is told of the parts and nothing else.
#[test]
fn the_reference_does_not_matter_within_levels() {
    let patients = patients();
    let [first, second] = [0, 1].map(|reference| logistic(&crossed(), &patients.columns(reference)));
    for level in GROUPS {
        close(within(&first, level).value.unwrap(), within(&second, level).value.unwrap(), 1e-10);
        same_curve(curve(&first, level), curve(&second, level));
    }
    for name in [TestName::LikelihoodRatio, TestName::Wald] {
        let test = |results| global(results, MULTI, Some("x:g"), name).unwrap().0;
        close(test(&first), test(&second), 1e-8);
    }
    // Between two levels at the median of x: the one ratio is the other upside down.
    let at_median = |results, level| ratio(results, MULTI, "g", Some(level)).value.unwrap();
    close(at_median(&first, "b"), 1.0 / at_median(&second, "a"), 1e-10);
    // And it is what the coefficients say there: the log odds of b less those of a.
    let spline = |x: f64| {
        let cube = |x: f64| x.max(0.0).powi(3);
        let bent = |j: f64| {
            (cube(x - j) - cube(x - 14.0) * (20.0 - j) / 6.0 + cube(x - 20.0) * (14.0 - j) / 6.0) / 324.0
        };
        [x, bent(2.0), bent(8.0)]
    };
    let alone = |code: u32| {
        let own = patients.kept(&|row| patients.group[row] == code).columns(0);
        let alone = logistic(&format!("terms = [\"{FIXED}\"]"), &own);
        let bases = spline(11.0);
        let sum: f64 = (0..3).map(|k| bases[k] * coefficient(&alone, "x", &format!("basis {}", k + 1))).sum();
        sum + value(&alone, MULTI, None, Quantity::Intercept)
    };
    close(at_median(&first, "b").ln(), alone(1) - alone(0), 1e-9);
}

/// At each quartile of a number: the columns of the spline by what their products add there.
#[test]
fn beside_a_number_at_its_quartiles() {
    let patients = patients();
    let terms = format!("terms = [\"{FIXED}\", \"z\", \"z:{FIXED}\"]");
    let results = logistic(&terms, &patients.columns(0));
    let cube = |x: f64| x.max(0.0).powi(3);
    let bent = |x: f64, j: f64| {
        (cube(x - j) - cube(x - 14.0) * (20.0 - j) / 6.0 + cube(x - 20.0) * (14.0 - j) / 6.0) / 324.0
    };
    let steps = [10.0, bent(16.0, 2.0) - bent(6.0, 2.0), bent(16.0, 8.0) - bent(6.0, 8.0)];
    let mut sorted = patients.z.clone();
    sorted.sort_by(f64::total_cmp);
    let rows: Vec<&Estimate> = results
        .estimates
        .iter()
        .filter(|row| row.quantity == Quantity::OddsRatio && row.term.as_deref() == Some("z:x"))
        .collect();
    assert_eq!((rows.len(), rows[0].of), (3, None));
    for (row, share) in rows.iter().zip([0.25, 0.5, 0.75]) {
        let rank = share * (sorted.len() - 1) as f64;
        let below = sorted[rank as usize];
        let z = below + rank.fract() * (sorted[rank as usize + 1] - below);
        assert_eq!(row.level.as_deref(), Some(format!("x=16:z={z}").as_str()));
        let log: f64 = (0..3)
            .map(|k| {
                let name = format!("basis {}", k + 1);
                steps[k] * (coefficient(&results, "x", &name) + z * coefficient(&results, "z:x", &name))
            })
            .sum();
        close(row.value.unwrap().ln(), log, 1e-9);
    }
    assert_eq!(results.effects.len(), 3);
    assert!(results.effects.iter().all(|curve| curve.patients.iter().sum::<u64>() > 350));
}

#[test]
fn a_level_without_events_is_named_and_the_others_are_told() {
    let mut patients = patients();
    for (event, group) in patients.event.iter_mut().zip(&patients.group) {
        *event &= *group != 2;
    }
    let results = logistic(&crossed(), &patients.columns(0));
    let named = separated(&results);
    assert!(named.iter().any(|(term, level)| (*term, *level) == ("x:g", Some("c"))), "{named:?}");
    assert!(!named.iter().any(|(term, level)| *term == "x:g" && *level != Some("c")), "{named:?}");
    assert_eq!(within(&results, "c").value, None);
    let own = patients.kept(&|row| patients.group[row] == 1).columns(0);
    let alone = logistic(&format!("terms = [\"{FIXED}\"]"), &own);
    close(within(&results, "b").value.unwrap(), ratio(&alone, MULTI, "x", Some("16")).value.unwrap(), 1e-8);
    assert!(results.effects.iter().all(|curve| curve.held[0].level != "c"));
    // Firth's penalty keeps it finite, and says so.
    let firth = logistic(&format!("{}\npenalty = \"firth\"", crossed()), &patients.columns(0));
    assert!(within(&firth, "c").value.is_some());
}

/// Two values in a level say nothing of a curve with three columns.
#[test]
fn a_level_whose_values_do_not_determine_the_curve_has_none() {
    let mut patients = patients();
    for (x, group) in patients.x.iter_mut().zip(&patients.group) {
        *x = if *group == 2 { if *x > 11.0 { 18.0 } else { 5.0 } } else { *x };
    }
    let results = logistic(&crossed(), &patients.columns(0));
    assert!(results.notices.iter().any(|notice| matches!(notice,
        Notice::Aliased { term, level } if term == "x:g" && level.as_deref() == Some("c"))));
    let own = patients.kept(&|row| patients.group[row] == 1).columns(0);
    let alone = logistic(&format!("terms = [\"{FIXED}\"]"), &own);
    close(within(&results, "b").value.unwrap(), ratio(&alone, MULTI, "x", Some("16")).value.unwrap(), 1e-8);
    assert_eq!(within(&results, "c").value, None);
    // Where it is the reference the others are still told.
    let results = logistic(&crossed(), &patients.columns(2));
    assert_eq!(within(&results, "c").value, None);
    assert_eq!(results.effects.iter().filter(|curve| curve.held[0].level == "c").count(), 0);
}

/// Without competing events the subdistribution is the distribution.
#[test]
fn fine_and_gray_is_cox_without_competing_events() {
    let patients = patients();
    let cox =
        run("cox", &format!("endpoint = \"os\"\nties = \"breslow\"\n{}", crossed()), &patients.columns(0));
    let mut columns = patients.columns(0);
    let competing: Vec<Option<bool>> = patients.event.iter().map(|_| Some(false)).collect();
    columns.push(Column::flag("os.competing", &competing));
    let gray = run("fine_gray", &format!("endpoint = \"os\"\n{}", crossed()), &columns);
    for level in GROUPS {
        close(within(&cox, level).value.unwrap(), within(&gray, level).value.unwrap(), 1e-8);
        let [a, b] = [&cox, &gray].map(|results| curve(results, level).ratio[150].unwrap());
        close(a, b, 1e-8);
    }
}

/// What a model predicts for two patients who differ in x is its ratio within their level.
#[test]
fn predictions_follow_the_ratios_within_levels() {
    let patients = patients();
    let columns = patients.columns(0);
    let profile = |label: &str, x: u32| format!("{{ label = \"{label}\", x = {x}, g = \"b\" }}");
    let shared = format!("endpoint = \"os\"\nties = \"breslow\"\n{}", crossed());
    let cox = run("cox", &shared, &columns);
    let profiles = format!("profiles = [{}, {}]", profile("high", 16), profile("low", 6));
    let predicted =
        run("predicted_survival", &format!("{shared}\nat = [12]\nadjusted_by = \"g\"\n{profiles}"), &columns);
    let survival = |group: &str| {
        let own = |row: &&Estimate| row.quantity == Quantity::Survival && row.group.as_deref() == Some(group);
        predicted.estimates.iter().find(own).unwrap().value.unwrap()
    };
    close(survival("high").ln() / survival("low").ln(), within(&cox, "b").value.unwrap(), 1e-9);
    assert!(GROUPS.iter().all(|level| (0.05..0.95).contains(&survival(level))));
}

#[test]
fn an_elastic_net_tells_the_same_rows() {
    let patients = patients();
    let columns = patients.columns(0);
    let net = run("elastic_net", &format!("outcome = \"y\"\nalpha = 0.5\n{}", crossed()), &columns);
    let cube = |x: f64| x.max(0.0).powi(3);
    let bent = |x: f64, j: f64| {
        (cube(x - j) - cube(x - 14.0) * (20.0 - j) / 6.0 + cube(x - 20.0) * (14.0 - j) / 6.0) / 324.0
    };
    let steps = [10.0, bent(16.0, 2.0) - bent(6.0, 2.0), bent(16.0, 8.0) - bent(6.0, 8.0)];
    let groups: Vec<Option<String>> = net
        .estimates
        .iter()
        .filter(|row| row.quantity == Quantity::Penalty)
        .map(|row| row.group.clone())
        .collect();
    assert!(!groups.is_empty());
    for group in groups {
        let of = |quantity, term: &str, level: &str| {
            let own = |row: &&Estimate| {
                (row.quantity, &row.group) == (quantity, &group)
                    && (row.term.as_deref(), row.level.as_deref()) == (Some(term), Some(level))
            };
            net.estimates.iter().find(own).unwrap_or_else(|| panic!("{term} {level}")).value.unwrap()
        };
        for level in GROUPS {
            let log: f64 = (0..3)
                .map(|k| {
                    let name = format!("basis {}", k + 1);
                    let further = match level {
                        "a" => 0.0,
                        _ => of(Quantity::Coefficient, "x:g", &format!("{level}:{name}")),
                    };
                    steps[k] * (of(Quantity::Coefficient, "x", &name) + further)
                })
                .sum();
            close(1.0 + of(Quantity::OddsRatio, "x:g", &format!("x=16:{level}")).ln(), 1.0 + log, 1e-9);
        }
    }
}

/// A selection takes the interaction away before its parts, and all of its columns at once.
#[test]
fn stepwise_takes_the_interaction_first() {
    let patients = patients();
    let terms = format!("terms = [\"{FIXED}\", \"g\", \"z\", \"{FIXED}:g\", \"{FIXED}:z\"]");
    let options = format!("outcome = \"y\"\ncriterion = \"aic\"\nbootstrap = 0\n{terms}");
    let results = run("stepwise", &options, &patients.columns(0));
    let told = |term: &str| {
        results
            .estimates
            .iter()
            .any(|row| row.quantity == Quantity::OddsRatio && row.term.as_deref() == Some(term))
    };
    assert!(told("x") && told("g") && told("x:g") && !told("x:z"), "{:?}", results.methods_text);
    close(
        within(&results, "b").value.unwrap(),
        within(&logistic(&crossed(), &patients.columns(0)), "b").value.unwrap(),
        1e-6,
    );
}

#[test]
fn another_unit_changes_nothing() {
    let patients = patients();
    let results = |unit: f64| {
        let mut scaled = patients.kept(&|_| true);
        scaled.x.iter_mut().for_each(|x| *x *= unit);
        let options = "outcome = \"y\"\nterms = [\"rcs(x, 5)\", \"g\", \"rcs(x, 5):g\"]";
        modelling::run("logistic", options, &scaled.columns(0))
    };
    let plain = results(1.0);
    for unit in [1e-12, 1e12] {
        let other = results(unit);
        for (a, b) in plain.effects.iter().zip(&other.effects) {
            assert_eq!(a.held, b.held);
            a.upper.iter().zip(&b.upper).for_each(|(a, b)| close(b.unwrap(), a.unwrap(), 1e-6));
        }
        let test = |results| global(results, MULTI, Some("x:g"), TestName::Wald).unwrap().0;
        close(test(&other), test(&plain), 1e-7);
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let columns = patients().columns(0);
    for (terms, expected) in [
        ("[\"g\", \"rcs(x, 4):g\"]", "`rcs(x, 4):g` is an interaction without the term `rcs(x, 4)`"),
        ("[\"g\", \"rcs(x, 4)\", \"x:g\"]", "`x:g` has `x`, whose own term is `rcs(x, 4)`"),
        ("[\"g\", \"x\", \"rcs(x, 4):g\"]", "`rcs(x, 4):g` has `rcs(x, 4)`, whose own term is `x`"),
        ("[\"g\", \"rcs(x, 3)\", \"rcs(x, 4):g\"]", "whose own term is `rcs(x, 3)`"),
        ("[\"x\", \"rcs(g, 4)\", \"rcs(g, 4):x\"]", "`g` has levels, and a spline needs a number"),
        ("[\"g\", \"rcs(x, 4)\", \"rcs(x, 4):x\"]", "names `x` twice"),
        (
            "[\"g\", \"rcs(x, 4)\", \"z\", \"rcs(x, 4):g\", \"g:z\", \"rcs(x, 4):g:z\"]",
            "without the term `rcs(x, 4):z`",
        ),
    ] {
        let options = format!("outcome = \"y\"\nterms = {terms}");
        let problem =
            try_run("farr", "logistic", &options, &columns, &vec![1; columns[0].values.len()]).unwrap_err();
        assert!(problem.to_string().contains(expected), "{terms}: {problem}");
    }
    let tables = "[{ spline = \"x\" }, \"g\", { interaction = [{ spline = \"x\" }, \"g\"] }]";
    let results = logistic(&format!("terms = {tables}"), &columns);
    assert_eq!(results.options["terms"][2], "rcs(x, 4):g");
}
