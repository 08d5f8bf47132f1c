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

/// The scheme with most views in parts; nothing where no view can be run so.
pub(crate) async fn scheme(
    views: &[View],
    tables: &[Named],
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
    let mut candidates: BTreeMap<String, usize> = BTreeMap::new();
    for (name, table) in tables {
        if uses.iter().any(|used| used.contains(name)) {
            for field in table.schema().fields().iter().filter(|field| can_be_key(field.data_type())) {
                *candidates.entry(field.name().clone()).or_default() += 1;
            }
        }
    }
    let best = candidates
        .into_iter()
        .map(|(key, tables)| (sorted_out(views, &plans, &uses, &key), tables, key))
        .max_by_key(|(when, tables, _)| (when.iter().filter(|one| **one == When::InParts).count(), *tables));
    let Some((when, _, key)) = best else { return Ok(None) };
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
