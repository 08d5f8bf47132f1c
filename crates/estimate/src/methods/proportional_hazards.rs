//! Test of proportional hazards: does a coefficient of a Cox model change with time?
//!
//! # Estimand
//! θ in β(t) = β + θ (g(t) − ḡ): whether the log hazard ratio of a term, or of any term, follows a function of time.
//! # Formula
//! The score test of θ = 0, made with β at its estimate. With x − x̄ the Schoenfeld residual of an event and V the
//! variance of x over its risk set, U = Σ (g − ḡ)(x − x̄), and the information of (β, θ) has the blocks Σ V, Σ (g −
//! ḡ) V and Σ (g − ḡ)² V; the statistic (0, U)′ I⁻¹ (0, U) has as many degrees of freedom as the term has columns. ḡ
//! is the mean of g over the events. This is the exact score test, not Grambsch and Therneau's approximation of it,
//! which takes V as constant in time. Under Firth's penalty the score of β is not 0 at its estimate, and from the
//! statistic of (U_β, U) that of U_β alone is taken away: Neyman's C(α), the score test at an estimate that is not
//! the maximum.
//! # Ties and censoring
//! As in the Cox model: under Efron x̄ and V are means over the tied events. g of `km` is 1 − S(t−), with S the
//! Kaplan–Meier curve of everybody analysed, whatever the stratum or weight; of `rank` the mean rank of the time
//! among all times.
//! # Assumptions
//! Those of the Cox model but for the one tested. A test finds a change that g resembles; a change of another shape
//! shows in the figure. With many patients unimportant changes are significant, with few important ones are not.
//! # Variance
//! The figure shows the scaled Schoenfeld residuals d V̂ (x − x̄) + β, whose mean at t is β(t), with V̂ the
//! covariance of β and d the number of events; the line is a natural spline with `smooth` degrees of freedom, its
//! band ± z √(d V̂ⱼⱼ b′(B′B)⁻¹b), b being the spline's columns at t and B those at all events. V̂ is the inverse of
//! the information, also where the reported variance is robust: the score test has no robust form here.
//! # Options
//! The model's options as in `cox`. `log` needs times above 0.
//! # References
//! Grambsch & Therneau 1994, doi:10.1093/biomet/81.3.515; Schoenfeld 1982, doi:10.1093/biomet/69.1.239; Therneau &
//! Grambsch 2000, Modeling Survival Data, chapter 6; Moran 1970, doi:10.1093/biomet/57.1.47 (C(α) tests).
//! # Worked example
//! The veteran data of R's package survival, with treatment, cell type, Karnofsky score, months from diagnosis, age
//! and prior therapy (Efron, `km`): χ² = 34.55 with 8 degrees of freedom for all terms.

mod residuals;
mod test;
mod transform;

pub use transform::Transform;

use crate::method::{About, Method, one_table, outline};
use crate::methods::cox::{CoxOptions, Variance, multiplied};
use crate::methods::fitted_cox::{self, CoxTerms, options_after_cox};
use crate::methods::kaplan_meier::percent;
use crate::numerics::distributions::normal_quantile;
use study::{Analysis, CountRequest, CountTable, Plan, Problem, Results};

/// Test of proportional hazards; see the head of this file.
pub struct ProportionalHazards;

options_after_cox! {
    /// What may be asked.
    pub struct ProportionalHazardsOptions {
        /// Where the variance comes from; `model` where absent, `robust` with clusters or sampling weights.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub variance: Option<Variance>,
        /// The function of time with which a coefficient may change.
        #[serde(default)]
        pub transform: Transform,
        /// Degrees of freedom of the smooth line, 3 to 10.
        #[serde(default = "four")]
        pub smooth: usize,
    }
}

fn four() -> usize {
    4
}

impl ProportionalHazardsOptions {
    fn model(&self) -> CoxTerms {
        CoxTerms(CoxOptions { variance: self.variance, ..self.cox() })
    }
}

impl Method for ProportionalHazards {
    const ABOUT: About = About {
        name: "proportional_hazards",
        title: "Test of proportional hazards",
        summary: "Do the hazard ratios of a Cox model stay the same over time?",
        documentation: include_str!("proportional_hazards.rs"),
        references: &[
            "Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted residuals. Biometrika 1994;81:515–526. doi:10.1093/biomet/81.3.515",
            "Schoenfeld D. Partial residuals for the proportional hazards regression model. Biometrika 1982;69:239–241. doi:10.1093/biomet/69.1.239",
        ],
    };
    type Options = ProportionalHazardsOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        if !(3..=10).contains(&options.smooth) {
            let message = format!("a smooth line cannot have {} degrees of freedom here", options.smooth);
            return Err(analysis.refuse(&["smooth".into()], message).help("give a number from 3 to 10"));
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
        let resolved = ProportionalHazardsOptions { ties: Some(model.ties(plan)), ..options.clone() };
        let mut results = outline::<Self>(&resolved, analysis)?;
        results.methods_text.push(
            format!(
                "Proportional hazards were examined with the score test of each coefficient’s change with {} (Grambsch and \
                 Therneau) and with smoothed scaled Schoenfeld residuals ({}% confidence bands).",
                options.transform.text(),
                percent(plan.study.confidence_level)
            ),
        );
        let table = one_table(tables)?;
        let counted = multiplied(&model.0, analysis, plan, table)?;
        let Some(fitted) = fitted_cox::fit(&model, analysis, plan, &counted, &mut results)? else {
            return Ok(results);
        };
        let g = options.transform.of_times(&fitted).map_err(|problem| {
            problem.at(analysis.place(&["transform".into()])).help("choose `km`, `rank` or `identity`")
        })?;
        let courses = test::write(&fitted, &g, &mut results);
        let z = normal_quantile(0.5 + 0.5 * plan.study.confidence_level);
        residuals::write(&fitted, &courses, &g, options.smooth, z, &mut results);
        Ok(results)
    }
}
