//! A SELECT of the server as batches of rows.

use super::binary::Decoder;
use super::connection::Connection;
use super::database::Database;
use super::fault::{lost, of_statement};
use crate::{Fault, Type};
use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};
use futures::stream::BoxStream;
use futures::{SinkExt, StreamExt, TryStreamExt};
use std::sync::Arc;
use tokio_postgres::CopyOutStream;

/// Rows and bytes a batch; one that has either is full.
const BATCH: (usize, usize) = (8192, 64 << 20);

/// A column that is read: an expression over the columns of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadColumn {
    /// Its name.
    pub name: String,
    /// Its value, as SQL of the server.
    pub sql: String,
    /// What it holds: anything but [`Type::Other`].
    pub r#type: Type,
}

impl ReadColumn {
    /// The value in the one type in which each kind of value travels.
    fn select(&self) -> String {
        let to = match self.r#type {
            Type::Text | Type::Other => "text",
            Type::Integer => "int8",
            Type::Number => "float8",
            Type::Flag => "bool",
            Type::Date => "date",
            Type::Moment => "timestamp",
        };
        format!("({})::{to}", self.sql)
    }
}

/// The columns as Arrow has them.
pub(super) fn schema<'a>(columns: impl IntoIterator<Item = &'a ReadColumn>) -> SchemaRef {
    let field = |column: &ReadColumn| Field::new(&column.name, column.r#type.stored(), true);
    Arc::new(Schema::new(columns.into_iter().map(field).collect::<Vec<_>>()))
}

/// A SELECT of columns from what stands behind FROM.
pub(super) fn select<'a>(columns: impl IntoIterator<Item = &'a ReadColumn>, rest: &str) -> String {
    let list: Vec<String> = columns.into_iter().map(ReadColumn::select).collect();
    format!("select {} from {rest}", list.join(", "))
}

enum State {
    Start,
    Reading(Box<Reading>),
    Ended,
}

struct Reading {
    connection: Connection,
    rows: std::pin::Pin<Box<CopyOutStream>>,
    decoder: Decoder,
}

/// Runs a SELECT and gives its rows; a stream that ends without a fault has given all.
pub(super) fn stream(
    database: Database,
    sql: String,
    schema: SchemaRef,
) -> BoxStream<'static, Result<RecordBatch, Fault>> {
    futures::stream::try_unfold(State::Start, move |state| {
        let (database, sql, schema) = (database.clone(), sql.clone(), Arc::clone(&schema));
        async move {
            let mut reading = match state {
                State::Ended => return Ok(None),
                State::Reading(reading) => reading,
                State::Start => Box::new(start(&database, &sql, schema).await?),
            };
            while !is_full(reading.decoder.collected()) {
                let piece = reading.rows.try_next().await;
                match piece.map_err(|error| of_statement(database.server(), &error))? {
                    Some(piece) => reading.decoder.feed(&piece)?,
                    None if reading.decoder.has_ended() => {
                        let batch = reading.decoder.finish()?;
                        database.give_back(reading.connection);
                        return Ok(Some((batch, State::Ended)));
                    }
                    None => return Err(lost(database.server(), "the rows have no end")),
                }
            }
            let batch = reading.decoder.finish()?;
            Ok(Some((batch, State::Reading(reading))))
        }
    })
    .boxed()
}

fn is_full((rows, bytes): (usize, usize)) -> bool {
    rows >= BATCH.0 || bytes >= BATCH.1
}

async fn start(database: &Database, sql: &str, schema: SchemaRef) -> Result<Reading, Fault> {
    let connection = database.borrow().await?;
    let copy = format!("copy ({sql}) to stdout (format binary)");
    let rows = connection.client.copy_out(copy.as_str()).await;
    let rows = Box::pin(rows.map_err(|error| of_statement(database.server(), &error))?);
    Ok(Reading { connection, rows, decoder: Decoder::new(schema)? })
}

impl Database {
    /// Reads columns from what stands behind FROM, and hands over the rows in the server's order.
    ///
    /// # Errors
    /// The server refuses; the connection is lost, possibly after rows were handed over.
    pub fn read(
        &self,
        columns: &[ReadColumn],
        rest: &str,
        take: &mut dyn FnMut(&RecordBatch),
    ) -> Result<(), Fault> {
        let (mut sender, mut receiver) = futures::channel::mpsc::channel(2);
        let mut rows = stream(self.clone(), select(columns, rest), schema(columns));
        self.runtime().spawn(async move {
            while let Some(batch) = rows.next().await {
                let failed = batch.is_err();
                if sender.send(Some(batch)).await.is_err() || failed {
                    return;
                }
            }
            // The caller tells the end from a task that died on the way.
            let _ = sender.send(None).await;
        });
        while let Some(message) = futures::executor::block_on(receiver.next()) {
            match message {
                Some(batch) => take(&batch?),
                None => return Ok(()),
            }
        }
        Err(Fault::broken())
    }
}
