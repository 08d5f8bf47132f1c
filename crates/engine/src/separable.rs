//! Whether the rows of a SELECT can be computed part by part.
//!
//! A part is made of all rows of some values of one column, the key: of some patients. A SELECT can be run on each part by
//! itself, and the rows put together, where no step ever looks at rows of two values of the key: joins are on the key,
//! groups and windows are within it, nothing is cut off or ordered as a whole. What is not understood is not separable.

use arrow::datatypes::DataType;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, DataFusionError, JoinType};
use datafusion::logical_expr::{Distinct, Expr, LogicalPlan, TableScan};
use std::collections::{BTreeMap, BTreeSet};

/// How the rows of a relation lie among the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lie {
    /// They are the same whatever the part: they come from tables without the key, or from none.
    Everywhere,
    /// Each part has its own; the columns hold the key.
    Apart(BTreeSet<usize>),
}

/// How the rows of an optimised plan lie, or nothing where it is not separable by the key. Of views that are run in parts
/// the columns that hold the key are given by name; of all other tables it is the column of the key's name.
pub(crate) fn lie(plan: &LogicalPlan, key: &str, parts: &BTreeMap<String, BTreeSet<String>>) -> Option<Lie> {
    let lie = |plan: &LogicalPlan| lie(plan, key, parts);
    if has_subquery(plan) {
        return None;
    }
    match plan {
        LogicalPlan::TableScan(scan) => table(scan, key, parts),
        LogicalPlan::EmptyRelation(_) | LogicalPlan::Values(_) => Some(Lie::Everywhere),
        LogicalPlan::SubqueryAlias(alias) => lie(&alias.input),
        LogicalPlan::Filter(filter) => lie(&filter.input),
        LogicalPlan::Projection(projection) => Some(match lie(&projection.input)? {
            Lie::Everywhere => Lie::Everywhere,
            Lie::Apart(columns) => Lie::Apart(carried(&projection.expr, projection.input.schema(), &columns)),
        }),
        LogicalPlan::Window(window) => {
            let inner = lie(&window.input)?;
            let Lie::Apart(columns) = &inner else { return Some(inner) };
            let within = |expression: &Expr| match bare(expression) {
                Expr::WindowFunction(function) => {
                    !carried(&function.params.partition_by, window.input.schema(), columns).is_empty()
                }
                _ => false,
            };
            window.window_expr.iter().all(within).then_some(inner)
        }
        LogicalPlan::Aggregate(aggregate) => match lie(&aggregate.input)? {
            Lie::Everywhere => Some(Lie::Everywhere),
            Lie::Apart(columns) => {
                let grouped = carried(&aggregate.group_expr, aggregate.input.schema(), &columns);
                (!grouped.is_empty()).then_some(Lie::Apart(grouped))
            }
        },
        LogicalPlan::Distinct(Distinct::All(input)) => match lie(input)? {
            Lie::Apart(columns) if columns.is_empty() => None,
            inner => Some(inner),
        },
        LogicalPlan::Join(join) if !join.null_aware => {
            let (left, right) = (lie(&join.left)?, lie(&join.right)?);
            let width = join.left.schema().fields().len();
            match (left, right) {
                (Lie::Everywhere, Lie::Everywhere) => Some(Lie::Everywhere),
                (Lie::Apart(left), Lie::Everywhere) => match join.join_type {
                    JoinType::Inner | JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti => {
                        Some(Lie::Apart(left))
                    }
                    _ => None,
                },
                (Lie::Everywhere, Lie::Apart(right)) => match join.join_type {
                    JoinType::Inner | JoinType::Right => Some(Lie::Apart(shifted(&right, width))),
                    JoinType::RightSemi | JoinType::RightAnti => Some(Lie::Apart(right)),
                    _ => None,
                },
                (Lie::Apart(left), Lie::Apart(right)) => {
                    let on_key = |(l, r): &(Expr, Expr)| {
                        column(l, join.left.schema()).is_some_and(|index| left.contains(&index))
                            && column(r, join.right.schema()).is_some_and(|index| right.contains(&index))
                    };
                    if !join.on.iter().any(on_key) {
                        return None;
                    }
                    match join.join_type {
                        JoinType::Inner => {
                            Some(Lie::Apart(left.union(&shifted(&right, width)).copied().collect()))
                        }
                        JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti => Some(Lie::Apart(left)),
                        JoinType::Right => Some(Lie::Apart(shifted(&right, width))),
                        JoinType::RightSemi | JoinType::RightAnti => Some(Lie::Apart(right)),
                        // Either side may be missing, so that no column is the key of every row.
                        JoinType::Full => Some(Lie::Apart(BTreeSet::new())),
                        _ => None,
                    }
                }
            }
        }
        LogicalPlan::Union(union) => {
            let mut all: Option<BTreeSet<usize>> = None;
            for input in &union.inputs {
                // Rows that are the same in every part would come from each of them.
                let Lie::Apart(columns) = lie(input)? else { return None };
                all = Some(match all {
                    None => columns,
                    Some(before) => before.intersection(&columns).copied().collect(),
                });
            }
            all.map(Lie::Apart)
        }
        LogicalPlan::Unnest(unnest) => match lie(&unnest.input)? {
            Lie::Everywhere => Some(Lie::Everywhere),
            Lie::Apart(columns) => {
                let names: BTreeSet<_> = columns
                    .iter()
                    .map(|index| unnest.input.schema().qualified_field(*index))
                    .map(|(table, field)| (table.cloned(), field.name().clone()))
                    .collect();
                let kept = (0..plan.schema().fields().len()).filter(|index| {
                    let (table, field) = plan.schema().qualified_field(*index);
                    names.contains(&(table.cloned(), field.name().clone()))
                });
                Some(Lie::Apart(kept.collect()))
            }
        },
        _ => None,
    }
}

fn table(scan: &TableScan, key: &str, parts: &BTreeMap<String, BTreeSet<String>>) -> Option<Lie> {
    let whole = scan.source.schema();
    let of_key = match parts.get(scan.table_name.table()) {
        Some(columns) => columns.clone(),
        None if whole.column_with_name(key).is_some() => BTreeSet::from([key.to_string()]),
        None => return (scan.fetch.is_none()).then_some(Lie::Everywhere),
    };
    let fields = scan.projected_schema.fields().iter().enumerate();
    let columns = fields.filter(|(_, field)| of_key.contains(field.name())).map(|(index, _)| index);
    (scan.fetch.is_none() && scan.source.get_logical_plan().is_none())
        .then_some(Lie::Apart(columns.collect()))
}

/// Whether expressions of the node itself ask other relations.
fn has_subquery(plan: &LogicalPlan) -> bool {
    plan.expressions().iter().any(|expression| {
        let mut found = false;
        let walked: Result<_, DataFusionError> = expression.apply(|node| {
            found |= matches!(
                node,
                Expr::ScalarSubquery(_)
                    | Expr::Exists(_)
                    | Expr::InSubquery(_)
                    | Expr::OuterReferenceColumn(..)
            );
            Ok(TreeNodeRecursion::Continue)
        });
        found || walked.is_err()
    })
}

fn bare(expression: &Expr) -> &Expr {
    match expression {
        Expr::Alias(alias) => bare(&alias.expr),
        other => other,
    }
}

/// The index of a plain column; one kind of text made another kind of text is still the same.
fn column(expression: &Expr, schema: &DFSchema) -> Option<usize> {
    match bare(expression) {
        Expr::Column(column) => schema.maybe_index_of_column(column),
        Expr::Cast(cast) if is_text(cast.field.data_type()) => {
            column(&cast.expr, schema).filter(|index| is_text(schema.field(*index).data_type()))
        }
        _ => None,
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// The positions of the expressions that are one of some columns.
fn carried(expressions: &[Expr], schema: &DFSchema, columns: &BTreeSet<usize>) -> BTreeSet<usize> {
    let is = |expression: &Expr| column(expression, schema).is_some_and(|index| columns.contains(&index));
    expressions.iter().enumerate().filter(|(_, one)| is(one)).map(|(index, _)| index).collect()
}

fn shifted(columns: &BTreeSet<usize>, by: usize) -> BTreeSet<usize> {
    columns.iter().map(|index| index + by).collect()
}
