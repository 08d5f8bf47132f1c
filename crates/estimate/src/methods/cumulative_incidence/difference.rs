//! Cumulative incidence at one time, compared between groups.

use super::incidence::Incidence;
use super::{Cause, CumulativeIncidenceOptions, IncidenceInterval, Limits, ordered};
use crate::follow_up::FollowUp;
use crate::methods::at_one_time::{Compared, Probability};
use study::{Problem, Quantity, Results, TestName};

/// The rows of every cause and time, tested on a scale.
pub(super) fn compare(
    results: &mut Results,
    patients: &FollowUp,
    causes: &[Cause; 2],
    options: &CumulativeIncidenceOptions,
    (scale, limits): (IncidenceInterval, &Limits),
    reference: usize,
) -> Result<(), Problem> {
    for (index, cause) in causes.iter().enumerate() {
        let tables = patients.groups.iter().map(|group| ordered(group, index));
        let tables: Vec<_> = tables.collect::<Result<_, _>>()?;
        let curves: Vec<Incidence<'_>> =
            tables.iter().map(|(own, other)| Incidence::new(own, other)).collect();
        let compared = Compared {
            quantity: Quantity::IncidenceDifference,
            test: TestName::IncidenceAtTime,
            cause: Some((&cause.variable, cause.level)),
            z: limits.z,
            confidence_level: limits.confidence_level,
        };
        for at in &options.at {
            let known: Vec<Option<Probability>> = curves
                .iter()
                .map(|curve| {
                    let point = curve.at(at * patients.scale)?;
                    Some(Probability {
                        value: point.incidence,
                        variance: point.variance,
                        transformed: scale.transformed(point.incidence, point.variance),
                    })
                })
                .collect();
            compared.write(results, &patients.groups, &known, reference, *at);
        }
    }
    results.methods_text.push(format!(
        "Cumulative incidence at prespecified times was compared between groups by its difference, with Wald limits, and \
         tested on the {} scale.",
        scale.text()
    ));
    Ok(())
}
