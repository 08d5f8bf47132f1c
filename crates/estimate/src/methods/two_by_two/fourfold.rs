//! A table of two by two: who has the outcome among the exposed and among the others.

use super::risk::z_of;
use study::results::finite;

/// The table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fourfold {
    /// Exposed patients with the outcome.
    pub x1: u64,
    /// Exposed patients.
    pub n1: u64,
    /// Other patients with the outcome.
    pub x2: u64,
    /// Other patients.
    pub n2: u64,
}

/// An estimate with its limits. What is infinite or undefined is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Effect {
    /// The estimate.
    pub value: Option<f64>,
    /// Its standard error, of the logarithm for ratios, where the interval rests on one.
    pub std_error: Option<f64>,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
}

impl Effect {
    /// With Wald's limits around its logarithm, where it has one.
    pub(super) fn with_limits_on_log(self, std_error: f64, confidence_level: f64) -> Self {
        let Some(value) = self.value else { return self };
        let half = z_of(confidence_level) * std_error;
        Self {
            std_error: Some(std_error),
            lower: finite((value.ln() - half).exp()),
            upper: finite((value.ln() + half).exp()),
            ..self
        }
    }

    /// The effect seen the other way round on the scale of logarithms: 1 over everything.
    #[must_use]
    pub(super) fn inverted(self) -> Self {
        let inverse = |value: Option<f64>| value.filter(|value| *value != 0.0).map(|value| 1.0 / value);
        // 1/0 is infinite, thus absent; what was infinite upwards becomes 0.
        let from_infinite = |value: Option<f64>| match value {
            Some(_) => inverse(value),
            None => Some(0.0),
        };
        Self {
            value: if self.value.is_none() { Some(0.0) } else { inverse(self.value) },
            std_error: self.std_error,
            lower: from_infinite(self.upper),
            upper: inverse(self.lower),
        }
    }

    /// The effect with the opposite sign.
    #[must_use]
    pub(super) fn negated(self) -> Self {
        let negative = |value: Option<f64>| value.map(|value| -value);
        Self {
            value: negative(self.value),
            std_error: self.std_error,
            lower: negative(self.upper),
            upper: negative(self.lower),
        }
    }
}

impl Fourfold {
    /// From the four cells: exposed with and without the outcome, others with and without.
    pub fn of_cells([a, b, c, d]: [u64; 4]) -> Self {
        Self { x1: a, n1: a + b, x2: c, n2: c + d }
    }

    /// The four cells: exposed with and without the outcome, others with and without.
    pub fn cells(&self) -> [u64; 4] {
        [self.x1, self.n1 - self.x1, self.x2, self.n2 - self.x2]
    }

    /// The same as numbers.
    pub(super) fn real_cells(&self) -> [f64; 4] {
        self.cells().map(|n| n as f64)
    }

    /// All patients.
    pub fn total(&self) -> u64 {
        self.n1 + self.n2
    }

    /// Patients with the outcome.
    pub fn events(&self) -> u64 {
        self.x1 + self.x2
    }

    /// Whether both groups have patients.
    pub fn has_both_groups(&self) -> bool {
        self.n1 > 0 && self.n2 > 0
    }

    /// Whether no margin is empty: only then does the table tell anything of an odds ratio.
    pub fn is_informative(&self) -> bool {
        self.has_both_groups() && self.events() > 0 && self.events() < self.total()
    }

    /// Whether a cell is empty.
    pub fn has_empty_cell(&self) -> bool {
        self.cells().contains(&0)
    }

    /// Risks of the exposed and of the others.
    pub(super) fn risks(&self) -> [f64; 2] {
        [self.x1 as f64 / self.n1 as f64, self.x2 as f64 / self.n2 as f64]
    }

    /// The table with the groups exchanged.
    #[must_use]
    pub(super) fn swapped(&self) -> Self {
        Self { x1: self.x2, n1: self.n2, x2: self.x1, n2: self.n1 }
    }

    /// The table of those without the outcome.
    #[must_use]
    pub(super) fn complement(&self) -> Self {
        Self { x1: self.n1 - self.x1, x2: self.n2 - self.x2, ..*self }
    }

    /// Cell by cell together.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self {
            x1: self.x1 + other.x1,
            n1: self.n1 + other.n1,
            x2: self.x2 + other.x2,
            n2: self.n2 + other.n2,
        }
    }
}
