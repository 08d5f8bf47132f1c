//! SQL functions of farr beside those of the engine. A new one is one file and one line in a list.

mod age_in_years;
mod concept_ids;
mod days_between;

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use datafusion::common::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use std::sync::Arc;

/// A function of two days that gives a whole number; null where either is null.
#[derive(Debug, Clone, Copy)]
struct Function {
    /// Its name in SQL.
    name: &'static str,
    /// Its arguments, for who gives others.
    arguments: &'static str,
    /// The value for two days, each counted from 1970-01-01.
    value: fn(i32, i32) -> i64,
}

/// Functions of two days.
const OF_DAYS: &[Function] = &[age_in_years::FUNCTION, days_between::FUNCTION];

/// Every function, as the engine registers it.
pub(crate) fn all() -> impl Iterator<Item = ScalarUDF> {
    OF_DAYS.iter().map(Function::register).chain([concept_ids::register()])
}

impl Function {
    fn register(&'static self) -> ScalarUDF {
        let run = move |arguments: &[ColumnarValue]| -> Result<ColumnarValue, DataFusionError> {
            let arrays = ColumnarValue::values_to_arrays(arguments)?;
            let [a, b] = arrays.as_slice() else {
                return Err(DataFusionError::Plan(format!("{} takes {}", self.name, self.arguments)));
            };
            let (a, b) = (a.as_primitive::<Date32Type>(), b.as_primitive::<Date32Type>());
            let values = arrow::compute::binary::<_, _, _, Int64Type>(a, b, self.value)?;
            Ok(ColumnarValue::Array(Arc::new(values) as ArrayRef))
        };
        create_udf(
            self.name,
            vec![DataType::Date32, DataType::Date32],
            DataType::Int64,
            Volatility::Immutable,
            Arc::new(run),
        )
    }
}
