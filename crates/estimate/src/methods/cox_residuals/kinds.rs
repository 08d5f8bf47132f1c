//! The kinds of residuals that may be asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::ResidualKind;

/// A kind that `residuals` may name: the schema of the plan offers these words and no other column of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AskedResidual {
    /// Events less those expected by the model.
    Martingale,
    /// Martingale residual made symmetric.
    Deviance,
    /// Share of the score of a coefficient.
    Score,
    /// Value less its mean over the risk set of the event.
    Schoenfeld,
    /// Schoenfeld residual on the scale of the coefficient: an estimate of the coefficient at that time.
    ScaledSchoenfeld,
    /// Change of a coefficient when the patient is left out, to first order.
    Dfbeta,
    /// The same in standard errors of the coefficient.
    Dfbetas,
}

impl AskedResidual {
    const ALL: [Self; 7] = [
        Self::Martingale,
        Self::Deviance,
        Self::Score,
        Self::Schoenfeld,
        Self::ScaledSchoenfeld,
        Self::Dfbeta,
        Self::Dfbetas,
    ];

    fn kind(self) -> ResidualKind {
        match self {
            Self::Martingale => ResidualKind::Martingale,
            Self::Deviance => ResidualKind::Deviance,
            Self::Score => ResidualKind::Score,
            Self::Schoenfeld => ResidualKind::Schoenfeld,
            Self::ScaledSchoenfeld => ResidualKind::ScaledSchoenfeld,
            Self::Dfbeta => ResidualKind::Dfbeta,
            Self::Dfbetas => ResidualKind::Dfbetas,
        }
    }
}

/// All of them, which are told where the plan names none.
pub(super) fn all() -> Vec<ResidualKind> {
    AskedResidual::ALL.map(AskedResidual::kind).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_results() {
        for asked in AskedResidual::ALL {
            assert_eq!(serde_json::to_value(asked).unwrap(), serde_json::to_value(asked.kind()).unwrap());
        }
    }
}
