//! Smoking and lung cancer in eight Chinese cities (Liu 1992, doi:10.1093/ije/21.2.197).

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::{limits, test};
use study::{Column, Model, Quantity, TestName};

/// Of each city: smokers with and without lung cancer, others with and without.
const CITIES: [(&str, [u64; 4]); 8] = [
    ("Beijing", [126, 100, 35, 61]),
    ("Shanghai", [908, 688, 497, 807]),
    ("Shenyang", [913, 747, 336, 598]),
    ("Nanjing", [235, 172, 58, 121]),
    ("Harbin", [402, 308, 121, 215]),
    ("Zhengzhou", [182, 156, 72, 98]),
    ("Taiyuan", [60, 99, 11, 43]),
    ("Nanchang", [104, 89, 21, 36]),
];

/// Agresti 1996 (An Introduction to Categorical Data Analysis, Wiley), section 3.2, table 3.3: CMH = 280.1, the common odds
/// ratio 2.17 with Wald limits 1.98 and 2.38, and the Breslow–Day statistic 5.2 (P = 0.64).
#[test]
fn the_common_odds_ratio() {
    let cancer: Vec<_> = (0..32).map(|row| Some(row % 2 == 0)).collect();
    let smoker: Vec<_> = (0..32).map(|row| Some(row % 4 < 2)).collect();
    let names = CITIES.map(|(city, _)| city);
    let columns = [
        Column::flag("cancer", &cancer),
        Column::flag("smoker", &smoker),
        Column::category("city", &names, (0..32).map(|row| row / 4).collect()),
    ];
    let n: Vec<u64> = CITIES.iter().flat_map(|(_, cells)| *cells).collect();
    let options =
        "outcome = \"cancer\"\nexposure = \"smoker\"\nstrata = \"city\"\nhomogeneity = \"breslow_day\"";
    let results = try_run("farr", "two_by_two", options, &columns, &n).unwrap();
    let mut printed = Printed::of("two_by_two", "lung cancer in China", "Agresti 1996, section 3.2");
    let pooled =
        |row: &&study::Estimate| row.quantity == Quantity::OddsRatio && row.model == Some(Model::Stratified);
    let ours = results.estimates.iter().find(pooled).unwrap();
    printed.figure("common odds ratio", ours.value, "2.17");
    for (ours, limit) in limits(ours).into_iter().zip(["1.98", "2.38"]) {
        printed.figure("its limit", ours, limit);
    }
    let association = test(&results, TestName::CochranMantelHaenszel);
    printed.figure("Cochran–Mantel–Haenszel", association.statistic, "280.1");
    let homogeneity = test(&results, TestName::BreslowDay);
    printed.figure("Breslow–Day", homogeneity.statistic, "5.2");
    printed.figure("its P", homogeneity.p_value, "0.64");
    printed.finish();
}
