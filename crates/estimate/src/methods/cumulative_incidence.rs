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
//! freedom fewer than groups. With `strata` z and V are summed over the strata, within which the groups are compared.
//!
//! # Ties and censoring
//! The censored of a time are at risk for its events; events of both causes at one time leave together. Nothing is
//! estimated after the last follow-up of a group, unless all of it have had an event.
//!
//! # Delayed entry
//! Late entries are at risk after they enter; incidence is then that of those free of both events at the first entry.
//! Gray's test is not defined for them and left out; `difference` is.
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

use gray::Stratum;
pub use interval::IncidenceInterval;

use crate::follow_up::{self, FollowUp, GroupFollowUp, Question};
use crate::life_table::LifeTable;
use crate::method::{About, Method, outline};
use crate::methods::at_one_time;
use crate::methods::kaplan_meier::{ascending, percent};
use crate::methods::models::entry_sentence;
use crate::methods::reference::reference;
use crate::numerics::distributions::normal_quantile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{
    Analysis, Convention, CountRequest, CountTable, Endpoint, Estimate, Kind, Level, Notice, Plan, Problem,
    Quantity, Results, VariableLabel,
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
    /// Scale of the pointwise intervals; log(−log) where absent, log in R's dialect. se is the standard error of F, z the
    /// normal quantile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<IncidenceInterval>,
    /// Whether all patients together have a curve beside the groups.
    #[serde(default)]
    pub overall: bool,
    /// Whether the groups are compared with Gray's test.
    #[serde(default = "yes")]
    pub test: bool,
    /// Variables within whose levels Gray's test compares the groups; the curves are those of all strata together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strata: Vec<String>,
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
        if !options.strata.is_empty() && (options.by.is_none() || !options.test) {
            return Err(analysis
                .refuse(&["strata".into()], "there are strata, but no test that compares groups within them")
                .help("name the groups in `by` and leave out test = false, or leave out the strata"));
        }
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
        let scale = options
            .interval
            .unwrap_or(IncidenceInterval::of_dialect(plan.dialect(Convention::IncidenceInterval)));
        let options = CumulativeIncidenceOptions {
            at: ascending(&options.at),
            interval: Some(scale),
            overall: options.overall || options.by.is_none(),
            ..options.clone()
        };
        let by = options.by.as_deref();
        let endpoint = follow_up::with_competing(analysis, plan, &options.endpoint)?;
        let patients = question(&options).read(analysis, plan, tables)?;
        let mut results = outline::<Self>(&options, analysis)?;
        let shown = patients.shown(&mut results, plan, (&endpoint.name, by), options.overall);
        results.notices.iter_mut().for_each(reword);
        let causes = causes(endpoint);
        results.variables.push(label(&causes));

        let confidence_level = plan.study.confidence_level;
        let limits = Limits { scale, z: normal_quantile(0.5 + confidence_level / 2.0), confidence_level };
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
            scale.text()
        ));
        results.methods_text.extend(entry_sentence(endpoint));
        let late = !patients.overall.table.entries.is_empty();
        if let (Some(by), true, true) = (by, options.test, late) {
            let message = format!(
                "{by}: no test, since Gray’s is not defined where patients come under observation late; incidence at a time \
                 can be compared."
            );
            results.notices.push(Notice::Other { message });
        } else if let (Some(by), true) = (by, options.test) {
            for (index, cause) in causes.iter().enumerate() {
                compare(&mut results, by, cause, index, &patients)?;
            }
            results.methods_text.push(compared_sentence(&options, &results));
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
    let CumulativeIncidenceOptions { endpoint, by, strata, landmark, .. } = options;
    Question { competing: true, strata, landmark: *landmark, ..Question::of(endpoint, by.as_deref()) }
}

fn compared_sentence(options: &CumulativeIncidenceOptions, results: &Results) -> String {
    let names: Vec<&str> = options.strata.iter().map(|name| results.label(name)).collect();
    let within =
        if names.is_empty() { String::new() } else { format!(", stratified by {}", names.join(" and ")) };
    format!("Groups were compared with Gray’s test{within}.")
}

/// What ends a survival curve ends the rise of both incidences.
fn reword(notice: &mut Notice) {
    if let Notice::CurveEmptied { group, at, n } = notice {
        let whose = group.as_ref().map_or(String::new(), |group| format!(" in the group “{group}”"));
        let message = format!(
            "At {at:.1} the only {n} at risk{whose} had an event, before others entered: incidence does not rise from then on."
        );
        *notice = Notice::Other { message };
    }
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

/// The groups of each stratum, or of all patients, with both life tables of a cause.
fn strata(patients: &FollowUp, cause: usize) -> Result<Vec<Stratum<'_>>, Problem> {
    if patients.strata.is_empty() {
        let groups = patients.groups.iter().map(|group| ordered(group, cause));
        return Ok(vec![groups.collect::<Result<_, _>>()?]);
    }
    let both = patients.strata.iter().zip(&patients.competing_strata);
    let turned = |(event, other)| if cause == 0 { (event, other) } else { (other, event) };
    Ok(both.map(|(events, others)| events.iter().zip(others).map(turned).collect()).collect())
}

fn compare(
    results: &mut Results,
    by: &str,
    cause: &Cause,
    index: usize,
    patients: &FollowUp,
) -> Result<(), Problem> {
    let groups = &patients.groups;
    let strata = strata(patients, index)?;
    match gray::gray(&strata)? {
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
                "{}: no test, since it never happened while two groups{} were at risk.",
                cause.label,
                if strata.len() > 1 { " of a stratum" } else { "" }
            ),
        }),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
