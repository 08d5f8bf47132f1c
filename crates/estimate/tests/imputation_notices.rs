//! What is imputed together, and what is told of imputed values.

mod imputing;

use imputing::{analysed, completed, patients, plan};
use study::{Column, Notice, Results, Values};

/// A number with its exponential, whether it is high, and another laboratory value that is missing in the same patients.
#[test]
fn what_is_computed_from_one_column_agrees_with_it_when_imputed() {
    let analyses = "[variables.ex]\nsql = \"exp(x / 30)\"\n[variables.high]\nsql = \"case when x < 30 then 'no' else 'yes' \
                    end\"\n[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\n\
                    terms = [\"ex\", \"high\", \"x\", \"lab\", \"stage\"]\n";
    let mut columns = patients(true);
    let Values::Number(x) = columns[1].values.clone() else { panic!() };
    let of = |x: f64| (x / 30.0).exp();
    columns.push(Column::number("ex", x.iter().map(|x| of(*x)).collect()));
    let high: Vec<Option<bool>> = x.iter().map(|x| (!x.is_nan()).then_some(*x >= 30.0)).collect();
    columns.push(Column::flag("high", &high));
    // Every value of it occurs once, so that each of them tells x; but it is another column.
    let lab = x.iter().enumerate().map(|(row, x)| if x.is_nan() { *x } else { x + 1e-6 * row as f64 });
    columns.push(Column::number("lab", lab.collect()));
    let sets = completed(&plan("sets = 4\niterations = 4", analyses), &columns, 2).unwrap();
    let mut apart = 0;
    for table in &sets.tables {
        let number = |name: &str| table.column(name).unwrap().numbers().unwrap();
        let (x, ex, lab) = (number("x"), number("ex"), number("lab"));
        let high = table.column("high").unwrap();
        for row in 0..table.rows() {
            assert_eq!(ex[row], of(x[row]), "row {row}");
            let level = &high.levels()[high.codes().unwrap()[row] as usize];
            assert_eq!(level.value == "yes", x[row] >= 30.0, "row {row}");
            apart += u32::from((lab[row] - x[row]).abs() > 1e-3);
        }
    }
    assert!(apart > 0, "a value of another column is drawn by itself");
    let said = |name: &str| {
        let own = |notice: &Notice| matches!(notice, Notice::ImputedTogether { variable, with } if variable == name && with == "x");
        sets.run.notices.iter().any(own)
    };
    assert!(said("ex") && said("high") && !said("x") && !said("lab"), "{:?}", sets.run.notices);
    let chains: Vec<&str> = sets.run.chains.iter().map(|chain| chain.variable.name.as_str()).collect();
    assert_eq!(chains, ["stage", "x", "ex", "high", "lab"]);
    // Whoever says how it is imputed has it imputed by itself.
    let own = completed(&plan("sets = 2\niterations = 2\nmethods = { ex = \"pmm\" }", analyses), &columns, 2)
        .unwrap();
    let table = &own.tables[0];
    let (x, ex) = (table.column("x").unwrap(), table.column("ex").unwrap());
    let pairs = x.numbers().unwrap().iter().zip(ex.numbers().unwrap());
    assert!(pairs.filter(|(x, ex)| of(**x) != **ex).count() > 0);
}

#[test]
fn interactions_and_curves_of_imputed_values_are_said_to_be_underestimated() {
    let with = |terms: &str| {
        let analyses = format!(
            "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\nterms = [{terms}]\n"
        );
        let mut columns = patients(true);
        columns.push(Column::number("whole", (0..400).map(|row| f64::from(row % 11)).collect()));
        columns.push(Column::flag("half", &(0..400).map(|row| Some(row % 2 == 0)).collect::<Vec<_>>()));
        let results = analysed(&plan("sets = 2\niterations = 1", &analyses), &columns);
        let own = |notice: &&Notice| matches!(notice, Notice::Other { message } if message.contains("is underestimated"));
        let told: Vec<String> = results.notices.iter().filter(own).map(ToString::to_string).collect();
        told.iter().map(|text| text.split(':').next().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(with("\"x\", \"flag\", \"half\""), [""; 0]);
    assert_eq!(with("\"flag\", \"half\", \"half:flag\""), ["half"]);
    assert_eq!(with("\"rcs(x, 10, 30, 50)\", \"flag\""), ["x"]);
    assert_eq!(with("\"whole\", \"half\", \"whole:half\", \"x\"").len(), 0);
}

#[test]
fn missing_values_of_imputed_groups_say_of_whom_they_are() {
    let table = |by: &str| {
        format!(
            "[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nmissing = \"impute\"\nby = \"{by}\"\n\
             variables = [\"x\", \"stage\"]\n"
        )
    };
    let said = |results: &Results| {
        let own = |notice: &&Notice| matches!(notice, Notice::Other { message } if message.contains("is known; it was imputed"));
        results.notices.iter().find(own).map(ToString::to_string)
    };
    let plan_of = |by: &str| plan("sets = 3\niterations = 2", &table(by));
    let imputed = analysed(&plan_of("flag"), &patients(true));
    let expected =
        "Missing values of each group are of the patients whose flag is known; it was imputed for 50 others.";
    assert_eq!(said(&imputed).as_deref(), Some(expected), "{:?}", imputed.notices);
    let mut columns = patients(true);
    columns.push(Column::flag("half", &(0..400).map(|row| Some(row % 2 == 0)).collect::<Vec<_>>()));
    assert_eq!(said(&analysed(&plan_of("half"), &columns)), None);
}
