//! The binary form of COPY to Arrow.
//!
//! After a header come rows: the number of fields (16 bits), then each field's length (32 bits, −1 for null) and bytes,
//! in network order; −1 in place of the number of fields ends the whole. Nothing is said of how the pieces in which it
//! arrives are cut.

use crate::{Fault, Type};
use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, RecordBatch, RecordBatchOptions,
    StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::SchemaRef;
use std::sync::Arc;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// From 1970-01-01 to 2000-01-01, from which the server counts.
const DAYS: i32 = 10_957;
const MICROSECONDS: i64 = 946_684_800_000_000;

/// Collects rows from the pieces of a COPY.
pub(super) struct Decoder {
    schema: SchemaRef,
    columns: Vec<Column>,
    /// What has arrived of a row, or of the header, that is not whole yet.
    pending: Vec<u8>,
    started: bool,
    ended: bool,
    rows: usize,
    bytes: usize,
}

enum Column {
    Text(StringBuilder),
    Integer(Int64Builder),
    Number(Float64Builder),
    Flag(BooleanBuilder),
    Date(Date32Builder),
    Moment(TimestampMicrosecondBuilder),
}

impl Decoder {
    /// A decoder of columns of these types.
    pub(super) fn new(schema: SchemaRef) -> Result<Self, Fault> {
        let column = |field: &Arc<arrow::datatypes::Field>| match Type::of(field.data_type()) {
            Type::Text => Ok(Column::Text(StringBuilder::new())),
            Type::Integer => Ok(Column::Integer(Int64Builder::new())),
            Type::Number => Ok(Column::Number(Float64Builder::new())),
            Type::Flag => Ok(Column::Flag(BooleanBuilder::new())),
            Type::Date => Ok(Column::Date(Date32Builder::new())),
            Type::Moment => Ok(Column::Moment(TimestampMicrosecondBuilder::new())),
            Type::Other => Err(Fault::plain(format!("the column `{}` has no type", field.name()))),
        };
        let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { schema, columns, pending: Vec::new(), started: false, ended: false, rows: 0, bytes: 0 })
    }

    /// Rows that have been collected, and their bytes.
    pub(super) fn collected(&self) -> (usize, usize) {
        (self.rows, self.bytes)
    }

    /// Whether the end was told.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes the next piece.
    pub(super) fn feed(&mut self, piece: &[u8]) -> Result<(), Fault> {
        if self.pending.is_empty() {
            let used = self.take(piece)?;
            self.pending.extend_from_slice(&piece[used..]);
        } else {
            let mut whole = std::mem::take(&mut self.pending);
            whole.extend_from_slice(piece);
            let used = self.take(&whole)?;
            whole.drain(..used);
            self.pending = whole;
        }
        Ok(())
    }

    /// The rows collected since the last call.
    pub(super) fn finish(&mut self) -> Result<RecordBatch, Fault> {
        let arrays: Vec<ArrayRef> = self
            .columns
            .iter_mut()
            .map(|column| match column {
                Column::Text(builder) => Arc::new(builder.finish()) as ArrayRef,
                Column::Integer(builder) => Arc::new(builder.finish()),
                Column::Number(builder) => Arc::new(builder.finish()),
                Column::Flag(builder) => Arc::new(builder.finish()),
                Column::Date(builder) => Arc::new(builder.finish()),
                Column::Moment(builder) => Arc::new(builder.finish()),
            })
            .collect();
        self.bytes = 0;
        let options = RecordBatchOptions::new().with_row_count(Some(std::mem::take(&mut self.rows)));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .map_err(|error| Fault::plain(format!("rows of the server do not go together: {error}")))
    }

    /// Takes as many whole rows as there are; gives how many bytes they were.
    fn take(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        let mut at = 0;
        if !self.started {
            let Some(header) = header(bytes)? else { return Ok(0) };
            (at, self.started) = (header, true);
        }
        while !self.ended {
            let Some(fields) = bytes.get(at..at + 2) else { break };
            let fields = i16::from_be_bytes([fields[0], fields[1]]);
            if fields == -1 {
                self.ended = true;
                return Ok(at + 2);
            }
            if usize::try_from(fields) != Ok(self.columns.len()) {
                return Err(malformed());
            }
            let Some(end) = end_of_row(bytes, at + 2, self.columns.len())? else { break };
            self.row(bytes, at + 2)?;
            self.bytes += end - at;
            at = end;
        }
        Ok(at)
    }

    fn row(&mut self, bytes: &[u8], mut at: usize) -> Result<(), Fault> {
        for (index, column) in self.columns.iter_mut().enumerate() {
            let value = field(bytes, at)?.ok_or_else(malformed)?;
            at += 4 + value.map_or(0, <[u8]>::len);
            let outcome = column.push(value);
            outcome.map_err(|message| {
                Fault::plain(format!("the column `{}`: {message}", self.schema.field(index).name()))
            })?;
        }
        self.rows += 1;
        Ok(())
    }
}

impl Column {
    fn push(&mut self, value: Option<&[u8]>) -> Result<(), String> {
        match self {
            Self::Text(builder) => builder.append_option(
                value
                    .map(std::str::from_utf8)
                    .transpose()
                    .map_err(|_| "a text is not UTF-8; the server has no encoding for it")?,
            ),
            Self::Integer(builder) => {
                builder.append_option(value.map(fixed).transpose()?.map(i64::from_be_bytes))
            }
            // A negative zero would be another value than zero to some comparisons.
            Self::Number(builder) => {
                builder.append_option(
                    value.map(fixed).transpose()?.map(|bytes| f64::from_be_bytes(bytes) + 0.0),
                );
            }
            Self::Flag(builder) => {
                builder.append_option(value.map(fixed).transpose()?.map(|[byte]: [u8; 1]| byte != 0));
            }
            Self::Date(builder) => {
                let days = value.map(fixed).transpose()?.map(i32::from_be_bytes);
                builder.append_option(
                    days.map(|days| since(days, DAYS, i32::checked_add, i32::MIN)).transpose()?,
                );
            }
            Self::Moment(builder) => {
                let moment = value.map(fixed).transpose()?.map(i64::from_be_bytes);
                let moment = moment.map(|moment| since(moment, MICROSECONDS, i64::checked_add, i64::MIN));
                builder.append_option(moment.transpose()?);
            }
        }
        Ok(())
    }
}

/// A time from 1970; the server's infinities are its least and greatest number.
fn since<T: Copy + PartialEq>(value: T, start: T, add: fn(T, T) -> Option<T>, least: T) -> Result<T, String> {
    let sum = if value == least { None } else { add(value, start) };
    sum.ok_or_else(|| "a date is infinite".into())
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], String> {
    bytes.try_into().map_err(|_| "a value has an unexpected length".into())
}

/// Where the rows begin; `None` where that has not arrived.
fn header(bytes: &[u8]) -> Result<Option<usize>, Fault> {
    let start = SIGNATURE.len() + 8;
    let Some(head) = bytes.get(..start) else { return Ok(None) };
    if !head.starts_with(SIGNATURE) {
        return Err(malformed());
    }
    let extension = u32::from_be_bytes([head[15], head[16], head[17], head[18]]) as usize;
    Ok((bytes.len() >= start + extension).then_some(start + extension))
}

/// Where a row ends; `None` where that has not arrived.
fn end_of_row(bytes: &[u8], mut at: usize, fields: usize) -> Result<Option<usize>, Fault> {
    for _ in 0..fields {
        let Some(value) = field(bytes, at)? else { return Ok(None) };
        at += 4 + value.map_or(0, <[u8]>::len);
    }
    Ok(Some(at))
}

/// A field: its bytes, or null; the outer `None` where it has not arrived whole.
fn field(bytes: &[u8], at: usize) -> Result<Option<Option<&[u8]>>, Fault> {
    let Some(length) = bytes.get(at..at + 4) else { return Ok(None) };
    let length = i32::from_be_bytes([length[0], length[1], length[2], length[3]]);
    if length == -1 {
        return Ok(Some(None));
    }
    let length = usize::try_from(length).map_err(|_| malformed())?;
    Ok(bytes.get(at + 4..at + 4 + length).map(Some))
}

fn malformed() -> Fault {
    Fault::plain("the server sends what is no COPY in binary form")
}

#[cfg(test)]
mod tests;
