//! The methods paragraph of a Cox regression.

use super::{Cause, CoxOptions, RobustScale, Ties, TimeFunction, Variance};
use crate::interval::IntervalChoice;
use crate::methods::logistic::{Penalty, penalized_sentence};
use crate::methods::models::{entry_sentence, interval_sentence, weights_text};
use study::{Convention, Endpoint, Plan};

impl CoxOptions {
    /// What was done, in sentences for the methods paragraph.
    pub(super) fn methods_text(&self, endpoint: &Endpoint, plan: &Plan) -> Vec<String> {
        let label = |name: &String| {
            plan.variable(name).map_or(name.as_str(), |variable| variable.text()).to_lowercase()
        };
        let models = self.models();
        let ties = match self.ties.unwrap_or(Ties::Efron) {
            Ties::Efron => "ties by Efron’s method",
            Ties::Breslow => "ties by Breslow’s method",
            Ties::Exact => "ties by the exact conditional likelihood of discrete time",
        };
        let event = self.event_text(endpoint);
        let strata = self.strata_text(plan);
        let penalized = self.penalty_text();
        let mut text = vec![format!(
            "Hazard ratios for {event} were estimated by {} Cox regression{penalized}{strata}, {ties}.",
            models.adjective()
        )];
        text.extend(self.follow_up_text(endpoint));
        for change in &self.time_dependent {
            let how = match change.function {
                TimeFunction::Log => "with the logarithm of time".to_string(),
                TimeFunction::Linear => "linearly with time".to_string(),
                TimeFunction::Steps => {
                    let at = change.at.iter().map(f64::to_string).collect();
                    format!("at {} {}", listed(at), endpoint.unit.name())
                }
            };
            text.push(format!("The coefficient of {} was let change {how}.", label(&change.term)));
        }
        text.extend(models.entry_sentence());
        text.extend(self.weights_text(plan));
        let interval = self.interval.unwrap_or(IntervalChoice::Wald);
        let level = plan.study.confidence_level;
        text.push(match self.penalty {
            None => interval_sentence(interval, level),
            Some(Penalty::Firth) => penalized_sentence(interval, level),
        });
        text
    }
}

impl CoxOptions {
    /// What the event is called whose hazard is modelled.
    pub(in crate::methods) fn event_text<'a>(&self, endpoint: &'a Endpoint) -> &'a str {
        match self.cause {
            Some(Cause::Competing) => endpoint.competing_text(),
            Some(Cause::Event) | None => endpoint.text(),
        }
    }

    /// What the other event is called, which censors; none where nothing competes.
    pub(in crate::methods) fn other_event_text<'a>(&self, endpoint: &'a Endpoint) -> Option<&'a str> {
        endpoint.competing.as_ref()?;
        Some(match self.cause {
            Some(Cause::Competing) => endpoint.text(),
            Some(Cause::Event) | None => endpoint.competing_text(),
        })
    }

    /// ` with Firth’s penalized likelihood …`, after a blank; nothing without a penalty.
    pub(in crate::methods) fn penalty_text(&self) -> &'static str {
        match self.penalty {
            Some(Penalty::Firth) => " with Firth’s penalized likelihood (Jeffreys prior)",
            None => "",
        }
    }

    /// Whose follow-up is seen when.
    pub(in crate::methods) fn follow_up_text(&self, endpoint: &Endpoint) -> Vec<String> {
        let mut text = Vec::new();
        if let Some(other) = self.other_event_text(endpoint) {
            text.push(format!(
                "The hazards are cause-specific: patients with the competing event ({other}) were censored at it."
            ));
        }
        text.extend(self.landmark(endpoint).sentence());
        if let Some(view) = &endpoint.view {
            text.push(format!(
                "Each patient’s follow-up was cut into intervals ({view}), whose values are those of the time."
            ));
        } else {
            text.extend(entry_sentence(endpoint));
        }
        text
    }

    /// What each patient counts, and where the standard errors come from.
    pub(in crate::methods) fn weights_text(&self, plan: &Plan) -> Vec<String> {
        let label = |name: &String| {
            plan.variable(name).map_or(name.as_str(), |variable| variable.text()).to_lowercase()
        };
        let mut text: Vec<String> = Vec::new();
        text.extend(weights_text(self.weights.as_ref(), self.weight_kind, plan));
        if self.variance() == Variance::Robust {
            let by = self.cluster.as_ref().map_or("patient".into(), label);
            let factor = match RobustScale::of(plan.dialect(Convention::RobustVariance)) {
                RobustScale::One => "",
                RobustScale::Units => " with the factor m/(m − 1)",
            };
            text.push(format!("Standard errors are robust (Lin–Wei sandwich{factor}), by {by}."));
        }
        text
    }

    /// `stratified by sex and stage`, after a blank; nothing without strata.
    pub(in crate::methods) fn strata_text(&self, plan: &Plan) -> String {
        let label = |name: &String| {
            plan.variable(name).map_or(name.as_str(), |variable| variable.text()).to_lowercase()
        };
        match self.strata.is_empty() {
            true => String::new(),
            false => format!(" stratified by {}", listed(self.strata.iter().map(label).collect())),
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: Vec<String>) -> String {
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
