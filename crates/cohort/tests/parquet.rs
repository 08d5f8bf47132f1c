//! Parquet files, whose columns have types that the dictionary can only agree with.

mod folder;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use folder::{Folder, count, folder, plan};
use std::sync::Arc;

const PLAN: &str = "[population]\ntable = \"data\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n";

fn study(dictionary: &str) -> Folder {
    folder(&[("registry/data.parquet", &file()), ("registry/registry.toml", dictionary.as_bytes())])
}

fn file() -> Vec<u8> {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("text", Arc::new(StringArray::from(vec!["a", "b"]))),
        ("whole", Arc::new(Int64Array::from(vec![1, 2]))),
        ("number", Arc::new(Float64Array::from(vec![1.5, 2.5]))),
        ("day", Arc::new(Date32Array::from(vec![1, 2]))),
        ("flag", Arc::new(BooleanArray::from(vec![true, false]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// What is said of a column with a type.
fn typed(column: &str, kind: &str) -> Option<String> {
    let folder = study(&format!("[tables.data.columns.{column}]\ntype = \"{kind}\"\n"));
    let plan = plan(PLAN);
    folder.open(&plan).err().map(|problem| folder.shown(&problem))
}

#[test]
fn a_type_that_the_column_contradicts_is_refused_with_its_place() {
    let fitting = [
        ("text", vec!["text", "category"]),
        ("whole", vec!["text", "category", "number", "integer"]),
        ("number", vec!["number"]),
        ("day", vec!["date"]),
        ("flag", vec!["flag"]),
    ];
    for (column, fit) in fitting {
        for kind in ["text", "category", "number", "integer", "date", "flag"] {
            match typed(column, kind) {
                None => assert!(fit.contains(&kind), "{column} {kind}"),
                Some(said) => {
                    assert!(!fit.contains(&kind), "{column} {kind}: {said}");
                    let wanted = format!("registry/registry.toml:2:8: declared as {kind}, the file has ");
                    assert!(said.starts_with(&wanted), "{said}");
                }
            }
        }
    }
}

#[test]
fn columns_are_told_by_the_words_of_the_dictionary() {
    let columns = study("").open(&plan(PLAN)).unwrap().columns();
    let kinds: Vec<String> = columns.into_iter().map(|column| column.kind).collect();
    assert_eq!(kinds, ["text", "integer", "number", "date", "flag"]);
}

#[test]
fn two_columns_of_one_name_are_refused() {
    use arrow::datatypes::{DataType, Field, Schema};
    let field = || Field::new("cea", DataType::Int64, true);
    let column = |value: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![value])) };
    let schema = Arc::new(Schema::new(vec![field(), field()]));
    let batch = RecordBatch::try_new(schema.clone(), vec![column(1), column(2)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let refused = folder(&[("registry/data.parquet", &bytes)]).refusal(&plan(PLAN));
    assert!(refused.contains("two columns are called `cea`"), "{refused}");
}

#[test]
fn damaged_files_are_refused_in_plain_words() {
    let (whole, plan) = (file(), plan(PLAN));
    for length in (0..whole.len()).step_by(97) {
        let refused = folder(&[("registry/data.parquet", &whole[..length])]).refusal(&plan);
        assert!(refused.contains("registry/data.parquet: this is not a Parquet file"), "{length}: {refused}");
    }
    let mut told = Vec::new();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xFF;
        let folder = folder(&[("registry/data.parquet", &bytes)]);
        let read = folder.open(&plan).and_then(|cohort| count(&cohort, &plan, &["text", "whole", "number"]));
        told.extend(read.err().map(|problem| folder.shown(&problem)));
    }
    let odd = ["panicked", "JoinError", "argument error", "External"];
    assert!(!told.iter().any(|told| odd.iter().any(|word| told.contains(word))), "{told:#?}");
    assert!(told.iter().any(|told| told.contains("a Parquet file is damaged")), "{told:#?}");
}

#[test]
fn ranges_without_a_bound_are_checked_and_what_is_done_on_reading_is_refused() {
    let plan = plan(PLAN);
    assert!(study("[tables.data.columns.number]\nrange = [1, inf]\n").open(&plan).is_ok());
    let said = study("[tables.data.columns.number]\nrange = [-inf, 2]\n").refusal(&plan);
    assert!(said.contains("1 values are outside the range"), "{said}");
    for key in ["select = [\"text\"]", "names = [\"a\"]", "filled = [\"text\"]", "rows = { text = [\"a\"] }"]
    {
        let said = study(&format!("[tables.data]\n{key}\n")).refusal(&plan);
        let name = key.split(' ').next().unwrap();
        assert!(said.contains(&format!("`{name}` is not supported for a Parquet file")), "{said}");
    }
}
