//! DataFusion in this process.

mod chain;

use crate::arithmetic::{Checked, checked_sum};
use crate::postgres::{Database, PostgresTable, ReadColumn, Relation, Server};
use crate::threads::wait;
use crate::types::{fields, kept, narrow, narrowed};
use crate::{Engine, Fault, Field, Origin, View, functions, lineage, origins, select};
use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::MemTable;
use datafusion::catalog::view::ViewTable;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use futures::{SinkExt, StreamExt};
use std::path::Path;
use std::sync::{Arc, mpsc};
use tokio::runtime::{Builder, Handle, Runtime};

/// Functions that differ from run to run. They are taken out, so that the same study gives the same results.
pub(crate) const VOLATILE: [&str; 8] =
    ["now", "current_timestamp", "current_date", "today", "current_time", "random", "uuid", "version"];

/// What queries may keep in memory before they go on with temporary files: 1.5 GiB, so that the whole program stays
/// below 2 GiB.
const MEMORY: usize = 3 << 29;

/// Rows a batch.
const BATCH: usize = 8192;

/// Rows of the largest table that a part of a chain of views has.
const PART: u64 = 1 << 21;

/// DataFusion in this process, with threads of its own.
pub struct Local {
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
    /// On all cores: for counting.
    parallel: SessionContext,
    /// The same tables on one core: for views, whose rows must come in the same order in every run.
    serial: SessionContext,
    cores: usize,
    part: u64,
}

impl Local {
    /// An engine without tables.
    ///
    /// # Errors
    /// The system grants no threads.
    pub fn new() -> Result<Self, Fault> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with(cores, MEMORY)
    }

    /// An engine with so many threads, and so many bytes of memory for queries.
    ///
    /// # Errors
    /// The system grants no threads.
    pub fn with(cores: usize, memory: usize) -> Result<Self, Fault> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores.max(1))
            .thread_name("engine")
            // Planning of long CASE expressions is recursive, and dependencies may be built unoptimised.
            .thread_stack_size(16 << 20)
            .enable_all()
            .build()
            .map_err(|error| Fault::plain(format!("no threads for the query engine: {error}")))?;
        let memory = Arc::new(FairSpillPool::new(memory));
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(memory)
            .build_arc()
            .map_err(|error| Fault::translate(&error, &[]))?;
        let parallel = context(cores.max(1), environment);
        let serial =
            SessionStateBuilder::new_from_existing(parallel.state()).with_config(configuration(1)).build();
        let serial = SessionContext::new_with_state(serial);
        Ok(Self { runtime: Some(runtime), parallel, serial, cores, part: PART })
    }

    /// The same, with so many rows of the largest table in a part of a chain of views.
    pub fn in_parts_of(mut self, rows: u64) -> Self {
        self.part = rows;
        self
    }

    /// Runs a task on the engine's threads and waits for it.
    fn wait<T: Send + 'static>(
        &self,
        task: impl Future<Output = Result<T, DataFusionError>> + Send + 'static,
    ) -> Result<T, Fault> {
        let tables = self.tables();
        wait(self.threads()?, async move { task.await.map_err(|error| Fault::translate(&error, &tables)) })
    }

    fn threads(&self) -> Result<&Handle, Fault> {
        let runtime = self.runtime.as_ref().ok_or_else(|| Fault::plain("the query engine has ended"))?;
        Ok(runtime.handle())
    }

    fn fault(&self, error: &DataFusionError) -> Fault {
        Fault::translate(error, &self.tables())
    }
}

/// A session without tables.
fn context(cores: usize, environment: Arc<RuntimeEnv>) -> SessionContext {
    let state = SessionStateBuilder::new_with_default_features()
        .with_config(configuration(cores))
        .with_runtime_env(environment)
        .build();
    let context = SessionContext::new_with_state(state);
    context.add_analyzer_rule(Arc::new(Checked));
    context.register_udaf(checked_sum());
    for function in functions::all() {
        context.register_udf(function);
    }
    for name in VOLATILE {
        context.deregister_udf(name);
    }
    context
}

fn configuration(cores: usize) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(cores)
        .with_batch_size(BATCH)
        .with_information_schema(false);
    let options = config.options_mut();
    options.sql_parser.enable_ident_normalization = false;
    options.sql_parser.collect_spans = true;
    // Text is `Utf8` everywhere: see `types::kept`.
    options.sql_parser.map_string_types_to_utf8view = false;
    options.execution.parquet.schema_force_view_types = false;
    // With statistics a column whose least and greatest value agree is taken for constant; NaN, which statistics
    // leave out, would then be read as that value.
    options.execution.collect_statistics = false;
    // Filters are evaluated while a Parquet file is read, so that rows nobody wants are never decoded.
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    config
}

impl Engine for Local {
    fn version(&self) -> String {
        format!("DataFusion {}", datafusion::DATAFUSION_VERSION)
    }

    fn add_rows(&self, table: &str, schema: SchemaRef, rows: Vec<RecordBatch>) -> Result<(), Fault> {
        let schema = kept(&schema);
        let mut slices = Vec::new();
        for batch in rows {
            for start in (0..batch.num_rows()).step_by(BATCH) {
                let slice = batch.slice(start, BATCH.min(batch.num_rows() - start));
                slices.push(narrow(&slice, &schema).map_err(|error| self.fault(&error.into()))?);
            }
        }
        let rows = MemTable::try_new(schema, vec![slices]).map_err(|error| self.fault(&error))?;
        self.parallel
            .deregister_table(TableReference::bare(table))
            .and_then(|_| self.parallel.register_table(TableReference::bare(table), Arc::new(rows)))
            .map(drop)
            .map_err(|error| self.fault(&error))
    }

    fn add_parquet(&self, table: &str, path: &Path) -> Result<Vec<Field>, Fault> {
        let absolute =
            path.canonicalize().map_err(|error| Fault::plain(format!("cannot read the file: {error}")))?;
        let ending = absolute.extension().map(|ending| format!(".{}", ending.to_string_lossy()));
        let (context, url, table) = (self.parallel.clone(), file_url(&absolute), table.to_string());
        self.wait(async move {
            let ending = ending.unwrap_or_default();
            let options = ParquetReadOptions { file_extension: &ending, ..ParquetReadOptions::default() };
            let table = TableReference::bare(table);
            context.deregister_table(table.clone())?;
            context.register_parquet(table.clone(), &url, options).await?;
            Ok(fields(context.table(table).await?.schema().as_arrow()))
        })
    }

    fn connect(&self, server: &Server) -> Result<Database, Fault> {
        wait(self.threads()?, Database::open(server.clone()))
    }

    fn add_relation(
        &self,
        table: &str,
        database: &Database,
        relation: &Relation,
        columns: &[ReadColumn],
        rows: u64,
    ) -> Result<(), Fault> {
        let provider = Arc::new(PostgresTable::new(database, relation, columns, rows));
        let name = TableReference::bare(table);
        self.parallel
            .deregister_table(name.clone())
            .and_then(|_| self.parallel.register_table(name, provider))
            .map(drop)
            .map_err(|error| self.fault(&error))
    }

    fn tables(&self) -> Vec<String> {
        let schema = self.parallel.catalog("datafusion").and_then(|catalog| catalog.schema("public"));
        let mut names = schema.map_or(Vec::new(), |schema| schema.table_names());
        names.sort();
        names
    }

    fn references(&self, sql: &str) -> Result<Vec<String>, Fault> {
        let state = self.parallel.state();
        let names = select::parse(&state, sql)
            .and_then(|statement| state.resolve_table_references(&statement))
            .map_err(|error| self.fault(&error))?;
        let mut names: Vec<String> = names.iter().map(|name| name.table().to_string()).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn columns(&self, sql: &str) -> Result<Vec<Field>, Fault> {
        let (state, sql) = (self.parallel.state(), sql.to_string());
        self.wait(async move {
            let plan = select::plan(&state, &sql).await?;
            // Types that do not go together are found only by this step.
            let plan = state.optimize(&plan)?;
            Ok(fields(plan.schema().as_arrow()))
        })
    }

    fn sources(&self, sql: &str) -> Result<Vec<(String, String)>, Fault> {
        let (state, sql) = (self.parallel.state(), sql.to_string());
        self.wait(async move { lineage::sources(&select::plan(&state, &sql).await?) })
    }

    fn origins(&self, chain: &[(String, String)]) -> Result<Vec<Vec<Origin>>, Fault> {
        let (parallel, chain, names) = (self.parallel.clone(), chain.to_vec(), self.tables());
        self.wait(async move {
            let context = context(1, parallel.runtime_env());
            for name in names.iter().filter(|name| !chain.iter().any(|(own, _)| own == *name)) {
                let name = TableReference::bare(name.as_str());
                context.register_table(name.clone(), parallel.table_provider(name).await?)?;
            }
            origins::follow(&chain, &context).await
        })
    }

    fn add_view(&self, view: &str, sql: &str) -> Result<(), Fault> {
        let (context, sql, view) = (self.parallel.clone(), sql.to_string(), view.to_string());
        self.wait(async move {
            let plan = select::plan(&context.state(), &sql).await?;
            let view = TableReference::bare(view);
            context.deregister_table(view.clone())?;
            context.register_table(view, Arc::new(ViewTable::new(plan, Some(sql)))).map(drop)
        })
    }

    fn materialise(&self, table: &str, sql: &str) -> Result<u64, Fault> {
        let (context, sql, name) = (self.serial.clone(), sql.to_string(), table.to_string());
        self.wait(async move {
            let (schema, rows) = select::rows(&sql, &context).await?;
            let n = rows.iter().map(|batch| batch.num_rows() as u64).sum();
            let name = TableReference::bare(name);
            context.deregister_table(name.clone())?;
            context.register_table(name, Arc::new(MemTable::try_new(schema, vec![rows])?))?;
            Ok(n)
        })
    }

    fn materialise_all(&self, views: &[View]) -> Result<Vec<u64>, (usize, Fault)> {
        self.run_chain(views)
    }

    fn stream(&self, sql: &str, take: &mut dyn FnMut(&RecordBatch)) -> Result<Vec<Field>, Fault> {
        type Message = Result<RecordBatch, DataFusionError>;
        let (mut sender, mut receiver) = futures::channel::mpsc::channel::<Message>(2);
        let (context, sql) = (self.parallel.clone(), sql.to_string());
        let (schema_sender, schema) = mpsc::channel();
        self.threads()?.spawn(async move {
            let run = async {
                let plan = select::plan(&context.state(), &sql).await?;
                let frame = context.execute_logical_plan(plan).await?;
                let schema = narrowed(frame.schema().as_arrow());
                let _ = schema_sender.send(fields(&schema));
                let mut stream = frame.execute_stream().await?;
                while let Some(batch) = stream.next().await {
                    let batch = narrow(&batch?, &schema)?;
                    if sender.send(Ok(batch)).await.is_err() {
                        break;
                    }
                }
                Ok(())
            };
            let outcome: Result<(), DataFusionError> = run.await;
            let end = match outcome {
                Ok(()) => Ok(RecordBatch::new_empty(Arc::new(Schema::empty()))),
                Err(error) => Err(error),
            };
            // Nobody listens any more where the caller has gone.
            let _ = sender.send(end).await;
        });
        let mut last = None;
        while let Some(message) = futures::executor::block_on(receiver.next()) {
            // Each batch waits for its successor, so that the end is told from a task that died on the way.
            if let Some(batch) = last.replace(message.map_err(|error| self.fault(&error))?) {
                take(&batch);
            }
        }
        let ended = last.is_some_and(|batch| batch.num_columns() == 0);
        match schema.recv() {
            Ok(fields) if ended => Ok(fields),
            _ => Err(Fault::broken()),
        }
    }
}

/// The file as a URL: a plain path would have its brackets and stars taken for a pattern.
fn file_url(path: &Path) -> String {
    let mut url = String::from("file://");
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                url.push(char::from(byte));
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

impl Drop for Local {
    /// A runtime may not be waited for within an asynchronous program; queries in flight are abandoned.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
