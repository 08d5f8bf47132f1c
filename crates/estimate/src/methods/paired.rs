//! Two values of each patient: before and after, or by two readers.
//!
//! # Estimand
//! Two levels: the difference of the two risks and the odds ratio of a change. Numbers: the mean difference, and the
//! centre of the differences (Hodges–Lehmann).
//! # Formula
//! Two levels: with b patients who have the event at first only and c at second only, of n: difference of the risks d
//! = (b − c)/n, odds ratio b/c with exact limits (those of the share b/(b + c) by Clopper and Pearson, as odds),
//! McNemar's (b − c)²/(b + c) with one degree of freedom, corrected (|b − c| − 1)²/(b + c), exact twice the smaller
//! tail of the binomial distribution of b among b + c. Limits of d: Tango's, the δ with (b − c − nδ)² = z² n(2p̃ +
//! δ(1 − δ)), p̃ being the most likely share of patients with the event at second only under δ; Wald's, d ± z √(b + c
//! − (b − c)²/n)/n, corrected wider by 1/n on both sides; Newcombe's, from Wilson's limits of both risks and the
//! correlation φ of the two values.
//!
//! Numbers: t = d̄/(s/√n) of the differences with n − 1 degrees of freedom. Signed ranks: V, the sum of the ranks of
//! |d| over positive d, has the expectation Σr/2 and the variance Σr²/4 over all choices of signs: exactly, or z =
//! (|V − Σr/2| − c)/√(Σr²/4) with the correction c = ½ or 0. Centre of the differences: the median of the means of
//! any two of them, each with itself included, with the limits that belong to the signed-rank test.
//! # Ties and censoring
//! Decimal numbers are subtracted as decimals, so that differences that are equal on paper tie. Patients without one
//! of the two values are left out, and their number is a notice.
//! # Assumptions
//! Patients are independent of each other. The t-test asks for differences that are nearly normal, the signed-rank
//! test for differences that are symmetric about their middle.
//! # Variance
//! Of the difference of risks at the limit itself (Tango), else as in the formula; of the mean difference s²/n.
//! # Options
//! The test where none is asked for. Two levels: McNemar's exact test below 25 patients whose values differ, else the
//! one without correction; SPSS: exact up to 25, else corrected; SAS and Stata: without correction; R: corrected.
//! Numbers: the paired t-test, as the interval is that of the mean difference. `test = "wilcoxon"` is for SPSS and
//! Stata normal without correction, for SAS exact up to 20 patients whose difference is not 0, else by the t
//! distribution. `wilcoxon_exact` counts up to 999 patients; beyond, the corrected normal distribution stands in,
//! with a notice.
//! # References
//! McNemar 1947, doi:10.1007/BF02295996. Edwards 1948, doi:10.1007/BF02289261 (correction). Tango 1998,
//! doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B. Newcombe 1998,
//! doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C (method 10). Student 1908,
//! doi:10.2307/2331554. Wilcoxon 1945, doi:10.2307/3001968. Pratt 1959, doi:10.1080/01621459.1959.10501526
//! (differences of 0). Iman 1974, doi:10.1080/03610927408827178 (signed ranks by t). Hodges & Lehmann 1963,
//! doi:10.1214/aoms/1177704172.
//! # Worked example
//! Of 35 patients 8 change one way and 2 the other: risks 13/35 and 7/35, difference 6/35, odds ratio 8/2, and
//! McNemar's exact P is 2(1 + 10 + 45)/2¹⁰ = 112/1024.

pub mod centre;
mod differences;
mod levels;
pub mod mcnemar;
mod numbers;
mod options;
pub mod paired_t;
pub mod rule;
pub mod signed_rank;

pub(crate) use levels::PairedRule;
pub use options::{PairedDifference, PairedOptions, PairedTest};
pub use rule::Zeros;

use crate::method::{About, Method, one_table, outline};
use crate::missing::excluded;
use study::{
    Analysis, ColumnRequest, CountRequest, CountTable, Kind, Notice, Participants, Plan, Problem, Results,
    Values,
};

/// The method.
#[derive(Debug, Clone, Copy)]
pub struct Paired;

impl Method for Paired {
    const ABOUT: About = About {
        name: "paired",
        title: "Paired comparison",
        summary: "Compares two values of the same patients: two levels, or two numbers.",
        documentation: include_str!("paired.rs"),
        references: &[
            "McNemar 1947, doi:10.1007/BF02295996",
            "Tango 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B",
            "Student 1908, doi:10.2307/2331554",
            "Wilcoxon 1945, doi:10.2307/3001968",
            "Hodges & Lehmann 1963, doi:10.1214/aoms/1177704172",
        ],
    };
    type Options = PairedOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        if options.first == options.second {
            let message = format!("`{}` is compared with itself", options.first);
            return Err(analysis.refuse(&["second".into()], message).help("name another variable"));
        }
        let declared = [&options.first, &options.second]
            .map(|name| plan.variable(name).and_then(|variable| variable.kind));
        if declared == [Some(Kind::Number); 2] {
            options.check_numbers(analysis)?;
        }
        let columns = [("first", &options.first), ("second", &options.second)]
            .map(|(key, name)| ColumnRequest::variable(name, [key.into()]));
        Ok(vec![CountRequest { columns: columns.into() }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let all = one_table(tables)?;
        let (table, missing) = all.complete(&[&options.first, &options.second])?;
        let columns = [all.column(&options.first)?, all.column(&options.second)?];
        let levels = columns.map(|column| matches!(column.values, Values::Category { .. }));
        let of_levels = levels[0] || levels[1] || options.test.is_some_and(PairedTest::is_of_levels);
        let setting = Setting { options, analysis, plan };
        let found = if of_levels {
            levels::compare(&setting, all, columns)?
        } else {
            options.check_numbers(analysis)?;
            numbers::compare(&setting, columns, all.n())?
        };
        let mut results = outline::<Self>(&found.applied, analysis)?;
        results.participants = Participants { eligible: all.total(), analysed: table.total(), missing };
        results.variables = columns.map(study::Column::label).into();
        results.notices.extend(excluded(&results.participants.missing));
        results.notices.extend(found.notices);
        results.estimates = found.estimates;
        results.methods_text = found.sentences;
        if table.total() == 0 {
            let message = format!("{}: no patient has both values.", options.first);
            results.notices.push(Notice::Other { message });
        }
        Ok(results)
    }
}

/// What both kinds of comparison are made with.
struct Setting<'a> {
    options: &'a PairedOptions,
    analysis: &'a Analysis,
    plan: &'a Plan,
}

/// What was found.
struct Found {
    applied: PairedOptions,
    estimates: Vec<study::Estimate>,
    notices: Vec<Notice>,
    sentences: Vec<String>,
}

#[cfg(test)]
mod tests;
