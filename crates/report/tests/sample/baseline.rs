//! Tables 1 and 2.

use super::*;

/// Variable, label, and for each level: value, label, patients with pCR, patients without; P of the chi-squared test.
type Category = (&'static str, &'static str, [(&'static str, &'static str, u64, u64); 2], f64);

pub(crate) const CATEGORIES: [Category; 10] = [
    ("sex", "Sex", [("female", "Female", 13, 150), ("male", "Male", 17, 314)], 0.214_053_801_327_226_87),
    (
        "age_group",
        "Age",
        [("lt65", "<65 years", 24, 364), ("ge65", "≥65 years", 6, 100)],
        0.840_975_998_526_524_4,
    ),
    (
        "t_category",
        "T category",
        [("t12", "T1–2", 8, 60), ("t34", "T3–4", 22, 404)],
        0.034_321_265_285_698_52,
    ),
    ("n_category", "N category", [("n0", "N0", 12, 143), ("n12", "N1–2", 18, 321)], 0.293_585_043_780_666),
    (
        "side",
        "Side of the primary tumour",
        [("right", "Right", 11, 80), ("left", "Left", 19, 384)],
        0.007_814_677_865_187_193,
    ),
    (
        "timing",
        "Timing of metastasis",
        [("metachronous", "Metachronous", 9, 136), ("synchronous", "Synchronous", 21, 328)],
        0.935_924_673_484_703_5,
    ),
    (
        "size",
        "Largest metastasis",
        [("lt3", "<3 cm", 29, 230), ("ge3", "≥3 cm", 1, 234)],
        5.554_567_792_339_046e-7,
    ),
    (
        "number",
        "Number of metastases",
        [("single", "Single", 8, 108), ("multiple", "Multiple", 22, 356)],
        0.671_106_215_174_666_7,
    ),
    ("ras", "RAS", [("wild", "Wild type", 21, 274), ("mutated", "Mutated", 9, 190)], 0.236_046_653_961_218_8),
    (
        "cea",
        "CEA before the operation",
        [("lt20", "<20 ng/mL", 29, 321), ("ge20", "≥20 ng/mL", 1, 143)],
        0.001_325_012_691_985_312_8,
    ),
];

const TREATMENTS: [(&str, &str, u64, u64, f64); 4] = [
    ("bevacizumab", "Bevacizumab", 9, 153, 0.736_650_032_371_798),
    ("cetuximab", "Cetuximab", 5, 109, 0.389_871_141_119_333_63),
    ("oxaliplatin", "Oxaliplatin", 23, 290, 0.118_577_686_836_789_15),
    ("irinotecan", "Irinotecan", 6, 189, 0.024_348_858_447_455_494),
];

const GROUPS: [(Option<&str>, &str, u64); 3] =
    [(Some("yes"), "pCR", 30), (Some("no"), "non-pCR", 464), (None, "Overall", 494)];

fn outline(analysis: &str, title: &str) -> Results {
    let mut results = empty(analysis, title, "baseline");
    results.by = Some("pcr".into());
    results.groups = GROUPS.iter().map(|(level, label, n)| group(*level, label, *n, None)).collect();
    results.variables.push(response());
    results.options =
        json!({"by": "pcr", "continuous": "median_range", "percent": "column", "p_values": true});
    results.methods_text = vec![
        "Categorical variables were compared with Pearson’s chi-squared test.".into(),
        "Numbers are given as median and range.".into(),
    ];
    results
}

fn row(quantity: Quantity, value: f64, term: &str, group: Option<&str>) -> Estimate {
    Estimate { term: Some(term.into()), group: group.map(String::from), ..Estimate::new(quantity, value) }
}

fn association(results: &mut Results, term: &str, test: Test) {
    results.estimates.push(Estimate {
        term: Some(term.into()),
        test: Some(test),
        value: None,
        ..Estimate::new(Quantity::Association, 0.0)
    });
}

fn proportions(results: &mut Results, term: &str, level: &str, yes: u64, no: u64) {
    for ((group, _, of), n) in GROUPS.iter().zip([yes, no, yes + no]) {
        results.estimates.push(Estimate {
            level: Some(level.into()),
            n: Some(n),
            of: Some(*of),
            ..row(Quantity::Proportion, n as f64 / *of as f64, term, *group)
        });
    }
}

fn summaries(results: &mut Results, term: &str, rows: &[(Quantity, Option<f64>, [f64; 3])]) {
    for (quantity, at, values) in rows {
        for ((group, _, n), value) in GROUPS.iter().zip(values) {
            results.estimates.push(Estimate { at: *at, n: Some(*n), ..row(*quantity, *value, term, *group) });
        }
    }
}

pub(crate) fn table_1() -> Results {
    let mut results = outline("table-1", "Characteristics of the patients by pathological response");
    for (name, text, levels, p) in CATEGORIES {
        results.variables.push(label(
            name,
            text,
            Kind::Category,
            &levels.map(|(value, label, ..)| (value, label)),
        ));
        for (value, _, yes, no) in levels {
            proportions(&mut results, name, value, yes, no);
        }
        association(&mut results, name, test(TestName::PearsonChiSquared, None, &[1.0], p));
        let smd = Estimate {
            term: Some(name.into()),
            ..Estimate::new(Quantity::StandardizedMeanDifference, p / 2.0)
        };
        results.estimates.push(smd);
    }
    // A few patients without a CEA value, so that a row of missing values is seen.
    for ((group, _, of), n) in GROUPS.iter().zip([0_u64, 3, 3]) {
        let mut missing = row(Quantity::Missing, n as f64 / *of as f64, "cea", *group);
        (missing.n, missing.of) = (Some(n), Some(*of));
        results.estimates.push(missing);
    }
    results.participants.missing.push(MissingCount { variable: "cea".into(), n: 3 });
    results
}

pub(crate) fn table_2() -> Results {
    let mut results = outline("table-2", "Preoperative chemotherapy by pathological response");
    for (name, text, yes, no, p) in TREATMENTS {
        results.variables.push(label(name, text, Kind::Flag, &[("no", "No"), ("yes", "Yes")]));
        proportions(&mut results, name, "no", 30 - yes, 464 - no);
        proportions(&mut results, name, "yes", yes, no);
        let mut chi = test(TestName::PearsonChiSquared, None, &[1.0], p);
        chi.reason = Some("every expected count is at least 5".into());
        association(&mut results, name, chi);
    }
    results.variables.push(label("cycles", "Cycles", Kind::Number, &[]));
    let quantile = |at: f64| (Quantity::Quantile, Some(at));
    let (median, least, most) = (quantile(0.5), Quantity::Minimum, Quantity::Maximum);
    summaries(
        &mut results,
        "cycles",
        &[
            (median.0, median.1, [4.0, 4.0, 4.0]),
            (least, None, [2.0, 1.0, 1.0]),
            (most, None, [10.0, 25.0, 25.0]),
        ],
    );
    association(
        &mut results,
        "cycles",
        test(TestName::Student, Some(-0.943), &[492.0], 0.346_017_512_441_703_9),
    );
    let mut age = label("age", "Age", Kind::Number, &[]);
    age.unit = Some("years".into());
    results.variables.push(age);
    summaries(
        &mut results,
        "age",
        &[
            (Quantity::Mean, None, [54.9, 56.1, 56.026_315]),
            (Quantity::StandardDeviation, None, [9.8, 8.9, 8.966_543]),
            (median.0, median.1, [54.5, 55.0, 55.0]),
            (least, None, [35.0, 33.0, 33.0]),
            (most, None, [72.0, 77.0, 77.0]),
        ],
    );
    association(&mut results, "age", test(TestName::Student, Some(-0.7), &[492.0], 0.4837));
    results.options["each"] = json!({"age": {"statistic": "mean_sd_median_range"}});
    results.notices.push(Notice::TestReplaced {
        variable: "cycles".into(),
        used: "Student’s t-test".into(),
        reason: "the plan asks for it although the values are skewed".into(),
    });
    results.methods_text.push("Numbers were compared with Student’s t-test.".into());
    results
}
