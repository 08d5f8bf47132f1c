//! Cox regression with strata, delayed entry, weights and exact ties: worked by hand, identities, hard cases.

mod modelling;

use modelling::{close, endpoint, global, ratio, run, separated, try_run, value};
use study::{Column, Estimate, MissingCount, Model, Notice, Quantity, Results, TestName};

const WHOLE: Model = Model::Multivariable;

fn x(values: &[f64]) -> Column {
    Column::number("x", values.to_vec())
}

fn entered(values: &[f64]) -> Column {
    Column::number("os.entry", values.to_vec())
}

fn events(values: &[u8]) -> Vec<bool> {
    values.iter().map(|value| *value == 1).collect()
}

fn of<'a>(results: &'a Results, term: &str) -> &'a Estimate {
    ratio(results, WHOLE, term, None)
}

fn cox(options: &str, columns: &[Column]) -> Results {
    run("cox", &format!("endpoint = \"os\"\n{options}"), columns)
}

/// A log-likelihood a β − Σ m ln(c₂r² + c₁r + c₀), r = e^β, and its derivatives, against ours at our estimate.
fn check(results: &Results, linear: f64, terms: &[(f64, [f64; 3])]) {
    let ours = of(results, "x");
    let beta = ours.value.unwrap().ln();
    let at = |beta: f64| {
        let r = beta.exp();
        let (mut value, mut score, mut information) = (linear * beta, linear, 0.0);
        for (m, [c2, c1, c0]) in terms {
            let sum = c2 * r * r + c1 * r + c0;
            let (first, second) = ((2.0 * c2 * r * r + c1 * r) / sum, (4.0 * c2 * r * r + c1 * r) / sum);
            value -= m * sum.ln();
            score -= m * first;
            information += m * (second - first * first);
        }
        (value, score, information)
    };
    let (value_there, score, information) = at(beta);
    assert!(score.abs() < 1e-11, "{score}");
    close(value(results, WHOLE, None, Quantity::LogLikelihood), value_there, 1e-13);
    close(ours.std_error.unwrap(), 1.0 / information.sqrt(), 1e-11);
    let (value_at_0, score, information) = at(0.0);
    close(value(results, WHOLE, None, Quantity::NullLogLikelihood), value_at_0, 1e-13);
    let test = global(results, WHOLE, None, TestName::Score).unwrap();
    close(test.0, score * score / information, 1e-11);
}

/// Two of five have the event together, x = 1 in one of them and in one of the others: e₂ = r² + 6r + 3, so that
/// ℓ = β − ln(r² + 6r + 3) is largest at r = √3, with information 1/(1 + √3).
///
/// By hand, `cox`: exact ties of two in five patients: hazard ratio √3, variance 1 + √3.
#[test]
fn exact_ties_of_two_in_five() {
    let [time, event] = endpoint(&[1.0, 1.0, 2.0, 2.0, 2.0], &events(&[1, 1, 0, 0, 0]));
    let columns = [time, event, x(&[1.0, 0.0, 1.0, 0.0, 0.0])];
    let results = cox("ties = \"exact\"\nterms = [\"x\"]", &columns);
    close(of(&results, "x").value.unwrap(), 3f64.sqrt(), 1e-12);
    close(of(&results, "x").std_error.unwrap(), (1.0 + 3f64.sqrt()).sqrt(), 1e-12);
    check(&results, 1.0, &[(1.0, [1.0, 6.0, 3.0])]);
}

/// Six patients (the first example of the validation of `survival`): the exact likelihood is 2β − 2 ln(3r + 3), which
/// rises for ever, although Breslow's and Efron's do not.
///
/// By hand, `cox`: six patients whose exact likelihood rises to −2 ln 3.
#[test]
fn exact_ties_may_be_monotone_where_the_approximations_are_not() {
    let [time, event] = endpoint(&[1.0, 1.0, 6.0, 6.0, 8.0, 9.0], &events(&[1, 0, 1, 1, 0, 1]));
    let columns = [time, event, x(&[1.0, 1.0, 1.0, 0.0, 0.0, 0.0])];
    let results = cox("ties = \"exact\"\nterms = [\"x\"]", &columns);
    assert_eq!(separated(&results), [("x", None)]);
    // Its supremum: both factors tend to 1/3.
    close(value(&results, WHOLE, None, Quantity::LogLikelihood), -2.0 * 3f64.ln(), 1e-12);
    close(value(&results, WHOLE, None, Quantity::NullLogLikelihood), -2.0 * 6f64.ln(), 1e-12);
    for ties in ["efron", "breslow"] {
        let results = cox(&format!("ties = \"{ties}\"\nterms = [\"x\"]"), &columns);
        assert!(separated(&results).is_empty(), "{ties}");
    }
}

/// Ten intervals (the second example): the events at 2, 3, 6, 7 and 8 see r + 1, r + 2, 3r + 2, 3r + 1 and 3r + 1, the
/// two at 9 see 3r + 2; under Efron the second of them sees 2r + 2.
///
/// By hand, `cox`: ten intervals with late entry, under three treatments of ties.
#[test]
fn intervals_by_hand() {
    let start = entered(&[1.0, 2.0, 5.0, 2.0, 1.0, 7.0, 3.0, 4.0, 8.0, 8.0]);
    let stop = [2.0, 3.0, 6.0, 7.0, 8.0, 9.0, 9.0, 9.0, 14.0, 17.0];
    let [time, event] = endpoint(&stop, &events(&[1, 1, 1, 1, 1, 1, 1, 0, 0, 0]));
    let columns = [time, event, start, x(&[1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0])];
    let line = |c1: f64, c0: f64| [0.0, c1, c0];
    let before = [(1.0, line(1.0, 1.0)), (1.0, line(1.0, 2.0)), (1.0, line(3.0, 2.0)), (2.0, line(3.0, 1.0))];
    let breslow = [&before[..], &[(2.0, line(3.0, 2.0))]].concat();
    check(&cox("ties = \"breslow\"\nterms = [\"x\"]", &columns), 4.0, &breslow);
    let efron = [&before[..], &[(1.0, line(3.0, 2.0)), (1.0, line(2.0, 2.0))]].concat();
    check(&cox("ties = \"efron\"\nterms = [\"x\"]", &columns), 4.0, &efron);
    // Two of three with x = 1 and two without: e₂ = 3r² + 6r + 1.
    let exact = [&before[..], &[(1.0, [3.0, 6.0, 1.0])]].concat();
    check(&cox("ties = \"exact\"\nterms = [\"x\"]", &columns), 4.0, &exact);
}

/// Nine patients with weights (the third example): the events at 1, 2 and 4 weigh 1, 10 and 2.
///
/// By hand, `cox`: nine patients with weights, under Breslow’s and Efron’s ties.
#[test]
fn weights_by_hand() {
    let times = [1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 4.0, 5.0];
    let [time, event] = endpoint(&times, &events(&[1, 0, 1, 1, 1, 0, 0, 1, 0]));
    let weight = Column::number("w", vec![1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0, 2.0, 1.0]);
    let columns = [time, event, x(&[2.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]), weight];
    let options = |ties: &str| {
        format!(
            "ties = \"{ties}\"\nterms = [\"x\"]\nweights = \"w\"\nweight_kind = \"sampling\"\nvariance = \"model\""
        )
    };
    let (first, last) = ((1.0, [1.0, 11.0, 7.0]), (2.0, [0.0, 2.0, 1.0]));
    let breslow = [first, (10.0, [0.0, 11.0, 5.0]), last];
    check(&cox(&options("breslow"), &columns), 11.0, &breslow);
    let third = 10.0 / 3.0;
    let tied = |k: f64| (third, [0.0, 11.0 - 7.0 * k / 3.0, 5.0 - k]);
    check(&cox(&options("efron"), &columns), 11.0, &[first, tied(0.0), tied(1.0), tied(2.0), last]);
}

/// By hand, `cox`: a thousand matched pairs have the ratio b/c of the discordant ones, with variance 1/b + 1/c.
#[test]
fn a_thousand_strata_of_two() {
    let (b, c) = (600, 250);
    let (mut times, mut died, mut pair, mut exposed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for stratum in 0..1000 {
        for member in 0..2 {
            times.push(if member == 0 { 5.0 } else { 9.0 });
            died.push(member == 0);
            pair.push(f64::from(stratum));
            let first = stratum < b || stratum >= b + c;
            exposed.push(if member == 0 {
                f64::from(u8::from(first))
            } else {
                f64::from(u8::from(stratum >= b))
            });
        }
    }
    let [time, event] = endpoint(&times, &died);
    let columns = [time, event, Column::number("pair", pair), x(&exposed)];
    for ties in ["efron", "breslow", "exact"] {
        let results = cox(&format!("strata = [\"pair\"]\nties = \"{ties}\"\nterms = [\"x\"]"), &columns);
        let found = of(&results, "x");
        close(found.value.unwrap(), f64::from(b) / f64::from(c), 1e-11);
        close(found.std_error.unwrap(), (1.0 / f64::from(b) + 1.0 / f64::from(c)).sqrt(), 1e-11);
    }
}

fn patients() -> (Vec<f64>, Vec<bool>, Vec<f64>, Vec<f64>) {
    let mut state = 7u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let n = 80;
    let times = (0..n).map(|_| 1.0 + next(25) as f64).collect();
    let died = (0..n).map(|_| next(3) > 0).collect();
    let x = (0..n).map(|_| next(4) as f64).collect();
    let z = (0..n).map(|_| next(50) as f64).collect();
    (times, died, x, z)
}

fn same(a: &Results, b: &Results) {
    for term in ["x", "z"] {
        close(of(a, term).value.unwrap(), of(b, term).value.unwrap(), 1e-11);
        close(of(a, term).std_error.unwrap(), of(b, term).std_error.unwrap(), 1e-11);
    }
    let ll = |results| value(results, WHOLE, None, Quantity::LogLikelihood);
    close(ll(a), ll(b), 1e-12);
}

/// Identity, `cox`: cutting follow-up into intervals, entering at 0 and a single stratum change nothing.
#[test]
fn follow_up_may_be_cut_into_intervals() {
    let (times, died, xs, zs) = patients();
    let whole = |times: &[f64], died: &[bool], xs: &[f64], zs: &[f64], entry: Option<&[f64]>| {
        let mut columns = endpoint(times, died).to_vec();
        columns.extend([x(xs), Column::number("z", zs.to_vec())]);
        columns.extend(entry.map(entered));
        columns
    };
    let (mut t, mut d, mut a, mut b, mut from) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for i in 0..times.len() {
        let cut = (i % 7) as f64 + 2.5;
        for (start, stop) in [(0.0, cut.min(times[i])), (cut, times[i])] {
            if start < stop {
                t.push(stop);
                d.push(died[i] && stop == times[i]);
                from.push(start);
                a.push(xs[i]);
                b.push(zs[i]);
            }
        }
    }
    for ties in ["efron", "breslow", "exact"] {
        let options = format!("ties = \"{ties}\"\nterms = [\"x\", \"z\"]");
        let once = cox(&options, &whole(&times, &died, &xs, &zs, None));
        same(&once, &cox(&options, &whole(&t, &d, &a, &b, Some(&from))));
        // Everybody is there from the start.
        same(&once, &cox(&options, &whole(&times, &died, &xs, &zs, Some(&vec![0.0; times.len()]))));
        // One stratum is none.
        let mut columns = whole(&times, &died, &xs, &zs, None);
        columns.push(Column::number("s", vec![3.0; times.len()]));
        same(&once, &cox(&format!("{options}\nstrata = [\"s\"]"), &columns));
    }
}

/// Identity, `cox`: frequencies are patients, the unit of sampling weights is of no account, and a cluster of one
/// patient is a patient.
#[test]
fn frequencies_are_patients_and_weights_have_no_size() {
    let (times, died, xs, zs) = patients();
    let mut columns = endpoint(&times, &died).to_vec();
    columns.extend([x(&xs), Column::number("z", zs)]);
    let n: Vec<u64> = (0..times.len() as u64).map(|i| 1 + i % 3).collect();
    let mut weighted = columns.clone();
    weighted.push(Column::number("w", n.iter().map(|n| *n as f64).collect()));
    for ties in ["efron", "breslow", "exact"] {
        let options = format!("endpoint = \"os\"\nties = \"{ties}\"\nterms = [\"x\", \"z\"]");
        let counted = try_run("farr", "cox", &options, &columns, &n).unwrap();
        let kind = format!("{options}\nweights = \"w\"\nweight_kind = \"frequency\"");
        let results = run("cox", &kind, &weighted);
        same(&counted, &results);
        assert_eq!(results.participants.eligible, n.iter().sum::<u64>());
    }
    let kind = "terms = [\"x\", \"z\"]\nweights = \"w\"\nweight_kind = \"sampling\"";
    let one = cox(kind, &weighted);
    let last = weighted.len() - 1;
    weighted[last] = Column::number("w", n.iter().map(|n| 1e6 * *n as f64).collect());
    let million = cox(kind, &weighted);
    for term in ["x", "z"] {
        close(of(&one, term).value.unwrap(), of(&million, term).value.unwrap(), 1e-11);
        close(of(&one, term).std_error.unwrap(), of(&million, term).std_error.unwrap(), 1e-10);
    }
    // A cluster of one patient is a patient.
    let mut columns = columns.clone();
    columns.push(Column::number("own", (0..times.len()).map(|i| i as f64).collect()));
    let by_patient = cox("terms = [\"x\", \"z\"]\nvariance = \"robust\"", &columns);
    same(&by_patient, &cox("terms = [\"x\", \"z\"]\ncluster = \"own\"", &columns));
}

/// By hand, `cox`: four patients with late entries, whose log-likelihood is written out.
#[test]
fn who_enters_too_late_is_left_out_and_counted() {
    let [time, event] = endpoint(&[2.0, 3.0, 3.0, 4.0, 5.0, 6.0], &events(&[1, 1, 0, 1, 0, 1]));
    let missing = f64::NAN;
    // The second enters at the time of its own event; the last but one has no entry.
    let columns =
        [time, event, entered(&[0.0, 3.0, 1.0, 2.0, missing, 0.5]), x(&[1.0, 0.0, 0.0, 0.0, 1.0, 1.0])];
    let results = cox("terms = [\"x\"]", &columns);
    assert!(results.notices.contains(&Notice::NeverAtRisk { endpoint: "os".into(), n: 1 }));
    assert_eq!(results.participants.missing[0], MissingCount { variable: "os".into(), n: 1 });
    assert_eq!((results.participants.eligible, results.participants.analysed), (6, 4));
    // At 2 the third (entered at 1) and the last are at risk; who enters at 2 is not. At 4: the last and the fourth.
    check(&results, 1.0, &[(1.0, [0.0, 2.0, 1.0]), (1.0, [0.0, 1.0, 1.0])]);
}

/// Who dies has the largest x of those at risk, though not of everybody: the likelihood rises for ever.
#[test]
fn infinite_ratios_under_truncation_and_strata() {
    // At 1: 5 against 1 and 2; at 2: 2 against 1; at 12: 9 against 8.
    let [time, event] = endpoint(&[1.0, 2.0, 3.0, 12.0, 13.0], &events(&[1, 1, 0, 1, 0]));
    let columns =
        [time.clone(), event.clone(), entered(&[0.0, 0.0, 0.0, 10.0, 10.0]), x(&[5.0, 2.0, 1.0, 9.0, 8.0])];
    assert_eq!(separated(&cox("terms = [\"x\"]", &columns)), [("x", None)]);
    // With everybody at risk from the start it does not.
    let columns = [time.clone(), event.clone(), x(&[5.0, 2.0, 1.0, 9.0, 8.0])];
    assert!(separated(&cox("terms = [\"x\"]", &columns)).is_empty());
    let stratum = Column::number("s", vec![1.0, 1.0, 1.0, 2.0, 2.0]);
    let columns = [time, event, stratum, x(&[5.0, 2.0, 1.0, 9.0, 8.0])];
    assert_eq!(separated(&cox("strata = [\"s\"]\nterms = [\"x\"]", &columns)), [("x", None)]);
}

/// By hand, `cox`: six patients in two strata, one without events, whose log-likelihood is written out.
#[test]
fn strata_that_tell_nothing() {
    let [time, event] = endpoint(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &events(&[0, 0, 0, 1, 1, 0]));
    let stratum = Column::number("s", vec![1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
    let centre = Column::number("z", vec![1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
    let columns = [time, event, stratum, x(&[1.0, 0.0, 1.0, 1.0, 0.0, 1.0]), centre];
    let results = cox("strata = [\"s\"]\nterms = [\"x\", \"z\"]", &columns);
    // Only the second stratum has events; in it z is constant, already among those who are compared.
    let told = |notice: &Notice| matches!(notice, Notice::SingleLevel { variable } if variable == "z");
    assert!(results.notices.iter().any(told), "{:?}", results.notices);
    check(&results, 1.0, &[(1.0, [0.0, 2.0, 1.0]), (1.0, [0.0, 1.0, 1.0])]);

    let [time, event] = endpoint(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &events(&[1, 1, 0, 1, 1, 0]));
    let columns = [&[time, event][..], &columns[2..]].concat();
    let results = cox("strata = [\"s\"]\nterms = [\"x\", \"z\"]", &columns);
    assert!(results.notices.contains(&Notice::ConstantWithinStrata { term: "z".into(), level: None }));
    assert!(of(&results, "x").value.is_some() && of(&results, "z").value.is_none());
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let [time, event] = endpoint(&[1.0, 2.0, 3.0], &events(&[1, 1, 0]));
    let columns = [time, event, x(&[1.0, 0.0, 1.0]), Column::number("w", vec![0.5, 0.0, 1.0])];
    for (options, message) in [
        ("strata = [\"x\"]", "is a stratum and a term"),
        ("strata = [\"w\", \"w\"]", "stands twice"),
        ("weights = \"w\"", "is not said"),
        ("weight_kind = \"sampling\"", "no weights to describe"),
        ("weights = \"w\"\nweight_kind = \"frequency\"", "no number of patients"),
        ("weights = \"w\"\nweight_kind = \"sampling\"", "1 patient has a weight"),
        ("cluster = \"w\"\nvariance = \"model\"", "the variance of clusters is robust"),
        ("variance = \"robust\"\ninterval = \"profile\"", "knows nothing of the robust"),
        ("ties = \"exact\"\ncluster = \"w\"", "robust variance of exact ties"),
        ("time_dependent = [{ term = \"w\", function = \"log\" }]", "is none of the terms"),
        ("time_dependent = [{ term = \"x\", function = \"steps\" }]", "have no times"),
        ("time_dependent = [{ term = \"x\", function = \"steps\", at = [3, 2] }]", "not ascending"),
        ("univariable = true\ntime_dependent = [{ term = \"x\", function = \"log\" }]", "those of one model"),
        ("penalty = \"firth\"\nvariance = \"robust\"", "neither robust variance nor"),
    ] {
        let options = format!("endpoint = \"os\"\nterms = [\"x\"]\n{options}");
        let problem = try_run("farr", "cox", &options, &columns, &[1, 1, 1]).unwrap_err();
        assert!(problem.message.contains(message) && problem.place.is_some(), "{options}: {problem}");
        assert!(problem.help.is_some(), "{options}");
    }
}

#[test]
fn only_the_coefficient_of_a_variable_changes_with_time() {
    let [time, event] = endpoint(&[1.0, 2.0, 3.0], &events(&[1, 1, 0]));
    let columns = [time, event, x(&[1.0, 0.0, 1.0]), Column::number("w", vec![0.5, 0.0, 1.0])];
    for (terms, term) in [("[\"x\", \"w\", \"x:w\"]", "x:w"), ("[\"rcs(w, 3)\"]", "rcs(w, 3)")] {
        let change = format!("time_dependent = [{{ term = \"{term}\", function = \"log\" }}]");
        let options = format!("endpoint = \"os\"\nterms = {terms}\n{change}");
        let problem = try_run("farr", "cox", &options, &columns, &[1, 1, 1]).unwrap_err();
        assert!(problem.message.contains("is no variable") && problem.place.is_some(), "{problem}");
    }
}

/// One event, of one of two with x = 1, against three without: ℓ = β − ln(2r + 3) rises for ever. The penalty adds
/// ½ (β − 2 ln(2r + 3)): the sum is largest where 2r/(2r + 3) = 3/4, at r = 9/2, with information 3/16.
///
/// By hand, `cox`: Firth’s hazard ratio of a single event is 9/2, its profile limits lie where the deviance says.
#[test]
fn the_penalty_of_a_single_event() {
    let [time, event] = endpoint(&[1.0, 2.0, 2.0, 2.0, 2.0], &events(&[1, 0, 0, 0, 0]));
    let columns = [time, event, x(&[1.0, 1.0, 0.0, 0.0, 0.0])];
    assert_eq!(separated(&cox("terms = [\"x\"]", &columns)), [("x", None)]);
    let results = cox("terms = [\"x\"]\npenalty = \"firth\"", &columns);
    close(of(&results, "x").value.unwrap(), 4.5, 1e-12);
    close(of(&results, "x").std_error.unwrap(), 4.0 / 3f64.sqrt(), 1e-12);
    assert!(results.notices.iter().any(|notice| matches!(notice, Notice::PenalizedSeparation { .. })));
    // ℓ* = 1.5 β − 2 ln(2r + 3) + ½ ln 6.
    let at = |r: f64| 1.5 * r.ln() - 2.0 * (2.0 * r + 3.0).ln() + 0.5 * 6f64.ln();
    close(value(&results, WHOLE, None, Quantity::LogLikelihood), at(4.5), 1e-12);
    close(value(&results, WHOLE, None, Quantity::NullLogLikelihood), at(1.0), 1e-12);
    let interval = of(&results, "x").interval.unwrap();
    for limit in [interval.lower.unwrap(), interval.upper.unwrap()] {
        close(2.0 * (at(4.5) - at(limit)), 1.959_963_984_540_054f64.powi(2), 1e-9);
    }
}

/// Time 0 is a time: who has the event then is at risk then, but its logarithm does not exist.
#[test]
fn an_event_at_time_0() {
    let [time, event] = endpoint(&[0.0, 1.0, 2.0, 3.0], &events(&[1, 1, 1, 0]));
    let columns = [time, event, x(&[1.0, 0.0, 1.0, 0.0])];
    let plain = cox("terms = [\"x\"]", &columns);
    let change = |function: &str| {
        format!("endpoint = \"os\"\nterms = [\"x\"]\ntime_dependent = [{{ term = \"x\", {function} }}]")
    };
    let steps = run("cox", &change("function = \"steps\", at = [9]"), &columns);
    close(of(&steps, "x (0–9)").value.unwrap(), of(&plain, "x").value.unwrap(), 1e-12);
    let problem = try_run("farr", "cox", &change("function = \"log\""), &columns, &[1; 4]).unwrap_err();
    assert!(problem.message.contains("no logarithm") && problem.place.is_some(), "{problem}");
}

/// Everybody has the event at once: exact ties leave no choice, and whatever the ratio, the likelihood is 1.
#[test]
fn all_tied() {
    let [time, event] = endpoint(&[1.0; 4], &[true; 4]);
    let columns = [time, event, x(&[1.0, 0.0, 2.0, 0.0])];
    let results = cox("ties = \"exact\"\nterms = [\"x\"]", &columns);
    assert_eq!(of(&results, "x").value, None);
    let untold = Notice::ConstantWithinStrata { term: "x".into(), level: None };
    assert_eq!(
        results.notices.iter().filter(|notice| **notice == untold).count(),
        1,
        "{:?}",
        results.notices
    );
    assert!(!results.notices.iter().any(|notice| matches!(notice, Notice::NotConverged { .. })));
    // Who is at risk earlier is compared with those who have the event later, all together.
    let [time, event] = endpoint(&[0.5, 1.0, 1.0, 1.0], &[true; 4]);
    let results = cox("ties = \"exact\"\nterms = [\"x\"]", &[time, event, x(&[1.0, 0.0, 2.0, 0.0])]);
    assert!(of(&results, "x").value.is_some());
    // A penalty alone decides nothing either; Efron's approximation does.
    let results = cox("ties = \"efron\"\npenalty = \"firth\"\nterms = [\"x\"]", &columns);
    assert!(of(&results, "x").value.is_some_and(f64::is_finite));
}

/// The scores of all clusters add up to 0: one cluster has no spread. What rounding leaves of the variance is no standard error.
#[test]
fn clusters_without_spread_have_no_robust_error() {
    let times: Vec<f64> = (1..=12).map(f64::from).collect();
    let [time, event] = endpoint(&times, &events(&[1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1]));
    let age = x(&[3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0, 8.0]);
    let hospital = Column::category("hospital", &["north", "south"], vec![0; 12]);
    let results = cox("terms = [\"x\"]\ncluster = \"hospital\"", &[time, event, age, hospital]);
    let row = of(&results, "x");
    assert!(row.value.is_some() && row.std_error.is_none());
    assert!(row.interval.is_none() && row.test.is_none());
    for test in [TestName::Wald, TestName::Score] {
        assert_eq!(global(&results, WHOLE, None, test), None, "{test:?}");
    }
    let told = Notice::NoRobustVariance { term: "x".into(), level: None };
    assert!(results.notices.contains(&told), "{:?}", results.notices);
}
