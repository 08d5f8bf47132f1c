//! Who leaves when, and how: what the likelihood and its variance need of the patients.

/// How follow-up ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With the event.
    Event,
    /// With the competing event.
    Competing,
    /// Without either.
    Censored,
}

/// Patients with one time, end and pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Exit {
    /// Position of the time among the distinct ones.
    pub(super) time: u32,
    /// How follow-up ended.
    pub(super) end: End,
    /// Covariate pattern.
    pub(super) pattern: u32,
    /// How many.
    pub(super) n: f64,
}

/// The censoring of all patients of a model, at each distinct time.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Censoring {
    /// Probability Ĝ(t−) of not being censored before the time.
    pub(super) free: Vec<f64>,
    /// At risk at the time.
    pub(super) at_risk: Vec<f64>,
    /// Censored at the time.
    pub(super) censored: Vec<f64>,
}

impl Censoring {
    /// Kaplan–Meier of the time to censoring. Patients with an event at a time are at risk of being censored at it.
    pub(super) fn new(exits: impl Iterator<Item = (u32, End, f64)>) -> Self {
        let (mut leaving, mut censored) = (Vec::new(), Vec::new());
        for (time, end, n) in exits {
            let time = time as usize;
            if leaving.len() <= time {
                leaving.resize(time + 1, 0.0);
                censored.resize(time + 1, 0.0);
            }
            leaving[time] += n;
            if end == End::Censored {
                censored[time] += n;
            }
        }
        let mut at_risk = leaving;
        for time in (1..at_risk.len()).rev() {
            at_risk[time - 1] += at_risk[time];
        }
        let mut probability = 1.0;
        let free = at_risk
            .iter()
            .zip(&censored)
            .map(|(at_risk, censored)| {
                let before = probability;
                if *censored > 0.0 {
                    probability *= (at_risk - censored) / at_risk;
                }
                before
            })
            .collect();
        Self { free, at_risk, censored }
    }
}
