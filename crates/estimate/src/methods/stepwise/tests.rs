//! Proofs by hand, and what is refused.

use crate::methods::find;
use study::{
    Column, CountTable, Estimate, Model, Notice, Plan, Problem, Quantity, Results, SourceText, TestName,
};

fn run(options: &str, columns: Vec<Column>, n: Vec<u64>) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.os]\ntime = \"t\"\nevent = \"e\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"stepwise\"\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let (analysis, entry) = (&plan.analyses[0], find(&plan.analyses[0]).unwrap());
    let requests = (entry.requests)(analysis, &plan)?;
    let wanted = requests[0].columns.iter().map(|column| column.source.column());
    let chosen = wanted.map(|name| columns.iter().find(|column| column.name == name).unwrap().clone());
    (entry.estimate)(analysis, &plan, &[CountTable::new(chosen.collect(), n).unwrap()])
}

fn flags(name: &str, values: &[u8]) -> Column {
    Column::flag(name, &values.iter().map(|value| Some(*value == 1)).collect::<Vec<_>>())
}

/// 10 of 20 with x and 4 of 20 without have the event; z is spread evenly over both.
fn columns() -> (Vec<Column>, Vec<u64>) {
    let columns = vec![
        flags("y", &[1, 0, 1, 0, 1, 0, 1, 0]),
        flags("x", &[1, 1, 0, 0, 1, 1, 0, 0]),
        flags("z", &[1, 1, 1, 1, 0, 0, 0, 0]),
    ];
    (columns, vec![5, 5, 2, 8, 5, 5, 2, 8])
}

fn steps(results: &Results) -> Vec<&Estimate> {
    results.estimates.iter().filter(|row| row.quantity == Quantity::SelectionStep).collect()
}

fn told(results: &Results) -> Vec<(&str, Option<&str>)> {
    steps(results).iter().map(|row| (row.level.as_deref().unwrap(), row.term.as_deref())).collect()
}

/// −2ℓ of so many events among so many.
fn deviance(cells: &[(f64, f64)]) -> f64 {
    cells.iter().map(|(n, of)| -2.0 * (n * (n / of).ln() + (of - n) * (1.0 - n / of).ln())).sum()
}

#[track_caller]
fn close(ours: f64, exact: f64) {
    assert!((ours - exact).abs() <= 1e-11 * exact.abs(), "{ours} against {exact}");
}

/// By hand, `stepwise`: two flags, one of which tells nothing: every step’s criterion and test from the deviances of
/// fourfold tables.
#[test]
fn one_term_of_two_is_left_whichever_way() {
    let with = deviance(&[(10.0, 20.0), (4.0, 20.0)]);
    let without = deviance(&[(14.0, 40.0)]);
    for direction in ["backward", "forward", "both"] {
        for criterion in ["aic", "bic", "p_value"] {
            let options = format!(
                "outcome = \"y\"\nterms = [\"x\", \"z\"]\ndirection = \"{direction}\"\ncriterion = \"{criterion}\"\n\
                 bootstrap = 0"
            );
            let (columns, n) = columns();
            let results = run(&options, columns, n).unwrap();
            let step = match direction {
                "backward" => ("removed", Some("z")),
                _ => ("entered", Some("x")),
            };
            assert_eq!(told(&results), [("start", None), step], "{options}");
            let each = if criterion == "bic" { 40f64.ln() } else { 2.0 };
            let rows = steps(&results);
            close(rows[1].value.unwrap(), with + 2.0 * each);
            let start = if direction == "backward" { with + 3.0 * each } else { without + each };
            close(rows[0].value.unwrap(), start);
            let test = rows[1].test.as_ref().unwrap();
            if direction != "backward" {
                // The score test of a fourfold table is Pearson's: 40 · (10·16 − 10·4)²/(20 · 20 · 14 · 26).
                let score = 40.0 * 120.0 * 120.0 / (400.0 * 14.0 * 26.0);
                let (name, statistic) = match criterion {
                    "p_value" => (TestName::Score, score),
                    _ => (TestName::LikelihoodRatio, without - with),
                };
                assert_eq!(test.name, name);
                close(test.statistic.unwrap(), statistic);
            }
            let ratio = results
                .estimates
                .iter()
                .find(|row| row.quantity == Quantity::OddsRatio && row.level.as_deref() == Some("yes"));
            let ratio = ratio.unwrap();
            assert_eq!((ratio.term.as_deref(), ratio.model), (Some("x"), Some(Model::Multivariable)));
            close(ratio.value.unwrap(), 4.0);
            assert!(matches!(results.notices[0], Notice::StepwiseSelection { .. }));
        }
    }
}

#[test]
fn kept_terms_stay_and_interactions_hold_their_parts() {
    let (columns, n) = columns();
    let options = "outcome = \"y\"\nterms = [\"x\", \"z\", \"x:z\"]\nbootstrap = 0\n";
    let kept = run(&format!("{options}keep = [\"z\"]"), columns.clone(), n.clone()).unwrap();
    assert_eq!(told(&kept), [("start", None), ("removed", Some("x:z"))]);
    // An interaction that is kept holds its parts in every model, and one that may enter waits for them.
    let held = run(&format!("{options}keep = [\"x:z\"]"), columns.clone(), n.clone()).unwrap();
    assert_eq!(told(&held), [("start", None)]);
    // x and z cancel unless both are known: the interaction is everything, and is never reached from nothing.
    let crossed = vec![9, 1, 1, 9, 1, 9, 9, 1];
    let forward =
        run(&format!("{options}direction = \"forward\""), columns.clone(), crossed.clone()).unwrap();
    assert_eq!(told(&forward), [("start", None)]);
    assert!(forward.estimates.iter().all(|row| row.quantity != Quantity::OddsRatio));
    let backward = run(options, columns, crossed).unwrap();
    assert_eq!(told(&backward), [("start", None)]);
}

#[test]
fn the_bootstrap_is_that_of_the_seed_and_counts_every_replicate() {
    let of = |extra: &str| {
        let (columns, n) = columns();
        run(&format!("outcome = \"y\"\nterms = [\"x\", \"z\"]\n{extra}"), columns, n).unwrap()
    };
    let (one, two) = (of(""), of(""));
    assert_eq!(one, two);
    let shares: Vec<&Estimate> =
        one.estimates.iter().filter(|row| row.quantity == Quantity::SelectionFrequency).collect();
    assert_eq!(shares.len(), 3);
    assert!(shares.iter().all(|row| row.of == Some(200)));
    // x is chosen where its likelihood ratio, 4 on average, exceeds 2; z, which tells nothing, in about 16 of 100.
    assert!(shares[0].n.unwrap() > 110 && shares[1].n.unwrap() < 90, "{shares:?}");
    assert_eq!(shares[0].level.as_deref(), Some("chosen"));
    assert!(shares[2].term.is_none() && shares[2].n <= shares[0].n);
}

#[test]
fn separated_and_redundant_candidates_are_no_obstacle() {
    let columns = vec![
        flags("y", &[1, 0, 1, 0, 0]),
        flags("x", &[1, 1, 0, 0, 0]),
        flags("all", &[0, 0, 0, 0, 1]),
        flags("same", &[1, 1, 0, 0, 0]),
    ];
    let n = vec![9, 5, 5, 9, 12];
    for criterion in ["aic", "p_value"] {
        for direction in ["backward", "both"] {
            let options = format!(
                "outcome = \"y\"\nterms = [\"x\", \"all\", \"same\"]\ncriterion = \"{criterion}\"\n\
                 direction = \"{direction}\"\nbootstrap = 50"
            );
            let results = run(&options, columns.clone(), n.clone()).unwrap();
            // Nobody with `all` has the event: its ratio is infinite, and it is chosen by what it explains.
            let separated =
                |notice: &Notice| matches!(notice, Notice::Separation { term, .. } if term == "all");
            assert!(results.notices.iter().any(separated), "{options} {:?}", results.notices);
            // What tells the same as x leaves first, or does not enter.
            let ratios = results.estimates.iter().filter(|row| row.quantity == Quantity::OddsRatio);
            let terms: Vec<&str> = ratios.filter_map(|row| row.term.as_deref()).collect();
            assert!(terms.contains(&"all") && !terms.contains(&"same"), "{options} {terms:?}");
        }
    }
}

#[test]
fn all_models_have_the_same_patients() {
    let columns = vec![
        flags("y", &[1, 0, 1, 0]),
        flags("x", &[1, 1, 0, 0]),
        Column::number("z", vec![1.0, f64::NAN, 2.0, 1.0]),
    ];
    let results = run(
        "outcome = \"y\"\nterms = [\"x\", \"z\"]\nkeep = [\"x\"]\nbootstrap = 0",
        columns,
        vec![6, 3, 4, 9],
    )
    .unwrap();
    assert_eq!((results.participants.eligible, results.participants.analysed), (22, 19));
    assert!(results.notices.contains(&Notice::MissingExcluded { variable: "z".into(), n: 3 }));
}

#[test]
fn hard_cases_give_a_notice_and_no_number() {
    let (columns, _) = columns();
    let options = "outcome = \"y\"\nterms = [\"x\", \"z\"]\nbootstrap = 50";
    let one = run(options, columns.clone(), vec![3, 0, 5, 0, 2, 0, 1, 0]).unwrap();
    assert!(one.estimates.is_empty());
    assert!(one.notices.iter().any(|notice| matches!(notice, Notice::OneOutcome { .. })));
    let constant = run(options, columns.clone(), vec![3, 4, 0, 0, 0, 0, 0, 0]).unwrap();
    assert!(constant.estimates.is_empty(), "{:?}", constant.notices);
    let nothing = run(options, columns, vec![5, 5, 5, 5, 5, 5, 5, 5]).unwrap();
    assert_eq!(told(&nothing), [("start", None), ("removed", Some("x")), ("removed", Some("z"))]);
}

#[test]
fn options_that_make_no_sense_are_refused_with_their_place() {
    for (options, message) in [
        ("terms = [\"x\"]", "nothing says what is modelled"),
        ("outcome = \"y\"\nterms = [\"x\"]\nenter = 0.1", "`enter` has no use in this selection"),
        (
            "outcome = \"y\"\nterms = [\"x\"]\ncriterion = \"p_value\"\ndirection = \"both\"\nenter = 0.2\nstay = 0.1",
            "a term could enter and leave for ever: `enter` is larger than `stay`",
        ),
        (
            "outcome = \"y\"\nterms = [\"x\"]\ncriterion = \"p_value\"\nstay = 5",
            "5 is not a P value between 0 and 1",
        ),
        (
            "outcome = \"y\"\nterms = [\"x\"]\nstart = \"all\"",
            "the direction says with which model the selection starts",
        ),
        (
            "outcome = \"y\"\nterms = [\"x\"]\nbootstrap = 7",
            "7 bootstrap replicates are not between 50 and 100000",
        ),
        (
            "outcome = \"y\"\nterms = [\"x\"]\nties = \"efron\"",
            "`ties` are those of times, and no endpoint is named",
        ),
    ] {
        let (columns, n) = columns();
        let problem = run(options, columns, n).unwrap_err();
        assert_eq!(problem.message, message);
        assert!(problem.place.is_some() && problem.help.is_some(), "{message}");
    }
}
