//! What was found: long rows of estimates, curves, notices. Values stay raw: nothing here is rounded or formatted.
//!
//! A value that does not exist (a median not reached, a limit that is infinite) is absent, never NaN or infinite.

use crate::{
    Curve, EffectCurve, Imputed, Interval, Kind, Level, Notice, Pooled, Purpose, Quantity, Residuals, Smooth,
    Test,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which model a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// One term alone.
    Univariable,
    /// All terms of the prespecified or entered model together.
    Multivariable,
    /// Pooled over strata (Mantel–Haenszel).
    Stratified,
    /// Who is cured, in a mixture cure model.
    Incidence,
    /// When those who are not cured have the event.
    Latency,
}

impl Model {
    /// The word for headings.
    pub fn text(self) -> &'static str {
        match self {
            Self::Univariable => "univariable",
            Self::Multivariable => "multivariable",
            Self::Stratified => "stratified",
            Self::Incidence => "cured share",
            Self::Latency => "time of those not cured",
        }
    }
}

/// One number, with everything that says what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    /// What it is an estimate of.
    pub quantity: Quantity,
    /// The model it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// The variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// The level of the variable (its value, not its label).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The level with which it is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The group (a level of the grouping variable); absent for all patients together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Time in the endpoint's unit, or probability of a quantile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<f64>,
    /// The number; absent where it does not exist.
    pub value: Option<f64>,
    /// Its standard error: of the logarithm for ratios.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub std_error: Option<f64>,
    /// Its interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Its test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Test>,
    /// A count behind it: with the level, at risk, with an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
    /// Of how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// How it was pooled over imputed data sets, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pooled: Option<Pooled>,
}

impl Estimate {
    /// An estimate that has only its value; one that is not finite is absent.
    pub fn new(quantity: Quantity, value: f64) -> Self {
        Self {
            quantity,
            model: None,
            term: None,
            level: None,
            reference: None,
            group: None,
            at: None,
            value: finite(value),
            std_error: None,
            interval: None,
            test: None,
            n: None,
            of: None,
            pooled: None,
        }
    }
}

/// The value where it is finite.
pub fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// What the points of a figure show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesKind {
    /// Sensitivity over 1 − specificity.
    Roc,
    /// Cook's distance over the number of the covariate pattern.
    CooksDistance,
    /// Brier score over time.
    PredictionError,
    /// Coefficient of a column, for one standard deviation more, over the penalty λ.
    CoefficientPath,
    /// Observed over predicted risk, smooth; `group` is the time by which the event is predicted, where there is one.
    Calibration,
    /// Share of the patients whose predicted risk is near `x`: the middles of intervals of equal width from 0 on.
    PredictedRisk,
}

/// Points of a figure: y over x.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Series {
    /// What they show.
    pub kind: SeriesKind,
    /// The group; absent for the analysis as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The term, where they belong to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// The level of a factor, or the column of a spline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Where the points lie.
    pub x: Vec<f64>,
    /// And how high.
    pub y: Vec<f64>,
    /// Lower pointwise limits, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lower: Vec<f64>,
    /// Upper pointwise limits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub upper: Vec<f64>,
}

impl Series {
    /// Without any point yet.
    pub fn new(kind: SeriesKind) -> Self {
        let (x, y, lower, upper) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { kind, group: None, term: None, level: None, x, y, lower, upper }
    }
}

/// One group of the analysis, or all patients together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// The level of the grouping variable; absent for all patients together.
    pub level: Option<String>,
    /// What the report prints.
    pub label: String,
    /// Patients.
    pub n: u64,
    /// Events, where the analysis has an endpoint or a binary outcome.
    pub events: Option<u64>,
}

/// Missing values of one variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissingCount {
    /// The variable.
    pub variable: String,
    /// Patients without a value.
    pub n: u64,
}

/// Who is in the analysis.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Participants {
    /// Patients in the analysis set or subgroup.
    pub eligible: u64,
    /// Patients whose values entered (the multivariable model, where there are two).
    pub analysed: u64,
    /// Missing values by variable; one patient can lack several.
    pub missing: Vec<MissingCount>,
}

/// What the report needs to know of a variable in order to print it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VariableLabel {
    /// Its name.
    pub name: String,
    /// What the report prints.
    pub label: String,
    /// Unit of measurement.
    pub unit: Option<String>,
    /// Kind of value.
    pub kind: Kind,
    /// Levels in the order of the report.
    pub levels: Vec<Level>,
}

/// The results of one analysis.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Results {
    /// Its id in the plan.
    pub analysis: String,
    /// What the report prints above it.
    pub title: String,
    /// Why it was made.
    pub purpose: Purpose,
    /// The method's name.
    pub method: String,
    /// The options as they were applied, defaults included.
    pub options: serde_json::Value,
    /// One sentence a step: what was computed, for the methods paragraph.
    pub methods_text: Vec<String>,
    /// Who is in it.
    pub participants: Participants,
    /// The outcome variable or endpoint, for headings.
    pub outcome: Option<String>,
    /// The grouping variable.
    pub by: Option<String>,
    /// The unit of times.
    pub time_unit: Option<String>,
    /// The groups, all patients together last.
    pub groups: Vec<Group>,
    /// Labels of every variable that occurs.
    pub variables: Vec<VariableLabel>,
    /// The numbers.
    pub estimates: Vec<Estimate>,
    /// The curves.
    pub curves: Vec<Curve>,
    /// The points of other figures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
    /// How ratios follow numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<EffectCurve>,
    /// Residuals of the model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub residuals: Vec<Residuals>,
    /// Smooth lines through them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub smooths: Vec<Smooth>,
    /// The caveats.
    pub notices: Vec<Notice>,
    /// What was imputed, where values were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imputed: Option<Imputed>,
    /// Estimates that belong together, with their covariance: for pooling, not for the report.
    #[serde(skip)]
    pub covariances: Vec<Covariance>,
}

/// The coefficients of a term, or of a whole model, and their covariance.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    /// The model.
    pub model: Option<Model>,
    /// The test that is about them.
    pub quantity: Quantity,
    /// The term; absent for the whole model.
    pub term: Option<String>,
    /// The coefficients, in the units of their variables.
    pub beta: Vec<f64>,
    /// Their covariance, row by row.
    pub matrix: Vec<f64>,
}

impl Results {
    /// The label of a variable; its name where it has none.
    pub fn label<'a>(&'a self, variable: &'a str) -> &'a str {
        let known = self.variables.iter().find(|label| label.name == variable);
        known.map_or(variable, |label| label.label.as_str())
    }

    /// The label of a level; its value where it has none.
    pub fn level_label<'a>(&'a self, variable: &str, value: &'a str) -> &'a str {
        let known = self.variables.iter().find(|label| label.name == variable);
        let level = known.and_then(|label| label.levels.iter().find(|level| level.value == value));
        level.map_or(value, Level::text)
    }

    /// A caveat in the words of the report: labels in the place of names and values.
    pub fn notice_text(&self, notice: &Notice) -> String {
        let by = self.by.clone().unwrap_or_default();
        notice
            .relabelled(&|variable| self.label(variable).to_string(), &|variable, level| {
                let variable = if variable.is_empty() { &by } else { variable };
                self.level_label(variable, level).to_string()
            })
            .to_string()
    }
}
