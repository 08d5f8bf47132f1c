//! What is imputed, what only predicts, and what Table 1 then counts.

mod imputing;
mod modelling;

use imputing::{analysed, completed, patients, plan};
use modelling::close;
use study::{Column, MISSING, Notice, Quantity, Results, TestName, Values};

const HOLES: usize = 6;

/// Weights and hospitals, each with some missing.
fn with_weights() -> Vec<Column> {
    let mut columns = patients(true);
    let weight =
        (0..400).map(|row| if row % HOLES == 0 { f64::NAN } else { 1.0 + f64::from(row as u32 % 3) });
    columns.push(Column::number("w", weight.collect()));
    let site = (0..400).map(|row| if row % 8 == 0 { MISSING } else { row % 5 });
    columns.push(Column::category("site", &["a", "b", "c", "d", "e"], site.collect()));
    columns
}

#[test]
fn weights_and_clusters_predict_and_are_not_imputed() {
    let analyses = "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\nterms = [\"x\"]\n\
                    weights = \"w\"\nweight_kind = \"sampling\"\ncluster = \"site\"\n";
    let columns = with_weights();
    let sets = completed(&plan("sets = 2\niterations = 2", analyses), &columns, 1).unwrap();
    let table = &sets.tables[0];
    for name in ["w", "site"] {
        let column = table.column(name).unwrap();
        let lacking: u64 =
            (0..table.rows()).filter(|row| column.is_missing(*row)).map(|row| table.n()[row]).sum();
        assert!(lacking >= 50, "{name}: {lacking}");
        assert!(sets.run.predictors.iter().any(|predictor| predictor == name), "{:?}", sets.run.predictors);
    }
    let results = analysed(&plan("sets = 2\niterations = 2", analyses), &columns);
    let left_out = |name: &str| {
        results.notices.iter().any(
            |notice| matches!(notice, Notice::MissingExcluded { variable, n } if variable == name && *n > 0),
        )
    };
    assert!(left_out("w") && left_out("site"), "{:?}", results.notices);
    // Whoever names them has them imputed.
    let named = plan("sets = 2\niterations = 1\nvariables = [\"x\", \"w\"]", analyses);
    let table = &completed(&named, &columns, 1).unwrap().tables[0];
    assert!((0..table.rows()).all(|row| !table.column("w").unwrap().is_missing(row)));
}

#[test]
fn capitals_do_not_part_a_column_from_what_is_computed_from_it() {
    let analyses = "[variables.ex]\nsql = \"exp(CEA / 30)\"\n[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\n\
                    missing = \"impute\"\noutcome = \"y\"\nterms = [\"CEA\", \"ex\", \"stage\"]\n";
    let mut columns = patients(true);
    let Values::Number(x) = columns[1].values.clone() else { panic!() };
    columns.push(Column::number("CEA", x.clone()));
    columns.push(Column::number("ex", x.iter().map(|x| (x / 30.0).exp()).collect()));
    let sets = completed(&plan("sets = 2\niterations = 2", analyses), &columns, 1).unwrap();
    let number = |name: &str| sets.tables[0].column(name).unwrap().numbers().unwrap();
    assert!(number("CEA").iter().zip(number("ex")).all(|(x, ex)| (x / 30.0).exp() == *ex));
}

#[test]
fn what_is_computed_from_several_imputed_columns_says_so() {
    let analyses = "[variables.bmi]\nsql = \"weight / (height * height)\"\n[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\n\
                    missing = \"impute\"\noutcome = \"y\"\nterms = [\"weight\", \"height\", \"bmi\"]\n";
    let mut columns = patients(true);
    let Values::Number(x) = columns[1].values.clone() else { panic!() };
    let height = |row: usize| 1.5 + (row * 7 % 11) as f64 / 20.0;
    columns.push(Column::number("weight", x.clone()));
    columns.push(Column::number("height", (0..400).map(height).collect()));
    let bmi = x.iter().enumerate().map(|(row, x)| x / (height(row) * height(row)));
    columns.push(Column::number("bmi", bmi.collect()));
    let results = analysed(&plan("sets = 2\niterations = 2", analyses), &columns);
    let told: Vec<String> = results.notices.iter().map(ToString::to_string).collect();
    let expected = "bmi: computed from weight, and imputed by itself; its imputed values need not agree with those it is \
                    computed from.";
    assert!(told.iter().any(|text| text == expected), "{told:?}");
}

#[test]
fn an_outcome_that_is_the_event_of_an_endpoint_is_no_caveat() {
    let analyses = "[[analyses]]\nid = \"a\"\nmethod = \"cox\"\nmissing = \"impute\"\nendpoint = \"os\"\nterms = [\"x\", \"half\"]\n\
                    [[analyses]]\nid = \"b\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"half\"\nterms = [\"x\"]\n";
    let mut columns = patients(true);
    let half: Vec<Option<bool>> = (0..400).map(|row| Some(row % 2 == 0)).collect();
    columns.push(Column::number("os.time", (0..400).map(|row| f64::from(1 + (row * 7919) % 97)).collect()));
    columns.extend([Column::flag("os.event", &half), Column::flag("half", &half)]);
    let sets = completed(&plan("sets = 2\niterations = 2", analyses), &columns, 1).unwrap();
    let collinear = |notice: &Notice| matches!(notice, Notice::ImputationCollinear { .. });
    assert!(!sets.run.notices.iter().any(collinear), "{:?}", sets.run.notices);
}

fn table_one(by: &str, variables: &str, columns: &[Column]) -> Results {
    let analyses = format!(
        "[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nmissing = \"impute\"\nby = \"{by}\"\nvariables = [{variables}]\n"
    );
    analysed(&plan("sets = 7\niterations = 2", &analyses), columns)
}

#[test]
fn shares_of_a_group_have_its_size_for_a_denominator() {
    let results = table_one("colour", "\"stage\", \"flag\"", &patients(true));
    let mut seen = 0;
    for row in results.estimates.iter().filter(|row| row.quantity == Quantity::Proportion) {
        let Some(group) = results.groups.iter().find(|group| group.level == row.group) else { continue };
        assert_eq!(row.of, Some(group.n), "{row:?}");
        seen += 1;
    }
    assert!(seen >= 4 * 3, "{seen}");
}

#[test]
fn what_nobody_lacks_or_everybody_is_counted_of_all_where_groups_are_imputed() {
    let mut columns = patients(true);
    columns.push(Column::number("none", vec![f64::NAN; 400]));
    columns.push(Column::number("whole", (0..400).map(|row| f64::from(row % 11)).collect()));
    let results = table_one("flag", "\"none\", \"whole\", \"x\"", &columns);
    let lacking = |term: &str| {
        let found = results.estimates.iter().find(|row| {
            row.quantity == Quantity::Missing && row.group.is_none() && row.term.as_deref() == Some(term)
        });
        found.map(|row| (row.n, row.of))
    };
    let of_all = |n: u64| Some((Some(n), Some(400)));
    assert_eq!(["none", "whole", "x"].map(lacking), [of_all(400), of_all(0), of_all(80)]);
}

#[test]
fn the_test_of_a_ratio_goes_with_its_interval() {
    for options in ["penalty = \"firth\"", "interval = \"profile\"", "interval = \"score\""] {
        let analyses = format!(
            "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\n\
             terms = [\"x\", \"flag\"]\n{options}\n"
        );
        let results = analysed(&plan("sets = 6\niterations = 2", &analyses), &patients(true));
        let ratios = results.estimates.iter().filter(|row| row.quantity == Quantity::OddsRatio);
        for row in ratios.filter(|row| row.interval.is_some()) {
            let (test, limits) = (row.test.as_ref().unwrap(), row.interval.unwrap());
            assert_eq!(test.name, TestName::Wald, "{options}: {row:?}");
            // t, the half width of the interval and the standard error are of one distribution.
            let half = 0.5 * (limits.upper.unwrap() / limits.lower.unwrap()).ln();
            let t = half / row.std_error.unwrap();
            assert!((1.96..2.3).contains(&t), "{options}: {t}");
            close(
                test.statistic.unwrap().sqrt(),
                (row.value.unwrap().ln() / row.std_error.unwrap()).abs(),
                1e-9,
            );
        }
        let text = results.methods_text.join(" ");
        assert!(text.contains("in the place of those that are named for one data set"), "{text}");
    }
}

#[test]
fn a_model_of_complete_variables_stays_as_it_is() {
    let mut columns = patients(true);
    columns.push(Column::number("whole", (0..400).map(|row| 0.1 * f64::from(row * 13 % 37)).collect()));
    columns[0] = Column::flag("y", &(0..400).map(|row| Some(row % 3 == 0)).collect::<Vec<_>>());
    let analyses = "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\n\
                    univariable = true\nmultivariable = false\nterms = [\"x\", \"whole\"]\n";
    let results = analysed(&plan("sets = 6\niterations = 2", analyses), &columns);
    for row in results.estimates.iter().filter(|row| row.term.as_deref() == Some("whole")) {
        if let Some(test) = &row.test {
            assert_eq!(test.df.len(), 1, "{row:?}");
        }
        assert_ne!(row.interval.map(|limits| limits.method), Some(study::IntervalMethod::Rubin), "{row:?}");
    }
}
