//! Logistic and Cox regression against algebra and printed tables.

mod modelling;

use modelling::{close, endpoint, global, ratio, run, try_run, two_by_two, value};
use study::{Column, Estimate, IntervalMethod, MISSING, Model, Notice, Participants, Quantity, TestName};

const BOTH: &str = "outcome = \"y\"\nterms = [\"x\"]\nunivariable = true";

/// ln of the cross-product ratio, Woolf's standard error, and the likelihood-ratio statistic G².
fn closed_form([a, b, c, d]: [u64; 4]) -> (f64, f64, f64) {
    let [a, b, c, d] = [a, b, c, d].map(|n| n as f64);
    let n = a + b + c + d;
    let cell = |count: f64, row: f64, column: f64| 2.0 * count * (count * n / (row * column)).ln();
    let g = cell(a, a + b, a + c) + cell(b, a + b, b + d) + cell(c, c + d, a + c) + cell(d, c + d, b + d);
    ((a * d / (b * c)).ln(), (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt(), g)
}

/// By hand, `logistic`: four tables: the cross-product ratio, Woolf’s standard error, G² and the log odds of the
/// reference.
#[test]
fn a_two_by_two_table_has_the_cross_product_ratio_and_woolfs_error() {
    for counts in [[13, 150, 17, 314], [29, 230, 1, 234], [1, 1, 1, 1], [3, 400_000_000, 5, 100_000_000]] {
        let (columns, n) = two_by_two(counts);
        let results = try_run("farr", "logistic", BOTH, &columns, &n).unwrap();
        let (beta, std_error, g) = closed_form(counts);
        for model in [Model::Univariable, Model::Multivariable] {
            let row = ratio(&results, model, "x", Some("yes"));
            close(row.value.unwrap(), beta.exp(), 1e-11);
            close(row.std_error.unwrap(), std_error, 1e-11);
            close(
                row.interval.unwrap().upper.unwrap(),
                (beta + 1.959_963_984_540_054 * std_error).exp(),
                1e-10,
            );
            assert_eq!((row.n, row.of), (Some(counts[0]), Some(counts[0] + counts[1])));
            let reference = ratio(&results, model, "x", Some("no"));
            assert_eq!((reference.value, reference.interval), (Some(1.0), None));
            assert_eq!((reference.n, reference.of), (Some(counts[2]), Some(counts[2] + counts[3])));
        }
        let (statistic, df, _) =
            global(&results, Model::Multivariable, None, TestName::LikelihoodRatio).unwrap();
        // G² is a small difference of large log-likelihoods in the last table.
        assert!((statistic - g).abs() < 1e-9 * g + 1e-7, "{statistic} {g}");
        assert_eq!(df, 1.0);
        // Intercept: the log odds of the reference level.
        let odds = (counts[2] as f64 / counts[3] as f64).ln();
        let intercept = value(&results, Model::Multivariable, None, Quantity::Intercept);
        assert!((intercept - odds).abs() < 1e-10 * odds.abs() + 1e-14);
    }
}

/// A synthetic registry of 494 patients after hepatectomy, 30 with complete response: its two-by-two tables and what
/// statsmodels 0.15 gives for them (β, its error, P, log-likelihood). Public domain.
#[test]
fn the_tables_of_the_liver_registry() {
    let rows: [([u64; 4], f64, f64, f64, f64); 6] = [
        (
            [13, 150, 17, 314],
            0.4704937052173187,
            0.3815730419949826,
            0.21756193450965577,
            -112.36880479572454,
        ),
        ([8, 60, 22, 404], 0.8954694040605694, 0.4354267557764049, 0.0397311883299523, -111.24693472577479),
        (
            [11, 80, 19, 384],
            1.0220722115457754,
            0.3983024435314521,
            0.010285787455034305,
            -110.12958998500454,
        ),
        ([29, 230, 1, 234], 3.3845376364209843, 1.0213246736376538, 0.0009201413513739218, -97.2661026884128),
        (
            [29, 321, 1, 143],
            2.5586993371163667,
            1.0220523618735153,
            0.012297465580734279,
            -105.95875748664531,
        ),
        (
            [24, 364, 6, 100],
            0.09431067947124012,
            0.47019207360459186,
            0.8410277407753691,
            -113.08974058740746,
        ),
    ];
    for (counts, beta, std_error, p, log_likelihood) in rows {
        let (columns, n) = two_by_two(counts);
        let results = try_run("spss", "logistic", BOTH, &columns, &n).unwrap();
        let row = ratio(&results, Model::Univariable, "x", Some("yes"));
        close(row.value.unwrap(), f64::exp(beta), 1e-9);
        close(row.std_error.unwrap(), std_error, 1e-9);
        close(row.test.as_ref().unwrap().p_value.unwrap(), p, 1e-9);
        close(value(&results, Model::Univariable, Some("x"), Quantity::LogLikelihood), log_likelihood, 1e-11);
        close(
            value(&results, Model::Univariable, Some("x"), Quantity::NullLogLikelihood),
            -113.11019180798806,
            1e-11,
        );
    }
}

/// Six patients whose estimates have closed forms: Therneau & Grambsch 2000, *Modeling Survival Data*, appendix E.
fn six_patients() -> Vec<Column> {
    let times = [9.0, 1.0, 1.0, 6.0, 6.0, 8.0];
    let [time, event] = endpoint(&times, &[true, true, false, true, true, false]);
    vec![time, event, Column::number("x", vec![0.0, 1.0, 1.0, 1.0, 0.0, 0.0])]
}

/// By hand, `cox`: six patients with Breslow’s ties, whose hazard ratio solves a quadratic equation, with all three
/// tests.
#[test]
fn breslow_ties_in_six_patients() {
    // ℓ = 2β − ln(3r + 3) − 2 ln(r + 3), r = exp β; its root solves r² − 3r − 6 = 0.
    let results = run("cox", "endpoint = \"os\"\nterms = [\"x\"]\nties = \"breslow\"", &six_patients());
    let r = 0.5 * (3.0 + 33f64.sqrt());
    let row = ratio(&results, Model::Multivariable, "x", None);
    close(row.value.unwrap(), r, 1e-12);
    let information = r / (r + 1.0).powi(2) + 6.0 * r / (r + 3.0).powi(2);
    close(row.std_error.unwrap(), information.sqrt().recip(), 1e-12);
    assert_eq!((row.n, row.of), (Some(4), Some(6)));
    let at = |r: f64| 2.0 * r.ln() - (3.0 * r + 3.0).ln() - 2.0 * (r + 3.0).ln();
    close(value(&results, Model::Multivariable, None, Quantity::LogLikelihood), at(r), 1e-13);
    close(value(&results, Model::Multivariable, None, Quantity::NullLogLikelihood), at(1.0), 1e-13);
    let test = |name| global(&results, Model::Multivariable, None, name).unwrap();
    close(test(TestName::LikelihoodRatio).0, 2.0 * (at(r) - at(1.0)), 1e-12);
    // U(0) = 1, I(0) = 1/4 + 6/16.
    close(test(TestName::Score).0, 1.6, 1e-13);
    close(test(TestName::Wald).0, r.ln().powi(2) * information, 1e-12);
}

/// By hand, `cox`: six patients with Efron’s ties, whose hazard ratio solves a cubic equation.
#[test]
fn efron_ties_in_six_patients() {
    // ℓ = 2β − ln(3r + 3) − ln(r + 3) − ln((r + 5)/2); its root solves r³ − 23r − 30 = 0.
    let results = run("cox", "endpoint = \"os\"\nterms = [\"x\"]", &six_patients());
    let r = 2.0 * (23f64 / 3.0).sqrt() * ((15.0 * (3f64 / 23.0).powf(1.5)).acos() / 3.0).cos();
    let row = ratio(&results, Model::Multivariable, "x", None);
    close(row.value.unwrap(), r, 1e-12);
    let information = r / (r + 1.0).powi(2) + 3.0 * r / (r + 3.0).powi(2) + 5.0 * r / (r + 5.0).powi(2);
    close(row.std_error.unwrap(), information.sqrt().recip(), 1e-12);
    let at = |r: f64| 2.0 * r.ln() - (3.0 * r + 3.0).ln() - (r + 3.0).ln() - (0.5 * (r + 5.0)).ln();
    close(value(&results, Model::Multivariable, None, Quantity::LogLikelihood), at(r), 1e-13);
    // U(0) = 13/12, I(0) = 83/144.
    close(global(&results, Model::Multivariable, None, TestName::Score).unwrap().0, 169.0 / 83.0, 1e-13);
}

/// By hand, `cox`: profile limits of six patients, where the log-likelihood written out has fallen by half of z².
#[test]
fn a_profile_limit_lies_where_the_deviance_says() {
    let options = "endpoint = \"os\"\nterms = [\"x\"]\nties = \"breslow\"\ninterval = \"profile\"";
    let results = run("cox", options, &six_patients());
    let interval = ratio(&results, Model::Multivariable, "x", None).interval.unwrap();
    assert_eq!(interval.method, IntervalMethod::ProfileLikelihood);
    let at = |r: f64| 2.0 * r.ln() - (3.0 * r + 3.0).ln() - 2.0 * (r + 3.0).ln();
    let best = at(0.5 * (3.0 + 33f64.sqrt()));
    for limit in [interval.lower.unwrap(), interval.upper.unwrap()] {
        close(2.0 * (best - at(limit)), 1.959_963_984_540_054f64.powi(2), 1e-11);
    }
    assert!(interval.lower.unwrap() < interval.upper.unwrap());
}

#[test]
fn each_univariable_model_uses_everybody_it_can() {
    let y = Column::flag("y", &[true, false, true, false, true, false, true, false].map(Some));
    let a = Column::category("a", &["l", "h"], vec![0, 0, 0, 1, 1, 1, 1, 0]);
    let b = Column::category("b", &["l", "h"], vec![0, 1, 1, 0, 0, 1, MISSING, MISSING]);
    let results = run("logistic", "outcome = \"y\"\nterms = [\"a\", \"b\"]\nunivariable = true", &[y, a, b]);
    let of = |model, term| {
        let level = |level| ratio(&results, model, term, Some(level)).of.unwrap();
        level("l") + level("h")
    };
    assert_eq!((of(Model::Univariable, "a"), of(Model::Univariable, "b")), (8, 6));
    assert_eq!((of(Model::Multivariable, "a"), of(Model::Multivariable, "b")), (6, 6));
    let Participants { eligible, analysed, missing } = &results.participants;
    assert_eq!((*eligible, *analysed, missing[2].n), (8, 6, 2));
    assert!(results.notices.contains(&Notice::MissingExcluded { variable: "b".into(), n: 2 }));
}

#[test]
fn a_dialect_decides_what_the_plan_leaves_open() {
    for (dialect, ties) in
        [("farr", "efron"), ("r", "efron"), ("spss", "breslow"), ("sas", "breslow"), ("stata", "breslow")]
    {
        let columns = six_patients();
        let results =
            try_run(dialect, "cox", "endpoint = \"os\"\nterms = [\"x\"]", &columns, &[1; 6]).unwrap();
        assert_eq!(results.options["ties"], ties);
        let told = run("cox", &format!("endpoint = \"os\"\nterms = [\"x\"]\nties = \"{ties}\""), &columns);
        assert_eq!(results.estimates, told.estimates);
    }
    let (columns, n) = two_by_two([3, 5, 7, 2]);
    for (dialect, interval) in [("farr", "wald"), ("spss", "wald"), ("r", "profile")] {
        let results = try_run(dialect, "logistic", BOTH, &columns, &n).unwrap();
        assert_eq!(
            (&results.options["interval"], &results.options["event"]),
            (&interval.into(), &"yes".into())
        );
    }
}

#[test]
fn the_multivariable_model_may_have_other_terms() {
    let times: Vec<f64> = (1..=20).map(f64::from).collect();
    let [time, event] = endpoint(&times, &[true; 20]);
    let a = Column::number("a", times.iter().map(|t| (t * 7.0) % 5.0).collect());
    let b = Column::number("b", times.iter().map(|t| (t * 3.0) % 7.0).collect());
    let options =
        "endpoint = \"os\"\nterms = [\"a\"]\nunivariable = true\nmultivariable = { terms = [\"b\"] }";
    let results = run("cox", options, &[time.clone(), event.clone(), a, b.clone()]);
    let b_alone = run("cox", "endpoint = \"os\"\nterms = [\"b\"]", &[time, event, b]);
    assert_eq!(
        ratio(&results, Model::Multivariable, "b", None),
        ratio(&b_alone, Model::Multivariable, "b", None)
    );
    assert!(ratio(&results, Model::Univariable, "a", None).value.is_some());
    assert!(
        !results
            .estimates
            .iter()
            .any(|row| { row.model == Some(Model::Multivariable) && row.term.as_deref() == Some("a") })
    );
}

/// By hand, `logistic`: three levels with odds 2, 3 and 6: ratios and intercept under every reference and coding.
#[test]
fn the_dialects_reference_and_contrast_move_ratios_and_intercept() {
    // Log odds of the levels a, b, c: ln 2, ln 3 and ln 6.
    let levels = ["a", "b", "c"].map(study::Level::plain).to_vec();
    let factor = |name: &str, codes: Vec<u32>, levels| Column {
        name: name.into(),
        label: name.into(),
        unit: None,
        kind: study::Kind::Category,
        reference: Some(0),
        of: None,
        values: study::Values::Category { levels, codes },
    };
    let x = factor("x", vec![0, 0, 1, 1, 2, 2], levels);
    let y = factor("y", vec![1, 0, 1, 0, 1, 0], ["no", "yes"].map(study::Level::plain).to_vec());
    let of = |dialect: &str| {
        let options = "outcome = \"y\"\nevent = \"yes\"\nterms = [\"x\"]";
        try_run(dialect, "logistic", options, &[x.clone(), y.clone()], &[20, 10, 30, 10, 60, 10]).unwrap()
    };
    for (dialect, reference, intercept) in [
        ("farr", "a", 2f64.ln()),
        ("stata", "a", 2f64.ln()),
        ("spss", "c", 6f64.ln()),
        // Effect coding: the mean of the three log odds.
        ("sas", "c", 36f64.ln() / 3.0),
    ] {
        let results = of(dialect);
        let row = ratio(&results, Model::Multivariable, "x", Some(reference));
        assert_eq!((row.value, row.reference.as_deref()), (Some(1.0), Some(reference)), "{dialect}");
        close(value(&results, Model::Multivariable, None, Quantity::Intercept), intercept, 1e-12);
    }
    close(ratio(&of("farr"), Model::Multivariable, "x", Some("c")).value.unwrap(), 3.0, 1e-12);
    close(ratio(&of("sas"), Model::Multivariable, "x", Some("a")).value.unwrap(), 1.0 / 3.0, 1e-12);
}

/// Three patterns of four patients at −1, 0 and 1, of whom 3, 0 and 3 have the event: both coefficients are 0, each weight is
/// 4 · ¼ = 1, so that X′WX is diagonal with 3 and 2.
///
/// By hand, `logistic_influence`: three patterns of four patients at −1, 0 and 1, where both coefficients are 0 and
/// X′WX is diagonal.
#[test]
fn influence_where_both_coefficients_are_0() {
    let x: Vec<f64> = (0..12).map(|i| f64::from(i / 4 - 1)).collect();
    let y: Vec<Option<bool>> = (0..12).map(|i| Some(i / 4 != 1 && i % 4 < 3)).collect();
    let columns = [Column::flag("y", &y), Column::number("x", x)];
    let results = run("logistic_influence", "outcome = \"y\"\nterms = [\"x\"]", &columns);
    let of = |quantity: Quantity, pattern: &str| {
        let own = |row: &&Estimate| row.quantity == quantity && row.group.as_deref() == Some(pattern);
        results.estimates.iter().find(own).unwrap().value.unwrap()
    };
    let deviance = (2.0 * (3.0 * 1.5f64.ln() + 0.5f64.ln())).sqrt();
    for (pattern, by_hand) in [
        ("1", [5.0 / 6.0, 1.0, 6f64.sqrt(), deviance, 15.0, -3.0 * 2f64.sqrt()]),
        ("2", [1.0 / 3.0, -2.0, -6f64.sqrt(), -(8.0 * 2f64.ln()).sqrt(), 1.5, 0.0]),
        ("3", [5.0 / 6.0, 1.0, 6f64.sqrt(), deviance, 15.0, 3.0 * 2f64.sqrt()]),
    ] {
        for (quantity, by_hand) in [
            Quantity::Leverage,
            Quantity::PearsonResidual,
            Quantity::StandardizedResidual,
            Quantity::DevianceResidual,
            Quantity::CooksDistance,
            Quantity::DfBetas,
        ]
        .into_iter()
        .zip(by_hand)
        {
            assert!((of(quantity, pattern) - by_hand).abs() < 1e-12, "{quantity:?} of {pattern}");
        }
    }
}
