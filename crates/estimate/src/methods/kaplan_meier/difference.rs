//! Survival at one time, compared between groups.

use super::curve::{Band, ProductLimit};
use crate::follow_up::FollowUp;
use crate::methods::at_one_time::{Compared, Probability};
use study::{Quantity, Results, TestName};

/// The rows of every time.
pub(super) fn compare(
    results: &mut Results,
    patients: &FollowUp,
    at: &[f64],
    band: &Band,
    reference: Option<usize>,
) {
    let Some(reference) = reference else { return };
    let compared = Compared {
        quantity: Quantity::SurvivalDifference,
        test: TestName::SurvivalAtTime,
        cause: None,
        z: band.z,
        confidence_level: band.confidence_level,
    };
    for at in at {
        let known: Vec<Option<Probability>> = patients
            .groups
            .iter()
            .map(|group| {
                let point = ProductLimit::new(&group.table).at(at * patients.scale)?;
                Some(Probability {
                    value: point.survival,
                    variance: point.survival * point.survival * point.log_variance,
                    transformed: band.scale.transformed(point.survival, point.log_variance),
                })
            })
            .collect();
        compared.write(results, &patients.groups, &known, reference, *at);
    }
    results.methods_text.push(format!(
        "Survival at prespecified times was compared between groups by its difference, with Wald limits, and tested on \
         the {} scale.",
        band.scale.text()
    ));
}
