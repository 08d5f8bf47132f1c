//! Caveats of a result, typed. Each reaches the footnotes of its table.

mod wording;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How separated a level is from the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeparationKind {
    /// The covariates tell the outcome of every patient.
    Complete,
    /// The covariates tell the outcome of some patients.
    Quasi,
}

impl SeparationKind {
    fn text(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Quasi => "quasi-complete",
        }
    }
}

/// Where a ratio goes of which no finite value is the likeliest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Toward {
    /// To 0: the smaller the ratio, the likelier are the outcomes.
    Zero,
    /// To infinity.
    Infinity,
}

/// A caveat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Notice {
    /// Patients were left out of this analysis because a value is missing.
    MissingExcluded {
        /// The variable.
        variable: String,
        /// Patients.
        n: u64,
    },
    /// A cell of a table is expected to hold fewer than five patients.
    SparseCell {
        /// The variable.
        variable: String,
        /// The smallest expected count.
        least_expected: f64,
    },
    /// A level occurs with few events or few non-events, so that its ratio rests on them.
    FewOutcomes {
        /// The term.
        term: String,
        /// The level.
        level: String,
        /// The smaller of patients with and without the outcome.
        least: u64,
    },
    /// An estimate is infinite: the term tells the outcome without exception.
    Separation {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
        /// How far.
        kind: SeparationKind,
        /// Where the ratio goes; absent where that is no ratio, where it may go either way, and where it would take too long
        /// to find out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        toward: Option<Toward>,
    },
    /// The term tells the outcome without exception; its estimate is finite because the likelihood is penalized.
    PenalizedSeparation {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
        /// How far.
        kind: SeparationKind,
    },
    /// The iteration did not converge: its estimates are withheld.
    NotConverged {
        /// The model.
        model: String,
        /// Iterations made.
        iterations: u32,
    },
    /// All event times are one, or follow from the terms without exception: the spread of a law of time would be 0, and its
    /// likelihood has no bound. Its estimates are withheld.
    NoSpread {
        /// The model.
        model: String,
    },
    /// A term is a linear combination of others and was left out.
    Aliased {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
    },
    /// Patients were left out because they were not at risk any more at the landmark.
    LeftOutAtLandmark {
        /// The landmark.
        at: f64,
        /// The endpoint's unit.
        unit: String,
        /// Patients with the event by then.
        events: u64,
        /// Patients with the competing event by then; absent where the endpoint knows none.
        competing: Option<u64>,
        /// Patients whose follow-up had ended by then without either.
        censored: u64,
    },
    /// Patients were left out because they were never under observation: they entered when their follow-up had ended.
    NeverAtRisk {
        /// The endpoint.
        endpoint: String,
        /// Patients.
        n: u64,
    },
    /// Patients whose intervals leave out part of their follow-up: they are not at risk then.
    IntervalGaps {
        /// The endpoint.
        endpoint: String,
        /// Patients.
        n: u64,
    },
    /// Patients have the event more than once.
    RepeatedEvents {
        /// The endpoint.
        endpoint: String,
        /// Patients.
        n: u64,
        /// All events together.
        events: u64,
    },
    /// A term does not vary among patients who are compared with each other, and was left out.
    ConstantWithinStrata {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
    },
    /// A robust variance rests on few clusters and is likely too small.
    FewClusters {
        /// The variable that tells them apart.
        variable: String,
        /// How many there are.
        clusters: u64,
    },
    /// The clusters say nothing of the spread of a ratio: the sum of their squared scores is 0 but for rounding.
    NoRobustVariance {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
    },
    /// All patients of a level belong to one cluster, so that the robust variance tells nothing of it.
    OneCluster {
        /// The term.
        term: String,
        /// The level.
        level: String,
    },
    /// A variable has one level only: nothing to compare.
    SingleLevel {
        /// The variable.
        variable: String,
    },
    /// All values of a variable are missing.
    AllMissing {
        /// The variable.
        variable: String,
    },
    /// A group has a single patient: no spread can be estimated.
    SinglePatient {
        /// The variable.
        variable: String,
        /// The group; absent for all patients together.
        group: String,
    },
    /// Fewer events than ten for each parameter.
    EventsPerParameter {
        /// Events.
        events: u64,
        /// Parameters.
        parameters: u64,
    },
    /// An estimate was asked for after the last follow-up of the group: it is withheld.
    BeyondFollowUp {
        /// The group; absent for all patients together.
        group: Option<String>,
        /// The time.
        at: f64,
        /// Last follow-up.
        last: f64,
    },
    /// A model predicts beyond the last follow-up.
    Extrapolated {
        /// The group; absent for all patients together.
        group: Option<String>,
        /// The time.
        at: f64,
        /// Last follow-up.
        last: f64,
    },
    /// All enter a group late: what is estimated holds for those free of the event at the first entry.
    LateStart {
        /// The group; absent for all patients together.
        group: Option<String>,
        /// The first entry.
        at: f64,
    },
    /// All at risk had the event while others had not entered yet: the curve is 0 from then on.
    CurveEmptied {
        /// The group; absent for all patients together.
        group: Option<String>,
        /// When.
        at: f64,
        /// How many they were.
        n: u64,
    },
    /// Nobody was under observation for a while: what is estimated later takes nothing to have happened then.
    NobodyAtRisk {
        /// The group; absent for all patients together.
        group: Option<String>,
        /// From when.
        from: f64,
        /// Until when.
        until: f64,
    },
    /// Survival or incidence at a time is not tested: everybody or nobody of a group has had the event by then.
    NoDifferenceTest {
        /// Which of two events, where they compete.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
        /// The group.
        group: Option<String>,
        /// The group with which it is compared.
        reference: Option<String>,
        /// The time.
        at: f64,
    },
    /// Survival never falls to the quantile.
    QuantileNotReached {
        /// The group; absent for all patients together.
        group: Option<String>,
        /// The probability.
        probability: f64,
    },
    /// A group has no event.
    NoEvents {
        /// The group; absent for all patients together.
        group: Option<String>,
    },
    /// Everybody has the event, or nobody.
    OneOutcome {
        /// The outcome.
        outcome: String,
        /// The level.
        level: String,
    },
    /// Fewer than ten patients are at risk.
    FewAtRisk {
        /// The group; absent for all patients together.
        group: Option<String>,
        /// The time.
        at: f64,
        /// Patients at risk.
        at_risk: u64,
    },
    /// The prespecified test was replaced.
    TestReplaced {
        /// The variable.
        variable: String,
        /// The test that was used.
        used: String,
        /// Why.
        reason: String,
    },
    /// No covariate met the entry rule of the multivariable model.
    NothingEntered {
        /// The rule as the plan states it.
        rule: String,
    },
    /// Covariates of the multivariable model were chosen by their univariable P values.
    DataDrivenSelection {
        /// The rule as the plan states it.
        rule: String,
    },
    /// Terms were chosen by a rule on the same patients.
    StepwiseSelection {
        /// The rule in words.
        rule: String,
    },
    /// Estimates are shrunken towards no effect: they have no standard errors, intervals or P values.
    PenalizedEstimates {
        /// Whether the penalty also chose which terms have an effect.
        selected: bool,
    },
    /// One limit of a profile-likelihood interval does not exist.
    UnboundedInterval {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
    },
    /// A P value was simulated.
    MonteCarlo {
        /// The variable.
        variable: String,
        /// Tables drawn.
        tables: u64,
        /// Lower limit of P.
        lower: f64,
        /// Upper limit of P.
        upper: f64,
    },
    /// A cell of a table of two by two holds nobody: a ratio is 0, infinite or undefined, and has no limit there.
    EmptyCell {
        /// The variable.
        variable: String,
        /// The stratum; absent for all patients together.
        group: Option<String>,
    },
    /// Bootstrap replicates that gave no estimate were left out.
    ReplicatesLost {
        /// The model.
        model: String,
        /// How many.
        lost: u64,
        /// Of how many.
        of: u64,
    },
    /// Fewer imputed data sets than the fraction of missing information asks for.
    TooFewSets {
        /// Imputed data sets.
        sets: u32,
        /// As many as would do.
        needed: u32,
    },
    /// More than half of the values of an imputed variable are missing.
    MostlyMissing {
        /// The variable.
        variable: String,
        /// Patients without a value.
        n: u64,
        /// Of how many.
        of: u64,
    },
    /// The chains of an imputed variable did not mix.
    ChainsNotMixed {
        /// The variable.
        variable: String,
        /// Gelman and Rubin's ratio.
        r_hat: f64,
    },
    /// The imputation model of a variable was separated, and a few weighted observations were added to it.
    ImputationAugmented {
        /// The variable.
        variable: String,
        /// Fits that were augmented.
        fits: u32,
        /// Of how many.
        of: u32,
    },
    /// An imputed variable takes the values that go with those imputed for another, as both come from one column.
    ImputedTogether {
        /// The variable.
        variable: String,
        /// The other.
        with: String,
    },
    /// A predictor of an imputed variable is determined by others and was left out of its model.
    ImputationCollinear {
        /// The variable.
        variable: String,
        /// The predictor.
        predictor: String,
    },
    /// A row could not be estimated in every imputed data set and is withheld.
    PartlyEstimable {
        /// The term; absent for a row of the whole analysis.
        term: Option<String>,
        /// The level.
        level: Option<String>,
        /// Data sets in which it could.
        sets: u32,
        /// Of how many.
        of: u32,
    },
    /// The conditional maximum-likelihood estimate is infinite: the median unbiased one stands in its place.
    MedianUnbiased {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
    },
    /// Given the other terms only one outcome is possible: there is nothing to estimate.
    Uninformative {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
    },
    /// An exact distribution is too large to be counted, or its numbers have too many digits.
    ExactOutOfReach {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
        /// Values that the statistics may take together; absent where it is the digits.
        states: Option<u64>,
    },
    /// An exact interval was asked for, and the table has too many patients for it: there is none.
    ExactIntervalOutOfReach {
        /// The variable.
        variable: String,
        /// The group.
        group: Option<String>,
        /// Patients of the table.
        n: u64,
        /// Patients up to whom it is made.
        most: u64,
    },
    /// The survival curve falls to its end: there is no plateau that could show a cured share.
    NoPlateau {
        /// The group.
        group: Option<String>,
        /// The last follow-up, an event.
        at: f64,
    },
    /// Follow-up went on for too short a time after the last event to call those who are free of it cured.
    InsufficientFollowUp {
        /// The group.
        group: Option<String>,
        /// Maller and Zhou's αₙ.
        alpha: f64,
        /// The last event.
        at: f64,
        /// The longest follow-up.
        last: f64,
    },
    /// Maller and Zhou's test is not defined where patients come under observation late.
    NoFollowUpTest {
        /// How many did.
        late: u64,
    },
    /// Under the model many of those who are free of the event at the end of follow-up are not cured.
    UncuredRemain {
        /// The group.
        group: Option<String>,
        /// Survival of those who are not cured over that of all.
        ratio: f64,
        /// The longest follow-up.
        last: f64,
    },
    /// The likelihood is largest where nobody is cured.
    NobodyCured {
        /// The group.
        group: Option<String>,
    },
    /// Nobody of a group has the event: the likelihood is largest where everybody is cured.
    EverybodyCured {
        /// The group.
        group: Option<String>,
    },
    /// A likelihood with several maxima: the largest was reached by one search only.
    LocalMaxima {
        /// The model.
        model: String,
        /// Searches that reached it.
        agreed: u32,
        /// Searches made.
        starts: u32,
    },
    /// Anything that has no code of its own.
    Other {
        /// The caveat.
        message: String,
    },
}
