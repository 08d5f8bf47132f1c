use super::*;
use crate::methods::find;
use study::{Column, Estimate, Place, Quantity, SourceText, TestName};

mod weights;

/// A plan with one analysis of those options.
fn plan(dialect: &str, options: &str) -> Plan {
    let text = format!(
        "[study]\ntitle = \"T\"\ndialect = \"{dialect}\"\n[population]\ntable = \"patients\"\n\
         [variables.sex]\nkind = \"category\"\n[variables.age]\nkind = \"number\"\n\
         [[analyses]]\nid = \"table-1\"\nmethod = \"baseline\"\n{options}\n\
         [variables.stage]\nkind = \"category\"\nordered = true\n"
    );
    Plan::parse(SourceText::new("study.toml", text)).unwrap()
}

/// The results from tables of `by` (where given) and one variable each.
fn run(dialect: &str, options: &str, tables: &[CountTable]) -> Result<Results, Problem> {
    let plan = plan(dialect, options);
    let analysis = &plan.analyses[0];
    let method = find(analysis)?;
    let requests = (method.requests)(analysis, &plan)?;
    assert_eq!(requests.len(), tables.len());
    for (request, table) in requests.iter().zip(tables) {
        let asked: Vec<String> = request.columns.iter().map(|column| column.source.column()).collect();
        let given: Vec<&String> = table.columns().iter().map(|column| &column.name).collect();
        assert!(asked.iter().eq(given));
    }
    (method.estimate)(analysis, &plan, tables)
}

fn table<const C: usize>(columns: [Column; C], n: &[u64]) -> CountTable {
    CountTable::new(columns.into(), n.to_vec()).unwrap()
}

/// Sex by arm: a counts, as rows a·f, a·m, b·f, b·m, and one patient without sex in b.
fn sex(n: [u64; 4]) -> CountTable {
    let arm = Column::category("arm", &["a", "b"], vec![0, 0, 1, 1, 1]);
    let sex = Column::category("sex", &["f", "m"], vec![0, 1, 0, 1, study::MISSING]);
    table([arm, sex], &[n[0], n[1], n[2], n[3], 1])
}

/// Ages 1…4 in arm a and the given ones in arm b.
fn age(second: &[f64]) -> CountTable {
    let first = [1.0, 2.0, 3.0, 4.0];
    let codes = [vec![0; 4], vec![1; second.len()]].concat();
    let arm = Column::category("arm", &["a", "b"], codes);
    let values = [first.as_slice(), second].concat();
    let n = vec![1; values.len()];
    table([arm, Column::number("age", values)], &n)
}

fn rows<'a>(results: &'a Results, quantity: Quantity, group: Option<&str>) -> Vec<&'a Estimate> {
    let wanted = |row: &&Estimate| row.quantity == quantity && row.group.as_deref() == group;
    results.estimates.iter().filter(wanted).collect()
}

fn test(results: &Results) -> &study::Test {
    rows(results, Quantity::Association, None)[0].test.as_ref().unwrap()
}

fn refusal(options: &str) -> (String, usize) {
    let plan = plan("farr", options);
    let problem = (find(&plan.analyses[0]).unwrap().requests)(&plan.analyses[0], &plan).unwrap_err();
    let Some(Place::Text { line, .. }) = problem.place else { panic!("{problem}") };
    (problem.message, line)
}

const SEX: &str = "by = \"arm\"\nvariables = [\"sex\"]\n";
const AGE: &str = "by = \"arm\"\nvariables = [\"age\"]\n";

/// By hand, `baseline`: counts and shares of a fourfold table, 15 of 20 and 10 of 40, with the patient who lacks a
/// value.
#[test]
fn levels_are_counted_by_group_and_together() {
    let results = run("farr", SEX, &[sex([15, 5, 10, 30])]).unwrap();
    let shares = |group| {
        let rows = rows(&results, Quantity::Proportion, group);
        rows.iter().map(|row| (row.n.unwrap(), row.of.unwrap(), row.value.unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(shares(Some("a")), [(15, 20, 0.75), (5, 20, 0.25)]);
    assert_eq!(shares(Some("b")), [(10, 40, 0.25), (30, 40, 0.75)]);
    assert_eq!(shares(None), [(25, 60, 25.0 / 60.0), (35, 60, 35.0 / 60.0)]);
    let missing = rows(&results, Quantity::Missing, Some("b"))[0];
    assert_eq!((missing.n, missing.of), (Some(1), Some(41)));
    let groups: Vec<_> = results.groups.iter().map(|group| (group.level.as_deref(), group.n)).collect();
    assert_eq!(groups, [(Some("a"), 20), (Some("b"), 41), (None, 61)]);
    assert_eq!(test(&results).name, TestName::PearsonChiSquared);
    assert_eq!(test(&results).reason.as_deref(), Some("every expected count is at least 5"));
    assert_eq!((results.participants.eligible, results.participants.analysed), (61, 61));
    assert_eq!(results.methods_text.len(), 3, "{:?}", results.methods_text);
}

/// Identity, `baseline`: shares within a row add up to 1 over the groups.
#[test]
fn shares_of_rows_add_up_over_the_groups() {
    let options = format!("{SEX}percent = \"row\"\noverall = false\np_values = false\n");
    let results = run("farr", &options, &[sex([15, 5, 10, 30])]).unwrap();
    assert_eq!(rows(&results, Quantity::Proportion, Some("a"))[0].value, Some(0.6));
    assert_eq!(rows(&results, Quantity::Proportion, Some("b"))[0].value, Some(0.4));
    assert!(rows(&results, Quantity::Proportion, None).is_empty());
    assert!(rows(&results, Quantity::Association, None).is_empty());
}

#[test]
fn small_expected_counts_ask_for_fishers_test_and_dialects_for_their_default() {
    let few = || [sex([3, 1, 1, 3])];
    let results = run("farr", SEX, &few()).unwrap();
    assert_eq!(test(&results).name, TestName::FisherExact);
    assert!((test(&results).p_value.unwrap() - 34.0 / 70.0).abs() < 1e-14);
    assert!(results.notices.is_empty(), "{:?}", results.notices);
    let results = run("spss", SEX, &few()).unwrap();
    assert_eq!((test(&results).name, test(&results).statistic), (TestName::PearsonChiSquared, Some(2.0)));
    let sparse = Notice::SparseCell { variable: "sex".into(), least_expected: 2.0 };
    assert_eq!(results.notices, [sparse]);
    assert_eq!(test(&run("r", SEX, &[sex([15, 5, 10, 30])]).unwrap()).name, TestName::YatesChiSquared);
}

/// By hand, `baseline`: mean, standard deviation, quartiles and the exact rank-sum P of seven ages.
#[test]
fn numbers_are_summarized_and_compared_as_shown() {
    let results = run("farr", AGE, &[age(&[5.5, 6.5, 7.5])]).unwrap();
    let one = |quantity| rows(&results, quantity, Some("a"))[0].value.unwrap();
    assert_eq!((one(Quantity::Mean), one(Quantity::Minimum), one(Quantity::Maximum)), (2.5, 1.0, 4.0));
    assert!((one(Quantity::StandardDeviation) - (5.0_f64 / 3.0).sqrt()).abs() < 1e-15);
    let quartiles: Vec<_> = rows(&results, Quantity::Quantile, None)
        .iter()
        .map(|row| (row.at.unwrap(), row.value.unwrap()))
        .collect();
    assert_eq!(quartiles, [(0.25, 2.5), (0.5, 4.0), (0.75, 6.0)]);
    // The smallest of 35 arrangements, doubled.
    assert_eq!(test(&results).name, TestName::WilcoxonRankSum);
    assert!((test(&results).p_value.unwrap() - 2.0 / 35.0).abs() < 1e-15);
    assert!(test(&results).reason.as_deref().unwrap().contains("exact"));

    let means = format!("{AGE}continuous = \"mean_sd\"\n");
    assert_eq!(test(&run("farr", &means, &[age(&[5.5, 6.5])]).unwrap()).name, TestName::Welch);
    assert_eq!(test(&run("spss", &means, &[age(&[5.5, 6.5])]).unwrap()).name, TestName::Student);
    let spss = run("spss", AGE, &[age(&[5.5, 6.5, 7.5])]).unwrap();
    assert_eq!(rows(&spss, Quantity::Quantile, Some("a"))[0].value, Some(1.25));
    let sas = run("sas", AGE, &[age(&[5.5, 6.5, 7.5])]).unwrap();
    assert_eq!(rows(&sas, Quantity::Quantile, Some("a"))[0].value, Some(1.5));
}

#[test]
fn exceptions_by_variable_and_tests_that_do_not_fit_are_replaced() {
    let each = format!("{AGE}each = {{ age = {{ statistic = \"mean_sd\", test = \"student\" }} }}\n");
    assert_eq!(test(&run("farr", &each, &[age(&[5.5, 6.5])]).unwrap()).name, TestName::Student);
    let arm = Column::category("arm", &["a", "b", "c"], vec![0, 0, 1, 1, 2, 2]);
    let three = table([arm, Column::number("age", vec![1.0, 3.0, 2.0, 4.0, 6.0, 8.0])], &[1; 6]);
    let results = run("farr", &each, &[three]).unwrap();
    assert_eq!((test(&results).name, test(&results).statistic), (TestName::OneWayAnova, Some(7.0)));
    assert!(matches!(&results.notices[..], [Notice::TestReplaced { .. }]));
    let welch = format!("{AGE}each = {{ age = {{ test = \"welch\" }} }}\n");
    let arm = Column::category("arm", &["a", "b", "c"], vec![0, 0, 1, 1, 2, 2]);
    let three = table([arm, Column::number("age", vec![1.0, 3.0, 3.0, 5.0, 7.0, 11.0])], &[1; 6]);
    let results = run("farr", &welch, &[three]).unwrap();
    assert_eq!(test(&results).name, TestName::WelchAnova);
    assert!((test(&results).statistic.unwrap() - 270.0 / 73.0).abs() < 1e-14);
    assert!(results.notices.is_empty());
    let yates = format!("{SEX}tests = {{ categorical = \"yates\" }}\n");
    let arm = Column::category("arm", &["a", "b"], vec![0, 0, 0, 1, 1, 1]);
    let levels = Column::category("sex", &["f", "m", "x"], vec![0, 1, 2, 0, 1, 2]);
    let results = run("farr", &yates, &[table([arm, levels], &[12, 10, 8, 8, 10, 12])]).unwrap();
    assert_eq!((test(&results).name, &test(&results).df[..]), (TestName::PearsonChiSquared, &[2.0][..]));
    assert!(matches!(&results.notices[..], [Notice::TestReplaced { .. }]));
}

#[test]
fn data_without_information_give_notices() {
    let notices = |options: &str, table: CountTable| {
        let results = run("farr", options, &[table]).unwrap();
        let codes: Vec<String> = results
            .notices
            .iter()
            .map(|notice| serde_json::to_value(notice).unwrap()["code"].as_str().unwrap().to_string())
            .collect();
        let written = serde_json::to_string(&results).unwrap();
        assert!(!written.contains("NaN"));
        (codes.join(" "), rows(&results, Quantity::Association, None).len())
    };
    let smd = |base: &str| format!("{base}smd = true\n");
    assert_eq!(notices(SEX, sex([4, 0, 5, 0])), ("single_level".into(), 0));
    assert_eq!(notices(SEX, sex([0, 0, 0, 0])), ("single_level all_missing".into(), 0));
    assert_eq!(notices(&smd(SEX), sex([0, 0, 5, 3])), ("single_level".into(), 0));
    assert_eq!(notices(&smd(SEX), sex([50, 0, 0, 40])), ("other".into(), 1));
    assert_eq!(notices(AGE, age(&[f64::NAN])), ("other".into(), 0));
    assert_eq!(notices(AGE, age(&[])), ("single_level".into(), 0));
    assert_eq!(notices(&smd(AGE), age(&[3.0])), ("single_patient other".into(), 1));
    let all = "variables = [\"age\"]\n";
    let nobody = CountTable::new(vec![Column::number("age", Vec::new())], Vec::new()).unwrap();
    assert_eq!(notices(all, nobody), ("all_missing".into(), 0));
    let constant = CountTable::new(vec![Column::number("age", vec![3.0])], vec![9]).unwrap();
    assert_eq!(notices(all, constant), ("single_level".into(), 0));
}

#[test]
fn patients_without_a_group_are_in_no_column() {
    let arm = Column::category("arm", &["a", "b"], vec![0, 1, study::MISSING]);
    let ages = Column::number("age", vec![1.0, 2.0, 99.0]);
    let results = run("farr", AGE, &[table([arm, ages], &[3, 4, 5])]).unwrap();
    assert_eq!(results.groups[2].n, 7);
    assert_eq!(rows(&results, Quantity::Maximum, None)[0].value, Some(2.0));
    assert_eq!(results.notices, [Notice::MissingExcluded { variable: "arm".into(), n: 5 }]);
    assert_eq!((results.participants.eligible, results.participants.analysed), (12, 7));
}

#[test]
fn a_million_levels_are_compared_but_not_shown() {
    let n = 1_000_000_u32;
    let names: Vec<String> = (0..n).map(|level| level.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let codes: Vec<u32> = (0..2 * n).map(|row| row % n).collect();
    let arm = Column::category("arm", &["a", "b"], (0..2 * n).map(|row| row / n).collect());
    let counts: Vec<u64> = (0..2 * u64::from(n)).map(|row| row % 3).collect();
    let million = || [table([arm.clone(), Column::category("sex", &names, codes.clone())], &counts)];
    let results = run("farr", &format!("{SEX}smd = true\n"), &million()).unwrap();
    assert!(rows(&results, Quantity::Proportion, None).is_empty());
    assert!(test(&results).p_value.is_some());
    assert_eq!(results.notices.len(), 3, "{:?}", results.notices);
    assert!(rows(&results, Quantity::StandardizedMeanDifference, None)[0].value.is_some());
}

#[test]
fn a_number_of_two_values_may_be_a_code() {
    let arm = || Column::category("arm", &["a", "b"], vec![0, 0, 1, 1]);
    let of = |name: &str, values: [f64; 4]| {
        let options = format!("by = \"arm\"\nvariables = [\"{name}\"]\n");
        let counted = table([arm(), Column::number(name, values.to_vec())], &[3, 4, 5, 6]);
        run("farr", &options, &[counted]).unwrap().notices
    };
    let notices = of("ascites", [0.0, 1.0, 0.0, 1.0]);
    let [Notice::Other { message }] = &notices[..] else { panic!("{notices:?}") };
    assert!(message.starts_with("ascites: only two values"), "{message}");
    assert!(of("ascites", [0.0, 1.0, 2.0, 1.0]).is_empty());
    assert!(of("ascites", [0.5, 1.0, 0.5, 1.0]).is_empty());
    // The plan says that it is a number.
    assert!(of("age", [0.0, 1.0, 0.0, 1.0]).is_empty());
}

/// Identity, `baseline`: the order of the rows and splitting a counted row change nothing.
#[test]
fn the_order_and_splitting_of_rows_change_nothing() {
    let arm = || Column::category("arm", &["a", "b"], vec![1, 0, 0, 1, 0, 1, 1]);
    let ages = || Column::number("age", vec![3.5, 1.25, f64::NAN, 2.0, 1.25, 3.5, 8.0]);
    let merged = table([arm(), ages()], &[2, 1, 1, 5, 2, 1, 3]);
    let turned = merged.filter(|row| row >= 3).add(&merged.filter(|row| row < 3)).unwrap();
    let options = format!("{AGE}smd = true\n");
    assert_eq!(run("farr", &options, &[merged]).unwrap(), run("farr", &options, &[turned]).unwrap());
}

#[test]
fn contradictory_options_are_refused_with_their_place() {
    assert_eq!(refusal("by = \"sex\"\nvariables = [\"age\", \"sex\"]\n").1, 14);
    assert_eq!(refusal("variables = [\"age\", \"age\"]\n"), ("`age` stands twice".into(), 13));
    assert_eq!(refusal("variables = []\n").1, 13);
    assert_eq!(refusal("smd = true\n").1, 13);
    assert_eq!(refusal("by = \"age\"\n").1, 13);
    assert_eq!(refusal("variables = [\"age\"]\neach = { aeg = {} }\n").1, 14);
    assert_eq!(refusal("each = { sex = { statistic = \"mean_sd\" } }\n").1, 13);
    assert_eq!(refusal("each = { sex = { test = \"welch\" } }\n").1, 13);
    assert_eq!(refusal("each = { age = { test = \"fisher\" } }\n").1, 13);
    let (message, line) = refusal("continuous = \"mean\"\n");
    assert_eq!(line, 13);
    assert!(message.starts_with("unknown value `mean`"), "{message}");
}

#[test]
fn a_number_in_by_is_refused_when_the_data_show_it() {
    let ages = Column::number("arm", vec![1.0]);
    let problem =
        run("farr", SEX, &[table([ages, Column::category("sex", &["f"], vec![0])], &[1])]).unwrap_err();
    assert!(matches!(problem.place, Some(Place::Text { line: 13, .. })), "{problem}");
}

/// By hand, `baseline`: Fisher’s 34/70 and the rank-sum P 2/35, the smaller of which Holm doubles.
#[test]
fn p_values_are_adjusted_on_request() {
    // Fisher's P 34/70 and the smallest of 35 arrangements doubled, 2/35: Holm doubles the smaller.
    let options = "by = \"arm\"\nvariables = [\"sex\", \"age\"]\nadjust = \"holm\"\n";
    let results = run("farr", options, &[sex([3, 1, 1, 3]), age(&[5.5, 6.5, 7.5])]).unwrap();
    let adjusted = rows(&results, Quantity::AdjustedP, None);
    let found: Vec<_> =
        adjusted.iter().map(|row| (row.term.as_deref().unwrap(), row.value.unwrap())).collect();
    assert_eq!((found[0].0, found[1].0, found.len()), ("sex", "age", 2));
    assert!((found[0].1 - 34.0 / 70.0).abs() < 1e-14 && (found[1].1 - 4.0 / 35.0).abs() < 1e-14);
    assert!(
        results.methods_text.iter().any(|text| text.contains("2 tests of the table by the method of Holm"))
    );
    assert!(rows(&run("farr", SEX, &[sex([3, 1, 1, 3])]).unwrap(), Quantity::AdjustedP, None).is_empty());
    for options in [
        "variables = [\"sex\"]\nadjust = \"holm\"\n".to_string(),
        format!("{SEX}p_values = false\nadjust = \"holm\"\n"),
    ] {
        assert_eq!(refusal(&options).0, "there is no P value to be adjusted");
    }
}

/// By hand, `baseline`: Clopper and Pearson’s and Wilson’s limits of all of seven and of one of two, in closed form.
#[test]
fn shares_have_the_interval_that_was_asked_for() {
    let of = |options: &str, group: Option<&str>| {
        let results =
            run("farr", &format!("by = \"arm\"\nvariables = [\"sex\"]\n{options}"), &[sex([7, 0, 1, 1])])
                .unwrap();
        let row = rows(&results, Quantity::Proportion, group)[0].clone();
        (row.interval, results.methods_text[0].clone())
    };
    assert_eq!(of("", Some("a")).0, None);
    // All of seven: (α/2)^(1/7), and n/(n + z²) by Wilson.
    let (exact, sentence) = of("share_interval = \"clopper_pearson\"", Some("a"));
    let exact = exact.unwrap();
    assert!((exact.lower.unwrap() - 0.025_f64.powf(1.0 / 7.0)).abs() < 1e-13);
    assert_eq!((exact.upper, exact.method), (Some(1.0), study::IntervalMethod::Exact));
    assert!(sentence.ends_with("with a value with Clopper and Pearson’s exact 95% interval."), "{sentence}");
    // One of two, the patient without sex left out: 1 − √(1 − α/2).
    let exact = of("share_interval = \"clopper_pearson\"", Some("b")).0.unwrap();
    assert!((exact.lower.unwrap() - (1.0 - 0.975_f64.sqrt())).abs() < 1e-13);
    let wilson = of("share_interval = \"wilson\"", Some("a")).0.unwrap();
    let z2 = 1.959_963_984_540_054_f64.powi(2);
    assert!((wilson.lower.unwrap() - 7.0 / (7.0 + z2)).abs() < 1e-14);
    // Of a row: seven of the eight who are f are in a; all eight together are no estimate.
    let row = "share_interval = \"clopper_pearson\"\npercent = \"row\"";
    assert!(of(row, Some("a")).0.unwrap().upper.unwrap() < 1.0);
    assert_eq!(of(row, None).0, None);
}
