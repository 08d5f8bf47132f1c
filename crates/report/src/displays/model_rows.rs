//! The rows of a regression model, in the order in which table and forest plot show them.

use super::within;
use crate::style;
use crate::wording;
use serde_json::Value;
use study::{Estimate, Kind, Model, Quantity, Results, Test, TestName};

/// A ratio model's results, by term and level.
pub(super) struct ModelRows<'a> {
    results: &'a Results,
    /// Odds or hazard ratios.
    pub(super) quantity: Quantity,
    /// The models that were fitted.
    pub(super) models: Vec<Model>,
    /// The terms in order.
    pub(super) terms: Vec<Term>,
}

/// One term.
pub(super) struct Term {
    /// Its variable.
    pub(super) name: String,
    /// Its levels in order; none for a number.
    pub(super) levels: Vec<String>,
}

impl<'a> ModelRows<'a> {
    /// The first kind of ratio; `None` where there is none.
    pub(super) fn of(results: &'a Results) -> Option<Self> {
        let quantity = results.estimates.iter().map(|row| row.quantity).find(|kind| kind.is_ratio())?;
        Self::of_quantity(results, quantity)
    }

    /// One kind of ratio; `None` where there is none.
    pub(super) fn of_quantity(results: &'a Results, quantity: Quantity) -> Option<Self> {
        let rows: Vec<&Estimate> = wording::rows(results, quantity).collect();
        rows.first()?;
        let mut models: Vec<Model> = rows.iter().filter_map(|row| row.model).collect();
        models.sort_unstable();
        models.dedup();
        let mut names: Vec<&str> = Vec::new();
        for name in rows.iter().filter_map(|row| row.term.as_deref()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let terms = names.into_iter().map(|name| term(results, name, &rows)).collect();
        Some(Self { results, quantity, models, terms })
    }

    /// One row of one model.
    pub(super) fn find(&self, model: Model, term: &str, level: Option<&str>) -> Option<&'a Estimate> {
        wording::rows(self.results, self.quantity).find(|row| {
            row.model == Some(model) && row.term.as_deref() == Some(term) && row.level.as_deref() == level
        })
    }

    /// Whether a model holds a term.
    pub(super) fn holds(&self, model: Model, term: &str) -> bool {
        wording::rows(self.results, self.quantity)
            .any(|row| row.model == Some(model) && row.term.as_deref() == Some(term))
    }

    /// The test of a whole term; of the whole model without one. Of several, the likelihood ratio is the one to report.
    pub(super) fn global_test(&self, model: Model, term: Option<&str>) -> Option<&'a Test> {
        let tests = || {
            wording::rows(self.results, Quantity::GlobalTest)
                .filter(|row| row.model == Some(model) && row.term.as_deref() == term)
                .filter_map(|row| row.test.as_ref())
        };
        tests().find(|test| test.name == TestName::LikelihoodRatio).or_else(|| tests().next())
    }

    /// Whether the outcome is a time to an event.
    pub(super) fn of_times(&self) -> bool {
        self.quantity != Quantity::OddsRatio || self.is_incidence()
    }

    /// Whether the ratios are of the odds of being cured.
    pub(super) fn is_incidence(&self) -> bool {
        self.models.contains(&Model::Incidence)
    }

    /// Whether the likelihood had Firth's penalty.
    pub(super) fn is_firth(&self) -> bool {
        self.results.options.get("penalty").and_then(Value::as_str) == Some("firth")
    }

    /// What lies left and right of 1.
    pub(super) fn sides(&self) -> (&'static str, &'static str) {
        match self.quantity {
            Quantity::OddsRatio if self.is_incidence() => ("less often cured", "more often cured"),
            Quantity::OddsRatio => ("lower odds", "higher odds"),
            Quantity::TimeRatio => ("shorter time", "longer time"),
            _ => ("lower hazard", "higher hazard"),
        }
    }

    /// `OR`, `HR`, `TR` or `SHR`.
    pub(super) fn abbreviation(&self) -> &'static str {
        match self.quantity {
            Quantity::HazardRatio => "HR",
            Quantity::TimeRatio => "TR",
            Quantity::SubdistributionHazardRatio => "SHR",
            _ => "OR",
        }
    }

    /// The same for a heading, with what makes it another number than the usual one: `Firth OR`, `Exact OR`.
    pub(super) fn heading(&self) -> String {
        let kind = match self.results.method.as_str() {
            "exact_logistic" => "Exact ",
            _ if self.is_firth() => "Firth ",
            _ => "",
        };
        format!("{kind}{}", self.abbreviation())
    }

    /// The name of the ratio, for example `odds ratio`.
    pub(super) fn ratio_name(&self) -> &'static str {
        match self.quantity {
            Quantity::HazardRatio => "hazard ratio",
            Quantity::TimeRatio => "time ratio",
            Quantity::SubdistributionHazardRatio => "subdistribution hazard ratio",
            _ => "odds ratio",
        }
    }

    /// Whether a term is a number that entered as a spline: its ratio is between two values.
    pub(super) fn is_spline(&self, term: &str) -> bool {
        let number = wording::known(self.results, term).is_some_and(|label| label.levels.is_empty());
        number && !wording::is_interaction(term) && self.compared(term).is_some()
    }

    /// Whether a term is an interaction with a spline: its ratios are within levels of the other variable.
    pub(super) fn is_within(&self, term: &str) -> bool {
        let first = self.compared(term).filter(|_| wording::is_interaction(term));
        first.and_then(|row| row.level.as_deref()).is_some_and(|level| self.within(term, level).is_some())
    }

    /// Whether an effect is told by two values of a number.
    pub(super) fn bends(&self, term: &str) -> bool {
        self.is_spline(term) || self.is_within(term)
    }

    fn within(&self, term: &str, level: &str) -> Option<String> {
        let own = |row: &&Estimate| row.term.as_deref() == Some(term) && row.level.as_deref() == Some(level);
        let row = wording::rows(self.results, self.quantity).find(own)?;
        within::row_text(self.results, term, level, row.reference.as_deref()?)
    }

    /// The first row of a term whose levels are compared.
    fn compared(&self, term: &str) -> Option<&'a Estimate> {
        let own = |row: &&Estimate| row.term.as_deref() == Some(term) && row.level.is_some();
        wording::rows(self.results, self.quantity).find(own)
    }

    /// How a term with several rows is headed.
    pub(super) fn heading_of(&self, term: &str) -> String {
        let heading = wording::heading(self.results, term);
        let number = wording::known(self.results, term).is_some_and(|label| label.kind == Kind::Number);
        if self.is_within(term) {
            return term.split(':').map(|part| self.heading_of(part)).collect::<Vec<_>>().join(" × ");
        }
        match (self.is_spline(term), wording::is_interaction(term) && number) {
            (true, _) => format!("{heading} (spline)"),
            (false, true) => self.number_heading(term),
            (false, false) => heading,
        }
    }

    /// The name of one row of a term; of a spline the two values that are compared.
    pub(super) fn level_text(&self, term: &str, level: &str) -> String {
        let reference = self.compared(term).and_then(|row| row.reference.as_deref());
        match reference.filter(|_| self.is_spline(term)) {
            Some(reference) => {
                let value = |text: &str| text.parse().map_or(text.into(), style::value);
                let unit = wording::known(self.results, term).and_then(|label| label.unit.as_deref());
                let unit = unit.map_or(String::new(), |unit| format!(" {unit}"));
                format!("{} vs {}{unit}", value(level), value(reference))
            }
            None => {
                let within = self.within(term, level).filter(|_| wording::is_interaction(term));
                within.unwrap_or_else(|| self.results.level_label(term, level).into())
            }
        }
    }

    /// The test of whether the effect of a number bends.
    pub(super) fn bend(&self, model: Model, term: &str) -> Option<&'a Test> {
        let rows = || {
            wording::rows(self.results, Quantity::Nonlinearity)
                .filter(|row| row.model == Some(model) && row.term.as_deref() == Some(term))
                .filter_map(|row| row.test.as_ref())
        };
        rows().find(|test| test.name == TestName::LikelihoodRatio).or_else(|| rows().next())
    }

    /// How a number's row is headed: the ratio is for one unit more.
    pub(super) fn number_heading(&self, term: &str) -> String {
        let unit =
            wording::known(self.results, term).and_then(|label| label.unit.clone()).unwrap_or_default();
        let heading = wording::heading(self.results, term);
        // One for those who have a level: there is no unit more.
        if wording::known(self.results, term).is_some_and(|label| label.kind == Kind::Flag) {
            return heading;
        }
        match unit
            .strip_suffix('s')
            .filter(|_| matches!(unit.as_str(), "years" | "months" | "weeks" | "days"))
        {
            Some(one) => format!("{heading}, per {one}"),
            None if unit.is_empty() => format!("{heading}, per unit"),
            None => format!("{heading}, per {unit}"),
        }
    }
}

/// Whether the other terms make standard errors so much longer that single ratios can hardly be told apart: a squared
/// factor above 5.
pub(super) fn is_collinear(row: &Estimate) -> bool {
    row.value.is_some_and(|factor| factor * factor > 5.0)
}

/// Whether a row stands for the level that others are compared with.
pub(super) fn is_reference(row: &Estimate) -> bool {
    row.level.is_some() && row.level == row.reference
        || row.level.is_some() && row.value == Some(1.0) && row.interval.is_none() && row.test.is_none()
}

fn term(results: &Results, name: &str, rows: &[&Estimate]) -> Term {
    let declared = wording::known(results, name).map_or(&[][..], |label| label.levels.as_slice());
    let found =
        || rows.iter().filter(|row| row.term.as_deref() == Some(name)).filter_map(|row| row.level.as_ref());
    let mut levels: Vec<String> = declared
        .iter()
        .map(|level| level.value.clone())
        .filter(|value| found().any(|level| level == value))
        .collect();
    for level in found() {
        if !levels.contains(level) {
            levels.push(level.clone());
        }
    }
    Term { name: name.into(), levels }
}
