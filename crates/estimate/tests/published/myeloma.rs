//! Months of 65 patients with multiple myeloma (Krall, Uthoff & Harley 1975, Biometrics 31:49–57), as the examples of PROC
//! PHREG in the SAS/STAT User's Guide have them.

use crate::modelling::{endpoint, ratio, run};
use crate::printed::Printed;
use crate::rows::{log_ratio, row};
use study::{Column, Model, Quantity};

const DATA: &str = "multiple myeloma";

/// Negative where censored.
const MONTHS: [f64; 65] = [
    1.25, 1.25, 2.0, 2.0, 2.0, 3.0, 5.0, 5.0, 6.0, 6.0, 6.0, 6.0, 7.0, 7.0, 7.0, 9.0, 11.0, 11.0, 11.0, 11.0,
    11.0, 13.0, 14.0, 15.0, 16.0, 16.0, 17.0, 17.0, 18.0, 19.0, 19.0, 24.0, 25.0, 26.0, 32.0, 35.0, 37.0,
    41.0, 41.0, 51.0, 52.0, 54.0, 58.0, 66.0, 67.0, 88.0, 89.0, 92.0, -4.0, -4.0, -7.0, -7.0, -8.0, -12.0,
    -11.0, -12.0, -13.0, -16.0, -19.0, -19.0, -28.0, -41.0, -53.0, -57.0, -77.0,
];
/// Logarithm of blood urea nitrogen.
const UREA: [f64; 65] = [
    2.2175, 1.9395, 1.5185, 1.7482, 1.301, 1.5441, 2.2355, 1.6812, 1.3617, 2.1139, 1.1139, 1.415, 1.9777,
    1.0414, 1.1761, 1.7243, 1.1139, 1.2304, 1.301, 1.5682, 1.0792, 0.7782, 1.3979, 1.6021, 1.3424, 1.3222,
    1.2304, 1.5911, 1.4472, 1.0792, 1.2553, 1.301, 1.0, 1.2304, 1.3222, 1.1139, 1.6021, 1.0, 1.1461, 1.5682,
    1.0, 1.2553, 1.2041, 1.4472, 1.3222, 1.1761, 1.3222, 1.4314, 1.9542, 1.9243, 1.1139, 1.5315, 1.0792,
    1.1461, 1.6128, 1.3979, 1.6628, 1.1461, 1.3222, 1.3222, 1.2304, 1.7559, 1.1139, 1.2553, 1.0792,
];
const HAEMOGLOBIN: [f64; 65] = [
    9.4, 12.0, 9.8, 11.3, 5.1, 6.7, 10.1, 6.5, 9.0, 10.2, 9.7, 10.4, 9.5, 5.1, 11.4, 8.2, 14.0, 12.0, 13.2,
    7.5, 9.6, 5.5, 14.6, 10.6, 9.0, 8.8, 10.0, 11.2, 7.5, 14.4, 7.5, 14.6, 12.4, 11.2, 10.6, 7.0, 11.0, 10.2,
    5.0, 7.7, 10.1, 9.0, 12.1, 6.6, 12.8, 10.6, 14.0, 11.0, 10.2, 10.0, 12.4, 10.2, 9.9, 11.6, 14.0, 8.8,
    4.9, 13.0, 13.0, 10.8, 7.3, 12.8, 12.0, 12.5, 14.0,
];

fn patients() -> Vec<Column> {
    let [time, event] = endpoint(&MONTHS.map(f64::abs), &MONTHS.map(|month| month > 0.0));
    vec![time, event, Column::number("log_bun", UREA.into()), Column::number("hgb", HAEMOGLOBIN.into())]
}

const MODEL: &str = "endpoint = \"os\"\nterms = [\"log_bun\", \"hgb\"]\nties = \"breslow\"";

/// SAS/STAT 9.2 User's Guide (2nd ed.), PROC PHREG, example 64.1 (stepwise regression): the model that is chosen, with Wald's
/// statistics.
#[test]
fn the_chosen_model() {
    let results = run("cox", MODEL, &patients());
    let mut printed =
        Printed::of("cox", DATA, "SAS/STAT 9.2 User's Guide (2nd ed.), PROC PHREG, example 64.1");
    for (term, beta, error, statistic, hazard_ratio) in [
        ("log_bun", "1.67440", "0.61209", "7.4833", "5.336"),
        ("hgb", "-0.11899", "0.05751", "4.2811", "0.888"),
    ] {
        log_ratio(&mut printed, &results, (term, None), beta, error);
        let ours = ratio(&results, Model::Multivariable, term, None);
        printed.figure("hazard ratio", ours.value, hazard_ratio);
        printed.figure("Wald", ours.test.as_ref().unwrap().statistic, statistic);
    }
    printed.finish();
}

/// Survival, standard error and limits that are symmetric on the logarithm, of a patient with a log(BUN) of 1 and 10 g/dl
/// haemoglobin.
const SURVIVAL: [(f64, [&str; 4]); 31] = [
    (1.25, ["0.98678", "0.01043", "0.96655", "1.00000"]),
    (2.0, ["0.96559", "0.01907", "0.92892", "1.00000"]),
    (3.0, ["0.95818", "0.02180", "0.91638", "1.00000"]),
    (5.0, ["0.94188", "0.02747", "0.88955", "0.99729"]),
    (6.0, ["0.90635", "0.03796", "0.83492", "0.98389"]),
    (7.0, ["0.87742", "0.04535", "0.79290", "0.97096"]),
    (9.0, ["0.86646", "0.04801", "0.77729", "0.96585"]),
    (11.0, ["0.81084", "0.05976", "0.70178", "0.93686"]),
    (13.0, ["0.79800", "0.06238", "0.68464", "0.93012"]),
    (14.0, ["0.78384", "0.06515", "0.66601", "0.92251"]),
    (15.0, ["0.76965", "0.06779", "0.64762", "0.91467"]),
    (16.0, ["0.74071", "0.07269", "0.61110", "0.89781"]),
    (17.0, ["0.71005", "0.07760", "0.57315", "0.87966"]),
    (18.0, ["0.69392", "0.07998", "0.55360", "0.86980"]),
    (19.0, ["0.66062", "0.08442", "0.51425", "0.84865"]),
    (24.0, ["0.64210", "0.08691", "0.49248", "0.83717"]),
    (25.0, ["0.62360", "0.08921", "0.47112", "0.82542"]),
    (26.0, ["0.60523", "0.09136", "0.45023", "0.81359"]),
    (32.0, ["0.58549", "0.09371", "0.42784", "0.80122"]),
    (35.0, ["0.56534", "0.09593", "0.40539", "0.78840"]),
    (37.0, ["0.54465", "0.09816", "0.38257", "0.77542"]),
    (41.0, ["0.50178", "0.10166", "0.33733", "0.74639"]),
    (51.0, ["0.47546", "0.10368", "0.31009", "0.72901"]),
    (52.0, ["0.44510", "0.10522", "0.28006", "0.70741"]),
    (54.0, ["0.41266", "0.10689", "0.24837", "0.68560"]),
    (58.0, ["0.37465", "0.10891", "0.21192", "0.66232"]),
    (66.0, ["0.33626", "0.10980", "0.17731", "0.63772"]),
    (67.0, ["0.28529", "0.11029", "0.13372", "0.60864"]),
    (88.0, ["0.22412", "0.10928", "0.08619", "0.58282"]),
    (89.0, ["0.15864", "0.10317", "0.04435", "0.56750"]),
    (92.0, ["0.09180", "0.08545", "0.01481", "0.56907"]),
];

/// The same guide, example 64.8 (survivor function estimates for specific covariate values), first of its two patients.
#[test]
fn survival_of_a_patient() {
    let at = SURVIVAL.map(|(month, _)| month);
    let profile = "profiles = [{ label = \"first\", log_bun = 1.0, hgb = 10.0 }]\ninterval = \"log\"";
    let results = run("predicted_survival", &format!("{MODEL}\n{profile}\nat = {at:?}"), &patients());
    let mut printed = Printed::of(
        "predicted_survival",
        DATA,
        "SAS/STAT 9.2 User's Guide (2nd ed.), PROC PHREG, example 64.8",
    );
    for (month, [survival, error, lower, upper]) in SURVIVAL {
        let ours = row(&results, Quantity::Survival, None, Some(month));
        let limits = ours.interval.unwrap();
        printed.figure("survival", ours.value, survival);
        printed.figure("standard error", ours.std_error, error);
        printed.figure("lower", limits.lower, lower);
        printed.figure("upper", limits.upper, upper);
    }
    printed.finish();
}
