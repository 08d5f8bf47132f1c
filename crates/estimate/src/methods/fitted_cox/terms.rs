//! The Cox model that a method follows: what is counted for it, and how it is told.

use crate::design::Term;
use crate::methods::cox::{CoxOptions, Ties};
use study::{Analysis, CountRequest, Endpoint, Notice, Plan, Problem};

/// The options of the `cox` that would fit the model.
pub(in crate::methods) struct CoxTerms(pub(in crate::methods) CoxOptions);

impl CoxTerms {
    /// The one count table of what the model needs.
    pub(in crate::methods) fn requests(
        &self,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        let endpoint = plan.endpoint(&self.0.endpoint, analysis, "endpoint")?;
        if self.0.ties == Some(Ties::Exact) {
            let message = "what follows a Cox model is not known for exact ties";
            return Err(analysis.refuse(&["ties".into()], message).help("use `efron` or `breslow`"));
        }
        self.0.check(analysis, plan, endpoint)?;
        Ok(vec![CountRequest { columns: self.0.columns(endpoint) }])
    }

    /// Said where predicted survival is no probability: patients are lost to the other event too.
    pub(in crate::methods) fn beside_the_other_event(&self, endpoint: &Endpoint) -> Option<Notice> {
        let (event, other) = (self.0.event_text(endpoint), self.0.other_event_text(endpoint)?);
        let message = format!(
            "The model is that of the cause-specific hazard of {event}: one less the survival that it predicts is not the share \
             of patients who will have {event}, but what that would be if {other} could be prevented and all else stayed as it \
             is. For that share see `predicted_incidence`."
        );
        Some(Notice::Other { message })
    }

    /// How ties are handled.
    pub(in crate::methods) fn ties(&self, plan: &Plan) -> Ties {
        self.0.ties(plan)
    }

    /// The model in sentences: `A Cox model of sex and age was fitted …`.
    pub(super) fn sentences(&self, plan: &Plan, endpoint: &Endpoint) -> Vec<String> {
        let label = |name: &str| plan.variable(name).map_or(name, |variable| variable.text()).to_string();
        let part = |term: &Term| match term {
            Term::Spline { variable, .. } => format!("{} (restricted cubic spline)", label(variable)),
            Term::Variable(_) | Term::Interaction(_) => label(&term.name()),
        };
        let label = |text: &String| match Term::of(text) {
            Term::Interaction(parts) => parts.iter().map(part).collect::<Vec<_>>().join(" × "),
            term => part(&term),
        };
        let terms: Vec<String> = self.0.terms.iter().map(label).collect();
        let ties = match self.ties(plan) {
            Ties::Efron => "Efron’s",
            Ties::Breslow => "Breslow’s",
            Ties::Exact => "the exact",
        };
        let strata = match self.0.strata_text(plan) {
            text if text.is_empty() => String::new(),
            text => format!(",{text}"),
        };
        let mut text = vec![format!(
            "A Cox model of {} was fitted with {}{strata}{}; ties were handled by {ties} method.",
            self.0.event_text(endpoint),
            terms.join(", "),
            self.0.penalty_text().replace(" with", ", with")
        )];
        text.extend(self.0.follow_up_text(endpoint));
        text.extend(self.0.weights_text(plan));
        text
    }
}
