//! A relation of the server as a table of the engine.

use super::filter::condition;
use super::reading::{ReadColumn, schema, select, stream};
use super::{Database, Relation};
use crate::Fault;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DataFusionError, Result, Statistics};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::TryStreamExt;
use std::pin::Pin;
use std::sync::Arc;

/// A relation; what a query needs of it is asked of the server each time.
#[derive(Debug)]
pub(crate) struct PostgresTable {
    database: Database,
    /// The relation as SQL.
    from: String,
    columns: Vec<ReadColumn>,
    schema: SchemaRef,
    rows: u64,
}

impl PostgresTable {
    /// A table with these columns of a relation.
    pub(crate) fn new(database: &Database, relation: &Relation, columns: &[ReadColumn], rows: u64) -> Self {
        let (schema, columns) = (schema(columns), columns.to_vec());
        Self { database: database.clone(), from: relation.sql(), columns, schema, rows }
    }

    fn plan(
        &self,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all = || (0..self.columns.len()).collect();
        let columns: Vec<&ReadColumn> =
            projection.cloned().unwrap_or_else(all).into_iter().map(|index| &self.columns[index]).collect();
        let conditions: Option<Vec<String>> =
            filters.iter().map(|filter| condition(filter, &self.columns)).collect();
        let conditions = conditions
            .ok_or_else(|| DataFusionError::Internal("a condition was pushed that cannot be".into()))?;
        let mut rest = self.from.clone();
        if !conditions.is_empty() {
            rest += &format!(" where {}", conditions.join(" and "));
        }
        if let Some(limit) = limit {
            rest += &format!(" limit {limit}");
        }
        let sql = select(columns.iter().copied(), &rest);
        let answer = Answer { database: self.database.clone(), sql, schema: schema(columns) };
        let (schema, answer) = (Arc::clone(&answer.schema), Arc::new(answer));
        Ok(Arc::new(StreamingTableExec::try_new(schema, vec![answer], None, [], false, limit)?))
    }
}

type Scan<'a> = Pin<Box<dyn Future<Output = Result<Arc<dyn ExecutionPlan>>> + Send + 'a>>;

impl TableProvider for PostgresTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// How many rows there are, so that nobody has to count them.
    fn statistics(&self) -> Option<Statistics> {
        let num_rows = Precision::Exact(usize::try_from(self.rows).ok()?);
        Some(Statistics { num_rows, ..Statistics::new_unknown(&self.schema) })
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let answer = |filter: &&Expr| match condition(filter, &self.columns) {
            Some(_) => TableProviderFilterPushDown::Exact,
            None => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(answer).collect())
    }

    // Written as the attribute `async_trait` would write it.
    fn scan<'life0, 'life1, 'life2, 'life3, 'async_trait>(
        &'life0 self,
        _state: &'life1 dyn Session,
        projection: Option<&'life2 Vec<usize>>,
        filters: &'life3 [Expr],
        limit: Option<usize>,
    ) -> Scan<'async_trait>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        'life2: 'async_trait,
        'life3: 'async_trait,
        Self: 'async_trait,
    {
        let plan = self.plan(projection, filters, limit);
        Box::pin(std::future::ready(plan))
    }
}

/// What the server answers to one SELECT.
#[derive(Debug)]
struct Answer {
    database: Database,
    sql: String,
    schema: SchemaRef,
}

impl PartitionStream for Answer {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let rows = stream(self.database.clone(), self.sql.clone(), Arc::clone(&self.schema))
            .map_err(|fault: Fault| DataFusionError::External(Box::new(fault)));
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), rows))
    }
}
