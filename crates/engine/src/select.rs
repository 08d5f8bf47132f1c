//! SQL text to a plan that can only read.

use datafusion::common::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;

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
