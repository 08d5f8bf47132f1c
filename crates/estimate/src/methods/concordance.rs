//! Concordance of a number or a score with a time to an event.
//!
//! # Estimand
//! Of two patients one of whom is seen to have the event first, the probability that the one with the higher score
//! has it first; ties of the score count half. 0.5 is no agreement. A score that protects has a value below 0.5.
//! # Formula
//! C = Σ w (concordant + ½ tied) / Σ w (concordant + discordant + tied), over pairs with an event at t and a patient
//! who outlives t, w(t) being the weight of the event time; with strata over pairs within one.
//! # Ties and censoring
//! A pair with events at the same time is not counted. A patient censored at the time of an event outlives it; with
//! delayed entry one who enters at it, or later, is not compared. Censoring at t is estimated among those who have no
//! event at t.
//! # Assumptions
//! Harrell's C depends on the censoring unless the score is as good early as late; Uno's weights remove that.
//! Censoring independent of event and score.
//! # Variance
//! Infinitesimal jackknife: Σ of the squared derivatives of C by the weight of each patient (or of the sums of those
//! of a cluster, or of the rows of a patient who has several), time weights held. Intervals are Wald's, cut to 0 and
//! 1.
//! # Options
//! `uno` and `schemper` are not for endpoints with `entry`. `weights`, `cause` and `landmark` as in `cox`.
//! # References
//! Harrell, Lee & Mark 1996, doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4; Uno et al. 2011,
//! doi:10.1002/sim.4154; Therneau & Watson 2017, The concordance statistic and the Cox model, Mayo Clinic report 85.
//! # Worked example
//! The six patients of `cox_residuals` with x as the score: of nine comparable pairs 5 agree and 4 tie, C = (5 + 2)/9
//! = 7/9.

mod count;
mod weights;

pub(in crate::methods) use count::{Agreement, Comparing, Scored, agreement, ranks_of};
pub use weights::TimeWeights;

use crate::method::{About, Method, one_table, outline};
use crate::methods::cox::{Cause, CoxOptions, Multiplied, Ties, TimeToEvent, multiplied, name_outcome, read};
use crate::methods::kaplan_meier::percent;
use crate::methods::models::{Outcome, WeightKind, check_weights, describe};
use crate::numerics::distributions::normal_quantile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::results::finite;
use study::{
    Analysis, Column, ColumnRequest, ColumnSource, CountRequest, CountTable, Endpoint, Estimate, Interval,
    IntervalMethod, MissingCount, Notice, Plan, Problem, Quantity, Results, Values,
};

/// Concordance; see the head of this file.
pub struct Concordance;

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcordanceOptions {
    /// An endpoint of `[endpoints]`.
    pub endpoint: String,
    /// A number, or a variable whose levels are in ascending order.
    pub score: String,
    /// A variable within whose levels alone patients are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
    /// A variable that says how much each patient counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// What the weights stand for; needed beside `weights`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_kind: Option<WeightKind>,
    /// A variable of which patients of one level, for example of one hospital, are alike: the variance is by cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Of an endpoint with `competing`: which event is meant; `event` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What a pair counts, by the time of its event.
    #[serde(default)]
    pub time_weights: TimeWeights,
    /// The last event time that counts, in the endpoint's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<f64>,
    /// Time at which follow-up starts anew, in the endpoint's unit: of those who are followed beyond it. The horizon
    /// is counted from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
}

impl ConcordanceOptions {
    /// Who is compared with whom, as a Cox regression would have it.
    fn compared(&self) -> CoxOptions {
        CoxOptions {
            strata: self.stratum.iter().cloned().collect(),
            weights: self.weights.clone(),
            weight_kind: self.weight_kind,
            cluster: self.cluster.clone(),
            cause: self.cause,
            landmark: self.landmark,
            ..CoxOptions::of_terms(&self.endpoint, &[], Some(Ties::Efron))
        }
    }
}

impl Method for Concordance {
    const ABOUT: About = About {
        name: "concordance",
        title: "Concordance",
        summary: "How often does the patient with the higher score have the event first?",
        documentation: include_str!("concordance.rs"),
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
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        check_weights(analysis, options.weights.as_deref(), options.weight_kind)?;
        options.compared().check_cause(analysis, endpoint)?;
        options.compared().landmark(endpoint).check(analysis)?;
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
        if endpoint.entry.is_some()
            && matches!(options.time_weights, TimeWeights::Uno | TimeWeights::Schemper)
        {
            let message = "with delayed entry the chance not to be censored is not known";
            return Err(analysis
                .refuse(&["time_weights".into()], message)
                .help("use `harrell`, `survival` or `at_risk`, or an endpoint without `entry`"));
        }
        let mut columns = options.compared().columns(endpoint);
        let score = ColumnRequest::variable(&options.score, ["score".into()]);
        if !columns.iter().any(|column| column.source == score.source) {
            columns.push(score);
        }
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let table = one_table(tables)?;
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        let mut results = outline::<Self>(options, analysis)?;
        let mut compared = options.compared();
        let Multiplied { table, lacking, notices, .. } = multiplied(&compared, analysis, plan, table)?;
        results.notices.extend(notices);
        let mut outcome = read(&mut compared, analysis, endpoint, &table, &mut results.notices)?;
        outcome.lacking.extend(lacking);
        let column = table.column(&options.score)?;
        let scores = scores(column).map_err(|problem| problem.at(analysis.place(&["score".into()])))?;
        let known = |row: &u32| outcome.is_known(*row as usize) && !column.is_missing(*row as usize);
        let rows: Vec<u32> = (0..table.rows() as u32).filter(known).collect();
        results.variables = table.columns().iter().map(Column::label).collect();
        name_outcome(&compared, endpoint, &mut results);
        let without = outcome
            .count(table.n(), &mut (0..table.rows() as u32).filter(|row| column.is_missing(*row as usize)));
        let missing = vec![MissingCount { variable: options.score.clone(), n: without.of }];
        describe(&table, &outcome, missing, &endpoint.name, &rows, &mut results);
        results.methods_text = methods_text(options, plan, endpoint);
        if results.groups[0].events == Some(0) {
            results.notices.push(Notice::NoEvents { group: None });
            return Ok(results);
        }
        let times = table.column(&ColumnSource::Time(endpoint.name.clone()).column())?.numbers()?;
        let last = options.horizon.map(|horizon| {
            let within = |row: &u32| times[*row as usize] <= horizon * endpoint.scale() * (1.0 + 1e-12);
            rows.partition_point(within).checked_sub(1).map_or(0, |at| outcome.times[rows[at] as usize])
        });
        let (ranks, distinct) = ranks_of(&rows.iter().map(|row| scores[*row as usize]).collect::<Vec<_>>());
        let (strata, clusters) = scored(&outcome, &rows, &ranks);
        let comparing = Comparing { ranks: distinct, weights: options.time_weights, last, clusters };
        match agreement(&strata, comparing) {
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

/// Those of each stratum with their scores, and how many clusters they belong to, where they do.
pub(in crate::methods) fn scored(
    outcome: &TimeToEvent<'_>,
    rows: &[u32],
    ranks: &[u32],
) -> (Vec<Vec<Scored>>, Option<usize>) {
    let (of_row, clusters) = outcome.clusters_or_patients();
    let of_strata = outcome.strata.as_deref();
    let count = of_strata.map_or(1, |strata| strata.iter().max().map_or(1, |last| *last as usize + 1));
    let mut strata: Vec<Vec<Scored>> = vec![Vec::new(); count];
    for (row, rank) in rows.iter().zip(ranks) {
        let row = *row as usize;
        strata[of_strata.map_or(0, |strata| strata[row] as usize)].push(Scored {
            time: outcome.times[row],
            from: outcome.from.get(row).copied().unwrap_or(0),
            event: outcome.is_event(row),
            score: *rank,
            n: outcome.n[row],
            weight: outcome.weights.as_ref().map_or(1.0, |weights| weights[row]),
            cluster: of_row.map_or(0, |of_row| of_row[row]),
        });
    }
    (strata, clusters)
}

/// Concordance with its standard error and interval.
pub(in crate::methods) fn concordance_row(found: &Agreement, confidence_level: f64) -> Estimate {
    let half = normal_quantile(0.5 + 0.5 * confidence_level) * found.std_error;
    Estimate {
        std_error: finite(found.std_error),
        interval: half.is_finite().then(|| Interval {
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

fn methods_text(options: &ConcordanceOptions, plan: &Plan, endpoint: &Endpoint) -> Vec<String> {
    let label = plan.variable(&options.score).and_then(|variable| variable.label.as_deref());
    let by = options.cluster.as_deref().map_or(String::new(), |name| {
        let label = plan.variable(name).map_or(name, |variable| variable.text());
        format!(" by {}", label.to_lowercase())
    });
    let compared = options.compared();
    let mut text = vec![format!(
        "{} of {} with {} was computed, its {}% confidence interval from the infinitesimal jackknife{by}.",
        options.time_weights.text(),
        label.unwrap_or(&options.score),
        compared.event_text(endpoint),
        percent(plan.study.confidence_level)
    )];
    let other = compared.other_event_text(endpoint);
    text.extend(
        other.map(|other| format!("Patients with the competing event ({other}) were censored at it.")),
    );
    text.extend(compared.landmark(endpoint).sentence());
    text
}
