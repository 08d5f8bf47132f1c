//! The rows of the results, and the sentences on how they were made.

use super::fourfold::{Effect, Fourfold};
use super::options::{
    DifferenceInterval, FourfoldTest, HomogeneityTest, OddsInterval, RatioInterval, RiskInterval,
    TwoByTwoOptions,
};
use super::stratified::{self, Continuity};
use super::unconditional::Ordering;
use super::{conditional, difference, odds, ratio, risk, unconditional};
use crate::methods::baseline::{CategoryTest, choice};
use crate::methods::dichotomy::Dichotomy;
use crate::methods::tests::fisher::{fisher, mid_p};
use crate::methods::tests::pearson::{Correction, pearson};
use crate::methods::tests::{CrossTable, undone};
use crate::numerics::random::Random;
use study::{
    Convention, Estimate, Interval, IntervalMethod, Level, Model, Notice, Plan, Quantity, Results, Test,
    TestName,
};

/// Strata beyond which only the pooled effect is given: nobody can read them.
const MOST_SHOWN: usize = 100;
/// Strata, with all patients together, beyond which empty cells have no notice each.
const MOST_TOLD: usize = 13;

pub(super) struct Setting<'a> {
    pub(super) options: &'a TwoByTwoOptions,
    pub(super) plan: &'a Plan,
    pub(super) exposure: &'a Dichotomy,
    pub(super) outcome: &'a Dichotomy,
}

impl Setting<'_> {
    /// Adds everything that the tables tell.
    pub(super) fn add(
        &self,
        results: &mut Results,
        strata: &[Level],
        counted: &[Fourfold],
        crude: &Fourfold,
    ) {
        if strata.len() <= MOST_SHOWN {
            for (level, table) in strata.iter().zip(counted) {
                self.describe(results, Some(&level.value), table);
            }
        } else {
            let message = format!("{} strata are too many to be shown.", strata.len());
            results.notices.push(Notice::Other { message });
        }
        self.describe(results, None, crude);
        if crude.total() == 0 {
            let message = "no patient has all values that the table needs".to_string();
            results.notices.push(Notice::Other { message: format!("{}: {message}.", self.options.outcome) });
        } else if !crude.has_both_groups() {
            results.notices.push(Notice::SingleLevel { variable: self.options.exposure.clone() });
        } else if !crude.is_informative() {
            let level = if crude.events() > 0 { &self.outcome.level } else { &self.outcome.other };
            let outcome = self.options.outcome.clone();
            results.notices.push(Notice::OneOutcome { outcome, level: level.clone() });
        }
        self.test(results, crude);
        if self.options.strata.is_some() {
            self.pool(results, counted);
        }
    }

    /// Risks and effects of one table.
    fn describe(&self, results: &mut Results, group: Option<&str>, table: &Fourfold) {
        let level = self.plan.study.confidence_level;
        let row = |quantity, exposed: bool| Estimate {
            term: Some(self.options.exposure.clone()),
            level: Some(if exposed { &self.exposure.level } else { &self.exposure.other }.clone()),
            group: group.map(Into::into),
            ..Estimate::new(quantity, f64::NAN)
        };
        let risk_interval = self.options.risk_interval.unwrap_or(RiskInterval::Wilson);
        for (exposed, x, n) in [(false, table.x2, table.n2), (true, table.x1, table.n1)] {
            results.estimates.push(Estimate {
                value: study::results::finite(x as f64 / n as f64),
                interval: one_risk(x, n, risk_interval, level),
                n: Some(x),
                of: Some(n),
                ..row(Quantity::Risk, exposed)
            });
        }
        // Of many small strata nearly all have an empty cell: their rows show it, and their notices would hide others.
        let told = group.is_none() || results.groups.len() <= MOST_TOLD;
        if told && table.is_informative() && table.has_empty_cell() {
            let variable = self.options.exposure.clone();
            results.notices.push(Notice::EmptyCell { variable, group: group.map(Into::into) });
        }
        if told
            && self.asks_for_unconditional()
            && table.has_both_groups()
            && !unconditional::is_within_reach(table)
        {
            let (variable, group) = (self.options.exposure.clone(), group.map(Into::into));
            let (n, most) = (table.total(), unconditional::MOST_PATIENTS);
            results.notices.push(Notice::ExactIntervalOutOfReach { variable, group, n, most });
        }
        for (quantity, effect, method) in self.effects(table, level) {
            results.estimates.push(Estimate {
                reference: Some(self.exposure.other.clone()),
                ..with_effect(row(quantity, true), &effect, method, level)
            });
        }
    }

    fn asks_for_unconditional(&self) -> bool {
        use DifferenceInterval::{Exact, ExactUnstandardized};
        matches!(self.options.difference_interval, Some(Exact | ExactUnstandardized))
            || self.options.ratio_interval == Some(RatioInterval::Exact)
    }

    fn effects(&self, table: &Fourfold, level: f64) -> [(Quantity, Effect, IntervalMethod); 3] {
        let by_difference = self.options.difference_interval.unwrap_or(DifferenceInterval::Newcombe);
        let by_ratio = self.options.ratio_interval.unwrap_or(RatioInterval::MiettinenNurminen);
        let by_odds = self.options.odds_interval.unwrap_or(OddsInterval::MiettinenNurminen);
        let difference = match by_difference {
            DifferenceInterval::Wald => difference::wald(table, level),
            DifferenceInterval::WaldCorrected => difference::wald_corrected(table, level),
            DifferenceInterval::Newcombe => difference::newcombe(table, level),
            DifferenceInterval::MiettinenNurminen => difference::miettinen_nurminen(table, level),
            DifferenceInterval::Exact => unconditional::difference(table, level, Ordering::Score),
            DifferenceInterval::ExactUnstandardized => {
                unconditional::difference(table, level, Ordering::Unstandardized)
            }
        };
        let ratio = match by_ratio {
            RatioInterval::Wald => ratio::wald(table, level),
            RatioInterval::MiettinenNurminen => ratio::miettinen_nurminen(table, level),
            RatioInterval::Exact => unconditional::ratio(table, level),
        };
        let odds = match by_odds {
            OddsInterval::Wald => odds::wald(table, level),
            OddsInterval::MiettinenNurminen => odds::miettinen_nurminen(table, level),
            OddsInterval::Exact => conditional::exact(table, level),
            OddsInterval::SampleExact => conditional::sample(table, level),
        };
        [
            (Quantity::RiskDifference, difference, by_difference.into()),
            (Quantity::RiskRatio, ratio, by_ratio.into()),
            (Quantity::OddsRatio, odds, by_odds.into()),
        ]
    }

    /// The tests of association that were asked for.
    fn test(&self, results: &mut Results, crude: &Fourfold) {
        if !crude.is_informative() {
            return;
        }
        let [a, b, c, d] = crude.cells();
        let cross = CrossTable::of(&[[a, c], [b, d]]);
        let dialect = self.plan.dialect(Convention::CategoryTest);
        let exposure = &self.options.exposure;
        let mut sparse = false;
        for asked in &self.options.tests {
            let category = match asked {
                FourfoldTest::Auto => CategoryTest::Auto,
                FourfoldTest::Pearson => CategoryTest::Pearson,
                FourfoldTest::Yates => CategoryTest::Yates,
                FourfoldTest::Fisher | FourfoldTest::MidP => CategoryTest::Fisher,
            };
            let choice = choice::for_levels(exposure, category, dialect, &cross);
            let mut test = match choice.test {
                // Two by two is never simulated: the random numbers are not used.
                TestName::FisherExact => fisher(&cross, &mut Random::new(1)).test,
                TestName::YatesChiSquared => pearson(&cross, Correction::Yates),
                _ => pearson(&cross, Correction::None),
            };
            if *asked == FourfoldTest::MidP {
                test = Test { p_value: mid_p(&cross), ..undone(TestName::FisherMidP) };
            }
            // What `auto` chose may be asked for by its name too.
            if results.estimates.iter().any(|row| row.test.as_ref().is_some_and(|own| own.name == test.name))
            {
                continue;
            }
            sparse |= matches!(test.name, TestName::PearsonChiSquared | TestName::YatesChiSquared);
            test.reason = Some(choice.reason);
            results.estimates.push(Estimate {
                term: Some(exposure.clone()),
                test: Some(test),
                ..Estimate::new(Quantity::Association, f64::NAN)
            });
        }
        if let Some(least_expected) = cross.least_expected().filter(|least| sparse && *least < 5.0) {
            results.notices.push(Notice::SparseCell { variable: exposure.clone(), least_expected });
        }
    }

    /// Effects over strata, their test, and the test of homogeneity.
    fn pool(&self, results: &mut Results, strata: &[Fourfold]) {
        let level = self.plan.study.confidence_level;
        let row = |quantity| Estimate {
            model: Some(Model::Stratified),
            term: Some(self.options.exposure.clone()),
            ..Estimate::new(quantity, f64::NAN)
        };
        for (quantity, effect) in [
            (Quantity::RiskDifference, stratified::risk_difference(strata, level)),
            (Quantity::RiskRatio, stratified::risk_ratio(strata, level)),
            (Quantity::OddsRatio, stratified::odds_ratio(strata, level)),
        ] {
            results.estimates.push(Estimate {
                level: Some(self.exposure.level.clone()),
                reference: Some(self.exposure.other.clone()),
                ..with_effect(row(quantity), &effect, IntervalMethod::Wald, level)
            });
        }
        let continuity = match self.options.correction {
            Some(true) => Continuity::of(self.plan.dialect(Convention::StratifiedCorrection)),
            _ => Continuity::None,
        };
        let test = stratified::cochran_mantel_haenszel(strata, continuity);
        results.estimates.push(Estimate { test: Some(test), ..row(Quantity::Association) });
        let tarone = self.options.homogeneity != Some(HomogeneityTest::BreslowDay);
        let test = stratified::homogeneity(strata, tarone);
        if test.p_value.is_none() {
            let message = "whether the odds ratio is the same in all strata cannot be tested: fewer than two strata \
                           have both groups and both outcomes, or the common odds ratio is 0 or infinite";
            results.notices.push(Notice::Other { message: format!("{}: {message}.", self.options.exposure) });
        }
        results.estimates.push(Estimate { test: Some(test), ..row(Quantity::Homogeneity) });
    }

    /// How it was made.
    pub(super) fn sentences(&self) -> Vec<String> {
        let methods: [(&str, Option<IntervalMethod>); 4] = [
            ("risks", self.options.risk_interval.map(Into::into)),
            ("risk differences", self.options.difference_interval.map(Into::into)),
            ("risk ratios", self.options.ratio_interval.map(Into::into)),
            ("odds ratios", self.options.odds_interval.map(Into::into)),
        ];
        let named = methods.iter().filter_map(|(what, method)| Some((what, (*method)?)));
        let intervals: Vec<String> =
            named.map(|(what, method)| format!("{} for {what}", method.text())).collect();
        let mut sentences = vec![format!("Confidence intervals are {}.", intervals.join(", "))];
        if self.options.odds_interval == Some(OddsInterval::Exact) {
            sentences.push("Odds ratios are conditional maximum-likelihood estimates.".into());
        }
        if self.options.strata.is_some() {
            let correction = if self.options.correction == Some(true) { "with" } else { "without" };
            let homogeneity = match self.options.homogeneity {
                Some(HomogeneityTest::BreslowDay) => TestName::BreslowDay,
                _ => TestName::BreslowDayTarone,
            };
            sentences.push(format!(
                "Effects were pooled over strata by Mantel and Haenszel, with the variances of Robins, Breslow and \
                 Greenland (odds ratio), Greenland and Robins (risk ratio) and Sato (risk difference), and tested \
                 with the Cochran–Mantel–Haenszel test {correction} continuity correction; homogeneity of odds ratios \
                 with the {}.",
                homogeneity.text()
            ));
        }
        sentences
    }
}

/// A risk's interval.
pub(in crate::methods) fn one_risk(x: u64, n: u64, method: RiskInterval, level: f64) -> Option<Interval> {
    let [lower, upper] = match method {
        RiskInterval::Wilson => risk::wilson(x, n, level)?,
        RiskInterval::WilsonCorrected => risk::wilson_corrected(x, n, level)?,
        RiskInterval::ClopperPearson => risk::clopper_pearson(x, n, level)?,
    };
    Some(Interval { lower: Some(lower), upper: Some(upper), confidence_level: level, method: method.into() })
}

/// The row with an effect; an interval without limits is none.
pub(in crate::methods) fn with_effect(
    row: Estimate,
    effect: &Effect,
    method: IntervalMethod,
    level: f64,
) -> Estimate {
    let Effect { value, std_error, lower, upper } = *effect;
    let interval = Interval { lower, upper, confidence_level: level, method };
    let known = lower.is_some() || upper.is_some();
    Estimate { value, std_error, interval: known.then_some(interval), ..row }
}
