//! Imputed data and their pooled results: what must hold whatever the numbers are.

mod imputing;
mod modelling;

use estimate::imputation::{Pooling, pool};
use imputing::{LOGISTIC, analysed, completed, patients, plan, try_plan};
use modelling::{close, ratio};
use study::results::Results;
use study::{
    Column, CountTable, CurveMeasure, ImputationMethod, IntervalMethod, MISSING, Model, Notice, Plan,
    Problem, Quantity, TestName, Values,
};

fn missing(table: &CountTable, name: &str) -> u64 {
    let column = table.column(name).unwrap();
    (0..table.rows()).filter(|row| column.is_missing(*row)).map(|row| table.n()[row]).sum()
}

#[test]
fn the_number_of_threads_changes_nothing_and_the_seed_does() {
    let plan = plan("sets = 5\niterations = 3", LOGISTIC);
    let one = completed(&plan, &patients(true), 1).unwrap();
    for threads in [2, 3, 64] {
        let several = completed(&plan, &patients(true), threads).unwrap();
        assert_eq!((&one.tables, &one.run), (&several.tables, &several.run));
    }
    let other = Plan { study: study::plan::StudyHeading { seed: 4, ..plan.study.clone() }, ..plan.clone() };
    assert_ne!(completed(&other, &patients(true), 1).unwrap().tables, one.tables);
    // The first sets of many are the sets of few.
    let more = Plan { imputation: study::Imputation { sets: 7, ..plan.imputation.clone() }, ..plan };
    assert_eq!(completed(&more, &patients(true), 2).unwrap().tables[..5], one.tables);
}

#[test]
fn what_was_observed_stays_and_what_was_missing_is_filled() {
    let columns = patients(true);
    let sets = completed(&plan("sets = 4\niterations = 2", LOGISTIC), &columns, 2).unwrap();
    let Values::Number(x) = &columns[1].values else { panic!() };
    for table in &sets.tables {
        assert_eq!(table.total(), 400);
        for name in ["x", "stage", "colour", "flag"] {
            assert_eq!(missing(table, name), 0, "{name}");
        }
        // An outcome is missing again, after having taken part in the chain.
        assert_eq!(missing(table, "y"), 10);
        let own = table.column("x").unwrap().numbers().unwrap();
        // Matching draws what somebody has; nobody's own value is lost.
        assert!(own.iter().all(|value| x.contains(value)));
        for value in x.iter().filter(|value| !value.is_nan()) {
            let before = x.iter().filter(|other| *other == value).count() as u64;
            let now: u64 =
                own.iter().zip(table.n()).filter(|(other, _)| *other == value).map(|(_, n)| n).sum();
            assert!(now >= before);
        }
    }
    let methods: Vec<ImputationMethod> = sets.run.chains.iter().map(|chain| chain.method).collect();
    // Those that lack fewest first: colour, flag, stage, x.
    use ImputationMethod::{Logistic, Ordinal, Pmm, Polytomous};
    assert_eq!(methods, [Polytomous, Logistic, Ordinal, Pmm]);
    let named = plan("sets = 2\nvariables = [\"y\", \"x\"]", LOGISTIC);
    let table = &completed(&named, &columns, 1).unwrap().tables[0];
    assert_eq!(["y", "x", "stage"].map(|name| missing(table, name)), [0, 0, 57]);
}

#[test]
fn without_missing_values_the_analysis_is_the_complete_one() {
    let columns = patients(false);
    let imputed = analysed(&plan("", LOGISTIC), &columns);
    let complete = analysed_complete(&columns);
    assert_eq!((&imputed.estimates, &imputed.notices), (&complete.estimates, &complete.notices));
    assert_eq!(imputed.participants, complete.participants);
    assert!(imputed.imputed.is_none());
}

fn analysed_complete(columns: &[Column]) -> Results {
    let options = "outcome = \"y\"\nunivariable = true\nterms = [\"x\", \"stage\", \"colour\", \"flag\"]";
    modelling::run("logistic", options, columns)
}

#[test]
fn equal_sets_have_the_variance_within_only() {
    for (method, options) in [
        ("logistic", "outcome = \"y\"\nunivariable = true\nterms = [\"x\", \"stage\"]"),
        ("baseline", "by = \"y\"\nvariables = [\"x\", \"stage\", \"flag\"]"),
    ] {
        let one = modelling::run(method, options, &patients(true));
        let pooled = pool(&vec![one.clone(); 6], &one, Pooling::new(0.95));
        assert_eq!(pooled.notices, one.notices);
        for (ours, theirs) in pooled.estimates.iter().zip(&one.estimates) {
            assert_eq!(
                (ours.value, ours.std_error, ours.interval),
                (theirs.value, theirs.std_error, theirs.interval)
            );
            assert_eq!((&ours.test, ours.n, ours.of), (&theirs.test, theirs.n, theirs.of));
            assert!(ours.pooled.is_none_or(|pooled| pooled.between == 0.0));
        }
    }
}

#[test]
fn a_regression_is_pooled_row_by_row() {
    let results = analysed(&plan("sets = 10\niterations = 3", LOGISTIC), &patients(true));
    assert_eq!((results.participants.eligible, results.participants.analysed), (400, 390));
    let lacking: Vec<u64> = results.participants.missing.iter().map(|missing| missing.n).collect();
    assert_eq!(lacking, [10, 80, 57, 44, 50]);
    let row = ratio(&results, Model::Multivariable, "x", None);
    let (pooled, limits) = (row.pooled.unwrap(), row.interval.unwrap());
    assert_eq!(limits.method, IntervalMethod::Rubin);
    close(row.std_error.unwrap().powi(2), pooled.within + 1.1 * pooled.between, 1e-12);
    close(pooled.relative_efficiency, 1.0 / (1.0 + pooled.fraction_missing / 10.0), 1e-12);
    close(limits.lower.unwrap() * limits.upper.unwrap(), row.value.unwrap().powi(2), 1e-12);
    // Levels add up to all patients of the model.
    let of: u64 = ["i", "ii", "iii"]
        .map(|level| ratio(&results, Model::Multivariable, "stage", Some(level)).of.unwrap())
        .iter()
        .sum();
    assert_eq!(of, 390);
    let text = results.methods_text.join(" ");
    assert!(text.contains("x (n = 80)") && text.contains("missing at random"), "{text}");
    let few = |notice: &Notice| matches!(notice, Notice::TooFewSets { sets: 10, .. });
    assert!(results.notices.iter().any(few), "{:?}", results.notices);
    // The outcome was not imputed, and is left out.
    assert!(results.notices.contains(&Notice::MissingExcluded { variable: "y".into(), n: 10 }));
    assert!(
        !results
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::MissingExcluded { variable, .. } if variable == "x"))
    );
}

#[test]
fn terms_enter_by_their_pooled_p_values() {
    let rule = LOGISTIC.replace(
        "univariable = true",
        "univariable = true\nmultivariable = { enter = \"univariable_p < 0.05\" }",
    );
    let results = analysed(&plan("sets = 5\niterations = 2", &rule), &patients(true));
    assert!(results.notices.iter().any(|notice| matches!(notice, Notice::DataDrivenSelection { .. })));
    for term in ["x", "stage", "colour", "flag"] {
        let alone = results
            .estimates
            .iter()
            .filter(|row| row.model == Some(Model::Univariable) && row.term.as_deref() == Some(term));
        let tests = alone
            .filter_map(|row| Some((row.quantity, row.test.clone()?)))
            .filter(|(_, test)| test.name == TestName::Wald);
        let tests: Vec<_> = tests.collect();
        let joint = tests.iter().find(|(quantity, _)| *quantity == Quantity::GlobalTest).or(tests.first());
        let admitted = joint.unwrap().1.p_value.unwrap() < 0.05;
        let entered = results
            .estimates
            .iter()
            .any(|row| row.model == Some(Model::Multivariable) && row.term.as_deref() == Some(term));
        assert_eq!(admitted, entered, "{term}");
    }
    let never = rule.replace("0.05", "0.0000001").replace("univariable = true", "univariable = false");
    let results = analysed(&plan("sets = 3\niterations = 1", &never), &patients(true));
    assert!(results.notices.iter().any(|notice| matches!(notice, Notice::NothingEntered { .. })));
}

#[test]
fn table_one_keeps_its_missing_counts_and_adds_up() {
    let analyses = "[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nmissing = \"impute\"\nby = \"flag\"\nvariables = [\"x\", \"stage\"]\n";
    let results = analysed(&plan("sets = 6\niterations = 2", analyses), &patients(true));
    let rows = |quantity: Quantity| results.estimates.iter().filter(move |row| row.quantity == quantity);
    let lacking: u64 =
        rows(Quantity::Missing).filter(|row| row.group.is_none()).map(|row| row.n.unwrap()).sum();
    // Of all patients, also those whose group was imputed.
    assert_eq!(lacking, 80 + 57);
    let sizes: u64 = results.groups.iter().filter(|group| group.level.is_some()).map(|group| group.n).sum();
    assert_eq!((sizes, results.participants.analysed), (400, 400));
    let stages: u64 = rows(Quantity::Proportion)
        .filter(|row| row.term.as_deref() == Some("stage") && row.group.is_none())
        .map(|row| row.n.unwrap())
        .sum();
    assert_eq!(stages, 400);
    let test = rows(Quantity::Association)
        .find(|row| row.term.as_deref() == Some("stage"))
        .and_then(|row| row.test.clone())
        .unwrap();
    assert_eq!((test.name, test.df[0], test.df.len()), (TestName::PearsonChiSquared, 2.0, 2));
}

#[test]
fn shares_of_what_was_imputed_have_wilsons_limits() {
    let analyses = "[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nmissing = \"impute\"\nvariables = [\"colour\", \"y\"]\n\
                    share_interval = \"clopper_pearson\"\n";
    let results = analysed(&plan("sets = 6\niterations = 2", analyses), &patients(true));
    let rows = results.estimates.iter().filter(|row| row.quantity == Quantity::Proportion);
    for row in rows {
        let (pooled, limits) = (row.pooled.unwrap(), row.interval.unwrap());
        assert_eq!(limits.method, IntervalMethod::Rubin);
        // (p̂ − p)² = t² (T/Ū) p(1 − p)/n at both limits, with one t.
        let (share, n) = (row.value.unwrap(), row.of.unwrap() as f64);
        let total = pooled.within + pooled.between * (1.0 + 1.0 / 6.0);
        let t = [limits.lower, limits.upper].map(|p| {
            let p = p.unwrap();
            (share - p).abs() / (total / pooled.within * p * (1.0 - p) / n).sqrt()
        });
        close(t[0], t[1], 1e-12);
        assert!(t[0] > 1.96 && t[0] < 2.2, "{t:?}");
    }
}

#[test]
fn curves_of_imputed_groups_are_pooled_and_medians_read_from_them() {
    let mut columns = patients(true);
    let time: Vec<f64> = (0..400).map(|row| f64::from(1 + (row * 7919) % 97)).collect();
    let event: Vec<Option<bool>> = (0..400).map(|row| Some(row % 3 > 0)).collect();
    columns.extend([Column::number("os.time", time), Column::flag("os.event", &event)]);
    let analyses = "[[analyses]]\nid = \"a\"\nmethod = \"kaplan_meier\"\nmissing = \"impute\"\nendpoint = \"os\"\nby = \"stage\"\nat = [24]\n";
    let results = analysed(&plan("sets = 6\niterations = 2", analyses), &columns);
    assert_eq!(results.curves.len(), 3);
    for curve in &results.curves {
        assert!(curve.estimate.windows(2).all(|pair| pair[1] <= pair[0] + 1e-12));
        let find = |quantity: Quantity, at: f64| {
            results
                .estimates
                .iter()
                .find(|row| row.quantity == quantity && row.group == curve.group && row.at == Some(at))
                .unwrap()
        };
        let index = curve.time.partition_point(|time| *time <= 24.0) - 1;
        let row = find(Quantity::Survival, 24.0);
        close(row.value.unwrap(), curve.estimate[index], 1e-12);
        close(row.interval.unwrap().lower.unwrap(), curve.lower[index].unwrap(), 1e-9);
        let median = find(Quantity::SurvivalQuantile, 0.5).value.unwrap();
        let after = curve.time.iter().position(|time| *time >= median).unwrap();
        assert!(curve.estimate[after] <= 0.5 && curve.estimate[after - 1] >= 0.5);
    }
    assert_eq!(results.groups.iter().map(|group| group.n).sum::<u64>(), 400);
}

#[test]
fn hazards_of_imputed_groups_are_pooled_on_the_log_scale() {
    let mut columns = patients(true);
    let time: Vec<f64> = (0..400).map(|row| f64::from(1 + (row * 7919) % 97)).collect();
    let event: Vec<Option<bool>> = (0..400).map(|row| Some(row % 3 > 0)).collect();
    columns.extend([Column::number("os.time", time), Column::flag("os.event", &event)]);
    let run = |method: &str, more: &str| {
        let analyses = format!(
            "[[analyses]]\nid = \"a\"\nmethod = \"{method}\"\nmissing = \"impute\"\nendpoint = \"os\"\nby = \"stage\"\n\
             at = [24]\n{more}\n"
        );
        analysed(&plan("sets = 6\niterations = 2", &analyses), &columns)
    };
    let find = |results: &Results, quantity: Quantity, group: &Option<String>| {
        let mut rows = results.estimates.iter();
        rows.find(|row| row.quantity == quantity && row.group == *group && row.at == Some(24.0))
            .unwrap()
            .clone()
    };
    let steps = run("cumulative_hazard", "");
    assert_eq!(steps.curves.len(), 3);
    for curve in &steps.curves {
        assert_eq!(curve.measure, CurveMeasure::CumulativeHazard);
        assert!(curve.estimate[0] == 0.0 && curve.estimate.windows(2).all(|pair| pair[1] >= pair[0] - 1e-12));
        let index = curve.time.partition_point(|time| *time <= 24.0) - 1;
        let row = find(&steps, Quantity::CumulativeHazard, &curve.group);
        close(row.value.unwrap(), curve.estimate[index], 1e-12);
        close(row.interval.unwrap().lower.unwrap(), curve.lower[index].unwrap(), 1e-9);
        // A standard error of the hazard itself, not of its logarithm.
        close(row.std_error.unwrap(), curve.std_error[index].unwrap(), 1e-9);
        assert!(row.std_error.unwrap() < 0.5 * row.value.unwrap());
    }
    let smooth = run("smooth_hazard", "until = 80\nbandwidth = 20");
    let drawn = smooth.curves.iter().filter(|curve| curve.measure == CurveMeasure::Hazard);
    assert_eq!((smooth.curves.len(), drawn.clone().count()), (6, 3));
    for curve in drawn {
        assert!(curve.at_risk.is_empty() && curve.lower.iter().all(Option::is_some));
        let index = curve.time.partition_point(|time| *time <= 24.0) - 1;
        let row = find(&smooth, Quantity::Hazard, &curve.group);
        close(row.value.unwrap(), curve.estimate[index], 1e-12);
    }
}

#[test]
fn laws_predictions_and_concordances_keep_their_limits() {
    let mut columns = patients(true);
    let time: Vec<f64> = (0..400).map(|row| f64::from(1 + (row * 7919) % 97)).collect();
    let event: Vec<Option<bool>> = (0..400).map(|row| Some(row % 3 > 0)).collect();
    columns.extend([Column::number("os.time", time), Column::flag("os.event", &event)]);
    let run = |method: &str, options: &str| {
        let analyses = format!(
            "[[analyses]]\nid = \"a\"\nmethod = \"{method}\"\nmissing = \"impute\"\nendpoint = \"os\"\n{options}\n"
        );
        analysed(&plan("sets = 6\niterations = 2", &analyses), &columns)
    };
    let law =
        run("parametric_survival", "terms = [\"x\"]\nat = [24]\nprofiles = [{ label = \"A\", x = 30 }]");
    let of = |results: &Results, quantity: Quantity| {
        results.estimates.iter().find(|row| row.quantity == quantity).unwrap().clone()
    };
    // Pooled on the logarithm, a shape is the inverse of the spread with its limits exchanged.
    let (scale, shape) = (of(&law, Quantity::Scale), of(&law, Quantity::Shape));
    let [wide, narrow] = [&scale, &shape].map(|row| row.interval.unwrap());
    close(scale.value.unwrap() * shape.value.unwrap(), 1.0, 1e-12);
    close(wide.upper.unwrap() * narrow.lower.unwrap(), 1.0, 1e-12);
    close(wide.lower.unwrap() * narrow.upper.unwrap(), 1.0, 1e-12);
    close(scale.std_error.unwrap(), shape.std_error.unwrap(), 1e-12);
    let concordance = run("concordance", "score = \"x\"");
    let rows = [
        of(&law, Quantity::PredictedSurvival),
        of(&law, Quantity::PredictedQuantile),
        of(&concordance, Quantity::Concordance),
    ];
    for row in rows {
        let (interval, value) = (row.interval.unwrap(), row.value.unwrap());
        assert!(interval.lower.unwrap() < value && value < interval.upper.unwrap(), "{row:?}");
        assert!(row.std_error.unwrap() > 0.0 && interval.method == study::IntervalMethod::Rubin, "{row:?}");
    }
}

#[test]
fn a_shift_moves_what_was_imputed() {
    let mean = |imputation: &str| {
        let sets = completed(&plan(imputation, LOGISTIC), &patients(true), 2).unwrap();
        let chain = sets.run.chains.iter().find(|chain| chain.variable.name == "x").unwrap().clone();
        chain.mean.iter().map(|means| means[0]).sum::<f64>() / chain.mean.len() as f64
    };
    let (plain, shifted) =
        (mean("sets = 3\niterations = 1"), mean("sets = 3\niterations = 1\ndelta = { x = 100.0 }"));
    close(shifted - plain, 100.0, 0.05);
}

#[test]
fn separated_and_collinear_imputation_models_are_told_and_finished() {
    let mut columns = patients(true);
    // `flag` is told by stage iii without exception, and `copy` is x again.
    let stage: Vec<u32> = columns[2].codes().unwrap().to_vec();
    let flag: Vec<Option<bool>> =
        stage.iter().enumerate().map(|(row, code)| (row % 6 > 0).then_some(*code == 2)).collect();
    columns[4] = Column::flag("flag", &flag);
    columns[1] = Column::number("x", (0..400).map(|row| f64::from(row % 37)).collect());
    columns.push(Column::number("copy", (0..400).map(|row| 3.0 * f64::from(row % 37) - 1.0).collect()));
    let analyses = LOGISTIC.replace("\"flag\"]", "\"flag\", \"copy\"]");
    let sets = completed(&plan("sets = 2\niterations = 2", &analyses), &columns, 1).unwrap();
    let always = Notice::ImputationAugmented { variable: "flag".into(), fits: 4, of: 4 };
    assert!(sets.run.notices.contains(&always), "{:?}", sets.run.notices);
    let collinear = Notice::ImputationCollinear { variable: "colour".into(), predictor: "copy".into() };
    assert!(sets.run.notices.contains(&collinear), "{:?}", sets.run.notices);
    assert_eq!(missing(&sets.tables[1], "flag"), 0);
}

#[test]
fn hard_columns_give_a_result() {
    let mut columns = patients(true);
    let scaled = |column: &Column, factor: f64| -> Vec<f64> {
        column.numbers().unwrap().iter().map(|value| value * factor).collect()
    };
    let (tiny, huge) = (scaled(&columns[1], 1e-12), scaled(&columns[1], 1e12));
    columns.push(Column::number("tiny", tiny));
    columns.push(Column::number("huge", huge));
    columns.push(Column::number("none", vec![f64::NAN; 400]));
    columns.push(Column::number(
        "same",
        (0..400).map(|row| if row % 4 == 0 { f64::NAN } else { 2.0 }).collect(),
    ));
    columns.push(Column::category(
        "one",
        &["a", "b"],
        (0..400).map(|row| if row % 4 == 0 { MISSING } else { 1 }).collect(),
    ));
    for terms in ["\"tiny\"", "\"huge\", \"stage\"", "\"none\", \"x\"", "\"same\", \"x\"", "\"one\", \"x\""] {
        let analyses = LOGISTIC.replace("\"x\", \"stage\", \"colour\", \"flag\"", terms);
        let results = analysed(&plan("sets = 3\niterations = 2", &analyses), &columns);
        assert!(!results.estimates.is_empty(), "{terms}");
    }
    let nobody = LOGISTIC.replace("\"x\", \"stage\", \"colour\", \"flag\"", "\"none\", \"x\"");
    let sets = completed(&plan("sets = 2", &nobody), &columns, 1).unwrap();
    assert!(sets.run.notices.contains(&Notice::AllMissing { variable: "none".into() }));
    // Two patients with a value: donors are few, and a model of five predictors has no degree of freedom left.
    let few: Vec<f64> = (0..400).map(|row| if row < 2 { f64::from(row) } else { f64::NAN }).collect();
    columns.push(Column::number("few", few));
    let sets = completed(&plan("sets = 2", &LOGISTIC.replace("\"x\"", "\"few\"")), &columns, 1).unwrap();
    assert_eq!(missing(&sets.tables[0], "few"), 0);
    assert!(sets.run.notices.contains(&Notice::MostlyMissing { variable: "few".into(), n: 398, of: 400 }));
}

#[test]
fn what_cannot_be_is_refused_with_its_place() {
    let line = |problem: Problem| match problem.place {
        Some(study::Place::Text { line, .. }) => (problem.message, line),
        other => panic!("{other:?}"),
    };
    let (message, at) = line(try_plan("sets = 1", LOGISTIC).unwrap_err());
    assert_eq!((message.as_str(), at), ("`sets` is 1, and must lie between 2 and 1000", 12));
    assert_eq!(line(try_plan("sett = 3", LOGISTIC).unwrap_err()).1, 12);
    let refused =
        |imputation: &str| line(completed(&plan(imputation, LOGISTIC), &patients(true), 1).unwrap_err());
    assert_eq!(
        refused("methods = { colour = \"logistic\" }").0,
        "`colour` has 3 levels and cannot be imputed by logistic regression"
    );
    assert_eq!(
        refused("methods = { x = \"ordinal\" }").0,
        "`x` is a number and cannot be imputed by proportional odds regression"
    );
    assert_eq!(refused("methods = { xx = \"pmm\" }").0, "`xx` is in no analysis with `missing = \"impute\"`");
    assert_eq!(refused("delta = { colour = 1 }").1, 12);
}
