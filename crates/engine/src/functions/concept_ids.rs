//! Lists of the ids of concepts of the OMOP vocabularies.

use arrow::array::{Array, ArrayRef, AsArray, Int64Builder, ListBuilder};
use arrow::datatypes::{DataType, Field};
use datafusion::common::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use std::collections::BTreeSet;
use std::sync::Arc;

/// `concept_ids(list)`: the ids of a text such as `'4180790, 197500'`, each once. Id 0, which the vocabularies give to
/// whatever they have no concept for, is never one of them: `'0'` and `''` are lists of none.
pub(super) fn register() -> ScalarUDF {
    let run = |arguments: &[ColumnarValue]| -> Result<ColumnarValue, DataFusionError> {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let texts = arrays[0].as_string_view();
        let mut lists = ListBuilder::new(Int64Builder::new());
        for row in 0..texts.len() {
            if texts.is_null(row) {
                lists.append_null();
                continue;
            }
            for id in ids(texts.value(row)).map_err(DataFusionError::Plan)? {
                lists.values().append_value(id);
            }
            lists.append(true);
        }
        Ok(ColumnarValue::Array(Arc::new(lists.finish()) as ArrayRef))
    };
    let list = DataType::List(Arc::new(Field::new_list_field(DataType::Int64, true)));
    create_udf("concept_ids", vec![DataType::Utf8View], list, Volatility::Immutable, Arc::new(run))
}

/// The ids in their order; an error where one is none.
fn ids(list: &str) -> Result<BTreeSet<i64>, String> {
    let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
    let mut ids = BTreeSet::new();
    for part in parts {
        let id = part.parse::<i64>().ok().filter(|id| *id >= 0);
        ids.insert(id.ok_or_else(|| {
            format!("`{part}` is no concept id: these are whole numbers, separated by commas")
        })?);
    }
    ids.remove(&0);
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::ids;

    #[test]
    fn a_list_has_each_id_once_and_never_zero() {
        let read = |list| ids(list).map(|ids| ids.into_iter().collect::<Vec<_>>());
        assert_eq!(read(" 21,4, 21 ,"), Ok(vec![4, 21]));
        assert_eq!(read("0, 7"), Ok(vec![7]));
        assert_eq!((read(""), read("0")), (Ok(vec![]), Ok(vec![])));
        for wrong in ["C18.7", "1 2", "-3", "1.5"] {
            assert!(read(wrong).unwrap_err().contains("no concept id"), "{wrong}");
        }
    }
}
