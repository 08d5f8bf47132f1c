//! The study of the simulated registry.

use super::patient::COVARIATES;
use std::fmt::Write;

/// The text of `study.toml`.
pub(super) fn text(patients: u64, seed: u64) -> String {
    let mut text = format!(
        r#"[study]
title = "A simulated registry of {patients} patients"
summary = "Made by `farr simulate` with seed {seed}."
warning = "Simulated data: nothing here says anything about patients."

[registry]
path = "."

[population]
table = "patients"
id = "patient_id"

"#
    );
    for covariate in &COVARIATES {
        let label = match covariate.name {
            "treatment" => "Treatment",
            "sex" => "Sex",
            "side" => "Side",
            "grade" => "Grade",
            "stage" => "Stage",
            "ras" => "RAS",
            _ => "Age",
        };
        let levels: Vec<String> =
            covariate.levels.iter().map(|level| format!("{{ value = \"{level}\" }}")).collect();
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "[variables.{}]\nlabel = \"{label}\"\nlevels = [{}]\n",
            covariate.name,
            levels.join(", ")
        );
    }
    text.push_str(
        r#"[variables.cea]
label = "CEA"
kind = "number"
unit = "ng/mL"

[variables.response]
label = "Response"
kind = "flag"

[endpoints.overall_survival]
label = "Overall survival"
time = "time_days"
event = "died"
unit = "days"

[[analyses]]
id = "baseline"
method = "baseline"
by = "treatment"
variables = ["sex", "side", "grade", "stage", "ras", "age_group", "cea"]

[[analyses]]
id = "survival"
method = "kaplan_meier"
endpoint = "overall_survival"
by = "treatment"
at = [365, 1095, 1825, 3650]

[[analyses]]
id = "response"
method = "logistic"
outcome = "response"
terms = ["treatment", "sex", "side", "grade", "stage", "ras", "age_group"]

[[analyses]]
id = "hazard"
purpose = "primary"
method = "cox"
endpoint = "overall_survival"
terms = ["treatment", "sex", "side", "grade", "stage", "ras", "age_group"]
"#,
    );
    text
}
