//! Mixture cure model: logistic incidence, and a law of time for those who are not cured.
//!
//! # Estimand
//! The share of patients who will never have the event (the cured share); the odds ratio of being cured for each level of
//! a factor against its reference, or for one unit more of a number; of those who are not cured the time ratio and, under
//! an exponential or Weibull law, the hazard ratio.
//! # Formula
//! S(t | x, z) = c(z) + (1 − c(z)) Sᵤ(t | x), logit c = z′γ, log T = x′β + σW as in `parametric_survival`.
//! # Ties and censoring
//! Times are continuous: ties need no rule. Who is censored may be cured or not, with the probability that the model gives.
//! An event at time 0 is refused; who is censored at time 0 tells nothing and is counted, not modelled.
//! # Assumptions
//! Some patients can never have the event; follow-up is long enough to tell them from those who have not had it yet; the
//! law of the others; censoring independent of time and cure given the terms.
//! # Variance
//! Inverse of the observed information of both parts together; limits of shares are symmetric on the logit, those of
//! survival on the log(−log), those of a median and of σ on the logarithmic scale. The likelihood has several maxima: the
//! largest of four searches is taken (`search`), and where only one of them came to it a notice says so. Where a share is
//! 0 or 1 (`boundary`) it has no interval, and odds ratios that rest on it are withheld and named.
//! # Follow-up
//! Of all patients and of each group: αₙ of Maller and Zhou (`follow_up`), and how large at the end of follow-up survival
//! of those not cured still is beside that of all (Selukar & Othus). Where αₙ or that ratio is 0.05 or more, or the curve
//! falls to its end, nobody should be called cured; a notice and the review say so.
//! # Options
//! `endpoint`, `distribution` (default `weibull`; of a list the first is reported and all are compared), `cured_terms`
//! (none: one share for all), `terms` of the time (none: one law for all), `interval` (`wald` or `profile`), `at`,
//! `quantiles` of the time of those not cured (default 0.5), `profiles`, `by` (groups of shares and curves; the only
//! factor where absent). Without `cured_terms`, that nobody is cured is tested at the border of what is possible: the
//! likelihood ratio is 0 with probability ½, χ² with one degree of freedom otherwise. BIC counts patients.
//! # References
//! Boag 1949, J R Stat Soc B 11:15–53. Farewell 1982, doi:10.2307/2529885. Maller & Zhou 1992,
//! doi:10.1093/biomet/79.4.731; 1994, doi:10.1080/01621459.1994.10476889. Self & Liang 1987,
//! doi:10.1080/01621459.1987.10478472. Selukar & Othus 2023, doi:10.1002/sim.9610.
//! # Worked example
//! Six patients with the event at 1, and four followed for so long that an exponential law of those times leaves nobody:
//! the cured share is 4/10, the standard error of its logit √(1/6 + 1/4), the rate 1.

mod boundary;
mod follow_up;
mod likelihood;
mod outcome;
mod prediction;
mod reported;
mod search;

use crate::design::term::{WrittenTerm, term_list};
use crate::design::{ABSENT, Covariate, Scale};
use crate::follow_up::check_times;
use crate::interval::IntervalChoice;
use crate::method::{About, Method, outline};
use crate::methods::models::{
    ModelOptions, Multivariable, Outcome, ReadTerms, Setting, check_list, interval_sentence, name_endpoint,
    read_terms, requests_of, variables_of,
};
use crate::methods::parametric_survival::Distributions;
use crate::methods::parametric_survival::outcome::LogTimes;
use crate::methods::parametric_survival::prediction::Width;
use crate::methods::profile::{Profile, check as check_profiles};
use crate::missing::excluded_or_all;
use crate::numerics::distributions::normal_quantile;
use crate::time_law::Distribution;
use outcome::{Incidence, Latency, Terms};
use reported::Reported;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{
    Analysis, ColumnRequest, ColumnSource, CountRequest, CountTable, Estimate, MissingCount, Model, Notice,
    Plan, Problem, Quantity, Results, Step,
};

/// The mixture cure model; see the head of this file.
pub struct MixtureCure;

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MixtureCureOptions {
    /// An endpoint of the plan.
    pub endpoint: String,
    /// The law of the time of those who are not cured; of several the first is reported, and all are compared.
    #[serde(default = "weibull")]
    pub distribution: Distributions,
    /// Variables on which the odds of being cured depend; none for one cured share.
    #[serde(default, deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub cured_terms: Vec<String>,
    /// Variables on which the time of those who are not cured depends; none for one law.
    #[serde(default, deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub terms: Vec<String>,
    /// How intervals of ratios are made.
    pub interval: Option<IntervalChoice>,
    /// Times at which survival is predicted, in the endpoint's unit.
    #[serde(default)]
    pub at: Vec<f64>,
    /// Survival probabilities of those who are not cured, whose times are predicted: 0.5 is their median.
    #[serde(default = "median_only")]
    pub quantiles: Vec<f64>,
    /// Patients for whom the model predicts.
    #[serde(default)]
    pub profiles: Vec<Profile>,
    /// The variable by whose levels shares are given and curves are drawn.
    pub by: Option<String>,
}

fn weibull() -> Distributions {
    Distributions::One(Distribution::Weibull)
}

fn median_only() -> Vec<f64> {
    vec![0.5]
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
        for (index, probability) in self.quantiles.iter().enumerate() {
            if !(*probability > 0.0 && *probability < 1.0) {
                let message = format!("the quantile {probability} is not between 0 and 1");
                let path = ["quantiles".into(), index.into()];
                return Err(analysis
                    .refuse(&path, message)
                    .help("write 0.5 for the median of those not cured"));
            }
        }
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
        plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        options.check(analysis, plan)?;
        let mut columns = ColumnRequest::endpoint(&options.endpoint, ["endpoint".into()]).to_vec();
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
        let [table] = tables else {
            return Err(Problem::internal("mixture_cure needs one count table"));
        };
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        let time = table.column(&ColumnSource::Time(endpoint.name.clone()).column())?;
        let event = table.column(&ColumnSource::Event(endpoint.name.clone()).column())?;
        let times = LogTimes::read(&endpoint.name, time, event, table.n(), endpoint.scale())
            .map_err(|problem| problem.at(analysis.place(&["endpoint".into()])))?;
        let interval = options.interval.unwrap_or(IntervalChoice::Wald);
        let resolved = MixtureCureOptions { interval: Some(interval), ..options.clone() };
        let mut results = outline::<Self>(&resolved, analysis)?;
        name_endpoint(endpoint, &mut results);
        let law = options.distribution.all()[0];
        results.methods_text = methods_text(options, endpoint.text(), law, interval, plan);
        let incidence = read_terms(table, analysis, &placed("cured_terms", &options.cured_terms))?;
        let latency = read_terms(table, analysis, &placed("terms", &options.terms))?;
        describe_participants(&times, table, &endpoint.name, [&incidence, &latency], &mut results);
        let incidence: Vec<&Covariate> = incidence.covariates.iter().collect();
        let latency: Vec<&Covariate> = latency.covariates.iter().collect();
        let terms = Terms { incidence: &incidence, latency: &latency };
        let ratios = RatioRuns { analysis, plan, table, interval, endpoint: &endpoint.name };
        let outcome = Incidence { times: &times, law, terms };
        ratios.run(&outcome, &options.cured_terms, Model::Incidence, &mut results)?;
        let outcome = Latency::<false> { times: &times, law, terms };
        ratios.run(&outcome, &options.terms, Model::Latency, &mut results)?;
        if law.is_proportional() {
            let outcome = Latency::<true> { times: &times, law, terms };
            ratios.run(&outcome, &options.terms, Model::Latency, &mut results)?;
        }
        let by = options.by.as_deref().or(only_factor(terms)).map(str::to_string);
        let by_column = by.as_deref().map(|by| table.column(by)).transpose()?;
        if let Some(by) = by_column.filter(|by| !results.variables.iter().any(|known| known.name == by.name))
        {
            results.variables.push(by.label());
        }
        results.by = by;
        let confidence_level = plan.study.confidence_level;
        let width = Width { z: normal_quantile(0.5 + 0.5 * confidence_level), confidence_level };
        let rows = complete(&times, terms);
        let reported = Reported { options, analysis, times: &times, terms, rows, by: by_column, width };
        reported.write(&mut results)?;
        Ok(results)
    }
}

/// Rows with the endpoint and every term.
fn complete(times: &LogTimes<'_>, terms: Terms<'_>) -> Vec<u32> {
    let known = |row: &u32| times.is_known(*row as usize) && terms.are_known(*row as usize);
    (0..times.n.len() as u32).filter(known).collect()
}

/// The only variable of both lists, if it is a factor.
fn only_factor<'a>(terms: Terms<'a>) -> Option<&'a str> {
    let mut all = terms.incidence.iter().chain(terms.latency);
    let first = all.next()?;
    let same = all.all(|other| other.name == first.name);
    (same && matches!(first.scale, Scale::Factor { .. })).then_some(first.name.as_str())
}

fn describe_participants(
    times: &LogTimes<'_>,
    table: &CountTable,
    endpoint: &str,
    read: [&ReadTerms<'_>; 2],
    results: &mut Results,
) {
    let lacking = |absent: &dyn Fn(usize) -> bool| -> u64 {
        (0..table.rows()).filter(|row| absent(*row)).map(|row| times.n[row]).sum()
    };
    let n = lacking(&|row| !times.is_known(row));
    let mut missing = vec![MissingCount { variable: endpoint.into(), n }];
    let covariates = read.iter().flat_map(|read| &read.covariates);
    for covariate in covariates.filter(|covariate| !matches!(covariate.scale, Scale::Interaction(_))) {
        let n = lacking(&|row| covariate.codes[row] == ABSENT);
        if !missing.iter().any(|known| known.variable == covariate.name) {
            missing.push(MissingCount { variable: covariate.name.clone(), n });
        }
    }
    let eligible = table.total();
    results.notices.extend(excluded_or_all(&missing, eligible));
    let known = |row: usize| {
        let all = |read: &&ReadTerms<'_>| read.covariates.iter().all(|own| own.codes[row] != ABSENT);
        times.is_known(row) && read.iter().all(all)
    };
    results.participants = study::Participants { eligible, analysed: lacking(&known), missing };
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
    endpoint: &str,
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
        "The time to {endpoint} was modelled as a mixture of patients who will never have the event (cured) and of others: \
         {cured}, and {time}."
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
    text.push(
        "Whether follow-up was long enough was examined by the test of Maller and Zhou, and by the survival of those not \
         cured beside that of all at its end."
            .into(),
    );
    text.extend(options.distribution.compared_sentence());
    text
}

#[cfg(test)]
mod tests;
