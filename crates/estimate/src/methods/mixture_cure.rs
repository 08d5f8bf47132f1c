//! Mixture cure model: logistic incidence, and a law of time for those who are not cured.
//!
//! # Estimand
//! The share of patients who will never have the event (the cured share); the odds ratio of being cured for each
//! level of a factor against its reference, or for one unit more of a number; of those who are not cured the time
//! ratio and, under an exponential or Weibull law, the hazard ratio.
//! # Formula
//! S(t | x, z) = c(z) + (1 − c(z)) Sᵤ(t | x), logit c = z′γ, log T = x′β + σW as in `parametric_survival`.
//! # Ties and censoring
//! Times are continuous: ties need no rule. Who is censored may be cured or not, with the probability that the model
//! gives. An event at time 0 is refused; who is censored at time 0 tells nothing and is counted, not modelled.
//! # Delayed entry
//! Who comes under observation at e is there only because he is free of the event: his contribution is divided by
//! S(e). Shares are those of time 0, of patients like those seen: c of somebody who has entered is larger. Where all
//! enter late they rest on the law before the first entry, of which nothing was seen. αₙ is not defined then, and
//! withheld; the ratio of Selukar and Othus is a figure of the fitted model, whatever the entries, and stays.
//! # Assumptions
//! Some patients can never have the event; follow-up is long enough to tell them from those who have not had it yet;
//! the law of the others; censoring and entry independent of time and cure given the terms.
//! # Variance
//! Inverse of the observed information of both parts together; limits of shares are symmetric on the logit, those of
//! survival on the log(−log), those of a median and of σ on the logarithmic scale. The likelihood has several maxima:
//! the largest of four searches is taken, and where only one of them came to it a notice says so. Where a share is 0
//! or 1, at the border of what is possible, it has no standard error, and odds ratios that rest on it are withheld and
//! named. Its limits are then those of the profile likelihood, where it is the one share of all or that of a level of
//! the only factor; with `interval = "profile"` those of all such shares are, which near the border Wald's are no match
//! for. Where all event times are one, or follow from the terms, the law has no spread and nothing is estimated.
//! # Follow-up
//! Of all patients and of each group: αₙ of Maller and Zhou, and how large at the end of follow-up the fitted
//! survival of those not cured still is beside that of all, Sᵤ/S (Selukar & Othus). With t the longest follow-up and
//! t* the last event of n patients, Nₙ events fall in (2t* − t, t*], as many as would be expected in a time as long
//! as that which passed without any, and αₙ = (1 − Nₙ/n)ⁿ is about the probability of none there if follow-up did not
//! suffice. Where αₙ or that ratio is 0.05 or more, or the curve falls to its end, nobody should be called cured; a
//! notice and the review say so.
//! # Options
//! Without `cured_terms` there is one share for all, without `terms` one law of time. The groups of shares and curves
//! are those of `by`, or of the only factor where `by` is absent. Without `cured_terms`, that nobody is cured is
//! tested at the border of what is possible: the likelihood ratio is 0 with probability ½, χ² with one degree of
//! freedom otherwise. BIC counts patients. `landmark` as in `parametric_survival`: the cured share is then that of
//! those still at risk.
//! # References
//! Boag 1949, J R Stat Soc B 11:15–53. Farewell 1982, doi:10.2307/2529885. Maller & Zhou 1992,
//! doi:10.1093/biomet/79.4.731; 1994, doi:10.1080/01621459.1994.10476889. Self & Liang 1987,
//! doi:10.1080/01621459.1987.10478472. Selukar & Othus 2023, doi:10.1002/sim.9610.
//! # Worked example
//! Six patients with the event at 1, and four followed for so long that an exponential law of those times leaves
//! nobody: the cured share is 4/10, the standard error of its logit √(1/6 + 1/4), the rate 1.

mod boundary;
mod follow_up;
mod likelihood;
mod outcome;
mod prediction;
mod reported;
mod search;
mod share_interval;

use crate::design::Covariate;
use crate::design::term::{WrittenTerm, term_list};
use crate::follow_up::{Landmark, check_quantiles, check_times};
use crate::interval::IntervalChoice;
use crate::method::{About, Method, one_table, outline};
use crate::methods::kaplan_meier;
use crate::methods::kaplan_meier::ascending;
use crate::methods::models::{
    ModelOptions, Multivariable, Outcome, Setting, check_list, entry_sentence, interval_sentence,
    name_endpoint, read_terms, requests_of, variables_of,
};
use crate::methods::parametric_survival::Distributions;
use crate::methods::parametric_survival::patients::{Patients, participants};
use crate::methods::parametric_survival::times::{LogTimes, requests};
use crate::methods::profile::{Profile, check as check_profiles};
use crate::missing::excluded_or_all;
use crate::time_law::Distribution;
use outcome::{Incidence, Latency, Terms};
use reported::Reported;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use study::{
    Analysis, ColumnRequest, CountRequest, CountTable, Endpoint, Estimate, Model, Notice, Participants, Plan,
    Problem, Quantity, Results, Step,
};

/// The mixture cure model; see the head of this file.
pub struct MixtureCure;

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MixtureCureOptions {
    /// An endpoint of `[endpoints]`.
    pub endpoint: String,
    /// The law of the time of those who are not cured; of a list the first is reported, and all are compared.
    #[serde(default)]
    pub distribution: Distributions,
    /// Variables, interactions and splines on which the odds of being cured depend; one cured share where absent.
    #[serde(default, deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub cured_terms: Vec<String>,
    /// Variables, interactions and splines on which the time of those who are not cured depends; one law where
    /// absent.
    #[serde(default, deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub terms: Vec<String>,
    /// How intervals of ratios are made, and those of the one cured share of all or of the levels of the only factor;
    /// Wald's where absent.
    pub interval: Option<IntervalChoice>,
    /// Times at which survival is predicted, in the endpoint's unit.
    #[serde(default)]
    pub at: Vec<f64>,
    /// Survival probabilities of those who are not cured, whose times are predicted: 0.5 is their median.
    #[serde(default = "kaplan_meier::median_only")]
    pub quantiles: Vec<f64>,
    /// Patients for whom the model predicts: each a label, and the value of every term.
    #[serde(default)]
    pub profiles: Vec<Profile>,
    /// The variable by whose levels shares are given and curves are drawn; the only factor where absent.
    pub by: Option<String>,
    /// Time at which follow-up starts anew, in the endpoint's unit: the law is that of the time from then on of those
    /// who are followed beyond it. Other times are counted from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
}

/// A list of terms, each with its place in the plan.
fn placed<'a>(key: &'static str, terms: &'a [String]) -> Vec<(&'a str, Vec<Step>)> {
    terms.iter().enumerate().map(|(index, term)| (term.as_str(), vec![key.into(), index.into()])).collect()
}

impl MixtureCureOptions {
    fn all_terms(&self) -> Vec<(&str, Vec<Step>)> {
        [placed("cured_terms", &self.cured_terms), placed("terms", &self.terms)].concat()
    }

    fn check(&self, analysis: &Analysis, plan: &Plan) -> Result<(), Problem> {
        let mut problems = Vec::new();
        for (key, terms) in [("cured_terms", &self.cured_terms), ("terms", &self.terms)] {
            if !terms.is_empty() {
                problems.extend(check_list(&[Step::from(key)], terms, analysis, plan, ""));
            }
        }
        Problem::collect(problems)?;
        self.distribution.check(analysis)?;
        check_times(analysis, &self.at, "survival")?;
        check_quantiles(analysis, &self.quantiles, "median of those not cured")?;
        let all = [self.cured_terms.as_slice(), &self.terms].concat();
        let variables = variables_of(&all);
        let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
        check_profiles(&self.profiles, &variables, &[], analysis)
    }
}

impl Method for MixtureCure {
    const ABOUT: About = About {
        name: "mixture_cure",
        title: "Mixture cure model",
        summary: "What share of patients will never have the event, on what it depends, and whether follow-up was long \
                  enough to say so.",
        documentation: include_str!("mixture_cure.rs"),
        references: &[
            "Farewell VT. The use of mixture models for the analysis of survival data with long-term survivors. Biometrics 1982;38:1041–1046. doi:10.2307/2529885",
            "Maller RA, Zhou S. Estimating the proportion of immunes in a censored sample. Biometrika 1992;79:731–739. doi:10.1093/biomet/79.4.731",
            "Maller RA, Zhou S. Testing for sufficient follow-up and outliers in survival data. J Am Stat Assoc 1994;89:1499–1506. doi:10.1080/01621459.1994.10476889",
            "Self SG, Liang KY. Asymptotic properties of maximum likelihood estimators and likelihood ratio tests under nonstandard conditions. J Am Stat Assoc 1987;82:605–610. doi:10.1080/01621459.1987.10478472",
            "Selukar S, Othus M. RECeUS: ratio estimation of censored uncured subjects. Stat Med 2023;42:209–227. doi:10.1002/sim.9610",
        ],
    };
    type Options = MixtureCureOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        options.check(analysis, plan)?;
        let landmark = Landmark::of_event(options.landmark, endpoint);
        landmark.check(analysis)?;
        let mut columns = requests(endpoint);
        columns.extend(landmark.requests());
        let terms = requests_of(&options.all_terms());
        let by = options.by.as_deref().map(|by| ColumnRequest::variable(by, ["by".into()]));
        let by = by.filter(|by| !terms.iter().any(|known| known.source == by.source));
        columns.extend(terms.into_iter().chain(by));
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let options = &MixtureCureOptions { at: ascending(&options.at), ..options.clone() };
        let table = one_table(tables)?;
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        let landmark = Landmark::of_event(options.landmark, endpoint);
        let (table, left_out) = landmark.begin(Cow::Borrowed(table), &|row| table.n()[row], analysis)?;
        let table: &CountTable = &table;
        let times = LogTimes::read(endpoint, table, analysis)?;
        let interval = options.interval.unwrap_or(IntervalChoice::Wald);
        let resolved = MixtureCureOptions { interval: Some(interval), ..options.clone() };
        let mut results = outline::<Self>(&resolved, analysis)?;
        results.notices.extend(left_out);
        name_endpoint(endpoint, &mut results);
        let law = options.distribution.all()[0];
        results.methods_text = methods_text(options, endpoint, law, interval, plan);
        let incidence = read_terms(table, analysis, &placed("cured_terms", &options.cured_terms))?;
        let latency = read_terms(table, analysis, &placed("terms", &options.terms))?;
        let incidence: Vec<&Covariate> = incidence.covariates.iter().collect();
        let latency: Vec<&Covariate> = latency.covariates.iter().collect();
        let terms = Terms { incidence: &incidence, latency: &latency };
        let all = terms.all();
        let outcome = Incidence { times: &times, law, terms };
        results.participants = participants(&outcome, table, &all, endpoint);
        let Participants { missing, eligible, .. } = &results.participants;
        results.notices.extend(excluded_or_all(missing, *eligible));
        results.notices.extend(times.never_at_risk());
        let ratios = RatioRuns { analysis, plan, table, interval, endpoint: &endpoint.name };
        ratios.run(&outcome, &options.cured_terms, Model::Incidence, &mut results)?;
        let outcome = Latency::<false> { times: &times, law, terms };
        ratios.run(&outcome, &options.terms, Model::Latency, &mut results)?;
        if law.is_proportional() {
            let outcome = Latency::<true> { times: &times, law, terms };
            ratios.run(&outcome, &options.terms, Model::Latency, &mut results)?;
        }
        let (by, level) = (options.by.as_deref(), plan.study.confidence_level);
        let patients = Patients::new(&times, &all, by, table, level, &mut results)?;
        let reported = Reported { options, analysis, terms, patients };
        reported.write(&mut results)?;
        Ok(results)
    }
}

/// How the ratios of both parts are made.
struct RatioRuns<'a> {
    analysis: &'a Analysis,
    plan: &'a Plan,
    table: &'a CountTable,
    interval: IntervalChoice,
    endpoint: &'a str,
}

impl RatioRuns<'_> {
    /// Writes the ratios of one list of terms and their tests; what is already there is not written twice.
    fn run<O: Outcome>(
        &self,
        outcome: &O,
        terms: &[String],
        part: Model,
        results: &mut Results,
    ) -> Result<(), Problem> {
        if terms.is_empty() {
            return Ok(());
        }
        let together = Multivariable::default();
        let options = ModelOptions { terms, univariable: false, multivariable: &together };
        let RatioRuns { analysis, plan, table, interval, .. } = *self;
        let setting = Setting { analysis, plan, table, options, interval };
        let mut own = Results { methods_text: Vec::new(), ..results.clone() };
        (own.estimates, own.notices, own.curves) = Default::default();
        setting.model(outcome, self.endpoint, &mut own)?;
        let again = results.estimates.iter().any(|row| row.model == Some(part));
        for row in own.estimates {
            // Those of the model as a whole stand by its law.
            let whole = [Quantity::LogLikelihood, Quantity::NullLogLikelihood, Quantity::Aic];
            if whole.contains(&row.quantity) || (again && row.quantity != O::RATIO) {
                continue;
            }
            results.estimates.push(Estimate { model: Some(part), ..row });
        }
        for notice in own.notices {
            let told = matches!(notice, Notice::MissingExcluded { .. } | Notice::AllMissing { .. });
            if !told && !results.notices.contains(&notice) {
                results.notices.push(notice);
            }
        }
        results.methods_text.extend(own.methods_text.into_iter().filter(|_| !again));
        for label in own.variables {
            if !results.variables.iter().any(|known| known.name == label.name) {
                results.variables.push(label);
            }
        }
        if !again {
            let covariances = own.covariances.into_iter();
            results.covariances.extend(covariances.map(|own| study::Covariance { model: Some(part), ..own }));
        }
        Ok(())
    }
}

fn methods_text(
    options: &MixtureCureOptions,
    endpoint: &Endpoint,
    law: Distribution,
    interval: IntervalChoice,
    plan: &Plan,
) -> Vec<String> {
    let cured = if options.cured_terms.is_empty() {
        "one cured share for all"
    } else {
        "the odds of being cured by logistic regression"
    };
    let kind = if law.is_proportional() { "time ratios and hazard ratios" } else { "time ratios" };
    let time = if options.terms.is_empty() {
        format!("one {} law of the time of those who are not cured", law.text())
    } else {
        format!("{} regression of the time of those who are not cured ({kind})", law.text())
    };
    let mut text = vec![format!(
        "The time to {} was modelled as a mixture of patients who will never have the event (cured) and of others: {cured}, \
         and {time}.",
        endpoint.text()
    )];
    if !options.terms.is_empty() || !options.cured_terms.is_empty() {
        text.push(interval_sentence(interval, plan.study.confidence_level));
    }
    if options.cured_terms.is_empty() {
        text.push(
            "That nobody is cured was tested by the likelihood ratio, half of whose distribution is 0 as the share lies \
             at the border of what is possible."
                .into(),
        );
    }
    let maller_zhou = if endpoint.entry.is_none() { "the test of Maller and Zhou, and by " } else { "" };
    text.push(format!(
        "Whether follow-up was long enough was examined by {maller_zhou}the survival of those not cured beside that of all \
         at its end."
    ));
    text.extend(options.distribution.compared_sentence());
    text.extend(Landmark::of_event(options.landmark, endpoint).sentence());
    text.extend(entry_sentence(endpoint));
    text
}

#[cfg(test)]
mod tests;
