//! Chains of views in this process: as a whole where tables are small, else part by part.

use super::{Local, context};
use crate::parts::{Chain, InView, Rows, Scheme, When, borders, of_none, scheme};
use crate::{Engine, Fault, View};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::prelude::SessionContext;
use std::collections::BTreeMap;
use std::sync::Arc;

type Refused = (usize, Fault);

impl Local {
    /// Runs a chain; gives how many rows each view has.
    pub(super) fn run_chain(&self, views: &[View]) -> Result<Vec<u64>, Refused> {
        let mut counts = vec![0; views.len()];
        let Some(scheme) = self.scheme_of(views)? else {
            self.run_whole(views, &|_| true, &mut counts)?;
            return Ok(counts);
        };
        let when = scheme.when.clone();
        self.run_whole(views, &|index| when[index] == When::Before, &mut counts)?;
        for (index, rows) in self.run_in_parts(views, scheme)? {
            counts[index] = rows.n;
            if let Some(batches) = rows.batches {
                let name = TableReference::bare(views[index].name.as_str());
                let table = MemTable::try_new(rows.schema, vec![batches]);
                table
                    .and_then(|table| {
                        self.parallel.deregister_table(name.clone())?;
                        self.parallel.register_table(name, Arc::new(table)).map(drop)
                    })
                    .map_err(|error| (index, self.fault(&error)))?;
            }
        }
        self.run_whole(views, &|index| when[index] == When::After, &mut counts)?;
        Ok(counts)
    }

    fn run_whole(
        &self,
        views: &[View],
        wanted: &dyn Fn(usize) -> bool,
        counts: &mut [u64],
    ) -> Result<(), Refused> {
        for (index, view) in views.iter().enumerate().filter(|(index, _)| wanted(*index)) {
            counts[index] = self.materialise(&view.name, &view.sql).map_err(|fault| (index, fault))?;
        }
        Ok(())
    }

    /// How to run a chain in parts; nothing where no table is large or no view can be run so.
    fn scheme_of(&self, views: &[View]) -> Result<Option<Scheme>, Refused> {
        let (serial, part, views) = (self.serial.clone(), self.part, views.to_vec());
        let names = self.tables();
        self.attempt(async move {
            let mut tables = Vec::new();
            let mut rows = Vec::new();
            for name in names.into_iter().filter(|name| !views.iter().any(|view| view.name == *name)) {
                rows.push(count(&name, &serial).await.map_err(of_none)?);
                let table =
                    serial.table_provider(TableReference::bare(name.as_str())).await.map_err(of_none)?;
                tables.push((name, table));
            }
            match rows.iter().any(|rows| *rows > part) {
                true => scheme(&views, &tables, &rows, &context(1, serial.runtime_env())).await,
                false => Ok(None),
            }
        })
    }

    fn run_in_parts(&self, views: &[View], scheme: Scheme) -> Result<BTreeMap<usize, Rows>, Refused> {
        let (serial, part, views, cores) = (self.serial.clone(), self.part, views.to_vec(), self.cores);
        let names = self.tables();
        self.attempt(async move {
            let mut tables: Vec<(String, Arc<dyn TableProvider>)> = Vec::new();
            let (mut largest, mut most) = (None, 0);
            for name in names.into_iter().filter(|name| scheme.needs(name)) {
                let table =
                    serial.table_provider(TableReference::bare(name.as_str())).await.map_err(of_none)?;
                let rows = count(&name, &serial).await.map_err(of_none)?;
                if rows > most && table.schema().column_with_name(&scheme.key).is_some() {
                    (largest, most) = (Some(tables.len()), rows);
                }
                tables.push((name, table));
            }
            let borders = match largest {
                Some(largest) => {
                    borders(&tables[largest], &scheme.key, most, part, &serial).await.map_err(of_none)?
                }
                None => Vec::new(),
            };
            let environment = serial.runtime_env();
            let chain = Chain::new(&views, scheme, tables, borders);
            chain.run(cores, move || context(1, Arc::clone(&environment))).await
        })
    }

    /// Waits for a task about a chain.
    fn attempt<T: Send + 'static>(
        &self,
        task: impl Future<Output = Result<T, InView>> + Send + 'static,
    ) -> Result<T, Refused> {
        match self.wait(async move { Ok::<_, DataFusionError>(task.await) }).map_err(|fault| (0, fault))? {
            Ok(found) => Ok(found),
            Err((index, error)) => Err((index, self.fault(&error))),
        }
    }
}

/// How many rows a table has.
async fn count(table: &str, context: &SessionContext) -> Result<u64, DataFusionError> {
    let known = context.table_provider(TableReference::bare(table)).await?.statistics();
    match known.map(|statistics| statistics.num_rows) {
        Some(Precision::Exact(rows)) => Ok(rows as u64),
        _ => Ok(context.table(TableReference::bare(table)).await?.count().await? as u64),
    }
}
