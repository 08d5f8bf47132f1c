//! A study to print: the figures of a published study of 494 patients with colorectal liver metastases, as its
//! synthetic registry gives them. SYNTHETIC: no row of that registry is a patient.
//!
//! Counts, ratios and P values are those of the registry. The curves are rebuilt from the numbers of events and
//! censorings between eight times, spread evenly, so they pass through the registry's estimates only nearly.

#![allow(dead_code, reason = "each test file uses its own part of the sample")]

pub(crate) mod baseline;
pub(crate) mod models;
pub(crate) mod survival;
pub(crate) mod xml;

use report::{Display, Style};
use serde_json::json;
use study::published::Verdict;
use study::*;

/// How numbers are written.
pub(crate) const STYLE: Style = Style { dialect: Dialect::Farr, confidence_level: 0.95 };

/// The texts of a table, row by row.
pub(crate) fn rows(display: &Display) -> Vec<Vec<&str>> {
    let table = display.table().expect("a table");
    table.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect()
}

/// The footnotes of a table.
pub(crate) fn notes(display: &Display) -> String {
    display.table().expect("a table").footnotes.iter().map(|note| format!("{} ", note.text)).collect()
}

pub(crate) fn label(name: &str, text: &str, kind: Kind, levels: &[(&str, &str)]) -> VariableLabel {
    VariableLabel {
        name: name.into(),
        label: text.into(),
        unit: None,
        kind,
        levels: levels
            .iter()
            .map(|(value, label)| Level { value: (*value).into(), label: (*label).into() })
            .collect(),
    }
}

pub(crate) fn response() -> VariableLabel {
    label("pcr", "Pathological complete response", Kind::Category, &[("yes", "pCR"), ("no", "non-pCR")])
}

pub(crate) fn empty(analysis: &str, title: &str, method: &str) -> Results {
    Results {
        analysis: analysis.into(),
        title: title.into(),
        purpose: Purpose::Secondary,
        method: method.into(),
        options: json!({}),
        participants: Participants { eligible: 494, analysed: 494, missing: Vec::new() },
        ..Results::default()
    }
}

pub(crate) fn group(level: Option<&str>, label: &str, n: u64, events: Option<u64>) -> Group {
    Group { level: level.map(String::from), label: label.into(), n, events }
}

pub(crate) fn test(name: TestName, statistic: Option<f64>, df: &[f64], p: f64) -> Test {
    Test { name, statistic, df: df.to_vec(), p_value: Some(p), reason: None }
}

pub(crate) fn interval(lower: f64, upper: f64, method: IntervalMethod) -> Interval {
    Interval { lower: Some(lower), upper: Some(upper), confidence_level: 0.95, method }
}

/// The whole study.
pub(crate) fn study() -> StudyResults {
    let flow = ParticipantFlow::reconcile(
        "Patients with hepatectomy for colorectal liver metastases in the registry",
        850,
        [
            ("No preoperative chemotherapy", 243),
            ("Non-radical surgery (R2 resection)", 27),
            ("No information on pathological response", 19),
            ("Unresectable extrahepatic metastases", 14),
            ("Lost to follow-up after surgery", 31),
            ("Surgery before January 2006 or after January 2019", 22),
        ]
        .map(|(label, n)| (label.to_string(), n)),
    )
    .expect("the flow reconciles");
    StudyResults {
        schema_version: 1,
        title: "Pathological complete response after preoperative chemotherapy for colorectal liver metastases".into(),
        summary: Some(
            "Which patients have a pathological complete response (pCR) of their liver metastases to preoperative \
             chemotherapy, and how long they live after hepatectomy."
                .into(),
        ),
        warning: Some("Synthetic data: no real patients. Not for clinical conclusions.".into()),
        dialect: Dialect::Spss,
        conventions: Default::default(),
        dialects: None,
        confidence_level: 0.95,
        flow,
        analyses: vec![
            baseline::table_1(),
            baseline::table_2(),
            models::logistic(),
            survival::overall(),
            survival::disease_free(),
            models::cox(),
            survival::log_rank(),
        ],
        imputations: Vec::new(),
        findings: findings(),
        replay: Some(replay()),
        provenance: provenance(),
    }
}

fn findings() -> Vec<Finding> {
    let finding = |rule: &str, severity, analysis: Option<&str>, message: &str, advice: &str| Finding {
        rule: rule.into(),
        severity,
        analysis: analysis.map(String::from),
        message: message.into(),
        advice: advice.into(),
    };
    vec![
        finding(
            "events-per-parameter",
            Severity::Caution,
            Some("table-4"),
            "30 events for 5 parameters: 6.0 each.",
            "Fewer terms, or a penalized likelihood.",
        ),
        finding(
            "time-zero",
            Severity::Serious,
            Some("figure-2"),
            "The groups are formed by a finding made at the operation, and follow-up starts on that day.",
            "None needed here: the grouping is known at time zero.",
        ),
        finding(
            "selection-by-p",
            Severity::Remark,
            Some("table-4"),
            "Terms entered by their univariable P.",
            "",
        ),
    ]
}

fn replay() -> Replay {
    let figure = |label: &str, printed: &str, computed, verdict, reason: Option<&str>| Comparison {
        id: label.replace(' ', "."),
        label: label.into(),
        printed: printed.into(),
        computed,
        decimals: printed.split('.').nth(1).map_or(0, str::len),
        verdict,
        reason: reason.map(String::from),
    };
    let geometry = Some("an odds ratio is the geometric middle of its Wald limits: 2.779");
    Replay {
        source: "The published study of 494 patients, Tables 1 to 4".into(),
        comparisons: vec![
            figure("Table 1, female, pCR: n", "13", Some(13.0), Verdict::Reproduced, None),
            figure(
                "Table 4, size, multivariable: upper limit",
                "154.139",
                Some(154.085_841),
                Verdict::Different,
                None,
            ),
            figure(
                "Table 4, side, univariable: odds ratio",
                "2.799",
                Some(2.778_947),
                Verdict::Impossible,
                geometry,
            ),
            figure("Median follow-up", "24", None, Verdict::NotFound, None),
        ],
    }
}

fn provenance() -> Provenance {
    let hash =
        |seed: u8| (0..32).map(|i: u8| format!("{:02x}", i.wrapping_mul(37).wrapping_add(seed))).collect();
    Provenance {
        farr_version: "0.1.0".into(),
        engine: "DataFusion 55.2".into(),
        inputs: [("registry/patients.csv", 68_211), ("registry/follow_up.csv", 301_544), ("study.toml", 4_120)]
            .iter()
            .zip([3_u8, 99, 180])
            .map(|((path, bytes), seed)| InputFile { path: (*path).into(), bytes: *bytes, sha256: hash(seed) })
            .collect(),
        tables: vec![InputTable {
            table: "labs".into(),
            relation: "hospital: registry.labs".into(),
            server: "PostgreSQL 15.3".into(),
            rows: 4_310,
            fingerprint: hash(7)[..16].into(),
        }],
        views: vec![ViewText {
            name: "hepatectomies".into(),
            sql: "select patient_id, min(operation_date) as operation_date\nfrom operations\ngroup by patient_id\nhaving count(*) > 0 and 1 < 2"
                .into(),
            rows: 850,
        }],
        seed: 1,
        cleaning: vec!["labs.csv, unit: 14 values in µg/L read as ng/mL".into(), "patients.csv: 1 duplicate row".into()],
    }
}
