//! Which columns of which tables the rows of a SELECT rest on.
//!
//! A column is followed from the outputs down to the tables. What decides which rows there are (conditions, keys of
//! joins and groups) counts as used. The optional side of an outer join counts only where one of its columns is used:
//! views give at most one row a patient, so that the join by itself changes nothing.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, DataFusionError, JoinType};
use datafusion::logical_expr::{Distinct, Expr, LogicalPlan, TableScan};
use std::collections::BTreeSet;

type Indices = BTreeSet<usize>;

/// Tables with their columns, sorted.
pub(crate) fn sources(plan: &LogicalPlan) -> Result<Vec<(String, String)>, DataFusionError> {
    let mut found = BTreeSet::new();
    visit(plan, &all(plan), &mut found)?;
    Ok(found.into_iter().collect())
}

fn all(plan: &LogicalPlan) -> Indices {
    (0..plan.schema().fields().len()).collect()
}

/// The inputs that expressions refer to; what their subqueries use is followed at once.
fn used<'a>(
    expressions: impl IntoIterator<Item = &'a Expr>,
    schema: &DFSchema,
    found: &mut BTreeSet<(String, String)>,
) -> Result<Indices, DataFusionError> {
    let mut indices = Indices::new();
    for expression in expressions {
        expression.apply(|node| {
            let subquery = match node {
                Expr::Column(column) => {
                    indices.extend(schema.maybe_index_of_column(column));
                    None
                }
                Expr::ScalarSubquery(subquery) => Some(subquery),
                Expr::Exists(exists) => Some(&exists.subquery),
                Expr::InSubquery(within) => Some(&within.subquery),
                _ => None,
            };
            if let Some(subquery) = subquery {
                visit(&subquery.subquery, &all(&subquery.subquery), found)?;
                for outer in &subquery.outer_ref_columns {
                    if let Expr::OuterReferenceColumn(_, column) = outer {
                        indices.extend(schema.maybe_index_of_column(column));
                    }
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
    }
    Ok(indices)
}

fn visit(
    plan: &LogicalPlan,
    required: &Indices,
    found: &mut BTreeSet<(String, String)>,
) -> Result<(), DataFusionError> {
    match plan {
        LogicalPlan::TableScan(scan) => table(scan, required, found),
        LogicalPlan::Projection(projection) => {
            let chosen = required.iter().filter_map(|index| projection.expr.get(*index));
            let needed = used(chosen, projection.input.schema(), found)?;
            visit(&projection.input, &needed, found)
        }
        LogicalPlan::Filter(filter) => {
            let mut needed = used([&filter.predicate], filter.input.schema(), found)?;
            needed.extend(required);
            visit(&filter.input, &needed, found)
        }
        LogicalPlan::Window(window) => {
            let own = window.input.schema().fields().len();
            let mut needed: Indices = required.iter().copied().filter(|index| *index < own).collect();
            let chosen = required.iter().filter_map(|index| window.window_expr.get(index.checked_sub(own)?));
            needed.extend(used(chosen, window.input.schema(), found)?);
            visit(&window.input, &needed, found)
        }
        LogicalPlan::Aggregate(aggregate) => {
            let groups = plan.schema().fields().len().saturating_sub(aggregate.aggr_expr.len());
            let chosen =
                required.iter().filter_map(|index| aggregate.aggr_expr.get(index.checked_sub(groups)?));
            let expressions = aggregate.group_expr.iter().chain(chosen);
            let needed = used(expressions, aggregate.input.schema(), found)?;
            visit(&aggregate.input, &needed, found)
        }
        LogicalPlan::Sort(sort) => {
            let mut needed = required.clone();
            if sort.fetch.is_some() {
                let by = sort.expr.iter().map(|by| &by.expr);
                needed.extend(used(by, sort.input.schema(), found)?);
            }
            visit(&sort.input, &needed, found)
        }
        LogicalPlan::Join(join) if join_keeps_both(join.join_type) => {
            let own = join.left.schema().fields().len();
            let mut left: Indices = required.iter().copied().filter(|index| *index < own).collect();
            let mut right: Indices = required.iter().filter_map(|index| index.checked_sub(own)).collect();
            match join.join_type {
                JoinType::Left if right.is_empty() => return visit(&join.left, &left, found),
                JoinType::Right if left.is_empty() => return visit(&join.right, &right, found),
                _ => {}
            }
            left.extend(used(join.on.iter().map(|on| &on.0), join.left.schema(), found)?);
            right.extend(used(join.on.iter().map(|on| &on.1), join.right.schema(), found)?);
            left.extend(used(&join.filter, join.left.schema(), found)?);
            right.extend(used(&join.filter, join.right.schema(), found)?);
            visit(&join.left, &left, found)?;
            visit(&join.right, &right, found)
        }
        LogicalPlan::SubqueryAlias(alias) => visit(&alias.input, required, found),
        LogicalPlan::Limit(limit) => visit(&limit.input, required, found),
        LogicalPlan::Distinct(Distinct::All(input)) => visit(input, &all(input), found),
        LogicalPlan::Union(union) => union.inputs.iter().try_for_each(|input| visit(input, required, found)),
        LogicalPlan::Unnest(unnest) => {
            let mut needed: Indices =
                required.iter().filter_map(|index| unnest.dependency_indices.get(*index).copied()).collect();
            let schema = unnest.input.schema();
            needed
                .extend(unnest.exec_columns.iter().filter_map(|column| schema.maybe_index_of_column(column)));
            visit(&unnest.input, &needed, found)
        }
        other => other.inputs().into_iter().try_for_each(|input| visit(input, &all(input), found)),
    }
}

fn join_keeps_both(join: JoinType) -> bool {
    matches!(join, JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full)
}

fn table(
    scan: &TableScan,
    required: &Indices,
    found: &mut BTreeSet<(String, String)>,
) -> Result<(), DataFusionError> {
    if let Some(view) = scan.source.get_logical_plan() {
        let column = |index: &usize| match &scan.projection {
            Some(projection) => projection.get(*index).copied(),
            None => Some(*index),
        };
        return visit(&view, &required.iter().filter_map(column).collect(), found);
    }
    let fields = scan.projected_schema.fields();
    for field in required.iter().filter_map(|index| fields.get(*index)) {
        found.insert((scan.table_name.table().to_string(), field.name().clone()));
    }
    Ok(())
}
