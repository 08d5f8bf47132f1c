//! Sentences of the methods paragraph.

use super::Completed;
use study::{ImputationMethod, ImputedVariable, Results};

/// What was imputed, how, and under which assumption.
pub(super) fn methods(completed: &Completed, imputed: &[ImputedVariable], results: &Results) -> Vec<String> {
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
        "An endpoint entered the imputation models by its event and the Nelson–Aalen cumulative hazard; outcomes and \
         endpoints themselves were not imputed unless listed above."
            .into(),
        "Results were pooled over the imputed data sets by Rubin’s rules with the degrees of freedom of Barnard and Rubin: \
         ratios on the logarithmic scale, survival on the complementary log–log scale; descriptive figures were averaged."
            .into(),
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
