//! The few types in which values leave the engine.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field as ArrowField, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use std::fmt;
use std::sync::Arc;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text (`Utf8View`).
    Text,
    /// A whole number (`Int64`).
    Integer,
    /// A number (`Float64`).
    Number,
    /// True or false (`Boolean`).
    Flag,
    /// A calendar day (`Date32`).
    Date,
    /// A day with a time of day; cast it to `date`.
    Moment,
    /// Anything else: lists, intervals, structures.
    Other,
}

impl Type {
    /// The type in which values of an Arrow type leave the engine.
    pub fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Self::Text,
            DataType::Dictionary(_, values) => Self::of(values),
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Self::Number,
            DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..) => Self::Number,
            DataType::Boolean => Self::Flag,
            DataType::Date32 => Self::Date,
            DataType::Date64 | DataType::Timestamp(..) => Self::Moment,
            other if other.is_integer() => Self::Integer,
            _ => Self::Other,
        }
    }

    fn arrow(self) -> Option<DataType> {
        match self {
            Self::Text => Some(DataType::Utf8View),
            Self::Integer => Some(DataType::Int64),
            Self::Number => Some(DataType::Float64),
            Self::Flag => Some(DataType::Boolean),
            Self::Date => Some(DataType::Date32),
            Self::Moment | Self::Other => None,
        }
    }

    /// The Arrow type of a column of this type in a table of a server.
    pub(crate) fn stored(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            _ => self.arrow().unwrap_or(DataType::Timestamp(TimeUnit::Microsecond, None)),
        }
    }
}

impl Type {
    /// The word by which registry.toml declares it; a moment is declared as the date that it has.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Date | Self::Moment => "date",
            Self::Other => "neither text, numbers, flags nor dates",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Integer => "whole numbers",
            Self::Number => "numbers",
            Self::Flag => "true or false",
            Self::Date => "dates",
            Self::Moment => "dates with a time of day",
            Self::Other => "neither text, numbers, flags nor dates",
        })
    }
}

/// A column of a table or query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub r#type: Type,
}

/// The columns of a schema.
pub(crate) fn fields(schema: &Schema) -> Vec<Field> {
    let field =
        |field: &Arc<ArrowField>| Field { name: field.name().clone(), r#type: Type::of(field.data_type()) };
    schema.fields().iter().map(field).collect()
}

/// The schema in the types of this module.
pub(crate) fn narrowed(schema: &Schema) -> SchemaRef {
    let field = |field: &Arc<ArrowField>| {
        let data_type = Type::of(field.data_type()).arrow().unwrap_or_else(|| field.data_type().clone());
        ArrowField::new(field.name(), data_type, true)
    };
    Arc::new(Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>()))
}

/// The schema in the types in which tables are kept in memory: text as `Utf8`.
///
/// Arrays of `Utf8View` point to buffers, and a join puts the buffers of all batches into each of its own: a chain of
/// joins multiplies them until there is no memory. `Utf8` has one buffer a batch.
pub(crate) fn kept(schema: &Schema) -> SchemaRef {
    let field = |field: &Arc<ArrowField>| match Type::of(field.data_type()) {
        Type::Text => ArrowField::new(field.name(), DataType::Utf8, true),
        _ => field.as_ref().clone(),
    };
    Arc::new(Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>()))
}

/// The rows in the types of `schema`, which is [`narrowed`], [`kept`] or both.
///
/// # Errors
/// An unsigned number beyond the largest signed one.
pub(crate) fn narrow(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let columns = rows
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| match column.data_type() == field.data_type() {
            true => Ok(Arc::clone(column)),
            false => cast_with_options(column, field.data_type(), &strict),
        })
        .collect::<Result<Vec<ArrayRef>, _>>()?;
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
}
