//! Fine and Gray's regression of the subdistribution hazard.
//!
//! # Estimand
//! Subdistribution hazard ratio of the event for each level of a factor against its reference, or for one unit more
//! of a number. It tells how the cumulative incidence differs, 1 − F(t | x) = (1 − F₀(t))^exp(x′β), and not how the
//! event's rate among those still free of both events does (Cox's model with the competing event as censoring tells
//! that).
//! # Formula
//! λ(t | x) = λ₀(t) exp(x′β), with λ = F′/(1 − F) the subdistribution hazard of the cumulative incidence F. β
//! maximises ∏ over events exp(x′β) / Σ wⱼ(t) exp(xⱼ′β) over those who have not had the event: wⱼ(t) = 1 while
//! followed, and Ĝ(t−)/Ĝ(Tⱼ−) after the competing event at Tⱼ < t, Ĝ being the Kaplan–Meier probability of not being
//! censored.
//! # Ties and censoring
//! Breslow's method. Patients with either event at a time are at risk of being censored at it, and patients censored
//! at a time are at risk of its events. (Programs that end the competing event just before a censoring of the same
//! day differ in the fourth digit.) Times tie where they agree in nine significant digits. Endpoints with `entry` are
//! refused.
//! # Assumptions
//! Proportional subdistribution hazards; censoring independent of time, cause and terms; independent patients.
//! # Variance
//! The sandwich of Fine & Gray, which allows for the estimated weights. P values are Wald's: the weighted likelihood
//! is no likelihood, so that its ratios are no tests and have no AIC.
//! # Options
//! `landmark`: only those free of both events and followed beyond that time are analysed, and time counts from it. A
//! univariable model uses every patient with the endpoint and its own term, the multivariable model those with the
//! endpoint and all of its terms. Where the likelihood is monotone the infinite ratios are withheld and named, and
//! the others are those of the limiting model. Terms and splines are written as in `logistic`.
//! # Proportionality
//! `proportionality` tests whether the log ratio of a term of the multivariable model, or of any term, changes with a
//! function of time g: the score test of θ = 0 in β + θ(g(t) − ḡ), with a robust variance that allows for the estimated
//! weights (Zhou, Fine & Laird). `incidence` is the Aalen–Johansen estimate of all patients just before the time.
//! # References
//! Fine & Gray 1999, doi:10.1080/01621459.1999.10474144. Geskus 2011, doi:10.1111/j.1541-0420.2010.01420.x (weights).
//! Latouche et al. 2013, doi:10.1016/j.jclinepi.2012.09.017 (report cause-specific hazards too). Zhou, Fine & Laird 2013,
//! doi:10.1002/sim.5815 (proportionality).
//! # Worked example
//! Events at 1 (x = 1) and 2 (x = 0), before them a competing one (x = 1): θ/(2θ + 1) · 1/(θ + 1) is largest at the
//! ratio θ = 1/√2. With one of two censored at 3/2 the patient of the competing event weighs 1/2 at 2, and θ = √2.

mod course;
mod likelihood;
mod outcome;
mod prediction;
mod proportionality;
mod sandwich;
mod walk;

pub(super) use likelihood::Subdistribution;
pub(super) use outcome::CompetingTimes;
pub(super) use prediction::{Baseline, Sums};
pub use proportionality::Change;

use crate::design::term::{Term, WrittenTerm, term_list};
use crate::follow_up::{Events, Landmark, exclusive, happened, with_competing};
use crate::interval::IntervalChoice;
use crate::method::{About, Method, one_table, outline};
use crate::methods::cox::{Ties, TimeToEvent};
use crate::methods::kaplan_meier::percent;
use crate::methods::models::{
    ModelOptions, Multivariable, Naming, Setting, check_terms, name_endpoint, term_requests, together,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use study::{
    Analysis, ColumnRequest, ColumnSource, CountRequest, CountTable, Endpoint, Model, Notice, Plan, Problem,
    Quantity, Results,
};

/// What the model and its ratios are called.
pub(super) const NAMING: Naming =
    Naming { model: "Fine–Gray model", ratio: "subdistribution hazard ratio" };

/// Fine and Gray's regression; see the head of this file.
pub struct FineGray;

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FineGrayOptions {
    /// An endpoint of `[endpoints]` that has `competing`.
    pub endpoint: String,
    /// Variables, interactions and splines, in the order of the table.
    #[serde(deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub terms: Vec<String>,
    /// Whether each term is also examined alone.
    #[serde(default)]
    pub univariable: bool,
    /// Which terms are examined together: all, none (`false`), those that a rule lets in (`enter`), or others
    /// (`terms`).
    #[serde(default)]
    pub multivariable: Multivariable,
    /// Time at which follow-up starts anew, in the endpoint's unit: of those who are free of both
    /// events and followed beyond it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
    /// The function of time with which the ratios of the multivariable model may change, where that is tested; no test
    /// where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proportionality: Option<Change>,
}

impl FineGrayOptions {
    fn models(&self) -> ModelOptions<'_> {
        ModelOptions { terms: &self.terms, univariable: self.univariable, multivariable: &self.multivariable }
    }
}

impl Method for FineGray {
    const ABOUT: About = About {
        name: "fine_gray",
        title: "Fine–Gray regression",
        summary: "Which variables go with the cumulative incidence of an event when another can come first: \
                  subdistribution hazard ratios.",
        documentation: include_str!("fine_gray.rs"),
        references: &[
            "Fine JP, Gray RJ. A proportional hazards model for the subdistribution of a competing risk. J Am Stat Assoc 1999;94:496–509. doi:10.1080/01621459.1999.10474144",
            "Geskus RB. Cause-specific cumulative incidence estimation and the Fine and Gray model under both left truncation and right censoring. Biometrics 2011;67:39–49. doi:10.1111/j.1541-0420.2010.01420.x",
            "Zhou B, Fine J, Laird G. Goodness-of-fit test for proportional subdistribution hazards model. Stat Med 2013;32:3804–3811. doi:10.1002/sim.5815",
        ],
    };
    type Options = FineGrayOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        let endpoint = with_competing(analysis, plan, &options.endpoint)?;
        beginning(options.landmark, endpoint).check(analysis)?;
        check_terms(&options.models(), analysis, plan, "")?;
        if options.proportionality.is_some() && options.multivariable == Multivariable::Switch(false) {
            return Err(analysis
                .refuse(&["proportionality".into()], "there is no multivariable model to be examined")
                .help("leave out multivariable = false, or the test"));
        }
        // Time first: the rows then come in its order.
        let mut columns = ColumnRequest::endpoint(&options.endpoint, ["endpoint".into()]).to_vec();
        columns.push(ColumnRequest::competing(&options.endpoint, ["endpoint".into()]));
        columns.extend(term_requests(&options.models()));
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let table = one_table(tables)?;
        let endpoint = with_competing(analysis, plan, &options.endpoint)?;
        let landmark = beginning(options.landmark, endpoint);
        let (table, left_out) = landmark.begin(Cow::Borrowed(table), &|row| table.n()[row], analysis)?;
        let table: &CountTable = &table;
        let outcome =
            read(table, endpoint).map_err(|problem| problem.at(analysis.place(&["endpoint".into()])))?;
        let mut results = outline::<Self>(options, analysis)?;
        name_endpoint(endpoint, &mut results);
        results.methods_text = methods_text(options, endpoint, plan);
        results.notices.extend(left_out);
        results.notices.extend(outcome.never_competing(endpoint));
        let interval = IntervalChoice::Wald;
        let setting = Setting { analysis, plan, table, options: options.models(), interval };
        setting.model(&outcome, &endpoint.name, &mut results)?;
        if let Some(change) = options.proportionality {
            let setting = Setting { analysis, plan, table, options: options.models(), interval };
            examine(&outcome, endpoint, &setting, change, &mut results)?;
        }
        Ok(results)
    }
}

/// Tests whether the ratios of the multivariable model change with time.
fn examine(
    outcome: &CompetingTimes<'_>,
    endpoint: &Endpoint,
    setting: &Setting<'_>,
    change: Change,
    results: &mut Results,
) -> Result<(), Problem> {
    let Setting { analysis, table, .. } = *setting;
    let told = |term: &str| {
        let name = Term::of(term).name();
        results.estimates.iter().any(|row| {
            row.model == Some(Model::Multivariable)
                && row.quantity == Quantity::SubdistributionHazardRatio
                && row.term.as_ref() == Some(&name)
        })
    };
    let all = setting.options.all_terms();
    let terms: Vec<String> =
        all.iter().filter(|(term, _)| told(term)).map(|(term, _)| term.to_string()).collect();
    if terms.is_empty() {
        return Ok(());
    }
    // What is said of the model is there already.
    let mut again = Results { methods_text: Vec::new(), ..results.clone() };
    (again.estimates, again.curves) = Default::default();
    let models =
        ModelOptions { terms: &terms, univariable: false, multivariable: &Multivariable::Switch(true) };
    let name = (endpoint.name.as_str(), NAMING);
    let Some(fitted) = together(outcome, table, &models, analysis, name, &mut again)? else {
        let message =
            "Whether the ratios change with time cannot be tested, since not all of them are finite.";
        results.notices.push(Notice::Other { message: message.into() });
        return Ok(());
    };
    let times = table.column(&ColumnSource::Time(endpoint.name.clone()).column())?.numbers()?;
    let g = change.of_times(&fitted.model, outcome, times).map_err(|problem| {
        problem.at(analysis.place(&["proportionality".into()])).help("choose `incidence` or `identity`")
    })?;
    proportionality::write(&fitted, &g, results);
    results.methods_text.push(format!(
        "Whether the subdistribution hazard ratios change with {} was examined with score tests (Zhou, Fine and Laird).",
        change.text()
    ));
    Ok(())
}

/// The landmark of an analysis of both events.
pub(super) fn beginning(at: Option<f64>, endpoint: &Endpoint) -> Landmark<'_> {
    Landmark { at, endpoint, events: Events::Both }
}

/// Times, events and competing events of a count table.
pub(super) fn read<'a>(table: &'a CountTable, endpoint: &Endpoint) -> Result<CompetingTimes<'a>, Problem> {
    let column = |source: ColumnSource| table.column(&source.column());
    let time = column(ColumnSource::Time(endpoint.name.clone()))?;
    let event = column(ColumnSource::Event(endpoint.name.clone()))?;
    let competing = column(ColumnSource::Competing(endpoint.name.clone()))?;
    exclusive(&happened(event)?, competing)?;
    let first = TimeToEvent::read(&endpoint.name, time, event, table.n(), Ties::Breslow)?;
    let yes = competing.levels().iter().position(|level| level.value == "yes");
    let yes = yes.ok_or_else(|| Problem::internal("a competing event has no level `yes`"))? as u32;
    Ok(CompetingTimes { first, competing: competing.codes()?, yes })
}

fn methods_text(options: &FineGrayOptions, endpoint: &Endpoint, plan: &Plan) -> Vec<String> {
    let models = options.models();
    let mut text = vec![format!(
        "Subdistribution hazard ratios for {} were estimated by {} Fine–Gray regression, with {} as competing \
         event.",
        endpoint.text(),
        models.adjective(),
        endpoint.competing_text().to_lowercase()
    )];
    text.extend(beginning(options.landmark, endpoint).sentence());
    text.extend(models.entry_sentence());
    text.push(format!(
        "Their P values and {}% confidence intervals are Wald’s, from the robust variance.",
        percent(plan.study.confidence_level)
    ));
    text
}

#[cfg(test)]
mod tests;
