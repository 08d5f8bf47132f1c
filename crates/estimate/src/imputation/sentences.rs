//! Sentences of the methods paragraph.

use super::{Completed, PooledDf};
use study::{Convention, ImputationMethod, ImputedVariable, Plan, Results};

/// What was imputed, how, and under which assumption.
pub(super) fn methods(
    plan: &Plan,
    completed: &Completed,
    imputed: &[ImputedVariable],
    results: &Results,
) -> Vec<String> {
    let degrees = match PooledDf::of(plan.dialect(Convention::PooledDf)) {
        PooledDf::BarnardRubin => "the degrees of freedom of Barnard and Rubin",
        PooledDf::BarnardRubinOfMeans => {
            "the degrees of freedom of Barnard and Rubin for means and of Rubin for models"
        }
        PooledDf::Rubin => "Rubin’s degrees of freedom",
    };
    let run = &completed.run;
    let named: Vec<String> =
        imputed.iter().map(|one| format!("{} (n = {})", results.label(&one.variable), one.n)).collect();
    let mut methods: Vec<ImputationMethod> = Vec::new();
    for one in &run.chains {
        if !methods.contains(&one.method) {
            methods.push(one.method);
        }
    }
    let models: Vec<String> = methods
        .iter()
        .map(|method| match method {
            ImputationMethod::Pmm => {
                format!("predictive mean matching among {} donors for numbers", run.donors)
            }
            ImputationMethod::Logistic => "logistic regression for two levels".into(),
            ImputationMethod::Ordinal => "proportional odds regression for ordered levels".into(),
            ImputationMethod::Polytomous => "polytomous logistic regression for unordered levels".into(),
        })
        .collect();
    vec![
        format!("Missing values of {} were imputed.", and(&named)),
        format!(
            "Missing values were imputed {} times by chained equations ({} iterations; {}); each variable was predicted \
             from {}.",
            run.sets,
            run.iterations,
            and(&models),
            and(&run.predictors)
        ),
        "An endpoint entered the imputation models by its event and the Nelson–Aalen cumulative hazard; outcomes, \
         endpoints, weights and clusters themselves were not imputed unless listed above."
            .into(),
        format!(
            "Results were pooled over the imputed data sets by Rubin’s rules with {degrees}: ratios on the logarithmic scale, \
             survival on the complementary log–log scale; descriptive figures were averaged. Intervals and P values of \
             figures that differ between the data sets are those of the pooled figures, in the place of those that are named \
             for one data set."
        ),
        "This assumes that values are missing at random given the variables of the imputation models.".into(),
    ]
}

/// `a, b and c`.
fn and(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
