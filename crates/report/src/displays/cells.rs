//! What several tables share: notices on the rows they speak of, and the words of a test.

use crate::style::{self, Style};
use crate::table::Table;
use crate::wording;
use std::collections::BTreeSet;
use study::{Notice, Results, Test};

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
            if matches!(notice, Notice::MissingExcluded { .. }) {
                continue;
            }
            if wording::place(notice).is_some_and(|(t, l)| t == term && l.as_deref() == level) {
                notes.push(table.note(wording::sentence(notice, self.results)));
                self.shown.insert(index);
            }
        }
        notes
    }

    /// Everything that no row has shown.
    pub(super) fn rest(self, table: &mut Table) {
        let rest = self.results.notices.iter().enumerate().filter(|(index, _)| !self.shown.contains(index));
        wording::remarks(table, self.results, rest.map(|(_, notice)| notice));
    }
}

/// A test in words: `Log-rank test: χ² = 14.28, 1 degree of freedom, P < 0.001.`
pub(super) fn test_sentence(test: &Test, style: &Style) -> String {
    let mut parts = Vec::new();
    if let Some(statistic) = test.statistic {
        parts.push(format!("χ² = {}", style::number(statistic, 2)));
    }
    match test.df.as_slice() {
        [df] if *df == 1.0 => parts.push("1 degree of freedom".into()),
        [df] => parts.push(format!("{} degrees of freedom", style::named_time(*df))),
        _ => {}
    }
    parts.push(style.p_sentence(test.p_value));
    format!("{}: {}.", wording::capitalised(test.name.text()), parts.join(", "))
}

/// `N = 30`.
pub(super) fn group_size(n: u64) -> String {
    format!("N = {}", style::count(n))
}
