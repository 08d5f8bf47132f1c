//! Delayed entry: which methods allow for it.

use estimate::methods::find;
use study::{ColumnSource, Plan, SourceText};

/// A plan with an endpoint of delayed entry and one analysis of a method.
fn plan(method: &str, options: &str) -> Plan {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"t\"\n[endpoints.os]\ntime = \"months\"\nentry = \"seen\"\n\
         event = \"died\"\ncompeting = \"other\"\n[[analyses]]\nid = \"a\"\nmethod = \"{method}\"\n\
         endpoint = \"os\"\n{options}\n"
    );
    Plan::parse(SourceText::new("study.toml", text)).unwrap()
}

/// A method either has the entries counted or says that it cannot use them.
#[test]
fn no_method_ignores_when_observation_began() {
    let methods = [
        ("kaplan_meier", ""),
        ("log_rank", "by = \"x\""),
        ("restricted_mean", "by = \"x\"\nhorizon = 12"),
        ("cumulative_hazard", ""),
        ("smooth_hazard", ""),
        ("cumulative_incidence", ""),
        ("cox", "terms = [\"x\"]"),
        ("fine_gray", "terms = [\"x\"]"),
        ("proportional_hazards", "terms = [\"x\"]"),
        ("cox_residuals", "terms = [\"x\"]"),
        ("predicted_survival", "terms = [\"x\"]"),
        ("concordance", "score = \"x\""),
        ("parametric_survival", "terms = [\"x\"]"),
        ("mixture_cure", "cured_terms = [\"x\"]"),
    ];
    for (name, options) in methods {
        let plan = plan(name, options);
        let analysis = &plan.analyses[0];
        match (find(analysis).unwrap().requests)(analysis, &plan) {
            Ok(requests) => {
                let entry = ColumnSource::Entry("os".into());
                let asks = |request: &study::CountRequest| request.columns.iter().any(|c| c.source == entry);
                assert!(requests.iter().all(asks), "{name}");
            }
            Err(problem) => {
                assert!(problem.message.contains("cannot use delayed entry"), "{name}: {problem}");
                assert!(problem.place.is_some() && problem.help.is_some(), "{name}: {problem}");
            }
        }
    }
}
