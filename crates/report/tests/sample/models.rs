//! Table 4, and a Cox model.

use super::baseline::CATEGORIES;
use super::*;

/// Term, compared level, reference, ratio, lower, upper, P: univariable.
type Ratio = (&'static str, &'static str, &'static str, [f64; 4]);

const UNIVARIABLE: [Ratio; 10] = [
    ("sex", "female", "male", [1.600_784_3, 0.757_769_7, 3.381_647_9, 0.217_561_9]),
    ("age_group", "lt65", "ge65", [1.098_901_1, 0.437_250_6, 2.761_765_7, 0.841_027_7]),
    ("t_category", "t12", "t34", [2.448_484_8, 1.042_945_2, 5.748_219_5, 0.039_731_2]),
    ("n_category", "n0", "n12", [1.496_503_5, 0.702_283_8, 3.188_914, 0.296_310_6]),
    ("side", "right", "left", [2.778_947_4, 1.273_047_7, 6.066_189_5, 0.010_285_8]),
    ("timing", "metachronous", "synchronous", [1.033_613_4, 0.461_632_1, 2.314_303_4, 0.935_927_2]),
    ("size", "lt3", "ge3", [29.504_347_8, 3.985_959_5, 218.393_223, 0.000_920_141]),
    ("number", "single", "multiple", [1.198_653_2, 0.518_844_7, 2.769_170_6, 0.671_473]),
    ("ras", "wild", "mutated", [1.618_004_9, 0.725_206_9, 3.609_921, 0.239_897_8]),
    ("cea", "lt20", "ge20", [12.919_003_1, 1.742_835_7, 95.763_839_6, 0.012_297_5]),
];

const MULTIVARIABLE: [Ratio; 4] = [
    ("t_category", "t12", "t34", [3.130_681_4, 1.213_337_3, 8.077_857_5, 0.018_284_1]),
    ("side", "right", "left", [2.807_972_1, 1.198_216_6, 6.580_368_7, 0.017_494_7]),
    ("size", "lt3", "ge3", [20.541_747_3, 2.738_495_5, 154.085_841, 0.003_283_9]),
    ("cea", "lt20", "ge20", [7.656_185_2, 1.005_073_1, 58.321_300_4, 0.049_431_8]),
];

pub(crate) fn ratio_row(
    quantity: Quantity,
    model: Model,
    term: &str,
    level: Option<&str>,
    figures: [f64; 4],
) -> Estimate {
    Estimate {
        model: Some(model),
        term: Some(term.into()),
        level: level.map(String::from),
        interval: Some(interval(figures[1], figures[2], IntervalMethod::Wald)),
        test: Some(test(TestName::Wald, None, &[1.0], figures[3])),
        ..Estimate::new(quantity, figures[0])
    }
}

fn reference_row(quantity: Quantity, model: Model, term: &str, level: &str) -> Estimate {
    Estimate {
        model: Some(model),
        term: Some(term.into()),
        level: Some(level.into()),
        reference: Some(level.into()),
        ..Estimate::new(quantity, 1.0)
    }
}

fn counted(mut row: Estimate, counts: (u64, u64)) -> Estimate {
    (row.n, row.of) = (Some(counts.0), Some(counts.0 + counts.1));
    row
}

pub(crate) fn logistic() -> Results {
    let mut results = empty("table-4", "Predictors of pathological complete response", "logistic");
    results.purpose = Purpose::Primary;
    results.outcome = Some("pcr".into());
    results.options = json!({"outcome": "pcr", "event": "yes", "univariable": true, "multivariable": {"enter": "univariable_p < 0.05"}});
    results.variables.push(response());
    for (name, text, levels, _) in CATEGORIES {
        results.variables.push(label(
            name,
            text,
            Kind::Category,
            &levels.map(|(value, label, ..)| (value, label)),
        ));
    }
    let counts = |term: &str, level: &str| {
        let category = CATEGORIES.iter().find(|category| category.0 == term).expect("a known term");
        let level = category.2.iter().find(|entry| entry.0 == level).expect("a known level");
        (level.2, level.3)
    };
    for (model, ratios) in
        [(Model::Univariable, &UNIVARIABLE[..]), (Model::Multivariable, &MULTIVARIABLE[..])]
    {
        for (term, level, reference, figures) in ratios {
            let row = ratio_row(Quantity::OddsRatio, model, term, Some(level), *figures);
            let row = Estimate { reference: Some((*reference).into()), ..row };
            results.estimates.push(counted(row, counts(term, level)));
            let row = reference_row(Quantity::OddsRatio, model, term, reference);
            results.estimates.push(counted(row, counts(term, reference)));
        }
    }
    results.estimates.push(Estimate {
        model: Some(Model::Multivariable),
        value: None,
        test: Some(test(TestName::LikelihoodRatio, Some(51.869_06), &[4.0], 5.7e-10)),
        ..Estimate::new(Quantity::GlobalTest, 0.0)
    });
    results.notices = vec![
        Notice::FewOutcomes { term: "size".into(), level: "ge3".into(), least: 1 },
        Notice::FewOutcomes { term: "cea".into(), level: "ge20".into(), least: 1 },
        Notice::EventsPerParameter { events: 30, parameters: 4 },
        Notice::DataDrivenSelection { rule: "univariable_p < 0.05".into() },
        Notice::MissingExcluded { variable: "cea".into(), n: 3 },
        Notice::MissingExcluded { variable: "t_category".into(), n: 2 },
    ];
    results.participants = Participants {
        eligible: 494,
        analysed: 489,
        missing: vec![
            MissingCount { variable: "cea".into(), n: 3 },
            MissingCount { variable: "t_category".into(), n: 2 },
        ],
    };
    results.methods_text = vec![
        "Odds ratios are from logistic regression, with Wald confidence intervals.".into(),
        "Terms with a univariable P below 0.05 entered the multivariable model.".into(),
    ];
    results
}

pub(crate) fn cox() -> Results {
    let mut results = empty("cox", "Predictors of death", "cox");
    results.purpose = Purpose::Exploratory;
    results.outcome = Some("overall_survival".into());
    results.variables.push(label("overall_survival", "Overall survival", Kind::Number, &[]));
    let mut age = label("age", "Age", Kind::Number, &[]);
    age.unit = Some("years".into());
    results.variables.push(age);
    results.variables.push(label(
        "site",
        "Site of the primary tumour",
        Kind::Category,
        &[
            ("rectum", "Rectum"),
            ("left", "Left colon including the splenic flexure"),
            ("right", "Right colon"),
        ],
    ));
    let model = Model::Multivariable;
    results.estimates.push(counted(
        ratio_row(Quantity::HazardRatio, model, "age", None, [1.012, 0.998, 1.026, 0.091]),
        (204, 290),
    ));
    for (level, counts, figures) in [
        ("rectum", (80, 110), None),
        ("left", (60, 100), Some([0.94, 0.67, 1.31, 0.7123])),
        ("right", (64, 80), Some([1.38, 1.002, 1.92, 0.0496])),
    ] {
        let row = match figures {
            Some(figures) => ratio_row(Quantity::HazardRatio, model, "site", Some(level), figures),
            None => reference_row(Quantity::HazardRatio, model, "site", level),
        };
        results.estimates.push(counted(Estimate { reference: Some("rectum".into()), ..row }, counts));
    }
    results.estimates.push(counted(
        Estimate {
            value: None,
            interval: None,
            test: None,
            ..ratio_row(Quantity::HazardRatio, model, "hai", None, [0.0; 4])
        },
        (0, 19),
    ));
    results.estimates.push(Estimate {
        model: Some(model),
        term: Some("site".into()),
        value: None,
        test: Some(test(TestName::LikelihoodRatio, Some(6.2), &[2.0], 0.0451)),
        ..Estimate::new(Quantity::GlobalTest, 0.0)
    });
    results.notices = vec![Notice::Separation {
        term: "hai".into(),
        level: None,
        kind: notice::SeparationKind::Quasi,
        toward: Some(notice::Toward::Zero),
    }];
    results.methods_text =
        vec!["Hazard ratios are from Cox regression with Breslow’s handling of ties.".into()];
    results
}
