//! The mixture cure model against figures of 30 digits, through the whole method: counts in, rows out.

mod modelling;
mod oracle;

use modelling::{columns, endpoint, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, Estimate, IntervalMethod, Model, Notice, Quantity, Results, TestName};

const Z: f64 = 1.959_963_984_540_054;

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn estimate(options: &str, columns: &[Column]) -> Results {
    let n = vec![1; columns[0].values.len()];
    try_run("farr", "mixture_cure", options, columns, &n).unwrap()
}

fn row<'a>(
    results: &'a Results,
    quantity: Quantity,
    term: Option<&str>,
    level: Option<&str>,
) -> &'a Estimate {
    let same = |row: &&Estimate| {
        row.quantity == quantity
            && row.group.is_none()
            && row.term.as_deref() == term
            && row.level.as_deref() == level
    };
    results.estimates.iter().find(same).unwrap_or_else(|| panic!("no {quantity:?} of {term:?} {level:?}"))
}

fn limits(comparison: &mut Comparison, what: &str, row: &Estimate, theirs: [f64; 2]) {
    let interval = row.interval.unwrap();
    comparison.figure(&format!("{what} lower"), interval.lower.unwrap(), theirs[0]);
    comparison.figure(&format!("{what} upper"), interval.upper.unwrap(), theirs[1]);
}

fn compare_ratio(
    comparison: &mut Comparison,
    results: &Results,
    (quantity, model): (Quantity, Model),
    own: &Value,
    theirs: &Value,
) {
    let (term, level) = (own["term"].as_str(), own["level"].as_str());
    let ours = row(results, quantity, term, level);
    assert_eq!(ours.model, Some(model));
    let (beta, error) = (figure(&theirs["beta"]), figure(&theirs["std_error"]));
    let what = |name: &str| format!("{quantity:?} {term:?} {level:?} {name}");
    comparison.figure(&what("ratio"), ours.value.unwrap(), beta.exp());
    comparison.figure(&what("standard error"), ours.std_error.unwrap(), error);
    limits(comparison, &what("limits"), ours, [-Z, Z].map(|z| (beta + z * error).exp()));
}

fn logit_limits([value, error]: [f64; 2]) -> [f64; 2] {
    let (logit, half) = ((value / (1.0 - value)).ln(), Z * error / (value * (1.0 - value)));
    [-1.0, 1.0].map(|sign| 1.0 / (1.0 + (-logit - sign * half).exp()))
}

fn pair(value: &Value) -> [f64; 2] {
    [figure(&value[0]), figure(&value[1])]
}

fn compare_shares(
    comparison: &mut Comparison,
    results: &Results,
    case: &Value,
    first: (Option<&str>, Option<&str>),
) {
    for (what, ours, theirs) in [
        ("share", row(results, Quantity::CuredShare, None, None), pair(&case["share"])),
        ("first share", row(results, Quantity::CuredShare, first.0, first.1), pair(&case["first_share"])),
    ] {
        comparison.figure(what, ours.value.unwrap(), theirs[0]);
        comparison.figure(&format!("{what} error"), ours.std_error.unwrap(), theirs[1]);
        limits(comparison, what, ours, logit_limits(theirs));
    }
    let median = row(results, Quantity::UncuredQuantile, first.0, first.1);
    let [value, error] = pair(&case["first_median"]);
    comparison.figure("median", median.value.unwrap(), value);
    comparison.figure("median error", median.std_error.unwrap(), error);
    let survival = row(results, Quantity::PredictedSurvival, first.0, first.1);
    let [value, error] = pair(&case["first_survival"]);
    comparison.figure("survival", survival.value.unwrap(), value);
    comparison.figure("survival error", survival.std_error.unwrap(), error);
    let half = Z * error / (value * -value.ln());
    limits(comparison, "survival", survival, [half, -half].map(|by| value.powf(by.exp())));
}

fn compare_whole(comparison: &mut Comparison, results: &Results, case: &Value) {
    let law = case["law"].as_str();
    for (quantity, name) in
        [(Quantity::LogLikelihood, "log_likelihood"), (Quantity::Aic, "aic"), (Quantity::Bic, "bic")]
    {
        comparison.figure(name, row(results, quantity, None, law).value.unwrap(), figure(&case[name]));
    }
    let mut parameter = |quantity, theirs: &Value| {
        let ours = row(results, quantity, None, None);
        comparison.figure(&format!("{quantity:?}"), ours.value.unwrap(), figure(&theirs[0]));
        comparison.figure(&format!("{quantity:?} error"), ours.std_error.unwrap(), figure(&theirs[1]));
    };
    parameter(Quantity::Intercept, &case["intercept"]);
    if law != Some("exponential") {
        parameter(Quantity::Scale, &case["scale"]);
    }
    if let Some(test) = case.get("presence") {
        let ours = row(results, Quantity::CuredShare, None, None).test.as_ref().unwrap();
        assert_eq!(ours.name, TestName::BoundaryLikelihoodRatio);
        comparison.figure("presence", ours.statistic.unwrap(), figure(&test[0]));
        comparison.figure("presence P", ours.p_value.unwrap(), figure(&test[1]));
    }
}

fn compare_follow_up(comparison: &mut Comparison, results: &Results, case: &Value) {
    let end = &case["end"];
    let value = |quantity| row(results, quantity, None, None).value.unwrap();
    comparison.figure("longest", value(Quantity::LongestFollowUp), figure(&end["longest"]));
    comparison.figure("last event", value(Quantity::LastEvent), figure(&end["last_event"]));
    comparison.figure("plateau", value(Quantity::Survival), figure(&end["plateau"]));
    comparison.figure("uncured ratio", value(Quantity::UncuredRatio), figure(&case["uncured_ratio"]));
    let ours = row(results, Quantity::SufficientFollowUp, None, None);
    assert_eq!((ours.n, ours.of), (end["n"].as_u64(), end["of"].as_u64()));
    match end["alpha"].as_f64() {
        Some(alpha) => comparison.figure("alpha", ours.test.as_ref().unwrap().p_value.unwrap(), alpha),
        // Where patients enter late there is none.
        None => assert_eq!(ours.test, None),
    }
}

fn list<'a>(case: &'a Value, name: &str) -> Vec<&'a str> {
    case[name].as_array().unwrap().iter().map(|term| term.as_str().unwrap()).collect()
}

/// The law of all patients, nobody cured.
fn compare_alone(case: &Value, name: &str, source: &str, columns: &[Column]) {
    let Some(alone) = case.get("alone") else { return };
    let (terms, law) = (list(case, "terms"), case["law"].as_str());
    let options = format!("endpoint = \"os\"\nterms = {terms:?}\ndistribution = {}", case["law"]);
    let n = vec![1; columns[0].values.len()];
    let ours = try_run("farr", "parametric_survival", &options, columns, &n).unwrap();
    let mut comparison = Comparison::new("parametric survival", name, source);
    let value = row(&ours, Quantity::LogLikelihood, None, law).value.unwrap();
    comparison.figure("log-likelihood", value, figure(&alone["log_likelihood"]));
    for own in alone["ratios"].as_array().unwrap() {
        for (quantity, theirs) in [(Quantity::TimeRatio, own), (Quantity::HazardRatio, &own["hazard"])] {
            if !theirs.is_null() {
                compare_ratio(&mut comparison, &ours, (quantity, Model::Multivariable), own, theirs);
            }
        }
    }
    comparison.finish();
}

#[test]
fn every_law_agrees_with_figures_of_thirty_digits() {
    let figures = load("mixture_cure");
    let source = format!("mpmath {}, 30 digits", figures["versions"]["mpmath"].as_str().unwrap());
    for case in figures["cases"].as_array().unwrap() {
        let columns = columns(&case["data"], &[("event", "os.event")]);
        let (terms, cured_terms) = (list(case, "terms"), list(case, "cured_terms"));
        let first = case["first"].as_object().unwrap();
        let values: Vec<String> = first.iter().map(|(term, value)| format!("{term} = {value}")).collect();
        let (profiles, of) = match values.as_slice() {
            [] => (String::new(), (Some("profile"), Some("All patients"))),
            _ => {
                let profile = format!("profiles = [{{ label = \"first\", {} }}]", values.join(", "));
                (profile, (Some("profile"), Some("first")))
            }
        };
        let options = format!(
            "endpoint = \"os\"\nterms = {terms:?}\ncured_terms = {cured_terms:?}\ndistribution = {law}\nat = [{at}]\n{profiles}",
            law = case["law"],
            at = case["at"],
        );
        let name = format!("{} ({})", case["name"].as_str().unwrap(), case["law"].as_str().unwrap());
        let mut comparison = Comparison::new("mixture cure", &name, &source);
        let ours = estimate(&options, &columns);
        for own in case["odds"].as_array().unwrap() {
            compare_ratio(&mut comparison, &ours, (Quantity::OddsRatio, Model::Incidence), own, own);
        }
        for own in case["ratios"].as_array().unwrap() {
            let of_time = |quantity| (quantity, Model::Latency);
            compare_ratio(&mut comparison, &ours, of_time(Quantity::TimeRatio), own, own);
            if !own["hazard"].is_null() {
                compare_ratio(&mut comparison, &ours, of_time(Quantity::HazardRatio), own, &own["hazard"]);
            }
        }
        compare_shares(&mut comparison, &ours, case, of);
        compare_whole(&mut comparison, &ours, case);
        compare_follow_up(&mut comparison, &ours, case);
        comparison.finish();
        compare_alone(case, &name, &source, &columns);
    }
}

#[test]
fn profile_limits_agree_with_figures_of_thirty_digits() {
    let (data, profiles) = (load("mixture_cure"), load("mixture_cure_profile"));
    let source = format!("mpmath {}, 30 digits, profile", profiles["versions"]["mpmath"].as_str().unwrap());
    for case in profiles["cases"].as_array().unwrap() {
        let same = |other: &&Value| ["name", "law"].iter().all(|key| other[key] == case[key]);
        let data = data["cases"].as_array().unwrap().iter().find(same).unwrap();
        let options = format!(
            "endpoint = \"os\"\nterms = {:?}\ncured_terms = {:?}\ndistribution = {}\ninterval = \"profile\"",
            list(case, "terms"),
            list(case, "cured_terms"),
            case["law"],
        );
        let ours = estimate(&options, &columns(&data["data"], &[("event", "os.event")]));
        let name = format!("{} ({})", case["name"].as_str().unwrap(), case["law"].as_str().unwrap());
        let mut comparison = Comparison::new("mixture cure", &name, &source);
        for own in case["limits"].as_array().unwrap() {
            let quantity: Quantity = serde_json::from_value(own["quantity"].clone()).unwrap();
            let (term, level) = (own["term"].as_str(), own["level"].as_str());
            let what = format!("{quantity:?} {term:?} {level:?}");
            let interval = row(&ours, quantity, term, level).interval.unwrap();
            for (side, ours, theirs) in
                [("lower", interval.lower, &own["limits"][0]), ("upper", interval.upper, &own["limits"][1])]
            {
                // Where the share of a level may be 0 there is no limit on that side.
                match theirs.as_f64() {
                    Some(theirs) => comparison.figure(&format!("{what} {side}"), ours.unwrap(), theirs.exp()),
                    None => assert_eq!(ours, None, "{name}: {what} {side}"),
                }
            }
        }
        comparison.finish();
    }
}

/// Under an exponential law the times of grades 1 and 2 leave nobody who is cured, though patients of both are censored:
/// grade 3 is estimated as it is alone, and no odds ratio is shown.
#[test]
fn levels_at_the_border_leave_the_others_as_they_are_alone() {
    let figures = load("mixture_cure");
    let columns = columns(&figures["cases"][0]["data"], &[("event", "os.event")]);
    let law = "endpoint = \"os\"\ndistribution = \"exponential\"\n";
    let together = estimate(&format!("{law}terms = [\"grade\"]\ncured_terms = [\"grade\"]"), &columns);
    let column = |name: &str| columns.iter().find(|column| column.name == name).unwrap();
    let (grade, event) = (column("grade").codes().unwrap(), column("os.event"));
    let third: Vec<usize> = (0..grade.len()).filter(|row| grade[*row] == 2).collect();
    let happened = |row: &usize| event.levels()[event.codes().unwrap()[*row] as usize].value == "yes";
    let times: Vec<f64> = third.iter().map(|row| column("os.time").numbers().unwrap()[*row]).collect();
    let events: Vec<bool> = third.iter().map(happened).collect();
    let alone = estimate(law, &endpoint(&times, &events));
    let share = |results: &Results, group: Option<&str>| -> Estimate {
        let own = |row: &&Estimate| row.quantity == Quantity::CuredShare && row.group.as_deref() == group;
        results.estimates.iter().find(own).unwrap().clone()
    };
    for border in ["1", "2"] {
        let found = share(&together, Some(border));
        let limits = found.interval.unwrap();
        assert_eq!(
            (found.value, limits.lower, limits.method),
            (Some(0.0), Some(0.0), IntervalMethod::ProfileLikelihood)
        );
        assert!(limits.upper.is_some_and(|upper| upper > 0.0 && upper < 1.0));
        assert!(together.notices.contains(&Notice::NobodyCured { group: Some(border.into()) }));
        assert_eq!(row(&together, Quantity::OddsRatio, Some("grade"), Some("3")).value, None);
    }
    let (ours, theirs) = (share(&together, Some("3")), share(&alone, None));
    let close =
        |a: Option<f64>, b: Option<f64>| assert!((a.unwrap() - b.unwrap()).abs() < 1e-9, "{a:?} {b:?}");
    close(ours.value, theirs.value);
    close(ours.std_error, theirs.std_error);
    assert!((0.1..0.4).contains(&ours.value.unwrap()));
    let median = row(&alone, Quantity::UncuredQuantile, Some("profile"), Some("All patients"));
    close(row(&together, Quantity::UncuredQuantile, Some("grade"), Some("3")).std_error, median.std_error);
}
