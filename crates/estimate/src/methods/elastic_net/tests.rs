//! Proofs by hand, and what is refused.

use crate::methods::find;
use study::{Column, CountTable, Estimate, Notice, Plan, Problem, Quantity, Results, SeriesKind, SourceText};

fn run(options: &str, columns: Vec<Column>, n: Vec<u64>) -> Result<Results, Problem> {
    run_seeded(1, options, columns, n)
}

fn run_seeded(seed: u64, options: &str, columns: Vec<Column>, n: Vec<u64>) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\nseed = {seed}\n[population]\ntable = \"p\"\n[endpoints.os]\ntime = \"t\"\nevent = \"e\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"elastic_net\"\n{options}\n"
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

/// 10 of 20 with x, 4 of 20 without.
fn fourfold() -> (Vec<Column>, Vec<u64>) {
    (vec![flags("y", &[1, 0, 1, 0]), flags("x", &[1, 1, 0, 0])], vec![10, 10, 4, 16])
}

fn chosen<'a>(results: &'a Results, quantity: Quantity, group: &str) -> Vec<&'a Estimate> {
    let own = |row: &&Estimate| row.quantity == quantity && row.group.as_deref() == Some(group);
    results.estimates.iter().filter(own).collect()
}

fn path<'a>(results: &'a Results, term: &str) -> &'a [f64] {
    let mut paths = results.series.iter().filter(|one| one.kind == SeriesKind::CoefficientPath);
    &paths.find(|one| one.term.as_deref() == Some(term)).unwrap().y
}

#[track_caller]
fn close(ours: f64, exact: f64, relative: f64) {
    assert!((ours - exact).abs() <= relative * exact.abs(), "{ours} against {exact}");
}

/// By hand, `elastic_net`: the lasso moves the risks 1/2 and 1/5 of two equal groups towards each other by λ, along the
/// whole path.
#[test]
fn a_fourfold_table_has_its_risks_moved_by_the_penalty() {
    let (columns, n) = fourfold();
    let results = run("outcome = \"y\"\nterms = [\"x\"]\nfolds = 4", columns, n).unwrap();
    let series = &results.series[0];
    close(series.x[0], 0.15, 1e-14);
    close(series.x[99], 0.15e-4, 1e-12);
    for (lambda, beta) in series.x.iter().zip(&series.y) {
        let (high, low) = (0.5 - lambda, 0.2 + lambda);
        // Two standard deviations lie between the levels.
        let exact = 0.5 * (high * (1.0 - low) / (low * (1.0 - high))).ln();
        assert!((beta - exact).abs() < 1e-12, "{beta} against {exact}");
    }
    for group in ["lambda_min", "lambda_1se"] {
        let lambda = chosen(&results, Quantity::Penalty, group)[0].value.unwrap();
        let (high, low) = (0.5 - lambda, 0.2 + lambda);
        let ratios = chosen(&results, Quantity::OddsRatio, group);
        let with = ratios.iter().find(|row| row.level.as_deref() == Some("yes")).unwrap();
        close(with.value.unwrap(), high * (1.0 - low) / (low * (1.0 - high)), 1e-11);
        assert_eq!(
            (with.n, with.of, with.interval.is_none(), with.test.is_none()),
            (Some(10), Some(20), true, true)
        );
        let intercept = chosen(&results, Quantity::Intercept, group)[0].value.unwrap();
        close(intercept, (low / (1.0 - low)).ln(), 1e-11);
    }
    assert!(results.notices.contains(&Notice::PenalizedEstimates { selected: true }));
}

#[test]
fn cross_validation_by_hand_and_areas_by_their_size() {
    // Two hospitals; the number z ranks the patients of one perfectly, of the other not at all.
    let columns = vec![
        flags("y", &[0, 0, 1, 1, 0, 1, 0, 1]),
        Column::number("z", vec![1.0, 2.0, 3.0, 4.0, 2.0, 2.0, 5.0, 5.0]),
        Column::category("h", &["a", "b"], vec![0, 0, 0, 0, 1, 1, 1, 1]),
    ];
    let options = "outcome = \"y\"\nterms = [\"z\"]\nfolds_by = \"h\"\nlambdas = 5\nlambda_ratio = 0.1\n";
    let areas =
        run(&format!("{options}measure = \"auc\""), columns.clone(), vec![1, 1, 1, 1, 3, 3, 3, 3]).unwrap();
    let rows: Vec<&Estimate> =
        areas.estimates.iter().filter(|row| row.quantity == Quantity::CrossValidatedAuc).collect();
    // Hospital b has three quarters of the patients and the area ½, whatever is fitted to the others. For a the model of b
    // has slope 0: ½ too.
    assert_eq!(rows.len(), 5);
    for row in &rows {
        close(row.value.unwrap(), 0.5, 1e-12);
        assert!(row.std_error.unwrap() < 1e-12);
    }
    // Without a slope each part is judged by the log odds of the other: ½, so that the deviance is 2 ln 2.
    let deviances = run(options, columns, vec![1, 1, 1, 1, 3, 3, 3, 3]).unwrap();
    let first =
        deviances.estimates.iter().find(|row| row.quantity == Quantity::CrossValidatedDeviance).unwrap();
    let log_two = 2.0 * 2f64.ln();
    // Only the model of a, at λ₁ of all, has a slope: a's own gradient is larger than that.
    assert!(first.value.unwrap() > log_two && first.std_error.unwrap() > 0.0);
}

#[test]
fn folds_are_those_of_the_seed() {
    let of = |seed| {
        let (columns, n) = fourfold();
        run_seeded(seed, "outcome = \"y\"\nterms = [\"x\"]\nfolds = 4", columns, n).unwrap()
    };
    assert_eq!(of(3), of(3));
    assert_ne!(of(3).estimates, of(4).estimates);
}

#[test]
fn repetition_averages_the_assignments_and_says_how_much_they_differ() {
    let of = |more: &str| {
        let (columns, n) = fourfold();
        run(&format!("outcome = \"y\"\nterms = [\"x\"]\nfolds = 4\n{more}"), columns, n).unwrap()
    };
    let (once, first, often) = (of(""), of("repeats = 1"), of("repeats = 40"));
    assert_eq!((&once.estimates, &once.notices), (&first.estimates, &first.notices));
    assert_eq!(often, of("repeats = 40"), "the same seed");
    let means = |results: &Results| -> Vec<(f64, f64)> {
        let own = results.estimates.iter().filter(|row| row.quantity == Quantity::CrossValidatedDeviance);
        own.map(|row| (row.value.unwrap(), row.std_error.unwrap())).collect()
    };
    assert_ne!(means(&once), means(&often));
    // As many patients as ever: the error does not vanish with the repetitions.
    let last = |results: &Results| means(results)[50].1;
    assert!(last(&often) > 0.3 * last(&once), "{} {}", last(&often), last(&once));
    let said = |results: &Results| {
        let repeated = |notice: &&Notice| matches!(notice, Notice::Other { message } if message.contains("repeated 40 times"));
        results.notices.iter().find(repeated).cloned()
    };
    assert!(said(&often).is_some() && said(&once).is_none(), "{:?}", often.notices);
    assert!(
        often.methods_text.iter().any(|text| text.contains("dealt 40 times")),
        "{:?}",
        often.methods_text
    );
}

/// Identity, `elastic_net`: patients listed with a frequency are so many patients, and the unit of sampling weights is
/// of no account.
#[test]
fn frequencies_are_patients_and_sampling_weights_of_any_size_the_same_penalized_path() {
    let counts = [3u64, 1, 2, 2, 4, 1, 1, 3, 2, 1, 2, 5];
    let with = |factor: f64| {
        let mut columns = courses(true);
        columns.push(Column::flag("y", &[1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1].map(|value| Some(value == 1))));
        columns.push(Column::category("h", &["a", "b", "c"], (0..12).map(|row| row % 3).collect()));
        columns.push(Column::number("w", counts.iter().map(|n| factor * *n as f64).collect()));
        columns
    };
    for (what, ties) in
        [("outcome = \"y\"", ""), ("endpoint = \"os\"", "breslow"), ("endpoint = \"os\"", "efron")]
    {
        let ties = if ties.is_empty() { String::new() } else { format!("ties = \"{ties}\"") };
        let options = format!("{what}\nterms = [\"x\", \"z\"]\nfolds_by = \"h\"\n{ties}\n");
        let as_patients = run(&options, with(1.0), counts.to_vec()).unwrap();
        assert!(as_patients.estimates.len() > 100, "{:?}", as_patients.notices);
        let frequency = format!("{options}weights = \"w\"\nweight_kind = \"frequency\"");
        let frequency = run(&frequency, with(1.0), vec![1; 12]).unwrap();
        assert_eq!((&frequency.estimates, &frequency.series), (&as_patients.estimates, &as_patients.series));
        let counts = |results: &Results| (results.participants.eligible, results.participants.analysed);
        assert_eq!(counts(&frequency), counts(&as_patients));
        let options = format!("{options}weights = \"w\"\nweight_kind = \"sampling\"");
        let sampled = [1.0, 7.25].map(|factor| run(&options, with(factor), vec![1; 12]).unwrap());
        assert_eq!(sampled[0].participants.analysed, 12);
        let [one, other] = sampled.map(|results| {
            let rows = results.estimates.iter().flat_map(|row| [row.value, row.std_error]).flatten();
            let rows: Vec<f64> = rows.chain(results.series.iter().flat_map(|one| one.y.clone())).collect();
            rows
        });
        assert_eq!(one.len(), other.len());
        for (one, other) in one.iter().zip(&other) {
            assert!((one - other).abs() < 1e-9 * (1.0 + one.abs()), "{what}: {one} {other}");
        }
        // Efron's rule knows how many share the weight; for the others weights of patients are patients.
        if !options.contains("efron") {
            let theirs = as_patients.series.iter().flat_map(|one| one.y.clone()).collect::<Vec<_>>();
            for (own, theirs) in one[one.len() - theirs.len()..].iter().zip(&theirs) {
                assert!((own - theirs).abs() < 1e-9 * (1.0 + theirs.abs()), "{what}: {own} {theirs}");
            }
        }
    }
}

/// By hand, `elastic_net`: the lasso moves the weighted risks 3/4 and 1/5 towards each other by λ, along the whole
/// path.
#[test]
fn a_weighted_fourfold_table_has_its_risks_moved_by_the_penalty() {
    // Those with x and the event count three times: 15 of 20 against 4 of 20, of whom half have x.
    let columns = vec![
        flags("y", &[1, 0, 1, 0]),
        flags("x", &[1, 1, 0, 0]),
        Column::number("w", vec![3.0, 1.0, 1.0, 1.0]),
    ];
    let options = "outcome = \"y\"\nterms = [\"x\"]\nfolds = 4\nweights = \"w\"\nweight_kind = \"sampling\"";
    let results = run(options, columns, vec![5, 5, 4, 16]).unwrap();
    let series = &results.series[0];
    close(series.x[0], 0.5 * (0.75 - 0.2), 1e-13);
    for (lambda, beta) in series.x.iter().zip(&series.y) {
        let (high, low) = (0.75 - lambda, 0.2 + lambda);
        let exact = 0.5 * (high * (1.0 - low) / (low * (1.0 - high))).ln();
        // The conditions hold to 1e-12 of the gradient, and a risk of ¾ bends less than one of ½.
        assert!((beta - exact).abs() < 5e-12, "{beta} against {exact}");
    }
    assert_eq!(results.participants.analysed, 30);
}

#[test]
fn separation_leaves_every_ratio_finite() {
    // x tells the outcome of everybody, z of nobody.
    let columns = || {
        vec![
            flags("y", &[1, 1, 0, 0]),
            flags("x", &[1, 1, 0, 0]),
            Column::number("z", vec![1.0, 2.0, 1.0, 2.5]),
        ]
    };
    for alpha in [0.0, 0.3, 1.0] {
        let options = format!("outcome = \"y\"\nterms = [\"x\", \"z\"]\nalpha = {alpha}");
        let results = run(&options, columns(), vec![9, 8, 12, 7]).unwrap();
        assert!(!results.notices.iter().any(|notice| matches!(notice, Notice::Separation { .. })));
        for row in chosen(&results, Quantity::OddsRatio, "lambda_min") {
            assert!(row.value.unwrap() > 0.0);
        }
        assert!(path(&results, "x").iter().all(|beta| beta.is_finite()));
        // The ridge begins with penalties a thousand times as large.
        assert!(path(&results, "x")[99] > if alpha == 0.0 { 0.5 } else { 3.0 });
    }
    // Kept without a penalty it has no finite ratio, and that is said.
    let results =
        run("outcome = \"y\"\nterms = [\"x\", \"z\"]\nkeep = [\"x\"]", columns(), vec![9, 8, 12, 7]).unwrap();
    assert!(
        results.notices.iter().any(|notice| matches!(notice, Notice::Separation { term, .. } if term == "x"))
    );
    assert!(results.series.is_empty());
}

/// By hand, `elastic_net`: at the largest penalty a kept term has its odds ratio alone, 2, and the other none.
#[test]
fn what_is_kept_is_not_shrunken() {
    let columns = vec![
        flags("y", &[1, 0, 1, 0, 1, 0, 1, 0]),
        flags("x", &[1, 1, 0, 0, 1, 1, 0, 0]),
        flags("z", &[1, 1, 1, 1, 0, 0, 0, 0]),
    ];
    let n = vec![9, 4, 6, 7, 3, 8, 2, 9];
    let results = run("outcome = \"y\"\nterms = [\"x\", \"z\"]\nkeep = [\"x\"]", columns, n).unwrap();
    // At the largest penalty z has no effect and x its odds ratio alone: (12 · 16)/(12 · 8), half of whose logarithm is
    // that of a standard deviation, as 24 of 48 have it.
    assert_eq!(path(&results, "z")[0], 0.0);
    close(path(&results, "x")[0], 0.5 * 2f64.ln(), 1e-11);
}

/// Identity, `elastic_net`: the unit of a number leaves the standardized path.
#[test]
fn units_do_not_matter_unless_asked_and_more_columns_than_patients_are_no_obstacle() {
    let y = flags("y", &[1, 0, 1, 0, 1, 1, 0, 0]);
    let values = [1.0, 3.0, 4.0, 2.0, 7.0, 5.0, 2.5, 0.5];
    let many = |unit: f64| -> Vec<Column> {
        let of = |k: usize| {
            let value = |x: &f64| unit * libm::sin(x * (k as f64 + 1.0));
            Column::number(&format!("g{k}"), values.iter().map(value).collect())
        };
        std::iter::once(y.clone()).chain((0..20).map(of)).collect()
    };
    let terms: Vec<String> = (0..20).map(|k| format!("\"g{k}\"")).collect();
    let options = format!("outcome = \"y\"\nfolds = 4\nterms = [{}]\n", terms.join(", "));
    let usual = run(&options, many(1.0), vec![1; 8]).unwrap();
    let scaled = run(&options, many(1e9), vec![1; 8]).unwrap();
    for k in 0..20 {
        let name = format!("g{k}");
        for (a, b) in path(&usual, &name).iter().zip(path(&scaled, &name)) {
            assert!((a - b).abs() < 1e-9 * (1.0 + a.abs()), "{a} {b}");
        }
    }
    // Fewer patients than columns: the path ends at one hundredth.
    let series = &usual.series[0];
    close(series.x[99] / series.x[0], 0.01, 1e-12);
    let raw = run(&format!("{options}standardise = false"), many(1.0), vec![1; 8]).unwrap();
    assert_ne!(path(&raw, "g0"), path(&usual, "g0"));
}

/// By hand, `elastic_net`: along the path the slope of the partial likelihood of six patients, written out, is the
/// penalty.
#[test]
fn times_under_hardly_any_penalty_have_the_ratios_of_cox_regression() {
    // One flag, no ties: the partial likelihood of A A B A B B with events at 1 2 3 5.
    let columns = vec![
        Column::number("os.time", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        flags("os.event", &[1, 1, 1, 0, 1, 0]),
        flags("x", &[1, 1, 0, 1, 0, 0]),
    ];
    let options = "endpoint = \"os\"\nterms = [\"x\"]\nlambda_ratio = 1e-8\nfolds = 3";
    let results = run(options, columns, vec![1; 6]).unwrap();
    // U(β) = [1 − 3r/(3r + 3)] + [1 − 2r/(2r + 3)] − r/(r + 3), the last event having nobody with x beside it.
    let slope = |r: f64| 2.0 - 3.0 * r / (3.0 * r + 3.0) - 2.0 * r / (2.0 * r + 3.0) - r / (r + 3.0);
    for (lambda, beta) in results.series[0].x.iter().zip(&results.series[0].y) {
        if *beta != 0.0 {
            // Half of the patients have x: its standard deviation is ½.
            assert!((2.0 * slope((2.0 * beta).exp()) / 6.0 - lambda).abs() < 1e-12);
        }
    }
    assert!(results.series[0].y[99] > 0.1);
    assert_eq!(results.groups.last().unwrap().events, Some(4));
}

/// Twelve times, of which the last four tie where that is asked.
fn courses(tied: bool) -> Vec<Column> {
    let last = if tied { [9.0; 4] } else { [9.0, 10.0, 11.0, 12.0] };
    let times: Vec<f64> = (1..9).map(f64::from).chain(last).collect();
    vec![
        Column::number("os.time", times),
        flags("os.event", &[1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0]),
        flags("x", &[1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0]),
        Column::number("z", vec![3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0, 6.0, 5.5, 3.5, 8.0, 7.0]),
        Column::category("s", &["a"], vec![0; 12]),
    ]
}

/// Identity, `elastic_net`: without ties Efron’s path is Breslow’s, and a single stratum is none.
#[test]
fn ties_matter_where_there_are_some_and_a_single_stratum_never() {
    let of = |more: &str, tied| {
        let options = format!("endpoint = \"os\"\nterms = [\"x\", \"z\"]\nfolds = 3\n{more}");
        let results = run(&options, courses(tied), vec![1; 12]).unwrap();
        assert!(results.estimates.len() > 100, "{:?}", results.notices);
        (results.estimates, results.series)
    };
    assert_eq!(of("ties = \"efron\"", false), of("ties = \"breslow\"", false));
    assert_ne!(of("ties = \"efron\"", true), of("ties = \"breslow\"", true));
    for tied in [false, true] {
        assert_eq!(of("strata = [\"s\"]", tied), of("", tied));
    }
}

/// By hand, `elastic_net`: the cross-validated partial deviance of two hospitals of three is a logarithm of a whole
/// number.
#[test]
fn a_partial_deviance_held_out_by_hand() {
    // Hospital a, where all have x, has events at 1 and 2, hospital b, where nobody has it, at 2 and 3; one patient of each
    // is censored at 4. Within a hospital x tells nothing, so that the others are judged by equal risks.
    let columns = vec![
        Column::number("os.time", vec![1.0, 2.0, 4.0, 2.0, 3.0, 4.0]),
        flags("os.event", &[1, 1, 0, 1, 1, 0]),
        flags("x", &[1, 1, 1, 0, 0, 0]),
        Column::category("h", &["a", "b"], vec![0, 0, 0, 1, 1, 1]),
    ];
    // At 2 five are at risk for two events; saturated, those two would be.
    for (ties, pair, tied) in [("efron", 5.0 * 4.0, 2.0), ("breslow", 5.0 * 5.0, 4.0)] {
        let options = format!("endpoint = \"os\"\nterms = [\"x\"]\nfolds_by = \"h\"\nties = \"{ties}\"");
        let results = run(&options, columns.clone(), vec![1; 6]).unwrap();
        let rows: Vec<&Estimate> =
            results.estimates.iter().filter(|row| row.quantity == Quantity::CrossValidatedDeviance).collect();
        assert_eq!(rows.len(), 100);
        // 2 ln(6 · pair · 3/tied) of all less 2 ln(3 · 2) of the other hospital, for each of two events.
        let exact = (6.0 * pair * 3.0 / tied / 6.0_f64).ln();
        for row in rows {
            close(row.value.unwrap(), exact, 1e-12);
            assert!(row.std_error.unwrap() < 1e-12);
        }
    }
}

#[test]
fn hard_cases_give_a_notice_and_no_number() {
    let (columns, _) = fourfold();
    let options = "outcome = \"y\"\nterms = [\"x\"]\nfolds = 4";
    let one = run(options, columns.clone(), vec![3, 0, 5, 0]).unwrap();
    assert!(
        one.notices.iter().any(|notice| matches!(notice, Notice::OneOutcome { .. })) && one.series.is_empty()
    );
    let level = run(options, columns.clone(), vec![3, 4, 0, 0]).unwrap();
    assert!(level.notices.contains(&Notice::SingleLevel { variable: "x".into() }));
    // Equal risks: nothing goes with the outcome.
    let none = run(options, columns.clone(), vec![5, 10, 4, 8]).unwrap();
    assert!(none.estimates.is_empty() && none.series.is_empty(), "{:?}", none.notices);
    // Two patients with the event in ten parts.
    let few = run("outcome = \"y\"\nterms = [\"x\"]", columns, vec![2, 10, 0, 16]).unwrap();
    assert!(few.estimates.iter().all(|row| row.value.is_none_or(f64::is_finite)));
}

#[test]
fn options_that_make_no_sense_are_refused_with_their_place() {
    for (options, message) in [
        ("terms = [\"x\"]", "nothing says what is modelled"),
        ("outcome = \"y\"\nendpoint = \"os\"\nterms = [\"x\"]", "both an outcome and an endpoint are named"),
        (
            "outcome = \"y\"\nterms = [\"x\"]\nalpha = 1.5",
            "the share 1.5 of the lasso is not between 0 and 1",
        ),
        ("outcome = \"y\"\nterms = [\"x\"]\nfolds = 2", "2 parts are not between 3 and 100"),
        ("outcome = \"y\"\nterms = [\"x\"]\nkeep = [\"z\"]", "`z` is to be kept and is none of `terms`"),
        (
            "outcome = \"y\"\nterms = [\"x\"]\nkeep = [\"x\"]",
            "every term is kept, and none is left to be penalized",
        ),
        (
            "outcome = \"y\"\nterms = [\"x\"]\nrepeats = 0",
            "the patients cannot be dealt 0 times, but 1 to 200 times",
        ),
        (
            "outcome = \"y\"\nterms = [\"x\"]\nfolds_by = \"z\"\nrepeats = 3",
            "the parts that a variable names are always the same",
        ),
        (
            "outcome = \"y\"\nterms = [\"x\"]\nweights = \"x\"\nweight_kind = \"sampling\"",
            "`x` has another part in this analysis, and cannot be `weights` too",
        ),
        ("outcome = \"y\"\nterms = [\"x\"]\nweights = \"z\"", "what the weights stand for is not said"),
        (
            "endpoint = \"os\"\nterms = [\"x\"]\nmeasure = \"auc\"",
            "the area under the ROC curve is that of a binary outcome",
        ),
        ("endpoint = \"os\"\nterms = [\"x\"]\nties = \"exact\"", "exact ties are not available here"),
        ("endpoint = \"os\"\nterms = [\"x\"]\nstrata = [\"x\"]", "`x` is a stratum and a term"),
    ] {
        let (columns, n) = fourfold();
        let problem = run(options, columns, n).unwrap_err();
        assert_eq!(problem.message, message);
        assert!(problem.place.is_some() && problem.help.is_some(), "{message}");
    }
}
