//! Caveats as sentences, with labels in place of names.

use super::{Notice, Toward};
use std::fmt;

fn of(level: &Option<String>) -> String {
    level.as_ref().map_or(String::new(), |level| format!(": {level}"))
}

fn group(group: &Option<String>) -> String {
    group.as_ref().map_or(String::new(), |group| format!(" in the group “{group}”"))
}

impl Notice {
    /// The same caveat with labels for names: `variable` gives a variable's label, `level` that of a value of a
    /// variable (of the grouping variable where the name is empty).
    #[must_use]
    pub fn relabelled(&self, label: &dyn Fn(&str) -> String, value: &dyn Fn(&str, &str) -> String) -> Self {
        let mut notice = self.clone();
        match &mut notice {
            Self::MissingExcluded { variable, .. }
            | Self::SparseCell { variable, .. }
            | Self::NeverAtRisk { endpoint: variable, .. }
            | Self::IntervalGaps { endpoint: variable, .. }
            | Self::RepeatedEvents { endpoint: variable, .. }
            | Self::FewClusters { variable, .. }
            | Self::SingleLevel { variable }
            | Self::AllMissing { variable }
            | Self::TestReplaced { variable, .. }
            | Self::MostlyMissing { variable, .. }
            | Self::ChainsNotMixed { variable, .. }
            | Self::ImputationAugmented { variable, .. }
            | Self::MonteCarlo { variable, .. } => *variable = label(variable),
            Self::FewOutcomes { term, level, .. } | Self::OneCluster { term, level } => {
                *level = value(term, level);
                *term = label(term);
            }
            Self::Separation { term, level, .. }
            | Self::PenalizedSeparation { term, level, .. }
            | Self::Aliased { term, level }
            | Self::ConstantWithinStrata { term, level }
            | Self::NoRobustVariance { term, level }
            | Self::MedianUnbiased { term, level }
            | Self::Uninformative { term, level }
            | Self::ExactOutOfReach { term, level, .. }
            | Self::UnboundedInterval { term, level } => {
                *level = level.as_deref().map(|level| value(term, level));
                *term = label(term);
            }
            Self::ImputationCollinear { variable, predictor: other }
            | Self::ImputedTogether { variable, with: other } => {
                *variable = label(variable);
                *other = label(other);
            }
            Self::PartlyEstimable { term, level, .. } => {
                let variable = term.clone().unwrap_or_default();
                *level = level.as_deref().map(|level| value(&variable, level));
                *term = term.as_deref().map(label);
            }
            Self::SinglePatient { variable, group } => {
                *group = value("", group);
                *variable = label(variable);
            }
            Self::EmptyCell { variable, group } | Self::ExactIntervalOutOfReach { variable, group, .. } => {
                *group = group.as_deref().map(|group| value("", group));
                *variable = label(variable);
            }
            Self::NoDifferenceTest { group, reference, .. } => {
                for name in [group, reference] {
                    *name = name.as_deref().map(|name| value("", name));
                }
            }
            Self::LateStart { group, .. }
            | Self::CurveEmptied { group, .. }
            | Self::NobodyAtRisk { group, .. }
            | Self::BeyondFollowUp { group, .. }
            | Self::Extrapolated { group, .. }
            | Self::QuantileNotReached { group, .. }
            | Self::NoEvents { group }
            | Self::NoPlateau { group, .. }
            | Self::InsufficientFollowUp { group, .. }
            | Self::UncuredRemain { group, .. }
            | Self::NobodyCured { group }
            | Self::EverybodyCured { group }
            | Self::FewAtRisk { group, .. } => *group = group.as_deref().map(|group| value("", group)),
            Self::OneOutcome { outcome, level } => {
                *level = value(outcome, level);
                *outcome = label(outcome);
            }
            Self::NotConverged { .. }
            | Self::NoSpread { .. }
            | Self::LocalMaxima { .. }
            | Self::NoFollowUpTest { .. }
            | Self::ReplicatesLost { .. }
            | Self::TooFewSets { .. }
            | Self::EventsPerParameter { .. }
            | Self::NothingEntered { .. }
            | Self::DataDrivenSelection { .. }
            | Self::PenalizedEstimates { .. }
            | Self::StepwiseSelection { .. }
            | Self::LeftOutAtLandmark { .. }
            | Self::Other { .. } => {}
        }
        notice
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingExcluded { variable, n } => {
                write!(f, "{variable}: {n} left out for missing values.")
            }
            Self::IntervalGaps { endpoint, n } => write!(
                f,
                "{endpoint}: the intervals of {n} {} leave gaps, during which they are not at risk.",
                if *n == 1 { "patient" } else { "patients" }
            ),
            Self::RepeatedEvents { endpoint, n, events } => write!(
                f,
                "{endpoint}: {n} {} the event more than once. All {events} events are used; the numbers shown are of \
                 patients.",
                if *n == 1 { "patient has" } else { "patients have" }
            ),
            Self::NeverAtRisk { endpoint, n } => write!(
                f,
                "{endpoint}: {n} left out, because observation of them began when their follow-up had ended."
            ),
            Self::LeftOutAtLandmark { at, unit, events, competing, censored } => {
                write!(f, "Left out at the landmark ({at} {unit}): {events} with the event by then, ")?;
                if let Some(competing) = competing {
                    write!(f, "{competing} with the competing event, ")?;
                }
                write!(f, "{censored} censored by then.")
            }
            Self::ConstantWithinStrata { term, level } => write!(
                f,
                "{term}{}: never differs between a patient with an event and one of the same stratum who is at risk then without \
                 it; no estimate.",
                of(level)
            ),
            Self::FewClusters { variable, clusters: 1 } => write!(
                f,
                "All patients belong to one cluster ({variable}): there are no robust standard errors."
            ),
            Self::FewClusters { variable, clusters } => write!(
                f,
                "The robust standard errors rest on {clusters} clusters ({variable}), and are likely too small."
            ),
            Self::NoRobustVariance { term, level } => write!(
                f,
                "{term}{}: no robust standard error, because there is no spread between clusters to measure; use a model \
                 without `cluster`, or a cluster that tells more patients apart.",
                of(level)
            ),
            Self::OneCluster { term, level } => write!(
                f,
                "{term}, {level}: all its patients belong to one cluster; robust standard errors of its ratios are too small \
                 and must not be relied on."
            ),
            Self::SparseCell { variable, least_expected } => {
                write!(f, "{variable}: the smallest expected count is {least_expected:.1}, below 5.")
            }
            Self::FewOutcomes { term, level, least } => write!(
                f,
                "{term}, {level}: the ratio rests on {least} {}; its limits are unreliable.",
                if *least == 1 { "patient" } else { "patients" }
            ),
            Self::Separation { term, level, kind, toward } => {
                write!(f, "{term}{}: {} separation; ", of(level), kind.text())?;
                f.write_str(match toward {
                    Some(Toward::Zero) => "the maximum-likelihood ratio is 0.",
                    Some(Toward::Infinity) => "the maximum-likelihood ratio is infinite.",
                    None => "there is no finite estimate.",
                })
            }
            Self::PenalizedSeparation { term, level, kind } => write!(
                f,
                "{term}{}: {} separation; the maximum-likelihood estimate is infinite, Firth’s is finite.",
                of(level),
                kind.text()
            ),
            Self::NotConverged { model, iterations } => {
                write!(f, "{model}: no convergence after {iterations} iterations; estimates withheld.")
            }
            Self::NoSpread { model } => write!(
                f,
                "{model}: all event times are one, or follow from the terms without exception; the law’s spread would be 0, \
                 and the likelihood has no bound. Estimates withheld."
            ),
            Self::Aliased { term, level } => {
                write!(f, "{term}{}: determined by other terms and left out.", of(level))
            }
            Self::SingleLevel { variable } => {
                write!(f, "{variable}: one level only, nothing to compare.")
            }
            Self::AllMissing { variable } => write!(f, "{variable}: all values are missing."),
            Self::SinglePatient { variable, group } => {
                write!(f, "{variable}: a single patient in the group “{group}”, no spread.")
            }
            Self::EventsPerParameter { events, parameters } => write!(
                f,
                "{events} event{} for {parameters} parameter{} ({:.1} each): estimates are likely too large.",
                if *events == 1 { "" } else { "s" },
                if *parameters == 1 { "" } else { "s" },
                *events as f64 / (*parameters).max(1) as f64
            ),
            Self::Extrapolated { group: g, at, last } => {
                write!(f, "At {at}{} the model extrapolates: follow-up ends at {last:.1}.", group(g))
            }
            Self::BeyondFollowUp { group: g, at, last } => {
                write!(f, "No estimate at {at}{}: follow-up ends at {last:.1}.", group(g))
            }
            Self::LateStart { group: g, at } => write!(
                f,
                "Nobody is under observation before {at:.1}{}: estimates hold for those free of the event by then.",
                group(g)
            ),
            Self::CurveEmptied { group: g, at, n } => write!(
                f,
                "At {at:.1} the only {n} at risk{} had the event, before others entered: survival is 0 from then on.",
                group(g)
            ),
            Self::NobodyAtRisk { group: g, from, until } => write!(
                f,
                "Nobody is under observation from {from:.1} to {until:.1}{}: no event is taken to happen then.",
                group(g)
            ),
            Self::NoDifferenceTest { cause, group: g, reference, at } => write!(
                f,
                "“{}” and “{}” at {at}{}: no test or limits of the difference, since nobody or everybody of a group has \
                 had the event by then.",
                g.as_deref().unwrap_or_default(),
                reference.as_deref().unwrap_or_default(),
                cause.as_deref().map_or(String::new(), |cause| format!(" ({cause})"))
            ),
            Self::QuantileNotReached { group: g, probability } if *probability == 0.5 => {
                write!(f, "Median not reached{}.", group(g))
            }
            Self::QuantileNotReached { group: g, probability } => {
                write!(f, "Quantile {probability} not reached{}.", group(g))
            }
            Self::NoEvents { group: g } => write!(f, "No events{}.", group(g)),
            Self::OneOutcome { outcome, level } => {
                write!(f, "{outcome} is “{level}” in every patient: nothing to explain.")
            }
            Self::FewAtRisk { group: g, at, at_risk } => {
                write!(f, "Only {at_risk} at risk at {at}{}.", group(g))
            }
            Self::TestReplaced { variable, used, reason } => {
                write!(f, "{variable}: {used}, because {reason}.")
            }
            Self::NothingEntered { rule } => {
                write!(f, "No term met the entry rule ({rule}): there is no multivariable model.")
            }
            Self::DataDrivenSelection { rule } => write!(
                f,
                "Terms entered the multivariable model by {rule}; \
                 its P values and intervals do not allow for that choice."
            ),
            Self::StepwiseSelection { rule } => write!(
                f,
                "Terms were chosen by {rule} on the same patients: P values are too small, intervals too narrow and ratios \
                 too far from 1 (Harrell 2015, doi:10.1007/978-3-319-19425-7; Heinze, Wallisch & Dunkler 2018, \
                 doi:10.1002/bimj.201700067)."
            ),
            Self::PenalizedEstimates { selected } => write!(
                f,
                "Ratios are shrunken towards 1 on purpose{}; usual standard errors, intervals and P values are wrong after \
                 that and are not given (Lockhart et al. 2014, doi:10.1214/13-AOS1175).",
                if *selected { ", and the same patients chose the terms" } else { "" }
            ),
            Self::UnboundedInterval { term, level } => {
                write!(f, "{term}{}: one limit of the interval does not exist.", of(level))
            }
            Self::MonteCarlo { variable, tables, lower, upper } => write!(
                f,
                "{variable}: P simulated with {tables} tables (99 % interval {lower:.5} to {upper:.5})."
            ),
            Self::EmptyCell { variable, group: g } => write!(
                f,
                "{variable}: a cell of the table is empty{}; figures and limits that do not exist are not shown.",
                group(g)
            ),
            Self::ReplicatesLost { model, lost, of } => write!(
                f,
                "{model}: {lost} of {of} bootstrap replicates gave no finite estimate and were left out."
            ),
            Self::TooFewSets { sets, needed } => write!(
                f,
                "{sets} imputed data sets are few for the information that is missing: {needed} would do (100 times the \
                 largest fraction of missing information)."
            ),
            Self::MostlyMissing { variable, n, of } => write!(
                f,
                "{variable}: {n} of {of} values are missing and imputed; its results rest on the imputation model."
            ),
            Self::ChainsNotMixed { variable, r_hat } => write!(
                f,
                "{variable}: the chains of the imputation did not mix (R-hat {r_hat:.2}); more iterations are needed."
            ),
            Self::ImputationAugmented { variable, fits, of } => write!(
                f,
                "{variable}: its imputation model was separated in {fits} of {of} fits and was augmented by a few \
                 weighted observations."
            ),
            Self::ImputedTogether { variable, with } => {
                write!(f, "{variable}: goes with the imputed values of {with}, as both come from one column.")
            }
            Self::ImputationCollinear { variable, predictor } => {
                write!(
                    f,
                    "{variable}: {predictor} is determined by other predictors and left out of its imputation model."
                )
            }
            Self::PartlyEstimable { term, level, sets, of: all } => write!(
                f,
                "{}{}: estimated in {sets} of {all} imputed data sets only, and withheld.",
                term.as_deref().unwrap_or("A figure"),
                of(level)
            ),
            Self::MedianUnbiased { term, level } => write!(
                f,
                "{term}{}: median unbiased estimate, as the conditional maximum-likelihood estimate is infinite.",
                of(level)
            ),
            Self::Uninformative { term, level } => write!(
                f,
                "{term}{}: given the other terms and strata only one outcome is possible; there is no estimate.",
                of(level)
            ),
            Self::ExactOutOfReach { term, level, states: Some(states) } => write!(
                f,
                "{term}{}: its exact distribution is out of reach (more than {states} states). Round or group the \
                 numbers among the terms, name fewer terms, allow more `states`, or use `method = \"logistic\"`.",
                of(level)
            ),
            Self::ExactOutOfReach { term, level, states: None } => write!(
                f,
                "{term}{}: no exact distribution, as the numbers among the terms have too many digits. Round or group \
                 them.",
                of(level)
            ),
            Self::ExactIntervalOutOfReach { variable, group: g, n, most } => write!(
                f,
                "{variable}{}: no exact limits of the risk difference or ratio for {n} patients; they are made for up to \
                 {most}. Use `miettinen_nurminen`, the score interval without exact tests.",
                group(g)
            ),
            Self::NoPlateau { group: g, at } => write!(
                f,
                "The last follow-up{}, at {at:.1}, is an event: survival has no plateau, and nothing shows that anybody is \
                 cured.",
                group(g)
            ),
            Self::InsufficientFollowUp { group: g, alpha, at, last } => write!(
                f,
                "Follow-up does not suffice to speak of cure{}: it ends at {last:.1}, and the last event was at {at:.1} \
                 (Maller and Zhou, α = {alpha:.3}).",
                group(g)
            ),
            Self::NoFollowUpTest { late } => write!(
                f,
                "{late} {} under observation after time 0: Maller and Zhou’s test of sufficient follow-up is not defined \
                 then, and no α is given.",
                if *late == 1 { "patient came" } else { "patients came" }
            ),
            Self::UncuredRemain { group: g, ratio, last } => write!(
                f,
                "Follow-up does not suffice to speak of cure{}: at its end, {last:.1}, survival of those not cured is still \
                 {:.0}% of that of all.",
                group(g),
                ratio * 100.0
            ),
            Self::NobodyCured { group: g } => {
                write!(
                    f,
                    "The likelihood is largest where nobody{} is cured: the share has no standard error.",
                    group(g)
                )
            }
            Self::EverybodyCured { group: g } => write!(
                f,
                "Nobody{} has the event: the likelihood is largest where everybody is cured, however short their follow-up.",
                group(g)
            ),
            Self::LocalMaxima { model, agreed, starts } => write!(
                f,
                "{model}: only {agreed} of {starts} searches reached the largest likelihood; there may be a larger one."
            ),
            Self::Other { message } => f.write_str(message),
        }
    }
}
