//! Tests and statistics of the baseline table against R (`oracle/baseline.R`), full enumeration (`oracle/fisher.py`),
//! the NIST reference data sets, and the printed counts of a study.

mod oracle;
mod table;

use estimate::methods::tests::fisher::fisher;
use estimate::methods::tests::frequencies::QuantileDefinition;
use estimate::methods::tests::kruskal_wallis::kruskal_wallis;
use estimate::methods::tests::pearson::{Correction, pearson};
use estimate::methods::tests::wilcoxon::{Distribution, wilcoxon};
use estimate::methods::tests::{CrossTable, Frequencies, anova::anova, student::student, welch::welch};
use estimate::numerics::random::Random;
use oracle::Comparison;
use serde_json::Value;
use std::collections::BTreeMap;
use study::Test;
use table::Table;

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap()
}

fn compare(comparison: &mut Comparison, ours: &Test, theirs: &Value) {
    comparison.figure("statistic", ours.statistic.unwrap(), theirs["statistic"].as_f64().unwrap());
    let df: Vec<&Value> = match &theirs["df"] {
        Value::Array(df) => df.iter().collect(),
        Value::Null => Vec::new(),
        df => vec![df],
    };
    assert_eq!(ours.df.len(), df.len());
    for (ours, theirs) in ours.df.iter().zip(df) {
        comparison.figure("degrees of freedom", *ours, theirs.as_f64().unwrap());
    }
    comparison.figure("P", ours.p_value.unwrap(), theirs["p"].as_f64().unwrap());
}

/// The patients of both columns, as distinct pairs and their number.
fn pairs(entry: &Value) -> BTreeMap<(String, String), u64> {
    let (variable, by) = (text(entry, "variable"), text(entry, "by"));
    let table = Table::read(text(entry, "dataset"));
    let n = if table.has("n") { table.numbers("n") } else { vec![1.0; table.rows()] };
    let mut pairs = BTreeMap::new();
    for ((level, group), n) in table.cells(variable).iter().zip(table.cells(by)).zip(n) {
        if !level.is_empty() && !group.is_empty() {
            *pairs.entry((level.clone(), group.clone())).or_default() += n as u64;
        }
    }
    pairs
}

fn named(entry: &Value) -> String {
    format!("{}: {} by {}", text(entry, "dataset"), text(entry, "variable"), text(entry, "by"))
}

#[test]
fn levels_agree_with_r() {
    for entry in oracle::load("baseline")["levels"].as_array().unwrap() {
        let pairs = pairs(entry);
        let mut levels: Vec<&String> = pairs.keys().map(|(level, _)| level).collect();
        let mut groups: Vec<&String> = pairs.keys().map(|(_, group)| group).collect();
        for names in [&mut levels, &mut groups] {
            names.sort();
            names.dedup();
        }
        let mut table = CrossTable::new(levels.len(), groups.len());
        for ((level, group), n) in &pairs {
            table.add(levels.binary_search(&level).unwrap(), groups.binary_search(&group).unwrap(), *n);
        }
        let mut comparison = Comparison::new("Pearson’s chi-squared test", &named(entry), "R chisq.test");
        compare(&mut comparison, &pearson(&table, Correction::None), &entry["pearson"]);
        comparison.finish();
        if !entry["yates"].is_null() {
            let mut comparison = Comparison::new("Yates’ correction", &named(entry), "R chisq.test");
            compare(&mut comparison, &pearson(&table, Correction::Yates), &entry["yates"]);
            comparison.finish();
        }
        if let Some(theirs) = entry["fisher"].as_f64() {
            let result = fisher(&table, &mut Random::new(1));
            let p = result.test.p_value.unwrap();
            if let Some(simulation) = result.simulation {
                assert!(simulation.lower <= theirs && theirs <= simulation.upper, "{simulation:?} {theirs}");
                continue;
            }
            if named(entry) == "infert: parity by education" {
                // R merges partial tables that differ by up to 3e-7; enumeration (below) decides for us.
                assert!((p / theirs - 1.0).abs() < 5e-7);
                continue;
            }
            let mut comparison = Comparison::new("Fisher’s exact test", &named(entry), "R fisher.test");
            comparison.figure("P", p, theirs);
            comparison.finish();
        }
    }
}

#[test]
fn fisher_agrees_with_enumeration() {
    for entry in oracle::load("fisher")["tables"].as_array().unwrap() {
        let cells = |row: &Value| [0, 1, 2].map(|group| row[group].as_u64().unwrap());
        let rows: Vec<[u64; 3]> = entry["table"].as_array().unwrap().iter().map(cells).collect();
        let result = fisher(&CrossTable::of(&rows), &mut Random::new(1));
        assert_eq!(result.simulation, None);
        let mut comparison =
            Comparison::new("Fisher’s exact test", text(entry, "name"), "all tables enumerated");
        comparison.figure("P", result.test.p_value.unwrap(), entry["p"].as_f64().unwrap());
        comparison.finish();
    }
}

#[test]
fn large_tables_of_fisher_agree_with_r() {
    for entry in oracle::load("fisher_large")["tables"].as_array().unwrap() {
        let groups = entry["groups"].as_u64().unwrap() as usize;
        let cells = entry["cells"].as_array().unwrap();
        let mut table = CrossTable::new(cells.len() / groups, groups);
        for (index, n) in cells.iter().enumerate() {
            table.add(index / groups, index % groups, n.as_u64().unwrap());
        }
        let result = fisher(&table, &mut Random::new(1));
        assert_eq!(result.simulation, None);
        let name = format!("{} levels in {groups} groups, {} patients", table.levels(), table.total());
        let mut comparison = Comparison::new("Fisher’s exact test", &name, "R fisher.test, workspace = 2e8");
        comparison.figure("P", result.test.p_value.unwrap(), entry["p"].as_f64().unwrap());
        comparison.finish();
    }
}

#[test]
fn numbers_agree_with_r() {
    for entry in oracle::load("baseline")["numbers"].as_array().unwrap() {
        let pairs = pairs(entry);
        let groups: Vec<Frequencies> = entry["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group| {
                let of_group = pairs.iter().filter(|((_, name), _)| Some(name.as_str()) == group.as_str());
                Frequencies::new(of_group.map(|((value, _), n)| (value.parse().unwrap(), *n)))
            })
            .collect();
        let moments: Vec<_> = groups.iter().map(Frequencies::moments).collect();

        let mut comparison =
            Comparison::new("mean, standard deviation, range", &named(entry), "R mean, sd, range");
        for (index, group) in groups.iter().enumerate() {
            let theirs = |key: &str| entry[key][index].as_f64().unwrap();
            comparison.figure("mean", moments[index].mean().unwrap(), theirs("mean"));
            // R has no standard deviation of a single value either.
            let sd = moments[index].standard_deviation();
            assert_eq!(sd.is_some(), entry["sd"][index].is_f64() || entry["sd"][index].is_i64());
            sd.inspect(|sd| comparison.figure("sd", *sd, theirs("sd")));
            comparison.figure("minimum", group.minimum().unwrap(), theirs("minimum"));
            comparison.figure("maximum", group.maximum().unwrap(), theirs("maximum"));
        }
        comparison.finish();

        let mut comparison = Comparison::new("quantiles, types 2, 6 and 7", &named(entry), "R quantile");
        for (index, group) in groups.iter().enumerate() {
            for (key, definition) in [
                ("type2", QuantileDefinition::Averaged),
                ("type6", QuantileDefinition::Weibull),
                ("type7", QuantileDefinition::Interpolated),
            ] {
                let ours = group.quantiles([0.1, 0.25, 0.5, 0.75], definition).unwrap();
                for (ours, theirs) in ours.into_iter().zip(entry[key][index].as_array().unwrap()) {
                    comparison.figure(key, ours, theirs.as_f64().unwrap());
                }
            }
        }
        comparison.finish();

        let all: Vec<&Frequencies> = groups.iter().collect();
        let mut tests = vec![
            ("analysis of variance", "anova", "R aov", anova(&moments)),
            ("Kruskal–Wallis test", "kruskal_wallis", "R kruskal.test", kruskal_wallis(&all)),
        ];
        if let ([a, b], [first, second]) = (moments.as_slice(), all.as_slice()) {
            let rank_sum = |how| wilcoxon(first, second, how);
            tests.extend([
                ("Student’s t-test", "student", "R t.test", student(a, b)),
                ("Welch’s t-test", "welch", "R t.test", welch(a, b)),
                ("Wilcoxon test", "wilcoxon", "R wilcox.test", rank_sum(Distribution::ExactWhereSmall)),
                ("Wilcoxon test", "wilcoxon_corrected", "R wilcox.test", rank_sum(Distribution::Corrected)),
                (
                    "Wilcoxon test",
                    "wilcoxon_uncorrected",
                    "R wilcox.test",
                    rank_sum(Distribution::Uncorrected),
                ),
            ]);
        }
        for (method, key, source, ours) in tests {
            let mut comparison = Comparison::new(method, &named(entry), source);
            compare(&mut comparison, &ours, &entry[key]);
            comparison.finish();
        }
    }
}

#[test]
fn exact_rank_sums_agree_with_r() {
    for entry in oracle::load("baseline")["rank_sum"].as_array().unwrap() {
        let sample = |key: &str| {
            let values = entry[key].as_array().unwrap().iter();
            Frequencies::new(values.map(|value| (value.as_f64().unwrap(), 1)))
        };
        let (first, second) = (sample("first"), sample("second"));
        let name = format!("{} and {} patients without ties", first.total(), second.total());
        let mut comparison = Comparison::new("exact Wilcoxon test", &name, "R wilcox.test");
        let ours = wilcoxon(&first, &second, Distribution::ExactWhereSmall);
        compare(&mut comparison, &ours, entry);
        comparison.finish();
    }
}

/// Pathological complete response by patient and tumour characteristics in 494 patients: counts (response with and
/// without the level, no response with and without), X², P without and with correction, Fisher's P.
const PUBLISHED: [(&str, [u64; 4], [f64; 4]); 7] = [
    (
        "female vs male",
        [13, 17, 150, 314],
        [1.5437950570430508, 0.21405380132722687, 0.2973321817380705, 0.23199435890446185],
    ),
    ("<65 vs >=65", [24, 6, 364, 100], [0.04025850331010342, 0.8409759985265244, 1.0, 1.0]),
    (
        "T1-2 vs T3-4",
        [8, 22, 60, 404],
        [4.478627863643433, 0.03432126528569852, 0.065345428764641, 0.050544896945869215],
    ),
    (
        "N0 vs N1-2",
        [12, 18, 143, 321],
        [1.1031079764143055, 0.293585043780666, 0.39682834248370935, 0.31293442869799665],
    ),
    (
        "right vs left",
        [11, 19, 80, 384],
        [7.0754595052704055, 0.007814677865187193, 0.015649222018271063, 0.013485910282579207],
    ),
    (
        "<3 vs >=3 cm",
        [29, 1, 230, 234],
        [25.06097579814381, 5.554567792339046e-07, 1.4537740057736515e-06, 1.0585279252605455e-07],
    ),
    (
        "single vs multiple",
        [8, 22, 108, 356],
        [0.18031087539609145, 0.6711062151746667, 0.8395891011454775, 0.659552442179959],
    ),
];

#[test]
fn two_by_two_tables_of_a_published_study() {
    for (name, [a, b, c, d], [statistic, p, yates, exact]) in PUBLISHED {
        let table = CrossTable::of(&[[a, c], [b, d]]);
        let plain = pearson(&table, Correction::None);
        let mut comparison = Comparison::new("two by two", name, "SciPy, from the printed counts");
        comparison.figure("chi-squared", plain.statistic.unwrap(), statistic);
        comparison.figure("P", plain.p_value.unwrap(), p);
        comparison.figure("P with correction", pearson(&table, Correction::Yates).p_value.unwrap(), yates);
        let fisher = fisher(&table, &mut Random::new(1));
        comparison.figure("Fisher’s P", fisher.test.p_value.unwrap(), exact);
        comparison.finish();
    }
}

/// NumAcc2–4: a first value and then n pairs of a tenth below and above it. Certified: the first value is the mean,
/// the standard deviation is exactly 0.1.
#[test]
fn nist_univariate_data_sets() {
    for (name, values, mean, sd) in [
        ("NumAcc1", vec![(10_000_001.0, 1), (10_000_003.0, 1), (10_000_002.0, 1)], 10_000_002.0, 1.0),
        ("NumAcc2", vec![(1.2, 1), (1.1, 500), (1.3, 500)], 1.2, 0.1),
        ("NumAcc3", vec![(1_000_000.2, 1), (1_000_000.1, 500), (1_000_000.3, 500)], 1_000_000.2, 0.1),
        ("NumAcc4", vec![(10_000_000.2, 1), (10_000_000.1, 500), (10_000_000.3, 500)], 10_000_000.2, 0.1),
    ] {
        let moments = Frequencies::new(values).moments();
        let mut comparison = Comparison::new("mean and standard deviation", name, "NIST StRD");
        comparison.figure("mean", moments.mean().unwrap(), mean);
        comparison.figure("sd", moments.standard_deviation().unwrap(), sd);
        comparison.finish();
    }
}

/// SmLs01–09 (Simon and Lesage): nine treatments whose first value is their mean, followed by n pairs of a tenth below
/// and above; the means themselves are one centre and four pairs. Certified: F = 21, 201 and 2001 with 8 and 180, 1800
/// and 18000 degrees of freedom, whatever is added to all values. In tenths every value is a whole number, which a
/// double holds; F does not depend on the unit.
#[test]
fn nist_analysis_of_variance_data_sets() {
    let means = [14.0, 13.0, 15.0, 13.0, 15.0, 13.0, 15.0, 13.0, 15.0];
    for (index, (offset, pairs, f, df)) in [
        (0.0, 10, 21.0, 180.0),
        (0.0, 100, 201.0, 1800.0),
        (0.0, 1000, 2001.0, 18000.0),
        (1e7, 10, 21.0, 180.0),
        (1e7, 100, 201.0, 1800.0),
        (1e7, 1000, 2001.0, 18000.0),
        (1e13, 10, 21.0, 180.0),
        (1e13, 100, 201.0, 1800.0),
        (1e13, 1000, 2001.0, 18000.0),
    ]
    .into_iter()
    .enumerate()
    {
        let groups = means.map(|mean| {
            let mean = mean + offset;
            Frequencies::new([(mean, 1), (mean - 1.0, pairs), (mean + 1.0, pairs)]).moments()
        });
        let test = anova(&groups);
        assert_eq!(test.df, [8.0, df]);
        let name = format!("SmLs0{} in tenths", index + 1);
        let mut comparison = Comparison::new("analysis of variance", &name, "NIST StRD");
        comparison.figure("F", test.statistic.unwrap(), f);
        comparison.finish();
    }
}

/// The whole method, from a plan and count tables, on the rows of the oracle with birth weight data.
#[test]
fn the_method_gives_the_oracles_figures() {
    let frozen = oracle::load("baseline");
    let entry = |list: &str, variable: &str, by: &str| {
        let all = frozen[list].as_array().unwrap().iter();
        all.clone()
            .find(|e| {
                text(e, "dataset") == "birthwt" && text(e, "variable") == variable && text(e, "by") == by
            })
            .unwrap()
    };
    let births = Table::read("birthwt");
    let counts = |variable: study::Column| {
        let low = births.levels("low", &["0", "1"]);
        study::CountTable::new(vec![low, variable], vec![1; births.rows()]).unwrap()
    };
    let tables = [
        counts(births.number("age")),
        counts(births.levels("race", &["1", "2", "3"])),
        counts(births.levels("ptl", &["0", "1", "2", "3"])),
    ];
    for (dialect, quantiles, tests) in [
        ("farr", "type7", ["wilcoxon", "pearson", "fisher"]),
        ("spss", "type6", ["wilcoxon_uncorrected", "pearson", "pearson"]),
        ("sas", "type2", ["wilcoxon_corrected", "pearson", "pearson"]),
    ] {
        let plan = format!(
            "[study]\ntitle = \"T\"\ndialect = \"{dialect}\"\n[population]\ntable = \"births\"\n[[analyses]]\n\
             id = \"t\"\nmethod = \"baseline\"\nby = \"low\"\nvariables = [\"age\", \"race\", \"ptl\"]\n"
        );
        let plan = study::Plan::parse(study::SourceText::new("study.toml", plan)).unwrap();
        let method = estimate::find(&plan.analyses[0]).unwrap();
        let results = (method.estimate)(&plan.analyses[0], &plan, &tables).unwrap();
        let mut comparison = Comparison::new("baseline", &format!("birthwt, dialect {dialect}"), "R");
        for (index, group) in ["0", "1"].into_iter().enumerate() {
            let age = results.estimates.iter().filter(|row| row.group.as_deref() == Some(group));
            let quartiles = age.filter(|row| row.quantity == study::Quantity::Quantile);
            // The oracle's first quantile is the tenth percentile.
            for (ours, theirs) in quartiles
                .zip(entry("numbers", "age", "low")[quantiles][index].as_array().unwrap()[1..].iter())
            {
                comparison.figure("quartile", ours.value.unwrap(), theirs.as_f64().unwrap());
            }
        }
        for ((list, variable), key) in
            [("numbers", "age"), ("levels", "race"), ("levels", "ptl")].into_iter().zip(tests)
        {
            let row = results.estimates.iter().find(|row| {
                row.quantity == study::Quantity::Association && row.term.as_deref() == Some(variable)
            });
            let ours = row.and_then(|row| row.test.as_ref()).and_then(|test| test.p_value).unwrap();
            let theirs = &entry(list, variable, "low")[key];
            comparison.figure(variable, ours, theirs.as_f64().or(theirs["p"].as_f64()).unwrap());
        }
        comparison.finish();
    }
}
