//! Whether the vessels of the skin narrowed when 39 breaths were taken (Finney 1947, doi:10.1093/biomet/34.3-4.320).

use crate::modelling::{ratio, run, value};
use crate::printed::Printed;
use crate::rows::{limits, log_ratio, row};
use study::{Column, Estimate, Model, Quantity, Results};

const DATA: &str = "vasoconstriction";
const SAS: &str =
    "SAS/STAT User’s Guide, PROC LOGISTIC, example Logistic Regression Diagnostics; Pregibon 1981";

/// Volume and rate of the breath; whether the vessels narrowed.
const BREATHS: [(f64, f64, bool); 39] = [
    (3.70, 0.825, true),
    (3.50, 1.09, true),
    (1.25, 2.50, true),
    (0.75, 1.50, true),
    (0.80, 3.20, true),
    (0.70, 3.50, true),
    (0.60, 0.75, false),
    (1.10, 1.70, false),
    (0.90, 0.75, false),
    (0.90, 0.45, false),
    (0.80, 0.57, false),
    (0.55, 2.75, false),
    (0.60, 3.00, false),
    (1.40, 2.33, true),
    (0.75, 3.75, true),
    (2.30, 1.64, true),
    (3.20, 1.60, true),
    (0.85, 1.415, true),
    (1.70, 1.06, false),
    (1.80, 1.80, true),
    (0.40, 2.00, false),
    (0.95, 1.36, false),
    (1.35, 1.35, false),
    (1.50, 1.36, false),
    (1.60, 1.78, true),
    (0.60, 1.50, false),
    (1.80, 1.50, true),
    (0.95, 1.90, false),
    (1.90, 0.95, true),
    (1.60, 0.40, false),
    (2.70, 0.75, true),
    (2.35, 0.03, false),
    (1.10, 1.83, false),
    (1.10, 2.20, true),
    (1.20, 2.00, true),
    (0.80, 3.33, true),
    (0.95, 1.90, false),
    (0.75, 1.90, false),
    (1.30, 1.625, true),
];

fn breaths() -> Vec<Column> {
    vec![
        Column::flag("constricted", &BREATHS.map(|(_, _, constricted)| Some(constricted))),
        Column::number("log_rate", BREATHS.iter().map(|(_, rate, _)| rate.ln()).collect()),
        Column::number("log_volume", BREATHS.iter().map(|(volume, _, _)| volume.ln()).collect()),
    ]
}

const OPTIONS: &str = "outcome = \"constricted\"\nterms = [\"log_rate\", \"log_volume\"]";

/// The model that the diagnostics are of.
#[test]
fn the_model() {
    let results = run("logistic", &format!("{OPTIONS}\ninterval = \"wald\""), &breaths());
    let mut printed = Printed::of("logistic", DATA, SAS);
    log_ratio(&mut printed, &results, ("log_rate", None), "4.5617", "1.8380");
    log_ratio(&mut printed, &results, ("log_volume", None), "5.1793", "1.8648");
    let intercept = row(&results, Quantity::Intercept, None, None);
    printed.figure("intercept", intercept.value, "-2.8754");
    printed.figure("intercept", intercept.std_error, "1.3208");
    for (term, odds_ratio, lower) in [("log_rate", "95.744", "2.610"), ("log_volume", "177.562", "4.592")] {
        let ours = ratio(&results, Model::Multivariable, term, None);
        // SAS stops where the gradient is small, not where it is nothing.
        printed.within("odds ratio", ours.value, odds_ratio, 1.0);
        printed.figure("its lower limit", limits(ours)[0], lower);
    }
    for (quantity, deviance) in [(Quantity::LogLikelihood, "29.227"), (Quantity::NullLogLikelihood, "54.040")]
    {
        let likelihood = value(&results, Model::Multivariable, None, quantity);
        printed.figure("−2 log L", Some(-2.0 * likelihood), deviance);
    }
    printed.finish();
}

/// The pattern of one breath: the group of its rows.
fn pattern(results: &Results, case: usize) -> &str {
    let (volume, rate, _) = BREATHS[case - 1];
    let is = |group: &&str, term: &str, value: f64| {
        results.estimates.iter().any(|row| {
            row.quantity == Quantity::PatternValue
                && row.group.as_deref() == Some(group)
                && row.term.as_deref() == Some(term)
                && row.value == Some(value)
        })
    };
    let groups = results.estimates.iter().filter_map(|row| row.group.as_deref());
    groups
        .into_iter()
        .find(|group| is(group, "log_rate", rate.ln()) && is(group, "log_volume", volume.ln()))
        .unwrap()
}

/// The table of diagnostics: the first breaths, and the two (4 and 18) that drive the model. SAS' C is Cook's distance
/// times the number of parameters, its CBar that times 1 − h; DIFCHISQ is the square of the standardized residual, and
/// DIFDEV that of the deviance residual with CBar added. Breaths 28 and 37 are one pattern to us and two to SAS.
#[test]
fn the_diagnostics() {
    let results = run("logistic_influence", &format!("{OPTIONS}\nshow = 38"), &breaths());
    let mut printed = Printed::of("logistic_influence", DATA, SAS);
    let mut compared = 0;
    for (case, figures) in [
        (1, ["0.2205", "0.3082", "0.0927", "0.0193", "0.0556", "0.00548", "0.00497", "0.1000", "0.0536"]),
        (2, ["0.1349", "0.1899", "0.0429", "0.0151", "0.0261", "0.000853", "0.000816", "0.0369", "0.0190"]),
        (3, ["0.2923", "0.4049", "0.0612", "0.0660", "0.0589", "0.00593", "0.00557", "0.1695", "0.0910"]),
        (4, ["3.5181", "2.2775", "0.0867", "-0.9302", "-1.0180", "1.2873", "1.1756", "6.3626", "13.5523"]),
        (5, ["0.5287", "0.7021", "0.1158", "0.1411", "0.0583", "0.0414", "0.0366", "0.5296", "0.3161"]),
        (18, ["2.9062", "2.1192", "0.0954", "-0.8279", "-0.8477", "0.9845", "0.8906", "5.3817", "9.3363"]),
    ] {
        let group = pattern(&results, case);
        let of = |quantity: Quantity, term: Option<&str>| {
            let own = |row: &&Estimate| {
                row.quantity == quantity
                    && row.group.as_deref() == Some(group)
                    && (term.is_none() || row.term.as_deref() == term)
            };
            results.estimates.iter().find(own).unwrap().value.unwrap()
        };
        let (deviance, leverage) = (of(Quantity::DevianceResidual, None), of(Quantity::Leverage, None));
        let c = 3.0 * of(Quantity::CooksDistance, None);
        let c_bar = c * (1.0 - leverage);
        let ours = [
            of(Quantity::PearsonResidual, None),
            deviance,
            leverage,
            of(Quantity::DfBetas, Some("log_rate")),
            of(Quantity::DfBetas, Some("log_volume")),
            c,
            c_bar,
            deviance.powi(2) + c_bar,
            of(Quantity::StandardizedResidual, None).powi(2),
        ];
        for (ours, figure) in ours.into_iter().zip(figures) {
            printed.figure(&format!("case {case}"), Some(ours), figure);
            compared += 1;
        }
    }
    assert_eq!(compared, 54);
    printed.finish();
}
