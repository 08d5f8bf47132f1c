//! SQL text to a plan that can only read.

use crate::types::{kept, narrow, narrowed};
use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use futures::{StreamExt, TryStreamExt};

/// Parses one SELECT (or WITH, VALUES, UNION of them).
///
/// # Errors
/// No statement, several, or one that is not a query.
pub(crate) fn parse(state: &SessionState, sql: &str) -> Result<Statement, DataFusionError> {
    let dialect = state.config_options().sql_parser.dialect;
    let refuse = |message: &str| Err(DataFusionError::Plan(message.into()));
    match state.sql_to_statement(sql, &dialect) {
        Ok(Statement::Statement(statement)) if matches!(*statement, ast::Statement::Query(_)) => {
            Ok(Statement::Statement(statement))
        }
        Ok(_) => refuse("only a SELECT can stand here: SQL of a study may read, not write"),
        Err(DataFusionError::NotImplemented(message)) if message.contains("single SQL statement") => {
            refuse("one SELECT is expected, and there are several statements")
        }
        Err(DataFusionError::Plan(message)) if message.starts_with("No SQL statements") => {
            refuse("there is no SELECT")
        }
        Err(error) => Err(error),
    }
}

/// Plans one SELECT; whatever would write, however deep it stands, is refused.
pub(crate) async fn plan(state: &SessionState, sql: &str) -> Result<LogicalPlan, DataFusionError> {
    let statement = parse(state, sql)?;
    let plan = state.statement_to_plan(statement).await?;
    let reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    reading
        .verify_plan(&plan)
        .map_err(|_| DataFusionError::Plan("SQL of a study may read, not write".into()))?;
    Ok(plan)
}

/// Runs a SELECT; gives its rows in the types in which tables are kept.
pub(crate) async fn rows(
    sql: &str,
    context: &SessionContext,
) -> Result<(SchemaRef, Vec<RecordBatch>), DataFusionError> {
    let plan = plan(&context.state(), sql).await?;
    let frame = context.execute_logical_plan(plan).await?;
    let schema = kept(&narrowed(frame.schema().as_arrow()));
    distinct_names(&schema)?;
    let stream = frame.execute_stream().await?;
    let narrow = |batch: RecordBatch| narrow(&batch, &schema).map_err(DataFusionError::from);
    let batches = stream.map(|batch| batch.and_then(narrow)).try_collect().await?;
    Ok((schema, batches))
}

/// Two columns of one name cannot be told apart by whoever uses the table.
fn distinct_names(schema: &Schema) -> Result<(), DataFusionError> {
    let mut names: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            Err(DataFusionError::Plan(format!("two columns are called `{}`: rename one with `as`", pair[0])))
        }
        None => Ok(()),
    }
}
