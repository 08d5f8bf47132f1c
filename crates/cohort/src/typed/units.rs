//! Values in several units.

use super::Told;
use crate::cells::{Reader, Value, unit_key};
use crate::cleaning::Ledger;
use crate::sources::Grid;
use arrow::array::{Array, ArrayRef, Float64Array};
use std::sync::Arc;

/// Multiplies each value by the factor of its row's unit.
pub(super) fn converted(
    array: &ArrayRef,
    grid: &Grid,
    position: usize,
    units: &str,
    (reader, told): (&Reader<'_>, &Told<'_>),
    ledger: &mut Ledger,
) -> Option<ArrayRef> {
    let values = array.as_any().downcast_ref::<Float64Array>()?;
    let name = &grid.names[position];
    let unit = &grid.columns[grid.names.iter().position(|name| name == units)?];
    let entry = reader.entry();
    let own = entry.unit.as_deref().map(unit_key);
    let factors: Vec<Option<f64>> = unit
        .texts
        .iter()
        .map(|text| {
            let key = unit_key(text);
            let listed =
                entry.units.iter().find(|(listed, _)| unit_key(listed) == key).map(|(_, factor)| *factor);
            listed.or((own.as_deref() == Some(key.as_str())).then_some(1.0))
        })
        .collect();
    let mut n = vec![0u64; factors.len()];
    let read = |row: usize| {
        if values.is_null(row) {
            return None;
        }
        let code = unit.codes[row] as usize;
        n[code] += 1;
        let Some(factor) = factors[code] else {
            ledger.refuse(grid.file_row(row), position, name, || match unit.texts.text(code as u32).trim() {
                "" => "the value has no unit".into(),
                unit if !told.hides_units => format!("the unit `{unit}` is not among `units`"),
                _ => "the unit, which is not shown because of the column's role, is not among `units`".into(),
            });
            return None;
        };
        let value = values.value(row) * factor;
        if let Err(message) = reader.in_range(&Value::Number(value)) {
            ledger.refuse(grid.file_row(row), position, name, || message);
        }
        Some(value)
    };
    let converted: Float64Array = (0..values.len()).map(read).collect();
    for (code, text) in unit.texts.iter().enumerate() {
        let Some(factor) = factors[code] else { continue };
        if own.as_deref() == Some(unit_key(text).as_str()) {
            continue;
        }
        let given = match text.trim() {
            "" => "without a unit".into(),
            _ if told.hides_units => "in another unit".into(),
            unit => format!("in `{unit}`"),
        };
        ledger.change(Some(name), format!("given {given}: multiplied by {factor}"), n[code]);
    }
    Some(Arc::new(converted))
}
