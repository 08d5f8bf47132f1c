//! Two by two, trend, correlation, paired comparison and adjusted P values against R
//! (`oracle/two_by_two.R`, `trend.R`, `correlation.R`, `paired.R`, `adjust.R`).

mod oracle;

use estimate::methods::adjust::{Adjustment, adjusted};
use estimate::methods::correlation::{Pairs, SpearmanDistribution};
use estimate::methods::paired::rule::{Reckon, Reckoning, SignedRankRule};
use estimate::methods::paired::{Zeros, centre, mcnemar, paired_t::paired_t, signed_rank::signed_rank};
use estimate::methods::tests::fisher::{fisher, mid_p};
use estimate::methods::tests::pearson::{Correction, pearson};
use estimate::methods::tests::{CrossTable, Frequencies};
use estimate::methods::trend::{Dose, cochran_armitage, exact_p};
use estimate::methods::two_by_two::{
    Effect, Fourfold, conditional, difference, odds, ratio, risk, stratified, stratified::Continuity,
    unconditional,
};
use estimate::numerics::random::Random;
use oracle::Comparison;
use serde_json::Value;
use study::Test;

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap()
}

/// The numbers of an array; absent ones are `None`.
fn numbers(of: &Value) -> Vec<Option<f64>> {
    of.as_array().unwrap().iter().map(Value::as_f64).collect()
}

fn cells(of: &Value) -> [u64; 4] {
    let cells = numbers(of);
    [0, 1, 2, 3].map(|index| cells[index].unwrap() as u64)
}

#[track_caller]
fn same(comparison: &mut Comparison, what: &str, ours: Option<f64>, theirs: Option<f64>) {
    assert_eq!(ours.is_some(), theirs.is_some(), "{what}: {ours:?} against {theirs:?}");
    if let (Some(ours), Some(theirs)) = (ours, theirs) {
        comparison.figure(what, ours, theirs);
    }
}

#[track_caller]
fn limits(comparison: &mut Comparison, what: &str, ours: &Effect, theirs: &Value) {
    let theirs = numbers(theirs);
    same(comparison, &format!("{what}, lower limit"), ours.lower, theirs[0]);
    same(comparison, &format!("{what}, upper limit"), ours.upper, theirs[1]);
}

#[track_caller]
fn test(comparison: &mut Comparison, what: &str, ours: &Test, theirs: &Value) {
    same(comparison, what, ours.statistic, theirs["statistic"].as_f64());
    same(comparison, what, ours.p_value, theirs["p"].as_f64());
}

#[test]
fn tables_of_two_by_two() {
    for entry in oracle::load("two_by_two")["tables"].as_array().unwrap() {
        let table = Fourfold::of_cells(cells(&entry["cells"]));
        let name = text(entry, "name");

        let mut risks = Comparison::new("risk, Wilson and Clopper–Pearson", name, "R prop.test, qbeta");
        for (index, (x, n)) in [(table.x1, table.n1), (table.x2, table.n2)].into_iter().enumerate() {
            for (key, ours) in
                [("wilson", risk::wilson(x, n, 0.95)), ("clopper_pearson", risk::clopper_pearson(x, n, 0.95))]
            {
                let theirs = numbers(&entry[key][index]);
                for (ours, theirs) in ours.unwrap().into_iter().zip(theirs) {
                    let theirs = theirs.unwrap();
                    // R has 2e-17 where the limit is 0.
                    risks.figure(key, ours, if theirs.abs() < 1e-15 { 0.0 } else { theirs });
                }
            }
        }
        risks.finish();

        let theirs = &entry["difference"];
        let mut compared = Comparison::new("risk difference", name, "R, from the papers");
        let wald = difference::wald(&table, 0.95);
        same(&mut compared, "difference", wald.value, theirs["value"].as_f64());
        same(&mut compared, "standard error", wald.std_error, theirs["std_error"].as_f64());
        limits(&mut compared, "Wald", &wald, &theirs["wald"]);
        limits(&mut compared, "Newcombe", &difference::newcombe(&table, 0.95), &theirs["newcombe"]);
        let score = difference::miettinen_nurminen(&table, 0.95);
        limits(&mut compared, "Miettinen–Nurminen", &score, &theirs["miettinen_nurminen"]);
        compared.finish();

        let theirs = &entry["ratio"];
        let mut compared = Comparison::new("risk ratio", name, "R, from the papers");
        let wald = ratio::wald(&table, 0.95);
        same(&mut compared, "ratio", wald.value, theirs["value"].as_f64());
        limits(&mut compared, "Wald", &wald, &theirs["wald"]);
        let score = ratio::miettinen_nurminen(&table, 0.95);
        limits(&mut compared, "Miettinen–Nurminen", &score, &theirs["miettinen_nurminen"]);
        compared.finish();

        let theirs = &entry["odds"];
        let mut compared = Comparison::new("odds ratio", name, "R, from the papers");
        let wald = odds::wald(&table, 0.95);
        same(&mut compared, "ratio", wald.value, theirs["value"].as_f64());
        limits(&mut compared, "Wald", &wald, &theirs["wald"]);
        let score = odds::miettinen_nurminen(&table, 0.95);
        limits(&mut compared, "Miettinen–Nurminen", &score, &theirs["miettinen_nurminen"]);
        let exact = conditional::exact(&table, 0.95);
        same(&mut compared, "conditional estimate", exact.value, theirs["conditional"].as_f64());
        limits(&mut compared, "exact", &exact, &theirs["exact"]);
        compared.finish();

        let [a, b, c, d] = table.cells();
        let cross = CrossTable::of(&[[a, c], [b, d]]);
        let mut compared = Comparison::new("tests of two by two", name, "R chisq.test, fisher.test, dhyper");
        test(&mut compared, "Pearson", &pearson(&cross, Correction::None), &entry["pearson"]);
        test(&mut compared, "Yates", &pearson(&cross, Correction::Yates), &entry["yates"]);
        let exact = fisher(&cross, &mut Random::new(1)).test.p_value;
        same(&mut compared, "Fisher", exact, entry["fisher"].as_f64());
        same(&mut compared, "mid-P", mid_p(&cross), entry["mid_p"].as_f64());
        compared.finish();
    }
}

#[test]
fn exact_limits_given_the_group_sizes() {
    use unconditional::Ordering::{Score, Unstandardized};
    for entry in oracle::load("unconditional")["tables"].as_array().unwrap() {
        let (table, level) = (Fourfold::of_cells(cells(&entry["cells"])), entry["level"].as_f64().unwrap());
        let mut compared = Comparison::new(
            "exact unconditional limits of risk difference and ratio",
            text(entry, "name"),
            "all tables on fine grids, extended precision",
        );
        let difference = |ordering| unconditional::difference(&table, level, ordering);
        limits(&mut compared, "difference, score", &difference(Score), &entry["score"]);
        limits(
            &mut compared,
            "difference, unstandardized",
            &difference(Unstandardized),
            &entry["unstandardized"],
        );
        let ratio = unconditional::ratio(&table, level);
        limits(&mut compared, "ratio", &ratio, &entry["ratio"]);
        compared.finish();
    }
}

#[test]
fn strata() {
    for entry in oracle::load("two_by_two")["strata"].as_array().unwrap() {
        let tables: Vec<Fourfold> = entry["cells"]
            .as_array()
            .unwrap()
            .iter()
            .map(|stratum| Fourfold::of_cells(cells(stratum)))
            .collect();
        let mut compared = Comparison::new(
            "Mantel–Haenszel, Breslow–Day",
            text(entry, "name"),
            "R mantelhaen.test, and from the papers",
        );
        for (key, ours) in [
            ("odds_ratio", stratified::odds_ratio(&tables, 0.95)),
            ("risk_ratio", stratified::risk_ratio(&tables, 0.95)),
            ("risk_difference", stratified::risk_difference(&tables, 0.95)),
        ] {
            let theirs = numbers(&entry[key]);
            same(&mut compared, key, ours.value, theirs[0]);
            same(&mut compared, key, ours.std_error, theirs[1]);
        }
        let cmh = |continuity| stratified::cochran_mantel_haenszel(&tables, continuity);
        test(&mut compared, "without correction", &cmh(Continuity::None), &entry["plain"]);
        test(&mut compared, "with correction", &cmh(Continuity::HalfWhereThatLarge), &entry["corrected"]);
        for (key, tarone) in [("breslow_day", false), ("tarone", true)] {
            let (ours, theirs) = (stratified::homogeneity(&tables, tarone), numbers(&entry[key]));
            same(&mut compared, key, ours.statistic, theirs[0]);
            same(&mut compared, key, ours.df.first().copied(), theirs[1]);
            same(&mut compared, key, ours.p_value, theirs[2]);
        }
        compared.finish();
    }
}

fn doses(entry: &Value) -> Vec<Dose> {
    let list = |key: &str| numbers(&entry[key]).into_iter().map(Option::unwrap);
    let counts = list("events").zip(list("n"));
    list("score")
        .zip(counts)
        .map(|(score, (events, n))| Dose { score, events: events as u64, n: n as u64 })
        .collect()
}

#[test]
fn trends() {
    let frozen = oracle::load("trend");
    for entry in frozen["cases"].as_array().unwrap() {
        let ours = cochran_armitage(&doses(entry));
        let mut compared = Comparison::new("Cochran–Armitage test", text(entry, "name"), "R prop.trend.test");
        same(&mut compared, "z", ours.statistic, entry["z"].as_f64());
        same(&mut compared, "P", ours.p_value, entry["p"].as_f64());
        compared.finish();
    }
    for entry in frozen["exact"].as_array().unwrap() {
        let mut compared = Comparison::new("exact test for trend", text(entry, "name"), "R coin oneway_test");
        same(&mut compared, "P", exact_p(&doses(entry)), entry["p"].as_f64());
        compared.finish();
    }
}

#[test]
fn correlations() {
    for entry in oracle::load("correlation")["cases"].as_array().unwrap() {
        let list = |key: &str| numbers(&entry[key]).into_iter().map(Option::unwrap);
        let pairs = Pairs::new(list("x").zip(list("y")).map(|(x, y)| (x, y, 1)));
        let mut compared = Comparison::new("Pearson’s correlation", text(entry, "name"), "R cor.test");
        let ours = pairs.pearson();
        same(&mut compared, "r", ours.value, entry["r"].as_f64());
        same(&mut compared, "t", ours.test.statistic, entry["t"].as_f64());
        same(&mut compared, "P", ours.test.p_value, entry["p"].as_f64());
        for (ours, theirs) in ours.limits(0.95).unwrap().into_iter().zip(numbers(&entry["limits"])) {
            compared.figure("limit", ours, theirs.unwrap());
        }
        compared.finish();

        let mut compared = Comparison::new("Spearman’s correlation", text(entry, "name"), "R cor.test");
        let ours = pairs.spearman(SpearmanDistribution::ExactWhereSmall);
        same(&mut compared, "rho", ours.value, entry["rho"].as_f64());
        same(&mut compared, "P", ours.test.p_value, entry["rho_p"].as_f64());
        for (ours, theirs) in ours.limits(0.95).unwrap().into_iter().zip(numbers(&entry["rho_limits"])) {
            compared.figure("limit", ours, theirs.unwrap());
        }
        let by_t = pairs.spearman(SpearmanDistribution::T);
        same(&mut compared, "t", by_t.test.statistic, entry["rho_t"].as_f64());
        same(&mut compared, "P by t", by_t.test.p_value, entry["rho_p_t"].as_f64());
        compared.finish();
    }
}

#[test]
fn changes_within_patients() {
    for entry in oracle::load("paired")["tables"].as_array().unwrap() {
        let [both, first, second, neither] = cells(&entry["cells"]);
        let changes = mcnemar::Changes { both, first, second, neither };
        let mut compared = Comparison::new(
            "McNemar’s test and paired risks",
            text(entry, "name"),
            "R mcnemar.test, binom.test, Tango 1998",
        );
        test(&mut compared, "plain", &mcnemar::asymptotic(&changes, false), &entry["plain"]);
        test(&mut compared, "corrected", &mcnemar::asymptotic(&changes, true), &entry["corrected"]);
        same(&mut compared, "exact", mcnemar::exact(&changes).p_value, entry["exact"].as_f64());
        let (wald, theirs) = (mcnemar::difference_wald(&changes, 0.95), numbers(&entry["difference"]));
        same(&mut compared, "difference", wald.value, theirs[0]);
        same(&mut compared, "standard error", wald.std_error, theirs[1]);
        limits(&mut compared, "score", &mcnemar::difference_score(&changes, 0.95), &entry["score"]);
        let (odds, theirs) = (mcnemar::odds_ratio(&changes, 0.95), numbers(&entry["odds"]));
        for (ours, theirs) in [odds.value, odds.lower, odds.upper].into_iter().zip(theirs) {
            same(&mut compared, "odds ratio", ours, theirs);
        }
        compared.finish();
    }
}

#[test]
fn numbers_within_patients() {
    for entry in oracle::load("paired")["numbers"].as_array().unwrap() {
        let list = |key: &str| numbers(&entry[key]).into_iter().map(Option::unwrap);
        let rounded = |d: f64| format!("{d:.9}").parse::<f64>().unwrap();
        let differences = Frequencies::new(list("x").zip(list("y")).map(|(x, y)| (rounded(x - y), 1)));
        let mut compared =
            Comparison::new("paired t and signed-rank tests", text(entry, "name"), "R t.test, wilcox.test");
        let (ours, mean) = paired_t(&differences, 0.95);
        test(&mut compared, "t", &ours, &entry["t"]);
        let theirs = numbers(&entry["mean"]);
        for (ours, theirs) in [mean.value, mean.lower, mean.upper].into_iter().zip(theirs) {
            same(&mut compared, "mean difference", ours, theirs);
        }
        let found = |reckon, zeros| signed_rank(&differences, SignedRankRule { reckon, zeros }).0;
        let (ours, theirs) = (found(Reckon::ExactWhereSmall, Zeros::LeftOut), numbers(&entry["wilcoxon"]));
        same(&mut compared, "V", ours.statistic, theirs[0]);
        same(&mut compared, "P", ours.p_value, theirs[1]);
        let plain = found(Reckon::Uncorrected, Zeros::LeftOut);
        same(&mut compared, "P uncorrected", plain.p_value, entry["uncorrected"].as_f64());
        compared.finish();

        let theirs = &entry["ranks"];
        let mut compared = Comparison::new(
            "exact signed-rank test and the centre of differences",
            text(entry, "name"),
            "R exactRankTests, coin, limits by inversion",
        );
        for (key, reckon, zeros) in [
            ("exact", Reckon::Exact, Zeros::LeftOut),
            ("pratt", Reckon::Exact, Zeros::Ranked),
            ("pratt_uncorrected", Reckon::Uncorrected, Zeros::Ranked),
        ] {
            same(&mut compared, key, found(reckon, zeros).p_value, theirs[key].as_f64());
        }
        let sas = SignedRankRule { reckon: Reckon::ExactUpTo20ElseStudent, zeros: Zeros::LeftOut };
        let (ours, how) = signed_rank(&differences, sas);
        let key = if how == Reckoning::Student { "student" } else { "exact" };
        same(&mut compared, "SAS", ours.p_value, theirs[key].as_f64());
        for (key, reckoning) in [
            ("exact_limits", Reckoning::Exact),
            ("corrected_limits", Reckoning::Corrected),
            ("uncorrected_limits", Reckoning::Uncorrected),
            ("student_limits", Reckoning::Student),
        ] {
            let (shift, _) = centre::of(&differences, reckoning, 0.95).unwrap();
            same(&mut compared, "centre", Some(shift.value), theirs["centre"].as_f64());
            let (lower, upper) = shift.limits.unzip();
            let ours = Effect { value: None, std_error: None, lower, upper };
            limits(&mut compared, key, &ours, &theirs[key]);
        }
        compared.finish();
    }
}

#[test]
fn adjusted_p_values() {
    for (index, entry) in oracle::load("adjust")["cases"].as_array().unwrap().iter().enumerate() {
        let list = |key: &str| numbers(&entry[key]).into_iter().map(Option::unwrap).collect::<Vec<f64>>();
        let mut compared = Comparison::new("adjusted P values", &format!("list {}", index + 1), "R p.adjust");
        for (key, adjustment) in [
            ("bonferroni", Adjustment::Bonferroni),
            ("holm", Adjustment::Holm),
            ("hochberg", Adjustment::Hochberg),
            ("benjamini_hochberg", Adjustment::BenjaminiHochberg),
        ] {
            let ours = adjusted(&list("p"), adjustment);
            assert_eq!(ours.len(), list(key).len());
            ours.into_iter().zip(list(key)).for_each(|(ours, theirs)| compared.figure(key, ours, theirs));
        }
        compared.finish();
    }
}
