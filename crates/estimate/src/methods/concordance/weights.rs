//! What a pair counts, by the time of its event.

use super::count::Scored;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Weights of event times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeWeights {
    /// Every pair counts 1 (Harrell; `n` in R).
    #[default]
    Harrell,
    /// 1/G², G being the probability of not being censored before the time: the limit does not depend on censoring
    /// (Uno; `n/G2` in R).
    Uno,
    /// N S/Y, with S survival just before the time, Y those at risk and N all (Peto–Wilcoxon; `S` in R).
    Survival,
    /// N S/(G Y) (Schemper; `S/G` in R).
    Schemper,
    /// 1/Y (log-rank; `I` in R).
    AtRisk,
}

impl TimeWeights {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Harrell => "Harrell’s concordance",
            Self::Uno => "Uno’s concordance (inverse probability of censoring weights)",
            Self::Survival => "Concordance weighted by survival over those at risk",
            Self::Schemper => "Concordance with Schemper’s weights",
            Self::AtRisk => "Concordance weighted by the inverse of those at risk",
        }
    }

    /// The weight of each distinct time of some patients in ascending order of time; 0 after `last`.
    pub(super) fn of_times(self, patients: &[Scored], last: Option<u32>) -> Vec<f64> {
        let total = |row: &Scored| row.n as f64 * row.weight;
        let all: f64 = patients.iter().map(total).sum();
        let events: u64 = patients.iter().filter(|patient| patient.event).map(|patient| patient.n).sum();
        // With one event its weight cannot matter, and some weights are not defined.
        let choice = if events < 2 { Self::Harrell } else { self };
        let mut late: Vec<&Scored> = patients.iter().filter(|patient| patient.from > 0).collect();
        late.sort_by_key(|patient| patient.from);
        let mut late = late.into_iter().peekable();
        let mut at_risk = all - late.clone().map(total).sum::<f64>();
        let (mut survival, mut uncensored) = (1.0, 1.0);
        let mut weights = Vec::new();
        for group in patients.chunk_by(|a, b| a.time == b.time) {
            while let Some(patient) = late.next_if(|patient| patient.from <= group[0].time) {
                at_risk += total(patient);
            }
            let count = |event: bool| -> f64 {
                group.iter().filter(|patient| patient.event == event).map(total).sum()
            };
            let weight = match choice {
                Self::Harrell => 1.0,
                Self::Uno => 1.0 / (uncensored * uncensored),
                Self::Survival => all * survival / at_risk,
                Self::Schemper => all * survival / (uncensored * at_risk),
                Self::AtRisk => 1.0 / at_risk,
            };
            weights.push(if last.is_some_and(|last| group[0].time > last) { 0.0 } else { weight });
            let (deaths, censored) = (count(true), count(false));
            // Events first: who dies at t is not at risk of being censored at it.
            survival *= (at_risk - deaths) / at_risk;
            if censored > 0.0 {
                uncensored *= (at_risk - deaths - censored) / (at_risk - deaths);
            }
            at_risk -= deaths + censored;
        }
        weights
    }
}
