//! Cumulative incidence in the presence of a competing event, and Gray's test between groups.
//!
//! # Estimand
//! Fⱼ(t) = P(T ≤ t, cause j) in each group: how many have had the event by t in a world where the competing event
//! happens too. One minus Kaplan–Meier, which takes the competing event for censoring, is larger and no probability
//! of anything that can be observed. Both causes are estimated, since neither can be understood without the other.
//!
//! # Formula
//! Aalen–Johansen: F̂ⱼ(t) = Σ Ŝ(tᵢ−) dᵢⱼ/nᵢ over tᵢ ≤ t, with dᵢⱼ events of cause j among nᵢ at risk and Ŝ the
//! Kaplan–Meier estimate of freedom from both events. Gray's test compares the groups cause by cause: zₖ = Σ (dₖ − d
//! Rₖ/R) over the times of the cause, with d events, dₖ of them in group k, and R the sum of Rₖ = Yₖ(1 −
//! F̂ₖ(t−))/Ŝₖ(t−), Yₖ being at risk in group k; the statistic is z′V⁻z with Gray's variance V, χ² with one degree of
//! freedom fewer than groups.
//!
//! # Ties and censoring
//! The censored of a time are at risk for its events; events of both causes at one time leave together. Nothing is
//! estimated after the last follow-up of a group, unless all of it have had an event. Endpoints with `entry` are
//! refused.
//!
//! # Assumptions
//! Censoring tells nothing about either event in any group.
//!
//! # Variance
//! Aalen's, by the delta method, with hypergeometric ties: Var F̂ⱼ(t) = Σ Ŝ(tᵢ−)² [ φᵢ² Dᵢⱼ + ψᵢ² Dᵢₗ ] over tᵢ ≤ t,
//! ψᵢ = (F̂ⱼ(t) − F̂ⱼ(tᵢ))/Ŝ(tᵢ), φᵢ = 1 − ψᵢ, D = d(n − d)/(n²(n − 1)) for d events of cause j, or of the other
//! cause l, among n at risk (1/n² for d = 1). Limits are symmetric on a scale of F, se being its standard error:
//! `log_log` F^exp(±z·se/(F log F)), as SAS draws them; `complementary_log_log` is that of 1 − F, as Fine–Gray
//! regression has it; `log`, `plain`, `logit`, `arcsine`. Incidence at a time is compared between groups by the
//! difference with the sum of the variances, and tested on a transformed scale (Klein; Zhang & Fine).
//!
//! # Options
//! `landmark`: only those free of both events and followed beyond that time are analysed, and time counts from it.
//! `difference` needs `at` and `by`.
//!
//! # References
//! Aalen & Johansen 1978, Scand J Stat 5:141–150. Aalen 1978, doi:10.1214/aos/1176344198. Gray 1988,
//! doi:10.1214/aos/1176350951. Klein et al. 2007, doi:10.1002/sim.2864; Zhang & Fine 2008, doi:10.1002/sim.3339
//! (incidence at a time). Latouche et al. 2013, doi:10.1016/j.jclinepi.2012.09.017 (both causes).
//!
//! # Worked example
//! An event at 1, the competing one at 2, a censoring at 3, an event at 4: F̂(1) = 1/4 and F̂(4) = 1/4 + 1/2, with
//! the variance 1/16 · 1/9 + 1/16 + 1/4. One event while two and two are at risk: Gray's statistic is (1/2)²/(1/4) =
//! 1.

mod difference;
mod gray;
mod group;
mod incidence;
mod interval;

pub use interval::IncidenceInterval;

use crate::follow_up::{self, GroupFollowUp, Question};
use crate::life_table::LifeTable;
use crate::method::{About, Method, outline};
use crate::methods::at_one_time;
use crate::methods::kaplan_meier::{ascending, percent};
use crate::methods::reference::reference;
use crate::numerics::distributions::normal_quantile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{
    Analysis, CountRequest, CountTable, Endpoint, Estimate, Kind, Level, Notice, Plan, Problem, Quantity,
    Results, VariableLabel,
};

/// What may be asked of [`CumulativeIncidence`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CumulativeIncidenceOptions {
    /// An endpoint of `[endpoints]` that has `competing`.
    pub endpoint: String,
    /// The variable whose levels are compared; curves of all patients where absent.
    pub by: Option<String>,
    /// Times at which incidence is reported, in the endpoint's unit.
    #[serde(default)]
    pub at: Vec<f64>,
    /// Scale of the pointwise intervals; se is the standard error of F, z the normal quantile.
    #[serde(default = "log_log")]
    pub interval: IncidenceInterval,
    /// Whether all patients together have a curve beside the groups.
    #[serde(default)]
    pub overall: bool,
    /// Whether the groups are compared with Gray's test.
    #[serde(default = "yes")]
    pub test: bool,
    /// Whether the groups' incidence at each time of `at` is compared, and on which scale, that of an interval, it is
    /// tested; not at all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<IncidenceInterval>,
    /// The level with which the others are compared at those times; the variable's own reference where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Time at which follow-up starts anew, in the endpoint's unit: of those who are followed beyond it. Other times
    /// are counted from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
}

fn log_log() -> IncidenceInterval {
    IncidenceInterval::LogLog
}

fn yes() -> bool {
    true
}

/// What ended follow-up.
struct Cause {
    /// The variable of which it is a level.
    variable: String,
    /// `event` or `competing`.
    level: &'static str,
    label: String,
}

/// How limits are drawn around a curve.
struct Limits {
    scale: IncidenceInterval,
    z: f64,
    confidence_level: f64,
}

/// Cumulative incidence with a competing event.
pub struct CumulativeIncidence;

impl Method for CumulativeIncidence {
    const ABOUT: About = About {
        name: "cumulative_incidence",
        title: "Cumulative incidence",
        summary: "How many have had the event by each time when another event can come first, and does that differ \
                  between groups?",
        documentation: include_str!("cumulative_incidence.rs"),
        references: &[
            "Aalen OO, Johansen S. An empirical transition matrix for nonhomogeneous Markov chains based on censored observations. Scand J Stat 1978;5:141–150",
            "Gray RJ. A class of K-sample tests for comparing the cumulative incidence of a competing risk. Ann Stat 1988;16:1141–1154. doi:10.1214/aos/1176350951",
        ],
    };
    type Options = CumulativeIncidenceOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        follow_up::check_times(analysis, &options.at, "incidence")?;
        let named = (options.difference.is_some(), options.reference.is_some(), options.by.is_some());
        at_one_time::check(analysis, named, &options.at, "incidence")?;
        question(options).requests(analysis, plan)
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let options = CumulativeIncidenceOptions {
            at: ascending(&options.at),
            overall: options.overall || options.by.is_none(),
            ..options.clone()
        };
        let by = options.by.as_deref();
        let endpoint = follow_up::with_competing(analysis, plan, &options.endpoint)?;
        let patients = question(&options).read(analysis, plan, tables)?;
        let mut results = outline::<Self>(&options, analysis)?;
        let shown = patients.shown(&mut results, plan, (&endpoint.name, by), options.overall);
        let causes = causes(endpoint);
        results.variables.push(label(&causes));

        let confidence_level = plan.study.confidence_level;
        let limits = Limits {
            scale: options.interval,
            z: normal_quantile(0.5 + confidence_level / 2.0),
            confidence_level,
        };
        note_empty(&mut results, &shown, &patients.overall, endpoint);
        for (index, cause) in causes.iter().enumerate() {
            for group in &shown {
                let tables = ordered(group, index)?;
                group::estimate(&mut results, group, cause, tables, &options.at, patients.scale, &limits);
            }
        }
        results.methods_text.push(format!(
            "Cumulative incidence was estimated by the Aalen–Johansen method, with {} as competing event and {}% \
             confidence limits from Aalen’s variance on the {} scale.",
            endpoint.competing_text().to_lowercase(),
            percent(confidence_level),
            options.interval.text()
        ));
        if let (Some(by), true) = (by, options.test) {
            for (index, cause) in causes.iter().enumerate() {
                compare(&mut results, by, cause, index, &patients.groups)?;
            }
            results.methods_text.push("Groups were compared with Gray’s test.".into());
        }
        if let (Some(by), Some(scale)) = (by, options.difference)
            && let Some(reference) = reference(analysis, tables, by, options.reference.as_deref(), &patients)?
        {
            let scale = (scale, &limits);
            difference::compare(&mut results, &patients, &causes, &options, scale, reference)?;
        }
        Ok(results)
    }
}

fn question(options: &CumulativeIncidenceOptions) -> Question<'_> {
    let CumulativeIncidenceOptions { endpoint, by, landmark, .. } = options;
    Question { competing: true, landmark: *landmark, ..Question::of(endpoint, by.as_deref()) }
}

fn causes(endpoint: &Endpoint) -> [Cause; 2] {
    let cause = |level, label: &str| Cause {
        variable: format!("{}.cause", endpoint.name),
        level,
        label: label.into(),
    };
    [cause("event", endpoint.text()), cause("competing", endpoint.competing_text())]
}

fn label(causes: &[Cause; 2]) -> VariableLabel {
    VariableLabel {
        name: causes[0].variable.clone(),
        label: "Cause".into(),
        unit: None,
        kind: Kind::Category,
        levels: causes
            .iter()
            .map(|cause| Level { value: cause.level.into(), label: cause.label.clone() })
            .collect(),
    }
}

/// The life tables of a cause (0: the event, 1: the competing one) and of the other.
fn ordered(group: &GroupFollowUp, cause: usize) -> Result<(&LifeTable, &LifeTable), Problem> {
    let competing = group.competing.as_ref();
    let competing = competing.ok_or_else(|| Problem::internal("the competing event was not counted"))?;
    Ok(if cause == 0 { (&group.table, competing) } else { (competing, &group.table) })
}

fn note_empty(results: &mut Results, shown: &[&GroupFollowUp], all: &GroupFollowUp, endpoint: &Endpoint) {
    for group in shown {
        group.note_whole(results);
    }
    if all.table.n() > 0 && all.competing.as_ref().is_some_and(|table| table.event_count() == 0) {
        let message = format!(
            "{}: nobody has it; the cumulative incidence is one minus the Kaplan–Meier estimate.",
            endpoint.competing_text()
        );
        results.notices.push(Notice::Other { message });
    }
}

fn compare(
    results: &mut Results,
    by: &str,
    cause: &Cause,
    index: usize,
    groups: &[GroupFollowUp],
) -> Result<(), Problem> {
    let (own, other): (Vec<_>, Vec<_>) =
        groups.iter().map(|group| ordered(group, index)).collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    match gray::gray(&own, &other)? {
        Some(test) => results.estimates.push(Estimate {
            term: Some(cause.variable.clone()),
            level: Some(cause.level.into()),
            test: Some(test),
            ..Estimate::new(Quantity::GlobalTest, f64::NAN)
        }),
        None if groups.iter().filter(|group| group.table.n() > 0).count() < 2 => {
            let notice = Notice::SingleLevel { variable: by.into() };
            if !results.notices.contains(&notice) {
                results.notices.push(notice);
            }
        }
        None => results.notices.push(Notice::Other {
            message: format!(
                "{}: no test, since it never happened while two groups were at risk.",
                cause.label
            ),
        }),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
