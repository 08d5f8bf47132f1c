//! P values adjusted for the number of tests made.
//!
//! # Formula
//! With m P values in ascending order p₍₁₎ … p₍ₘ₎: Bonferroni min(1, m p); Holm the running maximum of (m − i + 1) p₍ᵢ₎;
//! Hochberg the running minimum from the top of (m − i + 1) p₍ᵢ₎; Benjamini–Hochberg that of m p₍ᵢ₎ / i.
//! # Assumptions
//! Bonferroni and Holm hold for any dependence and bound the chance of one false rejection; Hochberg bounds it for
//! independent or positively dependent tests; Benjamini–Hochberg bounds, for such tests, the expected share of false
//! ones among the rejections.
//! # References
//! Holm 1979, Scand J Stat 6:65–70. Hochberg 1988, doi:10.1093/biomet/75.4.800.
//! Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x. Wright 1992, doi:10.2307/2532694.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way of adjusting P values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// Each times the number of tests.
    Bonferroni,
    /// Holm's step-down procedure.
    Holm,
    /// Hochberg's step-up procedure.
    Hochberg,
    /// Benjamini and Hochberg's false discovery rate.
    BenjaminiHochberg,
}

impl Adjustment {
    /// Its name for sentences.
    pub fn text(self) -> &'static str {
        match self {
            Self::Bonferroni => "Bonferroni",
            Self::Holm => "Holm",
            Self::Hochberg => "Hochberg",
            Self::BenjaminiHochberg => "Benjamini and Hochberg",
        }
    }
}

/// The adjusted P values in the order of the given ones, which lie between 0 and 1.
pub fn adjusted(p_values: &[f64], adjustment: Adjustment) -> Vec<f64> {
    let m = p_values.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![1.0; m];
    let scaled = |rank: usize| {
        let left = (m - rank) as f64;
        let factor = match adjustment {
            Adjustment::Bonferroni => m as f64,
            Adjustment::Holm | Adjustment::Hochberg => left,
            Adjustment::BenjaminiHochberg => m as f64 / (rank + 1) as f64,
        };
        (factor * p_values[order[rank]]).min(1.0)
    };
    match adjustment {
        Adjustment::Bonferroni | Adjustment::Holm => {
            let mut most = 0.0_f64;
            for rank in 0..m {
                most = most.max(scaled(rank));
                adjusted[order[rank]] = most;
            }
        }
        Adjustment::Hochberg | Adjustment::BenjaminiHochberg => {
            let mut least = 1.0_f64;
            for rank in (0..m).rev() {
                least = least.min(scaled(rank));
                adjusted[order[rank]] = least;
            }
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(p: &[f64], adjustment: Adjustment, exact: &[f64]) {
        let ours = adjusted(p, adjustment);
        assert_eq!(ours.len(), exact.len());
        for (ours, exact) in ours.iter().zip(exact) {
            assert!((ours - exact).abs() < 1e-15, "{adjustment:?}: {ours} {exact}");
        }
    }

    /// By hand, `baseline`, `log_rank`: four P values adjusted by Bonferroni, Holm, Hochberg, and Benjamini and
    /// Hochberg.
    #[test]
    fn four_tests_by_hand() {
        let p = [0.03, 0.01, 0.04, 0.02];
        check(&p, Adjustment::Bonferroni, &[0.12, 0.04, 0.16, 0.08]);
        check(&p, Adjustment::Holm, &[0.06, 0.04, 0.06, 0.06]);
        check(&p, Adjustment::Hochberg, &[0.04, 0.04, 0.04, 0.04]);
        check(&p, Adjustment::BenjaminiHochberg, &[0.04, 0.04, 0.04, 0.04]);
    }

    #[test]
    fn ties_ones_and_nothing() {
        for adjustment in
            [Adjustment::Bonferroni, Adjustment::Holm, Adjustment::Hochberg, Adjustment::BenjaminiHochberg]
        {
            assert_eq!(adjusted(&[], adjustment), Vec::<f64>::new());
            assert_eq!(adjusted(&[0.2], adjustment), [0.2]);
            assert_eq!(adjusted(&[1.0, 1.0], adjustment), [1.0, 1.0]);
        }
        check(&[1e-300, 0.9, 1e-300], Adjustment::Holm, &[3e-300, 0.9, 3e-300]);
    }
}
