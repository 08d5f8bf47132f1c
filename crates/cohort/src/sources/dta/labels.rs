//! Value labels: sets by name, and the variables that show them.

use super::header::{Header, Storage, text};
use super::moment::Unit;
use super::rows::Stored;
use crate::sources::Grid;
use crate::sources::binary::{Bytes, Fault};
use crate::sources::charset::Charset;
use crate::sources::labelled::Described;
use std::collections::BTreeMap;
use std::io::Read;

/// Value and label of each set.
pub(super) type Sets = BTreeMap<String, Vec<(i32, String)>>;

/// The labels of a set may have so many bytes together: they may share their text, so that the size of the file does
/// not say how many they are.
const BYTES: usize = 64 << 20;
/// The variables may show so many labels together.
const LABELS: usize = 4 << 20;

/// Reads a set.
pub(super) fn set<R: Read>(
    bytes: &mut Bytes<R>,
    name: usize,
    charset: Charset,
    sets: &mut Sets,
) -> Result<(), Fault> {
    let length = bytes.count("the length of value labels")?;
    let name = text(&bytes.take(name)?, charset);
    bytes.take(3)?;
    let n = bytes.count("the number of value labels")?;
    let size = bytes.count("the length of value labels")?;
    if n.checked_mul(8).and_then(|places| places.checked_add(size)?.checked_add(8)) != Some(length) {
        return Err(Fault::damaged(format!("the value labels `{name}` have another length than they say")));
    }
    if length as u64 > bytes.length.saturating_sub(bytes.at).saturating_add(8) {
        return Err(Fault::damaged("it ends too early"));
    }
    let mut places = Vec::new();
    for _ in 0..n {
        places.push(bytes.count("the place of a label")?);
    }
    let mut values = Vec::new();
    for _ in 0..n {
        values.push(bytes.int()?);
    }
    let all = bytes.take(size)?;
    let (mut labels, mut total) = (Vec::new(), 0);
    for (place, value) in places.into_iter().zip(values) {
        let label = all.get(place..).ok_or_else(|| Fault::damaged("a label is nowhere"))?;
        let label = text(label, charset);
        total += label.len();
        if total > BYTES {
            return Err(Fault::damaged(format!("the value labels `{name}` are too long")));
        }
        labels.push((value, label));
    }
    sets.insert(name, labels);
    Ok(())
}

/// Whether a text of a numeric variable is one of the missing values `.a` to `.z`.
fn is_letter(text: &str) -> bool {
    text.strip_prefix('.').is_some_and(|letter| letter.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// Notes labels and missing values.
pub(super) fn describe(grid: &mut Grid, header: &Header, sets: &Sets) -> Result<(), Fault> {
    let mut n = 0;
    for (position, variable) in header.variables.iter().enumerate() {
        let is_text = matches!(variable.storage, Storage::Text(_) | Storage::LongText);
        let texts = grid.columns[position].texts.iter().filter(|text| !is_text && is_letter(text));
        let missing: Vec<String> = texts.map(Into::into).collect();
        let mut labels = Vec::new();
        match sets.get(&variable.set) {
            Some(set) if !is_text => {
                n += set.len();
                if n > LABELS {
                    return Err(Fault::damaged("it has too many value labels"));
                }
                for (value, label) in set {
                    // The missing values have the numbers of a `long`, whatever the variable is stored as.
                    let value = Stored::whole(*value, 2_147_483_620).text(variable.unit).unwrap_or_default();
                    if !is_letter(&value) || missing.contains(&value) {
                        labels.push((value, label.clone()));
                    }
                }
            }
            None if !variable.set.is_empty() => {
                let what = format!("the value labels `{}` are not in the file", variable.set);
                grid.notes.push((Some(variable.name.clone()), what, grid.rows as u64));
            }
            _ => {}
        }
        if let Unit::Period { words, .. } = variable.unit {
            let what = format!("{words} read as their first day");
            grid.notes.push((Some(variable.name.clone()), what, grid.rows as u64));
        }
        if !is_text && !matches!(variable.unit, Unit::Number | Unit::TimeOfDay) {
            grid.dates.insert(position);
        }
        let label = variable.label.clone();
        grid.describe(position, Described { label, labels, missing, text: is_text, scale: true });
    }
    Ok(())
}
