//! Gray's test within strata against cuminc, through the whole method: counts in, rows out.

mod modelling;
mod oracle;

use modelling::{columns, run};
use oracle::{Comparison, load};
use study::{Notice, Quantity};

#[test]
fn grays_test_within_strata_agrees_with_cuminc() {
    let figures = load("gray_strata");
    let source = format!("R cmprsk {}, cuminc with strata", figures["versions"]["cmprsk"].as_str().unwrap());
    let cases = figures["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let columns = columns(&case["data"], &[("event", "os.event"), ("competing", "os.competing")]);
        let options = "endpoint = \"os\"\nby = \"group\"\nstrata = [\"stratum\"]";
        let results = run("cumulative_incidence", options, &columns);
        let name = case["name"].as_str().unwrap();
        let mut comparison = Comparison::new("Gray’s test within strata", name, &source);
        for (cause, theirs) in ["event", "competing"].iter().zip(case["tests"].as_array().unwrap()) {
            let mut rows = results.estimates.iter().filter(|row| row.quantity == Quantity::GlobalTest);
            let row = rows.find(|row| row.level.as_deref() == Some(cause)).unwrap();
            let ours = row.test.as_ref().unwrap();
            let figure = |name: &str| theirs[name].as_f64().unwrap();
            assert_eq!(ours.df, [figure("df")]);
            comparison.figure(&format!("statistic of {cause}"), ours.statistic.unwrap(), figure("statistic"));
            // cmprsk takes P as one minus a probability: of a small one few digits are left.
            if figure("p_value") > 1e-6 {
                comparison.figure(&format!("P of {cause}"), ours.p_value.unwrap(), figure("p_value"));
            }
        }
        comparison.finish();
        assert!(results.methods_text.iter().any(|text| text.contains("stratified by stratum")));
        // The curves are those of all strata together.
        let whole = run("cumulative_incidence", "endpoint = \"os\"\nby = \"group\"", &columns);
        assert_eq!(results.curves, whole.curves);
    }
}

#[test]
fn groups_that_share_no_stratum_are_not_compared() {
    let figures = load("gray_strata");
    let columns =
        columns(&figures["cases"][0]["data"], &[("event", "os.event"), ("competing", "os.competing")]);
    // Each level of the group is a stratum of its own.
    let own = columns.iter().find(|column| column.name == "group").unwrap();
    let mut stratum = own.clone();
    stratum.name = "alone".into();
    let columns: Vec<_> = columns.iter().cloned().chain([stratum]).collect();
    let results =
        run("cumulative_incidence", "endpoint = \"os\"\nby = \"group\"\nstrata = [\"alone\"]", &columns);
    assert!(!results.estimates.iter().any(|row| row.quantity == Quantity::GlobalTest));
    let told = |notice: &&Notice| notice.to_string().contains("while two groups of a stratum were at risk");
    assert_eq!(results.notices.iter().filter(told).count(), 2);
}

/// By hand, `cumulative_incidence`: two strata, in each one event while two and two are at risk: z = 2 · ½, V = 2 · ¼,
/// and Gray’s statistic is 2.
#[test]
fn strata_add_up() {
    let times = [1.0, 2.0, 3.0, 3.0, 5.0, 7.0, 8.0, 9.0];
    let events = [true, false, false, false, true, false, false, false];
    let [time, event] = modelling::endpoint(&times, &events);
    let columns = [
        time,
        event,
        study::Column::flag("os.competing", &[Some(false); 8]),
        study::Column::category("arm", &["a", "b"], vec![0, 0, 1, 1, 0, 0, 1, 1]),
        study::Column::category("site", &["p", "q"], vec![0, 0, 0, 0, 1, 1, 1, 1]),
    ];
    let options = "endpoint = \"os\"\nby = \"arm\"\nstrata = [\"site\"]";
    let results = run("cumulative_incidence", options, &columns);
    let row = results.estimates.iter().find(|row| row.quantity == Quantity::GlobalTest).unwrap();
    assert!((row.test.as_ref().unwrap().statistic.unwrap() - 2.0).abs() < 1e-14);
    let refused = |options: &str| {
        let options = format!("endpoint = \"os\"\nstrata = [\"site\"]\n{options}");
        modelling::try_run("farr", "cumulative_incidence", &options, &columns, &[1; 8]).unwrap_err().message
    };
    let message = "there are strata, but no test that compares groups within them";
    assert_eq!((refused("").as_str(), refused("by = \"arm\"\ntest = false").as_str()), (message, message));
    assert!(refused("by = \"site\"").contains("cannot be a stratum"), "{}", refused("by = \"site\""));
}
