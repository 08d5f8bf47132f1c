//! Pairs of a patient with the event and one without, through every method that compares within pairs: they tell the same.

mod modelling;

use modelling::{close, endpoint, global, ratio, run, try_run};
use study::{Column, Estimate, Model, Quantity, TestName};

/// Pairs of which both, the first alone, the second alone, or neither are exposed; the first has the event.
const PAIRS: [(bool, bool, u64); 4] =
    [(true, true, 5), (true, false, 9), (false, true, 3), (false, false, 7)];

/// Identity, `paired`, `two_by_two`, `exact_logistic`, `cox`: of matched pairs the ratio of the discordant ones is that
/// of a conditional model and of Mantel and Haenszel, and McNemar’s test, exact or not, is that of each.
#[test]
fn four_methods_see_the_discordant_pairs() {
    let members =
        |of: fn(&(bool, bool, u64)) -> bool| PAIRS.iter().map(|pair| Some(of(pair))).collect::<Vec<_>>();
    let both =
        [Column::flag("first", &members(|pair| pair.0)), Column::flag("second", &members(|pair| pair.1))];
    let n = PAIRS.map(|pair| pair.2);
    let changed = |test: &str| {
        let options = format!("first = \"first\"\nsecond = \"second\"\ntest = \"{test}\"");
        let results = try_run("farr", "paired", &options, &both, &n).unwrap();
        let find = |quantity| results.estimates.iter().find(|row| row.quantity == quantity).unwrap().clone();
        (find(Quantity::OddsRatio), find(Quantity::Association).test.unwrap())
    };
    let ((odds, exact), (_, mcnemar)) = (changed("mcnemar_exact"), changed("mcnemar"));
    let (odds, limits) = (odds.value.unwrap(), odds.interval.unwrap());
    let mcnemar = mcnemar.statistic.unwrap();

    // One row a patient: who has the event has it at 1, the other is followed until 2.
    let listed: Vec<(bool, bool)> =
        PAIRS.iter().flat_map(|pair| vec![(pair.0, pair.1); pair.2 as usize]).collect();
    let names: Vec<String> = (0..listed.len()).map(|pair| format!("p{pair}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let events: Vec<bool> = listed.iter().flat_map(|_| [true, false]).collect();
    let exposed: Vec<Option<bool>> = listed.iter().flat_map(|pair| [Some(pair.0), Some(pair.1)]).collect();
    let [time, event] = endpoint(&[1.0, 2.0].repeat(listed.len()), &events);
    let columns = [
        time,
        event,
        Column::flag("y", &events.iter().map(|event| Some(*event)).collect::<Vec<_>>()),
        Column::flag("x", &exposed),
        Column::category("pair", &names, (0..events.len() as u32).map(|row| row / 2).collect()),
    ];

    let model = run("exact_logistic", "outcome = \"y\"\nterms = [\"x\"]\nstrata = \"pair\"", &columns);
    let row = ratio(&model, Model::Multivariable, "x", Some("yes"));
    close(row.value.unwrap(), odds, 1e-10);
    close(row.interval.unwrap().lower.unwrap(), limits.lower.unwrap(), 1e-9);
    close(row.interval.unwrap().upper.unwrap(), limits.upper.unwrap(), 1e-9);
    close(row.test.as_ref().unwrap().p_value.unwrap(), exact.p_value.unwrap(), 1e-12);

    let pooled = run("two_by_two", "outcome = \"y\"\nexposure = \"x\"\nstrata = \"pair\"", &columns);
    let stratified = |quantity| {
        let own = |row: &&Estimate| row.quantity == quantity && row.model == Some(Model::Stratified);
        pooled.estimates.iter().find(own).unwrap()
    };
    close(stratified(Quantity::OddsRatio).value.unwrap(), odds, 1e-12);
    let test = stratified(Quantity::Association).test.as_ref().unwrap();
    close(test.statistic.unwrap(), mcnemar, 1e-12);

    for ties in ["efron", "breslow", "exact"] {
        let options = format!("endpoint = \"os\"\nterms = [\"x\"]\nstrata = [\"pair\"]\nties = \"{ties}\"");
        let results = run("cox", &options, &columns);
        close(ratio(&results, Model::Multivariable, "x", Some("yes")).value.unwrap(), odds, 1e-10);
        let score = global(&results, Model::Multivariable, None, TestName::Score).unwrap();
        close(score.0, mcnemar, 1e-12);
    }
}
