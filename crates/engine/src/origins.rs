//! From which columns of tables the values of a SELECT are taken as they are.
//!
//! A value is taken as it is where it is handed on, chosen or kept ([`CHOOSING`]), however many SELECTs it passes through;
//! one that is computed has no origin. Values that stand in the SQL itself have none to add: beside values of a column
//! they are more of its kind, and where there is nothing else there is no origin.

use crate::types::{kept, narrowed};
use crate::{Origin, select};
use arrow::datatypes::DataType;
use datafusion::catalog::MemTable;
use datafusion::common::{DFSchema, DataFusionError, JoinType, TableReference};
use datafusion::logical_expr::{Distinct, Expr, ExprSchemable, LogicalPlan, TableScan};
use datafusion::prelude::SessionContext;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Functions that give one of their arguments as it is, by how many of these they choose from.
const CHOOSING: [(&str, Chosen); 12] = [
    ("min", Chosen::First),
    ("max", Chosen::First),
    ("first_value", Chosen::First),
    ("last_value", Chosen::First),
    ("nth_value", Chosen::First),
    ("nullif", Chosen::First),
    ("lag", Chosen::FirstOrThird),
    ("lead", Chosen::FirstOrThird),
    ("coalesce", Chosen::Any),
    ("nvl", Chosen::Any),
    ("greatest", Chosen::Any),
    ("least", Chosen::Any),
];

#[derive(Clone, Copy)]
enum Chosen {
    First,
    /// The third is the value where there is none.
    FirstOrThird,
    Any,
}

/// Tables with their columns.
type Columns = BTreeSet<(String, String)>;

/// The origins of earlier SELECTs' columns, by name and position.
type Known = BTreeMap<String, Vec<Columns>>;

/// `None` where a value is computed; no column where all values stand in the SQL.
type Values = Option<Columns>;

/// Plans a chain of SELECTs in a context that has the tables, each with those before it as tables without rows.
pub(crate) async fn follow(
    chain: &[(String, String)],
    context: &SessionContext,
) -> Result<Vec<Vec<Origin>>, DataFusionError> {
    let mut known = Known::new();
    let mut found = Vec::new();
    for (name, sql) in chain {
        let plan = select::plan(&context.state(), sql).await?;
        let schema = kept(&narrowed(plan.schema().as_arrow()));
        let columns: Vec<Columns> =
            outputs(&plan, &known).into_iter().map(Option::unwrap_or_default).collect();
        let names = schema.fields().iter().map(|field| field.name().clone());
        let origin =
            |(column, from): (String, &Columns)| Origin { column, from: from.iter().cloned().collect() };
        found.push(names.zip(&columns).map(origin).collect());
        known.insert(name.clone(), columns);
        let without_rows = MemTable::try_new(schema, vec![Vec::new()])?;
        context.register_table(TableReference::bare(name.as_str()), Arc::new(without_rows))?;
    }
    Ok(found)
}

fn outputs(plan: &LogicalPlan, known: &Known) -> Vec<Values> {
    let computed = |plan: &LogicalPlan| vec![None; plan.schema().fields().len()];
    let found = match plan {
        LogicalPlan::TableScan(scan) => table(scan, known),
        LogicalPlan::Projection(projection) => {
            let input = outputs(&projection.input, known);
            let of = Input { schema: projection.input.schema(), values: &input, known };
            projection.expr.iter().map(|expression| of.value(expression)).collect()
        }
        LogicalPlan::Window(window) => {
            let mut input = outputs(&window.input, known);
            let of = Input { schema: window.input.schema(), values: &input, known };
            let made: Vec<Values> =
                window.window_expr.iter().map(|expression| of.value(expression)).collect();
            input.extend(made);
            input
        }
        LogicalPlan::Aggregate(aggregate) => {
            let input = outputs(&aggregate.input, known);
            let of = Input { schema: aggregate.input.schema(), values: &input, known };
            let groups = match aggregate.group_expr.as_slice() {
                [Expr::GroupingSet(sets)] => sets.distinct_expr(),
                plain => plain.iter().collect(),
            };
            let mut values: Vec<Values> = groups.into_iter().map(|expression| of.value(expression)).collect();
            // Grouping sets are numbered behind their columns.
            values.resize(plan.schema().fields().len().saturating_sub(aggregate.aggr_expr.len()), None);
            values.extend(aggregate.aggr_expr.iter().map(|expression| of.value(expression)));
            values
        }
        LogicalPlan::Join(join) => {
            let (left, right) = (|| outputs(&join.left, known), || outputs(&join.right, known));
            match join.join_type {
                JoinType::LeftSemi | JoinType::LeftAnti => left(),
                JoinType::RightSemi | JoinType::RightAnti => right(),
                JoinType::LeftMark => [left(), vec![None]].concat(),
                JoinType::RightMark => [right(), vec![None]].concat(),
                _ => [left(), right()].concat(),
            }
        }
        LogicalPlan::Union(union) => {
            let mut inputs = union.inputs.iter().map(|input| outputs(input, known));
            let first = inputs.next().unwrap_or_default();
            inputs
                .fold(first, |values, more| values.into_iter().zip(more).map(|(a, b)| either(a, b)).collect())
        }
        LogicalPlan::Unnest(unnest) => {
            let input = outputs(&unnest.input, known);
            let schema = unnest.input.schema();
            let taken_apart: Vec<usize> = unnest
                .exec_columns
                .iter()
                .filter_map(|column| schema.maybe_index_of_column(column))
                .collect();
            let value = |index: &usize| match taken_apart.contains(index) {
                true => None,
                false => input.get(*index).cloned().flatten(),
            };
            unnest.dependency_indices.iter().map(value).collect()
        }
        LogicalPlan::Filter(filter) => outputs(&filter.input, known),
        LogicalPlan::Sort(sort) => outputs(&sort.input, known),
        LogicalPlan::Limit(limit) => outputs(&limit.input, known),
        LogicalPlan::SubqueryAlias(alias) => outputs(&alias.input, known),
        LogicalPlan::Distinct(Distinct::All(input)) => outputs(input, known),
        other => computed(other),
    };
    // A step that is not as it was taken to be gives no origins rather than wrong ones.
    if found.len() == plan.schema().fields().len() { found } else { computed(plan) }
}

fn table(scan: &TableScan, known: &Known) -> Vec<Values> {
    let name = scan.table_name.table();
    let earlier = known.get(name);
    let value = |(index, column): (usize, &String)| match earlier {
        Some(columns) => {
            let index = scan.projection.as_ref().map_or(Some(index), |kept| kept.get(index).copied());
            let columns = columns.get(index?)?;
            (!columns.is_empty()).then(|| columns.clone())
        }
        None => Some(Columns::from([(name.to_string(), column.clone())])),
    };
    let names = scan.projected_schema.fields().iter().map(|field| field.name());
    names.enumerate().map(value).collect()
}

fn either(a: Values, b: Values) -> Values {
    let (mut a, b) = (a?, b?);
    a.extend(b);
    Some(a)
}

/// What an expression can refer to.
struct Input<'a> {
    schema: &'a DFSchema,
    values: &'a [Values],
    known: &'a Known,
}

impl Input<'_> {
    fn value(&self, expression: &Expr) -> Values {
        match expression {
            Expr::Column(column) => self.values.get(self.schema.maybe_index_of_column(column)?)?.clone(),
            Expr::Alias(alias) => self.value(&alias.expr),
            Expr::Literal(..) => Some(Columns::new()),
            Expr::Cast(cast) => self.cast(&cast.expr, cast.field.data_type()),
            Expr::TryCast(cast) => self.cast(&cast.expr, cast.field.data_type()),
            Expr::Case(case) => {
                let chosen = case.when_then_expr.iter().map(|(_, then)| then).chain(&case.else_expr);
                self.any(chosen.map(AsRef::as_ref))
            }
            Expr::ScalarFunction(call) => self.call(call.func.name(), &call.args),
            Expr::AggregateFunction(call) => self.call(call.func.name(), &call.params.args),
            Expr::WindowFunction(call) => self.call(call.fun.name(), &call.params.args),
            Expr::ScalarSubquery(subquery) => {
                outputs(&subquery.subquery, self.known).into_iter().next().flatten()
            }
            _ => None,
        }
    }

    fn any<'e>(&self, expressions: impl IntoIterator<Item = &'e Expr>) -> Values {
        let mut values = expressions.into_iter().map(|expression| self.value(expression));
        let first = values.next()??;
        values.try_fold(first, |found, value| either(Some(found), value))
    }

    fn call(&self, function: &str, arguments: &[Expr]) -> Values {
        let (_, chosen) = CHOOSING.iter().find(|(name, _)| *name == function)?;
        let of = match chosen {
            Chosen::First => vec![arguments.first()?],
            Chosen::FirstOrThird => arguments.iter().take(1).chain(arguments.get(2)).collect(),
            Chosen::Any => arguments.iter().collect(),
        };
        self.any(of)
    }

    /// A value in another type is the same value, but for a fraction that is made whole.
    fn cast(&self, expression: &Expr, to: &DataType) -> Values {
        let from = expression.get_type(self.schema).ok()?;
        let fraction = |data_type: &DataType| data_type.is_floating() || data_type.is_decimal();
        if fraction(&from) && to.is_integer() { None } else { self.value(expression) }
    }
}
