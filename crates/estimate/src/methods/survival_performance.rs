//! How well a Cox model predicts survival until stated times.
//!
//! # Estimand
//! Of the risk 1 − Ŝ(t | x) that a Cox model of all `terms` predicts by a time t: how well it tells those who have
//! the event by t from those who are free of it (AUC), how far it is from what happened (Brier score), and how close
//! it is to the share observed in groups of predicted risk and along a smooth curve (calibration); and over all times
//! the concordance, until a horizon Uno's concordance and the integrated Brier score.
//! # Formula
//! A patient whose outcome at t is known stands also for those like him who were censored before: with G the
//! Kaplan–Meier estimate of not being censored, one with the event at T ≤ t weighs 1/G(T−), one free of it at t
//! weighs 1/G(t), one who was censored until t nothing. Brier score B(t) = (1/n) Σ weight (1{T > t} − Ŝ(t | x))². Its
//! integral until the horizon is divided by the horizon; B is a step function and its integral exact (where rows
//! times steps are more than 2·10⁸, evenly spaced steps are taken with the trapezoidal rule). Without terms Ŝ is the
//! Kaplan–Meier estimate of everybody; the prediction accuracy is 1 less the ratio of B to that without terms.
//! AUC(t): the weighted share of pairs of a patient with the event by t and one free of it at t in which the first
//! has the higher predicted risk, ties counting one half. Concordance: Harrell's, and Uno's until the horizon. Smooth
//! calibration: a Cox model of the time to the event with a restricted cubic spline of ln(−ln(1 − p̂)), p̂ the
//! predicted risk, with three knots where splines have them by default, says which risk p̃ was observed where p̂ was
//! predicted; calibration index, E50, E90, Emax and the curve are made of both as in `logistic_performance`.
//! # Ties and censoring
//! Who has the event at a time is not at risk of being censored at it. Equal risks stay in one group; the groups are
//! cut at quantiles (type 7) of the predicted risk, and the share observed in each is 1 less its Kaplan–Meier
//! estimate at t.
//! # Assumptions
//! Censoring independent of times and terms; an event that competes censors. The figures are apparent: of the
//! patients that the model was made from, for whom a model always looks better than for others; `bootstrap` says by
//! how much.
//! # Variance
//! Infinitesimal jackknife, predictions held: the sum of squared derivatives by the weight of each patient, through G
//! as well. With sampling weights w every sum, G and the Kaplan–Meier estimates are weighted (groups are cut among
//! the patients as they are), and a derivative is by ln w; of clusters the derivatives are summed first. The
//! bootstrap then draws clusters. Intervals are Wald's, cut to 0 and 1; of observed shares as in `kaplan_meier`.
//! # Options
//! The model's options as in `cox`. Endpoints with `entry` are refused. `bootstrap` gives the optimism of
//! concordance, AUC, Brier score and errors of calibration, the limits of these errors, and the calibration slope:
//! the coefficient of the linear predictor in a Cox model of it alone, 1 in the patients themselves. How it does that
//! stands under `logistic_performance`.
//! # References
//! Graf et al. 1999, doi:10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5; Gerds & Schumacher
//! 2006, doi:10.1002/bimj.200610301; Uno et al. 2007, doi:10.1198/016214507000000149; Blanche, Dartigues &
//! Jacqmin-Gadda 2013, doi:10.1002/sim.5958; Uno et al. 2011, doi:10.1002/sim.4154; Kattan & Gerds 2018,
//! doi:10.1186/s41512-018-0029-2 (prediction accuracy); Austin, Harrell & van Klaveren 2020, doi:10.1002/sim.8570
//! (calibration curves).
//! # Worked example
//! Six patients with the event at 1 to 6 and x = 1, 1, 0, 1, 0, 0: by time 3 two of x = 1 and one of x = 0 have had
//! it, and the AUC is (2 · 2.5 + 1)/9 = 6/9. The Brier score without terms is ½ · ½ = 0.25.

mod auc;
mod brier;
mod calibration;
mod censoring;
mod curve;
mod optimism;
mod predicted;
mod rows;

use crate::follow_up::check_times;
use crate::method::{About, Method, one_table, outline};
use crate::methods::cox::multiplied;
use crate::methods::fitted_cox::{self, CoxTerms, options_after_cox};
use crate::methods::kaplan_meier::{ascending, percent};
use crate::methods::logistic_performance::check_replicates;
use study::{Analysis, CountRequest, CountTable, Plan, Problem, Results};

/// How well a Cox model predicts; see the head of this file.
pub struct SurvivalPerformance;

options_after_cox! {
    /// What may be asked.
    pub struct SurvivalPerformanceOptions {
        /// Times by which the event is predicted, in the endpoint's unit.
        pub at: Vec<f64>,
        /// Until when Uno's concordance and the integrated Brier score are taken; the last of `at` where absent.
        pub horizon: Option<f64>,
        /// How many groups of predicted risk are made, 2 to 100.
        #[serde(default = "ten")]
        pub groups: u64,
        /// Bootstrap replicates for the optimism and the errors of calibration, 50 to 100,000; none where absent.
        pub bootstrap: Option<u64>,
    }
}

fn ten() -> u64 {
    10
}

impl SurvivalPerformanceOptions {
    fn model(&self) -> CoxTerms {
        CoxTerms(self.cox())
    }

    fn horizon(&self) -> f64 {
        self.horizon.unwrap_or_else(|| self.at.iter().copied().fold(0.0, f64::max))
    }
}

impl Method for SurvivalPerformance {
    const ABOUT: About = About {
        name: "survival_performance",
        title: "Performance of a Cox model",
        summary: "How well do some variables together predict survival until stated times: discrimination, calibration, \
                  prediction error?",
        documentation: include_str!("survival_performance.rs"),
        references: &[
            "Graf E, Schmoor C, Sauerbrei W, Schumacher M. Assessment and comparison of prognostic classification schemes for survival data. Stat Med 1999;18:2529–2545. doi:10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5",
            "Uno H, Cai T, Tian L, Wei LJ. Evaluating prediction rules for t-year survivors with censored regression models. J Am Stat Assoc 2007;102:527–537. doi:10.1198/016214507000000149",
            "Austin PC, Harrell FE, van Klaveren D. Graphical calibration curves and the integrated calibration index (ICI) for survival models. Stat Med 2020;39:2714–2742. doi:10.1002/sim.8570",
            "Blanche P, Dartigues JF, Jacqmin-Gadda H. Estimating and comparing time-dependent areas under receiver operating characteristic curves for censored event times with competing risks. Stat Med 2013;32:5381–5397. doi:10.1002/sim.5958",
        ],
    };
    type Options = SurvivalPerformanceOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        let refuse =
            |key: &str, message: String, help: &str| Err(analysis.refuse(&[key.into()], message).help(help));
        if options.at.is_empty() {
            let message = "no time is named by which the event is predicted".into();
            return refuse("at", message, "write for example `at = [12, 36, 60]`, in the endpoint's unit");
        }
        check_times(analysis, &options.at, "performance")?;
        if let Some(horizon) = options.horizon
            && !(horizon > 0.0 && horizon.is_finite())
        {
            let message = format!("nothing can be integrated until time {horizon}");
            return refuse("horizon", message, "give a time after 0, in the endpoint's unit");
        }
        if !(2..=100).contains(&options.groups) {
            let message = format!("{} groups of predicted risk are not between 2 and 100", options.groups);
            return refuse("groups", message, "write for example `groups = 10`");
        }
        check_replicates(options.bootstrap, analysis)?;
        if endpoint.entry.is_some() {
            let message = "with delayed entry the chance not to be censored is not known, by which patients are weighted";
            return refuse("endpoint", message.into(), "name an endpoint without `entry`");
        }
        options.model().requests(analysis, plan)
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let options = &SurvivalPerformanceOptions { at: ascending(&options.at), ..options.clone() };
        let model = options.model();
        let resolved = SurvivalPerformanceOptions {
            ties: Some(model.ties(plan)),
            horizon: Some(options.horizon()),
            ..options.clone()
        };
        let mut results = outline::<Self>(&resolved, analysis)?;
        results.methods_text = vec![
            format!(
                "Its predictions were examined with the area under the time-dependent ROC curve and the Brier score, both \
                 weighted by the inverse probability of not being censored (Kaplan–Meier), with {}% confidence intervals \
                 from the infinitesimal jackknife{}.",
                percent(plan.study.confidence_level),
                options.cluster.as_ref().map_or(String::new(), |name| format!(
                    " by {}",
                    plan.variable(name).map_or(name.as_str(), |variable| variable.text()).to_lowercase()
                ))
            ),
            format!(
                "Calibration was examined in {} groups of predicted risk, cut at its quantiles (type 7), against the \
                 Kaplan–Meier estimate of each group.",
                options.groups
            ),
            "Smooth calibration curves are from a Cox model with a restricted cubic spline (three knots) of the \
             complementary log-log of the predicted risk (Austin, Harrell and van Klaveren); the integrated calibration \
             index is the mean distance between observed and predicted risk along them."
                .into(),
        ];
        if let Some(replicates) = options.bootstrap {
            results.methods_text.push(format!(
                "Optimism was estimated with {replicates} bootstrap replicates (Harrell), in each of which the same terms \
                 were fitted anew; the standard errors of the calibration errors are from their spread."
            ));
        }
        let table = one_table(tables)?;
        let counted = multiplied(&model.0, analysis, plan, table)?;
        let Some(fitted) = fitted_cox::fit(&model, analysis, plan, &counted, &mut results)? else {
            return Ok(results);
        };
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        results.notices.extend(model.beside_the_other_event(endpoint));
        rows::write(&fitted, &resolved, plan, analysis.id(), &mut results)?;
        Ok(results)
    }
}
