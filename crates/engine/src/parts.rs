//! A chain of views over large tables, part by part.
//!
//! The rows of some values of a key (of some patients) are a part. Where every step of a view stays within a part
//! ([`separable`](crate::separable)), a part goes through the whole chain by itself, on one core, while another core has
//! another part; what only later views of the chain use is dropped with the part. So memory is that of a part, all cores
//! work, and the rows come in the same order in every run, since neither the parts nor their order depends on the
//! machine.

mod scheme;

pub(crate) use scheme::{Scheme, When, scheme};

use crate::{View, select};
use arrow::array::{Array, RecordBatch};
use arrow::datatypes::SchemaRef;
use datafusion::catalog::view::ViewTable;
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::{DataFusionError, ScalarValue, TableReference};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion::prelude::{Expr, SessionContext, ident, lit};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A table by its name.
pub(crate) type Named = (String, Arc<dyn TableProvider>);

/// An error, and the view of the chain in which it occurred.
pub(crate) type InView = (usize, DataFusionError);

/// An error that is of no single view.
pub(crate) fn of_none(error: DataFusionError) -> InView {
    (0, error)
}

/// The borders between parts of about so many rows of a table: each is the first value of its part.
pub(crate) async fn borders(
    table: &Named,
    key: &str,
    rows: u64,
    part: u64,
    context: &SessionContext,
) -> Result<Vec<ScalarValue>, DataFusionError> {
    /// Values that are looked at for each part.
    const SEEN: u64 = 64;
    let parts = rows.div_ceil(part.max(1));
    let step = (part / SEEN).max(1) as usize;
    let scan = LogicalPlanBuilder::scan(
        TableReference::bare(table.0.as_str()),
        provider_as_source(Arc::clone(&table.1)),
        None,
    )?;
    let plan = scan.project([ident(key)])?.build()?;
    let mut stream = context.execute_logical_plan(plan).await?.execute_stream().await?;
    let (mut values, mut row) = (Vec::new(), 0);
    while let Some(batch) = stream.next().await {
        let column = Arc::clone(batch?.column(0));
        while row < column.len() {
            if !column.is_null(row) {
                values.push(ScalarValue::try_from_array(&column, row)?.compacted());
            }
            row += step;
        }
        row -= column.len();
    }
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let mut borders: Vec<ScalarValue> = (1..parts)
        .filter_map(|part| values.get(values.len() * part as usize / parts as usize).cloned())
        .collect();
    borders.dedup();
    Ok(borders)
}

/// The views of a chain that are run in parts, and what they need.
#[derive(Debug)]
pub(crate) struct Chain {
    views: Vec<Link>,
    tables: Vec<Named>,
    key: String,
    borders: Vec<ScalarValue>,
}

/// A view of a chain.
#[derive(Debug)]
struct Link {
    /// Its position among all views.
    index: usize,
    view: View,
    /// The views that no later one uses.
    done_with: Vec<String>,
}

/// The rows of a view.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) n: u64,
    pub(crate) schema: SchemaRef,
    /// Themselves, where they are kept.
    pub(crate) batches: Option<Vec<RecordBatch>>,
}

impl Chain {
    pub(crate) fn new(views: &[View], scheme: Scheme, tables: Vec<Named>, borders: Vec<ScalarValue>) -> Self {
        let Scheme { key, when, uses } = scheme;
        let used_later = |name: &str, from: usize| {
            (from..views.len()).any(|later| when[later] == When::InParts && uses[later].contains(name))
        };
        let wanted = |name: &str, view: &View| {
            view.keep
                || (0..views.len()).any(|later| when[later] == When::After && uses[later].contains(name))
        };
        let mut links: Vec<Link> = Vec::new();
        for (index, view) in views.iter().enumerate().filter(|(index, _)| when[*index] == When::InParts) {
            let keep = wanted(&view.name, view);
            links.push(Link { index, view: View { keep, ..view.clone() }, done_with: Vec::new() });
            let before: Vec<String> = links
                .iter()
                .filter(|link| !used_later(&link.view.name, index + 1))
                .map(|link| link.view.name.clone())
                .filter(|name| !links.iter().any(|link| link.done_with.contains(name)))
                .collect();
            if let Some(link) = links.last_mut() {
                link.done_with = before;
            }
        }
        Self { views: links, tables, key, borders }
    }

    /// How many parts there are.
    pub(crate) fn parts(&self) -> usize {
        self.borders.len() + 1
    }

    /// Runs all parts, so many at a time, and puts their rows together: by the position of the view.
    pub(crate) async fn run(
        self,
        cores: usize,
        context: impl Fn() -> SessionContext + Send + Sync + 'static,
    ) -> Result<BTreeMap<usize, Rows>, InView> {
        let chain = Arc::new(self);
        let context = Arc::new(context);
        let parts = (0..chain.parts()).map(|part| {
            let (chain, context) = (Arc::clone(&chain), Arc::clone(&context));
            tokio::spawn(async move { chain.part(part, &context()).await })
        });
        let mut whole: BTreeMap<usize, Rows> = BTreeMap::new();
        let mut done = futures::stream::iter(parts).buffered(cores.max(1));
        while let Some(part) = done.next().await {
            let part = part.map_err(|error| of_none(DataFusionError::External(Box::new(error))))??;
            for (index, rows) in part {
                match whole.get_mut(&index) {
                    Some(before) => {
                        before.n += rows.n;
                        before
                            .batches
                            .iter_mut()
                            .for_each(|all| all.extend(rows.batches.iter().flatten().cloned()));
                    }
                    None => drop(whole.insert(index, rows)),
                }
            }
        }
        Ok(whole)
    }

    async fn part(&self, part: usize, context: &SessionContext) -> Result<Vec<(usize, Rows)>, InView> {
        for (name, table) in &self.tables {
            let table = self.of_part(name, table, part).map_err(of_none)?;
            context.register_table(TableReference::bare(name.as_str()), table).map_err(of_none)?;
        }
        let mut results = Vec::new();
        for link in &self.views {
            let failed = |error: DataFusionError| -> InView { (link.index, error) };
            let (schema, batches) = select::rows(&link.view.sql, context).await.map_err(failed)?;
            let n = batches.iter().map(|batch| batch.num_rows() as u64).sum();
            let table = MemTable::try_new(Arc::clone(&schema), vec![batches.clone()]).map_err(failed)?;
            let name = TableReference::bare(link.view.name.as_str());
            context.register_table(name, Arc::new(table)).map_err(failed)?;
            results.push((link.index, Rows { n, schema, batches: link.view.keep.then_some(batches) }));
            for done in &link.done_with {
                context.deregister_table(TableReference::bare(done.as_str())).map_err(failed)?;
            }
        }
        Ok(results)
    }

    /// The rows of a table that belong to a part.
    fn of_part(
        &self,
        name: &str,
        table: &Arc<dyn TableProvider>,
        part: usize,
    ) -> Result<Arc<dyn TableProvider>, DataFusionError> {
        if self.borders.is_empty() || table.schema().column_with_name(&self.key).is_none() {
            return Ok(Arc::clone(table));
        }
        let key = || ident(&self.key);
        let from = part.checked_sub(1).and_then(|border| self.borders.get(border));
        let from: Option<Expr> = from.map(|least| key().gt_eq(Expr::Literal(least.clone(), None)));
        let below: Option<Expr> =
            self.borders.get(part).map(|next| key().lt(Expr::Literal(next.clone(), None)));
        let condition = match (from, below) {
            (Some(from), Some(below)) => from.and(below),
            (Some(one), None) => one,
            // Rows without a key are in the first part.
            (None, Some(one)) => one.or(key().is_null()),
            (None, None) => lit(true),
        };
        let scan = LogicalPlanBuilder::scan(
            TableReference::bare(name),
            provider_as_source(Arc::clone(table)),
            None,
        )?;
        Ok(Arc::new(ViewTable::new(scan.filter(condition)?.build()?, None)))
    }
}
