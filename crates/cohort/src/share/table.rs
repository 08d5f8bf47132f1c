//! One table on its way out: row after row in the order of pseudonyms.

use super::roles::{TableRoles, Treatment};
use super::{Keyed, OLDEST, PATIENTS, SharedTable, internal, pseudonym};
use crate::quality::Table;
use crate::quality::values::text;
use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use engine::{Engine, quoted};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;
use study::{Place, Problem};

/// Writes a table, as Parquet where it came so, else as CSV.
pub(super) fn write(
    engine: &dyn Engine,
    table: &Table,
    roles: &TableRoles,
    typed: bool,
    target: &Path,
    keyed: Keyed<'_>,
) -> Result<SharedTable, Problem> {
    let ending = if typed { "parquet" } else { "csv" };
    let path = target.join(format!("{}.{ending}", table.name));
    let failed = |error: &dyn std::fmt::Display| {
        Problem::output(format!("cannot write: {error}")).at(Place::Path(path.clone()))
    };
    let mut to: Option<To> = None;
    let mut fault: Option<Problem> = None;
    let mut rows = 0u64;
    let open = |batch: &RecordBatch| To::open(&path, typed, batch).map_err(|error| failed(&error));
    let add = |to: &mut Option<To>, batch: &RecordBatch| -> Result<(), Problem> {
        let batch = without_names(batch, table, roles, keyed)?;
        let writer = match to {
            Some(writer) => writer,
            None => to.insert(open(&batch)?),
        };
        writer.write(&batch).map_err(|error| failed(&error))
    };
    let fields = engine
        .stream(&select(table, roles), &mut |batch| {
            rows += batch.num_rows() as u64;
            if fault.is_none() {
                fault = add(&mut to, batch).err();
            }
        })
        .map_err(internal)?;
    fault.map_or(Ok(()), Err)?;
    if to.is_none() {
        // A table without rows still has its columns.
        let empty = fields.iter().map(|field| (field.name.clone(), empty(field.r#type)));
        let empty = RecordBatch::try_from_iter(empty).map_err(|error| failed(&error))?;
        add(&mut to, &empty)?;
    }
    if let Some(to) = to {
        to.close().map_err(|error| failed(&error))?;
    }
    let pseudonyms = roles
        .kept()
        .filter(|(_, treatment)| matches!(treatment, Treatment::Patient | Treatment::Pseudonym(_)))
        .map(|(name, _)| name.clone())
        .collect();
    Ok(SharedTable {
        name: table.name.clone(),
        rows,
        pseudonyms,
        shifted: roles.names(&[Treatment::Shift, Treatment::Birth]),
        dropped: roles.names(&[Treatment::Drop]),
        quasi: roles.names(&[Treatment::Quasi, Treatment::Age]),
        rare: None,
    })
}

fn empty(of: engine::Type) -> ArrayRef {
    use engine::Type::{Date, Flag, Integer, Moment, Number, Other, Text};
    arrow::array::new_empty_array(&match of {
        Text | Other | Moment => DataType::Utf8View,
        Integer => DataType::Int64,
        Number => DataType::Float64,
        Flag => DataType::Boolean,
        Date => DataType::Date32,
    })
}

/// The kept columns, then pseudonym, days and birth of the patient.
fn select(table: &Table, roles: &TableRoles) -> String {
    let column = |(name, treatment): &(String, Treatment)| match treatment {
        // A time of day would stay what it was.
        Treatment::Shift | Treatment::Birth => format!("cast({0} as date) as {0}", quoted(name)),
        _ => quoted(name),
    };
    let plain: Vec<String> = roles.kept().map(column).collect();
    let plain = format!("(select {} from {})", plain.join(", "), quoted(&table.name));
    let kept: Vec<String> = roles.kept().map(|(name, _)| format!("t.{}", quoted(name))).collect();
    // What names anybody decides the order last, among rows that are otherwise equal.
    let mut order: Vec<String> = Vec::new();
    let names = |treatment: &Treatment| matches!(treatment, Treatment::Patient | Treatment::Pseudonym(_));
    let by = |wanted: bool| {
        roles
            .kept()
            .filter(move |(_, own)| names(own) == wanted)
            .map(|(name, _)| format!("t.{}", quoted(name)))
    };
    let from = match &table.patient {
        Some(patient) => {
            order.push("m.pseudonym".into());
            format!(
                "{} m right join {plain} t on cast(t.{} as varchar) = m.patient",
                quoted(PATIENTS),
                quoted(patient)
            )
        }
        None => format!("{plain} t"),
    };
    let added = match &table.patient {
        Some(_) => "m.pseudonym as \"farr:pseudonym\", m.shift as \"farr:shift\", m.birth as \"farr:birth\"",
        None => "1 as \"farr:pseudonym\", 1 as \"farr:shift\", 1 as \"farr:birth\"",
    };
    order.extend(by(false));
    order.extend(by(true));
    let list: Vec<String> = kept.into_iter().chain([added.to_string()]).collect();
    format!("select {} from {from} order by {}", list.join(", "), order.join(", "))
}

/// The rows as they are shared.
fn without_names(
    batch: &RecordBatch,
    table: &Table,
    roles: &TableRoles,
    keyed: Keyed<'_>,
) -> Result<RecordBatch, Problem> {
    let kept: Vec<&(String, Treatment)> = roles.kept().collect();
    let of_patient = |offset: usize| batch.column(kept.len() + offset);
    let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
    for (index, (name, treatment)) in kept.iter().enumerate() {
        let array = batch.column(index);
        let changed = match treatment {
            Treatment::Keep | Treatment::Quasi => Some(Arc::clone(array)),
            Treatment::Patient => Some(Arc::clone(of_patient(0))),
            Treatment::Pseudonym(domain) => {
                let one = |row| Some(pseudonym(keyed, domain, &text(array, row)?));
                Some(Arc::new((0..array.len()).map(one).collect::<StringArray>()) as ArrayRef)
            }
            Treatment::Shift => shifted(array, of_patient(1), None),
            Treatment::Birth => shifted(array, of_patient(1), Some(of_patient(2))),
            Treatment::Age => Some(capped(array)),
            Treatment::Drop => None,
        };
        let changed = changed.ok_or_else(|| {
            Problem::input("a row has a day and no patient, so that nobody can tell by how much to move it")
                .at_cell(&table.name, None, Some(name))
                .help("mend the row, or leave it out of the registry")
        })?;
        columns.push((name, changed));
    }
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .map_err(|error| Problem::internal(error.to_string()))
}

/// Days, moved by those of their patient; none where a day has no patient.
fn shifted(days: &ArrayRef, shift: &ArrayRef, birth: Option<&ArrayRef>) -> Option<ArrayRef> {
    let days = days.as_primitive_opt::<Date32Type>()?;
    let shift = shift.as_primitive_opt::<Int64Type>()?;
    let birth = birth.and_then(|birth| birth.as_primitive_opt::<Date32Type>());
    let mut moved = Vec::with_capacity(days.len());
    for row in 0..days.len() {
        if days.is_null(row) {
            moved.push(None);
            continue;
        }
        if shift.is_null(row) {
            return None;
        }
        let stated = birth.filter(|birth| !birth.is_null(row)).map(|birth| birth.value(row));
        moved.push(Some(stated.unwrap_or(days.value(row)) + shift.value(row) as i32));
    }
    Some(Arc::new(Date32Array::from(moved)))
}

/// Ages, none over the oldest that is told.
fn capped(ages: &ArrayRef) -> ArrayRef {
    if let Some(ages) = ages.as_primitive_opt::<Int64Type>() {
        return Arc::new(ages.iter().map(|age| age.map(|age| age.min(OLDEST))).collect::<Int64Array>());
    }
    if let Some(ages) = ages.as_primitive_opt::<Float64Type>() {
        let cap = |age: f64| if age >= OLDEST as f64 { OLDEST as f64 } else { age };
        return Arc::new(ages.iter().map(|age| age.map(cap)).collect::<Float64Array>());
    }
    arrow::array::new_null_array(ages.data_type(), ages.len())
}

/// A file that is being written.
enum To {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Parquet(Box<ArrowWriter<File>>),
}

type Failure = Box<dyn std::error::Error>;

impl To {
    fn open(path: &Path, typed: bool, first: &RecordBatch) -> Result<Self, Failure> {
        let file = File::create_new(path)?;
        if typed {
            let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
            return Ok(Self::Parquet(Box::new(ArrowWriter::try_new(
                file,
                first.schema(),
                Some(properties),
            )?)));
        }
        let mut writer = csv::Writer::from_writer(BufWriter::new(file));
        writer.write_record(first.schema().fields().iter().map(|field| field.name()))?;
        Ok(Self::Csv(Box::new(writer)))
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        match self {
            Self::Parquet(writer) => writer.write(batch)?,
            Self::Csv(writer) => {
                for row in 0..batch.num_rows() {
                    writer.write_record(
                        batch.columns().iter().map(|array| text(array, row).unwrap_or_default()),
                    )?;
                }
            }
        }
        Ok(())
    }

    fn close(self) -> Result<(), Failure> {
        match self {
            Self::Parquet(writer) => writer.close().map(drop)?,
            Self::Csv(mut writer) => writer.flush()?,
        }
        Ok(())
    }
}
