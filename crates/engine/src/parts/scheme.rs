//! Which views of a chain can be run in parts, and by which column.

use super::{InView, Named, of_none};
use crate::separable::{Lie, lie};
use crate::types::{kept, narrowed};
use crate::{View, select};
use arrow::datatypes::DataType;
use datafusion::catalog::MemTable;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// When a view is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// As a whole: it is not separable, or the same for all, and uses no view that is run in parts.
    Before,
    /// In parts.
    InParts,
    /// As a whole, because of a view in parts that it uses.
    After,
}

/// How a chain is run.
#[derive(Debug)]
pub(crate) struct Scheme {
    /// The column by which there are parts.
    pub(crate) key: String,
    pub(crate) when: Vec<When>,
    /// The views and tables that each view uses.
    pub(super) uses: Vec<BTreeSet<String>>,
}

/// The scheme in which the views in parts read most rows of tables; nothing where no view can be run so. `rows` holds
/// the number of rows of each table.
pub(crate) async fn scheme(
    views: &[View],
    tables: &[Named],
    rows: &[u64],
    context: &SessionContext,
) -> Result<Option<Scheme>, InView> {
    for (name, table) in tables {
        context.register_table(TableReference::bare(name.as_str()), Arc::clone(table)).map_err(of_none)?;
    }
    let mut plans = Vec::new();
    let mut uses = Vec::new();
    for (index, view) in views.iter().enumerate() {
        let failed = |error: DataFusionError| -> InView { (index, error) };
        let (plan, used) = planned(view, context).await.map_err(failed)?;
        let empty = MemTable::try_new(kept(&narrowed(plan.schema().as_arrow())), vec![vec![]]);
        let name = TableReference::bare(view.name.as_str());
        empty
            .and_then(|empty| {
                context.deregister_table(name.clone())?;
                context.register_table(name, Arc::new(empty))
            })
            .map_err(failed)?;
        plans.push(plan);
        uses.push(used);
    }
    let used_tables = || tables.iter().filter(|(name, _)| uses.iter().any(|used| used.contains(name)));
    let candidates: BTreeSet<String> = used_tables()
        .flat_map(|(_, table)| table.schema().fields().iter().cloned().collect::<Vec<_>>())
        .filter(|field| can_be_key(field.data_type()))
        .map(|field| field.name().clone())
        .collect();
    let read = |when: &[When]| -> u64 {
        let in_parts = when.iter().zip(&uses).filter(|(when, _)| **when == When::InParts);
        let of_view = |used: &BTreeSet<String>| -> u64 {
            tables.iter().zip(rows).filter(|((name, _), _)| used.contains(name)).map(|(_, rows)| rows).sum()
        };
        in_parts.map(|(_, used)| of_view(used)).sum()
    };
    let best = candidates
        .into_iter()
        .map(|key| (sorted_out(views, &plans, &uses, &key), key))
        .max_by_key(|(when, _)| (read(when), when.iter().filter(|one| **one == When::InParts).count()));
    let Some((when, key)) = best else { return Ok(None) };
    Ok(when.contains(&When::InParts).then_some(Scheme { key, when, uses }))
}

fn can_be_key(data_type: &DataType) -> bool {
    data_type.is_integer() || matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

async fn planned(
    view: &View,
    context: &SessionContext,
) -> Result<(LogicalPlan, BTreeSet<String>), DataFusionError> {
    let state = context.state();
    let plan = state.optimize(&select::plan(&state, &view.sql).await?)?;
    let used = state.resolve_table_references(&select::parse(&state, &view.sql)?)?;
    Ok((plan, used.iter().map(|name| name.table().to_string()).collect()))
}

fn sorted_out(views: &[View], plans: &[LogicalPlan], uses: &[BTreeSet<String>], key: &str) -> Vec<When> {
    let mut parts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut after: BTreeSet<&str> = BTreeSet::new();
    let mut order = Vec::new();
    for ((view, plan), used) in views.iter().zip(plans).zip(uses) {
        let late = used.iter().any(|name| after.contains(name.as_str()));
        let when = match lie(plan, key, &parts) {
            Some(Lie::Apart(columns)) if !late => {
                let fields = plan.schema().fields();
                let names = columns.iter().map(|index| fields[*index].name().clone());
                parts.insert(view.name.clone(), names.collect());
                When::InParts
            }
            _ if late || used.iter().any(|name| parts.contains_key(name)) => When::After,
            _ => When::Before,
        };
        if when == When::After {
            after.insert(&view.name);
        }
        order.push(when);
    }
    order
}

impl Scheme {
    /// Whether a view in parts uses the table.
    pub(crate) fn needs(&self, table: &str) -> bool {
        let in_parts = self.when.iter().zip(&self.uses).filter(|(when, _)| **when == When::InParts);
        in_parts.into_iter().any(|(_, used)| used.contains(table))
    }
}
