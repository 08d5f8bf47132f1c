//! Baseline table: who the patients are, by group.
//!
//! # Estimand
//! The distribution of each variable in each group and in all patients together, and whether it differs.
//! # Formula
//! Levels: n and share of the patients with a value, with its interval on request. Numbers: mean, standard deviation,
//! quartiles, extremes. One test a variable, chosen by a rule that looks at the kind of variable, the number of
//! groups, what is shown and the expected counts, never at P: levels by Pearson's test without correction where every
//! expected count is at least 5, else by Fisher's; numbers shown as medians by Wilcoxon's rank-sum test, in more than
//! two groups by Kruskal and Wallis'; numbers shown as means by Welch's t-test, in more than two groups by analysis
//! of variance (on request Welch's, which lets the variances differ). The reason stands with the test. Standardized
//! mean difference: |x̄₁ − x̄₂| / √((s₁² + s₂²)/2); of two levels with the shares p and q |p − q| / √((p(1 − p) +
//! q(1 − q))/2), of more the Mahalanobis distance of the shares.
//!
//! With sampling weights w: shares Σ w of those with the level / Σ w, x̄ = Σ w x / Σ w, s² = Σ w (x − x̄)² · Σ w /
//! ((Σ w)² − Σ w²), and standardized differences of these; a quantile is the smallest value up to which at least its
//! share of the weights lies, or the middle between that and the next where just that share does. Groups are then
//! described and not tested. The effective number of patients is (Σ w)² / Σ w².
//! # Ties and censoring
//! Patients without a value of `by`, or without a weight, are in no column, and their number is a notice; patients
//! without a value of a variable are counted as missing, whatever they weigh, and left out of its shares and its test,
//! and of nothing else.
//! # Assumptions
//! Independent patients. Pearson's test asks for expected counts that are not small, the t-tests and the analysis of
//! variance for means that are nearly normal, Student's test and the analysis of variance for equal variances too;
//! Fisher's and the rank tests for none of that. P values of many variables are many chances of a small one, and are
//! adjusted on request.
//! # Variance
//! Of shares only, where an interval is asked for. A standard deviation describes the patients, and is no precision
//! of the mean.
//! # Options
//! What the dialect decides where nothing is asked for: how quartiles are found (type 7 for farr and R, 6 for SPSS, 2
//! for SAS and Stata), the test of levels (SPSS, SAS and Stata: Pearson's, whatever the counts; R: Yates' correction
//! in two by two), that of two means (SPSS, SAS and Stata: Student's), and how the P value of the rank-sum test is
//! found, as under `ranks` of `location`. Fisher's exact P is simulated where counting all tables would take too
//! long, and the table says so.
//!
//! With frequencies as weights a row stands for so many patients; sampling weights are for those of unequal probability
//! to be sampled or treated, and `smd` then tells how far apart they leave the groups.
//! # References
//! Altman & Bland 1996, doi:10.1136/bmj.313.7059.744. Cochran 1954, doi:10.2307/3001616. Campbell 2007,
//! doi:10.1002/sim.2832 (uncorrected chi-squared). Hyndman & Fan 1996, doi:10.1080/00031305.1996.10473566
//! (quantiles). Welch 1951, doi:10.1093/biomet/38.3-4.330 (means of several groups). Austin 2009,
//! doi:10.1002/sim.3697; Yang & Dalton 2012, SAS Global Forum paper 335 (standardized differences). Austin & Stuart 2015,
//! doi:10.1002/sim.6607 (weights). Kish 1965, Survey Sampling, section 11.7 (effective number).
//! # Worked example
//! Ages 1, 2, 3, 4 in one group and 5.5, 6.5, 7.5 in the other: the quartiles of all are 2.5, 4 and 6, and of the 35
//! ways to deal the seven ranks none is further out, so that the exact Wilcoxon test has P = 2/35.

mod categories;
pub(crate) mod choice;
mod columns;
mod counted;
mod numbers;
mod options;
mod sentences;
mod weighted;

pub use options::{
    BaselineOptions, CategoryTest, Each, NumberStatistic, NumberTest, Percent, TestOptions, VariableTest,
};

use crate::method::{About, Method, outline};
use crate::methods::adjust;
use columns::Columns;
use counted::Counted;
use study::{
    Analysis, ColumnRequest, CountRequest, CountTable, Estimate, MissingCount, Notice, Participants, Plan,
    Problem, Quantity, Results, Values,
};

/// The method.
#[derive(Debug, Clone, Copy)]
pub struct Baseline;

impl Method for Baseline {
    const ABOUT: About = About {
        name: "baseline",
        title: "Baseline characteristics",
        summary: "Describes the patients of each group and compares the groups variable by variable.",
        documentation: include_str!("baseline.rs"),
        references: &[
            "Altman & Bland 1996, doi:10.1136/bmj.313.7059.744",
            "Campbell 2007, doi:10.1002/sim.2832",
            "Hyndman & Fan 1996, doi:10.1080/00031305.1996.10473566",
            "Yang & Dalton 2012, SAS Global Forum paper 335",
        ],
    };
    type Options = BaselineOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        options.check(analysis, plan)?;
        let by = options.by.iter().map(|by| ColumnRequest::variable(by, ["by".into()]));
        let weights =
            options.weights.iter().map(|weights| ColumnRequest::variable(weights, ["weights".into()]));
        let variables = options.variables(plan);
        let requests = variables.iter().enumerate().map(|(index, name)| {
            let variable = ColumnRequest::variable(name, ["variables".into(), index.into()]);
            CountRequest { columns: by.clone().chain([variable]).chain(weights.clone()).collect() }
        });
        Ok(requests.collect())
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let names = options.variables(plan);
        let applied = BaselineOptions { variables: Some(names.clone()), ..options.clone() };
        let mut results = outline::<Self>(&applied, analysis)?;
        let counted: Vec<Counted> =
            tables.iter().map(|table| Counted::of(options, analysis, table)).collect::<Result<_, _>>()?;
        let Some(first) = counted.first() else {
            return Err(Problem::internal("a baseline table without a count table"));
        };
        let columns = Columns::new(options, &first.table, analysis)?;
        results.by = options.by.clone();
        results.groups = columns.groups();
        results.participants = Participants {
            eligible: first.eligible,
            analysed: columns.total(),
            missing: columns.missing().into_iter().chain(first.lacking.clone()).collect(),
        };
        for lacking in first.lacking.iter().filter(|lacking| lacking.n > 0) {
            results
                .notices
                .push(Notice::MissingExcluded { variable: lacking.variable.clone(), n: lacking.n });
        }
        if let Some(MissingCount { variable, n }) = columns.missing() {
            results.variables.push(first.table.column(&variable)?.label());
            if n > 0 {
                results.notices.push(Notice::MissingExcluded { variable, n });
            }
        }
        if let Some(by) = &options.by
            && columns.occupied() < 2
        {
            results.notices.push(Notice::SingleLevel { variable: by.clone() });
        }
        let setting = Setting { options, analysis, plan, columns: &columns };
        results.estimates.extend(first.effective(&setting)?);
        let mut coded: Vec<&str> = Vec::new();
        for (name, counted) in names.iter().zip(&counted) {
            let column = counted.table.column(name)?;
            let found = match &column.values {
                Values::Category { levels, codes } => {
                    categories::describe(&setting, counted, column, levels, codes)?
                }
                Values::Number(values) => numbers::describe(&setting, counted, column, values)?,
            };
            let missing = MissingCount { variable: name.clone(), n: found.missing };
            results.participants.missing.push(missing);
            if found.coded {
                coded.push(name);
            }
            results.variables.push(found.label);
            results.estimates.extend(found.estimates);
            results.notices.extend(found.notices);
        }
        if let Some(first) = coded.first() {
            let message = format!(
                "{}: only two values, summed up as numbers; where they are codes of levels, write kind = \
                 \"category\" in [variables.{first}] (on the command line `--categories {}`).",
                coded.join(", "),
                coded.join(",")
            );
            results.notices.push(Notice::Other { message });
        }
        results.estimates.extend(adjusted(options, &results));
        results.methods_text = sentences::methods(&setting, &results);
        Ok(results)
    }
}

/// One row a test, in the order of the tests, where adjustment is asked for.
fn adjusted(options: &BaselineOptions, results: &Results) -> Vec<Estimate> {
    let Some(adjustment) = options.adjust else { return Vec::new() };
    let made: Vec<(&Option<String>, f64)> = results
        .estimates
        .iter()
        .filter(|row| row.quantity == Quantity::Association)
        .filter_map(|row| Some((&row.term, row.test.as_ref()?.p_value?)))
        .collect();
    let p_values: Vec<f64> = made.iter().map(|(_, p)| *p).collect();
    made.iter()
        .zip(adjust::adjusted(&p_values, adjustment))
        .map(|((term, _), p)| Estimate { term: (*term).clone(), ..Estimate::new(Quantity::AdjustedP, p) })
        .collect()
}

/// What every variable is described with.
struct Setting<'a> {
    options: &'a BaselineOptions,
    analysis: &'a Analysis,
    plan: &'a Plan,
    columns: &'a Columns,
}

impl Setting<'_> {
    /// Whether groups are to be compared by tests at all.
    fn compares(&self) -> bool {
        self.options.p_values && !self.options.is_sampled() && self.columns.occupied() > 1
    }
}

/// What was found about one variable.
struct Found {
    label: study::VariableLabel,
    missing: u64,
    /// Whether it is a number of two whole values that nobody called a number: likely a code of levels.
    coded: bool,
    estimates: Vec<study::Estimate>,
    notices: Vec<Notice>,
}

#[cfg(test)]
mod tests;
