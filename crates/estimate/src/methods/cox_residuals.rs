//! Residuals of a Cox model: which patients it describes badly, which move its coefficients, and which shape a number
//! should have.
//!
//! # Estimand
//! For each counted row, per patient: martingale residual (events less those expected by the model), deviance
//! residual, share of the score, and the change of each coefficient when the patient is left out. For each event:
//! Schoenfeld residuals.
//! # Formula
//! With δ = 1 for the event and 0 otherwise, E = exp(x′β) Λ the hazard passed through (Λ that of the baseline), x̄
//! the mean of x over the risk set, V̂ the covariance of β and d the number of events: M = δ − E; deviance sign(M)
//! √(2(E − δ − δ ln E)); score U = δ(x − x̄) − exp(x′β) Σ (x − x̄) dΛ; dfbeta U V̂, dfbetas that over √V̂ⱼⱼ,
//! displacement U V̂ U′. Schoenfeld x − x̄ at each event, scaled d V̂ (x − x̄) + β. With sampling weights the change
//! and the displacement are those of the weighted score w U; V̂ is the inverse of the information, whatever the
//! variance that is reported. Under Firth's penalty all of them are taken at its coefficients, where U sums to minus
//! the score of the penalty; the change leaves out that of the penalty.
//! # Ties and censoring
//! As in the Cox model. Under Efron the k-th of d tied events passes through (1 − k/d) of the k-th hazard, and x̄ is
//! the mean over the tied events.
//! # Assumptions
//! dfbeta is the first-order change: for a patient of very great influence it is too small.
//! # Variance
//! Lines through residuals are natural splines with 4 degrees of freedom; their bands are from the residual variance
//! about the line.
//! # Options
//! The model's options as in `cox`. In the table of the most influential, a patient of several rows is left out with
//! all of them, and with `cluster` a whole cluster is.
//! # References
//! Therneau, Grambsch & Fleming 1990, doi:10.1093/biomet/77.1.147 (martingale and deviance residuals, functional
//! form); Schoenfeld 1982, doi:10.1093/biomet/69.1.239; Cain & Lange 1984, doi:10.2307/2531402 (influence).
//! # Worked example
//! Six patients with times 1, 1, 6, 6, 8 and 9, the second and the fifth censored, x = 1 for the first three
//! (Therneau & Grambsch 2000, appendix E). With Breslow's ties r = e^β = (3 + √33)/2: the martingale residual of the
//! first is 1 − r/(3r + 3) = 0.73, that of the fourth 1 − 1/(3r + 3) − 2/(r + 3) = 2/3.

mod columns;
mod influential;
mod kinds;
mod lines;

use crate::method::{About, Method, one_table, outline};
use crate::methods::cox::{CoxOptions, Variance, multiplied};
use crate::methods::fitted_cox::{self, CoxTerms, options_after_cox};
use crate::numerics::distributions::normal_quantile;
use influential::Influence;
use study::{Analysis, CountRequest, CountTable, Plan, Problem, ResidualKind, Results};

/// Residuals of a Cox model; see the head of this file.
pub struct CoxResiduals;

options_after_cox! {
    /// What may be asked.
    pub struct CoxResidualsOptions {
        /// Where the variance comes from; `model` where absent, `robust` with clusters or sampling weights.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub variance: Option<Variance>,
        /// The kinds that results.json holds; figures and table need martingale, deviance and dfbetas.
        #[serde(default = "kinds::all")]
        #[schemars(schema_with = "kinds::schema")]
        pub residuals: Vec<ResidualKind>,
        /// How many rows the table of the most influential holds, up to 1000.
        #[serde(default = "ten")]
        pub influential: usize,
    }
}

fn ten() -> usize {
    10
}

impl CoxResidualsOptions {
    fn model(&self) -> CoxTerms {
        CoxTerms(CoxOptions { variance: self.variance, ..self.cox() })
    }
}

impl Method for CoxResiduals {
    const ABOUT: About = About {
        name: "cox_residuals",
        title: "Residuals of the Cox model",
        summary: "Which patients does a Cox model describe badly, which move its coefficients, and what shape has the \
                  effect of a number?",
        documentation: include_str!("cox_residuals.rs"),
        references: &[
            "Therneau TM, Grambsch PM, Fleming TR. Martingale-based residuals for survival models. Biometrika 1990;77:147–160. doi:10.1093/biomet/77.1.147",
            "Schoenfeld D. Partial residuals for the proportional hazards regression model. Biometrika 1982;69:239–241. doi:10.1093/biomet/69.1.239",
            "Cain KC, Lange NT. Approximate case influence for the proportional hazards regression model with censored data. Biometrics 1984;40:493–499. doi:10.2307/2531402",
        ],
    };
    type Options = CoxResidualsOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        let known = kinds::all();
        for (index, kind) in options.residuals.iter().enumerate() {
            if !known.contains(kind) {
                let place = ["residuals".into(), index.into()];
                let help = "choose of martingale, deviance, score, schoenfeld, scaled_schoenfeld, dfbeta and dfbetas";
                return Err(analysis.refuse(&place, "this is no kind of residual").help(help));
            }
        }
        if options.influential > 1000 {
            let message = "a table of more than 1000 rows is not a table of the most influential";
            return Err(analysis.refuse(&["influential".into()], message).help("ask for fewer"));
        }
        options.model().requests(analysis, plan)
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let model = options.model();
        let resolved = CoxResidualsOptions { ties: Some(model.ties(plan)), ..options.clone() };
        let mut results = outline::<Self>(&resolved, analysis)?;
        results.methods_text.push(
            "The model was examined with martingale, deviance, Schoenfeld and score residuals and with the change of \
             each coefficient when a patient is left out (dfbeta)."
                .into(),
        );
        let table = one_table(tables)?;
        let counted = multiplied(&model.0, analysis, plan, table)?;
        let Some(fitted) = fitted_cox::fit(&model, analysis, plan, &counted, &mut results)? else {
            return Ok(results);
        };
        let z = normal_quantile(0.5 + 0.5 * plan.study.confidence_level);
        let influence = Influence::of(&fitted, &counted.table, options.cluster.as_deref())?;
        columns::write(&fitted, options, z, &influence, &mut results);
        Ok(results)
    }
}
