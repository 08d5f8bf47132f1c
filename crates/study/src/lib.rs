//! What is asked, counted and found: the types that every stage of farr shares, and the grammar of `study.toml`.
//!
//! This crate computes no statistic, opens no database and knows no document format.

pub mod analysis;
pub mod calendar;
pub mod clinical;
pub mod convention;
pub mod counts;
mod curve;
pub mod data_query;
pub mod dialect;
pub mod dialect_comparison;
pub mod effect_curve;
pub mod endpoint;
mod finding;
pub mod follow_up;
pub mod hypothesis_test;
pub mod imputation;
pub mod interval;
pub mod nearest;
pub mod notice;
pub mod plan;
pub mod population;
pub mod problem;
pub mod provenance;
pub mod published;
mod quantity;
pub mod residuals;
pub mod results;
pub mod source_text;
pub mod study_results;
pub mod swimmer;
pub mod timeline;
pub mod variable;

pub use analysis::{Analysis, ObservedValues, Purpose};
pub use clinical::ParameterValue;
pub use convention::Convention;
pub use counts::{Column, ColumnRequest, ColumnSource, CountRequest, CountTable, MISSING, Values};
pub use curve::{Curve, CurveMeasure};
pub use data_query::{
    Answer, CellValue, Certainty, DataQueries, DataQuery, QueryImpact, QueryRow, QueryVerdict, RuleOutcome,
};
pub use dialect::Dialect;
pub use dialect_comparison::{DialectComparison, DialectDifference};
pub use effect_curve::{EffectCurve, Held};
pub use endpoint::{Endpoint, TimeUnit};
pub use finding::{Finding, Severity};
pub use follow_up::{Completeness, DuePatient, FollowUpState, FollowedTime, ScheduledVisit, Standing};
pub use hypothesis_test::{Test, TestName};
pub use imputation::{
    Chain, Imputation, ImputationMethod, ImputationRun, Imputed, ImputedVariable, MissingValues, Pooled,
};
pub use interval::{Interval, IntervalMethod};
pub use notice::Notice;
pub use plan::Plan;
pub use population::{Criterion, FlowStep, ParticipantFlow, Population};
pub use problem::{Place, Problem, ProblemKind};
pub use provenance::{InputFile, InputTable, Provenance, ViewText};
pub use published::{Comparison, Published, PublishedField, PublishedFigure, Replay, Verdict};
pub use quantity::Quantity;
pub use residuals::{ResidualColumn, ResidualKind, ResidualUnit, Residuals, Smooth};
pub use results::{
    Covariance, Estimate, Group, MissingCount, Model, Participants, Results, Series, SeriesKind,
    VariableLabel,
};
pub use source_text::{SourceText, Step};
pub use study_results::StudyResults;
pub use swimmer::{SwimmerBar, SwimmerTreatment, Swimmers};
pub use timeline::{
    Exam, ExamResponse, Happening, LaboratoryCourse, LastContact, LesionCourse, LesionSize, PatientTimeline,
    ResponseCourse, TreatmentCourse, TumourFinding, ZeroDay,
};
pub use variable::{Kind, Level, Variable};
