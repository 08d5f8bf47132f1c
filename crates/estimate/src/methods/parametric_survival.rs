//! Parametric survival regression: exponential, Weibull, log-normal and log-logistic.
//!
//! # Estimand
//! Time ratio of each level of a factor against its reference, or for one unit more of a number: by what factor every
//! quantile of the time to the event is stretched. Of the exponential and the Weibull law also the hazard ratio;
//! survival and its median for profiles of patients.
//! # Formula
//! log T = x′β + σ W, W of the smallest extreme value (Weibull; exponential with σ = 1), normal or logistic law. A
//! time ratio is exp(β); under a Weibull law the hazard ratio is exp(−β/σ). The likelihood is maximised in (x′β/σ,
//! 1/σ), where it is concave, so that its maximum is the only one.
//! # Ties and censoring
//! Times are continuous: ties need no rule. A censored patient gives S(t). An event at time 0 is refused, since no
//! law of log time allows it; who is censored at time 0 tells nothing and is counted, not modelled.
//! # Delayed entry
//! Who comes under observation at e is there only because his time is longer: his contribution is divided by S(e).
//! The likelihood then need not be concave, nor have a maximum where all enter late: what is not found is not told.
//! # Assumptions
//! The law; the same σ for all; censoring and entry independent of the event given the terms; independent patients.
//! # Variance
//! Inverse of the observed information in (β, log σ); of hazard ratios that in (β/σ, 1/σ), which is the delta
//! method's. Limits of σ are symmetric on its logarithm, those of survival on the linear predictor (log(−log S),
//! probit or logit of S, by law), those of a median on its logarithm. Where the likelihood rises for ever, the
//! infinite ratios are withheld and named; where it has no bound, because all event times are one or follow from the
//! terms so that σ may go to 0, everything of that law is.
//! # Options
//! Without `terms` there is one law for all. A curve is the mean of what is predicted for the patients of its group;
//! the groups are those of `by`, or of the only factor where `by` is absent. BIC counts patients. `landmark`: only
//! those who are free of the event and followed beyond that time are analysed, and the law is that of the time from
//! then on (a law of time from the start, of those who came later, is what `entry` gives).
//! # References
//! Kalbfleisch & Prentice 2002, doi:10.1002/9781118032985, chapter 3. Burridge 1981, J R Stat Soc B 43:41–45 (concave
//! likelihood). Schwarz 1978, doi:10.1214/aos/1176344136.
//! # Worked example
//! Exponential, no terms: 3 events in 30 months. The rate is 1/10; log-likelihood 3 log(1/10) − 3; the standard error
//! of the log rate 1/√3; the median 10 log 2.

pub(in crate::methods) mod likelihood;
pub(in crate::methods) mod outcome;
pub(in crate::methods) mod patients;
pub(in crate::methods) mod prediction;
pub(in crate::methods) mod profile;
mod reported;
pub(in crate::methods) mod times;

use crate::design::Covariate;
use crate::design::term::{Term, WrittenTerm, term_list};
use crate::follow_up::{Landmark, check_quantiles, check_times};
use crate::interval::IntervalChoice;
use crate::method::{About, Method, one_table, outline};
use crate::methods::kaplan_meier;
use crate::methods::kaplan_meier::ascending;
use crate::methods::models::{
    Count, ModelOptions, Multivariable, Outcome, ReadTerms, Setting, check_terms, entry_sentence,
    interval_sentence, name_endpoint, read_terms, term_requests, variables_of,
};
use crate::methods::profile::{Profile, check as check_profiles};
use crate::missing::excluded;
use crate::time_law::Distribution;
use outcome::Ratios;
use patients::{Patients, participants};
use reported::Reported;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use study::{
    Analysis, ColumnRequest, CountRequest, CountTable, Endpoint, Group, Model, Plan, Problem, Quantity,
    Results,
};
use times::LogTimes;

/// Parametric survival regression; see the head of this file.
pub struct ParametricSurvival;

/// Of what ratios are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::methods) enum Reading {
    /// Of hazards.
    Hazards,
    /// Of times.
    Times,
}

/// One law or several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "`distribution` is \"exponential\", \"weibull\", \"lognormal\" or \"loglogistic\", or a list of them"
)]
pub enum Distributions {
    /// The law.
    One(Distribution),
    /// The law that is reported, then those with which it is compared.
    Several(Vec<Distribution>),
}

impl Default for Distributions {
    fn default() -> Self {
        Self::One(Distribution::Weibull)
    }
}

impl Distributions {
    pub(in crate::methods) fn all(&self) -> Vec<Distribution> {
        match self {
            Self::One(law) => vec![*law],
            Self::Several(laws) => laws.clone(),
        }
    }

    /// Refuses a list without a law, or with one twice.
    pub(in crate::methods) fn check(&self, analysis: &Analysis) -> Result<(), Problem> {
        let laws = self.all();
        if laws.is_empty() || (1..laws.len()).any(|index| laws[..index].contains(&laws[index])) {
            return Err(analysis
                .refuse(&["distribution".into()], "each law must be named, and none twice")
                .help("write for example distribution = [\"weibull\", \"lognormal\"]"));
        }
        Ok(())
    }

    /// With which laws the reported one was compared.
    pub(in crate::methods) fn compared_sentence(&self) -> Option<String> {
        let names: Vec<&str> = self.all().into_iter().skip(1).map(Distribution::text).collect();
        (!names.is_empty()).then(|| {
            format!(
                "The law was chosen beforehand and compared with {} by Akaike’s and Schwarz’ criteria.",
                names.join(", ")
            )
        })
    }
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParametricSurvivalOptions {
    /// An endpoint of `[endpoints]`.
    pub endpoint: String,
    /// The law of time; of a list the first is reported, and all are compared.
    #[serde(default)]
    pub distribution: Distributions,
    /// Variables, interactions and splines, in the order of the table; one law for all patients where absent.
    #[serde(default, deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub terms: Vec<String>,
    /// Whether each term is also examined alone.
    #[serde(default)]
    pub univariable: bool,
    /// Which terms are examined together: all, none (`false`), those that a rule lets in (`enter`), or others
    /// (`terms`).
    #[serde(default)]
    pub multivariable: Multivariable,
    /// How intervals of ratios are made; Wald's where absent.
    pub interval: Option<IntervalChoice>,
    /// Times at which survival is predicted, in the endpoint's unit.
    #[serde(default)]
    pub at: Vec<f64>,
    /// Survival probabilities whose times are predicted: 0.5 is the median.
    #[serde(default = "kaplan_meier::median_only")]
    pub quantiles: Vec<f64>,
    /// Patients for whom the model predicts: each a label, and the value of every term.
    #[serde(default)]
    pub profiles: Vec<Profile>,
    /// The variable by whose levels the curves are drawn; the only factor among the terms where absent.
    pub by: Option<String>,
    /// Time at which follow-up starts anew, in the endpoint's unit: the law is that of the time from then on of those
    /// who are followed beyond it. Other times are counted from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
}

impl ParametricSurvivalOptions {
    fn models(&self) -> ModelOptions<'_> {
        ModelOptions { terms: &self.terms, univariable: self.univariable, multivariable: &self.multivariable }
    }

    fn check(&self, analysis: &Analysis, plan: &Plan) -> Result<(), Problem> {
        if !self.terms.is_empty() {
            check_terms(&self.models(), analysis, plan, "")?;
        } else if self.univariable || self.multivariable != Multivariable::default() {
            return Err(analysis
                .refuse(&["endpoint".into()], "models are asked for, and no term is named")
                .help("name variables in `terms`"));
        }
        self.distribution.check(analysis)?;
        check_times(analysis, &self.at, "survival")?;
        check_quantiles(analysis, &self.quantiles, "median survival time")?;
        let terms = match &self.multivariable {
            Multivariable::Terms(list) => variables_of(&list.terms),
            Multivariable::Enter(_) if !self.profiles.is_empty() => {
                return Err(analysis
                    .refuse(&["profiles".into()], "profiles need to know the terms beforehand")
                    .help("name the terms of the multivariable model instead of an entry rule"));
            }
            _ => variables_of(&self.terms),
        };
        let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
        check_profiles(&self.profiles, &terms, &[], analysis)
    }
}

impl Method for ParametricSurvival {
    const ABOUT: About = About {
        name: "parametric_survival",
        title: "Parametric survival regression",
        summary: "Which variables stretch or shorten the time to an event under a named law of time, and what the law \
                  predicts.",
        documentation: include_str!("parametric_survival.rs"),
        references: &[
            "Kalbfleisch JD, Prentice RL. The Statistical Analysis of Failure Time Data. 2nd ed. Wiley 2002. doi:10.1002/9781118032985",
            "Burridge J. A note on maximum likelihood estimation for regression models using grouped data. J R Stat Soc B 1981;43:41–45",
            "Schwarz G. Estimating the dimension of a model. Ann Stat 1978;6:461–464. doi:10.1214/aos/1176344136",
        ],
    };
    type Options = ParametricSurvivalOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        options.check(analysis, plan)?;
        let landmark = Landmark::of_event(options.landmark, endpoint);
        landmark.check(analysis)?;
        let mut columns = times::requests(endpoint);
        columns.extend(landmark.requests());
        columns.extend(term_requests(&options.models()));
        let by = options.by.as_deref().filter(|by| {
            let of = |(term, _): &(&str, Vec<study::Step>)| Term::of(term).variables().contains(by);
            !options.models().all_terms().iter().any(of)
        });
        columns.extend(by.map(|by| ColumnRequest::variable(by, ["by".into()])));
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let options = &ParametricSurvivalOptions { at: ascending(&options.at), ..options.clone() };
        let table = one_table(tables)?;
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        let landmark = Landmark::of_event(options.landmark, endpoint);
        let (table, left_out) = landmark.begin(Cow::Borrowed(table), &|row| table.n()[row], analysis)?;
        let table: &CountTable = &table;
        let times = LogTimes::read(endpoint, table, analysis)?;
        let interval = options.interval.unwrap_or(IntervalChoice::Wald);
        let resolved = ParametricSurvivalOptions { interval: Some(interval), ..options.clone() };
        let mut results = outline::<Self>(&resolved, analysis)?;
        results.notices.extend(left_out);
        name_endpoint(endpoint, &mut results);
        let law = options.distribution.all()[0];
        results.methods_text = methods_text(options, endpoint, law, interval, plan);
        results.notices.extend(times.never_at_risk());
        if options.terms.is_empty() {
            describe_all(&Ratios::<false> { times: &times, law }, table, endpoint, &mut results);
        } else {
            let setting = Setting { analysis, plan, table, options: options.models(), interval };
            let outcome = Ratios::<false> { times: &times, law };
            setting.model(&outcome, &endpoint.name, &mut results)?;
            if law.is_proportional() {
                let mut hazards = outline::<Self>(&resolved, analysis)?;
                let outcome = Ratios::<true> { times: &times, law };
                setting.model(&outcome, &endpoint.name, &mut hazards)?;
                let ratios = |row: &study::Estimate| row.quantity == Quantity::HazardRatio;
                results.estimates.extend(hazards.estimates.into_iter().filter(ratios));
            }
        }
        let together: Vec<(&str, Vec<study::Step>)> = options
            .models()
            .all_terms()
            .into_iter()
            .filter(|(term, _)| {
                let name = Term::of(term).name();
                results.estimates.iter().any(|row| {
                    row.quantity == Quantity::TimeRatio
                        && row.model == Some(Model::Multivariable)
                        && row.term.as_ref() == Some(&name)
                })
            })
            .collect();
        if together.is_empty() && !options.terms.is_empty() {
            return Ok(results);
        }
        let ReadTerms { covariates, .. } = read_terms(table, analysis, &together)?;
        let covariates: Vec<&Covariate> = covariates.iter().collect();
        let (by, level) = (options.by.as_deref(), plan.study.confidence_level);
        let patients = Patients::new(&times, &covariates, by, table, level, &mut results)?;
        let reported = Reported { options, analysis, covariates, patients };
        reported.write(&mut results)?;
        Ok(results)
    }
}

/// Participants of an analysis without terms.
fn describe_all(outcome: &Ratios<'_, false>, table: &CountTable, endpoint: &Endpoint, results: &mut Results) {
    results.participants = participants(outcome, table, &[], endpoint);
    let known = |row: &u32| outcome.is_known(*row as usize);
    let Count { of: n, events } = outcome.count(table.n(), &mut (0..table.rows() as u32).filter(known));
    results.notices.extend(excluded(&results.participants.missing));
    results.notices.extend(outcome.constant(events, n));
    results.groups = vec![Group { level: None, label: "All patients".into(), n, events: Some(events) }];
}

fn methods_text(
    options: &ParametricSurvivalOptions,
    endpoint: &Endpoint,
    law: Distribution,
    interval: IntervalChoice,
    plan: &Plan,
) -> Vec<String> {
    let mut text = Vec::new();
    let models = options.models();
    let name = endpoint.text();
    if options.terms.is_empty() {
        text.push(format!("The time to {name} was modelled by the {} law.", law.text()));
    } else {
        let kind = if law.is_proportional() { "Time ratios and hazard ratios" } else { "Time ratios" };
        text.push(format!(
            "{kind} for {name} were estimated by {} {} regression.",
            models.adjective(),
            law.text()
        ));
        text.extend(models.entry_sentence());
        text.push(interval_sentence(interval, plan.study.confidence_level));
    }
    text.extend(options.distribution.compared_sentence());
    text.extend(Landmark::of_event(options.landmark, endpoint).sentence());
    text.extend(entry_sentence(endpoint));
    text
}

#[cfg(test)]
mod tests;
