//! The list of displays. A new one is one file and one line.

mod auc_comparison_table;
mod baseline_table;
mod calibration_plot;
mod calibration_table;
mod cells;
mod coefficient_path;
mod collinearity_table;
mod concordance_table;
mod correlation_table;
mod cox_influence_table;
mod cross_validation_curve;
mod cured_share_table;
mod design_remarks;
pub mod dialect_table;
mod effect_curve;
mod elastic_net_table;
mod flow_diagram;
mod flow_table;
pub mod follow_up_table;
mod forest_plot;
mod hazard_table;
mod imputation_table;
mod imputation_trace;
mod incidence_table;
mod infinite_ratio;
mod influence_plot;
mod influence_table;
mod joint_tests_table;
mod law_table;
mod location_table;
mod log_rank_pairs_table;
mod log_rank_table;
mod model_rows;
mod paired_table;
mod panels;
pub mod patient_timeline;
mod performance_table;
mod predicted_curve;
mod predicted_table;
mod prediction_error_curve;
mod prediction_table;
mod proportional_hazards_table;
mod regression_table;
pub mod replay_table;
mod residual_plots;
mod restricted_mean_table;
mod roc_curve;
mod selection_frequency_table;
mod selection_steps_table;
mod square_plot;
mod sufficient_follow_up_table;
mod survival_curve;
mod survival_performance_table;
mod survival_table;
pub mod swimmer_plot;
mod trend_table;
mod two_by_two_table;
mod whole_model;
mod within;

use crate::display::{Content, Display, numbers_itself};
use crate::style::{Rounding, Style, rounded};
use crate::wording;
use study::{Convention, Results, StudyResults};

/// How one display is made from the results of an analysis.
struct Entry {
    /// The methods whose results it shows.
    methods: &'static [&'static str],
    /// Added to the analysis' id; empty for the method's first display.
    suffix: &'static str,
    /// Added to the analysis' title.
    subtitle: &'static str,
    /// Makes it; `None` where the results hold nothing to show.
    make: fn(&Results, &Style, &str) -> Option<Content>,
}

/// Methods whose results are ratios by term.
const RATIO_MODELS: &[&str] =
    &["logistic", "exact_logistic", "stepwise", "cox", "fine_gray", "parametric_survival"];

/// Methods that name a law of time.
const LAWS: &[&str] = &["parametric_survival", "mixture_cure"];

/// The mixture cure model.
const CURE: &[&str] = &["mixture_cure"];

/// Methods whose curves are of a hazard.
const HAZARDS: &[&str] = &["cumulative_hazard", "smooth_hazard"];

/// Those of how well a model predicts.
const PERFORMANCE: &[&str] = &["logistic_performance"];

/// The same of survival.
const SURVIVAL_PERFORMANCE: &[&str] = &["survival_performance"];

/// Every display of an analysis, in the order of the report.
const ENTRIES: &[Entry] = &[
    Entry { methods: &["baseline"], suffix: "", subtitle: "", make: baseline_table::make },
    Entry { methods: &["two_by_two"], suffix: "", subtitle: "", make: two_by_two_table::make },
    Entry { methods: &["location"], suffix: "", subtitle: "", make: location_table::make },
    Entry { methods: &["trend"], suffix: "", subtitle: "", make: trend_table::make },
    Entry { methods: &["correlation"], suffix: "", subtitle: "", make: correlation_table::make },
    Entry { methods: &["paired"], suffix: "", subtitle: "", make: paired_table::make },
    Entry { methods: RATIO_MODELS, suffix: "", subtitle: "", make: regression_table::make },
    Entry { methods: RATIO_MODELS, suffix: "-forest", subtitle: "forest plot", make: forest_plot::make },
    Entry {
        methods: RATIO_MODELS,
        suffix: "-joint-tests",
        subtitle: "tests of several terms together",
        make: joint_tests_table::make,
    },
    Entry {
        methods: RATIO_MODELS,
        suffix: "-curves",
        subtitle: "effects of numbers",
        make: effect_curve::make,
    },
    Entry {
        methods: RATIO_MODELS,
        suffix: "-collinearity",
        subtitle: "collinearity",
        make: collinearity_table::where_large,
    },
    Entry {
        methods: &["fine_gray"],
        suffix: "-proportionality",
        subtitle: "change with time",
        make: proportional_hazards_table::subdistribution,
    },
    Entry { methods: PERFORMANCE, suffix: "", subtitle: "", make: performance_table::make },
    Entry {
        methods: PERFORMANCE,
        suffix: "-collinearity",
        subtitle: "collinearity",
        make: collinearity_table::make,
    },
    Entry {
        methods: PERFORMANCE,
        suffix: "-comparison",
        subtitle: "comparison of models",
        make: auc_comparison_table::make,
    },
    Entry { methods: PERFORMANCE, suffix: "-roc", subtitle: "ROC curve", make: roc_curve::make },
    Entry {
        methods: PERFORMANCE,
        suffix: "-calibration",
        subtitle: "calibration",
        make: calibration_plot::make,
    },
    Entry {
        methods: PERFORMANCE,
        suffix: "-risk-groups",
        subtitle: "groups of predicted risk",
        make: calibration_table::make,
    },
    Entry { methods: &["logistic_influence"], suffix: "", subtitle: "", make: influence_table::make },
    Entry {
        methods: &["logistic_influence"],
        suffix: "-distances",
        subtitle: "Cook’s distance",
        make: influence_plot::make,
    },
    Entry { methods: CURE, suffix: "", subtitle: "", make: cured_share_table::make },
    Entry {
        methods: CURE,
        suffix: "-follow-up",
        subtitle: "sufficient follow-up",
        make: sufficient_follow_up_table::make,
    },
    Entry { methods: CURE, suffix: "-cured", subtitle: "odds of being cured", make: regression_table::cured },
    Entry {
        methods: CURE,
        suffix: "-times",
        subtitle: "time of those not cured",
        make: regression_table::times,
    },
    Entry {
        methods: CURE,
        suffix: "-joint-tests",
        subtitle: "tests of several terms together",
        make: joint_tests_table::make,
    },
    Entry { methods: LAWS, suffix: "-hazards", subtitle: "hazard ratios", make: regression_table::hazards },
    Entry { methods: LAWS, suffix: "-laws", subtitle: "laws of time", make: law_table::make },
    Entry { methods: LAWS, suffix: "-predictions", subtitle: "predictions", make: prediction_table::make },
    Entry { methods: LAWS, suffix: "-curve", subtitle: "fitted curve", make: survival_curve::make },
    Entry {
        methods: &["stepwise"],
        suffix: "-steps",
        subtitle: "steps of the selection",
        make: selection_steps_table::make,
    },
    Entry {
        methods: &["stepwise"],
        suffix: "-stability",
        subtitle: "stability of the selection",
        make: selection_frequency_table::make,
    },
    Entry { methods: &["elastic_net"], suffix: "", subtitle: "", make: elastic_net_table::make },
    Entry {
        methods: &["elastic_net"],
        suffix: "-cross-validation",
        subtitle: "cross-validation",
        make: cross_validation_curve::make,
    },
    Entry {
        methods: &["elastic_net"],
        suffix: "-path",
        subtitle: "coefficients over the penalty",
        make: coefficient_path::make,
    },
    Entry { methods: &["kaplan_meier"], suffix: "", subtitle: "", make: survival_curve::make },
    Entry {
        methods: &["kaplan_meier"],
        suffix: "-estimates",
        subtitle: "estimates",
        make: survival_table::make,
    },
    Entry { methods: HAZARDS, suffix: "", subtitle: "", make: survival_curve::make },
    Entry {
        methods: &["cumulative_hazard"],
        suffix: "-estimates",
        subtitle: "estimates",
        make: hazard_table::cumulative,
    },
    Entry {
        methods: &["smooth_hazard"],
        suffix: "-estimates",
        subtitle: "estimates",
        make: hazard_table::smooth,
    },
    Entry { methods: &["restricted_mean"], suffix: "", subtitle: "", make: restricted_mean_table::make },
    Entry { methods: &["cumulative_incidence"], suffix: "", subtitle: "", make: survival_curve::incidence },
    Entry {
        methods: &["cumulative_incidence"],
        suffix: "-competing",
        subtitle: "competing event",
        make: survival_curve::competing_incidence,
    },
    Entry {
        methods: &["cumulative_incidence"],
        suffix: "-estimates",
        subtitle: "estimates",
        make: incidence_table::make,
    },
    Entry { methods: &["log_rank"], suffix: "", subtitle: "", make: log_rank_table::make },
    Entry {
        methods: &["log_rank"],
        suffix: "-pairs",
        subtitle: "pairs of groups",
        make: log_rank_pairs_table::make,
    },
    Entry {
        methods: &["proportional_hazards"],
        suffix: "",
        subtitle: "",
        make: proportional_hazards_table::make,
    },
    Entry {
        methods: &["proportional_hazards"],
        suffix: "-schoenfeld",
        subtitle: "hazard ratios over time",
        make: residual_plots::schoenfeld,
    },
    Entry {
        methods: &["cox_residuals"],
        suffix: "",
        subtitle: "most influential",
        make: cox_influence_table::make,
    },
    Entry {
        methods: &["cox_residuals"],
        suffix: "-form",
        subtitle: "functional form",
        make: residual_plots::functional_form,
    },
    Entry {
        methods: &["cox_residuals"],
        suffix: "-deviance",
        subtitle: "deviance",
        make: residual_plots::deviance,
    },
    Entry {
        methods: &["cox_residuals"],
        suffix: "-influence",
        subtitle: "influence",
        make: residual_plots::dfbetas,
    },
    Entry { methods: &["concordance"], suffix: "", subtitle: "", make: concordance_table::make },
    Entry { methods: &["predicted_survival"], suffix: "", subtitle: "", make: predicted_curve::profiles },
    Entry {
        methods: &["predicted_survival"],
        suffix: "-adjusted",
        subtitle: "adjusted",
        make: predicted_curve::adjusted,
    },
    Entry {
        methods: &["predicted_survival"],
        suffix: "-estimates",
        subtitle: "estimates",
        make: predicted_table::make,
    },
    Entry { methods: &["predicted_incidence"], suffix: "", subtitle: "", make: predicted_curve::incidence },
    Entry {
        methods: &["predicted_incidence"],
        suffix: "-estimates",
        subtitle: "estimates",
        make: predicted_table::incidence,
    },
    Entry { methods: SURVIVAL_PERFORMANCE, suffix: "", subtitle: "", make: survival_performance_table::make },
    Entry {
        methods: SURVIVAL_PERFORMANCE,
        suffix: "-calibration",
        subtitle: "calibration",
        make: calibration_plot::by_times,
    },
    Entry {
        methods: SURVIVAL_PERFORMANCE,
        suffix: "-risk-groups",
        subtitle: "groups of predicted risk",
        make: calibration_table::by_times,
    },
    Entry {
        methods: SURVIVAL_PERFORMANCE,
        suffix: "-error",
        subtitle: "prediction error",
        make: prediction_error_curve::make,
    },
];

/// Every display of a study: the flow of its participants, then each analysis in the order of the plan.
pub fn displays(study: &StudyResults) -> Vec<Display> {
    rounded(Rounding::of(study.convention(Convention::Rounding)), || all(study))
}

fn all(study: &StudyResults) -> Vec<Display> {
    let style = Style::of(study);
    let mut displays: Vec<Display> = Vec::new();
    if study.flow.assessed > 0 {
        displays.push(flow_diagram::display(study));
        displays.push(flow_table::display(study));
    }
    displays.extend(study.analyses.iter().flat_map(|results| of_analysis(results, &style)));
    displays.extend(imputation_table::displays(study));
    displays.extend(imputation_trace::displays(study));
    displays.extend(study.replay.as_ref().map(replay_table::display));
    displays.extend(study.dialects.as_ref().map(|comparison| dialect_table::display(study, comparison)));
    number(&mut displays);
    displays
}

/// The displays of one analysis alone, numbered from 1.
pub fn displays_of(results: &Results, style: &Style) -> Vec<Display> {
    let mut displays = of_analysis(results, style);
    number(&mut displays);
    displays
}

/// Whether a display shows how missing values were imputed.
pub fn is_imputation(display: &Display) -> bool {
    display.analysis.is_none() && display.id.starts_with(imputation_table::ID)
}

fn of_analysis(results: &Results, style: &Style) -> Vec<Display> {
    let known = ENTRIES.iter().filter(|entry| entry.methods.contains(&results.method.as_str()));
    known
        .filter_map(|entry| {
            let id = format!("{}{}", results.analysis, entry.suffix);
            let mut content = (entry.make)(results, style, &id)?;
            if let (Content::Figure(figure), Some(words)) = (&mut content, wording::pooled(results)) {
                figure.caption = format!("{} {words}", figure.caption);
            }
            let title = match entry.subtitle {
                "" => results.title.clone(),
                subtitle => format!("{}: {subtitle}", results.title),
            };
            Some(Display {
                id,
                analysis: Some(results.analysis.clone()),
                number: String::new(),
                title,
                content,
            })
        })
        .collect()
}

/// Numbers tables and figures separately. The flow table repeats its diagram and has no number.
fn number(displays: &mut [Display]) {
    let (mut tables, mut figures) = (0, 0);
    for display in displays {
        if numbers_itself(&display.title)
            || [flow_table::ID, replay_table::ID, dialect_table::ID].contains(&display.id.as_str())
        {
            continue;
        }
        display.number = match display.content {
            Content::Table(_) => {
                tables += 1;
                format!("Table {tables}")
            }
            Content::Figure(_) => {
                figures += 1;
                format!("Figure {figures}")
            }
        };
    }
}
