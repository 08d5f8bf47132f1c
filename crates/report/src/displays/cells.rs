//! What several tables share: notices on the rows they speak of, and the words of a test.

use crate::style::{self, Style};
use crate::table::Table;
use crate::wording;
use std::collections::BTreeSet;
use study::{Estimate, Notice, Quantity, Results, Test, TestName};

/// Notices by the row they belong to; what belongs to no row is left for the remarks.
pub(super) struct Caveats<'a> {
    results: &'a Results,
    shown: BTreeSet<usize>,
}

impl<'a> Caveats<'a> {
    pub(super) fn new(results: &'a Results) -> Self {
        Self { results, shown: BTreeSet::new() }
    }

    /// The footnotes of a row: of a level, or of the variable as a whole where `level` is absent.
    pub(super) fn of_row(&mut self, table: &mut Table, term: &str, level: Option<&str>) -> Vec<usize> {
        let mut notes = Vec::new();
        for (index, notice) in self.results.notices.iter().enumerate() {
            // Missing values are told together, in one sentence.
            if matches!(notice, Notice::MissingExcluded { .. }) || self.is_implied(notice) {
                continue;
            }
            if wording::place(notice).is_some_and(|(t, l)| t == term && l.as_deref() == level) {
                let text = match self.has_many_thin_levels(notice) {
                    true => format!(
                        "{}: the ratios of these levels rest on fewer than five patients each; their limits are unreliable.",
                        wording::heading(self.results, term)
                    ),
                    false => wording::sentence(notice, self.results),
                };
                notes.push(table.note(text));
                self.shown.insert(index);
            }
        }
        notes
    }

    /// Whether a notice says of one row what another says of all: where everybody belongs to one cluster, so do those of a level.
    fn is_implied(&self, notice: &Notice) -> bool {
        let one = |other: &Notice| matches!(other, Notice::FewClusters { clusters: 1, .. });
        matches!(notice, Notice::NoRobustVariance { .. } | Notice::OneCluster { .. })
            && self.results.notices.iter().any(one)
    }

    /// Whether a notice is one of so many alike that one footnote tells more than all of them.
    fn has_many_thin_levels(&self, notice: &Notice) -> bool {
        let Notice::FewOutcomes { term, .. } = notice else { return false };
        let same = |other: &&Notice| matches!(other, Notice::FewOutcomes { term: own, .. } if own == term);
        self.results.notices.iter().filter(same).count() > 3
    }

    /// Everything that no row has shown.
    pub(super) fn rest(self, table: &mut Table) {
        let rest = self.results.notices.iter().enumerate().filter(|(index, _)| !self.shown.contains(index));
        let rest = rest.map(|(_, notice)| notice).filter(|notice| !self.is_implied(notice));
        wording::remarks(table, self.results, rest);
    }
}

/// A test in words: `Log-rank test: χ² = 14.28, 1 degree of freedom, P < 0.001.`
pub(super) fn test_sentence(test: &Test, style: &Style) -> String {
    let mut parts = Vec::new();
    if let Some(statistic) = test.statistic {
        let letter = if test.df.len() == 2 { "F" } else { symbol(test.name) };
        parts.push(format!("{letter} = {}", style::number(statistic, 2)));
    }
    match test.df.as_slice() {
        [df] if *df == 1.0 => parts.push("1 degree of freedom".into()),
        [df, of] => {
            let of = if *of < 1000.0 { style::number(*of, 1) } else { style::number(*of, 0) };
            parts.push(format!("{} and {of} degrees of freedom", style::named_time(*df)));
        }
        [df] => parts.push(format!("{} degrees of freedom", style::named_time(*df))),
        _ => {}
    }
    parts.push(match (test.statistic, test.p_value) {
        (None, None) => "cannot be computed".into(),
        (_, p) => style.p_sentence(p),
    });
    format!("{}: {}.", wording::capitalised(test.name.text()), parts.join(", "))
}

/// The letter of a test's statistic.
fn symbol(name: TestName) -> &'static str {
    match name {
        TestName::Student
        | TestName::Welch
        | TestName::PairedT
        | TestName::PearsonCorrelation
        | TestName::SpearmanCorrelation => "t",
        TestName::WilcoxonRankSum => "W",
        TestName::WilcoxonSignedRank => "V",
        TestName::OneWayAnova | TestName::WelchAnova => "F",
        TestName::CochranArmitage => "z",
        _ => "χ²",
    }
}

/// A test in words with the reason why it was chosen, where that was not the plan's wish.
pub(super) fn named_test(test: &Test, style: &Style) -> String {
    let sentence = test_sentence(test, style);
    match test.reason.as_deref().filter(|reason| *reason != "asked for in the plan") {
        Some(reason) => format!("{} ({reason}).", sentence.trim_end_matches('.')),
        None => sentence,
    }
}

/// A risk as a percentage with its interval.
pub(super) fn share_interval(row: &Estimate) -> String {
    let Some(value) = row.value else { return style::ABSENT.into() };
    match row.interval.and_then(|limits| limits.lower.zip(limits.upper)) {
        Some((lower, upper)) => {
            format!("{} ({}–{})", style::percent(value), style::percent(lower), style::percent(upper))
        }
        None => style::percent(value),
    }
}

/// A difference of risks in per cent, or a ratio, with its interval.
pub(super) fn effect(style: &Style, row: Option<&Estimate>) -> String {
    let Some(row) = row else { return style::ABSENT.into() };
    if row.quantity == Quantity::RiskDifference {
        let points = |value: f64| style::number(100.0 * value, 1);
        let Some(value) = row.value else { return style::ABSENT.into() };
        return match row.interval.and_then(|limits| limits.lower.zip(limits.upper)) {
            Some((lower, upper)) => {
                format!("{} ({})", points(value), style::range(&points(lower), &points(upper)))
            }
            None => points(value),
        };
    }
    // A ratio of 0 is one of no events, not a small one: it has no decimals.
    let ratio = |value: f64| if value == 0.0 { "0".into() } else { style.ratio(value) };
    let known = row.interval.filter(|limits| limits.lower.is_some() || limits.upper.is_some());
    let limits = known.map(|limits| {
        let upper = limits.upper.map_or("∞".into(), ratio);
        format!("({}–{upper})", limits.lower.map_or("0".into(), ratio))
    });
    match (row.value, limits) {
        (Some(value), Some(limits)) => format!("{} {limits}", ratio(value)),
        (Some(value), None) => ratio(value),
        // A lower limit without an estimate: the ratio is infinite.
        (None, Some(limits)) => format!("∞ {limits}"),
        (None, None) => style::ABSENT.into(),
    }
}

/// `N = 30`.
pub(super) fn group_size(n: u64) -> String {
    format!("N = {}", style::count(n))
}
