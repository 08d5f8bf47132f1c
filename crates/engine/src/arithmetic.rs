//! Whole-number arithmetic that never wraps around.
//!
//! DataFusion lets the sum, difference or product of whole numbers that is too large begin again at the other end of
//! their range: `4611686018427387904 * 4` would be 0. Here it is a fault, as it is in PostgreSQL. After types are
//! settled, each such operation of a plan becomes a function that computes the same and checks; a change of sign is a
//! difference from 0. The aggregate `sum` is replaced by one that checks.

mod sum;

pub(crate) use sum::checked as checked_sum;

use arrow::array::{ArrayRef, Datum};
use arrow::compute::kernels::numeric;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable, LogicalPlan, Operator, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature, Volatility,
};
use datafusion::optimizer::analyzer::AnalyzerRule;
use datafusion::physical_expr_common::datum::apply;
use std::sync::Arc;

/// Replaces arithmetic of whole numbers by that which checks.
#[derive(Debug)]
pub(crate) struct Checked;

impl AnalyzerRule for Checked {
    fn name(&self) -> &str {
        "checked_arithmetic"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(check_plan).map(|plan| plan.data)
    }
}

fn check_plan(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let mut schema = merge_schema(&plan.inputs());
    if let LogicalPlan::TableScan(scan) = &plan {
        let source = DFSchema::try_from_qualified_schema(scan.table_name.clone(), &scan.source.schema())?;
        schema.merge(&source);
    }
    let names = NamePreserver::new(&plan);
    plan.map_expressions(|expression| {
        let name = names.save(&expression);
        Ok(expression
            .transform_up(|expression| check(expression, &schema))?
            .update_data(|data| name.restore(data)))
    })
}

fn check(expression: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let (operator, left, right) = match &expression {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => (*op, left.as_ref().clone(), right),
        Expr::Negative(inner) => match inner.get_type(schema) {
            Ok(whole) if whole.is_signed_integer() => {
                (Operator::Minus, Expr::Literal(ScalarValue::new_zero(&whole)?, None), inner)
            }
            _ => return Ok(Transformed::no(expression)),
        },
        _ => return Ok(Transformed::no(expression)),
    };
    let Some(operation) = Operation::of(operator) else { return Ok(Transformed::no(expression)) };
    // Columns of a query around this one are not in its schema, and stay as they are.
    let (Ok(a), Ok(b)) = (left.get_type(schema), right.get_type(schema)) else {
        return Ok(Transformed::no(expression));
    };
    if !a.is_integer() || a != b {
        return Ok(Transformed::no(expression));
    }
    let function = ScalarUDF::from(operation);
    let arguments = vec![left, right.as_ref().clone()];
    Ok(Transformed::yes(Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(function), arguments))))
}

/// An operation that checks.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Operation {
    operator: Operator,
    signature: Signature,
}

impl Operation {
    fn of(operator: Operator) -> Option<Self> {
        matches!(operator, Operator::Plus | Operator::Minus | Operator::Multiply)
            .then(|| Self { operator, signature: Signature::any(2, Volatility::Immutable) })
    }

    fn kernel(&self) -> fn(&dyn Datum, &dyn Datum) -> std::result::Result<ArrayRef, ArrowError> {
        match self.operator {
            Operator::Plus => numeric::add,
            Operator::Minus => numeric::sub,
            _ => numeric::mul,
        }
    }
}

impl ScalarUDFImpl for Operation {
    fn name(&self) -> &str {
        match self.operator {
            Operator::Plus => "checked_sum",
            Operator::Minus => "checked_difference",
            _ => "checked_product",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(arguments.first().cloned().unwrap_or(DataType::Int64))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [left, right] = arguments.args.as_slice() else {
            return Err(DataFusionError::Internal(format!("{} takes two numbers", self.name())));
        };
        apply(left, right, self.kernel())
    }
}
