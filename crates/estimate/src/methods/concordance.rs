//! Concordance of a number or a score with a time to an event.
//!
//! # Estimand
//! Of two patients one of whom is seen to have the event first, the probability that the one with the higher score has it
//! first; ties of the score count half. 0.5 is no agreement. A score that protects has a value below 0.5.
//! # Formula
//! C = Σ w (concordant + ½ tied) / Σ w (concordant + discordant + tied), over pairs with an event at t and a patient who
//! outlives t, w(t) being the weight of the event time; with strata over pairs within one.
//! # Ties and censoring
//! A pair with events at the same time is not counted. A patient censored at the time of an event outlives it. Censoring at t
//! is estimated among those who have no event at t.
//! # Assumptions
//! Harrell's C depends on the censoring unless the score is as good early as late; Uno's weights remove that. Censoring
//! independent of event and score.
//! # Variance
//! Infinitesimal jackknife: Σ of the squared derivatives of C by the weight of each patient, time weights held. Intervals
//! are Wald's, cut to 0 and 1.
//! # Options
//! `endpoint`, `score` (a number or ordered levels), `stratum`, `time_weights` (default `harrell`; `uno`, `survival`,
//! `schemper`, `at_risk`), `horizon`: pairs whose event comes later are not counted.
//! # References
//! Harrell, Lee & Mark 1996, doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4; Uno et al. 2011,
//! doi:10.1002/sim.4154; Therneau & Watson 2017, The concordance statistic and the Cox model, Mayo Clinic report 85.
//! # Worked example
//! See the tests: six patients, nine comparable pairs.

mod count;
mod weights;

pub(in crate::methods) use count::{Agreement, Scored, agreement, ranks_of};
pub use weights::TimeWeights;

use crate::follow_up::{endpoint_label, happened};
use crate::method::{About, Method, outline};
use crate::methods::kaplan_meier::percent;
use crate::missing::excluded;
use crate::numerics::distributions::normal_quantile;
use crate::risk_set::number_times;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{
    Analysis, Column, ColumnRequest, ColumnSource, CountRequest, CountTable, Endpoint, Estimate, Group,
    Interval, IntervalMethod, Notice, Participants, Plan, Problem, Quantity, Results, Values,
};

/// Concordance; see the head of this file.
pub struct Concordance;

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcordanceOptions {
    /// An endpoint of the plan.
    pub endpoint: String,
    /// A number, or a category whose levels are in ascending order.
    pub score: String,
    /// A category: patients are compared within its levels only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
    /// What a pair counts, by the time of its event.
    #[serde(default)]
    pub time_weights: TimeWeights,
    /// The last event time that counts, in the endpoint's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<f64>,
}

impl Method for Concordance {
    const ABOUT: About = About {
        name: "concordance",
        title: "Concordance",
        summary: "How often does the patient with the higher score have the event first?",
        references: &[
            "Harrell FE, Lee KL, Mark DB. Multivariable prognostic models: issues in developing models, evaluating assumptions and adequacy, and measuring and reducing errors. Stat Med 1996;15:361–387. doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4",
            "Uno H, Cai T, Pencina MJ, D’Agostino RB, Wei LJ. On the C-statistics for evaluating overall adequacy of risk prediction procedures with censored survival data. Stat Med 2011;30:1105–1117. doi:10.1002/sim.4154",
        ],
    };
    type Options = ConcordanceOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        if options.stratum.as_ref() == Some(&options.score) {
            let message = format!("`{}` is the score and cannot be the stratum too", options.score);
            return Err(analysis
                .refuse(&["stratum".into()], message)
                .help("remove it, or name another variable"));
        }
        if let Some(horizon) = options.horizon
            && !(horizon > 0.0 && horizon.is_finite())
        {
            let message = format!("no pair can be counted until time {horizon}");
            return Err(analysis
                .refuse(&["horizon".into()], message)
                .help("give a time after 0, in the endpoint's unit"));
        }
        let mut columns = ColumnRequest::endpoint(&options.endpoint, ["endpoint".into()]).to_vec();
        columns.push(ColumnRequest::variable(&options.score, ["score".into()]));
        columns.extend(options.stratum.iter().map(|name| ColumnRequest::variable(name, ["stratum".into()])));
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let [table] = tables else { return Err(Problem::internal("concordance needs one count table")) };
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        let mut results = outline::<Self>(options, analysis)?;
        let time = ColumnSource::Time(endpoint.name.clone()).column();
        let event = ColumnSource::Event(endpoint.name.clone()).column();
        let names: Vec<&str> =
            [time.as_str(), &event, &options.score].into_iter().chain(options.stratum.as_deref()).collect();
        let (complete, missing) = table.complete(&names)?;
        let happened = happened(complete.column(&event)?)?;
        describe(&mut results, table, &complete, endpoint, missing, &happened);
        results.methods_text = methods_text(options, plan, endpoint);
        if !happened.contains(&true) {
            results.notices.push(Notice::NoEvents { group: None });
            return Ok(results);
        }
        let times = complete.column(&time)?.numbers()?;
        let scores = scores(complete.column(&options.score)?)
            .map_err(|problem| problem.at(analysis.place(&["score".into()])))?;
        let (ranks, distinct) = ranks_of(&scores);
        let numbered = number_times(times.iter().copied());
        let last = options.horizon.map(|horizon| {
            let beyond = times.partition_point(|time| *time <= horizon * endpoint.scale() * (1.0 + 1e-12));
            numbered[..beyond].last().copied().unwrap_or(0)
        });
        let stratum = match &options.stratum {
            Some(name) => {
                let column = complete.column(name)?;
                let place = || analysis.place(&["stratum".into()]);
                Some(column.codes().map_err(|problem| problem.at(place()))?)
            }
            None => None,
        };
        let count = stratum.map_or(1, |codes| codes.iter().max().map_or(1, |code| *code as usize + 1));
        let mut strata: Vec<Vec<Scored>> = vec![Vec::new(); count];
        for row in 0..complete.rows() {
            let patient =
                Scored { time: numbered[row], event: happened[row], score: ranks[row], n: complete.n()[row] };
            strata[stratum.map_or(0, |codes| codes[row] as usize)].push(patient);
        }
        match agreement(&strata, distinct, options.time_weights, last) {
            Some(found) => {
                let row = concordance_row(&found, plan.study.confidence_level);
                results.estimates.push(Estimate { term: Some(options.score.clone()), ..row });
            }
            None => {
                let message = "No two patients can be compared: no event is outlived by anybody.";
                results.notices.push(Notice::Other { message: message.into() });
            }
        }
        Ok(results)
    }
}

/// Concordance with its standard error and interval.
pub(in crate::methods) fn concordance_row(found: &Agreement, confidence_level: f64) -> Estimate {
    let half = normal_quantile(0.5 + 0.5 * confidence_level) * found.std_error;
    Estimate {
        std_error: Some(found.std_error),
        interval: Some(Interval {
            lower: Some((found.value - half).max(0.0)),
            upper: Some((found.value + half).min(1.0)),
            confidence_level,
            method: IntervalMethod::Wald,
        }),
        ..Estimate::new(Quantity::Concordance, found.value)
    }
}

fn scores(column: &Column) -> Result<Vec<f64>, Problem> {
    match &column.values {
        _ if column.kind == study::Kind::Date => {
            Err(Problem::input(format!("`{}` is a date and cannot be a score", column.name))
                .help("derive a number from it"))
        }
        Values::Number(values) => Ok(values.clone()),
        Values::Category { codes, .. } => Ok(codes.iter().map(|code| f64::from(*code)).collect()),
    }
}

fn describe(
    results: &mut Results,
    table: &CountTable,
    complete: &CountTable,
    endpoint: &Endpoint,
    missing: Vec<study::MissingCount>,
    happened: &[bool],
) {
    results.outcome = Some(endpoint.name.clone());
    results.time_unit = Some(endpoint.unit.name().into());
    results.variables = table.columns().iter().map(Column::label).collect();
    results.variables.push(endpoint_label(endpoint));
    results.notices.extend(excluded(&missing));
    let events = happened.iter().zip(complete.n()).filter(|(event, _)| **event).map(|(_, n)| n).sum();
    let n = complete.total();
    results.participants = Participants { eligible: table.total(), analysed: n, missing };
    results.groups = vec![Group { level: None, label: "All patients".into(), n, events: Some(events) }];
}

fn methods_text(options: &ConcordanceOptions, plan: &Plan, endpoint: &Endpoint) -> Vec<String> {
    let label = plan.variable(&options.score).and_then(|variable| variable.label.as_deref());
    vec![format!(
        "{} of {} with {} was computed, its {}% confidence interval from the infinitesimal jackknife.",
        options.time_weights.text(),
        label.unwrap_or(&options.score),
        endpoint.text(),
        percent(plan.study.confidence_level)
    )]
}
