//! A binary outcome by a two-level exposure: risks, their difference and ratio, the odds ratio, over strata if asked.
//!
//! # Estimand
//! Risk of the outcome in both groups; risk difference, risk ratio and odds ratio of the exposed against the others,
//! in all patients and, with `strata`, the one that all strata share.
//! # Formula
//! Of the table a, b, c, d (exposed with and without the outcome, then the others), n₁ = a + b, n₀ = c + d, N = n₁ +
//! n₀: risks p₁ = a/n₁ and p₀ = c/n₀, difference p₁ − p₀, ratio p₁/p₀, odds ratio ad/bc. Mid-P is Fisher's P less
//! half the probability of the observed table.
//!
//! Intervals, with z the normal quantile of the confidence level and q = 1 − p. Risk: Wilson's, the p with n(p̂ − p)²
//! = z² pq; Clopper and Pearson's, the p at which P(X ≥ x) and P(X ≤ x) are half of one minus the confidence level.
//! Difference: Wald's, ± z √(p₁q₁/n₁ + p₀q₀/n₀); Newcombe's, from Wilson's limits l and u of both risks, below by
//! √((p₁ − l₁)² + (u₀ − p₀)²) and above by √((u₁ − p₁)² + (p₀ − l₀)²). Ratio and odds ratio: Wald's, on the logarithm
//! with the variances 1/a − 1/n₁ + 1/c − 1/n₀ and 1/a + 1/b + 1/c + 1/d. Miettinen and Nurminen's hold the values
//! that the score test does not reject: its variance, times N/(N − 1), is that of the risks that are most likely
//! under the value. Exact limits of the odds ratio ψ are given both margins: P(x) is in proportion to ψˣ times the
//! hypergeometric probability. Exact limits of difference and ratio are given the group sizes: the outermost values
//! under which a one-sided P exceeds half of one minus the confidence level for some pair of risks.
//!
//! Over strata (sums over them): odds ratio Σ ad/N / Σ bc/N, risk ratio Σ an₀/N / Σ cn₁/N, difference Σ (an₀ − cn₁)/N
//! / Σ n₁n₀/N. Their test, with m = a + c: (|Σ (a − n₁m/N)| − k)² / Σ n₁n₀m(N − m)/(N²(N − 1)), χ² with one degree of
//! freedom; k = 0, or with correction ½ (at most the deviation itself; in R's dialect nothing is taken from one below
//! ½). Homogeneity: Σ (a − ã)²/V, ã being the count in a stratum under the common odds ratio and V the inverse of the
//! sum of the reciprocals of the four such counts; Tarone takes off (Σ (a − ã))²/Σ V.
//! # Ties and censoring
//! Patients without a value of one of the variables are left out, and their number is a notice. An estimate that is
//! infinite or undefined is absent, and so is a limit on that side; a notice says which cell is empty. Over strata,
//! those without both groups count nowhere; those where nobody has the outcome tell of the difference alone, those
//! where everybody has it of the difference and the risk ratio.
//! # Assumptions
//! Patients are independent. Pooling assumes that the strata share one effect, which the test of homogeneity asks.
//! # Variance
//! Score intervals take it at the limit itself; exact ones have none. Over strata: Robins, Breslow and Greenland's of
//! the logarithm of the odds ratio, Greenland and Robins' of that of the risk ratio, Sato's of the difference, all
//! with Wald's limits.
//! # Options
//! Intervals and tests are those of the dialect where they are not asked for (docs/conventions.md). `correction` and
//! `homogeneity` need `strata`.
//! # References
//! Wilson 1927, doi:10.1080/01621459.1927.10502953. Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404. Newcombe
//! 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I (method 10). Katz et al. 1978,
//! doi:10.2307/2530610 and Woolf 1955, doi:10.1111/j.1469-1809.1955.tb01348.x (Wald's intervals of ratios). Miettinen
//! & Nurminen 1985, doi:10.1002/sim.4780040211. Baptista & Pike 1977, doi:10.2307/2346959 (exact odds ratio). Chan &
//! Zhang 1999, doi:10.1111/j.0006-341X.1999.01202.x and Santner & Snell 1980, J Am Stat Assoc 75:386–394 (exact
//! difference and ratio). Mantel & Haenszel 1959, doi:10.1093/jnci/22.4.719. Robins, Breslow & Greenland 1986,
//! doi:10.2307/2531052. Greenland & Robins 1985, doi:10.2307/2530643. Sato 1989, doi:10.2307/2531772. Breslow & Day
//! 1980, IARC Scientific Publications 32, equation 4.30. Tarone 1985, doi:10.1093/biomet/72.1.91. Lancaster 1961,
//! doi:10.1080/01621459.1961.10482105 (mid-P).
//! # Worked example
//! 15 of 20 exposed and 10 of 40 others have the outcome: risk difference 0.5, risk ratio 3, odds ratio 9, Pearson's
//! χ² = 60 (15·30 − 5·10)²/(25·35·20·40) = 96/7.

pub mod conditional;
pub mod difference;
pub mod fourfold;
pub mod odds;
mod options;
pub mod ratio;
pub mod risk;
mod rows;
pub(in crate::methods) use rows::{one_risk, with_effect};
pub mod stratified;
pub mod unconditional;

pub use fourfold::{Effect, Fourfold};
pub use options::{
    DifferenceInterval, FourfoldTest, HomogeneityTest, OddsInterval, RatioInterval, RiskInterval,
    TwoByTwoOptions,
};
pub(crate) use options::{is_corrected, risk_interval};

use crate::method::{About, Method, one_table, outline};
use crate::methods::dichotomy::{Dichotomy, Keys};
use crate::missing::excluded;
use study::{
    Analysis, ColumnRequest, CountRequest, CountTable, Group, Level, MISSING, Participants, Plan, Problem,
    Results,
};

/// The method.
#[derive(Debug, Clone, Copy)]
pub struct TwoByTwo;

impl Method for TwoByTwo {
    const ABOUT: About = About {
        name: "two_by_two",
        title: "Risk by exposure",
        summary: "Compares the risk of an outcome between two groups: difference, ratio, odds ratio, over strata.",
        documentation: include_str!("two_by_two.rs"),
        references: &[
            "Wilson 1927, doi:10.1080/01621459.1927.10502953",
            "Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
            "Miettinen & Nurminen 1985, doi:10.1002/sim.4780040211",
            "Chan & Zhang 1999, doi:10.1111/j.0006-341X.1999.01202.x",
            "Mantel & Haenszel 1959, doi:10.1093/jnci/22.4.719",
            "Tarone 1985, doi:10.1093/biomet/72.1.91",
        ],
    };
    type Options = TwoByTwoOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        options.check(analysis, plan)?;
        let named = [Some(("exposure", &options.exposure)), Some(("outcome", &options.outcome))];
        let strata = options.strata.as_ref().map(|strata| ("strata", strata));
        let columns = named
            .into_iter()
            .chain([strata])
            .flatten()
            .map(|(key, name)| ColumnRequest::variable(name, [key.into()]))
            .collect();
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let mut options = options.resolved(plan);
        let all = one_table(tables)?;
        let names: Vec<&str> = [Some(&options.exposure), Some(&options.outcome), options.strata.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let (table, missing) = all.complete(&names)?;
        let exposure = Dichotomy::read(
            all.column(&options.exposure)?,
            options.exposed.as_deref(),
            &Keys { variable: "exposure", level: "exposed", other_than_reference: true },
            analysis,
        )?;
        let outcome = Dichotomy::read(
            all.column(&options.outcome)?,
            options.event.as_deref(),
            &Keys { variable: "outcome", level: "event", other_than_reference: false },
            analysis,
        )?;
        let (strata, counted) = count(all, options.strata.as_deref(), &exposure, &outcome, analysis)?;
        options.event = Some(outcome.level.clone());
        options.exposed = Some(exposure.level.clone());
        let mut results = outline::<Self>(&options, analysis)?;
        results.outcome = Some(options.outcome.clone());
        results.by = options.strata.clone();
        results.participants = Participants { eligible: all.total(), analysed: table.total(), missing };
        for name in &names {
            results.variables.push(all.column(name)?.label());
        }
        results.notices.extend(excluded(&results.participants.missing));
        let crude = counted.iter().fold(Fourfold::default(), |sum, stratum| sum.with(stratum));
        results.groups = strata
            .iter()
            .zip(&counted)
            .map(|(level, stratum)| group(Some(level), stratum))
            .chain([group(None, &crude)])
            .collect();
        let setting = rows::Setting { options: &options, plan, exposure: &exposure, outcome: &outcome };
        setting.add(&mut results, &strata, &counted, &crude);
        results.methods_text = setting.sentences();
        Ok(results)
    }
}

fn group(level: Option<&Level>, table: &Fourfold) -> Group {
    Group {
        level: level.map(|level| level.value.clone()),
        label: level.map_or("All patients".into(), |level| level.text().to_string()),
        n: table.total(),
        events: Some(table.events()),
    }
}

/// The table of each stratum; of all patients, without a level, where there are no strata.
fn count(
    table: &CountTable,
    strata: Option<&str>,
    exposure: &Dichotomy,
    outcome: &Dichotomy,
    analysis: &Analysis,
) -> Result<(Vec<Level>, Vec<Fourfold>), Problem> {
    let (levels, codes) = match strata {
        Some(name) => {
            let column = table.column(name)?;
            let codes = column.codes().map_err(|problem| problem.at(analysis.place(&["strata".into()])))?;
            (column.levels().to_vec(), Some(codes))
        }
        None => (Vec::new(), None),
    };
    let mut counted = vec![Fourfold::default(); levels.len().max(1)];
    for (row, n) in table.n().iter().enumerate() {
        let stratum = codes.map_or(0, |codes| codes[row]);
        let (Some(exposed), Some(event)) = (exposure.has[row], outcome.has[row]) else { continue };
        if stratum == MISSING {
            continue;
        }
        let cells = &mut counted[stratum as usize];
        let events = if event { *n } else { 0 };
        if exposed {
            cells.x1 += events;
            cells.n1 += n;
        } else {
            cells.x2 += events;
            cells.n2 += n;
        }
    }
    Ok((levels, counted))
}

#[cfg(test)]
mod tests;
