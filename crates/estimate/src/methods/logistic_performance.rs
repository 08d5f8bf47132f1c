//! How well a logistic model predicts.
//!
//! # Estimand
//! Of the model with all `terms`: how much of the outcome it explains (R²), how well it tells patients with the event
//! from those without (AUC), how close its risks are to the shares observed (Brier score, calibration), and how much
//! of all that would be lost in other patients of the same kind (optimism).
//! # Formula
//! With ℓ and ℓ₀ the log-likelihoods of the model and of none: R² of Cox and Snell 1 − exp(2(ℓ₀ − ℓ)/n), of
//! Nagelkerke the same over 1 − exp(2ℓ₀/n), of McFadden 1 − ℓ/ℓ₀. AUC: the share of pairs of a patient with and one
//! without the event in which the first has the higher risk, ties counting one half. Brier score: the mean of (y −
//! p̂)², y being 1 with the event and 0 without, p̂ the predicted risk. With η̂ the logit of p̂: calibration slope b
//! of logit P = a + b η̂, intercept a of logit P = a + η̂, 1 and 0 by construction in the patients that a
//! maximum-likelihood model was made from. Hosmer and Lemeshow's Ĉ = Σ (oₖ − eₖ)²/(eₖ(1 − eₖ/nₖ)) over groups of
//! predicted risk with nₖ patients, oₖ events and eₖ expected ones, χ² with two degrees of freedom fewer than groups.
//!
//! Smooth calibration: a logistic model of the outcome with a restricted cubic spline of η̂ with three knots where
//! splines have them by default says which risk p̃ was observed where p̂ was predicted. Over the patients the
//! calibration index (ICI) is the mean of |p̃ − p̂|, E50 and E90 are its median and 90th percentile (type 7), Emax
//! its largest value. The curve is drawn from the 1st to the 99th percentile of the predicted risk.
//!
//! Bootstrap: in each replicate the same terms are fitted anew; the optimism is the mean, over replicates, of the
//! figure of that model on the replicate less its figure on the patients themselves, and is taken off the apparent
//! figure. The standard error of an error of calibration is the standard deviation over the replicates of the figure
//! of the replicate's own model on the replicate; its limits are the figure ± z standard errors within 0 and 1.
//! # Ties and censoring
//! Equal risks are one class for the AUC and are never parted between groups of risk: a patient whose risk equals a
//! cut belongs to the group below it.
//! # Assumptions
//! Independent patients. DeLong's test of nested models, both made from the same patients, is too cautious; the
//! likelihood-ratio test is shown beside it.
//! # Variance
//! DeLong's for the AUC and for differences of AUCs on the same patients: with V the share of pairs that a patient
//! wins, Var AUC = s²/m + s²/n, from the variances s² of V among the m patients with the event and the n without. The
//! interval is AUC ± z × standard error within 0 and 1 or, with `auc_interval = "logit"`, symmetric on the logit
//! scale.
//! # Options
//! Groups are cut at quantiles of type 7 whatever the dialect. Patients lacking the outcome or a term of any list are
//! left out of everything, so that comparisons are paired. `bootstrap` also gives the errors of calibration their
//! limits. `penalty` as in `logistic`.
//! # References
//! Nagelkerke 1991, doi:10.1093/biomet/78.3.691; DeLong, DeLong & Clarke-Pearson 1988, doi:10.2307/2531595; Hosmer &
//! Lemeshow 1980, doi:10.1080/03610928008827941; Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2; Cox
//! 1958, doi:10.1093/biomet/45.3-4.562 (calibration); Harrell, Lee & Mark 1996,
//! doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4; Demler, Pencina & D'Agostino 2012,
//! doi:10.1002/sim.5328 (nested models); Austin & Steyerberg 2019, doi:10.1002/sim.8281 (calibration index).
//! # Worked example
//! Risks 2, 3 and 4 in rank with the event, 1 and 3 without: of six pairs four agree and one ties, AUC 0.75, with
//! DeLong's variance 1/48 + 1/16. Groups of ten with 3, 5 and 6 events where 2, 5 and 8 are expected: Ĉ = 0.625 + 0 +
//! 2.5.

mod calibration;
mod curve;
mod discrimination;
mod optimism;
mod options;
mod rows;

use crate::method::{About, Method, one_table, outline};
use crate::methods::kaplan_meier::percent;
use crate::methods::logistic::complete_cases::CompleteCases;
use crate::methods::logistic::fitted::FittedModel;
use crate::methods::models::requests_of;
pub(super) use discrimination::Discrimination;
pub(super) use optimism::{cox_snell, nagelkerke};
pub(super) use options::check_replicates;
pub use options::{AucInterval, LogisticPerformanceOptions};
use rows::Writer;
use study::{
    Analysis, ColumnRequest, CountRequest, CountTable, Estimate, Group, Plan, Problem, Quantity, Results,
};

/// How well a logistic model predicts; see the head of this file.
pub struct LogisticPerformance;

impl Method for LogisticPerformance {
    const ABOUT: About = About {
        name: "logistic_performance",
        title: "Performance of a logistic model",
        summary: "How well do some variables together predict a binary outcome: discrimination, calibration, optimism?",
        documentation: include_str!("logistic_performance.rs"),
        references: &[
            "Nagelkerke 1991, doi:10.1093/biomet/78.3.691",
            "DeLong, DeLong & Clarke-Pearson 1988, doi:10.2307/2531595",
            "Hosmer & Lemeshow 1980, doi:10.1080/03610928008827941",
            "Austin & Steyerberg 2019, doi:10.1002/sim.8281",
            "Harrell, Lee & Mark 1996, doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4",
        ],
    };
    type Options = LogisticPerformanceOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        options.check(analysis, plan)?;
        let mut columns = vec![ColumnRequest::variable(&options.outcome, ["outcome".into()])];
        columns.extend(requests_of(&options.all_terms()));
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let table = one_table(tables)?;
        let terms = options.all_terms();
        let cases = CompleteCases::read(table, analysis, &options.outcome, options.event.as_deref(), &terms)?;
        let resolved = LogisticPerformanceOptions {
            event: cases.outcome.event.clone().or_else(|| options.event.clone()),
            ..options.clone()
        };
        let mut results = outline::<Self>(&resolved, analysis)?;
        cases.describe(&mut results)?;
        results.methods_text = methods_text(options, plan.study.confidence_level);
        let fit = |terms: &[String]| {
            FittedModel::new(&cases.outcome, &cases.some(terms), &cases.rows, options.penalty)
        };
        let main = match fit(&options.terms) {
            Ok(fitted) => fitted,
            Err(notices) => {
                // A figure that does not exist, so that the report says why.
                results.estimates.push(Estimate::new(Quantity::Auc, f64::NAN));
                results.notices.extend(notices);
                results.groups.push(cases.everybody());
                return Ok(results);
            }
        };
        results.notices.extend(main.design.notices.iter().cloned());
        let mut writer = Writer::new(options, plan, analysis.id(), &mut results, &main);
        writer.apparent();
        writer.inflation(&cases.some(&options.terms));
        writer.calibration();
        writer.curve();
        writer.optimism();
        for (index, terms) in options.compare.iter().enumerate() {
            let group = (index + 2).to_string();
            let label = terms.iter().map(|term| writer.label(term)).collect::<Vec<_>>().join(" + ");
            writer.group(Group { level: Some(group.clone()), label, ..cases.everybody() });
            match fit(terms) {
                Ok(other) => writer.comparison(&group, &other, terms, &cases, table.n()),
                Err(notices) => writer.notes(notices),
            }
        }
        writer.group(cases.everybody());
        Ok(results)
    }
}

fn methods_text(options: &LogisticPerformanceOptions, confidence_level: f64) -> Vec<String> {
    let penalized = options.penalty.map_or("", |_| " with Firth’s penalized likelihood");
    let logit = match options.auc_interval {
        AucInterval::Delong => "",
        AucInterval::Logit => " on the logit scale",
    };
    let mut text = vec![
        format!(
            "A logistic model of all terms together was fitted{penalized}; its area under the ROC curve has DeLong’s \
             standard error and {}% confidence interval{logit}.",
            percent(confidence_level)
        ),
        format!(
            "Calibration was examined in {} groups of predicted risk, cut at its quantiles (type 7), equal risks kept \
             together, and tested by Hosmer and Lemeshow’s statistic.",
            options.groups
        ),
        "The smooth calibration curve is from a logistic model with a restricted cubic spline (three knots) of the linear \
         predictor; the integrated calibration index is the mean distance between observed and predicted risk along it."
            .into(),
    ];
    if !options.compare.is_empty() {
        text.push(
            "Areas under the ROC curve were compared on the same patients by DeLong’s paired test.".into(),
        );
    }
    if let Some(replicates) = options.bootstrap {
        text.push(format!(
            "Optimism was estimated with {replicates} bootstrap replicates (Harrell), in each of which the same terms \
             were fitted anew; the standard errors of the calibration errors are from their spread."
        ));
    }
    text
}
