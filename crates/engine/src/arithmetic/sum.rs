//! `sum` of whole numbers that never wraps around.
//!
//! DataFusion adds 64-bit numbers in 64 bits, and lets a sum that is too large begin again at the other end of their
//! range. Here it is collected in 128 bits, which no number of rows can fill, and must fit into 64 at its end only: where
//! it does is then the same in whatever order and on however many cores the rows come. Sums of other numbers are the
//! engine's own.

use arrow::array::{ArrayRef, AsArray, BooleanArray, Decimal128Array};
use arrow::compute::try_unary;
use arrow::datatypes::{
    ArrowPrimitiveType, DECIMAL128_MAX_PRECISION, DataType, Decimal128Type, Field, FieldRef, Int64Type,
    UInt64Type,
};
use arrow::error::ArrowError;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::functions_aggregate::sum::Sum as EngineSum;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, SetMonotonicity,
    Signature,
};
use std::sync::Arc;

/// The function, in the place of the engine's own.
pub(crate) fn checked() -> AggregateUDF {
    AggregateUDF::from(Sum { engine: EngineSum::new() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Sum {
    engine: EngineSum,
}

/// A sum of 128 bits.
const WIDE: DataType = DataType::Decimal128(DECIMAL128_MAX_PRECISION, 0);

fn is_whole(field: &FieldRef) -> bool {
    matches!(field.data_type(), DataType::Int64 | DataType::UInt64)
}

fn wide(field: &FieldRef) -> FieldRef {
    Arc::new(Field::new(field.name(), WIDE, field.is_nullable()))
}

impl AggregateUDFImpl for Sum {
    fn name(&self) -> &str {
        self.engine.name()
    }

    fn signature(&self) -> &Signature {
        self.engine.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.engine.return_type(arguments)
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        if !is_whole(&arguments.return_field) {
            return self.engine.state_fields(arguments);
        }
        let return_field = wide(&arguments.return_field);
        self.engine.state_fields(StateFieldsArgs { return_field, ..arguments })
    }

    fn accumulator(&self, arguments: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.narrowed(arguments, EngineSum::accumulator)
    }

    fn create_sliding_accumulator(&self, arguments: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.narrowed(arguments, EngineSum::create_sliding_accumulator)
    }

    fn groups_accumulator_supported(&self, arguments: AccumulatorArgs) -> bool {
        self.engine.groups_accumulator_supported(arguments)
    }

    fn create_groups_accumulator(&self, arguments: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        if !is_whole(&arguments.return_field) {
            return self.engine.create_groups_accumulator(arguments);
        }
        let (return_field, narrow) =
            (wide(&arguments.return_field), arguments.return_field.data_type().clone());
        let wide = self.engine.create_groups_accumulator(AccumulatorArgs { return_field, ..arguments })?;
        Ok(Box::new(Narrowed { wide, narrow }))
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.engine.reverse_expr()
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.engine.order_sensitivity()
    }

    fn set_monotonicity(&self, data_type: &DataType) -> SetMonotonicity {
        self.engine.set_monotonicity(data_type)
    }
}

impl Sum {
    fn narrowed(
        &self,
        arguments: AccumulatorArgs,
        make: fn(&EngineSum, AccumulatorArgs) -> Result<Box<dyn Accumulator>>,
    ) -> Result<Box<dyn Accumulator>> {
        if !is_whole(&arguments.return_field) {
            return make(&self.engine, arguments);
        }
        let (return_field, narrow) =
            (wide(&arguments.return_field), arguments.return_field.data_type().clone());
        let wide = make(&self.engine, AccumulatorArgs { return_field, ..arguments })?;
        Ok(Box::new(Narrowed { wide, narrow }))
    }
}

/// An accumulator of 128 bits, whose sums must fit into 64.
#[derive(Debug)]
struct Narrowed<A: ?Sized> {
    narrow: DataType,
    wide: Box<A>,
}

impl Accumulator for Narrowed<dyn Accumulator> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.wide.update_batch(&widened(values)?)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.wide.retract_batch(&widened(values)?)
    }

    fn supports_retract_batch(&self) -> bool {
        self.wide.supports_retract_batch()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.wide.state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.wide.merge_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = self.wide.evaluate()?.to_array()?;
        ScalarValue::try_from_array(&fitted(&sum, &self.narrow)?, 0)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.wide.size()
    }
}

impl GroupsAccumulator for Narrowed<dyn GroupsAccumulator> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.wide.update_batch(&widened(values)?, groups, filter, total)
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.wide.merge_batch(states, groups, total)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        self.wide.convert_to_state(&widened(values)?, filter)
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        self.wide.state(emit)
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        fitted(&self.wide.evaluate(emit)?, &self.narrow)
    }

    fn size(&self) -> usize {
        self.wide.size()
    }
}

fn widened(values: &[ArrayRef]) -> Result<Vec<ArrayRef>> {
    let widen = |array: &ArrayRef| -> Result<ArrayRef> {
        let wide: Decimal128Array = match array.data_type() {
            DataType::Int64 => array.as_primitive::<Int64Type>().unary(i128::from),
            DataType::UInt64 => array.as_primitive::<UInt64Type>().unary(i128::from),
            other => {
                return Err(DataFusionError::Internal(format!("a sum of {other} is none of whole numbers")));
            }
        };
        Ok(Arc::new(wide.with_data_type(WIDE)))
    };
    values.iter().map(widen).collect()
}

fn fitted(sums: &ArrayRef, narrow: &DataType) -> Result<ArrayRef> {
    Ok(match narrow {
        DataType::UInt64 => fitted_as::<UInt64Type>(sums)?,
        _ => fitted_as::<Int64Type>(sums)?,
    })
}

fn fitted_as<T: ArrowPrimitiveType<Native: TryFrom<i128>>>(sums: &ArrayRef) -> Result<ArrayRef> {
    let fit = |sum: i128| {
        T::Native::try_from(sum)
            .map_err(|_| ArrowError::ArithmeticOverflow("a sum does not fit into 64 bits".into()))
    };
    Ok(Arc::new(try_unary::<Decimal128Type, _, T>(sums.as_primitive(), fit)?))
}
