//! One simulated patient: covariates, then a response and a survival time that depend on them.
//!
//! Log odds of response: −1 + 0.4 treatment − 0.2 (each stage after the first) − 0.15 (each grade) + 0.3 left side
//! − 0.35 RAS mutated − 0.1 (each age group) − 0.1 log(CEA/5).
//!
//! Hazard of death a day: 1/3000 · exp(−0.25 treatment + 0.35 (each stage) + 0.2 (each grade) − 0.15 left side
//! + 0.2 RAS mutated + 0.3 (each age group) + 0.1 male + 0.1 log(CEA/5)).
//!
//! Follow-up ends at the cut-off, which patients who entered evenly over ten years meet after 1 to 3650 days, or, with a
//! constant hazard, by loss. All times are whole days from 1: a death on the last day of follow-up is seen.

use super::random::Random;

/// A categorical covariate: column name and levels.
pub(super) struct Covariate {
    pub(super) name: &'static str,
    pub(super) levels: &'static [&'static str],
}

/// The group and the six categorical covariates, in the order of [`Patient::codes`].
pub(super) const COVARIATES: [Covariate; 7] = [
    Covariate { name: "treatment", levels: &["standard", "new"] },
    Covariate { name: "sex", levels: &["female", "male"] },
    Covariate { name: "side", levels: &["left", "right"] },
    Covariate { name: "grade", levels: &["G1", "G2", "G3"] },
    Covariate { name: "stage", levels: &["I", "II", "III", "IV"] },
    Covariate { name: "ras", levels: &["mutated", "wild"] },
    Covariate { name: "age_group", levels: &["under 50", "50 to 69", "from 70"] },
];

/// Longest follow-up in days.
const CUT_OFF: f64 = 3650.0;
/// Mean time to loss from follow-up, in days.
const LOSS: f64 = 9000.0;
/// Share of missing values, in grade and in CEA.
const MISSING: f64 = 0.01;

/// One patient.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Patient {
    /// Positions of the levels of [`COVARIATES`]; absent for missing.
    pub(super) codes: [Option<u8>; 7],
    /// In steps of 0.1 ng/mL.
    pub(super) cea: Option<f64>,
    pub(super) response: bool,
    pub(super) time_days: i32,
    pub(super) died: bool,
}

impl Patient {
    /// The next patient of a stream.
    pub(super) fn draw(random: &mut Random) -> Self {
        let treatment = random.choose(&[0.5, 0.5]);
        let sex = random.choose(&[0.42, 0.58]);
        let side = random.choose(&[0.7, 0.3]);
        let grade = random.choose(&[0.2, 0.55, 0.25]);
        // Poorly differentiated tumours are found later.
        let shift = 0.05 * f64::from(grade);
        let stage = random.choose(&[0.25 - shift, 0.3, 0.25, 0.2 + shift]);
        let ras = random.choose(&[0.45, 0.55]);
        let age_group = random.choose(&[0.2, 0.5, 0.3]);
        let cea = ((5f64.ln() + 1.2 * random.normal()).exp() * 10.0).round().clamp(1.0, 100_000.0) / 10.0;

        let [treated, male, graded, staged, aged] = [treatment, sex, grade, stage, age_group].map(f64::from);
        let (left, mutated) = (f64::from(1 - side), f64::from(1 - ras));
        let log_cea = (cea / 5.0).ln();
        let log_odds = -1.0 + 0.4 * treated - 0.2 * staged - 0.15 * graded + 0.3 * left
            - 0.35 * mutated
            - 0.1 * aged
            - 0.1 * log_cea;
        let log_hazard = -0.25 * treated + 0.35 * staged + 0.2 * graded - 0.15 * left
            + 0.2 * mutated
            + 0.3 * aged
            + 0.1 * male
            + 0.1 * log_cea;
        let response = random.chance(1.0 / (1.0 + (-log_odds).exp()));
        let death = (3000.0 * random.exponential() / log_hazard.exp()).ceil();
        let loss = (LOSS * random.exponential()).ceil();
        let end = (CUT_OFF * random.uniform()).ceil().min(loss);
        let present = |value: u8, missing: bool| (!missing).then_some(value);
        let (no_grade, no_cea) = (random.chance(MISSING), random.chance(MISSING));
        Self {
            codes: [
                Some(treatment),
                Some(sex),
                Some(side),
                present(grade, no_grade),
                Some(stage),
                Some(ras),
                Some(age_group),
            ],
            cea: (!no_cea).then_some(cea),
            response,
            time_days: death.min(end) as i32,
            died: death <= end,
        }
    }
}
