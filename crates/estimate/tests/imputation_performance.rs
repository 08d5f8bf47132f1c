//! Concordance, prediction error and residuals over imputed data sets.

mod imputing;

use estimate::imputation::rubin::pool_estimates;
use estimate::methods::find;
use estimate::numerics::distributions::t_quantile;
use imputing::{analysed, completed, patients, plan};
use study::{Column, Estimate, IntervalMethod, Notice, Plan, Quantity, Results, Values};

/// Times that are shorter where the number is larger.
fn columns() -> Vec<Column> {
    let mut columns = patients(false);
    let Values::Number(x) = columns[1].values.clone() else { panic!() };
    let times = x.iter().enumerate().map(|(row, x)| 5.0 + (row * 37 % 101) as f64 - x / 3.0 + 20.0);
    let events = (0..x.len()).map(|row| Some(row % 3 != 0)).collect::<Vec<_>>();
    let holes = x.iter().enumerate().map(|(row, x)| if row % 5 == 4 { f64::NAN } else { *x });
    columns[1] = Column::number("x", holes.collect());
    columns.push(Column::number("os.time", times.collect()));
    columns.push(Column::flag("os.event", &events));
    columns
}

fn asked(method: &str, options: &str) -> Plan {
    let analysis = format!(
        "[[analyses]]\nid = \"a\"\nmethod = \"{method}\"\nmissing = \"impute\"\nendpoint = \"os\"\n{options}\n"
    );
    plan("sets = 4\niterations = 2", &analysis)
}

/// The analysis of each completed data set.
fn each(plan: &Plan) -> Vec<Results> {
    let analysis = &plan.analyses[0];
    let entry = find(analysis).unwrap();
    let names: Vec<String> = (entry.requests)(analysis, plan).unwrap()[0]
        .columns
        .iter()
        .map(|column| column.source.column())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let sets = completed(plan, &columns(), 2).unwrap();
    let one = |table: &study::CountTable| {
        (entry.estimate)(analysis, plan, &[table.marginal(&names).unwrap()]).unwrap()
    };
    sets.tables.iter().map(one).collect()
}

fn row(results: &Results, quantity: Quantity) -> &Estimate {
    results.estimates.iter().find(|row| row.quantity == quantity && row.level.is_none()).unwrap()
}

fn left_out(results: &Results) -> bool {
    let own = |notice: &Notice| matches!(notice, Notice::Other { message } if message.contains("residuals and the curves"));
    results.notices.iter().filter(|notice| own(notice)).count() == 1
}

#[test]
fn concordance_and_prediction_error_are_pooled() {
    let plan = asked("survival_performance", "terms = [\"x\", \"flag\"]\nat = [40]\ngroups = 4");
    let pooled = analysed(&plan, &columns());
    let sets = each(&plan);
    for (quantity, logit) in [(Quantity::Concordance, true), (Quantity::Brier, false)] {
        let there = |value: f64| if logit { (value / (1.0 - value)).ln() } else { value };
        let back = |value: f64| if logit { 1.0 / (1.0 + (-value).exp()) } else { value };
        let (q, u): (Vec<f64>, Vec<f64>) = sets
            .iter()
            .map(|set| {
                let row = row(set, quantity);
                let (value, error) = (row.value.unwrap(), row.std_error.unwrap());
                (there(value), (error / if logit { value * (1.0 - value) } else { 1.0 }).powi(2))
            })
            .unzip();
        let found = pool_estimates(&q, &u, f64::INFINITY).unwrap();
        assert!(found.between > 0.0);
        let ours = row(&pooled, quantity);
        let half = t_quantile(0.975, found.df) * found.total.sqrt();
        let limits = ours.interval.unwrap();
        assert_eq!(limits.method, IntervalMethod::Rubin);
        for (ours, by_hand) in [
            (ours.value, back(found.estimate)),
            (limits.lower, back(found.estimate - half)),
            (limits.upper, back(found.estimate + half)),
        ] {
            assert!((ours.unwrap() - by_hand).abs() < 1e-12, "{quantity:?} {ours:?} {by_hand}");
        }
    }
    // Groups of risk are others in each data set: one notice says so.
    assert!(pooled.estimates.iter().all(|row| row.quantity != Quantity::ObservedRisk));
    assert!(left_out(&pooled) && pooled.series.is_empty());
    let partly = |notice: &Notice| matches!(notice, Notice::PartlyEstimable { .. });
    assert!(!pooled.notices.iter().any(partly), "{:?}", pooled.notices);
}

#[test]
fn residuals_of_one_data_set_are_not_shown() {
    for method in ["cox_residuals", "proportional_hazards"] {
        let plan = asked(method, "terms = [\"x\", \"flag\"]");
        assert!(each(&plan).iter().all(|set| !set.residuals.is_empty() && !set.smooths.is_empty()));
        let pooled = analysed(&plan, &columns());
        assert!(pooled.residuals.is_empty() && pooled.smooths.is_empty(), "{method}");
        assert!(left_out(&pooled), "{method}: {:?}", pooled.notices);
    }
    // Where nothing of the model is missing they stay.
    let plan = asked("cox_residuals", "terms = [\"flag\"]");
    let pooled = analysed(&plan, &columns());
    assert!(!pooled.residuals.is_empty() && !left_out(&pooled));
}
