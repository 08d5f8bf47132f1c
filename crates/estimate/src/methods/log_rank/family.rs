//! The weights that tell the tests of the log-rank family apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::TestName;

/// What `test = "…"` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FamilyMember {
    /// The log-rank test: all times weigh alike.
    #[default]
    LogRank,
    /// Gehan and Breslow's: the number at risk.
    GehanBreslow,
    /// Tarone and Ware's: the square root of the number at risk.
    TaroneWare,
    /// Peto and Peto's survival estimate, events of the time included.
    PetoPeto,
    /// The same times n/(n + 1) (Andersen and others).
    ModifiedPetoPeto,
    /// Fleming and Harrington's: S^ρ (1 − S)^γ, with the pooled Kaplan–Meier curve just before the time.
    FlemingHarrington,
}

/// A test of the family with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Family {
    pub(crate) member: FamilyMember,
    /// Fleming and Harrington's ρ and γ.
    pub(crate) rho: f64,
    pub(crate) gamma: f64,
}

/// All groups together along their way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pooled {
    /// Kaplan–Meier just before the next time.
    survival: f64,
    /// ∏ (1 − d/(n + 1)) likewise.
    peto: f64,
}

impl Pooled {
    pub(super) const START: Self = Self { survival: 1.0, peto: 1.0 };

    /// The weight of an event time with n at risk and d events; afterwards the time has passed.
    pub(super) fn weight(&mut self, family: Family, n: f64, d: f64) -> f64 {
        let before = self.survival;
        self.survival *= (n - d) / n;
        self.peto *= 1.0 - d / (n + 1.0);
        match family.member {
            FamilyMember::LogRank => 1.0,
            FamilyMember::GehanBreslow => n,
            FamilyMember::TaroneWare => n.sqrt(),
            FamilyMember::PetoPeto => self.peto,
            FamilyMember::ModifiedPetoPeto => self.peto * n / (n + 1.0),
            FamilyMember::FlemingHarrington => power(before, family.rho) * power(1.0 - before, family.gamma),
        }
    }
}

/// 0 to the power of 0 is 1: the log-rank test is Fleming and Harrington's with ρ = γ = 0.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent == 0.0 { 1.0 } else { libm::pow(base, exponent) }
}

impl FamilyMember {
    /// The test as results name it.
    pub(super) fn name(self) -> TestName {
        match self {
            Self::LogRank => TestName::LogRank,
            Self::GehanBreslow => TestName::GehanBreslow,
            Self::TaroneWare => TestName::TaroneWare,
            Self::PetoPeto => TestName::PetoPeto,
            Self::ModifiedPetoPeto => TestName::ModifiedPetoPeto,
            Self::FlemingHarrington => TestName::FlemingHarrington,
        }
    }
}
