//! Commas and points that may be of decimals or of thousands.

use crate::cells::infer;
use crate::cleaning::Ledger;
use crate::dictionary::{ColumnEntry, ColumnKind, Decimal};
use crate::found_text;
use crate::sources::{Grid, TextColumn};

/// The decimal comma, where every value of a column is a number if that is what its commas are.
///
/// `1,234` alone could be a thousand: some value must have another number of digits behind the comma than three, or a
/// zero before it.
pub(super) fn decimal_comma(
    grid: &Grid,
    position: usize,
    entry: &ColumnEntry,
    ledger: &mut Ledger,
) -> Option<Decimal> {
    let TextColumn { codes, texts } = &grid.columns[position];
    let commas = ColumnEntry { decimal: Some(Decimal::Comma), ..entry.clone() };
    let with_comma: Vec<bool> = texts.iter().map(|text| text.contains(',')).collect();
    if !with_comma.contains(&true) || !matches!(infer(texts.iter(), &commas), ColumnKind::Number) {
        return None;
    }
    let decimal = |text: &str| {
        let text = text.trim().trim_start_matches(['-', '+']);
        text.split_once(',').is_some_and(|(whole, part)| part.len() != 3 || whole.starts_with('0'))
    };
    let n = codes.iter().filter(|code| with_comma[**code as usize]).count() as u64;
    let name = &grid.names[position];
    if texts.iter().any(decimal) {
        ledger.change(Some(name), "decimal comma read as a point", n);
        return Some(Decimal::Comma);
    }
    let what = "the comma may be of decimals or of thousands: read as text; say `decimal` in registry.toml";
    ledger.change(Some(name), what, n);
    None
}

/// Tells of a column whose every point has three digits behind it, where the file may have decimal commas.
pub(super) fn points_of_thousands(grid: &Grid, position: usize, ledger: &mut Ledger) {
    let TextColumn { codes, texts } = &grid.columns[position];
    let is_pointed: Vec<bool> = texts.iter().map(|text| text.contains('.')).collect();
    let n = codes.iter().filter(|code| is_pointed[**code as usize]).count() as u64;
    let pointed = || texts.iter().filter(|text| text.contains('.'));
    if n > 1 && pointed().all(|text| found_text::has_thousands(text.trim())) {
        let what = "three digits behind every point: read as decimals; where the point is of thousands, export without it";
        ledger.change(Some(&grid.names[position]), what, n);
    }
}
